"""What lies in an inbox: noise, dates of receipt in a list, corrections, years taken in before."""

import datetime
import io
import unicodedata
import zipfile

import openpyxl
import pytest
from forms import change, form, put, read, write

from kgge.files import DataError
from kgge.returns.annotate import annotate

COVER, PERSONS, MONEY = "Bìa", "Chỉ tiêu", "Kinh phí"


def values(unit, year):
    out = {}
    for at, (code, (indicator, *_)) in enumerate(form().asked("indicators", unit).items()):
        people = form().residents.get(unit, 9000) // 2 if indicator == form().census else 1000 + at
        reached = 100 + at + 10 * (year - 2016)
        out |= {(code, "eligible"): people, (code, "reached"): reached,
                (code, "attendances"): reached + 50}
    return out | {(code, "amount"): 5.5 for code in form().money}


def send(folder, year=2018, unit="rach-gia", name=None, edit=None, **how):
    """Write a return filled in whole and edit it."""
    path = write(folder / (name or f"{unit}-{year}.xlsx"), unit, year, **{
        "values": values(unit, year), "received_on": datetime.date(year + 1, 1, 20)} | how)
    if edit:
        change(path, edit)
    return path


def replaces(said):
    return put(COVER, B22=said)


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


def test_what_is_no_return_is_listed_once_and_is_no_error(tmp_path):
    send(tmp_path)
    for name, content in NOISE.items():
        (tmp_path / name).write_bytes(content)
    out = whole(read(tmp_path))
    assert sorted(out.problems["file"]) == sorted(NOISE)
    assert set(out.problems["code"]) == {"not_return"}
    assert set(out.problems["severity"]) == {"warning"} and out.reporting["received"].sum() == 1


def test_a_workbook_of_another_kind_is_refused_whatever_it_is_called(tmp_path):
    for name, (content, _) in REFUSED.items():
        (tmp_path / name).write_bytes(content)
    problems = read(tmp_path).problems
    assert dict(zip(problems["file"], problems["code"], strict=True)) == {
        name: code for name, (_, code) in REFUSED.items()}
    assert set(problems["severity"]) == {"error"}


@pytest.mark.parametrize("name", [".rach-gia.xlsx", "~$cu/rach-gia.xlsx", "~$rach-gia.XLSX"])
def test_a_return_with_an_odd_name_is_read(name, tmp_path):
    send(tmp_path, name=name)
    out = read(tmp_path)
    assert out.problems.empty and out.reporting["received"].sum() == 1


def test_dates_of_receipt_come_from_one_list(tmp_path):
    send(tmp_path, received_on=None)
    send(tmp_path, unit="ha-tien", received_on=datetime.date(2019, 6, 1))
    send(tmp_path, unit="labour", edit=put(COVER, B17="hôm qua"))
    (tmp_path / "receipts.csv").write_text(
        "unit;year;received_on\nrach-gia;2018;2019-01-15\nha-tien;2018;31/01/2019\n"
        "labour;2018;15/3/2019\nlabour;2017;\nfinance;2018;1/2/2019\n", encoding="utf-8-sig")
    out = whole(read(tmp_path))
    assert out.problems.empty
    rows = out.reporting.set_index(["unit", "year"])
    assert [str(rows.loc[(u, 2018), "received_on"].date()) for u in (
        "rach-gia", "ha-tien", "labour")] == ["2019-01-15", "2019-01-31", "2019-03-15"]
    assert rows.loc[[("rach-gia", 2018), ("ha-tien", 2018), ("labour", 2018)],
                    "on_time"].tolist() == [True, True, False]
    one = read(tmp_path / "rach-gia-2018.xlsx")
    assert one.problems.empty and one.reporting["on_time"].sum() == 1


LISTS = {
    "unit": ("sai-gon,2018,2019-01-15", "sai-gon"), "year": ("labour,2035,2019-01-15", "2035"),
    "no year": ("labour,,2019-01-15", None), "day": ("labour,2018,31/02/2019", "31/02/2019"),
    "too early": ("labour,2018,2017-01-15", "2017-01-15"),
    "twice": ("labour,2018,2019-01-15\nlabour,2018,2019-01-16", "2019-01-16")}


