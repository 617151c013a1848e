"""Tables as people read them: labels for codes, numbers in the language, what is missing in words.

What the pages, the Word document and the workbook share. Own HTML of a few lines, since a table
library would bring its own style sheet of some 10 kB a table, and codes would still need labels.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from kgge.analysis.scope import base_year, with_codes
from kgge.analysis.spending import without_plan
from kgge.charts.layout import MARK
from kgge.charts.wording import upper
from kgge.files import DataError, read_rows
from kgge.labels import (
    about,
    codes,
    current_lang,
    label,
    labels,
    number,
    percent,
    persons_short,
    points,
    shown,
    words,
)
from kgge.plan import LANGUAGES
from kgge.tables.load import is_illustrative

# Of each column that is not just a number or a text: the list of its codes, whether several stand
# in one cell with ; between, what its figures measure (plain: no unit), and what an empty cell
# says: a word of ``labels.csv``, or that there can be no figure.
_COLUMNS = Path(__file__).with_name("columns.csv")
_MEASURES = ("money", "persons", "share", "points", "pace", "ratio")  # in the order of a caption
SPENT = ("spent", "within", "other")  # money of returns
_STATES = ("execution", "report_state", "cell_state", "ledger_state", "status", "tipping")
_MOST = 8  # names in a cell; more are counted
_OPEN = ("state", "context", "place", "measure", "reference")  # text stands for itself
_BASED = ("baseline", "distance_share", "time_share", "ratio", "observed_pace")
_SUMMED = ("total", "all_units", "target")  # rows below the codes of a column
NO_FIGURE = ("[x]", "[z]")  # not known, not applicable


@cache
def _columns() -> dict[str, dict[str, str]]:
    return {row["column"]: row for _, row in read_rows(
        _COLUMNS, ["column", "codes", "several", "measure", "empty"])}


def _of(column: str, what: str) -> str:
    """Return one of the things that ``columns.csv`` says of a column; nothing where it does not."""
    return _columns().get(column, {}).get(what, "")


def measure_of(column: str) -> str:
    """Return what a column measures: money, persons, share, …; "planned" of "central.planned"."""
    return _of(column.rpartition(".")[2], "measure")


class Shown(NamedTuple):
    """A table or a text in one language: HTML for a notebook, plain text to be compared."""

    lang: str
    caption: str
    heads: list[str]
    rows: list[list[str]]
    right: list[bool]  # which columns stand to the right
    notes: list[str]
    marked: bool  # made from illustrative returns
    look: str = ""  # class of the table in the report

    def __repr__(self) -> str:
        """Return the text form, the same on every machine."""
        mark = [f"{MARK[self.lang]}."] * self.marked
        above = [" ".join([*mark, self.caption]).strip()] * bool(mark or self.caption)
        return "\n".join([*above, *(" | ".join(row) for row in [self.heads, *self.rows] if row),
                          *self.notes])

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": self._html(), "text/plain": repr(self)}

    def _html(self) -> str:
        mark = f"<strong>{MARK[self.lang]}.</strong> " * self.marked
        notes = "".join(f"<p><small>{escape(note)}</small></p>" for note in self.notes)
        if not self.heads:  # a text
            return "".join(f"<p>{escape(line)}</p>" for (line,) in self.rows)
        above = f"<caption>{mark}{escape(self.caption)}</caption>" * bool(mark or self.caption)
        head = "".join(self._cell("th", text, at, ' scope="col"')
                       for at, text in enumerate(self.heads))
        rows = "".join("<tr>" + "".join(
            self._cell("th" if at == 0 and not self.right[0] else "td", text, at,
                       ' scope="row"' * (at == 0 and not self.right[0]))
            for at, text in enumerate(row)) + "</tr>\n" for row in self.rows)
        look = f' class="{self.look}"' * bool(self.look)
        return (f"<table{look}>{above}\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>"
                f"</table>{notes}")

    def _cell(self, tag: str, text: str, at: int, scope: str) -> str:
        side = "" if self.right[at] else ' data-text=""'
        style = "right" if self.right[at] else "left"
        return f'<{tag}{scope}{side} style="text-align:{style}">{escape(text)}</{tag}>'


def show(table: pd.DataFrame | str, lang: str | None = None, title: str = "",
         columns: Sequence[str] = (), across: str = "") -> Shown:
    """Return a table, or a text, as people read it.

    Parameters
    ----------
    table : DataFrame or str
        Any table of the package, or what you made of one: codes become labels, shares
        percentages, numbers are rounded and written as the language writes them, a missing figure
        is [x] (not known) or [z] (not applicable), explained below. A text, such as a status card,
        becomes one paragraph a line.
    lang : {"en", "vi"}, optional
        Language; by default the one `kgge.use` set.
    title : str, optional
        What the table shows: a code of the list ``sheet`` of ``labels.csv``, or words.
    columns : sequence of str, optional
        The columns to show; the others still tell why a figure is missing.
    across : str, optional
        The column whose values go across, such as ``year``: one row for each value of the first
        column, filled from the last one.

    Returns
    -------
    Shown
        Shows as HTML in a notebook; its text form is what a comparison of notebooks compares. The
        caption carries the unit of measure, and the mark where the figures are illustrative.

    Raises
    ------
    DataError
        If a code has no label.

    Examples
    --------
    >>> import kgge
    >>> show(kgge.shares(kgge.load_budget(), "source"), "vi")
    Đơn vị tính: triệu đồng; %
    Nguồn kinh phí | Kinh phí | Tỷ trọng
    Ngân sách trung ương | 3.950 | 59,8%
    Ngân sách địa phương | 2.650 | 40,2%
    """
    lang = current_lang(lang)
    if isinstance(table, str):
        return Shown(lang, "", [], [[line] for line in table.splitlines()], [], [], False)
    if not isinstance(table, (pd.DataFrame, pd.Series)):
        raise DataError(f"show takes a table or a text, not {type(table).__name__}")
    marked, table = is_illustrative(table), with_codes(table)
    look = table.attrs.get("look", "")
    if any(name is not None for name in table.index.names):
        table = table.reset_index()
    columns = [columns] if isinstance(columns, str) else columns
    if absent := [str(c) for c in ((*columns, across) if across else columns) if c not in table]:
        raise DataError(f"the table has {', '.join(map(str, table))}, not {', '.join(absent)}")
    if across and table.duplicated([table.columns[0], across]).any():
        raise DataError(f"the table has more than one row for each {table.columns[0]} and {across}")
    of = str(table.columns[-1]) if across else ""
    if across:
        keys, none = table.columns[0], 0 if of == "cells" else NO_FIGURE[1]  # a count, or no row
        wide, there = (part.pivot(index=keys, columns=across, values=of).reindex(
            list(dict.fromkeys(table[keys]))) for part in (table, table.assign(**{of: 1})))
        table = wide.astype(object).where(there.notna(), none).reset_index()
    table = table.set_axis(pd.Index(map(str, table), name=table.columns.name), axis=1)
    told = {f"message_{lang}": "message"}  # of two languages one
    left = [f"message_{one}" for one in LANGUAGES if one != lang]
    left += ["code"] * (told.keys() <= set(table) and "code" not in columns)  # the message says it
    if {"id", "what"} <= set(table):  # public figures: labels say what; its unit is a measure
        told, left = {"unit": "measure", "source": "reference"}, ["what"]
    table = table.drop(columns=left, errors="ignore").rename(columns=told)
    heads, rows, right = written(table, lang, of, columns)
    title, said = words("sheet", lang).get(title, title), words("word", lang)
    measured = units([*map(str, columns or table), of], lang)
    caption = ". ".join([title] * bool(title) + [f"{said['unit']}: {measured}"] * bool(measured))
    if not rows:
        return Shown(lang, "", [], [[f"{title}: {said['no_rows']}" if title else said["no_rows"]]],
                     [], [], False)
    return Shown(lang, caption, heads, rows, right, notes_of(rows, lang), marked, look)


def notes_of(rows: list[list[str]], lang: str) -> list[str]:
    """Return what the signs mean that stand in some rows in place of a figure, or before one."""
    there = {text.split(" ")[0] for row in rows for text in row}
    return [f"{sign} {text}" for sign, text in words("note", lang).items()
            if sign in (*NO_FIGURE, "≥") and sign in there]


def written(table: pd.DataFrame, lang: str, of: str = "",
            columns: Sequence[str] = ()) -> tuple[list[str], list[list[str]], list[bool]]:
    """Return headers and rows as the language writes them, and which columns are numbers."""
    across, names = str(table.columns.name or ""), [*map(str, columns or table)]
    base = base_year(table)
    heads = [label("price", "constant", lang).format(base) if name == "constant" and base else
             header(_counted(name, table), lang, across).partition(" [")[0] for name in names]
    cells = contents(table, lang, of)
    texts = [_texts(table, cells, name, lang, of) for name in names]
    right = [all(not isinstance(v, str) or v in NO_FIGURE for v in cells[name]) for name in names]
    return heads, [list(row) for row in zip(*texts, strict=True)], right


def _texts(table: pd.DataFrame, cells: pd.DataFrame, column: str, lang: str,
           of: str) -> list[str]:
    """Return one column of cells as text."""
    values = cells[column].tolist()
    spent = column.rpartition(".")[2] in SPENT  # with as many digits as the others
    alike = [c for c in cells if str(c).rpartition(".")[2] in SPENT] if spent else [column]
    numbers = [v for of_one in alike for v in cells[of_one] if _is_number(v)]
    own = _of(column, "codes") or measure_of(column) == "plain"  # else of the columns across
    name = column if own or not of else of
    measure = measure_of(name)
    digits = 2 if measure == "ratio" else 0 if measure == "persons" else _digits(
        numbers, 100 if measure == "share" else 1)

    def write(value: Any, goal: Any) -> str:
        if measure == "points" and "computed" not in table:  # in a ledger it is money
            return points(value, lang)
        if measure == "share":
            return percent(value, lang, digits, None if pd.isna(goal) else goal)
        if measure == "pace":
            return number(100 * value, lang, 1)
        if measure == "plain":
            return str(int(value))
        return persons_short(value, lang) if name.startswith("gap") else number(value, lang, digits)

    aimed = "target" in table and name.startswith("coverage")
    goals = table["target"].tolist() if aimed else [None] * len(values)
    out = [write(v, goal) if _is_number(v) else _text(v, lang)
           for v, goal in zip(values, goals, strict=True)]
    return [f"≥ {text}" if more and text not in NO_FIGURE else text
            for text, more in zip(out, least_of(table, column), strict=True)]


def least_of(table: pd.DataFrame, column: str) -> "pd.Series[bool]":
    """Return where a sum is the least it can be: "..." and a return that is missing are no zero.

    Of a table without the numbers of these, its attrs say it, by the rows' index. So is the rate
    of what was planned that such a sum makes.
    """
    of = column.removesuffix("execution")
    if of != column:
        column = f"{of}spent" if of else "within"
    least = pd.Series((column in SPENT) & table.index.isin(table.attrs.get("least", ())),
                      table.index)
    for cells in (f"{column}.not_known", "not_known" * (column in SPENT)):
        if cells in table:
            least |= table[cells].fillna(0) > 0
    if column in SPENT and {"units_expected", "units_with_figure"} <= set(table):
        least |= table["units_with_figure"] < table["units_expected"]
    if column in ("within", "other") and {"source", column} <= set(table):
        # All of a source is the one or the other.
        own = table["source"].isin(without_plan()) == (column == "other")
        least &= own | (table[column] > 0)
    return least


def _is_number(value: Any) -> bool:
    return not isinstance(value, str | bool) and pd.api.types.is_number(value)


def _digits(values: list[Any], times: int = 1) -> int:
    """Return whether the figures of a column need a decimal: the plan writes 70%, not 70.0%."""
    return int(any(abs(v * times - round(v * times)) > 1e-9 for v in values))


def _text(value: Any, lang: str) -> str:
    """Return a cell that is no number; a day as the language writes it."""
    if isinstance(value, pd.Timestamp):
        from babel.dates import format_date

        return str(format_date(value, "dd/MM/yyyy" if lang == "vi" else "d MMM yyyy", locale=lang))
    return str(value)


def _counted(column: str, table: pd.DataFrame) -> str:
    """Return the column, of money by another name: over several years a unit counts in each."""
    several = column == "units_expected" and "units_with_figure" in table
    return "returns_expected" if several else column


def header(column: str, lang: str, across: str = "") -> str:
    """Return the header of a column: its own, the label of the code it stands for, or itself."""
    own = words("header", lang)
    if across == "indicator" and column in codes("indicator"):
        return f"{own['indicator']} {column}"
    if column in codes(_of(across, "codes")):
        return label(_of(across, "codes"), column, lang)
    if column in own:
        return own[column]
    source, _, what = column.rpartition(".")
    if source:
        return f"{label('source', source, lang)}: {label('money', what, lang).lower()}"
    kind = next((kind for kind in ("source", "sex", "report_state", "cell_state")
                 if column in codes(kind)), None)
    return label(kind, column, lang) if kind else column


def units(columns: Iterable[str], lang: str) -> str:
    """Return in words what the columns of a table are measured in; nothing if they are not."""
    said, names = words("word", lang), set(columns)
    # A ledger is money throughout.
    measured = {"money"} if "computed" in names else set(map(measure_of, names))
    return "; ".join(said[unit] for unit in _MEASURES if unit in measured)


def labelled(table: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return a table with labels in place of its codes; what is missing is None."""
    out = table.astype(object)
    for column in out:
        known = [v for v in out[column] if isinstance(v, str) and v and v not in NO_FIGURE]
        names: dict[Any, str] = _names(str(column), list(dict.fromkeys(known)), lang)
        names |= {True: label("word", "yes", lang), False: label("word", "no", lang)}
        texts = [None if pd.isna(v) or v == "" else names.get(v, v)
                 if isinstance(v, str | bool) else v for v in out[column]]
        out[column] = pd.Series(texts, index=out.index, dtype=object)
    return out


