from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Documents out: statement of applicability, inputs of a management review, evidence packs."""

    name = "plumbline.reports"
    label = "reports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put the freezing of a statement and of a posture in front of review and approval."""
        from plumbline.reports import posture_versions, statement_versions

        statement_versions.register_gates()
        posture_versions.register_gates()
