"""The HTML report: notebooks run without being touched, readable with a screen reader and offline.

The check with axe-core needs Chromium and ``npm install --prefix build axe-core``.
"""

import json
import re
import shutil
import subprocess
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from language import foreign, text_of_page
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import kgge
import kgge.publish.html
from kgge.publish.html import (
    describe_tables,
    notebook_folder,
    without_empty,
    write_report,
)

pytestmark = pytest.mark.slow

AXE = Path(__file__).parents[1] / "build" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# Chromium without anything that would go to the network.
FLAGS = ("--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
         "--disable-background-networking --disable-component-update "
         "--virtual-time-budget=20000 --dump-dom").split()
CELLS = [
    new_markdown_cell("# 01 · Một và duy nhất\n\n**Một câu hỏi?**", metadata={"tags": ["vi"]}),
    new_markdown_cell("# 01 · One & only\n\n**A question?**", metadata={"tags": ["en"]}),
    new_code_cell("import kgge\n\nkgge.use()\nbudget = kgge.load_budget()"),
    new_markdown_cell("## Trả lời", metadata={"tags": ["vi"]}),
    new_markdown_cell("## Answer", metadata={"tags": ["en"]}),
    new_markdown_cell("### 1/2"),
    new_code_cell("by_year = kgge.totals(budget, ['year', 'source'])\n"
                  "ax = kgge.charts.planned_by_year_and_source(by_year)\n"
                  "print('<script>alert(1)</script>')\n"
                  "kgge.show(by_year)"),
    new_code_cell("from IPython.display import Markdown\n"
                  "display(Markdown('<img src=x onerror=alert(1)> **bold**'))\n"
                  "import pandas as pd\n"
                  "pd.DataFrame({'label': ['<script>alert(2)</script>', 'plain']})"),
]
BROKEN = [new_markdown_cell("# Not made"), new_code_cell("x = 1"), new_code_cell("x = 1 / 0")]


