"""Suppliers of data, models, components and services (ISO/IEC 42001 8.1, A.10)."""

from __future__ import annotations

from plumbline.clauses import choices, fields
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)


class Supplier(Record):
    """Somebody outside who supplies data, models, components or services for our AI systems, with what was
    agreed, what was looked into and who is responsible for what."""

    record_ptr = parent_link()

    supplies = fields.many("supplies", "Everything that occurs.", CHOICES, required=True)
    services = fields.text("what exactly", "Products and services that we use.")
    contact = fields.line("contact", "Function or mailbox to turn to; no private data.", 200)
    regions = fields.many("places", "Where the supplier works on our behalf.", choices.Region)
    importance = fields.choice("importance", "What would happen if it failed.", CHOICES, 16, default="medium")
    diligence = fields.choice(
        "result of the assessment",
        "Whether it fits our way of responsible AI.",
        CHOICES,
        32,
        default="not done",
    )
    assessed_on = fields.day("assessed on", "Day of the last assessment.", done=True)
    assessment = fields.text(
        "what was looked into", "Documents seen, questions answered, certificates, conditions."
    )
    contract = fields.line("contract", "Where the contract is found.", 200)
    contract_until = fields.day("contract until", "When it ends.")
    terms = fields.many("terms agreed", "What the contract really holds.", CHOICES)
    incident_hours = fields.count("incident notice, hours", "Within how many hours incidents are reported.")
    responsibilities = fields.text(
        "who is responsible for what", "The split between supplier, us and customers over the life cycle."
    )
    monitoring = fields.text("how it is watched", "What is looked at, how often, and what was found.")
    exit_plan = fields.text("way out", "What replaces it, and how long that takes.")
    next_review = fields.day("next review", "When the supplier is assessed again.", ahead=24)

    class Meta:
        verbose_name = "supplier"
        verbose_name_plural = "suppliers"

    def clean(self) -> None:
        """A result of an assessment has a day and a basis."""
        with FieldErrors(self) as errors:
            if self.diligence != "not done":
                errors.require("assessed_on", "Say when the assessment was made.")
                errors.require("assessment", "Say what the result rests on.")
            if "notice of incidents" in self.terms:
                errors.require("incident_hours", "Say within how many hours.")


SUPPLIER = Kind(
    model=Supplier,
    prefix="SUP",
    slug="supplier",
    access="systems",
    clause="8",
    place=4,
    requirements=(
        "iso42001:8.1",
        "iso42001:A.10.2",
        "iso42001:A.10.3",
        "nist-ai-rmf:GOVERN 6.1",
        "nist-ai-rmf:MANAGE 3.1",
    ),
    titles={
        "supplies": "What it supplies",
        "diligence": "Assessment",
        "contract": "Contract",
        "responsibilities": "Working together",
    },
    columns=("importance", "diligence", "assessed_on", "contract_until", "next_review"),
    filters=("importance", "diligence"),
    workflow=REVIEWED,
    icon="handshake",
    menu=Menu("Do", 30),
    due="next_review",
    example=EXAMPLE,
)