@pytest.mark.parametrize("kind", LISTS)
def test_a_fault_in_the_list_is_named_with_its_line(kind, tmp_path):
    lines, value = LISTS[kind]
    send(tmp_path, received_on=None)
    (tmp_path / "receipts.csv").write_text(
        f"unit,year,received_on\nrach-gia,2018,2019-01-15\n{lines}\n", encoding="utf-8")
    out = whole(read(tmp_path))
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
    "title": ("DANH SÁCH NGÀY NHẬN BÁO CÁO,,\nNăm 2018,,\n\n" + GOOD).encode(),
    "not yet": GOOD.encode() + "finance,2018,-\njustice,2018,chưa nhận\n".encode(),
    "gaps": GOOD.replace("2019-01-15", "15 / 01/ 2019").replace(
        "2019-01-16", '"January 16, 2019"').encode(),
    "Excel": GOOD.replace("2019-01-15", "15-Thg1-19").replace(
        "2019-01-16", "16/01/2019 (bản giấy 23/01/2019)").encode(),
    "dates": GOOD.replace("2019-01-15", "ngày 15 tháng 01 năm 2019").replace(
        "2019-01-16", "43481").encode()}


@pytest.mark.parametrize("kind", LISTED)
def test_the_list_is_read_however_it_is_called_and_written(kind, tmp_path):
    send(tmp_path, received_on=None)
    send(tmp_path, name="2018/labour.xlsx", unit="labour", received_on=None)
    (tmp_path / (kind if "csv" in kind.lower() else "receipts.csv")).write_bytes(
        LISTED[kind].replace(b"on\n", b"on,note\n") if kind == "old letters" else LISTED[kind])
    out = whole(read(tmp_path))
    assert out.problems.empty
    assert sorted(out.reporting["received_on"].dropna().dt.day) == [15, 16]


def test_a_line_that_cannot_be_used_loses_only_itself(tmp_path):
    send(tmp_path, received_on=None)
    (tmp_path / "receipts.csv").write_text(
        "sep=,\n" + GOOD + "labour,2018,15,01,2019\n\nsai-gon,2018,1/1/2019\nlabour,2018,1/2/2019\n"
        "labour,2019,1/1/2018\n", encoding="utf-8")
    out = read(tmp_path)
    assert out.problems["cell"].tolist() == ["A5", "A7", "C8", "C9"]
    assert out.reporting["on_time"].sum() == 1
    for row, line in zip(out.problems.itertuples(), (5, 7, 8, 9), strict=True):
        assert f"dòng {line}:" in row.message_vi and f"line {line}:" in row.message_en
        assert str(tmp_path) not in row.message_vi and "2019-" not in row.message_vi
    assert "labour 2018: 15/01/2019." in out.problems.loc[2, "message_vi"]
    assert out.problems.loc[1, "message_vi"].endswith("giang-thanh."), "all codes that are allowed"


@pytest.mark.parametrize("day", ["02/01/2018", "15/01/2109"])
def test_a_date_of_the_list_far_off_is_doubted_as_on_the_cover(day, tmp_path):
    send(tmp_path, received_on=datetime.date(2018, 1, 2))
    (tmp_path / "receipts.csv").write_text(f"unit,year,received_on\nrach-gia,2018,{day}\n")
    problems = read(tmp_path).problems
    assert problems[["file", "cell", "code"]].values.tolist() == [
        ["receipts.csv", "C2", "far_date"]]


def test_a_list_that_is_none(tmp_path):
    for text in ("unit,year\n", "unit,year,received_on\na,b,c,d\n"):
        (tmp_path / "receipts.csv").write_text(text, encoding="utf-8")
        problems = read(tmp_path).problems
        assert problems[["file", "code"]].values.tolist() == [["receipts.csv", "receipts"]]


