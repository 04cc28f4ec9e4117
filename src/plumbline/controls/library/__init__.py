"""The checks that come with Plumbline. Importing this package declares them."""

from plumbline.controls.library import improvement, planning, policy, systems, telemetry

__all__ = ["improvement", "planning", "policy", "systems", "telemetry"]
