"""Figures that were not counted but copied: from another year, or another unit."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations, pairwise
from typing import Any

from kgge.returns.form import SHEETS, Form
from kgge.returns.parse import Return

# Ours. Of a few persons, one who comes or goes is half of them: they say nothing.
FEW = 20
# As many figures, none of them 0, that are equal to another return's are no chance; nor are four
# in five of as many.
SAME, ENOUGH, NEARLY = 5, 8, 0.8


def check_repeated(sound: Sequence[Return], form: Form) -> None:
    """Doubt figures that the same unit sent before, or that are another unit's too.

    A sheet is told of once: all of it, else a column or an indicator of it.
    """
    same = defaultdict[tuple[str, tuple[Any, ...]], list[Return]](list)
    figures_of = []
    for one in sound:
        figures_of.append(parts := _parts(one, form))
        for part, said in parts.items():
            same[part, tuple(said)].append(one)
    copied = [key for key, several in same.items() if len(several) > 1 and (
        len(key[1]) if key[0] == "indicators" else _steps(*key)) >= SAME]
    for part, figures in sorted(copied, key=lambda key: key[0] not in SHEETS):
        several = same[part, figures]
        first: dict[str, Return] = {}
        for one in several:
            first.setdefault(one.unit, one)
        others = list(first.values())[:2]
        for one in several:
            sheet = one.lines[figures[0][0]][0].sheet
            told = one.doubts.get((sheet, -1), {})
            # A group may be as large as it was, and all of it reached before: then nobody attends.
            attended = part in SHEETS or part != "eligible" and any(
                one.lines[code][0].cells["attendances"][2].number > 0 for code, *_ in figures)
            if (own := first[one.unit]) is not one and attended and "same_as_year" not in told:
                one.fault("same_as_year", own.year, sheet, wanted=own.name, total=len(figures))
            for other in [r for r in others if r.unit != one.unit][:1]:
                if told.keys().isdisjoint(("same_as_unit", "same_as_plan")):
                    one.fault("same_as_unit", other.unit, sheet, wanted=other.name,
                              total=len(figures))
    _check_nearly(sound, [_counted(parts) for parts in figures_of], form)


def _counted(parts: dict[str, list[tuple[Any, ...]]]) -> dict[tuple[str, str], float]:
    """Return the figures that are not the same again by chance or by honest reporting.

    Nobody new is reached where nobody attended, or all were before; amounts may be rounded.
    """
    out = {(code, name): number for code, name, number in parts.get("indicators", ())
           if number > FEW}
    idle = [(code, name) for code, name in out if name == "reached" and (
        (code, "attendances") not in out or out[code, name] == out.get((code, "eligible")))]
    for key in idle:
        del out[key]
    return out | {(code, name): number for code, name, number in parts.get("spending", ())
                  if number % 5}


def _check_nearly(sound: Sequence[Return], counted: list[dict[tuple[str, str], float]], form: Form
                  ) -> None:
    """Doubt figures of which all but a few are those of an earlier year, or of another unit.

    A group may be as large as it was, so of one unit its size is no copy.
    """
    holders = defaultdict[tuple[str, str, float], list[int]](list)
    for at, figures in enumerate(counted):
        for (code, name), number in figures.items():
            holders[code, name, number].append(at)
    shared = Counter(
        pair for (_, name, _), several in holders.items() if len(several) > 1
        for pair in combinations(several, 2)
        if name != "eligible" or sound[pair[0]].unit != sound[pair[1]].unit)
    for (first, second), number in sorted(shared.items()):
        if number >= NEARLY * ENOUGH:
            _tell_nearly(sound[first], sound[second], counted[first], counted[second], form)


def _tell_nearly(first: Return, second: Return, figures: dict[tuple[str, str], float],
                 others: dict[tuple[str, str], float], form: Form) -> None:
    """Tell of the sheets, or columns and indicators, of two returns that are nearly the same."""
    parts, own = defaultdict[str, list[tuple[str, str]]](list), first.unit == second.unit
    for code, name in figures:
        if (code, name) in others and not (own and name == "eligible"):
            for part in ("indicators", form.persons[code][0], name) if code in form.persons else (
                    "spending",):
                parts[part].append((code, name))
    for part, keys in sorted(parts.items(), key=lambda item: item[0] not in SHEETS):
        same = [(*key, figures[key]) for key in keys if figures[key] == others[key]]
        if len(keys) >= ENOUGH and len(same) >= NEARLY * len(keys) and _steps(
                part, tuple(same)) >= SAME:
            sheet = second.lines[same[0][0]][0].sheet
            for one, other in [(second, first), (first, second)][:1 if own else 2]:
                told = one.doubts.get((sheet, -1), {})
                if own and "same_as_year" not in told:
                    one.fault("same_as_year", other.year, sheet, wanted=other.name,
                              total=len(same))
                elif not own and told.keys().isdisjoint(("same_as_unit", "same_as_plan")):
                    one.fault("same_as_unit", other.unit, sheet, wanted=other.name,
                              total=len(same))


def _steps(part: str, figures: tuple[Any, ...]) -> int:
    """Count by how many steps columns go up and down: numbered through they are a trial, no copy.

    Small offices have as many staff as others, and as they had.
    """
    columns = defaultdict[str, list[float]](list)
    for _, name, number in figures:
        if part == "spending" or number > FEW:
            columns[name].append(number)
    return sum(len({round(after - before, 6) for before, after in pairwise(numbers)})
               for numbers in columns.values())


def _parts(one: Return, form: Form) -> dict[str, list[tuple[Any, ...]]]:
    """Return the figures above 0 of both sheets, and of each indicator and column on persons.

    Where all are reached already, the column says nothing new.
    """
    out = defaultdict[str, list[tuple[Any, ...]]](list)
    for code in (*form.persons, *form.money):
        if code not in one.lines:
            continue
        cells, persons = one.lines[code][0].cells, code in form.persons
        wide = ["indicators", form.persons[code][0]] if persons else ["spending"]
        for name, (_, _, cell) in cells.items():
            if cell.number > 0:
                alone = persons and (name != "reached" or cell != cells["eligible"][2])
                for part in [*wide, name] if alone else wide:
                    out[part].append((code, name, cell.number))
    return out
