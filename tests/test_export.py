"""Exported figures: the same bytes twice, their words inside, their numbers beside them."""

import re
import shutil
from io import BytesIO
from itertools import groupby
from xml.etree import ElementTree
from zlib import decompress

import docx
import numpy as np
import openpyxl
import pandas as pd
import pytest
from fontTools.ttLib import TTFont
from matplotlib import pyplot
from PIL import Image

import kgge
import kgge.publish.figures
from kgge.charts.layout import MARK
from kgge.publish.catalogue import Figure, figures, published
from kgge.publish.excel import workbook
from kgge.publish.figures import FORMATS, Drawn, draw, export, export_chart
from kgge.publish.word import document

pytestmark = pytest.mark.slow

NAMES = ("planned_by_year_and_source", "planned_against_spent")


@pytest.fixture(scope="module")
def made():
    return published()


@pytest.fixture(scope="module")
def every(made):
    return figures(made)


@pytest.fixture(scope="module")
def some(every):
    return [figure for figure in every if figure.name in NAMES]


@pytest.fixture
def few_tables(made, monkeypatch):
    """Let exports leave the tables of the workbook out."""
    monkeypatch.setattr(kgge.publish.figures, "published", lambda: made)
    monkeypatch.setattr(kgge.publish.figures, "sheets", lambda _: [])


@pytest.fixture(scope="module")
def two(made, some, tmp_path_factory):
    """Two exports of two figures: one in this process, one in two others."""
    folders = [tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("two")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kgge.publish.figures, "published", lambda: made)
        patch.setattr(kgge.publish.figures, "figures", lambda _: some)
        written = [export(folder, jobs=jobs) for folder, jobs in zip(folders, (1, 2), strict=True)]
    return folders, written


def test_figures_are_named_once_and_drawn_by_a_chart(every):
    assert len({figure.name for figure in every}) == len(every) == 29
    assert {figure.chart for figure in every} <= set(dir(kgge.charts))
    assert all(len(figure.table) for figure in every)


def test_figures_stand_in_their_sections_and_show_the_latest_year(every):
    sections = [figure.section for figure in every]
    assert [section for section, _ in groupby(sections)] == [
        "plan", "execution", "reporting", "progress", "coverage"]
    of_chart = {figure.chart: figure for figure in every}
    for chart, section in (("planned_against_spent", "execution"), ("paths_to_targets", "progress"),
                           ("scorecard", "progress"), ("coverage_by_unit", "coverage")):
        assert of_chart[chart].section == section
    for chart in ("scorecard", "coverage_by_unit", "coverage_by_group_and_sex"):
        assert set(of_chart[chart].table["year"]) == {2020}
    assert of_chart["planned_in_constant_prices"].table["base_year"].unique().tolist() == [2016]


def test_spending_is_set_against_the_plan_of_the_years_with_returns(monkeypatch):
    reporting, spending = kgge.load_reporting(), kgge.load_spending()
    early = reporting.assign(received=reporting["year"] < 2018)
    monkeypatch.setattr("kgge.tables.load.load_reporting", lambda: early)
    monkeypatch.setattr("kgge.tables.load.load_spending", lambda: spending[spending["year"] < 2018])
    table = next(f.table for f in figures() if f.chart == "planned_against_spent")
    assert table["planned"].sum() == 1340 + 1390


def test_figures_without_returns_are_those_of_the_plan(monkeypatch):
    none = kgge.load_reporting().assign(received=False)
    monkeypatch.setattr("kgge.tables.load.load_reporting", lambda: none)
    assert {figure.section for figure in figures()} == {"plan"}


def test_two_exports_are_byte_identical(two):
    (one, other), (written, again) = two
    names = sorted(str(path.relative_to(one)) for path in written)
    assert names == sorted(str(path.relative_to(other)) for path in again)
    assert len(names) == 2 * (len(NAMES) * 5 + 2)
    assert {"figures-vi.docx", "tables-en.xlsx", "en/planned_against_spent.txt"} <= set(names)
    for name in names:
        assert (one / name).read_bytes() == (other / name).read_bytes(), name


def test_png_is_a_column_wide_and_carries_its_words(two):
    for lang in ("vi", "en"):
        with Image.open(two[0][0] / lang / "planned_against_spent.png") as image:
            assert image.width == 1890  # 16 cm at 300 dpi
            assert image.info["dpi"] == pytest.approx((300, 300), abs=0.01)
            assert image.info["Description"].startswith(MARK[lang])
            assert image.info["Disclaimer"] == MARK[lang]
            assert image.info["Title"] in image.info["Description"]
            assert image.info["Source"]


