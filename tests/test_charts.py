"""The gallery: every chart, in both languages, on the plan's own tables and on hard ones."""

import gc
import math
import re
import warnings
import weakref
from functools import cache

import matplotlib
import numpy as np
import pandas as pd
import pytest
from here import read_once

import kgge
from kgge import charts, labels
from kgge.analysis.prices import real_terms
from kgge.analysis.spending import execution, shares, totals
from kgge.charts.layout import unseen
from kgge.charts.style import drawn_in_style
from kgge.files import DataError
from kgge.plan import STATUSES
from kgge.publish.catalogue import published
from kgge.tables import load as tables

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.text import Text  # noqa: E402

FIVE = range(2016, 2021)
CHARTS = sorted(set(charts.__all__) - {"ChartText", "chart_data", "chart_text", "finish"})
OF_RETURNS = [c for c in CHARTS if c.startswith(("planned_against", "execution", "reports", "path",
                                                 "scorecard", "coverage", "gap", "reach",
                                                 "women", "warnings"))]


# ---- tables

def budget(years=FIVE, projects=("I", "II", "III", "IV"), sources=("central", "local"),
           scale=1.0, holes=False):
    rows = [{"item": f"{p}.{i}", "project": p, "year": y, "source": s,
             "amount": scale * (10 + 7 * k + 3 * i + (y - 2015) + 11 * n)}
            for k, p in enumerate(projects) for i in (1, 2) for y in years
            for n, s in enumerate(sources)]
    out = pd.DataFrame(rows)
    if holes:
        out.loc[out.index % 5 == 1, "amount"] = np.nan
    return out


def executed(plan, by, scale=1.0, holes=False):
    keys = [by] if isinstance(by, str) else by
    out = plan.groupby(keys, sort=False, as_index=False)["amount"].sum().rename(
        columns={"amount": "planned"})
    out["spent"] = out["planned"] * np.linspace(0.4, 1.3, len(out)) * scale
    out["state"] = "executed"
    if holes:
        out.loc[out.index % 3 == 1, ["spent", "state"]] = [np.nan, "not_reported"]
        out.loc[out.index % 3 == 2, ["planned", "state"]] = [0.0, "unplanned"]
    out["other"] = out["spent"] * 0.1
    out["within"] = out["spent"] - out["other"]
    out["not_known"], out["units_expected"], out["units_with_figure"] = 2 * holes, 26, 25
    out["execution"] = (out["within"] / out["planned"]).where(out["planned"] > 0)
    out.loc[(out["planned"] == 0) & (out["spent"] == 0), "state"] = "nothing_planned"
    return out


def covered(rows, holes=False, zero=False):
    out = pd.DataFrame(rows)
    n = len(out)
    out["coverage"] = 0.0 if zero else np.linspace(0.05, 0.98, n)
    out["coverage_low"] = out["coverage"] * 0.8
    out["coverage_high"] = (out["coverage"] * 1.2).clip(upper=1)
    if holes:
        out.loc[out.index % 3 == 1, "coverage"] = np.nan
        out.loc[out.index % 3 == 2, ["coverage_low", "coverage_high"]] = np.nan
    return out


def judged(rows, **how):
    out = covered(rows, **how)
    out["target"], out["baseline"] = 0.7, 0.0
    out["base_year"], out["target_year"] = 2015, int(out["year"].max()) + 1
    out["status"] = [STATUSES[i % len(STATUSES)] for i in range(len(out))]
    out["status_low"], out["status_high"] = "limited", "on_track"
    out["firm"] = out.index % 2 == 0
    if how.get("holes"):
        out["baseline"] = np.nan
        out[["status_low", "status_high"]] = None
    return out


def reported(units, years):
    out = pd.DataFrame([{"unit": u, "year": y} for u in units for y in years])
    n = out.index
    return out.assign(expected=n % 11 != 4, received=n % 5 != 1, with_content=n % 7 != 2,
                      on_time=n % 3 != 2)


def gallery(years=FIVE, projects=("I", "II", "III", "IV"), sources=("central", "local"),
            units=("labour", "justice", "rach-gia"), groups=("workers", "students"),
            indicators=("1a", "1b", "2", "3", "4"), scale=1.0, holes=False):
    plan = budget(years, projects, sources, scale, holes)

    def summed(by):
        return plan.groupby(by, sort=False, as_index=False)["amount"].agg(
            lambda a: a.sum(skipna=False))

    part = summed(["year", "source"])
    part["share"] = (part["amount"] / part.groupby("year")["amount"].transform("sum")).replace(
        [np.inf], np.nan)
    yearly = summed("year")
    yearly["constant"], yearly["base_year"] = yearly["amount"] / 1.07, 2010
    how = {"holes": holes, "zero": scale == 0}
    last = max(years)
    gaps = pd.DataFrame([{"indicator": "1a", "year": last, "unit": u, "target": 0.7,
                          "gap": 90.0 - 60 * k} for k, u in enumerate(units)])
    gaps["gap_low"], gaps["gap_high"] = gaps["gap"] - 5, gaps["gap"] + 8
    if holes:
        gaps.loc[gaps.index % 3 == 0, "gap"] = np.nan
    gaps["gap_share"] = gaps["gap"].where(gaps["gap"] > 0) / (gaps["gap"].clip(lower=0).sum() or 1)
    tipping = pd.DataFrame([{
        "indicator": i, "year": last, "threshold": 0.7, "verdict_above": "achieved",
        "verdict_below": "not_achieved", "state": ("open", "certain_above")[k % 2],
        "share_needed": np.nan if holes else 0.4, "last_share": 0.3, "last_year": last - 1,
        "missing_units": "labour;justice"} for k, i in enumerate(indicators)])
    both = [{"indicator": "1a", "year": last, "group": g, "sex": s}
            for g in groups for s in ("female", "male")]
    quality = reported(units, years).assign(warnings=range(len(units) * len(years)), errors=1)
    made = {
        "warnings_by_unit_and_year": quality,
        "gap_by_unit": gaps,
        "reach_needed": tipping,
        "women_against_men": covered(both, **how),
        "planned_by_year_and_source": summed(["year", "source"]),
        "planned_by_project_and_source": summed(["project", "source"]),
        "planned_by_project_and_year": summed(["project", "year"]),
        "planned_by_line": summed(["project", "item", "source"]),
        "source_shares_by_year": part,
        "planned_in_constant_prices": yearly,
        "planned_against_spent": executed(plan, "project", holes=holes),
        "execution_by_project_and_year": executed(plan, ["project", "year"], holes=holes),
        "reports_received": reported(units, years),
        "paths_to_targets": judged([{"indicator": i, "year": y} for i in indicators
                                    for y in years], **how),
        "scorecard": judged([{"indicator": i, "year": last} for i in indicators], **how),
        "coverage_by_group_and_sex": covered(both, **how),
        "coverage_by_unit": covered(
            [{"indicator": "1a", "year": last, "unit": u} for u in units], **how),
    }
    for name, table in made.items():
        table.attrs["illustrative"] = name in OF_RETURNS
    return made


def real():
    plan, spent = kgge.load_budget(), kgge.load_spending()
    outcomes, units = kgge.load_outcomes(), kgge.load_units()
    out = {
        "planned_by_year_and_source": totals(plan, ["year", "source"]),
        "planned_by_project_and_source": totals(plan, ["project", "source"]),
        "planned_by_project_and_year": totals(plan, ["project", "year"]),
        "planned_by_line": totals(plan, ["project", "item"]),
        "source_shares_by_year": shares(plan, ["year", "source"], "year"),
        "planned_in_constant_prices": real_terms(totals(plan, "year"), 2016),
        "planned_against_spent": execution(plan, spent, "project"),
        "execution_by_project_and_year": execution(plan, spent, ["project", "year"]),
        "reports_received": kgge.load_reporting(),
        "warnings_by_unit_and_year": kgge.quality(kgge.load_reporting(), kgge.load_problems()),
    }
    progress = kgge.progress(outcomes, kgge.load_targets(), units)
    out["paths_to_targets"] = progress
    out["scorecard"] = progress[progress["year"] == progress["year"].max()]
    out["women_against_men"] = kgge.coverage(outcomes, kgge.load_targets(), units, "sex").query(
        "year == 2020")
    out["gap_by_unit"] = kgge.gap(outcomes, kgge.load_targets(), units, 2020).query(
        "indicator == '1b'")
    out["reach_needed"] = kgge.tipping(outcomes, kgge.load_targets(), units, 2020)
    for name, by in (("coverage_by_group_and_sex", ["group", "sex"]), ("coverage_by_unit", "unit")):
        table = kgge.coverage(outcomes, kgge.load_targets(), units, by)
        out[name] = table[(table["indicator"] == "1a") & (table["year"] == table["year"].max())]
    return out


MANY = {"years": range(2013, 2021), "projects": [f"P{i:02}" for i in range(20)],
        "units": [f"u{i:02}" for i in range(28)], "groups": [f"g{i:02}" for i in range(12)],
        "indicators": [f"i{i:02}" for i in range(12)], "scale": 301.5,
        "sources": ("central", "local", "other")}
CASES = {
    "one row": {"years": [2016], "projects": ["I"], "sources": ["local"], "units": ["labour"],
                "groups": ["workers"], "indicators": ["1a"]},
    "all zero": {"scale": 0.0},
    "missing": {"holes": True, "sources": ("central", "local", "other")},
    "many": MANY,
    "long labels": {"holes": True},
}
PLAIN = cache(gallery)


