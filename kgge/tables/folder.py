"""A plan's folder as a whole: its lists read together, held against each other, written anew."""

import datetime
import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from kgge.annex.read import read_annex
from kgge.files import DataError, UsageError, read_rows, write_bytes
from kgge.labels import about, check_labels, codes
from kgge.tables.schemas import DESCRIBED, Rows, list_file, list_path, read_list, rows_of

LISTS = ("plan", "targets", "groups", "units", "sources", "labels", "prices", "context")
_SAID = DESCRIBED["tables"] | DESCRIBED["lists"]
KEYS: dict[str, list[str]] = DESCRIBED["lists"]["plan"]["keys"]  # what it is, example vi, en


def read_plan() -> dict[str, pd.DataFrame]:
    """Return annex and code lists of the data folder by name, sound each and beside the others.

    Raises
    ------
    UsageError
        If the data folder has no ``raw/``.
    DataError
        Names every fault of the annex and of every list in one message, with file and line.

    Examples
    --------
    >>> sorted(read_plan())[:4]
    ['annex', 'context', 'groups', 'labels']
    """
    if not (raw := list_path("plan").parent).is_dir():
        raise UsageError(f"{raw.parent} is no folder of a plan: it has no raw/; name the one that "
                         "has, or make one with kgge new")
    frames: dict[str, pd.DataFrame] = {}
    faults: list[str] = []
    rows: dict[str, Rows] = dict.fromkeys(LISTS, [])
    for name in (*LISTS, "annex"):
        try:
            if name == "annex":
                frames[name] = read_annex()
            else:
                lines = rows_of(name)
                frames[name], rows[name] = read_list(name, lines), lines
        except DataError as error:
            faults.append(str(error))
    # The lists are held against each other even where the annex or one of them cannot be read: who
    # fills in a folder sees all that is wrong at once.
    annex = frames.get("annex", pd.DataFrame(columns=["year", "source"]))
    faults += [f"{name}.csv has no row" for name in ("targets", "groups", "units", "sources")
               if name in frames and not rows[name]]
    faults += _faults_of_facts(rows) if rows["plan"] else []
    faults += _faults_of_codes(rows) + _faults_of_years(rows, frames)
    asked = {kind: _codes_in(rows[name], kind) for kind, name in (
        ("source", "sources"), ("indicator", "targets"), ("group", "groups"), ("unit", "units"))}
    asked["source"] += [*annex["source"].dropna()]
    try:
        check_labels(asked)
    except DataError as error:
        faults.append(str(error))
    if len(faults := list(dict.fromkeys(faults))) == 1:
        raise DataError(faults[0])
    if faults:
        raise DataError(f"{list_path('plan').parent}: {len(faults)} things to mend:\n  "
                        + "\n  ".join(f.replace("\n", "\n  ") for f in faults))
    return frames


def _codes_in(rows: Rows, column: str) -> list[str]:
    """Return the codes of one column, several of a cell apart, each once."""
    return list(dict.fromkeys(code.strip() for _, row in rows
                              for code in row.get(column, "").split(";") if code.strip()))


def _unknown(name: str, rows: Rows, column: str, known: Collection[str], what: str) -> list[str]:
    """Name each code of a column that `known` lacks; where nothing is known, nothing is said."""
    return [f"{name}.csv, line {line}: {column} {code!r} is no {what}; there are "
            f"{', '.join(known)}" for line, row in rows if known
            for code in _codes_in([(line, row)], column) if code not in known]


def _faults_of_codes(rows: dict[str, Rows]) -> list[str]:
    """Return what one list says that another does not know."""
    indicators = _codes_in(rows["targets"], "indicator")
    units, grouped = _codes_in(rows["units"], "unit"), _codes_in(rows["groups"], "indicator")
    where = "indicator of targets.csv"
    faults = _unknown("groups", rows["groups"], "indicator", indicators, where)
    faults += _unknown("units", rows["units"], "indicators", indicators, where)
    faults += _unknown("targets", rows["targets"], "indicator", grouped, "indicator of groups.csv")
    codes_of: dict[str, set[str]] = {}
    for _, row in rows["sources"]:
        codes_of.setdefault(row["printed"].casefold(), set()).add(row["source"])
    faults += [f"sources.csv: printed {word!r} stands for {' and '.join(sorted(of))}; leave it at "
               "one" for word, of in codes_of.items() if len(of) > 1]
    faults += _unknown("units", rows["units"], "kind", codes("unit_kind"), "kind of unit")
    return faults + _unknown("units", rows["units"], "successor", units, "unit")


