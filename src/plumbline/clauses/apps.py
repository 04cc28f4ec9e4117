from functools import partial

from django.apps import AppConfig


class ClausesConfig(AppConfig):
    """The kinds of record of the standard's clauses 4 to 10."""

    name = "plumbline.clauses"
    label = "clauses"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the kinds known to the door, in the order of the clauses."""
        from plumbline.clauses import discovery, intervals
        from plumbline.clauses.evaluation import certificates
        from plumbline.clauses.leadership import authority_limits
        from plumbline.clauses.matters import queries as matters
        from plumbline.clauses.planning import treatment_plans
        from plumbline.clauses.reviewing import queries as reviewing
        from plumbline.identity import authority
        from plumbline.records import computed, kinds
        from plumbline.records.attachments import dates
        from plumbline.records.conditions import queries as conditions
        from plumbline.records.second_person import queries as second_person

        for kind in discovery.kinds():
            kinds.register(kind)
        dates.use(intervals.longest)
        computed.register("treatment-plan", treatment_plans.UP_TO_DATE)
        computed.register("certificate", certificates.STATUS)
        for slug in reviewing.KINDS:
            computed.register(slug, reviewing.of_lists(slug))
            conditions.use_overdue(slug, partial(reviewing.overdue, slug))
        authority.use(authority_limits.approved_limits)
        second_person.register_preload(matters.preload)
