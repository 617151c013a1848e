"""How far each objective is: coverage, what the missing returns could change, and the verdict.

Three steps: `_blocks` puts the outcomes of an indicator into arrays of cells x years x units,
`_ends` finds the missing cells and between which numbers they lie, `_add_up` sums over both.
`progress` judges the sums in exact fractions.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kgge import plan, tables
from kgge.files import DataError

KEY = ["unit", "year", "indicator", "group", "sex"]
BY = ("indicator", "year", "unit", "group", "sex")
CENSUS_GROUP = "residents"
EXTRA = 2  # cells of an indicator after the reported ones, see `_Block`
UNFIT = "not_applicable;not_applicable"  # state of eligible and reached
COUNTS = ["reached", "eligible", "coverage", "coverage_low", "coverage_high"]
RETURNS = ["units_expected", "units_reported", "missing_units"]
PROGRESS = ["indicator", "year", *COUNTS, "baseline", "target", "distance_share", "time_share",
            "ratio", "status", "status_low", "status_high", "firm", "observed_pace",
            "required_pace", *RETURNS]
CUTS = (("on_track", Fraction(plan.ON_TRACK)),
        ("acceleration_needed", Fraction(plan.ACCELERATE)), ("limited", Fraction(0)))
Array = NDArray[Any]
Cell = tuple[str | None, str | None]  # group and sex; None: not known which


class _Block(NamedTuple):
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


def coverage(outcomes: pd.DataFrame, units: pd.DataFrame, by: str | Sequence[str],
             targets: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the share of persons reached, and between which shares missing returns leave it.

    Parameters
    ----------
    outcomes : DataFrame
        Columns unit, year, indicator, group, sex, eligible, reached (persons), and state where
        cells can be not applicable.
    units : DataFrame
        Columns unit, indicators (``1a;1b;…``), residents (persons).
    by : str or sequence of str
        Keys to add to indicator and year: ``unit``, ``group``, ``sex``. Persons of different
        indicators, or cumulative figures of different years, are never added.
    targets : DataFrame, optional
        The table of targets, for `accumulation`; by default that of ``data/processed``.

    Returns
    -------
    DataFrame
        Key indicator, year and the keys of `by`; reached, eligible (persons, where both are
        numbers), coverage, coverage_low, coverage_high (shares), units_expected (units that are
        to report the indicator), units_reported, missing_units (codes, `;` between, the widest
        first). Every year from the first to the last of `outcomes`, also where nobody reported.

    Raises
    ------
    ValueError
        If `by` names anything else.
    DataError
        If a code of `outcomes` is unknown, a unit reports what it is not to report, or a key
        stands twice.

    Examples
    --------
    >>> units = pd.DataFrame({"unit": ["a", "b"], "indicators": "1a", "residents": None})
    >>> outcomes = pd.DataFrame({
    ...     "unit": ["a", "b", "a"], "year": [2016, 2016, 2017], "indicator": "1a",
    ...     "group": "workers", "sex": "female", "eligible": [100, 300, 100],
    ...     "reached": [10, 30, 50]})
    >>> targets = pd.DataFrame({"indicator": ["1a"], "target": 0.7, "target_year": 2020,
    ...     "baseline": 0.0, "base_year": 2015, "accumulation": "cumulative"})
    >>> result = coverage(outcomes, units, "year", targets)
    >>> result[["year", "coverage", "coverage_low", "coverage_high", "units_reported"]]
       year  coverage  coverage_low  coverage_high  units_reported
    0  2016       0.1           0.1          0.100               2
    1  2017       0.5           0.2          0.875               1
    """
    asked = [by] if isinstance(by, str) else list(by)
    if unknown := [name for name in asked if name not in BY]:
        raise ValueError(f"by {', '.join(map(str, unknown))}: allowed are {', '.join(BY)}")
    keys = list(dict.fromkeys(name for name in asked if name in BY[2:]))
    targets = tables.load_targets() if targets is None else targets
    years = _years(outcomes)
    parts = [part for block in _blocks(outcomes, units, targets, years) if len(block.units)
             for part in _tables(block, years, keys)]
    columns = ["indicator", "year", *keys, *COUNTS, *RETURNS]
    result = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    result = result[columns]
    result.attrs["illustrative"] = tables.is_illustrative(outcomes)
    return result


