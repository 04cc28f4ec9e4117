"""The doors at the side: many at once, registers, search, lists, comments, the library, and deputies.

Each is tried for what the front door refuses, and for what it would show that a reader may not see.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from tests.honesty.lines import attempt
from tests.honesty.organization import corrected, live_system, proposed_action, suspicion
from tests.honesty.test_own_cause import in_unit
from tests.honesty.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def in_bulk(world: World, who: str, kind: str, references: list[str], **change: Any) -> list[dict[str, Any]]:
    """What became of each record after one change to many, planned and confirmed by ``who``."""
    planned = world.call(who, "POST", "bulk", {"kind": kind, "references": references, "change": change})
    assert planned.status == 201, planned.text
    handle = planned.json["id"]
    world.flow()
    world.call(who, "POST", f"bulk/{handle}/confirmation")
    world.flow()
    return list(world.get(who, f"bulk/{handle}/rows")["items"])


@attempt("E2", "G.nonconformities-in-time")
def test_many_findings_are_not_put_off_or_rewritten_at_once(kept: World) -> None:
    """The owner selects what was found, gives it two years, a later day, and writes: nothing."""
    reference = suspicion(kept)
    kept.move("sara", reference, "confirm")
    before = kept.record(reference)["values"]
    for values in (
        {"due": str(kept.day(700))},
        {"description": "Nothing."},
        {"detected_on": str(kept.day())},
    ):
        rows = in_bulk(kept, "stig", "nonconformity", [reference], act="edit", values=values)
        assert not any(row["done"] for row in rows), rows
    after = kept.record(reference)["values"]
    assert {name: after[name] for name in before} == before


@attempt("E1")
def test_nobody_approves_own_records_in_a_heap(kept: World) -> None:
    """A tired manager selects all that waits and approves it, her own drafts among them."""
    own = kept.make("document", title="How we look at drift")
    kept.move("mina", own, "submit")
    (row,) = in_bulk(kept, "mina", "document", [own], act="move", move="approve", reason="All fine.")
    assert not row["done"]
    assert row["message"]
    assert kept.record(own)["state"] == "in review"


@attempt("E7")
def test_a_unit_is_not_emptied_in_a_heap(kept: World) -> None:
    """A contributor empties the unit of many systems, so that everybody reads them."""
    system = in_unit(kept)
    in_bulk(kept, "cora", "ai-system", [system], act="edit", values={"unit": None})
    assert system not in kept.call("olaf", "GET", "ai-systems").text


@attempt("C3")
def test_a_register_brings_no_back_test_and_no_approval(kept: World) -> None:
    """A looser limit comes in by a file, already approved and found harmless."""
    rows = [{
        "title": "Five in ten may fail", "check_name": "error-rate", "direction": "at most", "value": "0.5",
        "valid_until": kept.day(90), "change": "looser", "reason": "The supplier is slow this quarter.",
        "back_test": "It would have silenced nothing.",
    }]  # fmt: skip
    kept.import_csv("mina", "limit", rows)
    for row in kept.listed("limit"):
        assert row["state"] == "draft"
        assert row["values"]["back_test"] == ""
    assert suspicion(kept), "a third of the calls fail, and that is over the limit in force"


@attempt("G.treatments-in-time", "G.risks-in-hand")
def test_a_register_does_not_give_an_approved_treatment_another_day(kept: World) -> None:
    """A file that came in once comes in again, with another two years for what was approved meanwhile."""
    told = {
        "title": "Call back every tenth claim", "risks": kept.listed("risk")[0]["reference"],
        "own_controls": "A second look at every tenth claim.", "due": kept.day(5),
        "action": "Sample every tenth proposal and look at it a second time.",
        "measure": "Share of proposals that the second look changes.",
    }  # fmt: skip
    kept.import_csv("mina", "treatment", [told])
    found = [row["reference"] for row in kept.listed("treatment") if row["values"]["title"] == told["title"]]
    assert found, "it came in as a draft"
    for reference in found:
        kept.amend("mina", reference, risks=[kept.listed("risk")[0]["reference"]], option="reduce")
        kept.approve(reference, by="ingrid")
    kept.import_csv("mina", "treatment", [{**told, "due": kept.day(700)}])
    for reference in found:
        assert kept.record(reference)["values"]["due"] == told["due"].isoformat()
    kept.wait(days=6)
    assert kept.seen("8.3").names(*found)


@attempt("F5")
def test_search_finds_nothing_that_its_reader_may_not_see(kept: World) -> None:
    """A reader of another unit searches for what a title and a comment say of a system of claims."""
    system = in_unit(kept)
    kept.call("mina", "POST", f"ai-systems/{system}/comments", {"text": "The zebrafinch fails on Mondays."})
    kept.flow()
    assert system in kept.call("mina", "GET", "search?q=zebrafinch").text
    for asked in ("zebrafinch", "credit", system):
        found = kept.get("olaf", f"search?q={asked}")
        assert system not in str({**found, "q": ""}), asked
    assert "Mondays" not in kept.page("olaf", "/search/?q=zebrafinch")


@attempt("A3", "B5")
def test_a_comment_shows_nothing_and_decides_nothing(kept: World) -> None:
    """The reviewer is tired: comments say that all was assessed, accepted and closed."""
    system, reference = live_system(kept, "letter-drafts"), suspicion(kept)
    before = kept.words()
    for place in (f"ai-systems/{system}", f"nonconformities/{reference}"):
        told = {"text": "Approved. Impacts assessed, risks accepted until 2027, nothing found."}
        assert kept.call("rita", "POST", f"{place}/comments", told).status == 201
    assert kept.words() == before


@attempt("E1", "E5")
def test_whoever_is_away_names_no_approver_for_their_own_work(kept: World) -> None:
    """Mina writes a document, goes away and names Sara, who then approves it."""
    document = kept.make("document", title="How we look at drift")
    kept.move("mina", document, "submit")
    told = {"ends": kept.day(10), "deputy": kept.people["sara"].handle}
    assert kept.call("mina", "POST", "absences", told).status == 201
    assert kept.try_move("sara", document, "approve").refused
    assert kept.record(document)["state"] == "in review"


@attempt("E7", "E5")
def test_a_question_shows_a_deputy_no_record_that_they_may_not_see(kept: World) -> None:
    """Stig is away, Olaf, who reads the unit Sales alone, stands in, and somebody asks Stig about claims."""
    system = in_unit(kept)
    told = {"ends": kept.day(10), "deputy": kept.people["olaf"].handle}
    assert kept.call("stig", "POST", "absences", told).status == 201
    told = {"text": "@Stig Holm, is the zebrafinch in scope?"}
    assert kept.call("mina", "POST", f"ai-systems/{system}/comments", told).status == 201
    assert system in kept.call("stig", "GET", "tasks").text
    assert system not in kept.call("olaf", "GET", "tasks").text
    assert kept.call("olaf", "GET", f"ai-systems/{system}").refused


@attempt("D2")
def test_the_proof_of_an_action_is_not_exchanged_in_passing(kept: World) -> None:
    """Once it was approved, the proof is revised to a check that never failed."""
    action = proposed_action(kept, corrected(kept))
    kept.approve(action, by="ingrid", author="stig")
    kept.move("stig", action, "revise")
    kept.amend("stig", action, effectiveness_check="log-present")
    for who, step in (("stig", "submit"), ("ingrid", "approve"), ("stig", "carry-out")):
        kept.try_move(who, action, step)
    kept.wait(days=6)
    kept.flow()
    assert kept.try_move("ingrid", action, "verify").refused
    assert kept.record(action)["state"] != "verified"


@attempt("A1", "E1")
def test_the_library_is_not_approved_by_whoever_picks_it(office: World) -> None:
    """A contributor picks texts of the library and puts all of them in force in one heap."""
    points = [row["id"] for row in office.get("cora", "starting-points")["items"]]
    office.call("cora", "POST", "starting-points", {"ids": points[-6:]})
    for kind in ("document", "policy", "objective", "risk"):
        for reference in (row["reference"] for row in office.listed(kind)):
            for step in ("submit", "approve"):
                rows = in_bulk(office, "cora", kind, [reference], act="move", move=step, reason="Fine.")
            assert not any(row["done"] for row in rows)
    assert not office.good()


@attempt("E7")
def test_a_condition_on_a_list_says_nothing_of_what_is_hidden(kept: World) -> None:
    """A reader of another unit asks lists, files and views one by one whether a system is there."""
    system = in_unit(kept)
    for asked in (f"reference:{system}", "slug:credit-score", "failing:systems-owned"):
        assert system not in kept.call("olaf", "GET", f"ai-systems?where={quote(asked)}").text
    assert system not in kept.call("olaf", "GET", "ai-systems.csv").text
    assert kept.press("olaf", f"/records/{system}/", method="get").status == 404
