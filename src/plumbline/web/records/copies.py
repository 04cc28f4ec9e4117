"""What somebody types into the form of a record is kept for them while they work, without a click.

A script sends it to the addresses below; without scripts a form works as ever. What was kept is in the form
again when its author opens it, after a closed tab or a session that ended, until it is saved or discarded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from plumbline import wording
from plumbline.identity.actors import Actor
from plumbline.kernel import ids, memo
from plumbline.kernel.messages import Text, say
from plumbline.kernel.problems import NotAllowed, NotFound, Problem, Stale
from plumbline.records import forms, kinds
from plumbline.records.kinds import Kind
from plumbline.records.working_copies import commands, queries
from plumbline.records.working_copies.queries import NOTE, Copy
from plumbline.web import cells, dates
from plumbline.web.pages import page
from plumbline.web.records.widgets import choose_widgets, typed
from plumbline.web.view import parse_int

COPY = "copy"
"""Name in the address of a form of the copy that it begins with."""
OTHERS = 5
"""Other records that somebody has begun, shown above an empty form; the page of all has the rest."""


@dataclass(frozen=True)
class Begun:
    """Something that was typed and not saved: what it is called, and where it goes on."""

    copy: Copy
    title: str
    href: str


@dataclass(frozen=True)
class Keeping:
    """What a form tells the script: where to send, for whom, from which page, and what it goes on from.

    ``found`` is what the form begins with, where that was typed before and not saved; ``others`` are other
    new records of the kind that were begun.
    """

    address: str
    by: str
    window: str
    handle: str
    version: int
    needs_title: bool
    found: Copy | None = None
    others: tuple[Begun, ...] = ()

    @property
    def says(self) -> tuple[tuple[str, str], ...]:
        """What the script says where the server does not: after signing out, say."""
        out = gettext("Not saved: you are no longer signed in. Sign in in another window, and it goes on.")
        other = gettext("Not saved: somebody else is signed in here now.")
        away = gettext("Not saved: the server does not answer. It is tried again.")
        fault = gettext("Not saved.")
        here = gettext("What you typed is still here.")
        pairs = (("out", out), ("other", other), ("away", away), ("not", fault))
        return tuple((name, f"{text} {here}") for name, text in pairs)


def of_new(request: HttpRequest, actor: Actor, kind: Kind) -> Copy | None:
    """The begun record that the address names. Raises `NotFound`."""
    handle = str(request.GET.get(COPY, ""))
    if request.method == "POST" or not handle:
        return None
    found = queries.copy(actor, handle)
    if found.kind is not kind or found.reference:
        raise NotFound("There is nothing of this name that you have typed and not saved.")
    return found


def of_record(request: HttpRequest, actor: Actor, reference: str) -> Copy | None:
    """What its reader has typed into the form of a record and not saved, where the form is opened."""
    return None if request.method == "POST" else queries.of_record(actor, reference)


def keeping(
    request: HttpRequest, actor: Actor, kind: Kind, found: Copy | None = None, reference: str = ""
) -> Keeping:
    """How the form that answers ``request`` is kept: of a new record, or of the one with a ``reference``."""
    sent = request.POST
    name, which = ("record-typed", reference) if reference else ("record-new-typed", kind.plural)
    others: tuple[Begun, ...] = ()
    if not reference and request.method != "POST" and found is None:
        others = tuple(map(_begun, queries.begun(actor, kind)[:OTHERS]))
    return Keeping(
        address=reverse(name, args=[which]),
        by=actor.id,
        window=str(sent.get("_window", "")) or ids.opaque("win"),
        handle=str(sent.get("_copy", "")) or (found.handle if found else ""),
        version=parse_int(sent.get("_kept"), found.version if found else 0),
        needs_title=not reference,
        found=found,
        others=others,
    )


def of_steps(actor: Actor, reference: str) -> dict[str, Copy]:
    """What the reader has typed into the panels of a record's steps and not sent, by step."""
    read = partial(queries.of_steps, actor, reference)
    return memo.read_once(("typed into steps", actor.id, reference), read)


def keeping_of_step(
    actor: Actor, reference: str, step: str, found: Copy | None, sent: Mapping[str, str]
) -> Keeping:
    """How the panel of a step is kept; ``sent`` is what its form has just sent and was refused."""
    return Keeping(
        address=reverse("record-move-typed", args=[reference, step]),
        by=actor.id,
        window=str(sent.get("_window", "")) or ids.opaque("win"),
        handle=str(sent.get("_copy", "")) or (found.handle if found else ""),
        version=parse_int(sent.get("_kept"), found.version if found else 0),
        needs_title=False,
        found=None if sent else found,
    )


def keeping_of_comment(actor: Actor, reference: str, found: Copy | None, sent: Mapping[str, str]) -> Keeping:
    """How a comment on a record is kept; ``sent`` is what its form has just sent and was refused."""
    kept = keeping_of_step(actor, reference, queries.COMMENT, found, sent)
    return replace(kept, address=reverse("record-comment-typed", args=[reference]))


def saved(request: HttpRequest, actor: Actor, reference: str = "") -> None:
    """The form was saved: what was kept of it goes."""
    commands.saved(actor, reference=reference, handle="" if reference else str(request.POST.get("_copy", "")))


