"""Connections from the command line, as an operator works with them: each command is a process of its own."""

from __future__ import annotations

import json
from typing import Any

from tests.cli.conftest import data, plumbline
from tests.connectors.conftest import Save, version

__all__ = ["data"]


def test_a_connection_is_added_read_listed_and_removed(data: str, registry: Save) -> None:
    def run(*words: str, code: int = 0) -> Any:
        return json.loads(plumbline("connector", *words, "--data", data, "--json", code=code).stdout)

    file = registry(version("fraud", 1, 1_000), version("", 1, 1_500))
    assert "mlflow-file" in [row["connector"] for row in run("known")]
    words = ("--name", "Registry", "--for", "mina@halden.example", "--set", f"file={file}")
    assert run("add", "mlflow-file", *words)["settings"] == {"file": str(file)}
    shown = run("run", "Registry", code=3)  # one fact is faulty
    assert (shown["created"], [fault["key"] for fault in shown["faults"]]) == (1, ["mlflow:/1"])
    assert run("list")[0]["name"] == "Registry"
    components = plumbline("export", "component", "--data", data).stdout
    assert "fraud 1" in components
    assert run("remove", "Registry") == {"removed": "Registry"}
    assert run("list") == []
