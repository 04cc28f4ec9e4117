"""What a request reaches, and the legal holds that reach some of the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from django.conf import settings

from plumbline.erasure import targets
from plumbline.erasure.models import ErasureRequest, LegalHold
from plumbline.erasure.plan import Plan
from plumbline.identity.erasure import commands as accounts
from plumbline.imports.erasure import commands as imports
from plumbline.kernel import clock
from plumbline.reports.erasure import commands as packs
from plumbline.telemetry.erasure import commands as events
from plumbline.telemetry.store.port import Reader
from plumbline.telemetry.store.remote import open_reader
from plumbline.trail.commitments import queries as committed
from plumbline.trail.openings import queries as openings

Kind = ErasureRequest.Kind


def plan_of(row: ErasureRequest, threads: Reader | None) -> Plan:
    """What a request reaches now. ``threads`` finds the events that speak of those to be erased."""
    data, names = Path(settings.PLUMBLINE.data), targets.of(row)
    plan = Plan()
    match row.kind:
        case Kind.SUBJECT:
            found = events.of_subjects(data, names)
        case Kind.EVENT:
            found = events.FoundEvents()
            for id in targets.events(row):
                part = events.of_event(data, id)
                found.ids |= part.ids
                for leaf, positions in part.places.items():
                    found.places[leaf] |= positions
        case Kind.CLASS:
            found = (
                events.before_leaf(data, _first_leaf_on(row.before)) if row.before else events.FoundEvents()
            )
        case _:
            found = events.FoundEvents()
    if threads is not None and row.kind in (Kind.SUBJECT, Kind.EVENT):
        found = events.with_followers(found, threads)
    plan.events = dict(found.places)
    if row.kind == Kind.RECORD:
        plan.records = names
        plan.slots = openings.places_about(plan.records) | packs.stated_in(plan.records)
    if row.kind == Kind.PERSON:
        plan.people = names
        plan.slots = openings.places_about([*names, *accounts.token_handles(names)])
    if row.handle:  # what the request itself says of whom it is about
        plan.slots |= openings.places_about([row.handle])
    return plan


def _first_leaf_on(day: date) -> int:
    return openings.first_entry_at(clock.day_start(day))


def in_force() -> list[LegalHold]:
    """The legal holds in force, oldest first, as the entries of the trail say it.

    A row that somebody released or removed by hand lifts nothing. Where the opening that names the target
    cannot be read, everything of the kind is held.
    """
    found: dict[str, LegalHold] = {}
    for entry in committed.of_types({"hold.placed", "hold.released"}):
        handle, of = entry.view.subject_ref, entry.facts.get("of", "all")
        if entry.verb == "released":
            found.pop(handle, None)
        else:
            found[handle] = LegalHold(
                handle=handle, kind="" if of == "all" else of, target=entry.text("target"),
                ground=entry.text("ground"), leaf=entry.index,
            )  # fmt: skip
    return list(found.values())


def hold_on(row: ErasureRequest, plan: Plan, threads: Reader | None) -> LegalHold | None:
    """A legal hold in force that names what a request names, or reaches some of what its ``plan`` reaches."""
    holds = in_force()
    named = _named(holds, row)
    return named or next((hold for hold in holds if _reaches(hold, plan, threads)), None)


def hold_before_work(row: ErasureRequest) -> LegalHold | None:
    """As `hold_on`, with the plan that ``row`` would have now, which is worked out only beside holds."""
    holds = in_force()
    named = _named(holds, row)
    if named is not None or not holds:
        return named
    with open_reader(Path(settings.PLUMBLINE.data)) as threads:
        return hold_on(row, plan_of(row, threads), threads)


def _named(holds: Sequence[LegalHold], row: ErasureRequest) -> LegalHold | None:
    names = set(targets.of(row))
    for hold in holds:
        if not hold.kind or (
            hold.kind == row.kind and (not hold.target or names.intersection(targets.of(hold)))
        ):
            return hold
    return None


def _reaches(hold: LegalHold, plan: Plan, threads: Reader | None) -> bool:
    """Whether a hold that names something reaches some of ``plan``: worked out as for a request of it."""
    if hold.kind == Kind.CLASS or not hold.target:
        # Whoever holds all of a kind holds all that a request of this kind could reach.
        return bool({Kind.RECORD: plan.records, Kind.PERSON: plan.people}.get(Kind(hold.kind), plan.events))
    held = plan_of(ErasureRequest(handle="", kind=hold.kind, target=hold.target), threads)
    # A kept import file goes with any of the records that came from it, and so with all of them.
    shared = imports.files_of([*plan.records, *plan.people]) & imports.files_of([*held.records, *held.people])
    return plan.overlaps(held) or bool(shared)
