"""A plan that is running: every figure, card and trace, with few returns or none."""

import json
import re
import shutil
from functools import cache
from html import unescape

import pandas as pd
import pytest
from here import plain, read_once, run_cell

import kgge
from kgge.build import build
from kgge.charts.layout import unseen
from kgge.files import data_folder
from kgge.publish.brief import write_brief
from kgge.publish.figures import export
from kgge.publish.html import notebook_folder, write_report
from kgge.xlsx import open_sheets

# Which returns have come, as patterns of their paths.
COME = {"none": [], "2016": ["2016/*"], "2018": ["2018/*"], "2016 and 2018": ["2016/*", "2018/*"],
        "one unit": ["*/*rach-gia*"]}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=COME)
def running(request, tmp_path_factory, illustrative_data):
    """Let the package use data with some of the returns only; return which have come."""
    folder = tmp_path_factory.mktemp("running")
    returns = illustrative_data / "raw" / "returns"
    kept = {path for pattern in COME[request.param] for path in returns.glob(pattern)}
    assert bool(kept) == bool(COME[request.param])
    shutil.copytree(illustrative_data / "raw", folder / "raw", ignore=lambda where, names: [
        name for name in names if name.endswith(".xlsx") and data_folder().joinpath(
            where, name) not in kept])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KGGE_DATA", str(folder))
        build()
        patch.setattr("kgge.tracing.open_sheets", cache(open_sheets))  # these do not change here
        read_once(patch)
        yield {path.parent.name for path in kept}


@pytest.fixture
def persons(running):
    return kgge.load_outcomes(), kgge.load_targets(), kgge.load_units()


def years_of(running):
    """Return the years the plan answers for, as text stands in the names of the folders."""
    return [*range(2016, int(max(running)) + 1)] if running else []


def traced(rows):
    """Trace some rows; those that rest on no source have nothing to trace."""
    if len(rows):
        cells = kgge.trace(rows)
        assert cells["figure"].notna().all()


def test_money(running):
    budget, spending, units = kgge.load_budget(), kgge.load_spending(), kgge.load_units()
    years = years_of(running)
    for by in ("project", "item", "source", "year", "unit", ["project", "year"], ["year", "unit"]):
        for cumulative in {False, "year" in by}:
            table = kgge.execution(budget, spending, by, cumulative=cumulative, units=units)
            assert table.empty == (not years)
            assert "year" not in by or table["year"].isin(years).all()
            traced(table)
    for by in ("item", "year", "source", "unit"):
        assert kgge.totals(spending, by)["spent"].sum() == pytest.approx(spending["amount"].sum())
        share = kgge.shares(spending, by)["share"].dropna()
        assert share.empty or share.sum() == pytest.approx(1)
    constant = kgge.real_terms(kgge.totals(spending, "year"), 2016)
    assert constant["constant"].notna().all()
    traced(kgge.totals(spending, "source"))


@pytest.mark.parametrize("by", ["indicator", "unit", "group", "sex", ["unit", "group", "sex"]])
def test_coverage(running, persons, by):
    table = kgge.coverage(*persons, by)
    assert sorted(set(table["year"])) == years_of(running)
    traced(table)


def test_progress_cards_and_what_decides(running, persons):
    now = kgge.progress(*persons)
    assert len(now) == len(persons[1]) * max(1, len(years_of(running)))
    for lang in ("en", "vi"):
        for row in now.itertuples():
            card = kgge.status_card(now, row.indicator, row.year, lang)
            assert "nan" not in card.split() and "{" not in card
    assert not (now["firm"] & (now["status"] == "not_assessable")).any()
    if running == {"2018"}:  # the one silent unit has never returned anything: the census counted
        card = kgge.status_card(now, "1b", 2018, "en")
        assert "since last counted" in card and "last returned" not in card
    objectives = kgge.objectives(now, persons[1])
    assert set(objectives["objective"]) == set(persons[1]["objective"])
    assert set(kgge.year_on_year(*persons)["year"]) == set(years_of(running))
    for year in years_of(running) or [2020]:
        line = kgge.tipping(*persons, year)
        assert set(line["indicator"]) == set(persons[1]["indicator"])
        if running and year == int(max(running)):  # as the scorecard beside it counts them
            here = now[(now["year"] == year) & (now["status"] != "not_assessable")]
            left = int((~here["firm"]).sum())
            title = kgge.charts.chart_text(kgge.charts.reach_needed(line, lang="en")).title
            assert title.startswith(f"The verdicts of {left} " if left > 1 else
                                    f"{year}: no" if left == 0 else "Indicator"), title
        for by in ("unit", "group", "sex"):
            shares = kgge.gap(*persons, year, by).groupby("indicator")["gap_share"].sum(min_count=1)
            assert shares.dropna().tolist() == pytest.approx([1] * shares.notna().sum())
        if running:
            traced(line)
            traced(kgge.gap(*persons, year))
    if running:
        traced(now)
        traced(kgge.year_on_year(*persons))


