"""The words around a chart, laid out from their drawn sizes so that nothing is cut or overlaps."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from matplotlib import rcParams
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import AutoLocator, MaxNLocator, ScalarFormatter
from matplotlib.transforms import Bbox

from kgge import labels
from kgge.charts.style import INK, MARK_INK, SIZES, balanced, drawn_in_style, text_width
from kgge.files import DataError
from kgge.tables import load as tables

MARK = {"en": "ILLUSTRATIVE", "vi": "SỐ LIỆU MINH HỌA"}
PAD, GAP = 0.1, 0.08  # inches: edge of the figure to text, text to text
_unseen = ContextVar("unseen", default=False)
_LETTERS = ("font.", "text.", "mathtext.")  # parameters that decide how wide a text is


class ChartText(NamedTuple):
    """The words of one chart, unbroken, and whether its figures are marked as illustrative.

    Examples
    --------
    >>> import kgge
    >>> table = kgge.totals(kgge.load_budget(), ["project", "year"])
    >>> text = chart_text(kgge.charts.planned_by_project_and_year(table, lang="en"))
    >>> text.subtitle, text.illustrative
    ('Amounts planned by project and year, million dong, 2016–2020', False)
    """

    title: str  # the finding
    subtitle: str  # measure, unit and period
    source: str  # where the figures come from
    alt: str  # the description; it begins with the mark where the figures are illustrative
    lang: str
    illustrative: bool


# One drawn value: the codes it stands for, its column, its artist, how to ask that, and where.
Tag = tuple[dict[str, Any], str, Artist, Callable[..., Any], tuple[Any, ...]]


@dataclass
class Notes:
    """What is kept of one axes, beside what is drawn in it."""

    cell: Bbox  # share of the figure it may use
    text: ChartText | None = None
    body: float | None = None  # inches of height the plot needs
    words: list[Artist] = field(default_factory=list)  # from the top: mark, title, …, source
    inside: list[tuple[Text, Artist]] = field(default_factory=list)  # shown where they fit
    tags: list[Tag] = field(default_factory=list)


def check_axes(ax: Any) -> None:
    """Raise unless `ax` is the Axes of a chart."""
    if not isinstance(ax, Axes):
        why = "; give one of its axes, as figure.axes[0]" if isinstance(ax, Figure) else \
            f"; for a language write lang={ax!r}" if isinstance(ax, str) and ax in MARK else ""
        raise DataError("a chart is an Axes, as the functions of kgge.charts return and "
                        f"plt.subplots() makes, not {type(ax).__name__}{why}")


def notes(ax: Axes) -> Notes:
    """Return the notes of `ax`. They are kept on it, so that they go when it goes."""
    check_axes(ax)
    if not hasattr(ax, "_kgge"):
        alone = len(root_of(ax).axes) in (1, len(twins(ax)))
        vars(ax)["_kgge"] = Notes(Bbox.unit() if alone else ax.get_position(True).frozen())
    kept: Notes = vars(ax)["_kgge"]
    return kept


def finish(ax: Axes, title: str, subtitle: str, source: str, alt: str,
           illustrative: bool | None = None, lang: str | None = None) -> None:
    """Put the words around a chart and lay it out so that nothing is cut or overlaps.

    Call it last. The plot keeps its height, the figure grows; it never grows in width.

    Parameters
    ----------
    ax : Axes
        A chart, your own or one of the package; alone in its figure or one of several.
    title : str
        What the chart shows, in at most three lines; the rest is cut with "…".
    subtitle : str
        Measure, unit and period.
    source : str
        Where the figures come from.
    alt : str
        Description that serves a reader who does not see the chart.
    illustrative : bool, optional
        Whether the figures come from illustrative returns: the mark is drawn, and put before the
        description. By default, whether the returns of the data folder are illustrative; say
        False for figures of the annex.
    lang : {"en", "vi"}, optional
        Language of the mark; by default the current one.

    Raises
    ------
    DataError
        If `ax` is no Axes.
    ValueError
        If one of the texts is empty or no text.

    Examples
    --------
    >>> import kgge
    >>> ax = kgge.load_reporting().groupby("year")["received"].mean().plot()
    >>> finish(ax, "Most units report", "Share of returns that came", "Source: returns.",
    ...        "A line, 2016 to 2020.", illustrative=True, lang="en")
    >>> chart_text(ax).alt
    'ILLUSTRATIVE. A line, 2016 to 2020.'
    """
    given = {"title": title, "subtitle": subtitle, "source": source, "alt": alt}
    kept = notes(ax)
    if empty := [name for name, text in given.items()
                 if not isinstance(text, str) or not text.strip()]:
        raise ValueError(f"a finished chart needs its {', '.join(empty)}")
    lang = labels.current_lang(lang)
    marked = tables.is_illustrative() if illustrative is None else illustrative
    if marked and not alt.startswith(MARK[lang]):
        alt = f"{MARK[lang]}. {alt}"
    kept.text = ChartText(title, subtitle, source, alt, lang, marked)
    for each in root_of(ax).axes:  # of all, before the first one lets the figure grow
        if notes(each).body is None:
            _make_room(each, notes(each))
    for each in (ax, *twins(ax)):
        _localise(each, lang)
    _write(ax, kept, kept.text)
    _arrange(root_of(ax))


class _Figures(ScalarFormatter):
    """Figures on an axis as a language writes them; years without a separator."""

    def __init__(self, lang: str, years: bool) -> None:
        super().__init__(useOffset=False)
        self.set_scientific(False)
        self.lang, self.years = lang, years

    def __call__(self, x: float, pos: int | None = None) -> str:
        text = super().__call__(x, pos)
        if not self.years:
            text = re.sub(r"^(\D*)(\d+)", lambda found: f"{found[1]}{int(found[2]):,}", text)
        return text.translate(str.maketrans(".,", ",.")) if self.lang == "vi" else text


def _make_room(ax: Axes, kept: Notes) -> None:
    """Give many rows the height their labels need; turn names of columns that would touch.

    Of a chart of one's own: those of the package know what they need.
    """
    rows, columns = ([label.get_text() for label in several if label.get_text()] for several in (
        ax.get_yticklabels(), ax.get_xticklabels()))
    kept.body = max(ax.get_position().height * root_of(ax).get_figheight(),
                    len(rows) * SIZES["label"] / 50)
    wide = sum(text_width(line + "  ", SIZES["label"])
               for text in columns for line in text.split("\n")[:1])
    if wide > inner_width(ax) and any(map(str.isalpha, "".join(columns))):
        ax.tick_params(axis="x", rotation=90)


def _localise(ax: Axes, lang: str) -> None:
    """Write the figures of the axes as the language does, where nobody has chosen how.

    The axis that bars or lines stand on, with nothing but numbers from 1900 to 2100, is one of
    years: whole ones.
    """
    level = any(getattr(bars, "orientation", "") == "horizontal" for bars in ax.containers)
    for axis in (ax.xaxis, ax.yaxis):
        first, last = axis.get_data_interval()
        years = (axis is ax.yaxis) == level and 1900 <= first <= last <= 2100
        if type(axis.get_major_formatter()) in (ScalarFormatter, _Figures):
            axis.set_major_formatter(_Figures(lang, years))
            if years and type(axis.get_major_locator()) is AutoLocator:
                axis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 5, 10], integer=True))


def _write(ax: Axes, kept: Notes, text: ChartText) -> None:
    """Create the texts around `ax`; `_arrange` puts them in their places."""
    width = 0.94 * inner_width(ax)  # at few dots an inch letters stand wider
    inches, legend = root_of(ax).dpi_scale_trans, ax.get_legend()
    # Twice, so that it stays where title and mark are cut off for a caption.
    origin = f"{MARK[text.lang]}. {text.source}" if text.illustrative else text.source
    for old in kept.words:
        if old not in (ax.title, legend):
            old.remove()

    def put(name: str, words: str, **look: Any) -> Text:
        return ax.text(0, 0, balanced(words, width, SIZES[name]), transform=inches,
                       fontsize=SIZES[name], va="top", clip_on=False, gid=name, **look)

    ax.set_title(balanced(text.title, width, SIZES["title"], True, most=3 if width > 5 else 5),
                 loc="center", ha="left", va="top", x=0, y=0, fontsize=SIZES["title"],
                 fontweight="bold", color=INK)
    ax.title.set_transform(inches)
    box = {"boxstyle": "square,pad=0.25", "fc": "white", "ec": MARK_INK, "lw": 1.2}
    kept.words = [ax.title, put("subtitle", text.subtitle, color=INK),
                  *([legend] if legend else []), put("source", origin, color="#3D3D3D")]
    if text.illustrative:
        kept.words.insert(0, put("mark", MARK[text.lang], fontweight="bold", color=MARK_INK,
                                 bbox=box))


def chart_text(ax: Axes) -> ChartText:
    """Return the words of a finished chart.

    Parameters
    ----------
    ax : Axes
        A chart of the package, or one of your own after `finish`.

    Raises
    ------
    ValueError
        If `finish` was not called on it.

    Examples
    --------
    >>> import kgge
    >>> table = kgge.totals(kgge.load_budget(), ["year", "source"])
    >>> chart_text(kgge.charts.planned_by_year_and_source(table, lang="en")).source
    'Source: budget annex of Plan 27/KH-UBND of 3 March 2016, Kiên Giang province.'
    """
    text = notes(ax).text
    if text is None:
        raise ValueError("this chart has no title, source and description yet: call finish")
    return text


@contextmanager
def unseen() -> Iterator[None]:
    """Leave charts as they come, where their words and figures are read and nobody sees them."""
    before = _unseen.set(True)
    try:
        yield
    finally:
        _unseen.reset(before)


@contextmanager
def bare(ax: Axes) -> Iterator[None]:
    """Leave title, subtitle and source of a finished chart out for a while; the mark stays."""
    strip(ax)
    try:
        yield
    finally:
        with drawn_in_style():
            ax.title.set_visible(True)
            _write(ax, notes(ax), chart_text(ax))
            _arrange(root_of(ax))


def strip(ax: Axes) -> None:
    """Take title, subtitle and source of a finished chart away; the mark stays."""
    chart_text(ax)  # raises where it is not finished
    kept = notes(ax)
    stay = [a for a in kept.words if a.get_gid() == "mark" or a is ax.get_legend()]
    for artist in kept.words:
        if artist is ax.title:
            artist.set_visible(False)
        elif artist not in stay:
            artist.remove()
    kept.words = stay
    with drawn_in_style():
        _arrange(root_of(ax))


def twins(ax: Axes) -> list[Axes]:
    """Return the axes that stand in the same place, with a scale of their own; `ax` is one."""
    return [one for one in root_of(ax).axes if one.bbox.bounds == ax.bbox.bounds]


def root_of(artist: Artist) -> Any:
    """Return the figure that holds an artist, whatever parts it has."""
    return artist.get_figure(root=True)


def inner_width(ax: Axes) -> float:
    """Return the inches between the margins of the part of the figure that `ax` may use."""
    return float(root_of(ax).get_figwidth() * notes(ax).cell.width) - 2 * PAD


def _arrange(figure: Figure) -> None:
    """Give every finished chart of `figure` the height it needs, then put all in their places."""
    if _unseen.get():
        return
    charts, rooms, needs = [ax for ax in figure.axes if notes(ax).text], [], []
    sizes, ruler = [], _ruler(figure)
    for ax in charts:
        kept, body = notes(ax), notes(ax).body or 0.0
        ax.set_position((0.3, 0.1, ax.get_position().width, body / figure.get_figheight()))
        words = sum(_height(artist, ruler) + GAP for artist in kept.words)
        rooms.append(_overhang(ax, ruler))
        sizes.append(ax.bbox.size)
        needs.append((body + words + sum(rooms[-1][2:]) + 2 * PAD) / kept.cell.height)
    if len(figure.axes) == 1 or max(needs) > figure.get_figheight():
        figure.set_figheight(max(needs))
    for ax, room, size in zip(charts, rooms, sizes, strict=True):
        _place(ax, figure, room, size, ruler)


def _ruler(figure: Figure) -> RendererAgg:
    """Return what measures the letters of a figure, the same for all figures of one look."""
    looks = {key: rcParams[key] for key in rcParams if key.startswith(_LETTERS)}
    return _measuring(figure.dpi, str(looks))


@lru_cache(maxsize=8)
def _measuring(dpi: float, looks: str) -> RendererAgg:
    """Return a renderer, which measures a text once; a figure's own goes when its height does."""
    return RendererAgg(1, 1, dpi)  # type: ignore[no-untyped-call]


