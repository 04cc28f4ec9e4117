"""Why the trail accepts or signs nothing more: one problem with a stable reason."""

from __future__ import annotations

from plumbline.kernel.messages import Text
from plumbline.kernel.problems import Unavailable


class ReadOnly(Unavailable):
    """The trail accepts or signs nothing more until someone has looked into it; ``reason`` is a stable word.

    ``guard-missing``, ``rolled-back``, ``root-mismatch``, ``tree-mismatch``, ``clock-back``,
    ``second-instance``, ``other-log``, ``damaged``, ``fork``, ``signer-refused``, ``not-initialised``.
    """

    code, title = "trail-read-only", "The trail is read-only"

    def __init__(self, reason: str, detail: Text) -> None:
        """``detail`` says what was found and what to do."""
        super().__init__(detail, reason=reason)
        self.reason = reason
