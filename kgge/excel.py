"""The tables as an Excel workbook: one a sheet, real numbers, native charts, notes.

After the checklist for published spreadsheets of the UK government's Analysis Function.
"""

import datetime
from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pandas as pd

from kgge import tables
from kgge.charts.frame import MARK
from kgge.files import guard
from kgge.labels import label, number, percent, words
from kgge.plan import ACCELERATE, ON_TRACK
from kgge.published import KINDS, SHARES, Sheet, header, labelled, sheets
from kgge.style import COLOURS, INK, NAVY, ORANGE, PLUM, TEAL, ink_on

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
_A4 = 9  # Excel's number of the paper


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

    buffer, content = BytesIO(), sheets()
    book = Workbook(buffer, {"in_memory": True, "strings_to_formulas": False,
                             "strings_to_urls": False, "strings_to_numbers": False})
    said = words("word", lang)
    illustrative = any(_is_marked(sheet) for sheet in content)
    book.set_properties({"title": said["workbook"], "subject": said["plan"], "author": "kgge",
                         "keywords": said["keywords"], "created": _MADE,
                         "comments": MARK[lang] if illustrative else ""})
    book.set_size(2400, 1600)
    _write_cover(book, content, lang)
    _write_notes(book, lang)
    for place, sheet in enumerate(content, start=1):
        _write_sheet(book, sheet, place, lang)
    book.close()
    return buffer.getvalue()


def _is_marked(sheet: Sheet) -> bool:
    return sheet.returned and tables.is_illustrative()


def _cells(sheet: Sheet, lang: str) -> pd.DataFrame:
    """Return what stands in the cells: labels for codes, a shorthand where there is no figure."""
    years = dict.fromkeys(sheet.table.columns[1:] if sheet.name == "reporting" else [],
                          "state")
    out = labelled(sheet.table, lang, years)
    for column in out:
        short = _shorthand(sheet, str(column), lang)
        out[column] = out[column].where(out[column].notna(), short)
    return out


def _shorthand(sheet: Sheet, column: str, lang: str) -> pd.Series:
    """Return what stands in the empty cells of a column: [z] not applicable, [x] not available."""
    table = sheet.table
    if column == "missing_units":
        return pd.Series(label("word", "none", lang), index=table.index)
    applies = pd.Series(sheet.name != "reporting", index=table.index)
    if column == "execution":
        applies = ~table["state"].isin(["unplanned", "nothing_planned"])
    if column == "required_pace":
        applies = table["time_share"].lt(1)
    return applies.map({True: "[x]", False: "[z]"})


def _write_cover(book: "Workbook", content: list[Sheet], lang: str) -> None:
    said, look = words("word", lang), _looks(book, lang)
    sheet = _new(book, said["cover"], said["workbook"], look)
    marked = any(_is_marked(s) for s in content)
    rows = [(said["about"], said["plan"]), (said["source"], said["source_plan"])]
    if len(content) > 6:
        rows.append((said["source"], said["source_returns"]))
    rows += [(said["mark"], f"{MARK[lang]}. {said['mark_text']}")] if marked else []
    rows.append((said["licence"], said["licence_text"]))
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 84)
    for at, (what, text) in enumerate(rows, start=1):
        sheet.write_string(at, 0, what, look["bold"])
        sheet.write_string(at, 1, text, look["text"])
    start = len(rows) + 1
    sheet.write_string(start, 0, said["contents"], look["head"])
    links = [(said["notes"], said["notes"])] + [
        (f"{said['sheet']} {n}", label("sheet", s.name, lang))
        for n, s in enumerate(content, start=1)]
    for at, (name, title) in enumerate(links, start=start + 1):
        sheet.write_url(at, 0, f"internal:'{name}'!A1", look["link"], name)
        sheet.write_string(at, 1, title, look["text"])
    sheet.activate()


def _write_notes(book: "Workbook", lang: str) -> None:
    said, look = words("word", lang), _looks(book, lang)
    sheet = _new(book, said["notes"], said["notes"], look)
    cuts = {"on_track": number(float(ON_TRACK), lang, 2),
            "accelerate": number(float(ACCELERATE), lang, 2)}
    rows = [(mark, text.format(**cuts)) for mark, text in words("note", lang).items()]
    _add_table(sheet, "notes", 1, pd.DataFrame(rows, columns=["note", "meaning"]),
               [said["note"], said["meaning"]], look, [12, 88])


def _looks(book: "Workbook", lang: str) -> dict[str, Any]:
    """Return the cell formats by name."""
    base = {"font_name": "Arial", "font_size": 10, "valign": "top"}
    looks: dict[str, dict[str, Any]] = {
        "title": {"bold": True, "font_size": 14}, "bold": {"bold": True}, "line": {},
        "mark": {"bold": True, "font_color": PLUM}, "text": {"text_wrap": True},
        "head": {"bold": True, "text_wrap": True, "font_color": "white", "bg_color": NAVY},
        "link": {"font_color": "#0000EE", "underline": 1}, "empty": {"align": "right"},
        "year": {"align": "left"}}
    for name, digits in _FORMATS.items():
        looks[name] = looks.get(name, {}) | {"num_format": _PLACE[lang] + digits}
    return {name: book.add_format(base | look) for name, look in looks.items()}


def _new(book: "Workbook", name: str, title: str, look: dict[str, Any],
         pages: int = 0) -> "Worksheet":
    """Add a sheet that prints on A4, one page wide and `pages` high, with its title in A1."""
    sheet = book.add_worksheet(name)
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, pages)
    sheet.hide_gridlines(2)
    sheet.set_footer("&L&A&R&P / &N")
    sheet.write_string(0, 0, title, look["title"])
    sheet.set_row(0, 22)
    return sheet


