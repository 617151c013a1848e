"""What verdicts rest on, by hand and against a second implementation written from the design."""

import math
import random
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

import kgge
from kgge.analysis.reporting import report_states
from kgge.files import DataError
from kgge.tables.schemas import conform

NAN = math.nan
TARGETS = pd.DataFrame({
    "indicator": ["1a"], "objective": "1", "target": 0.7, "target_year": 2020, "baseline": 0.0,
    "base_year": 2015, "accumulation": "cumulative", "national_target": 0.7})


def units(*codes, indicators="1a", residents=NAN):
    return pd.DataFrame({"unit": codes, "indicators": indicators, "residents": residents})


def rows(*lines, **more):
    """Lines of unit, year, eligible, reached (, doubt)."""
    columns = ["unit", "year", "eligible", "reached", "doubt"][:len(lines[0])]
    return pd.DataFrame(lines, columns=columns).assign(
        **({"indicator": "1a", "group": "g", "sex": "female"} | more))


def row(outcomes, listed, targets=TARGETS, year=None):
    return kgge.progress(outcomes, targets, listed, year).iloc[-1]


# Figures in doubt.

def test_a_figure_in_doubt_counts_both_ways():
    """b says 500 of 500 after 20 of 100: either that, or 20 to 100 of 100."""
    told = rows(("a", 2016, 100, 50, ""), ("b", 2016, 100, 20, ""), ("a", 2017, 100, 60, ""),
                ("b", 2017, 500, 500, "eligible_jump;all_reached"))
    found = row(told, units("a", "b"))
    assert (found["coverage"], found["missing_units"]) == (560 / 600, "")
    assert (found["coverage_low"], found["coverage_high"]) == (80 / 200, 560 / 600)
    assert (found["status"], found["status_low"], found["firm"]) == ("achieved", "on_track", False)
    sure = row(told.assign(doubt=None), units("a", "b"))
    assert (sure["coverage_low"], sure["coverage_high"], sure["firm"]) == (560 / 600,) * 2 + (True,)
    by_unit = kgge.coverage(told, TARGETS, units("a", "b"), "unit").set_index(["unit", "year"])
    assert by_unit.loc[("a", 2017), "coverage_low"] == 0.6
    assert by_unit.loc[("b", 2017), ["coverage_low", "coverage_high"]].tolist() == [0.2, 1]
    gap = kgge.gap(told, TARGETS, units("a", "b"), 2017).set_index("unit")
    assert gap.loc["b", ["gap", "gap_low", "gap_high"]].tolist() == [-150, -150, 50]


def test_each_figure_in_doubt_goes_its_own_way():
    """The least is b as carried and c as returned, the most the other way round."""
    told = rows(("a", 2016, 100, 50, ""), ("b", 2016, 100, 0, ""), ("c", 2016, 100, 90, ""),
                ("a", 2017, 100, 50, ""), ("b", 2017, 100, 100, "x"), ("c", 2017, 900, 90, "x"))
    found = row(told, units("a", "b", "c"))
    assert (found["coverage_low"], found["coverage_high"]) == (
        (50 + 0 + 90) / 1100, (50 + 100 + 100) / 300)


@pytest.mark.slow
def test_the_range_is_that_of_every_way_the_figures_in_doubt_can_go():
    """Against each of the up to 16 tables in which some of them are blank."""
    dice = random.Random(5)
    for _ in range(25):
        lines = [(u, y, e := dice.randint(1, 40), dice.randint(0, e), "") for u in "abcd"
                 for y in (2016, 2017)]
        told, doubted = rows(*lines), [1, 3, 5, 7][:dice.randint(1, 4)]
        marked = told.assign(doubt=["steep" if i in doubted else "" for i in told.index])
        found, ends = row(marked, units(*"abcd")), []
        for gone in range(2 ** len(doubted)):
            blank = told.astype({"eligible": float, "reached": float})
            blank.loc[[d for bit, d in enumerate(doubted) if gone >> bit & 1],
                      ["eligible", "reached"]] = NAN
            ends.append(row(blank, units(*"abcd"))[["coverage_low", "coverage_high"]].tolist())
        assert found["coverage_low"] == min(low for low, _ in ends)
        assert found["coverage_high"] == max(high for _, high in ends)


