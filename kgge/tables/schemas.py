"""What each tidy table and each code list holds, and the check that one really does.

Columns, types, keys, allowed values and ranges stand once, in ``schemas.json`` beside this file
(fields in the terms of Frictionless Table Schema); the processed ``datapackage.json`` publishes
them, `conform` enforces them wherever a table is read or written.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from kgge.files import DataError, data_folder, read_rows

DTYPES = {kind: pd.api.types.pandas_dtype(name) for kind, name in (
    ("string", "str"), ("integer", "Int64"), ("number", "float64"), ("boolean", "bool"),
    ("date", "datetime64[ns]"))}
FROM_RETURNS = ("outcomes", "spending", "reporting", "problems")
# Tables that are often filtered: the columns that make a row of them a figure.
FIGURES = {"budget": ("amount",), "outcomes": ("eligible", "reached"), "spending": ("amount",)}
MONEY = {"annex": "planned", "budget": "planned", "spending": "spent"}  # what an amount of it is
_THOUSANDS = r"[1-9]\d{0,2}([.,\s]\d{3})+"
_SHOWN = 20  # faults of a table that its error lists
_TRUTH = {"true": True, "false": False, "1": True, "0": False}  # Excel saves TRUE for true
# What a limit of Table Schema asks of the values that are there, and how an error says so.
_LIMITS: dict[str, tuple[Any, str]] = {
    "enum": (lambda values, allowed: ~values.isin(allowed), "allowed are {}"),
    "minimum": (lambda values, least: values.astype(float) < least, "the least allowed is {}"),
    "maximum": (lambda values, most: values.astype(float) > most, "the most allowed is {}"),
    "pattern": (lambda values, shape: ~pd.Series(values).str.fullmatch(shape),
                "it must look like {}"),
}


class Column(NamedTuple):
    """One column: its name, its type (a key of `DTYPES`), what it holds with the unit, limits."""

    name: str
    type: str
    text: str
    limits: Mapping[str, Any]


class Schema(NamedTuple):
    """One table: what a row is, the key that names it, its columns in order."""

    text: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]


# As they stand in the file: tables of ``data/processed``, code lists of ``data/raw``.
DESCRIBED: dict[str, dict[str, dict[str, Any]]] = json.loads(
    Path(__file__).with_name("schemas.json").read_text(encoding="utf-8"))
_ALL = {name: Schema(said["description"], tuple(said["key"]), tuple(
    Column(f["name"], f["type"], f["description"],
           f.get("constraints", {}) | {"optional": f.get("optional", False)})
    for f in said["fields"])) for kind in DESCRIBED.values() for name, said in kind.items()}
SCHEMAS = {name: _ALL[name] for name in DESCRIBED["tables"]}


def conform(name: str, frame: pd.DataFrame, place: str = "") -> pd.DataFrame:
    """Return `frame` with exactly the columns, types, values and keys of table `name`, or raise.

    Parameters
    ----------
    name : str
        A table or code list of ``schemas.json``.
    frame : DataFrame
        Its columns in any order, as text or as the types they are to have.
    place : str, optional
        File the rows were read from; the index then numbers its lines.

    Raises
    ------
    DataError
        Names every cell that is missing, of another type or not allowed, up to twenty, and says
        what is allowed.

    Examples
    --------
    >>> conform("groups", pd.DataFrame({"indicator": ["4"], "group": "all", "sexes": "women"}))
    Traceback (most recent call last):
    kgge.files.DataError: groups: 1 fault:
      row 1: sexes 'women': it must look like (female|male)(;(female|male))?
    """
    schema, at = _ALL[name], place or name
    wanted = [column.name for column in schema.columns]
    optional = {column.name for column in schema.columns if column.limits["optional"]}
    frame = pd.DataFrame(frame)  # without the attrs, which pandas copies deep with each column
    if absent := sorted(optional - set(frame.columns)):
        frame = frame.assign(**dict.fromkeys(absent))
    if set(frame.columns) != set(wanted):
        raise DataError(f"{at}: columns are {', '.join(map(str, frame.columns))}; "
                        f"they must be {', '.join(wanted)}")
    faults: list[tuple[int, str]] = []
    columns = {c.name: _checked_column(frame[c.name], c, faults) for c in schema.columns}
    rows = [*zip(*(columns[key].tolist() for key in schema.key), strict=True)]
    if len({*rows}) < len(rows) and not faults:
        count = Counter(rows)
        faults += [(i, f"the key {', '.join(schema.key)} stands more than once: "
                    f"{', '.join(map(str, row))}") for i, row in enumerate(rows) if count[row] > 1]
    if faults:
        lines = [f"{f'line {frame.index[i]}' if place else f'row {i + 1}'}: {what}"
                 for i, what in sorted(faults)]
        more = [f"and {len(lines) - _SHOWN} more"] * (len(lines) > _SHOWN)
        raise DataError(f"{at}: {len(lines)} fault{'s' * (len(lines) > 1)}:\n  "
                        + "\n  ".join(lines[:_SHOWN] + more))
    out = pd.DataFrame(columns, copy=False)
    if name in FIGURES:  # so that a function can tell a part from the whole
        out.attrs["whole"] = Whole(name, out)
    if name in MONEY:
        out.attrs["money"] = MONEY[name]
    return out


def needs(name: str, table: Any, columns: Iterable[str]) -> None:
    """Raise unless `table` is a table with these columns: tables are easily given in turn."""
    if not isinstance(table, pd.DataFrame):
        raise DataError(f"{name}: a table is needed, this is a {type(table).__name__}")
    if absent := [column for column in columns if column not in table]:
        raise DataError(f"{name} has the columns {', '.join(map(str, table))}; "
                        f"{', '.join(absent)} must be among them (are the tables in their order?)")


class Kept(dict[str, Any]):
    """What the ``attrs`` of a table hold; pandas copies attrs deep at every step, but not this."""

    def __deepcopy__(self, memo: Any) -> "Kept":
        """Return itself: nobody changes it."""
        return self


class Whole:
    """The rows that a table had when it was read: their keys; of those with a figure, that too."""

    def __init__(self, name: str, table: pd.DataFrame) -> None:
        self.name = name
        self.keys = [*SCHEMAS[name].key, *["project"] * ("project" in table)]
        self.figures = FIGURES[name]
        self.read = table.copy(deep=False)  # pandas leaves it as it is when `table` is changed

    @cached_property
    def every(self) -> pd.DataFrame:
        """The keys of all rows; few tables are asked for them, and only once they are filtered."""
        return self.read[self.keys]

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The keys and figures of the rows with a figure."""
        return self.read.dropna(subset=self.figures)[[*self.keys, *self.figures]]

    def __deepcopy__(self, memo: Any) -> "Whole":
        """Return itself, as `Kept` does."""
        return self

    def __eq__(self, other: object) -> bool:
        """Tell whether two tables were the same: pandas asks where it puts tables together."""
        return isinstance(other, Whole) and self.rows.equals(other.rows)

    __hash__ = None  # type: ignore[assignment]


