"""Whether what stands in a field is what a text of a file says, and how a field is shown in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from plumbline.imports.judging import same
from plumbline.imports.matching import chosen_among
from plumbline.imports.reading import fold
from plumbline.records.kinds import Kind
from plumbline.records.models import Record


def shown(kind: Kind, record: Record, name: str) -> str:
    """What stands in a field now, as people read it: words by their labels, others by name or title."""
    column = kind.field(name)
    found = getattr(record, name)
    if column.many_to_many:
        return ", ".join(sorted(_names(one)[0] for one in found.all()))
    if column.is_relation:
        return _names(found)[0] if found is not None else ""
    return worded(kind, name, found)


def worded(kind: Kind, name: str, value: Any) -> str:
    """A plain value as people read it."""
    labels = dict(chosen_among(kind, name))
    if isinstance(value, (list, tuple)):
        return ", ".join(labels.get(str(one), str(one)) for one in value)
    return "" if value is None else labels.get(str(value), str(value))


def says(kind: Kind, record: Record, name: str, value: Any, text: str) -> bool:
    """Whether the ``value`` that stands in a field is what the file's ``text`` says, read as it stands."""
    if same(value, text) or fold(worded(kind, name, value)) == fold(text):
        return True
    column, found = kind.field(name), getattr(record, name)
    if column.is_relation and not column.many_to_many and found is not None:
        return fold(text) in {fold(one) for one in _names(found)}
    return False


def _names(other: Any) -> tuple[str, ...]:
    """What another record, a person or a unit is called, the usual name first."""
    names = ("title", "full_name", "name", "reference", "key", "email", "slug")
    found = (str(getattr(other, name, "") or "") for name in names)
    return tuple(_kept(found)) or ("",)


def _kept(names: Iterator[str]) -> Iterator[str]:
    return (name for name in names if name)
