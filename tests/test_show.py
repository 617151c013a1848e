"""Tables as people read them: labels, numbers, what is missing in words, in one language."""

import re

import numpy as np
import pandas as pd
import pytest
from language import foreign
from pandas.api.types import is_numeric_dtype

import kgge
from kgge.charts.layout import MARK
from kgge.labels import words
from kgge.publish.show import show
from kgge.returns.parse import messages
from kgge.tables.schemas import SCHEMAS


def html(table, lang="vi", **more):
    return show(table, lang, **more)._repr_mimebundle_()["text/html"]


def lines(table, lang="vi", **more):
    return repr(show(table, lang, **more)).split("\n")


def plain(**columns):
    table = pd.DataFrame(columns)
    table.attrs["illustrative"] = False
    return table


def test_codes_numbers_and_unit_are_those_of_the_language():
    table = plain(project=["I", "total"], planned=[1900.0, 1900.5], execution=[0.7, 0.598])
    assert lines(table) == ["Đơn vị tính: triệu đồng; %",
                            "Dự án | Dự kiến | Tỷ lệ thực hiện kinh phí",
                            "Dự án 1: Truyền thông | 1.900,0 | 70,0%",
                            "Tổng cộng | 1.900,5 | 59,8%"]
    assert lines(table, "en")[2:] == ["Project 1: Communication | 1,900.0 | 70.0%",
                                      "Total | 1,900.5 | 59.8%"]
    assert lines(plain(indicator=["1a"], target=[0.7], year=[2020]))[-1].endswith("| 70% | 2020")
    close = plain(indicator=["1a"], coverage=[0.69997], target=[0.7])
    assert "| 69,9% | 70%" in lines(close)[-1], "never rounded to the other side of its target"


def test_booleans_days_and_states_are_words():
    table = plain(unit=["justice"], received_on=pd.to_datetime(["2017-02-01"]), on_time=[True],
                  state=["late"])
    assert lines(table)[1] == "Sở Tư pháp | 01/02/2017 | Có | Muộn hoặc không ghi ngày"
    assert lines(table, "en")[1] == "Department of Justice | 1 Feb 2017 | Yes | Late or undated"
    for state in ("executed", "on_time", "not_known", "agrees"):
        assert state not in repr(show(plain(state=[state]), "vi"))
    with pytest.raises(kgge.DataError, match="no list of states has all of nonsense"):
        show(plain(state=["nonsense"]))


def test_missing_figures_say_why_and_the_signs_are_explained():
    table = plain(project=["I", "II"], planned=[0.0, 50.0], spent=[None, None],
                  execution=[None, None])
    _, _, first, second, *notes = lines(table)
    assert first.endswith("| 0 | [x] | [z]") and second.endswith("| 50 | [x] | [x]")
    signs = words("note", "vi")
    assert notes == [f"[x] {signs['[x]']}", f"[z] {signs['[z]']}"]
    assert not set("[]") & set("".join(lines(plain(project=["I"], planned=[1.0]))))
    verdict = plain(indicator=["4"], status=["not_assessable"], firm=[False])
    assert lines(verdict, "en")[1].endswith("| [z]"), "no verdict, so none that could be firm"


def test_what_occurred_but_is_not_known_makes_a_sum_a_least():
    table = plain(project=["I", "II"], spent=[609.0, 5.0], not_known=[45, 0])
    assert [line.split(" | ")[1] for line in lines(table)[2:4]] == ["≥ 609", "5"]
    assert lines(table)[-1] == f"≥ {words('note', 'vi')['≥']}"


def test_money_of_which_returns_are_missing_is_a_least_and_has_the_same_digits():
    table = plain(project=["I", "II"], within=[525.9, 3.5], other=[0.0, 29.0], spent=[525.9, 32.5],
                  not_known=[0, 0], units_expected=[78, 25], units_with_figure=[50, 25])
    shown = [line.split(" | ")[1:4] for line in lines(table, "en")[2:4]]
    assert shown == [["≥ 525.9", "≥ 0.0", "≥ 525.9"], ["3.5", "29.0", "32.5"]]
    rates = lines(table.assign(execution=[0.5, 0.255]), "en", columns=["project", "execution"])
    assert [line.split(" | ")[1] for line in rates[2:4]] == ["≥ 50.0%", "25.5%"]