def test_a_doubt_is_carried_with_its_figure():
    told = rows(("a", 2016, 100, 10, ""), ("a", 2017, 1000, 900, "eligible_jump"))
    found = row(told, units("a"), year=2018)
    assert (found["coverage_low"], found["coverage_high"]) == (10 / 100, 1)


def test_not_applicable_after_a_number_is_in_doubt_too():
    told = rows(("a", 2016, 100, 10, ""), ("b", 2016, 300, 90, ""), ("a", 2017, 100, 20, ""),
                ("b", 2017, NAN, NAN, "x_after_number"))
    states = ["reported"] * 3 + ["not_applicable"]
    found = row(told.assign(eligible_state=states, reached_state=states), units("a", "b"))
    assert (found["coverage_low"], found["coverage_high"]) == (20 / 100, 320 / 400)


def test_doubt_without_any_other_return_leaves_the_range_open():
    told = rows(("a", 2016, 100, 10, ""), ("b", 2016, 100, 90, "all_zero"))
    found = row(told, units("a", "b"))
    assert found["coverage"] == 0.5 and pd.isna(found["coverage_low"]) and not found["firm"]
    listed = units("a", "b", indicators="1b", residents=[100.0, 300.0])
    found = row(told.assign(indicator="1b"), listed, TARGETS.assign(indicator="1b"))
    assert (found["coverage_low"], found["coverage_high"]) == (10 / 400, 310 / 400)


# Targets to be reduced, targets that are none, numbers that are none.

@pytest.mark.parametrize(("reached", "year", "status"), [
    (69, 2020, "achieved"), (70, 2020, "achieved"), (71, 2020, "not_achieved"),
    (60, 2017, "achieved"), (82, 2017, "on_track"), (83, 2017, "acceleration_needed"),
    (89, 2017, "limited"), (91, 2017, "reversing")])
def test_a_share_to_be_reduced(reached, year, status):
    """From 90% to 70%: 8 points in two of five years are on the line."""
    less = TARGETS.assign(baseline=0.9)
    found = row(rows(("a", year, 100, reached)), units("a"), less)
    assert (found["status"], found["status_low"], found["firm"]) == (status, status, True)
    assert row(rows(("a", 2018, 100, 10)), units("a"), TARGETS.assign(
        target=0.05, baseline=0.5))["status"] == "on_track"
    gap = kgge.gap(rows(("a", year, 100, reached)), less, units("a"), year)
    assert gap["gap"].item() == pytest.approx(reached - 70)


def test_what_decides_a_share_to_be_reduced():
    told = rows(("a", 2019, 100, 80), ("b", 2019, 100, 40), ("a", 2020, 100, 80))
    line = kgge.tipping(told, TARGETS.assign(baseline=0.9), units("a", "b"), 2020).iloc[0]
    assert line[["verdict_above", "verdict_below", "state", "persons_needed"]].tolist() == [
        "not_achieved", "achieved", "open", 60]


@pytest.mark.parametrize(("change", "match"), [
    ({"target": 70.0}, r"target 70.0 \(a share"), ({"baseline": -0.1}, "baseline -0.1"),
    ({"accumulation": "Cumulative"}, "accumulation Cumulative"),
    ({"base_year": 2021}, "base_year 2021 after target_year 2020"),
    ({"target": "0.7", "base_year": "2015"}, "target, base_year must be numbers, not text, as")])
def test_targets_that_are_none(change, match):
    for judge in (kgge.progress, lambda *tables: kgge.tipping(*tables, 2016)):
        with pytest.raises(DataError, match=match):
            judge(rows(("a", 2016, 10, 1)), TARGETS.assign(**change), units("a"))


@pytest.mark.parametrize(("line", "match"), [
    (("a", 2016, 100, 112), "no more are reached"), (("a", 2016, -5, -7), "counted from 0"),
    (("a", 2016, math.inf, 1), "counted from 0"), (("a", 2016.5, 10, 1), "no whole number")])
def test_numbers_that_are_none_are_named(line, match):
    with pytest.raises(DataError, match=rf"{match}[\s\S]*\n1 .*a "):
        kgge.progress(rows(("a", 2017, 10, 1), line), TARGETS, units("a"))


# Who is expected.

