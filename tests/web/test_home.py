"""What the first page says stands in the way: short enough to be read, whole enough to be true."""

from __future__ import annotations

import pytest

from plumbline.web.home.health import clipped


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (
            "Impact assessed for the release: 9 of 10 systems have an approved one. SYS-1 has none.",
            "9 of 10 systems have an approved one",
        ),
        (
            "Inputs look like the declared reference (Claims Triage): 3 of 6 features drifted: amount (PSI "
            "0.489), days_to_report (PSI 1.004, KS 0.421), region (PSI 0.633). Limits: PSI 0.25.",
            "3 of 6 features drifted (Claims Triage)",
        ),
        ("No signal since Thursday.", "No signal since Thursday"),
        (
            "Somebody has written one sentence without any comma or colon that simply does not come to an "
            "end soon",
            "Somebody has written one sentence without any comma or colon that simply does not come to…",
        ),
    ],
)
def test_a_reason_is_said_by_what_was_found(reason: str, said: str) -> None:
    assert clipped(reason) == said
