"""The tables as an Excel workbook: one a sheet, real numbers, native charts, notes.

After the checklist for published spreadsheets of the UK government's Analysis Function.
"""

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from io import BytesIO
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pandas as pd

from kgge.charts.layout import MARK
from kgge.charts.style import COLOURS, INK, NAVY, ORANGE, PLUM, TEAL, ink_on, wrap
from kgge.files import guard
from kgge.labels import label, number, percent, words
from kgge.plan import ACCELERATE, ON_TRACK
from kgge.publish.catalogue import Sheet, sheets
from kgge.publish.show import contents, header, least_of, measure_of, units

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

# Excel must have a date of making; a fixed one keeps two exports the same.
_MADE = datetime.datetime(2000, 1, 1)
_WIDE = ("item", "project", "indicator", "unit", "missing_units", "group")  # columns of long text
# What prints on A4 (1 cm of margin) at 8 points or more, where letters have 10: upright, across.
PAGE = (760, 1110)  # pixels of width, at 7 a letter (LibreOffice has wider ones than Excel)
_COLOURS = (NAVY, TEAL, PLUM, ORANGE, "#3D3D3D", "#A285D1")
_DASHES = ("solid", "dash", "round_dot", "dash_dot", "long_dash", "square_dot")
_MARKERS = ("circle", "square", "triangle", "diamond", "x", "star")
_FORMATS = {"year": "0", "ratio": "0.00", "share": "0.0%", "percent": "0%", "whole": "#,##0",
            "decimal": "#,##0.0"}
_SUMS = ("share", "whole", "decimal")  # that may be the least they can be
_PLACE = {"vi": "[$-42A]", "en": ""}  # Vietnamese separators, where the program knows them

Looks = dict[str, Any]  # the cell formats of a workbook by name


def workbook(lang: str, content: Sequence[Sheet] = ()) -> bytes:
    """Return the workbook of all tables in one language, the same whenever the tables are."""
    from xlsxwriter import Workbook

    buffer, content, said = BytesIO(), content or sheets(), words("word", lang)
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
    looks |= {f"least_{name}": {"num_format": f'{_PLACE[lang]}"≥ "{_FORMATS[name]}'}
              for name in _SUMS}
    looks["year"] |= left
    looks |= {f"bold_{name}": look | {"bold": True} for name, look in looks.items()}
    return {name: book.add_format(base | look) for name, look in looks.items()}


def _write_cover(book: "Workbook", look: Looks, content: Sequence[Sheet], lang: str) -> None:
    said = words("word", lang)
    sheet = _new(book, said["cover"], said["workbook"], look)
    origins = [said["source_plan"], *[said["source_returns"]] * any(
        one.returned for one in content)]
    rows = [(said["about"], said["plan"]), (said["source"], "; ".join(origins))]
    mark = (said["mark"], f"{MARK[lang]}. {said['mark_text']}")
    rows += [*[mark] * any(one.marked for one in content), (said["licence"], said["licence_text"])]
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 84)
    for at, (what, text) in enumerate(rows, start=1):
        sheet.write_string(at, 0, what, look["bold"])
        sheet.write_string(at, 1, text, look["text"])
    sheet.write_string(len(rows) + 1, 0, said["contents"], look["head"])
    titles = [_title(one, lang) for one in content]
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
    _add_table(sheet, "notes", 1, notes, look, [12, 88], [["text"] * 2] * len(notes))


def _title(sheet: Sheet, lang: str) -> str:
    return ", ".join(filter(None, [label("sheet", sheet.name, lang), sheet.years]))


def _new(book: "Workbook", name: str, title: str, look: Looks) -> "Worksheet":
    """Add a sheet that prints one A4 page wide, with its title in A1."""
    sheet = book.add_worksheet(name)
    sheet.set_paper(9)
    sheet.set_margins(0.4, 0.4, 0.5, 0.6)
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
    sheet.set_footer("&L&A&R&P / &N")
    sheet.set_row(0, 22)
    sheet.write_string(0, 0, title, look["title"])
    return sheet


