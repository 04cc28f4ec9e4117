"""The mail about what newly waits: composed when it is sent, of what waits and may be seen at that moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.urls import reverse

from plumbline.config import Config
from plumbline.controls.tasks.queries import tasks_of
from plumbline.controls.tasks.task import Task
from plumbline.delivery.channel import Letter, NothingToSay
from plumbline.delivery.models import Delivery, NoticePreference
from plumbline.delivery.waiting import queries
from plumbline.identity import actors, policy
from plumbline.kernel import messages
from plumbline.kernel.messages import Ref, Subject, redact, say
from plumbline.records import names, read_log
from plumbline.wording import render

WAITING = "waiting"
"""The code of this notice."""
MOST = 50
"""Tasks that one mail names; the others are counted."""


def compose(config: Config, delivery: Delivery) -> Letter:
    """The letter about what newly waits for its recipient. Raises `NothingToSay` when nothing does."""
    person = delivery.person
    if queries.preference(person.pk).mail == NoticePreference.Mail.OFF:
        raise NothingToSay
    actor = actors.actor_of_person(person)
    # A mail names nothing sensitive, so that sending it is not reading it.
    with read_log.collected():
        tasks = tasks_of(actor)
    titles = names.titles(actor, _references(tasks))
    visible = [task for task in tasks if not task.is_record or task.subject in titles]
    unmailed = queries.unmailed(person.pk)
    new = [task for task in visible if queries.key_of(task) in unmailed]
    if not new:
        raise NothingToSay
    everywhere = policy.may_everywhere(actor, "read")

    def may_name(name: Ref | Subject) -> bool:
        return name.reference in titles if isinstance(name, Ref) else everywhere.allowed

    lines = [_line(config, task, titles, may_name) for task in new[:MOST]]
    text = say(
        "mail.waiting.text",
        "Hello {name},\n\n"
        "This newly waits for you in the AI management system of {organization}:\n\n"
        "{lines}\n\n"
        "{rest}\n\n"
        "Everything that waits for you: {work}\n"
        "How you are told: {account}\n",
        name=person.full_name,
        organization=config.organization,
        lines="\n\n".join(lines),
        rest=_rest(len(visible), len(lines)),
        work=config.public_address + reverse("my-work"),
        account=config.public_address + reverse("account"),
    )
    subject = say(
        "mail.waiting.subject",
        "One thing newly waits for you ({organization})",
        plural="{count} things newly wait for you ({organization})",
        count=len(new),
        organization=config.organization,
    )
    return Letter(
        person.email, render(subject), render(text), tuple(unmailed[queries.key_of(task)] for task in new)
    )


def _references(tasks: Iterable[Task]) -> set[str]:
    """The records that are tasks' subjects or are named by their reasons."""
    named = (name for task in tasks for name in messages.names(task.reason))
    subjects = {task.subject for task in tasks if task.is_record}
    return subjects | {name.reference for name in named if isinstance(name, Ref)}


def _line(
    config: Config, task: Task, titles: dict[str, str], may_name: Callable[[Ref | Subject], bool]
) -> str:
    """One task: what, why and where. Of a record of a sensitive kind only its reference is written."""
    address = config.public_address + task.path
    if task.is_record and queries.is_sensitive(task.subject):
        return f"- {task.subject}\n  {address}"
    # A reason may name other records than its own; those that the reader may not see are left out.
    reason = render(redact(task.reason, may_name))
    name = f"{titles[task.subject]} ({task.subject})" if task.is_record else task.title
    due = render(say("mail.waiting.due", "by {day}", day=task.due)) if task.due is not None else ""
    return "\n  ".join(filter(None, (f"- {name}{f', {due}' if due else ''}", reason, address)))


def _rest(waiting: int, named: int) -> str:
    if waiting == named:
        return render(say("mail.waiting.nothing-else", "Nothing else waits for you."))
    return render(
        say(
            "mail.waiting.rest",
            "One more thing waits for you besides.",
            plural="{count} more things wait for you besides.",
            count=waiting - named,
        )
    )
