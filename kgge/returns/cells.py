"""What stands in a cell of a return: a number, one of the other states, or a problem."""

import datetime
import math
import re
import unicodedata
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple

from kgge.numbers import readings
from kgge.xlsx import Fault

# Ours: more than anyone can mean. The province had 1,723,067 residents in 2019; the whole plan
# is 6,600 million dong, so a larger amount was typed in dong or thousand dong.
LIMITS = {"eligible": 2e6, "reached": 2e6, "attendances": 2e7, "amount": 1e5}

_BLANK = re.compile(r"[\s\u200b\ufeff]+")
# A line break, a tab or a gap between figures parts two numbers; only one space parts thousands.
_APART = re.compile(r"\d\s*(?:[^\S \u00a0\u2009\u202f]|\s{2})\s*[\d.,]*\d")
# Words that tell what was meant, with tone marks; those that are others without them stand apart.
_TONED = r"độ|cỡ|tầm"
_PLANNED = r"dự (?:kiến|tính|toán)|kế hoạch|kh|phấn đấu"
_WRONG_WORDS = (
    ("dots", r"[.…][.… ]+|(?:chưa|không|ko) (?:rõ|biết|xác định|thống kê|theo dõi|tách|tổng hợp)"
             r".*|unknown|not known|đang .*|"
             r"chưa (?:có (?:số|dữ|báo|kết)|cập nhật|nhận|thu thập).*|"
             r"(?:chờ (?:số|báo cáo|tổng hợp)|sẽ (?:báo|bổ sung|cập nhật|gửi)).*|"
             r".*(?:báo cáo|bổ sung|cập nhật|^báo|^gửi) sau|pending|tbd"),
    ("nothing", r"(?:không|ko|kg|k|chưa)(?: (?:có|phát sinh|áp dụng|thuộc|báo cáo|thực hiện|"
                r"triển khai|tổ chức|bố trí|cấp|ai|(?:người|hoạt động) nào)\b.*)?|none|nil|no|"
                r"0 (?:có|phát sinh)|n[./]*a\.?|not applicable"),
    ("negative", r"(?=.*[1-9])(?:(?:[-–−]|âm) ?\d[\d., ]*|\([\d., ]*\d[\d., ]*\))"),
    ("percent", r".*\d ?%|\d[\d., ]*(?:phần trăm|percent)"),
    ("in_words", r"\d[\d., ]*(?:nghìn|ngàn|vạn|k|thousand|tỷ|tỉ|billion|usd|vn[đd]|"
                 r"đ(?:ồng)?(?! ?(?:/|chí|bào|nghiệp)))\b.*"),
    ("fraction", r"\d[\d., ]*/ ?\d.*"),
    ("approximate", r"(?:hơn|trên|khoảng|gần|dưới|chừng|ước|ít nhất|nhiều nhất|tối thiểu|tối đa|"
                    r"xấp xỉ|không (?:dưới|quá)|about|over|under|some|nearly|around|approx|"
                    rf"at least|at most|more than|less than|{_TONED}|[~<>≈≥≤]).*\d.*|"
                    rf"\d[\d., ]*(?:\+|\?+|[-–] ?\d.*| ?trở lên|[^\w]*(?:ước|tạm|{_PLANNED})\b.*)|"
                    rf"(?:tạm tính|{_PLANNED})[^\w]*\d[\d., ]*(?:người)?"))
_WRONG = [(code, re.compile(pattern)) for code, pattern in _WRONG_WORDS]
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Day, month, year; months that a dash joins (tháng 1-12/2018) are no day, nor is 1/1-31/12.
_DATES = re.compile(
    r"(?:\bngay )?(?<!\d)(?:(?<!thang )(?<!quy )(?!0?1-12[/.])"
    r"(\d{1,2})([-/.]| thang )(\d{1,2})(?:\2|[-/.](?=\d{4})|,? nam )(\d{4}|\d{2})|"
    rf"(\d{{1,2}})[-/. ]?({'|'.join(MONTHS)})[a-z]*[-/., ]*"
    rf"(\d{{4}}|\d{{2}}(?![-/. ]?(?:{'|'.join(MONTHS)})))|"
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2}))(?!\d)", re.ASCII)
# One date alone; the hour may stand before or behind it.
_DATE = re.compile(r"(?:(?:luc )?\d{1,2} ?(?:[:hg]|gio) ?[\dphut]*,? )?"
                   r"(\d{1,2})/(\d{1,2})/(\d{4})[.,;]*(?:[ t]\d{1,2}[:h].*)?", re.ASCII)
