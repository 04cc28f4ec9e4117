"""Entries of the trail as pages show them: what happened, who did it, and what it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_noop

from plumbline.identity import queries as identity_queries
from plumbline.identity.actors import Actor
from plumbline.kernel.states import ProofState
from plumbline.records import names as record_names
from plumbline.trail import log
from plumbline.web import cells
from plumbline.web.frame import hex_of, proof_state

ENTRY_WORDS = {
    "record.created": gettext_noop("Record created"),
    "record.amended": gettext_noop("Record amended"),
    "record.followed": gettext_noop("Record followed its system to another unit"),
    "record.assigned": gettext_noop("Record given to whoever answers for it now"),
    "record.escalated": gettext_noop("Record escalated after its due day"),
    "record.retracted": gettext_noop("Act on a record taken back"),
    "record.moved": gettext_noop("Record moved"),
    "record.linked": gettext_noop("Record linked"),
    "record.merge-proposed": gettext_noop("Merge proposed"),
    "record.merge-dropped": gettext_noop("Merge dropped"),
    "record.unlinked": gettext_noop("Link taken back"),
    "record.commented": gettext_noop("Comment added"),
    "record.comment-edited": gettext_noop("Comment edited"),
    "record.comment-resolved": gettext_noop("Comment resolved"),
    "record.comment-reopened": gettext_noop("Comment opened again"),
    "record.comment-seen": gettext_noop("Comment seen by whom it mentions"),
    "record.acknowledged": gettext_noop("Version acknowledged by somebody who has read it"),
    "record.attached": gettext_noop("File attached"),
    "record.dated": gettext_noop("Dates of a file changed"),
    "record.read": gettext_noop("Sensitive record read"),
    "record.listed": gettext_noop("Sensitive records listed"),
    "list.exported": gettext_noop("List taken out as a file"),
    "view.shared": gettext_noop("View of a list shared"),
    "view.withdrawn": gettext_noop("View of a list no longer shared"),
    "session.started": gettext_noop("Session started"),
    "session.ended": gettext_noop("Session ended"),
    "grant.given": gettext_noop("Role given"),
    "grant.revoked": gettext_noop("Role taken back"),
    "absence.recorded": gettext_noop("Absence recorded"),
    "absence.ended": gettext_noop("Absence ended"),
    "organization.setting-changed": gettext_noop("Setting changed"),
    "token.issued": gettext_noop("Token issued"),
    "token.revoked": gettext_noop("Token revoked"),
    "backup.requested": gettext_noop("Backup asked for"),
    "backup.failed": gettext_noop("Backup not made"),
    "telemetry.segment": gettext_noop("Telemetry sealed"),
    "telemetry.conflict": gettext_noop("Event refused: its id has other contents"),
    "sighting.dismissal-proposed": gettext_noop("Proposed to set an unregistered system aside"),
    "sighting.dismissal-withdrawn": gettext_noop("Proposal to set an unregistered system aside withdrawn"),
    "sighting.dismissed": gettext_noop("Unregistered system set aside"),
    "installation.upgraded": gettext_noop("Data folder brought to a newer version"),
    "run.completed": gettext_noop("Checks run"),
    "pack.created": gettext_noop("Pack created"),
    "sample.committed": gettext_noop("Population of a sample committed to"),
    "sample.drawn": gettext_noop("Sample drawn"),
    "sample.marked": gettext_noop("Item of a sample marked by an auditor"),
    "private-note.kept": gettext_noop("Private note of an auditor kept"),
    "private-note.opened": gettext_noop("Private notes opened by their author"),
    "private-note.not-opened": gettext_noop("Private notes not opened: another passphrase"),
    "private-note.refused": gettext_noop("Private note asked for by somebody else, and refused"),
    "private-note.deleted": gettext_noop("Private note deleted"),
    "key.created": gettext_noop("Key created"),
    "key.rotated": gettext_noop("Key replaced"),
    "key.retired": gettext_noop("Old key retired"),
    "key.announced": gettext_noop("Lost key replaced"),
    "trail.anchored": gettext_noop("Checkpoint anchored"),
    "trail.contradicted": gettext_noop("Anchor contradicts the trail"),
    "trail.incident": gettext_noop("Difference from the trail found"),
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
    "trail": "fingerprint",
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
