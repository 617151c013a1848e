"""Charts of coverage: the share of persons reached, and what missing returns leave open.

A range is the line between the lowest and the highest share that missing returns allow.
"""

from collections.abc import Iterable
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from kgge.charts.marks import close, drawing, legend, rows
from kgge.charts.readback import point_x, tag
from kgge.charts.style import COLOURS, GREY, INK, MARKERS, NAVY
from kgge.charts.wording import codes_of, name, names, records, say
from kgge.files import DataError
from kgge.labels import percent

BOUNDS = ("coverage_low", "coverage_high")
BAND: dict[str, Any] = {"linewidth": 5, "alpha": 0.45, "solid_capstyle": "butt"}
Row = dict[str, Any]


def one(table: pd.DataFrame, column: str) -> Any:
    """Return the one code of a column, or say that the chart takes the rows of one."""
    found = list(pd.unique(table[column]))
    if len(found) != 1:
        raise DataError(f"this chart takes the rows of one {column}; the table has "
                        f"{', '.join(map(str, found))}")
    return found[0]


def point(row: Row, lang: str) -> str:
    """Return coverage as the language writes it, never rounded to the other side of its target."""
    if pd.isna(row["coverage"]):
        return say("not_reported", lang)
    return percent(row["coverage"], lang, target=row.get("target"))


def figure(row: Row, lang: str) -> str:
    """Return coverage, and the range where missing returns leave one: "62.0% (55.1–70.3%)"."""
    out, bounds = point(row, lang), [row[b] for b in BOUNDS]
    if pd.isna(bounds).any():
        return say("coverage.no_range", lang, share=out)
    if set(bounds) == {row["coverage"]}:
        return out
    low, high = (percent(b, lang, target=row.get("target")) for b in bounds)
    return f"{out} ({low[:-1]}–{high})"


def _look(code: str) -> dict[str, Any]:
    return {"color": COLOURS.get(code, NAVY), "linestyle": "none", "markersize": 7,
            "marker": MARKERS.get(code, "o")}


def dot(ax: Axes, y: float, row: Row, keys: Row, code: str, text: str) -> Any:
    """Draw one level range and the point in it, with words at the right edge; return these.

    Without a point the range stands alone. The words keep clear of a point at 100%.
    """
    look, bounds = _look(code), [row[b] for b in BOUNDS]
    line, = ax.plot(bounds, [y, y], color=look["color"], clip_on=False, **BAND)
    if bounds[0] != bounds[1]:
        ax.plot(bounds, [y, y], clip_on=False,
                zorder=4, **look | {"marker": "|", "markersize": 9, "markeredgewidth": 1.4})
    mark, = ax.plot(row["coverage"], y, markeredgecolor="white", zorder=3, clip_on=False, **look)
    tag(ax, keys, "coverage", mark, point_x, 0)
    for i, bound in enumerate(BOUNDS):
        tag(ax, keys, bound, line, point_x, i)
    return ax.annotate(text, (1, y), xycoords=ax.get_yaxis_transform(), xytext=(8, 0),
                       textcoords="offset points", va="center", color=INK)


def entries(lang: str, points: dict[str, str] | None = None) -> list[tuple[str, Any]]:
    """Return the legend entries of points, by default one kind, and of the ranges."""
    points = points or {"path": say("coverage.reached", lang)}
    return [*((text, Line2D([], [], **_look(code))) for code, text in points.items()),
            (say("coverage.range", lang), Line2D([], [], color=GREY, **BAND))]


def share_axis(ax: Axes, lang: str) -> None:
    """Put percentages on the level axis, from zero, with a light grid."""
    ax.set_xlim(0, 1)
    ax.set_xticks([0, 0.5, 1], [percent(v, lang, 0) for v in (0, 0.5, 1)])
    ax.xaxis.grid(True)
    ax.spines["left"].set_visible(False)


