"""The scope of the AI management system, approved with the context that it follows from (4.1 to 4.3)."""

from __future__ import annotations

from plumbline.clauses import fields, gates
from plumbline.clauses.context import whole
from plumbline.clauses.fields import parent_link
from plumbline.clauses.freezing import Freezing
from plumbline.clauses.kind_data import beside
from plumbline.clauses.operation.systems import CHOICES as SYSTEM
from plumbline.clauses.validation import FieldErrors
from plumbline.identity.actors import Actor
from plumbline.kernel import intervals
from plumbline.kernel.canonical import JSON
from plumbline.kernel.messages import Ref, listing, say
from plumbline.kernel.problems import Fault
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)


class Scope(Record):
    """Where the AI management system begins and ends, with the decision on climate change and the context
    that both follow from.

    Issues, interested parties, obligations and the role towards each AI system are frozen into it when it
    goes into review, so that context and scope are approved as one.
    """

    record_ptr = parent_link()

    statement = fields.text("scope", "As it would stand on a certificate.", required=True)
    activities = fields.text("activities", "What we do with AI, and which processes run it.", required=True)
    boundaries = fields.text("boundaries", "Units, products, and where others take over.", required=True)
    sites = fields.text("sites", "Places and premises, and who works from elsewhere.", required=True)
    roles = fields.many("our roles", "All that occur, by ISO/IEC 22989.", SYSTEM, required=True)
    excluded = fields.systems("AI systems that are left out of it.", "left_out_of")
    exclusions = fields.text("exclusions", "What is left out, and why; each system by its reference.")
    climate = fields.choice("climate change", "Is it an issue for the AIMS?", CHOICES, 8, required=True)
    climate_reason = fields.text("why", "What the decision on climate change rests on.", required=True)
    content = fields.snapshot("context", "The context of the day on which it went into review, frozen.")
    next_review = fields.review(
        "Looked at again by then; yearly, and with each new site, product or acquisition.",
        intervals.CONTEXT_REVIEW,
    )

    class Meta:
        verbose_name = "scope"
        verbose_name_plural = "scopes"

    def clean(self) -> None:
        """What is left out is left out for a reason. A draft holds no frozen context."""
        self.content = {}
        with FieldErrors(self) as errors:
            errors.not_before("next_review", "effective_from", "day from which it is effective")


def exclusions_have_reasons(actor: Actor, record: Record, reason: str) -> None:
    """Each AI system that is left out is named with the reason (4.3)."""
    assert isinstance(record, Scope)
    left_out = record.excluded.order_by("reference").values_list("reference", flat=True)
    silent = [Ref(one) for one in left_out if one not in record.exclusions]
    if silent:
        missing = say("scope.unexplained", "do not say why {systems} is left out", systems=listing(silent))
        gates.refuse(record, [Fault("exclusions", missing, "name it there with the reason, or take it in")])


def _context(record: Scope) -> dict[str, JSON]:
    return whole.context(set(record.excluded.values_list("reference", flat=True)))


CONTEXT = Freezing(
    _context, fact="context", note=lambda _: say("scope.frozen", "Context frozen with the scope.")
)

SCOPE = Kind(
    model=Scope,
    prefix="SCP",
    slug="scope",
    access="governance",
    clause="4",
    place=4,
    requirements=("iso42001:4.1", "iso42001:4.2", "iso42001:4.3", "iso42001:4.4"),
    titles={
        "statement": "Scope",
        "excluded": "Exclusions",
        "climate": "Climate change",
        "content": "Context and review",
    },
    columns=("climate", "next_review"),
    workflow=REVIEWED,
    icon="goal",
    menu=Menu("Plan", 8),
    gates={
        "submit": (exclusions_have_reasons, CONTEXT.freeze),
        "approve": (exclusions_have_reasons, CONTEXT.is_current),
    },
    deciders={"approve": gates.top_management},
    due="next_review",
    example=EXAMPLE,
)
