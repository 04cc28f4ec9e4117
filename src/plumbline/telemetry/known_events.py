"""Events of a batch that were sent before, as the spool finds them by their ids."""

from __future__ import annotations


class KnownEvents(Exception):
    """Some ids of a batch are known already, and nobody has compared the contents; nothing was stored.

    ``places`` gives the number of the segment and the position in it by id.
    """

    def __init__(self, places: dict[bytes, tuple[int, int]]) -> None:
        super().__init__(f"{len(places)} ids are known already")
        self.places = places
