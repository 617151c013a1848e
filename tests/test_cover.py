"""What the cover of a return says: whole years and parts of one, measures, dates, names of units.

Each line of a table is a way to fill in one cell of a sound return, and the problem it must give.
"""

import datetime

import pytest
from forms import change, put, read, write


@pytest.fixture
def found(tmp_path):
    """Return what is wrong with a return whose cells of the cover are changed."""
    def found(unit="rach-gia", sheet="Bìa", **cells):
        path = write(tmp_path / "a.xlsx", unit, 2018, received_on=datetime.date(2019, 1, 20),
                     values={("II.1.central", "amount"): 1.5})
        change(path, put(sheet, **cells))
        problems = read(path).problems
        return [*zip(problems["sheet"], problems["cell"], problems["code"], strict=True)]
    return found


PERIODS = {
    "part_year": [
        "6 tháng đầu năm 2018", "9 tháng năm 2018", "Quý IV/2018", "Quý 4 năm 2018", "quý IV",
        "Tháng 12/2018", "Tháng 11 - 12/2018", "H1 2018", "Q4 2018", "From January to June 2018",
        "từ ngày 01 tháng 7 năm 2018 đến ngày 31 tháng 12 năm 2018", "Ước cả năm 2018",
        "Quý I-III/2018", "Quý 1 đến quý 3 năm 2018", "Quý II-IV/2018", "Tháng 1-11/2018",
        "đến 30/11/2018", "Năm 2018, tính đến 30/11/2018", "01/01 - 30/6/2018", "1/1-30/6/2018",
        "01/02-31/12/2018", "Quý 4 (tính đến 31/12/2018)", "từ 07/2018 đến 12/2018",
        "01/01/2016 - 30/6/2018", "Kỳ 01/7/2018-31/12/2018", "T1-T6/2018", "1 Jan - 30 Jun 2018",
        "01/01/2018 - 15/12/2018", "01/01/2018", "2018-01-01 - 2018-06-30", "năm nay", "nt",
        "Kế hoạch năm 2018", "Kế hoạch 2018", "KH 2018", "Năm 2018 (kế hoạch)", "Dự toán 2018",
        "Dự kiến năm 2018", "Tạm tính năm 2018", "Sơ kết 2018", "Số sơ bộ năm 2018", "2018 planned",
        "Ba quý năm 2018", "Năm 2018 (số kế hoạch)",
        "6T/2018", "9 th/2018", "HK1 2018", "Năm 2018 (chốt ngày 15/12/2018)",
        "Năm 2018 (3 quý)", "năm 2018 (chưa đủ 12 tháng)", "Năm 2018 (không trọn năm)",
        datetime.date(2018, 1, 1)],
    "period": ["năm học 2018-2019", "15/12/2017 - 14/12/2018", "2016-2018", 2017,
               "Năm 2017, lũy kế từ 2016", "1 January 2017 - 31 December 2018", "1/1-31/12/2017",
               "Năm 2017 - giai đoạn 2016-2020", "Năm 2017 (cập nhật 20/01/2018)",
               "Năm 2018, đến 15/3/2019", "Năm 2018 - 15/3/2019", "01/01/2018, 31/12/2019",
               "Kế hoạch 2016-2018", "lũy kế 2016-2017", "giai đoạn 2016-2020",
               "Kỳ năm 2017 của Kế hoạch 27/KH-UBND ngày 03/3/2018", "01/01/2017 – 31/12/2018"],
    None: [
        "Năm 2018", "Cả năm 2018", "Cả năm", "2018", 2018, "Từ 01/01/2018 đến 31/12/2018",
        "12 tháng năm 2018", "từ ngày 01 tháng 01 năm 2018 đến ngày 31 tháng 12 năm 2018",
        "Năm 2018, lũy kế từ 2016", "Năm 2018 (lũy kế từ ngày 01/01/2016)", "Jan-Dec 2018",
        "Từ 01/2018 đến 12/2018", "Từ tháng 01 đến tháng 12 năm 2018", "2018-01-01 - 2018-12-31",
        "1 January 2018 - 31 December 2018", "12 months of 2018", "1/1/18 - 31/12/18",
        "1/1-31/12/2018", "01/01-31/12/2018", "1.1-31.12.2018", "01-01 - 31-12-2018",
        "1/1/18-31/12/18", "Từ 01/01 đến 31/12/2018", "01/01 – 31/12/2018", "1 Jan - 31 Dec 2018",
        "ngày 01 tháng 01 đến hết ngày 31 tháng 12 năm 2018", "01/01/2016 – 31/12/2018",
        "Năm 2018 - giai đoạn 2016-2020", "năm 2018 (lũy kế 2016-2018)", "lũy kế 2016-2018",
        "Kỳ năm 2018 của Kế hoạch 27/KH-UBND ngày 03/3/2016", "Năm 2018, lập ngày 15/01/2019",
        "Năm 2018, tính đến 31/12/2018", "từ đầu năm đến 31/12/2018", "Quý I-IV/2018", "1-12/2018",
        "Quý 1 đến quý 4 năm 2018", "Q1-Q4/2018", "quý I, II, III và IV năm 2018",
        "Tháng 1-12/2018", "T1-T12/2018", "Năm 2018 (so với năm 2017)",
        "Năm 2018 (điều chỉnh ngày 15/3/2019)", "Năm 2018 (cập nhật 20/01/2019)", "12T/2018",
        "Năm 2018 - gửi lại 15/3/2019", "mười hai tháng năm 2018", "KH 27 năm 2018",
        "Năm 2018, CTQG BĐG 2016-2020", "Chương trình bình đẳng giới 2016-2020, năm 2018",
        "Thực hiện kế hoạch năm 2018", "Năm kế hoạch 2018", "Năm 2018 của Kế hoạch bình đẳng giới",
        "Thực hiện các mục tiêu, kế hoạch năm 2018", "Năm 2018 theo Kế hoạch số 27",
        "4 quý năm 2018", "Năm 2018 (Kế hoạch 27)",
        "Năm 2018 (so với kế hoạch năm)", "Budget year 2018", "1 / 1 / 2018 - 31 / 12 / 2018",
        "1-Thg1-2018 - 31-Thg12-2018", "January 1 - December 31, 2018"]}
