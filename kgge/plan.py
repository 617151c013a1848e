"""What holds for every plan: languages, states, cut points; the plan's own facts: plan.csv."""

from collections.abc import Iterable
from typing import Any

# Ours: cut points of the progress rule, as decimals so that a border case is judged exactly.
ON_TRACK, ACCELERATE = "0.95", "0.60"

LANGUAGES = ("en", "vi")
STATUSES = ("achieved", "on_track", "acceleration_needed", "limited", "reversing", "not_achieved",
            "not_assessable")
CELL_STATES = ("reported", "not_reported", "not_known", "not_applicable", "rejected")
EXECUTION_STATES = ("executed", "unplanned", "nothing_planned", "not_known", "not_reported",
                    "no_plan")
REPORT_STATES = ("on_time", "late", "empty", "missing")
LEDGER_STATES = ("agrees", "differs", "not checkable")
SEXES = ("female", "male")


def due_years(planned: Iterable[Any], returned: Iterable[Any]) -> list[int]:
    """Return the years a running plan answers for: its first to the latest with a return.

    The returns decide, not the clock: a later year is neither expected nor missing, a year between
    without any return counts.

    Examples
    --------
    >>> due_years(range(2016, 2021), [2018])
    [2016, 2017, 2018]
    """
    known = [int(year) for year in returned if year == year]
    first = min([int(year) for year in planned] + known, default=0)
    return list(range(first, max(known) + 1)) if known else []
