"""Kill jobs at each step of writing and look at what they leave. Run by test_kill; prints counts.

Usage: python tests/kill_writers.py FOLDER JOB ..., JOB one of annotate, export, build. A job is
done in a forked child, so that a round pays for no import; and what is written is made once: a
kill while it is read, counted or drawn finds nothing written and tells nothing.
"""

import hashlib
import os
import shutil
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import kgge
from kgge.build import build
from kgge.publish import excel
from kgge.publish.figures import Drawn, export
from kgge.returns.annotate import annotate
from kgge.returns.collect import read_returns
from kgge.tables.folder import read_plan

# So small that a round is short and most moments it may end at are those of writing.
FEW, FILES = "rach-gia", 9
# After each a process is killed: a file that it opens is not written yet.
STEPS = ("open", "os.rename", "os.remove")


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
    module, plan, work = sys.modules["kgge.build"], read_plan(), place / "work"
    returns = read_returns(new / "raw" / "returns")
    module.read_plan, module.read_returns = lambda: plan, lambda *_: returns
    module.make_form = lambda *_: None
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
        source, problems = place / "returns", kgge.load_problems()
        problems = problems[problems["file"].isin(problems["file"].unique()[:FILES])]
        for name in problems["file"].unique():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(kgge.files.data_folder() / "raw" / "returns" / name, source / name)
        made = make_folder(place, lambda to: annotate(source, to, problems), lambda _: b"old")
        sys.modules["kgge.returns.annotate"]._marked = lambda file, _: (
            place / "new" / file.relative_to(source)).read_bytes()
        return made
    module, drawn = sys.modules["kgge.publish.figures"], [
        Drawn(SimpleNamespace(name=name, section="plan"), None, None, b"", {
            f"{name}.{kind}": kind.encode() * 9_999 for kind in ("png", "csv", "txt")})
        for name in ("a", "b")]
    module.published, module.figures = dict, lambda _: [one.figure for one in drawn]
    module.draw = lambda figure, *_: drawn["ab".index(figure.name)]
    module.sheets, module.document = lambda _: [], lambda *_: b"words" * 9_999
    excel.workbook = lambda *_: b"book" * 9_999
    return make_folder(place, lambda to: export(to, ["en"], ["png"], jobs=1), lambda _: b"old")


def killed_at(step: int, work, folder: Path) -> bool:
    """Do the job in a process that is killed right after a step; return whether it came so far."""
    child = os.fork()
    if child:
        return os.WIFSIGNALED(os.waitpid(child, 0)[1])
    left = iter(range(step))

    def look(event, args):
        if event in STEPS and str(args[0]).startswith(f"{folder}/") and next(left) == step - 1:
            sys.setprofile(lambda _, then, __: then == "c_call" and os.kill(os.getpid(), 9))

    try:
        sys.addaudithook(look)
        work()
    finally:
        os._exit(0)


def main(job: str, place: Path) -> None:
    folder, reset, work, old, new = make(job, place)
    killed, mixed = 0, 0
    reset()
    while killed_at(killed + 1, work, folder):
        killed += 1
        seen = {k: v for k, v in digest(folder).items() if not k.endswith(".part")}
        assert set(seen) <= set(old) | set(new), sorted(set(seen) - set(old) - set(new))
        wrong = [name for name, sha in seen.items() if sha not in (old.get(name), new.get(name))]
        assert not wrong and set(old) <= set(seen), (wrong, sorted(set(old) - set(seen)))
        mixed += seen != old and seen != new
        reset()
    for name in new:  # what a run killed before this one may have left
        path = folder / name
        path.with_name(f".{path.name}.0.part").write_bytes(b"half")
    work()
    left = digest(folder)
    assert left == new, sorted(set(left.items()) ^ set(new.items()))
    print(f"{job}: killed at {killed} steps, {mixed} between the old and the new; {len(new)} files")


if __name__ == "__main__":
    for name in sys.argv[2:]:
        main(name, Path(sys.argv[1]) / name)
