from importlib import import_module
from pkgutil import iter_modules

from django.apps import AppConfig


class AnchorsConfig(AppConfig):
    name = "plumbline.anchors"
    label = "anchors"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the anchor of every folder beside this file known: a folder is all that it takes."""
        from plumbline.anchors import port

        for found in iter_modules(self.module.__path__ if self.module else []):
            if found.ispkg and found.name != "migrations":
                port.register(import_module(f"{self.name}.{found.name}").ANCHOR)
