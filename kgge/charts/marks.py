"""What the charts share: opening and closing a plot, rows and columns, bars, stacks, legends."""

import inspect
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from typing import Any, NamedTuple, Protocol

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import MaxNLocator

from kgge import labels
from kgge.analysis.scope import with_codes
from kgge.charts import style
from kgge.charts.layout import check_axes, finish, inner_width, notes
from kgge.charts.readback import tag
from kgge.charts.style import COLOURS, INK, NAVY, SIZES, text_width, wrap
from kgge.charts.wording import codes_of, names, part_of, period, say, upper
from kgge.files import DataError
from kgge.tables.load import is_illustrative

LINE = 0.145  # inches from one line of a label to the next
Write = Callable[[float], str]
PLAN = ("annex", "prices")  # sources that hold nothing from a return
MONEY = ("amount", "spent", "planned", "within", "other")
CODES = ("indicator", "project", "year", "missing_units")  # these may be digits as text
# The docstring of every chart: its own is a summary, what the table is, notes, an example.
_ABOUT = """{summary}

Parameters
----------
table : DataFrame
    {table}
ax : Axes, optional
    Where to draw; by default a figure of its own.
lang : {{"en", "vi"}}, optional
    Language; by default the one `kgge.use` set.
title, subtitle : str, optional
    Your own words in place of the computed finding and of measure, unit and period.

Returns
-------
Axes
    The plot, finished: `chart_text` and `chart_data` read it back.

Raises
------
DataError
    If the table is empty, lacks a column, has two rows for one place of the chart or holds a
    code without label.

{notes}Examples
--------
>>> import kgge
>>> {example}"""


class Words(NamedTuple):
    """What a chart says about what it has drawn."""

    title: str  # the finding
    figures: Iterable[str]  # every figure, in words
    source: str = "returns"  # code of the source line
    places: Mapping[str, object] = {}  # what fills the subtitle, beside the period
    ours: tuple[str, ...] = ()  # codes of what in it is ours, not the plan's
    subtitle: str = ""  # code of the sentence with measure, unit and period; else the chart's own


Draw = Callable[[Axes, pd.DataFrame], Words]


class Chart(Protocol):
    """A public chart: the table goes in, the finished plot comes back."""

    __name__: str

    def __call__(self, table: pd.DataFrame, ax: Axes | None = None, lang: str | None = None,
                 title: str | None = None, subtitle: str | None = None) -> Axes:
        """Draw the table."""


def chart(keys: str, values: str, made: str, also: str = "") -> Callable[[Draw], Chart]:
    """Make a public chart of a function that draws `table` into `ax` and returns its words.

    All that it writes is in the current language. The table has one row for each of `keys` (and of
    `also`, where it is there), with the columns `values`; `made` is the call that makes such a
    table, for the errors.
    """
    def decorate(draw: Draw) -> Chart:
        @wraps(draw)
        def drawn(table: pd.DataFrame, ax: Axes | None = None, lang: str | None = None,
                  title: str | None = None, subtitle: str | None = None) -> Axes:
            if ax is not None:
                check_axes(ax)
            table = _checked(table, keys.split(), values.split(), also.split(), made)
            with labels.speaking(lang), style.drawn_in_style():
                own = None if ax else plt.figure()
                ax = ax or plt.subplot()
                ax.spines[["top", "right"]].set_visible(False)
                ax.tick_params(length=0, labelsize=SIZES["label"])
                try:
                    words = draw(ax, table)
                    code = words.subtitle or f"{draw.__name__}.subtitle"
                    _end(ax, table, words, title, subtitle or say(  # of a period not known: none
                        code, **{"years": period(table), **words.places}).replace(
                            ", ;", ";").removesuffix(", "))
                except BaseException:
                    if own:
                        plt.close(own)
                    raise
            return ax

        about, _, example = inspect.cleandoc(draw.__doc__ or "").partition("\n\n>>> ")
        summary, of, *notes = about.split("\n\n")
        drawn.__doc__ = _ABOUT.format(
            summary=summary, table=of.replace("\n", "\n    "), example=example,
            notes="".join(f"Notes\n-----\n{note}\n\n" for note in notes))
        del drawn.__wrapped__  # its signature is its own
        return drawn
    return decorate


