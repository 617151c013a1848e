"""Figures that are read well and hard to believe, cells that show otherwise than they hold."""

import base64
import io
import re
import zipfile
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from forms import form
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.formatting.rule import DataBarRule, Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.colors import Color
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat

from kgge import quality
from kgge.files import data_folder
from kgge.returns.collect import read_returns
from kgge.returns.template import write_template

PERSONS, MONEY = "Chỉ tiêu", "Kinh phí"


def values(year, unit="rach-gia", **changes):
    asked, out = form(), {}
    for at, (code, (indicator, *_)) in enumerate(asked.asked("indicators", unit).items()):
        more = 0 if unit == "rach-gia" else 7
        people = asked.residents[unit] // 2 if indicator == asked.census else 1000 + at + more
        reached = 100 + at + more + 10 * (year - 2016)
        out |= {(code, "eligible"): people, (code, "reached"): reached,
                (code, "attendances"): reached + 50}
    return out | {(code, "amount"): 5.5 for code in asked.money}


@cache
def sound(_, year, unit):
    """A return as it is sent, written once."""
    with TemporaryDirectory() as folder:
        write_template(unit, year, path := Path(folder) / "a.xlsx", form=form(),
                       values=values(year, unit))
        return path.read_bytes()


def send(folder, year, unit="rach-gia", edit=None, **how):
    path = folder / f"{unit}-{year}.xlsx"
    if how:
        write_template(unit, year, path, **({"form": form(), "values": values(year, unit)} | how))
    else:
        path.write_bytes(sound(data_folder(), year, unit))
    if edit:
        book = openpyxl.load_workbook(path, rich_text=True)
        edit(book)
        book.save(path)
    return path


def found(folder, file="rach-gia-2017.xlsx"):
    out = read_returns(folder, form())
    cells = out.reporting.attrs["cells"]
    assert cells["accepted"] + cells["rejected"] == cells["submitted"]
    rows = out.problems[(out.problems["file"] == file) & (out.problems["code"] != "no_date")]
    rows = rows.astype(object).where(rows.notna(), None)
    return out, set(rows[["sheet", "cell", "code"]].itertuples(index=False, name=None))


def put(cell, value, sheet=PERSONS):
    return lambda book: book[sheet].__setitem__(cell, value)


def every(column, value):
    def edit(book):
        for row in range(8, 34):
            if book[PERSONS].cell(row, 4).value:
                book[PERSONS][f"{column}{row}"] = value
    return edit


# Each against a sound return of 2016: persons 1000, reached 100, attendances 150 in row 8.
YEARS = {
    "a zero too many": (put("E8", 10_000), {("E8", "jumps")}),
    "a digit lost": (put("E9", 201), {("E9", "jumps"), ("F9", "share_rises")}),
    "not applicable after a number": (put("E8", "x"), {("E8", "vanishes"), ("F8", "no_eligible")}),
    "a fall": (put("F8", 90), {("F8", "falls")}),
    "a leap": (put("F8", 600), {("F8", "share_rises"), ("G8", "few_attendances")}),
    "all": (put("F8", 1000), {("F8", "share_rises"), ("G8", "few_attendances")}),
    "few attendances": (put("G8", 9), {("G8", "few_attendances")}),
    "services of nobody": (put("F33", 0), {("G33", "attended_by_nobody")}),
    "attendances of objective 4": (put("G33", 3), {("G33", "few_attendances")}),
    "residents in thousands": (put("E17", 113), {
        ("E17", "far_from_census;jumps"), ("E18", "far_from_census"), ("F17", "above_eligible")}),
    "no residents": (put("E17", "x"), {("E17", "far_from_census;vanishes"), (
        "E18", "far_from_census"), ("F17", "no_eligible")}),
    "nobody reached": (every("F", None), {(None, "no_reached")}),
}


