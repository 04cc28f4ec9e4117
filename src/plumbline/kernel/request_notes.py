"""Who makes a request, noted by the door that finds it out, for the line in the log at the end.

The log is written around all doors, where only bytes pass; a door knows the actor and not the time. They meet
by the id of the request.
"""

from __future__ import annotations

from typing import Final

_actors: dict[str, str] = {}
_MOST: Final = 10_000
"""Notes kept at once. Nobody takes them when a door is used without the log around it, as in tests."""


def note(request_id: str, actor: str) -> None:
    """Remember that the request with this id acts as ``actor``, an opaque id."""
    if request_id:
        if len(_actors) >= _MOST:
            _actors.clear()
        _actors[request_id] = actor


def take(request_id: str) -> str:
    """Who acted, or nothing when no door has said so; forgotten with this."""
    return _actors.pop(request_id, "")
