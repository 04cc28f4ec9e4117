"""What Plumbline stands on: declared, locked with hashes, and kept light."""

from __future__ import annotations

import re
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions

import pytest
from tests.architecture.tree import ROOT, imports, modules, name_of, short

LOCKS = ("runtime", "build", "dev", "virtualenv")
CEILING = 40
"""Distributions in the default install. Raising it is a decision worth a record."""


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def _project() -> dict[str, list[str]]:
    """Names of the direct dependencies: ``runtime`` and each group of pyproject.toml."""
    loaded = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = {"runtime": loaded["project"]["dependencies"], **loaded["dependency-groups"]}
    asked |= loaded["project"]["optional-dependencies"]
    return {
        group: [_plain(re.split(r"[\s<>=!~;\[]", line, maxsplit=1)[0]) for line in lines]
        for group, lines in asked.items()
    }


@cache
def _locked(lock: str) -> dict[str, list[str]]:
    """Name of every distribution of a lock file → its hashes (of all its versions)."""
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for block in re.split(r"\n(?=\S)", text):
        if match := re.match(r"([\w.-]+)==", block):
            found.setdefault(_plain(match.group(1)), []).extend(
                re.findall(r"--hash=sha256:[0-9a-f]{64}", block)
            )
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_distribution_has_hashes(lock: str) -> None:
    assert _locked(lock)
    assert not [name for name, hashes in _locked(lock).items() if not hashes]


@pytest.mark.parametrize(("group", "lock"), [("runtime", "runtime"), ("build", "build"), ("dev", "dev")])
def test_the_lock_holds_what_the_project_asks_for(group: str, lock: str) -> None:
    """Run ./run lock after a change of the dependencies in pyproject.toml."""
    assert not set(_project()[group]) - _locked(lock).keys()


def test_the_development_lock_agrees_with_the_runtime_lock() -> None:
    """The tests run on the very files that an installation gets."""
    for name, hashes in _locked("runtime").items():
        assert set(_locked("dev")[name]) == set(hashes), f"{name}: run ./run lock"


def test_the_default_install_stays_light() -> None:
    """What is heavy is an extra."""
    assert len(_locked("runtime")) <= CEILING


def test_what_is_imported_is_declared() -> None:
    """Nothing works only because something else happens to bring it along."""
    distributions = packages_distributions()
    allowed = set(_project()["runtime"]) | set(_project()["postgresql"])
    foreign = []
    for path in modules():
        for line, name in imports(path):
            top = name.split(".")[0]
            if top in sys.stdlib_module_names or top.startswith("plumbline"):
                continue
            brought_by = {_plain(each) for each in distributions.get(top, [top])}
            if top == "google":  # protobuf's own names, used by the messages of opentelemetry-proto
                brought_by = {"opentelemetry-proto"} if name.startswith("google.protobuf") else {top}
            if not brought_by & allowed:
                foreign.append(f"{short(path)}:{line} imports {name}")
    assert not foreign


def test_the_recorder_needs_the_standard_library_only() -> None:
    sdk = [path for path in modules() if name_of(path).startswith("plumbline_sdk")]
    assert not [
        f"{short(path)}:{line} imports {name}"
        for path in sdk
        for line, name in imports(path)
        if name.split(".")[0] not in {*sys.stdlib_module_names, "plumbline_sdk"}
    ]
