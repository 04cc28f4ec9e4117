from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Documents out: statement of applicability, inputs of a management review, evidence packs."""

    name = "plumbline.reports"
    label = "reports"
    default_auto_field = "django.db.models.BigAutoField"
