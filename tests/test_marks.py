"""Illustrative returns say so everywhere, real ones nowhere; each file is in one language."""

import io
import re
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest
from here import plain
from language import foreign, text_of_document, text_of_workbook

import kgge
from kgge.build import build
from kgge.charts.layout import unseen
from kgge.publish.brief import write_brief
from kgge.publish.catalogue import figures
from kgge.publish.figures import draw, export, export_chart
from kgge.tables.schemas import SCHEMAS

pytestmark = pytest.mark.slow

MARK = re.compile(r"illustrative|minh họa", re.IGNORECASE)
# What is read by a person and made from returns, one file of each kind.
MADE = ["vi/scorecard.txt", "en/scorecard.txt", "en/scorecard.csv", "vi/planned_against_spent.csv",
        "en/reports_received.svg", "vi/paths_to_targets.png", "en/coverage_by_unit-1b.txt",
        "figures-vi.docx", "figures-en.docx", "tables-vi.xlsx", "tables-en.xlsx"]
PLANNED = ["en/planned_by_line.txt", "vi/planned_by_year_and_source.csv",
           "en/planned_by_project_and_source.svg"]
SHOWN = {Path(name).stem for name in [*MADE, *PLANNED]}


@pytest.fixture
def real(data):
    """Returns of two years with "no" on every cover, under names as units would choose them."""
    for year in (2016, 2017, 2018):
        shutil.rmtree(data / "raw" / "returns" / str(year))
    for path in sorted((data / "raw" / "returns").rglob("*.xlsx")):
        book = openpyxl.load_workbook(path)
        cells = [c for row in book["Bìa"].iter_rows() for c in row if c.value == "illustrative"]
        place = next(c for c in book["Bìa"][cells[0].row] if str(c.value).startswith("Có"))
        place.value = "Không / No"
        book.save(path.with_name(path.name.replace("illustrative-", "báo cáo ")))
        path.unlink()
    returns = build()
    assert len(returns.problems.query("severity == 'error'")) == 0
    sent = len(list((data / "raw" / "returns").rglob("*.xlsx")))
    assert returns.reporting["received"].sum() == sent > 40
    return data


def words(path):
    """Return all text of a file, whatever its kind."""
    content = path.read_bytes()
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            return "".join(parts.read(n).decode("utf-8", "ignore") for n in parts.namelist())
    return content.decode("utf-8", "ignore")


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """All that is exported of the illustrative returns; pictures of some figures, one with dots."""
    folder = tmp_path_factory.mktemp("exported")

    def some(figure, lang, formats, *how):
        return draw(figure, lang, formats if figure.name in SHOWN else (), *how)

    with pytest.MonkeyPatch.context() as patch, unseen():  # read, not looked at
        plain(patch)
        patch.setattr("kgge.publish.figures.draw", some)
        export(folder, formats=["svg"], jobs=1)
        write_brief(folder, forms=["docx"])
    tables = kgge.load_outcomes(), kgge.load_targets(), kgge.load_units()
    export_chart(kgge.charts.paths_to_targets(kgge.progress(*tables), lang="vi"), folder / "vi",
                 "paths_to_targets", ["png"])
    return folder


def test_illustrative_returns_are_marked_everywhere(exported):
    for name in MADE:
        assert MARK.search(words(exported / name)), name
    for name in PLANNED:
        assert not MARK.search(words(exported / name)), name
    processed = kgge.files.data_folder() / "processed"
    for name in ("outcomes.csv", "spending.csv", "reporting.csv", "problems.csv"):
        lines = (processed / name).read_text(encoding="utf-8").splitlines()
        marked = sum("illustrative-" in line for line in lines)
        assert marked > 0.95 * (len(lines) - 1) - 5, name  # a missing return names no file
    assert "ILLUSTRATIVE" in (processed / "datapackage.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_no_document_holds_a_word_or_a_code_of_the_other_language(exported, lang):
    """Captions, tables and descriptions of all figures, the brief, the workbook; no pictures."""
    written = {f"{name}-{lang}.docx": text_of_document(exported / f"{name}-{lang}.docx")
               for name in ("figures", "brief")}
    written["tables"] = text_of_workbook(exported / f"tables-{lang}.xlsx")
    written |= {path.stem: path.read_text("utf-8") for path in (exported / lang).glob("*.txt")}
    assert len(written) == len(figures()) + 3
    assert {name: found for name, text in written.items()
            if (found := foreign(text, lang, ""))} == {}


def test_a_word_or_a_code_of_the_other_language_is_found():
    assert foreign("Dự án 3 (late): planned_by_line, 3 units on time", "vi") == {
        "late", "planned_by_line", "units", "on", "time"}
    assert foreign("Project 3: đã chi of theo, on_time in Rạch Giá", "en") == {
        "đã", "chi", "theo", "on_time"}


def test_real_returns_are_marked_nowhere(real, tmp_path):
    """Nor in what is made of all figures, in English and on the pages: see that of another plan."""
    some = [figure for figure in figures() if figure.name in SHOWN]
    with pytest.MonkeyPatch.context() as patch, unseen():
        plain(patch)
        patch.setattr("kgge.publish.figures.figures", lambda _: some)
        export(tmp_path / "out", ["vi"], ["svg"], jobs=1)
    export_chart(kgge.charts.reports_received(kgge.load_reporting()), tmp_path / "out", "one",
                 ["png"])
    made = [p for p in (tmp_path / "out").rglob("*") if p.is_file()]
    assert {p.suffix for p in made} >= {".docx", ".xlsx", ".png", ".svg", ".csv", ".txt"}
    column = next(c for c in SCHEMAS["reporting"].columns if c.name == "illustrative")
    for path in [*made, *(real / "processed").iterdir()]:
        text = re.sub(r"data:image/png;base64,[^\"]*", "", words(path))
        if path.parent.name == "processed":  # one column says of each return that it is not
            text = re.sub(r'"illustrative"|\| illustrative \||,illustrative$', "", text.replace(
                column.text, ""), flags=re.MULTILINE)
        found = MARK.search(text)
        assert not found, (path.name, found)
