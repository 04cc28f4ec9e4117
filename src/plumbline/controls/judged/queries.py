"""Results by the window that they are about: which verdict of it counts, and what stands beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from django.db.models import Max, QuerySet

from plumbline.controls import restatements
from plumbline.controls.models import RestatementAcceptance, Result
from plumbline.kernel.states import BEYOND

WindowKey = tuple[str, str, datetime]
"""Check, subject and start of a window."""


def of_windows(windows: Iterable[WindowKey]) -> QuerySet[Result]:
    """The results of ``windows``, oldest first; also of others, with the names and days of some of them."""
    wanted = set(windows)
    return Result.objects.filter(
        check_name__in={name for name, _, _ in wanted},
        subject__in={subject for _, subject, _ in wanted},
        window_start__in={start for _, _, start in wanted},
    ).order_by("id")


def results_by_window(windows: Iterable[WindowKey]) -> dict[WindowKey, list[Result]]:
    """The results of each of ``windows`` that has any, oldest first; in one query."""
    wanted = set(windows)
    found: dict[WindowKey, list[Result]] = {}
    for row in of_windows(wanted):
        key = row.check_name, row.subject, row.window_start
        if key in wanted:
            found.setdefault(key, []).append(row)
    return found


def accepted(results: Iterable[Result], instant: datetime | None = None) -> set[int]:
    """Numbers of those of ``results`` that are restatements which somebody accepted (by ``instant``)."""
    restating = [row.pk for row in results if row.restates_id is not None]
    if not restating:
        return set()
    rows = RestatementAcceptance.objects.filter(result__in=restating)
    if instant is not None:
        rows = rows.filter(at__lte=instant)
    return set(rows.values_list("result_id", flat=True))


def verdicts_of_windows(
    check_name: str,
    subject: str,
    since: datetime | None = None,
    until: datetime | None = None,
    at: datetime | None = None,
) -> list[Result]:
    """The verdict that counts (or counted ``at`` an instant) for each window lying inside the period, oldest
    window first."""
    return [verdict for _, verdict in first_and_counting(check_name, subject, since, until, at)]


def first_and_counting(
    check_name: str,
    subject: str,
    since: datetime | None = None,
    until: datetime | None = None,
    at: datetime | None = None,
) -> list[tuple[Result, Result]]:
    """As `verdicts_of_windows`, each after the first verdict of its window, which may be the same."""
    windows = windows_of(check_name, subject, since, until, at)
    known, found = accepted((row for window in windows for row in window), at), []
    for window in windows:
        verdict = restatements.counting(window, known)
        assert verdict is not None
        found.append((restatements.first(window), verdict))
    return found


def windows_of(
    check_name: str,
    subject: str,
    since: datetime | None = None,
    until: datetime | None = None,
    at: datetime | None = None,
) -> list[list[Result]]:
    """The results on each window (lying inside the period), oldest window first, oldest result first; with
    ``at`` those recorded by then."""
    rows = Result.objects.filter(check_name=check_name, subject=subject)
    if at is not None:
        rows = rows.filter(recorded_at__lte=at)
    if since is not None:
        rows = rows.filter(window_start__gte=since)
    if until is not None:
        rows = rows.filter(window_end__lte=until)
    results = rows.order_by("window_start", "id")
    return [list(group) for _, group in groupby(results, key=lambda row: row.window_start)]


def not_counting(results: Sequence[Result], at: datetime | None = None) -> set[int]:
    """Numbers of those of ``results`` that do not count for their window (or did not ``at`` an instant):
    another verdict does."""
    windows = results_by_window((row.check_name, row.subject, row.window_start) for row in results)
    if at is not None:
        windows = {key: [row for row in rows if row.recorded_at <= at] for key, rows in windows.items()}
    known = accepted((row for rows in windows.values() for row in rows), at)
    verdicts = {verdict.pk for rows in windows.values() if (verdict := restatements.counting(rows, known))}
    return {row.pk for row in results} - verdicts


def counting_instead(result: Result) -> Result | None:
    """The verdict that counts for the window of ``result``, if that is another one."""
    rows = results_of_window(result)
    verdict = restatements.counting(rows, accepted(rows))
    return verdict if verdict != result else None


def acceptance_of(result: Result) -> RestatementAcceptance | None:
    """Who accepted a restatement, when and why; None while nobody did."""
    return RestatementAcceptance.objects.select_related("person").filter(result=result.pk).first()


def results_of_window(result: Result) -> list[Result]:
    """Every result on the window of ``result``, oldest first."""
    key = result.check_name, result.subject, result.window_start
    return results_by_window([key])[key]


def failing_before(check_names: Iterable[str], subject: str, instant: datetime) -> list[Result]:
    """The results of some checks on a subject that failed and were recorded before ``instant``."""
    rows = Result.objects.filter(
        check_name__in=list(check_names),
        subject=subject,
        word__in=BEYOND,
        recorded_at__lte=instant,
    )
    return list(rows.order_by("id"))


def received_since(instant: datetime, subject: str = "") -> list[Result]:
    """The results on windows that ended after ``instant`` and of which something was received, of one subject
    or of all; without their members and reasons."""
    rows = Result.objects.filter(window_end__gte=instant, received_until__isnull=False)
    if subject:
        rows = rows.filter(subject=subject)
    return list(rows.only("window_end", "received_until"))


def subjects(check_name: str) -> list[str]:
    """What a check has judged, the subject of the newest window first."""
    rows = Result.objects.filter(check_name=check_name).order_by().values("subject")
    return [row["subject"] for row in rows.annotate(last=Max("window_start")).order_by("-last", "subject")]


LONGEST_READ = timedelta(days=100)
"""How far back a reading as of a day is looked for: the widest window is a month, and two of them that passed
without a verdict are no signal anyhow."""


def readings_at(instant: datetime) -> dict[tuple[str, str], Result]:
    """What each check read of each subject at ``instant``: the verdict that counted of its newest window.

    Of results recorded by then alone, and of restatements accepted by then.
    """
    rows = Result.objects.filter(recorded_at__lte=instant, window_end__gte=instant - LONGEST_READ)
    newest: dict[tuple[str, str], tuple[bool, datetime]] = {}
    columns = ("check_name", "subject", "window_start", "word")
    for name, subject, start, word in rows.values_list(*columns).order_by("id"):
        rank = restatements.rank(word, subject, start)
        newest[name, subject] = max(newest.get((name, subject), rank), rank)
    windows = {(name, subject, start) for (name, subject), (_, start) in newest.items()}
    found = {}
    for (name, subject, _), results in results_by_window(windows).items():
        known = [result for result in results if result.recorded_at <= instant]
        counting = restatements.counting(known, accepted(known, instant))
        if counting is not None:
            found[name, subject] = counting
    return found
