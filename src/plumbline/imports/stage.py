"""The stage that writes confirmed imports: it finishes what a request or a stopped process has begun."""

from __future__ import annotations

from plumbline.imports import commands, queries

SLICE = 0.25  # seconds


class ImportStage:
    """Takes each confirmed import a little further, so that other stages are not kept waiting."""

    name = "imports"

    def advance(self) -> bool:
        """Write on, the oldest import to its end before the next begins; whether there may be more to write.

        Of two imports at once each would have its file read again at every turn.
        """
        return any(commands.advance(job.handle, seconds=SLICE) for job in queries.open_jobs())
