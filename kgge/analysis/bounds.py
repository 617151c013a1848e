"""What the returns say of each cell, and between which numbers the others lie.

`blocks` puts the outcomes of an indicator into arrays of cells x years x units, `_bounds` finds the
missing cells and between which numbers they lie, `add_up` sums over both. A figure in doubt counts
both ways: the arrays are made once as returned and once as if it had not been, and `add_up` takes
of each cell what makes the sum lowest and highest.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kgge.analysis.scope import needs, part_of, scope, terms
from kgge.analysis.verdict import check_targets
from kgge.files import DataError
from kgge.labels import about

KEY = ["unit", "year", "indicator", "group", "sex"]
CENSUS_GROUP = "residents"
_HEAD = 1000  # rows that are looked at to see whether a column has runs
EXTRA = 2  # cells of an indicator after the reported ones, see `Block`
Array = NDArray[Any]
Cell = tuple[str | None, str | None]  # group and sex; None: not known which
ROW, UNFIT = 1, 2  # what a return says of a cell: there is a row, it does not apply; 0: no row


class Bounds(NamedTuple):
    """Arrays of cells x years x units: which cells are expected, and their numbers."""

    asked: Array  # expected
    eligible: Array  # reported or carried, NaN: not known; zero where no cell is expected
    low: Array  # the fewest and the most that can have been reached
    high: Array
    late: Array  # eligible is that of a later return, for want of an earlier one


class Block(NamedTuple):
    """One indicator: its cells and the units that are to report it.

    Two cells follow the reported ones, for units without any return: one counted by the census
    (sex not known) and one of which nothing is known.
    """

    indicator: str
    cells: list[Cell]
    units: Array
    complete: Array  # both numbers are there
    missing: Array  # expected, and a number is not there
    told: tuple[Array, Array]  # eligible and reached as they were returned
    cumulative: bool  # reached adds up over the years, so that an earlier figure is carried
    now: Bounds  # every figure counts
    else_: Bounds | None  # figures in doubt do not; None where there are none


def lay_out(outcomes: pd.DataFrame, targets: pd.DataFrame, units: pd.DataFrame,
            years: Any = None) -> tuple[list[int], range, pd.DataFrame]:
    """Return the years of the result, all years to look at, and the targets to be judged.

    Raises
    ------
    DataError
        If a column is missing, or `outcomes` were filtered so that the result would change
        unseen: earlier years, which are carried, or units, which would count as missing.
    """
    needs("outcomes", outcomes, [*KEY, "eligible", "reached"])
    needs("units", units, ("unit", "indicators", "residents"))
    check_targets(targets)
    returned, part = outcomes["year"].dropna().unique().tolist(), part_of(outcomes)
    earlier = {year for year in outcomes.attrs["whole"]["unit"] if year < max(returned)} \
        if part and returned else set()
    if earlier - set(returned):
        raise DataError("the outcomes were filtered to some years, but earlier returns are carried "
                        "forward: pass them whole and say which year (year=, or years=)")
    listed = units.loc[units["indicators"].fillna("").ne(""), "unit"]
    if "unit" in part and set(listed) - set(part["unit"]):
        raise DataError("the outcomes were filtered to some units, so that the others would count "
                        "as missing: pass a table of units with the same ones only")
    if "indicator" in part:
        targets = targets[targets["indicator"].isin(part["indicator"])]
    bases = targets["base_year"].dropna() if "base_year" in targets else pd.Series(dtype=float)
    asked = scope([bases.min() + 1] if len(bases) else [], returned, years)
    seen = [*asked, *map(int, returned)]
    return asked, range(min(seen), max(seen) + 1) if seen else range(0), targets


def _places(values: pd.Series, known: list[str] | None) -> tuple[Array, list[str]]:
    """Return where each value stands in `known` (-1: nowhere), or in the order they are found."""
    run: Array | None = None
    if isinstance(values.dtype, pd.CategoricalDtype):
        code, found = values.cat.codes.to_numpy(), values.cat.categories.to_list()
    else:
        plain: Array = values.to_numpy(object)
        head = plain[:_HEAD]
        # Units have their rows in runs: where the first rows do, each run is looked up once.
        if 4 * np.count_nonzero(head[1:] != head[:-1]) < len(head):
            first = np.append(True, plain[1:] != plain[:-1])
            plain, run = plain[first], np.cumsum(first) - 1
        code, kinds = pd.factorize(plain)
        found = list(kinds)
    known = [*found] if known is None else known
    place = {kind: at for at, kind in enumerate(known)}
    at = np.array([place.get(kind, -1) for kind in found] + [-1])[code]
    return at if run is None else at[run], known


def _codes(outcomes: pd.DataFrame, known: dict[str, list[str]]) -> dict[str, Array]:
    """Return the key columns as places in `known`; `known` gains the groups and sexes found."""
    codes, faults = {}, []
    for column in ("unit", "indicator", "group", "sex"):
        codes[column], allowed = _places(outcomes[column], known.get(column))
        known[column] = allowed
        if (codes[column] < 0).any():
            unknown = pd.unique(outcomes[column][codes[column] < 0].dropna()).tolist()
            faults += [f"unknown {column} {', '.join(map(str, unknown))} "
                       f"(allowed: {', '.join(allowed[:40])})"] * bool(unknown)
    years = outcomes["year"].to_numpy(dtype=float, na_value=-1)
    codes["year"] = years.astype(int)
    bad = np.logical_or.reduce([code < 0 for code in codes.values()])
    if bad.any():
        raise DataError(f"outcomes: {'; '.join(faults) or 'a key is empty'}; first rows:\n"
                        f"{outcomes.loc[bad, KEY].head().to_string()}")
    _refuse(outcomes, codes["year"] != years, "the year is no whole number")
    return codes


def _refuse(outcomes: pd.DataFrame, bad: Array, why: str, more: tuple[str, ...] = ()) -> None:
    """Raise with the first bad rows, if there are any."""
    if bad.any():
        rows = outcomes.loc[bad, [*KEY, *more]].head(20).to_string()
        raise DataError(f"outcomes: {why}:\n{rows}")


def blocks(outcomes: pd.DataFrame, units: pd.DataFrame, targets: pd.DataFrame,
           years: range) -> Iterator[Block]:
    """Yield the cells of each indicator of `targets`."""
    for name, key in (("units", units["unit"]), ("targets", targets["indicator"])):
        if key.duplicated().any():
            raise DataError(f"{name}: {', '.join(key[key.duplicated()])} stands twice")
    listed = units["indicators"].fillna("").to_list()
    lists = {text: [code.strip() for code in text.split(";")] for text in set(listed)}
    aside = {code for several in lists.values() for code in several} - set(targets["indicator"])
    if aside and outcomes["indicator"].isin(aside).any():  # of an indicator not asked about
        outcomes = outcomes[~outcomes["indicator"].isin(aside)]
    names = units["unit"].to_numpy(dtype=object)
    known = {"unit": names.tolist(), "indicator": targets["indicator"].to_list()}
    codes = _codes(outcomes, known)
    asks = {text: [i in several for i in known["indicator"]] for text, several in lists.items()}
    expects = np.array([asks[text] for text in listed], dtype=bool).reshape(
        len(listed), len(known["indicator"])).T
    _refuse(outcomes, ~expects[codes["indicator"], codes["unit"]],
            "the unit is not to report that indicator (see the table of units)")
    groups, sexes = known["group"], known["sex"]
    pair = (codes["indicator"] * len(groups) + codes["group"]) * len(sexes) + codes["sex"]
    used = np.flatnonzero(np.bincount(pair))
    owner = used // max(1, len(groups) * len(sexes))
    cell = np.zeros(used.max(initial=-1) + 1, dtype=np.int64)
    cell[used] = np.arange(len(used)) + EXTRA * owner
    cubes = _cubes(outcomes, codes, cell[pair],
                   (len(used) + EXTRA * len(targets), years, len(listed)))
    residents = units["residents"].to_numpy(dtype=float, na_value=np.nan)
    for i, accumulation in enumerate(targets["accumulation"]):
        census = known["indicator"][i] == about("census")
        cells: list[Cell] = [(groups[c // len(sexes) % len(groups)], sexes[c % len(sexes)])
                             for c in used[owner == i]]
        cells += [(CENSUS_GROUP if census else None, None), (None, None)]
        first = int((owner < i).sum()) + EXTRA * i
        yield _block(known["indicator"][i], cells, names[expects[i]], [
            cube[first:first + len(cells)].compress(expects[i], axis=2) for cube in cubes],
            accumulation == "cumulative", residents[expects[i]] if census else None,
            _terms(units[expects[i]], years))


def _terms(units: pd.DataFrame, years: range) -> tuple[Array, Array, Array] | None:
    """Return `terms` and the place of each successor (-1: none); None where no unit has any."""
    begun, ended = terms(units, years)
    place = {unit: at for at, unit in enumerate(units["unit"])}
    heirs = units["successor"] if "successor" in units else [None] * len(units)
    return None if begun.all() and not ended.any() else (
        begun, ended, np.array([place.get(heir, -1) for heir in heirs]))


def _block(indicator: str, cells: list[Cell], units: Array, cubes: list[Array], cumulative: bool,
           residents: Array | None, span: tuple[Array, Array, Array] | None) -> Block:
    """Return one indicator, as returned and as if no figure in doubt had been."""
    eligible, reached, state, *doubted = cubes
    complete = ~(np.isnan(eligible) | np.isnan(reached))
    now, other = _bounds(eligible, reached, state, cumulative, residents, span), None
    if doubted and doubted[0].any():
        blank = [np.where(doubted[0], nothing, cube) for nothing, cube in zip(
            (np.nan, np.nan, ROW), (eligible, reached, state), strict=True)]
        other = _bounds(blank[0], blank[1], blank[2], cumulative, residents, span)
    return Block(indicator, cells, units, complete, now.asked & ~complete, (eligible, reached),
                 cumulative, now, other)


def _cubes(outcomes: pd.DataFrame, codes: dict[str, Array], cell: Array,
           shape: tuple[int, range, int]) -> list[Array]:
    """Return eligible, reached and state of every cell; which are in doubt, if any is."""
    cells, years, units = shape
    place = (cell * len(years) + codes["year"] - years.start) * units + codes["unit"]
    eligible, reached = np.full((2, cells, len(years), units), np.nan)
    state = np.zeros((cells, len(years), units), dtype=np.int8)
    many, some = (outcomes[column].to_numpy(dtype=float, na_value=np.nan)
                  for column in ("eligible", "reached"))
    # Impossible numbers would turn a share above 1, or a range round, without a word.
    _refuse(outcomes, (many < 0) | (some < 0) | (some > many) | np.isinf(many) | np.isinf(some),
            "persons are counted from 0, and no more are reached than are eligible",
            ("eligible", "reached"))
    eligible.reshape(-1)[place], reached.reshape(-1)[place] = many, some
    state.reshape(-1)[place] = ROW
    if np.count_nonzero(state) < len(place):
        _refuse(outcomes, outcomes.duplicated(KEY, keep=False).to_numpy(), "a key stands twice")
    states = [c for c in ("eligible_state", "reached_state") if c in outcomes]
    if len(states) == 2 and np.isnan(reached).any():
        unfit = (outcomes[states] == "not_applicable").all(axis=1).to_numpy(dtype=bool)
        state.reshape(-1)[place[unfit]] = UNFIT
    if "doubt" not in outcomes:
        return [eligible, reached, state]
    doubt = outcomes["doubt"].notna() & outcomes["doubt"].ne("")
    doubted = np.zeros(state.shape, dtype=bool)
    doubted.reshape(-1)[place] = doubt
    return [eligible, reached, state, doubted]


def _carry(cube: Array, back: bool = False) -> Array:
    """Return `cube` with each empty number replaced by its cell's latest earlier one (or next)."""
    filled = cube.copy()
    years = range(cube.shape[1])
    for y in reversed(years[:-1]) if back else years[1:]:
        np.copyto(filled[:, y], filled[:, y + (1 if back else -1)], where=np.isnan(cube[:, y]))
    return filled