def _checked_column(values: Any, column: Column, faults: list[tuple[int, str]]) -> Any:
    """Return one column in its type; cells that are not of it or not allowed go to `faults`."""
    there, limits = ~pd.isna(values.array), column.limits
    typed = values
    if column.type == "integer" and "maximum" not in limits and (
            isinstance(values.dtype, pd.StringDtype)):  # years have one, and so no thousands
        if values.str.contains(".", regex=False).any():  # "31.000" is no 31
            typed = values.mask(values.str.fullmatch(_THOUSANDS).fillna(False))
    out = _typed(typed, column.type)
    if column.type != "string":  # anything is one
        faults += [(i, f"{column.name} {values.iloc[i]!r} is no {column.type}"
                    f"{_hint(str(values.iloc[i]), column.type)}")
                   for i in (there & pd.isna(out)).nonzero()[0]]
    if limits.get("required") or column.type == "boolean":
        faults += [(i, f"{column.name} is empty") for i in (~there).nonzero()[0]]
    for limit, wanted in limits.items():
        if limit in _LIMITS:
            breaks, what = _LIMITS[limit]
            said = ", ".join(map(str, wanted)) if isinstance(wanted, list) else wanted
            bad = np.asarray(breaks(out, wanted), dtype=bool) & there
            faults += [(i, f"{column.name} {values.iloc[i]!r}: {what.format(said)}")
                       for i in bad.nonzero()[0]]
    whole = column.type == "boolean" and not pd.isna(out).any()
    return out.astype("bool") if whole else out


