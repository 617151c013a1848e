"""Annexes as they are published: every layout is read exactly, or refused by line and text."""

import pandas as pd
import pytest
from annexes import write_docx

import kgge

UNIT = "Đơn vị tính: Triệu đồng"
HEADER = ("Số TT|Nội dung|2021||2022||Tổng cộng", "||NSTW|NSĐP|NSTW|NSĐP|")
ROWS = ("I|Dự án 1|30|20|60|40|150", "1|Tập huấn|10|5|20|10|45", "2|Tờ rơi|20|15|40|30|105",
        "II|Dự án 2|10|10|10|10|40", "|Tổng cộng|40|30|70|50|190")
LEAVES = {"I.1": [10, 5, 20, 10], "I.2": [20, 15, 40, 30], "II": [10, 10, 10, 10]}
YEARS = "TT|Nội dung|2021|2022|Tổng"
PLAIN = ("I|Dự án 1|3|4|7", "1|Tập huấn|1|1|2", "2|Tờ rơi|2|3|5", "|Tổng cộng|3|4|7")


def write(folder, *lines, name="annex.tsv", mark="\t"):
    path = folder / name
    path.write_text("\n".join(line.replace("|", mark) for line in lines) + "\n", encoding="utf-8")
    return path


def leaves(path, corrections=None):
    """Return the amounts of the leaves, by item, in the order of the columns."""
    annex = kgge.read_annex(path, corrections)
    rows = annex[annex["leaf"] & annex["year"].notna() & annex["source"].notna()]
    return {item: of["amount"].tolist() for item, of in rows.groupby("item", sort=False)}


def states(path, corrections=None):
    return kgge.reconcile(kgge.read_annex(path, corrections))["state"].value_counts().to_dict()


def test_the_plain_annex(tmp_path):
    path = write(tmp_path, UNIT, *HEADER, *ROWS)
    assert leaves(path) == LEAVES and set(states(path)) == {"agrees"}


# Subtotals below their lines, parents that print nothing.

SUBTOTALS = {
    "named after its project": ("I|Dự án 1||||||", "|- Tập huấn|10|5|20|10|45",
                                "|- Tờ rơi|20|15|40|30|105", "|Cộng dự án 1|30|20|60|40|150"),
    "numbered on": ("I|Dự án 1|||||", "1|Tập huấn|10|5|20|10|45", "2|Tờ rơi|20|15|40|30|105",
                    "3|Cộng|30|20|60|40|150"),
    "beside a parent that prints it too": (*ROWS[:3], "|Cộng:|30|20|60|40|150"),
    "in capitals": ("I|Dự án 1|||||", *ROWS[1:3], "|CỘNG (I)|30|20|60|40|150"),
    "in other words": ("I|Dự án 1|||||", *ROWS[1:3], "|Cộng DA 1|30|20|60|40|150"),
    "tổng": ("I|Dự án 1|||||", *ROWS[1:3], "|Tổng mục I|30|20|60|40|150"),
}


@pytest.mark.parametrize("kind", SUBTOTALS)
def test_a_subtotal_is_no_line(tmp_path, kind):
    path = write(tmp_path, UNIT, *HEADER, *SUBTOTALS[kind], *ROWS[3:])
    assert leaves(path) == LEAVES and set(states(path)) == {"agrees"}
    assert "subtotal" in {r["rule"] for r in kgge.read_annex(path).attrs["repairs"]}


@pytest.mark.parametrize(("total", "more"), [
    ("|Cộng dự án 1|30|20|60|41|151", ()), ("3|Cộng|31|20|60|40|151", ()),
    ("|Cộng|10|5|20|10|45", ())])
def test_a_subtotal_of_nothing_above_it_is_refused(tmp_path, total, more):
    path = write(tmp_path, UNIT, *HEADER, "I|Dự án 1|||||", *ROWS[1:3], total, *more, *ROWS[3:])
    with pytest.raises(kgge.DataError, match="line 7: .* is the total of no lines above it"):
        kgge.read_annex(path)


@pytest.mark.parametrize("lost", [ROWS[1], ROWS[2]])
def test_a_line_lost_below_a_blank_parent_is_found(tmp_path, lost):
    rows = ["I|Dự án 1|||||", *ROWS[1:3], "II|Dự án 2|||||", "1|Mô hình|10|10|10|10|40", ROWS[4]]
    assert states(write(tmp_path, UNIT, *HEADER, *rows)) == {"agrees": 9, "not checkable": 12}
    rows = [r if r[0] != "2" else r.replace("2|", "1|", 1) for r in rows if r != lost]
    ledger = kgge.reconcile(kgge.read_annex(write(tmp_path, UNIT, *HEADER, *rows)))
    assert ledger.query("check == 'grand total'")["state"].tolist() == ["differs"] * 5


# The unit of money.

@pytest.mark.parametrize(("unit", "times"), [
    ("ĐVT: 1.000đ", 1e-3), ("ĐVT: 1000 đ", 1e-3), ("(Nghìn đồng)", 1e-3), ("ngàn đ", 1e-3),
    ("Đơn vị tính:|nghìn đồng", 1e-3), ("|||||ĐVT:|1.000 đồng", 1e-3),
    ("DỰ TOÁN KINH PHÍ (ngàn đồng)", 1e-3), ("Đơn vị: đồng Việt Nam", 1e-6), ("(đồng)", 1e-6),
    ("ĐVT: VNĐ", 1e-6), ("Đơn vị tính: 1.000.000 đồng", 1), ("ĐVT: tr.đ", 1),
    ("Unit: million dong", 1), ("Đơn vị tính : Tỷ đồng", 1e3), ("ĐVT: tỉ đồng", 1e3),
    ("Biểu 1|||Đơn vị tính: nghìn đồng.", 1e-3)])
def test_a_unit_of_money_is_understood_where_it_stands(tmp_path, unit, times):
    path = write(tmp_path, unit, *HEADER, *ROWS)
    assert leaves(path) == {item: pytest.approx([a * times for a in of], abs=1e-12)
                            for item, of in LEAVES.items()}
    assert kgge.read_annex(path)["text"].tolist()[:5] == ["30", "20", "60", "40", "150"]
    assert set(states(path)) == {"agrees"}


@pytest.mark.parametrize(("old", "new"), [
    ("Nội dung", "Nội dung (nghìn đồng)"), ("Tổng cộng", "Tổng cộng, nghìn đồng"),
    ("2021", "Năm 2021 (1.000đ)"), ("Số TT|Nội dung", "Số TT|Nội dung hoạt động (ĐVT: ngàn đồng)")])
def test_a_unit_of_money_in_a_heading(tmp_path, old, new):
    path = write(tmp_path, HEADER[0].replace(old, new), HEADER[1], *ROWS)
    assert leaves(path)["I.1"] == [0.01, 0.005, 0.02, 0.01]


@pytest.mark.parametrize("said", ["Kế hoạch", "Đơn vị: Sở Lao động", "Hội đồng nhân dân",
                                  "Tổng số 190 triệu đồng", "Đơn vị: Đồng Tháp"])
def test_without_a_unit_of_money_it_is_asked_for(tmp_path, said):
    with pytest.raises(kgge.DataError, match="no unit of money stands above the amounts: write"):
        kgge.read_annex(write(tmp_path, said, *HEADER, *ROWS))
    corrections = tmp_path / "unit.csv"
    corrections.write_text("line,column,printed,corrected,reason\n"
                           "2,2,Nội dung,Nội dung (triệu đồng),said by letter\n", "utf-8")
    assert leaves(write(tmp_path, said, *HEADER, *ROWS), corrections) == LEAVES


def test_a_column_of_units_of_money(tmp_path):
    rows = [row.replace("|", "|nghìn đồng|", 2).replace("nghìn đồng|", "", 1) for row in ROWS]
    head = ["Số TT|Nội dung|ĐVT|2021||2022||Tổng cộng", "|||NSTW|NSĐP|NSTW|NSĐP|"]
    assert leaves(write(tmp_path, *head, *rows))["I.1"] == [0.01, 0.005, 0.02, 0.01]


# One convention of decimals in a file.

@pytest.mark.parametrize(("row", "read"), [
    ("0,125|0,250|0,125|0,500|1,000", [0.125, 0.25, 0.125, 0.5]),
    ("30,250|0,125|10,000|1,5|41,875", [30.25, 0.125, 10, 1.5]),
    ("1.234,5|12,500|0|0|1.247", [1234.5, 12.5, 0, 0]),
    ("1,900|100|-|–|2,000", [1900, 100, 0, 0]), ("1.900|100|0|0|2.000", [1900, 100, 0, 0]),
    ("30.250|0.125|0|1|31.375", [30.25, 0.125, 0, 1]), ("1 900,5|1|0|0|1 901,5", [1900.5, 1, 0, 0]),
    ("1.234.567|12.500|0|0|1.247.067", [1234567, 12500, 0, 0]),
    ("30,250|10|0|0|40,250", [30.25, 10, 0, 0])])
def test_the_convention_of_decimals_is_told_from_all_numbers(tmp_path, row, read):
    path = write(tmp_path, UNIT, *HEADER, f"I|Dự án|{row}", f"|Tổng cộng|{row}")
    assert leaves(path) == {"I": read} and set(states(path)) == {"agrees"}


@pytest.mark.parametrize(("row", "message"), [
    ("30,250|20,125|0|0|50,375", r"line 4, column 3: '30,250' can be 30.250 or 30250"),
    ("1.000|-|-|-|1.000", r"line 4, column 3: '1.000' can be 1000 or 1.000"),
    ("1.234,5|1,234.5|0|0|2.469", r"decimals are written in two ways: '1.234,5' .*, '1,234.5'"),
    ("12,5|12.5|0|0|25", r"decimals are written in two ways: '12,5' \(line 4\), '12.5' \(line 4\)"),
])
def test_what_can_be_read_two_ways_is_refused(tmp_path, row, message):
    path = write(tmp_path, UNIT, *HEADER, f"I|Dự án|{row}", f"|Tổng cộng|{row}")
    with pytest.raises(kgge.DataError, match=message):
        kgge.read_annex(path)


def test_one_correction_tells_the_convention_and_of_a_dong_there_is_no_part(tmp_path):
    row = "30,250|20,125|0|0|50,375"
    path = write(tmp_path, UNIT, *HEADER, f"I|Dự án|{row}", f"|Tổng cộng|{row}")
    beside = tmp_path / "c.csv"
    beside.write_text('line,column,printed,corrected,reason\n4,3,"30,250",30250,asked\n', "utf-8")
    assert leaves(path, beside) == {"I": [30250, 20125, 0, 0]}
    path = write(tmp_path, "ĐVT: đồng", *HEADER, f"I|Dự án|{row}", f"|Tổng cộng|{row}")
    assert leaves(path) == {"I": [0.03025, 0.020125, 0, 0]}


# Funding sources by whole words.

@pytest.mark.parametrize(("central", "local"), [
    ("Trung ương", "Địa phương"), ("Ngân sách trung ương", "Ngân sách tỉnh"),
    ("Vốn NSTW", "NS huyện"), ("Kinh phí TW hỗ trợ", "Đối ứng địa phương"),
    ("NSTW (nghìn đồng)", "NSĐP (nghìn đồng)"), ("Nguồn ngân sách Trung ương", "NSĐP")])
