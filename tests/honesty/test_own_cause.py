"""E. One person, or in one's own cause."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from tests.honesty.lines import attempt
from tests.honesty.organization import EXPLAINED, SLUG, approved, corrected, document, live_system, suspicion
from tests.honesty.test_text_for_acts import attest
from tests.honesty.world import World

from plumbline.kernel.problems import Problem

pytestmark = pytest.mark.django_db(transaction=True)

IN_FORCE = (
    "policy",
    "ai-system",
    "supplier",
    "dataset",
    "component",
    "impact-assessment",
    "document",
    "objective",
)


def alone(world: World, who: str, reference: str) -> None:
    """One person tries every step that may take a record out of force, one after the other."""
    for step in ("retire", "propose-retirement", "retire", "keep", "revise", "discard", "retire"):
        world.try_move(who, reference, step, "It is no longer needed by anybody here.")


def dismissed(world: World, reference: str, *people: str, reason: str) -> bool:
    """Whether these people, one after the other, get a nonconformity dismissed or withdrawn."""
    for who in people:
        for step in ("dismiss", "propose-dismissal", "withdraw"):
            world.try_move(who, reference, step, reason)
    return str(world.record(reference)["state"]) == "dismissed"


@attempt("E1")
@pytest.mark.parametrize("kind", IN_FORCE)
@pytest.mark.parametrize("who", ["cora", "mina"])
def test_one_person_takes_nothing_out_of_force(kept: World, kind: str, who: str) -> None:
    """A contributor, or the manager, revises and then retires what two people have put in force."""
    reference = kept.of(kind)
    alone(kept, who, reference)
    assert kept.record(reference)["state"] != "retired"


@attempt("E1")
def test_a_proposed_retirement_takes_nothing_out_of_force_yet(kept: World) -> None:
    """A contributor proposes to retire the policy and leaves it at that: it goes on being in force."""
    kept.try_move("cora", kept.of("policy"), "propose-retirement", "Nobody needs a policy.")
    assert kept.good("5.2") == {"5.2"}


@attempt("E1", "G.policy-in-date")
def test_the_policy_stays_in_force_while_one_person_revises_it(kept: World) -> None:
    """A contributor revises the AI policy and lets the draft lie: what was approved stays in force."""
    kept.try_move("cora", kept.of("policy"), "revise")
    kept.try_amend("cora", kept.of("policy"), text="Everything is allowed.", purpose="None.")
    assert kept.good("5.2") == {"5.2"}


@attempt("E1")
def test_the_button_on_the_page_is_refused_as_well(kept: World) -> None:
    """The contributor presses Retire on the page; the answer says who can."""
    for step in ("propose-retirement", "retire"):
        kept.press_move("cora", kept.of("policy"), step, "It is old.")
    assert kept.record(kept.of("policy"))["state"] != "retired"
    assert kept.good("5.2") == {"5.2"}


@attempt("E2", "G.nonconformities-in-time")
def test_the_owner_does_not_dismiss_what_was_found_of_the_own_system(kept: World) -> None:
    """The owner of the system dismisses its errors as "seasonal"."""
    reference = suspicion(kept)
    assert not dismissed(kept, reference, "stig", "stig", reason="Seasonal.")
    assert not kept.good("A.6.2.6")


@attempt("E2")
def test_a_word_does_not_dismiss_what_still_fails(kept: World) -> None:
    """A reviewer without part in it dismisses with one word a check that is over its limit today."""
    reference = suspicion(kept)
    assert not dismissed(kept, reference, "rita", "sara", reason="ok")


@attempt("E2")
def test_one_person_confirms_and_downgrades_nothing_of_their_own(kept: World) -> None:
    """The owner confirms, grades a major as minor and closes the matter quickly."""
    reference = suspicion(kept)
    kept.move("sara", reference, "confirm")
    kept.try_amend("sara", reference, grade="major")
    before = kept.record(reference)["values"]["grade"]
    reply = kept.try_amend("stig", reference, grade="minor")
    after = kept.record(reference)["values"]["grade"]
    assert (before, after) == ("major", "major") or reply.refused


def audit_finding(world: World, source: str, who: str = "mina") -> str:
    """A major that an auditor has found, confirmed and open; its reference."""
    told = {
        "title": "No impact assessment before release",
        "source": source,
        "requirements": ["iso42001:6.1.4"],
        "system": world.of("ai-system"),
        "description": "Two of five releases of the year went live before their assessment was approved.",
        "detected_on": world.day(-1),
        "grade": "major",
        "owner": world.people["stig"].handle,
    }
    return world.create(who, "nonconformity", **told)


@attempt("E3")
@pytest.mark.parametrize("source", ["external audit", "internal audit"])
def test_the_line_dismisses_no_finding_of_an_audit(kept: World, source: str) -> None:
    """The owner, a reviewer and a manager each try to dismiss a major that an audit has found."""
    reference, why = audit_finding(kept, source), "We see it differently, after a long discussion."
    assert not dismissed(kept, reference, "stig", "rita", "sara", "mina", "ingrid", reason=why)
    kept.try_move("sara", reference, "keep")
    kept.move("sara", reference, "confirm")
    assert not dismissed(kept, reference, "stig", "rita", "tove", "ingrid", reason=why)


@attempt("E3")
def test_the_source_of_a_finding_is_not_rewritten(kept: World) -> None:
    """The owner makes an observation of an audit's finding first, and then dismisses it."""
    reference = audit_finding(kept, "external audit")
    kept.try_amend("stig", reference, source="observation")
    why = "Only an observation, and a matter of taste."
    assert not dismissed(kept, reference, "stig", "rita", "tove", reason=why)


