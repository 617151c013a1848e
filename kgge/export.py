"""Figures as files: images that carry their words, the numbers behind them, a description."""

import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from functools import partial
from html import escape
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from kgge.charts.frame import MARK, ChartText
from kgge.figures import Figure, figures
from kgge.files import guard, write_bytes
from kgge.labels import check_lang
from kgge.style import drawn_in_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FORMATS = ("png", "svg", "pdf")
DPI = 300
SUMS = "SHA256SUMS"  # what the last export wrote, in the form `sha256sum -c` reads


class Drawn(NamedTuple):
    """One figure in one language: its words, its numbers, its image and its other files."""

    figure: Figure
    text: ChartText
    data: pd.DataFrame
    png: bytes
    files: dict[str, bytes]


def export(folder: str | Path, langs: Sequence[str] = ("vi", "en"),
           formats: Sequence[str] = FORMATS, jobs: int | None = None) -> list[Path]:
    """Write every published figure with its numbers, a Word document and a workbook.

    Parameters
    ----------
    folder : str or Path
        Receives ``<lang>/<figure>.<format>``, ``.csv`` (the numbers drawn), ``.txt`` (the
        description), ``figures-<lang>.docx``, ``tables-<lang>.xlsx`` and ``SHA256SUMS``.
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
        The files written. Two exports of the same tables are byte-identical. What an earlier
        export wrote of a figure that is gone is removed, unless it was changed since.

    Raises
    ------
    ValueError
        If a language or a format is unknown.
    DataError
        If a processed table is missing or a code has no label.
    """
    from kgge.document import document
    from kgge.excel import workbook

    langs = list(dict.fromkeys(map(check_lang, langs)))
    if unknown := sorted(set(formats) - set(FORMATS)):
        raise ValueError(f"format {', '.join(unknown)}: allowed are {', '.join(FORMATS)}")
    published = figures()
    tasks = [(figure, lang) for figure in published for lang in langs]
    jobs = jobs or os.cpu_count() or 1
    pool = ProcessPoolExecutor(jobs, get_context("spawn")) if jobs > 1 else nullcontext()
    with pool as workers:
        apply: Callable[..., Iterable[Any]] = partial(workers.map, chunksize=3) if workers else map
        drawing = apply(draw, tasks, [tuple(formats)] * len(tasks))
        files = {f"tables-{lang}.xlsx": workbook(lang) for lang in langs}
        drawn: list[Drawn] = list(drawing)
        of_lang = [[d for d in drawn if d.text.lang == lang] for lang in langs]
        files |= zip((f"figures-{lang}.docx" for lang in langs), apply(document, of_lang, langs),
                     strict=True)
    files |= {f"{d.text.lang}/{name}": content for d in drawn for name, content in d.files.items()}
    return _replace(Path(folder), files, {figure.name for figure in published})


def draw(task: tuple[Figure, str], formats: Sequence[str] = FORMATS) -> Drawn:
    """Draw one figure in one language."""
    from matplotlib import pyplot

    from kgge import charts

    figure, lang = task
    ax = None
    try:
        ax = getattr(charts, figure.chart)(figure.table, lang=lang)
        files = chart_files(ax, figure.name, formats)
        png = files.get(f"{figure.name}.png") or image(ax, "png")
        return Drawn(figure, charts.chart_text(ax), charts.chart_data(ax), png, files)
    except Exception as error:
        error.add_note(f"figure {figure.name}, language {lang}")
        raise
    finally:
        if ax is not None:
            pyplot.close(ax.figure)


def export_chart(ax: "Axes", folder: str | Path, name: str,
                 formats: Sequence[str] = FORMATS) -> list[Path]:
    """Write one finished chart, your own or one of the package, with its numbers and description.

    Parameters
    ----------
    ax : Axes
        A chart finished by `kgge.style.finish`.
    folder : str or Path
        Receives ``<name>.<format>``, ``<name>.csv`` and ``<name>.txt``.
    name : str
        Stem of the files.
    formats : sequence of {"png", "svg", "pdf"}
        Formats of the image.

    Returns
    -------
    list of Path
        The files written.
    """
    files = chart_files(ax, name, formats)
    for file, content in files.items():
        write_bytes(Path(folder) / file, content)
    return [Path(folder) / file for file in files]


def chart_files(ax: "Axes", name: str, formats: Sequence[str]) -> dict[str, bytes]:
    """Return the files of one chart by name: images, numbers, description."""
    from kgge.charts import chart_data, chart_text

    text = chart_text(ax)
    words = "\n\n".join((text.title, text.subtitle, text.alt, text.source)) + "\n"
    return {f"{name}.{kind}": image(ax, kind) for kind in formats} | {
        f"{name}.csv": _csv(chart_data(ax), text), f"{name}.txt": words.encode()}


def image(ax: "Axes", kind: str) -> bytes:
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
    def field(value: Any) -> Any:
        if isinstance(value, float):
            return f"{value:.10f}".rstrip("0").rstrip(".")
        return guard(value) if isinstance(value, str) else value

    marked = data.assign(mark=MARK[text.lang]) if text.illustrative else data
    plain = marked.astype(object).map(field, na_action="ignore").rename(columns=field)
    content: str = plain.to_csv(index=False, lineterminator="\n")
    return content.encode("utf-8-sig")


def _replace(folder: Path, files: dict[str, bytes], known: set[str]) -> list[Path]:
    """Write `files`; remove those an earlier export wrote, unchanged, of figures not in `known`."""
    sums = folder / SUMS
    lines = sums.read_text(encoding="utf-8").splitlines() if sums.is_file() else []
    before = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    for name, content in files.items():
        write_bytes(folder / name, content)
        before[name] = hashlib.sha256(content).hexdigest()
    gone = {name for name in set(before) - set(files)
            if "/" in name and Path(name).stem not in known or not (folder / name).is_file()}
    for name in gone:
        path = folder / name
        inside = path.resolve().is_relative_to(folder.resolve())
        if inside and path.is_file() and _digest(path) == before[name]:
            path.unlink()
    kept = sorted(set(before) - gone)
    write_bytes(sums, "".join(f"{before[name]}  {name}\n" for name in kept).encode())
    return [folder / name for name in files]


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
