"""The figures as a Word document: captions with fields, descriptions, sources, numbers."""

import zipfile
from collections.abc import Callable, Sequence
from functools import partial
from io import BytesIO
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from kgge.charts.layout import MARK, ChartText
from kgge.labels import label, labels, number, percent, words
from kgge.publish.catalogue import SHARES, Figure, header, labelled, units, wide_table

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

_FONT, _LANGUAGE = "Times New Roman", {"vi": "vi-VN", "en": "en-GB"}
_COLUMN = 9070  # twentieths of a point: 16 cm
_CELL = "Table Text"
_SIZES = {"Normal": 12, "Title": 20, "Subtitle": 12, "Heading 1": 15, "Heading 2": 12,
          "Caption": 11, "TOC Heading": 14, "Table of Figures": 12, _CELL: 9}
_MOST_ROWS = 40  # longer tables are named, not printed
_SIGNS = {"…": "not_known", "–": "not_applicable"}  # where there is no figure


class Drawn(NamedTuple):
    """One figure in one language: its words, its numbers, its image and its other files."""

    figure: Figure
    text: ChartText
    data: pd.DataFrame
    png: bytes
    files: dict[str, bytes]
    bare: bytes = b""  # a PNG without title, subtitle and source


def document(drawn: Sequence[Drawn], lang: str) -> bytes:
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
        doc.add_paragraph().add_run(f"{MARK[lang]}. {said['mark_text']}").bold = True
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

    page, properties, said = doc.sections[0], doc.core_properties, words("word", lang)
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin, page.right_margin = Cm(3), Cm(2)
    page.top_margin = page.bottom_margin = Cm(2)
    properties.title, properties.subject = said["document"], said["plan"]
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
    for name, space in {"Normal": 6, "Table of Figures": 3, _CELL: 1}.items():
        doc.styles[name].paragraph_format.space_after = Pt(space)
    doc.styles[_CELL].paragraph_format.space_before = Pt(1)
    footer = page.footer.paragraphs[0]
    footer.add_run(f"{said['page']} ")
    _begin_field(footer, "PAGE")
    footer.add_run("1")
    _end_field(footer)


def _figure(doc: "Document", one: Drawn, count: int, lang: str) -> None:
    """Add picture and caption, source and the numbers of one figure."""
    from docx.shared import Cm

    picture = doc.add_paragraph()
    picture.paragraph_format.keep_with_next = True
    shape = picture.add_run().add_picture(BytesIO(one.png), width=Cm(16))
    about = shape._inline.docPr
    about.set("descr", one.text.alt)
    about.set("title", one.text.title)
    about.set("name", one.figure.name)
    _caption(doc, one.text.title, count, lang)
    source = doc.add_paragraph()
    if one.text.illustrative:
        source.add_run(f"{MARK[lang]}. ").bold = True
    source.add_run(one.text.source).italic = True
    said, rows = words("word", lang), _readable(one.data, lang)
    if len(rows) > _MOST_ROWS:
        doc.add_paragraph(said["elsewhere"].format(rows=number(len(rows) - 1, lang),
                                                   file=f"{lang}/{one.figure.name}.csv"))
        return
    lead = [f"{said['numbers']} {said['figure']} {count}."]
    if measured := units(map(str, one.data), lang):
        lead.append(f"{said['unit']}: {measured}.")
    lead += [f"“{sign}”: {said[why]}." for sign, why in _SIGNS.items()
             if any(sign in row for row in rows)]
    doc.add_paragraph(" ".join(lead)).paragraph_format.keep_with_next = True
    _add_table(doc, rows)
    doc.add_paragraph()


def _caption(doc: "Document", title: str, count: int, lang: str) -> None:
    """Add "Figure 3. Title", its number a field, inside the bookmark the list points to."""
    caption, word = doc.add_paragraph(style="Caption"), label("word", "figure", lang)
    caption.paragraph_format.keep_with_next = True
    caption._p.append(_element("bookmarkStart", id=str(count), name=f"_Toc{count:09d}"))
    caption.add_run(f"{word} ")
    _begin_field(caption, f"SEQ {word} \\* ARABIC")
    caption.add_run(str(count))
    _end_field(caption)
    caption._p.append(_element("bookmarkEnd", id=str(count)))
    caption.add_run(f". {title}")


