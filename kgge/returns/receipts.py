"""Dates of receipt in one list, ``receipts.csv`` beside the returns, kept by who receives them."""

import datetime
from collections.abc import Sequence
from pathlib import Path

from kgge.files import DataError, read_rows
from kgge.returns.cells import read_date, read_year
from kgge.returns.form import Form
from kgge.returns.parse import Return

RECEIPTS = "receipts.csv"
_COLUMNS = ("unit", "year", "received_on")
_DATED = ("no_date", "received_on", "far_date", "swapped_date")  # what a cover's date is told


def read_receipts(folder: Path, form: Form) -> tuple[dict[tuple[str, int], datetime.date], Return]:
    """Read the list of a folder, if it has one: dates by unit and year, and what is wrong in it."""
    dates: dict[tuple[str, int], datetime.date] = {}
    out = Return(RECEIPTS, failed=True)
    if not (folder / RECEIPTS).is_file():
        return dates, out
    try:
        rows = read_rows(folder / RECEIPTS, _COLUMNS)
    except DataError as error:
        out.fault("receipts", str(error), line=1, wanted=", ".join(_COLUMNS))
        return dates, out
    for line, row in rows:
        unit, year, day = (row[name] for name in _COLUMNS)
        key, date = (unit.lower(), read_year(year) or 0), read_date(day)
        for wrong, value, wanted in (
                (key[0] not in form.units, unit, ", ".join(form.units)),
                (key[1] not in form.years, year, ", ".join(map(str, form.years))),
                (date is None and day, day, "31/01/2019"),
                (date and date.year < key[1], day, f"{key[1]} …"),
                (key in dates and dates[key] != date, day, f"{unit} {year}: {dates.get(key)}")):
            if wrong:
                out.fault("receipts", value, line=line, wanted=wanted)
                break
        else:
            if date:
                dates[key] = date
    return dates, out


def date_returns(found: Sequence[Return], dates: dict[tuple[str, int], datetime.date]) -> None:
    """Give each return the date of the list, which stands above what its cover says."""
    for one in found:
        if not one.failed and (date := dates.get((one.unit, one.year))):
            one.received_on = date
            one.faults = [fault for fault in one.faults if fault[3] not in _DATED]
