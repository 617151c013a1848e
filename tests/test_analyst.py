"""An analyst's session, public names only: ten questions, a table by district, an own chart.

Each answer is computed a second time from the processed tables, by plain sums.
"""

import csv
from collections import defaultdict

import pytest
from matplotlib import pyplot as plt

import kgge
from kgge.files import data_folder

YEAR = 2020


def rows(name):
    """Read a processed table with nothing of the package but its place."""
    with (data_folder() / "processed" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def summed(name, value, *keys, **where):
    """Add up a column by some keys, over the rows where each other column is as given."""
    found = defaultdict(float)
    for row in rows(name):
        if row[value] and all(row[k] in v for k, v in where.items()):
            found[tuple(row[k] for k in keys)] += float(row[value])
    return found


def both(*keys, **where):
    """Return reached and eligible by some keys, over the cells that hold both figures."""
    known = [row for row in rows("outcomes") if row["reached"] and row["eligible"]
             and all(row[k] in v for k, v in where.items())]
    found = defaultdict(lambda: [0.0, 0.0])
    for row in known:
        for at, value in enumerate(("reached", "eligible")):
            found[tuple(row[k] for k in keys)][at] += float(row[value])
    return found


@pytest.fixture(scope="module")
def persons(_use_illustrative_data):
    return kgge.load_outcomes(), kgge.load_targets(), kgge.load_units()


@pytest.fixture(scope="module")
def progress(persons):
    return kgge.progress(*persons)


def test_1_what_did_project_ii_get_from_the_local_budget_in_2018():
    part = kgge.load_budget().query("project == 'II' and source == 'local' and year == 2018")
    (amount,) = kgge.totals(part, "project")["amount"]
    assert amount == summed("budget", "amount", project=["II"], source=["local"],
                            year=["2018"])[()] == 80


def test_2_which_year_was_to_cost_most():
    by_year = kgge.totals(kgge.load_budget(), "year").set_index("year")["amount"]
    assert {(str(year),): amount for year, amount in by_year.items()} == summed(
        "budget", "amount", "year")
    assert by_year[by_year == by_year.max()].index.tolist() == [2017, 2019]


def test_3_what_share_does_each_source_carry():
    money, whole = summed("budget", "amount", "source"), summed("budget", "amount")[()]
    for row in kgge.shares(kgge.load_budget(), "source").itertuples():
        assert row.share == pytest.approx(money[row.source,] / whole)


def test_4_what_is_the_plan_worth_at_2016_prices():
    with (data_folder() / "raw" / "prices.csv").open(encoding="utf-8", newline="") as file:
        rises = {int(r["year"]): float(r["cpi_change_pct"]) for r in csv.DictReader(file)}
    level, worth = 1.0, 0.0
    for (year,), amount in sorted(summed("budget", "amount", "year").items()):
        level *= 1 + rises[int(year)] / 100 if int(year) > 2016 else 1
        worth += amount / level
    constant = kgge.real_terms(kgge.totals(kgge.load_budget(), "year"), 2016)["constant"]
    assert constant.sum() == pytest.approx(worth)


def test_5_how_much_of_each_project_was_spent():
    """Of the sources planned; money from others stands beside it."""
    planned = {(row["item"], row["source"]): row["project"] for row in rows("budget")}
    within = defaultdict(float)
    for row in rows("spending"):
        if row["amount"] and (row["item"], row["source"]) in planned:
            within[planned[row["item"], row["source"]]] += float(row["amount"])
    plan = summed("budget", "amount", "project")
    for row in kgge.execution(kgge.load_budget(), kgge.load_spending(), "project").itertuples():
        assert row.within == pytest.approx(within[row.project])
        assert row.execution == pytest.approx(within[row.project] / plan[row.project,])


def test_6_whose_return_is_missing():
    reporting = kgge.load_reporting()
    missing = reporting[reporting["expected"] & ~reporting["received"]]
    assert set(zip(missing["unit"], missing["year"].astype(str), strict=True)) == {
        (r["unit"], r["year"]) for r in rows("reporting")
        if (r["expected"], r["received"]) == ("true", "false")}
    assert len(missing) == 5


def test_7_which_objectives_are_reached(progress):
    now = progress.query("year == @YEAR").set_index("indicator")
    for target in rows("targets"):
        code = target["indicator"]
        (reached, eligible), = both(indicator=[code], year=[str(YEAR)]).values()
        share = reached / eligible
        assert now.loc[code, "coverage"] == pytest.approx(share)
        assert now.loc[code, "status"] == (
            "achieved" if share >= float(target["target"]) else "not_achieved")
        assert kgge.percent(now.loc[code, "coverage"]) in kgge.status_card(progress, code, YEAR)


def test_8_which_districts_are_below_half_on_1b(persons):
    below = kgge.coverage(*persons, ["unit"]).query(
        "indicator == '1b' and year == @YEAR and coverage < 0.5")
    assert set(below["unit"]) == {
        unit for (unit,), (reached, eligible) in both(
            "unit", indicator=["1b"], year=[str(YEAR)]).items() if reached / eligible < 0.5}
    assert len(below) == 5


def test_9_are_women_reached_as_men_are(persons):
    table = kgge.coverage(*persons, "sex").query("year == @YEAR")
    found = both("indicator", "sex", year=[str(YEAR)])
    for row in table.itertuples():
        reached, eligible = found[row.indicator, row.sex]
        assert row.coverage == pytest.approx(reached / eligible)
    assert set(table["sex"]) == {"female", "male"}


def test_10_where_does_a_figure_stand(persons):
    """Each cell that a district's coverage rests on, in its file; they sum to the figure."""
    table = kgge.coverage(*persons, ["unit"])
    one = table.query("indicator == '1b' and year == @YEAR and unit == 'rach-gia'")
    cells = kgge.trace(one)
    assert cells["file"].str.contains("2020/.*rach-gia").all()
    there = cells.assign(value=cells["value"].astype(float)).groupby("figure")["value"].sum()
    for figure in ("reached", "eligible"):
        assert there[figure] == one[figure].iloc[0] == summed(
            "outcomes", figure, indicator=["1b"], year=[str(YEAR)], unit=["rach-gia"])[()]


def test_a_table_by_district(persons):
    units = persons[2]
    districts = units.loc[units["kind"] == "district", "unit"]
    table = kgge.coverage(*persons, ["unit"]).query("year == @YEAR and indicator == '1b'")
    table = table[table["unit"].isin(districts)][["unit", "reached", "eligible", "coverage"]]
    for lang in ("vi", "en"):
        page = kgge.show(table, lang)._repr_mimebundle_()["text/html"]
        assert page.count("[x]") >= table["coverage"].isna().sum() == 1
        for row in table.dropna().itertuples():
            shown = [kgge.label("unit", row.unit, lang), kgge.number(row.reached, lang),
                     kgge.percent(row.coverage, lang)]
            assert all(text in page for text in shown), shown
        assert "rach-gia" not in page


@pytest.mark.slow
def test_a_chart_of_ones_own(tmp_path, persons):
    reached = both("year", indicator=["1b"])
    table = kgge.coverage(*persons, "indicator").query("indicator == '1b'")
    with kgge.use("vi"):
        _, ax = plt.subplots()
        ax.plot(table["year"], table["reached"], marker="o")
        kgge.finish(ax, "Số người được tiếp cận tăng hằng năm", "Người, 2016–2020",
                    "Nguồn: báo cáo của đơn vị.", "Một đường qua năm năm.", illustrative=True)
        made = kgge.export_chart(ax, tmp_path, "of-my-own")
        drawn = kgge.charts.chart_data(ax)
    plt.close(ax.figure)
    assert {path.suffix for path in made} == {".png", ".svg", ".pdf", ".csv", ".txt"}
    assert drawn[["x", "y"]].to_numpy().tolist() == [
        [int(year), persons_] for (year,), (persons_, _) in sorted(reached.items())]
    assert "SỐ LIỆU MINH HỌA" in (tmp_path / "of-my-own.txt").read_text(encoding="utf-8")
