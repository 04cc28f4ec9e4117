"""What the inputs of a management review say of risks: what is left of each at the end of the period."""

from __future__ import annotations

from plumbline.clauses.rules import Level
from plumbline.controls import residual
from plumbline.controls.residual import ACCEPTED, Residual
from plumbline.kernel.messages import Message, Word, say
from plumbline.reports.review_data import Figure, Item, ReviewData, Row, Section


def risks(data: ReviewData) -> Section:
    """What is left of the risks at the end of the period, against what was planned and accepted."""
    slug, title = "risks", "Performance: risks and what is left of them"
    rows = [row for row in data.rows("risk") if row["state"] != "closed"]
    if not rows:
        return Section(slug, title, say("review.no-risk", "No open risk is recorded here."), False)
    judged = [(row, data.residual[row["reference"]]) for row in rows if row["reference"] in data.residual]
    judged.sort(key=lambda pair: (-pair[1].today, pair[0]["reference"]))
    graver = [(row, left) for row, left in judged if left.graver]
    accepted = [row for row, _ in judged if row["state"] == ACCEPTED]
    lapsed = [row for row, _ in graver if row["state"] == ACCEPTED]
    size = len(judged)
    figures = (
        Figure("Judged before and after treatment", size, "open risks", of=len(rows)),
        *(
            Figure(level.word, sum(left.today == level for _, left in judged), "judged open risks", of=size)
            for level in sorted(Level, reverse=True)
        ),
        Figure("Graver than planned", len(graver), "judged open risks", of=size),
        Figure("Acceptances that have lapsed", len(lapsed), "accepted risks", of=len(accepted)),
    )
    summary = say(
        "review.risks",
        "At the end of the period {graver} of {judged} judged risks are graver than planned; acceptances that"
        " have lapsed: {lapsed}. Risks that are not judged: {unjudged}.",
        graver=len(graver), judged=size, lapsed=len(lapsed), unjudged=len(rows) - size,
    )  # fmt: skip
    items = tuple(Item(row["reference"], "", row["state"], _left(row, left)) for row, left in judged)
    return Section(slug, title, summary, True, figures, items)


def _left(row: Row, left: Residual) -> Message:
    """What was left of a risk beside what was planned, and that it is about no system of its own."""
    left_over = _level(row, left)
    if row["system"]:
        return left_over
    return say(
        "review.risk-wide", "{extent}: {left}", extent=Word(residual.ORGANIZATION_WIDE), left=left_over
    )


def _level(row: Row, left: Residual) -> Message:
    planned, today = (Word(level.word.lower()) for level in (left.planned, left.today))
    if left.graver and row["state"] == ACCEPTED:
        return say(
            "review.risk-lapsed",
            "accepted as {planned} and {today} at the end of the period: the acceptance has lapsed",
            planned=planned, today=today,
        )  # fmt: skip
    return say(
        "review.risk-level", "{planned} as planned, {today} at the end of the period",
        planned=planned, today=today,
    )  # fmt: skip