@attempt("E4", "G.nonconformities-in-time", "G.actions-effective")
def test_a_major_closed_the_same_day_with_letters(kept: World) -> None:
    """Three people close a major within the hour: "x" in every field, no action needed."""
    thin = dict.fromkeys(EXPLAINED, "x") | {"grade": "major", "no_action": "x"}
    reference = audit_finding(kept, "external audit")
    kept.move("sara", reference, "confirm")
    kept.try_amend("stig", reference, **thin)
    for who, step in (
        ("stig", "contain"),
        ("stig", "correct"),
        ("tove", "verify"),
        ("mina", "close"),
        ("sara", "close"),
    ):
        kept.try_move(who, reference, step)
    assert kept.record(reference)["state"] != "closed" or not kept.good("10.2")


@attempt("E4", "G.actions-effective")
def test_a_major_needs_an_action(kept: World) -> None:
    """A major in good words, with the reason why no action is needed: a major has a cause to be removed."""
    reference = audit_finding(kept, "external audit")
    kept.move("sara", reference, "confirm")
    kept.try_amend(
        "stig", reference, **{**EXPLAINED, "grade": "major", "no_action": "The team was told again."}
    )
    for who, step in (
        ("stig", "contain"),
        ("stig", "correct"),
        ("tove", "verify"),
        ("mina", "close"),
        ("sara", "close"),
    ):
        kept.try_move(who, reference, step)
    assert kept.record(reference)["state"] != "closed" or not kept.good("10.2")


@attempt("E5", "G.risks-in-hand")
@pytest.mark.parametrize("who", ["rita", "sara", "mina"])
def test_nobody_accepts_a_risk_without_the_authority(kept: World, who: str) -> None:
    """A reviewer, or a manager whom nobody has given the authority, accepts a high residual risk."""
    high = {
        "likelihood": 5,
        "harm_to_individuals": 5,
        "residual_likelihood": 4,
        "residual_harm_to_individuals": 5,
    }
    risk = kept.make(
        "risk", who="rolf", title="Claims of the elderly wait", response="retain", assessed_on=kept.day(-1),
        accepted_until=kept.day(90), next_review=kept.day(90), **high,
    )  # fmt: skip
    kept.move("rolf", risk, "assess")
    reply = kept.try_move(who, risk, "accept", "Within our appetite.")
    assert reply.refused
    assert kept.record(risk)["state"] == "assessed"


@attempt("E5", "G.soa-complete")
def test_a_reviewer_excludes_no_control_with_a_letter(office: World) -> None:
    """A manager writes "x" as the reason of an exclusion, and a reviewer approves it."""
    told = {
        "title": "Customers",
        "requirement": "iso42001:A.10.4",
        "applicable": "no",
        "exclusion_reason": "x",
    }
    reply = office.try_create("mina", "applicability", **told, implementation="not started")
    if not reply.refused:
        reference = reply.json["reference"]
        office.move("mina", reference, "submit")
        reply = office.try_move("rita", reference, "approve")
    assert reply.refused
    assert office.seen("A.10.4").word != "Not applicable"