def test_a_row_left_out_beside_one_that_does_not_apply_is_missing():
    """95 persons would leave the range if the "x" of another row spoke for the whole unit."""
    told = pd.concat([rows(("a", 2018, 1000, 700), ("b", 2018, 100, 5), ("a", 2019, 1000, 720)),
                      rows(("b", 2019, NAN, NAN), group="h")])
    states = ["reported"] * 3 + ["not_applicable"]
    told = told.assign(eligible_state=states, reached_state=states)
    for year in (2019, 2020):
        found = row(told, units("a", "b"), year=year)
        assert "b" in found["missing_units"]
        assert found["coverage_low"] == (725 if year == 2019 else 725) / 1100


def test_units_that_begin_and_end():
    listed = units("a", "b", "c").assign(
        first_year=[NAN, NAN, 2018], last_year=[NAN, 2017, NAN], successor=[None, "c", None])
    told = rows(("a", 2016, 100, 10), ("b", 2016, 50, 5), ("a", 2018, 100, 30))
    by_year = kgge.progress(told, TARGETS, listed).set_index("year")
    assert by_year["units_expected"].tolist() == [2, 2, 3]
    # b has ended, but no return of c counts its persons yet
    assert by_year.loc[2018, "missing_units"] == "c;b"
    told = pd.concat([told, rows(("c", 2018, 80, 40))])
    last = row(told, listed)
    assert (last["coverage_low"], last["coverage_high"], last["missing_units"]) == (
        70 / 180, 70 / 180, "")


# Which years.

def test_years_are_those_from_the_plans_first_to_the_latest_return():
    told = rows(("a", 2018, 100, 50))
    assert kgge.progress(told, TARGETS, units("a"))["year"].tolist() == [2016, 2017, 2018]
    assert kgge.coverage(told, TARGETS, units("a"), "unit")["year"].tolist() == [2016, 2017, 2018]
    assert kgge.coverage(told, TARGETS, units("a"), "unit", "2018")["year"].tolist() == [2018]
    assert row(told, units("a"), year="2019")["missing_units"] == "a"
    first = kgge.progress(told, TARGETS, units("a")).iloc[0]
    assert first[["missing_units", "coverage_low", "coverage_high"]].tolist() == ["a", 0, 1]


@pytest.mark.slow
def test_returns_that_are_not_due_are_neither_expected_nor_missing(data):
    from kgge.build import build

    for year in (2019, 2020):
        for path in (data / "raw" / "returns" / str(year)).iterdir():
            path.unlink()
    whole = kgge.load_reporting()
    assert report_states(whole).eq("on_time").sum() == 104
    assert kgge.reporting_rates(whole)["on_time"].tolist() == [22, 20, 19, 23, 20]
    build()
    reporting = kgge.load_reporting()
    assert reporting.loc[reporting["expected"], "year"].unique().tolist() == [2016, 2017, 2018]
    rates = kgge.reporting_rates(reporting)
    assert rates[["expected", "on_time"]].sum().tolist() == [78, 61]
    states = report_states(reporting)
    assert states.eq("on_time").sum() == 61 and states.notna().sum() == 78
    for path in (data / "raw" / "returns").rglob("*.xlsx"):
        path.unlink()
    build()
    assert not kgge.load_reporting()["expected"].any()
    assert kgge.reporting_rates(kgge.load_reporting()).empty


# What was filtered.

def shares():
    return kgge.load_outcomes(), kgge.load_targets(), kgge.load_units()


def test_filtered_outcomes_are_refused_or_judged_as_a_part():
    outcomes, targets, listed = shares()
    for judge in (kgge.progress, lambda *t: kgge.coverage(*t, "unit"),
                  lambda *t: kgge.tipping(*t, 2020), lambda *t: kgge.gap(*t, 2020)):
        with pytest.raises(DataError, match="earlier returns are carried.*say which year"):
            judge(outcomes.query("year == 2020"), targets, listed)
        with pytest.raises(DataError, match="pass a table of units with the same ones"):
            judge(outcomes.query("unit == 'rach-gia'"), targets, listed)
    early = kgge.progress(outcomes.query("year <= 2018"), targets, listed)
    assert early["year"].max() == 2018
    alone = kgge.progress(outcomes.query("unit == 'rach-gia'"), targets,
                          listed.query("unit == 'rach-gia'"))
    assert alone["units_expected"].max() == 1 and alone.attrs["part"] == {"unit": ["rach-gia"]}
    one = kgge.progress(outcomes.query("indicator == '2'"), targets, listed)
    assert one["indicator"].unique().tolist() == ["2"]
    women = kgge.progress(outcomes.query("sex == 'female'"), targets, listed)
    assert women.attrs["part"] == {"sex": ["female"]}