def _add_table(sheet: "Worksheet", name: str, top: int, cells: pd.DataFrame, look: Looks,
               widths: Sequence[int], looks: Sequence[Sequence[str]], totals: int = 0,
               sums: Mapping[tuple[int, int], str] = MappingProxyType({}),
               sortable: bool = False) -> list[int]:
    """Write one table and below it its rows of totals, unsorted; return the heights of its rows.

    Only `sums` are formulas, each with its result: a program that does not calculate shows it.
    """
    figures = [any(isinstance(value, int | float) for value in cells.iloc[:, at])
               and not any(row[at].endswith("year") for row in looks) for at in range(len(widths))]
    heads = ["head_right" if figure else "head" for figure in figures]
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.add_table(top, 0, top + len(cells) - totals, len(widths) - 1, {
        "name": f"kgge_{name}", "style": "Table Style Light 1",
        "autofilter": sortable,
        "columns": [{"header": text, "header_format": look[head]}
                    for text, head in zip(cells, heads, strict=True)]})
    heights = []
    for row, values in enumerate([tuple(cells), *cells.itertuples(index=False)], start=top):
        lines = [wrap(value, width / 13, 9 - (row == top), row == top).count("\n")  # as Arial 10
                 for value, width in zip(values, widths, strict=True) if isinstance(value, str)]
        heights.append(16 + 13 * max(lines, default=0))
        sheet.set_row(row, heights[-1])
        for column, value in enumerate(values if row > top else ()):
            own = looks[row - top - 1][column]
            if isinstance(value, str):
                short = value in ("[x]", "[z]") and heads[column] != "head"
                bold = "bold_" * own.startswith("bold_")
                sheet.write_string(row, column, value, look[bold + ("empty" if short else "text")])
            elif formula := sums.get((row - top - 1, column)):
                sheet.write_formula(row, column, formula, look[own], value)
            else:
                sheet.write_number(row, column, value, look[own])
    return heights


def _rows_below(table: pd.DataFrame) -> list[list[int]]:
    """Return which rows each row is the sum of.

    Of a line of the annex those right below it; of a total, in its year, those below no other.
    """
    codes = table.iloc[:, 0].astype(str).tolist()
    years = table["year"].tolist() if "year" in table else [0] * len(table)
    lines: dict[tuple[str, int], list[int]] = {at: [] for at in zip(codes, years, strict=True)}
    for row, (code, year) in enumerate(zip(codes, years, strict=True)):
        above = (code.rpartition(".")[0], year)
        if code != "total":
            lines.get(above, lines.get(("total", year), [])).append(row)
    return [lines[at] for at in zip(codes, years, strict=True)]


def _sums(table: pd.DataFrame, below: Sequence[list[int]], top: int,
          value: str) -> dict[tuple[int, int], str]:
    """Return the formulas of a table whose header stands in row `top`, by row and column.

    "Spent" is the sum of its parts, a rate a quotient, every other amount that of the rows below.
    """
    from xlsxwriter.utility import xl_rowcol_to_cell

    names = list(map(str, table))
    places = {name: at for at, name in enumerate(names)}

    def cell(row: int, column: int) -> str:
        return str(xl_rowcol_to_cell(row + top + 1, column))

    def total(cells: list[tuple[int, int]]) -> str:
        (row, left), (end, right) = cells[0], cells[-1]
        block = len(cells) == (end - row + 1) * (right - left + 1) > 1
        return f"=SUM({cell(row, left)}:{cell(end, right)})" if block else (
            f"=SUM({','.join(cell(*at) for at in cells)})")

    found = {}
    for at, name in enumerate(names):
        source, _, what = name.rpartition(".")
        across = _parts_of(name, names)
        money = at > 0 and (measure_of(name) == "money" or what == "not_known"
                            or value == "amount")
        for row, own in enumerate(table.iloc[:, at]):
            if isinstance(own, str) or pd.isna(own):
                continue
            if what == "execution":
                spent, planned = (places[".".join(filter(None, (source, one)))] for one in (
                    "spent" if source else "within", "planned"))
                found[row, at] = f"={cell(row, spent)}/{cell(row, planned)}"
            elif across:
                found[row, at] = total([(row, places[one]) for one in across])
            elif money and below[row]:
                found[row, at] = total([(line, at) for line in below[row]])
    return found


