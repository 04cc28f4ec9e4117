"""Why the trail accepts or signs nothing more: one problem with a stable reason and its remedy."""

from __future__ import annotations

from collections.abc import Mapping

from plumbline.kernel.messages import Text, worded
from plumbline.kernel.problems import Unavailable

_RECOVER = (
    "Run `plumbline trail recover`: it says what is lost, brings back what a newer copy, a mirror or packs "
    "hold, and opens a new epoch when the rest cannot be had."
)
REMEDIES: Mapping[str, str] = {
    "not-initialised": "Put the folder of the keys back from where you keep it, or make an installation with "
    "`plumbline init` in an empty data folder.",
    "guard-missing": "Put the guard file back from where you keep it. If it is lost, run "
    "`plumbline trail recover --guard`, which makes a new one from the last signed checkpoint.",
    "other-log": "Set PLUMBLINE_GUARD and PLUMBLINE_DATA to a guard and a data folder that belong together.",
    "rolled-back": _RECOVER,
    "root-mismatch": _RECOVER,
    "fork": _RECOVER,
    "signer-refused": _RECOVER,
    "tree-mismatch": "Run `plumbline trail scrub` to see which entries are damaged, then "
    "`plumbline trail recover` to bring them back from a copy.",
    "damaged": "Run `plumbline trail recover` to bring the damaged entries back from a copy. A scrub that "
    "finds nothing lets the trail take entries again.",
    "clock-back": "Set the server's clock right. If it is right and ran ahead before, run "
    "`plumbline trail recover --clock`.",
    "clock-ahead": "Set the server's clock right. If it is right now, run `plumbline trail recover --clock`.",
    "second-instance": "Stop the other instance: one log has one writer. Then this one goes on by itself.",
    "keys-missing": "Put the store of the keys of openings back from its backup, or set PLUMBLINE_KEY_STORE "
    "right.",
    "database-replaced": "Nothing was saved. Send it again: it then meets the database that is there now.",
}
"""What mends each reason, for whoever runs the installation."""


class ReadOnly(Unavailable):
    """The trail accepts or signs nothing more until someone has looked into it.

    ``reason`` is a stable word, a key of `REMEDIES`; ``remedy`` says what to do about it.
    """

    code, title = "trail-read-only", "The trail is read-only"

    def __init__(self, reason: str, detail: Text) -> None:
        """``detail`` says what was found."""
        super().__init__(detail, reason=reason)
        self.reason = reason
        self.remedy = worded("trail.remedy", REMEDIES[reason])
