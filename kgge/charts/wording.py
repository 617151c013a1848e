"""What titles and labels share: sentences, codes in their order, their names, numbers, periods.

All in the current language, which is that of the chart while it is drawn.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

import pandas as pd

from kgge import labels
from kgge.analysis.scope import filtered_to, terms
from kgge.files import DataError
from kgge.tables.load import load_units
from kgge.tables.schemas import read_list

KINDS = {"project": "item"}  # keys whose code list has another name
# Keys that stand in the order of their code list; the others in the order of the table.
SORTED = ("source", "sex", "group", "unit", "indicator")
_PARTS = ("project", "item", "source", "unit", "sex", "group")  # keys a title names a part by


def say(code: str, **figures: object) -> str:
    """Return a sentence of ``labels.csv``, kind ``chart``, with its places filled.

    >>> say("range", low="59.1%", high="60.5%")
    '59.1% to 60.5%'
    """
    return labels.label("chart", code).format(**figures)


def count(code: str, number: int, **figures: object) -> str:
    """Return a sentence that counts: its form ``<code>.1`` for one, else ``<code>.n``."""
    return say(f"{code}.{1 if number == 1 else 'n'}", number=number, **figures)


def period(table: pd.DataFrame) -> str:
    """Return the years a table speaks of, by its columns or its attributes; "" if neither tells.

    Raises
    ------
    DataError
        If the table was made by year, and no longer says of which year its rows are.
    """
    kept = table.attrs.get("years", ())
    if {"first_year", "last_year"} <= set(table):
        ends = table[["first_year", "last_year"]].drop_duplicates().astype(int)
        years = {y for first, last in ends.to_numpy() for y in range(first, last + 1)}
        years = years & set(kept or ()) or years
    elif kept is None and "year" not in table:
        raise DataError("the table was made by year and lost that column, so that its period is "
                        "not known: filter by year before kgge.totals")
    else:
        years = {int(year) for year in table.get("year", kept)}
    runs: list[list[int]] = []
    for year in sorted(years):
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def part_of(table: pd.DataFrame) -> str:
    """Name the part that a table is restricted to, for its title; nothing where it is the whole.

    What was filtered before it was summed stands in ``attrs["part"]``; a table of money with one
    project or source is of that one.
    """
    part = dict(filtered_to(table) if "whole" in table.attrs else table.attrs.get("part", {}))
    for key in ("project", "source") if "indicator" not in table else ():
        # Some lines of a project are not the project.
        if key in table and table[key].nunique() == 1 and (key, "item" in part) != (
                "project", True):
            part[key] = [table[key].iloc[0]]
    for key, codes in table.attrs.get("codes", {}).items():  # of a sum of money
        if key == "item" and "project" in table:  # all lines of a project are no choice
            whole = set(table["project"])
            codes = [code for code in codes if code.split(".")[0] in whole]
        if key in table and len(there := pd.unique(table[key])) < len(codes):
            part[key] = there.tolist()
    for key in ("unit", "group", "sex"):  # rows chosen after the summing
        if key in table and table[key].nunique() == 1 and len(_choice(table, key)) > 1:
            part[key] = [table[key].iloc[0]]
    above = {code.split(".")[0] for code in part.get("item", ())}
    if len(above) == 1:  # lines of one project
        part = {"project": [*above]} | part
    told = []
    for key in (key for key in part if key in _PARTS):
        some = [short(n) for n in names(key, part[key])] if len(part[key]) <= 3 else []
        told.append(listed(some) or say(f"part.{key}", count=len(part[key])))
    return upper(", ".join([*told, *([say("part.rows")] if "rows" in part else [])]))


def _choice(table: pd.DataFrame, key: str) -> set[str]:
    """Return the codes of unit, group or sex that the plan has for the indicators of a table."""
    of = set(table["indicator"]) if "indicator" in table else None
    if key == "unit":
        return set(senders(of)["unit"])
    groups = read_list("groups")
    groups = groups if of is None else groups[groups["indicator"].isin(of)]
    return {code for codes in groups["group" if key == "group" else "sexes"]
            for code in codes.split(";")}


def senders(indicators: set[str] | None) -> pd.DataFrame:
    """Return the units that are to report some of these indicators, or any."""
    units = load_units()
    reports = (set(text.split(";")) - {""} for text in units["indicators"].fillna(""))
    return units[[bool(of if indicators is None else of & indicators) for of in reports]]


def shown(table: pd.DataFrame) -> str:
    """Return " shown" where units are left out that were to report the indicators and years.

    Of one unit its name is said, by `part_of`.
    """
    years, there = table["year"].unique(), set(zip(table["year"], table["unit"], strict=True))
    units = senders(set(table["indicator"]) if "indicator" in table else None)
    begun, ended = terms(units, years)
    whole = {(year, unit) for year, ask in zip(years, begun & ~ended, strict=True)
             for unit in units["unit"][ask]}
    if table["unit"].nunique() == 1:
        whole = {(year, unit) for year, unit in whole if unit in set(table["unit"])}
    return f" {say('shown')}" if whole - there else ""


def listed(names: Sequence[str]) -> str:
    """Join names as a sentence does.

    >>> listed(["2016", "2017", "2019"])
    '2016, 2017 and 2019'
    """
    if len(names) < 2:
        return "".join(names)
    return say("and", first=", ".join(names[:-1]), last=names[-1])


def upper(text: str) -> str:
    """Return a sentence with its first letter large."""
    return text[:1].upper() + text[1:]


def lower(text: str) -> str:
    """Return a label as it stands inside a sentence; an abbreviation stays as it is."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as dictionaries."""
    return cast(list[dict[str, Any]], table.to_dict("records"))


def codes_of(table: pd.DataFrame, key: str) -> list[Any]:
    """Return the codes of one key in the order they are drawn in, whatever the table's order."""
    found = list(pd.unique(table[key]))
    if key == "year":
        return sorted(int(year) for year in found)
    if key in SORTED:
        names(key, found)  # an unknown code is an error
        return [code for code in labels.codes(key) if code in found]
    return found


def names(key: str, codes: Iterable[Any]) -> list[str]:
    """Return the labels of codes; a year is its own."""
    if key == "year":
        return [str(code) for code in codes]
    return labels.shown(KINDS.get(key, key), codes)


def name(key: str, code: Any) -> str:
    """Return the label of one code."""
    return names(key, [code])[0]


def short(label: str) -> str:
    """Return a label up to its colon or bracket: "Project 4: Support …" is "Project 4"."""
    return label.split(":")[0].split(" (")[0]


def writer(values: pd.Series) -> Callable[[float], str]:
    """Return how the figures of one column are written: all whole, or small ones with a decimal."""
    known = values.dropna()
    digits = 0 if (known == known.round()).all() or known.max() >= 10_000 else 1
    absent = say("not_reported")
    return lambda v: absent if pd.isna(v) else labels.number(v, digits=digits)


def cells_at(table: pd.DataFrame, chosen: "pd.Series[bool]") -> str:
    """Name cells of project and year: "Project 1 in 2017 and 2019"; past three, their number.

    In a table of one year, which its period names, the year is not said again.
    """
    cells = table[chosen]
    if len(cells) > 3:
        return say("cells", count=len(cells))
    if table["year"].nunique() == 1:
        return listed([short(name("project", code)) for code in cells["project"]])
    years = {code: [str(y) for y in codes_of(cells[cells["project"] == code], "year")]
             for code in codes_of(cells, "project")}
    return "; ".join(say(f"cell.{1 if len(of) == 1 else 'n'}", years=listed(of),
                         project=short(name("project", code))) for code, of in years.items())
