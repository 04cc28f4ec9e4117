"""Words, dates, hashes and Markdown as pages show them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from plumbline.kernel import clock, states, workflow
from plumbline.records import kinds
from plumbline.web import dates, markdown
from plumbline.web.components.states import state
from plumbline.web.templatetags import plumbline as tags
from plumbline.web.words import LOOKS, UNKNOWN, look

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "word",
    sorted(
        {
            str(word)
            for words in (
                states.MeasuredState,
                states.CheckState,
                states.EvidenceState,
                states.ProofState,
                states.RequirementState,
                states.AttestedState,
            )
            for word in words
        }
    ),
)
def test_every_state_word_has_a_look(word: str) -> None:
    assert word.lower() in LOOKS


def test_every_state_of_every_workflow_has_a_look() -> None:
    flows = [workflow.REVIEWED, workflow.TREATED, workflow.ACTIONED, workflow.RECORDED]
    flows += [kind.workflow for kind in kinds.all_kinds()]
    assert not {state for flow in flows for state in flow.states if look(state) is UNKNOWN}


def test_only_what_needs_somebody_is_filled() -> None:
    assert all(shown.style == "plain" for shown in LOOKS.values() if shown.role == "ok")
    assert all(shown.style == "filled" for shown in LOOKS.values() if shown.role in {"warn", "bad", "stale"})


def test_a_badge_says_its_word_and_hides_its_icon() -> None:
    html = state("in review")
    assert ">In review</span>" in html
    assert 'aria-hidden="true"' in html


def test_a_badge_escapes_what_it_is_given() -> None:
    assert "<script>" not in state("<script>")


@pytest.mark.parametrize(
    ("passed", "text"),
    [
        (timedelta(seconds=41), "41 s ago"),
        (timedelta(minutes=9), "9 min ago"),
        (timedelta(hours=23, minutes=59), "23 h ago"),
        (timedelta(days=1), "19 Nov"),
        (timedelta(days=400), "16 Oct 2025"),
        (timedelta(minutes=-3), "in 3 min"),
    ],
)
def test_ages_are_relative_under_a_day_and_dates_beyond(passed: timedelta, text: str) -> None:
    with clock.frozen(NOW):
        assert dates.relative(NOW - passed) == text


def test_an_age_carries_the_instant_and_its_zone() -> None:
    with clock.frozen(NOW):
        html = dates.age(NOW - timedelta(hours=2))
    assert html == (
        '<time datetime="2026-11-20T08:00:00.000000Z" title="20 Nov 2026, 08:00:00 UTC">2 h ago</time>'
    )


def test_dates_are_written_in_one_way() -> None:
    assert dates.day(date(2026, 3, 4)) == "4 Mar 2026"
    assert dates.day("2026-03-04") == "4 Mar 2026"
    assert dates.day(None) == ""


@pytest.mark.parametrize(
    ("name", "text"), [("Mina Okafor", "MO"), ("Lars", "L"), ("Ada van der Berg", "AB"), ("", "")]
)
def test_initials(name: str, text: str) -> None:
    assert tags.initials(name) == text


def test_a_long_hash_is_shortened_and_a_short_one_is_not() -> None:
    assert tags.short_hash("4be1c0" + "0" * 54 + "77a0") == "4be1c0…77a0"
    assert tags.short_hash("abc") == "abc"


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("<script>alert(1)</script>", "<script"),
        ("[x](javascript:alert(1))", "href"),
        ("<img src=x onerror=alert(1)>", "<img"),
        ("![x](https://example.org/x.png)", "<img"),
        ('<a href="#" style="color:red">x</a>', "<a "),
        ("[x](data:text/html,hi)", "href"),
    ],
)
def test_markdown_lets_nothing_dangerous_through(text: str, never: str) -> None:
    assert never not in markdown.to_html(text)


def test_markdown_keeps_what_a_writer_means_and_never_competes_with_the_page_title() -> None:
    html = markdown.to_html("# Plan\n\n- **watch** it\n\n[more](https://example.org)")
    assert "<h3>Plan</h3>" in html
    assert "<strong>watch</strong>" in html
    assert 'rel="noopener noreferrer nofollow"' in html


def test_a_line_that_somebody_ended_stays_a_line() -> None:
    """Many fields ask for a line each; run together they could not be told apart."""
    assert "R1: in time | 2 s<br>\nR2: even | 3 points" in markdown.to_html(
        "R1: in time | 2 s\nR2: even | 3 points"
    )