def _add_table(sheet: "Worksheet", name: str, top: int, cells: pd.DataFrame, heads: list[str],
               look: dict[str, Any], widths: list[int], formats: Sequence[str] = ()) -> None:
    """Write header and cells as text and numbers, never as formulas, and mark them as a table."""
    rows = [heads, *cells.itertuples(index=False)]
    for row, values in enumerate(rows, start=top):
        lines = [-(-len(v) // (width - 1)) if isinstance(v, str) else 1
                 for v, width in zip(values, widths, strict=True)]
        sheet.set_row(row, 14 * max(lines) + 2)
        for column, value in enumerate(values):
            if row == top:
                sheet.write_string(row, column, value, look["head"])
            elif isinstance(value, str):
                short = formats and value in ("[x]", "[z]")
                sheet.write_string(row, column, value, look["empty" if short else "text"])
            else:
                sheet.write_number(row, column, value, look[formats[column]])
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.add_table(top, 0, top + len(cells), len(heads) - 1, {
        "name": f"kgge_{name}", "style": "Table Style Light 1", "autofilter": len(cells) > 12,
        "columns": [{"header": head, "header_format": look["head"]} for head in heads]})


def _write_sheet(book: "Workbook", sheet: Sheet, place: int, lang: str) -> None:
    said, look, cells = words("word", lang), _looks(book, lang), _cells(sheet, lang)
    name, title = f"{said['sheet']} {place}", label("sheet", sheet.name, lang)
    page = _new(book, name, f"{name}. {title}", look, 1 if sheet.series else 0)
    origin = said["source_returns" if sheet.returned else "source_plan"]
    lines = [f"{said['unit']}: {said[sheet.unit]}",
             f"{said['source']}: {origin}. {said['notes']}: {said['note_sheet']}"]
    lines += [f"{MARK[lang]}. {said['mark_text']}"] if _is_marked(sheet) else []
    for row, line in enumerate(lines, start=1):
        page.write_string(row, 0, line, look["mark" if row == 3 else "line"])
    top = len(lines) + 1
    columns = list(map(str, cells))
    heads = [header(column, lang) for column in columns]
    widths = [40 if column in _WIDE else 20 if column in KINDS else 14 for column in columns]
    _add_table(page, sheet.name, top, cells, heads, look, widths,
               [_format(sheet, column) for column in columns])
    page.freeze_panes(top + 1, 1)
    page.repeat_rows(top)
    if len(heads) > 5:
        page.set_landscape()
    if sheet.series:
        _add_chart(book, page, sheet, cells, top, name, title, lang)


def _format(sheet: Sheet, column: str) -> str:
    """Return which of the looks the numbers of a column have."""
    if column in ("year", "ratio"):
        return column
    if column in SHARES or sheet.name == "source_shares":
        return "share"
    numbers = pd.to_numeric(sheet.table[column], errors="coerce").dropna()
    return "whole" if (numbers == numbers.round()).all() else "decimal"


def _add_chart(book: "Workbook", page: "Worksheet", sheet: Sheet, cells: pd.DataFrame, top: int,
               name: str, title: str, lang: str) -> None:
    """Add a chart that refers to the cells of the table, so that it can be edited."""
    chart = book.add_chart({"type": sheet.kind, "subtype": sheet.subtype})
    columns, kind = list(cells), _format(sheet, sheet.series[0])
    digits = _PLACE[lang] + _FORMATS[kind]
    axis, said = columns.index("year") if sheet.by else 0, []
    for at, (label_, rows, column) in enumerate(_drawn(sheet, cells, lang)):
        first, last, place = top + 1 + rows[0], top + 1 + rows[-1], columns.index(column)
        chart.add_series({
            "name": [name, first, 0] if sheet.by else [name, top, place],
            "categories": [name, first, axis, last, axis],
            "values": [name, first, place, last, place],
            **_series_look(sheet, COLOURS.get(column, _COLOURS[at % 6]) if not sheet.by
                           else _COLOURS[at % 6], at, digits)})
        said.append(_range(label_, list(cells.iloc[rows, axis]), list(cells.iloc[rows, place]),
                           lang, kind == "share"))
    chart.set_title({"name": guard(title), "overlay": False, "name_font": {"size": 12}})
    chart.set_legend({"position": "bottom"})
    across = sheet.kind == "bar"
    values = {"num_format": digits.replace("0.0%", "0%"), "min": 0,
              "max": 1 if sheet.name == "source_shares" else None,
              "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}}
    categories = {"reverse": across, "major_gridlines": {"visible": False}}
    chart.set_x_axis(values if across else categories)
    chart.set_y_axis(categories if across else values)
    height = max(360, 34 * len(cells) + 120) if across else 400
    chart.set_size({"width": 780, "height": height})
    page.insert_chart(top + len(cells) + 2, 0, chart,
                      {"description": f"{title}. {' '.join(said)}", "object_position": 3})


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
    return [(header(column, lang), rows, column) for column in sheet.series]


def _range(label_: str, axis: list[Any], values: list[Any], lang: str, share: bool) -> str:
    """Return in words where a series is highest and lowest."""
    known = [(float(v), c) for v, c in zip(values, axis, strict=True) if not isinstance(v, str)]
    if not known:
        return f"{label_}: [x]."
    ends = ((label("word", "most", lang), max), (label("word", "least", lang), min))
    found = [(word, *pick(known, key=lambda pair: pair[0])) for word, pick in ends]
    return f"{label_}: " + "; ".join(
        f"{word} {percent(value, lang) if share else number(value, lang)} ({place})"
        for word, value, place in found) + "."
