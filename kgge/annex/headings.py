"""What the words of a heading say: a year, a funding source, a total, a unit of money."""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache, partial
from typing import NamedTuple

Sources = tuple[tuple[str, str], ...]  # code, words printed for it

_A_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
# A period is the heading of a total, not two years: "Giai đoạn 2016-2020".
_RANGE = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*[-–—]\s*((?:19|20)\d\d)(?!\d)")
_DATE = re.compile(r"\d+\s*([/.-])\s*\d+\s*\1\s*\d{4}|tháng[\W\d]*(?:năm|/|-)\s*\d{4}")
# In a title: dates and numbers of documents ("12/2021/NQ-HĐND", "…/2021"), years of laws, years
# that something runs from or to. Of what is left, this is said of the plan itself:
_OTHER_YEAR = re.compile(
    r"(?:19|20)\d\d (?:đến|tới)(?: hết)?(?: năm)? (?:19|20)\d\d|[/.-]\s*(?:19|20)\d\d(?!\d)"
    r"|(?<!\d)(?:19|20)\d\d\s*/|\bluật\b[^,;(]*?năm (?:19|20)\d\d"
    r"|\b(?:từ|đến|tới|trước|sau|so với|tầm nhìn)(?: đến)?(?: (?:hết|đầu|cuối))?(?: năm)? "
    r"(?:19|20)\d\d")
_DOCUMENT = re.compile(r"\b(?:kèm theo|ban hành|căn cứ)\b.*")
_OF_PLAN = re.compile(r"\b(?:năm|year|kế hoạch|kh|dự toán|kinh phí|kp|nhu cầu|plan|budget)"
                      r"(?: của)? \(?((?:19|20)\d\d)(?!\d)")
_ROLES = {  # what a heading says that is no money; the first that fits
    "number": re.compile(r"(?:số )?(?:tt|thứ tự)\b.*|stt\b.*|no\.?|#|mã(?: số)?"),
    "other": re.compile(r"(?:ghi chú|đơn vị|đvt|cơ quan|chủ trì|phối hợp|số lượng|sl\b|khối lượng|"
                        r"quy mô|đơn giá|định mức|thời gian|địa điểm|căn cứ|sản phẩm|kết quả|"
                        r"mục tiêu|mã\b|note|remark|agency|unit|quantity).*|.*(?:tỷ lệ|tỉ lệ|%).*"
                        r"|(?:(?:chương|loại|khoản|tiểu mục)\W*)+"),  # of the budget's index
    "label": re.compile(r"(?:các )?(?:nội dung|hoạt động|nhiệm vụ|tên|danh mục|chỉ tiêu|dự án|"
                        r"diễn giải|hạng mục|công việc|mô hình|chương trình|content|activit|item|"
                        r"description).*"),
}
# "Tổng hợp", "Cộng đồng", "Cộng hòa" begin other words.
_TOTAL = re.compile(r"(?:tổng(?! hợp)|cộng(?! (?:đồng|hòa|hoà|tác))|(?:grand )?total|sum)\b.*"
                    r"|.*\b(?:tổng (?:cộng|số))\b.*")
OF_WHICH = re.compile(r"\W*(?:(?:trong\s+đó|tr?\.\s?đó|of\s+which)\b"
                      r"|(?:trđ|(?:bao )?gồm|chia ra)\s*:)", re.IGNORECASE)
# What may stand under a year and is no money of it.
QUANTITY = re.compile(r"(?:số lượng|sl|khối lượng|quy mô|đơn giá|định mức)\b.*|(?:t[ỷỉ] lệ)?\W*")
# Words of a heading that name neither year nor source. Any other word is not understood: "TW Hội
# LHPN" is no money of the central budget, "Ước thực hiện 2020" no plan.
_UNDERSTOOD = set("vốn nguồn kinh phí kp ngân sách ns nsnn nhà nước từ của do cấp bố trí hỗ trợ "
             "đối ứng sự nghiệp dự toán kế hoạch kh năm nhu cầu kiến phân bổ giao các hợp pháp huy "
             "động chi tiền số cho trong đó chia ra thực hiện khái giai đoạn tổng cộng và mức "
             "thành phân kỳ đề xuất nghị thứ nhất cân đảm bảo sn n sách "
             "budget funds funding source state fund year planned plan total of which".split())
