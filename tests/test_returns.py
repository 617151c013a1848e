"""Reading sets of returns: places that moved, several years, reporting, annotated copies."""

import csv
import datetime
import io
import os
import re
import shutil
import subprocess
import unicodedata
import zipfile

import openpyxl
import pandas as pd
import pytest
from forms import form, read, write
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import GradientFill, PatternFill

from kgge.analysis.reporting import report_states, reporting_rates
from kgge.files import DataError, data_folder
from kgge.labels import speaking
from kgge.plan import REPORT_STATES
from kgge.returns.annotate import annotate
from kgge.returns.collect import list_files, read_returns
from kgge.returns.form import load_form
from kgge.returns.template import write_template
from kgge.tables.load import read_table, write_table
from kgge.tables.schemas import SCHEMAS
from kgge.tracing import figure_cells
from kgge.xlsx import _is_suspect

NAMES = ("outcomes", "spending", "reporting", "problems")
OFFICE = shutil.which("soffice")


def values(form, unit, factor=1.0, year=2018):
    """Figures that fit each other, other for each unit and year."""
    out, more = {}, 7 * (unit != "rach-gia")
    for at, (code, (indicator, *_)) in enumerate(form.asked("indicators", unit).items()):
        people = form.residents[unit] // 2 if indicator == form.census else 1000 + at + more
        out |= {(code, "eligible"): people, (code, "reached"): round((100 + at + more) * factor),
                (code, "attendances"): 150 + at + more + year - 2018 if factor else "-"}
    return out | {(code, "amount"): 10.5 + at for at, code in enumerate(form.money)}


def send(folder, unit, year, name=None, factor=1.0, **how):
    return write(folder / (name or f"{unit}-{year}.xlsx"), unit, year, **{
        "values": values(form(), unit, factor, year),
        "received_on": datetime.date(year + 1, 1, 31)} | how)


DOUBTFUL = {("I.1.central", "amount"): "1.234,5"}  # one warning, in Kinh phí!E8


def edit(path, change):
    book = openpyxl.load_workbook(path, rich_text=True)
    change(book)
    book.save(path)


def put(cell, value):
    return lambda book: book["Chỉ tiêu"].__setitem__(cell, value)


def same(left, right, but=("sheet", "row")):
    drop = list(but)
    pd.testing.assert_frame_equal(left.drop(columns=drop), right.drop(columns=drop))


def shuffle(book):
    """Sort the table the other way round, as a user of a spreadsheet may."""
    sheet = book["Kinh phí"]
    lines = [[c.value for c in line] for line in sheet.iter_rows(min_row=7)]
    for row, line in enumerate(reversed(lines), 7):
        for column, value in enumerate(line, 1):
            sheet.cell(row, column).value = value


def retype(book):
    """Write every text in decomposed letters, some with the tone mark on the other vowel."""
    for sheet in book:
        for line in sheet.iter_rows():
            for cell in line:
                if isinstance(cell.value, str):
                    cell.value = unicodedata.normalize("NFD", cell.value.replace("óa", "oá"))
    book["Bìa"]["B9"] = unicodedata.normalize("NFD", "ỦY BAN NHÂN DÂN  rạch giá")


def rename(book):
    for sheet, name in zip(book, ("Sheet1", "so lieu", "=kinh phí", "a", "b"), strict=True):
        sheet.title = name


def swap(book):
    """Change the places of the first column and that of the amounts."""
    for line in book["Kinh phí"].iter_rows(min_row=6):
        line[0].value, line[4].value = line[4].value, line[0].value


MOVED = {
    "rows above": lambda book: [s.insert_rows(1, 3) for s in book],
    "a row in the table": lambda book: book["Chỉ tiêu"].insert_rows(12, 2),
    "columns": lambda book: [s.insert_cols(1, 2) for s in book],
    "a column in the table": lambda book: book["Chỉ tiêu"].insert_cols(6),
    "figures in the first column": swap,
    "sheets renamed": rename,
    "sheets in another order": lambda book: book.move_sheet("Kinh phí", -2),
    "table sorted": shuffle,
    "labels retyped": retype,
    "labels erased": lambda book: [book["Chỉ tiêu"].cell(r, c, "") for r in range(8, 30)
                                   for c in (1, 2, 3)],
}


@pytest.mark.slow
@pytest.mark.parametrize("how", MOVED)
def test_reading_does_not_depend_on_position_or_labels(how, tmp_path):
    path = send(tmp_path, "rach-gia", 2018)
    before = read(path)
    edit(path, MOVED[how])
    after = read(path)
    assert after.problems.empty
    same(before.outcomes, after.outcomes)
    same(before.spending, after.spending)
    same(before.reporting, after.reporting, ())


