"""Plugins: Django applications that other distributions bring, found by their entry point.

A plugin registers kinds, checks, metrics and connectors through the declarations that the product uses
itself. It adds and does not alter: each registry refuses a name that is taken. That a plugin has come,
changed its version or gone is an entry in the trail, because from then on other code decides and records.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import entry_points

GROUP = "plumbline.plugins"


@dataclass(frozen=True)
class Plugin:
    """An installed plugin: its name, its Django application, and the distribution that brings it."""

    name: str
    app: str
    distribution: str
    version: str


def installed() -> tuple[Plugin, ...]:
    """The plugins of this environment, by name. Needs no Django: the settings are made of it."""
    found = (
        Plugin(
            name=entry.name,
            app=entry.value,
            distribution=entry.dist.name if entry.dist else "",
            version=entry.dist.version if entry.dist else "",
        )
        for entry in entry_points(group=GROUP)
    )
    return tuple(sorted(found, key=lambda plugin: plugin.name))


def record_changes() -> list[str]:
    """Leave an entry in the trail for every plugin that came, changed or went since the last one.

    Returns the names. What was there is read off the trail itself, so that no table of its own can differ.
    Called when an installation is made and when it starts to serve or work.
    """
    from django.db import transaction

    from plumbline.identity.actors import Actor
    from plumbline.trail import log

    present = {plugin.name: plugin for plugin in installed()}
    recorded = _recorded()
    changed = [name for name, plugin in present.items() if recorded.get(name) != plugin.version]
    gone = [name for name in recorded if name not in present]

    def append(entry_type: str, name: str, **facts: str) -> None:
        subject = {"kind": "plugin", "ref": name}
        log.append(entry_type, actor=Actor.installation().id, subject=subject, facts=facts)

    with transaction.atomic():
        for name in changed:
            plugin = present[name]
            append("plugin.added", name, distribution=plugin.distribution, version=plugin.version)
        for name in gone:
            append("plugin.removed", name, version=recorded[name])
    return [*changed, *gone]


def _recorded() -> dict[str, str]:
    """Name → version of the plugins that were there when the trail was last told."""
    from plumbline.trail import log

    entries = [
        entry
        for entry_type in ("plugin.added", "plugin.removed")
        for entry in log.search(entry_type=entry_type, limit=10_000)
    ]
    found: dict[str, str] = {}
    for entry in sorted(entries, key=lambda entry: entry.index):
        if entry.entry_type == "plugin.added":
            found[entry.subject_ref] = str(entry.facts["version"])
        else:
            found.pop(entry.subject_ref, None)
    return found
