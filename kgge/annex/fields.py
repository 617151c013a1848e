"""The annex as fields: reading .docx, .xlsx and text alike, and applying its corrections."""

import csv
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

from kgge.annex.numbering import WORD, Numbering
from kgge.files import DataError, read_rows
from kgge.numbers import readings
from kgge.xlsx import MAX_RATIO, MAX_UNPACKED, Rejected, Sheet, open_sheets

SUFFIXES = (".docx", ".xlsx", ".tsv", ".txt", ".csv")
DASHES = {"-", "–", "—", "−"}  # yearbooks write a dash for zero
_GONE = [f"{WORD}{tag}" for tag in ("strike", "dstrike", "vanish", "del", "moveFrom")]
_PARTLY = " (partly struck out or raised)"
_MERGED = "the field is merged with others"
_UNSEEN = re.compile("[\u200b-\u200d\u2060\ufeff\u00ad]")  # marks without width, from the web
_SPACES = re.compile(r"(?<=\d)[^\S\n]{2,}(?=\d)")  # "1  900" with two spaces
_WITHIN = re.compile(r"±\s*(\d+(?:[.,]\d+)?)")  # a correction that states a tolerance


class Field(NamedTuple):
    """One field: its column (from 1), the text read, the text that stands there.

    `number` is what a workbook holds as a number; `stated` tells that a correction was made here.
    Column 0 is a paragraph of a document, outside its tables. `line` is told where it is not that
    of the row which the field is given to.
    """

    column: int
    text: str
    printed: str
    number: Decimal | None = None
    stated: bool = False
    line: int = 0

    @property
    def is_amount(self) -> bool:
        """Whether a number stands in the field, or a dash for zero."""
        return self.number is not None or _is_amount(self.text)


@lru_cache(maxsize=4096)
def _is_amount(text: str) -> bool:
    return text in DASHES or bool(readings(text.strip("()- ")))


Grid = list[tuple[int, list[Field]]]
Log = list[dict[str, Any]]
Place = tuple[int, int]  # line and column


class Part(NamedTuple):
    """A file, or one sheet of it: its fields, what must be known of it, cells not to go by.

    `units` are the units of money that cells of a workbook show by their number format.
    """

    name: str
    grid: Grid
    hidden: bool
    notes: list[str]
    faults: dict[Place, str]
    units: dict[Place, str] = {}


def quote(text: str) -> str:
    """Return `text` quoted, cut to what fits an error message."""
    return repr(text if len(text) <= 60 else text[:57] + "...")


def read_parts(path: Path) -> list[Part]:
    """Return the sheets of a workbook, or the one part of any other file, as fields."""
    if not path.is_file():
        raise DataError(f"{path}: no such file")
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise DataError(f"{path.name}: an annex is one of {', '.join(SUFFIXES)}")
    if suffix == ".xlsx":
        parts = _read_book(path)
    elif suffix == ".docx":
        parts = [_read_document(path)]
    else:
        grid = [(n, [_text_cell(c, t) for c, t in enumerate(fields, 1)])
                for n, fields in _read_lines(path, suffix)]
        parts = [Part(path.name, grid, False, [], {})]
    parts = [part._replace(grid=[(n, cells) for n, cells in part.grid
                                 if any(c.text for c in cells)]) for part in parts]
    if not any(part.grid for part in parts):
        raise DataError(f"{path.name}: the file is empty")
    return parts


def _text_cell(column: int, text: str) -> Field:
    return Field(column, _plain(text), text.replace("\n", " "))


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    """Return the text of a field; two numbers one above the other are not one ("10", "200")."""
    plain = _SPACES.sub(" ", _UNSEEN.sub("", text))
    parts = [part.strip() for part in plain.split("\n") if part.strip()]
    # Two lines of words are one label; two of numbers are the old amount and the new one.
    return (" " if any(ch.isalpha() for ch in text) else " / ").join(parts)