def _checked(table: Any, keys: list[str], values: list[str], also: list[str],
             made: str) -> pd.DataFrame:
    """Return the table, years as numbers; say what it needs and how to make one that has it."""
    if not isinstance(table, pd.DataFrame):
        raise DataError(f"the chart takes a table (DataFrame), not {type(table).__name__}; "
                        f"make one with {made}")
    if any(name in (*keys, *also) and name not in table for name in table.index.names):
        table = table.reset_index()  # as pandas sums by keys
    if absent := [c for c in (*keys, *values) if c not in table]:
        raise DataError(f"the chart needs the columns {', '.join((*keys, *values))}; the table "
                        f"has {', '.join(map(str, table.columns))}, not {', '.join(absent)}; "
                        f"make one with {made}")
    if table.empty:
        raise DataError("the table has no row, so there is nothing to draw and nothing to say")
    keys = [*keys, *(key for key in also if key in table)]
    twice = table[table.duplicated(keys)] if keys else table[:0]
    if len(twice):
        first = ", ".join(f"{key} {twice.iloc[0][key]}" for key in keys)
        raise DataError(f"the table has more than one row for {first}; the chart draws one row "
                        f"for each {', '.join(keys)}: make it with {made}")
    for column in (c for c in (*values, *MONEY) if c in table and c not in CODES):
        if pd.api.types.is_string_dtype(table[column]) and pd.to_numeric(
                table[column], errors="coerce").notna().any():
            raise DataError(f"{column} is text, so that nothing can be drawn of it: read the "
                            f"table with its numbers, or table.astype({{{column!r}: float}})")
    for column in (c for c in table if str(c).startswith("coverage")):
        if (most := pd.to_numeric(table[column], errors="coerce").max()) > 1.5:
            raise DataError(f"{column} is a share, 0 to 1; the table has {most:.6g}")
    out: pd.DataFrame = with_codes(table)
    return out.astype({"year": int}) if "year" in out else out


def _end(ax: Axes, table: pd.DataFrame, words: Words, title: str | None, subtitle: str) -> None:
    """Finish a chart of the package; its description says every figure.

    A title that is computed speaks of a part of the plan as of a part.
    """
    part = part_of(table)
    title = title or (f"{part}: {words.title}" if part else upper(words.title))
    figures = "; ".join(words.figures)
    source = " ".join([say(f"source.{words.source}"), *(
        say(f"ours.{code}") for code in words.ours)])
    alt = ". ".join(filter(None, [title, subtitle, figures]))
    # Of money that nothing is known of, the plan's source says that it is the plan's.
    mark = is_illustrative(table) and (
        words.source not in PLAN or bool(table.attrs.get("illustrative")))
    finish(ax, title, subtitle, source, f"{alt}.", mark)


def rows(ax: Axes, key: str, codes: Sequence[Any], width: float = 2.2,
         least: float = 0.3, lines: Sequence[int] = (),
         wrapped: Sequence[str] = ()) -> dict[Any, float]:
    """Label level rows, each as high as its `wrapped` label (or `lines`) needs; return middles.

    The y axis then counts inches from the top, so that nothing depends on the number of rows.
    """
    width = min(width, inner_width(ax) * 0.4)
    wrapped = wrapped or [wrap(upper(text), width) for text in names(key, codes)]
    most = (max(w.count("\n") + 1, n)
            for w, n in zip(wrapped, lines or [1] * len(wrapped), strict=True))
    heights = [max(least, n * LINE + 0.09) for n in most]
    middles = [sum(heights[:i]) + h / 2 for i, h in enumerate(heights)]
    ax.set_yticks(middles, wrapped)
    ax.set_ylim(sum(heights), 0)
    notes(ax).body = sum(heights)
    return dict(zip(codes, middles, strict=True))


