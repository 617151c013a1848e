"""Charts of progress: the path of an indicator to its target, and the verdicts of a year."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kgge.charts.coverage import (
    BOUNDS,
    Row,
    close,
    dot,
    figure,
    measure,
    note,
    one,
    point_key,
    range_key,
)
from kgge.charts.drawn import tag
from kgge.charts.frame import inner_width
from kgge.charts.parts import drawing, legend, rows, share_axis, slot, value_axis
from kgge.charts.wording import both, codes_of, lower, name, names, period, records
from kgge.labels import label, percent
from kgge.style import COLOURS, INK, NAVY, wrap
from kgge.tables import load_targets

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def _verdict(row: Row, lang: str) -> str:
    """Return the status in words, and between which ones missing returns leave it."""
    text = label("status", row["status"], lang)
    if row["firm"]:
        return text + both(lang, ", firm", ", chắc chắn")
    ends = [lower(label("status", row[c], lang)) for c in ("status_low", "status_high")
            if pd.notna(row[c])]
    if len(set(ends)) < 2:
        return text + both(lang, ", not firm", ", chưa chắc chắn")
    return text + both(lang, f", not firm: {ends[0]} to {ends[1]}",
                       f", chưa chắc chắn: từ {ends[0]} đến {ends[1]}")


def path_to_target(table: pd.DataFrame, ax: "Axes | None" = None,
                   lang: str | None = None) -> "Axes":
    """Draw one indicator's coverage year by year against the straight line to its target.

    Parameters
    ----------
    table : DataFrame
        The rows of one indicator of `progress`: indicator, year, coverage, coverage_low,
        coverage_high, baseline, target (shares; coverage empty where nobody reported, baseline
        where none is stated), status, status_low, status_high, firm. The years of baseline and
        target are columns base_year and target_year where the table has them, else those of
        `load_targets`.
    ax, lang
        As in `planned_by_year_and_source`, as are result and errors.
    """
    with drawing(table, "indicator year coverage coverage_low coverage_high baseline target "
                        "status status_low status_high firm", ax, lang) as (ax, lang):
        code = one(table, "indicator")
        table = table.sort_values("year").reset_index(drop=True)
        last = records(table)[-1]
        start, end = _span(table, code)
        first, final = min(start, *table["year"]), max(end, *table["year"])
        ax.set_xlim(first - 0.4, final + 0.6)
        entries = _target_line(ax, last, start, end, lang)
        _path(ax, table, entries[0][1], lang)
        entries += [point_key(both(lang, "reached", "đã đạt"), "path"), *range_key(lang)]
        value_axis(ax, 1.08, lambda v: percent(v, lang, 0))
        ax.set_yticks([0, 0.25, 0.5, 0.75, 1])
        step = -(-(final - first + 1) // 12)
        ax.set_xticks(range(first, final + 1, step), map(str, range(first, final + 1, step)))
        legend(ax, entries)
        goal, year = percent(last["target"], lang), int(last["year"])
        share = figure(last, lang, last["target"]).split(" (")[0]
        title = both(lang, f"Indicator {code}: {share} in {year}, target {goal} in {end}: "
                           f"{lower(_verdict(last, lang))}",
                     f"Mục tiêu {code}: {share} năm {year}, chỉ tiêu {goal} năm {end}: "
                     f"{lower(_verdict(last, lang))}")
        figures = [f"{int(r['year'])}: {figure(r, lang, r['target'])}"
                   for r in records(table)]
        close(ax, table, lang, title, f"{name('indicator', code, lang)}: {measure(lang)}, "
                                       f"{period(table, lang)}", figures)
    return ax


def _span(table: pd.DataFrame, code: str) -> tuple[int, int]:
    """Return the years of baseline and target; without a baseline the first year drawn."""
    known = table if {"base_year", "target_year"} <= set(table) else load_targets()
    of = records(known[known["indicator"] == code])[-1]
    start = of["base_year"] if pd.notna(of["base_year"]) else table["year"].min()
    return int(start), int(of["target_year"])


def _target_line(ax: "Axes", row: Row, start: int, end: int, lang: str) -> list[tuple[str, Any]]:
    """Draw the straight line from baseline to target, or where there is no baseline the target."""
    target, colour = float(row["target"]), COLOURS["target"]
    words = both(lang, "straight line to the target", "đường thẳng tới chỉ tiêu")
    begin = float(row["baseline"])
    if np.isnan(begin):
        begin, words = target, both(lang, "target (no baseline stated)",
                                    "chỉ tiêu (không nêu giá trị gốc)")
    line, = ax.plot([start, end], [begin, target], color=colour, linestyle=(0, (4, 2)), marker="D",
                    markevery=[1])
    tag(ax, {"indicator": row["indicator"], "year": end}, "target", line,
        _nth(1))
    ax.annotate(percent(target, lang), (end, target), xytext=(5, 2), textcoords="offset points",
                va="bottom", color=INK)
    return [(words, line)]


def _path(ax: "Axes", table: pd.DataFrame, goal: Any, lang: str) -> None:
    """Draw the line of coverage with its figures, in the band of what is possible."""
    years, shares = table["year"].astype(int).to_numpy(), table["coverage"].to_numpy(float)
    low, high = (table[b].to_numpy(float) for b in BOUNDS)
    ax.fill_between(years, low, high, color=NAVY, alpha=0.15, linewidth=0)
    line_at = np.interp(years, goal.get_xdata(), goal.get_ydata())
    line, = ax.plot(years, shares, color=NAVY, marker="o", zorder=3)
    for i, row in enumerate(records(table)):
        keys = {"indicator": row["indicator"], "year": int(row["year"])}
        tag(ax, keys, "coverage", line, _nth(i))
        ends, = ax.plot([years[i]] * 2, [low[i], high[i]], color=NAVY, linewidth=5, alpha=0.45,
                        solid_capstyle="butt")
        for end, bound in enumerate(BOUNDS):
            tag(ax, keys, bound, ends, _nth(end))
        _mark_point(ax, row, line_at[i], lang)


def _nth(i: int) -> Callable[[Any], float]:
    """Return how to read the height of one point of a line."""
    return lambda line: float(line.get_ydata()[i])


def _mark_point(ax: "Axes", row: Row, goal: float, lang: str) -> None:
    """Write the figure of one year on the side of the path where the line to the target is not."""
    text = figure(row, lang, row["target"]).split(" (")[0]
    share, year = row["coverage"], int(row["year"])
    if np.isnan(share):
        top = row[BOUNDS[1]]
        at, shift, ha, va = (0.0 if np.isnan(top) else top), (0, 4), "center", "bottom"
        text = wrap(text, slot(ax) * 0.9)
    elif share >= goal or share < 0.07:  # close to the axis there is no room below
        at, shift, ha, va = share, (-5, 3), "right", "bottom"
    else:
        at, shift, ha, va = share, (5, -3), "left", "top"
    ax.annotate(text, (year, at), xytext=shift, textcoords="offset points", ha=ha, va=va,
                color=INK)


def scorecard(table: pd.DataFrame, ax: "Axes | None" = None, lang: str | None = None) -> "Axes":
    """Draw all indicators at one year: coverage, range and target, with the verdict in words.

    Parameters
    ----------
    table : DataFrame
        The rows of one year of `progress`: indicator, year, coverage, coverage_low,
        coverage_high, target (shares), status, status_low, status_high, firm.
    ax, lang
        As in `planned_by_year_and_source`, as are result and errors.
    """
    with drawing(table, "indicator year coverage coverage_low coverage_high target status "
                        "status_low status_high firm", ax, lang) as (ax, lang):
        year, codes = int(one(table, "year")), codes_of(table, "indicator")
        table = table.set_index("indicator").loc[codes].reset_index()
        cards = [f"{figure(r, lang, r['target'])}\n{_verdict(r, lang)}"
                 for r in records(table)]
        room = inner_width(ax) * 0.27
        notes = ["\n".join(wrap(line, room) for line in c.split("\n")) for c in cards]
        middles = rows(ax, names("indicator", codes, lang), inner_width(ax) * 0.36, 0.45,
                       [n.count("\n") + 1 for n in notes])
        for y, row, words in zip(middles, records(table), notes, strict=True):
            keys = {"indicator": row["indicator"], "year": year}
            dot(ax, y, row, keys, "path")
            goal, = ax.plot([row["target"]] * 2, [y - 0.15, y + 0.15], linewidth=3,
                            color=COLOURS["target"])
            tag(ax, keys, "target", goal, lambda g: float(g.get_xdata()[0]))
            tag(ax, keys, "text", note(ax, y, words), lambda t: t.get_text().replace("\n", " "))
        share_axis(ax, lang)
        ax.spines["left"].set_visible(False)
        legend(ax, [point_key(both(lang, "reached", "đã đạt"), "path"), *range_key(lang),
                    (both(lang, "target", "chỉ tiêu"), goal)])
        good = int(table["status"].isin(["achieved", "on_track"]).sum())
        early = "on_track" in set(table["status"])
        firm, n = int(table["firm"].astype(bool).sum()), len(table)
        also = both(lang, " or on track", " hoặc đúng tiến độ") if early else ""
        title = both(lang, f"{good} of {n} indicators achieved{also} in {year}; {firm} of {n} "
                           "verdicts are firm",
                     f"{good}/{n} chỉ tiêu đạt{also} năm {year}; {firm}/{n} kết luận chắc chắn")
        figures = [f"{n}: {c.replace(chr(10), ', ')}, {both(lang, 'target', 'chỉ tiêu')} "
                   f"{percent(t, lang)}" for n, c, t in zip(
                       names("indicator", codes, lang), cards, table["target"], strict=True)]
        close(ax, table, lang, title, both(
            lang, f"Coverage of each indicator against its target, %, {year}",
            f"Mức đạt của từng chỉ tiêu so với chỉ tiêu năm cuối, %, {year}"), figures)
    return ax
