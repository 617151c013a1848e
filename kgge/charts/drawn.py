"""Reading back what a chart shows, from what is drawn and not from the table it was drawn from."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

import pandas as pd

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Tag(NamedTuple):
    """One drawn value: the codes it stands for, its column, and how to ask its artist."""

    keys: dict[str, Any]
    column: str
    artist: Any
    read: Callable[[Any], Any]


_tags: "WeakKeyDictionary[Axes, list[Tag]]" = WeakKeyDictionary()


def tag(ax: "Axes", keys: dict[str, Any], column: str, artist: Any,
        read: Callable[[Any], Any]) -> None:
    """Note that `artist` shows `column` of the row `keys`, and how to read it from the artist."""
    _tags.setdefault(ax, []).append(Tag(keys, column, artist, read))


def nth(i: int, axis: str) -> Callable[[Any], float]:
    """Return how to read the x or y of one point of a line."""
    return lambda line: float(line.get_data()["xy".index(axis)][i])


def unwrapped(text: Any) -> str:
    """Return the words of a text as one line."""
    return str(text.get_text().replace("\n", " "))


def chart_data(ax: "Axes") -> pd.DataFrame:
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
        of every bar, line and point.

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
    tags = _tags.get(ax)
    if not tags:
        return pd.DataFrame(_untagged(ax), columns=["series", "x", "y"])
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for keys, column, artist, read in tags:
        row = rows.setdefault(tuple(keys.items()), dict(keys))
        shown = artist.axes is ax and artist.get_visible()
        row[column] = read(artist) if shown else math.nan
    return pd.DataFrame(list(rows.values()))


def _untagged(ax: "Axes") -> list[tuple[str, Any, Any]]:
    """Read bars, lines and points that no function of the package has drawn."""
    from matplotlib.collections import PathCollection
    from matplotlib.container import BarContainer

    out: list[tuple[str, Any, Any]] = []
    for bars in (each for each in ax.containers if isinstance(each, BarContainer)):
        level = bars.orientation == "horizontal"
        for bar in bars.patches:
            x, y = bar.get_x() + bar.get_width() / 2, bar.get_y() + bar.get_height() / 2
            out.append((str(bars.get_label()), bar.get_width() if level else x,
                        y if level else bar.get_height()))
    drawn: list[tuple[Any, Any]] = [(line, line.get_xydata()) for line in ax.get_lines()]
    drawn += [(points, points.get_offsets()) for points in ax.collections
              if isinstance(points, PathCollection)]
    return out + [(str(artist.get_label()), x, y) for artist, at in drawn for x, y in at]
