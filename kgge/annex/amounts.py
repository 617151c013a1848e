"""The amounts of an annex: one way of writing numbers in a file, settled by what adds up."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from math import isnan, nan
from typing import NamedTuple

from kgge.annex.fields import DASHES, Field, Log, Part, Place, quote
from kgge.annex.header import Header, Slot
from kgge.annex.reconcile import Key, add_up
from kgge.annex.tree import PrintedRow, Tree
from kgge.numbers import MARKS, readings

_NEGATIVE = re.compile(r"[-–−]\s*(\d.*)|\((\d.*)\)")


class Trial(NamedTuple):
    """The rows as they read under one decimal mark; of their checks whether and where they agree.

    A check is known by its name and by the item, year and source of the total, whose field it has.
    """

    tree: Tree
    rows: dict[str, PrintedRow]  # by item
    checks: dict[tuple[str, Key], tuple[bool, Field]]


@lru_cache(maxsize=4096)
def _values(text: str) -> dict[str, Decimal]:
    """Return the values a text can have, by the decimal mark; a sign or brackets: below zero."""
    if match := _NEGATIVE.fullmatch(text):
        return {mark: -value for mark, value in readings(match[1] or match[2]).items()}
    return readings(text)


def _value(cell: Field, mark: str) -> Decimal | None:
    if cell.number is not None:
        return cell.number
    return Decimal(0) if cell.text in DASHES or not cell.text else _values(cell.text).get(mark)


def decimal_marks_of(rows: Sequence[PrintedRow], part: Part, faults: list[str]) -> tuple[str, ...]:
    """Return the decimal marks under which every number of the file can be read.

    One mark: the convention is settled. Two: no text tells, so a number whose two readings differ
    is ambiguous. None: the texts contradict each other, which is a fault; so is every field that
    is no amount.
    """
    places = [(row, cell) for row in rows for cell in row.cells]
    numbers = [(row, c) for row, c in places if c.number is None and _values(c.text)]
    marks = tuple(mark for mark in MARKS if all(mark in _values(c.text) for _, c in numbers))
    for row, cell in places:
        what = part.faults.get((row.line, cell.column), "")
        value = _value(cell, (marks or MARKS)[0])
        if marks and value is None:
            what = (f"there stands {quote(cell.text)}; a correction of this field writes the "
                    "number, or '-' for none")
        elif value is not None and value < 0 and not cell.stated:
            what = (f"there stands {quote(cell.text)}; where it is meant, a correction of this "
                    f"field says so, with {cell.text!r} printed and corrected, and its reason")
        elif what:
            what += f" and holds {cell.text or 'nothing'}; write in each field what is meant"
        if what:
            kind = "the total" if cell is row.cells[-1] else "an amount"
            faults.append(row.fault(f"{kind} belongs here, {what}", cell))
    if not marks:
        one, other = (next(f"{quote(c.text)} (line {row.line})" for row, c in numbers
                           if tuple(_values(c.text)) == (mark,)) for mark in MARKS)
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
    doubtful = [(row, c) for row in rows for c in row.cells
                if c.number is None and len({*_values(c.text).values()}) > 1]
    if header.exponent == 0:  # there are no parts of a dong, so that "1.234" can only be thousands
        marks = tuple(mark for mark in marks if all(
            _values(c.text)[mark].as_tuple().exponent == 0 for _, c in doubtful)) or marks
    trials = [_try(rows, header, mark, tolerances) for mark in (marks if doubtful else marks[:1])]
    agreed = [{key for key, (good, _) in trial.checks.items() if good} for trial in trials]
    # One mark is better than the other if it makes all agree that the other does, and more.
    best = next((trial for trial, good in zip(trials, agreed, strict=True)
                 if all(good > other for other in agreed if other is not good)), None)
    if best is None:
        row, cell = doubtful[0]
        one, other = (abs(value) for value in _values(cell.text).values())
        faults.append(row.fault(
            f"{quote(cell.text)} can be {one:f} or {other:f}, and no total tells which; a "
            "correction that writes one such number without its mark does", cell))
        return list(rows)
    faults += best.tree.faults
    if not faults:
        _check_parts(best, header, faults)
        _check_empty(best, header, repairs, faults)
        _check_phases(best, header, tolerances, faults)
    repairs += best.tree.repairs
    return best.tree.rows


def _try(rows: Sequence[PrintedRow], header: Header, mark: str,
         tolerances: Mapping[Place | None, float]) -> Trial:
    slots, factor, least = list(header.slots.values()), header.factor, tolerances.get(None, 0)
    read = [replace(row, amounts=[float((_value(c, mark) or 0) * factor) for c in row.cells])
            for row in rows]

    def near(row: PrintedRow, at: int, computed: float) -> bool:
        within = max(least, tolerances.get(row.place(row.cells[at]), 0))
        return abs(row.amounts[at] - computed) <= within + 1e-9

    # Which rows are totals depends on what adds up: each reading of the numbers has its own tree.
    # What a row leaves empty, or no line gives a total of, cannot be compared.
    tree = Tree(read, lambda row, sums: all(
        not row.cells[at].text or (None in slots[at] and not s) or near(row, at, s)
        for at, s in enumerate(sums)))
    of = {row.item: row for row in tree.rows}
    printed = {(item, *slot): (row, at) for item, row in of.items() if row.printed
               for at, slot in enumerate(slots)}
    nothing: list[float | None] = [None] * len(slots)
    return Trial(tree, of, {
        (check, key): (near(row, at, computed), row.cells[at]) for check, key, computed in add_up(
            {item: [*row.amounts] if row.printed else nothing for item, row in of.items()}, slots,
            {row.item: row.parent for row in tree.rows})
        if computed is not None and key in printed for row, at in [printed[key]]})


def _check_parts(trial: Trial, header: Header, faults: list[str]) -> None:
    """Refuse parts, as columns under "Trong đó", that do not make up their total."""
    split = [item for item, row in trial.rows.items() if _is_split(row, header)]
    for slot in header.slots.values() if header.parts else ():
        told = [good for (check, key), (good, field) in trial.checks.items() if field.text
                and check == "row total" and key[1:] == slot and key[0] in split]
        if told and not any(told):
            faults.append(f"{header.parts} do not make up their total "
                          f"({slot[0] or 'all years'}): what is not named there is not known")


def _check_phases(trial: Trial, header: Header, tolerances: Mapping[Place | None, float],
                  faults: list[str]) -> None:
    """Refuse a total of some of the years that these do not make up."""
    for row in trial.tree.rows:
        for (first, last, source), cell in row.phases:
            computed = sum(a for a, (year, of) in zip(row.amounts, header.slots.values(),
                                                      strict=False)
                           if year and of and first <= year <= last and source in (None, of))
            within = max(tolerances.get(None, 0), tolerances.get(row.place(cell), 0))
            said = [_value(cell, mark) for mark in MARKS]
            told = row.amounts and cell.text and not isnan(computed)
            if told and not any(value is not None and abs(
                    float(value * header.factor) - computed) <= within + 1e-9 for value in said):
                faults.append(row.fault(
                    f"the total of {first}-{last} belongs here, there stands {quote(cell.text)}, "
                    f"and its years make {computed:g} million dong", cell))


def _check_empty(trial: Trial, header: Header, repairs: Log, faults: list[str]) -> None:
    """Take an empty field for zero only where the printed totals settle it.

    Totals that no line prints, and the amounts of a row that prints its total alone, are not known.
    """
    slots = list(header.slots.values())
    parents = {"total", *(row.parent for row in trial.tree.rows)}
    lines = [row for row in trial.tree.rows if row.item not in parents]
    for row in trial.tree.rows:
        alone = row.item in parents and not _is_split(row, header)
        if row in lines and not any(cell.text for cell in row.cells):
            if all(_is_told(row, slot, cell, trial)
                   for cell, slot in zip(row.cells, slots, strict=False)):
                repairs.append(row.repair("no amounts", "0", "các số tổng in cho biết bằng 0 / "
                                          "without amounts, and zero by the printed totals"))
            else:
                faults.append(row.fault("neither amounts nor lines below, and the printed totals "
                                        "do not say that it is zero"))
            continue
        for at, (cell, slot) in enumerate(zip(row.cells, slots, strict=False)):
            if cell.text:
                continue
            if _is_told(row, slot, cell, trial):
                line, column = row.place(cell)
                repairs.append({"line": line, "column": column, "rule": "empty field",
                                "printed": "(empty)", "corrected": "0",
                                "reason": "mọi số tổng in của ô này cho biết ô bằng 0 / every "
                                          "printed total it goes into says that it is zero"})
            elif alone if slot[1] else not (
                    row.whole and any(line.cells[at].text for line in lines)):
                row.amounts[at] = nan
            else:
                kind = "an amount" if None not in slot else "the total"
                faults.append(row.fault(f"{kind} belongs here, the field is empty, and the printed "
                                        "totals do not say that it is zero", cell))


def _is_split(row: PrintedRow, header: Header) -> bool:
    """Tell whether a row prints any amount of one year and source, not only totals."""
    return any(cell.text for cell, slot in zip(row.cells, header.slots.values(), strict=False)
               if None not in slot)


def _is_told(row: PrintedRow, slot: Slot, cell: Field, trial: Trial) -> bool:
    """Tell whether every printed total that an empty field goes into says that it is zero."""
    # A total says something of it only where it is printed itself: the sum of two empty fields is
    # no witness.
    checks = (trial.checks.get(key) for key in _checks_of(row, slot, trial.rows))
    told = [good for good, field in filter(None, checks) if field.text or field is cell]
    return bool(told) and all(told)


def _checks_of(row: PrintedRow, slot: Slot,
               rows: Mapping[str, PrintedRow]) -> list[tuple[str, Key]]:
    """Return the checks an amount goes into: of its row, of its lines, of the rows above it."""
    year, source = slot
    totals: tuple[Slot, ...] = ((None, None), (year, None), (None, source))
    asked = [("row total", (row.item, *total)) for total in totals]
    above = [row]
    while above[-1].item != "total" and (above[-1] is row or not above[-1].printed):
        above.append(rows[above[-1].parent or "total"])  # a blank parent is made up from its lines
    return asked + [("grand total" if of.item == "total" else "children", (of.item, *slot))
                    for of in above]
