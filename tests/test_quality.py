"""Figures held against each other, other years and units, the census and the plan."""

import datetime
import shutil

import openpyxl
import pytest
from forms import form

import kgge
from kgge.files import data_folder
from kgge.returns.collect import read_returns
from kgge.returns.form import load_form
from kgge.returns.template import write_template

CODE = "1a.students.female"  # row 14 of the sheet of indicators


def figures(form, unit="rach-gia", years=2, changes=()):
    """Figures that fit each other, those of the second year above those of the first."""
    out = {}
    for at, (code, (indicator, *_)) in enumerate(form.asked("indicators", unit).items()):
        people = form.residents[unit] // 2 if indicator == form.census else 1000 + 10 * at
        out |= {(code, "eligible"): people, (code, "reached"): 100 * years + at,
                (code, "attendances"): 200 + at}
    return out | {(code, "amount"): 1.5 + at / 10 for at, code in enumerate(form.money)} | dict(
        changes)


def doubts(folder, *returns):
    """Return file, cell and code of every doubt; each return: unit, year, changes."""
    for unit, year, changes in returns:
        write_template(unit, year, folder / f"{unit}-{year}.xlsx", form=form(),
                       values=figures(form(), unit, year - 2016, changes),
                       received_on=datetime.date(year + 1, 1, 31))
    out = read_returns(folder, form())
    cells = out.reporting.attrs["cells"]
    assert cells["accepted"] + cells["rejected"] == cells["submitted"]
    return out, {(row["file"].removesuffix(".xlsx"), row["cell"], code)
                 for row in out.problems.astype(object).where(
                     out.problems.notna(), None).to_dict("records")
                 for code in row["code"].split(";")}


@pytest.mark.parametrize(("changes", "found"), [
    ({}, set()),
    ({(CODE, "eligible"): 1500, (CODE, "reached"): 250}, set()),  # half as many again is not more
    ({(CODE, "eligible"): 16000}, {("E14", "jumps")}),
    ({(CODE, "eligible"): 205, (CODE, "reached"): 205}, {("E14", "jumps"), ("F14", "share_rises")}),
    ({(CODE, "eligible"): "x", (CODE, "reached"): "x", (CODE, "attendances"): "x"},
     {("E14", "vanishes")}),
    ({(CODE, "eligible"): 0, (CODE, "reached"): 0, (CODE, "attendances"): 0},
     {("E14", "vanishes"), ("F14", "falls")}),
    ({(CODE, "reached"): 620, (CODE, "attendances"): 700}, {("F14", "share_rises")}),
    ({(CODE, "reached"): 90}, {("F14", "falls")}),
    ({(CODE, "eligible"): 500, (CODE, "reached"): 500, (CODE, "attendances"): 700},
     {("E14", "jumps"), ("F14", "share_rises")}),
    ({(CODE, "attendances"): 5}, {("G14", "few_attendances")}),
    ({(CODE, "attendances"): "-"}, {("G14", "few_attendances")}),
    ({("1b.residents.female", "eligible"): 8800, ("1b.residents.male", "eligible"): 8700},
     {("E17", "far_from_census"), ("E17", "jumps"), ("E18", "far_from_census"), ("E18", "jumps")}),
    ({("1b.residents.female", "eligible"): 227_000, ("1b.residents.male", "eligible"): 227_000},
     {("E17", "far_from_census"), ("E17", "jumps"), ("E18", "far_from_census"), ("E18", "jumps")}),
    ({("1b.residents.female", "eligible"): 300_000}, {
        ("E17", "above_census"), ("E17", "jumps"), ("E17", "far_from_census"),
        ("E18", "far_from_census")}),
    ({("I.1.local", "amount"): 401}, {("E9", "above_plan"), ("E9", "money_jumps")}),
    ({("I.1.local", "amount"): 6601}, {("E9", "above_whole_plan")}),
    ({("I.1.other", "amount"): 7000}, {("E10", "above_whole_plan")}),
    ({("I.1.local", "amount"): 0.005}, {("E9", "tiny_amount")}),
    ({("I.1.local", "amount"): 350}, {("E9", "money_jumps")}),  # thousand dong: 0.35 is meant
    ({("I.1.local", "amount"): 0.06}, set()),
])
def test_a_second_year_that_does_not_fit_the_first(tmp_path, changes, found):
    _, seen = doubts(tmp_path, ("rach-gia", 2017, {}), ("rach-gia", 2018, changes))
    first = {("rach-gia-2017", cell, code) for cell, code in found
             if code == "jumps"}  # of two figures far apart, either may be wrong
    assert seen == first | {("rach-gia-2018", *one) for one in found}


def test_a_return_that_says_nothing_or_only_nothing(tmp_path):
    form = load_form()
    rows = form.asked("indicators", "rach-gia")
    blank = dict.fromkeys([*((c, n) for c in rows for n in ("eligible", "reached", "attendances")),
                           *((c, "amount") for c in form.money)])
    _, seen = doubts(tmp_path / "a", ("rach-gia", 2018, blank))
    assert seen == {("rach-gia-2018", None, "no_figure")}
    _, seen = doubts(tmp_path / "b", ("rach-gia", 2018, {(c, "reached"): None for c in rows}))
    assert {code for *_, code in seen} == {"no_reached"}
    out, seen = doubts(tmp_path / "c", ("rach-gia", 2018, {
        (c, n): 0 for c in rows for n in ("reached", "attendances")}))
    assert {code for *_, code in seen} == {"all_zero"}
    assert out.outcomes["doubt"].eq("all_zero").all(), "a doubt about the sheet is one of each row"
    _, seen = doubts(tmp_path / "d", ("rach-gia", 2018, {
        (CODE, "reached"): 0, (CODE, "attendances"): 30}))
    assert seen == {("rach-gia-2018", "G14", "attended_by_nobody")}


