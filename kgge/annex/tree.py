"""The tree of an annex: which line stands below which, and which rows are totals of others."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from kgge.annex.fields import Field, Log, Place, quote
from kgge.annex.header import Phase
from kgge.annex.headings import OF_WHICH

# "Tổng đài" and "Cộng đồng" begin lines, so a plain "Tổng" or "Cộng" must go on as totals do.
_SAYS_TOTAL = re.compile(
    r"(?:tổng (?:cộng|số|kinh phí|kp|dự toán|nhu cầu|vốn|ngân sách|chi phí|chi(?=\W*$)|"
    r"mức (?:đầu tư|vốn|chi)|kế hoạch(?= vốn| năm|\W*$))|"
    r"(?:sub-?|grand )?total|tiểu (?:cộng|tổng)|t\. ?cộng|cộng tổng|thành tiền|"
    r"(?:cộng )?mang sang|cộng (?:trang|kinh phí)|(?:cộng )?chuyển (?:sang )?trang)\b.*"
    r"|(?:toàn tỉnh|l[uũ][yỹ] kế(?: trang.*)?)\W*"
    r"|(?:tổng|cộng)(?:\s*(?:[:(.,].*)?|\s+(?:chung|toàn|tất cả|cả|các|từng|mục|phần|tiểu|"
    r"hợp phần|dự án|mô hình|nội dung|hoạt động|nhiệm vụ|chương trình|nhóm|năm|"
    r"[ivx]+|\d+|[a-zđ])\b.*)",
    re.IGNORECASE)
_LIKE_TOTAL = re.compile(r"\W*(?:tổng|cộng|total|subtotal)\b", re.IGNORECASE)
_OTHER_WORD = re.compile(
    r"\W*(?:cộng (?:đồng|hòa|hoà|tác)|tổng (?:hợp|đài|kết|điều|rà|quan|thể|duyệt|vệ|phụ|cục|công|"
    r"liên))\b", re.IGNORECASE)
_BULLET = re.compile(r"[-–—+•*▪●○■□➢>\uf0b7\uf0a7]\s*|o\s+")
_CLOSED_BY = r"[.)/:-]?"
_CLOSERS = "(.)/:-"
_OUTLINE = {  # kinds of outline number; one that can be several is the first, see `_kind`
    "roman": re.compile(rf"([IVX]+){_CLOSED_BY}"),
    "dotted": re.compile(rf"((?:\d+|[IVX]+|[A-ZĐ])(?:\.\d+)+){_CLOSED_BY}"),
    "arabic": re.compile(r"(\d+)[./:-]?"),
    "arabic)": re.compile(r"(\d+)\)"),
    "bracket": re.compile(r"\((\d+)\)"),
    "roman bracket": re.compile(r"\(([IVX]+)\)"),
    "upper": re.compile(rf"([A-ZĐ]){_CLOSED_BY}"),
    "lower roman": re.compile(rf"([ivx]+){_CLOSED_BY}"),
    "letter": re.compile(rf"([a-zđ]){_CLOSED_BY}"),
}
# Are these the amounts of that row, rounding apart?
Near = Callable[["PrintedRow", list[float]], bool]


@dataclass
class PrintedRow:
    """One printed row of the annex: outline number, label, amounts in the order of the slots."""

    line: int
    column: int  # of the label
    number: str
    label: str
    cells: list[Field]
    word: str = ""  # that stands before its number, in the label: "dự án"
    printed: bool = False  # it has amounts
    amounts: list[float] = field(default_factory=list)  # nan: not known
    phases: list[tuple[Phase, Field]] = field(default_factory=list)  # totals of some years
    source: Field | None = None  # what stands in a column of sources
    whole: bool = True  # it is a row that prints totals, if the annex has any
    item: str = ""
    parent: str | None = None
    level: int = 0

    @property
    def bullet(self) -> str:
        """The bullet that the label begins with, if any."""
        match = _BULLET.match(self.label)
        return match[0] if match else ""

    @property
    def is_marked(self) -> bool:
        """Whether a number or a bullet stands before the label."""
        return bool(self.number or self.bullet)

    @property
    def is_total(self) -> bool:
        """Whether the row says that it is the total of others."""
        return _SAYS_TOTAL.fullmatch(_BULLET.sub("", self.label, count=1)) is not None

    @property
    def seems_total(self) -> bool:
        """Whether the row, without a mark, begins as totals do and not as another word does."""
        return (not self.is_marked and _LIKE_TOTAL.match(self.label) is not None
                and not _OTHER_WORD.match(self.label))

    @property
    def is_part(self) -> bool:
        """Whether the row says that it is a part of the one above it (trong đó)."""
        return OF_WHICH.match(self.label) is not None

    def place(self, cell: Field) -> Place:
        """Return line and column of one of its fields."""
        return cell.line or self.line, cell.column

    def fault(self, what: str, cell: Field | None = None) -> str:
        """Say what is wrong with the row, or with one field of it."""
        line, column = self.place(cell) if cell else (self.line, 0)
        return (f"line {line}" + f", column {column}" * bool(cell)
                + f": {what}: {quote(self.label)}")

    def repair(self, rule: str, corrected: str, reason: str) -> dict[str, Any]:
        """Return one row of the repairs: what was mended in the row, and why."""
        return {"line": self.line, "column": self.column, "rule": rule, "printed": self.label,
                "corrected": corrected, "reason": reason}


@lru_cache(maxsize=1024)
def number_kinds(text: str) -> tuple[str, ...]:
    """Return which kinds of outline number `text` can be; none if it is no number."""
    return tuple(f"{kind}{text.rstrip('.').count('.')}" if kind == "dotted" else kind
                 for kind, form in _OUTLINE.items() if form.fullmatch(text))


def _ordinals(kind: str, number: str) -> set[int]:
    """Return which place among its siblings an outline number claims; letters in either order."""
    text = number.strip(_CLOSERS)
    if "roman" in kind:
        values = [{"I": 1, "V": 5, "X": 10}[c] for c in text.upper()]
        return {sum(-v if v < max(values[i:]) else v for i, v in enumerate(values))}
    if kind.startswith(("arabic", "dotted", "bracket")):
        last = text.split(".")[-1]
        # Excel makes the number 1.1 of 1.10.
        return {int(last), int(last) * (10 if kind == "dotted1" and len(last) == 1 else 1)}
    return {order.find(text.casefold()) + 1
            for order in ("abcdđeghiklmnopqrstuvxy", "abcdefghijklmnopqrstuvwxyz")}


def _goes_on(number: str, above: str) -> bool:
    """Tell whether a dotted number ("1.2") can stand below another, of its kind ("1", not "2")."""
    first, last = number.strip(_CLOSERS).split(".")[:-1], above.strip(_CLOSERS).split(".")
    return not first or all(
        _ordinals(kind, first[-1]) & _ordinals(kind, last[-1])
        for kind in number_kinds(first[-1])[:1] if kind in number_kinds(last[-1]))


class Tree:
    """The rows of an annex, each with its item code, parent and level from number or bullet.

    A mark seen before in the branch returns to its level; a new one opens a level below. A row
    without number and bullet stands beside the unnumbered rows before it, if there are any. A row
    that says it is a total belongs to the lines above it that it is the sum of, one that says it
    is a part (trong đó) to the row above it: neither is a line of its own.
    """

    def __init__(self, rows: list[PrintedRow], near: Near) -> None:
        self.near, self.rows = near, list[PrintedRow]()
        self.faults: list[str] = []
        self.repairs: Log = []
        self.below: dict[str, list[PrintedRow]] = {}  # by item; that of projects is ""
        self.stack: list[tuple[str, PrintedRow]] = []
        # Rows of which a part is named, by item, with the parts named in one row each.
        self.owners: dict[str, tuple[PrintedRow, list[PrintedRow]]] = {}
        self.since: dict[str, int] = {}  # how many lines below an item a subtotal has counted
        self.last: dict[tuple[str, int], int] = {}  # number that a kind stands at, by its level
        self.ran_on: dict[str, int] = {}  # where numbers run on from the item before, by item
        self.totals = [row for row in rows if row.is_total]
        self.total = _grand_total(rows)
        if self.total is None:
            end = None if self.totals or not rows else (
                rows[-1] if rows[0].is_marked else rows[0])
            self._refuse_totals("", f"; if line {end.line}, {quote(end.label)}, is it, a "
                                "correction calls it 'Tổng cộng'" if end else "")
        # How the marks of a branch open and close its levels (stack: what is open):
        #
        #   I. Truyền thông    I        roman opens level 1           [roman]
        #   1. Tập huấn        I.1      arabic is new: below          [roman, arabic]
        #   - Cấp tỉnh         I.1.1    a bullet is new: below        [roman, arabic, -]
        #   2. In ấn           I.2      arabic is open: back to it    [roman, arabic]
        #   II. Quản lý        II       roman is open: back to it     [roman]
        last: PrintedRow | None = None
        waiting: PrintedRow | None = None  # a "trong đó" without amounts: of the row before it
        for row in rows:
            if row is self.total:
                row.item = "total"
                self.rows.append(row)
            # "Trong đó: ngân sách trung ương" below the grand totals splits these once more.
            elif last and last is self.total and (row.is_part or (waiting and not row.number)):
                waiting = row
                self._leave_out(row, last)
                continue
            elif row.is_part and not row.printed:
                waiting = row
                continue
            elif row.is_part and self.stack:
                owner = self.stack[-1][1]
                self.owners.setdefault(owner.item, (owner, []))[1].append(row)
            elif row.is_total or self._seems_total(row) or self._adds_up(row):
                self._subtotal(row)
            else:
                self._place(row, last, waiting)
            last, waiting = row, None
        self._settle_parts()
        for row in self.rows:
            row.label = row.label[len(row.bullet):]
        self._settle_blank()

    def _settle_blank(self) -> None:
        """Give lines without amounts blank fields, of which the totals must say that they are 0."""
        end = max((at for at, row in enumerate(self.rows) if row.printed), default=0)
        for at, row in enumerate(self.rows):
            if row.printed or row.item in self.below:
                continue
            if at > end or not self.total:
                self.faults.append(row.fault("neither amounts nor lines below"))
            row.cells = [Field(c.column, "", "") for c in self.total.cells] if self.total else []
            row.printed, row.amounts = True, [0.0] * len(row.cells)

    def _refuse_totals(self, what: str, then: str = "") -> None:
        found = ", ".join(str(row.line) for row in self.totals) or "none"
        self.faults.append(f"{what}one row of grand totals (Tổng cộng) belongs above or below all "
                           f"others; found at line {found}{then}")

    def _leave_out(self, row: PrintedRow, owner: PrintedRow) -> None:
        self.repairs.append(row.repair("of which", "", f"thuộc dòng {owner.line}, không phải "
                                       f"dòng riêng / part of line {owner.line} "
                                       f"({quote(owner.label)}), which stands; not a line of its "
                                       "own"))

    def _place(self, row: PrintedRow, last: PrintedRow | None, waiting: PrintedRow | None) -> None:
        """Give a line its place below or beside those before it."""
        kind = self._kind(row)
        depth = next((i for i, (k, _) in enumerate(self.stack) if k == kind), len(self.stack))
        if not row.number and depth == 0:
            self.faults.append(row.fault("stands under no project"))
            return
        # "Trong đó:" alone stands above the lines it names; a line on the level of the row before
        # it, or higher, is none of them.
        if waiting and (last is None or depth < last.level):
            self.faults.append(f"line {waiting.line}: no part of the row above follows "
                               f"{quote(waiting.label)}; what stands below it is of the same level")
            waiting = None
        del self.stack[depth:]
        above = self.stack[-1][1] if self.stack else None
        row.parent = above.item if above else None
        siblings = self.below.setdefault(row.parent or "", [])
        siblings.append(row)
        if row.number:
            said, run = _ordinals(kind, row.number), self.last.get((kind, depth), 0)
            if len(siblings) == 1 and 1 not in said and run + 1 in said:
                self.ran_on[row.parent or ""] = run  # "3" after "2" of the item before
            self.last[kind, depth] = here = self._next(row.parent) - 1
            if here not in said:
                again = "; if a second table begins here, leave one" * (depth == 0 and 1 in said)
                self.faults.append(row.fault(f"number {row.number!r} stands where number {here} of "
                                             f"its level belongs{again}"))
            if above and not _goes_on(row.number, above.number):
                self.faults.append(row.fault(f"number {row.number!r} stands below number "
                                             f"{above.number!r}"))
        row.level = depth + 1
        row.item = f"{row.parent}.{len(siblings)}" if above else row.number.strip(_CLOSERS)
        if above and waiting:
            self.owners.setdefault(above.item, (above, []))
        self.stack.append((kind, row))
        self.rows.append(row)

    def _next(self, parent: str | None) -> int:
        """Return the number that the next line below an item has."""
        return len(self.below[parent or ""]) + 1 + self.ran_on.get(parent or "", 0)

    def _kind(self, row: PrintedRow) -> str:
        """Return the kind of a mark: of a number the open one it comes next in ("I" after "H")."""
        kinds = tuple(f"{kind} {row.word}".strip() for kind in number_kinds(row.number))
        if kinds[:1] == ("arabic",):  # "1." and "1)" may be two levels, or one
            kinds += ("arabic)",)
        elif kinds == ("arabic)",):
            kinds += ("arabic",)
        fit = [kind for kind, above in self.stack if kind in kinds
               and self._next(above.parent) in _ordinals(kind, row.number)]
        if row.number == "o" and not fit:  # a bullet of Word, no letter
            row.number, row.label = "", f"o {row.label}"
        if row.number:
            own = [kind for kind in fit if kind == kinds[0] and kind.startswith("arabic")]
            return [*own, *fit, *kinds][0]
        mark = row.bullet.strip().replace("–", "-").replace("—", "-") or "plain"
        # A line without any mark goes on beside bullets, and the other way round: some annexes
        # lose the bullets of a few lines.
        beside = [k for k, r in self.stack if not r.number]
        return beside[0] if beside and "plain" in (mark, beside[0]) else mark

    def whole(self, rows: list[PrintedRow]) -> list[float] | None:
        """Return the sum of rows in each column; of one without amounts, the lines below it."""
        columns = [row.amounts if row.printed else self.whole(self.below[row.item])
                   for row in rows if row.printed or row.item in self.below]
        known = [amounts for amounts in columns if amounts]
        return [sum(c) for c in zip(*known, strict=True)] if len(known) == len(columns) else None

    def _counted(self, row: PrintedRow, least: int = 1) -> list[tuple[PrintedRow | None, str]]:
        """Return the rows above of whose lines (at least so many) a row is the sum."""
        found: list[tuple[PrintedRow | None, str]] = []
        # The deepest open branch first; the lines since its last subtotal may be counted alone.
        for depth in range(len(self.stack), -1, -1):
            above = self.stack[depth - 1][1] if depth else None
            item = above.item if above else ""
            for start in {0, self.since.get(item, 0)}:
                lines = self.below.get(item, [])[start:]
                sums = self.whole(lines) if row.printed and len(lines) >= least else None
                if sums and self.near(row, sums):
                    found.append((above if start == 0 else None, item))
        if not found and least == 1 and self.total and row.amounts == self.total.amounts:
            found.append((None, "total"))
        return found

    def _seems_total(self, row: PrintedRow) -> bool:
        """Tell whether a row that begins as totals do ("Cộng đồng", too) is one, by its amounts."""
        if not _LIKE_TOTAL.match(row.label) or not any(row.amounts):
            return False
        least = 2 if row.is_marked or _OTHER_WORD.match(row.label) else 1
        for _, item in self._counted(row, least):
            lines = self.below.get(item, [])
            owner = next((above for _, above in self.stack if above.item == item), self.total)
            if not (owner and owner.printed):
                told = True
            elif row.is_marked:  # it is a line, unless its parent has no room for it
                told = self.near(owner, self.whole(lines) or [])
            else:
                told = not self.near(owner, [2 * a for a in row.amounts])
            if told and (len(lines) != 1 or lines[0].is_marked):
                return True
        return False

    def _adds_up(self, row: PrintedRow) -> bool:
        """Tell whether a row without a mark is the sum of the marked lines above it.

        Where their printed parent counts it as well, it is one of them.
        """
        if row.is_marked or not any(row.amounts):
            return False
        return any(
            all(line.is_marked for line in self.below[item])
            and not (above and above.printed and self.near(above, [2 * a for a in row.amounts]))
            for above, item in self._counted(row, 2))

    def _subtotal(self, row: PrintedRow) -> None:
        """Give a row of totals to the lines it counts; their own row, if blank, takes it."""
        found = self._counted(row)
        if not found:
            self._refuse_totals(f"line {row.line}: {quote(row.label)} is the total of no lines "
                                "above it, and ")
            return
        above, item = next((f for f in found if f[0] and not f[0].printed), found[0])
        self.since[item] = len(self.below.get(item, []))
        self.repairs.append(row.repair(
            "subtotal", "", f"cộng của {item or 'các dự án ở trên'} / total of "
                            f"{item or 'the projects above'}"))
        if above and not above.printed:
            above.cells, above.amounts, above.line = row.cells, row.amounts, row.line
            above.printed = True

    def _settle_parts(self) -> None:
        """Leave out the parts of a row that do not make it up; those that do are its lines."""
        for item, (owner, parts) in self.owners.items():
            lines = self.below.get(item, [])
            sums, named = self.whole(lines + parts), self.whole(parts or lines)
            if sums and owner.printed and self.near(owner, sums):
                self._add_lines(owner, parts)
            elif not named or not owner.printed or any(
                    s > a for s, a in zip(named, owner.amounts, strict=True)):
                self.faults.append(owner.fault("what is named of it (trong đó) is more than the "
                                               "row, or it has no amounts"))
            else:
                gone = parts or [r for r in self.rows if r.item.startswith(f"{item}.")]
                for row in gone:
                    self._leave_out(row, owner)
                self.rows = [row for row in self.rows if row not in gone]
                if not parts:
                    self.below = {of: rows for of, rows in self.below.items()
                                  if not f"{of}.".startswith(f"{item}.")}

    def _add_lines(self, owner: PrintedRow, parts: list[PrintedRow]) -> None:
        """Give the parts of a row that make it up their places, behind its other lines."""
        inside = [n for n, r in enumerate(self.rows) if f"{r.item}.".startswith(f"{owner.item}.")]
        lines = self.below.setdefault(owner.item, [])
        for row in parts:
            lines.append(row)
            row.item, row.parent = f"{owner.item}.{len(lines)}", owner.item
            row.level = owner.level + 1
        self.rows[inside[-1] + 1:inside[-1] + 1] = parts


def _grand_total(rows: list[PrintedRow]) -> PrintedRow | None:
    """Return the row of grand totals: the first, or the last but for its own parts (trong đó)."""
    if rows and (rows[0].is_total or rows[0].seems_total):
        return rows[0]
    after: PrintedRow | None = None
    for row in reversed(rows):
        if row.is_total or (after is None and row.seems_total):
            return row if after is None or after.is_part else None
        if row.number:
            return None
        after = row
    return None