def test_svg_says_what_it_shows(two):
    svg = (two[0][0] / "vi" / "planned_by_year_and_source.svg").read_text(encoding="utf-8")
    title = re.search("<title>(.+?)</title>", svg)[1]
    assert "59,8%" in title
    assert title in re.search("<desc>(.+?)</desc>", svg, re.DOTALL)[1]
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img" and "<dc:date>" not in svg
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "vi"


def test_pdf_has_title_and_no_date(two):
    pdf = (two[0][0] / "vi" / "planned_by_year_and_source.pdf").read_bytes()
    assert b"/CreationDate" not in pdf
    words = "Ngân sách trung ương".encode("utf-16-be")
    assert words in pdf or words.hex().encode() in pdf.lower()


def test_pdf_embeds_letters_without_rules_of_setting_other_text(two):
    pdf = (two[0][0] / "vi" / "planned_by_year_and_source.pdf").read_bytes()
    parts = re.findall(rb"/Filter /FlateDecode.*?stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    fonts = [TTFont(BytesIO(part)) for part in map(decompress, parts) if part[:4] == b"\0\1\0\0"]
    assert len(fonts) == 4  # plain and bold, Vietnamese letters apart
    for font in fonts:
        assert "glyf" in font and not {"GDEF", "GPOS", "GSUB"} & set(font.keys())


def test_csv_holds_the_numbers_drawn_and_the_mark(two):
    spent = pd.read_csv(two[0][0] / "vi" / "planned_against_spent.csv", engine="c")
    assert set(spent["mark"]) == {MARK["vi"]}
    table = kgge.execution(kgge.load_budget(), kgge.load_spending(), "project")
    np.testing.assert_allclose(spent["spent"], table["spent"])
    plan = pd.read_csv(two[0][0] / "en" / "planned_by_year_and_source.csv", engine="c")
    assert plan["amount"].sum() == 6600 and "mark" not in plan


def test_text_that_looks_like_a_formula_is_guarded(tmp_path):
    _, ax = pyplot.subplots()
    ax.bar(["a"], [1.5], label="=HYPERLINK(1)")
    kgge.charts.finish(ax, "Title", "Subtitle", "Source", "What it shows", illustrative=False)
    files = {path.name: path.read_bytes() for path in export_chart(ax, tmp_path, "own", ["svg"])}
    with pytest.raises(ValueError, match="format jpg: allowed are png, svg, pdf"):
        export_chart(ax, tmp_path, "own", ["jpg"])
    pyplot.close(ax.figure)
    assert files["own.csv"].decode("utf-8-sig").splitlines()[1].startswith("'=HYPERLINK")
    assert b"What it shows" in files["own.svg"] and b"What it shows" in files["own.txt"]


def test_labels_neither_run_nor_break_a_file(data):
    """Each label of the plan begins like a formula and holds markup; files show it as it is."""
    path, nasty = data / "raw" / "labels.csv", "=1+1<script>&"
    labels = pd.read_csv(path, engine="c", dtype="str")
    labels[["vi", "en"]] = nasty + labels[["vi", "en"]]
    labels.to_csv(path, index=False)
    names = ("planned_by_line", "coverage_by_unit-1b")
    drawn = [draw(figure, "en", ["svg"]) for figure in figures() if figure.name in names]
    assert len(drawn) == 2 and all(nasty in one.text.alt for one in drawn)
    for one in drawn:
        svg = ElementTree.fromstring(one.files[f"{one.figure.name}.svg"])
        assert svg.findtext("{*}desc") == one.text.alt
        assert not svg.findall(".//{*}script")
    word = docx.Document(BytesIO(document(drawn, "en")))
    cells = [cell.text for table in word.tables for cell in table._cells]
    assert any(text.startswith(nasty) for text in cells)
    assert [shape._inline.docPr.get("descr") for shape in word.inline_shapes] == [
        one.text.alt for one in drawn]
    book = openpyxl.load_workbook(BytesIO(workbook("en")), data_only=True)
    cells = [cell for sheet in book for row in sheet for cell in row]
    assert sum(str(cell.value).startswith(nasty) for cell in cells) > 100
    assert {cell.data_type for cell in cells} == {"s", "n"}


def test_pictures_without_their_words_and_half_a_page_wide(some):
    """The words go, the mark stays; a chart that was exported bare has its words again."""
    spent = next(figure for figure in some if figure.name == "planned_against_spent")
    files = draw(spent, "en", ["svg", "png"], bare=True, widths=(16, 8)).files
    words = {name: content.decode() for name, content in files.items() if name.endswith("svg")}
    assert set(words) == {f"planned_against_spent{size}{bare}.svg"
                          for size in ("", "-8cm") for bare in ("", "-bare")}
    for name, svg in words.items():
        texts = " ".join(re.findall("<text[^>]*>([^<]+)", svg))
        assert MARK["en"] in texts and "Project 1" in texts.replace("\xa0", " ")
        assert ("Source" in texts) == ("bare" not in name)
    with Image.open(BytesIO(files["planned_against_spent-8cm.png"])) as image:
        assert image.width / image.info["dpi"][0] * 2.54 == pytest.approx(8, abs=0.02)
    ax = kgge.charts.planned_against_spent(spent.table, lang="en")
    before, high = [text.get_text() for text in ax.texts], ax.figure.get_figheight()
    with kgge.charts.layout.bare(ax):
        assert ax.figure.get_figheight() < high - 0.8
    assert sorted(text.get_text() for text in ax.texts) == sorted(before)
    assert ax.figure.get_figheight() == pytest.approx(high, abs=0.1)
    pyplot.close(ax.figure)
    with pytest.raises(ValueError, match="width 12: allowed are 16, 8"):
        export("nowhere", widths=(12,))


def test_text_of_svg_is_text_and_csv_rows_stand_alone(two):
    svg = (two[0][0] / "vi" / "planned_by_year_and_source.svg").read_text(encoding="utf-8")
    assert "Ngân sách trung ương</text>" in svg
    plan = pd.read_csv(two[0][0] / "vi" / "planned_by_year_and_source.csv", engine="c")
    assert plan["source_label"].unique().tolist() == ["Ngân sách trung ương",
                                                      "Ngân sách địa phương"]
    assert plan["about"].str.contains("triệu đồng, 2016–2020").all()


def test_a_changed_value_changes_the_numbers_exported(some):
    figure, lang = some[0], "en"
    before = draw(figure, lang, ["svg"])
    changed = figure.table.copy()
    changed.loc[0, "amount"] += 1
    after = draw(figure._replace(table=changed), lang, ["svg"])
    assert isinstance(before, Drawn)
    assert (after.data["amount"] - before.data["amount"]).sum() == 1
    assert after.files["planned_by_year_and_source.svg"] != before.files[
        "planned_by_year_and_source.svg"]


def test_files_that_lie_there_stay(two, some, few_tables, tmp_path, monkeypatch):
    folder = tmp_path / "out"
    shutil.copytree(two[0][0], folder)
    mine = folder / "vi" / "mine.txt"
    mine.write_text("kept")
    before = {path for path in folder.rglob("*") if path.is_file()}
    monkeypatch.setattr(kgge.publish.figures, "figures", lambda _: some[:1])
    export(folder, ["vi"], ["svg"], jobs=1)
    assert {path for path in folder.rglob("*") if path.is_file()} == before
    assert mine.read_text() == "kept"


def test_wrong_use_names_what_is_allowed(tmp_path):
    with pytest.raises(ValueError, match="png, svg, pdf"):
        export(tmp_path, formats=["gif"])
    with pytest.raises(ValueError, match="en, vi"):
        export(tmp_path, ["fr"])
    assert FORMATS == ("png", "svg", "pdf")


def test_an_error_names_the_figure():
    broken = Figure("broken", "plan", "planned_by_line", pd.DataFrame({"amount": [1.0]}))
    with pytest.raises(kgge.DataError) as caught:
        draw(broken, "vi")
    assert "figure broken, language vi" in caught.value.__notes__


def test_a_figure_that_fails_is_named_and_stops_no_other(every, few_tables, tmp_path, monkeypatch):
    sound = every[:1]
    monkeypatch.setattr(kgge.publish.figures, "figures", lambda _: [
        sound[0]._replace(name="broken", chart="no_such_chart"), *sound])
    with pytest.raises(kgge.DataError, match="^figure broken, language en: AttributeError: "):
        export(tmp_path, ["en"], ["svg"], jobs=1)
    written = {path.name for path in tmp_path.rglob("*.*")}
    assert {f"{sound[0].name}.svg", "figures-en.docx", "tables-en.xlsx"} <= written
    assert "broken.svg" not in written
