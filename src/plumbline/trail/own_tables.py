"""What the trail's own tables and files follow from. The scrub of the tree compares most of them."""

from __future__ import annotations

from plumbline.trail.anchor_receipts import proofs as anchor_receipts
from plumbline.trail.commitments import queries as committed
from plumbline.trail.proofs import Declaration, NoProof, Pass, Proof


def DECLARATIONS() -> tuple[Declaration, ...]:  # noqa: N802 - the name that every room declares under
    """The tables of the log and the files beside it."""
    return (
        Proof(
            "trail.Leaf",
            "The bytes of every entry are hashed again into the tree, whose roots the guard and every signed "
            "checkpoint have; the columns repeat what the bytes say. Compared by the scrub of the tree.",
        ),
        Proof("trail.Tile", "Hashes of entries and of tiles below; compared by the scrub of the tree."),
        Proof(
            "trail.Opening",
            "Salt and bytes give the digest in the entry; every digest has its opening, or an entry of "
            "erasure that names it.",
            (Pass("missing", committed.log_span, committed.missing_openings, step=2_000),),
        ),
        Proof(
            "trail.Checkpoint",
            "Size and root are those of the signed note and of the tree at that size; the time is that of "
            "the last entry under it. Compared by the scrub of the tree.",
        ),
        Proof(
            "trail.Coordinator",
            "Size, frontier, last time and the counters of the sources follow from the entries. Compared by "
            "the scrub of the tree.",
        ),
        anchor_receipts.declaration(),
        Proof(
            "trail.ErasedOpening",
            "What entries of erasure name, so that it can be looked up; a row that its entry does not bear "
            "out is never believed.",
            (Pass("rows", committed.log_span, committed.unfounded_erasures, step=2_000),),
        ),
        NoProof("trail.Finding", "What the scrub found: deleted, it is found again, and its incident is an "
                "entry."),
        NoProof("trail.ScrubState", "How far the scrub has come. The next one overwrites a forged one, and "
                "says when that was."),
        Proof("guard/*", "Size and root that were signed last; the scrub of the tree compares the entries "
              "with it, and nothing is signed that does not continue it."),
        NoProof("key-store/*", "Keys under which openings are encrypted, and copies of erasure entries. An "
                "opening that another key decrypts does not fit its commitment."),
        NoProof("keys/*", "Secrets of this installation. What is signed with another key does not verify "
                "under the key that recipients know."),
        NoProof("*.lock", "Files that are locked: empty, or with the name of the worker that leads."),
        NoProof("stores.json", "What the last look at the stores found; the next look writes it anew, and "
                "what the stores hold has proofs of its own."),
        NoProof("settings.toml", "What the operator sets; it is read at the start and shown on the page of "
                "the installation."),
        Proof("plumbline.db*", "The database; each of its tables has a declaration of its own."),
    )  # fmt: skip