def test_an_inbox_is_held_against_the_years_taken_in_before(tmp_path):
    known, inbox = tmp_path / "known", tmp_path / "inbox"
    send(known, year=2017)
    send(known, year=2017, unit="ha-tien")
    send(known, year=2018, name="2018/nhan.xlsx", values=values("rach-gia", 2018) | {
        ("1a.students.female", "eligible"): 5000})
    (known / "receipts.csv").write_text("unit,year,received_on\nrach-gia,2018,2019-01-09\n")
    send(inbox, edit=put(PERSONS, E8=10_000), received_on=None)
    alone = whole(read(inbox))
    assert codes(alone) == ["no_date"]
    out = whole(read(inbox, known))
    assert out.problems[["file", "cell", "code"]].values.tolist() == [
        ["rach-gia-2018.xlsx", "B22", "taken_in"], ["rach-gia-2018.xlsx", "E8", "jumps"]]
    assert "in 2017" in out.problems["message_en"].iloc[1]
    assert set(out.outcomes["file"]) == {"rach-gia-2018.xlsx"}
    assert out.reporting["received"].sum() == 1 and out.reporting["on_time"].sum() == 1
    assert out.reporting.attrs["cells"] == alone.reporting.attrs["cells"]
    assert read(inbox, tmp_path / "none").problems.equals(alone.problems)
    assert read(known / "2018", known).reporting["received"].sum() == 1


@pytest.mark.parametrize(("changes", "told"), [
    ({}, []), ({"reached": 900}, [("F8", "against_later", "130")]),
    ({"eligible": 9000}, [("E8", "jumps", "1000")]), ("copied", [(None, "same_as_year", "2019")])])
def test_a_late_return_is_held_against_later_years_taken_in(changes, told, tmp_path):
    known, inbox = tmp_path / "known", tmp_path / "inbox"
    send(known, year=2019)
    send(known, year=2020)
    send(inbox, values=values("rach-gia", 2019) if changes == "copied" else
         values("rach-gia", 2018) | {("1a.officials.female", name): value
                                           for name, value in changes.items()})
    problems = read(inbox, known).problems
    found = [(row.cell if isinstance(row.cell, str) else None, row.code, row.message_en)
             for row in problems.itertuples() if "few_attendances" not in row.code]
    assert [row[:2] for row in found] == [row[:2] for row in told]
    assert all(said in text for (*_, text), (*_, said) in zip(found, told, strict=True))


def test_real_returns_are_not_held_against_illustrative_ones(tmp_path):
    send(tmp_path / "known", year=2017, illustrative=True)
    send(tmp_path / "inbox", edit=put(PERSONS, E8=10_000))
    assert read(tmp_path / "inbox", tmp_path / "known").problems.empty


@pytest.mark.parametrize("answer", [
    datetime.date(2019, 1, 20), "20/01/2019", "thay thế báo cáo gửi ngày 20/1/2019", "Có / Yes"])
def test_a_correction_replaces_the_first_return(answer, tmp_path):
    send(tmp_path, name="1.xlsx")
    send(tmp_path, name="2.xlsx", edit=(replaces(answer), put(PERSONS, F8=333)),
        received_on=datetime.date(2019, 3, 4))
    out = whole(read(tmp_path))
    assert out.problems[["file", "severity", "code"]].values.tolist() == [
        ["1.xlsx", "warning", "replaced"]]
    assert "2.xlsx" in out.problems["message_vi"].item()
    assert set(out.outcomes["file"]) == {"2.xlsx"} and 333 in set(out.outcomes["reached"])
    assert out.reporting.attrs["cells"]["rejected"] == 117


@pytest.mark.slow
@pytest.mark.parametrize("fault", [
    put(PERSONS, F8="hơn 350"), put(COVER, B15="nghìn đồng"),
    put(COVER, B13="01/01/2017 – 31/12/2017"), put(COVER, B17="hôm qua"),
    put(COVER, B16="KH27-v0")])
def test_nothing_is_said_of_the_faults_of_a_return_that_was_replaced(fault, tmp_path):
    send(tmp_path, name="1.xlsx", edit=fault)
    assert not whole(read(tmp_path)).problems.empty
    send(tmp_path, name="2.xlsx", edit=replaces("Có"),
         received_on=datetime.date(2019, 3, 4))
    out = whole(read(tmp_path))
    assert out.problems[["file", "code"]].values.tolist() == [["1.xlsx", "replaced"]]
    assert set(out.outcomes["file"]) == {"2.xlsx"}


