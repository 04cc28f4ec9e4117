"""A system on its way into use, with all that its tier asks for, made through the door step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.records import commands, examples, kinds
from plumbline.records.commands import Saved
from plumbline.records.models import Record

RESULTS: Mapping[str, str] = {
    "test": "R1 share as an expert would = 0.97\nR2 difference between languages = 2 points",
    "bias": "R2 difference between languages = 2 points",
    "red team": "R1 share turned by hidden text = 0",
}
LIMITS: Mapping[str, str] = {
    "test": "R1 share as an expert would >= 0.95\nR2 difference between languages <= 3 points",
    "bias": "R2 difference between languages <= 3 points",
    "red team": "R1 share turned by hidden text <= 0.01",
}


def measured(type_: str = "test", **changed: Any) -> dict[str, Any]:
    """What the step *Record the results* is given."""
    found = {"measured_on": clock.today().isoformat(), "results": RESULTS[type_], "evidence": "Folder 4.3."}
    return {**found, **changed}


STEP_VALUES: Mapping[tuple[str, str], Callable[[], dict[str, Any]]] = {
    ("validation", "measure"): measured,
    ("deployment", "end"): lambda: {"ended_on": clock.today().isoformat()},
}
"""What steps of examples are given besides a reason."""


@dataclass
class OnItsWay:
    """Makes the records of one system: ``author`` writes, ``second`` and ``third`` decide.

    ``made`` are the references by kind, of the newest record of each.
    """

    author: Actor
    second: Actor
    third: Actor
    made: dict[str, str] = field(default_factory=dict)

    def create(self, kind: str, **changed: Any) -> str:
        """A record from its example, which refers to what was made before."""

        def reference(slug: str) -> str:
            return self.made.get(slug) or self.create(slug)

        values = examples.values_of(kinds.get(kind), reference, changed)
        self.made[kind] = commands.create(self.author, kind, values).reference
        return self.made[kind]

    def move(self, reference: str, name: str, actor: Actor | None = None, **values: Any) -> Saved:
        """One step of a record, as it stands."""
        given = values or None
        return commands.move(
            actor or self.author,
            reference,
            name,
            revision=revision_of(reference),
            reason="As planned.",
            values=given,
        )

    def approved(self, kind: str, **changed: Any) -> str:
        """A record from its example that the second person has approved."""
        reference = self.create(kind, **changed)
        self.move(reference, "submit")
        self.move(reference, "approve", self.second)
        return reference

    def system(self, **changed: Any) -> str:
        """An approved system that is not in operation yet, with a model and data."""
        given = {"lifecycle": "in verification", "operating_since": None, "released_on": None, "version": ""}
        self.approved("supplier")
        system = self.approved("ai-system", **{**given, **changed})
        self.approved("dataset", version="2026-01")
        self.approved("component")
        return system

    def validated(self, type_: str, **changed: Any) -> str:
        """A validation of the newest release that was confirmed, passed unless ``results`` say otherwise."""
        results = changed.pop("results", RESULTS[type_])
        reference = self.create("validation", type=type_, **{"limits": LIMITS[type_], **changed})
        self.move(reference, "set-limits")
        self.move(reference, "measure", **measured(type_, results=results))
        self.move(reference, "confirm", self.second)
        return reference

    def assessed(self, version: str) -> str:
        """An approved impact assessment of a release."""
        today = clock.today()
        return self.approved("impact-assessment", version=version, assessed_on=today, next_review=None)

    def risk_accepted(self) -> str:
        """A risk of the system that is accepted for a year."""
        until = date(clock.today().year + 1, 6, 1)
        reference = self.create("risk", response="retain", accepted_until=until)
        self.move(reference, "assess")
        self.move(reference, "accept", self.third)
        return reference

    def candidate(self, version: str = "4.3", **changed: Any) -> str:
        """A release that has gone into review."""
        reference = self.create("release", version=version, **changed)
        self.move(reference, "submit")
        return reference

    def prepared(self, version: str = "4.3", *types: str, **changed: Any) -> str:
        """A release in review with all that is asked for; ``types`` are the validations it passed."""
        self.approved("specification", next_review=date(clock.today().year + 1, 3, 1))
        self.risk_accepted()
        reference = self.candidate(version, **changed)
        for type_ in types or ("test", "bias"):
            self.validated(type_)
        self.assessed(version)
        return reference

    def released(self, version: str = "4.3", *types: str, **changed: Any) -> str:
        """As `prepared`, and approved."""
        reference = self.prepared(version, *types, **changed)
        self.move(reference, "approve", self.second)
        return reference

    def deployment(self, **changed: Any) -> str:
        """An approved deployment of the newest release."""
        reference = self.create("deployment", **{"due": clock.today(), **changed})
        self.move(reference, "submit")
        self.move(reference, "approve", self.third)
        return reference

    def live(self, version: str = "4.3") -> str:
        """A system in operation by a release and its deployment; the reference of the deployment."""
        self.system()
        self.released(version)
        deployment = self.deployment()
        self.amend(self.made["ai-system"], lifecycle="in operation", version=version)
        self.move(deployment, "go-live")
        return deployment

    def amend(self, reference: str, **values: Any) -> Saved:
        """Change a record; one that is approved is revised first."""
        if state_of(reference) == "approved" and reference.startswith("SYS"):
            self.move(reference, "revise")
        return commands.amend(self.author, reference, values, revision=revision_of(reference))


def state_of(reference: str) -> str:
    """The state of a record."""
    return str(Record.objects.values_list("state", flat=True).get(reference=reference))


def revision_of(reference: str) -> int:
    """The present revision of a record."""
    return int(Record.objects.values_list("revision", flat=True).get(reference=reference))
