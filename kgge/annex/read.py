"""Reading a budget annex: every printed amount with its place, and whether it adds up.

An annex of this form has a header of years over funding sources with a total at the right, and
below it an outline of projects and lines, each with one amount per year and source and a total.
"""

import logging
import re
import unicodedata
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from kgge.annex.fields import SUFFIXES, YEAR, Cell, Grid, Log, correct, quote, read_grid
from kgge.annex.tree import BULLET, TOTAL, Row, give_items, is_total, number_kinds
from kgge.files import DataError, data_folder, read_rows
from kgge.tables.schemas import conform

log = logging.getLogger(__name__)

_MARK = re.compile(r"</?[a-z]+>|\*\*")  # <i>, </i>, **: marks of the transcription
_DASHES = {"-", "–", "—"}  # yearbooks write a dash for zero
_UNIT = re.compile(r"\W*(?:đơn vị(?: tính)?|đvt|unit)\s*:\s*(.*(?:đồng|vn[đd]|dong|usd)\w*)\W*",
                   re.IGNORECASE)
_MILLION = ("triệu đồng", "triệu vn", "million dong", "million vn")
_AMOUNT = re.compile(r"\d{1,3}(?:([.,\s])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d{1,2})?"
                     r"|\d+(?:[.,]\d{1,2})?")
_JOINED, _SPLIT = "joined label", "label split over two rows"


class Slot(NamedTuple):
    """One column of amounts: its year and funding source; both None for the total."""

    year: int | None
    source: str | None


def read_annex(path: str | Path | None = None,
               corrections: str | Path | None = None) -> pd.DataFrame:
    """Read every printed amount of a budget annex, totals included.

    Parameters
    ----------
    path : str or Path, optional
        Annex as .tsv, .txt (fields parted by tabs, UTF-8) or .xlsx; by default the one file
        named ``*annex*`` in ``data/raw``.
    corrections : str or Path, optional
        CSV with columns line, column, printed, corrected, reason, one row for each value that
        is wrong in the source; an empty `corrected` removes the cell. By default
        ``<stem>.corrections.csv`` beside the annex, where there is one.

    Returns
    -------
    DataFrame
        Key ``item, year, source``; columns item, parent, level, leaf, label, year, source, amount
        (million dong), line, column, text. A row total has no year and source; the last item is
        ``total``. ``attrs["repairs"]`` lists what was mended: line, column, rule, printed,
        corrected, reason.

    Raises
    ------
    DataError
        If anything in the file cannot be read as an annex; names all lines at fault and what
        stands there.

    Notes
    -----
    Source: annex of Plan 27/KH-UBND of 3 March 2016.

    Examples
    --------
    >>> annex = read_annex()
    >>> len(annex), annex.loc[annex["item"] == "total", "amount"].iloc[-1]
    (264, np.float64(6600.0))
    """
    path = Path(path) if path is not None else find_annex()
    beside = path.with_name(f"{path.stem}.corrections.csv")
    if corrections is None and beside.is_file():
        corrections = beside
    repairs: Log = []
    grid = read_grid(path)
    if corrections is not None:
        grid = correct(grid, Path(corrections), repairs)
    slots, first, below = _read_header(grid, path.name)
    faults: list[str] = []
    rows = _read_rows(grid[below:], slots, first, repairs, faults)
    give_items(rows, faults)
    _raise(faults, path.name)
    annex = conform("annex", _frame(rows, slots))
    for repair in repairs:
        log.info("line %(line)s, column %(column)s: %(rule)s (%(reason)s)", repair)
    annex.attrs["repairs"] = sorted(repairs, key=lambda r: (r["line"], r["column"]))
    return annex


def find_annex() -> Path:
    """Return the annex in ``data/raw``; raise ``DataError`` unless there is exactly one."""
    raw = data_folder() / "raw"
    found = sorted(p for p in raw.glob("*annex*") if p.suffix.lower() in SUFFIXES)
    if len(found) != 1:
        raise DataError(f"{raw}: one file named *annex* ({', '.join(SUFFIXES)}) belongs there, "
                        f"found {', '.join(p.name for p in found) or 'none'}")
    return found[0]


