"""Conditions as text: what they mean, what they leave out, and what is said when they are not understood."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.clauses.conftest import Make, make

from plumbline.identity import commands as people
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.problems import Invalid
from plumbline.records import commands, csv_export, kinds, plain_lists, queries
from plumbline.records.conditions import queries as conditions
from plumbline.records.conditions import syntax
from plumbline.records.conditions.syntax import Condition, Value

__all__ = ["make"]
pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def _system(actor: Actor, slug: str, **values: Any) -> str:
    return commands.create(actor, "ai-system", {"title": slug.capitalize(), "slug": slug, **values}).reference


def _found(actor: Actor, where: str, kind: str = "ai-system") -> list[str]:
    rows = queries.list_records(actor, kinds.get(kind), where=where, size=100, sort="title").rows
    return [row.title.lower() for row in rows]


@pytest.fixture
def systems(mina: Actor) -> dict[str, str]:
    """Four AI systems that differ in everything that is asked for."""
    today = clock.today()
    return {
        "alpha": _system(mina, "alpha", lifecycle="in operation", operating_since=today - timedelta(9),
                         effect="direct", owner=mina.id, data_classes=["personal"], purpose="Finds fraud."),
        "beta": _system(mina, "beta", lifecycle="planned", effect="none", next_review=today + timedelta(10),
                        data_classes=["personal"]),
        "gamma": _system(mina, "gamma", lifecycle="planned", effect="direct",
                         next_review=today + timedelta(50)),
        "delta": _system(mina, "delta", lifecycle="in development", version="2.0"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ('lifecycle:"in operation"', "alpha"),
        ("lifecycle:in-operation", "alpha"),
        ('lifecycle:"in operation",planned', "alpha beta gamma"),
        ("-lifecycle:planned", "alpha delta"),
        ("lifecycle:planned effect:direct", "gamma"),
        ("owner:empty", "beta delta gamma"),
        ("owner:any", "alpha"),
        ("owner:me", "alpha"),
        ("-owner:me", "beta delta gamma"),
        ("is:mine", "alpha"),
        ("operating_since:empty", "beta delta gamma"),
        ("next_review:today..today+20", "beta"),
        ("next_review:today+20..today+60", "gamma"),
        ("operating_since:..today-5,empty", "alpha beta delta gamma"),
        ("operating_since:today-5..", ""),
        ("-next_review:..today+20", "alpha delta gamma"),
        ("created_at:today", "alpha beta delta gamma"),
        ("created_at:..today-1", ""),
        ("data_classes:personal", "alpha beta"),
        ("data_classes:empty", "delta gamma"),
        ("version:empty", "alpha beta gamma"),
        ("version:2", "delta"),
        ("purpose:FRAUD", "alpha"),
        ("live:yes", "alpha"),
        ("live:no", "beta delta gamma"),
        ("title:lph", "alpha"),
        ("slug:BETA", "beta"),
        ("slug:bet", ""),
        ("state:draft,approved is:open", "alpha beta delta gamma"),
        ("-is:in-force", "alpha beta delta gamma"),
        ("is:in-force", ""),
        ("", "alpha beta delta gamma"),
    ],
)
def test_conditions_find_what_they_say(
    mina: Actor, systems: dict[str, str], where: str, expected: str
) -> None:
    assert _found(mina, where) == expected.split()


def test_conditions_on_linked_records_go_by_fields_and_links_in_both_directions(
    mina: Actor, sara: Actor, systems: dict[str, str]
) -> None:
    risk = {"title": "Wrong denial", "description": "Somebody is denied.", "system": systems["alpha"]}
    first = commands.create(mina, "risk", risk)
    other = commands.create(mina, "risk", {**risk, "title": "Other", "system": None})
    commands.link(mina, other.reference, "concerns", systems["beta"])
    assert _found(mina, "has:risk") == ["alpha", "beta"]
    assert _found(mina, "-has:risk") == ["delta", "gamma"]
    assert _found(mina, 'has:risk(title:"wrong denial")') == ["alpha"]
    assert _found(mina, "has:risk(-title:wrong)") == ["beta"]
    assert _found(mina, "has:ai-system(slug:alpha)", "risk") == ["wrong denial"]
    assert _found(mina, "has:ai-system(effect:none)", "risk") == ["other"]
    assert _found(mina, "has:risk(has:ai-system(slug:beta))") == ["beta"]
    assert _found(mina, "has:risk,impact-assessment") == ["alpha", "beta"]
    assert first.reference


def test_in_force_is_what_was_approved_and_not_ended(mina: Actor, sara: Actor, make: Make) -> None:
    saved = make("document", title="Handbook")
    assert _found(mina, "is:in-force", "document") == []
    saved = commands.move(mina, saved.reference, "submit", revision=saved.revision)
    saved = commands.move(sara, saved.reference, "approve", revision=saved.revision)
    assert _found(mina, "is:in-force", "document") == ["handbook"]
    # A newer draft leaves in force what was approved.
    commands.move(mina, saved.reference, "revise", revision=saved.revision, reason="New edition.")
    assert _found(mina, "is:in-force", "document") == ["handbook"]


@pytest.mark.parametrize(
    ("where", "field", "says"),
    [
        ("lifecycl:planned", "lifecycl", "lifecycle"),
        ("lifecycle:palnned", "lifecycle", "planned"),
        ("state:live", "state", "draft"),
        ("next_review:soon", "next_review", "today"),
        ("next_review:..", "next_review", "today"),
        ("next_review:2026-13-01", "next_review", "range"),
        ("live:perhaps", "live", "yes or no"),
        ("has:nothing", "has", "impact-assessment"),
        ("has:risk(stat:draft)", "stat", "state"),
        ("has:risk(is:open", "where", "add the )"),
        ("is:open)", "where", "remove the )"),
        ("is:great", "is", "in-force"),
        ("owner", "where", "such as"),
        ("owner:", "owner", "a value"),
        ("owner:me,", "owner", "a value"),
        ('title:"open', "title", "a value"),
        ('title:"a"b', "where", "a space"),
        ("title:a " * 31, "where", "at most 30"),
        ("title:" + "a" * 3000, "where", "at most"),
        ("has:risk(has:ai-system(has:risk(is:open)))", "where", "at most 3"),
    ],
)
def test_what_is_not_understood_names_field_and_remedy(
    mina: Actor, where: str, field: str, says: str
) -> None:
    with pytest.raises(Invalid) as refused:
        _found(mina, where)
    (fault,) = refused.value.faults
    assert fault.field == field
    assert says in str(fault.remedy)


def test_quotation_marks_take_words_as_they_stand() -> None:
    assert syntax.parse(r'title:"empty","a \"b\"" -x-y:1..2') == (
        Condition("title", (Value("empty", True), Value('a "b"', True))),
        Condition("x_y", (Value("1..2"),), negated=True),
    )


def test_hidden_records_decide_nothing(
    installation: Actor, mina: Actor, someone: Callable[..., Actor]
) -> None:
    claims, sales = (people.create_unit(installation, name=name) for name in ("Claims", "Sales"))
    seen = _system(mina, "seen", unit=claims.slug)
    hidden = commands.create(
        mina, "risk", {"title": "Hidden", "description": "It lies elsewhere.", "unit": sales.slug}
    )
    commands.link(mina, hidden.reference, "concerns", seen)
    reader = someone("viewer", "Vera", unit=claims)
    assert _found(mina, "has:risk") == ["seen"]
    assert _found(reader, "has:risk") == []
    assert _found(reader, "-has:risk") == ["seen"]


def test_every_door_takes_the_same_conditions(mina: Actor, systems: dict[str, str]) -> None:
    kind, where = kinds.get("ai-system"), "effect:direct -owner:me"
    page = plain_lists.page(mina, kind, where=where)
    assert [item["reference"] for item in page.items] == [systems["gamma"]]
    assert page.total == 1
    assert [row[0] for row in csv_export.rows(mina, kind, where=where)] == [systems["gamma"]]
    assert queries.references(mina, kind, where) == [systems["gamma"]]


def test_every_field_of_every_kind_can_be_asked_for(mina: Actor) -> None:
    for kind in kinds.all_kinds():
        for name in conditions.fields(kind):
            if name != "state":
                list(conditions.matching(mina, kind, f"{name}:empty -{name}:any"))


def test_a_condition_costs_no_query_of_its_own(
    mina: Actor, systems: dict[str, str], counted_queries: Any
) -> None:
    kind = kinds.get("ai-system")
    with counted_queries() as plain:
        queries.list_records(mina, kind)
    with counted_queries() as asked:
        queries.list_records(mina, kind, where="live:yes -has:impact-assessment(is:in-force) has:risk")
    assert len(asked) <= len(plain)
