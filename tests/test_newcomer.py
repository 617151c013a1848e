"""What met people in their first hour: another Python, JupyterLab, a language set, Tab, merges."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from runpy import run_path

import pytest
from test_environment import cells_of

import kgge

ROOT = Path(kgge.__file__).parents[1]
FINDER = [str(ROOT / ".ci" / "python"), "-c", "import sys; print(sys.version_info[0])"]


def machine(folder, **pythons):
    """A folder of programs with these Pythons only: each a line of shell."""
    for name, line in pythons.items():
        (folder / name).write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    return {"PATH": str(folder), "KGGE_LANG": "en"}


@pytest.mark.skipif(os.name == "nt", reason="make and sh are not there")
def test_the_first_python_that_fits_is_taken_and_what_is_missing_is_said(tmp_path):
    shell = shutil.which("sh")
    for case, pythons, said in (
            ("none", {}, "no Python was found"),
            ("old", {"python3": "echo 'python3 is 3.9.2'"}, "; python3 is 3.9.2."),
            ("bare", {"python3": "echo 'python3 (3.11.2) has no venv module (on Debian ...)'"},
             "has no venv module"),
            ("second", {"python3": "exit 1", "python3.12": f'exec {sys.executable} "$@"'}, None)):
        (tmp_path / case).mkdir()
        done = subprocess.run([shell, *FINDER], env=machine(tmp_path / case, **pythons),
                              capture_output=True, text=True, check=False)
        assert done.returncode == (said is not None), done.stderr
        assert done.stdout == "3\n" if said is None else said in done.stderr
        assert len(done.stderr.splitlines()) == (said is not None)


def test_a_notebook_that_jupyterlab_has_saved_is_the_same(tmp_path):
    """It adds what the language is, and numbers cells that are run again from where it stood."""
    source = next((ROOT / "notebooks").glob("02*.ipynb"))
    book = json.loads(source.read_text(encoding="utf-8"))
    book["metadata"]["language_info"] |= {"version": "3.13.0", "mimetype": "text/x-python"}
    for cell in book["cells"]:
        cell["metadata"]["trusted"] = True
        if cell["cell_type"] == "code":
            cell["execution_count"] += 9
    path = tmp_path / source.name
    path.write_text(json.dumps(book), encoding="utf-8")
    assert cells_of(path) == cells_of(source)
    next(c for c in book["cells"] if c.get("outputs"))["outputs"].pop()
    path.write_text(json.dumps(book), encoding="utf-8")
    assert cells_of(path) != cells_of(source)


def test_a_readers_language_changes_no_test(monkeypatch):
    monkeypatch.setenv("KGGE_LANG", " VI ")
    run_path(str(ROOT / "conftest.py"))
    assert os.environ["KGGE_LANG"] == "en"


@pytest.mark.slow
def test_a_failing_notebook_says_how_it_is_read(tmp_path):
    from nbformat import v4, write

    (tmp_path / "conftest.py").write_bytes((ROOT / "conftest.py").read_bytes())
    cell = v4.new_code_cell("print(2)", outputs=[v4.new_output("stream", text="1\n")])
    write(v4.new_notebook(cells=[cell]), tmp_path / "own.ipynb")
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider",
                           "--nbval", "--current-env", "-o", "addopts=", "-o", "markers=slow",
                           str(tmp_path / "own.ipynb")], cwd=tmp_path, capture_output=True,
                          text=True, check=False)
    assert done.returncode == 1, done.stdout
    assert re.search(r"own\.ipynb: '-' is what the code gives now.*make notebooks", done.stdout)


@pytest.mark.parametrize("module", [kgge, kgge.charts], ids=lambda module: module.__name__)
def test_the_tab_key_offers_public_names_only(module):
    assert [n for n in dir(module) if not n.startswith("__")] == sorted(module.__all__)


def test_what_the_commands_write_into_the_checkout_is_not_committed():
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    folders = set(re.findall(r"`kgge [^`]*--(?:out|annotate) (\w+)", page)) - {"figures"}
    assert folders and {f"{name}/" for name in folders | {"reports"}} <= set(ignored)


def test_merged_by_hand_money_stands_many_times_and_the_readmes_say_so():
    keys = ["item", "year", "source"]
    budget, spending = kgge.load_budget(), kgge.load_spending()
    joined = budget.merge(spending, on=keys, suffixes=("", "_spent"))
    assert joined["amount"].sum() > 20 * budget["amount"].sum()
    assert kgge.execution(budget, spending, "year")["planned"].sum() == budget["amount"].sum()
    for name, warning in (("README.md", "would stand once for every unit"),
                          ("README.vi.md", "kgge.execution")):
        assert warning in " ".join((ROOT / name).read_text(encoding="utf-8").split())
