"""Charts of coverage: the share of persons reached, and what missing returns leave open.

A range is the line between the lowest and the highest share that missing returns allow.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from kgge.charts.marks import Words, beside, chart, legend, rows
from kgge.charts.readback import point_x, tag
from kgge.charts.style import COLOURS, GREY, INK, MARKERS, NAVY, wrap
from kgge.charts.wording import (
    codes_of,
    count,
    listed,
    lower,
    name,
    names,
    records,
    say,
    shown,
    upper,
)
from kgge.files import DataError
from kgge.labels import percent
from kgge.tables.load import load_targets, load_units

BOUNDS = ("coverage_low", "coverage_high")
BAND: dict[str, Any] = {"linewidth": 5, "alpha": 0.45, "solid_capstyle": "butt"}
POINT = 0.01  # what is less apart is called about alike
MANY = 5  # silent units beyond which they share one row
Row = dict[str, Any]


def one(table: pd.DataFrame, column: str) -> Any:
    """Return the one code of a column, or say that the chart takes the rows of one."""
    found = list(pd.unique(table[column]))
    if len(found) != 1:
        raise DataError(f"this chart takes the rows of one {column}; the table has "
                        f"{', '.join(map(str, found))}")
    return found[0]


def goal(share: float) -> str:
    """Return a target as the plan writes it: 70%, not 70.0%."""
    return percent(share, digits=0 if round(share * 100, 6) == round(share * 100) else 1)


def point(row: Row) -> str:
    """Return coverage as the language writes it, never rounded to the other side of its target."""
    return say("not_reported") if pd.isna(row["coverage"]) else _share(row["coverage"], row)


def _share(share: float, row: Row) -> str:
    """Return a share beside a target; none and all are written without a decimal."""
    return percent(share, digits=0 if share in (0, 1) else 1, target=row.get("target"))


def figure(row: Row) -> str:
    """Return coverage, and the range where missing returns leave one: "62.0% (55.1–70.3%)".

    A range that is written like the share itself is left out. One that the share lies outside of,
    because it is of the units that reported and the range of all, is said to be of all.
    """
    out, bounds = point(row), [row[b] for b in BOUNDS]
    if pd.isna(bounds).any():
        return say("coverage.no_range", share=out)
    low, high = (_share(b, row) for b in bounds)
    if low == high == out:
        return out
    span = f"{low[:-1]}–{high}" if low != high else high
    inside: bool = pd.isna(row["coverage"]) or bounds[0] <= row["coverage"] <= bounds[1]
    return f"{out} ({span})" if inside else say("coverage.of_all", share=out, span=span)


def _written(row: Row) -> str:
    """Return coverage as a sentence has it, with a decimal throughout."""
    return percent(row["coverage"], target=row.get("target"))


def _look(code: str) -> dict[str, Any]:
    return {"color": COLOURS.get(code, NAVY), "linestyle": "none", "markersize": 7,
            "marker": MARKERS.get(code, "o")}


def dot(ax: Axes, y: float, row: Row, keys: Row, code: str) -> None:
    """Draw one level range and the point in it; without a point the range stands alone."""
    look, bounds = _look(code), [row[b] for b in BOUNDS]
    line, = ax.plot(bounds, [y, y], color=look["color"], clip_on=False, **BAND)
    if bounds[0] != bounds[1]:
        ax.plot(bounds, [y, y], clip_on=False,
                zorder=4, **look | {"marker": "|", "markersize": 9, "markeredgewidth": 1.4})
    mark, = ax.plot(row["coverage"], y, markeredgecolor="white", zorder=3, clip_on=False, **look)
    tag(ax, keys, "coverage", mark, point_x, 0)
    for i, bound in enumerate(BOUNDS):
        tag(ax, keys, bound, line, point_x, i)


def entries(points: dict[str, str] | None = None) -> list[tuple[str, Any]]:
    """Return the legend entries of points, by default one kind, and of the ranges."""
    points = points or {"path": say("coverage.reached")}
    return [*((text, Line2D([], [], **_look(code))) for code, text in points.items()),
            (say("coverage.range"), Line2D([], [], color=GREY, **BAND))]


def share_axis(ax: Axes) -> None:
    """Put percentages on the level axis, from zero, with a light grid."""
    ax.set_xlim(0, 1)
    ax.set_xticks([0, 0.5, 1], [percent(v, digits=0) for v in (0, 0.5, 1)])
    ax.xaxis.grid(True)
    ax.spines["left"].set_visible(False)


def target_of(table: pd.DataFrame, code: str) -> tuple[float, bool]:
    """Return the target of an indicator, of table or plan, and whether it is a reduction."""
    known = table if "target" in table else load_targets()
    of = known[known["indicator"] == code]
    if of.empty:
        return float("nan"), False
    baseline = of["baseline"].iloc[0] if "baseline" in of else float("nan")
    return float(of["target"].iloc[0]), bool(of["target"].iloc[0] < baseline)


def due(table: pd.DataFrame, value: str) -> pd.DataFrame:
    """Return the units that were to report or did: one merged into another is not missing."""
    asked = table[value].notna() | table.get("units_expected", pd.Series(1, table.index)).gt(0)
    return table[asked] if asked.any() else table


def _aimed(table: pd.DataFrame) -> tuple[pd.DataFrame, float, bool]:
    """Return a table with the target that its shares are not rounded over, the target, its kind."""
    target, falls = target_of(table, one(table, "indicator"))
    return table if falls else table.assign(target=target), target, falls


def _apart(known: list[Row]) -> str:
    """Tell whether figures are "alike", ranges and all within a point, or that is "open".

    Open are those whose ends have ranges that overlap: missing returns show no likeness.
    """
    if float(np.ptp([row[c] for row in known for c in ("coverage", *BOUNDS)])) < POINT:
        return "alike"
    first, last = (f(known, key=lambda r: r["coverage"]) for f in (min, max))
    ends = [first["coverage"] if pd.isna(first[BOUNDS[1]]) else first[BOUNDS[1]],
            last["coverage"] if pd.isna(last[BOUNDS[0]]) else last[BOUNDS[0]]]
    return "open" if ends[0] >= ends[1] else ""


@chart("group sex", "indicator year coverage coverage_low coverage_high",
       "kgge.coverage(outcomes, targets, units, ['group', 'sex'])")
def coverage_by_group_and_sex(ax: Axes, table: pd.DataFrame) -> Words:
    """Draw coverage of each group of persons, women and men apart, with ranges.

    The rows of one indicator and year of ``coverage(…, ["group", "sex"])``: indicator, year,
    group, sex, coverage, coverage_low, coverage_high (shares).

    >>> table = kgge.coverage(kgge.load_outcomes(), kgge.load_targets(), kgge.load_units(),
    ...                       ["group", "sex"])
    >>> rows = table[(table["indicator"] == "1a") & (table["year"] == table["year"].max())]
    >>> ax = coverage_by_group_and_sex(rows, lang="en")
    >>> kgge.charts.chart_text(ax).subtitle.split(": ")[1].split(",")[0]
    'persons reached as a share of those eligible'
    """
    table, target, _ = _aimed(table)
    groups, sexes = codes_of(table, "group"), codes_of(table, "sex")
    order = [*groups, *sexes]
    table = table.sort_values(["group", "sex"], key=lambda codes: codes.map(order.index))
    centre = (len(sexes) - 1) / 2
    middles = rows(ax, "group", groups, least=0.26 + 0.44 * centre)
    places = [middles[group] + 0.22 * (sexes.index(sex) - centre)
              for group, sex in zip(table["group"], table["sex"], strict=True)]
    keys = {"group": len(groups) > 1, "sex": len(sexes) > 1}
    telling = [key for key, several in keys.items() if several] or ["group"]
    about = {"indicator": one(table, "indicator"), "year": int(one(table, "year"))}
    figures = _dots(ax, table, ("group", "sex"), places, table["sex"], telling)
    drawn = _goal(ax, target)
    legend(ax, [*entries(dict(zip(sexes, names("sex", sexes), strict=True))), *drawn])
    silent = table["coverage"].isna()
    known = records(table[~silent])
    if len(known) < 2 or not (kind := _apart(known)):
        title = _span_title(known, telling, about)
    else:
        low, high = (_written(f(known, key=lambda r: r["coverage"])) for f in (min, max))
        apart = [key for key in telling if len({row[key] for row in known}) > 1]  # known of both
        title = say(f"coverage.{kind}_{apart[0] if len(apart) == 1 else 'all'}", **about,
                    span=low if low == high else say("range", low=low, high=high))
    return about_parts(title, figures, about["indicator"], _kind(telling), silent,
                       absent=_absent(table))


@chart("unit", "indicator year coverage coverage_low coverage_high",
       "kgge.coverage(outcomes, targets, units, 'unit')")
def coverage_by_unit(ax: Axes, table: pd.DataFrame) -> Words:
    """Draw coverage of each unit against the target, districts apart, highest first.

    The rows of one indicator and year of ``coverage(…, "unit")``: indicator, year, unit, coverage
    (share; empty where the unit did not report), coverage_low, coverage_high; with reached and
    eligible (persons) the coverage of all units together is drawn too. The target is that of
    `load_targets`, unless the table has a column target.

    Districts stand apart from the bodies of the province, which have far fewer persons. More than
    five units that did not report share one row.

    >>> table = kgge.coverage(kgge.load_outcomes(), kgge.load_targets(), kgge.load_units(),
    ...                       "unit")
    >>> rows = table[(table["indicator"] == "1a") & (table["year"] == table["year"].max())]
    >>> kgge.charts.chart_text(coverage_by_unit(rows, lang="en")).title
    'Indicator 1a, 2020: 5 of 25 reporting units are short of the target of 70%; ...'
    """
    table, target, falls = _aimed(due(table, "coverage"))
    about = {"indicator": one(table, "indicator"), "year": int(one(table, "year"))}
    table = table.sort_values("coverage", ascending=False, kind="stable", na_position="last")
    silent = table["coverage"].isna()
    missing = list(table.loc[silent, "unit"])
    folded = missing if len(missing) > MANY else []
    apart = table[~table["unit"].isin(folded)]
    places = _unit_rows(ax, list(apart["unit"]), missing, folded)
    looks = apart["coverage"].isna().map({True: "missing", False: "path"})
    figures = _dots(ax, apart, ("unit",), [places[u] for u in apart["unit"]], looks, ["unit"])
    for unit in folded:  # which have no artist of their own
        tag(ax, about | {"unit": unit}, "coverage", ax.yaxis, lambda _: float("nan"))
    if folded:
        said = say("not_reported")
        figures.append(f"{said}: {listed(names('unit', folded))}")
    some = shown(table)
    lines = [*_goal(ax, target), *_together(ax, apart, some)]
    legend(ax, [*entries(), *lines])
    known = records(apart[apart["coverage"].notna()])
    title = _unit_title(known, target, falls, about | {"shown": some})
    return about_parts(title, [*(text for text, _ in lines), *figures], about["indicator"],
                       "units", silent, some)


def _unit_rows(ax: Axes, units: list[str], silent: list[str],
               folded: list[str]) -> dict[Any, float]:
    """Label the rows of units, districts under a heading of their own, and one of those folded."""
    kinds = load_units().set_index("unit")["kind"].to_dict()
    districts = [unit for unit in units if kinds.get(unit) == "district"]
    apart = {"districts": districts, "bodies": [unit for unit in units if unit not in districts]}
    lines: list[tuple[str, str, bool]] = []  # code, text, whether it is a heading
    for head, of in apart.items():
        if all(apart.values()):
            lines.append((head, say(f"coverage.{head}"), True))
        lines += [(unit, wrap(upper(text), 2.3), False)
                  for unit, text in zip(of, names("unit", of), strict=True)]
    if folded:
        lines.append(("", count("coverage.folded", len(folded)), True))
    codes, texts, heads = zip(*lines, strict=True)
    places = rows(ax, "unit", codes, 2.3, 0.24, wrapped=texts, lines=[
        2 if code in silent else 1 for code in codes])
    for tick, head in zip(ax.get_yticklabels(), heads, strict=True):
        tick.set_fontweight("bold" if head else "normal")
    return places


def _goal(ax: Axes, target: float) -> list[tuple[str, Any]]:
    """Draw the target across the rows, if there is one; return its legend entry."""
    if pd.isna(target):
        return []
    line = ax.axvline(target, color=COLOURS["target"], linestyle=(0, (4, 2)), zorder=1)
    return [(say("path_to_target.goal", target=goal(target)), line)]


def _together(ax: Axes, table: pd.DataFrame, shown: str) -> list[tuple[str, Any]]:
    """Draw the coverage of all units that reported together; return its legend entry."""
    if not {"reached", "eligible"} <= set(table) or not table["eligible"].sum() > 0:
        return []
    whole = table["reached"].sum() / table["eligible"].sum()
    line = ax.axvline(whole, color=INK, linestyle=":", linewidth=1.4, zorder=1)
    return [(say("coverage.together", share=_written(records(table)[0] | {"coverage": whole}),
                 shown=shown), line)]


def _unit_title(known: list[Row], target: float, falls: bool, about: Row) -> str:
    """Say how many units have not reached the target, and which is furthest from it."""
    if pd.isna(target) or len(known) < 2:
        return _span_title(known, ["unit"], about)
    short = [r for r in known if (r["coverage"] > target if falls else r["coverage"] < target)]
    told = about | {"rows": len(known), "target": goal(target)}
    if not short:
        return say("coverage.all_there", **told)
    last = (max if falls else min)(short, key=lambda r: r["coverage"])
    far = [r for r in short if point(r) == point(last)]
    title = (say("coverage.none_there", **told) if len(short) == len(known)
             else count("coverage.short", len(short), **told))
    return title if len(far) > 1 else say(
        "coverage.furthest", title=title, who=_who(last, ["unit"]),
        share=_written(last))


def _span_title(known: list[Row], telling: list[str], about: Row) -> str:
    """Say the lowest and the highest coverage and whose they are."""
    if not known:
        return say("coverage.unknown", **about)
    low, high = (_extreme([r for r in known if r["coverage"] == end], telling)
                 for end in (f(r["coverage"] for r in known) for f in (min, max)))
    shown = {_written(r) for r in known}
    if len(shown) == 1 and len(known) > 1:
        return say("coverage.same", share=shown.pop(), **about)
    return say("coverage.one" if low == high else "coverage.title", low=low, high=high, **about)


def _dots(ax: Axes, table: pd.DataFrame, by: tuple[str, ...], places: Iterable[float],
          looks: Iterable[str], telling: list[str]) -> list[str]:
    """Draw the parts of one indicator; return the figure of each in words."""
    figures = []
    for row, y, look in zip(records(table), places, looks, strict=True):
        said = figure(row)
        dot(ax, y, row, {key: row[key] for key in ("indicator", "year", *by)}, look)
        # A range without a figure goes below, to leave the plot its width.
        beside(ax, y, said.replace(" (", "\n(") if pd.isna(row["coverage"]) else said)
        figures.append(f"{_who(row, telling)}: {said}")
    share_axis(ax)
    return figures


def about_parts(title: str, figures: list[str], code: str, of: str, silent: "pd.Series[bool]",
                shown: str = "", subtitle: str = "coverage.subtitle", absent: str = "") -> Words:
    """Return the words of a chart of the parts of one indicator, and how many of them are silent.

    `of` is what the parts are, such as units or groups; `shown` is said where some are left out.
    """
    many = int(silent.sum())
    missing = count(f"coverage.silent_{of}", many, rows=len(silent), shown=shown) if many else ""
    return Words(title, figures, "progress", {
        "indicator": name("indicator", code), "silent": missing + absent}, subtitle=subtitle)


def _absent(table: pd.DataFrame) -> str:
    """Say how many units are missing from all parts, where these are no units themselves."""
    if not {"units_expected", "units_reported"} <= set(table):
        return ""
    due = int(table["units_expected"].max())
    whole = table[table["units_expected"] == due]
    gone = due - int(whole["units_reported"].max())  # the others lack a figure, not the return
    return count("coverage.silent_units", gone, rows=due, shown="") if gone and due > 1 else ""


def _who(row: Row, telling: list[str]) -> str:
    """Name a part as a sentence does: "men workers", not a list of codes."""
    if telling == ["group", "sex"]:
        return say("who", group=lower(name("group", row["group"])),
                   sex=lower(name("sex", row["sex"])))
    return ", ".join(name(key, row[key]) if key == "unit" else
                     lower(name(key, row[key])) for key in telling)


def _kind(telling: list[str]) -> str:
    """Return what the parts are that these keys tell apart."""
    return {"unit": "units", "group": "groups", "sex": "sexes"}[telling[0]] if len(
        telling) == 1 else "both"


def _extreme(rows: list[Row], telling: list[str]) -> str:
    """Return a coverage and whose it is; where more than one share it, how many."""
    who = _who(rows[0], telling) if len(rows) == 1 else say(
        f"coverage.{_kind(telling)}", count=len(rows))
    return f"{point(rows[0])} ({who})"
