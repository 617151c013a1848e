"""What each tidy table holds: its key, its columns with types and units, in one place."""

from typing import NamedTuple

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
        "reported, not_reported, not_known, not_applicable, rejected (see problems)",
        _FILE, _SHEET, _ROW),
    "spending": _schema(
        "Amounts spent, as returned", "unit year item source",
        _UNIT, _YEAR, _ITEM, _SOURCE, _AMOUNT,
        "state string reported, not_reported, not_known, not_applicable, rejected (see problems)",
        _FILE, _SHEET, _ROW),
    "reporting": _schema(
        "Who was to report and who did", "unit year",
        _UNIT, _YEAR, "expected boolean a return is due", "received boolean a return was read",
        "received_on date date of receipt on its cover", "on_time boolean received when due",
        "with_content boolean it holds at least one figure", _FILE),
    "problems": _schema(
        "What is doubtful or wrong in the returns", "file sheet cell",
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
