"""The style: contrast, colour-blindness, what `use` sets and puts back."""

import itertools
import os
import subprocess
import sys

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import LoadFlags
from matplotlib.markers import MarkerStyle
from matplotlib.textpath import TextToPath

import kgge
from kgge import labels, plan
from kgge.charts import style
from kgge.charts.heatmap import AROUND

# Codes that stand side by side in a chart, in the order they are drawn in.
NEIGHBOURS = [("central", "local", "other"), ("female", "male"), ("planned", "spent"),
              ("nominal", "constant"), ("path", "target")]
# Machado, Oliveira and Fernandes 2009, full deficiency; linear RGB.
BLIND = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
               [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
               [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
               [0.004733, 0.691367, 0.303900]],
}


def linear(colour):
    c = np.array(to_rgb(colour))
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def ratio(one, other):
    low, high = sorted(float(np.dot((0.2126, 0.7152, 0.0722), c)) for c in (one, other))
    return (high + 0.05) / (low + 0.05)


def seen(colour, matrix):
    return np.clip(np.array(matrix) @ linear(colour), 0, 1)


def test_contrast_figures():
    found = {code: round(ratio(linear(c), linear("white")), 2) for code, c in style.COLOURS.items()}
    assert min(found.values()) >= 3
    assert (found["central"], found["local"], found["other"]) == (10.25, 3.17, 9.77)
    assert found["planned"] == pytest.approx(3.36, abs=0.01)
    for codes in NEIGHBOURS:
        for one, other in itertools.pairwise(codes):
            assert ratio(linear(style.COLOURS[one]), linear(style.COLOURS[other])) >= 3
    assert style.contrast("#12436D", "white") == pytest.approx(10.25, abs=0.01)


def test_what_is_alike_in_grey_has_a_hatch():
    stacked = NEIGHBOURS[0]
    for one, other in itertools.combinations(stacked, 2):
        alike = ratio(linear(style.COLOURS[one]), linear(style.COLOURS[other])) < 3
        assert not alike or style.HATCHES.get(one) != style.HATCHES.get(other)


def test_lines_side_by_side_have_markers_of_their_own():
    markers = {style.MARKERS[code] for code in ("female", "male")}
    assert len(markers) == 2 and markers <= set(MarkerStyle.filled_markers)


def test_verdicts_are_told_apart_by_their_signs_alone():
    looks = [(look["marker"], look["markerfacecolor"] == "white") for look in style.STATUS.values()]
    assert set(style.STATUS) == set(plan.STATUSES) and len(set(looks)) == len(looks)
    assert all(style.contrast(look["color"], "white") >= 3 for look in style.STATUS.values())


def test_execution_far_below_and_above_differ_in_grey():
    below, whole, above = (linear(AROUND(at)[:3]) for at in (0.0, 0.5, 1.0))
    assert min(ratio(below, whole), ratio(below, above), ratio(above, whole)) >= 2.5


@pytest.mark.parametrize("kind", BLIND)
def test_neighbours_differ_with_colour_blindness(kind):
    for codes in NEIGHBOURS:
        for one, other in itertools.pairwise(codes):
            pair = [seen(style.COLOURS[c], BLIND[kind]) for c in (one, other)]
            assert ratio(*pair) >= 2.4, (kind, one, other)


def test_ink_is_read_on_every_colour():
    for colour in {*style.COLOURS.values(), "#F2F6FA", "#7d97b1"}:
        assert style.contrast(style.ink_on(colour), colour) >= 4.5


def test_use_restores_only_what_it_owns():
    with matplotlib.rc_context({"font.size": 31, "savefig.directory": "here"}):
        labels.set_lang("en")
        with kgge.use("vi") as used:
            assert labels.current_lang() == "vi" and matplotlib.rcParams["font.size"] == 8.5
            matplotlib.rcParams["savefig.directory"] = "there"
            assert repr(used) == "kgge.use('vi')"
        assert labels.current_lang() == "en" and matplotlib.rcParams["font.size"] == 31
        assert matplotlib.rcParams["savefig.directory"] == "there"


def test_use_takes_the_language_of_the_environment(monkeypatch):
    monkeypatch.setenv("KGGE_LANG", "vi")
    with kgge.use():
        assert labels.current_lang() == "vi"
    monkeypatch.delenv("KGGE_LANG")
    with kgge.use():
        assert labels.current_lang() == "en"
    with pytest.raises(ValueError, match="allowed are en, vi"):
        kgge.use("fr")


@pytest.mark.slow
def test_a_readers_matplotlibrc_changes_nothing(tmp_path):
    (tmp_path / "matplotlibrc").write_text(
        "figure.figsize: 20, 3\nfont.size: 30\naxes.facecolor: black\nsvg.hashsalt: mine\n")
    code = ("import kgge, matplotlib as m; kgge.use('vi'); p = m.rcParams;"
            "print(p['figure.figsize'], p['font.size'], p['axes.facecolor'], p['svg.hashsalt'])")
    out = subprocess.run([sys.executable, "-c", code], cwd=os.getcwd(), text=True, check=True,
                         env={**os.environ, "MATPLOTLIBRC": str(tmp_path)}, capture_output=True)
    assert out.stdout == "[6.3, 3.6] 8.5 white kgge\n" and not out.stderr


def test_importing_the_package_does_not_import_matplotlib():
    code = "import sys, kgge; print('matplotlib' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], text=True, check=True, capture_output=True)
    assert out.stdout == "False\n"


@pytest.mark.parametrize("bold", [False, True])
def test_no_letter_stands_nearer_to_a_blank(bold):
    """So a line is as wide as its words and blanks: asked of the font for whole lines."""
    font = TextToPath()._get_font(FontProperties(
        family="DejaVu Sans", weight="bold" if bold else "normal"))

    def wide(text):
        font.set_text(text, flags=LoadFlags.NO_HINTING)
        return font.get_width_height()[0]

    letters = {letter for text in labels.words("chart").values() for letter in text} - {" ", "\n"}
    for letter, blank in itertools.product(letters | set("ĂÂĐÊÔƠƯăâđêôơưạảấầẩẫậ"), " \u00a0"):
        both = wide(letter) + wide(blank)
        assert wide(letter + blank) == wide(blank + letter) == both, (letter, blank)
    assert style.text_width("To AV\u00a0fi 2,5%", 12, bold) == pytest.approx(
        wide("To AV\u00a0fi 2,5%") / 64 * 12 / TextToPath.FONT_SCALE / 72)


def test_wrap():
    text = "Tập huấn cán bộ bình đẳng giới, cán bộ hoạch định chính sách, cộng tác viên"
    wrapped = style.wrap(text, 2.0)
    assert wrapped.replace("\n", " ") == text and wrapped.count("\n") >= 2
    assert all(style.text_width(line, 8.5) <= 2.0 for line in wrapped.split("\n"))
    cut = style.wrap(text, 2.0, most=2)
    assert cut.count("\n") == 1 and cut.endswith(" …")
    assert all(style.text_width(line, 8.5) <= 2.0 for line in cut.split("\n"))
    assert style.wrap("x" * 100, 1.0).replace("\n", "") == "x" * 100
    assert style.wrap("", 1.0) == ""