def progress(outcomes: pd.DataFrame, targets: pd.DataFrame, units: pd.DataFrame,
             year: int | None = None) -> pd.DataFrame:
    """Return the state of every indicator, with its arithmetic and what could still change it.

    Parameters
    ----------
    outcomes, units : DataFrame
        As for `coverage`.
    targets : DataFrame
        Columns indicator, target, baseline (shares), target_year, base_year, accumulation.
    year : int, optional
        The year to judge: later outcomes are not looked at, earlier ones are carried. By
        default every year from the first to the last of `outcomes`.

    Returns
    -------
    DataFrame
        Key indicator, year: every indicator of `targets`. reached, eligible: persons; coverage,
        coverage_low, coverage_high, baseline, target, distance_share, time_share: shares;
        ratio: distance_share / time_share; status, status_low, status_high: one of
        `plan.STATUSES`, the last two empty where the ends are; firm: missing returns cannot
        change the status; observed_pace, required_pace: shares per year; units_expected,
        units_reported, missing_units as in `coverage`.

    Raises
    ------
    DataError
        As for `coverage`.

    Examples
    --------
    >>> units = pd.DataFrame({"unit": ["a"], "indicators": ["1a"], "residents": [None]})
    >>> outcomes = pd.DataFrame({
    ...     "unit": ["a"], "year": [2016], "indicator": ["1a"], "group": ["workers"],
    ...     "sex": ["female"], "eligible": [1000], "reached": [133]})
    >>> targets = pd.DataFrame({"indicator": ["1a"], "target": 0.7, "target_year": 2020,
    ...     "baseline": 0.0, "base_year": 2015, "accumulation": "cumulative"})
    >>> progress(outcomes, targets, units)[["coverage", "ratio", "status", "firm"]]
       coverage  ratio    status  firm
    0     0.133   0.95  on_track  True
    """
    seen = _years(outcomes)
    goals = targets["target_year"].astype(int).to_list()
    asked = ([year] if year is not None else list(seen)) or goals
    years = range(min([*asked, *seen]), max(asked) + 1) if asked else range(0)
    rows = []
    for block, goal in zip(_blocks(outcomes, units, targets, years), targets.to_dict("records"),
                           strict=True):
        sums = _add_up(block)
        for y in asked if asked is not goals else [int(goal["target_year"])]:
            here = {name: values[y - years[0], 0] for name, values in sums.items()}
            rows.append({"indicator": block.indicator, "year": y, **_judge(here, goal, y)})
    result = pd.DataFrame(rows, columns=PROGRESS)
    result.attrs["illustrative"] = tables.is_illustrative(outcomes)
    return result


def _years(outcomes: pd.DataFrame) -> range:
    """Return every year from the first to the last of `outcomes`."""
    years = outcomes["year"].dropna().to_numpy(dtype=float)
    return range(int(years.min()), int(years.max()) + 1) if len(years) else range(0)


def _codes(outcomes: pd.DataFrame, known: dict[str, list[str]]) -> dict[str, Array]:
    """Return the key columns as places in `known`; `known` gains the groups and sexes found."""
    codes, faults = {}, []
    for column in ("unit", "indicator", "group", "sex"):
        values = outcomes[column]
        plain = values if isinstance(values.dtype, pd.CategoricalDtype) else values.to_numpy(object)
        found_code, found = pd.factorize(plain)
        place = {code: i for i, code in enumerate(known.setdefault(column, sorted(found)))}
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


