"""Receipts of entries as COSE (RFC 9942): the same proof as a ``.tlog-proof``, for readers that speak CBOR.

A receipt is a COSE_Sign1 (RFC 9052) whose payload, the root of the tree, is detached. Its protected header
says EdDSA (1: -8), the verifiable data structure RFC9162_SHA256 (395: 1) and the key id (4); its unprotected
header holds inclusion proofs (396: {-1: [...]}), each the encoded array of tree size, index and path. The
tree hashes of RFC 9162 are those of RFC 6962, so the path is the one of our own proofs.

Only the CBOR that a receipt needs is read: definite lengths, shortest forms, no deeper than a receipt goes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, Union

from plumbline.kernel import merkle
from plumbline.kernel.note import VerifierKey

ALGORITHM, KEY_ID, STRUCTURE, PROOFS, INCLUSION = 1, 4, 395, 396, -1
EDDSA, ED25519 = -8, -19
"""EdDSA (RFC 9053) as we write it, and its fully specified name (RFC 9864), which we read as well."""
RFC9162_SHA256 = 1
SIGN1 = 18
"""The CBOR tag of a COSE_Sign1."""
_DEPTH, _LONGEST = 8, 1 << 20
Value: TypeAlias = Union[int, bytes, str, "list[Value]", "dict[Value, Value]", None]


class CoseError(ValueError):
    """The bytes are no receipt."""


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    code = next(code for code in range(4) if number < 1 << (8 << code))
    return bytes([major << 5 | 24 + code]) + number.to_bytes(1 << code, "big")


def encode(value: Value) -> bytes:
    """Deterministic CBOR (RFC 8949, section 4.2.1) of integers, bytes, texts, lists, maps and null."""
    if value is None:
        return b"\xf6"
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        return _head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return _head(4, len(value)) + b"".join(map(encode, value))
    pairs = sorted((encode(key), encode(item)) for key, item in value.items())
    return _head(5, len(pairs)) + b"".join(key + item for key, item in pairs)


class _Reader:
    """Reads one value of the CBOR that `encode` writes. Raises `CoseError` for any other."""

    def __init__(self, content: bytes) -> None:
        self.content, self.at = content, 0

    def take(self, count: int) -> bytes:
        """The next bytes."""
        part = self.content[self.at : self.at + count]
        if len(part) != count:
            raise CoseError("the receipt is cut off")
        self.at += count
        return part

    def head(self) -> tuple[int, int]:
        """Major type and number."""
        first = self.take(1)[0]
        major, code = first >> 5, first & 31
        if code < 24:
            return major, code
        if code > 27:
            raise CoseError("the receipt has a length that is left open")
        number = int.from_bytes(self.take(1 << code - 24), "big")
        if number < (24, 1 << 8, 1 << 16, 1 << 32)[code - 24]:
            raise CoseError("a number of the receipt is not in its shortest form")
        return major, number

    def value(self, depth: int = 0) -> Value:
        """The next value."""
        major, number = self.head()
        if depth > _DEPTH or (major in (4, 5) and number > len(self.content)):
            raise CoseError("the receipt is nested too deeply")
        if major == 0:
            return number
        if major == 1:
            return -1 - number
        if major == 2:
            return self.take(number)
        if major == 3:
            return self._text(number)
        if major == 4:
            return [self.value(depth + 1) for _ in range(number)]
        if major == 5:
            return self._map(number, depth)
        if (major, number) == (7, 22):
            return None
        raise CoseError("the receipt holds a value that receipts do not have")

    def _text(self, count: int) -> str:
        try:
            return self.take(count).decode()
        except UnicodeDecodeError as error:
            raise CoseError("a text of the receipt is not UTF-8") from error

    def _map(self, count: int, depth: int) -> dict[Value, Value]:
        found: dict[Value, Value] = {}
        for _ in range(count):
            key = self.value(depth + 1)
            if not isinstance(key, int | str) or key in found:
                raise CoseError("a map of the receipt names something twice or by no label")
            found[key] = self.value(depth + 1)
        return found


def decode(content: bytes) -> Value:
    """The one value in ``content``. Raises `CoseError`."""
    if len(content) > _LONGEST:
        raise CoseError("a receipt has at most a megabyte")
    reader = _Reader(content)
    value = reader.value()
    if reader.at != len(content):
        raise CoseError("something follows the receipt")
    return value


@dataclass(frozen=True)
class Receipt:
    """That a leaf stands at ``index`` of a tree of ``size`` leaves, by the path to a signed root."""

    size: int
    index: int
    path: tuple[bytes, ...]
    protected: bytes
    signature: bytes

    def root(self, leaf_hash: bytes) -> bytes:
        """The root that the leaf and the path lead to. Raises `CoseError` for an impossible tree or path."""
        root = merkle.root_of_path(self.index, self.size, leaf_hash, self.path)
        if root is None:
            raise CoseError("the path of the receipt does not fit its tree")
        return root

    def signed_by(self, key: VerifierKey, leaf_hash: bytes) -> bool:
        """Whether ``key`` signed the root of the tree in which the leaf stands."""
        return key.verifies(_to_sign(self.protected, self.root(leaf_hash)), self.signature)


def _to_sign(protected: bytes, root: bytes) -> bytes:
    return encode(["Signature1", protected, b"", root])


def issue(
    size: int,
    index: int,
    path: Sequence[bytes],
    root: bytes,
    key: VerifierKey,
    signer: Callable[[bytes], bytes],
) -> bytes:
    """A receipt of the leaf at ``index``, signed in the name of ``key`` with ``signer``."""
    header: dict[Value, Value] = {ALGORITHM: EDDSA, KEY_ID: key.key_id, STRUCTURE: RFC9162_SHA256}
    protected, nodes = encode(header), list[Value](path)
    proofs: dict[Value, Value] = {INCLUSION: [encode([size, index, nodes])]}
    signature = signer(_to_sign(protected, root))
    return _head(6, SIGN1) + encode([protected, {PROOFS: proofs}, None, signature])


def read(content: bytes) -> Receipt:
    """Read a receipt of one entry. Raises `CoseError` for anything else."""
    tag = _head(6, SIGN1)
    sign1 = decode(content[len(tag) :] if content.startswith(tag) else content)
    if not isinstance(sign1, list) or len(sign1) != 4:
        raise CoseError("this is no COSE_Sign1")
    protected, unprotected, payload, signature = sign1
    if (
        not isinstance(protected, bytes)
        or not isinstance(signature, bytes)
        or not isinstance(unprotected, dict)
    ):
        raise CoseError("this is no COSE_Sign1")
    header = decode(protected)
    known = isinstance(header, dict) and header.get(ALGORITHM) in (EDDSA, ED25519)
    if not known or not isinstance(header, dict) or header.get(STRUCTURE) != RFC9162_SHA256:
        raise CoseError("only EdDSA over a tree of RFC9162_SHA256 is read")
    if payload is not None:
        raise CoseError("the root of the receipt is not detached")
    proofs = unprotected.get(PROOFS)
    inclusion = proofs.get(INCLUSION) if isinstance(proofs, dict) else None
    if not isinstance(inclusion, list) or len(inclusion) != 1 or not isinstance(inclusion[0], bytes):
        raise CoseError("the receipt has no single proof of inclusion")
    match decode(inclusion[0]):
        case [int(size), int(index), [*nodes]] if all(isinstance(n, bytes) and len(n) == 32 for n in nodes):
            path = tuple(node for node in nodes if isinstance(node, bytes))
            return Receipt(size, index, path, protected, signature)
    raise CoseError("the proof of the receipt is malformed")
