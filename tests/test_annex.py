"""The annex of the plan and annexes of its form: what is read, mended, refused."""

import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from annexes import HEADER_SOURCES, ROMAN, Line, header_of, rows_of, write_text, write_xlsx
from hypothesis import given, settings
from hypothesis import strategies as st

import kgge
from kgge.annex.fields import quote
from kgge.annex.read import find_annex

# The plan's annex, typed by hand from the scan: item, printed row total in million dong.
ROW_TOTALS = {
    "I": 1900, "I.1": 400, "I.2": 350, "I.3": 500, "I.4": 300, "I.5": 350,
    "II": 1150, "II.1": 650, "II.2": 500,
    "III": 1350, "III.1": 150, "III.2": 500, "III.3": 300, "III.4": 400,
    "IV": 2200, "IV.1": 1200, "IV.1.1": 300, "IV.1.2": 300, "IV.1.3": 300, "IV.1.4": 300,
    "IV.2": 1000, "IV.2.1": 500, "IV.2.2": 500, "total": 6600,
}
TOTAL_ROW = [790, 550, 840, 550, 690, 450, 840, 550, 790, 550]
ANNEX = find_annex()
LINES = ANNEX.read_text(encoding="utf-8").split("\n")


@pytest.fixture(scope="module")
def annex():
    return kgge.read_annex()


def changed(folder: Path, line: int, old: str, new: str, corrections: bool = True) -> Path:
    """Copy the plan's annex with one line changed, and its corrections."""
    lines = list(LINES)
    assert old in lines[line - 1], "the test changes what is not there"
    lines[line - 1] = lines[line - 1].replace(old, new, 1)
    path = folder / "annex.tsv"
    path.write_text("\n".join(lines), encoding="utf-8")
    if corrections:
        beside = ANNEX.with_name(ANNEX.stem + ".corrections.csv")
        (folder / "annex.corrections.csv").write_bytes(beside.read_bytes())
    return path


def test_every_printed_amount_is_read(annex):
    assert len(annex) == 24 * 11
    totals = annex[annex["year"].isna()].set_index("item")["amount"]
    assert totals.to_dict() == ROW_TOTALS
    assert annex[annex["item"] == "total"]["amount"].tolist() == [*TOTAL_ROW, 6600]
    assert annex["leaf"].groupby(annex["item"]).first().sum() == 17


def test_tree_and_labels(annex):
    items = annex.drop_duplicates("item").set_index("item")
    assert items.loc["IV.2.2", ["parent", "level"]].tolist() == ["IV.2", 3]
    assert items.loc["III.4", ["parent", "level"]].tolist() == ["III", 2]
    assert pd.isna(items.loc["I", "parent"]) and items.loc["total", "level"] == 0
    assert items.loc["IV.1.2", "label"].endswith("đang hoạt động tốt trong cộng đồng")
    assert items.loc["IV.1", "label"].startswith("Mô hình 1: Mô hình về ngăn ngừa")
    assert not items["label"].str.contains(r"[<>*]|^[-+ ]").any()


def test_every_amount_knows_its_cell(annex):
    for row in annex.itertuples():
        assert LINES[row.line - 1].split("\t")[row.column - 1] == row.text
        assert row.amount == (0 if row.text == "-" else float(row.text.replace(",", "")))
    assert not annex.duplicated(["line", "column"]).any()


def test_repairs_are_logged(annex):
    rules = [(r["line"], r["rule"]) for r in annex.attrs["repairs"]]
    assert rules == [(32, "joined label"), (38, "undone shift"), (38, "correction"),
                     (39, "undone shift")]
    joined, shift, corrected, _ = annex.attrs["repairs"]
    assert joined["printed"] == "đồng" and joined["corrected"].endswith("trong cộng đồng")
    assert shift["reason"].endswith(" / amounts begin in column 2, the header's in 3")
    assert (corrected["column"], corrected["printed"], corrected["corrected"]) == (12, "50", "")


def test_without_the_correction_reading_stops(tmp_path):
    path = changed(tmp_path, 38, "Xây dựng", "Xây dựng", corrections=False)
    with pytest.raises(kgge.DataError, match=r"line 38: 12 amounts where 11 belong.*Xây dựng"):
        kgge.read_annex(path)


