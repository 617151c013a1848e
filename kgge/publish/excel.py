"""The tables as an Excel workbook: one a sheet, real numbers, native charts, notes.

After the checklist for published spreadsheets of the UK government's Analysis Function.
"""

import datetime
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pandas as pd

from kgge.charts.layout import MARK
from kgge.charts.style import COLOURS, INK, NAVY, ORANGE, PLUM, TEAL, ink_on, wrap
from kgge.files import guard
from kgge.labels import label, number, percent, words
from kgge.plan import ACCELERATE, ON_TRACK
from kgge.publish.catalogue import Sheet, sheets
from kgge.publish.show import KINDS, SHARES, contents, header, units

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

# Excel must have a date of making; a fixed one keeps two exports the same.
_MADE = datetime.datetime(2000, 1, 1)
_WIDE = ("item", "project", "indicator", "unit", "missing_units", "group")  # columns of long text
_COLOURS = (NAVY, TEAL, PLUM, ORANGE, "#3D3D3D", "#A285D1")
_DASHES = ("solid", "dash", "round_dot", "dash_dot", "long_dash", "square_dot")
_MARKERS = ("circle", "square", "triangle", "diamond", "x", "star")
_FORMATS = {"year": "0", "ratio": "0.00", "share": "0.0%", "whole": "#,##0", "decimal": "#,##0.0"}
_PLACE = {"vi": "[$-42A]", "en": ""}  # Vietnamese separators, where the program knows them

Looks = dict[str, Any]  # the cell formats of a workbook by name


def workbook(lang: str) -> bytes:
    """Return the workbook of all tables in one language.

    Parameters
    ----------
    lang : {"vi", "en"}
        Language of titles, headers and labels.

    Returns
    -------
    bytes
        An .xlsx file, the same whenever the tables are.
    """
    from xlsxwriter import Workbook

    buffer, content, said = BytesIO(), sheets(), words("word", lang)
    book = Workbook(buffer, {"in_memory": True})
    book.set_properties({"title": said["workbook"], "subject": said["plan"], "author": "kgge",
                         "keywords": said["keywords"], "created": _MADE,
                         "comments": MARK[lang] if any(one.marked for one in content) else ""})
    look = _looks(book, lang)
    _write_cover(book, look, content, lang)
    _write_notes(book, look, lang)
    for place, sheet in enumerate(content, start=1):
        _write_sheet(book, look, sheet, place, lang)
    book.close()
    return buffer.getvalue()


def _looks(book: "Workbook", lang: str) -> Looks:
    base: dict[str, Any] = {"font_name": "Arial", "font_size": 10, "valign": "top"}
    left = {"align": "left", "indent": 1}
    head = {"bold": True, "text_wrap": True, "font_color": "white", "bg_color": NAVY}
    looks: dict[str, dict[str, Any]] = {
        "title": {"bold": True, "font_size": 14}, "bold": {"bold": True}, "line": {},
        "mark": {"bold": True, "font_color": PLUM}, "text": left | {"text_wrap": True},
        "head": head | left, "head_right": head | {"align": "right"},
        "link": {"font_color": "#0000EE", "underline": 1}, "empty": {"align": "right"}}
    looks |= {name: {"num_format": _PLACE[lang] + digits} for name, digits in _FORMATS.items()}
    looks["year"] |= left
    return {name: book.add_format(base | look) for name, look in looks.items()}


def _write_cover(book: "Workbook", look: Looks, content: list[Sheet], lang: str) -> None:
    said = words("word", lang)
    sheet = _new(book, said["cover"], said["workbook"], look)
    rows = [(said["about"], said["plan"]), (said["source"], said["source_plan"])]
    rows += [(said["source"], said["source_returns"])] * any(one.returned for one in content)
    mark = (said["mark"], f"{MARK[lang]}. {said['mark_text']}")
    rows += [*[mark] * any(one.marked for one in content), (said["licence"], said["licence_text"])]
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 84)
    for at, (what, text) in enumerate(rows, start=1):
        sheet.write_string(at, 0, what, look["bold"])
        sheet.write_string(at, 1, text, look["text"])
    sheet.write_string(len(rows) + 1, 0, said["contents"], look["head"])
    titles = [label("sheet", one.name, lang) for one in content]
    links = [(f"{said['sheet']} {place}", title) for place, title in enumerate(titles, start=1)]
    for at, (name, title) in enumerate([(said["notes"], said["notes"]), *links], len(rows) + 2):
        sheet.write_url(at, 0, f"internal:'{name}'!A1", look["link"], name)
        sheet.write_string(at, 1, title, look["text"])


