"""The thread of one AI system of the invented organization: every record of its life, by day.

What is told of each system is in ``data/systems.yaml``; how a company that takes its work seriously records
that is here. A release is tested, assessed and accepted before it goes live, by others than its owner.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from tests.assurance.outsider.doors import Doors

Act = tuple[date, Callable[[], None]]
HARMS = ("harm_to_individuals", "harm_to_society", "harm_to_organization")
SECOND = "dag"
"""Who approves what system owners write; Carla writes what is not the owners'."""
ALL_UNREPORTED = ("inputs", "reviews", "outcomes", "durations", "counters")
WHY = (
    "Events stay in the log of the system itself, which is kept for two years; results are drawn from it by "
    "hand each month, by the monitoring plan."
)
CONTROLS = {
    "Fairness": ["iso42001:A.5.4", "iso42001:A.7.4"],
    "Privacy": ["iso42001:A.7.3"],
    "Security": ["iso42001:A.6.2.4"],
    "Reliability": ["iso42001:A.6.2.6"],
    "Transparency": ["iso42001:A.8.2"],
    "Human-AI": ["iso42001:A.9.2", "iso42001:A.9.3"],
    "Agents": ["iso42001:A.6.2.4", "iso42001:A.9.4"],
}
TREATMENTS = {
    "Fairness": (
        "Results by group each quarter",
        "Compare results by group each quarter; retrain or change "
        "the rule when they part by more than the limit.",
        "Difference between groups within 3 points.",
    ),
    "Privacy": (
        "Account numbers are cut out before anything leaves us",
        "Filter before the supplier's service; a sample of two hundred is read each month.",
        "No number in two hundred samples.",
    ),
    "Security": (
        "A second look at what could be forged",
        "Compare with the register of suppliers; whatever differs waits for a call back.",
        "No forged item released in the yearly exercise.",
    ),
    "Reliability": (
        "Results beside reality each month",
        "Compare with what happened each month; fall back when the limit is passed.",
        "Error within its limit in ten of twelve months.",
    ),
    "Transparency": (
        "Reasons and sources beside each result",
        "Show what a result rests on; two editors read fifty cases a week.",
        "At most eight of a hundred cases corrected.",
    ),
    "Human-AI": (
        "People look first",
        "The result appears after the first look; seeded errors each quarter.",
        "Nine of ten seeded errors are seen.",
    ),
    "Agents": (
        "Fixed limits that the agent cannot change",
        "Limits live in the gateway; a person confirms what lies near them.",
        "No command beyond a limit in five hundred attempts.",
    ),
}


