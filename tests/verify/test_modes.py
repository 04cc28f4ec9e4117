"""The verifier as an auditor runs it: its own process, an old Python, the key alone."""

from __future__ import annotations

import base64
import io
import json
import os
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.verify.zipping import members, rezip

from plumbline.kernel import merkle
from plumbline_verify import verify

pytestmark = [pytest.mark.django_db]

SENTENCE = "A subset of entries, even with proofs, does not show that nothing outside of it was left out."


def pythons() -> list[str]:
    """This Python and, where there is one, the oldest that the verifier promises to run on."""
    home = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    return [sys.executable, *(str(found / "bin" / "python") for found in sorted(home.glob("3.9.*"))[:1])]


def run(*arguments: object, python: str = sys.executable) -> tuple[int, str]:
    """Exit code and output of the verifier in a process that has no site packages and no environment."""
    command = [python, "-I", "-S", "-W", "error", verify.__file__, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env={"PYTHONIOENCODING": "utf-8"})
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def pack(example, tmp_path):
    """The example as a file."""
    file = tmp_path / "audit.aipack"
    file.write_bytes(example.data)
    return file


@pytest.mark.parametrize("python", pythons(), ids=lambda path: Path(path).parts[-3])
def test_verify_from_the_pack_itself(example, pack, python, tmp_path):
    """The copy that travels inside runs with the key alone, prints its steps and what is not proved."""
    inside = tmp_path / "verify.py"
    inside.write_bytes(members(example.data)["verify.py"])
    before = sorted(tmp_path.iterdir())
    command = [python, "-I", "-S", str(inside), "verify", str(pack), "--key", example.vkey]
    done = subprocess.run(command, capture_output=True, text=True, env={"PYTHONIOENCODING": "utf-8"})
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines[:14]] == [str(number) for number in range(1, 15)]
    assert sum("PASS" in line for line in lines) == 11
    # No sample in it, a document that no rule recomputes, and no witness: each said by name.
    assert [place for place, line in enumerate(lines, 1) if "NOT CHECKED" in line] == [9, 11, 14]
    assert "review.txt" in lines[10]
    assert SENTENCE in done.stdout
    assert "What this does not prove" in done.stdout
    assert lines[-1] == "VERIFIED"
    assert sorted(tmp_path.iterdir()) == before


def test_exit_codes(example, pack, tmp_path):
    """0, 1, 2 and 3 as documented."""
    assert run("verify", pack, "--key", example.vkey)[0] == 0
    assert run(pack, "--key", example.vkey) == run("--key", example.vkey, "verify", pack)
    code, output = run("verify", pack)
    assert (code, output.splitlines()[-1]) == (3, "INTERNALLY CONSISTENT, SIGNER NOT VERIFIED")
    other = example.trail.report.pack_vkey
    code, output = run("verify", pack, "--key", other)
    assert (code, output.splitlines()[-1]) == (1, "FAILED")
    for wrong in ((), ("verify",), ("compare", pack), ("show", pack), ("verify", pack, pack), ("sing", pack)):
        assert run(*wrong)[0] == 2, wrong
    assert run("verify", tmp_path / "nothing")[0] == 1
    assert run("show", pack, "x")[0] == 1
    assert run("show", pack, "10")[0] == 1


def test_jobs_and_show(example, pack):
    """Several processes say the same; an entry is shown as it is."""
    one, two = (
        run("verify", pack, "--key", example.vkey),
        run("verify", pack, "--key", example.vkey, "--jobs", 2),
    )
    assert one == two
    code, output = run("show", pack, 1, "--key", example.vkey)
    assert code == 0
    assert '"ref": "RSK-0007"' in output
    index, slot, body = next(
        (row["index"], row["slot"], base64.b64decode(row["body"]).decode())
        for row in map(json.loads, zipfile.ZipFile(pack).read("openings/000000.jsonl").splitlines())
    )
    shown = run("show", pack, index, "--key", example.vkey)[1]
    assert f"{slot} {body!a}" in shown
    assert shown.isascii()


