"""Kill a job at random moments and look at what it leaves. Run by test_kill; prints a count.

Usage: python tests/kill_writers.py JOB TIMES FOLDER, JOB one of build, annotate, export. The job
is done in a forked child, so that each round pays for the work and not for the imports.
"""

import hashlib
import os
import random
import shutil
import signal
import sys
import threading
import time
import zipfile
from pathlib import Path

from tqdm import tqdm

import kgge
from kgge.build import build
from kgge.publish.catalogue import annexes, figures
from kgge.publish.excel import workbook
from kgge.publish.figures import export
from kgge.publish.word import document
from kgge.returns.annotate import annotate

# So small that a round is short and most moments it may end at are those of writing.
FEW, FILES = "rach-gia", 3


def digest(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): sha(p) for p in folder.rglob("*") if p.is_file()}


def sha(path: Path) -> str:
    """Return a digest of what a file holds; a workbook's is without its date of saving."""
    content = path.read_bytes()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as book:
            parts = [(i.filename, i.CRC) for i in book.infolist() if "core.xml" not in i.filename]
            content = repr((book.testzip(), parts)).encode()
    return hashlib.sha256(content).hexdigest()


def build_in(data: Path):
    os.environ["KGGE_DATA"] = str(data)
    build()


def make_build(place: Path):
    """Old: the tables of a few returns. New: units of another kind, a return less."""
    old, new = place / "old", place / "new"
    shutil.copytree(kgge.files.data_folder(), old, ignore=lambda where, names: [
        name for name in names if name.endswith(".xlsx") and FEW not in name])
    build_in(old)
    shutil.copytree(old, new)
    units = new / "raw" / "units.csv"
    units.write_text(units.read_text("utf-8").replace(",department,", ",media,"), "utf-8")
    min((new / "raw" / "returns").rglob("*.xlsx")).unlink()
    build_in(new)
    work = place / "work"
    shutil.copytree(new / "raw", work / "raw")

    def reset():
        shutil.rmtree(work / "processed", ignore_errors=True)
        shutil.copytree(old / "processed", work / "processed")

    return work / "processed", reset, lambda: build_in(work), digest(old / "processed"), digest(
        new / "processed")


def make_folder(place: Path, write, spoil):
    """Old: files of an earlier run, other bytes. New: what the job writes."""
    new, old, work = place / "new", place / "old", place / "work"
    write(new)
    shutil.copytree(new, old)
    for path in old.rglob("*"):
        if path.is_file():
            path.write_bytes(spoil(path.read_bytes()))

    def reset():
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(old, work)

    return work, reset, lambda: write(work), digest(old), digest(new)


def make(job: str, place: Path):
    if job == "build":
        return make_build(place)
    if job == "annotate":
        source = kgge.files.data_folder() / "raw" / "returns"
        problems = kgge.read_returns(source).problems
        problems = problems[problems["file"].isin(problems["file"].unique()[:FILES])]
        return make_folder(place, lambda to: annotate(source, to, problems), lambda _: b"old")
    some, module = figures()[:2], sys.modules["kgge.publish.figures"]
    module.figures = lambda _: some
    # Drawn once: a kill while a figure is drawn finds nothing written and tells nothing.
    drawn = {one.name: module.draw(one, "en", ["png"]) for one in some}
    filled = annexes()
    book, words = workbook("en"), document(list(drawn.values()), "en", filled)
    module.draw = lambda figure, *_: drawn[figure.name]
    module.document, module.sheets = lambda *_: words, lambda _: filled
    sys.modules["kgge.publish.excel"].workbook = lambda *_: book
    return make_folder(place, lambda to: export(to, ["en"], ["png"], jobs=1), lambda _: b"old")


def main(job: str, times: int, place: Path) -> None:
    # tqdm's own lock is shared with forked children: one killed while it holds it stops the rest.
    tqdm.set_lock(threading.RLock())
    folder, reset, work, old, new = make(job, place)
    begin = time.perf_counter()
    reset()
    work()
    whole, pick, killed, mixed = time.perf_counter() - begin, random.Random(27), 0, 0
    for _ in range(times):
        reset()
        child = os.fork()
        if child == 0:
            try:
                work()
            finally:
                os._exit(0)
        time.sleep(pick.uniform(0, whole))
        os.kill(child, signal.SIGKILL)
        killed += os.WIFSIGNALED(os.waitpid(child, 0)[1])
        seen = {k: v for k, v in digest(folder).items() if not k.endswith(".part")}
        assert set(seen) <= set(old) | set(new), sorted(set(seen) - set(old) - set(new))
        wrong = [name for name, sha in seen.items() if sha not in (old.get(name), new.get(name))]
        assert not wrong and set(old) <= set(seen), (wrong, sorted(set(old) - set(seen)))
        mixed += seen != old and seen != new
    for name in new:  # what a run killed before this one may have left
        path = folder / name
        path.with_name(f".{path.name}.0.part").write_bytes(b"half")
    work()
    left = digest(folder)
    assert left == new, sorted(set(left.items()) ^ set(new.items()))
    print(f"{job}: {times} runs, {killed} killed, {mixed} between the old and the new")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
