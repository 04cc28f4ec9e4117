"""Messages: what they refuse, how they are stored, and what a reader may see of them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plumbline.kernel.canonical import canonical, parse
from plumbline.kernel.messages import (
    Figure,
    Hidden,
    Item,
    Listing,
    Message,
    Param,
    Ref,
    Requirement,
    Subject,
    Word,
    from_json,
    listing,
    names,
    plain,
    redact,
    say,
    to_json,
)

OVERDUE = say("risk.review-overdue", "was due for review on {day}", day=date(2026, 6, 13))


def test_a_sentence_without_a_value_for_a_placeholder_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no value for limit, value"):
        say("x", "{value} is over {limit}")


def test_a_plural_needs_a_count() -> None:
    with pytest.raises(ValueError, match="count"):
        say("x", "one", plural="{number} of them", number=3)


def test_what_a_person_wrote_is_kept_as_it_is() -> None:
    assert to_json(plain("Braces {like these} stay."))["params"] == {"text": "Braces {like these} stay."}


# How long hypothesis takes to draw depends on the load of the machine, and says nothing of the code.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

_names = st.one_of(
    st.text(max_size=8),
    st.builds(Ref, st.text(max_size=8)),
    st.builds(Subject, st.text(max_size=8)),
    st.builds(Requirement, st.text(max_size=8)),
    st.builds(Word, st.text(max_size=8)),
)
_leaves: st.SearchStrategy[Param] = st.one_of(
    _names,
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)),
    st.builds(Figure, st.floats(allow_nan=False), st.sampled_from(["", "ratio", "ms"])),
    st.builds(Hidden, st.integers(1, 9)),
)


def _messages(params: st.SearchStrategy[Param]) -> st.SearchStrategy[Message]:
    values = st.dictionaries(st.sampled_from(["a", "b", "c"]), params, max_size=3)
    return st.builds(Message, st.just("code"), st.just("text"), values, st.sampled_from(["", "texts"]))


_params = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        _messages(inner),
        st.builds(
            Listing,
            st.lists(st.builds(Item, _names, st.none() | _messages(inner)), max_size=3).map(tuple),
            st.integers(1, 9),
            st.integers(0, 3),
            st.sampled_from(["", "and", "or"]),
        ),
    ),
    max_leaves=4,
)


@given(_messages(_params))
def test_a_message_comes_back_from_storage_as_it_was(message: Message) -> None:
    stored = canonical(to_json(message))
    assert from_json(parse(stored)) == message
    assert from_json(json.loads(json.dumps(to_json(message)))) == message


@pytest.mark.parametrize(
    "document",
    [{}, {"code": "x", "text": "y"}, {"code": "x", "text": "y", "params": {"a": {"odd": 1}}}, {"params": 3}],
)
def test_anything_else_is_no_message(document: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not a"):
        from_json(document)


def test_every_name_is_found_however_deep() -> None:
    inner = say("b", "see {other}", other=Subject("chat-assist"))
    message = say("a", "{list} by {who}", list=listing({Ref("RSK-0001"): inner}), who=Ref("POL-0002"))
    assert list(names(message)) == [Ref("RSK-0001"), Subject("chat-assist"), Ref("POL-0002")]


def test_a_name_that_may_not_be_seen_takes_what_is_said_of_it_along() -> None:
    missing = listing({Ref("RSK-0001"): OVERDUE, Ref("RSK-0002"): OVERDUE, "the board": OVERDUE})
    message = say("a", "{count} open. {missing} {by}", count=3, missing=missing, by=Ref("RSK-0002"))
    seen = redact(message, lambda name: name != Ref("RSK-0002"))
    kept = seen.params["missing"]
    assert isinstance(kept, Listing)
    assert [item.name for item in kept.items] == [Ref("RSK-0001"), "the board"]
    assert kept.hidden == 1
    assert seen.params["by"] == Hidden()
    assert "RSK-0002" not in json.dumps(to_json(seen))


@given(_messages(_params))
def test_nothing_that_is_refused_is_left_anywhere(message: Message) -> None:
    seen = redact(message, lambda name: False)
    assert not list(names(seen))


@given(_messages(_params))
def test_who_may_see_all_sees_the_message_as_it_is(message: Message) -> None:
    assert redact(message, lambda name: True) == message


def test_times_keep_their_instant() -> None:
    at = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    assert from_json(to_json(say("a", "{at}", at=at))).params["at"] == at
