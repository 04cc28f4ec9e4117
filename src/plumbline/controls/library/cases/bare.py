"""Bare members: something that is there and of which nothing else is recorded, for each population.

They are data and not functions on purpose: the digest of a check covers the functions that its module takes.
"""

from __future__ import annotations

from typing import Any

from plumbline.controls.library.cases.audit_samples import audit, finding
from plumbline.controls.library.cases.context_samples import committee, decision, issue, obligation
from plumbline.controls.library.cases.monitoring_samples import improvement, monitoring_plan
from plumbline.controls.library.cases.planning_samples import change, opportunity
from plumbline.controls.library.cases.samples import (
    asked,
    component,
    control,
    deviation,
    document,
    draft,
    indicator,
    nonconformity,
    objective,
    person,
    risk,
    system,
    treatment,
)
from plumbline.controls.library.cases.support_samples import concern, incident, training

_NOTHING: dict[str, Any] = {
    "slug": "bare",
    "owner": None,
    "purpose": "",
    "human_oversight": "",
    "stop_procedure": "",
    "released_on": None,
    "version": "",
    "affected_groups": [],
    "roles": [],
}
SYSTEM = (draft(system("SYS-BARE", **_NOTHING)),)
"""A draft of a live AI system that was made here and touches people directly, and nothing more."""
SCORING = (draft(system("SYS-BARE", **{**_NOTHING, "output_kinds": ["score"]})),)
"""The same, which is said to score."""
BOUGHT = (draft(system("SYS-BARE", **{**_NOTHING, "sourcing": "bought"})),)
"""The same, bought."""
SUPPLIED = (draft(system("SYS-BARE", **{**_NOTHING, "roles": ["provider"]})),)
"""The same, which we provide to others."""
AGENT = (
    draft(system("SYS-BARE", **_NOTHING)),
    draft(component("CMP-BARE", type="agent", systems=["SYS-BARE"], version="")),
)
"""The same, with a draft of an agent, and nothing more."""
ASKED = (asked("4.3", "a document that nobody has written", 9),)
"""A document that is asked for."""
DOCUMENT = (document("DOC-BARE", owner=None, version="", address="", retention_rule="", next_review=None),)
"""An approved document, and nothing more."""
TO_BE_ACKNOWLEDGED = (document("DOC-BARE", readers="role: reviewer"),)
"""An approved document that asks a group in which nobody is."""
CONTROL = (control("A.2.9"),)
"""A control that nobody has decided."""
DEVIATION = (deviation("DEV-BARE", expires_on="2026-03-02", compensation=""),)
"""An approved deviation that has ended."""
OBJECTIVE = (objective("OBJ-BARE", owner=None, target=None),)
"""An approved objective, and nothing more."""
ISSUE = (issue("ISS-BARE", risks=[]),)
"""An approved issue of which nobody has said what it leads to."""
OPPORTUNITY = (opportunity("OPP-BARE", owner=None, due="2026-03-02"),)
"""An approved opportunity that was due, and nothing more."""
OBLIGATION = (draft(obligation("OBL-BARE", owner=None, text="", how="", next_review=None)),)
"""A draft of an obligation, and nothing more."""
COMMITTEE = (draft(committee("CTE-BARE", mandate="", members=[], quorum=None, next_review=None)),)
"""A draft of a committee, and nothing more."""
DECISION = (draft(decision("DCN-BARE", owner=None, due=None)),)
"""A draft of a decision, and nothing more."""
CHANGE = (draft(change("CHG-BARE", owner=None, purpose="", consequences="", begins_on="2026-03-02")),)
"""A draft of a change that was to begin, and nothing more."""
AUDIT = (draft(audit("IAU-BARE", owner=None, due="2026-03-02", criteria=[]), state="under way"),)
"""An audit that is under way and was to be reported, and nothing more."""
AUDIT_FINDING = (
    audit("IAU-BARE", ended_on="2026-01-01"),
    finding("FND-BARE", audit="IAU-BARE", owner=None, state="recorded", answered_on=None, answer=""),
)
"""A finding of a reported audit, and nothing more."""
INDICATOR = (indicator("IND-BARE", measured_on=None),)
"""An approved indicator that was never measured."""
MONITORING_PLAN = (draft(monitoring_plan("MPL-BARE", owner=None, methods="", evaluator=None)),)
"""A draft of a monitoring plan, and nothing more."""
ACTION = (draft(improvement("ACT-BARE", owner=None, due="2026-03-02")),)
"""A draft of an action that was due, and nothing more."""
RISK = (risk("RSK-BARE", owner=None, state="identified"),)
"""A risk that is to be reduced, and nothing more."""
TREATMENT = (draft(treatment("TRT-BARE", due="2026-03-02")),)
"""A draft of a treatment that was due."""
SUSPICION = (nonconformity("NCR-BARE", state="suspected", created="2026-01-01"),)
"""A suspicion that nobody has looked at."""
CLOSED = (nonconformity("NCR-BARE", state="closed", grade="major"),)
"""A nonconformity that was closed without anything."""
HOLDER = (person("per_9", "internal-auditor"),)
"""Somebody who has a role of which nothing else is recorded."""
TRAINING = (draft(training("TRN-BARE", held_on="2025-01-01", evaluate_on=None, result=""), state="held"),)
"""A training that was held a year ago, and nothing more."""
_UNHEARD: dict[str, Any] = {"state": "received", "received_on": "2025-11-01", "answered_on": None}
_UNTOLD: dict[str, Any] = {"noticed_on": "2025-11-01", "tell": "", "told_on": None}
INCIDENT = (
    draft(
        incident("INC-BARE", created="2025-11-01", severity="", cause="", lessons="", **_UNTOLD),
        state="suspected",
    ),
)
"""An incident that was written down four months ago, and nothing more."""
INSIDE = (draft(concern("CCN-BARE"), **_UNHEARD),)
"""A concern of somebody inside that lies."""
OUTSIDE = (draft(concern("CCN-BARE", channel="outside"), **_UNHEARD),)
"""A report from outside that lies."""
