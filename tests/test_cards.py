"""The status card prints its arithmetic, in both languages."""

import re

import pandas as pd
import pytest

import kgge
from kgge.analysis.progress import progress
from kgge.analysis.status_card import status_card
from kgge.files import DataError

TARGETS = pd.DataFrame(
    [("1a", 0.7, 2020, 0.0, 2015, "cumulative"), ("4", 1.0, 2020, None, None, "latest")],
    columns=["indicator", "target", "target_year", "baseline", "base_year", "accumulation"])
UNITS = pd.DataFrame({"unit": ["labour", "rach-gia", "ha-tien"], "indicators": "1a;4",
                      "residents": None})


def table(*lines, indicator="1a", illustrative=False):
    outcomes = pd.DataFrame(lines, columns=["unit", "year", "eligible", "reached"]).assign(
        indicator=indicator, group="g", sex="female")
    outcomes.attrs["illustrative"] = illustrative
    return progress(outcomes, TARGETS, UNITS)


OPEN = (("labour", 2017, 2000, 500), ("rach-gia", 2016, 600, 60), ("ha-tien", 2016, 400, 100))


def test_arithmetic_in_english():
    card = status_card(table(*OPEN, illustrative=True), "1a", 2017, "en")
    for line in (
            "ILLUSTRATIVE: generated figures, not results of the plan",
            "Coverage: 500 / 2,000 persons = 25.0% (1 of 3 units reported)",
            "Baseline: 0% by construction: persons are counted from the start of the plan",
            "Target: 70%",
            "Share of the distance: (25.0% − 0%) / (70% − 0%) = 35.7%",
            "Share of the time: 40.0%",
            "Ratio: 35.7% / 40.0% = 0.89",
            "Verdict: Acceleration needed. It depends on missing or doubtful returns",
            "Persons still to be reached now, in the units that reported: 900",
            "Range with the missing returns counted in: 22.0% to 50.0%",  # 660 / 3000, 1500 / 3000
            "Still possible: Acceleration needed, On track",
            # 0.95 x 0.4 x 0.7 = 26.6% of 3,000 are 798 persons, 298 of them among the 1,000 missing
            "On track if the missing units have reached 29.8% together (2016: 16.0%): "
            "298 of 1,000 persons",
            "Pace since the baseline: 12.5 percentage points a year",
            "Pace required in the years left: 15.0 percentage points a year"):
        assert line in card.split("\n")
    assert re.search(r"Missing .*: Rạch Giá; Hà Tiên$", card, re.MULTILINE)
    assert "from 0.95 is “On track”, from 0.60 “Acceleration needed”" in card
    assert "the cut points are ours, not the plan's" in card


def test_from_the_target_year_on_the_ratio_does_not_decide():
    for year, decides in ((2019, True), (2020, False), (2021, False)):
        card = status_card(table(("labour", year, 100, 69)), "1a", year, "en")
        assert ("below it, a ratio from 0.95" in card) is decides
        assert ("the ratio no longer decides" in card) is not decides


def test_arithmetic_in_vietnamese():
    card = status_card(table(*OPEN, illustrative=True), "1a", 2017, "vi")
    for line in (
            "Tỷ lệ bao phủ: 500 / 2.000 người = 25,0% (1/3 đơn vị có báo cáo)",
            "Hệ số tiến độ: 35,7% / 40,0% = 0,89",
            f"Kết luận: {kgge.label('status', 'acceleration_needed', 'vi')}. "
            "Kết luận còn phụ thuộc báo cáo còn thiếu hoặc còn nghi vấn",
            "“Đúng tiến độ” nếu các đơn vị còn thiếu đã tiếp cận 29,8% số đối tượng "
            "(năm 2016: 16,0%), tức 298 / 1.000 người",
            "Khoảng ước tính khi bổ sung báo cáo còn thiếu: từ 22,0% đến 50,0%"):
        assert line in card.split("\n")
    assert card.startswith("SỐ LIỆU MINH HỌA")
    assert "{" not in card


def test_no_mark_on_real_figures():
    assert "ILLUSTRATIVE" not in status_card(table(*OPEN), "1a", 2017, "en")


def test_rounding_never_crosses_the_target_or_a_cut_point():
    full = [(u, 2020, 10000, 6999.7) for u in UNITS["unit"]]
    card = status_card(table(*full), "1a", 2020, "en")
    assert "= 69.9% (3 of 3" in card
    assert "Verdict: Not achieved. No return is missing or in doubt; this is no guard" in card
    assert "Persons still to be reached now, in the units that reported: 1\n" in card
    near = [(u, 2016, 100000, 13299) for u in UNITS["unit"]]  # ratio 0.94993
    card = status_card(table(*near), "1a", 2016, "en")
    assert "= 0.94\n" in card
    assert "Verdict: Acceleration needed" in card


