"""The verification of the whole record: its state, how that was found, and asking for it to be found anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from plumbline.anchors import queries as anchors
from plumbline.identity import policy
from plumbline.identity import queries as identity_queries
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Message, say
from plumbline.kernel.states import ProofState
from plumbline.trail import keys, log
from plumbline.trail.findings import commands
from plumbline.trail.findings import queries as findings
from plumbline.trail.findings.queries import FindingView, ScrubView
from plumbline.web.frame import Crumb, hex_of
from plumbline.web.pages import Permission, page


@dataclass(frozen=True)
class Progress:
    """The part of the page that changes while the record is compared: how far it is, how the last ended."""

    scrub: ScrubView
    asked_by: str
    finished_for: str
    is_broken: bool


@dataclass(frozen=True)
class VerificationPage:
    """The context of the verification page; ``progress`` says how the last scrub of everything ended."""

    title: str
    crumbs: tuple[Crumb, ...]
    seal: log.LogStatus
    checkpoint: log.Checkpoint | None
    vkey: str
    progress: Progress
    findings: Sequence[FindingView]
    may_verify: bool
    anchoring: anchors.Anchoring
    may_read: bool
    """Whether the reader may see what was expected and found: it may be anything that is recorded."""

    @property
    def root(self) -> str:
        """The root of the newest checkpoint."""
        return hex_of(self.checkpoint.root) if self.checkpoint else ""

    @property
    def verdict(self) -> Message:
        """Whether the record is intact."""
        if self.seal.is_broken:
            return say("trail.broken", "The record is broken.")
        if self.seal.is_intact:
            return say("trail.intact", "The record is intact.")
        if self.seal.state is ProofState.VERIFIED:
            return say("trail.not-compared", "The entries are signed; nothing was compared with them yet.")
        return say("trail.not-anchored", "Some entries are not yet anchored.")


def progress(seal: log.LogStatus) -> Progress:
    """How far the comparison is, how the last one ended, and who asked for either."""
    scrub = findings.scrub_state()
    asked = {actor for actor in (scrub.asked_by, scrub.finished_for) if actor}
    names = identity_queries.names(asked) if asked else {}
    return Progress(
        scrub=scrub,
        asked_by=names.get(scrub.asked_by, scrub.asked_by),
        finished_for=names.get(scrub.finished_for, scrub.finished_for),
        is_broken=seal.is_broken,
    )


@page(
    "trail/verification/",
    name="verification",
    title="Verification",
    permission=Permission("read"),
)
def verification(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Whether the record is intact, how that was found, and how anybody can find it on another computer."""
    seal = log.status()
    context = VerificationPage(
        title="Verification of the record",
        crumbs=(Crumb("Record of entries", reverse("trail")),),
        seal=seal,
        checkpoint=log.latest_checkpoint(),
        vkey=keys.vkey(),
        progress=progress(seal),
        findings=findings.findings(),
        may_verify=policy.may(actor, "pack").allowed,
        anchoring=anchors.anchoring(),
        may_read=policy.may_everywhere(actor, "read-sensitive").allowed,
    )
    return render(request, "web/trail/verification.html", {"page": context})


@page(
    "trail/verification/progress/",
    name="verification-progress",
    title="How far the verification is",
    method="file",
    permission=Permission("read"),
    samples=("/trail/verification/progress/",),
)
@never_cache
def verification_progress(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The part of the page that changes while the record is compared."""
    return render(request, "web/trail/progress.html", {"progress": progress(log.status())})


@page(
    "trail/verification/now/",
    name="verify-now",
    title="Verify the trail now",
    method="POST",
    permission=Permission("pack"),
)
def verify_now(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Ask for every entry to be hashed again, and for everything to be compared with what it follows from."""
    if commands.ask(actor.id):
        messages.success(
            request,
            str(
                say(
                    "trail.verification-asked",
                    "The verification begins in a moment. It goes on when you leave this page.",
                )
            ),
        )
    else:
        messages.info(request, str(say("trail.verification-waits", "A verification was asked for already.")))
    return HttpResponseRedirect(reverse("verification"))