@pytest.mark.parametrize("kind", YEARS)
def test_a_figure_that_does_not_fit_is_doubted(kind, tmp_path):
    edit, expected = YEARS[kind]
    if kind == "residents in thousands":
        expected = {("E17", "below_reached;far_from_census;jumps")} | {
            e for e in expected if e[0] != "E17"}
    send(tmp_path, 2016)
    send(tmp_path, 2017, edit=edit)
    out, problems = found(tmp_path)
    plain = {(cell, ";".join(sorted(codes.split(";")))) for _, cell, codes in problems}
    assert plain == expected
    doubted = out.outcomes[out.outcomes["doubt"].notna() & (out.outcomes["year"] == 2017)]
    meant = {int(cell[1:]) for cell, codes in plain
             if cell and not {*codes.split(";")} <= {"no_eligible", "above_eligible"}}
    assert set(doubted["row"]) == meant


def test_a_first_figure_far_from_the_second_is_doubted_too(tmp_path):
    send(tmp_path, 2016, edit=put("E8", 10_000))
    send(tmp_path, 2017)
    send(tmp_path, 2018)
    assert found(tmp_path, "rach-gia-2016.xlsx")[1] == {(PERSONS, "E8", "jumps")}
    assert found(tmp_path)[1] == {(PERSONS, "E8", "jumps")}
    assert not found(tmp_path, "rach-gia-2018.xlsx")[1]


def test_small_and_usual_changes_are_no_doubt(tmp_path):
    send(tmp_path, 2016, edit=lambda book: [put("E12", 10)(book), put("F12", 1)(book)])
    send(tmp_path, 2017, edit=lambda book: [
        put("E8", 1500)(book), put("E9", 668)(book), put("E12", 25)(book), put("F12", 9)(book)])
    assert not found(tmp_path)[1] and not found(tmp_path, "rach-gia-2016.xlsx")[1]


def test_returns_that_repeat_say_nothing_or_only_zero(tmp_path):
    send(tmp_path, 2016)
    send(tmp_path, 2017, values=values(2016))
    send(tmp_path, 2017, "ha-tien", values={**values(2016, "ha-tien")})
    send(tmp_path, 2018, values={})
    send(tmp_path, 2019, edit=lambda book: [every("F", 0)(book), every("G", 0)(book)])
    out, problems = found(tmp_path)
    assert problems == {(PERSONS, None, "same_as_year")}
    assert out.outcomes[out.outcomes["file"] == "rach-gia-2017.xlsx"]["doubt"].eq(
        "same_as_year").all()
    assert found(tmp_path, "rach-gia-2018.xlsx")[1] == {(None, None, "no_figure")}
    assert (PERSONS, None, "all_zero") in found(tmp_path, "rach-gia-2019.xlsx")[1]


def test_two_units_with_the_same_figures_are_both_doubted(tmp_path):
    send(tmp_path, 2017, "ha-tien")
    same = {k: v for k, v in values(2017, "ha-tien").items() if not k[0].startswith("1b")}
    send(tmp_path, 2017, "labour", values=same)
    send(tmp_path, 2017, "culture", values=same)
    for unit in ("labour", "culture"):
        assert (PERSONS, None, "same_as_unit") in found(tmp_path, f"{unit}-2017.xlsx")[1]


@pytest.mark.slow
def test_one_zero_too_many_in_the_illustrative_set_is_named(data):
    path = data_folder() / "raw" / "returns" / "2020" / "illustrative-2020-rach-gia.xlsx"
    book = openpyxl.load_workbook(path)
    assert book[PERSONS]["E14"].value == 16_827
    book[PERSONS]["E14"] = 168_270
    book.save(path)
    out, problems = found(data_folder() / "raw" / "returns",
                          "2020/illustrative-2020-rach-gia.xlsx")
    assert problems == {(PERSONS, "E14", "jumps")}
    row = out.outcomes[out.outcomes["file"].str.endswith("2020-rach-gia.xlsx")
                       & (out.outcomes["row"] == 14)]
    assert row["doubt"].tolist() == ["jumps"] and row["eligible"].tolist() == [168_270]


def test_quality_counts_returns_and_doubts_by_unit_and_year(tmp_path):
    send(tmp_path, 2016)
    send(tmp_path, 2017, edit=lambda book: [put("E8", 10_000)(book), put("F9", "15/15")(book)])
    out = read_returns(tmp_path)
    counts = quality(out.reporting, out.problems).set_index(["unit", "year"])
    assert counts.loc[("rach-gia", 2017)].tolist() == [1, 1, 0, 1, 2, 1]
    assert counts.loc[("ha-tien", 2017)].tolist() == [1, 0, 0, 0, 0, 0]
    years = quality(out.reporting, out.problems, by="year").set_index("year")
    assert years.loc[2017, ["received", "errors"]].tolist() == [1, 1]
    with pytest.raises(ValueError, match="give one or more of unit, year"):
        quality(out.reporting, out.problems, by="month")


