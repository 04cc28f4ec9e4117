"""Witnesses (C2SP tlog-witness): each cosigns a checkpoint only if the trail has done nothing but grow."""

from __future__ import annotations

from pathlib import Path

from plumbline.anchors import outgoing
from plumbline.anchors.port import (
    Anchor,
    AnchorFailed,
    Contradiction,
    Received,
    Stale,
    Submission,
    Target,
)
from plumbline.config import Config
from plumbline.kernel.messages import say
from plumbline.kernel.note import Note, NoteError
from plumbline.kernel.witness_policy import PolicyError, WitnessPolicy, parse_policy
from plumbline.witness.protocol import request_body


def policy(config: Config) -> WitnessPolicy | None:
    """The witness policy of the settings, or ``None``. Raises `AnchorFailed` if it cannot be read."""
    if not config.anchor_witnesses:
        return None
    try:
        return parse_policy(Path(config.anchor_witnesses).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, PolicyError) as error:
        reason = say("anchors.policy", "The witness policy cannot be used: {error}", error=str(error)[:200])
        raise AnchorFailed(reason) from error


def _targets(config: Config) -> list[Target]:
    found = policy(config)
    return [Target(each.name, each.url) for each in found.witnesses.values() if each.url] if found else []


def _send(config: Config, target: Target, submission: Submission) -> Received:
    found, checkpoint = policy(config), submission.checkpoint
    if found is None or target.name not in found.witnesses:
        raise AnchorFailed(say("anchors.no-witness", "The policy names no such witness any more."))
    key = found.witnesses[target.name].key
    answer = outgoing.post(
        f"{target.address.rstrip('/')}/add-checkpoint",
        request_body(submission.known, submission.proof, checkpoint.note),
        "text/plain",
        allow_private=config.anchor_private,
    )
    if answer.status == 200:
        try:
            cosignature = key.cosignature(Note.parse(checkpoint.note + answer.content.decode()))
        except (NoteError, UnicodeDecodeError):
            cosignature = None
        if cosignature is None:
            raise AnchorFailed(say("anchors.no-cosignature", "The answer holds no valid cosignature."))
        return Received(cosignature.signature.line().encode(), cosignature.time)
    raise _refusal(answer, submission)


def _refusal(answer: outgoing.Answer, submission: Submission) -> AnchorFailed:
    size = submission.checkpoint.size
    if answer.status == 409 and answer.content.strip().isdigit() and len(answer.content) < 20:
        known = int(answer.content)
        if known > size:
            reason = say(
                "anchors.witness-ahead",
                "The witness has cosigned {known} entries; the trail has shown it {size} now.",
                known=known,
                size=size,
            )
            return Contradiction(reason, known)
        if known != submission.known:
            reason = say("anchors.witness-stale", "The witness knows {known} entries.", known=known)
            return Stale(reason, known)
    if answer.status in (409, 422):
        reason = say(
            "anchors.witness-refused",
            "The witness refuses: its checkpoint of {known} entries does not lead to this trail.",
            known=submission.known,
        )
        return Contradiction(reason, submission.known)
    if answer.status in (403, 404):
        return AnchorFailed(
            say(
                "anchors.witness-unknown",
                "The witness does not know this log or its key. Its operator adds it: plumbline witness log.",
            )
        )
    return AnchorFailed(
        say("anchors.status", "The server answered with status {status}.", status=answer.status)
    )


ANCHOR = Anchor(
    slug="witness",
    title="Witness (C2SP)",
    shows=say(
        "anchors.witness-shows",
        "Shows to whoever trusts the witness that the trail up to this checkpoint only grew since the first "
        "one it cosigned, and that it has cosigned no other history.",
    ),
    remedy=say(
        "anchors.witness-remedy",
        "Have somebody else run plumbline witness, and set PLUMBLINE_ANCHOR_WITNESSES to a policy file that "
        "names it.",
    ),
    targets=_targets,
    send=_send,
    often=True,
)
