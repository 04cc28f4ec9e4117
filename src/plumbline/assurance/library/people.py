"""Roles and duties (5.3, A.3.2): owners who left, duties nobody was told of, people who audit themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from plumbline.assurance import texts
from plumbline.assurance.declaration import Gap, gap, rule
from plumbline.assurance.snapshot import Row, Snapshot
from plumbline.kernel.messages import Ref, Word, listing, say

GOVERNED = (
    "ai-system",
    "risk",
    "objective",
    "policy",
    "treatment",
    "nonconformity",
    "corrective-action",
    "document",
)
"""Kinds of which every record needs somebody who answers for it."""
OPERATING = frozenset({"aims-manager", "system-owner", "risk-owner", "contributor"})


@rule(
    "owner-gone",
    "5.3 A.3.2",
    grade="minor",
    repair=Word("Hand the records over to somebody who is there and tell them."),
)
def owner_gone(world: Snapshot) -> Iterator[Gap]:
    """Records belong to somebody whose account is closed or whose last role has ended."""
    for person in world.people.values():
        gone = not person.active or (person.last_day is not None and person.last_day < world.today)
        owned = [row for row in world.rows if row.owner == person.handle and not row.ended and not _over(row)]
        if gone and owned:
            yield gap(
                say(
                    "predicted.owner-gone",
                    "{person} owns {count} record and is not here any more.",
                    plural="{person} owns {count} records and is not here any more.",
                    person=person.name, count=len(owned),
                ),
                *(row.seen("owner") for row in owned),
            )  # fmt: skip


def _over(row: Row) -> bool:
    """Whether nothing more is to be done with a record, so that its owner may have left since."""
    return row.state in {"verified", "closed", "worked", "reviewed", "evaluated", "final", "confirmed"}


@rule(
    "nobody-answers",
    "5.3 A.3.2",
    grade="minor",
    repair=Word("Name somebody who answers for each of them."),
)
def nobody_answers(world: Snapshot) -> Iterator[Gap]:
    """Records of a kind that needs somebody who answers for it have no owner."""
    for kind in GOVERNED:
        bare = [row for row in world.of(kind) if not row.owner and not _over(row)]
        if bare:
            yield gap(
                say(
                    "predicted.nobody-answers",
                    "Nobody answers for {records}.",
                    records=listing(Ref(row.reference) for row in bare),
                ),
                *(row.seen("owner", "title") for row in bare),
                grade="major" if len(bare) >= 5 and len(bare) == len(world.of(kind)) else "",
            )


@rule(
    "one-person-owns-everything",
    "5.3 7.1",
    grade="minor",
    repair=Word("Give systems, risks and objectives to those who can decide about them."),
)
def one_person_owns_everything(world: Snapshot) -> Iterator[Gap]:
    """Nearly all records belong to one person, although others work in the management system too."""
    owned = [row for row in world.of(*GOVERNED) if row.owner]
    working = [one for one in world.people.values() if one.active and one.roles(world.today) & OPERATING]
    if len(owned) < 20 or len(working) < 3:
        return
    (person, count), *_ = Counter(row.owner for row in owned).most_common(1)
    if count >= 0.95 * len(owned):
        yield gap(
            say(
                "predicted.one-person-owns-everything",
                "{person} owns {count} of {all} records, and {others} others share the work.",
                person=world.name(person), count=count, all=len(owned), others=len(working) - 1,
            ),
            *(row.seen("owner") for row in owned[:5]),
        )  # fmt: skip


@rule(
    "manages-and-audits",
    "5.3 9.2.2",
    grade="minor",
    repair=Word("Give internal audit to somebody who does not run the management system, inside or outside."),
)
def manages_and_audits(world: Snapshot) -> Iterator[Gap]:
    """One person runs the AI management system and is its internal auditor."""
    roles: dict[str, set[str]] = {}
    for handle, person in world.people.items():
        if person.active:
            roles.setdefault(world.who(handle), set()).update(person.roles(world.today))
    for handle, held in roles.items():
        if {"aims-manager", "internal-auditor"} <= held:
            yield gap(
                say(
                    "predicted.manages-and-audits",
                    "{person} is AIMS manager and internal auditor at once.",
                    person=world.name(handle),
                )
            )


@rule(
    "authority-of-nobody",
    "5.3",
    grade="minor",
    over="authority",
    repair=Word("Give the authority to somebody who is there, with a day until which it holds."),
)
def authority_of_nobody(row: Row, world: Snapshot) -> Iterator[Gap]:
    """An authority stands that has run out, or that is held by somebody who is gone."""
    until, person = row.day("valid_until"), world.people.get(row["person"] or "")
    if until is not None and until < world.today:
        yield gap(
            say(
                "predicted.authority-ran-out", "{authority} ran out on {day}.",
                authority=Ref(row.reference), day=until,
            ),
            row.seen("valid_until", "acts"),
        )  # fmt: skip
    elif person is not None and not (person.active and person.roles(world.today)):
        yield gap(
            say(
                "predicted.authority-of-nobody", "{authority} is that of {person}, who is not here any more.",
                authority=Ref(row.reference), person=person.name,
            ),
            row.seen("person", "acts"),
        )  # fmt: skip


@rule(
    "duty-nobody-was-told",
    "5.3 A.3.2",
    grade="minor",
    over="responsibility",
    repair=Word("Tell whoever carries it out, and write the day."),
)
def duty_nobody_was_told(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A duty is in force, and the day on which its people were told is missing or lies after its approval by
    months."""
    told, approved = row.day("told_on"), row.approved_on
    if row.draft or (told is not None and (approved is None or told <= approved + timedelta(days=90))):
        return
    yield gap(
        say(
            "predicted.duty-nobody-was-told",
            "{duty} is in force, and those who carry it out were not told in time.",
            duty=Ref(row.reference),
        ),
        row.seen("carried_out_by", "told_on"),
    )


@rule(
    "area-with-two-answers",
    "5.3",
    grade="minor",
    repair=Word("Decide who answers for the area, and let the other take part."),
)
def area_with_two_answers(world: Snapshot) -> Iterator[Gap]:
    """Two duties in one area, over the same systems, each name somebody else who answers for it."""
    by_area: dict[tuple[str, tuple[str, ...]], list[Row]] = {}
    for row in world.of("responsibility"):
        if row.stands and row.owner:
            by_area.setdefault((row["area"], row.systems), []).append(row)
    for rows in by_area.values():
        same = [row for row in rows[1:] if texts.same(row.text("duty"), rows[0].text("duty"))]
        if any(world.who(row.owner) != world.who(rows[0].owner) for row in same):
            yield gap(
                say(
                    "predicted.area-with-two-answers",
                    "{duties} give the same duty to different people.",
                    duties=listing(Ref(row.reference) for row in (rows[0], *same)),
                ),
                *(row.seen("duty", "owner") for row in (rows[0], *same)),
            )
