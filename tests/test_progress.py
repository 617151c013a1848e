"""Coverage and progress against cases computed by hand."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgge.analysis.coverage import coverage
from kgge.analysis.gap import gap
from kgge.analysis.progress import PROGRESS, progress
from kgge.files import DataError

TARGETS = pd.DataFrame(
    [("1a", 0.7, 2020, 0.0, 2015, "cumulative"), ("1b", 0.5, 2020, 0.0, 2015, "cumulative"),
     ("4", 1.0, 2020, None, None, "latest")],
    columns=["indicator", "target", "target_year", "baseline", "base_year", "accumulation"])
A, B = TARGETS.iloc[[0]], TARGETS.iloc[[1]]
NAN = math.nan


def rows(*lines, indicator="1a", state=False):
    """Lines of unit, year, group, sex, eligible, reached (, state of both)."""
    columns = ["unit", "year", "group", "sex", "eligible", "reached", *["eligible_state"] * state]
    frame = pd.DataFrame(lines, columns=columns).assign(indicator=indicator)
    if state:
        frame["reached_state"] = frame["eligible_state"]
    return frame.astype({"eligible": float, "reached": float})


def units(*codes, indicators="1a", residents=NAN):
    return pd.DataFrame({"unit": codes, "indicators": indicators, "residents": residents})


def one(outcomes, targets, units, year=None):
    """The last year's row of one indicator."""
    return progress(outcomes, targets, units, year).iloc[-1]


def single(year, eligible, reached, indicator="1a"):
    return rows(("u", year, "g", "female", eligible, reached), indicator=indicator)


# Verdicts. Target 70%, base year 2015, target year 2020.

@pytest.mark.parametrize(("year", "eligible", "reached", "ratio", "status"), [
    (2016, 1000, 133, 0.95, "on_track"),  # 0.19 of the distance in 0.2 of the time: on the border
    (2016, 100000, 13299, 0.949929, "acceleration_needed"),
    (2016, 1000, 84, 0.60, "acceleration_needed"),  # 0.12 / 0.2
    (2016, 100000, 8399, 0.599929, "limited"),
    (2018, 100, 0, 0.0, "limited"),
    (2018, 100, 70, 1.666667, "achieved"),
    (2020, 50, 35, 1.0, "achieved"),  # 35/50 is 0.7 exactly
    (2020, 10000, 6997, 0.999571, "not_achieved"),  # 69.97%
    (2019, 100, 69, 1.232143, "on_track"),  # one year is left
    (2020, 10, 0, 0.0, "not_achieved"),
    (2021, 10, 7, 0.833333, "achieved"),
    (2021, 10, 6, 0.714286, "not_achieved"),
])
def test_verdict_cumulative(year, eligible, reached, ratio, status):
    row = one(single(year, eligible, reached), A, units("u"))
    assert row["status"] == row["status_low"] == row["status_high"] == status
    assert row["ratio"] == pytest.approx(ratio, abs=1e-6)
    assert row["firm"]


def test_columns_are_those_of_the_contract():
    row = one(single(2018, 100, 35), A, units("u"))
    assert row.index.tolist() == (
        "indicator year reached eligible coverage coverage_low coverage_high baseline target "
        "distance_share time_share ratio status status_low status_high firm observed_pace "
        "required_pace units_expected units_reported missing_units").split()
    assert row[["reached", "eligible", "coverage", "baseline", "target"]].tolist() == [
        35, 100, 0.35, 0.0, 0.7]


def test_falling_figure_is_reversing():
    targets = A.assign(baseline=0.2)
    row = one(single(2017, 100, 19), targets, units("u"))
    assert row["status"] == "reversing"
    assert row["distance_share"] == pytest.approx(-0.02)  # (0.19 - 0.2) / (0.7 - 0.2)
    assert row["time_share"] == pytest.approx(0.4)
    assert row["ratio"] == pytest.approx(-0.05)
    assert row["observed_pace"] == pytest.approx(-0.005)
    assert row["required_pace"] == pytest.approx(0.17)  # 0.51 in three years


@pytest.mark.parametrize(("year", "reached", "status"), [
    (2018, 100, "achieved"), (2018, 99, "not_assessable"), (2020, 99, "not_achieved")])
