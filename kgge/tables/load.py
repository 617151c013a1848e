"""The tidy tables: checking, writing and reading them; columns: ``kgge.tables.schemas``."""

import inspect
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from kgge.files import DataError, data_folder, guard, unguard, write_bytes
from kgge.tables.schemas import DTYPES, FROM_RETURNS, SCHEMAS


def conform(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` with exactly the columns, types and keys of table `name`, or raise."""
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


def _from_text(column: Any, kind: str) -> Any:
    if kind == "string":
        return column.map(unguard, na_action="ignore")
    if kind == "date":
        return pd.to_datetime(column, format="%Y-%m-%d")
    return column == "true" if kind == "boolean" else column


def read_table(name: str, path: Path | None = None) -> pd.DataFrame:
    """Read one table from ``data/processed`` (or from `path`) with its types, or raise."""
    path = path or data_folder() / "processed" / f"{name}.csv"
    if not path.is_file():
        raise DataError(f"{path}: no such table (make it with `kgge build`)")
    frame = pd.read_csv(path, engine="c", dtype="str", keep_default_na=False, na_values=[""])
    for c in SCHEMAS[name].columns:
        if c.name in frame:
            frame[c.name] = _from_text(frame[c.name], c.type)
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


def _described(load: Callable[[], pd.DataFrame]) -> Callable[[], pd.DataFrame]:
    """Write the key and the columns of its table, with units, into the docstring of a `load_*`."""
    name = load.__name__.removeprefix("load_")
    lines = [f"Key ``{', '.join(SCHEMAS[name].key)}``; columns:", ""]
    lines += [f"- {c.name} ({c.type}): {c.text}" for c in SCHEMAS[name].columns]
    if name in FROM_RETURNS:
        lines += ["", '``attrs["illustrative"]`` tells whether the returns are illustrative.']
    returns = "\n    ".join(["Returns\n-------\nDataFrame", *lines]).replace("    \n", "\n")
    summary, _, rest = inspect.cleandoc(load.__doc__ or "").partition("\n\n")
    load.__doc__ = f"{summary}\n\n{returns}\n\n{rest}"
    return load


@_described
def load_annex() -> pd.DataFrame:
    """Return every printed amount of the annex, totals included, as `read_annex` gives it.

    Examples
    --------
    >>> load_annex().query("item == 'III' and year == 2016")[["source", "amount", "line"]]
          source  amount  line
    99   central   240.0    21
    100    local   150.0    21
    """
    return read_table("annex")


@_described
def load_repairs() -> pd.DataFrame:
    """Return what was mended while the annex was read.

    Examples
    --------
    >>> load_repairs().head(1)[["line", "column", "rule"]]
       line  column          rule
    0    32       2  joined label
    """
    return read_table("repairs")


@_described
def load_ledger() -> pd.DataFrame:
    """Return every printed total against its parts, as `reconcile` gives it.

    Examples
    --------
    >>> load_ledger().head(1)[["check", "item", "printed", "computed", "state"]]
           check item  printed  computed   state
    0  row total    I   1900.0    1900.0  agrees
    """
    return read_table("ledger")


@_described
def load_budget() -> pd.DataFrame:
    """Return the planned amounts, leaf lines only.

    Raises
    ------
    DataError
        If a printed total of the annex does not agree with its parts: nothing may be computed
        from such an annex until a correction settles it.

    Examples
    --------
    >>> load_budget()["amount"].sum()
    np.float64(6600.0)
    """
    ledger = read_table("ledger")
    wrong = ledger[ledger["state"] == "differs"]
    if len(wrong):
        raise DataError("the annex does not add up, so no budget is computed from it (see "
                        "data/processed/ledger.csv):\n" + wrong.head().to_string(index=False))
    return read_table("budget")


@_described
def load_targets() -> pd.DataFrame:
    """Return the indicators of section I.2 and their targets.

    Examples
    --------
    >>> load_targets().head(1)[["indicator", "target", "target_year", "baseline"]]
      indicator  target  target_year  baseline
    0        1a     0.7         2020       0.0
    """
    return read_table("targets")


@_described
def load_units() -> pd.DataFrame:
    """Return the duty-holders of section VI; which indicators each reports is ours.

    Examples
    --------
    >>> load_units().query("unit == 'rach-gia'")[["kind", "indicators", "residents"]]
            kind   indicators  residents
    13  district  1a;1b;2;3;4     227527
    """
    return read_table("units")


@_described
def load_context() -> pd.DataFrame:
    """Return public figures on neighbouring work in the province; none is a result of the plan.

    Examples
    --------
    >>> load_context().head(1)[["year", "figure", "unit"]]
       year   figure      unit
    0  2017  10972.0  sessions
    """
    return read_table("context")


@_described
def load_outcomes() -> pd.DataFrame:
    """Return the persons eligible and reached, as the units returned them.

    Examples
    --------
    >>> load_outcomes().columns.tolist()[5:9]
    ['eligible', 'reached', 'attendances', 'state']
    """
    return read_table("outcomes")


@_described
def load_spending() -> pd.DataFrame:
    """Return the amounts spent, as the units returned them; empty where there is no figure.

    Examples
    --------
    >>> load_spending().columns.tolist()[4:6]
    ['amount', 'state']
    """
    return read_table("spending")


@_described
def load_reporting() -> pd.DataFrame:
    """Return who was to report and who did; the due date is ours.

    Examples
    --------
    >>> load_reporting()["expected"].sum()  # 26 units, five years
    np.int64(130)
    """
    return read_table("reporting")


@_described
def load_problems() -> pd.DataFrame:
    """Return what is doubtful or wrong in the returns, and what to write instead.

    Examples
    --------
    >>> load_problems().columns.tolist()[:5]
    ['file', 'sheet', 'cell', 'severity', 'code']
    """
    return read_table("problems")
