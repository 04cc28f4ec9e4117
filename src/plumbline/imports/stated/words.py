"""Words of a source: which columns have them, how a row keeps them, and a digest that binds them. Pure.

A register says who answers for an entry, in which state it is, who approved it and when. None of that is an
owner, a state, an approval or a day here: nobody here has said it. It is kept as text beside the record,
under the name of its column, and nothing but a reader looks at it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from plumbline.imports.vocabulary import words as vocabulary
from plumbline.kernel.canonical import JSON, canonical

ABOUT = ("state", "owner", "approval", "date")
"""What words of a source are mostly about; whatever else a map calls them stands as it is."""
OTHER = "other"
LONGEST_ABOUT = 40
"""Characters of the name of what they are about."""
_ALSO = {
    "approval": (
        *("approv", "sign off", "signed off", "signoff", "authori", "genehmig", "freigabe", "freigegeben"),
        *("approuv", "valide par", "aprobad", "aprovad", "goedgekeurd", "approvat"),
    ),
    "owner": (
        *(
            "owner",
            "responsib",
            "contact",
            "accountable",
            "verantwort",
            "ansprechpartner",
            "point of contact",
        ),
        *("responsab", "encargad", "verantwoord", "ansvarig", "ansvarlig"),
    ),
    "state": ("status", "state", "stage", "zustand", "phase", "statut", "etat", "estado", "stato", "fase"),
    "date": (
        *("date", "reviewed on", "last review", "last updated", "datum", "stand vom"),
        *("fecha", "begindatum", "einddatum"),
    ),
}
"""Beginnings of words by which a column is known; those of an approval first, as in *date approved*."""


@dataclass(frozen=True)
class Stated:
    """One text of a row in the source's own words."""

    about: str
    column: str
    text: str


def about_of(column: str) -> str:
    """What a column with this name is about; `OTHER` where its name does not say."""
    name = vocabulary.plain(column)
    for about, begins in _ALSO.items():
        if any(f" {name}".find(f" {begin}") >= 0 for begin in begins):
            return about
    return OTHER


def stored(said: Sequence[Stated]) -> str:
    """The words of a row as it keeps them; an empty text for none."""
    return json.dumps([[one.about, one.column, one.text] for one in said], ensure_ascii=False) if said else ""


def of_stored(text: str) -> tuple[Stated, ...]:
    """The words that `stored` has kept."""
    return tuple(Stated(*one) for one in json.loads(text)) if text else ()


def digest(rows: Iterable[tuple[int, str]]) -> str:
    """SHA-256 over the words of the rows of an import, each with its line, in order of line; empty for none.

    The entry of its confirmation has it, so that words that somebody changes afterwards show.
    """
    found: list[JSON] = [
        [line, *([one.about, one.column, one.text] for one in of_stored(text))] for line, text in rows if text
    ]
    return hashlib.sha256(canonical(found)).hexdigest() if found else ""
