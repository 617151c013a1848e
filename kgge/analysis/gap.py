"""Who holds how much of the way that is left: persons still to be reached."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from kgge.analysis.coverage import COUNTS, RETURNS, tabulate
from kgge.analysis.scope import keys_of, terms, whole_year, with_codes
from kgge.analysis.verdict import check_targets


def gap(outcomes: pd.DataFrame, targets: pd.DataFrame, units: pd.DataFrame, year: int,
        by: str | Sequence[str] = "unit") -> pd.DataFrame:
    """Return how many persons are missing to the target, and who holds them.

    Parameters
    ----------
    outcomes, targets, units : DataFrame
        As for `progress`.
    year : int
        The year to look at.
    by : str or sequence of str, default "unit"
        Any of unit, group, sex.

    Returns
    -------
    DataFrame
        Key indicator, year and the keys of `by`; reached, eligible (persons, of the rows that have
        both), target (share); gap = target x eligible - reached: persons still to be reached,
        below 0 where there are more than that (a target to be reduced: persons too many); the gaps
        of an indicator sum to the province's. gap_share: of the gaps above 0; gap_low, gap_high:
        what it can be, with what is missing or in doubt; units_expected, units_reported,
        missing_units as in `coverage`.

    Raises
    ------
    DataError
        As for `progress`.

    Examples
    --------
    >>> units = pd.DataFrame({"unit": ["a", "b"], "indicators": "1a", "residents": None})
    >>> outcomes = pd.DataFrame({"unit": ["a", "b"], "year": 2016, "indicator": "1a", "group": "g",
    ...     "sex": "female", "eligible": [100, 300], "reached": [10, 200]})
    >>> targets = pd.DataFrame({"indicator": ["1a"], "target": 0.7, "target_year": 2020,
    ...     "baseline": 0.0, "base_year": 2015, "accumulation": "cumulative"})
    >>> gap(outcomes, targets, units, 2016)[["unit", "gap", "gap_share"]]
      unit   gap  gap_share
    0    a  60.0   0.857143
    1    b  10.0   0.142857
    """
    keys = keys_of(by, ("unit", "group", "sex"))
    check_targets(targets, "target", "target_year", "baseline", "base_year")
    out = tabulate(outcomes, targets, units, keys, whole_year(year), gaps=True)
    goals = with_codes(targets).set_index("indicator")
    out["target"] = out["indicator"].map(goals["target"]).astype(float)
    # Rounded: 0.7 x 10 - 7 is 0 persons, not a rounding error of one.
    out["gap"] = (out["target"] * out["eligible"].astype(float) - out["reached"]).round(9)
    out[["gap_low", "gap_high"]] = out[["gap_low", "gap_high"]].astype(float).round(9)
    if keys == ["unit"] and "successor" in units:
        _to_successors(out, units[terms(units, [whole_year(year)])[1][0]])
    reduce = out["indicator"].map(goals["target"] < goals["baseline"]).astype(bool)
    out.loc[reduce, "gap"] *= -1  # persons too many, so that the ends change places
    out.loc[reduce, ["gap_low", "gap_high"]] = -out.loc[reduce, ["gap_high", "gap_low"]].to_numpy()
    positive = out["gap"].clip(lower=0)
    whole = positive.groupby(out["indicator"]).transform("sum")
    out["gap_share"] = (positive / whole).where(whole > 0)
    return out[["indicator", "year", *keys, *COUNTS[:2], "target", "gap", "gap_share", "gap_low",
                "gap_high", *RETURNS]]


def _to_successors(out: pd.DataFrame, ended: pd.DataFrame) -> None:
    """Let a successor whose return is in doubt hold the ends of a unit that it took over."""
    ends = ["gap_low", "gap_high"]
    heirs: dict[Any, Any] = ended.set_index("unit")["successor"].dropna().to_dict()
    gone = out["unit"].isin(heirs) & out["units_expected"].eq(0) & out[ends].ne(0).any(axis=1)
    for at, row in out[gone].iterrows():
        to = (out["unit"] == heirs[row["unit"]]) & (out["indicator"] == row["indicator"])
        if to.any():
            out.loc[to, ends] += row[ends].astype(float)
            out.loc[out.index == at, ends] = 0.0
