"""Mail by SMTP (RFC 5321), through Django's backend. Off until `mail_host` and `mail_from` are set."""

from __future__ import annotations

import smtplib

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from plumbline.config import Config, MailSecurity
from plumbline.delivery.channel import Channel, Letter, SendFailed

TIMEOUT = 5
"""Seconds to wait for the server. The stage shares its process with every other stage of the flow."""


def _is_configured(config: Config) -> bool:
    return bool(config.mail_host and config.mail_from)


def _send(config: Config, letter: Letter) -> None:
    backend = EmailBackend(
        host=config.mail_host,
        port=config.mail_port,
        username=config.mail_user,
        password=config.mail_password,
        use_tls=config.mail_security is MailSecurity.STARTTLS,
        use_ssl=config.mail_security is MailSecurity.TLS,
        timeout=TIMEOUT,
    )
    message = EmailMessage(
        letter.subject, letter.text, config.mail_from, [letter.address], connection=backend
    )
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise _refused(codes[0] if codes else 0) from error
    except smtplib.SMTPResponseException as error:
        raise _refused(error.smtp_code) from error
    except (smtplib.SMTPException, OSError) as error:
        # No connection, no TLS, a certificate that does not fit: somebody may be mending it right now.
        raise SendFailed(f"The mail server did not take it ({type(error).__name__}).") from error


def _refused(code: int) -> SendFailed:
    """A refusal with an SMTP reply code: 4yz asks to come again, 5yz says never (RFC 5321, 4.2.1).

    Except the codes about ourselves (sign-in and encryption): those are the operator's to put right, and the
    mail is as good as it was.
    """
    about_us = code in {530, 534, 535, 538}
    return SendFailed(
        f"The mail server refused it with code {code}.", permanent=500 <= code < 600 and not about_us
    )


CHANNEL = Channel(
    name="mail",
    title="Mail (SMTP)",
    is_configured=_is_configured,
    remedy="Set PLUMBLINE_MAIL_HOST and PLUMBLINE_MAIL_FROM.",
    send=_send,
)
