"""What a bulk change asks for, checked before any record is looked at. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from plumbline.kernel.canonical import canonical
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Invalid
from plumbline.records import steps
from plumbline.records.kinds import Kind

ACTS = ("edit", "move", "link")


@dataclass(frozen=True)
class BulkRequest:
    """Fields to set (``edit``), a step to take (``move``) or another record to link to (``link``).

    ``undo``: each row has values of its own, and counts only at the revision that the first change left.
    """

    act: str
    values: Mapping[str, Any] = field(default_factory=dict)
    move: str = ""
    reason: str = ""
    relation: str = ""
    target: str = ""
    note: str = ""
    undo: bool = False

    def as_text(self) -> str:
        """As canonical JSON, without what is not said."""
        said = {name: value for name, value in vars(self).items() if value not in ("", {}, False)}
        return canonical(said).decode()

    @classmethod
    def of_text(cls, text: str) -> BulkRequest:
        """The request that `as_text` wrote."""
        return cls(**json.loads(text))


def check(kind: Kind, request: BulkRequest) -> BulkRequest:
    """The request, if records of ``kind`` can be changed so. Raises `Invalid` naming what cannot be."""
    if request.act not in ACTS:
        remedy = say("fault.one-of", "one of: {names}", names=", ".join(ACTS))
        raise Invalid("Nothing was planned.", [Fault("act", "is not known", remedy)])
    if request.act == "move":
        steps.find(kind, request.move)
    if request.act == "link" and not (request.relation.strip() and request.target.strip()):
        raise Invalid("Nothing was planned.", [Fault("target", "is missing", "name a relation and a record")])
    if request.act == "edit" and not request.undo:
        _check_values(kind, request.values)
    return request


def _check_values(kind: Kind, values: Mapping[str, Any]) -> None:
    allowed = [name for name in kind.field_names if name not in kind.unique_fields]
    remedy = say("fault.one-of", "one of: {names}", names=", ".join(allowed))
    faults = [Fault(name, "cannot be set for many", remedy) for name in values if name not in allowed]
    if not values:
        faults = [Fault("values", "are missing", "name a field and its value")]
    if faults:
        raise Invalid("Nothing was planned.", faults)
