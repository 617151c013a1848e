"""From a figure back to the cell of the source it stands in."""

from typing import Any

import pandas as pd

from kgge.files import data_folder
from kgge.tables import read_table

_KEYS = ("item", "project", "unit", "year", "source", "indicator", "group", "sex")
_COLUMNS = ("figure", "value", "file", "sheet", "line", "column", "text")


def trace(rows: pd.DataFrame | pd.Series) -> pd.DataFrame:
    """Show where each figure of some rows stands in its source.

    Parameters
    ----------
    rows : DataFrame or Series
        Rows of any table of the package. Rows of the annex, budget, outcomes and spending lead to
        their own cells; rows of a table computed from these (`reconcile`, `totals`, `execution`,
        `coverage`, `progress`, …) to every cell that shares their item, project, unit, year,
        source, indicator, group and sex.

    Returns
    -------
    DataFrame
        One row a source cell: its key, then figure (which column of the table it became), value,
        file (below ``data/raw``), sheet, line, column (both from 1) and text: what stands in that
        cell, read again from the source.

    Raises
    ------
    ValueError
        If the rows come from no table that was read from a source.

    Examples
    --------
    >>> from kgge import load_budget
    >>> trace(load_budget().head(1))[["item", "value", "line", "column", "text"]]
      item  value  line  column text
    0  I.1   50.0    12       3   50
    """
    rows = rows.to_frame().T if isinstance(rows, pd.Series) else rows
    have = set(rows.columns)
    if {"file", "sheet", "row"} <= have:
        return _in_returns(rows)
    if {"line", "column"} <= have:
        return _in_annex(rows)
    parts = []
    if "printed" in have:
        parts.append(_in_annex(_matching(rows, read_table("annex"))))
    elif have & {"planned", "amount"}:
        parts.append(_in_annex(_matching(rows, read_table("budget"))))
    if "spent" in have:
        items = read_table("budget")[["item", "project"]].drop_duplicates()
        spending = read_table("spending").merge(items, on="item", validate="many_to_one")
        parts.append(_in_returns(_matching(rows, spending)))
    if "reached" in have:
        parts.append(_in_returns(_matching(rows, read_table("outcomes"))))
    if not parts:
        raise ValueError(f"rows with columns {', '.join(map(str, rows.columns))} lead to no source")
    return pd.concat(parts, ignore_index=True)


def _matching(rows: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `table` that share the keys of `rows`."""
    keys = [key for key in _KEYS if key in rows and key in table]
    if not keys:
        raise ValueError(f"rows name none of {', '.join(_KEYS)}, so they lead to no source")
    wanted = rows[keys].astype({key: table[key].dtype for key in keys}).drop_duplicates()
    return table.merge(wanted, on=keys, validate="many_to_one")


def _in_annex(cells: pd.DataFrame) -> pd.DataFrame:
    from kgge.annex import find_annex
    from kgge.grid import read_grid

    path = find_annex()
    printed = {(line, c.column): c.printed for line, row in read_grid(path) for c in row}
    text: Any = [printed[place] for place in zip(cells["line"], cells["column"], strict=True)]
    out = cells.assign(figure="amount", value=cells["amount"], file=path.name, sheet=None,
                       text=text)
    return out[[*(key for key in _KEYS if key in out), *_COLUMNS]].reset_index(drop=True)


def _in_returns(rows: pd.DataFrame) -> pd.DataFrame:
    from kgge.returns import figure_cells

    out = figure_cells(rows, data_folder() / "raw" / "returns")
    return out[[*(key for key in _KEYS if key in out), *_COLUMNS]].reset_index(drop=True)