@pytest.fixture
def more_labels(monkeypatch, request):
    """Add the codes of the case "many"; under "long" every label has 120 characters."""
    known = {kind: dict(codes) for kind, codes in labels._all().items()}
    for code in [*MANY["projects"], *MANY["units"], *MANY["groups"], *MANY["indicators"]]:
        for kind in ("item", "unit", "group", "indicator"):
            for sub in ("", ".1", ".2"):
                known[kind][code + sub] = {"en": f"Name {code}{sub}", "vi": f"Tên {code}{sub}"}
    for code in ("I", "II", "III", "IV"):
        known["item"][f"{code}.2"] = {"en": f"Line {code}.2", "vi": f"Mục {code}.2"}
    if request.node.callspec.params.get("case", "").startswith("long"):
        for kind in ("item", "unit", "group", "indicator", "source"):
            known[kind] = {
                code: {lang: (row[lang] + " đường giữa nghiêng $ ở phường" * 9)[:119] + "ỹ"
                       for lang in ("en", "vi")} for code, row in known[kind].items()}
    monkeypatch.setattr(labels, "_all", lambda: known)


# ---- what must hold of every chart

def drawn_texts(ax, monkeypatch):
    """Draw the figure, its ink left out; return the texts drawn with their boxes, in pixels."""
    found = []

    def record(self, renderer, *_):
        if self.get_visible() and self.get_text().strip():
            found.append((self.get_text(), self.get_window_extent(renderer)))

    with monkeypatch.context() as patch, drawn_in_style():  # as files and notebooks are
        patch.setattr(Text, "draw", record)
        ax.figure.draw_without_rendering()
    return found


def assert_legible(ax, monkeypatch, whole=False):
    width, height = ax.figure.canvas.get_width_height()
    texts = drawn_texts(ax, monkeypatch)
    outside = [t for t, b in texts
               if b.x0 < 0 or b.y0 < 0 or b.x1 > width + 0.5 or b.y1 > height + 0.5]
    assert not outside
    boxes = np.array([box.extents for _, box in texts])
    over = [(t, texts[i + 1 + j][0]) for i, (t, _) in enumerate(texts) for j in np.flatnonzero((
        np.minimum(boxes[i, 2:], boxes[i + 1:, 2:]) - np.maximum(boxes[i, :2], boxes[i + 1:, :2])
        > (-1, 1.5)).all(axis=1))]
    assert not over
    assert ax.get_title().count("\n") < (3 if ax.figure.get_figwidth() > 5 else 5)
    assert not whole or not [text for text, _ in texts if text.endswith("…")]


def assert_same(table, data):
    """The figures read back are those of the table."""
    common = [c for c in data.columns if c in table.columns]
    values = [c for c in common if data[c].dtype == float]
    keys = [c for c in common if c not in values]
    assert values or "state" in data
    left, right = (frame[common].sort_values(keys).reset_index(drop=True)
                   for frame in (table, data))
    pd.testing.assert_frame_equal(left, right, check_dtype=False, check_column_type=False)


def assert_right(name, table, lang, monkeypatch, whole=False):
    before = table.copy()
    ax = getattr(charts, name)(table, lang=lang)
    assert_legible(ax, monkeypatch, whole)
    pd.testing.assert_frame_equal(table, before)
    text = charts.chart_text(ax)
    assert all(text[:4]) and text.lang == lang and not re.search(r"\bnan\b", " ".join(text[:4]))
    mark = {"en": "ILLUSTRATIVE", "vi": "SỐ LIỆU MINH HỌA"}[lang]
    marked = name in OF_RETURNS and tables.is_illustrative(table)
    assert text.illustrative == marked == text.alt.startswith(mark)
    if name == "reports_received":
        table = table[table["expected"]].assign(state="")
        data = charts.chart_data(ax)
        assert len(data) == len(table) and set(data["state"]) <= set(kgge.plan.REPORT_STATES)
    elif name == "paths_to_targets":
        data = charts.chart_data(ax)
        assert set(data["target"].dropna()) == set(table["target"])
        assert_same(table, data[data["year"].isin(table["year"])].drop(columns="target"))
    elif name == "women_against_men":
        wide = table.pivot(index=[k for k in ("indicator", "group") if k in table], columns="sex",
                           values="coverage").dropna()
        drawn = charts.chart_data(ax)["difference"].dropna()
        assert sorted((wide["female"] - wide["male"]).round(9)) == sorted(drawn.round(9))
    elif name == "warnings_by_unit_and_year":
        due = table[table["expected"] > 0]
        assert_same(due.assign(warnings=due["warnings"].where(due["received"] > 0)),
                    charts.chart_data(ax))
    elif name == "gap_by_unit":  # beyond the target is drawn as no gap
        assert_same(table.assign(gap=table["gap"].clip(lower=0)), charts.chart_data(ax))
    elif name == "reach_needed":
        ends = ["share_needed", "last_share"]
        assert_same(table.assign(**table[ends].where(table["state"] == "open")),
                    charts.chart_data(ax))
    else:
        assert_same(table, charts.chart_data(ax))


def test_returns_without_a_warning_say_so():
    table = gallery()["warnings_by_unit_and_year"].assign(warnings=0, errors=0)
    text = spoken("warnings_by_unit_and_year", table)
    assert text.title.startswith("No warning and no error in ")


@pytest.fixture(autouse=True, scope="module")
def tables_read_once(_use_illustrative_data):
    with pytest.MonkeyPatch.context() as patch:
        read_once(patch)
        yield


@pytest.fixture(autouse=True)
def close_figures():
    yield
    assert len(plt.get_fignums()) <= 1, "a chart leaves one figure, its own"
    plt.close("all")


@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.slow), "vi"])
@pytest.mark.parametrize("name", CHARTS)
def test_real(name, lang, monkeypatch):
    assert_right(name, REAL()[name], lang, monkeypatch, whole=True)


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "vi"])
@pytest.mark.parametrize("name", CHARTS)
def test_half_a_page_wide_nothing_is_cut_and_nothing_touches(name, lang, monkeypatch):
    ax = plt.figure(figsize=(4.5, 3.6)).subplots()
    getattr(charts, name)(REAL()[name], ax=ax, lang=lang)
    assert_legible(ax, monkeypatch, whole=True)


def REAL(kept=[]):  # noqa: B006 - read once
    kept or kept.append(real())
    return kept[0]


@cache
def of_case(case):
    return gallery(**CASES[case])


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", CHARTS)
def test_hard(name, case, more_labels, monkeypatch):
    lang = "en" if case == "one row" else "vi"  # Vietnamese words are the longer ones
    assert_right(name, of_case(case)[name], lang, monkeypatch)


# ---- that these checks see what they are to see

def test_a_changed_bar_is_noticed():
    table = totals(kgge.load_budget(), ["year", "source"])
    ax = charts.planned_by_year_and_source(table)
    ax.patches[3].set_height(ax.patches[3].get_height() + 1)
    with pytest.raises(AssertionError):
        assert_same(table, charts.chart_data(ax))
    ax.patches[0].remove()
    assert charts.chart_data(ax)["amount"].isna().sum() == 1


@pytest.mark.parametrize(("name", "change"), [
    ("planned_by_project_and_year",
     lambda ax: ax.collections[0].get_array().__setitem__((1, 1), 9)),
    ("planned_by_line", lambda ax: ax.patches[2].set_width(9)),
    ("source_shares_by_year", lambda ax: ax.patches[2].set_height(0.5)),
    ("planned_in_constant_prices", lambda ax: ax.patches[2].set_height(9)),
    ("planned_against_spent", lambda ax: ax.patches[2].set_width(9)),
    ("reports_received", lambda ax: ax.lines[2].set_marker("x")),
    ("paths_to_targets", lambda ax: ax.child_axes[0].lines[1].set_ydata([0.1])),
    ("scorecard", lambda ax: ax.lines[0].set_xdata([0.1, 0.2])),
    ("coverage_by_unit", lambda ax: ax.lines[2].set_xdata([0.1])),
    ("coverage_by_group_and_sex", lambda ax: ax.lines[2].set_xdata([0.1])),
])
def test_what_is_drawn_is_read_not_the_table(name, change):
    with unseen():
        ax = getattr(charts, name)(PLAIN()[name])
    before = charts.chart_data(ax)
    change(ax)
    assert not before.equals(charts.chart_data(ax))


@pytest.mark.slow
def test_overlap_and_cut_text_are_noticed(monkeypatch):
    ax = charts.planned_by_line(gallery()["planned_by_line"])
    for place in ((0.9, 0.5), (0.05, 0.97)):
        words = ax.text(*place, "outside, or over another", transform=ax.figure.transFigure)
        with pytest.raises(AssertionError):
            assert_legible(ax, monkeypatch)
        words.remove()
    assert_legible(ax, monkeypatch)


def ink(ax):
    """Return how many pixels of the upper left corner carry the mark's colour."""
    ax.figure.canvas.draw()
    corner = np.asarray(ax.figure.canvas.buffer_rgba())[:35, :250, :3].astype(int)
    return int((abs(corner - (0x80, 0x16, 0x50)).sum(axis=2) < 30).sum())


@pytest.mark.slow
@pytest.mark.parametrize("name", OF_RETURNS)
def test_the_mark_is_there_only_where_due(name):
    table = PLAIN()[name].copy()
    ax = getattr(charts, name)(table)
    assert ink(ax) > 150
    plt.close("all")
    table.attrs["illustrative"] = False
    with unseen():
        real = getattr(charts, name)(table)
    marked, unmarked = ([text for text in one.figure.findobj(Text) if "ILLUSTR" in text.get_text()]
                        for one in (ax, real))
    assert len(marked) == 2 and unmarked == []
    assert not charts.chart_text(real).alt.startswith("ILLUSTRATIVE")


