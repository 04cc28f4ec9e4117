"""Packs made to hurt whoever checks them: refused in bounded time and memory, and mute in the terminal."""

from __future__ import annotations

import resource
import struct
import subprocess
import sys
import time
import zlib
from functools import cache
from pathlib import Path

import pytest

from plumbline_verify import verify

STAMP = (0, 33)  # 1 January 1980


def member(name: bytes, content: bytes, method: int, size: int | None, at: int) -> tuple[bytes, bytes]:
    """A local header with its bytes, and the central one; ``size`` is a lie about the unpacked length."""
    packed = content
    if method == 8:
        deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = deflater.compress(content) + deflater.flush()
    size = len(content) if size is None else size
    fixed = (20, 0, method, *STAMP, zlib.crc32(content), len(packed), size, len(name), 0)
    local = struct.pack("<4s5H3I2H", b"PK\3\4", *fixed) + name + packed
    central = struct.pack("<4s6H3I5H2I", b"PK\1\2", 788, *fixed, 0, 0, 0, 0o600 << 16, at) + name
    return local, central


def archive(*members: tuple[bytes, bytes, int, int | None], count: int | None = None) -> bytes:
    body, directory = b"", b""
    for name, content, method, size in members:
        local, central = member(name, content, method, size, len(body))
        body, directory = body + local, directory + central
    number = len(members) if count is None else count
    tail = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, number, number, len(directory), len(body), 0)
    return body + directory + tail


@cache
def bombs() -> dict[str, bytes]:
    many = [(b"a%06d" % place, b"", 0, None) for place in range(60_000)]
    return {
        "empty": b"",
        "twelve bytes": b"PK\5\6" + b"\0" * 8,
        "no directory": archive(),
        "a bomb": archive((b"checkpoint", b"\0" * 60_000_000, 8, None)),
        "a bomb that lies": archive((b"checkpoint", b"\0" * 60_000_000, 8, 10)),
        "four gigabytes": archive((b"checkpoint", b"x", 8, 2**32 - 1)),
        "the same name twice": archive((b"checkpoint", b"a", 0, None), (b"checkpoint", b"b", 0, None)),
        "a path outside": archive((b"../../etc/passwd", b"a", 0, None)),
        "an absolute path": archive((b"/etc/passwd", b"a", 0, None)),
        "no ASCII": archive((b"\xff\xfe", b"a", 0, None)),
        "sixty thousand": archive(*many),
        "a count that lies": archive((b"checkpoint", b"a", 0, None), count=65_535),
        "encrypted": archive((b"checkpoint", b"a", 0, None)).replace(b"\x14\0\0\0", b"\x14\0\1\0"),
        "another method": archive((b"checkpoint", b"a", 99, None)),
        "deep": archive((b"manifest.dsse.json", b"[" * 1_000_000, 8, None)),
        "wide": archive((b"manifest.dsse.json", b'{"a":' + b"9" * 1_000_000 + b"}", 8, None)),
        "infinite": archive((b"manifest.dsse.json", b'{"a":1e999}', 0, None)),
        "no number": archive((b"manifest.dsse.json", b'{"a":NaN}', 0, None)),
        "half a sign": archive((b"manifest.dsse.json", b'{"a":"\\ud800"}', 0, None)),
    }


@pytest.mark.parametrize("name", sorted(bombs()))
def test_a_hostile_pack_fails_in_bounded_time_and_memory(tmp_path: Path, name: str) -> None:
    """As an auditor runs it: a process of its own, here with 600 MB and twenty seconds at the most."""
    pack = tmp_path / "hostile.aipack"
    pack.write_bytes(bombs()[name])

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (600 << 20, 600 << 20))
        resource.setrlimit(resource.RLIMIT_CPU, (20, 20))

    began = time.monotonic()
    line = [sys.executable, "-I", str(Path(verify.__file__)), "verify", str(pack), "--key", "a+00000000+AAAA"]
    done = subprocess.run(line, capture_output=True, text=True, preexec_fn=bounded, cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "FAILED" in done.stdout
    assert "Traceback" not in done.stderr
    assert time.monotonic() - began < 20
    assert [path.name for path in tmp_path.iterdir()] == ["hostile.aipack"]


def test_a_pack_does_not_steer_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The name of a log may hold escape sequences that would hide a verdict or draw another."""
    pack = tmp_path / "pack.aipack"
    pack.write_bytes(b"")
    monkeypatch.setattr(
        verify.Check, "structure", lambda check: "log\x1b[8m\x1b]0;x\x07\x9b2J\u202e\rVERIFIED"
    )
    verify.main(["verify", str(pack)])
    said = capsys.readouterr().out
    assert "VERIFIED]" in said
    assert not any(ord(sign) < 32 and sign != "\n" for sign in said)
    assert not any(sign in said for sign in "\x9b\u202e")
