"""The published figures: which chart draws which table, in the order of the report."""

from typing import NamedTuple

import pandas as pd

from kgge import tables
from kgge.labels import codes
from kgge.prices import real_terms
from kgge.progress import coverage, progress
from kgge.spending import execution, shares, totals


class Figure(NamedTuple):
    """One published figure: stem of its files, section, function of `kgge.charts`, its table."""

    name: str
    section: str
    chart: str
    table: pd.DataFrame


def figures() -> list[Figure]:
    """Return the published figures, in the order of the report.

    Returns
    -------
    list of Figure
        Figures of money planned always; the others where returns have been read. Those of a
        single year stand for the latest year with a return.

    Raises
    ------
    DataError
        If a processed table is missing or the annex does not add up.
    """
    budget, reporting = tables.load_budget(), tables.load_reporting()
    found = _planned(budget)
    if reporting["received"].any():
        found += _spent(budget, tables.load_spending())
        found.append(Figure("reports_received", "reporting", "reports_received", reporting))
        found += _reached(reporting)
    return found


def latest_year(reporting: pd.DataFrame) -> int:
    """Return the latest year of which a return was received."""
    return int(reporting.loc[reporting["received"], "year"].max())


def _named(section: str, drawn: dict[str, pd.DataFrame]) -> list[Figure]:
    return [Figure(chart, section, chart, table) for chart, table in drawn.items()]


def _planned(budget: pd.DataFrame) -> list[Figure]:
    base_year = int(budget["year"].min())
    return _named("plan", {
        "planned_by_year_and_source": totals(budget, ["year", "source"]),
        "planned_by_project_and_source": totals(budget, ["project", "source"]),
        "planned_by_project_and_year": totals(budget, ["project", "year"]),
        "planned_by_line": totals(budget, ["project", "item"]),
        "source_shares_by_year": shares(budget, ["year", "source"], "year"),
        "planned_in_constant_prices": real_terms(totals(budget, "year"), base_year),
    })


def _spent(budget: pd.DataFrame, spending: pd.DataFrame) -> list[Figure]:
    return _named("execution", {
        "planned_against_spent": execution(budget, spending, "project"),
        "execution_by_project_and_year": execution(budget, spending, ["project", "year"]),
    })


def _reached(reporting: pd.DataFrame) -> list[Figure]:
    """Return the figures of persons: one path an indicator, the scorecard, the parts of each."""
    outcomes, units = tables.load_outcomes(), tables.load_units()
    targets, year = tables.load_targets(), latest_year(reporting)
    state = progress(outcomes, targets, units)
    indicators = [code for code in codes("indicator") if code in set(targets["indicator"])]
    found = [Figure(f"path_to_target-{code}", "progress", "path_to_target",
                    state[state["indicator"] == code]) for code in indicators]
    found.append(Figure("scorecard", "progress", "scorecard", state[state["year"] == year]))
    for chart, by in (("coverage_by_group_and_sex", ["group", "sex"]),
                      ("coverage_by_unit", ["unit"])):
        parts = coverage(outcomes, units, by)
        of_year = parts[parts["year"] == year]
        found += [Figure(f"{chart}-{code}", "coverage", chart, rows) for code in indicators
                  if len(rows := of_year[of_year["indicator"] == code])]
    return found
