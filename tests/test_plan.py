"""A plan is a folder: written anew, held together before anything is made, and alone to speak."""

import re
import shutil
import zipfile
from functools import partial
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from commands import kgge as run
from here import plain
from second_plan import LINES, YEARS, annex_rows, write_returns, write_second_plan

import kgge
from kgge.build import build
from kgge.cli import report
from kgge.files import data_folder
from kgge.publish.catalogue import figures, sheets
from kgge.publish.figures import export
from kgge.publish.html import notebook_folder, run_notebooks
from kgge.tables.folder import KEYS, LISTS, of_another_plan, read_plan, write_plan_folder
from kgge.tables.schemas import DESCRIBED, list_file

THIS_PLAN = re.compile(r"Ki[êe]n Giang|27/KH-UBND|KH27|(?<!\d)20(?:16|20)(?!\d)")


@pytest.fixture
def other(tmp_path, monkeypatch):
    """Return the folder of another plan, without returns; the package then uses it."""
    folder = tmp_path / "an-lac"
    write_second_plan(folder)
    monkeypatch.setenv("KGGE_DATA", str(folder))
    return folder


def rewrite(path, old, new, encoding="utf-8"):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding=encoding)


@pytest.mark.slow
def test_a_new_folder_explains_each_file_and_holds_nothing_of_this_plan(tmp_path):
    made = run("new", tmp_path / "plan")
    assert made.returncode == 0 and len(made.stdout.splitlines()) == len(LISTS) + 1
    page = (tmp_path / "plan" / "README.md").read_text(encoding="utf-8")
    for name in LISTS:
        part = page.split(f"## raw/{list_file(name)}\n")[1].split("\n## ")[0]
        said = (DESCRIBED["tables"] | DESCRIBED["lists"])[name]
        wanted = KEYS if name == "plan" else [field["name"] for field in said["fields"]]
        assert re.findall(r"^\| (\w+) \|", part, re.MULTILINE)[1:] == list(wanted), name
    for path in (tmp_path / "plan").rglob("*.*"):
        assert not THIS_PLAN.search(path.read_text(encoding="utf-8")), path
    again = run("new", tmp_path / "plan")
    assert again.returncode == 2 and "is not empty" in again.stderr


def test_the_example_rows_of_the_page_are_rows_that_can_be_read(tmp_path, monkeypatch):
    write_plan_folder(tmp_path / "plan")
    monkeypatch.setenv("KGGE_DATA", str(tmp_path / "plan"))
    for name in LISTS[1:]:
        said = (DESCRIBED["tables"] | DESCRIBED["lists"])[name]
        frame = pd.DataFrame([said["example"]], columns=[f["name"] for f in said["fields"]])
        kgge.tables.schemas.conform(name, frame.replace("", None))


@pytest.mark.slow
def test_what_a_new_folder_still_needs_is_said_at_once(tmp_path):
    run("new", tmp_path / "plan")
    found = run("--data", tmp_path / "plan", "build")
    assert found.returncode == 1 and "Traceback" not in found.stderr
    for said in ("one file named *annex*", "targets.csv has no row", "groups.csv has no row",
                 "units.csv has no row", "no text in the column vi for title, name"):
        assert said in found.stderr


