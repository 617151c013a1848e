"""What stands on a sheet beside its figures: labels against codes, headings, notes, signatures."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from operator import itemgetter
from typing import Any, NamedTuple, cast

from kgge.labels import about
from kgge.returns.aside import guide_groups, guide_rules, summary_rows
from kgge.returns.cells import LIMITS, fold, is_mark
from kgge.returns.form import (
    ASIDE,
    BANNER,
    COLUMNS,
    ENTRIES,
    HOW,
    PAST,
    SHEETS,
    TITLES,
    Form,
    headings,
)
from kgge.returns.loose import NAMED, NOTE, SAYS, is_formal, is_name, is_phone, says_total
from kgge.returns.parse import Return, Table, as_text, names_unit
from kgge.returns.template import cover_rows, money_rows, person_rows
from kgge.xlsx import Fault

LABELS = ("no", "text", "sex", "source", "scope")  # columns that say what a row is
_MARKED = fold(PAST)
_FEW = 2  # words: with no more a heading may be of any column
_TITLED = {"bao", "cao", "bieu", "nam", "ve"}  # what a title may say beside
_SHORT, _DITTO = ("sex", "source"), {"", "nt", "nhu tren"}
_SPELT = {"ns": "ngan sach", "tw": "trung uong", "tu": "trung uong", "dp": "dia phuong",
          "xhh": "xa hoi"}
_WHO = {"preparer", "phone"}  # lines of the cover on which notes on the figures were seen
_ROMAN = "i ii iii iv v vi vii viii ix x".split()
# Words that mean another thing without the one before them: dong, persons for attendances.
_TIED = {("trieu", "dong"), ("million", "dong"), ("luot", "nguoi"), ("can", "dich"), ("mot", "lan")}
_ALSO = {"female": {"nu gioi", "female"}, "male": {"nam gioi", "male"}}
_ASTRAY = 3  # ours: rows without code that hold figures; of so many the table was moved
_ARMED = "su bo doi bien phong canh sat".split()  # who serves, in words of everyday
# Words that change what a figure means, wherever they stand above a table.
_CHANGES = re.compile(
    r"nghin|thousand|\bty\b|billion|\buoc\b|\d thang|%|phan tram|" + NOTE.pattern)
_ONLY = re.compile(r"\b(?:chi|tru|rieng|ngoai|khong|chua|only|without)\b")
# What a Vietnamese table ends with: place and date, who made it, who signed, how to reach them.
_SIGNED = re.compile(
    r"\bngay\b.{0,14}\bthang\b|\bngay\s*\d|^\W*ky\b|da ky|thu truong|ke toan|"
    r"\bnguoi (?:lap|tong hop|bao cao|kiem (?:tra|soat)|tham dinh|ra soat|duyet|phe duyet|ky)|"
    r"chu tich|giam doc|truong (?:phong|ban)|"
    r"chanh van phong|tong bien tap|bi thu|^(?:tm|kt|tl|tuq|q)\.|"
    r"^\W*noi nhan\b|^(?:lap b(?:ieu|ang)|duyet|xac nhan|dai dien|can bo|lanh dao|chuyen vien|"
    r"thu quy)\b|^(?:kiem (?:tra|soat)|tham dinh|thong ke)$|\b(?:zalo|hotline|di dong)\b|"
    r"^\W*lien he\b|prepared by|head of unit|director|place, date|dien thoai|\bs?dt\b|e-?mail|@|"
    r"\b\d{1,2}([./-])\d{1,2}\1\d{4}|^(?!so\b)[^\W\d][^\d,]*, ?thang \d{1,2}(?:/| nam )\d{4}$|"
    r"\bthoi gian ky|^co quan\b|^\d{4}-\d\d-\d\d|\d (?:jan|feb|mar|apr|may|jun|jul|"
    r"aug|sep|oct|nov|dec)[a-z]* \d{4}$")
_PHONE = re.compile(r"[\d .()+-]{8,}")


class Printed(NamedTuple):
    """What the form prints on a sheet: texts of each row by code and column."""

    rows: dict[str, dict[str, str]]
    loose: set[str]  # texts of rows without code, as they are and folded
    spelled: dict[str, dict[str, str]]  # rows by their codes in small letters
    defined: dict[str, set[str]]  # by group: the words that say whom it holds
    made: dict[str, dict[str, set[str]]]  # what `words` returned
    whole: dict[str, dict[str, tuple[str, ...]]]  # what `labels` returned

    def words(self, column: str) -> dict[str, set[str]]:
        """Return the labels of a column by code, in each language; few returns have to ask."""
        if column not in self.made:
            self.made[column] = {
                code: {_plain(part) for part in (row[column], *row[column].split(" / "))}
                | (_ALSO.get(code.rpartition(".")[2], set()) if column == "sex" else set())
                for code, row in self.rows.items() if row.get(column) and column in LABELS}
        return self.made[column]

    def labels(self, columns: list[str]) -> dict[str, tuple[str, ...]]:
        """Return what some columns say of each code, made once as well."""
        key = " ".join(columns)
        if key not in self.whole:
            self.whole[key] = {code: tuple(row.get(name, "") for name in columns)
                               for code, row in self.rows.items()}
        return self.whole[key]

    def within(self, code: str, value: object) -> object:
        """Return a label without a bracket that only names some of those its group holds."""
        defined = self.defined.get(code.split(".")[1] if code.count(".") == 2 else "", set())
        return re.sub(r"\([^()]*\)", lambda found: "" if defined.issuperset(
            _plain(found[0]).split()) else found[0], str(value)) if defined else value


def printed(form: Form, kind: str, unit: str) -> Printed:
    """Return what the form prints on a sheet for a unit; made once for all that have the same."""
    key = (kind, form.units[unit], *form.scopes(unit).values()) if kind == "indicators" else (
        kind, "")
    if key not in form.printed:
        said: list[Any]
        if kind == "cover":
            said = [{"code": code, "text": text} for code, text, _ in cover_rows(
                form, unit, form.years[0])]
        else:
            said = money_rows(form) if kind == "spending" else person_rows(form, unit)
        rows = {row["code"]: row for row in said if "code" in row}
        made = Printed(
            rows, {"", *(part for row in said if "code" not in row for text in row.values()
                         for part in (text, fold(text), fold(text.rpartition(" (")[0]))),
                   *(part for row in said if "code" not in row for part in _short(kind, row))},
            {code.lower(): row for code, row in rows.items()},
            {group: {*_plain(text).split(), *_ARMED} for group, text in
             form.words("definition", "vi").items()} if kind == "indicators" else {}, {}, {})
        form.printed[key] = made
    return cast(Printed, form.printed[key])


def _short(kind: str, row: dict[str, str]) -> Iterator[str]:
    """Yield what people leave of a heading: one language, with or without what it adds up."""
    said, _, added = row["text"].rpartition(" (")
    yield fold(f"{SHEETS[kind]} {row['no']}")
    for part in (said or added).split(" / "):
        yield from map(fold, (part, part.partition(":")[0], *(
            f"{part} ({mode.rstrip(')')})" for mode in added.split(" / "))))


def check_texts(out: Return, form: Form) -> None:
    """Hold labels and headings against codes, and name what is written beside the form."""
    for kind, tables in out.tables.items():
        for table in tables if kind and not out.failed else ():
            _check_above(out, table, kind, form)
            if kind in ASIDE:
                _check_aside(out, table, kind, form)
            else:
                _check_rows(out, table, kind, form)
            astray = {f[1] for f in out.faults if f[0] == table.sheet.name and f[3] == "no_code"}
            if len(astray) >= _ASTRAY:
                out.fault("moved", len(astray), table.sheet.name)
    out.tables = {}


def _check_aside(out: Return, table: Table, kind: str, form: Form) -> None:
    """Name what is written on a sheet that only adds up or explains."""
    sheet, header, _ = table
    known, signed = _said_aside(form, kind, out.year), False
    for row, line in enumerate(sheet.rows[header + 1:], header + 1):
        if known.issuperset(line):
            continue
        ours = [v in known or isinstance(v, str) and fold(v) in known for v in line]
        signed |= any(_is_signed(fold(v)) for own, v in zip(ours, line, strict=True)
                      if not own and isinstance(v, str))
        total = kind == "summary" and any(own and v for own, v in zip(ours, line, strict=True))
        for at, value in enumerate(line):
            if not (ours[at] or total and isinstance(value, float | Fault)
                    or is_formal(text := fold(value), kind) or is_mark(value)
                    or signed and _is_signature(text)):
                out.fault("not_read", value, sheet.name, row, at)


def _said_aside(form: Form, kind: str, year: int) -> set[str]:
    """Return the texts of a sheet that only adds up or explains, of all units, also folded."""
    if (kind, 0) not in form.printed:
        form.printed[kind, 0] = _spelt(
            (row[:2] for row in summary_rows(form, form.persons)) if kind == "summary" else
            (row.values() for unit in {(*form.scopes(u).items(),): u for u in form.units}.values()
             for row in guide_groups(form, unit)))
    if (kind, year) not in form.printed:
        rules = guide_rules(form, year) if kind == "guide" else []
        form.printed[kind, year] = form.printed[kind, 0] | _spelt(row.values() for row in rules)
    return cast(set[str], form.printed[kind, year])


def _spelt(rows: Iterable[Iterable[Any]]) -> set[str]:
    return {"", *(form for row in rows for text in row for form in (text, fold(text)))}


def _check_rows(out: Return, table: Table, kind: str, form: Form) -> None:
    sheet, header, places = table
    said, at_code = printed(form, kind, out.unit), places["code"]
    labels = [(name, at) for name, at in places.items() if name in LABELS]
    take = itemgetter(*[at for _, at in labels] or [at_code])
    as_printed = said.labels([name for name, _ in labels])
    owners = [said.rows.get(code) or code != "" and said.spelled.get(as_text(code).lower()) or None
              for code in (line[at_code] for line in sheet.rows[header + 1:])]
    last = max((row for row, own in enumerate(owners, header + 1) if own), default=header)
    signed, count = False, 0  # the last row that its number column counts: 1, 2, 3
    for row, values in enumerate(sheet.rows[header + 1:], header + 1):
        own = owners[row - header - 1]
        if own is None:
            if not said.loose.issuperset(values):
                signed |= row > last and any(_is_signed(fold(v)) for v in values if v)
                _note_loose(out, row, table, said, (kind, signed, row > last))
            continue
        for name, at in labels if take(values) != as_printed[own["code"]] else ():
            if values[at] != own.get(name, "") and values[at] != "":
                if name == "no" and (number := _ordinal(values[at])) in (1, count, count + 1):
                    count = number
                    continue
                _check_label(out, table, (row, at), name, own, said)
        if kind == "cover":
            _check_entry(out, table, row, own["code"])


def _check_entry(out: Return, table: Table, row: int, code: str) -> None:
    """Name what is written on the cover beside an entry, or in one that only says who."""
    sheet, values = table.sheet, table.sheet.rows[row]
    for at, value in enumerate(values):
        if at not in table.places.values() and as_text(value) or (
                at == table.places.get("value") and code in _WHO
                and SAYS.search(NAMED.sub("", fold(value)))):
            out.fault("not_read", value, sheet.name, row, at)


def _ordinal(value: object) -> int:
    """Return the number that counts a row, 1 or "01.", 1.1, II or "b)", else -1."""
    text = fold(as_text(value))
    if (bare := text.rstrip(".)")) in _ROMAN:
        return _ROMAN.index(bare) + 1
    found = re.fullmatch(r"(?:\d{1,2}\.)*0?([1-9]\d?)[.)]?|([a-z])[.)]", text, re.ASCII)
    return -1 if not found else int(found[1]) if found[1] else ord(found[2]) - ord("a") + 1


@lru_cache(maxsize=1024)
def _is_signed(text: str) -> bool:
    return bool(_SIGNED.search(text)) and not SAYS.search(text)


@lru_cache(maxsize=1024)
def _is_signature(text: str) -> bool:
    """Tell whether words below a table are place, date, office, name or telephone of who signed."""
    most = 12 if text.startswith("-") else 7  # who gets a copy stands behind a dash
    name = len(text.split()) <= most and not any(c.isdigit() for c in text)
    return not SAYS.search(text) and bool(
        name or _SIGNED.search(text) or _PHONE.fullmatch(text))


def _note_loose(out: Return, row: int, table: Table, said: Printed, where: tuple[str, bool, bool]
                ) -> None:
    """Name what stands in a row of no code, but headings, signatures and figures rejected there.

    `where`: on which sheet, whether signatures have begun, whether all codes stand above.
    """
    (sheet, _, places), (kind, signed, below) = table, where
    values, names = sheet.rows[row], {at: name for name, at in places.items()}
    lost = [at for at in range(len(values)) if (sheet.name, row, at) in out.lost]
    total = says_total(values)
    for at, text in enumerate(values):
        if text == "" or text in said.loose:
            continue
        folded = fold(text)
        if is_mark(text) or at in lost or lost and names.get(at) == "code":
            continue
        if names.get(at) == "no" and not below and _ordinal(text) > 0:
            continue  # headings are numbered in many ways
        if isinstance(text, float) and names.get(at) in LIMITS or is_phone(
                sheet.rows, row, text):
            continue  # a figure that is not lost: it adds up those of its column
        if total and (says_total([text]) or isinstance(text, float | Fault) and at in names):
            continue
        plain = _plain(text)
        if any(plain in own for own in said.words(names.get(at, "")).values()):
            continue  # a label of the form beside a code that is gone
        if not out.current:  # an earlier edition says the same of the period at length
            folded = re.sub(r" \((?:luy ke|tinh trong).*", "", folded)
        if not (folded in said.loose or signed and _is_signature(folded) or is_formal(folded, kind)
                or below and is_name(text)):
            out.fault("not_read", text, sheet.name, row, at)


def _check_label(out: Return, table: Table, cell: tuple[int, int], column: str,
                 own: dict[str, str], said: Printed) -> None:
    """Doubt a row whose label is that of another code; name what is written over or behind it.

    A label may be shortened, in one language, or a sign of repetition, as people write them.
    """
    (row, at), sheet, labels = cell, table.sheet, said.words(column)
    text = _plain(said.within(own["code"], sheet.rows[row][at]))
    mine = labels.get(own["code"], set())
    if column == "source":
        text = " ".join(_SPELT.get(w, w) for w in text.replace("hoi hoa", "hoi").split())
    within = column == "source" and any({*text.split()} <= {*label.split()} for label in mine)
    if text in mine or column != "no" and (text in _DITTO or (
            within or _shortens(text, mine)) and not _shortens(text, _others(labels, mine))):
        return
    others = _others(labels, mine)
    known = any(word in text for word in mine if word) and column != "no"
    if column in _SHORT:  # of a sex or a source one word is enough
        wrong = _shortens(text, others) or bool(
            {*text.split()} & {w for o in others for w in o.split()}
            - {w for m in mine for w in m.split()})
    else:
        wrong = column == "text" and not known and (
            any(word in text for word in others) or _shortens(text, others))
    if text in others or wrong:
        out.fault("other_label", sheet.rows[row][at], sheet.name, row, at,
                  wanted=" ".join(filter(None, (own["code"], own.get(column)))))
    elif out.current or table.sheet.name != SHEETS["cover"] and (
            not known or _CHANGES.search(fold(sheet.rows[row][at])) or _ONLY.search(text)):
        out.fault("not_read", sheet.rows[row][at], sheet.name, row, at)


@lru_cache(maxsize=4096, typed=True)
def _plain(value: object) -> str:
    """Return the words of a label, without signs and case."""
    return " ".join(re.findall(r"\w+", fold(value)))


def _others(labels: dict[str, set[str]], mine: set[str]) -> set[str]:
    return {word for several in labels.values() for word in several - mine}


def _shortens(text: str, labels: set[str]) -> bool:
    """Tell whether a text is made of the words of a label, or of their first letters: NSĐP."""
    return bool(text) and not text.isdigit() and any(
        f" {text} " in f" {label} "
        or text.replace("w", "u").replace(" ", "") == "".join(word[0] for word in label.split())
        for label in labels)


def _check_above(out: Return, table: Table, kind: str, form: Form) -> None:
    """Hold title and headings against the year and the codes; name what else stands there."""
    sheet, header, places = table
    said = _top(form, kind, out.unit, out.year)
    entries, codes = ENTRIES.get(kind, ()), {at: code for code, at in places.items()}
    for row, line in enumerate(sheet.rows[:header]):
        for at, value in enumerate(line if not said.plain.issuperset(line) else ()):
            if value in said.plain or value in said.exact.get(codes.get(at, ""), ()):
                continue
            text = fold(value).removeprefix(f"{_MARKED} ")
            if not text or text.startswith(said.number) or _is_usual(value, kind, out, form):
                continue
            over = _heading(said, kind, codes.get(at, ""), value)
            pair = {over, here := codes.get(at, "")}
            if len(pair) == 2 and pair & {*entries} and pair <= {
                    *entries, *(f"last_{name}" for name in entries)}:
                out.fault("other_heading", value, sheet.name, row, at, wanted=here)
                out.doubts[sheet.name, -1]["other_heading"] = None
            elif text not in said.known and not (over and over == here):
                _note_above(out, (value, sheet.name, row, at), said, kind, form)


def _note_above(out: Return, place: tuple[Any, str, int, int], said: "Top", kind: str, form: Form
                ) -> None:
    """Name what stands above a table, but a shortened title; tell of one of another year."""
    text = fold(place[0])
    words = [w for w in re.findall(r"\w+", text) if w not in _TITLED]
    years = [int(w) for w in words if re.fullmatch(r"20\d\d", w)]
    titled = len(words) - len(years) > 1 and _follows(
        [w for w in words if not w.isdigit()], re.findall(r"\w+", said.title))
    others = (_top(form, kind, out.unit, y).heads for y in form.years if y != out.year)
    if titled and years not in ([], [out.year]) or any(
            text in head for heads in others for head in heads.values()):
        out.fault("printed_year", *place, wanted=out.year)
    elif not titled and (out.current or _CHANGES.search(text)):
        out.fault("not_read", *place)


def _is_usual(value: object, kind: str, out: Return, form: Form) -> bool:
    """Tell whether a text above a table is a formal line, or no more than the unit's own name."""
    text, own = fold(value), form.labels.get(("unit", out.unit), ("", ""))
    return is_mark(value) or is_formal(text, kind) or not any(c.isdigit() for c in text) and (
        not SAYS.search(text) and len(text.split()) <= 12 and names_unit(own, text))


