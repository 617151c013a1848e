"""The header of an annex, understood once: what each column is, and in which unit its money."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import zip_longest
from typing import NamedTuple

from kgge.annex.fields import Grid, quote
from kgge.annex.headings import (
    FOREIGN,
    OF_WHICH,
    QUANTITY,
    Meaning,
    Sources,
    folded,
    is_source,
    meanings,
    unit_of_money,
    without_rate,
    years_in,
    years_of_plan,
)

_TOTAL_ROW = re.compile(r"\W*(?:tổng|cộng|tổng cộng|tổng số|tổng kinh phí|total)\W*(?:\(.*)?")
_UNIT_ASKED = re.compile(r"\W*(?:đơn vị tính|đvt|unit)\b")
_NO_COLUMN = "no column of amounts was found"
_GROUPED = "; a correction writes 'Ngân sách' where a heading only groups the sources below it"
ALL = "all"  # the source of an annex that names none
Slot = tuple[int | None, str | None]  # year and source; a total lacks one of them or both
Phase = tuple[int, int, str | None]  # first and last year of a total over some years, its source


class Heading(NamedTuple):
    """A field with text, read as if it were a heading."""

    line: int
    column: int
    text: str
    says: Meaning
    is_amount: bool


Rows = list[list[Heading]]  # of the grid


class MoneyColumn(NamedTuple):
    """One column of money: what its headings name, and these, from the top."""

    year: int | None
    source: str | None
    total: bool
    above: list[Heading]

    @property
    def dated(self) -> Heading:
        """The heading that names the year, else the lowest."""
        return next((h for h in self.above if h.says.year), self.above[-1])


@dataclass
class Header:
    """What each column is (by its place, from 1), the rows of the header, the unit of money."""

    sources: Sources = ()
    rows: range = range(0)  # of the grid
    end: int | None = None  # where in the grid the next table begins
    head: Rows = field(default_factory=list)  # these rows
    roles: dict[int, str] = field(default_factory=dict)  # number, label, source, other, unknown
    slots: dict[int, Slot] = field(default_factory=dict)
    phases: dict[int, Phase] = field(default_factory=dict)  # columns that are held against others
    headings: dict[int, Heading] = field(default_factory=dict)
    is_annex: bool = False  # it names sources, totals or a unit of money
    beside: list[int] = field(default_factory=list)  # lines of the tables that are not read
    parts: str = ""  # what only splits amounts, as columns that "Trong đó" stands over
    title: Heading | None = None  # names the year of all columns
    unit: str = ""
    exponent: int | None = None
    faults: list[str] = field(default_factory=list)

    @cached_property
    def label(self) -> int:
        """The column of labels: the one named so, else the one before the first other."""
        named = [c for what in ("label", "unknown") for c, role in self.roles.items()
                 if role == what and c < min(self.slots, default=0)]
        others = [*self.slots, *(c for c, role in self.roles.items() if role != "number")]
        return named[0] if named else min(others, default=2) - 1

    @cached_property
    def labels(self) -> set[int]:
        """The columns whose texts make a label."""
        return {self.label, *(c for c, role in self.roles.items()
                              if role == "label" and c < min(self.slots))}

    def repeats(self, texts: list[str]) -> bool:
        """Tell whether a row of texts is one of this header, whatever the spelling."""
        meaning = meanings(self.sources)
        return any(len(texts) == len(row) and all(
            text == h.text or (len(row) > 1 and _key(text, meaning(text)) == _key(h.text, h.says))
            for text, h in zip(texts, row, strict=True)) for row in self.head)

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
                    c: f"total of {first}-{last}" for c, (first, last, _) in self.phases.items()
                } | {self.label: "label"}
        return ", ".join([*(f"column {c} {said[c]}" for c in sorted(said)),
                          f"amounts in {self.unit or 'no unit'}"])


def _key(text: str, says: Meaning) -> object:
    """Return what a heading is repeated by, whatever its spelling."""
    return says.role or (says[:3] if any(says[:3]) else folded(text))


def read_header(grid: Grid, sources: Sources) -> Header:
    """Return the header of the annex in a grid, which may hold other tables; no rows if none."""
    meaning = meanings(sources)
    rows = [[Heading(line, c.column, c.text, meaning(c.text), c.is_amount)
             for c in cells if c.text] for line, cells in grid]
    widths = [len(cells) for _, cells in grid]
    last, tops = Header(), dict[int, Header]()
    for top in _tops(rows):
        roles = {h.says.role for h in rows[top]}
        if tops and (not {"number", "label"} <= roles or top < last.rows.stop
                     or last.repeats([h.text for h in rows[top]])):
            continue
        header = _understand(rows, widths, top, sources)
        if header.years or any(h.says.year and not h.says.role for h in _flat(header.head)):
            tops[top] = header
        last = header if tops or not last.rows else last
    found: list[Header] = []
    for top, end in zip(tops, [*tops, None][1:], strict=True):
        header = tops[top] if end is None else _understand(rows[:end], widths, top, sources)
        header.end = end
        header.is_annex = _is_annex(header, rows[:end], found[-1].rows.stop if found else 0)
        found.append(header)
    if not found and last.rows:
        last.is_annex = _is_annex(last, rows, 0)
    fit = [h for h in found if h.is_annex] or found or [last]
    fit[0].beside = [h.head[0][0].line for h in found if h is not fit[0]]
    if len(fit) > 1 and fit[0].is_annex:
        fit[0].faults.insert(0, "more than one table looks like an annex, at lines "
                             f"{', '.join(str(h.head[0][0].line) for h in fit)}; leave one")
    if fit[0].rows and not (fit[0].slots or fit[0].faults):
        fit[0].faults.append(_unread(fit[0], _NO_COLUMN))
    return fit[0]


def _is_annex(header: Header, rows: Rows, start: int) -> bool:
    """Tell whether a table names sources, totals or a unit of money of its own, no targets."""
    return (any((h.says.source or h.says.total) and not h.says.role for h in _flat(header.head))
            or any(unit_of_money(h.text, "title") for h in _flat(rows[start:header.rows.stop]))
            or any(_TOTAL_ROW.fullmatch(folded(h.text)) for h in _flat(rows[header.rows.stop:])))


def _flat(rows: Rows) -> list[Heading]:
    return [h for row in rows for h in row]


def _tops(rows: Rows) -> Iterator[int]:
    """Go through the rows where a header may begin: one that names its columns, else a year."""
    years = []
    for at, row in enumerate(rows[:-1]):
        filled = [h for h in row if h.column]
        if any(h.is_amount and not h.says.year for h in filled):
            continue  # a row of amounts; a year alone ("2016") is a number too
        if len(filled) > 1 and any(h.says.role in ("number", "label") for h in filled):
            yield at
        if any(h.says.year and not h.says.left for h in filled) and filled[-1].column > 1:
            years.append(at)
    yield from years


def _understand(rows: Rows, widths: list[int], top: int, sources: Sources) -> Header:
    of = _header_rows(rows, top)
    header = Header(sources, of, head=rows[of.start:of.stop])
    below = _flat(rows[of.stop:])
    filled = {h.column for h in below}
    counted = {h.column for h in below if h.is_amount}
    covers = {column: above for column, above in _cover(
        header.head, max(widths[of.start:of.stop])).items()
        # else a blank column below a heading that reaches over it
        if column in filled or above[-1].column == column}
    dated = any(h.says.year for above in covers.values() for h in above)
    money_of: dict[int, MoneyColumn] = {}
    for column, above in covers.items():
        low = header.headings[column] = above[-1]
        # What stands under a year, or is an amount under a source, is money or a fault.
        is_money = any(h.says.year for h in above) or column in counted and (
            not dated or any(h.says.source for h in above))
        if low.says.role and not (is_money and _may_be_money(low, header)):
            header.roles[column] = low.says.role
        elif money := _money_column(above, header):
            money_of[column] = money
        else:
            header.roles[column] = "unknown"
    if not dated:
        money_of = _date(header, money_of, rows)
    _fill_slots(header, money_of)
    if ALL in {source for _, source in header.slots.values()}:
        _find_sources(header, below)
    if any(OF_WHICH.match(h.text) for h in _flat(header.head)):
        header.parts = "the columns under 'Trong đó'"
    _find_unit(header, rows)
    return header


def _find_sources(header: Header, below: list[Heading]) -> None:
    """Take the one column that is headed so for that of the sources; refuse others that name some.

    "Trung ương" may also be the level that carries a line out.
    """
    named = {h.column: h for h in reversed(below) if header.roles.get(h.column) == "unknown"
             and h.says.source and not h.says.left}
    headed = [n for n in named if is_source(header.headings[n].text)]
    if len(headed) == 1:
        header.roles[headed[0]] = "source"
    elif named:
        first = named[min(named)]
        header.faults.append(f"line {first.line}: {quote(first.text)} names a funding source in a "
                             "row; amounts stand in a column of their source, or beside it in one "
                             "column that is headed 'Nguồn vốn'")


def _may_be_money(low: Heading, header: Header) -> bool:
    """Tell whether a column that is headed as no money may be some."""
    if low.says.role == "other":
        return low.says.year is not None or not QUANTITY.fullmatch(folded(low.text))
    return low.says.role == "label" and "label" in header.roles.values()


def _date(header: Header, money_of: dict[int, MoneyColumn], rows: Rows) -> dict[int, MoneyColumn]:
    """Give columns that stand under no year the one of the title, if it names one alone."""
    above = _flat(rows[:header.rows.stop])
    found = {year: h for h in above for year in years_of_plan(h.text)}
    if len(found) == 1:
        ((year, header.title),) = found.items()
        parts = [m for m in money_of.values() if m.source] or list(money_of.values())
        return {column: m._replace(year=year) if m in parts else m
                for column, m in money_of.items()}
    if not header.faults:
        said = [f"line {h.line} reads {quote(h.text)}" for h in above if any(years_in(h.text))]
        header.faults.append(_unread(
            header, "no year stands above the columns of amounts, nor one alone in the title (as "
            "in 'Dự toán năm 2022')" + "".join(f"; {one}" for one in said)
            + "; a correction writes it there or into the headings, as in 'NSTW năm 2022'"
            if money_of else _NO_COLUMN))
    return money_of


def _unread(header: Header, what: str) -> str:
    return (f"line {header.head[-1][0].line}: {what}; the header reads "
            + ", ".join(quote(h.text) for h in header.headings.values()))


def _header_rows(rows: Rows, top: int) -> range:
    """Return the rows of a header: those that only stand right of the column of labels."""
    first, last, named, years = top, top + 1, False, False
    # Upwards: "Năm 2016" may stand in a row of its own above "STT | Nội dung | TW | ĐP".
    for at in range(top - 1, max(top - 3, -1), -1):
        filled = [h for h in rows[at] if h.column]
        if not any((h.says.year or h.says.source) and not h.says.left for h in filled) or (
                filled[0].column < 3):
            break
        first = at
    # Downwards: as long as nothing stands at or left of the column of labels, where the first line
    # of the annex begins, and no amounts have come.
    left = 0
    for at, row in enumerate(rows[first:first + 5], first):
        names = [h.column for h in row if h.says.role in ("number", "label")]
        numbers = any(h.is_amount and (years or not h.says.year) for h in row)
        if at > top and (numbers or not row or (named and names)
                         or (not names and row[0].column <= left)):
            break
        named |= bool(names)
        left = max([*names, left]) or row[0].column - 1
        years |= any(h.says.year for h in row)
        last = max(last, at + 1)
    return range(first, last)


def _cover(head: Rows, width: int) -> dict[int, list[Heading]]:
    """Return the headings above each column, from the top; a heading reaches to the next one.

    It ends where the heading above it ends, and in the lowest row it has one column.
    """
    #   column       1      2          3      4      5      6
    #                TT     Nội dung   2016          2017
    #                                  TW     ĐP     TW     ĐP
    #   covered by   TT     Nội dung   2016   2016   2017   2017     from its own column to the next
    #                                  TW     ĐP     TW     ĐP       in the lowest row: one column
    covered: dict[int, list[Heading]] = {}
    reach = dict.fromkeys(range(1, width + 1), width)
    for at, row in enumerate(head):
        new = dict(reach)
        for h, after in zip_longest(row, row[1:]):
            last = min(after.column - 1 if after else width, reach.get(h.column, 0))
            if at and at == len(head) - 1:
                last = h.column
            for column in range(h.column, last + 1):
                covered.setdefault(column, []).append(h)
                new[column] = last
        reach = new
    return dict(sorted(covered.items()))


def _money_column(above: list[Heading], header: Header) -> MoneyColumn | None:
    """Return what one column of money is; where its headings do not tell, that is a fault."""
    low, says, said = above[-1], above[-1].says, [h.says for h in above]
    faults = [f"line {h.line}: the heading {quote(h.text)} {h.says.fault}"
              for h in above if h.says.fault]
    years = sorted({m.year for m in said if m.year})
    codes = sorted({m.source for m in said if m.source})
    if len(years) > 1 or len(codes) > 1:
        faults.append(f"line {low.line}: {quote(low.text)} stands under headings that name "
                      + ", ".join(map(str, years if len(years) > 1 else codes))
                      + _GROUPED * (len(codes) > 1))
    # A word below a year that is no source known: to read it as a total would count it twice.
    if says.left and not (any(says[:3]) or faults) and (years or codes):
        faults.append(f"line {low.line}: unknown funding source {quote(low.text)}; known are those "
                      f"of data/raw/sources.csv: {', '.join(words for _, words in header.sources)}")
    header.faults += [f for f in faults if f not in header.faults]
    total = says.total or says.bare or bool((says.year or says.source) and any(
        m.total for m in said))
    if faults or not (years or codes or total):
        return None
    return MoneyColumn(min(years, default=None), min(codes, default=None), total, above)


def _fill_slots(header: Header, found: dict[int, MoneyColumn]) -> None:
    """Give each column of money its year and source; a slot that stands twice is a fault."""
    # Where any column of a year names its source, one that names none must say that it is a total;
    # where none does, it holds the amounts themselves, of the source "all".
    _take_phases(header, found)
    named = any(m.year and m.source for m in found.values())
    taken: dict[Slot, MoneyColumn] = {}
    # A heading over all years ("Kinh phí") may mean anything; one over some of them tells these
    # apart, and what it tells is not known.
    vague = {h for m in found.values() for h in m.above[:-1]
             if h.says.left and not any(h.says[:3])
             and any(other.year and h not in other.above[:-1] for other in found.values())}
    header.faults += [f"line {line}: the heading {quote(text)} stands over some of the columns and "
                      f"is not understood{_GROUPED}"
                      for line, text in sorted({(h.line, h.text) for h in vague})]
    for column, of in found.items():
        year, low = of.year, of.above[-1]
        slot = (year, of.source if of.source or named or not year else ALL)
        first = taken.setdefault(slot, of)
        before, under = first.above[-1], f"under {year or 'all years'}"
        header.roles[column] = "unknown"
        if year and not of.source and named and not of.total:
            fault = (f"line {low.line}: column {column}, {quote(low.text)}, stands under {year} "
                     "without a funding source, and there is no column of totals (Tổng cộng)")
        elif first is of:
            header.slots[column] = slot
            del header.roles[column]
            continue
        elif before == low:
            continue  # a heading over more columns than it has
        elif year and not named:
            fault = f"line {low.line}: no funding source stands under the year {year}"
        elif year and first.dated != of.dated:
            fault = f"line {of.dated.line}: the year {year} stands twice in the header"
        elif before.text == low.text:
            fault = f"line {low.line}: {quote(low.text)} stands twice {under}"
        else:
            both = f"line {low.line}: {quote(before.text)} and {quote(low.text)} are"
            fault = (f"{both} one funding source ({of.source}) {under}; give one of them a code of "
                     "its own in data/raw/sources.csv" if of.source else f"{both} both a total "
                     f"{under}")
        header.faults += [fault] * (fault not in header.faults)
    if not header.faults:
        _check_totals(header, found)


def _take_phases(header: Header, found: dict[int, MoneyColumn]) -> None:
    """Take out the totals of some of the years: "Giai đoạn 2021-2025" beside 2026 to 2030."""
    years = {m.year for m in found.values() if m.year}
    for column, of in list(found.items()):
        period = next((h.says.period for h in of.above if h.says.period), None)
        if not of.year and period and {*period} <= years and period != (min(years), max(years)):
            header.phases[column], header.roles[column] = (*period, of.source), "other"
            del found[column]


def _check_totals(header: Header, found: dict[int, MoneyColumn]) -> None:
    """Refuse a total that no column holds a part of, or of another period than the columns."""
    parts, years = [slot for slot in header.slots.values() if None not in slot], header.years
    for column, (year, source) in header.slots.items():
        above = found[column].above
        said = f"line {above[-1].line}: column {column}, {quote(above[-1].text)}, is the total of"
        first, last = next((h.says.period for h in above if h.says.period), (0, 9999))
        if not any(year in (None, y) and source in (None, s) for y, s in parts):
            header.faults.append(f"{said} {year or source or 'all years'}, and no column holds a "
                                 "part of it by year and source")
        elif not (year or first <= years[0] <= years[-1] <= last):
            header.faults.append(f"{said} another period than that of the columns "
                                 f"({', '.join(map(str, years))})")


def _find_unit(header: Header, rows: Rows) -> None:
    """Find the unit of money: above the header, in a heading, else in a column of units."""
    # A note above the table speaks of all of it; a heading may, too; a column of units (ĐVT) speaks
    # of quantities as well ("lớp", "người"), so it is asked last.
    above, below = rows[:header.rows.start], _flat(rows[header.rows.stop:])
    until = _flat(rows[:header.rows.stop])
    found = [(row[0].line, unit) for row in above
             if (unit := unit_of_money(" | ".join(h.text for h in row)))]
    found += [(h.line, unit) for row in above if not any(h.is_amount for h in row)
              for h in row if (unit := unit_of_money(h.text, "title"))]
    found += [(h.line, (-1, h.text)) for h in until if FOREIGN.search(
        without_rate(folded(h.text)))]
    found += [(h.line, unit) for h in _flat(header.head) if header.roles.get(h.column) != "other"
              and (unit := unit_of_money(h.text, "heading"))]
    columns = [c for c, what in header.roles.items() if what == "other"]
    found = found or [(h.line, unit) for h in below
                      if h.column in columns and (unit := unit_of_money(h.text))]
    units = {unit[0]: (line, unit[1]) for line, unit in reversed(found)}
    if len(units) == 1 and -1 not in units:
        ((header.exponent, (first, header.unit)),) = units.items()
        header.faults += [
            f"line {h.line}: {quote(h.text)} names another unit of money than line {first} "
            f"({header.unit})" for h in below
            if (unit := unit_of_money(h.text)) and unit[0] != header.exponent
            # "Đ" is a number of the outline, too, and "đồng" the end of a label.
            and (h.column in columns or unit[0] or "(" in h.text)]
    elif units:
        said = " and in ".join(f"{said!r} (line {n})" for n, said in units.values())
        header.faults.append(f"amounts are in {said}")
    else:
        stands = [f"; line {h.line} reads {quote(h.text)}" for h in until
                  if _UNIT_ASKED.match(folded(h.text))]
        header.faults.append("no unit of money stands above the amounts: write it there, or by a "
                             "correction into a heading, as in 'Nội dung (triệu đồng)'"
                             + "".join(stands[:1]))
