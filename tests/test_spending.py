"""Planned and spent: sums, shares, prices, execution."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kgge


@pytest.fixture(scope="module")
def budget():
    return kgge.load_budget()


def test_the_plan_adds_up(budget):
    assert len(budget) == 170 and budget["amount"].sum() == 6600
    assert kgge.totals(budget, "source")["amount"].tolist() == [3950, 2650]
    assert kgge.totals(budget, "project")["amount"].tolist() == [1900, 1150, 1350, 2200]
    assert kgge.totals(budget, "year")["amount"].tolist() == [1340, 1390, 1140, 1390, 1340]
    assert kgge.totals(budget, ["source", "year"]).columns.tolist() == ["source", "year", "amount"]


@pytest.mark.parametrize("by", ["line", [], ["year", "year"], ["year", "unit"]])
def test_wrong_names_are_answered_with_the_allowed(budget, by):
    with pytest.raises(ValueError, match="give one or more of item, project, year, source"):
        kgge.totals(budget, by)


amounts = st.lists(st.integers(0, 10_000), min_size=8, max_size=8)


def frame(values):
    cells = [(i, y, s) for i in ("I.1", "II.1") for y in (2016, 2017) for s in ("central", "local")]
    out = pd.DataFrame(cells, columns=["item", "year", "source"])
    return out.assign(project=out["item"].str.split(".").str[0], amount=[float(v) for v in values])


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
    assert out["amount"].tolist() == pytest.approx([100, 100 / (1.0352025688811617 *
                                                               1.0353962805942641)])
    assert out["nominal"].tolist() == [100, 100] and out.attrs["base_year"] == 2016
    later = kgge.real_terms(table, 2018)["amount"].tolist()
    assert later == pytest.approx([100 * 1.0352025688811617 * 1.0353962805942641, 100])
    assert kgge.real_terms(table, 2015)["amount"][0] == pytest.approx(100 / 1.0266824816906908)
    assert kgge.totals(kgge.real_terms(budget, 2016), "year")["amount"].iloc[0] == 1340


def test_dollars_by_hand():
    table = pd.DataFrame({"year": [2016, 2020], "amount": [21.935, 23.20837]})
    assert kgge.in_usd(table)["amount"].tolist() == pytest.approx([1000, 1000])
    assert kgge.in_usd(table)["nominal"].tolist() == [21.935, 23.20837]


def test_years_without_prices_are_refused():
    table = pd.DataFrame({"year": [2016, 2021], "amount": [1.0, 1.0]})
    with pytest.raises(kgge.DataError, match="no exchange rate of 2021; it covers 2016, 2017"):
        kgge.in_usd(table)
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
        ("a", 2017, "I.1", "central", 7.0),       # nothing was planned
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
    assert found["unplanned"].isna().equals(found["spent"].isna())
    projects = kgge.execution(budget, spending, "project").set_index("project")
    assert projects.loc["I"].to_dict() == {"planned": 200, "spent": 97, "unplanned": 7,
                                           "execution": 97 / 200, "state": "executed"}
    units = kgge.execution(budget, spending, ["unit", "year"]).set_index(["unit", "year"])
    assert units.loc[("a", 2016), "spent"] == 65 and units.loc[("a", 2016), "state"] == "no_plan"
    assert units["planned"].isna().all() and units["execution"].isna().all()


def test_execution_refuses_unknown_lines():
    with pytest.raises(kgge.DataError, match="unknown line items IX.1; the budget has I.1, II.1"):
        kgge.execution(frame([1] * 8), spent(("a", 2016, "IX.1", "central", 1.0)), "year")
    with pytest.raises(ValueError, match="item, project, year, source, unit"):
        kgge.execution(frame([1] * 8), spent(), "line")


@given(amounts, amounts)
def test_execution_loses_nothing(planned, paid):
    budget = frame(planned)
    spending = frame(paid).assign(unit="a").drop(columns="project")
    for by in ("item", "project", ["year", "source"]):
        out = kgge.execution(budget, spending, by)
        assert out["planned"].sum() == sum(planned) and out["spent"].sum() == sum(paid)
        assert (out["unplanned"] <= out["spent"]).all()
        assert (out["execution"].isna() == (out["planned"] == 0)).all()


def people(*rows):
    return pd.DataFrame([(*row[:3], "any", "female", row[3]) for row in rows],
                        columns=["unit", "year", "indicator", "group", "sex", "reached"])


TARGETS = pd.DataFrame({"indicator": ["1a", "1b", "4"], "objective": ["1", "1", "4"],
                        "accumulation": ["cumulative", "cumulative", "latest"]})


def test_cost_per_newly_reached_person_by_hand():
    budget = frame([100] * 8)
    spending = spent(("a", 2016, "I.1", "central", 30.0), ("a", 2017, "I.1", "central", 20.0))
    outcomes = people(("a", 2016, "1a", 100), ("a", 2017, "1a", 150), ("a", 2016, "1b", 200),
                      ("a", 2017, "1b", 250), ("a", 2016, "4", 7), ("a", 2017, "4", 9))
    out = kgge.cost_per_person(spending, outcomes, budget, TARGETS).set_index(["objective", "year"])
    assert out.loc[("1", 2016), ["newly_reached", "cost"]].tolist() == [300, 100_000]
    assert out.loc[("1", 2017), ["newly_reached", "cost"]].tolist() == [100, 200_000]
    assert out.loc[("4", 2017), "newly_reached"] == 9 and pd.isna(out.loc[("4", 2017), "cost"])
    assert out["project"].tolist() == ["I", "I", "IV", "IV"]
    outcomes.loc[[1, 3], "reached"] = [90, 200]  # a fall: no cost of a negative number
    fallen = kgge.cost_per_person(spending, outcomes, budget, TARGETS)
    assert fallen["newly_reached"].tolist() == [300, -10, 7, 9]
    assert fallen["cost"].isna().tolist() == [False, True, True, True]
    outcomes.loc[[1, 3], "reached"] = [100, 200]  # nobody new: no cost, and not an endless one
    same = kgge.cost_per_person(spending, outcomes.astype({"reached": object}), budget, TARGETS)
    assert same["newly_reached"].tolist() == [300, 0, 7, 9]
    assert same["cost"].isna().tolist() == [False, True, True, True]


def test_a_unit_that_skips_a_year_takes_nobody_away():
    """Unit b reports 50 persons in 2016 and 80 in 2018: 30 are new in 2018, none leave in 2017."""
    outcomes = people(("a", 2016, "1a", 10), ("a", 2017, "1a", 15), ("a", 2018, "1a", 20),
                      ("b", 2018, "1a", 80), ("b", 2016, "1a", 50), ("b", 2017, "1a", None))
    out = kgge.cost_per_person(spent(("a", 2016, "I.1", "central", 1.0)), outcomes,
                               frame([1] * 8), TARGETS[:1])
    assert out["newly_reached"].tolist() == [60, 5, 35]


@pytest.mark.parametrize("dtype", ["Int64", "Float64", "object", "int64"])
def test_amounts_may_be_stored_in_any_way(dtype):
    budget = frame([100, 50, 0, 50, 100, 0, 0, 100]).astype({"amount": "int64"})
    spending = spent(("a", 2016, "I.1", "central", 60), ("a", 2016, "I.1", "other", 7))
    plain = kgge.execution(budget, spending, "year")
    other = kgge.execution(budget.astype({"amount": dtype}),
                           spending.astype({"amount": dtype}), "year")
    pd.testing.assert_frame_equal(plain, other)
    assert plain["unplanned"].tolist()[0] == 7
    blank = spending.astype({"amount": dtype}).astype({"amount": "object"})
    blank.loc[0, "amount"] = pd.NA
    assert kgge.execution(budget, blank, "year")["spent"].tolist()[0] == 7
    none = budget.assign(amount=0).astype({"amount": dtype})
    assert kgge.shares(none, "year")["share"].isna().all()


def test_rows_stand_in_the_order_of_the_annex(budget):
    turned = budget.iloc[::-1]
    assert kgge.totals(turned, "project")["project"].tolist() == ["IV", "III", "II", "I"]
    nothing = spent(("a", 2016, "I.1", "central", 1.0))
    assert kgge.execution(turned, nothing, "year")["year"].tolist() == [*range(2020, 2015, -1)]


def test_amounts_and_persons_below_one_count_too():
    """Half a million dong is planned and spent, one person is newly reached."""
    budget = frame([0.5, 0, 0, 0, 0, 0, 0, 0])
    spending = spent(("a", 2016, "I.1", "central", 0.25), ("a", 2016, "I.1", "local", 0.5))
    cells = kgge.execution(budget, spending, "source").set_index("source")
    assert cells["state"].to_dict() == {"central": "executed", "local": "unplanned"}
    assert cells.loc["central", "execution"] == 0.5
    outcomes, targets = people(("a", 2016, "1a", 1), ("a", 2016, "1b", 0)), TARGETS[:2]
    out = kgge.cost_per_person(spending, outcomes, budget, targets)
    assert out["cost"].tolist() == [750_000]
    for part in (outcomes.assign(reached=[1, None]), outcomes[:1]):  # one of the two is missing
        out = kgge.cost_per_person(spending, part, budget, targets)
        assert out[["newly_reached", "cost"]].isna().all(axis=None) and len(out) == 1


def test_what_is_illustrative_stays_marked():
    budget, spending = frame([1] * 8), spent(("a", 2016, "I.1", "central", 1.0))
    outcomes = people(("a", 2016, "1a", 1))
    for kind in (True, False):
        spending.attrs["illustrative"] = kind
        assert kgge.execution(budget, spending, "year").attrs["illustrative"] is kind
        out = kgge.cost_per_person(spending, outcomes, budget, TARGETS)
        assert out.attrs["illustrative"] is kind


def test_less_than_a_million_dong_is_a_plan_too(budget):
    small = budget.head(1).assign(amount=0.5)
    spent = pd.DataFrame({"unit": ["labour"], "year": small["year"], "item": small["item"],
                          "source": small["source"], "amount": [0.4]})
    row = kgge.execution(small, spent, "project").iloc[0]
    assert (row["unplanned"], row["execution"], row["state"]) == (0, 0.8, "executed")


def test_shares_of_nothing_are_empty(budget):
    zero = budget.assign(amount=0.0)
    assert kgge.shares(zero, "year")["share"].isna().all()
    assert kgge.shares(zero, ["year", "source"], "year")["share"].isna().all()
