"""The scored questionnaire of an impact assessment over HTTP: its answers in, and what they come to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from plumbline.api.operations import JSON_TYPE, REFERENCE, Answer, Body, Call, Operation, Parameter, Reply
from plumbline.api.record_related import FILENAME
from plumbline.api.records import AS_OF, instant, own_kind, saved_answer
from plumbline.api.schemas import ANYTHING, COUNT, FLAG, TEXT, listed, maybe, ref, thing
from plumbline.catalogs.questionnaires import shown
from plumbline.catalogs.questionnaires.scoring import Published
from plumbline.clauses.questionnaires import commands, queries
from plumbline.kernel.problems import NotFound
from plumbline.records import kinds
from plumbline.records import queries as records

_NUMBERS = {
    "raw": "The impact score before any deduction, as it was published.",
    "mitigation": "The mitigation score, as it was published.",
    "current": "The score after the deduction if any, as it was published.",
    "level": "The impact level, as it was published.",
}
FINDING = thing(code=TEXT, question=TEXT, points=COUNT, text=TEXT)
PART = thing(title=TEXT, scores=TEXT, questions=COUNT, points=COUNT, maximum=COUNT)
LINE = thing(name=TEXT, question=TEXT, answers=listed(TEXT), points=maybe(COUNT))
RESULT = thing(
    questionnaire=thing(name=TEXT, version=TEXT, sha256=TEXT), answers_sha256=TEXT,
    raw=COUNT, raw_maximum=COUNT, mitigation=COUNT, mitigation_maximum=COUNT, mitigation_needed=COUNT,
    deducted=FLAG, current=COUNT, level=COUNT, complete=FLAG, follows=FLAG, unanswered=listed(TEXT),
    findings=listed(FINDING), sections=listed(PART),
)  # fmt: skip
CARRIED = thing(
    file=COUNT, name=TEXT, version=TEXT, answers_sha256=TEXT, problem=TEXT, result=maybe(RESULT),
    answers=listed(thing(title=TEXT, lines=listed(LINE))),
)  # fmt: skip


def _read(call: Call) -> Answer:
    reference, at = own_kind(call, kinds.get(queries.KIND)), instant(call)
    record, _ = records.find(call.actor, reference)
    if at is None:
        published = queries.published_of(record)
    else:
        published = queries.published(records.as_of(call.actor, reference, at)["values"])
    found = queries.carried(record, published, at)
    if found is None:
        raise NotFound("This impact assessment carries no answers of a scored questionnaire.")
    return Answer(
        {
            "file": found.file.pk,
            "name": found.file.name,
            "version": found.answers.version,
            "answers_sha256": found.answers.digest,
            "problem": str(found.problem),
            "result": None if found.result is None else shown.as_dict(found.result),
            "answers": [asdict(section) for section in found.sections],
        }
    )


def _carry(call: Call) -> Answer:
    reference = own_kind(call, kinds.get(queries.KIND))
    stated: dict[str, Any] = {name: call.number(name, 0) for name in _NUMBERS if name in call.query}
    name = call.query.get("filename", "")
    return saved_answer(commands.carry(call.actor, reference, name, call.body, Published(**stated)))


def operations() -> Iterator[Operation]:
    """Reading what the answers of an impact assessment come to, and giving it a file of answers."""
    kind = kinds.get(queries.KIND)
    path, pieces = f"/{kind.plural}/{{reference}}/questionnaire", {"reference": REFERENCE}
    yield Operation(
        "GET", path, "readQuestionnaire", "What the scored questionnaire of an impact assessment comes to",
        _read, tag=kind.names, pieces=pieces, query=(AS_OF,),
        replies={200: Reply("The result, what does not follow, and the answers.", CARRIED)},
    )  # fmt: skip
    yield Operation(
        "POST", path, "carryQuestionnaire", "Give an impact assessment a file of answers", _carry,
        tag=kind.names, pieces=pieces, body=Body({JSON_TYPE: ANYTHING}), large=True, repeatable=True,
        query=(FILENAME, *(Parameter(name, COUNT, text) for name, text in _NUMBERS.items())),
        problems=(400, 409, 413, 415, 422),
        replies={201: Reply("It was saved.", ref("Saved"), headers={"ETag": "The revision, in quotes."})},
        text="The body is the file as the tool of the questionnaire saves it. It takes the place of the one "
        "that the record carries. A result that was published is kept beside what the answers come to.",
    )  # fmt: skip
