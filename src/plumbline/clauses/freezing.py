"""Freezing what a record rests on: written when it goes into review, and compared again at approval.

A kind declares one `Freezing` beside its model, and names its two gates. Between review and approval the
world may have moved on; what is approved is always what holds on the day of the approval.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from plumbline.clauses import gates
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.canonical import canonical
from plumbline.kernel.messages import Message
from plumbline.kernel.problems import Fault
from plumbline.records.gates import GateResult, OnTaking
from plumbline.records.models import Record

FIELD = "content"
"""The field that holds what was frozen, of every kind that freezes something."""
_CHANGED = Fault(
    "content",
    "has changed since review was asked for",
    "return it to draft and ask for review again, which freezes it anew",
)


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of what was frozen in its canonical bytes, in hex."""
    return hashlib.sha256(canonical(dict(content))).hexdigest()


@dataclass(frozen=True)
class Freezing:
    """What a kind freezes: ``now`` gives it for a record, as it is at this moment.

    ``fact`` is the name under which the entry of the step commits to its digest, ``note`` what is said of the
    step; without them the step says nothing of its own. With ``digest_column`` the digest, by ``digest``,
    stands in that column and is what is compared, and the instant is frozen too. ``changed`` is said when
    it is no longer the same.
    """

    now: Callable[[Any], Mapping[str, Any]]
    fact: str = ""
    note: Callable[[str], Message] | None = None
    digest: Callable[[Mapping[str, Any]], str] = digest
    digest_column: str = ""
    changed: Fault = _CHANGED

    def _write(self, actor: Actor, record: Record, reason: str) -> GateResult | None:
        """Write what holds at this moment into the record that goes into review."""
        content, columns = self.now(record), [FIELD]
        said = self.digest(content)
        stored = dict(content)
        if self.digest_column:
            stored["frozen"] = clock.rfc3339(clock.now())
            setattr(record, self.digest_column, said)
            columns.append(self.digest_column)
        setattr(record, FIELD, stored)
        record.save(update_fields=columns)
        if self.note is None:
            return None
        return GateResult(str(self.note(said)), {self.fact: {"sha256": said}})

    @property
    def freeze(self) -> OnTaking:
        """The gate of the step that asks for review."""
        return OnTaking(self._write)

    def is_current(self, actor: Actor, record: Record, reason: str) -> None:
        """The gate of the approval: what is approved is what holds now, not on the day of the review."""
        now = self.now(record)
        if self.digest_column:
            same = self.digest(now) == getattr(record, self.digest_column)
        else:
            same = now == getattr(record, FIELD)
        if not same:
            gates.refuse(record, [self.changed])
