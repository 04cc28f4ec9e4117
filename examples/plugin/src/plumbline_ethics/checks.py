"""The check: every live AI system has been before the ethics board, and no review speaks against it."""

from __future__ import annotations

from plumbline.controls.cases import Sample, case
from plumbline.controls.declare import check
from plumbline.controls.library.cases.samples import draft, system
from plumbline.controls.library.population import LIVE_SYSTEMS
from plumbline.controls.populations import Member, share
from plumbline.controls.verdicts import Evidence
from plumbline.kernel.messages import Message, Ref, say
from plumbline.kernel.states import Strength


def _review(**changes: object) -> Sample:
    row = {"reference": "ETH-0001", "state": "approved", "system": "SYS-0001", "conclusion": "supported"}
    return Sample("records:ethics-review", {**row, **changes})


@check(
    "iso42001:A.5.4",
    slug="ethics-reviewed",
    title="Live systems have been before the ethics board",
    finding="Live systems without an ethics review",
    over="organization",
    needs=("records:ethics-review",),
    population=LIVE_SYSTEMS,
    share=share("ethics.share", "{have} of {total} live systems have an ethics review that supports them."),
    strength=Strength.RECORDED,
    cases=(
        case("nothing", "There are none: live AI systems.", system(lifecycle="retired"), _review()),
        case("passes", "1 of 1", system(), _review()),
        case("passes", "1 of 1", system(), _review(conclusion="with conditions")),
        case("fails", "has no approved ethics review", system(), named=("SYS-0001",)),
        case("fails", "has no approved ethics review", system(), draft(_review())),
        case("fails", "has no approved ethics review", system(), _review(system="SYS-0002")),
        case("fails", "is not supported by ETH-0001", system(), _review(conclusion="not supported")),
    ),
)
def ethics_reviewed(member: Member, evidence: Evidence) -> Message | None:
    """Every live AI system has an approved ethics review, and none that speaks against it."""
    reviews = [row for row in evidence.records["ethics-review"] if row["system"] == member.system]
    against = [row for row in reviews if row["conclusion"] == "not supported"]
    if not reviews:
        return say("ethics.none", "has no approved ethics review")
    if against:
        return say("ethics.against", "is not supported by {review}", review=Ref(against[0]["reference"]))
    return None
