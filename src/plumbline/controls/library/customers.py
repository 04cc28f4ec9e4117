"""A check on customers: what they expect is taken on, and they are told of what they are supplied with."""

from __future__ import annotations

from plumbline.controls.declare import check
from plumbline.controls.library.cases import bare
from plumbline.controls.library.cases import customers as cases
from plumbline.controls.library.gaps import says_too_little
from plumbline.controls.library.notices import NEEDS, to_audience, told_by
from plumbline.controls.library.population import (
    INVENTORY,
    either,
    in_force,
    live_systems,
    not_approved,
    not_current,
    owned,
)
from plumbline.controls.populations import Member, Population, share
from plumbline.controls.verdicts import Evidence, day_of
from plumbline.kernel.messages import Message, Word, say
from plumbline.kernel.states import Strength

_SUPPLYING = frozenset({"provider"})
"""Roles of ours towards a system, by ISO/IEC 22989, in which others are its customers: whoever produces one
for their own use has none."""


def _served(evidence: Evidence) -> list[Member]:
    """Live systems that we supply to others, and customers in the register, as written or in force."""
    supplied = [
        member
        for member in live_systems(evidence)
        if member.system
        and any(_SUPPLYING.intersection(row["roles"] or ()) for row in member.row["versions"])
    ]
    customers = [
        owned(rows[0], customer=reference)
        for reference, rows in either(evidence, "interested-party").items()
        if any(row["type"] == "customers" for row in rows)
    ]
    return [*supplied, *customers]


@check(
    "iso42001:A.10.4",
    slug="customers-answered",
    title="What customers expect is taken on, and they are told",
    finding="Customers whose expectations nothing answers",
    over="organization",
    needs=(*NEEDS, "records:obligation"),
    population=Population(
        "customers",
        Word("live AI systems that we supply to others, and customers in the register"),
        (*INVENTORY, "claims:interested-party", "records:interested-party"),
        _served,
        bare.SUPPLIED,
    ),
    share=share("customer.share", "{have} of {total} supplied systems and customers are answered."),
    strength=Strength.RECORDED,
    cases=cases.CUSTOMERS_ANSWERED,
)
def customers_answered(member: Member, evidence: Evidence) -> Message | None:
    """Customers of every live AI system that we supply are told of it by a notice that counts, and what each
    customer in the register expects is taken on by an obligation in force that says how it is met.

    We supply a system towards which our role is that of a provider. An expectation that is declined answers
    nothing here: somebody to whom nothing is owed is no customer.
    """
    customer = member.row["customer"]
    if customer is None:
        if in_force(evidence, "ai-system", member.system) is None:
            return not_approved(member)
        found = told_by(to_audience({"customers"}, member, evidence), evidence)
        return found if isinstance(found, Message) else None
    texts = {"needs": Word("what they expect")}
    row = not_current(member, evidence, "interested-party", texts)
    if isinstance(row, Message):
        return row
    owed = [one for one in evidence.records["obligation"] if one["party"] == customer]
    if not any(
        says_too_little(one, {"how": Word("how it is met")}) is None
        and (day_of(one["ends_on"]) or evidence.today) >= evidence.today
        for one in owed
    ):
        return say("customer.unanswered", "expects something, and no obligation in force says how it is met")
    return None
