"""Steps of a record over HTTP: what each needs, taking one, and taking the last act back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from plumbline.api import parsing
from plumbline.api.operations import JSON_TYPE, REFERENCE, Answer, Body, Call, Handler, Operation, Reply
from plumbline.api.records import component, own_kind, saved_answer
from plumbline.api.schemas import TEXT, listed, ref, thing, words
from plumbline.records import commands, queries, readiness
from plumbline.records.approved import digest
from plumbline.records.kinds import Kind
from plumbline.records.retraction.commands import take_back


def _move(kind: Kind) -> Handler:
    def act(call: Call) -> Answer:
        reference, (revision, additions) = own_kind(call, kind), parsing.seen_version(call.request)
        sent = parsing.members(call.json, {"move": str}, {"reason": str, "values": dict})
        saved = commands.move(
            call.actor,
            reference,
            sent["move"],
            revision=revision,
            reason=sent.get("reason", ""),
            additions=additions,
            values=sent.get("values"),
        )
        return saved_answer(saved, 200)

    return act


def _take_back(kind: Kind) -> Handler:
    def act(call: Call) -> Answer:
        reference, revision = own_kind(call, kind), parsing.seen_revision(call.request)
        return saved_answer(take_back(call.actor, reference, revision=revision), 200)

    return act


def _steps(kind: Kind) -> Handler:
    def act(call: Call) -> Answer:
        record, _ = queries.find(call.actor, own_kind(call, kind))
        rows = [_step(row) for row in readiness.of_record(call.actor, kind, record)]
        return Answer(rows, headers={"ETag": parsing.entity_tag(record.revision, digest.additions(record))})

    return act


def _step(row: readiness.Readiness) -> dict[str, Any]:
    """A step as the API answers it: whose it is, what it needs, and what of that is not there yet."""
    return {
        "name": row.step.name,
        "label": row.step.label,
        "target": row.step.target,
        "reason": row.step.reason,
        "next": row.is_next,
        "allowed": row.is_theirs,
        "refusal": str(row.refusal),
        "could": list(row.could),
        "fields": list(row.fields),
        "unmet": [
            {**condition.fault.as_dict(), "why": str(condition.why)}
            for condition in (*row.unmet, *row.about_reason)
        ],
        "works_out": row.works_out,
    }


def operations(kind: Kind) -> Iterator[Operation]:
    """What moves a record of ``kind`` along its workflow, and back."""
    one, named = f"/{kind.plural}/{{reference}}", component(kind)
    pieces, etag = {"reference": REFERENCE}, {"ETag": "The revision, in quotes."}
    saved = Reply("It was saved.", ref("Saved"), headers=etag)
    step = thing(
        ("reason", "values"),
        move=words(*kind.workflow.by_name),
        reason=TEXT,
        values=ref(f"{named}Changes"),
    )

    def made(method: str, path: str, name: str, title: str, act: Handler, **more: Any) -> Operation:
        return Operation(method, path, f"{name}{named}", title, act, tag=kind.names, **more)

    yield made(
        "POST", f"{one}/take-back", "takeBack", f"Take back your last act on a {kind.name}",
        _take_back(kind), pieces=pieces, replies={200: saved}, guarded=True, repeatable=True,
        problems=(400, 409, 412, 413, 415, 422, 428),
    )  # fmt: skip
    yield made(
        "GET", f"{one}/steps", "listStepsOf", f"Steps of a {kind.name}, and what each of them needs",
        _steps(kind), pieces=pieces,
        replies={200: Reply("The steps from its present state.", listed(ref("Step")), headers=etag)},
    )  # fmt: skip
    yield made(
        "POST", f"{one}/moves", "move", f"Take a {kind.name} one step along its workflow", _move(kind),
        pieces=pieces, body=Body({JSON_TYPE: step}), replies={200: saved}, guarded=True, repeatable=True,
        problems=(400, 409, 412, 413, 415, 422, 428),
    )  # fmt: skip
