"""F15: the verifier needs no network, writes nothing, starts nothing, and bears whatever it is given."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.verify.zipping import members, rezip

from plumbline_verify import verify

if TYPE_CHECKING:
    from tests.verify.conftest import Example

pytestmark = [pytest.mark.django_db]

ALONE = """
import runpy, sys

def refuse(event, arguments):
    writes = event == "open" and (set(str(arguments[1])) & set("wax+") or (arguments[2] or 0) & 0o3)
    kinds = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.mkdir", "os.remove")
    if writes or event.startswith(kinds):
        raise RuntimeError(f"{event} {arguments}")

sys.dont_write_bytecode = True
sys.argv = sys.argv[1:]
sys.addaudithook(refuse)
runpy.run_path(sys.argv[0], run_name="__main__")
"""
"""Runs the verifier and ends it at the first socket, process, or file that it opens for writing."""
ROUNDS = 400


def alone(pack: Path, *options: str, script: str = ALONE) -> subprocess.CompletedProcess[str]:
    """The verifier in a Python without site-packages and environment."""
    command = [sys.executable, "-I", "-S", "-c", script, str(verify.__file__), "verify", str(pack), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={}, cwd=pack.parent)


def test_f15_no_socket_no_process_and_no_file_for_writing(example: Example, tmp_path: Path) -> None:
    pack = tmp_path / "auditor" / "audit.aipack"
    pack.parent.mkdir()
    pack.write_bytes(example.data)
    pack.parent.chmod(0o500)
    try:
        done = alone(pack, "--key", example.vkey)
    finally:
        pack.parent.chmod(0o700)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.rstrip().endswith("VERIFIED")
    assert [path.name for path in pack.parent.iterdir()] == ["audit.aipack"]
    # The hook works: what it is there for is refused.
    sends = ALONE.replace("runpy.run_path", "import socket; socket.socket(); runpy.run_path")
    assert "socket." in alone(pack, script=sends).stderr


def test_f15_bytes_changed_at_random_give_a_clean_answer(example: Example) -> None:
    """Never an exception, never "verified": the file itself, and members under a right checksum."""
    chance, contents = random.Random(15), members(example.data)
    for number in range(ROUNDS):
        if number % 2:
            spoiled = bytearray(example.data)
            for _ in range(chance.randint(1, 8)):
                spoiled[chance.randrange(len(spoiled))] ^= chance.randint(1, 255)
            data = bytes(spoiled)
        else:
            name = chance.choice(sorted(contents))
            content = bytearray(contents[name])
            start = chance.randrange(len(content) + 1)
            content[start : start + chance.randint(0, 9)] = chance.randbytes(chance.randint(1, 9))
            if bytes(content) == contents[name]:
                continue
            data = rezip([(n, bytes(content) if n == name else c) for n, c in contents.items()])
        assert verify.Check(data, example.vkey).run() == 1, number
