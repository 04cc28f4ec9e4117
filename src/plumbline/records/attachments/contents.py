"""Whether a file may be attached for what is in it: asked of the room that reads files, which lies higher."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from plumbline.kernel.problems import Fault

Check = Callable[[str, str, bytes], Sequence[Fault]]
"""Slug of the kind of record, name of the file, its bytes → what is wrong with it."""


def _anything(kind: str, name: str, content: bytes) -> Sequence[Fault]:
    return ()


_check: Check = _anything


def use(check: Check) -> None:
    """From now on ``check`` answers why a file cannot be attached."""
    global _check
    _check = check


def faults_of(kind: str, name: str, content: bytes) -> Sequence[Fault]:
    """What is wrong with the content of a file of a record of ``kind``; nothing for most."""
    return _check(kind, name, content)
