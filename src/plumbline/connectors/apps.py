from importlib import import_module
from pkgutil import iter_modules

from django.apps import AppConfig


class ConnectorsConfig(AppConfig):
    name = "plumbline.connectors"
    label = "connectors"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the connector of every folder beside this file known: a folder is all that it takes."""
        from plumbline.connectors import port

        for found in iter_modules(self.module.__path__ if self.module else []):
            if found.ispkg and found.name != "migrations":
                port.register(import_module(f"{self.name}.{found.name}").CONNECTOR)
