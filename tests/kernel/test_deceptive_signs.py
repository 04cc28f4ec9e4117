"""Signs that make a name read as another one, and names of every script that need none of them."""

from __future__ import annotations

import pytest

from plumbline.kernel.deceptive_signs import deceptive_signs

DIRECTION = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
CONTROLS = [*range(0x00, 0x20), *range(0x7F, 0xA0)]
INVISIBLE = [0xAD, 0x200B, 0x2060, 0xFEFF, 0x2028, 0x2029, 0xE0041]


@pytest.mark.parametrize("point", [*DIRECTION, *CONTROLS, *INVISIBLE])
def test_a_sign_that_deceives_is_named(point: int) -> None:
    assert deceptive_signs(f"report{chr(point)}fdp.exe{chr(point)}") == (f"U+{point:04X}",)


def test_joiners_deceive_between_latin_letters_alone() -> None:
    assert deceptive_signs("pay\u200dload") == ("U+200D",)
    assert deceptive_signs("\u200cload") == ("U+200C",)
    assert deceptive_signs("\u200epayload") == ("U+200E",)


@pytest.mark.parametrize(
    "name",
    [
        "Schadenprüfung – “Größe” 7½ €",
        "می\u200cخواهم",  # Persian: a joiner parts two letters of one word
        "क्\u200dष",  # Hindi: a joiner keeps the half form
        "👩\u200d🔬 lab",  # a picture composed of two
        "דוח (2026)\u200f",  # Hebrew, with a mark that keeps the bracket in its place
        "保険金請求の振り分け",
        "Cafe\u0301",
        "A\u00a0B",
    ],
)
def test_names_of_every_script_pass(name: str) -> None:
    assert deceptive_signs(name) == ()
