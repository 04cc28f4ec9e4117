"""The AI system: what everything else in the AIMS is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.validators import RegexValidator
from django.db import models

from plumbline.clauses import choices, easing, fields, gates, going_live, rules
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.problems import Fault
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.approved.queries import in_force_of
from plumbline.records.gates import OnTaking
from plumbline.records.kinds import HubSection, Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)
OPEN = "not decided"


class AISystem(Record):
    """An AI system that the organization builds, supplies or uses, with what it is for, whom it touches and
    who watches it.

    The slug joins what the system sends (decisions, outcomes, reviews) to this record.
    """

    record_ptr = parent_link()

    slug = models.CharField(
        "slug",
        max_length=rules.SLUG_LENGTH,
        unique=True,
        validators=[
            RegexValidator(
                f"^{rules.SLUG.pattern}$",
                "Small letters, digits, dots, hyphens and underscores only, such as claims-triage.",
            )
        ],
        help_text="Short name under which the system sends events. Do not change it once they arrive.",
    )
    purpose = fields.text("purpose", "What it is meant to do, for whom, and where its use ends.")
    benefits = fields.text("benefits", "What it is expected to be good for.")
    outputs = fields.text("outputs", "What it produces: a score, a proposal, a text, an action.")
    output_kinds = fields.many(
        "kinds of output", "From these follows what it has to report once it is live.", CHOICES
    )
    topic = fields.line("field of use", "For example claims handling or recruitment.", 200)
    business_area = fields.line("business area", "Part of the organization that uses it.", 200)
    technique = fields.choice("technique", "How it works, roughly.", CHOICES, 24, default="unknown")
    roles = fields.many("our roles", "What we are towards it, in the words of ISO/IEC 22989.", CHOICES)
    lifecycle = fields.choice(
        "life-cycle state", "Where it stands in its life.", CHOICES, 24, default="planned"
    )
    started_on = fields.day("begun on", "When work on it began.", done=True)
    operating_since = fields.day("in operation since", "When it first went live.", done=True)
    retired_on = fields.day("retired on", "When it was switched off for good.", done=True)
    autonomy = fields.choice("autonomy", "How far it acts without a person.", CHOICES, 24, default="unknown")
    effect = fields.choice(
        "effect on people", "What its output does to people.", CHOICES, 24, default="unknown"
    )
    affected_groups = fields.many("people affected", "Whom its output may touch.", choices.People)
    affected_note = fields.text("how they are affected", "Who is touched, how many, and in what way.")
    human_oversight = fields.text("human oversight", "Who watches it, what they see, how they override it.")
    stop_procedure = fields.text("how to stop it", "Who may switch it off, how, and what happens instead.")
    data_classes = fields.many("data it handles", "Every class that occurs.", choices.DataClass)
    regions = fields.many("regions", "Where it is used or takes effect.", choices.Region)
    sourcing = fields.choice("origin", "Built here or from outside.", CHOICES, 24, default="unknown")
    supplier = fields.reference("clauses.Supplier", "supplier", "Who supplies it, if anybody.", "systems")
    version = fields.line("current release", "Version that is in operation now.", 80)
    released_on = fields.day(
        "released on", "When it went live. Assess impacts anew for each release.", done=True
    )
    reference_from = fields.day("reference period from", "First day of the decisions to compare drift with.")
    reference_until = fields.day("reference period until", "Last day of the reference period.")
    not_reported = fields.many(
        "what it cannot report", "Left out of the checks that read it, until the next review.", CHOICES
    )
    not_reported_why = fields.text("why it cannot", "Why it cannot be had, and what is looked at instead.")
    eu_role = fields.choice("role under the EU AI Act", "As a person decided it.", CHOICES, 32, default=OPEN)
    eu_class = fields.choice(
        "class under the EU AI Act", "As a person decided it.", CHOICES, 32, default=OPEN
    )
    eu_basis = fields.text("basis of the class", "Who decided it, when, on which facts and articles.")
    next_review = fields.day(
        "next review", "Left empty: in twelve months, in three if the effect is direct.", ahead=24
    )
    change_reason = easing.change_reason("another reference")
    accepted_until = easing.accepted_until()
    back_test = easing.back_test()
    eases = easing.eases()
    eased_since = easing.eased_since()
    source_register = fields.line("source register", "Register or tool that this entry came from.", 200)
    source_id = fields.line("id in the source", "How that register calls it.", 200)
    live = models.BooleanField(
        "counted as live",
        default=False,
        editable=False,
        db_index=True,
        help_text="A revision says that it is in operation, and no revision approved since says otherwise.",
    )

    class Meta:
        verbose_name = "AI system"
        verbose_name_plural = "AI systems"

    def clean(self) -> None:
        """What must hold across fields, the date of the next review where nobody gave one, and the back-test
        with what it found, which nobody writes but the product."""
        with FieldErrors(self) as errors:
            errors.both_or_neither("reference_from", "reference_until")
            errors.not_before("reference_until", "reference_from", "first day of the period")
            errors.not_before("operating_since", "started_on", "day on which work began")
            if self.not_reported:
                errors.require("not_reported_why", "Say why that cannot be reported.")
            begun = "operating_since" if self.operating_since else "started_on"
            errors.not_before("retired_on", begun, "first day of operation")
            if self.released_on is not None:
                errors.require("version", "Name the release that the date belongs to.")
            if self.retired_on is not None and self.lifecycle != "retired":
                errors.add("lifecycle", "retired", "A system with a day of retirement is retired.")
        easing.forget(self)
        if self.next_review is None:
            self.next_review = rules.next_review(clock.today(), self.effect)
        self.live = self.live or self.lifecycle == "in operation"


def life_cycle_is_approved(actor: Actor, record: Record, reason: str) -> None:
    """A prohibited practice is not approved in operation."""
    assert isinstance(record, AISystem)
    if record.lifecycle == "in operation" and record.eu_class == "prohibited practice":
        remedy = "stop the system and give its new life-cycle state, or have the class decided anew"
        gates.refuse(record, [Fault("eu_class", "is a prohibited practice, and it operates", remedy)])


def goes_live_by_a_release(
    actor: Actor, record: Record, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """A system that is known not to be in operation goes live by a release and its deployment, and ends once
    nothing of it is in use. One that is registered as in operation states what was before, and so does the
    first answer where an import left that open."""
    assert isinstance(record, AISystem)
    if before["lifecycle"] in ("", after["lifecycle"]):
        return
    if not after["lifecycle"]:
        # Else it could be emptied first, and then be called in operation as what nobody had said before.
        fault = Fault("lifecycle", "was said, and is not taken back", "say the state it is in")
        gates.refuse(record, [fault])
    if after["lifecycle"] == "in operation":
        gates.refuse(record, going_live.faults_of_system(record))
    if after["lifecycle"] == "retired":
        gates.refuse(record, going_live.still_running(record))


def goes_live_as_approved(actor: Actor, record: Record, reason: str) -> None:
    """What was approved as not in operation is approved in operation only with what its tier needs."""
    assert isinstance(record, AISystem)
    approved = in_force_of(record, AI_SYSTEM) if record.lifecycle == "in operation" else None
    if approved is not None and approved["lifecycle"] != "in operation":
        gates.refuse(record, going_live.faults_of_system(record))


def checks_go_by_it(actor: Actor, record: Record, reason: str) -> None:
    """From its approval on, checks go by what was approved."""
    assert isinstance(record, AISystem)
    record.live = record.lifecycle == "in operation"
    record.save(update_fields=["live"])


def nothing_runs(actor: Actor, record: Record, reason: str) -> None:
    """Nobody alone takes a live system out of the checks by retiring its record."""
    assert isinstance(record, AISystem)
    if record.live:
        remedy = "give its new life-cycle state and have that approved; then retire the record"
        gates.refuse(record, [Fault("lifecycle", "was in operation when last approved or since", remedy)])


AI_SYSTEM = Kind(
    model=AISystem,
    prefix="SYS",
    slug="ai-system",
    access="systems",
    clause="8",
    place=1,
    requirements=(
        "iso42001:4.1",
        "iso42001:8.1",
        "iso42001:A.4.2",
        "iso42001:A.6.2.6",
        "iso42001:A.9.4",
        "nist-ai-rmf:GOVERN 1.6",
        "nist-ai-rmf:MAP 1.1",
    ),
    titles={
        "slug": "What it is",
        "roles": "Role and life cycle",
        "autonomy": "People",
        "data_classes": "Data, place and supply",
        "version": "Release and reference",
        "eu_role": "EU AI Act, as decided",
        "next_review": "Review and source",
    },
    columns=("slug", "lifecycle", "effect", "autonomy", "version", "next_review"),
    filters=("lifecycle", "effect", "autonomy", "technique", "sourcing", "eu_class", "supplier"),
    workflow=REVIEWED,
    shown_when={"retired_on": ("lifecycle", ("retired",))},
    icon="bot",
    menu=Menu("Plan", 10),
    gates={
        "approve": (life_cycle_is_approved, goes_live_as_approved, OnTaking(checks_go_by_it)),
        "discard": (nothing_runs,),
        "propose-retirement": (nothing_runs,),
        "retire": (nothing_runs,),
    },
    amend_gates=(goes_live_by_a_release,),
    due="next_review",
    derived={"live": lambda values: values["lifecycle"] == "in operation"},
    hubs=(
        HubSection(
            "supplier", "AI systems that depend on it", 20, columns=("lifecycle", "effect", "version")
        ),
    ),
    example=EXAMPLE,
)
