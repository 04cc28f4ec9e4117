"""The lines of a population, and what a seed draws of them: plain text that anybody can draw from again.

A line is ``REFERENCE REVISION ENTRY HASH``: the record, its revision when the population was committed to,
the entry of the trail that holds that revision, and the leaf hash of that entry (RFC 6962) in hexadecimal.
Lines are in the order in which the records were made and end with a line feed; the population's digest is
the SHA-256 of the whole text. Places are counted from 0, and `plumbline.reports.sampling` ranks them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from plumbline.reports import sampling

METHOD = (
    "Lines are counted from 0. The rank of a line is the SHA-256 of the UTF-8 text <seed>:<number>. The "
    "sample is the lines with the smallest ranks, smallest first."
)


@dataclass(frozen=True)
class Line:
    """A record in a population: its ``revision`` then, and the ``entry`` of the trail that holds it."""

    reference: str
    revision: int
    entry: int
    leaf_hash: str


def text_of(lines: Iterable[Line]) -> bytes:
    """The bytes that are committed to."""
    return "".join(
        f"{line.reference} {line.revision} {line.entry} {line.leaf_hash}\n" for line in lines
    ).encode()


def digest(text: bytes) -> str:
    """What names a population."""
    return hashlib.sha256(text).hexdigest()


def parse(text: bytes) -> list[Line]:
    """The lines of a population. Raises ``ValueError`` for a text that is none."""
    rows = (row.split(" ") for row in text.decode().splitlines())
    return [Line(reference, int(revision), int(entry), hashed) for reference, revision, entry, hashed in rows]


def drawn(text: bytes, seed: str, wanted: int) -> list[tuple[int, Line]]:
    """Places and lines that ``seed`` draws, in the order of their ranks. Raises ``ValueError`` as `parse`."""
    lines = parse(text)
    return [(place, lines[place]) for place in sampling.draw(seed, len(lines), wanted)]
