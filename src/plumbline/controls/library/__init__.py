"""The checks that come with Plumbline. Importing this package declares them."""

from plumbline.controls.library import (
    documents,
    evaluation,
    improvement,
    people,
    planning,
    policy,
    resources,
    systems,
    telemetry,
)

__all__ = [
    "documents",
    "evaluation",
    "improvement",
    "people",
    "planning",
    "policy",
    "resources",
    "systems",
    "telemetry",
]