@attempt("E5")
def test_an_authority_is_not_given_by_oneself(office: World) -> None:
    """The manager writes an authority limit for herself and has a colleague of the same rank approve it."""
    told = {"title": "Acceptance of risks", "person": office.people["mina"].handle, "position": ""}
    told["valid_until"] = office.day(300)
    reply = office.try_create("mina", "authority", **example_of(office, "authority", told))
    if not reply.refused:
        reference = reply.json["reference"]
        office.move("mina", reference, "submit")
        assert office.try_move("mina", reference, "approve").refused
        assert office.try_move("sara", reference, "approve").refused
        assert office.record(reference)["state"] == "in review"


def example_of(world: World, kind: str, changed: dict[str, Any]) -> dict[str, Any]:
    """The example of a kind with what of ``changed`` it has a field for."""
    from plumbline.records import examples, kinds

    names = {entry.name for entry in kinds.get(kind).model._meta.get_fields()}
    given = {name: value for name, value in changed.items() if name in names}
    told = examples.values_of(kinds.get(kind), world.of, given)
    return {name: value for name, value in told.items() if value is not None}


@attempt("E6")
@pytest.mark.parametrize("number", ["9.2.1", "9.2.2"])
def test_the_manager_does_not_attest_the_audit_of_the_own_work(kept: World, number: str) -> None:
    """The AIMS manager vouches that the internal audit of her own management system is effective."""
    try:
        attest(kept, number, "Effective")
    except AssertionError:
        return
    assert kept.seen(number).row["attested"] is None


@attempt("E6")
def test_the_internal_auditor_writes_what_an_auditor_writes(kept: World) -> None:
    """Nobody cheats: the internal auditor records a finding and attests in the own name, and nothing else."""
    finding = audit_finding(kept, "internal audit", who="tomas")
    assert kept.record(finding)["values"]["source"] == "internal audit"
    attest(kept, "6.3", "Not effective", who="tomas")
    assert kept.posture()["6.3"]["attested"] == "Not effective"
    assert kept.try_create("tomas", "supplier", title="Auditor's friend", supplies=["data"]).refused
    assert kept.try_move("tomas", kept.of("policy"), "propose-retirement", "It is bad.").refused


@attempt("E6", "G.roles-held")
def test_one_person_is_not_manager_and_auditor(kept: World) -> None:
    """The internal auditor leaves; the manager takes the role as well, so that nobody misses it."""
    from plumbline.identity import commands
    from plumbline.identity.actors import Actor

    commands.deactivate_person(Actor.installation(), kept.people["tomas"])
    for name in ("sara", "tove"):
        commands.deactivate_person(Actor.installation(), kept.people[name])
    with suppress(Problem):
        kept.hire("mina", "internal-auditor")
    kept.wait(days=1)
    assert not kept.good("5.3", "A.3.2")
    newest = kept.results("roles-held")[0]
    assert newest["word"] == "Under limit"
    assert "Internal auditor is held by nobody" in newest["reason"]


def in_unit(world: World) -> str:
    """A second system that belongs to the unit Claims; Olaf reads in the unit Sales alone."""
    from plumbline.identity import commands
    from plumbline.identity.actors import Actor

    for name in ("Claims", "Sales"):
        commands.create_unit(Actor.installation(), name=name)
    world.hire("olaf", "viewer", unit=_unit("sales"))
    return live_system(world, "credit-score", unit="claims")


def _unit(slug: str) -> Any:
    from plumbline.identity import queries

    return queries.unit(slug)


@attempt("E7")
def test_a_unit_is_not_emptied_by_one_person(kept: World) -> None:
    """A contributor empties the unit of a system, so that everybody may read it."""
    system = in_unit(kept)
    assert kept.call("olaf", "GET", f"ai-systems/{system}", scopes=["read"]).status in (403, 404)
    kept.try_move("cora", system, "revise")
    kept.try_amend("cora", system, unit=None)
    assert kept.call("olaf", "GET", f"ai-systems/{system}", scopes=["read"]).status in (403, 404)


@attempt("E7")
@pytest.mark.parametrize("kind", ["risk", "impact-assessment", "nonconformity"])
def test_what_hangs_on_a_system_follows_its_unit(kept: World, kind: str) -> None:
    """A record about a system of Claims is written without a unit; Sales must not read it."""
    system = in_unit(kept)
    told = {"risk": {"accepted_until": kept.day(90)}, "nonconformity": {"due": kept.day(30)}}.get(kind, {})
    reference = kept.make(kind, system=system, **told)
    assert kept.call("olaf", "GET", kept._path(reference), scopes=["read"]).status in (403, 404)
    assert kept.press("olaf", f"/records/{reference}/", method="get").status in (403, 404)