def test_a_unit_that_never_returned_counts_as_missing_where_all_was_filtered_alike():
    """Also one that does not report the indicator that is left; nobody's rows may be left out."""
    outcomes, targets, listed = shares()
    units = listed.query("kind == 'district'")
    told = conform("outcomes", outcomes.query("unit != 'hon-dat'"))
    part = told[told["unit"].isin(units["unit"])]
    bare = pd.DataFrame(part.drop(columns="row").to_dict("list"))
    blank = conform("outcomes", outcomes.assign(reached=outcomes["reached"].where(
        outcomes["unit"] != "hon-dat")))
    for judge in (kgge.progress, lambda *t: kgge.coverage(*t, "unit"),
                  lambda *t: kgge.tipping(*t, 2020), lambda *t: kgge.gap(*t, 2020)):
        found = judge(part, targets, units)
        pd.testing.assert_frame_equal(found, judge(bare, targets, units))
        assert {*found.attrs["part"]["unit"]} == {*units["unit"]}
        for those, of in ((part, listed), (part.query("unit != 'rach-gia'"), units),
                          (blank.query("unit in @part.unit"), units)):
            with pytest.raises(DataError, match="pass a table of units with the same ones"):
                judge(those, targets, of)
    two = "unit in ['rach-gia', 'labour']"
    row = kgge.progress(outcomes.query(f"{two} and indicator == '1b'"), targets, listed.query(two))
    assert row["units_expected"].unique().tolist() == [1]
    with pytest.raises(DataError, match="pass a table of units with the same ones"):
        kgge.progress(outcomes.query("unit == 'rach-gia' and group == 'students'"), targets,
                      listed.query(two))


def test_what_is_left_of_the_outcomes_is_said_as_it_was_filtered():
    """One unit is named beside what else was filtered; blank rows are no part."""
    outcomes, targets, listed = shares()
    alone, some = listed.query("unit == 'rach-gia'"), outcomes.dropna(subset=["reached"])
    for query, part in (
            ("unit == 'rach-gia' and sex == 'female'", {"unit": ["rach-gia"], "sex": ["female"]}),
            ("unit == 'rach-gia' and group == 'workers'",
             {"unit": ["rach-gia"], "group": ["workers"]})):
        assert kgge.progress(outcomes.query(query), targets, alone).attrs["part"] == part
    assert kgge.progress(some.dropna(subset=["eligible"]), targets, listed).attrs["part"] == {}
    either = kgge.progress(outcomes.query("sex == 'female' or indicator == '1b'"), targets, listed)
    ax = kgge.charts.scorecard(either.query("year == 2020"), lang="en")
    assert kgge.charts.chart_text(ax).title.startswith("Part of the rows: ")
    plt.close(ax.figure)


def test_earlier_years_that_are_not_there_only_widen_the_range():
    """A table made by hand: what cannot be carried is unknown, never taken for sure."""
    outcomes, targets, listed = shares()
    whole = kgge.progress(outcomes, targets, listed)
    for start in (2018, 2020):
        part = pd.DataFrame(outcomes[outcomes["year"] >= start].drop(columns="row").to_dict("list"))
        less = kgge.progress(part, targets, listed)
        both = less.merge(whole, on=["indicator", "year"], suffixes=("", "_whole"))
        known = both.dropna(subset="coverage_low")
        assert (known["coverage_low"] <= known["coverage_low_whole"]).all()
        assert (known["coverage_high"] >= known["coverage_high_whole"] - 1e-12).all()
        assert not (both["firm"] & ~both["firm_whole"]).any()


@pytest.mark.parametrize(("call", "match"), [
    (lambda o, t, u: kgge.progress(o, u, t), "columns .*must be among them .are the tables in"),
    (lambda o, t, u: kgge.progress(t, o, u), "outcomes has the columns"),
    (lambda o, t, u: kgge.progress(o, t, None), "units: a table is needed, this is a NoneType"),
    (lambda o, t, u: kgge.coverage(o, t, u, None), "by=None: give one or more of"),
    (lambda o, t, u: kgge.gap(o, t, u, 2020, by="year"), "by='year': give one or more of unit"),
    (lambda o, t, u: kgge.progress(o, t, u, "last"), "year 'last': give a whole year"),
    (lambda o, t, u: kgge.status_card(o, "1a", 2020), "progress has the columns .*status"),
    (lambda o, t, u: kgge.objectives(t, t), "progress has the columns")])
