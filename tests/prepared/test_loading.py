"""Rows become the same objects as Django makes of them, and columns are asked once what converts them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model
from django.db.models.signals import post_init
from django.db.models.sql.compiler import SQLCompiler

from plumbline.clauses.operation.systems import AISystem
from plumbline.identity.models import Grant, Person, Unit
from plumbline.kernel import ids
from plumbline.prepared import loading, statements
from plumbline.prepared.querysets import NotedQuerySet

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _nothing_known() -> None:
    statements.forget()


@pytest.fixture
def grant() -> Grant:
    unit = Unit.objects.create(name="Claims", slug="claims")
    person = Person.objects.create(email="a@halden.example", full_name="Ada", handle=ids.opaque("per"))
    return Grant.objects.create(person=person, unit=unit, role="viewer", starts=date(2026, 1, 2))


def of_django(model: type[Model]) -> Callable[..., Model]:
    """How Django makes an object of a row."""
    return lambda *args: Model.from_db.__func__(model, *args)  # type: ignore[attr-defined]  # of a class


def state_of(row: Model) -> dict[str, Any]:
    """All that an object holds, with what it knows of the database."""
    held = {name: value for name, value in vars(row).items() if name != "_state"}
    return held | {"adding": row._state.adding, "db": row._state.db}


def test_every_model_of_ours_is_filled_at_once() -> None:
    own = [model for model in apps.get_models() if model.__module__.startswith("plumbline.")]
    assert len(own) > 60
    assert not [model for model in own if model.from_db.__func__ is not loading._from_db]  # type: ignore[attr-defined]


def test_an_object_is_the_one_that_django_makes(grant: Grant) -> None:
    names = [field.attname for field in Grant._meta.concrete_fields]
    values = [getattr(grant, name) for name in names]
    for asked in (names, names[:3]):
        here = Grant.from_db("default", asked, values[: len(asked)])
        theirs = of_django(Grant)("default", asked, values[: len(asked)])
        assert state_of(here) == state_of(theirs)
        assert type(here) is Grant
        assert here == theirs


def test_a_field_that_was_left_out_is_read_when_somebody_wants_it(grant: Grant, counted_queries: Any) -> None:
    for _ in range(3):
        row = Grant.objects.only("role").get(pk=grant.pk)
        with counted_queries() as asked:
            assert (row.role, row.starts) == ("viewer", date(2026, 1, 2))
        assert len(asked) == 1


def test_what_was_read_along_is_there_and_a_saved_change_stays(grant: Grant, counted_queries: Any) -> None:
    for role in ("contributor", "reviewer", "viewer"):
        row = Grant.objects.select_related("person", "unit").get(pk=grant.pk)
        with counted_queries() as asked:
            assert row.unit is not None
            assert (row.person.full_name, row.unit.slug) == ("Ada", "claims")
        assert not len(asked)
        row.role = role
        row.save(update_fields=["role"])
        row.refresh_from_db()
        assert row.role == role
        row.unit_id = None
        assert row.unit is None, "another key is another row"


def test_a_model_that_is_watched_or_makes_its_own_objects_is_left_to_django() -> None:
    class Greeting(Unit):
        class Meta:
            app_label, proxy = "tests", True

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)

    class Quiet(Unit):
        class Meta:
            app_label, proxy = "tests", True

    for model in (Greeting, Quiet):
        model.from_db = classmethod(Model.from_db.__func__)  # type: ignore[attr-defined,method-assign]
    assert loading.is_plain(Quiet)
    assert not loading.is_plain(Greeting)
    loading.fill_at_once([Quiet, Greeting])
    assert Greeting.from_db.__func__ is Model.from_db.__func__  # type: ignore[attr-defined]
    assert Quiet.from_db.__func__ is loading._from_db  # type: ignore[attr-defined]

    def watcher(**_: Any) -> None:
        """Somebody who wants to know of new objects."""

    post_init.connect(watcher, sender=Quiet)
    try:
        Quiet.from_db = classmethod(Model.from_db.__func__)  # type: ignore[attr-defined,method-assign]
        assert not loading.is_plain(Quiet)
    finally:
        post_init.disconnect(watcher, sender=Quiet)


def test_a_statement_asks_once_what_converts_its_columns(
    grant: Grant, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    own = SQLCompiler.get_converters
    monkeypatch.setattr(
        SQLCompiler,
        "get_converters",
        lambda *args: asked.append(args) or own(*args),  # type: ignore[func-returns-value]
    )
    for number in range(6):
        assert isinstance(Grant.objects.filter(pk__gte=number % 2), NotedQuerySet)
        (row,) = Grant.objects.filter(pk__gte=number % 2)
        assert row == grant
    assert len(asked) == 2, "by Django for the first one, and once for the statement"


def test_instants_and_truth_values_are_those_of_django(grant: Grant) -> None:
    for _ in range(3):
        (here,) = Grant.objects.filter(pk=grant.pk).values()
        assert here["given_at"].tzinfo is not None
        theirs = NotedQuerySet(Grant).filter(pk=grant.pk)
        (other,) = theirs._rebuilt(theirs.noted or ()).values()
        assert here == other
        assert [*map(type, here.values())] == [*map(type, other.values())]
    assert AISystem.objects.filter(live=True).first() is None
