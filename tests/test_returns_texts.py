"""Labels, headings, notes, cover and signatures: each kind an edit of one sound return."""

import datetime
from pathlib import Path

import pytest
from forms import change, form, put, write
from forms import read as read_one
from openpyxl.comments import Comment

from kgge.returns.parse import messages

COVER, PERSONS, MONEY = "Bìa", "Chỉ tiêu", "Kinh phí"
OLD = Path(__file__).with_name("returns-v1") / "illustrative-2018-rach-gia.xlsx"


def values(unit):
    """Every figure that is asked of a unit."""
    out = {}
    for at, (code, (indicator, *_)) in enumerate(form().asked("indicators", unit).items()):
        people = form().residents[unit] // 2 if indicator == form().census else 1000 + at
        out |= {(code, "eligible"): people, (code, "reached"): 100 + at,
                (code, "attendances"): 150 + at}
    return out | {(code, "amount"): 5.5 for code in form().money}


def read(tmp_path, edit, unit="rach-gia", file=None):
    """Edit a return filled in whole, once or more; return what is read and what is wrong where."""
    path = tmp_path / "a.xlsx"
    if file:
        path.write_bytes(file.read_bytes())
    else:
        write(path, unit, 2018, values=values(unit), received_on=datetime.date(2019, 1, 20))
    change(path, edit)
    out = read_one(path)
    cells = out.reporting.attrs["cells"]
    assert cells["accepted"] + cells["rejected"] == cells["submitted"]
    rows = out.problems.astype(object).where(out.problems.notna(), None)
    return out, {(r["sheet"], r["cell"], code)
                 for r in rows.to_dict("records") for code in r["code"].split(";")}


def swap(sheet, *cells):
    return lambda book: put(sheet, **{
        cell: book[sheet][other].value for cell, other in zip(cells, cells[::-1], strict=True)})(
            book)


def shift_codes(book):
    """Insert a cell above the first code of a row, which moves all codes a row down."""
    sheet = book[PERSONS]
    for row in range(34, 8, -1):
        sheet.cell(row, 11).value = sheet.cell(row - 1, 11).value
    sheet["K8"] = None


def sort_without_codes(book):
    sheet = book[MONEY]
    lines = [[sheet.cell(row, c).value for c in (1, 2, 3, 5)] for row in range(8, 20)]
    for row, line in enumerate(reversed(lines), 8):
        for column, value in zip((1, 2, 3, 5), line, strict=True):
            sheet.cell(row, column).value = value


def sign(sheet, row, column="E", *lines):
    return put(sheet, **{f"{column}{row + at}": text for at, text in enumerate(lines or (
        "Rạch Giá, ngày 15/01/2019", "THỦ TRƯỞNG ĐƠN VỊ", "(Ký, đóng dấu)", "Nguyễn Văn An"))})


def one(sheet, cell, code, **more):
    return {(sheet, cell, code)}