FAULTS = [
    ("groups", "B,staff", "X,staff", r"groups.csv, line 3: indicator 'X' is no indicator of "
     r"targets.csv; there are A, B, C"),
    ("groups", "B,staff,female;male\n", "", r"targets.csv, line 3: indicator 'B' is no indicator "
     "of groups.csv"),
    ("units", "IV.1,B,", "IV.1,B;Z,", r"units.csv, line 2: indicators 'Z' is no indicator"),
    ("units", "home,department", "home,ministry", "line 2: kind 'ministry' is no kind of unit"),
    ("units", "2022,south", "2022,west", "line 5: successor 'west' is no unit"),
    ("units", ",,2022,", ",2023,2022,", "line 5: last_year 2022 comes before first_year 2023"),
    ("targets", "A,1,0.6", "A,1,60", r"targets.csv: 1 fault:\s+line 2: target '60': the most"),
    ("units", ",,2022,", ",,2020,", "line 5: last_year 2020 comes before the plan; by plan.csv"),
    ("units", "50000,,", "50000,2026,", "line 3: first_year 2026 comes after the plan; by plan"),
    ("units", ",2022,south", ",,south", "line 5: successor 'south' without last_year; write the"),
    ("units", ",50000,", ",50.000,", r"line 3: residents '50.000' is no integer; .* write 50000"),
    ("units", ",50000,", ",50 000,", "residents '50 000' is no integer; if these are thousands"),
    ("targets", "A,1,0.6", 'A,1,"0,6"', "target '0,6' is no number; decimals have a point, as 0.6"),
    ("targets", "A,1,0.6,2025", "A,1,0.6,2015", "line 2: target_year 2015 comes before the plan"),
    ("targets", "0,2019,cumul", "0,2022,cumul", "line 2: base_year 2022 lies within the plan"),
    ("targets", "0.5,2019", "0.5,", "line 3: baseline 0.5 without base_year; write the year"),
    ("targets", "0.3,2019", "0.10,2019", "line 4: target and baseline are both 0.1"),
    ("targets", "0,2019,cumulative", "0,2019,Cumulative", "line 2: accumulation 'Cumulative'"),
    ("targets", "A,1,0.6,2025", "A,1,0.6,2002", "target_year 2002 must come after base_year 2019"),
    ("units", "2022,south", "2022,port", "line 5: successor 'port' is the unit itself"),
    ("sources", "aid,Tài trợ", "aid,TỈNH", "sources.csv: printed 'tỉnh' stands for aid and prov"),
    ("labels", "group,staff,Cán bộ,Staff\n", "", "no label for group staff"),
    ("labels", "Cán bộ,Staff", "Cán bộ,", "labels.csv: 1 fault:.*en is empty"),
    ("plan", '"home"', '"nobody"', "receiver 'nobody' is no unit of units.csv; there are home"),
    ("plan", 'census,"A"', 'census,"D"', "census 'D' is no indicator of targets.csv"),
    ("plan", 'due_day,"15"', 'due_day,"31"', "due_day 31 of due_month 2 is no day"),
    ("plan", '"2021"', '"năm 2021"', "first_year 'năm 2021' is no year; write its four digits"),
    ("plan", '"2021"', '"2031"', "plan.csv: last_year 2025 comes before first_year 2031"),
    ("plan", "province,", "provinz,", "key 'provinz' is no key of a plan"),
    ("plan", "An Lạc, 2021–2025", "{title}", "must look like"),
]


@pytest.mark.parametrize(("name", "old", "new", "said"), FAULTS, ids=[f[2] or f[1] for f in FAULTS])
def test_codes_that_no_other_list_knows_stop_every_command(other, name, old, new, said):
    rewrite(other / "raw" / f"{name}.csv", old, new)
    for use in (build, kgge.returns.form.load_form):
        with pytest.raises(kgge.DataError, match=re.compile(said, re.DOTALL)):
            use()
    assert not (other / "processed").exists()


def test_all_faults_of_all_lists_are_told_together(other):
    for name, old, new, _ in FAULTS[:4:2]:
        rewrite(other / "raw" / f"{name}.csv", old, new)
    rewrite(other / "raw" / "annex.tsv", "\t52,5", "\tx")
    with pytest.raises(kgge.DataError, match=r"(?s)things to mend.*'x'.*groups.*'X'.*units.*'Z'"):
        build()


@pytest.mark.parametrize("change", ["bom", "semicolon", "decimals", "trailing", "all"])
def test_lists_that_excel_saved_are_the_same_lists(other, change):
    before = read_plan()
    for path in (other / "raw").glob("*.csv"):
        rows = pd.read_csv(path, engine="python", dtype="str", keep_default_na=False)
        if change in ("trailing", "all"):
            rows["Unnamed"] = ""
            rows.loc[len(rows)] = ""
            rows = rows.rename(columns={"Unnamed": ""})
        if change in ("decimals", "all"):
            rows = rows.replace(r"^(\d+)\.(\d+)$", r"\1,\2", regex=True)
        mark = ";" if change in ("semicolon", "decimals", "all") else ","
        path.write_text(rows.to_csv(index=False, sep=mark),
                        encoding="utf-8-sig" if change in ("bom", "all") else "utf-8")
    after = read_plan()
    for name in LISTS:
        pd.testing.assert_frame_equal(before[name], after[name])