def _heading(said: "Top", kind: str, here: str, value: object) -> str:
    """Return the column a heading is of: here if it may be, in full or shortened, else another."""
    lines = [line for part in str(value).split("\n") if (line := fold(part)) != _MARKED]
    exact = [code for code, heads in said.heads.items() if " ".join(lines) in heads]
    if kind not in ENTRIES or exact:
        return here if here in exact else (*exact, "")[0]
    fit = {code: [any(_follows(part, re.findall(r"\w+", head)) for head in heads)
                  for part in (re.findall(r"\w+", line) for line in lines)]
           for code, heads in said.heads.items()}
    if all(fit.get(here, [False])) and len(_plain(value).split()) > 1:
        return here
    others = [code for code, fits in fit.items() if any(
        ok and len(line.split()) > _FEW for ok, line in zip(fits, lines, strict=True))]
    return others[0] if len(others) == 1 and not any(fit.get(here, [])) else ""


def _follows(words: list[str], of: list[str]) -> bool:
    """Tell whether words stand among others in that order, and mean the same without them."""
    rest, tied = iter(of), _TIED.intersection(pairwise(of))
    parted = {word for _, word in tied}
    since, year = {"luy", "cumulative"}, {"trong", "in"}  # the first; or within one
    if not since.isdisjoint(of) and since.isdisjoint(words) and not year.isdisjoint(words):
        return False
    return all(word in rest for word in words) and all(
        pair in tied for pair in pairwise(["", *words]) if pair[1] in parted)


