"""Names in one field, however people divide them."""

from __future__ import annotations

import pytest

from plumbline.kernel.listed import names_in


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", []),
        (" , \n", []),
        ("log-present", ["log-present"]),
        ("override-rate\r\nlog-present", ["override-rate", "log-present"]),
        ("b,a, c\td", ["b", "a", "c", "d"]),
    ],
)
def test_blanks_commas_and_lines_divide_them(text: str, names: list[str]) -> None:
    assert names_in(text) == names
