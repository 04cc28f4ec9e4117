"""Writes of this room: what is due, runs with their results, what triage has dealt with."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from plumbline.controls import limits, members, registry, restatements
from plumbline.controls.declare import Check
from plumbline.controls.judged import queries as judged
from plumbline.controls.judged.queries import WindowKey
from plumbline.controls.models import (
    Cursor,
    Due,
    Raised,
    Reading,
    RestatementAcceptance,
    Result,
    Run,
)
from plumbline.controls.verdicts import Evidence, Limit, Verdict
from plumbline.controls.windows import window_of
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.canonical import JSON, canonical
from plumbline.kernel.clock import rfc3339
from plumbline.kernel.commitment import commit
from plumbline.kernel.merkle import leaf_hash, root
from plumbline.kernel.messages import say, to_json
from plumbline.kernel.problems import Conflict
from plumbline.kernel.states import BEYOND, CheckState, Strength
from plumbline.telemetry.store.port import Receipts
from plumbline.trail import log

ACTOR = "stage:judge"
DIGESTS = "digests"
"""The opening of a run's entry that has the commitment to each of its results, in order: with it one result
is verified without reading the others."""
NOTHING_RECEIVED = Receipts(None, 0)


@dataclass(frozen=True)
class Judgement:
    """A verdict on its way to become a result."""

    check: Check
    evidence: Evidence
    verdict: Verdict
    word: CheckState
    limit: Limit | None
    seen_until: datetime
    evidence_digest: str
    strength: Strength
    receipts: Receipts = NOTHING_RECEIVED
    reference_period: str = ""

    @property
    def window(self) -> WindowKey:
        """The window that it is about."""
        return self.check.slug, self.evidence.subject, self.evidence.start


def read_cursor(name: str) -> Cursor:
    """The cursor called ``name``, made at the beginning if it is new."""
    return Cursor.objects.get_or_create(name=name)[0]


def mark_due(pending: Iterable[WindowKey], moved: Iterable[Cursor]) -> bool:
    """Put windows up for judgement and move the cursors that found them, in one transaction.

    Answers whether any of them is closed.
    """
    checks, now = registry.by_slug(), clock.now()
    closed = _Closed(now)
    rows = [
        Due(
            check_name=name,
            subject=subject,
            window_start=start,
            late=checks[name].on_telemetry
            and closed.is_closed(subject, *window_of(start, checks[name].window)),
        )
        for name, subject, start in pending
    ]
    with transaction.atomic():
        Due.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
        for cursor in moved:
            cursor.save()
    return any(row.late for row in rows)


class _Closed:
    """Which windows are closed at an instant. What governs that is read for windows that have ended alone:
    most data comes for one that has not."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._history: limits.History | None = None

    def is_closed(self, subject: str, start: datetime, end: datetime) -> bool:
        return end < self.now and self.closing(subject, start, end) < self.now

    def closing(self, subject: str, start: datetime, end: datetime) -> datetime:
        """When the window is closed for data on ``subject``."""
        self._history = self._history or limits.History()
        return self._history.closes(subject, start, end)


def due(limit: int, *, late: bool) -> list[Due]:
    """The next windows to judge, oldest first: those that were open when data came, or closed (``late``)."""
    return list(Due.objects.filter(late=late).order_by("window_start", "id")[:limit])


def newest_digests(pending: Iterable[WindowKey]) -> dict[WindowKey, tuple[str, str]]:
    """Evidence and source digest of the newest result of each window, where there is one."""
    wanted = set(pending)
    columns = ("check_name", "subject", "window_start", "evidence_digest", "source_digest")
    # The conditions of `of_windows` let more through than the wanted triples.
    return {
        (name, subject, start): (evidence, source)
        for name, subject, start, evidence, source in judged.of_windows(wanted).values_list(*columns)
        if (name, subject, start) in wanted
    }


