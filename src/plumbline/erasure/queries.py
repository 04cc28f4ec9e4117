"""What is asked of requests, holds and retention periods, and what a request would reach."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

from django.conf import settings

from plumbline.erasure.grounds import DEFAULTS, Retention
from plumbline.erasure.models import ErasureRequest, LegalHold, RetentionPeriod
from plumbline.erasure.plan import Plan
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.identity.erasure import commands as accounts
from plumbline.imports.erasure import commands as imports
from plumbline.kernel import clock
from plumbline.kernel.messages import Text, say
from plumbline.kernel.problems import Fault, Invalid, NotFound
from plumbline.records.erasure import commands as records
from plumbline.reports.erasure import commands as packs
from plumbline.reports.models import Pack
from plumbline.telemetry.erasure import commands as events
from plumbline.telemetry.store.port import Reader
from plumbline.trail.openings import queries as openings

Kind = ErasureRequest.Kind
VERB = "erase"


@dataclass(frozen=True)
class Preview:
    """What a request would erase, and what stays provable: a dry run, which changes nothing."""

    openings: int
    events: int
    records: tuple[str, ...]
    people: tuple[str, ...]
    files: int
    import_files: int
    packs: tuple[Pack, ...]
    hold: LegalHold | None

    def lines(self) -> list[Text]:
        """The preview as sentences."""
        found: list[Text] = [
            say("erasure.openings", "{count} openings of entries go.", count=self.openings),
            say("erasure.events", "The content of {count} events goes.", count=self.events),
            say("erasure.files", "{count} attached files go, with their bytes.", count=self.files),
            say("erasure.imports", "{count} kept import files go.", count=self.import_files),
            say(
                "erasure.packs",
                "{count} packs disclosed some of it; their recipients have to be told.",
                count=len(self.packs),
            ),
            "Entries, commitments, counts and proofs stay: what was recorded when, and that it was erased.",
            "It does not reach packs that were handed out, nor backups until they age out.",
        ]
        if self.hold is not None:
            found.insert(
                0, say("erasure.held", "A legal hold stops it (entry {entry}).", entry=self.hold.leaf)
            )
        return found


def requests(actor: Actor) -> list[ErasureRequest]:
    """All requests, newest first. Raises `NotAllowed`."""
    policy.require_everywhere(actor, VERB)
    return list(ErasureRequest.objects.select_related("person").order_by("-id")[:500])


def request(actor: Actor, handle: str) -> ErasureRequest:
    """One request. Raises `NotAllowed` or `NotFound`."""
    policy.require_everywhere(actor, VERB)
    row = ErasureRequest.objects.select_related("person").filter(handle=handle).first()
    if row is None:
        raise NotFound("There is no request for erasure with this id.")
    return row


def waiting() -> ErasureRequest | None:
    """The next request whose work is to be done, or to be taken up again."""
    states = (ErasureRequest.State.RUNNING, ErasureRequest.State.APPROVED)
    return ErasureRequest.objects.filter(state__in=states).order_by("-state", "id").first()


def holds(actor: Actor) -> list[LegalHold]:
    """All legal holds, those in force first. Raises `NotAllowed`."""
    policy.require_everywhere(actor, VERB)
    return sorted(LegalHold.objects.all(), key=lambda row: (row.released_at is not None, -row.pk))


def hold_on(kind: str, targets: Collection[str]) -> LegalHold | None:
    """A hold in force that stops this."""
    for row in LegalHold.objects.filter(released_at=None).order_by("id"):
        if not row.kind or (row.kind == kind and (not row.target or row.target in targets)):
            return row
    return None


def retention_of(retention: str) -> tuple[Retention, RetentionPeriod | None]:
    """The default of a class, and the period that people approved instead, if they did. Raises `Invalid`."""
    if retention not in DEFAULTS:
        fault = Fault("target", "is no retention class that is kept for a time", ", ".join(sorted(DEFAULTS)))
        raise Invalid("The retention class is not known.", [fault])
    rows = RetentionPeriod.objects.filter(retention=retention).exclude(approved_at=None)
    return DEFAULTS[retention], rows.order_by("approved_at", "id").last()


def retention_periods() -> Mapping[str, tuple[Retention, RetentionPeriod | None, RetentionPeriod | None]]:
    """Every class with its default, the period in force and the one that waits for approval."""
    return {
        name: (
            *retention_of(name),
            RetentionPeriod.objects.filter(retention=name, approved_at=None).order_by("id").last(),
        )
        for name in DEFAULTS
    }


def targets_of(row: ErasureRequest) -> list[str]:
    """What a request names, one on a line."""
    return [line.strip() for line in row.target.splitlines() if line.strip()]


def plan_of(row: ErasureRequest, threads: Reader | None) -> Plan:
    """What a request reaches now. ``threads`` finds the events that speak of those to be erased."""
    data, targets = Path(settings.PLUMBLINE.data), targets_of(row)
    plan = Plan()
    match row.kind:
        case Kind.SUBJECT:
            found = events.of_subjects(data, targets)
        case Kind.EVENT:
            found = events.FoundEvents()
            for target in targets:
                part = events.of_event(data, UUID(target))
                found.ids |= part.ids
                for leaf, positions in part.places.items():
                    found.places[leaf] |= positions
        case Kind.CLASS:
            found = (
                events.before_leaf(data, _first_leaf_on(row.before)) if row.before else events.FoundEvents()
            )
        case _:
            found = events.FoundEvents()
    if threads is not None and row.kind in (Kind.SUBJECT, Kind.EVENT):
        found = events.with_followers(found, threads)
    plan.events = dict(found.places)
    if row.kind == Kind.RECORD:
        plan.records = [target.upper() for target in targets]
        plan.slots = openings.places_about(plan.records)
    if row.kind == Kind.PERSON:
        plan.people = targets
        plan.slots = openings.places_about([*targets, *accounts.token_handles(targets)])
    if row.handle:  # what the request itself says of whom it is about
        plan.slots |= openings.places_about([row.handle])
    return plan


def _first_leaf_on(day: date) -> int:
    return openings.first_entry_at(clock.day_start(day))


def preview(actor: Actor, row: ErasureRequest, threads: Reader | None) -> Preview:
    """What ``row``, saved or not, would do now. Raises `NotAllowed`."""
    policy.require_everywhere(actor, VERB)
    plan = plan_of(row, threads)
    return Preview(
        len(plan.slots),
        plan.event_count,
        tuple(plan.records),
        tuple(plan.people),
        len(records.files_of(plan.records)),
        len(imports.files_of(plan.records)),
        tuple(packs.disclosing(plan.ranges())),
        hold_on(row.kind, targets_of(row)),
    )


def packs_of(row: ErasureRequest) -> list[Pack]:
    """The packs whose recipients have to be told of an erasure (Art. 19 GDPR)."""
    return packs.by_handle(row.packs.split())
