"""Charts: one function for each, named for what it shows; the table it draws goes in.

Each takes ``(table, ax=None, lang=None, title=None, subtitle=None)`` and returns the Axes.
`chart_data` reads back what is drawn, `chart_text` the words around it; `finish` gives a chart of
your own the same frame.
"""

from kgge.charts.budget import (
    planned_by_line,
    planned_by_project_and_source,
    planned_by_project_and_year,
    planned_by_year_and_source,
    planned_in_constant_prices,
    source_shares_by_year,
)
from kgge.charts.execution import (
    execution_by_project_and_year,
    planned_against_spent,
)
from kgge.charts.gaps import gap_by_unit, reach_needed, women_against_men
from kgge.charts.layout import ChartText, chart_text, finish
from kgge.charts.objectives import paths_to_targets, scorecard
from kgge.charts.ranges import coverage_by_group_and_sex, coverage_by_unit
from kgge.charts.readback import chart_data
from kgge.charts.received import reports_received, warnings_by_unit_and_year

__all__ = [
    # money
    "planned_by_line", "planned_by_project_and_source", "planned_by_project_and_year",
    "planned_by_year_and_source", "source_shares_by_year", "planned_in_constant_prices",
    "planned_against_spent", "execution_by_project_and_year",
    # returns and persons
    "reports_received", "warnings_by_unit_and_year", "paths_to_targets", "scorecard",
    "gap_by_unit", "women_against_men", "reach_needed", "coverage_by_group_and_sex",
    "coverage_by_unit",
    # reading back, and a chart of your own
    "chart_data", "chart_text", "ChartText", "finish",
]


def __dir__() -> list[str]:
    return sorted(__all__)
