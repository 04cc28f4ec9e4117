"""The roles, as one table: what each may do, to which groups of records.

A person has a role through a grant, which may be limited to a unit, a scope and dates (`policy`). Roles
follow ISO/IEC 42001 clauses 5.1 and 5.3 (leadership; roles, responsibilities and authorities) and 9.2
(internal audit).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

VERBS: dict[str, str] = {
    "read": "see records and results",
    "read-sensitive": "see sensitive records",
    "create": "create records",
    "amend": "change records",
    "move": "move records to another state",
    "approve": "approve records and accept risks",
    "link": "link records",
    "comment": "comment on records",
    "attach": "attach files",
    "import": "import records",
    "export": "export records",
    "confirm": "confirm, dismiss, verify or close what was found",
    "attest": "attest that a requirement is met",
    "ingest": "send telemetry",
    "pack": "make evidence packs",
    "grant": "add people and give roles",
    "manage-tokens": "manage the tokens of others",
    "erase": "ask for erasures, decide those of others, and place legal holds",
}
"""Every permission there is, with what it lets somebody do."""


GROUPS = ("governance", "risk", "systems", "improvement", "audit", "findings", "requests", "assurance")
"""Groups of kinds of record, for the table below and for the scope of a grant. Each kind declares its own.

``audit`` are the records of audits themselves, ``findings`` the kinds in which what an audit found goes on,
``requests`` what auditors ask for and the audited line answers, ``assurance`` where somebody vouches.
"""

ALL = "all"
"""The group of every kind, those of plugins included."""

SEE = ("read", "export")
ANSWER = ("amend", "move", "link", "attach")
WRITE = ("create", "amend", "move", "link", "comment", "attach")


@dataclass(frozen=True)
class Role:
    """A role: its title, its meaning in one line, and the verbs it has on each group of kinds."""

    slug: str
    title: str
    meaning: str
    allows: Mapping[str, tuple[str, ...]]
    scoped: bool = False
    """A grant of this role needs a last day and a unit or scope, and reaches nothing outside of them."""
    management: bool = False
    """Top management in the sense of the standard (5.1): it founds every other authority."""
    operates: bool = False
    """Its holders run the management system: they neither audit it nor vouch for its audit (9.2.2)."""
    audits: bool = False
    """Its holders audit the management system, so that they cannot run it (9.2.2)."""
    _verbs: dict[tuple[str, ...], frozenset[str]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """The verbs on each set of groups that was asked for: a page asks of thirty kinds, several times."""

    def verbs_on(self, kind: str | None) -> frozenset[str]:
        """The verbs this role has on ``kind``; with ``None`` those it has on anything at all."""
        groups = (ALL, *_members.get(kind, ())) if kind is not None else (ALL, *GROUPS)
        found = self._verbs.get(groups)
        if found is None:
            found = self._verbs[groups] = frozenset(
                verb for group, verbs in self.allows.items() if group in groups for verb in verbs
            )
        return found


ROLES: dict[str, Role] = {
    role.slug: role
    for role in (
        Role(
            "top-management",
            "Top management",
            "Sets the direction, approves, accepts residual risk and reviews the whole.",
            {
                ALL: (*SEE, "read-sensitive", "move", "approve", "comment", "attest", "pack"),
                "governance": WRITE,
                # It founds every authority, so that it can take each step that asks for one.
                "improvement": ("confirm",),
            },
            management=True,
        ),
        Role(
            "aims-manager",
            "AIMS manager",
            "Runs the management system: nearly everything, except to approve own work or to give own roles.",
            {ALL: tuple(VERBS)},
            operates=True,
        ),
        Role(
            "system-owner",
            "System owner",
            "Answers for AI systems: their records, risks, telemetry and what goes wrong with them.",
            {
                ALL: (*SEE, "comment"),
                "systems": (*WRITE, "import", "ingest", "attest"),
                "risk": WRITE,
                "improvement": (*WRITE, "confirm"),
                "requests": ANSWER,
            },
        ),
        Role(
            "risk-owner",
            "Risk owner",
            "Assesses and treats risks and impacts; others accept what remains.",
            {
                ALL: (*SEE, "comment"),
                "risk": (*WRITE, "attest"),
                "improvement": WRITE,
                "requests": ANSWER,
            },
        ),
        Role(
            "contributor",
            "Contributor",
            "Writes and changes records, which others approve.",
            {
                ALL: (*SEE, "comment"),
                "governance": WRITE,
                "risk": WRITE,
                "systems": WRITE,
                "improvement": WRITE,
                "requests": ANSWER,
            },
        ),
        Role(
            "reviewer",
            "Reviewer",
            "Reads what others wrote, returns or approves it, and confirms what checks suspect.",
            {ALL: (*SEE, "move", "approve", "comment"), "improvement": ("confirm",)},
        ),
        Role(
            "internal-auditor",
            "Internal auditor",
            "Reads everything, comments, records nonconformities and attests; changes nothing else.",
            {
                ALL: (*SEE, "read-sensitive", "comment", "pack"),
                "audit": WRITE,
                "requests": WRITE,
                "findings": ("create", "amend", "link", "attach"),
                "assurance": (*WRITE, "attest"),
            },
            audits=True,
        ),
        Role(
            "data-protection-officer",
            "Data protection officer",
            "Sees what is recorded of people, asks for erasures and decides those that others asked for.",
            {ALL: (*SEE, "read-sensitive", "comment", "erase")},
        ),
        Role(
            "external-auditor",
            "External auditor",
            "Reads what lies in the scope of an audit and asks for evidence, between its first and last day.",
            {ALL: SEE, "requests": ("create", "amend", "move", "comment")},
            scoped=True,
        ),
        Role(
            "viewer",
            "Viewer",
            "Reads.",
            {ALL: SEE},
        ),
    )
}
"""Every role by its slug."""

STAGE_VERBS = frozenset({"read", "create", "link", "move", "comment", "ingest"})
"""What a stage of the flow may do; it never changes what a person wrote, nor approves."""

INSTALLATION_VERBS = frozenset(VERBS) - {"approve", "confirm", "attest"}
"""What the operator at the machine itself may do: set up, import and hand out; not judge."""

SCOPES: dict[str, frozenset[str]] = {
    "ingest": frozenset({"ingest"}),
    "read": frozenset({"read", "read-sensitive", "export"}),
    "write": frozenset({"read", "import", "approve", "confirm", "attest", "erase", *WRITE}),
    "pack": frozenset({"read", "export", "pack"}),
}
"""What a token of each scope lets its owner's roles do; giving roles and tokens needs a session."""


