"""What the yearly return asks: its sheets, columns and rows, for which units and years."""

import datetime
from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd

from kgge.annex.reconcile import budget_of
from kgge.labels import about, labels
from kgge.tables.folder import read_plan

EDITION = 1  # of the form: what an older one asked is not read as this one
SHEETS = {"cover": "Bìa", "indicators": "Chỉ tiêu", "spending": "Kinh phí"}
ENTRIES = {"cover": ("value",), "indicators": ("eligible", "reached", "attendances"),
           "spending": ("amount",)}

BANNER = "SỐ LIỆU MINH HỌA, KHÔNG PHẢI SỐ LIỆU THẬT / ILLUSTRATIVE FIGURES, NOT REAL"
TITLES = {"cover": "BÁO CÁO KẾT QUẢ THỰC HIỆN {programme} / YEARLY RETURN",
          "indicators": "KẾT QUẢ THỰC HIỆN CÁC CHỈ TIÊU / INDICATORS",
          "spending": "KINH PHÍ ĐÃ CHI (triệu đồng) / SPENDING (million dong)"}
HOW = ('Cách ghi: "-" không phát sinh (0); "..." có phát sinh, chưa rõ số; "x" không thuộc phạm '
       'vi; để trống: không báo cáo. / "-" none (0); "..." occurred, not known; "x" not '
       'applicable; blank: not reported.')
ANSWERS = ["Không / No", "Có / Yes"]
SIGNED = ("NGƯỜI LẬP BIỂU\n(Ký, ghi rõ họ tên)\nPrepared by",
          "THỦ TRƯỞNG ĐƠN VỊ\n(Ký, đóng dấu, ghi rõ họ tên)\nHead of unit")


class Heading(NamedTuple):
    """A column of a sheet: the code a reader finds it by, its width, its two headings."""

    code: str
    width: int
    vi: str
    en: str


COLUMNS = {
    "cover": (Heading("text", 50, "Mục", "Item"), Heading("value", 66, "Nội dung", "Entry"),
              Heading("code", 13, "Mã", "Code")),
    "indicators": (
        Heading("no", 6, "STT", "No."), Heading("text", 49, "Nhóm đối tượng", "Group"),
        Heading("sex", 11, "Giới tính", "Sex"), Heading("code", 22, "Mã dòng", "Row code"),
        Heading("eligible", 19, "Tổng số người thuộc đối tượng (cuối năm)", "Persons in the group"),
        Heading("reached", 22, "Số người đã được truyền thông, tập huấn hoặc tiếp cận dịch vụ "
                "(mỗi người tính một lần)", "Persons reached, each once"),
        Heading("attendances", 19, "Số lượt người tham dự trong năm", "Attendances in the year")),
    "spending": (
        Heading("no", 6, "STT", "No."), Heading("text", 58, "Nội dung chi", "Item"),
        Heading("source", 34, "Nguồn vốn", "Source"),
        Heading("code", 16, "Mã dòng", "Row code"),
        Heading("amount", 19, "Số đã chi trong năm (triệu đồng)", "Spent, million dong")),
}


class Form(NamedTuple):
    """Units with their indicators, years, the rows of both tables by code, labels.

    `census` is the indicator whose eligible persons are the residents.

    `planned` is million dong by line, all years and sources together; `residents` persons by unit.
    """

    units: dict[str, tuple[str, ...]]
    years: tuple[int, ...]
    persons: dict[str, tuple[str, str, str]]
    money: dict[str, tuple[str, str]]
    accumulation: dict[str, str]
    project: dict[str, str]
    labels: dict[tuple[str, str], tuple[str, str]]
    planned: dict[str, float]
    residents: dict[str, float]
    census: str
    version: str
    due: dict[str, range]  # the years a unit reports for: it may be founded, or closed

    def reporting(self, year: int) -> list[str]:
        """Return the units that are to send a return for a year."""
        return [unit for unit in self.units if year in self.due[unit]]

    def asked(self, kind: str, unit: str) -> dict[str, tuple[str, ...]]:
        """Return the rows of a table that a unit is to fill in; all where it is not known."""
        if kind == "spending" or unit not in self.units:
            return dict(self.money if kind == "spending" else self.persons)
        return {code: key for code, key in self.persons.items() if key[0] in self.units[unit]}


def due_date(year: int) -> datetime.date:
    """Return the day by which the return of a year is due: of the next year, and ours."""
    return datetime.date(year + 1, int(about("due_month")), int(about("due_day")))


def load_form() -> Form:
    """Return the form of the plan in ``data/raw``: from its annex and code lists."""
    lists = read_plan()
    return make_form(lists["units"], lists["targets"], lists["annex"], lists["groups"])


def make_form(units: pd.DataFrame, targets: pd.DataFrame, annex: pd.DataFrame,
              groups: pd.DataFrame) -> Form:
    """Return the form that the units, targets, annex and groups of a plan make."""
    budget, printed = budget_of(annex), dict(zip(annex["item"], annex["label"], strict=True))
    units, targets = units.set_index("unit"), targets.set_index("indicator")
    persons = {f"{r['indicator']}.{r['group']}.{sex}": (r["indicator"], r["group"], sex)
               for r in groups.to_dict("records") for sex in r["sexes"].split(";")}
    project: dict[Any, Any] = budget.drop_duplicates("item").set_index("item")["project"].to_dict()
    unplanned = filter(None, about("unplanned").split(";"))
    sources = list(dict.fromkeys([*budget["source"], *unplanned]))
    named, years = units["indicators"].dropna(), tuple(sorted({int(y) for y in budget["year"]}))
    _, asked, sexes = zip(*persons.values(), strict=True)
    codes: dict[str, Sequence[str]] = {
        "unit": [*units.index], "item": [*project, *project.values()], "source": sources,
        "indicator": [*targets.index], "group": asked, "sex": sexes}
    return Form(
        {unit: tuple(map(str.strip, listed.split(";")))
         for unit, listed in zip(named.index, named, strict=True)},
        years, persons,
        {f"{item}.{source}": (item, source) for item in project for source in sources},
        dict(zip(targets.index, targets["accumulation"], strict=True)), project,
        {(kind, code): (vi, en) for kind, several in codes.items() for code, vi, en in zip(
            several, *(labels(kind, several, lang, printed) for lang in ("vi", "en")),
            strict=True)},
        dict(budget.groupby("item")["amount"].sum()), dict(units["residents"].dropna()),
        about("census"), f"{about('form_stem')}-v{EDITION}",
        {unit: range(first, last + 1) for unit, first, last in zip(
            units.index, units["first_year"].fillna(years[0]), units["last_year"].fillna(years[-1]),
            strict=True)})
