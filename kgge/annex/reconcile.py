"""Does the annex add up: every printed total against its parts, and the budget that is left."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from kgge.annex.header import Slot
from kgge.tables.schemas import conform, needs

Key = tuple[str, int | None, str | None]  # item, year, source


def budget_of(annex: pd.DataFrame) -> pd.DataFrame:
    """Return the budget table: the amounts of leaf lines, with the project of each."""
    rows: Any = pd.DataFrame(annex)  # without the attrs, which pandas copies deep at each step
    leaves = rows[rows["leaf"] & rows["year"].notna() & rows["source"].notna()]
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
    names = ("item", "parent", "year", "source", "amount", "line", "column")
    needs("the annex", annex, names)
    table: Any = pd.DataFrame(annex)  # without the attrs, as above
    items, above, *columns = (table[name].to_numpy(dtype=object, na_value=None).tolist()
                              for name in names)
    cells = {(item, year, source): at
             for item, year, source, *at in zip(items, *columns, strict=True)}
    slots = [*dict.fromkeys((year, source) for _, year, source in cells)]
    parents = dict(zip(items, above, strict=True))
    amounts = {item: [cells.get((item, *slot), (None,))[0] for slot in slots] for item in parents}
    within = annex.attrs.get("tolerances", {})
    rows = []
    for check, key, computed in add_up(amounts, slots, parents):
        printed, line, column = cells.get(key, (None, None, None))
        difference = None if printed is None or computed is None else round(printed - computed, 6)
        # Not printed is not zero: such a total is neither right nor wrong.
        state = "not checkable" if difference is None else "agrees" if abs(
            difference) <= within.get((line, column), within.get(None, 0)) else "differs"
        rows.append((check, *key, printed, computed, difference, state, line))
    return conform("ledger", pd.DataFrame(rows, dtype=object, columns=[
        "check", "item", "year", "source", "printed", "computed", "difference", "state", "line"]))


def add_up(amounts: Mapping[str, list[float | None]], slots: Sequence[Slot],
           parents: Mapping[str, str | None]) -> Iterator[tuple[str, Key, float | None]]:
    """Go through the checks: name, the total checked, and what its parts add up to.

    `amounts` are those of each item in the order of `slots`, None where nothing is printed;
    `parents` the item above each item.
    """
    below: dict[str, list[str]] = {}
    for item, parent in parents.items():
        if item != "total":
            below.setdefault(parent or "", []).append(item)
    # A slot without year or source is a total, over whatever it lacks.
    totals = dict.fromkeys([(None, None), *(slot for slot in slots if None in slot)])
    parts_of = {(year, source): [at for at, (y, s) in enumerate(slots) if None not in (y, s)
                                 and year in (None, y) and source in (None, s)]
                for year, source in totals}

    def computed(item: str) -> list[float | None]:
        """Return what the lines below an item add up to.

        What a line does not print is what its own amounts make, or else the lines below it.
        """
        lines = []
        for line in below.get(item, ()):
            own = amounts[line]
            printed = [add([own[at] for at in parts_of[slot]]) if amount is None and None in slot
                       else amount for amount, slot in zip(own, slots, strict=True)]
            lines.append(printed if None not in printed else [
                p if p is not None else c for p, c in zip(printed, computed(line), strict=True)])
        return [add(column) for column in zip(*lines, strict=True)] or [None] * len(slots)

    for item, printed in amounts.items():
        for total, parts in parts_of.items():
            yield "row total", (item, *total), add([printed[at] for at in parts])
    for check, items in (("children", [i for i in parents if i in below]), ("grand total", [""])):
        for item in items:
            for slot, amount in zip(slots, computed(item), strict=True):
                yield check, (item or "total", *slot), amount


def add(parts: Sequence[float | None]) -> float | None:
    """Return the sum of parts; None where one of them is not known, or there is none."""
    return sum(parts) if parts and None not in parts else None  # type: ignore[arg-type]
