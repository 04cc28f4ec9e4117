"""Clause 8, Operation: releases of AI systems, and what changed with each by digest (A.6.2.5, 8.1)."""

from __future__ import annotations

from django.db import models

from plumbline.clauses import fields, gates, going_live
from plumbline.clauses.fields import parent_link
from plumbline.clauses.freezing import Freezing
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.clauses.workflows import VERSIONED
from plumbline.identity.actors import Actor
from plumbline.kernel import release_parts
from plumbline.kernel.messages import Ref, listing, say
from plumbline.kernel.problems import Fault
from plumbline.records.kinds import HubSection, Kind, Menu
from plumbline.records.models import Record

_, EXAMPLE = beside(__file__)


class Release(Record):
    """A version of an AI system that may go live, with what it is made of by digest: models, prompts, data,
    tools, purpose and regions. What it is made of is frozen when it goes into review; an approved release
    stays what it was."""

    record_ptr = parent_link()

    system = fields.system("The system that it is a release of.", "releases", required=True)
    version = fields.line("version", "As the system reports it, such as 4.3.", 80, required=True)
    previous = fields.reference(
        "clauses.Release", "release before", "The one that it follows. Empty: the first.", "followers"
    )
    changes = fields.text("what changed", "And why; for the first one, what it is.", required=True)
    components = fields.references(
        "clauses.Component", "components", "Models, prompts, tools and software in it.", "releases"
    )
    datasets = fields.references(
        "clauses.Dataset", "datasets", "Data that it was made or runs with.", "releases"
    )
    left_out = fields.text(
        "what is not in it", "Registered components and data of the system that it does without, and why."
    )
    notes = fields.text("for users", "What they have to know, and how they are told.")
    content = fields.snapshot("made of", "Digest or version of each part, frozen for review.")
    digest = models.CharField(
        "digest",
        max_length=64,
        blank=True,
        editable=False,
        db_index=True,
        help_text="SHA-256 over all that it is made of.",
    )

    class Meta:
        verbose_name = "release"
        verbose_name_plural = "releases"

    def clean(self) -> None:
        """It follows a release of the same system. A draft has no content."""
        self.content, self.digest = {}, ""
        with FieldErrors(self) as errors:
            if self.previous is not None and self.previous.system_id != self.system_id:
                errors.add("previous", "other", "This is a release of another system.")
            if self.previous is not None and self.previous.pk == self.pk:
                errors.add("previous", "itself", "A release does not follow itself.")


def whole(actor: Actor, record: Record, reason: str) -> None:
    """Each registered component and dataset of the system is in the release or left out for a reason, and has
    a digest or a version; the digest of the whole is not one that is live or approved already."""
    assert isinstance(record, Release)
    found = going_live.made_of(record)
    faults = [*found.faults]
    silent = [name for name in found.not_named if name not in record.left_out]
    if silent:
        text = say(
            "release.silent", "says nothing of {records}", records=listing([Ref(name) for name in silent])
        )
        faults.append(Fault("components", text, "take it in, or write why it is left out"))
    if not faults:
        faults += going_live.known_already(record, release_parts.digest(found.content))
    gates.refuse(record, faults)


MADE_OF = Freezing(
    lambda release: going_live.made_of(release).content,
    fact="content",
    note=lambda digest: say("release.frozen", "Frozen with digest {digest}.", digest=digest),
    digest=release_parts.digest,
    digest_column="digest",
)


def has_what_its_tier_needs(actor: Actor, record: Record, reason: str) -> None:
    """A release is approved once all is there that the tier of its system asks for."""
    assert isinstance(record, Release)
    gates.refuse(record, going_live.faults_of(record, "content"))


RELEASE = Kind(
    model=Release,
    prefix="REL",
    slug="release",
    access="systems",
    clause="8",
    place=21,
    requirements=("iso42001:A.6.2.5", "iso42001:8.1", "iso42001:A.6.2.3"),
    titles={
        "system": "Release",
        "components": "What it is made of",
        "notes": "Users",
        "content": "Frozen for review",
    },
    columns=("system", "version", "previous", "digest"),
    filters=("system",),
    workflow=VERSIONED,
    icon="package",
    menu=Menu("Do", 22),
    gates={
        "submit": (whole, MADE_OF.freeze),
        "approve": (whole, MADE_OF.is_current, has_what_its_tier_needs),
    },
    deciders={"approve": going_live.may_approve_release},
    derived={"digest": lambda values: release_parts.digest(values["content"])},
    hubs=(
        HubSection("system", "Releases", 55, columns=("version", "digest"), adds="Prepare a release"),
        HubSection("previous", "Followed by", 20, columns=("version",)),
        HubSection("components", "Released in", 60, columns=("system", "version")),
        HubSection("datasets", "Released in", 60, columns=("system", "version")),
    ),
    example=EXAMPLE,
)
