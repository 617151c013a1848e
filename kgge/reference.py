"""The reference page: every table with its columns, every chart with a picture, from the code."""

import inspect
from collections.abc import Sequence
from html import escape
from pathlib import Path

from kgge import charts
from kgge.files import write_bytes
from kgge.published import figures
from kgge.report import FOOT, described_table, head
from kgge.schemas import SCHEMAS


def write_reference(folder: str | Path, langs: Sequence[str] = ("vi", "en")) -> Path:
    """Write ``reference.html``: the tables, and a gallery of the charts.

    Parameters
    ----------
    folder : str or Path
        A folder that `kgge.export.export` wrote PNG figures to; the page shows these.
    langs : sequence of {"vi", "en"}
        The languages exported; the charts are shown in English where that is among them.

    Returns
    -------
    Path
        The page.
    """
    folder, lang = Path(folder), "en" if "en" in langs else langs[0]
    first = {figure.chart: figure for figure in reversed(figures())}
    shown = [_chart(name, f"{lang}/{figure.name}", folder) for name, figure in first.items()]
    body = ("<h1>Tables and charts</h1>\n<h2>Tables</h2>\n<p>One CSV each in data/processed; "
            "<code>kgge.load_…()</code> reads them.</p>\n"
            + "".join(_table(name) for name in SCHEMAS)
            + "<h2>Charts</h2>\n<p>Each is called <code>kgge.charts.name(table, ax=None, "
              "lang=None)</code> and returns the Axes; <code>chart_data(ax)</code> reads back the "
              "numbers drawn.</p>\n" + "".join(reversed(shown)))
    page = head("Tables and charts of kgge", "en", "index.html") + body + FOOT
    write_bytes(folder / "reference.html", page.encode())
    return folder / "reference.html"


def _table(name: str) -> str:
    schema = SCHEMAS[name]
    rows = "".join(f"<tr><th>{c.name}</th><td>{c.type}</td><td>{escape(c.text)}</td></tr>"
                   for c in schema.columns)
    columns = (f"<table><thead><tr><th>column</th><th>type</th><th>holds</th></tr></thead>"
               f"<tbody>{rows}</tbody></table>")
    return (f"<h3>{name}</h3>\n<p>{escape(schema.text)}. Key: {', '.join(schema.key)}.</p>\n"
            + described_table(columns, f"Columns of {name}"))


def _chart(name: str, file: str, folder: Path) -> str:
    said = (inspect.getdoc(getattr(charts, name)) or "").split("\n\n")[0]
    alt = (folder / f"{file}.txt").read_text(encoding="utf-8").split("\n\n")[2]
    return (f"<h3>{name}</h3>\n<p>{escape(said)}</p>\n"
            f'<figure><img src="{file}.png" alt="{escape(alt)}"></figure>\n')
