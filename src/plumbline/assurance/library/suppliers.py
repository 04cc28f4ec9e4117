"""Suppliers (A.10): nobody looked at them, agreed with them, or registered what they supply."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from plumbline.assurance import texts
from plumbline.assurance.declaration import Gap, gap, rule
from plumbline.assurance.library.context import touches_people
from plumbline.assurance.library.data import in_use
from plumbline.assurance.snapshot import Row, Snapshot
from plumbline.kernel.messages import Ref, Word, say


def used_by(row: Row, world: Snapshot) -> list[Row]:
    """The systems in operation that use what a supplier supplies."""
    direct = [one for one in world.naming(row, "ai-system") if one.reference in world.live_references]
    parts = world.naming(row, "component", "dataset")
    return list(
        {
            one.reference: one for one in (*direct, *(s for part in parts for s in in_use(part, world)))
        }.values()
    )


@rule(
    "supplier-not-looked-at",
    "A.10.3 8.1",
    grade="minor",
    over="supplier",
    repair=Word("Assess the supplier: what was looked at, found, and on which terms it is suitable."),
)
def supplier_not_looked_at(row: Row, world: Snapshot) -> Iterator[Gap]:
    """Systems in operation rest on a supplier that nobody has assessed, or that is not suitable."""
    used, assessed = used_by(row, world), world.naming(row, "supplier-assessment")
    verdicts = {one["verdict"] for one in assessed} | {row["diligence"]}
    never = row["diligence"] in {"not done", "", None} and not assessed
    bare = not assessed and not never and texts.vague(row.text("assessment"))
    if (used or row["importance"] == "high") and (never or bare or "not suitable" in verdicts):
        people = any(touches_people(one) for one in used)
        yield gap(
            say("predicted.supplier-not-looked-at", "{supplier} is relied on, and is not shown to be "
            "suitable.",
                supplier=Ref(row.reference)),
            row.seen("diligence", "assessed_on", "assessment"),
            *(one.seen("verdict", "assessed_on") for one in assessed),
            *(one.seen("lifecycle", "effect") for one in used[:5]),
            grade="major" if people and "not suitable" in verdicts else "",
        )  # fmt: skip


@rule(
    "supplier-review-overdue",
    "A.10.3",
    grade="minor",
    over="supplier supplier-assessment",
    repair=Word("Assess the supplier again, and write the next day."),
)
def supplier_review_overdue(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A supplier was to be assessed again, or was to meet a condition, by a day that has passed."""
    due, conditions = row.day("next_review"), row.day("conditions_by")
    later = [
        one
        for one in world.of("supplier-assessment")
        if row.kind == "supplier-assessment"
        and one["supplier"] == row["supplier"]
        and (one.day("assessed_on") or date.min) > (row.day("assessed_on") or date.max)
    ]
    passed = [day for day in (due, conditions) if day is not None and day < world.today]
    if passed and not later:
        yield gap(
            say("predicted.supplier-review-overdue", "{record} was to be looked at again by {day}.",
                record=Ref(row.reference), day=min(passed)),
            row.seen("next_review", "conditions_by", "conditions"),
        )  # fmt: skip


@rule(
    "contract-that-ended",
    "A.10.3 A.10.2",
    grade="minor",
    over="supplier",
    repair=Word("Renew the contract or end the use, and write until when it runs."),
)
def contract_that_ended(row: Row, world: Snapshot) -> Iterator[Gap]:
    """The contract of a supplier has ended, and systems in operation still rest on it."""
    until = row.day("contract_until")
    if until is not None and until < world.today and used_by(row, world):
        yield gap(
            say("predicted.contract-that-ended", "The contract of {supplier} ended on {day}, and it is "
            "still relied on.",
                supplier=Ref(row.reference), day=until),
            row.seen("contract", "contract_until"),
            *(one.seen("lifecycle") for one in used_by(row, world)[:5]),
        )  # fmt: skip


@rule(
    "nobody-says-who-does-what",
    "A.10.2",
    grade="minor",
    over="supplier",
    repair=Word("Agree on who does what over the life of the system, and have it in the contract."),
)
def nobody_says_who_does_what(row: Row, world: Snapshot) -> Iterator[Gap]:
    """Systems in operation rest on a supplier, and neither terms nor duties are agreed."""
    bare = texts.vague(row.text("responsibilities")) or not row.many("terms")
    if bare and used_by(row, world):
        yield gap(
            say("predicted.nobody-says-who-does-what", "{supplier} is relied on, and terms or duties are "
            "not agreed.",
                supplier=Ref(row.reference)),
            row.seen("responsibilities", "terms", "contract"),
            *(one.seen("lifecycle") for one in used_by(row, world)[:5]),
        )  # fmt: skip


@rule(
    "breach-and-nothing-followed",
    "A.10.3 10.2",
    grade="minor",
    over="supplier-assessment",
    repair=Word("Record what is done about the breach, with a day, or a nonconformity."),
)
def breach_nothing_followed(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A supplier does not keep its duties or announced a change, and nothing followed."""
    broken = not texts.vague(row.text("breaches"), 8) and not texts.folded(row.text("breaches")).startswith(
        "no"
    )
    followed = [
        one
        for one in world.of("nonconformity", "action", "risk", "incident")
        if row.reference in texts.references(one.text("description", "source"))
    ]
    day = row.day("assessed_on") or row.created
    supplied = [
        one
        for one in world.of("nonconformity")
        if one["source"] == "supplier" and (one.day("detected_on") or day) >= day
    ]
    if broken and not followed and not supplied and not row.many("risks"):
        yield gap(
            say("predicted.breach-and-nothing-followed", "{assessment} found a duty that was not kept, "
            "and nothing followed.",
                assessment=Ref(row.reference)),
            row.seen("breaches", "verdict", "conditions"),
        )  # fmt: skip


@rule(
    "bought-from-nobody",
    "A.10.3 A.4.2",
    grade="minor",
    over="ai-system",
    repair=Word("Name the supplier, and assess it."),
)
def bought_from_nobody(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A system was bought or is embedded, and nobody is named who supplies it."""
    if row["lifecycle"] == "in operation" and row["sourcing"] in {"bought", "embedded", "contracted"}:
        parts = [one for one in world.naming(row, "component") if one["supplier"]]
        if not row["supplier"] and not parts:
            yield gap(
                say("predicted.bought-from-nobody", "{system} comes from outside, and no supplier is named.",
                    system=Ref(row.reference)),
                row.seen("sourcing", "supplier"),
            )  # fmt: skip


@rule(
    "supplies-what-nobody-has",
    "A.4.2 A.10.3",
    grade="minor",
    over="supplier",
    repair=Word("Register the system or part that comes from this supplier, or retire the supplier."),
)
def supplies_what_nobody_has(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A supplier of models, data or services supplies nothing that the inventory has."""
    named = world.naming(row, "ai-system", "component", "dataset", "resource")
    if {"models", "components", "data"} & set(row.many("supplies")) and not named:
        yield gap(
            say("predicted.supplies-what-nobody-has", "{supplier} supplies AI, and no system or part "
            "comes from it.",
                supplier=Ref(row.reference)),
            row.seen("supplies", "services"),
        )  # fmt: skip
