"""The yearly return as a workbook that Excel, LibreOffice and openpyxl can fill in and save."""

import datetime
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from kgge.files import DataError, UsageError, write_bytes
from kgge.labels import about, code_of, label, meant, number, words
from kgge.returns.cells import LIMITS
from kgge.returns.form import (
    ANSWERS,
    BANNER,
    COLUMNS,
    ENTRIES,
    HOW,
    SHEETS,
    SIGNED,
    TITLES,
    Form,
    due_date,
    load_form,
)

FIRST = 6  # row of the first entry, from 0, below title, headings and codes
RULES = {
    "eligible": ("Số người: số nguyên, không âm.", "Persons: a whole number, 0 or more."),
    "reached": ("Số người: số nguyên, không vượt tổng số người thuộc đối tượng.",
                "Persons: a whole number, not above the persons in the group."),
    "attendances": ("Số lượt người: số nguyên, không âm.", "Attendances: a whole number."),
    "amount": ("Số tiền đã chi, triệu đồng, không âm.", "Amount spent, million dong, 0 or more."),
    "received_on": ("Ghi ngày/tháng/năm, ví dụ 31/01/2019.", "Day/month/year, as 31/01/2019."),
    "illustrative": ("Chọn một trong hai câu trả lời.", "Choose one of the two answers.")}
Row = tuple[str, str, str, str]
VI_EN = ("vi", "en")


def write_template(unit: str, year: int, path: str | Path, *, illustrative: bool = False,
                   received_on: datetime.date | None = None,
                   values: Mapping[tuple[str, str], float | str] | None = None,
                   form: Form | None = None) -> None:
    """Write the return form of one unit for one year.

    Parameters
    ----------
    unit : str
        Unit code; its indicators decide the rows.
    year : int
        Year of the plan.
    path : str or Path
        The .xlsx to write.
    illustrative : bool, default False
        Answer on the cover; if true, every sheet says so on its face as well.
    received_on : date, optional
        Date of receipt, else left to the receiving unit.
    values : mapping, optional
        What to fill in, by row code and column code, as ``("1b.residents.female", "reached")``:
        persons, or million dong.
    form : Form, optional
        What the return asks; by default as `load_form` gives it.

    Raises
    ------
    UsageError
        If the unit sends no return, the year is not in the plan, or `path` is no .xlsx.
    DataError
        If `values` names a cell that the form does not have.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_template("rach-gia", 2018, Path(folder) / "rach-gia.xlsx")
    """
    import xlsxwriter

    form, left, content = form or load_form(), dict(values or {}), BytesIO()
    if Path(path).suffix.lower() != ".xlsx":
        raise UsageError(f"{path}: a return form is an .xlsx workbook")
    unit = code_of("unit", unit)
    if unit not in form.units:
        raise UsageError(f"unit {unit!r} sends no return; those that do: {', '.join(form.units)}"
                         + meant("unit", unit))
    if year not in form.years:
        raise UsageError(f"year {year} is not in the plan: {form.years[0]} to {form.years[-1]}")
    if year not in form.due[unit]:
        raise UsageError(f"year {year}: unit {unit!r} sends no return for it; it does for "
                         f"{form.due[unit][0]} to {form.due[unit][-1]}")
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    book.set_properties({"title": f"{about('form')} {unit} {year}",
                         "created": datetime.datetime(year, 1, 1),
                         "comments": BANNER if illustrative else ""})
    paint = _Painter(book, form, year, BANNER if illustrative else "")
    paint.cover(_cover(form, unit, year), ANSWERS[illustrative], received_on)
    paint.table("indicators", _person_rows(form, unit), left)
    paint.table("spending", _money_rows(form), left)
    book.close()
    if left:
        raise DataError(f"the form of {unit} has no cells {sorted(left)}")
    write_bytes(Path(path), content.getvalue())


def _both(form: Form, kind: str, code: str) -> str:
    return " / ".join(dict.fromkeys(form.labels[kind, code]))


