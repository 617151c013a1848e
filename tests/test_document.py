"""The Word document: alt text, caption fields, list of figures, what LibreOffice makes of it."""

import re
import shutil
import subprocess
import zipfile
from io import BytesIO

import docx
import pandas as pd
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from PIL import Image

import kgge
from kgge.charts.layout import MARK
from kgge.labels import labels, words
from kgge.publish.brief import brief_document
from kgge.publish.catalogue import annexes, figures
from kgge.publish.figures import draw
from kgge.publish.word import document

pytestmark = pytest.mark.slow

NAMES = ("planned_by_year_and_source", "planned_against_spent", "scorecard", "reports_received",
         "coverage_by_unit-1b")


@pytest.fixture(scope="module", autouse=True)
def _few_dots():
    """Draw pictures as large on paper, of fewer dots."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kgge.publish.figures.DPI", 127)  # 50 a centimetre
        yield


@pytest.fixture(scope="module")
def drawn():
    chosen = [figure for figure in figures() if figure.name in NAMES]
    return {lang: [draw(figure, lang, ()) for figure in chosen] for lang in ("vi", "en")}


@pytest.fixture(scope="module")
def files(drawn):
    return {lang: document(drawn[lang], lang) for lang in drawn}


@pytest.fixture(params=["vi", "en"])
def lang(request):
    return request.param


@pytest.fixture(scope="module")
def briefs():
    return {lang: kgge.brief(lang) for lang in ("vi", "en")}


@pytest.fixture
def opened(files, lang):
    return docx.Document(BytesIO(files[lang]))


def test_every_picture_has_the_description_of_its_chart(opened, drawn, lang):
    described = [mark.get("descr") for mark in opened.element.iter(qn("wp:docPr"))]
    assert described == [one.text.alt for one in drawn[lang]]
    assert all(shape.width.cm == pytest.approx(16, abs=0.01) for shape in opened.inline_shapes)


def test_captions_are_numbered_by_fields(opened, drawn, lang):
    word = {"vi": "Hình", "en": "Figure"}[lang]
    table, of = {"vi": ("Bảng", "Số liệu của"), "en": ("Table", "Numbers of")}[lang]
    captions = [p for p in opened.paragraphs if p.style.name == "Caption"]
    assert [p.text.casefold() for p in captions] == [
        text.casefold() for i, one in enumerate(drawn[lang], start=1)
        for text in (f"{word} {i}. {one.text.title}", f"{table} {i}. {of} {word} {i}: "
                     f"{one.text.subtitle.partition(';')[0]}")]
    codes = [t.text.split()[:2] for p in captions for t in p._p.iter(qn("w:instrText"))]
    assert codes == [["SEQ", word], ["SEQ", table]] * len(drawn[lang])


def test_the_list_of_figures_is_filled_in_and_leads_to_the_captions(opened, drawn, lang):
    links = list(opened.element.iter(qn("w:hyperlink")))
    marks = {mark.get(qn("w:name")) for mark in opened.element.iter(qn("w:bookmarkStart"))}
    assert [link.get(qn("w:anchor")) in marks for link in links] == [True] * 2 * len(drawn[lang])
    texts = ["".join(t.text for t in link.iter(qn("w:t"))) for link in links]
    captions = [p.text for p in opened.paragraphs if p.style.name == "Caption"]
    assert texts == captions[::2] + captions[1::2], "figures, then tables"
    above = next(p for p in opened.paragraphs if p.style.name == "TOC Heading")
    assert above.text and above._p.getnext().findall(qn("w:hyperlink"))
    fields = [t.text for t in opened.element.iter(qn("w:instrText"))]
    assert sum("TOC" in field and "\\c" in field for field in fields) == 2
    kinds = [mark.get(qn("w:fldCharType")) for mark in opened.element.iter(qn("w:fldChar"))]
    assert [kinds.count(kind) for kind in ("begin", "separate", "end")] == [
        2 + 2 * len(drawn[lang])] * 3  # the lists, and the number in each caption


def test_numbers_stand_below_each_figure_with_a_repeated_header(opened, lang):
    table = opened.tables[0]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    cells = [[cell.text for cell in row.cells] for row in table.rows]
    assert cells[-1][-1] == {"vi": "6.600", "en": "6,600"}[lang]
    assert cells[1][0] == "2016"
    assert len(opened.tables) == len(NAMES)


def test_the_annex_filled_in_lies_across_one_page_a_year(drawn):
    """As wide as its page, in letters of 8 points, subtotals in bold, listed among the tables."""
    found = annexes()
    opened = docx.Document(BytesIO(document(drawn["en"][:1], "en", found)))
    page = opened.sections[-1]
    assert (round(page.page_width.cm, 1), round(page.page_height.cm, 1)) == (29.7, 21.0)
    tables = opened.tables[1:]
    assert len(tables) == len(found) == 6
    links = ["".join(t.text for t in link.iter(qn("w:t")))
             for link in opened.element.iter(qn("w:hyperlink"))]
    assert [link.rpartition(", ")[2] for link in links[2:]] == [one.years for one in found]
    for table, one in zip(tables, found, strict=True):
        rows = [[cell.text for cell in row.cells] for row in table.rows]
        assert len(rows) == len(one.table) + 1 and len(rows[0]) == 12
        assert sum(column.width.cm for column in table.columns) == pytest.approx(26.7, abs=0.1)
        styles = {p.style.name for cell in table.rows[1].cells for p in cell.paragraphs}
        assert {opened.styles[name].font.size.pt for name in styles} == {8}
        bold = [row.cells[0].paragraphs[0].runs[0].bold for row in table.rows[1:]]
        codes = one.table["item"].tolist()
        assert [code for code, strong in zip(codes, bold, strict=True) if strong] == [
            "I", "II", "III", "IV", "IV.1", "IV.2", "total"]
    assert any("≥" in cell.text for cell in tables[0].columns[-1].cells)


@pytest.mark.parametrize("size", [(400, 1600), (1600, 400)])
def test_the_picture_of_the_brief_leaves_room_on_its_page(size, briefs, lang):
    buffer = BytesIO()
    Image.new("L", size).save(buffer, "png")
    opened = docx.Document(BytesIO(brief_document(briefs[lang], buffer.getvalue(), "alt")))
    (shape,) = opened.inline_shapes
    assert shape.width.cm <= 15.01 and shape.height.cm <= 8.51
    assert shape.width / shape.height == pytest.approx(size[0] / size[1], rel=0.01)


@pytest.mark.parametrize("widths", [(8, 16), (8,)])
def test_the_picture_is_the_widest_one_in_its_own_size_and_fits_its_page(widths, drawn, lang):
    """Half a page is no picture of a whole one enlarged; a high one leaves room for its caption."""
    (card,) = (one.figure for one in drawn[lang] if one.figure.name == "scorecard")
    made = [drawn[lang][0]._replace(picture=tall()), draw(card, lang, (), widths=widths)]
    opened = docx.Document(BytesIO(document(made, lang)))
    high, shape = opened.inline_shapes
    assert shape.width.cm == pytest.approx(max(widths), abs=0.02)
    assert high.height.cm <= 21.51 and high.width / high.height == pytest.approx(0.5, rel=0.01)


def tall():
    buffer = BytesIO()
    Image.new("L", (2000, 4000)).save(buffer, "png", dpi=(300, 300))
    return buffer.getvalue()


def test_language_paper_and_properties(opened, lang):
    assert {mark.get(qn("w:val")) for mark in opened.styles.element.iter(qn("w:lang"))} == {
        {"vi": "vi-VN", "en": "en-GB"}[lang]}
    page = opened.sections[0]
    width = page.page_width.cm - page.left_margin.cm - page.right_margin.cm
    assert width == pytest.approx(16, abs=0.01)
    assert opened.core_properties.title and opened.core_properties.author == "kgge"
    assert {p.style.name for p in opened.paragraphs} >= {"Title", "Heading 1", "Caption"}


def test_illustrative_figures_are_marked(opened, drawn, lang):
    marked = [p for p in opened.paragraphs if p.text.startswith(MARK[lang])]
    assert all(p.runs[0].bold for p in marked)
    assert len(marked) == 1 + sum(one.text.illustrative for one in drawn[lang])


def test_two_documents_are_the_same_and_undated(files, drawn):
    assert document(drawn["vi"], "vi") == files["vi"]
    with zipfile.ZipFile(BytesIO(files["vi"])) as parts:
        assert "dcterms:created" not in parts.read("docProps/core.xml").decode()


def paragraphs(opened, text):
    """The places of the paragraphs that hold a text."""
    return [at for at, p in enumerate(opened.paragraphs) if text in p.text]


def test_a_figure_its_caption_and_its_numbers_stay_together(opened, drawn, lang):
    titles = [one.text.title for one in drawn[lang]]
    places = [paragraphs(opened, f". {title}")[-1] for title in titles]
    for place, one in zip(places, drawn[lang], strict=True):
        picture, caption, measure, source, lead, *unit = opened.paragraphs[place - 1:place + 5]
        assert picture._p.findall(".//" + qn("w:drawing"))
        assert all(p.paragraph_format.keep_with_next for p in (picture, caption, measure, lead))
        assert measure.text == f"{one.text.subtitle}."
        mark = [f"{MARK[lang]}. "] if one.text.illustrative else []
        assert [run.text for run in source.runs] == [*mark, one.text.source]
        assert [(run.bold, run.italic) for run in source.runs] == [
            *[(True, None)] * len(mark), (None, True)]
        above = unit[0] if one.figure.chart != "reports_received" else lead
        assert above._p.getnext().tag == qn("w:tbl") and above.paragraph_format.keep_with_next


def test_sections_follow_each_other_under_their_own_headings(opened, files, drawn, lang):
    heads = [p for p in opened.paragraphs if p.style.name == "Heading 1"]
    titles, sections = {p.text for p in heads}, {one.figure.section for one in drawn[lang]}
    assert "" not in titles and len(titles) == len(heads) == len(sections)
    assert [p.paragraph_format.page_break_before for p in heads] == [
        True, *[None] * (len(heads) - 1)], "after the lists; no page is left nearly empty"
    other = docx.Document(BytesIO(files[{"vi": "en", "en": "vi"}[lang]]))
    assert titles.isdisjoint(p.text for p in other.paragraphs)
    section = opened.sections[0]
    (top,) = section.header.paragraphs
    assert [t.text.strip() for t in top._p.iter(qn("w:instrText"))] == ["PAGE"]
    assert top.alignment == WD_ALIGN_PARAGRAPH.CENTER, "Decree 30/2020: centred, at the top"
    assert section.different_first_page_header_footer, "from the second page"
    assert not any(p.text for p in section.first_page_header.paragraphs)


def test_letters_are_those_of_vietnamese_documents(opened):
    """Times New Roman, the text in 12 points; no font of the theme is left to win over it."""
    styles = [opened.styles[name] for name in (
        "Normal", "Caption", "Heading 2", "TOC Heading", "Heading 1", "Title")]
    assert {style.font.name for style in styles} == {"Times New Roman"}
    sizes = [style.font.size.pt for style in styles]
    assert sizes[0] == 12 and sizes[1] < 12 and sizes[2:] == sorted(sizes[2:])
    for style in styles:
        fonts = style.element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == "Times New Roman"
        assert not [key for key in fonts.attrib if key.endswith("Theme")]


def rows_of(one, data, lang):
    """The numbers of a figure as they stand in the document."""
    opened = docx.Document(BytesIO(document([one._replace(data=data)], lang)))
    return [[cell.text for cell in row.cells] for row in opened.tables[0].rows]


def test_numbers_are_written_in_the_language(drawn):
    data = pd.DataFrame({
        "indicator": "1a", "year": 2018, "project": ["I", "II", "III"],
        "planned": [1900.0, 1150.5, 0.0], "execution": [0.598, None, None],
        "spent": [7.0, 8.0, 1e6], "text": "drawn beside it"})
    for lang, planned, rate, spent in (
            ("vi", ["1.900,0", "1.150,5", "0,0"], "59,8%", ["7", "8", "1.000.000"]),
            ("en", ["1,900.0", "1,150.5", "0.0"], "59.8%", ["7", "8", "1,000,000"])):
        head, *rows = rows_of(drawn[lang][0], data, lang)
        assert len(head) == 4  # neither what is the same in each row nor the text drawn
        projects, amounts, rates, paid = zip(*rows, strict=True)
        assert list(projects) == labels("item", data["project"], lang)
        assert (list(amounts), list(rates), list(paid)) == (planned, [rate, "[x]", "[z]"], spent)


def test_two_keys_are_crossed_and_only_money_is_summed(drawn):
    data = pd.DataFrame({"year": [2016, 2016, 2017, 2017], "source": ["central", "local"] * 2,
                         "amount": [790.0, 550.0, 840.0, 1550.0]})
    sources = labels("source", ["central", "local"], "vi")
    head, *rows = rows_of(drawn["vi"][0], data, "vi")
    assert head[1:3] == sources and len(head) == 4
    assert rows[:2] == [["2016", "790", "550", "1.340"], ["2017", "840", "1.550", "2.390"]]
    assert rows[2][1:] == ["1.630", "2.100", "3.730"]
    shares = data.assign(share=[0.6, 0.4, 0.55, 0.45]).drop(columns="amount")
    head, *rows = rows_of(drawn["vi"][0], shares, "vi")
    assert head[1:] == sources
    assert rows == [["2016", "60%", "40%"], ["2017", "55%", "45%"]]


def test_constant_prices_have_a_header_of_their_own(drawn):
    data = pd.DataFrame({"year": [2016, 2017], "amount": [1340.0, 1343.0]})
    plain, both = (rows_of(drawn["en"][0], table, "en")[0]
                   for table in (data, data.assign(constant=[1340.0, 1390.0])))
    assert plain[0] == both[0] and len(set(plain + both)) == 4


def test_states_of_returns_stand_below_their_years(drawn):
    data = pd.DataFrame({"unit": ["labour"] * 2 + ["justice"] * 2, "year": [2016, 2017] * 2,
                         "state": ["on_time", "late", "missing", None]})
    head, *rows = rows_of(drawn["en"][0], data, "en")
    names, states = labels("unit", ["labour", "justice"], "en"), labels(
        "report_state", ["on_time", "late", "missing"], "en")
    assert head[1:] == ["2016", "2017"]
    assert rows == [[names[0], *states[:2]], [names[1], states[2], "[z]"]], "no return is due"


def around(one, data, lang):
    """The caption, the unit and the notes of the numbers of a figure."""
    opened = docx.Document(BytesIO(document([one._replace(data=data)], lang)))
    captions = [at for at, p in enumerate(opened.paragraphs) if p.style.name == "Caption"]
    first, *others = [p.text for p in opened.paragraphs[captions[1]:] if p.text]
    return [first.partition(":")[0] + ":", *others]


def test_unit_and_signs_are_said_around_the_numbers(drawn):
    money = pd.DataFrame({"year": [2016, 2017], "planned": 1.0, "spent": [0.5, None]})
    share = pd.DataFrame({"indicator": "1a", "year": [2019, 2020], "coverage": [None, 0.5],
                          "target": [None, 0.7]})
    state = pd.DataFrame({"unit": "labour", "year": [2016, 2017], "state": ["late", "late"]})
    for lang, first, money_, share_ in (
            ("vi", "Bảng 1. Số liệu của Hình 1:", "Đơn vị tính: triệu đồng", "Đơn vị tính: %"),
            ("en", "Table 1. Numbers of Figure 1:", "Unit: million dong", "Unit: %")):
        signs = words("note", lang)
        not_known, not_due = (f"{sign} {signs[sign]}" for sign in ("[x]", "[z]"))
        assert around(drawn[lang][0], money, lang) == [first, money_, not_known]
        assert around(drawn[lang][0], share, lang) == [first, share_, not_known, not_due]
        assert around(drawn[lang][0], state, lang) == [first]


def test_money_of_which_returns_are_missing_says_so(drawn, briefs):
    """Below its figure, and in the brief."""
    one = next(one for one in drawn["en"] if one.figure.name == "planned_against_spent")
    assert [row[1:3] for row in rows_of(one, one.data, "en")[1:2]] == [["1,900", "≥ 1,631.5"]]
    assert around(one, one.data, "en")[-1].startswith("≥ ")
    about = docx.Document(BytesIO(brief_document(briefs["en"], b"", "")))
    assert [cell.text for cell in about.tables[1].rows[-1].cells][2:] == [
        "≥ 5,711.3", "≥ 86.5%", "≥ 609.0"]
    assert about.paragraphs[-1].text.startswith("≥ ")


def test_z_stands_where_no_figure_is_due(drawn):
    """Before the year of the target, and where nothing is planned; else a figure is not known."""
    data = pd.DataFrame({"indicator": "1a", "year": [2019, 2020], "coverage": [None, 0.5],
                         "target": [None, 0.7]})
    assert rows_of(drawn["en"][0], data, "en")[1:] == [["2019", "[x]", "[z]"],
                                                       ["2020", "50%", "70%"]]
    said = labels("execution", ["executed", "not_reported", "unplanned", "nothing_planned"], "vi")
    rates = pd.DataFrame({"project": ["I", "I", "II", "II"], "year": [2016, 2017] * 2,
                          "execution": [0.5, None, None, None], "text": said})
    assert [row[1:] for row in rows_of(drawn["vi"][0], rates, "vi")[1:]] == [
        ["50%", "[x]"], ["[z]", "[z]"]]


def test_short_tables_stay_whole_and_long_ones_leave_no_single_rows(drawn):
    one = drawn["en"][0]
    for count in (1, 15, 16, 30):
        data = pd.DataFrame({"series": "a", "x": range(count), "y": 1.0})
        table = docx.Document(BytesIO(document([one._replace(data=data)], "en"))).tables[0]
        kept = [{p.paragraph_format.keep_with_next for cell in row.cells for p in cell.paragraphs}
                for row in table.rows]
        assert kept[-1] == {None}
        ends = {*range(5), *range(count - 4, count)}
        whole = ends if count > 15 else set(range(count))
        assert [at for at, keep in enumerate(kept) if keep == {True}] == sorted(whole)


def test_a_table_fills_the_column_with_figures_to_the_right(opened):
    for table in opened.tables:
        grid = [int(column.get(qn("w:w"))) for column in table._tbl.tblGrid]
        assert 9000 < sum(grid) <= 9070  # 16 cm in twentieths of a point
        assert len(grid) == len(table.columns)
        assert 0.39 < grid[0] / sum(grid) < 0.41, "names need room"
        sides = [{cell.paragraphs[0].alignment for cell in column.cells}
                 for column in table.columns]
        assert sides[0] == {WD_ALIGN_PARAGRAPH.LEFT}
        for column, (side,), width in zip(table.columns, sides, grid, strict=True):
            figures = all(c.text[0] in "0123456789−≥[" for c in column.cells[1:])
            assert (side == WD_ALIGN_PARAGRAPH.RIGHT) == (figures and width < grid[0])
            assert [c.paragraphs[0].runs[0].bold is True for c in column.cells] == [
                row == 0 or first.text in ("Tổng cộng", "Total")
                for row, first in enumerate(table.columns[0].cells)], "heads and totals"
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)


def test_a_long_table_is_named_instead(drawn):
    one = drawn["vi"][0]
    for count, printed in ((40, False), (39, True)):
        data = pd.DataFrame({"series": "a", "x": range(count), "y": 1.0})
        opened = docx.Document(BytesIO(document([one._replace(data=data)], "vi")))
        assert bool(opened.tables) is printed
        named = paragraphs(opened, f"vi/{one.figure.name}.csv")
        assert bool(named) is not printed
        assert printed or f"{count} " in opened.paragraphs[named[0]].text


def test_markup_in_a_label_stays_text(drawn):
    one = drawn["en"][0]
    data = pd.DataFrame({"series": ["<b>&amp;</b>", "=1+1"], "x": [1, 2], "y": [1.5, None]})
    changed = one._replace(data=data, text=one.text._replace(title="A <b> & title"))
    opened = docx.Document(BytesIO(document([changed], "en")))
    cells = [cell.text for cell in opened.tables[0]._cells]
    assert cells == ["series", "x", "y", "<b>&amp;</b>", "1", "1.5", "=1+1", "2", "[x]"]


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
