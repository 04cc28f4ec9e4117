"""Signs that make a name read as another one than it is: controls, direction, invisible signs. Pure.

A title or the name of a file is what people recognise a thing by and what they approve. With a change of
direction (Unicode TR 36, 3.3; CVE-2021-42574) ``report[U+202E]fdp.exe`` shows as ``reportexe.pdf``; with an
invisible sign two different names look alike. Longer texts are not judged: nobody knows records by them.
"""

from __future__ import annotations

import unicodedata

_JOINERS = "\u200c\u200d"
_MARKS_OF_DIRECTION = "\u200e\u200f\u061c"
_INVISIBLE = frozenset(
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060\u2061\u2062\u2063\u2064\ufeff\u3164\uffa0"
)
"""Signs without a width that no language needs in a name; joiners and marks of direction are judged apart."""
_CHANGES_OF_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def deceptive_signs(text: str) -> tuple[str, ...]:
    """The signs of ``text`` that a name may not have, each once and as ``U+202E``, in order."""
    if text.isascii() and text.isprintable():
        return ()
    signs = (sign for place, sign in enumerate(text) if _deceives(text, place))
    return tuple(dict.fromkeys(f"U+{ord(sign):04X}" for sign in signs))


def _deceives(text: str, place: int) -> bool:
    sign = text[place]
    if sign in _JOINERS:
        return not _joins(text, place)
    if sign in _MARKS_OF_DIRECTION:
        # Beside letters that run from right to left they keep a number or a bracket in its place.
        return not any(unicodedata.bidirectional(other) in ("R", "AL") for other in text)
    if sign in _INVISIBLE or sign in _CHANGES_OF_DIRECTION or "\U000e0000" <= sign <= "\U000e0fff":
        return True
    return unicodedata.category(sign) in ("Cc", "Zl", "Zp", "Cs")


def _joins(text: str, place: int) -> bool:
    """Whether a joiner stands where Persian, the scripts of India and composed pictures need one."""
    before, after = text[:place][-1:], text[place + 1 :][:1]
    return bool(before and after) and all(
        not sign.isascii() and not unicodedata.name(sign, "").startswith(("LATIN", "GREEK", "CYRILLIC"))
        for sign in (before, after)
    )