def _parts_of(name: str, names: Sequence[str]) -> list[str]:
    """Return the columns that a column of money is the sum of."""
    if name == "total":
        return [one for one in names[1:] if one != name]
    if name == "spent":
        return [one for one in ("within", "other") if one in names]
    ending = {"planned": ".planned", "within": ".spent"}.get(name, "\n")
    return [one for one in names if one.endswith(ending)]


def _write_sheet(book: "Workbook", look: Looks, sheet: Sheet, place: int, lang: str) -> None:
    said, table = words("word", lang), sheet.table
    sheet = sheet._replace(table=table[[c for c in table if not str(c).endswith(".not_known")]])
    cells = contents(sheet.table, lang, "state" if sheet.name == "reporting" else "")
    name = f"{said['sheet']} {place}"
    page = _new(book, name, f"{name}. {_title(sheet, lang)}", look)
    origin = said["source_returns" if sheet.returned else "source_plan"]
    columns = list(map(str, cells))
    # A pace is a share there: Excel shows no fraction as points.
    measured = units([c for c in (*columns, sheet.value) if measure_of(c) != "pace"], lang)
    lines = [(f"{said['unit']}: {measured}", "line")] * bool(measured)
    lines.append((f"{said['source']}: {origin}. {said['notes']}: {said['note_sheet']}", "line"))
    lines += [(f"{MARK[lang]}. {said['mark_text']}", "mark")] * sheet.marked
    for row, (text, kind) in enumerate(lines, start=1):
        page.write_string(row, 0, text, look[kind])
    top, formats = len(lines) + 1, [_format(sheet, cells[c], c) for c in columns]
    heads = [header(c, lang, str(sheet.table.columns.name or "")) for c in columns]
    across = len(columns) > 5
    below = _rows_below(sheet.table)
    sums, ends = _sums(sheet.table, below, top, sheet.value), sum(
        first in ("total", "all_units", "target") for first in sheet.table.iloc[:, 0])
    least = [least_of(table, c).tolist() for c in columns]
    looks = [["bold_" * bool(below[row]) + (f"least_{kind}" if kind in _SUMS and
              more[row] else kind) for kind, more in zip(formats, least, strict=True)]
             for row in range(len(cells))]
    for own, code, values in zip(looks, sheet.table.iloc[:, 0], cells.to_numpy(), strict=True):
        if code == "target":
            own[1:] = [_format(sheet, values[1:], "target")] * (len(columns) - 1)
    heights = _add_table(page, f"{sheet.name}_{place}", top, cells.set_axis(heads, axis=1), look,
                         _widths(columns, heads, PAGE[across]), looks, sums=sums,
                         totals=ends, sortable=len(cells) > 12 and not any(below[:-ends or None]))
    page.freeze_panes(top + 1, 1)
    room = 560 if across else 880
    if sum(heights) > room:  # else a chart on a page of its own would have the head of no table
        page.repeat_rows(top)
    if across:
        page.set_landscape()
    if _drawn(sheet, cells, lang):
        high = max(360, 34 * len(cells) + 120) if sheet.kind == "bar" else (
            320 if across and sheet.kind == "column" else 400)
        _add_chart(book, page, sheet, cells, top, high, lang)
        above = 22 + sum(heights) + 15 * (top + 1)  # the title, the table, lines of one height
        if above + high * 0.75 > (516 if across else 763):  # points of A4 without its margins
            page.set_h_pagebreaks([top + len(cells) + 1])  # an empty row above the frame


