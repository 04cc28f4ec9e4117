"""Which versions are to be acknowledged, by whom, and who has: read from the entries themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from plumbline.clauses import queries as clauses
from plumbline.clauses.acknowledging import groups
from plumbline.clauses.acknowledging.groups import Group, Somebody
from plumbline.identity import policy
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.records import kinds
from plumbline.records import queries as records
from plumbline.records.csv_export import harmless
from plumbline.records.kinds import Kind
from plumbline.records.models import Record
from plumbline.trail.commitments import queries as committed

KINDS: Final = ("policy", "document")
ACKNOWLEDGED: Final = "record.acknowledged"
HEADER: Final = [
    *("reference", "title", "version", "sha256", "person", "name", "acknowledged", "entry"),
]


@dataclass(frozen=True)
class Version:
    """The version of a record that is in force: ``digest`` is the SHA-256 of all that its approval binds."""

    reference: str
    kind: str
    title: str
    revision: int
    digest: str
    groups: tuple[Group, ...]
    text: str
    approved_on: date


@dataclass(frozen=True)
class Acknowledged:
    """When somebody acknowledged a version, and by which entry."""

    at: datetime
    entry: int


@dataclass(frozen=True)
class Reader:
    """Somebody who is asked; ``acknowledged`` is None while they have not."""

    handle: str
    name: str
    acknowledged: Acknowledged | None


@dataclass(frozen=True)
class Status:
    """A version with everybody who is asked today. ``may_see`` says whether names may be shown to whoever
    asked; ``own`` is their own part, None where they are not asked."""

    version: Version
    readers: tuple[Reader, ...]
    may_see: bool
    own: Reader | None

    @property
    def done(self) -> int:
        """How many of those who are asked have acknowledged it."""
        return sum(reader.acknowledged is not None for reader in self.readers)


def _kinds() -> list[Kind]:
    """The kinds of which some record names a group, which is cheap to ask before what is in force is read.

    Of one that is being written anew, the version in force may name groups that the draft leaves out.
    """
    return [
        kind
        for slug in KINDS
        if kinds.exists(slug)
        for kind in (kinds.get(slug),)
        if clauses.rows(slug).exclude(readers="", state__in=kind.workflow.approved).exists()
    ]


def versions() -> list[Version]:
    """Every version in force that names groups, in order of recording."""
    return [
        _version(kind, row)
        for kind in _kinds()
        for row in clauses.in_force_if_any(kind.slug)
        if row.get("readers")
    ]


def _version(kind: Kind, row: dict[str, Any]) -> Version:
    return Version(
        row["reference"],
        kind.slug,
        row["title"],
        row["approved_revision"],
        row["approval_digest"] or "",
        groups.parse(row.get("readers") or ""),
        row["text"] or "",
        clock.day_of(clock.parse_rfc3339(row["approved_at"])),
    )


def _given(found: Iterable[Version]) -> dict[tuple[str, str, str], Acknowledged]:
    """The first acknowledgement of each version by each person: by reference, digest and opaque id."""
    given: dict[tuple[str, str, str], Acknowledged] = {}
    for entry in committed.about([version.reference for version in found], {ACKNOWLEDGED}):
        key = (entry.view.subject_ref, str(entry.facts["digest"]), str(entry.facts["person"]))
        given.setdefault(key, Acknowledged(entry.view.time, entry.index))
    return given


def waiting(actor: Actor) -> list[Version]:
    """The versions that the person ``actor`` is asked to acknowledge and has not."""
    asked = versions()
    me = next((one for one in groups.everybody() if one.handle == _handle(actor)), None) if asked else None
    if me is None:
        return []
    given = _given(asked)
    return [
        version
        for version in asked
        if groups.is_in(me, version.groups) and (version.reference, version.digest, me.handle) not in given
    ]


def _handle(actor: Actor) -> str:
    return identity.handle_of(actor.person_id) if actor.person_id is not None else ""


@dataclass(frozen=True)
class Asked:
    """A person (opaque id) who is asked to acknowledge the version of a record that is in force, from which
    day on, and whether they have."""

    reference: str
    person: str
    since: date
    has: bool


def progress() -> list[Asked]:
    """Everybody who is asked today, for each version: asked since it came into force or since they belong to
    its groups, whichever is later. What is acknowledged of another version counts for nothing."""
    asked = versions()
    given, people = _given(asked), groups.everybody() if asked else []
    return [
        Asked(
            version.reference,
            one.handle,
            max(version.approved_on, joined),
            (version.reference, version.digest, one.handle) in given,
        )
        for version in asked
        for one in people
        if (joined := groups.since(one, version.groups)) is not None
    ]


def stamp() -> str:
    """A text that changes when somebody acknowledges a version."""
    return str(committed.newest_of(ACKNOWLEDGED))


def statuses(actor: Actor) -> list[Status]:
    """How far each version is acknowledged, of those that ``actor`` may see."""
    asked = versions()
    seen = {
        reference
        for slug in {version.kind for version in asked}
        if policy.may(actor, "read", kind=slug, anywhere=True)
        for reference in records.visible(actor, kinds.get(slug)).values_list("reference", flat=True)
    }
    asked = [version for version in asked if version.reference in seen]
    return list(_statuses(actor, asked))


def status(actor: Actor, reference: str) -> Status | None:
    """How far the version in force of one record is acknowledged; None where none asks anybody.

    Raises `NotFound` for a record that ``actor`` may not see.
    """
    record, _ = records.find(actor, reference)
    found = [version for version in versions() if version.reference == record.reference]
    return next(_statuses(actor, found), None)


def _statuses(actor: Actor, asked: list[Version]) -> Iterator[Status]:
    given, people = _given(asked), groups.everybody() if asked else []
    handle = _handle(actor)
    owners = dict(
        Record.objects.filter(reference__in=[version.reference for version in asked]).values_list(
            "reference", "owner_id"
        )
    )
    for version in asked:
        readers = tuple(_reader(one, version, given) for one in people if groups.is_in(one, version.groups))
        own = next((reader for reader in readers if reader.handle == handle), None)
        is_owner = actor.person_id is not None and owners.get(version.reference) == actor.person_id
        yield Status(version, readers, is_owner or may_see(actor, version), own)


def _reader(one: Somebody, version: Version, given: dict[tuple[str, str, str], Acknowledged]) -> Reader:
    return Reader(one.handle, one.name, given.get((version.reference, version.digest, one.handle)))


def may_see(actor: Actor, version: Version) -> bool:
    """Whether names may be shown: to whoever reads what is sensitive, as managers and auditors do."""
    return policy.may(actor, "read-sensitive", kind=version.kind, anywhere=True).allowed


def lines(actor: Actor) -> Iterator[list[str]]:
    """A line for each version and each person who is asked, as far as names may be shown."""
    for one in statuses(actor):
        for reader in one.readers if one.may_see else ():
            given, version = reader.acknowledged, one.version
            yield [
                harmless(text)
                for text in (
                    *(version.reference, version.title, version.revision, version.digest),
                    *(reader.handle, reader.name),
                    *((clock.rfc3339(given.at), given.entry) if given is not None else ("", "")),
                )
            ]
