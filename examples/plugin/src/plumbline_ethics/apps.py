"""The Django application: what it declares is registered when it is loaded."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class EthicsConfig(AppConfig):
    """Ethics reviews."""

    name = "plumbline_ethics"
    label = "ethics"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the kind and the connector; importing the other modules declares check and measure."""
        from plumbline.connectors import port
        from plumbline.records import kinds
        from plumbline_ethics import connector, models

        kinds.register(models.ETHICS_REVIEW)
        port.register(connector.CONNECTOR)
        for module in ("checks", "metrics"):
            import_module(f"{self.name}.{module}")
