#!/usr/bin/env python3
"""Checks a Plumbline evidence pack (.aipack) with nothing but Python 3.9 or later.

Get the log's verifier key from somewhere else than the pack: an earlier audit, a statement of applicability,
a web site. Without it nothing shows who signed. Nothing is extracted, written or fetched.
Exit codes: 0 verified; 1 a check failed; 2 wrong use; 3 consistent in itself, but the signer not verified.
Formats: RFC 6962, RFC 8032, RFC 8785, C2SP signed-note, -checkpoint, -proof, DSSE with in-toto Statement v1.

A subset of entries, even with proofs, does not show that nothing outside of it was left out.

What this does not prove: that the content is true; that everything that happened was logged (compare the
counters with the systems that sent them); when something happened more exactly than the log's own clock
says; that no other version of this log was shown to someone else (compare packs and checkpoints).
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import multiprocessing
import re
import struct
import zlib
from collections import Counter
from pathlib import Path
from typing import Any, Sequence

ENVELOPE = ["payload", "payloadType", "signatures", "keyid", "sig", "application/vnd.in-toto+json"]
KIND = ["https://in-toto.io/Statement/v1", "https://plumbline.dev/ai-evidence-pack/v1"]
STEPS = "manifest digests structure checkpoint tree growth openings counts counters times outside".split()  # noqa: SIM905
VERDICTS = ("VERIFIED", "FAILED", "", "INTERNALLY CONSISTENT, SIGNER NOT VERIFIED")
FREE = re.compile(r"(openings/\d{6,9}|segments/\d{1,18})\.jsonl|attachments/[\da-f]{64}|documents/[\w.-]+")
CHECKPOINT = re.compile("(([^\\s+]+)\n(0|[1-9]\\d{0,18})\n(\\S{44})\n)\n((?:— [^\\s+]+ \\S+\n){1,64})")
PROOF = re.compile("c2sp\\.org/tlog-proof@v1\nextra (\\S+)\nindex (\\d{,19})\n((?:\\S{44}\n){,64})\n([^\0]*)")
ROW = re.compile(rb'{"body":"([^"]*)","index":(\d{1,18}),"salt":"([^"=]{43}=)","slot":"([\w:./-]+)"}\n')
MEMBER, RATIO, DIRECTORY, EVENTS, WIDTH = 64 << 20, 20, 8 << 20, 1 << 16, 256  # bounds on what is read
ERRORS = (ValueError, LookupError, TypeError, AttributeError, RuntimeError, OSError, struct.error, zlib.error)
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # variable time: no secret here
D = -121665 * pow(121666, -1, P) % P
CURRENT: list[Check] = []  # inherited by forked workers, so that no pack is copied


def need(fact: Any, text: str) -> Any:
    """``fact``; raises ``ValueError`` with ``text`` unless it holds."""
    if not fact:
        raise ValueError(text)
    return fact


def found(text: str, word: str = "PASS", **params: Any) -> Any:
    """What a step found: PASS, FAIL or NOT CHECKED; in words that move no terminal's cursor; and as data."""
    return word, (re.sub("[^ -~]", "?", text.format(**params)), params)


