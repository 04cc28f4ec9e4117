"""Grounds of an erasure and of a refusal, and how long things are kept: each with its source in the law.

Whether a ground applies is for people to judge; nothing here is legal advice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

GROUNDS: Mapping[str, str] = {
    "gdpr-17-1-a": "No longer necessary for its purpose (Art. 17(1)(a) GDPR)",
    "gdpr-17-1-b": "Consent was withdrawn (Art. 17(1)(b) GDPR)",
    "gdpr-17-1-c": "The person objected (Art. 17(1)(c) GDPR)",
    "gdpr-17-1-d": "Processed unlawfully (Art. 17(1)(d) GDPR)",
    "gdpr-17-1-e": "A legal duty to erase (Art. 17(1)(e) GDPR)",
    "gdpr-17-1-f": "Collected from a child (Art. 17(1)(f) GDPR)",
    "retention": "Its retention period is over (Art. 5(1)(e) GDPR)",
    "error": "Recorded by mistake",
}
REFUSALS: Mapping[str, str] = {
    "gdpr-17-3-a": "Freedom of expression and information (Art. 17(3)(a) GDPR)",
    "gdpr-17-3-b": "A legal duty to keep it, or a task in the public interest (Art. 17(3)(b) GDPR)",
    "gdpr-17-3-c": "Public health (Art. 17(3)(c) GDPR)",
    "gdpr-17-3-d": "Archiving, research or statistics (Art. 17(3)(d) GDPR)",
    "gdpr-17-3-e": "Legal claims (Art. 17(3)(e) GDPR)",
    "identity": "Whoever asked could not be identified (Art. 12(6) GDPR)",
    "not-founded": "None of the grounds of Art. 17(1) GDPR applies",
}


@dataclass(frozen=True)
class Retention:
    """How long a class is kept unless people decide otherwise; ``least`` months are a minimum of the law."""

    months: int
    least: int
    source: str


DEFAULTS: Mapping[str, Retention] = {
    "telemetry": Retention(
        24, 6, "Regulation (EU) 2024/1689, Art. 19(1) and 26(6): logs are kept for at least six months"
    ),
    "governance": Retention(
        120, 120, "Regulation (EU) 2024/1689, Art. 18(1): documentation is kept for ten years"
    ),
}
"""Classes of content that are kept for a time. What is in no class here (keys, erasures) stays for good."""
