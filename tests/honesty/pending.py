"""Attempts that still succeed, each with the line that it tries. Once it is withstood, its test fails."""

from __future__ import annotations

PENDING: dict[str, str] = {
    "test_a_suspicion_says_what_was_seen": "F8",
    "test_an_exclusion_that_the_register_contradicts[A.10.2-values1]": "F2",
    "test_an_exclusion_that_the_register_contradicts[A.10.3-values0]": "F2",
    "test_an_import_puts_nothing_off_either": "D4",
    "test_one_quiet_system_is_named_and_the_others_keep_their_signal": "A6",
}
"""The line, by the name of the test with its parameters."""
