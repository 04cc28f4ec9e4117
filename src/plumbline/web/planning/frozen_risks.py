"""The panels of risk assessments and treatment plans: what was frozen into them, and whether it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from plumbline.clauses import freezing, rules
from plumbline.clauses.planning import treatment_plans
from plumbline.identity.actors import Actor
from plumbline.records import kinds


@dataclass(frozen=True)
class _Risk:
    """A risk as it was frozen; levels as words, empty where nobody had judged them."""

    reference: str
    title: str
    system: str
    level: str
    response: str
    residual: str
    revision: int


@dataclass(frozen=True)
class _Treatment:
    """A treatment as it was frozen."""

    reference: str
    title: str
    option: str
    due: str
    revision: int


def _word(level: int | None) -> str:
    return gettext(rules.Level(level).word) if level else ""


def _label(kind: str, field: str, word: str) -> str:
    return str(dict(kinds.get(kind).field(field).flatchoices).get(word, word)).partition(":")[0]


def _risks(rows: Iterable[Mapping[str, Any]]) -> list[_Risk]:
    return [
        _Risk(
            row["reference"],
            row["title"],
            row["system"],
            _word(row["level"]),
            _label("risk", "response", row["response"]),
            _word(row["residual_level"]),
            row["revision"],
        )
        for row in rows
    ]


def assessment(actor: Actor, record: Any) -> dict[str, Any]:
    """What the page of a risk assessment shows of its frozen levels; nothing for a draft."""
    if not record.content:
        return {}
    return {
        "frozen_risks": _risks(record.content["risks"]),
        "frozen_criteria": record.content["criteria"]["version"],
        "frozen_sha256": freezing.digest(record.content),
    }


def plan(actor: Actor, record: Any) -> dict[str, Any]:
    """The same of a treatment plan, with its treatments and what has changed since."""
    if not record.content:
        return {}
    treatments = [
        _Treatment(
            row["reference"],
            row["title"],
            _label("treatment", "option", row["option"]),
            row["due"],
            row["revision"],
        )
        for row in record.content["treatments"]
    ]
    overtaken = treatment_plans.overtaken(record.content)
    return {**assessment(actor, record), "frozen_treatments": treatments, "overtaken": overtaken}
