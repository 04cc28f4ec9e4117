"""The example plugin, installed as somebody would install it: found, used, taken away."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "plugin"
pytestmark = pytest.mark.slow
THROUGH_THE_API = """
import json, sys
import django
django.setup()
from django.test import Client
client = Client(headers={"host": "127.0.0.1", "authorization": f"Bearer {sys.argv[1]}"})
values = json.loads(sys.argv[3])
answer = client.post(sys.argv[2], json.dumps({"values": values}), content_type="application/json")
print(json.dumps([answer.status_code, answer.json()]))
"""
ENTRIES = """
import json
import django
django.setup()
from plumbline.trail import log
entries = [leaf for leaf in log.leaves(0, log.size()) if leaf.entry_type.startswith("plugin.")]
print(json.dumps([[leaf.entry_type, leaf.subject_ref, leaf.facts["version"]] for leaf in entries]))
"""


def _run(*words: str, data: Path, plugin: Path | None = None, code: int = 0) -> str:
    """What Python prints, with the plugin installed or not; its exit code must be ``code``."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PLUMBLINE_")}
    path = [str(plugin)] if plugin else []
    path += [str(ROOT / "src"), str(ROOT / "sdk/python/src")]
    environ = {
        **kept,
        "PYTHONPATH": os.pathsep.join(path),
        "PLUMBLINE_DATA": str(data),
        "DJANGO_SETTINGS_MODULE": "plumbline.server.settings",
    }
    done = subprocess.run(
        [sys.executable, *words], env=environ, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == code, f"{words[:4]}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def _plumbline(*words: str, data: Path, plugin: Path | None = None, code: int = 0) -> Any:
    printed = _run("-m", "plumbline.cli.main", *words, "--json", data=data, plugin=plugin, code=code)
    return json.loads(printed)


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example as pip installs it, from a copy: a build leaves files beside its source."""
    source = tmp_path_factory.mktemp("source") / "plugin"
    shutil.copytree(EXAMPLE, source, ignore=shutil.ignore_patterns("__pycache__"))
    target = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--no-index", "--target", str(target), str(source)], check=True, timeout=300)
    return target


@pytest.fixture(scope="module")
def data(plugin: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation made while the plugin is there."""
    folder = tmp_path_factory.mktemp("data") / "data"
    _plumbline("init", "--email", "mina@halden.example", data=folder, plugin=plugin)
    return folder


def test_the_command_line_names_the_plugin_and_what_it_declares(plugin: Path, data: Path) -> None:
    assert _plumbline("plugin", "list", data=data) == []
    (shown,) = _plumbline("plugin", "list", data=data, plugin=plugin)
    assert shown == {
        "name": "ethics",
        "app": "plumbline_ethics",
        "distribution": "plumbline-ethics",
        "version": "1.0.0",
        "kinds": ["ethics-review"],
        "checks": ["ethics-reviewed"],
        "metrics": ["let-stand-rate"],
        "connectors": ["ethics-minutes"],
    }


def test_its_kind_comes_in_through_the_api_and_a_connector_and_is_checked(
    plugin: Path, data: Path, tmp_path: Path
) -> None:
    owner = ("--for", "mina@halden.example")
    token = _plumbline(
        "token", "issue", *owner, "--scope", "write", "--scope", "read", data=data, plugin=plugin
    )["token"]

    def create(kind: str, **values: Any) -> Any:
        address = f"/api/v1/{kind}"
        printed = _run("-c", THROUGH_THE_API, token, address, json.dumps(values), data=data, plugin=plugin)
        return json.loads(printed)

    status, system = create("ai-systems", title="Claims Triage", slug="claims-triage")
    assert (status, system["reference"]) == (201, "SYS-0001")
    review = {"title": "First look", "system": "SYS-0001", "question": "May we?", "conclusion": "supported"}
    status, made = create("ethics-reviews", **review)
    assert (status, made["reference"]) == (201, "ETH-0001")
    status, refused = create("ethics-reviews", **{**review, "conclusion": "perhaps"})
    assert (status, [fault["field"] for fault in refused["errors"]]) == (422, ["conclusion"])

    minutes = tmp_path / "minutes.csv"
    minutes.write_text("id,system,subject,question,conclusion\n7,SYS-0001,Second look,Still?,not supported\n")
    words = ("ethics-minutes", "--name", "Minutes", *owner, "--set", f"file={minutes}")
    _plumbline("connector", "add", *words, data=data, plugin=plugin)
    assert _plumbline("connector", "run", "Minutes", data=data, plugin=plugin)["created"] == 1
    exported = _plumbline("export", "ethics-review", data=data, plugin=plugin)
    assert sorted(row["title"] for row in exported) == ["First look", "Second look"]

    _run("-m", "plumbline.cli.main", "work", "--once", data=data, plugin=plugin)
    results = _plumbline("results", data=data, plugin=plugin)
    assert "ethics-reviewed" in json.dumps(results)


def test_coming_and_going_leave_entries_once_and_the_product_goes_on_without_it(
    plugin: Path, data: Path
) -> None:
    def entries() -> Any:
        return json.loads(_run("-c", ENTRIES, data=data))

    assert entries() == [["plugin.added", "ethics", "1.0.0"]]
    for _ in range(2):
        _run("-m", "plumbline.cli.main", "work", "--once", data=data)
    assert entries()[1:] == [["plugin.removed", "ethics", "1.0.0"]]
    assert _plumbline("posture", data=data)
    _run("-m", "plumbline.cli.main", "work", "--once", data=data, plugin=plugin)
    assert entries()[2:] == [["plugin.added", "ethics", "1.0.0"]]