def test_ways_of_naming_a_source(tmp_path, central, local):
    head = HEADER[1].replace("NSTW", central).replace("NSĐP", local)
    path = write(tmp_path, *([UNIT] if "nghìn" not in head else []), HEADER[0], head, *ROWS)
    assert kgge.read_annex(path)["source"].dropna().unique().tolist() == ["central", "local"]


@pytest.mark.parametrize("other", ["Xã hội hóa", "Xã hội hoá", "Nguồn hợp pháp khác", "Tài trợ",
                                   "Vốn huy động khác", "XHH"])
def test_ways_of_naming_other_sources(tmp_path, other):
    path = write(tmp_path, UNIT, HEADER[0], HEADER[1].replace("NSĐP", other), *ROWS)
    assert kgge.read_annex(path)["source"].dropna().unique().tolist() == ["central", "other"]


@pytest.mark.parametrize(("heading", "message"), [
    ("Vốn ngoài ngân sách địa phương", "names a source by what it is not"),
    ("Ngoài NSTW", "names a source by what it is not"),
    ("TW Hội LHPN", "is not understood beside its year or source: 'hội lhpn'"),
    ("Hội LHPN tỉnh", "is not understood beside its year or source: 'hội lhpn'"),
    ("NSTW, NSĐP", r"names more than one funding source \(central, local\)"),
    ("Địa phương và các nguồn khác", r"names more than one funding source \(local, other\)"),
    ("Vốn đầu tư", "unknown funding source 'Vốn đầu tư'"), ("Tư nhân", "unknown funding source"),
    ("Ngân sách nhà nước", "without a funding source|no funding source"),
    ("Quỹ phụ nữ", "unknown funding source 'Quỹ phụ nữ'")])
def test_a_heading_that_names_no_one_source_is_refused(tmp_path, heading, message):
    path = write(tmp_path, UNIT, HEADER[0], HEADER[1].replace("NSĐP", heading), *ROWS)
    with pytest.raises(kgge.DataError, match=f"line 3: .*{message}"):
        kgge.read_annex(path)


# "Trong đó".

@pytest.mark.parametrize("rows", [
    ("|Trong đó: hội nghị|10|5|20|10|45",), ("|- Trong đó hội nghị|10|5|20|10|45",),
    ("|Trong đó:|||||", "|- Hội nghị|5|5|10|10|30", "|- Họp|5|0|10|0|15")])
def test_a_part_does_not_replace_its_row(tmp_path, rows):
    path = write(tmp_path, UNIT, *HEADER, "I|Dự án 1|30|20|60|40|150",
                 "1|Tập huấn|30|20|60|40|150", *rows, "|Tổng cộng|30|20|60|40|150")
    assert leaves(path) == {"I.1": [30, 20, 60, 40]}
    annex = kgge.read_annex(path)
    assert any("is part of line 5 ('Tập huấn')" in note for note in annex.attrs["notes"])


def test_parts_that_make_up_their_row_are_its_lines(tmp_path):
    path = write(tmp_path, UNIT, *HEADER, ROWS[0], "|Trong đó:|||||", *ROWS[1:])
    assert leaves(path) == LEAVES and set(states(path)) == {"agrees"}


@pytest.mark.parametrize(("rows", "found"), [
    # A part before the lines of its row is none of them; two that make it up are.
    ((ROWS[0], "|Trong đó: hội nghị|10|5|20|10|45", *ROWS[1:4]), LEAVES),
    ((ROWS[0], "|Trong đó: Tập huấn|10|5|20|10|45", "|Trong đó: Tờ rơi|20|15|40|30|105", ROWS[3]),
     LEAVES),
    ((ROWS[0], "|Trong đó: Tờ rơi|20|15|40|30|105", "|- Tập huấn|10|5|20|10|45", ROWS[3]), LEAVES)])
def test_parts_beside_lines(tmp_path, rows, found):
    path = write(tmp_path, UNIT, *HEADER, *rows, ROWS[4])
    assert leaves(path) == found and set(states(path)) == {"agrees"}


def test_parts_of_the_grand_total(tmp_path):
    path = write(tmp_path, UNIT, *HEADER, *ROWS, "|Trong đó:|||||", "|- Chi hội nghị|9|9|9|9|36")
    assert leaves(path) == LEAVES
    assert [r["rule"] for r in kgge.read_annex(path).attrs["repairs"]] == ["of which"] * 2


@pytest.mark.parametrize("rows", [
    ("I|Dự án 1|30|20|60|40|150", "|Trong đó:|||||", "II|Dự án 2|10|10|10|10|40"),
    ("I|Dự án 1|||||", "|Trong đó: hội nghị|30|20|60|40|150", "II|Dự án 2|10|10|10|10|40"),
    ("I|Dự án 1|30|20|60|40|150", "|Trong đó: hội nghị|31|20|60|40|151", ROWS[3])])
def test_a_part_of_nothing_is_refused(tmp_path, rows):
    with pytest.raises(kgge.DataError, match="(?i)trong đó"):
        kgge.read_annex(write(tmp_path, UNIT, *HEADER, *rows, ROWS[4]))


def test_a_column_that_is_a_part_of_the_total_is_refused(tmp_path):
    head = ("TT|Nội dung|Tổng số|Trong đó|", "|||NSTW 2021|NSTW 2022")
    rows = ("I|Dự án 1|150|30|60", "II|Dự án 2|40|10|10", "|Tổng cộng|190|40|70")
    with pytest.raises(kgge.DataError, match="the columns under 'Trong đó' do not make up"):
        kgge.read_annex(write(tmp_path, UNIT, *head, *rows))
    head = ("TT|Nội dung|2021||2022|", "||Tổng số|Trong đó: NSTW|Tổng số|Trong đó: NSTW")
    rows = ("I|Dự án 1|50|30|5|5", "|Tổng cộng|50|30|5|5")
    with pytest.raises(kgge.DataError, match=r"'Trong đó' do not make up .*\(2021\)"):
        kgge.read_annex(write(tmp_path, UNIT, *head, *rows))


# Headers.

HEADERS = {
    "sources over years": (("TT|Nội dung|NSTW||NSĐP||Tổng", "||2021|2022|2021|2022|"),
                           [0, 2, 1, 3, 4]),
    "total first": (("TT|Nội dung|Tổng số|Trong đó|||", "|||2021||2022|", "|||NSTW|NSĐP|NSTW|NSĐP"),
                    [4, 0, 1, 2, 3]),
    "total of each year": (("TT|Nội dung|Năm 2021|||Năm 2022|||Tổng cộng",
                            "||Tổng|NSTW|NSĐP|Tổng|NSTW|NSĐP|"), [(0, 1), 0, 1, (2, 3), 2, 3, 4]),
    "total of each source": (("TT|Nội dung|2021||2022||Tổng cộng||",
                              "||NSTW|NSĐP|NSTW|NSĐP|NSTW|NSĐP|Tổng"),
                             [0, 1, 2, 3, (0, 2), (1, 3), 4]),
    "no totals": (("TT|Nội dung|2021||2022|", "||NSTW|NSĐP|NSTW|NSĐP"), [0, 1, 2, 3]),
    "one row": (("TT|Nội dung|NSTW 2021|NSĐP 2021|NSTW 2022|NSĐP 2022|Tổng cộng",),
                [0, 1, 2, 3, 4]),
    "in words": (("STT|Nội dung hoạt động|Dự toán 2021||Kế hoạch năm 2022||Tổng kinh phí thực hiện",
                  "||Vốn NSTW|Vốn NSĐP|Vốn NSTW|Vốn NSĐP|"), [0, 1, 2, 3, 4]),
    "under a title": (("TT|Nội dung|Tổng kinh phí giai đoạn 2021-2025||||", "||2021||2022||Cộng",
                       "||NSTW|NSĐP|NSTW|NSĐP|"), [0, 1, 2, 3, 4]),
}


def laid_out(places, rows=ROWS):
    for row in rows:
        number, label, *amounts = row.split("|")
        yield "|".join([number, label, *(
            amounts[p] if isinstance(p, int) else str(sum(int(amounts[q]) for q in p))
            for p in places)])


@pytest.mark.parametrize("kind", HEADERS)
def test_headers_in_any_order(tmp_path, kind):
    head, places = HEADERS[kind]
    path = write(tmp_path, UNIT, *head, *laid_out(places))
    budget = kgge.read_annex(path).query("leaf and year.notna() and source.notna()")
    wanted = {(item, year, source): of[at] for item, of in LEAVES.items() for at, (year, source) in
              enumerate([(2021, "central"), (2021, "local"), (2022, "central"), (2022, "local")])}
    assert budget.set_index(["item", "year", "source"])["amount"].to_dict() == wanted
    assert set(states(path)) <= {"agrees", "not checkable"}
    assert ("not checkable" in states(path)) == (kind == "no totals")


def test_a_header_without_any_column_of_amounts_is_refused(tmp_path):
    """A year stands in it, but over numbers of rows."""
    path = write(tmp_path, UNIT, "TT|Nội dung|Số TT 2018 KP địa phương", "|Dự án|1", "|Tổng|1")
    with pytest.raises(kgge.DataError, match="line 2: no column of amounts was found; the header "
                       "reads 'TT', 'Nội dung', 'Số TT 2018"):
        kgge.read_annex(path)


PHASES = {
    "beside the years": ("TT|Nội dung|2021-2022|2021|2022|Giai đoạn 2023-2024|2023|2024|Tổng", [
        "I|Dự án|3|1|2|7|3|4|10", "|Tổng cộng|3|1|2|7|3|4|10"]),
    "over the years": ("TT|Nội dung|Tổng|Giai đoạn 2021-2022|||Giai đoạn 2023-2024||\n"
                       "|||Cộng|2021|2022|Cộng|2023|2024", [
        "I|Dự án|10|3|1|2|7|3|4", "|Tổng cộng|10|3|1|2|7|3|4"]),
    "one of them": ("TT|Nội dung|2021|2022|Cộng 2021-2022|2023|2024|Giai đoạn 2021-2024", [
        "I|Dự án|1|2|3|3|4|10", "|Tổng cộng|1|2|3|3|4|10"])}


@pytest.mark.parametrize("kind", PHASES)
def test_totals_of_some_of_the_years_are_held_against_these(tmp_path, kind):
    head, rows = PHASES[kind]
    path = write(tmp_path, UNIT, *head.split("\n"), *rows)
    assert leaves(path) == {"I": [1, 2, 3, 4]} and set(states(path)) == {"agrees"}
    assert "total of 2021-2022" in kgge.read_annex(path).attrs["header"]
    wrong = rows[0].replace("|3|", "|5|", 1)
    with pytest.raises(kgge.DataError, match="the total of 2021-2022 belongs here, there stands "
                       "'5', and its years make 3 million dong: 'Dự án'"):
        kgge.read_annex(write(tmp_path, UNIT, *head.split("\n"), wrong, rows[1]))