_members: dict[str, tuple[str, ...]] = {}


def assign(kind: str, groups: str) -> None:
    """From now on ``kind`` belongs to ``groups`` (joined by spaces); without any, only what roles have on all
    kinds counts.

    Raises ``ValueError`` for a group that is not one of `GROUPS`.
    """
    for group in groups.split():
        if group not in GROUPS:
            raise ValueError(
                f"kind {kind}: there is no group of kinds called {group!r}; known: {', '.join(GROUPS)}"
            )
    _members[kind] = tuple(groups.split())


def forget(kind: str) -> None:
    """Undo `assign` and `mark_sensitive`."""
    _members.pop(kind, None)
    _sensitive.discard(kind)


def known_kinds() -> frozenset[str]:
    """Every kind that was assigned, with or without a group."""
    return frozenset(_members)


def kinds_of(group: str) -> frozenset[str]:
    """The kinds that belong to ``group``; none for a word that is no group."""
    return frozenset(kind for kind, own in _members.items() if group in own)


_sensitive: set[str] = set()


def mark_sensitive(kind: str) -> None:
    """From now on only roles and tokens that have ``read-sensitive`` see records of ``kind``."""
    _sensitive.add(kind)


def sensitive_kinds() -> frozenset[str]:
    """The kinds that were marked as sensitive."""
    return frozenset(_sensitive)


def titles_with(verb: str, kind: str | None = None) -> list[str]:
    """Titles of the roles that have ``verb`` on ``kind``, in the order of the table."""
    return [role.title for role in ROLES.values() if verb in role.verbs_on(kind)]


def kinds_in(scope: str) -> frozenset[str] | None:
    """The kinds that the words of a grant's scope name; ``None`` when it is empty or says ``all``."""
    words = scope.split()
    if not words or ALL in words:
        return None
    return frozenset(kind for word in words for kind in _named(word))


def _named(word: str) -> frozenset[str]:
    # A group's own name first: "risk" is a group and a kind, and whoever narrows to it means the group.
    return kinds_of(word) if word in GROUPS else frozenset({word})
