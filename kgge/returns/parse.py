"""One return: what its cover says, its figures row by row, and every doubt with its cell."""

import csv
import datetime
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from kgge.returns.cells import (
    LIMITS,
    NOT_REPORTED,
    Cell,
    are_words,
    clean,
    fold,
    is_mark,
    plain_dates,
    read_cell,
    read_date,
    read_year,
    read_yes,
    unusual_letters,
)
from kgge.returns.cells import rejected as reject
from kgge.returns.form import ASIDE, COLUMNS, ENTRIES, SHEETS, Form
from kgge.returns.loose import is_accounted
from kgge.returns.period import read_period
from kgge.xlsx import Rejected, Sheet, open_sheets

Place = tuple[Any, str, int, int]  # what stands in a cell; its sheet, row and column
# Days: later than that, day and month of a date of receipt may be swapped. A return a few days
# late is the commonest of all; due on 31 January, later ones have one such day a month, the first.
LATE = 7
_TOP = 20  # ours: so far down a row of codes is looked for that is not spelt as the form does
_NEEDED = ("unit", "year", "illustrative", "version")  # codes that a cover is known by
_DAY, _YEARS = re.compile(r"\b(\d{1,2})/(\d{1,2})/\d{4}\b"), re.compile(r"(?<!\d)\d{4}(?!\d)")
# Units of measure: million dong must be among them, and none of another size or thing.
_MILLION = re.compile(r"\btrieu\b|\btr(?:d|dong)?\b|\bmillion\b")
_OTHER_MEASURE = re.compile(r"\b(?:nghin|ngan (?:d|n)|thousand|t[iy]\b|billion|"
                            r"ho\b|household|usd|phan tram|percent|"
                            r"(?:tram|chuc|van|trieu|million|hundred) "
                            r"(?:luot|nguoi|persons|people|trieu|million|tr\b)|"
                            r"(?:[:=]|\b(?:rieng|tru|except|du an \d)\b[^;]*"  # Dự án 1: đồng
                            r"\b(?:la|theo|bang|tinh|in)) ?dong\b(?! (?:bao|viet|vn)\b)|"
                            r"(?<!trieu )(?<!tr )dong ?\((?:rieng|tru|except)\b.*\btrieu)|"
                            r"1[., ]?000|%|(?<![\d.,])(?:[2-9]|[1-9]\d+) ?(?:trieu|million)|"
                            r"^(?!.*(?<!luot )\b(?:nguoi|person|people)).*"
                            r"\b(?:luot|cuoc|lop|buoi|vu|gia dinh|attendances?)\b")
# A million in figures; what is said not to be counted, how amounts are rounded, what a million is.
_IN_FIGURES = re.compile(r"(?<![\d.,])(?:1(?P<by>[., ]?)000(?P=by)000|10\^6|"
                         r"1[., ]?000 (?:nghin|ngan)) ?(?=d\b|dong|vnd)")
_NO_MEASURE = re.compile(r"\b(?:khong|not)\b[^;,)]*|\b(?:lam tron|rounded)\b[^;)]*|"
                         r"\b1 trieu (?:dong )?=[^;)]*|\b(?:ke|bao gom|tinh) ca\b[^;,)]*|"
                         r"\bincluding\b[^;,)]*")
NOT_YET = re.compile(r"[ .…–—-]*|(?:chua|khong)\b\D*")  # a date of receipt: Chưa nhận
_HEADERS = {column.code for columns in COLUMNS.values() for column in columns}


# A return that stands for no earlier one: Không thay thế; without a date gửi lần đầu, but not sửa
# đổi lần 1; of a number, or of a date not remembered, something is said.
_NO_OTHER = re.compile(
    r"(?:khong|ko|chua)\b(?! (?:nho|ro|biet|xac dinh|chac|ghi))|no\b(?!\.? ?\d)|(?:none|n/a)\b")
_FIRST = re.compile(r"(?:(?!sua|thay|bo sung|dinh chinh|dieu chinh|cap nhat).){0,20}"
                    r"\b(?:lan (?:dau|1|thu nhat)|dau tien|first)\b")


class Line(NamedTuple):
    """A row of a table: sheet, row (from 0), and by column code: place, what stands there, cell."""

    sheet: str
    row: int
    cells: dict[str, tuple[int, Any, Cell]]
    filled: bool


class Table(NamedTuple):
    """A sheet of the form: its row of column codes (from 0) and the place of each code in it."""

    sheet: Sheet
    header: int
    places: dict[str, int]


