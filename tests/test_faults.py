"""Faulty returns, each made by editing a sound one: the exact cell and code of every problem."""

import datetime
import io
import re
import struct
import zipfile
import zlib
from pathlib import Path

import forms
import pytest
from forms import edited, form, write
from openpyxl.styles import Font

from kgge.plan import LANGUAGES
from kgge.returns.annotate import annotate
from kgge.returns.collect import read_returns
from kgge.returns.parse import messages
from kgge.xlsx import open_sheets

COVER, PERSONS, MONEY = "Bìa", "Chỉ tiêu", "Kinh phí"
OTHERS = [Path(__file__).with_name(f"test_{name}.py").read_text(encoding="utf-8")
          for name in ("quality", "returns", "returns_doubts", "inbox", "returns_texts")]
STATES = ["eligible_state", "reached_state", "attendances_state"]


def fill(form, unit):
    """A value for every cell of the form of one unit."""
    values, more = {}, 7 * (unit != "rach-gia")
    for at, (code, (indicator, *_)) in enumerate(form.asked("indicators", unit).items()):
        people = form.residents[unit] // 2 if indicator == form.census else 1000 + at + more
        values |= {(code, "eligible"): people, (code, "reached"): 100 + at + more,
                   (code, "attendances"): 150 + at + more}
    return values | {(code, "amount"): 10.5 + at for at, code in enumerate(form.money)}


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    path = tmp_path_factory.mktemp("sound") / "sound.xlsx"
    return tuple(write(path, unit, 2018, received_on=datetime.date(2019, 1, 20),
                       values=fill(form(), unit)).read_bytes() for unit in ("rach-gia", "ha-tien"))


def put(sheet, cell, value, kind=None):
    def edit(book):
        book[sheet][cell] = value
        book[sheet][cell].data_type = kind
    return edit if kind else forms.put(sheet, **{cell: value})


def many(*edits):
    return edits


def call(sheet, method, *args, **kwargs):
    return lambda book: getattr(book[sheet], method)(*args, **kwargs)


def hide(sheet, row=None, column=None, whole=False):
    def edit(book):
        if row:
            book[sheet].row_dimensions[row].hidden = True
        if column:
            book[sheet].column_dimensions[column].hidden = True
        if whole:
            book[sheet].sheet_state = "hidden"
    return edit


def look(sheet, cell, number_format):
    return lambda book: setattr(book[sheet][cell], "number_format", number_format)


def copy_row(sheet, source, target):
    def edit(book):
        for cell in book[sheet][source]:
            book[sheet].cell(target, cell.column, cell.value)
    return edit


def add_sheet(name, value):
    def edit(book):
        book.create_sheet(name)["B2"] = value
    return edit


def copy_sheet(name):
    return lambda book: book.copy_worksheet(book[name])


def drop(name):
    return lambda book: book.remove(book[name])


def figures(sheet, columns, rows, code):
    return {(sheet, f"{c}{r}", code) for c in columns for r in rows}