NOTED = {  # what is done: every problem it gives
    "sex of two rows swapped": (swap(PERSONS, "C8", "C9"), {
        (PERSONS, "C8", "other_label"), (PERSONS, "C9", "other_label")}),
    "labels of two groups swapped": (swap(PERSONS, "B8", "B10"), {
        (PERSONS, "B8", "other_label"), (PERSONS, "B10", "other_label")}),
    "sources of two rows swapped": (swap(MONEY, "C8", "C9"), {
        (MONEY, "C8", "other_label"), (MONEY, "C9", "other_label")}),
    "sex in Vietnamese only": (put(PERSONS, C8="Nam"), one(PERSONS, "C8", "other_label")),
    "sex in English only": (put(PERSONS, C8="Men"), one(PERSONS, "C8", "other_label")),
    "line of another number": (put(MONEY, A8="I.2"), one(MONEY, "A8", "other_label")),
    "label with a note": (put(PERSONS, B8="Cán bộ, công chức, viên chức (nghìn người)"),
                          one(PERSONS, "B8", "not_read")),
    "label of nothing known": (put(PERSONS, B8="Học viên"), one(PERSONS, "B8", "not_read")),
    "a number over the sex": (put(PERSONS, C8=350), one(PERSONS, "C8", "not_read")),
    "a number over the line": (put(MONEY, A8=12), one(MONEY, "A8", "not_read")),
    "a note over the scope": (put(PERSONS, D8="số 6 tháng"), one(PERSONS, "D8", "not_read")),
    "a note below, in labels": (put(PERSONS, B37="Ghi chú: đơn vị tính nghìn người; số 6 tháng"),
                                one(PERSONS, "B37", "not_read")),
    "a note below, in numbers": (put(MONEY, A66="Ghi chú: số ước"), one(MONEY, "A66", "not_read")),
    "a note below, in figures": (put(MONEY, E66="Số liệu chưa duyệt"),
                                 one(MONEY, "E66", "not_read")),
    "a note below, in codes": (put(PERSONS, K37="xem công văn"), one(PERSONS, "K37", "not_read")),
    "a note in the row of a heading": (put(PERSONS, F7="số liệu 6 tháng"),
                                       one(PERSONS, "F7", "not_read")),
    "heading of an indicator with a note": (put(PERSONS, B7="1a. (số 6 tháng)"),
                                            one(PERSONS, "B7", "not_read")),
    "unit of measure above": (put(PERSONS, A3="Đơn vị tính: nghìn người"),
                              one(PERSONS, "A3", "not_read")),
    "heading in thousand dong": (put(MONEY, E4="Số đã chi trong năm 2018 (nghìn đồng)"),
                                 one(MONEY, "E4", "not_read")),
    "heading of half a year": (put(PERSONS, F4="Số người 6 tháng đầu năm"),
                               one(PERSONS, "F4", "not_read")),
    "text right of the title": (put(PERSONS, J2="Biểu đã điều chỉnh"),
                                one(PERSONS, "J2", "not_read")),
    "headings swapped": (swap(PERSONS, "E4", "F4"), {
        (PERSONS, "E4", "other_heading"), (PERSONS, "F4", "other_heading")}),
    "title of another year": (put(MONEY, A2="KINH PHÍ ĐÃ CHI (triệu đồng) / SPENDING "
                                  "(million dong) – 2017"), one(MONEY, "A2", "printed_year")),
    "note on the cover": (put(COVER, A23="Ghi chú: số liệu chưa đầy đủ"),
                          one(COVER, "A23", "not_read")),
    "note beside the cover": (put(COVER, E9="số ước"), one(COVER, "E9", "not_read")),
    "label of the cover": (put(COVER, A15="Đơn vị tính (nghìn)"), one(COVER, "A15", "not_read")),
    "a comment on a label": (lambda book: setattr(book[PERSONS]["B8"], "comment", Comment(
        "số ước tính", "Hoa")), one(PERSONS, "B8", "comment")),
    "a comment on the cover": (lambda book: setattr(book[COVER]["B9"], "comment", Comment(
        "đã sáp nhập", "Hoa")), one(COVER, "B9", "comment")),
    "a comment with answers": (lambda book: setattr(book[COVER]["B9"], "comment", Comment(
        "[Threaded comment]\n\nYour version of Excel allows you to read this threaded comment; "
        "however, any edits to it will get removed.\n\nComment:\n    số ước tính", "tc={1}")),
        one(COVER, "B9", "comment")),
    "codes a row down": (shift_codes, None),
    "a table sorted without its codes": (sort_without_codes, None),
    "year given twice": (put(COVER, A23="Năm", B23=2019, C23="year"), None),
    "unit given twice": (put(COVER, A23="Mã đơn vị", B23="ha-tien", C23="unit"), None),
    "due of another year": (put(COVER, B14="31/01/2020"), one(COVER, "B14", "printed_year")),
    "period in short, of another year": (put(COVER, B13="01/01/17-31/12/17"),
                                         one(COVER, "B13", "period")),
    "period in short, half": (put(COVER, B13="01/01/18-30/06/18"), one(COVER, "B13", "part_year")),
    "period in words": (put(COVER, B13="6 tháng đầu năm"), one(COVER, "B13", "part_year")),
    "period blank": (put(COVER, B13=None), one(COVER, "B13", "cover_blank")),
    "name blank": (put(COVER, B9=None), one(COVER, "B9", "cover_blank")),
    "name of another unit with an address": (
        put(COVER, B9="UBND thành phố Hà Tiên (đường Rạch Sỏi)"), one(COVER, "B9", "other_unit")),
    "a figure in a row of no code": (put(MONEY, E66=99), one(MONEY, "E66", "no_code")),
    "a number with its unit in a row of no code": (put(PERSONS, F37="350 người"),
                                                   one(PERSONS, "F37", "no_code")),
    "a total that does not agree": (put(MONEY, B62="TỔNG CỘNG", E62=99.5),
                                    one(MONEY, "E62", "no_code")),
    "a figure in a heading": (put(MONEY, E7=40), one(MONEY, "E7", "no_code")),
    "a large number below the table": (put(MONEY, B66="Người lập biểu", E66=913123456),
                                       one(MONEY, "E66", "no_code")),
    "rows not counted from 1": (put(PERSONS, A8=3, A9=4), {
        (PERSONS, "A8", "not_read"), (PERSONS, "A9", "not_read")}),
    **{f"measure {text}": (put(kind, E3=text), one(kind, "E3", "not_read")) for kind, text in (
        (MONEY, "ĐVT: người"), (MONEY, "ĐVT: nghìn đồng"), (PERSONS, "Đơn vị tính: nghìn người"),
        (PERSONS, "ĐVT: triệu đồng"), (MONEY, "Đơn vị tính: đồng"))},
    "title of another year, shortened": (put(MONEY, A2="Kinh phí đã chi năm 2017"),
                                         one(MONEY, "A2", "printed_year")),
    "another heading, shortened": (put(PERSONS, E4="Số người đã tiếp cận"),
                                   one(PERSONS, "E4", "other_heading")),
    "heading of another year, shortened": (put(MONEY, E4="Đã chi năm 2019"),
                                           one(MONEY, "E4", "printed_year")),
    **{f"group {text}": (put(PERSONS, B12=text), one(PERSONS, "B12", "not_read")) for text in (
        "LLVT (chỉ tính công an)", "LLVT (nghìn người)", "LLVT (6 tháng)")},
    **{f"no name: {text}": (put(MONEY, E66=text), one(MONEY, "E66", "not_read")) for text in (
        "CHƯA DUYỆT", "Số ước tính", "đã trừ trùng lặp", "Số người", "Chỉ Tính Huyện", "Lũy Kế",
        "Triệu Đồng", "Xã A", "Thống kê từ 3 xã", "Kiểm tra lại số liệu")},
    **{f"heading of another measure: {text}": (put(kind, **{cell: text}), one(
        kind, cell, "not_read")) for kind, cell, text in (
        (MONEY, "E4", "Số đã chi trong năm 2018 (đồng)"), (MONEY, "A2", "KINH PHÍ ĐÃ CHI (đồng)"),
        (PERSONS, "F4", "Số người đã tiếp cận trong năm 2018"), (PERSONS, "F4", "Số dịch vụ"),
        (PERSONS, "F4", "Persons reached in 2018"), (PERSONS, "F4", "Số lần"),
        (PERSONS, "G4", "Số người tham dự"))},
    **{f"on the cover {text}": (put(COVER, **{cell: text}), one(COVER, cell, "not_read"))
       for cell, text in (("B19", "Số liệu ước, chưa chốt"), ("B20", "số liệu 9 tháng"),
                          ("B28", "Thiếu xã Phi Thông"))},
    **{f"no telephone: {text}": (put(PERSONS, B35=text, E35=figure),
                                 {(PERSONS, cell, code) for cell, code in said})
       for text, figure, said in (
        ("Liên hệ kế toán", 15_000_000, [("E35", "no_code")]),
        ("Số người nhận tin qua điện thoại", 912345678, [("E35", "no_code")]))},
    **{f"no formal line: {text}": (put(MONEY, B3=text), one(MONEY, "B3", "not_read")) for text in (
        "UBND thành phố Hà Tiên", "Số liệu 6 tháng", "Lưu ý: 6 tháng", "Kính gửi Sở: số ước",
        "Rạch Giá: số liệu chưa duyệt", "Kính gửi Sở, đây là bản nháp", "Kính gửi: số kế hoạch",
        "Nơi nhận: Sở; thiếu 3 phường")},
    "no persons in any group": (put(PERSONS, **{f"E{row}": None for row in range(8, 34)}),
                                {(PERSONS, None, "blank_column")}),
    "the column of persons in the group is gone": (put(PERSONS, E6="nhóm"), {
        (PERSONS, None, "no_column"), *((PERSONS, cell, "not_read") for cell in ["E8"])}),
    "zero, and less than it, in a row of no code": (put(PERSONS, F37=0, G37="-5"), {
        (PERSONS, "F37", "no_code"), (PERSONS, "G37", "no_code")}),
    "about a number in a row of no code": (put(PERSONS, F37="hơn 350"),
                                           one(PERSONS, "F37", "no_code")),
    "a figure beside a signature": ((sign(MONEY, 66, "B"), put(MONEY, E68=12)),
                                    one(MONEY, "E68", "no_code")),
    "headings of this year and the last": (swap(MONEY, "D4", "E4"), {
        (MONEY, "D4", "other_heading"), (MONEY, "E4", "other_heading")}),
    "heading of last year, in Vietnamese": (
        put(PERSONS, F4="Số người được tiếp cận, năm 2017"), one(PERSONS, "F4", "not_read")),
    "heading of another column, in English": (
        lambda book: put(PERSONS, E4=book[PERSONS]["F4"].value.split("\n")[1])(book),
        one(PERSONS, "E4", "other_heading")),
    "sex in other words": (put(PERSONS, C9="Female"), one(PERSONS, "C9", "other_label")),
    "both sexes": (put(PERSONS, C8="Nữ / Men"), one(PERSONS, "C8", "other_label")),
    "source in short": (put(MONEY, C9="NSTW"), one(MONEY, "C9", "other_label")),
    "source in a word": (put(MONEY, C9="Trung ương"), one(MONEY, "C9", "other_label")),
    "whom to count, of another row": (swap(PERSONS, "D8", "D12"), {
        (PERSONS, "D8", "other_label"), (PERSONS, "D12", "other_label")}),
    **{f"no signature: {text}": ((sign(MONEY, 66, "B", "Người lập biểu"),
                                 put(MONEY, B70=text)), one(MONEY, "B70", "not_read"))
       for text in ("tính theo nghìn đồng", "Chưa có số liệu các xã", "chưa gồm học sinh mầm non",
                    "Thiếu xã Phi Thông", "Chỉ tính khối huyện", "Lấy theo dự toán", "Số dự kiến",
                    "Số tiền tính theo USD", "Mới tính sơ bộ", "ngàn đ", "Không gồm trường THPT",
                    "Theo kế hoạch giao", "Tính bằng đô la", "Gồm cả lượt trùng", "Làm tròn")},
    **{f"nobody signs: {text}": (put(MONEY, B66=text), one(MONEY, "B66", "not_read"))
       for text in ("Chi đến ngày 31 tháng 10 năm 2018, tháng 11-12 ước",
                    "Theo chỉ đạo của Giám đốc Sở, kinh phí tính nghìn đồng",
                    "Kinh phí do Chủ tịch UBND duyệt bổ sung 500 triệu",
                    "Kế toán chưa quyết toán, số liệu tạm tính", "Đơn giá @ 50 nghìn đồng",
                    "Người lập biểu: số liệu 6 tháng", "200 đồng, ngày 20/01/2019",
                    "Thay thế báo cáo ngày 10/01/2019", "Trang 3: số liệu ước")},
    "a note below a signature": ((sign(MONEY, 66), put(MONEY, B70="Ghi chú: số ước")),
                                 one(MONEY, "B70", "not_read")),
}