def test_no_baseline(year, reached, status):
    row = one(single(year, 100, reached, "4"), TARGETS.iloc[[2]], units("u", indicators="4"))
    assert row["status"] == status
    assert row[["baseline", "distance_share", "time_share", "ratio", "observed_pace"]].isna().all()


@pytest.mark.parametrize(("targets", "year"), [
    (A, 2015), (A.assign(baseline=0.7), 2017), (A.assign(base_year=2020), 2017),
    (A.assign(base_year=None), 2017)])
def test_ratio_undefined(targets, year):
    row = one(single(year, 100, 10), targets, units("u"))
    assert row["status"] == "not_assessable"
    assert math.isnan(row["ratio"])


def test_paces():
    row = one(single(2018, 100, 30), A, units("u"))
    assert row["observed_pace"] == pytest.approx(0.1)
    assert row["required_pace"] == pytest.approx(0.2)
    last = one(single(2019, 100, 30), A, units("u"))
    assert last["required_pace"] == pytest.approx(0.4)  # all of it in the one year that is left
    late = one(single(2020, 100, 30), A, units("u"))
    assert late["observed_pace"] == pytest.approx(0.06)
    assert math.isnan(late["required_pace"])


def test_zero_eligible_has_no_coverage():
    row = one(single(2018, 0, 0), A, units("u"))
    assert (row["reached"], row["eligible"], row["units_reported"]) == (0, 0, 1)
    assert row[["coverage", "coverage_low", "coverage_high"]].isna().all()
    assert (row["status"], row["firm"]) == ("not_assessable", False)
    assert pd.isna(row["status_low"])


def test_shape_and_years():
    outcomes = pd.concat([single(2016, 10, 1), single(2018, 10, 2)])
    before = outcomes.copy(deep=True)
    result = progress(outcomes, TARGETS, units("u", indicators="1a;4"))
    assert list(result.columns) == PROGRESS
    assert list(zip(result["indicator"], result["year"], strict=True)) == [
        (i, y) for i in ("1a", "1b", "4") for y in (2016, 2017, 2018)]
    assert result["units_expected"].tolist() == [1] * 3 + [0] * 3 + [1] * 3
    assert result["status"].tolist()[3:] == ["not_assessable"] * 6
    assert result["reached"].isna().tolist() == [False, True, False] + [True] * 6
    pd.testing.assert_frame_equal(outcomes, before)
    one_year = progress(outcomes, TARGETS, units("u", indicators="1a;4"), 2017)
    pd.testing.assert_frame_equal(
        one_year, result[result["year"] == 2017].reset_index(drop=True), check_dtype=False)


def test_no_outcomes_at_all():
    result = progress(single(2016, 1, 1).iloc[:0], TARGETS, units("u", indicators="1a;1b"))
    assert result["year"].tolist() == [2020] * 3
    assert result["status"].eq("not_assessable").all()
    assert result["missing_units"].tolist() == ["u", "u", ""]
    assert progress(single(2016, 1, 1).iloc[:0], TARGETS.iloc[:0], units("u")).empty


# What missing returns could change.

def test_missing_after_a_return_cumulative():
    outcomes = rows(("a", 2016, "g", "female", 100, 10), ("b", 2016, "g", "female", 300, 60),
                    ("a", 2017, "g", "female", 200, 50))
    row = one(outcomes, A, units("a", "b"))
    assert (row["reached"], row["eligible"], row["coverage"]) == (50, 200, 0.25)
    assert row["coverage_low"] == pytest.approx(110 / 500)
    assert row["coverage_high"] == pytest.approx(350 / 500)
    assert (row["units_expected"], row["units_reported"], row["missing_units"]) == (2, 1, "b")
    assert row["distance_share"] == pytest.approx(0.25 / 0.7)
    assert row["ratio"] == pytest.approx(0.25 / 0.7 / 0.4)
    # 0.25/0.7/0.4 = 0.89; 0.22/0.7/0.4 = 0.786; 0.7 is the target
    assert (row["status"], row["status_low"], row["status_high"]) == (
        "acceleration_needed", "acceleration_needed", "achieved")
    assert not row["firm"]


