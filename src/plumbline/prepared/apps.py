"""The Django application of the room; it comes last, when all models are there."""

from django.apps import AppConfig


class PreparedConfig(AppConfig):
    """Gives every model the manager whose query sets are compiled once."""

    name = "plumbline.prepared"
    label = "prepared"

    def ready(self) -> None:
        """Install the managers."""
        from plumbline.prepared import querysets

        querysets.install()
