"""From a figure back to the cell of the source it stands in."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from kgge.analysis.blocks import blocks, lay_out
from kgge.analysis.bounds import rests_on
from kgge.analysis.scope import money_of, with_codes
from kgge.annex.read import find_annex, open_annex
from kgge.files import DataError, data_folder, read_rows
from kgge.returns.cells import read_cell, read_date
from kgge.returns.collect import list_files
from kgge.returns.form import ENTRIES
from kgge.returns.parse import Return, Table, as_text, find_table
from kgge.tables.load import read_table
from kgge.tables.schemas import SCHEMAS, list_path, read_list
from kgge.xlsx import open_sheets

_KEYS = ("item", "project", "unit", "year", "source", "indicator", "group", "sex")
_TRACED = ("figure", "value", "file", "sheet", "line", "column", "text")


def trace(rows: pd.DataFrame | pd.Series) -> pd.DataFrame:
    """Show where each figure of some rows stands in its source.

    Parameters
    ----------
    rows : DataFrame or Series
        Rows of any table of the package. Rows of a table that was read (annex, repairs, budget,
        outcomes, spending, reporting, problems, targets, units, context) lead to their own cells;
        rows of a table computed from these (`reconcile`, `totals`, `execution`, `coverage`,
        `progress`, `tipping`, `gap`, `reporting_rates`, …) to every cell that they count, also
        when columns of another table were merged to them.

    Returns
    -------
    DataFrame
        One row a source cell: its key, then figure (which column of the table it became; of
        problems their code), value, file (below ``data/raw``), sheet, line, column (both from 1)
        and text: what stands in that cell, read again from the source. Of coverage and what is
        made from it also carried: true where only the range rests on the cell (of an earlier or
        later return, of the census, or a figure without the other of its pair); the others add
        up to what is reported.

    Raises
    ------
    ValueError
        If the rows come from no table that was read from a source, or are not the sum of the cells
        that their keys name: of rows filtered before they were summed, all other than by keys.
    DataError
        If a source has changed since the tables were built: every file and cell is named.

    Examples
    --------
    >>> from kgge import load_budget
    >>> trace(load_budget().head(1))[["item", "value", "line", "column", "text"]]
      item  value  line  column text
    0  I.1   50.0    12       3   50
    """
    if isinstance(rows, pd.Series):
        attrs, rows = rows.attrs, rows.to_frame().T
        rows.attrs = attrs
    if not isinstance(rows, pd.DataFrame):
        raise ValueError(f"trace takes rows of a table (DataFrame), not {type(rows).__name__}")
    rows = rows.reset_index() if {*rows.index.names} & {*_KEYS} else rows
    have, rows = set(rows.columns), with_codes(rows)
    find = next((find for columns, find in _FINDS.items() if set(columns.split()) <= have), None)
    if find is None:
        raise ValueError(f"rows with columns {', '.join(map(str, rows.columns))} lead to no source")
    return find(rows).reset_index(drop=True)


def _matching(rows: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `table` that share the keys of `rows`, in the years these speak of."""
    table, years = _part(table, rows), rows.attrs.get("years")
    keys = [key for key in _KEYS if key in rows and key in table]
    span = "first_year" in rows and "last_year" in rows and "planned" in rows
    if not keys and not span:
        raise ValueError(f"rows name none of {', '.join(_KEYS)}, so they lead to no source")
    if not span:
        wanted = rows[keys].astype({key: table[key].dtype for key in keys}).drop_duplicates()
        return table.merge(wanted, on=keys, validate="many_to_one")
    keep = np.zeros(len(table), dtype=bool)
    for row in rows.to_dict("records"):  # the year of a sum to the year is its last one
        here = table["year"].between(row["first_year"], row["last_year"])
        here &= table["year"].isin(years) if years else True
        for key in (key for key in keys if key != "year"):
            here &= table[key] == row[key]
        keep |= here.to_numpy(dtype=bool)
    return table[keep]


