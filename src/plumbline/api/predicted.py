"""Predicted findings over HTTP: what an auditor would write up, by rule."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.api.operations import Answer, Call, Operation, Parameter, Reply
from plumbline.api.records import AS_OF, instant
from plumbline.api.schemas import ANYTHING, COUNT, INSTANT, TEXT, listed, thing, words
from plumbline.assurance import queries, values
from plumbline.assurance.declaration import GRADES

TAG = "measured"
FINDING = thing(
    rule=TEXT,
    grade=words(*GRADES),
    requirements=listed(TEXT),
    subjects=listed(TEXT),
    gap=TEXT,
    message=ANYTHING,
    repair=TEXT,
    looks_for=TEXT,
    evidence=listed(thing(reference=TEXT, title=TEXT, state=TEXT, says=listed(thing(field=TEXT, text=TEXT)))),
)
PREDICTED = thing(
    as_of=INSTANT,
    rules=COUNT,
    records=COUNT,
    hidden=COUNT,
    failed=listed(thing(rule=TEXT, reference=TEXT, error=TEXT)),
    findings=listed(FINDING),
)


def _predicted(call: Call) -> Answer:
    outcome = queries.predicted(call.actor, instant(call))
    requirement = call.query.get("requirement")
    if requirement:
        outcome = outcome.about(requirement)
    return Answer(values.as_dict(outcome))


def operations() -> Iterator[Operation]:
    """The predicted findings."""
    about = Parameter("requirement", TEXT, "Only about this clause or control, and what lies beneath it.")
    yield Operation(
        "GET", "/predicted-findings", "listPredictedFindings", "What an auditor would write up, by rule",
        _predicted, tag=TAG, query=(about, AS_OF), problems=(422,),
        replies={200: Reply(
            "The gravest first; hidden counts those that name what you do not see, failed the rules that "
            "failed.",
            PREDICTED,
        )},
    )  # fmt: skip
