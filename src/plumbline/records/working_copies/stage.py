"""The stage that ends what was typed and not saved thirty days after the last key, whoever types next."""

from __future__ import annotations

import logging
import time

from plumbline.records.working_copies import commands
from plumbline.records.working_copies.queries import KEPT

_log = logging.getLogger(__name__)
_INTERVAL = 600.0
"""Seconds between two looks: nobody reads a copy past its time meanwhile, since no query finds it."""


class TypingStage:
    """Removes copies past their time.

    Like keeping them, it leaves no entry in the trail: a copy is nobody's record, and whoever typed it could
    have let go of it without a word. The log of the process says how many there were.
    """

    name = "typing"

    def __init__(self) -> None:
        """Look in the first turn."""
        self._looked = 0.0

    def advance(self) -> bool:
        """Remove what is past its time, if it was not looked at for a while; there is never more to do."""
        if self._looked and time.monotonic() - self._looked < _INTERVAL:
            return False
        self._looked = time.monotonic()
        if ended := commands.end_old():
            _log.info("typed and not saved for %d days: %d removed", KEPT.days, ended)
        return False
