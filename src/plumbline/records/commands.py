"""The one door: a governance record changes only through these six verbs.

Every verb checks the permission, cleans the values, guards the revision, writes the rows and appends
the trail entry in one transaction: there is no change without an entry and no entry without a change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.identity.models import Person
from plumbline.kernel import clock
from plumbline.kernel.canonical import JSON, canonical
from plumbline.kernel.problems import Conflict, Fault, Invalid, NotAllowed, TooLarge
from plumbline.kernel.workflow import Move
from plumbline.records import files, forms, kinds, writing
from plumbline.records import values as plain_values
from plumbline.records.kinds import Kind
from plumbline.records.models import Approval, Attachment, Comment, Link, Record


@dataclass(frozen=True)
class GateResult:
    """What a gate let a step pass on: words for the note of the revision, facts for its trail entry."""

    note: str
    facts: Mapping[str, JSON]


Gate = Callable[[Actor, Record, str], GateResult | None]
Who = Callable[[Actor, Record], policy.Answer]
_gates: dict[tuple[str, str], list[Gate]] = {}
_who: dict[tuple[str, str], Who] = {}
_MEDIA_NAMES = 200
_ALONE = "Nobody else is here yet: add a second person under People and roles."


@dataclass(frozen=True)
class Saved:
    """What a verb did: the record's reference, its revision now, and the trail entry that says so."""

    reference: str
    revision: int
    state: str
    leaf: int


def register_gate(kind_slug: str, move_name: str, gate: Gate) -> None:
    """Ask ``gate`` before every such move; it raises `Conflict` or `Invalid`, or answers its grounds."""
    _gates.setdefault((kind_slug, move_name), []).append(gate)


def register_who(kind_slug: str, move_name: str, who: Who) -> None:
    """Let ``who`` answer whether somebody may take such a step at all, beyond permission and four eyes."""
    _who[(kind_slug, move_name)] = who


def create(
    actor: Actor,
    kind: Kind | str,
    values: Mapping[str, Any],
    *,
    note: str = "",
    key: str | None = None,
    frozen: Mapping[str, Any] | None = None,
) -> Saved:
    """Make a record of ``kind`` from ``values`` (by field name).

    ``key`` is what identifies it in the register it came from; ``frozen`` are inputs only the system
    may set (JSON fields). Raises `Invalid` naming every faulty field, `NotAllowed`, or `Conflict` when
    the key is taken.
    """
    kind = kinds.get(kind) if isinstance(kind, str) else kind
    policy.require(actor, "create", kind=kind.slug, anywhere=True)
    made, faults = forms.clean(kind, actor, dict(values))
    if faults:
        raise Invalid(f"The new {kind.name} was not saved.", faults)
    with writing.door():
        if key is not None and Record.objects.filter(kind=kind.slug, key=key).exists():
            raise Conflict(f"There is already a {kind.name} with this key.", [Fault("key", "is taken")])
        record: Record = made.save(commit=False)
        writing.require(actor, "create", kind, record)
        now = clock.now()
        record.reference = writing.next_reference(kind.prefix)
        record.kind, record.state, record.author, record.key = kind.slug, kind.workflow.initial, actor.id, key
        record.created_at = record.updated_at = now
        _set_frozen(kind, record, frozen)
        record.save(force_insert=True)
        made.save_m2m()
        revision = writing.revise(actor, kind, record, "created", note)
    return Saved(record.reference, record.revision, record.state, revision.leaf)


def _set_frozen(kind: Kind, record: Record, frozen: Mapping[str, Any] | None) -> None:
    for name, value in (frozen or {}).items():
        kind.field(name)
        setattr(record, name, plain_values.plain(value))


def amend(
    actor: Actor,
    reference: str,
    values: Mapping[str, Any],
    *,
    revision: int | None,
    note: str = "",
    frozen: Mapping[str, Any] | None = None,
) -> Saved:
    """Change fields of a record. ``revision`` is the one the actor saw.

    Raises `Stale` when somebody saved first, `Conflict` when the state admits no amendment, `Invalid`
    with every faulty field. Values equal to the present ones leave the record as it is.
    """
    with writing.door():
        record, kind = writing.locked(actor, reference)
        writing.require(actor, "amend", kind, record)
        writing.check_revision(record, revision)
        if record.state in kind.workflow.frozen:
            raise Conflict(
                f"{record.reference} is {record.state} and cannot be amended.",
                [Fault("state", f"is {record.state}", _way_back(kind, record.state))],
            )
        before = plain_values.of_record(record, kind)
        made, faults = forms.clean(kind, actor, dict(values), record=record)
        if faults:
            raise Invalid(f"{record.reference} was not changed.", faults)
        made.save(commit=False)
        made.save_m2m()
        _set_frozen(kind, record, frozen)
        if plain_values.of_record(record, kind) == before and not frozen:
            last = record.revisions.order_by("-number").first()
            assert last is not None
            return Saved(record.reference, record.revision, record.state, last.leaf)
        writing.require(actor, "amend", kind, record)
        _advance(record, actor)
        entry = writing.revise(actor, kind, record, "amended", note)
    return Saved(record.reference, record.revision, record.state, entry.leaf)


