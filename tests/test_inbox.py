"""What lies in an inbox: noise, dates of receipt in a list, corrections, years taken in before."""

import datetime
import io
import zipfile

import openpyxl
import pytest

from kgge.returns.collect import read_returns
from kgge.returns.form import load_form
from kgge.returns.template import write_template

PERSONS = "Chỉ tiêu"


@pytest.fixture(scope="module")
def form():
    return load_form()


def values(form, unit, year, **changes):
    out = {}
    for at, (code, (indicator, *_)) in enumerate(form.asked("indicators", unit).items()):
        people = form.residents.get(unit, 9000) // 2 if indicator == form.census else 1000 + at
        reached = 100 + at + 10 * (year - 2016)
        out |= {(code, "eligible"): people, (code, "reached"): reached,
                (code, "attendances"): reached + 50}
    return out | {(code, "amount"): 5.5 for code in form.money}


def send(folder, form, year=2018, unit="rach-gia", name=None, edit=None, **how):
    path = folder / (name or f"{unit}-{year}.xlsx")
    write_template(unit, year, path, form=form, **{
        "values": values(form, unit, year), "received_on": datetime.date(year + 1, 1, 20)} | how)
    if edit:
        book = openpyxl.load_workbook(path)
        edit(book)
        book.save(path)
    return path


def put(cell, value, sheet="Bìa"):
    return lambda book: book[sheet].__setitem__(cell, value)


def add_field(value):
    return put("B22", value)


def codes(out, file=None):
    rows = out.problems if file is None else out.problems[out.problems["file"] == file]
    return sorted(code for several in rows["code"] for code in several.split(";"))


def whole(out):
    cells = out.reporting.attrs["cells"]
    assert cells["accepted"] + cells["rejected"] == cells["submitted"]
    return out


def packed(*names):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name in names:
            target.writestr(name, "x")
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
BOOK = OLE + "Workbook".encode("utf-16-le")
NOISE = {
    "công văn.pdf": b"%PDF-1.4", "a.PDF": b"%PDF", "công văn.docx": packed("word/document.xml"),
    "cũ.doc": OLE + "Workbook".encode("utf-16-le"), "anh.jpg": b"\xff\xd8", "dau.PNG": b"\x89PNG",
    "gui.zip": packed("a/báo cáo.xlsx"), "gui.rar": b"Rar!\x1a\x07", "gui.7z": b"7z\xbc\xaf",
    "Thumbs.db": BOOK, "desktop.ini": b"[x]", ".DS_Store": b"\0\0\0\1Bud1", "~$a.xlsx": b"\5Hoa",
    ".~lock.a.xlsx#": b",hoa", "._a.xlsx": b"\0\5\x16\7", "a.xlsx~": packed("xl/workbook.xml"),
    "a.tmp": packed("xl/workbook.xml"), "ghi chú.txt": b"350", "thu.msg": BOOK, "thu.eml": b"From:",
    "baocao": b"?", "hỏng": b"PK\3\4 cut"}
