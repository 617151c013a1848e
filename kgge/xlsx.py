"""Opening a workbook that someone sent: fast where it is sound, exact where it is doubtful."""

import re
import warnings
import zipfile
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

# A filled form is about 15 kB packed and 60 kB unpacked.
MAX_FILE, MAX_UNPACKED, MAX_RATIO = 5_000_000, 20_000_000, 200
MAX_SPREAD = 100_000  # cells in all ranges that are merged, linked or commented

# What a sheet may hold that the fast reader hides; an odd way of writing is looked at too.
_SIGNS = (b't="e"', b"<f", b":f", b'hidden="1"', b'hidden="true"', b"='")
_SPREAD = (b"mergeCell", b"hyperlink", b"commentList")  # the slow reader makes each of their cells
# The form ends far before ZZ999. For a cell beyond, the fast reader would set aside memory for
# all the blank ones before it.
LAST_ROW, LAST_COLUMN = 999, 702
# A cell may show 95% and hold 0.95: formats in use that are built in, and those of the file.
_PERCENT, _OWN_PERCENT = re.compile(b'numFmtId="(?:9|10)"'), re.compile(b'formatCode="[^"]*%')
_NEAR = re.compile(r"[A-Z]{1,2}[0-9]{1,3}")
_NOT_NEAR = re.compile(rb'<c(?! r="[A-Z]{1,2}[0-9]{1,3}")')


class Fault(NamedTuple):
    """A cell the fast reader shows as blank: an error value, a formula without stored value."""

    code: str
    text: str


class Rejected(Exception):
    """A file that cannot be read: the code of the problem, and what was found."""


class Sheet(NamedTuple):
    """One sheet: name, values row by row from A1, whether it is hidden, what is hidden in it."""

    name: str
    rows: list[list[Any]]
    hidden: bool
    hidden_rows: frozenset[int] = frozenset()  # from 0, as the columns
    hidden_columns: frozenset[int] = frozenset()
    merged: frozenset[tuple[int, int]] = frozenset()  # row and column of each cell that is


