"""Reading and reconciling the annex, against pyam on the same 264 cells: at most 0.3 wanted.

pyam loads them as one table and checks the sums of the same seven parents (`check_aggregate`). It
needs an environment of its own (``pip install pyam-iamc "sqlalchemy<2.1"``); ``PYAM`` names its
Python: ``PYAM=/path/to/bin/python make benchmarks``.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 15


def least(action) -> float:
    """Return the least processor time of some rounds, after one that is not counted."""
    action()
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        action()
        times.append(time.process_time() - start)
    return min(times)


def ours() -> float:
    import kgge

    return least(lambda: kgge.reconcile(kgge.read_annex()))


def as_pyam(path: Path) -> None:
    """Write the cells as pyam reads them: a line's place in the tree is its variable."""
    import kgge

    annex = kgge.read_annex()
    parents = annex.drop_duplicates("item").set_index("item")["parent"].to_dict()

    def variable(item):
        above = parents.get(item)
        if item == "total":
            return "Budget"
        return f"{variable(above) if isinstance(above, str) else 'Budget'}|{item}"

    table = annex.assign(variable=annex["item"].map(variable), model="plan", scenario="annex",
                         region=annex["source"].astype("str").fillna("all"), unit="million dong",
                         year=annex["year"].fillna(2016).astype(int), value=annex["amount"])
    table[["model", "scenario", "region", "variable", "unit", "year", "value"]].to_csv(
        path, index=False)


def theirs(path: str) -> float:
    """Run in the Python of pyam."""
    import logging

    import pyam

    logging.disable(logging.WARNING)
    parents = sorted({v.rpartition("|")[0] for v in pyam.IamDataFrame(path).variable} - {""})
    assert len(parents) == 7

    def work():
        table = pyam.IamDataFrame(path)
        for parent in parents:
            assert table.check_aggregate(parent) is None, parent

    return least(work)


def main() -> None:
    mine = ours()
    print(f"read and reconciled {mine * 1000:.0f} ms")
    if not (python := os.environ.get("PYAM")):
        print("pyam is not measured: PYAM names no Python that has it")
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "annex.csv"
        as_pyam(path)
        env = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
        other = float(subprocess.run([python, __file__, str(path)], check=True, env=env,
                                     capture_output=True, text=True).stdout)
    print(f"pyam {other * 1000:.0f} ms, ratio {mine / other:.2f} (at most 0.3 wanted)")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(theirs(sys.argv[1]))
    else:
        main()