def test_places_are_those_in_the_file_and_lead_back_to_it(tmp_path):
    folder = tmp_path / "returns"
    path = send(folder, "rach-gia", 2018)
    edit(path, lambda book: (book["Chỉ tiêu"].insert_cols(6), book["Kinh phí"].insert_rows(2, 5)))
    out, book = read(folder), openpyxl.load_workbook(path)
    for table in (out.outcomes, out.spending):
        cells = figure_cells(table, folder)
        assert set(cells["file"]) == {"returns/rach-gia-2018.xlsx"}
        own = [c for c in table if c in ("unit", "year", "indicator", "group", "sex", "item",
                                         "source")]
        assert cells.columns.tolist() == [*own, "figure", "value", "file", "sheet", "line",
                                          "column", "text"]
        assert len(cells) == len(table) * (3 if "reached" in table else 1)
        for cell in cells.to_dict("records"):
            stands = book[cell["sheet"]].cell(cell["line"], cell["column"]).value
            assert stands == cell["value"] and str(stands) == cell["text"]


def test_figures_of_a_column_that_is_gone_stand_nowhere(tmp_path):
    path = send(tmp_path, "rach-gia", 2018)
    edit(path, lambda book: book["Chỉ tiêu"].cell(6, 7, "lượt"))
    cells = figure_cells(read(tmp_path).outcomes, tmp_path)
    assert cells["figure"].unique().tolist() == ["eligible", "reached"] and len(cells) == 44


