"""What nbval does not ask of a notebook: executed in order, clean, comparable, and telling."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import commands
import pytest

import kgge

FOLDER = Path(kgge.__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def cells(path, kind="code"):
    book = json.loads(path.read_text(encoding="utf-8"))
    return [c for c in book["cells"] if c["cell_type"] == kind]


def test_there_are_six():
    assert [p.name[:2] for p in NOTEBOOKS] == ["01", "02", "03", "04", "05", "06"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_executed_once_from_top_to_bottom(path):
    """From any count on: a second run in the same kernel goes on counting."""
    code, hint = cells(path), f"notebooks/{path.name}: run `make notebooks`"
    counts = [c["execution_count"] or 0 for c in code]
    assert counts == list(range(counts[0], counts[0] + len(code))) and counts[0] > 0, hint
    outputs = [o for c in code for o in c["outputs"]]
    assert outputs and not any(o.get("name") == "stderr" for o in outputs), hint
    assert not any(o["output_type"] == "error" for o in outputs), hint


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_nothing_hides_from_the_comparison(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"NBVAL|nbval-|raises-exception|PYTEST_VALIDATE", text)
    assert not re.search(r'["\s(](/[a-z]+/[a-z]|[A-Z]:\\\\)|https?://(localhost|127\.)', text)
    for cell in cells(path):
        source = "".join(cell["source"])
        assert not re.search(r"(^|\n)\s*def |;\s*$|savefig|to_csv|to_excel|open\(", source), source
        draws = any("image/png" in o.get("data", {}) for o in cell["outputs"])
        charts = re.findall(r"kgge\.charts\.(?!chart_)\w+\(", source)
        assert draws == bool(charts), f"a chart that does not show, or an unknown one: {source}"
        assert "chart_data(" not in source, "its numbers are compared, not printed"
        for output in (o["data"] for o in cell["outputs"] if "image/png" in o.get("data", {})):
            text = "".join(output["text/plain"])
            assert "<Figure" not in text and text.count("\n") > 2, f"numbers to compare: {source}"
        assert not re.search(r"\b20\d\d\b|['\"](I+|IV|\d[ab]?)['\"]", source), "of one plan"
        assert len(source.splitlines()) <= 12, source
    assert not re.search(r"\d+ rows [x×] \d+ columns", text), "rows that are not shown"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_opens_with_title_question_and_computed_answer(path):
    book = json.loads(path.read_text(encoding="utf-8"))["cells"]
    for cell, lang in zip(book, ("vi", "en"), strict=False):
        first = "".join(cell["source"])
        assert cell["cell_type"] == "markdown" and first.startswith("# ") and "?" in first
        assert cell["metadata"] == {"tags": [lang]}
    assert "kgge.use()" in "".join(cells(path)[0]["source"])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_every_text_stands_in_both_languages(path):
    texts = cells(path, "markdown")
    tags = [c["metadata"]["tags"] for c in texts]
    assert [of[:1] for of in tags] == [["vi"], ["en"]] * (len(texts) // 2)
    assert all(of[1:] in ([], ["returns"], ["prices"]) for of in tags)
    assert [of[1:] for of in tags[::2]] == [of[1:] for of in tags[1::2]]
    for vi, en in zip(texts[::2], texts[1::2], strict=True):
        vi, en = ("".join(c["source"]) for c in (vi, en))
        marks = [re.findall(r"^(#+|-) ", text, re.MULTILINE) for text in (vi, en)]
        assert marks[0] == marks[1] and vi != en, (vi, en)
        assert not re.search("[ăâđêôơưạảấầẩậắằặẹẻếềểệịọỏốồổộớờởợụủứừửựỳỹ]", en), en


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_cells_are_short(path):
    sizes = sorted(len("".join(c["source"]).splitlines()) for c in cells(path))
    assert sizes[len(sizes) // 2] <= 4, sizes
    assert path.stat().st_size < 600_000


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_what_is_compared_reads_in_few_lines(path):
    for cell in cells(path):
        for output in cell["outputs"]:
            text = "".join(output.get("text", output.get("data", {}).get("text/plain", "")))
            assert len(text.splitlines()) <= 30, "".join(cell["source"])


def run_nbval(path, data, *options):
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval", "-o",
         "addopts=", "--rootdir", str(path.parent), str(path), *options],
        env={**os.environ, "KGGE_DATA": str(data)}, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_changed_amount_fails_notebook_02(data, tmp_path):
    """A leaf changed consistently with all its totals agrees with the ledger, not with 02."""
    path = next((data / "raw").glob("*annex.tsv"))
    lines = path.read_text(encoding="utf-8").split("\n")
    fields = {12: (2, 12), 11: (2, 12), 39: (1, 11)}  # I.1, I and the total: 2016 central, total
    for line, places in fields.items():
        row = lines[line - 1].split("\t")
        for place in places:
            row[place] = str(int(row[place].replace(",", "")) + 10)
        lines[line - 1] = "\t".join(row)
    path.write_text("\n".join(lines), encoding="utf-8")
    shutil.rmtree(data / "raw" / "returns")
    assert commands.here("build").returncode == 0
    assert set(kgge.load_ledger()["state"]) == {"agrees"}
    book = tmp_path / "02.ipynb"
    shutil.copy(FOLDER / "02-planned-spending.ipynb", book)
    found = run_nbval(book, data, "-x")
    assert found.returncode == 1 and "failed" in found.stdout, found.stdout


@pytest.mark.slow
def test_a_changed_value_in_a_drawn_chart_fails(tmp_path, illustrative_data):
    """The picture is not compared, the numbers drawn in it are."""
    source = FOLDER / "02-planned-spending.ipynb"
    book = json.loads(source.read_text(encoding="utf-8"))
    drawn = [c for c in book["cells"] if "kgge.charts." in "".join(c["source"])]
    del book["cells"][book["cells"].index(drawn[0]) + 1:]
    drawn[0]["source"] = ["".join(drawn[0]["source"]) + "\nax.patches[0].set_height(801)"]
    path = tmp_path / source.name
    path.write_text(json.dumps(book), encoding="utf-8")
    found = run_nbval(path, illustrative_data)
    assert found.returncode == 1 and found.stdout.count("FAILED") == 1, found.stdout[-2000:]
