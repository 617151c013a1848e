"""Figures as files: images that carry their words, the numbers behind them, a description."""

import logging
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from html import escape
from io import BytesIO
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from kgge.charts.layout import MARK, ChartText
from kgge.charts.style import drawn_in_style
from kgge.files import guard, write_bytes
from kgge.labels import check_lang
from kgge.publish.catalogue import Figure, figures
from kgge.publish.word import Drawn, document

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_log = logging.getLogger(__name__)
FORMATS = ("png", "svg", "pdf")
DPI = 300


def export(folder: str | Path, langs: Sequence[str] = ("vi", "en"),
           formats: Sequence[str] = FORMATS, jobs: int | None = None) -> list[Path]:
    """Write every published figure with its numbers, a Word document and a workbook.

    Parameters
    ----------
    folder : str or Path
        Receives ``<lang>/<figure>.<format>``, ``.csv`` (the numbers drawn), ``.txt`` (the
        description), ``figures-<lang>.docx`` and ``tables-<lang>.xlsx``. Other files that lie
        there stay.
    langs : sequence of {"vi", "en"}
        Languages.
    formats : sequence of {"png", "svg", "pdf"}
        Formats of the images: 300 dpi, 16 cm wide.
    jobs : int, optional
        Number of processes; by default one a core. A script that calls this at its top level
        needs the usual ``if __name__ == "__main__"``, or ``jobs=1``.

    Returns
    -------
    list of Path
        The files written. Two exports of the same tables are byte-identical.

    Raises
    ------
    ValueError
        If a language or a format is unknown.
    DataError
        If a processed table is missing or a code has no label.
    """
    from tqdm import tqdm

    from kgge.publish.excel import workbook

    langs = list(dict.fromkeys(map(check_lang, langs)))
    _check_formats(formats)
    jobs, published = jobs or os.cpu_count() or 1, figures()
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        apply: Callable[..., Iterable[Any]] = partial(pool.map, chunksize=3) if jobs > 1 else map
        drawing = {lang: apply(draw, published, repeat(lang), repeat(formats)) for lang in langs}
        files = {f"tables-{lang}.xlsx": workbook(lang) for lang in langs}
        drawn: dict[str, list[Drawn]] = {}
        for lang in langs:
            drawn[lang] = list(tqdm(drawing[lang], f"figures ({lang})", len(published),
                                    disable=None, leave=False))
            _log.info("%d figures (%s)", len(published), lang)
        documents = apply(document, drawn.values(), langs)
        files |= {f"figures-{lang}.docx": made for lang, made in zip(langs, documents, strict=True)}
    files |= {f"{lang}/{name}": content for lang in langs for one in drawn[lang]
              for name, content in one.files.items()}
    for name, content in files.items():
        write_bytes(Path(folder) / name, content)
    for name in (name for name in files if "/" not in name):
        _log.info(name)
    return [Path(folder) / name for name in files]


def _check_formats(formats: Sequence[str]) -> None:
    if unknown := sorted(set(formats) - set(FORMATS)):
        raise ValueError(f"format {', '.join(unknown)}: allowed are {', '.join(FORMATS)}")


def draw(figure: Figure, lang: str, formats: Sequence[str] = FORMATS) -> Drawn:
    """Draw one figure in one language."""
    from matplotlib import pyplot

    from kgge import charts

    ax = None
    try:
        ax = getattr(charts, figure.chart)(figure.table, lang=lang)
        files = _chart_files(ax, figure.name, formats)
        png = files.get(f"{figure.name}.png") or _image(ax, "png")
        return Drawn(figure, charts.chart_text(ax), charts.chart_data(ax), png, files)
    except Exception as error:
        error.add_note(f"figure {figure.name}, language {lang}")
        raise
    finally:
        if ax is not None:
            pyplot.close(ax.figure)


def export_chart(ax: "Axes", folder: str | Path, name: str,
                 formats: Sequence[str] = FORMATS) -> list[Path]:
    """Write one finished chart, your own or one of the package, as `export` writes its figures.

    Parameters
    ----------
    ax : Axes
        A chart finished by `kgge.charts.finish`.
    folder : str or Path
        Receives ``<name>.<format>``, ``<name>.csv`` (the numbers) and ``<name>.txt`` (the
        description).
    name : str
        Stem of the files.
    formats : sequence of {"png", "svg", "pdf"}
        Formats of the image.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    ValueError
        If a format is unknown, or the chart is not finished.

    Examples
    --------
    >>> import tempfile
    >>> import kgge
    >>> ax = kgge.charts.planned_by_project_and_year(
    ...     kgge.totals(kgge.load_budget(), ["project", "year"]))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in export_chart(ax, folder, "grid", ["svg"])]
    ['grid.svg', 'grid.csv', 'grid.txt']
    """
    _check_formats(formats)
    files = _chart_files(ax, name, formats)
    for file, content in files.items():
        write_bytes(Path(folder) / file, content)
    return [Path(folder) / file for file in files]


def _chart_files(ax: "Axes", name: str, formats: Sequence[str]) -> dict[str, bytes]:
    from kgge.charts import chart_data, chart_text

    text = chart_text(ax)
    words = "\n\n".join((text.title, text.subtitle, text.alt, text.source)) + "\n"
    return {f"{name}.{kind}": _image(ax, kind) for kind in formats} | {
        f"{name}.csv": _csv(chart_data(ax), text), f"{name}.txt": words.encode()}


def _image(ax: "Axes", kind: str) -> bytes:
    """Return the image of one chart with title, description and source in its metadata."""
    from kgge.charts import chart_text

    text, buffer = chart_text(ax), BytesIO()
    figure: Any = ax.get_figure(root=True)
    with drawn_in_style():
        figure.savefig(buffer, format=kind, dpi=DPI, metadata=_metadata(text)[kind])
    if kind != "svg":
        return buffer.getvalue()
    head, _, rest = buffer.getvalue().decode().partition("</title>")
    head = head.replace("<svg ", f'<svg role="img" xml:lang="{text.lang}" ', 1)
    return f"{head}</title>\n <desc>{escape(text.alt)}</desc>{rest}".encode()


def _metadata(text: ChartText) -> dict[str, dict[str, str | None]]:
    """Return what each format keeps of the words; no dates, so that the same chart is one file."""
    mark = MARK[text.lang] if text.illustrative else None
    return {
        "png": {"Title": text.title, "Description": text.alt, "Source": text.source,
                "Disclaimer": mark, "Software": "kgge"},
        "svg": {"Title": text.title, "Description": text.alt, "Source": text.source,
                "Rights": mark, "Language": text.lang, "Creator": "kgge", "Date": None},
        "pdf": {"Title": text.title, "Subject": text.alt, "Keywords": text.source,
                "Creator": "kgge", "CreationDate": None},
    }


def _csv(data: pd.DataFrame, text: ChartText) -> bytes:
    """Return the numbers as CSV that Excel opens as UTF-8; illustrative ones say so in each row."""
    marked = data.assign(mark=MARK[text.lang]) if text.illustrative else data
    safe = marked.map(lambda value: guard(value) if isinstance(value, str) else value)
    content: str = safe.rename(columns=guard).to_csv(
        index=False, float_format="%.12g", lineterminator="\n")
    return content.encode("utf-8-sig")
