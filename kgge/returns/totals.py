"""Totals of the form that a unit typed over: held against the rows they add up."""

from collections.abc import Sequence
from math import nan
from pathlib import Path
from typing import NamedTuple, cast

from xlsxwriter.utility import xl_rowcol_to_cell

from kgge.returns.aside import summary_rows
from kgge.returns.cells import NOT_REPORTED
from kgge.returns.form import COLUMNS, ENTRIES, Form
from kgge.returns.parse import Return, as_text
from kgge.xlsx import stored_results

_PLACES = {column.code: at for at, column in enumerate(COLUMNS["summary"])}
_LETTERS = [*"ABCDEFGH"[:len(_PLACES)]]  # as the form prints them above the columns
ROUND = 1e-6  # what adding decimals may leave


class Added(NamedTuple):
    """What a line of the summary adds up: columns and where they stand, row codes, their places.

    The rows of an indicator, a sex or a source stand at one distance from each other.
    """

    names: Sequence[tuple[str, int]]
    codes: Sequence[str]
    places: slice


def check_totals(out: Return, form: Form, path: Path) -> None:
    """Doubt totals that are not what the rows come to; those of a formula are as old as its last.

    Nothing is said of a total whose rows are in part blank, not known or rejected.
    """
    for sheet, header, _ in out.tables.get("summary", ()) if not out.failed else ():
        if header < 1 or sheet.rows[header - 1][:len(_LETTERS)] != _LETTERS:
            continue  # columns were put in or taken out
        added, title, wrong = _added_up(out, form), "", []
        columns = _columns(out, form)
        for row, line in enumerate(sheet.rows[header + 1:], header + 1):
            title = line[0] or title
            names, codes, places = added.get((title, line[1]), ((), (), slice(0)))
            for name, at in names:
                said = line[at]
                if type(said) is float and not abs(sum(columns[name][places]) - said) < ROUND and (
                        total := _total(out, codes, name, said)) is not None:
                    wrong.append((row, at, said, total))
        typed = stored_results(path).get(sheet.name, {}) if wrong else {}
        for row, at, said, total in wrong:
            if xl_rowcol_to_cell(row, at) not in typed:
                out.fault("other_total", said, sheet.name, row, at, wanted=total)


def _columns(out: Return, form: Form) -> dict[str, list[float]]:
    """Return the figures of each column in the order of the form; NaN where there is none."""
    found = {}
    for kind in ("indicators", "spending"):
        rows = [out.lines[code][0].cells if code in out.lines else {}
                for code in form.asked(kind, out.unit)]
        for name in ENTRIES[kind]:
            found[name] = [cells[name][2].number if cells else nan for cells in rows]
    return found


def _added_up(out: Return, form: Form) -> dict[tuple[str, str], Added]:
    """Return by its two texts what a line of the summary adds up."""
    if (key := ("added", form.units.get(out.unit))) not in form.printed:
        title, found = "", {}
        for text, of, kind, codes in summary_rows(form, form.asked("indicators", out.unit)):
            title, rows = text or title, [*form.asked(kind, out.unit)]
            first, second, *_ = [rows.index(code) for code in (*codes[:2], *codes[:1])]
            names = tuple((name, _PLACES[name]) for name in ENTRIES[kind])
            found[title, of] = Added(names, codes, slice(
                first, rows.index(codes[-1]) + 1, max(second - first, 1)))
        form.printed[key] = found
    return cast(dict[tuple[str, str], Added], form.printed[key])


def _total(out: Return, codes: Sequence[str], name: str, said: float) -> float | None:
    """Return what rows come to if that is another total than is said, as far as it is rounded."""
    cells = [out.lines[code][0].cells[name][2] if code in out.lines else NOT_REPORTED
             for code in codes]
    if any(cell.state not in ("reported", "not_applicable") for cell in cells):
        return None
    near = 0.5 / 10 ** len(as_text(said).partition(".")[2]) + ROUND
    total, typed = (round(sum(cell.number for cell in cells if cell.state == "reported" and not (
        plain and cell.problem)), 6) for plain in (False, True))  # a formula passes over texts
    return None if abs(total - said) <= near or abs(typed - said) <= near else total