def body(result: Result) -> bytes:
    """The exact bytes of a result that its run commits to, under the result's salt (canonical, no floats).

    The members of a population are in it by their digest, so that a pack can disclose a result without
    naming systems that are out of its scope.
    """
    # Left out where there is none: results that were sealed before there was either keep their bytes.
    later: dict[str, JSON] = {"strength": result.strength} if result.strength else {}
    if result.members:
        later["members"] = members.digest(result.members)
    if result.reference_period:
        later["reference_period"] = result.reference_period
    if result.received_until is not None:
        later |= {"received_until": rfc3339(result.received_until), "late": result.late}
    if result.restates_id is not None:
        later |= {"restates": result.restates_id, "cause": result.cause}
    return canonical(
        {
            **later,
            "check": result.check_name,
            "subject": result.subject,
            "window": [rfc3339(result.window_start), rfc3339(result.window_end)],
            "word": result.word,
            "reason": to_json(result.reason),
            "value": None if result.value is None else repr(result.value),
            "unit": result.unit,
            "limit": None if result.limit_value is None else repr(result.limit_value),
            "limit_source": result.limit_source,
            "limit_revision": result.limit_revision,
            "numerator": None if result.numerator is None else repr(result.numerator),
            "denominator": None if result.denominator is None else repr(result.denominator),
            "population": result.population,
            "excluded": result.excluded,
            "source_digest": result.source_digest,
            "evidence_digest": result.evidence_digest,
            "catalog_version": result.catalog_version,
            "recorded": rfc3339(result.recorded_at),
        }
    )


def record_run(judgements: Sequence[Judgement], done: Sequence[Due], catalog_version: str) -> Run | None:
    """Store a run with its results and its trail entry, update the readings, take ``done`` off the list."""
    with transaction.atomic():
        run = _store(judgements, catalog_version) if judgements else None
        Due.objects.filter(pk__in=[row.pk for row in done]).delete()
    return run


def _store(judgements: Sequence[Judgement], catalog_version: str) -> Run:
    now = clock.now()
    results = [_result(place, judgement, catalog_version, now) for place, judgement in enumerate(judgements)]
    _relate_to_earlier(judgements, results, now)
    digests = seal(results)
    digest = root(leaf_hash(each) for each in digests).hex()
    entry = log.append(
        "run.completed",
        actor=ACTOR,
        subject={"type": "run", "ref": f"run-{digest[:16]}"},
        requirements=sorted({id for judgement in judgements for id in judgement.check.requirements}),
        facts={
            "results": len(results),
            "root": digest,
            "catalog": catalog_version,
            "words": _counts(results),
        },
        openings={DIGESTS: b"".join(digests)},
    )
    run = Run.objects.create(
        at=now, size=len(results), root=digest, catalog_version=catalog_version, leaf=entry.index
    )
    for result in results:
        result.run_id, result.leaf = run.pk, entry.index
    Result.objects.bulk_create(results, batch_size=200)
    update_readings(judgement.window for judgement in judgements)
    return run


def seal(results: Iterable[Result]) -> list[bytes]:
    """Give each result its sealed bytes and their salt; the digests that its run commits to, in order."""
    digests = []
    for result in results:
        result.sealed = body(result)
        commitment = commit(result.sealed)
        result.salt = commitment.salt
        digests.append(commitment.digest)
    return digests


def _relate_to_earlier(judgements: Sequence[Judgement], results: Sequence[Result], now: datetime) -> None:
    """Let each result on a window that is closed restate the verdict that counts for it so far.

    A window of which everything came in time but which nobody judged since it closed has its first verdict
    now: the judge was late, not the data.
    """
    governed = _Closed(now)
    closed = [
        (judgement.window, result)
        for judgement, result in zip(judgements, results, strict=True)
        if judgement.check.on_telemetry
        and governed.is_closed(result.subject, result.window_start, result.window_end)
    ]
    earlier = judged.results_by_window(window for window, _ in closed)
    for window, result in closed:
        rows = earlier.get(window, [])
        closed_at = governed.closing(result.subject, result.window_start, result.window_end)
        before = restatements.counting(rows, judged.accepted(rows))
        in_time = result.received_until is None or result.received_until <= closed_at
        if before is not None and not (in_time and rows[-1].recorded_at <= closed_at):
            # The cause is what changed since the window was last judged, not since its first verdict.
            result.restates = before
            result.cause = ", ".join(restatements.causes(rows[-1], result))


def _counts(results: Sequence[Result]) -> dict[str, int]:
    words = [result.word for result in results]
    return {word.name: words.count(word) for word in CheckState if word in words}


def _float(value: float | None) -> float | None:
    """As the database gives it back, so that the bytes of a result are the same before and after."""
    return None if value is None else float(value)


def _compared_with(judgement: Judgement) -> float | None:
    """What the value is compared with: what the verdict says, or else the main limit."""
    if judgement.verdict.against is not None:
        return judgement.verdict.against
    return judgement.limit.value if judgement.limit else None


