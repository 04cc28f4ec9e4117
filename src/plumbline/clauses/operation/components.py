"""What AI systems are made of: components and data (ISO/IEC 42001 A.4, A.7)."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models

from plumbline.clauses import easing, fields
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import HubSection, Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)
DIGEST = RegexValidator(r"^[0-9a-f]{64}$", "A SHA-256 digest has 64 digits, 0-9 and a-f.")


class Component(Record):
    """A part of AI systems: a model, prompt, tool, service, library or machine, with its version and
    origin."""

    record_ptr = parent_link()

    type = fields.choice("type", "What type of part it is.", CHOICES, 24, default="model")
    systems = fields.systems("Systems that use it.", "components")
    purpose = fields.text("what it does there", "Its part in those systems.")
    method = fields.text("method", "For a model: algorithm, training, main design choices and why.")
    limits_of_use = fields.text(
        "limits of use", "What it must not be used for; where it is known to be weak."
    )
    version = fields.line("version", "Version or tag in use.", 120)
    digest = models.CharField(
        "SHA-256",
        max_length=64,
        blank=True,
        validators=[DIGEST],
        help_text="Digest of the file in use, so that a swap is seen.",
    )
    pinned = models.BooleanField(
        "version is pinned",
        null=True,
        blank=True,
        help_text="Yes: the supplier cannot change it without our doing. No: they can.",
    )
    origin = fields.line("origin", "Registry, repository or address it comes from.", 500)
    licence = fields.line("licence", "Terms it is used under.", 200)
    supplier = fields.reference(
        "clauses.Supplier", "supplier", "Who supplies it, if it comes from outside.", "components"
    )
    place = fields.line("where it runs", "Own machines, cloud and region, device.", 200)
    environment_note = fields.text(
        "energy and environment", "What running it uses, measured or estimated, and how."
    )
    supported_until = fields.day("supported until", "When the maker stops supporting this version.")
    datasets = fields.references(
        "clauses.Dataset", "datasets", "Data it was made or tested with.", "components"
    )
    change_reason = easing.change_reason("other systems")
    accepted_until = easing.accepted_until()
    back_test = easing.back_test()
    eases = easing.eases()
    eased_since = easing.eased_since()

    class Meta:
        verbose_name = "component"
        verbose_name_plural = "components"

    def clean(self) -> None:
        """A version can be pinned only if it is known. Nobody writes what the product computes of a
        revision."""
        easing.forget(self)
        with FieldErrors(self) as errors:
            if self.pinned and not self.digest:
                errors.require("version", "Name the version that is pinned, or its digest.")


COMPONENT = Kind(
    model=Component,
    prefix="CMP",
    slug="component",
    access="systems",
    clause="8",
    place=2,
    requirements=(
        "iso42001:A.4.2",
        "iso42001:A.4.4",
        "iso42001:A.4.5",
        "iso42001:A.6.2.3",
        "nist-ai-rmf:MAP 4.1",
    ),
    titles={
        "type": "What it is",
        "version": "Version and origin",
        "place": "Where it runs",
        "datasets": "Data",
        "change_reason": "What a revision makes easier",
    },
    columns=("type", "version", "pinned", "supplier", "supported_until"),
    filters=("type", "pinned", "supplier"),
    workflow=REVIEWED,
    icon="boxes",
    menu=Menu("Do", 10),
    due="supported_until",
    hubs=(
        HubSection(
            "systems",
            "Components",
            50,
            columns=("type", "version", "origin", "supported_until"),
            adds="Add a component",
            answers={"components-registered": {}},
        ),
        HubSection("supplier", "Components supplied", 30, columns=("type", "version", "supported_until")),
        HubSection("datasets", "Built into", 40, columns=("type", "version")),
    ),
    scope=("type", "systems", "supplier"),
    example=EXAMPLE,
)
