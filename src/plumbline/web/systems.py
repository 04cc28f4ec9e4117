"""Names and addresses of AI systems by slug, for rows that know only the slug."""

from __future__ import annotations

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.records import kinds, queries
from plumbline.web import cells

Systems = dict[str, tuple[str, str]]
"""Title and address by slug."""


def system_of(named: tuple[str, str]) -> str:
    """The reference of a system by its name and address."""
    return named[1].strip("/").rpartition("/")[2]


def system_names(actor: Actor) -> Systems:
    """The AI systems that the reader may see."""
    if not kinds.exists("ai-system"):
        return {}
    kind = kinds.get("ai-system")
    if not policy.may(actor, "read", kind=kind.slug, anywhere=True):
        return {}
    rows = queries.select(actor, kind).order_by("slug").values_list("slug", "title", "reference")
    return {slug: (title, cells.record_href(reference)) for slug, title, reference in rows if slug}