@pytest.mark.slow
def test_what_is_refused_is_replaced_only_by_its_own_unit_and_a_later_return(tmp_path):
    send(tmp_path, edit=replaces("Có"))
    send(tmp_path, name="other.xlsx", edit=put(COVER, B9="UBND thị xã Hà Tiên"))
    send(tmp_path, name="later.xlsx", edit=(
        replaces("Có"), put(COVER, B15="nghìn đồng")))
    assert codes(read(tmp_path)) == ["measure", "other_unit"]


def test_a_refused_file_does_not_decide_what_the_others_are(tmp_path):
    send(tmp_path)
    send(tmp_path, unit="labour", edit=put(COVER, B18="Có / Yes", B12=2030))
    out = whole(read(tmp_path))
    assert codes(out) == ["year"] and not out.reporting.attrs["illustrative"]
    assert out.reporting["received"].sum() == 1


@pytest.mark.slow
def test_of_several_corrections_the_latest_counts(tmp_path):
    send(tmp_path, name="1.xlsx")
    for at, month in ((2, 3), (3, 2)):
        send(tmp_path, name=f"{at}.xlsx", edit=replaces("Có"),
             received_on=datetime.date(2019, month, 4))
    assert set(read(tmp_path).outcomes["file"]) == {"2.xlsx"}
    send(tmp_path, name="3.xlsx", edit=replaces("Có"),
         received_on=datetime.date(2019, 3, 4))
    assert codes(read(tmp_path)) == ["duplicate_return"] * 3, "which is the later?"


@pytest.mark.parametrize(("answer", "counts"), [
    ("Thay báo cáo lần đầu gửi ngày 20/01/2019", 1), ("Báo cáo lần 1 ngày 20/01/2019", 1),
    ("Sửa đổi lần 1 ngày 20/02/2019", 1), ("No. 12/BC-UBND, 20/01/2019", 1), ("x", 0),
    ("Bản sửa đổi lần 1", 0), ("Không thay thế, gửi lần đầu", 0)])
def test_a_date_in_the_line_on_corrections_decides(answer, counts, tmp_path):
    send(tmp_path, name="1.xlsx")
    send(tmp_path, name="2.xlsx", edit=replaces(answer))
    out = read(tmp_path)
    assert out.reporting["file"].dropna().tolist() == ["2.xlsx"] * counts
    assert ("replaced" if counts else "duplicate_return") in codes(out)


@pytest.mark.parametrize("answer", [None, "Không / No", "-", ""])
def test_two_returns_without_that_word_are_both_refused(answer, tmp_path):
    send(tmp_path, name="1.xlsx")
    send(tmp_path, name="2.xlsx", edit=replaces(answer))
    found = codes(read(tmp_path))
    assert [code for code in found if code != "replaces"] == ["duplicate_return"] * 2


def test_an_unclear_word_on_corrections_is_named(tmp_path):
    send(tmp_path, edit=replaces("xem công văn"))
    out = read(tmp_path)
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
def test_a_date_of_receipt_far_off_or_turned_is_doubted(tmp_path):
    send(tmp_path)
    for day, code in DATES.items():
        path = send(tmp_path, edit=put(COVER, B17=day))
        out = read(path)
        assert codes(out) == ([code] if code else []), day
        assert out.problems["cell"].tolist() == ["B17"] * bool(code)


def test_vietnamese_messages_write_dates_day_first(tmp_path):
    path = send(tmp_path, edit=(
        put(COVER, B17=datetime.date(2019, 5, 1)),
        put(PERSONS, F8=datetime.date(2018, 3, 5), F9=True)))
    said = read(path).problems.set_index("cell")
    assert "01/05/2019" in said.loc["B17", "message_vi"] and "05/01/2019" in said.loc[
        "B17", "message_vi"] and "2019-01-05" in said.loc["B17", "message_en"]
    assert said.loc["F8", "message_vi"].startswith("05/03/2018")
    assert said.loc["F8", "value"].startswith("2018-03-05")
    assert '"TRUE"' in said.loc["F9", "message_vi"]


def chain(folder, dated=True):
    """Send three returns of one unit and year, each of which replaces the one before."""
    for month, name in enumerate("abc", 1):
        send(folder, name=f"{name}.xlsx", edit=(
            replaces(f"20/{month - 1:02}/2019" if month > 1 else None),
            put(PERSONS, F8=329 + month)),
            received_on=datetime.date(2019, month, 20) if dated else None)


