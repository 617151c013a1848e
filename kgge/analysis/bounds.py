"""What the returns say of each cell, and between which numbers the others lie.

`_bounds_of` finds the missing cells of an indicator and between which numbers they lie, `sum_cells`
sums over both. A figure in doubt counts both ways: the arrays are made once as returned and once
as if it had not been, and `sum_cells` takes of each cell what makes the sum lowest and highest.
"""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

EXTRA = 2  # cells of an indicator after the reported ones, see `Block`
Array = NDArray[Any]
GroupSex = tuple[str | None, str | None]  # group and sex; None: not known which
ROW, NOT_APPLICABLE = 1, 2  # what a return says of a cell: a row, it does not apply; 0: no row


class Bounds(NamedTuple):
    """Arrays of cells x years x units: which cells are expected, and their numbers."""

    asked: Array  # expected
    eligible: Array  # reported or carried, NaN: not known; zero where no cell is expected
    low: Array  # the fewest and the most that can have been reached
    high: Array
    late: Array  # of reported cells: eligible is of a later return, for want of an earlier one


class Block(NamedTuple):
    """One indicator: its cells and the units that are to report it.

    Two cells follow the reported ones, for units without any return: one counted by the census
    (sex not known) and one of which nothing is known.
    """

    indicator: str
    cells: list[GroupSex]
    units: Array
    told: tuple[Array, Array]  # eligible and reached of the reported cells, as they were returned
    complete: Array  # of these: both numbers are there
    missing: Array  # expected, and a number is not there
    cumulative: bool  # reached adds up over the years, so that an earlier figure is carried
    now: Bounds  # every figure counts
    else_: Bounds | None  # figures in doubt do not; None where there are none


def block_of(indicator: str, cells: list[GroupSex], units: Array, cubes: list[Array],
             cumulative: bool, residents: Array | None,
             span: tuple[Array, Array, Array] | None) -> Block:
    """Return one indicator, as returned and as if no figure in doubt had been."""
    eligible, reached, state, *doubted = cubes
    now, other = _bounds_of(eligible, reached, state, cumulative, residents, span), None
    if doubted and doubted[0].any():
        blank = [np.where(doubted[0], nothing, cube) for nothing, cube in zip(
            (np.nan, np.nan, ROW), (eligible, reached, state), strict=True)]
        other = _bounds_of(blank[0], blank[1], blank[2], cumulative, residents, span)
    complete, missing = ~(np.isnan(eligible) | np.isnan(reached)), now.asked.copy()
    missing[:-EXTRA] &= ~complete
    return Block(indicator, cells, units, (eligible, reached), complete, missing, cumulative, now,
                 other)


def _carry(cube: Array, back: bool = False) -> None:
    """Replace each empty number by its cell's latest earlier one (or next)."""
    years = range(cube.shape[1])
    for y in reversed(years[:-1]) if back else years[1:]:
        if (empty := np.isnan(cube[:, y])).any():
            np.copyto(cube[:, y], cube[:, y + (1 if back else -1)], where=empty)


def _bounds_of(eligible: Array, reached: Array, state: Array, cumulative: bool,
               residents: Array | None, span: tuple[Array, Array, Array] | None) -> Bounds:
    """Return what is expected of each cell, and between which numbers it lies."""
    counted, known = ~np.isnan(eligible), ~np.isnan(reached)
    asked = _asked(counted, known, state, residents)
    if span is not None:  # who has ended is missing until a return of its successor counts them
        begun, ended, heir = span
        since = np.maximum.accumulate(np.any(counted, axis=0)[:, heir] & ended, axis=0)
        told = asked[:-EXTRA] & known & counted
        asked &= begun & ~(ended & ((heir < 0) | since))
        asked[:-EXTRA] |= told
    carried, low = np.full(asked.shape, np.nan), np.zeros(asked.shape)
    ours, least = carried[:-EXTRA], low[:-EXTRA]  # of the reported cells
    ours[:] = eligible
    _carry(ours)
    late = asked[:-EXTRA] & np.isnan(ours)
    if late.any():  # no earlier return: the nearest later one says how many there are
        after = eligible.copy()
        _carry(after, back=True)
        np.copyto(ours, after, where=late)
        late &= ~np.isnan(ours)
    # Reached is told and eligible is not: 120 reached of an earlier 100 are at least 120 eligible.
    np.maximum(ours, reached, out=ours, where=known & ~counted)
    np.fmax(reached, 0, out=least)  # nothing known: 0
    for y in range(1, reached.shape[1] if cumulative else 0):
        least[:, y] += least[:, y - 1] * ~known[:, y]
    np.fmin(low, carried, out=low)
    high = carried.copy()
    np.copyto(high[:-EXTRA], reached, where=known)
    if residents is not None:  # one cell, of all groups and sexes
        here = state == ROW
        told = np.where(here, reached, 0).sum(axis=0)  # empty where one of the rows is
        told[~here.any(axis=0)] = np.nan
        carried[-2] = residents
        low[-2] = np.where(np.isnan(told), np.fmin(low.sum(axis=0), residents), told)
        high[-2] = np.where(np.isnan(told), residents, told)
    for cube in (carried, low, high):
        np.copyto(cube, 0, where=~asked)
    return Bounds(asked, carried, low, high, late)


