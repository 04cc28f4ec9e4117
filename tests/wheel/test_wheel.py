"""The wheel: everything the product needs is inside, nothing else, and it runs in an empty environment."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CEILING = 40
"""Distributions in an environment that holds Plumbline and nothing else, Plumbline included."""


def _clean_environment() -> dict[str, str]:
    foreign = ("PLUMBLINE_", "DJANGO_", "PYTHONPATH", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(foreign)}


def _run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=_clean_environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet")
    _run(*pip, "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", folder, ROOT, cwd=folder)
    return next(folder.glob("plumbline-*.whl"))


def _files_of_the_tree() -> Iterator[str]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "src"]
    for line in subprocess.run(
        command, cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout.splitlines():
        if (ROOT / line).is_file():
            yield line.removeprefix("src/")


def test_it_holds_every_file_of_the_packages(wheel: Path) -> None:
    """Templates, static files, catalogs, checks, migrations, the verifier: what the tree has, it has."""
    inside = set(zipfile.ZipFile(wheel).namelist())
    assert not set(_files_of_the_tree()) - inside
    endings = (
        "web/base.html",
        "web/app.css",
        ".woff2",
        "migrations/0002_append_only_triggers.py",
        "checks.yaml",
        "py.typed",
    )
    for ending in endings:
        assert any(name.endswith(ending) for name in inside), ending
    assert "plumbline_verify/verify.py" in inside
    for folder in ("tutorial", "howto", "explanation", "reference", "decisions"):
        for file in (ROOT / "docs" / folder).glob("*.md"):
            assert f"plumbline/web/documents/{folder}/{file.name}" in inside
    assert any(name.startswith("plumbline/catalogs/data/") for name in inside)


def test_it_holds_the_licence_and_nothing_stray(wheel: Path) -> None:
    inside = zipfile.ZipFile(wheel).namelist()
    assert {Path(name).name for name in inside if "/licenses/" in name} == {"LICENSE", "NOTICE"}
    tops = {name.split("/")[0] for name in inside}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"plumbline", "plumbline_verify"}
    assert not [name for name in inside if "__pycache__" in name or name.endswith((".pyc", ".db"))]


@pytest.mark.slow
def test_it_runs_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    """Installed from the hash lock into an empty environment, away from the source tree."""
    place = tmp_path / "environment"
    _run(sys.executable, "-m", "venv", "--without-pip", place, cwd=tmp_path)
    python = place / "bin" / "python"
    install = (
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "--disable-pip-version-check",
        "install",
        "-qq",
    )
    _run(*install, "--require-hashes", "-r", ROOT / "requirements" / "runtime.txt", cwd=tmp_path)
    _run(*install, "--no-index", wheel, cwd=tmp_path)  # fails when the lock leaves a dependency out
    counted = "import importlib.metadata as m; print(len({d.name for d in m.distributions()}))"
    assert int(_run(python, "-c", counted, cwd=tmp_path)) <= CEILING
    plumbline = place / "bin" / "plumbline"
    assert _run(plumbline, "--version", cwd=tmp_path).startswith("plumbline ")
    _run(plumbline, "init", "--data", tmp_path / "data", "--json", cwd=tmp_path)
    seen = (
        "import os; os.environ['PLUMBLINE_DATA'] = 'data';"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'plumbline.server.settings';"
        "import django; django.setup();"
        "from django.contrib.staticfiles import finders; from django.template.loader import get_template;"
        "from plumbline import catalogs;"
        "assert finders.find('web/app.css'); get_template('web/base.html');"
        "print(len(catalogs.controls()))"
    )
    assert _run(python, "-c", seen, cwd=tmp_path).strip() == "38"
