"""Copies of faulty returns with the cells marked and commented, to send back to the unit."""

import re
import warnings
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pandas as pd

from kgge.files import apart, write_bytes
from kgge.returns.collect import list_files, read_returns
from kgge.xlsx import MARK, Rejected, stored_results, without_marks

FILLS = {"error": "FFC7CE", "warning": "FFEB9C"}
# The date of receipt is written by who receives, not the unit; nor are other files its to mend.
_FORMULA = re.compile(r'<c r="([A-Z]+\d+)"([^>]*)>(<f[^>]*/>|<f[^<]*</f>)<v\s*(?:/>|></v>)</c>')
OURS = {"no_date", "received_on", "far_date", "swapped_date", "receipts", "list_order", "list_name",
        "list_letters", "not_return", "replaced", "blank_form"}


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
        The copies written; the earlier copy of a return without problems is removed. A file that
        cannot be opened, or saved again, has none.

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
        if rows.empty:  # mended since an earlier copy was written
            (target / name).unlink(missing_ok=True)
        elif (content := _marked(file, rows)):
            write_bytes(target / name, content)
            written.append(target / name)
    return written


def _marked(file: Path, rows: pd.DataFrame) -> bytes:
    """Return the workbook with its problems marked; nothing if it cannot be opened or saved."""
    import openpyxl

    content = BytesIO()
    try:
        stored = stored_results(file)
        with warnings.catch_warnings(), file.open("rb") as opened:
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(opened, keep_links=False, rich_text=True)
        for sheet in book.worksheets:
            _clean(sheet, book.custom_doc_props, stored.get(sheet.title, {}))
        for row in rows.fillna("").to_dict("records"):
            named = row["sheet"] in book.sheetnames and book[row["sheet"]] in book.worksheets
            sheet = book[row["sheet"]] if named else book.worksheets[0]
            _comment(sheet, row, book.custom_doc_props)
        book.save(content)
        return _with_results(content.getvalue(), [
            stored.get(sheet.title, {}) for sheet in book.worksheets])
    except Rejected:
        return b""
    except Exception:
        # openpyxl is stricter than Excel and than the reader: odd fonts, dates, colours and empty
        # chart sheets end in errors of every type. One such file must not cost all others theirs.
        return b""


def _clean(sheet: Any, kept: Any, stored: Mapping[str, tuple[str, str]]) -> None:
    """Remove the marks of an earlier copy, and give its cells back the fills they had.

    A formula that refers to another file gives way to its result: the link is not in the copy.
    """
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill
    from openpyxl.styles.fills import Fill
    from openpyxl.styles.numbers import is_date_format

    for cells in sheet.iter_rows(max_row=min(sheet.max_row, 500),
                                 max_col=min(sheet.max_column, 60)):
        for cell in cells:
            name, marked = _kept_as(cell), False
            if cell.comment is not None:
                said, author = without_marks(cell.comment.text), cell.comment.author
                marked = said != cell.comment.text.strip()
                cell.comment = Comment(said, author, 180, 380) if said else None
            if (marked or name in kept.names) and _colour(cell) in FILLS.values():
                cell.fill = Fill.from_tree(ElementTree.fromstring(
                    kept[name].value)) if name in kept.names else PatternFill()
            if name in kept.names:
                del kept[name]
            if cell.data_type == "d" and not is_date_format(cell.number_format):
                cell.number_format = "yyyy-mm-dd"  # of a date that the file writes out as one
            if cell.coordinate in stored and cell.data_type == "f" and re.search(
                    r"\[\d+\]", str(getattr(cell.value, "text", cell.value))):
                kind, text = stored[cell.coordinate]
                cell.value = {"n": float, "b": lambda t: t == "1"}.get(kind, str)(text)


def _kept_as(cell: Any) -> str:
    """Return under which name of its properties the workbook keeps the fill a cell had."""
    return f"kgge {cell.parent.title}!{cell.coordinate}"


def _colour(cell: Any) -> str:
    solid = getattr(cell.fill, "patternType", "") == "solid"  # a gradient has no pattern
    return str(cell.fill.fgColor.rgb)[-6:] if solid else ""


def _with_results(content: bytes, stored: list[Mapping[str, tuple[str, str]]]) -> bytes:
    """Put into a workbook what its formulas came to, which openpyxl does not write beside them."""
    def put(found: re.Match[str]) -> str:
        place, style, formula = found.groups()
        if place not in cells:
            return found[0]
        kind, text = cells[place]
        return f'<c r="{place}"{style} t="{kind}">{formula}<v>{escape(text)}</v></c>'

    out = BytesIO()
    parts = {f"xl/worksheets/sheet{number}.xml": r for number, r in enumerate(stored, 1) if r}
    with zipfile.ZipFile(BytesIO(content)) as book, zipfile.ZipFile(
            out, "w", zipfile.ZIP_DEFLATED) as copy:
        for part in book.infolist():
            data = book.read(part)
            if cells := parts.get(part.filename, {}):
                data = _FORMULA.sub(put, data.decode()).encode()
            copy.writestr(part, data)
    return out.getvalue()


def _comment(sheet: Any, row: dict[Any, Any], kept: Any) -> None:
    """Fill a cell and say below what stands there as a comment, between marks, what is wrong.

    The fill it had is kept as a property of the workbook, which no reader sees.
    """
    from openpyxl.cell.cell import MergedCell
    from openpyxl.comments import Comment
    from openpyxl.packaging.custom import StringProperty
    from openpyxl.styles import PatternFill

    cell = sheet[row["cell"] or "A1"]
    if isinstance(cell, MergedCell):
        area = next(r for r in sheet.merged_cells.ranges if cell.coordinate in r)
        cell = sheet.cell(area.min_row, area.min_col)
    if (name := _kept_as(cell)) not in kept.names:
        had = ElementTree.tostring(cell.fill.to_tree(), encoding="unicode")
        kept.append(StringProperty(name=name, value=had))
    cell.fill = PatternFill("solid", fgColor=FILLS[row["severity"]])
    before, author = (f"{cell.comment.text}\n\n", cell.comment.author) if cell.comment else (
        "", "kgge")
    said = (row[f"message_{lang}"].replace(MARK[1], "▪") for lang in ("vi", "en"))
    mark = "\n".join((MARK[0], *said, MARK[1]))
    cell.comment = Comment(before + mark, author, 180, 380)