def test_a_unit_that_is_to_report_each_year_counts_in_each():
    money = plain(project=["I"], units_expected=[78], units_with_figure=[50])
    assert "Số lượt đơn vị phải báo cáo | Số lượt đơn vị có số liệu" in lines(money)[0]
    assert "Số đơn vị phải báo cáo" in lines(money.drop(columns="units_with_figure"))[0]


def test_no_year_is_missing_before_the_first_one():
    table = plain(indicator=["1a", "1b"], year=[2016, 2018], since=[None, None])
    assert [line.rsplit(" | ", 1)[1] for line in lines(table)[1:3]] == ["[z]", "[x]"]


def test_what_a_source_cannot_have_is_zero_and_no_least():
    table = plain(source=["central", "other"], within=[5.0, 0.0], other=[0.0, 609.0],
                  units_expected=[2, 2], units_with_figure=[1, 1])
    shown = [line.split(" | ")[1:3] for line in lines(table, "en")[2:4]]
    assert shown == [["≥ 5", "0"], ["0", "≥ 609"]]
    none = plain(source=["central", "other"], within=[0.0, 0.0], other=[0.0, 0.0],
                 units_expected=[2, 2], units_with_figure=[1, 1])
    shown = [line.split(" | ")[1:3] for line in lines(none, "en")[2:4]]
    assert shown == [["≥ 0", "0"], ["0", "≥ 0"]]


def test_html_is_read_by_everyone_and_by_no_browser_as_markup():
    table = plain(label=["<script>alert(1)</script>", "b"], amount=[1.0, None])
    text = html(table, title="<b>")
    assert "<script" not in text and "&lt;script&gt;" in text and "&lt;b&gt;" in text
    assert re.findall(r'<th scope="(\w+)"', text) == ["col", "col", "row", "row"]
    assert text.count("text-align:right") == 3 and "<caption>" in text
    assert html(table) == html(table) and not re.search(r"0x[0-9a-f]{6}|id=", text)


def test_the_caption_is_marked_where_the_figures_are_illustrative():
    for lang in ("vi", "en"):
        for table, marked in ((kgge.load_reporting().head(2), True),
                              (kgge.totals(kgge.load_budget(), "year"), False)):
            for text in (html(table, lang), repr(show(table, lang))):
                assert (MARK[lang] in text) == marked
    lost = plain(project=["I"], spent=[1.0])
    lost.attrs.clear()
    assert MARK["vi"] in html(lost), "which table it was made of is not known"


def test_a_column_goes_across():
    table = kgge.totals(kgge.load_budget(), ["source", "year"])
    head, central, *_ = lines(table, across="year")[1:]
    assert head == "Nguồn kinh phí | 2016 | 2017 | 2018 | 2019 | 2020"
    assert central == "Ngân sách trung ương | 790 | 840 | 690 | 840 | 790"
    states = plain(year=[2016, 2017, 2017], indicator=["1a", "1a", "2"],
                   status=["limited", "achieved", "on_track"])
    shown = lines(states, "en", across="indicator")
    assert shown[0] == "Year | Indicator 1a | Indicator 2"
    assert shown[1] == "2016 | Limited progress | [z]", "where there is no row, no figure is due"
    gap = plain(unit=["labour", "justice"], indicator=["1a", "2"], gap=[-12.3, None])
    assert [line.split(" | ")[1:] for line in lines(gap, across="indicator")[2:4]] == [
        ["−12", "[z]"], ["[z]", "[x]"]]


def test_prices_are_those_of_the_base_year_of_the_table():
    table = kgge.real_terms(kgge.totals(kgge.load_budget(), "year"), 2018)
    for shown in (lines(table, "en"), lines(table, "en", columns=["year", "constant"])):
        assert "Prices of 2018" in shown[1]
    assert lines(table)[1].split(" | ")[2] == "Giá so sánh năm 2018"


def test_columns_are_chosen_and_the_others_still_tell_why():
    table = plain(indicator=["1a", "4"], baseline=[0.0, None], observed_pace=[0.1, None])
    shown = lines(table, "en", columns=["indicator", "observed_pace"])
    assert [line.split(" | ")[-1] for line in shown[2:4]] == ["10.0", "[z]"]


