"""The list index: its order, filters and search agree with the records, page by page."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, models
from tests.waiting import PATIENCE

from plumbline.clauses.planning.limits import Limit
from plumbline.identity import commands as people
from plumbline.identity.actors import Actor, actor_of_person
from plumbline.kernel.problems import Invalid, NotAllowed
from plumbline.records import commands, guard, kinds, plain_lists, queries
from plumbline.records.kinds import Kind
from plumbline.records.list_index import commands as list_index
from plumbline.records.list_index import index_columns
from plumbline.records.list_index import queries as chosen
from plumbline.records.models import IndexShape, RecordIndex
from plumbline.records.search_index import queries as search_index

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
NAMES = ("Äpfel", "apple", "Zebra", "zoo", "100% sure", "a_b", "Ärger", "mixed Case")
SORTS = ("title", "state", "slug", "lifecycle", "version", "next_review", "effective_from", "reference")


@pytest.fixture
def systems(mina: Actor) -> Kind:
    """Thirty AI systems that differ in what lists sort and filter by, some of it left empty."""
    draw = random.Random(5)
    for number in range(30):
        commands.create(
            mina,
            "ai-system",
            {
                "title": f"{draw.choice(NAMES)} {draw.randrange(90)}",
                "slug": f"s-{draw.randrange(1000):03d}-{number}",
                "lifecycle": draw.choice(["planned", "in operation", "in development"]),
                "version": draw.choice(["", "1.0", "2.0", "V2", "v10"]),
                "next_review": draw.choice([None, date(2026, 3, draw.randrange(1, 28))]),
                "effective_from": draw.choice([None, date(2025, 3, draw.randrange(1, 28))]),
            },
        )
    return kinds.get("ai-system")


def _paged(actor: Actor, kind: Kind, size: int, **wanted: Any) -> list[str]:
    """The references of every page, one after another."""
    found: list[str] = []
    for number in range(1, 100):
        rows = queries.list_records(actor, kind, page=number, size=size, **wanted).rows
        if not rows:
            break
        found += [row.reference for row in rows]
    return found


def _expected(kind: Kind, name: str, falling: bool) -> list[str]:
    """The references in the order of their real values, worked out from the records alone."""

    def key(record: Any) -> Any:
        value = record.pk if name == "reference" else getattr(record, name)
        return (value.casefold() if isinstance(value, str) else value, record.pk)

    records = list(kind.model._default_manager.all())
    full = sorted((one for one in records if getattr(one, name)), key=key, reverse=falling)
    empty = sorted(
        (one for one in records if not getattr(one, name)), key=lambda one: one.pk, reverse=falling
    )
    return [one.reference for one in (*full, *empty)]


@pytest.mark.parametrize("name", SORTS)
def test_every_page_of_every_sort_stands_in_the_order_of_the_values(
    mina: Actor, systems: Kind, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for sort in (name, f"-{name}"):
        expected = _expected(systems, name, sort.startswith("-"))
        if connection.vendor == "postgresql" and name in {"title", "version"}:  # the order of its locale
            whole = _paged(mina, systems, 100, sort=sort)
            assert sorted(whole) == sorted(expected)
            expected = whole
        assert _paged(mina, systems, 7, sort=sort) == expected
        assert _paged(mina, systems, 100, sort=sort) == expected
        assert [
            item["reference"] for item in plain_lists.page(mina, systems, sort=sort, size=100).items
        ] == expected
        with monkeypatch.context() as patch:
            patch.setattr(chosen, "_FAR", 5)
            for cap in (6, 10_000):
                patch.setattr(chosen, "COUNT_CAP", cap)
                assert _paged(mina, systems, 7, sort=sort) == expected
                assert _paged(mina, systems, 4, sort=sort) == expected


def test_a_filtered_list_is_the_whole_list_without_the_others(mina: Actor, systems: Kind) -> None:
    live = {row.reference for row in systems.model._default_manager.filter(lifecycle="in operation")}
    for sort in SORTS:
        whole = _paged(mina, systems, 100, sort=sort)
        found = _paged(mina, systems, 4, sort=sort, filters={"lifecycle": "in operation"})
        assert found == [reference for reference in whole if reference in live]
        page = queries.list_records(mina, systems, sort=sort, filters={"lifecycle": "in operation"}, size=4)
        assert (page.total, page.capped) == (len(live), False)


def test_counts_stop_at_the_cap_and_say_so(
    mina: Actor, systems: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chosen, "COUNT_CAP", 8)
    monkeypatch.setattr(queries, "COUNT_CAP", 8)
    for wanted in ({}, {"filters": {"state": "draft"}}, {"search": "s"}, {"sort": "next_review"}):
        page = queries.list_records(mina, systems, size=5, **wanted)
        assert (page.total, page.capped, len(page.rows)) == (8, True, 5)
        assert len(_paged(mina, systems, 4, **wanted)) == 30


def test_a_reader_of_a_unit_gets_the_same_order_without_what_is_hidden(
    installation: Actor, mina: Actor, systems: Kind, someone: Callable[..., Actor]
) -> None:
    claims = people.create_unit(installation, name="Claims")
    sales = people.create_unit(installation, name="Sales")
    for number, row in enumerate(_paged(mina, systems, 100)):
        if number % 3:
            commands.amend(mina, row, {"unit": (claims if number % 3 == 1 else sales).slug}, revision=1)
    reader = someone("viewer", "Vera", unit=claims)
    hidden = {row.reference for row in systems.model._default_manager.filter(unit=sales)}
    assert len(hidden) == 10
    for sort in ("", "title", "next_review", "-version"):
        whole = _paged(mina, systems, 100, sort=sort)
        assert _paged(reader, systems, 3, sort=sort) == [one for one in whole if one not in hidden]
        # Rows are read by key and filtered again: only full pages and the total show that the index left
        # the hidden ones out, and did not count them or spend places on them.
        pages = [queries.list_records(reader, systems, sort=sort, page=number, size=10) for number in (1, 2)]
        assert [(len(page.rows), page.total) for page in pages] == [(10, 20), (10, 20)]
    assert queries.counts_by_kind(reader) == {"ai-system": 20}
    with pytest.raises(NotAllowed):
        chosen.select(
            actor_of_person(people.create_person(installation, email="n@x.example", full_name="N")), systems
        )


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("ÄPFEL", {"Äpfel"}),
        ("ärg", {"Ärger"}),
        ("100%", {"100% sure"}),
        ("a_b", {"a_b"}),
        ("%", {"100% sure"}),
        ("MIXED c", {"mixed Case"}),
        ("zz", set()),
    ],
)
def test_search_finds_a_part_of_a_title_whatever_its_capitals(
    mina: Actor, text: str, titles: set[str]
) -> None:
    for number, name in enumerate(NAMES):
        commands.create(mina, "ai-system", {"title": name, "slug": f"s{number}"})
    kind = kinds.get("ai-system")
    assert {row.title for row in queries.list_records(mina, kind, search=text).rows} == titles
    assert {row.title for row in search_index.search(mina, text)} == titles


def test_search_finds_a_reference_by_its_beginning(mina: Actor, systems: Kind) -> None:
    assert len(_paged(mina, systems, 100, search="sys-")) == 30
    assert _paged(mina, systems, 100, search="sys-001", sort="reference") == [
        f"SYS-00{number}" for number in range(10, 20)
    ]
    assert [row.reference for row in search_index.search(mina, "SYS-0007")] == ["SYS-0007"]


def test_an_index_row_follows_its_record_through_the_door(mina: Actor, sara: Actor, systems: Kind) -> None:
    commands.amend(mina, "SYS-0004", {"title": "Renamed", "version": "9", "owner": sara.id}, revision=1)
    commands.move(mina, "SYS-0004", "submit", revision=2)
    page = queries.list_records(
        mina, systems, filters={"state": "in review", "owner": sara.id}, search="rename"
    )
    assert [(row.reference, row.revision) for row in page.rows] == [("SYS-0004", 3)]
    held = RecordIndex.objects.get(record__reference="SYS-0004")
    with guard.opened("list index"):
        held.delete()
    commands.move(sara, "SYS-0004", "return", revision=3, reason="Say more.")
    again = RecordIndex.objects.get(record__reference="SYS-0004")
    assert (again.title, again.state) == ("renamed", "draft")


def test_figures_references_and_levels_sort_by_what_they_are() -> None:
    value = Limit._meta.get_field("value")
    figures = ["-1000", "-2.5", "-0.000001", "0", "0.000001", "2", "10", "99999999999999"]
    texts = [index_columns.sorted_as(value, figure) for figure in figures]
    assert texts == sorted(texts, key=str)
    assert [Decimal(figure) for figure in figures] == sorted(map(Decimal, figures))
    floats = ["-1e+300", "-10.5", "-9.25", "-0.0", "1e-09", "9.25", "10.5", "1e+300"]
    texts = [index_columns.sorted_as(models.FloatField(), one) for one in floats]
    assert texts == sorted(texts, key=str)
    assert index_columns.sorted_as(models.FloatField(), "-0.0") == index_columns.sorted_as(
        models.FloatField(), "0.0"
    )
    level = kinds.get("risk").field("level")
    assert [index_columns.sorted_as(level, number) for number in (3, 20)] == sorted(
        str(index_columns.sorted_as(level, number)) for number in (20, 3)
    )
    system = kinds.get("risk").field("system")
    assert str(index_columns.sorted_as(system, "SYS-9999")) < str(
        index_columns.sorted_as(system, "SYS-10000")
    )


def test_filters_take_references_yes_and_no_and_long_words(mina: Actor, system: commands.Saved) -> None:
    values = {"title": "Wrong group", "system": system.reference, "description": "Sorted wrongly."}
    risk = commands.create(mina, "risk", values | {"family": "Fairness"})
    kind = kinds.get("risk")
    for value in (system.reference, system.reference.lower()):
        rows = queries.list_records(mina, kind, filters={"system": value}).rows
        assert [row.reference for row in rows] == [risk.reference]
    assert not queries.list_records(mina, kind, filters={"system": "SYS-0009"}).rows
    commands.create(mina, "component", {"title": "A model", "pinned": True, "version": "1"})
    commands.create(mina, "component", {"title": "B model", "pinned": False})
    found = queries.list_records(mina, kinds.get("component"), filters={"pinned": "True"})
    assert [row.title for row in found.rows] == ["A model"]
    long = "a" * 100
    assert index_columns.filtered(long) != index_columns.filtered(long + "b")
    assert len(str(index_columns.filtered(long))) == index_columns.FILTER_LETTERS
    with pytest.raises(Invalid) as caught:
        queries.list_records(mina, kind, filters={"level": "much", "colour": "red"})
    assert [fault.field for fault in caught.value.faults] == ["level", "colour"]


def test_a_wrong_sort_names_those_there_are(mina: Actor) -> None:
    for wrong in ("nothing", "--title", "purpose"):
        with pytest.raises(Invalid) as caught:
            queries.list_records(mina, kinds.get("ai-system"), sort=wrong)
        assert "next_review" in str(caught.value.faults[0].remedy)


def test_index_rows_are_written_again_when_they_are_missing_or_of_another_shape(
    mina: Actor, systems: Kind
) -> None:
    list_index.refresh()
    assert list_index.refresh() == []
    before = _paged(mina, systems, 100, sort="version")
    with guard.opened("list index"):
        RecordIndex.objects.filter(record__reference="SYS-0009").delete()
    assert list_index.refresh() == ["ai-system"]
    IndexShape.objects.filter(kind="ai-system").update(digest="of an earlier release")
    with guard.opened("list index"):
        RecordIndex.objects.update(sort_1="x", sort_2="y", title="z")
    assert list_index.refresh() == ["ai-system"]
    assert _paged(mina, systems, 100, sort="version") == before


def test_index_rows_written_again_twice_at_once_keep_up_with_who_writes_meanwhile(
    mina: Actor, systems: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, faults, begun = list_index._rows, list[DatabaseError](), threading.Event()

    def slowly(kind: Kind) -> Iterator[RecordIndex]:
        rows = list(made(kind))
        begun.set()
        time.sleep(0.3)
        yield from rows

    def started() -> None:
        try:
            list_index.refresh()
        except DatabaseError as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    monkeypatch.setattr(list_index, "_rows", slowly)
    IndexShape.objects.filter(kind="ai-system").update(digest="of an earlier release")
    servers = [threading.Thread(target=started) for _ in range(2)]
    for server in servers:
        server.start()
    assert begun.wait(PATIENCE)
    commands.amend(mina, "SYS-0002", {"title": "Renamed meanwhile"}, revision=1)
    commands.create(mina, "ai-system", {"title": "Made meanwhile", "slug": "made"})
    for server in servers:
        server.join()
    assert not faults
    assert {row.reference for row in queries.list_records(mina, systems, search="meanwhile").rows} == {
        "SYS-0002",
        "SYS-0031",
    }


def test_what_is_longer_than_any_title_is_not_found(mina: Actor, systems: Kind) -> None:
    for long in ("a" * 60_000, "%" * 60_000, "\U0001f9ed" * 15_000):
        assert not queries.list_records(mina, systems, search=long).rows
        assert not queries.list_records(mina, systems, filters={"owner": long}).rows
        assert not search_index.search(mina, long)


def test_nobody_writes_the_index_past_the_door(system: commands.Saved) -> None:
    with pytest.raises(guard.WriteRefused):
        RecordIndex.objects.update(title="other")


def test_every_list_is_read_off_one_index_without_sorting(mina: Actor, systems: Kind) -> None:
    """SQLite's own plan for a page: a covering index, no temporary tree, whatever sorts and filters."""
    if connection.vendor != "sqlite":
        pytest.skip("the plan is SQLite's")
    for filters in ({}, {"state": "draft"}, {"lifecycle": "planned", "owner": mina.id}):
        for sort in (
            "",
            *index_columns.sorts(systems),
            *(f"-{name}" for name in index_columns.sorts(systems)),
        ):
            with_search = "ap" if filters else ""
            picked = chosen.select(mina, systems, filters=filters, search=with_search, sort=sort)
            explained = _Explained()
            with connection.execute_wrapper(explained):
                picked.keys(0, 5)
            assert explained.plans


