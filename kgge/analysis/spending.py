"""Money: planned and spent, in million dong."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from kgge.analysis.scope import (
    as_read,
    base_year,
    filtered_to,
    keys_of,
    made_from,
    money_of,
    part_with,
    reports,
    scope,
    terms,
    whole_of,
    whole_year,
)
from kgge.files import DataError
from kgge.labels import about
from kgge.tables.load import read_table
from kgge.tables.schemas import needs

_BREAKDOWNS = ("item", "project", "year", "source")
_MONEY_KEY = ["item", "year", "source"]
EXECUTION = ["planned", "spent", "within", "other", "execution", "not_known", "units_expected",
             "units_with_figure", "state", "first_year", "last_year"]


def _amounts(column: Any) -> Any:
    """Return amounts as plain floats, whatever they are stored as; what is missing is NaN."""
    return column.to_numpy(dtype=float, na_value=np.nan)


def without_plan() -> set[str]:
    """Return the funding sources that the plan names without amounts."""
    return set(filter(None, about("unplanned").split(";")))


def _not_known(spending: pd.DataFrame) -> Any:
    """Return which amounts occurred but are not known ("...")."""
    if "state" not in spending:
        return np.zeros(len(spending), dtype=bool)
    return spending["state"].eq("not_known").to_numpy(dtype=bool)


def totals(money: pd.DataFrame, by: str | Sequence[str], *more: Any) -> pd.DataFrame:
    """Sum planned amounts, or spent ones.

    Parameters
    ----------
    money : DataFrame
        As `load_budget` gives it; or as `load_spending` does.
    by : str or list of str
        Any of item, project, year, source; of spending: item, year, source, unit.
    *more
        Refused: several columns are given as one list.

    Returns
    -------
    DataFrame
        Columns of `by`, in the order of the table, and amount (million dong planned). Of
        spending: spent (million dong; empty where nobody reported a figure) and not_known (cells
        "...": where there are any, spent is the least it can be).

    Raises
    ------
    ValueError
        If `by` names anything else, or the columns are given apart.

    Examples
    --------
    >>> from kgge import load_budget
    >>> totals(load_budget(), "source")
        source  amount
    0  central  3950.0
    1    local  2650.0
    """
    needs("the table of money", money, ["amount"])
    if more:
        raise ValueError(f"by={by!r} and beside it {', '.join(map(repr, more))}: give several as a "
                         "list, as ['project', 'year']")
    money = as_read(money)
    kind = money_of(money)
    if kind == "both":
        raise DataError("the table was made by kgge.execution, so that its amount can be planned "
                        "or spent: sum the budget or the spending itself")
    _check_amounts("the table of money", money, kind)
    returned = kind == "spent"
    keys = keys_of(by, (*_BREAKDOWNS, "unit") if returned else _BREAKDOWNS)
    if returned and "project" in keys and "project" not in money:
        raise ValueError("spending names items, not projects: kgge.execution(budget, spending, "
                         "'project') sums both by project")
    needs("the table of money", money, keys)
    if not returned:
        plain = money.assign(amount=_amounts(money["amount"]))
        out = plain.groupby(keys, sort=False)["amount"].sum(min_count=1).reset_index()
        out.attrs = {"part": filtered_to(money), "years": _years(money, keys),
                     "codes": _codes(out, keys)}
        if kind:  # a plan is no return; a table that nothing is known of keeps no such promise
            out.attrs |= {"money": kind, "illustrative": False}
        return out
    plain = money.assign(spent=_amounts(money["amount"]), not_known=_not_known(money).astype(int))
    grouped = plain.groupby(keys, sort=False)
    out = pd.concat([grouped["spent"].sum(min_count=1), grouped["not_known"].sum()], axis=1)
    out = out.reset_index()
    out.attrs = made_from(money) | {"money": kind, "years": _years(money, keys),
                                    "codes": _codes(out, keys), "told": _told(money)}
    return out


def _told(spending: pd.DataFrame, due: Mapping[int, int] | None = None
          ) -> dict[int, tuple[int, int]]:
    """Return by year how many units gave an amount, and how many were to.

    Nothing where rows were left out by what stands in them: their units did report.
    """
    if not {"unit", "year"} <= set(spending) or "rows" in filtered_to(spending):
        return {}
    if due is None:
        years = sorted({whole_year(year) for year in spending["year"]})
        due = dict(zip(years, _senders(spending, None, years), strict=True))
    gave = spending[spending["amount"].notna() | _not_known(spending)]
    came = gave.groupby("year")["unit"].nunique()
    return {year: (int(came.get(year, 0)), many) for year, many in due.items()}


def _codes(table: pd.DataFrame, keys: list[str]) -> dict[str, list[str]]:
    """Return what stands in the keys of a sum, so that rows chosen later are seen to be some."""
    return {key: table[key].unique().tolist() for key in keys if key != "year"}


def _years(money: pd.DataFrame, keys: list[str]) -> list[int] | None:
    """Return the years of a sum; None where its rows name theirs, so that they may be filtered."""
    if "year" in keys:
        return None
    return sorted(map(whole_year, money["year"].unique())) if "year" in money else []


def _check_amounts(name: str, money: pd.DataFrame, kind: str) -> None:
    """Raise where rows are no amounts of single lines, each once, in current prices."""
    if "leaf" in money:
        raise DataError(f"{name}: the annex holds lines beside the sums of projects and models, "
                        "which would count twice; kgge.load_budget() gives the lines alone")
    if base := base_year(money):
        raise DataError(f"{name}: amounts in prices of {base}; sum and compare those of "
                        "kgge.load_budget() or kgge.load_spending(), and take kgge.real_terms "
                        "after that")
    key = [column for column in ("unit", *_MONEY_KEY) if column in money]
    if not {*_MONEY_KEY} <= set(key) or (kind == "spent" and "unit" not in key):
        return  # sums already
    for bad, why in ((money[key].isna().any(axis=1), "a key is empty"),
                     (money.duplicated(key, keep=False), "a key stands twice")):
        if bad.any():
            raise DataError(f"{name}: {why}:\n{money.loc[bad, [*key, 'amount']].head(20)}")


def shares(money: pd.DataFrame, by: str | Sequence[str],
           within: str | Sequence[str] | None = None) -> pd.DataFrame:
    """Divide planned (or spent) amounts by their whole.

    Parameters
    ----------
    money : DataFrame
        As for `totals`.
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
    out = totals(money, by)
    amounts = "spent" if "spent" in out else "amount"
    keys = [] if within is None else keys_of(within, keys_of(by, (*_BREAKDOWNS, "unit")), "within")
    whole: Any = out.groupby(keys, sort=False)[amounts].transform("sum") if keys else (
        out[amounts].sum())
    out.attrs["within"] = keys
    return out.assign(share=out[amounts] / whole)


