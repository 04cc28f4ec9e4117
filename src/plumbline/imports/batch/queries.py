"""Whose an import is, whether one person may confirm it, what was kept before. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings
from django.db.models import Max, Q, QuerySet

from plumbline.identity import policy
from plumbline.identity import queries as people
from plumbline.identity.actors import Actor, actor_of_person, actors_of_people
from plumbline.identity.models import Person
from plumbline.imports import targets
from plumbline.imports.directory.declarations import Target
from plumbline.imports.models import ImportJob, ImportRow
from plumbline.imports.stated.queries import CONFIRMED, kept_rows
from plumbline.kernel.messages import Text, Word, say
from plumbline.kernel.problems import NotAllowed


def theirs(actor: Actor) -> QuerySet[ImportJob]:
    """The imports that ``actor`` asked for, planned last, or was assigned."""
    if actor.person_id is None:
        return ImportJob.objects.filter(actor=actor.id)
    own = Q(person_id=actor.person_id) | Q(author_id=actor.person_id) | Q(assignee_id=actor.person_id)
    return ImportJob.objects.filter(own)


def is_on() -> bool:
    """Whether any import takes a second person."""
    return bool(settings.PLUMBLINE.import_alone_rows)


def second_person_of(job: ImportJob, rows: int) -> Text:
    """As `second_person`, of an import."""
    return second_person(targets.get(job.kind), rows)


def second_person(kind: Target, rows: int) -> Text:
    """Why an import that writes so many rows of ``kind`` is confirmed by a second person; empty where one is
    enough. Both reasons hold only where the organization has set how many rows one imports alone."""
    limit: int = settings.PLUMBLINE.import_alone_rows
    if not limit or not rows:
        return ""
    if kind.sets_values:
        return say(
            "imports.second-person-by-kind",
            "An import of {kind} is confirmed by somebody who neither uploaded nor planned it, however "
            "small it is: it decides what people may do or what checks hold to. Assign it to a second "
            "person, who sees the preview.",
            kind=Word(kind.names),
        )
    if rows <= limit:
        return ""
    return say(
        "imports.second-person",
        "An import of more than {limit} rows is confirmed by somebody who neither uploaded nor planned it. "
        "Assign it to a second person, who sees the preview.",
        limit=limit,
    )


def why_not_alone(actor: Actor, job: ImportJob, rows: int) -> Text:
    """Why ``actor`` may not confirm an import that writes ``rows`` rows; empty where they may.

    Whoever uploaded the file or planned it last is no second person for it, nor who stands in for them.
    """
    reason = second_person(targets.get(job.kind), rows) if job.confirmed_at is None else ""
    if not reason or policy.independent(
        actor, author_ids=[job.person_id, job.author_id], owner_id=None, kind=job.kind
    ):
        return ""
    return reason


def candidates(job: ImportJob) -> tuple[tuple[str, str], ...]:
    """Id and name of the people to whom an import can be assigned."""
    rows = people.people(active=True)
    found = zip(rows, actors_of_people(rows), strict=True)
    return tuple(
        (person.handle, person.full_name)
        for person, actor in found
        if targets.may_import(actor, targets.get(job.kind))
    )


def candidate(job: ImportJob, who: str) -> Person:
    """The person to whom an import is assigned. Raises `NotFound`, or `NotAllowed` for who may not import."""
    person = people.person(who)
    if not targets.may_import(actor_of_person(person), targets.get(job.kind)):
        raise NotAllowed(
            say("imports.cannot-take", "{name} may not import these records.", name=person.full_name)
        )
    return person


def kept_before(references: Collection[str], jobs: QuerySet[ImportJob]) -> frozenset[str]:
    """Those of ``references`` that somebody has kept although an edition had them no longer.

    An entry that came back since and is gone again is asked of again.
    """
    kept: dict[str, int] = {}
    for pk, listed in jobs.exclude(kept="").order_by("id").values_list("id", "kept"):
        kept |= dict.fromkeys(listed.split(), pk)
    wanted = [reference for reference in references if reference in kept]
    rows = ImportRow.objects.filter(kept_rows(), reference__in=wanted, job__state__in=CONFIRMED)
    newest = dict(rows.values_list("reference").annotate(last=Max("job_id")))
    return frozenset(reference for reference in wanted if newest.get(reference, 0) <= kept[reference])


def kept_of(job: ImportJob) -> frozenset[str]:
    """What this import keeps of what is no longer in its file."""
    return frozenset(job.kept.split())