def test_of_two_languages_one_is_shown():
    table = plain(cell=["B1"], message_vi=["Sai"], message_en=["Wrong"],
                  reason=["Lý do này / This reason"])
    assert lines(table)[1] == "B1 | Sai | Lý do này"
    assert lines(table, "en")[1] == "B1 | Wrong | This reason"
    share = plain(message_vi=["16 / 22 năm trước"], message_en=["16 / 22 the year before"])
    assert lines(share)[1] == "16 / 22 năm trước", "a fraction is not two languages"


def test_a_text_is_a_paragraph_a_line_and_an_empty_table_says_so():
    assert html("one <\ntwo") == "<p>one &lt;</p><p>two</p>"
    assert repr(show("one\ntwo")) == "one\ntwo"
    assert lines(plain(unit=[], year=[]))[-1].startswith("Không có")


def test_money_of_one_source_and_what_is_not_known_of_it():
    table = plain(**{"item": ["I", "total"], "central.planned": [0.0, 50.0],
                     "central.spent": [1.5, 1.5], "central.spent.not_known": [0, 2],
                     "central.execution": [None, 0.03]})
    columns = [name for name in table if not name.endswith("not_known")]
    unit, head, first, total = lines(table, columns=columns)[:4]
    assert unit == "Đơn vị tính: triệu đồng; %" and head.split(" | ")[1:] == [
        f"Ngân sách trung ương: {what}" for what in ("dự kiến", "đã thực hiện", "tỷ lệ thực hiện")]
    assert first.endswith("| 0 | 1,5 | [z]") and total == "Tổng cộng | 50 | ≥ 1,5 | ≥ 3%"


def test_the_language_is_that_of_use():
    with kgge.use("vi"):
        assert repr(show(plain(project=["I"], planned=[1.0]))).startswith("Đơn vị tính")


def test_what_is_achieved_needs_no_pace():
    table = pd.DataFrame({"indicator": ["1a", "2"], "status": ["on_track", "achieved"],
                          "time_share": 0.6, "required_pace": [0.1, -0.04]})
    shown = kgge.show(table, "en", columns=["indicator", "required_pace"])
    assert [row[1] for row in shown.rows] == ["10.0", "[z]"]


@pytest.mark.parametrize(("gap", "whole"), [(0.4, "1"), (656.2, "657"), (-68.9, "−68"), (7, "7")])
def test_persons_still_to_be_reached_are_as_many_in_a_table_as_in_its_chart(gap, whole):
    """Of half a person one is still to be reached; the chart beside the table says so too."""
    table = pd.DataFrame({"indicator": "2", "year": 2020, "unit": ["rach-gia"], "target": 0.8,
                          "gap": [gap], "gap_share": 1.0, "gap_low": [gap], "gap_high": [gap]})
    assert str(kgge.show(table[["unit", "gap"]], "en")).splitlines()[-1].endswith(f"| {whole}")
    text = kgge.charts.chart_text(kgge.charts.gap_by_unit(table, lang="en"))
    assert gap < 0 or f"{whole} (100%" in text.alt
    assert (": 1 person away" in text.title) == (whole == "1")


@pytest.fixture(scope="module")
def public_tables():
    """Every table of the public functions by its name: the rows that show something new."""
    budget, spending, targets = kgge.load_budget(), kgge.load_spending(), kgge.load_targets()
    outcomes, units, reporting = kgge.load_outcomes(), kgge.load_units(), kgge.load_reporting()
    ours, annex = (outcomes, targets, units), kgge.read_annex()
    progress = kgge.progress(*ours)
    doubtful = outcomes[outcomes["doubt"].notna()]
    tables = {name: getattr(kgge, name)() for name in dir(kgge) if name.startswith("load_")} | {
        "doubt": doubtful, "trace of outcomes": kgge.trace(doubtful.head(3)),
        "trace of money": kgge.trace(spending.head(3)), "annex": annex,
        "ledger": kgge.reconcile(annex), "totals": kgge.totals(budget, "year"),
        "shares": kgge.shares(budget, "source"), "prices": kgge.real_terms(budget, 2016),
        "execution": kgge.execution(budget, spending, "project"),
        "coverage": kgge.coverage(*ours, "unit"), "progress": progress,
        "objectives": kgge.objectives(progress, targets), "gap": kgge.gap(*ours, 2020),
        "tipping": kgge.tipping(*ours, 2018), "two years": kgge.year_on_year(*ours),
        "rates": kgge.reporting_rates(reporting),
        "quality": kgge.quality(reporting, kgge.load_problems())}
    kinds = [code for code, about in messages().items() if about["severity"] == "doubt"]
    return {name: telling(table) for name, table in tables.items()} | {
        "each doubt": doubtful.iloc[[0] * len(kinds)].assign(doubt=kinds)}