def execution(budget: pd.DataFrame, spending: pd.DataFrame, by: str | Sequence[str],
              years: Any = None, cumulative: bool = False,
              units: pd.DataFrame | None = None) -> pd.DataFrame:
    """Set spent against planned amounts, in the years for which returns are due.

    Parameters
    ----------
    budget : DataFrame
        As `load_budget` gives it; columns item, project, year, source, amount are used.
    spending : DataFrame
        As `load_spending` gives it; columns unit, year, item, source, amount and, for "...",
        state are used.
    by : str or list of str
        Any of item, project, year, source, unit.
    years : int or sequence of int, optional
        Years to count; by default from the plan's first to the latest with a return.
    cumulative : bool, default False
        Each year with those before it; `by` must name the year.
    units : DataFrame, optional
        As `load_units` gives it: those with indicators are to send returns. By default those
        of the data folder; of a table made by hand, the units that stand in `spending`.

    Returns
    -------
    DataFrame
        Columns of `by`, no row where no return has come; then in million dong planned (empty by
        unit and where `spending` was filtered by unit: the annex does not split it), spent, and of
        it within (from sources that have a plan) and other (from those without); execution =
        within / planned; not_known (cells "...", in no sum: spent is the least it can be);
        units_expected, units_with_figure (units times years); state: ``executed``, ``unplanned``
        (planned zero, spent above it), ``nothing_planned`` (both zero), ``not_known`` ("..." and
        nothing above zero), ``not_reported`` (no figure; from planned sources where there is a
        plan), ``no_plan`` (planned empty); first_year, last_year of the row.

    Raises
    ------
    ValueError
        If `by` or `years` name anything else.
    DataError
        If one of the tables was filtered otherwise than the other: on lines, sources, years or
        units; if amounts stand twice or in constant prices.

    Examples
    --------
    >>> budget = pd.DataFrame({"item": ["I.1"], "project": ["I"], "year": [2016],
    ...                        "source": ["central"], "amount": [50.0]})
    >>> spent = pd.DataFrame({"unit": "labour", "year": 2016, "item": "I.1",
    ...                       "source": ["central", "other"], "amount": [40.0, 15.0]})
    >>> execution(budget, spent, "project").iloc[:, :6]
      project  planned  spent  within  other  execution
    0       I     50.0   55.0    40.0   15.0        0.8
    """
    keys = keys_of(by, (*_BREAKDOWNS, "unit"))
    if cumulative and "year" not in keys:
        raise ValueError(f"by={by!r}: cumulative sums up to each year, so by must name the year")
    needs("budget", budget, (*_MONEY_KEY, "project", "amount"))
    needs("spending", spending, ("unit", *_MONEY_KEY, "amount"))
    budget, spending = as_read(budget), as_read(spending)
    _check_amounts("budget", budget, "planned")
    _check_amounts("spending", spending, "spent")
    covered = scope(budget["year"], spending["year"], years)
    _check_scope(budget, spending, covered, years is not None)
    cells = _cells(budget, spending, covered)
    steps = [(year, upto) for upto in covered for year in covered
             if year == upto or (cumulative and year < upto)]
    cells = cells.merge(pd.DataFrame(steps, columns=["year", "upto"], dtype="int64"), on="year")
    cells["call"], cells["year"] = cells["year"].astype(str), cells.pop("upto")
    out = _summed(cells, keys)
    calls = pd.Series(1 if "unit" in keys else _senders(spending, units, covered), covered,
                      dtype="int64")
    out["units_expected"] = out["year"].map(calls.cumsum() if cumulative else calls) \
        if "year" in keys else int(calls.sum())
    last = out["year"] if "year" in keys else max(covered, default=0)
    out["last_year"] = last
    out["first_year"] = last if "year" in keys and not cumulative else min(covered, default=0)
    if "unit" in filtered_to(spending):
        out["planned"] = np.nan
    out["execution"] = (out["within"] / out["planned"]).where(out["planned"] > 0)
    _add_state(out)
    out = out[[*keys, *EXECUTION]]
    out.attrs = made_from(spending) | {"money": "both", "years": covered, "cumulative": cumulative,
                                       "part": _part(budget, spending), "codes": _codes(out, keys),
                                       "told": {} if cumulative or "unit" in keys else
                                       _told(spending, dict(zip(covered, calls, strict=True)))}
    return out


