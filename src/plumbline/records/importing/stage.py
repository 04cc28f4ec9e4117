"""The stage that writes confirmed imports: it finishes what a request or a stopped process has begun."""

from __future__ import annotations

from plumbline.records.importing import commands, queries


class ImportStage:
    """Takes the oldest confirmed import a second further."""

    name = "imports"

    def advance(self) -> bool:
        """Write on; whether there may be more to write."""
        return any(commands.advance(job.handle) for job in list(queries.open_jobs()))
