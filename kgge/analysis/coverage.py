"""Shares of persons reached, and between which shares missing returns leave them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kgge.analysis.bounds import Block, add_up, blocks, year_range
from kgge.analysis.scope import keys_of
from kgge.tables import load as tables

BY = ("indicator", "year", "unit", "group", "sex")
COUNTS = ["reached", "eligible", "coverage", "coverage_low", "coverage_high"]
RETURNS = ["units_expected", "units_reported", "missing_units"]

def coverage(outcomes: pd.DataFrame, targets: pd.DataFrame, units: pd.DataFrame,
             by: str | Sequence[str]) -> pd.DataFrame:
    """Return the share of persons reached, and between which shares missing returns leave it.

    Parameters
    ----------
    outcomes : DataFrame
        Columns unit, year, indicator, group, sex, eligible, reached (persons), and eligible_state
        and reached_state where cells can be not applicable.
    targets : DataFrame
        Columns indicator, accumulation.
    units : DataFrame
        Columns unit, indicators (``1a;1b;…``), residents (persons).
    by : str or sequence of str
        Keys to add to indicator and year: ``unit``, ``group``, ``sex``. Persons of different
        indicators, or cumulative figures of different years, are never added.

    Returns
    -------
    DataFrame
        Key indicator, year and the keys of `by`; reached, eligible (persons, where both are
        numbers), coverage, coverage_low, coverage_high (shares), units_expected (units that are
        to report it, less those that answered that it does not apply to them), units_reported,
        missing_units (codes, `;` between, the widest first). Every year from the first to the
        last of `outcomes`, also where nobody reported. Coverage is of the units that reported,
        the ends are of all that were to, so it can lie outside them.

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
    >>> result = coverage(outcomes, targets, units, "year")
    >>> result[["year", "coverage", "coverage_low", "coverage_high", "units_reported"]]
       year  coverage  coverage_low  coverage_high  units_reported
    0  2016       0.1           0.1          0.100               2
    1  2017       0.5           0.2          0.875               1
    """
    keys = [name for name in keys_of(by, BY) if name in BY[2:]]
    years = year_range(outcomes)
    parts = [part for block in blocks(outcomes, units, targets, years) if len(block.units)
             for part in _tables(block, years, keys)]
    columns = ["indicator", "year", *keys, *COUNTS, *RETURNS]
    result = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    result = result[columns]
    result.attrs["illustrative"] = tables.is_illustrative(outcomes)
    return result


def _tables(block: Block, years: range, keys: list[str]) -> list[pd.DataFrame]:
    """Return the rows of one indicator in `coverage`, if there are any: the sums by `keys`."""
    places = [i for i, key in enumerate(("group", "sex")) if key in keys]
    cells = [tuple(cell[i] for i in places) for cell in block.cells]
    names = block.units if "unit" in keys else [""]
    frames = []
    for key in sorted({cell for cell in cells if None not in cell}, key=str):
        vague = [i for i, cell in enumerate(cells) if cell != key
                 and all(c in (None, k) for c, k in zip(cell, key, strict=True))]
        own = [i for i, cell in enumerate(cells) if cell == key]
        sums = add_up(block, own, vague, "unit" in keys)
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