def test_nothing_left_once_achieved():
    card = status_card(table(*((u, 2018, 10, 8) for u in UNITS["unit"])), "1a", 2018, "en")
    assert "still to be reached" not in card and "required" not in card
    assert "Missing: none" in card
    assert "Still possible" not in card and "Range" not in card


def alone_outcomes():
    return pd.DataFrame([("labour", 2018, "4", "g", "female", 10, 5)], columns=[
        "unit", "year", "indicator", "group", "sex", "eligible", "reached"])


def test_no_baseline_no_data_and_no_range():
    short = table(("labour", 2018, 10, 5), indicator="4")
    card = status_card(short, "4", 2018, "en")
    assert "Baseline: the plan states none" in card
    assert "Ratio:" not in card
    assert "Range with missing returns: unknown" in card
    assert "Verdict: Not assessable\n" in card and "firm" not in card and "any verdict" not in card
    card = status_card(short, "1a", 2018, "vi")
    assert "Chưa đơn vị nào trong số 3 đơn vị phải báo cáo gửi số liệu của năm này\n" in card
    assert f"Kết luận: {kgge.label('status', 'not_assessable', 'vi')}\n" in card
    alone = progress(alone_outcomes(), TARGETS, UNITS[:1])
    assert "from the one unit that is to report" in status_card(alone, "1a", 2018, "en")
    nobody = progress(alone_outcomes(), TARGETS, UNITS[:1].assign(indicators="4"))
    assert "No unit is to report this indicator" in status_card(nobody, "1a", 2018, "en")


JUSTICE = (("labour", 2019, 1000, 700), ("labour", 2020, 1000, 720), ("rach-gia", 2019, 100, 95),
           ("ha-tien", 2020, 0, 0))


def test_how_far_the_missing_may_grow_before_the_verdict_turns():
    """72.0% of those who reported; the missing 95 of 100 may be of at most 164 persons now."""
    card = status_card(table(*JUSTICE), "1a", 2020, "en")
    assert "= 72.0% (2 of 3 units reported)" in card
    assert "Verdict: Achieved. It does not depend on missing or doubtful returns, if the " \
        "missing units have as many eligible persons as last reported; this is no guard" in card
    assert "The verdict stays at or above “Achieved” unless the eligible persons of Rạch Giá " \
        "have grown by more than 64.3% since last returned" in card
    vi = status_card(table(*JUSTICE), "1a", 2020, "vi")
    assert "tăng chưa quá 64,3% so với báo cáo gần nhất" in vi
    late = table(*JUSTICE, ("rach-gia", 2020, 400, 100)).query("year == 2020").iloc[0]
    assert late["status"] == "not_achieved" and late["firm"]
    assert late["coverage"] == pytest.approx(820 / 1400)


@pytest.mark.slow
def test_what_decides_on_the_illustrative_set():
    whole = kgge.progress(kgge.load_outcomes(), kgge.load_targets(), kgge.load_units())
    for year in (2020, "2020"):
        assert "Achieved if Giồng Riềng has reached 35.9% (2019: 33.1%): 80,761 of 224,655 " \
            "persons" in status_card(whole, "1b", year, "en")
    assert "The ratio is within 0.05 of the cut point 0.95" in status_card(whole, "1a", 2017, "en")
    assert "Pace from 2016 to 2017, over the figures that both years have" in status_card(
        whole, "1a", 2017, "en")
    for row in whole.to_dict("records"):  # each card is sentences, without a hole
        for lang in ("en", "vi"):
            card = status_card(whole, row["indicator"], row["year"], lang)
            assert not re.search(r"[{}]|\bnan\b|None|\(\)|: ?\n|: ?$|  ", card), card


def test_what_nobody_knows_is_given_in_persons():
    card = status_card(table(("labour", 2020, 1000, 720)), "1a", 2020, "en")
    assert "any verdict" not in card
    # 720 / (1000 + 28) is 70.04%, 720 / 1029 is 69.97%
    assert "The eligible persons of the missing units together are not known; falling short of " \
        "“Achieved” would take 29 persons more, none of them reached" in card
    early = status_card(table(("labour", 2016, 1000, 120)), "1a", 2016, "en")
    assert [line for line in early.split("\n") if "are not known;" in line] == [
        # 135 / 1015 is 13.3%, 120 / 1429 is 8.4%: the lines next to 12.0%, and no other
        f"The eligible persons of the missing units together are not known; {rest}" for rest in (
            "“On track” would take 15 persons more, all of them reached",
            "falling short of “Acceleration needed” would take 429 persons more, none of them "
            "reached")]
    below = status_card(table(("labour", 2020, 1000, 600)), "1a", 2020, "en")
    assert "“Achieved” would take 334 persons more, all of them reached" in below  # 934 / 1334


