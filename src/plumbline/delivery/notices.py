"""What notices say. A notice is composed when it is sent, in its recipient's language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.utils.translation import override

from plumbline.config import Config
from plumbline.delivery.channel import Letter
from plumbline.delivery.models import Delivery
from plumbline.delivery.waiting import letters
from plumbline.identity import commands as identity
from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Unavailable
from plumbline.wording import render

INVITATION = "invitation"
RESET = "password-reset"
WAITING = letters.WAITING
RESET_LAPSES = timedelta(hours=2)
"""How long after it was asked for a reset is still sent: nobody waits for it any more, or asked again."""


def _invitation(config: Config, delivery: Delivery) -> Letter:
    """The address on which a person sets a password, valid for three days from the moment of sending."""
    person = delivery.person
    address = config.public_address + identity.invitation_path(person, delivery.created_at)
    subject = say(
        "mail.invitation.subject",
        "Your account in the AI management system of {organization}",
        organization=config.organization,
    )
    text = say(
        "mail.invitation.text",
        "Hello {name},\n\n"
        "{organization} has created an account for you in its AI management system.\n\n"
        "Open this address within three days to choose your password:\n\n"
        "{address}\n\n"
        "The address works once. If it has expired, ask whoever invited you for a new invitation.\n",
        name=person.full_name,
        organization=config.organization,
        address=address,
    )
    return Letter(person.email, render(subject), render(text))


def _reset(config: Config, delivery: Delivery) -> Letter:
    """The address on which a person sets a new password, valid for an hour from the moment of sending."""
    person = delivery.person
    if clock.now() - delivery.created_at > RESET_LAPSES:
        raise Unavailable("It was asked for too long ago.")
    address = config.public_address + identity.reset_path(person)
    subject = say(
        "mail.reset.subject",
        "A new password for the AI management system of {organization}",
        organization=config.organization,
    )
    text = say(
        "mail.reset.text",
        "Hello {name},\n\n"
        "Somebody asked for a new password for your account in the AI management system of "
        "{organization}.\n\n"
        "If it was you, open this address within an hour to choose one:\n\n"
        "{address}\n\n"
        "The address works once. Your second factor stays as it is. If it was not you, do nothing: your "
        "password has not changed.\n",
        name=person.full_name,
        organization=config.organization,
        address=address,
    )
    return Letter(person.email, render(subject), render(text))


_COMPOSERS: dict[str, Callable[[Config, Delivery], Letter]] = {
    INVITATION: _invitation,
    RESET: _reset,
    WAITING: letters.compose,
}


def compose(config: Config, delivery: Delivery) -> Letter:
    """The letter of ``delivery``, in the language of its recipient.

    Raises `Unavailable` for a notice that this version does not know, and `NothingToSay`.
    """
    composer = _COMPOSERS.get(delivery.notice)
    if composer is None:
        raise Unavailable(f"This version knows no notice called {delivery.notice}.")
    with override(delivery.person.language or config.mail_language):
        return composer(config, delivery)
