"""What one search finds besides records, each with the texts it is found by: small sets that are no rows, and
people. Nothing here writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from plumbline import catalogs
from plumbline.catalogs.shapes import AUDITED
from plumbline.controls import registry
from plumbline.identity import policy
from plumbline.identity import queries as people
from plumbline.identity.actors import Actor
from plumbline.records.saved_views import queries as saved_views


@dataclass(frozen=True)
class Thing:
    """Something that can be opened: what it is, its name in addresses, its title, and its texts.

    ``texts`` are pairs of what a text is and the text itself; ``also`` are other names that count as much as
    the title. ``about`` says in a word or two which of its sort it is.
    """

    sort: str
    name: str
    title: str
    texts: tuple[tuple[str, str], ...] = ()
    also: str = ""
    about: str = ""


def _requirements(actor: Actor) -> Iterator[Thing]:
    """Controls and clauses of every framework; statements and the like are read with these."""
    for framework in catalogs.frameworks():
        for row in catalogs.requirements(framework.id):
            if row.kind in AUDITED:
                yield Thing(
                    "requirement", row.id, row.label, (("gist", row.gist), ("topics", "; ".join(row.topics))),
                    # Many leave out the first point: A6.2.6.
                    also=f"{row.id} {row.number.replace('.', '', 1)}", about=framework.title,
                )  # fmt: skip


def _checks(actor: Actor) -> Iterator[Thing]:
    for check in registry.all_checks():
        texts = (("finding", check.finding), ("what it judges", check.text))
        yield Thing("check", check.slug, check.title, texts, also=check.slug.replace("-", " "))


def _limits(actor: Actor) -> Iterator[Thing]:
    """Limits that checks declare; those that the organization has set are records."""
    for check in registry.all_checks():
        for limit in check.limits:
            yield Thing(
                "limit", check.slug, f"{limit.name}: {limit.value:g} {limit.unit}".strip(),
                (("why", limit.why),), also=limit.name, about=check.title,
            )  # fmt: skip


def _people(actor: Actor) -> Iterator[Thing]:
    """Accounts, for those who may open the page of one."""
    if policy.may(actor, "grant"):
        for person in people.people():
            yield Thing("person", person.handle, person.full_name, also=f"{person.handle} {person.email}")


def _views(actor: Actor) -> Iterator[Thing]:
    """Lists that were saved under a name: the reader's own, and those shared with them."""
    for view in saved_views.views(actor):
        texts = (("question", view.parameters.get("where", "")),)
        yield Thing("view", view.handle, view.name, texts, also=view.handle, about=view.kind.slug)


SORTS: Mapping[str, Callable[[Actor], Iterator[Thing]]] = {
    "requirement": _requirements,
    "check": _checks,
    "limit": _limits,
    "person": _people,
    "view": _views,
}
"""Sorts of things, in the order in which they are shown; a sort is also the name of its group."""
