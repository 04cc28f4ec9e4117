"""Templates: lines that can be read and compared side by side; `./run check` formats them as well."""

from __future__ import annotations

import re

from tests.architecture.tree import SOURCE, short

LONGEST_LINE = 120
ANOTHER_WAY = re.compile(
    r"\|(?:date|time|timesince|timeuntil|localtime|utc|timezone|isoformat)\b(?!=)|\{% (?:now|localtime) "
)
"""Filters and tags of Django that show an instant in another zone than the reader's, and without a label."""
OF_DAYS = {"{{ longest|date:'Y-m-d' }}", '{{ row.day|date:"M" }}'}
"""Days and no instants: the last one that a field takes, and the month above its day."""
BARE = re.compile(r"\{\{ ?[\w.]*(?:\.at|_at|last_used|last_login)(?:\|default\b[^}]*)? ?\}\}")
"""An instant without any filter."""


def test_no_line_of_a_template_is_long() -> None:
    """The formatter leaves alone what it cannot break, such as a long attribute; a person breaks that."""
    templates = sorted(SOURCE.rglob("templates/**/*.html"))
    assert templates
    assert not [
        f"{short(path)}:{number} has {len(line)} characters"
        for path in templates
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if len(line) > LONGEST_LINE
    ]


def test_an_instant_is_shown_in_the_readers_zone_and_no_other_way() -> None:
    """By the filters `moment`, `age` and `full`, which label the zone, or as a day of the organization."""
    wrong = []
    for path in sorted(SOURCE.rglob("templates/**/*.html")):
        text = path.read_text(encoding="utf-8")
        for allowed in OF_DAYS:
            text = text.replace(allowed, "")
        wrong += [f"{short(path)}: {found}" for found in (*ANOTHER_WAY.findall(text), *BARE.findall(text))]
    assert not wrong


def test_pages_write_the_time_of_day_in_one_module() -> None:
    """A time that another module writes would have a zone of its own."""
    writers = {
        short(path) for path in (SOURCE / "plumbline/web").rglob("*.py") if "%H" in path.read_text("utf-8")
    }
    assert writers == {"src/plumbline/web/dates.py"}