@pytest.mark.parametrize("days", [[], ["20/01/2019"], ["20/01/2019", "20/02/2019"],
                                  ["20/03/2019", "20/01/2019", "20/02/2019"]])
@pytest.mark.parametrize("dated", [True, False])
def test_a_list_may_date_the_first_return_and_its_corrections(days, dated, tmp_path):
    """Which return came first is told by dates of receipt or by what each says it replaces."""
    chain(tmp_path, dated)
    (tmp_path / "receipts.csv").write_text("\n".join([
        "unit,year,received_on", *(f"rach-gia,2018,{day}" for day in days)]), encoding="utf-8")
    out = whole(read(tmp_path))
    undated = not dated and len(days) < 3
    assert codes(out) == ["no_date"] * undated + ["replaced"] * 2
    assert set(out.outcomes["file"]) == {"c.xlsx"} and 332 in set(out.outcomes["reached"])
    row = out.reporting.query("received").iloc[0]
    assert undated or str(row["received_on"].date()) == "2019-03-20"
    assert row["on_time"] == bool(dated or days), "the first return came in time"


@pytest.mark.slow
def test_what_is_no_chain_is_still_refused(tmp_path):
    chain(tmp_path, dated=False)
    send(tmp_path, name="d.xlsx", edit=replaces("20/02/2019"), received_on=None)
    out = read(tmp_path)
    assert codes(out).count("duplicate_return") == 4, "c and d both replace b"


def test_a_date_of_the_list_that_no_return_accounts_for_is_named(tmp_path):
    send(tmp_path)
    (tmp_path / "receipts.csv").write_text(
        "unit,year,received_on\nrach-gia,2018,20/01/2019\nrach-gia,2018,20/02/2019\n")
    out = read(tmp_path)
    assert out.problems[["cell", "code"]].values.tolist() == [["C3", "receipts"]]
    assert out.reporting["on_time"].sum() == 1
    send(tmp_path, edit=replaces("20/01/2019"))
    out = read(tmp_path)
    assert out.problems.empty and out.reporting["received_on"].max().month == 2


def test_the_date_of_a_first_return_that_was_refused_is_not_its_corrections(tmp_path):
    send(tmp_path, name="1.xlsx", edit=put(COVER, B15="nghìn đồng"))
    send(tmp_path, name="2.xlsx", edit=replaces("Có"),
         received_on=datetime.date(2019, 3, 4))
    (tmp_path / "receipts.csv").write_text("unit,year,received_on\nrach-gia,2018,20/01/2019\n")
    out = read(tmp_path)
    assert codes(out) == ["replaced"]
    row = out.reporting.query("received").iloc[0]
    assert row["received_on"].month == 3 and not row["on_time"], "nothing came in time to be read"


def clear(columns, first, last, sheet=PERSONS):
    return put(sheet, **{f"{column}{row}": None for column in columns
                         for row in range(first, last + 1)})


IN_PART = {  # what is done to a correction: where it is asked after what is gone, how many figures
    "persons": (clear("EFG", 10, 33), "E10", 60), "money": (clear("E", 7, 61, MONEY), "E8", 51),
    "three": (clear("F", 8, 10), "F8", 3), "two": (clear("F", 8, 9), None, 0),
    "none": (put(PERSONS), None, 0), "not known": (put(PERSONS, F8="...", F9="...", F10="..."),
                                                   None, 0),
    "rows": (lambda book: book[PERSONS].delete_rows(8, 4), None, 12),
    "sheet": (lambda book: book.remove(book[MONEY]), None, 51)}


@pytest.mark.parametrize("kind", IN_PART)
@pytest.mark.parametrize("before", [False, True])
def test_a_correction_that_leaves_out_what_was_sent_is_asked_for_it(before, kind, tmp_path):
    edit, cell, count = IN_PART[kind]
    inbox = tmp_path / "inbox"
    send(tmp_path / "known" if before else inbox, name="1.xlsx")
    send(inbox, name="2.xlsx", received_on=datetime.date(2019, 2, 20), edit=(
        edit, replaces("Bổ sung cho báo cáo ngày 20/01/2019")))
    out = whole(read(inbox, tmp_path / "known"))
    assert out.reporting["file"].dropna().tolist() == ["2.xlsx"], "it counts all the same"
    told = out.problems[out.problems["code"].str.contains("left_out")]
    assert len(told) == (count > 0)
    for row in told.to_dict("records"):
        assert cell in (None, row["cell"]) and f"Có {count} số liệu" in row["message_vi"]
        assert row["severity"] == "warning" or "no_sheet" in row["code"]
        assert "1.xlsx: " in row["message_en"]


