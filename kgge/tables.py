"""The tidy tables: their columns, in one place, and reading them from ``data/processed``."""

import unicodedata
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from kgge.files import DataError, data_folder, guard, unguard, write_bytes

DTYPES = {"string": "str", "integer": "Int64", "number": "float64", "boolean": "bool",
          "date": "datetime64[ns]"}


class Column(NamedTuple):
    """One column: its name, its type (a key of `DTYPES`) and what it holds, with the unit."""

    name: str
    type: str
    text: str


class Schema(NamedTuple):
    """One table: what a row is, the key that names it, its columns in order."""

    text: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]


def _schema(text: str, key: str, *columns: str) -> Schema:
    """Read ``"name type what it holds"`` lines."""
    return Schema(text, tuple(key.split()), tuple(Column(*c.split(" ", 2)) for c in columns))


_ITEM = "item string item code, from its place in the annex tree; `total` for the grand total"
_YEAR = "year integer budget or reporting year"
_SOURCE = "source string funding source: central, local, other"
_AMOUNT = "amount number million dong"
_LINE = "line integer line of the annex file (row of a sheet), from 1"
_COLUMN = "column integer field of that line as it stands (column of a sheet), from 1"
_UNIT = "unit string reporting unit"
_INDICATOR = "indicator string indicator code: 1a, 1b, 2, 3, 4"
_FILE = "file string return it was read from, below the returns folder"
_SHEET = "sheet string sheet of that workbook"
_ROW = "row integer row of that sheet, from 1"

SCHEMAS = {
    "annex": _schema(
        "Every printed amount of the annex, totals included", "item year source",
        _ITEM, "parent string item code one level up; empty for projects and the total",
        "level integer 1 project, 2 line or model, 3 line of a model; 0 the grand total",
        "leaf boolean true where no line stands below it",
        "label string printed label, joined, without bullets and marks",
        "year integer year; empty for a row total", "source string source; empty for a row total",
        _AMOUNT, _LINE, _COLUMN, "text string what stands in that field"),
    "repairs": _schema(
        "What was mended while the annex was read", "line column rule",
        _LINE, "column integer field, from 1", "rule string joined label, undone shift, correction",
        "printed string what stands there", "corrected string what was read instead",
        "reason string why"),
    "ledger": _schema(
        "Every printed total against its parts", "check item year source",
        "check string row total, children, grand total", _ITEM,
        "year integer year; empty for row totals", "source string source; empty for row totals",
        "printed number million dong, as printed", "computed number million dong, sum of the parts",
        "difference number million dong, printed - computed",
        "state string agrees, differs, not checkable", _LINE),
    "budget": _schema(
        "Planned amounts, leaf lines only", "item year source",
        _ITEM, "project string project the line belongs to", _YEAR, _SOURCE, _AMOUNT, _LINE,
        _COLUMN),
    "targets": _schema(
        "The indicators of section I.2 and their targets", "indicator",
        _INDICATOR, "objective string specific objective, in the order of section I.2",
        "target number share of persons, 0 to 1", "target_year integer year",
        "baseline number share of persons; empty where the plan states none",
        "base_year integer year at whose end the baseline stands",
        "accumulation string cumulative (persons since 1 January 2016) or latest (year alone)",
        "commitment string set or strive (phấn đấu)", "plan_ref string place in the plan",
        "national_target number share, Decision 1696/QĐ-TTg"),
    "units": _schema(
        "The duty-holders of section VI", "unit",
        _UNIT, "kind string department, media, organisation, collective, district",
        "plan_ref string number in section VI",
        "indicators string indicators it is to report, `;` between; empty: sends no return (ours)",
        "residents integer persons, census of 1 April 2019; empty where it gives none"),
    "outcomes": _schema(
        "Persons by indicator, group and sex, as returned", "unit year indicator group sex",
        _UNIT, _YEAR, _INDICATOR, "group string group of persons", "sex string female, male",
        "eligible number persons in the group at the end of the year",
        "reached number distinct persons; cumulative or of the year, see targets.accumulation",
        "attendances number attendances (lượt người) in the year; never divided by a population",
        "state string states of eligible, reached and attendances in this order, `;` between: "
        "reported, not_reported, not_known, not_applicable",
        _FILE, _SHEET, _ROW),
    "spending": _schema(
        "Amounts spent, as returned", "unit year item source",
        _UNIT, _YEAR, _ITEM, _SOURCE, _AMOUNT,
        "state string reported, not_reported, not_known, not_applicable", _FILE, _SHEET, _ROW),
    "reporting": _schema(
        "Who was to report and who did", "unit year",
        _UNIT, _YEAR, "expected boolean a return is due", "received boolean a return was read",
        "received_on date date of receipt on its cover", "on_time boolean received when due",
        "with_content boolean it holds at least one figure", _FILE),
    "problems": _schema(
        "What is doubtful or wrong in the returns", "file sheet cell code",
        _FILE, "sheet string sheet; empty where it is the whole file",
        "cell string cell, as D14; empty where it is the whole sheet",
        "severity string error (rejected) or warning (read)", "code string kind of problem",
        "value string what stands there", "message_en string what to write instead, English",
        "message_vi string the same in Vietnamese"),
    "context": _schema(
        "Public figures on neighbouring work in the province; none is a result of the plan", "id",
        "id string identifier", "place string place", "year string year or years",
        "figure number value, in unit", "unit string sessions, attendances, clubs, persons, …",
        "what string what is counted", "source string where it is published"),
}
FROM_RETURNS = ("outcomes", "spending", "reporting", "problems")


