"""The members of a population as a result keeps them: JSON in its row, a digest in the bytes it seals."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from plumbline.controls.verdicts import MemberVerdict
from plumbline.kernel.canonical import JSON, canonical
from plumbline.kernel.messages import Ref, Subject, from_json, name_from_json, name_to_json, redact, to_json
from plumbline.kernel.states import MemberState


def to_rows(members: Iterable[MemberVerdict]) -> list[JSON]:
    """Members as JSON values, in their order."""
    return [
        {
            "name": name_to_json(member.name),
            "state": str(member.state),
            "message": to_json(member.message) if member.message is not None else None,
            "system": member.system,
            "owner": member.owner,
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
        )
        for member in members
        if not isinstance(member.name, (Ref, Subject)) or may_name(member.name)
    )
    return shown, len(members) - len(shown)
