"""Which tables an export has, under which names, and which it leaves out, each with the reason.

Every table of the database is here: it is exported unless `LEFT_OUT` names it, and a test compares the two
with the models. A record is one line with all its fields, whichever tables they lie in; what refers to a
record, a person or a unit names it by reference, opaque id or short name, and never by the number of a row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django.apps import apps
from django.db import models

from plumbline.identity.models import Person, Unit
from plumbline.records import kinds
from plumbline.records.models import Record
from plumbline.trail.transfer import queries as log

LEFT_OUT: Final = {
    **log.TABLES,
    "records.record": "the fields that all kinds have, in the line of each record",
    "records.recordindex": "follows from the records",
    "records.indexshape": "follows from the kinds of record",
    "records.idempotencykey": "answers to requests that clients may repeat within a day",
    "records.workingcopy": "what people have typed and not saved, each for themselves, for a month at most",
    "identity.onetimelink": "links for signing in, good for minutes; people get new ones",
    "identity.federatedidentity": "ways in, like passwords; people are connected anew at the next sign-in",
    "identity.throttle": "how often somebody tried to sign in",
    "delivery.calendarfeed": "secret addresses of calendars; people make new ones",
    "delivery.noticeround": "how far a stage has come",
    "work.lease": "which process does what at this moment",
    "sessions.session": "sessions end with the installation",
    "account.emailaddress": "kept by the sign-in library; the address of a person is in the person's line",
    "account.emailconfirmation": "kept by the sign-in library, not used",
    "mfa.authenticator": "second factors are secrets; people set up new ones",
    "auth.permission": "not used: roles are declared by the program",
    "auth.group": "not used: roles are declared by the program",
    "auth.group_permissions": "not used: roles are declared by the program",
    "contenttypes.contenttype": "names of tables, made by the program",
}
"""Tables that are not exported, by label, each with the reason."""
SECRET: Final = {
    "identity.person": ("password",),
    "identity.token": ("digest",),
    "delivery.endpoint": ("address", "secret"),
}
"""Fields that never leave an installation. Who signed in with one gets a new one."""
_NATURAL: Final[dict[type[models.Model], str]] = {Record: "reference", Person: "handle", Unit: "slug"}


def natural_name(model: Any) -> str:
    """The field by which rows of ``model`` are named outside; empty where it is the number of the row."""
    for named, field in _NATURAL.items():
        if isinstance(model, type) and issubclass(model, named):
            return field
    return ""


@dataclass(frozen=True)
class Column:
    """One field of a line: its name there, and the field of the model."""

    name: str
    field: models.Field[Any, Any]

    @property
    def target(self) -> type[models.Model] | None:
        """The model whose row this names; ``None`` for a plain value."""
        found = self.field.related_model
        return found if isinstance(found, type) else None

    @property
    def is_list(self) -> bool:
        """Whether it names any number of rows."""
        return bool(self.field.many_to_many)

    @property
    def lookup(self) -> str:
        """What a query asks for: the name of the row that is referred to, or the value itself."""
        by = natural_name(self.target) if self.target is not None else ""
        return f"{self.field.name}__{by}" if by else self.field.attname


@dataclass(frozen=True)
class Table:
    """One file of lines: where it lies in the export, and the model whose rows it has."""

    place: str
    model: type[models.Model]

    @property
    def label(self) -> str:
        """The model as Django calls it: ``records.revision``."""
        return self.model._meta.label_lower

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The fields of a line, those of the base table first."""
        meta = self.model._meta
        secret = SECRET.get(self.label, ())
        fields = [field for field in meta.concrete_fields if not self._is_parent_link(field)]
        found = [Column(field.name, field) for field in fields if field.name not in secret]
        return (*found, *(Column(field.name, field) for field in meta.local_many_to_many))

    def _is_parent_link(self, field: models.Field[Any, Any]) -> bool:
        return field.primary_key and field.is_relation and bool(self.model._meta.parents)


def tables() -> Iterator[Table]:
    """Every exported table: people and units first, then records by kind, then what hangs on them."""
    yield Table("identity/person.jsonl", Person)
    yield Table("identity/unit.jsonl", Unit)
    for kind in kinds.all_kinds():
        yield Table(f"registers/{kind.slug}.jsonl", kind.model)
    for model in others():
        yield Table(f"{model._meta.app_label}/{model._meta.model_name}.jsonl", model)


def others() -> list[type[models.Model]]:
    """The exported models that are neither people, units nor kinds of record."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model not in (Person, Unit)
        and not issubclass(model, Record)
        and not _joins_records(model)
        and model._meta.label_lower not in LEFT_OUT
    ]


def _joins_records(model: type[models.Model]) -> bool:
    """Whether the table holds what a many-valued field of a record names, which is in the record's line."""
    made_for: object = model._meta.auto_created
    return isinstance(made_for, type) and issubclass(made_for, Record)