def test_tables_survive_being_written_and_read(tmp_path):
    send(tmp_path / "in", "rach-gia", 2018, "=1+1.xlsx", values={
        ("I.1.other", "amount"): "=hơn 5", ("I.2.other", "amount"): "..."})
    out = read(tmp_path / "in")
    for name in NAMES:
        write_table(name, getattr(out, name), tmp_path)
        pd.testing.assert_frame_equal(read_table(name, tmp_path / f"{name}.csv"),
                                      getattr(out, name))
        assert list(getattr(out, name)) == [c.name for c in SCHEMAS[name].columns]
        with (tmp_path / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            fields = [field for line in csv.reader(file) for field in line]
        assert "'=1+1.xlsx" in fields and not any(f[:1] in ("=", "+", "@") for f in fields)
    assert "'=hơn 5" in (tmp_path / "problems.csv").read_text(encoding="utf-8")


def test_a_cumulative_figure_that_falls_is_doubted_against_the_latest_earlier_return(tmp_path):
    send(tmp_path, "rach-gia", 2016)
    send(tmp_path, "rach-gia", 2018, factor=0.5)
    send(tmp_path, "rach-gia", 2020, factor=0.75)
    out = read(tmp_path)
    assert set(out.problems["code"]) == {"falls"}
    assert set(out.problems["severity"]) == {"warning"}
    assert set(out.problems["file"]) == {"rach-gia-2018.xlsx"}
    cells = out.problems["cell"].tolist()
    assert len(cells) == 20 and "F32" not in cells, "indicator 4 counts each year alone"
    assert "100" in out.problems.loc[0, "message_en"]
    assert "2016" in out.problems.loc[0, "message_vi"]
    assert out.outcomes["reached"].notna().all()


def test_a_year_not_known_does_not_hide_a_fall(tmp_path):
    send(tmp_path, "rach-gia", 2016)
    send(tmp_path, "rach-gia", 2017)
    edit(tmp_path / "rach-gia-2017.xlsx", lambda book: book["Chỉ tiêu"].cell(8, 6, "..."))
    send(tmp_path, "rach-gia", 2018, factor=0.5)
    problems = read(tmp_path).problems
    found = problems[(problems["cell"] == "F8") & (problems["code"] == "falls")]
    assert found["file"].tolist() == ["rach-gia-2018.xlsx"] and "2016" in found["message_en"].item()


def test_nobody_reached_yet_is_no_fall(tmp_path):
    send(tmp_path, "rach-gia", 2016, factor=0)
    send(tmp_path, "rach-gia", 2017, factor=0)
    out = read(tmp_path)
    assert (out.outcomes["reached"] == 0).all() and "falls" not in set(out.problems["code"])


def test_a_rejected_figure_is_not_what_later_years_are_compared_with(tmp_path):
    send(tmp_path, "newspaper", 2016, factor=9.9)
    edit(tmp_path / "newspaper-2016.xlsx", lambda book: [
        book["Chỉ tiêu"].cell(r, 5, 10) for r in range(7, 40)
        if "." in str(book["Chỉ tiêu"].cell(r, 11).value)])
    send(tmp_path, "newspaper", 2017)
    out = read(tmp_path)
    codes = {code for several in out.problems["code"] for code in several.split(";")}
    assert codes == {"above_eligible", "below_reached", "jumps"}, "what is rejected is not 0"


def test_reporting_has_a_row_for_every_unit_and_year_and_counts_a_unit_once(tmp_path):
    send(tmp_path, "labour", 2016)
    send(tmp_path, "labour", 2017, received_on=datetime.date(2018, 2, 1))
    send(tmp_path, "labour", 2018, values={})
    send(tmp_path, "justice", 2018, values={("I.1.other", "amount"): "..."})
    send(tmp_path, "justice", 2016, received_on=None)
    send(tmp_path, "finance", 2016)
    send(tmp_path, "finance", 2016, "again.xlsx", factor=1.1)
    out = read(tmp_path).reporting
    assert len(out) == 26 * 5 and out["expected"].eq(out["year"] <= 2018).all()
    rows = out.set_index(["unit", "year"])
    assert rows.index.is_unique
    assert rows.loc[("labour", 2016), ["received", "on_time", "with_content"]].all()
    assert rows.loc[("labour", 2017), ["received", "on_time"]].tolist() == [True, False]
    assert rows.loc[("labour", 2018), ["received", "with_content"]].tolist() == [True, False]
    assert rows.loc[("justice", 2018), ["received", "with_content"]].tolist() == [True, False]
    assert rows.loc[("justice", 2016), ["received", "on_time"]].tolist() == [True, False]
    assert not rows.loc[("finance", 2016), "received"]
    absent = out[~out["received"]]
    assert not absent[["on_time", "with_content"]].any(axis=None) and absent["file"].isna().all()
    assert out["received"].sum() == 5 and len(REPORT_STATES) == 4


def test_reporting_rates(tmp_path):
    reporting = pd.DataFrame({
        "unit": ["a", "a", "b", "b", "c"], "year": [2016, 2017, 2016, 2017, 2016],
        "expected": [True, True, True, True, False], "received": [True, True, True, False, True],
        "on_time": [True, False, True, False, True],
        "with_content": [True, True, False, False, True]})
    out = reporting_rates(reporting)
    assert out["expected"].tolist() == [2, 2] and out["received_share"].tolist() == [1, 0.5]
    assert out["on_time_share"].tolist() == [0.5, 0] and out["with_content"].tolist() == [1, 1]
    assert reporting_rates(reporting, ["unit", "year"])["received_share"].max() == 1
    assert reporting_rates(reporting, "unit")["unit"].tolist() == ["a", "b"]
    turned = reporting.iloc[::-1]
    assert reporting_rates(turned, "unit")["unit"].tolist() == ["b", "a"], "the order given"
    for by in ("month", [], ["unit", "month"]):
        with pytest.raises(ValueError, match="one or more of unit, year, each once"):
            reporting_rates(reporting, by)
    with pytest.raises(DataError, match="expected is true or false, the table has 'True'"):
        reporting_rates(reporting.astype({"expected": str}))


def test_a_folder_with_illustrative_and_real_returns_is_refused(tmp_path):
    send(tmp_path / "a", "labour", 2016, illustrative=True)
    send(tmp_path / "b", "labour", 2017)
    with pytest.raises(DataError, match=r"(?s)illustrative: a/labour-2016.*real: b/labour-2017"):
        read(tmp_path)
    for name, kind in (("a", True), ("b", False)):
        assert [t.attrs["illustrative"] for t in read(tmp_path / name)] == [kind] * 4


def test_names_are_composed(tmp_path):
    send(tmp_path / unicodedata.normalize("NFD", "Hòn Đất"), "hon-dat", 2016, "báo cáo.XLSX")
    out = read(tmp_path)
    assert out.problems.empty and set(out.outcomes["file"]) == {"Hòn Đất/báo cáo.XLSX"}
    assert len(list_files(tmp_path)) == 1
    assert figure_cells(out.outcomes.head(1), tmp_path)["text"].tolist() == ["1007", "107", "155"]


def test_a_file_name_that_is_no_unicode_is_survived(tmp_path):
    path = send(tmp_path, "hon-dat", 2016)
    try:
        os.rename(path, os.fsencode(tmp_path) + b"/\xff.xlsx")
    except OSError:
        pytest.skip("this file system takes Unicode names only")
    assert read(tmp_path).reporting["received"].sum() == 1


def test_nothing_to_read(tmp_path):
    out = read(tmp_path)
    assert out.outcomes.empty and out.problems.empty and len(out.reporting) == 130
    assert out.reporting.attrs["cells"] == {"submitted": 0, "accepted": 0, "rejected": 0}
    with pytest.raises(DataError, match="no such file or folder"):
        read(tmp_path / "none")


@pytest.mark.slow
def test_annotated_copies_mark_the_cells_and_change_nothing_else(tmp_path):
    folder = tmp_path / "in"
    path = send(folder / "2018", "rach-gia", 2018)
    send(folder / "2018", "ha-tien", 2018)
    (folder / "2018" / "x.csv").write_text("a")

    def spoil(book):
        book["Chỉ tiêu"]["F8"] = "15/15"
        book["Kinh phí"]["E8"] = "=ước tính"
        book["Kinh phí"]["E8"].data_type = "s"
        book["Bìa"].merge_cells("A18:B18")
    edit(path, spoil)
    before = path.read_bytes()
    assert annotate(folder, tmp_path / "out") == [tmp_path / "out" / "2018" / "rach-gia-2018.xlsx"]
    assert path.read_bytes() == before
    book = openpyxl.load_workbook(tmp_path / "out" / "2018" / "rach-gia-2018.xlsx")
    cell = book["Chỉ tiêu"]["F8"]
    assert "phân số" in cell.comment.text and "fraction" in cell.comment.text
    assert cell.fill.fgColor.rgb.endswith("FFC7CE")
    assert book["Bìa"]["A18"].fill.fgColor.rgb.endswith("FFC7CE")
    noted = book["Kinh phí"]["E8"]
    assert (noted.value, noted.data_type) == ("=ước tính", "s") and noted.comment
    assert sum(1 for s in book for row in s.iter_rows() for c in row if c.comment) == 3
    out, again = read(folder / "2018"), read(tmp_path / "out")
    pd.testing.assert_frame_equal(
        out.problems[out.problems["file"] == "rach-gia-2018.xlsx"][["sheet", "cell", "code"]]
        .reset_index(drop=True), again.problems[["sheet", "cell", "code"]])


@pytest.mark.slow
def test_copies_keep_what_formulas_came_to(tmp_path):
    """What is read of the copy is what was read of the return, formulas to other files too."""
    path = send(tmp_path / "in", "rach-gia", 2018)
    edit(path, lambda book: book["Kinh phí"].cell(8, 5, "1.234,5"))
    stored = {"F8": ("100+20", "", "120"), "F9": ("[1]Sheet1!B3", "", "110"),
              "G8": ("F8&amp;&quot;&lt;&quot;", ' t="str"', "1.200"),
              "G9": ("1/0", ' t="e"', "#DIV/0!"), "G10": ("5", "", "")}
    book = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    with zipfile.ZipFile(path, "w") as out:
        for name in book.namelist():
            text = book.read(name).decode("latin-1")
            for place, (formula, kind, value) in stored.items() if "sheet2.xml" in name else ():
                text, found = re.subn(f'<c r="{place}"( s="[0-9]+")[^>]*>.*?</c>',
                                      rf'<c r="{place}"\1{kind}><f>{formula}</f><v>{value}</v></c>',
                                      text)
                assert found == 1
            out.writestr(name, text.encode("latin-1"))
    before = read(path)
    assert {"F8", "F9"}.isdisjoint(before.problems["cell"])
    assert {"G8", "G9", "G10"} <= set(before.problems["cell"])
    (copy,) = annotate(path, tmp_path / "out")
    after = read(copy)
    same(before.outcomes, after.outcomes, ())
    same(before.spending, after.spending, ())
    pd.testing.assert_frame_equal(before.problems, after.problems)
    sheet = openpyxl.load_workbook(copy)["Chỉ tiêu"]
    assert sheet["F8"].value == "=100+20" and sheet["F9"].value == 110  # the link is not in it
    total = openpyxl.load_workbook(copy)["Tổng hợp"]["C7"].value
    assert total.startswith("=SUM(")
    assert openpyxl.load_workbook(copy, data_only=True)["Chỉ tiêu"]["F8"].value == 120


@pytest.mark.slow
def test_what_has_no_cell_is_said_in_the_first_and_what_a_unit_noted_stays(tmp_path):
    path = send(tmp_path / "in", "rach-gia", 2018)

    def spoil(book):
        book.create_sheet("Ghi chú")["B2"] = "xem công văn"
        book["Chỉ tiêu"]["F8"] = "15/15"
        book["Chỉ tiêu"]["F8"].comment = Comment("hỏi lại chị Hoa", "unit")
        book["Chỉ tiêu"].delete_rows(20)
        book["Bìa"]["A16"] = None
    edit(path, spoil)
    (copy,) = annotate(path, tmp_path / "out")
    book = openpyxl.load_workbook(copy)
    said = read(path).problems.set_index("sheet").loc["Ghi chú"]
    assert book["Ghi chú"]["A1"].comment.text.split("\n") == [
        "■ kgge", said["message_vi"], said["message_en"], "■"]
    assert book["Chỉ tiêu"]["A1"].comment
    assert not book["Bìa"]["A1"].comment
    first, second = book["Chỉ tiêu"]["F8"].comment.text.split("\n\n")
    assert first == "hỏi lại chị Hoa" and "fraction" in second
    edit(path, lambda book: book.remove(book["Kinh phí"]))
    (copy,) = annotate(path, tmp_path / "out")
    assert openpyxl.load_workbook(copy)["Bìa"]["A1"].comment


def as_read(path):
    """What is read of one file: cells and codes of its problems, and its figures."""
    out = read(path)
    return (out.problems[["sheet", "cell", "code"]].fillna("").values.tolist(),
            out.outcomes.drop(columns="file").to_csv(), out.spending.drop(columns="file").to_csv())


def cell_as(path, cell, text, sheet=2):
    """Write a cell, of the indicators or another sheet, as it stands in the file of a program."""
    book = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    with zipfile.ZipFile(path, "w") as out:
        for name in book.namelist():
            data = book.read(name).decode()
            if name.endswith(f"sheet{sheet}.xml"):
                data, found = re.subn(f'<c r="{cell}"( s="[0-9]+")[^>]*>.*?</c>',
                                      rf'<c r="{cell}"\1 {text}</c>', data)
                assert found == 1
            out.writestr(name, data)


RAISED = CellRichText(TextBlock(InlineFont(), "100"),
                      TextBlock(InlineFont(vertAlign="superscript"), "1"))
STRUCK = CellRichText(TextBlock(InlineFont(strike=True), "12"), TextBlock(InlineFont(), "1001"))
OUT = CellRichText(TextBlock(InlineFont(strike=True), "100"))


@pytest.mark.slow
@pytest.mark.parametrize(("spoil", "code"), [
    (lambda path: edit(path, put("E9", RAISED)), "runs"),
    (lambda path: edit(path, put("F9", STRUCK)), "runs"),
    (lambda path: edit(path, put("F9", OUT)), "struck"),
    (lambda path: cell_as(path, "F9", 't="str"><f>""</f><v></v>'), "no_reached"),
    (lambda path: cell_as(path, "F9", 't="b"><f>1=1</f><v>1</v>'), "text"),
    (lambda path: cell_as(path, "F9", "><f>5</f>"), "formula"),
])
def test_a_copy_is_read_as_the_return_was(tmp_path, spoil, code):
    path = send(tmp_path / "in", "rach-gia", 2018)
    edit(path, put("F10", "hơn 5"))
    spoil(path)
    before = as_read(path)
    assert code in {codes for *_, several in before[0] for codes in several.split(";")}
    (copy,) = annotate(path, tmp_path / "out")
    assert as_read(copy) == before
    (copy,) = annotate(copy, tmp_path / "again")
    assert as_read(copy) == before


@pytest.mark.slow
def test_a_second_round_leaves_no_mark_of_the_first(tmp_path):
    """The unit mends a cell in its copy; its own colours, remark and answer stay."""
    path = send(tmp_path / "in", "rach-gia", 2018)
    asked = PatternFill("solid", fgColor="FFFF00")

    def spoil(book):
        sheet = book["Chỉ tiêu"]
        sheet["F8"], sheet["F9"], sheet["F10"] = "hơn 350", "hơn 3", "hơn 4"
        sheet["F9"].fill = asked
        sheet["F8"].comment = Comment("hỏi lại chị Hoa", "unit")
    edit(path, spoil)
    def filled(path):
        sheet = openpyxl.load_workbook(path)["Chỉ tiêu"]
        return {c: (sheet[c].fill.patternType, sheet[c].fill.fgColor) for c in ("F8", "F9", "F10")}
    fills = filled(path)
    (copy,) = annotate(path, tmp_path / "out")
    assert ["Chỉ tiêu", "F8", "comment;approximate"] in as_read(copy)[0]

    def mend(book):
        sheet = book["Chỉ tiêu"]
        sheet["F8"], sheet["F9"] = 120, 121
        sheet["F9"].comment.text += "\nđã sửa"
        sheet["F10"].comment = None  # and forgets the figure
    edit(copy, mend)
    assert sorted(as_read(copy)[0]) == [["Chỉ tiêu", "F10", "approximate"],
                                        ["Chỉ tiêu", "F8", "comment"],
                                        ["Chỉ tiêu", "F9", "comment"]]
    edit(copy, put("F10", 122))
    (again,) = annotate(copy, tmp_path / "again")
    sheet = openpyxl.load_workbook(again)["Chỉ tiêu"]
    assert filled(again)["F10"] == fills["F10"] and sheet["F10"].comment is None
    for cell, said in (("F8", "hỏi lại chị Hoa"), ("F9", "đã sửa")):
        assert sheet[cell].comment.text.split("\n\n")[0] == said
        assert "hơn" not in sheet[cell].comment.text
    edit(again, lambda book: [setattr(book["Chỉ tiêu"][c], "comment", None) for c in fills])
    edit(again, put("G8", "hơn 9"))
    (last,) = annotate(again, tmp_path / "last")
    assert filled(last) == fills
    edit(last, put("G8", 200))
    assert not annotate(last, tmp_path / "none")
    path.write_bytes(last.read_bytes())
    assert not annotate(path, tmp_path / "out") and not copy.exists(), "mended: no copy stays"


@pytest.mark.slow
def test_a_round_changes_nothing_that_a_unit_wrote_or_painted(tmp_path):
    """Our sign in its own words, its answers wherever typed, fills of any kind, a date as text."""
    path = send(tmp_path / "in", "rach-gia", 2018)
    fills = {"F9": GradientFill(stop=("FF0000", "00FF00")), "F11": PatternFill("solid", "FF00FF"),
             "F10": PatternFill("lightUp", fgColor="FF0000FF", bgColor="FFFFFF00")}

    def spoil(book):
        sheet = book["Chỉ tiêu"]
        sheet["E8"], sheet["G8"], book["Kinh phí"]["B66"] = "■ 350", "350 ■", "■ Ghi chú: ■"
        sheet["B8"].comment = Comment("số ■ mới", "Hoa")
        for cell in ("F9", "F10", "F11", "F12", "F13"):
            sheet[cell] = "hơn 3"
            sheet[cell].fill = fills.get(cell, PatternFill())
    edit(path, spoil)
    cell_as(path, "G14", 't="d"><v>2018-03-04</v>')
    before = as_read(path)
    assert ["Chỉ tiêu", "G14", "date"] in before[0]
    copy = path
    for number in range(3):
        (copy,) = annotate(copy, tmp_path / str(number))
        assert as_read(copy) == before
    answers = {"F10": ("\n■", "\nđã sửa\n■"), "F11": (".\n■", ". đã sửa\n■"),
               "F12": ("\n■", "\n■ đã sửa"), "F13": ("\n■", "\n■\nđã sửa")}

    def mend(book):
        sheet = book["Chỉ tiêu"]
        for at, cell in enumerate(("F9", "F10", "F11", "F12", "F13")):
            sheet[cell], comment = 100 + at, sheet[cell].comment
            comment.text = comment.text.replace(*answers.get(cell, ("", "")))
    edit(copy, mend)
    problems = read(copy).problems.set_index("cell")
    assert "F9" not in problems.index and "■ 350" in problems["value"].tolist()
    for cell in answers:
        assert problems.loc[cell, ["code", "value"]].tolist() == ["comment", "đã sửa"]
    sheet = openpyxl.load_workbook(annotate(copy, tmp_path / "last")[0])["Chỉ tiêu"]
    assert repr(sheet["F9"].fill) == repr(fills["F9"]) and sheet["F9"].comment is None
    book = openpyxl.load_workbook(tmp_path / "last" / copy.name)
    for cell in answers:
        book["Chỉ tiêu"][cell].comment = None
    book.save(tmp_path / "mended.xlsx")
    sheet = openpyxl.load_workbook(annotate(tmp_path / "mended.xlsx", tmp_path / "end")[0])[
        "Chỉ tiêu"]
    assert all(repr(sheet[cell].fill) == repr(fills[cell]) for cell in fills)


@pytest.mark.slow
@pytest.mark.skipif(OFFICE is None, reason="LibreOffice (soffice) is not installed")
def test_a_copy_saved_again_by_another_program_is_still_known(tmp_path):
    """LibreOffice drops the author of a comment; what our copy says is no remark of the unit."""
    path = send(tmp_path / "in", "rach-gia", 2018)
    edit(path, put("F8", "hơn 350"))
    fill = openpyxl.load_workbook(path)["Chỉ tiêu"]["F8"].fill.fgColor.rgb
    (copy,) = annotate(path, tmp_path / "out")
    subprocess.run([OFFICE, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
                    "--convert-to", "xlsx", "--outdir", tmp_path / "saved", copy],
                   check=True, capture_output=True, timeout=120)
    saved = tmp_path / "saved" / copy.name
    assert as_read(saved)[0] == as_read(copy)[0] == [["Chỉ tiêu", "F8", "approximate"]]
    edit(saved, lambda book: [put("F8", 120)(book), put("F9", "hơn 3")(book)])
    (again,) = annotate(saved, tmp_path / "again")
    sheet = openpyxl.load_workbook(again)["Chỉ tiêu"]
    assert sheet["F8"].comment is None and sheet["F8"].fill.fgColor.rgb == fill
    assert sheet["F9"].comment


def test_annotated_copies_stay_in_their_folder(tmp_path):
    """Whatever a return is called and wherever a link in either folder leads."""
    folder, out, kept = tmp_path / "in", tmp_path / "out", tmp_path / "kept.txt"
    path = send(tmp_path / "elsewhere", "ha-tien", 2018, values=DOUBTFUL)
    send(folder, "rach-gia", 2018, "a..\\..\\b.xlsx", values=DOUBTFUL)
    (folder / "linked.xlsx").symlink_to(path)
    (folder / "linked").symlink_to(path.parent)
    out.mkdir()
    kept.write_text("as it was")
    (out / "linked.xlsx").symlink_to(kept)
    before = path.read_bytes()
    written = annotate(folder, out)
    assert sorted(copy.name for copy in written) == ["a..\\..\\b.xlsx", "linked.xlsx"]
    assert {copy.resolve().parent for copy in written} == {out.resolve()}
    assert kept.read_text() == "as it was" and path.read_bytes() == before
    assert {p.name for p in tmp_path.iterdir()} == {"in", "out", "elsewhere", "kept.txt"}


@pytest.mark.parametrize("target", [".", "sub", ".."])
def test_annotated_copies_never_land_among_the_returns(tmp_path, target):
    send(tmp_path / "in", "rach-gia", 2018, values=DOUBTFUL)
    with pytest.raises(DataError, match="apart from the returns"):
        annotate(tmp_path / "in", tmp_path / "in" / target)
    with pytest.raises(DataError, match="apart from the returns"):
        annotate(tmp_path / "in" / "rach-gia-2018.xlsx", tmp_path / "in")
    assert len(annotate(tmp_path / "in" / "rach-gia-2018.xlsx", tmp_path / "in" / "out")) == 1


def test_a_return_needs_no_particular_name_and_the_input_is_left_alone(tmp_path):
    path = send(tmp_path, "rach-gia", 2018, "gửi Sở (2).xlsx")
    before = path.read_bytes()
    assert read(path).reporting["received"].sum() == 1
    assert path.read_bytes() == before and len(list(tmp_path.iterdir())) == 1


def test_the_progress_bar_stays_off_where_nobody_watches(tmp_path, capsys):
    send(tmp_path, "rach-gia", 2018)
    read(tmp_path)
    assert capsys.readouterr() == ("", "")


def test_outcomes_and_spending_have_every_row_the_form_asks(tmp_path):
    send(tmp_path, "rach-gia", 2018)
    send(tmp_path, "newspaper", 2016)
    out = read(tmp_path)
    assert len(out.outcomes) == 22 + 12 and len(out.spending) == 2 * len(form().money)
    assert out.outcomes["unit"].tolist() == ["newspaper"] * 12 + ["rach-gia"] * 22
    assert out.spending["item"].unique().tolist() == [
        *read_table("budget", data_folder() / "processed" / "budget.csv")["item"].unique()]


@pytest.mark.slow
def test_bytes_of_a_book_opened_by_openpyxl_hold_the_same_figures(tmp_path):
    path, copy = send(tmp_path / "a", "rach-gia", 2018), io.BytesIO()
    openpyxl.load_workbook(path).save(copy)
    before = read(path)
    path.write_bytes(copy.getvalue())
    same(before.outcomes, read(path).outcomes, ())


def test_accepted_and_rejected_are_what_was_submitted(tmp_path):
    first = send(tmp_path, "justice", 2017, "b.xlsx")
    before = read(tmp_path).reporting.attrs["cells"]
    assert before == {"submitted": before["accepted"], "accepted": before["accepted"],
                      "rejected": 0}

    def spoil(book):
        book["Chỉ tiêu"]["F8"] = "hơn 350"

    edit(first, spoil)
    after = read(tmp_path).reporting.attrs["cells"]
    assert after == {"submitted": before["submitted"], "accepted": before["submitted"] - 1,
                     "rejected": 1}


def test_several_returns_of_one_unit_and_year_name_each_other(tmp_path):
    for name in ("a.xlsx", "b.xlsx", "c.xlsx"):
        send(tmp_path, "justice", 2017, name)
    returns = read(tmp_path)
    said = returns.problems.set_index("file")["message_en"]
    for name, others in {"a.xlsx": "b.xlsx, c.xlsx", "b.xlsx": "a.xlsx, c.xlsx"}.items():
        assert others in said[name] and f"{name}, " not in said[name]
    cells = returns.reporting.attrs["cells"]
    assert cells["accepted"] == 0 and cells["rejected"] == cells["submitted"] > 0


def test_what_came_of_each_return():
    reporting = pd.DataFrame(
        [(True, False, False, False, "missing"), (True, True, False, True, "empty"),
         (True, True, True, True, "on_time"), (True, True, True, False, "late"),
         (False, False, False, False, None), (False, True, True, True, None)],
        columns=["expected", "received", "with_content", "on_time", "state"])
    pd.testing.assert_series_equal(report_states(reporting), reporting["state"],
                                   check_names=False, check_dtype=False)


def test_a_copy_that_cannot_be_made_costs_no_other_its_own(tmp_path, monkeypatch):
    """The second copy is made and marked where the first fails in whatever way."""
    for unit in ("labour", "justice"):
        send(tmp_path / "in", unit, 2016, values=DOUBTFUL)
    load = openpyxl.load_workbook

    def odd(path, **how):
        if "justice" in str(path):
            raise IndexError("list index out of range")
        return load(path, **how)

    problems = read(tmp_path / "in").problems
    monkeypatch.setattr(openpyxl, "load_workbook", odd)
    assert [copy.name for copy in annotate(tmp_path / "in", tmp_path / "out", problems)] == [
        "labour-2016.xlsx"]


@pytest.mark.slow
def test_marks_go_when_the_cell_is_mended(tmp_path):
    path = send(tmp_path / "in", "labour", 2016)
    edit(path, lambda book: book["Chỉ tiêu"].cell(8, 6, "hơn 350"))
    (copy,) = annotate(path.parent, tmp_path / "out")
    marked = openpyxl.load_workbook(copy)["Chỉ tiêu"]["F8"]
    assert marked.comment.author == "kgge" and marked.fill.fgColor.rgb.endswith("FFC7CE")
    edit(copy, lambda book: (book["Chỉ tiêu"].cell(8, 6, 100),
                             book["Kinh phí"].cell(8, 5, "1.234,5")))
    (again,) = annotate(copy.parent, tmp_path / "again")
    book = openpyxl.load_workbook(again)
    assert book["Kinh phí"]["E8"].comment and book["Chỉ tiêu"]["F8"].comment is None
    assert not book["Chỉ tiêu"]["F8"].fill.fgColor.rgb.endswith("FFC7CE")


@pytest.mark.parametrize("text", ["#SPILL!", "#CALC!", "#FIELD!", "#GETTING_DATA", "Err:508"])
def test_an_error_of_a_later_program_is_one_cell_and_not_the_file(tmp_path, text):
    path = send(tmp_path, "rach-gia", 2018)
    cell_as(path, "F9", f't="e"><f>1</f><v>{text}</v>')
    out = read(path)
    assert out.problems[["cell", "code", "value"]].values.tolist() == [["F9", "error_value", text]]
    assert out.reporting["received"].sum() == 1


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["", 't="n"'])
@pytest.mark.parametrize("text", ["#DIV/0!", "#N/A", "#SPILL!"])
def test_an_error_of_a_formula_spoils_nothing_beside_it(tmp_path, kind, text):
    """Totals that follow from it hold it too; formulas and totals beside it are sound."""
    path = send(tmp_path / "in", "rach-gia", 2018)
    edit(path, put("H12", None))  # as openpyxl writes it
    for sheet, wrong, sound, of in ((2, "E8", "F8", "50+50"), (4, "C7", "D7", "SUM(F8:F15)")):
        cell_as(path, wrong, f't="e"><f aca="false">1/0</f><v>{text}</v>', sheet)
        cell_as(path, sound, f"{kind}><f>{of}</f><v>100</v>", sheet)
    out, again = read(path), read(annotate(path, tmp_path / "out")[0])
    for one in (out, again):
        assert one.problems[["sheet", "cell", "code", "value"]].values.tolist() == [
            ["Chỉ tiêu", "E8", "error_value", text]]
        assert one.outcomes.loc[0, "reached"] == 100


