"""Planned and spent: sums, shares, prices, execution."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import pyplot as plt

import kgge
from kgge.tables.schemas import conform


@pytest.fixture(scope="module")
def budget():
    return kgge.load_budget()


def test_the_plan_adds_up(budget):
    assert len(budget) == 170 and budget["amount"].sum() == 6600
    assert kgge.totals(budget, "source")["amount"].tolist() == [3950, 2650]
    assert kgge.totals(budget, "project")["amount"].tolist() == [1900, 1150, 1350, 2200]
    assert kgge.totals(budget, "year")["amount"].tolist() == [1340, 1390, 1140, 1390, 1340]
    assert kgge.totals(budget, ["source", "year"]).columns.tolist() == ["source", "year", "amount"]


def test_columns_given_apart_are_answered_with_the_list(budget):
    with pytest.raises(ValueError, match=r"beside it 'year': give several as a list, as \['proj"):
        kgge.totals(budget, "project", "year")


def test_a_table_without_attrs_is_looked_for_once(budget, monkeypatch):
    tables = {"budget": budget, "spending": kgge.load_spending(), "outcomes": kgge.load_outcomes()}
    bare, (targets, units) = {}, (kgge.load_targets(), kgge.load_units())
    for name, table in tables.items():
        bare[name] = table.copy()
        bare[name].attrs = {}
    read = []
    monkeypatch.setattr("kgge.analysis.scope.read_table", lambda name: (
        read.append(name), tables[name])[1])
    kgge.execution(bare["budget"], bare["spending"], "project", units=units)
    kgge.progress(bare["outcomes"], targets, units)
    assert read == ["budget", "spending", "outcomes"]


@pytest.mark.parametrize("by", ["line", [], ["year", "year"], ["year", "unit"]])
def test_wrong_names_are_answered_with_the_allowed(budget, by):
    with pytest.raises(ValueError, match="give one or more of item, project, year, source"):
        kgge.totals(budget, by)


amounts = st.lists(st.integers(0, 10_000), min_size=8, max_size=8)


def frame(values):
    cells = [(i, y, s) for i in ("I.1", "II.1") for y in (2016, 2017) for s in ("central", "local")]
    out = pd.DataFrame(cells, columns=["item", "year", "source"])
    return out.assign(project=out["item"].str.split(".").str[0], amount=[float(v) for v in values])


@pytest.mark.slow
@given(amounts)
def test_parts_sum_to_totals_and_shares_to_one(values):
    table = frame(values)
    for by in ("item", "project", ["year", "source"], ["project", "year", "source"]):
        assert kgge.totals(table, by)["amount"].sum() == sum(values)
        whole = kgge.shares(table, by)["share"].sum(min_count=1)
        assert whole == pytest.approx(1) if sum(values) else pd.isna(whole)
    yearly = kgge.shares(table, ["year", "source"], within="year").groupby("year")["share"]
    for year, share in yearly.sum(min_count=1).items():
        assert pd.isna(share) or share == pytest.approx(1), year


def test_real_terms_by_hand(budget):
    # 2018 amounts in 2016 prices: divided by 1.0352025... times 1.0353962...
    table = pd.DataFrame({"year": [2016, 2018], "amount": [100.0, 100.0]})
    out = kgge.real_terms(table, 2016)
    assert out["constant"].tolist() == pytest.approx([100, 100 / (1.0352025688811617 *
                                                                 1.0353962805942641)])
    assert out["amount"].tolist() == [100, 100] and out["base_year"].tolist() == [2016, 2016]
    later = kgge.real_terms(table, 2018)["constant"].tolist()
    assert later == pytest.approx([100 * 1.0352025688811617 * 1.0353962805942641, 100])
    assert kgge.real_terms(table, 2015)["constant"][0] == pytest.approx(100 / 1.0266824816906908)
    spent = kgge.real_terms(table.rename(columns={"amount": "spent"}), 2016)
    assert spent["constant"].tolist() == out["constant"].tolist()


def test_real_terms_of_what_they_cannot_be_taken(budget):
    with pytest.raises(kgge.DataError, match="constant prices already"):
        kgge.real_terms(kgge.real_terms(budget, 2016), 2018)
    with pytest.raises(kgge.DataError, match="year must be among them"):
        kgge.real_terms(kgge.totals(budget, "source"), 2016)
    both = pd.DataFrame({"year": [2016], "planned": [1.0], "spent": [1.0]})
    with pytest.raises(kgge.DataError, match="planned and spent; real_terms needs one of"):
        kgge.real_terms(both, 2016)


def test_years_without_prices_are_refused():
    table = pd.DataFrame({"year": [2016, 2021], "amount": [1.0, 1.0]})
    with pytest.raises(kgge.DataError, match="no price index of 2021; it covers 2015, 2016"):
        kgge.real_terms(table, 2016)
    with pytest.raises(kgge.DataError, match="base year 2021: .* allows 2015, 2016"):
        kgge.real_terms(table, 2021)


def spent(*rows):
    return pd.DataFrame(rows, columns=["unit", "year", "item", "source", "amount"])


def test_execution_by_hand():
    budget = frame([100, 50, 0, 50, 100, 0, 100, 100])
    spending = spent(
        ("a", 2016, "I.1", "central", 60.0), ("b", 2016, "I.1", "central", 30.0),
        ("a", 2016, "I.1", "local", None),        # blank: not reported is not zero
        ("a", 2017, "I.1", "central", 7.0),       # nothing was planned for this year
        ("a", 2017, "I.1", "local", 0.0),
        ("a", 2016, "II.1", "other", 5.0),        # a source without a plan
        ("a", 2016, "II.1", "local", 0.0))
    cells = kgge.execution(budget, spending, ["item", "year", "source"])
    found = cells.set_index(["item", "year", "source"])
    assert found.loc[("I.1", 2016, "central"), "execution"] == 0.9
    assert found["state"].to_dict() == {
        ("I.1", 2016, "central"): "executed", ("I.1", 2016, "local"): "not_reported",
        ("I.1", 2017, "central"): "unplanned", ("I.1", 2017, "local"): "executed",
        ("II.1", 2016, "central"): "not_reported", ("II.1", 2016, "local"): "nothing_planned",
        ("II.1", 2017, "central"): "not_reported", ("II.1", 2017, "local"): "not_reported",
        ("II.1", 2016, "other"): "unplanned"}
    assert pd.isna(found.loc[("I.1", 2017, "central"), "execution"])
    assert found.loc[("I.1", 2017, "local"), "execution"] == 0
    assert pd.isna(found.loc[("I.1", 2016, "local"), "spent"])
    assert found["within"].isna().equals(found["spent"].isna())
    projects = kgge.execution(budget, spending, "project").set_index("project")
    assert projects.loc["I"].to_dict() == {
        "planned": 200, "spent": 97, "within": 97, "other": 0, "execution": 97 / 200,
        "not_known": 0, "units_expected": 4, "units_with_figure": 3, "state": "executed",
        "first_year": 2016, "last_year": 2017}
    assert projects.loc["II", ["spent", "within", "other", "execution"]].tolist() == [5, 0, 5, 0]
    units = kgge.execution(budget, spending, ["unit", "year"]).set_index(["unit", "year"])
    assert units.loc[("a", 2016), "spent"] == 65 and units.loc[("a", 2016), "state"] == "no_plan"
    assert units["planned"].isna().all() and units["execution"].isna().all()


def test_execution_refuses_what_it_cannot_compare():
    budget, one = frame([1] * 8), spent(("a", 2016, "I.1", "central", 1.0))
    for odd, match in ((one.assign(item="IX.1"), "spending has IX.1 in item, budget does not"),
                       (one.assign(source="aid"), "spending has aid in source, budget does not"),
                       (one.assign(year=2019), "spending has 2019 in year, budget does not|2018")):
        with pytest.raises(kgge.DataError, match=match):
            kgge.execution(budget, odd, "year")
    with pytest.raises(ValueError, match="item, project, year, source, unit"):
        kgge.execution(budget, spent(), "line")
    with pytest.raises(kgge.DataError, match=r"budget has the columns .*project must be among"):
        kgge.execution(one, budget, "year")
    with pytest.raises(ValueError, match="years 2021: the budget has 2016, 2017"):
        kgge.execution(budget, one, "year", years=2021)
    with pytest.raises(ValueError, match="cumulative sums up to each year"):
        kgge.execution(budget, one, "project", cumulative=True)


@pytest.mark.parametrize(("plan", "returns"), [
    ("year == 2018", "year > 0"), ("year > 0", "year == 2018"), ("year <= 2018", "year > 0"),
    ("source == 'central'", "year > 0"), ("year > 0", "source != 'local'"),
    ("project == 'I'", "year > 0"), ("year > 0", "item.str.startswith('I.')")])
def test_one_table_filtered_and_not_the_other_is_refused(budget, plan, returns):
    spending = kgge.load_spending()
    with pytest.raises(kgge.DataError, match="do not cover the same"):
        kgge.execution(budget.query(plan), spending.query(returns), "project")


@pytest.mark.slow
def test_both_filtered_alike_or_years_give_the_same(budget):
    spending, units = kgge.load_spending(), kgge.load_units()
    whole = kgge.execution(budget, spending, ["project", "year"])
    for years in (2018, "2018", [2018], spending["year"][spending["year"] == 2018].max()):
        one = kgge.execution(budget, spending, "project", years=years, units=units)
        pd.testing.assert_frame_equal(one, kgge.execution(
            budget.query("year == 2018"), spending.query("year == 2018"), "project", units=units))
        assert one["spent"].tolist() == whole.query("year == 2018")["spent"].tolist()
    early = kgge.execution(budget, spending.query("year <= 2018"), "project")
    assert early["planned"].sum() == 1340 + 1390 + 1140 and early["last_year"].eq(2018).all()


@pytest.mark.slow
def test_a_plan_is_not_split_by_unit(budget):
    spending = kgge.load_spending().query("unit == 'rach-gia'")
    for by in ("unit", "project"):
        out = kgge.execution(budget, spending, by)
        assert out["planned"].isna().all() and out["execution"].isna().all()
        assert not set(out["state"]) & {"executed", "unplanned"}
        assert out["spent"].sum() == pytest.approx(71.9)
    assert out.attrs["part"] == {"unit": ["rach-gia"]}


def test_the_illustrative_set(budget):
    """By hand from the workbooks: 5,711.3 of 6,600 from planned sources, 609.0 besides."""
    spending, units = kgge.load_spending(), kgge.load_units()
    cells = kgge.execution(budget, spending, ["item", "year", "source"], units=units)
    assert round(cells["within"].sum() / cells["planned"].sum(), 3) == 0.865
    assert cells["not_known"].sum() == 45 and round(cells["other"].sum(), 1) == 609.0
    assert cells["state"].value_counts().get("not_known") == 23
    years = kgge.execution(budget, spending, "year", units=units)
    assert years["units_expected"].eq(26).all()
    assert years["units_with_figure"].tolist() == [25, 24, 25, 24, 25]
    assert years["execution"].round(3).tolist() == [0.863, 0.893, 0.918, 0.924, 0.733]
    three = kgge.execution(budget, spending, ["project", "year"], cumulative=True).query(
        "project == 'III' and year == 2018").iloc[0]  # 104.6% with the other source
    assert round(three["spent"] / three["planned"], 3) == 1.046 and three["execution"] < 1
    assert three[["first_year", "last_year", "units_expected"]].tolist() == [2016, 2018, 78]


def test_not_known_is_not_zero():
    """Unit a reports 0, unit b "..."; then 20 and "..." of 50 planned."""
    budget = frame([50, 0, 0, 0, 0, 0, 0, 0])
    spending = spent(("a", 2016, "I.1", "other", 0.0), ("b", 2016, "I.1", "other", None),
                     ("a", 2016, "I.1", "central", 20.0), ("b", 2016, "I.1", "central", None))
    spending["state"] = ["reported", "not_known"] * 2
    out = kgge.execution(budget, spending, ["item", "source"]).set_index(["item", "source"])
    assert out.loc[("I.1", "other"), ["state", "spent", "not_known"]].tolist() == [
        "not_known", 0, 1]
    assert out.loc[("I.1", "central"), ["state", "execution", "not_known"]].tolist() == [
        "executed", 0.4, 1]
    spending.loc[2, "amount"] = 0.0
    silent = kgge.execution(budget, spending, "source").set_index("source").loc["central"]
    assert silent["state"] == "not_known" and pd.isna(silent["execution"])
    only = kgge.execution(budget, spending[:1], "item").iloc[0]  # nobody spoke of the plan's money
    assert only["state"] == "not_reported" and pd.isna(only["execution"])
    assert kgge.totals(spending, "source")["not_known"].tolist() == [1, 1]


def test_a_plan_that_is_running(budget):
    spending = kgge.load_spending()
    assert kgge.execution(budget, spending.iloc[:0], "project").empty
    first = spending[(spending["year"] == 2016) & spending["unit"].isin(["labour", "justice"])]
    first = pd.DataFrame(first.drop(columns="row").to_dict("list"))  # as if made by hand
    row = kgge.execution(budget, first, "year", units=kgge.load_units())
    assert row[["year", "units_expected", "units_with_figure"]].to_numpy().tolist() == [
        [2016, 26, 2]]
    assert kgge.execution(budget, first.assign(year=2018), "year")["year"].tolist() == [
        2016, 2017, 2018]


def test_totals_of_spending_are_spent():
    spending = kgge.load_spending()
    out = kgge.totals(spending, ["year", "source"])
    assert out.columns.tolist() == ["year", "source", "spent", "not_known"]
    assert out["spent"].sum() == pytest.approx(6320.3) and out["not_known"].sum() == 45
    assert out.attrs["illustrative"]
    blank = kgge.totals(spending[spending["amount"].isna()], "unit")
    assert blank["spent"].isna().all()
    assert kgge.shares(spending, "source")["share"].sum() == pytest.approx(1)
    with pytest.raises(ValueError, match="kgge.execution"):
        kgge.totals(spending, "project")


@pytest.mark.slow
@given(amounts, amounts)
def test_execution_loses_nothing(planned, paid):
    budget = frame(planned)
    spending = frame(paid).assign(unit="a").drop(columns="project")
    for by in ("item", "project", ["year", "source"]):
        out = kgge.execution(budget, spending, by)
        assert out["planned"].sum() == sum(planned) and out["spent"].sum() == sum(paid)
        assert (out["within"] + out["other"] == out["spent"]).all()
        assert (out["execution"].isna() == (out["planned"] == 0)).all()


@pytest.mark.parametrize("dtype", ["Int64", "Float64", "object", "int64"])
def test_amounts_may_be_stored_in_any_way(dtype):
    budget = frame([100, 50, 0, 50, 100, 0, 0, 100]).astype({"amount": "int64"})
    spending = spent(("a", 2016, "I.1", "central", 60), ("a", 2016, "I.1", "other", 7))
    plain = kgge.execution(budget, spending, "year")
    other = kgge.execution(budget.astype({"amount": dtype}),
                           spending.astype({"amount": dtype}), "year")
    pd.testing.assert_frame_equal(plain, other)
    assert plain["other"].tolist()[0] == 7
    blank = spending.astype({"amount": dtype}).astype({"amount": "object"})
    blank.loc[0, "amount"] = pd.NA
    assert kgge.execution(budget, blank, "year")["spent"].tolist()[0] == 7
    none = budget.assign(amount=0).astype({"amount": dtype})
    assert kgge.shares(none, "year")["share"].isna().all()


def test_rows_stand_in_the_order_of_the_annex(budget):
    turned = budget.iloc[::-1]
    assert kgge.totals(turned, "project")["project"].tolist() == ["IV", "III", "II", "I"]
    nothing = spent(("a", 2016, "I.1", "central", 1.0))
    assert kgge.execution(turned, nothing, "year")["year"].tolist() == [2016]
    first = kgge.load_spending().query("unit == 'rach-gia'")
    assert kgge.execution(turned, first, "year")["year"].tolist() == [*range(2020, 2015, -1)]


def test_amounts_below_one_count_too():
    budget = frame([0.5, 0, 0, 0, 0, 0, 0, 0])
    spending = spent(("a", 2016, "I.1", "central", 0.25), ("a", 2016, "I.1", "local", 0.5))
    cells = kgge.execution(budget, spending, "source").set_index("source")
    assert cells["state"].to_dict() == {"central": "executed", "local": "unplanned"}
    assert cells.loc["central", "execution"] == 0.5


def test_what_is_illustrative_stays_marked():
    budget, spending = frame([1] * 8), spent(("a", 2016, "I.1", "central", 1.0))
    for kind in (True, False):
        spending.attrs["illustrative"] = kind
        assert kgge.execution(budget, spending, "year").attrs["illustrative"] is kind


def test_less_than_a_million_dong_is_a_plan_too(budget):
    small = budget.head(1).assign(amount=0.5)
    spent = pd.DataFrame({"unit": ["labour"], "year": small["year"], "item": small["item"],
                          "source": small["source"], "amount": [0.4]})
    row = kgge.execution(small, spent, "project").iloc[0]
    assert (row["other"], row["execution"], row["state"]) == (0, 0.8, "executed")


def test_shares_of_nothing_are_empty(budget):
    zero = budget.assign(amount=0.0)
    assert kgge.shares(zero, "year")["share"].isna().all()
    assert kgge.shares(zero, ["year", "source"], "year")["share"].isna().all()


def one_unit(table):
    return table["unit"] == "rach-gia"


def test_one_unit_is_one_whatever_else_is_filtered(budget):
    """Its spending of one project is never set against what the plan gives to all units."""
    spending = kgge.load_spending()
    lines = spending["item"].str.startswith("II.")
    out = kgge.execution(budget[budget["project"] == "II"], spending[one_unit(spending) & lines],
                         "year")
    assert out["planned"].isna().all()
    assert out.attrs["part"] == {"unit": ["rach-gia"], "project": ["II"]}
    local = spending[one_unit(spending) & (spending["source"] == "local")]
    assert kgge.totals(local, "year").attrs["part"] == {"unit": ["rach-gia"], "source": ["local"]}


@pytest.mark.parametrize(("query", "part"), [
    ("project == 'II'", {"project": ["II"]}), ("item == 'II.1'", {"item": ["II.1"]}),
    ("source == 'local'", {"source": ["local"]}), ("year == 2018", {"year": [2018]}),
    ("amount > 20", {"rows": [138, 170]}), ("year > 0", {})])
def test_what_was_filtered_is_said_as_it_was_filtered(budget, query, part):
    """A line is not its project; all lines of one are; other rows are rows."""
    assert kgge.totals(budget.query(query), "year").attrs["part"] == part


def test_a_figure_that_was_taken_away_or_changed_is_no_row_left_out(budget):
    """What if a unit had not told: its rows are there, and nothing was filtered."""
    spending = kgge.load_spending()
    own = spending["unit"].eq("rach-gia") & spending["year"].eq(2018)
    for changed in (spending["amount"].mask(own), spending["amount"] * 2):
        table = spending.assign(amount=changed)
        found = kgge.execution(budget, table, "project")
        assert found["planned"].sum() == 6600 and not found.attrs["part"]
        assert found["spent"].sum() == pytest.approx(changed.sum())
        assert not kgge.totals(table, "year").attrs["part"]
    twice = spending.assign(amount=spending["amount"] * 2).drop(columns="item")
    assert not kgge.totals(twice, "year").attrs["part"], "more than there was is no part of it"
    less = kgge.totals(spending[~own], "year").attrs["part"]
    assert less["rows"][0] < less["rows"][1]


def test_rows_without_a_figure_change_nothing(budget):
    spending, whole = kgge.load_spending(), None
    for part in (spending, spending.dropna(subset=["amount"]),
                 spending[spending["state"] == "reported"]):
        out = kgge.execution(budget, part, "project")
        whole = out if whole is None else whole
        assert out.attrs["part"] == {} and out["planned"].tolist() == whole["planned"].tolist()
        assert out["execution"].tolist() == whole["execution"].tolist()


@pytest.mark.slow
def test_a_table_that_lost_its_attrs_is_compared_with_the_stored_one(budget):
    spending, kinds = kgge.load_spending(), kgge.load_units()[["unit", "kind"]]
    merged = spending.merge(kinds, on="unit")
    assert "whole" not in merged.attrs
    assert kgge.execution(budget, merged, "project")["planned"].sum() == 6600
    districts = kgge.execution(budget, merged[merged["kind"] == "district"], "project")
    assert districts["planned"].isna().all() and len(districts.attrs["part"]["unit"]) == 15
    two = budget.merge(pd.DataFrame({"project": ["I", "II"], "who": ["a", "b"]}), on="project")
    assert kgge.totals(two, "year").attrs["part"] == {"project": ["I", "II"]}
    with pytest.raises(kgge.DataError, match="do not cover the same"):
        kgge.execution(two, merged, "project")


def yearly(table):
    return kgge.totals(table, ["year", "source"])


@pytest.mark.parametrize("returned", [
    lambda s: yearly(s.drop(columns="unit")),
    lambda s: yearly(s[["item", "year", "source", "amount"]]),
    lambda s: yearly(s).rename(columns={"spent": "amount"}).drop(columns="not_known"),
    lambda s: yearly(s).rename(columns={"spent": "amount"}).merge(pd.DataFrame({"year": [2018]}))])
def test_what_was_spent_is_never_drawn_as_planned(returned):
    ax = kgge.charts.planned_by_year_and_source(returned(kgge.load_spending()), lang="en")
    text = kgge.charts.chart_text(ax)
    plt.close(ax.figure)
    assert text.illustrative and "million dong spent" in text.title and (
        "Amounts spent" in text.subtitle and text.source.startswith("Source: returns"))


def test_a_total_of_amounts_that_nothing_is_known_of_claims_nothing(budget):
    assert "illustrative" not in yearly(pd.DataFrame(budget.head().to_dict("list"))[
        ["item", "year", "source", "amount"]]).attrs


def test_one_amount_out_of_planned_and_spent_is_refused(budget):
    both = kgge.execution(budget, kgge.load_spending(), ["project", "source"])
    planned = both.rename(columns={"planned": "amount"}).drop(columns="spent")
    for draw in (kgge.charts.planned_by_project_and_source,
                 lambda table: kgge.totals(table, "project")):
        with pytest.raises(kgge.DataError, match="made by kgge.execution.*planned or spent"):
            draw(planned)
    ax = kgge.charts.planned_by_project_and_source(both.drop(columns="planned"), lang="en")
    assert "spent" in kgge.charts.chart_text(ax).title
    plt.close(ax.figure)


def test_money_that_stands_twice_is_refused(budget):
    spending = kgge.load_spending()
    twice, both = pd.concat([spending, spending]), pd.concat([budget, spending])
    for match, call in (
            (r"budget: a key stands twice:\n +item", lambda: kgge.execution(
                pd.concat([budget, budget]), spending, "project")),
            (r"spending: a key stands twice:\n", lambda: kgge.execution(budget, twice, "year")),
            (r"the table of money: a key stands twice", lambda: kgge.totals(twice, "unit")),
            (r"the table of money: a key is empty", lambda: yearly(both)),
            (r"the table of money: a key stands twice",
             lambda: yearly(pd.concat([budget, kgge.load_budget().iloc[:1]])))):
        with pytest.raises(kgge.DataError, match=match):
            call()
    assert len(yearly(spending.drop(columns="unit"))) == len(yearly(spending))


def test_the_units_of_the_plan_are_to_report(budget):
    """With one unit's returns only, the others are due all the same; unlike sets are refused."""
    spending, units = kgge.load_spending(), kgge.load_units()
    alone, own = spending[one_unit(spending)], units[one_unit(units)]
    due = kgge.execution(budget, spending, "project")["units_expected"]
    assert due.eq(26 * 5).all()
    for those in (None, own):
        out = kgge.execution(budget, alone, "project", units=those)
        assert out["units_expected"].eq(5).all()
    with pytest.raises(kgge.DataError, match="spending has units that the table of units lacks"):
        kgge.execution(budget, spending, "project", units=own)
    with pytest.raises(kgge.DataError, match="filtered to some units.*with the same ones only"):
        kgge.execution(budget, alone, "project", units=units)
    told = conform("spending", spending[spending["unit"] != "labour"])  # labour never returned
    two = units[units["unit"].isin(["labour", *own["unit"]])]
    out = kgge.execution(budget, told[told["unit"].isin(two["unit"])], "project", units=two)
    assert out["units_expected"].eq(10).all()


