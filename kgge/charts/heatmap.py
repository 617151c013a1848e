"""A grid of codes by year, shaded, with the figure of each cell."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import LinearSegmentedColormap, to_hex

from kgge.charts.layout import inner_width
from kgge.charts.marks import rows
from kgge.charts.readback import tag, unwrapped
from kgge.charts.style import NAVY, SIZES, ink_on, text_width, wrap
from kgge.charts.wording import codes_of, names


def heat(ax: Axes, table: pd.DataFrame, down: str, value: str, texts: Sequence[str],
         lang: str) -> None:
    """Draw a grid of `down` x year: shaded by `value`, with the text of each row in its cell."""
    left, years, size = codes_of(table, down), codes_of(table, "year"), SIZES["label"]
    at = [(left.index(row), years.index(int(year)))
          for row, year in zip(table[down], table["year"], strict=True)]
    wide = min(2.2 if len(years) <= 6 else 1.5,
               max(text_width(n, size) for n in names(down, left, lang)))
    cell = max(0.3, (inner_width(ax) - wide - 0.1) / len(years) - 0.06)
    widest = max(text_width(word, size) for text in texts for word in text.split())
    size = max(6.0, min(1.0, cell / widest) * size)
    wrapped = [wrap(text, cell, size) if " " in text or text_width(text, size) <= cell else ""
               for text in texts]  # a figure is never broken; one that is too wide is left out
    lines = [max(w.count("\n") + 1 for w, (i, _) in zip(wrapped, at, strict=True) if i == row)
             for row in range(len(left))]
    middles = list(rows(ax, down, left, lang, wide, 0.36, lines).values())
    shades = np.full((len(left), len(years)), np.nan)
    shades[tuple(zip(*at, strict=True))] = table[value].to_numpy(float)
    mesh = _mesh(ax, shades, middles)
    for (i, j), text in zip(at, wrapped, strict=True):
        behind = to_hex(tuple(mesh.to_rgba(shades[i, j])))
        drawn = ax.text(j + 0.5, middles[i], text, ha="center", va="center",
                        color=ink_on(behind), fontsize=size)
        keys = {down: left[i], "year": years[j]}
        tag(ax, keys, value, mesh, _shade, i, j)
        tag(ax, keys, "text", drawn, unwrapped)
    ax.set_xticks([j + 0.5 for j in range(len(years))], [str(y) for y in years])
    ax.xaxis.tick_top()
    ax.spines[["left", "bottom"]].set_visible(False)


def _mesh(ax: Axes, shades: "np.ndarray[Any, Any]", middles: Sequence[float]) -> QuadMesh:
    """Draw the cells of rows with these middles. A cell without a value stays white."""
    edges = [0.0]
    for middle in middles:
        edges.append(2 * middle - edges[-1])
    ramp = LinearSegmentedColormap.from_list("amounts", ["#F2F6FA", NAVY], bad="white")
    return ax.pcolormesh(range(shades.shape[1] + 1), edges, shades, cmap=ramp, vmin=0,
                         vmax=np.nanmax(shades, initial=0.0) or 1.0, edgecolors="white",
                         linewidth=1.5)


def _shade(mesh: Any, row: int, column: int) -> float:
    """Return the value of one cell as it is drawn."""
    return float(np.ma.filled(mesh.get_array(), np.nan)[row, column])
