"""The fixed words of the exported files, Vietnamese and English."""

from typing import Any

import pandas as pd

from kgge.labels import codes, label, labels

_Pair = tuple[str, str]

# The code list of each column of codes; the shares among the columns of numbers.
KINDS = {"item": "item", "project": "item", "source": "source", "indicator": "indicator",
         "group": "group", "sex": "sex", "unit": "unit", "status": "status",
         "status_low": "status", "status_high": "status", "state": "state"}
SHARES = ("share", "coverage", "coverage_low", "coverage_high", "baseline", "target",
          "distance_share", "time_share", "observed_pace", "required_pace", "execution")


def _by_lang(pairs: dict[str, _Pair]) -> dict[str, dict[str, str]]:
    return {lang: {key: pair[i] for key, pair in pairs.items()}
            for i, lang in enumerate(("vi", "en"))}


WORDS = _by_lang({
    "title": ("Bình đẳng giới tỉnh Kiên Giang, giai đoạn 2016-2020",
              "Gender equality in Kiên Giang province, 2016-2020"),
    "plan": ("Kế hoạch số 27/KH-UBND ngày 03 tháng 3 năm 2016 của Ủy ban nhân dân tỉnh Kiên Giang",
             "Plan 27/KH-UBND of 3 March 2016, People's Committee of Kiên Giang province"),
    "workbook": ("Kinh phí và tiến độ bình đẳng giới tỉnh Kiên Giang, 2016-2020: các bảng số liệu",
                 "Gender equality in Kiên Giang, 2016-2020: tables of money and progress"),
    "document": ("Kinh phí và tiến độ bình đẳng giới tỉnh Kiên Giang, 2016-2020: các hình",
                 "Gender equality in Kiên Giang, 2016-2020: figures of money and progress"),
    "report": ("Báo cáo kinh phí và tiến độ bình đẳng giới tỉnh Kiên Giang, 2016-2020",
               "Report on money and progress: gender equality in Kiên Giang, 2016-2020"),
    "keywords": ("bình đẳng giới, Kiên Giang, kinh phí, tiến độ",
                 "gender equality, Kiên Giang, budget, progress"),
    "about": ("Về tệp này", "About this file"),
    "source": ("Nguồn", "Source"),
    "source_plan": ("Phụ lục kinh phí kèm theo Kế hoạch số 27/KH-UBND",
                    "Budget annex of Plan 27/KH-UBND"),
    "source_returns": ("Báo cáo hằng năm của các đơn vị; Kế hoạch số 27/KH-UBND",
                       "Yearly returns of the units; Plan 27/KH-UBND"),
    "licence": ("Giấy phép", "Licence"),
    "licence_text": ("Giấy phép MIT: được sử dụng lại, ghi rõ nguồn",
                     "MIT licence: free to use again, with the source named"),
    "mark": ("Lưu ý", "Mark"),
    "mark_text": ("Số liệu lấy từ báo cáo của đơn vị là số liệu minh họa, không phải kết quả thực "
                  "hiện Kế hoạch.",
                  "The figures taken from returns are illustrative; they are no result of the "
                  "plan."),
    "contents": ("Mục lục", "Contents"),
    "cover": ("Bìa", "Cover"),
    "notes": ("Chú thích", "Notes"),
    "note_sheet": ("xem trang Chú thích", "see the sheet Notes"),
    "note": ("Ký hiệu", "Mark"),
    "meaning": ("Ý nghĩa", "Meaning"),
    "sheet": ("Bảng", "Table"),
    "unit": ("Đơn vị tính", "Unit"),
    "money": ("triệu đồng", "million dong"),
    "share": ("%", "%"),
    "persons": ("người; %", "persons; %"),
    "state": ("tình trạng báo cáo", "state of the return"),
    "figure": ("Hình", "Figure"),
    "figures": ("Danh mục hình", "List of figures"),
    "numbers": ("Số liệu của", "Numbers of"),
    "elsewhere": ("Số liệu gồm {rows} dòng, có trong tệp {file}.",
                  "The numbers are {rows} rows, in the file {file}."),
    "page": ("Trang", "Page"),
    "most": ("cao nhất", "highest"),
    "least": ("thấp nhất", "lowest"),
    "yes": ("Có", "Yes"),
    "no": ("Không", "No"),
    "none": ("Không thiếu", "None missing"),
    "skip": ("Chuyển đến nội dung", "Skip to the content"),
    "home": ("Trang đầu", "Start page"),
    "files": ("Tệp để sử dụng lại", "Files to use again"),
    "files_docx": ("Tất cả các hình (Word)", "All figures (Word)"),
    "reference": ("Tra cứu: các bảng và biểu đồ (tiếng Anh)", "Reference: tables and charts"),
    "files_xlsx": ("Tất cả các bảng (Excel)", "All tables (Excel)"),
    "table": ("Bảng số liệu", "Table of figures"),
})