def test_na_is_a_code_like_another(other):
    for path in (other / "raw").glob("*.csv"):
        path.write_text(re.sub(r"\bnorth\b", "NA", path.read_text("utf-8")), encoding="utf-8")
    build()
    assert kgge.load_units()["unit"].tolist() == ["home", "NA", "south", "port"]


def test_a_line_is_called_as_printed_unless_the_folder_names_it(other):
    build()
    assert kgge.label("item", "I", "en") == "Project 1: Communication"
    for lang in ("vi", "en"):
        assert kgge.label("item", "I.1", lang) == LINES["I.1"][0]
    form = kgge.returns.form.load_form()
    assert form.labels["item", "II.1"] == (LINES["II.1"][0],) * 2
    with pytest.raises(kgge.DataError, match="no 'vi' label for item IX"):
        kgge.label("item", "IX", "vi")


@pytest.mark.slow
def test_labels_of_another_plan_do_not_come_along_silently(other):
    with (other / "raw" / "labels.csv").open("a", encoding="utf-8") as file:
        file.write("item,I.2,Giao lưu trao đổi kinh nghiệm,Exchange visits\nitem,IV.9,Mô hình,M\n")
    found = run("build")
    assert found.returncode == 0
    assert "item I.2 is called 'Giao lưu trao đổi kinh nghiệm'; the annex prints" in found.stderr
    assert "item IV.9 is no line of the annex" in found.stderr
    rewrite(other / "raw" / "plan.csv", '"2025"', '"2030"')
    assert "2021 and 2030, but the annex runs from 2021 to 2025" in of_another_plan(
        read_plan()["annex"])[0]


def test_this_plan_is_such_a_folder():
    assert of_another_plan(read_plan()["annex"]) == []
    assert kgge.about("title", "vi").startswith("Bình đẳng giới trên địa bàn tỉnh Kiên Giang")
    with pytest.raises(kgge.DataError, match=r"plan.csv: no row 'colour'; there are title"):
        kgge.about("colour")


@pytest.mark.slow
def test_without_the_prices_of_years_to_come_all_but_constant_prices_is_there(
        other, tmp_path, monkeypatch):
    rewrite(other / "raw" / "prices.csv", "2024,3.6\n2025,3.4\n", "")
    build()
    assert "planned_in_constant_prices" not in [figure.chart for figure in figures()]
    assert "constant_prices" not in [sheet.name for sheet in sheets()]
    with pytest.raises(kgge.DataError, match="no price index of 2024, 2025"):
        kgge.real_terms(kgge.load_budget(), 2021)
    shutil.copy(notebook_folder() / "02-planned-spending.ipynb", tmp_path)
    monkeypatch.setattr(kgge.publish.html, "notebook_folder", lambda: tmp_path)
    plain(monkeypatch)
    page, = run_notebooks(["en"])["en"].values()
    assert "constant prices" not in "".join(cell.source for cell in page.cells)


def test_optional_rows_may_be_taken_out_and_a_missing_label_names_its_file(other):
    """Neither is a unit's population asked of the census, nor is there money without a plan."""
    path = other / "raw" / "plan.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not re.match("census|unplanned|limit_", line)]
    path.write_text("".join(kept), encoding="utf-8")
    form = kgge.returns.form.load_form()
    assert form.census == "" and build().reporting["unit"].nunique() > 1
    labels = other / "raw" / "labels.csv"
    rewrite(labels, "unit,north", "unit,nord")
    with pytest.raises(kgge.DataError, match=f"no label for .*north.*{re.escape(str(labels))}"):
        build()


@pytest.mark.slow
def test_a_unit_reports_in_its_years_only(other, tmp_path):
    form = kgge.returns.form.load_form()
    assert form.reporting(2022) == ["home", "north", "south", "port"]
    assert form.reporting(2023) == ["home", "north", "south"]
    with pytest.raises(kgge.files.UsageError, match="'port' sends no return .*2021 to 2022"):
        kgge.write_template("port", 2023, tmp_path / "port.xlsx")
    write_returns(other)
    path = other / "raw" / "returns" / "2022-port.xlsx"
    book = openpyxl.load_workbook(path)
    for sheet in book:
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            if "2022" in str(cell.value):
                cell.value = str(cell.value).replace("2022", "2023")
    book.save(path.with_name("2023-port.xlsx"))
    build()
    problem = kgge.load_problems().iloc[0]
    assert (problem["file"], problem["code"]) == ("2023-port.xlsx", "year")
    reporting = kgge.load_reporting()
    assert reporting.loc[reporting["unit"] == "port", "year"].max() == 2022


