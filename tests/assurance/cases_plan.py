"""Worlds for the rules of clauses 4 to 6: one in which a rule speaks, and one in which it just does not."""

from __future__ import annotations

from typing import Any

from tests.assurance.worlds import act, on, person, row

from plumbline.assurance.snapshot import Granted, Person

LIVE = {
    "lifecycle": "in operation",
    "effect": "none",
    "autonomy": "suggests",
    "eu_class": "no special duties",
}
TEXT = "Handlers of claims see the score beside the claim."
FIGURES = {
    "likelihood": 4,
    "harm_to_individuals": 3,
    "harm_to_society": 2,
    "harm_to_organization": 2,
    "residual_harm_to_individuals": 3,
    "residual_harm_to_society": 2,
    "residual_harm_to_organization": 2,
}


def system(**changed: Any) -> Any:
    """A system in operation that affects nobody directly."""
    return row("SYS-0001", **{**LIVE, "title": "Claims Triage", "slug": "claims-triage", **changed})


def direct(**changed: Any) -> Any:
    """A system in operation that people feel."""
    return system(effect="direct", **changed)


def control(**changed: Any) -> Any:
    """A decision that a control applies and is implemented."""
    own = {"requirement": "iso42001:A.9.2", "applicable": "yes", "implementation": "implemented"}
    return row("APP-0001", **{**own, "how": "Rota of two people, sheet of each shift.", **changed})


def left_out(**changed: Any) -> Any:
    """A decision that leaves a control out with a reason."""
    reason = "We neither build nor sell anything of this kind."
    return control(
        **{"applicable": "no", "implementation": "not started", "exclusion_reason": reason, **changed}
    )


def assessment(**changed: Any) -> Any:
    """A complete impact assessment of the system."""
    said = dict.fromkeys(("individuals", "society", "misuse", "safeguards", "group_effects"), TEXT)
    own = {"system": "SYS-0001", "groups": "claimants", "assessed_on": on(-100), "conclusion": "go ahead"}
    return row("AIA-0001", **{**said, **own, **changed})


def risk(reference: str = "RSK-0001", **changed: Any) -> Any:
    """A risk of the system, assessed."""
    own = {
        "system": "SYS-0001",
        "cause": "The training data have few claims from the north.",
        "likelihood": 3,
    }
    return row(
        reference,
        **{**own, "description": "Claims from the north wait longer.", "assessed_on": on(-90), **changed},
    )


def named(handle: str, *roles: str, until: int) -> Person:
    """Somebody whose roles end so many days from now."""
    return Person(handle, handle, True, tuple(Granted(one, on(-365), on(until)) for one in roles))


