"""Figures against what a person would write."""

from __future__ import annotations

import pytest

from plumbline.kernel.number_format import format_number


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (10_000.0, 4, "10,000"),
        (1_234_567.8, 4, "1,234,568"),
        (12_345.0, 3, "12,345"),
        (387.5, 4, "387.5"),
        (93.41, 3, "93.4"),
        (0.25, 4, "0.25"),
        (1.004, 3, "1.00"),
        (1.0, 3, "1"),
        (99.99, 3, "100"),
        (0.0115, 3, "0.0115"),
        (0.00001234, 4, "0.00001234"),
        (-5_000.0, 4, "-5,000"),
        (0.0, 4, "0"),
        (float("inf"), 4, "inf"),
    ],
)
def test_a_figure_is_written_out(value: float, digits: int, text: str) -> None:
    assert format_number(value, digits) == text