def _person_rows(form: Form, unit: str) -> list[Row]:
    """Return number, label, sex and code of each row; a heading has no code."""
    rows: list[Row] = []
    for code, (indicator, group, sex) in form.asked("indicators", unit).items():
        period = "tính trong năm / in the year"
        if form.accumulation[indicator] == "cumulative":
            start = about("first_year")
            period = f"lũy kế từ 01/01/{start} / since 1 January {start}"
        heading = indicator, f"{_both(form, 'indicator', indicator)} ({period})", "", ""
        rows += [] if heading in rows else [heading]
        rows.append(("", _both(form, "group", group), _both(form, "sex", sex), code))
    return rows


def _money_rows(form: Form) -> list[Row]:
    rows: list[Row] = []
    for code, (item, source) in form.money.items():
        heading = form.project[item], _both(form, "item", form.project[item]), "", ""
        rows += [] if heading in rows else [heading]
        rows.append((item, _both(form, "item", item), _both(form, "source", source), code))
    return rows


def _office(form: Form, unit: str) -> str:
    """Return the name of a unit, as it stands on its form: Vietnamese, below it English."""
    vi, en = form.labels["unit", unit]
    return f"{words('office', 'vi').get(unit, vi)}\n{words('office', 'en').get(unit, en)}"


def _cover(form: Form, unit: str, year: int) -> list[tuple[str, str, str | int]]:
    """Return code, label and printed entry of each line of the cover."""
    return [
        ("form", "Biểu số / Form", about("form")),
        ("basis", "Căn cứ / Basis", "\n".join(label("word", "plan", lang) for lang in VI_EN)),
        ("unit_name", "Đơn vị báo cáo / Reporting unit", _office(form, unit)),
        ("unit", "Mã đơn vị / Unit code", unit),
        ("receiver", "Đơn vị nhận báo cáo / Receiving unit", _office(form, about("receiver"))),
        ("year", "Năm báo cáo / Year", year),
        ("period", "Kỳ báo cáo / Period", f"01/01/{year} – 31/12/{year}"),
        ("due", "Hạn gửi / Due date", f"{due_date(year):%d/%m/%Y}"),
        ("measure", "Đơn vị tính / Unit of measure",
         "Chỉ tiêu: người, lượt người; Kinh phí: triệu đồng\n"
         "Indicators: persons, attendances; Spending: million dong"),
        ("version", "Phiên bản biểu mẫu / Template version", form.version),
        ("received_on", "Ngày nhận (đơn vị nhận ghi) / Date of receipt", ""),
        ("illustrative", "Số liệu minh họa? / Illustrative figures?", "")]


