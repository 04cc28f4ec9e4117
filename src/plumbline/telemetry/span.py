"""A span of a trace, however it was spelled on the wire."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

Value: TypeAlias = "str | bool | int | float | bytes | list[Any] | dict[str, Any] | None"
ERROR_STATUS: Final = 2
"""Status code of a span that failed (``STATUS_CODE_ERROR`` of the OpenTelemetry protocol)."""


@dataclass(slots=True)
class Span:
    """One span. Ids are lower-case hexadecimal, times nanoseconds since 1970."""

    trace: str
    id: str
    parent: str
    name: str
    start: int
    end: int
    status: int
    message: str
    attributes: dict[str, Value]
    resource: dict[str, Value]
    scope: str
    events: list[tuple[str, dict[str, Value]]] = field(default_factory=list)