def test_all_of_a_group_at_once(tmp_path):
    """From 70% to everybody: less than 40 points, but perhaps the column next door."""
    full = {(CODE, "eligible"): 1000, (CODE, "reached"): 700, (CODE, "attendances"): 900}
    _, seen = doubts(tmp_path, ("rach-gia", 2017, full), ("rach-gia", 2018, full | {
        (CODE, "reached"): 1000}))
    assert seen == {("rach-gia-2018", "F14", "all_at_once")}


@pytest.mark.slow
def test_a_return_sent_twice(tmp_path):
    _, seen = doubts(tmp_path, ("rach-gia", 2017, {}), ("rach-gia", 2018, {}))
    assert not seen
    shutil.rmtree(tmp_path)
    form = load_form()
    for year in (2017, 2018):
        write_template("rach-gia", year, tmp_path / f"{year}.xlsx", values=figures(form), form=form,
                       received_on=datetime.date(year + 1, 1, 31))
    write_template("an-bien", 2018, tmp_path / "other.xlsx", form=form,
                   values=figures(form, "rach-gia"), received_on=datetime.date(2019, 1, 31))
    codes = read_returns(tmp_path).problems.set_index("file")["code"]
    assert "same_as_year" in codes.loc["2018.xlsx"] if isinstance(
        codes.loc["2018.xlsx"], str) else codes.loc["2018.xlsx"].str.contains("same_as_year").any()
    assert codes.loc[["other.xlsx"]].str.contains("same_as_unit").any()


@pytest.mark.slow
def test_one_extra_zero_is_named_and_the_verdict_is_no_longer_firm(data):
    """16827 to 168270 in one cell of one unit: the range covers both readings."""
    path = data / "raw" / "returns" / "2020" / "illustrative-2020-rach-gia.xlsx"
    book = openpyxl.load_workbook(path)
    assert book["Chỉ tiêu"]["E14"].value == 16827
    book["Chỉ tiêu"]["E14"] = 168270
    book.save(path)
    tables = read_returns(path.parents[1])
    found = tables.problems[tables.problems["file"].str.endswith(path.name)]
    assert found[["cell", "severity", "code"]].values.tolist() == [["E14", "warning", "jumps"]]
    assert "168270" in found["message_en"].item() and "16827 in 2019" in found["message_en"].item()
    targets, units = kgge.load_targets(), kgge.load_units()
    row = kgge.progress(tables.outcomes, targets, units, 2020).set_index("indicator").loc["1a"]
    sound = kgge.progress(kgge.load_outcomes(), targets, units, 2020).set_index(
        "indicator").loc["1a"]
    assert sound["firm"] and not row["firm"]
    assert row["coverage"] < 0.54 < 0.7 < sound["coverage"]
    assert row["coverage_low"] < 0.54 and sound["coverage_high"] - row["coverage_high"] < 0.01


@pytest.mark.slow
def test_false_alarms_are_few():
    """On returns that hold together but for the blemishes put there, under 1% of the cells."""
    problems = read_returns(data_folder() / "raw" / "returns")
    alarms = problems.problems[~problems.problems["code"].isin(["no_date", "read_as", "falls"])]
    assert len(alarms) < 0.01 * problems.reporting.attrs["cells"]["submitted"]


def test_counts_by_unit_and_year():
    reporting, problems = kgge.load_reporting(), kgge.load_problems()
    whole = kgge.quality(reporting, problems)
    assert len(whole) == len(reporting) and whole["received"].sum() == reporting["received"].sum()
    by_year = kgge.quality(reporting, problems, "year")
    for column in ("expected", "received", "on_time", "in_doubt", "warnings", "errors"):
        assert by_year[column].sum() == whole[column].sum()
    assert whole["warnings"].sum() == len(problems)
    with pytest.raises(ValueError, match="unit, year"):
        kgge.quality(reporting, problems, "month")


def test_a_year_of_one_unit_above_the_whole_plan_is_doubted(tmp_path):
    """Each amount is below the plan of its line; together they are more than all units have."""
    form = load_form()
    near = {(code, "amount"): round(form.planned[item] * 0.99, 1)
            for code, (item, _) in form.money.items()}
    out, found = doubts(tmp_path, ("rach-gia", 2018, near))
    assert {code for *_, code in found} == {"sum_above_plan"}
    total = f"{sum(near.values()):g}"
    assert total in out.problems["message_en"].item()
    assert "6600" in out.problems["message_vi"].item()


