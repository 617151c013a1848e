"""Notebooks run in this process: for what they say of some data, not for how a kernel runs them."""

import ast
import os
from base64 import b64encode
from functools import cache
from io import BytesIO
from types import SimpleNamespace

import pytest
from matplotlib import pyplot
from matplotlib_inline import backend_inline
from nbformat.v4 import new_output
from PIL import Image

import kgge
from kgge.charts import layout
from kgge.labels import current_lang
from kgge.publish import brief, catalogue, figures
from kgge.tables import load

_buffer = BytesIO()
Image.new("L", (9, 9), 255).save(_buffer, "png")
BLANK = _buffer.getvalue()


def plain(patch):
    """Draw all as ever but without dots, and run notebooks here: most of the time they take.

    Every figure is laid out, and each thing in it asked to draw itself, all the same; notebooks,
    which draw these too, do so unseen. The published tables, which figures, brief and index show,
    and the brief of a language are made once.
    """
    image, published, told = figures._image, cache(catalogue.published), cache(brief.brief)

    def blank(ax, kind):
        if kind != "png":
            return image(ax, kind)
        if not layout._unseen.get():
            ax.get_figure(root=True).draw_without_rendering()
        return BLANK

    patch.setattr(figures, "_image", blank)
    for module in (brief, catalogue, figures):
        patch.setattr(module, "published", published)
    for module in (brief, kgge):
        patch.setattr(module, "brief", lambda lang=None, made=None: told(current_lang(lang)))
    patch.setattr("nbclient.NotebookClient", Client)
    patch.setattr("os.cpu_count", lambda: 1)


def read_once(patch):
    """Read each table of the folder once, where no test changes what lies there."""
    read = cache(load.read_table)
    patch.setattr(load, "read_table", lambda *which: read(*which).copy())


def run_cell(source, names):
    """Run a cell; return the value of its last line, None where that has none."""
    lines = ast.parse(source).body
    last = lines.pop() if isinstance(lines[-1], ast.Expr) else None
    exec(compile(ast.Module(lines, []), "cell", "exec"), names)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last else None


class Client:
    """In the place of nbclient's: the same outputs, but that pictures are blank."""

    kc = None

    def __init__(self, notebook, *_, **__):
        self.notebook = notebook

    async def async_execute(self, **_):
        shown, names = [], {"get_ipython": lambda: SimpleNamespace(run_line_magic=lambda *_: None)}
        names["display"] = shown.append
        pyplot.switch_backend("agg")
        with pytest.MonkeyPatch.context() as patch, kgge.use(), layout.unseen():
            patch.setenv("KGGE_LANG", "")
            patch.chdir(os.getcwd())
            patch.setattr(backend_inline, "_fetch_figure_metadata", None)
            for cell in (cell for cell in self.notebook.cells if cell.cell_type == "code"):
                shown.clear()
                last = run_cell(cell.source, names)
                cell.outputs = [output(one) for one in [*shown, last] if one is not None]
                cell.outputs += [picture(pyplot.figure(at)) for at in pyplot.get_fignums()]
                pyplot.close("all")


def output(value):
    made = getattr(value, "_repr_mimebundle_", lambda: {"text/plain": repr(value)})()
    return new_output("display_data", made)


def picture(figure):
    return new_output("display_data", {"image/png": b64encode(BLANK).decode()},
                      metadata=backend_inline._fetch_figure_metadata(figure))
