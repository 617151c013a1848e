"""The notebooks come out byte for byte the same on another reader's machine."""

import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

import kgge

ROOT = Path(kgge.__file__).parents[1]
LOCK = re.findall(r"^([\w.-]+)==(\S+)$", (ROOT / "requirements.txt").read_text(), re.MULTILINE)


def unlocked():
    """Name the first package that is not of the locked version."""
    for name, wanted in LOCK:
        try:
            if version(name) != wanted:
                return f"{name} {version(name)}, locked is {wanted}"
        except PackageNotFoundError:
            return f"{name} is not installed"
    return None


def execute_command():
    """Return the options with which `make notebooks` runs them, as the Makefile has them."""
    recipe = (ROOT / "Makefile").read_text().split("\nnotebooks:")[1].split("\n\n")[0]
    words = re.findall(r'--(?:[\w.-]+="[^"]*"|\S+=\S+)|--(?:execute)\b', recipe)
    return [w.replace('"', "") for w in words]


@pytest.mark.skipif(unlocked() is not None, reason=f"not the locked environment: {unlocked()}")
def test_notebooks_are_byte_identical_elsewhere(tmp_path):
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
        assert (folder / path.name).read_bytes() == path.read_bytes(), path.name


@pytest.mark.skipif(unlocked() is not None, reason=f"not the locked environment: {unlocked()}")
def test_the_pictures_of_the_readmes_are_what_the_code_draws(tmp_path):
    done = subprocess.run([sys.executable, "docs/picture.py", str(tmp_path)], cwd=ROOT,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    kept = {path.name: path.read_bytes() for path in (ROOT / "docs").glob("*.png")}
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*.png")} == kept
    assert len(kept) == 4 and max(map(len, kept.values())) < 100_000
