"""Checks on improvement: nonconformities in time, and actions that are proved (10.2)."""

from __future__ import annotations

from datetime import date

from plumbline.controls.declare import check
from plumbline.controls.library.cases import improvement as cases
from plumbline.controls.library.population import Facts, in_state, ref, refs, was_due
from plumbline.controls.verdicts import Evidence, Verdict, day_of, every, limit, passes
from plumbline.kernel.messages import Message, Name, say


@check(
    "iso42001:10.2",
    slug="nonconformities-in-time",
    title="Nonconformities are decided, explained and corrected in time",
    finding="Overdue nonconformities",
    over="organization",
    needs=("records:nonconformity", "records:corrective-action"),
    severity="major",
    limits=(
        limit("nonconformity-action", 30, "days", why="a month is enough to find the cause and decide"),
        limit("nonconformity-confirm", 14, "days", why="two weeks are enough to confirm or dismiss"),
    ),
    decides=True,
    cases=cases.NONCONFORMITIES_IN_TIME,
)
def nonconformities_in_time(evidence: Evidence) -> Verdict:
    """Suspicions are decided in time; open nonconformities get a cause and an action in time."""
    actions = evidence.records["corrective-action"]
    acted = {row["nonconformity"] for row in actions if row["state"] != "abandoned"}
    rows = [row for row in evidence.records["nonconformity"] if row["state"] not in {"closed", "dismissed"}]
    if not rows:
        reason = say("nonconformity.none-open", "No nonconformity is open.")
        return passes(reason, population=0, unit="ratio")
    action = evidence.limit("nonconformity-action").value
    confirm = evidence.limit("nonconformity-confirm").value
    late = {ref(row): _late(row, evidence.today, action, confirm, acted) for row in rows}
    missing: dict[Name, Message] = {name: message for name, message in late.items() if message is not None}
    return every(
        "nonconformity.share", "{have} of {total} open nonconformities are in time.", refs(rows), missing,
        none=say("nonconformity.none-open", "No nonconformity is open."),
    )  # fmt: skip


def _late(row: Facts, today: date, action: float, confirm: float, acted: set[str]) -> Message | None:
    """What is late about one nonconformity; the days are counted from when it was recorded here."""
    recorded = day_of(row["created"]) or today
    # A fault of years ago that is recorded today was not left lying for years.
    age = (today - max(day_of(row["detected_on"]) or recorded, recorded)).days
    due = day_of(row["due"])
    if row["state"] == "suspected":
        return (
            say("nonconformity.undecided", "is suspected for {days} days", days=age)
            if age > confirm
            else None
        )
    if due is not None and due < today and row["state"] in {"open", "contained"}:
        return was_due(due)
    if age > action and not row["cause"]:
        return say("nonconformity.no-cause", "has no cause after {days} days", days=age)
    if age > action and row["reference"] not in acted:
        return say("nonconformity.no-action", "has no corrective action after {days} days", days=age)
    return None


@check(
    "iso42001:10.2",
    slug="actions-effective",
    title="Closed nonconformities have a proven action",
    finding="Closed nonconformities without a proven action",
    over="organization",
    needs=("records:nonconformity", "records:corrective-action"),
    decides=True,
    cases=cases.ACTIONS_EFFECTIVE,
)
def actions_effective(evidence: Evidence) -> Verdict:
    """Every corrective action behind a closed nonconformity was verified by a second person."""
    closed = {row["reference"] for row in evidence.records["nonconformity"] if row["state"] == "closed"}
    actions = [
        row
        for row in evidence.records["corrective-action"]
        if row["nonconformity"] in closed and row["state"] != "abandoned"
    ]
    none = say("action.none-closed", "No closed nonconformity has a corrective action.")
    if not actions:
        return passes(none, population=0, unit="ratio")
    missing: dict[Name, Message] = {ref(row): in_state(row) for row in actions if row["state"] != "verified"}
    return every(
        "action.share",
        "{have} of {total} actions behind closed nonconformities are verified.",
        refs(actions),
        missing,
        none=none,
    )
