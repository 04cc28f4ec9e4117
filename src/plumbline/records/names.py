"""What records are called: titles for the references that other rows and sentences hold."""

from __future__ import annotations

from collections.abc import Iterable

from plumbline.identity.actors import Actor
from plumbline.records import kinds
from plumbline.records.queries import readable


def titles(actor: Actor, references: Iterable[str]) -> dict[str, str]:
    """The titles of those of ``references`` whose records ``actor`` may see, in one query; none for none."""
    wanted = set(references)
    if not wanted:
        return {}
    rows = readable(actor, (kind.slug for kind in kinds.all_kinds())).filter(reference__in=wanted)
    return dict(rows.values_list("reference", "title"))


def choices(actor: Actor, kind_slugs: Iterable[str], most: int) -> dict[str, list[tuple[str, str]]]:
    """Reference and title of the records of some kinds that ``actor`` may see, by kind and title.

    One query of at most ``most`` rows, the newest; a kind that may not be read has none.
    """
    wanted = set(kind_slugs)
    found: dict[str, list[tuple[str, str]]] = {slug: [] for slug in wanted}
    rows = readable(actor, wanted).order_by("-id").values_list("kind", "reference", "title")
    for slug, reference, title in sorted(rows[:most], key=lambda row: (row[2].lower(), row[1])):
        found[slug].append((reference, title))
    return found