def _raise(faults: list[str], name: str) -> None:
    if faults:
        raise DataError(f"{name}: cannot be read as an annex:\n  " + "\n  ".join(faults))


def _read_header(grid: Grid, name: str) -> tuple[list[Slot], int, int]:
    """Return the columns of amounts, the first one's number, and where the rows begin."""
    at = next((i for i, (_, cells) in enumerate(grid)
               if any(YEAR.fullmatch(c.text) for c in cells)), None)
    if at is None or at + 1 >= len(grid):
        raise DataError(f"{name}: no header: a row of years (2016, 2017, …) above a row of "
                        f"funding sources; line {grid[0][0]} reads {quote(grid[0][1][0].text)}")
    line, cells = grid[at]
    faults = _foreign_units(grid[:at + 2])
    years = {c.column: int(m[1]) for c in cells if (m := YEAR.fullmatch(c.text))}
    repeated = sorted({y for y in years.values() if list(years.values()).count(y) > 1})
    faults += [f"line {line}: the year {y} stands twice in the header" for y in repeated]
    source_line, below = grid[at + 1]
    known, year = _printed_sources(), None
    slots: dict[int, Slot] = {}
    for cell in below:
        year = years.get(cell.column, year)
        if year is None or not cell.text or TOTAL.fullmatch(cell.text):
            continue
        source = next((s for s, words in known if words in _fold(cell.text)), None)
        if source is None:
            faults.append(f"line {source_line}: unknown funding source {quote(cell.text)}; "
                          "known are those of data/raw/sources.csv: "
                          + ", ".join(words for _, words in known))
        elif Slot(year, source) in slots.values() and not repeated:
            faults.append(f"line {source_line}: {quote(cell.text)} stands twice under {year}")
        slots[cell.column] = Slot(year, source)
    faults += [f"line {source_line}: no funding source stands under the year {y}"
               for y in years.values() if y not in {s.year for s in slots.values()}]
    last = max(slots, default=0)
    if not any(c.column == last + 1 and TOTAL.fullmatch(c.text)
               for _, row in grid[max(0, at - 3):at + 2] for c in row):
        faults.append(f"line {line}: no column of totals (Tổng cộng) stands right of the amounts")
    _raise(faults, name)
    return [*slots.values(), Slot(None, None)], min(slots), at + 2


def _foreign_units(head: Grid) -> list[str]:
    """Return what is said above the rows of another unit than million dong."""
    found = ((line, m[1]) for line, row in head for c in row if (m := _UNIT.fullmatch(c.text)))
    return [f"line {line}: amounts are in {quote(unit)}; write them in million dong (triệu đồng)"
            for line, unit in found if not _fold(unit).startswith(_MILLION)]


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _printed_sources() -> list[tuple[str, str]]:
    """Return (code, printed words) of the funding sources, from ``data/raw/sources.csv``."""
    path = data_folder() / "raw" / "sources.csv"
    return [(row["source"], _fold(row["printed"]))
            for _, row in read_rows(path, ["source", "printed"])]


def _read_rows(grid: Grid, slots: list[Slot], first: int, repairs: Log,
               faults: list[str]) -> list[Row]:
    """Read the rows below the header, joining labels that were split over two of them."""
    rows: list[Row] = []
    for row in _split_rows(grid, first, len(slots), repairs, faults):
        has_amounts = any(c.text for c in row.cells)
        last = rows[-1] if rows else None
        marked = bool(row.number or BULLET.match(row.label))
        if not has_amounts and not marked:
            if last is not None:
                last.label += " " + row.label
                repairs.append(_repair(row, _JOINED, last.label, _SPLIT))
            continue
        if (has_amounts and not marked and row.label[:1].islower()
                and last and not any(c.text for c in last.cells)):
            repairs.append(_repair(row, _JOINED, f"{last.label} {row.label}", _SPLIT))
            last.label, last.cells, last.line = f"{last.label} {row.label}", row.cells, row.line
            row = rows.pop()
        row.amounts = _amounts(row, faults) if has_amounts else [None] * len(slots)
        rows.append(row)
    return rows