def test_the_plan_is_not_compared_with_part_of_the_rows(budget):
    spending = kgge.load_spending()
    half, some = spending.sample(frac=0.5, random_state=1), budget.query("amount > 20")
    for plan, returned in ((budget, half), (some, spending)):
        with pytest.raises(kgge.DataError, match="hold only some of their rows .* whole lines"):
            kgge.execution(plan, returned, "project")
    title = words_of(kgge.charts.planned_by_year_and_source, yearly(some)).title
    assert title.startswith("Part of the rows: ")


def test_the_annex_and_constant_prices_are_no_amounts_to_sum(budget):
    """The annex holds projects, models and lines; constant prices stand after the sum."""
    annex, real = kgge.load_annex(), kgge.real_terms(budget, 2016)
    for table in (annex, annex.dropna(subset=["year", "source"])):
        with pytest.raises(kgge.DataError, match="kgge.load_budget"):
            yearly(table)
    constant = real.assign(amount=real["constant"])
    for table in (constant, constant[budget.columns]):
        with pytest.raises(kgge.DataError, match="prices of 2016.*kgge.real_terms after"):
            yearly(table)
        with pytest.raises(kgge.DataError, match="budget: .*prices of 2016"):
            kgge.execution(table, kgge.load_spending(), "year")
    renamed = kgge.real_terms(yearly(budget), 2016).drop(columns="amount").rename(
        columns={"constant": "amount"})
    bare = pd.DataFrame(renamed.to_dict("list"))
    for table in (renamed, bare, renamed.drop(columns="base_year")):
        with pytest.raises(kgge.DataError, match="the chart draws current prices.* of 2016"):
            kgge.charts.planned_by_year_and_source(table)


