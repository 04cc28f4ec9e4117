"""The panel of an information notice: the system and the parts that it rests on, as told and as in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from plumbline.clauses import going_live, queries
from plumbline.clauses.operation.information_notices import RESTS_ON
from plumbline.controls.visibility import ResultVisibility
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Message, Ref
from plumbline.records import kinds
from plumbline.web import cells


@dataclass(frozen=True)
class _Line:
    """One field of the system, or one part: its label, what people were told, and what it is now."""

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
    system_is_same = all(line.same for line in lines)
    parts, parts_are_same = _parts(actor, record)
    found = {"rests_on_system": reference, "is_true": system_is_same, "parts_are_same": parts_are_same}
    return found | {"rests_on": [*lines, *parts]}


def _parts(actor: Actor, record: Any) -> tuple[list[_Line], bool]:
    """Digest or version of each part that the notice speaks of, as far as ``actor`` may see the part; and
    whether all of them, seen or not, are what they were."""
    now, _ = going_live.spoken_of(record)
    told: dict[str, str] = record.content.get("parts", {})
    named = [Message("notice.part", "{record}", {"record": Ref(name)}) for name in told]
    may_name = ResultVisibility(actor).may_name(named)
    lines = [
        _Line(name, was, now.get(name, ""), now.get(name) == was)
        for name, was in told.items()
        if may_name(Ref(name))
    ]
    return lines, all(now.get(name) == was for name, was in told.items())
