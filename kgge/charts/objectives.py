"""Charts of progress: the paths of indicators to their targets, and the verdicts of a year."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.transforms import ScaledTranslation

from kgge.charts.layout import inner_width, notes, root_of
from kgge.charts.marks import LINE, Words, chart, legend, rows, slot, value_axis
from kgge.charts.ranges import (
    BAND,
    BOUNDS,
    Row,
    dot,
    entries,
    figure,
    goal,
    one,
    point,
    share_axis,
)
from kgge.charts.readback import code_of_mark, point_x, point_y, tag, unwrapped
from kgge.charts.style import COLOURS, INK, NAVY, SIZES, STATUS, wrap
from kgge.charts.wording import codes_of, count, lower, name, names, records, say
from kgge.labels import label, percent
from kgge.tables.load import load_targets

JUDGED = "coverage coverage_low coverage_high target status status_low status_high firm"
MADE = "kgge.progress(outcomes, targets, units)"
OURS = ("cuts",)
HIGH, TOP = 1.25, 1.08  # of a small chart: inches, and the share at its upper end


def _verdict(row: Row) -> str:
    """Return the status in words, and between which ones missing returns leave it."""
    ends = [row["status_low"], row["status_high"]]
    status = label("status", row["status"])
    if row["status"] == "not_assessable":  # never firm: there is nothing to be sure of
        return status
    if row["firm"]:
        return say("verdict.firm", status=status)
    if pd.isna(ends).any() or ends[0] == ends[1]:
        return say("verdict.open", status=status)
    low, high = (lower(label("status", end)) for end in ends)
    return say("verdict.range", status=status, low=low, high=high)


@chart("indicator year", f"{JUDGED} baseline", MADE)
def paths_to_targets(ax: Axes, table: pd.DataFrame) -> Words:
    """Draw the paths of all indicators to their targets as small charts of one scale.

    As `progress` gives it, of one indicator or more: indicator, year, coverage, coverage_low,
    coverage_high, baseline, target (shares; coverage empty where nobody reported, baseline where
    none is stated), status, status_low, status_high, firm. The years of baseline and target are
    columns base_year and target_year where the table has them, else those of `load_targets`. Its
    latest year gives the verdicts.

    >>> state = kgge.progress(kgge.load_outcomes(), kgge.load_targets(), kgge.load_units())
    >>> ax = paths_to_targets(state, lang="en")
    >>> kgge.charts.chart_data(ax)["indicator"].unique().tolist()
    ['1a', '1b', '2', '3', '4']
    """
    codes, last = codes_of(table, "indicator"), int(table["year"].max())
    parts = {c: table[table["indicator"] == c].sort_values("year").reset_index(drop=True)
             for c in codes}
    across = 2 if len(codes) > 1 and inner_width(ax) > 4 else 1
    wide = inner_width(ax) / across - 0.55
    heads = {code: wrap(name("indicator", code), wide) for code in codes}
    lines = max(head.count("\n") + 1 for head in heads.values())
    down, space = -(-len(codes) // across), 0.5 + LINE * lines  # the words above a plot
    years = [y for c, part in parts.items() for y in (*_years(part, c), *part["year"])]
    figures = []
    ax.set_axis_off()
    notes(ax).body = down * (HIGH + space) + 0.2
    whole = notes(ax).body or 1.0
    for i, (code, part) in enumerate(parts.items()):
        x, y = (i % across) / across, 1 - (i // across + 1) * (HIGH + space) / whole
        panel = ax.inset_axes((x + 0.06, y, 1 / across - 0.09, HIGH / whole))
        panel.tick_params(length=0, labelsize=SIZES["label"])
        row = records(part)[-1]
        line = _panel(ax, panel, part, (min(years), max(years)))
        _head(panel, row, heads[code])
        _mark_point(panel, row, float(np.interp(row["year"], *line.get_data())))
        path = "; ".join(f"{one['year']}: {figure(one)}" for one in records(part))
        figures.append(f"{name('indicator', code)}: {goal(row['target'])}; {path}; "
                       f"{_verdict(row)}")
    legend(ax, [(say("path_to_target.line"), line), *entries()])
    title = _score_title(table[table["year"] == last], last, len(codes))
    return Words(title, [". ".join(figures)], "progress", ours=OURS)


def _head(panel: Axes, row: Row, text: str) -> None:
    """Write indicator and verdict above a small chart, the verdict with its sign."""
    above = ScaledTranslation(5 / 72, 10 / 72, root_of(panel).dpi_scale_trans)
    put: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points", "color": INK}
    panel.annotate(text, (0, 1), xytext=(0, 19), va="bottom", **put)
    panel.plot([0], [1], transform=panel.transAxes + above, clip_on=False, linestyle="none",
               **STATUS[row["status"]])
    panel.annotate(label("status", row["status"]), (0, 1), xytext=(13, 10), va="center",
                   fontweight="bold", **put)


def _years(table: pd.DataFrame, code: str) -> tuple[int, int]:
    """Return the years of baseline and target of one indicator."""
    known = table if {"base_year", "target_year"} <= set(table) else load_targets()
    of = records(known[known["indicator"] == code])[-1]
    start = of["base_year"] if pd.notna(of["base_year"]) else table["year"].min()
    return int(start), int(of["target_year"])


def _panel(ax: Axes, panel: Axes, table: pd.DataFrame, span: tuple[int, int]) -> Any:
    """Draw one indicator's path and the line to its target; return this."""
    row = records(table)[-1]
    start, end = _years(table, row["indicator"])
    panel.set_xlim(span[0] - 0.4, span[1] + 0.9)
    line = _target_line(panel, row, start, end)
    _path(ax, panel, table)
    tag(ax, {"indicator": row["indicator"], "year": end}, "target", line, point_y, 1)
    value_axis(panel, TOP, lambda v: percent(v, digits=0))
    panel.set_yticks([0, 0.5, 1])
    panel.tick_params(axis="x", pad=6)  # clear of the figure at zero
    panel.spines[["top", "right"]].set_visible(False)
    most = max(1, int(inner_width(ax)))
    ticks = range(span[0], span[1] + 1, -(-(span[1] - span[0] + 1) // most))
    panel.set_xticks(ticks, map(str, ticks))
    return line


def _target_line(ax: Axes, row: Row, start: int, end: int) -> Any:
    """Draw the straight line from baseline to target, or where there is no baseline the target."""
    target = float(row["target"])
    begin: float = target if pd.isna(row["baseline"]) else row["baseline"]
    line, = ax.plot([start, end], [begin, target], color=COLOURS["target"],
                    linestyle=(0, (4, 2)), marker="D", markevery=[1])
    above = not row["coverage"] >= target  # where the figure of coverage is not
    ax.annotate(goal(target), (end, target), xytext=(5, 2 if above else -4),
                textcoords="offset points", va="bottom" if above else "top", color=INK)
    return line


def _path(ax: Axes, panel: Axes, table: pd.DataFrame) -> None:
    """Draw the line of coverage in the band of what is possible."""
    years, shares, low, high = table[["year", "coverage", *BOUNDS]].to_numpy(float).T
    panel.fill_between(years, low, high, color=NAVY, alpha=0.15, linewidth=0)
    line, = panel.plot(years, shares, color=NAVY, marker="o", zorder=3)
    for i, row in enumerate(records(table)):
        keys = {"indicator": row["indicator"], "year": int(row["year"])}
        tag(ax, keys, "coverage", line, point_y, i)
        ends, = panel.plot([years[i]] * 2, [low[i], high[i]], color=NAVY, **BAND)
        for end, bound in enumerate(BOUNDS):
            tag(ax, keys, bound, ends, point_y, end)


def _mark_point(ax: Axes, row: Row, aim: float) -> None:
    """Write the figure of one year on the side of the path where the line to the target is not."""
    text, share, shift, ha, va = point(row), row["coverage"], (5, -3), "left", "top"
    if np.isnan(share):
        share, shift, ha, va = np.nan_to_num(row[BOUNDS[1]]), (0, 4), "center", "bottom"
        text = wrap(text, slot(ax) * 0.9)
    elif share >= aim or share / TOP * HIGH < LINE + 3 / 72:  # no room between it and the axis
        shift, ha, va = (-5, 3), "right", "bottom"
    ax.annotate(text, (int(row["year"]), share), xytext=shift, textcoords="offset points", ha=ha,
                va=va, color=INK, bbox={"fc": "white", "ec": "none", "pad": 0.6, "alpha": 0.8})


@chart("indicator", f"year {JUDGED}", f"the rows of one year of {MADE}")
def scorecard(ax: Axes, table: pd.DataFrame) -> Words:
    """Draw all indicators at one year: coverage, range and target, with the verdict as a sign.

    The rows of one year of `progress`: indicator, year, coverage, coverage_low, coverage_high,
    target (shares), status, status_low, status_high, firm; with baseline and time_share, where the
    straight line to the target stands in that year.

    >>> state = kgge.progress(kgge.load_outcomes(), kgge.load_targets(), kgge.load_units())
    >>> ax = scorecard(state[state["year"] == state["year"].max()], lang="en")
    >>> kgge.charts.chart_data(ax)["indicator"].tolist()
    ['1a', '1b', '2', '3', '4']
    """
    year, codes = int(one(table, "year")), codes_of(table, "indicator")
    table = table.set_index("indicator").loc[codes].reset_index()
    cards, room = [_card(row) for row in records(table)], inner_width(ax) * 0.3
    heights = [sum(wrap(line, room, bold=i == 0).count("\n") + 1 for i, line in enumerate(card))
               for card in cards]
    middles = rows(ax, "indicator", codes, room, 0.5, heights)
    marks: dict[str, Any] = {}  # of every row: the last one may have no line to its target
    for row, card in zip(records(table), cards, strict=True):
        y, keys = middles[row["indicator"]], {k: row[k] for k in ("indicator", "year")}
        aim, = ax.plot([row["target"]] * 2, [y - 0.15, y + 0.15], linewidth=3,
                       color=COLOURS["target"], clip_on=False)
        marks[say("coverage.target")] = aim
        if (at := _line_at(row)) is not None:
            marks[say("scorecard.line_legend")], = ax.plot(
                at, y, color=COLOURS["target"], marker="D", markersize=6, clip_on=False,
                markerfacecolor="white", markeredgewidth=1.4, linestyle="none", zorder=2)
        tag(ax, keys, "target", aim, point_x, 0)
        _verdict_of(ax, y, row, keys, card, room)
    share_axis(ax)
    legend(ax, [*entries(), *marks.items()])
    figures = (f"{indicator}: {', '.join(card)}" for indicator, card in zip(
        names("indicator", codes), cards, strict=True))
    return Words(_score_title(table, year), figures, "progress", ours=OURS)


def _card(row: Row) -> list[str]:
    """Return the lines of one verdict: the status, the figure, the target, what it depends on."""
    verdict, _, depends = _verdict(row).partition(" (")
    at = _line_at(row)
    aim = say("path_to_target.goal", target=goal(row["target"]))
    line = [] if at is None else [say("scorecard.line", year=int(row["year"]), share=percent(at))]
    # What holds of all but the open ones is said once, in the title.
    return [verdict, figure(row), aim, *line, *([] if row["firm"] else
                                                           filter(None, [depends[:-1]]))]


def _line_at(row: Row) -> float | None:
    """Return where the straight line to the target stands in a year before the target's."""
    if pd.isna([row.get("baseline"), row.get("time_share")]).any() or not 0 < row["time_share"] < 1:
        return None
    return float(row["baseline"] + row["time_share"] * (row["target"] - row["baseline"]))


def _verdict_of(ax: Axes, y: float, row: Row, keys: Row, card: list[str], room: float) -> None:
    """Draw coverage, and beside it the verdict: its sign, its word, then what it rests on."""
    rest = ";\n".join(wrap(line, room) for line in card[1:])
    dot(ax, y, row, keys, "path")
    top = y - LINE * (rest.count("\n") + 2) / 2
    sign = ax.get_yaxis_transform() + ScaledTranslation(
        13 / 72, 0, root_of(ax).dpi_scale_trans)
    mark, = ax.plot([1], [top + LINE / 2], transform=sign, clip_on=False, linestyle="none",
                    **STATUS[row["status"]])
    put: dict[str, Any] = {"xycoords": ax.get_yaxis_transform(), "color": INK,
                           "textcoords": "offset points"}
    ax.annotate(card[0], (1, top + LINE / 2), xytext=(22, 0), va="center", fontweight="bold", **put)
    said = ax.annotate(rest, (1, top + LINE), xytext=(9, 0), va="top", **put)
    tag(ax, keys, "status", mark, code_of_mark, STATUS)
    tag(ax, keys, "text", said, unwrapped)


def _score_title(table: pd.DataFrame, year: int, rows: int = 0) -> str:
    """Say how many indicators are where they should be, and how many verdicts are open."""
    known = table[table["status"] != "not_assessable"]
    if known.empty:
        return say("scorecard.unknown", year=year)
    left = int((~known["firm"].astype(bool)).sum())
    told = count("scorecard.open", left) if left else say("scorecard.settled")
    early = not set(table["status"]) <= {"achieved", "not_achieved", "not_assessable"}
    rows = rows or len(table)  # drawn, also those without a figure of the year
    if rows == 1:
        only = table.iloc[0]
        return say("scorecard.one", indicator=only["indicator"], year=year, open=told,
                   status=lower(label("status", only["status"])))
    good = int(table["status"].isin(["achieved", "on_track"]).sum())
    return count(f"scorecard.{'early' if early else 'title'}", good, rows=rows,
                 year=year, open=told)