def _hint(text: str, kind: str) -> str:
    """Say how to write what seems to be a number with a sign of thousands or a decimal comma."""
    said = ""
    if re.fullmatch(_THOUSANDS, text):
        said += "; if these are thousands, write " + re.sub(r"[.,\s]", "", text)
    if kind == "number" and re.fullmatch(r"-?\d+,\d+", text):
        said += f"; decimals have a point, as {text.replace(',', '.')}"
    return said


def _typed(values: Any, kind: str) -> Any:
    """Return a column as an array of the type of `kind`; what cannot be taken for it is missing."""
    if kind == "boolean" and values.dtype != bool:
        return values.map(lambda v: _TRUTH.get(str(v).casefold()), na_action="ignore").array
    if kind == "date":
        text = isinstance(values.dtype, pd.StringDtype) or values.dtype == object
        return pd.to_datetime(values, format="%Y-%m-%d" if text else None,
                              errors="coerce").astype(DTYPES[kind]).array
    try:  # a sound column at once; otherwise cell by cell, so that the bad ones can be named
        return values.array if values.dtype == DTYPES[kind] else values.array.astype(DTYPES[kind])
    except (ValueError, TypeError):
        numbers = pd.to_numeric(values, errors="coerce").astype("float64")
        if kind == "integer":
            return numbers.where(numbers.mod(1) == 0).astype("Int64").array
        return numbers.array


Rows = list[tuple[int, dict[str, str]]]  # of a list, each with its line


def rows_of(name: str) -> Rows:
    """Return the rows of a code list of ``data/raw`` as they stand there."""
    columns = _ALL[name].columns
    return read_rows(list_path(name), [c.name for c in columns if not c.limits["optional"]],
                     [c.name for c in columns if c.type == "number"])


def read_list(name: str, rows: Rows | None = None) -> pd.DataFrame:
    """Read a code list of ``data/raw`` (targets, units, groups, …) with its types, or raise.

    Parameters
    ----------
    name : str
        A table or list of ``schemas.json``.
    rows : list of tuple, optional
        What `rows_of` returned, where that is known already.

    Raises
    ------
    DataError
        If the file or a column is missing, or a cell is not allowed: with the line of each.

    Examples
    --------
    >>> read_list("targets").head(1)[["indicator", "target", "target_year", "accumulation"]]
      indicator  target  target_year accumulation
    0        1a     0.7         2020   cumulative
    """
    rows = rows_of(name) if rows is None else rows
    frame = pd.DataFrame({c.name: [row.get(c.name) or None for _, row in rows]
                          for c in _ALL[name].columns},
                         index=[line for line, _ in rows], dtype="str")
    return conform(name, frame, list_path(name).name)


def list_path(name: str) -> Path:
    """Return where a code list stands in the data folder."""
    return data_folder() / "raw" / list_file(name)


def list_file(name: str) -> str:
    """Return the name of the file of a code list."""
    said = (DESCRIBED["tables"] | DESCRIBED["lists"])[name]
    return str(said.get("file", f"{name}.csv"))
