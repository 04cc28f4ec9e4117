"""The record of all that happened: entries, one entry with its proof, and the verification of the whole."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from plumbline.identity import policy
from plumbline.identity import queries as identity_queries
from plumbline.identity.actors import Actor
from plumbline.kernel import clock, merkle
from plumbline.kernel.problems import NotFound
from plumbline.kernel.states import ProofState
from plumbline.records import kinds, queries
from plumbline.records import names as record_names
from plumbline.trail import keys, log, publisher
from plumbline.web import cells
from plumbline.web.frame import Crumb, covered_size, hex_of
from plumbline.web.pages import Permission, page
from plumbline.web.view import parse_int

SHOWN = 50
SCRUB_KEY = "trail:last-scrub"
ENTRY_WORDS = {
    "record.created": "Record created",
    "record.amended": "Record amended",
    "record.moved": "Record moved",
    "record.linked": "Record linked",
    "record.commented": "Comment added",
    "record.attached": "File attached",
    "record.read": "Sensitive record read",
    "record.listed": "Sensitive records listed",
    "session.started": "Session started",
    "session.ended": "Session ended",
    "grant.given": "Role given",
    "grant.revoked": "Role taken back",
    "token.issued": "Token issued",
    "token.revoked": "Token revoked",
    "telemetry.segment": "Telemetry sealed",
    "run.completed": "Checks run",
    "pack.created": "Pack created",
    "key.created": "Key created",
}
ENTRY_ICONS = {
    "record": "file-text",
    "session": "log-in",
    "grant": "users",
    "token": "key-round",
    "telemetry": "activity",
    "run": "list-checks",
    "pack": "package",
    "key": "key-round",
}


@dataclass(frozen=True)
class EntryRow:
    """One entry of the list; ``reference`` is that of a record shown by its title."""

    index: int
    word: str
    icon: str
    who: str
    subject: str
    subject_href: str
    at: datetime
    digest: str
    proof: ProofState
    reference: str


@dataclass(frozen=True)
class TrailPage:
    """The context of the list of entries."""

    title: str
    crumbs: tuple[Crumb, ...]
    rows: tuple[EntryRow, ...]
    size: int
    signed: int
    entry_type: str
    subject: str
    types: tuple[tuple[str, str], ...]
    older: str
    newest: str


@dataclass(frozen=True)
class PathStep:
    """One hash of an inclusion proof and the side on which it stands."""

    place: int
    digest: str


@dataclass(frozen=True)
class Commitment:
    """One slot of an entry: the digest it commits to, and whether its opening is still kept."""

    slot: str
    digest: str
    opening: str
    readable: bool


@dataclass(frozen=True)
class EntryPage:
    """The context of one entry."""

    title: str
    here: str
    crumbs: tuple[Crumb, ...]
    row: EntryRow
    source: str
    body: str
    requirements: tuple[tuple[str, str], ...]
    commitments: tuple[Commitment, ...]
    path: tuple[PathStep, ...]
    tree_size: int
    root: str
    holds: bool
    previous: str
    next: str
    proof_href: str


@dataclass(frozen=True)
class VerificationPage:
    """The context of the verification page."""

    title: str
    crumbs: tuple[Crumb, ...]
    seal: log.LogStatus
    checkpoint: log.Checkpoint | None
    root: str
    vkey: str
    scrub: Any
    scrubbed_at: datetime | None
    may_verify: bool
    restricted: bool


def _word(entry_type: str) -> str:
    return ENTRY_WORDS.get(entry_type, entry_type.replace(".", " ").replace("-", " ").capitalize())


def _actor_name(opaque: str, names: dict[str, str]) -> str:
    if opaque.startswith("stage:"):
        return opaque.removeprefix("stage:").replace("-", " ").capitalize()
    return names.get(opaque, opaque)


def _subject(view: log.LeafView) -> tuple[str, str]:
    name = view.subject_ref
    if cells.REFERENCE.fullmatch(name):
        return name, cells.record_href(name)
    if view.entry_type == "telemetry.segment":
        return name, reverse("segment", args=[view.index])
    return name, ""


def _row(view: log.LeafView, covered: tuple[int, bool], names: dict[str, str]) -> EntryRow:
    size, broken = covered
    word = (
        ProofState.BROKEN
        if broken
        else ProofState.VERIFIED
        if view.index < size
        else ProofState.NOT_YET_ANCHORED
    )
    subject, href = _subject(view)
    reference = subject if cells.REFERENCE.fullmatch(subject) and subject in names else ""
    subject = names.get(subject, subject)
    icon = ENTRY_ICONS.get(view.entry_type.partition(".")[0], "circle-dot")
    who = _actor_name(view.actor, names)
    return EntryRow(
        view.index,
        _word(view.entry_type),
        icon,
        who,
        subject,
        href,
        view.time,
        hex_of(view.leaf_hash),
        word,
        reference,
    )


def _names(actor: Actor, views: Sequence[log.LeafView]) -> dict[str, str]:
    """What the people, tokens and records of entries are called, as far as the reader may know."""
    titles = record_names.titles(
        actor, (view.subject_ref for view in views if cells.REFERENCE.fullmatch(view.subject_ref))
    )
    return identity_queries.names({one for view in views for one in (view.actor, view.subject_ref)}) | titles


def trail_page(actor: Actor, entry_type: str, subject: str, before: int | None) -> TrailPage:
    """Entries newest first, fifty to a page, of one type or about one subject if asked."""
    found = log.search(entry_type or None, subject or None, before, SHOWN + 1)
    covered = covered_size()
    names = _names(actor, found[:SHOWN])
    rows = tuple(_row(view, covered, names) for view in found[:SHOWN])
    base = reverse("trail")
    kept: dict[str, str] = {
        name: value for name, value in (("type", entry_type), ("about", subject)) if value
    }
    older = f"{base}?{urlencode({**kept, 'before': str(rows[-1].index)})}" if len(found) > SHOWN else ""
    newest = f"{base}?{urlencode(kept)}" if before is not None else ""
    return TrailPage(
        "Record of entries",
        (),
        rows,
        log.size(),
        covered[0],
        entry_type,
        subject,
        tuple(ENTRY_WORDS.items()),
        older,
        newest,
    )


@page(
    "trail/",
    name="trail",
    title="Trail",
    permission=Permission("read"),
    samples=("/trail/", "/trail/?type=record.created"),
)
def trail(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The list of entries."""
    before = parse_int(request.GET.get("before"), -1)
    context = trail_page(
        actor,
        str(request.GET.get("type", "")).strip(),
        str(request.GET.get("about", "")).strip(),
        before if before >= 0 else None,
    )
    return render(request, "web/trail/trail.html", {"page": context})


