"""B. Text instead of acts."""

from __future__ import annotations

from typing import Any

import pytest
from tests.honesty.lines import attempt
from tests.honesty.organization import approved, document, management_review
from tests.honesty.world import Reply, World

pytestmark = pytest.mark.django_db(transaction=True)


def put_in_force(world: World, kind: str, by: str = "sara", **values: Any) -> Reply:
    """Try to have a complete record of a kind approved; the first refusal on the way, or the last answer."""
    from plumbline.records import examples, kinds

    told = examples.values_of(kinds.get(kind), world.of, values)
    reply = world.try_create(
        "mina", kind, **{name: value for name, value in told.items() if value is not None}
    )
    if reply.refused:
        return reply
    reference = reply.json["reference"]
    reply = world.try_move("mina", reference, "submit")
    return reply if reply.refused else world.try_move(by, reference, "approve")


def thin_policy(world: World, **values: Any) -> Reply:
    told = {"purpose": "x", "text": "x", "next_review": "2099-01-01", **values}
    return put_in_force(world, "policy", by="ingrid", title="AI policy", **told)


@attempt("B1")
def test_a_policy_of_one_letter(office: World) -> None:
    """A manager writes the AI policy "x" with the purpose "x"; top management approves it."""
    reply = thin_policy(office)
    assert reply.refused or not office.good("5.2", "A.2.2", "A.2.4")
    assert not reply.refused or all(reply.remedies)


@attempt("B1")
@pytest.mark.parametrize("thin", ["x", ".", "tbd", "n/a", "   -   "])
def test_a_text_that_says_nothing_is_refused(office: World, thin: str) -> None:
    """The required text of a policy is a placeholder; its dates are in order."""
    reply = thin_policy(office, text=thin, next_review=office.day(200), purpose="Says what we use AI for.")
    assert reply.refused or not office.good("5.2", "A.2.2")


@attempt("B1", "D4")
def test_a_policy_is_not_put_off_for_decades(office: World) -> None:
    """A policy in good words, with the next review in 2099: the longest interval is governed."""
    words = {
        "text": "A person decides whenever a decision is to somebody's disadvantage.",
        "purpose": "Sets bounds.",
    }
    reply = thin_policy(office, **words)
    assert reply.refused
    assert any(fault["field"] == "next_review" for fault in reply.json["errors"])


@attempt("B1", "G.policy-in-date")
def test_a_planned_review_is_no_review(kept: World) -> None:
    """A.2.4 asks that the policy is reviewed. A date to come shows a plan, and no review took place."""
    assert not kept.seen("A.2.4").good


@attempt("B2", "G.documents-asked")
def test_a_bought_copy_of_the_standard_is_no_document_of_ours(office: World) -> None:
    """One external document names every clause that asks for a document."""
    numbers = ("4.3", "4.4", "5.2", "6.1.1", "6.1.2", "6.1.3", "6.2", "7.5.1", "8.1", "9.1")
    document(
        office, "law or standard", "Our bought copy of the standard", *[f"iso42001:{one}" for one in numbers],
        origin="external", issuer="ISO and IEC, edition 2023",
    )  # fmt: skip
    seen = office.seen("7.5.1")
    assert not seen.good
    assert "0 of" in seen.reasons


@attempt("B2")
def test_one_report_does_not_answer_for_scope_and_method(office: World) -> None:
    """One own document of the wrong type names the scope, the method and the treatment process."""
    numbers = ("4.3", "6.1.2", "6.1.3")
    document(office, "report", "Everything in one report", *[f"iso42001:{one}" for one in numbers])
    assert "0 of" in office.seen("7.5.1").reasons


@attempt("B3", "G.risks-in-hand")
def test_a_retired_method_takes_the_risks_with_it(kept: World) -> None:
    """Two managers retire the risk method; five risks go on pointing at it."""
    method = kept.of("document")
    kept.move("mina", method, "propose-retirement", reason="Replaced by a consultancy's slides.")
    kept.move("sara", method, "retire")
    assert kept.record(method)["state"] == "retired"
    seen = kept.seen("6.1.2")
    assert not seen.good
    assert method in seen.reasons


@attempt("B4", "G.management-review", "G.review-inputs")
def test_a_management_review_made_of_phrases(office: World) -> None:
    """Decisions "none", actions "do something", inputs missing: approved by top management the same day."""
    words = {
        "decisions": "none",
        "changes": "none",
        "actions": "do something",
        "inputs_missing": "not kept here",
    }
    with pytest.raises(AssertionError, match=r"says-nothing"):
        management_review(office, discussion="-", **words)
    management_review(office, **words)
    seen = office.seen("9.3.3")
    assert not office.good("9.3.1", "9.3.2", "9.3.3")
    assert "says next to nothing of decisions, changes of the AIMS and actions" in seen.reasons