@attempt("E7")
def test_results_and_reasons_do_not_name_a_system_of_another_unit(kept: World) -> None:
    """Sales reads the posture while a system of Claims is missing everywhere: it is counted and not named."""
    in_unit(kept)
    kept.flow()
    text = kept.call("olaf", "GET", "posture", scopes=["read"]).text + kept.page("olaf", "/")
    assert "credit-score" not in text
    assert "SYS-0002" not in text


@attempt("E8")
def test_a_file_added_after_the_approval_stands_apart(kept: World) -> None:
    """A contributor adds a file to an approved method: a reader sees that nobody has approved it."""
    method = kept.of("document")
    assert kept.attach("cora", method, "new-criteria.txt").status == 201
    page = kept.page("viola", f"/records/{method}/")
    assert "new-criteria.txt" in page
    assert (
        "after the approval" in page
        or "after its approval" in page
        or "not part of what was approved" in page
    )


@attempt("E8")
def test_an_approval_does_not_reach_a_file_that_was_not_seen(kept: World) -> None:
    """A reviewer reads a document; a file is added before the approval is sent with the tag that was read."""
    reference = kept.create(
        "mina", "document", title="Process for stops", type="process", origin="own", version="1",
        text="The duty lead stops the queue and writes down why.", retention_rule="Ten years.",
        next_review=kept.day(100),
    )  # fmt: skip
    kept.move("mina", reference, "submit")
    seen = kept.etag("sara", reference)
    assert kept.attach("cora", reference, "annex.txt").status == 201
    reply = kept.try_move("sara", reference, "approve", etag=seen)
    assert reply.status in (409, 412)
    assert kept.record(reference)["state"] == "in review"


@attempt("E8")
def test_a_link_added_after_the_approval_stands_apart(kept: World) -> None:
    """A contributor links an approved assessment to a report that its approver has never seen."""
    assessment = kept.listed("impact-assessment")[0]["reference"]
    report = document(kept, "report", "A favourable study")
    assert kept.link("cora", assessment, report).status == 201
    page = kept.page("viola", f"/records/{assessment}/")
    assert (
        "after the approval" in page
        or "after its approval" in page
        or "not part of what was approved" in page
    )


@attempt("E9")
def test_an_invitation_ends_when_roles_are_given(kept: World) -> None:
    """A manager of one unit invites a person, keeps the link, and uses it once that person has got more."""
    from plumbline.identity import commands
    from plumbline.identity.actors import Actor, actor_of_person

    commands.create_unit(Actor.installation(), name="Claims")
    kept.hire("ulla", "aims-manager", unit=_unit("claims"))
    kept.hire("nina", "contributor", unit=_unit("claims"))
    path = commands.invitation(actor_of_person(kept.people["ulla"]), kept.people["nina"])
    kept.hire("nina", "aims-manager")
    secret = {"password": "a-long-password-for-tests-7", "again": "a-long-password-for-tests-7"}
    opened = kept.press("ulla", path, method="get")
    kept.press("ulla", path, **secret, password_again=secret["password"], repeat=secret["password"])
    kept.people["nina"].refresh_from_db()
    assert opened.status in (401, 403, 404, 410)
    assert not kept.people["nina"].check_password(secret["password"])


@attempt("E1", "E5")
def test_two_accounts_of_one_person_are_not_two_persons(office: World) -> None:
    """The manager makes a second account in her own name, gives it a role and approves with it."""
    made = office.press("mina", "/people/invite/", full_name="Mina Holm", email="mina.holm@halden.example")
    assert made.status == 422
    assert "name of another account" in made.text


@attempt("E1")
def test_a_token_makes_no_second_person(office: World) -> None:
    """The author submits on the page and approves through the API with a token of the same person."""
    reference = office.create("mina", "document", title="Process", type="process", origin="own")
    office.press_move("mina", reference, "submit")
    assert office.try_move("mina", reference, "approve").status == 403


@attempt("E1")
def test_nobody_gives_themselves_a_role(office: World) -> None:
    """The manager gives herself top management, to approve the policy that she wrote."""
    handle = office.people["mina"].handle
    reply = office.press("mina", f"/people/{handle}/roles/", role="top-management")
    assert reply.refused
    policy = office.make("policy", next_review=office.day(200))
    office.move("mina", policy, "submit")
    assert office.try_move("mina", policy, "approve").refused
    assert office.try_move("sara", policy, "approve").refused


