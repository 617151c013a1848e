"""The period a cover names: the years in it, and whether it is all of a year or a part of one."""

import re
from functools import lru_cache
from typing import NamedTuple

from kgge.returns.cells import MONTHS, plain_dates

_TO = r" ?(?:[-–—]|den|toi|to\b)(?:[ –—-]|het|den|ngay)*"
# A day whose year stands with the last day only: từ 01/01 đến 31/12/2018.
_OPEN = re.compile(
    rf"(?<![\d/])(\d{{1,2}})(?:[-/.]| thang )(\d{{1,2}})(?={_TO}\d{{1,2}}/\d{{1,2}}/(\d{{4}}))")
# What names a year or a day that the figures are not of: a document, the day of writing, the
# stretch of years of a plan, the year compared with.
_BESIDE = re.compile(
    r"\b\d+(?:/\d{4})?/[a-z]{2}[a-z-]*(?:,? \d+/\d+/\d{4})?|"
    r"\b(?:ke hoach|quyet dinh|nghi quyet|cong van|chi thi|chuong trinh|plan|decision) (?:so )?\d+"
    r",? \d+/\d+/\d{4}|"
    r"\b(?:lap|gui|nop|han)(?: bao cao)?:? \d+/\d+/\d{4}(?! ?(?:[-–]|den))|"
    r"\b(?:giai doan|thoi ky|ke hoach|chien luoc|chuong trinh|ctqg|period|plan)\b[a-z ]{0,60}"
    r"\b\d{4}"
    rf"{_TO}(?:nam )?\d{{4}}|\bso (?:voi|cung ky)[^,;)]*")
# Where the sums of a period begin: a year named, or one before a dash.
_ADDS = r"\b(?:luy ke|cong don|cumulative|since)[,:]?"
_SINCE = re.compile(
    rf"(?:{_ADDS} (?:tu|from)|\bsince)(?: nam| ngay| dau| thang)* (?:\d+/){{0,2}}\d{{4}}|"
    rf"{_ADDS}(?: nam| ngay| dau)* (?:\d+/){{0,2}}\d{{4}}(?={_TO})")
_YEARS = re.compile(r"(?<!\d)\d{4}(?!\d)")
# A day that no stretch ends with; after the year that is named, something was written: cập nhật.
_LONE = re.compile(rf"({_TO})?(?<![\d/])\d+/\d+/(\d{{4}})(?!\d|{_TO}\d)")
_DAY = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})(?:/\d{4})?(?![\d/])")
# A plan that is spoken of because it was carried out.
_DONE = re.compile(r"\b(?:thuc hien|trien khai|ket qua|theo|cua|nam)\b[^(;\d]*\b(?:ke hoach|kh)\b")
# Ways to write all of a year, words for less than that, or for what has not come true.
_MONTH, _OF = "(?:thang |t)?", r"(?:(?:/| nam )\d{4})?"
_WHOLE = re.compile(
    rf"\b(?:12|muoi hai) ?(?:thang|th|t|months?)\b|{_MONTH}(?<!\d)0?1{_OF}{_TO}{_MONTH}12\b{_OF}|"
    rf"\bden (?:het )?{_MONTH}12\b{_OF}|\btu dau nam\b|\bden (?:het )?cuoi nam\b|"
    rf"(?<!\d)0?1 jan(?:uary)?\b|\bjan(?:uary)?(?: 0?1)?{_TO}dec(?:ember)?(?: 31)?\b|"
    rf"\b(?:quy |q)(?:1|i)\b{_OF}(?:[ ,;+&i123–—-]|den|toi|to|het|va|and|quy|q|/\d{{4}})*"
    r"(?:4|iv)\b")
_PART = re.compile(r"\b(?:thang|t\d|\d{1,2} ?th?\b|quy (?:\d|[iv]+\b)|(?:[hq]|hk)[1-4]\b|"
                   r"uoc|nua|hoc ky|(?:dau|cuoi) nam|"
                   r"den nay|half|quarter|months?|estimate|\d{1,2}/\d{4}|"
                   r"du (?:toan|kien|tinh|bao|thao)|"
                   r"tam tinh|so (?:ket|bo)\b|planned|forecast|preliminary|"
                   r"(?:[1-3]|mot|hai|ba) quy\b|(?:chua|khong) (?:du|het|tron|day)\b|"
                   r"so (?:lieu )?ke hoach|(?:ke hoach|kh):? (?:ca )?(?:nam|20\d\d)|"
                   rf"(?:{'|'.join(MONTHS)})[a-z]*\b)|\((?:ke hoach|kh)\)")


class Period(NamedTuple):
    """What a period says: the years it names, whether it is less than a whole one."""

    years: frozenset[int]
    part: bool


@lru_cache(maxsize=1024)
def read_period(text: str, first: int) -> Period:
    """Return the years of a period and whether it is less than a year; sums may begin in `first`.

    Examples
    --------
    >>> read_period("Từ 01/01 đến 31/12/2018", 2016), read_period("Quý I-III/2018", 2016)
    (Period(years=frozenset({2018}), part=False), Period(years=frozenset({2018}), part=True))
    >>> read_period("Năm 2018 (lũy kế 2016-2018)", 2016).years
    frozenset({2018})
    """
    whole = _OPEN.sub(r"\1/\2/\3", plain_dates(text))
    whole = re.sub(rf"\b1/1/{first}(?={_TO}\d+/\d+/\d{{4}})", "", whole)
    said = _SINCE.sub("", _BESIDE.sub("", whole))
    named = [int(year) for year in _YEARS.findall(_LONE.sub("", said))]
    said = _LONE.sub(lambda day: "" if named and not day[1] and int(day[2]) > max(named)
                     else day[0], said)
    if not _YEARS.search(said):  # nothing but the plan's own years is said
        said = _SINCE.sub("", whole)
    years = frozenset(map(int, _YEARS.findall(said)))
    days = [tuple(map(int, day)) for day in _DAY.findall(said)]
    part = days not in ([], [(1, 1), (31, 12)], [(31, 12)]) or bool(
        _PART.search(_DONE.sub("", _WHOLE.sub("", _DAY.sub("", said)))))
    return Period(years, part or not years and "ca nam" not in said)
