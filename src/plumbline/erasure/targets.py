"""What requests and legal holds name, written in one way, so that no spelling of it evades a hold."""

from __future__ import annotations

from uuid import UUID

from plumbline.erasure.models import ErasureRequest, LegalHold

Kind = ErasureRequest.Kind


def listed(kind: str, text: str) -> list[str]:
    """What ``text`` names, one on a line: references in capitals, ids of events as UUIDs are written."""
    return [_written(kind, line.strip()) for line in text.splitlines() if line.strip()]


def of(row: ErasureRequest | LegalHold) -> list[str]:
    """What a request or a hold names."""
    return listed(row.kind, row.target)


def events(row: ErasureRequest) -> list[UUID]:
    """The ids of events that a request names; what is no id, which was refused already, names nothing."""
    found = []
    for name in of(row):
        try:
            found.append(UUID(name))
        except ValueError:
            continue
    return found


def _written(kind: str, name: str) -> str:
    if kind == Kind.RECORD:
        return name.upper()
    if kind == Kind.EVENT:
        try:
            return str(UUID(name))
        except ValueError:  # it is refused by name, and so as it was typed
            return name
    return name
