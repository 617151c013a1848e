"""Totals of the form that a unit typed over: held against the rows they add up."""

from pathlib import Path
from typing import cast

from xlsxwriter.utility import xl_rowcol_to_cell

from kgge.returns.aside import summary_rows
from kgge.returns.form import COLUMNS, ENTRIES, Form
from kgge.returns.parse import Return, as_text
from kgge.xlsx import stored_results

_ENTRIES = [(at, column.code) for at, column in enumerate(COLUMNS["summary"])]


def check_totals(out: Return, form: Form, path: Path) -> None:
    """Doubt totals that are not what the rows come to; those of a formula are as old as its last.

    Nothing is said of a total whose rows are in part blank, not known or rejected.
    """
    for sheet, header, _ in out.tables.get("summary", ()) if not out.failed else ():
        added, title, wrong = _added_up(out, form), "", []
        for row, line in enumerate(sheet.rows[header + 1:], header + 1):
            title = line[0] or title
            kind, codes = added.get((title, line[1]), ("", []))
            for at, name in _ENTRIES if kind else ():
                if name in ENTRIES[kind] and type(value := line[at]) is float and (
                        total := _total(out, codes, name, value)) is not None:
                    wrong.append((row, at, value, total))
        typed = stored_results(path).get(sheet.name, {}) if wrong else {}
        for row, at, value, total in wrong:
            if xl_rowcol_to_cell(row, at) not in typed:
                out.fault("other_total", value, sheet.name, row, at, wanted=total)


def _added_up(out: Return, form: Form) -> dict[tuple[str, str], tuple[str, list[str]]]:
    """Return table and row codes that each line of the summary adds up, by its two texts."""
    if ("added", out.unit) not in form.printed:
        rows, title, found = summary_rows(form, form.asked("indicators", out.unit)), "", {}
        for text, of, kind, codes in rows:
            title = text or title
            found[title, of] = kind, codes
        form.printed["added", out.unit] = found
    return cast(dict[tuple[str, str], tuple[str, list[str]]], form.printed["added", out.unit])


def _total(out: Return, codes: list[str], name: str, said: float) -> float | None:
    """Return what rows come to if that is another total than is said, as far as it is rounded."""
    lines = [out.lines[code][0] for code in codes if code in out.lines]
    if sum(line.cells[name][2].number for line in lines) == said or len(lines) < len(codes):
        return None
    cells = [line.cells[name][2] for line in lines]
    if any(cell.state not in ("reported", "not_applicable") for cell in cells):
        return None
    total = round(sum(cell.number for cell in cells if cell.state == "reported"), 6)
    places = len(as_text(said).partition(".")[2])
    return total if abs(total - said) > 0.5 / 10 ** places + 1e-9 else None