@attempt("E2")
def test_an_import_closes_nothing(kept: World) -> None:
    """A manager imports the nonconformities again from the file of a consultant, with the state "closed"."""
    reference = suspicion(kept)
    row = {
        "title": "Closed matter",
        "description": "It was nothing.",
        "own_rule": "Rule 4",
        "state": "closed",
    }
    kept.import_csv("mina", "nonconformity", [row])
    assert all(one["state"] in ("suspected", "open") for one in kept.listed("nonconformity"))
    assert kept.record(reference)["state"] == "suspected"


@attempt("E4")
def test_no_action_needed_is_not_said_by_the_one_who_answers_for_it(kept: World) -> None:
    """The owner writes that nothing needs to be done and asks a friend to verify it."""
    reference = corrected(kept, no_action="It will not come back.")
    reply = kept.try_move("rita", reference, "verify")
    assert reply.refused


@attempt("E3", "G.nonconformities-in-time")
def test_a_suspicion_left_lying_is_seen(kept: World) -> None:
    """Nobody touches what a check has raised; after the days for deciding, 10.2 does not read good."""
    suspicion(kept)
    kept.wait(days=20)
    assert not kept.seen("10.2").good


@attempt("E2", "G.nonconformities-in-time")
def test_an_overdue_nonconformity_is_not_put_off_by_its_owner(kept: World) -> None:
    """The owner of an open nonconformity gives it another three hundred days, the day after it was due."""
    reference = suspicion(kept)
    kept.move("sara", reference, "confirm")
    kept.try_amend("sara", reference, due=kept.day(5), owner=kept.people["stig"].handle)
    kept.wait(days=40)
    assert not kept.good("10.2")
    kept.try_amend("stig", reference, due=kept.day(300))
    assert not kept.good("10.2")


@attempt("E5", "G.duties-shared-out")
def test_a_supplier_drafted_by_one_person_shares_no_duties(kept: World) -> None:
    """A contributor drafts who does what with a supplier; nobody has approved it."""
    told = {"title": "Text Models Ltd", "supplies": ["models"], "responsibilities": "They host, we decide."}
    supplier = kept.create("cora", "supplier", **told, contract="2026/7", contract_until=kept.day(100))
    live_system(kept, "letter-drafts", sourcing="bought", supplier=supplier)
    assert not kept.good("A.10.2")


@attempt("E1")
def test_a_discarded_draft_needs_no_second_person(office: World) -> None:
    """Nobody cheats: what was never in force may be thrown away by the one who wrote it."""
    reference = office.create("mina", "document", title="An idea", type="process", origin="own")
    assert office.try_move("mina", reference, "discard", "It was a bad idea.").status == 200


@attempt("G.systems-owned")
def test_an_owner_who_has_left_answers_for_nothing(kept: World) -> None:
    """The owner of the live system leaves; the record goes on naming him."""
    from plumbline.identity import commands
    from plumbline.identity.actors import Actor

    commands.deactivate_person(Actor.installation(), kept.people["stig"])
    kept.wait(days=1)
    seen = kept.seen("A.3.2")
    assert not seen.good
    assert kept.of("ai-system") in seen.reasons or SLUG in seen.reasons


@attempt("G.risks-in-hand")
def test_a_risk_whose_owner_has_left_is_named(kept: World) -> None:
    """The owner of the only risk leaves: a departed owner is found for every kind."""
    from plumbline.identity import commands
    from plumbline.identity.actors import Actor

    commands.deactivate_person(Actor.installation(), kept.people["rolf"])
    kept.wait(days=1)
    kept.flow()
    found = " ".join(reason["text"] for row in kept.posture().values() for reason in row["reasons"])
    assert kept.listed("risk")[0]["reference"] in found


@attempt("G.deviations-in-date")
def test_a_deviation_past_its_day_is_no_rule(kept: World) -> None:
    """A departure from an own rule ends and goes on."""
    approved(
        kept, "deviation", by="ingrid", expires_on=kept.day(5),
        compensation="The second reading follows within two days.",
        document=kept.of("document"), policy=kept.of("policy"),
    )  # fmt: skip
    kept.wait(days=8)
    assert not kept.good("8.1")
