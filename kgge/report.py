"""The HTML report: the notebooks, run in each language, without code and readable by everyone."""

import asyncio
import os
import re
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from html import escape
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

from kgge.files import DataError, data_folder, write_bytes
from kgge.labels import check_lang, label, words
from kgge.tables import is_illustrative

# Run before the first cell: every figure that is shown is sharp in print and takes its description
# along; where the inline backend no longer asks this function, `_run` says so.
_SETUP = """
from matplotlib_inline import backend_inline as _inline
from kgge.charts import chart_text as _words
get_ipython().run_line_magic("config", "InlineBackend.figure_format = 'retina'")
_inline._fetch_figure_metadata = lambda figure: {
    "image/png": {"alt": " ".join(_words(ax).alt for ax in figure.axes if ax.get_title())}}
"""
_PAGE = """{%- extends 'base/display_priority.j2' -%}
{%- block header -%}{{ resources.head }}{%- endblock -%}
{%- block markdowncell scoped -%}
{{ cell.source | markdown2html | clean }}
{%- endblock -%}
{%- block stream_stdout -%}<pre>{{ output.text | e }}</pre>{%- endblock -%}
{%- block stream_stderr -%}<pre>{{ output.text | e }}</pre>{%- endblock -%}
{%- block data_png -%}
<figure><img src="data:image/png;base64,{{ output.data['image/png'] | replace('\\n', '') }}"
{%- if output.metadata['image/png'].width %} width="{{ output.metadata['image/png'].width }}"
{%- endif %} alt="{{ output.metadata['image/png'].alt | e }}"></figure>
{%- endblock -%}
{%- block data_html -%}
{{- output.data['text/html'] | clean | described_table }}{%- endblock -%}
{%- block data_markdown -%}
{{- output.data['text/markdown'] | markdown2html | clean }}{%- endblock -%}
{%- block data_text -%}<pre>{{ output.data['text/plain'] | e }}</pre>{%- endblock -%}
{%- block execute_result -%}{{ self.data_priority() }}{%- endblock -%}
{%- block footer -%}{{ resources.foot }}{%- endblock -%}
"""


_TAGS = set("h1 h2 h3 h4 p br hr em strong code pre ul ol li blockquote a table thead tbody tr th "
            "td div".split())
_ATTRIBUTES = {"a": ["href"], "th": ["colspan", "rowspan"], "td": ["colspan", "rowspan"],
               "h1": ["id"], "h2": ["id"], "h3": ["id"]}


def notebook_folder() -> Path:
    """Return the folder of the notebooks, beside the package; raise ``DataError`` without one."""
    folder = Path(__file__).resolve().parents[1] / "notebooks"
    if not any(folder.glob("*.ipynb")):
        raise DataError(f"{folder}: no notebooks; the report is made from a checkout of kgge")
    return folder


def run_notebooks(folder: str | Path, lang: str) -> list[Path]:
    """Run every notebook in one language and write the copies; the notebooks stay as they are.

    Parameters
    ----------
    folder : str or Path
        Receives the copies, under the same names.
    lang : {"vi", "en"}
        Language of charts and labels.

    Returns
    -------
    list of Path
        The copies. Each image in them carries its description in the metadata of its output.

    Raises
    ------
    DataError
        If a cell fails or an image has no description; names notebook and cell.
    """
    nbformat: Any = import_module("nbformat")

    sources = sorted(notebook_folder().glob("*.ipynb"))
    with tempfile.TemporaryDirectory() as profile, ThreadPoolExecutor(os.cpu_count()) as pool:
        env = os.environ | {"KGGE_LANG": check_lang(lang), "IPYTHONDIR": profile,
                            "KGGE_DATA": str(data_folder().resolve())}
        done = list(pool.map(lambda source: _run(source, env), sources))
    for source, notebook in zip(sources, done, strict=True):
        write_bytes(Path(folder) / source.name, (nbformat.writes(notebook) + "\n").encode())
    return [Path(folder) / source.name for source in sources]


def _run(source: Path, env: dict[str, str]) -> Any:
    """Return one notebook, run in its folder from the first cell to the last."""
    nbformat: Any = import_module("nbformat")
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    notebook = nbformat.read(source, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(_SETUP))
    client = NotebookClient(notebook, timeout=600, record_timing=False,
                            extra_arguments=["--IPKernelApp.log_level=40"],
                            resources={"metadata": {"path": str(source.parent)}})
    try:
        asyncio.run(client.async_execute(env=env))  # which closes its loop, as execute does not
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        cell = max((c.execution_count or 0) for c in notebook.cells if c.cell_type == "code")
        name = getattr(error, "ename", type(error).__name__)
        raise DataError(f"{source.name}, code cell {cell - 1}: {name}: "
                        f"{getattr(error, 'evalue', error)}") from error
    del notebook.cells[0]
    for at, cell in enumerate((c for c in notebook.cells if c.cell_type == "code"), start=1):
        cell.execution_count = at
        cell.outputs.sort(key=lambda output: "image/png" not in output.get("data", {}))
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = at
            if "image/png" in output.get("data", {}) and not output.metadata.get(
                    "image/png", {}).get("alt"):
                raise DataError(f"{source.name}, code cell {at}: an image without description; "
                                "finish the chart with kgge.charts.finish")
    return notebook


