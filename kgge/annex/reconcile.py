"""Does the annex add up: every printed total against its parts, and the budget that is left."""

import pandas as pd

from kgge.tables.schemas import conform


def budget_of(annex: pd.DataFrame) -> pd.DataFrame:
    """Return the budget table: the amounts of leaf lines, with the project of each."""
    leaves = annex[annex["leaf"] & annex["year"].notna()]
    return conform("budget", leaves.assign(project=leaves["item"].str.split(".").str[0])[
        ["item", "project", "year", "source", "amount", "line", "column"]])


def reconcile(annex: pd.DataFrame) -> pd.DataFrame:
    """Check every printed total against its parts.

    Parameters
    ----------
    annex : DataFrame
        As `read_annex` gives it.

    Returns
    -------
    DataFrame
        The ledger, key ``check, item, year, source``: ``row total`` (a row's total against its
        own amounts), ``children`` (a parent's amounts and total against the lines below it),
        ``grand total`` (the same against the projects). Columns printed, computed, difference =
        printed - computed (million dong), state (``agrees``, ``differs``, ``not checkable`` where
        a figure is not printed), line of the printed figure.

    Examples
    --------
    >>> from kgge import read_annex
    >>> reconcile(read_annex())["state"].value_counts().to_dict()
    {'agrees': 101}
    """
    below = annex[annex["parent"].notna()].drop(columns="item").rename(columns={"parent": "item"})
    parts = {"row total": annex[annex["year"].notna()].assign(year=None, source=None),
             "children": below, "grand total": annex[annex["level"] == 1].assign(item="total")}
    items = [*annex["item"].unique(), "total"]
    ledger = pd.concat([_computed(frame, items).assign(check=check)
                        for check, frame in parts.items()]).merge(
        annex[["item", "year", "source", "amount", "line"]].rename(columns={"amount": "printed"}),
        on=["item", "year", "source"], how="left", validate="many_to_one")
    ledger["difference"] = (ledger["printed"] - ledger["computed"]).round(6)
    ledger["state"] = "not checkable"
    ledger.loc[ledger["difference"].notna(), "state"] = "differs"
    ledger.loc[ledger["difference"] == 0, "state"] = "agrees"
    return conform("ledger", ledger)


def _computed(parts: pd.DataFrame, items: list[str]) -> pd.DataFrame:
    """Sum the parts of each total, in the order of `items`; one not printed leaves it unknown."""
    grouped = parts.astype({"year": "Int64"}).groupby(["item", "year", "source"], dropna=False,
                                                      sort=False)["amount"]
    sums = grouped.sum().where(grouped.count() == grouped.size()).rename("computed").reset_index()
    return sums.sort_values("item", key=lambda item: item.map(items.index), kind="stable")