# Who is expected. One unit over the years; a, b: numbers in cells a, b; _: a blank row; x: not
# applicable; .: no row. In brackets what is expected of it that year.
#
#   2016  2017   2018   why
#   a b   a b    .      [a b] silent: what its latest return counted
#   a b   a _    .      [a b] a blank is missing, and stays expected
#   a b   a x    .      [a]   "x" takes a cell off, also later
#   a b   . x    .      [a]   of a row left out "x" says nothing: a is still missing
#   x x   .      .      []    last it said that nothing applies; a blank row asks again
#   .     .      a      [a]   in 2016 and 2017 the cells of its nearest later return
#   .     .      .      [?]   nothing known: one cell without number (1b: the census's instead)
def _asked(counted: Array, known: Array, state: Array, residents: Array | None) -> Array:
    """Return which cells are expected, the one of the census and the unknown one included."""
    cells, years, units = state.shape
    asked = np.zeros((cells + EXTRA, years, units), dtype=bool)
    last = np.zeros((cells, units), dtype=bool)  # the cells of the latest return
    rests = np.zeros(units, dtype=bool)  # it says that nothing of this applies
    for y in range(years):
        here, unfit = state[:, y] == ROW, state[:, y] == NOT_APPLICABLE
        told = known[:, y]
        earlier, kept = last.any(axis=0), last & ~unfit
        rests = ~here.any(axis=0) & ~kept.any(axis=0) & (unfit.any(axis=0) | rests)
        returned = (counted[:, y] & told).any(axis=0)
        # A first return asks for all its rows, and so does one with a figure; a return of blanks
        # only for what was asked before and for rows with a number.
        all_rows = returned | ~earlier
        due = kept | (here & all_rows) | ((counted[:, y] | told) & ~all_rows)
        told_any = counted[:, y].any(axis=0)
        census = np.zeros(units, dtype=bool) if residents is None else ~(
            earlier | told_any | rests | np.isnan(residents))
        asked[:-EXTRA, y] = due & ~census
        asked[-2, y] = census
        asked[-1, y] = ~(due.any(axis=0) | census | rests)
        last = kept | (due & told_any)
    if not asked[-1].any():
        return asked
    later = np.zeros_like(asked[:, 0])  # the cells of the nearest later return
    for y in reversed(range(years)):
        unknown = asked[-1, y] & later.any(axis=0)
        asked[:, y] |= later & unknown
        asked[-1, y] &= ~unknown
        later = np.where(counted[:, y].any(axis=0), asked[:, y], later)
    return asked


def _least_or_most(block: Block, own: Any, share: Array, most: bool) -> tuple[Array, Array]:
    """Return reached and eligible by year and unit, each cell in doubt as it takes from `share`.

    That is the choice, returned or not, with the least reached - share x eligible (`most`: the
    most). Where without a figure in doubt another kind of cell is expected of a unit (the census),
    all its cells go one way.
    """
    name = "high" if most else "low"
    now, other = block.now, block.else_
    reached, eligible = getattr(now, name)[own], now.eligible[own]
    if other is None:
        return reached.sum(axis=0), eligible.sum(axis=0)
    sides = [(reached, eligible), (getattr(other, name)[own], other.eligible[own])]
    gains = [(r - share * e) * (-1 if most else 1) for r, e in sides]
    # By unit, not by cell: the census stands for all cells of a unit, never beside some of them.
    apart = (now.asked[-EXTRA:] != other.asked[-EXTRA:]).any(axis=0)
    take = np.where(apart, gains[1].sum(axis=0) < gains[0].sum(axis=0), gains[1] < gains[0])
    unknown = np.isnan(sides[1][1]).any(axis=0)
    sums = [np.where(take, without, as_is).sum(axis=0)
            for as_is, without in zip(*sides, strict=True)]
    return sums[0], np.where(unknown, np.nan, sums[1])


def _extreme(block: Block, own: Any, most: bool, by_unit: bool) -> tuple[Array, Array]:
    """Return reached and eligible, by year and unit, at the lowest (`most`: highest) share.

    Dinkelbach's method: the share found is the price of an eligible person in the next round,
    until it no longer changes.
    """
    share: Array = np.zeros((1, 1))
    for _ in range(50):  # a handful are needed; rounding must not keep it going
        reached, eligible = parts = _least_or_most(block, own, share, most)
        if not by_unit:
            reached, eligible = (part.sum(axis=1, keepdims=True) for part in parts)
        found = np.divide(reached, eligible, where=eligible > 0, out=np.zeros(reached.shape))
        if np.array_equal(found, share):
            break
        share = found
    return parts


