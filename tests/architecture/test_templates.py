"""Templates: lines that can be read and compared side by side; `./run check` formats them as well."""

from __future__ import annotations

from tests.architecture.tree import SOURCE, short

LONGEST_LINE = 120


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
