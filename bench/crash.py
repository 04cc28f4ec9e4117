"""The log ended at every arrow of its state machine, many times: by SIGKILL, and by steps that fail.

Each start checks all that was acknowledged before: every entry is there, every checkpoint has the same
bytes, and a scrub finds nothing. No speed is measured.

    python bench/crash.py [--rounds 20] [--seed 1]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.trail import crash  # noqa: E402 - found by the line above


def main() -> int:
    """Run the trial and print its figures; 1 when anything was lost, forked or changed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory(prefix="plumbline-crash-") as folder:
        data = Path(folder) / "data"
        init = [sys.executable, "-m", "plumbline.cli.main", "init", "--data", str(data)]
        subprocess.run(init, check=True, capture_output=True)
        tally = crash.trial(data, options.rounds, options.seed)
    print(f"ended {tally.kills} times at {len(crash.ARROWS)} arrows")
    print(f"{tally.entries} entries and {tally.checkpoints} checkpoints acknowledged")
    print(f"{len(tally.violations)} violations")
    for violation in tally.violations:
        print(violation)
    return 1 if tally.violations else 0


if __name__ == "__main__":
    sys.exit(main())