@pytest.mark.parametrize("kind", NOTED)
def test_what_does_not_belong_is_named_where_it_stands(kind, tmp_path):
    edit, expected = NOTED[kind]
    out, found = read(tmp_path, edit)
    assert "Threaded" not in out.problems["message_en"].str.cat()
    if expected is not None:
        assert found == expected
        return
    assert {"codes a row down": {"no_code", "other_label"},
            "a table sorted without its codes": {"other_label"},
            "year given twice": {"cover_twice"}, "unit given twice": {"cover_twice"}}[kind] <= {
        code for *_, code in found}


HONEST = {
    "signed below the persons": sign(PERSONS, 36), "signed below the money": sign(MONEY, 66),
    "signed in the labels": sign(PERSONS, 36, "B"), "signed in the codes": sign(PERSONS, 36, "K"),
    "signed over last year": sign(PERSONS, 36, "H"), "signed on the right": sign(MONEY, 66, "H"),
    "day, month, year": sign(PERSONS, 36, "E", "Kiên Giang, ngày 15 tháng 01 năm 2019",
                             "KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "Trần Thị Bích"),
    "dots for the date": sign(PERSONS, 36, "F", "…………, ngày …… tháng …… năm ……", "NGƯỜI LẬP BIỂU"),
    "date of its own": put(MONEY, E66=datetime.date(2019, 1, 15), B66="Người lập biểu"),
    "date as text": put(MONEY, E66="15/01/2019", B66="Người lập biểu"),
    "who made it, with telephone": sign(MONEY, 66, "B", "Người lập: Lê Hoa, ĐT 0297 3812345"),
    "names on the cover": put(COVER, A26="Lê Hoa", B26="Nguyễn Văn An", B24="Rạch Giá, 15/1/2019"),
    "preparer": put(COVER, B19="Lê Hoa", B20="0297 3812345", B21="hoa@kiengiang.gov.vn"),
    "codes in capitals": put(PERSONS, K8="1A.OFFICIALS.FEMALE"),
    "labels erased": put(PERSONS, A8=None, B8=None, C8=None, D8=None, B9="  "),
    "labels in capitals": put(PERSONS, C8="NỮ / WOMEN", B8="cán bộ, công chức, viên chức"),
    "year given twice, alike": put(COVER, A23="Năm báo cáo / Year", B23="2018", C23="year"),
    "due moved within the year": put(COVER, B14="15/02/2019"),
    "period in short": put(COVER, B13="01/01/18 - 31/12/18"),
    "period in words": put(COVER, B13="Năm 2018"),
    **{f"label {value!r}": put(sheet, **{cell: value}) for sheet, cell, value in (
        (PERSONS, "C8", "Nữ/Women"), (PERSONS, "C8", "Nữ\nWomen"), (PERSONS, "C8", "Nữ (Women)"),
        (PERSONS, "C8", "nữ giới"), (PERSONS, "C9", "Male"), (MONEY, "A8", "I.1."),
        (MONEY, "C9", "NSĐP"), (MONEY, "C9", "Địa phương"), (MONEY, "C8", "NSTW"),
        (PERSONS, "B8", "- Cán bộ, công chức, viên chức:"), (PERSONS, "B9", '"'),
        (PERSONS, "B9", "nt"), (PERSONS, "B9", "-"),
        (MONEY, "C8", "NS trung ương"), (MONEY, "C8", "Ngân sách TW"), (MONEY, "C8", "TW"),
        (MONEY, "C9", "NS địa phương"), (MONEY, "C9", "ĐP"), (MONEY, "C10", "Xã hội hóa"),
        (MONEY, "C10", "Huy động khác"), (COVER, "B9", "UBND thành phố Rạch Giá, Ðường 3/2"),
        (PERSONS, "B16", "1b. Người dân ở các cụm dân cư được truyền thông"),
        (PERSONS, "B16", "1b. Người dân ở các cụm dân cư được truyền thông (lũy kế)"),
        (PERSONS, "B26", "Chỉ tiêu 3"), (MONEY, "B7", "Dự án 1"),
        (MONEY, "B7", "Dự án 1: Truyền thông"))},
    "numbered I, 1.1, a)": put(PERSONS, A7="I", A8="1.1", A9=1.2, A16="II", A17="a)", A18="b)"),
    "numbered I, II": put(PERSONS, A8="I", A9="II", A10="III", A11="IV.", A12="V"),
    "women among the persons": lambda book: put(PERSONS, B34="Trong đó nữ", E34=sum(
        book[PERSONS][f"E{row}"].value for row in range(8, 34)
        if "Nữ" in str(book[PERSONS][f"C{row}"].value)))(book),
    "who gets a copy": put(MONEY, A63="Nơi nhận:", A64="- Như trên;", A65="- Sở LĐTBXH;",
                           A66="- Lưu: VT.", A67="- TT Thành ủy, HĐND, UBND TP (b/c);",
                           E64="NGƯỜI THẨM ĐỊNH"),
    **{f"heading {column} in one language": lambda book, column=column, at=at: put(
        PERSONS, **{f"{column}4": book[PERSONS][f"{column}4"].value.split("\n")[at]})(book)
       for column in "EFG" for at in (0, 1)},
    **{f"signed by {text}": sign(MONEY, 66, "B", "Rạch Giá, ngày 15 tháng 01 năm 2019", text)
       for text in ("Người tổng hợp", "Cán bộ phụ trách", "LẬP BIỂU", "DUYỆT",
                    "XÁC NHẬN CỦA LÃNH ĐẠO", "ĐẠI DIỆN ĐƠN VỊ", "Director")},
    "signed in English": sign(MONEY, 66, "B", "Rach Gia, 15 January 2019", "Director"),
    "signed below the totals": sign("Tổng hợp", 30, "B"),
    "telephone below the figures": (sign(MONEY, 66, "B"), put(
        MONEY, E66="0912345678", E67="0297 3812 345")),
    "number of a letter in a row of no code": put(MONEY, A66="Số 12/BC-UBND ngày 15/01/2019"),
    **{f"{mark!r} filled down column {column} of {sheet}": put(sheet, **{
        f"{column}{row}": mark for row in range(7, last)})
       for sheet, column, last in ((PERSONS, "H", 34), (MONEY, "E", 62), (MONEY, "D", 62))
       for mark in ("-", "x", "...")},
    "a column filled with x": put(PERSONS, **{f"G{row}": "x" for row in range(7, 34)}),
    "a line of signs below": put(MONEY, B66="./.", E66="-----", A67="***"),
    **{f"totals below the table: {text}": put(MONEY, B62=text, D62=99, E62=51 * 5.5)
       for text in ("TỔNG CỘNG", "Tổng cộng:", "Cộng", "Tổng chi (triệu đồng)",
                    "Tổng kinh phí / Total")},
    "totals never computed": put(MONEY, A62="Tổng số", E62="=SUM(E8:E61)"),
    "totals with an error": put(MONEY, A62="Tổng số", E62="#REF!"),
    "totals of persons": put(PERSONS, B34="Tổng số", G34=sum(150 + at for at in range(22))),
    "total of a project below it": lambda book: [
        book[MONEY].insert_rows(23), put(MONEY, B23="Cộng dự án 1", E23=15 * 5.5)(book)],
    "total in the heading of a project": put(MONEY, E7=15 * 5.5),
    **{f"a telephone as a number: {text}": put(PERSONS, B36=text, E36=913123456)
       for text in ("Liên hệ:", "Điện thoại", "ĐT (Zalo)")},
    "a telephone below its name": put(MONEY, E66="SĐT", E67=913123456),
    "rows counted": put(PERSONS, **{f"A{row}": row - 7 for row in range(8, 16)}),
    "rows counted, by group, as text": put(PERSONS, A8="1", A9="2.", A10="01", A11="02", A17=1),
    "rows of money counted": put(MONEY, A8=1, A9=2, A10=3, A11="4"),
    **{f"above {kind}: {text}": put(kind, **{cell: text})
       for kind, cell in ((COVER, "A1"), (COVER, "B3"), (PERSONS, "G1"), (MONEY, "B3"))
       for text in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc",
                    "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập – Tự do – Hạnh phúc\n--------",
                    "Số: 12/BC-UBND", "Số:      /BC-UBND", "UBND TỈNH KIÊN GIANG", "Phụ lục 01",
                    "ỦY BAN NHÂN DÂN THÀNH PHỐ RẠCH GIÁ", "Biểu số 01/BĐG", "***",
                    "(Kèm theo Báo cáo số 12/BC-UBND ngày 15/01/2019 của UBND thành phố)",
                    "Kính gửi: Sở Lao động - Thương binh và Xã hội")},
    **{f"measure {text}": put(kind, E3=text) for kind, text in (
        (MONEY, "ĐVT: triệu đồng"), (MONEY, "(Đơn vị tính: Triệu đồng)"), (MONEY, "Đơn vị: tr.đ"),
        (PERSONS, "Đơn vị tính: người"), (PERSONS, "ĐVT: người, lượt người"))},
    **{f"title {text}": put(kind, A2=text) for kind, text in (
        (PERSONS, "KẾT QUẢ THỰC HIỆN CHỈ TIÊU NĂM 2018"), (MONEY, "KINH PHÍ ĐÃ CHI"),
        (MONEY, "Báo cáo kinh phí đã chi năm 2018"), (COVER, "BÁO CÁO KẾT QUẢ THỰC HIỆN 2018"))},
    **{f"heading {text}": put(kind, **{cell: text}) for kind, cell, text in (
        (PERSONS, "E4", "Tổng số người"), (PERSONS, "E4", "Tổng số đối tượng"),
        (PERSONS, "F4", "Số người đã tiếp cận"), (PERSONS, "F4", "Số người\nPersons reached"),
        (PERSONS, "G4", "Số lượt người"), (PERSONS, "B4", "Đối tượng"),
        (PERSONS, "F4", "Số người tiếp cận lũy kế đến 31/12/2018"), (MONEY, "E4", "Đã chi (triệu)"),
        (PERSONS, "F4", "Số người được tiếp cận dịch vụ, mỗi người tính một lần"),
        (PERSONS, "F4", "Số người đã tiếp cận năm 2018"), (PERSONS, "G4", "Số lượt"),
        (PERSONS, "K4", "Mã dòng"),
        (MONEY, "E4", "Đã chi năm 2018"), (MONEY, "E4", "Số đã chi (triệu đồng)"))},
    **{f"a name alone: {text}": put(MONEY, E66=text) for text in (
        "Nguyễn Văn An", "TRẦN THỊ BÍCH", "ThS. Lê Hoa", "Danh Sol", "Triệu Văn Đông",
        "Nguyễn Chí Tình", "Phan Văn Thiệu", "Trần Như Ý", "Lê Thị Ý", "Nguyễn Văn A.")},
    **{f"signs for {text}": sign(MONEY, 66, "B", "Rạch Giá, ngày 15 tháng 01 năm 2019", text)
       for text in ("Sở Kế hoạch và Đầu tư", "Phòng Dân tộc thiểu số", "Văn thư lưu trữ xã",
                    "UBND huyện Giồng Riềng", "Nguyễn Thị Chi, Tỉnh đoàn")},
    **{f"the end: {text}": put(MONEY, B66=text) for text in (
        "Kiên Giang, 15.01.2019", "Kiên Giang, tháng 01/2019", "./.", "--- HẾT ---", "Nơi nhận:",
        "Thời gian ký: 15.01.2019 14:05:33 +07:00", "Rạch Giá, ngày 15-01-2019",
        "Đông Hồ, ngày 15/01/2019", "Đông Hòa, ngày 15 tháng 01 năm 2019", "Chuyên viên",
        "Lập bảng", "Người kiểm soát", "Thẩm định", "Thủ quỹ", "Zalo: 0918123456", "Trang 1/2",
        "Tổng cộng (viết bằng chữ): hai trăm triệu đồng", "Page 1 of 2")},
    **{f"group {text}": put(PERSONS, **{cell: text}) for cell, text in (
        ("B8", "CB, CC, VC"), ("B9", "CBCCVC"), ("B12", "LLVT (công an, quân sự)"),
        ("B14", "HS-SV"),
        ("B13", "Lực lượng vũ trang (quân đội)"))},
    **{f"replaces nothing: {text}": put(COVER, B22=text) for text in (
        "-", "Không thay thế", "gửi lần đầu", "chưa gửi", "Báo cáo gửi lần 1", "không có")},
    **{f"row of codes: {text!r}": put(kind, **{cell: text}) for kind, cell, text in (
        (PERSONS, "K6", " code "), (PERSONS, "K6", "CODE"), (PERSONS, "E6", "Eligible"),
        (PERSONS, "F6", "REACHED "), (MONEY, "F6", "Code"), (COVER, "C6", "Code"))},
    "a blank sheet": lambda book: book.create_sheet("Sheet1"),
}


