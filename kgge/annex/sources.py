"""Funding sources that stand in rows below each line, not in columns: read as if in columns."""

import re
from collections.abc import Sequence
from dataclasses import replace

from kgge.annex.fields import Field, quote
from kgge.annex.header import ALL, Header, Slot
from kgge.annex.headings import is_source, meanings
from kgge.annex.tree import PrintedRow, number_kinds

_OTHER_COSTS = re.compile(r"\W*chi (?:phí )?khác\W*", re.IGNORECASE)  # no money of "nguồn khác"


def sources_in_rows(rows: Sequence[PrintedRow], header: Header) -> dict[int, str]:
    """Return the lines of the rows that name a source, where no column names one."""
    if ALL not in {source for _, source in header.slots.values()}:
        return {}
    meaning = meanings(header.sources)
    said = [(row, meaning(row.label)) for row in rows]
    named = [(row, of.source) for row, of in said if of.source and not (of.left or of.year)
             and not _OTHER_COSTS.fullmatch(row.label)]
    # "Cấp tỉnh", "Cấp huyện" are levels; with "NSTW" beside, or of a budget, they are sources.
    if len({source for _, source in named}) < 2:
        named = [(row, source) for row, source in named if is_source(row.label)]
    return {row.line: source for row, source in named}


def refused(rows: Sequence[PrintedRow], named: dict[int, str]) -> str:
    """Say that sources in rows cannot be read as they stand, and how they can."""
    label = next(row.label for row in rows if row.line in named)
    return (f"line {min(named)}: {quote(label)} names a funding source in a row"
            + f", and so do other rows ({len(named) - 1})" * (len(named) > 1)
            + "; amounts stand in a column of their source, as 'NSTW' and 'NSĐP' below 2021, or "
            "right below every line, each source once, in rows that at most a letter counts")


def as_columns(rows: Sequence[PrintedRow], header: Header, named: dict[int, str]
               ) -> tuple[list[PrintedRow], Header] | None:
    """Return the lines with the amounts of the rows that split them; None where these do not.

    What a line prints itself is then its total:

        I   Dự án 1   3   4            2021 TW   2021 ĐP   2021   2022 TW   2022 ĐP   2022
            - NSTW    1   1        I   1         2         3      1         3         4
            - NSĐP    2   3
    """
    lines: list[tuple[PrintedRow, dict[str, PrintedRow]]] = []
    for row, below in zip(rows, [*rows[1:], None], strict=True):
        if row.line in named:
            if not lines or named[row.line] in lines[-1][1] or not (
                    {"letter"}.issuperset(number_kinds(row.number))):
                return None
            lines[-1][1][named[row.line]] = row
        elif not (row.is_part and not row.printed and below and below.line in named):
            lines.append((row, {}))  # but "Trong đó:", which only heads its parts
    sources, own = list(dict.fromkeys(named.values())), list(header.slots.values())
    slots: list[Slot] = [(year, source) for year, _ in own for source in (*sources, None)]
    columns = [*header.slots]
    out = []
    for row, parts in lines:
        if not (row.printed or any(part.printed for part in parts.values())):
            out.append(row)
            continue
        split = [parts.get(source) for source in sources]
        cells = [cell for at, column in enumerate(columns) for of in (*split, row)
                 for cell in [of.cells[at]._replace(line=of.line) if of and of.printed
                              else Field(column, "", "")]]
        phases = row.phases + [((first, last, source), cell._replace(line=part.line))
                               for source, part in parts.items()
                               for (first, last, _), cell in part.phases]
        out.append(replace(row, cells=cells, phases=phases, printed=True))
    return out, replace(header, slots=dict(enumerate(slots)), parts="the rows that name a source")