def style(cell, sheet=PERSONS, **how):
    return lambda book: [setattr(book[sheet][cell], name, value) for name, value in how.items()]


def both(*edits):
    return lambda book: [edit(book) for edit in edits]


def rich(cell, *parts):
    return put(cell, CellRichText(*(text if font is None else TextBlock(InlineFont(**font), text)
                                    for text, font in parts)))


SHOWN = {
    "two lines": (put("E8", "350\n200"), "two_numbers"),
    "two lines with thousands": (put("E8", "1.250\r\n450"), "two_numbers"),
    "a tab": (put("E8", "125\t450"), "two_numbers"),
    "a gap": (put("E8", "120   600"), "two_numbers"),
    "raised": (rich("E8", ("1000", {}), ("1", {"vertAlign": "superscript"})), "runs"),
    "lowered": (rich("E8", ("1000", {}), ("2", {"vertAlign": "subscript"})), "runs"),
    "struck in part": (rich("E8", ("12", {"strike": True}), ("1350", {})), "runs"),
    "struck out": (style("E8", font=Font(strike=True)), "struck"),
    "white on white": (style("E8", font=Font(color="FFFFFFFF"), fill=PatternFill()), "invisible"),
    "white on pale": (style("E8", font=Font(color="FFFFFFFF")), "invisible"),
    "thousands scaled away": (style("E8", number_format="#,##0,"), "shown"),
    "millions scaled away": (style("E8", number_format="0.0,,"), "shown"),
    "zeros in the format": (style("E8", number_format='0"000"'), "shown"),
    "thousand in words": (style("E8", number_format='#,##0 "nghìn"'), "shown"),
    "a literal percent sign": (style("E8", number_format='0.0"%"'), "percent"),
    "an escaped percent sign": (style("E8", number_format=r"0\%"), "percent"),
    "hidden by its format": (style("E8", number_format=";;;"), "invisible"),
    "struck out but for a part": (both(
        rich("E8", ("12", None), ("1350", {"strike": False})), style("E8", font=Font(strike=True))),
        "runs"),
    "white in part": (rich("E8", ("12", {}), ("0", {"color": Color(rgb="FFFFFFFF")})), "runs"),
    "white of the theme": (style("E8", font=Font(color=Color(theme=0))), "invisible"),
    **{f"format {code}": (style("E8", number_format=code), "shown") for code in (
        '#,##0" hộ"', '0" lượt người"', '0" lớp"', '0" trường"', '0.0" USD"', '0.0" đồng"',
        '0"+"', '"-"0', '0"."000', '0\\.000', '"khoảng "0', '0"k"', "$#,##0", '[>9]0"0";0')},
    "Cyrillic x": (put("G8", "х"), "unusual"),
    "a mark of direction": (put("G8", "\u200e190"), "unusual"),
    "a soft hyphen": (put("G8", "19\u00ad0"), "unusual"),
    "full-width digits": (put("G8", "１９０"), "unusual"),
    "none in words": (put("G8", "không có"), "nothing"),
    "four dots": (put("G8", "...."), "dots"),
    "a comment": (lambda book: setattr(book[PERSONS]["E8"], "comment", Comment("ước", "Hoa")),
                  "comment"),
}


@pytest.mark.parametrize("kind", SHOWN)
def test_what_a_cell_shows_is_held_against_what_it_holds(kind, tmp_path):
    edit, code = SHOWN[kind]
    send(tmp_path, 2017, edit=edit)
    _, problems = found(tmp_path)
    assert {(cell, c) for _, cell, c in problems} in ({("E8", code)}, {("G8", code)})