@dataclass
class Thread:
    """Writes the records of one system; names of records begin with its slug."""

    doors: Doors
    slug: str
    facts: Mapping[str, Any]
    tier: str

    @property
    def owner(self) -> str:
        """Who answers for the system."""
        return str(self.facts["owner"])

    @property
    def title(self) -> str:
        """What it is called."""
        return str(self.facts["title"])

    def name(self, what: str) -> str:
        """The name of one of its records."""
        return f"{self.slug}/{what}"

    def acts(self) -> list[Act]:
        """Everything that is done about it, with its day."""
        live: date = self.facts["live"]
        found = [
            (live - timedelta(days=75), self.registered),
            (live - timedelta(days=60), self.risks_found),
            (live - timedelta(days=45), self.treated),
            (live - timedelta(days=30), self.risks_accepted),
            (live - timedelta(days=14), lambda: self.released("1.0", live)),
            (live, lambda: self.in_use("1.0", live)),
            (live + timedelta(days=20), self.watched),
        ]
        if again := self.facts.get("again"):
            found += [
                (again - timedelta(days=14), lambda: self.released("2.0", again)),
                (again, lambda: self.in_use("2.0", again)),
                (again + timedelta(days=4), self.assessed_after_release),
            ]
        return found

    def registered(self) -> None:
        """The system, its data, model and specification."""
        doors, facts, live = self.doors, self.facts, self.facts["live"]
        system = {
            **facts["fields"],
            "title": self.title,
            "slug": self.slug,
            "lifecycle": "in development",
            "started_on": live - timedelta(days=120),
            "supplier": facts.get("supplier"),
            "not_reported": ALL_UNREPORTED,
            "not_reported_why": WHY,
            "next_review": live + timedelta(days=150),
            "owner": self.owner,
        }
        doors.take_in(self.owner, SECOND, "ai-system", {self.slug: system})
        doors.take_in("carla", SECOND, "dataset", {self.name("data"): self._data(live)})
        doors.take_in("carla", SECOND, "component", {self.name("model"): self._model("1.0", live)})
        doors.take_in(self.owner, SECOND, "specification", {self.name("spec"): self._specification(live)})

    def _data(self, live: date) -> dict[str, Any]:
        bought = self.facts["data"]
        return {
            **bought,
            "title": bought["title"],
            "systems": [self.slug],
            "uses": ["test"] if self.facts.get("supplier") else ["training", "test"],
            "content": f"{bought['title']}: one item a row, with day, facts and origin.",
            "source": "internal",
            "reason": "It shows what the system meets in use; what it lacks stands under bias.",
            "acquired_on": live - timedelta(days=110),
            "covers_from": date(2022, 1, 1),
            "covers_until": live - timedelta(days=115),
            "changed_on": live - timedelta(days=100),
            "version": "2025-1",
            "digest": digest(self.slug, "data"),
            "lineage": f"Taken from {bought['origin']} by the data office, copied once, checked "
            "against sums.",
            "preparation": "Doubles removed, gaps set apart and not filled, pseudonyms before copying.",
            "labelling": "Outcome as recorded; a tenth was labelled again by a second person, 96 in "
            "100 alike.",
            "quality_wanted": "At most 1 in 100 items incomplete; no group under 5 in 100.",
            "quality_found": f"0.4 in 100 incomplete on {live - timedelta(days=95)}; smallest group "
            "6 in 100.",
            "quality_verdict": "good enough",
            "retention_rule": "Two years after the last release that used it; deleted by the data office.",
            "next_review": live + timedelta(days=270),
            "owner": "olga",
        }

    def _model(self, version: str, live: date) -> dict[str, Any]:
        told = {
            **self.facts["model"],
            "type": "model",
            "systems": [self.slug],
            "purpose": self.facts["fields"]["purpose"],
            "limits_of_use": f"Not for {self.facts['misuse'][0].lower()}{self.facts['misuse'][1:]}",
            "version": version,
            "digest": digest(self.slug, version),
            "pinned": "yes",
            "origin": "Own registry of models",
            "licence": "By contract with the supplier" if self.facts.get("supplier") else "Own work",
            "supplier": self.facts.get("supplier"),
            "environment_note": "Estimated from machine hours: below 10 MWh a year.",
            "supported_until": live + timedelta(days=900),
            "datasets": [self.name("data")],
            "owner": self.owner,
        }
        if self.slug == "boiler-agent":
            told["type"] = "agent"
            told |= {
                "amount_limits": "At most 400 boilers at once, three hours each, once a day.",
                "data_limits": "Reads heating curves and weather; writes switching commands; sends "
                "nothing else.",
                "waits_for": "More than 200 boilers in one district.",
                "stopped_by": "jonas",
                "stop_how": "One key in the control room; boilers fall back to their thermostat in a minute.",
            }
        return told

    def _specification(self, live: date) -> dict[str, Any]:
        fields = self.facts["fields"]
        return {
            "title": f"What {self.title} shall do",
            "system": self.slug,
            "need": f"{fields['benefits']} Asked for by {fields['business_area']}.",
            "use": f"{fields['purpose']} Output: {fields['outputs']}",
            "bounds": self.facts["misuse"],
            "asked": "\n".join(self.facts["asked"]),
            "objectives": ["obj-development"],
            "data_needs": self.facts["data"]["rights"],
            "oversight": fields["human_oversight"],
            "design": self.facts["model"]["method"],
            "sources": "Policy, obligations, risks, impact talks, and the people who will use it.",
            "next_review": live + timedelta(days=300),
            "owner": self.owner,
        }

    def risk_names(self) -> list[str]:
        """The names of its risks."""
        return [self.name(f"risk-{place}") for place, _ in enumerate(self.facts["risks"], start=1)]

    def risks_found(self) -> None:
        """Its risks, judged before treatment, in an assessment that took place."""
        rows, today = {}, self.doors.now.date()
        for name, (title, cause, family, source, before, _) in zip(
            self.risk_names(), self.facts["risks"], strict=True
        ):
            rows[name] = {
                "title": title,
                "system": self.slug,
                "description": f"{title}. {self.facts['harm']}",
                "cause": cause,
                "family": family,
                "source": source,
                "people": self.facts["fields"]["affected_groups"],
                "existing_controls": self.facts["fields"]["human_oversight"],
                "likelihood": before[0],
                **dict(zip(HARMS, before[1:], strict=True)),
                "criteria": "doc-method",
                "criteria_version": "1",
                "rationale": "Cases of two years, tests, and what people told us who know the work.",
                "assessed_on": today,
                "next_review": today + timedelta(days=330),
                "owner": "ines",
            }
        self.doors.import_rows("carla", "risk", rows)
        for name in rows:
            self.doors.step(name, "carla", "assess")
        assessment = {
            "title": f"Risks of {self.title} before its first release",
            "trigger": "new system",
            "occasion": f"{self.title} is to go live; nothing of the kind has run here before.",
            "assessed_on": today,
            "participants": "Ines Duarte (led), the owner, Leif Dahl, two of "
            f"{self.facts['fields']['topic']}.",
            "risks": list(rows),
            "result": "treatment",
            "findings": f"{len(rows)} risks; gravest: {next(iter(rows.values()))['title'].lower()}.",
            "next_review": today + timedelta(days=330),
            "owner": "ines",
        }
        self.doors.take_in("carla", SECOND, "risk-assessment", {self.name("assessment"): assessment})

    def assessed_after_release(self) -> None:
        """Its risks looked at again because a new release is in use."""
        today = self.doors.now.date()
        row = {
            "title": f"Risks of {self.title} after its second release",
            "trigger": "release",
            "occasion": "A new version is in use; whether figures still hold was to be found out.",
            "assessed_on": today,
            "participants": "Ines Duarte (led), the owner, Leif Dahl, two of "
            f"{self.facts['fields']['topic']}.",
            "risks": self.risk_names(),
            "result": "acceptable",
            "findings": "No new risk; tests of the release bear the figures out.",
            "next_review": today + timedelta(days=330),
            "owner": "ines",
        }
        self.doors.take_in("carla", SECOND, "risk-assessment", {self.name("assessment-2.0"): row})

    def treated(self) -> None:
        """What is done about its risks, and the plan that says so."""
        today, rows = self.doors.now.date(), {}
        for place, (title, _, family, _, _, _) in enumerate(self.facts["risks"], start=1):
            what, action, measure = TREATMENTS[family]
            rows[self.name(f"treatment-{place}")] = {
                "title": f"{self.title}: {what[0].lower()}{what[1:]}",
                "risks": [self.name(f"risk-{place}")],
                "option": "reduce",
                "action": f"{action} It answers: {title.lower()}.",
                "controls": CONTROLS[family],
                "resources": "Two days a month of the owner's people.",
                "due": today + timedelta(days=40),
                "measure": measure,
                "owner": self.owner,
            }
        self.doors.take_in("carla", "bjorn", "treatment", rows)
        for name, (*_, after) in zip(self.risk_names(), self.facts["risks"], strict=True):
            told = {f"residual_{harm}": figure for harm, figure in zip(HARMS, after[1:], strict=True)}
            told |= {"response": "reduce", "residual_likelihood": after[0]}
            self.doors.step(name, "carla", "treat", **told)
        plan = {
            "title": f"Treatment plan of {self.title}",
            "purpose": f"The risks of {self.title} from its first release on.",
            "risks": self.risk_names(),
            "treatments": list(rows),
            "residual": "Nothing above moderate is left; people look first and can stop it within a minute.",
            "next_review": today + timedelta(days=330),
            "owner": "ines",
        }
        self.doors.take_in("carla", "astrid", "treatment-plan", {self.name("plan"): plan})

    def risks_accepted(self) -> None:
        """The treatments carried out and verified; what is left is accepted by the finance chief."""
        until = self.facts["live"] + timedelta(days=330)
        for name in self.risk_names():
            treatment = name.replace("risk-", "treatment-")
            self.doors.step(treatment, "carla", "carry-out", reason="In place since last week; tried twice.")
            self.doors.step(treatment, SECOND, "verify", reason="Seen at work; results within the measure.")
            self.doors.amend(
                name, "carla", accepted_until=until, acceptance_terms="While results are read monthly."
            )
            self.doors.step(
                name, "bjorn", "accept", reason="Within the appetite of the board after treatment."
            )

    def released(self, version: str, live: date) -> None:
        """A release, validated against limits set beforehand, assessed and approved."""
        from tests.assurance.outsider.releasing import release

        release(self, version, live)

    def in_use(self, version: str, live: date) -> None:
        """Its deployment, and what people are told."""
        from tests.assurance.outsider.releasing import deploy

        deploy(self, version, live)

    def watched(self) -> None:
        """How it is monitored from now on, and its papers."""
        from tests.assurance.outsider.releasing import watch

        watch(self)


def digest(*parts: str) -> str:
    """A SHA-256 that stands for the file of something invented."""
    return sha256("/".join(parts).encode()).hexdigest()
