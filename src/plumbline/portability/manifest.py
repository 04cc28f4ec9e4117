"""The manifest of a backup or an export: every file with its size and digest, and what the whole is.

It is written last, in a folder that gets its name only when it is complete, so that half of one is never
taken for a whole one. Reading one trusts nothing: names that lead out of the folder, links, files that are
missing, changed or not named, and versions that this program does not know are refused by name.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from plumbline.kernel.messages import say
from plumbline.kernel.problems import Conflict, Fault, Invalid, NotFound

NAME: Final = "manifest.json"
LARGEST: Final = 67_108_864
"""Bytes of a manifest that is read; one of 300,000 files has less."""
_PLACE: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)*")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_BLOCK: Final = 1_048_576


@dataclass(frozen=True)
class FileEntry:
    """One file of the folder: its place below it, its size in bytes and its SHA-256 in lower-case hex."""

    place: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a folder is (``format``, such as ``plumbline-backup/1``), its facts, and its files."""

    format: str
    facts: Mapping[str, Any]
    files: tuple[FileEntry, ...]

    @property
    def total_bytes(self) -> int:
        """What all files have together."""
        return sum(file.size for file in self.files)

    def content(self) -> bytes:
        """The bytes of the manifest, the same for the same folder."""
        files = [{"path": f.place, "size": f.size, "sha256": f.sha256} for f in self.files]
        document = {"format": self.format, **self.facts, "files": files}
        return (json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def digest_of(file: Path) -> tuple[int, str]:
    """Size and SHA-256 of a file, read in blocks."""
    found, size = hashlib.sha256(), 0
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK):
            found.update(block)
            size += len(block)
    return size, found.hexdigest()


def _walk(folder: Path) -> Iterator[Path]:
    """Every file below ``folder``, in order of name. Raises `Invalid` for a link and any other thing."""
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        mode = entry.stat(follow_symlinks=False).st_mode
        if stat.S_ISDIR(mode):
            yield from _walk(Path(entry.path))
        elif stat.S_ISREG(mode):
            yield Path(entry.path)
        else:
            raise refused(entry.name, "is a link or no ordinary file", "take the folder as it was written")


def describe(folder: Path, format: str, facts: Mapping[str, Any]) -> Manifest:
    """The manifest of everything below ``folder``."""
    files = []
    for file in _walk(folder):
        size, digest = digest_of(file)
        files.append(FileEntry(file.relative_to(folder).as_posix(), size, digest))
    return Manifest(format, facts, tuple(files))


def refused(place: str, what: str, remedy: str) -> Invalid:
    """The refusal of a folder in which ``place`` is wrong."""
    return Invalid("The folder cannot be used; nothing was written.", [Fault(place[:200], what, remedy)])


_AGAIN: Final = "take a copy that is whole, or make a new one"


def read(folder: Path, formats: Mapping[str, str]) -> Manifest:
    """The manifest of ``folder``, whose format must be one of ``formats`` (format → what it is called).

    Only the manifest is read; `check` compares the files. Raises `NotFound` without one, `Conflict` for a
    format that a newer version writes, `Invalid` for one that is damaged.
    """
    file = folder / NAME
    if not folder.is_dir() or folder.is_symlink() or not file.is_file() or file.is_symlink():
        raise NotFound(
            say(
                "portability.no-manifest",
                "{folder} has no {name}: it is no backup and no export, or it broke off while it was made.",
                folder=str(folder),
                name=NAME,
            )
        )
    if file.stat().st_size > LARGEST:
        raise refused(NAME, "is too large", _AGAIN)
    try:
        value = json.loads(file.read_bytes())
        files = tuple(FileEntry(item["path"], item["size"], item["sha256"]) for item in value.pop("files"))
        format = str(value.pop("format"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise refused(NAME, "cannot be read", _AGAIN) from None
    _check_format(format, formats)
    _check_files(files)
    return Manifest(format, value, files)


def _check_format(format: str, formats: Mapping[str, str]) -> None:
    if format in formats:
        return
    family, _, number = format.rpartition("/")
    known = {name.rpartition("/")[0]: name.rpartition("/")[2] for name in formats}
    if family in known and number.isdecimal() and int(number) > int(known[family]):
        raise Conflict(
            say(
                "portability.newer",
                "A newer version of Plumbline wrote this ({format}). Use that version or a later one.",
                format=format[:60],
            )
        )
    raise refused(NAME, f"is not that of {' or '.join(formats.values())}", "name the right folder")


def _check_files(files: tuple[FileEntry, ...]) -> None:
    seen: set[str] = set()
    for file in files:
        if not isinstance(file.place, str) or not _PLACE.fullmatch(file.place) or len(file.place) > 500:
            raise refused(NAME, "names a file outside of the folder, or by no plain name", _AGAIN)
        if type(file.size) is not int or file.size < 0 or not _DIGEST.fullmatch(str(file.sha256)):
            raise refused(file.place, "has no size or digest in the manifest", _AGAIN)
        if file.place in seen or file.place == NAME:
            raise refused(file.place, "is named twice in the manifest", _AGAIN)
        seen.add(file.place)


def check(folder: Path, manifest: Manifest) -> None:
    """Raise `Invalid` naming the first file that is missing, changed, a link, or not in the manifest."""
    present = {file.relative_to(folder).as_posix(): file for file in _walk(folder)}
    present.pop(NAME, None)
    for entry in manifest.files:
        file = present.pop(entry.place, None)
        if file is None:
            raise refused(entry.place, "is missing", _AGAIN)
        if file.stat().st_size != entry.size or digest_of(file) != (entry.size, entry.sha256):
            raise refused(entry.place, "is not what was written: its size or digest differs", _AGAIN)
    if present:
        raise refused(min(present), "is not named in the manifest", "remove it, or take a copy that is whole")