def test_a_figure_of_last_year_typed_over_is_named_and_counted_nowhere(tmp_path):
    """The form prints it beside the entry; the locked cell may have been opened all the same."""
    for year in (2017, 2018):
        source = data_folder() / "raw" / "returns" / str(year)
        shutil.copy(next(source.glob("*rach-gia*.xlsx")), tmp_path / f"{year}.xlsx")
    sound = read_returns(tmp_path)
    assert "other_past" not in set(sound.problems["code"])
    book = openpyxl.load_workbook(tmp_path / "2018.xlsx")
    cell = next(row[8] for row in book["Chỉ tiêu"].iter_rows(min_row=7) if row[10].value == CODE)
    was, cell.value = cell.value, cell.value + 1
    book.save(tmp_path / "2018.xlsx")
    out = read_returns(tmp_path)
    found = out.problems[out.problems["code"] == "other_past"]
    assert found[["file", "sheet", "cell", "value"]].to_numpy().tolist() == [
        ["2018.xlsx", "Chỉ tiêu", cell.coordinate, str(was + 1)]]
    assert f'says "{was}"' in found["message_en"].item()
    assert len(found) == len(out.problems) - len(sound.problems)
    assert out.outcomes["reached"].equals(sound.outcomes["reached"])


MEN = "1a.students.male"
NEED = "4.persons_in_need.female"  # row 32: of the year alone
EVERY = [c for c in load_form().asked("indicators", "rach-gia") if not c.startswith("1b")]
NAMES = ("eligible", "reached", "attendances")


def column(name, value, codes=EVERY):
    return {(code, name): value for code in codes}


@pytest.mark.parametrize(("first", "changes", "found"), [
    # of the year alone a figure may fall, but not to a fifth, nor by 40 points
    ({}, {(NEED, "reached"): 12}, {("F32", "drops")}),
    ({(NEED, "reached"): 900, (NEED, "attendances"): 950},
     {(NEED, "reached"): 390, (NEED, "attendances"): 490}, {("F32", "drops")}),
    ({(NEED, "reached"): 900, (NEED, "attendances"): 950},
     {(NEED, "reached"): 600, (NEED, "attendances"): 650}, set()),
    # more than one attendance a week of each, all year: a figure of persons is too small
    ({}, {(CODE, "attendances"): 15_000_000}, {("G14", "many_attendances")}),
    ({(CODE, "eligible"): 1100, (CODE, "reached"): 12, (CODE, "attendances"): 15_000}, {
        (CODE, "reached"): 300, (CODE, "attendances"): 400}, {("2017 G14", "many_attendances")}),
    ({}, {(CODE, "attendances"): 9000}, set()),
    # the residents of one sex are not known, those of the other cannot be none
    ({}, {("1b.residents.female", "eligible"): None, ("1b.residents.male", "eligible"): "x"},
     {("E18", "far_from_census"), ("E18", "vanishes"), ("F17", "no_eligible"),
      ("F18", "no_eligible")}),
    ({}, {("1b.residents.female", "eligible"): None}, {("F17", "no_eligible")}),
    # what is said of some rows only, or of a column not at all
    ({}, {(CODE, "reached"): None, (CODE, "attendances"): None}, {("F14", "no_reached")}),
    ({}, {(CODE, "reached"): "...", (CODE, "attendances"): None}, set()),
    ({}, column("attendances", None, load_form().asked("indicators", "rach-gia")), set()),
    # x does not apply, or it does: not both in one row
    ({}, {(CODE, "reached"): "x", (CODE, "attendances"): "x"}, {("F14", "no_reached")}),
    # one sex is not nearly all residents, nor none of them
    ({}, {("1b.residents.female", "eligible"): 160_000, ("1b.residents.male", "eligible"): None},
     {("E17", "far_from_census"), ("F18", "no_eligible")}),
    ({}, {("1b.residents.female", "eligible"): 218_920, ("1b.residents.male", "eligible"): "-",
          ("1b.residents.male", "reached"): "-", ("1b.residents.male", "attendances"): "-"},
     {("E17", "jumps"), ("2017 E17", "jumps"), ("E18", "far_from_census"), ("E18", "vanishes"),
      ("F18", "falls")}),
    # the total of both in the row of one sex
    ({}, {("1b.residents.male", "eligible"): 227_527},
     {("E17", "far_from_census"), ("E18", "far_from_census"), ("E18", "jumps"),
      ("2017 E18", "jumps")}),
    # a third more than the census, which is years old
    ({}, {("1b.residents.female", "eligible"): 155_000, ("1b.residents.male", "eligible"): 150_000},
     set()),
    # those reached leave with others of their group
    ({(CODE, "eligible"): 1100, (CODE, "reached"): 500, (CODE, "attendances"): 500},
     {(CODE, "eligible"): 1000, (CODE, "reached"): 400}, set()),
    ({(CODE, "eligible"): 1100, (CODE, "reached"): 500, (CODE, "attendances"): 500},
     {(CODE, "eligible"): 1000, (CODE, "reached"): 399}, {("F14", "falls")}),
    # women and men turned round, where they differed
    ({(CODE, "eligible"): 1300}, {(CODE, "eligible"): 1075, (MEN, "eligible"): 1310},
     {("E14", "sexes_swapped"), ("E15", "sexes_swapped")}),
    ({(CODE, "eligible"): 1090}, {(CODE, "eligible"): 1070, (MEN, "eligible"): 1090}, set()),
    ({(CODE, "eligible"): 1300}, {(CODE, "eligible"): 1310, (MEN, "eligible"): 1075}, set()),
    # all sources of a line together; the sources that are not planned do not count
    ({}, {("I.1.central", "amount"): 300, ("I.1.local", "amount"): 300}, {
        ("E8", "parts_above_plan"), ("E9", "parts_above_plan"),
        ("E8", "money_jumps"), ("E9", "money_jumps")}),
    ({}, {("I.1.central", "amount"): 100, ("I.1.local", "amount"): 100,
          ("I.1.other", "amount"): 90}, set()),
])
def test_figures_against_each_other_and_the_year_before(tmp_path, first, changes, found):
    _, seen = doubts(tmp_path, ("rach-gia", 2017, first), ("rach-gia", 2018, changes))
    meant = {(f"rach-gia-{cell[:4]}" if cell and cell[:2] == "20" else "rach-gia-2018",
              cell and cell.split()[-1], code) for cell, code in found}
    assert seen == meant