@pytest.mark.parametrize("attributes", ['hidden="1"', 'ht="0" customHeight="1"', 'ht="0.5"'])
def test_rows_of_no_height_are_hidden(attributes, tmp_path):
    path = send(tmp_path, 2017)
    with zipfile.ZipFile(path) as book:
        row = re.search(rb'<row r="8"[^>]*>', book.read("xl/worksheets/sheet2.xml"))[0]
    bare = re.sub(rb' (?:ht|customHeight)="[^"]*"', b"", row)
    change(path, "xl/worksheets/sheet2.xml", row, bare[:-1] + f" {attributes}>".encode())
    assert found(tmp_path)[1] == {(PERSONS, f"{c}8", "hidden") for c in "EFG"}


def test_a_column_of_no_width_is_hidden(tmp_path):
    path = send(tmp_path, 2017)
    change(path, "xl/worksheets/sheet2.xml", b'<col min="7" max="7" width="19.7109375"',
           b'<col min="7" max="7" width="0"')
    assert {cell[0] for _, cell, code in found(tmp_path)[1] if code == "hidden"} == {"G"}


def change(path, part, old, new):
    out = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            text = source.read(name)
            assert name != part or old in text
            target.writestr(name, text.replace(old, new) if name == part else text)
    path.write_bytes(out.getvalue())


HONEST = {
    "float noise": put("E8", 1000.0000000000001),
    "noise below": put("E8", 999.9999999999999),
    "noise of money": put("E8", 26.299999999999997, MONEY),
    "decimals of nothing": put("G8", "190,00"),
    "accounting": style("E8", MONEY, number_format='_-* #,##0.0 "₫"_-;-* #,##0.0_-;_-* "-"_-'),
    "the unit in the format": style("E8", number_format='#,##0 "người"'),
    **{f"format {code}": style("E8", number_format=code) for code in (
        '#,##0 "học sinh"', '0" ng."', '[=0]"-";#,##0', "#\\ ##0", "[>=1000]#,##0;0", "+0")},
    "attendances in the format": style("G8", number_format='#,##0" lượt người"'),
    **{f"money {code}": style("E8", MONEY, number_format=code) for code in (
        '0.0" triệu đồng"', '0.0" tr.đồng"', '0.0 "₫"')},
    "million dong in the format": style("E8", MONEY, number_format='#,##0.0 "tr.đ"'),
    **{f"letters {at}": style("E8", font=Font(color=ink), **(
        {"fill": PatternFill("solid", fgColor=ground)} if ground else {}))
       for at, (ink, ground) in enumerate((
           (Color(theme=1, tint=0.35), Color(theme=0, tint=-0.05)),
           (Color(theme=3), Color(theme=4, tint=0.8)), (Color(indexed=10), Color(indexed=13)),
           (Color(indexed=12), Color(indexed=26)), ("FFFFC000", None), ("FF00FF00", None)))},
    "formula noise about nothing": put("E9", -5.551115123125783e-17, MONEY),
    "noise of a difference": put("E10", 8.326672684688674e-17, MONEY),
    "a lone soft hyphen": put("L8", None),
    "a fill of the unit's": style("E8", fill=PatternFill("solid", fgColor="FFFFFF00")),
}


@pytest.mark.parametrize("kind", HONEST)
def test_honest_cells_are_no_fault(kind, tmp_path):
    send(tmp_path, 2017, edit=HONEST[kind])
    assert {code for *_, code in found(tmp_path)[1]} <= {"read_as"}


def archive(*names):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name in names:
            target.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(("content", "code"), [
    (archive("mimetype", "content.xml"), "save_as"), (archive("xl/workbook.bin"), "save_as"),
    (archive("Index/Document.iwa"), "save_as"), (archive("a/báo cáo.xlsx"), "archive"),
    (b"Rar!\x1a\x07", "archive"), (b"7z\xbc\xaf\x27\x1c", "archive"),
    (archive("word/document.xml"), "not_workbook")])
def test_other_files_under_the_name_of_a_workbook_are_refused(content, code, tmp_path):
    (tmp_path / "rach-gia-2017.xlsx").write_bytes(content)
    assert found(tmp_path)[1] == {(None, None, code)}


def test_a_strict_workbook_is_called_so(tmp_path):
    path = send(tmp_path, 2017)
    change(path, "xl/workbook.xml", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
           b"http://purl.oclc.org/ooxml/spreadsheetml/main")
    out, problems = found(tmp_path)
    assert problems == {(None, None, "strict")}
    assert "Excel Workbook (*.xlsx)" in out.problems["message_vi"].item()


