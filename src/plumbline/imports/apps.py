from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "plumbline.imports"
    label = "imports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say in lists, files and on the API what came by an import and what of it is missing, and refuse
        files of models and data that are not what they declare."""
        from plumbline.imports.artifacts import refusal
        from plumbline.imports.stated import derived
        from plumbline.records.attachments import contents

        derived.register()
        contents.use(refusal.faults)
