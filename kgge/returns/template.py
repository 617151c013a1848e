"""The yearly return as a workbook that Excel, LibreOffice and openpyxl can fill in and save."""

import datetime
from collections.abc import Mapping
from io import BytesIO
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple

from kgge.files import DataError, UsageError, data_folder, write_bytes
from kgge.labels import about, code_of, label, meant, number, words
from kgge.returns.cells import LIMITS
from kgge.returns.form import (
    ANSWERS,
    ASIDE,
    BANNER,
    COLUMNS,
    DATED,
    ENTRIES,
    HOW,
    PAST,
    SHEETS,
    SIGNED,
    TITLES,
    Form,
    headings,
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
    "replaces": ("Ghi ngày của báo cáo trước.", "The date of the earlier return."),
    "illustrative": ("Chọn một trong hai câu trả lời.", "Choose one of the two answers.")}
Row = dict[str, str]  # what stands in a row of a table, by column; a heading has no code
VI_EN = ("vi", "en")


class Before(NamedTuple):
    """What a unit returned the year before, by row code and column code; illustrative or real."""

    values: Mapping[tuple[str, str], float | str]
    illustrative: bool = False


def write_template(unit: str, year: int, path: str | Path, *, illustrative: bool = False,
                   received_on: datetime.date | None = None,
                   values: Mapping[tuple[str, str], float | str] | None = None,
                   form: Form | None = None, before: Before | None = None) -> None:
    """Write the return form of one unit for one year.

    Beside the cells to fill in stand the figures of the year before, locked; a sheet adds up what
    is filled in, another explains whom to count.

    Parameters
    ----------
    unit : str
        Unit, its code or name; its indicators decide the rows.
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
    before : Before, optional
        Figures of the year before, as `read_before` gives them; else blank.

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

    from kgge.returns.aside import write_guide, write_summary

    form, left, content = form or load_form(), dict(values or {}), BytesIO()
    if Path(path).suffix.lower() != ".xlsx":
        raise UsageError(f"{path}: a return form is an .xlsx workbook")
    unit = code_of("unit", unit)
    unit, year = code_of("unit", unit), int(year)
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
    paint = Painter(book, form, unit, year, BANNER if illustrative else "", before)
    paint.cover(cover_rows(form, unit, year), ANSWERS[illustrative], received_on)
    rows = {"indicators": person_rows(form, unit), "spending": money_rows(form)}
    for kind, lines in rows.items():
        paint.table(kind, lines, left)
    write_summary(paint, form, rows, values or {})
    write_guide(paint, form, unit, year)
    book.close()
    if left:
        raise DataError(f"the form of {unit} has no cells {sorted(left)}")
    write_bytes(Path(path), content.getvalue())


def read_before(year: int, form: Form) -> dict[str, Before]:
    """Return what each unit returned for the year before `year`, from ``data/raw/returns``."""
    from kgge.returns.collect import read_returns

    folder = data_folder() / "raw" / "returns"
    out: dict[str, dict[tuple[str, str], float | str]] = {}
    returns = read_returns(folder, form) if folder.is_dir() else None
    for kind, table in (("indicators", returns.outcomes), ("spending", returns.spending)
                        ) if returns else ():
        rows = {key: code for code, key in (form.money | form.persons).items()}
        names = ["item", "source"] if kind == "spending" else ["indicator", "group", "sex"]
        for row in table[table["year"] == year - 1].to_dict("records"):
            for column in ENTRIES[kind]:
                state = row["state" if kind == "spending" else f"{column}_state"]
                value = row[column] if state == "reported" else {
                    "not_known": "...", "not_applicable": "x"}.get(state, "")
                out.setdefault(row["unit"], {})[
                    rows[tuple(row[name] for name in names)], column] = value
    illustrative = returns is not None and bool(returns.reporting.attrs["illustrative"])
    return {unit: Before(values, illustrative) for unit, values in out.items()}


def both(form: Form, kind: str, code: str) -> str:
    """Return a label in both languages."""
    return " / ".join(dict.fromkeys(form.labels[kind, code]))


def person_rows(form: Form, unit: str) -> list[Row]:
    """Return the texts of each row on persons, by column; a heading has no code."""
    rows: list[Row] = []
    scopes = form.scopes(unit)
    for code, (indicator, group, sex) in form.asked("indicators", unit).items():
        added = ("lũy kế / cumulative" if form.accumulation[indicator] == "cumulative" else
                 "trong năm / in the year")
        heading = {"no": indicator, "text": f"{both(form, 'indicator', indicator)} ({added})"}
        rows += [] if heading in rows else [heading]
        rows.append({"text": both(form, "group", group), "sex": both(form, "sex", sex),
                     "scope": scopes[group], "code": code})
    return rows


def money_rows(form: Form) -> list[Row]:
    """Return the texts of each row on money, by column; a heading has no code."""
    rows: list[Row] = []
    for code, (item, source) in form.money.items():
        project = form.project[item]
        heading = {"no": project, "text": both(form, "item", project)}
        rows += [] if heading in rows else [heading]
        rows.append({"no": item, "text": both(form, "item", item),
                     "source": both(form, "source", source), "code": code})
    return rows


def office(form: Form, unit: str) -> str:
    """Return the name of a unit, as it stands on its form: Vietnamese, below it English."""
    vi, en = form.labels["unit", unit]
    return f"{words('office', 'vi').get(unit, vi)}\n{words('office', 'en').get(unit, en)}"


def cover_rows(form: Form, unit: str, year: int) -> list[tuple[str, str, str | int]]:
    """Return code, label and printed entry of each line of the cover."""
    return [
        ("form", "Biểu số / Form", about("form")),
        ("basis", "Căn cứ / Basis", "\n".join(label("word", "plan", lang) for lang in VI_EN)),
        ("unit_name", "Đơn vị báo cáo / Reporting unit", office(form, unit)),
        ("unit", "Mã đơn vị / Unit code", unit),
        ("receiver", "Đơn vị nhận báo cáo / Receiving unit", office(form, about("receiver"))),
        ("year", "Năm báo cáo / Year", year),
        ("period", "Kỳ báo cáo / Period", f"01/01/{year} – 31/12/{year}"),
        ("due", "Hạn gửi / Due date", f"{form.due_on[year]:%d/%m/%Y}"),
        ("measure", "Đơn vị tính / Unit of measure",
         "Chỉ tiêu: người, lượt người; Kinh phí: triệu đồng\n"
         "Indicators: persons, attendances; Spending: million dong"),
        ("version", "Phiên bản biểu mẫu / Template version", form.version),
        ("received_on", "Ngày nhận (đơn vị nhận ghi) / Date of receipt", ""),
        ("illustrative", "Số liệu minh họa (chỉ để chạy thử)? / Illustrative figures (a trial)?",
         ""),
        ("preparer", "Người lập biểu / Prepared by", ""),
        ("phone", "Điện thoại người lập biểu / Telephone", ""),
        ("email", "Thư điện tử / E-mail", ""),
        ("replaces", "Thay thế báo cáo đã gửi ngày (chỉ ghi khi gửi lại để sửa)\n"
         "Replaces the return sent on (corrections only)", "")]


class Painter:
    """Formats and sheets of one workbook."""

    def __init__(self, book: Any, form: Form, unit: str, year: int, banner: str,
                 before: Before | None) -> None:
        def style(**how: Any) -> Any:
            return book.add_format({"font_name": "Times New Roman", "valign": "vcenter", **how})

        grid = {"border": 1, "text_wrap": True}
        entry = {**grid, "locked": False, "bg_color": "#FFF2CC"}
        self.book, self.year, self.banner, self.before = book, year, banner, before or Before({})
        self.form, self.unit = (about("form"), form.version), office(form, unit).partition("\n")[0]
        self.headings = {kind: headings(kind, year, {
            code: form.accumulation[code] for code in form.units[unit]}) for kind in COLUMNS}
        self.title, self.note = style(bold=True, font_size=14), style(italic=True, font_size=10)
        self.bold, self.cell = style(bold=True), style(align="left", **grid)
        formats = {False: "#,##0", True: "#,##0.0##"}  # of persons, of money
        self.past = {money: style(num_format=digits, align="right", bg_color="#EDEDED", **grid)
                     for money, digits in formats.items()}
        self.head = style(bold=True, font_size=10, align="center", bg_color="#D9E1F2", **grid)
        self.code = style(font_size=8, font_color="#595959", align="center", **grid)
        self.sign = style(bold=True, align="center", valign="top", text_wrap=True, locked=False)
        self.dated = style(italic=True, align="center", text_wrap=True, locked=False)
        self.entry = {money: style(num_format=digits, align="right", **entry)
                      for money, digits in formats.items()}
        self.date = style(num_format="dd/mm/yyyy", align="left", **entry)
        self.text = style(num_format="@", align="left", **entry)

    def sheet(self, kind: str, last: int) -> Any:
        """Add a sheet with title, headings, column numbers and codes: the rows above `FIRST`.

        It prints from `FIRST` to `last`, without column of codes, below the title and headings,
        which come again on each page; so what only a reader of files needs is not printed.
        """
        sheet, columns = self.book.add_worksheet((SHEETS | ASIDE)[kind]), COLUMNS[kind]
        title = TITLES[kind].format(programme=about("programme", "vi").upper())
        sheet.add_write_handler(str, _as_text)
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.fit_to_pages(1, int(kind in ("cover", *ASIDE)))
        sheet.set_header(f'&L&"Times New Roman,Bold" {self.unit.replace("&", "&&")}&R{self.year}')
        sheet.set_footer("&L" + " · ".join(filter(None, (*self.form, self.banner))) + "&R&P/&N")
        sheet.protect("", {"format_columns": True, "format_rows": True})
        sheet.write(0, 0, self.banner or f"Biểu số / Form: {self.form[0]} · {self.unit}", self.bold)
        sheet.write(1, 0, f"{title} – {self.year}", self.title)
        sheet.write(2, 0, HOW, self.note)
        entries = list(ENTRIES.get(kind, ()))
        for at, (column, text) in enumerate(zip(columns, self.headings[kind], strict=True)):
            past = column.code.startswith("last_") and self.before.illustrative
            sheet.set_column(at, at, column.width)
            sheet.write(3, at, f"{PAST}\n" * past + text, self.head)
            sheet.write(4, at, f"({entries.index(column.code) + 1})" if column.code in entries
                        and kind != "cover" else "ABCDEFGHIJK"[at] * (column.code != "code"),
                        self.code)
            if kind in SHEETS or not at:
                sheet.write(5, at, column.code if kind in SHEETS else kind, self.code)
        sheet.set_row(3, {"indicators": 112, "spending": 70}.get(kind, 36))
        sheet.freeze_panes(FIRST, 0)
        sheet.repeat_rows(0, 4)
        sheet.print_area(FIRST, 0, last, len(columns) - 1 - (columns[-1].code == "code"))
        return sheet

    def cover(self, lines: list[tuple[str, str, str | int]], answer: str,
              received_on: datetime.date | None) -> None:
        """Write the cover: what the return is, what is to be entered, the place to sign."""
        sheet = self.sheet("cover", FIRST + len(lines) + 2)
        since = {"validate": "date", "criteria": ">=", "value": datetime.date(self.year, 1, 1)}
        entries: dict[str, tuple[Any, Any, dict[str, Any]]] = {
            "illustrative": (answer, self.date, {"validate": "list", "source": ANSWERS}),
            "received_on": (received_on, self.date, since), "replaces": ("", self.date, since),
            **{code: ("", self.text, {}) for code in ("preparer", "phone", "email")}}
        for row, (code, text, value) in enumerate(lines, FIRST):
            entry, style, rule = entries.get(code, (value, self.cell, {}))
            sheet.write(row, 0, text, self.cell)
            sheet.write(row, 1, entry, style)
            sheet.write(row, 2, code, self.code)
            sheet.set_row(row, 32 if "\n" in f"{text}{value}" else 18)
            if rule:
                sheet.data_validation(row, 1, row, 1, rule | _texts(code))
        sheet.set_row(FIRST + len(lines) + 1, 36)
        sheet.write(FIRST + len(lines) + 1, 1, DATED, self.dated)
        sheet.set_row(FIRST + len(lines) + 2, 100)
        sheet.write_row(FIRST + len(lines) + 2, 0, SIGNED, self.sign)

    def table(self, kind: str, rows: list[Row], left: dict[tuple[str, str], Any]) -> None:
        """Write one table of entries, taking from `left` what is to be filled in."""
        sheet, money = self.sheet(kind, FIRST + len(rows) - 1), kind == "spending"
        columns = [column.code for column in COLUMNS[kind]]
        for row, said in enumerate(rows, FIRST):
            code = said.get("code")
            if code is None:
                sheet.write_row(row, 0, said.values(), self.bold)
                continue
            for at, column in enumerate(columns):
                if column in ENTRIES[kind]:
                    sheet.write(row, at, left.pop((code, column), None), self.entry[money])
                elif column.startswith("last_"):
                    past = self.before.values.get((code, column.removeprefix("last_")))
                    sheet.write(row, at, past, self.past[money])
                else:
                    sheet.write(row, at, said.get(column, ""),
                                self.code if column == "code" else self.cell)
            sheet.set_row(row, height(kind, said))
        for at, column in enumerate(columns):
            if column in ENTRIES[kind]:
                sheet.data_validation(FIRST, at, FIRST + len(rows) - 1, at,
                                      _rule(column, f"{'ABCDEFG'[at]}{FIRST + 1}"))


def height(kind: str, said: Row) -> float:
    """Return the height of a row, in points, that shows all lines of its texts."""
    return 15.5 * max(sum(ceil(len(line) / (1.25 * column.width)) or 1
                          for line in said.get(column.code, "").split("\n"))
                      for column in COLUMNS[kind] if column.code != "code")


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
