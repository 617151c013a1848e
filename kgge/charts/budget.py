"""Charts of the budget annex: what was planned, by year, project, line and funding source."""

import pandas as pd
from matplotlib.axes import Axes

from kgge.charts.heatmap import heat
from kgge.charts.marks import (
    Write,
    bar,
    bare,
    beside,
    close,
    drawing,
    legend,
    pairs,
    patches,
    stack,
    tree,
    value_axis,
)
from kgge.charts.wording import cells_at, codes_of, listed, name, names, records, say, short, writer
from kgge.labels import percent


def _figures(table: pd.DataFrame, keys: tuple[str, str], write: Write, lang: str,
             value: str = "amount") -> str:
    """Return every figure of a two-way table as a sentence a row, for the description."""
    (across, of), out = keys, []
    mark = ":" if of == "year" else ""  # "2016: 280", but "Central budget 790"
    for code in codes_of(table, across):
        figures = [f"{name(of, row[of], lang)}{mark} {write(row[value])}"
                   for row in records(table[table[across] == code])]
        out.append(f"{name(across, code, lang)}: {', '.join(figures)}")
    return ". ".join(out)


def _largest(table: pd.DataFrame, key: str, lang: str) -> tuple[str, float]:
    """Return the name of the largest code (or of those that tie) and its amount."""
    sums = table.groupby(key)["amount"].sum()
    first = [code for code in codes_of(table, key) if sums[code] == sums.max()]
    return listed([short(n) for n in names(key, first, lang)], lang), float(sums.max())


def planned_by_year_and_source(table: pd.DataFrame, ax: Axes | None = None,
                               lang: str | None = None) -> Axes:
    """Draw planned amounts as one column a year, stacked by funding source.

    Parameters
    ----------
    table : DataFrame
        ``totals(budget, ["year", "source"])``: year, source, amount (million dong).
    ax : Axes, optional
        Where to draw; by default a figure of its own.
    lang : {"en", "vi"}, optional
        Language; by default the one `kgge.use` set.

    Returns
    -------
    Axes
        The plot, finished: `chart_text` and `chart_data` read it back.

    Raises
    ------
    DataError
        If the table is empty, lacks a column or holds a code without label.

    Examples
    --------
    >>> import kgge
    >>> table = kgge.totals(kgge.load_budget(), ["year", "source"])
    >>> kgge.charts.chart_text(planned_by_year_and_source(table, lang="en")).title
    'Central budget pays 59.8% of 6,600 million dong planned; the plan is largest in 2017 and 2019'
    """
    with drawing(table, "year source amount", ax, lang) as (ax, lang):
        write, keys = writer(table["amount"], lang), ("year", "source")
        ends = stack(ax, table, keys, write, lang, upright=True)
        value_axis(ax, max(ends), write)
        payer, paid = _largest(table, "source", lang)
        title = say("planned_by_year_and_source.title", lang, payer=payer, whole=write(sum(ends)),
                    share=percent(paid / (sum(ends) or 1), lang))
        if len(ends) > 1:
            title = say("planned_by_year_and_source.most", lang, title=title,
                        most=_largest(table, "year", lang)[0])
        close(ax, table, lang, title, "planned_by_year_and_source.subtitle",
              _figures(table, keys, write, lang), "annex")
    return ax


def planned_by_project_and_source(table: pd.DataFrame, ax: Axes | None = None,
                                  lang: str | None = None) -> Axes:
    """Draw planned amounts as one level bar a project, stacked by funding source.

    Parameters
    ----------
    table : DataFrame
        ``totals(budget, ["project", "source"])``: project, source, amount (million dong).
    ax, lang
        As in `planned_by_year_and_source`; so are what it returns and the errors.

    Examples
    --------
    >>> import kgge
    >>> table = kgge.totals(kgge.load_budget(), ["project", "source"])
    >>> kgge.charts.chart_text(planned_by_project_and_source(table, lang="en")).title
    'Project 4 has the largest budget: 33.3% of 6,600 million dong planned'
    """
    with drawing(table, "project source amount", ax, lang) as (ax, lang):
        write, keys = writer(table["amount"], lang), ("project", "source")
        ends = stack(ax, table, keys, write, lang, upright=False)
        bare(ax, max(ends))
        most, amount = _largest(table, "project", lang)
        title = say("planned_by_project_and_source.title", lang, project=most,
                    share=percent(amount / (sum(ends) or 1), lang), whole=write(sum(ends)))
        close(ax, table, lang, title, "planned_by_project_and_source.subtitle",
              _figures(table, keys, write, lang), "annex")
    return ax


def planned_by_project_and_year(table: pd.DataFrame, ax: Axes | None = None,
                                lang: str | None = None) -> Axes:
    """Draw planned amounts as a grid of projects and years, with the figure in each cell.

    Parameters
    ----------
    table : DataFrame
        ``totals(budget, ["project", "year"])``: project, year, amount (million dong).
    ax, lang
        As in `planned_by_year_and_source`; so are what it returns and the errors.

    Examples
    --------
    >>> import kgge
    >>> table = kgge.totals(kgge.load_budget(), ["project", "year"])
    >>> kgge.charts.chart_text(planned_by_project_and_year(table, lang="en")).title
    'The most for one project in one year is 530 million dong: Project 1 in 2017 and 2019'
    """
    with drawing(table, "project year amount", ax, lang) as (ax, lang):
        write, most = writer(table["amount"], lang), table["amount"].max()
        heat(ax, table, "project", "amount", [write(v) for v in table["amount"]], lang)
        title = say("planned_by_project_and_year.title", lang, most=write(most),
                    cells=cells_at(table, table["amount"] == most, lang))
        close(ax, table, lang, title, "planned_by_project_and_year.subtitle",
              _figures(table, ("project", "year"), write, lang), "annex")
    return ax


