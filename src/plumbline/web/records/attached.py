"""The files of a record as its page shows them: their dates, what replaced what, what an approval binds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from plumbline.kernel import clock
from plumbline.records.attachments import queries as attachments
from plumbline.records.attachments.dates import Dates
from plumbline.records.reading import Hanging
from plumbline.records.rows import Attachment
from plumbline.web.frame import Proof, proof
from plumbline.web.records.in_force import InForce


@dataclass(frozen=True)
class AttachedFile:
    """An attached file with its dates and the proof of its entry.

    ``is_later`` says that it was added after the approval in force, ``dates_later`` that its dates were
    changed since, ``is_replaced`` that another file is there in its place, ``has_ended`` that its last valid
    day is over.
    """

    file: Attachment
    proof: Proof
    dates: Dates
    is_later: bool
    dates_later: bool
    is_replaced: bool
    has_ended: bool


def of_record(
    hung: Hanging, approved: InForce | None, instant: datetime | None, covered: tuple[int, bool]
) -> tuple[AttachedFile, ...]:
    """The files of a record, now or as of an instant."""
    rows = [row for row in hung.attachments if instant is None or row.at <= instant]
    replaced, today = {row.replaces_id for row in rows}, clock.day_of(instant or clock.now())
    found = []
    for row in rows:
        later = {each.leaf for each in row.dates.all() if instant is not None and each.at > instant}
        leaf, now = [each for each in attachments.history(row) if each[0] not in later][-1]
        found.append(
            AttachedFile(
                row,
                proof(row.leaf, covered),
                now,
                is_later=approved is not None and approved.is_later(row.leaf),
                dates_later=approved is not None and leaf != row.leaf and approved.is_later(leaf),
                is_replaced=row.pk in replaced,
                has_ended=now.valid_until is not None and now.valid_until < today,
            )
        )
    return tuple(found)
