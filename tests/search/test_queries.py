"""One search finds what can be opened, by words, by name and by what somebody wants to do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from plumbline import catalogs
from plumbline.controls import registry
from plumbline.identity import commands as people
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Invalid
from plumbline.records import commands, kinds
from plumbline.records.saved_views import commands as saved_views
from plumbline.records.saved_views.queries import EVERYBODY
from plumbline.search import acts, queries
from plumbline.search.acts import NewRecord, Step

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def _names(found: queries.Found, group: str) -> list[str]:
    return [hit.name for each in found.groups if each.name == group for hit in each.hits]


def test_drift_finds_the_checks_and_the_limits_of_drift(mina: Actor) -> None:
    found = queries.search(mina, "drift", most=50)
    of_drift = {check.slug for check in registry.all_checks() if "drift" in check.slug}
    assert of_drift
    assert of_drift <= set(_names(found, "check"))
    with_limits = {check.slug for check in registry.all_checks() if "drift" in check.slug and check.limits}
    assert with_limits <= set(_names(found, "limit"))


@pytest.mark.parametrize(
    "asked", ["A.6.2.6", "a.6.2.6", "iso42001:A.6.2.6", "A 6.2.6", "A-6-2-6", "A6.2.6", "a626"]
)
def test_a_control_is_found_in_any_usual_spelling(mina: Actor, asked: str) -> None:
    found = queries.search(mina, asked)
    exact = found.exact.name if found.exact else ""
    assert "iso42001:A.6.2.6" in [exact, *_names(found, "requirement")]


def test_every_control_and_clause_is_found_by_its_title(mina: Actor) -> None:
    for row in (*catalogs.controls(), *catalogs.subclauses()):
        found = queries.search(mina, row.title, only="requirement")
        assert row.id in _names(found, "requirement"), row.title


def test_groups_with_the_words_in_a_title_come_first_and_are_bounded(mina: Actor) -> None:
    commands.create(mina, "risk", {"title": "Other", "description": "A heron."})
    for number in range(7):
        commands.create(mina, "ai-system", {"title": f"Heron {number}", "slug": f"s-{number}"})
    found = queries.search(mina, "heron")
    assert [(group.name, len(group.hits), group.total) for group in found.groups] == [
        ("ai-system", 5, 7),
        ("risk", 1, 1),
    ]
    assert found.total == 8
    (only,) = queries.search(mina, "heron", only="ai-system").groups
    assert len(only.hits) == 7
    with pytest.raises(Invalid) as refused:
        queries.search(mina, "heron", only="herons")
    assert refused.value.faults[0].field == "in"


def test_people_are_found_by_those_who_may_open_their_page(
    mina: Actor, someone: Callable[..., Actor]
) -> None:
    reader = someone("viewer", "Heron")
    assert _names(queries.search(mina, "heron"), "person") == [reader.id]
    assert queries.search(reader, "heron").total == 0


def test_a_hidden_record_is_neither_counted_nor_named(
    installation: Actor, mina: Actor, someone: Callable[..., Actor]
) -> None:
    claims, sales = (people.create_unit(installation, name=name) for name in ("Claims", "Sales"))
    hidden = commands.create(
        mina, "ai-system", {"title": "Heron", "slug": "heron", "unit": sales.slug}
    ).reference
    reader = someone("viewer", "Vera", unit=claims)
    for asked in ("heron", hidden, hidden.lower()):
        found = queries.search(reader, asked)
        assert (found.total, found.exact) == (0, None)
    assert acts.acts(reader, f"approve {hidden}") == ()
    assert acts.acts(reader, "new risk for heron") == ()
    found = queries.search(mina, hidden)
    assert found.exact is not None
    assert found.exact.title == "Heron"


@pytest.mark.parametrize("asked", ["new risk", "New risks", "add risk", "create RISK"])
def test_a_new_record_is_offered_by_its_kind(mina: Actor, asked: str) -> None:
    offered = acts.acts(mina, asked)
    assert "risk" in [act.kind.slug for act in offered if isinstance(act, NewRecord)]


def test_a_new_record_is_linked_to_what_it_is_for(mina: Actor, system: commands.Saved) -> None:
    for asked in ("new risk for claims tri", f"new risk for {system.reference}"):
        first = acts.acts(mina, asked)[0]
        assert isinstance(first, NewRecord)
        assert first.kind.slug == "risk"
        assert list(first.values.values()) == [system.reference]
        assert first.about == "Claims Triage"


def test_a_reader_is_offered_no_act(someone: Callable[..., Actor], system: commands.Saved) -> None:
    reader = someone("viewer", "Vera")
    assert acts.acts(reader, "new risk") == ()
    assert acts.acts(reader, f"submit {system.reference}") == ()


def test_a_step_is_offered_to_whom_four_eyes_leave_it(
    mina: Actor, sara: Actor, system: commands.Saved
) -> None:
    offered = acts.acts(mina, f"submit {system.reference.lower()}")
    assert [act.name for act in offered if isinstance(act, Step)] == ["submit"]
    assert acts.acts(sara, f"approve {system.reference}") == ()  # it is not in review yet
    commands.move(mina, system.reference, "submit", revision=1)
    assert acts.acts(mina, f"approve {system.reference}") == ()
    for asked in (f"approve {system.reference}", system.reference):
        names = [act.name for act in acts.acts(sara, asked) if isinstance(act, Step)]
        assert "approve" in names


def test_asking_does_nothing(mina: Actor, system: commands.Saved) -> None:
    acts.acts(mina, f"submit {system.reference}")
    found = queries.search(mina, system.reference)
    assert found.groups[0].hits[0].state == "draft"


def test_saved_views_are_found_by_their_name_by_those_who_may_open_them(
    mina: Actor, someone: Callable[[str, str], Actor]
) -> None:
    risk = kinds.get("risk")
    own = saved_views.save(mina, risk, "Walrus watch", {"where": "title:photos"})
    shared = saved_views.save(mina, risk, "Walrus for all", {"where": "title:photos"}, shared_with=EVERYBODY)
    assert set(_names(queries.search(mina, "walrus"), "view")) == {own.handle, shared.handle}
    assert _names(queries.search(mina, "walrus", only="view"), "risk") == []
    assert _names(queries.search(someone("viewer", "Vera"), "walrus"), "view") == [shared.handle]


def test_digits_alone_are_the_number_of_an_entry_and_no_control(mina: Actor) -> None:
    found = queries.search(mina, "24").exact
    assert found is None or found.sort == "entry"