def open_sheets(path: Path) -> tuple[list[Sheet], bool]:
    """Return the sheets of a workbook, and whether it links to others; raise `Rejected` if not."""
    try:
        if path.stat().st_size > MAX_FILE:
            raise Rejected("too_big", f"{path.stat().st_size / 1e6:.0f} MB")
        data = path.read_bytes()
    except OSError as error:
        raise Rejected("unreadable", type(error).__name__) from error
    _check_type(path, data)
    try:
        suspect, links = _check_parts(data)
        sheets = _read_fast(data)
        return (_read_again(data, sheets) if suspect else sheets), links
    except (Rejected, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of the fast reader is no Exception
        raise Rejected("unreadable", type(error).__name__) from error


def _check_type(path: Path, data: bytes) -> None:
    suffix = path.suffix.lower()
    if suffix == ".xlsm":
        raise Rejected("macros", suffix)
    if suffix not in (".xlsx", ".xls"):
        raise Rejected("wrong_type", suffix or path.name)
    if not data:
        raise Rejected("empty_file")
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        locked = "EncryptedPackage".encode("utf-16-le") in data
        raise Rejected("encrypted" if locked else "old_format")
    if suffix == ".xls":
        raise Rejected("old_format")
    if not data.startswith(b"PK"):
        raise Rejected("not_workbook")


def _check_parts(data: bytes) -> tuple[bool, bool]:
    """Check what the zip directory promises, then each part; tell if in doubt, and if it links."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Rejected("not_workbook") from error
    total = sum(part.file_size for part in parts)
    if total > MAX_UNPACKED or total > MAX_RATIO * len(data):
        raise Rejected("too_big", f"{total / 1e6:.0f} MB")
    names = [part.filename.lower() for part in parts]
    if any(name.endswith("vbaproject.bin") for name in names):
        raise Rejected("macros", "vbaProject.bin")
    suspect = False
    for part in parts:
        text = _unpack(data, part)
        if text.startswith((b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")):
            raise Rejected("unreadable", "UTF-16")
        if b"sheetData" in text:
            cells = text[:text.rfind(b"sheetData")]  # rules further down have formulas too
            _check_near(text, cells[cells.find(b"sheetData"):])
            suspect |= b"mergeCell" in text or any(sign in cells for sign in _SIGNS)
        if any(word in text for word in _SPREAD):
            _check_spread(text)
        if part.filename.endswith("styles.xml"):
            used = text[text.find(b"<cellXfs"):text.find(b"</cellXfs>")]
            suspect |= bool(_PERCENT.search(used) or _OWN_PERCENT.search(text))
    return suspect, any("externallinks/" in name for name in names)


def _check_near(text: bytes, cells: bytes) -> None:
    """Reject a sheet with a filled cell far off; read cell by cell only if written unusually."""
    if b":c" not in cells and not _NOT_NEAR.search(cells):
        return
    for _, row in ElementTree.iterparse(BytesIO(text)):
        if row.tag.rpartition("}")[2] == "row":
            for cell in row:
                place = cell.get("r") or f"A{row.get('r', 1)}"
                if len(cell) and not _NEAR.fullmatch(place):
                    raise Rejected("far_cell", place)
            row.clear()


def _check_spread(text: bytes) -> None:
    """Reject ranges that hold more cells than any form."""
    from openpyxl.utils import range_boundaries

    spread = 0
    for _, part in ElementTree.iterparse(BytesIO(text)):
        if part.tag.rpartition("}")[2] in ("mergeCell", "hyperlink", "comment"):
            left, top, right, bottom = map(int, range_boundaries(part.get("ref")))
            spread += (right - left + 1) * (bottom - top + 1)
            if spread > MAX_SPREAD:
                raise Rejected("far_cell", part.get("ref"))


def near(sheet: Any) -> dict[str, int]:
    """Return the rows and columns to go through: blank cells far off may have a look, no figure."""
    return {"max_row": min(sheet.max_row, LAST_ROW), "max_col": min(sheet.max_column, LAST_COLUMN)}


def _unpack(data: bytes, part: zipfile.ZipInfo) -> bytes:
    """Unpack one part, never beyond the size its directory entry states.

    By hand: zipfile's own reader takes a third longer, and cuts a part at that size silently.
    """
    if part.flag_bits & 1:
        raise Rejected("encrypted")
    at = part.header_offset
    start = at + 30 + int.from_bytes(data[at + 26:at + 28], "little") + int.from_bytes(
        data[at + 28:at + 30], "little")
    text = packed = data[start:start + part.compress_size]
    if part.compress_type == zipfile.ZIP_DEFLATED:
        text = zlib.decompressobj(-15).decompress(packed, part.file_size + 1)
    elif part.compress_type != zipfile.ZIP_STORED:
        raise Rejected("unreadable", f"zip method {part.compress_type}")
    if len(text) != part.file_size:
        raise Rejected("unreadable", part.filename)
    return text


def _read_fast(data: bytes) -> list[Sheet]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    book = CalamineWorkbook.from_filelike(BytesIO(data))
    return [Sheet(about.name, book.get_sheet_by_name(about.name).to_python(skip_empty_area=False),
                  about.visible != SheetVisibleEnum.Visible)
            for about in book.sheets_metadata if about.typ == SheetTypeEnum.WorkSheet]


def _read_again(data: bytes, sheets: list[Sheet]) -> list[Sheet]:
    """Add what the fast reader leaves out: faults of cells, what is hidden, what is merged."""
    import openpyxl
    from openpyxl.utils import column_index_from_string

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        formulas, values = (openpyxl.load_workbook(BytesIO(data), data_only=only, keep_links=False)
                            for only in (False, True))
    out = []
    for sheet in sheets:
        for line in formulas[sheet.name].iter_rows(**near(formulas[sheet.name])):
            for cell in line:
                if fault := _fault(cell, values[sheet.name].cell(cell.row, cell.column)):
                    _put(sheet.rows, cell, fault)
        width = max(map(len, sheet.rows), default=0)
        for row in sheet.rows:
            row += [""] * (width - len(row))
        rows = formulas[sheet.name].row_dimensions
        columns = formulas[sheet.name].column_dimensions
        hidden = [(d.min or column_index_from_string(key), min(d.max or d.min or 0, LAST_COLUMN))
                  for key, d in columns.items() if d.hidden]
        out.append(sheet._replace(
            hidden_rows=frozenset(i - 1 for i, d in rows.items() if d.hidden),
            hidden_columns=frozenset(c - 1 for a, z in hidden for c in range(a, z + 1)),
            merged=frozenset((row - 1, column - 1)
                             for area in formulas[sheet.name].merged_cells.ranges
                             for row, column in area.cells)))
    return out


def _fault(cell: Any, stored: Any) -> Fault | None:
    """Return what is wrong with a cell; a formula with a stored result is that result."""
    if stored.data_type == "e":
        return Fault("error_value", stored.value)
    if cell.data_type == "f" and stored.value is None:
        return Fault("formula", str(getattr(cell.value, "text", cell.value)))
    if "%" in cell.number_format and isinstance(stored.value, int | float):
        return Fault("percent", f"{100 * stored.value:.6g}%")
    return None


def _put(rows: list[list[Any]], cell: Any, fault: Fault) -> None:
    rows += [[] for _ in range(cell.row - len(rows))]
    rows[cell.row - 1] += [""] * (cell.column - len(rows[cell.row - 1]))
    rows[cell.row - 1][cell.column - 1] = fault
