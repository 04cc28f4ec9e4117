"""Which accounts belong to one person, as far as their addresses and names tell.

Four eyes are the eyes of two people, not of two accounts. What can be detected is the same mailbox in another
spelling and the same name given twice. No second account is made for either; two that are there already, from
before or from elsewhere, count as one person, and the page of either names the other. Two people who really
share a name are told apart by an AIMS manager, who gives one of them a fuller name
(`commands.rename_person`).
"""

from __future__ import annotations

import re
import unicodedata

_DOTS_DO_NOT_COUNT = frozenset({"gmail.com", "googlemail.com"})


def mailbox(email: str) -> str:
    """The mailbox behind an address: capitals, width of letters and a ``+tag`` make no other one (RFC 5233).

    One provider ignores dots too and has two names. Others that ignore dots are not guessed at.
    """
    local, _, domain = unicodedata.normalize("NFKC", email).strip().casefold().rpartition("@")
    local = local.partition("+")[0] or local
    if domain in _DOTS_DO_NOT_COUNT:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def name_key(full_name: str) -> str:
    """The words of a name, whatever their order, capitals, accents and punctuation.

    *OKAFOR, Mina* and *Mina Okafor* have the same.
    """
    letters = unicodedata.normalize("NFKD", full_name.casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(sorted(re.findall(r"\w+", plain)))[:200]
