"""Codes of the second step, each good once: time-based ones (RFC 6238) and recovery codes.

RFC 6238, section 5.2, asks that a code is not taken a second time. What was used is remembered as the time
step of the newest code, in the row of the person: in one place for all processes, whatever the spelling of
the code ("123 456", "123-456"), and without an end, so that a clock that stands still opens nothing again. A
code of an earlier step than the newest is refused as well; somebody may have read it over the shoulder.
"""

from __future__ import annotations

import hmac

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator

from plumbline.identity import queries
from plumbline.identity.allauth_private import RecoveryCodes, format_hotp_value, hotp_value
from plumbline.identity.models import Person
from plumbline.kernel import clock

PERIOD = 30
"""Seconds of one time step (RFC 6238, section 4.1)."""
_TOLERANCE = 1
"""Steps by which the clock of a device may differ, either way (RFC 6238, section 6)."""


def normalize(code: str) -> str:
    """``code`` as it is compared: without the spaces and hyphens that people and apps put into it."""
    return "".join(code.replace("-", "").split())


def matching_step(secret: str, code: str) -> int | None:
    """The time step of which ``code`` is the code under ``secret`` (base 32); ``None`` when it is of none."""
    now = int(clock.now().timestamp()) // PERIOD
    for step in range(now - _TOLERANCE, now + _TOLERANCE + 1):
        if hmac.compare_digest(format_hotp_value(hotp_value(secret, step)).encode(), code.encode()):
            return step
    return None


def first_recovery_codes(person: Person) -> list[str]:
    """New recovery codes for whoever has none; nothing for whoever has been shown theirs already."""
    if queries.authenticators(person.pk).filter(type=Authenticator.Type.RECOVERY_CODES).exists():
        return []
    codes: list[str] = RecoveryCodes.activate(person).generate_codes()
    return codes


def remove_dangling(person: Person) -> None:
    """Remove the recovery codes of whoever has nothing any more that they stand in for."""
    rows = queries.authenticators(person.pk)
    if not rows.exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
        rows.delete()


def begin(person: Person, step: int) -> None:
    """Note that the code of ``step`` has turned the second factor on and is used up by that."""
    Person.begin_code_steps(person.pk, step)


def use(person: Person, code: str) -> Authenticator | None:
    """Use ``code`` up; the authenticator it belongs to, or ``None`` when it is wrong or was used already."""
    code = normalize(code)
    for authenticator in queries.authenticators(person.pk):
        if authenticator.type == Authenticator.Type.TOTP:
            right = _use_time_code(person, get_adapter().decrypt(authenticator.data["secret"]), code)
        elif authenticator.type == Authenticator.Type.RECOVERY_CODES:
            # It locks its row, so that of two requests with one code only one is let in.
            right = RecoveryCodes(authenticator).validate_code(code)
        else:
            continue
        if right:
            authenticator.user = person
            return authenticator
    return None


def _use_time_code(person: Person, secret: str, code: str) -> bool:
    step = matching_step(secret, code)
    return step is not None and Person.advance_code_step(person.pk, step)
