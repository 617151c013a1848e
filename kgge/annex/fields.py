"""The annex as fields: reading .tsv, .txt and .xlsx alike, and applying its corrections."""

import csv
import re
import unicodedata
from pathlib import Path
from typing import Any, NamedTuple

from kgge.files import DataError
from kgge.xlsx import Fault, Rejected, open_sheets

SUFFIXES = (".tsv", ".txt", ".xlsx")
YEAR = re.compile(r"(?:năm\s*)?((?:19|20)\d\d)", re.IGNORECASE)


class Cell(NamedTuple):
    """One field: its column (from 1), the text read, the text that stands there."""

    column: int
    text: str
    printed: str


Grid = list[tuple[int, list[Cell]]]
Log = list[dict[str, Any]]


def quote(text: str) -> str:
    """Return `text` quoted, cut to what fits an error message."""
    return repr(text if len(text) <= 60 else text[:57] + "...")


def read_grid(path: Path) -> Grid:
    """Return the lines of an annex that hold anything, each with its number and its fields."""
    if not path.is_file():
        raise DataError(f"{path}: no such file")
    if path.suffix.lower() not in SUFFIXES:
        raise DataError(f"{path.name}: an annex is one of {', '.join(SUFFIXES)}")
    lines = _read_sheet(path) if path.suffix.lower() == ".xlsx" else _read_text(path)
    grid = [(n, [Cell(c, t.strip(), t) for c, t in enumerate(fields, 1)])
            for n, fields in enumerate(lines, 1) if any(t.strip() for t in fields)]
    if not grid:
        raise DataError(f"{path.name}: the file is empty")
    return grid


def _read_text(path: Path) -> list[list[str]]:
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(f"{path.name}: line {line} is not UTF-8 "
                        f"({content[error.start:error.start + 8]!r}); save the file as "
                        "text in UTF-8") from error
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return [line.split("\t") for line in text.split("\n")]


def _read_sheet(path: Path) -> list[list[str]]:
    try:
        sheets = [[[_cell_text(value) for value in row] for row in sheet.rows]
                  for sheet in open_sheets(path)[0]]
    except Rejected as error:
        raise DataError(f"{path.name}: not a readable .xlsx workbook "
                        f"({', '.join(error.args)})") from error
    return next((s for s in sheets if any(YEAR.fullmatch(t.strip()) for r in s for t in r)),
                sheets[0])


def _cell_text(value: object) -> str:
    if isinstance(value, Fault):
        value = value.text
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return unicodedata.normalize("NFC", str(value)).replace("\n", " ")


def correct(grid: Grid, path: Path, repairs: Log) -> Grid:
    """Apply the corrections; one that does not meet the text it was made for is an error."""
    wanted = ["line", "column", "printed", "corrected", "reason"]
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: cannot be read ({error})") from error
    if reader.fieldnames != wanted:
        raise DataError(f"{path.name}: the columns must be {', '.join(wanted)}")
    lines, faults = {n: list(cells) for n, cells in grid}, []
    for number, row in enumerate(rows, 2):
        if not (str(row["line"]).isdecimal() and str(row["column"]).isdecimal()):
            faults.append(f"row {number}: line and column are whole numbers from 1")
            continue
        if not (row["reason"] or "").strip():
            faults.append(f"row {number}: a correction needs its reason")
        line, column = int(row["line"]), int(row["column"])
        found = [c for c in lines.get(line, []) if c.column == column]
        if not found or found[0].text != row["printed"].strip():
            stands = quote(found[0].text) if found else "no such field"
            faults.append(f"row {number}: line {line}, column {column} should read "
                          f"{quote(row['printed'])}, but there stands {stands}")
            continue
        at = lines[line].index(found[0])
        new = row["corrected"].strip()
        lines[line][at:at + 1] = [found[0]._replace(text=new)] if new else []
        repairs.append({"line": line, "column": column, "rule": "correction",
                        "printed": row["printed"], "corrected": new, "reason": row["reason"]})
    if faults:
        raise DataError(f"{path.name}: corrections that do not fit the annex:\n  "
                        + "\n  ".join(faults))
    return [(n, lines[n]) for n, _ in grid]