def test_missing_after_a_return_latest():
    outcomes = rows(("a", 2016, "g", "female", 100, 10), ("b", 2016, "g", "female", 300, 60),
                    ("a", 2017, "g", "female", 200, 50), indicator="4")
    row = one(outcomes, TARGETS.iloc[[2]], units("a", "b", indicators="4"))
    assert row["coverage_low"] == pytest.approx(50 / 500)
    assert row["coverage_high"] == pytest.approx(350 / 500)
    other = outcomes.replace({"group": {"g": "h"}}).iloc[[1]]  # b reports another group
    row = one(pd.concat([outcomes.iloc[[0, 2]], other]), TARGETS.iloc[[2]],
              units("a", "b", indicators="4"))
    assert row["coverage_high"] == pytest.approx(350 / 500)


def test_missing_without_an_earlier_return():
    """b has as many eligible persons in 2016 as its nearest later return says; c sent none."""
    outcomes = rows(("a", 2016, "g", "female", 100, 10), ("b", 2017, "g", "female", 300, 10),
                    ("b", 2018, "g", "female", 999, 10))
    row = one(outcomes, A, units("a", "b"), 2016)
    assert (row["coverage"], row["missing_units"]) == (0.1, "b")
    assert (row["coverage_low"], row["coverage_high"]) == (10 / 400, 310 / 400)
    cells = outcomes.assign(group=["g", "h", "h"])  # of another group than any before
    assert one(cells, A, units("a", "b"), 2016)["coverage_high"] == 310 / 400
    row = one(outcomes.query("unit == 'a'").pipe(lambda o: pd.concat([o, o.assign(year=2017)])), A,
              units("a", "b"), 2016)
    assert row["coverage"] == 0.1
    assert row[["coverage_low", "coverage_high", "status_low", "status_high"]].isna().all()
    assert (row["missing_units"], row["firm"], row["status"]) == ("b", False, "acceleration_needed")


def test_gap_of_two_years_and_low_never_above_eligible():
    outcomes = rows(("a", 2016, "g", "female", 100, 80), ("a", 2018, "g", "female", 50, NAN),
                    ("b", 2018, "g", "female", 50, 10))
    row = one(outcomes, A, units("a", "b"))
    assert row["coverage_low"] == row["coverage_high"] == pytest.approx(60 / 100)


def test_census_stands_in_for_1b_only():
    people = units("a", "b", indicators="1a;1b", residents=[500.0, 300.0])
    outcomes = rows(("a", 2016, "residents", "female", 200, 100),
                    ("a", 2016, "residents", "male", 100, 50), indicator="1b")
    row = one(outcomes, B, people)
    assert row["coverage_low"] == pytest.approx(150 / 600)
    assert row["coverage_high"] == pytest.approx(450 / 600)
    assert pd.isna(one(single(2016, 100, 50).replace("u", "a"), A, people)["coverage_low"])
    by_group = coverage(outcomes, B, people, "group")
    assert by_group["coverage_low"].tolist() == pytest.approx([150 / 600])
    by_sex = coverage(outcomes, B, people, "sex")
    assert by_sex["sex"].tolist() == ["female", "male"]
    assert by_sex["coverage"].tolist() == [0.5, 0.5]
    assert by_sex[["coverage_low", "coverage_high"]].isna().all(axis=None)
    assert by_sex["missing_units"].tolist() == ["b", "b"]
    # a return of its own is preferred to the census
    later = pd.concat([outcomes, outcomes.assign(unit="b", eligible=40, reached=NAN)])
    assert one(later, B, people)["coverage_high"] == pytest.approx((150 + 80) / (300 + 80))


def test_blank_census_form_keeps_the_reached_it_tells():
    people = units("a", indicators="1b", residents=300.0)
    blank = rows(("a", 2016, "residents", "female", NAN, NAN), indicator="1b")
    row = one(blank, B, people)
    assert (row["coverage_low"], row["coverage_high"]) == (0, 1)
    row = one(blank.assign(reached=30.0), B, people)
    assert (row["coverage_low"], row["coverage_high"]) == (0.1, 0.1)


def test_census_only_where_no_eligible_was_ever_returned():
    people = units("a", "b", indicators="1b", residents=[500.0, 300.0])
    outcomes = rows(("a", 2016, "residents", "female", 400, 100),
                    ("b", 2016, "residents", "female", NAN, NAN),
                    ("b", 2017, "residents", "female", NAN, NAN), indicator="1b")
    row = one(outcomes, B, people, 2018)  # a: its return of 2016; b: the census
    assert row["coverage_low"] == pytest.approx(100 / 700)
    assert row["coverage_high"] == 1
    assert row["missing_units"] == "a;b"


