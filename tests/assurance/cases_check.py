"""Worlds for the rules of clauses 9 and 10: one in which a rule speaks, one in which it is just silent."""

from __future__ import annotations

from typing import Any

from tests.assurance.cases_plan import risk, system
from tests.assurance.worlds import act, on, row

OBJ = {
    "measure": "Share of wrong refusals.",
    "target": 2,
    "direction": "at most",
    "outcome": "open",
    "due": on(90),
    "actions": "Retrain with the cases of the north.",
}
IND = {
    "direction": "at most",
    "target": 2,
    "cadence": "monthly",
    "measured_on": on(-20),
    "objective": "OBJ-0001",
}
TRN = {"held_on": on(-90), "evaluated_on": on(-30), "findings": "Nine of ten cases right.", "person": "per_p"}
REL = {"system": "SYS-0001", "version": "4.2"}
DPL = {"system": "SYS-0001", "release": "REL-0001", "state": "live"}
DST = {
    "systems": ("SYS-0001",),
    "rights": "Contract with the insured.",
    "quality_verdict": "good enough",
    "quality_found": "1 % missing in May.",
    "lineage": "Copied from the claims store.",
    "preparation": "Duplicates taken out by id.",
    "uses": ("training",),
}
SUP = {
    "diligence": "suitable",
    "assessment": "Report of 2025 seen.",
    "terms": ("deletion",),
    "responsibilities": "We monitor, they retrain.",
}
USED = {"supplier": "SUP-0001"}
INC = {"system": "SYS-0001", "people": 12, "noticed_on": on(-40), "severity": "limited", "tell": "yes"}
NCR = {"description": "Two releases went live without a second approval in May.", "detected_on": on(-40)}
CAUSE = "The gate let a release pass when its approver was away."
CAR = {"nonconformity": "NCR-0001", "effectiveness_measure": "No release without two names."}
IAU = {"period_from": on(-200), "period_until": on(-20), "criteria": ("iso42001:8.2",), "ended_on": on(-10)}
MRV = {
    "held_on": on(-30),
    "decisions": "A second reviewer for claims.",
    "top_management": "I. Halden, chief executive",
    "actions": "Ida Berg, by 1 May: hire a reviewer.",
}
FND = {"audit": "IAU-0001", "grade": "major"}


def audit(**changed: Any) -> Any:
    """A reported audit."""
    return row("IAU-0001", **{**IAU, "state": "reported", **changed})


def results(*days: int) -> list[Any]:
    """Figures measured so many days from today."""
    return [row(f"IND-{number:04}", measured_on=on(day)) for number, day in enumerate(days, 1)]


def trained(*days: int) -> list[Any]:
    """Trainings held so many days from today."""
    return [row(f"TRN-{number:04}", held_on=on(day)) for number, day in enumerate(days, 1)]


def ncr(reference: str = "NCR-0001", **changed: Any) -> Any:
    """An open nonconformity."""
    return row(reference, **{**NCR, "state": "open", **changed})


