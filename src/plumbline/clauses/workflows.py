"""The workflows of several kinds: what is planned and then checked, and what is frozen as a version."""

from __future__ import annotations

from dataclasses import replace

from plumbline.kernel.workflow import REVIEWED, Move, Workflow

PLANNED = Workflow(
    "planned",
    ("draft", "in review", "approved", "carried out", "verified", "abandonment proposed", "abandoned"),
    (
        Move("submit", "Ask for review", ("draft",), "in review"),
        Move("return", "Return to draft", ("in review",), "draft", reason=True),
        Move("approve", "Approve", ("in review",), "approved", approves=True),
        Move("revise", "Revise", ("approved",), "draft", reason=True),
        Move("carry-out", "Record that it was carried out", ("approved",), "carried out", reason=True),
        Move("verify", "Verify that it works", ("carried out",), "verified", independent=True, reason=True),
        Move("reopen", "Open again", ("carried out", "verified"), "draft", reason=True),
        Move("restore", "Drop the draft", ("draft", "in review"), "approved", restores=True),
        Move("discard", "Discard", ("draft", "in review"), "abandoned", discards=True, reason=True),
        Move("propose-abandonment", "Propose to abandon", ("approved",), "abandonment proposed", reason=True),
        Move("keep", "Keep in force", ("abandonment proposed",), "approved", reason=True),
        Move("abandon", "Abandon", ("abandonment proposed",), "abandoned", confirms=True),
    ),
    final=frozenset({"verified", "abandoned"}),
    frozen=frozenset({"approved", "carried out", "verified", "abandonment proposed", "abandoned"}),
    carried=frozenset({"carried out"}),
    counts=frozenset({"approved", "carried out", "verified"}),
    ended=frozenset({"abandoned"}),
    next={
        "in review": ("approve", "return"),
        "approved": ("carry-out",),
        "verified": (),
        "abandonment proposed": ("abandon", "keep"),
    },
    drafts=frozenset({"draft"}),
)
"""Draft → in review → approved → carried out → verified. What was approved cannot be rewritten afterwards:
revising it needs a reason and a new approval."""
VERSIONED = replace(
    REVIEWED,
    name="versioned",
    moves=tuple(move for move in REVIEWED.moves if move.name not in {"revise", "restore"}),
)
"""As `REVIEWED`, but an approved version stays what it was: whoever wants another one makes a new record."""

CHANGED = replace(
    PLANNED,
    name="changed",
    states=(
        *("draft", "in review", "approved", "under way", "carried out", "reviewed"),
        *("abandonment proposed", "abandoned"),
    ),
    moves=(
        *(move for move in PLANNED.moves if move.name not in {"carry-out", "verify", "reopen"}),
        Move("begin", "Begin", ("approved",), "under way"),
        Move("carry-out", "Record that it was carried out", ("under way",), "carried out"),
        Move("return-report", "Return the report", ("carried out",), "under way", reason=True),
        Move("review", "Approve the review", ("carried out",), "reviewed", approves=True, reason=True),
    ),
    final=frozenset({"reviewed", "abandoned"}),
    frozen=frozenset({"approved", "carried out", "reviewed", "abandonment proposed", "abandoned"}),
    counts=frozenset({"approved", "under way", "carried out", "reviewed"}),
    next={
        "in review": ("approve", "return"),
        "approved": ("begin",),
        "carried out": ("review", "return-report"),
        "reviewed": (),
        "abandonment proposed": ("abandon", "keep"),
    },
)
"""Draft → in review → approved → under way → carried out → reviewed. The plan is approved before anything
begins; the review approves what came of it, so that only then it is in force too."""

LOOKED_UP = replace(
    REVIEWED,
    name="looked-up",
    moves=tuple(
        replace(move, label="Confirm that the register shows it", reason=True) if move.approves else move
        for move in REVIEWED.moves
    ),
)
"""As `REVIEWED`, but whoever approves has looked it up too, and writes where and what stood there."""

