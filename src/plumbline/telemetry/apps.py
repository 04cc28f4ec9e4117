from django.apps import AppConfig


class TelemetryConfig(AppConfig):
    """Intake, spool and evidence store. No tables in the database; what it keeps has proofs."""

    name = "plumbline.telemetry"
    label = "telemetry"