def step_taken(actor: Actor, reference: str, step: str) -> None:
    """A step was taken: what was kept of its panel goes."""
    commands.saved(actor, reference=reference, step=step)


def commented(actor: Actor, reference: str) -> None:
    """A comment was made: what was kept of it goes."""
    commands.saved(actor, reference=reference, step=queries.COMMENT)


def _begun(copy: Copy) -> Begun:
    if copy.step == queries.COMMENT:
        title = gettext("Comment on {reference}").format(reference=copy.reference)
        return Begun(copy, title, f"{reverse('record', args=[copy.reference])}#comments")
    if copy.step:
        name = copy.kind.workflow.by_name.get(copy.step)
        label = gettext(name.label) if name else copy.step
        title = gettext("{step}: {reference}").format(step=label, reference=copy.reference)
        href = f"{reverse('record', args=[copy.reference])}?{urlencode({'step': copy.step})}#step-{copy.step}"
        return Begun(copy, title, href)
    if copy.reference:
        href = reverse("record-edit", args=[copy.reference])
    else:
        href = f"{reverse('record-new', args=[copy.kind.plural])}?{urlencode({COPY: copy.handle})}"
    return Begun(copy, copy.title or copy.reference, href)


@page(
    "records/<plural:plural>/typed/",
    name="record-new-typed",
    title="Keep what is typed into a new record",
    method="POST",
    samples=("/records/ai-systems/typed/",),
)
def record_new_typed(request: HttpRequest, actor: Actor, plural: str) -> HttpResponse:
    """Keep what somebody has typed into the form of a new record, for them alone."""
    kind = kinds.get(plural)

    def keep() -> Copy:
        form = forms.form_for(kind, actor, draft=True)
        choose_widgets(form, kind, actor)
        return commands.keep_new(
            actor,
            kind,
            typed(form, request),
            window=str(request.POST.get("_window", "")),
            handle=str(request.POST.get("_copy", "")),
            version=parse_int(request.POST.get("_kept"), 0),
        )

    return answer_kept(request, actor, keep)


@page(
    "records/<reference:reference>/typed/",
    name="record-typed",
    title="Keep what is typed into a form",
    method="POST",
    samples=("/records/{risk}/typed/",),
)
def record_typed(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Keep what somebody has typed into the form of a record, for them alone; the record stays as it is."""
    kind = kinds.of_reference(reference)

    def keep() -> Copy:
        form = forms.form_for(kind, actor, draft=True)
        choose_widgets(form, kind, actor)
        return commands.keep_change(
            actor,
            reference,
            typed(form, request) | {NOTE: str(request.POST.get(NOTE, ""))},
            seen=parse_int(request.POST.get("revision"), 0),
            window=str(request.POST.get("_window", "")),
            version=parse_int(request.POST.get("_kept"), 0),
        )

    return answer_kept(request, actor, keep)


def answer_kept(request: HttpRequest, actor: Actor, keep: Callable[[], Copy]) -> JsonResponse:
    """What the script says aloud: that it is kept, or why not."""
    try:
        if request.POST.get("_by") != actor.id:
            # The form of one person is never kept for the next one at the same desk.
            raise NotAllowed("Somebody else is signed in here now.")
        copy = keep()
    except Problem as problem:
        said = gettext("Not saved: {why} What you typed is still here.").format(why=_why(problem))
        answer = {"said": said}
        if isinstance(problem, Stale):
            answer["kept"] = str(problem.extra.get("current_revision", 0))
        return JsonResponse(answer, status=problem.status)
    said = gettext("Saved at {time}, for you alone. Nothing is recorded until you press the button.").format(
        time=dates.time(copy.saved_at)
    )
    return JsonResponse({"said": said, "copy": copy.handle, "kept": str(copy.version)})


def _why(problem: Problem) -> str:
    """The refusal in one sentence or two; the fields that it names by what they are called here."""
    parts: list[Text] = [problem.detail]
    parts += [
        say("copy.fault", "{field} {text}.", field=fault.field, text=fault.message)
        for fault in problem.faults[:3]
    ]
    return " ".join(wording.render(part) for part in parts)


@page("typed/", name="typed", title="Typed and not saved")
def typed_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What the reader has typed into forms and not saved, to go on with or to discard."""
    context = {
        "title": gettext("Typed and not saved"),
        "here": gettext("Typed and not saved"),
        "crumbs": (),
        "begun": tuple(map(_begun, queries.all_of(actor))),
        "days": queries.KEPT.days,
    }
    return render(request, "web/records/typed.html", {"page": context})


@page(
    "typed/<slug:handle>/discard/",
    name="typed-discard",
    title="Discard what was typed",
    method="POST",
    samples=("/typed/wcp_0/discard/",),
)
def typed_discard(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Let go of what was typed and not saved; a record stays as it is."""
    copy = commands.discard(actor, handle)
    messages.success(request, gettext("What you typed and did not save is discarded."))
    if request.POST.get("then") == "all":
        return HttpResponseRedirect(reverse("typed"))
    if copy.reference:
        return HttpResponseRedirect(cells.record_href(copy.reference))
    return HttpResponseRedirect(reverse("record-new", args=[copy.kind.plural]))
