"""Time stamps of RFC 3161: an authority signs that it has seen a checkpoint, and when.

What is stamped are the bytes of the published note, so that ``openssl ts -verify -data`` checks the stamp on
the very file. A stamp is taken only if its signature leads to a root that the settings name, by certificates
that were valid at its time, and if it is for exactly these bytes and answers this request.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from plumbline.anchors import outgoing
from plumbline.anchors.port import Anchor, AnchorFailed, Received, Submission, Target
from plumbline.config import Config
from plumbline.kernel import clock
from plumbline.kernel.messages import say

FARTHEST = timedelta(hours=1)
"""How far the authority's time may be from ours: beyond that, one of the two clocks is wrong."""


def _targets(config: Config) -> list[Target]:
    return [Target(name, address) for name, address in outgoing.names_of(config.anchor_timestamps)]


def roots(config: Config) -> list[x509.Certificate]:
    """The certificates that stamps must lead to. Raises `AnchorFailed` without any."""
    try:
        return x509.load_pem_x509_certificates(Path(config.anchor_timestamp_roots or "/").read_bytes())
    except (OSError, ValueError) as error:
        raise AnchorFailed(
            say(
                "anchors.no-roots",
                "Set PLUMBLINE_ANCHOR_TIMESTAMP_ROOTS to a PEM file with the authority's root certificates.",
            )
        ) from error


def _send(config: Config, target: Target, submission: Submission) -> Received:
    trusted, note = roots(config), submission.checkpoint.note.encode()
    request = TimestampRequestBuilder().data(note).hash_algorithm(HashAlgorithm.SHA256).build()
    answer = outgoing.post(
        target.address,
        request.as_bytes(),
        "application/timestamp-query",
        allow_private=config.anchor_private,
    )
    if answer.status != 200:
        raise AnchorFailed(
            say("anchors.status", "The server answered with status {status}.", status=answer.status)
        )
    verifier = VerifierBuilder.from_request(request)
    for certificate in trusted:
        verifier = verifier.add_root_certificate(certificate)
    try:
        stamp = decode_timestamp_response(answer.content)
        verifier.build().verify_message(stamp, note)
        stated = clock.in_utc(stamp.tst_info.gen_time)
    except (VerificationError, ValueError) as error:
        reason = say("anchors.stamp-refused", "The time stamp is not taken: {error}", error=str(error)[:200])
        raise AnchorFailed(reason) from error
    if abs(stated - clock.now()) > FARTHEST:
        raise AnchorFailed(
            say("anchors.stamp-time", "The authority's time {stated} is far from ours.", stated=stated)
        )
    return Received(evidence=answer.content, stated_at=stated)


ANCHOR = Anchor(
    slug="timestamp",
    title="Time stamp (RFC 3161)",
    shows=say(
        "anchors.timestamp-shows",
        "Shows to whoever trusts the authority that the trail up to this checkpoint existed at that time. It "
        "shows a rewritten history to whoever has kept the stamp.",
    ),
    remedy=say(
        "anchors.timestamp-remedy",
        "Set PLUMBLINE_ANCHOR_TIMESTAMPS to the address of an authority and PLUMBLINE_ANCHOR_TIMESTAMP_ROOTS "
        "to its root certificates.",
    ),
    targets=_targets,
    send=_send,
)
