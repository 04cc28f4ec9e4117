"""Whom a result speaks of, as pages show it: each member with what it misses and who answers for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from plumbline.controls import visibility
from plumbline.controls.failing_subjects import FAILING
from plumbline.controls.verdicts import MemberVerdict
from plumbline.controls.visibility import VisibleResult
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Name, Ref
from plumbline.kernel.states import MemberState
from plumbline.records import kinds
from plumbline.records.kinds import Kind


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

    def lists(self, check: str) -> Sequence[tuple[int, Kind, str]]:
        """How many records of each kind miss something, with the address of the list of just those."""
        found = Counter(filter(None, (_kind_of(row.member.name) for row in self.missing)))
        where = urlencode({"where": f"{FAILING}:{check}"})
        return [
            (count, kind, f"{reverse('record-list', args=[kind.plural])}?{where}")
            for kind, count in found.items()
        ]


def _kind_of(name: Name) -> Kind | None:
    if isinstance(name, Ref):
        return kinds.of_reference(name.reference)
    # A system that sends data and is no record has no list that it could stand in.
    return None


def member_rows(actor: Actor, result: VisibleResult) -> MemberRows:
    """The members of a result as ``actor`` sees them."""
    shown = visibility.members_of(actor, result)
    names = identity.names(member.owner for member in shown.rows if member.owner)
    rows = [MemberRow(member, names.get(member.owner, "")) for member in shown.rows]
    return MemberRows(rows, shown.hidden)
