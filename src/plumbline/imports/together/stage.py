"""The stage that writes confirmed imports, and begins the next list of a file when it is its turn."""

from __future__ import annotations

from plumbline.imports.stage import ImportStage
from plumbline.imports.together import turns


class ListsStage(ImportStage):
    """Takes confirmed imports further; with nothing to write it begins the next list of a file."""

    def advance(self) -> bool:
        """As `ImportStage.advance`; whether there may be more to do."""
        return super().advance() or turns.begin_any()
