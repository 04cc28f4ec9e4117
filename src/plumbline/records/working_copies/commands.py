"""Keeping what somebody types, and letting go of it: no revision, no entry, nothing that a check reads."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Invalid, NotAllowed, NotFound, Stale
from plumbline.records import forms, kinds, steps
from plumbline.records.commands import frozen_state
from plumbline.records.kinds import Kind
from plumbline.records.models import Record
from plumbline.records.working_copies import queries
from plumbline.records.working_copies.models import WorkingCopy
from plumbline.records.working_copies.queries import COMMENT, KEPT, MENTION, NOTE, Copy

LARGEST, MOST = 400_000, 50
"""Characters of one copy as JSON, and new records that one person may have begun at a time."""
_WINDOW = re.compile(r"[a-z0-9_]{1,40}")
_NOT_KEPT = "What you typed was not kept."


def keep_new(
    actor: Actor,
    kind: Kind | str,
    values: Mapping[str, Any],
    *,
    window: str,
    handle: str = "",
    version: int = 0,
) -> Copy:
    """Keep what was typed into the form of a new record that has a title.

    ``handle`` is the copy that the page began with or has made, ``version`` the one it knows, ``window`` the
    page itself. Raises `Invalid`, `NotAllowed`, `NotFound`, and `Stale` where another page has typed since.
    """
    kind = kinds.get(kind) if isinstance(kind, str) else kind
    policy.require(actor, "create", kind=kind.slug, anywhere=True)
    if not str(values.get("title") or "").strip():
        raise Invalid(_NOT_KEPT, [Fault("title", "is missing", "give it a title first")])
    own = queries.rows(actor).filter(kind=kind.slug, record=None)
    if not handle and own.count() >= MOST and not own.filter(window=window).exists():
        remedy = say("copy.most", "at most {most}; record or discard one first", most=MOST)
        raise Invalid(_NOT_KEPT, [Fault("title", "is one begun record too many", remedy)])
    # A page whose first answer was lost asks again without a handle.
    asked = Q(handle=handle) if handle else Q(window=window)
    return _keep(actor, kind, None, values, asked, window=window, version=version, must_exist=bool(handle))


def keep_change(
    actor: Actor, reference: str, values: Mapping[str, Any], *, seen: int, window: str, version: int = 0
) -> Copy:
    """Keep what was typed into the form of a record, of which the revision ``seen`` was in the form.

    Raises `Conflict` where the record cannot be changed as it stands, else as `keep_new`.
    """
    kind = kinds.of_reference(reference)
    record = _visible(actor, reference)
    policy.require(actor, "amend", kind=kind.slug, unit_id=record.unit_id, owner_id=record.owner_id)
    if record.state in kind.workflow.frozen:
        raise frozen_state(kind, record)
    _check_seen(record, seen)
    which = Q(record=record, step="")
    return _keep(actor, kind, record, values, which, seen=seen, window=window, version=version)


def keep_step(
    actor: Actor,
    reference: str,
    step: str,
    values: Mapping[str, Any],
    *,
    seen: int,
    window: str,
    version: int = 0,
) -> Copy:
    """Keep what was typed into the panel of a step: the fields that it asks for, and the reason (`NOTE`).

    The record stays in its state. Whether four eyes leave the step to the actor is judged when it is taken.
    Raises `Conflict` where the step does not start from the present state, else as `keep_change`.
    """
    kind = kinds.of_reference(reference)
    record = _visible(actor, reference)
    move = steps.find(kind, step)
    policy.require(
        actor, steps.permission(move), kind=kind.slug, unit_id=record.unit_id, owner_id=record.owner_id
    )
    # A step whose reason is still being typed is asked about its state alone.
    steps.check(record, replace(move, reason=False), "")
    _check_seen(record, seen)
    which = Q(record=record, step=move.name)
    return _keep(
        actor, kind, record, values, which, seen=seen, window=window, version=version, step=move.name
    )


def keep_comment(
    actor: Actor, reference: str, text: str, mention: str, *, seen: int, window: str, version: int = 0
) -> Copy:
    """Keep what was typed as a comment on a record, and whom it asks; nobody is asked yet.

    Raises as `keep_change`, but for the state of the record: any can be commented on.
    """
    kind = kinds.of_reference(reference)
    record = _visible(actor, reference)
    policy.require(actor, "comment", kind=kind.slug, unit_id=record.unit_id, owner_id=record.owner_id)
    _check_seen(record, seen)
    which, values = Q(record=record, step=COMMENT), {NOTE: text, MENTION: mention}
    return _keep(actor, kind, record, values, which, seen=seen, window=window, version=version, step=COMMENT)


def discard(actor: Actor, handle: str) -> Copy:
    """Let go of what the actor has typed and not saved. Raises `NotFound`."""
    found = queries.copy(actor, handle)
    queries.rows(actor).filter(handle=handle).delete()
    return found


def saved(actor: Actor, *, reference: str = "", step: str = "", handle: str = "") -> None:
    """What was typed is in the record now: nothing is left to keep of its form, a step or a comment."""
    if not (reference or handle):
        return
    which = Q(record__reference=reference, step=step) if reference else Q(handle=handle, record=None)
    queries.rows(actor).filter(which).delete()


def end_old() -> int:
    """Let go of everything that has lain for `KEPT` since the last key; how many copies that were."""
    return WorkingCopy.objects.filter(saved_at__lt=clock.now() - KEPT).delete()[0]


def _visible(actor: Actor, reference: str) -> Record:
    # Not by `queries.find`: nothing is read out here, and so no reading is entered each time.
    record = policy.visible(actor, Record.objects.filter(reference=reference.upper())).first()
    if record is None:
        raise NotFound("There is no record with this reference that you may see.")
    return record


def _check_seen(record: Record, seen: int) -> None:
    if not 0 < seen <= record.revision:
        raise Invalid(_NOT_KEPT, [Fault("revision", "is none that this record has had", "")])


def _keep(
    actor: Actor,
    kind: Kind,
    record: Record | None,
    values: Mapping[str, Any],
    which: Q,
    *,
    window: str,
    version: int,
    seen: int = 0,
    step: str = "",
    must_exist: bool = False,
) -> Copy:
    if actor.person_id is None:
        raise NotAllowed("Only a person fills in a form.", permission="amend")
    if not _WINDOW.fullmatch(window):
        raise Invalid(_NOT_KEPT, [Fault("window", "is no name of a page", "reload the page")])
    text = _as_text(kind, values)
    now = clock.now()
    try:
        with transaction.atomic():
            own = WorkingCopy.objects.filter(person_id=actor.person_id, kind=kind.slug)
            if record is None:
                own = own.filter(record=None)
            row = own.select_for_update(of=("self",)).filter(which).first()
            if row is None and must_exist:
                raise NotFound("What you had typed is recorded or discarded already.")
            if row is not None and row.window != window and row.version != version:
                raise Stale("You have typed in another window since.", current_revision=row.version)
            if row is None:
                row = WorkingCopy(
                    person_id=actor.person_id, kind=kind.slug, record=record, step=step, version=0
                )
            row.values, row.seen, row.window, row.saved_at = text, seen, window, now
            row.version += 1
            row.save()
    except IntegrityError as two_at_once:
        raise Stale("You have typed in another window since.", current_revision=1) from two_at_once
    return queries.copy_of(row)


def _as_text(kind: Kind, values: Mapping[str, Any]) -> str:
    """The values as they are kept. Raises `Invalid` for what no form of this kind sends."""
    known = {*forms.form_class(kind).base_fields, NOTE, MENTION}
    faults = [
        Fault(name, "is no field of this form", "")
        for name, value in values.items()
        if name not in known or not _is_plain(value)
    ]
    if faults:
        raise Invalid(_NOT_KEPT, faults)
    text = json.dumps(dict(values), sort_keys=True)
    if len(text) > LARGEST:
        raise Invalid(_NOT_KEPT, [Fault("", "is too long to be kept", "shorten it, or save it in parts")])
    return text


def _is_plain(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(isinstance(item, str) for item in value)
    return value is None or isinstance(value, (str, bool))
