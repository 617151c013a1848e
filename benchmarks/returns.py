"""Speed and memory of reading returns: ``python benchmarks/returns.py [63 or 0]``.

Compares `read_returns` on the 125 illustrative returns with a loop of
``pandas.read_excel(engine="openpyxl")`` and with bare python-calamine over all their sheets, then
measures growth up to so many provinces' worth (copies with the covers of other units).
"""

import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
import zipfile
from pathlib import Path

import pandas as pd
from python_calamine import CalamineWorkbook

from kgge.files import data_folder
from kgge.returns.collect import list_files, read_returns
from kgge.returns.form import _form_of
from kgge.tables.load import load_units


def timed(action):
    start = time.process_time()
    action()
    return time.process_time() - start


def with_pandas(files):
    for file in files:
        pd.read_excel(file, engine="openpyxl", sheet_name=None, header=None)


def with_calamine(files):
    for file in files:
        book = CalamineWorkbook.from_path(file)
        for name in book.sheet_names:
            book.get_sheet_by_name(name).to_python()


def read_anew(folder):
    """Read as a new process does: the plan too, whose form is kept for the next time."""
    _form_of.cache_clear()
    read_returns(folder)


def compare(folder):
    """Take turns, so that a busy moment meets all, and keep the least time of each."""
    files = [file for _, file in list_files(folder)]
    slow, rounds = [], []
    for number in range(15):
        rounds.append([timed(lambda: read_anew(folder)), timed(lambda: read_returns(folder)),
                       timed(lambda: with_calamine(files))])
        if number % 5 == 0:
            slow.append(timed(lambda: with_pandas(files)))
    *ours, bare = (min(times) for times in zip(*rounds, strict=True))
    print(f"{len(files)} returns: bare python-calamine {bare:.2f} s, pandas with openpyxl "
          f"{min(slow):.2f} s")
    for what, taken in zip(("with the plan", "once its form is known"), ours, strict=True):
        print(f"  read and checked, {what}: {taken:.2f} s, {min(slow) / taken:.1f} times faster "
              f"than pandas (at least 10 wanted), {taken / bare:.1f} times bare calamine "
              "(at most 3 wanted)")


def province(number, out):
    """Copy the returns with the covers of the units of another province."""
    def rename(match):
        return b"<t>p%d-%s</t>" % (number, match[1])
    units = "|".join(load_units()["unit"]).encode()
    for name, file in list_files(data_folder() / "raw" / "returns"):
        target = out / f"p{number}" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(file) as old, zipfile.ZipFile(
                target, "w", zipfile.ZIP_DEFLATED) as new:
            for part in old.namelist():
                text = old.read(part)
                if part.endswith("sharedStrings.xml"):
                    text = re.sub(rb"<t>(%s)</t>" % units, rename, text)
                new.writestr(part, text)


def widen(data, many):
    """Give a copy of the data folder the units of so many provinces."""
    for name, key in (("raw/units.csv", "unit"), ("processed/units.csv", "unit"),
                      ("raw/labels.csv", "code")):
        table = pd.read_csv(data / name, engine="c", dtype="str", keep_default_na=False)
        rows = table if key == "unit" else table[table["kind"] == "unit"]
        more = [rows.assign(**{key: f"p{n}-" + rows[key]}) for n in range(many)]
        pd.concat([table, *more]).to_csv(data / name, index=False)


def grow(many):
    each = {}
    with tempfile.TemporaryDirectory() as folder:
        data, returns = Path(folder) / "data", Path(folder) / "returns"
        for part in ("raw", "processed"):
            shutil.copytree(data_folder() / part, data / part,
                            ignore=shutil.ignore_patterns("returns"))
        widen(data, many)
        for number in range(many):
            province(number, returns)
            if number + 1 in {1, 8, many // 4, many // 2, many}:
                done = subprocess.run([sys.executable, __file__, "--one", str(returns)], check=True,
                                      env=os.environ | {"KGGE_DATA": str(data)},
                                      capture_output=True, text=True).stdout
                print(done, end="", flush=True)
                each[number + 1] = float(done.split(" ms each")[0].split()[-1])
    if 8 in each:
        print(f"  per return at 1,000 against 125: {each[8] / each[1]:.2f} (at most 1.1 wanted)")


def one(folder):
    start = time.process_time()
    out = read_returns(folder)
    taken, read = time.process_time() - start, int(out.reporting["received"].sum())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  {read:5} returns: {taken:6.2f} s, {taken / read * 1000:.2f} ms each, "
          f"{memory:.0f} MB at most", flush=True)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2])
    else:
        compare(data_folder() / "raw" / "returns")
        grow(int(sys.argv[1]) if len(sys.argv) > 1 else 63)
