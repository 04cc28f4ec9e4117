"""A pack as plain values, for the API, the command line and pages."""

from __future__ import annotations

from typing import Any

from plumbline.kernel.clock import rfc3339
from plumbline.reports.models import Pack


def as_dict(pack: Pack) -> dict[str, Any]:
    """What is known of a pack: what was asked for, how far it is, and what is in it."""
    return {
        "id": pack.handle,
        "state": pack.state,
        "created": rfc3339(pack.created_at),
        "finished": rfc3339(pack.finished_at) if pack.finished_at else None,
        "by": pack.author,
        "by_name": author_name(pack),
        "from": pack.start,
        "until": pack.stop,
        "requirements": pack.requirements.splitlines(),
        "systems": pack.systems.splitlines(),
        "recipient": pack.recipient,
        "purpose": pack.purpose,
        "expires": pack.expires.isoformat(),
        "sample": {
            "kind": pack.sample_of,
            "wanted": pack.sample_size,
            "drawn": pack.sampled,
            "of": pack.population,
            "seed": pack.seed,
            "prepared": pack.prepared,
            "entry": pack.drawn,
        },
        "progress": {"step": pack.step, "done": pack.done, "total": pack.total},
        "error": pack.error,
        "sha256": pack.sha256 or None,
        "size": pack.size,
        "checkpoint": pack.checkpoint or None,
        "revisions": pack.revisions,
        "results": pack.results,
        "files": pack.files,
        "entry": pack.leaf,
    }


def author_name(pack: Pack) -> str:
    """Name of whoever asked for it."""
    return pack.person.full_name if pack.person else pack.author.removeprefix("stage:").capitalize()


def file_name(pack: Pack) -> str:
    """The name under which a pack is handed out."""
    return f"evidence-{pack.start}-{pack.stop - 1}-{pack.sha256[:8]}.aipack"


def verify_line(pack: Pack, vkey: str) -> str:
    """The command by which its recipient checks a pack."""
    return f"python3 verify.py verify {file_name(pack)} --key '{vkey}'"
