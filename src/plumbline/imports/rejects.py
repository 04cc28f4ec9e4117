"""The rows that could not be taken, as a file: what is wrong with each, and the columns of the register."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.identity.actors import Actor
from plumbline.imports import mapping, queries, reading
from plumbline.imports.queries import FaultView
from plumbline.records import files
from plumbline.records.csv_export import csv_file, harmless

ADDED = ("line", "column", "value", "reason")
"""What the first columns say: the line of the file, and of the first thing that is wrong with the row its
column, what stands there and why it is not taken; other things follow in the reason. A file that comes back
may keep them; maps do not name them."""


def faulty_csv(actor: Actor, handle: str) -> Iterator[str]:
    """CSV text of the faulty rows of an import, in chunks, formulas made harmless. Raises `NotFound`."""
    job = queries.job_row(actor, handle)
    wrong: dict[int, list[FaultView]] = {}
    for line, fault in queries.refusals(job.pk):
        wrong.setdefault(line, []).append(fault)
    register = mapping.parse(job.map_text)
    sheet = reading.read(files.read(job.file_sha256), register.options)

    def lines() -> Iterator[list[str]]:
        for row in sheet.rows:
            if faults := wrong.get(row.line):
                cells = row.cells + ("",) * (len(sheet.columns) - len(row.cells))
                first = (str(row.line), faults[0].column, faults[0].text, _reason(faults))
                yield [harmless(cell) for cell in (*first, *cells)]

    # A register with a column of the same name would have two that no map tells apart.
    taken = {reading.fold(name) for name in sheet.columns}
    added = [f"refused: {name}" if name in taken else name for name in ADDED]
    return csv_file(lines(), [*added, *(harmless(name) for name in sheet.columns)])


def _reason(faults: list[FaultView]) -> str:
    """All that is wrong with a row: the first without its column, which stands beside it."""
    said = [f"{fault.message} ({fault.remedy})" if fault.remedy else str(fault.message) for fault in faults]
    others = (f"{fault.column}: {text}" for fault, text in zip(faults[1:], said[1:], strict=True))
    return "; ".join((said[0], *others))
