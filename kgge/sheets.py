"""The published tables: what stands on each sheet of the workbook, codes as readers see them."""

from typing import Any, NamedTuple

import pandas as pd

from kgge import tables
from kgge.figures import latest_year
from kgge.labels import codes, label, labels, words
from kgge.prices import real_terms
from kgge.progress import coverage, progress
from kgge.reporting import report_states
from kgge.spending import execution, shares, totals

# The code list of each column of codes; the shares among the columns of numbers.
KINDS = {"item": "item", "project": "item", "source": "source", "indicator": "indicator",
         "group": "group", "sex": "sex", "unit": "unit", "status": "status",
         "status_low": "status", "status_high": "status", "state": "state"}
SHARES = ("share", "coverage", "coverage_low", "coverage_high", "baseline", "target",
          "distance_share", "time_share", "observed_pace", "required_pace", "execution")
_PROGRESS = ("indicator year reached eligible coverage coverage_low coverage_high target status "
             "firm units_expected units_reported missing_units")
_PACE = ("indicator year baseline target coverage distance_share time_share ratio status "
         "status_low status_high observed_pace required_pace")


class Sheet(NamedTuple):
    """One table of the workbook: its code, codes and numbers, how its chart is drawn, the unit."""

    name: str
    table: pd.DataFrame
    series: tuple[str, ...] = ()  # columns drawn; none: no chart
    kind: str = "column"
    subtype: str | None = None
    by: str | None = None  # one line for each value of this column
    unit: str = "money"
    returned: bool = False  # made from returns


def sheets() -> list[Sheet]:
    """Return the tables of the workbook in order; those of returns only where some were read."""
    budget, reporting = tables.load_budget(), tables.load_reporting()
    by_year = totals(budget, "year")
    constant = real_terms(by_year, int(budget["year"].min()))
    sources = tuple(dict.fromkeys(budget["source"]))
    years = tuple(map(str, dict.fromkeys(budget["year"])))
    crossed = {name: wide_table(totals(budget, keys), *keys) for name, keys in {
        "by_year": ["year", "source"], "by_project": ["project", "source"],
        "by_project_year": ["project", "year"], "by_line": ["item", "source"]}.items()}
    share = wide_table(shares(budget, ["year", "source"], "year"), "year", "source", "share")
    found = [
        Sheet("by_year", crossed["by_year"], sources, subtype="stacked"),
        Sheet("by_project", crossed["by_project"], sources, "bar", "stacked"),
        Sheet("by_project_year", crossed["by_project_year"], years),
        Sheet("by_line", crossed["by_line"], sources, "bar", "stacked"),
        Sheet("source_shares", share, sources, subtype="stacked", unit="share"),
        Sheet("constant_prices", constant[["year", "nominal", "amount"]].rename(
            columns={"amount": "constant"}), ("nominal", "constant")),
    ]
    return found + (_returned(budget, reporting) if reporting["received"].any() else [])


def _returned(budget: pd.DataFrame, reporting: pd.DataFrame) -> list[Sheet]:
    """Return the tables made from returns."""
    spending, outcomes = tables.load_spending(), tables.load_outcomes()
    units, year = tables.load_units(), latest_year(reporting)
    columns = ["planned", "spent", "unplanned", "execution", "state"]
    state = progress(outcomes, tables.load_targets(), units)
    found = [
        Sheet("spent", execution(budget, spending, "project")[["project", *columns]],
              ("planned", "spent"), "bar"),
        Sheet("spent_by_year", execution(budget, spending, ["project", "year"])[
            ["project", "year", *columns]], ("execution",), "line", by="project"),
        Sheet("reporting", wide_table(reporting.assign(state=report_states(reporting)), "unit",
                                      "year", "state"), unit="state"),
        Sheet("progress", state[_PROGRESS.split()], ("coverage",), "line", by="indicator",
              unit="persons"),
        Sheet("pace", state[_PACE.split()], unit="share"),
    ]
    for name, by in (("by_group", ["group", "sex"]), ("by_unit", ["unit"])):
        part = coverage(outcomes, units, by)
        part = part[part["year"] == year].drop(columns="missing_units")
        found.append(Sheet(name, part.dropna(axis="columns", how="all").reset_index(drop=True),
                           unit="persons"))
    return [sheet._replace(returned=True) for sheet in found]


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


def header(column: str, lang: str) -> str:
    """Return the header of a column: its own, the label of a funding source or sex, or itself."""
    own = words("header", lang)
    if column in own:
        return own[column]
    kind = next((kind for kind in ("source", "sex") if column in codes(kind)), None)
    return label(kind, column, lang) if kind else column


def labelled(table: pd.DataFrame, lang: str, kinds: dict[str, str] | None = None) -> pd.DataFrame:
    """Return a table with labels in place of its codes; `kinds` names further code lists."""
    kinds, said = KINDS | (kinds or {}), words("word", lang)
    out = table.astype(object)
    for column in out:
        names: dict[Any, str]
        known = [code for code in out[column].dropna().unique() if code != ""]
        if column == "missing_units":
            names = {code: "; ".join(labels("unit", code.split(";"), lang)) for code in known}
        elif column in kinds:
            kind = kinds[column]
            if kind == "state":  # of money or of a return: whichever list knows the codes
                kind = "execution" if set(known) <= set(codes("execution")) else "report_state"
            names = dict(zip(known, labels(kind, known, lang), strict=True))
        elif column == "firm":
            names = {True: said["yes"], False: said["no"]}
        else:
            names = {"total": header("total", lang)}
        shown = [None if v == "" or pd.isna(v) else names.get(v, v) for v in out[column]]
        out[column] = pd.Series(shown, index=out.index, dtype=object)
    return out
