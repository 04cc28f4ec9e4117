#!/usr/bin/env python3
"""Checks a Plumbline evidence pack (.aipack) with nothing but Python 3.9 or later.

Get the log's verifier key from somewhere else than the pack: an earlier audit, a statement of applicability,
a web site. Without it nothing shows who signed. Nothing is extracted, written or fetched.
Exit codes: 0 verified; 1 a check failed; 2 wrong use; 3 consistent in itself, but the signer not verified.
Formats: RFC 6962, RFC 8032, RFC 8785, C2SP signed-note, -checkpoint, -proof, DSSE with in-toto Statement v1.

A subset of entries, even with proofs, does not show that nothing outside of it was left out.
What this does not prove: that the content is true; that everything that happened was logged (compare the
counters with the systems that sent them); when something happened more exactly than the log's own clock
says; that no other version of this log was shown to someone else (compare packs and checkpoints); that what
is withheld still exists (ask to see it); that a reason for leaving something out is the true one.
"""

from __future__ import annotations

import argparse, base64, csv, hashlib, io, json, mmap, multiprocessing, re, struct, zlib
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any, Sequence

ENVELOPE = ["payload", "payloadType", "signatures", "keyid", "sig", "application/vnd.in-toto+json"]
KIND = ["https://in-toto.io/Statement/v1", "https://plumbline.dev/ai-evidence-pack/v2"]
STEPS = "manifest digests structure checkpoint tree growth openings counts sample documents derived".split()
STEPS += ["counters", "times", "outside"]
SEGMENT, ERASED, REKEYED = "telemetry.segment", "trail.erased", ("key.rotated", "key.announced")
RENAMED, CORRECTED = ("trail.epoch-opened", "log.continued"), "trail.clock-corrected"
NOTABLE = {ERASED, CORRECTED, *REKEYED, *RENAMED}
VERDICTS = ("VERIFIED", "FAILED", "", "INTERNALLY CONSISTENT, SIGNER NOT VERIFIED")
FREE = re.compile(
    r"(openings/\d{6,9}|segments/\d{1,18})\.jsonl|attachments/[\da-f]{64}|documents/[\w.-]+"
    r"|proofs/entry-\d{1,18}\.tlog-proof|anchors/\d{1,18}(?:\.checkpoint|\.consistency|\.witnesses|-[\w.-]+\.tsr)"
)
CHECKPOINT = re.compile("(([^\\s+]+)\n(0|[1-9]\\d{0,18})\n(\\S{44})\n)\n((?:— [^\\s+]+ \\S+\n){1,64})")
PROOF = re.compile(
    "c2sp\\.org/tlog-proof@v1\n(?:extra (\\S+)\n)?index (0|[1-9]\\d{,18})\n((?:\\S{44}\n){,64})\n([^\0]*)"
)
ROW = re.compile(rb'{"body":"([^"]*)","index":(\d{1,18}),"salt":"([^"=]{43}=)","slot":"([\w:./-]+)"}\n')
LEAF = re.compile(  # the usual entry, read in a fraction of the parser's time; every other goes through it
    r'{"actor":"[\w:./-]+","commitments":{((?:"[\w.:/-]+":"[\w-]{43}"(?:,(?=")|(?=})))*)},"counter":([1-9]\d{,17}),'
    r'"facts":({.*}),"id":"[\da-f-]{36}","origin":"([\w:./-]+)","requirements":\[(?:"[\w:. /()-]+"(?:,(?=")|'
    r'(?=])))*\],"retention":"[\w.:-]+","source":"([\w.:-]+)","subject":{(?:"kind":"([\w-]+)",)?"ref":"([\w.:/-]*)"'
    r'(?:,"revision":\d{1,9})?(?:,"type":"[\w-]+")?},"time":"([\dTZ:.-]{27})","type":"([a-z.-]+)","v":1}',
    re.ASCII,
)
READ = "counter facts origin source".split()
FIELDS = "actor commitments counter facts id origin requirements retention source subject time type v".split()
MEMBER, RATIO, DIRECTORY, EVENTS, WIDTH = 64 << 20, 20, 64 << 20, 1 << 16, 256  # bounds on what is read
ERRORS = (ValueError, LookupError, TypeError, AttributeError, RuntimeError, OSError, struct.error, zlib.error)
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # variable time: no secret here
D = -121665 * pow(121666, -1, P) % P
UNSEEN = re.compile("[^ -~]")  # what could move a terminal's cursor
plain = lru_cache(4096)(lambda text: parse(text.encode()))  # most facts repeat
CURRENT: list[Check] = []  # inherited by forked workers, so that no pack is copied


