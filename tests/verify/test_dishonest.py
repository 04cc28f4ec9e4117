"""A log whose own signer left a number out or told a wrong time: all of it hashes, and the pack shows it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.verify.conftest import Example

from plumbline_verify import verify

pytestmark = [pytest.mark.django_db]


def told(data: bytes, key: str) -> dict[str, str]:
    """What each step of the verifier reads, by its name."""
    check = verify.Check(data, key)
    check.run()
    return {code: word for code, (word, _) in check.results.items()}


def forged(
    example: Example, monkeypatch: pytest.MonkeyPatch, change: Callable[[dict[str, Any]], None]
) -> bytes:
    """A pack of the log after one more entry whose number or time was changed before it was hashed."""
    from plumbline.trail import entry, publisher

    honest = entry.body

    def dishonest(new: entry.NewEntry, **given: Any) -> bytes:
        change(given)
        return honest(new, **given)

    with monkeypatch.context() as patched:
        patched.setattr(entry, "body", dishonest)
        example.trail.append()
    publisher.publish()
    return example.build(since=None)


def test_an_honest_log_passes_both_steps(example: Example) -> None:
    words = told(example.data, example.vkey)
    assert (words["counters"], words["times"]) == ("PASS", "PASS")


def test_a_number_that_a_source_left_out_fails(example: Example, monkeypatch: pytest.MonkeyPatch) -> None:
    data = forged(example, monkeypatch, lambda given: given.update(counter=given["counter"] + 1))
    words = told(data, example.vkey)
    assert words.pop("counters") == "FAIL"
    assert "FAIL" not in words.values()


def test_a_number_that_stands_twice_fails(example: Example, monkeypatch: pytest.MonkeyPatch) -> None:
    data = forged(example, monkeypatch, lambda given: given.update(counter=given["counter"] - 1))
    assert told(data, example.vkey)["counters"] == "FAIL"


def test_an_entry_that_claims_to_be_older_than_the_one_before_it_fails(
    example: Example, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = forged(example, monkeypatch, lambda given: given.update(time=given["time"] - timedelta(days=30)))
    words = told(data, example.vkey)
    assert words.pop("times") == "FAIL"
    assert "FAIL" not in words.values()
