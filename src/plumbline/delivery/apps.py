from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "plumbline.delivery"
    label = "delivery"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the built-in channels known."""
        from plumbline.delivery import channel, mail

        channel.register(mail.CHANNEL)
