from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Documents out: statement of applicability, inputs of a management review, evidence packs."""

    name = "plumbline.reports"
    label = "reports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have statements and postures frozen before their review and approval, and reviews numbered.

        What was packed since is not taken back.
        """
        from plumbline.records.retraction.queries import register_departure
        from plumbline.reports import posture_versions, queries, review_versions, statement_versions

        statement_versions.register_gates()
        posture_versions.register_gates()
        review_versions.register_gates()
        register_departure(queries.packed_since)
