"""The form of the data folder that is used, read once: hundreds of returns are made of it."""

from copy import copy
from functools import cache, partial

from openpyxl.utils.cell import coordinate_to_tuple

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
        page, before = book[sheet], {}
        for name, value in cells.items():
            place = coordinate_to_tuple(name)
            if (old := page._cells.get(place)) is not None:
                old = old.value, copy(old._style)
            before[place] = old
            page[name] = value
        return partial(_take_back, page, before)
    return edit


def _take_back(page, before):
    for place, old in before.items():
        if old is None:  # there was no such cell
            del page._cells[place]
        else:
            page._cells[place].value, page._cells[place]._style = old
