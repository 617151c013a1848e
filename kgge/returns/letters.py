"""Who has sent the return of a year, and what is to be written to each unit."""

import re
from collections import defaultdict
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd

from kgge.files import UsageError, write_bytes
from kgge.labels import about, words
from kgge.returns.annotate import for_unit
from kgge.returns.cells import fold
from kgge.returns.collect import Returns, list_areas
from kgge.returns.form import BANNER, Form
from kgge.returns.parse import messages, names_unit

_NO_NAME = ("va", "tinh", "kg")  # words of a unit's name, or beside it, that tell nothing
# Ours: more points of one kind on a sheet than this are one, with the cells named together.
MANY = 5
_LITTER = (".db", ".ini", ".tmp", ".lnk")  # what systems leave in folders; nobody sent it
STATES = ("on_time", "late", "no_date", "empty", "refused", "missing")


def sort_inbox(returns: Returns, year: int, form: Form) -> pd.DataFrame:
    """Return how each unit that is to report for a year stands, and the files that are no such.

    Parameters
    ----------
    returns : Returns
        As `read_returns` gives it.
    year : int
        Year of the plan.
    form : Form
        Which units are to report, as `load_form` says.

    Returns
    -------
    DataFrame
        One row a unit: unit, state (of ``STATES``; ``refused``: a file came, and none could be
        read), received_on, files; then one a file that belongs to none of them, with state
        ``other_year`` or ``unknown``. A file that could not be opened is taken for its unit's by
        its name, as ``2018-rach-gia.xlsx``, or that of its folder; a return taken in before stands
        without files.

    Raises
    ------
    UsageError
        If no unit is to report for that year.
    """
    if not (due := form.reporting(year)):
        raise UsageError(f"year {year}: no unit reports for it; the plan's years are "
                         f"{form.years[0]} to {form.years[-1]}")
    files: dict[str, list[str]] = defaultdict(list)
    others: list[tuple[Any, ...]] = []
    for name, (unit, of) in returns.reporting.attrs["files"].items():
        unit, of = unit or _unit_named(name, form), of or _year_named(name, form) or year
        state = "other_year" if of != year else "unknown" if unit not in due else ""
        others += [(unit, state, pd.NaT, [name])] * (state != "")
        files[unit] += [name] * (not state)
    here, before = ({row["unit"]: row for row in table if row["year"] == year and row["received"]}
                    for table in (returns.reporting.to_dict("records"),
                                  returns.reporting.attrs["taken_in"]))
    rows: list[tuple[Any, ...]] = []
    for unit in due:
        one = here.get(unit) or (None if files[unit] else before.get(unit))
        if one is None:
            rows.append((unit, "refused" if files[unit] else "missing", pd.NaT, files[unit]))
            continue
        state = ("on_time" if one["on_time"] else "empty" if not one["with_content"] else
                 "no_date" if pd.isna(one["received_on"]) else "late")
        rows.append((unit, state, one["received_on"], files[unit]))
    return pd.DataFrame(rows + others, columns=["unit", "state", "received_on", "files"])


def _unit_named(file: str, form: Form) -> str:
    """Return the one unit that the name of a file, or else of its folder, names: hondat_2018."""
    path = PurePosixPath(file)
    found = next(filter(None, (_units_named(said, form) for said in (
        path.stem, *(folder.name for folder in path.parents)))), [])
    return found[0] if len(found) == 1 else ""


def _units_named(text: str, form: Form) -> list[str]:
    """Return the units that a name of a file or folder names: Hòn Đất, Sở LĐTBXH.

    A department may be called without that word where nothing else stands there: Nội vụ 2018.
    """
    said, names = _words(text), form.labels
    found = [unit for unit in form.units if names_unit(names["unit", unit], " ".join(said)) or any(
        f" {' '.join(name)} " in f" {' '.join(said)} " or "".join(name) in said
        for name in map(_words, (unit, *names["unit", unit])))]
    rest = "".join(word for word in said if not word.isdigit() and word not in _NO_NAME)
    return found or [unit for unit in form.units if rest in _bare(names["unit", unit][0])]


