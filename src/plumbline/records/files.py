"""Bytes of attachments: kept once under their SHA-256, written durably before any row names them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from pathlib import Path

from django.conf import settings

from plumbline.kernel.problems import NotFound
from plumbline.trail.private_files import write_private


def _place(digest: str) -> Path:
    return Path(settings.PLUMBLINE.data) / "attachments" / digest[:2] / digest


def keep(content: bytes) -> str:
    """Store ``content`` and return its SHA-256 in lower-case hex. The same bytes twice keep one file."""
    digest = hashlib.sha256(content).hexdigest()
    place = _place(digest)
    if not place.exists():
        write_private(place, content)
    return digest


def has(digest: str) -> bool:
    """Whether there is a file under ``digest``; its bytes are not looked at."""
    return _place(digest).exists()


def digest_of(digest: str) -> str:
    """The SHA-256 that the file kept under ``digest`` has now; empty when there is none. Read in pieces."""
    place = _place(digest)
    if not place.exists():
        return ""
    with place.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def beginning(digest: str, size: int) -> bytes:
    """The first ``size`` bytes of the file kept under ``digest``, unchecked; nothing when there is none."""
    place = _place(digest)
    if not place.exists():
        return b""
    with place.open("rb") as file:
        return file.read(size)


def read(digest: str) -> bytes:
    """The bytes with this SHA-256. Raises `NotFound` when they are gone or damaged."""
    place = _place(digest)
    content = place.read_bytes() if place.exists() else b""
    if hashlib.sha256(content).hexdigest() != digest:
        raise NotFound("The file is not in the data folder, or its bytes have changed.")
    return content


def remove(digests: Collection[str]) -> None:
    """Remove the bytes with these digests; those that are gone already do not matter."""
    for digest in digests:
        _place(digest).unlink(missing_ok=True)
