"""The documents as a site: every page is reached, and the diagrams are what the code gives."""

from __future__ import annotations

import importlib.util
import os
import re
from types import ModuleType

import pytest
from tests.architecture.tree import ROOT, SOURCE

from plumbline.records import kinds

DOCS = ROOT / "docs"
WRITE = os.environ.get("PLUMBLINE_TEST_WRITE_REFERENCE") == "1"


@pytest.fixture(scope="module")
def diagrams() -> ModuleType:
    spec = importlib.util.spec_from_file_location("diagrams", DOCS / "diagrams.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_diagrams_are_up_to_date(diagrams: ModuleType) -> None:
    """`./run reference` draws them anew (by this very test, told to)."""
    workflows = {kind.workflow.name: kind.workflow for kind in kinds.all_kinds()}
    drawn: dict[str, str] = diagrams.diagrams(workflows[name] for name in sorted(workflows))
    if WRITE:
        for name, svg in drawn.items():
            (DOCS / "pictures" / name).write_text(svg, encoding="utf-8")
    stale = [name for name, svg in drawn.items() if _committed(name) != svg]
    assert not stale, f"run ./run reference and commit {', '.join(stale)}"


def _committed(name: str) -> str:
    path = DOCS / "pictures" / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


def test_every_picture_of_the_code_is_shown(diagrams: ModuleType) -> None:
    """A diagram that no page shows is drawn for nobody."""
    shown = "".join(
        page.read_text(encoding="utf-8") for page in [*DOCS.rglob("*.md"), ROOT / "ARCHITECTURE.md"]
    )
    pictures = {path.name for path in (DOCS / "pictures").glob("*.svg")}
    assert {name for name in pictures if f"pictures/{name})" not in shown} == set()


def test_no_import_leads_to_a_higher_layer(diagrams: ModuleType) -> None:
    """What the picture shows: the import contract again, counted another way."""
    level = {room: number for number, row in enumerate(diagrams.layers()) for room in row}
    assert {pair for pair in diagrams.imports_between_rooms() if level[pair[0]] >= level[pair[1]]} == set()


def test_every_hop_names_a_place_that_is_there(diagrams: ModuleType) -> None:
    """A place written as a room, or as a module of one, exists."""
    places = [place for _, place, _ in diagrams.hops()]
    assert len(places) == 15
    rooms = {path.stem for path in (SOURCE / "plumbline").iterdir()}
    modules = [place for place in places if "/" in place]
    assert len(modules) >= 5
    for place in modules:
        room, _, module = place.partition("/")
        folder = SOURCE / "plumbline" / room
        assert room in rooms
        assert (folder / f"{module}.py").exists() or (folder / module).is_dir(), place


def test_every_document_is_listed_by_a_readme() -> None:
    """The site has the contents that the READMEs list; building it in the gate would fail, minutes later."""
    listed = {
        (readme.parent / link).resolve()
        for readme in DOCS.rglob("README.md")
        for link in re.findall(r"\]\((?!https?:)([^)#\s]+\.md)", readme.read_text(encoding="utf-8"))
    }
    pages = {page.resolve() for page in DOCS.rglob("*.md")} - {(DOCS / "README.md").resolve()}
    assert len(pages) > 50
    assert sorted(str(page.relative_to(DOCS)) for page in pages - listed) == []
