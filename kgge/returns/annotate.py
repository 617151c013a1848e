"""Copies of faulty returns with the cells marked and commented, to send back to the unit."""

import datetime
import re
import warnings
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pandas as pd

from kgge.files import apart, write_bytes
from kgge.returns.collect import list_files, read_returns
from kgge.xlsx import Fault, Rejected, open_sheets

FILLS = {"error": "FFC7CE", "warning": "FFEB9C"}
# The date of receipt is written by who receives, not the unit; nor are other files its to mend.
_FORMULA = re.compile(r'<c r="([A-Z]+\d+)"([^>]*)>(<f.*?(?:</f>|/>))<v\s*(?:/>|></v>)</c>', re.S)
OURS = {"no_date", "received_on", "far_date", "swapped_date", "receipts", "not_return", "replaced"}


def for_unit(problems: pd.DataFrame) -> pd.DataFrame:
    """Return the problems that the unit is to mend: all but those of the receiving office."""
    return problems.loc[[not OURS.issuperset(codes.split(";")) for codes in problems["code"]]]


def annotate(path: str | Path, folder: str | Path, problems: pd.DataFrame | None = None
             ) -> list[Path]:
    """Write a copy of each return that has problems, the cells filled and commented.

    Parameters
    ----------
    path : str or Path
        Returns: a folder or a file. Nothing there is changed.
    folder : str or Path
        Where the copies go, under the names the returns have below `path`.
    problems : DataFrame, optional
        As `read_returns` gives it; by default `path` is read.

    Returns
    -------
    list of Path
        The copies written. A file that cannot be opened, or saved again, has none.

    Raises
    ------
    UsageError
        If `folder` lies in `path` or holds it: a copy could replace a return, or be read as one.

    Examples
    --------
    >>> import tempfile
    >>> from kgge import write_template
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_template("rach-gia", 2018, f"{folder}/in/rach-gia.xlsx",
    ...                    values={("I.1.central", "amount"): "about 5"})
    ...     [copy.name for copy in annotate(f"{folder}/in", f"{folder}/out")]
    ['rach-gia.xlsx']
    """
    source, target = Path(path).resolve(), Path(folder).resolve()
    apart(source, target)
    problems = for_unit(read_returns(source).problems if problems is None else problems)
    written = []
    for name, file in list_files(source):
        rows = problems[problems["file"] == name]
        if len(rows) and (content := _marked(file, rows)):
            write_bytes(target / name, content)
            written.append(target / name)
    return written


def _marked(file: Path, rows: pd.DataFrame) -> bytes:
    """Return the workbook with its problems marked; nothing if it cannot be opened or saved."""
    import openpyxl

    content = BytesIO()
    try:
        values = {sheet.name: sheet.rows for sheet in open_sheets(file)[0]}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(file, keep_links=False)
        results = [_prepare(sheet, values.get(sheet.title, [])) for sheet in book.worksheets]
        for row in rows.fillna("").to_dict("records"):
            named = row["sheet"] in book.sheetnames and book[row["sheet"]] in book.worksheets
            _comment(book[row["sheet"]] if named else book.worksheets[0], row)
        book.save(content)
        return _with_results(content.getvalue(), results)
    except Rejected:
        return b""
    except Exception:
        # openpyxl is stricter than Excel and than the reader: odd fonts, dates, colours and empty
        # chart sheets end in errors of every type. One such file must not cost all others theirs.
        return b""


def _prepare(sheet: Any, values: list[list[Any]]) -> dict[str, Any]:
    """Remove the marks of an earlier copy; return the cells that hold results of formulas.

    A formula that refers to another file gives way to its result: the link is not in the copy.
    """
    from openpyxl.styles import PatternFill

    results = {}
    for cells in sheet.iter_rows(max_row=min(sheet.max_row, 500),
                                 max_col=min(sheet.max_column, 60)):
        for cell in cells:
            if cell.comment is not None and cell.comment.author == "kgge":
                cell.comment = None
                if str(cell.fill.fgColor.rgb)[-6:] in FILLS.values():
                    cell.fill = PatternFill()
            line = values[cell.row - 1] if cell.row <= len(values) else []
            value = line[cell.column - 1] if cell.column <= len(line) else ""
            known = value != "" and getattr(value, "code", "error_value") == "error_value"
            if cell.data_type == "f" and known:
                results[cell.coordinate] = value
                if re.search(r"\[\d+\]", str(getattr(cell.value, "text", cell.value))):
                    cell.value = str(value) if isinstance(value, Fault) else value
    return results


def _with_results(content: bytes, results: list[dict[str, Any]]) -> bytes:
    """Put into a workbook what its formulas came to, which openpyxl does not write beside them."""
    from openpyxl.utils.datetime import to_excel

    def put(found: re.Match[str]) -> str:
        place, style, formula = found.groups()
        if place not in cells:
            return found[0]
        value = cells[place]
        kind = next((k for k, of in (("str", str), ("b", bool), ("e", Fault))
                     if isinstance(value, of)), "n")
        if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
            value = to_excel(value)
        text = escape(str(int(value) if kind == "b" else value))
        return f'<c r="{place}"{style} t="{kind}">{formula}<v>{text}</v></c>'

    out = BytesIO()
    parts = {f"xl/worksheets/sheet{number}.xml": r for number, r in enumerate(results, 1) if r}
    with zipfile.ZipFile(BytesIO(content)) as book, zipfile.ZipFile(
            out, "w", zipfile.ZIP_DEFLATED) as copy:
        for part in book.infolist():
            data = book.read(part)
            if cells := parts.get(part.filename, {}):
                data = _FORMULA.sub(put, data.decode()).encode()
            copy.writestr(part, data)
    return out.getvalue()


def _comment(sheet: Any, row: dict[Any, Any]) -> None:
    from openpyxl.cell.cell import MergedCell
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    cell = sheet[row["cell"] or "A1"]
    if isinstance(cell, MergedCell):
        area = next(r for r in sheet.merged_cells.ranges if cell.coordinate in r)
        cell = sheet.cell(area.min_row, area.min_col)
    cell.fill = PatternFill("solid", fgColor=FILLS[row["severity"]])
    before = f"{cell.comment.text}\n\n" if cell.comment else ""
    cell.comment = Comment(f"{before}{row['message_vi']}\n{row['message_en']}", "kgge", 180, 380)