# One among the words of an office: Số đến 125, ngày 20/01/2019 (VT); not a day sent, or about one.
_AMONG = re.compile(r"(?<!\d)(\d{1,2})/(\d{1,2})/(\d{4})(?!\d)", re.ASCII)
_UNSURE = re.compile(r"[?~<>]|\b(?:khoang|truoc|sau|du kien|chua|han|hoac|hay|cham|gui|lap|ky|sent|"
                     r"about|before|after|due)\b")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?", re.ASCII)  # the days that Excel counts
# Letters that look like those asked for: Cyrillic and mathematical x, dashes of other kinds.
_ALIKE = str.maketrans({**dict.fromkeys("хХ×✕✖χΧⅩⅹ", "x"), "․": ".", "⋯": "...",
                        **dict.fromkeys("―‒﹣－\u2010\u2011", "-"),
                        **dict.fromkeys("\u2800\u3164\uffa0\ufe0e\ufe0f", "")})
# A telephone, and the number of a letter: no figures, wherever they stand below a table.
_ADDRESS = re.compile(r"(?:\+84|0)\d[\d .-]{7,12}|\d+/[^\W\d_]{2}.*")
_YEAR = re.compile(r"(?:nam(?: bao cao)?:? )?([12]\d{3})(?:[.,]0*)?", re.ASCII)
# Other ways to write a date: 21 / 1 / 2019, 21-Thg1-2019, as Excel does, January 21, 2019; what
# stands in brackets behind one may hold another: (bản giấy 23/01/2019).
_GAPS, _THG = re.compile(r"(?<=\d) ?/ ?(?=\d)"), re.compile(
    r"(?<=\d)[-/. ]thg? ?(\d{1,2})[-/., ]+(?=\d)")
_MONTH_FIRST = re.compile(
    rf"\b({'|'.join(MONTHS)})([a-z]*)\.? (\d{{1,2}})(?:st|nd|rd|th)?,? (?=\d{{4}}\b)")
_SPACED = re.compile(r"(?<!\d)(\d{1,2}) ?([-.]) ?(\d{1,2}) ?\2 ?(?=\d{4}(?!\d))")
_BRACKETS = re.compile(r"(?<=/\d{4}) ?\((?=[^()]*[a-z])"
                       r"(?![^()]*\b(?:hoac|hay|khoang|du kien|chua|or|about)\b)[^()?]*\)")
_REAL = re.compile(r"\W+(?:la )?(?:so lieu|bao cao) (?:that|chinh thuc)\W*")


class Cell(NamedTuple):
    """What was read: a number (or NaN), a state of `kgge.plan.CELL_STATES`, a problem or ``""``."""

    number: float
    state: str
    problem: str


NOT_REPORTED = Cell(math.nan, "not_reported", "")
_MARKS = {"": NOT_REPORTED, **dict.fromkeys(("...", "…"), Cell(math.nan, "not_known", "")),
          **dict.fromkeys("xX", Cell(math.nan, "not_applicable", "")),
          **dict.fromkeys("-–—−", Cell(0.0, "reported", ""))}


def rejected(problem: str) -> Cell:
    """Return a cell that has no number because of `problem`."""
    return Cell(math.nan, "rejected", problem)


