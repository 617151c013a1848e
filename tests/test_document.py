"""The Word document: alt text, caption fields, list of figures, what LibreOffice makes of it."""

import re
import shutil
import subprocess
import zipfile
from io import BytesIO

import docx
import pandas as pd
import pytest
from docx.oxml.ns import qn

from kgge.charts.frame import MARK
from kgge.document import document
from kgge.export import draw
from kgge.figures import figures

NAMES = ("planned_by_year_and_source", "planned_against_spent", "scorecard", "reports_received",
         "coverage_by_unit-1b")


@pytest.fixture(scope="module")
def drawn():
    chosen = [figure for figure in figures() if figure.name in NAMES]
    return {lang: [draw((figure, lang), ()) for figure in chosen] for lang in ("vi", "en")}


@pytest.fixture(scope="module")
def files(drawn):
    return {lang: document(drawn[lang], lang) for lang in drawn}


@pytest.fixture(params=["vi", "en"])
def lang(request):
    return request.param


@pytest.fixture
def opened(files, lang):
    return docx.Document(BytesIO(files[lang]))


def test_every_picture_has_the_description_of_its_chart(opened, drawn, lang):
    described = [mark.get("descr") for mark in opened.element.iter(qn("wp:docPr"))]
    assert described == [one.text.alt for one in drawn[lang]]
    assert all(shape.width.cm == pytest.approx(16, abs=0.01) for shape in opened.inline_shapes)


def test_captions_are_numbered_by_fields(opened, drawn, lang):
    word = {"vi": "Hình", "en": "Figure"}[lang]
    captions = [p for p in opened.paragraphs if p.style.name == "Caption"]
    assert [p.text for p in captions] == [
        f"{word} {i}. {one.text.title}" for i, one in enumerate(drawn[lang], start=1)]
    codes = [t.text for p in captions for t in p._p.iter(qn("w:instrText"))]
    assert codes == [f" SEQ {word} \\* ARABIC "] * len(drawn[lang])


def test_the_list_of_figures_is_filled_in_and_leads_to_the_captions(opened, drawn, lang):
    links = list(opened.element.iter(qn("w:hyperlink")))
    marks = {mark.get(qn("w:name")) for mark in opened.element.iter(qn("w:bookmarkStart"))}
    assert [link.get(qn("w:anchor")) in marks for link in links] == [True] * len(drawn[lang])
    texts = ["".join(t.text for t in link.iter(qn("w:t"))) for link in links]
    assert texts == [p.text for p in opened.paragraphs if p.style.name == "Caption"]
    fields = [t.text for t in opened.element.iter(qn("w:instrText"))]
    assert sum("TOC" in field and "\\c" in field for field in fields) == 1
    kinds = [mark.get(qn("w:fldCharType")) for mark in opened.element.iter(qn("w:fldChar"))]
    assert kinds.count("begin") == kinds.count("separate") == kinds.count("end")


def test_numbers_stand_below_each_figure_with_a_repeated_header(opened, lang):
    table = opened.tables[0]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    cells = [[cell.text for cell in row.cells] for row in table.rows]
    assert cells[-1][-1] == {"vi": "6.600", "en": "6,600"}[lang]
    assert cells[1][0] == "2016"
    assert len(opened.tables) == len(NAMES)


def test_language_paper_and_properties(opened, lang):
    assert {mark.get(qn("w:val")) for mark in opened.styles.element.iter(qn("w:lang"))} == {
        {"vi": "vi-VN", "en": "en-GB"}[lang]}
    page = opened.sections[0]
    width = page.page_width.cm - page.left_margin.cm - page.right_margin.cm
    assert width == pytest.approx(16, abs=0.01)
    assert opened.core_properties.title and opened.core_properties.author == "kgge"
    assert {p.style.name for p in opened.paragraphs} >= {"Title", "Heading 1", "Caption"}


def test_illustrative_figures_are_marked(opened, drawn, lang):
    marked = [p.text for p in opened.paragraphs if p.text.startswith(MARK[lang])]
    assert len(marked) == 1 + sum(one.text.illustrative for one in drawn[lang])


def test_two_documents_are_the_same_and_undated(files, drawn):
    assert document(drawn["vi"], "vi") == files["vi"]
    with zipfile.ZipFile(BytesIO(files["vi"])) as parts:
        assert "dcterms:created" not in parts.read("docProps/core.xml").decode()


def test_markup_in_a_label_stays_text(drawn):
    one = drawn["en"][0]
    data = pd.DataFrame({"series": ["<b>&amp;</b>", "=1+1"], "x": [1, 2], "y": [1.5, None]})
    changed = one._replace(data=data, text=one.text._replace(title="A <b> & title"))
    opened = docx.Document(BytesIO(document([changed], "en")))
    cells = [cell.text for cell in opened.tables[0]._cells]
    assert cells == ["series", "x", "y", "<b>&amp;</b>", "1", "1.5", "=1+1", "2", "…"]


@pytest.mark.skipif(not (shutil.which("soffice") and shutil.which("pdftotext")),
                    reason="LibreOffice (soffice) or pdftotext is not installed")
def test_libreoffice_opens_it_without_loss(files, drawn, tmp_path):
    path = tmp_path / "figures.docx"
    path.write_bytes(files["vi"])
    subprocess.run(["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
                    "--headless", "--convert-to", "pdf", "--outdir", tmp_path, path],
                   check=True, capture_output=True, timeout=180)
    text = subprocess.run(["pdftotext", "-layout", tmp_path / "figures.pdf", "-"], check=True,
                          capture_output=True, encoding="utf-8").stdout
    found = re.sub(r"\s+", " ", text)
    for number, one in enumerate(drawn["vi"], start=1):
        assert found.count(f"Hình {number}. {one.text.title[:40]}") == 2  # list and caption
    images = subprocess.run(["pdfimages", "-list", tmp_path / "figures.pdf"], check=True,
                            capture_output=True, text=True).stdout
    assert len({line.split()[10] for line in images.splitlines()[2:] if " image " in line}
               ) == len(NAMES)
