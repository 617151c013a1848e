"""The units' returns of all years: tidy outcomes, spending, reporting and problems."""

import datetime
import gc
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import pandas as pd

from kgge.files import DataError
from kgge.labels import current_lang, fill, words
from kgge.plan import due_years
from kgge.returns.cells import NOT_REPORTED
from kgge.returns.corrections import Batch, sort_out
from kgge.returns.form import ENTRIES, Form, load_form
from kgge.returns.parse import Return, as_text, messages, read_file
from kgge.returns.quality import check_all
from kgge.returns.receipts import (
    RECEIPTS,
    Dates,
    check_dates,
    is_list,
    read_receipts,
    seems_list,
)
from kgge.returns.texts import check_texts
from kgge.returns.totals import check_totals
from kgge.tables.schemas import SCHEMAS, conform

# What is done to rows and columns, not to one figure: of more cells than this said once a sheet.
STRUCTURE, MANY = ("hidden", "merged", "not_read", "not_asked", "unknown_code", "no_code",
                   "duplicate_row", "other_label", "other_past", "last_column", "no_reached",
                   "covered"), 12
Fault = tuple[str, int, int, str, str, dict[str, Any]]
_NOTHING = Batch([], {}, {}, {})
LATER = ("sources_moved", "money_adds_up", "like_unit")  # of a sheet, against earlier years
MILD = ("warning", "doubt", "aside")  # no error: what was sent may be kept as it is


class Returns(NamedTuple):
    """What `read_returns` gives: four tables, their columns in `kgge.tables.schemas.SCHEMAS`.

    Examples
    --------
    >>> Returns._fields
    ('outcomes', 'spending', 'reporting', 'problems')
    """

    outcomes: pd.DataFrame
    spending: pd.DataFrame
    reporting: pd.DataFrame
    problems: pd.DataFrame


def list_files(path: Path) -> list[tuple[str, Path]]:
    """Return the files of a folder, in order, with their names below it (NFC, with ``/``).

    The lists of dates of receipt are none of them.
    """
    if path.is_file():
        found = [(path.name, path)]
    elif path.is_dir():
        found = [(file.relative_to(path).as_posix(), file) for file in path.rglob("*")
                 if file.is_file()]
    else:
        raise DataError(f"{path}: no such file or folder of returns")
    named = [(unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode()), file)
             for name, file in found if not is_list(file)]
    out: dict[str, Path] = {}
    for name, file in sorted(named, key=lambda pair: (pair[0], str(pair[1]))):
        place, number = PurePosixPath(name), 1
        while name in out:  # the same letters, composed in one name and not in the other
            number += 1
            name = str(place.with_stem(f"{place.stem} ({number})"))
        out[name] = file
    return sorted(out.items())


