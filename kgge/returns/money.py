"""Amounts of one return held against the plan, against each other and those of earlier years."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import combinations, pairwise
from math import log

from kgge.labels import about
from kgge.returns.copied import NEARLY, SAME
from kgge.returns.form import Form
from kgge.returns.parse import Line, Return
from kgge.returns.scale import Sizes

# Ours. Thousand dong or billion dong for million dong is a factor of 1,000; no line needs 50,000
# dong.
SCALE, LEAST = 100.0, 0.05
# As many amounts, none of them 0, that are the plan's own are no chance.
PLANNED = 10
# One source may take up a line's plan alone; together they do not go a quarter above it.
TOGETHER = 1.25
# So many lines do not change their source at once; so far apart two sources do not change places.
LINES, APART = 3, 1.5
# No unit spends more and more on every line, three years or longer, and in the end twice as much.
TWICE = 2.0

Paid = dict[str, float]  # million dong by row code, where there are any
Spent = dict[str, list[tuple[Return, Paid]]]  # by unit, of one year after the other


def check_money(one: Return, spent: Spent, sizes: Sizes, form: Form) -> None:
    """Doubt amounts, and note them for the years to come."""
    lines = {code: one.lines[code][0] for code in form.money if code in one.lines}
    paid = {code: amount for code, line in lines.items()
            if (amount := line.cells["amount"][2].number) > 0}
    if not paid:
        return
    _check_sums(one, paid, lines, form)
    _check_amounts(one, paid, lines, spent[one.unit], sizes, form)
    if len(paid) >= LINES:
        _check_sources(one, paid, spent[one.unit], form)
    if len(paid) >= SAME and len(spent[one.unit]) > 1:
        _check_adding(one, paid, spent[one.unit], form)
    spent[one.unit].append((one, paid))


def _check_sums(one: Return, paid: Paid, lines: Mapping[str, Line], form: Form) -> None:
    """Doubt sums above the plan, and amounts that are the plan's own."""
    sheet = next(iter(lines.values())).sheet
    if len(paid) >= PLANNED and len({*paid.values()}) > 1 and all(
            form.yearly.get((code, one.year)) == amount for code, amount in paid.items()):
        one.fault("same_as_plan", len(paid), sheet, wanted=one.year)
    above = sum(paid.values()) > (whole := sum(form.planned.values())) > 0
    if above:
        one.fault("sum_above_plan", round(sum(paid.values()), 6), sheet, wanted=whole)
    of_item = defaultdict[str, list[str]](list)
    if ("unplanned",) not in form.printed:  # looked up once
        form.printed["unplanned",] = about("unplanned").split(";")
    unplanned = form.printed["unplanned",]
    for code in paid:
        item, source = form.money[code]
        of_item[item] += [code] * (source not in unplanned)
    for item, codes in of_item.items():
        total, planned = round(sum(paid[code] for code in codes), 6), form.planned[item]
        if total > TOGETHER * planned > 0 and not above:
            for code in codes:
                _doubt(one, lines[code], "parts_above_plan", wanted=planned, total=total)


def _check_amounts(one: Return, paid: Paid, lines: Mapping[str, Line],
                   earlier: list[tuple[Return, Paid]], sizes: Sizes, form: Form) -> None:
    """Doubt an amount far off the last one of its line, or of a few dong."""
    for code, now in paid.items():
        past, then = next(((past, of[code]) for past, of in reversed(earlier) if code in of),
                          (one, now))
        if now < LEAST:
            _doubt(one, lines[code], "tiny_amount", wanted=now * 1e6)
        elif not then / SCALE < now < then * SCALE:
            _doubt(one, lines[code], "money_jumps", wanted=then, year=past.year)
        if (planned := form.yearly.get((code, one.year), 0.0)) > 0:
            sizes[one.unit, code, "amount"].append((one, lines[code], now / planned))


def _doubt(one: Return, line: Line, code: str, **details: object) -> None:
    at, value, _ = line.cells["amount"]
    one.fault(code, value, line.sheet, line.row, at, **details)


def _by_item(paid: Paid, form: Form) -> dict[str, Paid]:
    found = defaultdict[str, Paid](dict)
    for code, amount in paid.items():
        item, source = form.money[code]
        found[item][source] = amount
    return found


def _check_sources(one: Return, paid: Paid, earlier: list[tuple[Return, Paid]], form: Form) -> None:
    """Doubt amounts of one source that are those of another, or that stand in its rows."""
    sheet, now = one.lines[next(iter(paid))][0].sheet, _by_item(paid, form)
    sources = [*combinations(sorted({source for of in now.values() for source in of}), 2)]
    for first, second in sources:
        both = [of for of in now.values() if first in of and second in of and of[first] % 5]
        same = {of[first] for of in both if of[first] == of[second]}
        if len(same) >= max(SAME, NEARLY * len(both)):
            one.fault("same_as_source", len(same), sheet, wanted="; ".join(
                " / ".join(form.labels["source", source]) for source in (first, second)))
    told = [(past, of) for past, of in earlier if ("sources_moved" not in past.doubts.get(
        (sheet, -1), ()))]  # what is in doubt is no measure
    if not told:
        return
    past, then = told[-1][0], _by_item(told[-1][1], form)
    pairs = [(then[item], now[item]) for item in now if item in then]
    moved = Counter((frozenset(was), frozenset(of)) for was, of in pairs)
    (was_of, is_of), number = max(moved.items(), key=lambda m: m[1], default=((0, 0), 0))
    turned = max((_turned(pairs, *two) for two in sources), default=0)
    number = number if was_of != is_of and number >= NEARLY * len(pairs) else turned
    if number >= LINES:
        one.fault("sources_moved", number, sheet, year=past.year)


def _turned(pairs: list[tuple[Paid, Paid]], first: str, second: str) -> int:
    """Count the lines of which two sources took each other's parts, if it is nearly all."""
    parts = [(log(was[first] / was[second]), log(of[first] / of[second])) for was, of in pairs
             if {first, second} <= was.keys() & of.keys()]
    apart = [(then, now) for then, now in parts if abs(then) > log(APART)]
    turned = sum(abs(then + now) < log(APART) for then, now in apart)
    return turned if turned >= NEARLY * len(apart) else 0


def _check_adding(one: Return, paid: Paid, earlier: list[tuple[Return, Paid]], form: Form) -> None:
    """Doubt amounts that seem to be added up over the years: none is less than the last."""
    years = [*earlier, (one, paid)]
    lines = [code for code in paid if all(code in of for _, of in years)]
    if len(lines) < SAME or any(later[code] < of[code] for (_, of), (_, later) in pairwise(years)
                                for code in lines):
        return
    shares = [sum(of[code] for code in lines) / planned for past, of in years if (
        planned := sum(form.yearly.get((code, past.year), 0.0) for code in lines)) > 0]
    if len(shares) == len(years) and shares[-1] >= TWICE * shares[0]:
        one.fault("money_adds_up", len(lines), one.lines[lines[0]][0].sheet,
                  year=years[0][0].year, wanted=years[-2][0].year)
