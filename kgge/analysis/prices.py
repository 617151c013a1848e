"""Amounts in the prices of one year, from ``data/raw/prices.csv``."""

from collections.abc import Iterable

import pandas as pd

from kgge.analysis.scope import whole_year
from kgge.files import DataError
from kgge.tables.schemas import list_path, needs, read_list


def real_terms(budget: pd.DataFrame, base_year: int | str) -> pd.DataFrame:
    """Express amounts in the prices of one year.

    Parameters
    ----------
    budget : DataFrame
        Any table with year and amount or spent (million dong of that year).
    base_year : int or str
        Year in whose average consumer prices the amounts are to stand.

    Returns
    -------
    DataFrame
        The same rows, with constant (the amount in million dong of `base_year`) and base_year.

    Raises
    ------
    DataError
        If the price table does not reach a year, the amounts are deflated already, or planned
        and spent stand side by side.

    Notes
    -----
    Source: World Bank FP.CPI.TOTL.ZG, Viet Nam (``data/raw/prices.csv``).

    Examples
    --------
    >>> from kgge import load_budget
    >>> round(real_terms(load_budget(), 2016)["constant"].sum(), 1)
    np.float64(6186.1)
    """
    needs("the table of money", budget, ["year"])
    money = [name for name in ("amount", "planned", "spent") if name in budget]
    if len(money) != 1:
        raise DataError(f"the table has {' and '.join(money) or 'no amount'}; real_terms needs one "
                        "of amount and spent (as kgge.totals gives it)")
    if "constant" in budget:
        raise DataError("the table has amounts in constant prices already (column constant)")
    index, base_year = _price_index(), whole_year(base_year)
    if index.empty:
        raise DataError(f"{list_path('prices')} holds no price index: fill in year and "
                        "cpi_change_pct of each year")
    covered, years = ", ".join(map(str, sorted(index.index))), budget["year"].map(whole_year)
    if base_year not in index.index:
        raise DataError(f"base year {base_year}: {list_path('prices')} allows {covered}")
    if absent := sorted(set(years) - set(index.index)):
        raise DataError(f"{list_path('prices')} has no price index of "
                        f"{', '.join(map(str, absent))}; it covers {covered}")
    deflator = years.map(index).astype("float64") / index[base_year]
    out = budget.assign(constant=budget[money[0]] / deflator, base_year=base_year)
    out.attrs["base_year"] = base_year
    return out


def has_prices(years: Iterable[int]) -> bool:
    """Tell whether amounts of all these years can be expressed in the prices of one of them.

    Examples
    --------
    >>> has_prices(range(2016, 2021)), has_prices([2020, 2031])
    (True, False)
    """
    return set(years) <= set(_price_index().index)


def _price_index() -> pd.Series:
    """Return average consumer prices by year; 1 in the year the first change is counted from."""
    index = (1 + read_list("prices").set_index("year")["cpi_change_pct"] / 100).cumprod()
    if len(index):
        index.loc[index.index.min() - 1] = 1.0
    return index
