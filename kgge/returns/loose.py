"""What stands beside the form and is no figure gone astray: totals, telephones, formal lines."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from kgge.returns.cells import Cell, clean, fold, read_cell
from kgge.xlsx import Fault

_ROUNDED = 0.05  # ours: a total of amounts may be typed to one decimal
_TOTAL = re.compile(
    r"\W*(?:tong|cong|total|sum)(?:\W+(?:cong|so|chi|kinh phi|tien|nguoi|luot|da|du an|ca|nam|"
    r"all|of|trieu dong|amount|spending|persons|toan|huyen|thanh pho|tinh|don vi|bieu|total|\d+|"
    r"[ivx]+))*\W*")
_WOMEN = re.compile(r"\W*(?:trong do|tong(?: so)?|cong|of which|total)\W+(?:so )?(?:nu|women)\b"
                    r"(?:\W+(?:gioi|women))?\W*")
NOTE = re.compile(r"\W*(?:ghi chu|chu thich|luu y|note|so lieu|don vi tinh)")
# Who signs says nothing of figures; dong is money, but for lao động, hội đồng and the like.
SAYS = re.compile(
    r"nghin|thousand|\bty\b|trieu|(?<!lao )(?<!hoi )(?<!cong )(?<!hoat )(?<!hanh )(?<!hop )\bdong\b"
    r"(?! dau| \w+, ?ngay)|billion|\buoc\b|tam tinh|chua |so lieu|kinh phi|"
    r"quyet toan|don gia|thay the|%|phan tram|\d thang(?! \d+ nam)|"
    # not final, of another measure, planned, not of all; but no Sở Kế hoạch và Đầu tư, no Chí Tình
    r"\bdu kien\b|(?<!ho )(?<!co )\bso bo\b(?! phan)|ban nhap|du thao|\bluy ke\b|\bngan d\b|"
    r"\busd\b|(?:bang|ra) do la\b|lay theo|(?:theo|so) du toan|(?<!kem )\btheo ke hoach(?! so)|"
    r"tam ung|lam tron\b|\b(?:gom|ke|chi) ca\b|\bbao gom\b|"
    r"(?<!ho )(?<!co )\bso ke hoach(?!\W+(?:va )?(?:dau tu|dt\b)| hoa)|"
    r"\bda tru\b|khong (?:(?:bao )?gom|tinh|ke)\b|(?:^|[^\w\s]\s*)chi (?:tinh|gom|lay|bao gom) \w|"
    r"\b(?:thieu|(?<!luu )tru|(?<!giong )rieng) (?:xa|phuong|thi tran|truong|khoi|huyen|mot|\d)|"
    + NOTE.pattern)
NAMED = re.compile(r"\b(?:ty|trieu|dong|uoc)\b")  # what people are called too: Tý, Triệu, Đông
# What any official document carries: emblem and motto, number, addressee, annexes, copies, its end.
_FORMAL = re.compile(
    r"\W*(?:cong hoa xa hoi chu nghia viet nam|socialist republic of viet ?nam|"
    r"doc lap\W+tu do\W+hanh phuc|independence\W+freedom\W+happiness|\W)*|"
    r"(?:phu luc|bieu|mau)(?: so| bao cao)?\W*[\w./-]*|\W*(?:het|the end)\W*|"
    r"(?:\W|\b(?:tong|cong|so|tien|kinh phi|da chi|viet|ghi)\b)*\bbang chu\b.*|"
    r"\W*(?:trang|page)\W*\d+(?:\W*(?:of\W*)?\d+)?\W*")
_ADDRESSED = re.compile(
    r"so\W*(?:\d+\W*)?/ ?[a-z][\w-]*(?: ?/ ?[\w-]+)*\W*(?:ngay.*)?|kinh gui\b.*|"
    r"\W*(?:ban hanh )?kem theo\b.*|(?:uy ban nhan dan|ubnd) tinh\b[\w ]*|"
    r"\W*(?:noi nhan|nhu tren|luu)\b.*")
_MEASURE = re.compile(r"\W*(?:dvt|don vi(?: tinh)?|unit(?: of measure)?)\b\W*(.*?)\W*")
_MEASURES = {"indicators": {"nguoi", "luot nguoi", "luot", "persons", "attendances"},
             "spending": {"trieu dong", "tr d", "tr dong", "trd", "trieu vnd", "million dong"}}
_FAMILIES = ("nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly danh dinh "
             "doan lam mai trinh truong dao cao ha luong thai to ta chau quach luu kim thach son "
             "tang diep vuong chu trieu thi").split()
_TITLE = re.compile(r"^(?:(?:ông|bà|đ/c|ths|ts|cn|ks|bs|mr|ms|mrs)\b\.?\s*)+", re.IGNORECASE)
_CONTACT = re.compile(
    r"(?:^|[^\w\s]\s*)(?:so )?(?:lien he|dien thoai|di dong|s?dt|dd|phone|tel|mobile|hotline|zalo|"
    r"fax)\b")
# With or without the 0 in front, which a number loses; of places, and of mobiles, old and new.
_NUMBER = re.compile(r"(?:\+?84|0)?(?:[3-9]\d{8}|[12]\d{9})", re.ASCII)


def says_total(line: Sequence[Any]) -> bool:
    """Tell whether a row says that it adds up: Tổng cộng, Cộng dự án 1, Total."""
    return any(isinstance(value, str) and _TOTAL.fullmatch(fold(value)) for value in line
               ) or _of_women(line)


def _of_women(line: Sequence[Any]) -> bool:
    return any(isinstance(value, str) and _WOMEN.fullmatch(fold(value)) for value in line)


def is_accounted(rows: Sequence[Sequence[Any]], row: int, at: int, at_code: int, column: str
                 ) -> bool:
    """Tell whether a figure in a row of no code is a telephone or adds up what its column holds.

    In a row that says so: all rows above, those since the last row of no code, or all below; in
    a heading: those up to the next.
    """
    value, total = rows[row][at], says_total(rows[row])
    if isinstance(value, Fault) or is_phone(rows, row, value):
        return total or not isinstance(value, Fault)
    number, coded = read_cell(value, column).number, [line[at_code] != "" for line in rows]
    whose = ".female" if _of_women(rows[row]) else ""
    last = max((r for r in range(row) if not coded[r]), default=-1) + 1
    parts = [(row + 1, next((r for r in range(row + 1, len(rows)) if not coded[r]), len(rows)))]
    parts += [(0, row), (last, row), (row + 1, len(rows))] if total else []
    return any(_adds_up(number, [read_cell(rows[r][at], column) for r in range(*part) if coded[r]
                                 and str(rows[r][at_code]).lower().endswith(whose)])
               for part in parts)


def _adds_up(number: float, cells: Sequence[Cell]) -> bool:
    figures = [cell.number for cell in cells if cell.state == "reported"]
    return len(figures) > 1 and abs(sum(figures) - number) <= _ROUNDED


def is_phone(rows: Sequence[Sequence[Any]], row: int, value: object) -> bool:
    """Tell whether digits beside or below the word for a telephone are its number."""
    said = f"{value:.0f}" if isinstance(value, float) else clean(str(value))
    return bool(_NUMBER.fullmatch(re.sub(r"[ .()-]", "", said))) and any(
        isinstance(text, str) and _CONTACT.search(fold(text))
        for text in (*rows[row - 1], *rows[row]))


@lru_cache(maxsize=1024)
def is_formal(text: str, kind: str) -> bool:
    """Tell whether a folded text is a formal line, or the measure of this table: ĐVT: người."""
    if _FORMAL.fullmatch(text) or _ADDRESSED.fullmatch(text) and not SAYS.search(text):
        return True
    said, allowed = _MEASURE.fullmatch(text), _MEASURES.get(kind, set().union(*_MEASURES.values()))
    return said is not None and allowed.issuperset(
        " ".join(re.findall(r"\w+", part)) for part in re.split(r"[,;/]| va ", said[1]))


@lru_cache(maxsize=1024)
def is_name(text: object) -> bool:
    """Tell whether a text is a person's name: two to five words, each with a capital.

    They say nothing of figures, unless it is a family's name that stands first.

    Examples
    --------
    >>> [is_name(text) for text in ("Triệu Văn Đông", "ThS. LÊ HOA", "CHƯA DUYỆT", "Lũy Kế")]
    [True, True, False, False]
    """
    if not isinstance(text, str):
        return False
    words = _TITLE.sub("", clean(text)).removesuffix(".").split()  # Như Ý, Lê Văn A.
    capital = all(word.isalpha() and word[0].isupper() and word[1:] == word[1:].lower()
                  for word in words)
    large = all(word.isalpha() and word.isupper() for word in words)
    folded = fold(" ".join(words))
    family = folded.split(" ")[0] in _FAMILIES and not folded.startswith("trieu dong")
    whole = all(word[1:] for word in words)  # Trần Như Ý, but not Xã A
    named = capital and (whole or family) or large and family
    return 2 <= len(words) <= 5 and named and not SAYS.search(
        NAMED.sub("", folded) if family else folded)