def _read_lines(path: Path, suffix: str) -> list[tuple[int, list[str]]]:
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(f"{path.name}: line {line} is not UTF-8 "
                        f"({content[error.start:error.start + 8]!r}); save the file as "
                        "text in UTF-8") from error
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    if suffix != ".csv":
        # A quote of a label is no quote of an export: these are closed throughout.
        rows = _split(text, "\t") if '"' in text else None
        return rows or [(n, line.split("\t")) for n, line in enumerate(text.split("\n"), 1)]
    # The separator is the one that makes the most rows of a table; "," also parts thousands.
    found = [rows for mark in ";\t," if (rows := _split(text, mark))]
    if not found:
        raise DataError(f"{path.name}: the quotes do not close; save the file again as CSV")
    return max(found, key=lambda rows: sum(len(fields) > 2 for _, fields in rows))


def _split(text: str, mark: str) -> list[tuple[int, list[str]]] | None:
    """Return the fields of each line, with its number; None where the quotes do not close."""
    reader, rows, line = csv.reader(StringIO(text), delimiter=mark, strict=True), [], 1
    try:
        for fields in reader:
            rows.append((line, fields))
            line = reader.line_num + 1
    except csv.Error:
        return None
    return rows


def _read_book(path: Path) -> list[Part]:
    try:
        return [_read_sheet(sheet) for sheet in open_sheets(path)[0]]
    except Rejected as error:
        raise DataError(f"{path.name}: not a readable .xlsx workbook "
                        f"({', '.join(error.args)})") from error


def _read_sheet(sheet: Sheet) -> Part:
    """Return a sheet; what it shows otherwise than it holds is a fault, what it hides a note."""
    grid = [(n, [_typed_cell(c, value) for c, value in enumerate(row, 1)])
            for n, row in enumerate(sheet.rows, 1)]
    seen: dict[str, set[int]] = {}
    faults: dict[Place, str] = {}
    units: dict[Place, str] = {}
    for (row, column), notes in sheet.notes.items():
        for note in notes:
            if note.code == "invisible" and sheet.rows[row][column] == 0:
                continue  # a zero that is not shown says what a blank field does
            if note.code in ("shown", "invisible"):
                faults[row + 1, column + 1] = f"the cell shows {quote(note.text)}"
            elif note.code == "merged":
                faults.setdefault((row + 1, column + 1), _MERGED)
            elif note.code == "unit":
                units[row + 1, column + 1] = note.text
            elif note.code in ("hidden", "struck"):
                seen.setdefault(note.code, set()).add(row + 1)
    said = [f"sheet {sheet.name!r}: {what} cells are read like all others, in row "
            f"{', '.join(map(str, sorted(rows)))}" for what, rows in seen.items()]
    return Part(sheet.name, grid, sheet.hidden, said, faults, units)


def _typed_cell(column: int, value: object) -> Field:
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = Decimal(f"{value:.15g}")  # as a workbook shows it: 26.3, not 26.299999999999997
        text = f"{number:f}"
        return Field(column, text, text, number)
    text = str(value) + _PARTLY * (getattr(value, "code", "") == "runs")
    return _text_cell(column, unicodedata.normalize("NFC", text))


def _read_document(path: Path) -> Part:
    """Return the paragraphs and table rows of a document, one line each.

    A merged field stands once, where it begins; the columns are those of the table's grid. The
    numbers that Word counts itself stand before their text.
    """
    import docx

    # python-docx unpacks whatever it is given: a small file that is huge inside is refused before.
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(part.file_size for part in archive.infolist())
        if size > MAX_UNPACKED or size > MAX_RATIO * path.stat().st_size:
            raise ValueError(f"too big, {size / 1e6:.0f} MB")
        document = docx.Document(str(path))
        body, numbering = document.element.body, Numbering(document, path.name)
    except Exception as error:  # whatever a broken file makes the reader raise
        raise DataError(f"{path.name}: not a readable .docx document ({error})") from error
    lines: list[list[Field]] = []
    notes: list[str] = []
    faults: dict[Place, str] = {}
    for block in _inside(body):
        if block.tag == f"{WORD}p":
            lines.append([_text_cell(0, numbering.mark(block) + _paragraph_text(block))])
        elif block.tag == f"{WORD}tbl":
            table = [(row, _table_row(row, numbering)) for row in _inside(block)
                     if row.tag == f"{WORD}tr"]
            # Word's grid has a column for every edge of any row; those that begin a field count.
            begun = [*enumerate(sorted({column for _, texts in table for column in texts}), 1)]
            for row, texts in table:
                lines.append([_text_cell(n, texts.get(column, "")) for n, column in begun])
                faults |= {(len(lines), n): _MERGED for n, column in begun if column not in texts}
                if _is_gone(row):
                    notes.append(f"table row at line {len(lines)}: text that is struck out, hidden "
                                 "or deleted with changes tracked")
    return Part(path.name, list(enumerate(lines, 1)), False, sorted(notes), faults)