class _Painter:
    """Formats and sheets of one workbook."""

    def __init__(self, book: Any, form: Form, year: int, banner: str) -> None:
        def style(**how: Any) -> Any:
            return book.add_format({"font_name": "Times New Roman", "valign": "vcenter", **how})

        grid = {"border": 1, "text_wrap": True}
        entry = {**grid, "locked": False, "bg_color": "#FFF2CC"}
        self.book, self.year, self.banner = book, year, banner
        self.form = about("form"), form.version
        self.title, self.note = style(bold=True, font_size=14), style(italic=True, font_size=10)
        self.bold, self.cell = style(bold=True), style(align="left", **grid)
        self.head = style(bold=True, align="center", bg_color="#D9E1F2", **grid)
        self.code = style(font_size=8, font_color="#595959", align="center", **grid)
        self.sign = style(bold=True, align="center", valign="top", text_wrap=True, locked=False)
        self.persons = style(num_format="#,##0", align="right", **entry)
        self.money = style(num_format="#,##0.0##", align="right", **entry)
        self.date = style(num_format="dd/mm/yyyy", align="left", **entry)

    def _sheet(self, kind: str) -> Any:
        """Add a sheet with title, headings, column numbers and codes: the rows above `FIRST`."""
        sheet, columns = self.book.add_worksheet(SHEETS[kind]), COLUMNS[kind]
        title = TITLES[kind].format(programme=about("programme", "vi").upper())
        sheet.add_write_handler(str, _as_text)
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L" + " · ".join(filter(None, (*self.form, self.banner))) + "&R&P/&N")
        sheet.protect("", {"format_columns": True, "format_rows": True})
        sheet.write(0, 0, self.banner or f"Biểu số / Form: {self.form[0]}", self.bold)
        sheet.write(1, 0, f"{title} – {self.year}", self.title)
        sheet.write(2, 0, HOW, self.note)
        for at, column in enumerate(columns):
            entry = at - len(columns) + len(ENTRIES[kind]) + 1
            sheet.set_column(at, at, column.width)
            sheet.write(3, at, f"{column.vi}\n{column.en}", self.head)
            sheet.write(4, at, f"({entry})" if entry > 0 and kind != "cover" else "ABCD"[at],
                        self.code)
            sheet.write(5, at, column.code, self.code)
        sheet.set_row(3, 32 if kind == "cover" else 78)
        sheet.freeze_panes(FIRST, 0)
        sheet.repeat_rows(3, 5)
        return sheet

    def cover(self, lines: list[tuple[str, str, str | int]], answer: str,
              received_on: datetime.date | None) -> None:
        """Write the cover: what the return is, two entries, the place for the signatures."""
        sheet = self._sheet("cover")
        entries: dict[str, tuple[Any, dict[str, Any]]] = {
            "illustrative": (answer, {"validate": "list", "source": ANSWERS}),
            "received_on": (received_on, {"validate": "date", "criteria": ">=",
                                          "value": datetime.date(self.year, 1, 1)})}
        for row, (code, text, value) in enumerate(lines, FIRST):
            entry, rule = entries.get(code, (value, {}))
            sheet.write(row, 0, text, self.cell)
            sheet.write(row, 1, entry, self.date if rule else self.cell)
            sheet.write(row, 2, code, self.code)
            sheet.set_row(row, 32 if "\n" in str(value) else 18)
            if rule:
                sheet.data_validation(row, 1, row, 1, rule | _texts(code))
        sheet.set_row(FIRST + len(lines) + 1, 100)
        sheet.write_row(FIRST + len(lines) + 1, 0, SIGNED, self.sign)

    def table(self, kind: str, rows: list[Row], left: dict[tuple[str, str], Any]) -> None:
        """Write one table of entries, taking from `left` what is to be filled in."""
        sheet = self._sheet(kind)
        columns, style = COLUMNS[kind], self.money if kind == "spending" else self.persons
        for row, texts in enumerate(rows, FIRST):
            code = texts[3]
            sheet.write_row(row, 0, texts, self.cell if code else self.bold)
            if any(len(t) > 1.3 * c.width for t, c in zip(texts, columns, strict=False)) and code:
                sheet.set_row(row, 31)
            for at, column in enumerate(columns[4:] if code else (), 4):
                sheet.write(row, at, left.pop((code, column.code), None), style)
        for at, column in enumerate(columns[4:], 4):
            sheet.data_validation(FIRST, at, FIRST + len(rows) - 1, at,
                                  _rule(column.code, f"{'ABCDEFG'[at]}{FIRST + 1}"))


def _as_text(sheet: Any, row: int, column: int, text: str, style: Any) -> int | None:
    """Write text as text, whatever it looks like; None leaves a blank to the usual way."""
    return int(sheet.write_string(row, column, text, style)) if text else None


def _rule(column: str, cell: str) -> dict[str, Any]:
    """Return the rule of an entry cell: a number in range, or one of the marks."""
    tests = [f"{cell}>=0", f"{cell}<={LIMITS[column]:.0f}"]
    if column != "amount":
        tests.append(f"{cell}=INT({cell})")
    if column == "reached":
        tests.append(f"IF(ISNUMBER(E{cell[1:]}),{cell}<=E{cell[1:]},TRUE)")
    marks = ",".join(f'{cell}="{mark}"' for mark in ("...", "…", "x", "X", "-", "–"))
    return {"validate": "custom",
            "value": f"=IF(ISNUMBER({cell}),AND({','.join(tests)}),OR({marks}))",
            "input_title": "Cách ghi / How to fill in",
            "input_message": "{}\n{}\n-  ...  x".format(*RULES[column])} | _texts(column)


def _texts(column: str) -> dict[str, str]:
    text = "\n".join(RULES[column])
    if column in LIMITS:
        text += f' ≤ {number(LIMITS[column], "vi")}. Hoặc/or: "-"  "..."  "x"'
    return {"error_title": "Không hợp lệ / Not valid", "error_message": text}
