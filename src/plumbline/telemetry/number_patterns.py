"""Numbers that name a person: check digits of cards and accounts, and the shapes of telephone numbers."""

from __future__ import annotations

import re
from typing import Final

# Lengths of the IBAN per country, from the IBAN registry (ISO 13616-2, published by SWIFT).
IBAN_LENGTHS: Final[dict[str, int]] = {
    country: length
    for length, countries in (
        (15, "NO"),
        (16, "BE"),
        (18, "DK FI FK FO GL NL SD"),
        (19, "MK SI"),
        (20, "AT BA EE KZ LT LU MN XK"),
        (21, "CH HR LI LV"),
        (22, "BG BH CR DE GB GE IE ME RS VA"),
        (23, "AE GI IL IQ OM SO TL"),
        (24, "AD CZ ES MD PK RO SA SE SK TN VG"),
        (25, "LY PT ST"),
        (26, "IS TR"),
        (27, "BI DJ FR GR IT MC MR SM"),
        (28, "AL AZ BY CY DO GT HU LB NI PL SV"),
        (29, "BR EG PS QA UA"),
        (30, "JO KW MU YE"),
        (31, "MT SC"),
        (32, "LC"),
        (33, "RU"),
    )
    for country in countries.split()
}


def luhn(text: str) -> bool:
    """Whether the digits of ``text`` end in their Luhn check digit (ISO/IEC 7812-1) and are not all alike."""
    digits = [int(sign) for sign in text if sign.isdecimal()]
    if len(set(digits)) < 2:
        return False
    doubled = (digit * 2 - 9 if digit > 4 else digit * 2 for digit in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def mod97(text: str) -> bool:
    """Whether the letters and digits of ``text`` are an IBAN with right check digits (ISO 7064)."""
    signs = "".join(sign for sign in text if sign.isalnum())
    moved = signs[4:] + signs[:4]
    if not (moved.isascii() and moved.isalnum()):
        return False
    return int("".join(str(int(sign, 36)) for sign in moved)) % 97 == 1


_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"\d(?:[ ().\-/\u2010\u2011\u00a0]{0,3}\d){5,17}(?: ?(?:x|ext\.?) ?\d{1,6})?(?!\w)")
_EXTENSION = re.compile(r" ?(?:x|ext\.?) ?\d{1,6}\Z")
_GROUP = re.compile(r"\d+")
_PARTS = re.compile(r"(\d+)")
_DATE = re.compile(
    r"(?:(?:1[6-9]|20|21)\d\d([-./])(?:0?[1-9]|1[0-2])\1(?:3[01]|[12]\d|0?[1-9])"
    r"|(?:3[01]|[12]\d|0?[1-9])([-./])(?:3[01]|[12]\d|0?[1-9])\2(?:1[6-9]|20|21)\d\d)(?!\d)"
)
_DATE_SIGNS = frozenset("-./")
_YEAR = re.compile(r"(?:19|20)\d\d\Z")


def find_phones(text: str) -> list[tuple[int, int]]:
    """Start and end of every telephone number in ``text``: international, or in a usual national shape."""
    spans: list[tuple[int, int]] = []
    place = 0
    while digit := _DIGIT.search(text, place):
        first = digit.start()
        start = first - _lead(text, place, first)
        match = None if _joined(text, start) else _NUMBER.match(text, first)
        if match is None:
            run = _GROUP.match(text, first)
            place = run.end() if run else first + 1
            continue
        token, place = text[start : match.end()], match.end()
        date = _DATE.match(text, first) if _DATE_SIGNS.intersection(token) else None
        if date is not None:
            place = date.end()
        elif is_phone(token):
            spans.append((start, match.end()))
        elif inner := _inner_start(token):
            spans.append((start + inner, match.end()))
    return spans


def _lead(text: str, place: int, first: int) -> int:
    """How many signs before the digit at ``first``, and not before ``place``, belong to a number: + or (."""
    before = text[max(place, first - 2) : first]
    if before in ("(+", "+(", "+ "):
        return 2
    return 1 if before[-1:] in ("+", "(") else 0


def _joined(text: str, start: int) -> bool:
    """Whether a letter, digit, underscore or @ stands right before ``start``."""
    if start == 0:
        return False
    before = text[start - 1]
    return before.isalnum() or before in "_@"


def _inner_start(token: str) -> int:
    """Where a telephone number starts after one or two numbers that stand before it; 0 if there is none."""
    blanks = [match.end() for match in re.finditer(" ", token)]
    return next((start for start in blanks[:2] if start <= 4 and is_phone(token[start:])), 0)


def is_phone(token: str) -> bool:
    """Whether a run of digits and separators has the shape of a telephone number (ITU-T E.164: 15 digits)."""
    extension = _EXTENSION.search(token) if "x" in token else None
    body = token[: extension.start()] if extension else token
    parts = _PARTS.split(body)
    groups, separators = parts[1::2], set("".join(parts[::2]))
    digits = "".join(groups)
    total = len(digits)
    if not 6 <= total <= 15 or digits.count(digits[0]) == total:
        return False
    if body.startswith(("+", "(+")):
        return total >= 7
    if body.startswith("00"):
        return total >= 9
    if extension and total >= 7:
        return True
    if len(groups) == 1:
        return _plain_number(groups[0])
    return _grouped_number(body, groups, separators, total)


def _plain_number(digits: str) -> bool:
    """National numbers written without a gap: a leading zero, or the ten digits of North America."""
    if digits[0] == "0":
        return 9 <= len(digits) <= 11
    return len(digits) == 10 and digits[0] in "23456789"


def _grouped_number(body: str, groups: list[str], separators: set[str], total: int) -> bool:
    sizes = [len(group) for group in groups]
    if "/" in separators and not groups[0].startswith("0"):
        return False
    if "(" in body:
        return body.startswith("(") and total >= 7 and 1 < len(groups) <= 5
    if "." in separators and (separators != {"."} or len(groups) < 3 or _thousands(sizes)):
        return False
    if separators <= {" ", "\u00a0"} and _thousands(sizes) and groups[0][0] != "0":
        return False
    if len(groups) == 2 and all(_YEAR.match(group) for group in groups):
        return False
    if total == 6:
        return len(set(separators)) == 1 and sizes == [2, 2, 2] and separators == {" "}
    return (
        7 <= total <= 12 and max(sizes) <= 8 and min(sizes) >= 2 and len(groups) <= 6 and min(sizes[1:]) >= 2
    )


def _thousands(sizes: list[int]) -> bool:
    """Whether the groups are those of one large number: 1 234 567."""
    return sizes[0] <= 3 and all(size == 3 for size in sizes[1:])
