"""F. Contradictions that nobody names."""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from tests.honesty.lines import attempt
from tests.honesty.organization import approved, live_system, suspicion
from tests.honesty.world import GOOD, Reply, World

pytestmark = pytest.mark.django_db(transaction=True)

PROVIDER: dict[str, Any] = {
    "eu_role": "provider",
    "eu_class": "high-risk use",
    "roles": ["provider"],
    "effect": "legal or similar",
    "eu_basis": "Decided by legal on the facts of October.",
}


def exclude(
    world: World, number: str, why: str = "Nothing of this kind exists in our organization."
) -> Reply:
    """Try to leave a control out, in good words, approved by top management; the last answer."""
    told = {"title": f"{number} left out", "requirement": f"iso42001:{number}", "applicable": "no"}
    reply = world.try_create(
        "mina", "applicability", **told, exclusion_reason=why, implementation="not started",
        owner=world.people["mina"].handle, next_review=world.day(200),
    )  # fmt: skip
    if reply.refused:
        return reply
    reference = reply.json["reference"]
    reply = world.try_move("mina", reference, "submit")
    return reply if reply.refused else world.try_move("ingrid", reference, "approve")


def held_down(world: World, number: str, reply: Reply) -> bool:
    """Whether an exclusion was refused with what to do, or stands as a contradiction that a reader sees."""
    if reply.refused:
        return bool(reply.json.get("errors") or reply.json.get("detail"))
    return world.seen(number).word not in {*GOOD, "Not applicable", "Nothing to judge"}


@attempt("F1")
def test_a_provider_of_high_risk_leaves_out_no_duty_to_inform(office: World) -> None:
    """A provider of a high-risk system excludes the information of interested parties (A.8.5)."""
    live_system(office, "credit-score", **PROVIDER)
    assert held_down(office, "A.8.5", exclude(office, "A.8.5"))


@attempt("F1")
def test_the_system_that_comes_after_the_exclusion_is_seen(office: World) -> None:
    """The exclusion is approved first, the high-risk system comes later: the reason is tested again."""
    reply = exclude(office, "A.8.5")
    live_system(office, "credit-score", **PROVIDER)
    assert held_down(office, "A.8.5", reply)


@attempt("F2")
def test_computing_is_not_left_out_while_there_is_some(office: World) -> None:
    """A.4.5 is excluded while a computing component of a live system is recorded."""
    system = live_system(office, "credit-score")
    approved(office, "component", type="computing", title="Cluster in Oslo", systems=[system], datasets=None)
    assert held_down(office, "A.4.5", exclude(office, "A.4.5"))


@attempt("F2")
@pytest.mark.parametrize(
    ("number", "values"),
    [
        ("A.10.3", {"sourcing": "bought"}),
        ("A.10.2", {"sourcing": "bought"}),
        ("A.9.4", {}),
        ("A.5.4", {"effect": "legal or similar"}),
        ("A.6.2.6", {}),
    ],
)
def test_an_exclusion_that_the_register_contradicts(
    office: World, number: str, values: dict[str, Any]
) -> None:
    """A control is excluded as "nothing of this kind exists" while a live system is of just this kind."""
    live_system(office, "credit-score", **values)
    assert held_down(office, number, exclude(office, number))


@attempt("F2")
def test_data_is_not_left_out_while_a_system_learns_from_it(kept: World) -> None:
    """The approved row of data quality is revised into an exclusion while datasets of a live system exist."""
    row = next(
        one for one in kept.listed("applicability") if one["values"]["requirement"] == "iso42001:A.7.4"
    )
    told = {"applicable": "no", "reasons": [], "justification": "", "how": "", "risks": [], "documents": []}
    told |= {"exclusion_reason": "We have no data.", "implementation": "not started"}
    reply = kept.try_move("mina", row["reference"], "revise")
    for step in (
        lambda: kept.try_amend("mina", row["reference"], **told),
        lambda: kept.try_move("mina", row["reference"], "submit"),
        lambda: kept.try_move("ingrid", row["reference"], "approve"),
    ):
        if not reply.refused:
            reply = step()
    assert held_down(kept, "A.7.4", reply)


@attempt("F3")
def test_a_prohibited_practice_does_not_run(kept: World) -> None:
    """A system classed as a prohibited practice is approved in operation."""
    told = {
        "title": "Mood of callers",
        "slug": "mood",
        "lifecycle": "in operation",
        "purpose": "Scores callers.",
    }
    told |= {
        "eu_class": "prohibited practice",
        "eu_role": "deployer",
        "eu_basis": "Legal, October.",
        "effect": "direct",
    }
    told |= {
        "human_oversight": "A team lead listens in.",
        "stop_procedure": "The line is switched to people.",
    }
    reply = kept.try_create("mina", "ai-system", **told, owner=kept.people["stig"].handle)
    if not reply.refused:
        reference = reply.json["reference"]
        kept.move("mina", reference, "submit")
        reply = kept.try_move("sara", reference, "approve")
    if not reply.refused:
        assert not kept.good("A.9.4", "8.1")
        assert "rohibited" in kept.seen("A.9.4").reasons + kept.seen("8.1").reasons
    else:
        assert "eu_class" in reply.text or "lifecycle" in reply.text


