"""The figures as a Word document: captions with fields, descriptions, sources, numbers."""

import zipfile
from collections.abc import Sequence
from html import escape
from io import BytesIO
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pandas as pd

from kgge.charts.frame import MARK
from kgge.labels import label, number, percent, words
from kgge.published import SHARES, header, labelled, wide_table

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

    from kgge.export import Drawn

_FONT, _LANGUAGE = "Times New Roman", {"vi": "vi-VN", "en": "en-GB"}
_COLUMN = 9070  # twentieths of a point: 16 cm
_MOST_ROWS = 40  # longer tables are named, not printed


def document(drawn: Sequence["Drawn"], lang: str) -> bytes:
    """Return all figures of one language as a Word document.

    Parameters
    ----------
    drawn : sequence of Drawn
        Figures in the order of the report.
    lang : {"vi", "en"}
        Language of headings, captions and numbers.

    Returns
    -------
    bytes
        A .docx file for A4, the same whenever the figures are. Captions are numbered by fields,
        and a list of figures made from them stands at the front, already filled in.
    """
    from docx import Document as new_document

    said, doc = words("word", lang), new_document()
    _set_up(doc, lang)
    doc.add_paragraph(said["document"], style="Title")
    doc.add_paragraph(said["plan"], style="Subtitle")
    if any(d.text.illustrative for d in drawn):
        _mark(doc, f"{MARK[lang]}. {said['mark_text']}")
    doc.add_paragraph(said["figures"], style="TOC Heading")
    _list_of_figures(doc, [d.text.title for d in drawn], lang)
    count = 0
    for section, group in groupby(drawn, key=lambda one: one.figure.section):
        heading = doc.add_heading(label("section", section, lang), 1)
        heading.paragraph_format.page_break_before = True
        for one in group:
            count += 1
            _figure(doc, one, count, lang)
    return _packed(doc)


def _set_up(doc: "Document", lang: str) -> None:
    """Set paper, fonts, language and properties; no dates, so that two exports agree."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    page = doc.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin, page.right_margin = Cm(3), Cm(2)
    page.top_margin = page.bottom_margin = Cm(2)
    properties = doc.core_properties
    said = words("word", lang)
    properties.title, properties.subject = said["document"], said["plan"]
    properties.author, properties.language = "kgge", _LANGUAGE[lang]
    properties.keywords, properties.comments = said["keywords"], ""
    for dated in ("created", "modified"):
        for element in properties._element.findall(qn(f"dcterms:{dated}")):
            properties._element.remove(element)
    for mark in doc.styles.element.iter(qn("w:lang")):
        mark.set(qn("w:val"), _LANGUAGE[lang])
    doc.styles.add_style("Table of Figures", WD_STYLE_TYPE.PARAGRAPH).base_style = (
        doc.styles["Normal"])
    doc.styles["Table of Figures"].paragraph_format.space_after = Pt(3)
    doc.styles["Normal"].paragraph_format.space_after = Pt(6)
    sizes = {"Normal": 12, "Title": 20, "Subtitle": 12, "Heading 1": 15, "Heading 2": 12,
             "Caption": 11, "TOC Heading": 14}
    for name, size in sizes.items():
        font = doc.styles[name].font
        font.name, font.size, font.color.rgb = _FONT, Pt(size), RGBColor(0x1A, 0x1A, 0x1A)
        fonts = doc.styles[name].element.rPr.rFonts
        for key in [k for k in fonts.attrib if k.endswith("Theme")]:
            del fonts.attrib[key]
        fonts.set(qn("w:eastAsia"), _FONT)
    _field(page.footer.paragraphs[0], "PAGE", "1", before=f"{said['page']} ")


def _figure(doc: "Document", one: "Drawn", count: int, lang: str) -> None:
    """Add caption and picture, description, source and the numbers of one figure."""
    from docx.shared import Cm

    picture = doc.add_paragraph()
    picture.paragraph_format.keep_with_next = True
    shape = picture.add_run().add_picture(BytesIO(one.png), width=Cm(16))
    about = shape._inline.docPr
    about.set("descr", one.text.alt)
    about.set("title", one.text.title)
    about.set("name", one.figure.name)
    caption = doc.add_paragraph(style="Caption")
    caption.paragraph_format.keep_with_next = True
    _bookmark(caption, count, lang)
    caption.add_run(f". {one.text.title}")
    source = doc.add_paragraph()
    if one.text.illustrative:
        source.add_run(f"{MARK[lang]}. ").bold = True
    source.add_run(one.text.source).italic = True
    _numbers(doc, one, count, lang)


def _mark(doc: "Document", text: str) -> None:
    doc.add_paragraph().add_run(text).bold = True


def _field(paragraph: "Paragraph", code: str, result: str, before: str = "") -> None:
    """Add a field with its result filled in."""
    paragraph.add_run(before)
    for kind in ("begin", code, "separate", result, "end"):
        run = paragraph.add_run(result) if kind == result else paragraph.add_run()
        if kind != result:
            _field_part(run, kind)


def _field_part(run: Any, kind: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    part = OxmlElement("w:fldChar" if kind in ("begin", "separate", "end") else "w:instrText")
    if part.tag == qn("w:fldChar"):
        part.set(qn("w:fldCharType"), kind)
    else:
        part.text = f" {kind} "
        part.set(qn("xml:space"), "preserve")
    run._r.append(part)


def _bookmark(caption: "Paragraph", count: int, lang: str) -> None:
    """Write "Figure 3" with its number as a field, inside the bookmark the list points to."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for kind in ("bookmarkStart", "bookmarkEnd"):
        mark = OxmlElement(f"w:{kind}")
        mark.set(qn("w:id"), str(count))
        if kind == "bookmarkStart":
            mark.set(qn("w:name"), f"_Toc{count:09d}")
            caption._p.append(mark)
            word = label("word", "figure", lang)
            _field(caption, f"SEQ {word} \\* ARABIC", str(count), before=f"{word} ")
        else:
            caption._p.append(mark)