@attempt("B4", "G.review-inputs")
def test_inputs_gathered_after_the_meeting_were_not_before_it(office: World) -> None:
    """The meeting was last month; the inputs are gathered today and dated as if they had been there."""
    management_review(office, held_on=office.day(-9))
    seen = office.seen("9.3.2")
    assert not seen.good
    assert "was gathered after MRV-0001" in seen.reasons


@attempt("B5")
def test_an_attestation_that_cannot_tell_is_no_evidence(kept: World) -> None:
    """The manager attests "Cannot tell" on a requirement that nothing measures, to complete it."""
    before = kept.posture()["A.8.5"]
    attest(kept, "A.8.5", "Cannot tell")
    row = kept.seen("A.8.5").row
    assert row["evidence"] != "Evidence complete"
    assert row["evidence_have"] == before["evidence_have"]
    assert row["measured"] == before["measured"]


def attest(world: World, number: str, verdict: str, who: str = "mina", **values: Any) -> str:
    """A final attestation by a person of their own word; its reference."""
    told = {
        "title": f"{number} attested",
        "requirement": f"iso42001:{number}",
        "verdict": verdict,
        "statement": "The process is followed by every team that builds or buys AI.",
        "basis": "Twenty records of the last quarter and three interviews.",
        "period_from": world.day(-100),
        "period_until": world.day(-1),
        "competence": "Lead auditor since 2019, and no part in the process.",
        "valid_until": world.day(90),
        "owner": world.people[who].handle,
        **values,
    }
    reference = world.create(who, "attestation", **told)
    world.move(who, reference, "finalise")
    return reference


@attempt("B5")
def test_an_attestation_of_not_effective_is_not_in_favour(kept: World) -> None:
    """The manager attests "Not effective": it is a statement against the control, and no evidence for it."""
    attest(kept, "6.3", "Not effective")
    assert kept.seen("6.3").row["evidence"] != "Evidence complete"


@attempt("B6")
def test_a_machine_alone_completes_no_control(kept: World) -> None:
    """Event logs arrive: that says nothing of when logging was decided on and by whom, which A.6.2.8 asks."""
    row = kept.seen("A.6.2.8").row
    assert row["measured"] in {"Operating", "Effective", "Recorded"}
    assert row["evidence"] != "Evidence complete"
    assert row["evidence_missing"]


@attempt("B7", "G.oversight-described")
@pytest.mark.parametrize("field", ["human_oversight", "stop_procedure"])
def test_oversight_by_a_dash(kept: World, field: str) -> None:
    """The owner describes who watches the system, or how it is stopped, with a dash."""
    told = {"title": "Credit score", "slug": "credit-score", "lifecycle": "in operation", "effect": "direct"}
    told |= {
        "purpose": "Ranks applications.",
        "human_oversight": "A clerk decides.",
        "owner": kept.people["stig"].handle,
    }
    told |= {"stop_procedure": "The duty lead switches it off.", field: "-"}
    reply = kept.try_create("mina", "ai-system", **told)
    if not reply.refused:
        reference = reply.json["reference"]
        kept.move("mina", reference, "submit")
        reply = kept.try_move("sara", reference, "approve")
    assert reply.refused or not kept.good("A.9.4", "A.9.2")


@attempt("B8", "G.data-quality")
@pytest.mark.parametrize("found", ["bad", "Not suitable: half of the amounts are missing.", "-", "unknown"])
def test_bad_quality_is_not_good(kept: World, found: str) -> None:
    """What was found of a dataset is that it is bad; somebody wrote it down, so the field is not empty."""
    reply = put_in_force(
        kept, "dataset", title="Claims of the islands", systems=[kept.of("ai-system")], quality_found=found,
        quality_wanted="At most 1 % missing.", origin="Ledger", lineage="Exported by the data team.",
        preparation="None needed.", covers_from=None, covers_until=None,
    )  # fmt: skip
    assert reply.refused or not kept.good("A.7.4")


@attempt("G.objectives-measurable")
def test_one_business_objective_is_no_objective_of_responsible_ai(kept: World) -> None:
    """One approved objective on the speed of payment answers A.6.1.2 and A.9.3 as well."""
    assert not kept.good("A.6.1.2", "A.9.3")


@attempt("G.components-registered")
def test_a_component_with_a_version_documents_no_tooling(kept: World) -> None:
    """One model with a version is recorded: tools (A.4.4) and the human resources behind it are not."""
    assert not kept.good("A.4.4", "A.4.6")


