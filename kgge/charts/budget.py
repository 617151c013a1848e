"""Charts of amounts of one kind, by year, project, line and funding source.

Whether they are planned or spent follows from the table: `totals` of the budget is the plan, of
spending what the returns say, with their source line and their mark.
"""

from typing import NamedTuple

import pandas as pd
from matplotlib.axes import Axes

from kgge.analysis.scope import base_year, money_of
from kgge.charts.heatmap import heat
from kgge.charts.marks import (
    Words,
    Write,
    bar,
    chart,
    legend,
    no_scale,
    paired_bars,
    patches,
    stack,
    tree,
    value_axis,
    value_label,
)
from kgge.charts.wording import (
    cells_at,
    codes_of,
    count,
    listed,
    lower,
    name,
    names,
    records,
    say,
    short,
    writer,
)
from kgge.files import DataError
from kgge.labels import percent


class Money(NamedTuple):
    """What a table of money holds: the column drawn, its kind, where it comes from, how written."""

    column: str  # amount or spent
    kind: str  # planned or spent
    source: str
    write: Write

    def words(self, table: pd.DataFrame, lang: str, code: str, title: str, figures: str,
              **places: object) -> Words:
        """Return the words of a chart; where nothing or not all is known, its title says so."""
        values, said = table[self.column], f"{self.kind}."
        gaps = int(values.isna().sum())
        if not values.sum():
            title = say(said + ("nothing" if gaps < len(values) else "unknown"), lang)
        elif gaps:
            title = say("gaps", lang, title=title, count=gaps)
        return Words(title, f"{code}.subtitle", figures, self.source,
                     {"money": say(f"{self.kind}.money", lang), **places})


def money(table: pd.DataFrame, lang: str, constant: bool = False) -> Money:
    """Tell what the amounts of a table are; a table that could be either is refused."""
    if not constant and (base := base_year(table)):
        raise DataError(f"the chart draws current prices; amounts of the table are in prices of "
                        f"{base}: draw them with kgge.charts.planned_in_constant_prices")
    columns = [c for c in ("amount", "spent") if c in table] or [c for c in ["share"] if c in table]
    if len(columns) != 1:
        raise DataError("the chart draws amount (planned) or spent (returned), million dong; the "
                        f"table has {', '.join(map(str, table.columns))}; make one with "
                        "kgge.totals(budget, …) or kgge.totals(spending, …)")
    kind = money_of(table) or ("spent" if columns == ["spent"] else "planned")
    if kind == "both" and columns != ["spent"]:
        raise DataError("the table was made by kgge.execution, so that its amount can be planned "
                        "or spent; make one with kgge.totals(budget, …) or "
                        "kgge.totals(spending, …)")
    return Money(columns[0], *(("planned", "annex") if kind == "planned" else ("spent", "returns")),
                 writer(table[columns[0]], lang))


def _figures(table: pd.DataFrame, keys: tuple[str, str], value: str, write: Write,
             lang: str) -> str:
    """Return every figure of a two-way table as a sentence a row, for the description."""
    (across, of), out = keys, []
    mark = ":" if of == "year" else ""  # "2016: 280", but "Central budget 790"
    for code in codes_of(table, across):
        figures = [f"{name(of, row[of], lang)}{mark} {write(row[value])}"
                   for row in records(table[table[across] == code])]
        out.append(f"{name(across, code, lang)}: {', '.join(figures)}")
    return ". ".join(out)


def _largest(table: pd.DataFrame, key: str, of: Money) -> tuple[list[str], bool]:
    """Return the code with the largest sum, or those that tie as written, and whether all do."""
    sums = table.groupby(key)[of.column].sum()
    most = of.write(sums.max())
    first = [code for code in codes_of(table, key) if of.write(sums[code]) == most]
    return first, len(first) == len(sums) > 1


def _leaders(table: pd.DataFrame, key: str, of: Money, lang: str) -> str:
    """Say which project or source has the largest share, "each" where some or all tie."""
    sums, whole = table.groupby(key)[of.column].sum(), table[of.column].sum()
    first, tie = _largest(table, key, of)
    told = {"whole": of.write(whole), "share": percent(sums[first[0]] / (whole or 1), lang),
            "who": listed([lower(short(n)) if key == "source" else short(n)
                           for n in names(key, first, lang)], lang)}
    kind = "one" if len(sums) == 1 else "tie" if tie else "each" if len(first) > 1 else "most"
    return say(f"{of.kind}.{key}.{kind}", lang, **told)


