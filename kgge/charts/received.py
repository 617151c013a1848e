"""Who reported: the returns expected of each unit in each year, and what came."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from kgge.analysis.reporting import report_states
from kgge.charts.marks import close, columns, drawing, legend, rows
from kgge.charts.readback import tag
from kgge.charts.style import NAVY, ORANGE, PLUM
from kgge.charts.wording import codes_of, listed, name, names, records, say
from kgge.labels import percent

# Four shapes, told apart without their colour: disc, triangle, ring, cross.
SHAPES: dict[str, dict[str, Any]] = {
    "on_time": {"marker": "o", "color": NAVY, "markersize": 8},
    "late": {"marker": "^", "color": ORANGE, "markersize": 8, "markeredgecolor": "#3D3D3D"},
    "empty": {"marker": "o", "color": NAVY, "markersize": 8, "markerfacecolor": "white",
              "markeredgewidth": 1.6},
    "missing": {"marker": "x", "color": PLUM, "markersize": 7, "markeredgewidth": 2},
}


def _state(mark: Line2D) -> str:
    """Return the state that a drawn mark stands for."""
    hollow = mark.get_markerfacecolor() == "white"
    return next((state for state, look in SHAPES.items() if look["marker"] == mark.get_marker()
                 and hollow == ("markerfacecolor" in look)), "")


def reports_received(table: pd.DataFrame, ax: Axes | None = None,
                     lang: str | None = None) -> Axes:
    """Draw the returns of each unit and year: on time, late, empty or missing, by shape.

    Parameters
    ----------
    table : DataFrame
        As `load_reporting` gives it: unit, year, and whether a return was expected, received,
        on_time, with_content. Rows of which nothing is expected stay blank.
    ax, lang
        As in `planned_by_year_and_source`; so are the errors. `chart_data` has one row an
        expected return, with its state (`plan.REPORT_STATES`).

    Examples
    --------
    >>> import kgge
    >>> kgge.charts.chart_text(reports_received(kgge.load_reporting(), lang="en")).subtitle
    'Yearly returns by unit and year, 2016–2020'
    """
    with drawing(table, "unit year expected received on_time with_content", ax, lang) as (ax, lang):
        across = columns(ax, codes_of(table, "year"))
        down = rows(ax, "unit", codes_of(table, "unit"), lang, 2.9, 0.25)
        due = records(table.assign(state=report_states(table))[table["expected"].astype(bool)])
        for row in due:
            mark, = ax.plot(across[row["year"]], down[row["unit"]], linestyle="none",
                            **SHAPES[row["state"]])
            tag(ax, {"unit": row["unit"], "year": row["year"]}, "state", mark, _state)
        ax.xaxis.tick_top()
        ax.grid(True)
        ax.spines[:].set_visible(False)
        legend(ax, [(name("report_state", state, lang), Line2D([], [], linestyle="none", **look))
                    for state, look in SHAPES.items()])
        count = {state: sum(row["state"] == state for row in due) for state in SHAPES}
        title = say("reports_received.nothing", lang)
        if due:
            title = say("reports_received.title", lang, due=len(due), **count,
                        share=percent(count["on_time"] / len(due), lang))
        figures = _figures(due, count, list(across), lang)
        kind = "subtitle" if len(due) == len(across) * len(down) else "blanks"
        close(ax, table, lang, title, f"reports_received.{kind}", ". ".join(figures))
    return ax


def _figures(due: list[dict[str, Any]], count: dict[str, int], years: list[int],
             lang: str) -> list[str]:
    """Return how many returns came in each state, and year by year whose were not on time."""
    out = []
    for state in SHAPES:
        out.append(f"{name('report_state', state, lang)}: {count[state]}")
        for year in years if state != "on_time" else []:
            if of := [r["unit"] for r in due if r["state"] == state and r["year"] == year]:
                out.append(f"{year}: {listed(names('unit', of, lang), lang)}")
    return out
