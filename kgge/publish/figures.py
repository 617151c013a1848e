"""Figures as files: images that carry their words, the numbers behind them, a description."""

import logging
import os
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from html import escape
from io import BytesIO
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from kgge.charts import layout
from kgge.charts.layout import MARK, ChartText
from kgge.charts.style import drawn_in_style
from kgge.files import DataError, guard, write_bytes
from kgge.labels import check_lang, label, words
from kgge.publish.catalogue import Figure, figures, published, sheets
from kgge.publish.word import Drawn, document

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_log = logging.getLogger(__name__)
FORMATS = ("png", "svg", "pdf")
# Width of a picture in cm, and the inches it is laid out in: half a page takes smaller letters
# (6 points), since words do not halve.
WIDTHS = {16: 6.3, 8: 4.5}
DPI = 300
PACKED = 3  # of 9: a picture of a chart is packed in three quarters of the usual time, no larger


def export(folder: str | Path, langs: Sequence[str] = ("vi", "en"),
           formats: Sequence[str] = FORMATS, jobs: int | None = None, bare: bool = False,
           widths: Sequence[int] = (16,)) -> list[Path]:
    """Write every published figure with its numbers, a Word document and a workbook.

    Parameters
    ----------
    folder : str or Path
        Receives ``<lang>/<figure>.<format>``, ``.csv`` (the numbers drawn, with labels, measure,
        unit and period), ``.txt`` (the description), ``figures-<lang>.docx`` and
        ``tables-<lang>.xlsx``. Other files that lie there stay.
    langs : sequence of {"vi", "en"}
        Languages.
    formats : sequence of {"png", "svg", "pdf"}
        Formats of the images: 300 dpi; text in SVG stays text.
    jobs : int, optional
        Number of processes; by default one a core. A script that calls this at its top level
        needs the usual ``if __name__ == "__main__"``, or ``jobs=1``.
    bare : bool, default False
        Also write each picture without title, subtitle and source (``<figure>-bare.<format>``),
        for a page that prints these itself. The mark of illustrative figures stays in it.
    widths : sequence of {16, 8}
        Widths in cm: the text of an A4 page, or half of it (``<figure>-8cm.<format>``).

    Returns
    -------
    list of Path
        The files written. Two exports of the same tables are byte-identical.

    Raises
    ------
    ValueError
        If a language, a format or a width is unknown.
    DataError
        If a processed table is missing or a code has no label; if a figure could not be drawn,
        after all the others are written.
    """
    from tqdm import tqdm

    from kgge.publish.excel import workbook

    langs = list(dict.fromkeys(map(check_lang, langs)))
    _check(formats, widths)
    jobs, made = jobs or os.cpu_count() or 1, published()  # tables, made once for all files
    drawable, filled = figures(made), sheets(made)
    faults: list[str] = []
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        apply: Callable[..., Iterable[Any]] = partial(pool.map, chunksize=3) if jobs > 1 else map
        drawing = {lang: apply(_attempt, drawable, repeat(lang), repeat(formats), repeat(bare),
                               repeat(widths)) for lang in langs}
        files = {f"tables-{lang}.xlsx": workbook(lang, filled) for lang in langs}
        drawn: dict[str, list[Drawn]] = {}
        for lang in langs:
            done = list(tqdm(drawing[lang], f"figures ({lang})", len(drawable), disable=None,
                             leave=False))
            drawn[lang] = [one for one in done if isinstance(one, Drawn)]
            faults += [one for one in done if isinstance(one, str)]
            for section, many in Counter(figure.section for figure in drawable).items():
                _log.info("%s: %d (%s)", label("section", section, lang), many, lang)
        annexes = [one for one in filled if one.name == "annex"]
        documents = zip(langs, apply(document, drawn.values(), langs, repeat(annexes)),
                        strict=True)
        files |= {f"figures-{lang}.docx": content for lang, content in documents}
    files |= {f"{lang}/{name}": content for lang in langs for one in drawn[lang]
              for name, content in one.files.items()}
    for name, content in files.items():
        write_bytes(Path(folder) / name, content)
    for name in (name for name in files if "/" not in name):
        _log.info(name)
    if faults:
        raise DataError("\n".join(faults))
    return [Path(folder) / name for name in files]


def _attempt(figure: Figure, *args: Any) -> Drawn | str:
    """Draw one figure, or return what went wrong: one that fails stops no other."""
    try:
        return draw(figure, *args)
    except Exception as fault:
        said = getattr(fault, "__notes__", [figure.name])[-1]
        return f"{said}: {type(fault).__name__}: {fault}"


def _check(formats: Sequence[str], widths: Iterable[int] = WIDTHS) -> None:
    for word, given, allowed in (("format", formats, FORMATS), ("width", widths, WIDTHS)):
        if unknown := sorted(map(str, set(given) - set(allowed))):
            raise ValueError(f"{word} {', '.join(unknown)}: allowed are "
                             f"{', '.join(map(str, allowed))}")