def test_blank_cells_of_a_received_return():
    outcomes = rows(("a", 2016, "g", "female", 100, 10), ("a", 2016, "g", "male", 100, 20),
                    ("a", 2017, "g", "female", 100, 30), ("a", 2017, "g", "male", NAN, NAN))
    row = one(outcomes, A, units("a"))
    assert (row["reached"], row["eligible"]) == (30, 100)
    assert row["coverage_low"] == pytest.approx(50 / 200)
    assert row["coverage_high"] == pytest.approx(130 / 200)
    assert (row["units_reported"], row["missing_units"]) == (1, "a")
    # a cell whose row was left out stays due: it is blank, not gone
    assert one(outcomes.iloc[:3], A, units("a"))["coverage_high"] == pytest.approx(130 / 200)
    # and one without an earlier eligible leaves the ends empty
    assert pd.isna(one(outcomes.iloc[2:], A, units("a"))["coverage_high"])


def test_known_reached_with_unknown_eligible_and_the_reverse():
    outcomes = rows(("a", 2016, "g", "female", 100, 10), ("a", 2017, "g", "female", NAN, 40),
                    ("b", 2016, "g", "female", 100, 10), ("b", 2017, "g", "female", 200, NAN))
    row = one(outcomes, A, units("a", "b"))
    assert math.isnan(row["reached"])
    assert row["coverage_low"] == pytest.approx((40 + 10) / 300)
    assert row["coverage_high"] == pytest.approx((40 + 200) / 300)
    assert row["missing_units"] == "b;a"
    assert row["status"] == "not_assessable"


def test_not_applicable_cells_are_not_expected():
    na, ok, no = "not_applicable", "reported", "not_reported"
    outcomes = rows(("a", 2016, "g", "female", 100, 10, ok), ("a", 2016, "g", "male", NAN, NAN, na),
                    ("b", 2016, "g", "female", NAN, NAN, na), state=True)
    row = one(outcomes, A, units("a", "b"))
    assert (row["coverage_low"], row["coverage_high"], row["missing_units"]) == (0.1, 0.1, "")
    assert (row["units_expected"], row["units_reported"], row["firm"]) == (1, 1, True)
    row = one(outcomes, A, units("a", "b", "c"))
    assert row["missing_units"] == "c", "of which nothing is known"
    row = one(outcomes.replace(na, no), A, units("a", "b"))
    assert pd.isna(row["coverage_low"])
    assert row["missing_units"] == "a;b"
    bare = outcomes.drop(columns=["eligible_state", "reached_state"])
    assert one(bare, A, units("a", "b"))["missing_units"] == "a;b"


def test_a_unit_to_which_nothing_applies_keeps_its_row():
    outcomes = rows(("a", 2016, "g", "female", NAN, NAN, "not_applicable"), state=True)
    table = coverage(outcomes, A, units("a"), "unit")
    assert table[["units_expected", "units_reported", "missing_units"]].values.tolist() == [
        [0, 0, ""]]
    assert table[["reached", "eligible"]].isna().all(axis=None)
    assert coverage(outcomes, A, units("a"), "sex").empty


@pytest.mark.parametrize("earlier", [[], [("b", 2016, "g", "female", 100, 50, "reported")]])
def test_a_unit_that_last_said_not_applicable_is_not_expected_when_it_is_missing(earlier):
    reported = [("a", year, "g", "female", 100, 60, "reported") for year in (2017, 2018)]
    outcomes = rows(*earlier, ("b", 2017, "g", "female", NAN, NAN, "not_applicable"), *reported,
                    state=True)
    row = one(outcomes, A, units("a", "b"))
    assert (row["coverage_low"], row["coverage_high"], row["firm"]) == (0.6, 0.6, True)
    assert (row["units_expected"], row["missing_units"]) == (1, "")
    back = pd.concat([outcomes, rows(("b", 2018, "g", "female", NAN, NAN, "not_reported"),
                                     state=True)])
    row = one(back, A, units("a", "b"))
    assert (row["units_expected"], row["missing_units"]) == (2, "b"), "a blank row asks again"


