"""Incidents and concerns (A.8.4, A.3.3): nobody was told, nothing was learned."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from plumbline.assurance import texts
from plumbline.assurance.declaration import Gap, gap, rule
from plumbline.assurance.snapshot import Row, Snapshot
from plumbline.kernel.messages import Ref, Word, say

SETTLED = frozenset({"corrected", "verified", "closed"})


@rule(
    "incident-nobody-was-told",
    "A.8.4 A.8.3",
    grade="minor",
    over="incident",
    repair=Word("Tell those who were affected, or write why nobody is told and who decided that."),
)
def incident_nobody_told(row: Row, world: Snapshot) -> Iterator[Gap]:
    """People were affected by an incident, and nobody told them, or nobody wrote why not."""
    touched = (
        bool(row["people"])
        or not texts.vague(row.text("harmed"), 4)
        or row["severity"] in {"serious", "critical"}
    )
    noticed = row.day("noticed_on") or row.day("happened_on") or row.created
    silent = row["tell"] == "yes" and row.day("told_on") is None
    undecided = not row["tell"] or (row["tell"] == "no" and texts.vague(row.text("told")))
    waited = noticed < world.ago(14) or row.state in SETTLED
    if touched and waited and (silent or undecided):
        yield gap(
            say("predicted.incident-nobody-was-told", "{incident} affected people, and they were not told.",
                incident=Ref(row.reference)),
            row.seen("harmed", "people", "tell", "told_on", "told"),
            grade="major" if row["severity"] in {"serious", "critical"} else "",
        )  # fmt: skip


@rule(
    "incident-told-late",
    "A.8.4",
    grade="minor",
    over="incident",
    repair=Word("Say what held it up, and shorten the plan for telling people."),
)
def incident_told_late(row: Row, world: Snapshot) -> Iterator[Gap]:
    """Those affected by an incident were told more than thirty days after it was noticed."""
    noticed, told = row.day("noticed_on"), row.day("told_on")
    if noticed is not None and told is not None and (told - noticed).days > 30:
        yield gap(
            say("predicted.incident-told-late", "{incident} was noticed on {noticed}, and people were "
            "told on {told}.",
                incident=Ref(row.reference), noticed=noticed, told=told),
            row.seen("noticed_on", "told_on"),
        )  # fmt: skip


@rule(
    "incident-without-consequence",
    "10.2 A.8.4",
    grade="minor",
    over="incident",
    repair=Word("Take it on as a nonconformity, or write what was learned and why that is enough."),
)
def incident_without_consequence(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A serious incident led to no nonconformity, or one was closed without a cause or a lesson."""
    grave = row["severity"] in {"serious", "critical"} and not row.many("nonconformities")
    bare = row.state in SETTLED and (texts.vague(row.text("cause")) or texts.vague(row.text("lessons")))
    if bare or (grave and (row.day("noticed_on") or row.created) < world.ago(14)):
        yield gap(
            say("predicted.incident-without-consequence", "{incident} led to nothing that keeps it from "
            "happening again.",
                incident=Ref(row.reference)),
            row.seen("severity", "cause", "lessons", "nonconformities"),
        )  # fmt: skip


@rule(
    "risk-as-before-the-incident",
    "8.2 6.1.2",
    grade="minor",
    over="incident",
    repair=Word("Assess the risk again with what the incident showed."),
)
def risk_as_before_incident(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A risk came true, or an incident showed it, and nobody has assessed it since."""
    happened = row.day("happened_on") or row.day("noticed_on")
    old = [
        one
        for one in world.all(row.many("risks"))
        if not one.ended and happened is not None and (one.day("assessed_on") or date.min) < happened
    ]
    if old and (row.state in SETTLED or (happened is not None and happened < world.ago(30))):
        yield gap(
            say("predicted.risk-as-before-the-incident", "{risk} was last assessed before {incident}.",
                risk=Ref(old[0].reference), incident=Ref(row.reference)),
            row.seen("happened_on", "state"),
            *(one.seen("assessed_on") for one in old),
        )  # fmt: skip


@rule(
    "incident-of-a-system-not-live",
    "A.4.2 A.6.2.6",
    grade="opportunity",
    over="incident",
    repair=Word("Correct the state of the system, or the days of the incident."),
)
def incident_of_system_not_live(row: Row, world: Snapshot) -> Iterator[Gap]:
    """An incident happened with a system that by its record was not yet or no longer in operation."""
    system, day = world.get(row["system"]), row.day("happened_on")
    if system is None or day is None:
        return
    began, ended = system.day("operating_since"), system.day("retired_on")
    if (
        (began is not None and day < began)
        or (ended is not None and day > ended)
        or system["lifecycle"] == "planned"
    ):
        yield gap(
            say("predicted.incident-of-a-system-not-live", "{incident} happened while {system} was not in "
            "operation.",
                incident=Ref(row.reference), system=Ref(system.reference)),
            row.seen("happened_on"),
            system.seen("lifecycle", "operating_since", "retired_on"),
        )  # fmt: skip


@rule(
    "concern-not-answered",
    "A.3.3 A.8.3",
    grade="minor",
    over="concern",
    repair=Word("Answer it where whoever raised it can read that, and take on what it shows."),
)
def concern_not_answered(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A concern waits for an answer for more than thirty days, or was upheld and led to nothing.

    One that is closed was looked at by a second person, with what followed in its answer.
    """
    came, answered = row.day("received_on") or row.created, row.day("answered_on")
    led = row["incident"] or row["nonconformity"] or world.naming(row, "action")
    if (answered is None and came < world.ago(30)) or (
        row["outcome"] == "upheld" and not led and row.state != "closed"
    ):
        yield gap(
            say("predicted.concern-not-answered", "{concern} waits for an answer, or was upheld and led "
            "to nothing.",
                concern=Ref(row.reference)),
            row.seen("received_on", "answered_on", "outcome"),
        )  # fmt: skip
