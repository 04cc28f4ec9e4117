"""What the product may not say: no sentence of a standard that must be bought, no claim it cannot keep."""

from __future__ import annotations

import re
from pathlib import Path

from tests.architecture.tree import short, texts

OURS = tuple(
    path
    for path in texts(".py", ".md", ".html", ".txt", ".yaml", ".yml", ".json", ".toml", ".css", ".js")
    if not short(path).startswith(("tests/", "requirements/")) and "/static/" not in short(path)
)
STANDARD = re.compile(
    r"\bthe organi[sz]ation shall\b|\bshall (?:be|determine|establish|implement|maintain|ensure|retain|"
    r"document|define|consider|conduct|plan|evaluate|review|provide|demonstrate|identify|continually|take|include)\b"
    r"|\bto the extent necessary to have confidence\b|\bretain documented information\b"
    r"|\bbe available as documented information\b",
    re.I,
)
"""The modal verb and the stock phrases of ISO management system standards. A heuristic, not a proof."""

CLAIM = re.compile(
    r"\b(?:ensur|guarante|achiev|prov)\w*\s+(?:full\s+|your\s+)?compliance\b"
    r"|\b(?:fully|100\s?%)\s+compliant\b"
    r"|\b(?:ISO|IEC|42001|AI Act|GDPR|SOC ?2)[- ](?:compliant|certified|approved)\b"
    r"|\b(?:Plumbline|this software|the product)\s+(?:\w+\s+)?(?:is|makes?|gets?|keeps?)\b[^.\n]{0,40}"
    r"\b(?:compliant|certified|in compliance)\b",
    re.I,
)
DENIAL = re.compile(r"\b(?:not|no|never|nor|cannot|neither)\b", re.I)


def _hits(path: Path, pattern: re.Pattern[str]) -> list[str]:
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return [
        f"{short(path)}:{number}: {match.group(0)}"
        for number, line in enumerate(lines, 1)
        for match in pattern.finditer(line)
        if not (pattern is CLAIM and DENIAL.search(line))
    ]


def test_speaks_in_its_own_words() -> None:
    """Gists are ours; a sentence of ISO/IEC 42001 is never copied."""
    assert not [hit for path in OURS for hit in _hits(path, STANDARD)]


def test_claims_no_compliance() -> None:
    """Software records what an organization does; it makes nobody conform to anything."""
    assert not [hit for path in OURS for hit in _hits(path, CLAIM)]


def test_the_patterns_find_what_they_are_for() -> None:
    assert STANDARD.search("The organization shall determine external issues")
    assert CLAIM.search("Plumbline makes you ISO compliant")
    assert CLAIM.search("an ISO-certified product")
    assert not CLAIM.search("Plumbline records who is certified by whom.")


def test_the_repository_speaks_of_itself_alone() -> None:
    """No path of the machine it was written on."""
    places = re.compile(r"(?<![\w.])/(?:work|farm)/|/root/\.")
    assert not [
        f"{short(path)}:{number}"
        for path in texts(".py", ".md", ".html", ".txt", ".yaml", ".yml", ".json", ".toml", ".css", ".js", "")
        if path != Path(__file__).resolve()
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if places.search(line)
    ]
