"""A grid of codes by year, shaded, with the figure of each cell and totals at its edges."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import LinearSegmentedColormap, Normalize, TwoSlopeNorm, to_hex

from kgge.charts.layout import inner_width
from kgge.charts.marks import rows
from kgge.charts.readback import tag, unwrapped
from kgge.charts.style import INK, NAVY, ORANGE, PALE, SIZES, ink_on, text_width, wrap
from kgge.charts.wording import codes_of, name, names, upper
from kgge.labels import label

Total = Callable[[pd.DataFrame], str]
RAMP = LinearSegmentedColormap.from_list("amounts", [PALE, NAVY], bad="white")
# Around 100%: the further below, the darker blue; above, orange, which is lighter in grey print.
AROUND = LinearSegmentedColormap.from_list("around", [NAVY, "#A9C4DB", PALE, "#F9B48F", ORANGE],
                                           bad="white")
HALF, WHOLE, TWICE = 0.5, 1.0, 1.5  # where the colours of AROUND end, and their middle


def heat(ax: Axes, table: pd.DataFrame, down: str, value: str, texts: Sequence[str],
         total: Total | None = None, around: bool = False) -> list[str]:
    """Draw a grid of `down` x year: shaded by `value`, with the text of each row in its cell.

    `total` says the figure of a row, a column or the whole from the rows of the table in it.
    Returns the figures in words, for the description.
    """
    left, years = codes_of(table, down), codes_of(table, "year")
    at = [(left.index(row), years.index(int(year)))
          for row, year in zip(table[down], table["year"], strict=True)]
    edges = _totals(table, down, left, years, total)
    heads = [str(y) for y in years] + [label("header", "total")] * ((0, len(years)) in edges)
    said = [*map(upper, names(down, left)), *[label("header", "total")] * ((len(left), 0) in edges)]
    wide = min(2.2 if len(heads) <= 6 else 1.5, inner_width(ax) * 0.36,
               max(text_width(n, SIZES["label"]) for n in said))
    cell = max(0.3, (inner_width(ax) - wide - 0.1) / len(heads) - 0.06)
    words = [word for text in (*texts, *edges.values()) for word in text.split(" ")]
    size = SIZES["label"] * min(1.0, cell / max(text_width(w, SIZES["label"], True) for w in words))
    size = max(6.0, size)
    # A figure is never broken; one that is too wide is left out.
    shown = {place: (wrap(text, cell, size, bold) if " " in text or
                     text_width(text, size, bold) <= cell else "")
             for pairs, bold in ((zip(at, texts, strict=True), False), (edges.items(), True))
             for place, text in pairs}
    lines = [max([w.count("\n") + 1 for (i, _), w in shown.items() if i == row], default=1)
             for row in range(len(said))]
    broken = [wrap(text, wide) for text in said]
    least = 0.36 if len(said) <= 12 else 0.26  # a long grid stays on a page
    middles = list(rows(ax, down, range(len(said)), wide, least, lines, broken).values())
    shades = np.full((len(said), len(heads)), np.nan)
    shades[tuple(zip(*at, strict=True))] = table[value].to_numpy(float)
    mesh = _mesh(ax, shades, middles, around)
    for (i, j), text in shown.items():
        inside = (i, j) not in edges
        drawn = ax.text(j + 0.5, middles[i], text, ha="center", va="center", fontsize=size,
                        color=ink_on(to_hex(tuple(mesh.to_rgba(shades[i, j])))) if inside else INK,
                        fontweight="normal" if inside else "bold")
        if inside:
            keys = {down: left[i], "year": years[j]}
            tag(ax, keys, value, mesh, lambda mesh, *at: float(
                np.ma.filled(mesh.get_array(), np.nan)[at]), i, j)
            tag(ax, keys, "text", drawn, unwrapped)
    ax.set_xticks([j + 0.5 for j in range(len(heads))], [
        wrap(head, cell, size) if head not in map(str, years) else head for head in heads],
        fontsize=size)
    ax.xaxis.tick_top()
    ax.spines[["left", "bottom"]].set_visible(False)
    return [f"{name(down, left[i])}, {years[j]}: {text}"
            for (i, j), text in zip(at, texts, strict=True)]


def _totals(table: pd.DataFrame, down: str, left: list[Any], years: list[int],
            total: Total | None) -> dict[tuple[int, int], str]:
    """Return the totals by row and column; of a single row or column there is none."""
    out: dict[tuple[int, int], str] = {}
    across, below = total and len(years) > 1, total and len(left) > 1
    if total and across:
        out |= {(i, len(years)): total(table[table[down] == code]) for i, code in enumerate(left)}
    if total and below:
        out |= {(len(left), j): total(table[table["year"] == y]) for j, y in enumerate(years)}
    if total and across and below:
        out[len(left), len(years)] = total(table)
    return out


def _mesh(ax: Axes, shades: "np.ndarray[Any, Any]", middles: Sequence[float],
          around: bool) -> QuadMesh:
    """Draw the cells of rows with these middles. A cell without a value stays white."""
    edges = [0.0]
    for middle in middles:
        edges.append(2 * middle - edges[-1])
    norm: Normalize = (TwoSlopeNorm(WHOLE, HALF, TWICE) if around else
                       Normalize(0, np.nanmax(shades, initial=0.0) or 1.0))
    return ax.pcolormesh(range(shades.shape[1] + 1), edges, shades, norm=norm, linewidth=1.5,
                         cmap=AROUND if around else RAMP, edgecolors="white")
