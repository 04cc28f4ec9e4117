"""The whole organization in open formats: JSON Lines by kind and table, files, the log with its openings.

It is read as of one moment from a running installation, as a backup is. Nothing in it is secret to the
organization's own people in charge, and all of it is readable to anybody who has it.
"""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from django.db import connection, transaction

import plumbline
from plumbline.config import Config
from plumbline.identity.organization import queries as organization
from plumbline.kernel import clock
from plumbline.portability import description, manifest
from plumbline.portability import queries as rows
from plumbline.portability.manifest import Manifest
from plumbline.portability.snapshot import SPOOL, Snapshot, snapshot
from plumbline.portability.tables import tables
from plumbline.portability.whole_folder import refuse_taken, whole_folder
from plumbline.telemetry import transfer as telemetry
from plumbline.trail import keys, queries
from plumbline.trail.transfer import queries as log

FORMAT: Final = "plumbline-organization/1"
KIND: Final = {FORMAT: "an export of an organization"}


def export(config: Config, folder: Path) -> Manifest:
    """Write the organization to the new ``folder``.

    Raises `Conflict` for a folder that is not empty and for records of a kind that nothing declares, and
    `Unavailable` for a full disk or a store that cannot be read. Nothing half-written stays.
    """
    refuse_taken(folder)
    rows.refuse_unknown_kinds()
    with whole_folder(folder) as partial, ExitStack() as moment:
        taken = moment.enter_context(snapshot(config.data, within=lambda: _begin(moment)))
        facts = _write(config, partial, taken)
        (partial / "README.md").write_text(description.readme(facts), encoding="utf-8")
        made = manifest.describe(partial, FORMAT, facts)
        (partial / manifest.NAME).write_bytes(made.content())
    return made


def _begin(moment: ExitStack) -> None:
    """Begin a reading transaction on the database, which lasts until the export is written."""
    if connection.vendor == "sqlite":
        # Every other transaction takes the write lock at once; this one only reads, and for long.
        settings: Any = connection
        before, settings.transaction_mode = settings.transaction_mode, "DEFERRED"
        moment.callback(setattr, settings, "transaction_mode", before)
    moment.enter_context(transaction.atomic(durable=True))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            # Events and files are written between its questions, for longer than a transaction may idle.
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    queries.size()  # the snapshot begins with the first thing that is read


def _write(config: Config, folder: Path, taken: Snapshot) -> dict[str, Any]:
    counts = {table.place: _lines(folder / table.place, rows.lines(table)) for table in tables()}
    state, signed = queries.state(), queries.latest_checkpoint()
    size = state.size if state is not None else 0
    counts |= _write_log(folder, size)
    counts |= _write_events(config, folder, taken, size)
    counts["files"] = _copy_files(config.data / "attachments", folder / "files")
    return {
        "version": plumbline.__version__,
        "made_at": clock.rfc3339(clock.now()),
        "organization": organization.effective(config).organization,
        "time_zone": config.time_zone,
        "log": {
            "origin": state.origin if state is not None else "",
            "size": size,
            "root": (state.frontier.root() if state is not None else b"").hex(),
            "checkpoint": signed.note if signed is not None else "",
            "vkey": str(keys.load(config.data).log.verifier),
        },
        "counts": counts,
    }


def _lines(file: Path, found: Iterable[Mapping[str, Any]]) -> int:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    count = 0
    with file.open("w", encoding="utf-8", newline="\n") as stream:
        for text in rows.as_text(found):
            stream.write(text)
            count += 1
    return count


def _b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _exact(name: str, content: bytes) -> dict[str, str]:
    """Bytes as a text where they are one, so that they can be read, and else in base64."""
    try:
        return {name: content.decode()}
    except UnicodeDecodeError:
        return {f"{name}_base64": _b64(content)}


def _write_log(folder: Path, size: int) -> dict[str, int]:
    entries = ({"index": index, **_exact("entry", body)} for index, body in log.entries(size))
    openings = (
        {
            "index": one.index,
            "slot": one.slot,
            "salt": _b64(one.salt),
            "retention": one.retention,
            **_exact("body", one.body),
        }
        for one in log.readable_openings(size)
    )
    checkpoints = (
        {"size": one.size, "root": one.root.hex(), "time": clock.rfc3339(one.time), "note": one.note}
        for one in log.checkpoints()
    )
    return {
        "log/entries.jsonl": _lines(folder / "log" / "entries.jsonl", entries),
        "log/openings.jsonl": _lines(folder / "log" / "openings.jsonl", openings),
        "log/checkpoints.jsonl": _lines(folder / "log" / "checkpoints.jsonl", checkpoints),
    }


def _write_events(config: Config, folder: Path, taken: Snapshot, size: int) -> dict[str, int]:
    """The segments with their events, and the counters of their sources."""
    spool, events = taken.connections.get(SPOOL), folder / "events"
    times = telemetry.times_of_sealing(spool) if spool is not None else {}
    counters = telemetry.counted(spool) if spool is not None else iter(())
    count = 0
    events.mkdir(mode=0o700)
    with (events / "openings.jsonl").open("w", encoding="utf-8", newline="\n") as stream:

        def segments() -> Iterator[dict[str, Any]]:
            nonlocal count
            for one in telemetry.segments(config.data, size, times):
                lines = (
                    {"leaf": one.leaf, "position": at, "salt": _b64(salt), **_exact("body", body)}
                    for at, (salt, body) in sorted(one.openings.items())
                )
                for text in rows.as_text(lines):
                    stream.write(text)
                    count += 1
                recorded = clock.rfc3339(one.recorded)
                yield {"leaf": one.leaf, "recorded": recorded, "digests": _b64(b"".join(one.digests))}

        sealed = _lines(events / "segments.jsonl", segments())
    return {
        "events/segments.jsonl": sealed,
        "events/openings.jsonl": count,
        "events/counters.jsonl": _lines(events / "counters.jsonl", counters),
    }


def _copy_files(source: Path, target: Path) -> int:
    target.mkdir(mode=0o700)
    count = 0
    for folder in sorted(source.iterdir()) if source.is_dir() else ():
        for file in sorted(folder.iterdir()):
            if not file.name.startswith("."):
                shutil.copyfile(file, target / file.name, follow_symlinks=False)
                count += 1
    return count
