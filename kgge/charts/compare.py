"""Charts of two amounts side by side: current and constant prices, planned and spent."""

from typing import TYPE_CHECKING

import pandas as pd

from kgge.charts.frame import finish
from kgge.charts.grid import heat
from kgge.charts.money import ANNEX
from kgge.charts.parts import (
    bare,
    columns,
    drawing,
    legend,
    pairs,
    patches,
    rows,
    value_axis,
)
from kgge.charts.wording import both, cells_at, codes_of, name, names, period, records, writer
from kgge.files import DataError
from kgge.labels import label, percent
from kgge.tables import is_illustrative

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SOURCE = {"en": ANNEX["en"][:-1] + "; returns of the reporting units.",
          "vi": ANNEX["vi"][:-1] + "; báo cáo của các đơn vị."}
BY = {"year": ("year", "năm"), "project": ("project", "dự án"), "item": ("line", "mục chi"),
      "source": ("funding source", "nguồn vốn")}


def planned_in_constant_prices(table: pd.DataFrame, ax: "Axes | None" = None,
                               lang: str | None = None) -> "Axes":
    """Draw planned amounts of each year in current prices beside those in constant prices.

    Parameters
    ----------
    table : DataFrame
        ``real_terms(totals(budget, "year"), base_year)``: year, amount (million dong of the base
        year), nominal (million dong of each year). The base year is ``attrs["base_year"]``; else
        the one year whose two amounts are equal.
    ax, lang
        As in `planned_by_year_and_source`.

    Raises
    ------
    DataError
        If the table is empty, lacks a column, or does not tell its base year.
    """
    with drawing(table, "year amount nominal", ax, lang) as (ax, lang):
        base, years = _base_year(table), codes_of(table, "year")
        write = writer(table["nominal"], lang)
        kinds = {"nominal": "nominal", "amount": "constant"}
        pairs(ax, columns(ax, years), table, "year", kinds,
              [[write(v) for v in table[c]] for c in kinds], upright=True, thick=0.4)
        value_axis(ax, table[list(kinds)].max().max(), write)
        keys = patches("price", list(kinds.values()), lang)
        legend(ax, [(text.format(base), patch) for text, patch in keys])
        nominal, real = table["nominal"].sum(), table["amount"].sum()
        change = percent(abs(real / (nominal or 1) - 1), lang)
        less = both(lang, f"{change} {'less' if real < nominal else 'more'}",
                    f"{'thấp' if real < nominal else 'cao'} hơn {change}")
        title = both(lang, f"In prices of {base} the plan is worth {write(real)} million dong, "
                           f"{less} than as planned",
                     f"Theo giá năm {base}, dự toán tương đương {write(real)} triệu đồng, "
                     f"{less} so với giá hiện hành")
        title = title if nominal else both(lang, "Nothing is planned", "Không có dự toán")
        if gaps := int(table["nominal"].isna().sum()):
            title += both(lang, f"; figures missing: {gaps}", f"; còn thiếu {gaps} số liệu")
        subtitle = both(
            lang, f"Planned amounts by year, million dong, {period(table, lang)}",
            f"Dự toán theo năm, triệu đồng, {period(table, lang)}")
        figures = "; ".join(f"{y}: {write(a)} → {write(b)}" for y, a, b in zip(
            table["year"], table["nominal"], table["amount"], strict=True))
        source = ANNEX[lang] + both(lang, " Prices: World Bank.",
                                    " Chỉ số giá: Ngân hàng Thế giới.")
        finish(ax, title, subtitle, source, f"{title}. {subtitle}. {figures}.", False, lang)
    return ax


def _base_year(table: pd.DataFrame) -> int:
    if "base_year" in table.attrs:
        return int(table.attrs["base_year"])
    same = table.loc[(table["amount"] == table["nominal"]) & (table["amount"] > 0), "year"]
    if len(same) != 1:
        raise DataError('the table does not tell its base year: set table.attrs["base_year"]')
    return int(same.iloc[0])


