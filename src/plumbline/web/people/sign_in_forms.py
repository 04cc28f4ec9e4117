"""The forms of signing in, of one's account and of people. Rules beyond a field's shape are identity's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from plumbline.identity.roles import ALL, GROUPS, ROLES
from plumbline.kernel import clock
from plumbline.kernel.problems import Problem
from plumbline.web import language

TOKEN_SCOPES = (
    ("ingest", _("Send telemetry")),
    ("read", _("Read and export")),
    ("write", _("Write records")),
    ("pack", _("Make evidence packs")),
)


def take_faults(form: forms.Form, problem: Problem) -> None:
    """Show the faults of ``problem`` at their fields, and what belongs to none above the form."""
    placed = False
    for fault in problem.faults:
        text = " ".join(part for part in (str(fault.message), str(fault.remedy)) if part)
        name = fault.field if fault.field in form.fields else None
        form.add_error(name, text)
        placed = True
    if not placed:
        form.add_error(None, str(problem.detail))


def _password(label: str, use: str, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=_(label),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": use}),
        **options,
    )


def day_field(label: str, **options: Any) -> forms.DateField:
    """A field for a day within reason."""
    bounds = [MinValueValidator(date(1900, 1, 1)), MaxValueValidator(date(2200, 12, 31))]
    picker = forms.DateInput(attrs={"type": "date"})
    return forms.DateField(label=_(label), widget=picker, validators=bounds, **options)


class AccountForm(forms.Form):
    """A form whose fields have ids of their own, so that several stand on one page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{type(self).__name__.lower()}-%s")
        super().__init__(*args, **kwargs)


class SignInForm(AccountForm):
    """E-mail address and password."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = _password(gettext_noop("Password"), "current-password")


class ForgottenForm(AccountForm):
    """The e-mail address of whoever needs a new password."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )


class CodeForm(AccountForm):
    """The code of the second step."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        help_text=_("Six figures from your authenticator app, or one of your recovery codes."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class NewPasswordForm(AccountForm):
    """A first or new password, for an invitation."""

    password = _password(
        gettext_noop("New password"),
        "new-password",
        help_text=_("At least 12 characters. A few plain words do well."),
    )


class ProfileForm(AccountForm):
    """Name, theme and language."""

    full_name = forms.CharField(
        label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    theme = forms.ChoiceField(
        label=_("Theme"),
        choices=(
            ("system", _("As the device")),
            ("light", _("Light")),
            ("dark", _("Dark")),
            ("contrast", _("High contrast")),
        ),
    )
    language = forms.ChoiceField(label=_("Language"), choices=language.choices, required=False)
    time_zone = forms.CharField(
        label=_("Time zone"),
        max_length=60,
        required=False,
        help_text=_("Such as Europe/Berlin. Empty: that of the organization."),
    )


def _hour(value: str) -> int | None:
    return int(value) if value else None


_HOURS = [(str(hour), f"{hour:02}:00") for hour in range(24)]


class NoticeForm(AccountForm):
    """How somebody wants to be told by mail what newly waits for them."""

    mail = forms.ChoiceField(
        label=_("Mail about what newly waits for you"),
        choices=(("at-once", _("At once")), ("digest", _("Once a day")), ("off", _("Never"))),
    )
    digest_hour = forms.TypedChoiceField(label=_("Daily mail at"), choices=_HOURS, coerce=int)
    quiet_from = forms.TypedChoiceField(
        label=_("No mail from"),
        choices=[("", _("No quiet hours")), *_HOURS],
        coerce=_hour,
        empty_value=None,
        required=False,
    )
    quiet_until = forms.TypedChoiceField(
        label=_("until"),
        choices=[("", _("No quiet hours")), *_HOURS],
        coerce=_hour,
        empty_value=None,
        required=False,
        help_text=_("In your own time zone. Mail that falls into these hours is sent when they end."),
    )


class PasswordForm(AccountForm):
    """The present password, unless there is none yet, and a new one."""

    present = _password(gettext_noop("Present password"), "current-password", required=False)
    password = _password(
        gettext_noop("New password"),
        "new-password",
        help_text=_("At least 12 characters. A few plain words do well."),
    )


class FactorOnForm(AccountForm):
    """A code from the app that was just set up, and the password."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        help_text=_("Six figures that the app shows now."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    password = _password(gettext_noop("Password"), "current-password", required=False)


class FactorOffForm(AccountForm):
    """The password, to turn the second factor off."""

    password = _password(gettext_noop("Password"), "current-password", required=False)


class PasskeyForm(AccountForm):
    """The name of a passkey that the browser has just made, and the password."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("Which device or key keeps it, such as Laptop.")
    )
    password = _password(gettext_noop("Password"), "current-password", required=False)


class TokenForm(AccountForm):
    """A new token of one's own."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("Where the token will be used."))
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), choices=TOKEN_SCOPES, widget=forms.CheckboxSelectMultiple
    )
    expires = day_field(gettext_noop("Last day"), help_text=_("At most a year from now."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expires"].initial = clock.today() + timedelta(days=90)
        # What lets a program do more is chosen, never left in by oversight.
        self.fields["scopes"].initial = ["read"]

    def expiry(self) -> datetime:
        """The end of the last day."""
        return clock.day_end(self.cleaned_data["expires"])


class PersonForm(AccountForm):
    """Somebody new."""

    full_name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail address"), max_length=254, help_text=_("They sign in with it."))


class NameForm(AccountForm):
    """A name that tells somebody apart from another person."""

    full_name = forms.CharField(label=_("Name"), max_length=200)


class UnitForm(AccountForm):
    """A part of the organization."""

    name = forms.CharField(label=_("Name"), max_length=200)
    parent = forms.ChoiceField(label=_("Part of"), required=False)

    def __init__(self, *args: Any, units: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].choices = _choices("The organization", units)  # type: ignore[attr-defined]


class GrantForm(AccountForm):
    """A role for somebody."""

    role = forms.ChoiceField(
        label=_("Role"), choices=[(role.slug, f"{role.title}: {role.meaning}") for role in ROLES.values()]
    )
    unit = forms.ChoiceField(label=_("For"), required=False)
    scope = forms.ChoiceField(
        label=_("Scope"),
        required=False,
        choices=[("", "Not narrowed"), (ALL, "Everything"), *((name, name.capitalize()) for name in GROUPS)],
        help_text=_("Narrows the role to one group of records. An external auditor needs a scope or a unit."),
    )
    starts = day_field(gettext_noop("First day"), required=False, help_text=_("Empty: today."))
    ends = day_field(gettext_noop("Last day"), required=False, help_text=_("Empty: until it is taken back."))

    def __init__(self, *args: Any, units: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = _choices("The whole organization", units)  # type: ignore[attr-defined]
        # The least powerful role: a first one in a list is otherwise the one that everybody gets.
        self.fields["role"].initial = "viewer"


def _choices(whole: str, units: Sequence[Any]) -> list[tuple[str, str]]:
    return [("", whole), *((unit.slug, unit.name) for unit in units)]
