"""From ``data/raw`` to ``data/processed``: every table, its dictionary and its data package."""

import json
import logging
from typing import Any

import pandas as pd

from kgge.annex.reconcile import budget_of, reconcile
from kgge.files import data_folder, write_bytes
from kgge.labels import label
from kgge.returns.collect import Returns, read_returns
from kgge.returns.form import make_form
from kgge.tables.folder import read_plan
from kgge.tables.load import write_table
from kgge.tables.schemas import DESCRIBED, FROM_RETURNS, SCHEMAS

_log = logging.getLogger(__name__)

# A row total has no year and source, a problem of a whole file no cell: no primary key there.
NULLABLE_KEYS = ("annex", "ledger", "problems")


def build() -> Returns:
    """Write every table of ``data/processed`` from ``data/raw``; return what `read_returns` gave.

    The annex and the code lists are read before anything is written, so an annex that cannot be
    read, or a code without label, leaves the tables as they were. Problems of the returns are
    written as a table too.
    """
    out = data_folder() / "processed"
    lists = read_plan()
    annex = lists["annex"]
    _log.info("annex, %s", annex.attrs["header"])
    for note in annex.attrs["notes"]:
        _log.warning("annex: %s", note)
    frames = {
        "annex": annex,
        "repairs": pd.DataFrame(annex.attrs["repairs"],
                                columns=[c.name for c in SCHEMAS["repairs"].columns]),
        "ledger": reconcile(annex),
        "budget": budget_of(annex),
    }
    frames |= {name: lists[name] for name in ("targets", "units", "context")}
    for name, frame in frames.items():
        write_table(name, frame, out)
    form = make_form(lists["units"], lists["targets"], annex, lists["groups"])
    inbox = data_folder() / "raw" / "returns"
    inbox.mkdir(exist_ok=True)  # git keeps no empty folder: none has come
    returns = read_returns(inbox, form)
    for name, frame in returns._asdict().items():
        write_table(name, frame, out)
    illustrative = bool(returns.reporting["illustrative"].any())
    package = json.dumps(data_package(illustrative), ensure_ascii=False, indent=2)
    write_bytes(out / "datapackage.json", (package + "\n").encode())
    write_bytes(out / "README.md", dictionary(illustrative).encode())
    return returns


def _marked(name: str, illustrative: bool) -> str:
    marked = illustrative and name in FROM_RETURNS
    return "ILLUSTRATIVE, no result of the plan: " if marked else ""


def data_package(illustrative: bool) -> dict[str, Any]:
    """Return the description of the processed tables as a (fiscal) data package."""
    resources = []
    for name, said in DESCRIBED["tables"].items():
        about: dict[str, Any] = {
            "name": name, "path": f"{name}.csv", "encoding": "utf-8", "format": "csv",
            "mediatype": "text/csv", "profile": "tabular-data-resource",
            "description": _marked(name, illustrative) + said["description"],
            "schema": {"fields": said["fields"]}}
        if name not in NULLABLE_KEYS:
            about["schema"]["primaryKey"] = said["key"]
        if "phase" in said:
            about |= {"phase": said["phase"], "direction": "expenditure", "currency": "VND",
                      "factor": 1_000_000}
        resources.append(about)
    return {"name": "kgge", "title": label("word", "plan", "en"),
            "profile": "tabular-data-package", "resources": resources}


def dictionary(illustrative: bool) -> str:
    """Return the data dictionary of the processed tables in Markdown."""
    parts = ["# Processed tables\n\nMade by `kgge build` from `data/raw`; not to be edited.\n"]
    for name, schema in SCHEMAS.items():
        rows = "".join(f"| {c.name} | {c.type} | {c.text} |\n" for c in schema.columns)
        parts.append(f"## {name}\n\n{_marked(name, illustrative)}{schema.text}. "
                     f"Key: {', '.join(schema.key)}.\n\n| column | type | holds |\n|---|---|---|\n"
                     f"{rows}")
    return "\n".join(parts)
