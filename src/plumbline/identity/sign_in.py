"""Sign-in: what this installation adds to django-allauth's flows.

allauth checks passwords and codes and leads from one step to the next; its adapters are the documented places
for an installation's own rules. Every sign-in, whatever the way (password, password and code, one-time
link), ends in `Adapter.login`, every sign-out in `Adapter.logout` and every wrong password in
`Adapter.authentication_failed`: there the leaves are written and the limits applied, without signals.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.adapter import get_adapter as account_adapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from plumbline.identity import commands, encryption, one_time_codes, sessions, throttle
from plumbline.identity.allauth_private import (
    AuthenticateForm,
    AuthenticateStage,
    Login,
    LoginStageController,
    perform_login,
    perform_password_login,
    post_authentication,
    record_authentication,
)
from plumbline.identity.federated import commands as federated
from plumbline.identity.models import Person
from plumbline.identity.passkeys import ceremony
from plumbline.identity.passkeys import commands as passkeys
from plumbline.identity.passkeys import queries as passkey_queries
from plumbline.identity.passkeys.ceremony import WrongAnswer
from plumbline.kernel.messages import say
from plumbline.kernel.problems import NotSignedIn, TooMany

MINUTE = 60
PROXY_HEADER_PREFIXES = (
    "HTTP_X_FORWARDED",
    "HTTP_FORWARDED",
    "HTTP_X_REAL_IP",
    "HTTP_VIA",
    "HTTP_CF_",
    "HTTP_TRUE_CL",
)
"""Beginnings of headers (as CGI spells them) by which a request says that it came through a proxy."""
ACCOUNT_TRIES, ACCOUNT_WINDOW = 20, 900  # wrong passwords or codes for one account, in seconds
RESETS, RESET_WINDOW = 3, 3_600  # requests for a new password for one account, in seconds
CALENDARS = 30  # readings of one calendar in a minute
WRONG_CREDENTIALS = "The e-mail address or the password is not right."
WRONG_PASSKEY = "The passkey was not accepted. Try again, or sign in another way."
WRONG_CODE = "The code is not right, or was used already. Wait for the next one."


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts: made by an AIMS manager, signed in within limits, each sign-in a leaf."""

    error_messages = {**DefaultAccountAdapter.error_messages, "email_password_mismatch": WRONG_CREDENTIALS}

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: nobody signs up by themself."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """allauth's own messages are not shown; the pages say what happened."""

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Apply the limits on tries from one address and for one account.

        They count before the password is looked at, and for unknown accounts as well: a limit that only
        known accounts had would tell who has one.
        """
        throttle_address(request)
        throttle_account(str(credentials.get("email", "")))

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """The person with this address and password; inactive people are answered like unknown ones."""
        person: Person | None = super().authenticate(request, **credentials)
        if person is not None and not person.is_active:
            # The same leaf and the same answer as for a wrong password: an account out of use does not show.
            self.authentication_failed(request, **credentials)
            return None
        if person is not None:
            throttle.forget(_account_key(person.email))
        return person

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Leave a leaf; it takes the same steps whether or not the account exists."""
        commands.log_failed_sign_in(str(credentials.get("email", "")), "password")

    def login(self, request: HttpRequest, user: Person) -> None:
        """Begin the session: a new key, its times and epoch, and a leaf."""
        super().login(request, user)
        sessions.stamp(request, user)
        methods = [_method(record) for record in get_authentication_records(request, user)]
        commands.log_session_event(user, "session.started", method="+".join(methods) or "link")

    def logout(self, request: HttpRequest) -> None:
        """End the session, with a leaf."""
        person = request.user
        super().logout(request)
        if isinstance(person, Person):
            commands.log_session_event(person, "session.ended")

    def set_password(self, user: Person, password: str) -> None:
        """Passwords change through the commands, which end the sessions and leave a leaf."""
        commands.set_password(user, password)


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors: their secrets are encrypted under a key that lies outside the database."""

    def encrypt(self, text: str) -> str:
        """``text`` under the installation's key for second factors (Fernet: AES-128-CBC with HMAC)."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """What `encrypt` was given."""
        return _cipher().decrypt(encrypted_text.encode()).decode()


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    """The code of the second step: limited, once only across processes, and a leaf when wrong."""

    def clean_code(self) -> str:
        """The code, if it is right (RFC 6238, or an unused recovery code)."""
        # By account and not by session: a right password must not give a guesser fresh tries.
        tries = f"codes:{self.user.pk}"
        _refuse_if_throttled(throttle.take(tries, ACCOUNT_TRIES, ACCOUNT_WINDOW))
        code: str = self.cleaned_data["code"]
        # Not by allauth's own check, which remembers used codes for half a minute, in the cache of one
        # process, and by their spelling.
        self.authenticator = one_time_codes.use(self.user, code)
        if self.authenticator is None:
            commands.log_failed_sign_in(self.user.email, "code")
            raise ValidationError(WRONG_CODE, code="incorrect_code")
        throttle.forget(tries)
        return code


