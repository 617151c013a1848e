"""What is published: the figures and the sheets of the workbook, of the same tables."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from kgge.analysis.coverage import coverage
from kgge.analysis.gap import gap
from kgge.analysis.prices import has_prices, real_terms
from kgge.analysis.progress import progress
from kgge.analysis.reporting import report_states
from kgge.analysis.spending import execution, shares, totals
from kgge.analysis.tipping import tipping
from kgge.charts.execution import partial
from kgge.charts.wording import period
from kgge.labels import codes
from kgge.publish.filled import filled_annexes
from kgge.returns.quality import quality
from kgge.tables import load as tables

# The charts that are drawn once for each indicator.
_EACH = ("gap_by_unit", "coverage_by_group_and_sex", "coverage_by_unit")
_PROGRESS = ("indicator year reached eligible coverage coverage_low coverage_high target status "
             "firm units_expected units_reported missing_units").split()
_PACE = ("indicator year baseline target coverage distance_share time_share ratio status "
         "status_low status_high observed_pace required_pace").split()


class Figure(NamedTuple):
    """One published figure: stem of its files, section, function of `kgge.charts`, its table."""

    name: str
    section: str
    chart: str
    table: pd.DataFrame


class Sheet(NamedTuple):
    """One table of the workbook: its code, codes and numbers, how its chart is drawn."""

    name: str
    table: pd.DataFrame
    series: tuple[str, ...] = ()  # columns drawn; none: no chart
    kind: str = "column"
    subtype: str | None = None
    by: str | None = None  # one line for each value of this column
    value: str = ""  # what a table with two keys holds
    returned: bool = False  # made from returns
    marked: bool = False  # made from illustrative ones
    years: str = ""  # that it speaks of


Published = dict[str, dict[str, pd.DataFrame]]


def published() -> Published:
    """Return the published tables by section of the report and by the chart that draws them.

    Tables of money planned always, in constant prices where these are known; the others where
    returns have been read. Those of a single year stand for the latest year with a return.
    """
    budget, reporting = tables.load_budget(), tables.load_reporting()
    plan = {
        "planned_by_year_and_source": totals(budget, ["year", "source"]),
        "planned_by_project_and_source": totals(budget, ["project", "source"]),
        "planned_by_project_and_year": totals(budget, ["project", "year"]),
        "planned_by_line": totals(budget, ["project", "item", "source"]),
        "source_shares_by_year": shares(budget, ["year", "source"], "year"),
    }
    if has_prices(budget["year"]):  # of years to come nobody knows them
        plan["planned_in_constant_prices"] = real_terms(
            totals(budget, "year"), int(budget["year"].min()))
    if not reporting["received"].any():
        return {"plan": plan}
    spending, outcomes, units = tables.load_spending(), tables.load_outcomes(), tables.load_units()
    latest = reporting.loc[reporting["received"], "year"].max()
    targets = tables.load_targets()
    state = progress(outcomes, targets, units)
    by_group, by_unit = (coverage(outcomes, targets, units, by)
                         for by in (["group", "sex"], ["unit"]))
    by_group = by_group[by_group["year"] == latest]
    both = by_group.duplicated(["indicator", "group"]).any()  # sexes of a group
    return {
        "plan": plan,
        "execution": {
            "planned_against_spent": execution(budget, spending, "project", units=units),
            "execution_by_project_and_year": execution(
                budget, spending, ["project", "year"], units=units)},
        "reporting": {"reports_received": reporting,
                      "warnings_by_unit_and_year": quality(reporting, tables.load_problems())},
        "progress": {"scorecard": state[state["year"] == latest], "paths_to_targets": state,
                     "reach_needed": tipping(outcomes, targets, units, latest),
                     "gap_by_unit": gap(outcomes, targets, units, latest)},
        "coverage": ({"women_against_men": by_group} if both else {}) | {
                     "coverage_by_group_and_sex": by_group,
                     "coverage_by_unit": by_unit[by_unit["year"] == latest]},
    }


def figures(made: Published | None = None) -> list[Figure]:
    """Return the published figures, in the order of the report; `made` is what `published` gave."""
    found = []
    for section, drawn in (made or published()).items():
        for chart, table in drawn.items():
            if chart == "reach_needed" and not table["share_needed"].where(
                    table["state"].eq("open")).notna().any():
                continue  # nothing to draw; the cards and the brief say it in words
            if chart not in _EACH:
                found.append(Figure(chart, section, chart, table))
                continue
            parts = {code: table[table["indicator"] == code] for code in codes("indicator")}
            found += [Figure(f"{chart}-{code}", section, chart, part)
                      for code, part in parts.items() if len(part)]
    return found


def sheets(made: Published | None = None) -> list[Sheet]:
    """Return the tables of the workbook in order; those of returns only where some were read."""
    made, budget = made or published(), tables.load_budget()
    plan, by_line = made["plan"], totals(budget, ["item", "source"])
    found = [
        _crossed("by_year", plan["planned_by_year_and_source"], "column", "stacked"),
        _crossed("by_project", plan["planned_by_project_and_source"], "bar", "stacked"),
        _crossed("by_project_year", plan["planned_by_project_and_year"], "column"),
        _crossed("by_line", by_line, "bar", "stacked"),
        _crossed("source_shares", plan["source_shares_by_year"].drop(columns="amount"), "column",
                 "stacked"),
    ]
    if "planned_in_constant_prices" in plan:
        constant = plan["planned_in_constant_prices"].rename(columns={"amount": "nominal"})
        found.append(Sheet("constant_prices", constant[["year", "nominal", "constant"]],
                           ("nominal", "constant")))
    marked, planned = tables.is_illustrative(), period(budget)
    return [one._replace(years=planned) for one in found] + [
        one._replace(returned=True, marked=marked) for one in [*_returned(made), *annexes()]]


def _returned(made: Published) -> list[Sheet]:
    """Return the tables made from returns."""
    if "reporting" not in made:
        return []
    spent, returns = made["execution"], made["reporting"]["reports_received"]
    state, groups = (made["progress"]["paths_to_targets"],
                     made["coverage"]["coverage_by_group_and_sex"])
    states = returns.assign(state=report_states(returns))[["unit", "year", "state"]]
    by_project, by_year = spent["planned_against_spent"], spent["execution_by_project_and_year"]
    states = states[states["year"] <= returns.loc[returns["received"], "year"].max()]
    by_source = execution(tables.load_budget(), tables.load_spending(), "source",
                          units=tables.load_units())
    # Columns where amounts stand side by side: of level bars programs turn the legend round.
    found = [
        Sheet("spent", with_total(by_project, "project"), ("planned", "within", "other")),
        Sheet("spent_by_source", with_total(by_source, "source"), ("planned", "spent")),
        Sheet("spent_by_year", with_total(by_year, "project", "year"), ("execution",), "line",
              by="project"),
        Sheet("reporting", wide_table(states)),
        Sheet("progress", state[_PROGRESS], ("coverage",), "line", by="indicator"),
        Sheet("pace", state[_PACE]),
        Sheet("by_group", groups.drop(columns="missing_units").dropna(axis="columns", how="all")
              .reset_index(drop=True)),  # without the columns that hold nothing
        Sheet("by_unit", units_by_indicator(made["coverage"]["coverage_by_unit"], state),
              value="coverage"),
    ]
    due, latest = period(by_project), period(groups)
    return [one._replace(years=latest if one.name in ("by_group", "by_unit") else due)
            for one in found]


def annexes() -> list[Sheet]:
    """Return the budget annex filled in: for the period so far, then for each of its years."""
    spending = tables.load_spending()
    parts = [] if spending.empty else filled_annexes(
        tables.load_budget(), spending, tables.load_units())
    return [Sheet("annex", part, years=period(part), returned=True,
                  marked=tables.is_illustrative(spending)) for part in parts]


def with_total(table: pd.DataFrame, *keys: str) -> pd.DataFrame:
    """Return `execution` by some keys with the total over the first of them, for each year."""
    columns = ["planned", "within", "execution", "other", "spent", "not_known"]
    groups = [part for _, part in table.groupby("year", sort=True)] if "year" in keys else [table]
    rows, ends = [], []
    for part in groups:
        sums = part[columns].sum(min_count=1)
        rate = sums["within"] / sums["planned"] if sums["planned"] else float("nan")
        year = {"year": part["year"].iloc[0]} if "year" in keys else {}
        rows.append({keys[0]: "total", **sums, **year, "execution": rate})
        ends.append(partial(part).any())
    out = pd.concat([table, pd.DataFrame(rows)], ignore_index=True)[[*keys, *columns]]
    out.attrs = table.attrs | {"least": np.flatnonzero([*partial(table), *ends]).tolist()}
    return out


def units_by_indicator(coverage: pd.DataFrame, state: pd.DataFrame) -> pd.DataFrame:
    """Return the coverage of each unit, the indicators across; then all together, and targets."""
    known = coverage[["unit", "indicator", "coverage"]]
    there = wide_table(known.assign(coverage=1.0)).iloc[:, 1:].notna()
    wide = wide_table(known).astype(object)
    wide[there.columns] = wide[there.columns].where(there, "[z]")  # a unit that is not to report
    latest = state[state["year"] == coverage["year"].max()].set_index("indicator")
    for code, column in (("all_units", "coverage"), ("target", "target")):
        wide.loc[len(wide)] = [code, *latest[column].reindex(wide.columns[1:])]
    return wide


def _crossed(name: str, table: pd.DataFrame, kind: str, subtype: str | None = None) -> Sheet:
    """Return the sheet of a table with two keys, the second one across."""
    wide = wide_table(table)
    drawn = tuple(column for column in wide.columns[1:] if column != "total")
    return Sheet(name, wide, drawn, kind, subtype, value=table.columns[2])


def wide_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of two keys and a value with the second key across; money with its total."""
    row, column, value = table
    out = table.pivot(index=row, columns=column, values=value)
    out = out.reindex(list(dict.fromkeys(table[row])))[list(dict.fromkeys(table[column]))]
    out.columns = pd.Index(list(map(str, out.columns)), name=column)
    if value == "amount":
        out["total"] = out.sum(axis="columns", min_count=1)
    out = out.reset_index().astype({row: object})
    if value == "amount":
        out.loc[len(out)] = ["total", *out.iloc[:, 1:].sum(min_count=1)]
    return out