def test_one_person_in_the_first_year():
    row = one(single(2016, 1, 1), A, units("u"))
    assert (row["coverage"], row["observed_pace"], row["coverage_low"]) == (1, 1, 1)
    table = coverage(single(2016, 1, 1), A, units("u", "v"), "unit")
    assert table["coverage"].tolist()[0] == 1
    both = pd.concat([single(2016, 1, 1), single(2016, 1, 1, "1b")])
    table = coverage(both, TARGETS.head(2), units("u", indicators="1a;1b"), "unit")
    assert table.index.tolist() == [0, 1]


@pytest.mark.parametrize("column", ["unit", "year", "reached"])
def test_a_missing_column_is_named(column):
    with pytest.raises(DataError, match=f"; {column} must be among them"):
        progress(single(2016, 10, 1).drop(columns=column), A, units("u"))


def test_only_units_of_which_a_group_is_asked_are_expected_for_it():
    outcomes = rows(("a", 2016, "g", "female", 100, 10), ("b", 2016, "h", "female", 50, 10))
    table = coverage(outcomes, A, units("a", "b"), "group")
    assert table[["units_expected", "units_reported"]].values.tolist() == [[1, 1], [1, 1]]


def test_census_stands_in_beside_a_cell_that_does_not_apply():
    outcomes = rows(("a", 2016, "residents", "female", NAN, NAN, "not_reported"),
                    ("a", 2016, "residents", "male", NAN, NAN, "not_applicable"), indicator="1b",
                    state=True)
    row = one(outcomes, B, units("a", indicators="1b", residents=300.0))
    assert (row["coverage_low"], row["coverage_high"]) == (0, 1)


@pytest.mark.parametrize(("lines", "low", "high"), [
    # a new row that is blank asks for nothing while the return has no complete row
    ([("g", NAN, NAN), ("h", NAN, NAN)], 10, 100), ([("g", 100, NAN), ("h", NAN, NAN)], 10, 100),
    # one with a number does
    ([("g", NAN, NAN), ("h", 50, NAN)], 10, 150)])
def test_which_rows_a_return_without_figures_asks_for(lines, low, high):
    outcomes = rows(
        ("a", 2016, "g", "female", 100, 0), ("a", 2017, "g", "female", 100, 0),
        ("b", 2016, "g", "female", 100, 10),
        *(("b", 2017, group, "female", *numbers) for group, *numbers in lines))
    row = one(outcomes, A, units("a", "b"))
    assert row["coverage_low"] == pytest.approx(low / (100 + high))
    assert row["coverage_high"] == pytest.approx(high / (100 + high))
    assert row["missing_units"] == "b"


def test_indicators_are_kept_apart():
    """Each counts its own cells only, also where groups and sexes are those of another."""
    cells = [("g", "female", 100, 10), ("g", "male", 100, 20), ("h", "female", 100, 30),
             ("h", "male", 100, 40)]
    first = rows(*(("u", 2016, *cell) for cell in cells))
    second = first.assign(indicator="4", reached=first["reached"] + 50)
    listed = units("u", indicators="1a;1b;4")
    table = coverage(pd.concat([first, second]), TARGETS, listed, ["group", "sex"])
    assert table[["indicator", "group", "sex", "eligible", "reached"]].values.tolist() == [
        [i, g, s, e, r + more] for i, more in (("1a", 0), ("4", 50)) for g, s, e, r in cells]
    whole = progress(pd.concat([first, second]), TARGETS, listed)
    assert whole["reached"].fillna(-1).tolist() == [100, -1, 300]
    assert whole["coverage_high"].fillna(-1).tolist() == [0.25, -1, 0.75]
    alone = pd.concat([single(2016, 10, 1), single(2016, 10, 2, "4")])  # one group, one sex
    assert progress(alone, TARGETS, listed)["reached"].fillna(-1).tolist() == [1, -1, 2]


def test_a_missing_cell_of_one_sex_leaves_the_other_alone():
    outcomes = rows(("a", 2016, "g", "female", 100, 10), ("a", 2016, "g", "male", NAN, NAN),
                    ("b", 2016, "g", "female", 100, 20), ("b", 2016, "g", "male", 100, 30))
    table = coverage(outcomes, A, units("a", "b"), ["group", "sex"]).set_index("sex")
    assert table.loc["female", ["coverage_low", "coverage_high"]].tolist() == [0.15, 0.15]
    assert pd.isna(table.loc["male", "coverage_high"])
    assert table["missing_units"].to_dict() == {"female": "", "male": "a"}