ONE = {  # kind of fault: what is done to the workbook, every problem it must give
    "approximate": (put(PERSONS, "F8", "hơn 350"), {(PERSONS, "F8", "approximate")}),
    "approximate in decomposed letters": (put(PERSONS, "F8", "ho\u031bn 350"),
                                          {(PERSONS, "F8", "approximate")}),
    "a range": (put(PERSONS, "E8", "300 - 350"), {(PERSONS, "E8", "approximate")}),
    "thousands in short": (put(PERSONS, "F9", "350k"), {(PERSONS, "F9", "in_words")}),
    "another unit of money": (put(MONEY, "E8", "1,2 tỷ"), {(MONEY, "E8", "in_words")}),
    "a fraction": (put(PERSONS, "G9", "15/15"), {(PERSONS, "G9", "fraction")}),
    "a percentage as text": (put(PERSONS, "F9", "85%"), {(PERSONS, "F9", "percent")}),
    "a share": (put(PERSONS, "F9", 0.85), {(PERSONS, "F9", "decimal")}),
    "a share over one": (put(PERSONS, "F9", 1.2), {(PERSONS, "F9", "decimal")}),
    "half a person": (put(PERSONS, "E10", "70,5"), {(PERSONS, "E10", "decimal")}),
    "negative persons": (put(PERSONS, "E10", -5), {(PERSONS, "E10", "negative")}),
    "negative as text": (put(MONEY, "E9", "-5,5"), {(MONEY, "E9", "negative")}),
    "two readings": (put(MONEY, "E9", "1,234"), {(MONEY, "E9", "ambiguous")}),
    "two readings with a dot": (put(MONEY, "E9", "1.234"), {(MONEY, "E9", "ambiguous")}),
    "amount in dong": (put(MONEY, "E9", 50_000_000), {(MONEY, "E9", "too_much")}),
    "more than the province": (put(PERSONS, "E8", 3_000_000), {(PERSONS, "E8", "too_much")}),
    "thousands as text": (put(PERSONS, "E8", "1.234"), {(PERSONS, "E8", "read_as")}),
    "reached above eligible": (put(PERSONS, "F8", 1001), {
        (PERSONS, "F8", "above_eligible"), (PERSONS, "E8", "below_reached")}),
    "reached of nobody": (put(PERSONS, "E8", None), {(PERSONS, "F8", "no_eligible")}),
    "a word": (put(PERSONS, "F8", "chưa có"), {(PERSONS, "F8", "nothing")}),
    "a letter nobody sees": (put(PERSONS, "F8", "\u200e120"), {(PERSONS, "F8", "unusual")}),
    "a number with its unit": (put(PERSONS, "F8", "350 người"), {(PERSONS, "F8", "text")}),
    "a note beginning with =": (put(PERSONS, "F8", "=xem ghi chú", "s"), {(PERSONS, "F8", "text")}),
    "a date": (put(PERSONS, "F8", datetime.date(2018, 1, 2)), {(PERSONS, "F8", "date")}),
    "true": (put(PERSONS, "F8", True), {(PERSONS, "F8", "text")}),
    "an error value": (put(PERSONS, "F8", "#DIV/0!"), {(PERSONS, "F8", "error_value")}),
    "an error value in money": (put(MONEY, "E58", "#REF!"), {(MONEY, "E58", "error_value")}),
    "a formula never computed": (put(MONEY, "E10", "=E8+E9"), {(MONEY, "E10", "formula")}),
    "hidden row": (hide(PERSONS, row=8), figures(PERSONS, "EFG", [8], "hidden")),
    "hidden column": (hide(MONEY, column="E"), {(MONEY, "E8", "hidden")}),
    "hidden row with a fault": (many(hide(PERSONS, row=8), put(PERSONS, "F8", "15/15")), {
        (PERSONS, "E8", "hidden"), (PERSONS, "F8", "fraction;hidden"), (PERSONS, "G8", "hidden")}),
    "hidden sheet": (hide(MONEY, whole=True), {(MONEY, None, "hidden_sheet")}),
    "sheet added": (add_sheet("Ghi chú", "xem công văn"), {("Ghi chú", None, "extra_sheet")}),
    "sheet copied": (copy_sheet(PERSONS), {
        (s, "E8", "duplicate_row") for s in (PERSONS, PERSONS + " Copy")}),
    "cover without a version": (put(COVER, "C16", None), {(COVER, None, "no_cover")}),
    "sheet removed": (drop(MONEY), {(None, None, "no_sheet")}),
    "cover removed": (drop(COVER), {(None, None, "no_cover")}),
    "row of codes removed": (call(MONEY, "delete_rows", 6), {
        (None, None, "no_sheet"), (MONEY, None, "extra_sheet")}),
    "column code overwritten": (put(PERSONS, "G6", "lượt"), {
        (PERSONS, None, "no_column"), (PERSONS, "G8", "not_read")}),
    "row removed": (call(PERSONS, "delete_rows", 8), {(PERSONS, None, "no_row")}),
    "row code retyped": (put(PERSONS, "K8", "1a.canbo.nu"), {
        (PERSONS, None, "no_row"), *figures(PERSONS, "EFG", [8], "unknown_code")}),
    "row code erased": (put(MONEY, "F8", None), {(MONEY, None, "no_row"),
                                                 (MONEY, "E8", "no_code")}),
    "total row added": (put(MONEY, "E62", 99), {(MONEY, "E62", "no_code")}),
    "row twice": (copy_row(PERSONS, 8, 40), figures(PERSONS, "EFG", [8, 40], "duplicate_row")),
    "note beside the table": (put(PERSONS, "I8", "=ước tính", "s"), {(PERSONS, "I8", "not_read")}),
    "figures below last year's": (put(PERSONS, "H60", 12), {(PERSONS, "H60", "not_read")}),
    "formulas right of all and below all": (
        many(put(PERSONS, "L8", "=1+1"), put(MONEY, "H70", "=1")),
        {(PERSONS, "L8", "not_read"), (MONEY, "H70", "not_read")}),
    "old version": (put(COVER, "B16", "KH27-v0"), {(COVER, "B16", "version")}),
    "unit unknown": (put(COVER, "B10", "sai-gon"), {(COVER, "B10", "unit")}),
    "unit of no return": (put(COVER, "B10", "other-departments"), {(COVER, "B10", "unit")}),
    "name of another unit": (put(COVER, "B9", "UBND Hà Tiên"), {(COVER, "B9", "other_unit")}),
    "name of no unit": (put(COVER, "B9", "UBND tỉnh"), {(COVER, "B9", "unit_name")}),
    "year outside the plan": (put(COVER, "B12", 2021), {(COVER, "B12", "year")}),
    "year retyped on a form of another": (put(COVER, "B12", 2019), {(COVER, "B13", "period")}),
    "period retyped": (put(COVER, "B13", "01/01/2017 - 31/12/2018"), {(COVER, "B13", "period")}),
    "amounts in thousand dong": (put(COVER, "B15", "Kinh phí: nghìn đồng"),
                                 {(COVER, "B15", "measure")}),
    "an amount in thousand dong": (put(MONEY, "E8", 40_000), {(MONEY, "E8", "above_whole_plan")}),
    "an amount above its line": (put(MONEY, "E8", 401), {(MONEY, "E8", "above_plan")}),
    "more residents than the census counts": (put(PERSONS, "E17", 300_000),
                                              {(PERSONS, "E17", "above_census;far_from_census"),
                                               (PERSONS, "E18", "far_from_census")}),
    "merged rows": (call(MONEY, "merge_cells", "E8:E10"), {(MONEY, "E8", "merged")}),
    "merged columns with a fault": (many(put(PERSONS, "E8", "hơn 350"),
                                         call(PERSONS, "merge_cells", "E8:F8")),
                                    {(PERSONS, "E8", "approximate;merged")}),
    "a number shown as a percentage": (many(put(MONEY, "E8", 0.95), look(MONEY, "E8", "0%")),
                                       {(MONEY, "E8", "percent")}),
    "a person shown as a percentage": (many(put(PERSONS, "F8", 1), look(PERSONS, "F8", "0.0 %")),
                                       {(PERSONS, "F8", "percent")}),
    "year as words": (put(COVER, "B12", "năm nay"), {(COVER, "B12", "year")}),
    "illustrative unanswered": (put(COVER, "B18", None), {(COVER, "B18", "illustrative")}),
    "illustrative both": (put(COVER, "B18", "Có / Không"), {(COVER, "B18", "illustrative")}),
    "date of receipt missing": (put(COVER, "B17", None), {(COVER, "B17", "no_date")}),
    "date of receipt too early": (put(COVER, "B17", datetime.date(2017, 1, 5)),
                                  {(COVER, "B17", "received_on")}),
    "date of receipt no date": (put(COVER, "B17", "31/02/2019"), {(COVER, "B17", "received_on")}),
    "row of another unit": (many(put(COVER, "B10", "newspaper"),
                                 put(COVER, "B9", "Báo Kiên Giang")),
                            {(PERSONS, "E17", "not_asked"), (PERSONS, "A16", "not_read"), *(
                                (sheet, "A1", "unit_name") for sheet in (
                                    COVER, PERSONS, MONEY, "Tổng hợp", "Hướng dẫn"))}),
}


