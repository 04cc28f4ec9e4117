"""What stands around one record: the records that name it, and for some kinds a panel of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse

from plumbline.controls import declare
from plumbline.controls import queries as controls
from plumbline.controls.backtest import backtest
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Problem
from plumbline.records import kinds, queries
from plumbline.records.kinds import Kind
from plumbline.telemetry.store.remote import RemoteStore
from plumbline.web.pages import cells, readings

EACH_SHOWN = 6
MOST_JUDGED = 12
"""Systems judged again at the most, for a limit that holds for all."""


@dataclass(frozen=True)
class NamedBy:
    """Records of one kind that name this one in one field; ``more`` leads to the whole list."""

    label: str
    count: int
    rows: tuple[tuple[str, str, str, str], ...]
    """Reference, title, state and address."""
    more: str


def named_by(actor: Actor, kind: Kind, record: Any) -> tuple[NamedBy, ...]:
    """The records that the reader may see and that name ``record`` in a field."""
    found = []
    for other in kinds.all_kinds():
        fields = [name for name in other.own_fields if other.field(name).related_model is kind.model]
        if not fields or not policy.may(actor, "read", kind=other.slug, anywhere=True):
            continue
        for name in fields:
            rows = queries.select(actor, other).filter(**{name: record.pk})
            listed = list(rows.values_list("reference", "title", "state")[: EACH_SHOWN + 1])
            if listed:
                found.append(_named(other, name, record.reference, listed))
    return tuple(found)


def _named(other: Kind, name: str, reference: str, listed: list[tuple[str, str, str]]) -> NamedBy:
    many = len(listed) > EACH_SHOWN
    address = reverse("record-list", args=[other.plural])
    label = f"{other.names[:1].upper()}{other.names[1:]}, as {cells.label(other, name)}"
    return NamedBy(
        label,
        min(len(listed), EACH_SHOWN),
        tuple((*row, cells.record_href(row[0])) for row in listed[:EACH_SHOWN]),
        (f"{address}?{name}={reference}" if name in other.filters else address) if many else "",
    )


def _check_of(actor: Actor, record: Any) -> dict[str, Any]:
    """The reading that a nonconformity is about, as it is today."""
    if not record.check_name:
        return {}
    subject = record.system.slug if record.system else declare.ORGANIZATION
    return {"check_rows": readings.check_rows(actor, [record.check_name], subject=subject)}


def _back_test_of(actor: Actor, record: Any) -> dict[str, Any]:
    """What a limit would have made of the past, judged again now from the same data."""
    if record.paused:
        return {}
    subjects = [record.system.slug] if record.system else sorted(set(controls.live_systems()))[:MOST_JUDGED]
    name = record.check_name.partition(".")[0]
    try:
        tests = [
            (subject, backtest(name, subject, {record.check_name: float(record.value)}, RemoteStore(_data())))
            for subject in subjects
        ]
    except Problem as problem:
        return {"back_test_problem": problem.detail}
    told = [(subject, test.sentence, test.vanish[:EACH_SHOWN]) for subject, test in tests if test.judged]
    return {"back_tests": told}


def _data() -> Path:
    return Path(settings.PLUMBLINE.data)


PANELS: dict[str, Callable[[Actor, Any], dict[str, Any]]] = {
    "nonconformity": _check_of,
    "limit": _back_test_of,
}
"""What the template of a kind is given besides the page, by slug."""
