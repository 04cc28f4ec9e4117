"""What a person does on a record's page besides editing: moves, comments and links."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext

from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Fault, Invalid
from plumbline.records import commands, kinds, queries
from plumbline.records.retraction.commands import take_back
from plumbline.records.working_copies import commands as working_copies
from plumbline.records.working_copies.queries import NOTE, Copy
from plumbline.web import cells, dates
from plumbline.web.pages import page
from plumbline.web.records import comments, copies, pickers, step_panels
from plumbline.web.records.refusals import comes_back_to
from plumbline.web.view import parse_int


@page(
    "records/<reference:reference>/moves/<slug:move>/",
    name="record-move",
    title="Take a step",
    method="POST",
    samples=("/records/{nonconformity}/moves/confirm/",),
)
@comes_back_to("step-{move}")
def record_move(request: HttpRequest, actor: Actor, reference: str, move: str) -> HttpResponse:
    """Take a record one step along its workflow, with the fields that its panel has."""
    record, kind = queries.find(actor, reference)
    if find := pickers.asked(request.POST):
        field = find.removeprefix(f"{step_panels.PREFIX}-")
        raise Invalid(
            "Nothing was saved yet.", [Fault(field, "is still to be chosen", "choose one of what fits")]
        )
    saved = commands.move(
        actor,
        reference,
        move,
        values=step_panels.values_typed(actor, kind, record, request.POST),
        revision=parse_int(request.POST.get("revision"), 0) or None,
        reason=str(request.POST.get("reason", "")),
        additions=parse_int(request.POST.get("additions"), 0),
    )
    copies.step_taken(actor, saved.reference, move)
    messages.success(
        request,
        gettext("{reference} is now {state}, entry {entry}.").format(
            reference=saved.reference, state=gettext(saved.state), entry=dates.number(saved.leaf)
        ),
    )
    return HttpResponseRedirect(cells.record_href(saved.reference))


@page(
    "records/<reference:reference>/moves/<slug:move>/typed/",
    name="record-move-typed",
    title="Keep what is typed into the panel of a step",
    method="POST",
    samples=("/records/{nonconformity}/moves/confirm/typed/",),
)
def record_move_typed(request: HttpRequest, actor: Actor, reference: str, move: str) -> HttpResponse:
    """Keep what somebody has typed into the panel of a step, for them alone; the step is not taken."""

    def keep() -> Copy:
        kind = kinds.of_reference(reference)
        return working_copies.keep_step(
            actor,
            reference,
            move,
            {
                **step_panels.values_typed(actor, kind, None, request.POST),
                NOTE: str(request.POST.get("reason", "")),
            },
            seen=parse_int(request.POST.get("revision"), 0),
            window=str(request.POST.get("_window", "")),
            version=parse_int(request.POST.get("_kept"), 0),
        )

    return copies.answer_kept(request, actor, keep)


@page(
    "records/<reference:reference>/take-back/",
    name="record-take-back",
    title="Take back",
    method="POST",
    samples=("/records/{nonconformity}/take-back/",),
)
@comes_back_to("take-back")
def record_take_back(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Take back what the reader has just done to a record."""
    saved = take_back(actor, reference, revision=parse_int(request.POST.get("revision"), 0) or None)
    messages.success(
        request,
        gettext("Taken back: {reference} is {state} again, entry {entry}.").format(
            reference=saved.reference, state=gettext(saved.state), entry=dates.number(saved.leaf)
        ),
    )
    return HttpResponseRedirect(cells.record_href(saved.reference))


@page(
    "records/<reference:reference>/comments/",
    name="record-comment",
    title="Comment",
    method="POST",
    samples=("/records/{nonconformity}/comments/",),
)
@comes_back_to("comments")
def record_comment(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Say something about a record."""
    saved = commands.comment(actor, reference, comments.typed(request))
    copies.commented(actor, saved.reference)
    messages.success(
        request, gettext("Your comment is entry {entry}.").format(entry=dates.number(saved.leaf))
    )
    return HttpResponseRedirect(f"{cells.record_href(saved.reference)}#comments")


@page(
    "records/<reference:reference>/comments/typed/",
    name="record-comment-typed",
    title="Keep what is typed as a comment",
    method="POST",
    samples=("/records/{nonconformity}/comments/typed/",),
)
def record_comment_typed(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Keep what somebody has typed as a comment, for them alone; nothing is said yet, and nobody asked."""

    def keep() -> Copy:
        return working_copies.keep_comment(
            actor,
            reference,
            str(request.POST.get("text", "")),
            str(request.POST.get("mention", "")),
            seen=parse_int(request.POST.get("revision"), 0),
            window=str(request.POST.get("_window", "")),
            version=parse_int(request.POST.get("_kept"), 0),
        )

    return copies.answer_kept(request, actor, keep)


@page(
    "records/<reference:reference>/comments/<int:number>/<slug:act>/",
    name="record-comment-act",
    title="Edit or resolve a comment",
    method="POST",
    samples=("/records/{nonconformity}/comments/1/resolve/",),
)
@comes_back_to("comments")
def record_comment_act(
    request: HttpRequest, actor: Actor, reference: str, number: int, act: str
) -> HttpResponse:
    """Edit a comment, resolve it, open it again, or mark it as seen."""
    return comments.act(request, actor, reference, number, act)


@page(
    "records/<reference:reference>/links/",
    name="record-link",
    title="Link to another record",
    method="POST",
    samples=("/records/{nonconformity}/links/",),
)
@comes_back_to("links")
def record_link(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Relate a record to another."""
    saved = commands.link(
        actor,
        reference,
        str(request.POST.get("relation", "")),
        str(request.POST.get("target", "")).strip(),
        str(request.POST.get("note", "")),
    )
    messages.success(request, gettext("The link is entry {entry}.").format(entry=dates.number(saved.leaf)))
    return HttpResponseRedirect(f"{cells.record_href(saved.reference)}#links")
