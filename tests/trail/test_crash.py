"""F7 and F8: killed at each arrow of the state machine; nothing acknowledged is lost or forked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.cli.conftest import plumbline
from tests.trail import crash

pytestmark = pytest.mark.slow


def test_f7_nothing_acknowledged_is_lost_and_nothing_forks(tmp_path: Path, monkeypatch) -> None:
    """Each arrow once; ``bench/crash.py --rounds N`` does it many times."""
    if os.environ.get("PLUMBLINE_DATABASE"):
        pytest.skip("the processes of this test have a SQLite folder of their own")
    data = tmp_path / "data"
    plumbline("init", "--data", str(data))
    tally = crash.trial(data, rounds=1, modes=("kill",))
    assert tally.violations == ()
    assert tally.kills == len(crash.ARROWS)
    assert tally.entries >= len(crash.ARROWS)
