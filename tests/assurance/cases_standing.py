"""Worlds for rules about what ceased to hold, waits, or is so in name only: one broken, one whole."""

from __future__ import annotations

from typing import Any

from tests.assurance.cases_gaps import APPROVED
from tests.assurance.cases_plan import direct, risk, system
from tests.assurance.cases_work import MRV, SUP
from tests.assurance.worlds import act, on, person, row

REVISED = {"state": "draft", "acts": (APPROVED, act("revise", "per_a", -31))}
FRESH = {"state": "draft", "acts": (APPROVED, act("revise", "per_a", -30))}
LATE = {"state": "in review", "acts": (act("submit", "per_a", -61),)}
LOGS = ("iso42001:A.6.2.8",)
OWN = {"owner": ""}
WATCH = {"systems": ("SYS-0001",), "purpose": "Whether it is right: wrong refusals and drift."}
VLD = {"system": "SYS-0001", "type": "bias"}
SPC = {"system": "SYS-0001"}
REQUIREMENTS = (
    "R1: answers in time | 2 seconds at most\nR2: no region is refused more often | 3 points at most"
)
HELD = row("SAS-0001", supplier="SUP-0002", verdict="suitable")
TOP = person("per_top", "top-management")


def document(**changed: Any) -> Any:
    """A document in force."""
    return row(
        "DOC-0001", **{"text": "How logs are kept.", "retention_rule": "Ten years, by law.", **changed}
    )


def kept(number: int, **changed: Any) -> Any:
    """Another document in force, that says how long it is kept."""
    return row(f"DOC-{number:04}", text="Another.", **{"retention_rule": "Ten years, by law.", **changed})