def _result(place: int, judgement: Judgement, catalog_version: str, now: datetime) -> Result:
    verdict, limit = judgement.verdict, judgement.limit
    return Result(
        position=place,
        check_name=judgement.check.slug,
        subject=judgement.evidence.subject,
        window_start=judgement.evidence.start,
        window_end=judgement.evidence.end,
        seen_until=judgement.seen_until,
        word=judgement.word,
        reason=verdict.reason,
        value=_float(verdict.value),
        unit=verdict.unit,
        limit_value=_float(_compared_with(judgement)),
        limit_source=limit.source if limit else "",
        limit_revision=limit.revision if limit else 0,
        numerator=_float(verdict.numerator),
        denominator=_float(verdict.denominator),
        population=verdict.population,
        excluded=verdict.excluded,
        strength=judgement.strength,
        members=members.to_rows(verdict.members),
        source_digest=judgement.check.digest,
        evidence_digest=judgement.evidence_digest,
        catalog_version=catalog_version,
        recorded_at=now,
        received_until=judgement.receipts.until,
        late=judgement.receipts.late,
        reference_period=judgement.reference_period,
    )


def update_readings(windows: Iterable[WindowKey]) -> None:
    """Let the verdict that counts for each of ``windows`` be the reading of its check and subject, unless a
    newer window is read already."""
    windows = set(windows)
    known = Reading.objects.filter(
        check_name__in={name for name, _, _ in windows}, subject__in={subject for _, subject, _ in windows}
    )
    # The members of those that stay as they are would be most of the bytes.
    known = known.select_related("result").defer("result__members")
    readings = {(row.check_name, row.subject): row for row in known}
    for rows in judged.results_by_window(windows).values():
        result = restatements.counting(rows, judged.accepted(rows))
        assert result is not None
        row = readings.get((result.check_name, result.subject))
        if row is None:
            row = Reading(check_name=result.check_name, subject=result.subject)
            readings[result.check_name, result.subject] = row
        elif _rank(row.result) > _rank(result) and row.result.window_start != result.window_start:
            continue
        row.result = result
        row.save()


def _rank(result: Result) -> tuple[bool, datetime]:
    return restatements.rank(result.word, result.subject, result.window_start)


def accept_restatement(actor: Actor, result: Result, reason: str, requirements: Iterable[str]) -> int:
    """Note that a person accepted a restatement, and let it be read; returns the trail entry's number.

    Raises `Conflict` when somebody else was quicker.
    """
    assert actor.person_id is not None
    with transaction.atomic():
        if RestatementAcceptance.objects.filter(result=result).exists():
            raise Conflict(say("restatement.accepted-already", "Somebody has accepted it already."))
        entry = log.append(
            "restatement.accepted",
            actor=actor.id,
            subject={"type": "result", "ref": f"result-{result.pk}"},
            openings={"reason": reason.encode()},
            requirements=sorted(requirements),
            facts={"result": result.pk, "restates": result.restates_id, "word": CheckState(result.word).name},
        )
        RestatementAcceptance.objects.create(
            result=result, person_id=actor.person_id, reason=reason, at=clock.now(), leaf=entry.index
        )
        update_readings([(result.check_name, result.subject, result.window_start)])
    return entry.index


def failing_after(number: int, limit: int) -> tuple[list[Result], int]:
    """The next results after ``number``: those that fail, and the number of the last one looked at."""
    rows = list(Result.objects.filter(pk__gt=number).order_by("pk")[:limit])
    failing = [row for row in rows if row.word in BEYOND]
    return failing, rows[-1].pk if rows else number


def raised(check_names: Iterable[str], subject: str) -> list[Raised]:
    """What triage has dealt with for some checks and one subject, in that order."""
    return list(Raised.objects.filter(check_name__in=list(check_names), subject=subject).order_by("pk"))


def note_raised(results: Iterable[Result], reference: str) -> None:
    """Write down that ``results`` were put under the nonconformity ``reference``."""
    for result in results:
        Raised.objects.update_or_create(
            check_name=result.check_name,
            subject=result.subject,
            window_start=result.window_start,
            defaults={"reason_digest": reason_digest(result), "reference": reference},
        )


def reason_digest(result: Result) -> str:
    """SHA-256 of a result's reason, to see whether there is something new to say."""
    return hashlib.sha256(canonical(to_json(result.reason))).hexdigest()
