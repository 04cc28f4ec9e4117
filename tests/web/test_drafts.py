"""Drafts save with whatever is there: a title is enough, and the step that takes them on needs the rest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from tests.web.conftest import House

from plumbline.kernel.problems import Conflict, NotAllowed
from plumbline.records import commands, csv_export, kinds, queries, readiness
from plumbline.records.kinds import Kind

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db(transaction=True)
DRAFTED = [kind.slug for kind in kinds.all_kinds() if kind.workflow.initial in kind.workflow.drafts]
AT_ONCE = {"longest-interval": {"subject": "policy.next_review"}}
"""What identifies a record of a kind, where a title does not: nothing else is needed to save."""


def drafted(kind: Kind, house: House, mina: Client) -> str:
    """A draft with a title alone, saved through the page; its reference."""
    fields = {name: kind.field(name).get_default() for name in kind.field_names}
    begun = {name: value for name, value in fields.items() if isinstance(value, str) and value}
    begun["owner"] = house.person("aims-manager").handle
    sent = {**begun, "title": f"Half a {kind.name}", **AT_ONCE.get(kind.slug, {})}
    answer = mina.post(f"/records/{kind.plural}/new/", sent)
    assert answer.status_code == 302, re.findall(r"role=.alert.*?</div>", answer.content.decode(), re.S)
    return str(answer["Location"].strip("/").rpartition("/")[2])


@pytest.mark.parametrize("slug", DRAFTED)
def test_a_title_is_enough_for_a_draft_and_every_page_of_it_answers(
    slug: str, house: House, mina: Client
) -> None:
    kind = kinds.get(slug)
    reference = drafted(kind, house, mina)
    steps = [move for move in kind.workflow.moves if kind.workflow.completes(move)]
    for path in (
        f"/records/{reference}/",
        f"/records/{reference}/edit/",
        f"/records/{reference}/history/",
        f"/records/{kind.plural}/",
        f"/records/{kind.plural}/new/",
        "/",
        reverse("my-work"),
    ):
        answer = mina.get(path)
        assert answer.status_code == 200, path
    actor = house.actor("aims-manager")
    assert any(reference in ",".join(line) for line in csv_export.rows(actor, kind, filters={}))
    record, _ = queries.find(actor, reference)
    (row,) = [row for row in readiness.of_record(actor, kind, record) if row.step == steps[0]]
    needed = {name for name in kind.required_by(steps[0]) if not getattr(record, name, None)}
    assert len({condition.fault.field for condition in row.unmet}) >= bool(needed)
    if row.unmet and row.refusal:
        # Somebody else takes it: the step asks for them before it asks for the fields.
        with pytest.raises(NotAllowed):
            commands.move(actor, reference, steps[0].name, revision=1, reason="Now.")
    elif row.unmet:
        with pytest.raises(Conflict) as caught:
            commands.move(actor, reference, steps[0].name, revision=1, reason="Now.")
        assert {fault.field for fault in caught.value.faults} == {
            condition.fault.field for condition in row.unmet
        }


def test_a_draft_is_completed_with_the_step(house: House, mina: Client) -> None:
    kind = kinds.get("indicator")
    reference = drafted(kind, house, mina)
    page = mina.get(f"/records/{reference}/").content.decode()
    assert 'name="f-question"' in page
    sent = {
        "revision": "1",
        "_fields": "question,method",
        "f-question": "How often does it drift?",
        "f-method": "Share of days over the limit.",
    }
    assert mina.post(f"/records/{reference}/moves/submit/", sent).status_code == 302
    record: Any = queries.find(house.actor("aims-manager"), reference)[0]
    assert (record.state, record.question) == ("in review", "How often does it drift?")


def test_after_the_draft_nothing_required_can_be_emptied(house: House, mina: Client) -> None:
    actor = house.actor("aims-manager")
    values = {"title": "Drift", "question": "How often?", "method": "Share of days."}
    reference = commands.create(actor, "indicator", values).reference
    commands.amend(actor, reference, {"method": ""}, revision=1)
    commands.amend(actor, reference, {"method": "Share of days."}, revision=2)
    commands.move(actor, reference, "submit", revision=3)
    sent = {"revision": "4", "title": "Drift", "question": "How often?", "method": ""}
    answer = mina.post(f"/records/{reference}/edit/", sent)
    assert answer.status_code == 422
    assert 'id="id_method_error"' in answer.content.decode()


def test_the_form_says_beforehand_what_the_step_will_ask_for(house: House, mina: Client) -> None:
    page = " ".join(mina.get("/records/impact-assessments/new/").content.decode().split())
    assert "<b>Needed to save:</b> title." in page
    assert "Ask for review will also ask for: AI system," in page
    assert "needed before Ask for review" in page


def test_two_drafts_of_one_title_get_names_of_their_own(house: House, mina: Client) -> None:
    names = [
        queries.find(house.actor("aims-manager"), drafted(kinds.get("ai-system"), house, mina))[0].slug  # type: ignore[attr-defined]  # the kind has one
        for _ in range(3)
    ]
    assert names == ["half-a-ai-system", "half-a-ai-system-2", "half-a-ai-system-3"]


def test_what_is_recorded_at_once_keeps_its_required_fields(house: House, mina: Client) -> None:
    for plural in ("nonconformities", "risks"):
        answer = mina.post(f"/records/{plural}/new/", {"title": "Half"})
        assert answer.status_code == 422
