"""Deliveries whose process is killed between two steps, and what the next process makes of them.

As a program (``python -m tests.delivery.killed``) it lets the real stage work on the data folder of its
environment. Each process is a copy of this one, killed by SIGKILL at one of `POINTS`; the last one works on
to the end, after the pause. It prints what there is then, as JSON.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

POINTS = ("before it is sent", "after it is sent", "after its entry, before the commit")


def main() -> int:
    """Let one process after the other be killed, and a last one go on."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plumbline.server.settings")
    django.setup()
    ends = [_in_a_copy(lambda point=point: _killed_at(point)) for point in POINTS]
    ends.append(_in_a_copy(_go_on))

    from plumbline.delivery.models import Delivery
    from plumbline.trail import log

    rows = Delivery.objects.order_by("id").values_list("handle", "state", "attempts")
    entries = [leaf for leaf in log.leaves(0, log.size()) if leaf.entry_type.startswith("delivery.")]
    told = [[leaf.entry_type, leaf.subject["ref"]] for leaf in entries]
    json.dump({"ends": ends, "rows": list(rows), "entries": told}, sys.stdout)
    return 0


def _in_a_copy(work: Callable[[], None]) -> int:
    """How a copy of this process that does ``work`` ends: 0, or minus the number of the signal."""
    from django.db import connections

    connections.close_all()
    if not (child := os.fork()):
        work()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _killed_at(point: str) -> None:
    from plumbline.delivery.stage import DeliveryStage

    method = "_append_entry" if point == POINTS[2] else "_send"
    original: Callable[..., Any] = getattr(DeliveryStage, method)

    def dying(*arguments: Any) -> None:
        if point != POINTS[0]:
            original(*arguments)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(DeliveryStage, method, dying)
    DeliveryStage().advance()


def _go_on() -> None:
    from plumbline.delivery.stage import PAUSES, DeliveryStage
    from plumbline.kernel import clock

    stage = DeliveryStage()
    assert not stage.advance(), "what was tried a moment ago comes again at once"
    later = clock.now() + PAUSES[0]
    clock.now = lambda: later
    while stage.advance():
        pass


if __name__ == "__main__":
    sys.exit(main())
