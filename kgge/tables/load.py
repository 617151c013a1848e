"""Writing and reading the processed tables; their columns: ``schemas.json``."""

import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from kgge.files import DataError, data_folder, guard, read_rows, unguard, write_bytes
from kgge.tables.schemas import FROM_RETURNS, SCHEMAS, conform


def _changed(column: Any, change: Callable[[str], str]) -> Any:
    """Return a column of text with `change` made, once a text: codes and states come many times."""
    places, texts = pd.factorize(column)
    return pd.Series([*map(change, texts), None], dtype=object).to_numpy()[places]  # -1: missing


def _as_written(column: Any, kind: str) -> Any:
    if kind == "string":
        return _changed(column, lambda text: guard(unicodedata.normalize("NFC", text)))
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
    text = pd.DataFrame({c.name: _as_written(out[c.name], c.type) for c in SCHEMAS[name].columns})
    write_bytes(folder / f"{name}.csv", text.to_csv(index=False, lineterminator="\n").encode())


def read_table(name: str, path: Path | None = None) -> pd.DataFrame:
    """Read one table from ``data/processed`` (or from `path`) with its types, or raise.

    A copy that Excel has saved, with a byte order mark, ``;`` or TRUE, is the same table.
    """
    path = path or data_folder() / "processed" / f"{name}.csv"
    if not path.is_file():
        raise DataError(f"{path}: no such table (make it with `kgge build`)")
    with path.open(encoding="utf-8-sig") as file:
        head = file.readline()
    frame = pd.read_csv(path, engine="c", dtype="str", keep_default_na=False, na_values=[""],
                        encoding="utf-8-sig", sep=max(",;", key=head.count))
    for c in SCHEMAS[name].columns:
        if c.name in frame and c.type == "string":
            frame[c.name] = _changed(frame[c.name], unguard)
    frame.index += 2  # lines of the file
    out = conform(name, frame, path.name)
    out.attrs["illustrative"] = name in FROM_RETURNS and is_illustrative(
        out if name == "reporting" else path.parent)
    return out


def is_illustrative(source: pd.DataFrame | Path | None = None) -> bool:
    """Tell whether a table comes from illustrative returns; if it cannot say, ask the folder.

    The covers of the returns say so, and the table of reporting keeps it. A table made by this
    package carries the mark in ``attrs["illustrative"]``. One that lost it on its way counts as
    illustrative wherever the returns of the data folder are, so that a mark is never dropped by
    accident.
    """
    if isinstance(source, pd.DataFrame) and "illustrative" in source:
        return bool(source["illustrative"].any())
    if isinstance(source, pd.DataFrame) and "illustrative" in source.attrs:
        return bool(source.attrs["illustrative"])
    folder = source if isinstance(source, Path) else data_folder() / "processed"
    path = folder / "reporting.csv"
    return path.is_file() and any(row["illustrative"].casefold() == "true"
                                  for _, row in read_rows(path, ["illustrative"]))


def _loader(name: str, about: str) -> Callable[[], pd.DataFrame]:
    """Return the `load_*` of one table; its docstring lists the columns, with types and units."""
    schema = SCHEMAS[name]
    marked = name in FROM_RETURNS

    def load() -> pd.DataFrame:
        return read_table(name)

    load.__name__ = load.__qualname__ = f"load_{name}"
    load.__doc__ = "\n".join([
        f"Return {about}", "", "Returns", "-------", "DataFrame",
        f"    Key ``{', '.join(schema.key)}``; columns:", "",
        *(f"    - {c.name} ({c.type}): {c.text}" for c in schema.columns),
        *(["", '    ``attrs["illustrative"]``: whether the returns are illustrative.'] * marked),
        "", "Raises", "------", "DataError",
        "    If the table is not there or its file holds what it must not.",
        "", "Examples", "--------", f">>> load_{name}().columns.tolist()[:2]",
        f"{[c.name for c in schema.columns[:2]]}", ""])
    return load


load_annex = _loader("annex", "every printed amount of the annex, as `read_annex` gives it.")
load_repairs = _loader("repairs", "what was mended while the annex was read.")
load_ledger = _loader("ledger", "every printed total against its parts, as `reconcile` gives it.")
load_targets = _loader("targets", "the indicators of the plan's objectives and their targets.")
load_units = _loader("units", "the duty-holders; which indicators each reports is ours.")
load_context = _loader("context", "public figures on neighbouring work; none is a result.")
load_outcomes = _loader("outcomes", "the persons eligible and reached, as the units returned them.")
load_spending = _loader("spending", "the amounts spent, as the units returned them.")
load_reporting = _loader("reporting", "who was to report and who did; the due date is ours.")
load_problems = _loader("problems", "what is doubtful or wrong in the returns, and what to write.")


def load_budget() -> pd.DataFrame:
    """Return the planned amounts, leaf lines only.

    Returns
    -------
    DataFrame
        Key ``item, year, source``; columns item, project (codes), year, source, amount (million
        dong), line, column (of the annex file, from 1).

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