@chart("year source", "", "kgge.totals(budget, ['year', 'source'])")
def planned_by_year_and_source(ax: Axes, table: pd.DataFrame, lang: str) -> Words:
    """Draw amounts as one column a year, stacked by funding source.

    Parameters
    ----------
    table : DataFrame
        ``totals(budget, ["year", "source"])``: year, source, amount (million dong); or the same of
        spending, with spent in place of amount.

    Examples
    --------
    >>> import kgge
    >>> table = kgge.totals(kgge.load_budget(), ["year", "source"])
    >>> kgge.charts.chart_text(planned_by_year_and_source(table, lang="en")).title
    'The central budget was to provide 59.8% of the 6,600 million dong planned; most in ...'
    """
    of, keys = money(table, lang), ("year", "source")
    ends = stack(ax, table, keys, of.write, lang, upright=True, value=of.column)
    value_axis(ax, max(ends), of.write)
    title = _leaders(table, "source", of, lang)
    if len(ends) > 1:
        years, tie = _largest(table, "year", of)
        title = say(f"years.{'tie' if tie else 'most' if len(years) > 1 else 'one'}", lang,
                    title=title, years=listed(list(map(str, years)), lang))
    return of.words(table, lang, "planned_by_year_and_source", title,
                    _figures(table, keys, of.column, of.write, lang))


@chart("project source", "", "kgge.totals(budget, ['project', 'source'])")
def planned_by_project_and_source(ax: Axes, table: pd.DataFrame, lang: str) -> Words:
    """Draw amounts as one level bar a project, stacked by funding source.

    Parameters
    ----------
    table : DataFrame
        ``totals(budget, ["project", "source"])``: project, source, amount (million dong); or the
        same of spending.

    Examples
    --------
    >>> import kgge
    >>> table = kgge.totals(kgge.load_budget(), ["project", "source"])
    >>> kgge.charts.chart_text(planned_by_project_and_source(table, lang="en")).title
    'Project 4 has the largest part: 33.3% of the 6,600 million dong planned'
    """
    of, keys = money(table, lang), ("project", "source")
    ends = stack(ax, table, keys, of.write, lang, upright=False, value=of.column)
    no_scale(ax, max(ends))
    return of.words(table, lang, "planned_by_project_and_source",
                    _leaders(table, "project", of, lang),
                    _figures(table, keys, of.column, of.write, lang))


@chart("project year", "", "kgge.totals(budget, ['project', 'year'])")
def planned_by_project_and_year(ax: Axes, table: pd.DataFrame, lang: str) -> Words:
    """Draw amounts as a grid of projects and years, with the figure in each cell and the totals.

    Parameters
    ----------
    table : DataFrame
        ``totals(budget, ["project", "year"])``: project, year, amount (million dong); or the same
        of spending.

    Examples
    --------
    >>> import kgge
    >>> table = kgge.totals(kgge.load_budget(), ["project", "year"])
    >>> kgge.charts.chart_text(planned_by_project_and_year(table, lang="en")).title
    'Largest yearly amounts planned: 530 million dong for Project 1 in 2017 and 2019'
    """
    of = money(table, lang)
    write, values = of.write, table[of.column]
    heat(ax, table, "project", of.column, [write(v) for v in values], lang,
         total=lambda part: write(part[of.column].sum(min_count=1)))
    most, whole = write(values.max()), write(values.sum())
    chosen = values.map(write) == most
    kind = "tie" if chosen.all() and len(table) > 1 else "one" if chosen.sum() == 1 else "most"
    title = say(f"{of.kind}.grid.{kind}", lang, most=most, whole=whole,
                cells=cells_at(table, chosen, lang))
    return of.words(table, lang, "planned_by_project_and_year", title,
                    _figures(table, ("project", "year"), of.column, write, lang))


@chart("item", "project", "kgge.totals(budget, ['project', 'item', 'source'])", also="source")
def planned_by_line(ax: Axes, table: pd.DataFrame, lang: str) -> Words:
    """Draw amounts of every line as level bars, under the totals of their projects and models.

    Parameters
    ----------
    table : DataFrame
        ``totals(budget, ["project", "item"])``: project, item, amount (million dong), and source
        where the bars are to be stacked by it; or the same of spending.

    Examples
    --------
    >>> import kgge
    >>> table = kgge.totals(kgge.load_budget(), ["project", "item"])
    >>> kgge.charts.chart_data(planned_by_line(table, lang="en")).head(1)
      project item  amount
    0       I  I.1   400.0
    """
    of = money(table, lang)
    write, amounts = of.write, table.groupby("item", sort=False)[of.column].sum(min_count=1)
    places = tree(ax, list(amounts.index), lang, lambda code: write(amounts[
        [i == code or i.startswith(f"{code}.") for i in amounts.index]].sum(min_count=1)))
    ends = dict.fromkeys(places, 0.0)
    sources = codes_of(table, "source") if "source" in table else []
    by = ["project", "item", *(["source"] if sources else [])]
    for row in sorted(records(table), key=lambda r: sources.index(r["source"]) if sources else 0):
        item, value, keys = row["item"], row[of.column], {key: row[key] for key in by}
        bar(ax, keys, of.column, value, places[item], 0.2, keys.get("source", "item"),
            start=ends[item])
        ends[item] += 0.0 if pd.isna(value) else value
    for item, value in amounts.items():
        value_label(ax, places[item], value, write(value))
    no_scale(ax, amounts.max())
    legend(ax, patches("source", sources, lang))
    least = amounts.nlargest(3 if len(amounts) > 5 else 1).min()  # and those that tie
    first, whole = amounts[amounts >= least], amounts.sum()
    kind = "tie" if len(first) == len(amounts) else "largest"
    title = count(f"{of.kind}.{kind}", lang, len(first), lines=len(amounts), each=write(least),
                  share=percent(first.sum() / (whole or 1), lang), whole=write(whole))
    figures = [f"{name('item', i, lang)}: {write(v)}" for i, v in amounts.items()]
    return of.words(table, lang, "planned_by_line", title, "; ".join(figures))


