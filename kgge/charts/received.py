"""Who reported: the returns expected of each unit in each year, and what came."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from kgge.analysis.reporting import ANSWERS, check_answers, report_states
from kgge.charts.heatmap import heat
from kgge.charts.marks import Words, chart, columns, legend, rows
from kgge.charts.readback import code_of_mark, tag
from kgge.charts.style import NAVY, ORANGE, PLUM
from kgge.charts.wording import codes_of, listed, name, names, period, records, say, shown
from kgge.labels import percent

MOST = 8  # units that the description names in one year; of more it says how many
# Four shapes, told apart without their colour: disc, triangle, ring, cross.
SHAPES: dict[str, dict[str, Any]] = {
    "on_time": {"marker": "o", "color": NAVY, "markersize": 8},
    "late": {"marker": "^", "color": ORANGE, "markersize": 8, "markeredgecolor": "#3D3D3D"},
    "empty": {"marker": "o", "color": NAVY, "markersize": 8, "markerfacecolor": "white",
              "markeredgewidth": 1.6},
    "missing": {"marker": "x", "color": PLUM, "markersize": 7, "markeredgewidth": 2},
}


@chart("unit year", "expected received on_time with_content", "kgge.load_reporting()")
def reports_received(ax: Axes, table: pd.DataFrame) -> Words:
    """Draw the returns of each unit and year: on time, late, empty or missing, by shape.

    As `load_reporting` gives it: unit, year, and whether a return was expected, received, on_time,
    with_content. Rows of which nothing is expected stay blank, years of which nothing is are left
    out.

    `chart_data` has one row an expected return, with its state (`plan.REPORT_STATES`).

    >>> kgge.charts.chart_text(reports_received(kgge.load_reporting(), lang="en")).subtitle
    'Yearly returns by unit and year, 2016–2020'
    """
    check_answers(table, *ANSWERS)
    asked = table[table["expected"].astype(bool)]
    table = table[table["year"].isin(asked["year"])] if len(asked) else table
    across = columns(ax, codes_of(table, "year"))
    down = rows(ax, "unit", codes_of(table, "unit"), 2.9, 0.25)
    due = records(asked.assign(state=report_states(asked)))
    for row in due:
        mark, = ax.plot(across[row["year"]], down[row["unit"]], linestyle="none",
                        **SHAPES[row["state"]])
        tag(ax, {"unit": row["unit"], "year": row["year"]}, "state", mark, code_of_mark, SHAPES)
    ax.xaxis.tick_top()
    ax.grid(True)
    ax.spines[:].set_visible(False)
    legend(ax, [(name("report_state", state), Line2D([], [], linestyle="none", **look))
                for state, look in SHAPES.items()])
    counted = {state: [row for row in due if row["state"] == state] for state in SHAPES}
    missing, on_time, title = (len(counted["missing"]), len(counted["on_time"]),
                               say("reports_received.nothing"))
    some = shown(table)
    if due:
        kind = "title.n" if missing > 1 else "title.1" if missing else "part" if some else "all"
        title = say(f"reports_received.{kind}", due=len(due), number=missing, shown=some,
                    on_time=on_time, share=percent(on_time / len(due)))
    figures = []
    for state, came in counted.items():
        figures.append(f"{name('report_state', state)}: {len(came)}")
        for year in across if state != "on_time" else ():
            if of := [row["unit"] for row in came if row["year"] == year]:
                figures.append(f"{year}: " + (say("part.unit", count=len(of)) if len(of) >
                                              MOST else listed(names("unit", of))))
    kind = "subtitle" if len(due) == len(across) * len(down) else "blanks"
    kind += "_part" if kind == "blanks" and some else ""
    return Words(title, [". ".join(figures)], places={"years": period(table)},
                 ours=("due",), subtitle=f"reports_received.{kind}")


@chart("unit year", "expected received warnings errors", "kgge.quality(reporting, problems)")
def warnings_by_unit_and_year(ax: Axes, table: pd.DataFrame) -> Words:
    """Draw how many warnings the return of each unit and year has; where none came, say so.

    ``quality(reporting, problems)``: unit, year, expected, received (returns), warnings, errors
    (problems of the return). A number of problems is no measure of how wrong it is.

    >>> table = kgge.load_reporting()[["unit", "year", "expected", "received"]]
    >>> ax = warnings_by_unit_and_year(table.assign(warnings=1, errors=0), lang="en")
    >>> kgge.charts.chart_text(ax).title
    '125 warnings and 0 errors in 125 returns; no return came in 5 of 130 cases'
    """
    check_answers(table, "expected", "received")
    asked = table[table["expected"].astype(bool)]
    came = asked["received"].astype(bool)
    table = (asked if len(asked) else table).assign(warnings=asked["warnings"].where(came))
    none = say("warnings.none")
    texts = [none if pd.isna(row["warnings"]) else
             f"{row['warnings']:.0f}" + (f" + {row['errors']:.0f}" if row["errors"] else "")
             for row in records(table)]
    figures = heat(ax, table, "unit", "warnings", texts, lambda part: (
        none if part["warnings"].isna().all() else f"{part['warnings'].sum():.0f}"))
    counts = {"warnings": int(asked.loc[came, "warnings"].sum()),
              "errors": int(asked.loc[came, "errors"].sum())}
    single = 1 in (*counts.values(), int(came.sum()))  # "1 warnings"
    kind = "title.1" if single else "title" if any(counts.values()) else "clean"
    title = say("reports_received.nothing") if not len(asked) else say(
        f"warnings.{kind}", due=len(asked), came=int(came.sum()),
        missing=int((~came).sum()), shown=shown(table), **counts)
    return Words(title, [figure for figure, text in zip(figures, texts, strict=True)
                         if text not in ("0", "–")], places={"years": period(table)},
                 subtitle="warnings.subtitle")
