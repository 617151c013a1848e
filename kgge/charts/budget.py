"""Charts of amounts of one kind, by year, project, line and funding source.

Whether they are planned or spent follows from the table: `totals` of the budget is the plan, of
spending what the returns say, with their source line and their mark.
"""

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd
from matplotlib.axes import Axes

from kgge.analysis.scope import base_year, money_of
from kgge.charts.execution import least
from kgge.charts.heatmap import heat
from kgge.charts.marks import (
    Words,
    Write,
    bar,
    chart,
    columns,
    legend,
    no_scale,
    patches,
    slot,
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
from kgge.files import DataError, data_folder
from kgge.labels import percent
from kgge.tables.load import load_budget, load_spending


class Money(NamedTuple):
    """A table of money: the column drawn, its kind, its source, how written."""

    table: pd.DataFrame
    column: str  # amount or spent
    kind: str  # planned or spent
    source: str
    write: Write

    def say(self, code: str, **figures: object) -> str:
        """Return the sentence of what is planned or of what is spent."""
        return say(f"{self.kind}.{code}", **figures)

    @property
    def hidden(self) -> int:
        """Return how many figures occurred but are in no sum, since they are not known."""
        return int(self.table["not_known"].sum()) if "not_known" in self.table else 0

    @property
    def told(self) -> tuple[int, int]:
        """Return how many returns of the years drawn gave an amount, and how many were to."""
        every = self.table.attrs.get("told", {}) if self.kind == "spent" else {}
        years = every.keys() & set(self.table["year"]) if "year" in self.table else every.keys()
        return sum(every[year][0] for year in years), sum(every[year][1] for year in years)

    def sum(self, column: str = "") -> str:
        """Return the sum of all as written, "at least" it where figures or returns are missing."""
        came, due = self.told
        return least(self.write(self.table[column or self.column].sum()),
                     self.hidden or came < due)

    def words(self, title: str, figures: Iterable[str], source: str = "") -> Words:
        """Return the words of a chart; where nothing or not all is known, its title says so."""
        values = self.table[self.column]
        gaps = int(values.isna().sum())
        if not values.sum():
            title = self.say("nothing" if gaps < len(values) and not self.hidden else "unknown")
        elif gaps:
            title = say("gaps", title=title, count=gaps)
        title += count("unknown", self.hidden) if self.hidden else ""
        came, due = self.told
        return Words(title, figures, source or self.source, {
            "money": self.say("money"),
            "reported": say("rests_on", came=came, due=due) if came < due else ""})

    def figures(self, across: str, of: str, value: str = "",
                write: Write | None = None) -> list[str]:
        """Return every figure of a two-way table, a sentence a row, for the description."""
        value, write, out = value or self.column, write or self.write, []
        mark = ":" if of == "year" else ""  # "2016: 280", but "Central budget 790"
        for code in codes_of(self.table, across):
            figures = [f"{name(of, row[of])}{mark} {write(row[value])}"
                       for row in records(self.table[self.table[across] == code])]
            out.append(f"{name(across, code)}: {', '.join(figures)}")
        return [". ".join(out)]

    def largest(self, key: str) -> tuple[list[str], str, bool]:
        """Return the codes with the largest sum as written, its share, and whether all tie."""
        sums = self.table.groupby(key)[self.column].sum()
        most = self.write(sums.max())
        first = [code for code in codes_of(self.table, key) if self.write(sums[code]) == most]
        share = percent(sums[first[0]] / (self.table[self.column].sum() or 1))
        return first, share, len(first) == len(sums) > 1

    def leaders(self, key: str) -> str:
        """Say which project or source has the largest share, "each" where some or all tie."""
        first, share, tie = self.largest(key)
        who = [lower(short(n)) if key == "source" else short(n) for n in names(key, first)]
        kind = "one" if self.table[key].nunique() == 1 else "tie" if tie else (
            "each" if len(first) > 1 else "most")
        return self.say(f"{key}.{kind}", whole=self.sum(), share=share, who=listed(who))


def money(table: pd.DataFrame, constant: bool = False) -> Money:
    """Tell what the amounts of a table are; a table that could be either is refused."""
    if not constant and (base := base_year(table)):
        raise DataError(f"the chart draws current prices; amounts of the table are in prices of "
                        f"{base}: draw them with kgge.charts.planned_in_constant_prices")
    columns = [c for c in ("amount", "spent") if c in table] or [c for c in ["share"] if c in table]
    if len(columns) != 1:
        raise DataError("the chart draws amount (planned) or spent (returned), million dong; the "
                        f"table has {', '.join(map(str, table.columns))}; make one with "
                        "kgge.totals(budget, …) or kgge.totals(spending, …)")
    if (table[columns[0]] < 0).any():
        raise DataError(f"{columns[0]} has amounts below 0, which have no part in a whole; draw "
                        "differences in a chart of your own (kgge.finish)")
    kind = money_of(table) or (
        "spent" if columns == ["spent"] or _as_returned(table, columns[0]) else "planned")
    if kind == "both" and columns != ["spent"]:
        raise DataError("the table was made by kgge.execution, so that its amount can be planned "
                        "or spent; make one with kgge.totals(budget, …) or "
                        "kgge.totals(spending, …)")
    return Money(table, columns[0], *(
        ("planned", "annex") if kind == "planned" else ("spent", "returns")),
        writer(table[columns[0]]))


def _as_returned(table: pd.DataFrame, column: str) -> bool:
    """Tell whether amounts that lost what they are equal the returned ones, and not the plan's."""
    if column == "share" or not (data_folder() / "processed" / "spending.csv").is_file():
        return False
    plan, keys = load_budget(), [k for k in ("project", "item", "year", "source") if k in table]
    of = plan.drop_duplicates("item").set_index("item")["project"]
    own = table.set_index(keys)[column].dropna()

    def same(money: pd.DataFrame) -> bool:
        sums = money.groupby(keys)["amount"].sum().reindex(own.index)
        return bool(((sums - own).abs() < 1e-6).all())

    spent = load_spending()
    return bool(own.any()) and same(spent.assign(project=spent["item"].map(of))) and not same(plan)


@chart("year source", "", "kgge.totals(budget, ['year', 'source'])")
def planned_by_year_and_source(ax: Axes, table: pd.DataFrame) -> Words:
    """Draw amounts as one column a year, stacked by funding source.

    ``totals(budget, ["year", "source"])``: year, source, amount (million dong); or the same of
    spending, with spent in place of amount.

    >>> table = kgge.totals(kgge.load_budget(), ["year", "source"])
    >>> kgge.charts.chart_text(planned_by_year_and_source(table, lang="en")).title
    'The central budget was to provide 59.8% of the 6,600 million dong planned; most in ...'
    """
    of, keys = money(table), ("year", "source")
    ends = stack(ax, table, keys, of.write, upright=True, value=of.column)
    value_axis(ax, max(ends), of.write)
    title = of.leaders("source")
    if len(ends) > 1:
        years, _, tie = of.largest("year")
        title = say(f"years.{'tie' if tie else 'most' if len(years) > 1 else 'one'}",
                    title=title, years=listed(list(map(str, years))))
    return of.words(title, of.figures(*keys))


@chart("project source", "", "kgge.totals(budget, ['project', 'source'])")
def planned_by_project_and_source(ax: Axes, table: pd.DataFrame) -> Words:
    """Draw amounts as one level bar a project, stacked by funding source.

    ``totals(budget, ["project", "source"])``: project, source, amount (million dong); or the same
    of spending.

    >>> table = kgge.totals(kgge.load_budget(), ["project", "source"])
    >>> kgge.charts.chart_text(planned_by_project_and_source(table, lang="en")).title
    'Project 4 has the largest part: 33.3% of the 6,600 million dong planned'
    """
    of, keys = money(table), ("project", "source")
    ends = stack(ax, table, keys, of.write, upright=False, value=of.column)
    no_scale(ax, max(ends))
    return of.words(of.leaders("project"), of.figures(*keys))


@chart("project year", "", "kgge.totals(budget, ['project', 'year'])")
def planned_by_project_and_year(ax: Axes, table: pd.DataFrame) -> Words:
    """Draw amounts as a grid of projects and years, with the figure in each cell and the totals.

    ``totals(budget, ["project", "year"])``: project, year, amount (million dong); or the same of
    spending.

    >>> table = kgge.totals(kgge.load_budget(), ["project", "year"])
    >>> kgge.charts.chart_text(planned_by_project_and_year(table, lang="en")).title
    'Largest yearly amounts planned: 530 million dong for Project 1 in 2017 and 2019'
    """
    of = money(table)
    write, values = of.write, table[of.column]
    heat(ax, table, "project", of.column, [write(v) for v in values],
         total=lambda part: write(part[of.column].sum(min_count=1)))
    most = write(values.max())
    chosen = values.map(write) == most
    full = len(table) == table["project"].nunique() * table["year"].nunique() > 1
    kind = "tie" if chosen.all() and full else "one" if chosen.sum() == 1 else "most"
    if kind == "tie":  # "for each project" of one year
        kind += "".join(f".{key}" for key in ("project", "year") if table[key].nunique() == 1)
    title = of.say(f"grid.{kind}", most=most, cells=cells_at(table, chosen))
    return of.words(title, of.figures("project", "year"))


@chart("item", "project", "kgge.totals(budget, ['project', 'item', 'source'])", also="source")
def planned_by_line(ax: Axes, table: pd.DataFrame) -> Words:
    """Draw amounts of every line as level bars, under the totals of their projects and models.

    ``totals(budget, ["project", "item"])``: project, item, amount (million dong), and source where
    the bars are to be stacked by it; or the same of spending.

    >>> table = kgge.totals(kgge.load_budget(), ["project", "item"])
    >>> kgge.charts.chart_data(planned_by_line(table, lang="en")).head(1)
      project item  amount
    0       I  I.1   400.0
    """
    of = money(table)
    write, amounts = of.write, table.groupby("item", sort=False)[of.column].sum(min_count=1)
    places = tree(ax, list(amounts.index), lambda code: write(amounts[
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
    legend(ax, patches("source", sources))
    last = amounts.nlargest(3 if len(amounts) > 5 else 1).min()  # and those that tie
    first, whole = amounts[amounts >= last], amounts.sum()
    kind = "tie" if amounts.map(write).nunique() == 1 else "largest"
    if kind == "largest" and len(first) == len(amounts):  # the third of them ties with the least
        first = amounts[amounts > last]
    title = count(f"{of.kind}.{kind}", len(first), lines=len(amounts), each=write(last),
                  share=percent(first.sum() / (whole or 1)), whole=of.sum())
    return of.words(title, (f"{name('item', i)}: {write(v)}" for i, v in amounts.items()))


@chart("year source", "share", "kgge.shares(budget, ['year', 'source'], within='year')")
def source_shares_by_year(ax: Axes, table: pd.DataFrame) -> Words:
    """Draw the share of each funding source in each year's amount.

    ``shares(budget, ["year", "source"], "year")``: year, source, share (0 to 1; empty where there
    is nothing in the year) and amount (or spent, where it is of spending). Shares of anything else
    than the year are refused.

    >>> table = kgge.shares(kgge.load_budget(), ["year", "source"], "year")
    >>> kgge.charts.chart_text(source_shares_by_year(table, lang="en")).title
    "The central budget was to provide 59.0% to 60.5% of each year's amount planned"
    """
    of, whole = money(table), _add_up(table)
    gap = say("not_reported") if table[of.column].isna().any() else of.say("gap")

    def write(v: float) -> str:
        return gap if pd.isna(v) else percent(v)

    keys, sources = ("year", "source"), codes_of(table, "source")
    stack(ax, table, keys, write, upright=True, value="share")
    value_axis(ax, 1.0, lambda v: percent(v, digits=0))
    shares = table.groupby("source")["share"].agg(["min", "max"]).loc[sources]
    first = shares["max"].fillna(-1.0).idxmax()
    spans = {source: tuple(map(write, ends)) for source, *ends in shares.itertuples()}
    low, high = spans[first]
    tie = len(sources) > 1 and low == high and len(set(spans.values())) == 1
    kind, years = "tie" if tie else "most", "1" if table["year"].nunique() == 1 else "n"
    kind = "one" if len(sources) == 1 and whole else f"{kind}.{years}"
    title = of.say(f"shares.{kind}", who=lower(short(name("source", first))),
                   span=low if low == high else say("range", low=low, high=high))
    return of.words(title, of.figures(*keys, "share", write))


def _add_up(table: pd.DataFrame) -> bool:
    """Tell whether all sources of each year are there; raise where the shares are of another whole.

    Of some sources the shares add up to less, which they may where `shares` noted their whole.
    """
    sums = table.groupby("year")["share"].sum(min_count=1).dropna()
    off = sums[(sums - 1).abs() > 1e-6]
    if len(off) and table.attrs.get("within") != ["year"]:
        raise DataError(f"the shares of {off.index[0]} add up to {off.iloc[0]:.3g}, not to 1; "
                        "make one with kgge.shares(budget, ['year', 'source'], within='year')")
    return off.empty


@chart("year", "constant base_year", "kgge.real_terms(kgge.totals(budget, 'year'), base_year)")
def planned_in_constant_prices(ax: Axes, table: pd.DataFrame) -> Words:
    """Draw amounts of each year in current prices beside those in constant prices.

    ``real_terms(totals(budget, "year"), base_year)``: year, amount (million dong of each year),
    constant (million dong of the base year), base_year; or the same of spending.

    >>> table = kgge.real_terms(kgge.totals(kgge.load_budget(), "year"), 2016)
    >>> kgge.charts.chart_text(planned_in_constant_prices(table, lang="en")).title
    'At 2016 prices the amounts planned are worth 6,186 million dong, 6.3% less than ...'
    """
    of, bases = money(table, constant=True), table["base_year"].unique()
    if len(bases) != 1 or pd.isna(bases[0]):
        raise DataError("constant prices are those of one year; base_year holds "
                        f"{', '.join(map(str, bases))}")
    base, kinds = int(bases[0]), {of.column: "nominal", "constant": "constant"}
    places = columns(ax, codes_of(table, "year"))
    for row in records(table):
        middle, silent = places[row["year"]], all(pd.isna(row[column]) for column in kinds)
        for (column, code), place in zip(kinds.items(), (middle - 0.2, middle + 0.2), strict=True):
            bar(ax, {"year": row["year"]}, column, row[column], place, 0.4, code, upright=True)
            if not silent:
                value_label(ax, place, row[column], of.write(row[column]), upright=True,
                            room=slot(ax) * 0.45)
        if silent:  # said once for both bars
            value_label(ax, middle, 0.0, of.write(float("nan")), upright=True, room=slot(ax))
    value_axis(ax, table[list(kinds)].max().max(), of.write)
    legend(ax, [(text.format(base), patch) for text, patch in patches("price", kinds.values())])
    nominal, real = table[of.column].sum(), table["constant"].sum()
    apart = abs(real / (nominal or 1) - 1)
    change = percent(apart, digits=1 if apart >= 0.0005 else 3)
    kind = "same" if of.write(real) == of.write(nominal) else "less" if real < nominal else "more"
    title = of.say(f"constant.{kind}", base=base, real=of.sum("constant"), change=change)
    figures = (say("planned_in_constant_prices.figure", year=row["year"],
                   nominal=of.write(row[of.column]), real=of.write(row["constant"]))
               for row in records(table))
    return of.words(title, figures, "prices" if of.source == "annex" else "spending_prices")