def test_the_form_is_made_anew_where_a_list_has_changed(data):
    before = load_form()
    assert load_form() is before
    labels = data / "raw" / "labels.csv"
    labels.write_text(labels.read_text(encoding="utf-8").replace("Rạch Giá", "Rạch Giá mới"),
                      encoding="utf-8")
    assert load_form().labels["unit", "rach-gia"][0] == "Rạch Giá mới"
    assert before.labels["unit", "rach-gia"][0] == "Rạch Giá"


def test_the_form_is_that_of_the_language_in_use(data):
    """What a form calls itself may be another name in English."""
    plan = data / "raw" / "plan.csv"
    plan.write_text(plan.read_text(encoding="utf-8").replace(
        "form,01/BĐG-KH27,", "form,01/BĐG-KH27,01/GE-P27"), encoding="utf-8")
    for lang in ("vi", "en", "vi"):
        with speaking(lang):
            path = data / f"{lang}.xlsx"
            write_template("rach-gia", 2018, path, values={
                ("1a.officials.male", "eligible"): 40, ("1a.officials.male", "reached"): 30})
            assert "not_read" not in [*read_returns(path).problems["code"]], lang


def test_a_code_that_is_a_number_where_no_column_is_read(tmp_path):
    """Two columns are called amount, so none is read; a number stands among the codes."""
    path = write(tmp_path / "a.xlsx", "rach-gia", 2018, values={("I.1.central", "amount"): 5.5})
    book = openpyxl.load_workbook(path)
    page = book["Kinh phí"]
    (at, codes), = [(row[0].row, row) for row in page.iter_rows() if "amount" in [
        cell.value for cell in row]]
    code, source = (next(c.column for c in codes if c.value == name) for name in ("code", "source"))
    page.cell(at, source).value = "amount"
    page.cell(at + 2, code).value = 7
    book.save(path)
    assert "no_column" in ";".join(read(path).problems["code"])