def write_report(folder: str | Path, langs: Sequence[str] = ("vi", "en")) -> Path:
    """Write the report: one page a notebook and language, and ``index.html``.

    Parameters
    ----------
    folder : str or Path
        Receives ``index.html`` and ``<lang>/<notebook>.html``, and beside each page the run
        notebook. The pages need no network.
    langs : sequence of {"vi", "en"}
        Languages, the first one that of the index.

    Returns
    -------
    Path
        The index. It links the Word and Excel files of `kgge.export.export` and the page of
        `kgge.reference.write_reference`, which go to the same folder.

    Raises
    ------
    DataError
        As `run_notebooks`.
    """
    nbformat: Any = import_module("nbformat")

    folder, langs = Path(folder), list(dict.fromkeys(map(check_lang, langs)))
    index = []
    for lang in langs:
        copies = run_notebooks(folder / lang, lang)
        pages = []
        for copy in copies:
            notebook = nbformat.read(copy, as_version=4)
            title = _title(notebook, copy.stem)
            write_bytes(copy.with_suffix(".html"), _page(notebook, title, lang).encode())
            pages.append((f"{lang}/{copy.stem}.html", title))
        index.append(_contents(pages, lang))
    said = words("word", langs[0])
    body = f"<h1>{said['title']}</h1>\n<p>{said['plan']}</p>\n" + "\n".join(index)
    body += f'\n<p><a href="reference.html">{said["reference"]}</a></p>'
    if is_illustrative():
        body = body.replace("<section", f"<p class=\"mark\">{said['mark_text']}</p>\n<section", 1)
    write_bytes(folder / "index.html", (head(said["report"], langs[0]) + body + FOOT).encode())
    return folder / "index.html"


FOOT = "\n</main>\n</body>\n</html>\n"


def head(title: str, lang: str, home: str = "") -> str:
    """Return a page down to its content: language, title, style, link past the navigation."""
    said = words("word", lang)
    style = Path(__file__).with_name("report.css").read_text(encoding="utf-8")
    nav = f'<nav><a href="{home}">{said["home"]}</a></nav>\n' if home else ""
    return (f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
            f'<a class="skip" href="#content">{said["skip"]}</a>\n{nav}'
            f'<main id="content" tabindex="-1">\n')


def _title(notebook: Any, otherwise: str) -> str:
    """Return the first heading of a notebook."""
    texts = (cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    found = next((m for text in texts if (m := re.search(r"^# +(.+)$", text, re.M))), None)
    return found[1].strip() if found else otherwise


def _page(notebook: Any, title: str, lang: str) -> str:
    """Return one notebook as a page without code."""
    from jinja2 import DictLoader

    new: Any = import_module("nbconvert").HTMLExporter
    exporter = new(extra_loaders=[DictLoader({"report.j2": _PAGE})],
                            template_file="report.j2", exclude_input=True,
                   exclude_anchor_links=True)
    numbers = count(1)
    exporter.register_filter("clean", _clean)
    exporter.register_filter("described_table", lambda html: described_table(
        html, f"{label('word', 'table', lang)} {next(numbers)}"))
    resources = {"head": head(title, lang, "../index.html"), "foot": FOOT}
    return str(exporter.from_notebook_node(notebook, resources)[0])


def _clean(html: str) -> str:
    """Return HTML with nothing in it that runs or styles: notebooks show what returns hold."""
    bleach: Any = import_module("bleach")
    styled = re.sub("<style.*?</style>", "", html, flags=re.DOTALL)
    return str(bleach.clean(styled, tags=_TAGS, attributes=_ATTRIBUTES))


def described_table(html: str, name: str) -> str:
    """Give the headers of a table their scope, and the table a name and a place to scroll in."""
    head, end, body = html.partition("</thead>")
    scoped = head.replace("<th", '<th scope="col"').replace('<th scope="col"ead', "<thead")
    scoped += end + re.sub(r"<th(?=[ >])", '<th scope="row"', body)
    scoped = re.sub(r"<th[^>]*>\s*</th>", "<td></td>", scoped)
    scoped = re.sub(r"<td>(?=[^<\d−-])", '<td data-text>', scoped)
    scoped = re.sub(r' (?:border|style|class)="[^"]*"', "", scoped)
    return (f'<div class="table" role="region" aria-label="{escape(name)}" tabindex="0">'
            f"{scoped}</div>")


def _contents(pages: Sequence[tuple[str, str]], lang: str) -> str:
    """Return the part of the index in one language: pages, and files to use again."""
    said = words("word", lang)
    files = [(f"figures-{lang}.docx", said["files_docx"]),
             (f"tables-{lang}.xlsx", said["files_xlsx"])]

    def links(of: Sequence[tuple[str, str]]) -> str:
        return "".join(f'<li><a href="{path}">{escape(text)}</a></li>\n' for path, text in of)

    return (f'<section lang="{lang}">\n<h2>{said["report"]}</h2>\n<ul>\n{links(pages)}</ul>\n'
            f'<h3>{said["files"]}</h3>\n<ul>\n{links(files)}</ul>\n</section>')
