"""From data/raw to data/processed: the same bytes each time, described, checked."""

import contextlib
import csv
import hashlib
import json
import re
import shutil

import frictionless
import openpyxl
import pandas as pd
import pytest

import kgge
from kgge.build import build
from kgge.files import data_folder
from kgge.tables.schemas import SCHEMAS


def contents(folder):
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir())}


@pytest.mark.slow
def test_two_builds_are_what_is_committed(data):
    committed = contents(data_folder() / "processed")
    for path in (data / "processed").iterdir():
        path.unlink()
    build()
    assert contents(data / "processed") == committed
    build()
    assert contents(data / "processed") == committed


def test_sources_are_as_received():
    page = (data_folder() / "raw" / "README.md").read_text(encoding="utf-8")
    named = dict(re.findall(r"^\| (\S+) \|.*\| `([0-9a-f]{64})` \|$", page, re.MULTILINE))
    files = {p.name: hashlib.sha256(p.read_bytes()).hexdigest()
             for p in (data_folder() / "raw").iterdir() if p.is_file() and p.name != "README.md"}
    assert named == files


@pytest.mark.slow
def test_data_package_is_valid():
    report = frictionless.validate(str(data_folder() / "processed" / "datapackage.json"))
    assert report.valid, report.flatten(["title", "rowNumber", "fieldName", "type", "note"])
    assert len(report.tasks) == len(SCHEMAS)


def test_data_package_has_fiscal_types():
    package = json.loads((data_folder() / "processed" / "datapackage.json").read_text("utf-8"))
    budget = next(r for r in package["resources"] if r["name"] == "budget")
    types = {f["name"]: f.get("columnType") for f in budget["schema"]["fields"]}
    assert types["amount"] == "value" and types["year"] == "date:fiscal-year"
    assert types["source"] == "fin-source:generic:code" and budget["factor"] == 1_000_000


def test_dictionary_names_every_column():
    page = (data_folder() / "processed" / "README.md").read_text(encoding="utf-8")
    for name, schema in SCHEMAS.items():
        part = page.split(f"## {name}\n")[1].split("\n## ")[0]
        assert re.findall(r"^\| (\w+) \|", part, re.MULTILINE)[1:] == [
            c.name for c in schema.columns]


def test_an_unreadable_annex_leaves_the_tables_as_they_were(data):
    before = contents(data / "processed")
    path = next((data / "raw").glob("*annex.tsv"))
    path.write_text(path.read_text(encoding="utf-8").replace("\t1,150", "\tx"), encoding="utf-8")
    with pytest.raises(kgge.DataError, match="the total belongs here, there stands 'x'"):
        build()
    assert contents(data / "processed") == before


def test_one_annex_and_no_other(data):
    path = next((data / "raw").glob("*annex.tsv"))
    path.with_name("annex-2.txt").write_bytes(path.read_bytes())
    with pytest.raises(kgge.DataError, match=r"one file named \*annex\*.*found .*annex-2.txt"):
        build()


@pytest.mark.slow
def test_a_label_like_a_formula_is_text_in_the_tables(few):
    path = next((few / "raw").glob("*annex.tsv"))
    lines = path.read_text(encoding="utf-8").split("\n")
    number, label = lines[10].split("\t")[:2]
    assert number == "I"
    lines[10] = lines[10].replace(label, "=HYPERLINK(1)")
    path.write_text("\n".join(lines), encoding="utf-8")
    build()
    assert ",'=HYPERLINK(1)," in (few / "processed" / "annex.csv").read_text(encoding="utf-8")
    assert kgge.load_annex()["label"].iloc[0] == "=HYPERLINK(1)"


@pytest.mark.slow
def test_an_annex_that_does_not_add_up_is_written_but_not_used(few):
    path = next((few / "raw").glob("*annex.tsv"))
    path.write_text(path.read_text(encoding="utf-8").replace("\t1,150", "\t1,151"),
                    encoding="utf-8")
    build()
    ledger = kgge.load_ledger()
    assert ledger.loc[ledger["state"] == "differs", "item"].unique().tolist() == ["II", "total"]
    with pytest.raises(kgge.DataError, match="does not add up"):
        kgge.load_budget()


