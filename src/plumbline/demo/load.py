"""Loads the demonstration: people, records and weeks of decisions, all through the real doors.

Every record is written by a named person through `records.commands` and approved by another one, since
the server knows no other way; decisions are sent over HTTP to the ingest door of the running server.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from importlib import resources
from typing import Any

import yaml

from plumbline.identity import commands as identity_commands
from plumbline.identity import queries as identity_queries
from plumbline.identity.actors import Actor, actor_of_person
from plumbline.identity.models import Person
from plumbline.kernel.problems import NotFound
from plumbline.records import commands, kinds, queries
from plumbline.records.kinds import Kind

Progress = Callable[[int, int], None]
OPERATOR = Actor.installation()


def _data(name: str) -> Any:
    text = resources.files("plumbline.demo").joinpath("data", name).read_text(encoding="utf-8")
    return yaml.safe_load(text)


class Loader:
    """Makes what the data files say, skipping what a run that was cut off has made already.

    Records carry the key ``demo:<name>``, so that loading twice makes no doubles.
    """

    def __init__(self, today: date, progress: Progress, tick: Callable[[], None]) -> None:
        self.today = today
        self.progress = progress
        self._tick = tick
        self.organization = _data("organization.yaml")
        self.actors: dict[str, Actor] = {}
        self.references: dict[str, str] = {}
        self._done = 0
        self._total = 0

    def run(self) -> None:
        """Make people, suppliers, systems, the other records and the statement of applicability."""
        records = _data("records.yaml")
        applicability, correction = _data("applicability.yaml"), _data("correction.yaml")
        systems = self.organization["systems"]
        self._total = (
            len(records)
            + len(systems)
            + len(self.organization["suppliers"])
            + 38
            + len(applicability["attested"])
            + len(correction.keys() - {"found"})
        )
        self._people()
        for name, values in self.organization["suppliers"].items():
            self._record(name, "supplier", values["owner"], values, _reviewed(values["owner"]))
        for name, values in systems.items():
            owner = values["owner"] if values["owner"] in {"lars", "priya"} else "mina"
            approved = name in self.organization["approved_systems"]
            steps = _reviewed(owner) if approved else []
            self._record(name, "ai-system", owner, {"slug": name, **values}, steps)
        for row in records:
            self._record(row["name"], row["as"], row["by"], row["values"], row.get("steps", []))
        self._applicability(applicability)

    def _people(self) -> None:
        units = {unit.slug for unit in identity_queries.units()}
        for slug, name in self.organization["units"].items():
            if slug not in units:
                identity_commands.create_unit(OPERATOR, name=name, slug=slug)
        for name, person in self.organization["people"].items():
            try:
                found = identity_queries.person(person["email"])
            except NotFound:
                found = identity_commands.create_person(
                    OPERATOR, email=person["email"], full_name=person["name"]
                )
            held = {grant.role for grant in identity_queries.grants_of(found.pk) if grant.revoked_at is None}
            for role in person["roles"]:
                if role not in held:
                    identity_commands.give_grant(OPERATOR, found, role)
            self.actors[name] = actor_of_person(found)

    def _record(
        self, name: str, slug: str, author: str, values: Mapping[str, Any], steps: list[list[Any]]
    ) -> None:
        kind = kinds.get(slug)
        key = f"demo:{name}"
        found = queries.by_key(OPERATOR, kind, key)
        if found is None:
            cleaned = {field: self._value(kind, field, value) for field, value in values.items()}
            self._tick()
            saved = commands.create(self.actors[author], kind, cleaned, key=key)
            reference, revision, taken = saved.reference, saved.revision, 0
        else:
            reference, revision = found
            taken = revision - 1
        self.references[name] = reference
        self._steps(reference, revision, _left(steps, taken))
        self._done += 1
        self.progress(self._done, self._total)

    def _steps(self, reference: str, revision: int, steps: list[list[Any]]) -> None:
        kind = kinds.of_reference(reference)
        for who, step, *more in steps:
            self._tick()
            reason, given = more[0] if more else "", more[1] if len(more) > 1 else {}
            values = {field: self._value(kind, field, value) for field, value in given.items()}
            saved = commands.move(
                self.actors[who], reference, step, revision=revision, reason=reason, values=values or None
            )
            revision = saved.revision

    def correct(self) -> None:
        """Let people deal with what the checks found first, once the posture that shows it is frozen, and
        approve a statement of applicability, as `correction.yaml` says.

        A suspicion that is no longer one has been dealt with, in a run that was cut off.
        """
        told = _data("correction.yaml")
        self._make(told["before"], "posture-version")
        found = told["found"]
        raised = next(
            row
            for row in queries.claimed("nonconformity")
            if row["check_name"] == found["check"] and row["system"] == self.references[found["system"]]
        )
        reference = str(raised["reference"])
        self.references[found["name"]] = reference
        if raised["state"] == "suspected":
            self._steps(reference, raised["revision"], found["confirmed"])
            record, kind = queries.find(OPERATOR, reference)
            values = {field: self._value(kind, field, value) for field, value in found["values"].items()}
            self._tick()
            saved = commands.amend(self.actors[found["by"]], reference, values, revision=record.revision)
            self._steps(reference, saved.revision, found["steps"])
        for name, slug in (("action", "corrective-action"), ("statement", "statement-version")):
            self._make(told[name], slug)

    def look_back(self) -> None:
        """Freeze the posture again, with what weeks of work have changed in it."""
        self._make(_data("correction.yaml")["after"], "posture-version")

    def _make(self, row: Mapping[str, Any], slug: str) -> None:
        self._record(row["name"], slug, row["by"], row["values"], row["steps"])

    def _value(self, kind: Kind, field: str, value: Any) -> Any:
        shape = kind.field(field)
        if shape.is_relation:
            if isinstance(value, list):
                return [self.references[item] for item in value]
            if shape.related_model is Person:
                return self.actors[value].id
            return value if field == "unit" else self.references[value]
        if isinstance(value, int) and shape.get_internal_type() == "DateField":
            return (self.today + timedelta(days=value)).isoformat()
        if isinstance(value, str):
            return re.sub(r"\{(-?\d+)\}", lambda day: f"{self.today + timedelta(days=int(day[1]))}", value)
        return value

    def _applicability(self, table: Mapping[str, Any]) -> None:
        from plumbline import catalogs

        for control in catalogs.controls():
            left_out = table["excluded"].get(control.number)
            values: dict[str, Any] = {
                "title": f"{control.number} {control.title}",
                "requirement": control.id,
                "applicable": "no" if left_out else "yes",
                "next_review": 160,
                "owner": "mina",
            }
            if left_out:
                values["exclusion_reason"] = left_out
                values["implementation"] = "not started"
            else:
                values["reasons"] = table["reasons"].get(control.number, table["reasons"]["default"])
                if "risk treatment" in values["reasons"]:
                    values["risks"] = table["risks"].get(control.number, table["risks"]["default"])
                values["justification"] = table["why"][control.number]
                values["how"] = table["how"].get(control.number, "")
                state = table["implementation"]
                values["implementation"] = state.get(control.number, state["default"])
            steps = [["mina", "submit"], ["sara", "approve"]]
            self._record(f"soa-{control.number}", "applicability", "mina", values, steps)
        for number, (verdict, statement, *others) in table["attested"].items():
            # Whoever runs the management system vouches for all of it but its audit.
            who = others[0] if others else "mina"
            row = catalogs.requirement(f"iso42001:{number}")
            attested = {
                "title": f"{number} {row.title}",
                "requirement": row.id,
                "verdict": verdict,
                "statement": statement,
                "basis": "Records in this system and interviews of the last quarter.",
                "period_from": -120,
                "period_until": -26,
                "competence": table["competence"][who],
                "valid_until": 70,
                "owner": who,
            }
            self._record(f"attested-{number}", "attestation", who, attested, [[who, "finalise"]])


def _left(steps: list[list[Any]], revisions: int) -> list[list[Any]]:
    """The steps that are not taken yet, of a record with so many ``revisions`` beyond its first.

    A step that is given values, a mapping after its reason, makes two.
    """
    for position, step in enumerate(steps):
        if revisions <= 0:
            return steps[position:]
        revisions -= 2 if len(step) > 3 else 1
    return []


def _reviewed(author: str) -> list[list[str]]:
    approver = "sara" if author == "mina" else "mina"
    return [[author, "submit"], [approver, "approve"]]


def load_organization(today: date, progress: Progress, tick: Callable[[], None]) -> Loader:
    """Make people and records; days in the data files are counted from ``today``."""
    loader = Loader(today, progress, tick)
    loader.run()
    return loader
