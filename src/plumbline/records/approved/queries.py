"""What is in force, and what is merely claimed: the two ways in which what is derived reads records.

Whatever could make a state better reads `in_force`: values that a second person has approved, as they were
approved, for as long as they have not been taken out of force. A population may read `claimed` as well, since
a draft that says a system is live adds to what has to be looked at and never takes anything out of it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from plumbline.kernel import clock
from plumbline.records import kinds
from plumbline.records import values as plain_values
from plumbline.records.approved import digest
from plumbline.records.attachments import queries as attachments
from plumbline.records.attachments.queries import FileOfRecord
from plumbline.records.kinds import Kind
from plumbline.records.models import Approval, Record, Revision
from plumbline.records.related.models import Link
from plumbline.trail import log

_READ = 1_000
"""Records that are held as objects at once: ten thousand of them keep the collector of garbage, and with it
every other request of the process, busy for a third of a second."""


@dataclass(frozen=True)
class _Version:
    """One revision that may be in force, and the approval that put it there if the workflow has approvals."""

    record: int
    leaf: int
    state: str
    approved_revision: int | None = None
    approved_at: datetime | None = None
    digest: str | None = None


def in_force(kind_slug: str, at: datetime | None = None) -> list[dict[str, Any]]:
    """What is in force of a kind at the instant ``at`` (now, by default), in order of recording.

    Where steps approve, the values are those of the newest approved revision, also while a newer draft
    exists, until the record is retired (or abandoned, or closed); an approval whose ``effective_from`` still
    lies ahead does not count yet. Other kinds count in the states that their workflow declares. Values are
    read from the revision as it was recorded, never from the present row; ``state`` is the present state
    where the record still stands as approved, otherwise the state into which the approval took it.

    Each row has the kind's fields, the derived ones too, and ``reference``, ``state``, ``revision`` (the
    revision that these values are from), ``recorded`` (RFC 3339 of that revision), ``created``,
    ``approved_revision``, ``approved_at``, ``approval_digest`` (of what the approval binds) and ``approved``
    (always true here), and the ``attachments`` and ``links`` that were there when it was approved. At most
    seven queries, however many records there are.
    """
    return _rows(kinds.get(kind_slug), at, at or clock.now())


def _rows(
    kind: Kind, at: datetime | None, instant: datetime, *, record: int | None = None
) -> list[dict[str, Any]]:
    records = Record.objects.filter(kind=kind.slug)
    if record is not None:
        records = records.filter(pk=record)
    versions = (
        _approved(kind, at, instant, records) if kind.workflow.approving else _counting(kind, at, records)
    )
    return _read(kind, versions, records, at)


def _read(
    kind: Kind, versions: Collection[_Version], records: QuerySet[Record], at: datetime | None = None
) -> list[dict[str, Any]]:
    bodies = log.openings_at([version.leaf for version in versions], "revision")
    created = dict(records.values_list("pk", "created_at"))
    empty, hung = _empty_values(kind), _Hung(records, at)
    # An opening that was erased cannot be shown to anybody: what it said is no longer in force.
    return [
        _row(kind, version, json.loads(bodies[version.leaf]), created[version.record], empty, hung)
        for version in sorted(versions, key=lambda version: version.record)
        if version.leaf in bodies
    ]


def in_force_of(record: Record, kind: Kind) -> dict[str, Any] | None:
    """What is in force of one record now, as a row of `in_force`; None while nothing of it is."""
    rows = _rows(kind, None, clock.now(), record=record.pk)
    return rows[0] if rows else None


def as_approved(record: Record, kind: Kind, revision: int) -> dict[str, Any] | None:
    """What the approval of this revision of a record put in force, as a row of `in_force`, whatever has been
    approved since; None where that revision has no approval, or what it said was erased."""
    own = Record.objects.filter(pk=record.pk)
    given_by = Approval.objects.filter(record=record.pk, revision=revision).values("leaf")
    steps = Revision.objects.filter(record=record.pk, leaf__in=given_by).order_by("number")
    versions = [
        _Version(record.pk, leaf, record.state, revision) for leaf in steps.values_list("leaf", flat=True)
    ]
    rows = _read(kind, versions, own)
    return rows[-1] if rows else None


@dataclass(frozen=True)
class GivenApproval:
    """An approval of a record: its trail entry, when it was given, and what it binds.

    ``records`` are the revisions at which the records named in it were, by reference; empty once the opening
    that says so was erased.
    """

    leaf: int
    at: datetime
    digest: str
    records: Mapping[str, int]


def given(record: Record, revision: int) -> GivenApproval | None:
    """The approval of this revision of a record; None where that has none.

    Not simply the newest one: that may be of a revision which takes effect only later.
    """
    row = Approval.objects.filter(record_id=record.pk, revision=revision).order_by("leaf").last()
    if row is None:
        return None
    body = log.opening(row.leaf, digest.SLOT)
    return GivenApproval(row.leaf, row.at, row.digest, json.loads(body)["records"] if body else {})


def revision_numbers(references: Collection[str]) -> dict[str, int]:
    """The present revision of each of these records, whoever may see them."""
    return dict(Record.objects.filter(reference__in=references).values_list("reference", "revision"))


def approval_leaves(keys: Collection[int]) -> dict[int, int]:
    """The trail entry of the newest approval of each of these records (primary keys) that has one.

    A file or link with a later entry was added after what was approved.
    """
    rows = Approval.objects.filter(record_id__in=keys).order_by("leaf")
    return dict(rows.values_list("record_id", "leaf"))


def claimed(kind_slug: str, at: datetime | None = None) -> list[dict[str, Any]]:
    """Every record of a kind as it is written now, or was at the instant ``at``, in order of recording.

    Drafts and retired ones are among them.

    The rows have the keys of `in_force`; ``approved`` says whether the record stands as it was approved, also
    while its retirement is merely proposed (or, in a workflow without approvals, whether its state counts).
    """
    kind = kinds.get(kind_slug)
    if at is not None:
        return _claimed_at(kind, at)
    many = [name for name in kind.own_fields if kind.field(name).many_to_many]
    single = [name for name in kind.own_fields if kind.field(name).is_relation and name not in many]
    rows = kind.model._default_manager.select_related("owner", "unit", "unit_wanted", *single)
    found, hung = [], _Hung(Record.objects.filter(kind=kind.slug), None)
    unapproved = 0 if kind.workflow.approving else None
    for record in rows.prefetch_related("approvals", *many).order_by("id").iterator(_READ):
        newest = max(record.approvals.all(), key=lambda approval: approval.revision, default=None)
        found.append(
            {
                **plain_values.of_record(record, kind),
                **{name: plain_values.of_field(record, kind.field(name)) for name in kind.derived},
                "reference": record.reference,
                "state": record.state,
                "revision": record.revision,
                "recorded": clock.rfc3339(record.updated_at),
                "created": clock.rfc3339(record.created_at),
                "approved_revision": newest.revision if newest else None,
                "approved_at": clock.rfc3339(newest.at) if newest else None,
                "approved": record.state in kind.workflow.approved,
                "approval_digest": newest.digest if newest else None,
                **hung.of(record.pk, None, newest.leaf if newest else unapproved),
            }
        )
    return found


def _claimed_at(kind: Kind, at: datetime) -> list[dict[str, Any]]:
    records = Record.objects.filter(kind=kind.slug)
    states, newest = _states(records, at), dict[int, tuple[int, datetime, str]]()
    leaves, unapproved = dict[int, int](), 0 if kind.workflow.approving else None
    given = Approval.objects.filter(record__in=records, at__lte=at).order_by("leaf")
    columns = ("record_id", "leaf", "revision", "at", "digest")
    for record, approval, revision, when, bound in given.values_list(*columns):
        newest[record], leaves[record] = (revision, when, bound), approval
    created = dict(records.values_list("pk", "created_at"))
    empty, hung = _empty_values(kind), _Hung(records, at)
    found = []
    for record, state, leaf, body in _bodies(states):
        version = _Version(record, leaf, state, *newest.get(record, (None, None, None)))
        row = _row(kind, version, json.loads(body), created[record], empty, hung)
        found.append(
            {
                **row,
                "approved": state in kind.workflow.approved,
                **hung.of(record, None, leaves.get(record, unapproved)),
            }
        )
    return found


def _bodies(states: Mapping[int, tuple[str, int | None]]) -> Iterator[tuple[int, str, int, bytes]]:
    """Each record with its state, its entry and what that opens to, of so many at once as are held."""
    wanted = [(record, state, leaf) for record, (state, leaf) in sorted(states.items()) if leaf is not None]
    for start in range(0, len(wanted), _READ):
        part = wanted[start : start + _READ]
        bodies = log.openings_at([leaf for _, _, leaf in part], "revision")
        yield from ((record, state, leaf, bodies[leaf]) for record, state, leaf in part if leaf in bodies)


def counts(at: datetime | None = None, only: Collection[str] | None = None) -> dict[str, int]:
    """How many records of each kind have a revision in force now, or had at ``at``; kinds with none are left
    out. ``only`` names the kinds that are wanted: each of them makes the query dearer."""
    wanted = [kind for kind in kinds.all_kinds() if only is None or kind.slug in only]
    if at is not None:
        found = {kind.slug: len(in_force(kind.slug, at)) for kind in wanted}
        return {slug: count for slug, count in found.items() if count}
    counted: dict[str, int] = {}
    for slug in (
        Record.objects.filter(_in_force_by_state(wanted)).order_by("pk").values_list("kind", flat=True)
    ):
        counted[slug] = counted.get(slug, 0) + 1
    return counted


def exists() -> bool:
    """Whether anything at all is in force."""
    return Record.objects.filter(_in_force_by_state()).exists()


def records_in_force(kind: Kind) -> QuerySet[Record]:
    """Records of ``kind`` of which something is in force now, by their state and approvals alone."""
    return Record.objects.filter(_in_force_by_state([kind])).order_by()


def _in_force_by_state(wanted_kinds: Iterable[Kind] | None = None) -> Q:
    """Records of which something is in force, by their state and approvals alone; of all kinds by default."""
    now = clock.now()
    approving: dict[Collection[str], list[str]] = {}
    counting: dict[Collection[str], list[str]] = {}
    # Kinds of one workflow are asked for together: a part of the query for each took longer than its answer.
    for kind in kinds.all_kinds() if wanted_kinds is None else wanted_kinds:
        flow = kind.workflow
        groups, states = (approving, flow.ended) if flow.approving else (counting, flow.counts)
        groups.setdefault(frozenset(states), []).append(kind.slug)
    wanted = Q(pk__in=[])
    for ended, slugs in approving.items():
        steps = _approving_steps(Record.objects.filter(kind__in=slugs), now).filter(
            Q(effective_from=None) | Q(effective_from__lte=clock.day_of(now))
        )
        wanted |= Q(kind__in=slugs, pk__in=steps.values("record_id")) & ~Q(state__in=ended)
    for counted, slugs in counting.items():
        wanted |= Q(kind__in=slugs, state__in=counted)
    return wanted


def _states(records: QuerySet[Record], at: datetime | None) -> dict[int, tuple[str, int | None]]:
    """State of each of some records at an instant, and the trail entry of its last revision if asked as of a
    day; now: the present state."""
    if at is None:
        return {record: (state, None) for record, state in records.values_list("pk", "state")}
    revisions = Revision.objects.filter(record__in=records, at__lte=at).order_by("record_id", "number")
    return {
        record: (state, leaf) for record, state, leaf in revisions.values_list("record_id", "state", "leaf")
    }


def _approving_steps(records: QuerySet[Record], instant: datetime) -> QuerySet[Revision]:
    """The revisions by which some records were approved until ``instant``.

    The entry of an approval is that of the step itself, whose revision has the values that were approved.
    """
    return Revision.objects.filter(record__in=records, at__lte=instant, record__approvals__leaf=F("leaf"))


def _approved(
    kind: Kind, at: datetime | None, instant: datetime, records: QuerySet[Record]
) -> list[_Version]:
    """Of each record that has not ended by then, the newest approved revision that has come into effect."""
    states, newest = _states(records, at), dict[int, _Version]()
    steps = _approving_steps(records, instant).order_by("record_id", "number")
    approval = ("record__approvals__revision", "record__approvals__digest")
    columns = ("record_id", "leaf", "state", "at", "effective_from", *approval)
    for record, leaf, state, when, effective_from, approved, bound in steps.values_list(*columns):
        if effective_from is not None and effective_from > clock.day_of(instant):
            continue
        present, _ = states.get(record, ("", None))
        if present in kind.workflow.ended or not present:
            continue
        shown = present if present in kind.workflow.counts else state
        newest[record] = _Version(record, leaf, shown, approved, when, bound)
    return list(newest.values())


def _counting(kind: Kind, at: datetime | None, records: QuerySet[Record]) -> list[_Version]:
    """The last revision of each record whose state counts, in a workflow without approvals."""
    if at is not None:
        return [
            _Version(record, leaf, state)
            for record, (state, leaf) in _states(records, at).items()
            if state in kind.workflow.counts and leaf is not None
        ]
    rows = Revision.objects.filter(
        record__in=records, record__state__in=kind.workflow.counts, number=F("record__revision")
    )
    return [_Version(*row) for row in rows.values_list("record_id", "leaf", "state")]


class _Hung:
    """Files and links of some records as they were at an instant, read in two queries."""

    def __init__(self, records: QuerySet[Record], at: datetime | None) -> None:
        until = {} if at is None else {"at__lte": at}
        self._files: dict[int, list[FileOfRecord]] = {}
        self._links: dict[int, list[tuple[int, dict[str, str]]]] = {}
        for file in attachments.of_records(records, at):
            self._files.setdefault(file.record, []).append(file)
        standing = Q(ended_leaf=None) if at is None else Q(ended_leaf=None) | Q(ended_at__gt=at)
        links = Link.every.filter(standing, source__in=records, **until).order_by("id")
        for record, leaf, relation, target in links.values_list(
            "source_id", "leaf", "relation", "target__reference"
        ):
            self._links.setdefault(record, []).append((leaf, {"relation": relation, "target": target}))

    def of(
        self, record: int, approval: int | None, counts: int | None = None
    ) -> dict[str, list[dict[str, Any]]]:
        """Those of one record; with the trail entry of an ``approval``, those that it binds.

        Where none is given, a file replaces another, and lasts longer than it did, by the entry ``counts``.
        """
        bound = approval if approval is not None else counts
        files = [file for file in self._files.get(record, ()) if approval is None or file.leaf < approval]
        replaced = {file.replaces for file in files if bound is None or file.leaf < bound}
        links = self._links.get(record, ())
        return {
            "attachments": [file.as_row(bound, replaced) for file in files],
            "links": [value for leaf, value in links if approval is None or leaf < approval],
        }


def _empty_values(kind: Kind) -> dict[str, Any]:
    """What each field of a kind is before anybody fills it in: a revision may be older than a field."""
    blank, empty = kind.model(), dict[str, Any]()
    for name in kind.field_names:
        field = kind.field(name)
        if field.is_relation:
            empty[name] = [] if field.many_to_many else None
        else:
            empty[name] = plain_values.of_field(blank, field)
    return empty


def _row(
    kind: Kind,
    version: _Version,
    body: Mapping[str, Any],
    created: datetime,
    empty: Mapping[str, Any],
    hung: _Hung,
) -> dict[str, Any]:
    values = {**empty, **body["values"]}
    return {
        **values,
        **{name: derive(values) for name, derive in kind.derived.items()},
        "reference": body["reference"],
        "state": version.state,
        "revision": body["revision"],
        "recorded": body["recorded"],
        "created": clock.rfc3339(created),
        "approved_revision": version.approved_revision,
        "approved_at": clock.rfc3339(version.approved_at) if version.approved_at else None,
        "approved": True,
        "approval_digest": version.digest,
        **hung.of(version.record, version.leaf if version.approved_revision else None),
    }
