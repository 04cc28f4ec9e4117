"""Context and scope (clause 4): what the records of the context say against each other and the inventory."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.assurance import texts
from plumbline.assurance.declaration import Gap, gap, rule
from plumbline.assurance.snapshot import Row, Snapshot
from plumbline.kernel.messages import Ref, Word, listing, say


@rule(
    "climate-against-context",
    "4.1 4.2",
    grade="minor",
    over="scope",
    repair=Word("Decide on climate change anew, and name the issue or the party in the reason."),
)
def climate_against_context(row: Row, world: Snapshot) -> Iterator[Gap]:
    """The scope says that climate change is no issue, while an issue or a party of the register says it
    is."""
    if row["climate"] != "no":
        return
    issues = [one for one in world.of("issue") if one["topic"] == "climate"]
    parties = [one for one in world.of("interested-party") if one["climate"] == "yes"]
    if issues or parties:
        yield gap(
            say(
                "predicted.climate-against-context",
                "{scope} says that climate change is no issue, and {others} says that it is.",
                scope=Ref(row.reference), others=Ref((issues + parties)[0].reference),
            ),
            row.seen("climate", "climate_reason"),
            *(one.seen("topic", "title") for one in issues[:3]),
            *(one.seen("climate", "needs") for one in parties[:3]),
        )  # fmt: skip


@rule(
    "authority-without-obligation",
    "4.2",
    grade="minor",
    over="interested-party",
    repair=Word("Record what the party asks for as an obligation, or write why you do not take it on."),
)
def authority_without_obligation(row: Row, world: Snapshot) -> Iterator[Gap]:
    """An authority or a customer is a party with needs, and none of them became an obligation or was
    declined."""
    if row["type"] not in {"authorities", "customers"} or row.text("declined"):
        return
    if not world.naming(row, "obligation"):
        yield gap(
            say(
                "predicted.authority-without-obligation",
                "{party} has needs, and no obligation says which of them bind the organization.",
                party=Ref(row.reference),
            ),
            row.seen("type", "needs"),
        )


@rule(
    "obligation-rests-on-excluded-control",
    "4.2 6.1.3",
    grade="minor",
    over="obligation",
    repair=Word("Take the control into the statement, or name the one that meets the obligation."),
)
def obligation_on_excluded(row: Row, world: Snapshot) -> Iterator[Gap]:
    """An obligation is said to be met by a control that the statement of applicability leaves out."""
    for decision in world.of("applicability"):
        if decision["applicable"] == "no" and decision["requirement"] in row.many("controls"):
            yield gap(
                say(
                    "predicted.obligation-rests-on-excluded-control",
                    "{obligation} is met by a control that {decision} leaves out.",
                    obligation=Ref(row.reference), decision=Ref(decision.reference),
                ),
                row.seen("controls", "how"),
                decision.seen("requirement", "exclusion_reason"),
            )  # fmt: skip


@rule(
    "obligation-that-ended",
    "4.2",
    grade="opportunity",
    over="obligation",
    repair=Word("Retire the obligation, or write until when it binds now."),
)
def obligation_that_ended(row: Row, world: Snapshot) -> Iterator[Gap]:
    """An obligation stands in the register after the last day on which it binds."""
    ends = row.day("ends_on")
    if ends is not None and ends < world.today:
        yield gap(
            say(
                "predicted.obligation-that-ended",
                "{obligation} ended on {day} and still stands.",
                obligation=Ref(row.reference), day=ends,
            ),
            row.seen("ends_on", "instrument"),
        )  # fmt: skip


@rule(
    "scope-leaves-out-high-risk",
    "4.3",
    grade="major",
    over="scope",
    repair=Word("Take the system into the scope, or have the reason decided by top management."),
)
def scope_leaves_out_high_risk(row: Row, world: Snapshot) -> Iterator[Gap]:
    """The scope leaves out a system that is in operation and of high risk or with a direct effect on
    people."""
    for system in world.all(row.many("excluded")):
        if system["lifecycle"] == "in operation" and touches_people(system):
            yield gap(
                say(
                    "predicted.scope-leaves-out-high-risk",
                    "{scope} leaves out {system}, which is in operation and affects people.",
                    scope=Ref(row.reference), system=Ref(system.reference),
                ),
                row.seen("excluded", "exclusions"),
                system.seen("lifecycle", "effect", "eu_class"),
            )  # fmt: skip


def touches_people(system: Row) -> bool:
    """Whether a system has a direct effect on people or is of a class with high risk."""
    return system["effect"] in {"direct", "legal or similar"} or system["eu_class"] in HIGH


HIGH = frozenset({"high-risk product", "high-risk use", "prohibited practice"})
"""Classes under the EU AI Act with high risk, or worse."""


@rule(
    "scope-exclusion-without-reason",
    "4.3",
    grade="minor",
    over="scope",
    repair=Word("Write beside each system that is left out why it is."),
)
def scope_exclusion_without_reason(row: Row, world: Snapshot) -> Iterator[Gap]:
    """The scope leaves a system out and gives no reason for it."""
    reasons = row.text("exclusions")
    bare = [
        one
        for one in world.all(row.many("excluded"))
        if texts.vague(reasons)
        or not (one.reference in reasons or one.title.casefold() in reasons.casefold())
    ]
    if bare:
        yield gap(
            say(
                "predicted.scope-exclusion-without-reason",
                "{scope} leaves out {systems} without a reason of its own.",
                scope=Ref(row.reference), systems=listing(Ref(one.reference) for one in bare),
            ),
            row.seen("excluded", "exclusions"),
            *(one.seen("lifecycle") for one in bare),
        )  # fmt: skip


@rule(
    "scope-narrowed-after-finding",
    "4.3 10.2",
    grade="major",
    over="scope",
    repair=Word("Take the system in again until the finding is closed, and show what was done about it."),
)
def scope_narrowed_after_finding(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A system was left out of the scope after a nonconformity, finding or incident about it, which is
    open."""
    for system in world.all(row.many("excluded")):
        for one in world.naming(system, "nonconformity", "audit-finding", "incident"):
            since = one.day("detected_on") or one.day("noticed_on") or one.created
            if one.state not in {"closed", "verified", "worked"} and since <= row.changed:
                yield gap(
                    say(
                        "predicted.scope-narrowed-after-finding",
                        "{system} is left out of {scope} while {finding} about it is open.",
                        system=Ref(system.reference), scope=Ref(row.reference), finding=Ref(one.reference),
                    ),
                    row.seen("excluded", "exclusions"),
                    system.seen("lifecycle"),
                    one.seen("title", "grade", "detected_on"),
                )  # fmt: skip


