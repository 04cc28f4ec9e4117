"""Six weeks of invented decisions, the same on every run for the same day.

Claims Triage's inputs move away from their reference in the last days (a storm on the coast, and claims from
an island that no reference knows). Chat Assist lets customers wait for some days two weeks ago, Document
Reader fails more often on the last day, and a system that nobody registered shows up.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from plumbline.kernel import clock
from plumbline.kernel.clock import rfc3339

DAYS = 42
BATCH = 500
Event = dict[str, Any]
Rng = np.random.Generator


@dataclass(frozen=True)
class Pattern:
    """How one system behaves: events a day, and what makes one."""

    system: str
    a_day: int
    make: Callable[[Rng, int, Event], list[Event]]


def _id(rng: Rng, moment: datetime) -> str:
    """A UUID of version 7 (RFC 9562, section 5.7) whose random part the generator repeats."""
    noise = int.from_bytes(rng.bytes(9), "big") & ((1 << 62) - 1)
    text = f"{int(moment.timestamp() * 1000) << 80 | 0x7 << 76 | 0x2 << 62 | noise:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _follow(rng: Rng, event: Event, kind: str, hours: float, **fields: Any) -> Event:
    moment = datetime.fromisoformat(event["time"]) + timedelta(hours=hours)
    return {
        "id": _id(rng, moment),
        "time": rfc3339(moment),
        "system": event["system"],
        "type": kind,
        "about": event["id"],
        **fields,
    }


CALM = {"inland": 0.4, "city": 0.35, "coast": 0.25}
STORM = {"inland": 0.1, "city": 0.1, "coast": 0.72, "island": 0.08}
PRODUCTS = {"home": 0.6, "contents": 0.3, "cabin": 0.1}


def _one_of(rng: Rng, shares: dict[str, float]) -> str:
    return str(rng.choice(list(shares), p=list(shares.values())))


def _claims(rng: Rng, age: int, event: Event) -> list[Event]:
    drifted = age <= 11
    amount = float(np.round(rng.lognormal(7.6 if drifted else 6.6, 0.8), 2))
    days = float(rng.poisson(9 if drifted else 4))
    score = float(np.clip(rng.beta(2, 2) * (0.8 if drifted else 1.0), 0, 1))
    event |= {
        "type": "decision",
        "model": {"name": "triage", "version": "4.2"},
        "outcome": "pay" if score < 0.5 else "handler",
        "score": round(score, 4),
        "features": {
            "amount": amount,
            "days_to_report": days,
            "tenure_years": float(rng.integers(0, 30)),
            "prior_claims": float(rng.poisson(0.7)),
            "region": _one_of(rng, STORM if drifted else CALM),
            "product": _one_of(rng, PRODUCTS),
        },
        "latency_ms": float(np.round(rng.gamma(6, 12), 1)),
        "input": f"Water in the kitchen, call me on +46 70 {rng.integers(100, 999)} {rng.integers(10, 99)} "
        f"{rng.integers(10, 99)} or write to kund{rng.integers(1000, 9999)}@example.com",
    }
    made = [event]
    if rng.random() < 0.35:
        word = _one_of(rng, {"override": 0.14, "escalate": 0.03, "reject": 0.02, "approve": 0.81})
        reviewer = f"handler-{rng.integers(1, 9)}"
        made.append(_follow(rng, event, "review", 0.7, review={"decision": word, "reviewer": reviewer}))
    if rng.random() < 0.9:
        right = rng.random() < (0.86 if drifted else 0.94)
        truth = event["outcome"] if right else "handler" if score < 0.5 else "pay"
        made.append(_follow(rng, event, "outcome", 3.0, truth=truth))
    return made


def _fraud(rng: Rng, age: int, event: Event) -> list[Event]:
    score = float(np.clip(rng.beta(1.2, 9), 0, 1))
    event |= {
        "type": "decision",
        "model": {"name": "fraud", "version": "7.1"},
        "outcome": "investigate" if score > 0.35 else "none",
        "score": round(score, 4),
        "features": {
            "claim_age_days": float(rng.integers(0, 400)),
            "repair_ratio": round(float(rng.beta(2, 5)), 4),
            "witnesses": float(rng.poisson(0.4)),
        },
        "latency_ms": float(np.round(rng.gamma(5, 9), 1)),
    }
    made = [event]
    if score > 0.35 or rng.random() < 0.25:
        word = "override" if rng.random() < 0.09 else "approve"
        review = {"decision": word, "reviewer": f"investigator-{rng.integers(1, 5)}"}
        made.append(_follow(rng, event, "review", 2.0, review=review))
    return made


def _calls(
    model: str, version: str, errors: float, words: int, slow_at: range = range(0)
) -> Callable[[Rng, int, Event], list[Event]]:
    def make(rng: Rng, age: int, event: Event) -> list[Event]:
        event |= {
            "type": "call",
            "model": {"name": model, "version": version},
            "latency_ms": float(np.round(rng.gamma(4, 7_000 if age in slow_at else 260), 1)),
            "tokens": {"input": int(rng.integers(40, 900)), "output": int(rng.integers(10, words))},
        }
        if rng.random() < errors:
            event["error"] = "timeout"
        return [event]

    return make


def _reader(rng: Rng, age: int, event: Event) -> list[Event]:
    event |= {
        "type": "decision",
        "model": {"name": "reader", "version": "5.4"},
        "outcome": "read",
        "score": round(float(rng.beta(9, 1.4)), 4),
        "features": {"pages": float(rng.integers(1, 12))},
        "latency_ms": float(np.round(rng.gamma(5, 160), 1)),
    }
    if rng.random() < (0.11 if age <= 1 else 0.015):
        event["error"] = "unreadable"
    return [event]


def _estimates(rng: Rng, age: int, event: Event) -> list[Event]:
    event |= {
        "type": "decision",
        "model": {"name": "damage", "version": "3.0"},
        "outcome": "estimate",
        "score": round(float(rng.beta(7, 2)), 4),
        "features": {"photos": float(rng.integers(1, 9)), "estimate": round(float(rng.gamma(3, 700)), 2)},
        "latency_ms": float(np.round(rng.gamma(6, 210), 1)),
    }
    word = "override" if rng.random() < 0.18 else "approve"
    review = {"decision": word, "reviewer": f"appraiser-{rng.integers(1, 4)}"}
    return [event, _follow(rng, event, "review", 5.0, review=review)]


def _plain(name: str, version: str) -> Callable[[Rng, int, Event], list[Event]]:
    def make(rng: Rng, age: int, event: Event) -> list[Event]:
        event |= {
            "type": "decision",
            "model": {"name": name, "version": version},
            "outcome": "proposed",
            "score": round(float(rng.random()), 4),
            "features": {"level": round(float(rng.normal(10, 2)), 4)},
            "latency_ms": float(np.round(rng.gamma(4, 30), 1)),
        }
        return [event]

    return make


PATTERNS = (
    Pattern("claims-triage", 140, _claims),
    Pattern("chat-assist", 120, _calls("norrland-chat", "2026-08", 0.012, 400, slow_at=range(11, 14))),
    Pattern("fraud-score", 120, _fraud),
    Pattern("pricing-lab", 30, _plain("tariff", "1.9")),
    Pattern("damage-photo", 40, _estimates),
    Pattern("letter-drafts", 40, _calls("norrland-chat", "2026-08", 0.01, 900)),
    Pattern("document-reader", 60, _reader),
    Pattern("storm-forecast", 24, _plain("storm", "2.0")),
    Pattern("code-helper", 50, _calls("code", "11", 0.005, 300)),
    Pattern("policy-search", 40, _calls("search", "1.3", 0.004, 60)),
    Pattern("marketing-writer", 6, _calls("unknown", "1", 0.0, 500)),
)


def events(today: date, until: datetime) -> list[Event]:
    """Every event of the six weeks before ``until``, in order of their own time."""
    made: list[Event] = []
    for pattern in PATTERNS:
        rng = np.random.default_rng([zlib.crc32(pattern.system.encode()), today.toordinal()])
        for age in range(DAYS, -1, -1):
            midnight = clock.day_start(today - timedelta(days=age))
            moments = np.sort(rng.integers(0, 86_400_000, pattern.a_day))
            for moment in moments.tolist():
                instant = midnight + timedelta(milliseconds=moment)
                event: Event = {"id": _id(rng, instant), "time": rfc3339(instant), "system": pattern.system}
                made += pattern.make(rng, age, event)
    bound = rfc3339(until)
    return sorted((event for event in made if event["time"] <= bound), key=lambda event: str(event["time"]))


def batches(made: list[Event], sent: int = 0) -> Iterator[dict[str, Any]]:
    """Batches as one gateway would send them, with counters that go on from ``sent`` without a gap."""
    # Of one size: a batch of a few events would speak for a system that happens to have most of them.
    parts = -(-len(made) // BATCH)
    size = -(-len(made) // parts) if parts else 1
    for start in range(0, len(made), size):
        events = made[start : start + size]
        yield {"source": "halden-gateway", "counter": sent + start + 1, "events": events}
