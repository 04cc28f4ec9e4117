"""Saved views: a list under a name, mine or shared, that shows nobody more than they may see."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Invalid, NotAllowed, NotFound, Stale
from plumbline.records import csv_export, kinds
from plumbline.records.commands import Saved
from plumbline.records.saved_views import commands, layout, queries
from plumbline.trail import log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]
OPEN = {
    "where": "owner:empty",
    "sort": "-updated_at",
    "columns": "state,lifecycle,created_at",
    "density": "roomy",
}


def test_a_view_of_ones_own_is_nobody_elses(mina: Actor, sara: Actor) -> None:
    size = log.size()
    made = commands.save(mina, "ai-system", "Without an owner", OPEN)
    assert made.parameters == OPEN
    assert [view.name for view in queries.views(mina)] == ["Without an owner"]
    assert queries.views(sara) == []
    with pytest.raises(NotFound):
        queries.view(sara, made.handle)
    assert log.size() == size, "what somebody keeps for themselves is no act of the organization"


def test_a_shared_view_leaves_an_entry_with_what_it_asks(mina: Actor, sara: Actor) -> None:
    made = commands.save(mina, "ai-system", "Without an owner", OPEN, shared_with="everybody")
    entry = log.leaf(log.size() - 1)
    assert entry.entry_type == "view.shared"
    assert entry.subject["ref"] == made.handle
    assert [view.owner_name for view in queries.views(sara, kinds.get("ai-system"))] == ["Mina"]
    assert queries.views(sara, kinds.get("risk")) == []


def test_a_view_for_a_role_is_seen_by_that_role(mina: Actor, someone: Callable[[str, str], Actor]) -> None:
    commands.save(mina, "ai-system", "For reviewers", {}, shared_with="reviewer")
    assert queries.views(someone("reviewer", "Rita"))
    assert not queries.views(someone("risk-owner", "Ron"))


def test_its_owner_or_whoever_gives_roles_changes_a_shared_view(
    mina: Actor, someone: Callable[[str, str], Actor]
) -> None:
    ron = someone("risk-owner", "Ron")
    made = commands.save(ron, "risk", "Mine", {}, shared_with="everybody")
    rita = someone("reviewer", "Rita")
    with pytest.raises(NotAllowed):
        commands.change(rita, made.handle, name="Hers", query={}, shared_with="everybody")
    with pytest.raises(NotAllowed):
        commands.remove(rita, made.handle)
    changed = commands.change(mina, made.handle, name="Ours", query={}, shared_with="everybody", revision=1)
    assert (changed.name, changed.revision, changed.owner_name) == ("Ours", 2, "Ron")
    with pytest.raises(Stale):
        commands.change(ron, made.handle, name="Again", query={}, shared_with="", revision=1)
    commands.change(ron, made.handle, name="Again", query={}, shared_with="", revision=2)
    assert log.leaf(log.size() - 1).entry_type == "view.withdrawn"
    with pytest.raises(NotFound):
        commands.remove(mina, made.handle)
    commands.remove(ron, made.handle)
    assert queries.views(ron) == []


def test_whoever_only_reads_shares_nothing(someone: Callable[[str, str], Actor]) -> None:
    viewer = someone("viewer", "Vera")
    assert commands.save(viewer, "ai-system", "Mine", {}).shared_with == ""
    with pytest.raises(NotAllowed):
        commands.save(viewer, "ai-system", "Ours", {}, shared_with="everybody")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"where": "colour:red"}, "colour"),
        ({"columns": "state,colour"}, "columns.colour"),
        ({"sort": "purpose"}, "sort"),
        ({"page": "2"}, "page"),
        ({"density": "packed"}, "density"),
    ],
)
def test_a_view_that_nobody_could_open_is_not_saved(mina: Actor, query: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        commands.save(mina, "ai-system", "Wrong", query)
    assert field in [fault.field for fault in refused.value.faults]


def test_the_columns_of_a_view_are_those_of_its_csv(mina: Actor, system: Saved) -> None:
    kind = kinds.get("ai-system")
    columns = layout.columns_of(kind, "state,created_at,slug")
    (row,) = csv_export.rows(mina, kind, columns=columns)
    assert csv_export.header(kind, columns) == ["reference", "title", "state", "created_at", "slug"]
    assert (row[0], row[4]) == (system.reference, "claims-triage")
    assert row[3].startswith("20")
