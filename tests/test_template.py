"""The form: what it holds, how it is guarded, and that what is filled in comes back."""

import datetime
import math
import shutil
import subprocess
from pathlib import Path

import forms
import openpyxl
import pandas as pd
import pytest
from second_plan import write_returns, write_second_plan
from typer.testing import CliRunner

from kgge.cli import app
from kgge.files import DataError, UsageError
from kgge.returns.cells import LIMITS, read_cell
from kgge.returns.collect import read_returns
from kgge.returns.form import COLUMNS, ENTRIES, SHEETS, load_form
from kgge.returns.template import BANNER, read_before, write_template

OFFICE = shutil.which("soffice")
needs_office = pytest.mark.skipif(OFFICE is None, reason="LibreOffice (soffice) is not installed")
RECEIVED = datetime.date(2019, 1, 20)


def convert(folder, kind, *files):
    subprocess.run([OFFICE, f"-env:UserInstallation=file://{folder}/profile", "--headless",
                    "--convert-to", kind, "--outdir", folder, *files],
                   check=True, capture_output=True, timeout=120)


def answers(form, unit):
    """Something for every cell of a form, all states among it: what to type, what is meant."""
    nan = math.nan
    marks = [("...", nan, "not_known"), ("x", nan, "not_applicable"), (None, nan, "not_reported"),
             ("-", 0, "reported"), (0, 0, "reported")]
    out = {}
    cells = [(code, c) for code in form.asked("indicators", unit) for c in ENTRIES["indicators"]]
    for at, key in enumerate(cells + [(code, "amount") for code in form.money]):
        typed = 10_000 - at if key[1] != "amount" else at + 0.25
        # Not zero persons in the group: then nobody can be reached.
        mark = marks[at // 2 % (3 if key[1] == "eligible" else 5)]
        out[key] = mark if at % 2 else (typed, typed, "reported")
    return out


def fill(book, given):
    """Type the answers into a blank form, finding each cell by its codes as a reader would."""
    left = dict(given)
    for kind in ("indicators", "spending"):
        sheet = book[SHEETS[kind]]
        codes = [column.code for column in COLUMNS[kind]]
        for line in sheet.iter_rows(min_row=7):
            for cell, column in zip(line, codes, strict=True):
                if (key := (line[codes.index("code")].value, column)) in left:
                    assert cell.protection.locked is False
                    cell.value = left.pop(key)[0]
    assert not left
    book[SHEETS["cover"]]["B17"] = RECEIVED


def check(path, form, given):
    out = forms.read(path)
    assert set(out.problems["severity"]) <= {"warning"}
    found = {}
    for row in out.outcomes.to_dict("records"):
        for column in ENTRIES["indicators"]:
            code = f"{row['indicator']}.{row['group']}.{row['sex']}"
            found[code, column] = row[column], row[f"{column}_state"]
    for row in out.spending.to_dict("records"):
        found[f"{row['item']}.{row['source']}", "amount"] = row["amount"], row["state"]
    assert found.keys() == given.keys()
    for key, (_, number, state) in given.items():
        assert found[key][1] == state, key
        assert found[key][0] == number or math.isnan(found[key][0]) and math.isnan(number), key
    filled = sum(state != "not_reported" for *_, state in given.values())
    assert out.reporting.attrs["cells"] == {"submitted": filled, "accepted": filled, "rejected": 0}
    one = out.reporting[out.reporting["received"]].iloc[0]
    assert (one["unit"], one["year"], one["received_on"].date()) == ("rach-gia", 2018, RECEIVED)
    assert one["on_time"] and one["with_content"]


def test_what_openpyxl_fills_in_comes_back(tmp_path):
    form, path = forms.form(), tmp_path / "form.xlsx"
    write_template("rach-gia", 2018, path, form=form)
    given, book = answers(form, "rach-gia"), openpyxl.load_workbook(path)
    fill(book, given)
    book.save(path)
    check(path, form, given)
    assert {state for *_, state in given.values()} == {
        "reported", "not_reported", "not_known", "not_applicable"}


@pytest.mark.slow
@needs_office
def test_what_is_typed_and_then_saved_by_libreoffice_comes_back(tmp_path):
    """Every cell and state; the totals are then those of what was typed."""
    form, path, saved = forms.form(), tmp_path / "form.xlsx", tmp_path / "saved" / "form.xlsx"
    write_template("rach-gia", 2018, path, form=form)
    given, book = answers(form, "rach-gia"), openpyxl.load_workbook(path)
    fill(book, given)
    book.save(path)
    saved.parent.mkdir()
    convert(saved.parent, "xlsx:Calc MS Excel 2007 XML", path)
    check(saved, form, given)
    sheet = openpyxl.load_workbook(saved, data_only=True)["Tổng hợp"]
    typed = {code: number for (code, column), (_, number, state) in given.items()
             if column == "reached" and code.startswith("1a.") and state == "reported"}
    assert sheet["A7"].value.startswith("1a.") and sheet["D7"].value == sum(typed.values())
    assert sheet["D8"].value == sum(n for code, n in typed.items() if code.endswith(".female"))


@pytest.mark.slow
@needs_office
def test_what_libreoffice_saves_comes_back(tmp_path):
    form, path = forms.form(), tmp_path / "form.xlsx"
    given = answers(form, "rach-gia")
    write_template("rach-gia", 2018, path, form=form, received_on=RECEIVED, values={
        key: typed for key, (typed, *_) in given.items() if typed is not None})
    check(path, form, given)
    convert(tmp_path, "ods", path)
    path.unlink()
    convert(tmp_path, "xlsx", tmp_path / "form.ods")
    check(path, form, given)


@pytest.mark.slow
@needs_office
def test_the_rules_admit_what_can_be_read_and_nothing_else(tmp_path):
    """The rule of each entry cell, computed by LibreOffice for many values typed into it."""
    write_template("rach-gia", 2018, tmp_path / "form.xlsx")
    book, values = openpyxl.load_workbook(tmp_path / "form.xlsx"), [
        0, 5, 350, 2_000_001, -1, 0.5, 1e9, "...", "…", "x", "X", "-", "–", "hơn 5", "15/15", "85%"]
    test, expected = openpyxl.Workbook(), []
    for kind in ("indicators", "spending"):
        for rule in book[SHEETS[kind]].data_validations.dataValidation:
            place = str(rule.sqref).split(":")[0]
            column = COLUMNS[kind]["ABCDEFG".index(place[0])].code
            for value in values:
                row = len(expected) + 1
                test.active.cell(row, 1, value)
                formula = rule.formula1.replace(place, f"A{row}")
                formula = formula.replace(f"E{place[1:]}", f"B{row}")
                test.active.cell(row, 3, f"=IF({formula},1,2)")
                expected.append("2" if read_cell(value, column).state == "rejected" else "1")
    assert len(expected) == 4 * len(values)
    test.save(tmp_path / "rules.xlsx")
    convert(tmp_path, "csv", tmp_path / "rules.xlsx")
    lines = (tmp_path / "rules.csv").read_text(encoding="latin-1").strip().split("\n")
    assert [line.rsplit(",", 1)[1] for line in lines] == expected


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    path = tmp_path_factory.mktemp("form") / "form.xlsx"
    write_template("hon-dat", 2019, path)
    return openpyxl.load_workbook(path)


def test_the_cover_says_what_a_form_must_say(book):
    said = {row[2]: row[1] for row in book["Bìa"].iter_rows(min_row=7, values_only=True)}
    assert (said["form"], said["version"]) == ("01/BĐG-KH27", "KH27-v2")
    assert said["unit"] == "hon-dat"
    assert said["unit_name"] == "UBND huyện Hòn Đất\nPeople's Committee of Hòn Đất District"
    assert "27/KH-UBND ngày 03/3/2016" in said["basis"] and said["year"] == 2019
    assert said["receiver"].startswith("Sở Lao động - Thương binh và Xã hội")
    assert (said["due"], said["received_on"]) == ("31/01/2020", None)
    assert "người" in said["measure"] and "triệu đồng" in said["measure"]
    assert said["illustrative"] == "Không / No" and said["period"] == "01/01/2019 – 31/12/2019"
    texts = [str(c) for row in book["Bìa"].iter_rows(values_only=True) for c in row if c]
    assert any("THỦ TRƯỞNG ĐƠN VỊ" in t for t in texts)
    rules = {str(r.sqref): r.type for r in book["Bìa"].data_validations.dataValidation}
    assert rules == {"B17": "date", "B18": "list", "B22": "date"}


@pytest.mark.parametrize(("sheet", "entries"), [("Chỉ tiêu", 66), ("Kinh phí", 51)])
def test_only_entries_can_be_typed_into_and_each_has_a_rule(book, sheet, entries):
    sheet = book[sheet]
    unlocked = [c for row in sheet.iter_rows() for c in row if not c.protection.locked]
    assert sheet.protection.sheet and not sheet.protection.password and len(unlocked) == entries
    for cell in unlocked:
        assert cell.fill.fgColor.rgb == "FFFFF2CC" and cell.border.left.style == "thin"
        rules = [r for r in sheet.data_validations.dataValidation if cell.coordinate in r.sqref]
        assert len(rules) == 1 and "..." in rules[0].formula1
        assert "/" in rules[0].errorTitle and len(rules[0].error) <= 255


def test_the_form_prints_on_a4_with_its_header_on_each_page(book):
    for sheet in book:
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.freeze_panes == "A7"
        assert (sheet.page_setup.fitToHeight == 0) == (sheet.title in ("Chỉ tiêu", "Kinh phí"))
        assert sheet.print_title_rows == "$1:$5"
        assert "UBND huyện Hòn Đất" in sheet.oddHeader.left.text
        printed = sheet[sheet.print_area.replace("$", "").rpartition("!")[2]]
        assert printed[0][0].row == 7 and "code" not in {sheet.cell(6, c.column).value
                                                         for c in printed[0]}


@pytest.mark.slow
def test_rows_are_those_of_the_unit_and_codes_stand_once(tmp_path):
    form = load_form()
    for unit, rows in (("newspaper", 12), ("finance", 18), ("labour", 20), ("rach-gia", 22)):
        write_template(unit, 2016, tmp_path / "a.xlsx", form=form)
        out = read_returns(tmp_path / "a.xlsx")
        assert len(out.outcomes) == rows and len(out.spending) == 51
        assert list(out.problems["code"]) == ["no_figure", "no_date"]
        assert not out.reporting["with_content"].any()


def test_an_illustrative_form_says_so_on_every_sheet_and_page(tmp_path, book):
    write_template("hon-dat", 2019, tmp_path / "a.xlsx", illustrative=True)
    marked = openpyxl.load_workbook(tmp_path / "a.xlsx")
    for sheet in marked:
        assert sheet["A1"].value == BANNER and BANNER in sheet.oddFooter.left.text
        assert BANNER not in str(book[sheet.title]["A1"].value)
    assert read_returns(tmp_path / "a.xlsx").outcomes.attrs["illustrative"] is True


def test_the_same_form_has_the_same_bytes(tmp_path):
    one, other = (tmp_path / f"{name}.xlsx" for name in "ab")
    for path in (one, other):
        write_template("kien-hai", 2017, path, values={("I.1.other", "amount"): 1.5})
    assert one.read_bytes() == other.read_bytes()
    created = openpyxl.load_workbook(one).properties.created
    assert created == datetime.datetime(2017, 1, 1)
    with pytest.raises(UsageError, match=r"form\.xls: a return form is an \.xlsx"):
        write_template("kien-hai", 2017, tmp_path / "form.xls")


@pytest.mark.parametrize("text", ["=1+1", "{=1+1}", "+1", "-1+1", "@a", "http://example.org"])
def test_text_is_never_written_as_a_formula_or_a_link(tmp_path, data, text):
    """Neither what is filled in nor the labels of the plan."""
    path = data / "raw" / "labels.csv"
    labels = pd.read_csv(path, engine="c", dtype="str")
    labels.assign(vi=text + labels["vi"], en=text).to_csv(path, index=False)
    path = tmp_path / "a.xlsx"
    write_template("kien-hai", 2017, path, values={("I.1.other", "amount"): text})
    book = openpyxl.load_workbook(path)
    cell = book["Kinh phí"]["E10"]
    assert (cell.value, cell.data_type) == (text, "s")
    cells = [cell for sheet in book for row in sheet for cell in row]
    assert sum(str(cell.value).startswith(text) for cell in cells) > 80
    assert {cell.data_type for cell in cells if cell.parent.title != "Tổng hợp"} <= {"s", "n"}
    assert all(cell.hyperlink is None for cell in cells)


@pytest.mark.parametrize(("unit", "year", "values", "said"), [
    ("saigon", 2018, {}, "'saigon' sends no return.*rach-gia"),
    ("other-departments", 2018, {}, "sends no return"),
    ("rach-gia", 2021, {}, "2021 is not in the plan: 2016 to 2020"),
    ("newspaper", 2018, {("1b.residents.female", "reached"): 1}, "no cells .*1b.residents"),
])
def test_a_form_nobody_needs_is_refused(tmp_path, unit, year, values, said):
    with pytest.raises(DataError, match=said):
        write_template(unit, year, tmp_path / "a.xlsx", values=values)
    assert not list(tmp_path.iterdir())


def heads(sheet):
    return {code.value: text.value for text, code in zip(sheet[4], sheet[6], strict=True)}


def test_headings_say_from_when_persons_add_up(tmp_path, book):
    said = heads(book["Chỉ tiêu"])["reached"]
    assert "LŨY KẾ từ 01/01/2016 đến 31/12/2019 (riêng chỉ tiêu 4: trong năm 2019)" in said
    assert "CUMULATIVE since 1 January 2016 (of 4: in 2019 alone)" in said
    write_template("newspaper", 2018, tmp_path / "a.xlsx")  # is not asked for 4
    said = heads(openpyxl.load_workbook(tmp_path / "a.xlsx")["Chỉ tiêu"])["reached"]
    assert "LŨY KẾ từ 01/01/2016 đến 31/12/2018\n" in said and "4" not in said


def test_each_row_says_whose_persons_it_counts_and_the_guide_what_they_are(tmp_path):
    form = load_form()
    for unit, said in (("rach-gia", "Trên địa bàn, trừ cơ quan cấp tỉnh\nIn the district"),
                       ("finance", "Cơ quan và đơn vị trực thuộc\nOwn body")):
        write_template(unit, 2018, tmp_path / "a.xlsx", form=form)
        book = openpyxl.load_workbook(tmp_path / "a.xlsx")
        rows = {line[10]: line[3] for line in book["Chỉ tiêu"].iter_rows(
            min_row=7, values_only=True) if line[10]}
        assert rows["1a.officials.male"].startswith(said) and all(rows.values())
        guide = [line for line in book["Hướng dẫn"].iter_rows(min_row=7, values_only=True)]
        groups = {line[0].split("\n")[0]: line for line in guide}
        asked = {form.labels["group", key[1]][0] for key in form.asked("x", unit).values()}
        assert asked <= groups.keys() and all(all(groups[group]) for group in asked)
        assert any("31/01/2019" in line[2] for line in guide)


@pytest.mark.slow
def test_last_years_figures_stand_beside_locked_and_are_not_read(data, tmp_path):
    earlier = read_before(2018, load_form())
    past = pd.read_csv(data / "processed" / "outcomes.csv", engine="c").query("year == 2017")
    for unit, mark in (("rach-gia", "ILLUSTRATIVE"), ("kien-hai", "")):  # the one sent nothing
        write_template(unit, 2018, tmp_path / "a.xlsx", before=earlier.get(unit))
        sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["Chỉ tiêu"]
        assert ("ILLUSTRATIVE" in heads(sheet)["last_reached"]) == bool(mark)
        assert "2017" in heads(sheet)["last_reached"]
        cells = {line[10].value: line[8] for line in sheet.iter_rows(min_row=7) if line[10].value}
        assert all(cell.protection.locked for cell in cells.values())
        mine = past[(past["unit"] == unit) & (past["reached_state"] == "reported")]
        assert {code: cell.value for code, cell in cells.items()
                if isinstance(cell.value, int)} == {
            f"{r.indicator}.{r.group}.{r.sex}": r.reached for r in mine.itertuples()}
        assert read_returns(tmp_path / "a.xlsx").reporting.attrs["cells"]["submitted"] == 0
    written = CliRunner().invoke(app, ["template", "--year", "2018", "--unit", "rach-gia",
                                       "--out", str(tmp_path / "out")])
    assert written.exit_code == 0
    write_template("rach-gia", 2018, tmp_path / "a.xlsx", before=earlier["rach-gia"])
    assert (tmp_path / "out" / "2018-rach-gia.xlsx").read_bytes() == (
        tmp_path / "a.xlsx").read_bytes()


def test_totals_add_up_what_is_filled_in(tmp_path):
    form = load_form()
    values = {key: typed for key, (typed, *_) in answers(form, "rach-gia").items()
              if typed is not None}
    write_template("rach-gia", 2018, tmp_path / "a.xlsx", values=values)
    found, title = {}, ""
    for line in openpyxl.load_workbook(tmp_path / "a.xlsx", data_only=True)["Tổng hợp"].iter_rows(
            min_row=7, values_only=True):
        title = line[0] or title
        found[title.split(" / ")[0], line[1].split(" / ")[0]] = line[2:]

    def total(column, *starts, end=""):
        return sum(value for (code, of), value in values.items() if of == column
                   and code.startswith(starts) and code.endswith(end)
                   and not isinstance(value, str))

    name = form.labels["indicator", "1a"][0]
    for at, column in enumerate(ENTRIES["indicators"]):
        assert found[name, "Tổng số"][at] == total(column, "1a.")
        assert found[name, "Trong đó: nữ"][at] == total(column, "1a.", end=".female")
    assert (form.labels["indicator", "3"][0], "Tổng số") not in found  # of women alone
    assert found["Tổng chi", "Tổng số"][3] == total("amount", "")
    assert found["Ngân sách trung ương", "Tổng số"][3] == total("amount", "", end=".central")


@pytest.mark.parametrize("name", ["illustrative-2018-rach-gia", "illustrative-2019-labour"])
def test_a_return_of_the_first_version_is_still_read_with_the_same_figures(name, data):
    """The same units and years in both versions: what they say, and in which cells."""
    old, new = (read_returns(folder / f"{name}.xlsx") for folder in (
        Path(__file__).with_name("returns-v1"), data / "raw" / "returns" / name[13:17]))
    assert old.reporting.attrs["cells"] == new.reporting.attrs["cells"]
    for left, right in zip(old, new, strict=True):
        pd.testing.assert_frame_equal(left, right)


@pytest.mark.slow
def test_the_form_of_another_plan(tmp_path, monkeypatch):
    """Other sources, a unit that has ended, sums of one indicator and not of the others."""
    write_second_plan(tmp_path / "plan")
    monkeypatch.setenv("KGGE_DATA", str(tmp_path / "plan"))
    form = load_form()
    write_returns(tmp_path / "plan", range(2021, 2023))
    before = read_before(2023, form)
    assert set(before) == {"home", "south", "port"} and not before["home"].illustrative
    for unit in form.reporting(2023):
        write_template(unit, 2023, tmp_path / "a.xlsx", form=form, before=before.get(unit))
        assert list(read_returns(tmp_path / "a.xlsx").problems["code"]) == ["no_figure", "no_date"]
        book = openpyxl.load_workbook(tmp_path / "a.xlsx")
        said = heads(book["Chỉ tiêu"])["reached"]
        assert ("LŨY KẾ từ 01/01/2021" in said) == (unit != "home")
        text = str([c.value for sheet in book for line in sheet for c in line])
        assert "Kiên Giang" not in text and "2016" not in text and "AL-v2" in text
    with pytest.raises(UsageError, match="'port' sends no return for it"):
        write_template("port", 2023, tmp_path / "a.xlsx", form=form)


def test_every_entry_column_has_a_limit():
    assert {*ENTRIES["indicators"], *ENTRIES["spending"]} == set(LIMITS)


def test_a_unit_by_its_name_and_a_year_as_text(tmp_path):
    write_template("huyện An Biên", "2018", tmp_path / "a.xlsx")
    write_template("an-bien", 2018, tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
