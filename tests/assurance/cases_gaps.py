"""Worlds for rules about what is missing or did not follow: one that breaks each, and one that is whole."""

from __future__ import annotations

from typing import Any

from tests.assurance.cases_plan import assessment, control, direct, risk, system
from tests.assurance.cases_work import CAR, DST, MRV, SUP
from tests.assurance.worlds import act, on, row

POL = {
    "type": "AI policy",
    "objectives_frame": "By the risks of each year.",
    "available_to": "Everybody, on the web.",
    "exceptions": "By top management, for a year.",
}
AGENT = {
    "type": "agent",
    "systems": ("SYS-0001",),
    "stop_how": "Switch in the console.",
    "amount_limits": "At most 500 euros a day.",
    "data_limits": "Reads the claims only.",
    "stopped_by": "per_a",
}
GRAVE = {"system": "SYS-0001", "harm_to_individuals": 4, "harm_to_groups": 1, "harm_to_society": 1}
ALONE = {
    "autonomy": "acts alone",
    "human_oversight": "Two reviewers look at each refusal before it goes out.",
    "stop_procedure": "The lead of the desk switches it off in the console.",
}
APPROVED = act("approve", "per_b", -90, approves=True)
NTC = {
    "system": "SYS-0001",
    "about": "system",
    "text": "A program sorts what you send us; a person decides on it.",
}
COVERS = ("ai", "purpose", "limits", "contest")
GIVEN = {"delivered_on": on(-20), "delivery_evidence": "Log of the dispatch."}
FAILED = {"result": "not effective", "evaluated_on": on(-40), "held_on": on(-60), "person": "per_p"}
OBJ = {"outcome": "missed", "outcome_note": "It is 4 percent."}
DONE = {**CAR, "state": "carried out", "effectiveness_until": on(-31)}
LOGS, DATA = "iso42001:A.6.2.8", "iso42001:A.7.2"
IAU = {"state": "reported"}


def policy(**changed: Any) -> Any:
    """A policy for AI that says what one says."""
    return row("POL-0001", **{**POL, **changed})