@pytest.mark.parametrize(("changes", "found"), [
    ({(c, n): 0 for c in EVERY for n in NAMES}, {"all_zero"}),
    ({(c, n): "-" for c in EVERY for n in NAMES}, {"all_zero"}),
    ({(c, n): "..." for c in EVERY for n in NAMES}, {"no_figure"}),
    ({(c, n): "x" for c in EVERY for n in NAMES}, {"no_figure"}),
    ({(c, n): None for c in EVERY for n in NAMES}, set()),  # of a unit that only spent
    (column("reached", "hơn 5"), {"approximate"}),  # nothing is 0 of what was rejected
])
def test_a_department_that_says_nothing_of_persons(tmp_path, changes, found):
    asked = form().asked("indicators", "labour")
    write_template("labour", 2018, tmp_path / "labour.xlsx", form=form(), values={
        ("I.1.local", "amount"): 5.5} | {key: v for key, v in changes.items() if key[0] in asked},
        received_on=datetime.date(2019, 1, 20))
    assert set(read_returns(tmp_path, form()).problems["code"]) - {"no_eligible"} == found


def test_rows_of_men_that_are_those_of_women(tmp_path):
    form = load_form()
    sound = figures(form, "labour")
    men = {key: sound[key[0].replace(".male", ".female"), key[1]] for key in sound
           if key[0].endswith(".male")}
    out, seen = doubts(tmp_path / "all", ("labour", 2018, men))
    assert seen == {("labour-2018", None, "same_as_sex")}
    assert out.outcomes["doubt"].eq("same_as_sex").all()
    served = {key: value for key, value in men.items() if key[1] != "eligible"}
    assert doubts(tmp_path / "served", ("labour", 2018, served))[1] == seen
    few = {key: value for key, value in men.items() if key[0] in (MEN, "1a.workers.male")}
    assert not doubts(tmp_path / "two", ("labour", 2018, few))[1]
    one = {key: 500 if key[1] == "eligible" else 100 for key in sound if key[1] != "amount"}
    _, seen = doubts(tmp_path / "one size", ("labour", 2018, one))
    assert not seen, "figures of one size are no copy of each other"


@pytest.mark.slow
def test_a_sheet_left_blank_after_one_with_figures(tmp_path):
    asked = load_form().asked("indicators", "rach-gia")
    blank = {(code, name): None for code in asked for name in NAMES}
    _, seen = doubts(tmp_path / "persons", ("rach-gia", 2017, {}), ("rach-gia", 2018, blank))
    assert seen == {("rach-gia-2018", None, "no_figure")}
    money = {(code, "amount"): None for code in load_form().money}
    out, seen = doubts(tmp_path / "money", ("rach-gia", 2017, {}), ("rach-gia", 2018, money))
    assert seen == {("rach-gia-2018", None, "no_figure")}
    assert out.problems["sheet"].to_list() == ["Kinh phí"]
    none = dict.fromkeys(money, "x")
    assert doubts(tmp_path / "x", ("rach-gia", 2017, {}), ("rach-gia", 2018, none))[1] == seen
    zero = dict.fromkeys(money, 0)
    assert not doubts(tmp_path / "0", ("rach-gia", 2017, {}), ("rach-gia", 2018, zero))[1]
    for kind in (blank, money):  # nor were there any before
        folder = tmp_path / f"never {len(kind)}"
        assert not doubts(folder, ("rach-gia", 2017, kind), ("rach-gia", 2018, kind))[1]


def uneven(rows, first, name, by=1):
    """Figures that rise by other steps from row to row, as those of a real return do."""
    return {(code, name): first + by * at * at for at, code in enumerate(rows)}


ROWS, LINES = ([*load_form().asked(kind, "rach-gia")] for kind in ("indicators", "spending"))
OF_1A = [code for code in ROWS if code.startswith("1a.")]
SPENT = uneven(LINES, 5, "amount", 0.01)
BUDGET = kgge.load_budget().query("year == 2018").set_index(["item", "source"])["amount"]
PLAN = {(code, "amount"): BUDGET.get(key, 0) for code, key in load_form().money.items()}
PASTED = uneven(OF_1A, 1000, "eligible") | uneven(OF_1A, 300, "reached", 2) | uneven(
    OF_1A, 400, "attendances", 3)


