"""The HTML report: the notebooks, run in each language, without code and readable by everyone."""

import asyncio
import logging
import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from kgge.analysis.prices import has_prices
from kgge.files import DataError, UsageError, data_folder, write_bytes
from kgge.labels import check_lang, label, words
from kgge.plan import LANGUAGES
from kgge.publish.show import show
from kgge.tables.load import is_illustrative, load_budget, load_reporting

_log = logging.getLogger(__name__)
# Run before the first cell: nothing is left of a notebook that the same process ran before; every
# figure that is shown is sharp in print and takes its description along; where the inline backend
# no longer asks this function, `_run` says so.
_SETUP = """
import os
from kgge import labels
os.chdir(%(folder)r)
os.environ["KGGE_LANG"] = %(lang)r
labels.set_lang(%(lang)r)
get_ipython().run_line_magic("reset", "-f")
import matplotlib.pyplot as _pyplot
from matplotlib_inline import backend_inline as _inline
from kgge.charts import chart_text as _words
_pyplot.rcdefaults()
get_ipython().run_line_magic("config", "InlineBackend.figure_format = 'retina'")
_inline._fetch_figure_metadata = lambda figure: {
    "image/png": {"alt": " ".join(_words(ax).alt for ax in figure.axes if ax.get_title())}}
"""
# What is left of markup in notebooks, which show what returns hold: nothing that runs.
_TAGS = set("h1 h2 h3 h4 p br hr em strong code pre ul ol li blockquote a table thead tbody tr th "
            "td div caption small".split())
_ATTRIBUTES = {"a": ["href"], "table": ["class"], "th": ["colspan", "rowspan", "data-text"],
               "td": ["colspan", "rowspan", "data-text"], "h1": ["id"], "h2": ["id"], "h3": ["id"]}
# What the index says of each verdict.
VERDICT = ("indicator", "coverage", "target", "status", "firm")


def notebook_folder() -> Path:
    """Return the folder of the notebooks, beside the package; raise ``UsageError`` without one."""
    folder = Path(__file__).resolve().parents[2] / "notebooks"
    if not any(folder.glob("*.ipynb")):
        raise UsageError(f"{folder}: no notebooks; the report is made from a checkout of kgge")
    return folder


