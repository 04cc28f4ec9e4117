"""All checks in one place. Importing this module declares those that come with Plumbline.

A plugin's checks join them when its application is loaded, which is why nothing here is remembered. A check
over a kind of record that this installation does not have could only fail, so it is not listed.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping

from plumbline.controls import declare, library, rows
from plumbline.controls.declare import Check
from plumbline.controls.verdicts import Limit
from plumbline.kernel.problems import NotFound
from plumbline.records import kinds

# Found by the folder's listing, so that a new module of checks cannot be forgotten in a list of imports.
for _module in pkgutil.iter_modules(library.__path__):
    importlib.import_module(f"{library.__name__}.{_module.name}")
rows.load()


def all_checks() -> tuple[Check, ...]:
    """Every declared check, by slug."""
    return tuple(check for _, check in sorted(declare.REGISTERED.items()) if _has_its_kinds(check))


def by_slug() -> Mapping[str, Check]:
    """Every declared check by its slug."""
    return {slug: check for slug, check in declare.REGISTERED.items() if _has_its_kinds(check)}


def get(slug: str) -> Check:
    """The check called ``slug``. Raises `NotFound`."""
    check = declare.REGISTERED.get(slug)
    if check is None or not _has_its_kinds(check):
        raise NotFound("There is no check with this name.")
    return check


def _has_its_kinds(check: Check) -> bool:
    return all(kinds.exists(kind) for kind in check.needed("records"))


def default_limits() -> dict[str, Limit]:
    """The limits that checks declare, by name: they hold until a governed Limit record replaces them."""
    return {limit.name: limit for check in all_checks() for limit in check.limits}