@pytest.mark.parametrize("kind", HONEST)
def test_what_is_honest_gives_no_problem(kind, tmp_path):
    out, found = read(tmp_path, HONEST[kind])
    assert not found and out.reporting.attrs["cells"]["rejected"] == 0


@pytest.mark.parametrize("name", [
    "Sở LĐTBXH Kiên Giang (62 Ngô Quyền, TP Rạch Giá)", "Sở LĐTBXH", "Sở LĐ-TB&XH",
    "Sở Lao động – Thương binh và Xã hội", "SỞ LAO ĐỘNG - THƯƠNG BINH & XÃ HỘI TỈNH KIÊN GIANG",
    "Sở Lao động - Thương binh và Xã hội\nĐịa chỉ: 62 Ngô Quyền, Rạch Giá"])
def test_a_unit_may_shorten_its_name_and_give_its_address(name, tmp_path):
    assert not read(tmp_path, put(COVER, B9=name), unit="labour")[1]


@pytest.mark.slow
def test_what_is_done_to_a_whole_column_is_said_once(tmp_path):
    def hide(book):
        book[MONEY].column_dimensions["E"].hidden = True
    out, found = read(tmp_path, hide)
    assert found == {(MONEY, "E8", "hidden")}
    more = messages()["more"]["en"].format(count=50, cells="E9:E22, E24:E29")
    assert more.removesuffix(".") in out.problems["message_en"].item()
    out, found = read(tmp_path, lambda book: book.copy_worksheet(book[PERSONS]))
    assert {code for *_, code in found} == {"duplicate_row"} and len(found) == 2
    assert out.reporting.attrs["cells"]["rejected"] == 132


