"""Personal data that has a pattern, taken out of free text before anything is stored.

Found are e-mail addresses, telephone numbers, payment cards (with their Luhn check digit, ISO/IEC
7812-1), IBANs (with their check digits, ISO 13616 / ISO 7064 mod 97-10), IPv4 and IPv6 addresses and
US social security numbers. Each is replaced by its name in brackets: ``[email]``. What has no pattern
(names, addresses) stays, so the rest is still treated as personal.

Pure, and linear in the length of the text: every repetition in every pattern is bounded, since the text comes
from outside and an unbounded one could be made to take minutes.

The order of the patterns matters. An e-mail address, an IP address and an IBAN contain digits that the later,
looser patterns for cards and telephone numbers would cut out of them, leaving the rest behind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv6Address
from typing import Any, Final

from plumbline.telemetry.event import Model, StoredEvent
from plumbline.telemetry.number_patterns import IBAN_LENGTHS, find_phones, luhn, mod97


@dataclass(frozen=True, slots=True)
class Removed:
    """``count`` pieces of personal data of one ``type`` taken out of ``field``."""

    type: str
    field: str
    count: int


_LOCAL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}")
_DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]{0,62})\.){1,8}[^\W\d_]{2,24}")
_IBAN = re.compile(r"(?<![^\W_])[A-Za-z]{2}\d\d(?=[ -]?[A-Za-z0-9])")
_CARD = re.compile(r"(?<![\w.])[2-6](?:[ -]?\d){11,18}(?!\w)")
_IPV4 = re.compile(r"(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?!\w|\.\d)")
_IPV6 = re.compile(r"(?<![\w:])[0-9A-Fa-f:]{2,39}(?:\.\d{1,3}){0,3}(?![\w:])")
_SSN = re.compile(r"(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}(?![\w-])")
_DOTTED = re.compile(r"\d\.\d{1,3}\.\d")
_MAYBE_IBAN = re.compile(r"\d(?<=[A-Za-z]{2}\d)\d(?:[ -]?[A-Za-z0-9]){11}")
# What any of the patterns needs. A set of signs stands first, so that the search skips from one of them to
# the next; inside a word only what may be an IBAN counts.
_HINT = re.compile(
    r"[@:\d](?:(?<=[@:])|(?<!\w\d)(?:[ ().\-/\u2010\u2011\u00a0]{0,3}\d){5}"
    r"|(?<=[A-Za-z]{2}\d)\d(?:[ -]?[A-Za-z0-9]){11}|\.\d{1,3}\.\d)"
)
_search = _HINT.search
_NO_DIGITS: Final = {ord(digit): None for digit in "0123456789"}
_PHONE_DIGITS: Final = 6
_CARD_DIGITS: Final = 12
_WORDLIKE: Final = 8
_CLEAN_LIMIT: Final = 8_192
"""Short texts remembered as clean. Outcomes and names of features are few and come again in every event;
remembering them saves most of the work of a batch."""
_NONE_REMOVED: Final[dict[str, int]] = {}
_clean: set[str] = set()


def redact_text(text: str) -> tuple[str, dict[str, int]]:
    """``text`` without the personal data that has a pattern, and how many of each type were taken out."""
    if _search(text) is None:
        return text, _NONE_REMOVED
    return _redact_hinted(text)


def _redact_hinted(text: str) -> tuple[str, dict[str, int]]:
    """As `redact_text`, for a text in which `_HINT` was found."""
    counts: dict[str, int] = {}
    result = text
    if "@" in result:
        result = _replace_emails(result, counts)
    if ":" in result:
        result = _replace(_IPV6, "ip", _is_ipv6, result, counts)
    if _DOTTED.search(result):
        result = _replace(_IPV4, "ip", _accept, result, counts)
    if _MAYBE_IBAN.search(result):
        result = _replace_ibans(result, counts)
    digits = _count_digits(result)
    if digits >= _PHONE_DIGITS:
        if digits >= _CARD_DIGITS:
            result = _replace(_CARD, "card", luhn, result, counts)
        if "-" in result:
            result = _replace(_SSN, "ssn", _accept, result, counts)
        result = _replace_spans(result, find_phones(result), "phone", counts)
    return result, counts


def _count_digits(text: str) -> int:
    if text.isascii():
        return len(text) - len(text.translate(_NO_DIGITS))
    return sum(map(str.isdecimal, text))


def _is_clean(word: str) -> bool:
    """Whether a short text that tends to come again has nothing to take out; remembered, within a limit."""
    if word in _clean:
        return True
    if len(word) > 64 or redact_text(word)[1]:
        return False
    if len(_clean) >= _CLEAN_LIMIT:
        # Bounded by starting over: senders choose these texts, and keeping an order would cost more than it
        # saves.
        _clean.clear()
    _clean.add(word)
    return True


def redact_all(events: Sequence[StoredEvent]) -> dict[str, int]:
    """`redact` every event; how many pieces of each type were removed in all."""
    removed: dict[str, int] = {}
    for event in events:
        for entry in redact(event):
            removed[entry.type] = removed.get(entry.type, 0) + entry.count
    return dict(sorted(removed.items()))


def redact(event: StoredEvent) -> list[Removed]:
    """Take personal data out of every free text of ``event``, in place; say what was removed where.

    Nearly all texts have no hint of anything to remove, and are only looked at.
    """
    removed: list[Removed] = []
    if (text := event.subject) is not None and _search(text) is not None:
        event.subject = _redact(text, "subject", removed)
    if (text := event.input) is not None and _search(text) is not None:
        event.input = _redact(text, "input", removed)
    if (text := event.output) is not None and _search(text) is not None:
        event.output = _redact(text, "output", removed)
    if (text := event.error) is not None and _search(text) is not None:
        event.error = _redact(text, "error", removed)
    if (text := event.outcome) is not None and text not in _clean and not _is_clean(text):
        event.outcome = _redact(text, "outcome", removed)
    if (model := event.model) is not None and not _all_clean({model.name: model.version}):
        _redact_model(model, removed)
    if event.truth is not None or event.review is not None:
        _redact_review_and_truth(event, removed)
    if (mapping := event.features) is not None and not _all_clean(mapping):
        event.features = _rewrite(mapping, "features", removed)
    if (others := event.attributes) is not None and not _all_clean(others):
        event.attributes = _rewrite(others, "attributes", removed)
    return removed


_VERSION = re.compile(r"[vV]?\d{1,8}(?:\.\d{1,8}){1,4}\Z")


def _redact_model(model: Model, removed: list[Removed]) -> None:
    """A version of numbers and dots, such as 1.4.2.0, is neither an address nor a telephone number."""
    model.name = _redact(model.name, "model.name", removed)[:200]
    if model.version is not None and not _VERSION.match(model.version):
        model.version = _redact(model.version, "model.version", removed)[:200]


def _redact_review_and_truth(event: StoredEvent, removed: list[Removed]) -> None:
    """What an event says of another one."""
    if isinstance(event.truth, str):
        event.truth = _redact(event.truth, "truth", removed)
    if event.review is not None and event.review.reviewer is not None:
        event.review.reviewer = _redact(event.review.reviewer, "review.reviewer", removed)[:200]


def _redact(text: str, field: str, removed: list[Removed]) -> str:
    clean, counts = redact_text(text)
    removed.extend(Removed(kind, field, count) for kind, count in counts.items())
    return clean


def _all_clean(values: Mapping[str, Any]) -> bool:
    """Whether neither a name nor a text of ``values`` has anything to take out."""
    if not _clean.issuperset(values):
        for name in values:
            if not _is_clean(name):
                return False
    for value in values.values():
        if type(value) is str and value not in _clean and not _is_clean(value):
            return False
    return True


# Ids of traces are hexadecimal and may look like a card number or an IBAN by chance. They have to stay whole,
# or spans could not be joined; a letter is required, so that a real card number does not pass as an id.
_HEX_ID = re.compile(r"(?=\d*[a-f])[0-9a-f]{16,32}\Z")
_ID_NAMES: Final = frozenset({"trace", "span", "parent"})


def _rewrite(values: dict[str, Any], field: str, removed: list[Removed]) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    for name, value in values.items():
        label = _redact(name, field, removed)
        if isinstance(value, str) and not (name in _ID_NAMES and _HEX_ID.match(value)):
            changed[label] = _redact(value, f"{field}.{label}", removed)
        else:
            changed[label] = value
    return changed


def _accept(_: str) -> bool:
    return True


def _is_ipv6(token: str) -> bool:
    if token.count(":") < 2:
        return False
    if not any(char.isdigit() for char in token) and len(token.replace(":", "")) < _WORDLIKE:
        return False  # as in add::a, where hexadecimal letters happen to make words
    try:
        IPv6Address(token)
    except AddressValueError:
        return False
    return True


def _replace(
    pattern: re.Pattern[str], kind: str, is_valid: Callable[[str], bool], text: str, counts: dict[str, int]
) -> str:
    def replace_match(match: re.Match[str]) -> str:
        if not is_valid(match[0]):
            return match[0]
        counts[kind] = counts.get(kind, 0) + 1
        return f"[{kind}]"

    return pattern.sub(replace_match, text)


def _replace_spans(text: str, spans: list[tuple[int, int]], kind: str, counts: dict[str, int]) -> str:
    if not spans:
        return text
    counts[kind] = counts.get(kind, 0) + len(spans)
    pieces, done = [], 0
    for start, end in spans:
        pieces += [text[done:start], f"[{kind}]"]
        done = end
    return "".join([*pieces, text[done:]])


def _replace_emails(text: str, counts: dict[str, int]) -> str:
    spans: list[tuple[int, int]] = []
    done, at = 0, text.find("@")
    while at >= 0:
        domain = _DOMAIN.match(text, at + 1)
        local = _LOCAL.match(text[max(done, at - 64) : at][::-1]) if domain else None
        if domain and local:
            spans.append((at - len(local[0]), domain.end()))
            done = domain.end()
        at = text.find("@", max(at + 1, done))
    return _replace_spans(text, spans, "email", counts)


def _replace_ibans(text: str, counts: dict[str, int]) -> str:
    spans: list[tuple[int, int]] = []
    done = 0
    for match in _IBAN.finditer(text):
        length = IBAN_LENGTHS.get(match[0][:2].upper())
        if length is None or match.start() < done:
            continue
        end = _iban_end(text, match.start(), length)
        if end and mod97(text[match.start() : end]):
            spans.append((match.start(), end))
            done = end
    return _replace_spans(text, spans, "iban", counts)


def _iban_end(text: str, start: int, length: int) -> int:
    """Where ``length`` letters and digits from ``start`` end, single blanks between them; 0 if not there."""
    count, place, blank = 0, start, False
    while place < len(text) and count < length:
        char = text[place]
        if char.isascii() and char.isalnum():
            count, blank = count + 1, False
        elif char in " -" and not blank:
            blank = True
        else:
            return 0
        place += 1
    follows = place < len(text) and text[place].isalnum()
    return place if count == length and not follows else 0
