"""The figures as a Word document: captions with fields, descriptions, sources, numbers."""

import zipfile
from collections.abc import Collection, Iterable, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from kgge.charts.execution import partial
from kgge.charts.layout import MARK, ChartText
from kgge.labels import label, labels, number, words
from kgge.publish.catalogue import Figure, Sheet, wide_table
from kgge.publish.show import measure_of, notes_of, units, written

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

_FONT, _LANGUAGE = "Times New Roman", {"vi": "vi-VN", "en": "en-GB"}
_COLUMN = 9070  # twentieths of a point: 16 cm
_ACROSS = 15137  # 26.7 cm
_ROOM = (16, 21.5)  # cm: a picture that leaves its page heading, caption and source
_CELL, _SMALL = "Table Text", "Table Text Small"
_SIZES = {"Normal": 12, "Title": 20, "Subtitle": 12, "Heading 1": 15, "Heading 2": 12,
          "Caption": 11, "TOC Heading": 14, "Table of Figures": 12, _CELL: 9, _SMALL: 8}
_MOST_ROWS = 40  # longer tables are named, not printed
_WHOLE, _ENDS = 16, 5  # a table of so many rows stays on one page; of a longer one its ends do


class Drawn(NamedTuple):
    """One figure in one language: its words, its numbers, its picture and its files."""

    figure: Figure
    text: ChartText
    data: pd.DataFrame
    picture: bytes  # a PNG without the words, which a document prints around it
    files: dict[str, bytes]


def document(drawn: Sequence[Drawn], lang: str, annexes: Sequence[Sheet] = ()) -> bytes:
    """Return all figures of one language as a Word document, behind them the annex filled in.

    For A4. Captions are numbered by fields; the lists of figures and tables made from them stand at
    the front, already filled in. The file is the same whenever the figures are.
    """
    from docx import Document as new_document

    said, doc = words("word", lang), new_document()
    set_up(doc, lang, said["document"])
    doc.add_paragraph(said["document"], style="Title")
    doc.add_paragraph(said["plan"], style="Subtitle")
    if any(d.text.illustrative for d in drawn):
        doc.add_paragraph().add_run(f"{MARK[lang]}. {said['mark_text']}").bold = True
    tables = [_readable(one.data, lang, one.figure.table) for one in drawn]
    printed = [at for at, (rows, _) in enumerate(tables) if len(rows) <= _MOST_ROWS]
    _list_of("figure", doc, [one.text.title for one in drawn], lang)
    wide = [f"{label('sheet', one.name, lang)}, {one.years}" for one in annexes]
    _list_of("sheet", doc, [_numbers_of(drawn[at], at + 1, lang) for at in printed] + wide, lang)
    for at, (one, table) in enumerate(zip(drawn, tables, strict=True)):
        if at == 0 or one.figure.section != drawn[at - 1].figure.section:
            heading = doc.add_heading(label("section", one.figure.section, lang), 1)
            heading.paragraph_format.page_break_before = True if at == 0 else None
        _figure(doc, one, at + 1, lang)
        if at in printed:
            _numbers(doc, one, at + 1, printed.index(at) + 1, table, lang)
        else:
            doc.add_paragraph(said["elsewhere"].format(
                rows=number(len(table[0]) - 1, lang), file=f"{lang}/{one.figure.name}.csv"))
    for count, (sheet, title) in enumerate(zip(annexes, wide, strict=True)):
        _annex(doc, sheet, title, count, len(printed) + count + 1, lang)
    return packed(doc)


def _annex(doc: "Document", sheet: Sheet, title: str, place: int, count: int, lang: str) -> None:
    """Add one wide table on a page across, with its totals in bold type."""
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm

    if place == 0:
        page = doc.add_section()
        page.orientation = WD_ORIENT.LANDSCAPE
        page.page_width, page.page_height = page.page_height, page.page_width
        page.left_margin = page.right_margin = page.bottom_margin = Cm(1.5)
        page.different_first_page_header_footer = False
    shown = [name for name in map(str, sheet.table) if not name.endswith(".not_known")]
    heads, rows, right = written(sheet.table, lang, columns=shown)
    codes = [f"{code}." for code in sheet.table["item"]]
    bold = {0, *(at for at, code in enumerate(codes, start=1)
                 if code == "total." or any(c.startswith(code) and c != code for c in codes))}
    caption = _lead(doc, title, count, shown, lang)
    caption.paragraph_format.page_break_before = True if place else None
    add_table(doc, [heads, *rows], right, _ACROSS, bold, _SMALL)
    mark = [f"{MARK[lang]}. {label('word', 'mark_text', lang)}"] * sheet.marked
    for note in (*mark, *notes_of(rows, lang),
                 f"{label('word', 'source', lang)}: {label('word', 'source_returns', lang)}."):
        doc.add_paragraph(note, style=_CELL)


