"""Emptying what imports keep of records: rows of the plan, faults, and the files themselves."""

from __future__ import annotations

from collections.abc import Collection

from plumbline.imports import sheets
from plumbline.imports.models import ImportFault, ImportJob, ImportRow


def files_of(references: Collection[str]) -> set[str]:
    """Digests of kept import files that one of these records came from; the whole file goes."""
    jobs = ImportJob.objects.filter(rows__reference__in=references)
    return set(jobs.values_list("file_sha256", flat=True)) - {""}


def erase_rows(references: Collection[str]) -> None:
    """Empty the rows of these records in every import."""
    rows = ImportRow.objects.filter(reference__in=references)
    ImportFault.objects.filter(row__in=rows).delete()
    rows.update(key="", title="", set_aside="", values={}, fields="", note="", stated="", later="")
    sheets.forget()
    # The whole file goes, so what rows of it say that made no record goes too.
    others = ImportRow.objects.filter(job__rows__in=rows, reference="")
    ImportFault.objects.filter(row__in=others).update(text="")
    ImportRow.objects.filter(pk__in=list(others.values_list("pk", flat=True))).update(
        key="", title="", values={}, fields="", note="", stated="", later=""
    )
    # Reasons quote texts of rows, and likely doubles name records.
    ImportJob.objects.filter(rows__in=rows).update(summary="")