class Top(NamedTuple):
    """What the form prints above a table: headings by column, all else; the same folded.

    Above a column of no code, any heading.
    """

    exact: dict[str, set[str]]
    plain: set[str]
    title: str
    number: str
    heads: dict[str, set[str]]
    known: set[str]


def _top(form: Form, kind: str, unit: str, year: int) -> Top:
    asked = form.units[unit] if kind == "indicators" else ()
    if (kind, "title") not in form.printed:
        form.printed[kind, "title"] = (
            TITLES[kind].format(programme=about("programme", "vi").upper()),
            "bieu so / form: " + fold(about("form")))
    if (kind, asked, year) not in form.printed:
        title, number = form.printed[kind, "title"]
        texts = dict(zip([column.code for column in COLUMNS[kind]], headings(
            kind, year, {code: form.accumulation[code] for code in asked}), strict=True))
        exact = {code: {text, f"{PAST}\n{text}"} for code, text in texts.items()}
        exact[""] = set().union(*exact.values())
        heads = {code: {fold(part) for part in (text, *text.split("\n"))}
                 for code, text in texts.items()}
        plain = {"", HOW, BANNER, *"ABCDEFGHIJK", "(1)", "(2)", "(3)", kind, f"{title} – {year}"}
        form.printed[kind, asked, year] = Top(
            exact, plain, fold(title), number, heads, {*map(fold, plain)}.union(*heads.values()))
    return cast(Top, form.printed[kind, asked, year])
