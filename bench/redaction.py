"""Personal data taken out of free text, against one plain pattern for each type of it.

Here: the redaction of telemetry, with the check digits of cards and IBANs and with phone numbers as people
write them, over texts of which one in five holds some. The anchor: the same texts through six textbook
patterns, one ``re.sub`` each, without check digits.

    python bench/redaction.py [--repetitions 15]
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import table
from table import Promise, Row, Scale

TEXTS = 5_000
RATIO = 2.0
PLAIN = [
    re.compile(pattern)
    for pattern in (
        r"[\w.+-]+@[\w-]+\.[\w.-]+",
        r"\b(?:\d[ -]?){13,19}\b",
        r"\b[A-Z]{2}\d{2}[A-Z0-9 ]{11,30}\b",
        r"\b\d{3}-\d{2}-\d{4}\b",
        r"\b(?:\d{1,3}\.){3}\d{1,3}\b",
        r"\+?\d[\d ()/-]{7,}\d",
    )
]
PERSONAL = (
    "Write to jo.{0}@example.org about it.",
    "Call 030 9018{0} in the morning.",
    "Paid with 4111 1111 1111 1111 on day {0}.",
    "The account is DE89 3704 0044 0532 0130 00, case {0}.",
)


def texts(count: int) -> list[str]:
    """Descriptions of damage; one in five holds personal data."""
    draw = random.Random(7)
    plain = "The window in the kitchen broke on the second day of the storm, and the frame bent with it. " * 3
    return [
        f"Case {number}. {plain}"
        + (draw.choice(PERSONAL).format(draw.randrange(100, 999)) if draw.random() < 0.2 else "")
        for number in range(count)
    ]


def rows(scale: Scale) -> Iterator[Row]:
    """Redaction of many texts."""
    from plumbline.telemetry.redaction import redact_text

    written = texts(scale.size(TEXTS, least=200))

    def here() -> None:
        for text in written:
            redact_text(text)

    def anchor() -> None:
        for text in written:
            for pattern in PLAIN:
                text = pattern.sub("[removed]", text)

    costs = table.compare(here, anchor, scale.repetitions)
    yield Row(f"redaction of {len(written):,} texts", "plain patterns", *costs, Promise("cpu ratio", RATIO))


if __name__ == "__main__":
    table.run(rows)