def need(fact: Any, text: str) -> Any:
    """``fact``; raises ``ValueError`` with ``text`` unless it holds."""
    if not fact:
        raise ValueError(text)
    return fact


def sha(data: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(data).digest()


def add(p: Any, q: Any) -> Any:
    """The sum of two points of Ed25519 (RFC 8032, section 5.1) in extended coordinates."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    return (b - a) * (d - c) % P, (d + c) * (b + a) % P, (d - c) * (d + c) % P, (b - a) * (b + a) % P


def point(data: bytes) -> Any:
    """The point that 32 bytes encode."""
    sign, y = divmod(int.from_bytes(data, "little"), 1 << 255)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    need(len(data) == 32 and y < P and x * x % P == square and (x or not sign), "not an Ed25519 key")
    return (x if x & 1 == sign else P - x), y, 1, (x if x & 1 == sign else P - x) * y % P


BASE = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def ed25519(public: bytes, message: bytes, signature: bytes) -> Any:
    """True; raises unless ``signature`` is the Ed25519 signature of ``message`` under ``public``."""
    a, s = point(public), int.from_bytes(signature[32:], "little")
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    minus, r = (P - a[0], a[1], 1, P - a[3]), (0, 1, 1, 0)
    terms = (r, BASE, minus, add(BASE, minus))  # s·B - h·A, bit by bit together
    for bit in reversed(range(253)):
        r = add(add(r, r), terms[(s >> bit & 1) + 2 * (h >> bit & 1)])
    x, y = (value * pow(r[2], -1, P) % P for value in r[:2])
    same = (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]
    return need(len(signature) == 64 and s < ORDER and same, "a signature is wrong")


def decode64(text: str) -> bytes:
    """Standard base64, in its one canonical spelling."""
    data = base64.b64decode(text, validate=True)
    return need(base64.b64encode(data).decode() == text, "base64 is not in canonical form") and data


def parse(data: bytes) -> Any:
    """Canonical JSON without fractions."""
    value = json.loads(data.decode(), parse_float=int, parse_int=lambda text: int(text[:20]))
    again = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)
    need(again.encode() == data, "JSON is not in canonical form")  # order, space, escapes, keys
    return value


def verifier_key(text: str) -> Any:
    """Name, id and public key of a C2SP verifier key."""
    name, number, raw = (*text.split("+", 2)[:2], decode64(text.split("+", 2)[2]))
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
    return dict(zip(places[::-1], path))


def proven(content: bytes, entry: bytes = b"") -> Any:
    """Index and entry of a proof (``entry`` if it holds none), hashes beside it, and the checkpoint below."""
    extra, index, path, checkpoint = need(PROOF.fullmatch(content.decode()), "not a proof").groups()
    entry, (_, size, root) = decode64(extra) if extra else entry, note(checkpoint.encode())
    known = beside(int(index), size, list(map(decode64, path.split())))
    whole = {**known, (int(index), int(index) + 1): sha(b"\0" + entry)}  # inside it, only entries count
    need(fold(whole, 0, size) == root, f"the proof of entry {index} is wrong")
    return int(index), entry, known, checkpoint.encode()


def ending(*place: int) -> bytes:
    """The end of a zip with this number of members, and this length and start of their list."""
    wide = place[0] >= 65535 or place[2] >= 2**32 - 1
    short = (65535, 65535, 2**32 - 1, 2**32 - 1) if wide else (place[0], *place)
    far = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 788, 45, 0, 0, place[0], *place)
    far += struct.pack("<4sIQI", b"PK\6\7", 0, place[1] + place[2], 1)
    return far * wide + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, *short, 0)


class Pack:
    """The zip file, checked on opening: every byte of it belongs to a member or follows from the members."""

    def __init__(self, data: Any) -> None:
        self.data, self.members, last, offset, at = data, dict[str, Any](), "", 0, 0
        wide = data[-98:-94] == b"PK\6\6"
        place = struct.unpack("<3Q", data[-66:-42]) if wide else struct.unpack("<HII", data[-12:-2])
        (count, length, start), tail = place, ending(*place)
        fits = length <= DIRECTORY and start + length + len(tail) == len(data) and data[-len(tail) :] == tail
        listing = need(fits, "the file does not end as a pack does") and data[start : start + length]
        for _ in range(count):  # headers are built again and compared, never interpreted
            method, _, crc, packed, size, width = struct.unpack("<HIIIIH", listing[at + 10 : at + 30])
            name, far = listing[at + 46 : at + 46 + width].decode("ascii"), offset >= 2**32 - 1
            fixed, more = (20, 0, method, 0, 33, crc, packed, size, width), struct.pack("<2HQ", 1, 8, offset)
            more, rest = more * far, (12 * far, 0, 0, 0, 0o600 << 16, 2**32 - 1 if far else offset)
            central = struct.pack("<4s6H3I5H2I", b"PK\1\2", 788, *fixed, *rest) + name.encode() + more
            local = struct.pack("<4s5H3I2H", b"PK\3\4", *fixed, 0) + name.encode()
            fits = listing[at : at + len(central)] == central and data[offset : offset + 30 + width] == local
            need(fits and name > last and method in (0, 8), f"{name!r} is misplaced or malformed")
            need(size <= min(MEMBER, RATIO * packed + 1024), f"{name!r}: too large")
            self.members[name] = (offset + 30 + width, method, packed, size, crc)
            last, offset, at = name, offset + 30 + width + packed, at + len(central)
        need(offset == start and at == length, "there are bytes between the members")

    def read(self, name: str) -> bytes:
        offset, method, packed, size, crc = self.members[name]
        content = self.data[offset : offset + packed]
        if method == 8:
            inflater = zlib.decompressobj(-15)
            content = inflater.decompress(content, size + 1)  # a bomb never inflates
            need(inflater.eof and not inflater.unused_data, f"{name} is not deflated correctly")
        need(len(content) == size and zlib.crc32(content) == crc, f"{name} has a wrong length or checksum")
        return bytes(content)


def fields(body: bytes) -> Any:
    """Slots, counter, facts, origin, source, kind and reference of the subject, time and type of an entry."""
    if match := LEAF.fullmatch(body.decode()):
        held, counter, facts, *others = match.groups()
        slots = held.split('"')[1::4]
        if len(slots) < 2 or slots == sorted(set(slots)):
            return slots, int(counter), plain(facts), *others
    value = parse(body)
    need([*value, value["v"], len(value["time"])] == [*FIELDS, 1, 27], "an entry is of another form")
    said = *map(value.get, READ), *map(value["subject"].get, ("kind", "ref")), value["time"], value["type"]
    return list(value["commitments"]), *said


def summary(leaves: dict[int, bytes], records: bool = True) -> Any:
    """What entries say: hashes, commitments by slot, counters, gaps, what others need, the log's names."""
    low, high, top = min(leaves), max(leaves) + 1, [sha(b"\0" + body) for body in leaves.values()]
    known = {(index, index + 1): hashed for index, hashed in zip(leaves, top)}
    while high - low == WIDTH and len(top) > 1:
        top = [sha(b"\1" + a + b) for a, b in zip(top[::2], top[1::2])]
    committed, ends, gaps, notable = list[str](), dict[str, Any](), dict[str, str](), list[Any]()
    names, name, began, before = dict[int, str](), "", "", ""
    for index, body in leaves.items():
        slots, counter, facts, log, source, about, ref, time, kind = fields(body)
        if log != name or kind in RENAMED:
            names[index] = name = log
        if kind == CORRECTED:  # here times may go back, also from the last one of the bundle before
            began, before = began or "~", ""
        committed += slots
        first, last = ends.get(source) or (counter, counter - 1)
        if counter != last + 1:
            gaps["number"] = f"{source} {counter} {time}"
        if time < before:
            gaps[""] = f"{source} {counter} {time}"
        ends[source], began, before = (first, counter), began or time, time
        if kind in NOTABLE or (records and (kind == SEGMENT or "revision" in slots)):
            notable.append((kind, index, facts, about, ref))
    ends[""] = (began, before)
    return {(low, high): top[0]} if len(top) == 1 else known, Counter(committed), gaps, names, ends, notable


def member(name: str) -> Any:
    """Name, digest and, of a bundle of entries, the summary of a member, or what is wrong with it."""
    content, read = CURRENT[0].pack.read(name), None
    try:
        if name[:8] == "entries/":
            told = any(name[:10] == "documents/" for name in CURRENT[0].free)  # else nobody asks for records
            read = summary(CURRENT[0].entries(int(name[8:]), content), told)
    except ERRORS as error:
        read = f"{name}: {error}"
    return name, sha(content).hex(), read


def table(name: str, content: bytes) -> Any:
    """The rows of a document: lines of a CSV, objects in the lists of a JSON."""
    if name.endswith(".csv"):
        return list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    lists = parse(content).values() if name.endswith(".json") else []
    return [row for rows in lists if isinstance(rows, list) for row in rows if isinstance(row, dict)]


def counted(slot: str) -> str:
    """The slot under which an opening is counted: all events are one."""
    return "event" if slot[:6] == "event:" else slot


def parts(shown: Any, value: Any = None) -> Any:
    """The parts of a cell that shows ``value``, or of a value itself, as a set; a ' guards a cell."""
    cut = shown.split("; ") if isinstance(value, list) and isinstance(shown, str) else shown
    return {str(v).lstrip("'") for v in (cut if isinstance(cut, list) else [cut]) if v not in ("", None)}


class Check:
    """One pack, the log's key, an earlier checkpoint, and what each step gave. Steps say what they show."""

    def __init__(self, data: Any, key: str = "", since: bytes = b"", jobs: int = 1, at: int = -1) -> None:
        self.data, self.key, self.since, self.jobs, self.at = data, key, since, jobs, at
        self.results = dict.fromkeys(STEPS, ("NOT CHECKED", "a step before it failed"))

    def run(self) -> int:
        first, results = ["structure", "digests", "tree", "openings"], self.results  # others use these
        for code in first + [code for code in results if code not in first]:
            try:
                answer = getattr(self, code)()
                results[code] = answer if isinstance(answer, tuple) else ("PASS", answer)
            except ERRORS as error:
                results[code] = ("FAIL", str(error) or repr(error))
                if code in first:
                    break
        return 1 if "FAIL" in dict(results.values()) else 0 if results["checkpoint"][0] == "PASS" else 3

    def manifest(self) -> Any:
        """The manifest is signed by the pack key that the log itself names."""
        name, identity, public = verifier_key(self.vkeys["pack"])
        need(self.signature["keyid"] == identity.hex(), "the manifest is signed by another key")
        message = b"DSSEv1 28 application/vnd.in-toto+json %d " % len(self.payload) + self.payload
        return ed25519(public, message, decode64(self.signature["sig"])) and name

    def digests(self) -> Any:
        """Every member has the digest that the manifest states."""
        CURRENT[:] = [self]
        pool = multiprocessing.get_context("fork").Pool(self.jobs) if self.jobs > 1 else None
        read = list(pool.imap(member, self.names, 8) if pool else map(member, self.names))
        pool.terminate() if pool else None
        self.bundled = [(name, said) for name, _, said in read if said]
        true = {name: {"digest": {"sha256": digest}, "name": name} for name, digest, _ in read}
        wrong = [v for v in self.subject if v != true.get(v["name"])]
        need(list(true.values()) == self.subject, f"wrong: {wrong[:5]}")
        need(all(name[:2] != "at" or name[12:] == digest for name, digest, _ in read), "misnamed")
        return f"{len(true)} members"

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
        self.inside = range(self.start, self.stop)
        self.bundles = range(self.start // WIDTH, (self.stop - 1) // WIDTH + 1)  # loops end with the file
        due = {"README.txt", "checkpoint", "policy", "verify.html", "verify.py"}
        due |= {f"entries/{number:06d}" for number in self.bundles}
        due |= {f"proofs/{name}.tlog-proof" for name in ("first", "key", "last")}
        due |= set() if self.sizes["from"] is None else {"checkpoint.from", "consistency.txt"}
        self.free = {n for n in self.names if FREE.fullmatch(n)}  # what is neither due nor free is refused
        need(due == set(self.names) - self.free, "a member is missing or has no place")
        return f"entries {self.start} to {self.stop - 1} of {self.size} of {self.origin}"

    def checkpoint(self) -> Any:
        """The checkpoint is signed by the log's key."""
        note(self.note, self.vkeys["log"])
        need(self.key in ("", *self.chain), "it is signed by a key other than the one given")
        return self.origin if self.key else ("NOT CHECKED", "no --key was given")

    def entries(self, number: int, data: bytes = b"") -> dict[int, bytes]:
        data, at, leaves = data or self.pack.read(f"entries/{number:06d}"), 0, {}
        for index in range(max(self.start, number * WIDTH), min(self.stop, number * WIDTH + WIDTH)):
            end = at + 2 + int.from_bytes(data[at : at + 2], "big")
            leaves[index], at = data[at + 2 : end], end
        return need(at == len(data), f"bundle {number} has a wrong length") and leaves

    def tree(self) -> Any:
        """The tree recomputed from the entries has the checkpoint's root."""
        self.known, self.committed, self.gaps = dict[Any, Any](), Counter[Any](), dict[Any, Any]()
        self.last, self.notable, self.extra = dict[str, Any](), list[Any](), dict[int, bytes]()
        self.origins, places = dict[Any, Any](), {"first": self.start, "last": self.stop - 1, "key": 0}
        for name, said in self.bundled:
            *parts, ends, notable = need(not isinstance(said, str), said) and said
            self.notable += notable
            for whole, part in zip((self.known, self.committed, self.gaps, self.origins), parts):
                whole.update(part)
            for source, (first, last) in ends.items():  # from the middle of a log, a first number may be any
                before = self.last.get(source, "" if source == "" else first - 1 if self.start else 0)
                wrong = first < before if source == "" else first != before + 1
                self.gaps.update({source and "number": f"{name} {source} {first}"} if wrong else {})
                self.last[source] = last
        places.update({n[7:-11]: int(n[13:-11]) for n in self.free if n[:7] == "proofs/"})
        for name, index in places.items():
            at, entry, known, checkpoint = proven(self.pack.read(f"proofs/{name}.tlog-proof"))
            need((at, checkpoint) == (index, self.note), f"the {name} proof is another")
            self.known.update((k, v) for k, v in known.items() if k[1] <= self.start or k[0] >= self.stop)
            if name == "key":
                self.vkeys, self.origins[0] = parse(entry)["facts"]["keys"], parse(entry)["origin"]
            elif name[:6] == "entry-":
                need(not self.start <= index < self.stop, f"{name} is inside of the range")
                self.extra[index] = entry
                *_, names, _, notable = summary({index: entry})
                self.notable += notable
                self.origins.update(names)
        need(fold(self.known, 0, self.size) == self.root, "the entries give a different root")
        return f"{self.stop - self.start} entries{self.history()}"

    def history(self) -> str:
        """Follow the log's names and keys through its entries; says where its name changes."""
        self.chain = self.past = [self.vkeys["log"]]
        name, text, self.limits = self.origins[0], "", {self.origins[0]: self.size}
        turns = {row[1]: row for row in self.notable if row[0] in (*REKEYED, *RENAMED)}
        for index in sorted({*turns, *self.origins}):
            kind, _, facts, *_ = turns.get(index, ("", 0, {}))
            if kind in REKEYED:
                self.rekey(kind[4:], facts)
            elif kind:
                before, name, agreed, size = name, self.origins[index], facts["agreed"], facts["old"]["size"]
                fits = facts["old"]["origin"] == before and name not in self.limits and 0 <= agreed <= size
                if kind == RENAMED[0]:  # a new epoch, under the same keys
                    stems = {re.sub("/[0-9]+$", "", origin) for origin in (before, name)}
                    fits = fits and agreed <= index == facts["kept"] and len(stems) == 1
                    for role, title in (("log", name), ("pack", f"{name}/pack")):
                        raw = self.vkeys[role].split("+", 2)[2]
                        number = sha(title.encode() + b"\n" + decode64(raw))[:4].hex()
                        self.vkeys[role] = f"{title}+{number}+{raw}"
                else:  # an organization that moved: its old key has signed nothing of this
                    fits, self.vkeys, self.chain = fits and agreed == size == index, {**facts["keys"]}, []
                need(fits, f"entry {index} does not lead from {before} to {name}")
                self.limits.update({before: agreed, name: self.size})
                self.chain, self.past = ([*keys, self.vkeys["log"]] for keys in (self.chain, self.past))
                text += f"; {name} from entry {index}, {size - agreed} of {size} of {before} lost or unproven"
            need(self.origins.get(index, name) == name, f"entry {index} belongs to another log")
        return need(name == self.origin, f"no entry leads from {name} to {self.origin}") and text

    def rekey(self, action: str, facts: Any) -> None:
        """Follow a key to the one that takes its place: signed by both, or by the recovery key."""
        role, old, new, recovery = facts["role"], facts["old"], facts["new"], self.vkeys["recovery"]
        need(self.vkeys[role] == old and verifier_key(old)[0] == verifier_key(new)[0], "it follows another")
        verb, signers = ("rotate", (old, new)) if action == "rotated" else ("announce", (recovery,))
        message = f"plumbline.dev/key/v1\n{verb}\n{role}\n{old}\n{new}\n".encode()
        for signer, text in zip(signers, facts.get("signatures") or [facts["signature"]]):
            ed25519(verifier_key(signer)[2], message, decode64(text))
        self.vkeys[role] = new
        if role == "log":  # a lost key leads no further: the new one alone has signed who may announce it
            start = [recovery] if action == "announced" else self.chain
            self.chain, self.past = [*start, new], [*self.past, new]

    def signer(self, content: bytes) -> Any:
        """The key of the log that has signed an earlier checkpoint; it may have been replaced since."""
        ids = [decode64(value)[:4] for value in re.findall("— \\S+ (\\S+)\n", content.decode())]
        return next((key for key in self.past if verifier_key(key)[1] in ids), self.vkeys["log"])

    def growth(self) -> Any:
        """The log only grew since the earlier checkpoint."""
        if self.sizes["from"] is None and not self.since:
            return "NOT CHECKED", "there is no earlier checkpoint; give one with --since"
        content = self.since or self.pack.read("checkpoint.from")
        origin, size, root = note(content, self.signer(content))
        stated = self.since or size == self.sizes["from"]
        need(stated and 0 < size <= self.limits.get(origin, 0), "it is of another or a longer log")
        if size == self.sizes["from"]:  # the pack brings the proof; else its entries are folded
            path = [decode64(line) for line in self.pack.read("consistency.txt").decode().split(None, 64)]
            known = beside(size - 1, self.size, path, grown=True)  # a perfect subtree is not in its own
            known.update({} if size & (size - 1) and size < self.size else {(0, size): root})
        else:
            leaves = self.entries((size - 1) // WIDTH) if self.start < size <= self.stop else {}
            known = {**self.known, **{(n, n + 1): sha(b"\0" + leaf) for n, leaf in leaves.items()}}
        need((fold(known, 0, size), fold(known, 0, self.size)) == (root, self.root), "FORK: not the same log")
        return f"from {size} to {self.size} entries"

    def openings(self) -> Any:
        """Openings, events and attachments fit their commitments."""
        self.disclosed, self.shown, self.opened = Counter[str](), list[str](), dict[Any, bytes]()
        self.texts = {n[10:]: self.pack.read(n) for n in self.free if n[0] == "d"}
        left = {n for n in self.free if n[0] in "os" or n[:2] == "at"}
        for number in sorted({int(n[9:-6]) // (WIDTH if n[0] == "s" else 1) for n in left if n[0] != "a"}):
            source = f"openings/{number:06d}.jsonl"
            data = self.pack.read(source) if source in self.free else b""
            at, row, leaves = 0, ROW.match(data), self.entries(number) if number in self.bundles else {}
            leaves.update({n: leaf for n, leaf in self.extra.items() if n // WIDTH == number})
            for index, leaf in sorted(leaves.items()):
                segment, last, lines, entry = f"segments/{index}.jsonl", b"", list[str](), parse(leaf)
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
                    self.disclosed.update([counted(slot)] if index in self.inside else [])
                    left -= {f"attachments/{n.decode()}" for n in re.findall(rb'"([\da-f]{64})"', body)}
                    self.shown += [f"{slot} {body.decode()!a}"] if index == self.at else []
                    self.opened[index, slot] = b"" if slot[:6] == "event:" else body
                    last, at, row = row[4], row.end(), ROW.match(data, row.end())
                left -= {source, segment}
            need(at == len(data), f"{source} opens what is not there, or in another order")
        need(not left, f"nothing in the pack names {sorted(left)[:5]}")
        return f"{len(self.opened)} openings"

    def counts(self) -> Any:
        """The counts in the manifest are the true counts, and only an entry of erasure makes one erased."""
        said, segments = self.says["counts"], sum(name.startswith("segments/") for name in self.free)
        true = {"entries": self.stop - self.start, "segments": segments, "slots": said["slots"]}
        erased, named = [row[2] for row in self.notable if row[0] == ERASED], set[Any]()
        for facts in erased:
            named |= {(int(n), slot) for n, slots in facts.get("slots", {}).items() for slot in slots}
            runs = [(int(n), *run) for n, runs in facts.get("events", {}).items() for run in runs]
            named |= {(n, f"event:{at}") for n, low, high in runs for at in range(low, min(high, EVENTS) + 1)}
        back, gone = named & self.opened.keys(), Counter(counted(s) for n, s in named if n in self.inside)
        need(not back, f"it opens what an entry of erasure names: {sorted(back)[:5]}")
        given, away, lost = ({s: row[n] for s, row in said["slots"].items() if row[n]} for n in (0, 2, 3))
        sums = {slot: sum(numbers) for slot, numbers in said["slots"].items()}
        need((said, sums, given) == (true, self.committed, +self.disclosed), "the true counts differ")
        need(away == {s: n for s, n in gone.items() if s in sums}, "no entries name what is called erased")
        need(not lost, f"missing, and no entry of erasure names them: {lost}")
        return f"disclosed, withheld, erased, missing: {said['slots']}"

    def sample(self) -> Any:
        """The sample is what the seed draws from a population that was committed before the seed."""
        said = parse(self.texts.get("sample.json", b"{}"))
        if "frame" not in said:
            return "NOT CHECKED", "the pack holds no sample of a population that was committed"
        frame = parse(self.opened[said["frame"], "document:population.json"])
        seed = parse(self.opened[said["seed"], "seed"])
        known = [row for row in self.notable if row[1] in self.inside]
        spans = {row[1]: row[2]["count"] for row in known if row[0] == SEGMENT}
        if frame["of"] != "decision":  # the newest revision of each record of a kind
            spans = dict.fromkeys({row[4]: row[1] for row in known if row[3] == frame["of"]}.values(), 1)
        items = [(n, place) for n in sorted(spans) for place in range(spans[n])]
        out = {(n, at): why for n, first, last, why in frame["excluded"] for at in range(first, last + 1)}
        ranks = sorted(range(len(items)), key=lambda n: sha(f"{seed['seed']}:{n}".encode()))
        drawn = [(place, *items[place]) for place in ranks if items[place] not in out][: frame["wanted"]]
        again = [{"entry": n, "place": place, "position": at} for place, n, at in drawn]
        slots = {(n, "revision" if frame["of"] != "decision" else f"event:{at}") for _, n, at in drawn}
        shown = {at for at in self.opened if at[0] in spans and (at[1][:6] == "event:" or at in slots)}
        why, total = dict(Counter(out.values())), len(items) - len(out)
        about = {"left_out": why, "of": frame["of"], "size": total}
        true = {"drawn": again, "population": about, "seed_text": seed["seed"], "wanted": frame["wanted"]}
        need({**said, **true} == said and shown == slots, "the sample is not what the seed draws")
        need(frame["range"] == self.says["range"] and out.keys() <= {*items}, "the population is another")
        need(said["frame"] == seed["frame"] < said["seed"], "the population is not older than the seed")
        text = f"{len(drawn)} of {total} drawn; left out: {why}; population in entry {said['frame']}"
        return f"{text}, seed in entry {said['seed']}: compare the first with what you were given"

    def documents(self) -> Any:
        """Documents are what was committed to, and say of records what the entries say that they name."""
        self.loose, rows, states, of = list[str](), 0, dict[Any, Any](), dict[Any, Any]()
        sampled, drawn = b'"frame":' in self.texts.get("sample.json", b""), ("sample.json", "population.json")
        for kind, index, facts, about, ref in self.notable:
            if kind[:7] == "record." and ref:
                states.setdefault(ref, {})[facts.get("state")] = index
                of.setdefault(about, set()).add(ref)
        for name, content in sorted(self.texts.items()):
            committed = self.opened.get((self.says["prepared"], f"document:{name}"))
            need(committed in (None, content), f"{name} is not the one that was committed to")
            listed = [row for row in table(name, content) if row.get("entry") and "reference" in row]
            loose, seen = set() if listed or (sampled and name in drawn) else {""}, set[str]()
            loose |= {" is in no entry"} if committed is None and name != "sample.json" else set()
            for row in listed:
                at, rows = int(row["entry"]), rows + 1
                body = parse(self.opened[at, "revision"])
                said, ref = {**body, **body["values"]}, body["reference"]
                both = {c: (parts(row[c], said[c]), parts(said[c])) for c in row if c in said}
                wrong = [column for column, (a, b) in both.items() if not a <= b]
                newer = {state: n for state, n in states.get(ref, {}).items() if n > at}
                need(not wrong, f"{name}: {wrong} of {ref} is not as entry {at} says")
                need(body["state"].replace(" ", "-") not in newer, f"{name}: {ref} is newer than entry {at}")
                loose |= {f" {column}" for column in row if column not in said and column != "entry"}
                loose |= {f": {ref} shows less {c} than entry {at}" for c, (a, b) in both.items() if a < b}
                loose |= {f": {ref} is {state} in entry {n}" for state, n in newer.items()}
                loose |= {f": what was before entry {self.start}"} if at < self.start else set()
                seen |= of.get(body["kind"], set())
            loose |= {f": no row for {ref}" for ref in seen - {row["reference"] for row in listed}}
            self.loose += [f"{name}{text}" for text in sorted(loose)]
        return f"{rows} rows"

    def derived(self) -> Any:
        """What documents say beyond what can be compared with entries."""
        return ("NOT CHECKED", "; ".join(self.loose)) if self.loose else "nothing"

    def counters(self) -> Any:
        """No number of any source is missing."""
        need("number" not in self.gaps, f"there is a gap at {self.gaps.get('number')}")
        return f"{len(self.last) - 1} sources"

    def times(self) -> Any:
        """The times of recording never go back, save where an entry corrects the clock."""
        need("" not in self.gaps, f"{self.gaps.get('')} is earlier than the one before it")
        text = f"until {self.last['']}"
        for index, facts in (row[1:3] for row in self.notable if row[0] == CORRECTED):
            first, last = facts["first"], facts["last"]  # before it and at the correction, the time is right
            right = [fields(self.entries(n // WIDTH)[n])[7] for n in (first - 1, index) if n in self.inside]
            need(0 <= first <= index == last + 1 and right == sorted(right), f"{index} corrects other times")
            text += f"; entry {index}: entries {first} to {last} carry the time of a wrong clock"
        return text

    def outside(self) -> Any:
        """Outside time stamps and cosignatures are for checkpoints of this log."""
        said, witnesses = list[str](), re.findall("\nwitness \\S+ (\\S+)", self.pack.read("policy").decode())
        held = sorted(n for n in self.free if n[:8] == "anchors/")
        for name in sorted({re.split(r"[.-]", n)[0] + ".checkpoint" for n in held}):
            stem, content = name[:-11], self.pack.read(name)
            origin, size, root = note(content, self.signer(content))
            path = self.pack.read(f"{stem}.consistency").decode().split(None, 64)
            known = beside(size - 1, self.size, list(map(decode64, path)), grown=True)
            known.update({} if size & (size - 1) and size < self.size else {(0, size): root})
            fits = (fold(known, 0, size), fold(known, 0, self.size)) == (root, self.root)
            fits = fits and stem == f"anchors/{size}" and size <= self.limits.get(origin, 0)
            need(fits, f"{name} is of another history")
            for stamp in (n for n in held if n.startswith(f"{stem}-")):
                wanted = b"\6\x09\x60\x86\x48\1\x65\3\4\2\1(\5\0)?\4\x20" + re.escape(sha(content))
                need(re.search(wanted, self.pack.read(stamp), re.DOTALL), f"{stamp} is for something else")
                said += [f"unzip the pack, then: openssl ts -verify -data {name} -in {stamp} -CAfile ROOTS"]
            lines = self.pack.read(f"{stem}.witnesses") if f"{stem}.witnesses" in self.free else b""
            for signer, value in re.findall("— (\\S+) (\\S+)\n", lines.decode()):
                raw = decode64(value)
                for key in (decode64(w.split("+", 2)[2]) for w in witnesses if w.split("+")[0] == signer):
                    if key[:1] == b"\4" and sha(signer.encode() + b"\n" + key)[:4] == raw[:4]:
                        when, text = int.from_bytes(raw[4:12], "big"), content.split(b"\n\n")[0]
                        ed25519(key[1:], b"cosignature/v1\ntime %d\n%s\n" % (when, text), raw[12:])
                        said += [f"{signer} cosigned {size} entries (key id {raw[:4].hex()}: is it theirs?)"]
        return "; ".join(said) or ("NOT CHECKED", "the pack holds none")


def contents(path: str) -> Any:
    """The bytes of a file, read as they are needed."""
    with Path(path).open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def checkpoint_in(path: str) -> bytes:
    """The checkpoint that a file holds: a pack, or a signed note."""
    data = contents(path)
    return Pack(data).read("checkpoint") if data[:2] == b"PK" else bytes(data[:MEMBER])


def receipt(options: Any) -> int:
    """Check a receipt (tlog-proof) of one entry, whose bytes it holds or a second file; the exit code."""
    index, entry, _, checkpoint = proven(*(bytes(contents(path)[:MEMBER]) for path in options.what))
    origin, size, _ = note(checkpoint, options.key)
    print(f"PASS  entry {index} of {size} of {origin}", json.dumps(parse(entry), indent=2), sep="\n")
    return 0 if options.key else 3


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; the exit code."""
    parser = argparse.ArgumentParser("verify", None, __doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", nargs="+", help="verify PACK, compare PACK PACK, show PACK N, receipt PROOF")
    parser.add_argument("--key", default="", help="the log's verifier key, from somewhere else than the pack")
    parser.add_argument("--since", help="the checkpoint, or the pack, that you kept from last time")
    parser.add_argument("--jobs", type=int, default=1, help="number of processes")
    options, code = parser.parse_args(argv), 1
    mode = options.what.pop(0) if options.what[0] in ("verify", "compare", "show", "receipt") else "verify"
    if len(options.what) not in {"verify": (1,), "receipt": (1, 2)}.get(mode, (2,)):
        parser.error("verify takes a pack, compare two, show one and a number, receipt a proof and its entry")
    try:
        if mode == "compare":
            options.since, *options.what = sorted(options.what, key=lambda p: note(checkpoint_in(p))[1])
        if mode == "receipt":
            code = receipt(options)
        else:
            since, at = checkpoint_in(options.since) if options.since else b"", int([*options.what, -1][1])
            check = Check(contents(options.what[0]), options.key, since, options.jobs, at)
            code = check.run()
            for number, (step, (word, text)) in enumerate(check.results.items(), 1):
                print(f"{number:2}  {word:11}  {getattr(Check, step).__doc__} [{UNSEEN.sub('?', text)}]")
            if mode == "show" and code != 1:
                print(json.dumps(parse(check.entries(at // WIDTH)[at]), indent=2), *check.shown, sep="\n")
    except ERRORS as error:
        print("FAIL ", UNSEEN.sub("?", str(error)))
        code = 1
    print("", *__doc__.split("\n\n")[-2:], VERDICTS[code], sep="\n")
    return code


if __name__ == "__main__":
    raise SystemExit(main())
