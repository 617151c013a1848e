"""Dates of receipt in lists, ``receipts.csv`` beside the returns, kept by who receives them."""

import csv
import datetime
import re
import unicodedata
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path

from kgge.labels import code_of
from kgge.returns.cells import fold, read_date, read_year
from kgge.returns.form import Form
from kgge.returns.parse import Return, doubt_receipt

RECEIPTS = "receipts.csv"
_COLUMNS = ("unit", "year", "received_on")
_DATED = ("no_date", "received_on", "far_date", "swapped_date")  # what a cover's date is told
Dates = dict[tuple[str, int], datetime.date]


def is_list(path: Path) -> bool:
    """Tell whether a file is such a list; on Windows it may be Receipts.CSV as well."""
    return path.name.lower() == RECEIPTS and path.is_file()


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
            one.fault("receipts", type(error).__name__, line=1, wanted=", ".join(_COLUMNS))
    return dates, out


def _read_list(out: Return, path: Path, form: Form, dates: Dates) -> None:
    """Add the dates of one list; a line that cannot be used is named and loses only itself."""
    (first, head), *rows = [*_lines(path)] or [(1, [""])]
    places = [at for name in _COLUMNS for at, said in enumerate(head) if fold(said) == name]
    if len(places) != len(_COLUMNS):
        out.fault("receipts", ", ".join(head), row=first - 1, column=0, line=first,
                  wanted=", ".join(_COLUMNS))
        return
    for line, cells in rows:
        unit, year, day = ((cells + [""] * len(head))[at] for at in places)
        key, date = (code_of("unit", unit), read_year(year) or 0), read_date(day)
        for wrong, at, value, wanted in (
                (any(cells[len(head):]), 0, ", ".join(cells), ", ".join(_COLUMNS)),
                (key[0] not in form.units, places[0], unit, ", ".join(form.units)),
                (key[1] not in form.years, places[1], year, ", ".join(map(str, form.years))),
                (day and (date is None or date.year < key[1]), places[2], day,
                 f"31/01/{key[1] + 1}"),
                (date and dates.get(key, date) != date, places[2], day,
                 f"{key[0]} {key[1]}: {dates.get(key, date or datetime.date.min):%d/%m/%Y}")):
            if wrong:
                out.fault("receipts", value, row=line - 1, column=at, line=line, wanted=wanted)
                break
        else:
            if date:
                dates[key] = date
                doubt_receipt(out, (day, "", line - 1, places[2]), date, form.due_on[key[1]])


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines that hold anything with their numbers, however a spreadsheet wrote them."""
    data = path.read_bytes()
    coding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    text = unicodedata.normalize("NFC", data.decode(coding, "replace")).replace("\0", "")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    named = re.match(r"sep=([,;\t|])\n", text, re.IGNORECASE)  # a line for Excel alone
    head = text.partition("\n")[0]
    reader = csv.reader(StringIO(text), delimiter=named[1] if named else max(
        ",;\t", key=head.count))
    line = 1
    for cells in reader:
        cells = [cell.strip() for cell in cells]
        if any(cells) and not (named and line == 1):
            yield line, cells
        line = reader.line_num + 1


def date_returns(found: Sequence[Return], dates: Dates) -> None:
    """Give each return the date of the list, which stands above what its cover says."""
    for one in found:
        if not one.failed and (date := dates.get((one.unit, one.year))):
            one.received_on = date
            one.faults = [fault for fault in one.faults if fault[3] not in _DATED]
