"""What stands in a cell of a return."""

import datetime
import math

import pytest

from kgge.plan import CELL_STATES
from kgge.returns.cells import LIMITS, fold, read_cell, read_date, read_year, read_yes
from kgge.xlsx import Fault

NUMBERS = [
    (350.0, "reached", 350), (0.0, "reached", 0), ("350", "reached", 350), ("05", "reached", 5),
    (" 350\u00a0", "reached", 350), ("1.234", "reached", 1234), ("1,234", "reached", 1234),
    ("1 234", "reached", 1234), ("1\u202f234", "reached", 1234), ("1.234.567", "reached", 1234567),
    (70.5, "amount", 70.5), ("70,5", "amount", 70.5), ("70.5", "amount", 70.5),
    ("1.234,5", "amount", 1234.5), ("1,234.5", "amount", 1234.5), ("1 234,5", "amount", 1234.5),
    ("1 234", "amount", 1234), ("1.234.567", "amount", None), ("12.345,678", "amount", 12345.678),
    ("0,500", "amount", 0.5), ("1234,567", "amount", 1234.567), ("1234", "amount", 1234),
    ("-", "amount", 0), ("–", "reached", 0), (" - ", "eligible", 0), (-0.0, "amount", 0),
    ("123.456", "reached", 123456), ("12.345,5", "amount", 12345.5), ("0", "attendances", 0),
]
STATES = [("", "not_reported"), (None, "not_reported"), (" \u00a0\u200b", "not_reported"),
          ("...", "not_known"), ("…", "not_known"), (" ... ", "not_known"),
          ("x", "not_applicable"), ("X", "not_applicable"), (" x", "not_applicable")]
PROBLEMS = [
    ("hơn 350", "reached", "approximate"), ("ho\u031bn 350", "reached", "approximate"),
    ("khoảng 1.000", "reached", "approximate"), ("~350", "reached", "approximate"),
    ("350+", "reached", "approximate"), ("300-350", "reached", "approximate"),
    ("350 trở lên", "reached", "approximate"), ("about 350", "amount", "approximate"),
    ("15/15", "reached", "fraction"), ("15 / 20 người", "reached", "fraction"),
    ("85%", "reached", "percent"), ("15,48 %", "amount", "percent"),
    ("-5", "reached", "negative"), ("−5", "amount", "negative"), (-1.0, "amount", "negative"),
    ("1,234", "amount", "ambiguous"), ("1.234", "amount", "ambiguous"),
    ("12.345", "amount", "ambiguous"), ("70,5", "reached", "decimal"),
    (70.5, "reached", "decimal"),
    ("1.234,5", "reached", "decimal"), ("0.500", "reached", "decimal"),
    (0.85, "reached", "decimal"),
    ("=1+1", "reached", "text"), ("350 người", "reached", "text"), ("xx", "reached", "text"),
    ("1e3", "reached", "text"), ("..", "reached", "dots"), ("--", "reached", "text"),
    ("12.34.56", "amount", "text"), ("1.23.456", "reached", "text"), (True, "reached", "text"),
    ("٣", "reached", "text"), ("½", "reached", "text"), ("10²", "reached", "text"),
    (datetime.date(2018, 1, 2), "reached", "date"), (datetime.time(1), "amount", "date"),
    (2_000_001.0, "eligible", "too_much"), ("9" * 400, "reached", "too_much"),
    (float("nan"), "amount", "too_much"), (float("inf"), "reached", "too_much"),
    ("50.000.000", "amount", "too_much"), (Fault("error_value", "#DIV/0!"), "reached",
                                           "error_value"),
    ("1.٢٣٤", "reached", "text"), ("٧٠,٥", "amount", "text"), ("1.٢٣٤,5", "amount", "text"),
    (",5", "amount", "text"), ("5,", "amount", "text"), ("1.234,", "amount", "text"),
    ("1234.567,5", "amount", "text"), ("1.234,5 triệu", "amount", "text"),
    ("99.999,5", "eligible", "decimal"), ("1.234.567,5", "amount", "too_much"),
    ("123.456,5", "amount", "too_much"), ("1.234.56,5", "amount", "text"),
    ("1.234.5678,5", "amount", "text"),
    ("-1.234,5", "amount", "negative"), ("- 1 234", "reached", "negative"),
    ("-5 người", "reached", "text"), ("(5,5)", "amount", "negative"),
    ("âm 5", "amount", "negative"), ("( 1.250 )", "reached", "negative"),
    ("5%", "reached", "percent"),
    ("1/5", "reached", "fraction"), ("1.234/2", "reached", "fraction"),
    ("1,5/2", "amount", "fraction"), ("1 234/2", "reached", "fraction"),
    ("HƠN 350", "reached", "approximate"), ("trên dưới 5", "reached", "approximate"),
    ("5+", "reached", "approximate"), ("1.000+", "reached", "approximate"),
    ("1,000+", "reached", "approximate"), ("1 000+", "reached", "approximate"),
    ("3-5", "reached", "approximate"), ("350trở lên", "reached", "approximate"),
]
ABOUT = ["hơn", "trên", "khoảng", "gần", "dưới", "độ", "chừng", "ước", "cỡ", "about", "over",
         "under", "some", "nearly", "around", "approx", "more than", "less than", *"~<>≈≥≤"]


