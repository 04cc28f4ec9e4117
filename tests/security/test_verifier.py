"""Packs made to hurt whoever checks them: refused in bounded time and memory, and mute in the terminal."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.security import crafted
from tests.security.crafted import archive
from tests.waiting import PATIENCE

from plumbline_verify import verify

BOMBS: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "twelve bytes": lambda: b"PK\5\6" + b"\0" * 8,
    "no directory": lambda: archive(),
    "a bomb": lambda: archive((b"checkpoint", b"\0" * 60_000_000, 8, None)),
    "a bomb that lies": lambda: archive((b"checkpoint", b"\0" * 60_000_000, 8, 10)),
    "four gigabytes": lambda: archive((b"checkpoint", b"x", 8, 2**32 - 1)),
    "the same name twice": lambda: archive((b"checkpoint", b"a", 0, None), (b"checkpoint", b"b", 0, None)),
    "a path outside": lambda: archive((b"../../etc/passwd", b"a", 0, None)),
    "an absolute path": lambda: archive((b"/etc/passwd", b"a", 0, None)),
    "no ASCII": lambda: archive((b"\xff\xfe", b"a", 0, None)),
    "sixty thousand": lambda: archive(*((b"a%06d" % place, b"", 0, None) for place in range(60_000))),
    "a count that lies": lambda: archive((b"checkpoint", b"a", 0, None), count=65_535),
    "encrypted": lambda: archive((b"checkpoint", b"a", 0, None)).replace(b"\x14\0\0\0", b"\x14\0\1\0"),
    "another method": lambda: archive((b"checkpoint", b"a", 99, None)),
    "deep": lambda: archive((b"manifest.dsse.json", b"[" * 1_000_000, 8, None)),
    "wide": lambda: archive((b"manifest.dsse.json", b'{"a":' + b"9" * 1_000_000 + b"}", 8, None)),
    "infinite": lambda: archive((b"manifest.dsse.json", b'{"a":1e999}', 0, None)),
    "no number": lambda: archive((b"manifest.dsse.json", b'{"a":NaN}', 0, None)),
    "half a sign": lambda: archive((b"manifest.dsse.json", b'{"a":"\\ud800"}', 0, None)),
}
"""What each hostile pack is made of; made when it is asked for, since some take their time."""


def checked(pack: Path, key: str, *options: str) -> subprocess.CompletedProcess[str]:
    """As an auditor runs it: a process of its own, here with 600 MB and twenty seconds at the most."""

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (600 << 20, 600 << 20))
        resource.setrlimit(resource.RLIMIT_CPU, (20, 20))

    before = sorted(pack.parent.iterdir())
    line = [sys.executable, *options, "-I", str(Path(verify.__file__)), "verify", str(pack), "--key", key]
    done = subprocess.run(
        line, capture_output=True, text=True, preexec_fn=bounded, cwd=pack.parent, timeout=PATIENCE
    )
    assert done.returncode >= 0, "it was ended because it took too long"
    assert "Traceback" not in done.stderr
    assert sorted(pack.parent.iterdir()) == before
    return done


@pytest.mark.parametrize("name", sorted(BOMBS))
def test_a_hostile_pack_fails_in_bounded_time_and_memory(tmp_path: Path, name: str) -> None:
    pack = tmp_path / "hostile.aipack"
    pack.write_bytes(BOMBS[name]())
    done = checked(pack, "a+00000000+AAAA")
    assert done.returncode == 1, done.stderr
    assert "FAILED" in done.stdout


def test_a_long_number_costs_nothing_where_python_sets_no_bound(tmp_path: Path) -> None:
    """Python before 3.10.7 reads a number of any length, in time that grows with its square."""
    pack = tmp_path / "hostile.aipack"
    pack.write_bytes(archive((b"manifest.dsse.json", b'{"a":' + b"9" * 4_000_000 + b"}", 0, None)))
    assert checked(pack, "a+00000000+AAAA", "-X", "int_max_str_digits=0").returncode == 1


@pytest.mark.parametrize("name", [*crafted.SOUND, *crafted.UNSOUND])
def test_a_pack_made_to_be_slow_is_checked_or_refused_at_once(tmp_path: Path, name: str) -> None:
    """Its maker holds the keys and everything in it fits, so that no early failure ends the work."""
    pack = tmp_path / "heavy.aipack"
    pack.write_bytes({**crafted.SOUND, **crafted.UNSOUND}[name]())
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = checked(pack, str(crafted.LOG_KEY))
    assert done.returncode == (0 if name in crafted.SOUND else 1), done.stdout
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - used < 5


def test_a_pack_does_not_steer_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The name of a log may hold escape sequences that would hide a verdict or draw another."""
    pack = tmp_path / "pack.aipack"
    pack.write_bytes(b"x")
    monkeypatch.setattr(
        verify.Check,
        "structure",
        lambda check: "log\x1b[8m\x1b]0;x\x07\x9b2J\u202e\rVERIFIED",
    )
    verify.main(["verify", str(pack)])
    said = capsys.readouterr().out
    assert "VERIFIED]" in said
    assert not any(ord(sign) < 32 and sign != "\n" for sign in said)
    assert not any(sign in said for sign in "\x9b\u202e")
