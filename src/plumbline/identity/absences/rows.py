"""The rows of absences as doors name them in types; doors import no models."""

from __future__ import annotations

from plumbline.identity.models import Absence, Person

__all__ = ["Absence", "Person"]
