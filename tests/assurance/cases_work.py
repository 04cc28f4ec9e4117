"""Worlds for the rules of clauses 6 to 8 and Annex A: one in which a rule speaks, and one that is silent."""

from __future__ import annotations

from typing import Any

from tests.assurance.cases_plan import direct, risk, system
from tests.assurance.worlds import act, on, person, row

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
VLD = {
    "system": "SYS-0001",
    "release": "REL-0001",
    "limits": "R1 share >= 0.95",
    "results": "R1 share = 0.97",
    "measured_on": on(-40),
    "data": "Cases of March.",
}
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
        "objective-not-measurable",
        [row("OBJ-0001", measure="Better decisions by all of us.".replace("all", "some"))],
        [row("OBJ-0001", measure="Wrong refusals below 2 percent.")],
    ),
    (
        "objective-late",
        [row("OBJ-0001", **{**OBJ, "due": on(-1)})],
        [row("OBJ-0001", **{**OBJ, "due": on(0)})],
    ),
    ("objective-without-plan", [row("OBJ-0001", **{**OBJ, "actions": "TBD"})], [row("OBJ-0001", **OBJ)]),
    (
        "objective-reached-and-missed",
        [
            row("OBJ-0001", **{**OBJ, "outcome": "reached", "outcome_note": "It fell to 1.9 percent."}),
            row("IND-0001", **IND, value=3),
        ],
        [
            row("OBJ-0001", **{**OBJ, "outcome": "reached", "outcome_note": "It fell to 1.9 percent."}),
            row("IND-0001", **IND, value=2),
        ],
    ),
    ("objective-nobody-watches", [row("OBJ-0001", **OBJ)], [row("OBJ-0001", **OBJ), row("IND-0001", **IND)]),
    (
        "evaluates-own-objective",
        [row("OBJ-0001", **OBJ, owner="per_a"), row("MPL-0001", objectives=("OBJ-0001",), evaluator="per_a")],
        [row("OBJ-0001", **OBJ, owner="per_a"), row("MPL-0001", objectives=("OBJ-0001",), evaluator="per_b")],
    ),
    (
        "objectives-without-guides",
        [row("OBJ-0001"), row("OBJ-0002"), row("POL-0001")],
        [row("OBJ-0001"), row("OBJ-0002", policy="POL-0001"), row("POL-0001")],
    ),
    (
        "plan-without-results",
        [row("MPL-0001", evaluated="monthly", evaluated_on=on(-50))],
        [row("MPL-0001", evaluated="monthly", evaluated_on=on(-40))],
    ),
    (
        "indicator-not-measured",
        [row("IND-0001", cadence="monthly", measured_on=on(-50))],
        [row("IND-0001", cadence="monthly", measured_on=on(-40))],
    ),
    (
        "missed-and-nothing-followed",
        [row("IND-0001", **IND, value=3)],
        [row("IND-0001", **IND, value=3), row("ACT-0001", indicator="IND-0001")],
    ),
    ("live-and-not-watched", [system()], [system(), row("MPL-0001", systems=("SYS-0001",))]),
    (
        "watches-models-only",
        [row(f"IND-000{n}", system="SYS-0001") for n in (1, 2, 3)],
        [*[row(f"IND-000{n}", system="SYS-0001") for n in (1, 2)], row("IND-0003")],
    ),
    (
        "measured-only-of-late",
        [audit(began_on=on(-12)), *results(-13, -14, -15, -16, -20)],
        [audit(began_on=on(-12)), *results(-13, -14, -15, -16, -60)],
    ),
    (
        "made-just-before-the-audit",
        [audit(began_on=on(-12)), *trained(*range(-20, -12))],
        [audit(began_on=on(-12)), *trained(-100, -60, *range(-20, -13))],
    ),
    (
        "training-judged-by-its-trainer",
        [row("TRN-0001", **TRN, trainer="per_t", evaluator="per_t")],
        [row("TRN-0001", **TRN, trainer="per_t", evaluator="per_e")],
    ),
    (
        "training-judged-at-once",
        [row("TRN-0001", **{**TRN, "evaluated_on": on(-90)})],
        [row("TRN-0001", **{**TRN, "evaluated_on": on(-89)})],
    ),
    (
        "trainings-ticked",
        [row(f"TRN-000{n}", **{**TRN, "person": f"per_{n}"}) for n in (1, 2, 3)],
        [
            row(f"TRN-000{n}", **{**TRN, "person": f"per_{n}", "findings": f"{n} of ten cases."})
            for n in (1, 2, 3)
        ],
    ),
    (
        "training-not-judged",
        [row("TRN-0001", held_on=on(-90), evaluate_on=on(-15))],
        [row("TRN-0001", held_on=on(-90), evaluate_on=on(-14))],
    ),
    (
        "qualified-by-what-did-not-work",
        [row("QLF-0001", trainings=("TRN-0001",)), row("TRN-0001", result="not effective")],
        [row("QLF-0001", trainings=("TRN-0001",)), row("TRN-0001", result="partly")],
    ),
    (
        "qualification-ran-out",
        [row("QLF-0001", competence="CMT-0001", person="per_p", valid_until=on(-1))],
        [row("QLF-0001", competence="CMT-0001", person="per_p", valid_until=on(0))],
    ),
    (
        "qualified-by-presence",
        [row("QLF-0001", evidence="Attended.")],
        [row("QLF-0001", evidence="Test of May, 9 of 10.")],
    ),
    (
        "role-without-competence",
        [row("CMT-0001", position="reviewer"), person("per_r", "reviewer")],
        [
            row("CMT-0001", position="reviewer"),
            person("per_r", "reviewer"),
            row("QLF-0001", competence="CMT-0001", person="per_r"),
        ],
    ),
    (
        "nobody-can-oversee",
        [direct(human_oversight="Team leads see each case."), row("CMT-0001", work="oversight")],
        [
            direct(human_oversight="Team leads see each case."),
            row("CMT-0001", work="oversight"),
            row("QLF-0001", competence="CMT-0001"),
        ],
    ),
    (
        "awareness-reached-few",
        [row("AWR-0001", invited=10, reached=7)],
        [row("AWR-0001", invited=10, reached=8)],
    ),
    ("communication-not-made", [row("COM-0001", next_due=on(-1))], [row("COM-0001", next_due=on(0))]),
    (
        "document-past-review",
        [row("POL-0001", next_review=on(-1))],
        [row("POL-0001", next_review=on(-1)), row("DRV-0001", policy="POL-0001", next_review=on(300))],
    ),
    ("context-past-review", [row("ISS-0001", next_review=on(-1))], [row("ISS-0001", next_review=on(0))]),
    (
        "withdrawn-and-in-force",
        [
            row("DOC-0001"),
            row(
                "DRV-0001",
                document="DOC-0001",
                outcome="to be withdrawn",
                next_review=on(-1),
                reviewed_on=on(-60),
            ),
        ],
        [
            row("DOC-0001"),
            row("DRV-0001", document="DOC-0001", outcome="stands", next_review=on(-1), reviewed_on=on(-60)),
        ],
    ),
    ("kept-too-long", [row("DOC-0001", dispose_on=on(-1))], [row("DOC-0001", dispose_on=on(0))]),
    (
        "confidential-and-for-everybody",
        [row("DOC-0001", classification="confidential", readers="everybody")],
        [row("DOC-0001", classification="internal", readers="everybody")],
    ),
    (
        "document-without-version",
        [row("DOC-0001", origin="external", version="2")],
        [row("DOC-0001", origin="external", version="2", issuer="Board")],
    ),
    (
        "enough-and-too-little",
        [row("RES-0001", needed="6 people", available="5 people", enough="yes")],
        [row("RES-0001", needed="6 people", available="6 people", enough="yes")],
    ),
    (
        "oversight-on-paper",
        [direct(human_oversight="Yes.", stop_procedure="The duty lead switches it off.")],
        [
            direct(
                human_oversight="Team leads see each case.", stop_procedure="The duty lead switches it off."
            )
        ],
    ),
    (
        "says-a-person-decides",
        [system(autonomy="acts alone", human_oversight="A person decides each case.")],
        [system(human_oversight="A person decides each case.")],
    ),
    ("system-not-described", [system(purpose="TBD")], [system(purpose="Sorts claims by urgency.")]),
    (
        "systems-twice",
        [system(), row("SYS-0002", title="Claims-triage", lifecycle="planned")],
        [system(), row("SYS-0002", title="Claims fraud", lifecycle="planned")],
    ),
    (
        "off-and-not-ended",
        [system(lifecycle="retired"), row("RTM-0001", system="SYS-0001", state="carried out"), risk()],
        [
            system(lifecycle="retired"),
            row("RTM-0001", system="SYS-0001", state="carried out"),
            risk(state="closed"),
        ],
    ),
    (
        "part-without-support",
        [system(), row("CMP-0001", systems=("SYS-0001",), supported_until=on(-1))],
        [system(), row("CMP-0001", systems=("SYS-0001",), supported_until=on(0))],
    ),
    (
        "people-not-told-of-the-system",
        [direct()],
        [
            direct(),
            row("NTC-0001", system="SYS-0001", about="system", audience=("affected",), delivered_on=on(-60)),
        ],
    ),
    ("notice-of-another-time", [row("NTC-0001", next_review=on(-1))], [row("NTC-0001", next_review=on(0))]),
    ("deviation-that-ended", [row("DEV-0001", expires_on=on(-1))], [row("DEV-0001", expires_on=on(0))]),
    (
        "changed-before-it-was-planned",
        [row("CHG-0001", begins_on=on(-9), done_on=on(-10))],
        [row("CHG-0001", begins_on=on(-9), done_on=on(-9))],
    ),
    (
        "limits-after-results",
        [row("VLD-0001", **VLD, acts=(act("set-limits", "per_a", -39),))],
        [row("VLD-0001", **VLD, acts=(act("set-limits", "per_a", -40),))],
    ),
    (
        "validated-without-figures",
        [row("VLD-0001", **{**VLD, "limits": "As good as an expert."})],
        [row("VLD-0001", **VLD)],
    ),
    (
        "bias-tested-by-word",
        [risk(cause="Bias was tested and the data are fine; bias testing done.")],
        [risk(cause="Bias testing done."), row("VLD-0001", **VLD, type="bias")],
    ),
    (
        "tested-on-what-it-learned-from",
        [
            row("VLD-0001", **{**VLD, "data": "DST-0001, a tenth."}),
            row("REL-0001", **REL, datasets=("DST-0001",)),
            row("DST-0001", uses=("training",)),
        ],
        [
            row("VLD-0001", **{**VLD, "data": "DST-0001, a tenth."}),
            row("REL-0001", **REL, datasets=("DST-0001",)),
            row("DST-0001", uses=("training", "test")),
        ],
    ),
    (
        "live-after-a-failed-test",
        [
            row("VLD-0001", **{**VLD, "results": "R1 share = 0.94"}),
            row("REL-0001", **REL),
            row("DPL-0001", **DPL),
        ],
        [row("VLD-0001", **VLD), row("REL-0001", **REL), row("DPL-0001", **DPL)],
    ),
    (
        "live-without-a-test",
        [row("REL-0001", **REL), row("DPL-0001", **DPL)],
        [row("REL-0001", **REL), row("DPL-0001", **DPL), row("VLD-0001", **VLD)],
    ),
    (
        "approved-after-it-was-live",
        [
            system(version="4.2", released_on=on(-30)),
            row("REL-0001", **REL, acts=(act("approve", "per_a", -29, True),)),
        ],
        [
            system(version="4.2", released_on=on(-30)),
            row("REL-0001", **REL, acts=(act("approve", "per_a", -30, True),)),
        ],
    ),
    (
        "data-without-right",
        [system(), row("DST-0001", **{**DST, "rights": ""})],
        [system(), row("DST-0001", **DST)],
    ),
    (
        "data-not-good-enough",
        [system(), row("DST-0001", **{**DST, "quality_verdict": "not judged"})],
        [system(), row("DST-0001", **DST)],
    ),
    ("data-from-nowhere", [row("DST-0001", **{**DST, "lineage": "Unknown"})], [row("DST-0001", **DST)]),
    (
        "data-class-not-on-system",
        [system(data_classes=("business",)), row("DST-0001", **DST, data_classes=("personal",))],
        [system(data_classes=("personal",)), row("DST-0001", **DST, data_classes=("personal",))],
    ),
    (
        "known-bias-not-a-risk",
        [system(), row("DST-0001", **DST, known_bias="Few women are in it.")],
        [system(), row("DST-0001", **DST, known_bias="Few women are in it."), risk(family="Fairness")],
    ),
    ("data-review-overdue", [row("DST-0001", next_review=on(-1))], [row("DST-0001", next_review=on(0))]),
    (
        "supplier-not-looked-at",
        [system(**USED), row("SUP-0001", **{**SUP, "diligence": "not done"})],
        [system(**USED), row("SUP-0001", **SUP)],
    ),
    ("supplier-review-overdue", [row("SUP-0001", next_review=on(-1))], [row("SUP-0001", next_review=on(0))]),
    (
        "contract-that-ended",
        [system(**USED), row("SUP-0001", contract_until=on(-1))],
        [system(**USED), row("SUP-0001", contract_until=on(0))],
    ),
    (
        "nobody-says-who-does-what",
        [system(**USED), row("SUP-0001", **{**SUP, "terms": ()})],
        [system(**USED), row("SUP-0001", **SUP)],
    ),
    (
        "breach-and-nothing-followed",
        [row("SAS-0001", breaches="Models were changed unannounced.")],
        [row("SAS-0001", breaches="Models were changed unannounced.", risks=("RSK-0001",)), risk()],
    ),
    ("bought-from-nobody", [system(sourcing="bought")], [system(sourcing="bought", **USED), row("SUP-0001")]),
    (
        "supplies-what-nobody-has",
        [row("SUP-0001", supplies=("models",))],
        [row("SUP-0001", supplies=("models",)), system(**USED)],
    ),
]
