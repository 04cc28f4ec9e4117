from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "plumbline.delivery"
    label = "delivery"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the built-in channels known; what a notice has told somebody is not taken back."""
        from plumbline.delivery import channel, mail, queries
        from plumbline.records.retraction.queries import register_departure

        channel.register(mail.CHANNEL)
        register_departure(queries.sent_since)