def test_errors_say_what_to_do(call, match):
    with pytest.raises(ValueError, match=match):
        call(*shares())


# What would decide, who holds the gap, objectives, pace: by hand.

def test_what_would_decide_by_hand():
    outcomes, targets, listed = shares()
    lines = kgge.tipping(outcomes, targets, listed, 2020).set_index("indicator")
    line = lines.loc["1b"]
    assert (line["state"], line["persons_needed"], line["last_year"]) == ("open", 80761, 2019)
    assert (round(line["share_needed"], 3), round(line["last_share"], 3)) == (0.359, 0.331)
    assert lines["state"].tolist() == ["certain_above", "open", "certain_above", "certain_below",
                                       "certain_below"]
    assert round(lines.loc["1a", "growth_to_flip"], 3) == 0.608
    first = kgge.tipping(outcomes, targets, listed, 2016).query("indicator == '1a'")
    assert first["threshold"].tolist() == pytest.approx([0.7, 0.133, 0.084])
    assert first["verdict_above"].tolist() == ["achieved", "on_track", "acceleration_needed"]
    assert first["verdict_below"].tolist() == ["on_track", "acceleration_needed", "limited"]
    assert first["later_units"].unique().tolist() == ["newspaper"]
    assert kgge.tipping(outcomes, targets, listed, 2016).query("indicator == '4'")[
        "verdict_below"].tolist() == ["not_assessable"]


@pytest.mark.parametrize(("how", "earlier", "last"), [
    ("latest", [("justice", 2018, 100, 90), ("justice", 2019, 100, 60)], 0.6),
    ("latest", [("justice", 2019, 100, 0)], 0.0), ("cumulative", [("justice", 2019, 100, 60)], 0.6),
    ("latest", [], NAN), ("cumulative", [], NAN)])
def test_what_was_last_reported_is_no_bound_of_the_range(how, earlier, last):
    """Of what does not add up the low end is 0, and so it is of who never told a figure."""
    both, how = units("labour", "justice"), TARGETS.assign(accumulation=how)
    later = [("justice", 2021, 100, 70)] * (not earlier)
    told = rows(("labour", 2020, 1000, 690), *earlier, *later)
    line = kgge.tipping(told, how, both, 2020).iloc[0]
    assert line["last_share"] == pytest.approx(last, nan_ok=True) and line["state"] == "open"
    said = kgge.charts.chart_text(kgge.charts.reach_needed(line.to_frame().T, lang="en")).title
    assert said.endswith(f"(2019: {last:.1%})" if earlier else "reached 80.0%")
    card = kgge.status_card(kgge.progress(told, how, both), "1a", 2020, "en")
    assert (f"(2019: {last:.1%})" if earlier else "(no earlier return)") in card


def test_how_far_the_missing_may_grow():
    """(720 + 95) / 0.7 are 1,164 persons: 164 in place of justice's 100; 400 turn it."""
    told = rows(("labour", 2019, 1000, 700), ("justice", 2019, 100, 95),
                ("labour", 2020, 1000, 720))
    listed = units("labour", "justice")
    line = kgge.tipping(told, TARGETS, listed, 2020).iloc[0]
    assert line["state"] == "certain_above" and line["growth_to_flip"] == pytest.approx(0.642857)
    late = pd.concat([told, rows(("justice", 2020, 400, 100))])
    assert row(told, listed)["firm"] and row(late, listed)["status"] == "not_achieved"
    at = 100 * (1 + line["growth_to_flip"])
    for eligible, status in ((math.floor(at), "achieved"), (math.ceil(at), "not_achieved")):
        edge = pd.concat([told, rows(("justice", 2020, eligible, 95))])
        assert row(edge, listed)["status"] == status


