"""An invented plan unlike the one of this repository, filled into a folder that `kgge new` made.

Other years, province and indicators (one of each year alone, one to be reduced), three planned
sources, four units, of which one is merged into another after 2022.
"""

import datetime
from pathlib import Path

from kgge.returns.form import load_form
from kgge.returns.template import write_template
from kgge.tables.folder import write_plan_folder

PLAN = {
    "title": ("Bình đẳng giới tỉnh An Lạc, 2021–2025", "Gender equality in An Lạc, 2021–2025"),
    "name": ("Kế hoạch số 88/KH-UBND", "Plan 88/KH-UBND"), "date": ("15/4/2021", "15 April 2021"),
    "province": ("tỉnh An Lạc", "An Lạc province"),
    "issuer": ("UBND tỉnh An Lạc", "An Lạc People's Committee"),
    "keywords": ("bình đẳng giới, An Lạc", "gender equality, An Lạc"),
    "programme": ("Chiến lược quốc gia về bình đẳng giới", "national strategy"),
    "first_year": ("2021", ""), "last_year": ("2025", ""), "due_month": ("2", ""),
    "due_day": ("15", ""), "receiver": ("home", ""), "form": ("02/BĐG-AL", ""),
    "form_stem": ("AL", ""), "census": ("A", ""), "unplanned": ("aid", ""),
    "limit_annex": ("Phụ lục không chia theo đơn vị.", "The annex is not split by unit."),
}
LISTS = {
    "targets": """indicator,objective,target,target_year,baseline,base_year,accumulation,\
commitment,plan_ref,national_target
A,1,0.6,2025,0,2019,cumulative,set,II.1,
B,2,0.9,2025,0.5,2019,latest,strive,II.2,0.95
C,2,0.1,2025,0.3,2019,latest,set,II.3,
""",
    "groups": """indicator,group,sexes
A,residents,female;male
B,staff,female;male
C,at_risk,female
""",
    "units": """unit,kind,plan_ref,indicators,residents,first_year,last_year,successor
home,department,IV.1,B,,,,
north,district,IV.2,A;B;C,50000,,,
south,district,IV.2,A;B;C,30000,,,
port,district,IV.2,A;B;C,8000,,2022,south
""",
    "sources": """source,printed
central,Trung ương
province,Tỉnh
district,Huyện
aid,Tài trợ
""",
    "labels": """kind,code,vi,en
source,central,Ngân sách trung ương,Central budget
source,province,Ngân sách tỉnh,Provincial budget
source,district,Ngân sách huyện,District budgets
source,aid,Tài trợ,Aid
indicator,A,A. Người dân được truyền thông,A. Residents reached by communication
indicator,B,B. Cán bộ được tập huấn trong năm,B. Staff trained in the year
indicator,C,C. Hộ có nguy cơ bạo lực,C. Households at risk of violence
group,residents,Người dân,Residents
group,staff,Cán bộ,Staff
group,at_risk,Hộ có nguy cơ,Households at risk
unit,home,Sở Nội vụ,Department of Home Affairs
unit,north,Huyện Bắc,Bắc District
unit,south,Huyện Nam,Nam District
unit,port,Thị xã Cảng,Cảng Town
item,I,Dự án 1: Truyền thông về bình đẳng giới,Project 1: Communication
""",
    "prices": "year,cpi_change_pct\n2021,1.8\n2022,3.2\n2023,3.3\n2024,3.6\n2025,3.4\n",
}
YEARS = range(2021, 2026)
RESIDENTS = {"north": 50_000, "south": 30_000, "port": 8_000}
# Amounts of each line in each year: central, province, district budget.
LINES = {"I.1": ("Chiến dịch truyền thông cấp xã", 40, 20, 10),
         "I.2": ("Phát thanh cơ sở", 12.5, 0, 5),
         "II.1": ("Hỗ trợ nhà tạm lánh", 0, 60, 0)}
PROJECTS = {"I": "Truyền thông về bình đẳng giới", "II": "Phòng ngừa bạo lực"}


def annex_rows() -> list[list[str]]:
    """Return the annex as it is printed, row by row."""
    rows = [["Đơn vị tính: triệu đồng"], ["STT", "Nội dung", *(
        cell for year in YEARS for cell in (str(year), "", ""))] + ["Tổng cộng"],
        ["", "", *("Trung ương", "Tỉnh", "Huyện") * len(YEARS), ""]]

    def line(number: str, label: str, parts: list[tuple[float, ...]]) -> list[str]:
        amounts = [sum(part[i] for part in parts) for i in range(3)] * len(YEARS)
        return [number, label, *(_written(v) for v in amounts), _written(sum(amounts))]

    for project, title in PROJECTS.items():
        own = {k: v for k, v in LINES.items() if k.startswith(project + ".")}
        rows.append(line(project, title, [v[1:] for v in own.values()]))
        rows += [line("", f"- {label}", [amounts]) for label, *amounts in own.values()]
    return [*rows, line("", "Tổng cộng", [v[1:] for v in LINES.values()])]


def _written(amount: float) -> str:
    return f"{amount:g}".replace(".", ",") if amount else "-"


def write_second_plan(folder: Path) -> None:
    """Write the folder with its lists and its annex, without returns."""
    write_plan_folder(folder)
    raw = folder / "raw"
    rows = "".join(f'{key},"{vi}","{en}"\n' for key, (vi, en) in PLAN.items())
    (raw / "plan.csv").write_text("key,vi,en\n" + rows, encoding="utf-8")
    for name, text in LISTS.items():
        (raw / f"{name}.csv").write_text(text, encoding="utf-8")
    table = "\n".join("\t".join(row) for row in annex_rows())
    (raw / "annex.tsv").write_text(table + "\n", encoding="utf-8")


def write_returns(folder: Path, years: range = range(2021, 2024)) -> None:
    """Fill in and put among the returns what the units send: one is missing."""
    form = load_form()
    for year in years:
        for at, unit in enumerate(form.reporting(year)):
            if (unit, year) == ("north", years[-1]):
                continue
            values: dict[tuple[str, str], float | str] = {}
            for code, (indicator, _, _) in form.asked("indicators", unit).items():
                size = RESIDENTS[unit] // 2 if indicator == "A" else 100 * (at + 2)
                share = {"A": 0.1, "B": 0.6, "C": 0.28}[indicator] + (
                    {"A": 0.1, "B": 0.05, "C": -0.06}[indicator] * (year - 2021))
                values |= {(code, "eligible"): size, (code, "reached"): round(size * share),
                           (code, "attendances"): round(size * share) + 3}
            values[f"{'I.1' if at else 'II.1'}.province", "amount"] = 15 + at
            values["I.2.aid", "amount"] = 2
            write_template(unit, year, folder / "raw" / "returns" / f"{year}-{unit}.xlsx",
                           form=form, values=values, received_on=datetime.date(year + 1, 2, 1))