def draw(*ends, text=""):
    """Lay a picture over the cells between two (column, row, offsets), or a box with a text."""
    def edit(book):
        picture = Image(io.BytesIO(base64.b64decode(
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
            "rkJggg==")))
        picture.anchor = TwoCellAnchor("twoCell", *(
            AnchorMarker(column, over, row, down) for column, row, over, down in ends))
        book[PERSONS].add_image(picture)
    return edit


@pytest.mark.parametrize(("ends", "cells"), [
    (((4, 7, 0, 0), (6, 8, 0, 0)), {"E8", "F8"}),  # up to where G and row 9 begin
    (((4, 7, 9, 9), (6, 8, 9, 9)), {f"{c}{row}" for c in "EFG" for row in (8, 9)}),
    (((1, 33, 0, 0), (5, 44, 9, 9)), set()),  # a signature below the table
    (((0, 0, 0, 0), (1, 3, 9, 9)), set()),  # an emblem at its head
])
def test_figures_below_a_picture_are_doubted(ends, cells, tmp_path):
    send(tmp_path, 2017, edit=draw(*ends))
    tables, problems = found(tmp_path)
    assert problems == {(PERSONS, cell, "covered") for cell in cells}
    assert tables.outcomes["doubt"].eq("covered").sum() == len({cell[1:] for cell in cells})


def test_a_box_of_text_is_reported(tmp_path):
    path = send(tmp_path, 2017, edit=draw((8, 34, 0, 0), (9, 36, 0, 0)))
    change(path, "xl/drawings/drawing1.xml", b"</pic>", (
        '</pic><sp><txBody xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:p>'
        "<a:r><a:t>đã điều </a:t></a:r><a:r><a:t>chỉnh</a:t></a:r></a:p><a:p><a:r><a:t>số 120"
        "</a:t></a:r></a:p></txBody></sp>").encode())
    tables, problems = found(tmp_path)
    assert problems == {(PERSONS, "I35", "text_box")}
    assert "đã điều chỉnh số 120" in tables.problems["value"].to_list()


def test_figures_in_the_column_of_last_year_are_named_in_the_first(tmp_path):
    """The form printed nothing there; later it may have printed what is not at hand."""
    def move(book):
        sheet = book[PERSONS]
        for row in range(8, 8 + 20):
            sheet.cell(row, 9).value, sheet.cell(row, 6).value = sheet.cell(row, 6).value, None

    for year, cells in ((2016, ["I8"]), (2018, [])):
        folder = tmp_path / str(year)
        folder.mkdir()
        send(folder, year, edit=move)
        problems = read_returns(folder).problems
        named = problems[problems["code"].str.contains("last_column")]
        assert named["cell"].to_list() == cells, "each, but told once"
        assert ("more cells" in "".join(named["message_en"])) == bool(cells)


SUMS = "Tổng hợp"


def test_a_total_typed_over_is_held_against_its_rows(tmp_path):
    """1a has eight rows of 1000 to 1007 persons, women in every other; 51 amounts of 5.5."""
    def totals(name, *edits):
        folder = tmp_path / name
        folder.mkdir()
        send(folder, 2017, edit=both(*edits))
        return found(folder)

    out, problems = totals("wrong", put("C7", 9000, SUMS), put("D8", 400, SUMS), put(
        "F19", 5505, SUMS))
    assert problems == {(SUMS, cell, "other_total") for cell in ("C7", "D8", "F19")}
    told = out.problems.set_index("cell")["message_en"]
    assert "9000" in told["C7"] and "8028" in told["C7"] and "280.5" in told["F19"]
    assert out.outcomes["doubt"].isna().all(), "which row is wrong is not known"
    assert not totals("right", put("C7", 8028, SUMS), put("C8", 4012, SUMS), put(
        "F19", 281, SUMS), put("F16", 93.5, SUMS))[1], "also as it is rounded"
    assert not totals("formula", put("C7", "=9000", SUMS))[1]
    for name, value in (("blank", None), ("unknown", "...")):
        _, problems = totals(name, put("E9", value), put("C7", 9000, SUMS), put("E8", value, MONEY),
                             put("F19", 9, SUMS))
        assert "other_total" not in {code for *_, code in problems}
    _, problems = totals("rejected", put("E9", "hơn 5"), put("C7", 9000, SUMS))
    assert problems == {(PERSONS, "E9", "approximate")}
    _, problems = totals("no group", *(put(f"{c}9", "x") for c in "EFG"), put("C7", 8028, SUMS))
    assert problems == {(SUMS, "C7", "other_total")}
    for name, column in (("first", 1), ("money", 3), ("last", 6)):
        _, problems = totals(f"without the {name}", put("D7", 9000, SUMS),
                             lambda book, column=column: book[SUMS].delete_cols(column))
        assert "other_total" not in {code for *_, code in problems}, "a column was taken out"


