"""Fuzzed workbooks, a command of its own: ``python tests/fuzz_returns.py [how many]``.

Whatever is done to a return, reading it must not crash, and accepted + rejected = submitted.
"""

import datetime
import io
import re
import sys
import tempfile
import time
import zipfile
from collections import Counter
from pathlib import Path

import openpyxl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment
from openpyxl.styles import Font

from kgge.returns.annotate import annotate
from kgge.returns.collect import read_returns
from kgge.returns.form import load_form
from kgge.returns.template import write_template
from kgge.tables.load import write_table

FOLDER, TABLES, COPIES = (Path(tempfile.mkdtemp()) for _ in range(3))
SEEN: Counter[str] = Counter()

ODD = st.sampled_from([
    "...", "…", "x", "-", "–", "hơn 350", "15/15", "1,234", "1.234,5", "85%", "-5", "=1+1", "=A1",
    "#DIV/0!", "#REF!", "", " ", "\u00a0", "code", "eligible", "amount", "value", "unit",
    "version",
    "I.1.central", "1a.officials.female", "rach-gia", "ha-tien", 2018, "2019", "KH27-v1",
    "Có / Yes", "Không / No", True, datetime.date(2018, 1, 2), datetime.time(3), 1e300, -1, 0.5,
    "Rạch Giá, ngày 15/01/2019", "THỦ TRƯỞNG ĐƠN VỊ", "Ghi chú: số ước", "Nam / Men", "1000\n200",
    "1b.residents.male", "replaces", "year", "20/01/2019", "last_reached",
    "{value}", "%s", "9" * 400, "\u0301", "_x0000_", "\U0001f600"])
VALUES = st.one_of(ODD, st.none(), st.integers(-10, 3_000_000), st.floats(allow_nan=False),
                   st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=12))
PLACES = st.one_of(st.tuples(st.integers(0, 2), st.integers(1, 70), st.integers(1, 12)),
                   st.tuples(st.integers(1, 2), st.integers(8, 32), st.integers(5, 7)))
EDITS = st.one_of(
    st.tuples(st.just("put"), PLACES, VALUES),
    st.tuples(st.sampled_from(["insert_rows", "delete_rows", "insert_cols", "delete_cols"]),
              PLACES, st.integers(1, 3)),
    st.tuples(st.sampled_from([
        "hide_line", "hide", "merge", "copy", "drop", "row", "swap", "comment", "look"]),
              PLACES, st.none()))
DAMAGE = st.one_of(
    st.tuples(st.just("cut"), st.floats(0, 1)),
    st.tuples(st.just("flip"), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)),
                                        min_size=1, max_size=8)),
    st.tuples(st.just("xml"), st.tuples(st.integers(0, 11), st.floats(0, 1),
                                        st.binary(max_size=6), st.integers(0, 6))),
    st.tuples(st.just("swap"), st.sampled_from([
        (rb'<c r="', rb'<c R="'), (rb' r="[A-Z]+\d+"', b""), (rb't="s"', b't="e"'),
        (rb't="s"', b't="n"'), (rb"<v>\d+</v>", b"<v/>"), (rb"<v>", b"<f>1</f><v>"),
        (rb"<row r=", rb"<row hidden='1' r="), (rb'r="E8"', b'r="XFD1048576"'),
        (rb"<v>(\d+)</v>", rb"<v>-\1</v>"), (rb"<v>\d+</v>", b"<v>99999</v>"),
        (rb"</sheetData>", b""), (rb'state="[a-z]+"', b""), (rb"rId2", b"rId9"),
        (rb"<c ", b"<x:c xmlns:x='a' "), (rb"utf-8|UTF-8", b"UTF-16")])))
BYTES = st.integers(0, 2).flatmap(lambda n: st.none() if n else DAMAGE)


def _write(cell, value):
    if not isinstance(cell, openpyxl.cell.MergedCell):
        cell.value = value


