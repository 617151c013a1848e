"""What stands on a sheet beside its figures: labels against codes, headings, notes, signatures."""

import re
from typing import Any, NamedTuple, cast

from kgge.labels import about
from kgge.returns.cells import fold
from kgge.returns.form import BANNER, COLUMNS, ENTRIES, HOW, SHEETS, TITLES, Form, headings
from kgge.returns.parse import Return, Table, as_text
from kgge.returns.template import cover_rows, money_rows, person_rows

LABELS = ("no", "text", "sex", "source", "scope")  # columns that say what a row is
_NOTE = re.compile(r"\W*(?:ghi chu|chu thich|luu y|note|so lieu|don vi tinh)")
# Words that change what a figure means, wherever they stand above a table.
_CHANGES = re.compile(
    r"nghin|thousand|\bty\b|billion|\buoc\b|\d thang|%|phan tram|" + _NOTE.pattern)
# What a Vietnamese table ends with: place and date, who made it, who signed, how to reach them.
_SIGNED = re.compile(
    r"\bngay\b.{0,14}\bthang\b|\bngay\s*\d|^\W*ky\b|da ky|nguoi lap|thu truong|ke toan|"
    r"(?:chu tich|giam doc|truong (?:phong|ban)|chanh van phong|tong bien tap|bi thu)|"
    r"^(?:tm|kt|tl|tuq|q)\.|prepared by|head of unit|place, date|dien thoai|\bs?dt\b|e-?mail|@|"
    r"\b\d{1,2}/\d{1,2}/\d{4}|^\d{4}-\d\d-\d\d")
_PHONE = re.compile(r"[\d .()+-]{8,}")


class Printed(NamedTuple):
    """What the form prints on a sheet: texts of each row by code and column, headings folded."""

    rows: dict[str, dict[str, str]]
    above: set[str]  # texts of rows without code
    words: dict[str, dict[str, set[str]]]  # by column and code: its labels, in each language


def printed(form: Form, kind: str, unit: str) -> Printed:
    """Return what the form prints on a sheet for a unit; made once, since many returns ask."""
    if (kind, unit) not in form.printed:
        said: list[Any]
        if kind == "cover":
            said = [{"code": code, "text": text} for code, text, _ in cover_rows(
                form, unit, form.years[0])]
        else:
            said = money_rows(form) if kind == "spending" else person_rows(form, unit)
        rows = {row["code"]: row for row in said if "code" in row}
        made = Printed(
            rows, {fold(part) for row in said if "code" not in row for text in row.values()
                   for part in (text, text.rpartition(" (")[0])},
            {column: {code: {fold(part) for part in (row[column], *row[column].split(" / "))}
                      for code, row in rows.items() if row.get(column)}
             for column in LABELS})
        form.printed[kind, unit] = made
    return cast(Printed, form.printed[kind, unit])


def check_texts(out: Return, form: Form) -> None:
    """Hold labels and headings against codes, and name what is written beside the form."""
    for kind, tables in out.tables.items():
        for table in tables if kind and not out.failed else ():
            _check_above(out, table, kind, form)
            _check_rows(out, table, kind, form)
    out.tables = {}


def _check_rows(out: Return, table: Table, kind: str, form: Form) -> None:
    sheet, header, places = table
    said, at_code = printed(form, kind, out.unit if kind != "spending" else ""), places["code"]
    labels = [(name, at) for name, at in places.items() if name in LABELS]
    beside = [at for at in range(len(sheet.rows[header])) if at not in places.values()]
    spelled = {code.lower(): row for code, row in said.rows.items()}
    owners = [said.rows.get(line[at_code]) or spelled.get(as_text(line[at_code]).lower())
              for line in sheet.rows[header + 1:]]
    last = max((row for row, own in enumerate(owners, header + 1) if own), default=header)
    signed = False
    for row, values in enumerate(sheet.rows[header + 1:], header + 1):
        own = owners[row - header - 1]
        if own is None:
            signed |= row > last and any(_SIGNED.search(fold(v)) for v in values if v)
            _note_loose(out, row, table, said, signed)
            continue
        for name, at in labels:
            if values[at] != own.get(name, "") and values[at] != "":
                _check_label(out, table, (row, at), name, own, said)
        for at in beside if kind == "cover" else ():
            if as_text(values[at]):
                out.fault("not_read", values[at], sheet.name, row, at)