TAUGHT = Workflow(
    "taught",
    ("planned", "held", "in evaluation", "evaluated", "cancelled"),
    (
        Move("hold", "Record that it was held", ("planned",), "held"),
        Move("evaluate", "Record the evaluation", ("held",), "in evaluation"),
        Move("return", "Return", ("in evaluation",), "held", reason=True),
        Move("approve", "Approve the evaluation", ("in evaluation",), "evaluated", approves=True),
        Move("discard", "Cancel", ("planned",), "cancelled", discards=True, reason=True),
    ),
    final=frozenset({"evaluated", "cancelled"}),
    frozen=frozenset({"evaluated", "cancelled"}),
    counts=frozenset({"evaluated"}),
    ended=frozenset({"cancelled"}),
    next={"in evaluation": ("approve", "return"), "evaluated": ()},
    drafts=frozenset({"planned"}),
)
"""Planned → held → in evaluation → evaluated. What was held can no longer be called off, so that it stays
shown as not evaluated until somebody evaluates it and a second person approves what they found."""

HEARD = Workflow(
    "heard",
    ("received", "looked into", "answered", "closed"),
    (
        Move("take", "Look into it", ("received",), "looked into"),
        Move("answer", "Record the answer", ("looked into",), "answered"),
        Move("reopen", "Open again", ("answered", "closed"), "looked into", reason=True),
        Move("close", "Close", ("answered",), "closed", independent=True, reason=True),
    ),
    final=frozenset({"closed"}),
    frozen=frozenset({"closed"}),
    carried=frozenset({"answered"}),
    counts=frozenset({"answered", "closed"}),
    next={"answered": ("close",), "closed": ()},
)
"""Received → looked into → answered → closed. Whoever answered does not close it: somebody else reads whether
it was an answer."""

VALIDATED = Workflow(
    "validated",
    ("planned", "limits set", "measured", "confirmed", "discarded"),
    (
        Move("set-limits", "Set the limits", ("planned",), "limits set"),
        Move("measure", "Record the results", ("limits set",), "measured"),
        Move("return", "Return for other results", ("measured",), "limits set", reason=True),
        Move("confirm", "Confirm", ("measured",), "confirmed", approves=True),
        Move("discard", "Discard", ("planned",), "discarded", discards=True, reason=True),
    ),
    final=frozenset({"confirmed", "discarded"}),
    frozen=frozenset({"confirmed", "discarded"}),
    counts=frozenset({"confirmed"}),
    ended=frozenset({"discarded"}),
    next={"measured": ("confirm", "return"), "confirmed": ()},
    drafts=frozenset({"planned"}),
)
"""Planned → limits set → measured → confirmed. From the moment in which limits are set a validation cannot be
discarded any more, so that one that fails stays; a second person confirms what was found, good or bad."""

DEPLOYED = Workflow(
    "deployed",
    (
        *("planned", "in review", "approved", "staged", "live", "rolled back", "ended"),
        "discarded",
    ),
    (
        Move("submit", "Ask for review", ("planned",), "in review"),
        Move("return", "Return to plan", ("in review",), "planned", reason=True),
        Move("approve", "Approve", ("in review",), "approved", approves=True),
        Move("stage", "Go live in part", ("approved",), "staged"),
        Move("go-live", "Go live", ("approved", "staged"), "live"),
        Move("roll-back", "Roll back", ("staged", "live"), "rolled back", reason=True),
        Move("end", "Record its end", ("approved", "staged", "live", "rolled back"), "ended", reason=True),
        Move("discard", "Discard", ("planned", "in review"), "discarded", discards=True, reason=True),
    ),
    final=frozenset({"ended", "discarded"}),
    frozen=frozenset({"ended", "discarded"}),
    carried=frozenset({"live", "rolled back"}),
    counts=frozenset({"approved", "staged", "live", "rolled back", "ended"}),
    ended=frozenset({"discarded"}),
    next={
        "in review": ("approve", "return"),
        "approved": ("go-live", "stage"),
        "staged": ("go-live", "roll-back"),
        "live": (),
        "rolled back": (),
    },
    drafts=frozenset({"planned"}),
)
"""Planned → in review → approved → staged → live → ended. Rolling back takes one person and no new approval,
since it is done in haste; the release that it goes back to was approved before."""
RUNNING = frozenset({"staged", "live", "rolled back"})
"""States of a deployment in which something of it is in use."""

