"""How far each objective is: coverage, what the missing returns could change, and the verdict."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from kgge.analysis.blocks import blocks, lay_out
from kgge.analysis.bounds import sum_cells
from kgge.analysis.coverage import COUNTS, RETURNS, compare
from kgge.analysis.scope import with_codes
from kgge.analysis.tipping import break_even
from kgge.analysis.verdict import ORDER, Goal, check_targets, goal_of, share_of
from kgge.files import DataError
from kgge.tables.schemas import Kept, needs

PROGRESS = ["indicator", "year", *COUNTS, "baseline", "target", "distance_share", "time_share",
            "ratio", "status", "status_low", "status_high", "firm", "observed_pace",
            "required_pace", *RETURNS]


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
        The year to judge; by default those from the plan's first to the latest of which a return
        has come (where none has, each target year).

    Returns
    -------
    DataFrame
        Key indicator, year: every indicator of `targets`. reached, eligible: persons; coverage,
        coverage_low, coverage_high, baseline, target, distance_share, time_share: shares;
        ratio: distance_share / time_share; status, status_low, status_high: one of
        `plan.STATUSES`, the last two empty where the ends are; firm: all three agree, so that the
        verdict does not depend on missing or doubtful returns, if the missing units have as many
        eligible persons as last reported (never of what is not assessable; no guard against
        misreporting or double counting); observed_pace = (coverage - baseline) / years run,
        required_pace: shares per year (last year's, like with like: `year_on_year`);
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
    asked, span, targets, attrs = lay_out(outcomes, targets, units, year)
    check_targets(targets, "target", "target_year", "baseline", "base_year")
    rows: list[dict[str, Any]] = []
    beside = Kept({"tipping": [], "pace": []})  # for the status card
    if not span and len(targets):  # no return at all: each indicator stands in its target year
        span = range(int(targets["target_year"].min()), int(targets["target_year"].max()) + 1)
    for block, target in blocks(outcomes, units, targets, span):
        sums = sum_cells(block)
        for y in asked or [int(target["target_year"])]:
            here = {name: values[y - span[0], 0] for name, values in sums.items()}
            goal = goal_of(target, y)
            rows.append({"indicator": block.indicator, "year": y, **_judge(here, goal)})
            beside["tipping"] += break_even(block, here, goal, span, y)
            if shown := compare(block, span, y):
                beside["pace"].append({"indicator": block.indicator, "year": y} | {
                    name: shown[name] for name in ("since", "pace")})
    result = pd.DataFrame(rows, columns=PROGRESS)
    result.attrs = attrs | {"beside": beside}
    return result


def _judge(sums: dict[str, Any], goal: Goal) -> dict[str, Any]:
    """Return one row of `progress`, judged on exact fractions."""
    shares = [share_of(sums["reached"], sums["eligible"]),
              share_of(sums["low"], sums["low_of"]), share_of(sums["high"], sums["high_of"])]
    status, low, high = map(goal.status, shares)
    known = shares[1] is not None and shares[2] is not None
    now, run = shares[0], goal.run
    numbers = {
        "coverage": now, "coverage_low": shares[1], "coverage_high": shares[2],
        "baseline": goal.baseline, "target": goal.target, "distance_share": goal.distance(now),
        "time_share": goal.time, "ratio": goal.ratio(now),
        "observed_pace": None if now is None or goal.baseline is None or run is None or run <= 0
        else (now - goal.baseline) / run,
        "required_pace": None if now is None or goal.left <= 0
        else (goal.target - now) / goal.left}
    # All three must agree: what is reported can lie outside the ends, where it says little.
    firm = known and status == low == high and status != "not_assessable"
    return sums | {k: np.nan if v is None else float(v) for k, v in numbers.items()} | {
        "status": status, "status_low": low if known else None,
        "status_high": high if known else None, "firm": firm}


def objectives(progress: pd.DataFrame, targets: pd.DataFrame) -> pd.DataFrame:
    """Return the verdict on each objective: that of the indicator which is furthest behind.

    Parameters
    ----------
    progress : DataFrame
        As `progress` returns it.
    targets : DataFrame
        As `load_targets` gives it: indicator, objective, target_year, baseline, base_year and
        national_target are used.

    Returns
    -------
    DataFrame
        Key objective, year; indicators (codes, `;` between); status, status_low, status_high, firm
        as in `progress`: an objective is achieved only where all its indicators are, and not
        assessable where one is not, unless another is not achieved; held_by: the indicators with
        that status; national_status: the same with the national targets, as reported. For their
        ranges: ``kgge.progress(outcomes, targets.assign(target=targets["national_target"]), …)``.

    Examples
    --------
    >>> now = ["achieved", "not_achieved"]
    >>> progress = pd.DataFrame({
    ...     "indicator": ["1a", "1b"], "year": 2020, "reached": [70, 40], "eligible": 100,
    ...     "status": now, "status_low": now, "status_high": now})
    >>> targets = pd.DataFrame({"indicator": ["1a", "1b"], "objective": "1", "target_year": 2020,
    ...     "baseline": 0.0, "base_year": 2015, "national_target": 0.5})
    >>> objectives(progress, targets)[["objective", "status", "held_by"]]
      objective        status held_by
    0         1  not_achieved      1b
    """
    needs("progress", progress, ("indicator", "year", "reached", "eligible", "status",
                                 "status_low", "status_high"))
    needs("targets", targets, ("indicator", "objective", "national_target", "target_year",
                               "baseline", "base_year"))
    progress, targets = with_codes(progress), with_codes(targets)
    of = targets.set_index("indicator").to_dict("index")
    if odd := [str(code) for code in progress["indicator"].unique() if code not in of]:
        raise DataError(f"progress has indicators that targets lack: {', '.join(odd)}; pass the "
                        "targets it was judged by")
    table = progress.assign(
        objective=progress["indicator"].map({i: row["objective"] for i, row in of.items()}),
        national=["" if pd.isna(of[row["indicator"]]["national_target"]) else goal_of(
            of[row["indicator"]] | {"target": of[row["indicator"]]["national_target"]},
            int(row["year"])).status(share_of(row["reached"], row["eligible"]))
            for row in progress.to_dict("records")])
    rows = []
    for (objective, year), part in table.groupby(["objective", "year"], sort=False):
        status, low, high = (_worst(part[c]) for c in ("status", "status_low", "status_high"))
        rows.append({
            "objective": objective, "year": year, "indicators": ";".join(part["indicator"]),
            "status": status, "status_low": low, "status_high": high,
            "firm": status == low == high and status != "not_assessable",
            "held_by": ";".join(part.loc[part["status"] == status, "indicator"]),
            "national_status": _worst(part["national"])})
    out = pd.DataFrame(rows, columns=["objective", "year", "indicators", "status", "status_low",
                                      "status_high", "firm", "held_by", "national_status"])
    out.attrs = {name: kept for name, kept in progress.attrs.items() if name != "beside"}
    return out


def _worst(statuses: Iterable[Any]) -> str | None:
    """Return the worst verdict; one unknown leaves it open, unless another is not achieved."""
    known = ["" if pd.isna(status) else status for status in statuses]
    for settled in ("not_achieved", "", "not_assessable"):
        if settled in known:
            return settled or None
    return max(known, key=ORDER.index, default=None)
