"""Comments on the page of a record: who may do what about each, and the acts themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import NotFound
from plumbline.records.discussion import commands, queries
from plumbline.records.discussion.queries import CommentView, Reader
from plumbline.records.kinds import Kind
from plumbline.records.reading import Hanging
from plumbline.records.rows import Record
from plumbline.records.working_copies.queries import COMMENT
from plumbline.web import cells, dates
from plumbline.web.records import copies
from plumbline.web.records.copies import Keeping
from plumbline.web.records.step_panels import Refused

__all__ = ["CommentForm", "Reader", "ShownComment", "act", "form", "of_record", "typed"]
ANCHOR = "comments"


@dataclass(frozen=True)
class ShownComment:
    """A comment, and what its reader may do about it; ``asks`` says that it waits for an answer of theirs."""

    view: CommentView
    may_edit: bool
    may_resolve: bool
    asks: bool

    @property
    def is_resolved(self) -> bool:
        """Whether it is folded."""
        return self.view.resolved_at is not None


def of_record(
    actor: Actor, kind: Kind, record: Record, hung: Hanging, until: datetime | None
) -> tuple[ShownComment, ...]:
    """The comments of a record; those of an earlier day only to be read."""
    views = queries.views(hung, until)
    # Most records have no comments, and most comments mention nobody.
    asked = any(actor.id in view.mentions for view in views) and until is None
    waiting = {row.comment for row in queries.open_mentions(actor)} if asked else set()
    where = {"kind": kind.slug, "unit_id": record.unit_id, "owner_id": record.owner_id}
    may_comment = until is None and policy.may(actor, "comment", **where).allowed  # type: ignore[arg-type]
    return tuple(
        ShownComment(
            view,
            may_comment and view.actor == actor.id,
            may_comment and commands.may_resolve(actor, kind, record, view.actor),
            view.leaf in waiting,
        )
        for view in views
    )


@dataclass(frozen=True)
class CommentForm:
    """The form of a new comment, with what was typed into it and refused, or kept and not sent.

    ``readers`` are those whom it can ask, where there are few enough to choose from.
    """

    readers: tuple[Reader, ...]
    keeping: Keeping
    text: str
    mention: str
    is_refused: bool


def form(actor: Actor, record: Record, refused: Refused | None) -> CommentForm:
    """The form by which ``actor`` comments on ``record``."""
    back = refused.typed if refused is not None and refused.form == ANCHOR else None
    kept = copies.of_steps(actor, record.reference).get(COMMENT)
    sent = {name: str(value) for name, value in back.items()} if back is not None else {}
    begun = kept if back is None else None
    return CommentForm(
        tuple(queries.readers(actor, record)),
        copies.keeping_of_comment(actor, record.reference, kept, sent),
        sent.get("text", "") if begun is None else begun.note,
        sent.get("mention", "") if begun is None else begun.mention,
        back is not None,
    )


def typed(request: HttpRequest) -> str:
    """The text of a comment as it was sent, with whoever was chosen to be mentioned before it."""
    text, chosen = str(request.POST.get("text", "")), str(request.POST.get("mention", "")).strip()
    return f"@{chosen} {text}" if chosen and text.strip() and f"@{chosen}" not in text else text


def act(request: HttpRequest, actor: Actor, reference: str, number: int, name: str) -> HttpResponse:
    """Do what is asked about a comment. Raises `NotFound` for what is not an act."""
    match name:
        case "edit":
            saved = commands.edit(actor, number, str(request.POST.get("text", "")))
            text = gettext("The comment was changed, entry {entry}. What it said before stays.")
        case "resolve":
            saved, text = commands.resolve(actor, number), gettext("The comment is resolved, entry {entry}.")
        case "reopen":
            saved, text = commands.reopen(actor, number), gettext("The comment is open again, entry {entry}.")
        case "seen":
            saved, text = commands.mark_seen(actor, number), gettext("Marked as seen, entry {entry}.")
        case _:
            raise NotFound("There is nothing with this name to be done about a comment.")
    messages.success(request, text.format(entry=dates.number(saved.leaf)))
    return HttpResponseRedirect(f"{cells.record_href(saved.reference)}#{ANCHOR}")
