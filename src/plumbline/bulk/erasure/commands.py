"""Emptying what bulk changes keep of records: replaced values, reasons, and the request itself."""

from __future__ import annotations

from collections.abc import Collection

from plumbline.bulk.models import BulkJob, BulkRow


def erase_rows(references: Collection[str]) -> None:
    """Empty the rows of these records; the request of a change that wrote into one goes as a whole."""
    rows = BulkRow.objects.filter(reference__in=references)
    BulkJob.objects.filter(rows__in=rows).exclude(state=BulkJob.State.RUNNING).update(request="")
    rows.update(values="", message="", remedy="")