def run_notebooks(langs: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Run every notebook in some languages; the files stay as they are.

    Parameters
    ----------
    langs : sequence of {"vi", "en"}
        Languages of charts, tables and texts.

    Returns
    -------
    dict of str to dict of str to NotebookNode or DataError
        By language the notebooks by name, their text cells in that language (tag ``vi`` or
        ``en``), cells of the tag ``returns`` left out while no return has come. Each image carries
        its description in the metadata of its output, and stands before the other outputs of its
        cell. For a notebook of which a cell fails, or an image has no description, the fault,
        which names notebook and cell.
    """
    sources = sorted(notebook_folder().glob("*.ipynb"))
    waiting = [(lang, source) for lang in map(check_lang, langs) for source in sources]
    many = min(os.cpu_count() or 1, len(waiting))
    done: dict[str, dict[str, Any]] = {lang: {} for lang in langs}
    with tempfile.TemporaryDirectory() as profile, ThreadPoolExecutor(many) as pool:
        env = os.environ | {"IPYTHONDIR": profile, "KGGE_DATA": str(data_folder().resolve())}
        next_one = iter(waiting)  # each process takes the next one
        for some in pool.map(lambda _: asyncio.run(_run_each(next_one, env)), range(many)):
            for lang, name, outcome in some:
                done[lang][name] = outcome
    return {lang: dict(sorted(found.items())) for lang, found in done.items()}


async def _run_each(waiting: Iterable[tuple[str, Path]],
                    env: dict[str, str]) -> list[tuple[str, str, Any]]:
    """Run notebooks one after the other in one process: to start it takes as long as to run one.

    Returns language, name and notebook or fault of each; after a fault a new process takes over.
    """
    from jupyter_client.manager import AsyncKernelManager

    done: list[tuple[str, str, Any]] = []
    process = AsyncKernelManager()
    try:
        for lang, source in waiting:
            try:
                done.append((lang, source.stem, await _run(source, lang, env, process)))
            except DataError as fault:
                done.append((lang, source.stem, fault))
                await process.shutdown_kernel(now=True)
                process = AsyncKernelManager()
    finally:
        if process.has_kernel:
            await process.shutdown_kernel(now=True)
    return done


async def _run(source: Path, lang: str, env: dict[str, str], process: Any) -> Any:
    """Return one notebook in one language, run in its folder from the first cell to the last."""
    nbformat: Any = import_module("nbformat")
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    notebook = nbformat.read(source, as_version=4)
    if not has_prices(load_budget()["year"]):
        notebook.cells = [c for c in notebook.cells if "prices" not in c.metadata.get("tags", ())]
    begin = _SETUP % {"folder": str(source.parent), "lang": lang}
    notebook.cells.insert(0, nbformat.v4.new_code_cell(begin))
    client = NotebookClient(notebook, process, timeout=600, record_timing=False,
                            extra_arguments=["--IPKernelApp.log_level=40"],
                            resources={"metadata": {"path": str(source.parent)}})
    try:
        await client.async_execute(env=env)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        name = getattr(error, "ename", type(error).__name__)
        raise DataError(f"{source.name}, code cell {client.code_cells_executed - 1}: {name}: "
                        f"{getattr(error, 'evalue', error)}") from error
    finally:
        if client.kc:
            client.kc.stop_channels()
    _log.info("%s (%s)", source.name, lang)
    del notebook.cells[0]
    for at, cell in enumerate((c for c in notebook.cells if c.cell_type == "code"), start=1):
        cell.outputs.sort(key=lambda output: "image/png" not in output.get("data", {}))
        for output in cell.outputs:
            if "image/png" in output.get("data", {}) and not output.metadata.get(
                    "image/png", {}).get("alt"):
                raise DataError(f"{source.name}, code cell {at}: an image without description; "
                                "finish the chart with kgge.charts.finish")
    notebook.cells = [c for c in notebook.cells if _told(c.metadata.get("tags", ()), lang)]
    return notebook


def _told(tags: Sequence[str], lang: str) -> bool:
    """Return whether a page shows a cell: of one language, and of returns where some have come."""
    return lang in (set(tags) & set(LANGUAGES) or LANGUAGES) and (
        "returns" not in tags or bool(load_reporting()["received"].any()))


def write_report(folder: str | Path, langs: Sequence[str] = ("vi", "en")) -> list[str]:
    """Write the report: one page a notebook and language, and ``index.html``.

    Parameters
    ----------
    folder : str or Path
        Receives ``index.html`` and ``<lang>/<notebook>.html``. The pages need no network. Figures
        and files that `kgge.publish.figures.export` has written there are linked.
    langs : sequence of {"vi", "en"}
        Languages, the first one that of the index.

    Returns
    -------
    list of str
        The faults, one for each page that could not be made; it says so itself. The start page
        then leads to the others all the same.

    Raises
    ------
    DataError
        If there are no notebooks.
    """
    folder, contents, faults = Path(folder), {}, []
    langs = list(dict.fromkeys(map(check_lang, langs)))
    for lang, notebooks in run_notebooks(langs).items():
        contents[lang] = {name: _title(one, name) for name, one in notebooks.items()}
        for name, one in notebooks.items():
            failed = isinstance(one, DataError)
            faults += [f"{lang}: {one}"] * failed
            page = (render("failed.html.j2", lang, title=contents[lang][name], fault=str(one),
                           home="../index.html") if failed
                    else _page(one, contents[lang][name], lang, name.partition("-")[2]))
            write_bytes(folder / lang / f"{name}.html", page)
    found = {}
    for lang in langs:
        try:
            found[lang] = _found(folder, lang)
        except Exception as fault:  # of any kind: the start page still leads to all others
            faults.append(f"{lang}: headlines of index.html: {type(fault).__name__}: {fault}")
            found[lang] = {}
    write_bytes(folder / "index.html", render(
        "index.html.j2", langs[0], title=label("word", "report", langs[0]), contents=contents,
        illustrative=is_illustrative(), found=found))
    return faults


def _found(folder: Path, lang: str) -> dict[str, Any]:
    """Return what the index shows of one language: headlines, figures and files that are there."""
    from kgge.publish.brief import brief
    from kgge.publish.catalogue import figures, published

    made = published()
    about, shown = brief(lang, made), []
    for name in (figure.name for figure in figures(made)):
        if (folder / lang / f"{name}.png").is_file():
            words_ = (folder / lang / f"{name}.txt").read_text(encoding="utf-8").split("\n\n")
            shown.append((name, words_[0]))
    files = {kind: name for kind, name in (
        ("brief_docx", f"brief-{lang}.docx"), ("brief_pdf", f"brief-{lang}.pdf"),
        ("files_docx", f"figures-{lang}.docx"), ("files_xlsx", f"tables-{lang}.xlsx"))
        if (folder / name).is_file()}
    verdicts = show(about.verdicts[list(VERDICT)], lang) if len(about.verdicts) else None
    return {"tiles": about.tiles.to_dict("records"), "figures": shown, "files": files,
            "verdicts": describe_tables(_clean(verdicts._html()), label("word", "table", lang))
            if verdicts else ""}


def render(template: str, lang: str, **content: Any) -> bytes:
    """Return a page of ``kgge/publish/pages`` in one language, filled in; all text is escaped."""
    page = _pages().get_template(template)
    content |= {"lang": lang, "said": words("word", lang), "words": words}
    return str(page.render(content)).encode()


@cache
def _pages() -> Any:
    """Return the templates, each of them compiled once."""
    from jinja2 import Environment, PackageLoader

    return Environment(loader=PackageLoader("kgge.publish", "pages"), autoescape=True,
                       trim_blocks=True)


def _title(notebook: Any, otherwise: str) -> str:
    """Return the first heading of a notebook; of one that failed its name."""
    if isinstance(notebook, DataError):
        return otherwise
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    found = re.search(r"^# +(.+)$", "\n".join(texts), re.MULTILINE)
    return found[1].strip() if found else otherwise


def _page(notebook: Any, title: str, lang: str, kind: str = "") -> bytes:
    """Return one notebook as a page without code."""
    body = without_empty(describe_tables(_exporter().from_notebook_node(notebook)[0],
                                         label("word", "table", lang)))
    return render("page.html.j2", lang, title=title, home="../index.html", body=body,
                  kind=kind)


@cache
def _exporter() -> Any:
    """Return what makes HTML of notebooks, its templates compiled once."""
    html_exporter: Any = import_module("nbconvert").HTMLExporter
    exporter = html_exporter(template_name="basic", sanitize_html=True, exclude_input=True,
                             exclude_input_prompt=True, exclude_output_prompt=True,
                             exclude_anchor_links=True)
    exporter.register_filter("clean_html", _clean)
    return exporter


def without_empty(html: str) -> str:
    """Leave out headings with nothing below them, as where no return has come."""
    bs4: Any = import_module("bs4")
    page = bs4.BeautifulSoup(html, "html.parser")
    for head in reversed(page.find_all(["h2", "h3"])):
        below: Any = next((
            one for one in head.next_elements if one not in head.descendants and (
                one.name in ("h1", "h2", "h3", "img") if not isinstance(one, bs4.NavigableString)
                else one.strip() and one.find_parent(("h1", "h2", "h3")) is None)), None)
        if below is None or below.name in ("h1", "h2", head.name):
            head.decompose()
    return str(page)


def _clean(html: str) -> str:
    bleach: Any = import_module("bleach")
    styled = re.sub("<style.*?</style>", "", html, flags=re.DOTALL)
    return str(bleach.clean(styled, tags=_TAGS, attributes=_ATTRIBUTES))


def describe_tables(html: str, word: str) -> str:
    """Give the headers of all tables their scope, each table a name and a place to scroll in.

    A table of `kgge.show` is named by its caption and says which cells are text.
    """
    from bs4 import BeautifulSoup

    page = BeautifulSoup(html, "html.parser")
    for count, table in enumerate(page.find_all("table"), start=1):
        look = [name for name in table.get("class") or () if name == "tiles"]
        table.attrs.clear()
        for header in table.find_all("th"):
            if header.get_text(strip=True):
                header["scope"] = "col" if header.find_parent("thead") else "row"
            else:
                header.name = "td"
        shown = table.select_one("[data-text]") or table.caption
        for cell in () if shown else table.find_all("td", string=re.compile(r"^[^\d−-]")):
            cell["data-text"] = ""
        heads, first = (table.select(f"{part} tr:first-child > *") for part in ("thead", "tbody"))
        for header, cell in zip(heads, first, strict=False):  # a header stands above its column
            header.attrs |= {"data-text": ""} if cell.has_attr("data-text") else {}
        said = table.caption.get_text(" ", strip=True) if table.caption else ""
        table.wrap(page.new_tag("div", attrs={
            "class": " ".join(["table", *look]), "role": "region", "tabindex": "0",
            "aria-label": " ".join([f"{word} {count}", said]).strip()}))
    return str(page)