def _faults_of_years(rows: dict[str, Rows], frames: dict[str, pd.DataFrame]) -> list[str]:
    """Return which years contradict each other: of the plan, its targets and units."""
    said = {row["key"]: row["vi"] for _, row in rows["plan"]}
    stated = {key: said.get(key, "") for key in ("first_year", "last_year")}
    faults = [f"plan.csv: {key} {text!r} is no year; write its four digits, as 2021"
              for key, text in stated.items() if text and not re.fullmatch(r"\d{4}", text)]
    known = not faults and all(stated.values())
    begin, end = map(int, stated.values()) if known else (0, 9999)
    if end < begin:
        faults, begin, end = [f"plan.csv: last_year {end} comes before first_year {begin}"], 0, 9999
    of_plan = f"by plan.csv the plan runs from {begin} to {end}"
    for name, check in (("targets", _wrong_target), ("units", _wrong_term)):
        frame: Any = frames.get(name, pd.DataFrame())
        records = [dict(zip(frame, row, strict=True)) for row in zip(*(
            frame[column].to_numpy(dtype=object, na_value=None).tolist() for column in frame),
            strict=True)]
        faults += [f"{name}.csv, line {line}: {what}"
                   for (line, _), row in zip(rows[name], records, strict=True)
                   for what in check(row, begin, end, of_plan)]
    return faults


def _wrong_target(row: dict[Any, Any], begin: int, end: int, of_plan: str) -> list[str]:
    at, base, baseline = row["target_year"], row["base_year"] or 0, row["baseline"]
    return [what for wrong, what in (
        (at <= base, f"target_year {at} must come after base_year {base}"),
        (row["target"] == baseline, f"target and baseline are both {baseline}"),
        (baseline is not None and not base, f"baseline {baseline} without base_year; write the "
         "year at whose end it stands, or leave both empty"),
        (0 < begin < base, f"base_year {base} lies within the plan; {of_plan}"),
        (at < begin, f"target_year {at} comes before the plan; {of_plan}")) if wrong]


def _wrong_term(row: dict[Any, Any], begin: int, end: int, of_plan: str) -> list[str]:
    first, last = row["first_year"], row["last_year"]
    return [what for wrong, what in (
        (first and last and last < first, f"last_year {last} comes before first_year {first}"),
        (last and last < begin, f"last_year {last} comes before the plan; {of_plan}"),
        (first and end < first, f"first_year {first} comes after the plan; {of_plan}"),
        (row["successor"] and not last, f"successor {row['successor']!r} without "
         "last_year; write the last year that the unit itself reports for"),
        (row["successor"] == row["unit"], f"successor {row['successor']!r} is the unit itself")
    ) if wrong]


def _faults_of_facts(rows: dict[str, Rows]) -> list[str]:
    """Return what plan.csv lacks, or says otherwise than the other lists."""
    said = {row["key"]: row["vi"] for _, row in rows["plan"]}
    faults = _unknown("plan", rows["plan"], "key", KEYS, "key of a plan")
    absent = [key for key, (text, *_) in KEYS.items()
              if not said.get(key) and not text.startswith("optional")]
    if absent:
        faults.append(f"plan.csv: no text in the column vi for {', '.join(absent)}")
    try:
        datetime.date(2001, int(said.get("due_month") or 1), int(said.get("due_day") or 1))
    except ValueError:
        faults.append(f"plan.csv: due_day {said['due_day']} of due_month {said['due_month']} is "
                      "no day of a year")
    for key, name, column in (("receiver", "units", "unit"), ("census", "targets", "indicator"),
                              ("unplanned", "sources", "source")):
        lines = [(line, {key: row["vi"]}) for line, row in rows["plan"] if row["key"] == key]
        faults += _unknown("plan", lines, key, _codes_in(rows[name], column),
                           f"{column} of {name}.csv")
    return faults