def test_totals_of_some_of_the_years_by_source_and_rounded(tmp_path):
    head = ("TT|Nội dung|2021||2022||2021-2022||2023|", "||NSTW|NSĐP|NSTW|NSĐP|NSTW|NSĐP|NSTW|NSĐP")
    path = write(tmp_path, UNIT, *head, "I|Dự án|1|2|3|4|4|6|5|6", "|Tổng cộng|1|2|3|4|4|7|5|6")
    with pytest.raises(kgge.DataError, match="line 5, column 8: the total of 2021-2022 .*'7'"):
        kgge.read_annex(path)
    beside = tmp_path / "c.csv"
    beside.write_text("line,column,printed,corrected,reason\n5,8,7,±1,rounded\n", encoding="utf-8")
    assert leaves(path, beside) == {"I": [1, 2, 3, 4, 5, 6]}


def test_a_wrong_total_of_a_year_differs(tmp_path):
    head, places = HEADERS["total of each year"]
    lines = [line.replace("|15|10|5|", "|16|10|5|") for line in laid_out(places)]
    ledger = kgge.reconcile(kgge.read_annex(write(tmp_path, UNIT, *head, *lines)))
    wrong = ledger.query("state == 'differs'")
    assert ("row total", "I.1") in set(zip(wrong["check"], wrong["item"], strict=True))


def test_years_alone_have_the_source_all(tmp_path):
    rows = ("I|Dự án 1|50|100|150", "II|Dự án 2|20|20|40", "|Tổng cộng|70|120|190")
    for head in ("TT|Nội dung|2021|2022|Tổng", "TT|Nội dung|Năm 2021|Năm 2022|Tổng cộng"):
        path = write(tmp_path, UNIT, head, *rows)
        assert leaves(path) == {"I": [50, 100], "II": [20, 20]}
        annex = kgge.read_annex(path)
        assert annex["source"].dropna().unique().tolist() == ["all"]
        assert any("no funding source is printed" in note for note in annex.attrs["notes"])


@pytest.mark.parametrize(("head", "row"), [
    ("|Ghi chú", "|12"), ("|Ghi chú", "|NQ 12"), ("|Cơ quan chủ trì", "|Sở LĐTBXH"),
    ("|Mã dự án", "|7000001"), ("|Chương", "|424"), ("|Loại - Khoản", "|340"),
    ("|Đơn vị thực hiện", "|"), ("|Thời gian thực hiện", "|2021-2025")])
def test_columns_that_are_no_money_are_passed_over(tmp_path, head, row):
    path = write(tmp_path, UNIT, HEADER[0] + head, HEADER[1] + "|", *(r + row for r in ROWS))
    assert leaves(path) == LEAVES
    between = [line.split("|") for line in (HEADER[0], HEADER[1], *ROWS)]
    for at, line in enumerate(between):
        line.insert(2, head[1:] if at == 0 else "" if at == 1 else row[1:])
    assert leaves(write(tmp_path, UNIT, *("|".join(line) for line in between))) == LEAVES


@pytest.mark.parametrize("at", [2, 4, 6])
def test_a_blank_column_is_passed_over(tmp_path, at):
    lines = [line.split("|") for line in (*HEADER, *ROWS)]
    for line in lines:
        line.insert(at, "")
    path = write(tmp_path, UNIT, *("|".join(line) for line in lines))
    assert leaves(path) == LEAVES and set(states(path)) == {"agrees"}


def test_a_level_of_government_is_no_source_in_a_column_of_agencies(tmp_path):
    head = "TT|Nội dung|Cơ quan thực hiện|2021|2022|Tổng"
    rows = ("I|Dự án 1|Tỉnh|30|60|90", "II|Dự án 2|Huyện|10|10|20", "|Tổng||40|70|110")
    assert leaves(write(tmp_path, UNIT, head, *rows)) == {"I": [30, 60], "II": [10, 10]}


@pytest.mark.parametrize("heading", ["Lũy kế", "", "Số người"])
def test_a_column_of_numbers_that_is_not_understood_is_refused(tmp_path, heading):
    path = write(tmp_path, UNIT, HEADER[0] + f"|{heading}", HEADER[1] + "|",
                 *(f"{row}|7" for row in ROWS))
    with pytest.raises(kgge.DataError, match="line 4: 6 amounts where 5 belong|column 8"):
        kgge.read_annex(path)


@pytest.mark.parametrize("heading", ["Ước thực hiện 2021", "Thực hiện 2021", "Lũy kế đến năm 2021",
                                     "Giải ngân 2021", "Tăng so với 2021"])
def test_a_year_that_is_no_plan_is_refused(tmp_path, heading):
    path = write(tmp_path, UNIT, HEADER[0].replace("2021", heading), HEADER[1], *ROWS)
    with pytest.raises(kgge.DataError, match=f"line 2: the heading '{heading}' is not understood"):
        kgge.read_annex(path)


BESIDE = "TT|Nội dung|Nguồn vốn|2021|2022|Tổng"


@pytest.mark.parametrize("rows", [
    ("I|Dự án 1|NSTW|30|60|90", "||Ngân sách tỉnh|5|5|10"),
    ("I|Dự án 1|Tổng số|35|65|100", "||NSTW|30|60|90", "||ngân sách tỉnh|5|5|10")])
def test_sources_in_a_column_beside_the_lines_are_those_of_its_amounts(tmp_path, rows):
    """Of a source that no row of a line names it has nothing; the totals are checked as ever."""
    rows = (*rows, "II|Dự án 2||10|10|20", "1|Tập huấn|Nguồn khác|10|10|20", "|Tổng||45|75|120")
    path = write(tmp_path, UNIT, BESIDE, *rows)
    assert leaves(path) == {"I": [30, 5, 0, 60, 5, 0], "II.1": [0, 0, 10, 0, 0, 10]}
    ledger = kgge.reconcile(kgge.read_annex(path))
    assert "differs" not in set(ledger["state"])
    checked = ledger[(ledger["check"] == "grand total") & (ledger["state"] == "agrees")]
    assert checked["printed"].tolist() == [45, 75, 120]
    path = write(tmp_path, UNIT, BESIDE, *(row for row in rows if "gân sách tỉnh" not in row))
    if "Tổng số" in rows[0]:
        with pytest.raises(kgge.DataError, match="do not make up their total"):
            kgge.read_annex(path)
    else:
        assert "differs" in states(path)


def test_the_column_of_sources_may_be_the_last_and_the_year_in_the_title(tmp_path):
    rows = ("I|Dự án 1|90|NSTW", "II|Dự án 2|20|Ngân sách tỉnh", "|Tổng|110|")
    head = ("DỰ TOÁN NĂM 2021 (triệu đồng)", "TT|Nội dung|Kinh phí|Nguồn")
    path = write(tmp_path, *head, *rows)
    assert leaves(path) == {"I": [90, 0], "II": [0, 20]} and "differs" not in states(path)
    assert "differs" in states(write(tmp_path, *head, *rows[::2]))


def test_a_level_that_carries_a_line_out_is_no_source(tmp_path):
    head, rows = "TT|Nội dung|{}|Nguồn vốn|2021|2022|Tổng", (
        "I|Dự án 1|Trung ương|NSĐP|30|60|90", "II|Dự án 2|Tỉnh|NSTW|10|10|20", "|Tổng|||40|70|110")
    path = write(tmp_path, UNIT, head.format("Cấp thực hiện"), *rows)
    assert leaves(path) == {"I": [30, 0, 60, 0], "II": [0, 10, 0, 10]}
    annex = kgge.read_annex(path)
    assert set(annex.query("item == 'I' and amount == 30")["source"].dropna()) == {"local"}
    alone = [row.replace("|NSĐP", "").replace("|NSTW", "").replace("|||", "||") for row in rows]
    for name, of in (("Nguồn", [head, *rows]), ("Phân cấp", [head.replace("|Nguồn vốn", ""),
                                                             *alone])):
        with pytest.raises(kgge.DataError, match="line 3: 'Trung ương' names a funding source in"):
            kgge.read_annex(write(tmp_path, UNIT, of[0].format(name), *of[1:]))


@pytest.mark.parametrize(("said", "message"), [
    ("NSNN", "line 4: one funding source belongs here, .*: 'NSNN'"),
    ("NSTW, NSĐP", "line 4: one funding source belongs here, .*: 'NSTW, NSĐP'"),
    ("", "line 4, column 4: an amount belongs here")])
def test_what_names_no_source_in_their_column_is_refused(tmp_path, said, message):
    rows = ("I|Dự án 1|NSTW|30|60|90", f"II|Dự án 2|{said}|10|10|20", "|Tổng||40|70|110")
    with pytest.raises(kgge.DataError, match=message):
        kgge.read_annex(write(tmp_path, UNIT, BESIDE, *rows))


def test_two_headings_of_one_source_are_told_apart_by_their_codes(tmp_path):
    head = HEADER[1].replace("NSTW", "NS tỉnh").replace("NSĐP", "NS huyện")
    with pytest.raises(kgge.DataError, match=r"line 3: 'NS tỉnh' and 'NS huyện' are one funding "
                       r"source \(local\) under 2021; give one of them a code of its own"):
        kgge.read_annex(write(tmp_path, UNIT, HEADER[0], head, *ROWS))


def test_a_heading_that_groups_sources_is_corrected(tmp_path):
    rows = ("||Tỉnh|Nguồn khác|", "I|Dự án|1|2|3", "|Tổng cộng|1|2|3")
    head = "TT|Nội dung|2021||Tổng"
    with pytest.raises(kgge.DataError, match="'Nguồn khác' stands under headings that name local, "
                       "other; a correction writes 'Ngân sách' where a heading only groups"):
        kgge.read_annex(write(tmp_path, UNIT, head, "||NSĐP||", *rows))
    assert leaves(write(tmp_path, UNIT, head, "||Ngân sách||", *rows)) == {"I": [1, 2]}


@pytest.mark.parametrize("groups", [("Quỹ A", "Quỹ B"), ("NSTW", "Hội LHPN"),
                                    ("Kế hoạch", "Thực hiện")])
def test_headings_over_some_of_the_years_must_be_understood(tmp_path, groups):
    head = (f"TT|Nội dung|{groups[0]}||{groups[1]}||Tổng", "||2021|2022|2021|2022|")
    with pytest.raises(kgge.DataError, match="line [23]: .*(understood|stands under|without)"):
        kgge.read_annex(write(tmp_path, UNIT, *head, *ROWS))
    head = ("TT|Nội dung|Phân kỳ đầu tư||Tổng cộng", "||2021|2022|")
    rows = ("I|Dự án 1|50|100|150", "|Tổng cộng|50|100|150")
    assert leaves(write(tmp_path, UNIT, *head, *rows)) == {"I": [50, 100]}


def test_what_each_column_was_taken_for_stands_in_the_error(tmp_path):
    path = write(tmp_path, UNIT, *HEADER, *ROWS[:-1])
    with pytest.raises(kgge.DataError, match="column 2 label, column 3 2021 central.*triệu đồng"):
        kgge.read_annex(path)
    assert "lines 2-3: column 1 number" in kgge.read_annex(
        write(tmp_path, UNIT, *HEADER, *ROWS)).attrs["header"]


# Rows.