BREAK = [
    (
        "audited-own-work",
        [audit(lead="per_a"), risk(owner="per_a")],
        [audit(lead="per_a"), risk(owner="per_b")],
    ),
    (
        "auditor-not-competent",
        [audit(lead="per_a"), row("CMT-0001", work="audit")],
        [
            audit(lead="per_a"),
            row("CMT-0001", work="audit"),
            row("QLF-0001", competence="CMT-0001", person="per_a"),
        ],
    ),
    ("audit-late", [audit(due=on(-1), state="under way")], [audit(due=on(0), state="under way")]),
    ("no-audit-held", [system(), audit(state="under way")], [system(), audit()]),
    (
        "programme-leaves-out",
        [
            row("APR-0001", period_until=on(-1), requirements=("iso42001:8.2", "iso42001:8.3")),
            audit(programme="APR-0001"),
        ],
        [row("APR-0001", period_until=on(-1), requirements=("iso42001:8.2",)), audit(programme="APR-0001")],
    ),
    (
        "conforms-despite-findings",
        [audit(verdict="conforms"), row("FND-0001", **FND)],
        [audit(verdict="does not conform"), row("FND-0001", **FND)],
    ),
    (
        "finding-not-answered",
        [audit(ended_on=on(-31)), row("FND-0001", **FND)],
        [audit(ended_on=on(-14)), row("FND-0001", **FND)],
    ),
    (
        "graded-down",
        [row("FND-0001", **FND, nonconformity="NCR-0001"), ncr(grade="minor")],
        [row("FND-0001", **FND, nonconformity="NCR-0001"), ncr(grade="major")],
    ),
    (
        "reviewed-before-audited",
        [row("MRV-0001", **MRV), audit(ended_on=on(-29))],
        [row("MRV-0001", **MRV), audit(ended_on=on(-30))],
    ),
    ("no-review-held", [system(), row("MRV-0001")], [system(), row("MRV-0001", **MRV)]),
    ("review-decides-nothing", [row("MRV-0001", **{**MRV, "decisions": "None."})], [row("MRV-0001", **MRV)]),
    (
        "review-acts-of-nobody",
        [row("MRV-0001", **{**MRV, "actions": "Hire somebody soon."})],
        [row("MRV-0001", **MRV)],
    ),
    (
        "review-without-top-management",
        [row("MRV-0001", **{**MRV, "top_management": "Absent"})],
        [row("MRV-0001", **MRV)],
    ),
    (
        "review-calls-it-effective",
        [row("MRV-0001", **MRV, effective="yes"), ncr(grade="major")],
        [row("MRV-0001", **MRV, effective="yes"), ncr(grade="major", state="closed")],
    ),
    ("action-not-done", [row("ACT-0001", due=on(-1))], [row("ACT-0001", due=on(0))]),
    ("incident-nobody-was-told", [row("INC-0001", **INC)], [row("INC-0001", **INC, told_on=on(-38))]),
    (
        "incident-told-late",
        [row("INC-0001", **INC, told_on=on(-9))],
        [row("INC-0001", **INC, told_on=on(-10))],
    ),
    (
        "incident-without-consequence",
        [row("INC-0001", **{**INC, "severity": "serious"}, state="open")],
        [row("INC-0001", **{**INC, "severity": "serious"}, state="open", nonconformities=("NCR-0001",))],
    ),
    (
        "risk-as-before-the-incident",
        [
            row("INC-0001", happened_on=on(-40), risks=("RSK-0001",), state="closed"),
            risk(assessed_on=on(-41)),
        ],
        [
            row("INC-0001", happened_on=on(-40), risks=("RSK-0001",), state="closed"),
            risk(assessed_on=on(-40)),
        ],
    ),
    (
        "incident-of-a-system-not-live",
        [row("INC-0001", system="SYS-0001", happened_on=on(-40)), system(operating_since=on(-39))],
        [row("INC-0001", system="SYS-0001", happened_on=on(-40)), system(operating_since=on(-40))],
    ),
    ("concern-not-answered", [row("CCN-0001", received_on=on(-31))], [row("CCN-0001", received_on=on(-30))]),
    ("cause-repeats-the-event", [ncr(cause=NCR["description"])], [ncr(cause=CAUSE)]),
    (
        "corrected-without-a-cause",
        [ncr(state="corrected", cause=CAUSE)],
        [ncr(state="corrected", cause=CAUSE), row("CAR-0001", **CAR)],
    ),
    (
        "closed-before-it-was-done",
        [ncr(state="closed"), row("CAR-0001", **CAR, state="approved")],
        [ncr(state="closed"), row("CAR-0001", **CAR, state="verified")],
    ),
    (
        "effect-judged-too-early",
        [row("CAR-0001", **CAR, acts=(act("carry-out", "per_a", -9), act("verify", "per_b", -9)))],
        [row("CAR-0001", **CAR, acts=(act("carry-out", "per_a", -9), act("verify", "per_b", -8)))],
    ),
    (
        "judged-by-its-doer",
        [row("CAR-0001", **CAR, acts=(act("carry-out", "per_a", -9), act("verify", "per_a", -1)))],
        [row("CAR-0001", **CAR, acts=(act("carry-out", "per_a", -9), act("verify", "per_b", -1)))],
    ),
    (
        "nothing-shows-the-effect",
        [row("CAR-0001", **{**CAR, "effectiveness_measure": "TBD"})],
        [row("CAR-0001", **CAR)],
    ),
    ("correction-late", [ncr(due=on(-1))], [ncr(due=on(0))]),
    (
        "again-and-again",
        [ncr(f"NCR-000{n}", requirements=("iso42001:8.2",), grade="minor") for n in (1, 2, 3)],
        [ncr(f"NCR-000{n}", requirements=("iso42001:8.2",), grade="minor") for n in (1, 2)],
    ),
    (
        "back-after-it-was-closed",
        [ncr(state="closed", acts=(act("close", "per_a", -60),)), ncr("NCR-0002", detected_on=on(-9))],
        [ncr(state="closed", acts=(act("close", "per_a", -5),)), ncr("NCR-0002", detected_on=on(-9))],
    ),
    (
        "grave-and-only-here",
        [ncr(state="closed", grade="major")],
        [ncr(state="closed", grade="major", similar="Looked at all eight releases of the year.")],
    ),
]
