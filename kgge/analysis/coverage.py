"""Shares of persons reached, and between which shares missing returns leave them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from kgge.analysis.blocks import blocks, lay_out
from kgge.analysis.bounds import Block, sum_cells
from kgge.analysis.scope import keys_of

COVERAGE_KEYS = ("indicator", "year", "unit", "group", "sex")
COUNTS = ["reached", "eligible", "coverage", "coverage_low", "coverage_high"]
RETURNS = ["units_expected", "units_reported", "missing_units"]


def coverage(outcomes: pd.DataFrame, targets: pd.DataFrame, units: pd.DataFrame,
             by: str | Sequence[str], years: Any = None) -> pd.DataFrame:
    """Return the share of persons reached, and between which shares missing returns leave it.

    Parameters
    ----------
    outcomes : DataFrame
        Columns unit, year, indicator, group, sex, eligible, reached (persons); eligible_state
        and reached_state where cells can be not applicable; doubt (codes) where figures are in
        doubt. Whole: a year depends on those before it.
    targets : DataFrame
        Columns indicator, accumulation, base_year (the plan starts with the year after it; without
        it, with the first return).
    units : DataFrame
        Columns unit, indicators (``1a;1b;…``), residents (persons).
    by : str or sequence of str
        Keys to add to indicator and year: ``unit``, ``group``, ``sex``. Persons of different
        indicators, or cumulative figures of different years, are never added.
    years : int or sequence of int, optional
        By default from the plan's first to the latest of which a return has come.

    Returns
    -------
    DataFrame
        Key indicator, year and the keys of `by`; reached, eligible (persons, where both are
        numbers), coverage, coverage_low, coverage_high (shares), units_expected (units that are
        to report it, less those that answered that it does not apply to them), units_reported,
        missing_units (codes, `;` between, the widest first); also the years without any return.
        Coverage is of the rows that have both numbers, the ends are of all that were to be
        reported, so it can lie outside them.

    Notes
    -----
    What is missing has as many eligible persons as the unit last returned (1b: else as the census
    counted; else as its nearest later return says); reached are at least as many as it last
    returned (`latest`: none), at most all of these. A row with a doubt counts both ways, as
    returned and as missing. Where even the eligible persons are not known, the ends are empty.
    Fewer returns make the ends wider, never narrower; if the rest was filtered out it is an error.

    Raises
    ------
    ValueError
        If `by` names anything else.
    DataError
        If a code of `outcomes` is unknown, a unit reports what it is not to report, a key stands
        twice, a number is impossible, or the outcomes were filtered and the result would change
        unseen. All bad rows are named.

    Examples
    --------
    >>> units = pd.DataFrame({"unit": ["a", "b"], "indicators": "1a", "residents": None})
    >>> outcomes = pd.DataFrame({
    ...     "unit": ["a", "b", "a"], "year": [2016, 2016, 2017], "indicator": "1a",
    ...     "group": "workers", "sex": "female", "eligible": [100, 300, 100],
    ...     "reached": [10, 30, 50]})
    >>> targets = pd.DataFrame({"indicator": ["1a"], "target": 0.7, "target_year": 2020,
    ...     "baseline": 0.0, "base_year": 2015, "accumulation": "cumulative"})
    >>> result = coverage(outcomes, targets, units, "year")
    >>> result[["year", "coverage", "coverage_low", "coverage_high", "units_reported"]]
       year  coverage  coverage_low  coverage_high  units_reported
    0  2016       0.1           0.1          0.100               2
    1  2017       0.5           0.2          0.875               1
    """
    keys = [name for name in keys_of(by, COVERAGE_KEYS) if name in COVERAGE_KEYS[2:]]
    return tabulate(outcomes, targets, units, keys, years)


def tabulate(outcomes: pd.DataFrame, targets: pd.DataFrame, units: pd.DataFrame, keys: list[str],
             years: Any = None, gaps: bool = False) -> pd.DataFrame:
    """Return the table of `coverage`; with `gaps`, also what is missing to the target."""
    asked, span, targets, attrs = lay_out(outcomes, targets, units, years)
    parts = [part for block, target in blocks(outcomes, units, targets, span) if len(block.units)
             for part in _tables(block, span, keys, target["target"] if gaps else None)]
    columns = ["indicator", "year", *keys, *COUNTS, *["gap_low", "gap_high"] * gaps, *RETURNS]
    result = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    result = result.loc[result["year"].isin(asked), columns].reset_index(drop=True)
    result.attrs = attrs
    return result


def _tables(block: Block, years: range, keys: list[str],
            target: float | None) -> list[pd.DataFrame]:
    """Return the rows of one indicator in `coverage`, if there are any: the sums by `keys`."""
    places = [i for i, key in enumerate(("group", "sex")) if key in keys]
    cells = [tuple(cell[i] for i in places) for cell in block.cells]
    names = block.units if "unit" in keys else [""]
    frames = []
    for key in sorted({cell for cell in cells if None not in cell}, key=str):
        vague = [i for i, cell in enumerate(cells) if cell != key
                 and all(c in (None, k) for c, k in zip(cell, key, strict=True))]
        own = [i for i, cell in enumerate(cells) if cell == key]
        sums = sum_cells(block, own, vague, "unit" in keys, target)
        for name, part, whole in zip(COUNTS[2:], ("reached", "low", "high"),
                                     ("eligible", "low_of", "high_of"), strict=True):
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


def year_on_year(outcomes: pd.DataFrame, targets: pd.DataFrame,
                 units: pd.DataFrame) -> pd.DataFrame:
    """Compare each year with the one before it, over the rows that both have.

    Persons reached of all units are no series: where a unit is silent they seem to fall.

    Parameters
    ----------
    outcomes, targets, units : DataFrame
        As for `coverage`.

    Returns
    -------
    DataFrame
        Key indicator, year; since (the latest earlier year that has a row in common; empty where
        none has); reached_before, reached, eligible_before, eligible (persons, over unit, group and
        sex with both numbers in both years); change (persons), pace (share of persons a year).

    Examples
    --------
    >>> units = pd.DataFrame({"unit": ["a", "b"], "indicators": "1a", "residents": None})
    >>> outcomes = pd.DataFrame({"unit": ["a", "b", "a"], "year": [2016, 2016, 2017],
    ...     "indicator": "1a", "group": "g", "sex": "female", "eligible": [100, 300, 100],
    ...     "reached": [10, 200, 30]})
    >>> targets = pd.DataFrame({"indicator": ["1a"], "accumulation": "cumulative"})
    >>> year_on_year(outcomes, targets, units)[["year", "since", "reached", "change"]]
       year  since  reached  change
    0  2016   <NA>      NaN     NaN
    1  2017   2016     30.0    20.0
    """
    asked, span, targets, attrs = lay_out(outcomes, targets, units)
    rows = [{"indicator": block.indicator, "year": year} | compare(block, span, year)
            for block, _ in blocks(outcomes, units, targets, span) for year in asked]
    names = ["reached_before", "eligible_before", "reached", "eligible", "change", "pace"]
    out = pd.DataFrame(rows, columns=["indicator", "year", "since", *names]).astype(
        {"since": "Int64"} | dict.fromkeys(names, "float64"))
    out["change"] = out["reached"] - out["reached_before"]
    out.attrs = attrs
    return out


def compare(block: Block, span: range, year: int) -> dict[str, Any]:
    """Return one row of `year_on_year`; nothing where no earlier year has a row in common."""
    at = year - span[0]
    for before in reversed(range(at)):
        common = np.flatnonzero(block.complete[:, before] & block.complete[:, at])
        if len(common):
            (many_0, some_0), (many, some) = (
                [float(cube[:, y].ravel()[common].sum()) for cube in block.told]
                for y in (before, at))
            pace = (some / many - some_0 / many_0) / (at - before) if many and many_0 else None
            return {"since": span[before], "reached_before": some_0, "eligible_before": many_0,
                    "reached": some, "eligible": many, "pace": pace}
    return {}
