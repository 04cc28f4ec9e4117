"""The kind: an ethics review of an AI system."""

from __future__ import annotations

from django.db import models

from plumbline.clauses.fields import parent_link
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import Kind
from plumbline.records.models import Record


class EthicsReview(Record):
    """What an ethics board said about an AI system, and on what it was asked."""

    record_ptr = parent_link()

    class Conclusion(models.TextChoices):
        """What the board may say."""

        SUPPORTED = "supported", "Supported"
        WITH_CONDITIONS = "with conditions", "Supported with conditions"
        NOT_SUPPORTED = "not supported", "Not supported"

    system = models.ForeignKey(
        "clauses.AISystem",
        verbose_name="AI system",
        on_delete=models.PROTECT,
        related_name="ethics_reviews",
        help_text="The system that was looked at.",
    )
    question = models.TextField("question", help_text="What the board was asked.")
    conclusion = models.CharField(
        "conclusion", max_length=24, choices=Conclusion.choices, help_text="What the board said."
    )
    held_on = models.DateField("held on", null=True, blank=True, help_text="Day of the meeting.")

    class Meta:
        verbose_name = "ethics review"
        verbose_name_plural = "ethics reviews"


ETHICS_REVIEW = Kind(
    model=EthicsReview,
    prefix="ETH",
    slug="ethics-review",
    clause="6",
    requirements=("iso42001:A.5.4",),
    titles={"system": "Review"},
    columns=("title", "system", "conclusion", "held_on", "state"),
    filters=("conclusion",),
    workflow=REVIEWED,
    example={
        "title": "Ethics review of claims triage",
        "system": "ai-system",
        "question": "May urgency be judged from the text of a claim?",
        "conclusion": "supported",
    },
)
