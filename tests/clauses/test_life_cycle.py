"""Nothing goes live past the gate: what is asked for is named, and each way round it is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.authority import give_authority
from tests.lifecycle import OnItsWay, measured, state_of

from plumbline.clauses.operation.validations import Validation
from plumbline.controls.past_decisions import queries as decisions
from plumbline.identity.actors import Actor
from plumbline.identity.authority import Act, AuthorityLimit
from plumbline.kernel import acceptance_lines as lines
from plumbline.kernel import clock, tiers
from plumbline.kernel import release_parts as parts
from plumbline.kernel.problems import Conflict, NotAllowed
from plumbline.records import commands
from plumbline.records import queries as records
from plumbline.wording.rendering import english

DIGEST = "0" * 63


@pytest.fixture
def way(mina: Actor, sara: Actor, tove: Actor) -> OnItsWay:
    """A system on its way, with somebody who may accept its risks and two who may let it go live."""
    give_authority(tove)
    give_authority(sara, "go live")
    return OnItsWay(mina, sara, tove)


def told(refused: pytest.ExceptionInfo[Any]) -> str:
    """All that a refusal says, fault by fault."""
    return "\n".join(f"{fault.field}: {english(fault.message)}" for fault in refused.value.faults)


# -- lines ---------------------------------------------------------------------------------------------


def test_limits_and_results_are_compared_exactly() -> None:
    asked = "R1 accuracy >= 0.3\nwaiting time <= 2 seconds"
    assert lines.verdict(asked, "R1 accuracy = 0.3\nWaiting  time = 2 Seconds") == "passed"
    assert lines.verdict(asked, "R1 accuracy = 0.299999\nwaiting time = 2 seconds") == "failed"
    assert lines.verdict(asked, "R1 accuracy = 0.3") == "open"
    # one beyond its limit fails whatever is missing; another unit is no result
    assert lines.verdict(asked, "R1 accuracy = 0.1") == "failed"
    assert lines.missing(asked, "R1 accuracy = 0.3\nwaiting time = 2 minutes") == ["waiting time"]
    assert lines.verdict("", "") == "open"
    assert lines.limits("accuracy >= 90 %") == {"accuracy": lines.Figure("accuracy", Decimal(90), "%", ">=")}


@pytest.mark.parametrize("text", ["accuracy", "accuracy > 0.9", ">= 0.9", "a >= 1\nA >= 2", "a >= high"])
def test_what_is_no_limit_is_not_read_as_one(text: str) -> None:
    assert lines.limits(text) is None


@pytest.mark.parametrize(
    "text", ["R1: fast", "R1: fast | very", "fast | 2 seconds", "R1: a | 1\nr1: b | 2", "R1: | 2 seconds"]
)
def test_a_requirement_has_an_id_and_a_figure(text: str) -> None:
    assert lines.requirements(text) is None


def test_requirements_by_id() -> None:
    assert lines.requirements("r1: answers | 2 seconds at most\n\nSEC-2: holds | 0 of 50") == {
        "R1": "2 seconds at most",
        "SEC-2": "0 of 50",
    }
    assert lines.tested_ids("r1 time <= 2 seconds\nSEC-2 turned <= 0") == {"R1", "SEC-2"}


# -- parts ---------------------------------------------------------------------------------------------


def row(reference: str, type_: str = "model", **more: Any) -> dict[str, Any]:
    return {"reference": reference, "type": type_, "digest": "", "version": "1", **more}


SYSTEM = {"reference": "SYS-0001", "purpose": "Sorts claims.", "regions": ("canada",)}


def test_what_differs_between_two_releases_is_told_part_by_part() -> None:
    before = parts.content(SYSTEM, [row("CMP-1"), row("CMP-2", "prompt")], [row("DST-1")])
    after = parts.content(
        {**SYSTEM, "purpose": "Sorts\n claims."},
        [row("CMP-1", digest=DIGEST + "1"), row("CMP-2", "prompt"), row("CMP-3", "service")],
        [row("DST-1")],
    )
    assert [(one.part, one.name, one.before, one.after) for one in parts.changes(before, after)] == [
        ("model", "CMP-1", "version:1", f"sha256:{DIGEST}1"),
        ("tool", "CMP-3", "", "version:1"),
    ]
    # a line that is broken elsewhere is the same purpose
    assert parts.digest(before, ("purpose", "dataset")) == parts.digest(after, ("purpose", "dataset"))
    assert parts.digest(before) != parts.digest(after)
    assert parts.digest({}) == ""


# -- tiers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ({}, tiers.Tier.HIGH),  # four fields: nobody has said anything
        ({"effect": "none", "autonomy": "acts alone"}, tiers.Tier.BASIC),
        ({"effect": "indirect"}, tiers.Tier.BASIC),
        ({"effect": "direct", "autonomy": "suggests"}, tiers.Tier.RAISED),
        ({"effect": "direct", "autonomy": "acts alone"}, tiers.Tier.HIGH),
        ({"effect": "legal or similar", "autonomy": "suggests"}, tiers.Tier.HIGH),
        ({"effect": "none", "eu_class": "high-risk use"}, tiers.Tier.HIGH),
        ({"effect": "none", "data_classes": ["special category"]}, tiers.Tier.RAISED),
    ],
)
def test_a_tier_follows_from_the_record_and_silence_is_grave(
    said: dict[str, Any], wanted: tiers.Tier
) -> None:
    silent = {"effect": "unknown", "autonomy": "unknown", "eu_class": "not decided", "data_classes": []}
    assert tiers.tier({**silent, **said}) is wanted


# -- through the door ------------------------------------------------------------------------------------

ALL_MISSING = (
    "No approved specification in date",
    "No approved impact assessment is of release 4.3",
    "No confirmed test is of the digests",
    "No confirmed look at bias",
    "No requirement is in force",
    "No risk of SYS-0001 is recorded",
)


@pytest.mark.data_layer
@pytest.mark.django_db
def test_a_system_of_four_fields_does_not_go_live(way: OnItsWay) -> None:
    given = {"title": "Helper", "slug": "helper", "purpose": "Answers.", "owner": way.author.id}
    system = commands.create(way.author, "ai-system", given)
    with pytest.raises(Conflict) as refused:
        commands.amend(way.author, system.reference, {"lifecycle": "in operation"}, revision=1)
    assert "no approved deployment puts a release of it into use" in told(refused)
    assert commands.amend(way.author, system.reference, {"lifecycle": "planned"}, revision=1).revision == 1


@pytest.mark.data_layer
@pytest.mark.django_db
def test_a_release_is_approved_once_all_is_there_and_each_lack_is_named(way: OnItsWay) -> None:
    way.system()
    release = way.candidate()
    with pytest.raises(Conflict) as refused:
        way.move(release, "approve", way.second)
    for text in ALL_MISSING:
        assert text in told(refused)
    assert len(refused.value.faults) == len(ALL_MISSING)
    way.approved("specification")
    way.validated("test")
    way.validated("bias")
    way.assessed("4.3")
    risk = way.made["risk"]
    with pytest.raises(Conflict) as refused:
        way.move(release, "approve", way.second)
    assert told(refused) == f"content: is not ready: Not treated and accepted: {risk}."
    way.amend(risk, response="retain", accepted_until=date(2027, 3, 1).isoformat())
    way.move(risk, "assess")
    way.move(risk, "accept", way.third)
    assert way.move(release, "approve", way.second).state == "approved"


@pytest.mark.data_layer
@pytest.mark.django_db
def test_a_release_is_approved_within_an_authority_that_covers_the_tier(
    way: OnItsWay, someone: Callable[[str, str], Actor]
) -> None:
    rolf = someone("aims-manager", "Rolf")
    way.system()
    release = way.prepared()
    for tier in ("", "basic"):
        if tier:
            give_authority(rolf, "go live", tier=tier)
        with pytest.raises(NotAllowed, match=r"approve releases and deployments \(raised\)"):
            way.move(release, "approve", rolf)
    # A draft of the system that says less of it makes nobody's authority reach further.
    way.amend(way.made["ai-system"], effect="none", autonomy="suggests", data_classes=[])
    with pytest.raises(NotAllowed, match="approve releases and deployments"):
        way.move(release, "approve", rolf)
    assert state_of(release) == "in review"
    give_authority(rolf, "go live", tier="raised")
    assert way.move(release, "approve", rolf).state == "approved"
    third = someone("aims-manager", "Siv")
    deployment = way.create("deployment", due=clock.today())
    way.move(deployment, "submit")
    with pytest.raises(NotAllowed, match="approve releases and deployments"):
        way.move(deployment, "approve", third)
    assert way.move(deployment, "approve", rolf).state == "approved"


@pytest.mark.data_layer
@pytest.mark.django_db
def test_a_draft_makes_the_tier_graver_for_the_authority_too(
    way: OnItsWay, someone: Callable[[str, str], Actor]
) -> None:
    rolf = someone("aims-manager", "Rolf")
    give_authority(rolf, "go live", tier="raised")
    way.system()
    release = way.prepared()
    way.amend(way.made["ai-system"], effect="legal or similar")
    with pytest.raises(NotAllowed, match=r"approve releases and deployments \(high\)"):
        way.move(release, "approve", rolf)


@pytest.mark.data_layer
@pytest.mark.django_db
def test_what_went_live_counts_in_the_back_test_of_an_authority(way: OnItsWay) -> None:
    way.live()
    taken = [one for one in decisions.since(clock.now() - timedelta(days=1)) if one.act is Act.GO_LIVE]
    assert [one.rank for one in taken] == [2, 2]
    allowing = AuthorityLimit("AUT-1", frozenset({Act.GO_LIVE}), ranks={Act.GO_LIVE: 2})
    assert all(allowing.covers(one.act, one.rank) for one in taken)
    less = AuthorityLimit("AUT-2", frozenset({Act.GO_LIVE}), ranks={Act.GO_LIVE: 1})
    assert not any(less.covers(one.act, one.rank) for one in taken)


@pytest.mark.data_layer
@pytest.mark.django_db
def test_a_system_goes_live_by_a_release_and_its_deployment(way: OnItsWay) -> None:
    way.system()
    way.released()
    deployment = way.deployment()
    with pytest.raises(Conflict) as refused:
        way.move(deployment, "go-live")
    assert told(refused) == "system: SYS-0001 is not recorded as in operation"
    system = way.made["ai-system"]
    way.amend(system, lifecycle="in operation", version="4.3")
    assert way.move(deployment, "go-live").state == "live"
    way.move(system, "submit")
    assert way.move(system, "approve", way.second).state == "approved"


@pytest.mark.data_layer
@pytest.mark.django_db
def test_what_went_stale_after_the_approval_stops_going_live(way: OnItsWay) -> None:
    way.system()
    way.released()
    deployment = way.deployment()
    way.amend(way.made["ai-system"], lifecycle="in operation")
    risk = way.create("risk", title="Somebody turns it with hidden text")
    with pytest.raises(Conflict) as refused:
        way.move(deployment, "go-live")
    assert told(refused) == f"release: is not ready: Not treated and accepted: {risk}."


@pytest.mark.data_layer
@pytest.mark.django_db
def test_a_prohibited_practice_stops_everything(way: OnItsWay) -> None:
    way.system()
    way.prepared()
    way.amend(way.made["ai-system"], eu_class="prohibited practice", eu_basis="Article 5(1)(c).")
    with pytest.raises(Conflict) as refused:
        way.move(way.made["release"], "approve", way.second)
    assert "classed as a prohibited practice" in told(refused)


@pytest.mark.data_layer
@pytest.mark.django_db
def test_a_digest_that_is_live_is_no_release(way: OnItsWay) -> None:
    way.live()
    live = way.made["release"]
    with pytest.raises(Conflict) as refused:
        way.candidate("4.4")
    assert told(refused) == f"digest: has the digest of {live}, which is live"
    way.move(way.made["deployment"], "end", ended_on="2026-03-03")
    with pytest.raises(Conflict) as refused:
        way.move(way.made["release"], "submit")
    assert told(refused) == f"digest: has the digest of {live}, which is approved"


@pytest.mark.data_layer
@pytest.mark.django_db
def test_what_is_registered_of_the_system_is_in_the_release_or_left_out_with_a_reason(way: OnItsWay) -> None:
    way.system()
    way.released()
    prompt = way.approved("component", title="Prompt", type="prompt", digest=DIGEST + "7")
    release = way.create("release", version="4.4", components=[])
    with pytest.raises(Conflict) as refused:
        way.move(release, "submit")
    assert told(refused) == f"components: says nothing of CMP-0001, {prompt}"
    way.amend(release, left_out=f"{prompt} is of a trial. CMP-0001 goes.")
    assert way.move(release, "submit").state == "in review"


@pytest.mark.data_layer
@pytest.mark.django_db
def test_limits_come_before_results_and_stay(way: OnItsWay) -> None:
    way.system()
    way.candidate()
    validation = way.create("validation")
    way.amend(validation, **measured())
    with pytest.raises(Conflict) as refused:
        way.move(validation, "set-limits")
    assert told(refused) == "results: are there before the limits are set"
    assert Validation.objects.get(reference=validation).verdict == "open"
    way.amend(validation, results="", measured_on=None)
    way.move(validation, "set-limits")
    with pytest.raises(Conflict) as refused:
        way.amend(validation, limits="R1 share as an expert would >= 0.5")
    assert told(refused) == "limits: stays as it was when the limits were set"
    with pytest.raises(Conflict) as refused:
        way.move(validation, "measure", **measured(measured_on="2026-03-02"))
    assert "lies before the day on which the limits were set" in told(refused)
    with pytest.raises(Conflict) as refused:
        way.move(validation, "measure", **measured(results="R1 share as an expert would = 0.97"))
    assert "R2 difference between languages" in told(refused)
    way.move(validation, "measure", **measured())
    with pytest.raises(NotAllowed):
        way.move(validation, "confirm", way.author)
    way.move(validation, "confirm", way.second)
    (row,) = records.in_force("validation")
    assert row["verdict"] == "passed"
    assert row["content"]["limits set"] == "2026-03-03"


@pytest.mark.data_layer
@pytest.mark.django_db
def test_one_that_fails_stays_and_a_second_try_of_the_same_digest_does_not_hide_it(way: OnItsWay) -> None:
    way.system()
    way.approved("specification")
    way.candidate()
    bad = way.create("validation")
    way.move(bad, "set-limits")
    results = "R1 share as an expert would = 0.9\nR2 difference between languages = 2 points"
    way.move(bad, "measure", **measured(results=results))
    with pytest.raises(Conflict):
        way.move(bad, "discard")
    way.validated("test")
    with pytest.raises(Conflict) as refused:
        way.move(way.made["release"], "approve", way.second)
    assert f"{bad} did not keep the limits set" in told(refused)


@pytest.mark.data_layer
@pytest.mark.django_db
def test_a_validation_counts_for_the_next_release_as_far_as_its_parts_are_the_same(way: OnItsWay) -> None:
    way.live()
    way.approved("component", title="Prompt", type="prompt", digest=DIGEST + "7")
    way.made["component"] = "CMP-0001"
    prompt = "CMP-0002"
    release = way.candidate("4.4", components=["CMP-0001", prompt], previous=way.made["release"])
    way.assessed("4.4")
    # the tests depend on model and data, which are as they were; nothing depends on the prompt alone
    assert way.move(release, "approve", way.second).state == "approved"
    way.approved("dataset", title="Claims of spring", version="2026-03")
    later = way.candidate("4.5", components=["CMP-0001", prompt], datasets=["DST-0001", "DST-0002"])
    way.assessed("4.5")
    with pytest.raises(Conflict) as refused:
        way.move(later, "approve", way.second)
    assert "No confirmed test is of the digests" in told(refused)


@pytest.mark.data_layer
@pytest.mark.django_db
def test_a_rollback_goes_to_a_release_that_passed_and_was_in_use(way: OnItsWay) -> None:
    first = way.live()
    old = way.made["release"]
    way.approved("component", title="Prompt", type="prompt", digest=DIGEST + "7")
    both = ["CMP-0001", "CMP-0002"]
    draft = way.candidate("4.4", components=both)
    with pytest.raises(Conflict) as refused:
        way.move(first, "roll-back", back_to=draft)
    assert told(refused) == f"back_to: {draft} was never approved, or no longer is"
    way.assessed("4.4")
    way.move(draft, "approve", way.second)
    with pytest.raises(Conflict) as refused:
        way.move(first, "roll-back", back_to=draft)
    assert told(refused) == f"back_to: {draft} was never in use"
    assert state_of(first) == "live"
    second = way.deployment()
    way.move(second, "stage")
    assert way.move(second, "roll-back", back_to=old).state == "rolled back"
    with pytest.raises(Conflict) as refused:
        way.amend(second, back_to=None)
    assert told(refused) == "back_to: stays as it was approved"


@pytest.mark.data_layer
@pytest.mark.django_db
def test_a_system_is_not_retired_while_decisions_wait_or_it_is_in_use(way: OnItsWay) -> None:
    deployment = way.live()
    system = way.made["ai-system"]
    incident = way.create("incident")
    retirement = way.create("retirement")
    way.move(retirement, "submit")
    with pytest.raises(Conflict) as refused:
        way.move(retirement, "approve", way.second)
    assert told(refused) == f"system: still has decisions that wait: {incident}"
    way.move(incident, "propose-dismissal")
    way.move(incident, "dismiss", way.third)
    way.move(retirement, "approve", way.second)
    with pytest.raises(Conflict) as refused:
        way.move(retirement, "carry-out")
    assert told(refused) == f"system: is still in use by {deployment}"
    with pytest.raises(Conflict) as refused:
        way.amend(system, lifecycle="retired")
    assert told(refused) == f"system: is still in use by {deployment}"
    way.move(deployment, "end", ended_on="2026-03-03")
    assert way.move(retirement, "carry-out").state == "carried out"
    assert way.amend(system, lifecycle="retired").state == "draft"


@pytest.mark.data_layer
@pytest.mark.django_db
def test_in_the_high_tier_two_people_besides_the_author_let_it_go_live(
    way: OnItsWay, someone: Callable[[str, str], Actor]
) -> None:
    way.system(effect="legal or similar")
    way.released("4.3", "test", "bias", "red team")
    deployment = way.create("deployment", due=date(2026, 3, 3))
    way.move(deployment, "submit")
    with pytest.raises(NotAllowed) as refused:
        way.move(deployment, "approve", way.second)
    assert "You approved" in str(refused.value)
    assert way.move(deployment, "approve", way.third).state == "approved"
