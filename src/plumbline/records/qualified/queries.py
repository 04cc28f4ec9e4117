"""Which record here a qualified reference means, and how a record here is named elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings

from plumbline.records import kinds
from plumbline.records.models import Record
from plumbline.records.qualified import QualifiedReference, parse
from plumbline.trail import log, paths


@dataclass(frozen=True)
class Homes:
    """The installations whose references this one answers for: itself, and those it was imported from whole.

    An organization that moved kept its references (`log.predecessors`), up to the last number that the old
    installation had given for each prefix. What it gave afterwards is not here, though the number may be.
    """

    own: str
    predecessors: tuple[log.Predecessor, ...]

    def of(self, reference: str) -> str:
        """Id of the installation that gave ``reference`` to a record of this one."""
        prefix, _, number = reference.partition("-")
        for earlier in self.predecessors:
            if int(number) <= earlier.sequences.get(prefix, 0):
                return earlier.installation
        return self.own

    def name(self, record: Record) -> str:
        """The qualified reference of ``record``: the one it came with, or else its own."""
        return self.qualify(record.reference, record.key)

    def qualify(self, reference: str, key: str | None) -> str:
        """The qualified reference of the record with this reference and key."""
        if key is not None and parse(key) is not None:
            return key
        return str(QualifiedReference(reference, self.of(reference)))

    def is_own(self, wanted: QualifiedReference) -> bool:
        """Whether ``wanted`` would be a record of this installation by its own number, if there is one."""
        return wanted.installation in {self.own, *(one.installation for one in self.predecessors)}


def homes() -> Homes:
    """The `Homes` of this installation; a small file and one query, so ask once for a list."""
    return Homes(paths.installation_id(paths.origin(settings.PLUMBLINE.data)), log.predecessors())


def of_kind(kind_slug: str) -> dict[str, str]:
    """The qualified reference of every record of a kind, by its reference."""
    known = homes()
    rows = Record.objects.filter(kind=kind_slug).values_list("reference", "key")
    return {reference: known.qualify(reference, key) for reference, key in rows}


def by_qualified(kind_slug: str, texts: Sequence[str]) -> dict[str, str]:
    """Local references of the records of a kind that the qualified references ``texts`` mean.

    A record that was imported with one as its key comes first; else the number is looked up, if it was given
    by this installation or one it continues. What means no record here is left out.
    """
    wanted = {text: parsed for text in texts if (parsed := parse(text)) is not None}
    if not wanted:
        return {}
    keyed = Record.objects.filter(kind=kind_slug, key__in=list(wanted)).values_list("key", "reference")
    found = {str(key): reference for key, reference in keyed}
    known = homes()
    own = {
        text: one.reference
        for text, one in wanted.items()
        if text not in found and known.of(one.reference) == one.installation
    }
    rows = Record.objects.filter(kind=kind_slug, reference__in=list(own.values()))
    present = frozenset(rows.values_list("reference", flat=True)) if own else frozenset()
    return found | {text: reference for text, reference in own.items() if reference in present}


def by_keys(kind_slug: str, keys: Iterable[str]) -> dict[str, str]:
    """References of the records of a kind that have one of these keys, by key."""
    rows = Record.objects.filter(kind=kind_slug, key__in=list(keys))
    return {str(key): reference for key, reference in rows.values_list("key", "reference")}


def local_references(texts: Iterable[str]) -> dict[str, str]:
    """`by_qualified` for references of any kinds."""
    groups: dict[str, list[str]] = {}
    for text in texts:
        parsed = parse(text)
        if parsed is not None and kinds.has_prefix(parsed.prefix):
            groups.setdefault(kinds.by_prefix(parsed.prefix).slug, []).append(text)
    return {
        text: local for slug, group in groups.items() for text, local in by_qualified(slug, group).items()
    }
