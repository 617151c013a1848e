"""The workbook of tables: numbers, charts on them, nothing that runs, and the printed sheets."""

import re
import shutil
import subprocess
import zipfile
from functools import cache
from io import BytesIO

import openpyxl
import pandas as pd
import pytest
from lxml import etree
from openpyxl.utils import range_boundaries

import kgge
import kgge.publish.excel
from kgge.charts.layout import MARK
from kgge.charts.style import COLOURS
from kgge.plan import REPORT_STATES
from kgge.publish.catalogue import Sheet, sheets, wide_table, with_total
from kgge.publish.excel import workbook
from kgge.publish.show import contents

pytestmark = pytest.mark.slow

SPACES = {"c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
          "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
          "d": "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"}


@cache
def given():
    """The tables of the workbook, made once."""
    return sheets()


def columns_of(sheet):
    """The columns that stand in the workbook: counts of what is not known only change looks."""
    return [name for name in sheet.table if not name.endswith(".not_known")]


@pytest.fixture(scope="module")
def files():
    return {lang: workbook(lang, given()) for lang in ("vi", "en")}


@pytest.fixture(scope="module", params=["vi", "en"])
def lang(request):
    return request.param


@pytest.fixture(scope="module")
def book(files, lang):
    """The workbook as a program shows it that does not calculate: with the results stored in it."""
    return openpyxl.load_workbook(BytesIO(files[lang]), data_only=True)


def parts(content, pattern):
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: etree.fromstring(archive.read(name)) for name in sorted(archive.namelist())
                if re.fullmatch(pattern, name)}


def filled(sheet):
    """The cells of the one table of a sheet, header first, with the totals below it."""
    (table,) = sheet.tables.values()
    left, top, right, bottom = range_boundaries(table.ref)
    while sheet.cell(bottom + 1, left).value is not None:
        bottom += 1
    return [[sheet.cell(row, column).value for column in range(left, right + 1)]
            for row in range(top, bottom + 1)]


def test_each_sheet_has_one_table_without_gaps_or_merged_cells(book):
    for sheet in book.worksheets[1:]:
        rows = filled(sheet)
        assert not sheet.merged_cells.ranges, sheet.title
        assert all(value is not None for row in rows for value in row), sheet.title
        assert len(set(rows[0])) == len(rows[0])
        assert sheet["A1"].value
        assert sheet.page_setup.paperSize == 9  # A4
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
    names = [name for sheet in book.worksheets for name in sheet.tables]
    assert len(set(names)) == len(names) == len(given()) + 1


def test_numbers_are_numbers_and_equal_the_tables(book):
    for one, sheet in zip(given(), book.worksheets[2:], strict=True):
        rows = filled(sheet)[1:]
        assert len(rows) == len(one.table)
        for at, column in enumerate(columns_of(one)):
            reached = one.table.get("status", pd.Series("", one.table.index)).eq("achieved")
            for value, row, there in zip(one.table[column], rows, reached, strict=True):
                if there and column == "required_pace":
                    assert row[at] == "[z]", "nothing is left to be reached"
                    continue
                if isinstance(value, bool) or not isinstance(value, int | float):
                    continue
                if pd.isna(value):
                    assert row[at] in ("[x]", "[z]")
                else:
                    assert row[at] == pytest.approx(value), (sheet.title, column)


def test_first_sheet_is_open_at_its_first_cell_and_links_to_all(book):
    assert book.active.title == book.sheetnames[0]
    cover = book.worksheets[0]
    assert cover.sheet_view.selection[0].activeCell == "A1"
    links = {link.location.split("!")[0].strip("'") for row in cover for cell in row
             if (link := cell.hyperlink)}
    assert links == set(book.sheetnames[1:])
    assert book.properties.title and book.properties.subject
    for sheet in book.worksheets[2:]:
        assert sheet.freeze_panes


def test_sheets_from_returns_carry_the_mark(book, lang):
    marked = [MARK[lang] in str([c.value for row in sheet["A1:A4"] for c in row])
              for sheet in book.worksheets[2:]]
    assert marked == [False] * 6 + [True] * (len(given()) - 6)