def _way_back(kind: Kind, state: str) -> str:
    ways = [move.label for move in kind.workflow.open_from(state) if move.target not in kind.workflow.frozen]
    return f"first: {' or '.join(ways)}" if ways else "make a new record"


def _advance(record: Record, actor: Actor) -> None:
    record.revision += 1
    record.updated_at = clock.now()
    record.author = actor.id
    record.save()


def authors_since_approval(record: Record) -> set[int]:
    """People (primary keys) who wrote the content that the last approval does not cover."""
    approved = record.approvals.order_by("-revision").values_list("revision", flat=True).first() or 0
    written = record.revisions.filter(number__gt=approved, verb__in=("created", "amended"))
    return {person for person in written.values_list("person_id", flat=True) if person is not None}


def four_eyes(actor: Actor, record: Record, move: Move) -> policy.Answer:
    """Whether four eyes let ``actor`` make this move, and whether it is theirs to make, with the reason.

    An approval is for somebody who did not write what it covers; an independent step for somebody who
    never wrote any of it, does not own it and did not make the step before.
    """
    who = _who.get((record.kind, move.name))
    theirs = who(actor, record) if who is not None else policy.Answer(True, "")
    if not theirs:
        return theirs
    if not (move.approves or move.independent):
        return policy.Answer(True, "This step needs no second person.")
    if actor.person_id is None:
        return policy.Answer(False, "It is an act of a person.")
    answer = _independent(actor, record, move)
    if answer or Person.has_others(actor.person_id):
        return answer
    return policy.Answer(False, f"{answer.reason} {_ALONE}")


def _independent(actor: Actor, record: Record, move: Move) -> policy.Answer:
    if not move.independent:
        return policy.independent(actor, author_ids=authors_since_approval(record), owner_id=None)
    written = record.revisions.filter(verb__in=("created", "amended"))
    last = record.revisions.filter(verb="moved").order_by("-number")
    if actor.person_id == last.values_list("person_id", flat=True).first():
        return policy.Answer(False, "You took the step before. Somebody else has to take this one.")
    authors = {*written.values_list("person_id", flat=True)}
    return policy.independent(actor, author_ids=authors, owner_id=record.owner_id)


def _check_four_eyes(actor: Actor, record: Record, move: Move) -> None:
    answer = four_eyes(actor, record, move)
    if not answer.allowed:
        raise NotAllowed(f"{move.label}: {answer.reason}")


def _step(kind: Kind, name: str) -> Move:
    step = kind.workflow.by_name.get(name)
    if step is None:
        known = ", ".join(kind.workflow.by_name)
        raise Invalid(
            f"A {kind.name} has no such step.", [Fault("move", "is not a step", f"one of: {known}")]
        )
    return step


def _check_step(record: Record, step: Move, reason: str) -> None:
    if record.state not in step.sources:
        raise Conflict(
            f"{record.reference} is {record.state}; this step starts from {' or '.join(step.sources)}.",
            [Fault("state", f"is {record.state}", f"needs {' or '.join(step.sources)}")],
        )
    if step.reason and not reason:
        raise Invalid(
            f"{step.label} needs a reason.", [Fault("reason", "is missing", "say why in a sentence")]
        )


def move(actor: Actor, reference: str, name: str, *, revision: int | None, reason: str = "") -> Saved:
    """Take a record one step along its workflow.

    Approving and independent moves must be made by someone who did not write the content (four
    eyes); a move that asks for a reason is refused without one.
    """
    with writing.door():
        record, kind = writing.locked(actor, reference)
        step = _step(kind, name)
        writing.require(actor, verb_of(step), kind, record)
        writing.check_revision(record, revision)
        reason = reason.strip()
        _check_step(record, step, reason)
        _check_four_eyes(actor, record, step)
        asked = [gate(actor, record, reason) for gate in _gates.get((kind.slug, name), ())]
        grounds = [found for found in asked if found is not None]
        seen = record.revision
        record.state = step.target
        record.revision += 1
        record.updated_at = clock.now()
        record.save(update_fields=["state", "revision", "updated_at"])
        facts: dict[str, JSON] = {"move": name, **({"approves": seen} if step.approves else {})}
        for found in grounds:
            facts.update(found.facts)
        note = "\n\n".join(text for text in (reason, *(found.note for found in grounds)) if text)
        entry = writing.revise(actor, kind, record, "moved", note, facts=facts)
        if step.approves:
            assert actor.person_id is not None
            Approval.objects.create(
                record_id=record.pk,
                revision=seen,
                person_id=actor.person_id,
                move=name,
                reason=reason,
                at=record.updated_at,
                leaf=entry.leaf,
            )
    return Saved(record.reference, record.revision, record.state, entry.leaf)


