"""Results as a run leaves them: sealed, with the entry that commits to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plumbline.controls.models import Result


def seal(results: Sequence[Result], *, catalog: str = "test") -> Any:
    """Store ``results``, which are not stored yet, as one run of the judge; the run."""
    from django.db import transaction

    from plumbline.controls import commands
    from plumbline.controls.models import Result, Run
    from plumbline.kernel import clock
    from plumbline.kernel.merkle import leaf_hash, root
    from plumbline.trail import log

    for place, result in enumerate(results):
        result.position = place
    digests = commands.seal(results)
    over = root(leaf_hash(digest) for digest in digests).hex()
    with transaction.atomic():
        entry = log.append(
            "run.completed",
            actor=commands.ACTOR,
            subject={"type": "run", "ref": f"run-{over[:16]}"},
            facts={"results": len(results), "root": over, "catalog": catalog, "words": {}},
            openings={commands.DIGESTS: b"".join(digests)},
        )
        run = Run.objects.create(
            at=clock.now(), size=len(results), root=over, catalog_version=catalog, leaf=entry.index
        )
        for result in results:
            result.run, result.leaf = run, entry.index
        Result.objects.bulk_create(results)
    return run
