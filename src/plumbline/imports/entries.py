"""What the trail says of an import: that it was confirmed, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plumbline.imports.models import ImportJob
from plumbline.imports.queries import JobView
from plumbline.imports.stated import queries as stated
from plumbline.kernel.canonical import JSON
from plumbline.trail import log


def append(
    job: ImportJob, actor_id: str, entry_type: str, shown: JobView, more: Mapping[str, JSON] | None = None
) -> None:
    """Append one entry about ``job``, with its map as an opening and its counts, and ``more``, as facts."""
    counts = {outcome: number for outcome, number in shown.counts.items() if number}
    log.append(
        entry_type,
        actor=actor_id,
        subject={"type": "import", "ref": job.handle, "kind": job.kind},
        openings={"map": job.map_text.encode()},
        facts={
            "sha256": job.file_sha256,
            "rows": shown.rows,
            "written": shown.written,
            **counts,
            **({"stated": said} if (said := stated.digest_of(job.pk)) else {}),
            **(more or {}),
        },
    )


def of_lists(actor_id: str, handle: str, entry_type: str, imports: Sequence[str]) -> None:
    """Append one entry about a file with several lists, each of which is one of ``imports``."""
    subject: dict[str, JSON] = {"type": "lists", "ref": handle}
    log.append(entry_type, actor=actor_id, subject=subject, facts={"imports": list(imports)})
