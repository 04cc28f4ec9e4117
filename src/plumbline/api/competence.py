"""Who has which competence over HTTP: the matrix, and the answer for a person and a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.http import StreamingHttpResponse

from plumbline.api.operations import Answer, Call, Operation, Parameter, Reply
from plumbline.api.records import AS_OF, instant
from plumbline.api.schemas import COUNT, DAY, FLAG, TEXT, listed, maybe, thing, words
from plumbline.clauses.support.competence import exported, queries
from plumbline.clauses.support.competence.evidence import Standing
from plumbline.kernel.problems import Fault, Invalid
from plumbline.records import csv_export
from plumbline.wording import english

TAG = "records"
ROW = thing(
    person=TEXT, name=TEXT, roles=listed(TEXT), asked=FLAG, standing=words(*Standing), qualification=TEXT,
    valid_until=maybe(DAY), training=TEXT, effect=TEXT,
)  # fmt: skip
COMPETENCE = thing(competence=TEXT, title=TEXT, work=TEXT, role=TEXT, rows=listed(ROW))
PIECE = thing(
    reference=TEXT, title=TEXT, revision=COUNT, approved_on=maybe(DAY), shown_on=maybe(DAY),
    valid_until=maybe(DAY), text=TEXT, known_then=FLAG, withdrawn=FLAG,
)  # fmt: skip
VERDICT = thing(
    competence=TEXT, title=TEXT, answer=words("yes", "no", "not known"), reason=TEXT, evidence=listed(PIECE)
)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _row(row: queries.Row) -> dict[str, Any]:
    return {
        "person": row.person,
        "name": row.name,
        "roles": list(row.roles),
        "asked": row.cell.asked,
        "standing": row.cell.standing.value,
        "qualification": row.cell.qualification,
        "valid_until": _day(row.cell.valid_until),
        "training": row.cell.training,
        "effect": row.cell.effect,
    }


def _matrix(call: Call) -> Answer:
    asked = queries.matrix(call.actor, instant(call))
    counted = {standing.value: count for standing, count in queries.counts(asked).items()}
    items = [
        {
            "competence": one.reference,
            "title": one.title,
            "work": one.work,
            "role": one.position,
            "rows": [_row(row) for row in one.rows],
        }
        for one in asked
    ]
    return Answer({"items": items, "asked": sum(counted.values()), "counts": counted})


def _csv(call: Call) -> Answer:
    queries.require(call.actor, "export")
    lines = exported.lines(queries.matrix(call.actor, instant(call)))
    chunks = csv_export.csv_file(lines, exported.HEADER)
    return Answer(response=StreamingHttpResponse(chunks, content_type="text/csv; charset=utf-8"))


def _piece(piece: queries.Piece) -> dict[str, Any]:
    return {
        "reference": piece.reference,
        "title": piece.title,
        "revision": piece.revision,
        "approved_on": _day(piece.approved_on),
        "shown_on": _day(piece.shown_on),
        "valid_until": _day(piece.valid_until),
        "text": piece.text,
        "known_then": piece.known_then,
        "withdrawn": piece.withdrawn,
    }


def _answer(call: Call) -> Answer:
    asked = {name: call.query.get(name, "") for name in ("person", "subject", "day")}
    if missing := [name for name, value in asked.items() if not value]:
        raise Invalid(queries.NOT_ANSWERED, [Fault(name, "is missing", "name it") for name in missing])
    try:
        day = date.fromisoformat(asked["day"])
    except ValueError:
        fault = Fault("day", "is not a day", "such as 2026-11-20")
        raise Invalid(queries.NOT_ANSWERED, [fault]) from None
    found = queries.answer(call.actor, asked["person"], asked["subject"], day, instant(call))
    items = [
        {
            "competence": one.competence,
            "title": one.title,
            "answer": one.verdict,
            "reason": english(one.reason),
            "evidence": [_piece(piece) for piece in one.evidence],
        }
        for one in found
    ]
    return Answer({"items": items})


def operations() -> Iterator[Operation]:
    """The matrix of competences, and the question about a day."""
    counts = thing(**{standing.value: COUNT for standing in Standing})
    shape = thing(items=listed(COMPETENCE), asked=COUNT, counts=counts)
    yield Operation(
        "GET", "/competence-matrix", "competenceMatrix", "Who has which competence, by competence", _matrix,
        tag=TAG, query=(AS_OF,), problems=(422,), replies={200: Reply("Each competence in force.", shape)},
        text="`asked` counts pairs of a competence and a holder of the role that needs it; `counts` says how "
        "they stand. A row is `hidden` where it rests on records that you may not see.",
    )  # fmt: skip
    yield Operation(
        "GET", "/competence-matrix.csv", "exportCompetenceMatrix", "The same as CSV", _csv, tag=TAG,
        query=(AS_OF,), problems=(422,), replies={200: Reply("A line for each row.", TEXT, "text/csv")},
    )  # fmt: skip
    yield Operation(
        "GET", "/competence-answers", "competenceAnswers", "Whether somebody had a competence on a day",
        _answer, tag=TAG, problems=(404, 422), query=(
            Parameter("person", TEXT, "Opaque id, e-mail address, or the name of somebody without account."),
            Parameter("subject", TEXT, "Reference of a competence, a sort of work, or a role."),
            Parameter("day", DAY, "The day that is asked about; none that has not come."), AS_OF,
        ), replies={200: Reply("An answer for each competence.", thing(items=listed(VERDICT)))},
        text="*yes*: an approved qualification holds on that day. *no*: the records say otherwise. *not "
        "known*: they say nothing, or what they said was withdrawn since. No items: nobody has determined a "
        "competence for it.",
    )  # fmt: skip