def telling(table):
    """The rows in which a column holds a text, or no figure, for the first time."""
    new = [~(table[name].isna() if is_numeric_dtype(table[name]) else table[name]).duplicated()
           for name in table]
    return table[np.any(new, axis=0)]


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_public_table_is_shown_in_words_of_one_language(lang, public_tables):
    quoted = ("label", "text", "file", "sheet", "printed", "corrected", "place")  # of the sources
    for name, table in public_tables.items():
        shown = whole = kgge.show(table, lang)
        if {*quoted} & {*table}:
            shown = kgge.show(table.drop(columns=list(quoted), errors="ignore"), lang)
        rows = {" ".join(row) for row in shown.rows}
        text = " ".join([shown.caption, *shown.heads, *shown.notes, *rows])
        assert not foreign(text, lang), name
        assert not [head for head in whole.heads if "_" in head or head.islower()], name


@pytest.mark.slow
def test_every_value_of_a_list_that_a_table_can_hold_has_its_words():
    for name, schema in SCHEMAS.items():
        for column in schema.columns:
            for value in column.limits.get("enum", []) if column.type == "string" else []:
                table = pd.DataFrame({column.name: [value]})
                texts = [kgge.show(table, lang).rows[0][0] for lang in ("vi", "en")]
                assert texts[0] != texts[1] and value not in texts, (name, value)


def test_what_cannot_be_is_not_shown_as_missing():
    tipping = pd.DataFrame({
        "indicator": ["1a", "1b"], "year": 2020, "threshold": 0.5, "state": "open",
        "missing_eligible": [None, 0.0], "share_needed": None, "persons_to_reach": [None, 7.0],
        "persons_to_miss": [5.0, None], "doubtful_units": ["", "labour;justice"]})
    shown = kgge.show(tipping, "en").rows
    assert [row[4:] for row in shown] == [
        ["[x]", "[x]", "[z]", "5", "None"],
        ["0", "[z]", "7", "[z]", "Department of Labour, Invalids and Social Affairs; "
                                 "Department of Justice"]]


def test_a_pace_is_in_points_a_year():
    table = plain(indicator=["1a"], coverage=[0.45], observed_pace=[0.15], pace=[0.165])
    caption, _, row = lines(table, "en")
    assert row.endswith("| 45% | 15.0 | 16.5")
    assert caption.endswith("Unit: %; percentage points")


def test_what_stands_in_no_cell_is_blank_and_a_date_that_is_missing_is_not_known():
    table = plain(unit=["justice"], received_on=[None], value=[None])
    assert lines(table, "en")[1].endswith("| [x] | blank")
    assert lines(table, "vi")[1].endswith("| để trống")


def test_what_cannot_be_shown_is_refused_with_what_is_there():
    table = kgge.totals(kgge.load_budget(), ["project", "year"])
    one = show(table, "en", columns="project")
    assert repr(one) == repr(show(table, "en", columns=["project"]))
    for given, match in (({"columns": ["proj"]}, "has project, year, amount, not proj"),
                         ({"across": "source"}, "has project, year, amount, not source")):
        with pytest.raises(kgge.DataError, match=match):
            show(table, "en", **given)
    with pytest.raises(kgge.DataError, match="more than one row for each project and year"):
        show(pd.concat([table, table]), "en", across="year")
    with pytest.raises(kgge.DataError, match="takes a table or a text, not int"):
        show(3)
