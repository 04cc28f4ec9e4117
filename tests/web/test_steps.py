"""Steps on a record's page: what they need is said before the click, and no refusal loses what was typed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.web.conftest import House
from tests.web.reading import read

from plumbline.kernel import clock
from plumbline.records import examples, kinds, readiness, steps

if TYPE_CHECKING:
    from django.test import Client

    from plumbline.records.models import Record

pytestmark = pytest.mark.django_db(transaction=True)
TYPED = "Sorted by hand & <written> down: Mängel."
SHOWN = "Sorted by hand &amp; &lt;written&gt; down: Mängel."
SLUGS = [kind.slug for kind in kinds.all_kinds()]


def example(house: House, slug: str) -> str:
    """The reference of a record of a kind: that of the organization, or one like the example of the kind."""
    known = {kinds.of_reference(name).slug: name for name in house.references.values()}
    if slug in known:
        return known[slug]
    return house.make(slug, **examples.values_of(kinds.get(slug), lambda other: example(house, other)))


def stored(reference: str) -> Record:
    """The record as it stands in the database."""
    return kinds.of_reference(reference).model._default_manager.get(reference=reference)


def put(house: House, reference: str, state: str) -> int:
    """Put a record into a state whatever its past, with an entry that says so; its revision then."""
    from plumbline.records import writing

    kind, record = kinds.of_reference(reference), stored(reference)
    with writing.door():
        record.state, record.revision = state, record.revision + 1
        record.save()
        writing.revise_many(house.operator, kind, [writing.Written(record, None)], "moved")
    return record.revision


def is_shell(content: str) -> bool:
    """Whether a page has the navigation of the product around it."""
    return 'class="side"' in content and "err_" not in content


@pytest.mark.parametrize("slug", SLUGS)
def test_every_refused_step_comes_back_with_all_that_was_typed(slug: str, house: House, mina: Client) -> None:
    kind, reference = kinds.get(slug), example(house, slug)
    for state in kind.workflow.states:
        revision = put(house, reference, state)
        open_now = {move.name for move in steps.open_to(stored(reference), kind)}
        strange = [move.name for move in kind.workflow.moves if move.name not in open_now][:1]
        for move in (*sorted(open_now), *strange):
            answer = mina.post(
                f"/records/{reference}/moves/{move}/", {"revision": "999", "reason": TYPED, "additions": "0"}
            )
            content = answer.content.decode()
            assert answer.status_code in {403, 409, 412}, (slug, state, move)
            assert is_shell(content), (slug, state, move)
            assert 'role="alert"' in content, (slug, state, move)
            assert SHOWN in content, (slug, state, move)
            assert stored(reference).revision == revision, (slug, state, move)


@pytest.mark.parametrize("slug", SLUGS)
def test_asking_what_a_step_needs_changes_nothing_and_costs_no_permission(slug: str, house: House) -> None:
    """Every gate of every step can be asked from every state; a gate that wrote would be refused by the
    guard."""
    from plumbline.trail import log

    kind, reference = kinds.get(slug), example(house, slug)
    for role in ("aims-manager", "viewer"):
        for state in kind.workflow.states:
            put(house, reference, state)
            record, before = stored(reference), log.size()
            values = {field.attname: getattr(record, field.attname) for field in record._meta.concrete_fields}
            for row in readiness.of_record(house.actor(role), kind, record):
                assert role == "aims-manager" or row.refusal
                assert row.is_theirs or not row.fields
            assert values == {name: getattr(record, name) for name in values}
            assert log.size() == before


@pytest.mark.parametrize(
    ("form", "fields", "problem"),
    [
        ("comments", {"text": TYPED * 600}, 422),
        ("links", {"relation": "treats", "target": "SYS-9999", "note": TYPED}, 404),
        ("links", {"relation": "x" * 41, "target": "{system}", "note": TYPED}, 422),
        ("files", {}, 422),
    ],
)
def test_what_hangs_on_a_record_comes_back_too(
    form: str, fields: dict[str, str], problem: int, house: House, mina: Client
) -> None:
    sent = {name: text.format(**house.names) for name, text in fields.items()}
    answer = mina.post(f"/records/{house.names['nonconformity']}/{form}/", sent)
    content = answer.content.decode()
    assert answer.status_code == problem
    assert is_shell(content)
    assert 'role="alert"' in content
    assert (SHOWN in content) == bool(fields)
    for text in sent.values():
        assert text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") in content


def test_a_form_that_is_gone_shows_what_was_typed_for_copying(house: House) -> None:
    reference = house.names["nonconformity"]
    viewer = house.client("viewer")
    for path, name in (("comments", "text"), ("links", "note"), ("moves/confirm", "reason")):
        sent = {"revision": "1", "relation": "treats", "target": house.names["risk"], name: TYPED}
        answer = viewer.post(f"/records/{reference}/{path}/", sent)
        assert answer.status_code == 403
        assert is_shell(answer.content.decode())
        assert SHOWN in answer.content.decode()


def test_who_cannot_see_the_record_learns_nothing_of_it(house: House) -> None:
    answer = house.client("viewer").post("/records/NCR-9999/comments/", {"text": TYPED})
    assert answer.status_code == 404
    assert SHOWN not in answer.content.decode()


def test_a_suspicion_offers_its_two_answers_and_edit_is_quiet(house: House, mina: Client) -> None:
    page = read(mina.get(f"/records/{house.names['nonconformity']}/").content)
    buttons = [(attrs["href"], attrs["class"]) for attrs in page.all("a") if "btn" in attrs.get("class", "")]
    steps_offered = [(href.partition("#")[2], css) for href, css in buttons if "#step-" in href]
    assert steps_offered == [("step-confirm", "btn"), ("step-propose-dismissal", "btn")]
    assert [css for href, css in buttons if href.endswith("/edit/")] == ["btn"]


def test_a_draft_offers_its_next_step_as_the_one_accented_act(house: House, mina: Client) -> None:
    page = read(mina.get(f"/records/{house.names['system']}/").content)
    accented = [attrs["href"] for attrs in page.all("a") if "pri" in attrs.get("class", "").split()]
    assert accented == [f"/records/{house.names['system']}/?step=submit#step-submit"]


def opened(house: House, mina: Client) -> str:
    """A nonconformity that is confirmed; its reference."""
    reference = house.names["nonconformity"]
    answer = mina.post(f"/records/{reference}/moves/confirm/", {"revision": "1", "reason": "Seen."})
    assert answer.status_code == 302
    return reference


def test_the_fields_of_a_step_are_filled_in_with_it(house: House, mina: Client) -> None:
    reference = opened(house, mina)
    content = mina.get(f"/records/{reference}/").content.decode()
    assert 'name="f-containment"' in content
    sent = {"revision": "2", "reason": "", "_fields": "containment", "f-containment": "Stopped the rollout."}
    answer = mina.post(f"/records/{reference}/moves/contain/", sent)
    assert answer.status_code == 302
    record: Any = stored(reference)
    assert (record.state, record.containment, record.revision) == ("contained", "Stopped the rollout.", 4)
    verbs = list(record.revisions.order_by("number").values_list("verb", flat=True))
    assert verbs == ["created", "moved", "amended", "moved"]


def test_a_refused_step_keeps_its_fields_and_saves_none_of_them(house: House, mina: Client) -> None:
    reference = opened(house, mina)
    sent = {
        "revision": "2",
        "_fields": "cause,similar,correction,grade",
        "f-cause": TYPED,
        "f-grade": "minor",
    }
    answer = mina.post(f"/records/{reference}/moves/correct/", sent)
    content = answer.content.decode()
    assert answer.status_code == 409
    assert is_shell(content)
    assert SHOWN in content
    page = read(answer.content)
    wrong = [attrs for attrs in page.all("div") if attrs.get("class") == "fld wrong"]
    assert len(wrong) == 2, "similar cases and correction are missing"
    record: Any = stored(reference)
    assert (record.state, record.cause, record.grade, record.revision) == ("open", "", "not graded", 2)


def test_a_step_takes_no_fields_but_its_own(house: House, mina: Client) -> None:
    reference = opened(house, mina)
    sent = {"revision": "2", "_fields": "title,containment", "f-title": "Another", "f-containment": "Done."}
    assert mina.post(f"/records/{reference}/moves/contain/", sent).status_code == 422
    assert stored(reference).revision == 2


def test_conditions_are_said_before_the_click_with_the_place_where_each_is_met(
    house: House, mina: Client
) -> None:
    reference = house.make("risk", title="Drift", description="Inputs change.", system=house.names["system"])
    treated = {"likelihood": 3, "harm_to_individuals": 3, "assessed_on": "2026-11-20"}
    from plumbline.records import commands

    commands.amend(house.actor("aims-manager"), reference, {**treated, "response": "reduce"}, revision=1)
    commands.move(house.actor("aims-manager"), reference, "assess", revision=2)
    page = read(mina.get(f"/records/{reference}/").content)
    links = [attrs["href"] for attrs in page.all("a")]
    assert f"/records/treatments/new/?risk={reference}" in links or any(
        href.startswith("/records/treatments/new/?") and reference in href for href in links
    )
    disabled = [attrs for attrs in page.all("button") if attrs.get("aria-describedby") == "un-treat"]
    assert len(disabled) == 1
    assert "disabled" in disabled[0]


def test_a_step_that_is_not_the_readers_says_who_could_take_it(house: House) -> None:
    house.person("aims-manager")
    content = house.client("viewer").get(f"/records/{house.names['nonconformity']}/").content.decode()
    assert "Aims manager can take this one." in content.replace("Aims manager or", "Aims manager or")


@pytest.mark.parametrize("slug", SLUGS)
def test_what_comes_next_is_a_step_of_its_state(slug: str) -> None:
    workflow = kinds.get(slug).workflow
    for state, following in workflow.next.items():
        assert set(following) <= {move.name for move in workflow.open_from(state)}, state


def test_a_refused_form_keeps_shell_and_values(house: House) -> None:
    """Also where the refusal is none of a field: the record is frozen, or the unit out of reach."""
    reference, mina = house.names["system"], house.client("aims-manager")
    revision = put(house, reference, "retired")
    sent = {"revision": str(revision), "title": "Claims", "slug": "claims-triage", "purpose": TYPED}
    answer = mina.post(f"/records/{reference}/edit/", sent)
    assert answer.status_code == 409
    assert is_shell(answer.content.decode())
    assert SHOWN in answer.content.decode()
    answer = mina.get(f"/records/{reference}/edit/")
    assert answer.status_code == 409
    assert is_shell(answer.content.decode())
    assert f"{reference} is retired and cannot be amended." in read(answer.content).text
    viewer = house.client("viewer")
    answer = viewer.post(f"/records/{reference}/edit/", sent)
    assert answer.status_code == 403
    assert is_shell(answer.content.decode())
    assert SHOWN in answer.content.decode()


def test_an_expected_refusal_has_no_number_to_report(house: House) -> None:
    answer = house.client("viewer").get("/records/ai-systems/new/")
    assert answer.status_code == 403
    assert is_shell(answer.content.decode())


def test_what_was_just_done_can_be_taken_back_on_the_page(house: House, mina: Client) -> None:
    # A minute after the pack of the organization was made: what was packed since is not taken back.
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        _take_back_on_the_page(house, mina)


def _take_back_on_the_page(house: House, mina: Client) -> None:
    reference = opened(house, mina)
    page = mina.get(f"/records/{reference}/").content.decode()
    assert f'action="/records/{reference}/take-back/"' in page
    assert f'action="/records/{reference}/take-back/"' not in (
        house.client("internal-auditor").get(f"/records/{reference}/").content.decode()
    )
    answer = mina.post(f"/records/{reference}/take-back/", {"revision": "2"})
    assert answer.status_code == 302
    assert (stored(reference).state, stored(reference).revision) == ("suspected", 3)
    again = mina.post(f"/records/{reference}/take-back/", {"revision": "3"})
    assert again.status_code == 409
    assert is_shell(again.content.decode())
    assert f'action="/records/{reference}/take-back/"' not in again.content.decode()
