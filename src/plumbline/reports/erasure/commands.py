"""Packs that disclosed what is erased: who has to be told, and the copies that are still here."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Collection, Iterator, Sequence

from plumbline.reports import stated
from plumbline.reports.commands import pack_path
from plumbline.reports.models import Pack
from plumbline.reports.pack_build import PREFIX
from plumbline.trail.commitments import queries as committed
from plumbline.trail.erasures.queries import EVENT, ErasedRange

_BUNDLE = 256
"""Entries in one bundle of a pack."""


def by_handle(handles: Collection[str]) -> list[Pack]:
    """Packs by their opaque ids, newest first."""
    return list(Pack.objects.filter(handle__in=handles).order_by("-id"))


def disclosing(named: Sequence[ErasedRange]) -> list[Pack]:
    """The packs that disclosed one of these openings, read from their files.

    A pack of which the file is gone counts when its range holds one of them: it cannot be ruled out.
    """
    if not named:
        return []
    indexes = {item.index for item in named}
    found = []
    for pack in Pack.objects.filter(state=Pack.State.READY).order_by("-id"):
        if any(pack.start <= index < pack.stop for index in indexes) and _discloses(pack, named):
            found.append(pack)
    return found


def stated_in(references: Collection[str]) -> set[tuple[int, str]]:
    """Entry and slot of each document of a pack that says what a source states of one of these records."""
    wanted, slot = frozenset(references), f"{PREFIX}{stated.DOCUMENT}"
    return {
        (entry.index, slot)
        for entry in committed.of_types({"pack.prepared"})
        if wanted.intersection(stated.references_in(entry.text(slot)))
    }


def _discloses(pack: Pack, named: Sequence[ErasedRange]) -> bool:
    file = pack_path(pack.sha256)
    if not file.exists():
        return True
    slots = {(item.index, item.slot) for item in named if item.slot != EVENT}
    events = [item for item in named if item.slot == EVENT]
    bundles = {item.index // _BUNDLE for item in named}
    for index, slot in _disclosed(pack, bundles):
        if (index, slot) in slots:
            return True
        prefix, _, place = slot.partition(":")
        if prefix == EVENT and any(
            item.index == index and item.first <= int(place) <= item.last for item in events
        ):
            return True
    return False


def _disclosed(pack: Pack, bundles: Collection[int]) -> Iterator[tuple[int, str]]:
    with zipfile.ZipFile(pack_path(pack.sha256)) as archive:
        for name in {f"openings/{bundle:06d}.jsonl" for bundle in bundles}.intersection(archive.namelist()):
            with archive.open(name) as lines:
                for line in lines:
                    row = json.loads(line)
                    yield row["index"], row["slot"]


def remove_files(packs: Collection[Pack]) -> None:
    """Remove our own copies of these packs; whoever has one keeps it, and has to be told."""
    for pack in packs:
        if pack.sha256:
            pack_path(pack.sha256).unlink(missing_ok=True)