def read_returns(path: str | Path, form: Form | None = None, known: str | Path | None = None
                 ) -> Returns:
    """Read and check returns: a folder with its subfolders, or one file.

    Parameters
    ----------
    path : str or Path
        Folder or .xlsx file. Which unit and year a return is for stands on its cover.
    form : Form, optional
        What the returns are to hold; by default as ``data/raw`` says.
    known : str or Path, optional
        Returns taken in before, as ``data/raw/returns``: those of `path` are compared with them,
        and none of them is in the tables; ``reporting.attrs["taken_in"]`` holds their rows. Nothing
        if there is no such folder. `path` is then an inbox: if it mixes illustrative and real
        returns, those of the rarer kind are refused one by one.

    Returns
    -------
    NamedTuple
        A `Returns`: outcomes (persons), spending (million dong), reporting, problems. A
        figure that is in doubt but readable is kept, with a warning; one that cannot be read has
        state ``rejected`` and an error. ``attrs["illustrative"]`` of each table tells whether
        the returns are illustrative; ``reporting.attrs["cells"]`` counts the filled-in entry
        cells: submitted = accepted + rejected.

    Raises
    ------
    DataError
        If there is no such folder or file, or it mixes illustrative and real returns and is no
        inbox.

    Examples
    --------
    >>> import tempfile
    >>> from kgge import write_template
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_template("rach-gia", 2018, f"{folder}/rach-gia.xlsx", values={
    ...         ("1b.residents.female", "eligible"): 113764,
    ...         ("1b.residents.male", "eligible"): 113763,
    ...         ("1b.residents.male", "reached"): 400,
    ...         ("1b.residents.female", "reached"): "hơn 350"})
    ...     returns = read_returns(folder)
    >>> returns.problems[["cell", "severity", "code", "value"]]
      cell severity         code    value
    0  B17  warning      no_date      NaN
    1  F17    error  approximate  hơn 350
    """
    with _uncollected():
        return _read_all(Path(path), form or load_form(), known)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Put off the search for objects in circles: none are made here, and it is a seventh of it."""
    searching = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searching:
            gc.enable()


def _read_all(path: Path, form: Form, known: str | Path | None) -> Returns:
    files = list_files(path)
    dates, lists = read_receipts(path, form)
    check_dates(dates, form)
    now = _read_files(files, dates, form)
    illustrative = _one_kind(now, inbox=known is not None)
    before = _taken_in(known, files, illustrative, form)
    sort_out(now, before, form)
    found, sound = now.found, sorted(now.sound(), key=form.place)
    again = {(one.unit, one.year) for one in sound}
    past = [one for one in before.sound() if (one.unit, one.year) not in again]
    check_all(sorted(sound + past, key=form.place), form)
    _tell_later(sound, past)
    outcomes, spending = _figures(sound, form)
    out = Returns(outcomes, spending, _reporting(sound, form, illustrative, now.first),
                  _problems([*found, *lists]))
    for table in out:
        table.attrs["illustrative"] = illustrative
    submitted = sum(r.submitted for r in found)
    rejected = sum(r.submitted if r.failed else len(r.lost) for r in found)
    out.reporting.attrs["cells"] = {"submitted": submitted, "accepted": submitted - rejected,
                                    "rejected": rejected}
    out.reporting.attrs["taken_in"] = _reporting(
        past, form, illustrative, before.first).query("received").to_dict(
            "records") if past and not illustrative else []
    out.reporting.attrs["paths"] = [r.name for r in [*found, *before.found] if "/" in r.name]
    out.reporting.attrs["files"] = _owners(found, {(r.unit, r.year) for r in [*sound, *past]})
    return out


def _tell_later(sound: list[Return], past: list[Return]) -> None:
    """Put on late returns what is doubted of later ones, taken in before, because of them."""
    late = {(one.unit, one.year): one for one in sound}
    for other in past:
        rows = {(line.sheet, line.row): code for code, (line, *_) in other.lines.items()}
        for sheet, row, column, code, value, details in other.faults:
            if messages()[code]["severity"] != "doubt":
                continue
            year: Any = int(value) if code == "same_as_year" else details.get("year")
            one, of = late.get((other.unit, year)), rows.get((sheet, row))
            if code in LATER:  # of the later sheet, since the late return is there
                for own in sound:
                    if own.unit == other.unit and (own.year == year or (
                            code == "money_adds_up" and year < own.year < other.year)):
                        own.fault("doubts_later", sheet=sheet, year=other.year, file=other.name,
                                  said=tuple(_say(code, details, lang) for lang in ("vi", "en")))
                continue
            if one and code == "same_as_year":
                one.fault(code, other.year, sheet, wanted=other.name, total=details["total"])
            elif one and of in one.lines and one.year < other.year:
                line, names = one.lines[of][0], other.lines[of][0].cells
                at, said, _ = next(line.cells[n] for n in names if names[n][0] == column)
                place = line.sheet, line.row, at
                if (place, other.year) not in [(f[:3], f[5].get("year")) for f in one.faults]:
                    one.fault("against_later", said, *place, year=other.year, wanted=value,
                              file=other.name)


def _owners(found: list[Return], sent: set[tuple[str, int]]) -> dict[str, tuple[str, int]]:
    """Return whose each file seems to be, and of which year, for all that may be returns.

    The name on a cover tells better than its code, unless the unit named has sent its own return
    and the other none; the form tells the year better than who typed another.
    """
    out = {}
    for one in found:
        told, of_code = {fault[3] for fault in one.faults}, (one.unit, one.year)
        if not told & {"not_return", "replaced", "list_name", "blank_form"}:
            own = (one.sender, one.year) in sent and one.unit and of_code not in sent
            out[one.name] = (one.unit if own else one.sender or one.unit,
                             one.period if told & {"year", "period"} else one.year)
    return out


def _one_kind(batch: Batch, inbox: bool) -> bool:
    """Return whether the returns are illustrative; in an inbox refuse those of the rarer kind."""
    sound = batch.sound() or batch.found[:1]  # what is refused decides nothing
    invented, real = ([r for r in sound if r.illustrative is kind] for kind in (True, False))
    if not (invented and real):
        return bool(invented)
    if not inbox:
        raise DataError(words("inbox", current_lang())["mixed"].format(
            **{f"{kind}_{what}": value for kind, of in (("invented", invented), ("real", real))
               for what, value in (("files", ", ".join(r.name for r in of[:3])),
                                   ("count", len(of)))}))
    few = min(invented, real, key=len)  # of as many, those that are no result
    for one in few:
        one.fault("other_kind", *one.beside("illustrative"))
    return few is real


def _read_files(files: list[tuple[str, Path]], dates: Dates, form: Form) -> Batch:
    from tqdm import tqdm

    out = Batch([], dict(files), dates, {})
    for name, file in tqdm(files, disable=None, unit="file", leave=False):
        one = read_file(name, file, form)
        out.found.append(one)
        if seems_list(one, file):
            one.faults.clear()
            one.fault("list_name", name, wanted=RECEIPTS)
        check_totals(one, form, file)
        check_texts(one, form)
    return out


def _taken_in(known: str | Path | None, files: list[tuple[str, Path]], illustrative: bool,
              form: Form) -> Batch:
    """Return what was received before, but for what stands in `files`, or is of the other kind."""
    if not known or not (folder := Path(known)).is_dir():
        return _NOTHING
    here = {file.resolve() for _, file in files}
    others = [(name, file) for name, file in list_files(folder) if file.resolve() not in here]
    out = _read_files(others, read_receipts(folder, form)[0], form)
    sort_out(out, _NOTHING, form)
    return out._replace(found=[r for r in out.sound() if r.illustrative is illustrative])


def _figures(sound: list[Return], form: Form) -> list[pd.DataFrame]:
    """Return outcomes and spending: every row the form asks of a unit, also where it is blank."""
    out = []
    for name, kind in (("outcomes", "indicators"), ("spending", "spending")):
        rows: list[tuple[Any, ...]] = []
        blank = [(part,) * len(ENTRIES[kind]) for part in NOT_REPORTED[:2]]
        for one in sound:
            lines, doubts, own = one.lines, one.doubts, (one.unit, one.year)
            for code, key in form.asked(kind, one.unit).items():
                (numbers, states), sheet, row, doubt = blank, None, None, ""
                if code in lines:
                    sheet, at, found, filled = lines[code][0]
                    row = at + 1
                    if filled:
                        numbers, states, _ = zip(*[cell for _, _, cell in found.values()],
                                                 strict=True)
                    if doubts:  # about the row, and about all of the sheet
                        doubt = ";".join({**doubts.get((sheet, at), {}),
                                          **doubts.get((sheet, -1), {})})
                rows.append((*own, *key, *numbers, *states, doubt or None, one.name, sheet, row))
        out.append(_frame(name, rows))
    return out


def _frame(name: str, rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    columns = [column.name for column in SCHEMAS[name].columns]
    return conform(name, pd.DataFrame(rows, columns=columns))


def _reporting(sound: list[Return], form: Form, illustrative: bool,
               first: dict[tuple[str, int], Return]) -> pd.DataFrame:
    """Return one row for each unit and year of the plan: a unit counts once.

    Years after the latest return are not expected yet. A return without content is not on time; a
    correction is where the return that it corrects was.
    """
    found = {(one.unit, one.year): one for one in sound}
    expected = due_years(form.years, (one.year for one in sound))
    rows: list[tuple[Any, ...]] = []
    for unit in form.units:
        for year in form.due[unit]:
            one = found.get((unit, year))
            if one is None:
                rows.append((unit, year, year in expected, False, None, False, False, None,
                             illustrative))
                continue
            on_time = any(_has_content(r) and r.received_on and r.received_on <= form.due_on[year]
                          for r in (first.get((unit, year), one), one))
            content = _has_content(one)
            rows.append((unit, year, True, True, one.received_on, content and on_time, content,
                         one.name, illustrative))
    return _frame("reporting", rows)


def _has_content(one: Return) -> bool:
    return any(cell.state == "reported" for lines in one.lines.values()
               for _, _, cell in lines[0].cells.values())


def _say(code: str, details: dict[str, Any], lang: str) -> str:
    return fill(messages()[code][lang], lang).format(
        **{key: _written(detail, lang) for key, detail in details.items()})


def _written(detail: object, lang: str) -> str:
    """Return a detail of a message: digits ungrouped; dates, decimals and labels as in `lang`."""
    if isinstance(detail, tuple):  # a label, in Vietnamese and in English
        return str(detail[lang == "en"])
    if isinstance(detail, datetime.date):
        return f"{detail:%d/%m/%Y}" if lang == "vi" else f"{detail:%Y-%m-%d}"
    text = as_text(detail, 1000)
    return text.replace(".", ",") if lang == "vi" and isinstance(detail, float) else text


def _once(faults: list[Fault]) -> list[Fault]:
    """Name once, at its first cell, what was done to a whole row or column of a sheet."""
    same: dict[tuple[str, str], list[Fault]] = defaultdict(list)
    for fault in faults:
        same[fault[0], fault[3]].append(fault)
    large = {key: sorted(several, key=lambda fault: (fault[2], fault[1]))
             for key, several in same.items() if key[1] in STRUCTURE and len(several) > MANY}
    out = [fault for fault in faults if (fault[0], fault[3]) not in large]
    for first, *rest in large.values():
        cells = list_areas([(row, column) for _, row, column, *_ in rest])
        out.append((*first[:5], {**first[5], "count": len(rest), "cells": cells}))
    return out


def list_areas(cells: list[tuple[int, int]], most: int = 12) -> str:
    """Return cells that stand in order, column by column, as few areas: E9:E22, E24."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    areas: list[list[tuple[int, int]]] = []
    for row, column in dict.fromkeys(cells):
        if areas and areas[-1][-1] == (row - 1, column):
            areas[-1].append((row, column))
        else:
            areas.append([(row, column)])
    names = [":".join(dict.fromkeys(xl_rowcol_to_cell(*c) for c in (a[0], a[-1]))) for a in areas]
    return ", ".join(names[:most]) + " …" * (len(names) > most)


def _problems(found: list[Return]) -> pd.DataFrame:
    """Return one row for each file, sheet and cell; several faults of a cell stand together."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    known, rows = messages(), []
    at: dict[tuple[str, str, int, int], list[tuple[str, str, dict[str, Any]]]] = defaultdict(list)
    for one in found:
        for sheet, row, column, code, value, details in _once(one.faults):
            at[one.name, sheet, row, column].append((code, value, details))
    for (name, sheet, row, column), faults in sorted(at.items(), key=lambda item: item[0]):
        texts = [" ".join(dict.fromkeys(
            _say(said, details, lang) for code, _, details in faults
            for said in (code, "more")[:1 + ("cells" in details)])) for lang in ("en", "vi")]
        warning = all(known[code]["severity"] in MILD for code, _, _ in faults)
        rows.append((name, sheet or None, xl_rowcol_to_cell(row, column) if row >= 0 else None,
                     "warning" if warning else "error",
                     ";".join(dict.fromkeys(code for code, _, _ in faults)),
                     faults[0][1] or None, *texts))
    return _frame("problems", rows)