def _bounds(eligible: Array, reached: Array, state: Array, cumulative: bool,
            residents: Array | None, span: tuple[Array, Array, Array] | None) -> Bounds:
    """Return what is expected of each cell, and between which numbers it lies."""
    known = ~np.isnan(reached)
    carried = _carry(eligible)
    low = _carry(reached) if cumulative else reached.copy()
    asked = _asked(eligible, reached, state, residents)
    if span is not None:  # who has ended is missing until a return of its successor counts them
        begun, ended, heir = span
        since = np.maximum.accumulate(np.any(~np.isnan(eligible), axis=0)[:, heir] & ended, axis=0)
        asked &= begun & ~(ended & ((heir < 0) | since)) | (known & ~np.isnan(eligible))
    late = asked & np.isnan(carried)
    if late[:-EXTRA].any():  # no earlier return: the nearest later one says how many there are
        np.copyto(carried, _carry(eligible, back=True), where=late)
    late &= ~np.isnan(carried)
    short = known & np.isnan(eligible)
    carried[short] = np.maximum(carried[short], reached[short])  # no fewer than were reached
    high = carried.copy()
    low[np.isnan(low)] = 0
    np.fmin(low, carried, out=low)
    for cube in (low, high):
        np.copyto(cube, reached, where=known)
    if residents is not None:  # one cell, of all groups and sexes
        here = state == ROW
        told = np.where(here, reached, 0).sum(axis=0)  # empty where one of the rows is
        told[~here.any(axis=0)] = np.nan
        carried[-2] = residents
        low[-2] = np.where(np.isnan(told), np.fmin(low.sum(axis=0), residents), told)
        high[-2] = np.where(np.isnan(told), residents, told)
    for cube in (carried, low, high):
        cube[~asked] = 0
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
def _asked(eligible: Array, reached: Array, state: Array, residents: Array | None) -> Array:
    """Return which cells are expected, the one of the census and the unknown one included."""
    asked, counted = np.zeros(state.shape, dtype=bool), ~np.isnan(eligible)
    last = np.zeros((len(state), state.shape[2]), dtype=bool)  # the cells of the latest return
    rests = np.zeros(state.shape[2], dtype=bool)  # it says that nothing of this applies
    for y in range(state.shape[1]):
        here, unfit, told = state[:, y] == ROW, state[:, y] == UNFIT, ~np.isnan(reached[:, y])
        earlier, kept = last.any(axis=0), last & ~unfit
        rests = ~here.any(axis=0) & ~kept.any(axis=0) & (unfit.any(axis=0) | rests)
        returned = (counted[:, y] & told).any(axis=0)
        # A first return asks for all its rows, and so does one with a figure; a return of blanks
        # only for what was asked before and for rows with a number.
        due = kept | np.where(returned | ~earlier, here, counted[:, y] | told)
        told_any = counted[:, y].any(axis=0)
        census = np.zeros(len(rests), dtype=bool) if residents is None else ~(
            earlier | told_any | rests | np.isnan(residents))
        asked[:, y] = due & ~census
        asked[-2, y] = census
        asked[-1, y] = ~(due.any(axis=0) | census | rests)
        last = np.where(told_any, due, kept)
    later = np.zeros_like(last)  # the cells of the nearest later return
    for y in reversed(range(state.shape[1])):
        unknown = asked[-1, y] & later.any(axis=0)
        asked[:, y] |= later & unknown
        asked[-1, y] &= ~unknown
        later = np.where(counted[:, y].any(axis=0), asked[:, y], later)
    return asked