def _blocks(outcomes: pd.DataFrame, units: pd.DataFrame, targets: pd.DataFrame,
            years: range) -> Iterator[_Block]:
    """Yield the cells of each indicator of `targets`."""
    for name, key in (("units", units["unit"]), ("targets", targets["indicator"])):
        if key.duplicated().any():
            raise DataError(f"{name}: {', '.join(key[key.duplicated()])} stands twice")
    names = units["unit"].to_numpy(dtype=object)
    known = {"unit": names.tolist(), "indicator": targets["indicator"].to_list()}
    codes = _codes(outcomes, known)
    lists = [str(listed).split(";") for listed in units["indicators"].to_list()]
    expects = np.array([i in listed for i in known["indicator"] for listed in lists], dtype=bool)
    expects = expects.reshape(len(known["indicator"]), len(lists))
    _refuse(outcomes, ~expects[codes["indicator"], codes["unit"]],
            "the unit is not to report that indicator (see the table of units)")
    groups, sexes = known["group"], known["sex"]
    pair = (codes["indicator"] * len(groups) + codes["group"]) * len(sexes) + codes["sex"]
    used = np.flatnonzero(np.bincount(pair))
    owner = used // max(1, len(groups) * len(sexes))
    cell = np.searchsorted(used, pair) + EXTRA * codes["indicator"]
    cubes = _cubes(outcomes, codes, cell,
                   (len(used) + EXTRA * len(targets), years, len(lists)))
    residents = units["residents"].to_numpy(dtype=float, na_value=np.nan)
    for i, accumulation in enumerate(targets["accumulation"]):
        census = known["indicator"][i] == plan.CENSUS_INDICATOR
        cells: list[Cell] = [(groups[c // len(sexes) % len(groups)], sexes[c % len(sexes)])
                             for c in used[owner == i]]
        cells += [(CENSUS_GROUP if census else None, None), (None, None)]
        first = int((owner < i).sum()) + EXTRA * i
        eligible, reached, state = (cube[first:first + len(cells)].compress(expects[i], axis=2)
                                    for cube in cubes)
        ends = _ends(eligible, reached, state, accumulation == "cumulative",
                     residents[expects[i]] if census else None)
        yield _Block(known["indicator"][i], cells, names[expects[i]], *ends)


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
    if "state" in outcomes and np.isnan(reached).any():
        unfit = outcomes["state"].astype("str").str.startswith(UNFIT).to_numpy(dtype=bool)[seen]
        state.reshape(-1)[place[unfit]] = 2
    return eligible, reached, state


def _forward(cube: Array) -> Array:
    """Return `cube` with each empty number replaced by the latest earlier one of its cell."""
    filled = cube.copy()
    for y in range(1, cube.shape[1]):
        np.copyto(filled[:, y], filled[:, y - 1], where=np.isnan(cube[:, y]))
    return filled


def _ends(eligible: Array, reached: Array, state: Array, cumulative: bool,
          residents: Array | None) -> tuple[Array, ...]:
    """Return complete, missing, eligible, low and high of a block (see `_Block`)."""
    known = ~np.isnan(reached)
    complete = known & ~np.isnan(eligible)
    carried = _forward(eligible)
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
    for y in range(state.shape[1]):
        here, unfit, counted = state[:, y] == 1, state[:, y] == 2, ~np.isnan(eligible[:, y])
        told = ~np.isnan(reached[:, y])
        earlier, idle = last.any(axis=0), unfit.any(axis=0) & ~here.any(axis=0)
        returned = (counted & told).any(axis=0)
        due = np.where(returned | ~earlier, here, (last & ~unfit) | counted | told)
        census = ~(earlier | counted.any(axis=0) | idle | np.isnan(residents[y]))
        asked[:, y] = due & ~census
        asked[-2, y] = census
        asked[-1, y] = ~(due.any(axis=0) | census | idle)
        last = np.where(counted.any(axis=0), due, last)
    return asked


def _add_up(block: _Block, own: Any = slice(None), vague: Any = (), by_unit: bool = False,
            ) -> dict[str, Array]:
    """Sum the `own` cells over units (or by unit): arrays of years x 1 (or x units).

    `vague` are cells that may belong to the sum or not: where one is missing, the ends are empty.
    """
    complete = block.complete[own]
    sums = {"reached": np.where(complete, block.low[own], 0).sum(axis=0),
            "eligible": np.where(complete, block.eligible[own], 0).sum(axis=0),
            "units_expected": np.ones(complete.shape[1:], dtype=int),
            "units_reported": complete.any(axis=0).astype(int),
            "ends": block.eligible[own].sum(axis=0),
            "low": block.low[own].sum(axis=0), "high": block.high[own].sum(axis=0)}
    doubt = block.missing[list(vague)].any(axis=0)
    sums["ends"][doubt] = np.nan
    missing = block.missing[own].any(axis=0) | doubt
    if by_unit:
        names = np.where(missing, block.units, "")
    else:
        width = np.where(np.isnan(sums["ends"]), np.inf, sums["high"] - sums["low"])
        order = np.argsort(-width, axis=1, kind="stable")
        names = np.array([[";".join(block.units[row[gap[row]]])]
                          for row, gap in zip(order, missing, strict=True)], dtype=object)
        sums = {name: values.sum(axis=1, keepdims=True) for name, values in sums.items()}
    sums["reached"] = np.where(sums["units_reported"] > 0, sums["reached"], np.nan)
    sums["eligible"] = np.where(sums["units_reported"] > 0, sums["eligible"], np.nan)
    return sums | {"missing_units": names}


def _tables(block: _Block, years: range, keys: list[str]) -> list[pd.DataFrame]:
    """Return the rows of one indicator in `coverage`, if there are any: the sums by `keys`."""
    places = [i for i, key in enumerate(("group", "sex")) if key in keys]
    cells = [tuple(cell[i] for i in places) for cell in block.cells]
    names = block.units if "unit" in keys else [""]
    frames = []
    for key in sorted({cell for cell in cells if None not in cell}, key=str):
        vague = [i for i, cell in enumerate(cells) if cell != key
                 and all(c in (None, k) for c, k in zip(cell, key, strict=True))]
        own = [i for i, cell in enumerate(cells) if cell == key]
        sums = _add_up(block, own, vague, "unit" in keys)
        for name, part, whole in zip(COUNTS[2:], ("reached", "low", "high"),
                                     ("eligible", "ends", "ends"), strict=True):
            sums[name] = np.divide(sums[part], sums[whole], where=sums[whole] > 0,
                                   out=np.full(sums[part].shape, np.nan))
        frame = pd.DataFrame({name: values.ravel() for name, values in sums.items()})
        frames.append(frame.assign(
            indicator=block.indicator, year=np.repeat(years, len(names)),
            unit=np.tile(names, len(years)), place=np.tile(range(len(names)), len(years)),
            **{("group", "sex")[i]: k for i, k in zip(places, key, strict=True)}))
    if not frames:  # by group or sex, and none is known
        return []
    rows = pd.concat(frames).sort_values(["year", "place"], kind="stable")
    known = (rows["units_reported"] > 0) | (rows["missing_units"] != "")
    return [rows[known] if places else rows]  # a group that a unit does not have is no row


def _share(part: float, whole: float) -> Fraction | None:
    return Fraction(float(part)) / Fraction(float(whole)) if whole > 0 else None


def _judge(sums: dict[str, Any], goal: Mapping[Any, Any], year: int) -> dict[str, Any]:
    """Return one row of `progress`, judged on exact fractions."""
    target = Fraction(str(goal["target"]))
    baseline = None if pd.isna(goal["baseline"]) else Fraction(str(goal["baseline"]))
    left = int(goal["target_year"]) - year
    run = None if pd.isna(goal["base_year"]) else year - int(goal["base_year"])
    time = None if run is None or run + left == 0 else Fraction(run, run + left)
    shares = [_share(sums["reached"], sums["eligible"]),
              _share(sums["low"], sums["ends"]), _share(sums["high"], sums["ends"])]
    gone = [None if share is None or baseline is None or target == baseline
            else (share - baseline) / (target - baseline) for share in shares]
    ratios = [None if g is None or time is None or time <= 0 else g / time for g in gone]
    status, low, high = (_status(share, target, left, ratio)
                         for share, ratio in zip(shares, ratios, strict=True))
    known = shares[1] is not None and shares[2] is not None
    now = shares[0]
    numbers = {
        "coverage": now, "coverage_low": shares[1], "coverage_high": shares[2],
        "baseline": baseline, "target": target, "distance_share": gone[0], "time_share": time,
        "ratio": ratios[0],
        "observed_pace": None if now is None or baseline is None or run is None or run <= 0
        else (now - baseline) / run,
        "required_pace": None if now is None or left <= 0 else (target - now) / left}
    # All three must agree: what is reported can lie outside the ends, where it says little.
    return sums | {k: np.nan if v is None else float(v) for k, v in numbers.items()} | {
        "status": status, "status_low": low if known else None,
        "status_high": high if known else None, "firm": known and status == low == high}


def _status(share: Fraction | None, target: Fraction, left: int, ratio: Fraction | None) -> str:
    """Return the verdict on one share, `left` years before the target year."""
    if share is None:
        return "not_assessable"
    if share >= target:
        return "achieved"
    if left <= 0:
        return "not_achieved"
    if ratio is None:
        return "not_assessable"
    return next((status for status, cut in CUTS if ratio >= cut), "reversing")
