"""Put every mutation into a copy of the tree, one at a time, and see that its tests fail.

    ./run mutations            all of them
    ./run mutations api trail  only those of tests/mutations/api.toml and trail.toml
    ./run mutations api-3      only the third of api.toml

Prints a line for each and the survivors at the end; exits with 1 when one survives, or when a test fails
without any mutation, since its failure would then show nothing.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.mutations.declared import ROOT, Mutation, mutations

TESTS_FAILED = 1
"""pytest's exit code for failing tests; a fault that breaks an import gives another and proves nothing."""
LONGEST = 600.0
"""Seconds after which a run counts as failed: a fault may well make a loop endless."""


def chosen(names: Sequence[str]) -> list[Mutation]:
    """The mutations that are named, or all. Exits with a message for a name that none has."""
    every = list(mutations())
    if not names:
        return every
    found = [item for item in every if item.name in names or item.name.rpartition("-")[0] in names]
    known = {item.name for item in found} | {item.name.rpartition("-")[0] for item in found}
    if unknown := [name for name in names if name not in known]:
        sys.exit(f"no mutation is called {', '.join(unknown)}")
    return found


def copy_tree(target: Path) -> None:
    """Copy what git tracks or would track; environments, caches and data folders stay behind."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target / name)


def run_tests(tree: Path, tests: Sequence[str]) -> tuple[int, str]:
    """The exit code of pytest for ``tests`` in ``tree`` (0 passed, 1 failed, else not run), and its words."""
    # The copy comes first on the path: the environment has the working tree installed as well.
    environment = {**os.environ, "PYTHONPATH": f"{tree}/src:{tree}/sdk/python/src"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    try:
        done = subprocess.run(
            command, cwd=tree, env=environment, capture_output=True, text=True, timeout=LONGEST, check=False
        )
    except subprocess.TimeoutExpired:
        return TESTS_FAILED, f"not done after {LONGEST:g} seconds"
    return done.returncode, done.stdout


def is_killed(tree: Path, item: Mutation, stamp: int) -> bool:
    """Whether the tests of a mutation fail with it. The file is put back whatever happens."""
    file = tree / item.file
    source = file.read_text(encoding="utf-8")
    try:
        file.write_text(item.applied_to(source), encoding="utf-8")
        # Python trusts a compiled file whose source has the same size and second of change. Two mutations of
        # one file can come that close, so every write gets a second of its own.
        os.utime(file, (stamp, stamp))
        return run_tests(tree, item.tests)[0] == TESTS_FAILED
    finally:
        file.write_text(source, encoding="utf-8")
        os.utime(file, (stamp + 1, stamp + 1))


def main() -> int:
    """Run them, print, judge."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument(
        "names", nargs="*", help="a file of tests/mutations without .toml, or one entry of it"
    )
    wanted = chosen(options.parse_args().names)
    with tempfile.TemporaryDirectory(prefix="plumbline-mutations-") as folder:
        tree = Path(folder)
        copy_tree(tree)
        code, output = run_tests(tree, sorted({test for item in wanted for test in item.tests}))
        if code:
            print(output[-4000:])
            print("The tests fail without any mutation; mend them first.")
            return 1
        survivors = []
        stamp = int(time.time())
        for place, item in enumerate(wanted):
            killed = is_killed(tree, item, stamp + 2 * place)
            print(f"{'killed' if killed else 'SURVIVED':9} {item.name:18} {item.file}", flush=True)
            if not killed:
                survivors.append(item)
    print(f"{len(wanted) - len(survivors)} of {len(wanted)} killed")
    for item in survivors:
        print(f"\n{item.name} in {item.file} survives {', '.join(item.tests)}\n  {item.why}")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
