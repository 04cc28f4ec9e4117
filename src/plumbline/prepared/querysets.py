"""The query set that notes what it is asked for, and the manager that gives it to every model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, Self, TypeVar

from django.apps import apps
from django.db.models import Manager, Model, QuerySet
from django.db.models.query import (
    MAX_GET_RESULTS,
    FlatValuesListIterable,
    NamedValuesListIterable,
    ValuesIterable,
    ValuesListIterable,
)
from django.db.models.sql import Query

from plumbline.prepared import loading, statements
from plumbline.prepared.shapes import SEVERAL, Operation

Row = TypeVar("Row", bound=Model, covariant=True)
_NOT_BUILT: Final[Any] = object()
"""In place of a query that is not built yet."""
_QUERY: Final[Any] = QuerySet.query
_STICKY: Final = "_next_is_sticky"
"""The operation of Django by which the filter of a relation is joined with the one after it."""


class NotedQuerySet(QuerySet[Any]):
    """A query set that notes operations and builds Django's query only where it has to.

    `noted` is what it was asked for, until somebody wants the query itself: then Django's own is built, and
    from there on this is an ordinary query set.
    """

    noted: tuple[Operation, ...] | None
    _db: str | None
    _hints: dict[str, Any]
    _known_related_objects: dict[Any, Any]
    _prefetch_related_lookups: tuple[Any, ...]
    _sticky_filter: bool

    def __init__(
        self,
        model: type[Model] | None = None,
        query: Query | None = None,
        using: str | None = None,
        hints: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(model, query or _NOT_BUILT, using, hints)
        self.noted = () if query is None else None

    @property
    def query(self) -> Any:
        """Django's query, built now if it was not yet."""
        if self.noted is not None:
            built: Any = self._rebuilt(self.noted)
            self.noted = None
            self._query = built.query
            self._iterable_class, self._fields = built._iterable_class, built._fields
        return _QUERY.fget(self)

    @query.setter
    def query(self, value: Any) -> None:
        self.noted = None
        _QUERY.fset(self, value)

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        """The query as a part of another one; this one goes on noting."""
        if self.noted is None:
            return super().resolve_expression(*args, **kwargs)
        query: Any = self._rebuilt(self.noted).query.resolve_expression(*args, **kwargs)
        query._db = self._db
        return query

    def _rebuilt(self, operations: Iterable[Operation]) -> QuerySet[Any]:
        rows: QuerySet[Any] = QuerySet(self.model, using=self._db)
        for name, args, kwargs in operations:
            rows = getattr(rows, name)(*args, **kwargs)
        return rows

    def noting(self, operations: tuple[Operation, ...]) -> Self:
        """A query set like this one that has noted `operations`."""
        clone = object.__new__(type(self))
        clone.__dict__.update(self.__dict__)
        clone.__dict__.update(_result_cache=None, _prefetch_done=False, _defer_next_filter=False)
        clone.noted = operations
        return clone

    def _note(self, name: str, /, *args: Any, **kwargs: Any) -> Self | None:
        """The query set with one more operation; none if Django has to do it."""
        if self.noted is None:
            return None
        before = self.noted
        if self._sticky_filter:  # of a relation with several ends, whose next filter shares its joins
            before = (*before, (_STICKY, (), {}))
        clone = self.noting((*before, (name, args, kwargs)))
        clone._sticky_filter = False
        return clone

    def _clone(self) -> Self:
        if self.noted is None:
            ordinary: Self = super()._clone()  # type: ignore[misc]  # django-stubs leave it out
            return ordinary
        return self.noting(self.noted)

    # --- what is noted -------------------------------------------------------------------------------

    def filter(self, *args: Any, **kwargs: Any) -> Self:
        """See Django; noted."""
        clone = self._note("filter", *args, **_lasting(kwargs))
        return super().filter(*args, **kwargs) if clone is None else clone

    def exclude(self, *args: Any, **kwargs: Any) -> Self:
        """See Django; noted."""
        clone = self._note("exclude", *args, **_lasting(kwargs))
        return super().exclude(*args, **kwargs) if clone is None else clone

    def order_by(self, *names: Any) -> Self:
        """See Django; noted."""
        clone = self._note("order_by", *names)
        return super().order_by(*names) if clone is None else clone

    def select_related(self, *fields: Any) -> Self:
        """See Django; noted."""
        clone = self._note("select_related", *fields)
        return super().select_related(*fields) if clone is None else clone

    def annotate(self, *args: Any, **kwargs: Any) -> Self:
        """See Django; noted."""
        clone = self._note("annotate", *args, **kwargs)
        return super().annotate(*args, **kwargs) if clone is None else clone

    def distinct(self, *names: Any) -> Self:
        """See Django; noted."""
        clone = self._note("distinct", *names)
        return super().distinct(*names) if clone is None else clone

    def only(self, *fields: Any) -> Self:
        """See Django; noted."""
        clone = self._note("only", *fields)
        return super().only(*fields) if clone is None else clone

    def defer(self, *fields: Any) -> Self:
        """See Django; noted."""
        clone = self._note("defer", *fields)
        return super().defer(*fields) if clone is None else clone

    def union(self, *others: Any, all: bool = False) -> Self:
        """See Django; noted."""
        clone = self._note("union", *others, all=all) if others else None
        return super().union(*others, all=all) if clone is None else clone

    def none(self) -> Self:
        """See Django; noted, since nothing has to be built to find nothing."""
        clone = self._note("none")
        return super().none() if clone is None else clone

    def prefetch_related(self, *lookups: Any) -> Self:
        """See Django; the query itself stays as it is."""
        if self.noted is None or lookups == (None,):
            return super().prefetch_related(*lookups)
        clone = self._clone()
        clone._prefetch_related_lookups = (*clone._prefetch_related_lookups, *lookups)
        return clone

    def values(self, *fields: Any, **expressions: Any) -> Any:
        """See Django; noted where the fields are names."""
        clone = None if expressions or not _names(fields) else self._note("values", *fields)
        if clone is None:
            return super().values(*fields, **expressions)
        clone._fields, clone._iterable_class = fields, ValuesIterable
        return clone

    def values_list(self, *fields: Any, flat: bool = False, named: bool = False) -> Any:
        """See Django; noted where the fields are names."""
        plain = _names(fields) and len(fields) >= 1 and not (flat and (named or len(fields) > 1))
        clone = self._note("values_list", *fields, flat=flat, named=named) if plain else None
        if clone is None:
            return super().values_list(*fields, flat=flat, named=named)
        clone._fields = fields
        clone._iterable_class = (
            NamedValuesListIterable if named else FlatValuesListIterable if flat else ValuesListIterable
        )
        return clone

    def __getitem__(self, key: Any) -> Any:
        """See Django; a slice is noted."""
        clone = None
        if self._result_cache is None and isinstance(key, slice) and key.step is None and _bounds(key):
            clone = self._note("__getitem__", key)
        return super().__getitem__(key) if clone is None else clone

    # --- what is asked -------------------------------------------------------------------------------

    def get(self, *args: Any, **kwargs: Any) -> Any:
        """See Django."""
        if self._has("__getitem__", "distinct", "union"):
            return super().get(*args, **kwargs)
        rows = list((self.filter(*args, **kwargs) if args or kwargs else self).order_by()[:MAX_GET_RESULTS])
        if len(rows) == 1:
            return rows[0]
        model: Any = self.model
        if not rows:
            raise model.DoesNotExist(f"{model._meta.object_name} matching query does not exist.")
        raise model.MultipleObjectsReturned(f"get() returned more than one {model._meta.object_name}")

    def first(self) -> Any:
        """See Django."""
        if self._result_cache is not None or self._has("__getitem__", "distinct", "union"):
            return super().first()
        orders = [args for name, args, _ in self.noted or () if name == "order_by"]
        by_model = bool(self.model._meta.ordering)
        if not orders and by_model and self._has("annotate"):
            return super().first()
        is_ordered = bool(orders[-1]) if orders else by_model
        return next(iter((self if is_ordered else self.order_by("pk"))[:1]), None)

    def exists(self) -> bool:
        """See Django."""
        if self._result_cache is not None or self._has("union"):
            return super().exists()
        if self._has("none"):
            return False
        found = statements.find(self, self._rebuilt, purpose="exists")
        return super().exists() if found is None else bool(found[1].compiler.has_results())

    def _has(self, *names: str) -> bool:
        """Whether this is Django's own query set by now, or has noted one of these operations."""
        return self.noted is None or any(name in names for name, _, _ in self.noted)

    def _fetch_all(self) -> None:
        if self._result_cache is None and self.noted is not None:
            if self._has("none") and not self._has("union"):  # a union finds what the others find
                self._result_cache = []
            elif (found := statements.find(self, self._rebuilt)) is not None:
                self._result_cache = list(self._of(*found))
        super()._fetch_all()

    def _of(self, statement: statements.Statement, bound: statements.BoundQuery) -> Iterator[Any]:
        """The rows of a bound statement, as Django makes them."""
        rows = object.__new__(QuerySet)
        rows.__dict__.update(statement.rows.__dict__)
        rows.__dict__.update(
            _query=bound, _db=self._db, _hints=self._hints, _known_related_objects=self._known_related_objects
        )
        iterable: Any = rows._iterable_class
        yield from iterable(rows)


def _lasting(values: dict[str, Any]) -> dict[str, Any]:
    """These values as they are now: a list that changes later changes no query."""
    return {name: tuple(value) if type(value) in SEVERAL else value for name, value in values.items()}


def _names(fields: tuple[Any, ...]) -> bool:
    return all(isinstance(field, str) for field in fields) and len(set(fields)) == len(fields)


def _bounds(key: slice) -> bool:
    return all(bound is None or (type(bound) is int and bound >= 0) for bound in (key.start, key.stop))


class NotedRows(Manager[Row]):
    """The manager of a model that declares none of its own."""

    _queryset_class = NotedQuerySet


def install() -> None:
    """Give `NotedRows` to each model whose manager Django has made by itself, and to its children."""
    models: list[Any] = apps.get_models(include_auto_created=True)
    for model in models:
        own = model._meta.local_managers
        if [manager.auto_created for manager in own] == [True]:
            own.clear()
            manager: NotedRows[Any] = NotedRows()
            manager.auto_created = True
            model.add_to_class("objects", manager)
    for model in models:
        model._meta._expire_cache()
    loading.fill_at_once(models)
