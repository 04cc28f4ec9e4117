"""Keep, open and delete private notes, and refuse them to others. Each leaves an entry without contents.

The passphrase comes with each request and is held no longer than that: nothing derived from it is in a
session, cookie, cache, file or table. Whoever runs the server while a note is opened could still see it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from django.db import transaction

from plumbline.identity.actors import Actor
from plumbline.kernel import clock, ids
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Conflict, Fault, Invalid, NotAllowed
from plumbline.records import names
from plumbline.reports.private_notes import queries, sealing
from plumbline.reports.private_notes.models import PrivateNote
from plumbline.reports.private_notes.sealing import Keys
from plumbline.trail import log

LONGEST, MOST = 5_000, 500
"""Characters of a note, and notes of one auditor."""
SHORTEST_PASSPHRASE, LONGEST_PASSPHRASE = 14, 200
TYPE = "private-note"


@dataclass(frozen=True)
class Opened:
    """A note that its author reads; ``is_open`` is false for one that the passphrase does not open."""

    handle: str
    at: datetime
    about: str
    text: str
    is_open: bool = True


def _in_person(actor: Actor) -> int:
    """Who is signed in. Raises `NotAllowed` for tokens, stages and the operator."""
    if actor.person_id is None or actor.scopes is not None:
        refusal = "Only the author opens and writes private notes, signed in. A token shows what is sealed."
        raise NotAllowed(refusal, permission="read")
    return actor.person_id


def keep(
    actor: Actor, passphrase: str, text: str, *, about: str = "", again: str = "", warned: bool = False
) -> str:
    """Keep a note under the passphrase of its author; its id.

    The first one chooses the passphrase: it is typed twice, and ``warned`` says that the author knows what
    losing it means. Raises `NotAllowed` for whoever does not audit, `Invalid`, and `Conflict` when two first
    notes are kept at once.
    """
    person = _in_person(actor)
    if not (may := queries.audits(actor)):
        raise NotAllowed(may.reason, permission="create")
    said, reference = text.replace("\r\n", "\n").strip(), about.strip().upper()
    faults = _text_faults(actor, said, reference)
    earlier = queries.own(actor)
    if not earlier:
        faults += _new_passphrase_faults(passphrase, again, warned)
    elif len(earlier) >= MOST:
        faults.append(Fault("text", "is one note too many", "delete some first"))
    if faults:
        raise Invalid("The note was not kept.", faults)
    keys = Keys(passphrase)
    if earlier:
        _open_newest(actor, keys, earlier)
    salt = sealing.salt_of(earlier[-1].sealed) if earlier else sealing.new_salt()
    handle, now = ids.opaque("pvn"), clock.now()
    sealed = sealing.seal(keys, salt, said, reference, person=actor.id, note=handle)
    made = PrivateNote(handle=handle, person_id=person, actor=actor.id, at=now, sealed=sealed)
    made.digest = hashlib.sha256(sealed.encode()).hexdigest()
    with transaction.atomic():
        made.leaf = _entry(actor, "kept", handle, sha256=made.digest)
        # After the entry, which one writer makes at a time: two first notes would have two passphrases.
        if not earlier and queries.own(actor):
            raise Conflict("Your first note was kept meanwhile. Use the passphrase that you chose for it.")
        made.save()
    return handle


def _text_faults(actor: Actor, text: str, about: str) -> list[Fault]:
    faults = []
    if not text:
        faults.append(Fault("text", "is empty", "write something"))
    elif len(text) > LONGEST:
        remedy = say("private-note.up-to", "up to {longest} characters", longest=LONGEST)
        faults.append(Fault("text", "is too long", remedy))
    if about and about not in names.titles(actor, [about]):
        faults.append(Fault("about", "is no record that you may see", "give a reference such as RSK-0001"))
    return faults


def _new_passphrase_faults(passphrase: str, again: str, warned: bool) -> list[Fault]:
    faults = []
    if not SHORTEST_PASSPHRASE <= len(passphrase) <= LONGEST_PASSPHRASE:
        remedy = say("private-note.passphrase-length", "{least} to {most} characters, such as five words",
                     least=SHORTEST_PASSPHRASE, most=LONGEST_PASSPHRASE)  # fmt: skip
        faults.append(Fault("passphrase", "is too short or too long", remedy))
    elif passphrase != again:
        faults.append(Fault("again", "is not the same", "type it twice"))
    if not warned:
        known = "confirm that you know that a lost passphrase loses the notes"
        faults.append(Fault("warned", "is not confirmed", known))
    return faults


def _entry(actor: Actor, act: str, handle: str, **facts: str | int) -> int:
    return log.append(
        f"private-note.{act}",
        actor=actor.id,
        subject={"type": TYPE, "ref": handle},
        openings={},
        requirements=("iso42001:9.2.2",),
        facts=facts,
    ).index


def _open_newest(actor: Actor, keys: Keys, notes: list[PrivateNote]) -> None:
    """See that the passphrase is the author's. Raises `Invalid`; that it was tried leaves an entry."""
    newest = notes[-1]
    try:
        sealing.unseal(keys, newest.sealed, person=newest.actor, note=newest.handle)
    except sealing.NotOpened as error:
        with transaction.atomic():
            _entry(actor, "not-opened", newest.handle)
        fault = Fault("passphrase", "does not open your notes", "try again; nobody can reset it")
        raise Invalid("The notes were not opened.", [fault]) from error


