"""The California story: a model is declared, watched, found drifting, corrected, and proved right again.

The rows are NannyML's modified California housing sample. Their months lie in 2020 to 2022; what the
server records is of today, and of the three months after it in which the correction proves itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
from tests import clock
from tests.journeys.conftest import MANAGER
from tests.journeys.installation import Installation, Refused
from tests.metrics import california

from plumbline_sdk import Recorder

SYSTEM, ROW_IDS = "california-housing", "california-row-ids"
STIG, SARA, TOVE = "stig@halden.example", "sara@halden.example", "tove@halden.example"
GOOD_ROWS = 900


def months_ahead(count: int) -> list[datetime]:
    """The first instants of the ``count`` months that come after the tests' present one."""
    number = clock.NOW.year * 12 + clock.NOW.month
    return [datetime((number + n) // 12, (number + n) % 12 + 1, 1, tzinfo=UTC) for n in range(count)]


PROOF = months_ahead(4)
"""The three months of the proof, and the end of the last."""
PROOF_FROM, PROOF_UNTIL = str(PROOF[0].date()), str((PROOF[-1] - timedelta(days=1)).date())


@dataclass
class Story:
    """Where the story is told, and what it has led to."""

    house: Installation
    token: str
    decisions: dict[str, str]
    suspected: str = ""
    action: str = ""

    def act(self, who: str, verb: str, *given: Any) -> dict[str, Any]:
        """Let a person do something through the door."""
        names = {"create": ("kind", "values"), "amend": ("reference", "values")}
        values = dict(zip(names.get(verb, ("reference", "step", "reason")), given, strict=False))
        saved: dict[str, Any] = self.house.ask(verb, who=who, **values)
        return saved

    def refused(self, who: str, verb: str, *given: Any) -> Refused:
        """The problem with which the door refuses it."""
        try:
            done = self.act(who, verb, *given)
        except Refused as problem:
            return problem
        raise AssertionError(f"{who} could {verb} {given}: {done}")


def windows() -> list[list[str]]:
    """The twenty months from October 2020 to May 2022."""
    starts = [datetime(2020 + (9 + n) // 12, (9 + n) % 12 + 1, 1, tzinfo=UTC) for n in range(21)]
    return [[one.isoformat(), two.isoformat()] for one, two in pairwise(starts)]


def hire(house: Installation) -> None:
    """An owner of the system, and two colleagues for the second and third pair of eyes."""
    house.ask("hire", email=STIG, name="Stig Berg", role="system-owner")
    house.ask("hire", email=SARA, name="Sara Lind", role="aims-manager")
    house.ask("hire", email=TOVE, name="Tove Dahl", role="aims-manager")


def declare(story: Story) -> str:
    """Stig declares the system with its reference months, Sara approves it; its reference."""
    for slug, title in ((SYSTEM, "California housing"), (ROW_IDS, "California housing, its row numbers")):
        values = {
            "title": title,
            "slug": slug,
            "purpose": "Says whether a district is dear, for the valuation desk.",
            "lifecycle": "in operation",
            "owner": STIG,
            "reference_from": "2020-10-01",
            "reference_until": "2021-05-31",
        }
        saved = story.act(STIG, "create", "ai-system", values)
        story.act(STIG, "move", saved["reference"], "submit")
        assert story.refused(STIG, "move", saved["reference"], "approve").problem["class"] == "NotAllowed"
        assert story.act(SARA, "move", saved["reference"], "approve")["state"] == "approved"
    return str(saved["reference"])


def send(story: Story) -> None:
    """Reference and analysis rows as decisions, the late truths as outcomes, through the SDK.

    The row's number is no feature: it goes to a system of its own, to be measured as the publisher did.
    """
    url, token = story.house.url, story.token
    rows = [*california.rows("reference"), *california.rows("analysis")]
    recorder = Recorder(url, token, SYSTEM, capacity=40_000, batch_size=2_000)
    for row in rows:
        story.decisions[row["id"]] = decide(recorder, row, california.instant(row))
    for row in california.rows("analysis_gt"):
        recorder.outcome(story.decisions[row["id"]], truth=float(row["clf_target"]))
    numbers = Recorder(url, token, ROW_IDS, capacity=40_000, batch_size=2_000)
    for row in rows:
        numbers.record(features={"id": float(row["id"])}, time=california.instant(row))
    for one in (recorder, numbers):
        assert one.close(timeout=120), one.statistics()
        state = one.statistics()
        assert (state.dropped, state.refused, state.waiting, one.faults) == (0, 0, 0, 0), state
    assert recorder.statistics().delivered == len(rows) + 8_232


def decide(recorder: Recorder, row: dict[str, str], when: datetime) -> str:
    """One row as a decision of the model; its id."""
    return recorder.record(
        features={name: float(row[name]) for name in california.FEATURES},
        outcome=row["y_pred"],
        score=float(row["y_pred_proba"]),
        model="california",
        model_version="1",
        time=when,
    )


def draw(count: int, start: datetime, end: datetime) -> Iterable[tuple[dict[str, str], datetime]]:
    """Rows drawn from the reference at random, at times spread evenly from ``start`` to ``end``."""
    rows, rng = california.rows("reference"), np.random.default_rng(start.toordinal())
    step = (end - start) / count
    for number, place in enumerate(rng.integers(0, len(rows), count)):
        yield rows[place], start + number * step


def suspect(story: Story) -> None:
    """The check has raised one suspicion; Stig cannot wave it away without a word, and confirms it."""
    raised = [
        row for row in story.house.ask("facts", kind="nonconformity") if row["check_name"] == "input-drift"
    ]
    mine = [row for row in raised if "row numbers" not in row["title"]]
    assert [row["state"] for row in mine] == ["suspected"]
    story.suspected = mine[0]["reference"]
    silent = story.refused(STIG, "move", story.suspected, "propose-dismissal", " ")
    assert (silent.problem["class"], silent.fields) == ("Invalid", {"reason"})
    assert story.act(STIG, "move", story.suspected, "confirm")["state"] == "open"


def correct(story: Story) -> None:
    """Containment, cause and correction are written; the proof is set beforehand and approved by Sara."""
    found = story.suspected
    assert story.refused(STIG, "move", found, "correct").fields == {"cause", "similar", "correction", "grade"}
    story.act(STIG, "amend", found, {"containment": "The desk looks at every district of the new area."})
    story.act(STIG, "move", found, "contain")
    told = {
        "cause": "The districts of another area were sent to a model that had not learned them.",
        "similar": "The two other valuation models see the old area only.",
        "correction": "Districts of the new area go to the desk.",
        "grade": "major",
    }
    story.act(STIG, "amend", found, told)
    story.act(STIG, "move", found, "correct")
    story.action = propose(story, "The intake sorts districts by area before the model sees them.")
    assert story.refused(STIG, "move", story.action, "approve").problem["class"] == "NotAllowed"
    story.act(SARA, "move", story.action, "approve")
    frozen = story.refused(STIG, "amend", story.action, {"effectiveness_until": PROOF_FROM})
    assert (frozen.problem["class"], frozen.fields) == ("Conflict", {"state"})
    story.act(STIG, "move", story.action, "carry-out")


def propose(story: Story, what: str) -> str:
    """A corrective action whose proof is the check over three months, submitted; its reference."""
    values = {
        "title": "Sort districts by area at intake",
        "nonconformity": story.suspected,
        "owner": STIG,
        "cause": "Districts of another area reached the model.",
        "action": what,
        "due": PROOF_FROM,
        "effectiveness_check": "input-drift",
        "effectiveness_from": PROOF_FROM,
        "effectiveness_until": PROOF_UNTIL,
        "minimum_results": 3,
    }
    reference = story.act(STIG, "create", "corrective-action", values)["reference"]
    story.act(STIG, "move", reference, "submit")
    return str(reference)


def unproved(story: Story) -> None:
    """Before the good data nobody can verify: not the action, and not the nonconformity."""
    early = story.refused(SARA, "move", story.action, "verify")
    assert (early.problem["class"], early.fields) == ("Conflict", {"effectiveness_until"})
    assert story.refused(SARA, "move", story.suspected, "verify").fields == {"corrective_actions"}


def recover(story: Story) -> None:
    """Three months pass, and good data arrives while each of them runs."""
    for start, end in pairwise(PROOF):
        story.house.live_on(end + timedelta(minutes=1))
        story.token = story.house.ask("token", email=MANAGER, scopes=["ingest"])
        recorder = Recorder(story.house.url, story.token, SYSTEM, batch_size=500)
        for row, when in draw(GOOD_ROWS // 3, start, end):
            decide(recorder, row, when)
        assert recorder.close(timeout=60)
        story.house.quiet()


def moved_goal(story: Story) -> None:
    """A proof that is set after the data proves nothing, and is withdrawn."""
    late = propose(story, "The same once more, with a period chosen after the fact.")
    story.act(SARA, "move", late, "approve")
    refused = story.refused(STIG, "move", late, "carry-out")
    assert (refused.problem["class"], refused.fields) == ("Conflict", {"effectiveness_until"})
    assert "Only what happens after" in refused.problem["detail"]
    story.act(STIG, "move", late, "propose-abandonment")
    assert story.refused(STIG, "move", late, "abandon").problem["class"] == "NotAllowed"
    story.act(SARA, "move", late, "abandon")


def close(story: Story) -> None:
    """Sara verifies what is not hers; neither she nor the owner may close it; Tove does."""
    assert story.refused(STIG, "move", story.action, "verify").problem["class"] == "NotAllowed"
    assert story.act(SARA, "move", story.action, "verify")["state"] == "verified"
    assert story.refused(STIG, "move", story.suspected, "verify").problem["class"] == "NotAllowed"
    assert story.act(SARA, "move", story.suspected, "verify")["state"] == "verified"
    assert story.refused(SARA, "move", story.suspected, "close").problem["class"] == "NotAllowed"
    assert story.refused(STIG, "move", story.suspected, "close").problem["class"] == "NotAllowed"
    assert story.act(TOVE, "move", story.suspected, "close")["state"] == "closed"