@pytest.mark.parametrize(("returns", "found"), [
    ([("rach-gia", 2017, SPENT), ("rach-gia", 2018, SPENT)], {("rach-gia-2018", "same_as_year")}),
    ([("labour", 2018, SPENT), ("justice", 2018, SPENT)],
     {(f"{unit}-2018", "same_as_unit") for unit in ("labour", "justice")}),
    ([("labour", 2018, PASTED), ("justice", 2018, PASTED)],
     {(f"{unit}-2018", "same_as_unit") for unit in ("labour", "justice")}),
    ([("rach-gia", year, uneven(ROWS, 300, "reached")) for year in (2017, 2018)],
     {("rach-gia-2018", "same_as_year")}),
    ([(unit, 2018, PLAN) for unit in ("labour", "justice")],
     {(f"{unit}-2018", "same_as_plan") for unit in ("labour", "justice")}),
    # a group may be as large as it was; all who can be reached may be so twice
    ([("labour", year, uneven(OF_1A, 1000, "eligible")) for year in (2017, 2018)], set()),
    ([("labour", year, uneven(OF_1A, 1000, "eligible") | uneven(OF_1A, 1000, "reached") | uneven(
        OF_1A, year, "attendances")) for year in (2017, 2018)], set()),
    # once all are trained nobody attends, and as many have been reached as before
    ([("labour", year, PASTED | dict.fromkeys(uneven(OF_1A, 0, "attendances"), 0))
      for year in (2017, 2018)], set()),
    ([(unit, 2018, {}) for unit in ("labour", "justice", "finance")],
     {(f"{unit}-2018", "same_as_unit") for unit in ("justice", "finance")}),  # as a whole
    ([("labour", 2018, dict.fromkeys(PLAN, 30))], set()),
])
def test_a_part_of_a_return_that_is_copied(tmp_path, returns, found):
    _, seen = doubts(tmp_path, *returns)
    assert {(file, code) for file, _, code in seen if code.startswith("same_as")} == found


def test_a_figure_in_doubt_is_no_measure_for_the_next(tmp_path):
    """A zero too many in two years running is in doubt in both; one mended leaves the other."""
    more = {(CODE, "eligible"): 16_000}
    _, seen = doubts(tmp_path / "a", *(("rach-gia", year, more if year > 2018 else {})
                                       for year in range(2017, 2021)))
    assert {one for one in seen if one[2] == "jumps"} == {
        (f"rach-gia-{year}", "E14", "jumps") for year in (2019, 2020)}
    _, seen = doubts(tmp_path / "b", *(("rach-gia", year, more if year == 2019 else {})
                                       for year in range(2017, 2021)))
    assert {one for one in seen if one[2] == "jumps"} == {("rach-gia-2019", "E14", "jumps")}


def test_money_is_held_against_the_last_amount_that_was_any(tmp_path):
    line = ("I.1.local", "amount")
    _, seen = doubts(tmp_path, *(("rach-gia", year, {line: amount}) for year, amount in (
        (2016, 0.35), (2017, 0), (2018, 350))))
    assert ("rach-gia-2018", "E9", "money_jumps") in seen


def test_a_dash_is_said_to_be_zero(tmp_path):
    out, _ = doubts(tmp_path, ("rach-gia", 2017, {}), ("rach-gia", 2018, {(CODE, "reached"): "-"}))
    falls = out.problems[out.problems["code"].str.contains("falls")]
    assert falls["message_vi"].item().startswith("- (0) nhỏ hơn 106 của năm 2017")
    assert falls["value"].item() == "-"


REAL = uneven(ROWS, 900, "eligible", 7) | uneven(ROWS, 300, "reached", 2) | uneven(
    ROWS, 400, "attendances", 3) | SPENT
NEXT = {key: number * 1.13 + 0.3 * (at % 7) if key in SPENT else number + 31 + 4 * at
        for at, (key, number) in enumerate(REAL.items()) if key[1] != "eligible"}


def changed(figures, every, column, by=37):
    """Change every so manieth figure of a column."""
    return {key: number + by * (at % every == 0) for at, (key, number) in enumerate(figures.items())
            if key[1] == column}


NEAR_COPIES = {
    "all but some of a year": ([("rach-gia", 2017, REAL), ("rach-gia", 2018, REAL | changed(
        REAL, 7, "reached") | changed(REAL, 8, "attendances"))],
        {("rach-gia-2018", "same_as_year")}),
    "a column but for some": ([("rach-gia", 2017, REAL), ("rach-gia", 2018, REAL | NEXT | changed(
        REAL, 9, "reached"))], {("rach-gia-2018", "same_as_year")}),
    "the money but for some": ([("rach-gia", 2017, SPENT), ("rach-gia", 2018, SPENT | changed(
        SPENT, 9, "amount", 1.7))], {("rach-gia-2018", "same_as_year")}),
    "of another unit": ([("labour", 2018, PASTED), ("justice", 2018, PASTED | changed(
        PASTED, 8, "reached"))],
        {("labour-2018", "same_as_unit"), ("justice-2018", "same_as_unit")}),
    "of another unit, of the year before": (
        [("labour", 2017, PASTED), ("justice", 2018, PASTED | changed(PASTED, 8, "reached"))],
        {("labour-2017", "same_as_unit"), ("justice-2018", "same_as_unit")}),
    # figures that may well be the same again
    "groups as large as they were": ([("rach-gia", 2017, REAL), ("rach-gia", 2018, REAL | NEXT)],
                                     set()),
    "half of them": ([("rach-gia", 2017, REAL), ("rach-gia", 2018, REAL | changed(
        REAL, 2, "reached") | changed(REAL, 2, "attendances") | NEXT | changed(
        SPENT, 2, "amount", 1.7))], set()),
    "nobody new": ([("labour", 2017, PASTED), ("labour", 2018, PASTED | dict.fromkeys(
        uneven(OF_1A, 0, "attendances"), "-") | {(OF_1A[0], "attendances"): 12, (
            OF_1A[0], "reached"): 305})], set()),
    "all reached before": ([("labour", year, uneven(OF_1A, 1000, "eligible") | uneven(
        OF_1A, 1000, "reached") | uneven(OF_1A, year, "attendances") | {
            (OF_1A[0], "reached"): 900 + year - 2017}) for year in (2017, 2018)], set()),
    "rounded money": ([("labour", year, {(code, "amount"): 5 * (at % 9) + 5 * (at == year - 2017)
                                         for at, code in enumerate(LINES)})
                       for year in (2017, 2018)], set()),
}