# ---- words

def test_a_plan_without_figures_says_so():
    by_year = pd.DataFrame({"year": [2016, 2017], "base_year": 2016})
    for amount, title in ((None, "No planned amount is known"), (0.0, "Nothing is planned")):
        table = by_year.assign(amount=amount, constant=amount).astype(
            {"amount": "float64", "constant": "float64"})
        ax = charts.planned_in_constant_prices(table, lang="en")
        assert charts.chart_text(ax).title == title
        plt.close(ax.figure)


def test_titles_and_description_say_the_finding():
    table = totals(kgge.load_budget(), ["year", "source"])
    text = spoken("planned_by_year_and_source", table, "vi")
    assert text.title == ("Ngân sách trung ương chiếm 59,8% trong 6.600 triệu đồng "
                          "dự kiến; cao nhất là các năm 2017 và 2019")
    assert text.subtitle == "Kinh phí dự kiến theo năm và nguồn kinh phí, triệu đồng, 2016–2020"
    assert "27/KH-UBND" in text.source and "03/3/2016" in text.source
    assert "2018: Ngân sách trung ương 690, Ngân sách địa phương 450." in text.alt


@pytest.mark.slow
def test_share_is_not_rounded_over_its_target():
    table = gallery(years=[2019], indicators=["1a"])["paths_to_targets"].assign(
        coverage=0.69997, coverage_low=0.69997, coverage_high=0.69997)
    text = spoken("paths_to_targets", table, "vi")
    assert ": 70%; 2019: 69,9%" in text.alt


def test_no_share_of_a_part_is_rounded_over_its_target():
    """113,729 of 227,527 are 49.985%, short of 50%: no part and no sum says 50.0%."""
    short = 113_729 / 227_527
    table = pd.DataFrame({
        "indicator": "1b", "year": 2020, "unit": ["rach-gia", "ha-tien"], "reached": 113_729,
        "eligible": 227_527, "coverage": [short, 0.3], "coverage_low": 0.3,
        "coverage_high": [short, 0.3], "group": "residents", "sex": ["female", "male"]})
    told = [spoken("coverage_by_unit", table.assign(coverage=short)),
            spoken("coverage_by_unit", table), spoken("coverage_by_group_and_sex", table)]
    alike = table.assign(coverage=[short, 0.495])
    told += [spoken("coverage_by_group_and_sex", alike), spoken("coverage_by_unit", alike)]
    for text in told:
        assert "50.0%" not in text.alt and "49.9%" in text.alt, text.alt


def test_missing_is_said_and_no_zero():
    table = gallery(holes=True)["planned_against_spent"]
    ax = charts.planned_against_spent(table, lang="en")
    text = charts.chart_text(ax)
    assert "1 of 4 projects is not reported" in text.title and "Unplanned" in text.alt
    assert charts.chart_data(ax)["spent"].isna().sum() == 1


@pytest.mark.parametrize("name", CHARTS)
def test_nothing_to_draw_is_an_error(name):
    table = PLAIN()[name]
    with pytest.raises(DataError, match="no row"):
        getattr(charts, name)(table.iloc[:0])
    with pytest.raises(DataError, match="needs the columns"):
        getattr(charts, name)(table.iloc[:, :1])
    assert not plt.get_fignums()


def test_unknown_code_and_two_indicators_are_errors():
    with pytest.raises(DataError, match="no 'en' label for source lottery"):
        charts.planned_by_year_and_source(gallery(sources=["lottery"])["planned_by_year_and_source"],
                                          lang="en")
    table = gallery()["coverage_by_unit"]
    table.loc[1, "indicator"] = "2"
    with pytest.raises(DataError, match="one indicator"):
        charts.coverage_by_unit(table)
    assert not plt.get_fignums()


def test_constant_prices_name_their_one_base_year():
    table = real_terms(totals(kgge.load_budget(), "year"), 2018)
    assert "2018" in charts.planned_in_constant_prices(table, lang="en").get_title()
    plt.close("all")
    with pytest.raises(DataError, match="needs the columns year, constant, base_year"):
        charts.planned_in_constant_prices(table.drop(columns="base_year"))
    with pytest.raises(DataError, match="base_year holds 2018, 2019"):
        charts.planned_in_constant_prices(table.assign(base_year=[2018, 2018, 2018, 2018, 2019]))


def spoken(name, table, lang="en", **given):
    """Return the words of a chart that nobody sees."""
    with unseen():
        text = charts.chart_text(getattr(charts, name)(table, lang=lang, **given))
    plt.close("all")
    return text


@pytest.mark.slow
@pytest.mark.parametrize("name", CHARTS)
def test_illustrative_spending_never_comes_out_as_the_plan_and_unmarked(name):
    """Any chart, given what was spent by its own keys: marked as such, or refused."""
    spent = kgge.load_spending().assign(project=lambda t: t["item"].str.split(".").str[0])
    keys = {"planned_by_line": ["project", "item"], "source_shares_by_year": ["year", "source"],
            "planned_in_constant_prices": ["year"]}.get(name, [
                k for k in ("project", "year", "source", "unit") if k in name] or ["year"])
    for column in ("amount", "spent"):
        table = spent.groupby(keys)["amount"].sum().rename(column).reset_index()
        table["share"] = table[column] / table[column].sum()
        if name == "planned_in_constant_prices":
            table["constant"], table["base_year"] = table[column], 2016
        try:
            text = spoken(name, table)
        except DataError as refused:
            assert "make one with" in str(refused)
            continue
        assert text.illustrative and text.alt.startswith("ILLUSTRATIVE")
        assert "returns" in text.source and "annex" not in text.source
        assert "planned" not in (text.title + text.subtitle).lower()


@pytest.mark.parametrize(("name", "keys"), [
    ("planned_by_project_and_year", ["project", "year"]), ("planned_by_line", ["project", "item"]),
    ("planned_by_year_and_source", ["year", "source"])])
def test_spending_merged_and_summed_by_hand_is_no_plan(name, keys):
    """What tells it apart is lost on the way; the amounts are those returned."""
    plan = kgge.load_budget()
    merged = kgge.load_spending().merge(plan[["item", "project"]].drop_duplicates())
    spent, planned = (table.groupby(keys, as_index=False)["amount"].sum()
                      for table in (merged, plan))
    assert not spent.attrs.get("money")
    text = spoken(name, spent)
    assert text.illustrative and "spent" in text.title and "annex" not in text.source
    for table in (planned, planned.assign(amount=0.0), spent.assign(amount=spent["amount"] + 1)):
        assert not (text := spoken(name, table)).illustrative and "annex" in text.source


@pytest.mark.slow
def test_a_part_is_spoken_of_as_a_part():
    plan = kgge.load_budget()

    def title(part, lang="en"):
        return spoken("planned_by_year_and_source", totals(part, ["year", "source"]), lang).title

    assert title(plan.query("project == 'II'")).startswith("Project 2: the central budget was to")
    assert title(plan.query("source == 'local'"), "vi").startswith(
        "Ngân sách địa phương: dự kiến 2.650 triệu đồng")
    assert title(plan.query("item == 'IV.2.1'")).startswith("Project 4, Talks, billboards")
    assert title(plan).startswith("The central budget was to provide 59.8%")
    later = totals(plan.query("year > 2018"), ["project", "source"])
    assert spoken("planned_by_project_and_source", later).subtitle.endswith("2019–2020")
    money = execution(plan, kgge.load_spending().query("unit == 'rach-gia'"), "project")
    assert spoken("planned_against_spent", money).title.startswith("Rạch Giá: ")


def test_rows_of_money_chosen_after_the_summing_are_spoken_of_as_a_part():
    plan, spent = kgge.load_budget(), kgge.load_spending()
    whole = totals(plan, ["project", "source"])
    assert spoken("planned_by_project_and_source", whole[whole["project"].isin(["I", "II"])]
                  ).title.startswith("Project 1 and Project 2: Project 1 has the largest part")
    assert spoken("planned_by_project_and_source", whole).title.startswith("Project 4 has the")
    lines = totals(plan, ["project", "item"])
    for where, start in (("project == 'IV'", "Project 4: the 2"), ("amount >= 500", "6 lines: ")):
        assert spoken("planned_by_line", lines.query(where)).title.startswith(start)
    lines = execution(plan, spent, "item")
    assert spoken("planned_against_spent", lines[lines["item"].str.startswith("I.")]
                  ).title.startswith("Project 1, ")
    units = execution(plan, spent, "unit").nlargest(10, "spent")
    assert spoken("planned_against_spent", units).title.startswith("10 units: at least")
    assert spoken("planned_against_spent", units, "vi").title.startswith("10 đơn vị: kinh phí")


def test_of_what_period_a_table_is_that_does_not_tell_is_not_said():
    one = kgge.load_budget().query("year == 2018")
    table = one.groupby(["project", "source"], as_index=False)["amount"].sum()
    text = spoken("planned_by_project_and_source", table)
    assert text.subtitle == "Amounts planned by project and funding source, million dong"
    assert spoken("planned_by_project_and_source", table, "vi").subtitle.endswith("triệu đồng")
    lost = totals(kgge.load_budget(), ["project", "source", "year"]).query("year == 2018")
    lost = lost.drop(columns="year")  # refused but under words of one's own
    assert spoken("planned_by_project_and_source", lost, subtitle="Of 2018").subtitle == "Of 2018"
    money = executed(budget(), "project")
    assert spoken("planned_against_spent", money).subtitle.endswith(
        "% of the plan; as reported in 25 of 26 unit returns")


