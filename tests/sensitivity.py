"""How many changes of the data do the notebooks notice? Run: python tests/sensitivity.py

Changes each leaf amount of the annex consistently with all its totals, a sample of the cells of
the returns, each target and each cut point; rebuilds the tables and runs the notebooks that rest
on them under pytest with --nbval, each change by itself. Prints the share that was noticed.
"""

import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import openpyxl

import kgge
from kgge.annex.read import find_annex

ROOT = Path(kgge.__file__).parents[1]
SAMPLE = 40


def amounts() -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """Name each leaf amount and the fields it adds to: its own, its total, all parents'."""
    annex = kgge.load_annex()
    cells = annex.dropna(subset="year").set_index(["item", "year", "source"])
    place = cells[["line", "column"]].sort_index()
    parents = annex.drop_duplicates("item").set_index("item")["parent"]
    for row in annex[annex["leaf"] & annex["year"].notna()].itertuples():
        items, item = [], row.item
        while isinstance(item, str):
            items.append(item)
            item = parents[item]
        fields = []
        for name in [*items, "total"]:
            whole = annex[(annex["item"] == name) & annex["year"].isna()].iloc[0]
            fields += [tuple(place.loc[(name, row.year, row.source)]),
                       (whole["line"], whole["column"])]
        yield f"{row.item} {row.year} {row.source}", fields


def change_amount(data: Path, fields: list[tuple[int, int]]) -> None:
    path = data / "raw" / find_annex().name
    lines = path.read_text(encoding="utf-8").split("\n")
    for line, column in fields:
        row = lines[line - 1].split("\t")
        printed = row[column - 1].strip().replace(",", "")
        row[column - 1] = str(int(printed.replace("-", "0")) + 10)
        lines[line - 1] = "\t".join(row)
    path.write_text("\n".join(lines), encoding="utf-8")
    corrections = path.with_name(path.stem + ".corrections.csv")
    extra = lines[37].split("\t")[11]  # the superfluous amount stands as it was
    assert f"38,12,{extra}," in corrections.read_text(encoding="utf-8")


def change_cell(data: Path, cell: object) -> None:
    path = data / "raw" / cell.file
    book = openpyxl.load_workbook(path)
    found = book[cell.sheet].cell(int(cell.line), int(cell.column))
    found.value = float(found.value or 0) - 1 if float(found.value or 0) >= 1 else 1
    book.save(path)


def change_text(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, (path, old)
    path.write_text(text.replace(old, new), encoding="utf-8")


def noticed(change, books: str) -> bool:
    """Make one change in a copy, rebuild, and tell whether a notebook fails for it."""
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place)
        for part in ("data", "kgge", "notebooks"):
            shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
        change(copy)
        env = {**os.environ, "KGGE_DATA": str(copy / "data"), "PYTHONPATH": str(copy)}
        subprocess.run([sys.executable, "-m", "kgge.cli", "build"], env=env, cwd=copy,
                       capture_output=True, check=False)
        files = sorted(str(p) for p in (copy / "notebooks").glob(books))
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--nbval",
             "--rootdir", place, "-c", os.devnull, *files],
            env=env, cwd=copy, capture_output=True, text=True, check=False)
        assert done.returncode in (0, 1), done.stdout
        return done.returncode == 1


def changes() -> Iterator[tuple[str, str, str, object]]:
    for name, fields in amounts():
        yield ("leaf amounts", name, "0[12]*.ipynb",
               lambda c, f=fields: change_amount(c / "data", f))
    pick = random.Random(27)
    outcomes = kgge.load_outcomes().dropna(subset=["eligible", "reached"])
    spending = kgge.load_spending().query("amount > 0")
    for table, books in ((outcomes, "05*.ipynb"), (spending, "04*.ipynb")):
        for at in sorted(pick.sample(range(len(table)), SAMPLE // 2)):
            cell = next(c for c in kgge.trace(table.iloc[[at]]).itertuples()
                        if c.figure in ("reached", "amount"))
            yield ("cells of returns", f"{cell.file} {cell.sheet} {cell.line}:{cell.column}", books,
                   lambda c, x=cell: change_cell(c / "data", x))
    for row in kgge.load_targets().itertuples():
        old = f"\n{row.indicator},{row.objective},{row.target:.2f},"
        new = f"\n{row.indicator},{row.objective},{row.target - 0.01:.2f},"
        yield ("targets", row.indicator, "05*.ipynb", lambda c, o=old, n=new: change_text(
            c / "data" / "raw" / "targets.csv", o, n))
    for old, new in (('"0.95"', '"0.94"'), ('"0.60"', '"0.59"')):
        yield ("cut points", old, "05*.ipynb", lambda c, o=old, n=new: change_text(
            c / "kgge" / "plan.py", o, n))


def main() -> int:
    base = all(not noticed(lambda c: None, books) for books in ("0[12]*.ipynb", "0[45]*.ipynb"))
    print("unchanged data: the notebooks pass" if base else "unchanged data already fails")
    todo = list(changes())
    only = sys.argv[1:]
    todo = [c for c in todo if not only or c[0] in only]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(lambda c: noticed(c[3], c[2]), todo))
    for kind in dict.fromkeys(c[0] for c in todo):
        seen = [ok for ok, c in zip(found, todo, strict=True) if c[0] == kind]
        print(f"{kind}: {sum(seen)} of {len(seen)} noticed ({sum(seen) / len(seen):.1%})")
    for ok, (kind, name, *_) in zip(found, todo, strict=True):
        if not ok:
            print(f"  not noticed: {kind}: {name}")
    return 0 if base and all(found) else 1


if __name__ == "__main__":
    sys.exit(main())
