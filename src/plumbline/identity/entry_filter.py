"""Which entries of the trail a reader asks for, by the words they use: what, about what, by whom, when.

Page, API and command line read the same words by it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from plumbline.identity import queries
from plumbline.identity.actors import INSTALLATION, Actor
from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Invalid
from plumbline.trail import log


@dataclass(frozen=True)
class EntryFilter:
    """What narrows a list of entries, as it was typed; an empty text narrows nothing.

    ``by`` is a person (name or a part of it, e-mail address or opaque id, with all their tokens), one token
    (opaque id), or a part of the installation such as ``installation`` or ``stage:delivery``. ``since`` and
    ``until`` are days in the time zone of the organization, or instants (ISO 8601); both ends belong to the
    period.
    """

    entry_type: str = ""
    about: str = ""
    by: str = ""
    since: str = ""
    until: str = ""

    def entries(self, *, before: int | None = None, limit: int = 50) -> list[log.LeafView]:
        """The newest entries that match, newest first; ``before`` continues a list.

        Raises `Invalid` with a fault for each word that means nothing: a filter that is not understood is
        never left out, since the list would then show more than was asked for.
        """
        faults: list[Fault] = []
        since = _instant("from", self.since, clock.day_start, faults)
        until = _instant("until", self.until, clock.day_end, faults)
        if since is not None and until is not None and since > until:
            faults.append(
                Fault(
                    "until",
                    say("entries.backwards", "lies before the start of the period"),
                    say("entries.forwards", "a day that is not before the first one"),
                )
            )
        actors = self._actors(faults)
        if faults:
            raise Invalid("The entries were not listed.", faults)
        return log.search(
            self.entry_type or None,
            self.about or None,
            before,
            limit,
            actors=actors,
            since=since,
            until=until,
        )

    def _actors(self, faults: list[Fault]) -> frozenset[str] | None:
        if not self.by:
            return None
        if self.by == INSTALLATION:
            return frozenset([Actor.installation().id])
        if self.by.startswith("stage:"):
            return frozenset([self.by])
        found = queries.actors_of(self.by)
        if not found:
            faults.append(
                Fault(
                    "by",
                    say("entries.nobody", "is nobody who has an account here"),
                    say(
                        "entries.who",
                        "a name or a part of it, an e-mail address, or the id of a person or token",
                    ),
                )
            )
        return found


def _instant(
    field: str, text: str, of_day: Callable[[date], datetime], faults: list[Fault]
) -> datetime | None:
    if not text:
        return None
    try:
        if len(text) == len("2026-11-20"):
            return of_day(date.fromisoformat(text))
        # In an address a plus sign that nobody has escaped arrives as a space.
        return clock.parse_rfc3339(text.replace(" ", "+") if "T" in text else text)
    except (ValueError, OverflowError):
        faults.append(
            Fault(
                field,
                say("entries.no-day", "is not a day or an instant"),
                say("entries.day", "such as 2026-11-20, or 2026-11-20T10:00:00Z"),
            )
        )
        return None
