"""Charts of planned against spent: the rate counts what was spent from planned sources only.

Money of other sources stands beside it; what is not known or not reported is said.
"""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from kgge.charts.heatmap import AROUND, heat
from kgge.charts.layout import inner_width
from kgge.charts.marks import Words, bar, chart, legend, no_scale, patches, rows, value_label
from kgge.charts.readback import tag
from kgge.charts.wording import cells_at, codes_of, count, name, records, say, senders, writer
from kgge.files import DataError
from kgge.labels import label, percent

BY = ("year", "project", "item", "source", "unit")
MADE = "kgge.execution(budget, spending, 'project')"


def _whole(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with what was spent inside the plan and beside it, told apart."""
    other = table["other"] if "other" in table else table["spent"] * 0.0
    within = table["within"] if "within" in table else table["spent"] - other
    cells = table["not_known"] if "not_known" in table else 0
    return table.assign(within=within, other=other, not_known=cells)


def least(figure: str, unknown: object) -> str:
    """Return a sum as it is, or "at least" it where figures in it are not known."""
    return say("least", figure=figure) if unknown else figure


def partial(table: pd.DataFrame) -> "pd.Series[bool]":
    """Return which sums are the least they can be: of a cell "...", or of a return missing."""
    out = _whole(table)["not_known"] > 0
    if {"units_expected", "units_with_figure"} <= set(table):
        out |= table["units_with_figure"] < table["units_expected"]
    return out


def _latest(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that may be summed: of sums up to each year, those of the last year."""
    return table[table["year"] == table["year"].max()] if _cumulative(table) else table


def _cumulative(table: pd.DataFrame) -> bool:
    """Tell whether the rows of a year count those before it too."""
    return "year" in table and (bool(table.attrs.get("cumulative")) or (
        "first_year" in table and bool((table["first_year"] < table["year"]).any())))


def _reported(table: pd.DataFrame) -> str:
    """Say how many returns the money rests on, and how many figures in them are not known."""
    out = [say("cumulative")] if _cumulative(table) else []
    table = _latest(table)
    if "unit" in table:
        left = set(table["unit"]) <= (asked := set(senders(None)["unit"])) != set(table["unit"])
        out.append(say("units_of", count=len(table), whole=len(asked)) if left else "")
    elif {"units_expected", "units_with_figure"} <= set(table):
        # The rows of one period count the same returns; not each of these has a figure for each.
        by = table.groupby("year") if "year" in table else table.groupby(lambda _: 0)
        least, most = (int(ends.sum()) for ends in (by["units_with_figure"].min(),
                                                    by["units_with_figure"].max()))
        out.append(say("rests_on", due=int(by["units_expected"].max().sum()),
                       came=str(most) if least == most else f"{least}–{most}"))
    if unknown := int(_whole(table)["not_known"].sum()):
        out.append(count("unknown", unknown))
    return "".join(out)


def _rates(table: pd.DataFrame) -> list[str]:
    """Return the rate of execution of each row, or in words why there is none."""
    return [percent(row["execution"]) if row["state"] == "executed" else
            label("execution", row["state"]) for row in records(table)]


@chart("", "planned spent execution state", MADE, also="project item year source unit")
def planned_against_spent(ax: Axes, table: pd.DataFrame) -> Words:
    """Draw planned and spent amounts as two bars a row, with the rate of execution.

    ``execution(budget, spending, by)`` with one of project, year, source, item, unit: that key,
    planned, spent (million dong; empty where not reported), within and other (what of it is from
    planned sources and what is not), execution (share), not_known (cells "..."), units_expected,
    units_with_figure, state.

    >>> table = kgge.execution(kgge.load_budget(), kgge.load_spending(), "project")
    >>> ax = planned_against_spent(table, lang="en")
    >>> kgge.charts.chart_data(ax)[["project", "planned"]].head(1)
      project  planned
    0       I   1900.0
    """
    keys = [k for k in BY if k in table]
    if len(keys) != 1:
        raise DataError(f"the chart draws one row for each of one of {', '.join(BY)}; the table "
                        f"has {', '.join(map(str, table.columns))}; make one with {MADE}")
    key, table = keys[0], _whole(table).assign(partial=partial(table))
    write, rates = writer(pd.concat([table["within"], table["other"]])), _rates(table)
    planned, figures = writer(table["planned"]), []
    places = rows(ax, key, codes_of(table, key), least=0.6)
    alone = "" if table["planned"].notna().any() else ".alone"  # the plan is not split
    for row, rate in zip(records(table), rates, strict=True):
        middle, code = places[row[key]], {key: row[key]}
        spent = rate if pd.isna(row["spent"]) or row["state"] == "not_reported" else (
            least(write(row["within"]), row["partial"])
            + f" ({rate})" * (row["state"] != "no_plan"))  # the subtitle says it of all
        if row["other"] > 0:
            spent = "; ".join([*([] if row["state"] == "unplanned" and not row["within"] else
                                 [spent]), say("beside", other=least(
                                     write(row["other"]), row["partial"]))])
        bar(ax, code, "planned", row["planned"], middle - 0.12, 0.2, "planned")
        ends = [bar(ax, code, "within", row["within"], middle + 0.12, 0.2, "spent"),
                bar(ax, code, "other", row["other"], middle + 0.12, 0.2, "other",
                    start=0.0 if pd.isna(row["within"]) else row["within"])]
        tag(ax, code, "spent", ends[0], lambda one, two: one.get_width() + two.get_width(), ends[1])
        if not pd.isna(row["planned"]):
            value_label(ax, middle - 0.12, row["planned"], planned(row["planned"]))
        value_label(ax, middle + 0.12, row["spent"], spent, room=inner_width(ax) * 0.42)
        figures.append(say(f"planned_against_spent.figure{alone}", spent=spent, planned=planned(
            row["planned"]), name=name(key, row[key])))
    no_scale(ax, table[["planned", "spent"]].max().max())
    kinds = [*["planned"] * (not alone), "spent", *["other"] * bool(table["other"].gt(0).any())]
    legend(ax, patches("money", kinds))
    by = say(f"key.{key}")
    return Words(_spent_title(_latest(table), by), figures, "spending",
                 {"key": by, "reported": _reported(table)},
                 subtitle=f"planned_against_spent.subtitle{alone}")


def _spent_title(table: pd.DataFrame, key: str) -> str:
    """Say what was spent of all that was planned, and beside it, and how many rows are silent."""
    known = table["spent"].notna() & table["state"].ne("not_reported")  # else of other sources only
    planned, within, other = (table[c].sum() for c in ("planned", "within", "other"))
    if not known.any() and not other > 0:
        return say("planned_against_spent.unknown")
    write, some = writer(pd.concat([table["within"], table["other"]])), table["partial"].any()
    told = {"within": least(write(within), some or not known.all()),
            "other": least(write(other), some or table["spent"].isna().any()),
            "planned": writer(table["planned"])(planned), "share": percent(within / (planned or 1))}
    kind = "silent" if not known.any() else "title" if planned > 0 else (
        "beside" if other > 0 and not within else "no_plan")
    title = say(f"planned_against_spent.{kind}", **told)
    if other > 0 and kind != "beside":
        title = say("planned_against_spent.other", title=title, **told)
    if silent := int((~known).sum()) * int(known.any()):
        title = count("planned_against_spent.silent", silent, title=title, rows=len(table), key=key)
    return title


@chart("project year", "execution state", "kgge.execution(budget, spending, ['project', 'year'])")
def execution_by_project_and_year(ax: Axes, table: pd.DataFrame) -> Words:
    """Draw the rate of execution as a grid around 100%; where there is none the cell says why.

    ``execution(budget, spending, ["project", "year"])``: project, year, execution (share), state;
    with planned and within (million dong) totals are drawn too, with other, not_known,
    units_expected and units_with_figure what they leave out.

    >>> table = kgge.execution(kgge.load_budget(), kgge.load_spending(), ["project", "year"])
    >>> ax = execution_by_project_and_year(table, lang="en")
    >>> kgge.charts.chart_data(ax).columns.tolist()
    ['project', 'year', 'execution', 'text']
    """
    rate = table["execution"]
    texts = [_above(t, v) for t, v in zip(_rates(table), rate, strict=True)]

    def total(part: pd.DataFrame) -> str:
        part = _latest(part)
        planned, within = part["planned"].sum(), part["within"].sum(min_count=1)
        return _above(percent(within / planned), within / planned) if (
            planned > 0 and pd.notna(within)) else "–"

    summed = {"planned", "within"} <= set(table)
    figures = heat(ax, table, "project", "execution", texts, total if summed else None, around=True)
    legend(ax, [(say(f"around.{code}"), Patch(facecolor=AROUND(at), edgecolor="#3D3D3D"))
                for code, at in (("below", 0.0), ("at", 0.5), ("above", 1.0))])
    shown = {percent(v) for v in rate.dropna()}
    kind, low, high = "one" if shown else "unknown", "", "".join(shown)
    if len(shown) > 1:
        kind = "title"
        low, high = (say("at", figure=percent(v), cells=cells_at(
            table, rate.map(percent, na_action="ignore") == percent(v)))
                     for v in (rate.min(), rate.max()))
    title = say(f"execution_by_project_and_year.{kind}", low=low, high=high)
    if shown and partial(table)[rate.notna()].any():
        title = say("execution_by_project_and_year.least", title=title)
    return Words(title, figures, "spending", {"reported": _reported(table)})


def _above(text: str, rate: float) -> str:
    """Return a rate with a mark where it is above 100%, so that grey print shows it too."""
    return f"▲{text}" if rate > 1 else text
