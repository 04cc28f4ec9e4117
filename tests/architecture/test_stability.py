"""The words that stay are those the product uses: docs/reference/stability.md against the code."""

from __future__ import annotations

import re
from typing import get_args

import msgspec
import typer
from tests.architecture.tree import ROOT

from plumbline import catalogs
from plumbline.cli.main import app
from plumbline.kernel import states
from plumbline.records import kinds
from plumbline.telemetry.event import Event, EventType

TEXT = (ROOT / "docs" / "reference" / "stability.md").read_text(encoding="utf-8")


def _section(title: str) -> str:
    return TEXT.split(f"\n## {title}\n")[1].split("\n## ")[0]


def _words(line_start: str, section: str) -> set[str]:
    line = next(line for line in _section(section).splitlines() if line.startswith(line_start))
    return set(re.findall(r"`([^`]+)`", line))


def test_verbs() -> None:
    verbs = {name for name, verb in typer.main.get_command(app).commands.items() if not verb.hidden}
    assert _words("`init`", "Command line") == verbs


def test_prefixes_and_slugs() -> None:
    rows = set(re.findall(r"^\| `(\w+)` \| `([\w-]+)` \|$", _section("Kinds of record"), re.M))
    assert rows == {(kind.prefix, kind.slug) for kind in kinds.all_kinds()}


def test_requirement_ids() -> None:
    ids = re.findall(r"^\| `([^`]+)` \|", _section("Requirement ids"), re.M)
    assert len(ids) == 5
    assert not [each for each in ids if not catalogs.exists(each)]


def test_state_words() -> None:
    rows = dict(re.findall(r"^\| (a [^|]+) \| ([^|]+) \|$", _section("State words"), re.M))
    assert {name: words.split(", ") for name, words in rows.items()} == {
        "a requirement, measured": list(states.MeasuredState),
        "a requirement, attested": list(states.AttestedState),
        "a requirement's evidence": list(states.RequirementState),
        "a check": list(states.CheckState),
        "a piece of evidence": list(states.EvidenceState),
        "a proof": list(states.ProofState),
    }


def test_predicate_type() -> None:
    """The writer of packs and their verifier name the one on the page."""
    (named,) = _words("Predicate type", "Pack")
    for file in ("plumbline/trail/packfile.py", "plumbline_verify/verify.py"):
        assert named in (ROOT / "src" / file).read_text(encoding="utf-8"), file


def test_telemetry_event() -> None:
    fields = {field.encode_name: field.required for field in msgspec.structs.fields(Event)}
    assert _words("Needed", "Telemetry event") == {name for name, needed in fields.items() if needed}
    assert _words("Optional", "Telemetry event") == {name for name, needed in fields.items() if not needed}
    assert _words("Types", "Telemetry event") == set(get_args(EventType))
