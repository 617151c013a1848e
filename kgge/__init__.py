"""Plan 27/KH-UBND of Kiên Giang province on gender equality 2016-2020, readable and accountable.

One way only: ``data/raw`` → `read_annex`, `read_returns` → ``kgge build`` → ``data/processed`` →
``load_*`` → `totals`, `execution`, `coverage`, `progress` → `charts` → notebooks and exports.
Everything is a plain pandas DataFrame; columns, keys and units stand in
``kgge.tables.schemas.SCHEMAS``.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from kgge.analysis.coverage import coverage
from kgge.analysis.prices import real_terms
from kgge.analysis.progress import progress
from kgge.analysis.reporting import reporting_rates
from kgge.analysis.spending import execution, shares, totals
from kgge.analysis.status_card import notice, status_card
from kgge.annex.reconcile import reconcile
from kgge.files import DataError
from kgge.labels import label, number, percent
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

if TYPE_CHECKING:
    from kgge import charts
    from kgge.annex.read import read_annex
    from kgge.charts.style import use
    from kgge.returns.collect import Returns, read_returns
    from kgge.returns.template import write_template
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
    "coverage", "progress", "status_card", "notice", "reporting_rates",
    # where a figure comes from, how it is drawn and called
    "trace", "charts", "use", "label", "number", "percent", "DataError",
]

# Loaded when first asked for, so that `import kgge` costs little more than `import pandas`.
_LATER = {"charts": "kgge.charts", "read_annex": "kgge.annex.read",
          "read_returns": "kgge.returns.collect", "Returns": "kgge.returns.collect",
          "write_template": "kgge.returns.template", "trace": "kgge.tracing",
          "use": "kgge.charts.style"}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module 'kgge' has no attribute {name!r}")
    module = import_module(_LATER[name])
    return module if name == "charts" else getattr(module, name)


def __dir__() -> list[str]:
    return sorted(__all__)