def _extreme(block: Block, own: Any, share: Array, most: bool) -> tuple[Array, Array]:
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
    apart = (now.asked[-EXTRA:] != other.asked[-EXTRA:]).any(axis=0)
    take = np.where(apart, gains[1].sum(axis=0) < gains[0].sum(axis=0), gains[1] < gains[0])
    unknown = np.isnan(sides[1][1]).any(axis=0)
    sums = [np.where(take, without, as_is).sum(axis=0)
            for as_is, without in zip(*sides, strict=True)]
    return sums[0], np.where(unknown, np.nan, sums[1])


def _end(block: Block, own: Any, most: bool, by_unit: bool) -> tuple[Array, Array]:
    """Return reached and eligible at the lowest (`most`: highest) share there can be.

    Dinkelbach's method: the share found is the price of an eligible person in the next round,
    until it no longer changes; without a figure in doubt the first round is the last.
    """
    share: Array = np.zeros((1, 1))
    for _ in range(50):  # a handful are needed; rounding must not keep it going
        reached, eligible = _extreme(block, own, share, most)
        if not by_unit:
            reached, eligible = (part.sum(axis=1, keepdims=True) for part in (reached, eligible))
        found = np.divide(reached, eligible, where=eligible > 0, out=np.zeros(reached.shape))
        if block.else_ is None or np.array_equal(found, share):
            break
        share = found
    return reached, eligible