def _names(column: str, known: list[str], lang: str) -> dict[str, str]:
    """Return the labels of the codes of one column."""
    own = _of(column, "codes")
    if _of(column, "several"):
        several = {code: code.split(";") for code in known}
        return {code: upper("; ".join(shown(own, of, lang)) if len(of) <= _MOST else
                            label("chart", f"part.{own}", lang).format(count=len(of)))
                for code, of in several.items()}
    if column == "indicators":  # by the plan's own numbers
        return {code: code.replace(";", "; ") for code in known}
    if column == "figure":  # of `trace`: the column that a figure stands in
        return {code: header(code, lang) for code in known}
    total = {code: header(code, lang) for code in known if code in _SUMMED}
    known = [code for code in known if code not in _SUMMED]
    if own and own not in _OPEN:
        return dict(zip(known, map(upper, shown(own, known, lang)), strict=True)) | total
    lists = [own] if own and column != "state" else list(_STATES)
    kind = next((one for one in lists if known and set(known) <= set(codes(one))), None)
    if kind:
        return dict(zip(known, labels(kind, known, lang), strict=True))
    if column == "state" and known:
        raise DataError(f"no list of states has all of {', '.join(known)}: "
                        f"{', '.join(_STATES)}")
    place = {"vi": 0, "en": -1}[lang]
    typed = known if column == "reason" else []  # in both languages: "… / …"
    return {text: text.split(" / ")[place] for text in typed if text.count(" / ") == 1} | total


