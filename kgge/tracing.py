"""From a figure back to the cell of the source it stands in."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from kgge.annex.read import find_annex, open_annex
from kgge.files import data_folder, read_rows
from kgge.returns.collect import list_files
from kgge.returns.form import ENTRIES
from kgge.returns.parse import Return, as_text, find_table
from kgge.tables.load import read_table
from kgge.tables.schemas import SCHEMAS, list_path
from kgge.xlsx import Sheet, open_sheets

_KEYS = ("item", "project", "unit", "year", "source", "indicator", "group", "sex")
_COLUMNS = ("figure", "value", "file", "sheet", "line", "column", "text")


def trace(rows: pd.DataFrame | pd.Series) -> pd.DataFrame:
    """Show where each figure of some rows stands in its source.

    Parameters
    ----------
    rows : DataFrame or Series
        Rows of any table of the package. Rows of a table that was read (annex, repairs, budget,
        outcomes, spending, reporting, problems, targets, units, context) lead to their own cells;
        rows of a table computed from these (`reconcile`, `totals`, `execution`, `coverage`,
        `progress`, …) to every cell that shares their item, project, unit, year, source,
        indicator, group and sex.

    Returns
    -------
    DataFrame
        One row a source cell: its key, then figure (which column of the table it became; of
        problems their code), value, file (below ``data/raw``), sheet, line, column (both from 1)
        and text: what stands in that cell, read again from the source.

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
    have, parts = set(rows.columns), []
    own = next((find for columns, find in _OWN.items() if set(columns.split()) <= have), None)
    if own:
        return own(rows)
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
    path = find_annex()
    printed = {(line, c.column): c.printed for line, row in open_annex(path).grid for c in row}
    text: Any = [printed[place] for place in zip(cells["line"], cells["column"], strict=True)]
    figure = "corrected" if "corrected" in cells else "amount"  # of repairs: what was read instead
    out = cells.assign(figure=figure, value=cells[figure], file=path.name, sheet=None, text=text)
    return out[[*(key for key in _KEYS if key in out), *_COLUMNS]].reset_index(drop=True)


def _in_returns(rows: pd.DataFrame) -> pd.DataFrame:
    out = figure_cells(rows, data_folder() / "raw" / "returns")
    return out[[*(key for key in _KEYS if key in out), *_COLUMNS]].reset_index(drop=True)


def _on_covers(reporting: pd.DataFrame) -> pd.DataFrame:
    """Return where the date of receipt of each return stands on its cover."""
    out = []
    for row in reporting[reporting["file"].notna()].to_dict("records"):
        for sheet in open_sheets(data_folder() / "raw" / "returns" / row["file"])[0]:
            kind, (_, _, places) = find_table(sheet, Return(""))
            for line, values in enumerate(sheet.rows if kind == "cover" else (), start=1):
                if as_text(values[places["code"]]) == "received_on":
                    at = places["value"]
                    out.append([row["unit"], row["year"], "received_on", row["received_on"],
                                f"returns/{row['file']}", sheet.name, line, at + 1,
                                as_text(values[at])])
    return pd.DataFrame(out, columns=["unit", "year", *_COLUMNS])


def _of_problems(problems: pd.DataFrame) -> pd.DataFrame:
    from openpyxl.utils.cell import coordinate_to_tuple

    places = [coordinate_to_tuple(cell) if isinstance(cell, str) else (None, None)
              for cell in problems["cell"]]
    line, column = (pd.array([place[i] for place in places], dtype="Int64") for i in (0, 1))
    out = problems.assign(figure=problems["code"], text=problems["value"], value=None,
                          file="returns/" + problems["file"], line=line, column=column)
    return out[[*_COLUMNS]].reset_index(drop=True)


def _in_list(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return where the numbers of some rows stand in a code list of ``data/raw``."""
    (key,), out, path = SCHEMAS[name].key, [], list_path(name)
    lines = {row[key]: (number, row) for number, row in read_rows(path, [key])}
    numbers = [c.name for c in SCHEMAS[name].columns if c.type in ("number", "integer")]
    for row in rows.to_dict("records"):
        line, printed = lines[row[key]]
        out += [[row[key], figure, row[figure], path.name, None, line,
                 1 + list(printed).index(figure), printed[figure]]
                for figure in numbers if printed.get(figure)]
    return pd.DataFrame(out, columns=[key, *_COLUMNS])


# How the cells of a table that was read are found, by columns that only such a table has.
_OWN: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "national_target": partial(_in_list, name="targets"),
    "residents": partial(_in_list, name="units"),
    "what": partial(_in_list, name="context"),
    "file sheet row": _in_returns, "received_on file": _on_covers,
    "message_en file": _of_problems, "line column": _in_annex,
}


def figure_cells(rows: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """Show where the figures of outcomes and spending stand, read again from the workbooks.

    Parameters
    ----------
    rows : DataFrame
        Rows of outcomes or spending.
    folder : Path
        Folder the returns were read from.

    Returns
    -------
    DataFrame
        One row a figure: the columns of `rows`, then figure, value, file (below the parent of
        `folder`), sheet, line, column (both from 1) and text: what stands in that cell.
    """
    figures = [c for c in (*ENTRIES["indicators"], *ENTRIES["spending"]) if c in rows]
    keys = [c for c in rows if c not in (*figures, "doubt", "file", "sheet", "row")
            and not str(c).endswith("state")]
    paths, books, out = dict(list_files(folder)), dict[str, dict[str, Sheet]](), []
    for row in rows[rows["sheet"].notna()].to_dict("records"):
        if row["file"] not in books:
            books[row["file"]] = {s.name: s for s in open_sheets(paths[row["file"]])[0]}
        sheet = books[row["file"]][row["sheet"]]
        places = find_table(sheet, Return(""))[1].places
        for figure in (f for f in figures if f in places):
            text = as_text(sheet.rows[int(row["row"]) - 1][places[figure]])
            out.append([*(row[k] for k in keys), figure, row[figure],
                        f"{folder.name}/{row['file']}", sheet.name, row["row"],
                        places[figure] + 1, text])
    return pd.DataFrame(out, columns=[*keys, "figure", "value", "file", "sheet", "line", "column",
                                      "text"])