def _list_of_figures(doc: "Document", titles: Sequence[str], lang: str) -> None:
    r"""Add the field that lists the captions, with links to them as its result.

    Without page numbers (``\n``): only a program that lays the pages out knows them.
    """
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    word = label("word", "figure", lang)
    for count, title in enumerate(titles, start=1):
        line = doc.add_paragraph(style="Table of Figures")
        if count == 1:
            for kind in ("begin", f'TOC \\h \\z \\n \\c "{word}"', "separate"):
                _field_part(line.add_run(), kind)
        link = OxmlElement("w:hyperlink")
        link.set(qn("w:anchor"), f"_Toc{count:09d}")
        link.append(line.add_run(f"{word} {count}. {title}")._r)
        line._p.append(link)
        if count == len(titles):
            _field_part(line.add_run(), "end")


def _numbers(doc: "Document", one: "Drawn", count: int, lang: str) -> None:
    """Add the numbers drawn as a table whose header is repeated on every page."""
    said, rows = words("word", lang), _readable(one.data, lang)
    if len(rows) > _MOST_ROWS:
        doc.add_paragraph(said["elsewhere"].format(rows=number(len(rows) - 1, lang),
                                                    file=f"{lang}/{one.figure.name}.csv"))
        return
    lead = doc.add_paragraph(f"{said['numbers']} {said['figure']} {count}")
    lead.paragraph_format.keep_with_next = True
    lead._p.addnext(_table(rows))
    doc.add_paragraph()


def _readable(data: pd.DataFrame, lang: str) -> list[list[str]]:
    """Return header and rows as the language writes them, two keys crossed, without repetition."""
    same = [c for c in ("indicator", "year") if c in data and data[c].nunique() == 1]
    data = data.drop(columns=same).drop(columns="text", errors="ignore")
    if "nominal" in data:
        data = data.rename(columns={"amount": "constant"})
    row, *columns = data.columns
    state, share = "state" in columns, len(columns) == 2 and columns[1] in SHARES
    if len(columns) == 2 and columns[0] in ("source", "year"):
        data = wide_table(data)
    out = labelled(data, lang, dict.fromkeys(data.columns[1:], "state") if state else None)
    for column in [c for c in out if c != "year"]:
        values = [v for v in out[column] if isinstance(v, float | int)]
        digits = int(any(v != round(v) for v in values))
        share_ = share or column in SHARES
        out[column] = [_written(v, lang, digits, share_) for v in out[column]]
    heads = [header(str(column), lang).partition(" [")[0] for column in out]
    return [heads, *([str(v) for v in values] for values in out.itertuples(index=False))]


def _written(value: Any, lang: str, digits: int, share: bool) -> str:
    """Return one cell: a label, a number, or a dash where there is none."""
    if value is None or isinstance(value, str):
        return value or "…"
    return percent(value, lang) if share else number(value, lang, digits)


def _table(rows: list[list[str]]) -> Any:
    """Return the element of a table: numbers to the right, the header on every page."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    side = ["right" if at and all(text[:1] in "0123456789−…" for text in column) else "left"
            for at, column in enumerate(zip(*rows[1:], strict=True))]
    parts = [1 if s == "right" else 2 for s in side]
    wide = [_COLUMN * part // sum(parts) for part in parts]

    def cell(text: str, at: int, head: bool) -> str:
        return (f'<w:tc><w:tcPr><w:tcW w:w="{wide[at]}" w:type="dxa"/></w:tcPr><w:p><w:pPr>'
                f'<w:spacing w:before="20" w:after="20"/><w:jc w:val="{side[at]}"/>'
                f'</w:pPr><w:r><w:rPr>{"<w:b/>" if head else ""}<w:sz w:val="18"/></w:rPr>'
                f'<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p></w:tc>')

    body = "".join(
        f'<w:tr><w:trPr><w:cantSplit/>{"" if line else "<w:tblHeader/>"}</w:trPr>'
        + "".join(cell(text, at, line == 0) for at, text in enumerate(row)) + "</w:tr>"
        for line, row in enumerate(rows))
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in wide)
    return parse_xml(f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="TableGrid"/>'
                     f'<w:tblW w:w="0" w:type="auto"/><w:tblLook w:firstRow="1"/></w:tblPr>'
                     f'<w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl>')


def _packed(doc: "Document") -> bytes:
    """Return the file with the same date on each of its parts."""
    saved, packed = BytesIO(), BytesIO()
    doc.save(saved)
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