@attempt("F4", "G.impact-assessed")
def test_high_risk_without_an_assessment_is_failing(kept: World) -> None:
    """A high-risk system goes live beside nine assessed ones: one of two is missing, and a required one."""
    system = live_system(kept, "credit-score", **PROVIDER)
    seen = kept.seen("8.4")
    assert seen.word == "Failing"
    assert system in seen.reasons or "credit-score" in seen.reasons
    assert "credit-score" in kept.page("mina", "/") or "8.4" in kept.page("mina", "/")


def overtaken(world: World) -> str:
    """A risk that was accepted as moderate while its controls held, which none does today; its reference."""
    risk = str(world.listed("risk")[0]["reference"])
    from tests.honesty.organization import SLUG, failing_day

    from plumbline.kernel.ids import uuid7

    world.wait(days=1)
    failing_day(world, 0, 60, slug=SLUG)
    # The control of its treatment is the event log: it holds through any error, but not with rows missing.
    start = datetime.combine(world.day(0), time(10), UTC)
    for counter in (1, 41):
        rows = [
            {"id": str(uuid7()), "time": start + timedelta(minutes=number), "latency_ms": 20.0, "score": 0.1}
            for number in range(20)
        ]
        assert world.send(SLUG, *rows, source="counting", counter=counter).status == 201
    world.flow()
    return risk


@attempt("F5")
@pytest.mark.parametrize("door", ["page", "list", "api", "csv"])
def test_an_acceptance_shows_the_level_of_today(kept: World, door: str) -> None:
    """A risk was accepted as moderate; its controls do not hold today: every door says what it is today."""
    kept.flow()
    assert level_of_today(kept, door) == "Moderate", "what was accepted"
    overtaken(kept)
    assert level_of_today(kept, door) == "High"


def level_of_today(world: World, door: str) -> str:
    """What a door says of the level of the only risk today."""
    risk = str(world.listed("risk")[0]["reference"])
    if door == "api":
        return str(world.record(risk)["computed"]["level_today"])
    if door == "csv":
        (row,) = csv.DictReader(
            world.call("viola", "GET", "risks.csv", scopes=["read"]).text.removeprefix("\ufeff").splitlines()
        )
        return row["level_today"]
    if door == "page":
        page = world.page("viola", f"/records/{risk}/").partition("Planned after treatment")[2]
        return page.partition("Residual risk today")[2].split()[0]
    return world.page("viola", "/records/risks/").partition(" Rolf Holm")[0].split()[-1]


@attempt("F5")
def test_an_acceptance_lapses_when_the_level_rises_above_it(kept: World) -> None:
    """The level of today rises above what was accepted: it is not accepted any more, and 6.1.2 says so."""
    risk = overtaken(kept)
    seen = kept.seen("6.1.2")
    assert not seen.good
    assert risk in seen.reasons


@attempt("F5", "G.risks-in-hand")
def test_an_acceptance_above_the_appetite_is_refused(kept: World) -> None:
    """Top management itself accepts a very high residual risk without a word on the appetite."""
    high = {
        "likelihood": 5,
        "harm_to_individuals": 5,
        "residual_likelihood": 5,
        "residual_harm_to_individuals": 5,
    }
    risk = kept.make(
        "risk", who="rolf", title="Claims are refused unseen", response="retain", assessed_on=kept.day(-1),
        accepted_until=kept.day(90), next_review=kept.day(90), **high,
    )  # fmt: skip
    kept.move("rolf", risk, "assess")
    reply = kept.try_move("ingrid", risk, "accept", "ok")
    assert reply.refused or not kept.good("6.1.2", "8.3")


@attempt("F6")
def test_a_plan_that_nobody_can_measure_is_not_reached(kept: World) -> None:
    """The planned level rests on a control that no check reads: its page says that it cannot be seen."""
    risk = kept.make(
        "risk", title="Appeals are slow", assessed_on=kept.day(-1), accepted_until=kept.day(90),
        next_review=kept.day(90),
    )  # fmt: skip
    kept.move("mina", risk, "assess")
    approved(
        kept, "treatment", by="ingrid", title="Tell customers", risks=[risk], controls=["iso42001:A.2.3"],
        due=kept.day(20), owner=kept.people["rolf"].handle,
    )  # fmt: skip
    kept.flow()
    page = kept.page("viola", f"/records/{risk}/")
    today = page.partition("isk today")[2] or page.partition("today")[2]
    assert "Not measured" in today
    assert "Elevated" in today or "High" in today


