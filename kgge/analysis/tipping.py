"""What would decide a verdict: how many of the missing must have been reached to cross a line."""

from fractions import Fraction
from math import ceil, floor
from typing import Any

import numpy as np
import pandas as pd

from kgge.analysis.blocks import blocks, lay_out
from kgge.analysis.bounds import EXTRA, Block, doubted, sum_cells
from kgge.analysis.scope import whole_year
from kgge.analysis.verdict import CUTS, ORDER, Goal, check_targets, goal_of, share_of

TIPPING = ["indicator", "year", "threshold", "verdict_above", "verdict_below", "state",
           "persons_needed", "missing_eligible", "share_needed", "last_share", "last_year",
           "growth_to_flip", "persons_to_reach", "persons_to_miss", "missing_units",
           "doubtful_units", "later_units"]

_FEW = 1000  # cells; of more the last year is not worth looking for


def tipping(outcomes: pd.DataFrame, targets: pd.DataFrame, units: pd.DataFrame,
            year: int) -> pd.DataFrame:
    """Return what would decide the verdict of one year, at the target and at each cut point.

    Parameters
    ----------
    outcomes, targets, units : DataFrame
        As for `progress`.
    year : int
        The year to judge.

    Returns
    -------
    DataFrame
        Key indicator, year, threshold (share of persons: the target; before the target year also
        baseline + cut x time_share x (target - baseline)). verdict_above, verdict_below; state:
        ``certain_above``, ``certain_below`` or ``open``, figures in doubt counted both ways.
        With R reached of E eligible in complete rows, L (last returned) of E' of the missing:
        persons_needed = threshold x (E + E') - R, rounded up (a target to be reduced: at most so
        many, rounded down; E' not known: at least so many); missing_eligible E' (empty: not known);
        share_needed, last_share: of E' (empty: L never returned); last_year: of L, where all have
        the same; growth_to_flip:
        share by which E' must have grown for the low end to stand at the threshold (empty where it
        cannot); persons_to_reach,
        persons_to_miss: persons unknown so far, all reached or none, that bring R / E to it;
        missing_units (the widest first), doubtful_units, later_units (E' of a later return).

    Raises
    ------
    DataError
        As for `progress`.

    Notes
    -----
    It holds if the missing units have as many eligible persons as last returned; it is no guard
    against misreporting or double counting.

    Examples
    --------
    >>> units = pd.DataFrame({"unit": ["labour", "justice"], "indicators": "1a", "residents": None})
    >>> outcomes = pd.DataFrame({
    ...     "unit": ["justice", "labour"], "year": [2019, 2020], "indicator": "1a",
    ...     "group": "workers", "sex": "female", "eligible": [100, 1000], "reached": [95, 720]})
    >>> targets = pd.DataFrame({"indicator": ["1a"], "target": 0.7, "target_year": 2020,
    ...     "baseline": 0.0, "base_year": 2015, "accumulation": "cumulative"})
    >>> tipping(outcomes, targets, units, 2020)[["state", "persons_needed", "growth_to_flip"]]
               state  persons_needed  growth_to_flip
    0  certain_above              50        0.642857
    """
    year = whole_year(year)
    _, span, targets, attrs = lay_out(outcomes, targets, units, year)
    check_targets(targets, "target", "target_year", "baseline", "base_year")
    rows = []
    for block, target in blocks(outcomes, units, targets, span):
        sums = {name: values[year - span[0], 0] for name, values in sum_cells(block).items()}
        rows += break_even(block, sums, goal_of(target, year), span, year)
    result = pd.DataFrame(rows, columns=TIPPING).astype({"last_year": "Int64"})
    result.attrs = attrs
    return result


def _thresholds(goal: Goal) -> list[tuple[Fraction, str, str]]:
    """Return the shares at which the verdict changes, with the verdicts at and short of each.

    Cut point 0 is the baseline: where that is 0, nobody can be short of it.
    """
    lines = [(goal.target, "achieved")]
    if goal.left > 0 and goal.time is not None and goal.time > 0 and goal.baseline is not None:
        lines += [(goal.baseline + cut * goal.time * (goal.target - goal.baseline), status)
                  for status, cut in CUTS if cut or goal.baseline]
    short = "not_assessable" if goal.left > 0 and len(lines) == 1 else "not_achieved"
    below = [status for _, status in lines[1:]]
    if below:
        below.append(ORDER[ORDER.index(below[-1]) + 1])
    return [(share, met, missed) for (share, met), missed in zip(
        lines, below or [short], strict=True)]