@pytest.mark.slow
def test_ties_and_single_rows_are_sentences():
    fourth = totals(kgge.load_budget().query("project == 'IV'"), ["year", "source"])
    assert spoken("planned_by_year_and_source", fourth).title == (
        "Project 4: each source was to provide 50.0% of the 2,200 million dong planned; "
        "the same in each year")
    assert "mỗi nguồn chiếm 50,0%" in spoken("planned_by_year_and_source", fourth, "vi").title
    equal = pd.DataFrame({"project": ["I", "II"], "source": "local", "amount": 5.0})
    assert spoken("planned_by_project_and_source", equal).title == (
        "Local budget: each project has 50.0% of the 10 million dong planned")
    returns = reported(["labour", "justice"], [2016]).assign(expected=True, received=[True, False])
    assert "; 1 is missing" in spoken("reports_received", returns).title
    one = gallery(units=["labour"])["coverage_by_unit"]
    assert spoken("coverage_by_unit", one).title.count("%") == 1


@pytest.mark.parametrize(("amounts", "title"), [
    ([500, 500, 300, 300, 300, 300], "2 largest of 6 lines make up 45.5%"),
    ([5, 3, 0, 0, 0, 0], "2 largest of 6 lines make up 100.0%"),
    ([7, 7, 7, 7, 7, 7], "each of the 6 lines is planned with 7 million"),
    ([9, 8, 7, 6, 5, 4], "3 largest of 6 lines make up 61.5%"), ([4, 3], "the largest of 2")])
def test_lines_tie_only_where_all_are_the_same(amounts, title):
    items = ["I.1", "I.2", "I.3", "II.1", "II.2", "III.3"][:len(amounts)]
    table = pd.DataFrame({"project": [i.split(".")[0] for i in items], "item": items,
                          "amount": map(float, amounts)})
    assert title in spoken("planned_by_line", table).title.lower()


@pytest.mark.slow
def test_what_ranges_leave_open_is_no_finding():
    rows = pd.DataFrame({"indicator": "4", "year": 2020, "group": "persons_in_need",
                         "sex": ["female", "male"], "coverage": [0.756, 0.778],
                         "coverage_low": [0.665, 0.671], "coverage_high": [0.786, 0.786]})
    assert spoken("coverage_by_group_and_sex", rows).title == (
        "Indicator 4, 2020: no clear difference between women and men (75.6% to 77.8%)")
    assert "chưa thấy khác biệt rõ giữa nữ và nam (từ 75,6% đến 77,8%)" in spoken(
        "coverage_by_group_and_sex", rows, "vi").title
    near = rows.assign(coverage=[0.756, 0.758])
    assert "no clear difference" in spoken("coverage_by_group_and_sex", near).title
    assert "no clear difference" in spoken("women_against_men", near).title, "16 points, perhaps"
    assert "no clear difference" in spoken("women_against_men", rows).title
    known = rows.assign(coverage_low=rows["coverage"], coverage_high=rows["coverage"])
    assert "(women) to 77.8% (men)" in spoken("coverage_by_group_and_sex", known).title
    assert spoken("women_against_men", known).title == "Indicator 4, 2020: men ahead"
    unknown = rows.assign(coverage_low=np.nan, coverage_high=np.nan)
    assert spoken("women_against_men", unknown).title == (
        "Indicator 4, 2020: whether women or men are ahead is not known, as returns are missing")


@pytest.mark.parametrize(("groups", "women", "men", "said"), [
    (["officials", "workers"], [np.nan, np.nan], [0.771, 0.779],
     "the groups are about alike (77.1% to 77.9%)"),
    (["officials", "workers"], [np.nan, 0.772], [0.771, 0.779], "1 of 4 groups by sex is missing"),
    (["residents"], [np.nan], [0.5], "1 of 2 sexes is missing"),
    (["officials", "workers"], [0.5, 0.6], [0.5, 0.9], "from 50.0% (2 groups by sex) to 90.0%"),
    (["officials", "workers"], [0.5, 0.502], [0.501, 0.503], "groups, women and men are about")])
def test_women_and_men_are_no_groups_and_alike_only_where_known(groups, women, men, said):
    table = pd.DataFrame({"indicator": "1a", "year": 2020, "group": groups * 2,
                          "sex": ["female"] * len(groups) + ["male"] * len(groups),
                          "coverage": [*women, *men]})
    text = spoken("coverage_by_group_and_sex",
                  table.assign(coverage_low=table["coverage"], coverage_high=table["coverage"]))
    assert said in text.title + text.subtitle


@pytest.mark.parametrize("name, keys", [
    ("planned_by_year_and_source", ["year", "source"]), ("planned_by_line", ["project", "item"])])
def test_what_is_spent_is_at_least_so_much_where_figures_are_not_known(name, keys):
    spent = kgge.load_spending().assign(project=lambda t: t["item"].str.split(".").str[0])
    table = totals(spent, keys)
    text = spoken(name, table)
    assert "of the at least 6,320.3 million dong spent" in text.title
    assert text.title.endswith("; 45 figures are not known (“...”)")
    assert "trong tổng số ít nhất 6.320,3" in (vi := spoken(name, table, "vi").title) or (
        "trong ít nhất 6.320,3 triệu đồng" in vi)
    known = table.assign(not_known=0)
    known.attrs["told"] = {year: (26, 26) for year in range(2016, 2021)}
    assert "t least" not in spoken(name, known).title
    nothing = spoken(name, table.assign(spent=0.0)).title
    assert nothing.startswith("No amount spent is known; 45 figures")


@pytest.mark.parametrize("name, keys", [
    ("planned_by_year_and_source", ["year", "source"]), ("planned_by_line", ["project", "item"]),
    ("planned_by_project_and_source", ["project", "source"])])
def test_what_is_spent_says_on_how_many_returns_it_rests(name, keys):
    spent = kgge.load_spending().assign(project=lambda t: t["item"].str.split(".").str[0])
    for years in ([2016, 2017], [2016, 2017, 2018, 2019, 2020]):
        some = spent[spent["year"].isin(years)]
        gave = some[some["amount"].notna() | (some["state"] == "not_known")]
        came, due = len(gave[["unit", "year"]].drop_duplicates()), 26 * len(years)
        assert came < due
        budget = kgge.load_budget().query("year in @years")
        for table in (totals(some, keys), kgge.execution(budget, some, keys)):
            table = table.assign(not_known=0)
            text = spoken(name, table)
            assert text.subtitle.endswith(f"; as reported in {came} of {due} unit returns")
            assert "t least" in text.title
            assert f"; theo báo cáo của {came}/{due} lượt" in spoken(name, table, "vi").subtitle
        planned = spoken(name, totals(budget, keys))
        assert "as reported" not in planned.subtitle and "t least" not in planned.title


@pytest.mark.parametrize("some", ["amount > 10", "unit != 'rach-gia' and amount > 10"])
def test_rows_left_out_by_their_amount_are_no_missing_returns(some):
    table = totals(kgge.load_spending().query(some), ["year", "source"])
    assert "as reported in" not in spoken("planned_by_year_and_source", table).subtitle


def test_one_sex_is_not_compared_with_none(monkeypatch):
    women = kgge.load_outcomes().query("sex == 'female'")
    table = kgge.coverage(women, kgge.load_targets(), kgge.load_units(), "sex")
    with pytest.raises(DataError, match="the table has no part that counts both"):
        charts.women_against_men(table.query("year == 2020"))
    assert not plt.get_fignums()
    assert "women_against_men" in published()["coverage"]
    monkeypatch.setattr(tables, "load_outcomes", lambda: women)
    assert "women_against_men" not in published()["coverage"]


@pytest.mark.slow
def test_execution_counts_planned_sources_and_says_what_is_left_out():
    table = execution(kgge.load_budget(), kgge.load_spending(), "project")
    text = spoken("planned_against_spent", table)
    assert "5,711.3 of the 6,600 million dong planned were spent (86.5%)" in text.title
    assert "at least 609.0 from other sources" in text.title
    assert "unit returns; 45 figures are not known" in text.subtitle
    grid = execution(kgge.load_budget(), kgge.load_spending(), ["project", "year"])
    ax = charts.execution_by_project_and_year(grid, lang="en")
    shown = {text.get_text() for text in ax.texts}
    assert {"86.5%", "87.8%", "73.3%"} <= shown, "totals of all, of a project, of a year"
    over = grid.assign(execution=1.2, within=grid["planned"] * 1.2)
    assert "▲120.0%" in spoken("execution_by_project_and_year", over).alt


def test_spending_by_unit_has_no_plan_and_says_how_many_units_it_is_of():
    table = execution(kgge.load_budget(), kgge.load_spending(), "unit")
    text, few = (spoken("planned_against_spent", part) for part in (table, table.iloc[:3]))
    assert text.title.startswith("At least 5,711.3 million dong spent; at least 609.0 from other")
    assert "planned" not in text.alt.lower() and "% of the plan" not in text.subtitle
    assert text.subtitle == (
        "Spent by unit, million dong, 2016–2020; the annex is not split by unit; "
        "45 figures are not known (“...”)")
    assert "; 3 of 26 units" in few.subtitle and "Spent by" in few.subtitle
    other = execution(kgge.load_budget(), kgge.load_spending(), "source").query("source == 'other'")
    assert spoken("planned_against_spent", other).title == (
        "Other: at least 609 million dong spent from other sources")
    assert spoken("planned_against_spent", other, "vi").title == (
        "Nguồn khác: đã chi ít nhất 609 triệu đồng từ nguồn khác")