def _commitments(view: log.LeafView, readable: bool) -> tuple[Commitment, ...]:
    found = []
    for slot, digest in view.entry.commitments.items():
        body = log.opening(view.index, slot)
        text = _pretty(body) if body is not None and readable else ""
        found.append(Commitment(slot, hex_of(digest), text, body is not None))
    return tuple(found)


def _pretty(body: bytes) -> str:
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        return body.decode("utf-8", "replace")


def _readable(actor: Actor, view: log.LeafView) -> bool:
    """Whether the reader may see what the entry commits to: a record's only if the record is visible."""
    name = view.subject_ref
    if not view.entry_type.startswith("record."):
        return policy.may_everywhere(actor, "read-sensitive").allowed
    try:
        queries.find(actor, name)
    except NotFound:
        return False
    return policy.may(actor, "read", kind=kinds.of_reference(name).slug, anywhere=True).allowed


def entry_page(actor: Actor, index: int) -> EntryPage:
    """The context of entry ``index`` with its inclusion proof, which is checked here. Raises `NotFound`."""
    view = log.leaf(index)
    covered = covered_size()
    size = covered[0] if index < covered[0] else None
    proof = log.inclusion(index, size)
    holds = merkle.verify_inclusion(
        index, proof.size, merkle.leaf_hash(view.body), list(proof.path), proof.root
    )
    total = log.size()
    return EntryPage(
        title=f"Entry {index:,}",
        here=f"Entry {index:,}",
        crumbs=(Crumb("Record of entries", reverse("trail")),),
        row=_row(view, covered, _names(actor, [view])),
        source=view.source,
        body=_pretty(view.body),
        requirements=tuple(
            (cells.requirement_label(one), cells.requirement_href(one)) for one in view.requirements
        ),
        commitments=_commitments(view, _readable(actor, view)),
        path=tuple(PathStep(place, hex_of(step)) for place, step in enumerate(proof.path)),
        tree_size=proof.size,
        root=hex_of(proof.root),
        holds=bool(holds),
        previous=reverse("trail-entry", args=[index - 1]) if index > 0 else "",
        next=reverse("trail-entry", args=[index + 1]) if index + 1 < total else "",
        proof_href=reverse("trail-proof", args=[index]),
    )


@page(
    "trail/<int:index>/",
    name="trail-entry",
    title="One entry of the trail",
    permission=Permission("read"),
    samples=("/trail/0/",),
)
def entry(request: HttpRequest, actor: Actor, index: int) -> HttpResponse:
    """One entry."""
    return render(request, "web/trail/trail_entry.html", {"page": entry_page(actor, index)})


@page(
    "trail/<int:index>/proof/",
    name="trail-proof",
    title="Proof of one entry",
    method="file",
    permission=Permission("read"),
    samples=("/trail/0/proof/",),
)
def proof_file(request: HttpRequest, actor: Actor, index: int) -> HttpResponse:
    """The proof of one entry as a C2SP ``.tlog-proof`` file."""
    response = HttpResponse(log.receipt(index), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="entry-{index}.tlog-proof"'
    return response


@page(
    "trail/checkpoint/",
    name="checkpoint",
    title="Newest signed checkpoint",
    method="file",
    permission=Permission("read"),
)
def checkpoint_file(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The newest signed checkpoint as text."""
    checkpoint = log.latest_checkpoint()
    if checkpoint is None:
        raise NotFound("No checkpoint has been signed yet.")
    return HttpResponse(checkpoint.note, content_type="text/plain; charset=utf-8")


@page(
    "trail/verification/",
    name="verification",
    title="Verification",
    permission=Permission("read"),
)
def verification(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Whether the record is intact, how that was found, and how anybody can find it on another computer."""
    checkpoint = log.latest_checkpoint()
    last = cache.get(SCRUB_KEY)
    context = VerificationPage(
        title="Verification of the record",
        crumbs=(Crumb("Record of entries", reverse("trail")),),
        seal=log.status(),
        checkpoint=checkpoint,
        root=hex_of(checkpoint.root) if checkpoint else "",
        vkey=keys.vkey(),
        scrub=last[0] if last else None,
        scrubbed_at=last[1] if last else None,
        may_verify=policy.may(actor, "pack").allowed,
        restricted=not policy.may_everywhere(actor, "read-sensitive").allowed,
    )
    return render(request, "web/trail/verification.html", {"page": context})


@page(
    "trail/verification/now/",
    name="verify-now",
    title="Verify the trail now",
    method="POST",
    permission=Permission("pack"),
)
def verify_now(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Hash every entry again and compare with what was signed."""
    report = publisher.scrub()
    cache.set(SCRUB_KEY, (report, clock.now()), None)
    (messages.success if report.ok else messages.error)(request, report.detail)
    return HttpResponseRedirect(reverse("verification"))
