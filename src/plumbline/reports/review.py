"""The inputs of a management review (ISO/IEC 42001 9.3.2), gathered for a period and frozen into its record.

Every figure comes with what it is a figure of. Every section says so when this installation keeps no records
of its kind, so that silence is never read as good news. The values contain no floats: frozen inputs have
canonical bytes, and the record's trail entry commits to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from plumbline import catalogs
from plumbline.clauses.evaluation.management_reviews import ManagementReview
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.clock import parse_rfc3339, rfc3339
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Conflict, Fault, NotAllowed, NotFound
from plumbline.records import commands, kinds
from plumbline.records import queries as records
from plumbline.reports import review_sections
from plumbline.reports.review_data import ReviewData
from plumbline.trail import log

KIND = "management-review"
VERSION = 2
"""Version of the form in which inputs are frozen. Since 2 a section and an item hold a message as data."""


@dataclass(frozen=True)
class Review:
    """The fields of a management review that its inputs depend on."""

    reference: str
    title: str
    state: str
    revision: int
    period_from: date
    period_until: date
    inputs: dict[str, Any]
    inputs_missing: str


def find(actor: Actor, reference: str) -> Review:
    """The review with this reference. Raises `NotFound`, also for a record of another kind."""
    if kinds.of_reference(reference).slug != KIND:
        raise NotFound("Only a management review has frozen inputs.")
    record, _ = records.find(actor, reference)
    assert isinstance(record, ManagementReview)
    return Review(
        reference=record.reference,
        title=record.title,
        state=record.state,
        revision=record.revision,
        period_from=record.period_from,
        period_until=record.period_until,
        inputs=record.inputs or {},
        inputs_missing=record.inputs_missing,
    )


def prepare(actor: Actor, reference: str, revision: int | None) -> commands.Saved:
    """Gather the inputs of a review and freeze them into it, in place of earlier ones.

    ``revision`` is the one the actor saw. Raises `NotAllowed` for who does not read the whole organization,
    `Conflict` while the period still runs, and whatever `commands.amend` raises (`Stale`, `NotAllowed`, a
    state in which nothing is amended).
    """
    answer = policy.may_everywhere(actor, "read")
    if not answer:
        raise NotAllowed(f"The inputs are about the whole organization. {answer.reason}", permission="read")
    review = find(actor, reference)
    today = clock.today()
    if review.period_until > today:
        remedy = say(
            "reports.gather-them-after-or-shorten-the",
            "gather them after {value}, or shorten the period",
            value=review.period_until.isoformat(),
        )
        raise Conflict(
            f"The period of {review.reference} is not over.", [Fault("period_until", "lies ahead", remedy)]
        )
    frozen = {"inputs": inputs(review.period_from, review.period_until, review.reference)}
    return commands.amend(
        actor, review.reference, {}, revision=revision, note="Inputs gathered and frozen.", frozen=frozen
    )


def inputs(first: date, last: date, reference: str = "") -> dict[str, Any]:
    """The inputs for the period from ``first`` to ``last``, both days included, as of now.

    ``reference`` is the review they are for, so that it does not count among the earlier ones. They are
    about the whole organization, whoever gathers them.
    """
    # Gathered for the whole organization even if the reader sees one unit: frozen figures are the review's,
    # and `prepare` lets only those gather them who read everything.
    period = Period.of_days(first, last)
    checkpoint = log.latest_checkpoint()
    gathered = ReviewData(period.start, period.stop, period.before, reference)
    return {
        "version": VERSION,
        "gathered": rfc3339(clock.now()),
        "period": {"from": first.isoformat(), "until": last.isoformat()},
        "before": {
            "from": clock.day_of(period.before).isoformat(),
            "until": (first - timedelta(days=1)).isoformat(),
        },
        "entries": log.size(),
        "checkpoint": checkpoint.size if checkpoint else 0,
        "catalog": catalogs.version(),
        "sections": [section.as_dict() for section in review_sections.all_sections(gathered)],
    }


@dataclass(frozen=True)
class Period:
    """A period: from ``start`` to before ``stop``; ``before`` begins one of the same length."""

    start: datetime
    stop: datetime
    before: datetime

    @classmethod
    def of_days(cls, first: date, last: date) -> Period:
        """The period of whole days, both included. Raises `Conflict` when the last lies before the first."""
        if last < first:
            raise Conflict("The period is empty.", [Fault("until", "lies before the first day", "swap them")])
        start = clock.day_start(first)
        stop = clock.day_start(last + timedelta(days=1))
        return cls(start, stop, start - (stop - start))


def gathered_at(frozen: dict[str, Any]) -> datetime | None:
    """When frozen inputs were gathered; ``None`` for a review without any."""
    return parse_rfc3339(frozen["gathered"]) if frozen else None