def test_codes_that_are_all_digits_come_back_from_a_csv_as_numbers():
    outcomes, targets, units = kgge.load_outcomes(), kgge.load_targets(), kgge.load_units()
    goals = targets[targets["indicator"].isin(["2", "3", "4"])]
    digits = goals.astype({"indicator": int})
    told = outcomes[outcomes["indicator"].isin(goals["indicator"])]
    state = kgge.progress(told, goals, units)
    whole = state.astype({"indicator": int})
    now = whole["year"] == 2020
    assert spoken("scorecard", whole[now]) == spoken("scorecard", state[now])
    assert spoken("paths_to_targets", whole) == spoken("paths_to_targets", state)
    card = kgge.status_card(whole, "4", 2020, "en")
    assert "\n4. Persons in need" in card and kgge.status_card(whole, 4, 2020, "en") == card
    assert "4. Persons in need" in repr(kgge.show(whole[["indicator", "coverage"]], "en"))
    pd.testing.assert_frame_equal(kgge.objectives(whole, digits), kgge.objectives(state, goals))
    for made in (lambda t: kgge.progress(told, t, units), lambda t: kgge.gap(told, t, units, 2020)):
        pd.testing.assert_frame_equal(made(digits), made(goals))


def test_titles_of_grids_and_rates_hold_to_the_digit():
    plan = totals(kgge.load_budget(), ["project", "year"])
    some = plan[plan["project"].isin(["I", "II"]) & (plan["year"] != 2020)].iloc[:-1]
    title = spoken("planned_by_project_and_year", some.assign(amount=100.0)).title
    assert title.endswith("100 million dong for 7 cells"), "one is absent"
    rates = execution(kgge.load_budget(), kgge.load_spending(), ["project", "year"])
    rates = rates.query("year == 2016").assign(execution=[0.30001, 0.3, 0.5, 0.6])
    assert spoken("execution_by_project_and_year", rates).title.startswith(
        "As far as reported, execution ranges from 30.0% (Project 1 and Project 2) to 60.0% (")
    whole = rates.assign(not_known=0, units_with_figure=rates["units_expected"])
    assert spoken("execution_by_project_and_year", whole).title.startswith("Execution ranges")
    prices = real_terms(totals(kgge.load_budget(), "year"), 2016)
    more = prices.assign(constant=prices["amount"] + 0.2)
    assert "6,601 million dong, 0.015% more" in spoken("planned_in_constant_prices", more).title


def test_an_indicator_without_the_last_year_is_one_of_those_drawn():
    state = REAL()["paths_to_targets"]
    late = state[(state["indicator"] != "3") | (state["year"] < 2020)]
    assert spoken("paths_to_targets", late).title.startswith("3 of 5 indicators are achieved")


def test_percent_is_no_share():
    table = persons("coverage", "unit", "indicator == '1b' and year == 2020")
    with pytest.raises(DataError, match="coverage is a share, 0 to 1; the table has 5"):
        charts.coverage_by_unit(table.assign(coverage=100 * table["coverage"]))


def test_a_difference_outside_of_its_range_is_of_who_reported():
    table = pd.DataFrame({"indicator": "1b", "year": 2019, "sex": ["female", "male"],
                          "coverage": [0.3, 0.319], "coverage_low": [0.3, 0.318],
                          "coverage_high": [0.3, 0.318]})
    assert "−1.9 (with those missing: −1.8)" in spoken("women_against_men", table).alt


def test_the_line_to_the_target_is_in_the_legend_though_the_last_row_has_none():
    table = gallery()["scorecard"].assign(baseline=0.0, time_share=0.6)
    table.loc[table.index[-1], "baseline"] = None
    ax = charts.scorecard(table, lang="en")
    words = [text.get_text() for part in ax.figure.legends + [ax.get_legend()] if part
             for text in part.get_texts()]
    assert "straight line in that year" in words


@pytest.mark.slow
def test_what_is_not_assessable_is_never_firm_and_a_target_is_as_the_plan_writes_it():
    table = gallery()["scorecard"].assign(status="not_assessable", firm=True)
    text = spoken("scorecard", table)
    assert text.title.endswith("no indicator can be assessed") and "depend" not in text.title
    assert "target 70%" in text.alt and "70.0%" not in text.alt
    judged_ = spoken("scorecard", gallery()["scorecard"])
    assert "Cut points and baseline are ours" in judged_.source
    due = spoken("reports_received", kgge.load_reporting(), "vi")
    assert "do nhóm biên soạn đặt ra" in due.source


def test_a_range_that_leaves_its_share_outside_is_said_to_be_of_all():
    row = {"coverage": 0.910, "coverage_low": 0.911, "coverage_high": 0.912, "target": 0.8}
    table = gallery(years=[2019], indicators=["1a"])["paths_to_targets"].assign(**row)
    assert "91.0% (with those missing: 91.1–91.2%)" in spoken("paths_to_targets", table).alt
    same = table.assign(coverage_low=0.91001, coverage_high=0.91002)
    assert "2019: 91.0%;" in spoken("paths_to_targets", same).alt


def test_a_return_without_its_date_is_not_called_late():
    one = tables.load_reporting().head(1).assign(on_time=False, received_on=pd.NaT)
    assert "; Late or undated: 1" in spoken("reports_received", one).alt.replace(". ", "; ")
    assert "không ghi ngày: 1" in spoken("reports_received", one, "vi").alt


def test_groups_say_how_many_units_are_missing_from_them():
    """A finding on groups rests on the units that reported."""
    outcomes, targets, units = tables.load_outcomes(), tables.load_targets(), tables.load_units()
    whole = kgge.coverage(outcomes, targets, units, ["group", "sex"], 2020)
    rows, blank = whole.query("indicator == '1a'"), whole.query("indicator == '2'")
    assert (blank["units_expected"] - blank["units_reported"]).max() == 2  # one left a cell blank
    assert spoken("coverage_by_group_and_sex", blank).subtitle.endswith("1 of 24 units is missing")
    assert spoken("coverage_by_group_and_sex", rows).subtitle.endswith(
        "%, 2020; 1 of 26 units is missing")
    few = rows.assign(units_reported=1)
    assert spoken("coverage_by_group_and_sex", few, "vi").subtitle.endswith(
        "; 25/26 đơn vị không báo cáo")
    full = rows.assign(units_reported=rows["units_expected"])
    assert spoken("coverage_by_group_and_sex", full).subtitle.endswith("%, 2020")


def test_silent_units_share_a_row():
    table = gallery(units=kgge.load_units()["unit"].head(20))["coverage_by_unit"]
    table.loc[2:, "coverage"] = np.nan
    ax = charts.coverage_by_unit(table, lang="en")
    assert "18 units did not report" in [label.get_text() for label in ax.get_yticklabels()]
    assert charts.chart_data(ax)["coverage"].isna().sum() == 18


@pytest.mark.slow
def test_gap_of_objective_four_sums_to_579_persons():
    table = kgge.gap(kgge.load_outcomes(), kgge.load_targets(), kgge.load_units(), 2020)
    text = spoken("gap_by_unit", table[table["indicator"] == "4"])
    assert "579 persons" in text.title and "the 4 furthest hold 49%" in text.title
    decided = kgge.tipping(kgge.load_outcomes(), kgge.load_targets(), kgge.load_units(), 2020)
    assert spoken("reach_needed", decided, "vi").title.endswith(
        "đạt mục tiêu nếu huyện Giồng Riềng đã tiếp cận được 35,9% (năm 2019: 33,1%)")


def test_own_title_and_subtitle_and_helpful_errors():
    plan = kgge.load_budget()
    text = spoken("planned_by_year_and_source", totals(plan, ["year", "source"]),
                  title="Our words", subtitle="Million dong")
    assert (text.title, text.subtitle) == ("Our words", "Million dong")
    assert text.alt.startswith("Our words. Million dong. ")
    with pytest.raises(DataError, match=r"more than one row for year 2016, source central.*"
                                        r"kgge.totals\(budget, \['year', 'source'\]\)"):
        charts.planned_by_year_and_source(plan)
    with pytest.raises(DataError, match="takes a table .*, not list; make one with"):
        charts.scorecard([1])
    with pytest.raises(DataError, match="not share; make one with kgge.shares"):
        charts.source_shares_by_year(totals(plan, ["year", "source"]))
    both = totals(plan, ["year", "source"]).assign(spent=1.0)
    with pytest.raises(DataError, match="amount .planned. or spent"):
        charts.planned_by_year_and_source(both)
    with pytest.raises(DataError, match="amount is text, so that nothing can be drawn of it"):
        charts.planned_by_year_and_source(totals(plan, ["year", "source"]).astype({"amount": str}))
    with pytest.raises(DataError, match="amount has amounts below 0"):
        charts.planned_by_year_and_source(totals(plan, ["year", "source"]).assign(amount=-1.0))
    with pytest.raises(DataError, match="one row for each of one of year, project"):
        charts.planned_against_spent(kgge.execution(plan, kgge.load_spending(), "project").drop(
            columns="project"))
    text_years = totals(plan, ["year", "source"]).astype({"year": str})
    assert spoken("planned_by_year_and_source", text_years).subtitle.endswith("2016–2020")


@pytest.mark.slow
def test_the_mark_stands_in_the_source_line_too():
    ax = charts.reports_received(kgge.load_reporting(), lang="vi")
    source = next(text for text in ax.texts if text.get_gid() == "source")
    assert source.get_text().replace("\xa0", " ").startswith("SỐ LIỆU MINH HỌA. Nguồn")


def test_figures_on_an_axis_are_in_the_language_of_the_chart_whenever_it_is_drawn():
    plan = kgge.load_budget().assign(amount=lambda table: table["amount"] * 10)
    ax = charts.planned_by_year_and_source(totals(plan, ["year", "source"]), lang="vi")
    ax.figure.canvas.draw()
    assert "10.000" in [label.get_text() for label in ax.get_yticklabels()]
    assert labels.current_lang() == "en", "the chart leaves the language as it was"