@attempt("F6", "G.suppliers-assessed")
def test_what_another_system_lacks_is_not_counted_against_this_one(kept: World) -> None:
    """The supplier of another system is not assessed: the risk of the first keeps its level, the member names
    its systems, and what reads for the organization as such is said to."""
    risk = kept.of("risk")
    approved(
        kept, "treatment", by="ingrid", title="Look at who supplies it", risks=[risk],
        controls=["iso42001:A.10.3", "iso42001:A.2.2"], due=kept.day(20), owner=kept.people["rolf"].handle,
    )  # fmt: skip
    kept.flow()
    before = kept.record(risk)["computed"]["level_today"]
    supplier = kept.make("supplier", title="Unknown models")
    reference = live_system(kept, "chat-assist", sourcing="bought", supplier=supplier)
    kept.flow()
    newest = kept.results("suppliers-assessed")[0]["id"]
    members = kept.get("mina", f"results/{newest}")["members"]
    (member,) = [row for row in members if row["name"] == supplier]
    assert (member["state"], member["systems"]) == ("Missing", [reference])
    assert not kept.good("A.10.3")
    assert kept.record(risk)["computed"]["level_today"] == before
    today = kept.page("viola", f"/records/{risk}/").partition("isk today")[2]
    assert "A.2.2" in today
    assert today.count("organization-wide, not of this system alone") == 1, "the policy, not the supplier"


@attempt("F7")
def test_the_seal_at_the_foot_agrees_with_the_page_behind_it(kept: World) -> None:
    """The foot of every page and the page of the record speak of the same verification."""
    kept.flow()
    kept.wait(days=2)
    kept.flow()
    kept.flow()
    home, trail = kept.page("viola", "/"), kept.page("viola", "/trail/")
    (size,) = re.findall(r"All records (?:Record intact|Entries signed) (\d+) entries", home)
    assert f"{size} of {size} are under a signed checkpoint" in trail
    for claim, denial in (("ntact", "nobody has"), ("ntact", "never been"), ("erified", "ot verified")):
        assert not (claim in home.partition("All records")[2][:200] and denial in trail)


@attempt("F8")
def test_a_suspicion_says_what_was_seen(kept: World) -> None:
    """A check raises a suspicion: its title names the thing, its text gives figures and no expectation."""
    from plumbline.controls import registry

    reference = suspicion(kept)
    record = kept.record(reference)
    expectation = registry.by_slug()["error-rate"].title
    told = record["values"]["description"]
    assert expectation not in record["values"].get("title", record.get("title", ""))
    assert "30 of 140 values" in told, "a hundred of that day besides the forty that it had"
    assert told.index("30 of 140 values") < told.index("What the check asks"), "what is asked is not seen"
    page = kept.page("viola", f"/records/{reference}/")
    assert "What was seen: Every" not in page
    assert "30 of 140 values" in page


@attempt("F8", "A5")
def test_a_finding_over_many_systems_names_them(kept: World) -> None:
    """Three bare systems make a check fail: what it raises names the three."""
    slugs = [f"extra-{number}" for number in range(3)]
    for slug in slugs:
        live_system(kept, slug)
    kept.flow()
    (raised,) = [row for row in kept.suspicions("impact-assessed") if row["state"] == "suspected"]
    told = kept.record(raised["reference"])["values"]["description"]
    page = kept.page("mina", f"/records/{raised['reference']}/")
    assert all(f"SYS-{number:04}" in told + page for number in (2, 3, 4))


@attempt("F3", "F4")
def test_the_evidence_pack_says_no_more_than_the_page(kept: World) -> None:
    """An owner hands an auditor a pack instead of the page: the same words stand in it."""
    import io
    import zipfile

    live_system(kept, "credit-score", **PROVIDER)
    kept.flow()
    words = {number: row["measured"] for number, row in kept.posture().items()}
    asked = kept.call(
        "mina",
        "POST",
        "packs",
        {"recipient": "Nordic Certification", "purpose": "Certification audit"},
        scopes=["pack"],
    )
    assert asked.status in (201, 202), asked.text
    kept.flow()  # commits to the documents
    kept.wait(seconds=2)  # for the signature
    kept.flow()  # writes the pack from what was committed and signed
    packed = kept.call("mina", "GET", f"packs/{asked.json['id']}/file", scopes=["pack"]).content
    with zipfile.ZipFile(io.BytesIO(packed)) as pack:
        text = "\n".join(
            pack.read(name).decode(errors="ignore") for name in pack.namelist() if "posture" in name
        )
    assert text
    assert words["8.4"] in text
