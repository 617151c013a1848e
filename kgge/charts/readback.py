"""Reading back what a chart shows, from what is drawn and not from the table it was drawn from."""

import math
from collections.abc import Callable
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.category import StrCategoryLocator
from matplotlib.collections import PathCollection
from matplotlib.container import BarContainer
from matplotlib.dates import DateLocator, num2date
from matplotlib.patches import Wedge
from matplotlib.text import Text
from matplotlib.ticker import FixedLocator

from kgge.charts.layout import notes, twins

_LONG = 20  # rows; a longer text form is crossed


def tag(ax: Axes, keys: dict[str, Any], column: str, artist: Any, read: Callable[..., Any],
        *at: Any) -> None:
    """Note that `artist` shows `column` of the row `keys`, read back by ``read(artist, *at)``."""
    notes(ax).tags.append((keys, column, artist, read, at))


def point_x(line: Any, i: int) -> float:
    """Return the x of one point of a line."""
    return float(line.get_xydata()[i, 0])


def point_y(line: Any, i: int) -> float:
    """Return the y of one point of a line."""
    return float(line.get_xydata()[i, 1])


def code_of_mark(mark: Any, looks: dict[str, dict[str, Any]]) -> str:
    """Return the code that a drawn mark stands for, by its shape and whether it is hollow."""
    hollow = mark.get_markerfacecolor() == "white"
    return next((code for code, look in looks.items() if look["marker"] == mark.get_marker()
                 and hollow == (look.get("markerfacecolor") == "white")), "")


def unwrapped(text: Text) -> str:
    """Return the words of a text as one line."""
    return text.get_text().replace("\n", " ").replace("\u00a0", " ")


def chart_data(ax: Axes) -> pd.DataFrame:
    """Return the figures of a chart, read from the bars, points, lines and texts drawn in it.

    Parameters
    ----------
    ax : Axes
        A chart of the package, or one of your own.

    Returns
    -------
    DataFrame
        For a chart of the package the codes and columns of its table, each value as it is drawn
        now; what was removed or hidden is empty. For any other chart series (its label), x and y
        of every bar, line and point, and of a pie the share of each piece; a place with a written
        label (a category) stands for that. What else is drawn has no figures to be read.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> figure, ax = plt.subplots()
    >>> bars = ax.bar([2016, 2017], [480, 530], label="central")
    >>> bars[1].set_height(999)
    >>> chart_data(ax)
        series       x    y
    0  central  2016.0  480
    1  central  2017.0  999
    >>> plt.close(figure)
    """
    tags = notes(ax).tags
    if not tags:
        parts = twins(ax) if twins(ax)[0] is ax else [ax]  # a second scale in the same place
        return pd.DataFrame([row for part in parts for row in _untagged(part)],
                            columns=["series", "x", "y"])
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for keys, column, artist, read, at in tags:
        row = rows.setdefault(tuple(keys.items()), dict(keys))
        shown = artist.axes is not None and artist.get_visible()  # removed: of no axes
        row[column] = read(artist, *at) if shown else math.nan
    return pd.DataFrame(list(rows.values()))


def _untagged(ax: Axes) -> list[tuple[str, Any, Any]]:
    """Read bars, lines and points that no function of the package has drawn."""
    out: list[tuple[str, Any, Any]] = []
    several = [each for each in ax.containers if isinstance(each, BarContainer)]
    for bars in several:
        level = bars.orientation == "horizontal"
        names = _tick_labels(ax.yaxis if level else ax.xaxis)
        for bar in bars.patches:
            beside = len(several) > 1  # of bars side by side each has the name in their middle
            at = bar.get_x() + bar.get_width() / 2, bar.get_y() + bar.get_height() / 2
            x, y = (_named(names, place, 0.5 * beside) for place in at)
            out.append((_series(bars), bar.get_width() if level else x,
                        y if level else bar.get_height()))
    drawn: list[tuple[Any, Any]] = [(line, line.get_xydata()) for line in ax.get_lines()
                                    if line.get_visible()]
    drawn += [(points, points.get_offsets()) for points in ax.collections
              if isinstance(points, PathCollection)]
    across, up = (_words(_tick_labels(axis)) for axis in (ax.xaxis, ax.yaxis))
    out += [(_series(artist), _day(ax.xaxis, across.get(x, x)), _day(ax.yaxis, up.get(y, y)))
            for artist, at in drawn for x, y in at]
    return out + [("", _series(piece), (piece.theta2 - piece.theta1) / 360)
                  for piece in ax.patches if isinstance(piece, Wedge)]


def _named(names: dict[Any, str], place: Any, most: float) -> Any:
    """Return the name of a place, or of one less than so far away; else the place."""
    near = min(names, key=lambda tick: abs(tick - place), default=place)
    return names.get(near, place) if near == place or abs(near - place) < most else place


def _day(axis: Axis, place: Any) -> Any:
    """Return the day that a place of an axis of dates stands for; else the place."""
    read: Any = num2date  # without types
    dates = isinstance(axis.get_major_locator(), DateLocator)
    return read(place).date().isoformat() if dates and place == place else place


def _series(artist: Any) -> str:
    """Return the label of an artist; the name that matplotlib makes up is none."""
    text = str(artist.get_label())
    return "" if text.startswith("_") else text


def _words(labels: dict[Any, str]) -> dict[Any, str]:
    """Return labels that are words: a line stands for its numbers."""
    return {place: text for place, text in labels.items() if any(map(str.isalpha, text))}


def _tick_labels(axis: Axis) -> dict[Any, str]:
    """Return the label of each place of an axis whose places were named, as of categories."""
    if not isinstance(axis.get_major_locator(), (FixedLocator, StrCategoryLocator)):
        return {}
    ticks = zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=True)
    return {place: label.get_text() for place, label in ticks}


def compare_figures_as_text() -> None:
    """Give figures in a notebook a text form with their words and numbers; elsewhere do nothing.

    A comparison of notebooks then compares what is drawn, while the reader sees the picture.
    """
    import sys

    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None or not hasattr(shell, "display_formatter"):
        return
    import matplotlib.pyplot as plt
    from matplotlib.figure import Figure

    plt.switch_backend(plt.get_backend())  # setting a backend up later would drop the text form
    shell.display_formatter.formatters["text/plain"].for_type(
        Figure, lambda figure, printer, _: printer.text(_as_text(figure)))


def _as_text(figure: Any) -> str:
    """Return description and numbers of each chart of a figure."""
    parts = []
    for ax in figure.axes:
        text, data = notes(ax).text, _crossed(chart_data(ax), {t[1] for t in notes(ax).tags})
        parts += ([text.alt, text.source] if text else []) + [
            data.to_csv(index=False, float_format="%.10g", lineterminator="\n")] * (len(data) > 0)
    return "\n".join(parts) or repr(figure)


def _crossed(data: pd.DataFrame, values: set[str]) -> pd.DataFrame:
    """Return a long table with the codes of its last key across, so that it reads in few lines."""
    keys = [column for column in data if column not in values]
    if len(data) <= _LONG or len(keys) < 2 or data.duplicated(keys).any():
        return data
    order = data.set_index(keys[:-1]).index.unique()
    wide: Any = data.set_index(keys).unstack(keys[-1], sort=False).reindex(order)
    wide.columns = [f"{value} {code}" for value, code in wide.columns]
    return pd.DataFrame(wide.reset_index())