def _repair(row: Row, rule: str, corrected: str, reason: str) -> dict[str, Any]:
    return {"line": row.line, "column": row.column, "rule": rule, "printed": row.label,
            "corrected": corrected, "reason": reason}


def _split_rows(grid: Grid, first: int, wanted: int, repairs: Log,
                faults: list[str]) -> Iterator[Row]:
    """Part each printed row into outline number, label and amounts, wherever they stand in it."""
    began = ended = False
    for at, (line, cells) in enumerate(grid):
        filled = [c for c in cells if c.text]
        if not filled or (at == 0 and _are_column_numbers(filled)):
            continue
        has_number = len(filled) > 1 and number_kinds(filled[0].text) and _words(filled[1].text)
        number = filled.pop(0).text if has_number else ""
        if not _words(filled[0].text):
            faults.append(f"line {line}: no label before {quote(filled[0].text)}")
            continue
        label = filled[0]
        values = [c for c in cells if c.column > label.column]
        while len(values) > wanted and not values[-1].text:
            values.pop()
        while len(values) > wanted and not values[0].text:
            values.pop(0)
        if ended and all(_amount(c.text) is None for c in values):
            continue  # signatures and notes below the grand total
        row = Row(line, label.column, number, _MARK.sub("", label.text).strip(), values)
        if any(c.text for c in values):
            if len(values) != wanted:
                faults.append(f"line {line}: {len(values)} amounts where {wanted} belong "
                              f"({wanted - 1} and the total): {quote(label.text)}")
            elif values[0].column != first:
                repairs.append(_repair(
                    row, "undone shift", row.label,
                    f"amounts begin in column {values[0].column}, the header's in {first}"))
        yield row
        ended, began = ended or (began and is_total(row)), True


def _words(text: str) -> bool:
    return any(ch.isalpha() for ch in text)


def _are_column_numbers(cells: list[Cell]) -> bool:
    digits = [c.text.strip("()") for c in cells]
    return len(digits) > 2 and all(d.isdecimal() and int(d) <= 99 for d in digits) and all(
        int(b) > int(a) for a, b in zip(digits, digits[1:], strict=False))


def _amounts(row: Row, faults: list[str]) -> list[float | None]:
    """Read the amounts of a row; an empty field is a fault, since "-" is how zero is written."""
    out: list[float | None] = []
    for at, cell in enumerate(row.cells):
        amount = _amount(cell.text)
        if amount is None:
            what = "the total" if at == len(row.cells) - 1 else "an amount"
            stands = f"there stands {quote(cell.text)}" if cell.text else "the field is empty"
            faults.append(f"line {row.line}, column {cell.column}: {what} belongs here, "
                          f"{stands}: {quote(row.label)}")
        out.append(amount)
    return out


def _amount(text: str) -> float | None:
    """Read one amount: 1900, 1,900, 1.900, 1 900, 12,5; None where it is none of these."""
    if text in _DASHES:
        return 0.0
    match = _AMOUNT.fullmatch(text)
    if match is None:
        return None
    if match[1]:
        text = re.sub(re.escape(match[1]), "", text)
    return float(text.replace(",", "."))


def _frame(rows: list[Row], slots: list[Slot]) -> pd.DataFrame:
    parents = {row.parent for row in rows}
    return pd.DataFrame([
        {"item": row.item, "parent": row.parent, "level": row.level,
         "leaf": row.item not in parents and row.item != "total", "label": row.label,
         "year": slot.year, "source": slot.source, "amount": amount, "line": row.line,
         "column": cell.column if cell else None, "text": cell.printed if cell else ""}
        for row in rows
        for slot, amount, cell in zip_longest(slots, row.amounts, row.cells)])
