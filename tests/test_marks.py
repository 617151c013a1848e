"""Illustrative returns say so everywhere; real ones, nowhere."""

import io
import re
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest

import kgge
from kgge.build import build
from kgge.publish.catalogue import figures
from kgge.publish.figures import export, export_chart
from kgge.publish.html import write_report
from kgge.tables.schemas import SCHEMAS

pytestmark = pytest.mark.slow

MARK = re.compile(r"illustrative|minh họa", re.IGNORECASE)
# What is read by a person and made from returns, one file of each kind.
MADE = ["vi/scorecard.txt", "en/scorecard.txt", "en/scorecard.csv", "vi/planned_against_spent.csv",
        "en/reports_received.svg", "vi/paths_to_targets.png", "en/coverage_by_unit-1b.txt",
        "figures-vi.docx", "figures-en.docx", "tables-vi.xlsx", "tables-en.xlsx"]
PLANNED = ["en/planned_by_line.txt", "vi/planned_by_year_and_source.csv",
           "en/planned_by_project_and_source.svg"]


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


def test_illustrative_returns_are_marked_everywhere(tmp_path, monkeypatch, plain_pictures):
    wanted = {Path(name).stem for name in [*MADE, *PLANNED]}
    some = [figure for figure in figures() if figure.name in wanted]
    monkeypatch.setattr("kgge.publish.figures.figures", lambda _: some)
    export(tmp_path, formats=["png", "svg"], jobs=1)
    for name in MADE:
        assert MARK.search(words(tmp_path / name)), name
    for name in PLANNED:
        assert not MARK.search(words(tmp_path / name)), name
    processed = kgge.files.data_folder() / "processed"
    for name in ("outcomes.csv", "spending.csv", "reporting.csv", "problems.csv"):
        lines = (processed / name).read_text(encoding="utf-8").splitlines()
        marked = sum("illustrative-" in line for line in lines)
        assert marked > 0.95 * (len(lines) - 1) - 5, name  # a missing return names no file
    assert "ILLUSTRATIVE" in (processed / "datapackage.json").read_text(encoding="utf-8")


def test_real_returns_are_marked_nowhere(real, tmp_path, plain_pictures):
    export(tmp_path / "out", formats=["svg"], jobs=1)
    export_chart(kgge.charts.reports_received(kgge.load_reporting()), tmp_path / "out", "one",
                 ["png"])
    write_report(tmp_path / "out", ["vi"])
    made = [p for p in (tmp_path / "out").rglob("*") if p.is_file()]
    assert {p.suffix for p in made} >= {".docx", ".xlsx", ".html", ".png", ".svg", ".csv", ".txt"}
    column = next(c for c in SCHEMAS["reporting"].columns if c.name == "illustrative")
    for path in [*made, *(real / "processed").iterdir()]:
        text = re.sub(r"data:image/png;base64,[^\"]*", "", words(path))
        if path.parent.name == "processed":  # one column says of each return that it is not
            text = re.sub(r'"illustrative"|\| illustrative \||,illustrative$', "", text.replace(
                column.text, ""), flags=re.MULTILINE)
        found = MARK.search(text)
        assert not found, (path.name, found)
