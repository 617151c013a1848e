"""Charts of progress: the path of an indicator to its target, and the verdicts of a year."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from kgge.charts.layout import inner_width
from kgge.charts.marks import close, drawing, legend, rows, slot, value_axis
from kgge.charts.ranges import BAND, BOUNDS, Row, dot, entries, figure, one, point, share_axis
from kgge.charts.readback import point_x, point_y, tag, unwrapped
from kgge.charts.style import COLOURS, INK, NAVY, wrap
from kgge.charts.wording import codes_of, name, names, records, say
from kgge.labels import label, percent
from kgge.tables.load import load_targets


def _verdict(row: Row, lang: str) -> str:
    """Return the status in words, and between which ones missing returns leave it."""
    ends = [row["status_low"], row["status_high"]]
    status = _lower(label("status", row["status"], lang))
    if row["firm"]:
        return say("verdict.firm", lang, status=status)
    if pd.isna(ends).any() or ends[0] == ends[1]:
        return say("verdict.open", lang, status=status)
    low, high = (_lower(label("status", end, lang)) for end in ends)
    return say("verdict.range", lang, status=status, low=low, high=high)


def _lower(text: str) -> str:
    """Return a label as it stands inside a sentence."""
    return text[:1].lower() + text[1:]


def path_to_target(table: pd.DataFrame, ax: Axes | None = None,
                   lang: str | None = None) -> Axes:
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
        As in `planned_by_year_and_source`.

    Raises
    ------
    DataError
        As there, and if the table holds more than one indicator.

    Examples
    --------
    >>> import kgge
    >>> state = kgge.progress(kgge.load_outcomes(), kgge.load_targets(), kgge.load_units())
    >>> ax = path_to_target(state[state["indicator"] == "1a"], lang="en")
    >>> kgge.charts.chart_data(ax).set_index("year")["target"].dropna().to_dict()
    {2020: 0.7}
    """
    with drawing(table, "indicator year coverage coverage_low coverage_high baseline target "
                        "status status_low status_high firm", ax, lang) as (ax, lang):
        code = one(table, "indicator")
        table = table.sort_values("year").reset_index(drop=True)
        years, last = records(table), records(table)[-1]
        start, end = _span(table, code)
        first, final = min(start, *table["year"]), max(end, *table["year"])
        ax.set_xlim(first - 0.4, final + 0.6)
        goal = _target_line(ax, last, start, end, lang)
        _path(ax, table, goal[1], lang)
        tag(ax, {"indicator": code, "year": end}, "target", goal[1], point_y, 1)
        value_axis(ax, 1.08, lambda v: percent(v, lang, 0))
        ax.set_yticks([0, 0.25, 0.5, 0.75, 1])
        ticks = range(first, final + 1, -(-(final - first + 1) // 12))
        ax.set_xticks(ticks, map(str, ticks))
        legend(ax, [goal, *entries(lang)])
        title = say(f"path_to_target.{'due' if last['year'] == end else 'title'}", lang,
                    indicator=code, share=point(last, lang), year=int(last["year"]), end=end,
                    target=percent(last["target"], lang), verdict=_verdict(last, lang))
        close(ax, table, lang, title, "coverage.subtitle",
              "; ".join(f"{int(row['year'])}: {figure(row, lang)}" for row in years), "progress",
              indicator=name("indicator", code, lang))
    return ax


def _span(table: pd.DataFrame, code: str) -> tuple[int, int]:
    """Return the years of baseline and target; without a baseline the first year drawn."""
    known = table if {"base_year", "target_year"} <= set(table) else load_targets()
    of = records(known[known["indicator"] == code])[-1]
    start = of["base_year"] if pd.notna(of["base_year"]) else table["year"].min()
    return int(start), int(of["target_year"])


def _target_line(ax: Axes, row: Row, start: int, end: int, lang: str) -> tuple[str, Any]:
    """Draw the straight line from baseline to target, or where there is no baseline the target."""
    target, begin, kind = float(row["target"]), float(row["baseline"]), "line"
    if np.isnan(begin):
        begin, kind = target, "no_baseline"
    line, = ax.plot([start, end], [begin, target], color=COLOURS["target"],
                    linestyle=(0, (4, 2)), marker="D", markevery=[1])
    words = say("path_to_target.goal", lang, target=percent(target, lang))
    above = not row["coverage"] >= target  # where the figure of coverage is not
    ax.annotate(words, (end, target), xytext=(5, 2 if above else -4), textcoords="offset points",
                va="bottom" if above else "top", color=INK)
    return say(f"path_to_target.{kind}", lang), line


def _path(ax: Axes, table: pd.DataFrame, goal: Any, lang: str) -> None:
    """Draw the line of coverage with its figures, in the band of what is possible."""
    years, shares, low, high = table[["year", "coverage", *BOUNDS]].to_numpy(float).T
    ax.fill_between(years, low, high, color=NAVY, alpha=0.15, linewidth=0)
    line, = ax.plot(years, shares, color=NAVY, marker="o", zorder=3)
    line_at = np.interp(years, goal.get_xdata(), goal.get_ydata())
    for i, row in enumerate(records(table)):
        keys = {"indicator": row["indicator"], "year": int(row["year"])}
        tag(ax, keys, "coverage", line, point_y, i)
        ends, = ax.plot([years[i]] * 2, [low[i], high[i]], color=NAVY, **BAND)
        for end, bound in enumerate(BOUNDS):
            tag(ax, keys, bound, ends, point_y, end)
        _mark_point(ax, row, line_at[i], lang)


def _mark_point(ax: Axes, row: Row, goal: float, lang: str) -> None:
    """Write the figure of one year on the side of the path where the line to the target is not."""
    text, share, shift, ha, va = point(row, lang), row["coverage"], (5, -3), "left", "top"
    if np.isnan(share):
        share, shift, ha, va = np.nan_to_num(row[BOUNDS[1]]), (0, 4), "center", "bottom"
        text = wrap(text, slot(ax) * 0.9)
    elif share >= goal or share < 0.07:  # close to the axis there is no room below
        shift, ha, va = (-5, 3), "right", "bottom"
    ax.annotate(text, (int(row["year"]), share), xytext=shift, textcoords="offset points", ha=ha,
                va=va, color=INK, bbox={"fc": "white", "ec": "none", "pad": 0.6, "alpha": 0.8})


def scorecard(table: pd.DataFrame, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Draw all indicators at one year: coverage, range and target, with the verdict in words.

    Parameters
    ----------
    table : DataFrame
        The rows of one year of `progress`: indicator, year, coverage, coverage_low,
        coverage_high, target (shares), status, status_low, status_high, firm.
    ax, lang
        As in `planned_by_year_and_source`.

    Raises
    ------
    DataError
        As there, and if the table holds more than one year.

    Examples
    --------
    >>> import kgge
    >>> state = kgge.progress(kgge.load_outcomes(), kgge.load_targets(), kgge.load_units())
    >>> ax = scorecard(state[state["year"] == state["year"].max()], lang="en")
    >>> kgge.charts.chart_data(ax)["indicator"].tolist()
    ['1a', '1b', '2', '3', '4']
    """
    with drawing(table, "indicator year coverage coverage_low coverage_high target status "
                        "status_low status_high firm", ax, lang) as (ax, lang):
        year, codes = int(one(table, "year")), codes_of(table, "indicator")
        table = table.set_index("indicator").loc[codes].reset_index()
        cards = [(figure(row, lang), say(
            "scorecard.verdict", lang, target=percent(row["target"], lang),
            verdict=_verdict(row, lang))) for row in records(table)]
        room = inner_width(ax) * 0.27
        notes = ["\n".join(wrap(line, room) for line in card) for card in cards]
        middles = rows(ax, "indicator", codes, lang, inner_width(ax) * 0.36, 0.45,
                       [note.count("\n") + 1 for note in notes])
        for row, note in zip(records(table), notes, strict=True):
            y, keys = middles[row["indicator"]], {k: row[k] for k in ("indicator", "year")}
            words = dot(ax, y, row, keys, "path", note)
            goal, = ax.plot([row["target"]] * 2, [y - 0.15, y + 0.15], linewidth=3,
                            color=COLOURS["target"], clip_on=False)
            tag(ax, keys, "target", goal, point_x, 0)
            tag(ax, keys, "text", words, unwrapped)
        share_axis(ax, lang)
        legend(ax, [*entries(lang), (say("coverage.target", lang), goal)])
        kind = "early" if "on_track" in set(table["status"]) else "title"
        title = say(f"scorecard.{kind}", lang, year=year, rows=len(table),
                    good=int(table["status"].isin(["achieved", "on_track"]).sum()),
                    firm=int(table["firm"].astype(bool).sum()))
        figures = (f"{indicator}: {', '.join(card)}" for indicator, card in zip(
            names("indicator", codes, lang), cards, strict=True))
        close(ax, table, lang, title, "scorecard.subtitle", "; ".join(figures), "progress")
    return ax
