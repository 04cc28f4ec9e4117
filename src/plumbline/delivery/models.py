"""Notices of what newly waits for somebody, and deliveries: what is to be sent, and how that ended."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from plumbline.identity.models import Person
from plumbline.kernel import ids


def delivery_handle() -> str:
    """A new opaque id of a delivery."""
    return ids.opaque("dlv")


def endpoint_handle() -> str:
    """A new opaque id of a webhook."""
    return ids.opaque("whk")


class Endpoint(models.Model):
    """A webhook: where messages about what newly waits are posted, and how they look there.

    The address is as secret as the key that signs: whoever knows that of a chat can write into it. Both are
    encrypted under a key that lies outside of the database; in clear there is only the host. A removed one
    keeps its row without them, since deliveries name it.
    """

    class Style(models.TextChoices):
        """How a message looks."""

        JSON = "json", "Signed JSON (Standard Webhooks)"
        SLACK = "slack", "Slack and compatible"
        TEAMS = "teams", "Microsoft Teams"

    class State(models.TextChoices):
        """Whether messages are sent."""

        ACTIVE = "active", "Active"
        DISABLED = "disabled", "Disabled after failures"
        REMOVED = "removed", "Removed"

    handle = models.CharField(max_length=40, unique=True, default=endpoint_handle)
    name = models.CharField(max_length=100)
    host = models.CharField(max_length=255)
    style = models.CharField(max_length=12, choices=Style.choices)
    state = models.CharField(max_length=12, choices=State.choices, default=State.ACTIVE)
    address = models.TextField(help_text="Encrypted.")
    secret = models.TextField(help_text="Encrypted.")
    created_by = models.CharField(max_length=64, help_text="Opaque id of whoever added it.")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("name", "id")
        constraints = [
            models.UniqueConstraint(
                fields=("name",), condition=~Q(state="removed"), name="webhook_name_while_it_is_there"
            )
        ]


class Delivery(models.Model):
    """What is sent to one person, or to one webhook ``about`` a notice. Sent by the stage of this room."""

    class State(models.TextChoices):
        """Where a delivery stands."""

        WAITING = "waiting", "Waiting to be sent"
        SENT = "sent", "Sent"
        FAILED = "failed", "Given up"

    handle = models.CharField(max_length=40, unique=True, default=delivery_handle)
    channel = models.CharField(max_length=24, help_text="Name of the channel that carries it.")
    notice = models.CharField(max_length=40, help_text="Code of the notice that composes its text.")
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, null=True, related_name="+")
    about = models.ForeignKey("Notice", on_delete=models.SET_NULL, null=True, related_name="+")
    actor = models.CharField(max_length=64, help_text="Opaque id of whoever asked for it.")
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(help_text="Not to be tried before this time.")
    error = models.CharField(
        max_length=200, blank=True, help_text="Why the last attempt failed, without any address."
    )
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=("state", "due_at"), name="delivery_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(recipient__isnull=True) ^ Q(endpoint__isnull=True), name="delivery_has_one_target"
            )
        ]

    @property
    def person(self) -> Person:
        """To whom it goes. Only for what goes to a person."""
        assert self.recipient is not None
        return self.recipient

    @property
    def target(self) -> str:
        """The opaque id of the person or webhook that it goes to."""
        return self.endpoint.handle if self.endpoint is not None else self.person.handle


def notice_handle() -> str:
    """A new opaque id of a notice."""
    return ids.opaque("ntc")


class Notice(models.Model):
    """One thing that began to wait for one person.

    It names the task and repeats nothing of it: titles and reasons are read when they are shown or sent, as
    far as the person may see them then. A task that goes away and comes back is a new notice.
    """

    handle = models.CharField(max_length=40, unique=True, default=notice_handle)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255, help_text="The key of the task, stable as long as it waits.")
    kind = models.CharField(max_length=40, help_text="Why it waits.")
    subject = models.CharField(max_length=120, help_text="Reference of a record, or slug of a system.")
    is_record = models.BooleanField(help_text="Whether the subject is a record.")
    is_own = models.BooleanField(default=True, help_text="Whether it is no task of somebody who is away.")
    due = models.DateField(null=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, help_text="Since when it no longer waits.")
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True, help_text="When a mail named it, or was given up.")

    class Meta:
        ordering = ("-id",)
        constraints = [
            # Two stages at once, or one that is started again, must not tell somebody of one thing twice.
            models.UniqueConstraint(
                fields=("person", "key"),
                condition=Q(ended_at__isnull=True),
                name="notice_once_while_it_waits",
            )
        ]
        indexes = [
            models.Index(
                fields=("person",),
                condition=Q(ended_at__isnull=True, read_at__isnull=True),
                name="notice_unread",
            )
        ]


class NoticePreference(models.Model):
    """How somebody wants to be told by mail. Who has none gets the defaults.

    Hours are those of the person's own time zone. Quiet hours last from the hour ``quiet_from`` to the hour
    ``quiet_until``, over midnight where the second is the smaller one; both are empty where there are none.
    """

    class Mail(models.TextChoices):
        """When mail is sent."""

        AT_ONCE = "at-once", "At once"
        DIGEST = "digest", "Once a day"
        OFF = "off", "Never"

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    mail = models.CharField(max_length=12, choices=Mail.choices, default=Mail.DIGEST)
    digest_hour = models.PositiveSmallIntegerField(default=8)
    quiet_from = models.PositiveSmallIntegerField(null=True)
    quiet_until = models.PositiveSmallIntegerField(null=True)


class NoticeRound(models.Model):
    """How far the stage has come in looking at what waits for everybody. There is one row.

    ``log_size`` and ``day`` are those at the beginning of the round: while neither changes, nothing new can
    wait for anybody. ``position`` is the last person looked at, empty between two rounds.
    """

    log_size = models.BigIntegerField(default=-1)
    day = models.DateField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    position = models.BigIntegerField(null=True)


class CalendarFeed(models.Model):
    """The secret address at which a calendar reads what is due for somebody.

    Only the SHA-256 digest of the secret is kept, which has 256 random bits. ``credential`` is the digest of
    the password as it was stored when the address was made: whatever changes or voids it ends the address.
    """

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    credential = models.CharField(max_length=64)
    created_at = models.DateTimeField()