def tree(ax: Axes, items: Sequence[str], total: Callable[[str], str]) -> dict[Any, float]:
    """Label rows by items under their projects and models with `total`; return their middles.

    They stand as the annex prints them, whatever the order of the table.
    """
    paths = [[".".join(item.split(".")[:i + 1]) for i in range(item.count(".") + 1)]
             for item in items]
    known = [*labels.printed_items(), *labels.codes("item"), *sum(paths, [])]
    order = {code: at for at, code in enumerate(dict.fromkeys(known))}
    paths.sort(key=lambda path: [order[code] for code in path])
    codes = list(dict.fromkeys(sum(paths, [])))
    width, size, wrapped = min(2.6, inner_width(ax) * 0.42), SIZES["label"], []
    for code, text in zip(codes, names("item", codes), strict=True):
        text = text if code in items else f"{text}: {total(code)}"
        indent = "\u00a0" * 4 * code.count(".")
        room = (width if code in items else inner_width(ax)) - text_width(indent, size)
        broken = wrap(text, room, size, code not in items)
        wrapped.append(indent + broken.replace("\n", "\n" + indent))
    places = rows(ax, "item", codes, least=0.24, wrapped=wrapped)
    ax.spines["left"].set_visible(False)  # it would cross the headings
    for label, code in zip(ax.get_yticklabels(), codes, strict=True):
        label.set(ha="left", fontweight="normal" if code in items else "bold")
    ax.tick_params(axis="y", pad=width * 72 + 4)
    return places


def columns(ax: Axes, years: Sequence[int]) -> dict[Any, float]:
    """Label upright columns by year, leaving out labels that would touch; return their places."""
    half, middle = max(len(years), 4) / 2 + 0.1, (len(years) - 1) / 2
    ax.set_xlim(middle - half, middle + half)
    step = math.ceil(0.42 / slot(ax))
    ax.set_xticks(range(len(years)), ["" if i % step else str(y) for i, y in enumerate(years)])
    notes(ax).body = 2.5
    return {year: float(i) for i, year in enumerate(years)}


def slot(ax: Axes) -> float:
    """Return about how many inches one column may take."""
    left, right = ax.get_xlim()
    return (inner_width(ax) - 0.5) / (right - left)


def value_axis(ax: Axes, top: float, write: Write) -> None:
    """Put figures on the upright axis, from zero with a light grid."""
    lang = labels.current_lang()

    def written(value: float, _: object) -> str:  # when the figure is drawn, after the chart
        with labels.speaking(lang):
            return write(value)

    ax.set_ylim(0, top if top > 0 else 1)
    ax.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    ax.yaxis.set_major_formatter(written)
    ax.yaxis.grid(True)
    ax.spines["left"].set_visible(False)


def no_scale(ax: Axes, top: float) -> None:
    """Let level bars run to `top`, without a scale: each is labelled with its figure."""
    ax.set_xlim(0, top if top > 0 else 1)
    ax.xaxis.set_visible(False)
    ax.spines["bottom"].set_visible(False)


def _look(code: str) -> dict[str, Any]:
    return {"facecolor": COLOURS.get(code, NAVY), "edgecolor": "white",
            "hatch": style.HATCHES.get(code)}


def bar(ax: Axes, keys: dict[str, Any], column: str, value: float, place: float, thick: float,
        code: str, *, upright: bool = False, start: float = 0.0) -> Any:
    """Draw `column` of the row `keys` as a bar or part of a stack, in the look of its code."""
    draw = ax.bar if upright else ax.barh
    drawn = draw(place, value, thick, start, linewidth=0.8, **_look(code))[0]
    tag(ax, keys, column, drawn, Rectangle.get_height if upright else Rectangle.get_width)
    return drawn


