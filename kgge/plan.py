"""What the plan fixes and what we add to it: constants, each with the place it comes from."""

# Section I.2, first objective: 1b counts residents, the one group a census also counts.
CENSUS_INDICATOR = "1b"
# Section V: money outside the state budget is foreseen, without amounts.
UNPLANNED_SOURCE = "other"

# Ours, not the plan's (it sets no due date): the return of a year is due on this day of the next.
DUE_MONTH, DUE_DAY = 1, 31
# Ours: cut points of the progress rule, as decimals so that a border case is judged exactly.
ON_TRACK, ACCELERATE = "0.95", "0.60"

LANGUAGES = ("en", "vi")
STATUSES = ("achieved", "on_track", "acceleration_needed", "limited", "reversing", "not_achieved",
            "not_assessable")
CELL_STATES = ("reported", "not_reported", "not_known", "not_applicable", "rejected")
EXECUTION_STATES = ("executed", "unplanned", "nothing_planned", "not_reported", "no_plan")
REPORT_STATES = ("on_time", "late", "empty", "missing")
LEDGER_STATES = ("agrees", "differs", "not checkable")
SEXES = ("female", "male")
