"""Codes and words in both languages, the plan's own among them; numbers as each writes them."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from decimal import ROUND_HALF_UP, Decimal, localcontext
from difflib import get_close_matches
from functools import lru_cache
from math import ceil
from pathlib import Path
from unicodedata import combining, normalize

from kgge.files import DataError, UsageError, data_folder, read_rows
from kgge.plan import LANGUAGES

_NONE = "–"  # where there is no figure
_OWN = Path(__file__).with_name("labels.csv")


@lru_cache(maxsize=8)
def _read(*lists: tuple[Path, int]) -> dict[str, dict[str, dict[str, str]]]:
    """Return the labels of several files by list and code, each given with its last change."""
    out: dict[str, dict[str, dict[str, str]]] = {}
    for path, _ in lists:
        for _, row in read_rows(path, ["kind", "code", *LANGUAGES]):
            out.setdefault(row["kind"], {})[row["code"]] = row
    return out


@lru_cache(maxsize=8)
def _facts(path: Path, modified: int) -> dict[str, dict[str, str]]:
    return {row["key"]: row for _, row in read_rows(path, ["key", *LANGUAGES])}


def about(key: str, lang: str | None = None) -> str:
    """Return what ``plan.csv`` of the data folder says about the plan under one key.

    Parameters
    ----------
    key : str
        A key of that file: ``title``, ``name``, ``province``, ``first_year`` and so on; or
        ``period``, its first and last year.
    lang : {"en", "vi"}, optional
        By default the current language. What both share stands in the Vietnamese column only.

    Raises
    ------
    DataError
        If there is no such file or key.

    Examples
    --------
    >>> about("name", "en"), about("period", "vi")
    ('Plan 27/KH-UBND', '2016–2020')
    """
    if key == "period":
        return f"{about('first_year')}–{about('last_year')}"
    path, lang = data_folder() / "raw" / "plan.csv", current_lang(lang)
    facts = _facts(path, path.stat().st_mtime_ns if path.exists() else 0)
    if key not in facts:
        if key in ("census", "unplanned") or key.startswith("limit_"):  # not every plan has these
            return ""
        raise DataError(f"{path}: no row {key!r}; there are {', '.join(facts)}")
    return facts[key][lang] or facts[key]["vi"]


def fill(text: str, lang: str) -> str:
    """Return a sentence with what it says of the plan, as ``{plan.province}``, filled in.

    >>> fill("since 1 January {plan.first_year}: {count}", "en")
    'since 1 January 2016: {count}'
    """
    return re.sub(r"\{plan\.(\w+)\}", lambda place: about(place[1], lang), text)


def _list() -> Path:
    """Return the file of the plan's labels."""
    return data_folder() / "raw" / "labels.csv"


def _all() -> dict[str, dict[str, dict[str, str]]]:
    paths = (_OWN, _list())
    return _read(*((path, path.stat().st_mtime_ns) for path in paths if path.exists()))


@lru_cache(maxsize=8)
def _printed(path: Path, modified: int) -> dict[str, str]:
    return {row["item"]: row["label"] for _, row in read_rows(path, ["item", "label"])}


def _labels_of(kind: str) -> dict[str, dict[str, str]]:
    """Return the labels of one list by their codes."""
    return _all().get(kind, {})


def printed_items() -> dict[str, str]:
    """Return what the annex of the last build calls its lines, by their codes."""
    path = data_folder() / "processed" / "annex.csv"
    return _printed(path, path.stat().st_mtime_ns) if path.is_file() else {}


def asked_lang() -> str:
    """Return what the environment asks for; a variable set to nothing says nothing."""
    return os.environ.get("KGGE_LANG", "").strip().lower() or "en"


_current = [asked_lang()]


def current_lang(lang: str | None = None) -> str:
    """Return `lang`, or where it is None the language that `kgge.use` set last."""
    return check_lang(lang or _current[0])


def set_lang(lang: str) -> None:
    """Set the language of charts and texts that are given none."""
    _current[0] = check_lang(lang)


@contextmanager
def speaking(lang: str | None) -> Iterator[None]:
    """Make `lang` the current language for a while; None leaves it as it is."""
    before, _current[0] = _current[0], current_lang(lang)
    try:
        yield
    finally:
        _current[0] = before


def check_lang(lang: str) -> str:
    """Return the code of one of the two languages, however it is written, or ``UsageError``."""
    # Windows keeps the blank of `set KGGE_LANG=vi && ...`.
    if (plain := str(lang).strip().lower()) not in LANGUAGES:
        raise UsageError(f"language {lang!r}: allowed are {', '.join(LANGUAGES)}")
    return plain


