"""The private notes of an auditor on one page: what is protected, what is not, write, open, take away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters

from plumbline.identity.actors import Actor
from plumbline.kernel.clock import rfc3339
from plumbline.kernel.problems import Conflict, Fault, Invalid
from plumbline.reports.private_notes import commands, queries
from plumbline.reports.private_notes.commands import Opened
from plumbline.reports.private_notes.queries import Listed
from plumbline.web.pages import page


@dataclass(frozen=True)
class NotesPage:
    """The context of the page."""

    title: str
    own: tuple[Listed, ...]
    others: tuple[Listed, ...]
    sees_others: bool
    audits: bool
    opened: tuple[Opened, ...]
    kept_days: int
    shortest: int
    typed: Mapping[str, str]
    faults: tuple[Fault, ...]


def _context(
    request: HttpRequest, actor: Actor, opened: tuple[Opened, ...], faults: tuple[Fault, ...]
) -> NotesPage:
    found = queries.listed(actor)
    return NotesPage(
        title=gettext("Private notes"),
        own=tuple(note for note in found if note.is_own),
        others=tuple(note for note in found if not note.is_own),
        sees_others=queries.keeps_order(actor, "read"),
        audits=bool(queries.audits(actor)),
        opened=opened,
        kept_days=queries.KEPT_DAYS,
        shortest=commands.SHORTEST_PASSPHRASE,
        # What was typed as a passphrase never comes back in a page.
        # Nor is anything taken from the address: access logs would say which record a note is about.
        typed={name: str(request.POST.get(name, ""))[: commands.LONGEST] for name in ("about", "text")},
        faults=faults,
    )


def _as_text(notes: list[Opened]) -> str:
    parts = []
    for note in notes:
        head = " ".join(filter(None, (rfc3339(note.at), note.about, note.handle)))
        parts.append(f"{head}\n{note.text if note.is_open else '(not opened)'}\n")
    return "\n".join(parts)


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response


def _act(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Do what the form that was sent is for. Raises what the command raises."""
    given = {
        name: str(request.POST.get(name, "")) for name in ("passphrase", "again", "text", "about", "note")
    }
    act = request.POST.get("act", "")
    if act == "keep":
        commands.keep(
            actor, given["passphrase"], given["text"], about=given["about"], again=given["again"],
            warned=request.POST.get("warned") == "yes",
        )  # fmt: skip
        messages.success(request, gettext("The note is kept, and sealed."))
    elif act == "open":
        opened = tuple(commands.opened(actor, given["passphrase"]))
        return render(
            request, "web/audits/private_notes.html", {"page": _context(request, actor, opened, ())}
        )
    elif act == "file":
        text = _as_text(commands.opened(actor, given["passphrase"]))
        response = HttpResponse(text, content_type="text/plain; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="private-notes.txt"'
        return response
    elif act == "delete":
        commands.delete(actor, given["note"].strip())
        messages.success(request, gettext("The note is deleted."))
    else:
        raise Invalid("Nothing was done.", [Fault("act", "is no act of this page", "use its buttons")])
    return HttpResponseRedirect(reverse("private-notes"))


@page("private-notes/", name="private-notes", title="Private notes of auditors", method="GET+POST")
@sensitive_post_parameters()
def private_notes(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Notes that only the auditor who wrote them can read, under a passphrase that is kept nowhere."""
    faults: tuple[Fault, ...] = ()
    status = 200
    if request.method == "POST":
        try:
            return _private(_act(request, actor))
        except (Invalid, Conflict) as refused:
            faults = tuple(refused.faults) or (Fault("", refused.detail, ""),)
            status = refused.status
    context = {"page": _context(request, actor, (), faults)}
    return _private(render(request, "web/audits/private_notes.html", context, status=status))


@page(
    "private-notes/<str:handle>.txt",
    name="private-note",
    title="A private note as it is sealed",
    method="file",
    samples=("/private-notes/pvn_none.txt",),
)
def private_note(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """What is sealed of a note, for its author; anybody else is refused, and the trail says so."""
    note = commands.sealed(actor, handle)
    response = HttpResponse(note.sealed, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{note.handle}.txt"'
    return _private(response)
