"""Entries of the trail as pages show them: what happened, who did it, and what it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from plumbline.identity import queries as identity_queries
from plumbline.identity.actors import Actor
from plumbline.kernel.states import ProofState
from plumbline.records import names as record_names
from plumbline.trail import log
from plumbline.web import cells
from plumbline.web.frame import hex_of, proof_state

ENTRY_WORDS = {
    "record.created": "Record created",
    "record.amended": "Record amended",
    "record.moved": "Record moved",
    "record.linked": "Record linked",
    "record.commented": "Comment added",
    "record.attached": "File attached",
    "record.read": "Sensitive record read",
    "record.listed": "Sensitive records listed",
    "session.started": "Session started",
    "session.ended": "Session ended",
    "grant.given": "Role given",
    "grant.revoked": "Role taken back",
    "token.issued": "Token issued",
    "token.revoked": "Token revoked",
    "telemetry.segment": "Telemetry sealed",
    "run.completed": "Checks run",
    "pack.created": "Pack created",
    "key.created": "Key created",
}
ENTRY_ICONS = {
    "record": "file-text",
    "session": "log-in",
    "grant": "users",
    "token": "key-round",
    "telemetry": "activity",
    "run": "list-checks",
    "pack": "package",
    "key": "key-round",
}


@dataclass(frozen=True)
class EntryRow:
    """One entry; ``covered`` says how much of the trail is signed, ``names`` what it may name."""

    leaf: log.LeafView
    covered: tuple[int, bool]
    names: Mapping[str, str]

    @property
    def what(self) -> str:
        """What happened."""
        kind = self.leaf.entry_type
        return ENTRY_WORDS.get(kind, kind.replace(".", " ").replace("-", " ").capitalize())

    @property
    def icon(self) -> str:
        """The icon of what happened."""
        return ENTRY_ICONS.get(self.leaf.entry_type.partition(".")[0], "circle-dot")

    @property
    def who(self) -> str:
        """The person, token or part of the installation that did it."""
        actor = self.leaf.actor
        if actor.startswith("stage:"):
            return actor.removeprefix("stage:").replace("-", " ").capitalize()
        return self.names.get(actor, actor)

    @property
    def subject(self) -> str:
        """What it is about, by the name that the reader may know."""
        return self.names.get(self.leaf.subject_ref, self.leaf.subject_ref)

    @property
    def reference(self) -> str:
        """The reference of the record it is about, beside the title; empty where the title is not shown."""
        name = self.leaf.subject_ref
        return name if cells.REFERENCE.fullmatch(name) and name in self.names else ""

    @property
    def subject_href(self) -> str:
        """The page of what it is about."""
        if cells.REFERENCE.fullmatch(self.leaf.subject_ref):
            return cells.record_href(self.leaf.subject_ref)
        if self.leaf.entry_type == "telemetry.segment":
            return reverse("segment", args=[self.leaf.index])
        return ""

    @property
    def digest(self) -> str:
        """The leaf hash."""
        return hex_of(self.leaf.leaf_hash)

    @property
    def proof(self) -> ProofState:
        """Whether a signed checkpoint covers it."""
        return proof_state(self.leaf.index, self.covered)


def names_of(actor: Actor, views: Sequence[log.LeafView]) -> dict[str, str]:
    """What the people, tokens and records of entries are called, as far as the reader may know."""
    titles = record_names.titles(
        actor, (view.subject_ref for view in views if cells.REFERENCE.fullmatch(view.subject_ref))
    )
    people = {name for view in views for name in (view.actor, view.subject_ref)}
    return identity_queries.names(people) | titles