def test_another_province_needs_no_change_of_code(data):
    """Two lines, one year, three sources: the tables follow, without a return."""
    for path in (data / "raw").glob("*annex*"):
        path.unlink()
    shutil.rmtree(data / "raw" / "returns")  # git keeps no empty folder
    (data / "raw" / "annex-other.txt").write_text(
        "Đơn vị tính: triệu đồng\n\t\t2021\t\t\tTổng cộng\n\t\tTrung ương\tĐịa phương\tKhác\t\n"
        "I\tDự án\t1.000\t2\t3\t1.005\n\t- Dòng\t1.000\t2\t3\t1.005\n"
        "\tTổng cộng\t1.000\t2\t3\t1.005\n", encoding="utf-8")
    build()
    assert kgge.load_budget()[["item", "source", "amount"]].to_numpy().tolist() == [
        ["I.1", "central", 1000], ["I.1", "local", 2], ["I.1", "other", 3]]
    assert kgge.load_outcomes().empty and not kgge.load_outcomes().attrs["illustrative"]


def test_an_annex_of_years_alone_in_thousands_is_built(data):
    """Its source is `all`; a field that a correction fills, and one that is zero by the totals."""
    for path in (*(data / "raw").glob("*annex*"), *(data / "raw" / "returns").rglob("*.xlsx")):
        path.unlink()
    (data / "raw" / "an-annex.csv").write_text(
        "ĐVT: 1.000đ;;;;\nTT;Nội dung;2021;2022;Tổng\nI;Dự án;;;\n1;Tập huấn;1.500;;2.000\n"
        "2;Hội thảo;;7;7\n;Tổng cộng;1.500;507;2.007\n", encoding="utf-8")
    (data / "raw" / "an-annex.corrections.csv").write_text(
        "line,column,printed,corrected,reason\n4,4,,500,left out in typing\n", encoding="utf-8")
    with pytest.raises(kgge.DataError, match="no label for source all.*of an annex that names non"):
        build()
    with (data / "raw" / "labels.csv").open("a", encoding="utf-8") as file:
        file.write("source,all,Mọi nguồn vốn,All sources\n")
    build()
    assert kgge.load_budget()[["item", "year", "source", "amount"]].to_numpy().tolist() == [
        ["I.1", 2021, "all", 1.5], ["I.1", 2022, "all", 0.5], ["I.2", 2021, "all", 0],
        ["I.2", 2022, "all", 0.007]]
    repairs = pd.read_csv(data / "processed" / "repairs.csv", engine="c")
    assert repairs[["line", "rule", "printed"]].to_numpy().tolist() == [
        [4, "correction", "(empty)"], [5, "empty field", "(empty)"]]


def test_trace_leads_to_the_printed_cell():
    lines = kgge.annex.read.find_annex().read_text(encoding="utf-8").split("\n")
    budget = kgge.load_budget()
    found = kgge.trace(kgge.totals(budget, ["project", "year"]).query("project == 'II'"))
    assert len(found) == 2 * 5 * 2 and found["value"].sum() == 1150
    for row in found.itertuples():
        assert lines[row.line - 1].split("\t")[row.column - 1] == row.text
    ledger = kgge.trace(kgge.load_ledger().query("check == 'row total'"))
    assert len(ledger) == 24 and ledger["text"].iloc[-1] == "6,600"
    assert kgge.trace(budget.iloc[0])["text"].tolist() == ["50"]


