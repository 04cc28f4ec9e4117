"""What kept the publisher from signing, in a file beside the guard, so that every process can say it.

The publisher alone reads back what was committed. What it finds has to reach the pages and the doors, which
run in other processes; and it cannot go into a database that may be what is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from plumbline.kernel import clock
from plumbline.kernel.canonical import JSON, CanonicalError, canonical, parse
from plumbline.kernel.messages import Message, as_message, from_json, to_json
from plumbline.trail.errors import REMEDIES, ReadOnly
from plumbline.trail.private_files import read_cached, write_private


@dataclass(frozen=True)
class Refusal:
    """Why nothing was signed, and since when that is so."""

    reason: str
    detail: Message
    since: datetime


def file_beside(guard_file: Path) -> Path:
    """The file that belongs to a guard."""
    return guard_file.with_name("refusal.json")


def last(guard_file: Path) -> Refusal | None:
    """Why the publisher did not sign at its last turn; ``None`` when it did, or never ran."""
    try:
        return _parsed(read_cached(file_beside(guard_file)))
    except (OSError, CanonicalError, KeyError, TypeError, ValueError):
        # Whatever is wrong is found again at the next turn, so an unreadable note is as good as none.
        return None


@lru_cache(maxsize=8)
def _parsed(content: bytes) -> Refusal | None:
    value = parse(content)
    if value["reason"] not in REMEDIES:
        return None
    return Refusal(value["reason"], from_json(value["detail"]), clock.parse_rfc3339(value["since"]))


def note(guard_file: Path, refusal: ReadOnly) -> None:
    """Keep why nothing was signed; the time of the first refusal for the same reason stays."""
    known = last(guard_file)
    detail = as_message(refusal.detail)
    if known is not None and known.reason == refusal.reason and known.detail == detail:
        return
    since = known.since if known is not None and known.reason == refusal.reason else clock.now()
    content: dict[str, JSON] = {
        "reason": refusal.reason,
        "detail": to_json(detail),
        "since": clock.rfc3339(since),
    }
    write_private(file_beside(guard_file), canonical(content))


def forget(guard_file: Path) -> None:
    """What was wrong is mended."""
    file_beside(guard_file).unlink(missing_ok=True)
