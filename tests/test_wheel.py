"""What is installed from a wheel holds every file of the package, and says where it stops."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import kgge
from kgge.files import data_folder

ROOT = Path(kgge.__file__).parents[1]
SETUP = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]


def packaged(root):
    """Return the files that pyproject.toml puts into a wheel, as setuptools reads it."""
    places = [init.parent for init in (root / "kgge").rglob("__init__.py")]
    patterns = ["*.py", *SETUP["package-data"]["*"]]
    return {file for place in places for pattern in patterns for file in place.glob(pattern)}


def test_every_file_of_the_package_is_packaged():
    kept = {path for path in (ROOT / "kgge").rglob("*")
            if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".part"}
    assert kept == packaged(ROOT)
    assert list(SETUP["package-data"]) == ["*"] and set(SETUP["packages"]) == {"find"}


@pytest.mark.slow
def test_it_works_without_a_checkout(tmp_path):
    """A copy of just these files, run from elsewhere with a data folder of its own."""
    for file in packaged(ROOT):
        target = tmp_path / "site" / file.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    data = shutil.copytree(data_folder(), tmp_path / "data")
    for folder in (data / "raw" / "returns").iterdir():
        if folder.name != "2017":  # those of one year are soon read
            shutil.rmtree(folder)

    def run(*words, **env):
        return subprocess.run(
            [sys.executable, "-m", "kgge", *map(str, words)], cwd=tmp_path, capture_output=True,
            text=True, check=False,
            env={k: v for k, v in os.environ.items() if k != "KGGE_DATA"} | env
            | {"PYTHONPATH": str(tmp_path / "site")})

    where = subprocess.run([sys.executable, "-c", "import kgge; print(kgge.__file__)"],
                           cwd=tmp_path, capture_output=True, text=True, check=True,
                           env=os.environ | {"PYTHONPATH": str(tmp_path / "site")}).stdout
    assert where.startswith(str(tmp_path / "site"))
    built = run("build", KGGE_DATA=str(data))
    assert built.returncode == 0, built.stderr
    made = run("--data", data, "template", "--year", "2018", "--unit", "rach-gia", "--out", "forms")
    assert made.returncode == 0 and list((tmp_path / "forms").iterdir()), made.stderr
    lost = run("build")
    assert lost.returncode and "KGGE_DATA" in lost.stderr and len(lost.stderr.splitlines()) == 1
    report = run("--data", data, "report", "--out", "out")
    assert report.returncode == 2 and "checkout" in report.stderr, report.stderr
    assert not (tmp_path / "out").exists()
    (tmp_path / "site" / "notebooks").mkdir()  # and in one it is made; here of the plan alone
    shutil.copy(ROOT / "notebooks" / "01-budget-annex.ipynb", tmp_path / "site" / "notebooks")
    shutil.rmtree(data / "raw" / "returns")
    (data / "raw" / "returns").mkdir()
    report = run("--data", data, "report", "--lang", "vi", "--out", "out")
    assert report.returncode == 0 and "index.html" in report.stdout, report.stderr
    made = {path.relative_to(tmp_path / "out").as_posix() for path in tmp_path.rglob("out/**/*.*")}
    assert made >= {"index.html", "vi/01-budget-annex.html", "vi/planned_by_line.pdf",
                    "figures-vi.docx", "tables-vi.xlsx", "brief-vi.pdf"}
