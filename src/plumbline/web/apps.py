from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "plumbline.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let templates write plain texts and markup in fewer steps."""
        from plumbline.web import markup

        markup.install()
