"""Amounts in the prices of one year and in US dollars, from ``data/raw/prices.csv``."""

from typing import Any

import pandas as pd

from kgge.files import DataError, data_folder


def _prices() -> pd.DataFrame:
    path = data_folder() / "raw" / "prices.csv"
    return pd.read_csv(path, engine="c", index_col="year")


def _per_year(budget: pd.DataFrame, values: Any, what: str) -> Any:
    absent = sorted(set(budget["year"]) - set(values.index))
    if absent:
        raise DataError(f"data/raw/prices.csv has no {what} of {', '.join(map(str, absent))}; it "
                        f"covers {', '.join(map(str, values.index))}")
    return budget["year"].map(values).astype("float64")


def real_terms(budget: pd.DataFrame, base_year: int) -> pd.DataFrame:
    """Express amounts in the prices of one year.

    Parameters
    ----------
    budget : DataFrame
        Any table with year and amount (million dong of that year).
    base_year : int
        Year in whose average consumer prices the amounts are to stand.

    Returns
    -------
    DataFrame
        The same rows with amount in million dong of `base_year`; the amount as planned is kept
        as nominal. ``attrs["base_year"]`` names the year.

    Raises
    ------
    DataError
        If the price table does not reach a year.

    Notes
    -----
    Source: World Bank FP.CPI.TOTL.ZG, Viet Nam (``data/raw/prices.csv``).

    Examples
    --------
    >>> from kgge import load_budget
    >>> round(real_terms(load_budget(), 2016)["amount"].sum(), 1)
    np.float64(6186.1)
    """
    change = _prices()["cpi_change_pct"]
    index = (1 + change / 100).cumprod()
    index.loc[change.index.min() - 1] = 1.0  # the year that the first change is counted from
    if base_year not in index.index:
        raise DataError(f"base year {base_year}: data/raw/prices.csv allows "
                        f"{', '.join(map(str, sorted(index.index)))}")
    deflator = _per_year(budget, index.sort_index(), "price index") / index[base_year]
    out = budget.assign(amount=budget["amount"] / deflator, nominal=budget["amount"])
    out.attrs["base_year"] = base_year
    return out


def in_usd(budget: pd.DataFrame) -> pd.DataFrame:
    """Express amounts in US dollars at each year's average rate.

    Parameters
    ----------
    budget : DataFrame
        Any table with year and amount (million dong).

    Returns
    -------
    DataFrame
        The same rows with amount in US dollars; the amount in million dong is kept as nominal.

    Raises
    ------
    DataError
        If the price table does not reach a year.

    Notes
    -----
    Source: World Bank PA.NUS.FCRF, Viet Nam (``data/raw/prices.csv``).

    Examples
    --------
    >>> from kgge import load_budget
    >>> round(in_usd(load_budget())["amount"].sum())
    291705
    """
    rate = _per_year(budget, _prices()["vnd_per_usd"], "exchange rate")
    return budget.assign(amount=budget["amount"] * 1e6 / rate, nominal=budget["amount"])