def clean(text: str) -> str:
    """Return `text` in NFC, with every run of white space (no-break, zero-width) as one space."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return _BLANK.sub(" ", unicodedata.normalize("NFC", text)).strip()


_STROKED = str.maketrans("đðɖ", "ddd")  # Đ as Vietnamese has it, and as Iceland and Ghana do


@lru_cache(maxsize=8192, typed=True)
def fold(value: object) -> str:
    """Return text for comparing: no tone marks, case or doubled spaces, however it was typed.

    Examples
    --------
    >>> fold("Văn  hoá") == fold("VĂN HÓA")
    True
    """
    plain = unicodedata.normalize("NFD", clean(str(value))).casefold().translate(_STROKED)
    return "".join(c for c in plain if not unicodedata.combining(c))


_WITHOUT_TONES = [(code, re.compile(fold(pattern.replace(f"{_TONED}|", ""))))
                  for code, pattern in _WRONG_WORDS]


def read_cell(value: object, column: str) -> Cell:
    """Read one entry cell: persons are whole numbers, amounts million dong.

    A problem beside a number is a warning: the text was read as that number. Where the problem
    is an error the state is ``rejected``.

    Examples
    --------
    >>> read_cell("1.234", "reached")
    Cell(number=1234.0, state='reported', problem='read_as')
    >>> read_cell("1.234", "amount").problem, read_cell("...", "amount").state
    ('ambiguous', 'not_known')
    """
    if type(value) is float:
        if 0 <= value <= LIMITS[column] and value.is_integer():
            return Cell(value + 0.0, "reported", "")
        return _in_range(value, column, "")
    if isinstance(value, str):
        if value in _MARKS:
            return _MARKS[value]
        if _APART.search(value):
            return rejected("two_numbers")
        if (plain := plain_text(value)) != value:
            cell = read_cell(plain, column)
            told = cell is NOT_REPORTED or cell.state == "rejected"
            return cell if told else cell._replace(problem="unusual")
        return _read_text(clean(value), column)
    if value is None:
        return NOT_REPORTED
    if isinstance(value, (float, int)) and not isinstance(value, bool):
        return _in_range(float(value), column, "")
    if isinstance(value, Fault):
        return rejected(value.code)
    return rejected("text" if isinstance(value, bool) else "date")


def plain_text(text: str) -> str:
    """Return `text` without characters nobody sees, with the usual ones for those alike."""
    if text.isascii():
        return text
    wide = (chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text.translate(_ALIKE))
    return "".join(c for c in wide if unicodedata.category(c) != "Cf")


def unusual_letters(text: str) -> str:
    """Return the names of the characters that `plain_text` takes away or replaces."""
    odd = dict.fromkeys(c for c in text if plain_text(c) != c)
    return ", ".join(f"U+{ord(c):04X} {unicodedata.name(c, '')}".strip() for c in odd)


def _in_range(number: float, column: str, warning: str) -> Cell:
    if 0 <= number <= LIMITS[column] and number.is_integer():
        return Cell(number + 0.0, "reported", warning)
    if not number.is_integer():
        # a formula leaves 110.00000000000001 for 110, and 8e-17 for 0
        number = float(f"{number:.12g}") if not abs(number) < 1e-9 else 0.0
    if number < 0:
        return rejected("negative")
    if column != "amount" and number <= LIMITS[column] and not number.is_integer():
        return rejected("decimal")
    if not number <= LIMITS[column]:
        return rejected("too_much")
    return Cell(number + 0.0, "reported", warning)


def _read_text(text: str, column: str) -> Cell:
    if text in _MARKS:
        return _MARKS[text]
    if text.isascii() and text.isdigit():
        return _in_range(float(text), column, "")
    values = sorted(set(readings(text.removeprefix("+")).values()))
    if len(values) > 1 and column == "amount":
        return rejected("ambiguous")
    if values and column != "amount" and values[-1] % 1:
        return rejected("decimal")
    if values:  # persons are whole: of "1.234" that is the larger reading
        return _in_range(float(values[-1]), column, "read_as")
    if not any(map(str.isalpha, text)) and read_date(text):
        return rejected("date")
    words = _WITHOUT_TONES if text.isascii() else _WRONG
    return rejected(next((code for code, p in words if p.fullmatch(text.casefold())), "text"))


@lru_cache(maxsize=1024, typed=True)
def read_date(value: object) -> datetime.date | None:
    """Return a date of receipt: a date cell, one in a text, or the number of days Excel counts.

    Examples
    --------
    >>> {read_date(text) for text in ("8h30 ngày 31 tháng 01 năm 2019", "31-Jan-19", 43496.0)}
    {datetime.date(2019, 1, 31)}
    """
    if isinstance(value, datetime.date):
        return value.date() if isinstance(value, datetime.datetime) else value
    if isinstance(value, str):
        value = _SPACED.sub(r"\1/\3/", _MONTH_FIRST.sub(r"\3 \1\2 ", fold(value)))
    text = _BRACKETS.sub("", plain_dates(value))
    if match := _DATE.fullmatch(text) or _among(text):
        with suppress(ValueError):
            return datetime.date(*map(int, match.group(3, 2, 1)))
    days = int(match[1]) if (match := _SERIAL.fullmatch(text)) else 0
    in_use = 36526 <= days <= 73050  # 2000 to 2099
    return datetime.date(1899, 12, 30) + datetime.timedelta(days) if in_use else None


def _among(text: str) -> re.Match[str] | None:
    """Find the one date in a text that names no other."""
    dates = {match[0]: match for match in _AMONG.finditer(text)}
    return dates.popitem()[1] if len(dates) == 1 and not _UNSURE.search(text) else None


@lru_cache(maxsize=1024, typed=True)
def plain_dates(value: object) -> str:
    """Return text folded, each date in it, day first, in words or as 2019-01-31, as 31/1/2019.

    Examples
    --------
    >>> plain_dates("từ ngày 01 tháng 7 năm 2018 đến 31-Dec-2018")
    'tu 1/7/2018 den 31/12/2018'
    """
    text = _THG.sub(r"/\1/", _GAPS.sub("/", fold(plain_text(str(value)))))
    return _DATES.sub(_plain_date, text)


def _plain_date(found: re.Match[str]) -> str:
    day, month, year = next(found.group(*at) for at in ((1, 3, 4), (5, 6, 7), (10, 9, 8))
                            if found[at[0]])
    number = MONTHS.index(month) + 1 if month in MONTHS else int(month)
    return f"{int(day)}/{number}/{int(year) + 2000 * (len(year) == 2)}"


def is_mark(value: object) -> bool:
    """Tell whether a text is one of the marks, or signs alone: without a code they say nothing."""
    return isinstance(value, str) and (not any(c.isalnum() for c in value)
                                       or len(value) < 9 and plain_text(clean(value)) in _MARKS)


def are_words(value: object, cell: Cell) -> bool:
    """Tell whether a cell in a row of no code holds words or a date, and no figure gone astray."""
    if isinstance(value, str):
        if is_mark(value) or _ADDRESS.fullmatch(clean(value)):
            return True
        wordy = cell.problem in ("text", "nothing", "dots") and not fold(value)[:1].isdigit()
        return wordy or cell.state == "rejected" and read_date(value) is not None
    return isinstance(value, datetime.date | datetime.time)


def read_year(value: object) -> int | None:
    """Return the year a cover names: 2018, "2018." or "Năm 2018"; a date where it begins one."""
    if isinstance(value, datetime.date):
        return value.year if (value.month, value.day) == (1, 1) else None
    text = fold(int(value) if isinstance(value, float) and value.is_integer() else value)
    match = _YEAR.fullmatch(text)
    return int(match[1]) if match else None


@lru_cache(maxsize=256, typed=True)
def read_yes(value: object) -> bool | None:
    """Return the answer to a yes/no question, in either language; ``None`` where it is neither."""
    yes, no = ({*re.findall(r"\w+", text)} for text in (
        fold(value), _REAL.sub("", fold(value))))
    if yes and yes <= {"co", "yes"}:
        return True
    return False if no and no <= {"khong", "ko", "no"} else None
