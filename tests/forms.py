"""The form of the data folder that is used, read once: hundreds of returns are made of it."""

from copy import copy
from functools import cache, partial

from kgge.files import data_folder
from kgge.returns.form import Form, load_form


def form() -> Form:
    """Return the form; a test that changes the lists of its own folder loads it itself."""
    return _form(data_folder())


@cache
def _form(_) -> Form:
    return load_form()


def put(sheet, **cells):
    """Return an edit of an open workbook that sets cells; it returns what takes it back."""
    def edit(book):
        found = [book[sheet][cell] for cell in cells]
        before = [(cell, cell.value, copy(cell._style)) for cell in found]
        for cell, value in zip(found, cells.values(), strict=True):
            cell.value = value
        return partial(_take_back, before)
    return edit


def _take_back(before):
    for cell, value, style in before:
        cell.value, cell._style = value, style
