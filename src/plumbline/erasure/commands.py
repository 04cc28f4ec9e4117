"""Asking for an erasure, deciding it as a second person, legal holds, and retention periods."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from uuid import UUID

from django.db import transaction

from plumbline.erasure import proofs, queries, reach, targets
from plumbline.erasure.grounds import DEFAULTS, GROUNDS, REFUSALS
from plumbline.erasure.models import ErasureRequest, LegalHold, RetentionPeriod
from plumbline.erasure.queries import VERB
from plumbline.identity import policy
from plumbline.identity import queries as identity_queries
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.intervals import add_months
from plumbline.kernel.messages import Text, say
from plumbline.kernel.problems import Conflict, Fault, Invalid, NotAllowed, NotFound
from plumbline.records import kinds
from plumbline.records import queries as record_queries
from plumbline.trail import log

Kind, State = ErasureRequest.Kind, ErasureRequest.State
NOT_PLACED = "The hold was not placed."
NOT_MADE = say("erasure.not-made", "The request was not made.")
LONGEST = 200_000
"""Characters of a list of targets: some 10,000 pseudonyms."""


def draft(
    actor: Actor, *, kind: str, target: str, ground: str, reason: str, before: date | None
) -> ErasureRequest:
    """A request as it would be made, checked and not saved, for a dry run. Raises `NotAllowed`, `Invalid`."""
    policy.require_everywhere(actor, VERB)
    names = "\n".join(targets.listed(kind, target))
    row = ErasureRequest(
        handle="", kind=kind, target=names, before=before, ground=ground, reason=reason.strip(),
        actor=actor.id, person_id=actor.person_id, requested_at=clock.now(),
    )  # fmt: skip
    faults = _faults(actor, row)
    if faults:
        raise Invalid(NOT_MADE, faults)
    return row


def _faults(actor: Actor, row: ErasureRequest) -> list[Fault]:
    faults = []
    if row.kind not in Kind.values:
        return [Fault("kind", "is not known", "use one of: " + ", ".join(Kind.values))]
    if row.ground not in GROUNDS:
        faults.append(Fault("ground", "is not known", "use one of: " + ", ".join(GROUNDS)))
    if not row.reason:
        faults.append(Fault("reason", "is missing", "say in a sentence why"))
    names = targets.of(row)
    if not names or len(row.target) > LONGEST:
        faults.append(Fault("target", "is missing or too long", "name what is to be erased, one on a line"))
    fault = _target_fault(actor, row.kind, names) or _refused_fault(actor, row)
    return [*faults, fault] if fault else faults


def _target_fault(actor: Actor, kind: str, names: Sequence[str]) -> Fault | None:
    """The first of these that names nothing, for a request and for a hold. Raises `NotFound`, `Invalid`."""
    for name in names:
        match kind:
            case Kind.EVENT:
                try:
                    UUID(name)
                except ValueError:
                    return Fault("target", "is not the id of an event", "give the UUID that was sent with it")
            case Kind.RECORD:
                record_queries.find(actor, name)
                kinds.of_reference(name)
            case Kind.PERSON:
                if not identity_queries.people_with([name]):
                    return Fault("target", "is not the opaque id of a person", "give an id such as per_0123…")
            case Kind.CLASS:
                queries.retention_of(name)
                if name != "telemetry":
                    return Fault("target", "is not reached by date", "name its records one by one")
    return None


def _refused_fault(actor: Actor, row: ErasureRequest) -> Fault | None:
    """Why this cannot be asked for although it is there."""
    own = identity_queries.people_with(targets.of(row)) if row.kind == Kind.PERSON else {}
    if actor.person_id in own.values():
        return Fault("target", "is your own account", "somebody else has to ask for it")
    if row.kind != Kind.CLASS:
        return None
    if row.before is None:
        return Fault("before", "is missing", "give the first day that is to be kept")
    least = DEFAULTS["telemetry"]
    if row.before > add_months(clock.today(), -least.least):
        text = say("erasure.too-young", "reaches what has to be kept: {source}", source=least.source)
        remedy = say("erasure.earlier", "choose a day at least {months} months ago", months=least.least)
        return Fault("before", text, remedy)
    return None


def request(
    actor: Actor, *, kind: str, target: str, ground: str, reason: str, before: date | None = None
) -> ErasureRequest:
    """Ask for an erasure; a second person decides it.

    Raises `NotAllowed`, `Invalid`, or `Conflict` with the ground of a legal hold.
    """
    _require_person(actor)
    row = draft(actor, kind=kind, target=target, ground=ground, reason=reason, before=before)
    _refuse_held(row)
    with transaction.atomic():
        saved = ErasureRequest(
            kind=row.kind, target=row.target, before=before, ground=ground, reason=row.reason,
            actor=actor.id, person_id=actor.person_id, requested_at=clock.now(),
        )  # fmt: skip
        saved.leaf = log.append(
            "erasure.requested",
            actor=actor.id,
            subject={"kind": "erasure", "ref": saved.handle},
            openings={"target": saved.target.encode(), "reason": saved.reason.encode()},
            facts={"of": kind, "ground": ground, "before": before.isoformat() if before else None},
            retention="governance",
        ).index
        saved.save()
    return saved


def _require_person(actor: Actor) -> None:
    """What a second person has to decide takes a first one: nobody may be both, once without a name."""
    policy.require_everywhere(actor, VERB)
    if actor.person_id is None:
        raise NotAllowed("Only a person can do this, not a part of the installation.", permission=VERB)


def _refuse_held(row: ErasureRequest) -> None:
    hold = reach.hold_before_work(row)
    if hold is not None:
        text = "A legal hold stops this (entry {entry}): {ground}"
        raise Conflict(
            say("erasure.on-hold", text, entry=hold.leaf, ground=hold.ground),
            [Fault("target", "is under a legal hold", "have the hold released first")],
        )


def may_decide(actor: Actor, row: ErasureRequest) -> policy.Answer:
    """Whether ``actor`` is the second person for this request, and why not."""
    allowed = policy.may_everywhere(actor, VERB)
    return policy.independent(actor, author_ids=[row.person_id], owner_id=None) if allowed else allowed


def approve(actor: Actor, handle: str) -> ErasureRequest:
    """Approve a request of somebody else; the work begins by itself.

    Raises `NotAllowed`, `NotFound`, or `Conflict` when it was decided or a legal hold stops it.
    """
    return _decide(actor, handle, State.APPROVED, "erasure.approved", {}, _refuse_held)


def refuse(actor: Actor, handle: str, ground: str, reason: str) -> ErasureRequest:
    """Refuse a request, as under Art. 17(3) GDPR; the ground is logged. Raises as `approve`, or `Invalid`."""
    if ground not in REFUSALS or not reason.strip():
        remedy = "use one of: " + ", ".join(REFUSALS)
        raise Invalid(
            "The request was not refused.", [Fault("ground", "is not known or has no reason", remedy)]
        )
    return _decide(
        actor, handle, State.REFUSED, "erasure.refused", {"reason": reason.strip().encode()}, None, ground
    )


def _decide(
    actor: Actor,
    handle: str,
    state: ErasureRequest.State,
    entry: str,
    openings: dict[str, bytes],
    check: Callable[[ErasureRequest], None] | None,
    ground: str = "",
) -> ErasureRequest:
    # What was altered is noted, and what a hold reaches worked out, before the transaction: a refusal would
    # take the finding back with it, and the evidence store is asked, which may take a while.
    row = queries.request(actor, handle)
    _require_decision(actor, row)
    if check is not None:
        check(row)
    with transaction.atomic():
        row = ErasureRequest.objects.select_for_update().get(handle=handle)
        _require_decision(actor, row)
        row.decision_leaf = log.append(
            entry,
            actor=actor.id,
            subject={"kind": "erasure", "ref": row.handle},
            openings=openings,
            facts={"of": row.kind, "ground": ground or row.ground},
        ).index
        row.state, row.decided_by, row.decided_at = state, actor.id, clock.now()
        row.save()
    return row


def _require_decision(actor: Actor, row: ErasureRequest) -> None:
    """Raise unless this request waits to be decided, and by ``actor``."""
    if row.state != State.REQUESTED:
        raise Conflict("This request was decided already.")
    answer = may_decide(actor, row)
    if not answer:
        raise NotAllowed(answer.reason, permission=VERB)


def place_hold(actor: Actor, *, kind: str, target: str, ground: str) -> LegalHold:
    """Put something under a legal hold: no erasure that reaches any of it begins until it is released.

    Asked when an erasure is requested, when it is approved and again when its work begins; work that has
    begun goes on. An empty ``kind`` holds everything, an empty ``target`` all that requests of this kind can
    reach. Raises `NotAllowed`, `Invalid`, or `NotFound` for a record that is not there.
    """
    _require_person(actor)
    names = targets.listed(kind, target)
    if (kind and kind not in Kind.values) or not ground.strip():
        remedy = "give a ground, and a kind of request or none: " + ", ".join(Kind.values)
        raise Invalid(NOT_PLACED, [Fault("ground", "cannot be used", remedy)])
    if names and not kind:
        raise Invalid(
            NOT_PLACED, [Fault("kind", "is missing", "say of which kind the target is, or leave it")]
        )
    fault = _target_fault(actor, kind, names)
    if fault is not None:
        raise Invalid(NOT_PLACED, [fault])
    with transaction.atomic():
        row = LegalHold(kind=kind, target="\n".join(names), ground=ground.strip(), actor=actor.id,
                        person_id=actor.person_id,
                        placed_at=clock.now())  # fmt: skip
        row.leaf = log.append(
            "hold.placed",
            actor=actor.id,
            subject={"kind": "hold", "ref": row.handle},
            openings={"ground": row.ground.encode(), "target": row.target.encode()},
            facts={"of": kind or "all"},
        ).index
        row.save()
    return row


def release_hold(actor: Actor, handle: str) -> LegalHold:
    """Release a hold that somebody else placed. Raises `NotAllowed`, `NotFound`, `Conflict`, `Altered`."""
    policy.require_everywhere(actor, VERB)
    placed = LegalHold.objects.filter(handle=handle).first()
    if placed is None:
        raise NotFound("There is no legal hold with this id.")
    proofs.verify_hold(placed)
    with transaction.atomic():
        row = LegalHold.objects.select_for_update().get(handle=handle)
        if row.released_at is not None:
            raise Conflict("This hold was released already.")
        answer = policy.independent(actor, author_ids=[row.person_id], owner_id=None)
        if not answer:
            raise NotAllowed("Somebody other than who placed the hold has to release it.", permission=VERB)
        row.released_at, row.released_by = clock.now(), actor.id
        log.append(
            "hold.released", actor=actor.id, subject={"kind": "hold", "ref": row.handle},
            facts={"placed": row.leaf},
        )  # fmt: skip
        row.save()
    return row


def propose_retention(actor: Actor, *, retention: str, months: int, reason: str) -> RetentionPeriod:
    """Propose for how long a class is kept; a second person approves it. Raises `NotAllowed`, `Invalid`."""
    _require_person(actor)
    default, _ = queries.retention_of(retention)
    faults: list[Fault] = []
    if not default.least <= months <= 1200:
        text = say("erasure.too-short", "has to be {least} to 1,200: {source}", least=default.least,
                   source=default.source)  # fmt: skip
        faults.append(Fault("months", text))
    if not reason.strip():
        faults.append(Fault("reason", "is missing", "say in a sentence why"))
    if faults:
        raise Invalid("The period was not proposed.", faults)
    with transaction.atomic():
        row = RetentionPeriod(retention=retention, months=months, reason=reason.strip(), actor=actor.id,
                              person_id=actor.person_id, proposed_at=clock.now())  # fmt: skip
        row.leaf = _log_retention(actor, "retention.proposed", row, {"reason": row.reason.encode()})
        row.save()
    return row


def approve_retention(actor: Actor, retention: str, proposal: int) -> RetentionPeriod:
    """Approve the period that somebody else proposed with the entry ``proposal``: the one that was read, and
    no other that came meanwhile. Raises `NotAllowed`, `NotFound`, `Conflict`, `Altered`."""
    policy.require_everywhere(actor, VERB)
    proofs.verify_periods(retention)
    with transaction.atomic():
        rows = RetentionPeriod.objects.select_for_update().filter(retention=retention, approved_at=None)
        row = rows.order_by("id").last()
        if row is None:
            raise NotFound("No period waits for approval.")
        if row.leaf != proposal:
            newest = say(
                "erasure.newest-proposal", "is not {entry}, the newest proposal", entry=row.leaf or 0
            )
            fault = Fault("proposal", newest, "read what is proposed now and approve that")
            raise Conflict("Another period is proposed by now.", [fault])
        answer = policy.independent(actor, author_ids=[row.person_id], owner_id=None)
        if not answer:
            raise NotAllowed(answer.reason, permission=VERB)
        row.approved_by, row.approved_at = actor.id, clock.now()
        row.approval_leaf = _log_retention(actor, "retention.approved", row, {})
        row.save()
    return row


def _log_retention(actor: Actor, entry: str, row: RetentionPeriod, openings: dict[str, bytes]) -> int:
    subject = {"kind": "retention", "ref": f"retention-{row.retention}"}
    return log.append(
        entry, actor=actor.id, subject=subject, openings=openings, facts={"months": row.months}
    ).index


def outcome(row: ErasureRequest) -> Text:
    """Where a request stands, in a sentence."""
    if row.state == State.DONE:
        return say("erasure.done", "Erased by entry {entry}.", entry=row.erasure_leaf or 0)
    if row.error:
        return row.error
    return str(State(row.state).label)