@attempt("G.roles-held")
def test_roles_in_the_software_are_no_organizational_roles(office: World) -> None:
    """Three grants in the product: that is access. Nobody has assigned or communicated a responsibility."""
    from tests.honesty.organization import live_system

    live_system(office, "credit-score")
    assert not office.good("5.3", "A.3.2")


@attempt("G.users-informed")
def test_one_leaflet_for_all_systems(kept: World) -> None:
    """One instruction names two systems it was not written for; it came into force before one of them did."""
    from tests.honesty.organization import live_system

    leaflet = document(
        kept, "instructions", "Using AI at Halden", "iso42001:A.8.2", effective_from=kept.day(-900)
    )
    later = live_system(
        kept, "credit-score", released_on=kept.day(-2), version="1.0", operating_since=kept.day(-2)
    )
    kept.move("mina", leaflet, "revise")
    reply = kept.try_amend("mina", leaflet, systems=[kept.of("ai-system"), later])
    if not reply.refused:
        kept.approve(leaflet)
    assert not kept.good("A.8.2")


@attempt("G.incident-plan")
def test_a_plan_without_a_review_date_does_not_win(kept: World) -> None:
    """The plan for incidents is overdue; a second one without any date is added, which is never overdue."""
    document(kept, "plan", "Another plan for incidents", "iso42001:A.8.4", next_review=None)
    kept.wait(days=210)
    assert not kept.good("A.8.4")


@attempt("G.technical-documentation")
def test_documentation_older_than_the_release(kept: World) -> None:
    """A new release goes live; the technical documentation stays what it was."""
    system = kept.of("ai-system")
    kept.move("stig", system, "revise")
    kept.amend("stig", system, version="5.0", released_on=kept.day(-1))
    kept.approve(system, author="stig")
    assert not kept.good("A.6.2.7")


@attempt("G.documents-kept")
def test_a_document_that_is_nowhere(kept: World) -> None:
    """A document is approved that has no text, no file and no address."""
    reply = put_in_force(
        kept, "document", title="Process for stops", type="process", origin="own", issuer="", text="",
        address="", requirements=[], systems=[], retention_rule="Ten years.", version="1",
        next_review=kept.day(100),
    )  # fmt: skip
    assert reply.refused or not kept.good("7.5.3")


@attempt("G.documents-reviewed")
def test_a_document_without_version_or_review(kept: World) -> None:
    """A process is put in force without version and without a day of its next review."""
    reply = put_in_force(
        kept, "document", title="Process for stops", type="process", origin="own", issuer="",
        text="The duty lead stops the queue and writes down why.", requirements=[], systems=[], version="",
        next_review=None, retention_rule="Ten years after it is replaced.",
    )  # fmt: skip
    assert reply.refused or not kept.good("7.5.2")


@attempt("G.data-registered", "G.data-provenance", "G.data-preparation")
@pytest.mark.parametrize("field", ["lineage", "preparation", "origin"])
def test_a_dataset_described_by_dots(kept: World, field: str) -> None:
    """Where data comes from and what was done to it is answered with three dots."""
    told = {"origin": "Ledger", "lineage": "Exported by the data team.", "preparation": "Duplicates removed."}
    reply = put_in_force(
        kept, "dataset", title="Claims of the islands", systems=[kept.of("ai-system")],
        quality_found="Nothing was missing on the last look.", quality_wanted="At most 1 % missing.",
        quality_verdict="good enough",
        covers_from=None, covers_until=None, **{**told, field: "..."},
    )  # fmt: skip
    numbers = {"lineage": "A.7.5", "preparation": "A.7.6", "origin": "A.7.5"}
    assert reply.refused or not kept.good(numbers[field])


@attempt("G.indicators-current")
def test_an_indicator_that_nobody_reads(kept: World) -> None:
    """A yearly indicator measured by the product is left out of the count; nothing says what it reads."""
    approved(
        kept, "indicator", title="Overrides", metric="no-such-measure", value=None, measured_on=None,
        cadence="monthly", owner=kept.people["mina"].handle,
    )  # fmt: skip
    seen = kept.seen("9.1")
    assert "Effective" not in seen.word
    assert "IND-0002" in seen.reasons


@attempt("G.monitoring-planned")
def test_a_system_without_any_plan_is_not_monitored(kept: World) -> None:
    """A second live system touches people indirectly, so that no check asks for its monitoring."""
    from tests.honesty.organization import live_system

    live_system(kept, "credit-score", effect="indirect", autonomy="suggests")
    seen = kept.seen("A.6.2.6")
    assert not seen.good
    assert "credit-score" in seen.reasons or "SYS-0002" in seen.reasons
