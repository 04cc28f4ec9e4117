"""All checks in one place. Importing this module declares those that come with Plumbline.

A plugin's checks join them when its application is loaded, which is why nothing here is remembered.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping

from plumbline.controls import declare, library, rows
from plumbline.controls.declare import Check
from plumbline.controls.verdicts import Limit
from plumbline.kernel.problems import NotFound

# Found by the folder's listing, so that a new module of checks cannot be forgotten in a list of imports.
for _module in pkgutil.iter_modules(library.__path__):
    importlib.import_module(f"{library.__name__}.{_module.name}")
rows.load()


def all_checks() -> tuple[Check, ...]:
    """Every declared check, by slug."""
    return tuple(declare.REGISTERED[slug] for slug in sorted(declare.REGISTERED))


def by_slug() -> Mapping[str, Check]:
    """Every declared check by its slug."""
    return declare.REGISTERED


def get(slug: str) -> Check:
    """The check called ``slug``. Raises `NotFound`."""
    if slug not in declare.REGISTERED:
        raise NotFound("There is no check with this name.")
    return declare.REGISTERED[slug]


def default_limits() -> dict[str, Limit]:
    """The limits that checks declare, by name: they hold until a governed Limit record replaces them."""
    return {limit.name: limit for check in all_checks() for limit in check.limits}