@pytest.mark.parametrize(("old", "new"), [
    (ROWS[4], "A|TỔNG CỘNG (I+II)|40|30|70|50|190"),
    (ROWS[4], "|Tổng kinh phí thực hiện|40|30|70|50|190"),
    (ROWS[4], "Tổng cộng||40|30|70|50|190"), (ROWS[1], "(1)|Tập huấn|10|5|20|10|45"),
    (ROWS[1], "I.1|Tập huấn|10|5|20|10|45"), (ROWS[1], "1/|Tập huấn|10|5|20|10|45"),
    (ROWS[0], "I|Dự án 1|30|20|60|40|150|"), (ROWS[2], '2|"Tờ rơi"|20|15|40|30|105'),
    (ROWS[1], "\n".join([ROWS[1], *HEADER])),
    (ROWS[0], "(1)|(2)|(3)|(4)|(5)|(6)|(7)=3+4+5+6\n" + ROWS[0]),
    (ROWS[0], "A|B|1|2|3|4|5\n" + ROWS[0]),
    (ROWS[4], ROWS[4] + "\n||||Kiên Giang, ngày 3 tháng 3 năm 2021||\n|Người lập|||||")])
def test_rows_as_they_are_printed(tmp_path, old, new):
    rows = "\n".join(ROWS).replace(old, new)
    if new.startswith(("(1)|T", "I.1", "1/")):
        rows = rows.replace("\n2|", "\n" + new[:3].split("|")[0].replace("1", "2") + "|")
    path = write(tmp_path, UNIT, *HEADER, *rows.split("\n"))
    assert leaves(path) == LEAVES and set(states(path)) == {"agrees"}


@pytest.mark.parametrize(("numbers", "items"), [
    ("I - - II", ["I", "I.1", "I.2", "II"]), ("I 1. 2. II", ["I", "I.1", "I.2", "II"]),
    ("1 1.1 1.2 2", ["1", "1.1", "1.2", "2"]), ("A (1) (2) B", ["A", "A.1", "A.2", "B"]),
    ("A a) b) B", ["A", "A.1", "A.2", "B"])])
def test_numbers_of_any_kind(tmp_path, numbers, items):
    rows = [f"{n}{row[row.index('|'):]}" for n, row in zip(numbers.split(), ROWS, strict=False)]
    annex = kgge.read_annex(write(tmp_path, UNIT, *HEADER, *rows, ROWS[4]))
    assert annex["item"].drop_duplicates().tolist() == [*items, "total"]


def test_three_levels_of_numbers_and_numbers_within_the_label(tmp_path):
    deep = ["1|A|1|1|1|1|4", "1.1|B|1|1|1|1|4", "1.1.1|C|1|1|1|1|4", "1.2|D|0|0|0|0|0",
            "2|E|1|1|1|1|4", "|Tổng|2|2|2|2|8"]
    annex = kgge.read_annex(write(tmp_path, UNIT, *HEADER, *deep))
    assert annex["item"].drop_duplicates().tolist() == ["1", "1.1", "1.1.1", "1.2", "2", "total"]
    within = [f"{row.split('|')[0]}. {row.split('|', 1)[1]}" for row in ROWS[:4]]
    head = ["Nội dung|2021||2022||Tổng cộng", "|NSTW|NSĐP|NSTW|NSĐP|"]
    assert leaves(write(tmp_path, UNIT, *head, *within, ROWS[4][1:])) == LEAVES
    mixed = ["A|P|1|1|1|1|4", "I|Q|1|1|1|1|4", "1|R|1|1|1|1|4", "a|S|1|1|1|1|4", "-|T|1|1|1|1|4",
             "|Tổng|1|1|1|1|4"]
    annex = kgge.read_annex(write(tmp_path, UNIT, *HEADER, *mixed))
    assert annex["item"].drop_duplicates().iloc[4] == "A.1.1.1.1"


def test_a_fault_on_a_line_is_told_once(tmp_path):
    path = write(tmp_path, UNIT, *HEADER, ROWS[0], "|10|5|20|10|45", *ROWS[2:])
    with pytest.raises(kgge.DataError, match="line 5: no label before '10'") as error:
        kgge.read_annex(path)
    assert str(error.value).count("line 5") == 1
    path = write(tmp_path, UNIT, *HEADER, ROWS[0], "|- Tập huấn|10|5|20|10|45", "|Trong đó:|||||",
                 "|- Tờ rơi|20|15|40|30|105", *ROWS[3:])
    with pytest.raises(kgge.DataError, match="line 6: no part of the row above follows") as error:
        kgge.read_annex(path)
    assert str(error.value).count("\n") == 1


# Empty fields, amounts below zero, rounding.

def test_an_empty_field_is_zero_only_where_the_totals_say_so(tmp_path):
    rows = ["I|Dự án 1|30|20|||50", "1|Tập huấn|10|5|||15", "2|Tờ rơi|20|15|0||35",
            "|Tổng cộng|30|20|0|-|50"]
    path = write(tmp_path, UNIT, *HEADER, *rows)
    assert leaves(path) == {"I.1": [10, 5, 0, 0], "I.2": [20, 15, 0, 0]}
    assert [r["rule"] for r in kgge.read_annex(path).attrs["repairs"]] == ["empty field"] * 5
    for wrong in (rows[1].replace("|15", "|16"), rows[1].replace("|5|", "||")):
        bad = [wrong if row == rows[1] else row for row in rows]
        with pytest.raises(kgge.DataError, match="line 5, column [456].*the field is empty"):
            kgge.read_annex(write(tmp_path, UNIT, *HEADER, *bad))


@pytest.mark.parametrize("rows", [
    (*PLAIN[:2], "2|Lồng ghép|||", "3|Tờ rơi|2|3|5", PLAIN[3]),
    ("I|Dự án 1|||", PLAIN[1], "2|Lồng ghép|||", "3|Tờ rơi|2|3|5", "|Cộng I|3|4|7", PLAIN[3])])
def test_a_line_without_amounts_is_zero_where_the_totals_say_so(tmp_path, rows):
    path = write(tmp_path, UNIT, YEARS, *rows)
    assert leaves(path) == {"I.1": [1, 1], "I.2": [0, 0], "I.3": [2, 3]}
    assert "differs" not in states(path)
    assert kgge.read_annex(path).attrs["notes"][-1] == (
        "line 5: 'Lồng ghép' is without amounts, and zero by the printed totals")
    wrong = [row.replace("3|4|7", "4|4|8") for row in rows]
    with pytest.raises(kgge.DataError, match="line [0-9]+: .*"):
        kgge.read_annex(write(tmp_path, UNIT, YEARS, *wrong))


def test_a_line_without_amounts_below_all_amounts_is_refused(tmp_path):
    with pytest.raises(kgge.DataError, match="line 6: neither amounts nor lines below: 'Sở Tài"):
        kgge.read_annex(write(tmp_path, UNIT, YEARS, PLAIN[3], *PLAIN[:2], "2|Sở Tài chính|||"))


@pytest.mark.parametrize("printed", ["-5", "(5)", "- 5", "−5"])
def test_an_amount_below_zero_needs_a_correction_that_says_so(tmp_path, printed):
    rows = ["I|Điều chỉnh|10|" + printed + "|0|0|5", "|Tổng cộng|10|" + printed + "|0|0|5"]
    path = write(tmp_path, UNIT, *HEADER, *rows)
    with pytest.raises(kgge.DataError, match="line 4, column 4: .*where it is meant, a correction"):
        kgge.read_annex(path)
    beside = tmp_path / "c.csv"
    beside.write_text("line,column,printed,corrected,reason\n" + "".join(
        f"{line},4,{printed},-5,taken back in 2021\n" for line in (4, 5)), encoding="utf-8")
    assert leaves(path, beside) == {"I": [10, -5, 0, 0]}
    assert set(states(path, beside)) == {"agrees"}


@pytest.mark.parametrize(("row", "agreed"), [
    ("6,7,191,±1,rounded", True), (",,,±1,all figures are rounded", True),
    ('6,7,191,"±0,5",rounded', False), ("5,7,40,±1,rounded elsewhere", False)])
def test_a_stated_tolerance(tmp_path, row, agreed):
    rows = [ROWS[0], *ROWS[3:4], ROWS[4].replace("190", "191")]
    path, beside = write(tmp_path, UNIT, *HEADER, *rows), tmp_path / "c.csv"
    beside.write_text("line,column,printed,corrected,reason\n" + row + "\n", encoding="utf-8")
    assert "differs" in states(path)
    ledger = kgge.reconcile(kgge.read_annex(path, beside)).query("difference != 0")
    assert ledger["state"].unique().tolist() == ["agrees" if agreed else "differs"]
    assert ledger["difference"].tolist() == [1, 1]
    assert kgge.read_annex(path, beside).attrs["repairs"][0]["rule"] == "tolerance"


# Files.

@pytest.mark.parametrize(("mark", "bom"), [(";", ""), (",", "\ufeff"), ("\t", ""), (";", "\ufeff")])
def test_csv_with_any_separator(tmp_path, mark, bom):
    rows = [row.replace("Tờ rơi", '"Tờ rơi, pa nô; ""áp phích"""') for row in ROWS]
    path = write(tmp_path, bom + UNIT, *HEADER, *rows, name="annex.csv", mark=mark)
    assert leaves(path) == LEAVES
    assert 'Tờ rơi, pa nô; "áp phích"' in set(kgge.read_annex(path)["label"])


@pytest.mark.parametrize("number", ["10\n200", "1\n\n200"])
def test_two_numbers_in_a_field_are_not_made_one(tmp_path, number):
    rows = [ROWS[0].replace("|30|", f'|"{number}"|'), *ROWS[1:]]
    with pytest.raises(kgge.DataError, match="line 4, column 3: .*there stands '1.* / 200'"):
        kgge.read_annex(write(tmp_path, UNIT, *HEADER, *rows))


def test_quotes_of_an_export_and_quotes_of_a_label(tmp_path):
    rows = [row.replace("Tờ rơi", '"Tờ\nrơi"') for row in ROWS]
    path = write(tmp_path, UNIT, *HEADER, *rows)
    assert leaves(path) == LEAVES
    assert kgge.read_annex(path).query("item == 'II'")["line"].iloc[0] == 8, "as an editor counts"
    rows = [row.replace("Tờ rơi", '"Nhà tạm lánh" cho nạn nhân') for row in ROWS]
    annex = kgge.read_annex(write(tmp_path, UNIT, *HEADER, *rows))
    assert '"Nhà tạm lánh" cho nạn nhân' in set(annex["label"])


# Headings in other words: each is read as it says, or refused by name.

def headed(folder, head, unit=UNIT, rows=("I|Dự án",)):
    """Write an annex with these headings; amounts are 1, 2, 4, … and their sum in a total."""
    width = max(line.count("|") for line in head.split("\n")) - 1
    values = "|".join(str(2 ** n) for n in range(width))
    return write(folder, *([unit] if unit else []), *head.split("\n"),
                 *(f"{row}|{values}" for row in (*rows, "|Tổng cộng")))


def slots(path):
    annex = kgge.read_annex(path).query("item == 'total'")
    return {(None if y is pd.NA else y, s if isinstance(s, str) else None): a for y, s, a in zip(
        annex["year"].astype(object), annex["source"], annex["amount"], strict=True)}


ONE = "TT|Nội dung|2021|2022|"
BOTH = {(2021, "central"): 1, (2021, "local"): 2, (2022, "central"): 4, (2022, "local"): 8}