def rezip(data, changes, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", method) as new:
        for name in old.namelist():
            new.writestr(name, changes.pop(name, old.read(name)))
        for name, content in changes.items():
            new.writestr(name, content)
    return out.getvalue()


def sheet_xml(data, number):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(f"xl/worksheets/sheet{number}.xml")


def bomb(data):
    return rezip(data, {"xl/media/image1.xml": b" " * 25_000_000})


def lying_bomb(data, checksum=None):
    """The directory says 100 bytes where ten million unpack; it may have the sum of the 100."""
    out = bytearray(rezip(data, {"xl/zero.xml": b" " * 10_000_000}))
    for at in [m.start() for m in re.finditer(b"xl/zero.xml", bytes(out))]:
        for header, size in ((30, 22), (46, 24)):
            if out[at - header:at - header + 4] in (b"PK\3\4", b"PK\1\2"):
                place = at - header + size
                out[place:place + 4] = struct.pack("<I", 100)
                if checksum is not None:
                    out[place - 8:place - 4] = struct.pack("<I", checksum)
    return bytes(out)


def far(data, cell):
    row = b'<row r="1048576"><c %s><v>1</v></c></row></sheetData>' % cell
    return rezip(data, {"xl/worksheets/sheet3.xml":
                        sheet_xml(data, 3).replace(b"</sheetData>", row)})


def entities(data):
    lol = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"lol" * 10)
                   for n in range(10))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read("xl/sharedStrings.xml")
    head, rest = xml.split(b"?>", 1)
    return rezip(data, {"xl/sharedStrings.xml": head + b"?><!DOCTYPE sst [" + lol + b"]>"
                        + rest.replace(b"<t>", b"<t>&l9;", 1)})


