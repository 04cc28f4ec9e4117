"""The statement of applicability decided over HTTP: what the records propose, many decisions in one call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from plumbline import catalogs
from plumbline.api import parsing
from plumbline.api.operations import JSON_TYPE, Answer, Body, Call, Operation, Reply
from plumbline.api.schemas import ANYTHING, COUNT, FLAG, TEXT, listed, maybe, thing, words
from plumbline.identity import policy
from plumbline.kernel.problems import Fault, Invalid
from plumbline.reports.applicability import KIND
from plumbline.reports.decisions import commands, proposals, queries
from plumbline.reports.decisions.commands import Decision
from plumbline.wording import english

TAG = "reports"
PROPOSAL = thing(reasons=listed(TEXT), risks=listed(TEXT), documents=listed(TEXT), text=TEXT)
ROW = thing(
    control=TEXT, number=TEXT, title=TEXT, reference=maybe(TEXT), revision=maybe(COUNT), state=maybe(TEXT),
    applicable=maybe(TEXT), proposal=maybe(PROPOSAL),
)  # fmt: skip
DECISION = thing(("revision",), control=TEXT, values=ANYTHING, revision=maybe(COUNT))
DECIDED = thing(
    control=TEXT, change=words("created", "amended", "submitted", "unchanged"), reference=TEXT,
    revision=COUNT, state=TEXT,
)  # fmt: skip
ASKED = thing(("submit",), decisions=listed(DECISION), submit=FLAG)


def _list(call: Call) -> Answer:
    policy.require(call.actor, "read", kind=KIND, anywhere=True)
    rows, proposed = queries.rows_now(call.actor), proposals.proposals(call.actor)
    items = []
    for control in catalogs.controls():
        row, proposal = rows.get(control.id), proposed.get(control.id)
        items.append(
            {
                "control": control.id,
                "number": control.number,
                "title": control.title,
                "reference": row.reference if row else None,
                "revision": row.revision if row else None,
                "state": row.state if row else None,
                "applicable": (row.values["applicable"] or None) if row else None,
                "proposal": None if row or proposal is None else _proposal(proposal),
            }
        )
    return Answer({"items": items})


def _proposal(proposal: proposals.Proposal) -> dict[str, Any]:
    return {
        "reasons": list(proposal.reasons),
        "risks": list(proposal.risks),
        "documents": list(proposal.documents),
        "text": " ".join(english(sentence) for sentence in proposal.sentences),
    }


def _decide(call: Call) -> Answer:
    sent = parsing.members(call.json, {"decisions": list}, {"submit": bool})
    decisions = []
    for place, each in enumerate(sent["decisions"]):
        if isinstance(each, dict) and each.get("revision", 0) is None:
            each = {name: value for name, value in each.items() if name != "revision"}
        try:
            one = parsing.members(each, {"control": str, "values": dict}, {"revision": int})
        except Invalid as problem:
            faults = [Fault(f"decisions.{place}.{f.field}", f.message, f.remedy) for f in problem.faults]
            raise Invalid("Nothing was saved.", faults) from problem
        decisions.append(Decision(one["control"], one["values"], one.get("revision")))
    done = commands.decide(call.actor, decisions, submit=sent.get("submit", False))
    return Answer({"items": [vars(each) for each in done]})


def operations() -> Iterator[Operation]:
    """What is decided and proposed for each control, and deciding many of them."""
    yield Operation(
        "GET", "/applicability/decisions", "listApplicabilityDecisions",
        "Each control with the revision of its row, and what the records propose where nobody has decided",
        _list, tag=TAG, replies={200: Reply("All controls of Annex A, in order.", thing(items=listed(ROW)))},
        text="A proposal counts for nothing before somebody decides. No control is proposed to be left out.",
    )  # fmt: skip
    yield Operation(
        "POST", "/applicability/decisions", "decideApplicability", "Decide many controls in one call",
        _decide, tag=TAG, body=Body({JSON_TYPE: ASKED}), problems=(400, 409, 413, 415, 422), repeatable=True,
        replies={200: Reply("What became of each decision.", thing(items=listed(DECIDED)))},
        text="All of them are saved or none. `revision` is that of the row as you saw it; leave it out for a "
        "control without one; a row in force is opened for revision. With `submit` drafts go into review, "
        "where a second person approves them (a bulk change with the step approve).",
    )  # fmt: skip
