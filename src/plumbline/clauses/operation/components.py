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
OF_AGENTS = ("tools", "amount_limits", "data_limits", "waits_for", "stopped_by", "stop_how")
"""What is only asked of an agent."""


class Component(Record):
    """A part of AI systems: a model, prompt, tool, server of tools, agent, service, library or machine, with
    its version and origin; for an agent with what it may do and who may stop it."""

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
    tools = fields.references(
        "self",
        "tools it may use",
        "For an agent: every tool, server and service that it may call. Nothing else is allowed.",
        "used_by_agents",
        symmetrical=False,
    )
    amount_limits = fields.text(
        "limits of amount", "For an agent: money, number of acts and time, each with its figure."
    )
    data_limits = fields.text(
        "limits of data", "For an agent: what it may read, write and send, and what it must not."
    )
    waits_for = fields.text("waits for a person", "For an agent: acts that somebody confirms first.")
    stopped_by = fields.person(
        "who may stop it", "For an agent: somebody who can at any time, and is told so."
    )
    stop_how = fields.text(
        "how it is stopped", "For an agent: by which act, how fast, and what then goes on."
    )
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
        "tools": "What the agent may do",
        "datasets": "Data",
        "change_reason": "What a revision makes easier",
    },
    columns=("type", "version", "pinned", "supplier", "supported_until"),
    filters=("type", "pinned", "supplier"),
    workflow=REVIEWED,
    shown_when=dict.fromkeys(OF_AGENTS, ("type", ("agent",))),
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
        HubSection("tools", "Agents that may use it", 45, columns=("type", "version")),
        HubSection("supplier", "Components supplied", 30, columns=("type", "version", "supported_until")),
        HubSection("datasets", "Built into", 40, columns=("type", "version")),
    ),
    scope=("type", "systems", "supplier"),
    example=EXAMPLE,
)
