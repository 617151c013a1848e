"""Money: planned and spent, in million dong."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from kgge.analysis.scope import keys_of
from kgge.files import DataError
from kgge.tables.load import is_illustrative

_BY = ("item", "project", "year", "source")


def _numbers(column: Any) -> Any:
    """Return amounts as plain floats, whatever they are stored as; what is missing is NaN."""
    return column.to_numpy(dtype=float, na_value=np.nan)


def totals(budget: pd.DataFrame, by: str | Sequence[str]) -> pd.DataFrame:
    """Sum the planned amounts.

    Parameters
    ----------
    budget : DataFrame
        As `load_budget` gives it.
    by : str or list of str
        Any of item, project, year, source.

    Returns
    -------
    DataFrame
        Columns of `by`, in the order of the annex, and amount (million dong).

    Raises
    ------
    ValueError
        If `by` names anything else.

    Examples
    --------
    >>> from kgge import load_budget
    >>> totals(load_budget(), "source")
        source  amount
    0  central  3950.0
    1    local  2650.0
    """
    keys = keys_of(by, _BY)
    plain = budget.assign(amount=_numbers(budget["amount"]))
    return plain.groupby(keys, sort=False)["amount"].sum().reset_index()


def shares(budget: pd.DataFrame, by: str | Sequence[str],
           within: str | Sequence[str] | None = None) -> pd.DataFrame:
    """Divide the planned amounts by their whole.

    Parameters
    ----------
    budget : DataFrame
        As `load_budget` gives it.
    by : str or list of str
        Any of item, project, year, source.
    within : str or list of str, optional
        Which of `by` name the whole: ``within="year"`` gives shares of each year. By default
        the whole is everything.

    Returns
    -------
    DataFrame
        As `totals`, with share (0 to 1; the shares of a whole add up to one; empty where the
        whole is zero).

    Examples
    --------
    >>> from kgge import load_budget
    >>> shares(load_budget(), "source").round(3)
        source  amount  share
    0  central  3950.0  0.598
    1    local  2650.0  0.402
    """
    out = totals(budget, by)
    if within is None:
        whole: float | pd.Series = out["amount"].sum()
    else:
        keys = keys_of(within, keys_of(by, _BY))
        whole = out.groupby(keys, sort=False)["amount"].transform("sum")
    return out.assign(share=out["amount"] / whole)


def execution(budget: pd.DataFrame, spending: pd.DataFrame,
              by: str | Sequence[str]) -> pd.DataFrame:
    """Set spent against planned amounts.

    Parameters
    ----------
    budget : DataFrame
        As `load_budget` gives it.
    spending : DataFrame
        As `load_spending` gives it; columns unit, year, item, source, amount are used.
    by : str or list of str
        Any of item, project, year, source, unit.

    Returns
    -------
    DataFrame
        Columns of `by`; planned (million dong; empty by unit, since the annex does not split it);
        spent (million dong; empty where nobody reported a figure); unplanned (the part of spent
        that stands on lines, years or sources for which nothing is planned); execution = spent /
        planned; state: ``executed``, ``unplanned`` (planned zero, spent above it: no rate),
        ``nothing_planned`` (both zero), ``not_reported``, ``no_plan`` (by unit).

    Raises
    ------
    ValueError
        If `by` names anything else.
    DataError
        If spending stands on a line item that the budget does not have.

    Examples
    --------
    >>> budget = pd.DataFrame({"item": ["I.1"], "project": ["I"], "year": [2016],
    ...                        "source": ["central"], "amount": [50.0]})
    >>> spent = pd.DataFrame({"unit": ["labour"], "year": [2016], "item": ["I.1"],
    ...                       "source": ["central"], "amount": [40.0]})
    >>> execution(budget, spent, "project")
      project  planned  spent  unplanned  execution     state
    0       I     50.0   40.0        0.0        0.8  executed
    """
    keys = keys_of(by, (*_BY, "unit"))
    cells = _cells(budget, spending)
    out = cells.groupby(keys, sort=False, as_index=False)[["planned", "spent", "unplanned"]].sum(
        min_count=1)
    if "unit" not in keys:  # the annex does not split its amounts by unit
        out["planned"] = out["planned"].fillna(0.0)
    out["unplanned"] = out["unplanned"].where(out["spent"].notna())
    out["execution"] = (out["spent"] / out["planned"]).where(out["planned"] > 0)
    out["state"] = np.select(
        [out["spent"].isna(), out["planned"].isna(), out["planned"] > 0, out["spent"] > 0],
        ["not_reported", "no_plan", "executed", "unplanned"], "nothing_planned")
    out.attrs["illustrative"] = is_illustrative(spending)
    return out


def _cells(budget: pd.DataFrame, spending: pd.DataFrame) -> pd.DataFrame:
    """Return planned and spent amounts one below the other, in the order of the budget."""
    projects = budget.drop_duplicates("item").set_index("item")["project"]
    unknown = sorted(set(spending["item"]) - set(projects.index))
    if unknown:
        raise DataError(f"spending on unknown line items {', '.join(unknown)}; the budget has "
                        f"{', '.join(projects.index)}")
    cell = ["item", "year", "source"]
    budget = budget.assign(amount=_numbers(budget["amount"]))
    spending = spending.assign(amount=_numbers(spending["amount"]))
    plan = budget[[*cell, "project", "amount"]].rename(columns={"amount": "planned"})
    spent = spending[["unit", *cell, "amount"]].rename(columns={"amount": "spent"})
    spent = spent.merge(plan[[*cell, "planned"]], on=cell, how="left", validate="many_to_one")
    spent["unplanned"] = spent["spent"].where(~(spent.pop("planned") > 0), 0.0)
    spent["project"] = spent["item"].map(projects)
    return pd.concat([plan, spent], ignore_index=True)
