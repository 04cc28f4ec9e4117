"""A share of all is held against all of them, never against a limit in days."""

from __future__ import annotations

import pytest

from plumbline.controls import declare, limits, registry
from plumbline.controls.declare import every


def test_a_share_is_held_against_all() -> None:
    assert every("live systems", "have an owner", ["SYS-0001"], {}).against == 1.0
    assert every("live systems", "have an owner", ["SYS-0001"], {"SYS-0001": "has none"}).against == 1.0


@pytest.mark.parametrize(
    ("slug", "unit", "held_against", "under"),
    [
        ("impact-assessed", "ratio", 1.0, True),
        ("accuracy", "ratio", 0.7, True),
        ("error-rate", "ratio", 0.05, False),
        ("input-drift", "index", 0.25, False),
        ("management-review", "days", 365.0, False),
    ],
)
def test_which_side_fails(slug: str, unit: str, held_against: float, under: bool) -> None:
    registry.load()
    check = {made.slug: made for made in declare.all_checks()}[slug]
    assert limits.fails_under(check, unit, held_against) is under
