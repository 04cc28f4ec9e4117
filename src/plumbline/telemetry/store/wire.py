"""How a question to the evidence store travels over its local socket: framed msgpack, both ways.

A frame is four bytes of length (big-endian) and that many bytes. A request is the array ``[method,
arguments]``. An answer is one byte, 0 for a result and 1 for a refusal, and the result or the reason.
Arrays of numbers travel as extension type 1: little-endian 64-bit floats.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec
import numpy as np

from plumbline.telemetry.store.port import EventRow, Feature, FeatureRow, HourRow, SystemSeen

ARRAY: Final = 1
REQUEST_LIMIT: Final = 1_048_576
ANSWER_LIMIT: Final = 1_073_741_824
_PATH_LIMIT: Final = 100

METHODS: Final[dict[str, tuple[Any, Any]]] = {
    "watermark": (tuple[()], int),
    "systems": (tuple[()], list[SystemSeen]),
    "touched": (tuple[int, int], list[tuple[str, datetime]]),
    "hourly_events": (tuple[int, int], list[HourRow]),
    "hourly_features": (tuple[int, int], list[FeatureRow]),
    "features": (tuple[str], list[Feature]),
    "values": (tuple[str, str, datetime, datetime], Any),
    "feature_bins": (tuple[str, str, list[float], datetime, datetime], list[int]),
    "categories": (tuple[str, str, datetime, datetime], dict[str, int]),
    "category_bins": (tuple[str, str, list[str], datetime, datetime], list[int]),
    "scores_truth": (tuple[str, datetime, datetime], Any),
    "counts": (tuple[str, datetime, datetime], dict[str, int]),
    "span": (tuple[str], tuple[datetime, datetime] | None),
    "events": (tuple[str, datetime, datetime, int, str | None], list[EventRow]),
    "event": (tuple[UUID], EventRow | None),
    "following": (tuple[UUID, int], list[EventRow]),
}
"""The methods that may be asked for over the socket, with the types of their arguments and answers."""


def _pack(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return msgspec.msgpack.Ext(ARRAY, value.astype("<f8").tobytes())
    raise TypeError(f"{type(value).__name__} does not travel over the socket")


def _unpack(code: int, data: memoryview) -> Any:
    if code != ARRAY:
        raise ValueError("an extension type that is not known")
    return np.frombuffer(bytes(data), dtype="<f8").astype(np.float64)


encode = msgspec.msgpack.Encoder(enc_hook=_pack).encode


def decode(content: bytes, kind: Any) -> Any:
    """The value of type ``kind`` in ``content``. Raises ``msgspec.MsgspecError`` for anything else."""
    return msgspec.msgpack.decode(content, type=kind, ext_hook=_unpack)


def write_frame(connection: socket.socket, content: bytes) -> None:
    """Send one frame."""
    connection.sendall(len(content).to_bytes(4, "big") + content)


def read_frame(connection: socket.socket, limit: int) -> bytes:
    """Receive one frame; empty at the end. Raises ``OSError`` for a frame over ``limit`` or cut off."""
    head = _read(connection, 4)
    if not head:
        return b""
    size = int.from_bytes(head, "big")
    if len(head) < 4 or size > limit:
        raise OSError("a frame is cut off or too long")
    content = _read(connection, size)
    if len(content) < size:
        raise OSError("a frame is cut off")
    return content


def _read(connection: socket.socket, size: int) -> bytes:
    pieces: list[bytes] = []
    while size:
        piece = connection.recv(min(size, 1 << 20))
        if not piece:
            break
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


@contextmanager
def address(file: Path) -> Iterator[str]:
    """The name under which ``file`` can be bound or connected to, also where its path is too long for that.

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
