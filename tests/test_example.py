"""The illustrative returns: what the example makes is what the repository holds."""

from functools import cache
from pathlib import Path
from runpy import run_path

import commands
import numpy as np
import pytest
from python_calamine import CalamineWorkbook

import kgge
from kgge.files import data_folder
from kgge.returns.collect import list_files, read_returns
from kgge.returns.form import load_form
from kgge.returns.template import BANNER
from kgge.tables.load import load_targets, load_units

pytestmark = pytest.mark.slow

SCRIPT = run_path(str(Path(kgge.__file__).parents[1] / "data" / "example.py"))
EMPTY, JOINT_RESIDENTS, MISSING = (SCRIPT[n] for n in ("EMPTY", "JOINT_RESIDENTS", "MISSING"))


@cache
def contents(path):
    book = CalamineWorkbook.from_path(path)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@pytest.fixture(scope="module")
def folder():
    return data_folder() / "raw" / "returns"


@pytest.fixture(scope="module")
def committed(folder):
    return read_returns(folder)


def test_the_committed_set_is_what_the_command_makes(folder, tmp_path):
    again = tmp_path / "returns"
    assert commands.here("example", again).returncode == 0
    assert [name for name, _ in list_files(again)] == [name for name, _ in list_files(folder)]
    assert len(list_files(again)) == 125
    for name, path in list_files(again):
        assert contents(path) == contents(folder / name), name


def test_another_seed_makes_other_figures():
    form = load_form()
    first, again, other = (SCRIPT["_persons"](form, "rach-gia", 227_527, 2020, seed)
                           for seed in (27, 27, 28))
    assert first == again != other


def test_every_return_says_it_is_illustrative_on_every_face(committed, folder):
    assert all(table.attrs["illustrative"] for table in committed)
    assert committed.outcomes["file"].str.contains("/illustrative-").all()
    for _, path in list_files(folder):
        for sheet in contents(path).values():
            assert sheet[0][0] == BANNER


def test_nothing_in_it_is_rejected_but_some_of_it_is_doubtful(committed):
    assert committed.reporting.attrs["cells"]["rejected"] == 0
    assert set(committed.problems["severity"]) == {"warning"}
    counts = committed.problems["code"].value_counts()
    meant = {"no_date": 1, "no_figure": 2, "read_as": 2, "falls": 1}
    assert {code: counts[code] for code in meant} == meant
    assert (counts.sum() - sum(meant.values())) / 13_659 < 0.01, "false alarms"
    states = committed.outcomes[["eligible_state", "reached_state", "attendances_state"]]
    assert set(states.to_numpy().ravel()) == {
        "reported", "not_reported", "not_known", "not_applicable"}
    assert set(committed.spending["state"]) == {"reported", "not_reported", "not_known"}


def test_some_are_missing_late_or_empty(committed):
    reporting = committed.reporting
    missing = reporting[~reporting["received"]]
    assert set(zip(missing["unit"], missing["year"], strict=True)) == MISSING
    empty = reporting[reporting["received"] & ~reporting["with_content"]]
    assert set(zip(empty["unit"], empty["year"], strict=True)) == EMPTY
    late = reporting[reporting["received"] & ~reporting["on_time"]]
    assert 0.05 < len(late) / 125 < 0.25 and late["year"].nunique() >= 4


def test_eligible_residents_are_the_census(committed):
    outcomes = committed.outcomes
    residents = outcomes[(outcomes["indicator"] == "1b") & (outcomes["year"] == 2016)]
    found = residents.groupby("unit")["eligible"].sum()
    census = load_units().set_index("unit")["residents"].dropna().astype(float)
    assert (found[census.index] == census).all()
    assert sum(JOINT_RESIDENTS.values()) == 108_699 and found.sum() == 1_723_067
    assert found["kien-luong"] == JOINT_RESIDENTS["kien-luong"]


def test_what_is_shown_differs_between_the_objectives(committed):
    """Of what the units reported alone: some targets met in 2020, some not, growth all along."""
    sums = committed.outcomes.groupby(["indicator", "year"])[["reached", "eligible"]].sum()
    share = (sums["reached"] / sums["eligible"]).unstack()
    assert (np.diff(share, axis=1) > 0).all()
    met = share[2020] >= load_targets().set_index("indicator")["target"]
    assert met.to_dict() == {"1a": True, "1b": True, "2": True, "3": False, "4": False}
    earlier = committed.outcomes.query("unit == 'giong-rieng' and year == 2019")
    least = earlier.query("indicator == '1b'")["reached"].sum() + sums.loc[("1b", 2020), "reached"]
    assert least / 1_723_067 < 0.5, "the unit that is missing could turn objective 1b"


def test_it_is_small(folder):
    sizes = [path.stat().st_size for _, path in list_files(folder)]
    assert max(sizes) < 25_000 and sum(sizes) < 3_000_000
