"""How a question to the evidence store travels over its local socket: framed MessagePack, both ways.

A frame is four bytes of length (big-endian) and that many bytes. A request is the array ``[method,
arguments]``. An answer is one byte, 0 for a result and 1 for a refusal, and the result or the reason.
Arrays of numbers travel as extension type 1: little-endian 64-bit floats.

Which questions may be asked, and with which types, is read off `Reader`. Both sides decode into those types,
so nothing but declared data ever comes out of a frame: unlike a pickle, a frame cannot run code.
"""

from __future__ import annotations

import inspect
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedIOBase
from pathlib import Path
from typing import Any, Final, NamedTuple, get_type_hints

import msgspec
import numpy as np

from plumbline.telemetry.store.port import Numbers, Reader

SOCKET: Final = "evidence.sock"
REQUEST_LIMIT: Final = 1_048_576
ANSWER_LIMIT: Final = 1_073_741_824
_ARRAY: Final = 1
_PATH_LIMIT: Final = 100
"""Bytes of a socket's path; the kernel's own limit is 108 on Linux, 104 elsewhere."""


class Question(NamedTuple):
    """A method of `Reader` as it travels."""

    signature: inspect.Signature
    arguments: Any
    answer: Any


def _travels_as(hint: Any) -> Any:
    """Arrays are decoded by their extension type, which msgspec finds where the type is left open."""
    if hint == Numbers:
        return Any
    return tuple[Any, Any] if hint == tuple[Numbers, Numbers] else hint


def _question(name: str) -> Question:
    method = getattr(Reader, name)
    hints = {key: _travels_as(hint) for key, hint in get_type_hints(method).items()}
    answer = hints.pop("return")
    return Question(inspect.signature(method), tuple[tuple(hints.values())], answer)  # type: ignore[misc]


QUESTIONS: Final = {
    name: _question(name)
    for name, member in vars(Reader).items()
    if inspect.isfunction(member) and not name.startswith("_")
}
"""The questions that may be asked over the socket: exactly the methods of `Reader`, none of which writes."""


def _pack(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return msgspec.msgpack.Ext(_ARRAY, value.astype("<f8").tobytes())
    raise TypeError(f"{type(value).__name__} does not travel over the socket")


def _unpack(code: int, data: memoryview) -> Any:
    if code != _ARRAY:
        raise ValueError("unknown extension type")
    return np.frombuffer(bytes(data), dtype="<f8").astype(np.float64)


encode = msgspec.msgpack.Encoder(enc_hook=_pack).encode


def decode(content: bytes, kind: Any) -> Any:
    """The value of type ``kind`` in ``content``. Raises ``msgspec.MsgspecError`` for anything else."""
    return msgspec.msgpack.decode(content, type=kind, ext_hook=_unpack)


def write_frame(stream: BufferedIOBase, content: bytes) -> None:
    """Write one frame."""
    stream.write(len(content).to_bytes(4, "big") + content)
    stream.flush()


def read_frame(stream: BufferedIOBase, limit: int) -> bytes:
    """Read one frame; empty at the end. Raises ``OSError`` for a frame that is too long or cut off."""
    head = stream.read(4)
    if not head:
        return b""
    size = int.from_bytes(head, "big")
    # The length is checked before anything is allocated for it.
    if len(head) < 4 or size > limit:
        raise OSError("a frame is cut off or too long")
    content = stream.read(size)
    if len(content) < size:
        raise OSError("a frame is cut off")
    return content


@contextmanager
def address(file: Path) -> Iterator[str]:
    """The name under which ``file`` can be bound or connected to, even where its path is too long for that.

    Long paths are reached through the open folder in ``/proc``, which Linux has.
    """
    if len(os.fsencode(file)) <= _PATH_LIMIT:
        yield str(file)
        return
    folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{file.name}"
    finally:
        os.close(folder)


@contextmanager
def connected(file: Path, timeout: float) -> Iterator[BufferedIOBase]:
    """A stream to the process that answers at ``file``. Raises ``OSError`` when there is none."""
    with socket.socket(socket.AF_UNIX) as connection, address(file) as name:
        connection.settimeout(timeout)
        connection.connect(name)
        with connection.makefile("rwb") as stream:
            yield stream