def coverage_by_group_and_sex(table: pd.DataFrame, ax: Axes | None = None,
                              lang: str | None = None) -> Axes:
    """Draw coverage of each group of persons, women and men apart, with ranges.

    Parameters
    ----------
    table : DataFrame
        The rows of one indicator and year of ``coverage(…, ["group", "sex"])``: indicator,
        year, group, sex, coverage, coverage_low, coverage_high (shares).
    ax, lang
        As in `planned_by_year_and_source`.

    Raises
    ------
    DataError
        As there, and if the table holds more than one indicator or year.

    Examples
    --------
    >>> import kgge
    >>> table = kgge.coverage(kgge.load_outcomes(), kgge.load_targets(), kgge.load_units(),
    ...                       ["group", "sex"])
    >>> rows = table[(table["indicator"] == "1a") & (table["year"] == table["year"].max())]
    >>> ax = coverage_by_group_and_sex(rows, lang="en")
    >>> kgge.charts.chart_text(ax).subtitle.split(": ")[1][:-9]
    'persons reached as a share of those eligible'
    """
    with drawing(table, "indicator year group sex coverage coverage_low coverage_high", ax,
                 lang) as (ax, lang):
        groups, sexes = codes_of(table, "group"), codes_of(table, "sex")
        order = [*groups, *sexes]
        table = table.sort_values(["group", "sex"], key=lambda codes: codes.map(order.index))
        centre = (len(sexes) - 1) / 2
        middles = rows(ax, "group", groups, lang, least=0.26 + 0.44 * centre)
        places = [middles[group] + 0.22 * (sexes.index(sex) - centre)
                  for group, sex in zip(table["group"], table["sex"], strict=True)]
        legend(ax, entries(lang, dict(zip(sexes, names("sex", sexes, lang), strict=True))))
        _parts(ax, table, lang, ("group", "sex"), places, table["sex"])
    return ax


def coverage_by_unit(table: pd.DataFrame, ax: Axes | None = None,
                     lang: str | None = None) -> Axes:
    """Draw coverage of each unit with its range, highest first; a unit that is missing at the end.

    Parameters
    ----------
    table : DataFrame
        The rows of one indicator and year of ``coverage(…, "unit")``: indicator, year, unit,
        coverage (share; empty where the unit did not report), coverage_low,
        coverage_high.
    ax, lang
        As in `planned_by_year_and_source`.

    Raises
    ------
    DataError
        As there, and if the table holds more than one indicator or year.

    Examples
    --------
    >>> import kgge
    >>> table = kgge.coverage(kgge.load_outcomes(), kgge.load_targets(), kgge.load_units(),
    ...                       "unit")
    >>> rows = table[(table["indicator"] == "1a") & (table["year"] == table["year"].max())]
    >>> kgge.charts.chart_text(coverage_by_unit(rows, lang="en")).subtitle.split(": ")[1][:-9]
    'persons reached as a share of those eligible'
    """
    with drawing(table, "indicator year unit coverage coverage_low coverage_high", ax,
                 lang) as (ax, lang):
        table = table.sort_values("coverage", ascending=False, kind="stable", na_position="last")
        middles = rows(ax, "unit", list(table["unit"]), lang, 2.3, 0.24)
        codes = table["coverage"].isna().map({True: "missing", False: "path"})
        legend(ax, entries(lang))
        _parts(ax, table, lang, ("unit",), middles.values(), codes)
    return ax


def _parts(ax: Axes, table: pd.DataFrame, lang: str, by: tuple[str, ...],
           places: Iterable[float], codes: Iterable[str]) -> None:
    """Draw the parts of one indicator; say the lowest, the highest, and how many are missing."""
    about = {"indicator": one(table, "indicator"), "year": int(one(table, "year"))}
    telling = [key for key in by if table[key].nunique() > 1] or list(by[:1])
    figures = []
    for row, y, look in zip(records(table), places, codes, strict=True):
        dot(ax, y, row, about | {key: row[key] for key in by}, look, figure(row, lang))
        figures.append(f"{_who(row, telling, lang)}: {figure(row, lang)}")
    share_axis(ax, lang)
    known = table[table["coverage"].notna()]
    title = say("coverage.unknown", lang, **about)
    if len(known):
        low, high = (_extreme(known[known["coverage"] == v], telling, by[0], lang)
                     for v in (known["coverage"].min(), known["coverage"].max()))
        kind = "one" if low == high else "title"
        title = say(f"coverage.{kind}", lang, low=low, high=high, **about)
        if silent := len(table) - len(known):
            title = say(f"coverage.silent_{by[0]}s", lang, title=title, silent=silent,
                        rows=len(table))
    close(ax, table, lang, title, "coverage.subtitle", "; ".join(figures),
          indicator=name("indicator", about["indicator"], lang))


def _who(row: Row, telling: list[str], lang: str) -> str:
    return ", ".join(name(key, row[key], lang) for key in telling)


def _extreme(table: pd.DataFrame, telling: list[str], key: str, lang: str) -> str:
    """Return a coverage and whose it is; where more than one share it, how many."""
    row, several = records(table)[0], say(f"coverage.{key}s", lang, count=len(table))
    who = several if len(table) > 1 else _who(row, telling, lang)
    return f"{percent(row['coverage'], lang)} ({who})"
