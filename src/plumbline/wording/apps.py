from django.apps import AppConfig


class WordingConfig(AppConfig):
    """Messages become words."""

    name = "plumbline.wording"
    label = "wording"

    def ready(self) -> None:
        """Let messages that are put into a text be rendered in the active language."""
        from plumbline.kernel import messages
        from plumbline.wording import remembered, render

        messages.use(render)
        remembered.install()