# ---- an analyst's own chart

def test_axes_of_ones_own_chart_follow_the_language():
    figure, ax = plt.subplots()
    ax.plot([0, 1], [0.1, 0.9])
    for lang, half in (("vi", "0,5"), ("en", "0.5")):
        kgge.finish(ax, "A", "B", "C", "D", illustrative=False, lang=lang)
        figure.canvas.draw()
        assert any(half in label.get_text() for label in ax.get_yticklabels()), lang


@pytest.mark.slow
@pytest.mark.parametrize(("shape", "width"), [((2, 1), 6.3), ((1, 2), 12.6)])
def test_charts_share_a_figure_of_the_caller(shape, width, monkeypatch):
    figure, (left, right) = plt.subplots(*shape, figsize=(width, 4))
    tables_ = gallery()
    charts.planned_by_line(tables_["planned_by_line"], ax=left)
    charts.scorecard(tables_["scorecard"], ax=right, lang="vi")
    assert_legible(left, monkeypatch)
    assert figure.get_figwidth() == width
    assert charts.chart_text(right).lang == "vi"


@pytest.mark.slow
def test_a_closed_chart_is_given_back():
    ax = weakref.ref(charts.planned_by_line(gallery()["planned_by_line"]))
    assert ax() is not None
    plt.close("all")
    gc.collect()
    assert ax() is None


def test_finish_and_read_ones_own_chart(monkeypatch):
    figure, ax = plt.subplots()
    with pytest.raises(ValueError, match="call finish"):
        charts.chart_text(ax)
    ax.barh(["a", "b"], [3, 4], label="persons")
    ax.plot([1, 2], [0, 1], label="line")
    ax.scatter([1], [0.5], label="dots")
    for _ in range(2):
        charts.finish(ax, "A finding " * 30, "Persons, 2016", "Source: own count.", "Two bars.",
                      illustrative=True)
        assert_legible(ax, monkeypatch)
    text = charts.chart_text(ax)
    assert text.alt == "ILLUSTRATIVE. Two bars." and len(text.title) > 150
    data = charts.chart_data(ax)
    assert data["series"].tolist() == ["persons"] * 2 + ["line"] * 2 + ["dots"]
    assert data["x"].tolist() == [3, 4, 1, 2, 1] and math.isclose(data["y"].iloc[-1], 0.5)
    assert data["y"].tolist()[:2] == ["a", "b"], "bars by their labels"
    with pytest.raises(ValueError, match="needs its subtitle, alt"):
        charts.finish(ax, "t", "", "s", " ")


@pytest.mark.parametrize(("kind", "place", "value"), [("bar", "x", "y"), ("barh", "y", "x")])
def test_bars_drawn_by_pandas_keep_the_years_they_stand_for(kind, place, value):
    ax = pd.DataFrame({"year": [2016, 2018], "persons": [3, 4]}).plot(kind=kind, x="year")
    data = charts.chart_data(ax)
    assert data[place].tolist() == ["2016", "2018"] and data[value].tolist() == [3, 4]
    plt.close(ax.figure)


def test_a_readers_settings_do_not_leak_in():
    with matplotlib.rc_context({"font.size": 30, "axes.grid": True, "axes.spines.top": True,
                                "text.color": "red"}), warnings.catch_warnings():
        ax = charts.planned_by_project_and_year(gallery()["planned_by_project_and_year"])
        assert ax.texts[0].get_fontsize() == 8.5 and not ax.spines["top"].get_visible()
        assert matplotlib.rcParams["font.size"] == 30


def test_one_warning_is_no_plural_and_the_period_is_that_of_the_table():
    table = kgge.load_reporting().query("year == 2016")[["unit", "year", "expected", "received"]]
    one = table.assign(warnings=(table["unit"] == "justice").astype(int), errors=0)
    text = spoken("warnings_by_unit_and_year", one)
    assert text.title.startswith("Warnings: 1, errors: 0, returns: ")
    assert "2016–2020" not in text.subtitle and "2016" in text.subtitle


def test_what_decides_is_said_in_persons_where_eligible_ones_are_not_known():
    """The title counts indicators, not thresholds, and names the threshold that is nearest."""
    table = pd.DataFrame({
        "indicator": ["1a", "1a", "2"], "year": 2016, "threshold": [0.7, 0.13, 0.5],
        "verdict_above": ["achieved", "on_track", "on_track"], "state": "open",
        "share_needed": np.nan, "last_share": np.nan, "missing_units": "labour",
        "persons_needed": [900, 20, np.nan], "persons_to_miss": [np.nan, np.nan, 30]})
    assert spoken("reach_needed", table).title == (
        "The verdicts of 2 indicators depend on missing returns; nearest to turning, indicator 1a: "
        "on track only if Department of Labour, Invalids and Social Affairs reached at least 20 "
        "persons")
    assert "On track unless Department" in spoken("reach_needed", table[2:]).alt


def test_a_table_of_one_year_says_it_once():
    table = kgge.execution(kgge.load_budget(), kgge.load_spending(), ["project", "year"])
    text = spoken("execution_by_project_and_year", table[table["year"] == 2016])
    assert "2016" not in text.title and "Project 1" in text.title and "2016" in text.subtitle


def test_of_a_year_without_returns_the_number_of_units_is_told():
    table = kgge.load_reporting().query("year == 2016").assign(received=False, on_time=False)
    assert "2016: 26 units" in spoken("reports_received", table).alt


def test_money_of_some_returns_is_the_least_it_can_be():
    table = kgge.execution(kgge.load_budget(), kgge.load_spending(), "project",
                           units=kgge.load_units()).assign(not_known=0)
    assert "At least" in spoken("planned_against_spent", table).title
    whole = table.assign(units_with_figure=table["units_expected"])
    assert "t least" not in spoken("planned_against_spent", whole).alt


@pytest.mark.parametrize(("rows", "title", "figure"), [
    ([("I.1", 2016, "other", 20.0), ("I.1", 2016, "central", np.nan)],
     "no spending from planned sources was reported; 20 from other sources",
     "planned 10, spent Not reported; other sources 20."),
    ([("I.1", 2016, "central", 4.0), ("I.1", 2018, "central", 5.0), ("I.1", 2018, "other", 1.0)],
     "at least 9 of the 30 million dong planned were spent (30.0%); at least 1 from other sources",
     "planned 30, spent at least 9 (30.0%); other sources at least 1.")])
def test_what_is_spent_is_of_all_that_was_planned_by_whatever_key(rows, title, figure):
    """Also of a year of which nobody reported; a blank cell is no zero beside other sources."""
    plan = pd.DataFrame({"item": "I.1", "project": "I", "year": [2016, 2017, 2018],
                         "source": "central", "amount": 10.0})
    spent = pd.DataFrame(rows, columns=["item", "year", "source", "amount"]).assign(unit="labour")
    whole, by_year = (spoken("planned_against_spent", execution(plan, spent, by))
                      for by in ("project", "year"))
    assert whole.title == f"Project 1: {title}" and figure in whole.alt
    assert by_year.title.lower().removesuffix("; 1 of 3 years is not reported") == title


def test_a_difference_of_nothing_has_no_sign():
    table = kgge.coverage(kgge.load_outcomes(), kgge.load_targets(), kgge.load_units(), "sex")
    table = table.query("year == 2020").assign(coverage_low=0.5, coverage_high=0.5, coverage=0.5)
    table.loc[table["sex"] == "female", "coverage"] += 0.0001
    assert "+0.0" not in spoken("women_against_men", table).alt


def test_the_title_of_a_gap_adds_up_what_its_bars_say():
    table = pd.DataFrame({"indicator": "2", "year": 2020, "unit": ["rach-gia", "ha-tien"],
                          "target": 0.8, "gap": [8.2, 4.2], "gap_share": [0.66, 0.34],
                          "gap_low": [8.2, 4.2], "gap_high": [8.2, 4.2]})
    said = spoken("gap_by_unit", table)
    assert ": 9 (" in said.alt and ": 5 (" in said.alt and " are 14 persons away" in said.title


def test_the_furthest_hold_all_only_where_the_others_hold_nothing():
    units = ["rach-gia", "ha-tien", "kien-luong", "hon-dat", "tan-hiep", "chau-thanh", "go-quao",
             "an-bien"]
    gap = pd.Series([4e5, 3e5, 2e5, 1e5, 1, 1, 1, 1])
    table = pd.DataFrame({"indicator": "2", "year": 2020, "unit": units, "target": 0.8, "gap": gap,
                          "gap_share": gap / gap.sum(), "gap_low": gap, "gap_high": gap})
    text = spoken("gap_by_unit", table)
    assert text.title.endswith("the 4 furthest hold 99%")
    assert text.alt.count("together 100%") == 1 and text.alt.endswith("together 100%).")


def test_units_missing_in_part_are_no_missing_units():
    table = gallery()["reach_needed"].assign(state="open", missing_units="labour;justice")
    assert "the 2 units with figures missing" in spoken("reach_needed", table).title
    assert "2 đơn vị còn thiếu số liệu" in spoken("reach_needed", table, "vi").title