def test_figures_in_doubt_are_named():
    outcomes = pd.DataFrame(
        [("labour", 2016, 100, 10, ""), ("labour", 2017, 100, 90, "steep")],
        columns=["unit", "year", "eligible", "reached", "doubt"]).assign(
            indicator="1a", group="g", sex="female")
    card = status_card(progress(outcomes, TARGETS, UNITS[:1]), "1a", 2017, "en")
    assert "In doubt, and counted both ways: " in card and "It depends on missing or doubt" in card
    assert "Range with the missing returns counted in: 10.0% to 100.0%" in card


@pytest.mark.parametrize(("reached", "baseline", "said"), [
    (100, 0.0, "“Achieved” not in any case, whatever Department of Home Affairs has"),
    (900, 0.0, "“Achieved” in any case, whatever Department of Home Affairs has reached"),
    (900, 0.9, "“Achieved” not in any case, whatever Department of Home Affairs has"),
    (100, 0.9, "“Achieved” in any case, whatever Department of Home Affairs has reached")])
def test_what_the_missing_cannot_decide_is_no_condition(reached, baseline, said):
    """The one that returned may be wrong, so that the verdict is open all the same."""
    outcomes = pd.DataFrame({
        "unit": ["labour", "home-affairs", "labour"], "year": [2019, 2019, 2020],
        "eligible": [1000, 100, 1000], "reached": [0, 0, reached], "doubt": ["", "", "steep"],
        "indicator": "1a", "group": "g", "sex": "female"})
    listed = pd.DataFrame({"unit": ["labour", "home-affairs"], "indicators": "1a",
                           "residents": None})
    judged = progress(outcomes, TARGETS[:1].assign(baseline=baseline), listed, 2020)
    card = status_card(judged, "1a", 2020, "en")
    assert said in card and " if " not in card.split("Range")[1]


def test_the_card_of_a_part_names_the_part_first():
    outcomes, targets, units = kgge.load_outcomes(), kgge.load_targets(), kgge.load_units()
    districts = units[units["kind"] == "district"]
    for some, of, en, vi in (
            (outcomes.query("unit == 'rach-gia'"), units.query("unit == 'rach-gia'"),
             "Of a part only: Rạch Giá", "Chỉ tính riêng: TP. Rạch Giá"),
            (outcomes.query("sex == 'female'"), units,
             "Of a part only: Women", "Chỉ tính riêng: Nữ"),
            (outcomes[outcomes["unit"].isin(districts["unit"])], districts,
             "Of a part only: Rạch Giá; Hà Tiên; ", "Chỉ tính riêng: TP. Rạch Giá; ")):
        part = kgge.progress(some, targets, of)
        lines = [status_card(part, "1a", 2020, lang).split("\n")[1:3] for lang in ("en", "vi")]
        assert lines[0][0].startswith(en) and lines[1][0].startswith(vi), lines
        assert all(line[1].startswith("1a. ") for line in lines)
    assert "and 10 units more" in lines[0][0]
    whole = kgge.progress(outcomes, targets, units)
    assert "Of a part only" not in status_card(whole, "1a", 2020, "en")


def test_errors():
    with pytest.raises(DataError, match=(
            "0 rows of indicator 1a, year 2030; its indicators: 1a, 4, its years: 2016, 2017")):
        status_card(table(*OPEN), "1a", 2030, "en")
    whole = kgge.progress(kgge.load_outcomes(), kgge.load_targets(), kgge.load_units())
    for said in ("1A", kgge.label("indicator", "1a", "vi")):
        assert status_card(whole, said, 2020, "en") == status_card(whole, "1a", 2020, "en")
    with pytest.raises(DataError, match="'1 a': do you mean 1a"):
        status_card(whole, "1 a", 2020, "en")
    strange = table(*OPEN).assign(missing_units="atlantis")
    with pytest.raises(DataError, match="no 'en' label for unit atlantis"):
        status_card(strange, "1a", 2017, "en")
    with pytest.raises(ValueError, match="allowed are en, vi"):
        status_card(table(*OPEN), "1a", 2017, "fr")


def test_a_card_of_some_columns_is_refused_by_name():
    some = table(*OPEN)[["indicator", "year", "status", "firm"]]
    with pytest.raises(DataError, match="reached, .*missing_units must be among them"):
        status_card(some, "1a", 2017, "en")


def test_of_many_missing_units_the_first_are_named():
    listed = [row for row in kgge.load_units()["unit"]][-12:]
    units = pd.DataFrame({"unit": listed, "indicators": "1a", "residents": None})
    outcomes = pd.DataFrame({"unit": listed[:1], "year": 2017, "eligible": 10, "reached": 5,
                             "indicator": "1a", "group": "g", "sex": "female"})
    lines = status_card(progress(outcomes, TARGETS, units), "1a", 2017, "vi").split("\n")
    (line,) = (line for line in lines if line.startswith("Thiếu"))
    assert line.count(";") == 5 and line.endswith("; và 6 đơn vị khác") and "huyện " in line