def test_a_blank_form_beside_the_filled_one_is_set_aside(tmp_path):
    send(tmp_path)
    send(tmp_path, name="mau.xlsx", values={}, received_on=None)
    out = whole(read(tmp_path))
    assert out.problems[["file", "severity", "code"]].values.tolist() == [
        ["mau.xlsx", "warning", "blank_form"]]
    assert out.reporting["file"].dropna().tolist() == ["rach-gia-2018.xlsx"]
    assert "mau.xlsx" not in out.reporting.attrs["files"], "nobody is asked to mend it"
    send(tmp_path, name="2.xlsx", edit=replaces("Có"), received_on=datetime.date(2019, 2, 4))
    assert read(tmp_path).reporting["file"].dropna().tolist() == ["2.xlsx"]
    send(tmp_path, unit="labour", name="a.xlsx", values={})
    send(tmp_path, unit="labour", name="b.xlsx", values={})
    assert codes(read(tmp_path)).count("duplicate_return") == 2


@pytest.mark.parametrize("says", ["21/01/2019", "Có"])
def test_the_date_of_a_first_return_that_is_gone_decides_for_its_correction(says, tmp_path):
    send(tmp_path, edit=replaces(says), received_on=None)
    for days, in_time in (("21/01", "20/02"), True), (("20/02",), False):
        (tmp_path / "receipts.csv").write_text("\n".join([
            "unit,year,received_on", *(f"rach-gia,2018,{day}/2019" for day in days)]))
        out = read(tmp_path)
        assert out.problems.empty and out.reporting["received_on"].max().month == 2
        assert out.reporting["on_time"].any() == in_time, days


@pytest.mark.parametrize(("first", "on_time"), [
    (datetime.date(2019, 1, 20), True), (datetime.date(2019, 2, 20), False), (None, False)])
@pytest.mark.parametrize("before", [False, True])
def test_a_return_in_time_stays_so_when_it_is_corrected(first, on_time, before, tmp_path):
    known, inbox = tmp_path / "known", tmp_path / "inbox"
    send(known if before else inbox, name="1.xlsx", received_on=first)
    send(inbox, name="2.xlsx", edit=replaces("Có"), received_on=datetime.date(2019, 3, 4))
    out = read(inbox, known)
    assert out.reporting["on_time"].sum() == on_time
    assert out.reporting["received_on"].max().month == 3


def test_a_blank_return_in_time_is_no_return_in_time(tmp_path):
    send(tmp_path, name="1.xlsx", values={})
    send(tmp_path, name="2.xlsx", edit=replaces("Có"), received_on=datetime.date(2019, 3, 4))
    assert not read(tmp_path).reporting["on_time"].any()


@pytest.mark.slow
def test_a_second_return_of_what_was_taken_in_must_say_that_it_replaces_it(tmp_path):
    known, inbox = tmp_path / "known", tmp_path / "inbox"
    first = send(known, name="2018/nhan.xlsx")
    send(inbox, received_on=datetime.date(2019, 2, 4))
    out = read(inbox, known)
    assert out.problems[["cell", "severity", "code"]].values.tolist() == [
        ["B22", "warning", "taken_in"]]
    assert "2018/nhan.xlsx" in out.problems["message_vi"].item()
    send(inbox, received_on=datetime.date(2019, 2, 4), edit=replaces("20/01/2019"))
    assert read(inbox, known).problems.empty
    (inbox / "rach-gia-2018.xlsx").write_bytes(first.read_bytes())
    assert read(inbox, known).problems.empty, "it is the very same file"
    send(known, unit="labour")
    assert len(read(inbox, known).reporting.attrs["taken_in"]) == 1
    send(known, unit="labour", illustrative=True)
    for folder, name in ((known, "2018/nhan.xlsx"), (inbox, "rach-gia-2018.xlsx")):
        send(folder, name=name, illustrative=True,
             received_on=datetime.date(2019, 2, 4 + (folder == known)))
    out = read(inbox, known)
    assert "taken_in" not in codes(out) and not out.reporting.attrs["taken_in"], "none is received"
    send(inbox, year=2017)
    assert "taken_in" not in codes(read(inbox / "rach-gia-2017.xlsx", known))


