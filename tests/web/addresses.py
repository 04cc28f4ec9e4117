"""Every page that is read with GET, as the declarations of the pages and the kinds of record yield them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.web.conftest import House

    from plumbline.web.pages import Page


def of(house: House, page: Page) -> list[str]:
    """The sample addresses of one page in the furnished organization."""
    return [sample.format(**house.names) for sample in page.samples]


def pages(house: House) -> list[str]:
    """Every page for signed-in people that is read with GET, and those of every kind and record."""
    from django.urls import reverse

    from plumbline.records import kinds
    from plumbline.web.pages import declared

    found = [
        address
        for page in declared()
        if page.method in ("GET", "GET+POST") and not page.is_public
        for address in of(house, page)
    ]
    for kind in kinds.all_kinds():
        found += [reverse("record-list", args=[kind.plural]), reverse("record-new", args=[kind.plural])]
    found += [reverse("record", args=[reference]) for reference in house.references.values()]
    return list(dict.fromkeys(found))
