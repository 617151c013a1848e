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