def chart_words(files, lang):
    """Title, description and names of the series of each native chart, by its sheet."""
    drawn = [sheet.name for sheet in given() if sheet.series]
    titles, descriptions, names = {}, {}, {}
    for kind, found in (("charts/chart", titles), ("drawings/drawing", descriptions)):
        made = parts(files[lang], rf"xl/{kind}\d+\.xml")
        for name, at in zip(drawn, range(1, len(drawn) + 1), strict=True):
            found[name] = made[f"xl/{kind}{at}.xml"]
    for name, chart in titles.items():
        names[name] = [one.findtext("c:tx//c:v", namespaces=SPACES)
                       for one in chart.findall(".//c:ser", SPACES)]
        titles[name] = "".join(t.text for t in chart.findall("c:chart/c:title//a:t", SPACES))
        descriptions[name] = descriptions[name].find(".//d:cNvPr", SPACES).get("descr")
    return titles, descriptions, names


def test_charts_of_illustrative_returns_say_so_themselves(files, lang):
    titles, descriptions, _ = chart_words(files, lang)
    for sheet in [sheet for sheet in given() if sheet.series]:
        for text in (titles[sheet.name], descriptions[sheet.name]):
            assert text.startswith(f"{MARK[lang]}. ") == sheet.marked == (MARK[lang] in text)


def test_titles_of_charts_say_what_is_drawn_and_in_which_unit(files, lang):
    titles, _, _ = chart_words(files, lang)
    money, rates = {"vi": ("triệu đồng", "Tỷ lệ thực hiện theo dự án và năm, %"),
                    "en": ("million dong", "Execution rate by project and year, %")}[lang]
    coverage = {"vi": "Tỷ lệ bao phủ theo chỉ tiêu và năm, %",
                "en": "Coverage by indicator and year, %"}[lang]
    assert titles.pop("spent_by_year") == f"{MARK[lang]}. {rates}"
    assert titles.pop("progress") == f"{MARK[lang]}. {coverage}"
    assert titles.pop("source_shares").endswith(", %")
    assert all(title.endswith(f", {money}") for title in titles.values()) and len(titles) == 7


def test_the_unit_above_a_table_is_that_of_its_figures(book, lang):
    above = {sheet.name: page["A2"].value.partition(": ")[2]
             for sheet, page in zip(given(), book.worksheets[2:], strict=True)}
    money, persons, ratio = {"vi": ("triệu đồng", "người", "hệ số"),
                             "en": ("million dong", "persons", "ratio")}[lang]
    assert {above[name] for name in ("spent", "spent_by_year", "spent_by_source", "annex")} == {
        f"{money}; %"}
    assert (above["pace"], above["source_shares"]) == (f"%; {ratio}", "%")
    assert {above[name] for name in ("progress", "by_group")} == {f"{persons}; %"}
    assert above["by_unit"] == "%"
    plan = ("by_year", "by_project", "by_project_year", "by_line", "constant_prices")
    assert {above[name] for name in plan} == {money}
    states = book.worksheets[2 + list(above).index("reporting")]
    assert states["A2"].value.startswith({"vi": "Nguồn: ", "en": "Source: "}[lang]), "no unit"


def test_the_legend_names_prices_with_their_year_and_without_a_note(files, book, lang):
    *_, names = chart_words(files, lang)
    year = min(kgge.load_budget()["year"])
    current, constant = {"vi": ("Giá hiện hành", f"Giá so sánh năm {year}"),
                         "en": ("Current prices", f"Prices of {year}")}[lang]
    assert names["constant_prices"] == [current, constant]
    heads = filled(book.worksheets[2 + [s.name for s in given()].index("constant_prices")])[0]
    assert heads[1:] == [current, f"{constant} [6]"]
    assert not [name for found in names.values() for name in found if "[" in name]