_OF_SOURCE = set("có mục tiêu sung nếu".split())  # these, too, where they stand with a source
# Of these alone is a heading that names its parts' total: "Kinh phí", "Cả giai đoạn".
_OF_TOTAL = set("kinh phí kp số tiền thành nhu cầu cả giai đoạn".split())
# "Thực hiện 2016" is spent and "Dự toán giao 2016" allotted, unless it says that it is planned;
# "Dự toán kinh phí thực hiện 2016" is an estimate.
_DONE = re.compile(r"(?<!dự toán)(?<!dự toán kinh phí) thực hiện | (?:giao|cấp) ")
_PLANNED = re.compile(r" (?:kế hoạch|kh|dự kiến|nhu cầu|planned) ")
_BESIDE = re.compile(r"[,;+/&]| và | với ")
_A_SOURCE = re.compile(r"\b(?:đối ứng|huy động|hợp pháp|nguồn|vốn|ngân sách|ns|nsnn|nstw|nsđp)\b")

_TIMES = {"": 0, "1": 0, "nghìn": 3, "ngàn": 3, "1000": 3, "ng": 3, "n": 3, "thousand": 3,
          "triệu": 6, "tr": 6, "1000000": 6, "million": 6, "tỷ": 9, "tỉ": 9, "1000000000": 9,
          "billion": 9}
_DONG = (r"(?:[x×]\s*)?(?P<times>1(?:[., ]?000){0,3}|nghìn|ngàn|ng|n(?=\.)|triệu|tr|tỷ|tỉ|"
         r"thousand|million|billion|)\.?\s*"
         r"(?:đồng việt nam|đồng vn|việt nam đồng|đồng|đ|vnđ|vnd|dong)")
# "(1 USD = 23,000 VND)" names a rate of exchange; "VND million" is the English order.
_RATE = re.compile(r"[(\[,;]?\s*(?:tỷ giá:? *)?1 ?(?:usd|eur|đô la)\s*=\s*[\d.,]+\s*\w*\s*[)\]]?")
_TURNED = re.compile(r"\b(vn[dđ]|dong) (thousand|million|billion)\b")
FOREIGN = re.compile(r"\b(?:usd|eur|đô la)\b|[$€]")
_UNIT = (r"(?<!\w)(?:đơn vị(?: tính)?(?: tiền(?: tệ)?)?|đ[./]?\s?v(?:[./]?\s?t(?:ính)?)?\.?|unit|"
         r"tính (?:bằng|theo))")
_NAMED = re.compile(rf"{_UNIT}\s*(?:là\s*)?[:=|\s(“\"–-]*{_DONG}(?=\W*$|\s*[).,;:|\]–-]|"
                    r"\s*/\s*năm\b|\s*\((?!.*(?:nghìn|ngàn|triệu|tỷ|tỉ)))")
_SHORT = re.compile(rf"{_UNIT}\s*:\s*(?P<times>1[.,]?000(?:[.,]?000)?|nghìn|ngàn|triệu|tỷ|tỉ)\W*")
_BRACKET = re.compile(rf"[(\[]\s*(?:in )?(?:{_UNIT}\s*:?)?\s*{_DONG}\s*\.?\s*[)\]]")
_UNIT_ALONE = re.compile(rf"\W*{_DONG}\W*")
_LISTED = re.compile(rf"[:;,/–-]\s*{_DONG}\W*$")  # "Biểu 1. Kinh phí, triệu đồng"
# At the end of a heading without brackets: "Tổng kinh phí triệu đồng". "5 triệu đồng" is an amount
# and "hội đồng" a council: after a digit, or "đồng" alone after a space, it does not count.
_TAIL = re.compile(rf"(?:[:;,/–-]\s*|(?<![\d.,])\s(?!đ|vn)){_DONG}\W*$")