def change(book, kind, place, value):  # noqa: C901 -- a list of edits
    sheets = book.worksheets
    sheet = sheets[place[0] % len(sheets)]
    cell = sheet.cell(*place[1:])
    if kind == "put":
        _write(cell, value)
    elif kind.startswith(("insert", "delete")):
        getattr(sheet, kind)(place[1 if kind.endswith("rows") else 2], value)
    elif kind == "hide_line":
        sheet.row_dimensions[place[1]].hidden = True
        sheet.column_dimensions["ABCDEFGHIJKL"[place[2] - 1]].hidden = True
    elif kind == "hide" and len(sheets) > 1:
        sheet.sheet_state, book.active = "hidden", 0
    elif kind == "merge":
        sheet.merge_cells(start_row=place[1], end_row=place[1] + 1, start_column=place[2],
                          end_column=place[2] + 1)
    elif kind == "swap":
        old, below = cell.value, sheet.cell(place[1] + 1, place[2])
        _write(cell, below.value)
        _write(below, old)
    elif kind == "comment" and not isinstance(cell, openpyxl.cell.MergedCell):
        cell.comment = Comment("số ước tính", "Hoa")
    elif kind == "look":
        cell.number_format, cell.font = '0.0"%"', Font(strike=True, color="FFFFFFFF")
    elif kind == "copy":
        book.copy_worksheet(sheet)
    elif kind == "drop" and len(sheets) > 1:
        book.remove(sheet)
    elif kind == "row":
        for old in sheet[place[1]]:
            _write(sheet.cell(place[1] % 40 + 8, old.column), old.value)


def damage(data, how):
    if how is None:
        return data
    kind, detail = how
    if kind == "cut":
        return data[:int(len(data) * detail)]
    if kind == "flip":
        out = bytearray(data)
        for at, byte in detail:
            out[min(int(len(out) * at), len(out) - 1)] = byte
        return bytes(out)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for number, name in enumerate(old.namelist()):
            text = old.read(name)
            if kind == "swap":
                text = re.sub(detail[0], detail[1], text)
            elif number == detail[0] % len(old.namelist()):
                at = int(len(text) * detail[1])
                text = text[:at] + detail[2] + text[at + detail[3]:]
            new.writestr(name, text)
    return out.getvalue()


def sound():
    form = load_form()
    values = {(code, c): 1000 if c == "eligible" else 150 for code in form.persons
              for c in ("eligible", "reached", "attendances")}
    values |= {(code, "amount"): 10.5 for code in form.money}
    write_template("rach-gia", 2018, FOLDER / "0-sound.xlsx", values=values,
                   received_on=datetime.date(2019, 1, 20))
    return (FOLDER / "0-sound.xlsx").read_bytes()


SOUND = sound()


@given(st.lists(EDITS, max_size=6), BYTES)
def fuzz(edits, how):
    data = SOUND
    if edits:
        book, out = openpyxl.load_workbook(io.BytesIO(SOUND)), io.BytesIO()
        for one in edits:
            change(book, *one)
        try:
            book.save(out)
        except (ValueError, TypeError, IndexError, AttributeError):
            SEEN["not saved"] += 1  # nothing that openpyxl lets a user make
            return
        data = out.getvalue()
    (FOLDER / "0-sound.xlsx").unlink(missing_ok=True)
    (FOLDER / "fuzzed.xlsx").write_bytes(damage(data, how))
    result = read_returns(FOLDER)
    cells = result.reporting.attrs["cells"]
    assert cells["accepted"] + cells["rejected"] == cells["submitted"]
    columns = [f"{name}_state" for name in ("eligible", "reached", "attendances")]
    stands = [*result.outcomes[columns].to_numpy().ravel(), *result.spending["state"]]
    kept = sum(state in ("reported", "not_known", "not_applicable") for state in stands)
    assert kept == cells["accepted"], (kept, cells)
    if len(result.outcomes) == 0:
        assert len(result.problems), "a file that gives nothing gives no reason either"
    for name, table in result._asdict().items():
        write_table(name, table, TABLES)
    for copy in annotate(FOLDER, COPIES, result.problems):
        SEEN["marked"] += 1
        copy.unlink()
    for codes in result.problems["code"]:
        SEEN.update(codes.split(";"))
    SEEN["read" if len(result.outcomes) else "not read"] += 1


if __name__ == "__main__":
    many, start = int(sys.argv[1]) if len(sys.argv) > 1 else 2_100, time.monotonic()
    settings(max_examples=many, deadline=None, database=None, derandomize=len(sys.argv) < 3,
             suppress_health_check=list(HealthCheck))(fuzz)()
    done = SEEN["read"] + SEEN["not read"]
    print(f"{done} workbooks in {time.monotonic() - start:.0f} s, no crash, "
          "accepted + rejected = submitted in each")
    print(", ".join(f"{code} {count}" for code, count in SEEN.most_common()))