MEASURES = {
    "measure": [
        "Chỉ tiêu: nghìn người; Kinh phí: triệu đồng", "người; tỷ đồng", "người; 1.000 đồng",
        "Chỉ tiêu: người; Kinh phí: triệu đồng (riêng Dự án 4: nghìn đồng)", "người",
        "Chỉ tiêu: %; Kinh phí: triệu đồng", "Chỉ tiêu: hộ; Kinh phí: triệu đồng",
        "thousand persons; million dong", "người; 1.000.000.000 đồng", "người; 100.000.000 đồng",
        "người; không phải triệu đồng",
        "người; nghìn đồng (làm tròn triệu đồng)", "nghìn người (không tính hộ); triệu đồng",
        "1.000 người; 1.000.000 đồng", "người; 10.000.000 đồng",
        "hộ (không tính người); triệu đồng", *(f"người; {money}" for money in (
            "trăm triệu đồng", "chục triệu đồng", "10 triệu đồng", "100 million dong",
            "triệu đồng (riêng dự án 1: đồng)", "triệu đồng, trừ dự án 4 tính bằng đồng",
            "đồng (riêng dự án 2: triệu đồng)", "triệu đồng, dự án 1: đồng",
            "mục I: triệu đồng; mục II: đồng")),
        *(f"{persons}; triệu đồng" for persons in (
            "trăm người", "triệu người", "vạn người", "gia đình", "lượt người",
            "cuộc, lớp", "attendances"))
    ],
    "cover_blank": [None, " "],
    None: [
        "persons; million dong", "người; tr.đ", "người; trđ", "người; triệu VND",
        "người, lượt người; triệu đồng (không phải nghìn đồng)",
        "Người; kinh phí ngân sách: triệu đồng", "người; kinh phí: 1.000.000 đồng",
        "người: đồng bào Khmer; triệu đồng",
        "người; tiền tệ: đồng Việt Nam, tính theo triệu đồng",
        "người; 1000000 đ", "người; 1,000,000 VND", "người; triệu đồng (làm tròn nghìn đồng)",
        "người (không tính hộ); triệu đồng", "persons (not households); million dong",
        "người; triệu đồng (1 triệu = 1.000 nghìn đồng)",
        "triệu đồng; người (kể cả hộ nghèo)", "người (tính cả hộ nghèo); triệu đồng", "triệu đồng",
        "người; triệu đồng (riêng nguồn khác: triệu đồng)", "triệu đồng (cả vùng sâu)",
        "người (học viên các lớp), lượt người; triệu đồng",
        "người; triệu đồng (cả đồng bào Khmer)"]}
