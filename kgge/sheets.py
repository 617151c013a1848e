"""The published tables: what stands on each sheet of the workbook, in its order."""

from typing import NamedTuple

import pandas as pd

from kgge import tables
from kgge.figures import latest_year
from kgge.plan import REPORT_STATES
from kgge.progress import coverage, progress
from kgge.spending import execution, real_terms, shares, totals

_PROGRESS = ("indicator year reached eligible coverage coverage_low coverage_high target status "
             "firm units_expected units_reported missing_units")
_PACE = ("indicator year baseline target coverage distance_share time_share ratio status "
         "status_low status_high observed_pace required_pace")


class Sheet(NamedTuple):
    """One table of the workbook: code, columns of codes and numbers, how its chart is drawn."""

    name: str
    table: pd.DataFrame
    series: tuple[str, ...] = ()  # columns drawn; none: no chart
    kind: str = "column"
    subtype: str | None = None
    by: str | None = None  # one line for each value of this column


def sheets() -> list[Sheet]:
    """Return the tables of the workbook in order; those of returns only where some were read."""
    budget, reporting = tables.load_budget(), tables.load_reporting()
    by_year = totals(budget, "year")
    constant = real_terms(by_year, int(budget["year"].min()))
    sources = tuple(dict.fromkeys(budget["source"]))
    years = tuple(map(str, dict.fromkeys(budget["year"])))
    lines = wide_table(totals(budget, ["item", "source"]), "item", "source")
    found = [
        Sheet("by_year", wide_table(totals(budget, ["year", "source"]), "year", "source"), sources,
              subtype="stacked"),
        Sheet("by_project", wide_table(totals(budget, ["project", "source"]), "project", "source"),
              sources, "bar", "stacked"),
        Sheet("by_project_year", wide_table(totals(budget, ["project", "year"]), "project", "year"),
              years),
        Sheet("by_line", lines, sources, "bar", "stacked"),
        Sheet("source_shares", wide_table(shares(budget, ["year", "source"], "year"), "year",
                                          "source", "share"), sources, subtype="stacked"),
        Sheet("constant_prices", constant[["year", "nominal", "amount"]].rename(
            columns={"amount": "constant"}), ("nominal", "constant")),
    ]
    return found + (_returned(budget, reporting) if reporting["received"].any() else [])


def _returned(budget: pd.DataFrame, reporting: pd.DataFrame) -> list[Sheet]:
    """Return the tables made from returns."""
    spending, outcomes = tables.load_spending(), tables.load_outcomes()
    units, year = tables.load_units(), latest_year(reporting)
    columns = ["planned", "spent", "unplanned", "execution", "state"]
    parts = {name: coverage(outcomes, units, by)
             for name, by in (("by_group", ["group", "sex"]), ("by_unit", ["unit"]))}
    state = progress(outcomes, tables.load_targets(), units)
    return [
        Sheet("spent", execution(budget, spending, "project")[["project", *columns]],
              ("planned", "spent"), "bar"),
        Sheet("spent_by_year", execution(budget, spending, ["project", "year"])[
            ["project", "year", *columns]], ("execution",), "line", by="project"),
        Sheet("reporting", _reports(reporting)),
        Sheet("progress", state[_PROGRESS.split()], ("coverage",), "line", by="indicator"),
        Sheet("pace", state[_PACE.split()]),
        *(Sheet(name, part[part["year"] == year].drop(columns="missing_units")
                .dropna(axis="columns", how="all").reset_index(drop=True))
          for name, part in parts.items()),
    ]


def wide_table(table: pd.DataFrame, row: str, column: str, value: str = "amount") -> pd.DataFrame:
    """Return one row for each `row` and one column for each `column`; money with its total."""
    out = table.pivot(index=row, columns=column, values=value)
    out = out.reindex(list(dict.fromkeys(table[row])))[list(dict.fromkeys(table[column]))]
    out.columns = pd.Index(list(map(str, out.columns)))
    if value == "amount":
        out["total"] = out.sum(axis="columns", min_count=1)
    out = out.reset_index().astype({row: object})
    if value == "amount":
        out.loc[len(out)] = ["total", *out.iloc[:, 1:].sum(min_count=1)]
    return out


def _reports(reporting: pd.DataFrame) -> pd.DataFrame:
    """Return the state of each unit's return, one column a year."""
    on_time, late, empty, missing = REPORT_STATES
    state = pd.Series(late, index=reporting.index).mask(reporting["on_time"].eq(True), on_time)
    state = state.mask(~reporting["with_content"].eq(True), empty)
    state = state.mask(~reporting["received"], missing).where(reporting["expected"])
    return wide_table(reporting.assign(state=state), "unit", "year", "state")
