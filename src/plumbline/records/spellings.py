"""What people write for a reference or a requirement: ``sys 1``, ``a626``, ``6.2.6``. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection

_REFERENCE = re.compile(r"\s*([A-Za-z]{2,5})[\s_-]*([0-9]{1,9})\s*")
_NOT_ALPHANUMERIC = re.compile(r"[^0-9a-z]")


def reference(text: str) -> str:
    """The reference that ``text`` spells (``sys 1`` is ``SYS-0001``); else ``text`` itself."""
    found = _REFERENCE.fullmatch(text) if text.isascii() else None
    return f"{found[1].upper()}-{int(found[2]):04d}" if found else text


def requirement(text: str, known: Collection[str]) -> str:
    """The one id of ``known`` (``iso42001:A.6.2.6``) that ``text`` spells; else ``text`` itself.

    A number as it stands comes first, so that 4.2 is the clause where both it and control A.4.2 are known.
    """
    if not text or text in known:
        return text
    wanted = text.strip().casefold()
    number = {name: name.rpartition(":")[2].casefold() for name in known}
    by_number = [name for name in known if wanted in (number[name], name.casefold())]
    bare = _NOT_ALPHANUMERIC.sub("", wanted)
    compact = {name: _NOT_ALPHANUMERIC.sub("", number[name]) for name in known}
    by_signs = [name for name in known if bare and compact[name] == bare]
    # Controls of Annex A are often called without the letter.
    without_letter = [name for name in known if wanted and number[name] == f"a.{wanted}"]
    bare_without = [name for name in known if bare.isdigit() and compact[name] == f"a{bare}"]
    for found in (by_number, by_signs, without_letter, bare_without):
        if len(found) == 1:
            return found[0]
    return text
