"""The members of a population as a result keeps them: JSON in its row, a digest in the bytes it seals."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from plumbline.controls.models import Result
from plumbline.controls.verdicts import MemberVerdict, name_text
from plumbline.kernel.canonical import JSON, canonical
from plumbline.kernel.clock import rfc3339
from plumbline.kernel.messages import Ref, Subject, from_json, name_from_json, name_to_json, redact, to_json
from plumbline.kernel.states import MemberState
from plumbline.wording import english


def to_rows(members: Iterable[MemberVerdict]) -> list[JSON]:
    """Members as JSON values, in their order."""
    return [
        {
            "name": name_to_json(member.name),
            "state": str(member.state),
            "message": to_json(member.message) if member.message is not None else None,
            "system": member.system,
            "owner": member.owner,
            # Left out where there are none, so that what was sealed before they were named reads the same.
            **({"systems": list(member.systems)} if member.systems else {}),
        }
        for member in members
    ]


def from_rows(rows: Iterable[Mapping[str, Any]]) -> tuple[MemberVerdict, ...]:
    """The members that `to_rows` wrote."""
    return tuple(
        MemberVerdict(
            name_from_json(row["name"]),
            MemberState(row["state"]),
            from_json(row["message"]) if row["message"] is not None else None,
            row["system"],
            row["owner"],
            tuple(row.get("systems", ())),
        )
        for row in rows
    )


def digest(rows: Sequence[Mapping[str, Any]]) -> str:
    """SHA-256 of the members as `to_rows` gives them, in the canonical form."""
    return hashlib.sha256(canonical([dict(row) for row in rows])).hexdigest()


def redact_members(
    members: Iterable[MemberVerdict], may_name: Callable[[Ref | Subject], bool]
) -> tuple[tuple[MemberVerdict, ...], int]:
    """The members that a reader may know of, with messages that name only what they may know of, and how many
    there are besides."""
    members = tuple(members)
    shown = tuple(
        replace(
            member,
            message=redact(member.message, may_name) if member.message is not None else None,
            system=member.system if member.system and may_name(Ref(member.system)) else "",
            systems=tuple(name for name in member.systems if may_name(Ref(name))),
        )
        for member in members
        if not isinstance(member.name, (Ref, Subject)) or may_name(member.name)
    )
    return shown, len(members) - len(shown)


_PLACE = {MemberState.MISSING: 0, MemberState.EXCLUDED: 1, MemberState.COVERED: 2}


def in_order(members: Iterable[MemberVerdict]) -> list[MemberVerdict]:
    """Members as a reader wants them: those that miss something first, then the excluded, each by name."""
    return sorted(members, key=lambda member: (_PLACE[member.state], name_text(member.name)))


COLUMNS = ("check", "subject", "window_start", "member", "state", "reason", "system", "owner", "entry")
"""Columns of the members of a result as CSV and as a table."""


def as_dict(member: MemberVerdict) -> dict[str, Any]:
    """One member as JSON values."""
    return {
        "name": name_text(member.name),
        "state": str(member.state),
        "reason": english(member.message) if member.message is not None else "",
        "message": to_json(member.message) if member.message is not None else None,
        "system": member.system,
        "systems": list(member.systems or filter(None, (member.system,))),
        "owner": member.owner,
    }


def as_cells(result: Result, member: MemberVerdict) -> tuple[str, ...]:
    """One member of a result as `COLUMNS`."""
    row = as_dict(member)
    window = rfc3339(result.window_start)
    said = (row["name"], row["state"], row["reason"], row["system"], row["owner"])
    return (result.check_name, result.subject, window, *said, str(result.leaf))
