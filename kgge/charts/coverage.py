"""Charts of coverage: the share of persons reached, and what missing returns leave open.

A range is the line between the lowest and the highest share that missing returns allow.
"""

from typing import TYPE_CHECKING, Any

import pandas as pd

from kgge.charts.drawn import tag
from kgge.charts.frame import finish
from kgge.charts.parts import drawing, legend, rows, share_axis
from kgge.charts.reports import SOURCE
from kgge.charts.wording import both, codes_of, name, names, records
from kgge.files import DataError
from kgge.labels import percent
from kgge.style import COLOURS, INK, MARKERS, NAVY
from kgge.tables import is_illustrative

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BOUNDS = ("coverage_low", "coverage_high")
Row = dict[str, Any]


def one(table: pd.DataFrame, column: str) -> Any:
    """Return the one code of a column, or say that the chart takes the rows of one."""
    found = list(pd.unique(table[column]))
    if len(found) != 1:
        raise DataError(f"this chart takes the rows of one {column}; the table has "
                        f"{', '.join(map(str, found))}")
    return found[0]


def figure(row: Row, lang: str, target: float | None = None) -> str:
    """Return coverage, and the range where missing returns leave one: "62.0% (55.1–70.3%)"."""
    share, (low, high) = row["coverage"], (row[b] for b in BOUNDS)
    out = both(lang, "not reported", "không báo cáo")
    if pd.notna(share):
        out = percent(share, lang, target=target)
    if pd.isna(low) or pd.isna(high):
        return out + both(lang, " (range not known)", " (chưa rõ khoảng)")
    if low == high == share:
        return out
    return f"{out} ({percent(low, lang, target=target)[:-1]}–{percent(high, lang, target=target)})"


def dot(ax: "Axes", y: float, row: Row, keys: dict[str, Any], code: str) -> None:
    """Draw one level range and the point in it; without a point the range stands alone."""
    colour = COLOURS.get(code, NAVY)
    line, = ax.plot([row[b] for b in BOUNDS], [y, y], color=colour, linewidth=5, alpha=0.45,
                    solid_capstyle="butt", clip_on=False)
    if row[BOUNDS[0]] != row[BOUNDS[1]]:
        ax.plot([row[b] for b in BOUNDS], [y, y], color=colour, linestyle="none", marker="|",
                markersize=9, markeredgewidth=1.4, clip_on=False)
    point, = ax.plot(row["coverage"], y, color=colour, linestyle="none", markersize=7,
                     marker=MARKERS.get(code, "o"), markeredgecolor="white", zorder=3,
                    clip_on=False)
    tag(ax, keys, "coverage", point, lambda p: float(p.get_xdata()[0]))
    tag(ax, keys, BOUNDS[0], line, lambda r: float(r.get_xdata()[0]))
    tag(ax, keys, BOUNDS[1], line, lambda r: float(r.get_xdata()[1]))


def note(ax: "Axes", y: float, text: str) -> Any:
    """Write words to the right of the plot, clear of a point at 100%; return them."""
    return ax.annotate(text, (1, y), xycoords=ax.get_yaxis_transform(), xytext=(8, 0),
                       textcoords="offset points", va="center", color=INK)


def range_key(lang: str, code: str = "") -> list[tuple[str, Any]]:
    """Return the legend entry of the ranges."""
    from matplotlib.lines import Line2D

    return [(both(lang, "possible range, by missing returns", "khoảng có thể, do thiếu báo cáo"),
             Line2D([], [], color=COLOURS.get(code, NAVY), linewidth=5, alpha=0.45,
                    solid_capstyle="butt"))]


def point_key(text: str, code: str = "") -> tuple[str, Any]:
    """Return the legend entry of the points of one code."""
    from matplotlib.lines import Line2D

    return text, Line2D([], [], color=COLOURS.get(code, NAVY), linestyle="none", markersize=7,
                        marker=MARKERS.get(code, "o"))


def close(ax: "Axes", table: pd.DataFrame, lang: str, title: str, subtitle: str,
          figures: list[str]) -> None:
    """Finish a chart of the returns; its description says every figure."""
    finish(ax, title, subtitle, SOURCE[lang], f"{title}. {subtitle}. {'; '.join(figures)}.",
           is_illustrative(table), lang)


def measure(lang: str) -> str:
    """Return what coverage measures."""
    return both(lang, "persons reached as a share of those eligible, %",
                "tỷ lệ người đã tiếp cận trong số người thuộc diện, %")