def _write_notes(book: "Workbook", look: Looks, lang: str) -> None:
    said = words("word", lang)
    cuts = {"on_track": number(float(ON_TRACK), lang, 2),
            "accelerate": number(float(ACCELERATE), lang, 2)}
    rows = [(mark, text.format(**cuts)) for mark, text in words("note", lang).items()]
    notes = pd.DataFrame(rows, columns=[said["note"], said["meaning"]])
    sheet = _new(book, said["notes"], said["notes"], look)
    _add_table(sheet, "notes", 1, notes, look, [12, 88], ["text"] * 2)


def _new(book: "Workbook", name: str, title: str, look: Looks, pages: int = 0) -> "Worksheet":
    """Add a sheet that prints one page wide and `pages` high, with its title in A1."""
    sheet = book.add_worksheet(name)
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, pages)
    sheet.hide_gridlines(2)
    sheet.set_footer("&L&A&R&P / &N")
    sheet.write_string(0, 0, title, look["title"])
    return sheet


def _add_table(sheet: "Worksheet", name: str, top: int, cells: pd.DataFrame, look: Looks,
               widths: Sequence[int], formats: Sequence[str], totals: int = 0) -> None:
    """Write one table, its cells never as formulas, and below it the rows of totals, unsorted."""
    heads = ["head" if kind in ("text", "year") else "head_right" for kind in formats]
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.add_table(top, 0, top + len(cells) - totals, len(widths) - 1, {
        "name": f"kgge_{name}", "style": "Table Style Light 1", "autofilter": len(cells) > 12,
        "columns": [{"header": text, "header_format": look[head]}
                    for text, head in zip(cells, heads, strict=True)]})
    for row, values in enumerate([tuple(cells), *cells.itertuples(index=False)], start=top):
        lines = [wrap(value, width / 14, 9, row == top).count("\n") if isinstance(value, str) else 0
                 for value, width in zip(values, widths, strict=True)]  # as wide as Arial 10
        sheet.set_row(row, 16 + 13 * max(lines))
        for column, value in enumerate(values if row > top else ()):
            if isinstance(value, str):
                short = value in ("[x]", "[z]") and heads[column] != "head"
                sheet.write_string(row, column, value, look["empty" if short else "text"])
            else:
                sheet.write_number(row, column, value, look[formats[column]])


def _write_sheet(book: "Workbook", look: Looks, sheet: Sheet, place: int, lang: str) -> None:
    said = words("word", lang)
    cells = contents(sheet.table, lang, "state" if sheet.name == "reporting" else "")
    name, title = f"{said['sheet']} {place}", label("sheet", sheet.name, lang)
    page = _new(book, name, f"{name}. {title}", look, pages=1 if sheet.series else 0)
    origin = said["source_returns" if sheet.returned else "source_plan"]
    columns = list(map(str, cells))
    measured = units([*columns, sheet.value], lang)
    lines = [(f"{said['unit']}: {measured}", "line")] * bool(measured)
    lines.append((f"{said['source']}: {origin}. {said['notes']}: {said['note_sheet']}", "line"))
    lines += [(f"{MARK[lang]}. {said['mark_text']}", "mark")] * sheet.marked
    for row, (text, kind) in enumerate(lines, start=1):
        page.write_string(row, 0, text, look[kind])
    top = len(lines) + 1
    widths = [44 if column in _WIDE else 20 if column in KINDS else 14 for column in columns]
    _add_table(page, sheet.name, top, cells.set_axis([header(c, lang) for c in columns], axis=1),
               look, widths, [_format(sheet, cells, column) for column in columns],
               totals=int("total" in set(sheet.table.iloc[:, 0])))
    page.freeze_panes(top + 1, 1)
    page.repeat_rows(top)
    if len(columns) > 5:
        page.set_landscape()
    page.set_paper(8 if len(columns) > 12 else 9)  # A3, A4
    if sheet.series:
        _add_chart(book, page, sheet, cells, top, lang)