@pytest.mark.parametrize(("part", "said"), [
    ("xl/worksheets/sheet2.xml", b"<!-- sheetData --><!DOCTYPE a [<!ENTITY b 'c'>]><worksheet "),
    ("xl/sharedStrings.xml", b"<!-- sheetData sheetData --><!DOCTYPE a [<!ENTITY b 'c'>]><sst ")])
def test_a_doctype_is_refused_wherever_it_stands(tmp_path, part, said):
    path = write(tmp_path / "a.xlsx", "rach-gia", 2018)
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    parts[part] = parts[part].replace(b"<" + said.rpartition(b"<")[2], said, 1)
    with zipfile.ZipFile(path, "w") as book:
        for name, text in parts.items():
            book.writestr(name, text)
    problems = read(path).problems
    assert [*problems["code"]] == ["unreadable"] and "DOCTYPE" in problems["value"].iloc[0]


@pytest.mark.parametrize("part", [
    b"<comments><commentList><t>sheetData, sheetData?</t></commentList></comments>",
    b"<xdr:wsDr xmlns:xdr='a'><t>sheetData, sheetData?</t></xdr:wsDr>"])
def test_a_comment_or_a_shape_that_speaks_of_the_parts_of_a_file_is_looked_at(part):
    assert _is_suspect(part)


