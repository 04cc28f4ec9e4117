"""Days of things that were done lie in the past: the mechanism of the field."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from plumbline.clauses import fields
from plumbline.kernel import clock


def test_what_was_done_was_not_done_tomorrow(today: date) -> None:
    done = fields.day("held on", "Day of the meeting.", done=True)
    for past in (None, today - timedelta(days=9_000), today):
        assert done.clean(past, None) == past
    with pytest.raises(ValidationError, match="still to come"):
        done.clean(today + timedelta(days=1), None)
    assert fields.day("due", "By when.").clean(today + timedelta(days=1), None) == today + timedelta(days=1)


def test_today_is_the_day_of_the_organizations_zone() -> None:
    done = fields.day("held on", "Day of the meeting.", done=True)
    with clock.frozen(clock.parse_rfc3339("2026-03-03T23:30:00Z")), clock.in_time_zone("Europe/Berlin"):
        assert done.clean(date(2026, 3, 4), None) == date(2026, 3, 4)
        with pytest.raises(ValidationError):
            done.clean(date(2026, 3, 5), None)


def test_the_schema_does_not_change_with_it() -> None:
    _, path, _, kwargs = fields.day("held on", "Day of the meeting.", done=True).deconstruct()
    assert path == "django.db.models.DateField"
    assert "done" not in kwargs