def _part(budget: pd.DataFrame, spending: pd.DataFrame) -> dict[str, Any]:
    """Return what both were filtered to: lines of whole projects are these projects."""
    part = filtered_to(spending) | filtered_to(budget)
    return {key: left for key, left in part.items() if (key, "project" in part) != ("item", True)}


def _summed(cells: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Sum the cells by `keys`; what nobody reported stays empty."""
    amounts = ["planned", "spent", "within", "other"]
    grouped = cells.groupby(keys, sort=False)
    out = grouped[amounts].sum(min_count=1)
    out[["not_known", "hidden"]] = grouped[["not_known", "hidden"]].sum().astype("int64")
    told = cells[cells["spent"].notna()]
    calls = told.assign(call=told["unit"].astype(str) + told["call"]).groupby(keys)["call"]
    out["units_with_figure"] = calls.nunique().reindex(out.index).fillna(0).astype("int64")
    if "unit" not in keys:  # the annex does not split its amounts by unit
        out["planned"] = out["planned"].fillna(0.0)
    return out.reset_index()


def _add_state(out: pd.DataFrame) -> None:
    """Add the state of each row; make within + other = spent where one of the two is silent."""
    planned, spent = out["planned"], out["spent"]
    # Nothing told is no rate of 0: a row is executed only where its planned sources have a figure.
    silent = out["within"].isna() & (planned > 0)  # no figure from the sources that have a plan
    hidden = out.pop("hidden") > 0  # "..." of these
    nothing = np.where(planned > 0, hidden & ~(out["within"] > 0),
                       (out["not_known"] > 0) & ~(spent > 0))
    out["state"] = np.select(
        [nothing, spent.isna() | silent, planned.isna(), planned > 0, spent > 0],
        ["not_known", "not_reported", "no_plan", "executed", "unplanned"], "nothing_planned")
    out["execution"] = out["execution"].where(out["state"] == "executed")
    for column in ("within", "other"):
        out[column] = out[column].fillna(0.0).where(spent.notna())


def _senders(spending: pd.DataFrame, units: pd.DataFrame | None, years: list[int]) -> list[int]:
    """Return how many units are to report money in each year."""
    there, part = set(spending["unit"]), filtered_to(spending)
    if units is None:
        units = read_table("units") if whole_of(spending) else pd.DataFrame({"unit": []})
        if not there <= set(units["unit"]):  # made by hand, or another plan's
            return [len(there)] * len(years)
        units = units[units["unit"].isin(part["unit"])] if "unit" in part else units
    needs("units", units, ("unit", "indicators"))
    sends = reports(units).ne("").to_numpy(dtype=bool)
    if over := there - set(units["unit"]):
        raise DataError("spending has units that the table of units lacks: "
                        f"{', '.join(map(str, sorted(over)))}; pass both of the same units")
    part_with("spending was", spending, part, units)
    begun, ended = terms(units, years)
    return [int(n) for n in (begun & ~ended & sends).sum(axis=1)]


def _check_scope(budget: pd.DataFrame, spending: pd.DataFrame, covered: list[int],
                 given: bool) -> None:
    """Raise where one table lacks lines, sources or years that the other has.

    Their quotient would be too high where the plan was filtered, too low where the spending was.
    """
    have = {key: set(budget[key]) for key in _MONEY_KEY}
    over = {"item": set(spending["item"]) - have["item"],
            "source": set(spending["source"]) - have["source"] - without_plan(),
            "year": set(covered) - have["year"]}
    asked = have | {"year": set(covered)}
    under = {key: asked[key] - set(values) for key, values in filtered_to(spending).items()
             if key in asked and len(spending)}
    faults = [f"{which} has {', '.join(map(str, sorted(values)))} in {key}, {other} does not"
              for which, other, found in (("spending", "budget", over),
                                          ("budget", "spending", under))
              for key, values in found.items() if values]
    parts = filtered_to(budget), filtered_to(spending)
    if not faults and "unit" not in parts[1] and any("rows" in part for part in parts):
        raise DataError("budget and spending cannot be compared where they hold only some of their "
                        "rows (such as amounts above a limit): filter both by whole lines, sources "
                        "or years")
    if faults and given and over["year"] and len(faults) == 1:
        raise ValueError(f"years {', '.join(map(str, sorted(over['year'])))}: the budget has "
                         f"{', '.join(map(str, sorted(have['year'])))}")
    if faults:
        raise DataError(f"budget and spending do not cover the same: {'; '.join(faults)}. Filter "
                        "both alike; for some years pass both whole and give years=")


def _cells(budget: pd.DataFrame, spending: pd.DataFrame, covered: list[int]) -> pd.DataFrame:
    """Return planned and spent amounts one below the other, in the order of the budget."""
    plain = budget.assign(planned=_amounts(budget["amount"]))
    with_plan = set(plain.loc[~plain["source"].isin(without_plan()) | (plain["planned"] > 0),
                              "source"])
    spent = spending.assign(
        spent=_amounts(spending["amount"]), not_known=_not_known(spending),
        project=spending["item"].map(budget.drop_duplicates("item").set_index("item")["project"]))
    planned = spent["source"].isin(with_plan)
    spent = spent.assign(within=spent["spent"].where(planned), hidden=spent["not_known"] & planned,
                         other=spent["spent"].where(~planned))
    cells = pd.concat([plain[[*_MONEY_KEY, "project", "planned"]], spent[
        ["unit", *_MONEY_KEY, "project", "spent", "within", "other", "not_known", "hidden"]]],
        ignore_index=True)
    flags = {name: cells[name].eq(True).astype("int64") for name in ("not_known", "hidden")}
    cells = cells.assign(year=_amounts(cells["year"]).astype("int64"), **flags)
    return cells[cells["year"].isin(covered)]