ISSUE = {"origin": "external", "topic": "climate"}
TWO_ISSUES = [row("ISS-0001", topic="law"), row("ISS-0002", topic="law")]
POLICY = {
    "type": "AI policy",
    "text": "AI is used with care.",
    "commitments": ("meet requirements", "improve"),
}
OWNED = [row(f"RSK-{number:04}", owner="per_one") for number in range(1, 21)]
STAFF = [person(f"per_{name}", "contributor") for name in ("one", "two", "three")]
DUTY = {"area": "risk", "duty": "Keeps the register of risks and asks owners.", "told_on": on(-100)}
BREAK = [
    (
        "climate-against-context",
        [row("SCP-0001", climate="no"), row("ISS-0001", **ISSUE)],
        [row("SCP-0001", climate="yes"), row("ISS-0001", **ISSUE)],
    ),
    (
        "authority-without-obligation",
        [row("PTY-0001", type="authorities")],
        [row("PTY-0001", type="authorities"), row("OBL-0001", party="PTY-0001")],
    ),
    (
        "obligation-rests-on-excluded-control",
        [row("OBL-0001", controls=("iso42001:A.9.2",)), left_out()],
        [row("OBL-0001", controls=("iso42001:A.9.2",)), control()],
    ),
    ("obligation-that-ended", [row("OBL-0001", ends_on=on(-1))], [row("OBL-0001", ends_on=on(0))]),
    (
        "scope-leaves-out-high-risk",
        [row("SCP-0001", excluded=("SYS-0001",)), direct()],
        [row("SCP-0001", excluded=("SYS-0001",)), system()],
    ),
    (
        "scope-exclusion-without-reason",
        [row("SCP-0001", excluded=("SYS-0001",), exclusions="Other reasons apply."), system()],
        [row("SCP-0001", excluded=("SYS-0001",), exclusions="SYS-0001 is run by a partner."), system()],
    ),
    (
        "scope-narrowed-after-finding",
        [
            row("SCP-0001", excluded=("SYS-0001",)),
            system(),
            row("NCR-0001", system="SYS-0001", state="open", detected_on=on(-300)),
        ],
        [
            row("SCP-0001", excluded=("SYS-0001",)),
            system(),
            row("NCR-0001", system="SYS-0001", state="closed", detected_on=on(-300)),
        ],
    ),
    (
        "role-outside-scope",
        [row("SCP-0001", roles=("customer",)), system(roles=("producer",))],
        [row("SCP-0001", roles=("customer", "producer")), system(roles=("producer",))],
    ),
    (
        "systems-counted-wrong",
        [row("POL-0001", text="It governs our twelve AI systems."), system()],
        [row("POL-0001", text="It governs our one AI systems."), system()],
    ),
    (
        "record-that-is-not-there",
        [risk(cause="As RSK-0999 says, data drift.")],
        [risk(cause="As RSK-0001 says, data drift.")],
    ),
    ("no-scope-in-force", [system(), row("SCP-0001", state="draft")], [system(), row("SCP-0001")]),
    ("issues-lead-nowhere", TWO_ISSUES, [*TWO_ISSUES, row("OPP-0001", issues=("ISS-0001",))]),
    (
        "policy-names-no-use",
        [row("POL-0001", **POLICY), system()],
        [row("POL-0001", **{**POLICY, "applies_to": "Claims Triage and whoever uses it."}), system()],
    ),
    (
        "template-left-unfilled",
        [row("DOC-0001", text="[Company] uses AI.")],
        [row("DOC-0001", text="Halden uses AI [1].")],
    ),
    (
        "policy-without-commitments",
        [row("POL-0001", **{**POLICY, "commitments": ("improve",)})],
        [row("POL-0001", **POLICY)],
    ),
    (
        "policy-not-by-top-management",
        [
            row("POL-0001", **POLICY, acts=(act("approve", "per_ann", -9, True),)),
            person("per_ann", "viewer"),
            person("per_ceo", "top-management"),
        ],
        [
            row("POL-0001", **POLICY, acts=(act("approve", "per_ceo", -9, True),)),
            person("per_ann", "viewer"),
            person("per_ceo", "top-management"),
        ],
    ),
    ("policy-nobody-is-told", [row("POL-0001", **POLICY)], [row("POL-0001", **POLICY, readers="everybody")]),
    (
        "committee-does-not-meet",
        [row("CTE-0001", cadence="quarterly"), row("MTG-0001", committee="CTE-0001", held_on=on(-130))],
        [row("CTE-0001", cadence="quarterly"), row("MTG-0001", committee="CTE-0001", held_on=on(-110))],
    ),
    (
        "decided-without-quorum",
        [row("MTG-0001", quorate="no"), row("DCN-0001", meeting="MTG-0001")],
        [row("MTG-0001", quorate="yes"), row("DCN-0001", meeting="MTG-0001")],
    ),
    (
        "decision-not-carried-out",
        [row("DCN-0001", due=on(-1))],
        [row("DCN-0001", due=on(-1), state="carried out")],
    ),
    (
        "owner-gone",
        [risk(owner="per_x"), named("per_x", "risk-owner", until=-1)],
        [risk(owner="per_x"), named("per_x", "risk-owner", until=0)],
    ),
    ("nobody-answers", [risk(owner="")], [risk()]),
    (
        "one-person-owns-everything",
        [*OWNED, *STAFF],
        [*OWNED[:-2], row("RSK-0101", owner="per_two"), row("RSK-0102", owner="per_two"), *STAFF],
    ),
    (
        "manages-and-audits",
        [person("per_a", "aims-manager", "internal-auditor")],
        [person("per_a", "aims-manager"), person("per_b", "internal-auditor")],
    ),
    ("authority-of-nobody", [row("AUT-0001", valid_until=on(-1))], [row("AUT-0001", valid_until=on(0))]),
    ("duty-nobody-was-told", [row("RSP-0001", **{**DUTY, "told_on": None})], [row("RSP-0001", **DUTY)]),
    (
        "area-with-two-answers",
        [row("RSP-0001", **DUTY), row("RSP-0002", **DUTY, owner="per_b")],
        [row("RSP-0001", **DUTY), row("RSP-0002", **DUTY)],
    ),
    (
        "excluded-control-treats",
        [row("TRT-0001", controls=("iso42001:A.9.2",)), left_out()],
        [row("TRT-0001", controls=("iso42001:A.9.2",)), control()],
    ),
    (
        "done-by-a-control-not-there",
        [
            row("TRT-0001", controls=("iso42001:A.9.2",), state="carried out"),
            control(implementation="not started"),
        ],
        [
            row("TRT-0001", controls=("iso42001:A.9.2",), state="carried out"),
            control(implementation="in progress"),
        ],
    ),
    (
        "implemented-without-a-record",
        [control()],
        [control(), row("DOC-0001", requirements=("iso42001:A.9.2",), created=on(-50))],
    ),
    ("implemented-in-the-future", [control(how="A rota will be introduced next year.")], [control()]),
    ("implemented-and-not-described", [control(how="Done.")], [control()]),
    ("excluded-without-reason", [left_out(exclusion_reason="Not applicable.")], [left_out()]),
    ("excluded-but-needed", [left_out(), system()], [left_out(), system(lifecycle="planned")]),
    (
        "control-decided-twice",
        [control(), row("APP-0002", requirement="iso42001:A.9.2", applicable="no")],
        [control(), row("APP-0002", requirement="iso42001:A.9.3", applicable="no")],
    ),
    (
        "needed-for-no-risk",
        [control(reasons=("risk treatment",))],
        [control(reasons=("risk treatment",), risks=("RSK-0001",)), risk()],
    ),
    (
        "attested-before-it-works",
        [left_out(), row("ATT-0001", requirement="iso42001:A.9.2", verdict="Effective")],
        [left_out(), row("ATT-0001", requirement="iso42001:A.9.2", verdict="Not effective")],
    ),
    (
        "attested-despite-nonconformity",
        [
            row(
                "ATT-0001",
                requirement="iso42001:8.2",
                verdict="Effective",
                period_from=on(-60),
                period_until=on(-1),
            ),
            row("NCR-0001", requirements=("iso42001:8.2",), detected_on=on(-30), state="open"),
        ],
        [
            row(
                "ATT-0001",
                requirement="iso42001:8.2",
                verdict="Effective",
                period_from=on(-60),
                period_until=on(-31),
            ),
            row("NCR-0001", requirements=("iso42001:8.2",), detected_on=on(-30), state="open"),
        ],
    ),
    ("treatment-late", [row("TRT-0001", due=on(-1))], [row("TRT-0001", due=on(0))]),
    (
        "treatment-nobody-can-judge",
        [row("TRT-0001", risks=("RSK-0001",), measure="Done.")],
        [row("TRT-0001", risks=("RSK-0001",), measure="Waiting times by region."), risk()],
    ),
    (
        "treatment-verified-by-its-doer",
        [row("TRT-0001", acts=(act("carry-out", "per_a", -9), act("verify", "per_a", -1)))],
        [row("TRT-0001", acts=(act("carry-out", "per_a", -9), act("verify", "per_b", -1)))],
    ),
    (
        "treated-and-nothing-changed",
        [risk(**FIGURES, response="reduce", residual_likelihood=4)],
        [risk(**FIGURES, response="reduce", residual_likelihood=3)],
    ),
    (
        "lower-without-treatment",
        [risk(**FIGURES, residual_likelihood=2)],
        [risk(**FIGURES, residual_likelihood=2), row("TRT-0001", risks=("RSK-0001",))],
    ),
    ("to-be-reduced-by-nobody", [risk(response="reduce")], [risk(response="retain")]),
    (
        "risks-word-by-word",
        [risk(), risk("RSK-0002", system="SYS-0002"), system(), row("SYS-0002", **LIVE)],
        [risk(), risk("RSK-0002"), system()],
    ),
    ("risk-without-ai-cause", [risk(cause="Human error.")], [risk()]),
    ("risk-older-than-release", [risk(), system(released_on=on(-80))], [risk(), system(released_on=on(-90))]),
    ("live-without-risks", [system()], [system(), risk()]),
    ("risk-never-assessed", [system(), risk(assessed_on=None)], [system(), risk()]),
    ("risk-review-overdue", [risk(next_review=on(-1))], [risk(next_review=on(0))]),
    (
        "accepted-without-reason",
        [risk(**FIGURES, residual_likelihood=4, response="retain")],
        [
            risk(
                **FIGURES,
                residual_likelihood=4,
                response="retain",
                acceptance_terms="Until the new release in May.",
            )
        ],
    ),
    ("live-without-impact-assessment", [system()], [system(), assessment()]),
    (
        "impact-assessed-afterwards",
        [system(operating_since=on(-101)), assessment()],
        [system(operating_since=on(-100)), assessment()],
    ),
    (
        "impact-of-another-release",
        [system(version="4.2"), assessment(version="4.1")],
        [system(version="4.1"), assessment(version="4.1")],
    ),
    ("impact-shallow", [system(), assessment(society="None.")], [system(), assessment()]),
    (
        "impacts-word-by-word",
        [
            assessment(),
            row("AIA-0002", system="SYS-0002", individuals=TEXT, society=TEXT),
            system(),
            row("SYS-0002", **LIVE),
        ],
        [
            assessment(),
            row("AIA-0002", system="SYS-0002", individuals="Nobody waits.", society=TEXT),
            system(),
            row("SYS-0002", **LIVE),
        ],
    ),
    (
        "live-against-its-assessment",
        [system(), assessment(conclusion="do not go ahead")],
        [system(), assessment()],
    ),
    (
        "prohibited-and-live",
        [system(eu_class="prohibited practice")],
        [system(eu_class="prohibited practice", lifecycle="suspended")],
    ),
    (
        "impact-review-overdue",
        [system(), assessment(next_review=on(-1))],
        [system(), assessment(next_review=on(0))],
    ),
    ("tier-not-told", [system(effect="unknown")], [system()]),
]