def opened(actor: Actor, passphrase: str) -> list[Opened]:
    """All notes of their author, oldest first. Raises `NotAllowed`, and `Invalid` for a wrong passphrase."""
    _in_person(actor)
    notes = queries.own(actor)
    if not notes:
        return []
    keys = Keys(passphrase[:LONGEST_PASSPHRASE])
    _open_newest(actor, keys, notes)
    with transaction.atomic():
        _entry(actor, "opened", notes[-1].handle, notes=len(notes))
    return [_opened(keys, note) for note in notes]


def _opened(keys: Keys, note: PrivateNote) -> Opened:
    try:
        about, text = sealing.unseal(keys, note.sealed, person=note.actor, note=note.handle)
    except sealing.NotOpened:
        return Opened(note.handle, note.at, "", "", is_open=False)
    return Opened(note.handle, note.at, about, text)


def sealed(actor: Actor, handle: str) -> PrivateNote:
    """A note as it is kept, for its author. Anybody else is refused, and the trail says that they asked."""
    queries.require_reading(actor)
    note = queries.row(handle)
    if note.person_id != actor.person_id:
        _refuse(actor, note)
    return note


def _refuse(actor: Actor, note: PrivateNote) -> NoReturn:
    with transaction.atomic():
        entry = _entry(actor, "refused", note.handle, author=note.actor)
    text = say(
        "private-note.refused",
        "This note belongs to {name}, who alone can read it. That you asked for it stands in entry {entry}.",
        name=note.person.full_name,
        entry=entry,
    )
    raise NotAllowed(text, permission="read")


def delete(actor: Actor, handle: str) -> None:
    """Delete a note: its author at any time, whoever gives roles once the time after the audit is over.

    The row stays without what was sealed. Raises `NotFound`, `NotAllowed`, `Conflict` before that day.
    """
    note = queries.row(handle)
    is_own = note.person_id == actor.person_id and (actor.scopes is None or "write" in actor.scopes)
    if not is_own:
        if not queries.keeps_order(actor, "write"):
            raise NotAllowed("Only its author deletes a private note.", permission="grant")
        first = queries.deletable_from(note.person_id)
        if clock.today() < first:
            text = say("private-note.kept-until", "It is kept for {days} days after its author has audited.",
                       days=queries.KEPT_DAYS)  # fmt: skip
            raise Conflict(text)
    with transaction.atomic():
        entry = _entry(actor, "deleted", note.handle, author=note.actor)
        kept = PrivateNote.objects.select_for_update().filter(pk=note.pk, removed__isnull=True)
        if not kept.update(sealed="", removed=entry):
            raise Conflict("It was deleted meanwhile.")