def sum_cells(block: Block, own: Any = slice(None), vague: Any = (), by_unit: bool = False,
              target: float | None = None) -> dict[str, Array]:
    """Sum the `own` cells over units (or by unit): arrays of years x 1 (or x units).

    `vague` are cells that may belong to the sum or not: where one is missing, the ends are empty.
    With `target`, also the fewest and the most persons that may be missing to that share.
    """
    now, complete = block.now, block.complete
    returned = own if isinstance(own, slice) else [c for c in own if c < len(complete)]
    complete = complete[returned]
    doubt = np.any(block.missing[list(vague)], axis=0)
    missing = block.missing[own].any(axis=0) | doubt
    some = complete.any(axis=0)
    sums = {"units_reported": some.astype(int), "units_expected": (some | missing).astype(int)}
    for name, cube in zip(("eligible", "reached"), block.told, strict=True):
        sums[name] = (np.fmax(cube[returned], 0) * complete).sum(axis=0)
    for name, cube in (("last", now.low), ("all", now.eligible), ("most", now.high)):
        sums[name] = cube[own].sum(axis=0)
    for name, known, most in (("low", "last", False), ("high", "most", True)):
        sums[name], whole = (sums[known], sums["all"]) if block.else_ is None else \
            _extreme(block, own, most, by_unit)
        sums[f"{name}_of"] = np.where(doubt, np.nan, whole)
    if target is not None:
        for name, most in (("gap_low", True), ("gap_high", False)):
            part, whole = _least_or_most(block, own, np.full((1, 1), target), most)
            sums[name] = np.where(doubt, np.nan, target * whole - part)
    if by_unit:
        names = np.where(missing, block.units, "")
    else:
        width = np.where(np.isnan(sums["all"]) | doubt, np.inf,
                         (now.high[own] - now.low[own]).sum(axis=0))
        gaps = [np.flatnonzero(of_year) for of_year in missing]
        widest = [gap[np.argsort(-wide[gap], kind="stable")]
                  for wide, gap in zip(width, gaps, strict=True)]
        names = np.array([[";".join(block.units[gap].tolist())] for gap in widest], dtype=object)
        sums = {name: values.sum(axis=1, keepdims=True) for name, values in sums.items()}
    for name in ("reached", "eligible"):
        sums[name] = np.where(sums["units_reported"] > 0, sums[name], np.nan)
    return sums | {"missing_units": names}


def doubted(block: Block, at: int) -> Array:
    """Return which cells and units of a year depend on whether figures in doubt count."""
    if block.else_ is None:
        return np.zeros_like(block.missing[:, at])
    differ: Array = np.logical_or.reduce([mine[:, at] != its[:, at] for mine, its in zip(
        block.now[1:4], block.else_[1:4], strict=True)])
    return differ


def rests_on(block: Block, span: range, year: int) -> pd.DataFrame:
    """Return which returned figures the rows of `coverage` and `progress` of a year rest on.

    Columns unit, indicator, group, sex, year (of the return), figure; carried: only the range
    rests on it, coverage does not count it. The census has no group, sex and year.
    """
    at, found = year - span[0], []
    both_ways = doubted(block, at)
    counts = block.missing[:, at] | both_ways
    counts[:-EXTRA] |= block.complete[:, at]
    for c, u in np.argwhere(counts):
        key = {"unit": block.units[u], "indicator": block.indicator}
        if c == len(block.cells) - EXTRA:  # the census's; a reached told beside it counts too
            found.append(key | {"figure": "residents", "carried": True})
            found += [key | dict(zip(("group", "sex"), block.cells[k], strict=True)) | {
                "year": year, "figure": "reached", "carried": True}
                for k in np.flatnonzero(~np.isnan(block.told[1][:, at, u]))]
        if c >= len(block.cells) - EXTRA:
            continue
        key |= dict(zip(("group", "sex"), block.cells[c], strict=True))
        for figure, cube in zip(("eligible", "reached"), block.told, strict=True):
            there = np.flatnonzero(~np.isnan(cube[c, :, u]))
            earlier, later = there[there < at], there[there > at]
            if figure == "reached" and not block.cumulative:
                earlier = earlier[:0]
            used = [at] if at in there else []
            if not used or both_ways[c, u]:
                used += [*earlier[-1:]] or [*later[:figure == "eligible"]]
            found += [key | {"year": span[y], "figure": figure,
                             "carried": y != at or not block.complete[c, at, u]} for y in used]
    return pd.DataFrame(found, columns=["unit", "indicator", "group", "sex", "year", "figure",
                                        "carried"])
