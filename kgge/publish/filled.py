"""The budget annex again, filled in: planned and spent of every line, with its subtotals."""

import pandas as pd

from kgge.analysis.scope import made_from
from kgge.analysis.spending import execution
from kgge.labels import codes


def filled_annexes(budget: pd.DataFrame, spending: pd.DataFrame,
                   units: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the annex with what was spent beside what was planned, million dong.

    One table for the years for which returns are due, where they are several; then one for each of
    them. Columns: item (lines under their projects and models, then ``total``); for each source of
    the plan ``<source>.planned``, ``.spent``, ``.execution``; over these sources planned, within,
    execution; other (sources without a plan); spent (within + other); and beside each column of
    money spent ``<column>.not_known``, the number of cells "..." and of figures missing in it.

    >>> import kgge
    >>> tables = kgge.load_budget(), kgge.load_spending(), kgge.load_units()
    >>> filled_annexes(*tables)[0][["item", "planned"]].tail(1)
         item  planned
    23  total   6600.0
    """
    cells = execution(budget, spending, ["item", "source", "year"], units=units)
    planned = set(budget["source"])
    sources = [one for one in codes("source") if one in planned]
    # What stands in a line counts in each row above it too.
    above = {item: [item.rsplit(".", n)[0] for n in range(item.count("."), -1, -1)]
             for item in budget["item"].unique()}
    rows = [*dict.fromkeys(row for of in above.values() for row in of), "total"]
    cells["row"] = [[*above[item], "total"] for item in cells["item"]]
    cells = cells.explode("row")

    def filled(cells: pd.DataFrame) -> pd.DataFrame:
        out = pd.DataFrame({"item": rows})
        for one in sources if len(sources) > 1 else []:
            _add(out, cells[cells["source"] == one], f"{one}.planned", f"{one}.spent",
                 f"{one}.execution")
        inside = cells["source"].isin(planned)
        _add(out, cells[inside], "planned", "within", "execution")
        _add(out, cells[~inside], "", "other", "")
        _add(out, cells, "", "spent", "")
        out.attrs = made_from(spending) | {"years": sorted(map(int, cells["year"].unique()))}
        return out

    parts = [filled(part) for _, part in cells.groupby("year")]
    return [filled(cells), *parts] if len(parts) > 1 else parts


def _add(out: pd.DataFrame, cells: pd.DataFrame, planned: str, spent: str, rate: str) -> None:
    """Add the columns of what is planned and spent in each row."""
    cells = cells.assign(absent=cells["units_expected"] - cells["units_with_figure"])
    of = cells.groupby("row")[["planned", "spent", "not_known", "absent"]].sum(
        min_count=1).reindex(out["item"]).reset_index(drop=True)
    unknown = of["not_known"].fillna(0)
    if planned:
        out[planned] = of["planned"].fillna(0.0)
    out[spent], out[f"{spent}.not_known"] = of["spent"], unknown + of["absent"].fillna(0)
    if rate:  # none where nothing is planned, or "..." is all that was reported
        known = (of["planned"] > 0) & ~((unknown > 0) & ~(of["spent"] > 0))
        out[rate] = (of["spent"] / of["planned"]).where(known)