def test_numbers_of_the_second_plan(other):
    write_returns(other)
    build()
    budget = kgge.load_budget()
    assert budget["amount"].sum() == len(YEARS) * sum(sum(v[1:]) for v in LINES.values())
    progress = kgge.progress(kgge.load_outcomes(), kgge.load_targets(), kgge.load_units())
    last = progress.query("year == 2023").set_index("indicator")
    assert last.loc["C", "status"] == "on_track", "from 0.30 to 0.16, on the way down to 0.10"
    assert last.loc["A", "missing_units"] == "north" and "port" not in str(last["missing_units"])


def texts(path):
    """Return what can be read in a file: text as it is, the parts of a zip of XML unpacked."""
    if path.suffix in (".docx", ".xlsx"):
        with zipfile.ZipFile(path) as parts:
            return "\n".join(parts.read(name).decode() for name in parts.namelist()
                             if name.endswith(".xml") and "theme" not in name
                             and "styles" not in name)
    if path.suffix == ".html":  # pictures and code of the pages are no text
        return re.sub(r"data:[^\"')]+|<style.*?</style>|<script.*?</script>", "",
                      path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def report_of_another(tmp_path_factory):
    """Return folders: the report of another plan with real returns, its forms, its tables."""
    out, forms, data = (tmp_path_factory.mktemp(name) for name in ("out", "forms", "an-lac"))
    write_second_plan(data / "plan")
    with pytest.MonkeyPatch.context() as patch, kgge.use():
        patch.setenv("KGGE_DATA", str(data / "plan"))
        write_returns(data / "plan")
        assert run("template", "--year", "2022", "--out", forms).returncode == 0
        plain(patch)
        patch.setattr("kgge.publish.figures.export", partial(export, formats=["svg"], jobs=1))
        report(out)
    return out, forms, data / "plan" / "processed"


@pytest.mark.slow
def test_nothing_made_for_another_plan_names_this_one(report_of_another):
    made = [p for folder in report_of_another for p in folder.rglob("*") if p.suffix in (
                ".html", ".docx", ".xlsx", ".csv", ".json", ".txt", ".md", ".svg")]
    assert {p.suffix for p in made} >= {
        ".html", ".docx", ".xlsx", ".csv", ".json", ".txt", ".svg"}
    found = {f"{p.name}: {m[0]}" for p in made for m in THIS_PLAN.finditer(texts(p))}
    assert found == set(), sorted(found)


@pytest.mark.slow
def test_no_figure_or_page_made_of_real_returns_is_marked_as_illustrative(report_of_another):
    made = [p for p in report_of_another[0].rglob("*.*") if p.suffix != ".pdf"]
    assert {p.suffix for p in made} == {".html", ".docx", ".xlsx", ".csv", ".txt", ".svg"}
    assert not [p.name for p in made if re.search("(?i)illustrative|minh họa", texts(p))]


def test_annexes_of_both_plans_are_written_in_the_same_number_of_fields():
    assert len({len(row) for row in annex_rows()[1:]}) == 1


PACKAGE = Path(kgge.__file__).parent


def test_nothing_in_the_package_names_this_plan():
    """Examples in docstrings load this plan's data and may show its numbers."""
    for path in sorted(PACKAGE.rglob("*.*")):
        if path.suffix not in (".py", ".csv", ".json", ".j2", ".md"):
            continue
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".py":
            text = re.sub(r"^ +>>> .*?\"\"\"", "", text, flags=re.DOTALL | re.MULTILINE)
            text = re.sub(r"^ *#.*$|  # .*$", "", text, flags=re.MULTILINE)
        assert not THIS_PLAN.search(text), f"{path.name}: {THIS_PLAN.search(text)[0]}"
    assert data_folder().name
