"""The annex of the plan as a document and as a workbook, and annexes in random layouts."""

import re
import zipfile
from decimal import Decimal

import pandas as pd
import pytest
from annexes import HEADER_SOURCES, write_docx
from hypothesis import given, settings
from hypothesis import strategies as st

import kgge
from kgge.annex.read import find_annex

LINES = [line.split("\t") for line in find_annex().read_text(encoding="utf-8").split("\n")]
SAME = ["item", "parent", "level", "leaf", "label", "year", "source", "amount"]


def table_of_the_plan():
    """Return the rows as the scan has them: the defects of the transcription undone."""
    rows = [[*line, *[""] * 13][:13] for line in LINES[7:] if any(line)]
    split = next(at for at, row in enumerate(rows) if row[1] == "đồng")
    rows[split - 1][1] += " đồng"
    del rows[split]
    for at in (-2, -1):
        numbers = rows[at][1:]
        rows[at] = ["", rows[at][0], *numbers[:10], numbers[11] if at == -2 else numbers[10]]
    return rows


@pytest.fixture(scope="module")
def annex():
    return kgge.read_annex()


@pytest.mark.parametrize(("pages", "jump"), [(1, False), (1, True), (2, False), (3, True)])
def test_the_plan_as_a_document(annex, tmp_path, pages, jump):
    """With merged headings, continued over pages, the heading repeated or not."""
    rows = table_of_the_plan()
    cuts = [len(rows) * at // pages for at in range(pages + 1)]
    tables = [rows[a:b] if a == 0 else [*rows[:3], *rows[a:b]] if pages == 2 else rows[a:b]
              for a, b in zip(cuts, cuts[1:], strict=False)]
    path = write_docx(tmp_path / "annex.docx", ["KẾ HOẠCH", "Tổng kinh phí: 6.600 triệu đồng",
                                                "Đơn vị tính: Triệu đồng"], *tables, heads=3,
                      jump=jump)
    found = kgge.read_annex(path)
    pd.testing.assert_frame_equal(found[SAME], annex[SAME])
    assert found["text"].tolist() == annex["text"].tolist() and found.attrs["repairs"] == []


def test_the_plan_as_a_workbook(annex, tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["Đơn vị tính: Triệu đồng"])
    for row in table_of_the_plan():
        numbers = [text.replace(",", "") for text in row]
        book.active.append([int(n) if n.isdigit() else text or None
                            for n, text in zip(numbers, row, strict=True)])
    book.save(tmp_path / "annex.xlsx")
    found = kgge.read_annex(tmp_path / "annex.xlsx")
    pd.testing.assert_frame_equal(found[SAME], annex[SAME])
    assert len(found) == 264


def test_a_document_with_other_tables_and_a_heading_of_another_page(tmp_path):
    head = [["TT", "Nội dung", "2021", "2022", "Tổng"]]
    rows = [["I", "Dự án", "1,5", "2", "3,5"], ["", "Tổng cộng", "1,5", "2", "3,5"]]
    path = write_docx(tmp_path / "a.docx", ["(Đơn vị tính: nghìn đồng)"],
                      [["ỦY BAN NHÂN DÂN", "CỘNG HÒA XÃ HỘI"]],
                      [["TT", "Nhiệm vụ", "Cơ quan"], ["1", "Tập huấn", "Sở"]],
                      [*head, *rows], [["Nơi nhận:", "CHỦ TỊCH"]])
    found = kgge.read_annex(path)
    assert found["amount"].tolist() == [0.0015, 0.002, 0.0035] * 2
    assert set(found["source"].dropna()) == {"all"}


@pytest.mark.parametrize("across", [True, False])
def test_amounts_in_merged_fields_are_refused(tmp_path, across):
    """One amount for two years or two lines: the blank field is no zero, though totals agree."""
    import docx
    import openpyxl

    rows = [["TT", "Nội dung", "2021", "2022", "Tổng"], ["I", "Dự án", "", "", ""],
            ["1", "A", "5", "" if across else "1", "5" if across else "6"],
            ["2", "B", "5" if across else "", "0", "5" if across else "0"],
            ["", "Tổng cộng", "10" if across else "5", "0" if across else "1",
             "10" if across else "6"]]
    path = write_docx(tmp_path / "a.docx", ["ĐVT: triệu đồng"], rows)
    other = [2, 3] if across else [3, 2]
    document = docx.Document(str(path))
    document.tables[0].cell(2, 2).merge(document.tables[0].cell(*other))
    document.save(str(path))
    with pytest.raises(kgge.DataError, match=r"line [45], column [34]: .* is merged with others"):
        kgge.read_annex(path)
    book = openpyxl.Workbook()
    for row in [["ĐVT: triệu đồng"], *rows]:
        book.active.append([int(t) if t.isdigit() else t or None for t in row])
    book.active.merge_cells("C4:D4" if across else "C4:C5")
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(kgge.DataError, match=r"line [45], column [34]: .* is merged with others"):
        kgge.read_annex(tmp_path / "a.xlsx")


def rewritten(path, part, change):
    """Rewrite one part of a zipped file, or add it."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts.get(part, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_content_controls_and_tracked_insertions_are_looked_into(tmp_path):
    import docx
    from docx.oxml import OxmlElement

    path = write_docx(tmp_path / "a.docx", ["ĐVT: triệu đồng"], NUMBERED)
    plain, document = kgge.read_annex(path), docx.Document(str(path))
    table = document.tables[0]
    run = table.cell(1, 1).paragraphs[0].runs[0]._r
    for tag, inner in (("w:ins", run), ("w:sdt", table.rows[2]._tr), ("w:sdt", table._tbl)):
        outer = OxmlElement(tag)
        inner.addprevious(outer)
        if tag == "w:sdt":
            outer.append(OxmlElement("w:sdtContent"))
        (outer[0] if tag == "w:sdt" else outer).append(inner)
    document.save(str(path))
    pd.testing.assert_frame_equal(kgge.read_annex(path), plain)


def test_a_document_that_would_fill_the_memory_is_refused(tmp_path):
    path = write_docx(tmp_path / "a.docx", ["ĐVT: triệu đồng"], NUMBERED)
    rewritten(path, "word/media/image1.bmp", lambda _: bytes(25_000_000))
    with pytest.raises(kgge.DataError, match=r"not a readable .docx document \(too big, 2\d MB\)"):
        kgge.read_annex(path)


NUMBERED = [["TT", "Nội dung", "2021", "2022", "Tổng"], ["I", "Dự án", "6", "3", "9"],
            ["1", "A", "5", "1", "6"], ["a)", "Lớp học", "2", "1", "3"],
            ["b)", "Tờ rơi", "3", "0", "3"], ["2", "B", "1", "2", "3"],
            ["II", "Dự án khác", "1", "1", "2"], ["", "- C", "1", "0", "1"],
            ["", "- D", "0", "1", "1"], ["", "Tổng cộng", "7", "4", "11"]]
FORMS = [("upperRoman", "%1"), ("decimal", "%2"), ("lowerLetter", "%3)"), ("bullet", "-")]


def numbered_by_word(path, forms=FORMS, of_style=False):
    """Write an annex whose numbers and bullets are left to Word's own lists."""
    import docx
    from docx.oxml import OxmlElement, parse_xml
    from docx.oxml.ns import nsdecls, qn

    rows = [["", text.lstrip("- "), *rest] if at else [first, text, *rest]
            for at, (first, text, *rest) in enumerate(NUMBERED)]
    document = docx.Document(str(write_docx(path, ["ĐVT: triệu đồng"], rows)))
    lists = document.part.numbering_part.element
    lists.insert(0, parse_xml(f"<w:abstractNum {nsdecls('w')} w:abstractNumId='77'>" + "".join(
        f"<w:lvl w:ilvl='{at}'><w:start w:val='1'/><w:numFmt w:val='{form}'/>"
        f"<w:lvlText w:val='{text}'/></w:lvl>" for at, (form, text) in enumerate(forms))
        + "</w:abstractNum>"))
    lists.append(parse_xml(f"<w:num {nsdecls('w')} w:numId='88'><w:abstractNumId w:val='77'/>"
                           "</w:num>"))
    levels = [None, 0, 1, 2, 2, 1, 0, 3, 3, None]
    for level, row, (first, *_) in zip(levels, document.tables[0].rows, NUMBERED, strict=True):
        if level is None:
            continue
        paragraph = row.cells[0 if first else 1].paragraphs[0]
        if of_style and level == 0:
            style = document.styles["List Number"]
            paragraph.style, target = style, style.element.get_or_add_pPr()
        else:
            target = paragraph._p.get_or_add_pPr()
        for old in target.findall(qn("w:numPr")):
            target.remove(old)
        place = OxmlElement("w:numPr")
        for name, value in (("w:ilvl", level), ("w:numId", 88)):
            place.append(OxmlElement(name))
            place[-1].set(qn("w:val"), str(value))
        target.append(place)
    document.save(str(path))
    return path


@pytest.mark.parametrize("of_style", [False, True])
def test_numbers_that_word_counts_are_read(tmp_path, of_style):
    typed = kgge.read_annex(write_docx(tmp_path / "typed.docx", ["ĐVT: triệu đồng"], NUMBERED))
    assert typed["item"].drop_duplicates().tolist() == [
        "I", "I.1", "I.1.1", "I.1.2", "I.2", "II", "II.1", "II.2", "total"]
    counted = kgge.read_annex(numbered_by_word(tmp_path / "counted.docx", of_style=of_style))
    pd.testing.assert_frame_equal(counted, typed)


def test_a_way_of_counting_that_is_not_known_is_refused(tmp_path):
    with pytest.raises(kgge.DataError, match="numbers a list as 'hebrew1', which is not under"):
        kgge.read_annex(numbered_by_word(tmp_path / "a.docx", [("hebrew1", "%1"), *FORMS[1:]]))


def workbook(path, *sheets, change=None):
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    if change:
        change(book)
    book.save(path)
    return path


SHEET = [["ĐVT: triệu đồng"], ["TT", "Nội dung", 2021, None, "Tổng"],
         [None, None, "NSTW", "NSĐP", None],
         ["I", "Dự án", 1.234, 2.222, 3.456], ["II", "Hội thảo", 0.1, 0.2, 0.1 + 0.2],
         [None, "Tổng cộng", 1.334, 2.422, 3.756]]


def test_typed_numbers_stay_numbers(tmp_path):
    found = kgge.read_annex(workbook(tmp_path / "a.xlsx", ("A", SHEET)))
    assert found["amount"].tolist() == [1.234, 2.222, 3.456, 0.1, 0.2, 0.3, 1.334, 2.422, 3.756]
    assert found["text"].tolist()[5] == "0.3", "as the sheet shows it"
    assert set(kgge.reconcile(found)["state"]) == {"agrees"}


def test_of_the_sheets_the_one_that_is_shown_is_read(tmp_path):
    other = [*SHEET[:3], ["I", "Dự án", 9, 9, 18], [None, "Tổng cộng", 9, 9, 18]]

    def hide(book):
        book["A"].sheet_state = "hidden"

    path = workbook(tmp_path / "a.xlsx", ("A", SHEET), ("Sửa đổi", other), change=hide)
    found = kgge.read_annex(path)
    assert found["amount"].iloc[0] == 9
    assert found.attrs["notes"] == ["the hidden sheet 'A' is not read"]
    with pytest.raises(kgge.DataError, match=r"more than one sheet looks .*\(A, B\); put all of"):
        kgge.read_annex(workbook(tmp_path / "b.xlsx", ("A", SHEET), ("B", other)))
    with pytest.raises(kgge.DataError, match=r"only a hidden sheet looks like an annex \(A\)"):
        kgge.read_annex(workbook(tmp_path / "c.xlsx", ("A", SHEET), ("B", [["x"]]), change=hide))


UNREAD = [["TT", "Nội dung", "N21", "Tổng"], ["I", "Dự án", 9, 9], [None, "Tổng cộng", 9, 9]]


@pytest.mark.parametrize(("other", "told"), [
    (UNREAD, "what looks like another part of the annex, without a year that is understood"),
    ([["NĂM 2022 (chuyển từ năm 2021)"], ["TT", "Nội dung", "NSTW", "NSĐP", "Tổng"],
      ["I", "Dự án", 1, 2, 3], [None, "Tổng cộng", 1, 2, 3]], "more than one sheet looks like"),
    (UNREAD[1:], None), ([["TT", "Chỉ tiêu", "Hiện trạng"], ["1", "Số vụ", 9]], None)])
def test_a_sheet_that_is_not_read_is_named(tmp_path, other, told):
    path = workbook(tmp_path / "a.xlsx", ("A", SHEET), ("B", other), ("C", [["Ghi chú"]]))
    if told:
        with pytest.raises(kgge.DataError, match=told):
            kgge.read_annex(path)
    else:
        assert kgge.read_annex(path).attrs["notes"] == [
            "the sheet 'B' holds numbers and is not read"]


def test_a_zero_that_is_not_shown_is_a_zero(tmp_path):
    def change(book):
        for cell in book["A"]["D"][3:]:
            cell.number_format = "#,##0;-#,##0;;@"

    rows = [*SHEET[:3], ["I", "Dự án", 3, 0, 3], [None, "Tổng cộng", 3, 0, 3]]
    path = workbook(tmp_path / "a.xlsx", ("A", rows), change=change)
    assert kgge.read_annex(path)["amount"].tolist() == [3, 0, 3] * 2


@pytest.mark.parametrize(("form", "shows"), [
    ("#,##0,,", "30"), ("0.0,", "30000"), ('#,##0," nghìn"', "30000 nghìn"), (";;;", ""),
    ("0%", "3000000000%")])
def test_a_cell_that_shows_another_number_than_it_holds_is_refused(tmp_path, form, shows):
    def change(book):
        for row in book["A"]["C4:E9"]:
            for cell in row:
                cell.number_format = form

    rows = [*SHEET[:3], ["I", "Dự án", 3e7, 1e7, 4e7], [None, "Tổng cộng", 3e7, 1e7, 4e7]]
    path = workbook(tmp_path / "a.xlsx", ("A", rows), change=change)
    with pytest.raises(kgge.DataError, match=f"line 4, column 3: an amount.*'{shows}'"):
        kgge.read_annex(path)


def test_number_formats_are_read_where_others_refuse_the_workbook(tmp_path):
    def change(book):
        book["A"]["C4"].number_format = '0.000 "triệu đồng"'
        book["A"]["D4"].number_format = '0 "đồng"'

    path = workbook(tmp_path / "a.xlsx", ("A", SHEET), change=change)
    rewritten(path, "xl/styles.xml", lambda text: text.replace(b'<family val="2"',
                                                               b'<family val="34"'))
    with pytest.raises(kgge.DataError, match="line 4, column 4: .*shows an amount in 'đồng'") as of:
        kgge.read_annex(path)
    assert "column 3" not in str(of.value).partition("\n")[2]


@pytest.mark.parametrize("what", ["row", "column", "struck"])
def test_what_is_hidden_or_struck_out_is_named(tmp_path, what):
    from openpyxl.styles import Font

    def change(book):
        sheet = book["A"]
        if what == "row":
            sheet.row_dimensions[5].hidden = True
        elif what == "column":
            sheet.column_dimensions["D"].hidden = True
        else:
            sheet["C5"].font = Font(strike=True)

    found = kgge.read_annex(workbook(tmp_path / "a.xlsx", ("A", SHEET), change=change))
    said = {"row": "hidden .* row 5", "column": "hidden .* row 3, 4, 5, 6", "struck":
            "struck .* row 5"}[what]
    (note,) = found.attrs["notes"]
    assert re.search(said, note)
    assert set(kgge.reconcile(found)["state"]) == {"agrees"}


def test_what_is_struck_out_in_a_document_is_named(tmp_path):
    import docx

    rows = [["TT", "Nội dung", "2021", "Tổng"], ["I", "Dự án", "5", "5"], ["", "Tổng", "5", "5"]]
    path = write_docx(tmp_path / "a.docx", ["ĐVT: triệu đồng"], rows)
    document = docx.Document(str(path))
    document.tables[0].cell(1, 2).paragraphs[0].runs[0].font.strike = True
    document.save(str(path))
    assert "table row at line 3: text that is struck out" in kgge.read_annex(path).attrs["notes"][0]


@pytest.mark.parametrize("raised", [True, False])
def test_an_amount_that_is_struck_out_or_raised_in_part_is_refused(tmp_path, raised):
    """The old amount and the new one, 25 and 30, are not 2530, nor is that a mark of a footnote."""
    import docx
    import xlsxwriter

    rows = [["TT", "Nội dung", "2021", "Tổng"], ["I", "Dự án", "30", "30"],
            ["", "Tổng", "30", "30"]]
    path = write_docx(tmp_path / "a.docx", ["ĐVT: triệu đồng"], rows)
    document = docx.Document(str(path))
    cell = document.tables[0].cell(1, 2).paragraphs[0]
    cell.runs[0].text = "25"
    cell.runs[0].font.strike = not raised
    cell.add_run("30").font.superscript = raised
    document.save(str(path))
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        for at, row in enumerate([["ĐVT: triệu đồng"], *rows]):
            sheet.write_row(at, 0, row)
        sheet.write_rich_string("C3", book.add_format({"font_strikeout": not raised}), "25",
                                book.add_format({"font_script": int(raised)}), "30")
    for file in (path, tmp_path / "a.xlsx"):
        with pytest.raises(kgge.DataError, match=r"line 3, column 3: .*'2530 \(partly struck out"):
            kgge.read_annex(file)


# Random layouts.

@st.composite
def layouts(draw):
    """Return printed rows, what a reader must find in them, and the unit's power of ten."""
    years = draw(st.lists(st.integers(2016, 2030), min_size=1, max_size=3, unique=True))
    sources = draw(st.lists(st.sampled_from(["central", "local", "other"]), min_size=1, max_size=3,
                            unique=True))
    by_year = draw(st.booleans())
    slots = ([(y, s) for y in years for s in sources] if by_year else
             [(y, s) for s in sources for y in years])
    exponent, unit = draw(st.sampled_from(
        [(6, "triệu đồng"), (3, "1.000đ"), (0, "đồng"), (9, "tỷ đồng")]))
    digits = draw(st.integers(0, 3)) if exponent else 0  # of a dong there is no part
    number = st.integers(0, 3_000_000).map(lambda n: Decimal(n).scaleb(-digits))
    mark, thousands = draw(st.sampled_from([(",", "."), (".", ","), (",", " "), (",", "")]))
    projects = draw(st.lists(st.tuples(
        st.lists(st.lists(number, min_size=len(slots), max_size=len(slots)), max_size=3),
        st.lists(number, min_size=len(slots), max_size=len(slots)),
        st.sampled_from(["printed", "blank", "below", "both"])), min_size=1, max_size=4))
    total_at = draw(st.sampled_from(["right", "left", "none"]))
    first = draw(st.booleans())

    def text(value):
        if value == 0:
            return draw(st.sampled_from(["0", "-", "–"]))
        whole, _, part = f"{value:f}".partition(".")
        grouped = f"{int(whole):,}".replace(",", thousands)
        shown = part and (part.strip("0") or draw(st.booleans()))
        return grouped + (mark + part if shown else "")

    def row(no, label, amounts):
        cells = [text(a) for a in amounts] if amounts else [""] * len(slots)
        whole = [text(sum(amounts)) if amounts else ""]
        return [no, label, *({"left": whole + cells, "right": cells + whole}.get(total_at, cells))]

    rows, expected, sums = [], {}, []
    for at, (lines, own, kind) in enumerate(projects):
        roman = ["I", "II", "III", "IV"][at]
        amounts = [sum(c) for c in zip(*lines, strict=True)] if lines else own
        sums.append(amounts)
        shown = amounts if kind in ("printed", "both") or not lines else None
        rows.append(row(roman, "Dự án", shown))
        for place, line in enumerate(lines, 1):
            rows.append(row("", "- Tập huấn", line))
            expected |= {(f"{roman}.{place}", *s): a for s, a in zip(slots, line, strict=True)}
        if lines and kind in ("below", "both"):
            rows.append(row("", f"Cộng dự án {at + 1}", amounts))
        if not lines:
            expected |= {(roman, *s): a for s, a in zip(slots, own, strict=True)}
    total = row("", "Tổng cộng", [sum(c) for c in zip(*sums, strict=True)])
    rows = [total, *rows] if first else [*rows, total]
    gap = len(sources if by_year else years) - 1
    above = [t for one in (years if by_year else sources) for t in
             [str(one) if by_year else HEADER_SOURCES[one], *[""] * gap]]
    under = [HEADER_SOURCES[s] if by_year else str(y) for y, s in slots]
    ends = {"left": (["Tổng số"], []), "right": ([], ["Tổng số"])}.get(total_at, ([], []))
    head = [["TT", "Nội dung", *ends[0], *above, *ends[1]],
            ["", "", *("" for _ in ends[0]), *under, *("" for _ in ends[1])]]
    where = draw(st.booleans())
    if where:
        head[0][1] += f" ({unit})"
    else:
        head.insert(0, [f"Đơn vị tính: {unit}", *[""] * (len(head[0]) - 1)])
    return [*head, *rows], expected, exponent


@pytest.mark.slow
@settings(max_examples=250, deadline=None)
@given(made=layouts(), kind=st.sampled_from(["tsv", "csv", "tsv", "csv", "docx", "xlsx"]))
def test_any_layout_is_read_exactly_or_refused(tmp_path_factory, made, kind):
    rows, expected, exponent = made
    path = tmp_path_factory.mktemp("annex") / f"annex.{kind}"
    if kind == "docx":
        titles = rows[:1] if rows[0][0].startswith("Đơn vị") else []
        write_docx(path, [row[0] for row in titles], rows[len(titles):], heads=2)
    elif kind == "xlsx":
        workbook(path, ("Phụ lục", rows))
    else:
        mark = "\t" if kind == "tsv" else ";"
        path.write_text("".join(mark.join(row) + "\n" for row in rows), encoding="utf-8")
    try:
        annex = kgge.read_annex(path)
    except kgge.DataError as error:
        # Only numbers of one reading in all the file, or a lone sum that several rows have.
        assert re.search(r"line \d+.*'.+'", str(error), re.DOTALL), error
        assert re.search("no total tells which|the total of no lines", str(error)), error
        return
    leaves = annex[annex["leaf"] & annex["year"].notna()]
    found = leaves.set_index(["item", "year", "source"])["amount"].to_dict()
    assert found == {key: float(value.scaleb(exponent - 6)) for key, value in expected.items()}
    assert "differs" not in set(kgge.reconcile(annex)["state"])
