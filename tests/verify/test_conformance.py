"""The public vectors of receipts: our readers give the stated answers, and what we issue is among them."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plumbline.kernel import cose, merkle
from plumbline.kernel.note import VerifierKey
from plumbline.kernel.problems import Invalid
from plumbline_verify import verify

FILE = Path(__file__).parents[1] / "vectors" / "receipts.json"
VECTORS = json.loads(FILE.read_text())


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_the_product_gives_the_stated_answer(vector: dict[str, Any]) -> None:
    from plumbline.trail import receipts

    given = base64.b64decode(vector["receipt"]), base64.b64decode(vector["entry"]), vector["key"]
    if vector["valid"]:
        assert receipts.check_receipt(*given).signed_by == "vectors.example/1"
    else:
        with pytest.raises(Invalid):
            receipts.check_receipt(*given)


@pytest.mark.parametrize(
    "vector", [v for v in VECTORS if v["name"].startswith("tlog-proof")], ids=lambda vector: vector["name"]
)
def test_the_verifier_gives_the_stated_answer(vector: dict[str, Any], tmp_path: Path) -> None:
    for name in ("receipt", "entry"):
        (tmp_path / name).write_bytes(base64.b64decode(vector[name]))
    command = [sys.executable, "-I", verify.__file__, "receipt", tmp_path / "receipt", tmp_path / "entry"]
    done = subprocess.run([*command, "--key", vector["key"]], capture_output=True, text=True)
    assert done.returncode == (0 if vector["valid"] else 1), done.stdout


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_damaged_cose_receipt_is_refused_and_nothing_else_happens(data: st.DataObject) -> None:
    vector = next(v for v in VECTORS if v["name"] == "COSE receipt of entry 3 of 7")
    content, entry = bytearray(base64.b64decode(vector["receipt"])), base64.b64decode(vector["entry"])
    place, bit = data.draw(st.integers(0, len(content) - 1)), data.draw(st.integers(0, 7))
    content[place] ^= 1 << bit
    try:
        found = cose.read(bytes(content))
        good = found.signed_by(VerifierKey.parse(vector["key"]), merkle.leaf_hash(entry))
    except cose.CoseError:
        return
    # The size is not signed: a tree of another size in which the path has the same shape has the same root.
    assert not good or (found.index == 3 and found.size != 7)


@pytest.mark.django_db
def test_an_installation_issues_what_it_takes_in(trail: Any) -> None:
    from plumbline.trail import log, publisher, receipts

    trail.append(5)
    publisher.publish()
    found = receipts.check_receipt(receipts.cose_receipt(3), log.leaf(3).body, trail.report.vkey)
    assert (found.form, found.index, found.size) == ("COSE receipt (RFC 9942)", 3, 6)
    found = receipts.check_receipt(log.receipt(3).encode(), log.leaf(3).body, trail.report.vkey)
    assert (found.form, found.signed_by) == ("tlog-proof (C2SP)", "plumbline.test/main/1")