def test_a_carried_cell_that_no_longer_applies():
    outcomes = rows(("a", 2016, "g", "female", 100, 10, "reported"),
                    ("a", 2017, "g", "female", NAN, NAN, "not_applicable"), state=True)
    row = one(outcomes, A, units("a"))
    assert (row["missing_units"], row["units_reported"]) == ("", 0)
    assert pd.isna(row["coverage_high"])


def test_order_of_missing_units():
    outcomes = rows(*((u, 2016, "g", "female", e, r) for u, e, r in (
        ("narrow", 100, 90), ("wide", 1000, 10), ("even", 110, 100), ("there", 10, 1))),
        ("there", 2017, "g", "female", 10, 2))
    people = units("even", "there", "narrow", "unknown", "wide")
    assert one(outcomes, A, people)["missing_units"] == "unknown;wide;even;narrow"
    assert one(outcomes, A, people.iloc[::-1])["missing_units"] == "unknown;wide;narrow;even"


def test_firm_only_where_all_three_agree():
    outcomes = rows(("a", 2016, "g", "female", 1000, 0), ("a", 2017, "g", "female", 1000, 10),
                    ("b", 2016, "g", "female", 10, 0))
    row = one(outcomes, A, units("a", "b"))
    assert (row["status_low"], row["status_high"], row["firm"]) == ("limited", "limited", True)
    # the reported unit is far below what the missing one is known to have: ends agree, it does not
    outcomes = rows(("a", 2020, "g", "female", 10, 0), ("b", 2019, "g", "female", 1000, 900))
    row = one(outcomes, A, units("a", "b"))
    assert (row["status"], row["status_low"], row["status_high"]) == (
        "not_achieved", "achieved", "achieved")
    assert not row["firm"]


# Coverage by keys.

def test_coverage_keys_and_columns():
    outcomes = rows(("a", 2016, "g", "female", 100, 10), ("a", 2016, "h", "male", 100, 20),
                    ("b", 2016, "g", "female", 100, 60))
    table = coverage(outcomes, A, units("a", "b", "c"), ["sex", "unit"])
    assert list(table.columns) == [
        "indicator", "year", "sex", "unit", "reached", "eligible", "coverage", "coverage_low",
        "coverage_high", "units_expected", "units_reported", "missing_units"]
    assert table[["unit", "sex", "reached", "missing_units"]].fillna(-1).values.tolist() == [
        ["a", "female", 10, ""], ["a", "male", 20, ""], ["b", "female", 60, ""],
        ["c", "female", -1, "c"], ["c", "male", -1, "c"]]
    plain = coverage(outcomes, A, units("a", "b"), ["year", "indicator"])
    assert plain["coverage"].tolist() == [0.3]
    assert list(plain.columns) == [c for c in table.columns if c not in ("sex", "unit")]
    by_unit = coverage(outcomes, A, units("a", "b", "c"), "unit")
    assert by_unit["coverage"].fillna(-1).tolist() == [0.15, 0.6, -1]
    assert by_unit["units_expected"].tolist() == [1, 1, 1]


def test_coverage_by_unknown_key():
    with pytest.raises(ValueError, match="one or more of indicator, year, unit, group, sex"):
        coverage(single(2016, 1, 1), A, units("u"), ["unit", "district"])


def test_coverage_of_an_indicator_nobody_returned():
    outcomes = rows(("u", 2016, "g", "female", 100, 10))
    people = units("u", indicators="1a;4")
    assert coverage(outcomes, TARGETS, people, "group")["indicator"].tolist() == ["1a"]
    whole = coverage(outcomes, TARGETS, people, "indicator")
    assert whole["missing_units"].tolist() == ["", "u"]
    assert coverage(outcomes.iloc[:0], TARGETS, people, "unit").empty
    assert whole["eligible"].isna().tolist() == [False, True]


