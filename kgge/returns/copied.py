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
COMMON = 10  # a figure that more returns hold, the years of two units, tells nothing
# Of as many persons a share is known to a third of a point; within a twentieth a group is as large.
LARGE, NEAR = 300, 0.05

Figures = dict[tuple[str, str], float]  # by row and column


def check_repeated(sound: Sequence[Return], form: Form) -> None:
    """Doubt figures that are another year's or unit's, of another column, or only worked out."""
    parts = [_parts(one, form) for one in sound]
    _check_same(sound, parts, form)
    counted = [_counted(of) for of in parts]
    _check_nearly(sound, counted, form)
    for at, (one, figures) in enumerate(zip(sound, counted, strict=True)):
        _check_share(one, figures, form)
        if at and sound[at - 1].unit == one.unit:
            _check_columns(one, figures, counted[at - 1], form)
            _check_owner(at, sound, counted, form)


def _check_same(sound: Sequence[Return], parts: list[dict[str, list[tuple[Any, ...]]]],
                form: Form) -> None:
    """Doubt figures that the same unit sent before, or that are another unit's too.

    A sheet is told of once: all of it, else a column or an indicator of it.
    """
    same = defaultdict[tuple[str, tuple[Any, ...]], list[Return]](list)
    for one, of in zip(sound, parts, strict=True):
        for part, said in of.items():
            same[part, tuple(said)].append(one)
    copied = [key for key, several in same.items() if len(several) > 1 and (
        len(key[1]) if key[0] == "indicators" else _steps(*key)) >= SAME]
    for part, figures in sorted(copied, key=lambda key: key[0] not in SHEETS):
        _tell_same(part, figures, same[part, figures], form)


def _tell_same(part: str, figures: tuple[Any, ...], several: list[Return], form: Form) -> None:
    """Tell of figures that several returns hold: a unit of its earlier year, units of others."""
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
                          total=len(figures), unit=form.labels["unit", other.unit])


def _check_share(one: Return, figures: Figures, form: Form) -> None:
    """Doubt persons reached that are one share of all groups of an indicator, to the person."""
    of_indicator = defaultdict[str, dict[float, float]](dict)
    for (code, name), reached in figures.items():
        eligible = figures.get((code, "eligible"), 0)
        if name == "reached" and eligible >= LARGE:
            of_indicator[form.persons[code][0]][eligible] = reached
    for pairs in of_indicator.values():
        least = max((reached - 0.5) / of for of, reached in pairs.items())
        most = min((reached + 0.5) / of for of, reached in pairs.items())
        if len(pairs) >= SAME and least <= most and _steps_of([*pairs]) >= SAME - 1:
            one.fault("same_share", len(pairs), _sheet(one, figures),
                      wanted=round(50 * (least + most), 1))


def _sheet(one: Return, figures: Figures) -> str:
    return one.lines[next(code for code, _ in figures)][0].sheet


def _check_columns(one: Return, figures: Figures, earlier: Figures, form: Form) -> None:
    """Doubt persons reached so far that are the attendances of this year alone."""
    both = [(number, figures[code, "attendances"]) for (code, name), number in figures.items()
            if name == "reached" and (code, name) in earlier
            and form.accumulation[form.persons[code][0]] == "cumulative"]
    same = [reached for reached, attendances in both if reached == attendances]
    if len(same) >= max(SAME, NEARLY * len(both)) and _steps_of(same) >= SAME - 1:
        one.fault("same_as_attendances", len(same), _sheet(one, figures))


def _check_owner(at: int, sound: Sequence[Return], counted: list[Figures], form: Form) -> None:
    """Doubt groups that are as large as those of another unit were, and not as this unit's own."""
    one, past = sound[at], sound[at - 1]
    now, own = ({code: number for (code, name), number in of.items() if name == "eligible"}
                for of in (counted[at], counted[at - 1]))
    if len(now.keys() & own.keys()) < SAME or 2 * _count_near(now, own) > len(now.keys() & own):
        return
    sheet = one.lines[next(iter(now))][0].sheet
    told = {**one.doubts.get((sheet, -1), {}), **past.doubts.get((sheet, -1), {})}
    for other, of in zip(sound, counted, strict=True):
        if other.unit != one.unit and other.year == past.year and not told:
            theirs = {code: number for (code, name), number in of.items() if name == "eligible"}
            near, both = _count_near(now, theirs), len(now.keys() & theirs.keys())
            if both >= max(SAME, NEARLY * len(now)) and near >= NEARLY * both:
                one.fault("like_unit", other.unit, sheet, wanted=other.name, year=other.year,
                          total=near, unit=form.labels["unit", other.unit])
                return


def _count_near(now: dict[str, float], then: dict[str, float]) -> int:
    return sum(abs(number - then[code]) <= NEAR * number for code, number in now.items()
               if code in then)


def _counted(parts: dict[str, list[tuple[Any, ...]]]) -> Figures:
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
                  if number % (5 if number > FEW else 0.5)}


def _check_nearly(sound: Sequence[Return], counted: list[Figures], form: Form) -> None:
    """Doubt figures of which all but a few are those of an earlier year, or of another unit.

    A group may be as large as it was, so of one unit its size is no copy.
    """
    holders = defaultdict[tuple[str, str, float], list[int]](list)
    for at, figures in enumerate(counted):
        for (code, name), number in figures.items():
            holders[code, name, number].append(at)
    shared = Counter(
        pair for (_, name, _), several in holders.items() if 1 < len(several) <= COMMON
        for pair in combinations(several, 2)
        if name != "eligible" or sound[pair[0]].unit != sound[pair[1]].unit)
    for (first, second), number in sorted(shared.items()):
        if number >= NEARLY * ENOUGH:
            _tell_nearly(sound[first], sound[second], counted[first], counted[second], form)


def _tell_nearly(first: Return, second: Return, figures: Figures,
                 others: Figures, form: Form) -> None:
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
                              total=len(same), unit=form.labels["unit", other.unit])


def _steps(part: str, figures: tuple[Any, ...]) -> int:
    """Count by how many steps columns go up and down: numbered through they are a trial, no copy.

    Small offices have as many staff as others, and as they had.
    """
    columns = defaultdict[str, list[float]](list)
    for _, name, number in figures:
        if part == "spending" or number > FEW:
            columns[name].append(number)
    return sum(map(_steps_of, columns.values()))


def _steps_of(numbers: list[float]) -> int:
    return len({round(after - before, 6) for before, after in pairwise(numbers)})


def _parts(one: Return, form: Form) -> dict[str, list[tuple[Any, ...]]]:
    """Return the figures above 0 of both sheets, and of each indicator and column on persons.

    Where all are reached already, the column says nothing new.
    """
    out = defaultdict[str, list[tuple[Any, ...]]](list)
    for code in form.persons:
        if code in one.lines:
            cells, wide = one.lines[code][0].cells, ["indicators", form.persons[code][0]]
            for name, (_, _, cell) in cells.items():
                if cell.number > 0:
                    alone = name != "reached" or cell != cells["eligible"][2]
                    for part in [*wide, name] if alone else wide:
                        out[part].append((code, name, cell.number))
    paid = [(code, "amount", number) for code in form.money if code in one.lines
            and (number := one.lines[code][0].cells["amount"][2].number) > 0]
    return out | {"spending": paid} if paid else out
