"""The benches run, so that a figure can be had when it is asked for; they judge it themselves."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "bench"))

import table  # noqa: E402
from table import Cost, Promise, Row, Scale  # noqa: E402


@pytest.mark.slow
@pytest.mark.parametrize("name", ["append", "ingest", "measures", "redaction"])
def test_a_bench_prints_the_ratio_of_each_of_its_promises(name: str) -> None:
    command = [sys.executable, str(ROOT / "bench" / "all.py"), "--quick", name]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    heading, _, *lines = done.stdout.splitlines()
    assert heading.split() == list(table.HEADINGS), done.stderr
    assert lines, done.stderr
    assert all("×" in line for line in lines)
    assert any("at most" in line for line in lines)  # a row for comparison promises nothing
    assert done.returncode == any("BROKEN" in line for line in lines)


def test_a_name_that_no_bench_has_is_refused() -> None:
    command = [sys.executable, str(ROOT / "bench" / "all.py"), "speed"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "no bench is called speed; there are" in done.stderr


def row(promise: Promise | None, here: Cost, anchor: Cost | None = None) -> Row:
    return Row("work", "anchor", here, anchor, promise)


@pytest.mark.parametrize(
    ("promise", "kept"),
    [
        (Promise("ratio", 2.5), True),
        (Promise("ratio", 2.4), False),
        (Promise("cpu ratio", 3.0), True),
        (Promise("cpu ratio", 2.9), False),
        (Promise("value", 10.0), True),
        (Promise("value", 9.9), False),
        (Promise("cpu", 6.0), True),
        (Promise("cpu", 5.9), False),
        (None, True),
    ],
)
def test_a_promise_is_about_one_figure(promise: Promise | None, kept: bool) -> None:
    """Here 10 ms with 6 of CPU; the anchor 4 ms with 2 of CPU."""
    assert row(promise, Cost(10.0, 6.0), Cost(4.0, 2.0)).is_kept is kept


def test_a_figure_that_could_not_be_measured_keeps_no_promise() -> None:
    assert not row(Promise("ratio", 100.0), Cost(10.0)).is_kept
    assert not row(Promise("cpu", 100.0), Cost(10.0)).is_kept


def test_the_median_counts_and_the_first_run_does_not() -> None:
    clock = iter([0.0, 100.0, 0.0, 1.0, 0.0, 2.0, 0.0, 9.0])
    here, _ = table.compare(lambda: None, lambda: None, 3, here_cpu=lambda: next(clock))
    assert here.cpu == 2_000.0


def test_rows_survive_the_way_from_the_script_to_the_table() -> None:
    import json
    from dataclasses import asdict

    for found in (row(None, Cost(1.0)), row(Promise("cpu ratio", 2.0), Cost(1.0, 2.0), Cost(1.0, 1.5, "MB"))):
        assert table.read(json.dumps(asdict(found))) == found


def test_a_scale_shrinks_sizes_and_keeps_the_least() -> None:
    assert Scale(3, 0.05).size(1_000) == 50
    assert Scale(3, 0.05).size(10, least=4) == 4
    assert Scale().size(1_000) == 1_000
