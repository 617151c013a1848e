"""Labels and numbers in both languages."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kgge
from kgge import plan
from kgge.files import data_folder
from kgge.labels import codes, current_lang, label, labels, number, percent, set_lang, words


@pytest.mark.parametrize("lang", plan.LANGUAGES)
def test_every_code_of_every_table_has_a_label(lang):
    units = kgge.load_units()
    assert labels("unit", units["unit"], lang) and labels("unit_kind", units["kind"], lang)
    assert labels("item", kgge.load_annex()["item"].unique(), lang)
    assert labels("indicator", kgge.load_targets()["indicator"], lang)
    for kind, known in (("status", plan.STATUSES), ("cell_state", plan.CELL_STATES),
                        ("execution", plan.EXECUTION_STATES), ("sex", plan.SEXES),
                        ("report_state", plan.REPORT_STATES),
                        ("ledger_state", plan.LEDGER_STATES)):
        assert labels(kind, known, lang)


def test_both_languages_speak_of_doubtful_returns_in_the_same_sentences():
    for kind in ("brief", "card", "chart", "header", "note", "sheet", "tile", "word"):
        vi, en = words(kind, "vi"), words(kind, "en")
        assert not [code for code in vi if ("nghi vấn" in vi[code].lower()) != (
            "doubt" in en[code].lower())], kind


def test_a_missing_label_is_an_error_that_names_all():
    with pytest.raises(kgge.DataError, match=r"no 'vi' label for item IX, X: .*labels.csv"):
        labels("item", ["I", "X", "IX"], "vi")
    with pytest.raises(ValueError, match="language 'fr': allowed are en, vi"):
        label("item", "I", "fr")


@pytest.mark.slow
def test_the_language_is_the_one_given_else_the_one_set_else_that_of_the_environment():
    before = current_lang()
    try:
        set_lang("vi")
        assert (current_lang(), current_lang("en")) == ("vi", "en")
        with pytest.raises(ValueError, match="allowed are en, vi"):
            set_lang("fr")
        assert current_lang() == "vi"
    finally:
        set_lang(before)
    code = "from kgge.labels import current_lang; print(current_lang())"
    for named, lang in (({"KGGE_LANG": "vi"}, "vi"), ({"KGGE_LANG": " VI"}, "vi"), ({}, "en")):
        env = {k: v for k, v in os.environ.items() if k != "KGGE_LANG"} | named
        done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True,
                              check=True)
        assert done.stdout.strip() == lang
        with pytest.MonkeyPatch.context() as patch, kgge.use("en" if lang == "vi" else "vi"):
            patch.setattr(os, "environ", env)
            with kgge.use():
                assert current_lang() == lang


def test_names_as_pages_write_them_and_kinds_of_other_names_are_understood():
    assert [label("unit", name, "VI") for name in ("TP. Rạch Giá", "huyện An Biên")] == [
        "Rạch Giá", "An Biên"]
    assert label("project", "II", "en") == label("item", "II", "en")
    for kind, said in (("units", "do you mean 'unit'"), ("rach-gia", ": sex, ")):
        with pytest.raises(kgge.DataError, match=f"no list of labels is called '{kind}'.*{said}"):
            label(kind, "unit", "en")


def test_codes_keep_their_order():
    assert codes("source") == ["central", "local", "other"]


@pytest.mark.parametrize(("value", "digits", "vi", "en"), [
    (1900, 0, "1.900", "1,900"), (0.5, 0, "1", "1"), (2.5, 0, "3", "3"), (1.45, 1, "1,5", "1.5"),
    (-1234.5, 1, "−1.234,5", "−1,234.5"), (0, 0, "0", "0"), (-0.01, 1, "0,0", "0.0"),
])
def test_numbers_follow_the_language(value, digits, vi, en):
    assert (number(value, "vi", digits), number(value, "en", digits)) == (vi, en)


def test_percentages_stay_on_their_side_of_the_target():
    assert percent(0.6997, "vi", target=0.7) == "70,0%".replace("70,0", "69,9")
    assert percent(0.69994, "en", target=0.7) == "69.9%"
    assert percent(0.7, "en", target=0.7) == "70.0%"
    assert percent(0.99999, "en", digits=0, target=1) == "99%"
    assert percent(0.99999, "en", digits=0) == "100%"


@given(st.floats(0, 1.5), st.integers(0, 2))
def test_rounding_never_crosses_a_target(share, digits):
    shown = float(percent(share, "en", digits, target=0.7)[:-1])
    assert (shown >= 70) == (share >= 0.7)


def test_each_row_of_the_label_files_is_complete_and_stands_once():
    for path in (Path(kgge.labels.__file__).with_name("labels.csv"),
                 data_folder() / "raw" / "labels.csv"):
        rows = pd.read_csv(path, engine="c", dtype="str", keep_default_na=False)
        assert not rows.duplicated(["kind", "code"]).any(), path
        assert (rows != "").all(axis=None), path
        places = rows[["vi", "en"]].map(lambda text: sorted(set(re.findall(r"{\w*}", text))))
        assert (places["vi"] == places["en"]).all(), path


def test_names_stand_for_codes_and_a_near_miss_is_answered():
    for name in ("rach-gia", "Rạch Giá", "rach gia", "RẠCH GIÁ"):
        assert kgge.labels.code_of("unit", name) == "rach-gia"
    assert kgge.label("unit", "hon dat", "vi") == "Hòn Đất"
    with kgge.use("vi"):
        assert kgge.label("source", "central") == "Ngân sách trung ương"
    with pytest.raises(kgge.DataError, match="'rachgia': do you mean rach-gia\\?"):
        kgge.label("unit", "rachgia", "en")
    with pytest.raises(kgge.DataError) as far:
        kgge.label("unit", "Sài Gòn", "en")
    assert "do you mean" not in str(far.value)


def test_a_unit_is_named_to_the_form_by_its_name(tmp_path):
    path = tmp_path / "form.xlsx"
    kgge.write_template("Rạch Giá", 2018, path)
    assert path.is_file()
    with pytest.raises(kgge.files.UsageError, match="do you mean rach-gia"):
        kgge.write_template("rachgia", 2018, path)


def test_names_and_numbers_are_not_torn_apart():
    bound = kgge.labels.no_break("Dự án 3 của tỉnh Kiên Giang: 530 triệu đồng năm 2018")
    assert bound.split(" ") == ["Dự\xa0án\xa03", "của", "tỉnh", "Kiên\xa0Giang:",
                                "530\xa0triệu\xa0đồng", "năm\xa02018"]


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA])
def test_what_is_missing_is_a_dash_and_no_number(missing):
    assert kgge.number(missing, "vi") == kgge.percent(missing, "en", target=0.7) == "–"
