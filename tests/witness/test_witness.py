"""F16: the witness protocol of c2sp.org/tlog-witness, status by status, and its races."""

from __future__ import annotations

import http.client
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from plumbline.kernel.merkle import EMPTY_ROOT, Tree, consistency_proof, leaf_hash, tree_root
from plumbline.kernel.note import Note, TreeHead, VerifierKey, sign
from plumbline.kernel.problems import Conflict, NotFound, Unavailable
from plumbline.witness.memory import Memory
from plumbline.witness.protocol import add_checkpoint, request_body
from plumbline.witness.server import WitnessServer

ORIGIN = "log.example/main/1"


class Log:
    """A log of numbered leaves, and the requests it sends."""

    def __init__(self, salt: str = "", seed: int = 7) -> None:
        self.private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        public = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.key = VerifierKey(ORIGIN, public)
        self.tree = Tree([leaf_hash(f"{salt}{number}".encode()) for number in range(64)])

    def checkpoint(self, size: int) -> Note:
        root = tree_root(size, self.tree.node) if size else EMPTY_ROOT
        return sign(TreeHead(ORIGIN, size, root).text(), self.key, self.private.sign)

    def request(self, old: int, new: int) -> bytes:
        proof = consistency_proof(old, new, self.tree.node) if 0 < old < new else []
        return request_body(old, proof, str(self.checkpoint(new)))


@pytest.fixture
def log():
    return Log()


@pytest.fixture
def memory(tmp_path, log):
    memory = Memory(tmp_path / "witness")
    memory.create("audit.example/witness")
    memory.add_log(log.key)
    return memory


def test_f16_a_growing_log_is_cosigned_and_the_cosignature_verifies(memory, log):
    old = 0
    for size in (1, 5, 5, 8, 64):
        reply = add_checkpoint(memory, log.request(old, size))
        assert reply.status == 200
        cosigned = Note.parse(str(log.checkpoint(size)) + reply.body)
        assert memory.key().cosignature(cosigned) is not None
        assert memory.last(ORIGIN) == TreeHead.parse(log.checkpoint(size).text)
        old = size


def test_f16_an_empty_log_may_be_cosigned_and_grow(memory, log):
    assert add_checkpoint(memory, log.request(0, 0)).status == 200
    assert add_checkpoint(memory, log.request(0, 9)).status == 200


def test_f16_a_stale_size_gets_409_with_the_size_known(memory, log):
    assert add_checkpoint(memory, log.request(0, 9)).status == 200
    for old in (0, 5, 10):
        reply = add_checkpoint(memory, log.request(old, 12))
        assert (reply.status, reply.body, reply.content_type) == (409, "9\n", "text/x.tlog.size")
    assert memory.last(ORIGIN).size == 9


def test_f16_a_wrong_proof_gets_422(memory, log):
    assert add_checkpoint(memory, log.request(0, 9)).status == 200
    proof = consistency_proof(9, 12, log.tree.node)
    wrong = [
        proof[:-1],
        [*proof, proof[-1]],
        list(reversed(proof)),
        [bytes([proof[0][0] ^ 1]) + proof[0][1:], *proof[1:]],
        [],
    ]
    for path in wrong:
        reply = add_checkpoint(memory, request_body(9, path, str(log.checkpoint(12))))
        assert reply.status == 422
    assert memory.last(ORIGIN).size == 9
    # Kept with the one before it and accused of nothing: the log can still give the proof.
    assert memory.conflicts() == [f"{log.checkpoint(9)}\n{log.checkpoint(12)}"]
    assert add_checkpoint(memory, log.request(9, 12)).status == 200


def test_f16_a_proof_where_there_is_nothing_to_prove_gets_422(memory, log):
    proof = consistency_proof(9, 12, log.tree.node)
    assert add_checkpoint(memory, request_body(0, proof, str(log.checkpoint(12)))).status == 422
    assert add_checkpoint(memory, log.request(0, 12)).status == 200
    assert add_checkpoint(memory, request_body(12, proof, str(log.checkpoint(12)))).status == 422
    assert memory.conflicts() == []


def test_f16_a_log_that_rewrote_its_history_is_refused_and_the_proof_of_it_kept(memory, log):
    """The same key, the same origin, other entries: at a larger size 422, at the same size 409."""
    assert add_checkpoint(memory, log.request(0, 9)).status == 200
    rewritten = Log(salt="rewritten ")
    assert add_checkpoint(memory, rewritten.request(9, 12)).status == 422
    assert add_checkpoint(memory, rewritten.request(9, 9)).status == 409
    first = log.checkpoint(9)
    pairs = {f"{first}\n{rewritten.checkpoint(size)}" for size in (9, 12)}
    assert set(memory.conflicts()) == pairs
    assert memory.last(ORIGIN) == TreeHead.parse(log.checkpoint(9).text)


