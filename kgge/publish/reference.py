"""The reference page: every table with its columns, every chart with a picture, from the code."""

import inspect
from collections.abc import Sequence
from pathlib import Path

from kgge import charts
from kgge.files import write_bytes
from kgge.publish.catalogue import figures
from kgge.publish.html import render
from kgge.tables.schemas import SCHEMAS


def write_reference(folder: str | Path, langs: Sequence[str] = ("vi", "en")) -> Path:
    """Write ``reference.html``: the tables, and a gallery of the charts.

    Parameters
    ----------
    folder : str or Path
        A folder that `kgge.publish.figures.export` wrote PNG figures to; the page shows these.
    langs : sequence of {"vi", "en"}
        The languages exported; the charts are shown in English where that is among them.

    Returns
    -------
    Path
        The page.
    """
    path, lang = Path(folder) / "reference.html", "en" if "en" in langs else langs[0]
    shown: dict[str, str] = {}  # the first figure of each chart
    for figure in figures():
        shown.setdefault(figure.chart, f"{lang}/{figure.name}")

    def summary(chart: str) -> str:
        return (inspect.getdoc(getattr(charts, chart)) or "").split("\n\n")[0]

    def description(file: str) -> str:
        return (path.parent / f"{file}.txt").read_text(encoding="utf-8").split("\n\n")[2]

    write_bytes(path, render("reference.html.j2", "en", title="Tables and charts of kgge",
                             home="index.html", schemas=SCHEMAS, charts=shown, summary=summary,
                             description=description))
    return path
