"""Longest intervals: how far ahead days of reviews, ends and deadlines may lie (6.1.1, 7.5.2, A.2.4)."""

from __future__ import annotations

from django.db import models

from plumbline.clauses import fields, gates
from plumbline.clauses.columns import DayField
from plumbline.clauses.fields import parent_link
from plumbline.clauses.intervals import KIND
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.kernel.workflow import REVIEWED
from plumbline.records import kinds
from plumbline.records.attachments.dates import SUBJECT
from plumbline.records.kinds import Kind
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)
MOST = 60
"""Months that nobody can go beyond: what is left alone for five years is not governed."""


def _subjects() -> list[tuple[str, str]]:
    """Every day that may not lie too far ahead, by kind and field."""
    return [
        *(
            (f"{kind.slug}.{name}", f"{kind.name}, {kind.field(name).verbose_name}")
            for kind in kinds.all_kinds()
            for name in kind.own_fields
            if isinstance(field := kind.field(name), DayField) and field.ahead
        ),
        (SUBJECT, "attached file, valid until"),
    ]


class LongestInterval(Record):
    """How many months ahead a day may lie at most: the next review of a policy, say, or the end of an
    acceptance.

    In force once a second person has approved it and until its last day; before and after that the interval
    that the product came with holds.
    """

    record_ptr = parent_link()

    subject = models.CharField(
        "day", max_length=80, unique=True, choices=_subjects, help_text="The day that it is about."
    )
    months = fields.count("at most, months", "Whole months from the day of writing.", 1, required=True)
    reason = fields.text("why", "Law, contract, risk or experience behind it.", required=True)
    valid_until = fields.day(
        "valid until", "Last day on which it holds; then the delivered one does.", required=True, ahead=24
    )
    back_test = fields.text(
        "back-test", "What would read differently. Computed when it is submitted and approved."
    )

    class Meta:
        verbose_name = "longest interval"
        verbose_name_plural = "longest intervals"

    def clean(self) -> None:
        """Nobody puts anything off for more than five years, or writes the back-test but the product."""
        self.back_test = ""
        with FieldErrors(self) as errors:
            if self.months is not None and self.months > MOST:
                errors.add("months", "most", "Five years, 60 months, is the most.")
            errors.not_before("valid_until", "effective_from", "day from which it is effective")


LONGEST_INTERVAL = Kind(
    model=LongestInterval,
    prefix="LGI",
    slug=KIND,
    access="governance",
    sets_values=True,
    clause="6",
    place=8,
    requirements=("iso42001:6.1.1", "iso42001:7.5.2", "iso42001:A.2.4"),
    titles={"subject": "Interval"},
    columns=("subject", "months", "valid_until"),
    filters=("subject",),
    workflow=REVIEWED,
    icon="calendar",
    gates={"approve": (gates.not_passed("valid_until"),)},
    due="valid_until",
    example=EXAMPLE,
)
