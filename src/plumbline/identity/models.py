"""Who may do what: people, the units they work in, dated grants of roles, and the secrets that open a door.

Nothing here holds a secret in the clear: passwords, token secrets and one-time links are stored as digests.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest

from plumbline.identity import accounts
from plumbline.identity.roles import ROLES, kinds_in
from plumbline.kernel import clock, ids
from plumbline.prepared.querysets import NotedQuerySet


def person_handle() -> str:
    """A new opaque id of a person."""
    return ids.opaque("per")


def token_handle() -> str:
    """A new opaque id of a token."""
    return ids.opaque("tok")


def grant_handle() -> str:
    """A new opaque id of a grant."""
    return ids.opaque("gra")


def absence_handle() -> str:
    """A new opaque id of an absence."""
    return ids.opaque("abs")


class People(BaseUserManager["Person"]):
    """Looks people up by address, whatever its capitals."""

    _queryset_class = NotedQuerySet

    def get_by_natural_key(self, username: str | None) -> Person:
        """The person who signs in with this address. Raises ``Person.DoesNotExist``."""
        return self.get(email__iexact=username or "")


class Person(AbstractBaseUser):
    """Somebody who signs in, owns records and answers for what they did.

    ``handle`` stands for the person wherever a name must not: in the trail, in packs, in logs.
    A session is valid only for the ``session_epoch`` in which it began. ``mailbox`` and ``name_key`` tell
    accounts of one person (`accounts`). ``vouched_units`` are the units (primary keys) within which whoever
    made the account or its last invitation may give roles; ``None`` is the whole organization.
    ``credentials_before_role``: password or second factor were set while the account had no role.
    ``last_code_step`` is the time step (RFC 6238) of the newest code that was used.
    """

    THEMES = (
        ("system", "As the device"),
        ("light", "Light"),
        ("dark", "Dark"),
        ("contrast", "High contrast"),
    )

    handle = models.CharField("opaque id", max_length=40, unique=True, default=person_handle, editable=False)
    email = models.EmailField("e-mail address", max_length=254, unique=True, help_text="Used to sign in.")
    full_name = models.CharField("name", max_length=200, help_text="As colleagues know this person.")
    theme = models.CharField("theme", max_length=10, choices=THEMES, default="system")
    language = models.CharField(
        "language", max_length=10, blank=True, default="", help_text="Empty: that of the installation."
    )
    time_zone = models.CharField(
        "time zone", max_length=60, blank=True, default="", help_text="Empty: that of the organization."
    )
    is_active = models.BooleanField("active", default=True, help_text="Inactive people cannot sign in.")
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    mailbox = models.CharField(max_length=254, default="", editable=False, db_index=True)
    name_key = models.CharField(max_length=200, default="", editable=False, db_index=True)
    vouched_units = models.TextField(null=True, editable=False)
    credentials_before_role = models.BooleanField(default=False, editable=False)
    last_code_step = models.BigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = People()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "people"
        ordering = ["full_name", "pk"]

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep what tells accounts of one person apart.

        The key of the name stays what it was at first: whoever renames themself stays who they are.
        """
        if self._state.adding:
            self.mailbox = accounts.mailbox(self.email)
            self.name_key = accounts.name_key(self.full_name)
        super().save(*args, **kwargs)

    @classmethod
    def advance_code_step(cls, pk: int, step: int) -> bool:
        """Note that the code of ``step`` is used; whether it is newer than every one that was used before."""
        # The update decides: of two requests with one code, one finds a step that is not below its own.
        return bool(cls.objects.filter(pk=pk, last_code_step__lt=step).update(last_code_step=step))

    @classmethod
    def begin_code_steps(cls, pk: int, step: int) -> None:
        """Note that the code of ``step`` has turned a new second factor on, whatever was used before it."""
        cls.objects.filter(pk=pk).update(last_code_step=step)

    def vouched_for(self, unit_id: int | None) -> bool:
        """Whether the account was handed over by somebody who may give roles in this unit (``None``: all)."""
        if self.vouched_units is None:
            return True
        return unit_id is not None and str(unit_id) in self.vouched_units.split()

    @classmethod
    def has_others(cls, pk: int) -> bool:
        """Whether anybody but the person ``pk`` can sign in."""
        return cls.objects.filter(is_active=True).exclude(pk=pk).exists()

    def get_full_name(self) -> str:
        """The name as colleagues know it."""
        return self.full_name

    def end_sessions(self) -> None:
        """Make every session of this person invalid from the next request on."""
        Person.objects.filter(pk=self.pk).update(session_epoch=F("session_epoch") + 1)
        self.refresh_from_db(fields=["session_epoch"])


