"""Who may do what: the table of roles, limits by unit, scope and dates, stages, tokens, four eyes."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import EmptyResultSet

from plumbline.identity import policy
from plumbline.identity.actors import Actor, EffectiveGrant
from plumbline.identity.roles import GROUPS, ROLES, SCOPES, VERBS, kinds_in, kinds_of
from plumbline.kernel import clock
from plumbline.kernel.problems import NotAllowed

EVERY = list(VERBS)
SEE = ["read", "export"]
WRITE = ["create", "amend", "move", "link", "comment", "attach"]
ANSWER = ["amend", "move", "link", "attach"]

# Role → kind → the verbs it has there, written out by hand from the meaning of the role.
EXPECTED = {
    "top-management": {
        "risk": [*SEE, "read-sensitive", "move", "approve", "comment", "attest", "pack"],
        "policy": [*SEE, "read-sensitive", *WRITE, "approve", "attest", "pack"],
        "audit": [*SEE, "read-sensitive", "move", "approve", "comment", "attest", "pack"],
        "nonconformity": [*SEE, "read-sensitive", "move", "approve", "comment", "attest", "pack", "confirm"],
    },
    "aims-manager": {"risk": EVERY, "policy": EVERY, "audit": EVERY, "kind-of-a-plugin": EVERY},
    "system-owner": {
        "ai-system": [*SEE, *WRITE, "import", "ingest", "attest"],
        "risk": [*SEE, *WRITE],
        "nonconformity": [*SEE, *WRITE, "confirm"],
        "policy": [*SEE, "comment"],
        "audit": [*SEE, "comment"],
        "audit-request": [*SEE, *ANSWER, "comment"],
    },
    "risk-owner": {
        "risk": [*SEE, *WRITE, "attest"],
        "corrective-action": [*SEE, *WRITE],
        "ai-system": [*SEE, "comment"],
        "audit-request": [*SEE, *ANSWER, "comment"],
    },
    "contributor": {
        "risk": [*SEE, *WRITE],
        "policy": [*SEE, *WRITE],
        "audit": [*SEE, "comment"],
        "audit-request": [*SEE, *ANSWER, "comment"],
    },
    "reviewer": {
        "risk": [*SEE, "move", "approve", "comment"],
        "nonconformity": [*SEE, "move", "approve", "comment", "confirm"],
    },
    "internal-auditor": {
        "risk": [*SEE, "read-sensitive", "comment", "pack"],
        "audit-finding": [*SEE, "read-sensitive", *WRITE, "pack"],
        "audit-request": [*SEE, "read-sensitive", *WRITE, "pack"],
    },
    "data-protection-officer": {
        kind: [*SEE, "read-sensitive", "comment", "erase"] for kind in ("risk", "audit", "kind-of-a-plugin")
    },
    "external-auditor": {
        "risk": SEE,
        "audit": SEE,
        "audit-request": [*SEE, "create", "amend", "move", "comment"],
        "kind-of-a-plugin": SEE,
    },
    "viewer": {"risk": SEE, "audit": SEE, "kind-of-a-plugin": SEE},
}


def actor(*grants: EffectiveGrant, person: int = 7, scopes: frozenset[str] | None = None) -> Actor:
    return Actor("per_0000000000", person, "Noor", grants, scopes)


def test_every_role_of_the_table_is_expected_here() -> None:
    assert set(EXPECTED) == set(ROLES)


@pytest.mark.parametrize("verb", EVERY)
@pytest.mark.parametrize(("role", "kind"), [(role, kind) for role in EXPECTED for kind in EXPECTED[role]])
def test_role_by_verb(role: str, kind: str, verb: str) -> None:
    somebody = actor(EffectiveGrant(role, scope="all", ends=date(9999, 1, 1)))
    assert policy.may(somebody, verb, kind=kind).allowed == (verb in EXPECTED[role][kind])


def test_groups_overlap_only_where_an_auditor_writes_too_or_two_lines_meet() -> None:
    """Auditors record nonconformities and attest, without the rest of the groups that the line writes.

    What a system needs, and what went wrong with it, are for those who run it and for those who run the AIMS.
    """
    kinds = [kind for group in GROUPS for kind in kinds_of(group)]
    assert kinds
    twice = {kind for kind in kinds if kinds.count(kind) > 1}
    audited = {*kinds_of("findings"), *kinds_of("assurance")}
    assert audited == {"nonconformity", "attestation"}
    assert twice == audited | {"resource", "incident"}


def test_nobody_may_do_anything_without_a_grant() -> None:
    assert not any(policy.may(actor(), verb, kind="risk") for verb in VERBS)


def test_refusal_names_permission_roles_and_who_gives_them() -> None:
    with pytest.raises(NotAllowed) as refused:
        policy.require(actor(EffectiveGrant("viewer")), "approve", kind="risk")
    text = str(refused.value.detail)
    assert "permission approve" in text
    assert "Top management, AIMS manager or Reviewer" in text
    assert "An AIMS manager can give it" in text
    assert refused.value.extra == {"permission": "approve"}


def test_unknown_verb_is_a_fault_of_the_caller() -> None:
    with pytest.raises(ValueError, match="unknown verb"):
        policy.may(actor(), "delete")


class TestDates:
    GRANT = EffectiveGrant("external-auditor", scope="all", starts=date(2026, 3, 2), ends=date(2026, 3, 6))

    @pytest.mark.parametrize(
        ("day", "allowed"),
        [
            (datetime(2026, 3, 1, 23, 59, tzinfo=UTC), False),
            (datetime(2026, 3, 2, 0, 0, tzinfo=UTC), True),
            (datetime(2026, 3, 6, 23, 59, tzinfo=UTC), True),
            (datetime(2026, 3, 7, 0, 0, tzinfo=UTC), False),
        ],
    )
    def test_first_and_last_day_are_included(self, day: datetime, allowed: bool) -> None:
        with clock.frozen(day):
            assert policy.may(actor(self.GRANT), "read", kind="risk").allowed is allowed

    @pytest.mark.parametrize(
        "day", [datetime(2026, 3, 1, 23, tzinfo=UTC), datetime(2026, 3, 7, 0, tzinfo=UTC)]
    )
    def test_before_and_after_nothing_is_listed(self, day: datetime) -> None:
        from plumbline.records.models import Record

        with clock.frozen(day), pytest.raises(EmptyResultSet):
            str(policy.visible(actor(self.GRANT), Record.objects.all()).query)
        with clock.frozen(datetime(2026, 3, 6, 23, tzinfo=UTC)):
            assert str(policy.visible(actor(self.GRANT), Record.objects.all()).query)

    def test_reason_says_when(self) -> None:
        with clock.frozen(datetime(2026, 3, 9, tzinfo=UTC)):
            assert "ended on 6 Mar 2026" in str(policy.may(actor(self.GRANT), "read", kind="risk").reason)
        with clock.frozen(datetime(2026, 2, 9, tzinfo=UTC)):
            assert "begins on 2 Mar 2026" in str(policy.may(actor(self.GRANT), "read", kind="risk").reason)


class TestReach:
    LIMITED = EffectiveGrant("contributor", units=frozenset({3, 4}))

    def test_unit_and_beneath(self) -> None:
        assert policy.may(actor(self.LIMITED), "amend", kind="risk", unit_id=3)
        assert policy.may(actor(self.LIMITED), "amend", kind="risk", unit_id=4)
        answer = policy.may(actor(self.LIMITED), "amend", kind="risk", unit_id=5)
        assert not answer
        assert "limited to a unit or scope" in str(answer.reason)

    def test_records_of_the_whole_are_read_but_not_changed(self) -> None:
        assert policy.may(actor(self.LIMITED), "read", kind="policy")
        assert policy.may(actor(self.LIMITED), "comment", kind="policy")
        assert not policy.may(actor(self.LIMITED), "amend", kind="policy")
        assert policy.may(actor(self.LIMITED), "amend", kind="policy", anywhere=True)

    def test_owner_keeps_own_records_in_any_unit(self) -> None:
        assert policy.may(actor(self.LIMITED), "amend", kind="risk", unit_id=9, owner_id=7)
        assert not policy.may(actor(self.LIMITED), "amend", kind="risk", unit_id=9, owner_id=8)

    def test_owning_gives_no_verb_that_the_role_lacks(self) -> None:
        assert not policy.may(actor(EffectiveGrant("viewer")), "amend", kind="risk", owner_id=7)

    def test_external_auditor_only_inside_scope_and_unit(self) -> None:
        auditor = actor(
            EffectiveGrant("external-auditor", frozenset({3}), "risk systems", date.min, date(9999, 1, 1))
        )
        assert policy.may(auditor, "read", kind="risk", unit_id=3)
        assert policy.may(auditor, "read", kind="ai-system", unit_id=3)
        assert not policy.may(auditor, "read", kind="policy", unit_id=3)
        assert not policy.may(auditor, "read", kind="risk", unit_id=5)
        assert not policy.may(auditor, "read", kind="risk", unit_id=5, owner_id=7)
        assert not policy.may(auditor, "comment", kind="risk", unit_id=3)

    def test_scope_words_are_groups_or_kinds(self) -> None:
        assert kinds_in("improvement risk") == {*kinds_of("improvement"), *kinds_of("risk")}
        assert kinds_in("policy") == {"policy"}
        assert kinds_in("") is None
        assert kinds_in("risk all") is None


class TestStages:
    def test_a_stage_makes_and_links_but_never_judges(self) -> None:
        triage = Actor.stage("triage")
        assert triage.id == "stage:triage"
        allowed = {verb for verb in VERBS if policy.may(triage, verb, kind="nonconformity")}
        assert allowed == {"read", "create", "link", "move", "comment", "ingest"}

    def test_the_installation_sets_up_but_never_judges(self) -> None:
        setup = Actor.installation()
        refused = {verb for verb in VERBS if not policy.may(setup, verb)}
        assert refused == {"approve", "confirm", "attest"}


class TestTokens:
    @pytest.mark.parametrize("verb", EVERY)
    @pytest.mark.parametrize("scope", list(SCOPES))
    def test_scope_narrows_the_owner(self, scope: str, verb: str) -> None:
        token = actor(EffectiveGrant("aims-manager"), scopes=frozenset({scope}))
        assert policy.may(token, verb, kind="risk").allowed == (verb in SCOPES[scope])

    def test_scope_gives_nothing_the_owner_lacks(self) -> None:
        token = actor(EffectiveGrant("viewer"), scopes=frozenset({"write", "ingest", "pack"}))
        assert not policy.may(token, "create", kind="risk")
        assert not policy.may(token, "ingest")
        assert not policy.may(token, "pack")

    def test_no_token_gives_roles_or_tokens(self) -> None:
        token = actor(EffectiveGrant("aims-manager"), scopes=frozenset(SCOPES))
        assert not policy.may(token, "grant")
        assert not policy.may(token, "manage-tokens")
        assert "No token may" in str(policy.may(token, "grant").reason)

    def test_a_token_that_makes_packs_lists_no_sensitive_records(self) -> None:
        """The scope ``pack`` reads, but not what is sensitive; the scope ``read`` reads both."""
        from plumbline.records.models import Record

        rows = Record.objects.all()
        for scope, left_out in (("pack", True), ("read", False)):
            token = actor(EffectiveGrant("aims-manager"), scopes=frozenset({scope}))
            query = str(policy.visible(token, rows, sensitive=["incident"]).query)
            assert ("incident" in query) == left_out

    def test_reason_names_the_scope(self) -> None:
        token = actor(EffectiveGrant("aims-manager"), scopes=frozenset({"ingest"}))
        assert "lacks the scope read, write or pack" in str(policy.may(token, "read", kind="risk").reason)


@pytest.mark.django_db
class TestFourEyes:
    def test_author_owner_and_stage_are_not_independent(self) -> None:
        somebody = actor(EffectiveGrant("aims-manager"))
        assert not policy.independent(somebody, author_ids={7}, owner_id=None)
        assert not policy.independent(somebody, author_ids={8}, owner_id=7)
        assert policy.independent(somebody, author_ids={8, None}, owner_id=9)
        assert not policy.independent(Actor.stage("triage"), author_ids=set(), owner_id=None)

    def test_a_token_is_its_owner(self) -> None:
        token = Actor(
            "tok_0000000000", 7, "Noor (CI)", (EffectiveGrant("aims-manager"),), frozenset({"write"})
        )
        assert not policy.independent(token, author_ids={7}, owner_id=None)
