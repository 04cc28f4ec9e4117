"""Raising a concern without a name, and adding to it: through the one door, by nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from plumbline.clauses.improvement.anonymous import queries, receipts
from plumbline.clauses.improvement.concerns import CONCERN
from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Conflict, Fault, Invalid, TooMany
from plumbline.records import commands

LONGEST: Final = 5_000
"""Characters of a concern, or of one addition."""
MOST_ADDITIONS: Final = 30
REFUSED: Final = "Nothing was sent."
TITLES: Final[Mapping[str, str]] = {"inside": "Anonymous concern", "outside": "Anonymous report"}
Redact = Callable[[str], tuple[str, Mapping[str, int]]]
"""A text without the personal data that has a pattern, and how many of each type were taken out."""


@dataclass(frozen=True)
class Raised:
    """A concern that came in: its receipt, and whether it had come in before with the same form."""

    receipt: str
    again: bool


def raise_concern(channel: str, text: str, redact: Redact, once: str = "") -> Raised:
    """Take a concern by a channel that is open. No account, address or program is given to this function.

    ``redact`` is what takes personal data out; ``once`` is what the form carried. Raises `NotFound` for a
    channel that is not open and `Invalid` for a text that is empty or too long.
    """
    queries.require_open(channel)
    said = _checked("concern", text, redact)
    receipt = receipts.receipt_of(once)
    key = receipts.key_of(receipt)
    if queries.is_known(key):
        return Raised(receipt, again=True)
    values = {
        "title": TITLES[channel],
        "channel": channel,
        "received_on": clock.today().isoformat(),
        "concern": said,
        "reporter": "anonymous",
    }
    try:
        commands.create(queries.NOBODY, CONCERN, values, key=key)
    except Conflict:  # the same form, sent twice at one moment
        return Raised(receipt, again=True)
    return Raised(receipt, again=False)


def add(receipt: str, text: str, redact: Redact) -> None:
    """Add to the concern with this receipt. Raises `NotFound`, `Invalid`, or `TooMany` after very many."""
    record = queries.by_receipt(receipt)
    said = _checked("addition", text, redact)
    present = queries.additions(record)
    if present and present[-1].text == said:  # sent twice
        return
    if len(present) >= MOST_ADDITIONS:
        raise TooMany("This was added to very often already. Wait for an answer, or raise another concern.")
    commands.comment(queries.NOBODY, record.reference, said)


def _checked(field: str, text: str, redact: Redact) -> str:
    said = text.replace("\r\n", "\n").strip()
    if not said:
        fault = Fault(field, say("concern.empty", "is empty"), say("concern.write", "write what it is about"))
    elif len(said) > LONGEST:
        most = say("concern.most", "{most} characters at most; add the rest later", most=LONGEST)
        fault = Fault(field, say("concern.too-long", "is too long"), most)
    elif "\x00" in said:
        fault = Fault(field, say("concern.nul", "has a NUL character"), say("concern.nul-out", "remove it"))
    else:
        return redact(said)[0]
    raise Invalid(REFUSED, [fault])