def _is_signature(text: str) -> bool:
    """Tell whether words below a table are place, date, office, name or telephone of who signed."""
    name = len(text.split()) <= 7 and not any(c.isdigit() for c in text)
    return not _NOTE.match(text) and bool(name or _SIGNED.search(text) or _PHONE.fullmatch(text))


def _note_loose(out: Return, row: int, table: Table, said: Printed, signed: bool) -> None:
    """Name what stands in a row of no code, but headings, signatures and figures rejected there."""
    sheet, _, places = table
    values, names = sheet.rows[row], {at: name for name, at in places.items()}
    lost = [at for at in range(len(values)) if (sheet.name, row, at) in out.lost]
    for at, text in enumerate(values):
        folded = fold(text)
        if not folded or at in lost or lost and names.get(at) == "code":
            continue
        if any(folded in words for words in said.words.get(names.get(at, ""), {}).values()):
            continue  # a label of the form beside a code that is gone
        if not out.current:  # an earlier edition says the same of the period at length
            folded = re.sub(r" \((?:luy ke|tinh trong).*", "", folded)
        if folded not in said.above and not (signed and _is_signature(folded)):
            out.fault("not_read", text, sheet.name, row, at)


def _check_label(out: Return, table: Table, cell: tuple[int, int], column: str,
                 own: dict[str, str], said: Printed) -> None:
    """Doubt a row whose label is that of another code; name what is written over or behind it."""
    (row, at), sheet = cell, table.sheet
    text = sheet.rows[row][at]
    folded, words = fold(text), said.words.get(column, {})
    mine = words.get(own["code"], set())
    if not folded or folded in mine:
        return
    others = {word for several in words.values() for word in several - mine
              if column != "scope"}
    known = any(word in folded for word in mine) and column != "no"
    if folded in others or column != "no" and any(word in folded for word in others) and not known:
        out.fault("other_label", text, sheet.name, row, at,
                  wanted=" ".join(filter(None, (own["code"], own.get(column)))))
    elif out.current or not known and table.sheet.name != SHEETS["cover"]:
        out.fault("not_read", text, sheet.name, row, at)


def _check_above(out: Return, table: Table, kind: str, form: Form) -> None:
    """Hold title and headings against the year and the codes; name what else stands there."""
    sheet, header, places = table
    said = _top(form, kind, out.unit, out.year)
    for row, line in enumerate(sheet.rows[:header]):
        for at, value in enumerate(line):
            text = fold(value).removeprefix("minh hoa / illustrative ")
            if not text or text.startswith(said.number):
                continue
            over = next((c for c in ENTRIES[kind] if kind != "cover" and said.heads[c] == text), "")
            if over and places.get(over) != at and at in (places.get(c) for c in ENTRIES[kind]):
                out.fault("other_heading", value, sheet.name, row, at, wanted=next(
                    c for c, place in places.items() if place == at))
                out.doubts[sheet.name, -1]["other_heading"] = None
            if text in said.known:
                continue
            year = re.search(r"– ?(\d{4})$", text) if text.startswith(said.title) else None
            others = (_top(form, kind, out.unit, y).heads for y in form.years if y != out.year)
            if year or any(text in heads.values() for heads in others):
                out.fault("printed_year", value, sheet.name, row, at, wanted=out.year)
            elif out.current or _CHANGES.search(text):
                out.fault("not_read", value, sheet.name, row, at)


class Top(NamedTuple):
    """What the form prints above a table, folded: title, number of the form, headings, all."""

    title: str
    number: str
    heads: dict[str, str]
    known: set[str]


def _top(form: Form, kind: str, unit: str, year: int) -> Top:
    if (kind, unit, year) not in form.printed:
        title = fold(TITLES[kind].format(programme=about("programme", "vi").upper()))
        texts = headings(kind, year, {code: form.accumulation[code] for code in form.units[unit]})
        heads = dict(zip([column.code for column in COLUMNS[kind]], map(fold, texts), strict=True))
        known = {fold(text) for text in (HOW, BANNER, *"ABCDEFGHIJK", "(1)", "(2)", "(3)")}
        form.printed[kind, unit, year] = Top(title, "bieu so / form: " + fold(about("form")), heads,
                                             known | {*heads.values(), f"{title} – {year}"})
    return cast(Top, form.printed[kind, unit, year])
