"""Does the annex add up: every printed total against its parts, and the budget that is left."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from kgge.analysis.scope import needs
from kgge.tables.schemas import conform

Key = tuple[str, int | None, str | None]  # item, year, source


def budget_of(annex: pd.DataFrame) -> pd.DataFrame:
    """Return the budget table: the amounts of leaf lines, with the project of each."""
    leaves = annex[annex["leaf"] & annex["year"].notna() & annex["source"].notna()]
    return conform("budget", leaves.assign(project=leaves["item"].str.split(".").str[0])[
        ["item", "project", "year", "source", "amount", "line", "column"]])


def reconcile(annex: pd.DataFrame) -> pd.DataFrame:
    """Check every printed total against its parts.

    Parameters
    ----------
    annex : DataFrame
        As `read_annex` gives it. ``attrs["tolerances"]``, from the corrections, says by how much
        a total may differ for rounding: such a total agrees, its difference is shown.

    Returns
    -------
    DataFrame
        The ledger, key ``check, item, year, source``: ``row total`` (a row's total, over all years
        or of one year or source, against its own amounts), ``children`` (a parent's amounts and
        totals against the lines below it), ``grand total`` (the same against the projects). Where
        a line prints nothing, the lines below it count. Columns printed, computed, difference =
        printed - computed (million dong), state (``agrees``, ``differs``, ``not checkable`` where
        a figure is not printed), line of the printed figure.

    Examples
    --------
    >>> from kgge import read_annex
    >>> reconcile(read_annex())["state"].value_counts().to_dict()
    {'agrees': 101}
    """
    names = ("item", "year", "source", "amount", "line", "column")
    needs("the annex", annex, (*names, "parent"))
    table: Any = annex
    columns = (table[name].to_numpy(dtype=object, na_value=None)
               for name in names)
    cells = {(item, year, source): at for item, year, source, *at in zip(*columns, strict=True)}
    parents = dict(zip(table["item"], table["parent"].to_numpy(dtype=object, na_value=None),
                       strict=True))
    within = annex.attrs.get("tolerances", {})
    rows = []
    for check, key, computed in add_up({k: v[0] for k, v in cells.items()}, parents):
        printed, line, column = cells.get(key, (None, None, None))
        difference = None if printed is None or computed is None else round(printed - computed, 6)
        # Not printed is not zero: such a total is neither right nor wrong.
        state = "not checkable" if difference is None else "agrees" if abs(
            difference) <= within.get((line, column), within.get(None, 0)) else "differs"
        rows.append((check, *key, printed, computed, difference, state, line))
    return conform("ledger", pd.DataFrame(rows, columns=[
        "check", "item", "year", "source", "printed", "computed", "difference", "state", "line"]))


def add_up(cells: Mapping[Key, float | None], parents: Mapping[str, str | None],
           ) -> Iterator[tuple[str, Key, float | None]]:
    """Go through the checks: name, the total checked, and what its parts add up to.

    `cells` are amounts, None where nothing is printed; `parents` the item above each item.
    """
    below: dict[str, list[str]] = {}
    for item, parent in parents.items():
        if item != "total":
            below.setdefault(parent or "", []).append(item)
    slots = list(dict.fromkeys((year, source) for _, year, source in cells))
    # A slot without year or source is a total, over whatever it lacks.
    single = [slot for slot in slots if None not in slot]
    totals = list(dict.fromkeys([(None, None), *(slot for slot in slots if None in slot)]))

    def whole(item: str, year: int | None, source: str | None) -> float | None:
        printed = cells.get((item, year, source))
        return printed if printed is not None else add(
            [whole(part, year, source) for part in below.get(item, ())])

    for item in parents:
        for year, source in totals:
            yield "row total", (item, year, source), add(
                [cells.get((item, y, s)) for y, s in single
                 if year in (None, y) and source in (None, s)])
    for check, items in (("children", [i for i in parents if i in below]),
                         ("grand total", [""])):
        for item in items:
            for year, source in slots:
                yield check, (item or "total", year, source), add(
                    [whole(part, year, source) for part in below.get(item, ())])


def add(parts: list[float | None]) -> float | None:
    """Return the sum of parts; None where one of them is not known, or there is none."""
    known = [part for part in parts if part is not None]
    return sum(known) if known and len(known) == len(parts) else None