@pytest.mark.parametrize(("value", "column", "expected"), NUMBERS)
def test_a_number_is_read_as_it_was_meant(value, column, expected):
    cell = read_cell(value, column)
    if expected is None:  # 1.234.567 million dong is more than the plan holds
        assert cell.problem == "too_much"
        return
    assert (cell.number, cell.state) == (expected, "reported")
    assert math.copysign(1, cell.number) == 1


def test_only_text_with_separators_is_doubted():
    assert read_cell("05", "reached").problem == "" == read_cell("-", "reached").problem
    assert read_cell("1.234", "reached").problem == "read_as" == read_cell("70,5", "amount").problem


@pytest.mark.parametrize(("value", "state"), STATES)
@pytest.mark.parametrize("column", LIMITS)
def test_states_are_kept_apart(value, state, column):
    cell = read_cell(value, column)
    assert (cell.state, cell.problem, math.isnan(cell.number)) == (state, "", True)
    assert state in CELL_STATES


@pytest.mark.parametrize(("value", "column", "problem"), PROBLEMS)
def test_what_is_no_number_is_rejected_with_its_reason(value, column, problem):
    cell = read_cell(value, column)
    assert (cell.state, cell.problem, math.isnan(cell.number)) == ("rejected", problem, True)


@pytest.mark.parametrize("word", ABOUT)
def test_every_word_for_about_is_known(word):
    assert read_cell(f"{word}5", "reached").problem == "approximate"
    assert read_cell(f"{word} 15 người", "amount").problem == "approximate"


@pytest.mark.parametrize(("limit", "column"), [(v, k) for k, v in LIMITS.items()])
def test_the_limit_itself_is_allowed(limit, column):
    assert read_cell(limit, column).state == "reported"
    assert read_cell(limit + 1, column).problem == "too_much"


def test_fold_meets_every_way_of_typing_a_label():
    ways = ["Văn hóa", "Văn hoá", "VĂN  HÓA", "Va\u0306n ho\u0301a", "văn\u00a0hóa "]
    assert {fold(way) for way in ways} == {"van hoa"}
    assert {fold(way) for way in ("Đài", "\u00d0ài", "\u00f0ài", "\u0189ài")} == {"dai"}
    assert [fold(value) for value in (1.0, True, 1)] == ["1.0", "true", "1"]


@pytest.mark.parametrize(("value", "expected"), [
    (datetime.datetime(2019, 1, 31, 8), (2019, 1, 31)), ("31/01/2019", (2019, 1, 31)),
    ("1.2.2019", (2019, 2, 1)), ("2019-01-31", (2019, 1, 31)), ("31/02/2019", None),
    (datetime.date(2019, 1, 31), (2019, 1, 31)), ("31/01/2019 ?", None), ("٣١/٠١/٢٠١٩", None),
    ("031/01/2019", None), ("31/001/2019", None),
    ("ngày 31 tháng 01 năm 2019", (2019, 1, 31)), ("31 tháng 1 năm 2019", (2019, 1, 31)),
    ("8h30 ngày 31/01/2019", (2019, 1, 31)), ("15/01/2019.", (2019, 1, 15)),
    ("31-Jan-2019", (2019, 1, 31)), ("5 January 2019", (2019, 1, 5)), (43496.0, (2019, 1, 31)),
    (43496.35, (2019, 1, 31)), ("43496", (2019, 1, 31)), (350.0, None), (99999.0, None),
    ("20/01/2019 (VT)", (2019, 1, 20)), ("Số đến 125, ngày 20/01/2019", (2019, 1, 20)),
    ("Đến ngày 20.01.2019 - VP", (2019, 1, 20)), ("20/01/2019 (20/1/2019)", (2019, 1, 20)),
    ("20/01/2019 (21/01/2019)", None), ("gửi ngày 20/01/2019", None), ("trước 20/01/2019", None),
    ("tháng 1", None), ("31 tháng 1", None), ("", None), (True, None), (None, None)])
