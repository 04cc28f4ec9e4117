"""Small snapshots: a record of a kind from a few values, and what a rule says of a world of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from plumbline.assurance import engine
from plumbline.assurance.engine import Found
from plumbline.assurance.snapshot import Act, Granted, Person, Row, Snapshot
from plumbline.records import kinds

TODAY = date(2026, 3, 3)
STATES = ("draft", "abandoned", "retired", "discarded", "dismissed", "called off", "cancelled", "withdrawn")


def on(days: int) -> date:
    """So many days after today; before it, if negative."""
    return TODAY + timedelta(days=days)


def row(reference: str, **given: Any) -> Row:
    """A record of the kind that the prefix of ``reference`` means: fields that are not given are empty.

    ``state``, ``owner``, ``acts``, ``created``, ``imported``, ``title`` and ``links`` are those of the
    record.
    """
    kind = kinds.of_reference(reference)
    about = {
        name: given.pop(name)
        for name in ("owner", "acts", "created", "imported", "links", "files")
        if name in given
    }
    state, title = given.pop("state", ""), given.pop("title", f"Record {reference}")
    assert given.keys() <= set(kind.own_fields), f"{kind.slug} has no {given.keys() - set(kind.own_fields)}"
    empty = {name: () if kind.field(name).many_to_many else _empty(kind, name) for name in kind.own_fields}
    created = about.pop("created", on(-200))
    acts = about.get("acts", ())
    return Row(
        reference=reference,
        kind=kind.slug,
        title=title,
        state=state or "approved",
        owner=about.pop("owner", "per_owner"),
        created=created,
        changed=max((act.on for act in acts), default=created),
        values={**empty, **given},
        draft=state in kind.workflow.drafts,
        stands=not state or state in kind.workflow.approved,
        ended=state in kind.workflow.ended
        or (state in kind.workflow.final and state not in kind.workflow.counts),
        **about,
    )


def _empty(kind: Any, name: str) -> Any:
    field = kind.field(name)
    if hasattr(field, "options"):
        return ()
    return None if field.is_relation or field.get_internal_type() not in {"CharField", "TextField"} else ""


def person(handle: str, *roles: str, active: bool = True, until: date | None = None) -> Person:
    """Somebody with some roles since a year."""
    return Person(
        handle,
        handle.removeprefix("per_").title(),
        active,
        tuple(Granted(one, on(-365), until) for one in roles),
    )


def act(verb: str, who: str, day: int, approves: bool = False) -> Act:
    """What somebody did, so many days from today."""
    return Act(verb, who, on(day), approves)


def world(*rows: Row | Person, organization: str = "Halden Insurance", **known: Any) -> Snapshot:
    """A snapshot of some records and people."""
    people = {one.handle: one for one in rows if isinstance(one, Person)}
    own = tuple(one for one in rows if isinstance(one, Row))
    evidence = {kind.slug: kind.requirements for kind in kinds.all_kinds()}
    return Snapshot(TODAY, own, people, organization=organization, **{"evidence": evidence, **known})


def says(rule: str, *rows: Row | Person, **known: Any) -> list[Found]:
    """What one rule says of a world; it fails on none of its records."""
    (wanted,) = [one for one in engine.all_rules() if one.id == rule]
    found, failed = engine.run(world(*rows, **known), [wanted])
    assert not failed
    return found


def sentences(found: list[Found]) -> Iterator[str]:
    """The gaps as readers see them."""
    yield from (str(one.gap) for one in found)
