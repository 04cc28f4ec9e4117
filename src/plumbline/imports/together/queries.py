"""How far a file with several lists is. Nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.imports import queries
from plumbline.imports.batch import queries as batch
from plumbline.imports.models import ImportJob
from plumbline.imports.queries import JobView
from plumbline.kernel.messages import Text
from plumbline.kernel.problems import NotFound

AGAIN = 1_000
"""Turns from here on are those of lists that come a second time, with what they say of later ones."""
OVER = (ImportJob.State.DONE, ImportJob.State.DISCARDED)


@dataclass(frozen=True)
class ListView:
    """One list of the file: its import; ``again`` the second time, with links and people who have left."""

    job: JobView
    again: bool
    awaited: int
    """Rows that refer to what comes with other lists of the file."""
    second_person: Text
    """Why it takes a second person; empty where one is enough."""


@dataclass(frozen=True)
class ListsView:
    """A file with several lists: ``state`` is *previewed*, *running*, *waiting* (a list for a second person),
    *stopped*, *done* or *discarded*; ``blocked`` the list that the others wait for, if any."""

    handle: str
    file_name: str
    state: str
    lists: tuple[ListView, ...]
    blocked: ListView | None = None

    @property
    def over(self) -> int:
        """How many lists are through."""
        return sum(one.job.state in OVER for one in self.lists)


def jobs(actor: Actor, handle: str) -> list[ImportJob]:
    """The imports of a file that ``actor`` may look at, in turn. Raises `NotFound`."""
    policy.require(actor, "read", anywhere=True)
    rows = (
        batch.theirs(actor).filter(together=handle).order_by("turn", "id")
        if handle
        else ImportJob.objects.none()
    )
    found = list(rows.select_related("person", "assignee"))
    if not found:
        raise NotFound("There is no file with several lists under this id that you asked for.")
    return found


def view(actor: Actor, handle: str) -> ListsView:
    """How far a file is. Raises `NotFound`."""
    rows = jobs(actor, handle)
    lists = tuple(_list(job) for job in rows)
    blocked = next((one for one in lists if one.job.state not in OVER), None)
    name = rows[0].file_name.rpartition(" (")[0]
    return ListsView(handle, name, _state(lists, blocked), lists, blocked)


def _list(job: ImportJob) -> ListView:
    shown = queries.view(job)
    awaited = sum(one.count for one in shown.summary.reasons if one.sort == "awaited")
    needed = batch.second_person(shown.kind, shown.to_write) if job.confirmed_at is None else ""
    return ListView(shown, job.turn >= AGAIN, awaited, needed)


def _state(lists: tuple[ListView, ...], blocked: ListView | None) -> str:
    states = {one.job.state for one in lists}
    if blocked is None:
        return "discarded" if states == {"discarded"} else "done"
    if "queued" not in states and not {"done", "running", "stopped"} & states:
        return "previewed"
    return {"stopped": "stopped", "previewed": "waiting", "uploaded": "waiting"}.get(
        blocked.job.state, "running"
    )


def recent(actor: Actor, most: int) -> list[tuple[str, str, ImportJob]]:
    """Id and name of the newest files with several lists that ``actor`` asked for, with the first list."""
    first = batch.theirs(actor).filter(turn=1).exclude(together="").exclude(state=ImportJob.State.DISCARDED)
    return [(job.together, job.file_name.rpartition(" (")[0], job) for job in first.order_by("-id")[:most]]


def single(actor: Actor, most: int) -> list[JobView]:
    """The newest imports that ``actor`` asked for and that came with no other list."""
    rows = batch.theirs(actor).filter(together="").exclude(state=ImportJob.State.DISCARDED)
    return [queries.view(job) for job in rows.select_related("assignee", "person")[:most]]


def is_before_its_turn(actor: Actor, handle: str) -> bool:
    """Whether an import came with lists of which earlier ones are not written yet. Raises `NotFound`."""
    job = queries.job_row(actor, handle)
    earlier = ImportJob.objects.filter(together=job.together, turn__lt=job.turn).exclude(state__in=OVER)
    return bool(job.together) and earlier.exists()
