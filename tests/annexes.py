"""Annexes made for the tests: any tree, years, sources and thousands mark, and their files."""

from dataclasses import dataclass, field
from pathlib import Path

import openpyxl

HEADER_SOURCES = {"central": "KP Trung ương", "local": "KP địa phương", "other": "Nguồn khác"}


@dataclass
class Line:
    """One line: label, amounts (leaves only), lines below."""

    label: str
    amounts: list[int] = field(default_factory=list)
    below: list["Line"] = field(default_factory=list)

    def sums(self) -> list[int]:
        if not self.below:
            return self.amounts
        return [sum(column) for column in zip(*(b.sums() for b in self.below), strict=True)]


ROMAN = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"]


def printed(amount: int, mark: str) -> str:
    return "-" if amount == 0 else f"{amount:,}".replace(",", mark)


def rows_of(projects: list[Line], mark: str) -> list[list[str]]:
    """Print an annex: projects in Roman, models in Arabic numbers, lines with bullets."""
    rows = []

    def add(number: str, label: str, amounts: list[int]) -> None:
        rows.append([number, label, *(printed(a, mark) for a in [*amounts, sum(amounts)])])

    for at, project in enumerate(projects):
        add(ROMAN[at], project.label, project.sums())
        models = any(line.below for line in project.below)
        for place, line in enumerate(project.below, 1):
            add(str(place) if models else "", ("" if models else "- ") + line.label, line.sums())
            for leaf in line.below:
                add("", "- " + leaf.label, leaf.sums())
    whole = [sum(column) for column in zip(*(p.sums() for p in projects), strict=True)]
    add("", "Tổng cộng", whole)
    return rows


def header_of(years: list[int], sources: list[str]) -> list[list[str]]:
    gap = [""] * (len(sources) - 1)
    n = len(years) * len(sources)
    return [
        ["Số TT", "Nội dung (triệu đồng)", "Kinh phí các năm", *[""] * (n - 1), "Tổng cộng"],
        ["", "", *(t for y in years for t in [str(y), *gap]), ""],
        ["", "", *(HEADER_SOURCES[s] for _ in years for s in sources), ""],
    ]


def write_text(path: Path, rows: list[list[str]]) -> Path:
    path.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    return path


def write_xlsx(path: Path, rows: list[list[str]], sources: int) -> Path:
    """Write the same annex as a workbook: merged header, numbers as numbers, a title above."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["TỔNG HỢP DỰ KIẾN KINH PHÍ"])
    for at, row in enumerate(rows):
        sheet.append([int(t.replace(",", "")) if at > 2 and t.replace(",", "").isdigit()
                      and column > 1 else (t or None) for column, t in enumerate(row)])
    last = len(rows[0])
    sheet.merge_cells(start_row=2, start_column=3, end_row=2, end_column=last - 1)
    sheet.merge_cells(start_row=2, start_column=last, end_row=4, end_column=last)
    for column in range(3, last, sources):
        if sources > 1:
            sheet.merge_cells(start_row=3, start_column=column, end_row=3,
                              end_column=column + sources - 1)
    book.save(path)
    return path


def _spans(head: list[list[str]]) -> list[tuple[int, int, int, int]]:
    """Return the fields to merge (row, first, last row, last): headings over blank fields."""
    out = []
    for at, row in enumerate(head[:-1]):
        starts = [c for c in range(len(row)) if any(line[c] for line in head[:at + 1])]
        for first, after in zip(starts, [*starts[1:], len(row)], strict=True):
            if row[first] and after - first > 1:
                out.append((at, first, at, after - 1))
    single = [c for c in range(len(head[0])) if head[0][c] and not any(r[c] for r in head[1:])]
    return out + [(0, c, len(head) - 1, c) for c in single]


def write_docx(path: Path, above: list[str], *tables: list[list[str]], heads: int = 1,
               jump: bool = False) -> Path:
    """Write an annex as a document: paragraphs, then tables with merged headings.

    A blank field right of a heading, or below one, is part of it, as such tables are made in Word;
    with `jump`, a row whose first field is blank begins after it (gridBefore).
    """
    import docx
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    document = docx.Document()
    for text in above:
        document.add_paragraph(text)
    for rows in tables:
        table = document.add_table(len(rows), len(rows[0]))
        for printed, row in zip(table.rows, rows, strict=True):
            for cell, text in zip(printed.cells, row, strict=True):
                cell.text = text
        head = rows[:heads] if rows[0][1] == "Nội dung" else []
        for top, left, bottom, right in _spans(head) if head else ():
            table.cell(top, left).merge(table.cell(bottom, right))
        for row, texts in zip(table.rows, rows, strict=True) if jump else ():
            if not texts[0] and texts not in head:
                row._tr.remove(row._tr.findall(qn("w:tc"))[0])
                before = OxmlElement("w:gridBefore")
                before.set(qn("w:val"), "1")
                row._tr.get_or_add_trPr().append(before)
        document.add_paragraph("")
    document.save(path)
    return path