@pytest.mark.slow
def test_a_cover_that_is_not_found_says_what_was_looked_for(tmp_path):
    def said(edit):
        out, found = read(tmp_path, edit)
        assert {code for *_, code in found} == {"no_cover"}
        return out.problems["value"].item()
    assert said(put(COVER, C12="nam", C16=None)) == "year, version"
    assert said(lambda book: book.copy_worksheet(book[COVER])) == f"{COVER}, {COVER} Copy"
    assert said(lambda book: book.remove(book[COVER])) == "–"


def test_a_sheet_with_the_headings_of_a_cover_is_no_second_one(tmp_path):
    def stray(book):
        book.create_sheet("Tra cứu").append(["code", "value"])
    out, found = read(tmp_path, stray)
    assert found == {("Tra cứu", None, "extra_sheet")}
    assert out.reporting["received"].sum() == 1


def test_a_label_of_another_row_puts_the_row_in_doubt(tmp_path):
    out, _ = read(tmp_path, swap(PERSONS, "C8", "C9"))
    doubted = out.outcomes[out.outcomes["doubt"].notna()]
    assert doubted["row"].tolist() == [8, 9] and set(doubted["doubt"]) == {"other_label"}
    out, _ = read(tmp_path, swap(PERSONS, "E4", "F4"))
    assert out.outcomes["doubt"].str.contains("other_heading").all()


