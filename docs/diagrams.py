"""Diagrams drawn from the code: the layers, the path of one datum, the life of a record.

Each is a function that returns an SVG. ``./run reference`` writes them to ``docs/pictures``; a test fails
while a committed one differs from what the code gives. They follow the light or dark scheme of the reader.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterable
from html import escape
from pathlib import Path

from plumbline.kernel.workflow import Move, Workflow

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "plumbline"

STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1c2024 }
.small { font-size: 11px; fill: #60646c }
.box { fill: #f9f9fb; stroke: #cdced6 }
.line { fill: none; stroke: #8b8d98; stroke-opacity: .35 }
.edge { fill: none; stroke: #60646c }
.strong { stroke: #0d74ce; stroke-width: 1.5 }
.head { fill: #60646c }
@media (prefers-color-scheme: dark) {
  text { fill: #edeef0 } .small { fill: #b0b4ba } .box { fill: #18191b; stroke: #43484e }
  .line { stroke: #b0b4ba } .edge { stroke: #b0b4ba } .strong { stroke: #70b8ff } .head { fill: #b0b4ba }
}
"""


def _svg(width: int, height: int, title: str, parts: Iterable[str]) -> str:
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(title)}">\n<title>{escape(title)}</title>\n<style>{STYLE}</style>\n'
        '<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto"><path class="head" d="M0 0L8 4L0 8z"/></marker></defs>\n'
        f"{body}\n</svg>\n"
    )


def _text(x: float, y: float, text: str, kind: str = "", anchor: str = "middle") -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" class="{kind}">{escape(text)}</text>'


def _box(x: float, y: float, width: float, height: float) -> str:
    return f'<rect class="box" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="6"/>'


# The layers


def layers() -> tuple[tuple[str, ...], ...]:
    """The rooms, top layer first, as the import contract in pyproject.toml stacks them; those that exist."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    stacked = next(row for row in contracts["contracts"] if row["type"] == "layers")
    rows = (re.findall(r"\w+", line) for line in stacked["layers"])
    there = (tuple(room for room in row if _room_exists(room)) for row in rows)
    return tuple(row for row in there if row)


def _room_exists(room: str) -> bool:
    return (SOURCE / room).is_dir() or (SOURCE / f"{room}.py").exists()


def imports_between_rooms() -> set[tuple[str, str]]:
    """Pairs of rooms of which one imports from the other, read off the syntax trees; migrations left out."""
    rooms = {room for row in layers() for room in row}
    pairs: set[tuple[str, str]] = set()
    for path in sorted(SOURCE.rglob("*.py")):
        room = path.relative_to(SOURCE).parts[0].removesuffix(".py")
        if "migrations" in path.parts or room not in rooms:
            continue
        pairs |= {(room, other) for other in _rooms_imported(path, rooms) - {room}}
    return pairs


def _rooms_imported(path: Path, rooms: set[str]) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    parts = (name.split(".") for name in names)
    return {part[1] for part in parts if part[0] == "plumbline" and len(part) > 1 and part[1] in rooms}


def layers_diagram() -> str:
    """Every room on its layer, and a line for every import between two rooms; none leads upwards."""
    rows, width, row_height, box = layers(), 900, 62, (108, 34)
    centre: dict[str, tuple[float, float]] = {}
    for level, row in enumerate(rows):
        for place, room in enumerate(row):
            centre[room] = (width * (place + 1) / (len(row) + 1), 30 + level * row_height)
    parts = []
    for above, below in sorted(imports_between_rooms()):
        (x1, y1), (x2, y2) = centre[above], centre[below]
        bend = (y1 + y2) / 2
        parts.append(
            f'<path class="line" d="M{x1:.0f} {y1 + 17:.0f}C{x1:.0f} {bend:.0f} '
            f'{x2:.0f} {bend:.0f} {x2:.0f} {y2 - 17:.0f}"/>'
        )
    for room, (x, y) in centre.items():
        parts += [_box(x - box[0] / 2, y - box[1] / 2, *box), _text(x, y + 5, room)]
    return _svg(width, 30 + len(rows) * row_height, "The rooms and what they import", parts)


# The path of one datum


def hops() -> list[tuple[str, str, str]]:
    """Number, place and description of each hop, from the table in ARCHITECTURE.md."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    table = text.partition("## The path of one datum")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (\d+b?) \| (.+?) \| (.+?) \|$", table, re.M)
    return [(number, _unmarked(place), _unmarked(words)) for number, place, words in rows]


def _unmarked(text: str) -> str:
    return re.sub(r"[`*]", "", text)


def hops_diagram() -> str:
    """The hops from an AI system to an auditor's computer, the synchronous ones marked."""
    rows, parts = hops(), []
    for place, (number, where, words) in enumerate(rows):
        y = 26 + place * 44
        synchronous = number in {"1", "2", "3", "4", "5"}
        parts += [_box(50, y - 16, 240, 32), _text(170, y + 5, where)]
        parts += [_text(26, y + 5, number, "small"), _text(306, y + 5, words, "small", "start")]
        if place:
            kind = "edge strong" if synchronous and number != "1" else "edge"
            parts.append(f'<path class="{kind}" marker-end="url(#a)" d="M170 {y - 28}V{y - 17}"/>')
    return _svg(900, 20 + len(rows) * 44, "The path of one datum", parts)


# The life of a record


def workflow_diagram(workflow: Workflow) -> str:
    """The states in order; steps forward as arcs above them, steps back below."""
    gap = 150
    x = {state: 80 + place * gap for place, state in enumerate(workflow.states)}
    spans = [x[move.target] - x[source] for move in workflow.moves for source in move.sources]
    y, below = (50 + max(0, *(side * span for span in spans)) * 0.34 for side in (1, -1))
    parts = []
    for move in workflow.moves:
        for source in move.sources:
            parts += _step(move, x[source], x[move.target], y, source == move.sources[0])
    for state in workflow.states:
        parts += [_box(x[state] - 52, y - 16, 104, 32), _text(x[state], y + 5, state)]
    return _svg(len(x) * gap + 20, round(y + below), f"The life of a {workflow.name} record", parts)


def _step(move: Move, start: float, end: float, y: float, labelled: bool) -> list[str]:
    forward = end > start
    side = -1 if forward else 1
    height = 24 + abs(end - start) * 0.34
    top = y + side * (16 + height)
    kind = "edge strong" if move.approves or move.independent or move.confirms else "edge"
    arc = (
        f'<path class="{kind}" marker-end="url(#a)" d="M{start:g} {y + side * 16:g}'
        f'C{start:g} {top:g} {end:g} {top:g} {end:g} {y + side * 17:g}"/>'
    )
    middle = y + side * (16 + height * 0.75)
    return [arc, _text((start + end) / 2, middle - 4, move.label, "small")] if labelled else [arc]


def diagrams(workflows: Iterable[Workflow]) -> dict[str, str]:
    """Every diagram by the name of its file."""
    lives = {f"life-{workflow.name}.svg": workflow_diagram(workflow) for workflow in workflows}
    return {"layers.svg": layers_diagram(), "path-of-a-datum.svg": hops_diagram(), **lives}
