"""The command line: as a process that need not load pandas and the like once more, or in this."""

import os
import runpy
import subprocess
import sys
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path

# What every command loads that is not of the package, and is the same whatever is asked.
LOADED = ["pandas", "openpyxl", "python_calamine", "xlsxwriter", "babel.numbers", "typer", "tqdm"]
METHOD = "forkserver" if "forkserver" in get_all_start_methods() else "spawn"
_context = get_context(METHOD)
if METHOD == "forkserver":
    _context.set_forkserver_preload(LOADED)


def kgge(*words, cwd=None, env=None):
    """Run `kgge` with some words as a terminal does; return its exit code and what it said."""
    with tempfile.TemporaryDirectory() as folder:
        said = [Path(folder) / name for name in ("out", "err")]
        process = _context.Process(target=_run, args=(
            list(map(str, words)), cwd or os.getcwd(), dict(env or os.environ), said))
        process.start()
        process.join()
        out, err = (path.read_text(encoding="utf-8") for path in said)
        return subprocess.CompletedProcess(words, process.exitcode, out, err)


def here(*words, env=None):
    """Run `kgge` in this process, for what it says and does; return the same as `kgge`."""
    import pytest  # not above: the other process reads its own environment when it loads kgge

    from kgge import cli, labels

    said, before = [StringIO(), StringIO()], labels.current_lang()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said[0]), redirect_stderr(said[1]):
        for name, value in {"KGGE_DATA": os.environ["KGGE_DATA"], **(env or {})}.items():
            patch.setenv(name, value)  # which takes back what the command sets
        patch.setattr(sys, "argv", ["kgge", *map(str, words)])
        try:
            cli.main()
            code = 0
        except SystemExit as end:
            code = end.code or 0
        finally:
            labels.set_lang(before)
    return subprocess.CompletedProcess(words, code, *(one.getvalue() for one in said))


def _run(words, cwd, env, said):
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    for number, path in enumerate(said, start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    sys.stdout, sys.stderr = (open(n, "w", encoding="utf-8", closefd=False) for n in (1, 2))
    sys.argv = ["kgge", *words]
    runpy.run_module("kgge", run_name="__main__")
