"""Which witnesses there are, and how many of them must have cosigned: a policy as C2SP writes it.

Format: c2sp.org/tlog-policy (lines ``log``, ``witness``, ``group``, ``quorum``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from plumbline.kernel.cosignature import WitnessKey
from plumbline.kernel.note import NoteError, VerifierKey

NONE = "none"
MOST = 32
"""Logs, witnesses and groups that a policy may name, each."""
_COUNT = re.compile(r"[1-9][0-9]{0,3}")


class PolicyError(ValueError):
    """A policy is not of the format it should have; the message names the line."""


@dataclass(frozen=True)
class Witness:
    """A witness by the name that the policy gives it; ``url`` is where it takes checkpoints, or empty."""

    name: str
    key: WitnessKey
    url: str = ""


@dataclass(frozen=True)
class Group:
    """Members (witnesses or groups), of which ``threshold`` must have cosigned."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class WitnessPolicy:
    """A policy, read. Without a quorum (``none``) no cosignature is required."""

    logs: tuple[VerifierKey, ...] = ()
    witnesses: Mapping[str, Witness] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    quorum: str = NONE

    def holds(self, cosigned: Collection[str]) -> bool:
        """Whether cosignatures of the witnesses ``cosigned`` (names of the policy) satisfy the quorum."""
        return self.quorum == NONE or self._holds(self.quorum, cosigned)

    def _holds(self, name: str, cosigned: Collection[str]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return name in cosigned
        return sum(self._holds(member, cosigned) for member in group.members) >= group.threshold


def parse_policy(text: str) -> WitnessPolicy:
    """Read a policy. Raises `PolicyError`, naming the line, for anything the format does not allow."""
    reader = _Reader()
    for number, line in enumerate(text.split("\n"), 1):
        words = re.split(r"[ \t]+", line.strip(" \t"))
        if words == [""] or words[0].startswith("#"):
            continue
        try:
            reader.take(words)
        except (NoteError, PolicyError) as error:
            raise PolicyError(f"line {number}: {error}") from error
    if reader.quorum is None:
        raise PolicyError("there is no quorum line; write 'quorum none' to require no cosignature")
    return WitnessPolicy(tuple(reader.logs), reader.witnesses, reader.groups, reader.quorum)


class _Reader:
    def __init__(self) -> None:
        self.logs: list[VerifierKey] = []
        self.witnesses: dict[str, Witness] = {}
        self.groups: dict[str, Group] = {}
        self.quorum: str | None = None
        self.grouped: set[str] = set()

    def take(self, words: list[str]) -> None:
        keyword, values = words[0], words[1:]
        if keyword == "log" and 1 <= len(values) <= 2:
            self._add_log(VerifierKey.parse(values[0]))
        elif keyword == "witness" and 2 <= len(values) <= 3:
            self._add_witness(Witness(values[0], WitnessKey.parse(values[1]), "".join(values[2:])))
        elif keyword == "group" and len(values) >= 3:
            self._add_group(values[0], values[1], tuple(values[2:]))
        elif keyword == "quorum" and len(values) == 1 and self.quorum is None:
            if values[0] != NONE:
                self._require_known(values[0])
            self.quorum = values[0]
        else:
            raise PolicyError("a policy has lines log, witness and group, and one line quorum")

    def _add_log(self, key: VerifierKey) -> None:
        if key.public in {known.public for known in self.logs} or len(self.logs) >= MOST:
            raise PolicyError("a log is there twice, or there are too many")
        self.logs.append(key)

    def _add_witness(self, witness: Witness) -> None:
        self._require_new(witness.name)
        keys = {known.key.public for known in self.witnesses.values()}
        if witness.key.public in keys or len(self.witnesses) >= MOST:
            raise PolicyError("the key of a witness is there twice, or there are too many")
        self.witnesses[witness.name] = witness

    def _add_group(self, name: str, count: str, members: tuple[str, ...]) -> None:
        self._require_new(name)
        for member in members:
            self._require_known(member)
            # A member of two groups could count twice towards one quorum.
            if member in self.grouped:
                raise PolicyError(f"{member} is a member of a group already")
            self.grouped.add(member)
        if count in ("any", "all"):
            threshold = 1 if count == "any" else len(members)
        else:
            threshold = int(count) if _COUNT.fullmatch(count) else 0
        if not 1 <= threshold <= len(members) or len(self.groups) >= MOST:
            raise PolicyError("a group asks for any, all, or a number of its members")
        self.groups[name] = Group(threshold, members)

    def _require_new(self, name: str) -> None:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise PolicyError(f"the name {name} is taken")

    def _require_known(self, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise PolicyError(f"{name} is not defined above")