def set_up(doc: "Document", lang: str, title: str) -> None:
    """Set paper, fonts, language and properties; no dates, so that two exports agree."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    page, properties, said = doc.sections[0], doc.core_properties, words("word", lang)
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin, page.right_margin = Cm(3), Cm(2)
    page.top_margin = page.bottom_margin = Cm(2)
    properties.title, properties.subject = title, said["plan"]
    properties.author, properties.language = "kgge", _LANGUAGE[lang]
    properties.keywords, properties.comments = said["keywords"], ""
    for dated in ("dcterms:created", "dcterms:modified"):
        properties._element.remove(properties._element.find(qn(dated)))
    for mark in doc.styles.element.iter(qn("w:lang")):
        mark.set(qn("w:val"), _LANGUAGE[lang])
    for name, size in _SIZES.items():
        if name not in doc.styles:
            doc.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = doc.styles["Normal"]
        font, fonts = doc.styles[name].font, doc.styles[name].element.get_or_add_rPr()
        fonts._remove_rFonts()  # which name fonts of the theme
        font.name, font.size, font.color.rgb = _FONT, Pt(size), RGBColor(0x1A, 0x1A, 0x1A)
        fonts.rFonts.set(qn("w:eastAsia"), _FONT)
    for name, space in {"Normal": 6, "Table of Figures": 3, _CELL: 1, _SMALL: 0}.items():
        doc.styles[name].paragraph_format.space_after = Pt(space)
    doc.styles[_CELL].paragraph_format.space_before = Pt(1)
    # As Decree 30/2020/NĐ-CP, appendix I, has it: centred in the top margin, from page 2.
    page.different_first_page_header_footer = True
    top = page.header.paragraphs[0]
    top.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _begin_field(top, "PAGE")
    top.add_run("2")
    _end_field(top)


def _figure(doc: "Document", one: Drawn, count: int, lang: str) -> None:
    """Add picture, caption and source of one figure."""
    add_picture(doc, one.picture, one.text.alt, one.text.title, name=one.figure.name)
    _caption(doc, one.text.title, count, lang)
    doc.add_paragraph(f"{one.text.subtitle}.").paragraph_format.keep_with_next = True
    source = doc.add_paragraph()
    if one.text.illustrative:
        source.add_run(f"{MARK[lang]}. ").bold = True
    source.add_run(one.text.source).italic = True


def add_picture(doc: "Document", png: bytes, alt: str, title: str,
                room: tuple[float, float] = _ROOM, name: str = "") -> None:
    """Add a picture in its size or what there is `room` for; the next line stays with it."""
    from docx.shared import Cm

    paragraph = doc.add_paragraph()
    paragraph.paragraph_format.keep_with_next = True
    picture = paragraph.add_run().add_picture(BytesIO(png))
    shrink = min(1, Cm(room[0]) / picture.width, Cm(room[1]) / picture.height)
    picture.width, picture.height = (Cm(side.cm * shrink) for side in (picture.width,
                                                                       picture.height))
    about = picture._inline.docPr
    for key, text in {"descr": alt, "title": title, "name": name or title}.items():
        about.set(key, text)


def _numbers_of(one: Drawn, figure: int, lang: str) -> str:
    """Return the title of the table of a figure: which one, and what was measured."""
    what = one.text.subtitle.partition(";")[0]
    return (f"{label('word', 'numbers', lang)} {label('word', 'figure', lang)} {figure}: "
            f"{what[:1].lower() + what[1:] if what[1:2].islower() else what}")


def _numbers(doc: "Document", one: Drawn, figure: int, count: int,
             table: tuple[list[list[str]], list[bool]], lang: str) -> None:
    """Add the numbers of one figure as a numbered table."""
    rows, right = table
    _lead(doc, _numbers_of(one, figure, lang), count, map(str, one.data), lang)
    add_table(doc, rows, right)
    for note in notes_of(rows, lang):
        doc.add_paragraph(note, style=_CELL)
    doc.add_paragraph()


def _lead(doc: "Document", title: str, count: int, columns: Iterable[str],
          lang: str) -> "Paragraph":
    """Add the caption of a table, which is returned, and the unit of what its columns hold."""
    caption = _caption(doc, title, count, lang, "sheet")
    if measured := units(columns, lang):
        unit = doc.add_paragraph(f"{label('word', 'unit', lang)}: {measured}", style=_CELL)
        unit.paragraph_format.keep_with_next = True
    return caption


def _caption(doc: "Document", title: str, count: int, lang: str,
             kind: str = "figure") -> "Paragraph":
    """Add "Figure 3. Title", its number a field, inside the bookmark the list points to."""
    caption, word = doc.add_paragraph(style="Caption"), label("word", kind, lang)
    caption.paragraph_format.keep_with_next = True
    mark = _bookmark(kind, count)
    caption._p.append(_element("bookmarkStart", id=str(int(mark[4:])), name=mark))
    caption.add_run(f"{word} ")
    _begin_field(caption, f"SEQ {word} \\* ARABIC")
    caption.add_run(str(count))
    _end_field(caption)
    caption._p.append(_element("bookmarkEnd", id=str(int(mark[4:]))))
    caption.add_run(f". {title}")
    return caption


def _bookmark(kind: str, count: int) -> str:
    return f"_Toc{count + 1000 * (kind == 'sheet'):09d}"


def _list_of(kind: str, doc: "Document", titles: Sequence[str], lang: str) -> None:
    r"""Add the field that lists the captions of one kind, with links to them as its result.

    Without page numbers (``\n``): only a program that lays the pages out knows them.
    """
    word = label("word", kind, lang)
    if not titles:
        return
    doc.add_paragraph(label("word", f"{kind}s", lang), style="TOC Heading")
    lines = [doc.add_paragraph(style="Table of Figures") for _ in titles]
    _begin_field(lines[0], f'TOC \\h \\z \\n \\c "{word}"')
    for count, (line, title) in enumerate(zip(lines, titles, strict=True), start=1):
        link = _element("hyperlink", anchor=_bookmark(kind, count))
        link.append(line.add_run(f"{word} {count}. {title}")._r)
        line._p.append(link)
    _end_field(lines[-1])


def _begin_field(paragraph: "Paragraph", code: str) -> None:
    """Begin a field: its result follows as text, then `_end_field`."""
    instruction = _element("instrText")
    instruction.text = f" {code} "
    for part in (_element("fldChar", fldCharType="begin"), instruction,
                 _element("fldChar", fldCharType="separate")):
        paragraph.add_run()._r.append(part)


def _end_field(paragraph: "Paragraph") -> None:
    paragraph.add_run()._r.append(_element("fldChar", fldCharType="end"))


def _element(tag: str, **attributes: str) -> Any:
    """Return a new element, for what python-docx has no function for."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    return OxmlElement(f"w:{tag}", {qn(f"w:{key}"): text for key, text in attributes.items()})