@pytest.mark.parametrize("kind", NEAR_COPIES)
def test_a_copy_in_which_few_figures_were_changed(kind, tmp_path):
    returns, expected = NEAR_COPIES[kind]
    _, seen = doubts(tmp_path, *returns)
    assert {(file, code) for file, _, code in seen if code.startswith("same_as")} == expected


def amounts(folder, *years, line="I.1.local"):
    """Return which years of one line are in doubt; 30 are planned for each."""
    _, seen = doubts(folder, *(("rach-gia", 2016 + at, {(line, "amount"): amount})
                               for at, amount in enumerate(years)))
    return {file[-4:] for file, _, code in seen if code == "money_jumps"}


@pytest.mark.parametrize(("years", "found"), [
    ((2.1, 1.8, 20.5, 2.4, 2), {"2018"}),  # below the plan, ten times what it was
    ((2.1, 0.18, 2, 2.4, 2.2), {"2017"}),
    ((21, 1.8, 2, 2.4), {"2016"}),  # also the first
    ((2.1, 1.8, 20.5, 22, 2), {"2018", "2019"}),  # three agree
    ((2.1, 20.5, 2), set()),  # two are no measure
    ((2.1, 4.4, 20.5, 1.3, 9), set()),  # nor are those that differ
    ((2.1, 1.8, 9, 2.4, 2), set()),  # more, but not ten times
    ((2, 2, "-", 2, 2), set()), ((2, None, 20, "...", 2), set()),
])
def test_an_amount_ten_times_that_of_the_other_years(tmp_path, years, found):
    assert amounts(tmp_path, *years) == found


def test_amounts_are_held_against_what_the_plan_gives_in_each_year(tmp_path):
    """Of III.4 local 100 are planned for 2016 and 2020 alone, so other years are no measure."""
    assert not amounts(tmp_path / "none", 2, 2, 2, 2, 20, line="III.4.local")
    assert not amounts(tmp_path / "other", 2, 2, 2, 2, 20, line="I.1.other")


DISTRICTS = [unit for unit in load_form().units if unit in load_form().residents][:8]


