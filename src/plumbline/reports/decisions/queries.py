"""The rows of the statement as whoever decides them finds them, drafts before what is in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.records import kinds
from plumbline.records import queries as records
from plumbline.reports import queries
from plumbline.reports.applicability import KIND


@dataclass(frozen=True)
class RowNow:
    """A row as it would be amended: its newest content, whether in force or a draft."""

    reference: str
    revision: int
    state: str
    values: Mapping[str, Any]

    @property
    def reason(self) -> str:
        """Why the control applies, or why it is left out."""
        name = "exclusion_reason" if self.values["applicable"] == "no" else "justification"
        return str(self.values[name] or "")


def rows_now(actor: Actor) -> dict[str, RowNow]:
    """The rows that ``actor`` may see, by the id of their control or, for an own control, their reference."""
    if not kinds.exists(KIND):
        return {}
    seen = queries.visible_references(actor, KIND)
    return {
        row["requirement"] or row["reference"]: RowNow(row["reference"], row["revision"], row["state"], row)
        for row in records.claimed(KIND)
        if row["reference"] in seen
    }


def may_decide(actor: Actor) -> bool:
    """Whether ``actor`` may write rows at all; each row is judged by itself when it is saved."""
    return any(policy.may(actor, verb, kind=KIND, anywhere=True) for verb in ("create", "amend"))