def test_trace_leads_to_cells_of_returns():
    outcomes = kgge.load_outcomes().query("unit == 'rach-gia' and year == 2017")
    found = kgge.trace(outcomes.head(2))
    assert set(found["figure"]) == {"eligible", "reached", "attendances"}
    numbers = found.dropna(subset="value")
    assert len(numbers) and (numbers["text"].astype(float) == numbers["value"]).all()
    spent = kgge.execution(kgge.load_budget(), kgge.load_spending(), ["item", "year"])
    both = kgge.trace(spent.head(1))
    assert both.index.tolist() == list(range(len(both)))
    assert set(both["file"].str.endswith(".xlsx")) == {True, False}
    assert both["value"].sum() == pytest.approx(spent.iloc[0][["planned", "spent"]].sum())


@pytest.mark.parametrize("name", SCHEMAS)
def test_trace_leads_from_every_table_to_what_stands_there(name):
    table = getattr(kgge, f"load_{name}")()
    found = kgge.trace(table.iloc[[0, len(table) // 2, -1]])
    assert len(found) and found.columns.tolist()[-7:] == [
        "figure", "value", "file", "sheet", "line", "column", "text"]
    raw, cells = data_folder() / "raw", found.dropna(subset="line")
    assert len(cells)
    for cell in cells.to_dict("records"):
        if cell["file"].endswith(".xlsx"):
            stands = openpyxl.load_workbook(raw / cell["file"])[cell["sheet"]].cell(
                int(cell["line"]), int(cell["column"])).value
        else:
            mark = "\t" if cell["file"].endswith(".tsv") else ","
            lines = (raw / cell["file"]).read_text(encoding="utf-8").split("\n")
            row = next(csv.reader([lines[cell["line"] - 1]], delimiter=mark))
            stands = row[cell["column"] - 1]
        text = "" if pd.isna(cell["text"]) else cell["text"]
        assert str("" if stands is None else stands).removesuffix(" 00:00:00") == text, cell


def test_trace_of_a_return_leads_to_its_date_and_of_a_target_to_its_share():
    reporting = kgge.load_reporting().query("unit == 'rach-gia' and year == 2016")
    date = kgge.trace(reporting).iloc[0]
    assert (date["sheet"], date["line"], date["column"]) == ("Bìa", 17, 2)
    target = kgge.trace(kgge.load_targets().query("indicator == '1b'")).set_index("figure")
    assert target.loc["target", ["line", "column", "text"]].tolist() == [3, 3, "0.50"]
    repair = kgge.trace(kgge.load_repairs().query("rule == 'correction'"))
    assert repair["text"].tolist() == ["50"]


def test_codes_without_label_are_all_named_before_anything_is_written(data):
    path = data / "raw" / "labels.csv"
    lines, gone = path.read_text("utf-8").splitlines(), ("unit,rach-", "group,stud")
    path.write_text("\n".join(x for x in lines if not x.startswith(gone)), encoding="utf-8")
    before = contents(data / "processed")
    with pytest.raises(kgge.DataError, match="no label for group students, unit rach-gia"):
        build()
    assert contents(data / "processed") == before

def shares():
    return kgge.load_outcomes(), kgge.load_targets(), kgge.load_units()


@pytest.mark.slow
def test_trace_tells_what_is_counted_from_what_the_range_rests_on():
    """1a 2016: one eligible has no reached beside it; 1b 2020: Giồng Riềng as of 2019."""
    progress = kgge.progress(*shares())
    for row in progress.query("year in [2016, 2020]").to_dict("records"):
        found = kgge.trace(pd.DataFrame([row]))
        counted = found[~found["carried"]].groupby("figure")["value"].sum()
        assert counted.to_dict() == {"eligible": row["eligible"], "reached": row["reached"]}
    found = kgge.trace(progress.query("indicator == '1b' and year == 2020"))
    carried = found[found["carried"]]
    assert carried["unit"].unique().tolist() == ["giong-rieng"]
    assert carried["year"].unique().tolist() == [2019]
    assert carried.groupby("figure")["value"].sum().to_dict() == {
        "eligible": 224655, "reached": 74455}
    first = kgge.trace(progress.query("indicator == '1a' and year == 2016"))
    assert set(first.loc[first["carried"], "year"]) == {2016, 2017}  # a later return too


@pytest.mark.parametrize("rows", [
    lambda: kgge.coverage(*shares(), "unit").merge(kgge.load_units(), on="unit"),
    lambda: kgge.gap(*shares(), 2020), lambda: kgge.gap(*shares(), 2020).merge(kgge.load_units())])
def test_trace_of_one_unit_leads_to_its_own_cells(rows):
    table = rows().query("unit == 'giong-rieng' and year == 2020 and indicator == '1b'")
    found = kgge.trace(table)
    assert found["carried"].all() and found["year"].eq(2019).all() and len(found) == 4


@pytest.mark.slow
def test_trace_of_a_census_of_money_and_of_reporting_rates(data):
    path = next((data / "raw" / "returns" / "2016").glob("*kien-hai*"))
    for old in (data / "raw" / "returns").rglob("*kien-hai*"):
        old.unlink()
    build()
    assert not path.exists()
    found = kgge.trace(kgge.progress(*shares()).query("indicator == '1b' and year == 2016"))
    assert found.loc[found["figure"] == "residents", "unit"].tolist() == ["kien-hai"]
    assert found["file"].iloc[-1] == "units.csv" and found["carried"].iloc[-1]
    money = kgge.execution(kgge.load_budget(), kgge.load_spending(), "project", years=[2016, 2017])
    cells = kgge.trace(money.head(1))
    assert cells["value"].sum() == pytest.approx(money.loc[0, ["planned", "spent"]].sum())
    assert not cells.loc[cells["file"].str.endswith("xlsx"), "text"].eq("").any()
    upto = kgge.execution(kgge.load_budget(), kgge.load_spending(), ["project", "year"],
                          cumulative=True).query("project == 'II' and year == 2018")
    assert kgge.trace(upto)["value"].sum() == pytest.approx(upto[["planned", "spent"]].sum().sum())
    rates = kgge.reporting_rates(kgge.load_reporting()).query("year == 2016")
    assert len(kgge.trace(rates)) == rates["received"].iloc[0]


def test_trace_says_when_a_source_has_changed_since_the_build(data):
    returns, outcomes = data / "raw" / "returns", kgge.load_outcomes()
    row = outcomes.query("unit == 'labour' and year == 2016").head(1)
    path = returns / row["file"].iloc[0]
    book = openpyxl.load_workbook(path)
    book[row["sheet"].iloc[0]].cell(int(row["row"].iloc[0]), 6).value = 1
    book.save(path)
    for rows in (row, kgge.progress(*shares()).query("indicator == '1a' and year == 2016")):
        with pytest.raises(kgge.DataError, match=r"kgge build.*\n.*reached: 6.0 was read, there "
                                                 "stands '1'"):
            kgge.trace(rows)
    path.rename(path.with_name("renamed.xlsx"))
    for rows in (row, kgge.load_reporting().query("unit == 'labour' and year == 2016")):
        with pytest.raises(kgge.DataError, match="labour.xlsx is no longer there"):
            kgge.trace(rows)
    targets = data / "raw" / "targets.csv"
    targets.write_text(targets.read_text("utf-8").replace("0.70,", "0.90,", 1), "utf-8")
    with pytest.raises(kgge.DataError, match="targets.csv, line 2, target: 0.7 was read, .*'0.90'"):
        kgge.trace(kgge.load_targets())
    annex = next((data / "raw").glob("*annex.tsv"))
    annex.write_text(annex.read_text("utf-8").replace("\t50\t", "\t60\t", 1), "utf-8")
    with pytest.raises(kgge.DataError, match="annex.tsv, line 12, column 3: 50 was read, there"):
        kgge.trace(kgge.load_budget().head(1))


def test_trace_of_rows_as_a_csv_or_a_sum_by_keys_gives_them(tmp_path):
    """Indicators that are all digits come back as numbers; pandas puts keys into the index."""
    persons = kgge.load_outcomes(), kgge.load_targets(), kgge.load_units()
    rows = kgge.coverage(*persons, "indicator", 2020).query("indicator in ['2', '3']")
    rows.to_csv(tmp_path / "a.csv", index=False)
    assert len(kgge.trace(pd.read_csv(tmp_path / "a.csv"))) == len(kgge.trace(rows)) > 0
    money = kgge.totals(kgge.load_budget(), ["project", "year"])
    assert kgge.trace(money.set_index(["project", "year"]))["value"].sum() == 6600


def test_trace_of_something_else():
    for name in ("repairs", "problems", "targets", "reporting"):  # whatever is left of a table
        table = getattr(kgge, f"load_{name}")().head(1)
        for column in table:
            with contextlib.suppress(ValueError):
                kgge.trace(table.drop(columns=column))
    with pytest.raises(ValueError, match="columns .* planned_amount, line, column lead to no sour"):
        kgge.trace(kgge.load_budget().rename(columns={"amount": "planned_amount"}))
    with pytest.raises(ValueError, match="rows with columns a, b lead to no source"):
        kgge.trace(pd.DataFrame({"a": [1], "b": [2]}))


@pytest.mark.parametrize(("query", "by"), [("project == 'II'", "year"), ("item == 'II.1'", "year"),
                                           ("source == 'local'", ["project", "year"])])
def test_trace_of_planned_money_that_was_filtered_gives_its_own_cells(query, by):
    part = kgge.load_budget().query(query)
    assert kgge.trace(kgge.totals(part, by).query("year == 2018"))["value"].sum() == (
        part.query("year == 2018")["amount"].sum()) < 1140


@pytest.mark.slow
def test_trace_of_returns_that_were_filtered_gives_their_own_cells():
    outcomes, targets, listed = shares()
    alone = listed.query("unit == 'rach-gia'")
    for part, units in ((outcomes.query("unit == 'rach-gia'"), alone),
                        (outcomes.query("sex == 'female'"), listed)):
        row = kgge.progress(part, targets, units, 2020).query("indicator == '1a'")
        found = kgge.trace(row)
        assert found.loc[~found["carried"] & (found["figure"] == "reached"), "value"].sum() == (
            row["reached"].iloc[0])
        assert set(found["unit"]) <= set(part["unit"]) and set(found["sex"]) <= set(part["sex"])
    budget, spending = kgge.load_budget(), kgge.load_spending()
    own = spending.query("unit == 'rach-gia'")
    for rows in (kgge.totals(own, "year"), kgge.execution(budget, own, "project"),
                 kgge.totals(own, "year").rename(columns={"spent": "amount"})):
        found = kgge.trace(rows)
        assert set(found["unit"]) == {"rach-gia"} and found["value"].sum() == pytest.approx(71.9)
    two = kgge.execution(budget, spending, "project", years=[2016, 2020])
    assert set(kgge.trace(two)["year"]) == {2016, 2020}


@pytest.mark.parametrize("rows", [
    lambda b: kgge.totals(b.query("amount > 20"), "year"),
    lambda b: pd.DataFrame(kgge.totals(b.query("project == 'II'"), "year").to_dict("list")),
    lambda b: kgge.totals(b, ["project", "year"]).query("year == 2018").drop(columns="year"),
    lambda b: pd.DataFrame(kgge.progress(shares()[0].query("sex == 'female'"), *shares()[1:],
                                         2020).to_dict("list"))])
def test_trace_refuses_figures_that_are_not_the_sum_of_their_cells(rows):
    with pytest.raises(ValueError, match="trace (those )?rows"):
        kgge.trace(rows(kgge.load_budget()))


def test_trace_takes_rows():
    for other in (None, "x", 3):
        with pytest.raises(ValueError, match="trace takes rows of a table"):
            kgge.trace(other)