REFUSED = {  # workbooks, whatever they are called: a return may be in them
    "a.xls": (BOOK, "save_as"), "a.ods": (packed("content.xml"), "save_as"),
    "a.xlsb": (packed("xl/workbook.bin"), "save_as"), "a.et": (b"", "empty_file"),
    "a.csv": (b"code,eligible", "wrong_type"), "baocao": (packed("xl/workbook.xml"), "wrong_type"),
    "a.xlsx.download": (packed("xl/workbook.xml"), "wrong_type"), "b": (BOOK, "save_as"),
    "a.zip": (packed("xl/workbook.xml"), "wrong_type"), "c.xlsx": (b"%PDF", "not_workbook"),
    "d": (OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    ".a.xlsx": (packed("x"), "not_workbook")}


def test_what_is_no_return_is_listed_once_and_is_no_error(tmp_path, form):
    send(tmp_path, form)
    for name, content in NOISE.items():
        (tmp_path / name).write_bytes(content)
    out = whole(read_returns(tmp_path, form))
    assert sorted(out.problems["file"]) == sorted(NOISE)
    assert set(out.problems["code"]) == {"not_return"}
    assert set(out.problems["severity"]) == {"warning"} and out.reporting["received"].sum() == 1


def test_a_workbook_of_another_kind_is_refused_whatever_it_is_called(tmp_path, form):
    for name, (content, _) in REFUSED.items():
        (tmp_path / name).write_bytes(content)
    problems = read_returns(tmp_path, form).problems
    assert dict(zip(problems["file"], problems["code"], strict=True)) == {
        name: code for name, (_, code) in REFUSED.items()}
    assert set(problems["severity"]) == {"error"}


@pytest.mark.parametrize("name", [".rach-gia.xlsx", "~$cu/rach-gia.xlsx", "~$rach-gia.XLSX"])
def test_a_return_with_an_odd_name_is_read(name, tmp_path, form):
    send(tmp_path, form, name=name)
    out = read_returns(tmp_path, form)
    assert out.problems.empty and out.reporting["received"].sum() == 1


def test_dates_of_receipt_come_from_one_list(tmp_path, form):
    send(tmp_path, form, received_on=None)
    send(tmp_path, form, unit="ha-tien", received_on=datetime.date(2019, 6, 1))
    send(tmp_path, form, unit="labour", edit=put("B17", "hôm qua"))
    (tmp_path / "receipts.csv").write_text(
        "unit;year;received_on\nrach-gia;2018;2019-01-15\nha-tien;2018;31/01/2019\n"
        "labour;2018;15/3/2019\nlabour;2017;\nfinance;2018;1/2/2019\n", encoding="utf-8-sig")
    out = whole(read_returns(tmp_path, form))
    assert out.problems.empty
    rows = out.reporting.set_index(["unit", "year"])
    assert [str(rows.loc[(u, 2018), "received_on"].date()) for u in (
        "rach-gia", "ha-tien", "labour")] == ["2019-01-15", "2019-01-31", "2019-03-15"]
    assert rows.loc[[("rach-gia", 2018), ("ha-tien", 2018), ("labour", 2018)],
                    "on_time"].tolist() == [True, True, False]
    one = read_returns(tmp_path / "rach-gia-2018.xlsx", form)
    assert one.problems.empty and one.reporting["on_time"].sum() == 1


LISTS = {
    "unit": ("sai-gon,2018,2019-01-15", "sai-gon"), "year": ("labour,2035,2019-01-15", "2035"),
    "no year": ("labour,,2019-01-15", None), "day": ("labour,2018,31/02/2019", "31/02/2019"),
    "too early": ("labour,2018,2017-01-15", "2017-01-15"),
    "twice": ("labour,2018,2019-01-15\nlabour,2018,2019-01-16", "2019-01-16")}


@pytest.mark.parametrize("kind", LISTS)
def test_a_fault_in_the_list_is_named_with_its_line(kind, tmp_path, form):
    lines, value = LISTS[kind]
    send(tmp_path, form, received_on=None)
    (tmp_path / "receipts.csv").write_text(
        f"unit,year,received_on\nrach-gia,2018,2019-01-15\n{lines}\n", encoding="utf-8")
    out = whole(read_returns(tmp_path, form))
    row = out.problems.astype(object).where(out.problems.notna(), None).to_dict("records")[0]
    assert len(out.problems) == 1 and (row["file"], row["severity"], row["code"], row["value"]) == (
        "receipts.csv", "error", "receipts", value)
    assert f"line {2 + len(lines.splitlines())}:" in row["message_en"]
    assert out.reporting["on_time"].sum() == 1, "the other lines count"


GOOD = "unit,year,received_on\nlabour,2018,2019-01-15\nrach-gia,2018,2019-01-16\n"
LISTED = {  # however the list is called and written: its name, its bytes
    "Receipts.csv": GOOD.encode(), "receipts.CSV": GOOD.encode(),
    "2018/receipts.csv": GOOD.encode(),
    "head": GOOD.replace("unit,year,r", "Unit , YEAR,R").encode(),
    "separator": ("sep=;\r\n" + GOOD.replace(",", ";").replace("\n", "\r\n")).encode(),
    "Unicode text": GOOD.replace(",", "\t").encode("utf-16"),
    "names": GOOD.replace("rach-gia", "Rạch Giá").encode("utf-8-sig"),
    "old letters": (GOOD + "labour,2018,,").encode() + "ghi chú\n".encode("latin-1"),
    "dates": GOOD.replace("2019-01-15", "ngày 15 tháng 01 năm 2019").replace(
        "2019-01-16", "43481").encode()}


@pytest.mark.parametrize("kind", LISTED)
def test_the_list_is_read_however_it_is_called_and_written(kind, tmp_path, form):
    send(tmp_path, form, received_on=None)
    send(tmp_path, form, name="2018/labour.xlsx", unit="labour", received_on=None)
    (tmp_path / (kind if "csv" in kind.lower() else "receipts.csv")).write_bytes(
        LISTED[kind].replace(b"on\n", b"on,note\n") if kind == "old letters" else LISTED[kind])
    out = whole(read_returns(tmp_path, form))
    assert out.problems.empty
    assert sorted(out.reporting["received_on"].dropna().dt.day) == [15, 16]


def test_a_line_that_cannot_be_used_loses_only_itself(tmp_path, form):
    send(tmp_path, form, received_on=None)
    (tmp_path / "receipts.csv").write_text(
        "sep=,\n" + GOOD + "labour,2018,15,01,2019\n\nsai-gon,2018,1/1/2019\nlabour,2018,1/2/2019\n"
        "labour,2019,1/1/2018\n", encoding="utf-8")
    out = read_returns(tmp_path, form)
    assert out.problems["cell"].tolist() == ["A5", "A7", "C8", "C9"]
    assert out.reporting["on_time"].sum() == 1
    for row, line in zip(out.problems.itertuples(), (5, 7, 8, 9), strict=True):
        assert f"dòng {line}:" in row.message_vi and f"line {line}:" in row.message_en
        assert str(tmp_path) not in row.message_vi and "2019-" not in row.message_vi
    assert "labour 2018: 15/01/2019." in out.problems.loc[2, "message_vi"]
    assert out.problems.loc[1, "message_vi"].endswith("giang-thanh."), "all codes that are allowed"


@pytest.mark.parametrize("day", ["02/01/2018", "15/01/2109"])
def test_a_date_of_the_list_far_off_is_doubted_as_on_the_cover(day, tmp_path, form):
    send(tmp_path, form, received_on=datetime.date(2018, 1, 2))
    (tmp_path / "receipts.csv").write_text(f"unit,year,received_on\nrach-gia,2018,{day}\n")
    problems = read_returns(tmp_path, form).problems
    assert problems[["file", "cell", "code"]].values.tolist() == [
        ["receipts.csv", "C2", "far_date"]]


def test_a_list_that_is_none(tmp_path, form):
    for text in ("unit,year\n", "unit,year,received_on\na,b,c,d\n"):
        (tmp_path / "receipts.csv").write_text(text, encoding="utf-8")
        problems = read_returns(tmp_path, form).problems
        assert problems[["file", "code"]].values.tolist() == [["receipts.csv", "receipts"]]


def test_an_inbox_is_held_against_the_years_taken_in_before(tmp_path, form):
    known, inbox = tmp_path / "known", tmp_path / "inbox"
    send(known, form, 2017)
    send(known, form, 2017, unit="ha-tien")
    send(known, form, 2018, name="2018/nhan.xlsx", values=values(form, "rach-gia", 2018) | {
        ("1a.students.female", "eligible"): 5000})
    (known / "receipts.csv").write_text("unit,year,received_on\nrach-gia,2018,2019-01-09\n")
    send(inbox, form, edit=put("E8", 10_000, PERSONS), received_on=None)
    alone = whole(read_returns(inbox, form))
    assert codes(alone) == ["no_date"]
    out = whole(read_returns(inbox, form, known))
    assert out.problems[["file", "cell", "code"]].values.tolist() == [
        ["rach-gia-2018.xlsx", "E8", "jumps"]]
    assert "in 2017" in out.problems["message_en"].item()
    assert set(out.outcomes["file"]) == {"rach-gia-2018.xlsx"}
    assert out.reporting["received"].sum() == 1 and out.reporting["on_time"].sum() == 1
    assert out.reporting.attrs["cells"] == alone.reporting.attrs["cells"]
    assert read_returns(inbox, form, tmp_path / "none").problems.equals(alone.problems)
    assert read_returns(known / "2018", form, known).reporting["received"].sum() == 1


def test_real_returns_are_not_held_against_illustrative_ones(tmp_path, form):
    send(tmp_path / "known", form, 2017, illustrative=True)
    send(tmp_path / "inbox", form, edit=put("E8", 10_000, PERSONS))
    assert read_returns(tmp_path / "inbox", form, tmp_path / "known").problems.empty


@pytest.mark.parametrize("answer", [
    datetime.date(2019, 1, 20), "20/01/2019", "thay thế báo cáo gửi ngày 20/1/2019", "Có / Yes"])
def test_a_correction_replaces_the_first_return(answer, tmp_path, form):
    send(tmp_path, form, name="1.xlsx")
    send(tmp_path, form, name="2.xlsx", edit=lambda book: (
        add_field(answer)(book), put("F8", 333, PERSONS)(book)),
        received_on=datetime.date(2019, 3, 4))
    out = whole(read_returns(tmp_path, form))
    assert out.problems[["file", "severity", "code"]].values.tolist() == [
        ["1.xlsx", "warning", "replaced"]]
    assert "2.xlsx" in out.problems["message_vi"].item()
    assert set(out.outcomes["file"]) == {"2.xlsx"} and 333 in set(out.outcomes["reached"])
    assert out.reporting.attrs["cells"]["rejected"] == 117


@pytest.mark.parametrize("fault", [
    put("F8", "hơn 350", PERSONS), put("B15", "nghìn đồng"), put("B13", "01/01/2017 – 31/12/2017"),
    put("B17", "hôm qua"), put("B16", "KH27-v0")])
def test_nothing_is_said_of_the_faults_of_a_return_that_was_replaced(fault, tmp_path, form):
    send(tmp_path, form, name="1.xlsx", edit=fault)
    assert not whole(read_returns(tmp_path, form)).problems.empty
    send(tmp_path, form, name="2.xlsx", edit=add_field("Có"),
         received_on=datetime.date(2019, 3, 4))
    out = whole(read_returns(tmp_path, form))
    assert out.problems[["file", "code"]].values.tolist() == [["1.xlsx", "replaced"]]
    assert set(out.outcomes["file"]) == {"2.xlsx"}


def test_what_is_refused_is_replaced_only_by_its_own_unit_and_a_later_return(tmp_path, form):
    send(tmp_path, form, edit=add_field("Có"))
    send(tmp_path, form, name="other.xlsx", edit=put("B9", "UBND thị xã Hà Tiên"))
    send(tmp_path, form, name="later.xlsx", edit=lambda book: (
        add_field("Có")(book), put("B15", "nghìn đồng")(book)))
    assert codes(read_returns(tmp_path, form)) == ["measure", "other_unit"]


def test_a_refused_file_does_not_decide_what_the_others_are(tmp_path, form):
    send(tmp_path, form)
    send(tmp_path, form, unit="labour", edit=lambda book: (
        put("B18", "Có / Yes")(book), put("B12", 2030)(book)))
    out = whole(read_returns(tmp_path, form))
    assert codes(out) == ["year"] and not out.reporting.attrs["illustrative"]
    assert out.reporting["received"].sum() == 1


def test_of_several_corrections_the_latest_counts(tmp_path, form):
    send(tmp_path, form, name="1.xlsx")
    for at, month in ((2, 3), (3, 2)):
        send(tmp_path, form, name=f"{at}.xlsx", edit=add_field("Có"),
             received_on=datetime.date(2019, month, 4))
    assert set(read_returns(tmp_path, form).outcomes["file"]) == {"2.xlsx"}
    send(tmp_path, form, name="3.xlsx", edit=add_field("Có"),
         received_on=datetime.date(2019, 3, 4))
    assert codes(read_returns(tmp_path, form)) == ["duplicate_return"] * 3, "which is the later?"


@pytest.mark.parametrize("answer", [None, "Không / No", "-", ""])
def test_two_returns_without_that_word_are_both_refused(answer, tmp_path, form):
    send(tmp_path, form, name="1.xlsx")
    send(tmp_path, form, name="2.xlsx", edit=add_field(answer))
    found = codes(read_returns(tmp_path, form))
    assert [code for code in found if code != "replaces"] == ["duplicate_return"] * 2


def test_an_unclear_word_on_corrections_is_named(tmp_path, form):
    send(tmp_path, form, edit=add_field("xem công văn"))
    out = read_returns(tmp_path, form)
    assert out.problems[["cell", "severity", "code"]].values.tolist() == [
        ["B22", "warning", "replaces"]]


DATES = {  # as it stands on the cover: code of its problem
    datetime.date(2018, 12, 10): None, datetime.date(2019, 1, 31): None,
    datetime.date(2020, 7, 14): None, datetime.date(2018, 1, 2): "far_date",
    datetime.date(2109, 1, 2): "far_date", datetime.date(2017, 12, 31): "received_on",
    datetime.date(2019, 5, 1): "swapped_date", datetime.date(2019, 5, 14): None,
    datetime.date(2019, 3, 1): "swapped_date", datetime.date(2019, 3, 2): None,
    datetime.date(2019, 6, 1): None,
    "01/05/2019": None, "ngày 31/01/2019": None, "31/1/19": None, "2019/01/31": None,
    "31/01/2019 08:30": None, "02/01/2018": "far_date", None: "no_date", "tháng 1": "received_on"}


@pytest.mark.slow
def test_a_date_of_receipt_far_off_or_turned_is_doubted(tmp_path, form):
    send(tmp_path, form)
    for day, code in DATES.items():
        path = send(tmp_path, form, edit=put("B17", day))
        out = read_returns(path, form)
        assert codes(out) == ([code] if code else []), day
        assert out.problems["cell"].tolist() == ["B17"] * bool(code)


def test_vietnamese_messages_write_dates_day_first(tmp_path, form):
    path = send(tmp_path, form, edit=lambda book: (
        put("B17", datetime.date(2019, 5, 1))(book),
        put("F8", datetime.date(2018, 3, 5), PERSONS)(book), put("F9", True, PERSONS)(book)))
    said = read_returns(path, form).problems.set_index("cell")
    assert "01/05/2019" in said.loc["B17", "message_vi"] and "05/01/2019" in said.loc[
        "B17", "message_vi"] and "2019-01-05" in said.loc["B17", "message_en"]
    assert said.loc["F8", "message_vi"].startswith("05/03/2018")
    assert said.loc["F8", "value"].startswith("2018-03-05")
    assert '"TRUE"' in said.loc["F9", "message_vi"]