def _part(table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a table that some rows were computed from: what it was filtered to."""
    part = rows.attrs.get("part", {})
    if "rows" in part:
        raise ValueError("these figures were computed from some rows of a table that no key tells "
                         "from the others: trace those rows")
    for key in (key for key in part if key in table):
        table = table[table[key].isin(part[key])]
    return table


def _adding_up(rows: pd.DataFrame, column: str, cells: pd.DataFrame) -> pd.DataFrame:
    """Return the cells, or raise where they do not add up to the figures that were asked about."""
    several = {"first_year", "last_year"} <= {*rows} and (
        rows["first_year"] < rows["last_year"]).any()
    if "year" in rows and several and len(rows) > 1:  # sums to each year share their cells
        return cells
    own = rows.drop_duplicates([key for key in _KEYS if key in rows])[column]
    told, asked = (float(values.astype("float64").sum()) for values in (cells["value"], own))
    if not np.isclose(told, asked):
        raise ValueError(f"{column} adds up to {asked:g}, the cells of these rows to {told:g}, so "
                         "they were computed from others: trace rows as the package made them")
    return cells


def _changed(faults: list[str]) -> None:
    """Raise if a source no longer says what the tables were built from."""
    if faults:
        raise DataError("changed since the tables were built (run `kgge build`):\n  "
                        + "\n  ".join(faults))


def _differs(place: str, read: object, text: object) -> str:
    return f"{place}: {read} was read, there stands {text!r}"


def _in_annex(cells: pd.DataFrame) -> pd.DataFrame:
    path = find_annex()
    printed = {(line, c.column): c.printed for line, row in open_annex(path).grid for c in row}
    places = [*zip(cells["line"], cells["column"], strict=True)]
    text: Any = [printed.get(place, "") for place in places]
    annex = read_table("annex")
    read = dict(zip(zip(annex["line"], annex["column"], strict=True), annex["text"], strict=True))
    if "corrected" in cells:  # repairs: of a label they say which, not where it stands alone
        read = dict(zip(places, cells["printed"].where(cells["rule"] == "correction"), strict=True))
    _changed([_differs(f"{path.name}, line {line}, column {column}", read[line, column], now)
              for (line, column), now in zip(places, text, strict=True)
              if pd.notna(read.get((line, column))) and read[line, column] != now])
    figure = "corrected" if "corrected" in cells else "amount"  # of repairs: what was read instead
    out = cells.assign(figure=figure, value=cells[figure], file=path.name, sheet=None, text=text)
    return out[[*(key for key in _KEYS if key in out), *_TRACED]].reset_index(drop=True)


def _in_returns(rows: pd.DataFrame) -> pd.DataFrame:
    out = figure_cells(rows, data_folder() / "raw" / "returns")
    return out[[*(key for key in _KEYS if key in out), *_TRACED]].reset_index(drop=True)


def _spent(rows: pd.DataFrame, column: str = "spent") -> pd.DataFrame:
    """Return the amounts returned; "..." too, which is counted as not known, but no blank."""
    items = read_table("budget")[["item", "project"]].drop_duplicates()
    spending = read_table("spending").merge(items, on="item", validate="many_to_one")
    counted = spending["state"].isin(["reported", "not_known"])
    return _adding_up(rows, column, _in_returns(_matching(rows, spending[counted])))


def _rests_on(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the cells that shares of persons rest on, the carried ones marked."""
    outcomes, units = (_part(read_table(name), rows) for name in ("outcomes", "units"))
    _, span, targets, _ = lay_out(outcomes, read_table("targets"), units)
    keys = [key for key in ("unit", "group", "sex") if key in rows]
    wanted: list[pd.DataFrame] = []
    for block, _ in blocks(outcomes, units, targets, span):
        mine = rows[rows["indicator"] == block.indicator]
        for year in sorted({int(year) for year in mine["year"]} & set(span)):
            cells = rests_on(block, span, year)
            asks = mine.loc[mine["year"] == year, keys].astype(object).drop_duplicates()
            wanted += [cells[np.logical_and.reduce([
                np.ones(len(cells), dtype=bool), *(
                    (cells[key] == value) | cells[key].isna() for key, value in ask.items())])]
                for ask in asks.to_dict("records") or [{}] * (not keys)]
    if not wanted:
        raise ValueError("the rows are of no indicator and year of the outcomes")
    found = pd.concat(wanted)
    names = ["unit", "indicator", "group", "sex", "year", "figure"]
    found = found.groupby(names, sort=False, dropna=False)["carried"].all().reset_index()
    census = found[found["figure"] == "residents"].drop_duplicates("unit")
    returned = found[found["figure"] != "residents"].astype({"year": "Int64"})
    cells = _in_returns(outcomes.merge(returned[names[:5]].drop_duplicates(), on=names[:5]))
    cells = cells.merge(returned, on=names, validate="one_to_one")
    if len(census):
        people = _in_list(units[units["unit"].isin(census["unit"])], "units")
        cells = pd.concat([cells, people[people["figure"] == "residents"].assign(carried=True)])
    if {"eligible", "reached"} <= set(rows) and "reached_before" not in rows:
        _adding_up(rows, "reached", cells[(cells["figure"] == "reached") & ~cells["carried"]])
    return cells[[*(key for key in _KEYS if key in cells), "carried", *_TRACED]]


def _on_covers(reporting: pd.DataFrame) -> pd.DataFrame:
    """Return where the date of receipt of each return stands on its cover."""
    out, faults, folder = [], [], data_folder() / "raw" / "returns"
    for row in reporting[reporting["file"].notna()].to_dict("records"):
        path = folder / row["file"]
        if not path.is_file():
            faults.append(f"returns/{row['file']} is no longer there")
            continue
        for sheet in open_sheets(path)[0]:
            kind, (_, _, places) = find_table(sheet, Return(""))
            for line, values in enumerate(sheet.rows if kind == "cover" else (), start=1):
                if as_text(values[places["code"]]) == "received_on":
                    at = places["value"]
                    out.append([row["unit"], row["year"], "received_on", row["received_on"],
                                f"returns/{row['file']}", sheet.name, line, at + 1,
                                as_text(values[at])])
                    stands = read_date(values[at])
                    if pd.notna(row["received_on"]) and stands != row["received_on"].date():
                        faults.append(_differs(f"returns/{row['file']}, {sheet.name}, row {line}",
                                               row["received_on"].date(), out[-1][-1]))
    _changed(faults)
    return pd.DataFrame(out, columns=["unit", "year", *_TRACED])


def _of_problems(problems: pd.DataFrame) -> pd.DataFrame:
    from openpyxl.utils.cell import coordinate_to_tuple

    places = [coordinate_to_tuple(cell) if isinstance(cell, str) else (None, None)
              for cell in problems["cell"]]
    line, column = (pd.array([place[i] for place in places], dtype="Int64") for i in (0, 1))
    out = problems.assign(figure=problems["code"], text=problems["value"], value=None,
                          file="returns/" + problems["file"], line=line, column=column)
    return out[[*_TRACED]].reset_index(drop=True)


def _in_list(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return where the numbers of some rows stand in a code list of ``data/raw``."""
    (key,), out, path, faults = SCHEMAS[name].key, [], list_path(name), []
    lines = {row[key]: (number, row) for number, row in read_rows(path, [key])}
    now = read_list(name).set_index(key)
    numbers = [c.name for c in SCHEMAS[name].columns if c.type in ("number", "integer")]
    for row in rows.to_dict("records"):
        line, printed = lines.get(row[key], (0, {}))
        faults += [f"{path.name}: there is no {key} {row[key]} any more"] * (not line)
        for figure in (f for f in numbers if f in printed and f in row):
            text = printed[figure]
            if text and not (pd.notna(row[figure]) and now.loc[row[key], figure] == row[figure]):
                faults.append(_differs(f"{path.name}, line {line}, {figure}", row[figure], text))
            out += [[row[key], figure, row[figure], path.name, None, line,
                     1 + list(printed).index(figure), text]] * bool(text)
    _changed(faults)
    return pd.DataFrame(out, columns=[key, *_TRACED])


def _of_table(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    return _in_annex(_matching(rows, read_table(name)))


def _planned(rows: pd.DataFrame, column: str = "planned") -> pd.DataFrame:
    return _adding_up(rows, column, _of_table(rows[rows[column].notna()], "budget"))


def _planned_and_spent(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([_planned(rows), _spent(rows)])


def _amounts(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the cells of amounts: of returns where they were spent, else of the annex."""
    return (_spent if money_of(rows) == "spent" else _planned)(rows, "amount")


def _received(rows: pd.DataFrame) -> pd.DataFrame:
    return _on_covers(_matching(rows, read_table("reporting")))


# How the cells of a table are found, by columns that only such a table has: first the tables that
# name their cells, then the computed ones, then the code lists, whose columns are merged to others.
_FINDS: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "file sheet row": _in_returns, "received_on file unit year": _on_covers,
    "message_en file sheet cell code value": _of_problems, "line column amount": _in_annex,
    "line column printed corrected rule": _in_annex,
    "printed": partial(_of_table, name="annex"), "on_time expected": _received,
    "planned spent": _planned_and_spent, "planned": _planned,
    "spent": _spent, "amount": _amounts, "indicator year": _rests_on,
    "indicator target target_year": partial(_in_list, name="targets"),
    "unit residents": partial(_in_list, name="units"),
    "id what": partial(_in_list, name="context")}


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

    Raises
    ------
    DataError
        If a file, sheet or figure is no longer as it was read.
    """
    figures = [c for c in (*ENTRIES["indicators"], *ENTRIES["spending"]) if c in rows]
    keys = [c for c in rows if c not in (*figures, "doubt", "file", "sheet", "row")
            and not str(c).endswith("state")]
    paths, books, out = dict(list_files(folder)), dict[str, dict[str, Table]](), []
    faults: list[str] = []
    for row in rows[rows["sheet"].notna()].to_dict("records"):
        if row["file"] not in books:
            books[row["file"]] = {
                sheet.name: find_table(sheet, Return(""))[1]
                for sheet in open_sheets(paths[row["file"]])[0]} if row["file"] in paths else {}
            faults += [f"{folder.name}/{row['file']} is no longer there"] * (
                row["file"] not in paths)
        sheet, _, places = books[row["file"]].get(row["sheet"], (None, -1, {}))
        if sheet is None or len(sheet.rows) < row["row"]:
            faults += [f"{folder.name}/{row['file']} has no {row['sheet']}, row {row['row']} "
                       "any more"] * bool(books[row["file"]])
            continue
        for figure in (f for f in figures if f in places):
            raw = sheet.rows[int(row["row"]) - 1][places[figure]]
            out.append([*(row[k] for k in keys), figure, row[figure],
                        f"{folder.name}/{row['file']}", sheet.name, row["row"],
                        places[figure] + 1, as_text(raw)])
            if pd.notna(row[figure]) and read_cell(raw, figure).number != row[figure]:
                faults.append(_differs(f"{folder.name}/{row['file']}, {sheet.name}, row "
                                       f"{row['row']}, {figure}", row[figure], as_text(raw)))
    _changed(faults)
    return pd.DataFrame(out, columns=[*keys, *_TRACED])
