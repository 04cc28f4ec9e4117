"""What checks over the organization may ask for besides records, each with how a change of it is noticed.

A fact is not a record: nobody amends it through the door, so no revision says that it has changed. Whoever
adds one therefore gives a ``stamp`` along with how it is read, and the engine compares stamps; without one a
check would go on with what it saw on the last day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from plumbline import catalogs
from plumbline.clauses import intervals
from plumbline.clauses.acknowledging import queries as acknowledging
from plumbline.controls import queries
from plumbline.discovery import queries as discovery
from plumbline.kernel import clock
from plumbline.kernel.listed import names_in
from plumbline.metrics import queries as points
from plumbline.records import queries as records

Rows = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Fact:
    """Something a check may need as ``facts:<name>``: how it is read, and a text that changes when it does.

    The stamp is asked for all the time, even when nothing happens: it costs an aggregate, not a reading.
    What follows from the day alone need not change it, since every check is judged when a day has passed.
    """

    name: str
    read: Callable[[], Rows]
    stamp: Callable[[], str]


def _sightings() -> Rows:
    return tuple(
        {
            "slug": row.slug,
            "reference": row.reference,
            "dismissed_until": row.dismissed_until.isoformat() if row.dismissed_until else None,
            "sends": row.sends(clock.now()),
        }
        for row in discovery.sightings()
    )


def _controls() -> Rows:
    return tuple({"id": row.id, "title": row.title} for row in catalogs.controls())


def _subclauses() -> Rows:
    return tuple({"id": row.id} for row in catalogs.subclauses())


def _documents_asked() -> Rows:
    """Each document that a sub-clause asks for, with its place there; 7.5.1 asks for all and is left out."""
    rows = (row for row in catalogs.subclauses() if row.number != "7.5.1")
    return tuple(
        {"id": row.id, "place": place, "what": asked.what}
        for row in rows
        for place, asked in enumerate((one for one in row.documented if one.form == "document"), start=1)
    )


def _measured() -> Rows:
    """The last day on which the product measured what an indicator in force is about, by system.

    Only what indicators ask for is looked up: the points of all systems are too many to be read for a day.
    """
    seen = {row.reference: row.slug for row in discovery.sightings()}
    asked = {(row["metric"], row["system"]) for row in records.in_force("indicator") if row["metric"]}
    pairs = {
        (metric, slug)
        for metric, system in asked
        for slug in ([seen[system]] if system in seen else [] if system else seen.values())
    }
    hours = ((metric, slug, points.last_measured(metric, slug)) for metric, slug in sorted(pairs))
    return tuple(
        {"metric": metric, "system": slug, "on": clock.day_of(hour).isoformat()}
        for metric, slug, hour in hours
        if hour is not None
    )


def _judged() -> Rows:
    """The last day that results of a check speak of, by subject, for the checks that plans in force name."""
    named = {name for row in records.in_force("monitoring-plan") for name in names_in(row["checks"])}
    return tuple(
        {"check": name, "subject": subject, "on": clock.day_of(until).isoformat()}
        for name, subject, until in queries.judged_until(named)
    )


def _component_changes() -> Rows:
    rows = queries.changed_on_approval("component", ("version", "digest"))
    return tuple({"reference": reference, "at": clock.rfc3339(at)} for reference, at in rows)


def _policy_approvals() -> Rows:
    rows = queries.approvals("policy")
    return tuple({"reference": reference, "on": day.isoformat()} for reference, day in rows)


def _first_approvals() -> Rows:
    """The day on which each policy and document was first approved."""
    first: dict[str, str] = {}
    for kind in ("policy", "document"):
        for reference, day in queries.approvals(kind):
            first.setdefault(reference, day.isoformat())
    return tuple({"reference": reference, "on": day} for reference, day in first.items())


def _acknowledgements() -> Rows:
    """Everybody who is asked to acknowledge a version in force, by opaque id, and whether they have."""
    return tuple(
        {"reference": one.reference, "person": one.person, "since": one.since.isoformat(), "has": one.has}
        for one in acknowledging.progress()
    )


def _acknowledgements_stamp() -> str:
    return f"{acknowledging.stamp()} {queries.people_stamp()} {queries.approvals_stamp()}"


def _attached() -> Rows:
    return tuple({"reference": reference} for reference in queries.with_attachment("document"))


def _people() -> Rows:
    rows = queries.people(clock.today())
    return tuple({"handle": handle, "active": active, "roles": roles} for handle, active, roles in rows)


def _longest_intervals() -> Rows:
    """The longest intervals in force; a day that none is about has the one that it was delivered with."""
    return tuple({"subject": row["subject"], "months": int(row["months"])} for row in intervals.governed())


FACTS: dict[str, Fact] = {
    fact.name: fact
    for fact in (
        Fact("sightings", _sightings, lambda: f"{discovery.sightings_stamp()} {discovery.last_seen_stamp()}"),
        Fact("controls", _controls, catalogs.version),
        Fact("subclauses", _subclauses, catalogs.version),
        Fact("documents-asked", _documents_asked, catalogs.version),
        Fact("measured", _measured, discovery.last_seen_stamp),
        Fact("judged", _judged, queries.judged_stamp),
        Fact("component-changes", _component_changes, queries.approvals_stamp),
        Fact("policy-approvals", _policy_approvals, queries.approvals_stamp),
        Fact("first-approvals", _first_approvals, queries.approvals_stamp),
        Fact("acknowledgements", _acknowledgements, _acknowledgements_stamp),
        Fact("attached", _attached, queries.attachments_stamp),
        Fact("people", _people, queries.people_stamp),
        Fact("longest-intervals", _longest_intervals, lambda: queries.revisions_stamp(intervals.KIND)),
    )
}
"""Every fact there is, by name."""


def add(fact: Fact) -> None:
    """Make a fact known that follows from more than this module may import."""
    FACTS[fact.name] = fact
