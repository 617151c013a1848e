"""Which words of a page, document or workbook belong to the other language."""

import csv
import json
import re
from functools import cache
from pathlib import Path
from unicodedata import normalize

import docx
import openpyxl
from bs4 import BeautifulSoup

import kgge
from kgge.files import data_folder
from kgge.publish.html import notebook_folder

# Neither language: programs, formats, licence and what is typed, abbreviations (TP. of a town).
NAMES = set("kgge word excel pdf svg csv mit check annotate ubnd kh qđ ttg tp".split())
_DOTTED = r"[\w/-]+(?:\.[\w-]+)+"  # files, addresses, codes of series
_SYLLABLE = re.compile(
    "(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx])?[aeiouy]{1,3}(?:ch|ng|nh|[cmnpt])?")
_MARKS = re.compile("[\u0300\u0301\u0303\u0309\u0323\u0302\u0306\u031bđ]")


def words(text):
    """The words of a text in small letters, codes with their underscores, no single letters."""
    plain = re.sub(_DOTTED, " ", normalize("NFC", text))
    found = re.findall(r"[^\W\d_]+(?:_[^\W\d_]+)*", plain)
    return {word.casefold() for word in found if not re.fullmatch("[IVX]+|.", word)}


@cache
def vocabulary(lang):
    """The words that the package and the plan have in one language."""
    own, raw = Path(kgge.__file__).parent, data_folder() / "raw"
    texts = []
    for path in (own / "labels.csv", own / "returns" / "problems.csv", raw / "labels.csv",
                 raw / "plan.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            texts += [re.sub("{.*?}", "", row[lang]) for row in csv.DictReader(file)]
    for path in notebook_folder().glob("*.ipynb"):
        texts += ["".join(cell["source"]) for cell in json.loads(path.read_text("utf-8"))["cells"]
                  if cell["metadata"].get("tags") == [lang]]
    return words(" ".join(texts))


def foreign(text, lang, quoted=""):
    """The words of a text that belong to the other language, but names and what is `quoted`.

    A Vietnamese word has marks or is one syllable; a word of both languages belongs to both.
    """
    known = words(text) - NAMES - words(quoted)
    if lang == "vi":
        return {word for word in known if word in vocabulary("en") - vocabulary("vi")
                or not _MARKS.search(normalize("NFD", word)) and not _SYLLABLE.fullmatch(word)}
    return {word for word in known if word not in vocabulary("en") and (
        word in vocabulary("vi") or _MARKS.search(normalize("NFD", word)) or "_" in word)}


def text_of_page(html):
    """What is read of a page, its descriptions too; a part in the other language is not."""
    page = BeautifulSoup(html, "html.parser")
    lang = page.html["lang"]
    for part in page.select(f"style, script, [lang]:not([lang={lang}])"):
        part.decompose()
    said = [tag[name] for tag in page.find_all(True) for name in ("alt", "aria-label", "title")
            if tag.has_attr(name)]
    return " ".join([page.get_text(" "), *said])


def text_of_document(path):
    """What is read of a Word document: paragraphs, tables, descriptions, properties."""
    opened = docx.Document(path)
    about = opened.core_properties
    said = [t.text or "" for t in opened.element.iter("{*}t")]
    said += [mark.get("descr") for mark in opened.element.iter("{*}docPr")]
    return " ".join([*said, about.title, about.subject, about.keywords])


def text_of_workbook(path):
    """What is read of a workbook: cells, sheets, titles of charts."""
    book = openpyxl.load_workbook(path)
    said = [str(cell.value) for sheet in book for row in sheet for cell in row
            if cell.data_type == "s"]
    charts = [one for sheet in book for one in sheet._charts]
    said += [run.t for one in charts for p in one.title.tx.rich.p for run in p.r or ()]
    return " ".join([*said, *book.sheetnames, book.properties.title, book.properties.subject])
