"""Run the benches and print one table.

    ./run bench                  every bench
    ./run bench pages save       only these
    ./run bench --quick          few repetitions of little data, to see that they run

Each script runs in a process of its own and leaves nothing behind. Exits with 1 when a promise is broken,
with 2 when a script could not be run.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import table  # noqa: E402

FRAME = frozenset({"all", "table", "installation"})
"""Modules of this folder that are no bench."""


def scripts() -> dict[str, Path]:
    """The benches by name."""
    return {path.stem: path for path in sorted(HERE.glob("*.py")) if path.stem not in FRAME}


def rows_of(script: Path, options: list[str]) -> list[table.Row] | None:
    """What one bench measured; None when it ended in an error."""
    # Settings of the surrounding shell would change what is measured, and could name a real installation.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PLUMBLINE_")}
    environment["PYTHONPATH"] = os.pathsep.join(
        (str(HERE.parent / "src"), str(HERE.parent / "sdk/python/src"))
    )
    command = [sys.executable, str(script), "--json", *options]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=environment, check=False)
    found = [table.read(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return found if done.returncode in (0, 1) and found else None


def main() -> int:
    """Run, print, judge."""
    known = scripts()
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(known)}")
    for name in ("--quick", "--postgresql"):
        options.add_argument(name, action="store_true")
    given = options.parse_args()
    passed_on = [name for name in ("--quick", "--postgresql") if getattr(given, name.strip("-"))]
    if unknown := set(given.names) - set(known):
        options.error(f"no bench is called {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    rows: list[table.Row] = []
    failed = []
    for name in given.names or known:
        print(f"{name} …", file=sys.stderr, flush=True)
        found = rows_of(known[name], passed_on)
        if found is None:
            failed.append(name)
        else:
            rows += found
    print("\n".join(table.lines(rows)))
    if failed:
        print(f"could not be run: {', '.join(failed)}", file=sys.stderr)
        return 2
    return 0 if all(row.is_kept for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
