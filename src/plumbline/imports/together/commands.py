"""All lists of a file into this installation, one import after the other, each through its own door.

What a list says of a later one is written the second time through: links, and accounts of people who
have left, who may own what comes in. Rows that cannot be taken are left out and told; importing the file
again makes no doubles. Each list is a batch of its own: stopped, assigned, withdrawn and confirmed by a
second person like any other, and those after it wait.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import yaml
from django.db import transaction

from plumbline.identity.actors import Actor
from plumbline.imports import commands, entries, map_yaml, own_format, plan, stage, targets
from plumbline.imports import queries as imports
from plumbline.imports.batch import commands as batch
from plumbline.imports.directory.declarations import PERSON, Target
from plumbline.imports.models import ImportJob, ImportRow, lists_handle
from plumbline.imports.together import archive, awaiting, queries
from plumbline.imports.together.archive import Listed
from plumbline.imports.together.queries import AGAIN, ListsView
from plumbline.imports.together.stage import begin_next
from plumbline.kernel import clock
from plumbline.kernel.messages import Text, say
from plumbline.kernel.problems import Conflict, Fault, Invalid
from plumbline.records.csv_export import LINKS

_LOOK = 0.2
"""Seconds between two looks at a list that somebody else writes."""


@dataclass(frozen=True)
class Taken:
    """What became of one list: how many rows made or changed something, and which were left out, with why.

    ``waits`` says what it waits for, such as a second person; what comes after it waits too.
    """

    target: Target
    created: int
    amended: int
    unchanged: int
    faulty: tuple[tuple[int, str, Text], ...]
    waits: Text = ""


def keep(actor: Actor, content: bytes, file_name: str, *, look: bool = True) -> str:
    """Keep the lists of a file that `archive.write` has made; the id by which they are confirmed together.

    Nothing is written. With ``look`` each list is planned for its preview; it is planned again when its turn
    comes. Raises `Malformed`, `TooLarge` or `Invalid` for any other file, `NotAllowed` as each import does.
    """
    plan.check_size(len(content))
    lists = archive.read(content)
    for one in lists:
        targets.require_importing(actor, one.target)
    names = awaiting.brought(lists) if look else frozenset()
    handle = lists_handle()
    for turn, one in enumerate(lists, 1):
        text, job = _map(one, again=False), _kept(actor, one, file_name, handle, turn)
        if look:
            made = plan.plan_file(actor, one.target.slug, one.content, text)
            commands.store(job, awaiting.told(made, names))
        else:
            ImportJob.objects.filter(pk=job.pk).update(map_text=text)
    for turn, one in enumerate(_again(lists), AGAIN):
        job = _kept(actor, one, file_name, handle, turn)
        ImportJob.objects.filter(pk=job.pk).update(map_text=_map(one, again=True))
    return handle


def _kept(actor: Actor, one: Listed, file_name: str, handle: str, turn: int) -> ImportJob:
    name = file_name.replace("\\", "/").rpartition("/")[2].strip()[:150] or "lists.zip"
    job = commands.kept(actor, one.target, one.content, f"{name} ({one.target.plural})")
    ImportJob.objects.filter(pk=job.pk).update(together=handle, turn=turn)
    job.together, job.turn = handle, turn
    return job


def confirm(actor: Actor, handle: str) -> ListsView:
    """Have the lists written, one after the other; also to go on after one was stopped before it began.

    Raises `NotAllowed`, or `Conflict` where none of them waits for this.
    """
    rows = queries.jobs(actor, handle)
    for job in rows:
        targets.require_writing(actor, targets.get(job.kind))
    waiting = ImportJob.objects.filter(together=handle, confirmed_at=None).filter(
        state__in=(ImportJob.State.UPLOADED, ImportJob.State.PREVIEWED, ImportJob.State.STOPPED)
    )
    with transaction.atomic():
        number = waiting.update(state=ImportJob.State.QUEUED, error="", leased_until=None)
        if not number:
            raise Conflict("These lists do not wait for a confirmation.")
        entries.of_lists(actor.id, handle, "import.queued", [job.handle for job in rows])
    return queries.view(actor, handle)


def discard(actor: Actor, handle: str) -> None:
    """Give up the lists that were not begun. Raises `NotAllowed`, or `Conflict` where there are none."""
    rows = queries.jobs(actor, handle)
    for job in rows:
        targets.require_importing(actor, targets.get(job.kind))
    waiting = ImportJob.objects.filter(together=handle, confirmed_at=None).exclude(state__in=queries.OVER)
    with transaction.atomic():
        ImportRow.objects.filter(job__in=waiting).delete()
        if not waiting.update(state=ImportJob.State.DISCARDED, finished_at=clock.now()):
            raise Conflict("These lists were begun, or given up before. Withdraw each that was written.")


def carry_on(handle: str) -> bool:
    """Write on with the next list of a file; whether there is more to do at this moment."""
    running = ImportJob.objects.filter(together=handle, state=ImportJob.State.RUNNING).first()
    if running is not None:
        stage.advance(running.handle)
        return True
    return begin_next(handle)


def look(actor: Actor, content: bytes, file_name: str) -> list[Taken]:
    """What importing every list of a file would do; nothing of it is kept."""
    handle = keep(actor, content, file_name)
    found = _taken(queries.view(actor, handle))
    discard(actor, handle)
    return found


def take_in(
    actor: Actor,
    content: bytes,
    tell: Callable[[str], None] = lambda _: None,
    *,
    name: str = "lists.zip",
    assign: str = "",
) -> list[Taken]:
    """Import every list of a file that `archive.write` has made; ``tell`` is told the list that is next.

    What takes a second person waits for whoever it is to be ``assign``ed to (id or e-mail address), if given.

    Raises `Malformed` for any other file, `NotAllowed` as each import does. What was written before stays;
    where a list takes a second person or was stopped, it and those after it wait (`Taken.waits`).
    """
    handle = keep(actor, content, name, look=False)
    for job in queries.jobs(actor, handle) if assign else ():
        batch.assign(actor, job.handle, assign)
    confirm(actor, handle)
    said = ""
    while True:
        shown = queries.view(actor, handle)
        if shown.blocked is None or shown.state in ("waiting", "stopped"):
            return _taken(shown)
        if (name := shown.blocked.job.handle) != said:
            said = name
            tell(shown.blocked.job.kind.plural)
        if not carry_on(handle):
            time.sleep(_LOOK)


def _taken(shown: ListsView) -> list[Taken]:
    found: dict[str, Taken] = {}
    for one in shown.lists:
        counts, slug = one.job.counts, one.job.kind.slug
        before = found.get(slug, Taken(one.job.kind, 0, 0, 0, ()))
        same = 0 if one.again else counts["unchanged"] + counts["repeat"]
        found[slug] = Taken(
            one.job.kind,
            before.created + counts["create"],
            before.amended + counts["amend"],
            before.unchanged + same,
            before.faulty if one.again and not one.job.rows else _faults(one.job.handle),
            before.waits or _waits(one, shown),
        )
    return list(found.values())


def _waits(one: queries.ListView, shown: ListsView) -> Text:
    if one.job.state in queries.OVER:
        return ""
    if shown.state == "previewed":
        return one.second_person
    if shown.blocked is not None and one.job.handle == shown.blocked.job.handle:
        return one.second_person or one.job.error or one.job.state_label
    return say("imports.lists-before", "waits for the lists before it")


def _faults(handle: str) -> tuple[tuple[int, str, Text], ...]:
    job = ImportJob.objects.get(handle=handle)
    found = imports.refusals(job.pk)
    return tuple((line, fault.column or fault.field, fault.message) for line, fault in found)


def _again(lists: list[Listed]) -> Iterator[Listed]:
    """The lists that say something of later ones: those with links, and people, the last."""
    yield from (one for one in lists if one.target is not PERSON and _has_links(one))
    yield from (one for one in lists if one.target is PERSON)


def _has_links(one: Listed) -> bool:
    sheet = own_format.sheet_of(one.target, one.content)
    place = sheet.place(LINKS) if sheet is not None else None
    if sheet is None or place is None:
        return False
    return any(place < len(row.cells) and row.cells[place] for row in sheet.rows)


def _map(one: Listed, *, again: bool) -> str:
    """The map of a list: the first time without what is written the second time."""
    sheet = own_format.sheet_of(one.target, one.content)
    if sheet is None:
        text = say("imports.list-of-another-form", "has another header: {names}", names=one.target.names)
        raise Invalid("The file was not taken.", [Fault("file", text, "take it out again")])
    text_of_map = own_format.own_map(one.target, sheet)
    if again:
        return text_of_map
    words = map_yaml.words_in(text_of_map)
    words.pop("links", None)
    if one.target is PERSON:
        words["fields"].pop("left")
    return yaml.safe_dump(words, sort_keys=False, allow_unicode=True)