AUDITED = Workflow(
    "audited",
    ("planned", "under way", "reported", "acknowledged", "closed", "called off"),
    (
        Move("begin", "Begin", ("planned",), "under way"),
        Move("report", "Issue the report", ("under way",), "reported"),
        Move("acknowledge", "Confirm that the report came", ("reported",), "acknowledged", approves=True),
        Move("complete", "Close", ("acknowledged",), "closed"),
        Move("discard", "Call off", ("planned",), "called off", discards=True, reason=True),
    ),
    final=frozenset({"closed", "called off"}),
    frozen=frozenset({"reported", "acknowledged", "closed", "called off"}),
    carried=frozenset({"reported", "acknowledged"}),
    counts=frozenset({"acknowledged", "closed"}),
    ended=frozenset({"called off"}),
    next={
        "under way": ("report",),
        "reported": ("acknowledge",),
        "acknowledged": ("complete",),
        "closed": (),
    },
    drafts=frozenset({"planned"}),
)
"""Planned → under way → reported → acknowledged → closed. What has begun is never called off, so that one
that finds something stays; the manager to whom it is reported confirms that it came, and only then it is in
force."""

FOUND = Workflow(
    "found",
    ("draft", "recorded", "answered", "did not work", "worked", "withdrawn"),
    (
        Move("record", "Record it", ("draft",), "recorded"),
        Move("return", "Return to draft", ("recorded",), "draft", reason=True),
        Move("answer", "Record the answer", ("recorded", "did not work"), "answered"),
        Move("work", "Record that it worked", ("answered",), "worked"),
        Move("fail", "Record that it did not work", ("answered", "worked"), "did not work", reason=True),
        Move("discard", "Discard", ("draft",), "withdrawn", discards=True, reason=True),
    ),
    final=frozenset({"worked", "withdrawn"}),
    frozen=frozenset({"worked", "withdrawn"}),
    carried=frozenset({"answered"}),
    counts=frozenset({"recorded", "answered", "did not work", "worked"}),
    ended=frozenset({"withdrawn"}),
    next={
        "recorded": ("answer",),
        "answered": ("work", "fail"),
        "did not work": ("answer",),
        "worked": (),
        "withdrawn": (),
    },
    drafts=frozenset({"draft"}),
)
"""Draft → recorded → answered → worked, or did not work. The auditors record; the audited line answers; the
auditors say whether it worked, and where it did not, it is open again."""

REQUESTED = Workflow(
    "requested",
    ("draft", "asked", "answered", "not sufficient", "sufficient", "withdrawn"),
    (
        Move("ask", "Ask", ("draft",), "asked"),
        Move("answer", "Answer", ("asked", "not sufficient"), "answered"),
        Move("suffice", "Close as sufficient", ("answered",), "sufficient"),
        Move("reject", "Say that it does not suffice", ("asked", "answered"), "not sufficient", reason=True),
        Move("discard", "Withdraw", ("draft", "asked"), "withdrawn", discards=True, reason=True),
    ),
    final=frozenset({"sufficient", "withdrawn"}),
    frozen=frozenset({"sufficient", "withdrawn"}),
    carried=frozenset({"answered"}),
    counts=frozenset({"asked", "answered", "not sufficient", "sufficient"}),
    ended=frozenset({"withdrawn"}),
    next={
        "asked": ("answer",),
        "answered": ("suffice", "reject"),
        "not sufficient": ("answer",),
        "sufficient": (),
        "withdrawn": (),
    },
    drafts=frozenset({"draft"}),
)
"""Draft → asked → answered → sufficient, or not sufficient. The auditor asks and judges, whoever is asked
answers; what does not suffice can be answered again, and stands open where it is not."""
