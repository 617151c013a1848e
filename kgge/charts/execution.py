"""Charts of two amounts side by side: current and constant prices, planned and spent."""


import pandas as pd
from matplotlib.axes import Axes

from kgge.charts.heatmap import heat
from kgge.charts.marks import bare, close, drawing, legend, pairs, patches
from kgge.charts.wording import cells_at, name, names, records, say, writer
from kgge.files import DataError
from kgge.labels import label, percent

BY = ("year", "project", "item", "source")


def planned_against_spent(table: pd.DataFrame, ax: Axes | None = None,
                          lang: str | None = None) -> Axes:
    """Draw planned and spent amounts as two bars a row, with the rate of execution.

    Parameters
    ----------
    table : DataFrame
        ``execution(budget, spending, by)`` with one of project, year, source, item: that key,
        planned, spent (million dong; empty where not reported), execution (share), state.
    ax, lang
        As in `planned_by_year_and_source`; so are what it returns and the errors.

    Examples
    --------
    >>> import kgge
    >>> table = kgge.execution(kgge.load_budget(), kgge.load_spending(), "project")
    >>> ax = planned_against_spent(table, lang="en")
    >>> kgge.charts.chart_data(ax)[["project", "planned"]].head(1)
      project  planned
    0       I   1900.0
    """
    with drawing(table, "planned spent execution state", ax, lang) as (ax, lang):
        key = next((k for k in BY if k in table), None)
        if key is None:
            raise DataError(f"the chart needs one of {', '.join(BY)}; the table has "
                            f"{', '.join(table.columns)}")
        planned, spent = (writer(table[c], lang) for c in ("planned", "spent"))
        texts = [[planned(v) for v in table["planned"]],
                 [rate if pd.isna(v) else f"{spent(v)} ({rate})"
                  for v, rate in zip(table["spent"], _rates(table, lang), strict=True)]]
        pairs(ax, table, key, {"planned": "planned", "spent": "spent"}, texts, lang, upright=False)
        bare(ax, table[["planned", "spent"]].max().max())
        legend(ax, patches("money", ["planned", "spent"], lang))
        figures = (say("planned_against_spent.figure", lang, name=n, planned=p, spent=s)
                   for n, p, s in zip(names(key, list(table[key]), lang), *texts, strict=True))
        by = say(f"key.{key}", lang)
        close(ax, table, lang, _spent_title(table, by, lang), "planned_against_spent.subtitle",
              "; ".join(figures), "spending", key=by)
    return ax


def _rates(table: pd.DataFrame, lang: str) -> list[str]:
    """Return the rate of execution of each row, or in words why there is none."""
    return [percent(row["execution"], lang) if row["state"] == "executed" else
            label("execution", row["state"], lang) for row in records(table)]


def _spent_title(table: pd.DataFrame, key: str, lang: str) -> str:
    """Say what was spent of the plan, over the rows that were reported."""
    known = table[table["spent"].notna()]
    if known.empty:
        return say("planned_against_spent.unknown", lang)
    planned, spent = known["planned"].sum(), known["spent"].sum()
    extra, write = known.get("other", known["spent"] * 0).sum(), writer(known["spent"], lang)
    kind = "unplanned" if not planned > 0 else "extra" if extra > 0 else "title"
    title = say(f"planned_against_spent.{kind}", lang, spent=write(spent), extra=write(extra),
                planned=writer(known["planned"], lang)(planned),
                share=percent(spent / (planned or 1), lang))
    if silent := len(table) - len(known):
        title = say("planned_against_spent.silent", lang, title=title, silent=silent,
                    rows=len(table), key=key)
    return title


def execution_by_project_and_year(table: pd.DataFrame, ax: Axes | None = None,
                                  lang: str | None = None) -> Axes:
    """Draw the rate of execution as a grid; where there is none the cell says why.

    Parameters
    ----------
    table : DataFrame
        ``execution(budget, spending, ["project", "year"])``: project, year, execution (share),
        state.
    ax, lang
        As in `planned_by_year_and_source`; so are what it returns and the errors.

    Examples
    --------
    >>> import kgge
    >>> table = kgge.execution(kgge.load_budget(), kgge.load_spending(), ["project", "year"])
    >>> kgge.charts.chart_text(execution_by_project_and_year(table, lang="en")).subtitle
    'All spending, also outside the plan, as a share of planned amounts, %, 2016–2020'
    """
    with drawing(table, "project year execution state", ax, lang) as (ax, lang):
        texts, rate = _rates(table, lang), table["execution"]
        heat(ax, table, "project", "execution", texts, lang)
        kind, low, high = "unknown", "", ""
        if rate.notna().any():
            low, high = (f"{percent(v, lang)} ({cells_at(table, rate == v, lang)})"
                         for v in (rate.min(), rate.max()))
            kind = "one" if low == high else "title"
        title = say(f"execution_by_project_and_year.{kind}", lang, low=low, high=high)
        figures = (f"{name('project', row['project'], lang)}, {row['year']}: {text}"
                   for row, text in zip(records(table), texts, strict=True))
        close(ax, table, lang, title, "execution_by_project_and_year.subtitle",
              "; ".join(figures), "spending")
    return ax