def spread(data, part, holder, element):
    """A range of 230,000 blank cells that are merged, linked or commented together."""
    old = sheet_xml(data, 3) if part.endswith("sheet3.xml") else b"<comments></comments>"
    end = b"</worksheet>" if part.endswith("sheet3.xml") else b"</comments>"
    within = b"<%s><%s ref='A100:Z9000'/></%s>" % (holder, element, holder)
    return rezip(data, {part: old.replace(end, within + end)})


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
FILES = {  # kind of fault: name of the file, its bytes, the code of its problem
    "zero bytes": ("a.xlsx", lambda data: b"", "empty_file"),
    "truncated": ("a.xlsx", lambda data: data[:len(data) // 2], "not_workbook"),
    "truncated at the end": ("a.xlsx", lambda data: data[:-40], "not_workbook"),
    "damaged inside": ("a.xlsx", lambda data: data[:3000] + b"\0" * 400 + data[3400:],
                       "unreadable"),
    "not a zip": ("a.xlsx", lambda data: b"<html>" + data, "not_workbook"),
    "a zip of something else": ("a.xlsx", lambda data: rezip(data, {
        "xl/workbook.xml": b"<html/>"}), None),
    "old .xls": ("a.xls", lambda data: OLE, "save_as"),
    ".xls renamed": ("a.xlsx", lambda data: OLE, "save_as"),
    "password": ("a.xlsx", lambda data: OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    ".csv": ("a.csv", lambda data: b"code,eligible\n", "wrong_type"),
    "no suffix": ("baocao", lambda data: data, "wrong_type"),
    ".xlsm": ("a.xlsm", lambda data: data, "macros"),
    "macros under another name": ("a.xlsx", lambda data: rezip(
        data, {"xl/vbaProject.bin": b"x"}), "macros"),
    "zip bomb": ("a.xlsx", bomb, "too_big"),
    "zip bomb with a false directory": ("a.xlsx", lying_bomb, "unreadable"),
    "zip bomb whose checksum agrees": ("a.xlsx", lambda data: lying_bomb(
        data, zlib.crc32(b" " * 100)), "unreadable"),
    "zip bomb whose checksum agrees with a byte more": ("a.xlsx", lambda data: lying_bomb(
        data, zlib.crc32(b" " * 101)), "unreadable"),
    "zip directory that promises more": ("a.xlsx", lambda data: data.replace(
        struct.pack("<I", len(sheet_xml(data, 3))), struct.pack("<I", len(sheet_xml(data, 3)) + 9)),
        "unreadable"),
    "large file": ("a.xlsx", lambda data: data + b"\0" * 5_000_001, "too_big"),
    "figure at the end of the sheet": ("a.xlsx", lambda data: far(
        data, b'r="XFD1048576"'), "far_cell"),
    "figure far below": ("a.xlsx", lambda data: far(data, b'r="E5000"'), "far_cell"),
    "far figure, place in an entity": ("a.xlsx", lambda data: far(
        data, b'r="&#88;FD1048576"'), "far_cell"),
    "far figure, written otherwise": ("a.xlsx", lambda data: far(
        data, b"s='1'\nr =\t'XFD1048576'"), "far_cell"),
    "far figure, place left out": ("a.xlsx", lambda data: far(data, b""), "far_cell"),
    "merged far beyond the form": ("a.xlsx", lambda data: spread(
        data, "xl/worksheets/sheet3.xml", b"mergeCells", b"mergeCell"), "far_cell"),
    "a link far beyond the form": ("a.xlsx", lambda data: spread(
        data, "xl/worksheets/sheet3.xml", b"hyperlinks", b"hyperlink"), "far_cell"),
    "a comment far beyond the form": ("a.xlsx", lambda data: spread(
        data, "xl/comments1.xml", b"commentList", b"comment"), "far_cell"),
    "another encoding": ("a.xlsx", lambda data: rezip(data, {
        "xl/worksheets/sheet3.xml": sheet_xml(data, 3).decode().encode("utf-16")}), "unreadable"),
    "zip method of another program": ("a.xlsx", lambda data: rezip(
        data, {}, zipfile.ZIP_LZMA), "unreadable"),
}


def read(tmp_path, sound, name, data):
    (tmp_path / name).write_bytes(data)
    (tmp_path / "tốt.xlsx").write_bytes(sound[1])
    out = read_returns(tmp_path, form())
    cells = out.reporting.attrs["cells"]
    assert cells["accepted"] + cells["rejected"] == cells["submitted"]
    problems = out.problems[out.problems["file"] == name]
    assert len(problems) == len(out.problems), "the sound return beside it has problems"
    assert (out.outcomes["file"] == "tốt.xlsx").sum() == 22
    for lang in LANGUAGES:
        assert problems[f"message_{lang}"].str.len().gt(20).all()
        assert not problems[f"message_{lang}"].str.contains(r"[{}]").any()
    return out, problems.astype(object).where(problems.notna(), None)


@pytest.mark.parametrize("kind", ONE)
def test_a_fault_in_the_workbook_is_named_with_its_cell(kind, tmp_path, sound):
    edit, expected = ONE[kind]
    out, problems = read(tmp_path, sound, "a.xlsx", edited(sound[0], edit))
    found = set(problems[["sheet", "cell", "code"]].itertuples(index=False, name=None))
    assert found == expected
    known = messages()
    fatal = any(known[c]["severity"] == "fatal" for *_, code in expected for c in code.split(";"))
    assert ("a.xlsx" in set(out.outcomes["file"])) is not fatal
    errors = sum(1 for _, cell, severity in zip(problems["sheet"], problems["cell"],
                                                problems["severity"], strict=True)
                 if severity == "error" and cell and not fatal)
    once = problems["message_en"].str.contains("more cells of this sheet").any()
    if not any("received_on" in code for *_, code in expected) and not fatal and not once:
        assert out.reporting.attrs["cells"]["rejected"] == errors
    if fatal:
        assert out.reporting.attrs["cells"]["accepted"] == 117


@pytest.mark.parametrize("kind", FILES)
def test_a_fault_of_the_file_is_named_and_the_others_are_read(kind, tmp_path, sound):
    name, make, code = FILES[kind]
    out, problems = read(tmp_path, sound, name, make(sound[0]))
    assert set(problems["severity"]) == {"error"} and problems["sheet"].isna().all()
    assert out.reporting["received"].sum() == 1
    if code:
        assert list(problems["code"]) == [code]


def test_entities_are_not_expanded(tmp_path, sound):
    out, problems = read(tmp_path, sound, "a.xlsx", entities(sound[0]))
    assert problems["message_en"].str.len().max() < 1000 and len(problems) <= 2


@pytest.mark.parametrize("formula", [b"", b'<c r="E9"><f>1+1</f></c>'])
@pytest.mark.parametrize("entity", ["SYSTEM '{secret}'", "'" + 50_000 * "lol" + "'"])
def test_entities_in_a_sheet_are_refused(tmp_path, sound, entity, formula):
    """Neither the fast reader nor the one for doubtful sheets (here: a formula) takes them in."""
    (tmp_path / "secret").write_text("do not tell")
    given = entity.format(secret=(tmp_path / "secret").as_uri()).encode()
    (tmp_path / "in").mkdir()
    cell = b'<c r="E8" t="inlineStr"><is><t>&x;</t></is></c>' + formula
    xml = re.sub(rb'<c r="E8".*?</c>(<c r="E9".*?</c>)?', cell, sheet_xml(sound[0], 3), count=1)
    xml = xml.replace(b"<worksheet", b"<!DOCTYPE worksheet [<!ENTITY x " + given + b">]><worksheet")
    data = rezip(sound[0], {"xl/worksheets/sheet3.xml": xml})
    out, problems = read(tmp_path / "in", sound, "a.xlsx", data)
    assert problems["code"].tolist() == ["unreadable"]
    assert not annotate(tmp_path / "in", tmp_path / "out")


def test_looks_far_off_cost_no_time(tmp_path, sound):
    """Blank cells with a border to the end of the sheet, columns hidden to its end."""
    def far_look(book):
        book[MONEY]["XFD1048576"].font = Font(bold=True)
        book[MONEY].column_dimensions.group("H", "XFD", hidden=True)
    (tmp_path / "a.xlsx").write_bytes(edited(sound[0], many(far_look, put(MONEY, "E9", "=1+1"))))
    sheet = open_sheets(tmp_path / "a.xlsx")[0][2]
    assert not any(sheet.notes.values())
    assert sheet.rows[8][4].code == "formula"


def test_amounts_and_residents_at_their_limits_are_no_doubt(tmp_path, sound):
    """400 million dong is all that is planned for line I.1; Rạch Giá had 227,527 residents."""
    edits = many(put(MONEY, "E8", 400), put(PERSONS, "E17", 227_527), put(PERSONS, "E18", 100),
                 put(PERSONS, "F18", 50), put(PERSONS, "G18", 60), put(PERSONS, "E8", 300_000))
    _, problems = read(tmp_path, sound, "a.xlsx", edited(sound[0], edits))
    assert problems.empty


def test_each_language_writes_decimals_its_way(tmp_path, sound):
    edits = many(put(MONEY, "E8", "400,5"), put(PERSONS, "F8", 0.35))
    _, problems = read(tmp_path, sound, "a.xlsx", edited(sound[0], edits))
    persons, money = problems.to_dict("records")
    assert "0.35 is" in persons["message_en"] and "0,35 không" in persons["message_vi"]
    assert persons["value"] == "0.35", "what stands there"
    assert "read as 400.5." in money["message_en"] and "đọc là 400,5." in money["message_vi"]
    assert "together (400)." in money["message_en"]


def test_a_percentage_is_named_as_it_shows(tmp_path, sound):
    edits = many(*(put(MONEY, cell, value) for cell, value in (("E8", 0.955), ("E9", 0.07))),
                 *(look(MONEY, cell, "0%") for cell in ("E8", "E9")))
    _, problems = read(tmp_path, sound, "a.xlsx", edited(sound[0], edits))
    assert problems["value"].tolist() == ["95.5%", "7%"]


def test_parts_with_further_fields_in_their_headers_are_read(tmp_path, sound):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sound[0])) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            about = zipfile.ZipInfo(name)
            about.extra = struct.pack("<HH4s", 0xCAFE, 4, b"more")
            new.writestr(about, old.read(name), zipfile.ZIP_DEFLATED)
    returns, problems = read(tmp_path, sound, "a.xlsx", out.getvalue())
    assert problems.empty and returns.reporting.attrs["cells"]["submitted"] == 234


def test_external_links_are_ignored_with_a_warning(tmp_path, sound):
    out, problems = read(tmp_path, sound, "a.xlsx", rezip(sound[0], {
        "xl/externalLinks/externalLink1.xml": b"<externalLink/>"}))
    assert list(problems["code"]) == ["external_links"]
    assert set(problems["severity"]) == {"warning"}
    assert out.reporting.attrs["cells"] == {"submitted": 234, "accepted": 234, "rejected": 0}


def test_a_formula_with_a_stored_result_is_read(tmp_path, sound):
    xml = re.sub(rb'(<c r="E8"[^>]*>)<v>10.5</v>', rb"\1<f>5+5.5</f><v>10.5</v>",
                 sheet_xml(sound[0], 3))
    assert b"<f>" in xml
    out, problems = read(tmp_path, sound, "a.xlsx", rezip(sound[0],
                                                          {"xl/worksheets/sheet3.xml": xml}))
    assert len(problems) == 0 and out.spending.loc[0, "amount"] == 10.5


def test_two_returns_of_one_unit_and_year_are_both_rejected(tmp_path, sound):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "2.xlsx").write_bytes(sound[0])
    (tmp_path / "1.xlsx").write_bytes(edited(sound[0], put(PERSONS, "E8", 2000)))
    out = read_returns(tmp_path, form())
    assert list(out.problems["file"]) == ["1.xlsx", "b/2.xlsx"]
    assert set(out.problems["code"]) == {"duplicate_return"}
    assert "b/2.xlsx" in out.problems.loc[0, "message_vi"]
    assert out.reporting.attrs["cells"] == {"submitted": 234, "accepted": 0, "rejected": 234}
    assert out.outcomes.empty and not out.reporting["received"].any()