class Meaning(NamedTuple):
    """What one heading says: a year, a source, a total, words that are none of it, a fault.

    It is `bare` if it says nothing but that this is money: beside its parts, that is their total.
    `role` is what it says that is no money: number, label or other.
    """

    year: int | None = None
    source: str | None = None
    total: bool = False
    left: str = ""
    fault: str = ""
    bare: bool = False
    period: tuple[int, int] | None = None
    role: str = ""


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """Return text for comparing: NFC, small letters, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def without_rate(text: str) -> str:
    """Return a folded text without a rate of exchange, which names no unit of money."""
    return _RATE.sub("", text)


@lru_cache(maxsize=4096)
def unit_of_money(text: str, within: str = "") -> tuple[int, str] | None:
    """Return the unit of money that `text` names, as a power of ten of a dong and as it stands.

    Within a ``title`` or a ``heading`` it may also end the text.

    Examples
    --------
    >>> [unit_of_money(text) for text in ("ĐVT: 1.000đ", "(Triệu đồng)", "Cộng đồng", "5 triệu đ")]
    [(3, '1.000đ'), (6, 'triệu đồng'), None, None]
    """
    text = _TURNED.sub(r"\2 \1", without_rate(folded(text)))
    end = {"title": _LISTED, "heading": _TAIL}.get(within)
    match = (_NAMED.search(text) or _SHORT.fullmatch(text) or _BRACKET.search(text)
             or _UNIT_ALONE.fullmatch(text) or (end.search(text) if end else None))
    if match is None:
        return None
    said = re.sub(rf"^.*{_UNIT}\s*(?:là\s*)?", "", match[0]).strip(" ()[]:;,/.|=–-")
    return _TIMES[re.sub(r"[., ]", "", match["times"])], said


def years_in(text: str) -> tuple[set[int], tuple[int, int] | None]:
    """Return the years that a text names, those of dates left out, and the period, if any."""
    plain = _DATE.sub("", folded(text))
    period = _RANGE.search(plain)
    return ({int(y) for y in _A_YEAR.findall(_RANGE.sub("", plain))},
            (int(period[1]), int(period[2])) if period else None)


def years_of_plan(text: str) -> set[int]:
    """Return the years that a title names as those of the plan; all it names if one is not.

    Examples
    --------
    >>> [years_of_plan(text) for text in ("Dự toán năm 2022 (NQ 5/2021/NQ-HĐND)", "đến năm 2030")]
    [{2022}, set()]
    """
    plain = _DATE.sub("", _DOCUMENT.sub("", folded(text)))
    if not _RANGE.search(plain):  # a period is all of its years
        plain = _OTHER_YEAR.sub("", plain)
    years = {int(y) for y in _A_YEAR.findall(plain)}
    return years if len(years) > 1 else {int(y) for y in _OF_PLAN.findall(plain)}


def _sources_in(words: str, sources: Sources) -> tuple[set[str], str]:
    """Return the codes of the sources that words name, and the words without them."""
    codes: set[str] = set()
    # The longest words first: "ngân sách địa phương" is one source, not "địa phương" and a rest.
    for code, printed in sorted(sources, key=lambda s: -len(s[1])):
        if f" {printed} " in words:
            codes.add(code)
            words = words.replace(f" {printed} ", " · ")
    return codes, words


def _spaced(text: str) -> str:
    return " ".join(["", *re.findall(r"[^\W\d_]+|%", text), ""])


@lru_cache(maxsize=8)
def meanings(sources: Sources) -> Callable[[str], Meaning]:
    """Return the function that tells what a heading says, by codes and words of the sources."""
    # To compare the whole list with that of the last call would take longer than to understand.
    return lru_cache(maxsize=4096)(partial(_meaning, sources=sources))


def _meaning(text: str, sources: Sources) -> Meaning:
    role = _role(text)
    text = re.sub(r"(?<=\b[^\W\d_])\.(?=[^\W\d_]\b)", "", text)  # "T.W" is "TW"
    plain = folded(_BRACKET.sub("", folded(re.sub(r"\bTƯ\b", "TW", text))))
    plain = _TAIL.sub("", plain) if not _UNIT_ALONE.fullmatch(plain) else ""
    years, period = years_in(plain)
    said = _spaced(re.sub(r"\d+(?:[.,]\d+)?\s*%", "", plain))
    codes, words = _sources_in(said, sources)
    total = _TOTAL.fullmatch(plain) is not None
    known = _UNDERSTOOD | (_OF_SOURCE if codes and not years else {"·"})
    left = [w for w in words.split() if w not in known and w != "·"]
    if not _PLANNED.search(said):
        left += [w.strip() for w in _DONE.findall(said) if not (codes and w == " cấp ")]
    beside = [part for part in _BESIDE.split(plain) if codes and _A_SOURCE.search(part)
              and not _sources_in(_spaced(part), sources)[0]]
    fault = ""
    if len(codes) > 1:
        fault = f"names more than one funding source ({', '.join(sorted(codes))})"
    elif "ngoài" in left:
        fault = "names a source by what it is not (ngoài)"
    elif len(years) > 1:
        fault = "names more than one year"
    elif left and (codes or years):
        fault = (f"is not understood beside its year or source: {' '.join(left)!r}; where it is "
                 "planned money, a correction says so plainly, as in 'Kế hoạch 2022' or 'NSTW'")
    elif beside and len(_BESIDE.split(plain)) > 1:
        fault = f"names a second funding source in general words: {beside[0].strip()!r}"
    elif _DATE.search(plain):
        fault = "names a day, no year"
    return Meaning(min(years, default=None), min(codes, default=None), total, " ".join(left), fault,
                   not (years or codes or total) and set(said.split()) <= _OF_TOTAL, period,
                   role)


def is_source(text: str) -> bool:
    """Tell whether a text speaks of money from somewhere: a budget, a fund, a contribution."""
    return _A_SOURCE.search(folded(text)) is not None


def _role(text: str) -> str:
    plain = _BRACKET.sub("", folded(text)).strip(" .:*")
    return next((name for name, form in _ROLES.items() if form.fullmatch(plain)), "")
