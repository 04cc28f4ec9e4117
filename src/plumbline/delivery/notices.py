"""What notices say. A notice is composed when it is sent, in the language of the installation's mails."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import override

from plumbline.config import Config
from plumbline.delivery.channel import Letter
from plumbline.delivery.models import Delivery
from plumbline.identity import commands as identity
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Unavailable
from plumbline.wording import render

INVITATION = "invitation"


def _invitation(config: Config, delivery: Delivery) -> Letter:
    """The address on which a person sets a password, valid for three days from the moment of sending."""
    person = delivery.recipient
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


_COMPOSERS: dict[str, Callable[[Config, Delivery], Letter]] = {INVITATION: _invitation}


def compose(config: Config, delivery: Delivery) -> Letter:
    """The letter of ``delivery``. Raises `Unavailable` for a notice that this version does not know."""
    composer = _COMPOSERS.get(delivery.notice)
    if composer is None:
        raise Unavailable(f"This version knows no notice called {delivery.notice}.")
    with override(config.mail_language):
        return composer(config, delivery)