def planned_by_line(table: pd.DataFrame, ax: Axes | None = None,
                    lang: str | None = None) -> Axes:
    """Draw planned amounts of every line as level bars, under their projects and models.

    Parameters
    ----------
    table : DataFrame
        ``totals(budget, ["project", "item"])``: project, item, amount (million dong).
    ax, lang
        As in `planned_by_year_and_source`; so are what it returns and the errors.

    Examples
    --------
    >>> import kgge
    >>> table = kgge.totals(kgge.load_budget(), ["project", "item"])
    >>> kgge.charts.chart_data(planned_by_line(table, lang="en")).head(1)
      project item  amount
    0       I  I.1   400.0
    """
    with drawing(table, "project item amount", ax, lang) as (ax, lang):
        write, amounts = writer(table["amount"], lang), table.set_index("item")["amount"]
        places = tree(ax, list(amounts.index), lang)
        for row in records(table):
            place, value = places[row["item"]], row["amount"]
            keys = {"project": row["project"], "item": row["item"]}
            bar(ax, keys, "amount", value, place, 0.2, "item")
            beside(ax, place, value, write(value))
        bare(ax, amounts.max())
        least = amounts.nlargest(3 if len(amounts) > 5 else 1).min()  # and those that tie
        first, whole = amounts[amounts >= least], amounts.sum()
        title = say("planned_by_line.title", lang, lines=len(amounts), first=len(first),
                    share=percent(first.sum() / (whole or 1), lang), whole=write(whole))
        figures = [f"{name('item', i, lang)}: {write(v)}" for i, v in amounts.items()]
        close(ax, table, lang, title, "planned_by_line.subtitle", "; ".join(figures), "annex")
    return ax


def source_shares_by_year(table: pd.DataFrame, ax: Axes | None = None,
                          lang: str | None = None) -> Axes:
    """Draw the share of each funding source in each year's planned amount.

    Parameters
    ----------
    table : DataFrame
        ``shares(budget, ["year", "source"], "year")``: year, source, share (0 to 1; empty where
        nothing is planned for the year).
    ax, lang
        As in `planned_by_year_and_source`; so are what it returns and the errors.

    Examples
    --------
    >>> import kgge
    >>> table = kgge.shares(kgge.load_budget(), ["year", "source"], "year")
    >>> kgge.charts.chart_text(source_shares_by_year(table, lang="en")).title
    "Central budget pays 59.0% to 60.5% of each year's plan"
    """
    with drawing(table, "year source share", ax, lang) as (ax, lang):
        unknown = "amount" in table and table["amount"].isna().any()
        gap = say("not_reported" if unknown else "source_shares_by_year.gap", lang)

        def write(v: float) -> str:
            return gap if pd.isna(v) else percent(v, lang)

        keys = ("year", "source")
        stack(ax, table, keys, write, lang, upright=True, value="share")
        value_axis(ax, 1.0, lambda v: percent(v, lang, 0))
        highest = table.groupby("source")["share"].max().fillna(-1.0)
        first = max(codes_of(table, "source"), key=lambda s: highest[s])
        own = table.loc[table["source"] == first, "share"]
        low, high = write(own.min()), write(own.max())
        title = say("source_shares_by_year.title", lang, source=name("source", first, lang),
                    span=low if low == high else say("range", lang, low=low, high=high))
        close(ax, table, lang, title, "source_shares_by_year.subtitle",
              _figures(table, keys, write, lang, "share"), "annex")
    return ax


def planned_in_constant_prices(table: pd.DataFrame, ax: Axes | None = None,
                               lang: str | None = None) -> Axes:
    """Draw planned amounts of each year in current prices beside those in constant prices.

    Parameters
    ----------
    table : DataFrame
        ``real_terms(totals(budget, "year"), base_year)``: year, amount (million dong of each
        year), constant (million dong of the base year), base_year.
    ax, lang
        As in `planned_by_year_and_source`.

    Examples
    --------
    >>> import kgge
    >>> table = kgge.real_terms(kgge.totals(kgge.load_budget(), "year"), 2016)
    >>> kgge.charts.chart_text(planned_in_constant_prices(table, lang="en")).title
    'At 2016 prices the plan is worth 6,186 million dong, 6.3% less than at current prices'
    """
    with drawing(table, "year amount constant base_year", ax, lang) as (ax, lang):
        base, kinds = int(table["base_year"].iloc[0]), {"amount": "nominal", "constant": "constant"}
        write = writer(table["amount"], lang)
        texts = [[write(v) for v in table[column]] for column in kinds]
        pairs(ax, table, "year", kinds, texts, lang, upright=True)
        value_axis(ax, table[list(kinds)].max().max(), write)
        legend(ax, [(text.format(base), patch)
                    for text, patch in patches("price", kinds.values(), lang)])
        nominal, real = table["amount"].sum(), table["constant"].sum()
        change = percent(abs(real / (nominal or 1) - 1), lang)
        title = say(f"planned_in_constant_prices.{'less' if real < nominal else 'more'}", lang,
                    base=base, real=write(real), change=change)
        figures = (say("planned_in_constant_prices.figure", lang, year=year, nominal=a, real=b)
                   for year, a, b in zip(table["year"], *texts, strict=True))
        close(ax, table, lang, title, "planned_in_constant_prices.subtitle", "; ".join(figures),
              "prices")
    return ax