def test_dates_are_day_first(value, expected):
    assert read_date(value) == (datetime.date(*expected) if expected else None)


@pytest.mark.parametrize(("value", "expected"), [
    (2018.0, 2018), (2018, 2018), ("2018", 2018), ("Năm 2018", 2018), ("Na\u0306m  2018", 2018),
    ("2018-2019", None), (2018.5, None), ("", None), (None, None), (float("inf"), None),
    ("2٠18", None)])
def test_years(value, expected):
    assert read_year(value) == expected


@pytest.mark.parametrize(("value", "expected"), [
    ("Có / Yes", True), ("co\u0301", True), ("yes", True), ("Không / No", False), ("không", False),
    ("", None), ("Có thể", None), ("Có / Không", None), (1.0, None)])
def test_yes_and_no(value, expected):
    assert read_yes(value) is expected


@pytest.mark.parametrize(("value", "number", "state"), [
    ("\u2011", 0.0, "reported"), ("\u2010", 0.0, "reported"), ("19\ufe0f", 19.0, "reported"),
    ("Ⅹ", math.nan, "not_applicable"), ("χ", math.nan, "not_applicable"),
    ("⋯", math.nan, "not_known")])
def test_signs_that_only_look_like_those_asked_for_are_read_and_named(value, number, state):
    cell = read_cell(value, "reached")
    assert cell.state == state and cell.problem == "unusual"
    assert cell.number == number or math.isnan(cell.number) and math.isnan(number)


@pytest.mark.parametrize(("value", "problem"), [
    ("chưa rõ", "dots"), ("không rõ số", "dots"), ("không áp dụng", "nothing"), ("n/a", "nothing"),
    ("không có số liệu", "nothing"), ("chưa thống kê", "dots"), ("chưa có số liệu", "dots"),
    ("đang tổng hợp", "dots"), ("dang tong hop", "dots"), ("chua co so lieu", "dots"),
    ("chờ số liệu các xã", "dots"), ("sẽ báo cáo sau", "dots"), ("chưa có", "nothing"),
    ("khong co", "nothing"), ("ít nhất 120", "approximate"), ("tối thiểu 120", "approximate"),
    ("tren 120", "approximate"), ("it nhat 120", "approximate"), ("120 (ước)", "approximate"),
    ("120 tạm tính", "approximate"), ("120?", "approximate"), ("khong duoi 120", "approximate"),
    ("co 120", "text"), ("do 3 xa chua gui", "text"), ("120 người", "text"),
    ("không triển khai", "nothing"), ("khong co nguoi nao", "nothing"), ("n.a.", "nothing"),
    ("chưa được cấp", "text"), ("không thống kê được", "dots"), ("khong theo doi", "dots"),
    ("sẽ bổ sung", "dots"), ("gửi sau", "dots"), ("dự kiến 350", "approximate"),
    ("KH: 350", "approximate"), ("350 (KH)", "approximate"), ("350 (tạm)", "approximate"),
    ("120 (uoc)", "approximate"), ("Kế hoạch 27/KH-UBND", "text"), ("35 phần trăm", "percent"),
    ("1,2 nghìn", "in_words"), ("350k", "in_words"), ("12 NGAN", "in_words"),
    ("1,2 tỷ", "in_words"), ("350.000 đồng", "in_words"), ("500 USD", "in_words"),
    ("12 đồng chí", "text"), ("12 đ/c", "text"), ("12 triệu", "text"), ("120 km", "text"),
    ("-0", "text"), ("(0)", "text"), ("-5", "negative"), ("3/5/2018", "date"),
    ("2018-05-03", "date"), ("1/2", "fraction"), ("12.34.56", "text")])
def test_words_are_told_which_sign_they_stand_for(value, problem):
    assert read_cell(value, "reached").problem == problem
