"""The logs that this one continues, when an organization has moved here from another installation.

Its old entries were taken along as they were, under the numbers, the origin and the checkpoint they had. The
first entry of the new installation behind them (`CONTINUED`) names the origin, size and root of the old log,
and the last number that the old installation had given for each prefix of references.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from plumbline.kernel.canonical import CanonicalError
from plumbline.trail import entry, queries
from plumbline.trail.paths import continues_file, installation_id

CONTINUED = "log.continued"
_MOST = 100
"""Moves of one organization that are looked at; each is one entry."""


@dataclass(frozen=True)
class Predecessor:
    """A log that ended with ``size`` entries and ``root``; its entries are the first ones here.

    ``sequences`` is the last number it gave for each prefix of references.
    """

    origin: str
    size: int
    root: bytes
    sequences: Mapping[str, int]

    @property
    def installation(self) -> str:
        """Id of the installation whose log it was."""
        return installation_id(self.origin)


def continued_at(data: Path) -> int | None:
    """The number of the entry by which this log continues another one; ``None`` for one that began by itself.

    Kept beside the keys, since whoever may write to the database may also write an entry of this type.
    """
    try:
        return int(continues_file(data).read_text())
    except (FileNotFoundError, ValueError):
        return None


def predecessors() -> tuple[Predecessor, ...]:
    """The logs that this one continues, oldest first; none for an installation that began by itself."""
    # Lists ask for every page, and nearly no installation has any: the mark saves them the query.
    continued = continued_at(settings.PLUMBLINE.data)
    if continued is None:
        return ()
    found = []
    for leaf in reversed(queries.search(entry_type=CONTINUED, limit=_MOST)):
        if leaf.index > continued:
            continue
        try:
            facts = entry.read(leaf.body).facts
            sequences = {str(prefix): int(last) for prefix, last in facts["sequences"].items()}
            old = facts["old"]
            root = bytes.fromhex(old["root"])
            found.append(Predecessor(str(old["origin"]), int(old["size"]), root, sequences))
        except (CanonicalError, KeyError, TypeError, ValueError, AttributeError):
            continue  # a damaged leaf: the scrub reports it, and no reference is resolved by it
    return tuple(found)
