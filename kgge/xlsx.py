"""Opening a workbook that someone sent: fast where it is sound, exact where it is doubtful."""

import operator as op
import posixpath
import re
import struct
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

from xlsxwriter.utility import xl_cell_to_rowcol

# A filled form is about 15 kB packed and 60 kB unpacked.
MAX_FILE, MAX_UNPACKED, MAX_RATIO = 5_000_000, 20_000_000, 200
MAX_SPREAD = 100_000  # cells in all ranges that are merged, linked or commented

# What else a workbook may be, by its suffix or by a part only such a file has.
_OTHERS = (".xls", ".xlt", ".et", ".ett", ".xlsb", ".xltx", ".ods", ".ots", ".fods", ".numbers")
_FOREIGN = {"xl/workbook.bin": ".xlsb", "content.xml": ".ods", "index/document.iwa": ".numbers"}
# Only a workbook is a return; letters, scans, archives and what systems leave are none, and no
# fault. Under a name that tells nothing a workbook is looked for.
_BOOKS = (".xlsx", ".xlsm", ".csv", ".tsv", *_OTHERS)
_LEFT = re.compile(r"~\$.*|\.[~_].*|.*(?:~|#|\.(?:tmp|bak|part|db|docx?|dot|ppt|pps|msg))")
_STRICT = b"http://purl.oclc.org/ooxml"
_OLE, _ARCHIVES = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")

# What a sheet may hold that the fast reader hides, above its cells and in them; an odd way of
# writing (other quotes, names of its own for the usual tags) is looked at too.
_ABOVE = {b"hidden=": b"d", b"idth=\"0": b"0", b"zeroHeight": b"z", b"='": b"'",
          b":sheetData": b":"}
_NOT_SO = (b'zeroHeight="false"', b'hidden="false"')  # as LibreOffice writes, on each row too
# Each with a letter of it: one letter is found far faster, and d, P, x and z are rare.
_SIGNS = {b't="e"': b"e", b'ht="0': b"h", b"hidden=": b"d", b"rPr": b"P", b"xmlns": b"x"}
# Errors of later programs (#SPILL!, Err:508), beside those of the format itself.
_NEW_ERROR = re.compile(
    rb'(<c [^>]*t="e"[^>]*>(?:<f[^>]*/>|<f[^<]*</f>)?<v>)'
    rb"(?!#(?:DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!)<)[^<]*<")
_MAIN = b"spreadsheetml/2006/main"
_ASIDE = ("docprops/", "xl/theme/", "xl/media/")  # parts that no reader opens
_OVER = (b"commentList", b"wsDr")  # parts of their own that lie over the cells of a sheet
_SPREAD = (b"mergeCell", b"hyperlink", *_OVER)  # a comment, too, may name parts of a sheet
# The form ends far before ZZ999. For a cell beyond, the fast reader would set aside memory for
# all the blank ones before it.
_NEAR = re.compile(r"[A-Z]{1,2}[0-9]{1,3}")
_NOT_NEAR = re.compile(rb'<c(?! r="[A-Z]{1,2}[0-9]{1,3}")')
# A cell may show 95% and hold 0.95, or show nothing: formats beyond the plainest, light letters.
_ODD_LOOKS = [re.compile(pattern) for pattern in (
    rb'numFmtId="(?:9|10)"(?=[^>]*xfId)', rb"strike",
    rb'<color (?:theme="0"|indexed="[19]"|rgb="..(?:[89a-fA-F].){3}")',
    rb'formatCode=(?!"(?i:General|@|[dmyhs/: -]+|[#,0]*[#0](?:\.[0#]+)?)")')]
# A format may say what is counted ("học sinh", "triệu đồng"), but nothing that makes another number
# of it (thousands, about so many, signs and digits of its own), or counts another thing.
_HARMLESS = {"", "₫", "triệu", "triệu đồng", "triệu vnd", "triệu vnđ", "million dong"}
_OTHERWISE = re.compile(
    r"\b(?:nghìn|ngàn|trăm|chục|triệu|tỷ|tỉ|k|m|thousand|hundred|million|billion|ước|khoảng|hơn|trên|"
    r"dưới|gần|độ|about|over|x|hộ|lượt|lần|lớp|trường|buổi|cuộc|xã|households?|classes|schools|usd|"
    r"eur|(?<!hội )(?<!tr )đồng)\b|[^\w\s]|\d")
_UNIT_SHOWN = re.compile(r'(?i)(?:"|\[\$)([^"\]-]*(?:đồng|\bvn[dđ]\b|₫)[^"\]-]*|\s*đ\s*)(?=["\]-])')
_GAP = re.compile(r'("[^"]*")|_.')  # a gap as wide as a sign shows none
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?[\d.]+)\]")
_COMPARE = {"<": op.lt, "<=": op.le, ">": op.gt, ">=": op.ge, "=": op.eq, "<>": op.ne}
# What our copies say of a cell stands between these, whoever saved them again since.
MARK = ("■ kgge", "■")
_MARKED = re.compile(
    rf"\s*{MARK[0]}\s(.*?)(?:\n{MARK[1]}|{MARK[1]}(?=[^\S\n]*(?:\n|\Z)))\s*", re.DOTALL)