def write_notebook(folder, cells, name="01-one.ipynb"):
    folder.mkdir(exist_ok=True)
    nbformat.write(new_notebook(cells=cells), folder / name)
    return folder


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A report of one small notebook in both languages, and the notebook."""
    folder = tmp_path_factory.mktemp("report")
    source = write_notebook(tmp_path_factory.mktemp("source") / "notebooks", CELLS)
    before = (source / "01-one.ipynb").read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kgge.publish.html, "notebook_folder", lambda: source)
        patch.setattr("os.cpu_count", lambda: 1)
        assert write_report(folder) == []
    assert (source / "01-one.ipynb").read_bytes() == before
    return folder


@pytest.fixture(params=["vi", "en"])
def page(report, request):
    return request.param, (report / request.param / "01-one.html").read_text(encoding="utf-8")


def test_a_page_has_language_title_and_no_code(page):
    lang, html = page
    assert f'<html lang="{lang}">' in html
    title, *below = {"vi": ("01 · Một và duy nhất", "Trả lời", "1/2"),
                     "en": ("01 · One &amp; only", "Answer", "1/2")}[lang]
    assert f"<title>{title}</title>" in html
    headings = re.findall("<h[123][^>]*>([^<]+)</h", html)
    assert headings == [title, *below], "in the language of the page, or in none"
    assert ("A question?" in html) == (lang == "en") != ("Một câu hỏi?" in html)
    assert "load_budget" not in html and "kgge.use" not in html
    assert html.count("<h1") == 1
    assert html.index('href="#content"') < html.index('id="content"')


def test_every_image_has_the_description_of_its_chart(page):
    lang, html = page
    images = re.findall(r"<img[^>]*>", html)
    with kgge.use(lang):
        ax = kgge.charts.planned_by_year_and_source(
            kgge.totals(kgge.load_budget(), ["year", "source"]))
    drawn = [image for image in images if "base64" in image]
    assert [unescape(re.search('alt="([^"]*)"', image)[1]) for image in drawn] == [
        kgge.charts.chart_text(ax).alt]
    ax.figure.clear()
    assert html.index("base64,") < html.index("<table"), "the chart stands above its numbers"


def test_headers_of_tables_have_a_scope(page):
    _, html = page
    headers = re.findall(r"<th\b[^>]*>", html)
    assert headers and all(re.search('scope="(col|row)"', header) for header in headers)
    names = re.findall(r'<div aria-label="([^"]+)" class="table"', html)
    assert len(set(names)) == len(names) == html.count("<table")


def test_text_is_escaped_and_nothing_is_fetched(page, report):
    _, html = page
    assert "<script" not in html and "<strong>bold</strong>" in html
    assert not re.search("<[^>]*onerror", html)
    assert "&lt;script&gt;alert(1)" in html and "&lt;script&gt;alert(2)" in html
    for text in (html, (report / "index.html").read_text(encoding="utf-8")):
        assert not re.search(r"(src|href)=[\"']?(https?:)?//", text)
        assert "@import" not in text and "url(" not in text


def test_the_index_links_pages_that_exist(report):
    html = (report / "index.html").read_text(encoding="utf-8")
    links = re.findall('href="([^"#]+)"', html)
    pages = [link for link in links if link.endswith(".html")]
    assert pages == ["vi/01-one.html", "en/01-one.html"]
    assert all((report / link).is_file() for link in pages)
    for lang, shown in (("vi", "01 · Một và duy nhất"), ("en", "01 · One &amp; only")):
        part = html.split(f'<section lang="{lang}">')[1].split("</section>")[0]
        assert f'<p class="mark">{kgge.label("word", "mark_text", lang)}</p>' in part
        assert re.findall(r'\.html"[^>]*>([^<:]+)', part) == [shown]
        about = kgge.brief(lang)
        assert all(value in part for value in about.tiles["value"]), "the headline figures"
        assert kgge.label("status", "not_achieved", lang) in part, "the verdicts"
    assert not {"figures-vi.docx", "tables-en.xlsx"} & set(links), "there are none"


def tags(html, name):
    """The attributes of each tag of one name, read as a browser reads them."""
    reader, found = HTMLParser(), []
    reader.handle_starttag = lambda tag, attributes: tag == name and found.append(dict(attributes))
    reader.feed(html)
    return found


def test_outputs_of_every_kind_are_shown_and_none_runs():
    table = pd.DataFrame({"label": ["<script>", "b"], "amount": [1.5, -2]}, index=["I", "II"])
    outputs = [
        new_output("display_data", {"image/png": "aGk=\n"},
                   metadata={"image/png": {"width": 400, "alt": '"><script>'}}),
        new_output("execute_result", {"text/html": table._repr_html_(), "text/plain": "not this"}),
        new_output("display_data", {"text/html": table._repr_html_()}),
        new_output("execute_result", {"text/plain": "'<script>'"}),
        new_output("stream", name="stderr", text="<script>"),
        new_output("display_data", {"text/markdown": "*said* <script>"})]
    cells = [new_markdown_cell("Text <script> **bold**"),
             new_code_cell("not_shown", outputs=outputs)]
    html = kgge.publish.html._page(new_notebook(cells=cells), "A & <b>", "en").decode()
    assert "<title>A &amp; &lt;b&gt;</title>" in html and 'href="../index.html"' in html
    assert tags(html, "img") == [
        {"src": "data:image/png;base64,aGk=\n", "width": "400", "alt": '"><script>'}]
    assert not tags(html, "script") and html.count("&lt;script&gt;") == 7
    assert "not_shown" not in html and "not this" not in html and html.count("<style") == 1
    assert "<strong>bold</strong>" in html and "<em>said</em>" in html
    assert html.count("<pre>") == 2 and html.rstrip().endswith("</html>")
    names = [tag["aria-label"] for tag in tags(html, "div") if "aria-label" in tag]
    assert [name[-2:] for name in names] == [" 1", " 2"]


def test_a_table_is_described_for_those_who_hear_it():
    table = pd.DataFrame({"label": ["<b", "x"], "amount": [1.5, -2]}, index=["I", "II"])
    html = describe_tables(table.to_html(), 'A "name"')
    (region,) = tags(html, "div")
    assert region == {"role": "region", "aria-label": 'A "name" 1', "tabindex": "0",
                      "class": "table"}
    assert re.findall('<th[^>]*scope="(col|row)">([^<]*)</th>', html) == [
        ("col", "label"), ("col", "amount"), ("row", "I"), ("row", "II")]
    assert html.count("<th ") == 4 and "<td></td>" in html and "<thead>" in html
    assert re.findall('<td data-text="">([^<]*)</td>', html) == ["&lt;b", "x"]
    assert re.findall(r"<td>([^<]+)</td>", html) == ["1.5", "-2.0"]
    assert "border=" not in html and html.count("class=") == 1
    html = describe_tables(table.to_html(index=False), "")  # a header stands above its column
    assert re.findall("<th([^>]*)>(?:label|amount)", html) == [' data-text="" scope="col"',
                                                               ' scope="col"']


def test_a_heading_with_nothing_below_it_is_left_out():
    html = ("<h1>A</h1><div><h2>gone</h2></div><div> </div><h2>kept</h2><div><h3>gone</h3></div>"
            "<h3>kept as well</h3><p>text</p><h2>picture</h2><img alt=''><h2>last</h2><h3>x</h3>")
    assert re.findall("<h[23]>([^<]+)", without_empty(html)) == ["kept", "kept as well", "picture"]


CHANGE = ("import kgge, os\nfrom matplotlib import pyplot\nkgge.use('vi')\nx = 1\n"
          "pyplot.rcParams['font.size'] = 31\nos.chdir('/')")
LOOK = ("import os, kgge\nfrom matplotlib import rcParams\nprint('x' in globals(), "
        "rcParams['font.size'], os.path.basename(os.getcwd()))\n"
        "print(kgge.label('sex', 'female'))\nkgge.use()\nprint(kgge.label('sex', 'female'))")


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    """A report of notebooks of which some fail, without headlines: its folder and its faults."""
    out, source = (tmp_path_factory.mktemp(name) for name in ("faulty", "source"))
    for name, cells in (
            ("1-change", [new_code_cell(CHANGE)]), ("2-look", [new_code_cell(LOOK)]),
            ("3-end", [new_code_cell("import os\nos._exit(1)")]), ("4-look", [new_code_cell(LOOK)]),
            ("5-two", CELLS[2:]), ("6-broken", BROKEN),
            ("7-dumb", [new_code_cell("import matplotlib.pyplot as plt\nplt.plot([1, 2]);")])):
        folder = write_notebook(source / "notebooks", cells, f"{name}.ipynb")
    (out / "en").mkdir()
    (out / "en" / "6-broken.html").write_text("an old page that looks current", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kgge.publish.html, "notebook_folder", lambda: folder)
        patch.setattr("os.cpu_count", lambda: 1)
        patch.setattr("kgge.publish.brief.brief", lambda *_: 1 / 0)
        return out, write_report(out, ["en"])


def test_a_page_that_fails_says_so_and_stops_no_other(faulty):
    out, faults = faulty
    assert "6-broken.ipynb, code cell 2: ZeroDivisionError" in faults[1] and len(faults) == 4
    assert faults[-1] == "en: headlines of index.html: ZeroDivisionError: division by zero"
    page = (out / "en" / "6-broken.html").read_text(encoding="utf-8")
    assert kgge.label("word", "failed", "en") in page and "ZeroDivisionError" in page
    assert "old page" not in page and (out / "en" / "5-two.html").is_file()
    index = (out / "index.html").read_text(encoding="utf-8")
    assert 'href="en/5-two.html"' in index and "<dl" not in index


def test_a_notebook_leaves_nothing_to_the_next_in_its_process(faulty):
    """Names, look, language and folder are as at first; one may even end the process."""
    out, faults = faulty
    assert faults[0].startswith("en: 3-end.ipynb, code cell 1: DeadKernelError")
    women = kgge.label("sex", "female", "en")
    for name in ("2-look", "4-look"):
        page = (out / "en" / f"{name}.html").read_text(encoding="utf-8")
        assert re.findall("<pre>(.*?)</pre>", page, re.DOTALL) == [
            f"False 10.0 notebooks\n{women}\n{women}\n"]


def test_an_image_without_description_is_an_error(faulty):
    assert "7-dumb.ipynb, code cell 1: an image without description" in faulty[1][2]


def test_the_notebooks_lie_beside_the_package():
    assert notebook_folder().name == "notebooks"


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The report of the notebooks of the repository, in both languages."""
    folder = tmp_path_factory.mktemp("whole")
    assert write_report(folder) == []
    return folder


