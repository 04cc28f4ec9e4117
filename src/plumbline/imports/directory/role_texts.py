"""Roles of a person as texts and back: ``system-owner in claims for risk until 2027-03-31``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from plumbline.identity.models import Grant
from plumbline.identity.roles import ROLES
from plumbline.imports.reading import fold

_DAY = r"\d{4}-\d\d-\d\d"
_PATTERN = re.compile(
    rf"(?P<role>.+?)(?: in (?P<unit>[\w-]+))?(?: for (?P<scope>[\w -]+?))?"
    rf"(?: from (?P<starts>{_DAY}))?(?: until (?P<ends>{_DAY}))?"
)


@dataclass(frozen=True)
class RoleText:
    """A role as a file has it; ``unit`` is a short name, empty for the whole organization."""

    role: str
    unit: str = ""
    scope: str = ""
    starts: date | None = None
    ends: date | None = None

    def __str__(self) -> str:
        parts = [self.role]
        parts += [f"in {self.unit}"] if self.unit else []
        parts += [f"for {self.scope}"] if self.scope else []
        parts += [f"from {self.starts.isoformat()}"] if self.starts else []
        parts += [f"until {self.ends.isoformat()}"] if self.ends else []
        return " ".join(parts)

    @property
    def known_by(self) -> tuple[str, str, str, date | None]:
        """What makes it the same role as another: all but the first day."""
        return self.role, self.unit, self.scope, self.ends


def of_grant(grant: Grant) -> RoleText:
    """The text of a role that somebody has."""
    unit = grant.unit.slug if grant.unit is not None else ""
    return RoleText(grant.role, unit, grant.scope, grant.starts, grant.ends)


def parse(text: str) -> RoleText | None:
    """The role that ``text`` means, by slug or title; ``None`` for what is none."""
    matched = _PATTERN.fullmatch(" ".join(text.split()))
    if matched is None:
        return None
    names = {fold(role.title): slug for slug, role in ROLES.items()}
    names |= {fold(gettext(role.title)): slug for slug, role in ROLES.items()}
    names |= {slug: slug for slug in ROLES}
    role = names.get(fold(matched["role"]))
    try:
        days = [date.fromisoformat(matched[name]) if matched[name] else None for name in ("starts", "ends")]
    except ValueError:
        return None
    return RoleText(role, matched["unit"] or "", matched["scope"] or "", *days) if role else None
