"""Days and figures are read when they can be meant in one way only; nothing is invented."""

from __future__ import annotations

import pytest

from plumbline.imports.dates import contradict, order_of, read_day, read_in_formats
from plumbline.imports.numbers import mark_of, read_number


@pytest.mark.parametrize(
    ("text", "order", "day", "why"),
    [
        ("2023-04-03", "", "2023-04-03", ""),
        ("2023-04-03T00:00:00", "", "2023-04-03", ""),
        ("20230403", "", "2023-04-03", ""),
        ("03/04/2023", "", "", "ambiguous"),
        ("03/04/2023", "dmy", "2023-04-03", ""),
        ("03/04/2023", "mdy", "2023-03-04", ""),
        ("05.05.2023", "", "2023-05-05", ""),
        ("25/03/2023", "", "2023-03-25", ""),
        ("25/03/2023", "mdy", "", "unreadable"),
        ("3 April 2023", "", "2023-04-03", ""),
        ("3. M\u00e4rz 2023", "", "2023-03-03", ""),
        ("April 3, 2023", "", "2023-04-03", ""),
        ("2023", "", "", "partial"),
        ("05/2023", "", "", "partial"),
        ("May 2023", "", "", "partial"),
        ("Q3 2023", "", "", "partial"),
        ("31.02.2023", "", "", "unreadable"),
        ("soon", "", "", "unreadable"),
    ],
)
def test_a_day_is_read_when_it_means_one_day(text: str, order: str, day: str, why: str) -> None:
    found = read_day(text, order)
    assert (found.day, found.why) == (day, why)


def test_a_year_of_two_digits_is_a_guess_and_said_to_be() -> None:
    assert (read_day("25/03/23").day, read_day("25/03/23").guessed) == ("2023-03-25", "century")
    assert read_day("25/03/2023").guessed == ""


def test_one_order_holds_for_a_column_and_the_column_may_say_it() -> None:
    assert order_of(["03/04/2023", "25/03/2023"]).order == "dmy"
    assert order_of(["03/04/2023", "3/25/2023"]).order == "mdy"
    assert order_of(["03/04/2023", "05/05/2023"]).known == "ambiguous"
    assert order_of(["03/04/2023", "25/03/2023", "3/25/2023"]).known == "mixed"
    assert order_of(["03/04/2023", "25/03/2023"], "mdy").order == "mdy"
    assert order_of(["2023-04-03", "2023"]).known == "plain"


def test_a_format_without_a_day_invents_none() -> None:
    found = read_in_formats("05/2023", ["%m/%d/%Y", "%m/%Y"])
    assert found is not None
    assert (found.day, found.why) == ("", "partial")


def test_formats_that_read_a_day_in_two_ways_contradict_each_other() -> None:
    assert contradict(["%d/%m/%Y", "%m/%d/%Y"])
    assert not contradict(["%m/%d/%Y", "%m/%d/%y", "%d.%m.%Y", "%Y-%m-%d"])


@pytest.mark.parametrize(
    ("text", "mark", "figure", "ambiguous"),
    [
        ("0,75", "", "0.75", False),
        ("0.123", "", "0.123", False),
        ("1.234,5", "", "1234.5", False),
        ("1 234,5", "", "1234.5", False),
        ("1,234", "", "", True),
        ("1,234", "comma", "1.234", False),
        ("1,234", "point", "1234", False),
        ("1,234,567", "", "1234567", False),
        ("about 5", "", "", False),
    ],
)
def test_a_figure_is_read_when_its_comma_means_one_thing(
    text: str, mark: str, figure: str, ambiguous: bool
) -> None:
    assert read_number(text, mark) == (figure, ambiguous)


def test_the_other_figures_of_a_column_say_what_a_comma_means() -> None:
    assert mark_of(["1,234", "0,5"]) == "comma"
    assert mark_of(["1,234"]) == ""