def _widths(columns: Sequence[str], heads: Sequence[str], page: int) -> list[int]:
    """Return widths that fit a page: columns of figures as wide as their words need."""
    narrow = [0 if column in _WIDE else max(
        14 if len(columns) < 9 else 9, *(len(word) + 1 for word in f"{head} -".split(" ")))
        for column, head in zip(columns, heads, strict=True)]
    left = page // 7 - sum(narrow) - len(columns)
    wide = min(44, left // max(1, narrow.count(0)))
    return [width or wide for width in narrow]


def _format(sheet: Sheet, cells: Iterable[Any], column: str) -> str:
    """Return which of the looks the cells of a column have."""
    numbers = [value for value in cells if not isinstance(value, str)]
    if column in ("year", "ratio") or not numbers:
        return column if numbers else "text"
    if {"share", "pace"} & {measure_of(column), measure_of(sheet.value)}:
        whole = column == "target" and all(round(v * 100, 6) % 1 == 0 for v in numbers)
        return "percent" if whole else "share"  # as the plan writes it: 70%
    return "whole" if all(value == round(value) for value in numbers) else "decimal"


def _add_chart(book: "Workbook", page: "Worksheet", sheet: Sheet, cells: pd.DataFrame, top: int,
               high: int, lang: str) -> None:
    """Add a chart that refers to the cells of the table, so that it can be edited."""
    name, measured = page.get_name(), sheet.value or sheet.series[0]
    title = label("sheet", f"{sheet.name}.chart" if sheet.by else sheet.name, lang)
    title = f"{MARK[lang]}. " * sheet.marked + f"{title}, {units([measured], lang)}"
    chart = book.add_chart({"type": sheet.kind, "subtype": sheet.subtype})
    columns, kind = list(cells), _format(
        sheet, cells[sheet.series[0]], sheet.series[0])
    digits, said = _PLACE[lang] + _FORMATS[kind], [f"{title}."]
    axis = columns.index("year") if sheet.by else 0
    for at, (series, rows, column) in enumerate(_drawn(sheet, cells, lang)):
        first, last, place = top + 1 + rows[0], top + 1 + rows[-1], columns.index(column)
        chart.add_series({
            "name": [name, first, 0] if sheet.by else guard(series),
            "categories": [name, first, axis, last, axis],
            "values": [name, first, place, last, place],
            **_series_look(sheet, COLOURS.get({"within": "spent"}.get(column, column),
                                              _COLOURS[at % 6]), at, digits)})
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
    chart.set_size({"width": 740, "height": high})
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
    """Return label, row numbers and column of each series; the row of totals is in none.

    A series with a sign in place of a figure is left out: Excel would draw the sign as zero.
    """
    rows = [i for i, first in enumerate(sheet.table.iloc[:, 0]) if first != "total"]
    if sheet.by:
        blocks = cells.reset_index(drop=True).iloc[rows].groupby(sheet.by, sort=False).groups
        series = [(str(name), list(of), sheet.series[0]) for name, of in blocks.items()]
    else:
        series = [(header(column, lang).partition(" [")[0], rows, column)
                  for column in sheet.series]
    return [one for one in series if not any(
        isinstance(value, str) for value in cells[one[2]].iloc[one[1]])]


def _ends(values: pd.Series, write: Callable[[float, str], str], lang: str) -> str:
    """Return in words where a series is highest and lowest."""
    known = pd.to_numeric(values, errors="coerce").dropna()
    if known.empty:
        return "[x]"
    ends: dict[str, Any] = {"most": known.idxmax(), "least": known.idxmin()}
    return "; ".join(f"{label('word', word, lang)} {write(known[place], lang)} ({place})"
                     for word, place in ends.items())