def with_password(request: HttpRequest, *, email: str, password: str, then: str) -> HttpResponse | None:
    """The first step of signing in: the answer that leads on, or ``None`` when something is not right.

    ``then`` is the page to go to in the end; the caller has checked that it lies on this installation.
    Raises `TooMany`.
    """
    credentials = {"email": email.strip(), "password": password}
    try:
        person = account_adapter(request).authenticate(request, **credentials)
    except ValidationError:
        return None
    if person is None:
        return None
    login = Login(user=person, email=person.email, redirect_url=then)
    answer: HttpResponse = perform_password_login(request, credentials, login)
    return answer


def pending_person(request: HttpRequest) -> Person | None:
    """Who gave the right password in this session and owes a code."""
    stage = LoginStageController.enter(request, AuthenticateStage.key)
    person: Person | None = stage.login.user if stage else None
    return person


def with_code(request: HttpRequest, code: str) -> HttpResponse | None:
    """The second step: the answer that leads on, or ``None`` when the code is not right.

    Raises `TooMany`, and `NotSignedIn` when nobody owes a code.
    """
    stage = LoginStageController.enter(request, AuthenticateStage.key)
    if stage is None:
        raise NotSignedIn("Begin with your e-mail address and password.")
    throttle_address(request)
    form = CodeForm(user=stage.login.user, data={"code": code.replace(" ", "")})
    if not form.is_valid():
        return None
    form.save()
    answer: HttpResponse = stage.exit()
    return answer


def with_identity(request: HttpRequest, *, issuer: str, subject: str, email: str, then: str) -> HttpResponse:
    """Sign in whom the identity provider has recognized; a second factor here is asked for all the same.

    Raises `NotSignedIn` when no account is theirs.
    """
    try:
        person = federated.person_of(issuer, subject, email)
    except NotSignedIn:
        commands.log_failed_sign_in(email, "identity-provider")
        raise
    record_authentication(request, person, "identity-provider")
    response: HttpResponse = perform_login(request, Login(user=person, email=person.email, redirect_url=then))
    return response


def passkey_options(request: HttpRequest) -> dict[str, Any]:
    """What a browser needs to sign in with a passkey and nothing else. Raises `TooMany`."""
    throttle_address(request)
    return ceremony.begin_authentication(request, "sign-in", None)


def with_passkey(request: HttpRequest, answer: str, then: str) -> HttpResponse | None:
    """Sign in with a passkey alone; ``None`` when something is not right.

    It is something that somebody has and, since the user is verified by it, something they know or are: no
    further step is asked for. Raises `TooMany`.
    """
    throttle_address(request)
    try:
        authenticator, person = passkeys.use(request, "sign-in", answer, person=None)
    except WrongAnswer:
        commands.log_failed_sign_in("", "passkey")
        return None
    if not person.is_active:
        commands.log_failed_sign_in(person.email, "passkey")
        return None
    post_authentication(request, authenticator, passwordless=True)
    response: HttpResponse = perform_login(request, Login(user=person, email=person.email, redirect_url=then))
    return response


