"""Numbers typed as text, for annexes and returns alike: what each can mean, never a guess."""

import re
from decimal import Decimal
from functools import lru_cache

MARKS = (",", ".")
# Thousands are parted by the other mark or by spaces; "0,500" cannot be thousands.
_FORMS = {mark: re.compile(rf"(?:\d+|[1-9]\d{{0,2}}([{other}\s])\d{{3}}(?:\1\d{{3}})*)"
                           rf"(?:[{mark}]\d+)?")
          for mark, other in (MARKS, MARKS[::-1])}


@lru_cache(maxsize=4096)
def readings(text: str) -> dict[str, Decimal]:
    """Return the values `text` can have, by the decimal mark that would make it so.

    Examples
    --------
    >>> readings("1.234")
    {',': Decimal('1234'), '.': Decimal('1.234')}
    >>> readings("0,125"), readings("1.234,5"), readings("1 900")[","], readings("hơn 350")
    ({',': Decimal('0.125')}, {',': Decimal('1234.5')}, Decimal('1900'), {})
    """
    if not text.isascii():
        text = re.sub(r"\s", " ", text)
        if not text.isascii():
            return {}
    out = {}
    for mark in MARKS:
        if match := _FORMS[mark].fullmatch(text):
            plain = text if match[1] is None else text.replace(match[1], "")
            out[mark] = Decimal(plain.replace(mark, "."))
    return out
