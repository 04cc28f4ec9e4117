from django.apps import AppConfig


class ClausesConfig(AppConfig):
    """The kinds of record of the standard's clauses 4 to 10."""

    name = "plumbline.clauses"
    label = "clauses"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the kinds known to the door, in the order of the clauses, and guard their steps."""
        from plumbline.clauses import (
            commands,
            evaluation,
            improvement,
            leadership,
            operation,
            planning,
            support,
        )
        from plumbline.records import kinds

        for module in (leadership, planning, support, operation, evaluation, improvement):
            for kind in module.KINDS:
                kinds.register(kind)
        commands.register()