DUE = {
    "printed_year": ["trước ngày 31/01/2018", "Ngày 31 tháng 01 năm 2018", "31/01/18", 43131,
                     datetime.date(2018, 1, 31), "Tháng 01/2018", "31/01/2020"],
    None: ["trước ngày 31/01/2019", "Ngày 31 tháng 01 năm 2019", "15/02/2019", 43496, None,
           "31/1/19"]}
RECEIVED = {
    "swapped_date": [datetime.date(2019, 3, 1), datetime.date(2019, 12, 1)],
    "far_date": ["ngày 02 tháng 01 năm 2018"], "received_on": ["31/02/2019", "tháng 1 năm 2019",
                                                                    "20/01/2019 (hoặc 22/01/2019)"],
    "no_date": ["-", "...", "chưa nhận", "Chưa"],
    None: [
        "ngày 31 tháng 01 năm 2019", "8h30 ngày 31/01/2019", "15/01/2019.", "31-Jan-2019", 43485,
        "21/01/ 2019", "21 / 01 / 2019", "January 21, 2019", "Jan 21st 2019", "21-Thg1-2019",
        "21-Thg1-19", "21 Thg 1, 2019", "21/01/2019 (bản giấy 23/01/2019)",
        "21/01/2019 (gửi ngày 20/01/2019)", "21. 01. 2019", "21 - 01 - 2019", "21-Th1-2019",
        "21/01/2019 (CV số 5 ngày 19/01/2019)", "43485", "20/01/2019 (VT)",
        "Số đến 125, ngày 20/01/2019",
        datetime.date(2019, 2, 1), datetime.date(2019, 2, 20), "01/03/2019"]}
CODES = {  # of a unit: beside them stands the name of Rạch Giá
    "unit": ["rach", "rach gia ha tien", "thành phố", "UBND tỉnh", "Phú Quốc 2", None],
    "other_unit": ["ha tien", "Hà Tiên"],
    None: ["Rạch Giá", "rach gia", "rach_gia", "RACH-GIA", "TP Rạch Giá", "rach - gia",
           "UBND thành phố Rạch Giá", " Ra\u0323ch Gia\u0301"]}
REPLACES = {None: ["ngày 20 tháng 01 năm 2019", 43485, "thay báo cáo 20/1/2019", "Không", None, 0,
                   "gửi lần đầu", "Không thay thế, gửi lần đầu", "Không thay báo cáo 20/01/2019",
                   "No, the first", "First return", "Ko", "Báo cáo đầu tiên",
                   "Báo cáo lần 1 ngày 20/01/2019", "No. 12/BC, 20/01/2019"],
            "replaces": ["lần 2", "công văn số 12", "Bản sửa đổi lần 1", "Không nhớ ngày", "x",
                         "Chưa rõ ngày", "Thay báo cáo lần đầu", "No. 12/BC-UBND"]}
YEARS = {None: ["Năm báo cáo: 2018", "2018.", "2018,0", "Năm 2018.", datetime.date(2018, 1, 1)],
         "year": ["18", datetime.date(2018, 5, 1)]}
