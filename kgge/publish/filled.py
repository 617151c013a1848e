"""The budget annex again, filled in: planned and spent of every line, with its subtotals."""

from collections.abc import Sequence

import pandas as pd

from kgge.analysis.scope import made_from
from kgge.analysis.spending import execution
from kgge.labels import codes


def filled_annex(budget: pd.DataFrame, spending: pd.DataFrame, units: pd.DataFrame,
                 years: Sequence[int] | None = None) -> pd.DataFrame:
    """Return the annex with what was spent beside what was planned, million dong.

    Parameters
    ----------
    budget, spending, units : DataFrame
        As for `kgge.execution`.
    years : sequence of int, optional
        Years to count; by default those for which returns are due.

    Returns
    -------
    DataFrame
        item (lines under their projects and models, then ``total``); for each source of the plan
        ``<source>.planned``, ``.spent``, ``.execution``; over these sources planned, within,
        execution; other (sources without a plan); spent (within + other); and beside each column
        of money spent ``<column>.not_known``, the number of cells "..." in it.

    Examples
    --------
    >>> import kgge
    >>> tables = kgge.load_budget(), kgge.load_spending(), kgge.load_units()
    >>> filled_annex(*tables)[["item", "planned"]].tail(1)
         item  planned
    23  total   6600.0
    """
    cells = execution(budget, spending, ["item", "source"], years, units=units)
    leaves, planned = list(dict.fromkeys(budget["item"])), set(budget["source"])
    rows = dict.fromkeys(".".join(leaf.split(".")[:n]) for leaf in leaves
                         for n in range(1, leaf.count(".") + 2))
    out = pd.DataFrame({"item": [*rows, "total"]})
    sources = [one for one in codes("source") if one in planned]
    for one in sources if len(sources) > 1 else []:
        _add(out, cells[cells["source"] == one], f"{one}.planned", f"{one}.spent",
             f"{one}.execution")
    inside = cells["source"].isin(planned)
    _add(out, cells[inside], "planned", "within", "execution")
    _add(out, cells[~inside], "", "other", "")
    _add(out, cells, "", "spent", "")
    out.attrs = made_from(spending) | {
        "years": [int(cells["first_year"].min()), int(cells["last_year"].max())]}
    return out


def _add(out: pd.DataFrame, cells: pd.DataFrame, planned: str, spent: str, rate: str) -> None:
    """Add what is planned and spent of each row: its own cells, or those of all lines below it."""
    of = pd.DataFrame([cells.loc[
        [row in (item, "total") or item.startswith(f"{row}.") for item in cells["item"]],
        ["planned", "spent", "not_known"]].sum(min_count=1) for row in out["item"]])
    unknown = of["not_known"].fillna(0)
    if planned:
        out[planned] = of["planned"].fillna(0.0)
    out[spent], out[f"{spent}.not_known"] = of["spent"], unknown
    if rate:  # none where nothing is planned, or "..." is all that was reported
        known = (of["planned"] > 0) & ~((unknown > 0) & ~(of["spent"] > 0))
        out[rate] = (of["spent"] / of["planned"]).where(known)
