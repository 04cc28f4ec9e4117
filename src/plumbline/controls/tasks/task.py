"""What a task is: something that waits for one person, and what that person can do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from plumbline.kernel.messages import Message


class TaskKind(StrEnum):
    """Why something waits for somebody, as the API and the command line say it."""

    APPROVAL = "approval"
    CONFIRMATION = "confirmation"
    INDEPENDENT_STEP = "independent step"
    SUSPICION = "suspicion"
    ESCALATED = "escalated"
    TAKEN_OVER = "taken over"
    DISMISSAL_PROPOSED = "dismissal proposed"
    ACCEPTANCE_LAPSED = "acceptance lapsed"
    EASING_LAPSED = "easing lapsed"
    ENDING = "ending"
    FILE_ENDING = "file ending"
    WORK_DUE = "work due"
    DRAFT = "draft"
    MENTION = "mention"
    IMPORT = "import"
    IMPORT_CONFIRMATION = "import confirmation"
    MERGE = "merge"
    CONCERN = "concern"
    ACKNOWLEDGEMENT = "acknowledgement"


class TaskGroup(StrEnum):
    """What is asked of whoever has a task."""

    MENTION = "mention"
    SECOND_PERSON = "second-person"
    DECISION = "decision"
    LAPSED = "lapsed"
    OWN_WORK = "own-work"
    ENDING = "ending"


GROUPS = {
    TaskKind.APPROVAL: TaskGroup.SECOND_PERSON,
    TaskKind.CONFIRMATION: TaskGroup.SECOND_PERSON,
    TaskKind.INDEPENDENT_STEP: TaskGroup.SECOND_PERSON,
    TaskKind.SUSPICION: TaskGroup.DECISION,
    TaskKind.ESCALATED: TaskGroup.DECISION,
    TaskKind.TAKEN_OVER: TaskGroup.DECISION,
    TaskKind.DISMISSAL_PROPOSED: TaskGroup.DECISION,
    TaskKind.ACCEPTANCE_LAPSED: TaskGroup.LAPSED,
    TaskKind.EASING_LAPSED: TaskGroup.LAPSED,
    TaskKind.WORK_DUE: TaskGroup.OWN_WORK,
    TaskKind.DRAFT: TaskGroup.OWN_WORK,
    TaskKind.ENDING: TaskGroup.ENDING,
    TaskKind.FILE_ENDING: TaskGroup.ENDING,
    TaskKind.MENTION: TaskGroup.MENTION,
    TaskKind.IMPORT: TaskGroup.OWN_WORK,
    TaskKind.IMPORT_CONFIRMATION: TaskGroup.SECOND_PERSON,
    TaskKind.MERGE: TaskGroup.SECOND_PERSON,
    TaskKind.CONCERN: TaskGroup.DECISION,
    TaskKind.ACKNOWLEDGEMENT: TaskGroup.OWN_WORK,
}
"""The group of every kind of task."""


@dataclass(frozen=True)
class TaskAct:
    """What can be done about a task: the ``name`` of a step of the subject's workflow, empty where no single
    step answers it, and the ``label`` of that step or act."""

    name: str
    label: str


@dataclass(frozen=True)
class Task:
    """What somebody has to do. ``subject`` is the reference of a record, the slug of a system that nobody
    registered, or the id of an import; ``due`` the day by which, ``entry`` the trail entry by which it became
    theirs; ``deputy_for`` the handle of whoever is away and whose task it is, empty for the person's own."""

    kind: TaskKind
    subject: str
    title: str
    reason: Message
    due: date | None = None
    entry: int | None = None
    act: TaskAct | None = None
    deputy_for: str = ""

    @property
    def is_record(self) -> bool:
        """Whether the subject has a page of its own."""
        return self.kind is not TaskKind.DISMISSAL_PROPOSED and not self.is_import

    @property
    def is_import(self) -> bool:
        """Whether it is an import that waits."""
        return self.kind in (TaskKind.IMPORT, TaskKind.IMPORT_CONFIRMATION)

    @property
    def group(self) -> TaskGroup:
        """What is asked."""
        return GROUPS[self.kind]

    @property
    def path(self) -> str:
        """Where it is done, below the installation's address: the open panel of its step, else its page."""
        if self.is_import:
            return f"/imports/{self.subject}/"
        if not self.is_record:
            return "/sightings/"
        if self.kind is TaskKind.MENTION:
            return f"/records/{self.subject}/#comments"
        if self.kind is TaskKind.ACKNOWLEDGEMENT:
            return f"/acknowledgements/{self.subject}/"
        if self.kind is TaskKind.FILE_ENDING:
            return f"/records/{self.subject}/#files"
        name = self.act.name if self.act is not None else ""
        return f"/records/{self.subject}/" + (f"?step={name}#step-{name}" if name else "")

    def is_late(self, today: date) -> bool:
        """Whether its day has passed; the day itself is in time."""
        return self.due is not None and self.due < today

    @property
    def key(self) -> str:
        """The same for two tasks of one person exactly when they are the same task.

        A record that comes back after it was returned waits anew, by another entry, and so is another task;
        where there is no entry, another due day makes one.
        """
        step = self.act.name if self.act is not None else ""
        since = str(self.entry) if self.entry is not None else self.due.isoformat() if self.due else ""
        return "|".join((self.kind.value, self.subject, step, since, self.deputy_for))