@pytest.mark.parametrize(("gap", "said"), [(100.2, "101 persons"), (0.4, "1 person")])
def test_one_unit_away_from_the_target_is_no_plural(gap, said):
    table = pd.DataFrame({"indicator": "2", "year": 2020, "unit": ["rach-gia", "ha-tien"],
                          "target": 0.8, "gap": [gap, -3.0], "gap_share": [1.0, np.nan],
                          "gap_low": [gap, -3.0], "gap_high": [gap, -3.0]})
    assert f"the reporting unit shown not at the target of 80% is {said} away" in spoken(
        "gap_by_unit", table).title
    title = spoken("gap_by_unit", table, "vi").title
    assert "đơn vị có báo cáo trong biểu đồ chưa" in title
    assert "các đơn vị" not in title
    assert f"còn cách mục tiêu {said.split()[0]} người" in title, "also where there are too many"
    several = table.assign(gap=gap, gap_share=0.5)
    assert "units shown not at the target" in spoken("gap_by_unit", several).title


def test_a_unit_that_was_merged_is_neither_drawn_nor_counted():
    for function, chart in (("coverage", "coverage_by_unit"), ("gap", "gap_by_unit")):
        given = {"year": 2020} if function == "gap" else {}
        table = persons(function, ["unit"], "indicator == '4' and year == 2020", **given)
        silent = table[function].isna()
        before, merged = spoken(chart, table), table.assign(
            units_expected=table["units_expected"].where(~silent, 0))
        assert silent.any() and "missing" in before.subtitle
        with unseen():
            after = charts.chart_data(getattr(charts, chart)(merged, lang="en"))
        assert "missing" not in spoken(chart, merged).subtitle
        assert not set(after["unit"]) & set(table.loc[silent, "unit"])


@pytest.mark.parametrize("coverage", [0.0, 0.03, 0.08, 0.121, 0.15, 0.2])
def test_a_small_share_is_written_clear_of_the_axis(coverage):
    table = gallery(years=[2016], indicators=["1a"])["paths_to_targets"].assign(
        coverage=coverage, coverage_low=coverage, coverage_high=coverage)
    ax = charts.paths_to_targets(table, lang="en")
    ax.figure.canvas.draw()
    (panel,) = ax.child_axes
    said = panel.texts[-1]  # drawn above all
    assert said.get_text() == ("0%" if coverage == 0 else f"{coverage:.1%}")
    assert said.get_window_extent().y0 > panel.bbox.y0, "the axis runs through the figure"


@pytest.mark.parametrize(("high", "words"), [
    (0.505, "women and men about alike"), (0.52, "no clear difference"),
    (math.nan, "is not known, as returns are missing")])
def test_women_and_men_are_alike_only_where_their_ranges_are_known(high, words):
    table = pd.DataFrame({"indicator": "1b", "year": 2020, "sex": ["female", "male"],
                          "coverage": 0.5, "coverage_low": 0.5, "coverage_high": high})
    ax = kgge.charts.women_against_men(table, lang="en")
    assert words in kgge.charts.chart_text(ax).title


def test_no_warnings_are_counted_where_no_return_came():
    table = pd.DataFrame({"unit": ["rach-gia", "ha-tien"] * 2, "year": [2016, 2016, 2017, 2017],
                          "expected": 1, "received": [1, 0, 0, 0], "warnings": [3, 0, 0, 0],
                          "errors": 0})
    ax = kgge.charts.warnings_by_unit_and_year(table, lang="en")
    drawn = [text.get_text() for text in ax.texts]
    assert drawn.count("3") == 4 and drawn.count("–") == 5 and "0" not in drawn


def persons(function, by, where, **given):
    made = getattr(kgge, function)(kgge.load_outcomes(), kgge.load_targets(), kgge.load_units(),
                                   by=by, **given)
    return made.query(where)


@pytest.mark.slow
def test_rows_of_one_sex_or_unit_chosen_after_the_summing_are_named():
    women = persons("coverage", ["unit", "sex"],
                    "indicator == '1b' and year == 2020 and sex == 'female'")
    assert spoken("coverage_by_unit", women).title.startswith("Women: Indicator 1b")
    assert spoken("coverage_by_unit", women, "vi").title.startswith("Nữ: Chỉ tiêu 1b")
    one = persons("coverage", ["unit", "group", "sex"], "unit == 'rach-gia' and year == 2020")
    assert spoken("women_against_men", one).title.startswith("Rạch Giá: 2020: women ahead")
    groups = one.query("indicator == '1a'")
    assert spoken("coverage_by_group_and_sex", groups).title.startswith("Rạch Giá: Indicator 1a")
    returns = kgge.load_reporting().query("unit == 'rach-gia'")
    assert spoken("reports_received", returns).title.startswith(
        "Rạch Giá: 4 of 5 expected returns came on time (80.0%); none is missing")
    whole = persons("coverage", ["group", "sex"], "indicator == '1b' and year == 2020")
    assert spoken("coverage_by_group_and_sex", whole).title.startswith("Indicator 1b"), \
        "its one group is no choice"


def test_the_shares_of_a_gap_are_of_the_rows_drawn():
    women = persons("gap", ["unit", "sex"], "indicator == '1b' and sex == 'female'", year=2020)
    largest = women["gap"].nlargest(2).sum() / women["gap"].clip(lower=0).sum()
    text = spoken("gap_by_unit", women)
    assert text.title.startswith("Women: ")
    assert text.title.endswith(f"the 2 furthest hold {largest:.0%}")
    assert "together 100%" in text.alt


@pytest.mark.slow
def test_what_is_said_of_all_units_is_said_where_all_are_drawn():
    behind = persons("coverage", "unit", "indicator == '1b' and year == 2020 and coverage < 0.5")
    assert "none of the 5 reporting units shown has reached" in spoken(
        "coverage_by_unit", behind).title
    assert "all shown that reported together" in spoken("coverage_by_unit", behind).alt
    assert "5 đơn vị có báo cáo trong biểu đồ" in spoken("coverage_by_unit", behind, "vi").title
    gap = persons("gap", "unit", "indicator == '1b'", year=2020)
    assert "2020: reporting units not at the target" in spoken("gap_by_unit", gap).title
    assert "2020: reporting units shown not at the target" in spoken(
        "gap_by_unit", gap.nlargest(3, "gap")).title
    assert spoken("gap_by_unit", gap.nlargest(1, "gap")).title.endswith(
        " persons away from the target of 50%")
    returns = kgge.load_reporting()
    came = spoken("reports_received", returns[returns["received"]])
    assert came.title == "104 of 125 expected returns shown came on time (83.2%)"
    assert came.subtitle.endswith("blank: none expected, or not shown")
    for lang, words in (("en", " shown"), ("vi", "trong biểu đồ")):
        assert words not in spoken("reports_received", returns, lang).title
    quality = kgge.quality(returns[returns["received"]], kgge.load_problems())
    assert "in 0 of 125 cases shown" in spoken("warnings_by_unit_and_year", quality).title


@pytest.mark.slow
def test_where_nothing_is_known_nothing_is_said_to_be_fine():
    gap = persons("gap", "unit", "indicator == '1b'", year=2020).assign(
        gap=math.nan, gap_share=math.nan)
    assert spoken("gap_by_unit", gap).title == (
        "Indicator 1b, 2020: how far it is to the target of 50% is not known, as no unit reported")
    assert "vì không đơn vị nào báo cáo" in spoken("gap_by_unit", gap, "vi").title
    assert "(each rounded up)" in spoken("gap_by_unit", gap).subtitle, "so their sum is larger"
    there = gap.assign(gap=-1.0, gap_share=math.nan)
    assert "no reporting unit is away from the target" in spoken("gap_by_unit", there).title
    sexes = persons("coverage", "sex", "year == 2020 and indicator != '3'")
    vague = sexes.assign(coverage_low=math.nan)
    assert "is not known in any of 4 indicators" in spoken("women_against_men", vague).title
    assert "chưa xác định được nữ hay nam cao hơn trong 4 chỉ tiêu" in spoken(
        "women_against_men", vague, "vi").title
    alike = sexes.assign(coverage_low=0.4, coverage_high=0.6, coverage=sexes["sex"].map(
        {"female": 0.5, "male": 0.55}))
    assert spoken("women_against_men", alike).title.endswith("in any of 4 indicators")
    alike.loc[alike["indicator"] == "4", "coverage_high"] = math.nan
    assert spoken("women_against_men", alike).title.endswith(
        "no clear difference between women and men in 3 of 4 indicators; elsewhere not known")
    ahead = alike.assign(coverage_low=alike["coverage"], coverage_high=alike["coverage"])
    ahead.loc[ahead["indicator"] == "4", "coverage_high"] = math.nan
    assert spoken("women_against_men", ahead).title.endswith(
        "; elsewhere not known, or no clear difference")


@pytest.mark.slow
def test_lines_stand_under_their_projects_whatever_the_order_of_the_table():
    table = totals(kgge.load_budget(), ["project", "item"])

    def heads(rows):
        ax = charts.planned_by_line(rows, lang="en")
        drawn = [label.get_text() for label in ax.get_yticklabels()]
        places = charts.chart_data(ax).set_index("item")["amount"]
        plt.close("all")
        return drawn, places.sort_index()

    drawn, amounts = heads(table)
    for mixed in (table.sort_values("amount", ascending=False), table[::-1]):
        again, same = heads(mixed)
        assert again == drawn
        pd.testing.assert_series_equal(amounts, same)


@pytest.mark.slow
def test_shares_are_of_their_year_or_refused():
    plan, keys = kgge.load_budget(), ["year", "source"]
    local = shares(plan, keys, "year").query("source == 'local'")
    assert spoken("source_shares_by_year", local).title.endswith(
        "the local budget was to provide 39.5% to 41.0% of each year's amount planned")
    assert "là nguồn duy nhất" not in spoken("source_shares_by_year", local, "vi").title
    alone = shares(plan.query("source == 'local'"), keys, "year")
    assert "all of it was to come from the local" in spoken("source_shares_by_year", alone).title
    one = shares(plan.query("year == 2016"), keys, "year")
    assert spoken("source_shares_by_year", one).title.endswith("of the year's amount planned")
    assert spoken("source_shares_by_year", one, "vi").title.endswith("kinh phí dự kiến của năm")
    local.attrs = {}
    for other in (shares(plan, keys), local):
        with pytest.raises(DataError, match=r"2016 add up to 0\.\d+, not to 1; make one with"):
            charts.source_shares_by_year(other)


