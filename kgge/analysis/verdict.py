"""The rule by which a share is judged against its target, on exact fractions.

The cut points are ours: see `kgge.plan`.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple

import pandas as pd

from kgge import plan
from kgge.files import DataError
from kgge.tables.schemas import needs

CUTS = (("on_track", Fraction(plan.ON_TRACK)),
        ("acceleration_needed", Fraction(plan.ACCELERATE)), ("limited", Fraction(0)))
# From the best verdict to the worst; a target year has the first and the last only.
ORDER = ("achieved", "on_track", "acceleration_needed", "limited", "reversing", "not_achieved")


class Goal(NamedTuple):
    """A target in one year: shares, years to go, share of the time run (None: not to be told)."""

    target: Fraction
    baseline: Fraction | None
    left: int
    run: int | None
    time: Fraction | None

    @property
    def reduce(self) -> bool:
        """Whether the share is to become less: a target below its baseline."""
        return self.baseline is not None and self.target < self.baseline

    def distance(self, share: Fraction | None) -> Fraction | None:
        """Return which share of the way from the baseline to the target lies behind."""
        if share is None or self.baseline is None or self.target == self.baseline:
            return None
        return (share - self.baseline) / (self.target - self.baseline)

    def ratio(self, share: Fraction | None) -> Fraction | None:
        """Return the share of the distance over the share of the time."""
        gone = self.distance(share)
        return None if gone is None or self.time is None or self.time <= 0 else gone / self.time

    def status(self, share: Fraction | None) -> str:
        """Return the verdict on one share."""
        if share is None:
            return "not_assessable"
        if share <= self.target if self.reduce else share >= self.target:
            return "achieved"
        if self.left <= 0:
            return "not_achieved"
        ratio = self.ratio(share)
        if ratio is None:
            return "not_assessable"
        return next((status for status, cut in CUTS if ratio >= cut), "reversing")


def goal_of(target: Mapping[Any, Any], year: int) -> Goal:
    """Return one row of the targets as it stands in one year."""
    baseline = None if pd.isna(target["baseline"]) else Fraction(str(target["baseline"]))
    left = int(target["target_year"]) - year
    run = None if pd.isna(target["base_year"]) else year - int(target["base_year"])
    time = None if run is None or run + left == 0 else Fraction(run, run + left)
    return Goal(Fraction(str(target["target"])), baseline, left, run, time)


def share_of(part: float, whole: float) -> Fraction | None:
    """Return persons over persons exactly; None where there is nobody or the number is unknown."""
    if not whole > 0:
        return None
    (persons, one), (of, unit) = float(part).as_integer_ratio(), float(whole).as_integer_ratio()
    return Fraction(persons * unit, of * one)


def check_targets(targets: pd.DataFrame, *columns: str) -> None:
    """Raise with every target that cannot be one: shares, years, accumulation."""
    needs("targets", targets, ("indicator", "accumulation", *columns))
    faults = []
    numbers = [name for name in ("target", "target_year", "baseline", "base_year")
               if name in targets]
    if text := [name for name in numbers if any(isinstance(v, str) for v in targets[name])]:
        raise DataError(f"targets: {', '.join(text)} must be numbers, not text, as "
                        "kgge.load_targets() gives them")
    for row in targets.to_dict("records"):
        wrong = [f"{name} {row[name]} (a share, 0 to 1)" for name in ("target", "baseline")
                 if name in columns and not (pd.isna(row[name]) and name == "baseline")
                 and not 0 <= row[name] <= 1]
        if row["accumulation"] not in ("cumulative", "latest"):
            wrong.append(f"accumulation {row['accumulation']} (cumulative or latest)")
        if "base_year" in columns and pd.notna(row["base_year"]) and (
                row["base_year"] > row["target_year"]):
            wrong.append(f"base_year {row['base_year']} after target_year {row['target_year']}")
        faults += [f"indicator {row['indicator']}: {what}" for what in wrong]
    if faults:
        raise DataError("targets: " + "; ".join(faults))
