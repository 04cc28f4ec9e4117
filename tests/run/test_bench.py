"""The benchmarks run, so that a figure can be had when it is asked for; they judge it themselves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


def test_ingest_prints_its_ratio() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PLUMBLINE_")}
    command = [sys.executable, str(ROOT / "bench" / "ingest.py"), "--rounds", "1", "--batches", "2"]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=300,
        env={**environment, "PYTHONPATH": str(ROOT / "src")},
    )
    told = json.loads(done.stdout)
    assert told["bench"] == "ingest", done.stderr
    assert told["ratio"] > 0
    assert done.returncode == (told["ratio"] < told["target"])