_OURS = re.compile(r".*\.(?!\S)")  # a line of a message; more in it, or in further lines, is theirs
# What Excel puts before a comment that has answers, for programs which know none.
_THREADED = re.compile(
    r"^\s*\[Threaded comment\].*?\n\s*(?:Comment|Nhận xét|Bình luận):\s*", re.DOTALL)
# Rules of conditional formatting that hold of every filled cell, or compare one with a number.
_REF = r"(\$?)([A-Z]{1,2})(\$?)(\d{1,3})"
_ALWAYS = re.compile(r"TRUE(?:\(\))?|[1-9]\d*|(\d+)=\1")
_FILLED = re.compile(
    rf'ISNUMBER\({_REF}\)|NOT\(ISBLANK\({_REF}\)\)|LEN\((?:TRIM\()?{_REF}\)?\)>0|{_REF}<>""')
_BARE = re.compile(r"-?\d+(?:\.\d+)?")
_COMPARED = re.compile(rf"{_REF}(<=|>=|<>|<|>|=)({_BARE.pattern})")
_CELL_IS = {"lessThan": op.lt, "lessThanOrEqual": op.le, "greaterThan": op.gt, "equal": op.eq,
            "greaterThanOrEqual": op.ge, "notEqual": op.ne}
MAX_RULES = 50  # rules, and areas of one, that are held against each cell
_FORMAT = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]|(\[[^\]]*\])|[_*].|(General|@)|'
                     r"([0#?][0#?,./]*(?:E[+-]0+)?)|(;)|(.)", re.IGNORECASE | re.DOTALL)


class Fault(NamedTuple):
    """What is wrong with a cell, or to be noted of it: a code of the problems, and the text."""

    code: str
    text: str

    def __str__(self) -> str:
        """Return the text that stands in the cell."""
        return self.text


class Rejected(Exception):
    """A file that cannot be read: the code of the problem, and what was found."""


class Sheet(NamedTuple):
    """One sheet: name, values row by row from A1, whether it is hidden, notes on its cells.

    A cell that holds no value to go by (``error_value``, ``formula`` without result, ``percent``,
    ``runs`` of letters that are struck out or raised) has a `Fault` in `rows`. `notes` (by row and
    column from 0) tell of a value that people see otherwise or not at all: ``hidden``, ``merged``,
    ``struck``, ``invisible``, ``shown`` (text: what the cell shows), ``covered`` (by a picture or
    shape), of a ``comment`` or ``text_box``, and of a ``unit`` of money in its number format.
    """

    name: str
    rows: list[list[Any]]
    hidden: bool
    notes: Mapping[tuple[int, int], list[Fault]]


class Letters(NamedTuple):
    """How letters look: struck out, raised or lowered, their luminance (none: not known)."""

    struck: bool = False
    raised: bool = False
    ink: float | None = 0.0


Runs = tuple[Letters | None, ...]  # of a text with letters of several kinds; none: as its cell


class Look(NamedTuple):
    """How a cell looks: its number format, its letters, the luminance of their ground."""

    code: str = "General"
    letters: Letters = Letters()
    ground: float | None = 1.0


class Rule(NamedTuple):
    """A rule by which cells look otherwise: where, what it asks, the look (none: as it was)."""

    areas: list[tuple[int, int, int, int]]
    kind: str
    asks: list[str]
    code: str | None
    ink: float | None
    ground: float | None


