"""Keeping what was found, and opening an incident in the trail for it, once."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from plumbline.kernel import clock
from plumbline.kernel.canonical import JSON, canonical
from plumbline.trail import commands, models, write_priority
from plumbline.trail.entry import NewEntry
from plumbline.trail.errors import ReadOnly
from plumbline.trail.proofs import Difference

MOST = 1_000
"""Findings that are kept at most. Whoever changes a whole table leaves more than anybody reads; all of them
are counted."""
_PLAIN = re.compile(r"[^A-Za-z0-9._:/+=,~#()*<>%-]+")


def note(differences: Sequence[Difference]) -> int:
    """Keep what differs and open an incident for what is new; how many findings are new.

    Each incident names table, row and field in its facts; what was expected and found is an opening of it,
    since it may be personal data. While the trail takes no entries, findings are kept without one.
    """
    if not differences:
        return 0
    now = clock.now()
    with write_priority.foreground(), transaction.atomic():
        new = _keep(differences, now)
    open_incidents()
    return new


def _keep(differences: Sequence[Difference], now: datetime) -> int:
    room, new = MOST - models.Finding.objects.count(), 0
    for difference in differences:
        place = {
            "table": difference.table[:80],
            "row": difference.row[:200],
            "field": difference.field[:80],
        }
        what = {
            "expected": difference.expected,
            "found": difference.found,
            "entry": difference.entry,
            "last_seen": now,
        }
        if models.Finding.objects.filter(**place).update(**what):
            continue
        new += 1
        if new <= room:
            models.Finding.objects.create(**place, **what, first_seen=now)
    return new


def open_incidents() -> int:
    """Append an incident for every finding that has none; how many. Nothing while the trail is read-only."""
    try:
        with transaction.atomic():
            rows = list(models.Finding.objects.filter(incident=None).select_for_update().order_by("pk"))
            answers = commands.append_many([_incident(row) for row in rows])
            for row, answer in zip(rows, answers, strict=True):
                models.Finding.objects.filter(pk=row.pk).update(incident=answer.index)
    except ReadOnly:
        return 0
    return len(rows)


def _incident(row: models.Finding) -> NewEntry:
    facts: dict[str, JSON] = {
        "table": _word(row.table),
        "field": _word(row.field),
        "entry": row.entry,
    }
    opening: JSON = {"row": row.row, "expected": row.expected, "found": row.found}
    return NewEntry(
        "trail.incident",
        "stage:scrub",
        subject={"kind": "finding", "ref": f"finding-{row.pk}"},
        facts=facts,
        openings={"finding": canonical(opening)},
    )


def _word(text: str) -> str:
    """A name as a leaf takes it: no spaces, no letters beyond ASCII."""
    return _PLAIN.sub("-", text)[:200]


def forget_before(instant: datetime) -> int:
    """Let findings go that a whole scrub, begun at ``instant``, has not seen again."""
    return models.Finding.objects.filter(last_seen__lt=instant).delete()[0]


def ask(actor: str) -> bool:
    """Want everything compared as it is now, at once; ``False`` when somebody has asked and waits for it.

    A walk that began before is not what was asked for: the next one is.
    """
    models.ScrubState.objects.get_or_create(id=1)
    waiting = models.ScrubState.objects.filter(id=1, asked_at=None)
    return bool(waiting.update(asked_at=clock.now(), asked_by=actor))


def take(*, resume: bool) -> models.ScrubState:
    """Take the scrub for a new walk, from whoever has it; with ``resume``, the one that was not finished.

    ``walk`` of the answer names it: only that walk can note how far it has come.
    """
    with transaction.atomic():
        models.ScrubState.objects.get_or_create(id=1)
        row = models.ScrubState.objects.select_for_update().get(id=1)
        now = clock.now()
        row.walk, row.moved_at, row.hashed, row.total = secrets.token_hex(16), now, 0, 0
        if not resume or row.started_at is None:
            row.started_at, row.part, row.position, row.compared, row.differences = now, "", 0, 0, 0
        row.save()
        return row


def hashed(walk: str, size: int, entries: int) -> bool:
    """Note that a walk over ``size`` entries hashed so many; ``False`` when another walk has the scrub."""
    return _note(walk, size=size, hashed=entries)


def hashed_all(walk: str, tree_detail: str) -> bool:
    """Note what the scrub of the tree said, before tables are compared; ``False`` as `hashed`."""
    return _note(walk, tree_detail=tree_detail)


def count(walk: str, total: int) -> bool:
    """Note how many rows and entries there are to compare; ``False`` as `hashed`."""
    return _note(walk, total=total)


def advance(walk: str, part: str, position: int, compared: int, differences: int) -> bool:
    """Note how far the scrub has come: the next one goes on there if this one is interrupted.

    ``False`` when another walk has taken the scrub; then nothing is noted.
    """
    return _note(
        walk,
        part=part[:160],
        position=position,
        compared=F("compared") + compared,
        differences=F("differences") + differences,
    )


def _note(walk: str, **columns: object) -> bool:
    mine = models.ScrubState.objects.filter(id=1, walk=walk)
    return bool(mine.update(moved_at=clock.now(), **columns))


def finish(walk: str) -> None:
    """Note that a walk looked at everything, and let findings go that it did not see again.

    Nothing when another walk has taken the scrub. Whoever asked before the walk began has had it.
    """
    with transaction.atomic():
        row = models.ScrubState.objects.select_for_update().filter(id=1, walk=walk).first()
        if row is None or row.started_at is None:
            return
        forget_before(row.started_at)
        is_answer = row.asked_at is not None and row.asked_at <= row.started_at
        row.finished_for = row.asked_by if is_answer else ""
        if is_answer:
            row.asked_at, row.asked_by = None, ""
        row.finished_at, row.finished_begun_at = clock.now(), row.started_at
        row.finished_size, row.finished_compared = row.size, row.compared
        row.finished_differences = row.differences
        row.started_at, row.moved_at, row.walk, row.part, row.position = None, None, "", "", 0
        row.save()
