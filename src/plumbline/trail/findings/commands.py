"""Keeping what was found, and opening an incident in the trail for it, once."""

from __future__ import annotations

import re
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


def begin(size: int, tree_detail: str) -> models.ScrubState:
    """The state of a scrub that begins now, over a trail of ``size`` entries."""
    row, _ = models.ScrubState.objects.update_or_create(
        id=1,
        defaults={
            "started_at": clock.now(),
            "part": "",
            "position": 0,
            "compared": 0,
            "differences": 0,
            "size": size,
            "tree_detail": tree_detail,
        },
    )
    return row


def advance(part: str, position: int, compared: int, differences: int) -> None:
    """Note how far the scrub has come: the next one goes on there if this one is interrupted."""
    models.ScrubState.objects.filter(id=1).update(
        part=part[:160],
        position=position,
        compared=F("compared") + compared,
        differences=F("differences") + differences,
    )


def finish() -> None:
    """Note that the scrub looked at everything, and let findings go that it did not see again."""
    row = models.ScrubState.objects.get(id=1)
    if row.started_at is None:
        return  # another process has come to the end of the same walk meanwhile
    with transaction.atomic():
        forget_before(row.started_at)
        models.ScrubState.objects.filter(id=1).update(
            finished_at=clock.now(),
            finished_size=row.size,
            finished_compared=row.compared,
            finished_differences=row.differences,
            started_at=None,
            part="",
            position=0,
        )
