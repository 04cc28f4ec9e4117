"""A small installation and a way to run commands on it, each in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


def plumbline(*words: str, code: int = 0, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a command as an operator does; fails when it ends with another exit code or in a traceback."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PLUMBLINE_")}
    done = subprocess.run(
        [sys.executable, "-m", "plumbline.cli.main", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**kept, **environ},
    )
    assert done.returncode == code, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The data folder of an installation with Mina as its first person."""
    folder = str(tmp_path_factory.mktemp("command line") / "data")
    plumbline("init", "--data", folder, "--email", "mina@halden.example")
    return folder
