"""Worlds for rules about records that contradict others: one that breaks each, and one that is whole."""

from __future__ import annotations

from tests.assurance.cases_gaps import APPROVED
from tests.assurance.cases_plan import direct, risk, system
from tests.assurance.cases_work import MRV, SUP
from tests.assurance.worlds import on, person, row

QLF = {"competence": "CMT-0001", "person": "per_p"}
BOUGHT = {"sourcing": "bought"}
WATCHED = "Two reviewers look at each refusal before it goes out."
REQUIREMENTS = tuple(f"iso42001:{number}" for number in ("4.1", "4.2", "5.1", "5.2"))
BREAK = [
    (
        "assessed-and-said-not-to-be",
        [system(supplier="SUP-0001"), row("SUP-0001", **{**SUP, "diligence": "not done"})],
        [system(supplier="SUP-0001"), row("SUP-0001", **SUP)],
    ),
    (
        "qualification-ended-and-work-goes-on",
        [person("per_p"), row("CMT-0001"), row("QLF-0001", **QLF, state="retired")],
        [person("per_p"), row("CMT-0001"), row("QLF-0001", **QLF, state="retired"), row("QLF-0002", **QLF)],
    ),
    (
        "told-outside-no-more",
        [row("COM-0001", side="outside", audience="Customers", state="retired")],
        [
            row("COM-0001", side="outside", audience="Customers", state="retired"),
            row("COM-0002", side="outside", audience="Customers"),
        ],
    ),
    (
        "objective-measured-no-more",
        [row("OBJ-0001"), row("IND-0001", objective="OBJ-0001", state="retired")],
        [row("OBJ-0001"), row("IND-0001", objective="OBJ-0001")],
    ),
    (
        "no-objective-guides-it",
        [system(), row("OBJ-0001", guides=("use",), state="retired", acts=(APPROVED,))],
        [
            system(),
            row("OBJ-0001", guides=("use",), state="retired", acts=(APPROVED,)),
            row("OBJ-0002", guides=("use", "development"), acts=(APPROVED,)),
        ],
    ),
    (
        "policy-made-known-to-nobody",
        [row("POL-0001", type="AI policy")],
        [row("POL-0001", type="AI policy", communicated="In the meeting of May.")],
    ),
    (
        "oversight-is-a-phrase",
        [direct(human_oversight="A human is in the loop.")],
        [direct(human_oversight=WATCHED)],
    ),
    (
        "quality-not-set-beforehand",
        [row("DST-0001", quality_verdict="good enough")],
        [row("DST-0001", quality_verdict="good enough", quality_wanted="Under 2 % missing.")],
    ),
    (
        "programme-covers-little",
        [
            row("APR-0001", requirements=REQUIREMENTS, period_until=on(-1)),
            row("APR-0002", requirements=REQUIREMENTS[:1], period_until=on(300)),
        ],
        [
            row("APR-0001", requirements=REQUIREMENTS, period_until=on(-1)),
            row("APR-0002", requirements=REQUIREMENTS[:2], period_until=on(300)),
        ],
    ),
    (
        "review-without-audit",
        [row("MRV-0001", **MRV, inputs_missing="No audit results; no figures.")],
        [row("MRV-0001", **MRV, inputs_missing="Parties were heard in May.")],
    ),
    (
        "components-supplier-not-named",
        [
            system(**BOUGHT),
            row("SYS-0002", lifecycle="in operation", **BOUGHT, supplier="SUP-0001"),
            row("SUP-0001"),
        ],
        [
            system(**BOUGHT, supplier="SUP-0001"),
            row("SYS-0002", lifecycle="in operation", **BOUGHT, supplier="SUP-0001"),
            row("SUP-0001"),
        ],
    ),
    (
        "version-not-fixed",
        [system(), row("CMP-0001", systems=("SYS-0001",), version="latest")],
        [system(), row("CMP-0001", systems=("SYS-0001",), version="4.2")],
    ),
    (
        "components-supplier-not-named",
        [system(**BOUGHT), row("CMP-0001", systems=("SYS-0001",), supplier="SUP-0001"), row("SUP-0001")],
        [system(**BOUGHT), row("CMP-0001", systems=("SYS-0001",)), row("SUP-0001")],
    ),
    # what was mended where an outsider's good organization was right
    (
        "only-harm-to-us",
        [direct(), risk(harm_to_organization=2)],
        [direct(), risk(harm_to_organization=2, harm_to_individuals=1)],
    ),
    (
        "limit-nothing-could-miss",
        [row("VLD-0001", limits="R1 share as an expert would >= 0.1")],
        [
            row(
                "VLD-0001",
                limits="R1 share as an expert would >= 0.9\nR2 difference between groups <= 3 points",
            )
        ],
    ),
]