@pytest.mark.parametrize(("central", "local"), [
    ("NSTW (70%)", "NSĐP (30%)"), ("NSTW", "NSĐP đối ứng 30%"), ("TƯ", "Đ.P"), ("T.Ư", "ĐP"),
    ("NS TƯ", "NS tỉnh"), ("T.W", "Tỉnh"), ("NSTW hỗ trợ có mục tiêu", "NSĐP"),
    ("Ngân sách trung ương bổ sung", "Ngân sách tỉnh bố trí"), ("NSTW (nếu có)", "NSĐP"),
    ("NSTW (vốn SN)", "NSĐP (vốn SN)"), ("NSTW đảm bảo", "NS tỉnh cân đối")])
def test_a_source_in_other_words(tmp_path, central, local):
    path = headed(tmp_path, f"TT|Nội dung|2021||2022|\n||{central}|{local}|{central}|{local}")
    assert slots(path) == BOTH


@pytest.mark.parametrize(("total", "left"), [
    (t, left) for left in (True, False) for t in (
        "Giai đoạn 2021-2025", "2021-2025", "Kinh phí giai đoạn 2021-2022", "Cả giai đoạn",
        "Kinh phí", "Nhu cầu kinh phí", "Thành tiền", "Grand total", "Sum")])
def test_a_total_in_other_words(tmp_path, total, left):
    head = f"TT|Nội dung|{total}|2021|2022" if left else f"{ONE}{total}"
    found = slots(headed(tmp_path, head))
    assert found == {(None, None): 1 if left else 4, (2021, "all"): 2 if left else 1,
                     (2022, "all"): 4 if left else 2}


@pytest.mark.parametrize("total", ["KP", "Số tiền", "Kinh phí (triệu đồng)", "(triệu đồng)"])
def test_a_total_of_a_year_in_other_words(tmp_path, total):
    path = headed(tmp_path, f"TT|Nội dung|2021||\n||{total}|TW|ĐP")
    assert slots(path) == {(2021, None): 1, (2021, "central"): 2, (2021, "local"): 4}


@pytest.mark.parametrize(("title", "head", "found"), [
    ("NĂM 2021", "TT|Nội dung|NSTW|NSĐP|Tổng",
     {(2021, "central"): 1, (2021, "local"): 2, (None, None): 4}),
    ("năm 2021 (kèm theo Quyết định ngày 30/12/2020)", "TT|Nội dung|Kinh phí", {(2021, "all"): 1}),
    ("năm 2021, ban hành ngày 5 tháng 1 năm 2020", "TT|Nội dung|Tổng", {(2021, "all"): 1}),
    *((f"NĂM 2021 {more}", "TT|Nội dung|Kinh phí", {(2021, "all"): 1}) for more in (
        "(Kèm theo Quyết định ngày …/12/2020)", "23.10.2020", "Nghị quyết 45/2020/NQ-HĐND",
        "(chuyển từ năm 2020)", "thực hiện đề án đến năm 2030",
        "Thông tư 73/2018/TT-BTC", "\nCăn cứ Chiến lược giai đoạn 2021-2030",
        "(ngày    tháng    năm 2020)")),
    *((f"\n{other}", "TT|Nội dung|NSTW|NSĐP", "line 4: no year stands above .*a correction") for
      other in ("CHƯƠNG TRÌNH ĐẾN NĂM 2030", "TỪ NĂM 2021", "LUẬT BÌNH ĐẲNG GIỚI NĂM 2006",
                "(Kèm theo Nghị quyết số 12/2021/NQ-HĐND)", "ngày 05.01.2021", "05-01-2021",
                "tháng 3/2021", "ngày … /…/2021", "ngày    tháng    năm 2021",
                "NĂM 2021 ĐẾN NĂM 2025")),
    ("2020 và 2021", "TT|Nội dung|NSTW|NSĐP", "line 1 reads 'KẾ HOẠCH KINH PHÍ 2020 và 2021'"),
    ("", "TT|Nội dung|NSTW|NSĐP|Tổng", "line 3: no year stands above the .*'NSTW', 'NSĐP'"),
    ("2020 và 2021", "TT|Nội dung|NSTW|NSĐP", "line 3: no year stands above the columns of"),
    ("2021 giai đoạn 2021-2025", "TT|Nội dung|NSTW|NSĐP", "line 3: no year stands above"),
    ("", "TT|Nội dung|Giai đoạn 2021-2025||\n||NSTW|NSĐP|Tổng", "line 4: no year stands above"),
    ("", "TT|Nội dung|Chủ đầu tư|Số người", "line 3: no column of amounts was found.*'Số người'")])
def test_a_year_only_in_the_title(tmp_path, title, head, found):
    path = headed(tmp_path, head, unit=f"KẾ HOẠCH KINH PHÍ {title}\n{UNIT}")
    if isinstance(found, dict):
        assert slots(path) == found
        assert "line 1 names the year of all" in kgge.read_annex(path).attrs["notes"][0]
    else:
        with pytest.raises(kgge.DataError, match=found):
            kgge.read_annex(path)


def test_years_in_the_rows_of_a_plan_of_one_year_are_refused(tmp_path):
    path = write(tmp_path, "DỰ TOÁN NĂM 2021", UNIT, "TT|Nội dung|NSTW|NSĐP|Tổng",
                 "I|Năm 2021|3|4|7", "1|Họp|3|4|7", "II|Năm 2022|1|1|2", "1|Họp|1|1|2",
                 "|Tổng cộng|4|5|9")
    with pytest.raises(kgge.DataError, match="line 6: 'Năm 2022' names a year in a row"):
        kgge.read_annex(path)


@pytest.mark.parametrize(("head", "message"), [
    *((f"TT|Nội dung|2021||2022|\n||NSTW|{one}|NSTW|{one}", f"line 3: .*'{one}'") for one in (
        "Đơn vị đóng góp", "Cơ quan, đơn vị hỗ trợ", "NSTW và đối ứng", r"NSĐP và nguồn hợp pháp",
        "Ngân sách tỉnh, các nguồn huy động", "NSNN và XHH", "Đối ứng", "Kinh phí thực hiện NSĐP")),
    *((f"TT|Nội dung|{one}|Kế hoạch 2021|2022", f"line 2: the heading '{one}' is not understood")
      for one in ("Số thực hiện 2020", "Năm 2020, thực hiện", "2020 thực hiện", "Số giao 2020",
                  "Kinh phí thực hiện 2020", "Dự toán giao 2020", "Cấp năm 2020", "Mục tiêu 2020",
                  "Tổng số thực hiện 2020", "Kết quả năm 2020", "Cơ quan đề xuất 2020",
                  "Tỷ lệ 2020", "Chỉ tiêu 2020")),
    ("TT|Nội dung|2021|31/12/2022", "line 2: the heading '31/12/2022' names a day, no year"),
    ("TT|Nội dung|2021|31.12.2022", "line 2: the heading '31.12.2022' names a day, no year"),
    ("TT|Nội dung|2021||2022|Tổng\n||NSTW|NSĐP|Tổng số|",
     "line 3: column 5, 'Tổng số', is the total of 2022, and no column holds a part of it"),
    ("TT|Nội dung|Tổng kinh phí||\n||2021||2022\n||NSTW|NSĐP|",
     "line 3: column 5, '2022', is the total of 2022, and no column holds a part"),
    ("TT|Nội dung|Năm 2021|Trong đó: NSTW", "column 4, 'Trong đó: NSTW', is the total of central"),
    (f"{ONE}Tổng 2022-2025", r"column 5, .* another period than that of the columns \(2021, 2022"),
    (f"{ONE}Kinh phí|Tổng", "line 2: 'Kinh phí' and 'Tổng' are both a total under all years"),
    ("TT|Nội dung|2021||\n||NSTW|Vốn|Đối ứng", "column 5, 'Đối ứng', stands under 2021 without")])
def test_a_heading_that_tells_no_year_and_source_is_named(tmp_path, head, message):
    with pytest.raises(kgge.DataError, match=message):
        kgge.read_annex(headed(tmp_path, head))


def test_what_is_planned_may_be_carried_out(tmp_path):
    path = headed(tmp_path, "TT|Nội dung|Dự kiến thực hiện 2021|Kế hoạch giao 2022|Kinh phí")
    assert list(slots(path)) == [(2021, "all"), (2022, "all"), (None, None)]


@pytest.mark.parametrize("words", ["Năm thứ nhất ({})", "Dự toán kinh phí thực hiện năm {}",
                                   "Phân kỳ năm {}", "Đề xuất năm {}", "Kinh phí đề nghị {}"])
def test_a_year_that_is_planned_in_other_words(tmp_path, words):
    path = headed(tmp_path, f"TT|Nội dung|{words.format(2021)}|{words.format(2022)}|Tổng")
    assert list(slots(path)) == [(2021, "all"), (2022, "all"), (None, None)]


@pytest.mark.parametrize("words", ["Thực hiện dự toán {}", "Dự toán giao thực hiện {}",
                                   "Đề nghị quyết toán {}", "Kinh phí thực hiện {}"])
def test_a_year_that_may_be_spent_says_how_to_go_on(tmp_path, words):
    with pytest.raises(kgge.DataError, match="not understood .*as in 'Kế hoạch 2022' or 'NSTW'"):
        kgge.read_annex(headed(tmp_path, f"TT|Nội dung|{words.format(2021)}|Tổng"))


def test_a_quantity_may_stand_under_a_year(tmp_path):
    path = headed(tmp_path, "TT|Nội dung|2021|||2022|\n||SL|Tỷ lệ (%)|Kinh phí|%|Kinh phí")
    assert slots(path) == {(2021, "all"): 4, (2022, "all"): 16}
    path = headed(tmp_path, "TT|Nội dung|2021|||2022|\n||SL|Đơn giá|Thành tiền|SL|Thành tiền")
    assert slots(path) == {(2021, "all"): 4, (2022, "all"): 16}
    path = headed(tmp_path, "TT|Nội dung|2021|||2022|\n||Số lượng|Tỷ lệ (%)|Kinh phí|%|Kinh phí")
    assert slots(path) == {(2021, "all"): 4, (2022, "all"): 16}


@pytest.mark.parametrize(("unit", "times"), [
    ("ĐVT: triệu", 1), ("ĐVT: nghìn", 1e-3), ("ĐVT: triệu đồng (đã làm tròn)", 1),
    ("Đ/v tính: nghìn đồng", 1e-3), ("ĐV: triệu đồng", 1), ("(x1000đ)", 1e-3), ("ĐVT: 1000", 1e-3),
    ("Biểu 1. Kinh phí, nghìn đồng", 1e-3), ("Đơn vị tính - triệu đồng", 1),
    ("Unit: VND million", 1), ("(in million VND)", 1), ("million dong (1 USD = 23,000 VND)", 1),
    ("Đơn vị tiền tệ: đồng", 1e-6), ("ĐVT: ngđ", 1e-3), ("ĐVT: n.đồng", 1e-3),
    ("(ng.đ)", 1e-3), ("ĐVT: “triệu đồng”", 1), ("Tính bằng triệu đồng", 1),
    ("Đơn vị: N đ/c", None), ("Tính theo đầu người", None),
    ("Đơn vị: Đ/c Nguyễn Văn A", None), ("Đơn vị: VN.", None),
    ("TT|Chỉ tiêu|ĐVT|Đạt\n1|Thu nhập|nghìn đồng|500", None)])