def test_headers_stand_over_their_figures_and_text_keeps_away_from_them(book):
    for sheet in book.worksheets[1:]:
        (table,) = sheet.tables.values()
        for head, *column in zip(*sheet[table.ref], strict=True):
            figures = [c for c in column if not isinstance(c.value, str)]
            right = bool(figures) and head.value not in ("Năm", "Year")
            for cell in [head, *column]:  # numbers stand right of themselves
                side = "right" if right and isinstance(cell.value, str) else (
                    None if right else "left")
                assert (cell.alignment.horizontal, cell.alignment.indent) == (
                    side, 0 if right else 1), (sheet.title, head.value)


def test_rows_are_as_high_as_their_text_and_hardly_higher(book):
    """A letter is 5.5 to 7.5 pixels wide, a unit of width 7 pixels, a line 13 points high."""
    for sheet in book.worksheets[1:]:
        (table,) = sheet.tables.values()
        for row in sheet[table.ref]:
            texts = [(len(cell.value), sheet.column_dimensions[cell.column_letter].width)
                     for cell in row if isinstance(cell.value, str)]
            least, most = (max([1, *(-(-size * letter // (7 * width)) for size, width in texts)])
                           for letter in (5.5, 7.5))
            height = sheet.row_dimensions[row[0].row].height
            assert 13 * least <= height <= 13 * (most + 1) + 4, [cell.value for cell in row]


def test_totals_stand_below_the_table_and_are_not_sorted_along(book):
    """Right below it, so that the sheet has no gap; the figures are those of the table."""
    below_the_line = {"Tổng cộng", "Total", "Mục tiêu", "Target"}
    with_total = {"by_year", "by_project", "by_project_year", "by_line", "spent", "spent_by_source",
                  "spent_by_year", "annex", "by_unit"}
    for one, sheet in zip(given(), book.worksheets[2:], strict=True):
        (table,) = sheet.tables.values()
        bottom = range_boundaries(table.ref)[3]
        assert not below_the_line & {row[0].value for row in sheet[table.ref][1:]}
        below = sheet.cell(bottom + 1, 1).value
        assert (below is not None) == (one.name in with_total), one.name


def figure(sheet, formula):
    """What a formula of sums or of a quotient gives from the results around it."""
    def values(part):
        cells = sheet[part] if ":" in part else ((sheet[part],),)
        return [c.value for row in cells for c in row if isinstance(c.value, int | float)]

    if found := re.fullmatch(r"=SUM\((.*)\)", formula):
        return sum(v for part in found[1].split(",") for v in values(part))
    (over,), (under,) = map(values, formula.strip("=").split("/"))
    return over / under


def test_sums_and_rates_are_formulas_with_their_results(files, book, lang):
    formulas = openpyxl.load_workbook(BytesIO(files[lang]))
    counted = {}
    for one, sheet in zip(given(), formulas.worksheets[2:], strict=True):
        shown = book[sheet.title]
        for cell in (cell for row in sheet for cell in row if cell.data_type == "f"):
            result = shown[cell.coordinate].value
            assert result == pytest.approx(figure(shown, cell.value), abs=1e-9), cell.coordinate
            counted[one.name] = counted.get(one.name, 0) + 1
    assert set(counted) == {"by_year", "by_project", "by_project_year", "by_line", "spent",
                            "spent_by_source", "spent_by_year", "annex"}
    first = next(sheet for one, sheet in zip(given(), formulas.worksheets[2:], strict=True)
                 if one.name == "annex")
    (table,) = first.tables.values()
    assert all(cell.data_type == "f" for cell in first[range_boundaries(table.ref)[3] + 1][1:])


def test_the_annex_filled_in_is_the_annex(book):
    """Planned amounts are the printed ones, subtotals too; parts add up; "..." says at least."""
    annex, found = kgge.load_annex(), [one for one in given() if one.name == "annex"]
    assert [one.years for one in found] == ["2016–2020", *map(str, range(2016, 2021))]
    for one in found:
        table = one.table.set_index("item")
        printed = annex[annex["year"].astype("Int64").isin(
            range(2016, 2021) if "–" in one.years else [int(one.years)])]
        for source in ("central", "local"):
            sums = printed[printed["source"] == source].groupby("item", sort=False)["amount"].sum()
            pd.testing.assert_series_equal(sums, table[f"{source}.planned"], check_names=False,
                                           check_dtype=False, check_index_type=False)
        assert (table["within"] + table["other"].fillna(0)).tolist() == pytest.approx(
            table["spent"].tolist())
    pages = [book.worksheets[2 + at] for at, one in enumerate(given()) if one.name == "annex"]
    marked = ["%" in cell.number_format for row in pages[0] for cell in row
              if "≥" in cell.number_format]
    unknown = found[0].table.filter(like=".not_known").gt(0).to_numpy().sum()
    assert marked.count(False) == unknown > 0
    rates = found[0].table.filter(like="execution").notna().to_numpy().sum()
    assert marked.count(True) == rates > 0, "a rate is as little known as its sum"
    assert all(one.table["within.not_known"].gt(0).all() for one in found), "returns are missing"


def test_money_of_which_figures_are_missing_is_marked(book):
    """In its row and in the total over it."""
    table = kgge.execution(kgge.load_budget(), kgge.load_spending(), "project")
    whole = table.assign(not_known=[0, 3, 0, 0], units_with_figure=table["units_expected"])
    assert with_total(whole, "project").attrs["least"] == [1, 4]
    assert with_total(whole.assign(not_known=0), "project").attrs["least"] == []
    late = whole.assign(not_known=0, units_with_figure=whole["units_expected"] - [0, 0, 0, 1])
    assert with_total(late, "project").attrs["least"] == [3, 4]
    for one, sheet in zip(given(), book.worksheets[2:], strict=True):
        if one.name in ("spent", "spent_by_source", "spent_by_year"):
            marked = ["%" in c.number_format for row in sheet for c in row
                      if "≥" in c.number_format]
            never = 3 * (one.name == "spent_by_source")  # zeros that a source cannot but have
            assert marked.count(False) == 3 * len(one.table) - never > 0, one.name
            assert marked.count(True) == one.table["execution"].notna().sum() > 0, one.name


def test_charts_show_the_numbers_of_their_cells(files, book, lang):
    charts = parts(files[lang], r"xl/charts/chart\d+\.xml")
    assert len(charts) == sum(bool(sheet.series) for sheet in given())
    for name, chart in charts.items():
        references = chart.findall(".//c:val/c:numRef", SPACES)
        assert references, name
        for reference in references:
            sheet, _, cells = reference.find("c:f", SPACES).text.partition("!")
            cached = [float(point.text) for point in reference.findall(".//c:pt/c:v", SPACES)]
            stands = [cell.value for row in book[sheet.strip("'")][cells.replace("$", "")]
                      for cell in row if isinstance(cell.value, int | float)]
            assert cached == pytest.approx(stands) and cached, name


def test_what_is_not_known_is_not_drawn_as_zero(monkeypatch):
    """Excel draws text as zero: a line with a year of no return would fall to the ground."""
    state = next(one for one in given() if one.name == "progress")
    for silent, lines in (("1a", 4), ("", 0)):
        there = ~(state.table["indicator"].eq(silent) | (silent == ""))
        there |= state.table["year"].ne(2017)
        table = state.table.assign(coverage=state.table["coverage"].where(there))
        monkeypatch.setattr(kgge.publish.excel, "sheets",
                            lambda table=table: [state._replace(table=table)])
        charts = parts(workbook("en"), r"xl/charts/chart\d+\.xml")
        assert sum(len(chart.findall(".//c:ser", SPACES)) for chart in charts.values()) == lines


# Columns of fractions; all others are years, ratios, or counted and in million dong.
FRACTIONS = {"coverage", "coverage_low", "coverage_high", "baseline", "target", "execution",
             "distance_share", "time_share", "observed_pace", "required_pace"}


def test_numbers_look_like_what_they_are(book, lang):
    """Fractions as percentages, years without a thousands mark; Vietnamese marks in Vietnamese."""
    place = {"vi": "[$-42A]", "en": ""}[lang]
    for one, sheet in zip(given(), book.worksheets[2:], strict=True):
        (table,) = sheet.tables.values()
        cells = [*zip(*sheet[table.ref], strict=True)]
        for name, (head, *column) in zip(columns_of(one), cells, strict=True):
            assert head.font.b and head.fill.fgColor.rgb == "FF12436D" and "FFFF" in (
                head.font.color.rgb)
            numbers = [cell for cell in column if not isinstance(cell.value, str)]
            whole = all(cell.value == round(cell.value) for cell in numbers)
            share = name.split(".")[-1] in FRACTIONS or one.name in ("source_shares", "by_unit")
            wanted = {"year": "0", "ratio": "0.00", "target": "0%"}.get(
                name, "0.0%" if share else "#,##0" if whole else "#,##0.0")
            goal = [first.value in ("Mục tiêu", "Target") for first in cells[0][1:]]
            found = {(aim, cell.number_format.replace('"≥ "', ""))  # 70%, as the plan writes it
                     for aim, cell in zip(goal, column, strict=True) if cell in numbers}
            assert found <= {(False, place + wanted), (True, f"{place}0%")}, (one.name, name)
            long = name in ("item", "project", "indicator", "unit", "missing_units", "group")
            assert not long or sheet.column_dimensions[head.column_letter].width >= 18


def test_notes_are_in_the_language(files):
    vi, en = (openpyxl.load_workbook(BytesIO(files[lang])).worksheets[1] for lang in ("vi", "en"))
    texts = [{cell.value for cell in sheet["B"] if cell.value} for sheet in (vi, en)]
    assert len(texts[0]) == len(texts[1]) > 8 and texts[0].isdisjoint(texts[1])


def test_a_sheet_is_filled_from_its_title_to_its_table(book):
    for one, sheet in zip(given(), book.worksheets[2:], strict=True):
        (table,) = sheet.tables.values()
        _, top, _, bottom = range_boundaries(table.ref)
        assert all(sheet.cell(row, 1).value for row in range(1, bottom + 1))
        assert sheet["A1"].font.b and sheet["A1"].value.startswith(f"{sheet.title}. ")
        assert sheet.freeze_panes == f"B{top + 1}" and (
            sheet.print_title_rows in (None, f"${top}:${top}"))
        high = sum(sheet.row_dimensions[row].height for row in range(top, bottom + 1))
        assert bool(sheet.print_title_rows) == (high > (
            560 if sheet.page_setup.orientation == "landscape" else 880)), "over pages"
        wide = len(one.table.columns) > 5
        assert (sheet.page_setup.orientation == "landscape") == wide
        assert bool(table.autoFilter) == (len(one.table) > 12 and one.name != "annex")
        assert sheet.page_setup.fitToWidth is None  # one page wide
        assert sheet.page_setup.fitToHeight == 0  # as many as it takes
    notes = [row[0] for row in filled(book.worksheets[1])]
    assert notes[1:] == ["[x]", "[z]", "≥", *(f"[{n}]" for n in range(1, len(notes) - 3))]
    cover = [cell.value for cell in book.worksheets[0]["A"]]
    assert all(cover) and cover[-len(book.sheetnames) + 1:] == book.sheetnames[1:]


def test_without_returns_the_cover_names_the_plan_only(files):
    whole = openpyxl.load_workbook(BytesIO(files["en"]))
    book = openpyxl.load_workbook(BytesIO(workbook("en", given()[:6])))
    texts = [[cell.value for cell in other.worksheets[0]["B"] if cell.value]
             for other in (book, whole)]
    assert len(book.sheetnames) == 8 and len(texts[1]) == len(texts[0]) + 1 + len(given()) - 6
    assert not any(MARK["en"] in text for text in texts[0]) and not book.properties.description
    assert whole.properties.description == MARK["en"]


def test_charts_refer_to_the_names_and_places_of_their_figures(book):
    """Series of one column are named by the first cell of their block; totals are not drawn."""
    for one, sheet in zip(given(), book.worksheets[2:], strict=True):
        assert len(sheet._charts) == bool(one.series)
        (table,) = sheet.tables.values()
        _, top, _, bottom = range_boundaries(table.ref)
        heads, drawn = list(one.table), []
        for series in sheet._charts[0].series if one.series else ():
            places = [series.cat.numRef or series.cat.strRef, series.val.numRef]
            places += [series.tx.strRef] if one.by else []
            across, up, *name = (range_boundaries(part.f.partition("!")[2].replace("$", ""))
                                 for part in places)
            assert across[1::2] == up[1::2] and across[0] == (
                heads.index("year") + 1 if one.by else 1)
            assert [place[:2] for place in name] == ([(1, up[1])] if one.by else [])
            drawn += [(up[0], row) for row in range(up[1], up[3] + 1)]
        rows = range(top + 1, bottom + 1)
        columns = [heads.index(column) + 1 for column in one.series]
        assert sorted(drawn) == sorted((column, row) for column in columns for row in rows)
        if one.series:
            assert sheet._charts[0].anchor._from.row > bottom


def test_series_are_told_apart_and_keep_their_colours(files, lang):
    charts = parts(files[lang], r"xl/charts/chart\d+\.xml").values()
    place = {"vi": "[$-42A]", "en": ""}[lang]
    drawn = {sheet.name: chart for sheet, chart in zip(
        [s for s in given() if s.series],
        sorted(charts, key=lambda tree: int(re.search(r"\d+", tree.findtext(
            ".//c:val//c:f", namespaces=SPACES))[0])), strict=True)}
    for sheet in [s for s in given() if s.series]:
        series = drawn[sheet.name].findall(".//c:ser", SPACES)
        colours = [one.find("c:spPr//a:srgbClr", SPACES).get("val") for one in series]
        assert len(set(colours)) == len(colours)
        known = [COLOURS.get(code, "").strip("#") for code in sheet.series]
        assert sheet.by or all(a in ("", b) for a, b in zip(known, colours, strict=True))
        if sheet.kind == "line":
            for tag in ("c:marker/c:symbol", "c:spPr//a:prstDash"):
                kinds = [one.find(tag, SPACES).get("val") for one in series]
                assert len(set(kinds)) == len(kinds), "in grey, by marker and dash"
        else:
            assert all(one.find("c:dLbls/c:showVal", SPACES).get("val") == "1" for one in series)
            digits = {one.find("c:dLbls/c:numFmt", SPACES).get("formatCode") for one in series}
            assert digits <= {place + kind for kind in ("#,##0", "#,##0.0", "0.0%")}
        grouping = drawn[sheet.name].find(".//c:grouping", SPACES).get("val")
        assert (grouping == "stacked") == (sheet.name in (
            "by_year", "by_project", "by_line", "source_shares")), "parts of a whole"
        values = drawn[sheet.name].find(".//c:valAx", SPACES)
        assert values.find("c:scaling/c:min", SPACES).get("val") == "0"
        whole = values.find("c:scaling/c:max", SPACES)
        assert (whole is not None and whole.get("val") == "1") == (
            sheet.name in ("source_shares", "progress")), "shares of a whole"
        order = drawn[sheet.name].find(".//c:catAx/c:scaling/c:orientation", SPACES).get("val")
        assert (order == "maxMin") == (sheet.kind == "bar"), "bars run down as rows do"
        title = "".join(t.text for t in drawn[sheet.name].findall("c:chart/c:title//a:t", SPACES))
        assert title and drawn[sheet.name].find(".//c:legendPos", SPACES).get("val") == "b"


def test_the_legend_of_a_chart_reads_in_the_order_of_its_bars(files, lang):
    """Of level bars side by side LibreOffice turns the legend round, Excel does not."""
    for name, chart in parts(files[lang], r"xl/charts/chart\d+\.xml").items():
        for bars in chart.findall(".//c:barChart", SPACES):
            level = bars.find("c:barDir", SPACES).get("val") == "bar"
            stacked = bars.find("c:grouping", SPACES).get("val") == "stacked"
            assert stacked or not level or len(bars.findall("c:ser", SPACES)) == 1, name


def test_a_chart_on_a_page_of_its_own_has_its_whole_frame_there(book):
    """The break stands above a row that is left between table and chart."""
    broken = [sheet for sheet in book.worksheets[2:] if sheet.row_breaks.brk]
    assert len(broken) >= 2
    for sheet in broken:
        ((_, _, _, bottom),) = (range_boundaries(table.ref) for table in sheet.tables.values())
        totals = sum(row[0].value is not None for row in sheet.iter_rows(min_row=bottom + 1))
        first = sheet._charts[0].anchor._from.row + 1
        (edge,) = (one.id for one in sheet.row_breaks.brk)
        assert bottom + totals <= edge < first - 1, sheet.title


def test_a_chart_on_the_page_of_its_table_ends_on_it(book):
    """In points, rows without a height of 15: A4 across or upright without its margins."""
    for sheet in book.worksheets[2:]:
        across = sheet.page_setup.orientation == "landscape"
        for chart in [] if sheet.row_breaks.brk else sheet._charts:
            high = sum(sheet.row_dimensions[row].height or 15
                       for row in range(1, chart.anchor.to.row + 2))
            assert high <= (516 if across else 763), sheet.title


def test_every_chart_has_a_description_with_its_figures(files, lang):
    described = [mark.get("descr") for drawing in parts(files[lang], r"xl/drawings/drawing.*xml"
                                                        ).values()
                 for mark in drawing.findall(".//d:cNvPr", SPACES)]
    assert len(described) == sum(bool(sheet.series) for sheet in given())
    assert any({"vi": "cao nhất 840 (2017)", "en": "highest 840 (2017)"}[lang] in text
               for text in described)


def test_nothing_read_becomes_a_formula_or_a_link(monkeypatch):
    nasty = ["=1+1", "=cmd|' /C calc'!A0", "+1", "http://example.org", "12", "<b>&"]
    table = pd.DataFrame({"label": nasty, "amount": range(6)})
    monkeypatch.setattr(kgge.publish.excel, "sheets", lambda: [Sheet("by_year", table)])
    content = workbook("en")
    sheet = openpyxl.load_workbook(BytesIO(content)).worksheets[2]
    assert [row[0] for row in filled(sheet)[1:]] == nasty
    assert all(cell.data_type != "f" for row in sheet for cell in row)
    assert not any(tree.findall(".//{*}f")
                   for tree in parts(content, r"xl/worksheets/sheet\d\.xml").values())
    assert all(cell.hyperlink is None for row in sheet for cell in row)


def test_two_workbooks_are_the_same(files):
    assert workbook("vi") == files["vi"]


def test_empty_cells_say_why():
    spent = next(sheet for sheet in given() if sheet.name == "spent").table.head(3).assign(
        planned=[0.0, 1.0, 0.0], execution=None,
        state=["unplanned", "not_reported", "nothing_planned"])
    cells = contents(spent, "en")
    assert list(cells["execution"]) == ["[z]", "[x]", "[z]"]
    report = pd.DataFrame({"unit": ["labour", "justice"], "2016": [None, "late"]})
    assert list(contents(report, "en", of="state")["2016"]) == ["[z]", "Late or undated"]


def test_parts_are_those_of_the_latest_year():
    tables = {sheet.name: sheet.table for sheet in given()}
    assert set(tables["by_group"]["year"]) == {2020}
    assert tables["by_group"].notna().any().all(), "no column without a figure"
    assert tables["by_group"].index.tolist() == list(range(len(tables["by_group"])))


def test_units_by_indicator():
    """One row a unit; [z] where it does not report the indicator; then all, and the target."""
    table = next(sheet.table for sheet in given() if sheet.name == "by_unit").set_index("unit")
    units = kgge.load_units().set_index("unit")["indicators"].dropna().str.split(";")
    assert [*table.index] == [*units.index[units.index.isin(table.index)], "all_units", "target"]
    for unit in table.index[:-2]:
        asked = [code for code in table if table.loc[unit, code] != "[z]"]
        assert set(asked) <= set(units[unit])
    year = [kgge.load_outcomes()["year"].max()]
    state = kgge.progress(kgge.load_outcomes(), kgge.load_targets(), kgge.load_units(), year)
    for row, column in (("all_units", "coverage"), ("target", "target")):
        assert table.loc[row].tolist() == state[column].tolist()


def test_the_state_of_each_return(monkeypatch):
    on_time, late, empty, missing = REPORT_STATES
    returns = pd.DataFrame(
        [("labour", 2016, 1, 1, 1, 1), ("labour", 2017, 1, 1, 0, 1), ("justice", 2016, 1, 1, 1, 0),
         ("justice", 2017, 1, 0, 0, 0), ("rach-gia", 2016, 0, 0, 0, 0),
         ("rach-gia", 2017, 1, 1, 0, 0), ("labour", 2018, 1, 0, 0, 0)],  # none of 2018 came
        columns=["unit", "year", "expected", "received", "on_time", "with_content"])
    returns = returns.astype(dict.fromkeys(returns.columns[2:], bool)).assign(file="")
    monkeypatch.setattr(kgge.tables.load, "load_reporting", lambda: returns)
    table = next(sheet.table for sheet in sheets() if sheet.name == "reporting")
    assert list(table.columns) == ["unit", "2016", "2017"]
    assert table.astype(object).where(table.notna(), None).to_numpy().tolist() == [
        ["labour", on_time, late], ["justice", empty, missing], ["rach-gia", None, empty]]


def test_a_wide_table_keeps_order_and_adds_totals_to_money():
    long = pd.DataFrame({"project": ["II", "II", "I"], "year": [2017, 2016, 2017],
                         "amount": [1.0, 2.0, 4.0]})
    wide = wide_table(long[["project", "year", "amount"]])
    assert list(wide.columns) == ["project", "2017", "2016", "total"]
    assert wide["project"].tolist() == ["II", "I", "total"]
    assert wide["total"].tolist() == [3.0, 4.0, 7.0]
    assert pd.isna(wide["2016"][1])


@pytest.mark.skipif(not (shutil.which("soffice") and shutil.which("pdftotext")),
                    reason="LibreOffice (soffice) or pdftotext is not installed")
def test_libreoffice_prints_every_sheet_and_keeps_the_numbers(files, tmp_path):
    path = tmp_path / "tables.xlsx"
    path.write_bytes(files["vi"])
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    for kind in ("pdf", "xlsx:Calc MS Excel 2007 XML"):
        subprocess.run(["soffice", profile, "--headless", "--convert-to", kind, "--outdir",
                        tmp_path / "out", path], check=True, capture_output=True, timeout=180)
    text = subprocess.run(["pdftotext", tmp_path / "out" / "tables.pdf", "-"], check=True,
                          capture_output=True, encoding="utf-8").stdout
    for number in range(1, len(given()) + 1):
        assert f"Bảng {number}. " in text
    assert "6.600" in text and "#REF" not in text and "###" not in text
    again = openpyxl.load_workbook(tmp_path / "out" / "tables.xlsx")
    before = openpyxl.load_workbook(BytesIO(files["vi"]))
    for sheet in before.worksheets[2:]:
        kept = [[again[sheet.title].cell(c.row, c.column).value for c in row] for row in sheet]
        assert kept == [[pytest.approx(c.value) if isinstance(c.value, float) else c.value
                         for c in row] for row in sheet], sheet.title
    assert len(parts((tmp_path / "out" / "tables.xlsx").read_bytes(),
                     r"xl/charts/chart\d+\.xml")) == sum(bool(s.series) for s in given())
