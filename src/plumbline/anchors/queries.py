"""What each anchor shows and since when. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from plumbline.anchors import port, witness
from plumbline.anchors.models import AnchorState
from plumbline.anchors.port import Anchor, AnchorFailed, Target
from plumbline.kernel.canonical import JSON
from plumbline.kernel.clock import rfc3339
from plumbline.kernel.messages import Text, say
from plumbline.trail.anchor_receipts import queries as receipts
from plumbline.trail.anchor_receipts.queries import WITNESS, Span


@dataclass(frozen=True)
class AnchorStatus:
    """One target of an anchor, or an anchor that is not set up (without a name).

    ``shows`` is what its evidence shows to whom; ``span`` since when it takes checkpoints, and how far.
    ``error`` is why it takes none now, ``contradiction`` in what it contradicts the trail.
    """

    anchor: str
    title: str
    name: str
    shows: Text
    remedy: Text
    is_outside: bool
    is_configured: bool
    span: Span | None = None
    due_at: datetime | None = None
    failing_since: datetime | None = None
    error: Text = ""
    contradicted_at: datetime | None = None
    contradiction: Text = ""


@dataclass(frozen=True)
class Anchoring:
    """All anchors, and in one sentence what they show together."""

    statuses: tuple[AnchorStatus, ...]
    claim: Text
    quorum: Text

    @property
    def is_contradicted(self) -> bool:
        """Whether something outside remembers another history."""
        return any(status.contradicted_at for status in self.statuses)

    @property
    def is_held_outside(self) -> bool:
        """Whether somebody else has taken a checkpoint."""
        return any(status.is_outside and status.span for status in self.statuses)


def interval(anchor: Anchor) -> timedelta:
    """How long an anchor rests after it has taken a checkpoint."""
    config = settings.PLUMBLINE
    return timedelta(seconds=config.anchor_often if anchor.often else config.anchor_interval)


def targets() -> Iterator[tuple[Anchor, Target]]:
    """What the settings name; an anchor with unusable settings is passed over, and the page says so."""
    for anchor in port.all_anchors():
        try:
            found = list(anchor.targets(settings.PLUMBLINE))
        except AnchorFailed:
            continue
        yield from ((anchor, target) for target in found)


def anchoring() -> Anchoring:
    """How every anchor stands now."""
    spans = receipts.spans()
    states = {(state.anchor, state.name): state for state in AnchorState.objects.all()}
    statuses: list[AnchorStatus] = []
    for anchor in port.all_anchors():
        statuses += _statuses(anchor, spans, states)
    return Anchoring(tuple(statuses), _claim(statuses), _quorum())


def _statuses(
    anchor: Anchor, spans: dict[tuple[str, str], Span], states: dict[tuple[str, str], AnchorState]
) -> list[AnchorStatus]:
    fault: Text = ""
    try:
        configured = [target.name for target in anchor.targets(settings.PLUMBLINE)]
    except AnchorFailed as failure:
        configured, fault = [], failure.reason
    # What was set up once has given something that still shows what it showed then.
    earlier = [name for slug, name in {**spans, **states} if slug == anchor.slug and name not in configured]
    if not configured and not earlier:
        return [_status(anchor, "", False, None, None, fault)]
    names = [(name, True) for name in configured] + [(name, False) for name in earlier]
    return [
        _status(anchor, name, on, spans.get((anchor.slug, name)), states.get((anchor.slug, name)), fault)
        for name, on in names
    ]


def _status(
    anchor: Anchor, name: str, configured: bool, span: Span | None, state: AnchorState | None, fault: Text
) -> AnchorStatus:
    plain = AnchorStatus(
        anchor.slug, anchor.title, name, anchor.shows, anchor.remedy, anchor.is_outside, configured, span,
        error=fault,
    )  # fmt: skip
    if state is None:
        return plain
    return AnchorStatus(
        anchor.slug, anchor.title, name, anchor.shows, anchor.remedy, anchor.is_outside, configured, span,
        due_at=state.due_at,
        failing_since=state.failing_since,
        error=fault or state.error,
        contradicted_at=state.contradicted_at,
        contradiction=state.contradiction,
    )  # fmt: skip


def _claim(statuses: list[AnchorStatus]) -> Text:
    if any(status.contradicted_at for status in statuses):
        return say(
            "anchors.contradicted",
            "Something outside remembers another history than this trail. One of the two was rewritten.",
        )
    spans = [status.span for status in statuses if status.is_outside and status.span]
    if not spans:
        return say(
            "anchors.none",
            "Nobody outside holds a checkpoint yet. Whoever has the machine and its keys could rewrite the "
            "whole trail, and nothing would show it.",
        )
    return say(
        "anchors.outside",
        "Checkpoints are handed outside since {since}; the last one has {size} entries. What was recorded "
        "after it could still be rewritten unseen.",
        since=min(span.first for span in spans),
        size=max(span.size for span in spans),
    )


def _quorum() -> Text:
    """Whether the witnesses that the policy asks for have cosigned the newest cosigned checkpoint."""
    try:
        policy = witness.policy(settings.PLUMBLINE)
    except AnchorFailed as failure:
        return failure.reason
    if policy is None or policy.quorum == "none":
        return say("anchors.no-quorum", "No quorum of witnesses is asked for.")
    # Whoever has cosigned a larger size has cosigned every smaller one with it: a witness signs only what
    # continues the last. So the quorum has reached the largest size that enough of them have come to.
    sizes = {name: span.size for (anchor, name), span in receipts.spans().items() if anchor == WITNESS}
    reached = [
        size
        for size in sizes.values()
        if policy.holds({name for name, cosigned in sizes.items() if cosigned >= size})
    ]
    if reached:
        size = max(reached)
        return say(
            "anchors.quorum-holds",
            "The quorum of witnesses has cosigned the trail up to {size} entries.",
            size=size,
        )
    return say(
        "anchors.quorum-missing",
        "The quorum of witnesses is not reached: {count} of {all} have cosigned a checkpoint. "
        "Publishing goes on without them.",
        count=len(sizes.keys() & policy.witnesses.keys()),
        all=len(policy.witnesses),
    )


def as_dict(status: AnchorStatus) -> dict[str, JSON]:
    """A status as the API and the command line give it."""
    span = status.span
    return {
        "anchor": status.anchor,
        "name": status.name,
        "title": status.title,
        "configured": status.is_configured,
        "outside": status.is_outside,
        "shows": str(status.shows),
        "since": rfc3339(span.first) if span else None,
        "last": rfc3339(span.last) if span else None,
        "size": span.size if span else None,
        "failing_since": rfc3339(status.failing_since) if status.failing_since else None,
        "error": str(status.error) or None,
        "contradicted_at": rfc3339(status.contradicted_at) if status.contradicted_at else None,
        "contradiction": str(status.contradiction) or None,
        "remedy": None if status.is_configured else str(status.remedy),
    }