def test_a_unit_of_money_in_other_words(tmp_path, unit, times):
    path = headed(tmp_path, f"{ONE}Tổng", unit=unit)
    if times:
        assert slots(path)[2022, "all"] == pytest.approx(2 * times)
    else:
        with pytest.raises(kgge.DataError, match="no unit of money stands above the amounts"):
            kgge.read_annex(path)


@pytest.mark.parametrize(("head", "row"), [
    ("ĐVT|", "1|Họp|nghìn đồng|1|2|3"), ("ĐVT|", "1|Họp|Đồng|1|2|3"),
    ("", "1|Họp (nghìn đồng)|1|2|3"), ("", "Đơn vị tính: nghìn đồng||||\n1|Họp|1|2|3"),
    ("", "TT|Nội dung (1.000đ)|2021|2022|Tổng\n1|Họp|1|2|3")])
def test_another_unit_of_money_below_the_header_is_refused(tmp_path, head, row):
    gap = "|" * head.count("|")
    path = write(tmp_path, UNIT, f"TT|Nội dung|{head}2021|2022|Tổng", f"I|Dự án|{gap}1|2|3", row,
                 f"|Tổng cộng|{gap}1|2|3")
    with pytest.raises(kgge.DataError, match=r"line 4: '.*' names another unit of money than line "
                       r"1 \(triệu đồng\)"):
        kgge.read_annex(path)


# Rows in other words and forms.


@pytest.mark.parametrize("total", ["Tiểu cộng", "Cộng dự án 1", "Thành tiền", "Mang sang",
                                   "Kinh phí dự án 1", "Lũy kế"])
@pytest.mark.parametrize("mark", ["1 2", "- -"])
def test_a_row_that_adds_up_the_lines_above_it_is_no_line(tmp_path, total, mark):
    lines = [row.replace(row[0], n, 1) for row, n in zip(ROWS[1:3], mark.split(), strict=True)]
    path = write(tmp_path, UNIT, *HEADER, "I|Dự án 1|||||", *lines, f"|{total}|30|20|60|40|150",
                 *ROWS[3:])
    assert leaves(path) == LEAVES and set(states(path)) == {"agrees"}


def test_a_line_of_as_much_as_those_above_it_is_a_line_where_its_parent_says_so(tmp_path):
    rows = ("I|Dự án 1|4|4|8", "|- Tập huấn|1|1|2", "|- Tờ rơi|1|1|2", "|Hội nghị|2|2|4",
            "|Tổng cộng|4|4|8")
    path = write(tmp_path, UNIT, YEARS, *rows)
    assert leaves(path) == {"I.1": [1, 1], "I.2": [1, 1], "I.3": [2, 2]}


@pytest.mark.parametrize(("rows", "lines"), [
    (("II|Dự án 2|0|0|0", "-|In|0|0|0", "-|Thi|0|0|0", "-|Tổng đài 111|0|0|0"), 3),
    (("II|Dự án 2|4|4|8", "1|A|1|1|2", "2|B|1|1|2", "3|Cộng tác viên: phụ cấp|2|2|4"), 3),
    (("II|Dự án 2|5|5|10", "1|A|1|1|2", "2|B|1|1|2", "3|Tổng kết|2|2|4", "4|C|1|1|2"), 4)])
def test_a_numbered_line_that_begins_as_totals_do_is_one_where_its_parent_has_room(
        tmp_path, rows, lines):
    amounts = [3 + int(rows[0].split("|")[2]), 4 + int(rows[0].split("|")[3])]
    path = write(tmp_path, UNIT, YEARS, *PLAIN[:3], *rows,
                 f"|Tổng cộng|{amounts[0]}|{amounts[1]}|{sum(amounts)}")
    assert [item for item in leaves(path) if item[:3] == "II."] == [
        f"II.{n}" for n in range(1, lines + 1)]
    assert set(states(path)) == {"agrees"}


@pytest.mark.parametrize("total", [
    "Cộng truyền thông", "Tổng truyền thông", "Cộng mang sang", "Cộng trang 1", "Cộng kinh phí",
    "Chuyển trang sau", "Lũy kế", "Luỹ kế trang trước", "Cộng dự án 1"])
def test_a_subtotal_of_one_line_does_not_take_its_place(tmp_path, total):
    path = write(tmp_path, UNIT, YEARS, "I|Truyền thông|||", "1|Tập huấn|1|1|2", f"|{total}|1|1|2",
                 "II|Giám sát|2|3|5", PLAIN[3])
    assert leaves(path) == {"I.1": [1, 1], "II": [2, 3]}


@pytest.mark.parametrize("words", ["T.đó: cấp tỉnh", "Trđ: cấp tỉnh", "Gồm: cấp tỉnh"])
def test_of_which_in_other_words(tmp_path, words):
    path = write(tmp_path, UNIT, YEARS, *PLAIN[:3], f"|{words}|1|1|2", PLAIN[3])
    assert leaves(path) == {"I.1": [1, 1], "I.2": [2, 3]}


@pytest.mark.parametrize("numbers", [
    "I- 1- 2- II-", "(I) (1) (2) (II)", "I i ii II", "I ▪ ▪ II", "I \uf0b7 \uf0b7 II", "I o o II"])
def test_numbers_and_bullets_of_other_forms(tmp_path, numbers):
    rows = [f"{n}{row[row.index('|'):]}" for n, row in zip(numbers.split(), ROWS, strict=False)]
    path = write(tmp_path, UNIT, *HEADER, *rows, ROWS[4])
    assert leaves(path) == LEAVES and set(states(path)) == {"agrees"}


@pytest.mark.parametrize(("labels", "items"), [
    ("I. 15 lớp|1. Họp|2. 20 cuộc thi", ["I", "I.1", "I.2"]),
    ("I.Dự án|1.Tập huấn|2.Thi", ["I", "I.1", "I.2"]),
    ("1.Dự án|1.1.Họp|1.2.Thi", ["1", "1.1", "1.2"]),
    ("A. Dự án|a) 15 lớp|b) 20 cuộc thi", ["A", "A.1", "A.2"]),
    ("A. Dự án|(1) 15 lớp|(2) 20 cuộc thi", ["A", "A.1", "A.2"])])
def test_numbers_within_labels_of_any_form(tmp_path, labels, items):
    rows = [f"|{label}{row[row.index('|', 3):]}" for label, row in zip(
        labels.split("|"), PLAIN, strict=False)]
    annex = kgge.read_annex(write(tmp_path, UNIT, YEARS, *rows, PLAIN[3]))
    assert annex["item"].drop_duplicates().tolist() == [*items, "total"]
    assert not annex["label"].str.match(r".{1,3}[.)]").any()


@pytest.mark.parametrize("name", ["|Dự án {}: ", "|DỰ ÁN {}. ", "DA{}|", "Phần {}|",
                                  "|Tiểu dự án số {} "])
@pytest.mark.parametrize(("numbers", "lines"), [
    ("1 2", "1 2"), ("I II", "- -"), ("1 2", "1.1 1.2")])
@pytest.mark.parametrize("blank", [True, False])
def test_projects_that_are_numbered_by_their_names(tmp_path, name, numbers, lines, blank):
    one, two = (name.format(number) + "Truyền thông" for number in numbers.split())
    first, second = lines.split()
    rows = (one + ("|||" if blank else "|3|4|7"), f"{first}|Họp|1|1|2", f"{second}|Thi|2|3|5",
            f"{two}|1|1|2", "|Tổng cộng|4|5|9")
    path = write(tmp_path, UNIT, YEARS, *rows)
    begun, after = numbers.split()
    assert leaves(path) == {f"{begun}.1": [1, 1], f"{begun}.2": [2, 3], after: [1, 1]}
    assert one.replace("|", " ").strip() in set(kgge.read_annex(path)["label"])
    later = name.format("V" if after == "II" else 5)
    with pytest.raises(kgge.DataError, match="line 6: number '[5V]' stands where number 2 of its"):
        kgge.read_annex(write(tmp_path, UNIT, YEARS, *rows[:3], f"{later}Giám sát|1|1|2", rows[4]))


def test_lines_below_that_are_numbered_by_other_names(tmp_path):
    rows = ("|Dự án 1: A|3|4|7", "|Tiểu dự án 1: B|3|4|7", "|Nội dung 1: C|1|1|2",
            "|Nội dung 2: D|2|3|5", "|Dự án 2: E|1|1|2", "|Tổng cộng|4|5|9", "|Người lập|||")
    path = write(tmp_path, UNIT, YEARS, *rows)
    assert leaves(path) == {"1.1.1": [1, 1], "1.1.2": [2, 3], "2": [1, 1]}
    assert set(states(path)) == {"agrees"}


def test_lines_named_as_projects_are_lines_where_projects_have_numbers(tmp_path):
    rows = (PLAIN[0], "|Mô hình 1|1|1|2", "|Mô hình 2|2|3|5", PLAIN[3])
    assert leaves(write(tmp_path, UNIT, YEARS, *rows)) == {"I.1": [1, 1], "I.2": [2, 3]}
    rows = ("|Dự án 1|3|4|7", "|Mô hình 2|1|1|2", "|Họp|2|3|5", PLAIN[3])
    assert leaves(write(tmp_path, UNIT, YEARS, *rows)) == {"1.1": [1, 1], "1.2": [2, 3]}


def test_numbers_with_a_stop_and_with_a_bracket_are_two_levels_or_one(tmp_path):
    path = write(tmp_path, UNIT, YEARS, "I|Dự án 1|6|8|14", "1.|A|3|4|7", "1)|Họp|1|1|2",
                 "2)|Thi|2|3|5", "2.|B|3|4|7", "1)|Họp|3|4|7", "|Tổng cộng|6|8|14")
    assert list(leaves(path)) == ["I.1.1", "I.1.2", "I.2.1"]
    path = write(tmp_path, UNIT, YEARS, PLAIN[0], "1)|Họp|1|1|2", "2.|Thi|2|3|5", PLAIN[3])
    assert list(leaves(path)) == ["I.1", "I.2"]


@pytest.mark.parametrize(("rows", "message"), [
    (("1|Dự án 1|3|4|7", "1.1|Họp|1|1|2", "2.2|Thi|2|3|5"), "'2.2' stands below number '1'"),
    (("I|Dự án 1|3|4|7", "II.1|Họp|1|1|2", "I.2|Thi|2|3|5"), "'II.1' stands below number 'I'"),
    (("I|Dự án 1|3|4|7", "2021-01-01|Họp|1|1|2", "1.2|Thi|2|3|5"), "line 4: begins with a day"),
    ((*PLAIN, *PLAIN[:3]), "'I' stands where number 2 .*; if a second table begins here, leave"),
    ((*PLAIN[:2], "2", PLAIN[2]), "line 5: no label before '2'; the number of a page is removed")])
def test_a_number_out_of_place_is_refused(tmp_path, rows, message):
    with pytest.raises(kgge.DataError, match=message):
        kgge.read_annex(write(tmp_path, UNIT, YEARS, *rows, PLAIN[3]))


