"""Checkpoints by mail: to people outside, in whose mailboxes nobody here can change anything."""

from __future__ import annotations

from plumbline.anchors.port import Anchor, AnchorFailed, Received, Submission, Target
from plumbline.config import Config
from plumbline.delivery import channel
from plumbline.delivery.channel import Letter, SendFailed
from plumbline.identity.organization import queries as organization
from plumbline.kernel.messages import say
from plumbline.kernel.note import Note, TreeHead

TEXT = """{organization} sends you the newest checkpoint of its record of AI management. Keep this mail:
if the record is ever rewritten, this checkpoint will not fit it any more.

To compare, save the lines from the name of the log to the last signature as a file, and run the verifier on
the evidence pack that you are given:

    python3 verify.py verify PACK --key 'KEY' --since FILE

{note}"""


def _targets(config: Config) -> list[Target]:
    return [Target("mail", config.anchor_mail)] if config.anchor_mail.strip() else []


def _send(config: Config, target: Target, submission: Submission) -> Received:
    carrier = channel.get("mail")
    if not carrier.is_configured(config):
        raise AnchorFailed(say("anchors.no-mail", "Mail is not set up. {remedy}", remedy=carrier.remedy))
    note = submission.checkpoint.note
    head = TreeHead.parse(Note.parse(note).text)
    text = TEXT.format(organization=organization.effective(config).organization, note=note)
    subject = f"Checkpoint of {head.size} entries, {head.origin}"
    for address in filter(None, (part.strip() for part in target.address.split(","))):
        try:
            carrier.send(config, Letter(address, subject, text))
        except SendFailed as failure:
            reason = say("anchors.mail-failed", "A mail was not sent: {reason}", reason=failure.reason)
            raise AnchorFailed(reason) from failure
    return Received()


ANCHOR = Anchor(
    slug="mail",
    title="Mail",
    shows=say(
        "anchors.mail-shows",
        "Shows a rewritten history to the recipients, who compare the checkpoint they have kept with a pack. "
        "That they have kept it is not known here.",
    ),
    remedy=say(
        "anchors.mail-remedy",
        "Set PLUMBLINE_ANCHOR_MAIL to addresses outside of the organization, and the mail server.",
    ),
    targets=_targets,
    send=_send,
)