@rule(
    "role-outside-scope",
    "4.1 4.3",
    grade="minor",
    over="scope",
    repair=Word("Add the role to the scope, or correct it on the system."),
)
def role_outside_scope(row: Row, world: Snapshot) -> Iterator[Gap]:
    """The organization has a role towards a system in operation that the scope does not name."""
    named, left_out = set(row.many("roles")), set(row.many("excluded"))
    systems = [one for one in world.live if one.reference not in left_out and set(one.many("roles")) - named]
    if named and systems:
        yield gap(
            say(
                "predicted.role-outside-scope",
                "{scope} does not name a role that the organization has towards {systems}.",
                scope=Ref(row.reference), systems=listing(Ref(one.reference) for one in systems),
            ),
            row.seen("roles"),
            *(one.seen("roles") for one in systems),
        )  # fmt: skip


@rule(
    "systems-counted-wrong",
    "4.3 5.2 A.4.2",
    grade="minor",
    over="scope policy document",
    repair=Word("Let the text point to the inventory instead of counting."),
)
def systems_counted_wrong(row: Row, world: Snapshot) -> Iterator[Gap]:
    """Scope, policy or document speaks of a number of AI systems that the inventory does not have."""
    if row.kind == "document" and row["type"] not in {"scope", "process", "method", "plan"}:
        return
    known = [one for one in world.of("ai-system") if one["lifecycle"] != "retired"]
    fits = {len(known), len(world.live), len(world.of("ai-system"))}
    counted = texts.systems_counted(
        row.text("statement", "activities", "boundaries", "purpose", "text", "summary")
    )
    for number in counted[:1]:
        if number not in fits:
            yield gap(
                say(
                    "predicted.systems-counted-wrong",
                    "{record} speaks of {said} AI systems, and the inventory has {known}.",
                    record=Ref(row.reference), said=number, known=len(known),
                ),
                row.seen("statement", "text"),
            )  # fmt: skip


@rule(
    "record-that-is-not-there",
    "7.5.3 7.5.2",
    grade="minor",
    over="scope policy document risk treatment impact-assessment applicability nonconformity "
    "corrective-action "
    "management-review audit audit-finding incident objective monitoring-plan attestation",
    repair=Word("Correct the reference, or record what it was meant to be."),
)
def record_not_there(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A text rests on a record, by its reference, that does not exist."""
    written = " ".join(value for value in row.values.values() if isinstance(value, str))
    missing = [
        name for name in texts.references(written) if world.get(name) is None and name[:3] in world.prefixes
    ]
    if missing:
        yield gap(
            say(
                "predicted.record-that-is-not-there",
                "{record} rests on {missing}, which does not exist.",
                record=Ref(row.reference), missing=missing[0],
            ),
            row.seen(*(name for name, value in row.values.items() if isinstance(value, str) and missing[0] in
            value)),
        )  # fmt: skip


@rule(
    "no-scope-in-force",
    "4.3",
    grade="major",
    repair=Word("Have one scope approved, and retire the others."),
)
def no_scope_in_force(world: Snapshot) -> Iterator[Gap]:
    """There are AI systems, and no scope or more than one is in force."""
    scopes = [one for one in world.of("scope") if one.stands]
    written = world.of("scope")
    if world.of("ai-system") and len(scopes) != 1:
        yield gap(
            say(
                "predicted.no-scope-in-force",
                "{count} scopes are in force, so nobody can say what the AI management system covers.",
                count=len(scopes), plural="{count} scopes are in force, so nobody can say what the AI "
                "management system covers.",
            ),
            *(one.seen("statement") for one in (scopes or written)),
        )  # fmt: skip


@rule(
    "issues-lead-nowhere",
    "4.1 6.1.1",
    grade="minor",
    repair=Word("Name on each issue the risks that follow from it, or record the opportunity."),
)
def issues_lead_nowhere(world: Snapshot) -> Iterator[Gap]:
    """None of the issues leads to a risk, an opportunity or an obligation: the context was written and not
    used."""
    issues = world.of("issue")
    used = [
        one for one in issues if one.many("risks") or world.naming(one, "opportunity", "risk", "objective")
    ]
    if len(issues) >= 2 and not used:
        yield gap(
            say(
                "predicted.issues-lead-nowhere",
                "None of {count} issues leads to a risk or an opportunity.",
                plural="None of {count} issues leads to a risk or an opportunity.", count=len(issues),
            ),
            *(one.seen("effect") for one in issues),
        )  # fmt: skip
