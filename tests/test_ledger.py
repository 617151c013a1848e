"""The ledger: every printed total against its parts."""

import pandas as pd
import pytest
from annexes import header_of, write_text

import kgge
from kgge.annex.reconcile import budget_of


@pytest.fixture(scope="module")
def annex():
    return kgge.read_annex()


def test_all_checks_of_the_plan_agree(annex):
    ledger = kgge.reconcile(annex)
    assert ledger["check"].value_counts().to_dict() == {
        "children": 66, "row total": 24, "grand total": 11}
    assert set(ledger["state"]) == {"agrees"} and (ledger["difference"] == 0).all()
    assert ledger["line"].notna().all()


@pytest.mark.slow
def test_any_changed_amount_is_found(annex):
    """Each of the 264 printed amounts, changed alone, differs and names its item or parent."""
    for at in annex.index:
        other = annex.copy()
        other.loc[at, "amount"] += 1
        ledger = kgge.reconcile(other)
        differs = ledger[ledger["state"] == "differs"]
        item, parent = annex.loc[at, "item"], annex.loc[at, "parent"]
        assert len(differs) >= 2 and item in set(differs["item"]), (at, item)
        above = parent if isinstance(parent, str) else "total"
        assert item == "total" or above in set(differs["item"]), (at, item)
        assert set(differs["difference"].abs()) == {1.0}


def test_what_is_not_printed_is_not_checkable(annex):
    other = annex.copy()
    other.loc[other["item"].eq("II") & other["year"].eq(2016), "amount"] = None
    ledger = kgge.reconcile(other)
    unknown = ledger[ledger["state"] == "not checkable"]
    assert sorted(map(tuple, unknown[["check", "item"]].to_numpy())) == [
        ("children", "II"), ("children", "II"), ("row total", "II")]
    total = ledger.query("check == 'grand total'")
    assert set(total["state"]) == {"agrees"}, "the lines of II stand for it"
    assert len(kgge.reconcile(other[other["item"] != "II.1"]).query(
        "check == 'grand total' and year == 2016 and state == 'differs'")) == 2
    assert len(kgge.reconcile(annex[annex["item"] != "total"]).query(
        "state == 'not checkable'")) == 11


def test_input_is_unchanged(annex):
    before = annex.copy()
    kgge.reconcile(annex)
    assert annex.equals(before)


def test_the_budget_is_the_amounts_of_the_leaves(annex):
    pd.testing.assert_frame_equal(budget_of(annex), kgge.load_budget())


def test_tenths_add_up_and_the_order_is_that_of_the_annex(tmp_path):
    """0.1 + 0.2 is 0.3, though not in binary; years and sources stand as they are printed."""
    rows = [["I", "Dự án", "0,3", "0", "0", "0", "0,3"], ["", "- b", "0,1", "0", "0", "0", "0,1"],
            ["", "- a", "0,2", "0", "0", "0", "0,2"], ["", "Tổng", "0,3", "0", "0", "0", "0,3"]]
    path = write_text(tmp_path / "a.tsv", [*header_of([2022, 2021], ["local", "central"]), *rows])
    ledger = kgge.reconcile(kgge.read_annex(path))
    assert set(ledger["state"]) == {"agrees"} and (ledger["difference"] == 0).all()
    assert ledger["item"].tolist() == ["I", "I.1", "I.2", "total"] + ["I"] * 5 + ["total"] * 5
    assert ledger["year"].tolist()[4:8] == [2022, 2022, 2021, 2021]
    assert ledger["source"].tolist()[4:8] == ["local", "central"] * 2
