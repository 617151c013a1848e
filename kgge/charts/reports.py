"""Who reported: the returns expected of each unit in each year, and what came."""

from typing import TYPE_CHECKING, Any

import pandas as pd

from kgge.charts.drawn import tag
from kgge.charts.frame import finish
from kgge.charts.parts import columns, drawing, legend, rows
from kgge.charts.wording import both, codes_of, listed, names, period, records
from kgge.labels import labels, percent
from kgge.plan import REPORT_STATES
from kgge.style import NAVY, ORANGE, PLUM
from kgge.tables import is_illustrative

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Four shapes, told apart without their colour: disc, triangle, ring, cross.
SHAPES: dict[str, dict[str, Any]] = {
    "on_time": {"marker": "o", "color": NAVY, "markersize": 8},
    "late": {"marker": "^", "color": ORANGE, "markersize": 8, "markeredgecolor": "#3D3D3D"},
    "empty": {"marker": "o", "color": NAVY, "markersize": 8, "markerfacecolor": "white",
              "markeredgewidth": 1.6},
    "missing": {"marker": "x", "color": PLUM, "markersize": 7, "markeredgewidth": 2},
}
SOURCE = {"en": "Source: returns of the reporting units.", "vi": "Nguồn: báo cáo của các đơn vị."}


def _state(row: dict[str, Any]) -> str:
    """Return what came of one expected return; an empty one is no report, late or not."""
    if not row["received"]:
        return "missing"
    if not row["with_content"]:
        return "empty"
    return "on_time" if row["on_time"] else "late"


def _shape(line: Any) -> str:
    """Return the state that a drawn mark stands for."""
    full = line.get_markerfacecolor() != "white"
    return next((s for s, look in SHAPES.items() if look["marker"] == line.get_marker()
                 and full == (look.get("markerfacecolor") != "white")), "")


def reports_received(table: pd.DataFrame, ax: "Axes | None" = None,
                     lang: str | None = None) -> "Axes":
    """Draw the returns of each unit and year: on time, late, empty or missing, by shape.

    Parameters
    ----------
    table : DataFrame
        As `load_reporting` gives it: unit, year, expected, received, on_time, with_content. Rows
        of which nothing is expected stay blank.
    ax, lang
        As in `planned_by_year_and_source`, as are result and errors. `chart_data` has one row an
        expected return, with its state (`plan.REPORT_STATES`).
    """
    with drawing(table, "unit year expected received on_time with_content", ax, lang) as (ax, lang):
        from matplotlib.lines import Line2D

        units, years = codes_of(table, "unit"), codes_of(table, "year")
        across = columns(ax, years)
        down = dict(zip(units, rows(ax, names("unit", units, lang), 2.9, 0.25), strict=True))
        due = [{**row, "state": _state(row)} for row in
               records(table[table["expected"].astype(bool)])]
        for row in due:
            mark, = ax.plot(across[row["year"]], down[row["unit"]], linestyle="none",
                            **SHAPES[row["state"]])
            tag(ax, {"unit": row["unit"], "year": row["year"]}, "state", mark, _shape)
        ax.xaxis.tick_top()
        ax.grid(True)
        ax.spines[:].set_visible(False)
        words = dict(zip(REPORT_STATES, labels("report_state", REPORT_STATES, lang), strict=True))
        legend(ax, [(words[s], Line2D([], [], linestyle="none", **SHAPES[s]))
                    for s in REPORT_STATES])
        _words(ax, table, due, words, lang)
    return ax


def _words(ax: "Axes", table: pd.DataFrame, due: list[dict[str, Any]], words: dict[str, str],
           lang: str) -> None:
    count = {s: sum(row["state"] == s for row in due) for s in REPORT_STATES}
    share = percent(count["on_time"] / len(due), lang) if due else ""
    title = both(lang, f"{count['on_time']} of {len(due)} expected returns came on time ({share}); "
                       f"{count['missing']} are missing",
                 f"{count['on_time']}/{len(due)} báo cáo gửi đúng hạn ({share}); "
                 f"{count['missing']} báo cáo không gửi") if due else both(
        lang, "No return is expected", "Không có báo cáo nào phải gửi")
    span = period(table, lang)
    subtitle = both(lang, f"Yearly returns by unit and year, {span}; blank: none expected",
                    f"Báo cáo năm theo đơn vị và năm, {span}; ô trống: không phải báo cáo")
    alt = [f"{title}. {subtitle}."]
    for state in REPORT_STATES:
        alt.append(f"{words[state]}: {count[state]}.")
        if state == "on_time":
            continue
        for year in codes_of(table, "year"):
            of = [r["unit"] for r in due if r["state"] == state and r["year"] == year]
            if of:
                alt.append(f"{year}: {listed(names('unit', of, lang), lang)}.")
    finish(ax, title, subtitle, SOURCE[lang], " ".join(alt), is_illustrative(table), lang)
