"""What the yearly return asks: its sheets, columns and rows, for which units and years."""

import datetime
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, cast

import pandas as pd

from kgge.annex.reconcile import budget_of
from kgge.labels import about, current_lang, labels, words
from kgge.tables.folder import read_plan
from kgge.tables.schemas import list_path

EDITION = 2  # of the form; the earlier ones asked the same, so they are still read
SHEETS = {"cover": "Bìa", "indicators": "Chỉ tiêu", "spending": "Kinh phí"}
ASIDE = {"summary": "Tổng hợp", "guide": "Hướng dẫn"}  # computed and explained: nothing to read
ENTRIES = {"cover": ("value",), "indicators": ("eligible", "reached", "attendances"),
           "spending": ("amount",)}

BANNER = "SỐ LIỆU MINH HỌA, KHÔNG PHẢI SỐ LIỆU THẬT / ILLUSTRATIVE FIGURES, NOT REAL"
PAST = "MINH HỌA / ILLUSTRATIVE"  # above a heading of last year's figures
TITLES = {"cover": "BÁO CÁO KẾT QUẢ THỰC HIỆN {programme} / YEARLY RETURN",
          "indicators": "KẾT QUẢ THỰC HIỆN CÁC CHỈ TIÊU / INDICATORS",
          "spending": "KINH PHÍ ĐÃ CHI (triệu đồng) / SPENDING (million dong)",
          "summary": "TỔNG HỢP (tự tính từ hai biểu) / TOTALS (computed from both tables)",
          "guide": "HƯỚNG DẪN GHI BIỂU / HOW TO FILL IN"}
HOW = ('Cách ghi: "-" không phát sinh (0); "..." có phát sinh, chưa rõ số; "x" không thuộc phạm '
       'vi; để trống: không báo cáo. / "-" none (0); "..." occurred, not known; "x" not '
       'applicable; blank: not reported.')
ANSWERS = ["Không / No", "Có / Yes"]
DATED = "…………, ngày …… tháng …… năm ……\nPlace, date"
SIGNED = ("NGƯỜI LẬP BIỂU\n(Ký, ghi rõ họ tên)\nPrepared by",
          "THỦ TRƯỞNG ĐƠN VỊ\n(Ký, đóng dấu, ghi rõ họ tên)\nHead of unit")


class Heading(NamedTuple):
    """A column of a sheet: the code a reader finds it by, its width, its two headings.

    A heading may name ``{year}``, the year before, ``{last}``, or the ``{period}`` it adds up.
    """

    code: str
    width: int
    vi: str
    en: str


COLUMNS = {
    "cover": (Heading("text", 50, "Mục", "Item"), Heading("value", 66, "Nội dung", "Entry"),
              Heading("code", 13, "Mã", "Code")),
    "indicators": (
        Heading("no", 6, "STT", "No."), Heading("text", 41, "Nhóm đối tượng", "Group"),
        Heading("sex", 11, "Giới tính", "Sex"), Heading("scope", 28, "Tính người nào", "Whose"),
        Heading("eligible", 17, "Tổng số người thuộc đối tượng, cuối năm {year}",
                "Persons in the group at the end of {year}"),
        Heading("reached", 24, "Số người đã được truyền thông, tập huấn hoặc tiếp cận dịch vụ, "
                "mỗi người tính một lần: {period}", "Persons reached, each once: {period}"),
        Heading("attendances", 19, "Số lượt người tham dự trong năm {year}",
                "Attendances in {year}"),
        Heading("last_eligible", 12, "Năm {last}: tổng số", "{last}: in the group"),
        Heading("last_reached", 12, "Năm {last}: đã tiếp cận", "{last}: reached"),
        Heading("last_attendances", 12, "Năm {last}: lượt người", "{last}: attendances"),
        Heading("code", 22, "Mã dòng, không sửa", "Row code, do not change")),
    "spending": (
        Heading("no", 6, "STT", "No."), Heading("text", 58, "Nội dung chi", "Item"),
        Heading("source", 34, "Nguồn vốn", "Source"),
        Heading("last_amount", 16, "Năm {last}: đã chi (triệu đồng)", "Spent in {last}"),
        Heading("amount", 19, "Số đã chi trong năm {year} (triệu đồng)",
                "Spent in {year}, million dong"),
        Heading("code", 16, "Mã dòng, không sửa", "Row code, do not change")),
    "summary": (Heading("text", 62, "Nội dung", "Item"), Heading("of", 20, "Trong đó", "Of which"),
                Heading("eligible", 19, "Tổng số người thuộc đối tượng", "Persons in the group"),
                Heading("reached", 19, "Số người đã tiếp cận", "Persons reached"),
                Heading("attendances", 19, "Số lượt người", "Attendances"),
                Heading("amount", 19, "Đã chi (triệu đồng)", "Spent, million dong")),
    "guide": (Heading("text", 34, "Mục", "Item"), Heading("scope", 30, "Tính người nào", "Whose"),
              Heading("vi", 62, "Nội dung", "In Vietnamese"),
              Heading("en", 50, "Tiếng Anh", "In English")),
}
_PERIODS = {  # the sums of some indicators run from the first year, of others within the year
    ("cumulative",): ("LŨY KẾ từ 01/01/{first} đến 31/12/{year}",
                      "CUMULATIVE since 1 January {first}"),
    ("latest",): ("trong năm {year}", "in {year}"),
    ("cumulative", "latest"): (
        "LŨY KẾ từ 01/01/{first} đến 31/12/{year} (riêng chỉ tiêu {latest}: trong năm {year})",
        "CUMULATIVE since 1 January {first} (of {latest}: in {year} alone)")}


