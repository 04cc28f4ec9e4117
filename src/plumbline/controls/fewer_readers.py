"""Whether a revision asks fewer people to acknowledge what is in force: that is easier to pass.

A check sees that nobody is asked any more by itself; that some are not asked any more it does not, since the
record stays among its members.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plumbline.clauses.acknowledging import groups
from plumbline.controls.library.acknowledged import versions_acknowledged

FIELD = "readers"
Row = Mapping[str, Any]


def asks_fewer(before: Row, after: Row) -> frozenset[str]:
    """The check of acknowledgements where ``after`` asks somebody no more whom ``before`` asked, two rows in
    force of one record; nothing where it does not, or its kind asks nobody.

    A group that is left out counts also when nobody is in it today, since somebody may be tomorrow; a person
    who is not here any more does not.
    """
    was, would = (groups.parse(row.get(FIELD) or "") for row in (before, after))
    lost = set(was) - set(would)
    if not lost or groups.Group(groups.EVERYBODY) in would:
        return frozenset()
    here = {somebody.email for somebody in groups.everybody()}
    gone = {one for one in lost if one.sort == "person" and one.name not in here}
    return frozenset({versions_acknowledged.slug} if lost - gone else ())