def test_what_it_would_take_where_nothing_is_known():
    line = kgge.tipping(rows(("a", 2020, 1000, 720)), TARGETS, units("a", "b"), 2020).iloc[0]
    assert line["state"] == "open" and pd.isna(line["missing_eligible"])
    assert line["persons_to_miss"] == 29 and pd.isna(line["persons_to_reach"])
    line = kgge.tipping(rows(("a", 2020, 1000, 640)), TARGETS, units("a", "b"), 2020).iloc[0]
    assert line["persons_to_reach"] == line["persons_needed"] == 200  # 840 / 1200


def test_the_gap_of_objective_4_by_hand():
    outcomes, targets, listed = shares()
    table = kgge.gap(outcomes, targets, listed, 2020).query("indicator == '4'")
    assert table["gap"].sum() == 579
    most = table.nlargest(4, "gap")
    assert most["unit"].tolist() == ["rach-gia", "chau-thanh", "go-quao", "phu-quoc"]
    assert round(most["gap_share"].sum(), 2) == 0.49
    silent = table.set_index("unit").loc["giong-rieng"]
    assert pd.isna(silent["gap"]) and (silent["gap_low"], silent["gap_high"]) == (0, 318)
    whole = kgge.progress(outcomes, targets, listed, 2020).set_index("indicator")
    for by in ("unit", "group", "sex", ["group", "sex"]):
        sums = kgge.gap(outcomes, targets, listed, 2020, by).groupby("indicator")["gap"].sum()
        wanted = whole["target"] * whole["eligible"] - whole["reached"]
        assert sums.to_numpy() == pytest.approx(wanted.to_numpy())


def test_an_objective_is_achieved_only_where_its_indicators_are():
    outcomes, targets, listed = shares()
    lines = kgge.objectives(kgge.progress(outcomes, targets, listed), targets).query("year == 2020")
    first = lines.set_index("objective").loc["1"]
    assert (first["status"], first["firm"], first["held_by"]) == ("achieved", False, "1a;1b")
    second = lines.set_index("objective").loc["2"]  # 95.3% of 80%, but of 100% nationally
    assert (second["status"], second["national_status"]) == ("achieved", "not_achieved")


def test_objectives_of_other_targets_or_without_the_ends_are_refused():
    outcomes, targets, listed = shares()
    state = kgge.progress(outcomes, targets, listed, 2020)
    with pytest.raises(DataError, match="indicators that targets lack: 1b; pass the targets it"):
        kgge.objectives(state, targets[targets["indicator"] != "1b"])
    with pytest.raises(DataError, match="status_low must be among them"):
        kgge.objectives(state.drop(columns="status_low"), targets)


@pytest.mark.parametrize(("one", "other", "status", "firm"), [
    (("achieved", True), ("not_achieved", True), "not_achieved", True),
    (("achieved", False), ("not_achieved", True), "not_achieved", True),
    (("on_track", True), ("limited", True), "limited", True),
    (("on_track", True), ("not_assessable", False), "not_assessable", False)])
def test_the_worst_indicator_decides(one, other, status, firm):
    table = pd.DataFrame({"indicator": ["1a", "1b"], "year": 2020, "reached": 1, "eligible": 2,
                          "status": [one[0], other[0]]})
    for end in ("status_low", "status_high"):
        table[end] = [s if sure else (None if s == "not_assessable" else "not_achieved"
                                      if end == "status_low" else s) for s, sure in (one, other)]
    targets = pd.concat([TARGETS, TARGETS.assign(indicator="1b")])
    found = kgge.objectives(table, targets).iloc[0]
    assert (found["status"], found["firm"], found["indicators"]) == (status, firm, "1a;1b")


def test_year_on_year_compares_like_with_like():
    """Indicator 2 seems to fall from 2,544 to 2,345 because one unit is silent in 2020."""
    outcomes, targets, listed = shares()
    whole = kgge.progress(outcomes, targets, listed).set_index(["indicator", "year"])["reached"]
    assert (whole["2", 2019], whole["2", 2020]) == (2544, 2345)
    table = kgge.year_on_year(outcomes, targets, listed).set_index(["indicator", "year"])
    assert table.loc[("2", 2020), ["since", "reached_before", "reached"]].tolist() == [
        2019, 2232, 2306]
    assert (table["change"].dropna() >= 0).all() and table.loc[("2", 2016)].isna().all()
    gap = rows(("a", 2016, 100, 10), ("a", 2018, 100, 30))
    pace = kgge.year_on_year(gap, TARGETS, units("a")).set_index("year")
    assert pace.loc[2018, "since"] == 2016 and pace.loc[2018, "pace"] == pytest.approx(0.1)
    assert pd.isna(pace.loc[2017, "pace"])


