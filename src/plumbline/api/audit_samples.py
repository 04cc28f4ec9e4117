"""Samples of audits over HTTP: commit to a population, draw by a seed, mark what was drawn."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpResponse

from plumbline.api import parsing
from plumbline.api.operations import JSON_TYPE, Answer, Body, Call, Operation, Parameter, Reply
from plumbline.api.schemas import COUNT, FLAG, HEX, INSTANT, TEXT, listed, maybe, thing, words
from plumbline.reports.audit_samples import commands, queries, values

TAG = "reports"
HANDLE = "smp_[0-9a-f]{20}"
MARK = words(*queries.MARKS)
ITEM = thing(
    place=COUNT,
    reference=TEXT,
    revision=COUNT,
    entry=COUNT,
    title=TEXT,
    since=words("", "changed", "erased", "gone"),
    mark=words("", *queries.MARKS),
    note=TEXT,
    by=TEXT,
    at=maybe(INSTANT),
)
DRAW = thing(
    number=COUNT,
    seed=TEXT,
    reason=TEXT,
    at=INSTANT,
    by=TEXT,
    entry=COUNT,
    counts={"type": "object", "additionalProperties": COUNT},
    evidence=TEXT,
    items=listed(ITEM),
)
SAMPLE = thing(
    id=TEXT,
    about=TEXT,
    of=TEXT,
    only=TEXT,
    wanted=COUNT,
    size=COUNT,
    sha256=HEX,
    whole=FLAG,
    at=INSTANT,
    by=TEXT,
    entry=COUNT,
    populations=COUNT,
    method=TEXT,
    draws=listed(DRAW),
)
ASKED = thing(("only", "seed"), about=TEXT, of=TEXT, only=TEXT, wanted=COUNT, seed=TEXT)
ABOUT = Parameter("about", TEXT, "An audit or audit request, such as IAU-0001.", required=True)


def _answer(call: Call, handle: str, status: int = 200) -> Answer:
    made = values.as_dict(queries.sample(call.actor, handle))
    return Answer(made, status, {"Location": f"/api/v1/audit-samples/{handle}"} if status == 201 else {})


def _list(call: Call) -> Answer:
    found = queries.samples_about(call.actor, call.query["about"])
    return Answer([values.as_dict(one) for one in found if one.is_readable])


def _commit(call: Call) -> Answer:
    sent = parsing.members(call.json, {"about": str, "of": str, "wanted": int}, {"only": str, "seed": str})
    made = commands.commit(
        call.actor,
        sent["about"],
        of=sent["of"],
        only=sent.get("only", ""),
        wanted=sent["wanted"],
        seed=sent.get("seed", ""),
    )
    return _answer(call, made.handle, 201)


def _one(call: Call) -> Answer:
    return _answer(call, call.pieces["id"])


def _population(call: Call) -> Answer:
    row, text = queries.population_text(call.actor, call.pieces["id"])
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{row.handle}.txt"'
    return Answer(response=response)


def _draw(call: Call) -> Answer:
    sent = parsing.members(call.json, {"seed": str}, {"reason": str})
    commands.draw(call.actor, call.pieces["id"], sent["seed"], sent.get("reason", ""))
    return _answer(call, call.pieces["id"])


def _mark(call: Call) -> Answer:
    sent = parsing.members(call.json, {"reference": str, "mark": str}, {"note": str})
    number = int(call.pieces["number"])
    commands.mark(
        call.actor, call.pieces["id"], number, sent["reference"], sent["mark"], sent.get("note", "")
    )
    return _answer(call, call.pieces["id"])


def operations() -> Iterator[Operation]:
    """Samples that auditors draw from records of any kind."""
    pieces = {"id": HANDLE}
    sample = Reply("The sample with its draws and marks.", SAMPLE)
    yield Operation(
        "GET", "/audit-samples", "listAuditSamples", "The samples of an audit or audit request", _list,
        tag=TAG, query=(ABOUT,), replies={200: Reply("Those whose kind of record you read.", listed(SAMPLE))},
        problems=(404,),
    )  # fmt: skip
    yield Operation(
        "POST", "/audit-samples", "commitToPopulation", "Commit to a population", _commit, tag=TAG,
        body=Body({JSON_TYPE: ASKED}), problems=(400, 404, 409, 413, 415, 422), repeatable=True,
        replies={201: Reply("It waits for a seed.", SAMPLE, headers={"Location": "Where to look."})},
        text="The records of the kind `of` that the list with the filter `only` shows you now, each with its "
        "revision. The trail commits to them before there is a seed. Only auditors do this.",
    )  # fmt: skip
    yield Operation(
        "GET", "/audit-samples/{id}", "readAuditSample", "One sample", _one, tag=TAG, pieces=pieces,
        replies={200: sample},
    )  # fmt: skip
    yield Operation(
        "GET", "/audit-samples/{id}/population", "readPopulation", "The lines that are drawn from",
        _population, tag=TAG, pieces=pieces, problems=(503,),
        replies={200: Reply("A line for each record.", TEXT, "text/plain")},
    )  # fmt: skip
    yield Operation(
        "POST", "/audit-samples/{id}/draws", "drawAuditSample", "Draw by a seed", _draw, tag=TAG,
        pieces=pieces,
        problems=(400, 409, 413, 415, 422, 503), replies={200: sample},
        body=Body({JSON_TYPE: thing(("reason",), seed=TEXT, reason=TEXT)}),
        text="A population can be drawn from again under another seed, with a reason; all draws stand.",
    )  # fmt: skip
    yield Operation(
        "POST", "/audit-samples/{id}/draws/{number}/marks", "markAuditSample", "Say what was seen of an item",
        _mark, tag=TAG, pieces={**pieces, "number": "[0-9]{1,6}"},
        problems=(400, 409, 413, 415, 422), replies={200: sample},
        body=Body({JSON_TYPE: thing(("note",), reference=TEXT, mark=MARK, note=TEXT)}),
    )  # fmt: skip
