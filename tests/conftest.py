"""What several test files share: a data folder of their own."""

import shutil

import pytest

from kgge.files import data_folder


@pytest.fixture
def data(tmp_path, monkeypatch):
    """Return a copy of the data folder that a test may change; the package then uses it."""
    folder = tmp_path / "dữ liệu thử"
    shutil.copytree(data_folder(), folder)
    monkeypatch.setenv("KGGE_DATA", str(folder))
    return folder
