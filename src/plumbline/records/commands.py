"""The one door: a governance record changes only through these verbs, amend for many records too.

Every verb checks the permission, cleans the values, guards the revision, writes the rows and appends
the trail entry in one transaction: there is no change without an entry and no entry without a change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms as django_forms
from django.db import models, transaction

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.canonical import JSON
from plumbline.kernel.messages import Ref, Word, listing, say
from plumbline.kernel.problems import Conflict, Fault, Invalid, Problem
from plumbline.kernel.workflow import Move
from plumbline.records import forms, guard, kinds, steps, writing
from plumbline.records import values as plain_values
from plumbline.records.approved import digest
from plumbline.records.approved.commands import restore
from plumbline.records.attachments.commands import attach, set_dates
from plumbline.records.discussion.commands import comment
from plumbline.records.kinds import Kind
from plumbline.records.models import Approval, Record
from plumbline.records.related.commands import judge_link, link, unlink
from plumbline.records.units import rules as units
from plumbline.records.units.commands import take_along
from plumbline.records.writing import Saved, Written

__all__ = [
    "Amendment",
    "Saved",
    "amend",
    "amend_many",
    "attach",
    "comment",
    "create",
    "frozen_state",
    "judge_amendment",
    "judge_link",
    "judge_move",
    "link",
    "move",
    "set_dates",
    "unlink",
]


_UNIT = ("unit", "unit_wanted", "unit_change", "unit_apart")


@dataclass(frozen=True)
class Amendment:
    """Fields of a record to be changed. ``revision`` is the one that the actor saw."""

    reference: str
    values: Mapping[str, Any]
    revision: int | None
    note: str = ""
    frozen: Mapping[str, Any] | None = None


def create(
    actor: Actor,
    kind: Kind | str,
    values: Mapping[str, Any],
    *,
    note: str = "",
    key: str | None = None,
    frozen: Mapping[str, Any] | None = None,
) -> Saved:
    """Make a record of ``kind`` from ``values`` (by field name); for many, see `plumbline.records.batches`.

    ``key`` is what identifies it in the register it came from; ``frozen`` are inputs only the system
    may set (JSON fields). Raises `Invalid` naming every faulty field, `NotAllowed`, or `Conflict` when
    the key is taken.
    """
    kind = kinds.get(kind) if isinstance(kind, str) else kind
    policy.require(actor, "create", kind=kind.slug, anywhere=True)
    # Before the transaction, since cleaning takes most of the time and needs no lock.
    form, faults = forms.clean(kind, actor, dict(values))
    if faults:
        raise Invalid(say("record.not-saved", "The new {kind} was not saved.", kind=Word(kind.name)), faults)
    with writing.door():
        if key is not None and Record.objects.filter(kind=kind.slug, key=key).exists():
            text = "There is already a {kind} with this key."
            raise Conflict(say("record.key-taken", text, kind=Word(kind.name)), [Fault("key", "is taken")])
        record: Record = form.save(commit=False)
        writing.require(actor, "create", kind, record)
        written = Written(record, _many_valued(kind, form), note)
        units.place_new(record, kind, _many_valued(kind, form))
        writing.require(actor, "create", kind, record)
        writing.pass_create_gates(actor, kind, written)
        record.key = key
        _set_frozen(kind, record, frozen)
        (saved,) = writing.create(actor, kind, [written])
    return saved


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
    kind = kinds.of_reference(reference)
    (result,) = amend_many(actor, kind, [Amendment(reference, values, revision, note, frozen)])
    if isinstance(result, Problem):
        raise result
    return result


def _many_valued(kind: Kind, form: django_forms.ModelForm[Any]) -> dict[str, list[models.Model]]:
    """What the many-valued fields of a cleaned form refer to, by field name."""
    return {name: list(form.cleaned_data[name]) for name in kind.many_valued if name in form.cleaned_data}


def _set_frozen(kind: Kind, record: Record, frozen: Mapping[str, Any] | None) -> None:
    for name, value in (frozen or {}).items():
        kind.field(name)
        setattr(record, name, plain_values.plain(value))


def amend_many(actor: Actor, kind: Kind, amendments: Sequence[Amendment]) -> list[Saved | Problem]:
    """Change records of one kind in one transaction; for each amendment what `amend` would return or raise.

    Amendments with a problem are left out and the others are written. Raises ``ValueError`` when a record
    comes twice, since the second would be judged by a revision that nobody has seen.
    """
    references = [amendment.reference.upper() for amendment in amendments]
    if len(set(references)) < len(references):
        raise ValueError("a batch amends each record once")
    with writing.door():
        records = writing.locked_many(actor, kind, references)
        left = {reference: record.unit for reference, record in records.items()}
        results: list[Saved | Problem | Written] = []
        for reference, amendment in zip(references, amendments, strict=True):
            try:
                if reference not in records:
                    raise writing.not_found(reference)
                results.append(_amended(actor, kind, records[reference], amendment))
            except Problem as problem:
                results.append(problem)
        changed = [result for result in results if isinstance(result, Written)]
        saved = iter(writing.revise_many(actor, kind, changed, "amended"))
        for written in changed:
            # What hangs on a record that had no unit would otherwise go on being read by everybody.
            if written.record.unit != left[written.record.reference]:
                take_along(actor, written.record, left[written.record.reference])
    return [next(saved) if isinstance(result, Written) else result for result in results]


def judge_amendment(actor: Actor, kind: Kind, record: Record, amendment: Amendment) -> bool:
    """Whether `amend` would change ``record``; raises what it would raise. Writes nothing.

    The record at hand has the new values afterwards and is for nothing else.
    """
    return _judged(actor, kind, record, amendment)[1] is not None


def _judged(
    actor: Actor, kind: Kind, record: Record, amendment: Amendment
) -> tuple[django_forms.ModelForm[Any], Written | None]:
    """The form that took the new values of a record, and its new content unless that is the present one."""
    writing.require(actor, "amend", kind, record)
    writing.check_revision(record, amendment.revision)
    if record.state in kind.workflow.frozen:
        raise frozen_state(kind, record)
    before, unit, said = plain_values.of_record(record, kind), record.unit, record.written_unit
    form, faults = forms.clean(kind, actor, dict(amendment.values), record=record, present=before)
    if faults:
        raise Invalid(
            say("record.not-changed", "{record} was not changed.", record=Ref(record.reference)), faults
        )
    form.save(commit=False)
    _set_frozen(kind, record, amendment.frozen)
    written = Written(record, _many_valued(kind, form), amendment.note)
    units.place_amended(record, kind, written.many_valued, unit, said)
    after = plain_values.of_record(record, kind, written.many_valued)
    if after == before and not amendment.frozen:
        return form, None
    # Asked again: the record may have been given to a unit or owner that the actor does not reach.
    writing.require_as_written(actor, kind, record)
    for gate in kind.amend_gates:
        gate(actor, record, before, after)
    return form, written


def _amended(actor: Actor, kind: Kind, record: Record, amendment: Amendment) -> Written | Saved:
    """Write the new values of a locked record, or say where it stands when they are the present ones."""
    form, written = _judged(actor, kind, record, amendment)
    if written is None:
        last = record.revisions.order_by("-number").first()
        assert last is not None
        return writing.saved(record, last.leaf)
    record.revision += 1
    record.updated_at = clock.now()
    record.author = actor.id
    record.save()
    form.save_m2m()
    return written


def frozen_state(kind: Kind, record: Record) -> Conflict:
    """Why a record may not be amended as it stands, with the steps that lead out of that state."""
    ways = [
        Word(move.label)
        for move in kind.workflow.open_from(record.state)
        if move.target not in kind.workflow.frozen
    ]
    remedy = (
        say("record.thaw", "first: {steps}", steps=listing(ways, conjunction="or"))
        if ways
        else say("record.make-new", "make a new record")
    )
    state = Word(record.state)
    return Conflict(
        say(
            "record.frozen",
            "{record} is {state} and cannot be amended.",
            record=Ref(record.reference),
            state=state,
        ),
        [Fault("state", say("record.state", "is {state}", state=state), remedy)],
    )


def move(
    actor: Actor,
    reference: str,
    name: str,
    *,
    revision: int | None,
    reason: str = "",
    additions: int | None = None,
    values: Mapping[str, Any] | None = None,
    facts: Mapping[str, JSON] | None = None,
) -> Saved:
    """Take a record one step along its workflow, with the ``values`` of fields that its panel asks for.

    ``additions`` is how many files and links the actor saw; an approval binds them too and is refused as
    `Stale` when one was added meanwhile; ``None`` where nothing was shown. ``facts`` are more of its entry.

    Approving, confirming and independent moves must be made by someone who did not write the content (four
    eyes); a move that asks for a reason is refused without one; a restoring one puts back what is in force.
    """
    with writing.door():
        record, kind = writing.locked(actor, reference)
        step = steps.find(kind, name)
        reason = reason.strip()
        filled = _fill_in(actor, kind, record, step, values, revision, reason) if values else revision
        writing.require(actor, steps.permission(step), kind, record)
        writing.check_revision(record, filled)
        steps.check(record, step, reason)
        steps.require_four_eyes(actor, record, step)
        seen, bound = record.revision, _bound(record, kind, step, additions)
        results = steps.pass_gates(actor, kind, record, step, reason)
        left = record.unit
        if step.approves:
            units.apply_change(record, kind)
        many = restore(record, kind) if step.restores else None
        record.state = step.target
        record.revision += 1
        record.updated_at = clock.now()
        record.save(update_fields=["state", "revision", "updated_at", *_UNIT])
        said: dict[str, JSON] = {"move": name, **(facts or {}), **_bound_facts(seen, bound)}
        said |= {"fills": filled} if filled != revision else {}
        for result in results:
            said.update(result.facts)
        note = "\n\n".join(text for text in (reason, *(result.note for result in results)) if text)
        written = Written(record, many, note, said, _openings(bound, reason))
        (saved,) = writing.revise_many(actor, kind, [written], "moved")
        if record.unit != left:
            take_along(actor, record, left)
        if bound:
            _keep_approval(actor, record, step, seen, saved.leaf, reason, bound)
    return saved


def _fill_in(
    actor: Actor,
    kind: Kind,
    record: Record,
    step: Move,
    values: Mapping[str, Any],
    revision: int | None,
    reason: str,
) -> int:
    """Amend the fields that come with a step; the revision on which the step then stands.

    They are a revision of their own, so that whoever fills them in is an author of what a second person
    judges later; the transaction of the step saves both or neither.

    Raises `Invalid` for a field that is none of the step's, as amending it is another act.
    """
    steps.check(record, step, reason)
    known = steps.fields_of(actor, kind, record, step)
    remedy = (
        say("step.fields", "this step takes: {names}", names=listing(list(known), shown=30))
        if known
        else say("step.no-fields", "amend the record before this step")
    )
    faults = [
        Fault(name, say("step.other-field", "is not filled in with this step"), remedy)
        for name in values
        if name not in known
    ]
    if faults:
        raise Invalid(
            say("record.not-changed", "{record} was not changed.", record=Ref(record.reference)), faults
        )
    saved = amend(actor, record.reference, values, revision=revision, note=str(step.label))
    record.refresh_from_db()
    return saved.revision


def judge_move(actor: Actor, kind: Kind, record: Record, name: str, reason: str = "") -> None:
    """Raises what `move` would raise for ``record`` as it stands. Leaves nothing written.

    Gates may derive fields and save them: what they do here is rolled back.
    """
    step = steps.find(kind, name)
    writing.require(actor, steps.permission(step), kind, record)
    steps.check(record, step, reason.strip())
    steps.require_four_eyes(actor, record, step)
    with guard.opened("preview"), transaction.atomic():
        steps.pass_gates(actor, kind, record, step, reason.strip())
        transaction.set_rollback(True)


def _bound_facts(seen: int, bound: bytes) -> dict[str, JSON]:
    """What the entry of an approval says of what it binds."""
    return {"approves": seen, "digest": digest.digest_of(bound)} if bound else {}


def _openings(bound: bytes, reason: str) -> dict[str, bytes]:
    """What an approval commits to besides its revision: what it binds, and why it was given."""
    return {digest.SLOT: bound, "reason": reason.encode()} if bound else {}


def _keep_approval(
    actor: Actor, record: Record, step: Move, seen: int, leaf: int, reason: str, bound: bytes
) -> None:
    """Keep an approval of the revision that was ``seen``: what is amended afterwards is not covered by it."""
    assert actor.person_id is not None
    Approval.objects.create(
        record_id=record.pk,
        revision=seen,
        person_id=actor.person_id,
        move=step.name,
        reason=reason,
        digest=digest.digest_of(bound),
        at=record.updated_at,
        leaf=leaf,
    )


def _bound(record: Record, kind: Kind, step: Move, additions: int | None) -> bytes:
    """What an approving step binds; nothing for any other step. Raises `Stale` for additions nobody saw.

    Taken before the gates, which may set derived fields: what is bound is what the approver has read.
    """
    if not step.approves:
        return b""
    writing.check_additions(record, additions)
    return digest.body_of(record, kind)