def add_up(block: Block, own: Any = slice(None), vague: Any = (), by_unit: bool = False,
           target: float | None = None) -> dict[str, Array]:
    """Sum the `own` cells over units (or by unit): arrays of years x 1 (or x units).

    `vague` are cells that may belong to the sum or not: where one is missing, the ends are empty.
    With `target`, also the fewest and the most persons that may be missing to that share.
    """
    complete = block.complete[own]
    reached, eligible = (np.where(complete, cube[own], 0).sum(axis=0) for cube in block.told[::-1])
    now = {"last": block.now.low[own].sum(axis=0), "all": block.now.eligible[own].sum(axis=0)}
    low, low_of = _end(block, own, False, by_unit)
    high, high_of = _end(block, own, True, by_unit)
    doubt = np.any(block.missing[list(vague)], axis=0)
    missing = block.missing[own].any(axis=0) | doubt
    reported = complete.any(axis=0).astype(int)
    sums = now | {"reached": reached, "eligible": eligible, "units_reported": reported,
            "units_expected": (complete.any(axis=0) | missing).astype(int)}
    if target is not None:
        for name, most in (("gap_low", True), ("gap_high", False)):
            part, whole = _extreme(block, own, np.full((1, 1), target), most)
            sums[name] = np.where(doubt, np.nan, target * whole - part)
    if by_unit:
        names = np.where(missing, block.units, "")
        unsure = doubt
    else:
        unknown = np.isnan(block.now.eligible[own]).any(axis=0) | doubt
        width = np.where(unknown, np.inf, (block.now.high[own] - block.now.low[own]).sum(axis=0))
        gaps = [np.flatnonzero(of_year) for of_year in missing]
        names = np.array([[";".join(block.units[gap[np.argsort(-wide[gap], kind="stable")]])]
                          for wide, gap in zip(width, gaps, strict=True)], dtype=object)
        sums = {name: values.sum(axis=1, keepdims=True) for name, values in sums.items()}
        unsure = doubt.any(axis=1, keepdims=True)
    for name in ("reached", "eligible"):
        sums[name] = np.where(sums["units_reported"] > 0, sums[name], np.nan)
    return sums | {"low": low, "high": high, "low_of": np.where(unsure, np.nan, low_of),
                   "high_of": np.where(unsure, np.nan, high_of), "missing_units": names}


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
    for c, u in np.argwhere(block.complete[:, at] | block.missing[:, at] | both_ways):
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