def as_libreoffice(path, hidden="false"):
    """Say of the sheets and of each row what LibreOffice says of them."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    with zipfile.ZipFile(path, "w") as book:
        for name, part in parts.items():
            part = part.replace(b"<sheetFormatPr ", b'<sheetFormatPr zeroHeight="false" ')
            book.writestr(name, part.replace(b"<row ", b'<row hidden="false" ').replace(
                b'<row hidden="false" r="9"', b'<row hidden="%s" r="9"' % hidden.encode()))


def test_rows_that_are_said_not_to_be_hidden_cost_nothing(tmp_path, monkeypatch):
    path = write(tmp_path / "a.xlsx", "rach-gia", 2018, values={
        ("1a.officials.male", "eligible"): 40, ("1a.officials.male", "reached"): 30})
    as_libreoffice(path)
    looked = []
    monkeypatch.setattr("kgge.xlsx._look_again", lambda parts, sheets: looked.append(1) or sheets)
    assert "hidden" not in [*read(path).problems["code"]] and not looked


def test_one_row_hidden_among_others_that_are_not_is_seen(tmp_path):
    path = write(tmp_path / "a.xlsx", "rach-gia", 2018, values={
        ("1a.officials.male", "eligible"): 40, ("1a.officials.male", "reached"): 30})
    as_libreoffice(path, hidden="true")
    problems = read(path).problems.query("code == 'hidden'")
    assert [*problems["cell"]] == ["E9", "F9"]
