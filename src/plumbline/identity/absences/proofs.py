"""What absences follow from: the entry that recorded one, and the one that ended it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from plumbline.identity.absences.commands import ENDED, RECORDED
from plumbline.identity.models import Absence
from plumbline.trail import reading
from plumbline.trail.commitments import queries as committed
from plumbline.trail.commitments.queries import CommittedEntry
from plumbline.trail.proofs import Difference, Pass, Proof, compare, whole, without_entry, without_row

TABLE = "identity.Absence"
_TYPES = frozenset({RECORDED, ENDED})


def _expected(entries: Iterable[CommittedEntry]) -> dict[str, tuple[int, dict[str, object]]]:
    """What the entries say of each absence, by its id, with the number of the last one."""
    absences: dict[str, tuple[int, dict[str, object]]] = {}
    for entry in entries:
        handle, facts = entry.view.subject_ref, entry.facts
        if entry.view.entry_type == RECORDED:
            fields: dict[str, object] = {
                "person": entry.subject["person"],
                "deputy": facts["deputy"],
                "scope": " ".join(facts["scope"]),
                "starts": facts["starts"],
                "ends": facts["ends"],
                "given_by": entry.view.actor,
                "is_ended": False,
                "ended_by": "",
            }
            absences[handle] = (entry.index, fields)
        elif handle in absences:
            ended = {"is_ended": True, "ended_by": entry.view.actor}
            absences[handle] = (entry.index, absences[handle][1] | ended)
    return absences


def _found(row: Absence) -> dict[str, object]:
    return {
        "person": row.person.handle,
        "deputy": row.deputy.handle if row.deputy else None,
        "scope": row.scope,
        "starts": row.starts.isoformat(),
        "ends": row.ends.isoformat(),
        "given_by": row.given_by,
        "is_ended": row.ended_at is not None,
        "ended_by": row.ended_by,
    }


def _differ(rows: Iterable[Absence], entries: Iterable[CommittedEntry]) -> Iterator[Difference]:
    expected, found = _expected(entries), {row.handle: _found(row) for row in rows}
    for handle, (index, fields) in expected.items():
        if handle in found:
            yield from compare(TABLE, handle, index, fields, found[handle])
        else:
            yield without_row(TABLE, handle, index)
    for handle in found.keys() - expected.keys():
        yield without_entry(TABLE, handle)


def _rows() -> list[Absence]:
    return list(Absence.objects.select_related("person", "deputy"))


def _check(start: int, stop: int) -> Iterator[Difference]:
    yield from _differ(_rows(), committed.of_types(_TYPES))


def verify(handles: Collection[str]) -> None:
    """Raise `Altered` unless these absences are what their entries say."""
    if handles:
        reading.verify(lambda: _of(handles))


def _of(handles: Collection[str]) -> Iterator[Difference]:
    rows = Absence.objects.filter(handle__in=handles).select_related("person", "deputy")
    yield from _differ(rows, committed.about(list(handles), _TYPES))


DECLARATION = Proof(
    TABLE,
    "Who is away, who stands in, for which work and from when until when stand in the entry that recorded "
    "it; it is ended exactly when an entry says so. At which second is not proved.",
    (Pass("absences", whole, _check),),
)
