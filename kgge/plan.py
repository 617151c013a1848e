"""What holds for every plan: languages, states, cut points; the plan's own facts: plan.csv."""

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