def second_passkey_options(request: HttpRequest) -> dict[str, Any]:
    """What a browser needs for the second step with a passkey. Raises `NotSignedIn` and `TooMany`."""
    person = pending_person(request)
    if person is None:
        raise NotSignedIn("Begin with your e-mail address and password.")
    throttle_address(request)
    return ceremony.begin_authentication(request, "second-step", passkey_queries.passkeys_of(person.pk))


def with_second_passkey(request: HttpRequest, answer: str) -> HttpResponse | None:
    """The second step with a passkey: the answer that leads on, or ``None`` when it is not right.

    Raises `TooMany`, and `NotSignedIn` when nobody owes a second step.
    """
    stage = LoginStageController.enter(request, AuthenticateStage.key)
    if stage is None:
        raise NotSignedIn("Begin with your e-mail address and password.")
    throttle_address(request)
    person: Person = stage.login.user
    try:
        authenticator, _ = passkeys.use(request, "second-step", answer, person=person)
    except WrongAnswer:
        commands.log_failed_sign_in(person.email, "passkey")
        return None
    post_authentication(request, authenticator)
    response: HttpResponse = stage.exit()
    return response


def sign_out(request: HttpRequest) -> None:
    """End the session of ``request``, if it has one."""
    account_adapter(request).logout(request)


def throttle_address(request: HttpRequest) -> None:
    """Count one try from the address of ``request``. Raises `TooMany` when there were too many."""
    address = throttle.network(request.META.get("REMOTE_ADDR", ""))
    wait = throttle.take(f"sign-in:{address}", settings.PLUMBLINE.sign_in_rate, MINUTE)
    _refuse_if_throttled(wait)


def throttle_account(email: str) -> None:
    """Count one try for the account with this address, known or not. Raises `TooMany`."""
    _refuse_if_throttled(throttle.take(_account_key(email), ACCOUNT_TRIES, ACCOUNT_WINDOW))


def may_ask_reset(email: str) -> bool:
    """Count one request for a new password for the account with this address; whether it may be followed.

    One that is beyond the limit is dropped without a word: an answer of its own would tell who has an account
    that somebody has asked for, and mail could be made to pour into a mailbox.
    """
    return throttle.take(f"reset:{email.strip().lower()}", RESETS, RESET_WINDOW) is None


def throttle_calendar(person: Person) -> None:
    """Count one reading of a person's calendar, which is derived anew each time. Raises `TooMany`."""
    _refuse_if_throttled(throttle.take(f"calendar:{person.pk}", CALENDARS, MINUTE))


def is_loopback(request: HttpRequest) -> bool:
    """Whether the request comes from this machine and through no proxy, as far as one leaves a header."""
    if any(name.startswith(PROXY_HEADER_PREFIXES) for name in request.META):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def with_link(request: HttpRequest, secret: str) -> Person:
    """Sign in whom a one-time link is for, and use the link up.

    Raises `NotSignedIn` for a link that is used, too old or unknown, and for any that does not come from
    this machine by POST; such a request uses nothing up.
    """
    if request.method != "POST" or not is_loopback(request):
        raise NotSignedIn("One-time links work only on the machine that runs Plumbline.")
    throttle_address(request)
    person = commands.redeem_link(secret)
    account_adapter(request).login(request, person)
    return person


def keep_session(request: HttpRequest, person: Person) -> None:
    """Let the session in which somebody changed their own password live on; all others have ended."""
    person.refresh_from_db()
    update_session_auth_hash(request, person)
    sessions.stamp(request, person)


def _method(record: dict[str, Any]) -> str:
    """What an entry calls one step of a sign-in."""
    return "passkey" if record.get("type") == "webauthn" else str(record["method"])


def _account_key(email: str) -> str:
    return f"account:{email.strip().lower()}"


def _refuse_if_throttled(wait: float | None) -> None:
    if wait is not None:
        seconds = max(1, round(wait))
        text = say(
            "sign-in.too-many",
            "Too many tries. Wait one second and try again.",
            plural="Too many tries. Wait {count} seconds and try again.",
            count=seconds,
        )
        raise TooMany(text, retry_after=seconds)


def _cipher() -> Fernet:
    return encryption.cipher(settings.PLUMBLINE.data)
