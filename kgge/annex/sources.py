"""Funding sources that stand beside or below each line, not in columns: read as if in columns."""

import re
from collections.abc import Sequence
from dataclasses import replace

from kgge.annex.fields import Field, quote
from kgge.annex.header import ALL, Header, Slot
from kgge.annex.headings import Meaning, is_source, meanings
from kgge.annex.tree import PrintedRow, number_kinds

_OTHER_COSTS = re.compile(r"\W*chi (?:phí )?khác\W*", re.IGNORECASE)  # no money of "nguồn khác"


def each_source_in_a_row(rows: Sequence[PrintedRow], header: Header) -> list[PrintedRow]:
    """Return lines whose source stands in a column of its own as a line, and a row for that."""
    meaning, out = meanings(header.sources), []
    for row in rows:
        if row.source and row.printed and row.column != row.source.column and not (
                meaning(row.source.text).total):
            out.append(replace(row, cells=[], phases=[], printed=False))
            row = replace(row, number="", label=row.source.text, column=row.source.column)
        out.append(row)
    return out


def sources_in_rows(rows: Sequence[PrintedRow], header: Header) -> list[str]:
    """Return the source that each row names, "" where none, if no column names one.

    What stands for one in their column or among them, and is none that is known, is a "?".
    """
    if ALL not in {source for _, source in header.slots.values()}:
        return [""] * len(rows)
    meaning = meanings(header.sources)
    named = [_source(row, meaning(row.label)) for row in rows]
    # "Cấp tỉnh", "Cấp huyện" are levels; with "NSTW" beside, or of a budget, they are sources.
    if len({*named} - {""}) < 2:
        named = [source if row.source or is_source(row.label) else ""
                 for row, source in zip(rows, named, strict=True)]
    return named if {*named} - {"", "?"} else [""] * len(rows)


def _source(row: PrintedRow, of: Meaning) -> str:
    if of.total or of.year or _OTHER_COSTS.fullmatch(row.label):
        return ""
    if of.source and not (of.left or of.fault):
        return of.source
    return "?" if _stands_for_one(row) or is_source(row.label) and not of.left else ""


def _stands_for_one(row: PrintedRow) -> bool:
    return row.source is not None and row.source.column == row.column


def refused(rows: Sequence[PrintedRow], named: Sequence[str]) -> str:
    """Say that sources in rows cannot be read as they stand, and how they can."""
    if "?" in named:
        odd = rows[named.index("?")]
        return odd.fault("one funding source belongs here, as sources.csv of the plan has it")
    first, *more = [row for row, source in zip(rows, named, strict=True) if source]
    return (f"line {first.line}: {quote(first.label)} names a funding source in a row"
            + f", and so do other rows ({len(more)})" * bool(more)
            + "; amounts stand in a column of their source, as 'NSTW' and 'NSĐP' below 2021, or "
            "right below every line, each source once, in rows that at most a letter counts")


def as_columns(rows: Sequence[PrintedRow], header: Header, named: Sequence[str]
               ) -> tuple[list[PrintedRow], Header] | None:
    """Return the lines with the amounts of the rows that split them; None where none does so.

    What a line prints itself is then its total. A line has nothing of a source that is not among
    those beside it; of one that is not among those below it only if the totals say so.

        I   Dự án 1   3   4            2021 TW   2021 ĐP   2021   2022 TW   2022 ĐP   2022
            - NSTW    1   1        I   1         2         3      1         3         4
            - NSĐP    2   3
    """
    lines: list[tuple[PrintedRow, dict[str, PrintedRow]]] = []
    for at, (row, source) in enumerate(zip(rows, named, strict=True)):
        if source:
            if not lines or source in lines[-1][1] or not (
                    {"letter"}.issuperset(number_kinds(row.number))):
                return None
            lines[-1][1][source] = row
        elif not (row.is_part and not row.printed and any(named[at + 1:at + 2])):
            lines.append((row, {}))  # but "Trong đó:", which only heads its parts
    sources, own = [source for source in dict.fromkeys(named) if source], header.slots
    if not sources or "?" in sources:
        return None
    slots: list[Slot] = [(year, source) for year, _ in own.values() for source in (*sources, None)]
    out = []
    for row, parts in lines:
        if row.printed or any(part.printed for part in parts.values()):
            split = [*map(parts.get, sources), row]
            zero = "-" if any(map(_stands_for_one, parts.values())) else ""
            cells = [of.cells[at]._replace(line=of.line) if of and of.printed
                     else Field(column, "" if of is row else zero, "")
                     for at, column in enumerate(own) for of in split]
            phases = row.phases + [((first, last, source), cell._replace(line=part.line))
                                   for source, part in parts.items()
                                   for (first, last, _), cell in part.phases]
            row = replace(row, cells=cells, phases=phases, printed=True, whole=row.printed)
        out.append(row)
    return out, replace(header, slots=dict(enumerate(slots)), parts="the rows that name a source")
