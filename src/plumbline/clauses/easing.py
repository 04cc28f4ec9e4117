"""The fields of a kind whose revisions can make a check easier to pass: why, until when, and what was found.

A kind has them together with its `Kind.scope`, the fields by which checks know over what they speak.
"""

from __future__ import annotations

from datetime import date
from typing import Protocol

from django.db import models

from plumbline.clauses import fields
from plumbline.kernel.intervals import EASING


class Easing(Protocol):
    """A record of such a kind."""

    change_reason: str
    accepted_until: date | None
    back_test: str
    eases: str
    eased_since: int | None


def change_reason(what: str) -> models.TextField[str, str]:
    """Why a revision makes a check easier to pass, by ``what`` for example."""
    return fields.text(
        "why it changes", f"Asked for where a revision makes a check easier to pass: {what}, say."
    )


def accepted_until() -> models.DateField[str | date | None, date | None]:
    """Until when two people accept that."""
    return fields.day(
        "easier until",
        "Last day on which what it makes easier is accepted; then two people confirm it anew.",
        ahead=EASING,
    )


def back_test() -> models.TextField[str, str]:
    """What the revision changes in what the checks find, which the product computes."""
    return fields.text(
        "what the revision changes",
        "Computed when it is submitted and approved: what checks find less of.",
    )


def eases() -> models.TextField[str, str]:
    """The checks that are easier to pass, which the product computes."""
    return fields.text(
        "checks made easier", "Computed with it: by this revision, or by earlier ones and still so."
    )


def eased_since() -> models.PositiveIntegerField[int | None, int | None]:
    """The approved revision before that, which the product computes."""
    return fields.count(
        "easier than revision", "Computed with it: the approved revision before the first of these changes."
    )


def forget(record: Easing) -> None:
    """Take out what was computed of another text of the record, or what somebody wrote in its place."""
    record.back_test = record.eases = ""
    record.eased_since = None
