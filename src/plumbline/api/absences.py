"""Who is away and who stands in, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from plumbline.api import parsing
from plumbline.api.operations import JSON_TYPE, Answer, Body, Call, Operation, Reply
from plumbline.api.schemas import DAY, TEXT, listed, maybe, thing
from plumbline.identity import policy
from plumbline.identity import queries as people
from plumbline.identity.absences import commands, proofs, queries
from plumbline.identity.absences.rows import Absence, Person
from plumbline.kernel.problems import Fault, Invalid, NotFound

TAG = "people"
ABSENCE = thing(id=TEXT, person=TEXT, deputy=maybe(TEXT), scope=listed(TEXT), starts=DAY, ends=DAY)


def _row(row: Absence) -> dict[str, Any]:
    return {
        "id": row.handle,
        "person": row.person.handle,
        "deputy": row.deputy.handle if row.deputy else None,
        "scope": row.scope.split(),
        "starts": row.starts.isoformat(),
        "ends": row.ends.isoformat(),
    }


def _list(call: Call) -> Answer:
    policy.require(call.actor, "read", anywhere=True)
    rows = queries.concerning(call.actor)
    proofs.verify([row.handle for row in rows])
    return Answer([_row(row) for row in rows])


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("The absence was not recorded.", [Fault(name, "is no day", "YYYY-MM-DD")]) from None


def _person(name: str, who: str) -> Person:
    try:
        return people.person(who)
    except NotFound as unknown:
        fault = Fault(name, str(unknown.detail), "give an id or e-mail address")
        raise Invalid("The absence was not recorded.", [fault]) from None


def _record(call: Call) -> Answer:
    sent = parsing.members(
        call.json, {"ends": str}, {"starts": str, "deputy": str, "person": str, "scope": list}
    )
    owner = people.person_of(call.actor.person_id or 0)
    person = _person("person", sent["person"]) if "person" in sent else owner
    if person is None:
        raise Invalid("The absence was not recorded.", [Fault("person", "is missing", "say who is away")])
    scope = sent.get("scope", [])
    if not all(isinstance(word, str) for word in scope):
        raise Invalid("The absence was not recorded.", [Fault("scope", "is no list of words", '["risk"]')])
    row = commands.record(
        call.actor,
        person,
        starts=_day("starts", sent["starts"]) if "starts" in sent else None,
        ends=_day("ends", sent["ends"]),
        deputy=_person("deputy", sent["deputy"]) if "deputy" in sent else None,
        scope=" ".join(scope),
    )
    return Answer(_row(row), status=201)


def _end(call: Call) -> Answer:
    commands.end(call.actor, call.pieces["id"])
    return Answer(status=204)


def operations() -> Iterator[Operation]:
    """Absences that the token's owner is told of: list them, record one, end one."""
    yield Operation(
        "GET", "/absences", "listAbsences", "Who is away, and who stands in", _list, tag=TAG,
        replies={
            200: Reply(
                "Those that are not over: the owner's, those in which they stand in, and everybody's for"
                " whoever gives roles in the whole organization.",
                listed(ABSENCE),
            )
        },
    )  # fmt: skip
    yield Operation(
        "POST", "/absences", "recordAbsence", "Say that somebody is away, and who stands in", _record,
        tag=TAG, problems=(400, 413, 415, 422),
        body=Body({JSON_TYPE: thing(("starts", "deputy", "person", "scope"), ends=DAY, starts=DAY,
                                    deputy=TEXT, person=TEXT, scope=listed(TEXT))}),
        replies={201: Reply("It is recorded. Without a person, that of the token's owner.", ABSENCE)},
    )  # fmt: skip
    yield Operation(
        "POST", "/absences/{id}/end", "endAbsence", "End an absence", _end, tag=TAG,
        pieces={"id": "abs_[0-9a-f]{20}"}, problems=(409,), replies={204: Reply("It is over.")},
    )  # fmt: skip