def test_what_is_illustrative_stays_marked():
    outcomes = single(2016, 100, 10)
    for kind in (True, False):
        outcomes.attrs["illustrative"] = kind
        assert coverage(outcomes, A, units("u"), "year").attrs["illustrative"] is kind
        assert progress(outcomes, A, units("u")).attrs["illustrative"] is kind


# Errors.

def test_all_unknown_codes_in_one_error():
    outcomes = pd.concat([single(2016, 1, 1), single(2016, 1, 1).assign(unit="x"),
                          single(2016, 1, 1).assign(unit="y", indicator="9")])
    with pytest.raises(DataError, match=r"unknown unit x, y .*unknown indicator 9 "):
        progress(outcomes, TARGETS, units("u"))


def test_indicator_not_expected_duplicate_and_empty_key():
    with pytest.raises(DataError, match=r"not to report that indicator[\s\S]*u .*1b"):
        progress(single(2016, 1, 1, "1b"), TARGETS, units("u"))
    with pytest.raises(DataError, match="a key stands twice"):
        progress(pd.concat([single(2016, 1, 1)] * 2), TARGETS, units("u"))
    with pytest.raises(DataError, match="units: u stands twice"):
        progress(single(2016, 1, 1), TARGETS, units("u", "u"))
    with pytest.raises(DataError, match="a key is empty"):
        progress(single(2016, 1, 1).assign(sex=None), TARGETS, units("u"))
    with pytest.raises(DataError, match="a key is empty"):
        none = pd.concat([single(2016, 1, 1), single(None, 1, 1)]).astype({"year": "Int64"})
        progress(none, TARGETS, units("u"))


# Properties.

STATES = ["none", "eligible", "reached", "blank"]


@st.composite
def provinces(draw):
    """Outcomes of up to four units over three years; some numbers, some rows are not there."""
    lines = []
    for unit in "abcd"[:draw(st.integers(1, 4))]:
        for year in (2016, 2017, 2018):
            for sex in ("female", "male"):
                eligible = draw(st.integers(0, 50))
                part = [eligible, draw(st.integers(0, eligible))]
                state = draw(st.sampled_from(["both"] * 4 + STATES))
                if state != "none":
                    numbers = [n if state in ("both", name) else NAN
                               for n, name in zip(part, ("eligible", "reached"), strict=True)]
                    lines.append((unit, year, draw(st.sampled_from("gh")), sex, *numbers))
    return rows(*lines), draw(st.booleans())


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(provinces())
def test_parts_sum_to_the_whole_and_ends_are_in_order(province):
    outcomes, shuffled = province
    people = units(*"abcd")
    whole = coverage(outcomes, A, people, "year")
    if shuffled:
        again = coverage(outcomes.sample(frac=1, random_state=1), A, people, "year")
        pd.testing.assert_frame_equal(whole, again)
    for by in ("unit", "group", "sex", ["unit", "group", "sex"]):
        parts = coverage(outcomes, A, people, by).groupby("year")[["reached", "eligible"]].sum()
        assert (parts.reindex(whole["year"], fill_value=0).to_numpy()
                == whole[["reached", "eligible"]].fillna(0).to_numpy()).all()
    known = whole.dropna(subset="coverage_low")
    assert (known["coverage_low"] <= known["coverage_high"]).all()
    full = whole[(whole["missing_units"] == "") & whole["coverage"].notna()]
    assert (full["coverage_low"] == full["coverage"]).all()
    assert (full["coverage_high"] == full["coverage"]).all()
    judged = progress(outcomes, A, people)
    shared = ["coverage", "coverage_low", "coverage_high", "missing_units", "units_reported"]
    pd.testing.assert_frame_equal(judged[shared], whole[shared])


@pytest.mark.parametrize("dtype", ["category", "object"])
def test_column_types_do_not_matter(dtype):
    outcomes = rows(("a", 2016, "g", "female", 100, 10), ("b", 2016, "h", "male", 100, NAN))
    text = dict.fromkeys(["unit", "indicator", "group", "sex"], dtype)
    whole = {"eligible": "Int64", "reached": "Int64", "year": "Int64"}
    expected = progress(outcomes, A, units("a", "b"))
    pd.testing.assert_frame_equal(progress(outcomes.astype(text), A, units("a", "b")), expected)
    pd.testing.assert_frame_equal(progress(outcomes.astype(whole), A, units("a", "b")), expected)
    listed = pd.concat([units("a", "b"), units("c", indicators=None)]).astype(dtype)
    for table in (outcomes, outcomes.astype({"year": str})):
        pd.testing.assert_frame_equal(progress(table, A, listed), expected)
    assert np.isclose(expected["coverage"].iloc[0], 0.1)