def label(kind: str, code: str, lang: str | None = None) -> str:
    """Return the label of one code.

    Parameters
    ----------
    kind : str
        Code list: ``item`` (or ``project``), ``source``, ``indicator``, ``group``, ``unit`` (from
        ``data/raw/labels.csv``), or one of the package's own lists such as ``status``.
    code : str
        Code as it stands in the tables, or the name it stands for ("Rạch Giá", "Rach Gia").
    lang : {"en", "vi"}, optional
        Language of the label; by default the current one.

    Raises
    ------
    DataError
        If the code has no label in that language; the message says which file to edit, and which
        code is meant where one is near.

    Examples
    --------
    >>> label("source", "central", "vi"), label("unit", "Rach Gia", "vi")
    ('Ngân sách trung ương', 'Rạch Giá')
    """
    kind = "item" if kind == "project" else kind
    return labels(kind, [code_of(kind, code)], current_lang(lang))[0]


def code_of(kind: str, text: str) -> str:
    """Return the code that a code or a name stands for, or `text` where none does.

    Marks on letters, case, hyphens and blanks do not matter; a name that stands for two codes
    stands for none.

    >>> [code_of("unit", name) for name in ("TP. Rạch Giá", "rach gia", "Sài Gòn")]
    ['rach-gia', 'rach-gia', 'Sài Gòn']
    """
    if text in codes(kind):
        return text
    found = _spelt(kind).get(_plain(text), {text})
    return found.pop() if len(found) == 1 else text


def _plain(text: str) -> str:
    """Return letters and digits of a name, without marks and case: "Hòn Đất" is "hon dat"."""
    bare = normalize("NFD", str(text).casefold().replace("đ", "d"))
    return " ".join("".join(c if c.isalnum() else " " for c in bare if not combining(c)).split())


def _spelt(kind: str) -> dict[str, set[str]]:
    """Return the codes of one list by each way they are spelt: code, labels in each language."""
    out: dict[str, set[str]] = {}
    for named in (kind, f"{kind}_name"):
        for code, row in _labels_of(named).items():
            for text in (code, *(row[lang] for lang in LANGUAGES)):
                out.setdefault(_plain(text), set()).add(code)
    return out


def meant(kind: str, text: str) -> str:
    """Return the end of an error: the code that is likely meant, where one is near.

    >>> meant("unit", "rachgia")
    "; 'rachgia': do you mean rach-gia?"
    """
    spelt = _spelt(kind)
    near = [code for found in get_close_matches(_plain(text), spelt, 2, 0.75)
            for code in sorted(spelt[found])]
    return f"; {text!r}: do you mean {' or '.join(dict.fromkeys(near))}?" if near else ""


def labels(kind: str, codes: Iterable[str], lang: str,
           printed: Mapping[str, str] | None = None) -> list[str]:
    """Return the labels of several codes of one list, naming all unknown ones in one error.

    A line of the annex that no list names is called as the annex prints it, by `printed` or by
    the annex of the last build.
    """
    lang, known, codes = check_lang(lang), _labels_of(kind), list(codes)
    if kind == "item" and any(c not in known for c in codes):
        lines = printed_items() if printed is None else printed
        known = {c: dict.fromkeys(LANGUAGES, text) for c, text in lines.items()} | known
    missing = sorted({str(c) for c in codes if not known.get(c, {}).get(lang)})
    if missing and not known:
        kinds = _all()
        near = get_close_matches(kind, kinds, 1)
        raise DataError(f"no list of labels is called {kind!r}"
                        + (f"; do you mean {near[0]!r}?" if near else f": {', '.join(kinds)}"))
    if missing:
        raise DataError(f"no {lang!r} label for {kind} {', '.join(missing)}: add a row to "
                        f"{_list()} (kind,code,vi,en){meant(kind, missing[0])}")
    return [fill(known[c][lang], lang) for c in codes]


def shown(kind: str, codes: Iterable[str], lang: str | None = None) -> list[str]:
    """Return codes as pages and charts name them: by the list `<kind>_name` where it has them.

    >>> shown("unit", ["labour", "hon-dat"], "vi")
    ['Sở Lao động - Thương binh và Xã hội', 'huyện Hòn Đất']
    """
    known, codes, lang = _labels_of(f"{kind}_name"), list(codes), current_lang(lang)
    return [fill(known[code][lang], lang) if code in known else text
            for code, text in zip(codes, labels(kind, codes, lang), strict=True)]