class Unit(models.Model):
    """A part of the organization; grants and records may belong to one."""

    slug = models.SlugField("short name", max_length=60, unique=True)
    name = models.CharField("name", max_length=200)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Grant(models.Model):
    """A role given to a person by another, from one day to another, for the whole or one unit.

    ``scope`` narrows reading to kinds of record or groups of kinds (words of `roles.GROUPS`, joined by
    spaces); empty means not narrowed. ``ends`` is the last day on which the grant holds.
    """

    handle = models.CharField("opaque id", max_length=40, unique=True, default=grant_handle, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="grants")
    role = models.SlugField("role", max_length=40)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="grants")
    scope = models.CharField("scope", max_length=500, blank=True, default="")
    starts = models.DateField("first day")
    ends = models.DateField("last day", null=True, blank=True)
    given_by = models.CharField("given by", max_length=60)
    given_at = models.DateTimeField(default=clock.now, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        ordering = ["person", "role", "pk"]
        constraints = [
            models.CheckConstraint(
                name="grant_ends_after_it_starts",
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.person_id}"

    @property
    def title(self) -> str:
        """The role's title, or its slug when this version does not know the role any more."""
        return ROLES[self.role].title if self.role in ROLES else self.role


class Absence(models.Model):
    """Somebody is away from one day to another, and perhaps somebody stands in for them.

    It gives the deputy no right: what is due for the person is shown to both. ``scope`` narrows the work to
    kinds of record or groups of kinds, as that of a `Grant` does. ``ends`` is the last day; it is over sooner
    when somebody ended it.
    """

    handle = models.CharField("opaque id", max_length=40, unique=True, default=absence_handle, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="absences")
    deputy = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="stands_in"
    )
    scope = models.CharField("for which work", max_length=500, blank=True, default="")
    starts = models.DateField("first day")
    ends = models.DateField("last day", db_index=True)
    given_by = models.CharField("recorded by", max_length=60)
    given_at = models.DateTimeField(editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        ordering = ["-starts", "-pk"]
        constraints = [
            models.CheckConstraint(name="absence_ends_after_it_starts", condition=Q(ends__gte=F("starts"))),
        ]

    def __str__(self) -> str:
        return self.handle

    def covers(self, kind: str | None) -> bool:
        """Whether work on records of ``kind`` goes to the deputy; without a kind, whether any does."""
        covered = kinds_in(self.scope)
        return kind is None or covered is None or kind in covered

    @property
    def is_ended(self) -> bool:
        """Whether somebody ended it, or its last day is over."""
        return self.ended_at is not None or clock.passed(self.ends)


class Token(models.Model):
    """A secret for a machine that acts for its owner within the named scopes, until it expires.

    Only the SHA-256 digest of the secret is kept; the secret has 256 random bits, so that no slower
    digest is needed (NIST SP 800-63B-4, section 3.1.2 on look-up secrets of at least 112 bits).
    """

    handle = models.CharField("opaque id", max_length=40, unique=True, default=token_handle, editable=False)
    name = models.CharField("name", max_length=120, help_text="Where this token is used.")
    digest = models.CharField(max_length=64, editable=False)
    scopes = models.CharField("scopes", max_length=120)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="tokens")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires = models.DateTimeField("expires")
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "pk"]

    def __str__(self) -> str:
        return self.name


class OneTimeLink(models.Model):
    """An address that signs one person in once, from the machine itself, within ten minutes."""

    digest = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="one_time_links")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"link of {self.person_id}"


class FederatedIdentity(models.Model):
    """An identity at a provider that comes into an account: ``subject`` is what ``issuer`` calls the person.

    Both together name somebody for good (OpenID Connect Core 1.0, section 5.7), which an address does not.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="federated_identities")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="identity_comes_into_one_account"),
            models.UniqueConstraint(fields=["person", "issuer"], name="account_has_one_identity_a_provider"),
        ]

    def __str__(self) -> str:
        return f"identity of {self.person_id}"


class OrganizationSetting(models.Model):
    """A setting of the organization that a person has changed; what nobody changed has no row."""

    name = models.CharField(max_length=40, primary_key=True)
    value = models.TextField(blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=60)

    def __str__(self) -> str:
        return self.name


_CLOCK_STEP = 10_000_000
"""Microseconds that clocks differ by in ordinary service."""


class Throttle(models.Model):
    """How much of a rate limit is used, as the instant at which all of it will be free again.

    The generic cell rate algorithm (ITU-T I.371, annex A) in its virtual-scheduling form: one number
    per key, changed by one conditional update, so that the limit holds over any number of processes.
    """

    key = models.CharField(max_length=64, primary_key=True)
    free_at = models.BigIntegerField("all free at", help_text="Microseconds since 1970.", db_index=True)

    def __str__(self) -> str:
        return self.key

    @classmethod
    def advance(cls, key: str, now: int, step: int, window: int) -> int | None:
        """Move ``free_at`` of ``key`` on by ``step`` unless it would then lie beyond ``now + window``.

        All in microseconds. Returns ``None`` when moved, else the microseconds to wait.
        """
        # The database computes with the row as it is at that moment, so that two processes cannot both read
        # the old value and both be let through.
        start: Any = Greatest(F("free_at"), Value(now, output_field=models.BigIntegerField()))
        rows = cls.objects.filter(key=key)
        if rows.filter(free_at__lte=now + window - step).update(free_at=start + step):
            return None
        _row, created = cls.objects.get_or_create(key=key, defaults={"free_at": now + step})
        if created:
            return None
        if rows.filter(free_at__lte=now + window - step).update(free_at=start + step):
            return None
        # No take leads further ahead than the window, so a row that lies there is from a clock that ran
        # ahead. Left alone it would refuse everything until that time has come.
        if rows.filter(free_at__gt=now + window + _CLOCK_STEP).update(free_at=now + step):
            return None
        free_at = rows.values_list("free_at", flat=True).first()
        return max(1, (free_at if free_at is not None else now) + step - now - window)

    @classmethod
    def forget(cls, key: str) -> None:
        """Give the whole limit of ``key`` back."""
        cls.objects.filter(key=key).delete()

    @classmethod
    def forget_before(cls, instant: int) -> int:
        """Delete rows that were all free before ``instant`` (microseconds); how many there were."""
        return cls.objects.filter(free_at__lt=instant).delete()[0]
