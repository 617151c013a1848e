"""One plan of the national gender-equality programme, readable and accountable.

One way only: ``data/raw`` → `read_annex`, `read_returns` → ``kgge build`` → ``data/processed`` →
``load_*`` → `totals`, `execution`, `coverage`, `progress` → `charts` → notebooks and exports.
Everything is a plain pandas DataFrame; columns, keys and units stand in
``kgge.tables.schemas.SCHEMAS``.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from kgge import charts
    from kgge.analysis.coverage import coverage, year_on_year
    from kgge.analysis.gap import gap
    from kgge.analysis.prices import real_terms
    from kgge.analysis.progress import objectives, progress
    from kgge.analysis.reporting import reporting_rates
    from kgge.analysis.spending import execution, shares, totals
    from kgge.analysis.status_card import notice, status_card
    from kgge.analysis.tipping import tipping
    from kgge.annex.read import read_annex
    from kgge.annex.reconcile import reconcile
    from kgge.charts.layout import finish
    from kgge.charts.style import use
    from kgge.files import DataError
    from kgge.labels import about, label, number, percent
    from kgge.publish.brief import brief
    from kgge.publish.figures import export_chart
    from kgge.publish.show import show
    from kgge.returns.collect import Returns, read_returns
    from kgge.returns.quality import quality
    from kgge.returns.template import write_template
    from kgge.tables.load import (
        load_annex,
        load_budget,
        load_context,
        load_ledger,
        load_outcomes,
        load_problems,
        load_repairs,
        load_reporting,
        load_spending,
        load_targets,
        load_units,
    )
    from kgge.tracing import trace

__all__ = [
    # sources in
    "read_annex", "reconcile", "write_template", "read_returns", "Returns",
    # processed tables
    "load_annex", "load_budget", "load_context", "load_ledger", "load_outcomes", "load_problems",
    "load_repairs", "load_reporting", "load_spending", "load_targets", "load_units",
    # money
    "totals", "shares", "real_terms", "execution",
    # persons
    "coverage", "progress", "objectives", "tipping", "gap", "year_on_year", "status_card",
    "notice", "reporting_rates", "quality",
    # where a figure comes from, how it is drawn and called
    "trace", "charts", "use", "show", "brief", "finish", "export_chart", "about", "label", "number",
    "percent", "DataError",
]

# Each name is loaded when first asked for, so that the command line and its completion start at
# once, and nothing loads matplotlib or openpyxl before it draws or reads.
_MODULES = {
    "annex.read": ["read_annex"], "annex.reconcile": ["reconcile"],
    "returns.template": ["write_template"], "returns.quality": ["quality"],
    "returns.collect": ["read_returns", "Returns"],
    "tables.load": [name for name in __all__ if name.startswith("load_")],
    "analysis.spending": ["totals", "shares", "execution"],
    "analysis.prices": ["real_terms"], "analysis.coverage": ["coverage", "year_on_year"],
    "analysis.progress": ["progress", "objectives"], "analysis.tipping": ["tipping"],
    "analysis.gap": ["gap"], "analysis.status_card": ["status_card", "notice"],
    "analysis.reporting": ["reporting_rates"], "tracing": ["trace"], "charts.style": ["use"],
    "publish.show": ["show"], "publish.brief": ["brief"], "charts.layout": ["finish"],
    "publish.figures": ["export_chart"], "labels": ["about", "label", "number", "percent"],
    "files": ["DataError"]}
_HOME = {name: f"kgge.{module}" for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name == "charts":
        return import_module("kgge.charts")
    if name not in _HOME:
        raise AttributeError(f"module 'kgge' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
