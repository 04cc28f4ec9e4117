"""Authority limits: who may decide what, up to where, in which unit and until when (5.3, A.3.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from plumbline.clauses import choices, deciding, fields, gates
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.identity import authority
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.identity.authority import Act, AuthorityLimit
from plumbline.identity.policy import Answer
from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.kernel.workflow import REVIEWED
from plumbline.records import kinds
from plumbline.records.approved.queries import in_force
from plumbline.records.kinds import Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)
LONGEST = 731
"""Days that an authority lasts at most, before designated management looks at it anew."""


_positions = choices.positions  # the name that migrations know


class Authority(Record):
    """What a person, or every holder of a role, may decide: which acts, up to which level or grade, in which
    unit and until when.

    A role lets somebody take a step; whether they may decide it, their authority says. Designated management
    approves it. It reaches the unit that it belongs to, or the whole organization.
    """

    record_ptr = parent_link()

    person = fields.person("person", "Who may decide. Leave empty if every holder of a role may.")
    position = fields.choice("every holder of", "A role, in place of a person.", _positions, 40)
    acts = fields.many("may", "Everything that this person or role may decide.", CHOICES, required=True)
    risk_level = fields.choice("risks up to", "Highest residual level that may be accepted.", CHOICES, 16)
    grade = fields.choice(
        "nonconformities up to", "Gravest one that may be dismissed or left without an action.", CHOICES, 16
    )
    tier = fields.choice(
        "releases up to tier", "Highest tier of a system whose releases may go live by it.", CHOICES, 16
    )
    basis = fields.text("what it rests on", "Resolution, job description or appointment.", required=True)
    valid_until = fields.day("valid until", "Last day on which it holds.", required=True, ahead=24)
    back_test = fields.text(
        "back-test",
        "Which decisions of the past year it would have allowed. Computed when it is submitted and approved.",
    )

    class Meta:
        verbose_name = "authority limit"
        verbose_name_plural = "authority limits"

    def clean(self) -> None:
        """It names one holder, bounds what has a level or a grade, and ends. Nobody writes the back-test but
        the product."""
        self.back_test = ""
        with FieldErrors(self) as errors:
            if self.person_id is None and not self.position:
                errors.add("person", "required", "Name a person, or choose a role whose holders may decide.")
            if self.person_id is not None and self.position:
                errors.add("position", "one-holder", "Name a person or choose a role, not both.")
            if Act.ACCEPT_RISK in self.acts:
                errors.require("risk_level", "Say up to which level risks may be accepted.")
            if {Act.DISMISS, Act.NO_ACTION}.intersection(self.acts):
                errors.require("grade", "Say up to which grade.")
            if Act.GO_LIVE in self.acts:
                errors.require("tier", "Say up to which tier releases and deployments may be approved.")
            errors.not_before("valid_until", "effective_from", "day from which it is effective")
            begins = self.effective_from or clock.today()
            if self.valid_until is not None and (self.valid_until - begins).days > LONGEST:
                text = "An authority is looked at again within two years. Choose an earlier day."
                errors.add("valid_until", "late", text)


def _rank(field: str, word: str) -> int:
    """The place of ``word`` in its list, which begins with the least; 0 for none."""
    return [known for known, _ in CHOICES[field]].index(word) + 1 if word else 0


def given_by_designated_management(actor: Actor, record: Record) -> Answer:
    """Authority comes from above: designated management gives it, and nobody to themself (5.3)."""
    assert isinstance(record, Authority)
    involved = deciding.involved_in(record)
    involved.add([record.person_id], say("own-cause.named", "It names you."))
    own = involved.answer(actor)
    if not own:
        return own
    return authority.may_decide(actor, Act.DESIGNATE, unit_id=record.unit_id, excluded=involved.everybody)


def approved_limits() -> list[AuthorityLimit]:
    """The authority limits in force; `plumbline.identity.authority` asks for them.

    What was approved, also while somebody writes another version: a draft gives nobody any authority, and
    takes none away.
    """
    return limits_of(in_force(AUTHORITY.slug)) if kinds.exists(AUTHORITY.slug) else []


def limits_of(rows: Sequence[Mapping[str, Any]]) -> list[AuthorityLimit]:
    """The limits that rows in force of this kind set."""
    people = identity.people_with(row["person"] for row in rows if row["person"])
    units = {unit.slug: unit.pk for unit in identity.units()}
    return [
        AuthorityLimit(
            reference=row["reference"],
            acts=frozenset(map(Act, row["acts"])),
            person_id=people.get(row["person"]),
            role=row["position"],
            ranks=_ranks(row["risk_level"], row["grade"], row.get("tier") or ""),
            unit_id=units[row["unit"]] if row["unit"] else None,
            starts=_day(row["effective_from"]) or date.min,
            ends=_day(row["valid_until"]) or date.max,
        )
        for row in rows
    ]


def _ranks(level: str, grade: str, tier: str) -> Mapping[Act, int]:
    """How far each act goes: the level of a risk, the grade of a nonconformity, the tier of a system, each
    from 1."""
    limit = _rank("grade", grade)
    return {
        Act.ACCEPT_RISK: _rank("risk_level", level),
        Act.DISMISS: limit,
        Act.NO_ACTION: limit,
        Act.GO_LIVE: _rank("tier", tier),
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


AUTHORITY = Kind(
    model=Authority,
    prefix="AUT",
    slug="authority",
    access="governance",
    sets_values=True,
    clause="5",
    place=2,
    requirements=("iso42001:5.3", "iso42001:A.3.2"),
    titles={"person": "Who", "acts": "What, and how far", "basis": "Why and how long"},
    columns=("person", "position", "risk_level", "grade", "tier", "valid_until"),
    filters=("position", "risk_level", "grade", "tier"),
    workflow=REVIEWED,
    icon="stamp",
    menu=Menu("Plan", 60),
    gates={"approve": (gates.not_passed("valid_until"),)},
    deciders={"approve": given_by_designated_management},
    due="valid_until",
    example=EXAMPLE,
)