def test_a_total_that_is_older_than_its_rows_is_no_fault(tmp_path):
    path = send(tmp_path, 2017)
    change(path, "xl/worksheets/sheet2.xml", b"<v>1000</v>", b"<v>1200</v>")
    assert not found(tmp_path)[1]


WHITE = {"font": Font(color="FFFFFFFF"), "fill": PatternFill(bgColor="FFFFFFFF")}
FORMS = NumberFormat(numFmtId=164, formatCode=";;;")


def ruled(rule, cells="E8", **look):
    """Lay a rule of conditional formatting over cells."""
    def edit(book):
        if look:
            rule.dxf = DifferentialStyle(**look)
        book[PERSONS].conditional_formatting.add(cells, rule)
    return edit


@pytest.mark.parametrize(("rule", "look", "cells"), [
    (Rule(type="expression", formula=["TRUE"]), WHITE, {"E8"}),
    (Rule(type="expression", formula=["1=1"]), {"numFmt": FORMS}, {"E8"}),
    (Rule(type="cellIs", operator="greaterThan", formula=["0"]), WHITE, {"E8"}),
    (Rule(type="cellIs", operator="between", formula=["900", "1100"]), {"numFmt": FORMS}, {"E8"}),
    (Rule(type="expression", formula=["$E8>=1000"]), WHITE, {"E8"}),
    (Rule(type="expression", formula=["LEN(E8)>0"]), WHITE, {"E8"}),
    (Rule(type="notContainsBlanks", formula=["LEN(TRIM(E8))>0"]), WHITE, {"E8"}),
    (DataBarRule("min", 0, "max", 9, color="FF638EC6", showValue=False), {}, {"E8"}),
    # rules that hold of no such cell, that are not worked out, or hide nothing
    (Rule(type="cellIs", operator="lessThan", formula=["0"]), WHITE, set()),
    (Rule(type="expression", formula=["E8>5000"]), WHITE, set()),
    (Rule(type="expression", formula=["AND(E8>0,TODAY()>1)"]), WHITE, set()),
    (Rule(type="expression", formula=["FALSE"]), {"numFmt": FORMS}, set()),
    (Rule(type="expression", formula=["TRUE"]), {"font": Font(color="FFFF0000")}, set()),
    (Rule(type="expression", formula=["TRUE"]), {
        "font": Font(color="FFFFFFFF"), "fill": PatternFill(bgColor="FFC00000")}, set()),
    (Rule(type="cellIs", operator="greaterThan", formula=["0"]), {
        "fill": PatternFill(bgColor="FFFFC7CE")}, set()),
    (DataBarRule("min", 0, "max", 9, color="FF638EC6"), {}, set()),
])
def test_a_figure_hidden_by_a_rule_is_told(rule, look, cells, tmp_path):
    send(tmp_path, 2017, edit=ruled(rule, **look))
    assert found(tmp_path)[1] == {(PERSONS, cell, "invisible") for cell in cells}


def test_a_rule_over_many_cells_hides_those_it_holds_of(tmp_path):
    """Relative to the first of its cells; whole columns are no odd range."""
    rule = Rule(type="expression", formula=["E8>1002"])
    send(tmp_path, 2017, edit=ruled(rule, "E8:F12", **WHITE))
    assert found(tmp_path)[1] == {(PERSONS, f"E{row}", "invisible") for row in (11, 12)}
    send(tmp_path, 2017, edit=ruled(Rule(type="cellIs", operator="equal", formula=["1003"]),
                                    "A1:XFD1048576", **WHITE))
    assert found(tmp_path)[1] == {(PERSONS, "E11", "invisible")}
