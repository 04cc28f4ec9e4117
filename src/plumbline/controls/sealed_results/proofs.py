"""Results beside the entry of their run, which has a commitment to each of them."""

from __future__ import annotations

import json
from collections.abc import Iterator

from plumbline.controls import commands, members
from plumbline.controls.models import Result, Run
from plumbline.kernel.commitment import SALT_LENGTH, commit
from plumbline.kernel.merkle import leaf_hash, root
from plumbline.trail import reading
from plumbline.trail.commitments import queries as committed
from plumbline.trail.commitments.queries import CommittedEntry
from plumbline.trail.proofs import Difference, compare, without_entry, without_row

RUN, RESULT = "controls.Run", "controls.Result"
_DIGEST = 32


def check_results(start: int, stop: int) -> Iterator[Difference]:
    """The results of the runs with these numbers, all of them and no others."""
    runs = list(Run.objects.filter(pk__gte=start, pk__lt=stop).order_by("pk"))
    entries = committed.at([run.leaf for run in runs])
    rows: dict[int, list[Result]] = {}
    results = Result.objects.filter(run__gte=start, run__lt=stop)
    for row in results.order_by("run_id", "position").iterator(chunk_size=500):
        rows.setdefault(row.run_id, []).append(row)
    for run in runs:
        entry = entries.get(run.leaf)
        if entry is None or entry.view.entry_type != "run.completed":
            continue  # said of the run itself
        yield from _run_differs(run, entry, rows.get(run.pk, []))
    for pk in rows.keys() - {run.pk for run in runs}:
        yield without_entry(RESULT, f"results of run {pk}")


def _run_differs(run: Run, entry: CommittedEntry, rows: list[Result]) -> Iterator[Difference]:
    by_position = {row.position: row for row in rows}
    for position in range(int(entry.facts["results"])):
        if position not in by_position:
            yield without_row(RESULT, f"result {position} of run {run.pk}", entry.index)
    for row in rows:
        yield from result_differences(row, entry)
    digests = entry.openings.get(commands.DIGESTS)
    if digests is None:
        # Sealed before there was a digest for each result: only all of them together can be compared.
        over = root(leaf_hash(commit(_sealed(row), bytes(row.salt)).digest) for row in rows if _salted(row))
        yield from compare(
            RESULT,
            f"results of run {run.pk}",
            entry.index,
            {"root": entry.facts["root"]},
            {"root": over.hex()},
        )
    elif root(leaf_hash(digest) for digest in _split(digests)).hex() != entry.facts["root"]:
        yield from compare(
            RUN, f"run {run.pk}", entry.index, {"root": entry.facts["root"]}, {"root": "of other digests"}
        )


def _split(digests: bytes) -> list[bytes]:
    return [digests[at : at + _DIGEST] for at in range(0, len(digests), _DIGEST)]


def _salted(row: Result) -> bool:
    return len(row.salt) == SALT_LENGTH


def _sealed(row: Result) -> bytes:
    return bytes(row.sealed) or commands.body(row)


def result_differences(row: Result, entry: CommittedEntry | None) -> Iterator[Difference]:
    """What a result says otherwise than what its run committed to."""
    name = f"result {row.pk}"
    if entry is None or entry.view.entry_type != "run.completed" or entry.index != row.leaf:
        yield without_entry(RESULT, name, row.leaf)
        return
    digests = entry.openings.get(commands.DIGESTS)
    if digests is not None:
        own = digests[row.position * _DIGEST : (row.position + 1) * _DIGEST]
        if not _salted(row) or commit(bytes(row.sealed), bytes(row.salt)).digest != own:
            yield Difference(RESULT, name, "sealed", own.hex(), "bytes with another commitment", entry.index)
            return
    present = commands.body(row)
    if row.sealed and present != bytes(row.sealed):
        yield from compare(RESULT, name, entry.index, json.loads(bytes(row.sealed)), json.loads(present))
    if row.sealed and row.members and "members" not in json.loads(bytes(row.sealed)):
        yield Difference(RESULT, name, "members", "none", members.digest(row.members), entry.index)


def of_result(row: Result) -> Iterator[Difference]:
    """What one result says otherwise than its run committed to, for the page that shows it."""
    yield from result_differences(row, committed.at([row.leaf]).get(row.leaf))


def verify_result(number: int) -> None:
    """Raise `Altered` unless a result is what its run committed to."""
    reading.verify(lambda: of_result(Result.objects.get(pk=number)))
