"""A fresh trail for each test: its own data folder, keys and guard, and the seat belt on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction

if TYPE_CHECKING:
    from plumbline.trail import log
    from plumbline.trail.keys import InitReport


@dataclass
class Trail:
    """An initialised trail and where its files are."""

    data: Path
    guard: Path
    report: InitReport

    def append(self, count: int = 1, **fields: Any) -> log.Appended:
        """Append entries, one transaction each; the last answer."""
        from plumbline.trail import log

        for _ in range(count):
            with transaction.atomic():
                answer = log.append(
                    fields.get("entry_type", "record.created"),
                    actor="per_0123456789",
                    subject={"kind": "risk", "ref": "RSK-0007", "revision": 1},
                    openings=fields.get("openings", {"body": b'{"title":"Claims are refused unfairly"}'}),
                    requirements=["iso42001:6.1.4"],
                    facts=fields.get("facts", {}),
                    source=fields.get("source", "governance"),
                )
        return answer

    def forge(self, count: int = 1) -> None:
        """Append entries past the question whether the log takes any, as a program of one's own can."""
        from plumbline.trail import log_state

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(log_state, "require_agreement", lambda head, now: None)
            self.append(count)


@pytest.fixture
def trail(tmp_path: Path, settings: Any, request: pytest.FixtureRequest) -> Trail:
    """An initialised, unpublished trail with one entry (key.created)."""
    from plumbline.trail import keys

    request.getfixturevalue("transactional_db" if _transactional(request) else "db")
    settings.PLUMBLINE = replace(
        settings.PLUMBLINE, data=tmp_path, guard=str(tmp_path / "guard" / "guard.json")
    )
    report = keys.init(tmp_path, settings.PLUMBLINE.guard_file, "plumbline.test/main/1")
    return Trail(tmp_path, settings.PLUMBLINE.guard_file, report)


def _transactional(request: pytest.FixtureRequest) -> bool:
    marker = request.node.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction"))


@pytest.fixture
def seat_belt(db: None) -> Iterator[None]:
    """The triggers, which the test database otherwise does without so that it can be emptied."""
    from plumbline.trail import append_only_triggers

    append_only_triggers.remove(connection)
    append_only_triggers.install(connection)
    yield
    append_only_triggers.remove(connection)
