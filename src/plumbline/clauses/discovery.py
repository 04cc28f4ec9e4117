"""Finds the kinds: every `Kind` that a module of this room declares. Adding a module adds its kinds."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from types import ModuleType

from plumbline.records.kinds import Kind

_ROOT = "plumbline.clauses"
_NO_KINDS = ("apps", "discovery", "migrations", "models")
"""Modules that are not imported: Django's own, and those that would import this one again."""


def modules() -> list[ModuleType]:
    """Every module of the room that may declare kinds, imported."""
    names = (item.name for item in pkgutil.walk_packages(import_module(_ROOT).__path__, f"{_ROOT}."))
    return [import_module(name) for name in names if name.split(".")[2] not in _NO_KINDS]


def kinds() -> list[Kind]:
    """The kinds by clause, and within one by their place there."""
    found = {
        kind.slug: kind for module in modules() for kind in vars(module).values() if isinstance(kind, Kind)
    }
    return sorted(found.values(), key=lambda kind: (int(kind.clause), kind.place, kind.slug))
