"""The lock fits every Python; with it, notebooks come out the same on another reader's machine."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import PackageNotFoundError, metadata, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

import kgge

ROOT = Path(kgge.__file__).parents[1]
LOCK = [Requirement(line) for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines()
        if not line.startswith("#")]
SYSTEMS = {"linux": "posix", "darwin": "posix", "win32": "nt"}
PYTHONS = ["3.11.0", "3.11.4", "3.11.5", "3.12.0", "3.13.0", "3.14.0"]


told = cache(metadata)


@cache
def unlocked():
    """Name the first package that is not of the locked version."""
    for need in LOCK:
        try:
            if (not need.marker or need.marker.evaluate()) and not need.specifier.contains(
                    version(need.name), prereleases=True):
                return f"{need.name} {version(need.name)}, locked is {need.specifier}"
        except PackageNotFoundError:
            return f"{need.name} is not installed"
    return None


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", PYTHONS)
def test_the_lock_fits_every_python(python, system):
    """Every package once, of a version that this Python may install; from no place of its own."""
    place = {"python_full_version": python, "python_version": python.rpartition(".")[0],
             "sys_platform": system, "os_name": SYSTEMS[system], "implementation_name": "cpython",
             "platform_python_implementation": "CPython"}
    locked = [need for need in LOCK if not need.marker or need.marker.evaluate(place)]
    names = [re.sub("[-_.]+", "-", need.name).lower() for need in locked]
    assert len(set(names)) == len(names)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert python in SpecifierSet(project["requires-python"])
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    assert {Requirement(need).name.lower() for need in wanted} <= set(names)
    for need in locked:
        assert re.fullmatch(r"==[^,*]+", str(need.specifier)) and not need.url, need
        try:  # what this machine has tells of itself which Pythons it takes
            known = told(need.name)
        except PackageNotFoundError:
            continue
        if known["Version"] in need.specifier:
            assert python in SpecifierSet(known.get("Requires-Python") or ""), need


def execute_command():
    """Return the options with which `make notebooks` runs them, as the Makefile has them."""
    recipe = (ROOT / "Makefile").read_text().split("\nnotebooks:")[1].split("\n\n")[0]
    words = re.findall(r'--(?:[\w.-]+="[^"]*"|\S+=\S+)|--(?:execute)\b', recipe)
    return [w.replace('"', "") for w in words]


def cells_of(path):
    """Return the cells without what a program that saves them may add: counts and metadata."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    for part in (part for cell in cells for part in (cell, *cell.get("outputs", []))):
        part.pop("execution_count", None)
        part.pop("metadata", None)
    return cells


@pytest.mark.slow
@pytest.mark.skipif(unlocked() is not None, reason=f"not the locked environment: {unlocked()}")
def test_notebooks_are_the_same_to_the_byte_elsewhere(tmp_path):
    """Other locale, time zone, hash seed, width, home with a matplotlibrc, folder, all at once."""
    home, folder = tmp_path / "nhà", tmp_path / "sổ tay của tôi"
    (home / ".config" / "matplotlib").mkdir(parents=True)
    (home / ".config" / "matplotlib" / "matplotlibrc").write_text(
        "font.size: 23\naxes.facecolor: red\nsavefig.dpi: 30\nfigure.dpi: 40\n")
    shutil.copytree(ROOT / "notebooks", folder, ignore=shutil.ignore_patterns(".*"))
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("KGGE", "MPL", "PYTEST"))}
    done = subprocess.run(
        [sys.executable, "-m", "nbconvert", "--log-level", "ERROR", "--to", "notebook",
         "--inplace", *execute_command(), *sorted(map(str, folder.glob("*.ipynb")))],
        cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**kept, "HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config"),
             "LC_ALL": "tr_TR.UTF-8", "LANG": "vi_VN.UTF-8", "TZ": "Pacific/Kiritimati",
             "PYTHONHASHSEED": "271", "COLUMNS": "300", "LINES": "9", "PYTHONUTF8": "0"})
    assert done.returncode == 0, done.stderr[-2000:]
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        made, kept = cells_of(folder / path.name), cells_of(path)
        other = [at for at, pair in enumerate(zip(made, kept, strict=True)) if pair[0] != pair[1]]
        assert not other, (f"notebooks/{path.name}, cells {other} (all cells counted from 0) are "
                           "not what the code makes, to the byte (pytest notebooks/"
                           f"{path.name} shows numbers that differ): run `make notebooks`, read "
                           "the differences, commit them")


@pytest.mark.slow
@pytest.mark.skipif(unlocked() is not None, reason=f"not the locked environment: {unlocked()}")
def test_the_pictures_of_the_readmes_are_what_the_code_draws(tmp_path):
    done = subprocess.run([sys.executable, "docs/picture.py", str(tmp_path)], cwd=ROOT,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    kept = {path.name: path.read_bytes() for path in (ROOT / "docs").glob("*.png")}
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*.png")} == kept
    assert len(kept) == 6 and max(map(len, kept.values())) < 100_000
