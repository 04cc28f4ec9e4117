"""What can be asked of deliveries. Nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from plumbline.delivery.models import Delivery
from plumbline.records.models import Record


@dataclass(frozen=True)
class DeliveryView:
    """One delivery: what, to whom (name and opaque id of a person or webhook), and how it stands."""

    handle: str
    channel: str
    notice: str
    recipient: str
    recipient_id: str
    state: str
    state_label: str
    attempts: int
    error: str
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None


def view(row: Delivery) -> DeliveryView:
    """A delivery as others see it."""
    return DeliveryView(
        handle=row.handle,
        channel=row.channel,
        notice=row.notice,
        recipient=row.endpoint.name if row.endpoint is not None else row.person.full_name,
        recipient_id=row.target,
        state=row.state,
        state_label=str(Delivery.State(row.state).label),
        attempts=row.attempts,
        error=row.error,
        created_at=row.created_at,
        due_at=row.due_at,
        sent_at=row.sent_at,
    )


def deliveries(*, limit: int = 100) -> list[DeliveryView]:
    """The newest deliveries."""
    return [view(row) for row in Delivery.objects.select_related("recipient", "endpoint")[:limit]]


def of_person(person_id: int, *, limit: int = 5) -> list[DeliveryView]:
    """The newest deliveries to one person."""
    rows = Delivery.objects.filter(recipient_id=person_id).select_related("recipient")
    return [view(row) for row in rows[:limit]]


def sent_since(record: Record, since: datetime) -> bool:
    """Whether a notice left the house since a moment: somebody may have read of ``record`` as it was then."""
    return Delivery.objects.filter(sent_at__gte=since).exists()