def planned_against_spent(table: pd.DataFrame, ax: "Axes | None" = None,
                          lang: str | None = None) -> "Axes":
    """Draw planned and spent amounts as two bars a row, with the rate of execution.

    Parameters
    ----------
    table : DataFrame
        ``execution(budget, spending, by)`` with one of project, year, source, item: that key,
        planned, spent (million dong; empty where not reported), execution (share), state.
    ax, lang
        As in `planned_by_year_and_source`, as are result and errors.
    """
    with drawing(table, "planned spent execution state", ax, lang) as (ax, lang):
        key = next((k for k in BY if k in table), None)
        if key is None:
            raise DataError(f"the chart needs one of {', '.join(BY)}; the table has "
                            f"{', '.join(table.columns)}")
        codes = codes_of(table, key)
        middles = rows(ax, names(key, codes, lang), least=0.5)
        planned, spent = writer(table["planned"], lang), writer(table["spent"], lang)
        rates = [_rate(row, lang) for row in records(table)]
        ends = [f"{spent(v)} ({r})" if pd.notna(v) else r
                for v, r in zip(table["spent"], rates, strict=True)]
        kinds = {"planned": "planned", "spent": "spent"}
        pairs(ax, dict(zip(codes, middles, strict=True)), table, key, kinds,
              [[planned(v) for v in table["planned"]], ends], upright=False, thick=0.18)
        bare(ax, table[list(kinds)].max().max())
        legend(ax, patches("money", list(kinds), lang))
        title = _spent_title(table, key, lang)
        en, vi = BY[key]
        span = period(table, lang)
        subtitle = both(lang, f"Planned and spent by {en}, million dong and %, {span}",
                        f"Dự toán và số chi theo {vi}, triệu đồng và %, {span}")
        extra = table["unplanned"].sum() if "unplanned" in table else 0.0
        if extra > 0:
            subtitle += both(lang, f"; {spent(extra)} of it spent on nothing planned",
                             f"; trong đó {spent(extra)} chi ngoài dự toán")
        figures = [f"{n}: {both(lang, 'planned', 'dự toán')} {planned(p)}, "
                   f"{both(lang, 'spent', 'đã chi')} {e}" for n, p, e in zip(
                       names(key, list(table[key]), lang), table["planned"], ends, strict=True)]
        finish(ax, title, subtitle, SOURCE[lang], f"{title}. {subtitle}. {'; '.join(figures)}.",
               is_illustrative(table), lang)
    return ax


def _rate(row: dict[str, object], lang: str) -> str:
    """Return the rate of execution, or in words why there is none."""
    if row["state"] == "executed":
        return percent(float(str(row["execution"])), lang)
    return label("execution", str(row["state"]), lang)


def _spent_title(table: pd.DataFrame, key: str, lang: str) -> str:
    """Say what was spent of the plan, over the rows that were reported."""
    known = table[table["spent"].notna()]
    silent = len(table) - len(known)
    planned, spent = known["planned"].sum(), known["spent"].sum()
    if known.empty:
        return both(lang, "No spending was reported", "Chưa có số chi nào được báo cáo")
    write_p, write_s = writer(known["planned"], lang)(planned), writer(known["spent"], lang)(spent)
    if planned > 0:
        share = percent(spent / planned, lang)
        title = both(lang, f"{write_s} of {write_p} million dong spent, {share} of the plan",
                     f"Đã chi {write_s} trong {write_p} triệu đồng, đạt {share} dự toán")
    else:
        title = both(lang, f"{write_s} million dong spent without a plan",
                     f"Đã chi {write_s} triệu đồng ngoài dự toán")
    note = both(lang, f"; {silent} of {len(table)} {BY[key][0]}s not reported",
                f"; {silent}/{len(table)} {BY[key][1]} không có báo cáo")
    return title + (note if silent else "")


def execution_by_project_and_year(table: pd.DataFrame, ax: "Axes | None" = None,
                                  lang: str | None = None) -> "Axes":
    """Draw the rate of execution as a grid; where there is none the cell says why.

    Parameters
    ----------
    table : DataFrame
        ``execution(budget, spending, ["project", "year"])``: project, year, execution (share),
        state.
    ax, lang
        As in `planned_by_year_and_source`, as are result and errors.
    """
    with drawing(table, "project year execution state", ax, lang) as (ax, lang):
        texts = [_rate(row, lang) for row in records(table)]
        heat(ax, table, "project", "execution", texts, lang)
        rate = table["execution"]
        title = both(lang, "No rate of execution is known", "Chưa có tỷ lệ thực hiện nào")
        if rate.notna().any():
            (low, at_low), (high, at_high) = (
                (percent(v, lang), cells_at(table, rate == v, lang))
                for v in (rate.min(), rate.max()))
            low, high = f"{low} ({at_low})", f"{high} ({at_high})"
            title = both(lang, f"Spending is {high} of the plan", f"Số chi đạt {high} dự toán")
            if low != high:
                title = both(lang, f"Spending runs from {low} to {high} of the plan",
                             f"Số chi đạt từ {low} đến {high} dự toán")
        span = period(table, lang)
        subtitle = both(lang, f"Spent as a share of planned amounts, %, {span}",
                        f"Tỷ lệ số chi so với dự toán, %, {span}")
        figures = "; ".join(
            f"{name('project', p, lang)}, {y}: {t}"
            for p, y, t in zip(table["project"], table["year"], texts, strict=True))
        finish(ax, title, subtitle, SOURCE[lang], f"{title}. {subtitle}. {figures}.",
               is_illustrative(table), lang)
    return ax