def words_of(draw, table):
    ax = draw(table, lang="en")
    plt.close(ax.figure)
    return kgge.charts.chart_text(ax)


@pytest.mark.slow
def test_sums_up_to_each_year_are_not_summed_again(budget):
    """The last year holds all: 5,711.3 of 6,600, in 123 of 130 returns."""
    spending, units = kgge.load_spending(), kgge.load_units()
    for by, draw in (("year", kgge.charts.planned_against_spent),
                     (["project", "year"], kgge.charts.execution_by_project_and_year)):
        table = kgge.execution(budget, spending, by, cumulative=True, units=units)
        bare = pd.DataFrame(table.to_dict("list"))
        for one in (table, bare, table.drop(columns=["first_year", "last_year"])):
            text = words_of(draw, one)
            assert "; each year with those before it; as reported in " in text.subtitle
            assert text.subtitle.count("of 130 unit returns") == 1
            if by == "year":
                assert text.title.startswith("At least 5,711.3 of the 6,600 million dong planned")
            else:
                assert "86.5%" in readable(draw, one) and "132" not in text.title
        assert "each year with" not in words_of(draw, kgge.execution(budget, spending, by)).subtitle


def readable(draw, table):
    """Return all words in a chart: the totals of a grid too."""
    ax = draw(table, lang="en")
    plt.close(ax.figure)
    return " ".join(text.get_text() for text in ax.texts)


