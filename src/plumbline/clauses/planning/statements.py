"""The statement of applicability frozen as a whole, one record per version (ISO/IEC 42001 6.1.3)."""

from __future__ import annotations

from django.db import models

from plumbline.clauses import deciding, fields
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.workflows import VERSIONED
from plumbline.identity.actors import Actor
from plumbline.identity.authority import Act
from plumbline.identity.policy import Answer
from plumbline.records.kinds import Kind
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)


class StatementVersion(Record):
    """A version of the statement of applicability: every decision in force on one day and what was measured
    beside it, frozen and approved as a whole.

    The product writes the content when somebody asks for review; nobody types it.
    """

    record_ptr = parent_link()

    occasion = fields.text("occasion", "What this version is for, and who asked for it.", required=True)
    content = fields.snapshot("content", "Decisions and states of the day on which it was frozen.")
    version = models.PositiveIntegerField(
        "version", null=True, editable=False, help_text="Counts the versions that were approved."
    )
    frozen_on = models.DateField(
        "frozen on", null=True, editable=False, help_text="Day on which the content was written."
    )

    class Meta:
        verbose_name = "version of the statement"
        verbose_name_plural = "versions of the statement"

    def clean(self) -> None:
        """A draft has no content: what was frozen before somebody changed it is not what gets approved."""
        self.content, self.version, self.frozen_on = {}, None, None


def version_is_decided(actor: Actor, record: Record) -> Answer:
    """A version is approved by somebody with no part in it who may leave controls out: it leaves some out, or
    says that none is (6.1.3)."""
    return deciding.may_decide(actor, record, Act.EXCLUDE_CONTROL)


STATEMENT_VERSION = Kind(
    model=StatementVersion,
    prefix="SOA",
    slug="statement-version",
    access="governance",
    clause="6",
    place=10,
    requirements=("iso42001:6.1.3",),
    titles={"occasion": "Occasion", "content": "Content"},
    columns=("version", "frozen_on"),
    workflow=VERSIONED,
    deciders={"approve": version_is_decided},
    icon="list-checks",
    example=EXAMPLE,
)
