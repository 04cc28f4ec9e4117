"""What a pack brings of anchors: stamps and cosignatures of earlier checkpoints, with the way from there.

Only what the log itself records under the pack's checkpoint is taken, so that the same scope at the same size
gives the same bytes, whatever anchors answer later.
"""

from __future__ import annotations

from pathlib import Path

from plumbline.config import Config
from plumbline.kernel.merkle import consistency_proof
from plumbline.kernel.note import VerifierKey, proofs_text
from plumbline.kernel.witness_policy import PolicyError, WitnessPolicy, parse_policy
from plumbline.trail import queries
from plumbline.trail.anchor_receipts import queries as receipts
from plumbline.trail.anchor_receipts.queries import TIMESTAMP, WITNESS, Receipt
from plumbline.trail.pack_contents import PackContents

MOST_STAMPS = 400
"""Time stamps that a pack brings, the newest: one a day for more than a year."""


def add(pack: PackContents) -> None:
    """Add ``anchors/<size>.checkpoint``, ``.consistency``, ``.witnesses`` and ``-<n>-<name>.tsr``."""
    known = receipts.under(pack.checkpoint.size)
    stamps = [receipt for receipt in known if receipt.anchor == TIMESTAMP][-MOST_STAMPS:]
    # The newest cosignature of a witness says all that its earlier ones say.
    cosigned = {receipt.name: receipt for receipt in known if receipt.anchor == WITNESS}
    by_size: dict[int, list[Receipt]] = {}
    for receipt in [*stamps, *cosigned.values()]:
        by_size.setdefault(receipt.size, []).append(receipt)
    for size, taken in sorted(by_size.items()):
        _add_checkpoint(pack, size, taken)


def _add_checkpoint(pack: PackContents, size: int, taken: list[Receipt]) -> None:
    checkpoint = queries.checkpoint_at(size)
    if checkpoint is None:
        return
    stem = f"anchors/{size}"
    path = consistency_proof(size, pack.checkpoint.size, pack.tree.node)
    pack.writer.add(f"{stem}.checkpoint", checkpoint.note.encode())
    pack.writer.add(f"{stem}.consistency", proofs_text(path).encode())
    lines = b"".join(receipt.evidence for receipt in taken if receipt.anchor == WITNESS)
    if lines:
        pack.writer.add(f"{stem}.witnesses", lines)
    for number, receipt in enumerate(receipt for receipt in taken if receipt.anchor == TIMESTAMP):
        # A host name has letters, digits, hyphens and dots; the colons of an IPv6 address have no place.
        name = receipt.name.replace(":", "-")
        pack.writer.add(f"{stem}-{number}-{name}.tsr", receipt.evidence)


def policy_text(config: Config, vkey: VerifierKey) -> str:
    """The member ``policy`` (C2SP tlog-policy): this log, and the witnesses and the quorum of the settings.

    For information: whoever makes a pack also writes this, so the one that counts comes from elsewhere.
    """
    try:
        text = Path(config.anchor_witnesses).read_text(encoding="utf-8") if config.anchor_witnesses else ""
        policy = parse_policy(text) if text else WitnessPolicy()
    except (OSError, UnicodeDecodeError, PolicyError):
        policy = WitnessPolicy()
    lines = [f"log {vkey}"]
    lines += [f"witness {name} {witness.key}" for name, witness in policy.witnesses.items()]
    lines += [
        f"group {name} {group.threshold} {' '.join(group.members)}" for name, group in policy.groups.items()
    ]
    return "\n".join([*lines, f"quorum {policy.quorum}"]) + "\n"
