"""The header of an annex, understood once: what each column is, and in which unit its money."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import zip_longest
from typing import NamedTuple

from kgge.annex.fields import Field, Grid, quote
from kgge.annex.headings import (
    FOREIGN,
    OF_WHICH,
    QUANTITY,
    Meaning,
    Sources,
    folded,
    meaning,
    role,
    unit_of_money,
    years_in,
)
from kgge.numbers import readings

_TOTAL_ROW = re.compile(r"\W*(?:tổng|cộng|tổng cộng|tổng số|tổng kinh phí|total)\W*(?:\(.*)?")
ALL = "all"  # the source of an annex that names none
DASHES = {"-", "–", "—", "−"}  # yearbooks write a dash for zero
Slot = tuple[int | None, str | None]  # year and source; a total lacks one of them or both


class MoneyColumn(NamedTuple):
    """One column of money: what its headings name, the lowest of them, the one with the year.

    `vague` are those above it that name nothing: all years stand under them, or they mean more.
    """

    year: int | None
    source: str | None
    total: bool
    low: tuple[int, Field]
    dated: tuple[int, Field]
    vague: list[tuple[int, Field]]
    period: tuple[int, int] | None


@dataclass
class Header:
    """What each column is (by its place, from 1), the rows of the header, the unit of money."""

    roles: dict[int, str] = field(default_factory=dict)  # number, label, other, unknown
    slots: dict[int, Slot] = field(default_factory=dict)
    headings: dict[int, str] = field(default_factory=dict)
    rows: range = range(0)  # of the grid
    end: int | None = None  # where in the grid the next table begins
    sources: Sources = ()
    is_annex: bool = False  # it has years and names sources, totals or a unit of money
    beside: list[int] = field(default_factory=list)  # lines of the tables that are not read
    texts: list[list[str]] = field(default_factory=list)
    keys: list[list[object]] = field(default_factory=list)  # of the texts, see `_key`
    parts: bool = False  # "Trong đó" stands over columns
    unit: str = ""
    exponent: int | None = None
    faults: list[str] = field(default_factory=list)

    @property
    def label(self) -> int:
        """The column of labels: the one named so, else the one before the first other."""
        named = [c for what in ("label", "unknown") for c, role in self.roles.items()
                 if role == what and c < min(self.slots, default=0)]
        others = [*self.slots, *(c for c, role in self.roles.items() if role != "number")]
        return named[0] if named else min(others, default=2) - 1

    def repeats(self, texts: list[str]) -> bool:
        """Tell whether a row of texts is one of this header, whatever the spelling."""
        return texts in self.texts or (
            len(texts) > 1 and [_key(t, self.sources) for t in texts] in self.keys)

    @property
    def years(self) -> list[int]:
        """The years of its columns."""
        return sorted({year for year, _ in self.slots.values() if year})

    @property
    def factor(self) -> Decimal:
        """What an amount is multiplied by to be million dong."""
        return Decimal(10) ** ((self.exponent or 0) - 6)

    def __str__(self) -> str:
        """Say in one line what each column was taken for."""
        said = {c: f"{year or 'all years'} {source or 'total'}" if year or source else "row total"
                for c, (year, source) in self.slots.items()} | self.roles | {
                    self.label: "label"}
        return ", ".join([*(f"column {c} {said[c]}" for c in sorted(said)),
                          f"amounts in {self.unit or 'no unit'}"])


def is_amount(cell: Field) -> bool:
    """Tell whether a number stands in a field, or a dash for zero."""
    return cell.number is not None or cell.text in DASHES or bool(readings(cell.text.strip("()- ")))


def read_header(grid: Grid, sources: Sources) -> Header:
    """Return the header of the annex in a grid, which may hold other tables; no rows if none."""
    last, tops = Header(), list[int]()
    for top in _tops(grid, sources):
        texts = [c.text for c in grid[top][1] if c.text]
        if tops and (not {"number", "label"} <= {*map(role, texts)} or top < last.rows.stop
                     or last.repeats(texts)):
            continue
        header = _understand(grid, top, sources)
        if header.years or any(isinstance(key, tuple) and key[0] for of in header.keys
                               for key in of):
            tops.append(top)
        last = header if tops or not last.rows else last
    found: list[Header] = []
    for top, end in zip(tops, [*tops[1:], None], strict=False):
        header = _understand(grid[:end], top, sources)
        header.end = end
        header.is_annex = _is_annex(header, grid[:end], found[-1].rows.stop if found else 0)
        found.append(header)
    fit = [h for h in found if h.is_annex] or found or [last]
    lines = {id(h): grid[h.rows.start][0] for h in found}
    fit[0].beside = [lines[id(h)] for h in found if h is not fit[0]]
    if len(fit) > 1 and fit[0].is_annex:
        fit[0].faults.insert(0, "more than one table looks like an annex, at lines "
                             f"{', '.join(str(lines[id(h)]) for h in fit)}; leave one")
    return fit[0]


def _is_annex(header: Header, grid: Grid, start: int) -> bool:
    """Tell whether a table names sources, totals or a unit of money of its own, no targets."""
    head, grid = grid[start:header.rows.stop], grid[header.rows.stop:]
    return any(isinstance(key, tuple) and any(key[1:]) for of in header.keys for key in of) or any(
        unit_of_money(c.text, "title") for _, cells in head for c in cells) or any(
        _TOTAL_ROW.fullmatch(folded(c.text)) for _, cells in grid for c in cells)


def _tops(grid: Grid, sources: Sources) -> Iterator[int]:
    """Go through the rows where a header may begin: one that names its columns, else a year."""
    years = []
    for at, (_, cells) in enumerate(grid[:-1]):
        filled = [c for c in cells if c.text and c.column]
        plain = [meaning(c.text, sources) for c in filled]
        if any(is_amount(c) and not m.year for c, m in zip(filled, plain, strict=True)):
            continue  # a row of amounts; a year alone ("2016") is a number too
        if len(filled) > 1 and any(role(c.text) in ("number", "label") for c in filled):
            yield at
        if any(m.year and not m.left for m in plain) and filled[-1].column > 1:
            years.append(at)
    yield from years


def _understand(grid: Grid, top: int, sources: Sources) -> Header:
    header = Header(rows=_header_rows(grid, top, sources), sources=sources)
    head = [(line, [c for c in cells if c.text]) for line, cells in
            (grid[i] for i in header.rows)]
    below = grid[header.rows.stop:]
    header.texts = [[c.text for c in cells] for _, cells in head]
    header.keys = [[_key(text, sources) for text in texts] for texts in header.texts]
    filled = {c.column for _, cells in below for c in cells if c.text}
    counted = {c.column for _, cells in below for c in cells if is_amount(c)}
    covers = {column: above for column, above in _cover(
        head, max(len(grid[i][1]) for i in header.rows)).items()
        # else a blank column below a heading that reaches over it
        if column in filled or above[-1][1].column == column}
    said = {column: [meaning(c.text, sources) for _, c in above]
            for column, above in covers.items()}
    dated = any(m.year for of in said.values() for m in of)
    money_of: dict[int, MoneyColumn] = {}
    for column, above in covers.items():
        header.headings[column] = above[-1][1].text
        of = said[column]
        # What stands under a year, or is an amount under a source, is money or a fault.
        is_money = any(m.year for m in of) or column in counted and (
            not dated or any(m.source for m in of))
        what = role(above[-1][1].text)
        if what and not (is_money and _may_be_money(what, above[-1][1].text, of[-1], header)):
            header.roles[column] = what
        elif money := _money_column(column, above, of, sources, header):
            money_of[column] = money
    if not dated:
        money_of = _date(header, money_of, grid)
    _fill_slots(header, money_of)
    if ALL in {source for _, source in header.slots.values()}:
        header.faults += [
            f"line {line}: {quote(c.text)} names a funding source in a row; amounts stand in a "
            "column of their source" for line, cells in below for c in cells
            if header.roles.get(c.column) == "unknown"
            and (row := meaning(c.text, sources)).source and not row.left][:1]
    header.parts = any(OF_WHICH.match(t) for texts in header.texts for t in texts)
    _find_unit(header, grid, head)
    return header


def _key(text: str, sources: Sources) -> object:
    """Return what a heading is repeated by, whatever its spelling."""
    said = meaning(text, sources)
    return role(text) or said[:3] if role(text) or any(said[:3]) else folded(text)


def _may_be_money(what: str, text: str, low: Meaning, header: Header) -> bool:
    """Tell whether a column that is headed as no money may be some."""
    if what == "other":
        return low.year is not None or not QUANTITY.fullmatch(folded(text))
    return what == "label" and "label" in header.roles.values()


def _date(header: Header, money_of: dict[int, MoneyColumn], grid: Grid) -> dict[int, MoneyColumn]:
    """Give columns that stand under no year the one of the title, if it names one alone."""
    found = [years_in(c.text) for _, cells in grid[:header.rows.stop] for c in cells]
    years = {year for of, _ in found for year in of}
    known = len(years) == 1 and not any(period for _, period in found)
    if not known and not header.faults:
        line = grid[header.rows[-1]][0]
        header.faults.append(
            (f"line {line}: no column of amounts was found" if not money_of else
             f"line {line}: no year stands above the columns of amounts, nor one alone in the title"
             ) + f"; the header reads {', '.join(map(quote, header.headings.values()))}")
    parts = [m for m in money_of.values() if m.source] or list(money_of.values())
    return {column: m._replace(year=min(years)) if known and m in parts else m
            for column, m in money_of.items()}


def _header_rows(grid: Grid, top: int, sources: Sources) -> range:
    """Return the rows of a header: those that only stand right of the column of labels."""
    first, last, named, years = top, top + 1, False, False
    # Upwards: "Năm 2016" may stand in a row of its own above "STT | Nội dung | TW | ĐP".
    for at in range(top - 1, max(top - 3, -1), -1):
        filled = [c for c in grid[at][1] if c.text and c.column]
        said = [meaning(c.text, sources) for c in filled]
        if not any((m.year or m.source) and not m.left for m in said) or filled[0].column < 3:
            break
        first = at
    # Downwards: as long as nothing stands at or left of the column of labels, where the first line
    # of the annex begins, and no amounts have come.
    left = 0
    for at in range(first, min(first + 5, len(grid))):
        filled = [c for c in grid[at][1] if c.text]
        names = [c.column for c in filled if role(c.text) in ("number", "label")]
        numbers = [c for c in filled if is_amount(c)
                   and (years or not meaning(c.text, sources).year)]
        if at >= top + 1 and (numbers or not filled or (named and names)
                              or (not names and filled[0].column <= left)):
            break
        named |= bool(names)
        left = max([*names, left]) or filled[0].column - 1
        years |= any(meaning(c.text, sources).year for c in filled)
        last = max(last, at + 1)
    return range(first, last)


def _cover(head: Grid, width: int) -> dict[int, list[tuple[int, Field]]]:
    """Return the headings above each column, from the top; a heading reaches to the next one.

    It ends where the heading above it ends, and in the lowest row it has one column.
    """
    #   column       1      2          3      4      5      6
    #                TT     Nội dung   2016          2017
    #                                  TW     ĐP     TW     ĐP
    #   covered by   TT     Nội dung   2016   2016   2017   2017     from its own column to the next
    #                                  TW     ĐP     TW     ĐP       in the lowest row: one column
    covered: dict[int, list[tuple[int, Field]]] = {}
    reach = dict.fromkeys(range(1, width + 1), width)
    for at, (line, cells) in enumerate(head):
        new = dict(reach)
        for cell, after in zip_longest(cells, cells[1:]):
            last = min(after.column - 1 if after else width, reach.get(cell.column, 0))
            if at and at == len(head) - 1:
                last = cell.column
            for column in range(cell.column, last + 1):
                covered.setdefault(column, []).append((line, cell))
                new[column] = last
        reach = new
    return dict(sorted(covered.items()))


def _money_column(column: int, above: list[tuple[int, Field]], said: list[Meaning],
                  sources: Sources, header: Header) -> MoneyColumn | None:
    """Return what one column of money is; where its headings do not tell, that is a fault."""
    line, low, text = above[-1][0], said[-1], above[-1][1].text
    faults = [f"line {n}: the heading {quote(c.text)} {m.fault}"
              for (n, c), m in zip(above, said, strict=True) if m.fault]
    years = {m.year for m in said if m.year}
    codes = {m.source for m in said if m.source}
    if len(years) > 1 or len(codes) > 1:
        faults.append(f"line {line}: {quote(text)} stands under headings that name "
                      + ", ".join(map(str, sorted(years) if len(years) > 1 else sorted(codes))))
    # A word below a year that is no source known: to read it as a total would count it twice.
    if low.left and not (low.total or low.year or low.source or faults) and (years or codes):
        faults.append(f"line {line}: unknown funding source {quote(text)}; known are those of "
                      "data/raw/sources.csv: " + ", ".join(words for _, words in sources))
    header.faults += [f for f in faults if f not in header.faults]
    total = low.total or low.bare or bool((low.year or low.source) and any(m.total for m in said))
    if faults or not (years or codes or total):
        header.roles[column] = "unknown"
        return None
    dated = next((at for at, m in zip(above, said, strict=True) if m.year), above[-1])
    return MoneyColumn(min(years, default=None), min(codes, default=None), total, above[-1], dated,
                       [h for h, m in zip(above[:-1], said, strict=False)
                        if m.left and not (m.year or m.source or m.total)],
                       next((m.period for m in said if m.period and not years), None))


def _fill_slots(header: Header, found: dict[int, MoneyColumn]) -> None:
    """Give each column of money its year and source; a slot that stands twice is a fault."""
    # Where any column of a year names its source, one that names none must say that it is a total;
    # where none does, it holds the amounts themselves, of the source "all".
    named = any(m.year and m.source for m in found.values())
    taken: dict[Slot, MoneyColumn] = {}
    # A heading over all years ("Kinh phí") may mean anything; one over some of them tells these
    # apart, and what it tells is not known.
    vague = {(line, cell) for m in found.values() for line, cell in m.vague
             if any(other.year and (line, cell) not in other.vague for other in found.values())}
    header.faults += [f"line {line}: the heading {quote(cell.text)} stands over some of the "
                      "columns and is not understood" for line, cell in sorted(vague)]
    for column, of in found.items():
        line, text, year = of.low[0], of.low[1].text, of.year
        slot = (year, of.source if of.source or named or not year else ALL)
        first = taken.setdefault(slot, of)
        header.roles[column] = "unknown"
        if year and not of.source and named and not of.total:
            fault = (f"line {line}: column {column}, {quote(text)}, stands under {year} without a "
                     "funding source, and there is no column of totals (Tổng cộng)")
        elif first is of:
            header.slots[column] = slot
            del header.roles[column]
            continue
        elif first.low == of.low:
            continue  # a heading over more columns than it has
        elif year and not named:
            fault = f"line {line}: no funding source stands under the year {year}"
        elif year and first.dated != of.dated:
            fault = f"line {of.dated[0]}: the year {year} stands twice in the header"
        else:
            fault = f"line {line}: {quote(text)} stands twice under {year or 'all years'}"
            if text != first.low[1].text:
                one = f"one funding source ({of.source})" if of.source else "both a total"
                fault = (f"line {line}: {quote(first.low[1].text)} and {quote(text)} are {one} "
                         f"under {year or 'all years'}"
                         + "; give one of them a code of its own in data/raw/sources.csv"
                         * bool(of.source))
        header.faults += [fault] * (fault not in header.faults)
    if not header.faults:
        _check_totals(header, found)


def _check_totals(header: Header, found: dict[int, MoneyColumn]) -> None:
    """Refuse a total that no column holds a part of, or of another period than the columns."""
    parts = [slot for slot in header.slots.values() if None not in slot]
    for column, (year, source) in header.slots.items():
        of = found[column]
        said = f"line {of.low[0]}: column {column}, {quote(of.low[1].text)},"
        if not any(year in (None, y) and source in (None, s) for y, s in parts):
            header.faults.append(f"{said} is the total of {year or source or 'all years'}, and no "
                                 "column holds a part of it by year and source")
        elif of.period and not of.period[0] <= min(header.years) <= max(
                header.years) <= of.period[1]:
            header.faults.append(f"{said} is the total of another period than that of the columns "
                                 f"({', '.join(map(str, header.years))})")


def _find_unit(header: Header, grid: Grid, head: Grid) -> None:
    """Find the unit of money: above the header, in a heading, else in a column of units."""
    # A note above the table speaks of all of it; a heading may, too; a column of units (ĐVT) speaks
    # of quantities as well ("lớp", "người"), so it is asked last.
    above, below = grid[:header.rows.start], grid[header.rows.stop:]
    found = [(line, unit) for line, cells in above
             if (unit := unit_of_money(" | ".join(c.text for c in cells if c.text)))]
    found += [(line, unit) for line, cells in above if not any(map(is_amount, cells))
              for c in cells if (unit := unit_of_money(c.text, "title"))]
    found += [(line, (-1, c.text)) for line, cells in grid[:header.rows.stop] for c in cells
              if FOREIGN.search(folded(c.text))]
    found += [(line, unit) for line, cells in head for c in cells if header.roles.get(
        c.column) != "other" and (unit := unit_of_money(c.text, "heading"))]
    columns = [c for c, what in header.roles.items() if what == "other"]
    if not found:
        found = [(line, unit) for line, cells in below for c in cells
                 if c.column in columns and (unit := unit_of_money(c.text))]
    units = {unit[0]: (line, unit[1]) for line, unit in reversed(found)}
    if len(units) == 1 and -1 not in units:
        ((header.exponent, (first, header.unit)),) = units.items()
        header.faults += [
            f"line {line}: {quote(c.text)} names another unit of money than line {first} "
            f"({header.unit})" for line, cells in below for c in cells
            if (unit := unit_of_money(c.text)) and unit[0] != header.exponent
            # "Đ" is a number of the outline, too, and "đồng" the end of a label.
            and (c.column in columns or unit[0] or "(" in c.text)]
        return
    stands = [f"line {line} reads {quote(c.text)}" for line, cells in grid[:header.rows.stop]
              for c in cells if re.match(r"\W*(?:đơn vị tính|đvt|unit)\b", folded(c.text))]
    header.faults.append(
        f"amounts are in {' and in '.join(f'{said!r} (line {n})' for n, said in units.values())}"
        if units else "no unit of money stands above the amounts: write it there, or by a "
        "correction into a heading, as in 'Nội dung (triệu đồng)'"
        + "".join(f"; {s}" for s in stands[:1]))