PAGES = [f"{lang}/{source.stem}.html" for lang in ("vi", "en")
         for source in sorted(notebook_folder().glob("*.ipynb"))]


@pytest.mark.parametrize("name", PAGES)
def test_every_notebook_runs_in_both_languages(whole, name):
    html = (whole / name).read_text(encoding="utf-8")
    images = re.findall('<img[^>]*alt="([^"]*)"[^>]*>', html)
    drawn = [alt for alt in images if alt]
    assert len(drawn) == html.count("base64,") > 0 or name.split("/")[1].startswith("01")
    marked = "SỐ LIỆU MINH HỌA" if name.startswith("vi") else "ILLUSTRATIVE"
    assert (marked in unescape(html)) == (name.split("/")[1] >= "03")


@pytest.mark.parametrize("name", ["index.html", *PAGES])
def test_no_page_holds_a_word_or_a_code_of_the_other_language(whole, name):
    html = (whole / name).read_text(encoding="utf-8")
    lang = re.search('<html lang="(..)"', html)[1]
    sheets = " ".join(kgge.load_problems()["sheet"].dropna())  # as they stand in the returns
    assert foreign(text_of_page(html), lang, sheets) == set()


@pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed")
@pytest.mark.skipif(not AXE.is_file(), reason="no axe-core: npm install --prefix build axe-core")
@pytest.mark.parametrize("name", ["index.html", *PAGES])
def test_axe_finds_no_serious_violation(whole, name, tmp_path):
    found = violations((whole / name).read_text(encoding="utf-8"), tmp_path)
    assert [v for v in found if v[0] in ("serious", "critical")] == []


@pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed")
@pytest.mark.skipif(not AXE.is_file(), reason="no axe-core: npm install --prefix build axe-core")
def test_axe_would_find_one(report, tmp_path):
    html = (report / "vi" / "01-one.html").read_text(encoding="utf-8")
    found = violations(re.sub(' alt="[^"]*"', "", html), tmp_path)
    assert ["critical", "image-alt"] in [v[:2] for v in found]


def chromium(folder, page, *flags):
    """What Chromium prints of a page, run without anything that would go to the network."""
    return subprocess.run([CHROMIUM, *FLAGS, *flags, f"--user-data-dir={folder / 'profile'}",
                           page.as_uri()], capture_output=True, encoding="utf-8", timeout=60)


@pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed")
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_brief_prints_on_one_page(whole, lang, tmp_path):
    html = (whole / lang / "06-brief.html").read_text(encoding="utf-8")
    assert printed(html, tmp_path) == [[595, 842]], "one of A4"
    assert len(printed(html.replace("</main>", "<p>One line more.</p>" * 30 + "</main>"),
                       tmp_path)) > 1, "a longer one would be noticed"


def printed(html, folder):
    """The sizes of the pages that a page is printed on, in points."""
    page, pdf = folder / "page.html", folder / "page.pdf"
    page.write_text(html, encoding="utf-8")
    run = chromium(folder, page, f"--print-to-pdf={pdf}", "--no-pdf-header-footer")
    assert pdf.is_file(), run.stderr[-2000:]
    pages = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf.read_bytes())
    return [[round(float(side)) for side in page] for page in pages]


@pytest.fixture(scope="module")
def widths(whole, tmp_path_factory):
    """Of each page of the report: its width on a telephone, and its room there."""
    names = ["index.html", *PAGES]
    pages = [(whole / name).read_text(encoding="utf-8") for name in names]
    return dict(zip(names, telephone(pages, tmp_path_factory.mktemp("frames")), strict=True))


@pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed")
@pytest.mark.parametrize("name", ["index.html", *PAGES])
def test_on_a_telephone_no_page_scrolls_sideways(widths, name):
    wide, room = widths[name]
    assert wide <= room <= 390 < 2 * room


@pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed")
def test_what_is_too_wide_for_a_telephone_is_noticed(report, tmp_path):
    """Pictures, lines of code and wide tables fit themselves in; other wide things do not."""
    html = (report / "vi" / "01-one.html").read_text(encoding="utf-8")
    cases = {'<img alt="wide" width="500">': False, f"<pre>{'wide' * 90}</pre>": False,
             f'<div class="table"><table><td>{"wide" * 90}</table></div>': False,
             '<div style="width: 500px">wide</div>': True}
    found = telephone([html.replace("</main>", added + "</main>") for added in cases], tmp_path)
    assert [wide > room for wide, room in found] == list(cases.values())


def telephone(pages, folder):
    """The width of each page and its room in a frame of 390 pixels: no window is below 500."""
    frame = folder / "frame.html"
    frame.write_text("".join(f'<iframe width="390" height="800" srcdoc="{escape(html)}"></iframe>'
                             for html in pages) +
                     "<script>onload = () => { document.title = 'WIDE' + JSON.stringify("
                     "[...document.querySelectorAll('iframe')].map(one => "
                     "one.contentDocument.documentElement).map(page => "
                     "[page.scrollWidth, page.clientWidth])) }</script>", encoding="utf-8")
    run = chromium(folder, frame)
    return json.loads(re.search(r"<title>WIDE(.*?)</title>", run.stdout)[1])


def violations(html, folder):
    """Run axe-core in a copy of the page; what it finds comes back in the title."""
    script = ("axe.run(document).then(r => { document.title = 'AXE' + JSON.stringify("
              "r.violations.map(v => [v.impact, v.id, v.nodes.map(n => n.target)])) })")
    page = folder / "page.html"
    page.write_text(html.replace("</body>", f"<script>{AXE.read_text(encoding='utf-8')}</script>"
                                            f"<script>{script}</script></body>"), encoding="utf-8")
    run = chromium(folder, page)
    title = re.search(r"<title>AXE(.*?)</title>", run.stdout, re.DOTALL)
    assert title, run.stderr[-2000:]
    return json.loads(unescape(title[1]))
