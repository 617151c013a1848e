"""What every example in a docstring gets: the figures it draws are closed after it."""

import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def close_figures_of_examples(request: pytest.FixtureRequest) -> Iterator[None]:
    """Close what an example has drawn, so that no other test meets it."""
    yield
    if isinstance(request.node, pytest.DoctestItem) and "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
