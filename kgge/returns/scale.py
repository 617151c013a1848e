"""Figures ten times too large or too small, told by the unit's other years or by other units."""

from collections.abc import Hashable, Mapping, Sequence
from math import inf, log10
from statistics import median, median_high, median_low
from typing import TypeVar

from kgge.returns.copied import FEW
from kgge.returns.form import Form
from kgge.returns.parse import Line, Return

# Ours. Three others that are within a factor of two of each other tell how large a figure is;
# ten times as large is a digit, or the decimal sign. Units differ more than years do, but not ten
# times beyond all the others.
OTHERS, AGREE = 3, 2.0
UNITS, DIFFER, FAR = 5, 4.0, 10.0
# Two digits that changed places make a new figure; by less than a fiftieth, or of fewer digits,
# persons who come and go do so too.
THOUSAND, TURNED = 1000, 0.02
SLACK = 1.25  # so far beyond the others a figure may be once it is mended

Key = TypeVar("Key", bound=Hashable)
# By unit, row and column: returns of its years, each with a size that is alike from year to year.
Sizes = dict[tuple[str, str, str], list[tuple[Return, Line, float]]]
_CODES = {"amount": "money_jumps", "attendances": "attendances_jump"}


def misplaced(sizes: Mapping[Key, float], least: int = OTHERS, apart: float = AGREE,
              far: float = inf) -> list[Key]:
    """Return the keys of what would be among the others if it were ten or more times less or more.

    Or is `far` times beyond them. Nothing where fewer than `least` are within the factor `apart` of
    each other.

    Examples
    --------
    >>> misplaced({2016: 0.5, 2017: 0.4, 2018: 4.7, 2019: 0.45})
    [2018]
    >>> misplaced({2016: 0.5, 2017: 0.4, 2018: 4.7}), misplaced(dict(enumerate([1, 9, 2, 30, 3])))
    ([], [])
    """
    if len(sizes) <= least:
        return []
    low, middle, high = (of(sizes.values()) for of in (median_low, median, median_high))
    among = [size for size in sizes.values() if high / apart <= size <= low * apart]
    if len(among) < least or max(among) > apart * min(among) or 2 * len(among) <= len(sizes):
        return []
    first, last = min(among), max(among)
    return [key for key, size in sizes.items() if not first / far <= size <= last * far or (
        power := round(log10(size / middle))) and (
            first / SLACK <= size / 10 ** power <= last * SLACK)]


def check_years(sizes: Sizes) -> None:
    """Doubt amounts and attendances that are out of proportion in one year of a unit alone.

    Amounts take a share of what the plan gives; attendances are so many of each newly reached.
    """
    for (_, _, column), several in sizes.items():
        if column == "eligible":
            _check_digits(several)
            continue
        odd = misplaced({at: size for at, (*_, size) in enumerate(several)}) if (
            len(several) > OTHERS) else []
        for at in odd:
            near = min((n for n in range(len(several)) if n not in odd),
                       key=lambda n: (abs(n - at), n))
            (one, line, _), (other, past, _) = several[at], several[near]
            place, value, _ = line.cells[column]
            if _CODES[column] not in one.doubts.get((line.sheet, line.row), ()):
                one.fault(_CODES[column], value, line.sheet, line.row, place,
                          wanted=past.cells[column][2].number, year=other.year)


def _check_digits(several: list[tuple[Return, Line, float]]) -> None:
    """Doubt persons in a group of whom two digits are turned round, unless a third year has it so.

    18627 for 16827. Where it matters little, it may well be chance.
    """
    for at, (one, line, number) in enumerate(several):
        beside = sorted((n for n in range(len(several)) if n != at), key=lambda n: abs(n - at))[:2]
        turned = [several[n] for n in beside if abs(n - at) == 1 and _is_turned(
            number, several[n][2])]
        if turned and (at or len(several) > 2) and "jumps" not in one.doubts.get(
                (line.sheet, line.row), ()) and all(
                abs(several[n][2] - turned[0][2]) < abs(several[n][2] - number) for n in beside):
            other, past, _ = turned[0]
            place, value, _ = line.cells["eligible"]
            one.fault("jumps", value, line.sheet, line.row, place, year=other.year,
                      wanted=past.cells["eligible"][2].number)


def _is_turned(number: float, other: float) -> bool:
    one, two = f"{number:.0f}", f"{other:.0f}"
    odd = [at for at, pair in enumerate(zip(one, two, strict=False)) if pair[0] != pair[1]]
    return abs(number - other) > TURNED * other and len(one) == len(two) and (
        len(odd) == 2 == len(one[odd[0]:odd[1] + 1]) and one[odd[0]] == two[odd[1]]
        and one[odd[1]] == two[odd[0]])


def check_groups(sound: Sequence[Return], form: Form) -> None:
    """Doubt groups ten times as large or small, by residents, as those of the other units."""
    groups: dict[tuple[int, str], dict[str, tuple[Return, Line]]] = {}
    for one in sound:
        if form.residents.get(one.unit, 0) > 0:
            for code in form.asked("indicators", one.unit):
                if code in one.lines and one.lines[code][0].cells["eligible"][2].number > 0:
                    groups.setdefault((one.year, code), {})[one.unit] = one, one.lines[code][0]
    for (_, code), rows in groups.items():
        if len(rows) <= UNITS or form.persons[code][0] == form.census:
            continue
        sizes = {unit: line.cells["eligible"][2].number / form.residents[unit]
                 for unit, (_, line) in rows.items()}
        usual = median(sizes.values())
        for unit in misplaced(sizes, max(UNITS, 3 * len(sizes) // 4), DIFFER, FAR):
            (one, line), expected = rows[unit], round(usual * form.residents[unit])
            at, value, _ = line.cells["eligible"]
            if expected > FEW and "jumps" not in one.doubts.get((line.sheet, line.row), ()):
                one.fault("unlike_units", value, line.sheet, line.row, at, wanted=expected)
