"""What all tests share: one language, which are slow, how they are spread over processes."""

import gc
import os
import sys
from collections.abc import Iterator

import pytest

# Before kgge is imported, and for the kernels of the notebooks: a reader's own setting changes
# no text that is compared.
os.environ["KGGE_LANG"] = "en"
# A chart is a thousand small things and goes with its test: the tenth of the time that looking for
# what is no longer needed took is enough.
gc.set_threshold(20_000, 20, 20)
# Whole reports and all charts, each of them half a minute or more of one process: they begin.
LONGEST = ["test_running.py", "test_charts.py", "test_environment.py", "test_report.py",
           "test_marks.py", "test_plan.py", "test_export.py", "test_wheel.py"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark notebooks as slow; files with slow tests begin, so that none of them ends alone."""
    for item in items:
        if item.path.suffix == ".ipynb":
            item.add_marker(pytest.mark.slow)
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    first = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: (first.get(item.path.name, len(first)), item.path not in slow))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say beside failing notebooks how they are read, and the one command that makes them again."""
    failed = terminalreporter.getreports("failed")
    names = sorted({report.fspath for report in failed if ".ipynb" in str(report.fspath)})
    if names:
        terminalreporter.write_line(
            f"{', '.join(names)}: '-' is what the code gives now, '+' what is stored; code cells "
            "are counted from 0. Where the change is meant: make notebooks")


@pytest.fixture(autouse=True)
def close_figures_of_each_test(request: pytest.FixtureRequest) -> Iterator[None]:
    """Close what a test or an example has drawn, so that no other meets it."""
    yield
    if "matplotlib.pyplot" in sys.modules and request.path.suffix != ".ipynb":
        sys.modules["matplotlib.pyplot"].close("all")
