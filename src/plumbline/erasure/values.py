"""Requests, previews and packs as doors show them: plain values by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plumbline.erasure import queries
from plumbline.kernel import clock
from plumbline.wording import english

if TYPE_CHECKING:
    from plumbline.erasure.models import ErasureRequest, LegalHold
    from plumbline.erasure.queries import Preview
    from plumbline.reports.models import Pack


def of_request(row: ErasureRequest, packs: list[Pack]) -> dict[str, Any]:
    """A request, with the packs whose recipients have to be told (Art. 19 GDPR)."""
    return {
        "id": row.handle,
        "of": row.kind,
        "target": row.target,
        "before": row.before.isoformat() if row.before else None,
        "ground": row.ground,
        "reason": row.reason,
        "state": row.state,
        "asked_by": row.actor,
        "asked_at": clock.rfc3339(row.requested_at),
        "decided_by": row.decided_by or None,
        "decided_at": clock.rfc3339(row.decided_at) if row.decided_at else None,
        "openings": row.openings,
        "events": row.events,
        "entry": row.erasure_leaf,
        "error": english(row.error) or None,
        "recipients": [of_pack(pack) for pack in packs],
    }


def of_pack(pack: Pack) -> dict[str, Any]:
    """A pack that was handed out: to whom, what for, and until when it may be kept."""
    return {
        "pack": pack.handle,
        "recipient": pack.recipient,
        "purpose": pack.purpose,
        "expires": pack.expires.isoformat(),
    }


def of_preview(seen: Preview) -> dict[str, Any]:
    """A dry run: what would go, what stays, who would have to be told."""
    return {
        "openings": seen.openings,
        "events": seen.events,
        "records": list(seen.records),
        "people": list(seen.people),
        "files": seen.files,
        "import_files": seen.import_files,
        "recipients": [of_pack(pack) for pack in seen.packs],
        "hold": seen.hold.leaf if seen.hold else None,
        "text": [english(line) for line in seen.lines()],
    }


def of_periods() -> list[dict[str, Any]]:
    """For how long each class is kept and why, and what is proposed instead."""
    return [
        {
            "class": name,
            "months": period.months if period else default.months,
            "approved": period.approval_leaf if period else None,
            "least": default.least,
            "source": default.source,
            "proposed": waiting.months if waiting else None,
            "proposal": waiting.leaf if waiting else None,
        }
        for name, (default, period, waiting) in queries.retention_periods().items()
    ]


def of_hold(row: LegalHold) -> dict[str, Any]:
    """A legal hold."""
    return {
        "id": row.handle,
        "of": row.kind,
        "target": row.target,
        "ground": row.ground,
        "entry": row.leaf,
        "released": clock.rfc3339(row.released_at) if row.released_at else None,
    }