def test_every_kind_of_problem_is_shown_here_or_among_the_returns():
    shown = {c for _, found in ONE.values() for *_, code in found for c in code.split(";")}
    shown |= {code for *_, code in FILES.values()}
    elsewhere = {"external_links"} | {
        code for code in messages() if any(f'"{code}"' in text for text in OTHERS)}
    assert set(messages()) == (shown | elsewhere) - {None}
    assert all(len(row) == 4 and all(row.values()) for row in messages().values())
    assert len(ONE) + len(FILES) >= 40


def test_a_warning_keeps_the_figure_and_an_error_loses_it(tmp_path, sound):
    out, _ = read(tmp_path, sound, "a.xlsx", edited(sound[0], many(
        put(PERSONS, "E8", "1.234"), put(PERSONS, "F9", "15/15"), put(PERSONS, "G8", "..."))))
    first = out.outcomes.iloc[:2]
    assert first[STATES].values.tolist() == [["reported", "reported", "not_known"],
                                             ["reported", "rejected", "reported"]]
    assert first["eligible"].tolist() == [1234, 1001] and first["reached"].isna().tolist() == [
        False, True]


def message(problems, cell=None):
    return problems[problems["cell"].isna() if cell is None else problems["cell"] == cell][
        "message_en"].item()


def test_what_a_message_says_of_the_cell(tmp_path, sound):
    """All faults of a cell in one text, problems in the order of the sheet, limits and rows."""
    out, problems = read(tmp_path, sound, "a.xlsx", edited(sound[0], many(
        hide(PERSONS, row=9), put(PERSONS, "G9", "15/15"), put(PERSONS, "F8", 1001),
        put(PERSONS, "E10", 3_000_000), call(MONEY, "delete_rows", 8, 5))))
    assert problems["cell"].tolist() == ["E8", "F8", "E9", "F9", "G9", "E10", None]
    assert re.search(r"is a fraction\. .*\. 15/15 stands in a hidden row", message(problems, "G9"))
    assert "(limit 2000000)" in message(problems, "E10") and "…" not in message(problems)
    removed = out.spending[out.spending["file"].eq("a.xlsx") & out.spending["sheet"].isna()]
    assert removed["state"].tolist() == ["not_reported"] * 5
    out, problems = read(tmp_path, sound, "a.xlsx", edited(sound[0], call(
        PERSONS, "delete_rows", 8, 6)))
    missing = [*form().asked("indicators", "rach-gia")][:5]
    assert f"missing: {', '.join(missing)} …." in message(problems)
    rows = out.outcomes[out.outcomes["file"].eq("a.xlsx") & out.outcomes["sheet"].isna()]
    assert (rows[STATES] == "not_reported").all(axis=None) and len(rows) == 6


def test_the_date_of_receipt_lies_in_the_year_reported_or_later(tmp_path, sound):
    for day, there in ((datetime.date(2018, 1, 1), True), (datetime.date(2017, 12, 31), False)):
        out, problems = read(tmp_path, sound, "a.xlsx", edited(sound[0], put(COVER, "B17", day)))
        row = out.reporting.set_index("file").loc["a.xlsx"]
        assert row["on_time"] == there
        assert problems["code"].tolist() == ["far_date" if there else "received_on"]
        assert row.isna()["received_on"] is not there
