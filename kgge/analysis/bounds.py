"""What the returns say of each cell, and between which numbers the missing ones lie.

`blocks` puts the outcomes of an indicator into arrays of cells x years x units, `_ends` finds the
missing cells and between which numbers they lie, `add_up` sums over both.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kgge.files import DataError
from kgge.labels import about

KEY = ["unit", "year", "indicator", "group", "sex"]
CENSUS_GROUP = "residents"
EXTRA = 2  # cells of an indicator after the reported ones, see `Block`
Array = NDArray[Any]
Cell = tuple[str | None, str | None]  # group and sex; None: not known which


class Block(NamedTuple):
    """One indicator: arrays of cells x years x the units that are to report it.

    Two cells follow the reported ones, for units without any return: one counted by the census
    (sex not known) and one of which nothing is known.
    """

    indicator: str
    cells: list[Cell]
    units: Array
    complete: Array  # both numbers are there
    missing: Array  # expected, and a number is not there
    eligible: Array  # reported or carried, NaN: not known; zero where no cell is expected
    low: Array  # the fewest and the most that can have been reached
    high: Array


def year_range(outcomes: pd.DataFrame) -> range:
    """Return every year from the first to the last of `outcomes`.

    Raises
    ------
    DataError
        If a column that coverage rests on is missing.
    """
    wanted = [*KEY, "eligible", "reached"]
    if absent := [column for column in wanted if column not in outcomes]:
        raise DataError(f"outcomes have the columns {', '.join(map(str, outcomes))}; "
                        f"{', '.join(absent)} must be among them")
    years = outcomes["year"].dropna().to_numpy(dtype=float)
    return range(int(years.min()), int(years.max()) + 1) if len(years) else range(0)


def _codes(outcomes: pd.DataFrame, known: dict[str, list[str]]) -> dict[str, Array]:
    """Return the key columns as places in `known`; `known` gains the groups and sexes found."""
    codes, faults = {}, []
    for column in ("unit", "indicator", "group", "sex"):
        values = outcomes[column]
        plain = values if isinstance(values.dtype, pd.CategoricalDtype) else values.to_numpy(object)
        found_code, found = pd.factorize(plain)
        if column not in known:
            known[column], codes[column] = [*found], found_code
            continue
        place = {code: i for i, code in enumerate(known[column])}
        codes[column] = np.array([place.get(code, -1) for code in found] + [-1])[found_code]
        if unknown := [str(code) for code in found if code not in place]:
            faults.append(f"unknown {column} {', '.join(unknown)} "
                          f"(allowed: {', '.join(known[column][:40])})")
    codes["year"] = outcomes["year"].to_numpy(dtype=float, na_value=-1).astype(int)
    bad = np.logical_or.reduce([code < 0 for code in codes.values()])
    if bad.any():
        raise DataError(f"outcomes: {'; '.join(faults) or 'a key is empty'}; first rows:\n"
                        f"{outcomes.loc[bad, KEY].head().to_string()}")
    return codes


def _refuse(outcomes: pd.DataFrame, bad: Array, why: str) -> None:
    """Raise with the first bad rows, if there are any."""
    if bad.any():
        raise DataError(f"outcomes: {why}:\n{outcomes.loc[bad, KEY].head(20).to_string()}")


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
    cell = np.searchsorted(used, pair) + EXTRA * codes["indicator"]
    cubes = _cubes(outcomes, codes, cell,
                   (len(used) + EXTRA * len(targets), years, len(listed)))
    residents = units["residents"].to_numpy(dtype=float, na_value=np.nan)
    for i, accumulation in enumerate(targets["accumulation"]):
        census = known["indicator"][i] == about("census")
        cells: list[Cell] = [(groups[c // len(sexes) % len(groups)], sexes[c % len(sexes)])
                             for c in used[owner == i]]
        cells += [(CENSUS_GROUP if census else None, None), (None, None)]
        first = int((owner < i).sum()) + EXTRA * i
        eligible, reached, state = (cube[first:first + len(cells)].compress(expects[i], axis=2)
                                    for cube in cubes)
        ends = _ends(eligible, reached, state, accumulation == "cumulative",
                     residents[expects[i]] if census else None)
        yield Block(known["indicator"][i], cells, names[expects[i]], *ends)


def _cubes(outcomes: pd.DataFrame, codes: dict[str, Array], cell: Array,
           shape: tuple[int, range, int]) -> tuple[Array, Array, Array]:
    """Return eligible, reached and state (0 no row, 1 row, 2 not applicable) of every cell."""
    cells, years, units = shape
    seen = codes["year"] < years.stop  # a later year than the one asked for is not looked at
    place = ((cell * len(years) + codes["year"] - years.start) * units + codes["unit"])[seen]
    eligible, reached = np.full((2, cells, len(years), units), np.nan)
    state = np.zeros((cells, len(years), units), dtype=np.int8)
    for cube, column in ((eligible, "eligible"), (reached, "reached")):
        cube.reshape(-1)[place] = outcomes[column].to_numpy(dtype=float, na_value=np.nan)[seen]
    state.reshape(-1)[place] = 1
    if np.count_nonzero(state) < len(place):
        _refuse(outcomes, outcomes.duplicated(KEY, keep=False).to_numpy(), "a key stands twice")
    states = [c for c in ("eligible_state", "reached_state") if c in outcomes]
    if len(states) == 2 and np.isnan(reached).any():
        unfit = (outcomes[states] == "not_applicable").all(axis=1).to_numpy(dtype=bool)
        state.reshape(-1)[place[unfit[seen]]] = 2
    return eligible, reached, state


def _forward(cube: Array) -> Array:
    """Return `cube` with each empty number replaced by the latest earlier one of its cell."""
    filled = cube.copy()
    for y in range(1, cube.shape[1]):
        np.copyto(filled[:, y], filled[:, y - 1], where=np.isnan(cube[:, y]))
    return filled


def _ends(eligible: Array, reached: Array, state: Array, cumulative: bool,
          residents: Array | None) -> tuple[Array, ...]:
    """Return complete, missing, eligible, low and high of a block (see `Block`)."""
    known = ~np.isnan(reached)
    complete = known & ~np.isnan(eligible)
    carried = _forward(eligible)
    short = known & ~complete
    carried[short] = np.maximum(carried[short], reached[short])  # no fewer than were reached
    low, high = _forward(reached) if cumulative else reached.copy(), carried.copy()
    low[np.isnan(low)] = 0
    np.fmin(low, carried, out=low)
    for cube in (low, high):
        np.copyto(cube, reached, where=known)
    if residents is not None:  # one cell, of all groups and sexes
        here = state == 1
        told = np.where(here, reached, 0).sum(axis=0)  # empty where one of the rows is
        told[~here.any(axis=0)] = np.nan
        carried[-2] = residents
        low[-2] = np.where(np.isnan(told), np.fmin(low.sum(axis=0), residents), told)
        high[-2] = np.where(np.isnan(told), residents, told)
    asked = _asked(eligible, reached, state, carried[-2])
    for cube in (carried, low, high):
        cube[~asked] = 0
    return complete, asked & ~complete, carried, low, high


def _asked(eligible: Array, reached: Array, state: Array, residents: Array) -> Array:
    """Return which cells are expected, the one of the census and the unknown one included."""
    asked = np.zeros(state.shape, dtype=bool)
    last = np.zeros((len(state), state.shape[2]), dtype=bool)  # the cells of the latest return
    rests = np.zeros(state.shape[2], dtype=bool)  # it says that nothing of this applies
    for y in range(state.shape[1]):
        here, unfit, counted = state[:, y] == 1, state[:, y] == 2, ~np.isnan(eligible[:, y])
        told = ~np.isnan(reached[:, y])
        earlier, rests = last.any(axis=0), ~here.any(axis=0) & (unfit.any(axis=0) | rests)
        returned = (counted & told).any(axis=0)
        due = (last & ~unfit) | np.where(returned | ~earlier, here, counted | told)
        census = ~(earlier | counted.any(axis=0) | rests | np.isnan(residents[y]))
        asked[:, y] = due & ~census
        asked[-2, y] = census
        asked[-1, y] = ~(due.any(axis=0) | census | rests)
        last = np.where(counted.any(axis=0), due, last) & ~rests
    return asked


def add_up(block: Block, own: Any = slice(None), vague: Any = (), by_unit: bool = False,
            ) -> dict[str, Array]:
    """Sum the `own` cells over units (or by unit): arrays of years x 1 (or x units).

    `vague` are cells that may belong to the sum or not: where one is missing, the ends are empty.
    """
    complete = block.complete[own]
    sums = {"reached": np.where(complete, block.low[own], 0).sum(axis=0),
            "eligible": np.where(complete, block.eligible[own], 0).sum(axis=0),
            "units_reported": complete.any(axis=0).astype(int),
            "ends": block.eligible[own].sum(axis=0),
            "low": block.low[own].sum(axis=0), "high": block.high[own].sum(axis=0)}
    doubt = block.missing[list(vague)].any(axis=0)
    sums["ends"][doubt] = np.nan
    missing = block.missing[own].any(axis=0) | doubt
    sums["units_expected"] = (complete.any(axis=0) | missing).astype(int)
    if by_unit:
        names = np.where(missing, block.units, "")
    else:
        width = np.where(np.isnan(sums["ends"]), np.inf, sums["high"] - sums["low"])
        gaps = [np.flatnonzero(of_year) for of_year in missing]
        names = np.array([[";".join(block.units[gap[np.argsort(-wide[gap], kind="stable")]])]
                          for wide, gap in zip(width, gaps, strict=True)], dtype=object)
        sums = {name: values.sum(axis=1, keepdims=True) for name, values in sums.items()}
    sums["reached"] = np.where(sums["units_reported"] > 0, sums["reached"], np.nan)
    sums["eligible"] = np.where(sums["units_reported"] > 0, sums["eligible"], np.nan)
    return sums | {"missing_units": names}