def _bare(name: str) -> set[str]:
    """Return how a department or the like is called without that word, and its first letters."""
    kind, *words = (word for word in _words(name) if word not in _NO_NAME)
    if kind not in ("so", "ban", "dai", "hoi") or len(words) < 2:
        return set()
    return {"".join(words), *["".join(word[0] for word in words)] * (len(words) > 2)}


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+|[0-9]+", fold(text))


def _year_named(file: str, form: Form) -> int:
    found = {int(number) for number in re.findall(r"\d{4}", file)} & {*form.years}
    return found.pop() if len(found) == 1 else 0


def tell_inbox(inbox: pd.DataFrame, year: int, form: Form, lang: str) -> list[str]:
    """Return lines that say who has sent, who is late, who is missing."""
    said, at = words("inbox", lang), ("vi", "en").index(lang)
    units = inbox[inbox["state"].isin(STATES)]
    sent = int((units["state"] != "missing").sum())
    lines = [said["head"].format(year=year, due=f"{form.due_on[year]:%d/%m/%Y}", asked=len(units),
                                 sent=sent, missing=len(units) - sent)]
    for state in STATES:
        named = [form.labels["unit", unit][at]
                 + (f" ({received:%d/%m/%Y})" if state == "late" else
                    f" ({', '.join(files)})" if state == "refused" else "")
                 for unit, of, received, files in units.itertuples(index=False) if of == state]
        lines += [f"  {said[state]} ({len(named)}): {'; '.join(named)}"] * bool(named)
    for state in ("other_year", "unknown"):
        stray = [f"{form.labels['unit', unit][at]} ({', '.join(files)})" if unit in form.units
                 else ", ".join(files) for unit, of, _, files in inbox.itertuples(index=False)
                 if of == state]
        lines += [f"  {said[state]} ({len(stray)}): {'; '.join(stray)}"] * bool(stray)
    return lines


def letters(returns: Returns, inbox: pd.DataFrame, year: int, form: Form, lang: str = "vi"
            ) -> dict[str, str]:
    """Return what to write to each unit that has something to mend, or has sent nothing.

    Examples
    --------
    >>> from kgge.returns.collect import read_returns
    >>> from kgge.returns.form import load_form
    >>> import tempfile
    >>> form = load_form()
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     nothing = read_returns(folder, form)
    >>> text = letters(nothing, sort_inbox(nothing, 2018, form), 2018, form, "en")["rach-gia"]
    >>> text.splitlines()[2]
    "To: People's Committee of Rạch Giá City"
    """
    said, rows, out = words("letter", lang), _row_names(returns, form, lang), {}
    problems, unread = for_unit(returns.problems), _unread(returns.problems, year, form)
    office, names = words("office", lang), {u: form.labels["unit", u] for u in form.units}
    at = ("vi", "en").index(lang)
    stray = inbox[inbox["state"] == "other_year"].groupby("unit")["files"].sum()
    for unit, state, files in inbox[["unit", "state", "files"]].itertuples(index=False):
        mine = problems[problems["file"].isin(files)]
        if state not in STATES or (state != "missing" and mine.empty):
            continue
        points = _points(mine, lang)
        facts = {"year": year, "due": f"{form.due_on[year]:%d/%m/%Y}", "files": ", ".join(files),
                 "unit": office.get(unit, names[unit][at]), "count": len(points),
                 "receiver": office.get(about("receiver"), names[about("receiver")][at])
                 if about("receiver") in names else about("receiver"),
                 "stray": ", ".join(stray.get(unit, [])), "unread": ", ".join(unread.get(unit, []))}
        body = ["mend", "list", "end"] if state != "missing" else [
            "remind", *["other_year"] * (unit in stray), *["unread"] * (unit in unread)]
        listed = "\n".join(_line(number, row, rows, said, lang, len(files) > 1)
                           for number, row in enumerate(points, 1))
        parts = [listed if part == "list" else said[part].format(**facts)
                 for part in ("subject", "to", *body, "close")]
        banner = [BANNER] * bool(returns.reporting.attrs["illustrative"])
        text = "\n\n".join(banner + parts) + "\n"
        for path in sorted(returns.reporting.attrs["paths"], key=len, reverse=True):
            text = text.replace(path, PurePosixPath(path).name)  # the folders are the office's own
        out[unit] = text
    return out