def check_labels(codes: Mapping[str, Iterable[str]]) -> None:
    """Raise ``DataError`` naming every code, by its list, that has no label in some language."""
    known = _all()
    missing = [f"{kind} {code}" for kind, several in codes.items() for code in sorted(set(several))
               if not all(known.get(kind, {}).get(code, {}).get(lang) for lang in LANGUAGES)]
    if missing:
        raise DataError(f"no label for {', '.join(missing)}: add rows to {_list()} "
                        "(kind,code,vi,en)" + "; 'all' is the source of an annex that names none"
                        * ("source all" in missing))


def words(kind: str, lang: str | None = None) -> dict[str, str]:
    """Return all labels of one list by their codes."""
    lang = current_lang(lang)
    return {code: fill(row[lang], lang) for code, row in _labels_of(kind).items()}


def codes(kind: str) -> list[str]:
    """Return the codes of one list in the order of its file: the order of tables and charts."""
    return [*_labels_of(kind)]


# Where a line must not break: before and after a number, within a name ("Kiên Giang", "Dự án 3").
_BOUND = re.compile(r"(?<=\w) (?=\d)|(?<=\d) (?=triệu|tỷ|million)|(?<=triệu) (?=đồng)|"
                    r"(?<=million) (?=dong)|(?<=[Dd]ự) (?=án\b)")


def no_break(text: str) -> str:
    r"""Return a text with no-break spaces in its names and numbers: "Dự án 3", "530 triệu đồng".

    >>> no_break("Dự án 3 của tỉnh Kiên Giang").split(" ")
    ['Dự\xa0án\xa03', 'của', 'tỉnh', 'Kiên\xa0Giang']
    """
    words = _BOUND.sub("\u00a0", text).split(" ")
    out = words[0]
    for before, word in zip(words, words[1:], strict=False):
        name = before[:1].isupper() and before.isalpha() and word[:1].isupper()
        out += ("\u00a0" if name else " ") + word
    return out


def number(value: float, lang: str | None = None, digits: int = 0) -> str:
    """Return `value` as a language writes it (by default the current one), rounded half up.

    A value that is missing is a dash.

    Examples
    --------
    >>> number(1900, "vi"), number(1900, "en"), number(0.5, "vi", 1)
    ('1.900', '1,900', '0,5')
    """
    lang = current_lang(lang)
    return _NONE if _is_none(value) else _written(float(value), lang, digits)


def _is_none(value: object) -> bool:
    """Tell whether there is no figure, whatever stands for it."""
    return str(value) in ("None", "nan", "<NA>")


@lru_cache(maxsize=4096)
def _written(value: float, lang: str, digits: int) -> str:
    from babel.numbers import format_decimal

    with localcontext() as context:
        context.rounding = ROUND_HALF_UP
        exact = Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits))
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        text: str = format_decimal(exact + 0, format=pattern, locale=lang)
    return text.replace("-", "−")


def whole_persons(gap: float) -> int:
    """Return persons still to be reached, in whole ones: of half a person, one is."""
    return ceil(gap - 1e-9)


def persons_short(gap: float, lang: str | None = None) -> str:
    """Return `whole_persons` as a language writes them.

    >>> persons_short(656.2, "en"), persons_short(0.4, "en"), persons_short(-68.9, "vi")
    ('657', '1', '−68')
    """
    return number(whole_persons(gap), lang)


def points(difference: float, lang: str | None = None) -> str:
    """Return a difference of two shares in percentage points, with its sign.

    >>> points(0.0123, "en"), points(-0.0123, "vi"), points(0.0004, "en")
    ('+1.2', '−1,2', '0.0')
    """
    return f"{'+' if difference >= 0.0005 else ''}{number(difference * 100, lang, 1)}"


def percent(share: float, lang: str | None = None, digits: int = 1,
            target: float | None = None) -> str:
    """Return a share as a percentage; with `target`, never rounded to its other side.

    A share that is missing is a dash.

    Examples
    --------
    >>> percent(0.598, "vi"), percent(0.69997, "en", target=0.7), percent(0.7, "en", target=0.7)
    ('59,8%', '69.9%', '70.0%')
    """
    if _is_none(share):
        return _NONE
    exact = Decimal(repr(float(share))) * 100
    if target is not None and share < target:
        goal = Decimal(repr(float(target))) * 100
        step = Decimal(1).scaleb(-digits)
        if exact.quantize(step, ROUND_HALF_UP) >= goal:
            exact = goal.quantize(step, ROUND_HALF_UP) - step
    return number(float(exact), lang, digits) + "%"