def sha(data: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(data).digest()


def add(p: Any, q: Any) -> Any:
    """The sum of two points of Ed25519 (RFC 8032, section 5.1) in extended coordinates."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def point(data: bytes) -> Any:
    """The point that 32 bytes encode."""
    sign, y = divmod(int.from_bytes(data, "little"), 1 << 255)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    need(len(data) == 32 and y < P and x * x % P == square and (x or not sign), "not an Ed25519 key")
    x = x if x & 1 == sign else P - x
    return x, y, 1, x * y % P


BASE = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def ed25519(public: bytes, message: bytes, signature: bytes) -> Any:
    """True; raises unless ``signature`` is the Ed25519 signature of ``message`` under ``public``."""
    a, s = point(public), int.from_bytes(signature[32:], "little")
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    minus, r = (P - a[0], a[1], 1, P - a[3]), (0, 1, 1, 0)
    terms = (r, BASE, minus, add(BASE, minus))  # s·B - h·A, bit by bit together
    for bit in reversed(range(253)):
        r = add(add(r, r), terms[(s >> bit & 1) + 2 * (h >> bit & 1)])
    inverse = pow(r[2], -1, P)
    encoded = (r[1] * inverse % P | (r[0] * inverse % P & 1) << 255).to_bytes(32, "little")
    return need(len(signature) == 64 and s < ORDER and encoded == signature[:32], "a signature is wrong")


def decode64(text: str) -> bytes:
    """Standard base64, in its one canonical spelling."""
    data = base64.b64decode(text, validate=True)
    need(base64.b64encode(data).decode() == text, "base64 is not in canonical form")
    return data


def parse(data: bytes) -> Any:
    """Canonical JSON without fractions."""
    value = json.loads(data.decode(), parse_float=int, parse_int=lambda text: int(text[:20]))
    again = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)
    need(again.encode() == data, "JSON is not in canonical form")  # order, space, escapes, keys
    return value


def verifier_key(text: str) -> Any:
    """Name, id and public key of a C2SP verifier key."""
    name, number, raw = text.split("+", 2)[0], text.split("+", 2)[1], decode64(text.split("+", 2)[2])
    made = (raw[:1], len(raw), sha(name.encode() + b"\n" + raw)[:4].hex())
    return need(made == (b"\1", 33, number), "not an Ed25519 key") and (name, bytes.fromhex(number), raw[1:])


def note(content: bytes, vkey: str = "") -> tuple[str, int, bytes]:
    """Origin, size and root of a checkpoint; with ``vkey``, only if that key signed it for its own log."""
    text, origin, size, root, below = need(CHECKPOINT.fullmatch(content.decode()), "bad note").groups()
    signatures = [(name, decode64(value)) for name, value in re.findall("— (\\S+) (\\S+)\n", below)]
    if vkey:
        name, identity, public = verifier_key(vkey)
        mine = [value[4:] for signer, value in signatures if (signer, value[:4]) == (name, identity)]
        good = name == origin and len(mine) == 1 and ed25519(public, text.encode(), mine[0])
        need(good, "the checkpoint is not signed by this key")
    return origin, int(size), decode64(root)


def fold(known: Any, low: int, high: int) -> bytes:
    """The hash over leaves [low, high) of the tree (RFC 6962, section 2.1) from those of parts of it."""
    if (low, high) in known:
        return bytes(known[(low, high)])
    need(high - low > 1, f"the pack does not hold the hash of entry {low}")
    at = low + (1 << (high - low - 1).bit_length() - 1)
    return sha(b"\1" + fold(known, low, at) + fold(known, at, high))


def beside(index: int, size: int, path: Sequence[bytes], grown: bool = False) -> Any:
    """The ranges of the hashes in the proof of leaf ``index``, or in that of growth from index + 1 leaves."""
    low, high, places = 0, size, []  # the shape follows from index and size alone
    need(0 <= index < size < 1 << 63, "a proof is for an impossible tree")
    while high - low > 1 and not (grown and high == index + 1):
        at = low + (1 << (high - low - 1).bit_length() - 1)
        places.append((at, high) if index < at else (low, at))
        low, high = (low, at) if index < at else (at, high)
    places += [(low, high)] if grown and low else []
    need([len(h) for h in path] == [32] * len(places), "a proof has a wrong length")
    return dict(zip(places[::-1], path))  # noqa: B905 - Python 3.9 has no strict


class Pack:
    """The zip file, checked on opening: every byte of it belongs to a member or follows from the members."""

    def __init__(self, data: bytes) -> None:
        self.data, self.members = data, dict[str, Any]()
        count, length, start = struct.unpack("<HII", data[-12:-2])
        tail = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, length, start, 0)
        need(data[start + length :] == tail and length <= DIRECTORY, "the file does not end as a pack does")
        offset, at, last = 0, start, ""
        for _ in range(count):  # headers are built again and compared, never interpreted
            method, _, crc, packed, size, width = struct.unpack("<HIIIIH", data[at + 10 : at + 30])
            name = data[at + 46 : at + 46 + width].decode("ascii")
            fixed = (20, 0, method, 0, 33, crc, packed, size, width, 0)
            central = struct.pack("<4s6H3I5H2I", b"PK\1\2", 788, *fixed, 0, 0, 0, 0o600 << 16, offset)
            local = struct.pack("<4s5H3I2H", b"PK\3\4", *fixed) + name.encode()
            fits = data[at : at + 46] == central and data[offset : offset + 30 + width] == local
            need(fits and name > last and method in (0, 8), f"{name!r} is misplaced or malformed")
            need(size <= min(MEMBER >> 2 * ("/" not in name), RATIO * packed + 1024), f"{name!r}: too large")
            self.members[name] = (offset + 30 + width, method, packed, size, crc)
            last, offset, at = name, offset + 30 + width + packed, at + 46 + width
        need(offset == start and at == start + length, "there are bytes between the members")

    def read(self, name: str) -> bytes:
        offset, method, packed, size, crc = self.members[name]
        content = self.data[offset : offset + packed]
        if method == 8:
            inflater = zlib.decompressobj(-15)
            content = inflater.decompress(content, size + 1)  # a bomb never inflates
            need(inflater.eof and not inflater.unused_data, f"{name} is not deflated correctly")
        need(len(content) == size and zlib.crc32(content) == crc, f"{name} has a wrong length or checksum")
        return content


def bundle(number: int) -> Any:
    """The hashes of one bundle, the order of its leaves, and how many commitments there are by slot."""
    leaves, low, high = CURRENT[0].entries(number), number * WIDTH, number * WIDTH + WIDTH
    known = {(index, index + 1): sha(b"\0" + body) for index, body in leaves.items()}
    known = {(low, high): fold(known, low, high)} if len(known) == WIDTH else known
    values = [parse(body) for body in leaves.values()]
    kinds = {(value["v"], value["origin"], len(value["time"])) for value in values}  # one width: comparable
    need(kinds == {(1, CURRENT[0].origin, 27)}, f"an entry in bundle {number} belongs to another log")
    committed = Counter(slot for value in values for slot in value["commitments"])
    return known, [(value["source"], value["counter"], value["time"]) for value in values], committed


class Check:
    """One pack, the log's key, an earlier checkpoint, and what each step gave. Steps say what they show."""

    def __init__(self, data: bytes, key: str = "", since: bytes = b"", jobs: int = 1, at: int = -1) -> None:
        self.data, self.key, self.since, self.jobs, self.at = data, key, since, jobs, at
        self.results = dict.fromkeys(STEPS, found("a step before it failed", "NOT CHECKED"))

    def run(self) -> int:
        first, results = ["structure", "digests", "tree"], self.results  # the others use what these find
        for code in first + [code for code in STEPS if code not in first]:
            try:
                results[code] = getattr(self, code)()
            except ERRORS as error:
                results[code] = found("{error}", "FAIL", error=str(error) or repr(error))
                if code in first:
                    break
        return 1 if "FAIL" in dict(results.values()) else 0 if results["checkpoint"][0] == "PASS" else 3

    def manifest(self) -> Any:
        """The manifest is signed by the pack key that the log itself names."""
        name, identity, public = verifier_key(self.vkeys["pack"])
        need(self.signature["keyid"] == identity.hex(), "the manifest is signed by another key")
        message = b"DSSEv1 28 application/vnd.in-toto+json %d " % len(self.payload) + self.payload
        ed25519(public, message, decode64(self.signature["sig"]))
        return found("{key}", key=name)

    def digests(self) -> Any:
        """Every member has the digest that the manifest states."""
        true: Any = [{"digest": {"sha256": sha(self.pack.read(n)).hex()}, "name": n} for n in self.names]
        need(true == self.subject, f"wrong: {[v['name'] for v, w in zip(true, self.subject) if v != w][:5]}")  # noqa: B905 - 3.9
        need(all(v["name"][:2] != "at" or v["name"][12:] == v["digest"]["sha256"] for v in true), "misnamed")
        return found("{count} members", count=len(true))

    def structure(self) -> Any:
        """The pack has exactly the members and the form it should have, to the last byte."""
        self.pack = Pack(self.data)
        envelope, self.names = parse(self.pack.read("manifest.dsse.json")), list(self.pack.members)
        self.payload, (self.signature,) = decode64(envelope["payload"]), envelope["signatures"]
        need([*envelope, *self.signature, envelope["payloadType"]] == ENVELOPE, "this is not a DSSE envelope")
        kind, self.says, predicate, self.subject = parse(self.payload).values()
        need([kind, predicate] == KIND, "the manifest is for another kind of pack")
        self.names.remove("manifest.dsse.json")
        (self.start, self.stop), self.sizes = self.says["range"], self.says["sizes"]
        self.note = self.pack.read("checkpoint")
        self.origin, self.size, self.root = note(self.note)
        need((self.says["origin"], self.sizes["checkpoint"]) == (self.origin, self.size), "another log")
        need(0 <= self.start < self.stop <= min(self.size, self.start + len(self.names) * WIDTH), "bad range")
        self.bundles = range(self.start // WIDTH, (self.stop - 1) // WIDTH + 1)  # loops end with the file
        due = {"README.txt", "checkpoint", "policy", "verify.py", *map("entries/{:06d}".format, self.bundles)}
        due |= {f"proofs/{name}.tlog-proof" for name in ("first", "key", "last")}
        due |= set() if self.sizes["from"] is None else {"checkpoint.from", "consistency.txt"}
        self.free = {n for n in self.names if FREE.fullmatch(n)}  # what is neither due nor free is refused
        need(due == set(self.names) - self.free, "a member is missing or has no place")
        text = "entries {first} to {last} of {size} of {origin}"
        return found(text, first=self.start, last=self.stop - 1, size=self.size, origin=self.origin)

    def checkpoint(self) -> Any:
        """The checkpoint is signed by the log's key."""
        note(self.note, self.vkeys["log"])
        need(self.key in ("", self.vkeys["log"]), "it is signed by a key other than the one given")
        return found("{log}", log=self.origin) if self.key else found("no --key was given", "NOT CHECKED")

    def entries(self, number: int) -> dict[int, bytes]:
        data, at, leaves = self.pack.read(f"entries/{number:06d}"), 0, {}
        for index in range(max(self.start, number * WIDTH), min(self.stop, number * WIDTH + WIDTH)):
            end = at + 2 + int.from_bytes(data[at : at + 2], "big")
            leaves[index], at = data[at + 2 : end], end
        need(at == len(data), f"bundle {number} has a wrong length")
        return leaves

    def tree(self) -> Any:
        """The tree recomputed from the entries has the checkpoint's root."""
        self.known, self.committed, self.gaps = dict[Any, bytes](), Counter[str](), dict[str, str]()
        self.last, CURRENT[:] = dict[str, Any](), [self]
        pool = multiprocessing.get_context("fork").Pool(self.jobs) if self.jobs > 1 else None
        for known, order, committed in pool.imap(bundle, self.bundles) if pool else map(bundle, self.bundles):
            self.known.update(known)
            self.committed.update(committed)
            for source, counter, time in order:  # from the middle of a log, a first number may be any
                gap = counter - self.last.get(source, counter - 1 if self.start else 0) != 1
                self.gaps.update({"number": f"{source} {counter}"} if gap else {})
                self.gaps.update({"time": time} if time < self.last.get("", "") else {})
                self.last.update({source: counter, "": time})
        pool.terminate() if pool else None
        for name, index in {"first": self.start, "last": self.stop - 1, "key": 0}.items():
            match = need(PROOF.fullmatch(self.pack.read(f"proofs/{name}.tlog-proof").decode()), "bad proof")
            need((match[2], match[4]) == (str(index), self.note.decode()), f"the {name} proof is another")
            entry, known = decode64(match[1]), beside(index, self.size, list(map(decode64, match[3].split())))
            whole = {**known, (index, index + 1): sha(b"\0" + entry)}  # inside it, only entries count
            need(fold(whole, 0, self.size) == self.root, f"the {name} proof is wrong")
            self.known.update((k, v) for k, v in known.items() if k[1] <= self.start or k[0] >= self.stop)
        need(fold(self.known, 0, self.size) == self.root, "the entries give a different root")
        self.vkeys = parse(entry)["facts"]["keys"]
        return found("{count} entries", count=self.stop - self.start)

    def growth(self) -> Any:
        """The log only grew since the earlier checkpoint."""
        if self.sizes["from"] is None and not self.since:
            return found("there is no earlier checkpoint; give one with --since", "NOT CHECKED")
        origin, size, root = note(self.since or self.pack.read("checkpoint.from"), self.vkeys["log"])
        stated = self.since or size == self.sizes["from"]
        need(stated and origin == self.origin and 0 < size <= self.size, "it is of another or a longer log")
        if size == self.sizes["from"]:  # the pack brings the proof; else its entries are folded
            path = [decode64(line) for line in self.pack.read("consistency.txt").decode().split(None, 64)]
            known = beside(size - 1, self.size, path, grown=True)  # a perfect subtree is not in its own
            known.update({} if size & (size - 1) and size < self.size else {(0, size): root})
        else:
            leaves = self.entries((size - 1) // WIDTH) if self.start < size <= self.stop else {}
            known = {**self.known, **{(n, n + 1): sha(b"\0" + leaf) for n, leaf in leaves.items()}}
        need((fold(known, 0, size), fold(known, 0, self.size)) == (root, self.root), "FORK: not the same log")
        return found("from {old} to {new} entries", old=size, new=self.size)

    def openings(self) -> Any:
        """Openings, events and attachments fit their commitments."""
        self.disclosed, self.shown, left = Counter[str](), list[str](), {n for n in self.free if n[0] != "d"}
        for number in self.bundles:
            source = f"openings/{number:06d}.jsonl"
            data = self.pack.read(source) if source in self.free else b""
            at, row = 0, ROW.match(data)
            for index, leaf in self.entries(number).items():
                segment, last, lines = f"segments/{index}.jsonl", b"", list[str]()
                entry = parse(leaf) if data or segment in self.free else {"commitments": {}}
                if segment in self.free:
                    *lines, end = self.pack.read(segment).decode().split("\n", EVENTS)
                    hashes = [sha(b"\0" + decode64(line.translate({45: 43, 95: 47}) + "=")) for line in lines]
                    root = fold({(n, n + 1): hashed for n, hashed in enumerate(hashes)}, 0, len(lines)).hex()
                    need(not end and root == entry["facts"]["root"], f"{segment} is not as it was logged")
                    self.committed["event"] += len(lines)
                known = {**{f"event:{n}": line for n, line in enumerate(lines)}, **entry["commitments"]}
                while row and row[2] == b"%d" % index:
                    body, slot = decode64(row[1].decode()), row[4].decode()
                    digest = base64.urlsafe_b64encode(sha(b"\2" + decode64(row[3].decode()) + body)).decode()
                    need(row[4] > last and digest == known[slot] + "=", f"{index} {slot} is not as committed")
                    self.disclosed["event" if slot[:6] == "event:" else slot] += 1
                    left -= {f"attachments/{n.decode()}" for n in re.findall(rb'"([\da-f]{64})"', body)}
                    self.shown += [f"{slot} {body.decode()!a}"] if index == self.at else []
                    last, at, row = row[4], row.end(), ROW.match(data, row.end())
                left -= {source, segment}
            need(at == len(data), f"{source} opens what is not there, or in another order")
        need(not left, f"nothing in the pack names {sorted(left)[:5]}")
        return found("{count} openings", count=sum(self.disclosed.values()))

    def counts(self) -> Any:
        """The counts in the manifest are the true counts."""
        said, segments = self.says["counts"], sum(name.startswith("segments/") for name in self.free)
        true = {"entries": self.stop - self.start, "segments": segments, "slots": said["slots"]}
        sums = {slot: sum(numbers) for slot, numbers in said["slots"].items()}
        given = {slot: numbers[0] for slot, numbers in said["slots"].items() if numbers[0]}
        need((said, sums, given) == (true, self.committed, self.disclosed), "the true counts differ")
        return found("disclosed, withheld, erased: {slots}", slots=said["slots"])

    def counters(self) -> Any:
        """No number of any source is missing."""
        need("number" not in self.gaps, f"there is a gap before {self.gaps.get('number')}")
        return found("{count} sources", count=len(self.last) - 1)

    def times(self) -> Any:
        """The times of recording never go back."""
        need("time" not in self.gaps, f"{self.gaps.get('time')} is earlier than the one before it")
        return found("until {time}", time=self.last[""])

    def outside(self) -> Any:
        """Outside time stamps hold the checkpoint, and outside witnesses have signed it."""
        return found("the pack holds none", "NOT CHECKED")


def checkpoint_in(path: str) -> bytes:
    """The checkpoint that a file holds: a pack, or a signed note."""
    data = Path(path).read_bytes()
    return Pack(data).read("checkpoint") if data[:2] == b"PK" else data


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; the exit code."""
    parser = argparse.ArgumentParser("verify", None, __doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", nargs="+", help="[verify] PACK, compare PACK PACK, or show PACK ENTRY")
    parser.add_argument("--key", default="", help="the log's verifier key, from somewhere else than the pack")
    parser.add_argument("--since", help="the checkpoint, or the pack, that you kept from last time")
    parser.add_argument("--jobs", type=int, default=1, help="number of processes")
    options, code = parser.parse_args(argv), 1
    mode = options.what.pop(0) if options.what[0] in ("verify", "compare", "show") else "verify"
    if len(options.what) != (1 if mode == "verify" else 2):
        parser.error("verify takes one pack, compare two packs, show a pack and the number of an entry")
    try:
        if mode == "compare":
            options.since, *options.what = sorted(options.what, key=lambda p: note(checkpoint_in(p))[1])
        since, at = checkpoint_in(options.since) if options.since else b"", int([*options.what, -1][1])
        check = Check(Path(options.what[0]).read_bytes(), options.key, since, options.jobs, at)
        code = check.run()
        for number, (step, (word, (text, _))) in enumerate(check.results.items(), 1):
            print(f"{number:2}  {word:11}  {getattr(Check, step).__doc__} [{text}]")
        if mode == "show" and code != 1:
            print(json.dumps(parse(check.entries(at // WIDTH)[at]), indent=2), *check.shown, sep="\n")
    except ERRORS as error:
        print("FAIL ", found("{error}", error=error)[1][0])
        code = 1
    print("", *__doc__.split("\n\n")[-2:], VERDICTS[code], sep="\n")
    return code


if __name__ == "__main__":
    raise SystemExit(main())