def conform(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` with exactly the columns and types of table `name`.

    Raises
    ------
    DataError
        If a column is missing or too many, a value has the wrong type, or a key stands twice;
        the message carries the first bad rows.
    """
    schema = SCHEMAS[name]
    wanted = [column.name for column in schema.columns]
    if set(frame.columns) != set(wanted):
        raise DataError(f"table {name}: columns are {', '.join(map(str, frame.columns))}; "
                        f"they must be {', '.join(wanted)}")
    try:
        out = frame[wanted].astype({c.name: DTYPES[c.type] for c in schema.columns})
    except (ValueError, TypeError) as error:
        raise DataError(f"table {name}: {error}") from error
    twice = out.duplicated(list(schema.key), keep=False)
    if twice.any():
        raise DataError(f"table {name}: the key {', '.join(schema.key)} stands more than once:\n"
                        f"{out[twice].head().to_string()}")
    return out.reset_index(drop=True)


def _as_text(column: Any, kind: str) -> Any:
    if kind == "string":
        return column.map(lambda v: guard(unicodedata.normalize("NFC", v)), na_action="ignore")
    if kind == "number":
        return column.map(lambda v: f"{v:.10f}".rstrip("0").rstrip("."), na_action="ignore")
    if kind == "date":
        return column.dt.strftime("%Y-%m-%d")
    if kind == "boolean":
        return column.map({True: "true", False: "false"})
    return column


def write_table(name: str, frame: pd.DataFrame, folder: Path) -> None:
    r"""Write one table as ``<folder>/<name>.csv``: fixed order, UTF-8, ``\n`` ends, NFC text."""
    out = conform(name, frame)
    text = pd.DataFrame({c.name: _as_text(out[c.name], c.type) for c in SCHEMAS[name].columns})
    write_bytes(folder / f"{name}.csv", text.to_csv(index=False, lineterminator="\n").encode())


def read_table(name: str, path: Path | None = None) -> pd.DataFrame:
    """Read one table from ``data/processed`` (or from `path`) with its types.

    Raises
    ------
    DataError
        If the file is not there or does not have the columns of the table.
    """
    path = path or data_folder() / "processed" / f"{name}.csv"
    if not path.is_file():
        raise DataError(f"{path}: no such table (make it with `kgge build`)")
    dates = [c.name for c in SCHEMAS[name].columns if c.type == "date"]
    frame = pd.read_csv(path, engine="c", dtype="str", keep_default_na=False, na_values=[""])
    for column in set(dates) & set(frame):
        frame[column] = pd.to_datetime(frame[column], format="%Y-%m-%d")
    for c in SCHEMAS[name].columns:
        if c.type == "boolean" and c.name in frame:
            frame[c.name] = frame[c.name] == "true"
        elif c.type == "string" and c.name in frame:
            frame[c.name] = frame[c.name].map(unguard, na_action="ignore")
    out = conform(name, frame)
    if name in FROM_RETURNS:
        out.attrs["illustrative"] = is_illustrative(path.parent)
    return out


def is_illustrative(source: pd.DataFrame | Path | None = None) -> bool:
    """Tell whether a table comes from illustrative returns; if it cannot say, ask the folder.

    A table made by this package carries the mark in ``attrs["illustrative"]``. One that lost it
    on its way counts as illustrative wherever the tables of the data folder do, so that a mark
    is never dropped by accident.
    """
    if isinstance(source, pd.DataFrame) and "illustrative" in source.attrs:
        return bool(source.attrs["illustrative"])
    folder = source if isinstance(source, Path) else data_folder() / "processed"
    path = folder / "reporting.csv"
    return path.is_file() and "illustrative" in path.read_text(encoding="utf-8")


def load_annex() -> pd.DataFrame:
    """Return every printed amount of the annex, as `read_annex` gives it (million dong)."""
    return read_table("annex")


def load_repairs() -> pd.DataFrame:
    """Return what was mended while the annex was read: line, column, rule, printed, corrected."""
    return read_table("repairs")


def load_ledger() -> pd.DataFrame:
    """Return the ledger, as `reconcile` gives it (million dong)."""
    return read_table("ledger")


def load_budget() -> pd.DataFrame:
    """Return the planned amounts, leaf lines only.

    Returns
    -------
    DataFrame
        Key ``item, year, source``; columns item, project, year, source, amount (million dong),
        line, column (place in the annex file, from 1).

    Raises
    ------
    DataError
        If a printed total of the annex does not agree with its parts: nothing may be computed
        from such an annex until a correction settles it.

    Examples
    --------
    >>> import kgge
    >>> kgge.load_budget()["amount"].sum()
    np.float64(6600.0)
    """
    ledger = read_table("ledger")
    wrong = ledger[ledger["state"] == "differs"]
    if len(wrong):
        raise DataError("the annex does not add up, so no budget is computed from it "
                        "(see data/processed/ledger.csv):\n"
                        + wrong.head().to_string(index=False))
    return read_table("budget")


def load_targets() -> pd.DataFrame:
    """Return the targets of section I.2: one row an indicator, shares from 0 to 1."""
    return read_table("targets")


def load_units() -> pd.DataFrame:
    """Return the duty-holders of section VI, with the indicators each reports (ours)."""
    return read_table("units")


def load_context() -> pd.DataFrame:
    """Return public figures on neighbouring work in the province, each with its source."""
    return read_table("context")


def load_outcomes() -> pd.DataFrame:
    """Return the persons eligible and reached: key unit, year, indicator, group, sex."""
    return read_table("outcomes")


def load_spending() -> pd.DataFrame:
    """Return the amounts spent in million dong: key unit, year, item, source."""
    return read_table("spending")


def load_reporting() -> pd.DataFrame:
    """Return who was to report and who did: key unit, year."""
    return read_table("reporting")


def load_problems() -> pd.DataFrame:
    """Return what is doubtful or wrong in the returns: file, sheet, cell and two messages."""
    return read_table("problems")
