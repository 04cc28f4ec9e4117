"""An answer that nobody has given never becomes a fact: every choice begins open, or says why not."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from django import forms as django_forms
from django.apps import apps
from django.db import models
from tests.web.conftest import House

from plumbline.controls import inventory
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict
from plumbline.records import commands, forms, kinds, queries, readiness, schema
from plumbline.records.kinds import NOT_STATED, Kind
from plumbline.web.records.widgets import choose_widgets

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = [kind.slug for kind in kinds.all_kinds()]
OPEN = [kind.slug for kind in kinds.all_kinds() if kind.unanswered]
AT_ONCE = {"longest-interval": {"subject": "policy.next_review"}}


def asked(kind: Kind) -> list[str]:
    """Every field of a kind that is a choice: among words or steps, or between yes and no."""
    return [
        name
        for name in forms.form_class(kind).base_fields
        if kind.field(name).flatchoices or isinstance(kind.field(name), models.BooleanField)
    ]


def new_form(kind: Kind, house: House) -> django_forms.ModelForm[Any]:
    """The form of a new record as its page begins."""
    actor = house.actor("aims-manager")
    form = forms.form_for(kind, actor, draft=forms.is_draft(kind, None))
    choose_widgets(form, kind, actor)
    return form


@pytest.mark.parametrize("slug", KINDS)
def test_no_form_begins_with_an_answer_that_says_something(slug: str, house: House) -> None:
    kind = kinds.get(slug)
    form = new_form(kind, house)
    for name in asked(kind):
        begins = form[name].value()
        if name in kind.neutral:
            assert len(kind.neutral[name].split()) > 3, "a reason in a sentence"
            continue
        assert begins in (None, "", *NOT_STATED), f"{slug}.{name} begins with {begins!r}"
        if begins in (None, "") and isinstance(form.fields[name], django_forms.TypedChoiceField):
            value, label = next(iter(form.fields[name].choices))  # type: ignore[attr-defined]  # it has some
            assert (value, label) in {("", "Not answered yet"), ("", "No answer")}, f"{slug}.{name}"
        elif isinstance(form.fields[name], django_forms.BooleanField):
            assert 'value="unknown" selected' in str(form[name])


def untouched(kind: Kind, house: House) -> dict[str, Any]:
    """What a browser sends for a form in which somebody has typed a title and nothing else."""
    form = new_form(kind, house)
    found = {name: form[name].value() for name in form.fields}
    sent = {
        name: value for name, value in found.items() if isinstance(value, (str, int)) and value is not False
    }
    return {**sent, "title": f"Unread {kind.name}", **AT_ONCE.get(kind.slug, {})}


@pytest.mark.parametrize("slug", OPEN)
def test_a_form_saved_unread_states_nothing_and_the_step_asks(slug: str, house: House, mina: Client) -> None:
    kind, actor = kinds.get(slug), house.actor("aims-manager")
    page = mina.get(f"/records/{kind.plural}/new/").content.decode()
    assert "Not answered yet" in page
    answer = mina.post(f"/records/{kind.plural}/new/", untouched(kind, house))
    assert answer.status_code == 302
    reference = str(answer["Location"].strip("/").rpartition("/")[2])
    record: Any = queries.find(actor, reference)[0]
    assert {name: getattr(record, name) for name in kind.unanswered} == dict.fromkeys(kind.unanswered, "")
    # The form of the draft offers no answer either, and saving it unread changes nothing.
    sent = {
        name: value for name, value in forms.initial_values(record, kind).items() if value not in (None, [])
    }
    assert "Not answered yet" in mina.get(f"/records/{reference}/edit/").content.decode()
    assert mina.post(f"/records/{reference}/edit/", {**sent, "revision": "1"}).status_code == 302
    again: Any = queries.find(actor, reference)[0]
    assert {getattr(again, name) for name in kind.unanswered} == {""}
    step = next(move for move in kind.workflow.moves if kind.workflow.completes(move))
    found = next(row for row in readiness.of_record(actor, kind, again) if row.step == step)
    assert set(kind.unanswered) <= {condition.fault.field for condition in found.unmet}
    with pytest.raises(Conflict) as refused:
        commands.move(actor, reference, step.name, revision=again.revision, reason="Now.")
    assert set(kind.unanswered) <= {fault.field for fault in refused.value.faults}


def test_an_answer_that_is_the_default_is_an_answer(house: House, mina: Client) -> None:
    kind = kinds.get("policy")
    begun = {"title": "On AI", "type": "AI policy"}
    page = mina.get(f"/records/{kind.plural}/new/", begun).content.decode()
    assert '<option value="AI policy" selected>' in page
    reference = house.make("policy", **begun)
    record: Any = queries.find(house.actor("aims-manager"), reference)[0]
    assert record.type == "AI policy"


def test_a_program_that_leaves_a_field_out_takes_its_default_and_an_empty_one_stays_empty(
    house: House,
) -> None:
    """As the reference says of each field; the form of a page begins open instead."""
    actor = house.actor("aims-manager")
    absent: Any = queries.find(actor, house.make("dataset", title="Left out"))[0]
    empty: Any = queries.find(actor, house.make("dataset", title="Left open", source=""))[0]
    assert (absent.source, empty.source) == ("internal", "")


def test_yes_no_and_not_known_are_three_answers(house: House, mina: Client) -> None:
    actor = house.actor("aims-manager")
    found = []
    for number, sent in enumerate(("unknown", "true", "false", None)):
        given = {} if sent is None else {"pinned": sent}
        typed = {"title": f"Model {number}", "version": "1", "type": "model", **given}
        answer = mina.post("/records/components/new/", typed)
        reference = str(answer["Location"].strip("/").rpartition("/")[2])
        record: Any = queries.find(actor, reference)[0]
        found.append(record.pinned)
    assert found == [None, True, False, None]
    migration = import_module("plumbline.clauses.migrations.0010_pinned_may_be_unknown")
    migration.say_no(apps, None)
    model: Any = kinds.get("component").model
    assert set(model._default_manager.values_list("pinned", flat=True)) == {True, False}


def test_a_system_of_unknown_state_may_be_live(house: House) -> None:
    """Not known is never the favourable answer: what may run is looked at like what runs."""
    before = inventory.read(clock.now()).systems
    reference = house.make("ai-system", title="Found in a list", slug="found", lifecycle="")
    assert inventory.read(clock.now()).systems == {**before, "found": reference}
    assert inventory.read_at(clock.now()).systems["found"] == reference
    actor = house.actor("aims-manager")
    commands.amend(actor, reference, {"lifecycle": "planned"}, revision=1)
    assert inventory.read(clock.now()).systems == before
    assert "found" not in inventory.read_at(clock.now()).systems


def test_the_schema_names_what_a_program_says_by_leaving_a_choice_out() -> None:
    properties = schema.of_kind(kinds.get("dataset"))["properties"]
    assert properties["source"]["default"] == "internal"
    assert properties["quality_verdict"]["default"] == "not judged"
    assert "default" not in properties["title"]