# Headers of columns; those not here are labels of their code, or years.
HEADERS = _by_lang({
    "indicator": ("Chỉ tiêu", "Indicator"),
    "objective": ("Mục tiêu", "Objective"),
    "unit": ("Đơn vị", "Unit"),
    "project": ("Dự án", "Project"),
    "item": ("Nội dung", "Line"),
    "year": ("Năm", "Year"),
    "source": ("Nguồn vốn", "Funding source"),
    "group": ("Nhóm đối tượng", "Group"),
    "sex": ("Giới tính", "Sex"),
    "amount": ("Kinh phí", "Amount"),
    "total": ("Tổng cộng", "Total"),
    "share": ("Tỷ trọng", "Share"),
    "nominal": ("Giá hiện hành", "Current prices"),
    "constant": ("Giá năm đầu kỳ [6]", "Prices of the first year [6]"),
    "planned": ("Dự toán", "Planned"),
    "spent": ("Đã chi", "Spent"),
    "unplanned": ("Chi ngoài dự toán", "Spent outside the plan"),
    "execution": ("Tỷ lệ thực hiện", "Execution rate"),
    "state": ("Tình trạng", "State"),
    "reached": ("Số người được tiếp cận", "Persons reached"),
    "eligible": ("Số người thuộc đối tượng", "Persons eligible"),
    "coverage": ("Tỷ lệ đạt [3]", "Coverage [3]"),
    "coverage_low": ("Tỷ lệ thấp nhất có thể [4]", "Coverage, low end [4]"),
    "coverage_high": ("Tỷ lệ cao nhất có thể [4]", "Coverage, high end [4]"),
    "baseline": ("Mức ban đầu [1]", "Baseline [1]"),
    "target": ("Chỉ tiêu kế hoạch", "Target"),
    "distance_share": ("Phần quãng đường đã đi", "Share of the distance"),
    "time_share": ("Phần thời gian đã qua", "Share of the time"),
    "ratio": ("Hệ số tiến độ", "Ratio"),
    "status": ("Đánh giá [2]", "Status [2]"),
    "status_low": ("Đánh giá ở mức thấp nhất [4]", "Status at the low end [4]"),
    "status_high": ("Đánh giá ở mức cao nhất [4]", "Status at the high end [4]"),
    "firm": ("Kết luận chắc chắn", "Firm"),
    "observed_pace": ("Tốc độ đã đạt mỗi năm", "Pace so far, a year"),
    "required_pace": ("Tốc độ cần có mỗi năm", "Pace needed, a year"),
    "units_expected": ("Số đơn vị phải báo cáo", "Units expected"),
    "units_reported": ("Số đơn vị đã báo cáo", "Units that reported"),
    "missing_units": ("Đơn vị thiếu báo cáo", "Units missing"),
    "mark": ("Lưu ý", "Mark"),
})

# Titles of the tables, with their unit and whether they come from the plan or from returns.
TITLES: dict[str, tuple[_Pair, str, str]] = {
    "by_year": (("Kinh phí dự toán theo năm và nguồn vốn",
                 "Planned budget by year and funding source"), "money", "plan"),
    "by_project": (("Kinh phí dự toán theo dự án và nguồn vốn",
                    "Planned budget by project and funding source"), "money", "plan"),
    "by_project_year": (("Kinh phí dự toán theo dự án và năm",
                         "Planned budget by project and year"), "money", "plan"),
    "by_line": (("Kinh phí dự toán theo nội dung và nguồn vốn",
                 "Planned budget by line and funding source"), "money", "plan"),
    "source_shares": (("Tỷ trọng nguồn vốn theo năm", "Shares of funding sources by year"),
                      "share", "plan"),
    "constant_prices": (("Kinh phí dự toán theo giá hiện hành và giá năm đầu kỳ",
                         "Planned budget in current and constant prices"), "money", "plan"),
    "spent": (("Dự toán và thực hiện kinh phí theo dự án", "Planned and spent by project"),
              "money", "returns"),
    "spent_by_year": (("Thực hiện kinh phí theo dự án và năm",
                       "Planned and spent by project and year"), "money", "returns"),
    "reporting": (("Tình hình gửi báo cáo của các đơn vị", "Returns by unit and year"),
                  "state", "returns"),
    "progress": (("Tiến độ thực hiện các chỉ tiêu", "Progress towards the targets"),
                 "persons", "returns"),
    "pace": (("Cách tính đánh giá: hệ số tiến độ và tốc độ",
              "How each status comes about: ratio and pace"), "share", "returns"),
    "by_group": (("Tỷ lệ đạt theo nhóm đối tượng và giới tính, năm gần nhất",
                  "Coverage by group and sex, latest year"), "persons", "returns"),
    "by_unit": (("Tỷ lệ đạt theo đơn vị, năm gần nhất", "Coverage by unit, latest year"),
                "persons", "returns"),
}

