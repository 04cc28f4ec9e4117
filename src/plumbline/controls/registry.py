"""All checks in one place. Importing this module declares those that come with Plumbline.

A plugin's checks join them when its application is loaded, which is why no list is remembered here. A check
over a kind of record that this installation does not have could only fail, so it is not listed. A check is
tried in its broken worlds before it is given out for the first time: not in its decorator, because the
functions that it calls may stand further down in its module.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping

from plumbline.controls import broken_worlds, declare, library, rows
from plumbline.controls.declare import Check
from plumbline.controls.verdicts import SYSTEM_CADENCE, WINDOW_CLOSING, Limit, minimum_of
from plumbline.kernel.problems import NotFound
from plumbline.records import kinds

# Found by the folder's listing, so that a new module of checks cannot be forgotten in a list of imports.
for _module in pkgutil.iter_modules(library.__path__):
    importlib.import_module(f"{library.__name__}.{_module.name}")
rows.load()


OF_TELEMETRY = (SYSTEM_CADENCE, WINDOW_CLOSING)
"""Limits that no check declares, since they hold for every window of telemetry: how often a system is in use,
and when a window is closed. Neither is judged on a sample."""

_tried: dict[str, Check] = {}
"""The checks that have been tried in their broken worlds, by slug."""


def try_in_broken_worlds(check: Check) -> None:
    """Refuse a check that reads good in a broken world. Raises ``ValueError`` naming it and the world."""
    faults = broken_worlds.faults(check)
    if faults:
        raise ValueError(f"check {check.slug}: {'; '.join(faults)}")


def _registered() -> Mapping[str, Check]:
    for slug, check in declare.REGISTERED.items():
        if _tried.get(slug) is not check:
            try_in_broken_worlds(check)
            _tried[slug] = check
    return declare.REGISTERED


def all_checks() -> tuple[Check, ...]:
    """Every declared check, by slug. Raises ``ValueError`` for one that reads good in a broken world."""
    return tuple(check for _, check in sorted(_registered().items()) if _has_its_kinds(check))


def by_slug() -> Mapping[str, Check]:
    """Every declared check by its slug. Raises as `all_checks` does."""
    return {slug: check for slug, check in _registered().items() if _has_its_kinds(check)}


def find(slug: str) -> Check | None:
    """The check called ``slug``, None where there is none; of many at once ask `by_slug`. Raises as
    `all_checks` does."""
    check = _registered().get(slug)
    return check if check is not None and _has_its_kinds(check) else None


def get(slug: str) -> Check:
    """The check called ``slug``. Raises `NotFound`, and as `all_checks` does."""
    check = find(slug)
    if check is None:
        raise NotFound("There is no check with this name.")
    return check


def _has_its_kinds(check: Check) -> bool:
    return all(map(kinds.exists, check.kinds_needed))


def sharing(check: Check) -> set[str]:
    """Slugs of the checks that share the nonconformities of ``check``: itself, and those beside it."""
    main = check.beside or check.slug
    return {main, *(other.slug for other in all_checks() if other.beside == main)}


def default_limits() -> dict[str, Limit]:
    """The limits that checks declare, by name, and those of every check on telemetry (`OF_TELEMETRY`): they
    hold until a governed Limit record replaces them."""
    declared = {limit.name: limit for check in all_checks() for limit in check.limits}
    return declared | {limit.name: limit for limit in OF_TELEMETRY}


def governed_values() -> dict[str, Limit]:
    """Every value that a Limit record may set, by name: the limits, and the minimum sample of each."""
    limits = default_limits()
    samples = [minimum_of(limit) for limit in limits.values() if limit not in OF_TELEMETRY]
    return {**limits, **{sample.name: sample for sample in samples}}
