"""Catalog, profile, component definition and assessment results, valid against the schemas of OSCAL 1.2.1.

Identifiers follow from the log of the installation and from what they name, so that a second export of
the same thing has the same ones. The catalog holds our own gists, and no sentence of
a standard that must be bought.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import plumbline
from plumbline import catalogs
from plumbline.catalogs import Requirement
from plumbline.controls import posture as postures
from plumbline.controls.requirement_posture import RequirementPosture
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.identity.organization import queries as organization
from plumbline.kernel import clock
from plumbline.kernel.canonical import JSON
from plumbline.kernel.clock import rfc3339
from plumbline.kernel.states import MeasuredState
from plumbline.records import names
from plumbline.reports import applicability
from plumbline.reports.applicability import Row
from plumbline.trail import keys
from plumbline.wording import english

VERSION = "1.2.1"
NAMESPACE = "https://plumbline.dev/ns/oscal"
CATALOG = "catalog.json"
"""Where the other three expect the catalog: the file that is fetched beside them."""
Object: TypeAlias = dict[str, JSON]


@dataclass(frozen=True)
class _Frame:
    """What all four have: whose they are, as of when, and how identifiers are made."""

    organization: str
    at: datetime
    seed: uuid.UUID

    def id(self, *parts: str) -> str:
        return str(uuid.uuid5(self.seed, "/".join(parts)))

    def metadata(self, title: str) -> Object:
        return {
            "title": f"{title}, {self.organization}",
            "last-modified": rfc3339(self.at),
            "version": rfc3339(self.at),
            "oscal-version": VERSION,
            "props": [_prop("made-by", f"Plumbline {plumbline.__version__}")],
        }


def _frame(at: datetime) -> _Frame:
    return _Frame(organization.current().organization, at, uuid.uuid5(uuid.NAMESPACE_URL, keys.vkey()))


def _prop(name: str, value: str) -> Object:
    return {"name": name, "ns": NAMESPACE, "value": " ".join(value.split())}


def _token(requirement_id: str) -> str:
    """An id of the catalog as a token of OSCAL, which takes no colon."""
    return requirement_id.replace(":", "_").replace("/", ".").replace(" ", "-")


def _control(found: Requirement) -> Object:
    token = _token(found.id)
    control: Object = {
        "id": token,
        "title": found.title,
        "props": [{"name": "label", "value": found.number}],
    }
    if found.gist:
        control["parts"] = [{"id": f"{token}_gist", "name": "overview", "prose": found.gist}]
    return control


def catalog(actor: Actor, at: datetime | None = None) -> Object:
    """Every sub-clause and control by id, number, title and our own gist."""
    policy.require(actor, "export", kind=applicability.KIND, anywhere=True)
    frame = _frame(at or clock.now())
    groups: list[JSON] = [
        {
            "id": _token(group.id),
            "title": group.title,
            "controls": [_control(catalogs.requirement(member)) for member in group.members],
        }
        for group in (*catalogs.chapters(), *catalogs.areas())
        if group.members
    ]
    metadata = frame.metadata("Requirements of ISO/IEC 42001 in our own words")
    return {
        "catalog": {"uuid": frame.id("catalog", catalogs.version()), "metadata": metadata, "groups": groups}
    }


def profile(actor: Actor, at: datetime | None = None) -> Object:
    """The statement of applicability: the controls that apply, with the reasons for and against each."""
    policy.require(actor, "export", kind=applicability.KIND, anywhere=True)
    made = applicability.statement(actor, at)
    frame = _frame(made.as_of)
    applied = [row for row in made.rows if row.applicable == "yes"]
    chosen: Object = {"href": CATALOG}
    if applied:
        chosen["include-controls"] = [{"with-ids": [_token(row.control) for row in applied]}]
    else:
        # A profile selects something; where nothing is decided yet it selects all of nothing.
        chosen |= {
            "include-all": {},
            "exclude-controls": [{"with-ids": [_token(row.control) for row in made.rows]}],
        }
    alters: list[JSON] = [_alter(row) for row in applied]
    found: Object = {
        "uuid": frame.id("profile", rfc3339(frame.at)),
        "metadata": frame.metadata("Statement of applicability"),
        "imports": [chosen],
    }
    if alters:
        found["modify"] = {"alters": alters}
    left_out = [row for row in made.rows if row.applicable == "no"]
    if left_out:
        resources: list[JSON] = [
            {
                "uuid": frame.id("excluded", row.control),
                "title": f"{row.number} is left out",
                "description": row.exclusion_reason or "No reason is written.",
            }
            for row in left_out
        ]
        found["back-matter"] = {"resources": resources}
    return {"profile": found}


def _alter(row: Row) -> Object:
    props: list[JSON] = [_prop("reason", reason) for reason in row.reasons if reason.strip()]
    props += [_prop("record", f"{row.reference} revision {row.revision}")]
    if row.implementation:
        props.append(_prop("implementation", row.implementation))
    added: Object = {"props": props}
    if row.justification.strip():
        added["parts"] = [{"name": "justification", "ns": NAMESPACE, "prose": row.justification}]
    return {"control-id": _token(row.control), "adds": [added]}


def component_definition(actor: Actor, at: datetime | None = None) -> Object:
    """Each AI system that a decision names, with how every control that applies to it is carried out."""
    policy.require(actor, "export", kind=applicability.KIND, anywhere=True)
    made = applicability.statement(actor, at)
    frame = _frame(made.as_of)
    applied = [row for row in made.rows if row.applicable == "yes"]
    titles = names.titles(actor, {system for row in applied for system in row.systems})
    components: list[JSON] = []
    for system, title in sorted(titles.items()):
        rows = [row for row in applied if system in row.systems]
        components.append(_component(frame, system, title, "software", rows))
    wide = [row for row in applied if not row.systems]
    if wide:
        components.append(_component(frame, "aims", "AI management system", "policy", wide))
    found: Object = {
        "uuid": frame.id("components", rfc3339(frame.at)),
        "metadata": frame.metadata("AI systems and the controls that apply to them"),
    }
    if components:
        found["components"] = components
    return {"component-definition": found}


def _component(frame: _Frame, name: str, title: str, kind: str, rows: list[Row]) -> Object:
    requirements: list[JSON] = [
        {
            "uuid": frame.id("requirement", name, row.control),
            "control-id": _token(row.control),
            "description": row.how or "How it is carried out is not written down.",
            "props": [_prop("record", f"{row.reference} revision {row.revision}")],
        }
        for row in rows
    ]
    implementation: Object = {
        "uuid": frame.id("implementation", name),
        "source": CATALOG,
        "description": "As decided in the statement of applicability.",
        "implemented-requirements": requirements,
    }
    return {
        "uuid": frame.id("component", name),
        "type": kind,
        "title": title,
        "description": title,
        "props": [_prop("record", name)],
        "control-implementations": [implementation],
    }


def assessment_results(actor: Actor, at: datetime | None = None) -> Object:
    """What the checks read of every requirement: an observation each, and a finding where one fails.

    A requirement without a finding is not thereby met: whether it is, people judge.
    """
    policy.require(actor, "export", kind=applicability.KIND, anywhere=True)
    now = at or clock.now()
    frame, rows = _frame(now), [row for row in postures.posture(actor, at=at) if row.checks]
    observations: list[JSON] = [_observation(frame, row) for row in rows]
    findings: list[JSON] = [_finding(frame, row) for row in rows if row.measured is MeasuredState.FAILING]
    selection: Object = {"include-controls": [{"control-id": _token(row.id)} for row in rows]}
    result: Object = {
        "uuid": frame.id("result", rfc3339(now)),
        "title": "Posture as measured",
        "description": "What the checks of the installation read as of the instant it starts and ends with.",
        "start": rfc3339(now),
        "end": rfc3339(now),
        "reviewed-controls": {"control-selections": [selection if rows else {"include-all": {}}]},
        "remarks": "A requirement without a finding is not thereby met. Whether it is, people judge.",
    }
    if observations:
        result["observations"] = observations
    if findings:
        result["findings"] = findings
    return {
        "assessment-results": {
            "uuid": frame.id("assessment", rfc3339(now)),
            "metadata": frame.metadata("Results of checks"),
            "import-ap": {"href": "#", "remarks": "Checks run all the time and follow no assessment plan."},
            "results": [result],
        }
    }


def _observation(frame: _Frame, row: RequirementPosture) -> Object:
    reasons = " ".join(english(reason.message) for reason in row.reasons) or "Nothing more is known."
    props: list[JSON] = [_prop("requirement", row.number), _prop("measured", str(row.measured))]
    props += [_prop("check", check) for check in row.checks]
    return {
        "uuid": frame.id("observation", row.id, rfc3339(frame.at)),
        "title": f"{row.number} {row.title}",
        "description": reasons,
        "props": props,
        "methods": ["TEST"],
        "collected": rfc3339(row.measured_at or frame.at),
    }


def _finding(frame: _Frame, row: RequirementPosture) -> Object:
    return {
        "uuid": frame.id("finding", row.id, rfc3339(frame.at)),
        "title": f"{row.number} is failing as measured",
        "description": " ".join(english(reason.message) for reason in row.reasons) or str(row.measured),
        "target": {
            "type": "objective-id",
            "target-id": _token(row.id),
            "status": {"state": "not-satisfied", "reason": "fail"},
        },
        "related-observations": [{"observation-uuid": frame.id("observation", row.id, rfc3339(frame.at))}],
    }


MODELS: Mapping[str, Callable[[Actor, datetime | None], Object]] = {
    "catalog": catalog,
    "profile": profile,
    "component-definition": component_definition,
    "assessment-results": assessment_results,
}
"""The four documents by their names in OSCAL."""
