"""Charts of the budget annex: what was planned, by year, project, line and funding source."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from kgge.charts.drawn import tag
from kgge.charts.frame import finish
from kgge.charts.grid import heat
from kgge.charts.parts import (
    bar,
    bare,
    beside,
    columns,
    drawing,
    legend,
    patches,
    rows,
    stack,
    tree,
    value_axis,
)
from kgge.charts.wording import (
    both,
    cells_at,
    codes_of,
    listed,
    name,
    names,
    period,
    records,
    short,
    writer,
)
from kgge.labels import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ANNEX = {"en": "Source: budget annex of Plan 27/KH-UBND of 3 March 2016, Kiên Giang province.",
         "vi": "Nguồn: Phụ lục kinh phí kèm theo Kế hoạch số 27/KH-UBND ngày 03/3/2016 của UBND "
               "tỉnh Kiên Giang."}


def _parts_of(table: pd.DataFrame, keys: tuple[str, str], write: Callable[[float], str],
              lang: str, value: str = "amount") -> str:
    """Return every figure of a two-way table as a sentence a row, for the description."""
    across, of = keys
    out = []
    for code in codes_of(table, across):
        figures = [f"{name(of, row[of], lang)} {write(row[value])}"
                   for row in records(table[table[across] == code])]
        out.append(f"{name(across, code, lang)}: {', '.join(figures)}.")
    return " ".join(out)


def _largest(table: pd.DataFrame, key: str, lang: str) -> tuple[str, float]:
    """Return the name of the largest code (or of those that tie) and its amount."""
    sums = table.groupby(key)["amount"].sum()
    first = [code for code in codes_of(table, key) if sums[code] == sums.max()]
    return listed([short(n) for n in names(key, first, lang)], lang), float(sums.max())


def _finish(ax: "Axes", lang: str, table: pd.DataFrame, title: str, en: str, vi: str,
            figures: str) -> None:
    """Finish a chart of the annex; where no amount is above zero, the title says that."""
    values = table["amount" if "amount" in table else "share"]
    subtitle = f"{both(lang, en, vi)}, {period(table, lang)}"
    gaps, whole = int(values.isna().sum()), values.sum()
    if not whole and gaps < len(values):
        title = both(lang, "Nothing is planned", "Không có dự toán")
    elif not whole:
        title = both(lang, "No planned amount is known", "Chưa có số liệu dự toán")
    if gaps and whole:
        title += both(lang, f"; figures missing: {gaps}", f"; còn thiếu {gaps} số liệu")
    finish(ax, title, subtitle, ANNEX[lang], f"{title}. {subtitle}. {figures}", False, lang)


def planned_by_year_and_source(table: pd.DataFrame, ax: "Axes | None" = None,
                               lang: str | None = None) -> "Axes":
    r"""Draw planned amounts as one column a year, stacked by funding source.

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

    Raises
    ------
    DataError
        If the table is empty, lacks a column or holds a code without label.

    Examples
    --------
    >>> import kgge
    >>> table = kgge.totals(kgge.load_budget(), ["year", "source"])
    >>> ax = planned_by_year_and_source(table, lang="en")
    >>> ax.get_title().replace("\n", " ")
    'Central budget pays 59.8% of 6,600 million dong planned; most is planned for 2017 and 2019'
    """
    with drawing(table, "year source amount", ax, lang) as (ax, lang):
        write, years = writer(table["amount"], lang), codes_of(table, "year")
        ends = stack(ax, columns(ax, years), table, ("year", "source"), write, upright=True)
        value_axis(ax, max(ends), write)
        legend(ax, patches("source", codes_of(table, "source"), lang))
        whole = sum(ends)
        payer, paid = _largest(table, "source", lang)
        most, share = _largest(table, "year", lang)[0], percent(paid / (whole or 1), lang)
        title = both(lang, f"{payer} pays {share} of {write(whole)} million dong planned",
                     f"{payer} chiếm {share} trong {write(whole)} triệu đồng dự toán")
        if len(years) > 1:
            title += both(lang, f"; most is planned for {most}", f"; cao nhất là năm {most}")
        _finish(ax, lang, table, title, "Planned amounts by year and funding source, million dong",
                "Dự toán theo năm và nguồn vốn, triệu đồng",
                _parts_of(table, ("year", "source"), write, lang))
    return ax


def planned_by_project_and_source(table: pd.DataFrame, ax: "Axes | None" = None,
                                  lang: str | None = None) -> "Axes":
    """Draw planned amounts as one level bar a project, stacked by funding source.

    Parameters
    ----------
    table : DataFrame
        ``totals(budget, ["project", "source"])``: project, source, amount (million dong).
    ax, lang
        As in `planned_by_year_and_source`, as are result and errors.
    """
    with drawing(table, "project source amount", ax, lang) as (ax, lang):
        write, projects = writer(table["amount"], lang), codes_of(table, "project")
        middles = rows(ax, names("project", projects, lang), least=0.42)
        ends = stack(ax, dict(zip(projects, middles, strict=True)), table, ("project", "source"),
                     write, upright=False, thick=0.28)
        bare(ax, max(ends))
        legend(ax, patches("source", codes_of(table, "source"), lang))
        most, amount = _largest(table, "project", lang)
        share, whole = percent(amount / (sum(ends) or 1), lang), write(sum(ends))
        title = both(lang, f"{most} is the largest: {share} of {whole} million dong planned",
                     f"{most} có dự toán lớn nhất: {share} của {whole} triệu đồng")
        _finish(ax, lang, table, title,
                "Planned amounts by project and funding source, million dong",
                "Dự toán theo dự án và nguồn vốn, triệu đồng",
                _parts_of(table, ("project", "source"), write, lang))
    return ax


def planned_by_project_and_year(table: pd.DataFrame, ax: "Axes | None" = None,
                                lang: str | None = None) -> "Axes":
    """Draw planned amounts as a grid of projects and years, with the figure in each cell.

    Parameters
    ----------
    table : DataFrame
        ``totals(budget, ["project", "year"])``: project, year, amount (million dong).
    ax, lang
        As in `planned_by_year_and_source`, as are result and errors.
    """
    with drawing(table, "project year amount", ax, lang) as (ax, lang):
        write, most = writer(table["amount"], lang), table["amount"].max()
        heat(ax, table, "project", "amount", [write(v) for v in table["amount"]], lang)
        where = cells_at(table, table["amount"] == most, lang)
        title = both(lang, f"The most for one project in one year is {write(most)} million dong: "
                           f"{where}",
                     f"Dự toán cao nhất của một dự án trong một năm là {write(most)} triệu đồng: "
                     f"{where}")
        _finish(ax, lang, table, title, "Planned amounts by project and year, million dong",
                "Dự toán theo dự án và năm, triệu đồng",
                _parts_of(table, ("project", "year"), write, lang))
    return ax


def planned_by_line(table: pd.DataFrame, ax: "Axes | None" = None,
                    lang: str | None = None) -> "Axes":
    """Draw planned amounts of every line as level bars, under their projects and models.

    Parameters
    ----------
    table : DataFrame
        ``totals(budget, ["project", "item"])``: project, item, amount (million dong).
    ax, lang
        As in `planned_by_year_and_source`, as are result and errors.
    """
    with drawing(table, "project item amount", ax, lang) as (ax, lang):
        write = writer(table["amount"], lang)
        amounts = table.set_index("item")["amount"]
        places = tree(ax, list(amounts.index), lang)
        for row in records(table):
            item, value = row["item"], float(row["amount"])
            drawn = bar(ax, places[item], value, 0.2, "item", upright=False)
            tag(ax, {"project": row["project"], "item": item}, "amount", drawn,
                lambda b: b.get_width())
            beside(ax, places[item], 0.0 if pd.isna(value) else value, write(value), upright=False)
        bare(ax, amounts.max())
        first, whole = amounts.nlargest(3 if len(amounts) > 5 else 1), amounts.sum()
        share = percent(first.sum() / (whole or 1), lang)
        title = both(lang, f"Of {len(amounts)} lines the largest {len(first)} make {share} of "
                           f"{write(whole)} million dong planned",
                     f"{len(first)} mục chi lớn nhất trong {len(amounts)} mục chiếm {share} của "
                     f"{write(whole)} triệu đồng dự toán")
        figures = [f"{name('item', i, lang)}: {write(v)}" for i, v in amounts.items()]
        _finish(ax, lang, table, title, "Planned amounts by line, million dong",
                "Dự toán theo mục chi, triệu đồng",
                "; ".join(figures) + ".")
    return ax


def source_shares_by_year(table: pd.DataFrame, ax: "Axes | None" = None,
                          lang: str | None = None) -> "Axes":
    """Draw the share of each funding source in each year's planned amount.

    Parameters
    ----------
    table : DataFrame
        ``shares(budget, ["year", "source"], "year")``: year, source, share (0 to 1; empty where
        nothing is planned for the year).
    ax, lang
        As in `planned_by_year_and_source`, as are result and errors.
    """
    with drawing(table, "year source share", ax, lang) as (ax, lang):
        years, sources = codes_of(table, "year"), codes_of(table, "source")

        gap = both(lang, "nothing planned", "không có dự toán")
        if "amount" in table and table["amount"].isna().any():
            gap = writer(table["amount"], lang)(float("nan"))

        def write(v: float) -> str:
            return gap if pd.isna(v) else percent(v, lang)

        stack(ax, columns(ax, years), table, ("year", "source"), write, upright=True,
              value="share")
        value_axis(ax, 1.0, lambda v: percent(v, lang, 0))
        legend(ax, patches("source", sources, lang))
        means = table.groupby("source")["share"].max()
        first = max(sources, key=lambda s: means[s] if means[s] == means[s] else -1.0)
        own = table.loc[table["source"] == first, "share"]
        low, high = write(own.min()), write(own.max())
        span = low if low == high else both(lang, f"{low} to {high}", f"từ {low} đến {high}")
        title = both(lang, f"{name('source', first, lang)} pays {span} of each year's plan",
                     f"{name('source', first, lang)} chiếm {span} dự toán mỗi năm")
        _finish(ax, lang, table, title, "Share of each funding source in planned amounts, %",
                "Tỷ trọng từng nguồn vốn trong dự toán, %",
                _parts_of(table, ("year", "source"), write, lang, "share"))
    return ax
