"""The amounts of an annex: one way of writing numbers in a file, settled by what adds up."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from kgge.annex.fields import Field, Log, Part, Place, quote
from kgge.annex.header import DASHES, Header, Slot
from kgge.annex.reconcile import Key, add_up
from kgge.annex.tree import PrintedRow, Tree
from kgge.numbers import MARKS, decimal_marks, readings

_NEGATIVE = re.compile(r"[-–−]\s*(\d.*)|\((\d.*)\)")


class Trial(NamedTuple):
    """The rows as they read under one decimal mark, and which of their checks agree."""

    tree: Tree
    checks: dict[tuple[str, Key], bool]


def _unsigned(text: str) -> str:
    """Return a number without its sign or the brackets that stand for one."""
    match = _NEGATIVE.fullmatch(text)
    return text if match is None else match[1] or match[2]


def _value(cell: Field, mark: str) -> Decimal | None:
    if cell.number is not None:
        return cell.number
    if cell.text in DASHES or not cell.text:
        return Decimal(0)
    value = readings(cell.text).get(mark)
    if value is None and (value := readings(_unsigned(cell.text)).get(mark)) is not None:
        return -value
    return value


def decimal_marks_of(rows: Sequence[PrintedRow], part: Part, faults: list[str]) -> tuple[str, ...]:
    """Return the decimal marks the file can have; every field that is no amount is a fault."""
    places = [(row, cell) for row in rows for cell in row.cells]
    numbers = [(row, c) for row, c in places if c.number is None and readings(_unsigned(c.text))]
    marks = decimal_marks(_unsigned(c.text) for _, c in numbers)
    for row, cell in places:
        what = part.faults.get((row.line, cell.column), "")
        value = _value(cell, (marks or MARKS)[0])
        if marks and value is None:
            what = f"there stands {quote(cell.text)}"
        elif value is not None and value < 0 and not cell.stated:
            what = (f"there stands {quote(cell.text)}; where it is meant, a correction of this "
                    f"field says so, with {cell.text!r} printed and corrected, and its reason")
        elif what:
            what += f" and holds {cell.text or 'nothing'}; write in each field what is meant"
        if what:
            kind = "the total" if cell is row.cells[-1] else "an amount"
            faults.append(f"line {row.line}, column {cell.column}: {kind} belongs here, {what}: "
                          f"{quote(row.label)}")
    if not marks:
        one, other = (next(f"{quote(c.text)} (line {row.line})" for row, c in numbers
                           if tuple(readings(_unsigned(c.text))) == (mark,)) for mark in MARKS)
        faults.append(f"decimals are written in two ways: {one}, {other}")
    return marks


def settle(rows: Sequence[PrintedRow], header: Header, marks: tuple[str, ...],
           tolerances: Mapping[Place | None, float], repairs: Log,
           faults: list[str]) -> list[PrintedRow]:
    """Return the rows of the tree with their amounts in million dong.

    Where a number has two readings ("1,900"), the totals tell: the reading is the one under which
    more of them agree, and none agrees only under the other. An empty field is zero where every
    printed total that it goes into says so.
    """
    doubtful = [(row, c) for row in rows for c in row.cells if c.number is None
                and len(set(readings(_unsigned(c.text)).values())) > 1]
    if header.exponent == 0:  # there are no parts of a dong, so that "1.234" can only be thousands
        marks = tuple(mark for mark in marks if all(
            readings(_unsigned(c.text))[mark].as_tuple().exponent == 0
            for _, c in doubtful)) or marks
    trials = [_try(rows, header, mark, tolerances)
              for mark in (marks if doubtful else marks[:1])]
    agreed = [{key for key, good in trial.checks.items() if good} for trial in trials]
    trial = trials[0]
    if len(trials) > 1:
        # One mark is better than the other if it makes all agree that the other does, and more.
        better = [not (b - a) and bool(a - b) for a, b in (agreed, agreed[::-1])]
        if not any(better):
            row, cell = doubtful[0]
            one, other = readings(_unsigned(cell.text)).values()
            faults.append(f"line {row.line}, column {cell.column}: {quote(cell.text)} can be "
                          f"{one:f} or {other:f}, and no total tells which; a correction that "
                          f"writes one such number without its mark does: {quote(row.label)}")
            return list(rows)
        trial = trials[better.index(True)]
    faults += trial.tree.faults
    if not faults:
        _check_parts(trial, header, faults)
        _check_empty(trial, header, repairs, faults)
    repairs += trial.tree.repairs
    return trial.tree.rows


def _try(rows: Sequence[PrintedRow], header: Header, mark: str,
         tolerances: Mapping[Place | None, float]) -> Trial:
    factor = header.factor
    read = [replace(row, amounts=[float((_value(c, mark) or Decimal(0)) * factor)
                                  for c in row.cells]) for row in rows]
    least = tolerances.get(None, 0) + 1e-9

    def within(row: PrintedRow, at: int) -> float:
        return max(least, tolerances.get((row.line, row.cells[at].column), 0) + 1e-9)

    # Which rows are totals depends on what adds up: each reading of the numbers has its own tree.
    # What a row leaves empty, or no line gives a total of, cannot be compared.
    slots = list(header.slots.values())
    tree = Tree(read, lambda row, sums: all(
        not row.cells[at].text or (None in slot and not s) or abs((a or 0) - s) <= within(row, at)
        for at, (slot, a, s) in enumerate(zip(slots, row.amounts, sums, strict=True))))
    of = {row.item: row for row in tree.rows}
    cells: dict[Key, float | None] = {
        (row.item, *slot): row.amounts[at] if row.printed else None
        for row in tree.rows for at, slot in enumerate(slots)}
    checks = {}
    for check, key, computed in add_up(cells, {row.item: row.parent for row in tree.rows}):
        printed = cells.get(key)
        if printed is not None and computed is not None:
            checks[check, key] = abs(printed - computed) <= within(
                of[key[0]], slots.index(key[1:]))
    return Trial(tree, checks)


def _check_parts(trial: Trial, header: Header, faults: list[str]) -> None:
    """Refuse columns that stand under "Trong đó" and do not make up their total."""
    rows = {row.item: row for row in trial.tree.rows}
    for at, (year, source) in enumerate(header.slots.values()):
        told = [good for (check, key), good in trial.checks.items()
                if check == "row total" and key[1:] == (year, source)
                and rows[key[0]].cells[at].text]
        if header.parts and told and not any(told):
            faults.append(f"the columns under 'Trong đó' do not make up the total beside them "
                          f"({year or 'all years'}): what is not named there is not known")


def _check_empty(trial: Trial, header: Header, repairs: Log, faults: list[str]) -> None:
    """Take an empty field for zero only where the printed totals settle it.

    Totals that no line prints, and the amounts of a row that prints its total alone, are not known.
    """
    rows = {row.item: row for row in trial.tree.rows}
    slots = list(header.slots.values())
    parents = {"total", *(row.parent for row in trial.tree.rows)}
    lines = [row for row in trial.tree.rows if row.item not in parents]
    for row in trial.tree.rows:
        alone = row.item in parents and not any(
            cell.text for cell, slot in zip(row.cells, slots, strict=False) if None not in slot)
        for at, (cell, slot) in enumerate(zip(row.cells, slots, strict=False)):
            if cell.text:
                continue
            asked = [(check, (item, *total))
                     for check, item, total in _checks_of(row, slot, rows)]
            # A total says something of the empty field only where it is printed itself: the sum of
            # two empty fields is no witness.
            told = [trial.checks[key] for key in asked if key in trial.checks and (
                key[1] == (row.item, *slot)
                or rows[key[1][0]].cells[slots.index(key[1][1:])].text)]
            if told and all(told):
                repairs.append({"line": row.line, "column": cell.column, "rule": "empty field",
                                "printed": "(empty)", "corrected": "0",
                                "reason": "mọi số tổng in của ô này cho biết ô bằng 0 / every "
                                          "printed total it goes into says that it is zero"})
                continue
            if not any(line.cells[at].text for line in lines) if None in slot else alone:
                row.amounts[at] = None
                continue
            kind = "an amount" if None not in slot else "the total"
            faults.append(f"line {row.line}, column {cell.column}: {kind} belongs here, the field "
                          f"is empty, and the printed totals do not say that it is zero: "
                          f"{quote(row.label)}")


def _checks_of(row: PrintedRow, slot: Slot,
           rows: Mapping[str, PrintedRow]) -> list[tuple[str, str, Slot]]:
    """Return the checks an amount goes into: of its row, of its lines, of the rows above it."""
    year, source = slot
    totals: tuple[Slot, ...] = ((None, None), (year, None), (None, source))
    asked = [("row total", row.item, total) for total in totals]
    asked += [("grand total" if row.item == "total" else "children", row.item, slot)]
    above = row
    while above.item != "total":
        above = rows[above.parent or "total"]
        asked.append(("grand total" if above.item == "total" else "children", above.item, slot))
        if above.printed:
            break  # a blank parent is made up from its lines, so the row above that is asked too
    return asked
