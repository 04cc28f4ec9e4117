"""The posture frozen as a whole, one record per version (ISO/IEC 42001 9.1)."""

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


class PostureVersion(Record):
    """A version of the posture: what was measured and attested of every requirement as of one day, frozen and
    approved as a whole.

    The product writes the content when somebody asks for review; nobody types it.
    """

    record_ptr = parent_link()

    occasion = fields.text("occasion", "What this version is for, and who asked for it.", required=True)
    as_of_day = fields.day("as of", "Its states are those at the end of this day. Empty: now.", done=True)
    content = fields.snapshot("content", "States of every requirement as of that day.")
    version = models.PositiveIntegerField(
        "version", null=True, editable=False, help_text="Counts the versions that were approved."
    )
    frozen_on = models.DateField(
        "frozen on", null=True, editable=False, help_text="Day on which the content was written."
    )

    class Meta:
        verbose_name = "version of the posture"
        verbose_name_plural = "versions of the posture"

    def clean(self) -> None:
        """A draft has no content: what was frozen before somebody changed it is not what gets approved."""
        self.content, self.version, self.frozen_on = {}, None, None


def posture_is_decided(actor: Actor, record: Record) -> Answer:
    """A version is approved by somebody with no part in it who has the authority to vouch for the whole."""
    return deciding.may_decide(actor, record, Act.APPROVE_POSTURE)


POSTURE_VERSION = Kind(
    model=PostureVersion,
    prefix="PST",
    slug="posture-version",
    access="governance",
    clause="9",
    place=4,
    requirements=("iso42001:9.1",),
    titles={"occasion": "Occasion", "content": "Content"},
    columns=("version", "as_of_day", "frozen_on"),
    workflow=VERSIONED,
    deciders={"approve": posture_is_decided},
    icon="shield-check",
    example=EXAMPLE,
)
