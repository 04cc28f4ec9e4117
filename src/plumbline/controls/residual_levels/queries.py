"""The level of each risk today as lists, the API and CSV show it: what was kept, while it still holds.

A kept level holds as long as nothing has happened that could change it: no new result, no restatement
accepted, no step of any record, no system seen for the first time, and the period that it was worked out for
has not ended. As soon as anything has, or where nothing was kept, the graver of the levels before and after
treatment is shown. That is never better than true, since no state of any control leaves more than that.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model, OuterRef, QuerySet

from plumbline.clauses.rules import Level
from plumbline.controls.models import Cursor, ResidualLevel, RestatementAcceptance, Result
from plumbline.controls.windows import window_of
from plumbline.discovery.models import Sighting
from plumbline.kernel import clock
from plumbline.records.models import Revision

CURSOR = "residual-levels"
"""The cursor that keeps the stamp of the kept levels."""

_AN_INSTANT = timedelta(microseconds=1)

_GROWING: Mapping[str, type[Model]] = {
    "newest_result": Result,
    "newest_acceptance": RestatementAcceptance,
    # Any record and not only risks and treatments: which ones a measured state depends on is for checks to
    # say, and with a kind that was forgotten here a level would read better than true.
    "newest_revision": Revision,
    "newest_sighting": Sighting,
}
"""What a level may change with: tables that only grow, by the name of the annotation."""


def _changes() -> dict[str, QuerySet[Any, Any]]:
    return {name: model._default_manager.order_by("-pk").values("pk")[:1] for name, model in _GROWING.items()}


def last_instant(now: datetime) -> datetime:
    """Until when a level that is worked out at ``now`` holds if nothing happens: the end of the hour or day.

    Readings age by the hour; limits, pauses and what was set aside come and go with the day, which begins
    within an hour where the zone is off by half of one.
    """
    until = window_of(now, "hour")[1] - _AN_INSTANT
    day = clock.day_of(until)
    return until if day == clock.day_of(now) else clock.day_start(day) - _AN_INSTANT


def stamps(now: datetime) -> tuple[str, str]:
    """The stamp of the kept levels, and what it would have to be at ``now`` for them to hold; one query."""
    changes = _changes()
    rows = Cursor.objects.filter(name=CURSOR).annotate(**changes).values_list("text", *changes)
    row = rows.first()
    return (row[0], _stamp(now, row[1:])) if row is not None else ("", "")


def _stamp(now: datetime, changes: Collection[object]) -> str:
    return " ".join([clock.rfc3339(last_instant(now)), *map(str, changes)])


def parts() -> Mapping[str, QuerySet[Any, Any]]:
    """What `word` needs of a risk, as annotations of the query that reads it."""
    return {
        "kept_level": ResidualLevel.objects.filter(reference=OuterRef("reference")).values("level"),
        "kept_stamp": Cursor.objects.filter(name=CURSOR).values("text"),
        **_changes(),
    }


def word(risk: Any) -> str:
    """The level today of a risk that was read with its `parts`; empty until it is judged."""
    if risk.level is None or risk.residual_level is None:
        return ""
    current = _stamp(clock.now(), [getattr(risk, name) for name in _GROWING])
    holds = risk.kept_level is not None and risk.kept_stamp == current
    return Level(risk.kept_level if holds else max(risk.level, risk.residual_level)).word
