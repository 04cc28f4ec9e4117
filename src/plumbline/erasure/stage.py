"""The stage that does what was approved, and asks for what is past its retention period."""

from __future__ import annotations

import time
from contextlib import suppress

from plumbline.erasure.execution import commands as execution
from plumbline.erasure.retention import commands as retention
from plumbline.telemetry.store.port import EvidenceStore
from plumbline.trail import log_state
from plumbline.trail.proofs import Altered

_INTERVAL = 3_600.0
"""Seconds between two looks for content that is past its period."""
_AGAIN = 60.0
"""Seconds between two looks at requests that something stopped: working out what a hold and a request reach
reads much, and nobody waits for it."""


class ErasureStage:
    """Erases, one request at a time. One process runs it: the one that has the evidence store open."""

    name = "erase"

    def __init__(self, store: EvidenceStore) -> None:
        """Work on ``store`` and on everything beside it."""
        self._store = store
        self._looked = self._retried = 0.0

    def advance(self) -> bool:
        """Do the next approved request; whether there was one."""
        again = not self._retried or time.monotonic() - self._retried > _AGAIN
        if again:
            self._retried = time.monotonic()
        if execution.run_next(self._store, again=again):
            return True
        if not self._looked or time.monotonic() - self._looked > _INTERVAL:
            self._looked = time.monotonic()
            execution.replay_erasures(self._store)
            if log_state.current().is_writable:
                # A period that its entries do not bear out is a finding by now; nothing goes by it.
                with suppress(Altered):
                    retention.ask_for_what_is_over()
        return False
