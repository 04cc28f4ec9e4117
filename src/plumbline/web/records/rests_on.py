"""The panel of an information notice: the system that it rests on, as it was told and as it is in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from plumbline.clauses import queries
from plumbline.clauses.operation.information_notices import RESTS_ON
from plumbline.identity.actors import Actor
from plumbline.records import kinds
from plumbline.web import cells


@dataclass(frozen=True)
class _Line:
    """One field of the system: its label, what people were told, and what it is now."""

    label: str
    told: str
    now: str
    same: bool


def panel(actor: Actor, record: Any) -> dict[str, Any]:
    """What the page of a notice shows of what it rests on, field by field; nothing for a draft."""
    if not record.content:
        return {}
    reference, kind = record.content["system"], kinds.get("ai-system")
    rows = queries.in_force_if_any("ai-system")
    may_see = bool(queries.systems_within(actor, "read", {record.system.slug}))
    now = next((row for row in rows if row["reference"] == reference), dict.fromkeys(RESTS_ON, ""))
    lines = []
    for name in RESTS_ON:
        words = {str(word): str(label) for word, label in kind.field(name).flatchoices}
        told, today = record.content[name], str(now[name])
        shown = words.get(today, today) if may_see else gettext("Not shown to you")
        lines.append(_Line(cells.label(kind, name), words.get(told, told), shown, told == today))
    return {"rests_on": lines, "rests_on_system": reference, "is_true": all(line.same for line in lines)}
