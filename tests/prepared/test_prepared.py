"""A query of a shape that came before is bound to its values, and is the one that Django would write."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When

from plumbline.clauses.operation.systems import AISystem
from plumbline.clauses.support.documents import Document
from plumbline.identity.models import Grant, Person, Unit
from plumbline.kernel import ids
from plumbline.prepared import statements
from plumbline.prepared.querysets import NotedQuerySet, NotedRows
from plumbline.records import guard
from plumbline.records.models import Record, Revision
from plumbline.trail.models import Leaf

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _nothing_known() -> None:
    statements.forget()


@pytest.fixture
def people() -> list[Person]:
    return [
        Person.objects.create(
            email=f"{name.lower()}@halden.example", full_name=name, handle=ids.opaque("per")
        )
        for name in ("Ada", "Bo", "Cleo", "Dag")
    ]


def django(rows: Any) -> QuerySet[Any]:
    """The same query as Django asks it."""
    found: QuerySet[Any] = rows._rebuilt(rows.noted)
    return found


def is_bound(rows: Any) -> bool:
    return statements.find(rows, rows._rebuilt) is not None


def people_named(names: list[str]) -> Any:
    return Person.objects.filter(full_name__in=names).order_by("full_name")


SHAPES = {
    "one value": lambda text, number, day: Person.objects.filter(full_name=text).order_by("pk"),
    "two fields": lambda text, number, day: Person.objects.filter(full_name__gt=text, pk__lt=number),
    "a day": lambda text, number, day: Grant.objects.filter(ends__gte=day).exclude(role=text),
    "an instant": lambda text, number, day: Revision.objects.filter(at__lte=NOON, number=number),
    "a list": lambda text, number, day: Unit.objects.filter(pk__in=[number, number + 1, 7_000]),
    "no list": lambda text, number, day: Unit.objects.filter(Q(pk__in=[]) | Q(pk=number)),
    "joined": lambda text, number, day: Grant.objects.filter(person__full_name=text).select_related("person"),
    "any of": lambda text, number, day: Record.objects.filter(Q(kind=text) | ~Q(pk=number), owner=None),
    "of a query": lambda text, number, day: Revision.objects.filter(
        record__in=Record.objects.filter(kind=text).values("pk"), number=F("record__revision")
    ),
    "values": lambda text, number, day: Person.objects.filter(pk=number).values("pk", "email"),
    "a list of pairs": lambda text, number, day: Leaf.objects.filter(index=number).values_list("index", "pk"),
    "named": lambda text, number, day: Person.objects.filter(pk=number).values_list(
        "pk", "email", named=True
    ),
    "counted": lambda text, number, day: Person.objects.exclude(full_name=text).annotate(n=Count("grants")),
    "a case": lambda text, number, day: Person.objects.filter(pk__gte=number).annotate(
        is_first=Case(When(Q(full_name="Ada"), then=Value(1)), default=Value(0))
    ),
    "a query in a column": lambda text, number, day: Person.objects.filter(full_name=text).annotate(
        role=Grant.objects.filter(person=OuterRef("pk")).order_by("-pk").values("role")[:1]
    ),
    "a page": lambda text, number, day: Record.objects.filter(kind=text).order_by("-pk")[10:20],
    "a child": lambda text, number, day: AISystem.objects.filter(slug=text, unit_id=number).defer("purpose"),
    "distinct": lambda text, number, day: Grant.objects.filter(role=text).values_list("person_id").distinct(),
    "a union": lambda text, number, day: (
        Person.objects.filter(pk=number)
        .order_by()
        .values_list("pk")
        .union(Grant.objects.filter(pk=number).order_by().values_list("pk"), all=True)
        .order_by("-pk")
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_is_compiled_once_and_bound_to_other_values(name: str, people: list[Person]) -> None:
    make = SHAPES[name]
    known = "Ada", people[0].pk, date(2026, 1, 2)
    assert not is_bound(make(*known)), "the first one is Django's own"
    assert list(make(*known)) == list(django(make(*known)))
    for text, number, day in (
        ("Ada", people[0].pk, date(2026, 1, 2)),
        ("Bo", people[1].pk, date(2027, 3, 4)),
        ("' OR 1=1 --", 0, date.min),
    ):
        assert is_bound(make(text, number, day))
        assert list(make(text, number, day)) == list(
            django(make(text, number, day))
        )  # and `compare` holds the statement against Django's


def test_what_a_value_could_change_in_the_statement_is_left_to_django(people: list[Person]) -> None:
    ada, bo = people[:2]
    for make in (
        lambda: Person.objects.filter(full_name__contains="d"),  # a pattern
        lambda: Person.objects.filter(full_name__startswith="A_"),
        lambda: Person.objects.filter(pk__in=[ada.pk, ada.pk]),  # Django drops the second
        lambda: Person.objects.filter(pk__in=[ada.pk, None]),
        lambda: Person.objects.filter(pk=2**63),  # no number that the column holds
        lambda: Revision.objects.filter(at__date=date(2026, 1, 1)),  # a day of the reader's time zone
        lambda: Revision.objects.annotate(day=F("at__date")),
        lambda: Revision.objects.values_list("at__date"),
        lambda: Revision.objects.order_by("at__hour"),
        lambda: Person.objects.filter(pk__in=range(bo.pk)),
        lambda: Person.objects.annotate(last=Subquery(Grant.objects.values("role")[:1])),
    ):
        for _ in range(3):
            assert not is_bound(make())
            assert list(make()) == list(django(make()))


@pytest.mark.parametrize("value", [None, True, False, [], ["Ada"], ["Ada", "Bo"]])
def test_what_belongs_to_the_shape_has_a_statement_of_its_own(value: Any, people: list[Person]) -> None:
    for _ in range(2):
        list(Person.objects.filter(full_name="Bo"))
        list(people_named(["Ada", "Bo", "Cleo"]))
        list(Record.objects.filter(owner=people[0]))
    if isinstance(value, list):
        assert [person.full_name for person in people_named(value)] == value
    elif value is None:
        assert not Record.objects.filter(owner=value).exists()
    else:
        assert list(Person.objects.filter(is_active=value)) == (people if value else [])


def test_a_list_that_changes_afterwards_changes_no_query(people: list[Person]) -> None:
    wanted = ["Ada", "Bo"]
    rows = Person.objects.filter(full_name__in=wanted).order_by("pk")
    wanted.clear()
    assert list(rows) == people[:2]


def test_get_first_and_exists_answer_as_django_does(people: list[Person]) -> None:
    for person in people:
        assert Person.objects.get(full_name=person.full_name) == person
        assert Person.objects.filter(full_name__gte=person.full_name).order_by("full_name").first() == person
        assert Person.objects.filter(full_name=person.full_name).exists()
        assert not Person.objects.filter(full_name=person.full_name + "?").exists()
    assert Person.objects.filter(full_name="Nobody").first() is None
    with pytest.raises(Person.DoesNotExist):
        Person.objects.get(full_name="Nobody")
    with pytest.raises(Person.MultipleObjectsReturned):
        Person.objects.get(full_name__gte="Ada")


def test_rows_of_a_relation_know_where_they_came_from(people: list[Person], counted_queries: Any) -> None:
    for person in people:
        Grant.objects.create(person=person, role="reader", starts=date(2026, 1, 1))
    for person in people:
        with counted_queries() as asked:
            (grant,) = person.grants.all()
            assert grant.person is person
        assert len(asked) == 1
    for _ in range(3):
        found = Person.objects.filter(full_name__gte="Bo").prefetch_related("grants").order_by("pk")
        assert [[grant.role for grant in person.grants.all()] for person in found] == [["reader"]] * 3


def test_nothing_is_found_without_a_query_and_without_building_one(
    people: list[Person], counted_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[Any] = []
    own = NotedQuerySet._rebuilt
    monkeypatch.setattr(NotedQuerySet, "_rebuilt", lambda *args: built.append(args) or own(*args))  # type: ignore[func-returns-value]
    named = Person.objects.filter(full_name__gte="A").order_by("full_name")
    with counted_queries() as asked:
        for nothing in (named.none(), named.none().filter(pk=1), named.none()[:3], named.none().values("pk")):
            assert list(nothing) == []
            assert not nothing
            assert not nothing.exists()
        assert named.none().first() is None
    assert (len(asked), built) == (0, [])
    assert named.none().count() == 0
    assert list(named.filter(pk__in=named.none())) == []
    assert list(named.exclude(pk__in=named.none())) == people


def test_of_a_union_with_nothing_the_rest_is_found(people: list[Person]) -> None:
    keys = Person.objects.order_by().values_list("pk")
    for _ in range(3):
        found = keys.none().union(keys, all=True).order_by("pk")
        assert [pk for (pk,) in found] == [person.pk for person in people]


def test_the_ends_of_a_relation_with_several_are_bound(counted_queries: Any) -> None:
    """The filter of such a relation is sticky: the one after it looks at the same row in between."""
    unit = Unit.objects.create(name="Claims", slug="claims")
    shared = {
        "kind": "document",
        "state": "draft",
        "author": "per_1",
        "unit": unit,
        "created_at": NOON,
        "updated_at": NOON,
    }
    with guard.opened("test"):
        system = AISystem.objects.create(
            reference="SYS-0001", title="A", slug="a", **shared | {"kind": "ai-system"}
        )
        documents = [
            Document.objects.create(reference=f"DOC-000{number}", title=f"D{number}", **shared)
            for number in (1, 2)
        ]
        documents[0].systems.add(system)
    for _ in range(3):
        for document, expected in zip(documents, ([system], []), strict=True):
            rows = document.systems.all()
            assert rows.noted is not None, "Django would write it anew each time"
            assert list(rows) == expected
            assert list(document.systems.filter(slug="a")) == expected
            assert list(document.systems.exclude(slug="a")) == []
        assert [row.pk for row in system.documents.all()] == [documents[0].pk]
    assert is_bound(documents[0].systems.all())


def test_a_statement_that_is_not_django_s_is_noticed(people: list[Person]) -> None:
    for _ in range(2):
        list(Person.objects.filter(full_name="Ada"))
    (held,) = [held for held in statements._statements.values() if isinstance(held, statements.Statement)]
    held.sql = held.sql.replace(" = ", " <> ")
    with pytest.raises(statements.DifferentStatementError):
        list(Person.objects.filter(full_name="Bo"))


def test_shapes_are_forgotten_before_they_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "MOST", 3)
    for length in range(1, 9):
        list(Person.objects.filter(pk__in=range(length)[:length], full_name__in=list("abcdefgh"[:length])))
        list(Person.objects.filter(full_name__in=list("abcdefgh"[:length])))
        assert len(statements._statements) <= 3


def test_every_model_of_ours_has_it() -> None:
    own = [model for model in apps.get_models() if model.__module__.startswith("plumbline.")]
    assert len(own) > 60
    assert not [model for model in own if not isinstance(model.objects.all(), NotedQuerySet)]
    assert isinstance(AISystem.objects, NotedRows)