def test_reporting(running):
    reporting = kgge.load_reporting()
    for by in ("year", "unit", ["unit", "year"]):
        rates = kgge.reporting_rates(reporting, by)
        assert rates["received"].sum() == (reporting["received"] & reporting["expected"]).sum()
        traced(rates)
    kgge.quality(reporting, kgge.load_problems())
    traced(reporting)
    traced(kgge.load_problems())
    traced(kgge.load_targets())
    traced(kgge.load_units())
    assert isinstance(kgge.notice("en"), str)
    assert pd.api.types.is_bool_dtype(reporting["received"])


def cells_of(name, last):
    """Run a notebook up to one of its cells; return what stands there then, and what was shown."""
    book = next(notebook_folder().glob(f"{name}-*.ipynb"))
    names, shown = {"display": str}, {}
    with unseen():
        for cell in json.loads(book.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                shown[cell["id"]] = run_cell("".join(cell["source"]), names)
                if cell["id"] == last:
                    return names, shown
    raise AssertionError(f"{book.name} has no cell {last}")


def test_the_notebooks_tell_nothing_of_years_without_a_return_as_unspent(running):
    with kgge.use("en"):
        names, shown = cells_of("04", "c19")
        _, given = cells_of("03", "c27")
    years = {int(year) for year in running}
    assert {int(row[0]) for row in shown["c11"].rows if row[0].isdigit()} == years
    planned = names["budget"].query("year in @years").groupby("item")["amount"].sum()
    lines = names["by_line"].set_index("item")["planned"]
    assert lines.to_dict() == planned[lines.index].to_dict() and len(lines) == len(planned)
    assert [int(row[0]) for row in given["c27"].rows if row[0].isdigit()] == years_of(running)


def test_a_notebook_and_its_cards_tell_the_same_pace(running, persons):
    with kgge.use("en"):
        names, shown = cells_of("05", "c18")
        heads, told = shown["c18"].heads, shown["c18"].rows
        cards = [kgge.status_card(names["progress"], code, names["year"], "en")
                 for code in names["now"]["indicator"]]
    at = heads.index("Pace since that year, a year")
    none = "[z]" if running == {"2016"} else "[x]"  # before the first year there is none
    for row, card in zip(told, cards, strict=True):
        pace = re.search(r"Pace from (\d+) to .*: (.*) percentage points a year", card)
        assert row[at - 1:at + 1] == (list(pace.groups()) if pace else [none, none])


def test_the_report(running, tmp_path, request, monkeypatch):
    """Pages in one language, pictures and documents in the other: all are made and read well."""
    case = list(COME).index(request.node.callspec.params["running"])
    pages, figures = ("vi", "en") if case % 2 else ("en", "vi")
    plain(monkeypatch)
    assert write_report(tmp_path, [pages]) == []
    export(tmp_path, [figures], (), jobs=1)  # each is laid out for the Word document
    write_brief(tmp_path, [figures])
    made = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")}
    assert {f"{pages}/{source.stem}.html" for source in notebook_folder().glob("*.ipynb")} <= made
    assert {f"figures-{figures}.docx", f"tables-{figures}.xlsx", f"brief-{figures}.pdf"} <= made
    said = {name: unescape(re.sub("<[^>]*>", " ", (tmp_path / name).read_text(encoding="utf-8")))
            for name in made if name.endswith((".html", ".txt"))}
    assert len(said) > 10
    for name, text in said.items():
        words = set(re.findall(r"\w+", text))
        assert not words & {"nan", "NaN", "NaT", "inf"}, name
        if not running and "01-" not in name:  # nothing is said of returns that have not come
            assert not re.search(r"Không có\.|None\.|\(2020\)", text), name
        assert not re.search(r"\b1 (are|units|returns|years|persons|warnings|errors)\b", text), name
