"""Cases of the check on what is to be read. Today is 3 March 2026; whoever is asked has thirty days."""

from __future__ import annotations

from plumbline.controls.cases import case
from plumbline.controls.library.cases.samples import document, draft, policy, reader

_ASKS = policy(readers="everybody")
_DOCUMENT = document(readers="everybody")
_LONG_AGO, _LAST_DAY, _TOO_LATE = "2026-01-01", "2026-02-01", "2026-01-31"
_LATE, _NEW = reader("per_1", _TOO_LATE, False), reader("per_2", _LAST_DAY, False)
_TEN = tuple(reader(f"per_{place}", _LONG_AGO) for place in range(9))
VERSIONS_ACKNOWLEDGED = (
    case("nothing", "There are none", document(), policy(type="topic policy")),
    # nobody was asked: that is left out, and nobody has acknowledged it
    case("nothing", "All 1 are excluded", policy(), excluded=1),
    case("passes", "Of 1 of 1 versions", _ASKS, reader("per_1", _LONG_AGO)),
    case(
        "passes",
        "Of 1 of 1 versions",
        document(readers="everybody"),
        reader("per_1", _LONG_AGO, True, "DOC-1"),
    ),
    case("fails", "by 1 of 1 who are asked", _ASKS, reader("per_1", _LONG_AGO, False), named=("POL-1",)),
    case("fails", "asks groups in which nobody is", policy(readers="role: reviewer")),
    # those who acknowledged something else
    case("fails", "asks groups in which nobody is", _ASKS, reader("per_1", _LONG_AGO, True, "POL-2")),
    # the day itself is in time
    case("nothing", "All 1 are excluded", _ASKS, reader("per_1", _LAST_DAY, False), excluded=1),
    case("fails", "by 1 of 1 who", _ASKS, _LATE),
    # whoever joined later has time of their own, and does not hide those who are late
    case(
        "fails", "by 1 of 1 who", _ASKS, reader("per_1", _TOO_LATE, False), reader("per_2", _LAST_DAY, False)
    ),
    case("passes", "1 of 1", _ASKS, reader("per_1", _TOO_LATE), _NEW),
    # nine of ten are enough, and eight of nine are not
    case("passes", "1 of 1", _ASKS, *_TEN, reader("per_9", _TOO_LATE, False)),
    case("fails", "by 1 of 9 who", _ASKS, *_TEN[1:], reader("per_9", _TOO_LATE, False)),
    # what is written and approved by nobody asks nobody
    case("nothing", "There are none", draft(_ASKS), reader("per_1", _LONG_AGO, False)),
)
