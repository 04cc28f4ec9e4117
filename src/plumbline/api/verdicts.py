"""What becomes of a verdict, over HTTP: a restatement is accepted, a corrective action proved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from plumbline.api import parsing
from plumbline.api.checks import MESSAGE, TAG
from plumbline.api.operations import JSON_TYPE, REFERENCE, Answer, Body, Call, Operation, Reply
from plumbline.api.schemas import COUNT, FLAG, INSTANT, TEXT, listed, maybe, thing
from plumbline.controls import acceptance, visibility
from plumbline.controls.effectiveness import effectiveness
from plumbline.kernel import clock
from plumbline.kernel.messages import redact, to_json
from plumbline.kernel.problems import NotFound
from plumbline.records import queries as records
from plumbline.wording import english

ACCEPTED = thing(result=COUNT, entry=COUNT)
REASON = thing(reason=TEXT)
EFFECTIVENESS = thing(
    reference=TEXT,
    proved=FLAG,
    reason=TEXT,
    message=MESSAGE,
    check=TEXT,
    subject=TEXT,
    carried_out=maybe(INSTANT),
    results=listed(COUNT),
)


def _accept(call: Call) -> Answer:
    number = call.pieces["number"]
    if len(number) > 15:
        raise NotFound("There is no result with this number.")
    sent = parsing.members(call.json, {"reason": str}, {})
    entry = acceptance.accept(call.actor, int(number), sent["reason"])
    return Answer({"result": int(number), "entry": entry}, 201)


def _effectiveness(call: Call) -> Answer:
    record, kind = records.find(call.actor, call.pieces["reference"])
    if kind.slug != "corrective-action":
        raise NotFound("There is no corrective action with this reference.")
    answer = effectiveness(record.reference)
    visible = visibility.ResultVisibility(call.actor)
    reason = redact(answer.reason, visible.may_name([answer.reason]))
    value: dict[str, Any] = {
        "reference": record.reference,
        "proved": answer.proved,
        "reason": english(reason),
        "message": to_json(reason),
        "check": answer.check,
        "subject": answer.subject,
        "carried_out": clock.rfc3339(answer.carried_out) if answer.carried_out else None,
        "results": [row.pk for row in visible.redact(answer.results)],
    }
    return Answer(value)


def operations() -> Iterator[Operation]:
    """Accept a restatement; ask whether a corrective action is proved."""
    yield Operation(
        "POST", "/results/{number}/acceptance", "acceptRestatement",
        "Let the restatement of a closed window count", _accept, tag=TAG, pieces={"number": "[0-9]+"},
        body=Body({JSON_TYPE: REASON}), problems=(400, 403, 404, 409, 415, 422),
        replies={201: Reply("It counts from now on; entry is the trail entry.", ACCEPTED)},
    )  # fmt: skip
    yield Operation(
        "GET", "/effectiveness/{reference}", "readEffectiveness",
        "Whether a corrective action is proved, and why", _effectiveness, tag=TAG,
        pieces={"reference": REFERENCE},
        replies={200: Reply("The proof as it stands now; results are those that count.", EFFECTIVENESS)},
    )  # fmt: skip