def test_f16_strangers_are_refused(memory, log):
    unknown = sign(
        TreeHead("other/log", 1, bytes(32)).text(), VerifierKey("other/log", log.key.public), log.private.sign
    )
    assert add_checkpoint(memory, request_body(0, [], str(unknown))).status == 404
    assert add_checkpoint(memory, Log(seed=8).request(0, 9)).status == 403
    assert memory.last(ORIGIN) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda body: b"",
        lambda body: body.replace(b"old 0", b"old 00"),
        lambda body: body.replace(b"old 0", b"old -1"),
        lambda body: body.replace(b"old 0", b"new 0"),
        lambda body: body.replace(b"old 0\n", b"old 0\n" + b"A" * 44 + b"\n"),
        lambda body: body.replace(b"old 0\n", b"old 0\nAAAA\n"),
        lambda body: body.replace(
            b"old 0\n", b"old 0\n" + b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n" * 64
        ),
        lambda body: body.replace(b"\n9\n", b"\n09\n"),
        lambda body: body[:-20],
        lambda body: b"\xff" + body,
        lambda body: body.replace(b"old 0", b"old 10"),
    ],
)
def test_f16_a_malformed_request_gets_400(memory, log, change):
    assert add_checkpoint(memory, change(log.request(0, 9))).status == 400
    assert memory.last(ORIGIN) is None


def test_f16_extension_lines_are_cosigned_with_the_rest(memory, log):
    text = log.checkpoint(9).text + "extension\n"
    checkpoint = sign(text, log.key, log.private.sign)
    reply = add_checkpoint(memory, request_body(0, [], str(checkpoint)))
    assert reply.status == 200
    assert memory.key().cosignature(Note.parse(str(checkpoint) + reply.body)) is not None


def test_f16_of_two_requests_at_once_one_wins_and_nothing_is_rolled_back(memory, log):
    """Both start from size 9. Whichever is second finds another size, and is told which."""
    assert add_checkpoint(memory, log.request(0, 9)).status == 200
    for first in range(9, 57, 8):
        barrier = threading.Barrier(4)

        def post(size: int, first: int = first, barrier: threading.Barrier = barrier) -> tuple[int, int]:
            body = log.request(first, size)
            barrier.wait()
            return add_checkpoint(memory, body).status, size

        with ThreadPoolExecutor(4) as pool:
            replies = list(pool.map(post, (first + 2, first + 4, first + 6, first + 8)))
        winners = [size for status, size in replies if status == 200]
        assert sorted(status for status, _ in replies) == [200, 409, 409, 409]
        assert memory.last(ORIGIN).size == winners[0]
        rest = add_checkpoint(memory, log.request(winners[0], first + 8))
        assert rest.status == 200


def test_a_witness_that_has_lost_its_memory_cosigns_nothing(memory, log):
    assert add_checkpoint(memory, log.request(0, 9)).status == 200
    (file,) = (memory.folder / "checkpoints").iterdir()
    file.write_bytes(b"\xff")
    with pytest.raises(Unavailable):
        add_checkpoint(memory, log.request(9, 12))


def test_the_key_is_made_once_and_only_its_owner_may_read_it(memory, tmp_path):
    assert (memory.folder / "witness.key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(Conflict):
        memory.create("another")
    with pytest.raises(NotFound):
        Memory(tmp_path / "nothing").key()
    with pytest.raises(ValueError):
        Memory(tmp_path / "spaces").create("two words")
    assert not (tmp_path / "spaces").exists()


def test_a_log_may_have_two_keys_while_one_is_replaced(memory, log):
    newer = Log(seed=9)
    assert add_checkpoint(memory, newer.request(0, 9)).status == 403
    memory.add_log(newer.key)
    memory.add_log(newer.key)
    assert memory.logs() == {ORIGIN: [log.key, newer.key]}
    assert add_checkpoint(memory, newer.request(0, 9)).status == 200
    assert add_checkpoint(memory, log.request(9, 12)).status == 200


@pytest.fixture
def served(memory):
    with WitnessServer(("127.0.0.1", 0), memory) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def _post(served, path: str, body: bytes, **headers: str) -> tuple[int, str, str]:
    connection = http.client.HTTPConnection(*served.server_address[:2], timeout=60)
    connection.request("POST", path, body, headers)
    response = connection.getresponse()
    answer = response.status, response.headers["Content-Type"], response.read().decode()
    connection.close()
    return answer


def test_over_http(served, log):
    status, _, line = _post(served, "/add-checkpoint", log.request(0, 9))
    assert (status, line.startswith("— audit.example/witness ")) == (200, True)
    assert _post(served, "/add-checkpoint", log.request(0, 9)) == (409, "text/x.tlog.size", "9\n")
    assert _post(served, "/elsewhere", b"")[0] == 404
    assert _post(served, "/add-checkpoint", b"x" * 65_537)[0] == 413
    assert _post(served, "/add-checkpoint", b"x")[0] == 400