# A second implementation, by rows and dictionaries instead of arrays: all sums, ends and verdicts.

def reference(outcomes, target, listed, year):
    """The row of one year, written from the design; for outcomes without "x" and 1b."""
    known = {}
    for line in outcomes.to_dict("records"):
        key = (line["unit"], line["group"])
        known.setdefault(key, {})[line["year"]] = (line["eligible"], line["reached"])
    reached = eligible = low = high = whole = 0
    missing, told, unknown = set(), set(), False
    for unit in listed:
        cells = {key: told_of for key, told_of in known.items() if key[0] == unit}
        due = expected(cells, year)
        if due is None:
            missing.add(unit)
            unknown = True
            continue
        for key in due:
            e, r = cells[key].get(year, (NAN, NAN))
            if e == e and r == r:
                reached, eligible, told = reached + r, eligible + e, told | {unit}
                low, high, whole = low + r, high + r, whole + e
                continue
            missing.add(unit)
            before = [y for y in sorted(cells[key]) if y < year]
            es = [cells[key][y][0] for y in before if cells[key][y][0] == cells[key][y][0]]
            after = [cells[key][y][0] for y in sorted(cells[key]) if y > year
                     and cells[key][y][0] == cells[key][y][0]]
            many = e if e == e else es[-1] if es else after[0] if after else NAN
            if r == r:
                many = max(many, r) if many == many else many  # no fewer than were reached
                some = most = r
            else:
                rs = [cells[key][y][1] for y in before if cells[key][y][1] == cells[key][y][1]]
                some = min(rs[-1] if rs and target["accumulation"] == "cumulative" else 0, many)
                most = many
            unknown |= many != many
            low, high, whole = low + some, high + most, whole + many
    return verdicts(target, year, (reached, eligible) if told else None,
                    None if unknown else (low, whole), None if unknown else (high, whole)), \
        missing, len(told)


def expected(cells, year):
    """The cells that a unit is to report in a year; None: nobody knows which."""
    last = set()
    for y in range(2016, year + 1):
        here = {k for k, told in cells.items() if y in told}
        full = {k for k in here if all(n == n for n in cells[k][y])}
        some = {k for k in here if any(n == n for n in cells[k][y])}
        due = last | (here if full or not last else some)
        if any(cells[k][y][0] == cells[k][y][0] for k in here):
            last = due
    if due:
        return due
    for y in range(year + 1, 2021):  # the nearest later return
        if any(y in told and told[y][0] == told[y][0] for told in cells.values()):
            return expected(cells, y)
    return None


def verdicts(target, year, *sums):
    """Shares and verdicts of what was reported and of both ends."""
    goal, start = Fraction(str(target["target"])), target["baseline"]
    out = []
    for pair in sums:
        share = Fraction(pair[0]) / Fraction(pair[1]) if pair and pair[1] else None
        if share is None:
            out.append((None, "not_assessable"))
            continue
        start_at = None if pd.isna(start) else Fraction(str(start))
        ratio = None
        if start_at is not None and year > target["base_year"]:
            way = (share - start_at) / (goal - start_at)
            ratio = way / Fraction(year - int(target["base_year"]), 5)
        down = start_at is not None and goal < start_at
        if (share <= goal) if down else (share >= goal):
            status = "achieved"
        elif year >= target["target_year"]:
            status = "not_achieved"
        elif ratio is None:
            status = "not_assessable"
        else:
            status = ("on_track" if ratio >= Fraction(95, 100) else "acceleration_needed"
                      if ratio >= Fraction(60, 100) else "limited" if ratio >= 0 else "reversing")
        out.append((share, status))
    return out