def test_a_label_with_a_comma_that_is_not_quoted_is_refused(tmp_path):
    path = write(tmp_path, UNIT, "TT|Nội dung|2021|2022|Tổng", "I|Dự án, truyền thông|900|100|1000",
                 "|Tổng cộng|900|100|1000", name="annex.csv", mark=",")
    with pytest.raises(kgge.DataError, match="line 3: 'truyền thông' stands between it and its am"):
        kgge.read_annex(path)


def test_a_project_beside_its_first_line_is_refused(tmp_path):
    path = write(tmp_path, UNIT, "TT|Dự án|Hoạt động|2021|2022|Tổng", "I|Dự án 1|Tập huấn|1|1|2",
                 "||Tờ rơi|2|3|5", "II|Dự án 2|Hội thi|1|1|2", "|Tổng cộng||4|5|9")
    with pytest.raises(kgge.DataError, match="line 4: has no number, and its project .*'Tờ rơi'"):
        kgge.read_annex(path)


@pytest.mark.parametrize(("second", "good"), [("3 4", True), ("1 2", True), ("3 5", False),
                                              ("2 3", False)])
def test_numbers_that_run_on_from_the_project_before(tmp_path, second, good):
    first, then = second.split()
    path = write(tmp_path, UNIT, YEARS, *PLAIN[:3], "II|Dự án 2|3|4|7", f"{first}|Họp|1|1|2",
                 f"{then}|Hội thi|2|3|5", "|Tổng cộng|6|8|14")
    if good:
        assert list(leaves(path)) == ["I.1", "I.2", "II.1", "II.2"]
    else:
        with pytest.raises(kgge.DataError, match="line [78]: number '[25]' stands where number"):
            kgge.read_annex(path)


@pytest.mark.parametrize("first", [True, False])
def test_a_row_that_may_be_the_grand_total_is_named(tmp_path, first):
    rows = ["|TỔNG HỢP|3|4|7", *PLAIN[:3]] if first else [*PLAIN[:3], "|TỔNG HỢP|3|4|7"]
    with pytest.raises(kgge.DataError, match="if line [36], 'TỔNG HỢP', is it, a correction calls"):
        kgge.read_annex(write(tmp_path, UNIT, YEARS, *rows))


def test_a_line_that_begins_as_totals_do_is_no_grand_total(tmp_path):
    rows = ("I|Tổng đài 111|1|1|2", "II|Cộng tác viên|2|3|5")
    assert leaves(write(tmp_path, UNIT, YEARS, *rows, PLAIN[3])) == {"I": [1, 1], "II": [2, 3]}
    with pytest.raises(kgge.DataError, match="one row of grand totals"):
        kgge.read_annex(write(tmp_path, UNIT, YEARS, *rows))


def test_a_number_that_excel_shortened(tmp_path):
    """1.10 typed as a number is 1.1; at another place it is out of order as before."""
    lines = [f"1.{n}|Họp {n}|1|1|2" for n in range(1, 12)]
    rows = ["1|Dự án 1|11|11|22", *lines, "|Tổng cộng|11|11|22"]
    short = [row.replace("1.10|", "1.1|", 1) for row in rows]
    found = leaves(write(tmp_path, UNIT, YEARS, *short))
    assert found == leaves(write(tmp_path, UNIT, YEARS, *rows)) and list(found)[9] == "1.10"
    with pytest.raises(kgge.DataError, match="line 12: number '1.1' stands where number 9 of"):
        kgge.read_annex(write(tmp_path, UNIT, YEARS, *[
            row for row in short if not row.startswith("1.9")]))


@pytest.mark.parametrize("total", ["TỔNG KP", "T.CỘNG", "Cộng tổng", "Grand total", "Toàn tỉnh",
                                   "Cộng cả giai đoạn", "Tổng chi", "Tổng mức đầu tư",
                                   "Tổng kế hoạch", "Cộng tất cả", "Tổng nguồn vốn", "Tổng giá trị",
                                   "Tổng giai đoạn 2021-2022"])
def test_the_grand_total_in_other_words(tmp_path, total):
    for rows in ((*PLAIN[:3], f"|{total}|3|4|7"), (f"|{total}|3|4|7", *PLAIN[:3])):
        assert leaves(write(tmp_path, UNIT, YEARS, *rows)) == {"I.1": [1, 1], "I.2": [2, 3]}


@pytest.mark.parametrize("again", [
    "STT|NỘI DUNG|Năm 2021|Năm 2022|TỔNG CỘNG", "Số TT|Nội dung chi|2021|2022|Tổng\n1|2|3|4|5",
    "PHỤ LỤC (tiếp theo)||||\nĐơn vị tính: Triệu đồng||||\nTT|Nội dung|2021|2022|Tổng"])
def test_a_header_is_repeated_in_any_spelling(tmp_path, again):
    path = write(tmp_path, UNIT, YEARS, *PLAIN[:2], *again.split("\n"), *PLAIN[2:])
    assert leaves(path) == {"I.1": [1, 1], "I.2": [2, 3]}
    assert set(kgge.read_annex(path)["label"]) == {"Dự án 1", "Tập huấn", "Tờ rơi", "Tổng cộng"}


@pytest.mark.parametrize("numbers", ["(a)|(b)|(1)|(2)|(3)=(1)+(2)", "[1]|[2]|[3]|[4]|[5]",
                                     "-1|-2|-3|-4|-5", "a|b|c|d|e", "A|B|C=D+E|D|E",
                                     "1.|2.|3.|4.|5."])
def test_numbers_of_columns_in_other_forms(tmp_path, numbers):
    path = write(tmp_path, UNIT, YEARS, numbers, *PLAIN)
    assert leaves(path) == {"I.1": [1, 1], "I.2": [2, 3]}


@pytest.mark.parametrize("heading", ["|DỰ ÁN 2: Hỗ trợ|||", "Dự án 2: Hỗ trợ||||"])
def test_a_heading_above_a_repeated_header_is_no_title_of_the_page(tmp_path, heading):
    path = write(tmp_path, UNIT, YEARS, "I|Dự án 1|||", "|- Tập huấn|1|1|2", heading, YEARS,
                 "|- Tờ rơi|2|3|5", PLAIN[3])
    with pytest.raises(kgge.DataError, match="line 5: has neither number nor amounts.*Hỗ trợ"):
        kgge.read_annex(path)


TARGETS = ("TT|Chỉ tiêu|ĐVT|2021|2022", "1|Số vụ|vụ|30|20", "2|Câu lạc bộ|CLB|3|4")


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("kind", ["tsv", "docx", "xlsx", "sheets"])
def test_a_table_of_targets_beside_the_annex(tmp_path, kind, before):
    budget = [YEARS.replace("dung", "dung (triệu đồng)"), *PLAIN]
    tables = [[*TARGETS], budget][::1 if before else -1]
    cells = [[row.split("|") for row in rows] for rows in tables]
    if kind == "docx":
        path = write_docx(tmp_path / "a.docx", [], *cells)
    elif kind == "tsv":
        path = write(tmp_path, *tables[0], *tables[1])
    else:
        import openpyxl

        book, path = openpyxl.Workbook(), tmp_path / "a.xlsx"
        for at, rows in enumerate(cells):
            sheet = book.create_sheet() if at and kind == "sheets" else book.active
            for row in rows:
                sheet.append([int(t) if t.isdigit() else t or None for t in row])
        book.save(path)
    assert leaves(path) == {"I.1": [1, 1], "I.2": [2, 3]}
    notes = kgge.read_annex(path).attrs["notes"]
    assert any("is no annex and is not read" in note for note in notes) == (kind != "sheets")


def test_two_tables_that_look_like_annexes_are_refused(tmp_path):
    other = [row.replace("2021|2022", "2023|2024") for row in (YEARS, *PLAIN)]
    with pytest.raises(kgge.DataError, match="more than one table looks like an annex, at lines 2"):
        kgge.read_annex(write(tmp_path, UNIT, YEARS, *PLAIN, *other))


@pytest.mark.parametrize(("changed", "states_of"), [
    ({0: "I|Dự án 1|||7", 3: "|Tổng cộng|||7"}, {"agrees": 4, "not checkable": 6}),
    ({0: "I|Dự án 1|3|4|", 1: "1|Tập huấn|1|1|", 2: "2|Tờ rơi|2|3|"},
     {"agrees": 6, "not checkable": 4})])
def test_totals_that_a_kind_of_row_leaves_out_are_not_checkable(tmp_path, changed, states_of):
    rows = [changed.get(at, row) for at, row in enumerate(PLAIN)]
    path = write(tmp_path, UNIT, YEARS, *rows)
    assert leaves(path) == {"I.1": [1, 1], "I.2": [2, 3]} and states(path) == states_of
    wrong = [row.replace("2|3|", "2|4|", 1) for row in rows]
    wrong = [row.replace("2|4|5", "2|4|6") for row in wrong]
    assert "differs" in states(write(tmp_path, UNIT, YEARS, *wrong))


@pytest.mark.parametrize("number", ["1\u200b", "\ufeff1"])
def test_marks_that_are_not_seen(tmp_path, number):
    path = write(tmp_path, UNIT, YEARS, PLAIN[0], PLAIN[1].replace("|1|", f"|{number}|", 1),
                 *PLAIN[2:])
    assert leaves(path)["I.1"] == [1, 1]
    row = "1  900|1|1 901"
    assert leaves(write(tmp_path, UNIT, YEARS, f"I|A|{row}", f"|Tổng|{row}")) == {"I": [1900, 1]}


# The label is what stands in its column.

@pytest.mark.parametrize(("head", "rows", "labels"), [
    ("TT|Đơn vị|Nội dung|2021|2022", ("1|Sở LĐTBXH|Tập huấn|1|1", "2||Tờ rơi|2|3"),
     ["Tập huấn", "Tờ rơi"]),
    ("TT|Nhóm|Hoạt động|2021|2022", ("1|A|Tập huấn|1|1", "2|Nhóm B|Tờ rơi|2|3"),
     ["Tập huấn", "Tờ rơi"]),
    ("Mã|TT|Lĩnh vực|2021|2022", ("M01|1|Tập huấn|1|1", "M02|2|Tờ rơi|2|3"),
     ["Tập huấn", "Tờ rơi"]),
    ("TT|Dự án|Hoạt động|2021|2022", ("1|Dự án 1|Tập huấn|1|1", "2||Tờ rơi|2|3"),
     ["Dự án 1 Tập huấn", "Tờ rơi"]),
    ("TT|Nội dung|2021|2022", ("I|Dự án 1|3|4", "HĐ1|Tập huấn|1|1", "1a|Tờ rơi|2|3"),
     ["Dự án 1", "HĐ1 Tập huấn", "1a Tờ rơi"])])
def test_the_label_stands_in_its_column(tmp_path, head, rows, labels):
    gap = "|" * (head.count("|") - 2)
    path = write(tmp_path, UNIT, head, *rows, f"{gap}Tổng cộng|3|4")
    assert kgge.read_annex(path)["label"].unique().tolist() == [*labels, "Tổng cộng"]
    assert list(leaves(path).values()) == [[1, 1], [2, 3]]


@pytest.mark.parametrize("label", ["MÔ HÌNH 2", "Kiên Giang"])
def test_a_row_of_its_own_is_not_joined_to_the_label_above(tmp_path, label):
    rows = (PLAIN[0], "|- Tập huấn|1|1|2", f"|{label}|||", "|- Tờ rơi|2|3|5", PLAIN[3])
    with pytest.raises(kgge.DataError, match=f"line 5: has neither number nor amounts.*'{label}'"):
        kgge.read_annex(write(tmp_path, UNIT, YEARS, *rows))