@dataclass
class Return:
    """One file as read; `submitted` counts its filled entry cells, `lost` holds those rejected."""

    name: str
    unit: str = ""
    sender: str = ""  # the unit, where the cover names it otherwise than by its code
    year: int = 0
    period: int = 0  # the one year of the plan that its period names
    received_on: datetime.date | None = None
    replaces: bool = False
    illustrative: bool | None = None
    cover: dict[str, Place] = field(default_factory=dict)  # by code: what stands beside it
    failed: bool = False
    current: bool = True  # of the edition of the form in use
    tables: dict[str, list["Table"]] = field(default_factory=dict)
    submitted: int = 0
    lines: dict[str, list[Line]] = field(default_factory=dict)
    past: list[tuple[str, str, Cell, Place]] = field(default_factory=list)  # last year's, printed
    faults: list[tuple[str, int, int, str, str, dict[str, Any]]] = field(default_factory=list)
    lost: set[tuple[str, int, int]] = field(default_factory=set)
    doubts: dict[tuple[str, int], dict[str, None]] = field(
        default_factory=lambda: defaultdict(dict))  # by sheet and row, -1 for all of it

    def fault(self, code: str, value: object = "", sheet: str = "", row: int = -1,
              column: int = -1, **details: object) -> None:
        """Note a problem; row and column from 0, -1 for all of the sheet. A fatal one fails."""
        said: Any = value if isinstance(value, (float, datetime.date)) else as_text(value)
        if said in ("-", "–", "—", "−") and any(  # which is 0 where figures are entered
                lines[0].sheet == sheet for lines in self.lines.values()):
            said = "- (0)"
        self.faults.append((sheet, row, column, code, as_text(value), {"value": said, **details}))
        severity = messages()[code]["severity"]
        self.failed |= severity in ("fatal", "aside")
        if severity == "doubt":
            self.doubts[sheet, row][code] = None

    def beside(self, code: str) -> Place:
        """Return what stands beside a code of the cover, and where."""
        return self.cover.get(code, ("", "", -1, -1))

    def lose(self, code: str, line: Line, column: str, **details: object) -> None:
        """Note an error that rejects the figure of one entry cell."""
        at, value, _ = line.cells[column]
        self.fault(code, value, line.sheet, line.row, at, **details)
        self.lost.add((line.sheet, line.row, at))
        line.cells[column] = (at, value, reject(code))


