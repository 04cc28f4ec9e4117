"""A withdrawn import takes back the links that it made, unless somebody has touched their record since."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from plumbline.identity.actors import Actor
from plumbline.imports import commands, plan, queries
from plumbline.imports.withdrawal import commands as withdrawal
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, NotFound
from plumbline.records import commands as door
from plumbline.records import proofs
from plumbline.records import queries as records
from plumbline.records.approved import queries as approved
from plumbline.records.related import queries as related
from plumbline.records.related.models import Link
from plumbline.trail import log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]

MAP = """
kind: ai-system
register: inventory
key: {columns: [Id]}
fields: {title: Name, purpose: Purpose}
links: Links
"""
FILE = "Id,Name,Purpose,Links\n1,Triage,Sorts claims,\n2,Chat,Answers mail,feeds: 1\n3,Fraud,Finds,feeds: 2\n"


def _run(actor: Actor, text: str) -> queries.JobView:
    made = plan.plan_file(actor, "ai-system", text.encode(), MAP)
    assert made.counts["faulty"] == 0
    return commands.run(actor, commands.keep(actor, made, "r.csv"))


def _links(actor: Actor, reference: str) -> list[tuple[str, str, str]]:
    return [(one.direction, one.relation, one.reference) for one in related.links(actor, reference)]


def _differences() -> list[Any]:
    (declared,) = [one for one in proofs.DECLARATIONS() if one.table == "records.Link"]
    return [each for one in declared.passes for each in one.check(0, 1_000_000)]  # type: ignore[union-attr]


def test_links_go_with_the_import_that_made_them(mina: Actor) -> None:
    job = _run(mina, FILE)
    assert _links(mina, "SYS-0002") == [("out", "feeds", "SYS-0001"), ("in", "feeds", "SYS-0003")]
    done = withdrawal.withdraw(mina, job.handle)
    assert (done.taken_back, done.links, done.staying, done.left) == (3, 2, (), 0)
    assert [_links(mina, f"SYS-000{number}") for number in (1, 2, 3)] == [[], [], []]
    entries = log.search("record.unlinked")
    assert {entry.subject_ref for entry in entries} == {"SYS-0002", "SYS-0003"}
    assert _differences() == []


def test_an_edition_that_only_links_leaves_the_record_and_takes_its_links_back(
    mina: Actor, sara: Actor
) -> None:
    _run(mina, FILE)
    own = door.link(sara, "SYS-0003", "replaces", "SYS-0001")
    second = _run(mina, FILE.replace("Finds,feeds: 2", "Finds,feeds: 2; feeds: 1; replaces: 1"))
    done = withdrawal.withdraw(mina, second.handle)
    assert (done.taken_back, done.links, done.staying) == (1, 1, ())
    # Sara's own link, which the file says too, and that of the first edition stay.
    assert _links(mina, "SYS-0003") == [("out", "feeds", "SYS-0002"), ("out", "replaces", "SYS-0001")]
    assert records.find(mina, "SYS-0003")[0].revision == 1
    assert Link.objects.filter(leaf=own.leaf).exists()


def test_what_somebody_has_built_on_stays_with_its_links_and_is_listed(mina: Actor, sara: Actor) -> None:
    job = _run(mina, FILE)
    door.amend(sara, "SYS-0002", {"purpose": "Answers all mail"}, revision=1)
    done = withdrawal.withdraw(mina, job.handle)
    assert (done.taken_back, done.links, [one for one, _ in done.staying]) == (2, 1, ["SYS-0002"])
    assert _links(mina, "SYS-0002") == [("out", "feeds", "SYS-0001")]


def test_a_link_that_was_approved_with_its_record_is_not_taken_back(
    mina: Actor, sara: Actor, make: Any
) -> None:
    one, other = make("supplier"), make("supplier", title="Another")
    link = door.link(mina, one.reference, "replaces", other.reference)
    submitted = door.move(mina, one.reference, "submit", revision=one.revision)
    door.move(sara, one.reference, "approve", revision=submitted.revision, additions=None)
    with pytest.raises(Conflict, match="approved with its record"):
        door.unlink(mina, link.leaf)
    later = door.link(mina, one.reference, "explains", other.reference)
    door.unlink(mina, later.leaf)
    with pytest.raises(NotFound):
        door.unlink(mina, later.leaf)
    # It can be linked once more, which is another link.
    assert door.link(mina, one.reference, "explains", other.reference).leaf > later.leaf


def test_what_was_linked_on_a_day_is_still_told(mina: Actor) -> None:
    job = _run(mina, FILE)
    then = clock.now()
    with clock.frozen(then + timedelta(days=2)):
        withdrawal.withdraw(mina, job.handle)
        rows = {row["reference"]: row["links"] for row in approved.claimed("ai-system", then)}
        now = {row["reference"]: row["links"] for row in approved.claimed("ai-system")}
    assert rows["SYS-0003"] == [{"relation": "feeds", "target": "SYS-0002"}]
    assert now["SYS-0003"] == []


@pytest.mark.parametrize("change", [{"ended_leaf": None, "ended_at": None}, {"ended_leaf": 0}])
def test_a_scrub_finds_a_link_that_ended_otherwise_than_its_entry_says(
    mina: Actor, change: dict[str, Any]
) -> None:
    withdrawal.withdraw(mina, _run(mina, FILE).handle)
    assert _differences() == []
    from plumbline.records import guard

    with guard.opened("test"):
        Link.every.filter(source__reference="SYS-0003").update(**change)
    assert _differences()


def test_records_of_a_day_are_read_so_many_at_once(mina: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    _run(mina, FILE)
    asked: list[int] = []
    monkeypatch.setattr(approved, "_READ", 2)
    read = log.openings_at
    monkeypatch.setattr(
        approved.log, "openings_at", lambda leaves, slot: (asked.append(len(leaves)), read(leaves, slot))[1]
    )
    rows = approved.claimed("ai-system", clock.now())
    assert [row["title"] for row in rows] == ["Triage", "Chat", "Fraud"]
    assert asked == [2, 1]
