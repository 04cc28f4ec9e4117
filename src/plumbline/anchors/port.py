"""The port: what an anchor offers, whatever lies behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from plumbline.config import Config
from plumbline.kernel.messages import Text
from plumbline.trail.queries import Checkpoint


@dataclass(frozen=True)
class Target:
    """One place that takes checkpoints: a short name for pages and entries, and its address.

    The name stands in entries, which are never erased, so it is no mail address of a person.
    """

    name: str
    address: str


@dataclass(frozen=True)
class Submission:
    """A checkpoint on its way out.

    ``known`` is how many entries the other side is thought to know, ``proof`` leads from there.
    """

    checkpoint: Checkpoint
    known: int = 0
    proof: Sequence[bytes] = ()


@dataclass(frozen=True)
class Received:
    """What came back: the evidence, the time the other side states, and checkpoints that it remembers."""

    evidence: bytes = b""
    stated_at: datetime | None = None
    remembered: Sequence[str] = field(default=())


class AnchorFailed(Exception):
    """A checkpoint was not taken; ``reason`` says why, without an address or a secret in it."""

    def __init__(self, reason: Text) -> None:
        super().__init__(str(reason))
        self.reason = reason


class Stale(AnchorFailed):
    """The other side knows another size than was thought; the next try starts from ``known``."""

    def __init__(self, reason: Text, known: int) -> None:
        super().__init__(reason)
        self.known = known


class Contradiction(AnchorFailed):
    """The other side remembers another history than the trail has: ``root`` at ``size``, as far as known."""

    def __init__(self, reason: Text, size: int, root: bytes = b"") -> None:
        super().__init__(reason)
        self.size, self.root = size, root


@dataclass(frozen=True)
class Anchor:
    """One way to hand a checkpoint out.

    ``targets`` says where the settings send it, and raises `AnchorFailed` for settings that cannot be used.
    ``send`` runs outside of any transaction and asks no database; it raises `AnchorFailed`. ``shows`` says
    what it shows to whom, ``remedy`` how it is set up. ``is_outside`` says whether somebody else may hold it:
    a folder that the server writes itself is not outside. ``often`` ones go by the shorter interval.
    """

    slug: str
    title: str
    shows: Text
    remedy: Text
    targets: Callable[[Config], Sequence[Target]]
    send: Callable[[Config, Target, Submission], Received]
    is_outside: bool = True
    often: bool = False


_anchors: dict[str, Anchor] = {}


def register(anchor: Anchor) -> None:
    """Make ``anchor`` known. Raises ``ValueError`` when another one has its slug."""
    if _anchors.setdefault(anchor.slug, anchor) is not anchor:
        raise ValueError(f"there are two anchors called {anchor.slug}")


def all_anchors() -> tuple[Anchor, ...]:
    """Every anchor, by slug."""
    return tuple(_anchors[slug] for slug in sorted(_anchors))