def value_label(ax: Axes, place: float, end: float, text: str, *, upright: bool = False,
                bold: bool = False, room: float = 9.0) -> None:
    """Write a figure at the end of a bar; words wrap in `room` inches, a figure too wide is out.

    Where the value is missing the bar ends at zero.
    """
    end = 0.0 if pd.isna(end) else end
    text = wrap(text, room, bold=bold) if " " in text else text
    if max(text_width(line, SIZES["label"], bold) for line in text.split("\n")) > room:
        return
    at, shift = ((place, end), (0, 2.5)) if upright else ((end, place), (3.5, 0))
    ax.annotate(text, at, xytext=shift, textcoords="offset points", annotation_clip=False,
                ha="center" if upright else "left", va="bottom" if upright else "center",
                fontweight="bold" if bold else "normal", color=INK)


def beside(ax: Axes, place: float, text: str) -> Any:
    """Write words right of the plot, in line with a row; return them."""
    return ax.annotate(text, (1, place), xycoords=ax.get_yaxis_transform(), xytext=(8, 0),
                       textcoords="offset points", va="center", color=INK)


def stack(ax: Axes, table: pd.DataFrame, keys: tuple[str, str], write: Write, *,
          upright: bool, value: str = "amount") -> list[float]:
    """Draw a stack for each first key in parts of the second, with a legend; return the totals.

    A part that is missing is no zero: its stack says so in place of a total.
    """
    (across, of), firsts = keys, codes_of(table, keys[0])
    places = columns(ax, firsts) if upright else rows(ax, across, firsts, least=0.42)
    codes, ends = codes_of(table, of), dict.fromkeys(places, 0.0)
    cells = table.set_index([across, of])[value]
    for key, code in [(k, c) for k in places for c in codes if (k, c) in cells.index]:
        amount, back = float(cells[key, code]), COLOURS.get(code, NAVY)
        part = bar(ax, {across: key, of: code}, value, amount, places[key],
                   0.66 if upright else 0.28, code, upright=upright, start=ends[key])
        if pd.isna(amount):
            continue
        middle = ends[key] + amount / 2
        at = (places[key], middle) if upright else (middle, places[key])
        text = ax.text(*at, write(amount), ha="center", va="center", color=style.ink_on(back),
                       bbox={"boxstyle": "square,pad=0.1", "fc": back, "ec": "none"})
        notes(ax).inside.append((text, part))
        ends[key] += amount
    gaps = set(table.loc[table[value].isna(), across])
    for key, end in ends.items():
        if value != "share" or key in gaps:
            value_label(ax, places[key], end, write(float("nan") if key in gaps else end),
                        bold=True, upright=upright, room=slot(ax) - 0.06 if upright else 9.0)
    legend(ax, patches(of, codes))
    return list(ends.values())


def legend(ax: Axes, entries: Sequence[tuple[str, Artist]]) -> None:
    """Put a legend between subtitle and plot, in as many columns as there is room for."""
    if not entries:
        return
    room, handle = inner_width(ax), 0.45
    texts = [wrap(text, room - handle) for text, _ in entries]
    widths = [max(text_width(line, SIZES["label"]) for line in text.split("\n")) + handle + 0.2
              for text in texts]
    # Filled column by column, as matplotlib does.
    ncols = next((n for n in range(len(texts), 1, -1) if room > sum(
        max(part) for part in np.array_split(widths, n))), 1)
    ax.legend([artist for _, artist in entries], texts, loc="upper left", ncols=ncols,
              borderaxespad=0, borderpad=0, handlelength=1.3, handletextpad=0.5,
              columnspacing=1.4, labelspacing=0.35)


def patches(key: str, codes: Iterable[str]) -> list[tuple[str, Artist]]:
    """Return legend entries for bars in the look of their codes."""
    return [(text, Patch(**_look(code)))
            for code, text in zip(codes, names(key, list(codes)), strict=True)]