def of_another_plan(annex: pd.DataFrame) -> list[str]:
    """Say what in the lists seems to be of another plan than the annex.

    Other years; labels of lines that it lacks, or that share no word with what it prints.
    """
    printed, told = dict(zip(annex["item"], annex["label"], strict=True)), []
    stated, years = [about("first_year"), about("last_year")], annex["year"].dropna()
    if stated != [str(years.min()), str(years.max())]:
        told.append(f"plan.csv: first_year and last_year are {' and '.join(stated)}, but the annex "
                    f"runs from {years.min()} to {years.max()}")
    for line, row in read_rows(list_path("labels"), []):
        if row["kind"] != "item":
            continue
        at = f"labels.csv, line {line}: item {row['code']}"
        if row["code"] not in printed:
            told.append(f"{at} is no line of the annex")
        elif not _common_words(row["vi"], printed[row["code"]]):
            told.append(f"{at} is called {row['vi']!r}; the annex prints {printed[row['code']]!r}")
    return told


def _common_words(*texts: str) -> set[str]:
    first, second = (set(re.findall(r"\w{2,}", text.casefold())) for text in texts)
    return first & second


def write_plan_folder(folder: Path) -> list[Path]:
    """Write the folder of another plan: each list with its columns, all of it explained.

    Raises
    ------
    UsageError
        If the folder holds anything already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not empty; name a folder that is not there yet")
    files = {f"raw/{list_file(name)}": _start(name) for name in LISTS}
    files |= {"README.md": _explained()}
    (folder / "raw" / "returns").mkdir(parents=True)
    for name, text in files.items():
        write_bytes(folder / name, text.encode())
    return [folder / name for name in files]


def _start(name: str) -> str:
    """Return a list as it stands in a new folder: its columns, and what any plan begins with."""
    begun: dict[str, Iterable[str]] = {
        "plan": (f"{key},," for key in KEYS), "sources": (
            f"{code},{word}" for code, words in SOURCES.items() for word in words[2:]),
        "labels": (f"source,{code},{vi},{en}" for code, (vi, en, *_) in SOURCES.items())}
    head = ",".join(field["name"] for field in _SAID[name]["fields"])
    return "\n".join([head, *begun.get(name, ())]) + "\n"


# Vietnamese and English label of a source, then the words by which annexes print it.
SOURCES = {"central": ("Ngân sách trung ương", "Central budget", "Trung ương", "TW", "NSTW",
                       "Central"),
           "local": ("Ngân sách địa phương", "Local budget", "địa phương", "ĐP", "NSĐP", "tỉnh",
                     "huyện", "xã", "Local"),
           "other": ("Nguồn khác", "Other sources", "khác", "xã hội hóa", "xã hội hoá", "tài trợ",
                     "viện trợ", "Other")}


def _explained() -> str:
    """Return the page that explains a new folder."""
    parts = [Path(__file__).with_name("new.md").read_text(encoding="utf-8")]
    for name in LISTS:
        said: dict[str, Any] = _SAID[name]
        fields, example = said["fields"], said.get("example", [])
        parts.append(f"## raw/{list_file(name)}\n\n{said['vi']}. / {said['description']}. "
                     f"One row: {', '.join(said['key'])}.\n")
        if name == "plan":
            rows = [f"| {key} | {' | '.join(of)} |" for key, of in KEYS.items()]
            parts.append("| key | what it is | vi, for example | en |\n|---|---|---|---|\n"
                         + "\n".join(rows) + "\n")
            continue
        rows = [f"| {f['name']} | {f['type']} | {f['description']} | {_allowed(f)} | {one} |"
                for f, one in zip(fields, example, strict=True)]
        parts.append("| column | type | holds | allowed | example |\n|---|---|---|---|---|\n"
                     + "\n".join(rows) + "\n")
    return "\n".join(parts)


def _allowed(field: dict[str, Any]) -> str:
    """Say which values a column allows."""
    limits = field.get("constraints", {})
    said = [", ".join(limits.get("enum", [])), *(f"{word} {limits[key]}" for key, word in (
        ("minimum", "from"), ("maximum", "to")) if key in limits)]
    return " ".join(filter(None, [*said, "" if limits.get("required") else "may be empty"]))