BREAK = [
    ("document-in-revision", [document(**REVISED)], [document(**FRESH)]),
    (
        "document-without-successor",
        [document(requirements=LOGS, state="retired")],
        [document(requirements=LOGS, state="retired"), kept(2, requirements=LOGS)],
    ),
    ("document-nowhere", [document(text="")], [document(text="", address="The shelf of the office.")]),
    (
        "document-kept-for-nobody-knows",
        [document(retention_rule=""), kept(2), kept(3)],
        [document(), kept(2), kept(3)],
    ),
    ("document-of-nobody", [document(**OWN)], [document()]),
    ("policy-of-nobody", [row("POL-0001", **OWN)], [row("POL-0001")]),
    ("context-of-nobody", [row("OBL-0001", **OWN)], [row("OBL-0001")]),
    (
        "obligation-met-nobody-says-how",
        [row("OBL-0001")],
        [row("OBL-0001", how="By the notice in each letter.")],
    ),
    (
        "touched-and-no-party",
        [direct(), row("PTY-0001", type="affected people", state="retired")],
        [direct(), row("PTY-0001", type="affected people")],
    ),
    (
        "party-that-ended",
        [system(), row("PTY-0001", systems=("SYS-0001",), state="retired")],
        [system(), row("PTY-0001", systems=("SYS-0001",))],
    ),
    (
        "waits-for-a-decision",
        [document(**LATE)],
        [document(**{**LATE, "acts": (act("submit", "per_a", -60),)})],
    ),
    (
        "measured-and-not-confirmed",
        [row("VLD-0001", state="measured", measured_on=on(-15))],
        [row("VLD-0001", state="measured", measured_on=on(-14))],
    ),
    (
        "version-nobody-released",
        [system(version="5"), row("REL-0001", system="SYS-0001", version="4")],
        [system(version="4"), row("REL-0001", system="SYS-0001", version="4")],
    ),
    (
        "instructions-not-in-force",
        [system(), document(type="instructions", systems=("SYS-0001",), state="retired", acts=(APPROVED,))],
        [system(), document(type="instructions", systems=("SYS-0001",), acts=(APPROVED,))],
    ),
    ("resource-review-overdue", [row("RES-0001", next_review=on(-1))], [row("RES-0001", next_review=on(0))]),
    (
        "incident-left-open",
        [row("INC-0001", state="open", noticed_on=on(-22), created=on(-22))],
        [row("INC-0001", state="open", noticed_on=on(-21), created=on(-21))],
    ),
    (
        "fairness-in-no-requirement",
        [direct(), row("SPC-0001", **SPC, asked=REQUIREMENTS.splitlines()[0])],
        [direct(), row("SPC-0001", **SPC, asked=REQUIREMENTS)],
    ),
    (
        "missing-people-not-looked-at",
        [row("DST-0001", people="claimants", uses=("training",))],
        [row("DST-0001", people="claimants", uses=("training",), known_bias="Few from the north.")],
    ),
    (
        "limit-nothing-could-miss",
        [row("VLD-0001", **VLD, limits="R2 difference between groups <= 60 points")],
        [row("VLD-0001", **VLD, limits="R1 share >= 0.95\nR2 difference <= 3 points\nR3 share <= 0.1")],
    ),
    (
        "fair-by-words",
        [
            system(),
            row("AIA-0001", system="SYS-0001", groups="claimants", group_effects="The system is fair."),
        ],
        [
            system(),
            row(
                "AIA-0001",
                system="SYS-0001",
                groups="claimants",
                group_effects="Fair: claimants from the north wait no longer.",
            ),
        ],
    ),
    (
        "live-in-no-plan",
        [system(), row("MPL-0001", systems=("SYS-0002",))],
        [system(), row("MPL-0001", systems=("SYS-0001",))],
    ),
    ("plan-review-overdue", [row("MPL-0001", next_review=on(-1))], [row("MPL-0001", next_review=on(0))]),
    (
        "watches-uptime-only",
        [row("MPL-0001", **{**WATCH, "purpose": "Uptime of the endpoint."})],
        [row("MPL-0001", **{**WATCH, "purpose": "Uptime of the endpoint, and wrong refusals."})],
    ),
    (
        "nothing-measures-the-system",
        [row("MPL-0001", **WATCH), row("MPL-0002", **WATCH)],
        [row("MPL-0001", **WATCH), row("MPL-0002", purpose="Actions in time.")],
    ),
    (
        "supplier-assessed-no-more",
        [system(supplier="SUP-0001"), row("SUP-0001", **SUP), HELD],
        [system(supplier="SUP-0001"), row("SUP-0001", **SUP), HELD, row("SAS-0002", supplier="SUP-0001")],
    ),
    (
        "no-watch-and-no-way-out",
        [row("SUP-0001", **SUP)],
        [row("SUP-0001", **SUP, monitoring="Its bulletins, weekly.")],
    ),
    (
        "risk-names-no-criteria",
        [risk(), risk("RSK-0002", criteria="DOC-0001"), risk("RSK-0003", criteria="DOC-0001")],
        [risk(f"RSK-{number:04}", criteria="DOC-0001") for number in (1, 2, 3)],
    ),
    (
        "top-management-not-named",
        [TOP, row("MRV-0001", **{**MRV, "top_management": "The team lead of the desk"})],
        [TOP, row("MRV-0001", **{**MRV, "top_management": f"{TOP.name}, chief executive"})],
    ),
    (
        "review-prepared-and-not-held",
        [row("MRV-0001", period_until=on(-31))],
        [row("MRV-0001", period_until=on(-30))],
    ),
    (
        "objective-without-a-figure",
        [row("OBJ-0001", measure="Fewer wrong refusals.")],
        [row("OBJ-0001", measure="Fewer wrong refusals.", target=2)],
    ),
    (
        "area-answered-for-no-more",
        [row("RSP-0001", area="risk", state="retired", acts=(APPROVED,))],
        [row("RSP-0001", area="risk", state="retired", acts=(APPROVED,)), row("RSP-0002", area="risk")],
    ),
    ("competence-shown-by-nothing", [row("CMT-0001")], [row("CMT-0001", proof="A test of ten cases.")]),
    (
        "scope-for-anybody",
        [system(), row("SCP-0001", statement="All AI activities of the company.")],
        [system(), row("SCP-0001", statement="AI in the claims work of Halden Insurance.")],
    ),
]
