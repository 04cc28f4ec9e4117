from django.apps import AppConfig


class ControlsConfig(AppConfig):
    """Checks, results, posture."""

    name = "plumbline.controls"
    label = "controls"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put the proof of actions, the rules of limits and back-tests in front of the moves they are for."""
        from plumbline.controls import (
            authority_effect,
            backtest,
            criteria_effect,
            effectiveness,
            exclusions,
            failing_subjects,
            limits,
            planned_checks,
            residual,
            revision_effect,
            statement_effect,
            still_failing,
            undecided,
        )

        residual.register()
        effectiveness.register_gates()
        limits.register_gates()
        planned_checks.register_gates()
        backtest.register_gates()
        still_failing.register()
        exclusions.register_gates()
        failing_subjects.register()
        revision_effect.register_gates()
        statement_effect.register_gates()
        authority_effect.register_gates()
        criteria_effect.register_gates()
        undecided.register_gates()