def verb_of(step: Move) -> str:
    """The permission that a step along a workflow needs."""
    if step.approves:
        return "approve"
    return "confirm" if step.name in {"confirm", "dismiss", "withdraw", "verify", "close"} else "move"


def link(actor: Actor, reference: str, relation: str, target_reference: str, note: str = "") -> Saved:
    """Say that one record relates to another. Saying it twice changes nothing."""
    relation = relation.strip()
    if not relation or len(relation) > 40:
        raise Invalid(
            "The link was not saved.", [Fault("relation", "is missing or longer than 40", "such as: treats")]
        )
    if len(note) > 500:
        raise Invalid(
            "The link was not saved.", [Fault("note", "is longer than 500 characters", "shorten it")]
        )
    with writing.door():
        record, kind = writing.locked(actor, reference)
        target, _ = writing.locked(actor, target_reference)
        writing.require(actor, "link", kind, record)
        if record.pk == target.pk:
            raise Invalid(
                "The link was not saved.", [Fault("target", "is the record itself", "name another record")]
            )
        present = Link.objects.filter(source_id=record.pk, target_id=target.pk, relation=relation).first()
        if present is not None:
            return Saved(record.reference, record.revision, record.state, present.leaf)
        body = {"relation": relation, "note": note, "target": target.reference}
        entry = writing.entry(
            actor, kind, record, "linked", "link", canonical(body), {"target": target.reference}
        )
        Link.objects.create(
            source_id=record.pk,
            target_id=target.pk,
            relation=relation,
            note=note,
            actor=actor.id,
            person_id=actor.person_id,
            at=entry.time,
            leaf=entry.index,
        )
    return Saved(record.reference, record.revision, record.state, entry.index)


def comment(actor: Actor, reference: str, text: str) -> Saved:
    """Say something about a record. Raises `Invalid` for an empty or overlong text."""
    text = text.strip()
    if not text or len(text) > 20_000:
        raise Invalid(
            "The comment was not saved.", [Fault("text", "is empty or too long", "1 to 20,000 characters")]
        )
    with writing.door():
        record, kind = writing.locked(actor, reference)
        writing.require(actor, "comment", kind, record)
        entry = writing.entry(actor, kind, record, "commented", "comment", text.encode(), {})
        Comment.objects.create(
            record_id=record.pk,
            text=text,
            actor=actor.id,
            person_id=actor.person_id,
            at=entry.time,
            leaf=entry.index,
        )
    return Saved(record.reference, record.revision, record.state, entry.index)


def attach(actor: Actor, reference: str, name: str, content: bytes, media_type: str) -> Saved:
    """Add a file to a record. Raises `TooLarge` above the upload limit and `Invalid` for an unusable name."""
    limit = settings.PLUMBLINE.upload_limit
    if len(content) > limit:
        raise TooLarge(
            "The file was not saved.", [Fault("file", f"is over {limit} bytes", "split or compress it")]
        )
    name = name.replace("\\", "/").rpartition("/")[2].strip()
    if not name or len(name) > _MEDIA_NAMES or any(ord(sign) < 32 for sign in name):
        raise Invalid("The file was not saved.", [Fault("file", "has no usable name", "rename it")])
    with writing.door():
        record, kind = writing.locked(actor, reference)
        writing.require(actor, "attach", kind, record)
        digest = files.keep(content)
        body: dict[str, JSON] = {"name": name, "media_type": media_type[:100], "size": len(content)}
        body["sha256"] = digest
        entry = writing.entry(actor, kind, record, "attached", "attachment", canonical(body), {})
        Attachment.objects.create(
            record_id=record.pk,
            name=name,
            media_type=media_type[:100],
            size=len(content),
            sha256=digest,
            actor=actor.id,
            person_id=actor.person_id,
            at=entry.time,
            leaf=entry.index,
        )
    return Saved(record.reference, record.revision, record.state, entry.index)
