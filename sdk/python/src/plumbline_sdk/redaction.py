"""Personal data that has a pattern, taken out of free text before it leaves the process.

A first pass without dependencies: e-mail, telephone, payment card (Luhn), IBAN (mod 97), IP address. The
server redacts again, more thoroughly. Every repetition is bounded, so time grows with the length of the text.
The order matters: the looser patterns for cards and telephone numbers would cut digits out of what the
stricter ones before them replace as a whole.
"""

import re
from ipaddress import AddressValueError, IPv6Address
from typing import Callable, Tuple

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}")
_IBAN = re.compile(r"(?<!\w)[A-Za-z]{2}\d\d(?:[ -]?[A-Za-z0-9]){11,30}(?!\w)")
_CARD = re.compile(r"(?<![\w.])[2-6](?:[ -]?\d){11,18}(?!\w)")
_IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\w|\.\d)")
_IPV6 = re.compile(r"(?<![\w:])[0-9A-Fa-f:]{2,39}(?:\.\d{1,3}){0,3}(?![\w:])")
_PHONE = re.compile(
    r"(?<![\w@.])(?:\+ ?|00|\(0?|0)\d(?:[ ().\-/]{0,3}\d){6,13}(?!\w)"
    r"|(?<![\w.-])\d{3}[ .-]\d{3}[ .-]\d{4}(?!\w)"
)


def redact_text(text: str) -> str:
    """``text`` with each piece of personal data that has a pattern replaced by its name in brackets."""
    if "@" in text:
        text = _EMAIL.sub("[email]", text)
    for name, pattern, is_valid in _NUMBERS:
        text = pattern.sub(_replacing(name, is_valid), text)
    return text


def _replacing(name: str, is_valid: Callable[[str], bool]) -> "Callable[[re.Match[str]], str]":
    return lambda match: "[" + name + "]" if is_valid(match.group()) else match.group()


def _luhn(text: str) -> bool:
    digits = [int(char) for char in text if char.isdigit()]
    doubled = [digit * 2 - 9 if digit > 4 else digit * 2 for digit in digits[-2::-2]]
    return len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _mod97(text: str) -> bool:
    signs = "".join(char for char in text if char.isalnum())
    moved = signs[4:] + signs[:4]
    return moved.isascii() and int("".join(str(int(char, 36)) for char in moved)) % 97 == 1


def _octets(text: str) -> bool:
    return all(int(part) < 256 for part in text.split("."))


def _is_ipv6(text: str) -> bool:
    if text.count(":") < 2 or not any(char.isdigit() for char in text):
        return False
    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return True


def _not_date(text: str) -> bool:
    return not re.match(r"\d{1,2}[./-]\d{1,2}[./-]\d{4}", text)


_NUMBERS: "Tuple[Tuple[str, re.Pattern[str], Callable[[str], bool]], ...]" = (
    ("iban", _IBAN, _mod97),
    ("ip", _IPV6, _is_ipv6),
    ("ip", _IPV4, _octets),
    ("card", _CARD, _luhn),
    ("phone", _PHONE, _not_date),
)
