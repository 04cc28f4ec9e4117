"""Messages as words: English, German, listings, names with links, and what a wrong translation does."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from plumbline.kernel.messages import (
    Figure,
    Hidden,
    Message,
    Ref,
    Requirement,
    Subject,
    Word,
    listing,
    plain,
    redact,
    say,
)
from plumbline.wording import Formatter, render, rendering

OVERDUE = say("risk.review-overdue", "was due for review on {day}", day=date(2026, 6, 13))


@pytest.mark.parametrize(
    ("message", "english"),
    [
        (OVERDUE, "was due for review on 13 Jun 2026"),
        (say("a", "{share} of {count}", share=Figure(0.31, "ratio"), count=1234), "31.0% of 1,234"),
        (
            say("a", "{value}, limit {limit}", value=Figure(1234.5, "ms"), limit=Figure(7)),
            "1,234 ms, limit 7",
        ),
        (
            say("a", "Last read {at}.", at=datetime(2026, 11, 20, 9, 5, tzinfo=UTC)),
            "Last read 20 Nov 2026, 09:05 UTC.",
        ),
        (
            say("a", "{record} of {system}", record=Ref("RSK-0007"), system=Subject("chat")),
            "RSK-0007 of chat",
        ),
        (say("a", "{asked}", asked=Requirement("iso42001:A.6.2.6")), "A.6.2.6"),
        (say("a", "is {state}", state=Word("in review")), "is in review"),
        (say("a", "{who} says so", who=Hidden()), "a record outside your units says so"),
        (say("a", "one", plural="{count} of them", count=1), "one"),
        (say("a", "one", plural="{count} of them", count=0), "0 of them"),
        (plain("Braces {stay} as they are."), "Braces {stay} as they are."),
        (say("a", "It says: {inner}.", inner=OVERDUE), "It says: was due for review on 13 Jun 2026."),
    ],
)
def test_english(message: Message, english: str) -> None:
    assert render(message) == str(message) == english


@pytest.mark.parametrize(
    ("names", "shown", "text"),
    [
        ("A", 8, "A"),
        ("AB", 8, "A or B"),
        ("ABC", 8, "A, B or C"),
        ("ABCD", 2, "A, B, and 2 more"),
    ],
)
def test_names_in_a_row(names: str, shown: int, text: str) -> None:
    message = say("a", "{names}", names=listing(list(names), shown=shown, conjunction="or"))
    assert render(message) == text


def test_a_listing_says_how_many_are_not_shown_and_why() -> None:
    missing = listing({Ref(f"RSK-000{number}"): OVERDUE for number in range(1, 5)}, shown=1)
    message = redact(say("a", "{missing}.", missing=missing), lambda name: name != Ref("RSK-0004"))
    assert render(message) == (
        "RSK-0001 was due for review on 13 Jun 2026; and 2 more; 1 record outside your units is not shown."
    )
    assert render(message, shown=0) == "3 records; 1 record outside your units is not shown."
    nothing = redact(say("a", "{missing}.", missing=missing), lambda name: False)
    assert render(nothing) == "4 records outside your units are not shown."


class _Links(Formatter):
    def text(self, text: str) -> str:
        return text.replace("<", "&lt;")

    def record(self, name: Ref) -> str:
        return f"<a>{name.reference}</a>"


def test_a_formatter_writes_the_names_and_escapes_the_rest() -> None:
    message = say("a", "<{record}> {words}", record=Ref("RSK-0007"), words="<b>")
    assert render(message, _Links()) == "&lt;<a>RSK-0007</a>> &lt;b>"


def test_days_figures_and_sentences_in_german() -> None:
    message = say(
        "a", "{day}: {share}, {count}", day=date(2026, 3, 1), share=Figure(0.31, "ratio"), count=1234
    )
    with translation.override("de"):
        assert render(message) == "1. März 2026: 31,0 %, 1.234"
        assert render(say("a", "{who}", who=Hidden(2))) == "2 Einträge außerhalb Ihrer Einheiten"
    with translation.override("de-at"):
        assert render(say("a", "{day}", day=date(2026, 3, 1))) == "1. März 2026"


def test_a_translation_that_names_another_value_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "gettext", lambda text: "nach {jahr}")
    assert render(OVERDUE) == "was due for review on 13 Jun 2026"


@pytest.mark.parametrize(
    ("message", "english"),
    [
        (
            say(
                "a", "{share} {missing}.", share=say("b", "0 of 1 took place, with decisions."),
                missing=listing({Word(name): say("c", "is late") for name in ("the review", "the audit")}),
            ),
            "0 of 1 took place, with decisions. The review is late; the audit is late.",
        ),
        (say("a", "{what} is asked for.", what=Word("a contract")), "A contract is asked for."),
        (say("a", "{what} is asked for", what=Word("a contract")), "a contract is asked for"),
        (say("a", "{what} is asked for.", what=Subject("claims-triage")), "claims-triage is asked for."),
        (say("a", "Write {what}. {what} is due.", what=Word("a plan")), "Write a plan. A plan is due."),
    ],
)  # fmt: skip
def test_a_term_that_begins_a_sentence_has_a_capital(message: Message, english: str) -> None:
    """Names keep their letters, and what is part of a sentence begins as it is."""
    assert render(message) == english
