"""What all tests share: one language, which are slow, how they are spread over processes."""

import os
import sys
from collections.abc import Iterator

import pytest

# Before kgge is imported, and for the kernels of the notebooks: a reader's own setting changes
# no text that is compared.
os.environ["KGGE_LANG"] = "en"


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark notebooks as slow; keep a file on one process, so that its fixtures are made once.

    A test that says `xdist_group` itself goes where there is room. Groups with slow tests come
    first, so that no process is left alone with one of them at the end.
    """
    for item in items:
        if item.path.suffix == ".ipynb":
            item.add_marker(pytest.mark.slow)
        if not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(item.path.name))
    if getattr(config.option, "loadgroup", False):
        slow = {_group(item) for item in items if item.get_closest_marker("slow")}
        items.sort(key=lambda item: _group(item) not in slow)


def _group(item: pytest.Item) -> str:
    mark = item.get_closest_marker("xdist_group")
    return str(mark.args[0]) if mark else ""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say beside failing notebooks how they are read, and the one command that makes them again."""
    failed = terminalreporter.getreports("failed")
    names = sorted({report.fspath for report in failed if ".ipynb" in str(report.fspath)})
    if names:
        terminalreporter.write_line(
            f"{', '.join(names)}: '-' is what the code gives now, '+' what is stored; code cells "
            "are counted from 0. Where the change is meant: make notebooks")


@pytest.fixture(autouse=True)
def close_figures_of_examples(request: pytest.FixtureRequest) -> Iterator[None]:
    """Close what an example has drawn, so that no other test meets it."""
    yield
    if isinstance(request.node, pytest.DoctestItem) and "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