def coverage_by_group_and_sex(table: pd.DataFrame, ax: "Axes | None" = None,
                              lang: str | None = None) -> "Axes":
    """Draw coverage of each group of persons, women and men apart, with ranges.

    Parameters
    ----------
    table : DataFrame
        The rows of one indicator and year of ``coverage(outcomes, units, ["group", "sex"])``:
        indicator, year, group, sex, coverage, coverage_low, coverage_high (shares).
    ax, lang
        As in `planned_by_year_and_source`, as are result and errors.
    """
    with drawing(table, "indicator year group sex coverage coverage_low coverage_high", ax,
                 lang) as (ax, lang):
        groups, sexes = codes_of(table, "group"), codes_of(table, "sex")
        middles = dict(zip(groups, rows(ax, names("group", groups, lang), least=0.26 + 0.22 *
                                        (len(sexes) - 1)), strict=True))
        figures = []
        for row in records(table):
            y = middles[row["group"]] + 0.22 * (sexes.index(row["sex"]) - (len(sexes) - 1) / 2)
            keys = {k: row[k] for k in ("indicator", "year", "group", "sex")}
            dot(ax, y, row, keys, row["sex"])
            note(ax, y, figure(row, lang))
            figures.append(f"{name('group', row['group'], lang)}, "
                           f"{name('sex', row['sex'], lang)}: {figure(row, lang)}")
        share_axis(ax, lang)
        ax.spines["left"].set_visible(False)
        legend(ax, [*(point_key(name("sex", s, lang), s) for s in sexes), *range_key(lang)])
        _finish_parts(ax, table, lang, ("group", "sex"), figures)
    return ax


def coverage_by_unit(table: pd.DataFrame, ax: "Axes | None" = None,
                     lang: str | None = None) -> "Axes":
    """Draw coverage of each unit with its range, highest first; a unit that is missing at the end.

    Parameters
    ----------
    table : DataFrame
        The rows of one indicator and year of ``coverage(outcomes, units, "unit")``: indicator,
        year, unit, coverage (share; empty where the unit did not report), coverage_low,
        coverage_high.
    ax, lang
        As in `planned_by_year_and_source`, as are result and errors.
    """
    with drawing(table, "indicator year unit coverage coverage_low coverage_high", ax,
                 lang) as (ax, lang):
        table = table.sort_values("coverage", ascending=False, kind="stable", na_position="last")
        units = names("unit", list(table["unit"]), lang)
        figures = []
        for y, row, unit in zip(rows(ax, units, 2.3, 0.24), records(table), units,
                                strict=True):
            keys = {k: row[k] for k in ("indicator", "year", "unit")}
            dot(ax, y, row, keys, "path" if pd.notna(row["coverage"]) else "missing")
            note(ax, y, figure(row, lang))
            figures.append(f"{unit}: {figure(row, lang)}")
        share_axis(ax, lang)
        ax.spines["left"].set_visible(False)
        legend(ax, [point_key(both(lang, "reached", "đã đạt"), "path"), *range_key(lang)])
        _finish_parts(ax, table, lang, ("unit",), figures)
    return ax


def _finish_parts(ax: "Axes", table: pd.DataFrame, lang: str, by: tuple[str, ...],
                  figures: list[str]) -> None:
    """Finish a chart of the parts of one indicator: the lowest, the highest, who is missing."""
    code, year = one(table, "indicator"), int(one(table, "year"))
    known = table[table["coverage"].notna()]
    silent = len(table) - len(known)
    title = both(lang, f"No coverage is known for {year}", f"Chưa có số liệu năm {year}")
    if len(known):
        by = tuple(k for k in by if k != "sex" or table[k].nunique() > 1)
        low, high = (_extreme(known[known["coverage"] == v], by, lang)
                     for v in (known["coverage"].min(), known["coverage"].max()))
        title = both(lang, f"Coverage is {high}", f"Mức đạt {high}")
        if low != high:
            title = both(lang, f"Coverage runs from {low} to {high}",
                         f"Mức đạt từ {low} đến {high}")
    if silent and len(known):
        title += both(lang, f"; {silent} of {len(table)} not reported",
                      f"; {silent}/{len(table)} không báo cáo")
    close(ax, table, lang, title, f"{name('indicator', code, lang)}: {measure(lang)}, {year}",
           figures)


def _extreme(table: pd.DataFrame, by: tuple[str, ...], lang: str) -> str:
    """Return a coverage and whose it is; where more than one share it, how many."""
    row = records(table)[0]
    who = ", ".join(name(key, row[key], lang) for key in by)
    if len(table) > 1:
        who = f"{len(table)} " + both(lang, *(("units", "đơn vị") if by == ("unit",)
                                              else ("groups", "nhóm")))
    return f"{percent(row['coverage'], lang)} ({who})"