def draw(figure: Figure, lang: str, formats: Sequence[str] = FORMATS, bare: bool = False,
         widths: Sequence[int] = (16,)) -> Drawn:
    """Draw one figure in one language; the widest picture is that of the document."""
    from matplotlib import pyplot

    from kgge import charts

    files: dict[str, bytes] = {}
    drawn: list[Any] = []
    try:
        for width in sorted(widths):
            with drawn_in_style():
                drawn.append(pyplot.figure(figsize=(WIDTHS[width], 3.6)))
                ax = drawn[-1].subplots()
            getattr(charts, figure.chart)(figure.table, ax=ax, lang=lang)
            size = "" if width == 16 else f"-{width}cm"
            files |= _chart_files(ax, figure.name, formats, bare, size)
        if not (picture := files.get(f"{figure.name}{size}-bare.png")):
            layout.strip(ax)
            picture = _image(ax, "png")
        return Drawn(figure, charts.chart_text(ax), charts.chart_data(ax), picture, files)
    except Exception as error:
        error.add_note(f"figure {figure.name}, language {lang}")
        raise
    finally:
        for own in drawn:
            pyplot.close(own)


def export_chart(ax: "Axes", folder: str | Path, name: str,
                 formats: Sequence[str] = FORMATS, bare: bool = False) -> list[Path]:
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
    bare : bool, default False
        Also write it without title, subtitle and source.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    ValueError
        If a format is unknown, or the chart is not finished.

    Warns
    -----
    UserWarning
        If no figure could be read from what is drawn, so that the file of numbers is empty.

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
    from kgge.charts import chart_data

    _check(formats)
    files = _chart_files(ax, name, formats, bare)
    if chart_data(ax).empty:
        warnings.warn(f"{name}.csv is empty: figures are read from bars, lines, points and the "
                      "pieces of a pie, and the chart has none of these", stacklevel=2)
    for file, content in files.items():
        write_bytes(Path(folder) / file, content)
    return [Path(folder) / file for file in files]


def _chart_files(ax: "Axes", name: str, formats: Sequence[str], bare: bool = False,
                 size: str = "") -> dict[str, bytes]:
    from kgge.charts import chart_data, chart_text

    text = chart_text(ax)
    said = "\n\n".join((text.title, text.subtitle, text.alt, text.source)) + "\n"
    files = {f"{name}{size}.{kind}": _image(ax, kind) for kind in formats}
    if bare:
        with layout.bare(ax):
            files |= {f"{name}{size}-bare.{kind}": _image(ax, kind) for kind in formats}
    return files | {f"{name}.csv": _csv(chart_data(ax), text), f"{name}.txt": said.encode()}


def _image(ax: "Axes", kind: str) -> bytes:
    """Return the image of one chart with title, description and source in its metadata."""
    from kgge.charts import chart_text

    text, buffer = chart_text(ax), BytesIO()
    figure: Any = ax.get_figure(root=True)
    scale = 8 / 2.54 / WIDTHS[8] if figure.get_figwidth() == WIDTHS[8] else 1.0
    with drawn_in_style(), _letters_alone():
        figure.savefig(buffer, format=kind, dpi=DPI * scale, metadata=_metadata(text)[kind],
                       **({"pil_kwargs": {"dpi": (DPI, DPI), "compress_level": PACKED}}
                          if kind == "png" else {}))
    if kind != "svg":
        return buffer.getvalue()
    head, _, rest = buffer.getvalue().decode().partition("</title>")
    head = re.sub(r' (width|height)="([\d.]+)pt"',
                  lambda side: f' {side[1]}="{float(side[2]) * scale:.6g}pt"', head, count=2)
    head = head.replace("<svg ", f'<svg role="img" xml:lang="{text.lang}" ', 1)
    return f"{head}</title>\n <desc>{escape(text.alt)}</desc>{rest}".encode()


@contextmanager
def _letters_alone() -> Iterator[None]:
    """Embed letters without their fonts' rules of setting other text: half the time of a PDF.

    Where matplotlib no longer asks fontTools this way, the rules are embedded again, no more.
    """
    from fontTools import subset

    options = subset.Options

    def without_rules(**given: Any) -> Any:
        chosen = options(**given)
        chosen.drop_tables += ["GDEF", "GPOS", "GSUB"]
        return chosen

    subset.Options = without_rules
    try:
        yield
    finally:
        subset.Options = options


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
    """Return the numbers as CSV that Excel opens as UTF-8, so that each row stands alone.

    Labels stand beside the codes; measure, unit and period, source and mark in each row.
    """
    named: dict[Any, Any] = {}
    for column in data:
        named[column] = data[column]
        kind = {"project": "item", "state": "report_state"}.get(str(column), str(column))
        if (said := words(kind, text.lang)) and data[column].isin(list(said)).any():
            named[f"{column}_label"] = data[column].map(said)
    marked = pd.DataFrame(named, data.index).assign(about=text.subtitle, source_line=text.source)
    if text.illustrative:
        marked["mark"] = MARK[text.lang]
    safe = marked.map(lambda value: guard(value) if isinstance(value, str) else value)
    content: str = safe.rename(columns=guard).to_csv(
        index=False, float_format="%.12g", lineterminator="\n")
    return content.encode("utf-8-sig")
