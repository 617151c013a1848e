"""The form of the data folder that is used, read once: hundreds of returns are made of it."""

from functools import cache

from kgge.files import data_folder
from kgge.returns.form import Form, load_form


def form() -> Form:
    """Return the form; a test that changes the lists of its own folder loads it itself."""
    return _form(data_folder())


@cache
def _form(_) -> Form:
    return load_form()
