"""What a draft still lacks, told without a form: in lists and files a form for each row would cost too much.

It answers the same as `forms.missing`, which the step out of the draft asks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from copy import copy
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from plumbline.records import forms, queries
from plumbline.records.conditions.values import empty
from plumbline.records.kinds import Kind
from plumbline.records.models import Record

_EMPTY: tuple[object, ...] = (None, "", (), [])


def lacking(kind: Kind, record: Record) -> tuple[str, ...]:
    """Names of the fields that a complete record has filled in and this draft has not, in form order.

    Empty for a record that is no draft any more. What other records it names is asked of the database unless
    it was read along.
    """
    if not forms.is_draft(kind, record):
        return ()
    found = {name for name in kind.needed_fields if _is_empty(kind, record, name)}
    try:
        # A copy, since rules of a kind fill in what nobody writes.
        copy(record).clean()
    except ValidationError as refused:
        found |= {name for name, errors in _by_field(refused).items() if any(map(forms.is_missing, errors))}
    return tuple(name for name in kind.field_names if name in found)


def _by_field(refused: ValidationError) -> dict[str, list[ValidationError]]:
    return dict(refused.error_dict) if hasattr(refused, "error_dict") else {}


def _is_empty(kind: Kind, record: Record, name: str) -> bool:
    field = kind.field(name)
    if field.many_to_many:
        return not getattr(record, name).all()
    # A yes or no always has one of the two.
    return not isinstance(field, models.BooleanField) and getattr(record, field.attname) in _EMPTY


def labels(kind: Kind, names: Collection[str]) -> list[str]:
    """What people call these fields."""
    return [str(kind.field(name).verbose_name) for name in names]


def _plainly_lacking(kind: Kind) -> Q:
    """Records of ``kind`` in which a field is empty that every complete one has filled in."""
    found = Q(pk__in=[])
    for name in kind.needed_fields:
        field = kind.field(name)
        if field.many_to_many:
            found |= Q(pk__in=kind.model._default_manager.filter(empty(field)).values("pk"))
        elif not isinstance(field, models.BooleanField):
            found |= empty(field)
    return found


def lacking_among(kind: Kind, references: Any) -> Iterator[str]:
    """References of the drafts among ``references`` (a list, or a query of them) that lack something, whoever
    may see them."""
    if not kind.workflow.drafts:
        return
    rows = kind.model._default_manager.filter(reference__in=references, state__in=kind.workflow.drafts)
    # Most drafts of a register lack a field that every record has; what the rules of a kind ask for besides
    # is only known of a record that was read.
    plain = _plainly_lacking(kind)
    yield from rows.filter(plain).order_by("pk").values_list("reference", flat=True).distinct().iterator()
    keys = list(rows.exclude(plain).order_by("pk").values_list("pk", flat=True))
    related = [name for name in kind.own_fields if kind.field(name).is_relation]
    many = [name for name in related if kind.field(name).many_to_many]
    whole = kind.model._default_manager.select_related(*(name for name in related if name not in many))
    for record in queries.in_chunks(keys, whole, many):
        if lacking(kind, record):
            yield record.reference
