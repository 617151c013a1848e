"""What a table is asked for, the years it speaks of, and what was filtered out of it."""

from collections.abc import Hashable, Iterable, Sequence
from typing import Any, cast

import numpy as np
import pandas as pd

from kgge import plan
from kgge.files import DataError, data_folder
from kgge.tables.load import is_illustrative, read_table
from kgge.tables.schemas import FIGURES, MONEY, SCHEMAS, Kept, Whole

# Keys in the order in which they may follow from the others.
_IMPLIED = ("unit", "item", "group", "sex", "source", "project", "indicator", "year")

RETURNED = {"unit", "state", "doubt", "file", "sheet", "not_known"}  # columns of returns only


def keys_of(by: Any, allowed: Sequence[str], name: str = "by") -> list[str]:
    """Return the keys of `by` as a list; raise ``ValueError`` unless each is allowed, and once."""
    table = isinstance(by, (pd.DataFrame, pd.Series))
    keys = [by] if table or isinstance(by, str) or not isinstance(by, Iterable) else list(by)
    if not keys or any(not isinstance(key, str) or key not in allowed or keys.count(key) > 1
                       for key in keys):
        shown = "a table" if table else repr(by)
        raise ValueError(f"{name}={shown}: give one or more of {', '.join(allowed)}, each once, "
                         "several as a list")
    return keys


def whole_year(year: Any) -> int:
    """Return a year, given as a number or as text, as a number."""
    try:
        if float(year) == int(float(year)):
            return int(float(year))
    except (TypeError, ValueError):
        pass
    raise ValueError(f"year {year!r}: give a whole year, as 2018")


def scope(planned: Iterable[Any], returned: Iterable[Any], years: Any = None) -> list[int]:
    """Return the years a table speaks of: the one rule, for money and for persons.

    Parameters
    ----------
    planned : iterable of int
        Years of the plan.
    returned : iterable of int
        Years of which at least one return has come.
    years : int or sequence of int, optional
        These instead.

    Returns
    -------
    list of int
        `years`, or those of `plan.due_years`.

    Examples
    --------
    >>> scope(range(2016, 2021), [2018, 2018])
    [2016, 2017, 2018]
    >>> scope(range(2016, 2021), [2018], years="2018")
    [2018]
    """
    if isinstance(years, pd.DataFrame):
        raise ValueError("years is a table: give years as numbers, and units by its name (units=)")
    if years is not None:
        several = years if isinstance(years, Iterable) and not isinstance(years, str) else [years]
        return sorted({whole_year(year) for year in several})
    return plan.due_years(planned, returned)


def check_span(asked: Iterable[int], first: Iterable[Any], last: Iterable[Any]) -> None:
    """Raise where years are asked for that lie before all of `first` or after all of `last`."""
    first = [*first]
    if not first:  # nothing says where the plan begins
        return
    begin, end = int(min(first)), int(max(last))
    if odd := [year for year in asked if not begin <= year <= end]:
        raise ValueError(f"years {', '.join(map(str, odd))}: give years from {begin} to {end}, "
                         "those of the plan")


def terms(units: pd.DataFrame, years: Iterable[int]) -> tuple[Any, Any]:
    """Return which units have begun to report, and which have ended: arrays of years x units."""
    first, last = (units[name].to_numpy(dtype=float, na_value=np.nan) if name in units
                   else np.full(len(units), np.nan) for name in ("first_year", "last_year"))
    year = np.array([*years], dtype=float)[:, None]
    return ~(year < first), year > last


def whole_of(table: pd.DataFrame) -> Whole | None:
    """Return what a table held when it was read; None for one that was made by hand.

    pandas keeps attrs through filtering, not through every merge. A table that lost them is looked
    for among those of the data folder, if it has all the columns of one and no key beside its keys.
    """
    if "whole" in table.attrs:
        return cast("Whole | None", table.attrs["whole"])
    name = next((name for name in FIGURES
                 if {column.name for column in SCHEMAS[name].columns} <= set(table)), None)
    if name is None or not (data_folder() / "processed" / f"{name}.csv").is_file():
        return None
    whole: Whole = read_table(name).attrs["whole"]
    own, stored = ({*map(tuple, rows[whole.keys].astype(str).to_numpy())}
                   for rows in (table.dropna(subset=whole.figures), whole.rows))
    return whole if own <= stored else None


