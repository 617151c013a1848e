"""The ledger: every printed total against its parts."""

import pytest

import kgge


@pytest.fixture(scope="module")
def annex():
    return kgge.read_annex()


def test_all_checks_of_the_plan_agree(annex):
    ledger = kgge.reconcile(annex)
    assert ledger["check"].value_counts().to_dict() == {
        "children": 66, "row total": 24, "grand total": 11}
    assert set(ledger["state"]) == {"agrees"} and (ledger["difference"] == 0).all()
    assert ledger["line"].notna().all()


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
        ("children", "II"), ("children", "II"), ("grand total", "total"), ("grand total", "total"),
        ("row total", "II")]
    assert len(kgge.reconcile(annex[annex["item"] != "total"]).query(
        "state == 'not checkable'")) == 11


def test_input_is_unchanged(annex):
    before = annex.copy()
    kgge.reconcile(annex)
    assert annex.equals(before)
