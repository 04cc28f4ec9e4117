from django.apps import AppConfig


class ControlsConfig(AppConfig):
    """Checks, results, posture."""

    name = "plumbline.controls"
    label = "controls"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put the proof of effectiveness in front of the moves that need it."""
        from plumbline.controls import effectiveness

        effectiveness.register_gates()
