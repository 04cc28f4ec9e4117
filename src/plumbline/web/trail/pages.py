"""The record of all that happened: entries, one entry with its proof, and the verification of the whole."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.identity.entry_filter import EntryFilter
from plumbline.kernel import merkle
from plumbline.kernel.problems import Fault, Invalid, NotFound
from plumbline.records import kinds, queries
from plumbline.trail import log
from plumbline.web.frame import Crumb, covered_size, hex_of
from plumbline.web.pages import Permission, page
from plumbline.web.trail import backups
from plumbline.web.trail.entries import ENTRY_WORDS, EntryRow, names_of
from plumbline.web.view import parse_int

SHOWN = 50


@dataclass(frozen=True)
class TrailPage:
    """The context of the list of entries, narrowed by a filter; ``faults`` say what of it means nothing."""

    title: str
    crumbs: tuple[Crumb, ...]
    rows: Sequence[EntryRow]
    size: int
    signed: int
    wanted: EntryFilter
    faults: Sequence[Fault]
    types: Iterable[tuple[str, str]]
    older: str
    newest: str
    may_see_backups: bool

    @property
    def labels(self) -> dict[str, str]:
        """What the fields of the filter are called."""
        return {"by": gettext("Who"), "from": gettext("From"), "until": gettext("Until")}

    @property
    def is_narrowed(self) -> bool:
        """Whether anything narrows the list."""
        return self.wanted != EntryFilter()


@dataclass(frozen=True)
class Commitment:
    """One slot of an entry: the digest it commits to, and what became of its opening.

    ``opening`` is empty for whoever may not read it; ``erased_by`` the entry that erased it.
    """

    slot: str
    digest: str
    opening: str
    is_kept: bool
    erased_by: int | None


@dataclass(frozen=True)
class EntryPage:
    """The context of one entry; ``holds`` says whether its proof of inclusion was verified just now."""

    row: EntryRow
    commitments: Sequence[Commitment]
    proof: log.Proof
    holds: bool
    size: int

    @property
    def title(self) -> str:
        """The title of the page."""
        return f"Entry {self.row.leaf.index:,}"

    @property
    def here(self) -> str:
        """The last step of the way to the page."""
        return self.title

    @property
    def crumbs(self) -> tuple[Crumb, ...]:
        """The way to the page."""
        return (Crumb("Record of entries", reverse("trail")),)

    @property
    def body(self) -> str:
        """The bytes that were hashed, indented for reading."""
        return _indented(self.row.leaf.body)

    @property
    def root(self) -> str:
        """The root that the proof leads to."""
        return hex_of(self.proof.root)

    @property
    def path(self) -> Sequence[str]:
        """The hashes of the proof, from the leaf up."""
        return [hex_of(step) for step in self.proof.path]

    @property
    def previous(self) -> str:
        """The page of the entry before."""
        index = self.row.leaf.index
        return reverse("trail-entry", args=[index - 1]) if index > 0 else ""

    @property
    def next(self) -> str:
        """The page of the entry after."""
        index = self.row.leaf.index
        return reverse("trail-entry", args=[index + 1]) if index + 1 < self.size else ""


def trail_page(actor: Actor, wanted: EntryFilter, before: int | None) -> TrailPage:
    """Entries newest first, fifty to a page, narrowed as asked."""
    faults: Sequence[Fault] = ()
    try:
        # One more than is shown says whether there is an older page.
        found = wanted.entries(before=before, limit=SHOWN + 1)
    except Invalid as problem:
        found, faults = [], problem.faults
    shown, covered = found[:SHOWN], covered_size()
    names = names_of(actor, shown)
    base = reverse("trail")
    kept = {name: text for name, text in _words(wanted).items() if text}
    older = f"{base}?{urlencode({**kept, 'before': str(shown[-1].index)})}" if len(found) > SHOWN else ""
    return TrailPage(
        title="Record of entries",
        crumbs=(),
        rows=[EntryRow(view, covered, names) for view in shown],
        size=log.size(),
        signed=covered[0],
        wanted=wanted,
        faults=faults,
        types=ENTRY_WORDS.items(),
        older=older,
        newest=f"{base}?{urlencode(kept)}" if before is not None else "",
        may_see_backups=backups.PERMISSION.answer(actor).allowed,
    )


def _words(wanted: EntryFilter) -> dict[str, str]:
    """The filter as it stands in the address."""
    return {
        "type": wanted.entry_type,
        "about": wanted.about,
        "by": wanted.by,
        "from": wanted.since,
        "until": wanted.until,
    }


@page(
    "trail/",
    name="trail",
    title="Trail",
    permission=Permission("read"),
    samples=("/trail/", "/trail/?type=record.created", "/trail/?by=nobody&from=2026-11-01"),
)
def trail(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The list of entries."""
    before = parse_int(request.GET.get("before"), -1)
    words = (str(request.GET.get(name, "")).strip() for name in _words(EntryFilter()))
    context = trail_page(actor, EntryFilter(*words), before if before >= 0 else None)
    return render(request, "web/trail/trail.html", {"page": context})


def _commitments(view: log.LeafView, *, readable: bool) -> Sequence[Commitment]:
    found = []
    for slot, digest in view.entry.commitments.items():
        state = log.read_opening(view.index, slot)
        kept = isinstance(state, log.Opened)
        text = _indented(state.body) if isinstance(state, log.Opened) and readable else ""
        erased_by = state.entry if isinstance(state, log.Erased) else None
        found.append(Commitment(slot, hex_of(digest), text, kept, erased_by))
    return found


def _indented(body: bytes) -> str:
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
    """The context of entry ``index`` with its inclusion proof, which is verified here. Raises `NotFound`."""
    view, covered = log.leaf(index), covered_size()
    log.verify(view)
    # Against the signed tree where it reaches, so that the page shows what the downloaded proof shows.
    proof = log.inclusion(index, covered[0] if index < covered[0] else None)
    holds = merkle.verify_inclusion(
        index, proof.size, merkle.leaf_hash(view.body), list(proof.path), proof.root
    )
    return EntryPage(
        row=EntryRow(view, covered, names_of(actor, [view])),
        commitments=_commitments(view, readable=_readable(actor, view)),
        proof=proof,
        holds=bool(holds),
        size=log.size(),
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