class _Explained:
    """Has every SELECT on the list index explained first; fails when it sorts or leaves the index."""

    def __init__(self) -> None:
        self.plans: list[str] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if sql.startswith("SELECT") and "records_recordindex" in sql:
            plan = context["cursor"].db.connection.execute(f"EXPLAIN QUERY PLAN {sql % _literals(params)}")
            told = [row[3] for row in plan.fetchall()]
            self.plans += told
            assert any("COVERING INDEX record_index_" in line for line in told), told
            assert not any("TEMP B-TREE" in line for line in told), told
        return execute(sql, params, many, context)


def _literals(params: Any) -> tuple[str, ...]:
    quoted = ("'" + str(value).replace("'", "''") + "'" for value in params)
    return tuple(
        str(value) if isinstance(value, int) else text for value, text in zip(params, quoted, strict=True)
    )


def test_the_longest_words_of_the_widest_letters_fit_into_the_index(mina: Actor) -> None:
    wide = {"title": "\U0001f9ed" * 300, "version": "\U0001f9ed" * 80, "slug": "s" * 80}
    saved = commands.create(mina, "ai-system", wide)
    kind = kinds.get("ai-system")
    for sort in index_columns.sorts(kind):
        assert _paged(mina, kind, 5, sort=sort) == [saved.reference]
    assert _paged(mina, kind, 5, search="\U0001f9ed" * 200) == [saved.reference]
