"""Qualified references: a reference with the installation that gave it, such as ``SYS-0003@1a2b3c4d``.

A reference alone says nothing elsewhere: every installation counts from one, so ``SYS-0003`` of a file that
was exported there is another system here. What leaves an installation names records in this form, and what
comes in is looked up by it (`plumbline.records.qualified.queries`).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from plumbline.records.kinds import REFERENCE

_PATTERN = re.compile(rf"({REFERENCE})@([a-z0-9][a-z0-9.-]{{0,63}})")
_BARE = re.compile(REFERENCE)


@dataclass(frozen=True)
class QualifiedReference:
    """A reference and the id of the installation that gave it (`plumbline.trail.paths.installation_id`)."""

    reference: str
    installation: str

    def __str__(self) -> str:
        return f"{self.reference}@{self.installation}"

    @property
    def prefix(self) -> str:
        """The letters that say of which kind the record is."""
        return self.reference.partition("-")[0]

    @property
    def number(self) -> int:
        """The number behind them."""
        return int(self.reference.partition("-")[2])


def parse(text: object) -> QualifiedReference | None:
    """``text`` as a qualified reference; ``None`` for anything else."""
    matched = _PATTERN.fullmatch(text) if isinstance(text, str) else None
    return QualifiedReference(matched[1], matched[2]) if matched else None


_TYPED = re.compile(r"([a-z]{2,5})[ -]?([0-9]{4,9}) ?@ ?([a-z0-9][a-z0-9.-]{0,63})")


def tidied(text: str) -> str:
    """``text`` as a qualified reference is written, where it is one but for capitals, width and blanks.

    A file that people and programs have handled comes back with ``sys-0001@MAIN``; as a key of its own that
    would be a second record. Anything else stays as it is.
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).split()).casefold()
    matched = _TYPED.fullmatch(plain)
    return f"{matched[1].upper()}-{matched[2]}@{matched[3]}" if matched else text


def is_bare(text: object) -> bool:
    """Whether ``text`` is a reference that does not say of which installation it is."""
    return isinstance(text, str) and _BARE.fullmatch(text) is not None
