"""What the sidebar lists, in the order of the standard's own cycle.

A page says in its declaration where it stands; so does a kind of record, which stands there under its own
name and with its own icon, between the pages placed below 50 and those above.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from plumbline.records import kinds
from plumbline.web import pages

GROUPS: Mapping[str, str | Promise] = {
    "": "",
    "Plan": gettext_lazy("Plan"),
    "Do": gettext_lazy("Do"),
    "Check": gettext_lazy("Check"),
    "Act": gettext_lazy("Act"),
}
"""The groups in order, with their headings; the first one has none."""
KEYS = {"nonconformity": "f"}
"""The key after G that leads to the list of a kind."""


@dataclass(frozen=True)
class Entry:
    """One line of the sidebar. ``count`` is of records or requirements, where they are counted."""

    label: str
    icon: str
    href: str
    count: int | None = None
    is_current: bool = False
    key: str = ""


@dataclass(frozen=True)
class NavGroup:
    """Entries under one heading; the first group has none."""

    title: str
    slug: str
    entries: tuple[Entry, ...]


def groups(path: str, counts: Mapping[str, int], fixed: Mapping[str, int]) -> tuple[NavGroup, ...]:
    """The sidebar for the page at ``path``; ``counts`` are records by kind, ``fixed`` counts by page name.

    Kinds that this installation does not have are left out.
    """
    found = []
    for slug, title in GROUPS.items():
        own = [entry for entry in pages.declared() if entry.nav is not None and entry.nav.group == slug]
        own.sort(key=lambda entry: entry.nav.place if entry.nav is not None else 0)
        before = [entry for entry in own if entry.nav is not None and entry.nav.place < 50]
        entries = (
            *(_of_page(entry, path, fixed) for entry in before),
            *_of_kinds(slug, path, counts),
            *(_of_page(entry, path, fixed) for entry in own[len(before) :]),
        )
        if entries:
            found.append(NavGroup(str(title), slug.lower() or "top", entries))
    return tuple(found)


def _of_page(page: pages.Page, path: str, fixed: Mapping[str, int]) -> Entry:
    assert page.nav is not None
    href = f"/{page.path}"
    # Every address begins with "/" and every record's with "/records/", so those two have to match whole.
    is_current = path == href if page.name in {"home", "records"} else path.startswith(href)
    return Entry(gettext(page.nav.label), page.nav.icon, href, fixed.get(page.name), is_current, page.nav.key)


def _of_kinds(group: str, path: str, counts: Mapping[str, int]) -> Iterator[Entry]:
    listed = [(kind.menu.place, kind) for kind in kinds.all_kinds() if kind.menu and kind.menu.group == group]
    for _, kind in sorted(listed, key=lambda item: item[0]):
        href = reverse("record-list", args=[kind.plural])
        label = gettext(kind.names)
        yield Entry(
            label[:1].upper() + label[1:],
            kind.icon,
            href,
            counts.get(kind.slug, 0),
            path.startswith((href, f"/records/{kind.prefix}-")),
            KEYS.get(kind.slug, ""),
        )
