"""Reads a snapshot: every record with what was done to it and its files, now or at an instant.

The number of queries follows from the number of kinds, never from the number of records.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from plumbline import catalogs
from plumbline.assurance.snapshot import Act, File, Granted, Person, Row, Snapshot
from plumbline.identity import queries as people
from plumbline.identity.organization import queries as organization
from plumbline.kernel import clock
from plumbline.records import kinds
from plumbline.records.kinds import Kind
from plumbline.records.wholes import queries as wholes
from plumbline.records.wholes.queries import RecordRow

Values: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Fields by name, by reference."""


@dataclass(frozen=True)
class _Hanging:
    """What is attached to records, by primary key."""

    acts: Mapping[int, list[Act]]
    files: Mapping[int, list[File]]
    links: Mapping[int, list[str]]


def snapshot(at: datetime | None = None) -> Snapshot:
    """Every record as it is written now, or was known at the instant ``at``, whoever may see it.

    Accounts are active or not as they are now; roles are those that had been given and not revoked.
    """
    now = at or clock.now()
    base = wholes.record_rows(now)
    hanging = _hanging(base, at)
    rows = [row for kind in kinds.all_kinds() for row in _rows(kind, base, hanging, at)]
    accounts = people.everybody(now)
    return Snapshot(
        today=clock.day_of(now),
        rows=tuple(rows),
        people={
            one.handle: Person(
                one.handle, one.name, one.is_active, tuple(Granted(*grant) for grant in one.grants)
            )
            for one in accounts
        },
        controls={one.id: one.title for one in catalogs.controls()},
        alike={one.handle: one.person for one in accounts},
        evidence={kind.slug: kind.requirements for kind in kinds.all_kinds()},
        organization=organization.current().organization,
    )


def _hanging(base: Mapping[int, RecordRow], at: datetime | None) -> _Hanging:
    files: dict[int, list[File]] = defaultdict(list)
    links: dict[int, list[str]] = defaultdict(list)
    for record, name, added, dated, end in wholes.files(at):
        files[record].append(File(name, clock.day_of(added), dated, end))
    for record, target in wholes.links(at):
        links[record].append(target)
    return _Hanging(_acts(base, at), files, links)


def _acts(base: Mapping[int, RecordRow], at: datetime | None) -> Mapping[int, list[Act]]:
    """What was done to each record: a step by its name, everything else by its verb."""
    flows = {kind.slug: kind.workflow for kind in kinds.all_kinds()}
    found: dict[int, list[Act]] = defaultdict(list)
    states: dict[int, str] = {}
    for record, verb, state, person, when in wholes.acts(at):
        flow = flows.get(base[record].kind) if record in base else None
        if flow is not None:
            before = states.get(record, flow.initial)
            taken = next((one for one in flow.moves if one.target == state and before in one.sources), None)
            step = taken if verb == "moved" else None
            approves = step is not None and step.approves
            found[record].append(Act(step.name if step else verb, person or "", clock.day_of(when), approves))
        states[record] = state
    return found


def _rows(kind: Kind, base: Mapping[int, RecordRow], hanging: _Hanging, at: datetime | None) -> Iterator[Row]:
    own = {key: row for key, row in base.items() if row.kind == kind.slug}
    values, states = _known_then(kind, at) if at is not None else (_written_now(kind, base), {})
    flow = kind.workflow
    for key, row in own.items():
        if row.reference not in values:
            continue
        found = values[row.reference]
        state = states.get(row.reference, row.state)
        yield Row(
            reference=row.reference,
            kind=kind.slug,
            title=str(found.get("title") or row.title),
            state=state,
            owner=str(found.get("owner") or row.owner or ""),
            created=clock.day_of(row.created_at),
            changed=max((act.on for act in hanging.acts[key]), default=clock.day_of(row.created_at)),
            values=found,
            unit=row.unit or "",
            draft=state in flow.drafts,
            stands=state in flow.approved,
            ended=state in flow.ended or (state in flow.final and state not in flow.counts),
            imported=row.key is not None,
            acts=tuple(hanging.acts[key]),
            files=tuple(hanging.files[key]),
            links=tuple(hanging.links[key]),
        )


def _written_now(kind: Kind, base: Mapping[int, RecordRow]) -> Values:
    return {base[key].reference: values for key, values in wholes.values(kind, base).items() if key in base}


def _known_then(kind: Kind, at: datetime) -> tuple[Values, Mapping[str, str]]:
    bodies = wholes.known(kind, at)
    read = {name: _reader(kind, name) for name in kind.own_fields}
    values = {
        str(body["reference"]): {
            name: read[name](value) if name in read else value for name, value in body["values"].items()
        }
        for body in bodies
    }
    return values, {str(body["reference"]): str(body["state"]) for body in bodies}


def _reader(kind: Kind, name: str) -> Callable[[Any], Any]:
    """What makes a Python value of how a revision keeps a field."""
    field = kind.field(name)
    if field.is_relation or field.get_internal_type() == "JSONField":
        return _listed
    return lambda value: _listed(value) if isinstance(value, list) else _typed(field.to_python, value)


def _listed(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _typed(convert: Callable[[Any], Any], value: Any) -> Any:
    # Days are the only texts that rules compare as something else; figures come back as decimals.
    return convert(value) if value not in (None, "") else value
