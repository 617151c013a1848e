"""Returns for the tests: the form read once, each return written once, cells set in the file."""

import io
import re
import zipfile
from functools import cache

import openpyxl
from lxml import etree
from openpyxl.utils.cell import coordinate_to_tuple

from kgge.files import data_folder
from kgge.returns.collect import read_returns
from kgge.returns.form import Form, load_form
from kgge.returns.template import write_template

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_sent: dict[tuple, bytes] = {}


def form() -> Form:
    """Return the form of the data folder; a test that changes the lists of its own loads it."""
    return _form(data_folder())


@cache
def _form(_) -> Form:
    return load_form()


def read(path, known=None):
    """Read returns of the form of the data folder."""
    return read_returns(path, form(), known)


def write(path, unit, year, **how):
    """Write a return; what was written once with the same figures is the same file again."""
    key = data_folder(), unit, year, repr(how)
    if key not in _sent:
        write_template(unit, year, path, form=form(), **how)
        _sent[key] = path.read_bytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_sent[key])
    return path


class put:
    """An edit that sets cells of a sheet, of an open workbook or in the file itself."""

    def __init__(self, sheet, **cells):
        self.sheet, self.cells = sheet, cells

    def __call__(self, book):
        for name, value in self.cells.items():
            book[self.sheet][name] = value

    def plain(self):
        """Whether the values are numbers and texts, which need neither a format nor a formula."""
        return all(value[:1] not in ("=", "#") if isinstance(value, str) else
                   value is None or isinstance(value, int | float) for value in self.cells.values())


def change(path, edit):
    """Do an edit of a return, or a tuple of them."""
    path.write_bytes(edited(path.read_bytes(), edit))


def edited(data, edit):
    """Return a workbook edited. Cells are set in its file: opened, it takes ten times as long."""
    edits, out = edit if isinstance(edit, tuple) else (edit,), io.BytesIO()
    if not all(isinstance(edit, put) and edit.plain() for edit in edits):
        book = openpyxl.load_workbook(io.BytesIO(data), rich_text=True)
        for edit in edits:
            edit(book)
        book.save(out)
        return out.getvalue()
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    names = re.findall('<sheet [^>]*?name="([^"]*)"', parts["xl/workbook.xml"].decode())
    for edit in edits:
        part = f"xl/worksheets/sheet{names.index(edit.sheet) + 1}.xml"
        root = etree.fromstring(parts[part])
        for name, value in edit.cells.items():
            _set(root.find(f"{SPACE}sheetData"), name, value, parts)
        parts[part] = etree.tostring(root)
    with zipfile.ZipFile(out, "w") as book:
        for name, part in parts.items():
            book.writestr(name, part)
    return out.getvalue()


def _set(rows, name, value, parts):
    """Set one cell as Excel writes it, texts in the list that all sheets share."""
    line, column = coordinate_to_tuple(name)
    row = _place(rows, "row", str(line), lambda r: int(r) >= line)
    cell = _place(row, "c", name, lambda r: coordinate_to_tuple(r)[1] >= column)
    cell[:] = []
    cell.attrib.pop("t", None)
    if isinstance(value, str):
        shared, added = parts["xl/sharedStrings.xml"], etree.Element("si")
        text = etree.SubElement(added, "t")
        text.text = value
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        parts["xl/sharedStrings.xml"] = shared.replace(b"</sst>", etree.tostring(added) + b"</sst>")
        cell.set("t", "s")
        value = len(re.findall(rb"<si[ >/]", shared))
    elif isinstance(value, bool):
        cell.set("t", "b")
    if value is not None:
        etree.SubElement(cell, f"{SPACE}v").text = repr(+value)


def _place(parent, tag, name, behind):
    """Return a row or a cell; one that is not there yet is put where its number belongs."""
    after = next((one for one in parent if behind(one.get("r"))), None)
    if after is not None and after.get("r") == name:
        return after
    made = etree.Element(f"{SPACE}{tag}", r=name)
    parent.append(made) if after is None else after.addprevious(made)
    return made
