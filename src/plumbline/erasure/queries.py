"""What is asked of requests, holds and retention periods, and a dry run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plumbline.erasure import proofs, reach
from plumbline.erasure.grounds import DEFAULTS, Retention
from plumbline.erasure.models import ErasureRequest, LegalHold, RetentionPeriod
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.imports.erasure import commands as imports
from plumbline.kernel.messages import Text, say
from plumbline.kernel.problems import Fault, Invalid, NotFound
from plumbline.records.erasure import commands as records
from plumbline.reports.erasure import commands as packs
from plumbline.reports.models import Pack
from plumbline.telemetry.store.port import Reader

State = ErasureRequest.State
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
    """One request. Raises `NotAllowed`, `NotFound`, or `Altered` when it is not what its entries say."""
    policy.require_everywhere(actor, VERB)
    row = ErasureRequest.objects.select_related("person").filter(handle=handle).first()
    if row is None:
        raise NotFound("There is no request for erasure with this id.")
    proofs.verify_request(row)
    return row


def waiting() -> list[ErasureRequest]:
    """Requests whose work is to be done: what was begun first, and last what something stopped before."""
    rows = ErasureRequest.objects.filter(state__in=(State.RUNNING, State.APPROVED))
    return sorted(rows, key=lambda row: (bool(row.error), row.state != State.RUNNING, row.pk))


def holds(actor: Actor) -> list[LegalHold]:
    """All legal holds, those in force first. Raises `NotAllowed`."""
    policy.require_everywhere(actor, VERB)
    return sorted(LegalHold.objects.all(), key=lambda row: (row.released_at is not None, -row.pk))


def retention_of(retention: str) -> tuple[Retention, RetentionPeriod | None]:
    """The default of a class, and the period that people approved instead, if they did. Raises `Invalid`."""
    if retention not in DEFAULTS:
        fault = Fault("target", "is no retention class that is kept for a time", ", ".join(sorted(DEFAULTS)))
        raise Invalid("The retention class is not known.", [fault])
    rows = RetentionPeriod.objects.filter(retention=retention).exclude(approved_at=None)
    return DEFAULTS[retention], rows.order_by("approval_leaf").last()


def retention_periods() -> Mapping[str, tuple[Retention, RetentionPeriod | None, RetentionPeriod | None]]:
    """Every class with its default, the period in force and the one that waits for approval."""
    return {
        name: (
            *retention_of(name),
            RetentionPeriod.objects.filter(retention=name, approved_at=None).order_by("id").last(),
        )
        for name in DEFAULTS
    }


def preview(actor: Actor, row: ErasureRequest, threads: Reader | None) -> Preview:
    """What ``row``, saved or not, would do now. Raises `NotAllowed`."""
    policy.require_everywhere(actor, VERB)
    plan = reach.plan_of(row, threads)
    return Preview(
        len(plan.slots),
        plan.event_count,
        tuple(plan.records),
        tuple(plan.people),
        len(records.files_of(plan.records)),
        len(imports.files_of([*plan.records, *plan.people])),
        tuple(packs.disclosing(plan.ranges())),
        reach.hold_on(row, plan, threads),
    )


def packs_of(row: ErasureRequest) -> list[Pack]:
    """The packs whose recipients have to be told of an erasure (Art. 19 GDPR)."""
    return packs.by_handle(row.packs.split())
