"""From ``data/raw`` to ``data/processed``: every table, its dictionary and its data package."""

import json
from typing import Any

import pandas as pd

from kgge.annex.read import read_annex
from kgge.annex.reconcile import budget_of, reconcile
from kgge.files import data_folder, write_bytes
from kgge.labels import check_labels
from kgge.returns.collect import Returns, read_returns
from kgge.tables.load import write_table
from kgge.tables.schemas import FROM_RETURNS, SCHEMAS

# Column types of the Open Fiscal Data Package, for the tables of money.
FISCAL = {
    "budget": {"item": "activity:generic:subproject:code",
               "project": "activity:generic:project:code", "year": "date:fiscal-year",
               "source": "fin-source:generic:code", "amount": "value"},
    "spending": {"unit": "administrative-classification:generic:level1:code",
                 "item": "activity:generic:subproject:code", "year": "date:fiscal-year",
                 "source": "fin-source:generic:code", "amount": "value"},
}
PHASE = {"budget": "approved", "spending": "executed"}
# A row total has no year and source, a problem of a whole file no cell: no primary key there.
NULLABLE_KEYS = ("annex", "ledger", "problems")


def build() -> Returns:
    """Write every table of ``data/processed`` from ``data/raw``; return what `read_returns` gave.

    The annex and the code lists are read before anything is written, so an annex that cannot be
    read, or a code without label, leaves the tables as they were. Problems of the returns are
    written as a table too.
    """
    raw, out = data_folder() / "raw", data_folder() / "processed"
    annex = read_annex()
    frames = {
        "annex": annex,
        "repairs": pd.DataFrame(annex.attrs["repairs"],
                                columns=[c.name for c in SCHEMAS["repairs"].columns]),
        "ledger": reconcile(annex),
        "budget": budget_of(annex),
    }
    for name, file in (("targets", "targets"), ("units", "units"), ("context", "context-figures")):
        frames[name] = pd.read_csv(raw / f"{file}.csv", engine="c", dtype="str")
    groups = pd.read_csv(raw / "groups.csv", engine="c", dtype="str")
    check_labels({"item": annex["item"], "source": frames["budget"]["source"],
                  "indicator": frames["targets"]["indicator"], "unit": frames["units"]["unit"],
                  "group": groups["group"]})
    for name, frame in frames.items():
        write_table(name, frame, out)
    returns = read_returns(raw / "returns")
    for name, frame in returns._asdict().items():
        write_table(name, frame, out)
    illustrative = bool(returns.outcomes.attrs["illustrative"])
    package = json.dumps(data_package(illustrative), ensure_ascii=False, indent=2)
    write_bytes(out / "datapackage.json", (package + "\n").encode())
    write_bytes(out / "README.md", dictionary(illustrative).encode())
    return returns


def _mark(name: str, illustrative: bool) -> str:
    marked = illustrative and name in FROM_RETURNS
    return "ILLUSTRATIVE, no result of the plan: " if marked else ""


def data_package(illustrative: bool) -> dict[str, Any]:
    """Return the description of the processed tables as a (fiscal) data package."""
    resources = []
    for name, schema in SCHEMAS.items():
        fields = [{"name": c.name, "type": c.type, "description": c.text}
                  for c in schema.columns]
        for field in fields:
            if field["name"] in FISCAL.get(name, {}):
                field["columnType"] = FISCAL[name][field["name"]]
        about: dict[str, Any] = {
            "name": name, "path": f"{name}.csv", "encoding": "utf-8", "format": "csv",
            "mediatype": "text/csv", "profile": "tabular-data-resource",
            "description": _mark(name, illustrative) + schema.text, "schema": {"fields": fields}}
        if name not in NULLABLE_KEYS:
            about["schema"]["primaryKey"] = list(schema.key)
        if name in FISCAL:
            about |= {"phase": PHASE[name], "direction": "expenditure", "currency": "VND",
                      "factor": 1_000_000}
        resources.append(about)
    return {"name": "kgge", "title": "Plan 27/KH-UBND of Kiên Giang province, 2016-2020",
            "profile": "tabular-data-package", "resources": resources}


def dictionary(illustrative: bool) -> str:
    """Return the data dictionary of the processed tables in Markdown."""
    parts = ["# Processed tables\n\nMade by `kgge build` from `data/raw`; not to be edited.\n"]
    for name, schema in SCHEMAS.items():
        rows = "".join(f"| {c.name} | {c.type} | {c.text} |\n" for c in schema.columns)
        parts.append(f"## {name}\n\n{_mark(name, illustrative)}{schema.text}. "
                     f"Key: {', '.join(schema.key)}.\n\n| column | type | holds |\n|---|---|---|\n"
                     f"{rows}")
    return "\n".join(parts)
