"""Redaction: published examples of numbers, recall and precision on labelled text, and time."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.waiting import cpu_of_this_process

from plumbline.telemetry import redaction
from plumbline.telemetry.event import Model, Review, StoredEvent
from plumbline.telemetry.number_patterns import luhn, mod97
from plumbline.telemetry.redaction import Removed, redact, redact_all, redact_text

from .conftest import DATA

FOUND = [
    ("mail jo.o'neil+x@mail.example.co.uk, please", "mail [email], please", {"email": 1}),
    ("Jörg.Müller@bücher.example", "[email]", {"email": 1}),
    ("<a@b.de>,<c@d.de>", "<[email]>,<[email]>", {"email": 2}),
    # Test card numbers as card networks publish them
    ("4111 1111 1111 1111", "[card]", {"card": 1}),
    ("amex 378282246310005.", "amex [card].", {"card": 1}),
    ("5555-5555-5555-4444 and 6011111111111117", "[card] and [card]", {"card": 2}),
    # Examples of the IBAN registry
    ("GB29 NWBK 6016 1331 9268 19 is lost", "[iban] is lost", {"iban": 1}),
    ("de89370400440532013000", "[iban]", {"iban": 1}),
    ("NO93 8601 1117 947", "[iban]", {"iban": 1}),
    ("FR14 2004 1010 0505 0001 3M02 606", "[iban]", {"iban": 1}),
    ("MT84MALT011000012345MTLCAST001S", "[iban]", {"iban": 1}),
    ("from 192.168.0.255:8080", "from [ip]:8080", {"ip": 1}),
    ("host 2001:db8::8a2e:370:7334 and ::1", "host [ip] and [ip]", {"ip": 2}),
    ("::ffff:192.0.2.128", "[ip]", {"ip": 1}),
    ("from fe::dead:beef", "from [ip]", {"ip": 1}),  # no decimal digit in it
    ("call +49 30 901820 today", "call [phone] today", {"phone": 1}),
    ("+442079460958", "[phone]", {"phone": 1}),
    ("(212) 555-0123 ext. 44", "[phone]", {"phone": 1}),
    ("0041 44 668 18 00", "[phone]", {"phone": 1}),
    ("Tel. 030/901820", "Tel. [phone]", {"phone": 1}),
    ("01 42 68 53 00", "[phone]", {"phone": 1}),
    ("020 7946 0958", "[phone]", {"phone": 1}),
    ("on 2024-01-31 555-123-4567", "on 2024-01-31 [phone]", {"phone": 1}),
    ("SSN 078-05-1120", "SSN [ssn]", {"ssn": 1}),
]
LEFT = [
    "order 4111111111111112",  # check digit is wrong
    "GB28 NWBK 6016 1331 9268 19",  # check digits are wrong
    "2024-01-31 10:30:00",
    "31.01.2024",
    "1/31/2024",
    "on 2019-2020 we",
    "1 234 567 items",
    "1.234.567,89 EUR",
    "0.123456789",
    "33.8123456 -116.25",
    "12:30:45",
    "version 1.2.3",
    "gpt-4o-mini-2024-07-18",
    "01890a5d-ac96-774b-bcce-b302099a8057",
    "0d9ebf42e9915a8f22d4fc0287069216",
    "std::vector<int> a::b add::face",
    "1795164213282593147",
    "0000 0000 0000 0000",
    "999.999.999.999",
    "@home and me@ you",
    "50% of 100 to 200",
    "",
]


@pytest.mark.parametrize(("text", "expected", "counts"), FOUND)
def test_found(text: str, expected: str, counts: dict[str, int]) -> None:
    assert redact_text(text) == (expected, counts)
    assert redact_text(expected)[0] == expected


@pytest.mark.parametrize("text", LEFT)
def test_left_alone(text: str) -> None:
    assert redact_text(text) == (text, {})


def test_every_iban_of_the_registry_s_examples_gives_a_hint() -> None:
    examples = (
        "NL91ABNA0417164300 MT84MALT011000012345MTLCAST001S BE68539007547034 RO49AAAA1B31007593840000 "
        "GI75NWBK000000007099453 QA58DOHB00001234567890ABCDEFG MU17BOMM0101101030300200000MUR "
        "LV80BANK0000435195001 "
        "BG80BNBG96611020345678 GE29NB0000000101904917 NO9386011117947 SC18SSCB11010000000000001497USD"
    )
    for iban in examples.split():
        assert redact_text(f"to {iban}.") == ("to [iban].", {"iban": 1})
        spaced = " ".join(iban[n : n + 4] for n in range(0, len(iban), 4))
        assert redact_text(f"to {spaced}.") == ("to [iban].", {"iban": 1})


def test_check_digits_against_published_examples() -> None:
    assert luhn("4539 1488 0343 6467")  # example in the description of the Luhn formula
    assert not luhn("8273 1232 7352 0569")
    for iban in ("GB29NWBK60161331926819", "CH9300762011623852957", "SA0380000000608010167519"):
        assert mod97(iban)
        assert not mod97(iban[:-1] + str((int(iban[-1]) + 1) % 10))


def test_recall_and_precision_on_labelled_sentences() -> None:
    rows = [json.loads(line) for line in (DATA / "pii" / "patterned.jsonl").read_text().splitlines()]
    labelled: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    too_many: Counter[str] = Counter()
    for row in rows:
        clean, found = redact_text(row["text"])
        wanted = Counter(kind for kind, _, _ in row["spans"])
        labelled += wanted
        hit.update(kind for kind, start, stop in row["spans"] if row["text"][start:stop] not in clean)
        too_many += Counter(found) - wanted
    assert labelled == {"card": 212, "phone": 136, "email": 58, "ssn": 44, "iban": 28, "ip": 11}
    recall = {kind: hit[kind] / labelled[kind] for kind in labelled}
    assert all(recall[kind] == 1.0 for kind in ("card", "email", "iban", "ip", "ssn"))
    assert recall["phone"] >= 0.97  # three groups of three digits may also be one large number
    assert set(too_many) <= {"phone"}
    assert too_many["phone"] <= 0.05 * labelled["phone"]


HOSTILE = [
    "a" * 1_000_000,
    "@" * 1_000_000,
    "a@" * 500_000,
    "a@a." * 250_000,
    "1" * 1_000_000,
    "1 " * 500_000,
    "1-" * 500_000,
    "1" + "-" * 999_999,
    "+" * 1_000_000,
    "(1" * 500_000,
    ":" * 1_000_000,
    "a:" * 500_000,
    "1." * 500_000,
    "GB29" * 250_000,
    "GB29 " * 200_000,
    "4 1 1 1 " * 125_000,
    "2020-01-01 " * 90_000,
    "12 34 56 78 x" * 77_000,
    ("x" * 64 + "@") * 15_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=[text[:8] for text in HOSTILE])
def test_hostile_text_takes_time_in_proportion_to_its_length(text: str) -> None:
    def seconds(part: str) -> float:
        started = cpu_of_this_process()
        redact_text(part)
        return cpu_of_this_process() - started

    quarter, whole = seconds(text[: len(text) // 4]), seconds(text)
    if whole >= 6 * max(quarter, 0.02):  # measured once more, should something have come in between
        quarter, whole = seconds(text[: len(text) // 4]), min(whole, seconds(text))
    assert whole < 6 * max(quarter, 0.02)
    assert whole < 8.0


@given(st.text(max_size=400))
def test_any_text_is_stable_under_a_second_pass(text: str) -> None:
    once, found = redact_text(text)
    twice, again = redact_text(once)
    assert (twice, again) == (once, {}) or found  # what is left of a cut number may join what stood beside it
    assert found or once == text


def test_every_free_text_of_an_event_is_cleaned_and_what_was_removed_is_listed() -> None:
    dirty = "jo@example.org"
    event = StoredEvent(
        id=uuid4(),
        time=datetime.now(UTC),
        system="s",
        type="decision",
        input=f"{dirty} {dirty}",
        output=dirty,
        error=dirty,
        outcome=dirty,
        subject=dirty,
        truth=dirty,
        review=Review("approve", dirty),
        features={"a": dirty, "n": 4111111111111111.0, dirty: 1.0},
        attributes={"b": dirty, "trace": "1234567890123456"},
    )
    removed = redact(event)
    assert "example.org" not in repr(event)
    assert sorted(removed, key=repr) == sorted(
        [
            Removed("email", "input", 2),
            *(Removed("email", name, 1) for name in ("output", "error", "outcome", "subject", "truth")),
            Removed("email", "review.reviewer", 1),
            Removed("email", "features.a", 1),
            Removed("email", "features", 1),
            Removed("email", "attributes.b", 1),
        ],
        key=repr,
    )
    assert event.attributes == {"b": "[email]", "trace": "1234567890123456"}
    assert redact(event) == []


@given(st.lists(st.sampled_from([text for text, _, _ in FOUND] + LEFT) | st.text(max_size=30), max_size=8))
def test_going_through_a_batch_at_once_takes_out_the_same_as_one_by_one(texts: list[str]) -> None:
    def events() -> list[StoredEvent]:
        made = []
        for n, text in enumerate(texts):
            event = StoredEvent(
                id=UUID(int=n), time=datetime(2026, 1, 1, tzinfo=UTC), system="s", type="decision"
            )
            setattr(event, ("input", "outcome", "subject", "error", "truth", "output")[n % 6], text)
            event.features = {"kind": text} if n % 2 else None
            event.attributes = {text: 1} if n % 3 == 0 else {"a": text}
            made.append(event)
        return made

    at_once, one_by_one = events(), events()
    removed = redact_all(at_once)
    counts: Counter[str] = Counter()
    for event in one_by_one:
        for found in redact(event):
            counts[found.type] += found.count
    assert at_once == one_by_one
    assert removed == counts


def test_what_is_remembered_as_clean_is_bounded() -> None:
    for n in range(redaction._CLEAN_LIMIT * 2):
        redact_text(f"word-{n}-x")
    assert len(redaction._clean) <= redaction._CLEAN_LIMIT
    assert not any("@" in text for text in redaction._clean if "[email]" in text)


def test_names_of_models_are_texts_too() -> None:
    event = StoredEvent(
        id=uuid4(),
        time=datetime.now(UTC),
        system="s",
        type="call",
        model=Model("private-model-of-jo@example.org", "asked at +49 30 901820"),
    )
    assert redact(event) == [Removed("email", "model.name", 1), Removed("phone", "model.version", 1)]
    assert event.model == Model("[email]", "asked at [phone]")


@pytest.mark.parametrize("version", ["1.4.2.0", "v2.10.31.4", "2024.11.20.1", "24.10.1234567"])
def test_versions_of_models_are_no_addresses(version: str) -> None:
    model = Model("scorer", version)
    event = StoredEvent(id=uuid4(), time=datetime.now(UTC), system="s", type="call", model=model)
    assert redact(event) == []
    assert event.model == Model("scorer", version)


def test_a_card_does_not_pass_as_the_id_of_a_span() -> None:
    attributes = {"span": "4111111111111111", "parent": "00f067aa0ba902b7", "trace": "1234567890123456"}
    event = StoredEvent(id=uuid4(), time=datetime.now(UTC), system="s", type="span", attributes=attributes)
    assert redact(event) == [Removed("card", "attributes.span", 1)]
    assert event.attributes == {**attributes, "span": "[card]"}
