"""What several test files share: a data folder of their own."""

import os
import shutil
from runpy import run_path

import pytest
from hypothesis import settings

from kgge.build import build
from kgge.files import data_folder
from kgge.tables.load import is_illustrative

settings.register_profile("kgge", deadline=None)  # speed is a matter of benchmarks, not of tests
settings.register_profile("quick", deadline=None, max_examples=20)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "kgge"))


@pytest.fixture(scope="session")
def illustrative_data(tmp_path_factory):
    """Return data with illustrative returns: that of the checkout, unless it holds others."""
    if is_illustrative():
        return data_folder()
    folder = tmp_path_factory.mktemp("data")
    shutil.copytree(data_folder() / "raw", folder / "raw", ignore=shutil.ignore_patterns("returns"))
    shutil.copytree(data_folder() / "processed", folder / "processed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KGGE_DATA", str(folder))
        run_path(str(data_folder().parent / "data" / "example.py"))["write_example"](
            folder / "raw" / "returns")
        build()
    return folder


@pytest.fixture(scope="module", autouse=True)
def _use_illustrative_data(illustrative_data):
    """Let the tests of this folder, not the notebooks, rest on illustrative returns."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KGGE_DATA", str(illustrative_data))
        yield


@pytest.fixture
def data(tmp_path, monkeypatch):
    """Return a copy of the data folder that a test may change; the package then uses it."""
    folder = tmp_path / "dữ liệu thử"
    shutil.copytree(data_folder(), folder)
    monkeypatch.setenv("KGGE_DATA", str(folder))
    return folder


@pytest.fixture
def few(data):
    """Return a data folder of its own with the returns of one year, which are soon read."""
    for folder in (data / "raw" / "returns").iterdir():
        if folder.name != "2016":
            shutil.rmtree(folder)
    return data
