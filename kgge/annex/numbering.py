"""The outline numbers that Word counts itself: they are not in the text of a document."""

import re
from collections.abc import Callable
from typing import Any

from kgge.files import DataError

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


def _roman(n: int) -> str:
    value, said = next(((v, s) for v, s in _ROMAN if v <= n), (n, ""))
    return said + _roman(n - value) if n else ""


def _letter(n: int) -> str:
    return chr(ord("A") + (n - 1) % 26) * ((n - 1) // 26 + 1)


_COUNTED_AS: dict[str, Callable[[int], str]] = {
    "decimal": str, "decimalZero": "{:02}".format, "upperRoman": _roman, "upperLetter": _letter,
    "lowerRoman": lambda n: _roman(n).lower(), "lowerLetter": lambda n: _letter(n).lower(),
    "bullet": lambda n: "-", "none": lambda n: ""}


def _property(element: Any, *path: str) -> str | None:
    """Return the value of a property, found by the names that lead to it."""
    for name in path:
        element = element.find(f"{WORD}{name}") if element is not None else None
    return element.get(f"{WORD}val") if element is not None else None


class Numbering:
    """Counts the numbered paragraphs of a document in their order, as Word does."""

    def __init__(self, document: Any, name: str) -> None:
        self.name = name
        self.levels: dict[tuple[str, int], tuple[str, str, int]] = {}  # form, text, first number
        self.counts: dict[str, dict[int, int]] = {}  # by list: level to the number it stands at
        self.lists: dict[str, str] = {}  # lists that go on with the numbers of another
        lists = [rel.target_part.element for rel in document.part.rels.values()
                 if rel.reltype.endswith("/numbering")]
        found = {one.get(f"{WORD}abstractNumId"): one for root in lists
                 for one in root.findall(f"{WORD}abstractNum")}
        for num in (num for root in lists for num in root.findall(f"{WORD}num")):
            name, of = num.get(f"{WORD}numId"), _property(num, "abstractNumId")
            own = {o.get(f"{WORD}ilvl"): o for o in num.findall(f"{WORD}lvlOverride")}
            # Lists of one abstract list share its numbers, unless one says where it starts itself.
            self.lists[name] = name if own else f"abstract {of}"
            levels = list(found[of].findall(f"{WORD}lvl")) if of in found else []
            levels += [lvl for o in own.values() for lvl in o.findall(f"{WORD}lvl")]
            for lvl in levels:
                at = lvl.get(f"{WORD}ilvl")
                first = _property(own.get(at), "startOverride") or _property(lvl, "start")
                self.levels[name, int(at)] = (_property(lvl, "numFmt") or "decimal",
                                              _property(lvl, "lvlText") or "", int(first or 1))
        self.styles = {style.get(f"{WORD}styleId"): style for style in
                       document.styles.element.findall(f"{WORD}style")}

    def mark(self, paragraph: Any) -> str:
        """Return the number or bullet before a paragraph, or nothing; the next one counts on."""
        name, level = self._place(paragraph)
        if (name, level) not in self.levels:
            return ""
        counts = self.counts.setdefault(self.lists[name], {})
        # A number counts on in its level and starts anew below: after "1.3" and "2." comes "2.1".
        counts[level] = counts.get(level, self.levels[name, level][2] - 1) + 1
        for deeper in [at for at in counts if at > level]:
            del counts[deeper]

        def number(match: re.Match[str]) -> str:
            form, _, first = self.levels[name, int(match[1]) - 1]
            if form not in _COUNTED_AS:
                raise DataError(f"{self.name}: Word numbers a list as {form!r}, which is not "
                                "understood; type these numbers as text")
            return _COUNTED_AS[form](counts.get(int(match[1]) - 1, first))

        form, text, _ = self.levels[name, level]
        return "- " if form == "bullet" else re.sub(r"%(\d)", number, text) + " " * bool(text)

    def _place(self, paragraph: Any) -> tuple[str, int]:
        """Return list ("0" for none) and level of a paragraph, from itself or else its style."""
        at, style = paragraph, _property(paragraph, "pPr", "pStyle")
        while at is not None:
            if (name := _property(at, "pPr", "numPr", "numId")) is not None:
                return name, int(_property(at, "pPr", "numPr", "ilvl") or 0)
            at, style = self.styles.get(style), _property(self.styles.get(style), "basedOn")
        return "0", 0