VERSIONS = {None: ["kh27-v2", "KH27 - v2", " KH27_V1", "Kh27-v2."], "version": ["KH27-v3", "v2"]}
REAL = {None: ["không.", "Không (số liệu thật)", "Không / No - số liệu thật",
               "KHÔNG, là số liệu thật",
               "Không\nNo", "Không (No)", "Không – No", "ko"],
        "illustrative": ["Có (số liệu thật)", "Không (số liệu minh họa)", "số liệu thật", "-",
                         "Không / Có", None]}


@pytest.mark.parametrize(("cell", "code", "text"), [
    (cell, code, text) for cell, kinds in (
        ("B13", PERIODS), ("B15", MEASURES), ("B14", DUE), ("B17", RECEIVED), ("B22", REPLACES),
        ("B12", YEARS), ("B16", VERSIONS), ("B18", REAL))
    for code, texts in kinds.items() for text in texts])
def test_a_line_of_the_cover_is_understood_or_doubted(cell, code, text, found):
    assert found(**{cell: text}) == ([("Bìa", cell, code)] if code else [])


NAMES = {
    "other_unit": [
        ("labour", "UBND TP Rạch Giá (gửi Sở LĐTBXH)"), ("labour", "Department of Justice"),
        ("finance", "Department of Planning and Investment"), ("newspaper", "Đài PTTH"),
        ("labour", "Phòng LĐTBXH huyện Hòn Đất"), ("rach-gia", "Hà Tiên City")],
    "unit_name": [("newspaper", "Báo Tuổi trẻ"), ("finance", "Kiên Giang"), ("finance", "nt")],
    None: [
        ("broadcasting", "Đài Phát thanh và Truyền hình Kiên Giang"), ("broadcasting", "Đài PTTH"),
        ("broadcasting", "Đài PT&TH tỉnh"), ("finance", "Sở TC"), ("ethnic-affairs", "Ban Dân tộc"),
        ("fatherland-front", "MTTQ tỉnh Kiên Giang"), ("fatherland-front", "UBMTTQVN tỉnh"),
        ("fatherland-front", "Ủy ban MTTQ Việt Nam tỉnh"), ("newspaper", "Báo KG"),
        ("labour", "Department of Labour, Invalids and Social Affairs"),
        ("finance", "Department of Finance"), ("labour", "Sở LĐTBXH (62 Ngô Quyền, TP Rạch Giá)"),
        ("culture", "Sở Văn hóa, Thể thao và Du lịch"), ("culture", "Sở VH, TT và DL"),
        ("justice", "Sở Tư Pháp, số 5 Hà Tiên"), ("rach-gia", "Phòng LĐTBXH thành phố Rạch Giá")]}


@pytest.mark.parametrize(("code", "unit", "name"), [
    (code, *pair) for code, pairs in NAMES.items() for pair in pairs])
def test_the_name_of_a_unit_is_known_however_it_is_written(code, unit, name, found):
    assert found(unit, B9=name) == ([("Bìa", "B9", code)] if code else [])


@pytest.mark.parametrize(("code", "text"), [
    (code, text) for code, texts in CODES.items() for text in texts])
def test_the_code_of_a_unit_is_known_where_it_cannot_be_mistaken(code, text, found):
    problems = found(B10=text)
    assert not problems if code is None else (
        "Bìa", "B9" if code == "other_unit" else "B10", code) in problems


def test_a_sheet_of_another_unit_is_named(found):
    head = "Biểu số / Form: 01/BĐG-KH27 · UBND thành phố Hà Tiên"
    assert found(sheet="Chỉ tiêu", A1=head) == [("Chỉ tiêu", "A1", "unit_name")]
    assert not found(sheet="Chỉ tiêu", A1=head.replace("Hà Tiên", "RẠCH GIÁ"))


def test_rows_are_missing_only_where_it_is_known_whose_they_are(found):
    assert found("labour", B10="so-lao-dong") == [("Bìa", "B10", "unit")]
