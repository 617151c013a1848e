"""Figures held against each other, other years and units, the census and the plan.

A figure can be read well and still be wrong. What DHIS2 calls validation rules and WHO's data
quality review calls internal and external consistency is looked at here; every doubt is a warning
with its cell and both figures, and a `doubt` in the tables, which widens the range of a result.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import pandas as pd

from kgge.analysis.reporting import check_answers
from kgge.analysis.scope import keys_of
from kgge.returns.cells import Cell
from kgge.returns.copied import FEW, NEAR, check_repeated
from kgge.returns.form import ENTRIES, SHEETS, Form
from kgge.returns.money import Spent, check_money
from kgge.returns.parse import Line, Return, messages
from kgge.returns.scale import THOUSAND, Sizes, check_groups, check_years
from kgge.tables.schemas import needs

# Ours. The persons of a group change by a few per cent a year: half as many again is one digit
# or one unit of measure too many; of a few persons, one who comes or goes is half of them.
JUMP = 1.5
# A census is some years off, and cities grow: a third more or less is not another order of size.
# The total of both sexes in the row of one of them, beside the other, is about half as many again.
CENSUS_BAND, WITH_TOTAL = 1.5, 1.45
# The plan's own pace is 14 points a year; nobody reaches 40 points of a group in one.
SHARE_RISE, NEARLY_ALL = 0.40, 0.80
# Of those served in one year four in five do not stay away in the next: a digit is missing. More
# than once a week the whole year nobody attends: one of the two figures is.
LOST, OFTEN = 5.0, 52.0
# Women and men of three groups, each of another size, that are equal to the last figure are no
# chance; two that are within a twentieth of each other say nothing of whose they are.
PAIRS = 3


def check_all(sound: Sequence[Return], form: Form) -> None:
    """Doubt what does not fit together in returns that stand in the order of units and years."""
    before: dict[tuple[str, str, str], tuple[Return, Line]] = {}
    firm = set()  # rows said twice already: there the later figure is the one in doubt
    previous: dict[str, Return] = {}
    sizes: Sizes = defaultdict(list)
    spent: Spent = defaultdict(list)
    for one in sound:
        _check_whole(one)
        _check_silent(one, previous.get(one.unit))
        _check_sexes(one, previous.get(one.unit), form)
        _check_census(one, form)
        check_money(one, spent, sizes, form)
        _check_past(one, previous.get(one.unit), form)
        for code in form.asked("indicators", one.unit):
            if code in one.lines:
                line, cumulative = one.lines[code][0], _adds_up(form, code)
                counted = before.get((one.unit, code, "eligible"))
                met = before.get((one.unit, code, "reached"))
                new = _check_line(one, line, counted, met, cumulative, form)
                if (number := line.cells["eligible"][2].number) >= THOUSAND:
                    sizes[one.unit, code, "eligible"].append((one, line, number))
                if new > FEW and (attended := line.cells["attendances"][2].number) > 0:
                    sizes[one.unit, code, "attendances"].append((one, line, attended / new))
                if counted and (one.unit, code) not in firm:
                    _check_first(one, line, *counted)
                    firm.add((one.unit, code))
                for name in ("eligible", "reached"):  # a year not known hides nothing earlier
                    if line.cells[name][2].number >= 0 and not (
                            name == "eligible" and counted and _leapt(one, line)
                            and not _leapt(*counted)):  # nor is a figure in doubt a measure
                        before[one.unit, code, name] = one, line
        previous[one.unit] = one
    check_years(sizes)
    check_groups(sound, form)
    check_repeated(sound, form)


def _leapt(one: Return, line: Line) -> bool:
    return "jumps" in one.doubts.get((line.sheet, line.row), ())


def _adds_up(form: Form, code: str) -> bool:
    return form.accumulation[form.persons[code][0]] == "cumulative"


def _persons(one: Return) -> list[Line]:
    return [lines[0] for lines in one.lines.values() if "reached" in lines[0].cells]


def _check_whole(one: Return) -> None:
    """Doubt a return, or its persons, of which nothing is said, or nothing but 0."""
    lines = _persons(one)
    if not any(cell.state in ("reported", "rejected") for rows in one.lines.values()
               for _, _, cell in rows[0].cells.values()):
        one.fault("no_figure")
        return
    cells = {name: [line.cells[name][2] for line in lines if line.cells[name][0] >= 0]
             for name in ENTRIES["indicators"]}
    eligible, reached, attendances = (
        [c for c in of if c.state in ("reported", "rejected")] for of in cells.values())
    said = eligible or reached or attendances or any(
        cell.state != "not_reported" for of in cells.values() for cell in of)
    if not said:  # a unit without persons to report may have spent
        return
    sheet, some = lines[0].sheet, any(cell.number > 0 for cell in eligible)
    if not eligible + reached + attendances:  # each row "..." or x
        one.fault("no_figure", sheet=sheet)
    elif (reached or not some) and all(c.number == 0 for c in reached or eligible or attendances):
        one.fault("all_zero", sheet=sheet)
    elif not reached and some and cells["reached"]:
        one.fault("no_reached", sheet=sheet)
    else:
        for line in lines:
            at, value, cell = line.cells["reached"]
            if cell.state in ("not_reported", "not_applicable") and at >= 0 and (
                    line.cells["eligible"][2].number > 0):
                one.fault("no_reached", value, sheet, line.row, at)


def _check_silent(one: Return, earlier: Return | None) -> None:
    """Ask after a sheet left blank or crossed out, where there were figures, or beside last year's.

    All figures of this year may stand in the columns of the last.
    """
    if any(fault[3] == "no_figure" for fault in one.faults):
        return
    for column in ("reached", "amount"):
        now, then = ((rows[0] for rows in (of.lines.values() if of else ())
                      if column in rows[0].cells) for of in (one, earlier))
        sheet = ""
        for line in now:
            sheet = line.sheet
            if any(cell.state not in ("not_reported", "not_applicable")
                   for _, _, cell in line.cells.values()):
                break
        else:
            if sheet and (any(cell.number > 0 for line in then for *_, cell in line.cells.values())
                          or any(cell.number > 0 for _, name, cell, _ in one.past
                                 if (name == "amount") is (column == "amount"))):
                one.fault("no_figure", sheet=sheet)


def _check_sexes(one: Return, earlier: Return | None, form: Form) -> None:
    """Doubt rows of men that are those of women, all of them or turned round since last time."""
    pairs, alike, served, parted = 0, set[float](), set[float](), 0
    for code, (indicator, group, sex) in form.persons.items():
        other = f"{indicator}.{group}.male"
        if sex != "female" or code not in one.lines or other not in one.lines:
            continue
        women, men = one.lines[code][0], one.lines[other][0]
        (*_, hers), (*_, his) = women.cells["eligible"], men.cells["eligible"]
        of_women, of_men = ([line.cells[name][2].number for name in ("reached", "attendances")]
                            for line in (women, men))
        if of_women[0] > FEW or of_men[0] > FEW:
            served.add(of_women[0])
            parted += of_women != of_men
        if not (hers.number > FEW and his.number > FEW):
            continue
        pairs += 1
        if [c for _, _, c in women.cells.values()] == [c for _, _, c in men.cells.values()]:
            alike.add(hers.number)
        if earlier and {code, other} <= earlier.lines.keys():
            then = [earlier.lines[c][0].cells["eligible"][2].number for c in (code, other)]
            if not _near(hers.number, his.number) and all(map(_near, (
                    hers.number, his.number), then[::-1])):
                for line, was in zip((women, men), then, strict=True):
                    _doubt(one, line, "eligible", "sexes_swapped", wanted=was, year=earlier.year)
    if len(alike) >= max(PAIRS, pairs / 2) or len(alike := served) >= PAIRS and not parted:
        one.fault("same_as_sex", len(alike), SHEETS["indicators"])


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= NEAR * max(one, other)


def _check_past(one: Return, earlier: Return | None, form: Form) -> None:
    """Name what stands as last year's figure, locked in the form, and is not what was returned.

    In the first year the form prints none.
    """
    if one.year == form.years[0]:
        for *_, place in one.past:
            one.fault("last_column", *place, wanted=one.year, year=one.year - 1)
    if earlier is None or earlier.year != one.year - 1:
        return
    for code, name, cell, place in one.past:
        then = earlier.lines[code][0].cells[name] if code in earlier.lines else None
        if then is None or then[2].state != cell.state or abs(then[2].number - cell.number) > 1e-6:
            said = then[2].number if then and then[2].number >= 0 else then[1] if then else ""
            one.fault("other_past", *place, wanted=said, year=earlier.year)


def _check_census(one: Return, form: Form) -> None:
    """Doubt residents far from the census, or said not to be there, in either direction."""
    census = form.residents.get(one.unit)
    lines = [one.lines[code][0] for code, (indicator, *_) in form.persons.items()
             if indicator == form.census and code in one.lines]
    cells = [line.cells["eligible"][2] for line in lines]
    if not census or not lines:
        return
    total = sum(cell.number for cell in cells if cell.state == "reported")
    known = all(cell.state in ("reported", "not_applicable") for cell in cells)
    if known and not census / CENSUS_BAND <= total <= census * WITH_TOTAL:
        away = lines
    else:  # there are none of neither sex, nor is one of them nearly all
        away = [line for line, cell in zip(lines, cells, strict=True)
                if cell.state == "not_applicable" or cell.number == 0
                or cell.number * CENSUS_BAND > census and not known]
    for line in away:
        _doubt(one, line, "eligible", "far_from_census", wanted=census, total=total)


def _doubt(one: Return, line: Line, column: str, code: str, **details: object) -> None:
    at, value, _ = line.cells[column]
    one.fault(code, value, line.sheet, line.row, at, **details)


def _check_line(one: Return, line: Line, counted: tuple[Return, Line] | None,
                met: tuple[Return, Line] | None, cumulative: bool, form: Form) -> float:
    """Doubt one row against what the same unit last said of it: who is in it, who was reached.

    Return how many were newly reached, NaN where that is not known.
    """
    (_, _, eligible), (_, _, reached), _ = line.cells.values()
    if counted:
        _check_eligible(one, line, eligible, counted[1].cells["eligible"][2], counted[0])
    past, earlier = met or (None, line)
    then, of = (earlier.cells[name][2] for name in ("reached", "eligible"))
    if past:
        left = of.number - eligible.number  # who count no longer; it is not another group
        if cumulative and reached.number < then.number - (
                left if 0 < left < (JUMP - 1) * eligible.number else 0):
            _doubt(one, line, "reached", "falls", wanted=then.number, year=past.year)
        share, last = _share(reached, eligible), _share(then, of)
        if share - last > SHARE_RISE * (one.year - past.year):
            _doubt(one, line, "reached", "share_rises", year=past.year,
                   wanted=f"{then.number:.0f} / {of.number:.0f}")
        elif not cumulative and then.number - reached.number > FEW and 0 < reached.number and (
                reached.number * LOST <= then.number or last - share > SHARE_RISE):
            _doubt(one, line, "reached", "drops", year=past.year,
                   wanted=f"{then.number:.0f} / {of.number:.0f}")
        elif share == 1 and last < NEARLY_ALL:
            _doubt(one, line, "reached", "all_at_once", year=past.year,
                   wanted=f"{then.number:.0f} / {of.number:.0f}")
    new = reached.number
    if cumulative and one.year > form.years[0]:  # else the years between are not known
        new -= then.number if past and past.year == one.year - 1 else float("nan")
    _check_attendances(one, line, new)
    return new


def _check_attendances(one: Return, line: Line, new: float) -> None:
    """Doubt attendances that those reached, or those newly reached, cannot have been."""
    (_, _, eligible), (_, _, reached), (_, _, attendances) = line.cells.values()
    if attendances.number < new:
        _doubt(one, line, "attendances", "few_attendances", wanted=new)
    if attendances.number > 0 and (reached.number == 0 or eligible.number == 0):
        _doubt(one, line, "attendances", "attended_by_nobody")
    elif attendances.number > OFTEN * max(reached.number, FEW):
        _doubt(one, line, "attendances", "many_attendances", wanted=reached.number)


def _check_eligible(one: Return, line: Line, eligible: Cell, counted: Cell, past: Return
                    ) -> None:
    """Doubt persons in a group that become many more or fewer, or are no longer there."""
    now, then = eligible.number, counted.number
    if then > 0 and eligible.state == "not_applicable" or now == 0 and then > FEW:
        _doubt(one, line, "eligible", "vanishes", wanted=then, year=past.year)
    elif abs(now - then) > FEW and not then / JUMP <= now <= then * JUMP:
        _doubt(one, line, "eligible", "jumps", wanted=then, year=past.year)


def _check_first(one: Return, line: Line, past: Return, earlier: Line) -> None:
    """Doubt a first figure too where the second is far from it: either may be wrong."""
    if _leapt(one, line):
        _doubt(past, earlier, "eligible", "jumps", year=one.year,
               wanted=line.cells["eligible"][2].number)


def _share(reached: Cell, eligible: Cell) -> float:
    """Return the share reached; of few persons none, since each is a step of many points."""
    return reached.number / eligible.number if eligible.number > FEW else float("nan")


def quality(reporting: pd.DataFrame, problems: pd.DataFrame,
            by: str | Sequence[str] = ("unit", "year")) -> pd.DataFrame:
    """Count, per unit and year, what came, when, and how much of it is wrong or in doubt.

    Counts beside each other, no index: completeness, timeliness and doubt are different things.

    Parameters
    ----------
    reporting, problems : DataFrame
        As `load_reporting` and `load_problems` give them. Problems of files that belong to no
        unit and year (a file that cannot be opened, say) are not in the counts.
    by : str or sequence of str, default ("unit", "year")
        ``unit``, ``year`` or both.

    Returns
    -------
    DataFrame
        `by`, then expected, received, on_time (returns), in_doubt (cells with a figure that does
        not fit the others), warnings and errors (problems).

    Raises
    ------
    ValueError
        If `by` names anything else.
    DataError
        If a column is missing, or answers are text: "False" would count as true.

    Examples
    --------
    >>> from kgge import load_problems, load_reporting
    >>> quality(load_reporting(), load_problems(), by="year").columns.tolist()
    ['year', 'expected', 'received', 'on_time', 'in_doubt', 'warnings', 'errors']
    """
    keys = keys_of(by, ("unit", "year"))
    needs("reporting", reporting, ("unit", "year", "expected", "received", "on_time", "file"))
    needs("problems", problems, ("file", "cell", "code", "severity"))
    flags = ["expected", "received", "on_time"]
    check_answers(reporting[flags].fillna(False), *flags)
    doubts = {code for code, about in messages().items() if about["severity"] == "doubt"}
    counts = problems[["file"]].assign(
        in_doubt=[bool(doubts & set(codes.split(";"))) and isinstance(cell, str)
                  for codes, cell in zip(problems["code"], problems["cell"], strict=True)],
        warnings=problems["severity"].eq("warning"), errors=problems["severity"].eq("error"))
    found: Any = counts.groupby("file", as_index=False).sum()
    out = reporting.merge(found, on="file", how="left", validate="m:1")
    added = ["in_doubt", "warnings", "errors"]
    out[added] = out[added].fillna(0).astype(int)
    out[flags] = out[flags].fillna(False).astype(int)
    return out.groupby(keys, sort=False)[flags + added].sum().reset_index()