def add_table(doc: "Document", rows: list[list[str]], right: list[bool], width: int = _COLUMN,
              bold: Collection[int] = (0,), text_style: str = _CELL) -> None:
    """Add a table: numbers to the right, the header on every page, no rows alone on one."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls, qn

    figures = [at > 0 and side for at, side in enumerate(right)]
    parts = [1.0 if narrow else 2.0 for narrow in figures]
    parts[0] = sum(parts[1:]) / (1.5 if width == _COLUMN else 3)  # two fifths, or a quarter
    style = doc.styles[text_style].style_id
    totals = [label("header", "total", lang) for lang in _LANGUAGE]
    table = doc.add_table(0, len(parts), "Table Grid")
    widths = [int(width * part / sum(parts)) for part in parts]
    for column, wide in zip(table._tbl.tblGrid.gridCol_lst, widths, strict=True):
        column.set(qn("w:w"), str(wide))

    def empty_row(head: bool, keep: bool, strong: bool) -> Any:
        cells = "".join(
            f'<w:tc><w:tcPr><w:tcW w:type="dxa" w:w="{wide}"/></w:tcPr><w:p><w:pPr>'
            f'<w:pStyle w:val="{style}"/>{"<w:keepNext/>" * keep}'
            f'<w:jc w:val="{"right" if figure else "left"}"/></w:pPr>'
            f'<w:r><w:rPr>{"<w:b/>" * strong}</w:rPr></w:r></w:p></w:tc>'
            for wide, figure in zip(widths, figures, strict=True))
        return parse_xml(f'<w:tr {nsdecls("w")}><w:trPr><w:cantSplit/>'
                         f'{"<w:tblHeader/>" * head}</w:trPr>{cells}</w:tr>')

    for line, texts in enumerate(rows):
        below = len(rows) - 1 - line  # a row is kept with the next one; of long tables only at ends
        keep = below > 0 and (len(rows) <= _WHOLE or line < _ENDS or below < _ENDS)
        row = empty_row(line == 0, keep, line in bold or texts[0] in totals)
        for run, text in zip(row.iter(qn("w:r")), texts, strict=True):
            run.text = text
        table._tbl.append(row)


def _readable(data: pd.DataFrame, lang: str,
              table: pd.DataFrame) -> tuple[list[list[str]], list[bool]]:
    """Return header and rows as the language writes them, two keys crossed, and which are numbers.

    What is the same in each row is left out, and so is the text drawn beside a value.
    """
    if "execution" in data and "text" in data:  # which says why there is no rate
        none = labels("execution", ["unplanned", "nothing_planned"], lang)
        data = data.astype({"execution": object})
        data.loc[data["text"].isin(none), "execution"] = "[z]"
    same = [c for c in ("indicator", "year") if c in data and data[c].nunique() == 1]
    data = data.drop(columns=same).drop(columns="text", errors="ignore")
    if "constant" in data:
        data = data.rename(columns={"amount": "nominal"})
    columns, of = list(data.columns[1:]), ""
    if len(columns) == 2 and columns[0] in ("source", "year"):
        of = columns[1] if columns[1] == "state" or measure_of(columns[1]) == "share" else ""
        data = wide_table(data)
    if "within" in data and len(data) == len(table):  # in the order of its table
        data.attrs["least"] = data.index[partial(table)].tolist()
    heads, rows, right = written(data, lang, of)
    return [heads, *rows], right


def packed(doc: "Document") -> bytes:
    """Return the file with the same date on each of its parts."""
    saved, packed = BytesIO(), BytesIO()
    doc.save(saved)
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