def as_read(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with years as numbers, and `whole_of` in its attrs: looked for once."""
    out = table.copy(deep=False)
    if "year" in out and not pd.api.types.is_numeric_dtype(out["year"].dtype):
        out["year"] = pd.array([None if pd.isna(year) else whole_year(year)
                                for year in out["year"]], dtype="Int64")
    out.attrs = table.attrs | {"whole": whole_of(table)}
    return out


def money_of(table: pd.DataFrame) -> str:
    """Return what the amounts of a table are: planned, spent, both, or "" where nothing tells."""
    if "money" in table.attrs:
        return str(table.attrs["money"])
    whole = whole_of(table)
    if whole is not None and whole.name in MONEY:
        return MONEY[whole.name]
    return "spent" if table.attrs.get("illustrative") or RETURNED & set(table) else ""


def base_year(table: pd.DataFrame) -> int | None:
    """Return the year in whose prices `real_terms` has put amounts of a table; else None."""
    years = table["base_year"].dropna() if "base_year" in table else pd.Series(dtype=float)
    return int(years.iloc[0]) if len(years) else table.attrs.get("base_year")


def _codes(values: pd.Series) -> pd.Series:
    """Return codes as text: those that are all digits come back from a CSV file as numbers."""
    digits = values.name != "year" and pd.api.types.is_integer_dtype(values.dtype)
    return values.astype("str") if digits else values


def with_codes(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with its indicators and objectives, if it has any, as text."""
    texts = {key: _codes(table[key]) for key in ("indicator", "objective") if key in table}
    changed = {key: codes for key, codes in texts.items() if codes.dtype != table[key].dtype}
    return table.assign(**changed) if changed else table


def filtered_to(table: pd.DataFrame) -> Kept:
    """Return which keys of a table as loaded were filtered, with the values that are left.

    Rows that had no figure count for nothing, and one whose figure was taken away is still there.
    Where less rows are left than these values leave, `rows` is there too: how many are left, of how
    many. A table computed from one that was filtered says so in ``attrs["part"]``.

    Examples
    --------
    >>> from kgge import load_spending
    >>> filtered_to(load_spending().query("year == 2018"))
    {'year': [2018]}
    """
    whole = whole_of(table)
    if whole is None:
        return Kept(table.attrs.get("part", {}))
    keys = [key for key in whole.keys if key in table]
    figures = [name for name in whole.figures if name in table]
    own = table.dropna(subset=figures)
    every = len(keys) == len(whole.keys)
    if every and len(own) >= len(whole.rows):
        return Kept()
    found = {key: _codes(table[key]).unique() for key in keys}
    left = {key: whole.rows[key].isin(found[key]).to_numpy() for key in keys}
    less = [key for key in keys if not left[key].all()]
    # What the other keys leave out anyhow was not filtered: the units of one indicator, the lines
    # of one project.
    for key in sorted(less, key=_IMPLIED.index):
        others = np.logical_and.reduce(
            [np.ones(len(whole.rows), dtype=bool), *(left[k] for k in less if k != key)])
        if (left[key] | ~others).all():
            less.remove(key)
    part = Kept({key: found[key].tolist() for key in less})
    rows = whole.rows[np.logical_and.reduce([left[key] for key in keys])]
    if every:
        there, asked = ({*map(tuple, of[keys].astype(str).to_numpy())} for of in (table, rows))
        lost = min(len(asked - there), len(rows) - len(own))
    else:  # rows may have been summed, so that figures are compared, not numbers of rows
        less_of = rows[figures].sum() - own[figures].astype(float).sum()
        lost = int((less_of > 1e-6 * rows[figures].sum()).any())
    if lost > 0:
        part["rows"] = [len(rows) - lost, len(rows)]
    return part


def reports(units: pd.DataFrame) -> pd.Series:
    """Return which indicators each unit is to report, as text; "": it sends no return."""
    at, texts = pd.factorize(units["indicators"])
    return pd.Series(np.array([*(str(text).strip() for text in texts), ""], dtype=object)[at],
                     units.index)


def part_with(told: str, table: pd.DataFrame, part: Kept, units: pd.DataFrame) -> Kept:
    """Return what a table was filtered to, with the units that were filtered like it.

    One of `units` that has no row left is silent if it had none there: it counts as expected.

    Raises
    ------
    DataError
        If rows of one of `units` were filtered out, so that it would count as missing.
    """
    if "unit" not in part:
        return part
    sends, whole = units.loc[reports(units).ne(""), "unit"], whole_of(table)
    absent = [unit for unit in sends if unit not in {*part["unit"]}]
    lost = bool(absent)
    if whole:
        there = whole.every[whole.every["unit"].isin(absent)]
        # Not by group and sex: of another one a unit would count as missing too.
        for key in {*part} & {*there} - {"unit", "group", "sex"}:
            there = there[there[key].isin(part[key])]
        lost = len(there) > 0
    if lost:
        raise DataError(f"the {told} filtered to some units, so that the others would count as "
                        "missing: pass a table of units with the same ones only")
    return Kept(part | {"unit": [*part["unit"], *absent]})


def made_from(table: pd.DataFrame) -> dict[Hashable | None, Any]:
    """Return the attrs of a result: are its returns illustrative, what was filtered out of them."""
    return {"illustrative": is_illustrative(table), "part": filtered_to(table)}