@lru_cache(maxsize=1)
def messages() -> dict[str, dict[str, str]]:
    """Return severity and messages of each kind of problem.

    Of a fatal one the file is not read; one set aside is no return, or no longer the one that
    counts: a warning. A doubt is a warning about a figure that stays.
    """
    with Path(__file__).with_name("problems.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file)}


@lru_cache(maxsize=4096, typed=True)
def as_text(value: object, limit: int = 200) -> str:
    """Return what stands in a cell as text of limited length; dates as 2019-01-31."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    text = clean(str(value).upper() if isinstance(value, bool) else str(value))
    return text.encode("utf-8", "replace").decode()[:limit]


def read_file(name: str, path: Path, form: Form) -> Return:
    """Read and check one file; whatever is wrong with it becomes a problem, never an exception."""
    out = Return(name)
    try:
        sheets, links = open_sheets(path)
    except Rejected as why:
        out.fault(*why.args)
        return out
    if links:
        out.fault("external_links")
    tables = out.tables = _find_tables(out, sheets)
    _read_cover(out, tables["cover"], form)
    for kind, known in (("indicators", form.persons), ("spending", form.money)):
        asked = form.asked(kind, out.unit)
        if not tables[kind]:
            out.fault("no_sheet", SHEETS[kind])
        for table in tables[kind]:
            _read_lines(out, table, asked, known, ENTRIES[kind])
        missing = [code for code in asked if code not in out.lines]
        if out.unit and tables[kind] and missing:
            out.fault("no_row", ", ".join(missing[:5]) + (" …" if missing[5:] else ""),
                      tables[kind][0].sheet.name)
    _check_lines(out, form)
    return out


def _find_tables(out: Return, sheets: list[Sheet]) -> dict[str, list[Table]]:
    """Return the sheets of the form by their kind; note the others, and what is said beside."""
    tables: dict[str, list[Table]] = defaultdict(list)
    for sheet in sheets:
        for (row, column), note in ((place, n) for place, ns in sheet.notes.items() for n in ns):
            if note.code in ("comment", "text_box"):
                out.fault(note.code, note.text, sheet.name, row, column)
        kind, table = find_table(sheet, out)
        if kind and sheet.hidden:
            out.fault("hidden_sheet", sheet=sheet.name)
        if not kind:
            kind, table = _find_aside(sheet)
        tables[kind].append(table)
        if not kind and any(as_text(cell) for line in sheet.rows for cell in line):
            out.fault("extra_sheet", sheet.name, sheet.name)
    return tables


def _find_aside(sheet: Sheet) -> tuple[str, Table]:
    """Find the row above the totals or rules of a sheet of the form that holds no entries."""
    for row, line in enumerate(sheet.rows[:20]):
        for code in ASIDE:
            if code in line[:5]:
                return code, Table(sheet, row, {})
    return "", Table(sheet, -1, {})


def find_table(sheet: Sheet, out: Return) -> tuple[str, Table]:
    """Find the row of column codes of a sheet; the kind is ``""`` where there is none."""
    rows = chain(
        (row for row, line in enumerate(sheet.rows) if "code" in line),
        (row for row, line in enumerate(sheet.rows[:_TOP]) if any(  # " Code", where none is exact
            type(value) is str and len(said := value.strip()) == 4 and said.lower() == "code"
            for value in line)))
    for row in rows:
        kind, places, lacking = _read_codes(tuple(sheet.rows[row]))
        if kind:
            for code in lacking:
                out.fault("no_column", code, sheet.name)
            return kind, Table(sheet, row, places)
    return "", Table(sheet, -1, {})


@lru_cache(maxsize=1024)
def _read_codes(line: tuple[Any, ...]) -> tuple[str, dict[str, int], list[str]]:
    """Return the kind of sheet whose columns a row codes, their places, and which it lacks."""
    texts = [as_text(value).lower() for value in line]
    kind = next((k for k, wanted in ENTRIES.items() if not {*wanted}.isdisjoint(texts)), "")
    lacking = [code for code in ENTRIES.get(kind, ()) if texts.count(code) != 1]
    return kind, {text: at for at, text in enumerate(texts)
                  if text in _HEADERS and text not in lacking}, lacking


def _read_lines(out: Return, table: Table, asked: Mapping[str, Any], known: Mapping[str, Any],
                entries: Sequence[str]) -> None:
    """Read the rows of one table below its header; nothing that stands there is passed over."""
    sheet, header, places = table
    at_code, columns = places["code"], [(name, places.get(name, -1)) for name in entries]
    beside = [(at, "") for at in range(len(sheet.rows[header])) if at not in places.values()]
    beside += [(at, name[5:]) for name, at in places.items() if name.startswith("last_")]
    spelled, notes = {code.lower(): code for code in known}, sheet.notes
    take = itemgetter(at_code, at_code, *(at for _, at in columns if at >= 0))  # always several
    nothing = ("",) * len(columns)
    blank = {name: (at, "", NOT_REPORTED) for name, at in columns}
    for row, values in enumerate(sheet.rows[header + 1:], header + 1):
        code = values[at_code]
        if code != "" and code not in asked:
            code = as_text(code)
            code = spelled.get(code.lower(), code)
        cells = {**blank} if take(values)[2:] == nothing else {
            name: (at, value := values[at], read_cell(value, name)) if at >= 0
            else (-1, "", NOT_REPORTED) for name, at in columns}
        filled = [name for name, cell in cells.items() if cell[2] is not NOT_REPORTED]
        if code == "" and not filled:
            continue
        line, stray = Line(sheet.name, row, cells, bool(filled)), ""
        if code in asked:
            out.lines.setdefault(code, []).append(line)
        else:
            stray, filled = _stray(code, known, cells, filled)
            filled = [name for name in filled if code or not is_accounted(
                sheet.rows, row, cells[name][0], at_code, name)]
        out.submitted += len(filled)
        for name in filled:
            at, _, cell = cells[name]
            if stray or cell.problem:
                _note(out, line, name, stray, code)
            if notes and (row, at) in notes:
                _note_look(out, line, name, sheet)
        for at, figure in beside if code in known else ():
            if (value := values[at]) != "":
                _read_beside(out, (value, sheet.name, row, at), code, figure)


def _read_beside(out: Return, place: Place, code: str, figure: str) -> None:
    """Keep what stands as last year's figure; name what else stands beside the entries."""
    if figure and (cell := read_cell(place[0], figure)).state != "rejected":
        out.past.append((code, figure, cell, place))
    elif as_text(place[0]):
        out.fault("not_read", *place)


def _stray(code: str, known: Mapping[str, Any], cells: Mapping[str, Any], filled: list[str]
           ) -> tuple[str, list[str]]:
    """Return what is wrong with a row that is not asked; words in it are no figures gone astray."""
    if code in known:
        return "not_asked", filled
    return "unknown_code" if code else "no_code", [
        name for name in filled if not are_words(*cells[name][1:])]


def _note_look(out: Return, line: Line, name: str, sheet: Sheet) -> None:
    """Note how an entry cell looks, where that is not the figure in it."""
    at, value, _ = line.cells[name]
    for note in sheet.notes[line.row, at]:
        if note.code == "merged":
            out.lose("merged", line, name)
        elif note.code not in ("comment", "text_box", "unit") and not (
                name == "attendances" and re.fullmatch(r"[\d.,]+ ?lượt(?: người)?", note.text)):
            out.fault(note.code, value, sheet.name, line.row, at, wanted=note.text)


def _note(out: Return, line: Line, name: str, stray: str, code: str) -> None:
    """Note what is wrong with a cell: it stands in a stray row, is rejected, or is in doubt."""
    at, value, cell = line.cells[name]
    if stray:
        out.lose(stray, line, name, wanted=code)
    elif cell.state == "rejected":
        out.lose(cell.problem, line, name, wanted=LIMITS[name])
    else:
        wanted = unusual_letters(value) if cell.problem == "unusual" else cell.number
        out.fault(cell.problem, value, line.sheet, line.row, at, wanted=wanted)


def _read_cover(out: Return, covers: list[Table], form: Form) -> None:
    read = [(table, cover_cells(table)) for table in covers if "value" in table.places]
    out.cover = {"replaces" if "thay the" in fold(code) else code: places[0]
                 for _, cells in read for code, places in cells.items()}
    whole = [(table, cells) for table, cells in read if cells.keys() >= {*_NEEDED}]
    if len(whole) != 1:
        lacking = [", ".join(code for code in _NEEDED if code not in cells) for _, cells in read]
        out.fault("no_cover", ", ".join(table.sheet.name for table, _ in whole)
                  or "; ".join(lacking) or "–", covers[0].sheet.name if len(covers) == 1 else "")
        return
    (table, cells), = whole
    for name in [other.sheet.name for other in covers if other is not table]:
        out.fault("extra_sheet", name, name)
    sheet, said = table.sheet, {code: places[0] for code, places in cells.items()}
    for code, place in ((c, p) for c, places in cells.items() for p in places[1:] if c):
        if as_text(place[0]) not in ("", as_text(said[code][0])):
            out.fault("cover_twice" if code in _NEEDED else "not_read", *place, wanted=code)
    version, *versions = map(_letters, (as_text(said["version"][0]), *form.versions))
    out.current = version == versions[-1]
    if version not in versions:
        out.fault("version", *said["version"], wanted=form.version)
    out.illustrative = read_yes(said["illustrative"][0])
    if out.illustrative is None:
        out.fault("illustrative", *said["illustrative"])
    out.year = read_year(said["year"][0]) or 0
    named = read_period(as_text(said.get("period", ("",))[0]), form.years[0]).years & {*form.years}
    out.period = min(named) if len(named) == 1 else 0
    _read_unit(out, said, form)
    due = form.due.get(out.unit, form.years)
    if out.year not in due:
        out.fault("year", *said["year"], wanted=", ".join(map(str, due)))
    else:
        _check_printed(out, said, form.years[0])
        _read_replaces(out, said)
        _check_owner(out, form)
    if not out.failed:
        _read_receipt(out, said.get("received_on", ("", sheet.name, -1, -1)), form)


@lru_cache(maxsize=1024)
def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", fold(text))


def cover_cells(table: Table) -> dict[str, list[Place]]:
    """Return what stands beside each code of a cover: the first that says anything first."""
    sheet, header, places = table
    out: dict[str, list[Place]] = defaultdict(list)
    for row, line in enumerate(sheet.rows[header + 1:], header + 1):
        out[as_text(line[places["code"]])].append(
            (line[places["value"]], sheet.name, row, places["value"]))
    return {code: sorted(found, key=lambda p: not as_text(p[0])) if found[1:] else found
            for code, found in out.items()}


def _read_replaces(out: Return, said: dict[str, Place]) -> None:
    """Read whether the return stands for an earlier one of its year: a date, or yes."""
    place = next((p for code, p in said.items() if code == "replaces" or "thay the" in fold(code)),
                 ("", "", -1, -1))
    text = fold(as_text(place[0]))
    dated = read_date(place[0]) or _DAY.search(plain_dates(place[0]))
    none = text in ("", "0", "00:00:00") or is_mark(place[0]) and text != "x" or (
        _NO_OTHER.match(text) or not dated and _FIRST.match(text))
    answer = False if none else read_yes(place[0])
    if answer is None and not dated:
        out.fault("replaces", *place)
    out.replaces = bool(answer or dated and not none)


def _read_receipt(out: Return, received: Place, form: Form) -> None:
    out.received_on = read_date(received[0])
    if NOT_YET.fullmatch(fold(received[0])):
        out.fault("no_date", *received, wanted=out.year + 1)
    elif out.received_on is None or out.received_on.year < out.year:
        out.fault("received_on", *received, wanted=out.year + 1)
        out.received_on = None
    else:
        doubt_receipt(out, received, out.received_on, form.due_on[out.year])


def doubt_receipt(out: Return, received: Place, day: datetime.date, due: datetime.date) -> None:
    """Doubt a date years off, and one in time if its day and month were those of a US calendar."""
    if not datetime.date(due.year - 1, 12, 1) <= day <= datetime.date(due.year + 2, 1, 1):
        out.fault("far_date", *received, wanted=due)
    elif isinstance(received[0], datetime.date) and day.day <= 12:
        turned = datetime.date(day.year, day.day, day.month)
        sunday = turned.weekday() == 6  # on which no office receives anything
        if turned <= due < day - datetime.timedelta(LATE) and not sunday:
            out.fault("swapped_date", *received, wanted=turned)


def _check_printed(out: Return, said: dict[str, Place], first: int) -> None:
    """Reject a form printed for another year, or whose amounts are not in million dong."""
    nowhere = ("", "", -1, -1)
    period, measure, due = (said.get(code, nowhere) for code in ("period", "measure", "due"))
    for code in ("unit_name", "period", "measure"):
        if not as_text(said.get(code, nowhere)[0]):
            out.fault("cover_blank", *said.get(code, nowhere), wanted=code)
    text = as_text(period[0])
    years, part = read_period(text, first)
    if years - {out.year}:
        out.fault("period", *period, wanted=out.year)
        return
    if text and part:
        out.fault("part_year", *period, wanted=out.year)
    ends = {*map(int, _YEARS.findall(plain_dates(as_text(read_date(due[0]) or due[0]))))}
    if ends and out.year + 1 not in ends:
        out.fault("printed_year", *due, wanted=out.year)
    if as_text(measure[0]) and not _in_million(fold(measure[0])):
        out.fault("measure", *measure)


@lru_cache(maxsize=1024)
def _in_million(text: str) -> bool:
    """Tell whether a folded text says that amounts are in million dong and persons one by one."""
    counted = _NO_MEASURE.sub("", _IN_FIGURES.sub("trieu ", text))
    return not _OTHER_MEASURE.search(counted) and bool(_MILLION.search(counted))


def _read_unit(out: Return, said: dict[str, Place], form: Form) -> None:
    """Take the unit from its code; a name that is another unit's makes the return useless."""
    name = said.get("unit_name", ("", "", 0, 0))
    # What stands first names the unit; an address, or to whom it is sent, may follow.
    head = re.split(r"[(,;\n]|dia chi", fold(str(name[0]).replace("\n", ";")))[0]
    unit = _unit_code(as_text(said["unit"][0]).lower(), head, form)
    if unit not in form.units:
        out.fault("unit", *said["unit"], wanted=", ".join(form.units))
        out.sender = (*units_named(head, form), "")[0]
        return
    out.unit, own = unit, form.labels["unit", unit]
    if not as_text(name[0]) or names_unit(own, head):
        return
    if others := units_named(head, form):
        out.fault("other_unit", *name, wanted=unit, unit=own)
        out.sender = others[0]
    elif not names_unit(own, fold(name[0])):
        out.fault("unit_name", *name, wanted=unit, unit=own)


def _unit_code(code: str, head: str, form: Form) -> str:
    """Return the code of a unit, also where it is typed with tone marks and gaps, or as its name.

    A name counts as a code only if the name beside it is that of the same unit.
    """
    if code in form.units:
        return code
    spelt = re.sub(r"[\W_]+", " ", fold(code)).strip()
    if (plain := spelt.replace(" ", "-")) in form.units:
        return plain
    named = units_named(spelt, form)
    return named[0] if len(named) == 1 and names_unit(form.labels["unit", named[0]], head) else code


def _check_owner(out: Return, form: Form) -> None:
    """Name a sheet on whose head another unit is printed: it was copied from that unit's form."""
    own = form.labels.get(("unit", out.unit), ("", ""))
    for table in (t for tables in out.tables.values() for t in tables if out.unit):
        for row, line in enumerate(table.sheet.rows[:max(table.header, 0)]):
            head, _, name = str(line[0]).partition("·")
            if head and name and not names_unit(own, fold(name)) and units_named(fold(name), form):
                out.fault("unit_name", line[0], table.sheet.name, row, 0,
                          wanted=out.unit, unit=own)


def units_named(text: str, form: Form) -> list[str]:
    """Return the units that a folded text names."""
    return [unit for unit in form.units if names_unit(form.labels["unit", unit], text)]


@lru_cache(maxsize=4096)
def names_unit(labels: tuple[str, str], text: str) -> bool:
    """Tell whether a text holds the name of a unit, in full or by its first letters: Sở LĐTBXH."""
    return any(_is_spelt(own, said) for label in labels for own, said in zip(
        _spellings(fold(label)), _spellings(text), strict=True))


def _spellings(text: str) -> list[list[str]]:
    """Return the words of a name, then without one after the other that people leave out."""
    out = [[word for word in re.split(r"\W+", text) if word not in ("", "va", "and", "of")]]
    for left in ("tinh", "viet nam|vn", "uy ban"):
        out.append(re.sub(rf"\b(?:{left})\b", "", " ".join(out[-1])).split())
    return out


def _is_spelt(own: list[str], said: list[str]) -> bool:
    short = {"".join(own[:n]) + "".join(w[0] for w in own[n:]) for n in range(len(own) - 1)}
    joined = {"".join(said[first:last]) for first in range(len(said))
              for last in range(first + 1, len(said) + 1)} if len(own) > 2 else set()
    return f" {' '.join(own)} " in f" {' '.join(said)} " or not short.isdisjoint(joined)


def _check_lines(out: Return, form: Form) -> None:
    """Check rows that stand twice, then the figures of each."""
    for code, lines in out.lines.items():
        if len(lines) > 1:
            lines.sort(key=lambda line: line.filled, reverse=True)
            for line in lines if lines[1].filled else ():
                for name, (_, _, cell) in line.cells.items():
                    if cell.state not in ("not_reported", "rejected"):
                        out.lose("duplicate_row", line, name, wanted=code)
        if lines[0].filled:
            (_check_money if code in form.money else _check_persons)(out, code, lines[0], form)
    _check_column(out, form)


def _check_column(out: Return, form: Form) -> None:
    """Say once that the persons in all groups are not given; a column that is gone is told."""
    if "no_eligible" not in {fault[3] for fault in out.faults}:
        return
    cells = [line.cells["eligible"] for code, lines in out.lines.items() if code in form.persons
             for line in lines]
    if len(cells) > 2 and all(cell is NOT_REPORTED for _, _, cell in cells):
        out.faults = [fault for fault in out.faults if fault[3] != "no_eligible"]
        if cells[0][0] >= 0:
            out.fault("blank_column", "eligible", out.tables["indicators"][0].sheet.name)


def _check_money(out: Return, code: str, line: Line, form: Form) -> None:
    """Refuse an amount above all that is planned, doubt one above all that is for its line."""
    at, value, amount = line.cells["amount"]
    planned = form.planned[form.money[code][0]]
    if not amount.number > planned:
        return
    whole = sum(form.planned.values())
    if amount.number > whole > 0:
        out.lose("above_whole_plan", line, "amount", wanted=whole)
    elif planned > 0:
        out.fault("above_plan", value, line.sheet, line.row, at, wanted=planned)


def _check_persons(out: Return, code: str, line: Line, form: Form) -> None:
    """Check persons reached against persons eligible, and residents against the census."""
    (place, counted, eligible), (at, value, reached) = line.cells["eligible"], line.cells["reached"]
    census = form.residents.get(out.unit) if form.persons[code][0] == form.census else None
    if census is not None and eligible.number > census:
        out.fault("above_census", counted, line.sheet, line.row, place, wanted=census)
    if reached.number > eligible.number:
        out.lose("above_eligible", line, "reached", wanted=eligible.number)
        out.fault("below_reached", counted, line.sheet, line.row, place, wanted=reached.number)
    elif reached.number > 0 and eligible.state not in ("reported", "rejected"):
        out.fault("no_eligible", value, line.sheet, line.row, at)