def test_a_correction_must_meet_its_text(tmp_path):
    path = changed(tmp_path, 38, "\t50\t500", "\t51\t500")
    with pytest.raises(kgge.DataError, match=r"line 38, column 12 should read '50'.*'51'"):
        kgge.read_annex(path)


@pytest.mark.parametrize(("content", "message"), [
    ("line,column,printed\n1,1,x\n", "the column corrected, reason is missing"),
    ("line,column,printed,corrected,reason\nx,1,a,b,c\n", "row 2: line and column are whole"),
    ("line,column,printed,corrected,reason\n1,x,a,b,c\n", "row 2: line and column are whole"),
    ("line,column,printed,corrected,reason\n999,1,a,b,c\n", "there stands no such field"),
    ("line,column,printed,corrected,reason\n38,12,50,, \n", "row 2: a correction needs its reason"),
])
def test_faulty_corrections(tmp_path, content, message):
    path = tmp_path / "corrections.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(kgge.DataError, match=message):
        kgge.read_annex(ANNEX, path)


FAULTS = {
    "too few amounts": (12, "\t50\t30\t400", "\t50\t400", r"line 12: 10 amounts where 11 belong"),
    "too many amounts": (12, "\t400", "\t30\t400", r"line 12: 12 amounts where 11 belong"),
    "an empty field": (12, "\t30\t400", "\t\t400", r"line 12, column 12: an amount belongs.*empty"),
    "no row total": (12, "\t400", "\t", r"line 12, column 13: the total belongs here.*empty"),
    "text for an amount": (12, "\t30\t400", "\tba mươi\t400", r"column 12.*there stands 'ba mươi'"),
    "a negative amount": (12, "\t30\t400", "\t-30\t400", r"line 12, column 12.*'-30'"),
    "an error value": (12, "\t30\t400", "\t#REF!\t400", r"line 12, column 12.*'#REF!'"),
    "an unknown source": (10, "KP địa phương", "KP quốc tế",
                          r"line 10: unknown funding source 'KP quốc tế'; known.*địa phương"),
    "a source twice": (10, "KP địa phương", "KP Trung ương",
                       r"line 10: 'KP Trung ương' stands twice under 2016"),
    "a year twice": (9, "2017", "2016", r"line 9: the year 2016 stands twice"),
    "no column of totals": (8, "Tổng cộng", "", r"no column of totals"),
    "no grand total": (39, "Tổng cộng: I+II+III+IV", "Dự phòng",
                       r"one row of grand totals.*found at line none; if line 39, 'Dự phòng"),
    "two grand totals": (36, "Tổ chức các buổi", "Tổng cộng: các buổi",
                         r"found at line 36, 39"),
    "a number out of order": (17, "II\t", "III\t", r"line 17: number 'III' stands where number 2"),
    "a number twice": (23, "2\t", "1\t", r"line 23: number '1' stands where number 2"),
    "no project above": (11, "I\tDự án", "\tDự án", r"line 11: stands under no project"),
    "no label": (12, "-Tập huấn cán bộ truyền thông.", "", r"line 12: no label before '50'"),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_faults_name_line_and_text(tmp_path, kind):
    line, old, new, message = FAULTS[kind]
    with pytest.raises(kgge.DataError, match=message):
        kgge.read_annex(changed(tmp_path, line, old, new))


def test_all_faults_are_named_at_once(tmp_path):
    path = changed(tmp_path, 12, "\t30\t400", "\tx\t400")
    path.write_text(path.read_text(encoding="utf-8").replace("\t30\t30\t300", "\t30\t?\t300"),
                    encoding="utf-8")
    with pytest.raises(kgge.DataError) as caught:
        kgge.read_annex(path)
    assert len(re.findall(r"an amount belongs here", str(caught.value))) > 3


@pytest.mark.parametrize(("name", "content", "message"), [
    ("annex.tsv", b"", "the file is empty"),
    ("annex.tsv", b"\n \t \n", "the file is empty"),
    ("annex.tsv", "Kế hoạch\n".encode(), r"no header: a row of years.*; line 1 reads 'Kế hoạch'"),
    ("annex.tsv", "\nKinh phí\t2021\n".encode(), "no header: .*; line 2 reads 'Kinh phí'"),
    ("annex.tsv", "ab\nKế hoạch\n".encode("utf-16"), "line 1 is not UTF-8"),
    ("annex.tsv", "a\nTổng".encode("cp1258", "replace") + b"\xd5", "line 2 is not UTF-8"),
    ("annex.xlsx", b"PK not a workbook", "not a readable .xlsx workbook"),
    ("annex.csv", b"a,b", r"no header: a row of years"),
    ("annex.csv", b'"a,b', r"the quotes do not close"),
    ("annex.docx", b"PK no document", r"not a readable .docx document"),
    ("annex.pdf", b"%PDF", r"an annex is one of .docx, .xlsx, .tsv, .txt, .csv"),
])
def test_files_that_are_no_annex(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(kgge.DataError, match=message):
        kgge.read_annex(path)


@pytest.mark.parametrize(("old", "new", "message"), [
    (b"</sheetData>", b" " * 25_000_000 + b"</sheetData>", "too_big, 25 MB"),
    (b"</sheetData>", b'<row r="9999"><c r="A9999"><v>1</v></c></row></sheetData>', "A9999"),
    (b"<worksheet", b"<!DOCTYPE worksheet [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><worksheet",
     "unreadable"),
])
def test_a_workbook_that_would_fill_the_memory_is_refused(tmp_path, old, new, message):
    rows = header_of([2021], ["central"]) + rows_of([Line("Dự án", [7])], ",")
    path, bad = write_xlsx(tmp_path / "annex.xlsx", rows, 1), tmp_path / "bad.xlsx"
    assert len(kgge.read_annex(path)) == 4
    with zipfile.ZipFile(path) as good, zipfile.ZipFile(bad, "w", zipfile.ZIP_DEFLATED) as out:
        for name in good.namelist():
            content = good.read(name)
            if name.endswith("sheet1.xml"):
                content = content.replace(old, new, 1).replace(
                    b"<t>", b"<t>&x;" if b"ENTITY" in new else b"<t>", 1)
            out.writestr(name, content)
    with pytest.raises(kgge.DataError, match=f"not a readable .xlsx workbook .*{message}"):
        kgge.read_annex(bad)


def test_a_missing_file(tmp_path):
    with pytest.raises(kgge.DataError, match="no such file"):
        kgge.read_annex(tmp_path / "annex.tsv")


@st.composite
def annexes(draw):
    years = draw(st.lists(st.integers(1999, 2045), min_size=1, max_size=6, unique=True))
    sources = draw(st.sampled_from([["central", "local"], ["local", "central"],
                                    ["central", "local", "other"]]))
    # The first, below 1,000, tells in a sum what the marks of the others mean.
    others = st.lists(st.integers(0, 2_500_000), min_size=len(years) * len(sources) - 1,
                      max_size=len(years) * len(sources) - 1)
    amounts = st.builds(lambda one, more: [one, *more], st.integers(1, 999), others)
    leaf = st.builds(Line, st.sampled_from(["Tập huấn", "Hội thảo, tọa đàm", "số hóa"]), amounts)
    model = st.builds(lambda b: Line("Mô hình", below=b), st.lists(leaf, min_size=1, max_size=3))
    flat = st.lists(leaf, min_size=1, max_size=4)
    nested = st.lists(st.one_of(leaf, model), min_size=1, max_size=3)
    projects = draw(st.lists(st.builds(lambda b: Line("Dự án", below=b), st.one_of(flat, nested)),
                             min_size=1, max_size=5))
    return years, sources, projects


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(made=annexes(), mark=st.sampled_from([",", ".", " ", "\u00a0", ""]), data=st.data())
def test_other_annexes_of_the_form_are_read(tmp_path_factory, made, mark, data):
    """Other years, sources, trees and thousands marks; rows shifted, labels split over two."""
    years, sources, projects = made
    rows = rows_of(projects, mark)
    expected = [row[2:] for row in rows]
    for at in data.draw(st.sets(st.integers(0, len(rows) - 1), max_size=3)):
        if not rows[at][0]:
            rows[at] = [*rows[at][1:], ""]  # shifted one column to the left
    split = data.draw(st.integers(0, len(rows) - 2))
    if not rows[split][0] and rows[split][-1]:
        rows.insert(split + 1, ["", "cộng đồng", *[""] * (len(rows[split]) - 2)])
        rows.insert(split + 1, [])
    path = tmp_path_factory.mktemp("annex") / "annex.tsv"
    annex = kgge.read_annex(write_text(path, [["Kế hoạch"], *header_of(years, sources), *rows]))
    assert annex["text"].tolist() == [text for row in expected for text in row]
    assert annex.loc[annex["year"].notna(), "year"].unique().tolist() == years
    assert annex.loc[annex["source"].notna(), "source"].unique().tolist() == sources
    assert (kgge.reconcile(annex)["state"] == "agrees").all()
    leaves = [c for p in projects for line in p.below for c in (line.below or [line])]
    assert annex.loc[annex["leaf"] & annex["year"].notna(), "amount"].tolist() == [
        a for leaf in leaves for a in leaf.amounts]
    nested = any(line.below for project in projects for line in project.below)
    assert annex["level"].max() == (3 if nested else 2)


def _beside(rows, mark):
    """Put what names a source into a column; where a line has no amounts, its first source's."""
    out = []
    for number, label, *amounts in rows:
        if not label.startswith(mark):
            out.append([number, label, "", *amounts])
        elif not any(out[-1][2:]):
            out[-1][2:] = [label.removeprefix(mark), *amounts]
        else:
            out.append(["", "", label.removeprefix(mark), *amounts])
    return out


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(made=annexes(), begin=st.sampled_from(["- ", "", "+ Vốn ", "Trong đó: ", "beside"]),
       whole=st.booleans(), own=st.booleans(), total=st.booleans())
def test_sources_in_rows_are_read_as_those_in_columns(tmp_path_factory, made, begin, whole, own,
                                                      total):
    """The same annex with a row for each source below each line; its totals printed or not.

    Or beside it: then the row of the line itself is that of the first source.
    """
    years, sources, projects = made
    rows, down = rows_of(projects, ""), []
    folder = tmp_path_factory.mktemp("annex")
    across = kgge.read_annex(write_text(folder / "across.tsv", header_of(years, sources) + rows))
    for number, label, *amounts in rows:
        by = {source: amounts[at:-1:len(sources)] for at, source in enumerate(sources)}
        sums = [str(sum(int(a.replace("-", "0")) for a in of)) for of in zip(
            *by.values(), strict=True)]
        last = [amounts[-1]] if whole else []
        split = label != "Tổng cộng" or total
        down.append([number, label, *(sums + last if own or label == "Tổng cộng" else [""] * len(
            sums + last))])
        for source, of in by.items() if split else ():
            of = [*of, str(sum(int(a.replace("-", "0")) for a in of))]
            down.append(["", begin + HEADER_SOURCES[source], *of[:len(sums + last)]])
    head = ["Số TT", "Nội dung (triệu đồng)", *map(str, years), *["Tổng cộng"] * whole]
    if begin == "beside":
        head, down = [*head[:2], "Nguồn", *head[2:]], _beside(down, begin)
    annex = kgge.read_annex(write_text(folder / "down.tsv", [head, *down]))
    keys, cells = ["item", "year", "source"], ["amount", "label", "level", "leaf", "parent"]
    assert annex[annex["leaf"]].dropna(subset=keys).set_index(keys)[cells].sort_index().equals(
        across[across["leaf"]].dropna(subset=keys).set_index(keys)[cells].sort_index())
    assert "differs" not in set(kgge.reconcile(annex)["state"])


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(made=annexes())
def test_workbooks_with_merged_headers_are_read(tmp_path_factory, made):
    years, sources, projects = made
    rows = [*header_of(years, sources), *rows_of(projects, ",")]
    folder = tmp_path_factory.mktemp("annex")
    text = kgge.read_annex(write_text(folder / "a.tsv", rows))
    book = kgge.read_annex(write_xlsx(folder / "b.xlsx", rows, len(sources)))
    same = ["item", "parent", "level", "leaf", "label", "year", "source", "amount", "column"]
    pd.testing.assert_frame_equal(text[same], book[same])
    assert (book["line"] == text["line"] + 1).all()  # the title above the header


@pytest.mark.parametrize(("numbers", "items"), [
    (["A.", "1", "1.1", "1.2", "2", "B.", "1"],
     ["A", "A.1", "A.1.1", "A.1.2", "A.2", "B", "B.1"]),
    (["I", "-", "+", "+", "-", "II", "-"],
     ["I", "I.1", "I.1.1", "I.1.2", "I.2", "II", "II.1"]),
    (["1", "a)", "b)", "2", "a)", "b)", "c)"],
     ["1", "1.1", "1.2", "2", "2.1", "2.2", "2.3"]),
    (["I", "1", "-", "", "-", "2", ""], ["I", "I.1", "I.1.1", "I.1.2", "I.1.3", "I.2", "I.2.1"]),
])
def test_other_outlines(tmp_path, numbers, items):
    rows = [["", f"{n} Dòng", "1", "1", "2"] if n in ("-", "+", "") else [n, "Dòng", "1", "1", "2"]
            for n in numbers]
    rows.append(["", "Tổng cộng", "1", "1", "2"])
    path = write_text(tmp_path / "a.txt", [*header_of([2021], ["central", "local"]), *rows])
    assert kgge.read_annex(path)["item"].drop_duplicates().tolist() == [*items, "total"]


def test_headings_without_amounts_are_not_checkable(tmp_path):
    rows = [["I", "Dự án", "", "", ""], ["", "- Dòng", "1", "2", "3"],
            ["", "Tổng cộng", "1", "2", "3"], ["", "Người lập biểu", "", "", ""]]
    path = write_text(tmp_path / "a.txt", [*header_of([2021], ["central", "local"]), *rows])
    ledger = kgge.reconcile(kgge.read_annex(path))
    assert ledger.groupby("state").size().to_dict() == {"agrees": 5, "not checkable": 4}
    assert kgge.read_annex(path)["label"].iloc[-1] == "Tổng cộng", "not joined with the signature"


def test_grand_total_may_stand_first(tmp_path):
    rows = [["", "TỔNG SỐ", "1", "2", "3"], ["I", "Dự án", "1", "2", "3"],
            ["", "- Tổng kết chương trình", "1", "2", "3"]]
    path = write_text(tmp_path / "a.txt", [*header_of([2021], ["central", "local"]), *rows])
    annex = kgge.read_annex(path)
    assert annex["item"].drop_duplicates().tolist() == ["total", "I", "I.1"]
    assert (kgge.reconcile(annex)["state"] == "agrees").all()


def small(folder, *rows, total="Tổng cộng", above=()):
    """Write an annex of these rows below its header, which ends on line 3; a total ends it."""
    end = [["", total, "9", "9", "9"]] if total else []
    return write_text(folder / "annex.tsv", [
        *above, *header_of([2021], ["central", "local"]), *map(list, rows), *end])


def items_of(path):
    return kgge.read_annex(path)["item"].drop_duplicates().tolist()


PROJECT = ("I", "Dự án", "1", "1", "2")


@pytest.mark.parametrize("rows", [
    [["", "Người lập biểu", "", "", ""]], [["", "NGƯỜI LẬP BIỂU", "CHỦ TỊCH", "", ""]],
    [["Người lập biểu", "", "", "Chủ tịch", ""], ["", "(Ký tên)", "(Ký, đóng dấu)", "", ""]]])
def test_signatures_below_the_grand_total_are_passed_over(tmp_path, rows):
    made = [PROJECT, ("", "Tổng cộng", "1", "1", "2"), *rows]
    annex = kgge.read_annex(small(tmp_path, *made, total=""))
    assert annex["label"].unique().tolist() == ["Dự án", "Tổng cộng"]


def test_a_heading_below_totals_that_stand_first_is_kept(tmp_path):
    made = [("", "Tổng cộng", "1", "1", "2"), ("I", "Dự án", "", "", ""),
            ("", "- Dòng", "1", "1", "2")]
    assert items_of(small(tmp_path, *made, total="")) == ["total", "I", "I.1"]


@pytest.mark.parametrize(("unit", "in_header"), [
    ("USD", "Nội dung"), ("nghìn USD", "Nội dung"), ("Nghìn đồng", "Nội dung (triệu đồng)"),
    ("đồng", "Nội dung (nghìn đồng)"), ("$", "Nội dung (triệu đồng)")])
def test_another_currency_or_two_units_are_refused(tmp_path, unit, in_header):
    path = small(tmp_path, PROJECT, above=[["", f"(Đơn vị tính: {unit})"]])
    path.write_text(path.read_text(encoding="utf-8").replace("Nội dung (triệu đồng)", in_header),
                    encoding="utf-8")
    with pytest.raises(kgge.DataError, match=r"amounts are in '.*\(line [12]\)"):
        kgge.read_annex(path)


@pytest.mark.parametrize("unit", [
    "Đơn vị tính: Triệu đồng", "ĐVT: triệu  đồng.", "(Đơn vị: triệu VNĐ)", "Unit: million dong",
    "Đơn vị: Sở Lao động"])
def test_ways_of_naming_the_unit(tmp_path, unit):
    assert items_of(small(tmp_path, PROJECT, above=[["", unit]])) == ["I", "total"]


def test_a_row_without_label_is_one_fault(tmp_path):
    path = small(tmp_path, PROJECT, ("", "12", "1", "2"))
    with pytest.raises(kgge.DataError, match="line 5: no label before '12'") as error:
        kgge.read_annex(path)
    assert str(error.value).count("\n") == 1


def test_a_header_without_rows_lacks_its_totals(tmp_path):
    with pytest.raises(kgge.DataError, match="one row of grand totals"):
        kgge.read_annex(small(tmp_path, total=""))


def test_a_row_that_cannot_be_read_is_the_only_fault_named(tmp_path):
    """Rows after one left out would seem to be numbered wrongly."""
    path = small(tmp_path, PROJECT, ("II", "Dự án 2", "1", "2"), ("III", "Dự án 3", "1", "1", "2"))
    with pytest.raises(kgge.DataError) as error:
        kgge.read_annex(path)
    assert str(error.value).count("\n") == 1 and "line 5: 2 amounts where 3 belong (2 and" in str(
        error.value)


@pytest.mark.parametrize(("printed", "amount"), [
    ("–", 0), ("—", 0), ("12,5", 12.5), ("12.25", 12.25), ("1.900,5", 1900.5),
    ("1,900.25", 1900.25), ("1 900,5", 1900.5), ("1.234.567", 1234567), (" 7 ", 7),
    ("1.900.5", None), ("1900,555", 1900.555), ("1.90", 1.9), ("12,", None), (",5", None),
    ("1.900,", None)])
def test_ways_of_printing_an_amount(tmp_path, printed, amount):
    path = small(tmp_path, PROJECT, ("", "- Dòng", printed, "1", "2"))
    if amount is None:
        with pytest.raises(kgge.DataError, match="line 5, column 3: an amount belongs here"):
            kgge.read_annex(path)
        return
    cell = kgge.read_annex(path).query("item == 'I.1'").iloc[0]
    assert (cell["amount"], cell["text"]) == (amount, printed)


@pytest.mark.parametrize("label", ["Cộng", "Tổng", "Tổng: I+II", "Tổng (I+II)", "TOTAL", "Tổng số"])
def test_ways_of_naming_the_grand_total(tmp_path, label):
    assert items_of(small(tmp_path, PROJECT, total=label)) == ["I", "total"]


def test_outlines_of_more_than_ten(tmp_path):
    projects = [(n, "Dự án", "1", "1", "2") for n in ROMAN]
    assert items_of(small(tmp_path, *projects)) == [*ROMAN, "total"]
    lines = [(f"{n}", "Dòng", "1", "1", "2") for n in range(1, 12)]
    assert items_of(small(tmp_path, PROJECT, *lines))[-2] == "I.11"
    dotted = [(f"11.{n})", "Dòng", "1", "1", "2") for n in range(1, 12)]
    assert items_of(small(tmp_path, PROJECT, *lines, *dotted))[-2] == "I.11.11"


@pytest.mark.parametrize(("numbers", "expected"), [
    (["A", "a", "b", "B"], ["A", "A.1", "A.2", "B"]), (["I)", "II)"], ["I", "II"]),
    (["1.", "1.1", "1.2.", "2."], ["1", "1.1", "1.2", "2"]),
    (["A", *"abcdđeg"], ["A", *(f"A.{n}" for n in range(1, 8))]),
    ([*"ABCDEFGHIJKLMNOPQRSTUVWXYZ"], [*"ABCDEFGHIJKLMNOPQRSTUVWXYZ"]),
    ([*"ABCDĐEGHIKLMNOPQRSTUVXY"], [*"ABCDĐEGHIKLMNOPQRSTUVXY"]),
    (["A", "I", "II", "B", "I", "C", *ROMAN],
     ["A", "A.1", "A.2", "B", "B.1", "C", *(f"C.{n}" for n in range(1, 13))])])
def test_numbers_stand_with_and_without_a_dot(tmp_path, numbers, expected):
    path = small(tmp_path, *((n, "Dòng", "1", "1", "2") for n in numbers))
    assert items_of(path) == [*expected, "total"]


def test_dashes_of_any_length_are_one_bullet_and_only_the_first_is_taken(tmp_path):
    labels = ["- Tập huấn - đợt 1", "– Tập huấn – đợt 2", "— <i> Tập huấn</i>", "-<b> x </b>"]
    path = small(tmp_path, PROJECT, *(("", label, "1", "1", "2") for label in labels))
    rows = kgge.read_annex(path).drop_duplicates("item").set_index("item")["label"]
    assert rows.to_dict() == {
        "I": "Dự án", "I.1": "Tập huấn - đợt 1", "I.2": "Tập huấn – đợt 2", "I.3": "Tập huấn",
        "I.4": "x", "total": "Tổng cộng"}


def test_header_years_and_sources_may_be_worded_otherwise(tmp_path):
    path = small(tmp_path, PROJECT, above=[["Giai đoạn"], ["", "2021-2025"]])
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("\t2021\t", "\tNăm  2021\t")
                    .replace("KP Trung ương", "KP TRUNG ƯƠNG"), encoding="utf-8")
    cells = kgge.read_annex(path).query("item == 'I'")
    assert cells["year"].tolist()[:2] == [2021, 2021]
    assert cells["source"].tolist()[:2] == ["central", "local"]


def test_a_row_of_column_numbers_is_passed_over(tmp_path):
    numbers = ["(1)", "(2)", "(3)", "(4)", "(5)"]
    assert items_of(small(tmp_path, numbers, PROJECT)) == ["I", "total"]
    for wrong in (["", "", "5", "5", "10"], ["", "", "", "3", "4"], ["", "", "1", "2", "100"]):
        with pytest.raises(kgge.DataError, match="line 4: no label before"):
            kgge.read_annex(small(tmp_path, wrong, PROJECT))
    with pytest.raises(kgge.DataError, match="line 5: no label before"):
        kgge.read_annex(small(tmp_path, PROJECT, numbers))


def test_amounts_shifted_to_the_right_are_read(tmp_path):
    path = small(tmp_path, PROJECT, ("", "- Dòng", "", "3", "4", "7"))
    annex = kgge.read_annex(path)
    assert annex.query("item == 'I.1'")[["amount", "column"]].values.tolist() == [
        [3, 4], [4, 5], [7, 6]]
    with pytest.raises(kgge.DataError, match="line 5, column 3: an amount .* the field is empty"):
        kgge.read_annex(small(tmp_path, PROJECT, ("", "- Dòng", "", "4", "7")))


def test_a_plain_row_below_a_heading_is_a_row_of_its_own(tmp_path):
    """Only a row that begins with a small letter continues the label above it."""
    path = small(tmp_path, ("I", "Dự án"), ("", "Tập huấn", "1", "1", "2"))
    annex = kgge.read_annex(path)
    assert annex["label"].unique().tolist() == ["Dự án", "Tập huấn", "Tổng cộng"]
    heading = annex.query("item == 'I'")
    assert heading[["amount", "column"]].isna().all(axis=None) and (heading["text"] == "").all()
    joined = kgge.read_annex(small(tmp_path, ("I", "Dự án"), ("", "tập huấn", "1", "1", "2")))
    assert joined["label"].unique().tolist() == ["Dự án tập huấn", "Tổng cộng"]
    (repair,) = joined.attrs["repairs"]
    assert (repair["line"], repair["printed"], repair["corrected"]) == (
        5, "tập huấn", "Dự án tập huấn")
    with pytest.raises(kgge.DataError, match="line 4: stands under no project: 'tập huấn'"):
        kgge.read_annex(small(tmp_path, ("", "tập huấn", "1", "1", "2"), PROJECT))


def test_rows_that_are_no_lines(tmp_path):
    with pytest.raises(kgge.DataError, match="line 5: no label before '2'"):
        kgge.read_annex(small(tmp_path, PROJECT, ("2",)))  # a page number
    rows = [PROJECT, ("", "Tổng cộng", "1", "1", "2"), ("II", *PROJECT[1:])]
    with pytest.raises(kgge.DataError, match="one row of grand totals .* found at line 5"):
        kgge.read_annex(small(tmp_path, *rows, total=""))
    with pytest.raises(kgge.DataError, match="line 5: 2 amounts where 3 belong"):
        kgge.read_annex(small(tmp_path, PROJECT, ("", "- Dòng", "", "2")))


def test_a_header_without_any_source_is_refused(tmp_path):
    path = small(tmp_path, PROJECT)
    path.write_text(path.read_text(encoding="utf-8").replace("KP Trung ương", "Tổng số")
                    .replace("KP địa phương", "Cộng"), encoding="utf-8")
    with pytest.raises(kgge.DataError, match="no funding source stands under the year 2021"):
        kgge.read_annex(path)


def test_exactly_one_annex_belongs_in_the_data(data):
    (data / "raw" / "annex.md").write_text("no annex")
    one = find_annex()
    other = one.with_name("an annex.TXT")
    other.write_bytes(one.read_bytes())
    with pytest.raises(kgge.DataError, match=f"found {re.escape(one.name)}, an annex.TXT"):
        find_annex()
    other.unlink()
    one.unlink()
    with pytest.raises(kgge.DataError, match="found none"):
        find_annex()


# The file itself.

def test_line_ends_of_any_system_count_alike(tmp_path):
    path = small(tmp_path, PROJECT, ("", "- Dòng", "1", "1", "2"))
    text, plain = path.read_text(encoding="utf-8"), kgge.read_annex(path)
    for name, end in (("annex.TXT", "\r\n"), ("annex.TSV", "\r")):
        path = tmp_path / name
        path.write_bytes(text.replace("\n", end).encode("utf-8-sig"))
        pd.testing.assert_frame_equal(kgge.read_annex(path), plain)


def test_a_workbook_is_read_as_it_shows(tmp_path):
    """Results of formulas, labels over two lines, the sheet that has the years."""
    import xlsxwriter

    path = tmp_path / "annex.XLSX"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Bìa").write("A1", "2021-2025")
        sheet = book.add_worksheet("Phụ lục")
        for at, row in enumerate(header_of([2021], ["central", "local"])):
            sheet.write_row(at, 0, row)
        sheet.write_row(3, 0, ["I", "Dự án\n1", 1.5, 2])
        sheet.write_formula("E4", "=C4+D4", None, 3.5)
        sheet.write_row(4, 1, ["Tổng cộng", 1.5, 2.0, 3.5])
        book.add_worksheet("Ghi chú").write("A1", "2021")
    annex = kgge.read_annex(path)
    assert annex["label"].unique().tolist() == ["Dự án 1", "Tổng cộng"]
    assert annex["amount"].tolist() == [1.5, 2, 3.5] * 2
    assert annex["text"].tolist() == ["1.5", "2", "3.5"] * 2


def test_a_correction_may_replace_and_may_empty_a_line(tmp_path):
    path = small(tmp_path, ("x",), PROJECT, ("", "- Dòng", "1l", " 1 ", "2"))
    beside = tmp_path / "annex.corrections.csv"
    beside.write_text("line,column,printed,corrected,reason\n6,3, 1l , 1 ,typed wrong\n"
                      "4,1,x,,a stray letter\n", encoding="utf-8")
    annex = kgge.read_annex(path)
    assert annex.query("item == 'I.1'")[["amount", "text"]].values.tolist() == [
        [1, "1l"], [1, " 1 "], [2, "2"]]
    assert annex.attrs["repairs"] == [
        {"line": 4, "column": 1, "rule": "correction", "printed": "x", "corrected": "",
         "reason": "a stray letter"},
        {"line": 6, "column": 3, "rule": "correction", "printed": "1l", "corrected": "1",
         "reason": "typed wrong"}]


def test_long_texts_are_cut_in_messages():
    assert quote("a" * 60) == repr("a" * 60) and quote("a" * 61) == repr("a" * 57 + "...")


def test_a_heading_with_nothing_below_it_is_refused(tmp_path):
    path = small(tmp_path, PROJECT, ("II", "Dự án 2", "", "", ""), ("III", *PROJECT[1:]))
    with pytest.raises(kgge.DataError, match="line 5: neither amounts nor lines.*'Dự án 2'"):
        kgge.read_annex(path)
