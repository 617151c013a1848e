"""The outline of an annex: which line stands below which, told from numbers and bullets."""

import re
from dataclasses import dataclass, field

from kgge.annex.fields import Cell, quote

TOTAL = re.compile(r"(tổng cộng|tổng số|total).*|(tổng|cộng)\s*([:(].*)?", re.IGNORECASE)
BULLET = re.compile(r"[-–—+•*]\s*")
_NUMBERS = {  # kinds of outline number; one that can be several is the first, see `_kind`
    "roman": re.compile(r"([IVX]+)[.)]?"),
    "dotted": re.compile(r"(\d+(?:\.\d+)+)[.)]?"),
    "arabic": re.compile(r"(\d+)[.)]?"),
    "upper": re.compile(r"([A-ZĐ])[.)]?"),
    "letter": re.compile(r"([a-zđ])[.)]?"),
}


@dataclass
class Row:
    """One printed row of the annex: outline number, label, amounts in the order of the slots."""

    line: int
    column: int  # of the label
    number: str
    label: str
    cells: list[Cell]
    amounts: list[float | None] = field(default_factory=list)
    item: str = ""
    parent: str | None = None
    level: int = 0


def is_total(row: Row) -> bool:
    """Tell whether a row holds the grand totals: no number, and a label that says so."""
    return not row.number and TOTAL.fullmatch(row.label) is not None


def number_kinds(text: str) -> list[str]:
    """Return which kinds of outline number `text` can be; none if it is no number."""
    return [kind for kind, form in _NUMBERS.items() if form.fullmatch(text)]


def _ordinals(kind: str, number: str) -> set[int]:
    """Return which place among its siblings an outline number claims; letters in either order."""
    text = number.rstrip(".)")
    if kind == "roman":
        values = [{"I": 1, "V": 5, "X": 10}[c] for c in text]
        return {sum(-v if v < max(values[i:]) else v for i, v in enumerate(values))}
    if kind in ("arabic", "dotted"):
        return {int(text.split(".")[-1])}
    return {order.find(text.casefold()) + 1
            for order in ("abcdđeghiklmnopqrstuvxy", "abcdefghijklmnopqrstuvwxyz")}


def give_items(rows: list[Row], faults: list[str]) -> None:
    """Give each row its item code, parent and level from its number or bullet.

    A mark seen before in the branch returns to its level; a new one opens a level below. A row
    without number and bullet stands beside the unnumbered rows before it, if there are any.
    """
    totals = [row for row in rows if is_total(row)]
    lines = [row for row in rows if not is_total(row)]
    if len(totals) != 1 or totals[0] not in (rows[0], rows[-1]):
        faults.append("one row of grand totals (Tổng cộng) belongs above or below all others; "
                      f"found at line {', '.join(str(r.line) for r in totals) or 'none'}")
    for row in totals:
        row.item = "total"
    stack: list[tuple[str, Row]] = []
    counts: dict[str, int] = {}
    for row in lines:
        kind = _kind(row, stack, counts) if row.number else _bullet(row, stack)
        depth = next((i for i, (k, _) in enumerate(stack) if k == kind), len(stack))
        if not row.number and depth == 0:
            faults.append(f"line {row.line}: stands under no project: {quote(row.label)}")
            continue
        del stack[depth:]
        parent = stack[-1][1].item if stack else ""
        counts[parent] = place = counts.get(parent, 0) + 1
        if row.number and place not in _ordinals(kind, row.number):
            faults.append(f"line {row.line}: number {row.number!r} stands where number {place} "
                          f"of its level belongs: {quote(row.label)}")
        row.level = depth + 1
        row.parent = parent or None
        row.item = f"{parent}.{place}" if parent else row.number.rstrip(".)")
        stack.append((kind, row))
    for row in lines:
        row.label = BULLET.sub("", row.label, count=1) if BULLET.match(row.label) else row.label
        if row.item not in counts and None in row.amounts:
            faults.append(f"line {row.line}: neither amounts nor lines below: {quote(row.label)}")


def _kind(row: Row, stack: list[tuple[str, Row]], counts: dict[str, int]) -> str:
    """Return the kind of a number: the open one it comes next in ("I" after "H"), else the first.

    Open are the levels of `stack`; `counts` has the rows below each parent so far.
    """
    kinds = number_kinds(row.number)
    return next((kind for kind, above in stack if kind in kinds
                 and counts[above.parent or ""] + 1 in _ordinals(kind, row.number)), kinds[0])


def _bullet(row: Row, stack: list[tuple[str, Row]]) -> str:
    """Return the kind of an unnumbered row: its bullet, or that of the rows it stands beside."""
    match = BULLET.match(row.label)
    mark = match[0].strip().replace("–", "-").replace("—", "-") if match else "plain"
    beside = [k for k, r in stack if not r.number]
    return beside[0] if beside and "plain" in (mark, beside[0]) else mark
