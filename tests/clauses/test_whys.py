"""Whys: one text, a line for each row, read as people write it; a table on pages and in documents."""

from __future__ import annotations

import pytest

from plumbline.clauses import whys
from plumbline.clauses.whys import Why

pytestmark = pytest.mark.pure
ROWS = (
    Why("Why did 11 declines leave without a person?", "The review rule was not applied."),
    Why("Why was the rule not applied there?", "The portal called an older address (a|b)."),
)


@pytest.mark.parametrize(
    "text",
    [
        "Why did 11 declines leave without a person? | The review rule was not applied.\n"
        "Why was the rule not applied there? | The portal called an older address (a\\|b).",
        "1. Why did 11 declines leave without a person?\tThe review rule was not applied.\r\n\r\n"
        "2) Why was the rule not applied there?   The portal called an older address (a\\|b).  ",
        "- Why did 11 declines leave without a person? The review rule was not applied.\n|\n"
        "• Why was the rule not applied there? | The portal  called an older address (a\\|b).",
    ],
)
def test_rows_are_read_however_they_are_numbered_and_parted(text: str) -> None:
    assert whys.parse(text) == ROWS
    assert whys.parse(whys.write(whys.parse(text))) == ROWS


@pytest.mark.parametrize("text", ["", " \n\n", "|", " | \n|"])
def test_what_says_nothing_is_no_row(text: str) -> None:
    assert whys.parse(text) == ()
    assert whys.write(whys.parse(text)) == ""


def test_an_answer_alone_and_a_question_alone_are_kept() -> None:
    rows = (Why("", "It was never tested."), Why("Why?", ""))
    assert whys.parse(whys.write(rows)) == rows
    assert whys.root_cause(whys.write(rows)) == "It was never tested."
    assert whys.root_cause("") == ""


def test_a_row_stays_on_its_line() -> None:
    text = whys.write([Why("Why\nso?", "One.\r\nTwo.")])
    assert text == "Why so? | One. Two."