def test_since(example, pack, tmp_path):
    """Against the checkpoint kept from last time: as a note, as a pack, a forged one, one of another log."""
    kept = tmp_path / "kept"
    kept.write_text(example.first.note)
    assert run("verify", pack, "--key", example.vkey, "--since", kept)[0] == 0
    without = tmp_path / "without.aipack"
    without.write_bytes(example.build(since=None))
    code, output = run("verify", without, "--key", example.vkey, "--since", kept)
    assert code == 0
    assert f"from {example.first.size} to 10 entries" in output
    assert run("verify", without, "--key", example.vkey, "--since", pack)[0] == 0
    kept.write_text(example.first.note.replace(f"\n{example.first.size}\n", "\n4\n"))
    assert run("verify", pack, "--key", example.vkey, "--since", kept)[0] == 1
    kept.write_text("nonsense")
    assert run("verify", pack, "--key", example.vkey, "--since", kept)[0] == 1
    late = tmp_path / "late.aipack"
    late.write_bytes(example.build(start=8, since=None, openings=[], segments={}, events=[], members={}))
    kept.write_text(example.first.note)
    code, output = run("verify", late, "--key", example.vkey, "--since", kept)
    assert code == 1
    assert "does not hold the hash" in output


def test_compare(example, pack, tmp_path):
    """Two packs of one history, in either order, and a fork: one signed history against another."""
    from plumbline.kernel.note import TreeHead, sign
    from plumbline.trail import keys, publisher

    example.trail.append(2)
    publisher.publish()
    later = tmp_path / "later.aipack"
    later.write_bytes(example.build(since=None))
    for pair in ((pack, later), (later, pack), (pack, pack)):
        code, output = run("compare", *pair, "--key", example.vkey)
        assert code == 0, output
    signer = keys.load(example.trail.data).log
    forged = TreeHead(signer.name, 10, merkle.leaf_hash(b"another history"))
    note = tmp_path / "fork"
    note.write_text(str(sign(forged.text(), signer.verifier, signer.sign)))
    code, output = run("compare", note, later, "--key", example.vkey)
    assert code == 1
    assert "FORK" in output


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_range_of_a_larger_log(example, data):
    """From anywhere to anywhere: the two proofs at its ends stand for all that is outside."""
    from plumbline.trail import publisher, queries

    if queries.size() < 600:
        example.trail.append(600 - queries.size(), openings={})
        publisher.publish()
    start = data.draw(st.integers(0, 599))
    stop = data.draw(st.integers(start + 1, 600))
    pack = example.build(
        start=start, stop=stop, openings=[], segments={}, events=[], members={}, since=example.first
    )
    check = verify.Check(pack, example.vkey)
    assert check.run() == 0, check.results
    contents = members(pack)
    assert (
        len([name for name in contents if name.startswith("entries/")])
        == (stop - 1) // 256 - start // 256 + 1
    )


def bomb(size: int) -> bytes:
    """A pack-like zip with one member that inflates to ``size`` zero bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("manifest.dsse.json", (1980, 1, 1, 0, 0, 0))
        info.external_attr, info.create_system = 0o600 << 16, 3
        archive.writestr(info, b"\0" * size, compress_type=zipfile.ZIP_DEFLATED)
    return out.getvalue()


@pytest.mark.parametrize(
    "hostile",
    [
        bomb(60 << 20),
        rezip([(f"documents/{number:06d}", b"") for number in range(65_000)]),
        rezip([("manifest.dsse.json", b"[" * 1_000_000)]),
        rezip([("manifest.dsse.json", b'{"payload":"","payloadType":"","signatures":[]}')]),
        rezip([("manifest.dsse.json", b"9" * 100_000)]),
        rezip([("../../etc/passwd", b"x")]),
        b"\0" * 1_000_000,
        b"PK\5\6" + struct.pack("<4H2IH", 0, 0, 65_535, 65_535, 2**32 - 1, 2**32 - 1, 0),
        b"PK\5\6" + struct.pack("<4H2IH", 0, 0, 65_535, 65_535, 0, 0, 0),
        b"PK\5\6" + bytes(18),
    ],
    ids=["bomb", "many", "deep", "empty", "digits", "path", "zeros", "lengths", "count", "nothing"],
)
def test_hostile_files(hostile):
    """A clean FAIL in bounded time, never an exception."""
    assert verify.Check(hostile).run() == 1