@pytest.mark.slow
def test_years_between_that_were_left_out_are_not_in_the_period(budget):
    ends, by = budget[budget["year"].isin([2016, 2020])], ["project", "source"]
    draw = kgge.charts.planned_by_project_and_source
    assert words_of(draw, kgge.totals(ends, by)).subtitle.endswith(", 2016, 2020")
    assert words_of(draw, kgge.totals(budget, by)).subtitle.endswith(", 2016–2020")
    later = budget[budget["year"] != 2017]
    assert words_of(draw, kgge.totals(later, by)).subtitle.endswith(", 2016, 2018–2020")
    money = kgge.execution(budget, kgge.load_spending(), "project", years=[2016, 2020])
    assert "plan, 2016, 2020;" in words_of(kgge.charts.planned_against_spent, money).subtitle
    one = kgge.totals(budget, [*by, "year"]).query("year == 2018")
    with pytest.raises(kgge.DataError, match="made by year and lost that column.*filter by year"):
        draw(one.drop(columns="year"))


def loaded():
    names = ("budget", "spending", "units", "reporting", "problems")
    return [getattr(kgge, f"load_{name}")() for name in names]


@pytest.mark.parametrize(("call", "match"), [
    (lambda b, s, u, r, p: kgge.totals(b, 2018), "^by=2018: give one or more of item, project"),
    (lambda b, s, u, r, p: kgge.totals(s, [["year"]]), r"^by=\[\['year'\]\]: give one or more"),
    (lambda b, s, u, r, p: kgge.execution("project", b, s), "^by=a table: give one or more"),
    (lambda b, s, u, r, p: kgge.execution(b, s, u, "project"), "^by=a table: give one or more"),
    (lambda b, s, u, r, p: kgge.execution(b, s, "project", u), r"^years is a table: .*\(units=\)"),
    (lambda b, s, u, r, p: kgge.shares(b, "year", "project"), "^within='project': give one or"),
    (lambda b, s, u, r, p: kgge.quality(None, p), "^reporting: a table is needed"),
    (lambda b, s, u, r, p: kgge.quality(p, r), "^reporting has the columns .*in their order"),
    (lambda b, s, u, r, p: kgge.reporting_rates(None), "^reporting: a table is needed"),
    (lambda b, s, u, r, p: kgge.reporting_rates(r, 2018), "^by=2018: give one or more of unit"),
    (lambda b, s, u, r, p: kgge.reconcile(b), "^the annex has the columns .* parent must be"),
    (lambda b, s, u, r, p: kgge.execution(b.assign(year=pd.to_datetime(b["year"].astype(str))), s,
                                          "year"), "^year Timestamp.*: give a whole year"),
    (lambda b, s, u, r, p: kgge.real_terms(b, "x"), "^year 'x': give a whole year")])
def test_what_was_given_in_place_of_another_is_said_in_a_sentence(call, match):
    with pytest.raises((ValueError, kgge.DataError), match=match):
        call(*loaded())


def test_years_may_be_text_and_a_list_of_prices_may_be_empty(budget, monkeypatch):
    plain = kgge.real_terms(budget, 2016)["constant"].tolist()
    assert kgge.real_terms(budget, "2016")["constant"].tolist() == plain
    text = budget.astype({"year": str})
    assert kgge.real_terms(text, 2016)["constant"].tolist() == plain
    spending = kgge.load_spending()
    for a, b in ((budget, spending.astype({"year": str})), (text, spending)):
        pd.testing.assert_frame_equal(kgge.execution(a, b, "year"),
                                      kgge.execution(budget, spending, "year"))
    assert kgge.totals(text, "project").attrs == kgge.totals(budget, "project").attrs
    monkeypatch.setattr("kgge.analysis.prices._price_index", lambda: pd.Series(dtype=float))
    with pytest.raises(kgge.DataError, match="prices.csv holds no price index: fill in year"):
        kgge.real_terms(budget, 2016)