def _unread(problems: pd.DataFrame, year: int, form: Form) -> dict[str, list[str]]:
    """Return, by the unit that their names name, the files of a year that are no workbook."""
    out = defaultdict[str, list[str]](list)
    for file in problems.loc[problems["code"] == "not_return", "file"]:
        path = PurePosixPath(file)
        litter = path.name.startswith((".", "~")) or path.name.lower().endswith(_LITTER)
        if not litter and (_year_named(file, form) or year) == year:
            out[_unit_named(file, form)].append(file)
    return out


def _points(mine: pd.DataFrame, lang: str) -> list[dict[Any, Any]]:
    """Return what is to be mended; many cells of a sheet with the same fault are one point."""
    from xlsxwriter.utility import xl_cell_to_rowcol

    same = defaultdict[tuple[Any, ...], list[dict[Any, Any]]](list)
    for row in mine.to_dict("records"):
        same[row["file"], row["sheet"], row["code"]].append(row)
    out = []
    for first, *rest in same.values():
        if len(rest) >= MANY and all(isinstance(row["cell"], str) for row in rest):
            cells = sorted((xl_cell_to_rowcol(row["cell"]) for row in rest), key=lambda c: c[::-1])
            first[f"message_{lang}"] += " " + messages()["more"][lang].format(
                count=len(rest), cells=list_areas(cells, len(cells)))
            rest = []
        out += [first, *rest]
    return out


def _line(number: int, row: dict[Any, Any], rows: dict[tuple[str, str, int], str],
          said: dict[str, str], lang: str, named: bool) -> str:
    """Return one thing to mend: where it is, whether it must be, what is wrong."""
    cell = row["cell"] if isinstance(row["cell"], str) else ""
    sheet = row["sheet"] if isinstance(row["sheet"], str) else ""
    line = int(re.sub(r"\D", "", cell) or 0)
    place = "!".join(filter(None, (sheet, cell)))
    what = rows.get((row["file"], sheet, line), "")
    where = ", ".join(filter(None, (row["file"] * named, place, what)))
    return (f"{number}. {where + ': ' if where else ''}{said[row['severity']]} "
            f"{row[f'message_{lang}']}")


def _row_names(returns: Returns, form: Form, lang: str) -> dict[tuple[str, str, int], str]:
    """Return what stands at the head of each row that was read, by file, sheet and row."""
    at, out = ("vi", "en").index(lang), {}
    for table, keys in ((returns.outcomes, ("indicator", "group", "sex")),
                        (returns.spending, ("item", "source"))):
        for row in table[table["row"].notna()].to_dict("records"):
            code, *texts = (form.labels[key, row[key]][at] for key in keys)
            first = row["indicator"] if "indicator" in row else f"{row['item']} {code}"
            out[row["file"], row["sheet"], int(row["row"])] = " – ".join([first, *texts])
    return out


def write_letters(returns: Returns, inbox: pd.DataFrame, year: int, form: Form, folder: Path,
                  lang: str) -> list[Path]:
    """Write each letter as ``2018-rach-gia.txt``; remove an earlier one that is not due any more.

    They begin with a byte-order mark and end their lines as Windows does, so that every editor
    opens them as they are meant.
    """
    texts = letters(returns, inbox, year, form, lang)
    for unit in set(form.units) - set(texts):
        (folder / f"{year}-{unit}.txt").unlink(missing_ok=True)
    paths = {folder / f"{year}-{unit}.txt": text for unit, text in texts.items()}
    for path, text in paths.items():
        write_bytes(path, text.replace("\n", "\r\n").encode("utf-8-sig"))
    return list(paths)
