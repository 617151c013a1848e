"""What the charts share: opening a plot, rows and columns, bars, stacks, grids, legends."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pandas as pd

from kgge import labels
from kgge.charts.drawn import tag
from kgge.charts.frame import inner_width, layout
from kgge.charts.wording import codes_of, names, records
from kgge.files import DataError
from kgge.style import (
    COLOURS,
    HATCHES,
    INK,
    NAVY,
    SIZES,
    drawn_in_style,
    ink_on,
    text_width,
    wrap,
)

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

LINE = 0.145  # inches from one line of a label to the next
Keys = dict[str, Any]


@contextmanager
def drawing(table: pd.DataFrame, columns: str, ax: "Axes | None",
            lang: str | None) -> "Iterator[tuple[Axes, str]]":
    """Open a plot in the style of the package, after a look at the table.

    Raises
    ------
    DataError
        If the table is empty or lacks one of `columns`.
    """
    lang = labels.current_lang(lang)
    if absent := [c for c in columns.split() if c not in table]:
        raise DataError(f"the chart needs the columns {', '.join(columns.split())}; the table has "
                        f"{', '.join(map(str, table.columns))}, not {', '.join(absent)}")
    if table.empty:
        raise DataError("the table has no row, so there is nothing to draw and nothing to say")
    import matplotlib.pyplot as plt

    with drawn_in_style():
        own = None if ax else plt.figure()
        ax = ax or plt.subplot()
        ax.spines[["top", "right"]].set_visible(False)
        ax.tick_params(length=0, labelsize=SIZES["label"])
        try:
            yield ax, lang
        except BaseException:
            if own:
                plt.close(own)
            raise


def rows(ax: "Axes", texts: Sequence[str], width: float = 2.2, least: float = 0.3,
         lines: Sequence[int] = ()) -> list[float]:
    """Label level rows, each as high as its wrapped label (or `lines`) needs; return middles.

    The y axis then counts inches from the top, so that nothing depends on the number of rows.
    """
    return _set_rows(ax, [wrap(text, min(width, inner_width(ax) * 0.4)) for text in texts],
                     least, lines)


def _set_rows(ax: "Axes", wrapped: Sequence[str], least: float,
              lines: Sequence[int] = ()) -> list[float]:
    most = [max(w.count("\n") + 1, n)
            for w, n in zip(wrapped, lines or [1] * len(wrapped), strict=True)]
    heights = [max(least, n * LINE + 0.09) for n in most]
    middles = [sum(heights[:i]) + h / 2 for i, h in enumerate(heights)]
    ax.set_yticks(middles, wrapped)
    ax.set_ylim(sum(heights), 0)
    layout(ax).body = sum(heights)
    return middles


def tree(ax: "Axes", items: Sequence[str], lang: str) -> dict[str, float]:
    """Label rows by items under the projects and models they belong to; return their middles."""
    codes: list[str] = []
    for item in items:
        steps = item.split(".")
        above = [".".join(steps[:i]) for i in range(1, len(steps) + 1)]
        codes += [code for code in above if code not in codes]
    width, size, wrapped = min(2.6, inner_width(ax) * 0.42), SIZES["label"], []
    for code, text in zip(codes, names("item", codes, lang), strict=True):
        indent = "\u00a0" * 4 * code.count(".")
        room = (width if code in items else inner_width(ax)) - text_width(indent, size)
        wrapped.append(indent + wrap(text, room, size, code not in items).replace(
            "\n", "\n" + indent))
    middles = _set_rows(ax, wrapped, 0.24)
    ax.spines["left"].set_visible(False)  # it would cross the headings
    for label, code in zip(ax.get_yticklabels(), codes, strict=True):
        label.set(ha="left", fontweight="normal" if code in items else "bold")
    ax.tick_params(axis="y", pad=width * 72 + 4)
    return dict(zip(codes, middles, strict=True))


def columns(ax: "Axes", years: Sequence[int], body: float = 2.5) -> dict[int, float]:
    """Label upright columns by year, leaving out labels that would touch; return their places."""
    half = max(len(years), 4) / 2 + 0.1
    middle = (len(years) - 1) / 2
    ax.set_xlim(middle - half, middle + half)
    step = math.ceil(0.42 / slot(ax))
    ax.set_xticks(range(len(years)), [str(y) if i % step == 0 else ""
                                      for i, y in enumerate(years)])
    layout(ax).body = body
    return {year: float(i) for i, year in enumerate(years)}


def slot(ax: "Axes") -> float:
    """Return about how many inches one column may take."""
    left, right = ax.get_xlim()
    return (inner_width(ax) - 0.5) / (right - left)


def value_axis(ax: "Axes", top: float, write: Callable[[float], str]) -> None:
    """Put figures on the upright axis, from zero with a light grid, in the language's figures."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    ax.set_ylim(0, top if top > 0 else 1)
    ax.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: write(v)))
    ax.yaxis.grid(True)
    ax.spines["left"].set_visible(False)


def share_axis(ax: "Axes", lang: str, top: float = 1.0) -> None:
    """Put percentages on the level axis, from zero, with a light grid."""
    from matplotlib.ticker import FuncFormatter, MultipleLocator

    ax.set_xlim(0, max(1.0, top))
    ax.xaxis.set_major_locator(MultipleLocator(0.5))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda v, _: labels.percent(v, lang, 0)))
    ax.xaxis.grid(True)


