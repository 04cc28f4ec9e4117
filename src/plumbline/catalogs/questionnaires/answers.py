"""A file of answers as the tool of the questionnaire saves it: its version, and each answer by question."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from plumbline.catalogs.questionnaires.questionnaire import canonical_version, is_no_whole_number
from plumbline.kernel.canonical import JSON
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Invalid

LARGEST = 2_000_000
"""Bytes of a file of answers; the largest published one has 77,260."""
MOST = 2_000
"""Answers of one file, and choices of one answer."""
BEGIN = ("projectDetails", "businessDrivers", "riskProfile", "decisionSector", "impact")
"""How questions of the questionnaire are called: a file has one of them, or is about something else."""


@dataclass(frozen=True)
class AnswerFile:
    """What a file of answers says: ``version`` is empty where it names none, ``digest`` its SHA-256."""

    version: str
    values: Mapping[str, JSON]
    digest: str

    @property
    def title(self) -> str:
        """What was assessed, in the words of whoever answered; empty where that is not said."""
        found = self.values.get("projectDetailsTitle")
        return " ".join(found.split()) if isinstance(found, str) else ""


def is_one(content: bytes) -> bool:
    """Whether `read` takes the file."""
    try:
        read(content)
    except Invalid:
        return False
    return True


def read(content: bytes) -> AnswerFile:
    """The answers of a file. Raises `Invalid`, which names what is wrong and repeats no answer."""
    if len(content) > LARGEST:
        raise refused(Fault("answers", "are a larger file than the questionnaire saves"))
    try:
        document = json.loads(content, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        remedy = "save the answers with the tool of the questionnaire and give that file"
        raise refused(Fault("answers", "are no JSON document", remedy)) from error
    values = document.get("data") if isinstance(document, dict) else None
    if not isinstance(values, dict) or not any(name.startswith(BEGIN) for name in values):
        remedy = "give the file that the tool of the questionnaire saves; it has data and version"
        raise refused(Fault("data", "has no answers of the questionnaire", remedy))
    faults = list(_faults(values))
    version = document.get("version", "")
    if not isinstance(version, str) or len(version) > 40:
        faults.append(Fault("version", "is no version", "such as v1.0.1"))
    if faults:
        raise refused(*faults)
    return AnswerFile(canonical_version(version), values, hashlib.sha256(content).hexdigest())


def refused(*faults: Fault) -> Invalid:
    """The answers were not read."""
    return Invalid(say("questionnaire.not-read", "The answers were not read."), faults)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands there twice")
    return found


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number of JSON")


def _faults(values: Mapping[str, Any]) -> list[Fault]:
    if len(values) > MOST:
        return [Fault("data", "has more answers than the questionnaire has questions")]
    faults = []
    for name, value in values.items():
        each = value if isinstance(value, list) else [value]
        if len(each) > MOST or any(isinstance(one, (list, dict)) for one in each):
            faults.append(Fault(f"data.{name[:80]}", "is no answer", "a text, a choice or a list of choices"))
        elif any(is_no_whole_number(one) for one in each) and isinstance(value, (list, float)):
            faults.append(Fault(f"data.{name[:80]}", "has points that are no whole number"))
    return faults[:20]