@pytest.mark.parametrize(("invented", "real", "odd"), [
    (["labour"], ["rach-gia", "ha-tien"], "labour"), (["labour"], ["rach-gia"], "labour"),
    (["labour", "ha-tien"], ["rach-gia"], "rach-gia")])
def test_of_two_kinds_in_an_inbox_the_rarer_is_refused_by_name(invented, real, odd, tmp_path):
    inbox = tmp_path / "inbox"
    for unit in invented + real:
        send(inbox, unit=unit, illustrative=unit in invented)
    with pytest.raises(DataError, match=r"stand together[^/]*\n  illustrative: .*labour-2018"):
        read(inbox)
    out = whole(read(inbox, tmp_path / "known"))
    assert out.problems[["file", "cell", "severity", "code"]].values.tolist() == [
        [f"{odd}-2018.xlsx", "B18", "error", "other_kind"]]
    assert out.reporting["received"].sum() == len(invented + real) - 1
    assert out.reporting.attrs["illustrative"] == (odd in real)
    assert odd not in set(out.outcomes["unit"])


ORDERS = {  # lines of a list in the order of month and day, or that of day and month: what is told
    "rach-gia,2018,1/5/2019": ["swapped_date"], "rach-gia,2018,01/05/2019": [],
    "rach-gia,2018,2019-05-01": [], "rach-gia,2018,ngày 1 tháng 5 năm 2019": [],
    "rach-gia,2018,1/5/2019\nha-tien,2018,1/20/2019": ["list_order", "swapped_date"],
    "rach-gia,2018,01/05/2019\nha-tien,2018,01/20/2019": ["list_order", "swapped_date"],
    "rach-gia,2018,1/5/2019\nha-tien,2018,20/1/2019": [],
    "rach-gia,2018,1/2/2019\nha-tien,2018,5/1/2019": [],
    "rach-gia,2018,14/5/2019\nha-tien,2018,31/31/2019": ["receipts"]}


@pytest.mark.parametrize("lines", ORDERS)
def test_a_list_that_writes_the_month_first_is_named(lines, tmp_path):
    send(tmp_path)
    (tmp_path / "receipts.csv").write_text(f"unit,year,received_on\n{lines}\n", encoding="utf-8")
    problems = read(tmp_path).problems
    assert sorted(problems["code"]) == ORDERS[lines]
    for row in problems.query("code == 'list_order'").itertuples():
        assert row.severity == "error" and row.cell == "C3" and "1/20/2019" in row.value
    for row in problems.query("code == 'swapped_date'").itertuples():
        assert row.severity == "warning" and row.cell == "C2" and "05/01/2019" in row.message_vi


def test_a_late_correction_is_not_taken_for_a_turned_date(tmp_path):
    chain(tmp_path)
    (tmp_path / "receipts.csv").write_text(
        "unit,year,received_on\nrach-gia,2018,2/1/2019\nrach-gia,2018,1/3/2019\n")
    assert set(codes(read(tmp_path))) == {"replaced"}


def test_names_that_differ_only_in_how_letters_are_composed_are_two(tmp_path):
    for unit, kind in (("rach-gia", "NFC"), ("ha-tien", "NFD")):
        send(tmp_path / "in", unit=unit, name=unicodedata.normalize(kind, "Báo cáo.xlsx"),
             edit=put(PERSONS, F8="hơn 350" if kind == "NFC" else "gần 20"))
    out = whole(read(tmp_path / "in"))
    found = dict(zip(out.problems["file"], out.problems["value"], strict=True))
    assert sorted(found) == ["Báo cáo (2).xlsx", "Báo cáo.xlsx"]
    assert sorted(found.values()) == ["gần 20", "hơn 350"]
    owners = {name: unit for name, (unit, _) in out.reporting.attrs["files"].items()}
    assert {owners[name]: value for name, value in found.items()} == {
        "rach-gia": "hơn 350", "ha-tien": "gần 20"}
    copies = annotate(tmp_path / "in", tmp_path / "copies", out.problems)
    assert sorted(path.name for path in copies) == sorted(found)
    assert found == {
        path.name: openpyxl.load_workbook(path)[PERSONS]["F8"].value for path in copies}


