"""What rows of a file can become: records of a kind, people, units."""

from __future__ import annotations

from dataclasses import replace

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.imports.directory.declarations import DIRECTORIES, Directory, Target
from plumbline.kernel.problems import Conflict, NotAllowed
from plumbline.records import kinds
from plumbline.records.kinds import Kind


def get(slug: str) -> Target:
    """The kind or the list of people or units called ``slug`` (singular or plural). Raises `NotFound`."""
    for directory in DIRECTORIES:
        if slug in (directory.slug, directory.plural):
            return directory
    return kinds.get(slug)


def exists(slug: str) -> bool:
    """Whether there is such a kind or list: an import of one that was removed stays, and is nobody's work."""
    return kinds.exists(slug) or any(slug == directory.slug for directory in DIRECTORIES)


def every() -> tuple[Target, ...]:
    """Every kind, in the order of the clauses, then people and units."""
    return (*kinds.all_kinds(), *DIRECTORIES)


def kind(slug: str) -> Kind:
    """The kind called ``slug``. Raises `Conflict` for people and units, which are no records."""
    found = get(slug)
    if isinstance(found, Directory):
        raise Conflict(
            "People and units are no records, and are not taken back together. Take an account out of use on "
            "the page of the person."
        )
    return found


def may_import(actor: Actor, target: Target) -> policy.Answer:
    """Whether ``actor`` may upload and preview a file for ``target``.

    For people and units whoever asks has to be somebody who may make them, whichever the scopes of a token;
    a token does not make them (`require_writing`).
    """
    may = policy.may(actor, "import", kind=target.slug, anywhere=True)
    if not may:
        return may
    if isinstance(target, Directory):
        return policy.may(replace(actor, scopes=None), "grant", kind="person", anywhere=True)
    return policy.may(actor, "create", kind=target.slug, anywhere=True)


def require_importing(actor: Actor, target: Target) -> None:
    """As `may_import`, but raises `NotAllowed` instead of answering no."""
    answer = may_import(actor, target)
    if not answer:
        raise NotAllowed(answer.reason)


def require_writing(actor: Actor, target: Target) -> None:
    """Raise `NotAllowed` unless ``actor`` may have an import written; people and units only in a session."""
    policy.require(actor, "import", kind=target.slug, anywhere=True)
    if isinstance(target, Directory):
        policy.require(actor, "grant", kind="person", anywhere=True)
