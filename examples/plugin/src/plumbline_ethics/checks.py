"""The check: every live AI system has been before the ethics board, and no review speaks against it."""

from __future__ import annotations

from plumbline.controls.cases import Sample, case
from plumbline.controls.declare import check
from plumbline.controls.verdicts import Evidence, Verdict, every
from plumbline.kernel.messages import Message, Name, Ref, say


def _system(**changes: object) -> Sample:
    row = {"reference": "SYS-0001", "state": "approved", "live": True}
    return Sample("records:ai-system", {**row, **changes})


def _review(**changes: object) -> Sample:
    row = {"reference": "ETH-0001", "state": "approved", "system": "SYS-0001", "conclusion": "supported"}
    return Sample("records:ethics-review", {**row, **changes})


@check(
    "iso42001:A.5.4",
    slug="ethics-reviewed",
    title="Live systems have been before the ethics board",
    finding="Live systems without an ethics review",
    over="organization",
    needs=("records:ai-system", "records:ethics-review"),
    cases=(
        case("unknown", "There are no live systems.", _system(live=False), _review()),
        case("passes", "1 of 1", _system(), _review()),
        case("passes", "1 of 1", _system(), _review(conclusion="with conditions")),
        case("fails", "has no approved ethics review", _system(), named=("SYS-0001",)),
        case("fails", "has no approved ethics review", _system(), _review(state="draft")),
        case("fails", "has no approved ethics review", _system(), _review(system="SYS-0002")),
        case("fails", "is not supported by ETH-0001", _system(), _review(conclusion="not supported")),
    ),
)
def ethics_reviewed(evidence: Evidence) -> Verdict:
    """Every live AI system has an approved ethics review, and none that speaks against it."""
    reviews = [row for row in evidence.records["ethics-review"] if row["state"] == "approved"]
    live = [row for row in evidence.records["ai-system"] if row["live"] and row["state"] != "retired"]
    missing: dict[Name, Message] = {}
    for row in live:
        own = [review for review in reviews if review["system"] == row["reference"]]
        against = [review for review in own if review["conclusion"] == "not supported"]
        if not own:
            missing[Ref(row["reference"])] = say("ethics.none", "has no approved ethics review")
        elif against:
            missing[Ref(row["reference"])] = say(
                "ethics.against", "is not supported by {review}", review=Ref(against[0]["reference"])
            )
    return every(
        "ethics.share",
        "{have} of {total} live systems have an ethics review that supports them.",
        [Ref(row["reference"]) for row in live],
        missing,
        none=say("ethics.no-systems", "There are no live systems."),
    )