def test_indicators_without_a_target_are_left_aside():
    outcomes = pd.concat([rows(("a", 2016, "g", "female", 100, 50)),
                          rows(("a", 2016, "g", "female", 10, 1)).assign(indicator="2")])
    listed = units("a").assign(indicators="1a; 2")
    assert progress(outcomes, A, listed)["indicator"].tolist() == ["1a"]
    with pytest.raises(DataError, match="unknown indicator 3"):
        progress(outcomes.assign(indicator="3"), A, listed)


@pytest.mark.parametrize("nothing", [None, NAN, ""])
def test_a_unit_that_reports_nothing_is_not_expected(nothing):
    listed = pd.concat([units("a"), units("b").assign(indicators=nothing)])
    row = one(rows(("a", 2016, "g", "female", 100, 50)), A, listed)
    assert (row["units_expected"], row["missing_units"]) == (1, "")


def test_a_unit_that_was_merged_is_not_counted_beside_its_successor():
    targets = TARGETS.assign(indicator="1a").head(1)
    outcomes = pd.DataFrame([
        {"unit": unit, "year": year, "indicator": "1a", "group": "workers", "sex": "female",
         "eligible": eligible, "reached": reached}
        for unit, year, eligible, reached in (("a", 2016, 100, 10), ("b", 2016, 50, 5),
                                              ("a", 2017, 150, 45))])
    units = pd.DataFrame({"unit": ["a", "b"], "indicators": "1a", "residents": [pd.NA] * 2})
    closed = units.assign(first_year=pd.NA, last_year=pd.array([pd.NA, 2016], dtype="Int64"))
    for asked, ends, missing in ((units, (50 / 200, 95 / 200), "b"), (closed, (0.3, 0.3), "")):
        row = progress(outcomes, targets, asked).query("year == 2017").iloc[0]
        assert (row["coverage_low"], row["coverage_high"], row["missing_units"]) == (*ends, missing)


@pytest.mark.parametrize(("doubt", "ends"), [("", {"a": (60, 60), "b": (0, 0)}),
                                             ("jumps", {"a": (-45, 120), "b": (0, 0)})])
def test_the_gap_of_a_merged_unit_is_its_successors(doubt, ends):
    """In doubt, a lacks 60 of 150 or -15 to 30 of 50, and b beside it -30 to 60 of 100."""
    outcomes = rows(("a", 2016, "g", "female", 50, 5), ("b", 2016, "g", "female", 100, 10),
                    ("a", 2017, "g", "female", 150, 45)).assign(doubt=["", "", doubt])
    closed = units("a", "b").assign(last_year=[None, 2016], successor=[None, "a"])
    found = gap(outcomes, A, closed, 2017).set_index("unit")[["gap_low", "gap_high"]]
    assert {unit: tuple(found.loc[unit]) for unit in found.index} == ends


def test_an_indicator_that_no_unit_reports_beside_units_that_end():
    ends = units("u", "v").assign(last_year=[2016, None], successor=["v", None])
    result = progress(single(2016, 10, 5), TARGETS, ends, 2017).set_index("indicator")
    assert result["units_expected"].to_dict() == {"1a": 2, "1b": 0, "4": 0}


def test_the_order_of_many_rows_changes_nothing():
    names = [f"unit-{i:02}" for i in range(40)]
    table = rows(*((name, year, group, sex, 100 + i, 10 * (year - 2015) + i)
                   for i, name in enumerate(names) for year in range(2016, 2021)
                   for group in "abcd" for sex in ("female", "male")))
    assert len(table) > 1500  # so many that runs of a unit are looked up at once
    ordered = progress(table, A, units(*names))
    assert ordered["reached"].tolist() == [8 * sum(range(t, 40 + t)) for t in range(10, 60, 10)]
    mixed = table.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(progress(mixed, A, units(*names)), ordered)
    with pytest.raises(DataError, match="unknown unit unit-39 "):
        progress(table, A, units(*names[:-1]))