SPLIT = ("|- NSTW|1|1|2", "|- NSĐP|2|3|5")  # a line by source, in rows below it
ABOVE = "I|Dự án 1|3|4|7"


@pytest.mark.parametrize("rows", [
    (ABOVE, *SPLIT, PLAIN[3]),
    (ABOVE, *SPLIT, PLAIN[3], *SPLIT),  # the grand total is split too
    (PLAIN[3], *SPLIT, ABOVE, *SPLIT),
    (ABOVE, "|NSTW|1|1|2", "|Vốn địa phương|2|3|5", PLAIN[3]),
    (ABOVE, "a)|NSTW|1|1|2", "b)|NSĐP|2|3|5", PLAIN[3]),
    (ABOVE, "|Trong đó:|||", *SPLIT, PLAIN[3]),
    (ABOVE, "|Trong đó: NSTW|1|1|2", "|NSĐP|2|3|5", PLAIN[3]),
    ("I|Dự án 1|||", *SPLIT, PLAIN[3]),
    ("I|Dự án 1|||", "|ngân sách trung ương|1|1|2", "|ngân sách địa phương|2|3|5", PLAIN[3])])
def test_sources_in_rows_below_a_line_are_those_of_its_amounts(tmp_path, rows):
    path = write(tmp_path, UNIT, YEARS, *rows)
    assert leaves(path) == {"I": [1, 2, 1, 3]} and "differs" not in states(path)
    annex = kgge.read_annex(path)
    one = annex.query("item == 'I' and year == 2022 and source == 'local'").iloc[0]
    line = next(n for n, row in enumerate(rows, 3) if "|2|3|5" in row and n > 3)
    if rows[0] == PLAIN[3]:
        line += 3
    assert (one["line"], one["column"], one["text"]) == (line, 4, "3")
    assert any("of the amounts in its row" in note for note in annex.attrs["notes"])


def test_a_source_that_no_row_names_is_zero_where_the_total_says_so(tmp_path):
    rows = ("I|Dự án 1|8|10|18", "1|Tập huấn|3|4|7", "|NSTW|3|4|7", "2|Tờ rơi|5|6|11",
            "|NSTW|3|3|6", "|NSĐP|2|3|5", "|Tổng cộng|8|10|18")
    path = write(tmp_path, UNIT, YEARS, *rows)
    assert leaves(path) == {"I.1": [3, 0, 4, 0], "I.2": [3, 2, 3, 3]}
    assert {(r["line"], r["rule"]) for r in kgge.read_annex(path).attrs["repairs"]} == {
        (4, "empty field")}
    only = ("I|Dự án 1|3|4|7", "1|Tập huấn|3|4|7", "|Ngân sách trung ương|3|4|7", PLAIN[3])
    assert leaves(write(tmp_path, UNIT, YEARS, *only)) == {"I.1": [3, 4]}


def test_a_wrong_amount_of_a_source_is_a_difference_of_its_line(tmp_path):
    rows = (*PLAIN[:2], "|NSTW|1|-|1", "|NSĐP|-|2|1", PLAIN[2], "|NSTW|1|1|2", "|NSĐP|1|2|3",
            PLAIN[3])
    ledger = kgge.reconcile(kgge.read_annex(write(tmp_path, UNIT, YEARS, *rows)))
    wrong = ledger[ledger["state"] == "differs"]
    assert set(wrong["item"]) == {"I.1"} and set(wrong["difference"]) == {-1}


@pytest.mark.parametrize("rows", [
    ("I|NGÂN SÁCH TRUNG ƯƠNG|1|1|2", "1|Tập huấn|1|1|2", "II|NGUỒN KHÁC|2|3|5"),  # of lines below
    (ABOVE, "1|NSTW|1|1|2", "2|NSĐP|2|3|5"),
    (ABOVE, "|Trong đó: NSTW|1|1|2"),  # and the rest?
    (ABOVE, "|- NSTW|1|1|2", "|- TW|2|3|5"),
    (ABOVE, "|- NSTW|1|1|2", "|- Vốn vay ODA|2|3|5"),
    (ABOVE, "|- NSTW|1|1|2", "|- NSĐP|2|2|4"),
    (*PLAIN[:2], PLAIN[2], *SPLIT)])  # a line without its sources
def test_lines_of_a_source_are_refused(tmp_path, rows):
    with pytest.raises(kgge.DataError, match="line [3456]: '.*' names a funding source in a row"):
        kgge.read_annex(write(tmp_path, UNIT, YEARS, *rows, PLAIN[3]))
    levels = (PLAIN[0], "|- Cấp tỉnh|1|1|2", "|- Cấp huyện|2|3|5", PLAIN[3])
    assert leaves(write(tmp_path, UNIT, YEARS, *levels)) == {"I.1": [1, 1], "I.2": [2, 3]}
    other = (PLAIN[0], "|- Cấp tỉnh|1|1|2", "|- Chi khác|2|3|5", PLAIN[3])
    assert leaves(write(tmp_path, UNIT, YEARS, *other)) == {"I.1": [1, 1], "I.2": [2, 3]}
    with pytest.raises(kgge.DataError, match="line 4: '- NSTW' names a funding source in a row"):
        kgge.read_annex(write(tmp_path, UNIT, YEARS, PLAIN[0], "-|NSTW|1|1|2", *other[2:]))


@pytest.mark.parametrize("rows", [
    (ABOVE, "|- Ngân sách nhà nước|1|1|2", "|- Xã hội hóa|2|3|5"),
    (ABOVE, "|- Ngân sách nhà nước|3|4|7", "|+ NSTW|1|1|2", "|+ NSĐP|2|3|5"),
    (ABOVE, "|- NSTW, NSĐP|1|1|2", "|- Nguồn khác|2|3|5")])
def test_a_row_of_a_source_that_is_not_known_is_no_line(tmp_path, rows):
    with pytest.raises(kgge.DataError, match="line 4: one funding source belongs here"):
        kgge.read_annex(write(tmp_path, UNIT, YEARS, *rows, PLAIN[3]))
    alone = (ABOVE, "|- Ngân sách nhà nước|3|4|7", PLAIN[3])
    assert leaves(write(tmp_path, UNIT, YEARS, *alone)) == {"I.1": [3, 4]}


@pytest.mark.parametrize("phase", ["2", "5"])
def test_totals_of_some_years_are_checked_by_source_in_rows_too(tmp_path, phase):
    head = "TT|Nội dung|2021|2022|2023|Giai đoạn 2021-2022|Tổng"
    rows = ("I|Dự án 1|3|4|1|7|8", f"|- NSTW|1|1|1|{phase}|3", "|- NSĐP|2|3|-|5|5",
            "|Tổng cộng|3|4|1|7|8")
    path = write(tmp_path, UNIT, head, *rows)
    if phase == "2":
        assert leaves(path) == {"I": [1, 2, 1, 3, 1, 0]}
    else:
        with pytest.raises(kgge.DataError, match="line 4, column 6: the total of 2021-2022"):
            kgge.read_annex(path)


def test_a_line_of_nothing_needs_no_sources_and_is_mended_once(tmp_path):
    rows = (ABOVE, *SPLIT, "II|Dự án 2|0|0|0", PLAIN[3])
    path = write(tmp_path, UNIT, YEARS, *rows)
    assert leaves(path) == {"I": [1, 2, 1, 3], "II": [0, 0, 0, 0]}
    told = [(r["line"], r["column"]) for r in kgge.read_annex(path).attrs["repairs"]]
    assert told == [(6, 3), (6, 4), (6, 5)]


def test_lines_of_a_source_are_one_fault_and_the_first(tmp_path):
    rows = ("I|Dự án 1|3|4|7", *SPLIT[:1], *SPLIT[:1], PLAIN[3], "|- NSTW|1|1|2")
    with pytest.raises(kgge.DataError, match=r"\):\n  line 4: '- NSTW' names a funding source in a "
                       r"row, and so do other rows \(2\); amounts stand in a column") as error:
        kgge.read_annex(write(tmp_path, UNIT, YEARS, *rows))
    assert str(error.value).count("names a funding source") == 1


def test_a_text_among_the_amounts_says_how_to_go_on(tmp_path):
    rows = (PLAIN[0], "1|Tập huấn|Lồng ghép|1|1", "2|Tờ rơi|3|3|6", PLAIN[3])
    path = write(tmp_path, UNIT, YEARS, *rows)
    with pytest.raises(kgge.DataError, match="line 4, column 3: .*'Lồng ghép'; a correction of thi"
                       "s field writes the number, or '-' for none"):
        kgge.read_annex(path)
    beside = tmp_path / "c.csv"
    beside.write_text("line,column,printed,corrected,reason\n4,3,Lồng ghép,-,no money of its own\n",
                      encoding="utf-8")
    assert leaves(path, beside) == {"I.1": [0, 1], "I.2": [3, 3]}


def test_the_column_without_a_place_is_named(tmp_path):
    path = write(tmp_path, UNIT, f"{YEARS}|Lũy kế", *(f"{row}|9" for row in PLAIN))
    with pytest.raises(kgge.DataError, match="4 amounts where 3 belong .*; column 6, 'Lũy kế', is "
                       r"none of amounts \(a correction heads it 'Số lượng'"):
        kgge.read_annex(path)


# The button for thousands of a Vietnamese Excel: with the room of a sign, without the sign.
COMMA = r'_-* #,##0\ _₫_-;\-* #,##0\ _₫_-;_-* "-"??\ _₫_-;_-@_-'


@pytest.mark.parametrize(("form", "unit", "good"), [
    ('#,##0 "triệu đồng"', "triệu đồng", True), ('#,##0 "đồng"', "triệu đồng", False),
    ('#,##0 "triệu đồng"', "nghìn đồng", False), ('#,##0 "VNĐ"', "triệu đồng", False),
    ('#,##0" đ"', "triệu đồng", False), ('#,##0 [$VND]', "triệu đồng", False),
    ('#,##0 "₫"', "triệu đồng", True), ("#,##0 [$₫-42A]", "triệu đồng", True),
    (COMMA, "triệu đồng", True), (COMMA, "nghìn đồng", True), (COMMA, "đồng", True)])
def test_a_number_format_that_names_another_unit_is_refused(tmp_path, form, unit, good):
    import openpyxl

    book, path = openpyxl.Workbook(), tmp_path / "a.xlsx"
    for row in (f"ĐVT: {unit}", YEARS, *PLAIN):
        book.active.append([int(t) if t.isdigit() else t or None for t in row.split("|")])
    book.active["C5"].number_format = form
    book.save(path)
    if good:
        times = {"đồng": 1e-6, "nghìn đồng": 1e-3}.get(unit, 1)
        assert leaves(path)["I.2"] == pytest.approx([2 * times, 3 * times])
        note = "cells show ₫, as in line 5; their amounts are read in triệu đồng"
        assert (note in kgge.read_annex(path).attrs["notes"]) == ("₫" in form and form != COMMA)
    else:
        with pytest.raises(kgge.DataError, match="line 5, column 3: .*shows an amount in '"):
            kgge.read_annex(path)
