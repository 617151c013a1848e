"""Reading a budget annex: every printed amount with its place, and whether it adds up.

An annex has a header of years and funding sources, and below it a tree of projects and lines, each
with one amount per year and source and, mostly, totals. Sources may also stand beside the lines.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path

import pandas as pd

from kgge.annex.amounts import decimal_marks_of, settle
from kgge.annex.fields import (
    SUFFIXES,
    Field,
    Grid,
    Log,
    Part,
    Place,
    correct,
    quote,
    read_parts,
)
from kgge.annex.header import ALL, Header, read_header
from kgge.annex.headings import Sources, folded, meanings, unit_of_money
from kgge.annex.sources import as_columns, each_source_in_a_row, refused, sources_in_rows
from kgge.annex.tree import PrintedRow, number_kinds
from kgge.files import DataError, data_folder, read_rows
from kgge.tables.schemas import conform

_log = logging.getLogger(__name__)

_MARKUP = re.compile(r"</?[a-z]+>|\*\*")  # <i>, </i>, **: marks of the transcription
_INLINE = re.compile(
    r"(?:(?:[IVX]+|\d+(?:\.\d+)*|[A-Za-zĐđ])[.)/-]\s+|\((?:\d+|[IVX]+)\)\s*)(?=[^\d\s])"
    r"|(?:[IVX]+|\d{1,2}(?:\.\d{1,2})*)[.)]\s*(?=[^\W\d_]{2})"  # "1.Tập huấn"
    r"|\(?(?:[IVX]+|\d{1,2}(?:\.\d{1,2})*|[A-Za-zĐđ])[.)]\s+(?=[1-9]\d*\s+[^\W\d])")  # "2. 20 lớp"
_NUMBERED = re.compile(r"[(\[]?-?(\d{1,2})[.)\]]*(?:\s*=.*)?")
_LETTERED = re.compile(r"[(\[]?[A-Ca-c][)\]]?")
_LETTER = re.compile(r"[(\[]?([A-Za-z])[)\]]?(?:\s*=.*)?")
_PART = re.compile(r"(?:tiểu )?dự án|(?:hợp )?phần|mục|nhóm|nội dung|mô hình|nhiệm vụ|đề án",
                   re.IGNORECASE)
_NAMED = re.compile(rf"({_PART.pattern}|tda|da)\s*(?:số\s*)?((?-i:\d+|[IVX]+|[A-ZĐ]))\b",
                    re.IGNORECASE)
_TITLE = re.compile(r"\W*(?:phụ lục|biểu|bảng|trang|tiếp|đơn vị|đvt|ủy ban|ubnd|cộng h|độc lập|"
                    r"kế hoạch|dự toán|kinh phí|tổng hợp|kèm theo|unit|page)", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d\d-\d\d\b")
_SPLIT = "tên nội dung in trên hai dòng / label split over two rows"


def read_annex(path: str | Path | None = None,
               corrections: str | Path | None = None) -> pd.DataFrame:
    """Read every printed amount of a budget annex, totals included.

    Parameters
    ----------
    path : str or Path, optional
        Annex as .docx, .xlsx, .csv or text with tabs (.tsv, .txt; UTF-8); by default the one file
        named ``*annex*`` in ``data/raw``. Amounts may be in đồng, nghìn, triệu or tỷ đồng. Funding
        sources stand in the header, or each in a row right below every line that it pays for, or
        in a column beside it.
    corrections : str or Path, optional
        CSV with columns line, column, printed, corrected, reason, one row for each value that
        is wrong in the source; an empty `corrected` removes the cell, a signed number allows an
        amount below zero, ``±1`` says by how much the total there (in a row without line, column
        and printed: any total) may differ for rounding. By default ``<stem>.corrections.csv``
        beside the annex, where there is one.

    Returns
    -------
    DataFrame
        Key ``item, year, source``; columns item, parent, level, leaf, label, year, source, amount
        (million dong), line, column, text. A row total has no year and source, that of a year no
        source; the source is ``all`` where the annex names none; the last item is ``total``.
        ``attrs["repairs"]`` lists what was mended (line, column, rule, printed, corrected,
        reason), ``attrs["header"]`` says what each column was taken for, ``attrs["notes"]`` what
        else to know.

    Raises
    ------
    DataError
        If anything in the file cannot be read as an annex, or can be read in two ways; names all
        lines at fault and what stands there.

    Examples
    --------
    >>> annex = read_annex()
    >>> len(annex), annex.loc[annex["item"] == "total", "amount"].iloc[-1]
    (264, np.float64(6600.0))
    """
    path = Path(path) if path is not None else find_annex()
    beside = path.with_name(f"{path.stem}.corrections.csv")
    if corrections is None and beside.is_file():
        corrections = beside
    repairs: Log = []
    within: dict[Place | None, Decimal] = {}
    part, sources = open_annex(path), _printed_sources()
    grid = part.grid
    if corrections is not None:
        grid, within = correct(grid, Path(corrections), repairs)
    header = read_header(grid, sources)
    if not header.rows:
        line, cells = grid[0]
        text = next(c.text for c in cells if c.text)
        raise DataError(f"{path.name}: no header: a row of years (2021, 2022, …) with funding "
                        f"sources; line {line} reads {quote(text)}")
    said = f"{path.name}: cannot be read as an annex ({header}):\n  "
    if header.faults:
        raise DataError(said + "\n  ".join(header.faults))
    rows, faults = _read_rows(grid[header.rows.stop:header.end], header, repairs)
    other = {at: said.strip() for at, said in part.units.items()
             if (unit_of_money(said) or (None,))[0] != header.exponent}
    part.faults.update({at: f"the cell shows an amount in {quote(said)}"
                        for at, said in other.items() if said != "₫"})
    # Excel gives that sign by a button: beside a unit that is named it is none of its own.
    signs = [line for (line, _), said in other.items() if said == "₫" and header.exponent]
    part.notes.extend(f"cells show ₫, as in line {line}; their amounts are read in {header.unit}"
                      for line in signs[:1])
    factor = header.factor
    tolerances = {at: float(most * factor) for at, most in within.items()}
    marks = decimal_marks_of(rows, part, faults)
    if not faults:
        rows = each_source_in_a_row(rows, header)
        named = sources_in_rows(rows, header)
        split = as_columns(rows, header, named)
        lines, of = split or (rows, header)
        lines = settle(lines, of, marks, tolerances, repairs, faults)
        # First where sources or years stand in rows: the place of other rows is not clear then.
        said_of_rows = [refused(rows, named)] if any(named) and (faults or not split) else []
        faults = _years_in_rows(lines, header) + [*dict.fromkeys(faults)]
        faults = faults + said_of_rows if split else said_of_rows + faults
    if faults:
        raise DataError(said + "\n  ".join(faults))
    annex = conform("annex", _annex_table(lines, of))
    for mended in repairs:
        _log.info("line %(line)s, column %(column)s: %(rule)s (%(reason)s)", mended)
    annex.attrs |= {
        "repairs": sorted({(r["line"], r["column"], r["rule"]): r for r in repairs}.values(),
                          key=lambda r: (r["line"], r["column"])),
        "tolerances": tolerances,
        "header": f"lines {grid[header.rows[0]][0]}-{grid[header.rows[-1]][0]}: {header}",
        "notes": part.notes + [f"the table at line {line} is no annex and is not read"
                               for line in header.beside]
        + [f"line {h.line} names the year of all amounts: {quote(h.text)}"
           for h in [header.title] if h]
        + [f"line {row.line}: {quote(row.label)} names the source {source!r} of the amounts in its "
           "row" for row, source in zip(rows, named, strict=True) if source][:1]
        + [f"no funding source is printed: all amounts have the source {ALL!r}"
           ] * any(source == ALL for _, source in of.slots.values())
        + [f"line {r['line']}: {quote(r['printed'])} is {r['reason'].split(' / ', 1)[-1]}"
           for r in repairs if r["rule"] in ("of which", "no amounts")]}
    return annex


def find_annex() -> Path:
    """Return the annex in ``data/raw``; raise ``DataError`` unless there is exactly one."""
    raw = data_folder() / "raw"
    found = sorted(p for p in raw.glob("*annex*") if p.suffix.lower() in SUFFIXES
                   and not p.name.endswith(".corrections.csv") and not p.name.startswith("~$"))
    if len(found) != 1:
        raise DataError(f"{raw}: one file named *annex* ({', '.join(SUFFIXES)}) belongs there, "
                        f"found {', '.join(p.name for p in found) or 'none'}")
    return found[0]


def _printed_sources() -> Sources:
    """Return code and printed words of the funding sources, from ``data/raw/sources.csv``."""
    return tuple((row["source"], folded(row["printed"])) for _, row in read_rows(
        data_folder() / "raw" / "sources.csv", ["source", "printed"]))


def open_annex(path: Path) -> Part:
    """Return the fields of an annex: of the sheets of a workbook the one that is shown."""
    parts = read_parts(path)
    if len(parts) == 1 and not parts[0].hidden:
        return parts[0]
    sources = _printed_sources()
    heads = [(part, read_header(part.grid, sources)) for part in parts if part.grid]
    fit = [part for part, head in heads if head.is_annex and head.years] or [
        part for part, head in heads if head.slots]
    shown = [part for part in fit if not part.hidden]
    if len(shown) > 1 or (fit and not shown):
        what = "more than one sheet looks" if shown else "only a hidden sheet looks"
        raise DataError(f"{path.name}: {what} like an annex "
                        f"({', '.join(p.name for p in shown or fit)}); put all of the annex into "
                        "one sheet that is shown, and hide the others")
    chosen = shown[0] if shown else next(p for p in parts if p.grid)
    beside = [(part, head) for part, head in heads if part is not chosen and not part.hidden
              and any(cell.is_amount for _, cells in part.grid for cell in cells)]
    unread = [part.name for part, head in beside if fit and head.is_annex and not head.years
              and {"number", "label"} <= {*head.roles.values()}]
    if unread:
        raise DataError(f"{path.name}: beside the sheet {chosen.name!r} stands what looks like "
                        f"another part of the annex, without a year that is understood "
                        f"({', '.join(unread)}); put it all into one sheet, or hide the other")
    notes = [f"the hidden sheet {p.name!r} is not read" for p in fit if p.hidden]
    notes += [f"the sheet {part.name!r} holds numbers and is not read" for part, _ in beside]
    return chosen._replace(notes=chosen.notes + notes)


def _read_rows(grid: Grid, header: Header, repairs: Log) -> tuple[list[PrintedRow], list[str]]:
    """Read the rows below the header, joining labels that were split over two of them."""
    rows: list[PrintedRow] = []
    faults: list[str] = []
    for row in _split_rows(grid, header, repairs, faults):
        last = rows[-1] if rows else None
        marked = row.is_marked or row.is_part
        # The amounts stand beside the second half, which begins with a small letter.
        if row.printed and not marked and row.label[:1].islower() and last and not (
                last.printed or any(sources_in_rows([row], header))):
            repairs.append(row.repair("joined label", f"{last.label} {row.label}", _SPLIT))
            row.label, row.number = f"{last.label} {row.label}", last.number
            row.column = last.column
            rows[-1] = row
        elif row.printed or marked:
            rows.append(row)
        # No amounts and no mark: the second half of the label above ("… cho cán bộ" / "cơ sở").
        elif last and row.label[:1].isupper():
            faults.append(row.fault("has neither number nor amounts, so that its place is not "
                                    "clear; a correction gives it a number, joins it to a label or "
                                    "removes it"))
        elif last:
            last.label += " " + row.label
            repairs.append(row.repair("joined label", last.label, _SPLIT))
    return rows, faults


def _split_rows(grid: Grid, header: Header, repairs: Log,
                faults: list[str]) -> Iterator[PrintedRow]:
    """Part each printed row into outline number, label and amounts, wherever they stand in it."""
    found: list[tuple[PrintedRow, list[Field], int]] = []
    end = 0  # how many rows there are up to the last with amounts
    after_header = True
    for line, cells in grid:
        filled = [c for c in cells if c.text and c.column]
        texts = [c.text for c in filled]
        repeated = header.repeats(texts)
        if not filled or repeated or (after_header and _are_column_numbers(texts)):
            after_header |= repeated
            while after_header and len(found) > end and not (
                    _begins_line(found[-1][0]) or _heads_lines(found[-1], header)):
                found.pop()  # the title above a header that is repeated
            continue
        after_header = False
        number, label = _number_and_label(cells, filled, header)
        if not _has_letters(label.text):
            faults.append(f"line {line}: no label before {quote(label.text)}"
                          + "; the number of a page is removed by a correction" * (len(filled) < 2))
            continue
        place = next(n for n, c in enumerate(cells, 1) if c.column == label.column)
        row = PrintedRow(line, label.column, number, _MARKUP.sub("", label.text).strip(), [],
                         source=next((c for n, c in enumerate(cells, 1) if c.text
                                      and header.roles.get(n) == "source"), None))
        faults += _unplaced(row, cells, header, (of for _, of, _ in found))
        found.append((row, cells, place))
        if any(c.is_amount for c in cells[place:]):
            end = len(found)
    _number_by_name([row for row, _, _ in found], end)
    # Below a closing row of totals comes no further line: what is numbered there ("1. Sở Tài
    # chính", a list of addressees) belongs to the signatures.
    closed = end > 1 and found[end - 1][0].is_total
    for at, (row, cells, place) in enumerate(found):
        # Else signatures and notes below the amounts.
        if at < end or (_begins_line(row) and not closed):
            _give_cells(row, cells, place, header, repairs, faults)
            yield row


def _number_by_name(rows: list[PrintedRow], end: int) -> None:
    """Give projects the numbers that only their names have: "Dự án 1: …", "Dự án 2: …".

    Lines that are named otherwise ("Tiểu dự án 1") too, where no row up to `end` is without both.
    """
    names = [(row, _NAMED.match(row.label)) for row in rows if not (row.is_total or row.is_part)]
    first = names[0][1] if names else None
    alike = [row for row, name in names if first and name and _same_word(first, name)]
    if first is None or any(row.is_marked for row in alike):
        return
    every = all(row.is_marked or name for row, name in names if row in rows[:end])
    for row, name in names:
        if name and not row.is_marked and (every or row in alike):
            row.word, row.number = name[1].casefold(), name[2]


def _same_word(one: re.Match[str], other: re.Match[str]) -> bool:
    return one[1].casefold() == other[1].casefold()


def _unplaced(row: PrintedRow, cells: list[Field], header: Header,
              before: Iterable[list[Field]]) -> list[str]:
    """Name what hides the place of a row: a number that is a day, a project beside its line."""
    if _DAY.match(row.label) and not row.number:
        return [row.fault("begins with a day, as Excel makes one of a number; a correction of this "
                          "field writes the number, as in '1.1'")]
    # The project is printed once, merged over its lines, and these have a column of their own:
    #
    #   TT   Dự án    Hoạt động   2021
    #   I    Dự án 1  Tập huấn    1         a project and a line at once
    #                 Tờ rơi      2
    names = sorted(header.labels)
    if row.is_marked or row.is_total or len(names) < 2 or cells[names[0] - 1:names[0]] and (
            cells[names[0] - 1].text):
        return []
    if any(len(of) >= names[1] and all(of[n - 1].text for n in names[:2]) for of in before):
        return [row.fault("has no number, and its project stands in a column beside the first line "
                          "of it; write each project into a row of its own above its lines")]
    return []


def _begins_line(row: PrintedRow) -> bool:
    """Tell whether a row is, or goes on, a line of the annex, though it has no amounts."""
    return row.is_marked or row.label[:1].islower()


def _heads_lines(found: tuple[PrintedRow, list[Field], int], header: Header) -> bool:
    """Tell whether a row above a repeated header is a heading of lines, not of the page."""
    row, _, place = found
    return (place == header.label > 1 or _PART.match(row.label) is not None) and not (
        _TITLE.match(row.label) or unit_of_money(row.label, "title"))


def _has_letters(text: str) -> bool:
    return any(ch.isalpha() for ch in text)


def _are_column_numbers(texts: list[str]) -> bool:
    letters = [m[1].lower() if (m := _LETTER.fullmatch(t)) else "" for t in texts]
    if len(letters) > 2 and letters == sorted({*letters} - {""}):
        return True
    found = [_NUMBERED.fullmatch(t) for t in texts if not _LETTERED.fullmatch(t)]
    numbers = [int(m[1]) for m in found if m]
    return len(numbers) > 2 and len(numbers) == len(found) and all(
        b > a for a, b in zip(numbers, numbers[1:], strict=False))


def _number_and_label(cells: list[Field], filled: list[Field], header: Header) -> tuple[str, Field]:
    """Return the outline number of a row, and the field of its label with the bullet, if any."""
    # A number in the column of labels, with a label after it, is shifted.
    named = [c for n, c in enumerate(cells, 1) if n in header.labels and _has_letters(c.text)
             and not (number_kinds(c.text) and any(_has_letters(d.text) for d in cells[n:n + 1]))]
    if named:
        label = named[0]._replace(text=" ".join(c.text for c in named))
        before = [c for n, c in enumerate(cells[:cells.index(named[0])], 1) if c.text
                  and header.roles.get(n) not in ("other", "unknown")]
    elif len(filled) > 1 and _has_letters(filled[1].text):
        before, label = filled[:1], filled[1]
    else:
        before, label = [], filled[0]
    if not before:
        inline = _INLINE.match(label.text)
        return (inline[0].strip() if inline else "",
                label._replace(text=label.text[inline.end() if inline else 0:]))
    if number_kinds(before[-1].text):
        return before[-1].text, label
    # A bullet, or a text that is no number ("HĐ1").
    return "", label._replace(text=f"{before[-1].text} {label.text}")


def _give_cells(row: PrintedRow, cells: list[Field], place: int, header: Header, repairs: Log,
                faults: list[str]) -> None:
    """Give a row its amounts; `place` is where its label stands, which may be shifted."""
    # The shift that puts every amount of the row into a column of money is the right one:
    #
    #   column   1    2          3     4     5
    #   header   TT   Nội dung   TW    ĐP    Tổng
    #   row           Tập huấn   30    20    50     fits as it stands: 0
    #   row      Tập huấn   30   20    50           its label is one to the left: -1
    right = dict(enumerate(cells[place:], place + 1))
    amounts = [n for n, c in right.items() if c.is_amount]
    last, first = max(header.slots), min(header.slots)
    filled = [n for n, c in right.items() if c.text]
    shift = next((s for s in (0, place - header.label, max(filled, default=last) - last) if all(
        n - s in header.slots or header.roles.get(n - s) == "other" for n in amounts)), None)
    between = [c for n, c in right.items() if shift and n < first + shift and _has_letters(c.text)
               and header.roles.get(n - shift) != "other"]
    if between and (shift or 0) > 0:
        faults.append(row.fault(f"{quote(between[0].text)} stands between it and its amounts; a "
                                "label with a comma in it belongs in quotes"))
    # A row that is too short for the header has lost a field: which one is not known.
    if shift is not None and not (amounts and last + shift > len(cells)):
        taken = [right.get(n + shift) or Field(n + shift, "", "") for n in header.slots]
        row.printed = any(c.text for c in taken)
        row.cells = taken if row.printed else []
        row.phases = [(phase, right[n + shift]) for n, phase in header.phases.items()
                      if n + shift in right]
        if row.printed and shift:
            begun = taken[0].column
            repairs.append(row.repair(
                "undone shift", row.label, f"số tiền bắt đầu ở cột {begun}, tiêu đề ở cột {first} /"
                f" amounts begin in column {begun}, the header's in {first}"))
        return
    row.printed = True
    wanted = len(header.slots)
    found = min(len(right), max(wanted, filled[-1] - filled[0] + 1))
    # What is said of years is no quantity: to pass it over would put all on one year.
    other = [f"; column {n}, {quote(h.text)}, is none of amounts"
             + " (a correction heads it 'Số lượng' where it is no money)" * (
                 not h.says.role and "năm" not in folded(h.text))
             for n in amounts if header.roles.get(n) == "unknown" for h in [header.headings[n]]]
    faults.append(row.fault(f"{found} amounts where {wanted} belong"
                            + f" ({wanted - 1} and the total)" * (
                                (None, None) in header.slots.values()) + "".join(other)))


def _years_in_rows(rows: list[PrintedRow], header: Header) -> list[str]:
    """Refuse lines that split others by year, where no column names a year."""
    meaning = meanings(header.sources)
    said = [(row, meaning(row.label)) for row in rows if header.title and row.item != "total"]
    return [f"line {row.line}: {quote(row.label)} names a year in a row; amounts stand in a column "
            "of their year" for row, of in said
            if of.year not in (None, *header.years) and not (of.left or of.source)]


def _annex_table(rows: list[PrintedRow], header: Header) -> pd.DataFrame:
    parents = {row.parent for row in rows}
    return pd.DataFrame([
        (row.item, row.parent, row.level, row.item not in parents and row.item != "total",
         row.label, year, source, amount, *(row.place(cell) if cell else (row.line, None)),
         cell.printed if cell else "")
        for row in rows for (year, source), amount, cell in zip_longest(
            header.slots.values(), row.amounts, row.cells)],
        columns=["item", "parent", "level", "leaf", "label", "year", "source", "amount", "line",
                 "column", "text"])
