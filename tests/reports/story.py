"""A small installation with something of everything that a pack can hold, and the verifier run beside it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings

import plumbline_verify
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.ids import uuid7
from plumbline.records import commands
from plumbline.telemetry import intake
from plumbline.trail import publisher

VERIFIER = Path(plumbline_verify.__file__).with_name("verify.py")


def send(system: str, count: int, **values: Any) -> intake.Receipt:
    """Send ``count`` decisions and one call of a system through the real intake."""
    events = [
        {
            "id": str(uuid7()),
            "time": clock.rfc3339(clock.now()),
            "system": system,
            "type": "decision",
            "outcome": "pay",
            "score": 0.25,
            **values,
        }
        for _ in range(count)
    ]
    events.append({**events[0], "id": str(uuid7()), "type": "call"})
    body = json.dumps({"source": "test", "events": events}).encode()
    return intake.accept(body, "application/json", "", "tok_test", settings.PLUMBLINE)


def live(actor: Actor, name: str = "claims-triage") -> str:
    """An AI system in draft with a risk and a file."""
    saved = commands.create(actor, "ai-system", {"title": name, "slug": name})
    commands.attach(actor, saved.reference, "model card.txt", b"Trained on 2025 claims.", "text/plain")
    return saved.reference


def sign() -> None:
    """Sign everything that is committed."""
    publisher.publish()


def verify(pack: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Run the verifier on a pack in a process of its own that knows nothing of the product."""
    command = [sys.executable, "-I", str(VERIFIER), "verify", str(pack), *more]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