# Notes: mark, then the text in both languages; {on_track} and {accelerate} are the cut points.
NOTES: tuple[tuple[str, _Pair], ...] = (
    ("[x]", ("Không có số liệu: không báo cáo, hoặc có phát sinh nhưng chưa rõ số.",
             "Not available: not reported, or occurred but not known.")),
    ("[z]", ("Không áp dụng, ví dụ: tỷ lệ thực hiện khi không có dự toán, đơn vị không phải báo "
             "cáo.",
             "Not applicable: for example a rate where nothing is planned, a unit that is not to "
             "report.")),
    ("[1]", ("Mức ban đầu bằng 0 vào cuối năm 2015 là cách tính của người lập bảng: chỉ tiêu đếm "
             "số người được tiếp cận lũy kế từ ngày 01/01/2016. Kế hoạch không nêu mức ban đầu.",
             "The baseline of 0 at the end of 2015 is ours: the indicators count persons reached "
             "since 1 January 2016. The plan states no baseline.")),
    ("[2]", ("Ngưỡng đánh giá là của người lập bảng, không phải của Kế hoạch: hệ số tiến độ từ "
             "{on_track} là đúng tiến độ, từ {accelerate} là cần đẩy nhanh.",
             "The cut points are ours, not the plan's: a ratio of {on_track} or more is on track, "
             "of {accelerate} or more needs acceleration.")),
    ("[3]", ("Tổng số người được tiếp cận chia cho tổng số người thuộc đối tượng; không lấy trung "
             "bình các tỷ lệ.",
             "Sum of persons reached divided by the sum of persons eligible; never a mean of "
             "percentages.")),
    ("[4]", ("Giới hạn của tỷ lệ khi tính cả các đơn vị chưa báo cáo.",
             "What the coverage can be once the units that did not report are counted in.")),
    ("[5]", ("Đơn vị báo cáo chỉ tiêu nào, và dự án nào phục vụ mục tiêu nào, do người lập bảng "
             "xác định theo nội dung; tên tiếng Anh là bản dịch của người lập bảng.",
             "Which unit reports which indicator, and which project serves which objective, is our "
             "reading of the contents; the English labels are ours.")),
    ("[6]", ("Quy đổi theo chỉ số giá tiêu dùng Việt Nam của Ngân hàng Thế giới (FP.CPI.TOTL.ZG).",
             "Converted with the World Bank's consumer prices for Viet Nam (FP.CPI.TOTL.ZG).")),
)


def header(column: str, lang: str) -> str:
    """Return the header of a column: its own, the label of a funding source or sex, or itself."""
    if column in HEADERS[lang]:
        return HEADERS[lang][column]
    kind = next((kind for kind in ("source", "sex") if column in codes(kind)), None)
    return label(kind, column, lang) if kind else column


def labelled(table: pd.DataFrame, lang: str, kinds: dict[str, str] | None = None) -> pd.DataFrame:
    """Return a table with labels in place of its codes; `kinds` names further code lists."""
    kinds, words = KINDS | (kinds or {}), WORDS[lang]
    out = table.astype(object)
    for column in out:
        names: dict[Any, str]
        known = [code for code in out[column].dropna().unique() if code != ""]
        if column == "missing_units":
            names = {code: "; ".join(labels("unit", code.split(";"), lang)) for code in known}
        elif column in kinds:
            kind = kinds[column]
            if kind == "state":  # of money or of a return: whichever list knows the codes
                kind = "execution" if set(known) <= set(codes("execution")) else "report_state"
            names = dict(zip(known, labels(kind, known, lang), strict=True))
        elif column == "firm":
            names = {True: words["yes"], False: words["no"]}
        else:
            names = {"total": header("total", lang)}
        shown = [None if v == "" or pd.isna(v) else names.get(v, v) for v in out[column]]
        out[column] = pd.Series(shown, index=out.index, dtype=object)
    return out
