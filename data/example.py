"""An illustrative set of returns: invented figures, real residents, marked on every face.

`kgge example` runs this script; it is of this plan only, so it lies beside its data.

The plan's real returns are not public. Everything here but the residents and the plan's own
amounts is invented, from a fixed seed, so that the notebooks have something to show.
"""

import datetime
import random
from pathlib import Path

from kgge.annex.read import read_annex
from kgge.annex.reconcile import budget_of
from kgge.labels import about
from kgge.returns.form import Form, load_form
from kgge.returns.template import Before, write_template
from kgge.tables.schemas import read_list

Values = dict[tuple[str, str], float | str]

# The census of 2019 counts Kiên Lương and Giang Thành as one row of 108,699. Assumption: they
# share it as their communes, 8 to 5.
JOINT_RESIDENTS = {"kien-luong": 108_699 * 8 // 13, "giang-thanh": 108_699 - 108_699 * 8 // 13}
WOMEN = 0.5  # assumption: half of every group whose sexes are told apart
# Assumptions: share of the group reached by the end of 2016 … 2020 over the whole province.
PACE = {"1a": (0.12, 0.27, 0.45, 0.61, 0.77), "1b": (0.06, 0.13, 0.22, 0.36, 0.51),
        "2": (0.30, 0.62, 0.87, 0.92, 0.95), "3": (0.08, 0.18, 0.31, 0.60, 0.86),
        "4": (0.42, 0.50, 0.57, 0.66, 0.74)}
# Persons in a group: of 1,000 residents of a district; in a body of the province.
SIZES = {"officials": (12, 90), "workers": (25, 15), "armed_forces": (4, 0),
         "students": (170, 0), "ge_staff": (0.25, 3), "policy_makers": (0.4, 12),
         "collaborators": (0.9, 4), "deputies": (0.7, 0), "managers": (0.8, 9),
         "leaders": (0.4, 4), "planned": (0.9, 8), "persons_in_need": (1.5, 60)}
# Who spends on a project, first the one that leads; districts also spend on I and IV.
SPENDERS = {"I": ("labour", "information", "culture", "broadcasting", "newspaper"),
            "II": ("labour", "home-affairs", "justice"), "III": ("home-affairs", "labour"),
            "IV": ("labour", "culture", "fatherland-front")}
MISSING = {("newspaper", 2016), ("kien-hai", 2017), ("u-minh-thuong", 2018),
           ("ethnic-affairs", 2019), ("giong-rieng", 2020)}
EMPTY = {("planning", 2017), ("finance", 2019)}
NO_DATE = {("justice", 2016)}
FALLING = {("tan-hiep", 2019)}
DOTTED = {("go-quao", 2018), ("phu-quoc", 2019)}


def write_example(folder: Path, seed: int = 27) -> list[Path]:
    """Write the illustrative returns of all units, 2016 to 2020; return their paths in order.

    They are called ``<year>/illustrative-<year>-<unit>.xlsx`` below `folder`. Same seed, same
    figures.
    """
    form, census = load_form(), read_list("units").set_index("unit")["residents"].fillna(0)
    residents = {unit: int(census[unit]) for unit in form.units} | JOINT_RESIDENTS
    money, before = _spending(form, residents, seed), dict[str, Before]()
    written = []
    for year in form.years:
        for unit in form.units:
            key = unit, year
            past = before.pop(unit, None)
            if key in MISSING:
                continue
            path = folder / str(year) / f"illustrative-{year}-{unit}.xlsx"
            values = {} if key in EMPTY else (
                _persons(form, unit, residents[unit], year, seed) | money[key])
            write_template(unit, year, path, illustrative=True, values=values, form=form,
                           received_on=None if key in NO_DATE else _received(unit, year, seed),
                           before=past)
            before[unit] = Before(values, illustrative=True)
            written.append(path)
    return written


def _received(unit: str, year: int, seed: int) -> datetime.date:
    chance = random.Random(f"{seed} date {unit} {year}")
    late = chance.random() < 0.13
    days = chance.randint(1, 45) if late else -chance.randint(0, 24)
    return datetime.date(year + 1, 1, 31) + datetime.timedelta(days)


def _persons(form: Form, unit: str, residents: int, year: int, seed: int) -> Values:
    """Return eligible, reached and attendances of one unit in one year."""
    values: Values = {}
    for code, (indicator, group, sex) in form.asked("indicators", unit).items():
        chance = random.Random(f"{seed} {unit} {code}")
        size = _size(residents, indicator, group, sex, chance)
        if not size:
            values |= {(code, column): "x" for column in ("eligible", "reached", "attendances")}
            continue
        own = random.Random(f"{seed} lean {unit}").uniform(0.78, 1.2)  # of the whole unit
        lean = own * chance.uniform(0.95, 1.05)
        shares = [min(1.0, share * lean) for share in PACE[indicator]]
        at = form.years.index(year)
        reached = [round(size * share) for share in shares]
        new = reached[at] - (reached[at - 1] if at and indicator != "4" else 0)
        values[code, "eligible"] = size
        values[code, "reached"] = reached[at]
        values[code, "attendances"] = round(new * chance.uniform(1.1, 1.9)) or "-"
        _blemish(values, code, unit, year, random.Random(f"{seed} {unit} {code} {year}"))
    return values


def _size(residents: int, indicator: str, group: str, sex: str, chance: random.Random) -> int:
    """Return the persons of one sex in a group."""
    size = residents
    if indicator != about("census"):
        per_thousand, small = SIZES[group]
        size = round((size / 1000 * per_thousand if size else small) * chance.uniform(0.85, 1.15))
    women = size if indicator == "3" else round(size * WOMEN)
    return women if sex == "female" else size - women


def _blemish(values: Values, code: str, unit: str, year: int, chance: random.Random) -> None:
    """Add what real returns have: not known, left blank, text for a number, a fall."""
    throw, reached = chance.random(), values[code, "reached"]
    if throw < 0.02:
        values[code, "attendances"] = "..."
    elif throw < 0.03:
        del values[code, "attendances"]
    elif throw < 0.033:
        values[code, "reached"] = "..."
    if (unit, year) in DOTTED and code == "1a.students.female" and isinstance(reached, int):
        values[code, "reached"] = f"{reached:,}".replace(",", ".")
    if (unit, year) in FALLING and code == "2.collaborators.male" and isinstance(reached, int):
        values[code, "reached"] = reached // 2


def _spending(form: Form, residents: dict[str, int], seed: int) -> dict[tuple[str, int], Values]:
    """Share the plan of each year, line and source among those who spend, with deviations."""
    out: dict[tuple[str, int], Values] = {
        (unit, year): {(code, "amount"): "-" for code in form.money}
        for unit in residents for year in form.years}
    districts = [unit for unit in residents if residents[unit]]
    plan = budget_of(read_annex())[["item", "project", "year", "source", "amount"]]
    for item, project, year, source, planned in plan.itertuples(index=False, name=None):
        code, chance = f"{item}.{source}", random.Random(f"{seed} {item} {year} {source}")
        spenders = list(SPENDERS[project])
        if source == "local" and project in ("I", "IV"):
            spenders += chance.sample(districts, 5)
        spent = planned * chance.uniform(0.8, 1.03) * (0.8 if year == 2020 else 1)
        weights = [3.0] + [chance.uniform(0.5, 1.0) for _ in spenders[1:]]
        for unit, weight in zip(spenders, weights, strict=True):
            amount = round(spent * weight / sum(weights), 1)
            out[unit, year][code, "amount"] = amount or "-"
    for (unit, year), values in out.items():
        chance = random.Random(f"{seed} other {unit} {year}")
        for item in dict.fromkeys(item for item, _ in form.money.values()):
            if chance.random() < 0.02:
                values[f"{item}.other", "amount"] = round(chance.uniform(4, 30), 1)
            elif chance.random() < 0.02:
                values[f"{item}.other", "amount"] = "..."
    return out
