"""Which keys were in force when: read from the log's own entries, each of which proves itself.

* ``key.created`` (entry 0) names the first log key, the first pack key and the recovery key;
* ``key.rotated`` is signed by the old key and the new one; from then on both sign checkpoints;
* ``key.retired`` ends the overlap: from this entry on, the old key signs nothing that counts;
* ``key.announced`` is signed by the recovery key; it names a new key in place of one that is lost;
* ``trail.epoch-opened`` lets the same keys go on under the name of the new epoch (`plumbline.trail.epochs`);
* ``log.continued`` begins the log of a new installation behind the entries of an old one, with its own keys.

A pack key has no overlap, since a pack has one signature. What an entry signs is `statement`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings

from plumbline.kernel.clock import parse_rfc3339
from plumbline.kernel.merkle import leaf_hash
from plumbline.kernel.note import Note, NoteError, VerifierKey, decode64
from plumbline.trail import epochs, queries
from plumbline.trail.predecessors import CONTINUED, continued_at
from plumbline.trail.queries import LeafView

LOG, PACK = "log", "pack"
ROLES = (LOG, PACK)
ENTRY_TYPES = ("key.created", "key.rotated", "key.retired", "key.announced", epochs.OPENED)


def statement(action: str, role: str, old: VerifierKey, new: VerifierKey) -> bytes:
    """What is signed when a key takes the place of another.

    It can be taken for no checkpoint, whose second line is a number, and for no envelope of a pack.
    """
    return f"plumbline.dev/key/v1\n{action}\n{role}\n{old}\n{new}\n".encode()


@dataclass(frozen=True)
class KeyPeriod:
    """A key and the checkpoints that it counts for: those with more than ``since`` entries, up to ``until``.

    ``since`` is the entry that names it, ``until`` the one that retires it. ``overlap_ends`` is when it is to
    be retired; ``None`` for a key that nothing replaces. ``announced`` says that the recovery key named it.
    """

    key: VerifierKey
    since: int
    until: int | None = None
    overlap_ends: datetime | None = None
    announced: bool = False

    def counts_at(self, size: int) -> bool:
        """Whether a checkpoint of ``size`` entries has to be signed by it."""
        return self.since < size and (self.until is None or size <= self.until)


@dataclass(frozen=True)
class KeyHistory:
    """Every key the log names, oldest first, by role; ``recovery`` is the one kept on paper."""

    log: tuple[KeyPeriod, ...] = ()
    pack: tuple[KeyPeriod, ...] = ()
    recovery: VerifierKey | None = None

    def periods(self, role: str) -> tuple[KeyPeriod, ...]:
        """The keys of one role."""
        return self.log if role == LOG else self.pack

    def at(self, role: str, size: int) -> list[VerifierKey]:
        """The keys that count at ``size`` entries, the newest first."""
        return [period.key for period in reversed(self.periods(role)) if period.counts_at(size)]

    def overlapping(self) -> KeyPeriod | None:
        """The log key that is being replaced, if one is."""
        return next((period for period in self.log if period.overlap_ends and period.until is None), None)

    def signed(self, note: Note, size: int) -> bool:
        """Whether every key that counts at ``size`` has signed ``note``."""
        keys = self.at(LOG, size)
        return bool(keys) and all(note.signed_by(key) for key in keys)


def history() -> KeyHistory:
    """The keys as the log names them.

    An entry that has been tampered with names no key: whoever edits the database could otherwise choose who
    may sign. Finding the tampering is the scrub's.
    """
    found = queries.of_types((*ENTRY_TYPES, CONTINUED))
    return of_entries(found, continued_at(settings.PLUMBLINE.data))


def of_entries(views: Iterable[LeafView], continued: int | None = None) -> KeyHistory:
    """The keys that these entries (in order) name; ``continued`` may name the first keys of a new log."""
    known = KeyHistory()
    for view in views:
        try:
            if leaf_hash(view.body) != view.leaf_hash:
                continue
            if view.entry_type == CONTINUED:
                known = _continued(known, view.index, view.facts) if view.index == continued else known
            else:
                known = _with(known, view.index, view.entry.entry_type, view.facts)
        except (NoteError, ValueError, LookupError, TypeError, AttributeError):
            continue
    return known


def _continued(known: KeyHistory, index: int, facts: Mapping[str, Any]) -> KeyHistory:
    keys = {name: VerifierKey.parse(text) for name, text in facts["keys"].items()}
    log, pack = (
        (*(_ended(period, index) for period in known.periods(role)), KeyPeriod(keys[role], index))
        for role in ROLES
    )
    return KeyHistory(log, pack, keys["recovery"])


def _with(known: KeyHistory, index: int, entry_type: str, facts: Mapping[str, Any]) -> KeyHistory:
    if entry_type == "key.created":
        if index:
            return known
        keys = {name: VerifierKey.parse(text) for name, text in facts["keys"].items()}
        first = {role: (KeyPeriod(keys[role], -1),) for role in ROLES}
        return KeyHistory(first[LOG], first[PACK], keys["recovery"])
    if entry_type == epochs.OPENED:
        return _renamed(known, index, str(facts["old"]["origin"]))
    role, periods = facts["role"], known.periods(facts["role"])
    if entry_type == "key.retired":
        return _retired(known, index, VerifierKey.parse(facts["old"]))
    old, new = VerifierKey.parse(facts["old"]), VerifierKey.parse(facts["new"])
    last = periods[-1]
    if last.key != old or last.until is not None or new.name != old.name or role not in ROLES:
        return known
    if entry_type == "key.rotated":
        message = statement("rotate", role, old, new)
        signatures = zip((old, new), facts["signatures"], strict=True)
        if not all(key.verifies(message, decode64(text)) for key, text in signatures):
            return known
        ends = parse_rfc3339(facts["until"]) if role == LOG else None
        replaced = replace(last, overlap_ends=ends, until=None if role == LOG else index)
        added = KeyPeriod(new, index)
    else:
        message = statement("announce", role, old, new)
        if known.recovery is None or not known.recovery.verifies(message, decode64(facts["signature"])):
            return known
        replaced, added = replace(last, until=index), KeyPeriod(new, index, announced=True)
    earlier = tuple(_ended(period, index) for period in periods[:-1])
    periods = (*earlier, replaced, added)
    return replace(known, log=periods) if role == LOG else replace(known, pack=periods)


def _ended(period: KeyPeriod, index: int) -> KeyPeriod:
    """A key older than the one replaced counts no longer: two keys overlap, never three."""
    return period if period.until is not None else replace(period, until=index)


def _renamed(known: KeyHistory, index: int, old: str) -> KeyHistory:
    """The keys under the name of the epoch that entry ``index`` opens; an overlap ends with the old epoch."""
    if not known.log or known.log[-1].key.name != old:
        return known
    new = epochs.following(old)
    log = KeyPeriod(VerifierKey(new, known.log[-1].key.public), index)
    pack = KeyPeriod(VerifierKey(f"{new}/pack", known.pack[-1].key.public), index)
    return replace(
        known,
        log=(*(_ended(period, index) for period in known.log), log),
        pack=(*(_ended(period, index) for period in known.pack), pack),
    )


def _retired(known: KeyHistory, index: int, old: VerifierKey) -> KeyHistory:
    # The newest key cannot retire itself: nothing would be left to sign with.
    *earlier, newest = known.log
    ended = tuple(_ended(period, index) if period.key == old else period for period in earlier)
    return replace(known, log=(*ended, newest))
