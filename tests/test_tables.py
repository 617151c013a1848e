"""The tables as files: types, order, keys, safety of text."""

import csv
import os
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kgge
from kgge.files import DataError, guard, read_rows, unguard, write_bytes
from kgge.tables.load import conform, is_illustrative, read_table, write_table
from kgge.tables.schemas import SCHEMAS


@pytest.mark.parametrize("name", SCHEMAS)
def test_what_is_committed_is_read_and_written_the_same(tmp_path, name):
    folder = kgge.files.data_folder() / "processed"
    frame = read_table(name)
    assert list(frame.columns) == [c.name for c in SCHEMAS[name].columns]
    write_table(name, frame, tmp_path)
    assert (tmp_path / f"{name}.csv").read_bytes() == (folder / f"{name}.csv").read_bytes()


@pytest.mark.slow
@given(st.text(max_size=12))
def test_guard_is_undone_and_disarms(text):
    assert unguard(guard(text)) == text
    assert len(text) < 2 or guard(text)[0] not in "=+-@\t\r"


def test_text_cannot_become_a_formula(tmp_path):
    frame = kgge.load_units().head(1).assign(kind="=HYPERLINK(1)", unit="te\u0301t")
    write_table("units", frame, tmp_path)
    assert "'=HYPERLINK(1)" in (tmp_path / "units.csv").read_text(encoding="utf-8")
    back = read_table("units", tmp_path / "units.csv")
    assert back.loc[0, ["kind", "unit"]].tolist() == ["=HYPERLINK(1)", "tét"]


def test_columns_types_and_keys_are_held_to():
    budget = kgge.load_budget()
    with pytest.raises(DataError, match="budget: columns are .* must be item, project"):
        conform("budget", budget.drop(columns="line"))
    with pytest.raises(DataError, match="row 1: amount 'viel' is no number"):
        conform("budget", budget.astype({"amount": "str"}).assign(amount="viel"))
    with pytest.raises(DataError, match="key item, year, source stands more than once: I.1, 2016,"):
        conform("budget", pd.concat([budget, budget.head(1)]))
    twice = pd.DataFrame({"year": ["2018", "2018"], "cpi_change_pct": ["2.6", "3.5"]})
    with pytest.raises(DataError, match="row 2: the key year stands more than once: 2018$"):
        conform("prices", twice)


def test_a_table_that_is_not_there(tmp_path, monkeypatch):
    with pytest.raises(DataError, match="no such table .*kgge build"):
        read_table("budget", tmp_path / "budget.csv")
    monkeypatch.setenv("KGGE_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(DataError, match="nowhere: no such data folder"):
        kgge.load_budget()


def test_no_budget_from_an_annex_that_does_not_add_up(tmp_path, monkeypatch):
    ledger = kgge.load_ledger()
    ledger.loc[5, "state"] = "differs"
    for name, frame in (("ledger", ledger), ("budget", kgge.load_budget())):
        write_table(name, frame, tmp_path / "processed")
    monkeypatch.setenv("KGGE_DATA", str(tmp_path))
    with pytest.raises(DataError, match="does not add up"):
        kgge.load_budget()


def test_illustrative_unless_known_to_be_real(tmp_path, monkeypatch):
    frame = pd.DataFrame({"a": [1]})
    (tmp_path / "processed").mkdir()
    monkeypatch.setenv("KGGE_DATA", str(tmp_path))
    page = tmp_path / "processed" / "reporting.csv"
    page.write_text("unit,file,illustrative\na,illustrative-a.xlsx,false\n", encoding="utf-8")
    assert not is_illustrative(frame)
    page.write_text("unit,file,illustrative\na,2016/a.xlsx,true\n", encoding="utf-8")
    assert is_illustrative(frame)
    frame.attrs["illustrative"] = False
    assert not is_illustrative(frame)


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "new" / "b[1].csv"
    write_bytes(path, b"first")
    left, other = path.with_name(".b[1].csv.killed.part"), path.with_name(".b1.csv.killed.part")
    left.touch()
    other.touch()
    write_bytes(path, b"second")
    assert path.read_bytes() == b"second" and path.stat().st_mode & 0o777 == 0o644
    assert set(path.parent.iterdir()) == {path, other}, "only what is left of this file goes"
    monkeypatch.setattr(os, "replace", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_bytes(path, b"third")
    assert path.read_bytes() == b"second" and set(path.parent.iterdir()) == {path, other}


def test_the_data_lie_beside_the_package_unless_named(tmp_path, monkeypatch):
    monkeypatch.setenv("KGGE_DATA", str(tmp_path))
    assert kgge.files.data_folder() == tmp_path
    monkeypatch.delenv("KGGE_DATA")
    assert kgge.files.data_folder() == Path(kgge.__file__).resolve().parents[1] / "data"


@pytest.mark.parametrize(("content", "said"), [
    (None, "no such list"), ("a,b\n" + "x" * 200 + ",1\n", "field larger than field limit")])
def test_a_list_that_is_not_there_or_no_list_is_named(tmp_path, content, said):
    path, limit = tmp_path / "units.csv", csv.field_size_limit(100)  # 131,072, unless raised
    if content:
        path.write_text(content, encoding="utf-8")
    try:
        with pytest.raises(kgge.DataError, match=f"units.csv: .*{said}"):
            read_rows(path, ["a"])
    finally:
        csv.field_size_limit(limit)


def test_what_a_table_held_is_not_changed_with_it():
    budget = kgge.load_budget()
    held = budget["amount"].sum()
    budget["amount"] *= 2
    budget.loc[0, "year"] = 2017
    whole = budget.attrs["whole"]
    assert whole.rows["amount"].sum() == held == budget["amount"].sum() / 2
    assert whole.every["year"].iloc[0] == 2016
