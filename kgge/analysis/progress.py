"""How far each objective is: coverage, what the missing returns could change, and the verdict."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from kgge import plan
from kgge.analysis.bounds import add_up, blocks, year_range
from kgge.analysis.coverage import COUNTS, RETURNS
from kgge.tables import load as tables

PROGRESS = ["indicator", "year", *COUNTS, "baseline", "target", "distance_share", "time_share",
            "ratio", "status", "status_low", "status_high", "firm", "observed_pace",
            "required_pace", *RETURNS]
CUTS = (("on_track", Fraction(plan.ON_TRACK)),
        ("acceleration_needed", Fraction(plan.ACCELERATE)), ("limited", Fraction(0)))


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
        `plan.STATUSES`, the last two empty where the ends are; firm: all three agree, so missing
        returns cannot change the status; observed_pace, required_pace: shares per year;
        units_expected, units_reported, missing_units as in `coverage`.

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
    seen = year_range(outcomes)
    goals = targets["target_year"].astype(int).to_list()
    asked = ([int(year)] if year is not None else list(seen)) or goals
    years = range(min([*asked, *seen]), max(asked) + 1) if asked else range(0)
    rows = []
    for block, goal in zip(blocks(outcomes, units, targets, years), targets.to_dict("records"),
                           strict=True):
        sums = add_up(block)
        for y in asked if asked is not goals else [int(goal["target_year"])]:
            here = {name: values[y - years[0], 0] for name, values in sums.items()}
            rows.append({"indicator": block.indicator, "year": y, **_judge(here, goal, y)})
    result = pd.DataFrame(rows, columns=PROGRESS)
    result.attrs["illustrative"] = tables.is_illustrative(outcomes)
    return result


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
