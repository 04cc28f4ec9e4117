"""What every document has besides its own content: organization, instant, entry, and words for values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import get_language, gettext

from plumbline.documents.model import Document, Fact, Section
from plumbline.identity.organization import queries as organization
from plumbline.kernel import clock
from plumbline.kernel.clock import rfc3339
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Invalid
from plumbline.trail import log

MOST_RECORDS = 10_000
"""Records that a document may be about. It is made while somebody waits: so many take about three seconds."""


def entry_at(at: datetime | None) -> int:
    """The number of the last entry of the trail as of ``at``, or now; -1 while there is none."""
    if at is None:
        return log.size() - 1
    newest = log.search(until=at, limit=1)
    return newest[0].index if newest else -1


def instant(at: datetime) -> str:
    """An instant in the organization's zone, which it names: ``2026-11-20 13:00:05 CET``."""
    local = clock.in_zone(at)
    return f"{local:%Y-%m-%d %H:%M:%S} {clock.zone_label(local)}".rstrip()


def word(value: str) -> str:
    """A state or an answer in the reader's language; empty stays empty."""
    return gettext(value) if value else ""


def check_length(records: int) -> None:
    """Raise `Invalid` for more records than one document takes, before any of them is read."""
    if records > MOST_RECORDS:
        over = say("documents.records", "has more than {most} records", most=MOST_RECORDS)
        raise Invalid(
            "The document was not made.",
            [Fault("name", over, "take the list as XLSX, CSV or JSON, which leaves row by row")],
        )


def document(
    kind: str,
    title: str,
    at: datetime | None,
    facts: Iterable[tuple[str, str]],
    sections: Iterable[Section],
    *,
    about: str = "",
    rests_on: Iterable[tuple[str, int]] = (),
    landscape: bool = False,
) -> Document:
    """A document as of ``at``, or of now, in the active language; facts without a value are left out."""
    as_of = (at or clock.now()).replace(microsecond=0)
    entry = entry_at(at)
    held = [
        Fact(gettext("Organization"), organization.current().organization),
        Fact(gettext("As of"), instant(as_of)),
        Fact(gettext("Entry of the trail"), f"{entry:,}"),
    ]
    return Document(
        kind=kind,
        title=title,
        organization=organization.current().organization,
        as_of=rfc3339(as_of),
        entry=entry,
        language=get_language() or "en",
        facts=(*held, *(Fact(label, value) for label, value in facts if value)),
        sections=tuple(sections),
        about=about,
        rests_on=tuple(rests_on),
        landscape=landscape,
    )
