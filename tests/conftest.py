"""What several test files share: a data folder of their own."""

import shutil

import pytest
from hypothesis import settings

from kgge.files import data_folder

settings.register_profile("kgge", deadline=None)  # speed is a matter of benchmarks, not of tests
settings.load_profile("kgge")


@pytest.fixture
def data(tmp_path, monkeypatch):
    """Return a copy of the data folder that a test may change; the package then uses it."""
    folder = tmp_path / "dữ liệu thử"
    shutil.copytree(data_folder(), folder)
    monkeypatch.setenv("KGGE_DATA", str(folder))
    return folder
