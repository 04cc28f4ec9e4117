"""How long others wait for the database while a real register is imported, and how fast the import is.

One process imports the 2024 US federal inventory; another one appends an entry to the trail every ten
milliseconds, as ingest does, and notes how long each waits for its turn. Promises: at least 100 rows a
second, and no append waits more than 200 ms longer than the slowest one of the same machine at rest.
"""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROWS_A_SECOND = 100
WAIT = 0.2  # seconds


def _prepare(folder: str, *, first: bool) -> None:
    os.environ["PLUMBLINE_DATA"] = folder
    os.environ["DJANGO_SETTINGS_MODULE"] = "plumbline.server.settings"
    import django

    django.setup()
    if first:
        from django.conf import settings
        from django.core.management import call_command

        from plumbline.trail import keys

        call_command("migrate", verbosity=0)
        keys.init(Path(folder), settings.PLUMBLINE.guard_file, "plumbline.bench/main/1")


def _import(folder: str) -> None:
    """The child: plan and write the whole inventory; prints rows a second of the writing."""
    _prepare(folder, first=False)
    from plumbline.identity.actors import Actor
    from plumbline.records.importing import commands, plan

    content = gzip.decompress((ROOT / "tests/data/ai-inventories/us_federal_2024_v1.csv.gz").read_bytes())
    text = (ROOT / "examples/imports/us-federal-2024.yaml").read_text(encoding="utf-8")
    actor = Actor.installation()
    job = commands.keep(actor, plan.plan_file(actor, "ai-system", content, text), "inventory.csv")
    began = time.monotonic()
    done = commands.run(actor, job)
    print(done.written / (time.monotonic() - began))


def _append() -> float:
    """Seconds that one entry waits for the database."""
    from django.db import transaction

    from plumbline.trail import log, turns

    began = time.monotonic()
    with turns.short(), transaction.atomic():
        waited = time.monotonic() - began
        log.append("telemetry.segment", actor="stage:bench", subject={"ref": "bench"})
    return waited


def main() -> int:
    """Print the figures; 1 when a promise is broken."""
    with tempfile.TemporaryDirectory(prefix="plumbline-bench-") as folder:
        _prepare(folder, first=True)
        rest = max(_append() for _ in range(100))
        child = subprocess.Popen(
            [sys.executable, __file__, folder], stdout=subprocess.PIPE, text=True, env=os.environ.copy()
        )
        waits: list[float] = []
        while child.poll() is None:
            waits.append(_append())
            time.sleep(0.01)
        output = child.stdout.read() if child.stdout else ""
    rate = float(output)
    waits.sort()
    print(f"import: {rate:.0f} rows/s (promise {ROWS_A_SECOND})")
    print(
        f"wait of an append beside it: median {waits[len(waits) // 2] * 1e3:.0f} ms, "
        f"worst {waits[-1] * 1e3:.0f} ms "
        f"of {len(waits)}; worst at rest {rest * 1e3:.0f} ms (promise: {WAIT * 1e3:.0f} ms more)"
    )
    return 0 if rate >= ROWS_A_SECOND and waits[-1] <= rest + WAIT else 1


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _import(sys.argv[1])
    else:
        sys.exit(main())
