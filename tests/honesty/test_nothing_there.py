"""A. Nothing there, or the wrong population."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta

import pytest
from tests.honesty.lines import attempt
from tests.honesty.organization import SLUG, approved, live_system
from tests.honesty.world import GOOD, World

pytestmark = pytest.mark.django_db(transaction=True)

NEEDS_A_RECORD = ("6.1.2", "8.1", "8.2", "8.3", "A.9.2", "A.9.4", "A.10.2", "A.10.3")
BOUGHT = {
    "sourcing": "bought",
    "eu_class": "high-risk use",
    "eu_role": "deployer",
    "effect": "legal or similar",
}


def register(world: World, count: int, **values: str) -> list[str]:
    """Import live systems that nobody has written anything else about; their slugs."""
    rows = [
        {"title": f"System {number}", "slug": f"system-{number}", "lifecycle": "in operation", **values}
        for number in range(count)
    ]
    imported = world.import_csv("mina", "ai-system", rows)
    assert imported.status == 200, imported.text
    return [row["slug"] for row in rows]


def test_the_attempts_begin_in_an_organization_that_reads_good(kept: World) -> None:
    """Nobody cheats yet: what the attempts want to keep green is green, or they would show nothing."""
    words = kept.words()
    wanted = {"5.2", "6.1.2", "6.1.3", "6.1.4", "7.5.1", "8.2", "8.3", "8.4", "9.3.1", "A.5.2", "A.7.4"}
    wanted |= {"A.6.2.8", "A.8.2", "A.9.4", "A.10.2", "A.10.3"}
    assert {number: words[number] for number in wanted if words[number] not in GOOD} == {}


@attempt("A1")
def test_a_blank_organization_reads_nowhere_good(blank: World) -> None:
    """An installation in which nothing is recorded: no requirement reads good at any door."""
    assert blank.good() == set()
    assert {row["measured"] for row in json.loads(blank.cli("posture", "--json"))}.isdisjoint(GOOD)
    assert sum(row["readings"].get("Within", 0) for row in blank.posture().values()) == 0
    assert blank.seen("10.2").word == "Nothing to judge"


@attempt("A1")
def test_accounts_alone_are_no_evidence(office: World) -> None:
    """People with roles and nothing else: giving roles in the software assigns nothing under 5.3."""
    assert office.good() == set()


@attempt("A1")
def test_a_blank_organization_has_no_bar_on_its_home_page(blank: World) -> None:
    """The first look at home: no figure and no bar credits what does not exist."""
    blank.flow()
    home = blank.page("mina", "/")
    assert "Checks within 0/" in home
    assert "1 partial" not in home


@attempt("A2")
def test_home_is_not_ready_with_two_drafts(office: World) -> None:
    """A manager writes one draft system and one draft assessment: home does not say ready."""
    system = office.make("ai-system", lifecycle="planned")
    office.make("impact-assessment", system=system, assessed_on=office.day(-1))
    office.flow()
    assert "Ready" not in office.page("mina", "/")


@attempt("A2")
def test_home_is_not_ready_while_a_requirement_has_no_evidence(kept: World) -> None:
    """Everything that checks read is in order, but audits, training and concerns are not recorded at all."""
    kept.flow()
    home = kept.page("mina", "/")
    assert "Ready" not in home
    assert "without evidence" in home or "no evidence" in home.lower()


@attempt("A3")
def test_a_bare_live_system_is_missing_everywhere(kept: World) -> None:
    """An owner puts a bought high-risk system live without risk, supplier, oversight or stop."""
    live_system(kept, "credit-score", **BOUGHT)
    assert kept.good(*NEEDS_A_RECORD) == set()
    for number in ("6.1.2", "A.9.4"):
        assert "SYS-0002" in kept.seen(number).reasons or "credit-score" in kept.seen(number).reasons


@attempt("A3")
def test_a_draft_that_says_it_is_live_counts_at_once(kept: World) -> None:
    """A contributor leaves a live system in draft for ever, so that no check asks for it."""
    told = {"title": "Credit score", "slug": "credit-score", "lifecycle": "in operation", **BOUGHT}
    kept.create("cora", "ai-system", **told)
    assert kept.good(*NEEDS_A_RECORD) == set()


@attempt("A3")
def test_a_system_that_only_sends_counts_too(kept: World) -> None:
    """A team sends decisions of a system that nobody registered: it is live whatever the register says."""
    kept.traffic("shadow-bot", kept.day(-1))
    words = kept.words("6.1.2", "A.9.4", "A.4.2")
    assert not GOOD & set(words.values()), words
    assert kept.seen("6.1.2").names("shadow-bot")


@attempt("A3", "C1")
@pytest.mark.parametrize("lifecycle", ["suspended", "in verification", "retired"])
def test_a_system_said_to_have_stopped_counts_while_it_sends(kept: World, lifecycle: str) -> None:
    """Two people approve that a system without a risk has stopped; it goes on deciding."""
    reference = live_system(kept, "chat-assist")
    kept.move("mina", reference, "revise")
    why = "Customers get along without it; it is switched off this week."
    kept.amend("mina", reference, lifecycle=lifecycle, change_reason=why, accepted_until=kept.day(60))
    kept.approve(reference)
    kept.traffic("chat-assist", kept.day(-1))
    assert kept.good("6.1.2", "8.2") == set()
    assert _heard_of(kept) == 2
    kept.wait(days=3)
    kept.traffic(SLUG, kept.day(-1))
    kept.flow()
    assert _heard_of(kept) == 1, "it has stopped"


def _heard_of(kept: World) -> int:
    """How many systems have to be heard of."""
    rows = kept.posture()["A.6.2.8"]["coverage"]
    return int(next(row["total"] for row in rows if row["check"] == "log-present"))


@attempt("A4")
def test_a_register_of_thirty_systems_with_one_risk(kept: World) -> None:
    """A manager imports the real register; five risks among hundreds are a share, and it is said."""
    register(kept, 29)
    seen = kept.seen("6.1.2")
    assert seen.word == "Failing"
    assert "1 of 30" in seen.reasons
    assert "1 of 30" in seen.page


@attempt("A5")
def test_each_system_without_an_owner_is_a_row_of_its_own(kept: World) -> None:
    """Thirty systems come in without an owner: one finding, thirty named rows, each with what it lacks."""
    slugs = register(kept, 30)
    assert kept.words("A.3.2") == {"A.3.2": "Failing"}
    result = kept.results("systems-owned")[0]
    missing = json.dumps(kept.get("mina", f"results/{result['id']}")["members"])
    assert all(slug in missing or f"SYS-{number:04}" in missing for number, slug in enumerate(slugs, 2))
    assert len(kept.suspicions("systems-owned")) == 1


@attempt("A5")
def test_a_suspicion_has_an_owner_and_a_day(kept: World) -> None:
    """A check raises a suspicion; somebody has to answer for it by a day, or it may lie there for ever."""
    live_system(kept, "credit-score", **BOUGHT)
    kept.flow()
    raised = kept.suspicions()
    assert raised
    assert all(row["values"]["owner"] for row in raised)
    assert all(row["values"]["due"] for row in raised)


@attempt("A5")
def test_systems_that_send_nothing_are_named(kept: World) -> None:
    """Five live systems without telemetry: each is a name without signal, not one word for the whole."""
    slugs = register(kept, 5)
    seen = kept.seen("A.6.2.8")
    assert seen.word == "No signal"
    assert all(slug in seen.reasons for slug in slugs)


def daily(world: World, count: int) -> list[str]:
    """Approved live systems that sent decisions yesterday; their slugs."""
    slugs = [f"daily-{number}" for number in range(count)]
    for slug in slugs:
        live_system(world, slug)
        world.traffic(slug, world.day(-1))
    return slugs


@attempt("A6")
def test_one_quiet_system_is_named_and_the_others_keep_their_signal(kept: World) -> None:
    """One system last sent a week ago; four others send daily and are not silent for it."""
    daily(kept, 3)
    live_system(kept, "monthly-report")
    kept.traffic("monthly-report", kept.day(-7))
    seen = kept.seen("A.6.2.8")
    assert seen.word not in GOOD
    assert seen.word != "No signal"
    assert "1 of 5 systems without signal: monthly-report." in seen.reasons
    assert "1 of 5 systems without signal: Monthly report." in seen.page, "a page names it by its title"


@attempt("A7")
def test_four_of_five_datasets_undocumented_is_failing(kept: World) -> None:
    """Nearly no dataset says where it comes from: the control does not "still work"."""
    system = kept.of("ai-system")
    names = [
        kept.approve(
            kept.create(
                "mina", "dataset", title=f"Extract {number}", uses=["training"], systems=[system],
                content="One claim per row.",
            )
        )
        for number in range(4)
    ]  # fmt: skip
    seen = kept.seen("A.7.5")
    assert seen.word == "Failing"
    assert all(name in seen.reasons for name in names)


@attempt("A8", "G.accuracy")
def test_the_accuracy_of_one_system_does_not_speak_for_ten(kept: World) -> None:
    """One of four systems tells what turned out to be true: that is no verification (A.6.2.4) of any."""
    daily(kept, 3)
    outcomes(kept, SLUG, 120)
    words = kept.words("A.6.2.4", "9.1")
    assert words["A.6.2.4"] not in GOOD
    assert "Effective" not in words["9.1"]


def outcomes(world: World, system: str, count: int, right: float = 0.9) -> None:
    """Decisions of this month with what turned out to be true of each."""
    from plumbline.kernel.ids import uuid7

    start = datetime.combine(world.day(-2), time(2), UTC)
    decisions, truths = [], []
    for number in range(count):
        event = str(uuid7())
        at = start + timedelta(minutes=number)
        decisions.append({"id": event, "time": at, "outcome": "pay", "score": 0.2, "latency_ms": 20.0})
        truth = "pay" if number < right * count else "handler"
        later = at + timedelta(hours=3)
        truths.append({"time": later, "type": "outcome", "outcome": None, "about": event, "truth": truth})
    for events in (decisions, truths):
        rows = [{name: value for name, value in event.items() if value is not None} for event in events]
        assert world.send(system, *rows).status == 201


@attempt("A9")
@pytest.mark.parametrize("number", ["7.2", "7.3", "7.4"])
def test_what_has_no_record_has_no_evidence(kept: World, number: str) -> None:
    """No training, competence or communication was ever recorded; a plan that names the clause is no act."""
    row = kept.posture()[number]
    assert row["measured"] not in GOOD
    assert row["evidence"] != "Evidence complete"


def inputs(world: World, day_offset: int, count: int, *, without: str = "", shift: float = 0.0) -> None:
    """Decisions of a day with three declared inputs, one of them left out if asked for."""

    def features(number: int) -> dict[str, object]:
        values = {"amount": 100.0 + number + shift, "days": float(number % 9), "region": "ns"[number % 2]}
        return {"features": {name: value for name, value in values.items() if name != without}}

    world.traffic(SLUG, world.day(day_offset), count, features)


@attempt("A10", "G.input-drift")
def test_an_input_that_vanishes_is_not_within(kept: World) -> None:
    """The caller stops sending one of three inputs: nothing drifts any more; it must not read within."""
    for ago in range(70, 60, -1):
        inputs(kept, -ago, 60)
    for ago in range(10, 0, -1):
        inputs(kept, -ago, 60, without="region")
    kept.flow()
    newest = kept.results("input-drift", SLUG)[0]
    assert newest["word"] != "Within"
    assert "region" in newest["reason"]


@attempt("A10")
def test_an_input_that_is_nearly_always_missing_is_not_within(kept: World) -> None:
    """Nineteen of twenty decisions lack one input; the few that have it look like the reference."""
    for ago in range(70, 60, -1):
        inputs(kept, -ago, 60)
    for ago in range(10, 0, -1):
        inputs(kept, -ago, 57, without="region")
        inputs(kept, -ago, 3)
    kept.flow()
    newest = kept.results("input-drift", SLUG)[0]
    assert newest["word"] != "Within"


@attempt("G.soa-complete")
def test_an_undecided_control_is_not_decided_by_silence(office: World) -> None:
    """Thirty-seven of thirty-eight controls are decided; the last one is named."""
    approved(
        office,
        "applicability",
        requirement="iso42001:A.8.2",
        documents=None,
        risks=None,
        reasons=["own policy"],
        implementation="in progress",
    )
    seen = office.seen("6.1.3")
    assert not seen.good
    assert "1 of 38" in seen.reasons