def headings(kind: str, year: int, accumulation: Mapping[str, str]) -> list[str]:
    r"""Return the headings of a sheet, Vietnamese over English, as they are printed for a year.

    Examples
    --------
    >>> headings("spending", 2018, {})[3]
    'Năm 2017: đã chi (triệu đồng)\nSpent in 2017'
    """
    modes = tuple(sorted(set(accumulation.values()))) or ("latest",)
    facts = {"year": year, "last": year - 1, "first": about("first_year"),
             "latest": ", ".join(k for k, how in accumulation.items() if how == "latest")}
    vi, en = (text.format(**facts) for text in _PERIODS[modes])
    return [f"{c.vi.format(period=vi, **facts)}\n{c.en.format(period=en, **facts)}"
            for c in COLUMNS[kind]]


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
    due_on: dict[int, datetime.date]  # by year: the day by which its return is due
    kinds: dict[str, str]  # of unit: what its scope follows from
    printed: dict[tuple[Any, ...], Any]  # texts of its sheets, kept once they were made
    yearly: dict[tuple[str, int], float]  # million dong planned, by row code and year

    @property
    def versions(self) -> list[str]:
        """Return the editions of the form that are read."""
        stem = self.version.rpartition("-v")[0]
        return [f"{stem}-v{edition}" for edition in range(1, EDITION + 1)]

    def words(self, kind: str, lang: str) -> dict[str, str]:
        """Return all labels of one list, looked up once."""
        if (kind, lang) not in self.printed:
            self.printed[kind, lang] = words(kind, lang)
        return cast(dict[str, str], self.printed[kind, lang])

    def scopes(self, unit: str) -> dict[str, str]:
        """Return whose persons a unit counts in each group it is asked for, in both languages.

        It is the closest that the labels say: of the unit's group, the unit, its kind.
        """
        if ("scopes", unit) not in self.printed:
            said, kind = [self.words("scope", lang) for lang in ("vi", "en")], self.kinds[unit]
            groups = dict.fromkeys(key[1] for key in self.asked("indicators", unit).values())
            self.printed["scopes", unit] = {group: "\n".join(
                next((of[code] for code in (f"{unit}.{group}", unit, f"{kind}.{group}", group, kind)
                      if code in of), "") for of in said).strip() for group in groups}
        return cast(dict[str, str], self.printed["scopes", unit])

    def reporting(self, year: int) -> list[str]:
        """Return the units that are to send a return for a year."""
        return [unit for unit in self.units if year in self.due[unit]]

    def place(self, one: Any) -> tuple[int, int]:
        """Return where a return stands among others: by unit as listed, then by year."""
        if ("place",) not in self.printed:
            self.printed["place",] = {unit: at for at, unit in enumerate(self.units)}
        return self.printed["place",][one.unit], one.year

    def asked(self, kind: str, unit: str) -> dict[str, tuple[str, ...]]:
        """Return the rows of a table that a unit is to fill in; all where it is not known."""
        if (kind, "asked", unit) not in self.printed:
            money = kind == "spending"
            rows: Mapping[str, tuple[str, ...]] = self.money if money else self.persons
            own = None if money else self.units.get(unit)
            self.printed[kind, "asked", unit] = {
                code: key for code, key in rows.items() if own is None or key[0] in own}
        return cast(dict[str, tuple[str, ...]], self.printed[kind, "asked", unit])


def load_form() -> Form:
    """Return the form of the plan in ``data/raw``: from its annex and code lists, once a state.

    What it keeps of texts is of the current language, as the form itself is.
    """
    raw = list_path("plan").parent
    return _form_of(raw, current_lang(), *sorted(
        (file.name, file.stat().st_mtime_ns, file.stat().st_size)
        for file in raw.glob("*") if file.is_file()))


@lru_cache(maxsize=4)
def _form_of(raw: Path, lang: str, *files: tuple[str, int, int]) -> Form:
    """Return the form that the files of a folder make, each given with last change and size."""
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
    due = int(about("due_month")), int(about("due_day"))  # of the next year, and ours
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
            strict=True)}, {year: datetime.date(year + 1, *due) for year in years},
        dict(units["kind"]), {}, {
            (f"{item}.{source}", int(year)): float(amount) for item, source, year, amount in zip(
                *(budget[name].tolist() for name in ("item", "source", "year", "amount")),
                strict=True)})
