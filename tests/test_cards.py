"""The status card prints its arithmetic, in both languages."""

import re

import pandas as pd
import pytest

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
            "Baseline: 0.0% by construction: persons are counted from the start of the plan",
            "Target: 70.0%",
            "Share of the distance: (25.0% − 0.0%) / (70.0% − 0.0%) = 35.7%",
            "Share of the time: 40.0%",
            "Ratio: 35.7% / 40.0% = 0.89",
            "Verdict: Acceleration needed (not firm)",
            "Persons still to be reached now, in the units that reported: 900",
            "Range with the missing returns counted in: 22.0% to 50.0%",  # 660 / 3000, 1500 / 3000
            "Still possible: Acceleration needed, On track; the missing figures decide"):
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
            "Kết luận: Cần đẩy nhanh (chưa chắc chắn)",
            "Khoảng có thể khi tính cả các đơn vị thiếu báo cáo: từ 22,0% đến 50,0%"):
        assert line in card.split("\n")
    assert card.startswith("SỐ LIỆU MINH HỌA")
    assert "{" not in card


def test_no_mark_on_real_figures():
    assert "ILLUSTRATIVE" not in status_card(table(*OPEN), "1a", 2017, "en")


def test_rounding_never_crosses_the_target_or_a_cut_point():
    full = [(u, 2020, 10000, 6999.7) for u in UNITS["unit"]]
    card = status_card(table(*full), "1a", 2020, "en")
    assert "= 69.9% (3 of 3" in card
    assert "Verdict: Not achieved (firm" in card
    assert "Persons still to be reached now, in the units that reported: 1\n" in card
    near = [(u, 2016, 100000, 13299) for u in UNITS["unit"]]  # ratio 0.94993
    card = status_card(table(*near), "1a", 2016, "en")
    assert "= 0.94\n" in card
    assert "Verdict: Acceleration needed" in card


def test_nothing_left_once_achieved():
    card = status_card(table(*((u, 2018, 10, 8) for u in UNITS["unit"])), "1a", 2018, "en")
    assert "reported: 0\n" in card
    assert "Missing: none" in card
    assert "Still possible" not in card


def test_no_baseline_no_data_and_no_range():
    short = table(("labour", 2018, 10, 5), indicator="4")
    card = status_card(short, "4", 2018, "en")
    assert "Baseline: the plan states none" in card
    assert "Ratio:" not in card
    assert "Range with missing returns: unknown" in card
    assert "Still possible: any verdict" in card
    card = status_card(short, "1a", 2018, "vi")
    assert "chưa có số liệu (0/3 đơn vị có báo cáo)" in card
    assert "Kết luận: Chưa thể đánh giá (chưa chắc chắn)" in card


def test_errors():
    with pytest.raises(DataError, match=(
            "0 rows of indicator 1a, year 2030; its indicators: 1a, 4, its years: 2016, 2017")):
        status_card(table(*OPEN), "1a", 2030, "en")
    strange = table(*OPEN).assign(missing_units="atlantis")
    with pytest.raises(DataError, match="no 'en' label for unit atlantis"):
        status_card(strange, "1a", 2017, "en")
    with pytest.raises(ValueError, match="allowed are en, vi"):
        status_card(table(*OPEN), "1a", 2017, "fr")