def test_ones_own_chart_has_whole_years_and_figures_as_the_language_writes_them():
    planned = totals(kgge.load_budget(), "year")
    for lang, written in (("en", "1,100"), ("vi", "1.100")):
        figure, ax = plt.subplots()
        ax.plot(planned["year"], planned["amount"], marker="o")
        kgge.finish(ax, "A", "B", "C", "D", illustrative=False, lang=lang)
        figure.canvas.draw()
        years, amounts = ([label.get_text() for label in axis.get_ticklabels()]
                          for axis in (ax.xaxis, ax.yaxis))
        assert {"2016", "2020"} <= set(years) and all(map(str.isdigit, years)), years
        assert written in amounts, amounts
        data = charts.chart_data(ax)
        assert set(data["series"]) == {""} and data["x"].tolist() == planned["year"].tolist()
        plt.close("all")


def test_twins_dates_and_bars_side_by_side_are_read_and_what_is_hidden_is_not():
    wide = totals(kgge.load_budget(), ["year", "source"]).pivot(
        index="year", columns="source", values="amount")
    bars = charts.chart_data(wide.plot.bar())
    assert bars["x"].tolist() == [str(year) for year in FIVE] * 2 and bars["y"].sum() == 6600
    plt.close("all")
    twin = charts.chart_data(wide.plot(secondary_y="local"))
    assert set(twin["series"]) == {"central", "local (right)"} and twin["y"].sum() == 6600
    plt.close("all")
    _, (dated, hidden) = plt.subplots(1, 2)
    dated.plot(pd.to_datetime(["2017-01-01", "2018-01-01"]), [1, 2])
    assert charts.chart_data(dated)["x"].tolist() == ["2017-01-01", "2018-01-01"]
    hidden.plot([1, 2], [3, 4])[0].set_visible(False)
    assert charts.chart_data(hidden).empty


def own(draw, **given):
    """Return the axes of a chart of one's own, finished."""
    figure, ax = plt.subplots(**given)
    draw(ax)
    charts.finish(ax, "T", "S", "Q", "A", illustrative=False, lang="vi")
    figure.draw_without_rendering()
    return ax


def inside(artist, ax):
    box, page = artist.get_window_extent(), ax.figure.bbox
    return page.x0 <= box.x0 and box.x1 <= page.x1 and page.y0 <= box.y0 and box.y1 <= page.y1


@pytest.mark.parametrize("loc", ["best", "upper right", "lower center"])
def test_the_legend_of_ones_own_chart_stays_in_the_picture(loc):
    ax = own(lambda ax: (ax.plot([2016, 2017], [1, 2], label="planned"), ax.legend(loc=loc)))
    assert inside(ax.get_legend(), ax)
    assert not ax.get_legend().get_window_extent().overlaps(ax.bbox)
    plt.close("all")


def test_names_along_an_axis_have_room_and_a_second_scale_too():
    names = [kgge.label("unit", code) for code in kgge.load_units()["unit"]]
    for draw, ticks in (("barh", "get_yticklabels"), ("bar", "get_xticklabels")):
        ax = own(lambda ax, draw=draw: getattr(ax, draw)(names, range(len(names))))
        boxes = [label.get_window_extent() for label in getattr(ax, ticks)()]
        assert not any(a.overlaps(b) for a, b in zip(boxes, boxes[1:], strict=False)), draw
        assert all(inside(label, ax) for label in getattr(ax, ticks)())
    few = own(lambda ax: ax.bar(["A", "B"], [1, 2]))
    assert [label.get_rotation() for label in few.get_xticklabels()] == [0, 0]
    years = own(lambda ax: ax.barh([2016, 2017], [1, 2]))
    assert {"2016", "2017"} <= {label.get_text() for label in years.get_yticklabels()}
    ax = own(lambda ax: (ax.bar([2016, 2017], [1, 2]), ax.twinx().plot([2016, 2017], [1, 2e4])))
    second = ax.figure.axes[1].get_yticklabels()
    assert "20.000" in {label.get_text() for label in second} and inside(second[-1], ax)
    assert ax.figure.get_figheight() < 5, "no cell of a grid is kept free around it"
    plt.close("all")


def test_small_multiples_of_ones_own_grow_once():
    figure, several = plt.subplots(2, 2, figsize=(6.3, 6))
    for ax in several.flat:
        ax.plot([2016, 2017], [1, 2])
        charts.finish(ax, "T", "S", "Q", "A", illustrative=True, lang="en")
    assert figure.get_figheight() < 12
    plt.close(figure)


def test_a_bar_without_a_figure_keeps_its_year():
    ax = own(lambda ax: ax.bar([2016, 2017], [1, float("nan")]))
    assert charts.chart_data(ax)["x"].tolist() == [2016, 2017]
    plt.close("all")


def test_words_on_an_axis_and_the_pieces_of_a_pie_are_read(tmp_path):
    _, (line, pie) = plt.subplots(1, 2)
    line.plot(["Rạch Giá", "Hà Tiên"], [3, 4], label="persons")
    assert charts.chart_data(line).to_numpy().tolist() == [
        ["persons", "Rạch Giá", 3], ["persons", "Hà Tiên", 4]]
    pie.pie([1, 3], labels=["women", "men"])
    data = charts.chart_data(pie)
    assert data["x"].tolist() == ["women", "men"]
    assert data["y"].tolist() == pytest.approx([0.25, 0.75])
    plt.close("all")
    _, ax = plt.subplots()
    ax.imshow([[1, 2]])
    kgge.finish(ax, "A", "B", "C", "D", illustrative=False)
    with pytest.warns(UserWarning, match="picture.csv is empty: figures are read from bars"):
        kgge.export_chart(ax, tmp_path, "picture", ["svg"])


def test_what_is_no_chart_is_answered_in_one_sentence(tmp_path):
    figure, ax = plt.subplots()
    table = REAL()["scorecard"]
    for call, words in (
            (lambda: charts.scorecard(table, "vi"), "not str; for a language write lang='vi'"),
            (lambda: charts.chart_data(None), "is an Axes, .*, not NoneType$"),
            (lambda: kgge.export_chart("x", ax, "a"), "is an Axes, .*, not str$"),
            (lambda: kgge.finish(figure, "T", "S", "Q", "A"), "give one of its axes")):
        with pytest.raises(DataError, match=words):
            call()
    with pytest.raises(ValueError, match="needs its source"):
        kgge.finish(ax, "T", "S", None, "A")
    as_text = kgge.load_reporting().astype({"expected": str, "received": str})
    for name in ("reports_received", "warnings_by_unit_and_year"):
        with pytest.raises(DataError, match="expected is true or false, the table has '"):
            getattr(charts, name)(as_text.assign(warnings=0, errors=0))


def test_a_description_says_the_title_once():
    table = gallery()["warnings_by_unit_and_year"].assign(warnings=0, errors=0)
    for lang, words in (("en", "o warning and no error"), ("vi", "hông có cảnh báo")):
        assert spoken("warnings_by_unit_and_year", table, lang).alt.count(words) == 1


def test_what_pandas_sums_by_keys_is_drawn_as_it_is():
    plan = kgge.load_budget()
    summed = plan.groupby(["project", "year"])[["amount"]].sum()
    assert spoken("planned_by_project_and_year", summed) == spoken(
        "planned_by_project_and_year", totals(plan, ["project", "year"]))
    spent = kgge.execution(plan, kgge.load_spending(), "project")
    assert spoken("planned_against_spent", spent.set_index("project")) == spoken(
        "planned_against_spent", spent)


@pytest.mark.parametrize(("load", "query"), [
    (kgge.load_budget, "project == 'II'"), (kgge.load_budget, "year == 2018"),
    (kgge.load_spending, "unit == 'rach-gia'")])
def test_some_rows_summed_by_hand_are_spoken_of_as_a_part(load, query):
    table, keys = load(), ["item", "source"]
    plan = kgge.load_budget().drop_duplicates("item").set_index("item")["project"]
    for rows, part in ((table, False), (table.query(query), True)):
        summed = rows.groupby(keys, as_index=False)["amount"].sum()
        summed["project"] = summed["item"].map(plan)
        title = spoken("planned_by_line", summed).title
        assert title.startswith(("Part of the rows", "Project 2")) == part, title


@pytest.mark.slow
def test_one_indicator_one_project_and_one_year_are_no_plural():
    card = REAL()["scorecard"].query("indicator == '1a'")
    assert spoken("scorecard", card).title.startswith("Indicator 1a, 2020: achieved; ")
    assert spoken("scorecard", card, "vi").title.startswith("Chỉ tiêu 1a, năm 2020: đạt")
    plan = kgge.load_budget().query("project == 'IV'").assign(amount=5.0)
    grid = totals(plan, ["project", "year"])
    assert spoken("planned_by_project_and_year", grid).title.startswith(
        "Project 4: the same is planned for each year: ")
    same = totals(kgge.load_budget().query("year == 2016"), ["project", "year"]).assign(amount=5.0)
    assert spoken("planned_by_project_and_year", same).title == (
        "The same is planned for each project: 5 million dong")
    assert spoken("planned_by_project_and_year", same, "vi").title.endswith("cho mỗi dự án")
