"""Every room is in the table of ARCHITECTURE.md, in the layers of pyproject.toml and on the disk, alike."""

from __future__ import annotations

import re
import tomllib

from tests.architecture.tree import ROOT, SOURCE

TEXT = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").split("\n## Rooms\n")[1].split("\n## ")[0]
BESIDE = {"plumbline_verify", "sdk/python"}
"""Rows of the table that are no packages of the product: distributions of their own."""


def _described() -> dict[int, set[str]]:
    """Layer → rooms, as the table says; a row without a number belongs to the layer above it."""
    layers: dict[int, set[str]] = {}
    layer = -1
    for number, name in re.findall(r"^\| (\d*) ?\| `([\w/]+)` \|", TEXT, re.M):
        layer = int(number) if number else layer
        layers.setdefault(layer, set()).add(name)
    return layers


def _contracted() -> list[tuple[set[str], set[str]]]:
    """Rooms and places kept of each layer in pyproject.toml, the lowest layer first."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (stack,) = (each for each in settings["tool"]["importlinter"]["contracts"] if each["type"] == "layers")
    found = []
    for line in reversed(stack["layers"]):
        names = {name.strip() for name in line.split("|")}
        kept = {name.strip("()") for name in names if name.startswith("(")}
        found.append(({name for name in names if not name.startswith("(")}, kept))
    return found


def _on_disk() -> set[str]:
    """Packages and modules that lie directly in the product."""
    return {
        path.stem if path.suffix == ".py" else path.name
        for path in (SOURCE / "plumbline").iterdir()
        if (path / "__init__.py").exists() or (path.suffix == ".py" and path.stem != "__init__")
    }


def test_every_room_is_described_and_every_row_is_a_room() -> None:
    described = set().union(*_described().values()) - BESIDE
    assert described == _on_disk(), "ARCHITECTURE.md and src/plumbline differ"


def test_every_room_has_its_layer_and_every_layer_its_rooms() -> None:
    contracted = set().union(*(rooms for rooms, _ in _contracted()))
    assert contracted == _on_disk(), "pyproject.toml and src/plumbline differ"


def test_the_table_and_the_import_contract_agree_on_the_layers() -> None:
    """The number of a layer is its place in the contract, counted from the bottom."""
    described = {layer: rooms - BESIDE for layer, rooms in _described().items()}
    contracted = {layer: rooms for layer, (rooms, _) in enumerate(_contracted()) if rooms}
    assert described == contracted


def test_places_kept_for_rooms_to_come_agree() -> None:
    line = next(line for line in TEXT.splitlines() if line.startswith("Places kept for rooms to come: "))
    described: dict[str, int] = {}
    waiting: list[str] = []
    for name, number in re.findall(r"`(\w+)`(?: \((\d+)\))?", line):
        waiting.append(name)  # names that share a layer stand before its number: `oversight`, `law` (5)
        if number:
            described |= dict.fromkeys(waiting, int(number))
            waiting = []
    assert not waiting, "a place is without its layer"
    assert described == {name: layer for layer, (_, kept) in enumerate(_contracted()) for name in kept}
