"""What is in force: the approved revision, beside a newer draft, until it is taken out of force."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.records import commands, kinds, queries
from plumbline.records.approved import queries as approved_queries
from plumbline.records.commands import Saved

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
OF_EVERY_ROW = {
    "reference", "state", "revision", "recorded", "created", "approved_revision", "approved_at", "approved",
    "approval_digest", "attachments", "links",
}  # fmt: skip
"""What a row says beside the fields of its kind."""

START = clock.parse_rfc3339("2026-12-03T09:00:00Z")


def step(actor: Actor, saved: Saved, name: str, reason: str = "") -> Saved:
    return commands.move(actor, saved.reference, name, revision=saved.revision, reason=reason)


def amend(actor: Actor, saved: Saved, **values: object) -> Saved:
    return commands.amend(actor, saved.reference, values, revision=saved.revision)


def approved(mina: Actor, sara: Actor, saved: Saved) -> Saved:
    return step(sara, step(mina, saved, "submit"), "approve")


def titles(kind: str = "ai-system", **asked: object) -> list[str]:
    return [row["title"] for row in queries.in_force(kind, **asked)]  # type: ignore[arg-type]


def test_a_draft_is_claimed_and_not_in_force(mina: Actor, sara: Actor, system: Saved) -> None:
    assert titles() == []
    (claim,) = queries.claimed("ai-system")
    assert (claim["title"], claim["approved"]) == ("Claims Triage", False)
    approved(mina, sara, system)
    assert titles() == ["Claims Triage"]
    assert queries.claimed("ai-system")[0]["approved"]


def test_the_approved_values_stay_in_force_while_a_draft_says_otherwise(
    mina: Actor, sara: Actor, system: Saved
) -> None:
    done = approved(mina, sara, system)
    draft = amend(mina, step(mina, done, "revise"), title="Triage, better than ever", version="2.0")
    (row,) = queries.in_force("ai-system")
    assert (row["title"], row["version"], row["state"]) == ("Claims Triage", "", "approved")
    assert (row["revision"], row["approved_revision"]) == (done.revision, done.revision - 1)
    assert queries.claimed("ai-system")[0]["title"] == "Triage, better than ever"
    approved(mina, sara, draft)
    assert titles() == ["Triage, better than ever"]


def test_nothing_of_a_retired_record_is_in_force(mina: Actor, sara: Actor, system: Saved) -> None:
    done = approved(mina, sara, system)
    asked = step(mina, done, "propose-retirement", "Switched off.")
    assert titles() == ["Claims Triage"]
    step(sara, asked, "retire")
    assert titles() == []
    assert approved_queries.counts() == {}
    assert queries.claimed("ai-system")[0]["state"] == "retired"


def test_each_instant_has_what_was_in_force_then(mina: Actor, sara: Actor) -> None:
    with clock.frozen(START):
        saved = commands.create(mina, "ai-system", {"title": "First", "slug": "triage"})
    with clock.frozen(START + timedelta(days=1)):
        done = approved(mina, sara, saved)
    with clock.frozen(START + timedelta(days=2)):
        draft = amend(mina, step(mina, done, "revise"), title="Second")
    with clock.frozen(START + timedelta(days=3)):
        again = approved(mina, sara, draft)
    with clock.frozen(START + timedelta(days=4)):
        step(sara, step(mina, again, "propose-retirement", "Switched off."), "retire")
    seen = [titles(at=START + timedelta(days=day, hours=1)) for day in range(5)]
    assert seen == [[], ["First"], ["First"], ["Second"], []]


def test_an_approval_that_takes_effect_later_leaves_the_earlier_one_in_force(
    mina: Actor, sara: Actor
) -> None:
    with clock.frozen(START):
        done = approved(mina, sara, commands.create(mina, "ai-system", {"title": "Now", "slug": "triage"}))
        draft = amend(mina, step(mina, done, "revise"), title="Later", effective_from="2027-01-01")
        approved(mina, sara, draft)
    assert titles(at=clock.parse_rfc3339("2026-12-31T23:00:00Z")) == ["Now"]
    assert titles(at=clock.parse_rfc3339("2027-01-01T01:00:00Z")) == ["Later"]


def test_nothing_counts_before_it_takes_effect(mina: Actor, sara: Actor) -> None:
    values = {"title": "Later", "slug": "triage", "effective_from": "2027-01-01"}
    with clock.frozen(START):
        approved(mina, sara, commands.create(mina, "ai-system", values))
        assert (titles(), approved_queries.counts(), approved_queries.exists()) == ([], {}, False)
    with clock.frozen(clock.parse_rfc3339("2027-01-01T01:00:00Z")):
        assert titles() == ["Later"]
        assert (approved_queries.counts(), approved_queries.exists()) == ({"ai-system": 1}, True)


def test_a_kind_without_approvals_counts_by_its_state(mina: Actor) -> None:
    values = {
        **kinds.get("nonconformity").example,
        "title": "Late review",
        "system": None,
        "check_name": "",
        "window": None,
        "source": "observation",
    }
    saved = commands.create(mina, "nonconformity", values)
    assert titles("nonconformity") == []
    before = clock.now()
    opened = step(mina, saved, "confirm", "Seen in the log.")
    assert titles("nonconformity") == ["Late review"]
    assert queries.in_force("nonconformity")[0]["approved_at"] is None
    with clock.frozen(before + timedelta(days=1)):
        step(mina, opened, "contain")
    assert [row["state"] for row in queries.in_force("nonconformity")] == ["contained"]
    assert [row["state"] for row in queries.in_force("nonconformity", before + timedelta(hours=1))] == [
        "open"
    ]


def test_the_number_of_queries_does_not_grow(
    mina: Actor, sara: Actor, system: Saved, counted_queries: Any
) -> None:
    def asked(read: Callable[[str], object]) -> int:
        with counted_queries() as caught:
            read("ai-system")
        return len(caught)

    approved(mina, sara, system)
    few = asked(queries.in_force), asked(queries.claimed)
    for number in range(4):
        approved(mina, sara, commands.create(mina, "ai-system", {"title": "S", "slug": f"s-{number}"}))
    assert (asked(queries.in_force), asked(queries.claimed)) == few
    assert few[0] <= 7


@pytest.mark.parametrize("kind", kinds.all_kinds(), ids=lambda kind: kind.slug)
def test_no_field_is_hidden_by_what_a_row_says_of_its_approval(
    kind: kinds.Kind,
) -> None:
    """The SHA-256 of a component's file was replaced by the digest of its approval, under one name."""
    assert not OF_EVERY_ROW & set(kind.own_fields)


def test_the_rows_name_what_they_say_of_an_approval(mina: Actor, sara: Actor, system: Saved) -> None:
    approved(mina, sara, system)
    fields = set(kinds.get("ai-system").field_names) | set(kinds.get("ai-system").derived)
    for row in (*queries.in_force("ai-system"), *queries.claimed("ai-system")):
        assert set(row) - fields == OF_EVERY_ROW