def bare(ax: "Axes", top: float) -> None:
    """Let level bars run to `top`, without a scale: each is labelled with its figure."""
    ax.set_xlim(0, top if top > 0 else 1)
    ax.xaxis.set_visible(False)
    ax.spines["bottom"].set_visible(False)


def bar(ax: "Axes", place: float, value: float, thick: float, code: str, *, upright: bool,
        start: float = 0.0) -> Any:
    """Draw one bar or part of a stack, in the colour and hatch of its code."""
    look: Keys = {"color": COLOURS.get(code, NAVY), "edgecolor": "white", "linewidth": 0.8,
                  "hatch": HATCHES.get(code)}
    if upright:
        return ax.bar(place, value, thick, bottom=start, **look)[0]
    return ax.barh(place, value, thick, left=start, **look)[0]


def beside(ax: "Axes", place: float, end: float, text: str, *, upright: bool,
           bold: bool = False, room: float = 9.0) -> None:
    """Write a figure at the end of a bar; words wrap in `room` inches, a figure too wide is out."""
    text = wrap(text, room, bold=bold) if " " in text else text
    if max(text_width(line, SIZES["label"], bold) for line in text.split("\n")) > room:
        return
    at, shift = ((place, end), (0, 2.5)) if upright else ((end, place), (3.5, 0))
    ax.annotate(text, at, xytext=shift, textcoords="offset points", annotation_clip=False,
                ha="center" if upright else "left", va="bottom" if upright else "center",
                fontweight="bold" if bold else "normal", color=INK)


def stack(ax: "Axes", places: Mapping[Any, float], table: pd.DataFrame, keys: tuple[str, str],
          write: Callable[[float], str], *, upright: bool, value: str = "amount",
          thick: float = 0.66) -> list[float]:
    """Draw a stack for each first key in parts of the second, with figures; return the totals.

    A part that is missing is no zero: its stack says so in place of a total.
    """
    across, of = keys
    ends = dict.fromkeys(places, 0.0)
    cells = table.set_index([across, of])[value]
    for key, code in [(k, c) for k in places for c in codes_of(table, of) if (k, c) in cells.index]:
        amount, back = float(cells[key, code]), COLOURS.get(code, NAVY)
        part = bar(ax, places[key], amount, thick, code, upright=upright, start=ends[key])
        tag(ax, {across: key, of: code}, value, part,
            lambda b: b.get_height() if upright else b.get_width())
        if pd.isna(amount):
            continue
        middle = ends[key] + amount / 2
        at = (places[key], middle) if upright else (middle, places[key])
        text = ax.text(*at, write(amount), ha="center", va="center", color=ink_on(back),
                       bbox={"boxstyle": "square,pad=0.1", "fc": back, "ec": "none"})
        layout(ax).inside.append((text, part))
        ends[key] += amount
    gaps = set(table.loc[table[value].isna(), across])
    room = slot(ax) if upright else 9.0
    for key, end in ends.items():
        if value == "amount" or key in gaps:
            words = write(float("nan") if key in gaps else end)
            beside(ax, places[key], end, words, upright=upright, bold=True, room=room)
    return list(ends.values())


def pairs(ax: "Axes", places: Mapping[Any, float], table: pd.DataFrame, key: str,
          values: Mapping[str, str], texts: Sequence[Sequence[str]], *, upright: bool,
          thick: float) -> None:
    """Draw two bars for each row of `table`: `values` names column and colour code of each.

    `texts` are the words at the end of each bar, one list a column.
    """
    room = slot(ax) / 2 if upright else 9.0
    silent = table[list(values)].isna().all(axis=1)
    for (column, code), words, shift in zip(values.items(), texts, (-0.5, 0.5), strict=True):
        for row, text, none in zip(records(table), words, silent, strict=True):
            place, value = places[row[key]] + shift * thick, float(row[column])
            drawn = bar(ax, place, value, thick, code, upright=upright)
            tag(ax, {key: row[key]}, column, drawn,
                lambda b: b.get_height() if upright else b.get_width())
            if not none:
                end = 0.0 if pd.isna(value) else value
                beside(ax, place, end, text, upright=upright, room=room)
            elif shift > 0:  # said once for both bars
                beside(ax, places[row[key]], 0.0, text, upright=upright, room=2 * room)


def legend(ax: "Axes", entries: "Sequence[tuple[str, Artist]]") -> None:
    """Put a legend between subtitle and plot, in as many columns as there is room for."""
    room, handle = inner_width(ax), 0.45
    texts = [wrap(text, room - handle) for text, _ in entries]
    widths = [max(text_width(line, SIZES["label"]) for line in text.split("\n")) + handle + 0.2
              for text in texts]
    ncols = len(texts) if sum(widths) < room else max(1, int(room / max(widths)))
    ax.legend([artist for _, artist in entries], texts, loc="upper left", ncols=ncols,
              borderaxespad=0, borderpad=0, handlelength=1.3, handletextpad=0.5,
              columnspacing=1.4, labelspacing=0.35)


def patches(key: str, codes: Sequence[str], lang: str) -> "list[tuple[str, Artist]]":
    """Return legend entries for bars in the colours of their codes."""
    from matplotlib.patches import Patch

    return [(text, Patch(facecolor=COLOURS.get(code, NAVY), edgecolor="white",
                         hatch=HATCHES.get(code)))
            for code, text in zip(codes, names(key, codes, lang), strict=True)]
