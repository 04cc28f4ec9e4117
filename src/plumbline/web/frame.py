"""What every page's context has: a title and the way that leads to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from plumbline.kernel.states import ProofState
from plumbline.trail import log


@dataclass(frozen=True)
class Crumb:
    """One step of the way to a page."""

    label: str
    href: str


@dataclass(frozen=True)
class Proof:
    """What the trail says of one entry: its number, its hash, and whether a signed checkpoint covers it."""

    index: int
    digest: str
    word: ProofState

    @property
    def text(self) -> str:
        """The line under the hash."""
        if self.word is ProofState.VERIFIED:
            return f"signed, entry {self.index:,}"
        if self.word is ProofState.BROKEN:
            return f"record broken, entry {self.index:,}"
        return f"not yet anchored, entry {self.index:,}"


@dataclass(frozen=True)
class Cell:
    """A value as a page shows it. ``shape`` is text, state, date, moment, bool, link, links or empty."""

    shape: str
    text: str = ""
    href: str = ""
    items: tuple[tuple[str, str, str], ...] = ()
    """Reference, title and address of several records."""


def covered_size() -> tuple[int, bool]:
    """How many entries the newest signed checkpoint covers, and whether the record is known to be broken."""
    checkpoint = log.latest_checkpoint()
    return (checkpoint.size if checkpoint else 0), log.status().state is ProofState.BROKEN


def proof(index: int, covered: tuple[int, bool] | None = None) -> Proof:
    """The proof line of entry ``index``."""
    size, broken = covered if covered is not None else covered_size()
    word = (
        ProofState.BROKEN if broken else ProofState.VERIFIED if index < size else ProofState.NOT_YET_ANCHORED
    )
    return Proof(index, hex_of(log.leaf(index).leaf_hash), word)


def hex_of(digest: Any) -> str:
    """A digest as lower-case hex."""
    return digest.hex() if isinstance(digest, (bytes, bytearray, memoryview)) else str(digest)