def _inside(block: Any) -> Iterator[Any]:
    """Go through what a block holds, also within content controls and tracked insertions."""
    for child in block.iterchildren():
        if child.tag in {f"{WORD}{t}" for t in ("sdt", "sdtContent", "ins", "customXml")}:
            yield from _inside(child)
        else:
            yield child


def _is_gone(part: Any, *more: str) -> bool:
    """Tell whether anything in a part is struck out, hidden, deleted or moved away."""
    return any(mark.get(f"{WORD}val") not in ("0", "false") for mark in part.iter(*_GONE, *more))


def _table_row(row: Any, numbering: Numbering) -> dict[int, str]:
    """Return the texts of a row by the columns of the grid in which their fields begin."""
    texts, column = {}, 1 + row.grid_before
    for cell in (part for part in _inside(row) if part.tag == f"{WORD}tc"):
        if cell.vMerge in (None, "restart"):
            text = "\n".join(numbering.mark(p) + _paragraph_text(p) for p in _inside(cell)
                             if p.tag == f"{WORD}p")
            runs = [_is_gone(run, f"{WORD}vertAlign") for run in cell.iter(f"{WORD}r")
                    if _paragraph_text(run).strip()]
            if not any(ch.isalpha() for ch in text) and any(runs) and not all(runs):
                text += _PARTLY  # the old amount and the new one, or a mark of a footnote
            texts[column] = text
        column += cell.grid_span
    return texts


def _paragraph_text(paragraph: Any) -> str:
    """Return the text of a paragraph, without what was moved or deleted with changes tracked."""
    marks = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
    out = []
    for part in paragraph.iter():
        name = str(part.tag).rpartition("}")[2]
        gone = any(up.tag == f"{WORD}moveFrom" for up in part.iterancestors())
        if not gone and (name in marks or name == "t"):
            out.append(part.text or "" if name == "t" else marks[name])
    return unicodedata.normalize("NFC", "".join(out))


def correct(grid: Grid, path: Path, repairs: Log) -> tuple[Grid, dict[Place | None, Decimal]]:
    """Apply the corrections; one that does not meet the text it was made for is an error.

    Returned with the fields is by how much a printed total may differ from its parts, in the unit
    of the annex: of one cell, or of all (key None) where the row names no line and column.
    """
    lines = {n: {c.column: c for c in cells} for n, cells in grid}
    within: dict[Place | None, Decimal] = {}
    faults = []
    for number, row in read_rows(path, ["line", "column", "printed", "corrected", "reason"]):
        tolerance = _WITHIN.fullmatch(row["corrected"])
        of_all = tolerance and not (row["line"] or row["column"] or row["printed"])
        if not of_all and not (row["line"].isdecimal() and row["column"].isdecimal()):
            faults.append(f"row {number}: line and column are whole numbers from 1")
            continue
        if not row["reason"]:
            faults.append(f"row {number}: a correction needs its reason")
        line, column = (grid[0][0], 1) if of_all else (int(row["line"]), int(row["column"]))
        # `printed` must still stand there: else a sound amount would be changed.
        there = lines.get(line, {}).get(column)
        if not of_all and (there is None or there.text != row["printed"]):
            faults.append(f"row {number}: line {line}, column {column} should read "
                          f"{quote(row['printed'])}, but there stands "
                          + (quote(there.text) if there else "no such field"))
            continue
        if tolerance:
            within[None if of_all else (line, column)] = Decimal(tolerance[1].replace(",", "."))
        elif there and row["corrected"]:
            lines[line][column] = there._replace(text=row["corrected"], number=None, stated=True)
        else:
            del lines[line][column]
        repairs.append({"line": line, "column": column,
                        "rule": "tolerance" if tolerance else "correction",
                        "printed": row["printed"] or ("(all)" if of_all else "(empty)"),
                        "corrected": row["corrected"], "reason": row["reason"]})
    if faults:
        raise DataError(f"{path.name}: corrections that do not fit the annex:\n  "
                        + "\n  ".join(faults))
    return [(n, list(cells.values())) for n, cells in lines.items()], within