def draw(dice):
    """Outcomes of up to four units, two groups and five years: holes, blanks, halves."""
    lines = []
    for unit in "abcd"[:dice.randint(1, 4)]:
        for group in dice.sample("gh", dice.randint(1, 2)):
            for year in range(2016, 2021):
                eligible = dice.randint(0, 30)
                reached = dice.randint(0, eligible)
                kind = dice.choice(["both"] * 5 + ["none", "none", "eligible", "reached", "blank"])
                if kind != "none":
                    lines.append((unit, year, NAN if kind in ("reached", "blank") else eligible,
                                  NAN if kind in ("eligible", "blank") else reached, group))
    target = {"indicator": "1a", "target": dice.choice([0.7, 0.5, 0.05]), "target_year": 2020,
              "baseline": dice.choice([0.0, 0.0, 0.2, 0.9, NAN]), "base_year": 2015,
              "accumulation": dice.choice(["cumulative", "latest"])}
    return pd.DataFrame(lines, columns=["unit", "year", "eligible", "reached", "group"]).assign(
        indicator="1a", sex="female"), target


@pytest.mark.slow
def test_progress_against_a_second_implementation(monkeypatch):
    """1,200 cases, 40 in a call, each as an indicator with units of its own; verdicts alone."""
    monkeypatch.setattr("kgge.analysis.progress.break_even", lambda *_: [])
    dice, compared = random.Random(27), 0
    for _ in range(30):
        cases = {}
        for case in map(str, range(40)):
            outcomes, target = draw(dice)
            cases[case] = (outcomes.assign(indicator=case, unit=case + outcomes["unit"]),
                           target | {"indicator": case})
        listed = pd.concat([units(*(case + u for u in "abcd"), indicators=case) for case in cases])
        table = kgge.progress(pd.concat([told for told, _ in cases.values()]),
                              pd.DataFrame([target for _, target in cases.values()]), listed)
        for found in table.to_dict("records"):
            case = found["indicator"]
            compare(found, *reference(*cases[case], [case + u for u in "abcd"], found["year"]))
            compared += 1
    assert compared == 30 * 40 * 5


def compare(found, sums, missing, told):
    now, low, high = sums
    for (share, _), name in ((now, "coverage"), (low, "coverage_low"), (high, "coverage_high")):
        wanted = NAN if share is None else float(share)
        assert np.isclose(found[name], wanted, equal_nan=True), found
    ends, known = [found["status_low"], found["status_high"]], low[0] is not None
    assert found["status"] == now[1], found
    assert ends == [low[1], high[1]] if known else pd.isna(ends).all(), found
    agree = now[1] == low[1] == high[1] != "not_assessable"
    assert found["firm"] == (known and agree), found
    assert set(filter(None, found["missing_units"].split(";"))) == missing, found
    assert found["units_reported"] == told, found


def test_years_outside_the_plan_are_refused():
    outcomes, targets, listed = shares()
    for call in (lambda: kgge.progress(outcomes, targets, listed, 1999),
                 lambda: kgge.gap(outcomes, targets, listed, 2030),
                 lambda: kgge.tipping(outcomes, targets, listed, "1999"),
                 lambda: kgge.coverage(outcomes, targets, listed, "year", years=[2016, 2031])):
        with pytest.raises(ValueError, match="years (1999|2030|2031): .* from 2016 to 2020"):
            call()
    early = targets.assign(base_year=2009, target_year=2014)
    by_hand = pd.DataFrame(columns=["unit", "year", "indicator", "group", "sex", "eligible",
                                    "reached"])
    with pytest.raises(ValueError, match="years 2016: .* from 2010 to 2014"):
        kgge.progress(by_hand, early, listed, 2016)


def test_codes_of_digits_may_come_back_from_csv_as_numbers(tmp_path):
    outcomes, targets, listed = shares()
    part = outcomes[outcomes["indicator"].isin(["2", "3"])]
    part.to_csv(tmp_path / "a.csv", index=False)
    again = pd.read_csv(tmp_path / "a.csv")
    assert again["indicator"].tolist() != part["indicator"].tolist()
    now, before = (kgge.progress(table, targets, listed, 2020) for table in (again, part))
    pd.testing.assert_frame_equal(now, before)
    assert now.attrs["part"] == before.attrs["part"] == {"indicator": ["2", "3"]}
    targets.to_csv(tmp_path / "t.csv", index=False)
    read = pd.read_csv(tmp_path / "t.csv")
    assert read["objective"].dtype == "int64"
    whole = kgge.progress(outcomes, targets, listed)
    pd.testing.assert_frame_equal(kgge.objectives(whole, read), kgge.objectives(whole, targets))
    with pytest.raises(ValueError, match="^by=2020: give one or more of unit, group, sex"):
        kgge.gap(outcomes, targets, listed, "unit", 2020)