def _format(sheet: Sheet, cells: pd.DataFrame, column: str) -> str:
    """Return which of the looks the cells of a column have."""
    numbers = [value for value in cells[column] if not isinstance(value, str)]
    if column in ("year", "ratio") or not numbers:
        return column if numbers else "text"
    if column in SHARES or sheet.value in SHARES:
        return "share"
    return "whole" if all(value == round(value) for value in numbers) else "decimal"


def _add_chart(book: "Workbook", page: "Worksheet", sheet: Sheet, cells: pd.DataFrame, top: int,
               lang: str) -> None:
    """Add a chart that refers to the cells of the table, so that it can be edited."""
    name, measured = page.get_name(), sheet.value or sheet.series[0]
    title = label("sheet", f"{sheet.name}.chart" if sheet.by else sheet.name, lang)
    title = f"{MARK[lang]}. " * sheet.marked + f"{title}, {units([measured], lang)}"
    chart = book.add_chart({"type": sheet.kind, "subtype": sheet.subtype})
    columns, kind = list(cells), _format(sheet, cells, sheet.series[0])
    digits, said = _PLACE[lang] + _FORMATS[kind], [f"{title}."]
    axis = columns.index("year") if sheet.by else 0
    for at, (series, rows, column) in enumerate(_drawn(sheet, cells, lang)):
        first, last, place = top + 1 + rows[0], top + 1 + rows[-1], columns.index(column)
        chart.add_series({
            "name": [name, first, 0] if sheet.by else guard(series),
            "categories": [name, first, axis, last, axis],
            "values": [name, first, place, last, place],
            **_series_look(sheet, COLOURS.get(column, _COLOURS[at % 6]), at, digits)})
        values = cells.iloc[rows].set_index(columns[axis])[column]
        said.append(f"{series}: {_ends(values, percent if kind == 'share' else number, lang)}.")
    chart.set_title({"name": guard(title), "overlay": False, "name_font": {"size": 12}})
    chart.set_legend({"position": "bottom"})
    across = sheet.kind == "bar"
    measure = {"num_format": digits.replace("0.0%", "0%"), "min": 0,
               "max": 1 if measured in ("share", "coverage") else None,
               "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}}
    categories = {"reverse": across, "major_gridlines": {"visible": False}}
    chart.set_x_axis(measure if across else categories)
    chart.set_y_axis(categories if across else measure)
    chart.set_size({"width": 780, "height": max(360, 34 * len(cells) + 120) if across else 400})
    page.insert_chart(top + len(cells) + 2, 0, chart,
                      {"description": " ".join(said), "object_position": 3})


def _series_look(sheet: Sheet, colour: str, at: int, digits: str) -> dict[str, Any]:
    """Return how a series looks: lines told apart by marker and dash, bars by their figures."""
    if sheet.kind == "line":
        dot = {"color": colour}
        return {"line": {"color": colour, "width": 2, "dash_type": _DASHES[at % 6]},
                "marker": {"type": _MARKERS[at % 6], "size": 6, "fill": dot, "border": dot}}
    inside = sheet.subtype == "stacked"
    ink = ink_on(colour) if inside else INK
    return {"fill": {"color": colour}, "border": {"color": "white"}, "gap": 50,
            "data_labels": {"value": True, "num_format": digits, "font": {"size": 8, "color": ink},
                            "position": "center" if inside else "outside_end"}}


def _drawn(sheet: Sheet, cells: pd.DataFrame, lang: str) -> list[tuple[str, list[int], str]]:
    """Return label, row numbers and column of each series; the row of totals is in none."""
    if sheet.by:
        blocks = cells.reset_index(drop=True).groupby(sheet.by, sort=False).groups
        return [(str(label_), list(rows), sheet.series[0]) for label_, rows in blocks.items()]
    rows = [i for i, first in enumerate(sheet.table.iloc[:, 0]) if first != "total"]
    return [(header(column, lang).partition(" [")[0], rows, column) for column in sheet.series]


def _ends(values: pd.Series, write: Callable[[float, str], str], lang: str) -> str:
    """Return in words where a series is highest and lowest."""
    known = pd.to_numeric(values, errors="coerce").dropna()
    if known.empty:
        return "[x]"
    ends: dict[str, Any] = {"most": known.idxmax(), "least": known.idxmin()}
    return "; ".join(f"{label('word', word, lang)} {write(known[place], lang)} ({place})"
                     for word, place in ends.items())
