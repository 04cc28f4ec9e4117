"""Every check in a world that is plainly broken for it: no requirement that it speaks for may read good.

The world comes from the check's own declaration: one member of its population of which nothing else is
recorded, or, of telemetry, no measure. It goes the whole way: engine, result, posture, API. First the check
sees a world in which it passes, so that the requirement is seen to read good, and then no more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from tests.honesty.lines import attempt
from tests.honesty.organization import SLUG, live_system
from tests.honesty.world import GOOD, World

from plumbline.controls import commands, declare, evidence, registry
from plumbline.controls.cases import Case, Sample
from plumbline.controls.declare import Check
from plumbline.controls.verdicts import Evidence
from plumbline.controls.windows import floor

pytestmark = pytest.mark.django_db(transaction=True)

CHECKS = dict(registry.by_slug())
Show = Callable[..., None]


@pytest.fixture
def show(kept: World, monkeypatch: pytest.MonkeyPatch) -> Show:
    """Lets a check, and no other one, see a world of samples on the next day, and judge it."""

    def shown(check: Check, *world: Sample, like: Case | None = None) -> None:
        seen = replace(like or Case("fails", "", ()), world=world)

        def of(
            self: Any, asking: Check, subject: str, start: datetime, end: datetime, limits: Any
        ) -> Evidence:
            made = seen.evidence(asking.needs, asking.window, asking.limits)
            return replace(made, subject=subject, start=start, end=end)

        monkeypatch.setattr(declare, "REGISTERED", {check.slug: check})
        monkeypatch.setattr(evidence.Gatherer, "of", of)
        # A reading of telemetry holds until its check has been silent for more than two of its cadences.
        kept.wait(days=1 if like is None or world else 3 * check.cadence.days)
        if check.on_telemetry:
            commands.mark_due([(check.slug, SLUG, floor(kept.now, check.window))], [])
        kept.flow()

    return shown


def broken(check: Check) -> tuple[Sample, ...]:
    """The samples of the check's broken world; none where its members exist without any record."""
    if check.population is None or check.on_telemetry:
        return ()
    return check.broken or check.population.bare


def passing(check: Check) -> Case:
    """A case in which the check passes, the one with the largest world."""
    return max((case for case in check.cases if case.outcome == "passes"), key=lambda case: len(case.world))


@attempt("A1")
@pytest.mark.parametrize("slug", sorted(CHECKS))
def test_no_requirement_reads_good_in_the_broken_world_of_a_check(kept: World, show: Show, slug: str) -> None:
    """What passes reads good; with one bare member more, or with it alone, it does not."""
    check = CHECKS[slug]
    numbers = [requirement.partition(":")[2] for requirement in check.requirements]
    case = passing(check)
    show(check, *case.world, like=case)
    words = {number: kept.posture()[number]["measured"] for number in numbers}
    assert set(words.values()) <= GOOD, "the case in which it passes"
    worlds = [broken(check)]
    if not check.on_telemetry and broken(check):
        worlds.append((*case.world, *broken(check)))
    for world in worlds:
        show(check, *world, like=case)
        words = {number: kept.posture()[number]["measured"] for number in numbers}
        assert not GOOD & set(words.values()), words


@attempt("A7")
def test_every_check_speaks_over_a_population() -> None:
    """A check without a population could pass by recording less, or by not being sent anything."""
    assert {slug for slug, check in CHECKS.items() if check.population is None} == set()


@attempt("A5", "A8")
def test_every_check_on_telemetry_names_a_live_system_that_sends_nothing(kept: World) -> None:
    """A live system sends nothing of what its kinds of output ask for: each check misses it, also those that
    nothing is sent for by anybody; the one that reports is judged all the same."""
    live_system(kept, "chat-assist", output_kinds=["class", "score"], sourcing="own", technique="statistical")
    kept.flow()
    coverage = {row["check"]: row for posture in kept.posture().values() for row in posture["coverage"]}
    asked = {slug for slug, check in CHECKS.items() if check.on_telemetry and not check.quiet}
    assert len(asked) >= 8
    assert {slug for slug in asked if not coverage[slug]["silent"]} == set()
    assert coverage["error-rate"]["covered"] == 1
    for number in ("A.6.2.6", "A.6.2.8", "9.1"):
        seen = kept.seen(number)
        assert "chat-assist" in seen.reasons, number
        assert "Chat assist" in seen.page, "a page names it by its title"


@attempt("A5", "C1")
@pytest.mark.parametrize("how", ["draft", "review passed", "sends it all the same"])
def test_a_system_is_left_out_of_no_check_by_a_draft_or_for_ever(kept: World, how: str) -> None:
    """The owner has a system left out of a check on telemetry: in a draft, long ago, or while it reports."""
    told = {
        "output_kinds": ["text"],
        "not_reported": ["durations"],
        "not_reported_why": "The vendor's gateway gives no times at all.",
    }
    if how == "draft":
        reference = live_system(kept, "chat-assist", output_kinds=["text"])
        kept.move("mina", reference, "revise")
        kept.amend("mina", reference, **told)
    else:
        live_system(kept, "chat-assist", next_review=kept.day(20), **told)
    kept.flow()
    if how == "review passed":
        assert _durations(kept)["excluded"] == 1, "approved, with a reason and an end"
        kept.wait(days=22)
        kept.traffic(SLUG, kept.day(-1))
    elif how == "sends it all the same":
        kept.traffic("chat-assist", kept.day(-1), 40, lambda n: {"latency_ms": 60_000.0})
    kept.flow()
    row = _durations(kept)
    assert row["excluded"] == 0
    assert row["missing" if how == "sends it all the same" else "silent"] == 1
    assert not kept.good("A.6.2.6")


def _durations(kept: World) -> dict[str, Any]:
    rows = kept.posture()["A.6.2.6"]["coverage"]
    return next(row for row in rows if row["check"] == "latency-p95")
