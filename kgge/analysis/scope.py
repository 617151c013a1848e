"""What a table is asked for, the years it speaks of, and what was filtered out of it."""

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from kgge import plan
from kgge.files import DataError
from kgge.tables.load import is_illustrative
from kgge.tables.schemas import Kept, count_keys


def keys_of(by: str | Sequence[str], allowed: Sequence[str]) -> list[str]:
    """Return the keys of `by` as a list; raise ``ValueError`` unless each is allowed, and once."""
    keys = [by] if isinstance(by, str) else list(by or ())
    if not keys or len(set(keys)) < len(keys) or not set(keys) <= set(allowed):
        raise ValueError(f"by={by!r}: give one or more of {', '.join(allowed)}, each once, "
                         "several as a list")
    return keys


def needs(name: str, table: Any, columns: Iterable[str]) -> None:
    """Raise unless `table` is a table with these columns: tables are easily given in turn."""
    if not isinstance(table, pd.DataFrame):
        raise DataError(f"{name}: a table is needed, this is a {type(table).__name__}")
    if absent := [column for column in columns if column not in table]:
        raise DataError(f"{name} has the columns {', '.join(map(str, table))}; "
                        f"{', '.join(absent)} must be among them (are the tables in their order?)")


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
    if years is not None:
        several = [years] if isinstance(years, (str, int, float)) else years
        return sorted({whole_year(year) for year in several})
    return plan.due_years(planned, returned)


def terms(units: pd.DataFrame, years: Iterable[int]) -> tuple[Any, Any]:
    """Return which units have begun to report, and which have ended: arrays of years x units."""
    first, last = (units[name].to_numpy(dtype=float, na_value=np.nan) if name in units
                   else np.full(len(units), np.nan) for name in ("first_year", "last_year"))
    year = np.array([*years], dtype=float)[:, None]
    return ~(year < first), year > last


def filtered_to(table: pd.DataFrame) -> Kept:
    """Return which keys of a table as loaded were filtered, with the values that are left.

    A table as read remembers how many values its keys have in ``attrs["whole"]``. pandas keeps it
    through filtering, not through every merge: without it a table counts as whole, so nothing may
    rest on it alone that would make a range narrower.

    Examples
    --------
    >>> from kgge import load_spending
    >>> filtered_to(load_spending().query("year == 2018"))
    {'year': [2018]}
    """
    # Counted within a year or an indicator where the key varies there: a table of one year may have
    # fewer units without any row of that year having been taken out.
    whole = {key: n for key, n in table.attrs.get("whole", {}).items() if key in table}
    now = count_keys(table, list(whole))
    less = [key for key, counts in whole.items()
            if any(n < counts.get(within, n) for within, n in now[key].items())]
    if set(less) - {"year", "unit"}:  # a unit may have no row of the indicators that are left
        less = [key for key in less if key != "unit"]
    return Kept({key: table[key].unique().tolist() for key in less})


def made_from(table: pd.DataFrame) -> dict[Hashable | None, Any]:
    """Return the attrs of a result: are its returns illustrative, what was filtered out of them."""
    return {"illustrative": is_illustrative(table), "part": filtered_to(table)}
