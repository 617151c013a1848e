"""Charts of what is left: persons to the target by unit, women and men, what would decide."""

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from kgge.charts.layout import inner_width
from kgge.charts.marks import Words, bar, beside, chart, legend, no_scale, rows, value_label
from kgge.charts.ranges import (
    BAND,
    BOUNDS,
    MANY,
    POINT,
    Row,
    about_parts,
    due,
    goal,
    one,
    share_axis,
)
from kgge.charts.readback import point_x, tag
from kgge.charts.style import GREY, INK, NAVY, ORANGE, wrap
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
from kgge.labels import label, percent, persons_short, points, whole_persons

SHARES: dict[str, dict[str, Any]] = {  # shares of the missing units in reach_needed
    "last_share": {"marker": "o", "color": NAVY, "linestyle": "none", "markersize": 7},
    "share_needed": {"marker": "D", "color": ORANGE, "linestyle": "none", "markersize": 7}}
LEADING = 4  # units that the title of gap_by_unit counts


@chart("unit", "indicator year target gap gap_share gap_low gap_high",
       "kgge.gap(outcomes, targets, units, year)")
def gap_by_unit(ax: Axes, table: pd.DataFrame) -> Words:
    """Draw how many persons each unit is away from the target, the most first.

    The rows of one indicator of ``gap(…, by="unit")``: indicator, year, unit, target (share), gap
    (persons; empty where nothing was reported), gap_share (of the positive gaps), gap_low,
    gap_high (persons, with missing or doubtful returns). Units that are at the target or beyond
    share one row, and so do more than five that did not report. The shares drawn are those of the
    rows given.

    >>> table = kgge.gap(kgge.load_outcomes(), kgge.load_targets(), kgge.load_units(), 2020)
    >>> ax = gap_by_unit(table[table["indicator"] == "4"], lang="en")
    >>> int(kgge.charts.chart_data(ax)["gap"].sum())
    579
    """
    table = due(table, "gap")
    about = {"indicator": one(table, "indicator"), "year": int(one(table, "year"))}
    there, silent = table["gap"].le(0), table["gap"].isna()
    folded = silent if silent.sum() > MANY else silent & False
    left = table[~there & ~folded]
    left = left.assign(gap_share=left["gap_share"] / left["gap_share"].sum(),
                       far=left["gap"].fillna(left["gap_high"]).fillna(0.0))
    left = left.sort_values("far", ascending=False, kind="stable")
    texts = [wrap(upper(n), 2.2) for n in names("unit", left["unit"])]
    beyond = [wrap(count(code, int(units.sum())), 2.2) for code, units in (
        ("gap.there", there), ("coverage.folded", folded)) if units.any()]
    places = rows(ax, "unit", [*left["unit"], *beyond], least=0.26, wrapped=texts + beyond)
    sum_so_far, figures = left["gap_share"].cumsum(), []
    for row, so_far in zip(records(left), sum_so_far, strict=True):
        text, place = _gap_text(row, so_far), places[row["unit"]]
        bar(ax, about | {"unit": row["unit"]}, "gap", row["gap"], place, 0.16, "spent")
        ends = [max(0.0, row[c]) if pd.notna(row[c]) else np.nan for c in ("gap_low", "gap_high")]
        if ends[0] != ends[1]:  # what they can be
            ax.plot(ends, [place, place], color=GREY, marker="|", markersize=8, linewidth=1.6)
        value_label(ax, place, np.nanmax([row["far"], *ends]), text)
        figures.append(f"{name('unit', row['unit'])}: {text}")
    # Drawn as none: what is beyond the target offsets nothing, what is silent shows no figure.
    for units, value in ((there, 0.0), (folded, np.nan)):
        for unit in table.loc[units, "unit"]:
            spot, = ax.plot(value, 0.0, linestyle="none")
            tag(ax, about | {"unit": unit}, "gap", spot, point_x, 0)
    no_scale(ax, max(left[["far", "gap_high"]].max().max(), 1) if len(left) else 1)
    reported = left[left["gap"].notna()]
    whole = sum(map(whole_persons, reported["gap"]))  # as many as the bars say
    told = about | {"whole": persons_short(whole), "target": goal(one(table, "target")),
                    "shown": shown(table)}
    first = min(LEADING, len(reported) // 2)
    if whole and len(reported) == 1:
        title = count("gap.unit" if len(table) == 1 else "gap.one", whole, **told)
    elif whole:
        held = round(float(reported["gap_share"].head(first).sum()), 9)
        share = percent(held, digits=0, target=1.0)
        title = say("gap.title" if len(reported) >= LEADING else "gap.few", first=first,
                    share=share, **told)
    else:  # that nobody reported is no finding
        title = say("gap.unknown" if silent.all() else "gap.none", **told)
    return about_parts(title, [*figures, *beyond], about["indicator"], "units", silent,
                       told["shown"], "gap.subtitle")


def _gap_text(row: Row, so_far: float) -> str:
    """Return persons, their share and that of all units so far, or between what they can be."""
    if pd.isna(row["gap"]):
        if pd.isna([row["gap_low"], row["gap_high"]]).any():
            return say("not_reported")
        low, high = (persons_short(row[c]) for c in ("gap_low", "gap_high"))
        return say("gap.silent", low=low, high=high)
    return say("gap.figure", gap=persons_short(row["gap"]),
               share=percent(row["gap_share"], digits=0), so_far=percent(
                   round(so_far, 9), digits=0, target=1.0))


@chart("indicator sex", "year coverage coverage_low coverage_high",
       "kgge.coverage(outcomes, targets, units, ['group', 'sex'])", also="group")
def women_against_men(ax: Axes, table: pd.DataFrame) -> Words:
    """Draw by how many points the coverage of women is above or below that of men.

    The rows of one year of ``coverage(…, ["group", "sex"])`` or ``coverage(…, "sex")``: indicator,
    year, group, sex, coverage, coverage_low, coverage_high (shares). What counts one sex only is
    left out.

    `chart_data` has difference, low and high in shares: women less men. Where the difference
    is less than one point, all of its range, they are called about alike; one that missing returns
    could turn is no clear difference.

    >>> table = kgge.coverage(kgge.load_outcomes(), kgge.load_targets(), kgge.load_units(), "sex")
    >>> ax = women_against_men(table[table["year"] == table["year"].max()], lang="en")
    >>> kgge.charts.chart_data(ax)["indicator"].tolist()
    ['1a', '1b', '2', '4']
    """
    year, by = int(one(table, "year")), ["indicator", *(["group"] if "group" in table else [])]
    women, men = (table[table["sex"] == sex].set_index(by) for sex in ("female", "male"))
    women, men = women.align(men, join="inner", axis="index")
    if women.empty:
        raise DataError("the chart compares women and men; the table has no part that counts both")
    found = records(pd.DataFrame({"difference": women["coverage"] - men["coverage"],
                                  "low": women[BOUNDS[0]] - men[BOUNDS[1]],
                                  "high": women[BOUNDS[1]] - men[BOUNDS[0]]}).reset_index(
        ).sort_values(by, key=lambda codes: codes.map(
        codes_of(table, str(codes.name)).index)))
    texts = [wrap(": ".join([row["indicator"], name("group", row["group"])])
                  if "group" in row else name("indicator", row["indicator"]),
                  min(2.4, inner_width(ax) * 0.4))
             for row in found]
    places = rows(ax, "group", range(len(found)), least=0.28, wrapped=texts,
                  lines=[1 if inner_width(ax) > 5 else 2] * len(found))
    figures = []
    for (place, row), text in zip(zip(places.values(), found, strict=True), texts, strict=True):
        said: str = say("not_reported") if pd.isna(row["difference"]) else _points(row)
        keys = {key: row[key] for key in by} | {"year": year}
        line, = ax.plot([row["low"], row["high"]], [place] * 2, color=NAVY, **BAND)
        mark, = ax.plot(row["difference"], place, color=NAVY, marker="o", linestyle="none")
        tag(ax, keys, "difference", mark, point_x, 0)
        tag(ax, keys, "low", line, point_x, 0)
        tag(ax, keys, "high", line, point_x, 1)
        beside(ax, place, said if inner_width(ax) > 5 else said.replace(" (", "\n("))
        figures.append(f"{text}: {said}".replace("\n", " "))
    _points_axis(ax, found)
    clear = [row for row in found if abs(row["difference"]) >= POINT
             and (row["low"] > 0 or row["high"] < 0)]
    ahead = sum(row["difference"] > 0 for row in clear)
    kind = {0: "men_only", len(clear): "women_only"}.get(ahead, "title")
    vague = len([row for row in found
                 if pd.isna([row["difference"], row["low"], row["high"]]).any()])
    if not clear:
        alike = all(abs(row[c]) < POINT for row in found for c in ("difference", "low", "high"))
        kind = "alike" if alike else "open" if not vague else "some" if vague < len(found) else \
            "vague" if any(pd.notna(row["difference"]) for row in found) else "unknown"
    kind = f"one.{kind}" if len(found) == 1 else kind
    rest = say("women.rest.vague" if vague else "women.rest")
    among = say(f"part.{by[-1]}", count=len(found))
    title = say(f"women.{kind}", year=year, women=ahead, men=len(clear) - ahead, rows=among,
                left=len(found) - vague, rest=rest if len(found) > len(clear) else "",
                indicator=found[0]["indicator"] if found else "")
    return Words(title, figures, subtitle="women.subtitle")


def _points(row: Row) -> str:
    """Return a difference in points with its sign and range: "+1.2 (−0.3 to +2.0)"."""
    said: list[str] = ["…" if pd.isna(row[c]) else points(row[c])
                       for c in ("difference", "low", "high")]
    value, low, high = said
    if "…" in (low, high):
        return say("coverage.no_range", share=value)
    span = low if low == high else say("range", low=low, high=high)
    if not row["low"] <= row["difference"] <= row["high"]:  # it is of all, not of who reported
        return say("coverage.of_all", share=value, span=span)
    return value if span == value else f"{value} ({span})"


def _points_axis(ax: Axes, found: list[Row]) -> None:
    """Put a zero line and a scale of points below the differences, as wide to both sides."""
    sizes = [abs(v) for row in found for v in (row["difference"], row["low"], row["high"])]
    far = max([0.05, *(v for v in sizes if pd.notna(v))]) * 1.05
    ax.set_xlim(-far, far)
    ax.axvline(0, color=INK, linewidth=1)
    ends = [wrap(say(f"women.{sex}"), inner_width(ax) / 4.4) for sex in ("men", "women")]
    ax.set_xticks([-far / 1.05, 0, far / 1.05], [ends[0], "0", ends[1]])
    ax.spines["left"].set_visible(False)


@chart("indicator threshold", "year state verdict_above share_needed last_share missing_units",
       "kgge.tipping(outcomes, targets, units, year)")
def reach_needed(ax: Axes, table: pd.DataFrame) -> Words:
    """Draw what share the missing units must have reached for a verdict, against their last one.

    The rows of one year of `tipping`: indicator, year, threshold (share), verdict_above, state
    (``certain_above``, ``certain_below``, ``open``), share_needed, last_share (of the persons of
    the missing units), last_year, missing_units.

    >>> table = kgge.tipping(kgge.load_outcomes(), kgge.load_targets(), kgge.load_units(), 2020)
    >>> ax = reach_needed(table, lang="en")
    >>> kgge.charts.chart_data(ax).dropna()["indicator"].tolist()
    ['1b']
    """
    year, found = int(one(table, "year")), records(table)
    texts = [wrap(say("tipping.row", indicator=row["indicator"], threshold=goal(row["threshold"]),
                      verdict=lower(label("status", row["verdict_above"]))), 2.2) for row in found]
    said = [wrap(_needed(row), inner_width(ax) * 0.34) for row in found]
    places = rows(ax, "indicator", range(len(found)), 2.2, 0.3,
                  [text.count("\n") + 1 for text in said], texts)
    for place, row, words in zip(places.values(), found, said, strict=True):
        keys = {k: row[k] for k in ("indicator", "year", "threshold")}
        ends = [row[c] if row["state"] == "open" else np.nan for c in SHARES]
        ax.plot(ends, [place] * 2, color=GREY, linewidth=1.6, zorder=1)
        for (column, look), value in zip(SHARES.items(), ends, strict=True):
            mark, = ax.plot(value, place, clip_on=False, **look)
            tag(ax, keys, column, mark, point_x, 0)
        beside(ax, place, words)
    share_axis(ax)
    legend(ax, [(say(f"tipping.{column}"), Line2D([], [], **look))
                for column, look in SHARES.items()])
    # What cannot be assessed has no verdict that could turn; the scorecard counts it as little.
    left = [row for row in found if row["state"] == "open" and "not_assessable" not in (
        row["verdict_above"], row.get("verdict_below"))]
    title = say("tipping.settled", year=year)
    if left:
        first = min(left, key=_far)
        title = count("tipping.title", len({row["indicator"] for row in left}),
                      first=lower(_needed(first)), indicator=first["indicator"])
    figures = (f"{a}: {b}".replace("\n", " ") for a, b in zip(texts, said, strict=True))
    return Words(title, figures, "progress", ours=("cuts",), subtitle="tipping.subtitle")


def _far(row: Row) -> tuple[bool, float]:
    """Return how far a threshold is from what was last reported; last what is not known."""
    if pd.notna(row["share_needed"]):
        return False, abs(row["share_needed"] - np.nan_to_num(row["last_share"]))
    persons = [row.get(c) for c in ("persons_needed", "persons_to_miss")]
    return True, min((p for p in persons if pd.notna(p)), default=math.inf)


def _needed(row: Row) -> str:
    """Say what decides: "achieved if Giồng Riềng has reached 35.9% (2019: 33.1%)"."""
    if row["state"] != "open":
        return label("tipping", row["state"])
    units = [code for code in str(row["missing_units"] or "").split(";") if code and code != "nan"]
    who = listed(names("unit", units)) if len(units) == 1 else say(
        "tipping.missing", count=len(units))
    verdict = label("status", row["verdict_above"])
    if pd.isna(row["share_needed"]):
        for code in ("persons_needed", "persons_to_miss"):
            if pd.notna(row.get(code)):
                return say(f"tipping.{code}", verdict=verdict, who=who,
                           persons=persons_short(row[code]))
        return say("tipping.unknown", verdict=verdict, who=who)
    dated = pd.notna(row.get("last_year"))  # else of several years, or of a later one
    last = "" if pd.isna(row["last_share"]) else " " + say(
        "tipping.before" if dated else "tipping.undated",
        share=percent(row["last_share"]), **{"year": int(row["last_year"])} if dated else {})
    return say("tipping.if", verdict=verdict, who=who, last=last,
               share=percent(row["share_needed"]))