def _list_of_figures(doc: "Document", titles: Sequence[str], lang: str) -> None:
    r"""Add the field that lists the captions, with links to them as its result.

    Without page numbers (``\n``): only a program that lays the pages out knows them.
    """
    word = label("word", "figure", lang)
    lines = [doc.add_paragraph(style="Table of Figures") for _ in titles]
    _begin_field(lines[0], f'TOC \\h \\z \\n \\c "{word}"')
    for count, (line, title) in enumerate(zip(lines, titles, strict=True), start=1):
        link = _element("hyperlink", anchor=f"_Toc{count:09d}")
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


def _add_table(doc: "Document", rows: list[list[str]]) -> None:
    """Add a table: numbers to the right, the header on every page, no rows alone on one."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Twips

    figures = [at > 0 and all(text[:1] in "0123456789−…–" for text in column)
               for at, column in enumerate(zip(*rows[1:], strict=True))]
    parts = [1.0 if narrow else 2.0 for narrow in figures]
    parts[0] = sum(parts[1:]) / 1.5  # two fifths of the whole
    style = doc.styles[_CELL].style_id
    table = doc.add_table(len(rows), len(parts), "Table Grid")
    widths = [Twips(int(_COLUMN * part / sum(parts))) for part in parts]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for line, (row, texts) in enumerate(zip(table.rows, rows, strict=True)):
        row._tr.get_or_add_trPr().append(_element("cantSplit"))
        if line == 0:
            row._tr.trPr.append(_element("tblHeader"))
        below = len(rows) - 1 - line  # a row is kept with the next one; of long tables only at ends
        keep = below > 0 and (len(rows) < 12 or line < 3 or below == 1)
        for at, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            cell.width = widths[at]
            (paragraph,) = cell.paragraphs
            paragraph._p.style = style  # paragraph.style would search all styles, each time
            paragraph.alignment = (WD_ALIGN_PARAGRAPH.RIGHT if figures[at]
                                   else WD_ALIGN_PARAGRAPH.LEFT)
            paragraph.paragraph_format.keep_with_next = True if keep else None
            paragraph.add_run(text).bold = True if line == 0 else None


def _readable(data: pd.DataFrame, lang: str) -> list[list[str]]:
    """Return header and rows as the language writes them, two keys crossed, without repetition."""
    if "execution" in data and "text" in data:  # which says why there is no rate
        none = labels("execution", ["unplanned", "nothing_planned"], lang)
        data = data.astype({"execution": object})
        data.loc[data["text"].isin(none), "execution"] = "–"
    same = [c for c in ("indicator", "year") if c in data and data[c].nunique() == 1]
    data = data.drop(columns=same).drop(columns="text", errors="ignore")
    if "constant" in data:
        data = data.rename(columns={"amount": "nominal"})
    row, *columns = data.columns
    state, share = "state" in columns, len(columns) == 2 and columns[1] in SHARES
    if len(columns) == 2 and columns[0] in ("source", "year"):
        data = wide_table(data)
    out = labelled(data, lang, dict.fromkeys(data.columns[1:], "state") if state else None)
    shares = {c for c in out if share or c in SHARES}
    digits = int(any(v != round(v) for c in out if c not in shares for v in out[c]
                     if isinstance(v, float | int)))
    for column in [c for c in out if c != "year"]:
        sign = "–" if state or column == "target" else "…"
        write: Callable[..., str] = percent if column in shares else partial(number, digits=digits)
        out[column] = [sign if v is None else v if isinstance(v, str) else write(v, lang)
                       for v in out[column]]
    heads = [header(str(column), lang).partition(" [")[0] for column in out]
    return [heads, *([str(v) for v in values] for values in out.itertuples(index=False))]


def _packed(doc: "Document") -> bytes:
    """Return the file with the same date on each of its parts."""
    saved, packed = BytesIO(), BytesIO()
    doc.save(saved)
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
