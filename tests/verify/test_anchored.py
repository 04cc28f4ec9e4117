"""What a pack brings of anchors and of replaced keys, and what the verifier says of it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from tests.anchors.conftest import authority as authority
from tests.anchors.conftest import configure as configure
from tests.anchors.conftest import stamps as stamps
from tests.anchors.conftest import witness as witness
from tests.anchors.test_timestamp import present as present
from tests.trail.conftest import trail as trail
from tests.verify.zipping import members, rezip

from plumbline.trail import packfile, publisher, queries, rotation
from plumbline_verify import verify

pytestmark = [pytest.mark.django_db(transaction=True)]


def pack(**changes: Any) -> bytes:
    """A pack of the whole log."""
    out = io.BytesIO()
    packfile.build_pack(out, scope={}, recipient="Auditor", purpose="audit", **changes)
    return out.getvalue()


def checked(data: bytes, key: str, since: bytes = b"") -> tuple[int, dict[str, Any]]:
    """The exit code and what each step said."""
    check = verify.Check(data, key, since)
    code = check.run()
    return code, check.results


@pytest.fixture
def anchored(trail: Any, witness: Any, stamps: Any) -> bytes:
    """A pack of a log whose earlier checkpoint was stamped and cosigned."""
    from plumbline.anchors import stage

    trail.append(5)
    publisher.publish()
    assert stage.send_now() == 2
    trail.append(300)
    publisher.publish()
    return pack()


def test_stamps_and_cosignatures_are_checked_and_the_line_for_openssl_is_printed(
    anchored: bytes, trail: Any, authority: Any, tmp_path: Any
) -> None:
    code, results = checked(anchored, trail.report.vkey)
    word, said = results["outside"][:2]
    assert (code, word) == (0, "PASS"), results
    assert "openssl ts -verify -data anchors/6.checkpoint -in anchors/6-0-127.0.0.1.tsr" in str(said)
    assert "audit.example/witness cosigned 6 entries" in str(said)
    inside = members(anchored)
    assert authority.verify(inside["anchors/6.checkpoint"], inside["anchors/6-0-127.0.0.1.tsr"], tmp_path)


def _outside(inside: dict[str, bytes], key: str) -> str:
    """What the step says of changed members; the manifest then no longer fits, which is another step's."""
    check = verify.Check(rezip(sorted(inside.items())), key)
    check.run()
    try:
        answer = check.outside()
    except verify.ERRORS as error:
        return f"FAIL {error}"
    return str(answer)


def test_whatever_is_changed_of_it_is_found(anchored: bytes, trail: Any) -> None:
    inside = members(anchored)
    assert not _outside(dict(inside), trail.report.vkey).startswith("FAIL")
    note = inside["anchors/6.checkpoint"]
    line = inside["anchors/6.witnesses"]
    changes = {
        "anchors/6.checkpoint": note.replace(b"\n6\n", b"\n7\n"),
        "anchors/6.consistency": inside["anchors/6.consistency"][45:],
        "anchors/6.witnesses": line[:-8] + (b"AAAA" if line[-8:-4] != b"AAAA" else b"BBBB") + line[-4:],
        "anchors/6-0-127.0.0.1.tsr": inside["anchors/6-0-127.0.0.1.tsr"].replace(b"\4\x20", b"\4\x21"),
    }
    for name, content in changes.items():
        assert content != inside[name]
        assert _outside({**inside, name: content}, trail.report.vkey).startswith("FAIL"), name
    alone = {name: content for name, content in inside.items() if name != "anchors/6.checkpoint"}
    assert _outside(alone, trail.report.vkey).startswith("FAIL")


def test_the_same_log_gives_the_same_pack_whatever_anchors_answer_later(anchored: bytes, trail: Any) -> None:
    from plumbline.anchors import stage

    assert stage.send_now() == 2
    assert pack() == anchored


def test_the_old_key_leads_to_the_new_one(trail: Any) -> None:
    trail.append(2)
    first = publisher.publish()
    done = rotation.rotate(trail.data)
    rotation.retire(trail.data)
    trail.append(2)
    publisher.publish()
    for start in (0, queries.size() - 2):
        data = pack(start=start, since=first)
        for key in (done.old, done.new):
            code, results = checked(data, key)
            assert code == 0, results
        assert checked(data, trail.report.pack_vkey)[0] == 1


def test_the_lost_key_does_not_lead_to_the_announced_one_but_the_recovery_key_does(trail: Any) -> None:
    """Whoever forges a log can name any key as lost; only the recovery key vouches for the new one."""
    trail.append(2)
    publisher.publish()
    done = rotation.announce(trail.data, trail.report.recovery)
    publisher.publish()
    data = pack()
    assert [checked(data, key)[0] for key in (done.new, trail.report.recovery_vkey, done.old)] == [0, 0, 1]
