"""Dates of receipt in lists, ``receipts.csv`` beside the returns, kept by who receives them."""

import csv
import datetime
import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from kgge.files import split_rows
from kgge.labels import code_of
from kgge.returns.cells import fold, read_date
from kgge.returns.form import Form
from kgge.returns.parse import NOT_YET, Return, as_text, doubt_receipt, units_named

RECEIPTS = "receipts.csv"
# What each column may be called; of several such columns the one named first here counts.
_COLUMNS = {
    "unit": ("unit", "ma don vi", "don vi", "don vi bao cao", "ten don vi",
             "ten don vi bao cao"),
    "year": ("year", "nam", "nam bao cao"),
    "received_on": ("received_on", "received on", "date of receipt", "ngay nhan",
                    "ngay nhan bao cao", "ngay den", "ngay tiep nhan",
                    "ngay tiep nhan bao cao")}
_WANTED = ", ".join(_COLUMNS)
_NUMBERS = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](?:\d{4}|\d{2})\b")
_CALLED = re.compile(r"receipts\b.*\.(?:csv|tsv|txt|xlsx?|xlsm|xlsb|ods)", re.IGNORECASE)
_TITLES, _LOST = 5, "\ufffd"  # lines above the headings; what stands for a letter of no UTF-8
_YEAR = re.compile(r"(?:nam )?(\d{2}|\d{4})(?:[.,]0+)?", re.ASCII)


class Receipt(NamedTuple):
    """A date of receipt, and where it stands: the list, what is written, row and column."""

    day: datetime.date
    list: Return
    text: str
    either: bool  # day and month may be swapped, as in a cell of Excel
    row: int
    column: int


Key = tuple[str, int]  # unit and year
Dates = dict[Key, list[Receipt]]


def is_list(path: Path) -> bool:
    """Tell whether a file is such a list; on Windows it may be Receipts.CSV as well."""
    return path.name.lower() == RECEIPTS and path.is_file()


def seems_list(one: Return, path: Path) -> bool:
    """Tell whether what is no return is such a list, by its name or heading, called otherwise."""
    if not one.failed or one.unit or one.tables.get("cover"):
        return False
    heads = [[as_text(cell) for cell in line] for tables in one.tables.values()
             for table in tables for line in table.sheet.rows[:_TITLES]]
    if path.suffix.lower() in (".csv", ".txt", ".tsv"):
        with suppress(OSError, csv.Error):
            heads = [cells for _, cells in [*_lines(path)][:_TITLES]]
    return bool(_CALLED.fullmatch(path.name)) or any(min(_places(head)) >= 0 for head in heads)


def _places(head: Sequence[str]) -> list[int]:
    """Return where the columns of a list stand, -1 for one that does not or stands twice."""
    plain = [fold(said).partition("(")[0].strip() for said in head]
    return [next((plain.index(name) for name in names if plain.count(name) == 1), -1)
            for names in _COLUMNS.values()]


def read_receipts(path: Path, form: Form) -> tuple[Dates, list[Return]]:
    """Read the lists of a folder, or beside a file: dates by unit and year, and what is wrong."""
    dates: Dates = {}
    folder = path if path.is_dir() else path.parent
    out = [Return(file.relative_to(folder).as_posix(), failed=True) for file in sorted(
        folder.rglob("*") if path.is_dir() else folder.iterdir()) if is_list(file)]
    for one in out:
        try:
            _read_list(one, folder / one.name, form, dates)
        except (OSError, csv.Error) as error:
            one.fault("receipts", type(error).__name__, line=1, wanted=_WANTED)
    return dates, out


def _read_list(out: Return, path: Path, form: Form, dates: Dates) -> None:
    """Add the dates of one list; a line that cannot be used is named and loses only itself."""
    rows = [*_lines(path)] or [(1, [""])]
    at = next((at for at, (_, head) in enumerate(rows[:_TITLES]) if min(_places(head)) >= 0), 0)
    (first, head), rows = rows[at], rows[at + 1:]
    places = _places(head)
    if min(places) < 0:
        _fault(out, "receipts", ", ".join(head), first, 0, _WANTED)
        return
    lines = [(line, cells, [(cells + [""] * len(head))[at] for at in places])
             for line, cells in rows]
    orders = {_order(day) for *_, (_, _, day) in lines}
    for line, cells, (unit, year, day) in lines:
        key, date = (_unit(unit, form), _year(year)), read_date(day)
        for wrong, at, value, wanted, code in (
                (any(cells[len(head):]), 0, ", ".join(cells), _WANTED, "receipts"),
                (key[0] not in form.units, places[0], unit, ", ".join(form.units), "receipts"),
                (key[1] not in form.years, places[1], year, ", ".join(map(str, form.years)),
                 "receipts"),
                (_order(day) == "month", places[2], day, f"31/01/{key[1] + 1}", "list_order"),
                (not NOT_YET.fullmatch(fold(day)) and (date is None or date.year < key[1]),
                 places[2], day, f"31/01/{key[1] + 1}", "receipts")):
            if wrong:
                _fault(out, code, value, line, at, wanted)
                break
        else:
            if date:
                # Excel of the United States writes 1/5/2019, where 01/05/2019 is typed by hand.
                doubtful = "month" in orders or "day" not in orders and not day.startswith("0")
                dates.setdefault(key, []).append(Receipt(
                    date, out, day, bool(doubtful and _NUMBERS.fullmatch(day)), line - 1,
                    places[2]))


def _fault(out: Return, code: str, value: str, line: int, at: int, wanted: str) -> None:
    """Name what cannot be used in a list; once, where it is its letters that cannot be read."""
    code = "list_letters" if _LOST in value else code
    if code not in {fault[3] for fault in out.faults} or code != "list_letters":
        out.fault(code, value, row=line - 1, column=at, line=line, wanted=wanted)


def _order(day: str) -> str:
    """Return what stands first in a date of numbers where that is plain: day, or month."""
    if not (match := _NUMBERS.match(day)):
        return ""
    first, second = map(int, match.groups())
    return "day" if second <= 12 < first else "month" if first <= 12 < second <= 31 else ""


def _unit(text: str, form: Form) -> str:
    """Return the unit that a list means: by its code, its name, or the name of its office."""
    if (code := code_of("unit", text)) in form.units:
        return code
    named = units_named(fold(text), form)
    return named[0] if len(named) == 1 else text


def _year(text: str) -> int:
    """Return the year of a line, also where a spreadsheet made 2018.0 of it, or of 18."""
    match = _YEAR.fullmatch(fold(text))
    return int(match[1]) + 2000 * (len(match[1]) == 2) if match else 0


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines that hold anything with their numbers, however a spreadsheet wrote them."""
    data = path.read_bytes()
    coding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    yield from split_rows(
        unicodedata.normalize("NFC", data.decode(coding, "replace")).replace("\0", ""))


def check_dates(dates: Dates, form: Form) -> None:
    """Doubt the dates of the lists as those of covers; a correction may well come late."""
    for (_, year), several in dates.items():
        for at, one in enumerate(sorted(several, key=lambda r: r.day)):
            said = one.day if one.either and at == 0 else one.text
            doubt_receipt(one.list, (said, "", one.row, one.column), one.day, form.due_on[year])