def _height(artist: Artist, ruler: RendererAgg) -> float:
    extra = GAP if artist.get_gid() == "mark" else 0.0
    return float(artist.get_window_extent(ruler).height / root_of(artist).dpi) + extra


def _overhang(ax: Axes, ruler: RendererAgg) -> list[float]:
    """Return the inches by which labels stick out of the plot: left, right, below, above."""
    words = notes(ax).words
    for artist in words:
        artist.set_visible(False)
    boxes: list[Any] = [one.get_tightbbox(ruler) for one in twins(ax) or [ax]]
    outer = Bbox.union(boxes)
    for artist in words:
        artist.set_visible(True)
    inner, dpi = ax.bbox, root_of(ax).dpi
    return [max(0.0, d / dpi) for d in (inner.x0 - outer.x0, outer.x1 - inner.x1,
                                        inner.y0 - outer.y0, outer.y1 - inner.y1)]


def _place(ax: Axes, figure: Figure, room: list[float], size: Any, ruler: RendererAgg) -> None:
    """Put words and plot of one chart in their places, in inches from the lower left corner.

    `room` was measured where the plot had `size`, in pixels.
    """
    kept = notes(ax)
    wide, high = figure.get_size_inches()
    x0, y0, x1, y1 = Bbox(kept.cell.get_points() * (wide, high)).padded(-PAD).extents
    for artist in kept.words:
        if artist.get_gid() != "source":
            _move(artist, x0, y1)
            y1 -= _height(artist, ruler) + GAP
        else:
            _move(artist, x0, y0 + _height(artist, ruler))
            y0 += _height(artist, ruler) + GAP
    for _ in range(4):
        left, right, below, above = room
        ax.set_position(((x0 + left) / wide, (y0 + below) / high,
                         max(0.5, x1 - x0 - left - right) / wide,
                         max(0.3, y1 - y0 - below - above) / high))
        if abs(ax.bbox.size - size).max() < 1e-6:
            break  # of a plot of the same size labels stick out by as much
        before, room, size = room, _overhang(ax, ruler), ax.bbox.size
        if max(abs(a - b) for a, b in zip(room, before, strict=True)) < 0.005:
            break
    for text, holder in kept.inside:
        text.set_visible(True)
        box, held = text.get_window_extent(ruler), holder.get_window_extent()
        text.set_visible(bool(box.width < held.width and box.height < held.height))


def _move(artist: Any, x: float, y: float) -> None:
    if artist.get_gid() == "mark":
        artist.set_position((x + GAP / 2, y - GAP / 2))
    elif hasattr(artist, "set_bbox_to_anchor"):
        artist.set_loc("upper left")  # of ones own chart it is the best place inside
        artist.set_bbox_to_anchor((x, y), transform=root_of(artist).dpi_scale_trans)
    else:
        artist.set_position((x, y))