def as_workbook(text):
    book, out = openpyxl.Workbook(), io.BytesIO()
    for line in text.splitlines():
        book.active.append(line.split(","))
    book.save(out)
    return out.getvalue()


CALLED = {
    "receipts (1).csv": GOOD.encode(), "receipts - Copy.csv": GOOD.encode(),
    "receipts.txt": GOOD.replace(",", "\t").encode("utf-16"), "receipts.csv.txt": GOOD.encode(),
    "receipts.xlsx": as_workbook(GOOD), "Receipts 2018.xls": BOOK, "receipts.ods": packed("a.xml"),
    "ngày nhận.csv": GOOD.encode(), "Danh sách ngày nhận.xlsx": as_workbook(GOOD),
    "ds.csv": GOOD.replace("unit,year,received_on", "Đơn vị;Năm;Ngày nhận").encode()}


@pytest.mark.parametrize("name", CALLED)
def test_a_list_that_is_called_otherwise_is_told_its_name(name, tmp_path):
    send(tmp_path)
    (tmp_path / name).write_bytes(CALLED[name])
    out = read(tmp_path)
    assert out.problems[["file", "severity", "code"]].values.tolist() == [
        [name, "error", "list_name"]]
    assert "receipts.csv" in out.problems["message_vi"].item()
    assert set(out.reporting.attrs["files"]) == {"rach-gia-2018.xlsx"}


@pytest.mark.parametrize("head", ["unit,year,received_on", "Đơn vị,Năm,Ngày nhận"])
def test_a_list_in_letters_of_old_is_to_be_saved_as_unicode(head, tmp_path):
    send(tmp_path, received_on=None)
    lines = (head, "Rạch Giá,2018,16/01/2019", "Hòn Đất,2018,16/01/2019", "labour,2018,16/01/2019")
    text = unicodedata.normalize("NFD", "\n".join(lines)).replace("Đ", "\u0110")
    (tmp_path / "receipts.csv").write_bytes(text.encode("cp1258", "ignore"))
    out = read(tmp_path)
    assert codes(out, "receipts.csv") == ["list_letters"] and len(out.problems) == 2
    assert "CSV UTF-8" in out.problems["message_vi"].iloc[1]


@pytest.mark.parametrize("name", ["receipts.pdf", "receipts.xlsx", "receiptsRachGia.xls"])
def test_what_only_sounds_like_a_list_is_none(name, tmp_path):
    path = send(tmp_path, name="receipts.xlsx")
    if not name.endswith("xlsx"):
        path.unlink()
        (tmp_path / name).write_bytes(b"%PDF-1.4" if name.endswith("pdf") else BOOK)
    assert "list_name" not in codes(read(tmp_path))


@pytest.mark.parametrize("text", [
    "Đơn vị,Năm,Ngày nhận\nRạch Giá,2018,16/01/2019", "ĐƠN VỊ;NĂM;NGÀY NHẬN\nrach-gia;18;16/1/19",
    "STT,Mã đơn vị,Đơn vị,Năm báo cáo,Ngày nhận (ngày/tháng/năm)\n1,rach-gia,x,2018.0,16/01/2019",
    "Sổ nhận;;\nTên đơn vị báo cáo;Năm;Ngày tiếp nhận\nRạch Giá;2018;16/1/2019",
    "Tên đơn vị,Năm,Ngày đến\nUBND thành phố Rạch Giá,Năm 2018,16-01-2019",
    "unit,year,received_on\nUBND TP. Rạch Giá,\"2018,0\",16/1/2019"])
def test_a_list_is_read_as_an_office_of_vietnam_writes_it(text, tmp_path):
    send(tmp_path, received_on=None)
    (tmp_path / "receipts.csv").write_text(text, encoding="utf-8-sig")
    out = read(tmp_path)
    assert out.problems.empty and out.reporting["received_on"].dropna().dt.day.tolist() == [16]
