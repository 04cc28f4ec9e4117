"""The front door on machines that lack something: it falls back, or says exactly what to install."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What `./run` needs of a clone, in a folder whose name has a space."""
    folder = tmp_path / "a clone"
    folder.mkdir()
    for name in ("run", "pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, folder / name)
    for tree in ("requirements", "docs"):
        shutil.copytree(ROOT / tree, folder / tree)
    for package in ("plumbline", "plumbline_verify"):
        shutil.copytree(ROOT / "src" / package, folder / "src" / package)
    return folder


def _python(place: Path, *missing: str) -> Path:
    """A Python that lacks the modules called ``missing``."""
    script = place / "python-with-gaps"
    cases = "".join(f'"-m {module}"*) echo "No module named {module}" >&2; exit 1;;\n' for module in missing)
    script.write_text(f'#!/bin/sh\ncase "$*" in\n{cases}esac\nexec "{sys.executable}" "$@"\n')
    script.chmod(0o755)
    return script


def _run(clone: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("PLUMBLINE_", "DJANGO_"))
    }
    return subprocess.run(
        [clone / "run", *arguments],
        cwd=clone.parent,
        env=clean | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_help_needs_no_environment(clone: Path) -> None:
    done = _run(clone, "help")
    assert done.returncode == 0
    for verb in ("demo", "serve", "test", "check", "lock", "reference", "plumbline"):
        assert f"\n  {verb} " in done.stdout
    assert not (clone / ".venv").exists()


def test_the_options_of_test_are_told_without_running_it(clone: Path) -> None:
    done = _run(clone, "test", "--help")
    assert done.returncode == 0
    assert "--no-browser" in done.stdout


def test_a_python_that_does_not_fit_is_named(clone: Path) -> None:
    done = _run(clone, "demo", PYTHON="/no/such/python")
    assert done.returncode == 1
    assert "PYTHON=/no/such/python is no Python from 3.11 on" in done.stderr


def test_without_venv_virtualenv_and_pip_it_says_what_to_install(clone: Path, tmp_path: Path) -> None:
    done = _run(clone, "demo", PYTHON=str(_python(tmp_path, "venv", "virtualenv", "pip")))
    assert done.returncode == 1
    assert "apt-get install python3-venv" in done.stderr
    assert not (clone / ".venv").exists()


def test_unknown_options_of_test_are_refused(clone: Path) -> None:
    done = _run(clone, "test", "--fast")
    assert done.returncode == 1
    assert "--fast" in done.stderr


def test_a_missing_browser_is_no_excuse_in_ci(clone: Path) -> None:
    done = _run(clone, "test", "--no-browser", CI="true")
    assert done.returncode == 1
    assert "refused when CI=true" in done.stderr


@pytest.mark.slow
def test_without_venv_it_fetches_virtualenv_and_the_second_start_is_quick(
    clone: Path, tmp_path: Path
) -> None:
    python = _python(tmp_path, "venv")
    first = _run(clone, "plumbline", "--version", PYTHON=str(python))
    assert first.returncode == 0, first.stderr
    assert "Environment ready" in first.stderr
    second = _run(clone, "--version")
    assert second.stdout == first.stdout
    assert second.stderr == ""
