"""Whom a result speaks of, as pages show it: each member with what it misses and who answers for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from plumbline.controls import visibility
from plumbline.controls.verdicts import MemberVerdict
from plumbline.controls.visibility import VisibleResult
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.kernel.states import MemberState


@dataclass(frozen=True)
class MemberRow:
    """One member with the name of its owner, which is empty where nobody owns it."""

    member: MemberVerdict
    owner: str


@dataclass(frozen=True)
class MemberRows:
    """The members that a reader sees, the ones to look at first, and how many there are besides."""

    rows: Sequence[MemberRow]
    hidden: int

    @property
    def missing(self) -> Sequence[MemberRow]:
        """Those that miss something."""
        return [row for row in self.rows if row.member.state is MemberState.MISSING]


def member_rows(actor: Actor, result: VisibleResult) -> MemberRows:
    """The members of a result as ``actor`` sees them."""
    shown = visibility.members_of(actor, result)
    names = identity.names(member.owner for member in shown.rows if member.owner)
    rows = [MemberRow(member, names.get(member.owner, "")) for member in shown.rows]
    return MemberRows(rows, shown.hidden)
