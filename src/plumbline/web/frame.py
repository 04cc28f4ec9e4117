"""What every page's context has: a title and the way that leads to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from plumbline.kernel.messages import Message, say
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
    def text(self) -> Message:
        """The line under the hash."""
        if self.word is ProofState.VERIFIED:
            return say("proof.signed", "signed, entry {number}", number=self.index)
        if self.word is ProofState.BROKEN:
            return say("proof.broken", "record broken, entry {number}", number=self.index)
        return say("proof.waiting", "not yet anchored, entry {number}", number=self.index)


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


def proof_state(index: int, covered: tuple[int, bool]) -> ProofState:
    """What is known of entry ``index``, given how much is signed and whether the record is broken."""
    size, broken = covered
    if broken:
        return ProofState.BROKEN
    return ProofState.VERIFIED if index < size else ProofState.NOT_YET_ANCHORED


def proof(index: int, covered: tuple[int, bool] | None = None) -> Proof:
    """The proof line of entry ``index``."""
    state = proof_state(index, covered if covered is not None else covered_size())
    return Proof(index, hex_of(log.leaf(index).leaf_hash), state)


def hex_of(digest: Any) -> str:
    """A digest as lower-case hex."""
    return digest.hex() if isinstance(digest, (bytes, bytearray, memoryview)) else str(digest)