def contents(table: pd.DataFrame, lang: str, of: str = "") -> pd.DataFrame:
    """Return labels for codes, and where there is no figure [z] not applicable or [x] not known."""
    cells = labelled(table, lang)
    if {"firm", "status"} <= set(table):  # no verdict, so none that could be firm
        cells.loc[table["status"].eq("not_assessable"), "firm"] = None
    empty = pd.DataFrame("[z]" if of == "state" else "[x]", table.index, table.columns)
    for column in empty:
        of = column.removesuffix("execution") if isinstance(column, str) else ""
        if of != column and f"{of}planned" in table:
            empty.loc[~(table[f"{of}planned"].fillna(0) > 0), column] = "[z]"
        elif column == "planned" or (column in _BASED and "baseline" in table
                                     and table["baseline"].isna().any()):
            empty.loc[table[column if column == "planned" else "baseline"].isna(), column] = "[z]"
        elif column == "required_pace" and "time_share" in table:
            there = table["status"].eq("achieved")  # nothing is left to be reached
            cells.loc[there, column] = None
            empty.loc[there | ~table["time_share"].lt(1), column] = "[z]"
        elif column in ("share_needed", "last_share") and "missing_eligible" in table:
            empty.loc[table["missing_eligible"].eq(0), column] = "[z]"
        elif column in ("since", "pace") and "year" in table:  # none is before the first year
            empty.loc[table["year"].eq(int(about("first_year"))), column] = "[z]"
        elif none := _of(str(column), "empty"):
            empty[column] = none if none in NO_FIGURE else label("word", none, lang)
    return cells.where(cells.notna(), empty)