def of_each(code, times=0.02, **changes):
    """Returns of districts whose group is so large a part of the residents; others by unit."""
    people = {unit: round(load_form().residents[unit] * times * (1 + at % 3 / 4))
              for at, unit in enumerate(DISTRICTS)} | changes
    return [(unit, 2018, {(code, "eligible"): number, (code, "reached"): number // 5, (
        code, "attendances"): number // 4}) for unit, number in people.items()]


@pytest.mark.parametrize(("times", "told"), [
    (10, True), (0.1, True), (0.001, True), (0.04, True), (3, False), (0.3, False)])
def test_a_group_ten_times_as_large_as_elsewhere(tmp_path, times, told):
    unit = DISTRICTS[3]
    number = round(load_form().residents[unit] * 0.025 * times)
    _, seen = doubts(tmp_path, *of_each(CODE, **{unit: number}))
    assert {one for one in seen if one[2] != "same_as_unit"} == (
        {(f"{unit}-2018", "E14", "unlike_units")} if told else set())


def test_few_units_or_persons_are_no_measure(tmp_path):
    few = of_each(CODE, **{DISTRICTS[3]: 9000})[:5]
    small = of_each(CODE, 0.00005, **{DISTRICTS[3]: 100})
    for name, returns in (("few", few), ("small", small)):
        _, seen = doubts(tmp_path / name, *returns)
        assert not {one for one in seen if one[2] != "same_as_unit"}


@pytest.mark.parametrize(("years", "found"), [
    ((16827, 18627, 16827), {"2017"}), ((16700, 16827, 18627, 16900), {"2018"}),
    ((18627, 16827, 16827), {"2016"}), ((16827, 18627), {"2017"}),
    ((16827, 18627, 18627), {"2016"}),  # two years against one
    ((16827, 16827, 18627, 18627), set()),  # a change that stays
    ((16827, 16872, 16827), set()),  # too little to matter, or chance
    ((16827, 18267, 16827), set()), ((840, 480 + 360, 804), set()),
])
def test_two_digits_turned_round(tmp_path, years, found):
    _, seen = doubts(tmp_path, *(("rach-gia", 2016 + at, {(CODE, "eligible"): number})
                                 for at, number in enumerate(years)))
    assert {(file[-4:], cell) for file, cell, code in seen if code == "jumps"} == {
        (year, "E14") for year in found}


def services(*years):
    """Persons reached so far and attendances of one row, by year."""
    return [("rach-gia", 2016 + at, {(CODE, "reached"): reached, (CODE, "attendances"): attended})
            for at, (reached, attended) in enumerate(years)]


@pytest.mark.parametrize(("years", "found"), [
    (((100, 130), (200, 140), (300, 1300), (400, 120)), {"2018"}),
    (((10, 130), (200, 240), (300, 130), (400, 120)), set()),  # ten are too few to tell
    (((30, 400), (330, 420), (630, 380), (930, 390)), {"2016"}),  # a digit of those reached
    (((100, 130), (200, 140), (300, 700), (400, 120)), set()),
    (((100, 130), (200, 600), (300, 1300), (400, 220)), set()),
])
def test_attendances_ten_times_those_of_other_years(tmp_path, years, found):
    _, seen = doubts(tmp_path, *services(*years))
    assert {(file[-4:], cell) for file, cell, code in seen if code == "attendances_jump"} == {
        (year, "G14") for year in found}


def sourced(of, *sources):
    """Amounts of each line of the plan, the first source's, then the second's, else none."""
    form = load_form()
    return {(code, "amount"): round(of[item] * share, 1) if share else "-"
            for code, (item, source) in form.money.items()
            for share in [dict(zip(("central", "local", "other"), sources, strict=True))[source]]}


PART = {item: 3.3 + 0.7 * at + (0.1 * at * at) for at, item in enumerate(
    dict.fromkeys(item for item, _ in load_form().money.values()))}
LATER = {item: amount * (1.1 + 0.05 * (at % 4)) for at, (item, amount) in enumerate(PART.items())}
MORE = [{item: amount * times for item, amount in PART.items()} for times in (1, 2.1, 3.2, 4.1)]
MONEY = {
    "all at the other source": ([sourced(PART, 1, 0, 0), sourced(LATER, 0, 1, 0)],
                                {("2018", "sources_moved")}),
    "a row further down": ([sourced(PART, 1, 0.4, 0), sourced(LATER, 0, 1, 0.4)],
                           {("2018", "sources_moved")}),
    "two sources changed": ([sourced(PART, 1, 0.4, 0), sourced(LATER, 0.4, 1, 0)],
                            {("2018", "sources_moved")}),
    "for one year": ([sourced(PART, 1, 0, 0), sourced(LATER, 0, 1, 0), sourced(MORE[1], 1, 0, 0)],
                     {("2018", "sources_moved")}),
    "two sources the same": ([sourced(PART, 1, 1, 0)], {("2017", "same_as_source")}),
    "added up": ([sourced(of, 1, 0.4, 0) for of in MORE[:3]], {("2019", "money_adds_up")}),
    # what may well be
    "the same sources": ([sourced(PART, 1, 0.4, 0), sourced(LATER, 1, 0.5, 0)], set()),
    "less of one": ([sourced(PART, 1, 0.4, 0), sourced(LATER, 1, 0.9, 0)], set()),
    "some from another": ([sourced(PART, 1, 0.4, 0), sourced(LATER, 1, 0.4, 0) | {
        ("I.1.local", "amount"): "-", ("I.1.other", "amount"): 5.5}], set()),
    "few lines": ([{key: value if key[0][:4] in ("I.1.", "I.2.") else "-" for key, value in
                    sourced(of, *shares).items()}
                   for of, shares in ((PART, (1, 0, 0)), (LATER, (0, 1, 0)))], set()),
    "more each year": ([sourced(PART, 1, 0.4, 0), sourced(LATER, 1, 0.4, 0), sourced(
        {item: amount * 1.3 for item, amount in LATER.items()}, 1, 0.4, 0)], set()),
    "twice, but not of all": ([sourced(of, 1, 0.4, 0) | {("I.1.local", "amount"): 9 - at}
                               for at, of in enumerate(MORE[:3])], set()),
    "rounded alike": ([dict.fromkeys(sourced(PART, 1, 1, 0), 5)], set()),
}


@pytest.mark.parametrize("kind", MONEY)
def test_money_in_other_rows_or_of_other_years(kind, tmp_path):
    years, expected = MONEY[kind]
    _, seen = doubts(tmp_path, *(("rach-gia", 2017 + at, of) for at, of in enumerate(years)))
    assert {(file[-4:], code) for file, _, code in seen
            if code.startswith(("s", "money"))} == expected


@pytest.mark.parametrize(("changes", "found"), [
    ({(code, "reached"): round(0.463 * number) for (code, name), number in REAL.items()
      if name == "eligible"}, {"same_share"}),
    ({(code, "reached"): round((0.463 + 0.004 * at) * number) for at, ((code, name), number)
      in enumerate(REAL.items()) if name == "eligible"}, set()),
    ({(code, "attendances"): number for (code, name), number in (REAL | NEXT).items()
      if name == "reached"}, {"same_as_attendances"}),
    ({(code, "attendances"): number for at, ((code, name), number) in enumerate(
        (REAL | NEXT).items()) if name == "reached" and at % 2}, set()),
])
def test_persons_worked_out_or_of_the_column_beside(tmp_path, changes, found):
    first = REAL | {(code, "reached"): 40 + at * at for at, code in enumerate(ROWS)}
    _, seen = doubts(tmp_path, ("rach-gia", 2017, first), ("rach-gia", 2018, REAL | NEXT | changes))
    assert {(file[-4:], code) for file, _, code in seen if code.startswith("same")} == {
        ("2018", code) for code in found}


def test_two_returns_exchanged(tmp_path):
    """Their groups differ by less than a half; as large as the other's they were last year."""
    one = uneven([code for code in EVERY if code[0] != "4"], 900, "eligible", 7)
    other = {key: round(number * 1.3) for key, number in one.items()}
    nearly = [{key: number + at % 5 for at, (key, number) in enumerate(of.items())}
              for of in (one, other)]
    for name, (first, second), found in (
            ("right", nearly, set()), ("exchanged", nearly[::-1], {"like_unit"})):
        _, seen = doubts(tmp_path / name, ("labour", 2017, one), ("justice", 2017, other),
                         ("labour", 2018, first), ("justice", 2018, second))
        assert {(file, code) for file, _, code in seen if not code.startswith("same_as")} == {
            (f"{unit}-2018", code) for unit in ("labour", "justice") for code in found}


def late(folder, year, *returns):
    """Return the problems of the last return of a year, sent when all others were taken in."""
    doubts(folder / "known", *returns)
    (folder / "inbox").mkdir()
    unit = returns[0][0]
    shutil.move(folder / "known" / f"{unit}-{year}.xlsx", folder / "inbox")
    return read_returns(folder / "inbox", form(), folder / "known").problems


@pytest.mark.parametrize(("kind", "year", "told"), [
    ("two sources changed", 2017, "2018"), ("added up", 2017, "2019"), ("added up", 2018, "2019"),
    ("the same sources", 2017, ""), ("more each year", 2018, "")])
def test_a_late_return_tells_of_the_money_of_a_later_year(kind, year, told, tmp_path):
    years = [("rach-gia", 2017 + at, of) for at, of in enumerate(MONEY[kind][0])]
    problems = late(tmp_path, year, *years)
    assert problems[["sheet", "code"]].values.tolist() == [
        ["Kinh phí", "doubts_later"]] * bool(told)
    for row in problems.itertuples():
        assert f"rach-gia-{told}.xlsx" in row.message_vi
        assert "nội dung" in row.message_vi or "số tiền" in row.message_vi
        assert f"one of {told} taken in before" in row.message_en


def test_a_late_return_tells_of_one_of_a_later_year_that_is_like_another_unit(tmp_path):
    one = uneven([code for code in EVERY if code[0] != "4"], 900, "eligible", 7)
    other = {key: round(number * 1.3) for key, number in one.items()}
    changed = {key: number + at % 5 for at, (key, number) in enumerate(other.items())}
    problems = late(tmp_path, 2017, ("labour", 2017, one), ("justice", 2017, other),
                    ("labour", 2018, changed))
    assert "doubts_later" in set(problems["code"])
    said = problems.set_index("code").loc["doubts_later"]
    assert "Sở Tư pháp" in said["message_vi"] and "Department of Justice" in said["message_en"]


@pytest.mark.parametrize(("moved", "found"), [(True, {(None, "no_figure")}), (False, set())])
def test_figures_that_all_stand_in_the_columns_of_last_year(moved, found, tmp_path):
    doubts(tmp_path, ("rach-gia", 2018, {}))
    book = openpyxl.load_workbook(tmp_path / "rach-gia-2018.xlsx")
    for row in book["Chỉ tiêu"].iter_rows(min_row=8, max_row=33):
        for now, past in zip(row[4:7], row[7:10], strict=True):
            past.value = now.value
            now.value = None if moved else now.value
    book.save(tmp_path / "rach-gia-2018.xlsx")
    problems = read_returns(tmp_path, form()).problems
    assert {(row.cell if isinstance(row.cell, str) else None, row.code)
            for row in problems.itertuples()} == found


def test_messages_name_units_in_their_language(tmp_path):
    same = uneven([code for code in EVERY if code[0] != "4"], 900, "eligible", 7)
    for unit, name in (("labour", "a"), ("justice", "b"), ("finance", "c"), ("finance", "d")):
        write_template(unit, 2018, tmp_path / f"{name}.xlsx", form=form(),
                       values=figures(form(), unit, changes=same))
    problems = read_returns(tmp_path).problems
    said = {lang: " ".join(problems[f"message_{lang}"]) for lang in ("vi", "en")}
    assert "Sở Tư pháp (b.xlsx)" in said["vi"] and "Department of Justice (b.xlsx)" in said["en"]
    assert "năm 2018 của Sở Tài chính" in said["vi"]
    assert "of Department of Finance for 2018" in said["en"]
    assert not any(code in text for text in said.values() for code in ("justice", "finance"))


def test_answers_as_text_are_not_counted():
    reporting, problems = kgge.load_reporting(), kgge.load_problems()
    with pytest.raises(kgge.DataError, match="on_time is true or false, the table has 'True'"):
        kgge.quality(reporting.astype({"on_time": str}), problems)
    blank = reporting.astype(object).assign(on_time=None)
    assert kgge.quality(blank, problems, "year")["on_time"].tolist() == [0] * 5