def test_figures_moved_down_put_the_whole_sheet_in_doubt(tmp_path):
    """Cells inserted above one column: the last figure of each group is in a row of no code."""
    def shift(book):
        sheet = book[PERSONS]
        for row in range(34, 10, -1):
            for column in "EFG":
                sheet[f"{column}{row}"] = sheet[f"{column}{row - 1}"].value
        for column in "EFG":
            sheet[f"{column}10"] = None
    out, found = read(tmp_path, shift)
    assert (PERSONS, None, "moved") in found and "no_code" in {code for *_, code in found}
    assert out.outcomes.query("file == 'a.xlsx'")["doubt"].str.contains("moved").all()
    assert out.spending["doubt"].isna().all()


@pytest.mark.parametrize(("edit", "expected"), [
    (swap(PERSONS, "E4", "F4"), {(PERSONS, cell, "other_heading") for cell in ("E4", "F4")}),
    (swap(PERSONS, "F4", "G4"), {(PERSONS, cell, "other_heading") for cell in ("F4", "G4")}),
    (put(PERSONS, B8="Cán bộ, công chức, viên chức (nghìn người)"), one(PERSONS, "B8", "not_read")),
    (put(PERSONS, B8="Cán bộ, công chức, viên chức (chỉ tính khối huyện)"),
     one(PERSONS, "B8", "not_read")),
    (put(PERSONS, B8="Cán bộ, công chức, viên chức", C8="Nữ"), set())])
def test_the_earlier_edition_is_held_against_its_codes_too(edit, expected, tmp_path):
    assert read(tmp_path, edit, file=OLD)[1] == expected