def open_sheets(path: Path) -> tuple[list[Sheet], bool]:
    """Return the sheets of a workbook, and whether it links to others; raise `Rejected` if not."""
    try:
        if not _may_be_return(path):
            raise Rejected("not_return", path.suffix.lower() or path.name)
        if (size := path.stat().st_size) > MAX_FILE:
            raise Rejected("too_big", f"{size / 1e6:.0f} MB")
        data = path.read_bytes()
    except OSError as error:
        raise Rejected("unreadable", type(error).__name__) from error
    _check_type(path.suffix.lower(), data)
    try:
        parts = _unpack(data)
        suspect = [_is_suspect(text) for text in parts.values()]  # all, before the fast reader
        sheets = _read_fast(_with_usual_errors(parts) if any(suspect) else parts)
        links = any("externallinks/" in name for name in parts)
        return (_look_again(parts | _themes(data), sheets) if any(suspect) else sheets), links
    except (Rejected, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of the fast reader is no Exception
        raise Rejected("unreadable", type(error).__name__) from error


def stored_results(path: Path) -> dict[str, dict[str, tuple[str, str]]]:
    """Return, by sheet and cell, what formulas came to: type of the cell and text."""
    parts = _unpack(path.read_bytes())
    return {name: {str(cell.get("r")): (cell.get("t", "n"), getattr(_first(cell, "v"), "text", None)
                                        or "")
                   for cell in _all(ElementTree.fromstring(parts[part]), "c")
                   if _first(cell, "f") is not None and (
                       cell.get("t") == "str" or getattr(_first(cell, "v"), "text", None))}
            for name, part in _places(parts).items()}


def without_marks(text: str) -> str:
    r"""Return what others say in a comment, without what our copies say there.

    An answer behind a message, or in a line of its own below both, is kept.

    Examples
    --------
    >>> without_marks("xem lại\n\n■ kgge\nSai.\nWrong. đã sửa\n350 mới đúng\n■")
    'xem lại\nđã sửa\n350 mới đúng'
    """
    def answer(found: re.Match[str]) -> str:
        ours, rest = found[1].strip().split("\n")[:2], found[1].strip().split("\n")[2:]
        said = [_OURS.sub("", line).strip() for line in ours] + [line.strip() for line in rest]
        return "\n".join(["", *filter(None, said), ""])

    return _MARKED.sub(answer, text).strip()


def _may_be_return(path: Path) -> bool:
    """Tell whether a file is a workbook of any kind, by its name, and by its content if need be."""
    name, suffix = path.name.lower(), path.suffix.lower()
    if suffix in _BOOKS and not name.startswith(("~$", ".")):
        return True
    with path.open("rb") as file:
        head = file.read(8)
        if suffix in _BOOKS or _LEFT.fullmatch(name):  # a lock file is named as what it locks
            return suffix in _BOOKS and head.startswith(b"PK")
        if head.startswith(_OLE):
            data = head + file.read(MAX_FILE)
            return any(n.encode("utf-16-le") in data for n in ("Workbook", "EncryptedPackage"))
    try:
        names = zipfile.ZipFile(path).namelist() if head.startswith(b"PK") else []
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
    return any(n.lower() in ("xl/workbook.xml", "xl/workbook.bin") for n in names)


def _check_type(suffix: str, data: bytes) -> None:
    """Reject what is no .xlsx by what is in it, then by its name."""
    if not data:
        raise Rejected("empty_file")
    if data.startswith(_OLE):
        locked = "EncryptedPackage".encode("utf-16-le") in data
        raise Rejected(*(["encrypted"] if locked else ["save_as", ".xls"]))
    if suffix == ".xlsm":
        raise Rejected("macros", suffix)
    if data.startswith(_ARCHIVES):
        raise Rejected("archive")
    if suffix in _OTHERS and not (suffix == ".xls" and data.startswith(b"PK")):
        raise Rejected("save_as", suffix)
    if suffix != ".xlsx":
        raise Rejected("wrong_type", suffix or "?")
    if not data.startswith(b"PK"):
        raise Rejected("not_workbook")


def _unpack(data: bytes) -> dict[str, bytes]:
    """Return the parts by name, none beyond the size its directory entry states."""
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Rejected("not_workbook") from error
    listed = {_lower(part.filename): part for part in archive.infolist()}
    total = sum(part.file_size for part in archive.infolist())
    if total > MAX_UNPACKED or total > MAX_RATIO * len(data):
        raise Rejected("too_big", f"{total / 1e6:.0f} MB")
    _check_container([*listed])
    out = {name: _inflate(data, part) for name, part in listed.items()
           if part.flag_bits & 1 or not name.startswith(_ASIDE)}
    if _STRICT in out["xl/workbook.xml"]:
        raise Rejected("strict")
    return out


def _lower(name: str) -> str:
    """Return the name of a part in small letters of ASCII: the fast reader takes these as equal."""
    return name.encode().lower().decode()


def _inflate(data: bytes, part: zipfile.ZipInfo) -> bytes:
    """Return one part; in a loop over many small ones, zipfile takes as long as zlib itself."""
    if part.flag_bits & 1:
        raise Rejected("encrypted")
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Rejected("unreadable", f"zip method {part.compress_type}")
    at = part.header_offset
    at += 30 + int.from_bytes(data[at + 26:at + 28], "little") + int.from_bytes(
        data[at + 28:at + 30], "little")
    text = data[at:at + part.compress_size]
    if part.compress_type == zipfile.ZIP_DEFLATED:
        text = zlib.decompressobj(-15).decompress(text, part.file_size + 1)
    if len(text) != part.file_size or zlib.crc32(text) != part.CRC:
        raise Rejected("unreadable", part.filename)
    return text


def _check_container(names: list[str]) -> None:
    if any(name.endswith("vbaproject.bin") for name in names):
        raise Rejected("macros", "vbaProject.bin")
    if foreign := next((kind for part, kind in _FOREIGN.items() if part in names), None):
        raise Rejected("save_as", foreign)
    if not {"[content_types].xml", "xl/workbook.xml"}.issubset(names):
        packed = any(name.endswith((".xlsx", *_OTHERS)) for name in names)
        raise Rejected("archive" if packed else "not_workbook")


def _is_suspect(text: bytes) -> bool:
    """Check a part for what costs memory or asks for files; tell if it is to be seen again."""
    if text.startswith((b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")):
        raise Rejected("unreadable", "UTF-16")
    if b"<!DOCTYPE" in text:
        raise Rejected("unreadable", "DOCTYPE")
    first = text.find(b"sheetData")
    if _NOT_SO[0] in text[:first]:
        for said in _NOT_SO:
            text = text.replace(said, b"")
        first = text.find(b"sheetData")
    last = text.rfind(b"sheetData", first)
    cells = text[first:last] if first >= 0 else b""
    beside = text[:first + 9] + text[last:] if cells else text
    odd = first >= 0 and (text.count(b"sheetData") > 2 or beside.count(_MAIN) > 1
                          or _has_sign(beside, _ABOVE))
    suspect = odd or any(word in beside for word in (_SPREAD if first >= 0 else _OVER))
    if suspect:
        _check_spread(text)
    if first >= 0:
        _check_near(text, cells, odd)
        return suspect or b"<conditionalFormatting" in beside or _lacks_results(cells) or _has_sign(
            cells, _SIGNS)
    if b"cellXfs" in text:
        return suspect or _has_odd_looks(text)
    return suspect or (b"rPr>" in text and b"sst" in text)


def _has_sign(text: bytes, signs: Mapping[bytes, bytes]) -> bool:
    """Tell if one of some signs stands in a text; each is given with a letter of it."""
    for sign, letter in signs.items():
        if letter in text and sign in text:
            return True
    return False


@lru_cache(maxsize=8)
def _has_odd_looks(styles: bytes) -> bool:
    """Tell if some cell may look otherwise; one program writes the same styles in all returns."""
    return any(odd.search(styles) for odd in _ODD_LOOKS)


def _lacks_results(cells: bytes) -> bool:
    """Tell if there may be a formula without a number beside it, as the form's totals have one."""
    return b"f" in cells and (cells.count(b"<f") > (
        cells.count(b"</f><v>") - cells.count(b"</f><v><"))) or b"'" in cells and b"='" in cells


def _check_near(text: bytes, cells: bytes, odd: bool) -> None:
    """Reject a sheet with a filled cell far off; read cell by cell only if written unusually."""
    if not (odd or _NOT_NEAR.search(cells) or b"x" in cells and b"xmlns" in cells):
        return
    for _, row in ElementTree.iterparse(BytesIO(text)):
        if _tag(row) == "row":
            for cell in row:
                place = cell.get("r") or f"A{row.get('r', 1)}"
                if len(cell) and not _NEAR.fullmatch(place):
                    raise Rejected("far_cell", place)
            row.clear()


def _check_spread(text: bytes) -> None:
    """Reject ranges that hold more cells than any form."""
    spread = 0
    for _, part in ElementTree.iterparse(BytesIO(text)):
        if _tag(part) in ("mergeCell", "hyperlink", "comment"):
            top, left, bottom, right = _area(part)
            spread += (right - left + 1) * (bottom - top + 1)
            if spread > MAX_SPREAD:
                raise Rejected("far_cell", part.get("ref"))


def _area(part: ElementTree.Element) -> tuple[int, int, int, int]:
    return _corners(str(part.get("ref")))


def _corners(ref: str) -> tuple[int, int, int, int]:
    first, _, last = ref.partition(":")
    return (*xl_cell_to_rowcol(first), *xl_cell_to_rowcol(last or first))


def _with_usual_errors(parts: dict[str, bytes]) -> dict[str, bytes]:
    """Return parts whose newer errors are #VALUE!, since the fast reader knows no others."""
    return {name: _NEW_ERROR.sub(rb"\1#VALUE!<", text) if b't="e"' in text else text
            for name, text in parts.items()}


def _bundle(parts: dict[str, bytes]) -> bytes:
    """Return parts as a zip file without compression: nobody unpacks them a second time."""
    out, entries, at = [], [], 0
    for name, text in parts.items():
        called = name.encode()
        head = struct.pack("<5H3I2H", 20, 0x800, 0, 0, 33, zlib.crc32(text), len(text), len(text),
                           len(called), 0)
        out += [b"PK\3\4", head, called, text]
        entries += [b"PK\1\2\x14\0", head, struct.pack("<3H2I", 0, 0, 0, 0, at), called]
        at += 4 + len(head) + len(called) + len(text)
    size = sum(map(len, entries))
    return b"".join([*out, *entries, b"PK\5\6", struct.pack(
        "<4H2IH", 0, 0, len(parts), len(parts), size, at, 0)])


def _read_fast(parts: dict[str, bytes]) -> list[Sheet]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    book = CalamineWorkbook.from_filelike(BytesIO(_bundle(parts)))
    return [Sheet(about.name, book.get_sheet_by_name(about.name).to_python(skip_empty_area=False),
                  about.visible != SheetVisibleEnum.Visible, {})
            for about in book.sheets_metadata if about.typ == SheetTypeEnum.WorkSheet]


def _tag(part: ElementTree.Element) -> str:
    return part.tag.rpartition("}")[2]


def _all(part: ElementTree.Element | None, tag: str) -> Iterator[ElementTree.Element]:
    return (p for p in (() if part is None else part.iter()) if _tag(p) == tag)


def _first(part: ElementTree.Element | None, tag: str) -> ElementTree.Element | None:
    return next(_all(part, tag), None)


def _is_on(part: ElementTree.Element | None, name: str = "val", default: str = "0") -> bool:
    return part is not None and part.get(name, default).lower() not in ("0", "false")


def _text(part: ElementTree.Element) -> str:
    return "".join(t.text or "" for t in _all(part, "t"))


def _links(parts: dict[str, bytes], name: str) -> list[tuple[str, str, str]]:
    """Return id, kind and name of each part that a part points to."""
    folder, _, file = name.rpartition("/")
    text = parts.get(f"{folder}/_rels/{file}.rels", b"<none/>")
    return [(str(link.get("Id")), str(link.get("Type")).rpartition("/")[2], posixpath.normpath(
        _lower(posixpath.join(f"/{folder}", str(link.get("Target"))))).lstrip("/"))
        for link in ElementTree.fromstring(text) if link.get("TargetMode") != "External"]


def _look_again(parts: dict[str, bytes], sheets: list[Sheet]) -> list[Sheet]:
    """Add what the fast reader leaves out: faults of cells, and notes on what people see."""
    roots = {kind: ElementTree.fromstring(parts[name])
             for _, kind, name in _links(parts, "xl/workbook.xml")
             if kind in ("styles", "sharedStrings")}
    theme = _theme(parts)
    looks = _looks(roots.get("styles"), theme)
    strings = [_runs(item, theme) for item in _all(roots.get("sharedStrings"), "si")]
    places, out = _places(parts), []
    for sheet in sheets:
        notes: dict[tuple[int, int], list[Fault]] = defaultdict(list)
        root = ElementTree.fromstring(parts[places[sheet.name]])
        rules = _rules(root, roots.get("styles"), theme)
        _scan(root, sheet.rows, looks, strings, notes, rules)
        for _, kind, name in _links(parts, places[sheet.name]):
            if kind == "comments":
                _comments(ElementTree.fromstring(parts[name]), notes)
            elif kind == "drawing":
                _drawings(ElementTree.fromstring(parts[name]), sheet.rows, notes)
        out.append(sheet._replace(notes=dict(notes)))
    return out


def _places(parts: dict[str, bytes]) -> dict[str, str]:
    """Return the part of each sheet by its name."""
    names = {key: name for key, _, name in _links(parts, "xl/workbook.xml")}
    return {str(sheet.get("name")): names[next(v for k, v in sheet.items() if k.endswith("}id"))]
            for sheet in _all(ElementTree.fromstring(parts["xl/workbook.xml"]), "sheet")}


def _comments(root: ElementTree.Element, notes: dict[tuple[int, int], list[Fault]]) -> None:
    for comment in _all(root, "comment"):
        if text := _THREADED.sub("", without_marks(_text(comment))):
            notes[xl_cell_to_rowcol(str(comment.get("ref")))].append(Fault("comment", text))


def _drawings(root: ElementTree.Element, rows: list[list[Any]],
              notes: dict[tuple[int, int], list[Fault]]) -> None:
    """Note what boxes of text say, and the cells that a picture, a shape or a chart lies over."""
    for anchor in root:
        (top, left, _, _), (bottom, right, down, over) = (
            [int(getattr(_first(end, tag), "text", None) or 0)
             for tag in ("row", "col", "rowOff", "colOff")]
            for end in (_first(anchor, "from"), _first(anchor, "to")))
        if said := " ".join(_text(part) for part in _all(anchor, "p")).strip():
            notes[top, left].append(Fault("text_box", said))
        for row, line in enumerate(rows[top:bottom + (down > 0)], top):
            for column in range(left, min(right + (over > 0), len(line))):
                notes[row, column].append(Fault("covered", ""))


def _looks(styles: ElementTree.Element | None, theme: list[str]) -> list[Look]:
    """Return the look of each cell format of a workbook."""
    formats = {"9": "0%", "10": "0.00%"} | {str(f.get("numFmtId")): str(f.get("formatCode"))
                                            for f in _all(_first(styles, "numFmts"), "numFmt")}
    fonts, fills = (list(_all(_first(styles, f"{tag}s"), tag)) for tag in ("font", "fill"))
    out = []
    for look in _all(_first(styles, "cellXfs"), "xf"):
        font = fonts[int(look.get("fontId", 0))] if fonts else None
        fill = fills[int(look.get("fillId", 0))] if fills else None
        pattern = _first(fill, "patternFill")
        solid = pattern is not None and pattern.get("patternType") == "solid"
        ground = _light(_first(fill if solid else None, "fgColor"), theme, 1.0)
        out.append(Look(formats.get(str(look.get("numFmtId")), "General"),
                        _letters(font, theme), ground))
    return out


def _rules(root: ElementTree.Element, styles: ElementTree.Element | None, theme: list[str]
           ) -> list[Rule]:
    """Return the rules of conditional formatting of a sheet that set what is seen of a figure."""
    formats, out = dict(enumerate(_all(_first(styles, "dxfs"), "dxf"))), []
    for part in (part for part in root if _tag(part) == "conditionalFormatting"):
        areas = [_corners(ref) for ref in part.get("sqref", "").split()[:MAX_RULES]]
        for rule in sorted(_all(part, "cfRule"), key=lambda r: int(r.get("priority", 0))):
            look = formats.get(int(rule.get("dxfId", -1)))
            code, ink, ground = _first(look, "numFmt"), _first(_first(look, "font"), "color"), (
                _first(_first(look, "fill"), "bgColor"))
            bare = any(not _is_on(bar, "showValue", "1") for tag in ("dataBar", "iconSet")
                       for bar in _all(rule, tag))  # a bar or a sign in place of the figure
            asks = [rule.get("operator", "")] + [
                (f.text or "").replace(" ", "").upper() for f in _all(rule, "formula")]
            out.append(Rule(
                areas, rule.get("type", ""), asks,
                ";;;" if bare else None if code is None else code.get("formatCode", ""),
                None if ink is None else _light(ink, theme, 0.0),
                None if ground is None else _light(ground, theme, 1.0)))
    return [rule for rule in out if {rule.code, rule.ink, rule.ground} != {None}][:MAX_RULES]


def _repaint(look: Look, place: tuple[int, int], rules: list[Rule], rows: list[list[Any]]) -> Look:
    """Return how a cell looks by the rules that can be told to hold of it; the first one wins."""
    row, column = place
    for rule in reversed(rules):
        if any(top <= row <= bottom and left <= column <= right
               for top, left, bottom, right in rule.areas) and _holds(rule, place, rows):
            ink = look.letters.ink if rule.ink is None else rule.ink
            look = Look(look.code if rule.code is None else rule.code,
                        look.letters._replace(ink=ink),
                        look.ground if rule.ground is None else rule.ground)
    return look


def _holds(rule: Rule, place: tuple[int, int], rows: list[list[Any]]) -> bool:
    """Tell whether a rule holds of a cell: always, of what is filled, or of a number as it asks."""
    operator, *asked = rule.asks
    if rule.kind in ("dataBar", "iconSet", "notContainsBlanks", "notContainsErrors"):
        return True
    if rule.kind == "cellIs":
        value, numbers = rows[place[0]][place[1]], [float(a) for a in asked if _BARE.fullmatch(a)]
        if not isinstance(value, float) or not numbers or len(numbers) < len(asked):
            return False
        if operator in ("between", "notBetween"):
            return (numbers[0] <= value <= numbers[-1]) is (operator == "between")
        return operator in _CELL_IS and bool(_CELL_IS[operator](value, numbers[0]))
    return rule.kind == "expression" and bool(asked) and _is_true(asked[0], rule, place, rows)


def _is_true(formula: str, rule: Rule, place: tuple[int, int], rows: list[list[Any]]) -> bool:
    """Work out the plainest formulas; of any other nothing is said."""
    if _ALWAYS.fullmatch(formula):
        return True
    if not (found := _FILLED.fullmatch(formula) or _COMPARED.fullmatch(formula)):
        return False
    fixed, name, low, number, *compared = [group for group in found.groups() if group is not None]
    row, column = xl_cell_to_rowcol(name + number)
    top, left = (min(area[at] for area in rule.areas) for at in (0, 1))
    row, column = row + (place[0] - top) * (not low), column + (place[1] - left) * (not fixed)
    value = rows[row][column] if 0 <= row < len(rows) and 0 <= column < len(rows[row]) else ""
    if not compared:
        return value != ""
    return isinstance(value, float) and bool(_COMPARE[compared[0]](value, float(compared[1])))


def _letters(font: ElementTree.Element | None, theme: list[str]) -> Letters:
    raised = getattr(_first(font, "vertAlign"), "attrib", {}).get("val", "baseline") != "baseline"
    return Letters(_is_on(_first(font, "strike"), default="1"), raised,
                   _light(_first(font, "color"), theme, 0.0))


def _themes(data: bytes) -> dict[str, bytes]:
    archive = zipfile.ZipFile(BytesIO(data))
    return {name: archive.read(name) for name in archive.namelist()
            if name.startswith("xl/theme/") and name.endswith(".xml")}


def _theme(parts: dict[str, bytes]) -> list[str]:
    """Return the colours of a theme in the order in which cells number them."""
    root = next((ElementTree.fromstring(text) for name, text in parts.items()
                 if name.startswith("xl/theme/")), None)
    scheme = [str(c.get("lastClr") or c.get("val")) for kind in _all(root, "clrScheme")
              for colour in kind for c in colour]
    return [scheme[at] for at in (1, 0, 3, 2, *range(4, len(scheme)))] if len(scheme) > 3 else []


def _light(colour: ElementTree.Element | None, theme: list[str], default: float) -> float | None:
    """Return the luminance of a colour, 0 black to 1 white, weighed about as WCAG 2 does.

    Nothing where it is not known.
    """
    if colour is None or _is_on(colour, "auto"):
        return default
    rgb, number, tint = colour.get("rgb"), colour.get("theme"), float(colour.get("tint", 0))
    if rgb is None and number is not None:
        rgb = theme[int(number)] if int(number) < len(theme) else None
    elif rgb is None:
        from openpyxl.styles.colors import COLOR_INDEX

        at = int(colour.get("indexed", 64))
        if at >= len(COLOR_INDEX):  # the system's: 64 letters, 65 ground
            return default
        rgb = COLOR_INDEX[at]
    if rgb is None or not re.fullmatch(r"[0-9a-fA-F]{6,8}", rgb):
        return None
    parts = [int(rgb[-6:][at:at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (p * (1 + tint) if tint < 0 else p + (1 - p) * tint for p in parts)
    return 0.2126 * red * red + 0.7152 * green * green + 0.0722 * blue * blue


def _is_faint(ink: float | None, ground: float | None) -> bool:
    """Tell whether nobody sees letters on their ground; pale ones are still read."""
    return ink is not None and ground is not None and (
        max(ink, ground) + 0.05 < 1.2 * (min(ink, ground) + 0.05))


def _runs(item: ElementTree.Element, theme: list[str]) -> Runs:
    """Return the letters of each run of a text that says anything; none: as its cell has them."""
    return tuple(None if (font := _first(run, "rPr")) is None else _letters(font, theme)
                 for run in item if _tag(run) == "r" and _text(run).strip())


@lru_cache(maxsize=1024)
def _seen(runs: Runs, look: Look) -> str:
    """Return how a text is seen: ``struck`` or ``invisible`` as a whole, ``runs`` in part."""
    letters = [run or look.letters for run in runs] or [look.letters]
    marked = [(one.struck, _is_faint(one.ink, look.ground)) for one in letters]
    if any(one.raised for one in letters) and runs or len(set(marked)) > 1:
        return "runs"
    return "struck" if marked[0][0] else "invisible" if marked[0][1] else ""


_place = lru_cache(maxsize=8192)(xl_cell_to_rowcol)


def _is_flat(part: ElementTree.Element, size: str) -> bool:
    """Tell whether a row or column is hidden, or too small to be seen."""
    return _is_on(part, "hidden") or float(part.get(size, 9)) < 1


def _scan(root: ElementTree.Element, rows: list[list[Any]], looks: list[Look],
          strings: list[Runs], notes: dict[tuple[int, int], list[Fault]],
          rules: list[Rule]) -> None:
    """Put the faults of a sheet in its rows, and note what is hidden, merged or shown otherwise."""
    parts = {_tag(part): part for part in root}
    flat = {at for col in parts.get("cols", ()) if _is_flat(col, "width")
            for at in range(int(col.get("min", 1)) - 1, min(int(col.get("max", 1)), 1000))}
    merged = {(row, column) for part in parts.get("mergeCells", ())
              for top, left, bottom, right in [_area(part)]
              for row in range(top, bottom + 1) for column in range(left, right + 1)}
    none = _is_on(parts.get("sheetFormatPr"), "zeroHeight")
    at_row = -1
    for line in parts.get("sheetData", ()):
        at_row, column = int(line.get("r", at_row + 2)) - 1, -1
        low = _is_flat(line, "ht") or (none and line.get("ht") is None)
        for cell in line:
            at_row, column = (_place(place) if (place := cell.get("r"))
                              else (at_row, column + 1))
            value = rows[at_row][column] if at_row < len(rows) and column < len(
                rows[at_row]) else ""
            if value == "" and not len(cell):
                continue
            found = [Fault("hidden", "")] if low or column in flat else []
            found += [Fault("merged", "")] if (at_row, column) in merged else []
            look = looks[int(cell.get("s", 0))] if looks else Look()
            look = _repaint(look, (at_row, column), rules, rows) if rules and value != "" else look
            fault, seen = _inspect(cell, value, look, strings)
            if fault:
                _put(rows, at_row, column, fault)
            if (fault or value != "") and (said := found + seen):
                notes[at_row, column] += said
    width = max(map(len, rows), default=0)
    for row in rows:
        row += [""] * (width - len(row))


def _inspect(cell: ElementTree.Element, value: Any, look: Look, strings: list[Runs]
             ) -> tuple[Fault | None, list[Fault]]:
    """Return what is wrong with a cell, and what is to be noted of how it shows its value."""
    parts, kind = {_tag(part): part for part in cell}, cell.get("t")
    formula, stored = parts.get("f"), parts.get("v")
    text = "" if stored is None else stored.text or ""
    if kind == "e":
        return Fault("error_value", text), []
    if formula is not None and not text and kind != "str":
        return Fault("formula", f"={formula.text or ''}"), []
    runs = _runs(parts["is"], []) if "is" in parts else ()
    how = _seen(strings[int(text)] if kind == "s" else runs, look)
    if how == "runs" and re.search(r"\d", str(value)):
        return Fault("runs", str(value)), []
    seen = [Fault(how, "")] if how in ("struck", "invisible") else []
    seen += _units_shown(look.code)
    if isinstance(value, float) and (shows := shown(look.code, value)) is not None:
        if "%" in shows:
            return Fault("percent", shows), seen
        seen.append(Fault("shown", shows) if shows.strip() else Fault("invisible", ""))
    return None, seen


@lru_cache(maxsize=1024)
def _units_shown(code: str) -> list[Fault]:
    return [Fault("unit", said) for said in _UNIT_SHOWN.findall(_GAP.sub(r"\1", code))]


@lru_cache(maxsize=1024)
def _sections(code: str) -> list[list[tuple[str, ...]]]:
    """Return the parts of a number format, each as the pieces it is made of."""
    sections: list[list[tuple[str, ...]]] = [[]]
    for found in _FORMAT.findall(code):
        if found[6]:
            sections.append([])
        else:
            sections[-1].append(found)
    return sections


def shown(code: str, value: float) -> str | None:
    """Return what a cell shows of a number by its format, ``None`` where that is the number.

    Examples
    --------
    >>> shown('#,##0,', 12000.0), shown('0"000"', 35.0), shown('0.0"%"', 85.0), shown(';;;', 1.0)
    ('12', '35000', '85%', '')
    >>> shown('#,##0 "người"', 35.0), shown('_-* #,##0 "₫"_-;-* #,##0_-;_-* "-"_-', 0.0)
    (None, None)
    """
    section = _section(_sections(code), value)
    digits = "".join(found[5] for found in section)
    scale = len((re.search(r",+(?=$|\.)", digits) or [""])[0])
    bare = sum(found[7] == "%" for found in section)
    said, out = "".join(_literal(found) for found in section), ""
    if not value and said.strip() in ("-", "–", "—", "0"):
        return None
    if not digits and not any(found[4] for found in section):
        return said
    for found in section:
        out += _literal(found)
        if (found[4] or found[5]) and "\0" not in out:
            out += "\0"
    order = "".join("0" if found[5] else "." * bool(_literal(found).strip()) for found in section)
    words = re.sub(r"[\s()./,:'\0]+", " ", out.removeprefix("+")).strip().casefold()
    plain = words in _HARMLESS or not _OTHERWISE.search(words)
    if plain and not scale and not re.search(r"0\.+0", order):  # nor a sign between the digits
        return None
    return out.replace("\0", f"{value * 100 ** bare / 1000 ** scale:.10g}").strip()


def _literal(found: tuple[str, ...]) -> str:
    """Return what one piece of a format writes as it stands."""
    return "".join(found[:3]) + found[7]


def _section(sections: list[list[tuple[str, ...]]], value: float) -> list[tuple[str, ...]]:
    """Return the part of a format that a number falls under: by its conditions, or its sign."""
    asked = [_CONDITION.match(next((f[3] for f in part if _CONDITION.match(f[3])), ""))
             for part in sections]
    if any(asked):
        return next((part for part, condition in zip(sections, asked, strict=True)
                     if condition is None or _COMPARE[condition[1]](value, float(condition[2]))),
                    sections[-1])
    return sections[1 if value < 0 and sections[1:] else 2 if not value and sections[2:] else 0]


def _put(rows: list[list[Any]], row: int, column: int, fault: Fault) -> None:
    rows += [[] for _ in range(row + 1 - len(rows))]
    rows[row] += [""] * (column + 1 - len(rows[row]))
    rows[row][column] = fault
