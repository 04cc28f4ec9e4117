"""Reading the record again: the scrub of a trail, and the verification of a pack.

The scrub reads every entry, hashes it, and compares the tree with what was signed; its anchor reads the
bytes of the same entries with one query and hashes each. The verifier, which travels in every pack, checks it
with nothing but the standard library, in a process of its own; its anchor is a Python process that opens the
same archive and hashes every member.

    python bench/trail.py [--repetitions 15]
"""

from __future__ import annotations

import hashlib
import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import installation
import table
from table import Promise, Row, Scale

ENTRIES = 10_000
SCRUB_RATIO, VERIFY_RATIO = 45.0, 4.0
HASH_MEMBERS = """
import hashlib, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as pack:
    for name in pack.namelist():
        hashlib.sha256(pack.read(name)).digest()
"""


def append(count: int) -> None:
    """Put entries into the trail as the door writes them for a record, a thousand in a transaction."""
    from django.db import transaction

    from plumbline.trail import log, publisher

    text = "What was seen, what it means and what is done about it. " * 4
    for start in range(0, count, 1_000):
        with transaction.atomic():
            log.append_many(
                [
                    log.NewEntry(
                        "record.created",
                        "per_0123456789abcdef0123",
                        subject={"kind": "risk", "ref": f"RSK-{number:04d}", "revision": 1},
                        openings={"revision": json.dumps({"text": text, "number": number}).encode()},
                        requirements=("iso42001:6.1.2",),
                        facts={"state": "identified"},
                    )
                    for number in range(start, min(start + 1_000, count))
                ]
            )
    publisher.publish()


def hash_entries() -> None:
    """The anchor of the scrub: every entry read with one query and hashed."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM trail_leaf")
        for (body,) in cursor.fetchall():
            hashlib.sha256(body).digest()


def scrub() -> None:
    """The scrub. Raises `SystemExit` when it finds anything wrong."""
    from plumbline.trail import publisher

    report = publisher.scrub()
    if not report.ok:
        raise SystemExit(str(report.detail))


def make_pack(folder: Path) -> Path:
    """A pack of the whole trail."""
    from datetime import timedelta

    from plumbline.identity.actors import Actor
    from plumbline.kernel import clock
    from plumbline.reports import commands
    from plumbline.trail import publisher

    pack = commands.create_pack(
        Actor.installation(),
        recipient="Bench",
        purpose="Measuring",
        expires=clock.now().date() + timedelta(days=1),
        claimed=True,
    )
    publisher.publish()
    commands.build_now(pack, sign=lambda size: publisher.publish())
    file = folder / "bench.aipack"
    file.write_bytes(commands.pack_path(pack.sha256).read_bytes())
    return file


def children_cpu() -> float:
    """Seconds of CPU of the processes that this one has started and waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(*words: str) -> None:
    """Run Python with these words. Raises `subprocess.CalledProcessError`."""
    subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)


def rows(scale: Scale) -> Iterator[Row]:
    """Scrub and verification."""
    import plumbline_verify

    count = scale.size(ENTRIES, least=500)
    with installation.in_process(postgresql=scale.postgresql) as folder:
        append(count)
        here, anchor = table.compare(scrub, hash_entries, scale.repetitions)
        promise = Promise("cpu ratio", SCRUB_RATIO)
        yield Row(f"scrub of {count:,} entries", "read and hash them", here, anchor, promise)
        from plumbline.trail import keys

        pack, key = make_pack(folder), keys.vkey()
        verifier = str(Path(plumbline_verify.__file__).with_name("verify.py"))
        here, anchor = table.compare(
            lambda: run(verifier, "verify", str(pack), "--key", key),
            lambda: run("-c", HASH_MEMBERS, str(pack)),
            scale.repetitions,
            here_cpu=children_cpu,
            anchor_cpu=children_cpu,
        )
        promise = Promise("cpu ratio", VERIFY_RATIO)
        yield Row(f"verification of a pack of {count:,} entries", "hash its members", here, anchor, promise)


if __name__ == "__main__":
    table.run(rows)
