"""Each fault that the trail has to bear, F1 to F19, has tests that carry its id."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from tests.mutations.declared import ROOT, mutations

FAULTS = {
    "F1": "Trees of every size are those of RFC 6962.",
    "F2": "Every valid proof of up to 64 leaves is accepted.",
    "F3": "Every kind of wrong proof is rejected.",
    "F4": "Signatures and notes: the published vectors, exactly.",
    "F5": "A pack of which any byte or member is changed is rejected.",
    "F6": "Whoever can write to the database cannot do so unseen.",
    "F7": "Killed at every step, nothing acknowledged is lost.",
    "F8": "A step that failed, whether or not it was done, forks nothing.",
    "F9": "A database that is rolled back is refused, named and mended.",
    "F10": "Two copies that went on differently do not both go on.",
    "F11": "A full disk, a read-only one and a wrong clock do no harm.",
    "F12": "Many writers and readers at once.",
    "F13": "What is erased is gone, and every proof stays.",
    "F14": "Faults put into the code on purpose are noticed.",
    "F15": "The verifier alone: no network, nothing written, hostile files.",
    "F16": "The protocol of witnesses, status by status.",
    "F17": "The static layout, as other tools read it.",
    "F18": "Time stamps of an authority: whatever is wrong is refused.",
    "F19": "Personal data stands in no entry.",
}
PLACES = (
    "anchors",
    "api",
    "architecture",
    "cli",
    "erasure",
    "journeys",
    "kernel",
    "security",
    "trail",
    "verify",
    "witness",
)


def _named() -> Iterator[tuple[str, str]]:
    """Each id that a test, or the module it is in, names in its docstring or its own name."""
    for place in PLACES:
        for path in sorted((ROOT / "tests" / place).rglob("test_*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            of_module = re.findall(r"\bF(?:1\d|[1-9])\b", ast.get_docstring(tree) or "")
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                    own = re.findall(r"\bF(?:1\d|[1-9])\b", ast.get_docstring(node) or "")
                    own += re.findall(r"(?<=test_f)(?:1\d|[1-9])(?=_)", node.name)
                    for found in {*own, *of_module}:
                        yield f"F{found.removeprefix('F')}", f"{path.relative_to(ROOT)}::{node.name}"


NAMED = list(_named())


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_has_tests_under_its_id(fault: str) -> None:
    found = [test for name, test in NAMED if name == fault and not test.startswith("tests/architecture/")]
    if fault == "F14":  # one command runs all of them: ./run mutations
        found = [item.name for item in mutations() if item.name.startswith("trail-")]
    assert found, FAULTS[fault]