@chart("year source", "share", "kgge.shares(budget, ['year', 'source'], within='year')")
def source_shares_by_year(ax: Axes, table: pd.DataFrame, lang: str) -> Words:
    """Draw the share of each funding source in each year's amount.

    Parameters
    ----------
    table : DataFrame
        ``shares(budget, ["year", "source"], "year")``: year, source, share (0 to 1; empty where
        there is nothing in the year) and amount (or spent, where it is of spending).

    Examples
    --------
    >>> import kgge
    >>> table = kgge.shares(kgge.load_budget(), ["year", "source"], "year")
    >>> kgge.charts.chart_text(source_shares_by_year(table, lang="en")).title
    "The central budget was to provide 59.0% to 60.5% of each year's amount planned"
    """
    of = money(table, lang)
    unknown = table[of.column].isna().any()
    gap = say("not_reported" if unknown else f"{of.kind}.gap", lang)

    def write(v: float) -> str:
        return gap if pd.isna(v) else percent(v, lang)

    keys, sources = ("year", "source"), codes_of(table, "source")
    stack(ax, table, keys, write, lang, upright=True, value="share")
    value_axis(ax, 1.0, lambda v: percent(v, lang, 0))
    spans = {s: [write(v) for v in (own.min(), own.max())] for s, own in (
        (s, table.loc[table["source"] == s, "share"]) for s in sources)}
    highest = table.groupby("source")["share"].max().fillna(-1.0)
    first = max(sources, key=lambda s: highest[s])
    low, high = spans[first]
    tie = len(sources) > 1 and low == high and len(set(map(tuple, spans.values()))) == 1
    kind = "tie" if tie else "one" if len(sources) == 1 else "most"
    title = say(f"{of.kind}.shares.{kind}", lang, who=lower(short(name("source", first, lang))),
                span=low if low == high else say("range", lang, low=low, high=high))
    return of.words(table, lang, "source_shares_by_year", title,
                    _figures(table, keys, "share", write, lang))


@chart("year", "constant base_year", "kgge.real_terms(kgge.totals(budget, 'year'), base_year)")
def planned_in_constant_prices(ax: Axes, table: pd.DataFrame, lang: str) -> Words:
    """Draw amounts of each year in current prices beside those in constant prices.

    Parameters
    ----------
    table : DataFrame
        ``real_terms(totals(budget, "year"), base_year)``: year, amount (million dong of each
        year), constant (million dong of the base year), base_year; or the same of spending.

    Examples
    --------
    >>> import kgge
    >>> table = kgge.real_terms(kgge.totals(kgge.load_budget(), "year"), 2016)
    >>> kgge.charts.chart_text(planned_in_constant_prices(table, lang="en")).title
    'At 2016 prices the amounts planned are worth 6,186 million dong, 6.3% less than ...'
    """
    of, bases = money(table, lang, constant=True), table["base_year"].unique()
    if len(bases) != 1 or pd.isna(bases[0]):
        raise DataError("constant prices are those of one year; base_year holds "
                        f"{', '.join(map(str, bases))}")
    base, kinds = int(bases[0]), {of.column: "nominal", "constant": "constant"}
    paired_bars(ax, table, "year", kinds, of.write)
    value_axis(ax, table[list(kinds)].max().max(), of.write)
    legend(ax, [(text.format(base), patch)
                for text, patch in patches("price", kinds.values(), lang)])
    nominal, real = table[of.column].sum(), table["constant"].sum()
    change = percent(abs(real / (nominal or 1) - 1), lang)
    kind = "same" if of.write(real) == of.write(nominal) else "less" if real < nominal else "more"
    title = say(f"{of.kind}.constant.{kind}", lang, base=base, real=of.write(real), change=change)
    figures = (say("planned_in_constant_prices.figure", lang, year=row["year"],
                   nominal=of.write(row[of.column]), real=of.write(row["constant"]))
               for row in records(table))
    source = "prices" if of.source == "annex" else "spending_prices"
    return of._replace(source=source).words(
        table, lang, "planned_in_constant_prices", title, "; ".join(figures))