BREAK = [
    (
        "policy-left-in-revision",
        [policy(state="draft", acts=(APPROVED, act("revise", "per_a", -31)))],
        [policy(state="draft", acts=(APPROVED, act("revise", "per_a", -30)))],
    ),
    ("no-ai-policy-in-force", [system(), policy(state="retired")], [system(), policy()]),
    ("policy-leaves-out", [policy(available_to="")], [policy()]),
    ("part-of-no-system", [row("DST-0001")], [row("DST-0001", systems=("SYS-0001",))]),
    (
        "part-from-nobody",
        [
            system(),
            row("CMP-0001", type="model", systems=("SYS-0001",), origin="Foundation model of a vendor."),
        ],
        [system(), row("CMP-0001", type="model", systems=("SYS-0001",), origin="Made here.")],
    ),
    ("live-and-unknown", [system(technique="unknown")], [system(technique="rules")]),
    (
        "version-not-fixed",
        [
            system(),
            row("CMP-0001", systems=("SYS-0001",), supplier="SUP-0001", pinned=False),
            row("SUP-0001", **SUP),
        ],
        [
            system(),
            row("CMP-0001", systems=("SYS-0001",), supplier="SUP-0001", pinned=True),
            row("SUP-0001", **SUP),
        ],
    ),
    (
        "agent-without-stop",
        [system(), row("CMP-0001", **{**AGENT, "stop_how": ""})],
        [system(), row("CMP-0001", **AGENT)],
    ),
    (
        "acts-alone-over-people",
        [direct(**{**ALONE, "human_oversight": "By the team."})],
        [direct(**ALONE)],
    ),
    (
        "grave-harm-feeds-no-risk",
        [row("AIA-0001", **GRAVE)],
        [row("AIA-0001", **GRAVE, risks=("RSK-0001",)), risk()],
    ),
    (
        "affected-not-asked",
        [direct(), row("AIA-0001", system="SYS-0001", consulted="None.")],
        [direct(), row("AIA-0001", system="SYS-0001", consulted="Three claimants, on 4 May.")],
    ),
    (
        "only-harm-to-us",
        [direct(), risk(harm_to_individuals=1, harm_to_society=1, harm_to_organization=3)],
        [direct(), risk(harm_to_individuals=2, harm_to_society=1, harm_to_organization=3)],
    ),
    (
        "acceptance-ran-out",
        [risk(state="accepted", accepted_until=on(-1))],
        [risk(state="accepted", accepted_until=on(0))],
    ),
    ("risk-judged-by-nothing", [risk()], [risk(), row("CRI-0001")]),
    (
        "one-small-risk-for-a-grave-system",
        [direct(), risk(likelihood=2, harm_to_individuals=2)],
        [direct(), risk(likelihood=2, harm_to_individuals=3)],
    ),
    (
        "risk-taken-up-and-left",
        [risk(state="identified", acts=(APPROVED, act("reassess", "per_a", -31)))],
        [risk(state="identified", acts=(APPROVED, act("reassess", "per_a", -30)))],
    ),
    ("control-review-overdue", [row("APP-0001", next_review=on(-1))], [row("APP-0001", next_review=on(0))]),
    (
        "statement-changed-after-its-version",
        [row("SOA-0001", acts=(APPROVED,)), row("APP-0001", acts=(act("amend", "per_a", -89),))],
        [row("SOA-0001", acts=(APPROVED,)), row("APP-0001", acts=(act("amend", "per_a", -90),))],
    ),
    (
        "treated-without-a-plan",
        [risk(state="treated", response="reduce")],
        [risk(state="treated", response="reduce"), row("TPL-0001", risks=("RSK-0001",))],
    ),
    (
        "live-without-specification",
        [system(sourcing="own")],
        [system(sourcing="own"), row("SPC-0001", system="SYS-0001")],
    ),
    (
        "deployed-without-way-back",
        [row("DPL-0001", state="live", watched="Refusals by the hour.")],
        [row("DPL-0001", state="live", watched="Refusals by the hour.", way_back="To 4.1 by the switch.")],
    ),
    (
        "release-says-nothing",
        [row("REL-0002", previous="REL-0001"), row("REL-0001")],
        [row("REL-0002", previous="REL-0001", changes="Retrained with cases of May."), row("REL-0001")],
    ),
    (
        "notice-tells-too-little",
        [direct(), row("NTC-0001", **NTC, covers=COVERS[:3])],
        [direct(), row("NTC-0001", **NTC, covers=COVERS)],
    ),
    (
        "notice-not-given",
        [row("NTC-0001", **NTC, acts=(APPROVED,))],
        [row("NTC-0001", **NTC, **GIVEN, acts=(APPROVED,))],
    ),
    (
        "training-failed-and-nothing-followed",
        [row("CMT-0001"), row("TRN-0001", **FAILED, competences=("CMT-0001",))],
        [
            row("CMT-0001"),
            row("TRN-0001", **FAILED, competences=("CMT-0001",)),
            row("TRN-0002", competences=("CMT-0001",), person="per_p", held_on=on(-30)),
        ],
    ),
    (
        "qualified-without-proof",
        [row("QLF-0001", evidence="Yes.")],
        [row("QLF-0001", evidence="Result of the test of May.")],
    ),
    ("nothing-asked-of-auditors", [row("IAU-0001")], [row("IAU-0001"), row("CMT-0001", work=("audit",))]),
    (
        "audit-report-not-acknowledged",
        [row("IAU-0001", **IAU, acts=(act("report", "per_a", -31),))],
        [row("IAU-0001", **IAU, acts=(act("report", "per_a", -30),))],
    ),
    (
        "request-not-answered",
        [row("ARQ-0001", state="asked", due=on(-1))],
        [row("ARQ-0001", state="asked", due=on(0))],
    ),
    (
        "no-programme-for-audits",
        [system(), row("APR-0001", period_until=on(-1))],
        [system(), row("APR-0001", period_until=on(0))],
    ),
    (
        "review-not-discussed",
        [row("MRV-0001", **MRV, discussion="As planned.")],
        [row("MRV-0001", **MRV, discussion="The two findings of the audit, and who mends them.")],
    ),
    (
        "review-overdue",
        [row("MRV-0001", **MRV, next_review=on(-1))],
        [row("MRV-0001", **MRV, next_review=on(0))],
    ),
    (
        "objective-missed-without-consequence",
        [row("OBJ-0001", **OBJ)],
        [
            row(
                "OBJ-0001",
                **{**OBJ, "outcome_note": "It is 4 percent; retraining with cases of the north is decided."},
            )
        ],
    ),
    (
        "objective-not-made-known",
        [row("OBJ-0001", outcome="open")],
        [row("OBJ-0001", outcome="open", communicated_to="Claims desk.")],
    ),
    (
        "effect-never-looked-at",
        [row("CAR-0001", **DONE)],
        [row("CAR-0001", **{**DONE, "effectiveness_until": on(-30)})],
    ),
    (
        "minutes-written-late",
        [row("MTG-0001", held_on=on(-70), created=on(-9)), row("DST-0001", **DST)],
        [row("MTG-0001", held_on=on(-69), created=on(-9)), row("DST-0001", **DST)],
    ),
    # what an outsider's good organization showed to be no gap
    (
        "impact-of-another-release",
        [system(version="4.2", released_on=on(-50)), assessment(version="")],
        [system(version="4.2", released_on=on(-50)), assessment(version="4.2")],
    ),
    (
        "impact-assessed-afterwards",
        [system(operating_since=on(-101)), assessment()],
        [
            system(operating_since=on(-101)),
            assessment(),
            row("AIA-0002", system="SYS-0001", assessed_on=on(-110), state="retired"),
        ],
    ),
    (
        "risk-without-ai-cause",
        [risk(cause="A cupboard was open over the weekend.", description="Papers are gone.", title="Papers")],
        [
            risk(
                cause="A cupboard was open over the weekend.",
                description="Papers are gone.",
                title="Papers",
                source="iso42001:C.3.4",
            )
        ],
    ),
    (
        "effect-judged-too-early",
        [row("CAR-0001", **CAR, effectiveness_until=on(-9), acts=(act("carry-out", "per_a", -9),))],
        [row("CAR-0001", **CAR, effectiveness_until=on(-8), acts=(act("carry-out", "per_a", -9),))],
    ),
    (
        "review-calls-it-effective",
        [row("MRV-0001", **MRV, effective="yes", inputs_missing="No internal audit yet; planned for March.")],
        [row("MRV-0001", **MRV, effective="yes", inputs_missing="None: every input was there.")],
    ),
    (
        "implemented-without-a-record",
        [control(requirement=LOGS), row("DOC-0001", requirements=(LOGS,), created=on(-61))],
        [control(requirement=LOGS), row("DOC-0001", requirements=(LOGS,), created=on(-60))],
    ),
    (
        "implemented-without-a-record",
        [control(), row("DOC-0001", requirements=("iso42001:A.9.2",), created=on(-401))],
        [control(requirement=DATA), row("DOC-0001", requirements=(DATA,), created=on(-401))],
    ),
]