def break_even(block: Block, sums: dict[str, Any], goal: Goal, span: range,
               year: int) -> list[dict[str, Any]]:
    """Return the rows of `tipping` of one indicator and year."""
    at = year - span[0]
    now, missing = block.now, block.missing[:, at]
    some = sums["units_reported"] > 0
    eligible, reached = (Fraction(float(sums[name])) if some else Fraction(0)
                         for name in ("eligible", "reached"))
    more, last = float(sums["all"]) - float(eligible), float(sums["last"]) - float(reached)
    was = _last_told(block, missing, at, last)
    names = {"missing_units": sums["missing_units"],
             "doubtful_units": ";".join(block.units[doubted(block, at).any(axis=0)]),
             "later_units": ";".join(block.units[(now.late[:, at] & missing[:-EXTRA]).any(axis=0)])}
    ends = share_of(sums["low"], sums["low_of"]), share_of(sums["high"], sums["high_of"])
    sides = ("verdict_below", "verdict_above") if goal.reduce else (
        "verdict_above", "verdict_below")
    same: dict[str, Any] = {"indicator": block.indicator, "year": year, "missing_eligible": more,
                            "last_year": _last_year(block, missing, span, at), **names}
    rows = []
    for share, *verdicts in _thresholds(goal):
        row = same | dict(zip(sides, verdicts, strict=True)) | {
            "threshold": float(share), "state": _side(ends, share, goal.reduce)}
        if not np.isnan(more):
            # need of E' must have been reached for (R + need) / (E + E') to stand at the share.
            need = share * (eligible + Fraction(more)) - reached
            row["persons_needed"] = floor(need) if goal.reduce else ceil(need)
            if more:
                row |= {"share_needed": float(need / Fraction(more)), "last_share": was / more}
                # (R + L) / (E + E' (1 + growth)) = share: the low end with more eligible persons.
                grown = ((reached + Fraction(last)) / share - eligible) if share else None
                if grown is not None and grown >= 0:
                    row["growth_to_flip"] = float(grown / Fraction(more) - 1)
        if 0 < share < 1 and some:
            # x more persons, all reached: (R + x) / (E + x) = share; none: R / (E + x) = share.
            far = share * eligible - reached
            persons = float(ceil(far / (1 - share) if far > 0 else -far / share))
            row["persons_to_reach" if far > 0 else "persons_to_miss"] = persons
            if np.isnan(more) and far > 0 and not goal.reduce:
                row["persons_needed"] = persons
        rows.append(row)
    return rows


def _last_told(block: Block, missing: Any, at: int, carried: float) -> float:
    """Return how many of the missing were last returned as reached; NaN where none ever was.

    Of what does not add up over the years nothing is `carried`; the figure is told all the same.
    """
    if block.cumulative and carried:
        return carried
    told = block.told[1][:, :at + 1].swapaxes(1, 2)[missing[:-EXTRA]]
    if np.isnan(told).all():
        return float("nan")
    if block.cumulative:
        return carried
    last: Any = np.nan
    for figures in told.T:
        last = np.where(np.isnan(figures), last, figures)
    return float(np.nansum(last))


def _last_year(block: Block, missing: Any, span: range, at: int) -> int | None:
    """Return the year of what the missing cells last returned ("2019: 33.1%"), if all have one."""
    if np.count_nonzero(missing) > _FEW:
        return None
    found = set()
    for c, u in np.argwhere(missing):
        there = np.flatnonzero(block.complete[c:c + 1, :at, u])
        found.add(span[there[-1]] if len(there) else None)
    return found.pop() if len(found) == 1 else None


def _side(ends: tuple[Fraction | None, Fraction | None], share: Fraction, reduce: bool) -> str:
    """Return on which side of a share the whole range lies; at it is the side to be reached."""
    low, high = ends
    if low is None or high is None:
        return "open"
    if reduce:
        return "certain_below" if high <= share else "certain_above" if low > share else "open"
    return "certain_above" if low >= share else "certain_below" if high < share else "open"
