"""The file with all lists: a ZIP archive of one file for each, and an index of them in order."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.imports.directory import export as directory
from plumbline.imports.directory.declarations import DIRECTORIES, PERSON, UNIT, Directory, Target
from plumbline.imports.plan import check_size
from plumbline.imports.readers.limits import malformed
from plumbline.imports.readers.package import Package, chunk
from plumbline.imports.readers.recognition import ZIP
from plumbline.kernel.messages import say
from plumbline.records import csv_export, kinds, typed_export
from plumbline.records.kinds import Kind

FORMAT, INDEX = "plumbline-lists/1", "index.json"
ENDINGS = tuple(directory.ENDINGS)
_FIXED = (1980, 1, 1, 0, 0, 0)
_BLOCK = 65_536


@dataclass(frozen=True)
class Listed:
    """One list of the file, in the order in which they go in."""

    target: Target
    content: bytes


def in_order() -> tuple[Target, ...]:
    """Units, people, then kinds: each after those that its fields refer to."""
    waiting, found = list(kinds.all_kinds()), list[Kind]()
    known = {kind.model for kind in waiting}
    while waiting:
        placed = {kind.model for kind in found}
        ready = [kind for kind in waiting if _needed(kind) & known <= placed | {kind.model}]
        # Kinds that refer to each other in a circle come in one after the other all the same; the second time
        # through their links are there.
        found += ready or waiting
        waiting = [kind for kind in waiting if kind not in found]
    return (UNIT, PERSON, *found)


def _needed(kind: Kind) -> set[object]:
    return {kind.field(name).related_model for name in kind.own_fields if kind.field(name).is_relation}


def write(actor: Actor, ending: str) -> IO[bytes]:
    """All lists that ``actor`` may export, as an open temporary file at its beginning.

    Every list leaves its entry in the trail. Raises `NotAllowed` for who may export nothing.
    """
    policy.require(actor, "export", anywhere=True)
    target, index = TemporaryFile(), []  # noqa: SIM115  # whoever asked closes it
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in in_order():
            if not _may(actor, one):
                continue
            content = b"".join(_pieces(actor, one, ending))
            if content.strip() == b"[]":  # a list in JSON without any entry names no columns
                continue
            name = f"{one.plural}.{ending}"
            _member(archive, name, content)
            digest = hashlib.sha256(content).hexdigest()
            index.append({"file": name, "kind": one.slug, "sha256": digest})
        words = {"format": FORMAT, "files": index}
        _member(archive, INDEX, json.dumps(words, indent=1).encode() + b"\n")
    target.seek(0)
    return target


def blocks(file: IO[bytes]) -> Iterator[bytes]:
    """What is in ``file``, block by block; it is closed at the end."""
    with file:
        while block := file.read(_BLOCK):
            yield block


def _member(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    member = zipfile.ZipInfo(name, _FIXED)
    member.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(member, content)


def _may(actor: Actor, target: Target) -> bool:
    if target is PERSON:
        return directory.may_export(actor, PERSON)
    return bool(policy.may(actor, "export", kind=target.slug, anywhere=True))


def _pieces(actor: Actor, target: Target, ending: str) -> Iterator[bytes]:
    if isinstance(target, Directory):
        return directory.pieces(actor, target, ending)
    if ending == "xlsx":
        return typed_export.xlsx(actor, target)
    if ending == "json":
        return (piece.encode() for piece in typed_export.json_text(actor, target))
    lines = csv_export.csv_file(csv_export.rows(actor, target), csv_export.header(target))
    return (piece.encode() for piece in lines)


def is_lists(content: bytes) -> bool:
    """Whether a file is one with all lists, by its index; nothing else of it is looked at."""
    if not content.startswith(ZIP):
        return False
    return f'"{FORMAT}"' in Package(content).text(INDEX, 1_000_000)


def read(content: bytes) -> list[Listed]:
    """The lists of a file that `write` has made, in their order. Raises `Malformed` or `TooLarge`.

    Bounded as every archive that is imported (`readers.package`); a list whose digest is another one, and a
    list of something that is not known here, are refused by name.
    """
    package = Package(content)
    try:
        index = json.loads(package.text(INDEX, 1_000_000) or "{}")
        files = [(str(one["file"]), str(one["kind"]), str(one["sha256"])) for one in index["files"]]
    except (ValueError, KeyError, TypeError):
        files, index = [], {}
    if index.get("format") != FORMAT:
        raise malformed("is no file with all lists", "take one out with plumbline export all")
    known: dict[str, Target] = {one.slug: one for one in kinds.all_kinds()}
    known |= {one.slug: one for one in DIRECTORIES}
    found: dict[str, Listed] = {}
    for name, slug, digest in files:
        if slug not in known:
            what = say("imports.list-unknown", "has a list of {kind}, which is not known here", kind=slug)
            raise malformed(what, "import it with the version that wrote it")
        body = _whole(package, name)
        if hashlib.sha256(body).hexdigest() != digest:
            what = say("imports.list-changed", "has another {file} than its index says", file=name)
            raise malformed(what, "take it out again, or import the changed list by itself")
        found[slug] = Listed(known[slug], body)
    return [found[one.slug] for one in in_order() if one.slug in found]


def _whole(package: Package, name: str) -> bytes:
    with package.stream(name) as stream:
        parts = []
        while part := chunk(stream, name, 1_048_576):
            parts.append(part)
            # What the directory says of a size may be forged.
            check_size(sum(map(len, parts)))
        return b"".join(parts)
