"""What somebody with a shell on the database, the stores or the disk could do, one line each."""
# ruff: noqa: E501 - a statement stands on one line, so that the table reads as one

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.trail.tampering.organization import Organization, store


@dataclass(frozen=True)
class Edit:
    """One edit: what it does, how, the table in which a scrub has to find it, and the page that must not show
    it (an address with names of the organization, empty where no page shows the row)."""

    what: str
    act: Callable[[Organization], None]
    table: str
    page: str = ""


def sql(what: str, statement: str, table: str, page: str = "") -> Edit:
    """An edit of the database by one statement, in which names of the organization stand in braces."""
    return Edit(what, lambda made: _execute(statement.format(**_safe(made))), table, page)


def _safe(made: Organization) -> dict[str, Any]:
    from django.db import connection

    json_type = "jsonb" if connection.vendor == "postgresql" else "text"
    return {name.replace(" ", "_"): value for name, value in made.names.items()} | {"json": json_type}


def _execute(statement: str) -> None:
    from django.db import connection

    from plumbline.records import guard

    with guard.opened("tampering"), connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount, "an edit that changes nothing shows nothing"


def spool(what: str, file: str, statement: str, table: str, page: str = "") -> Edit:
    """An edit of the spool or the opening store by one statement."""

    def act(made: Organization) -> None:
        with sqlite3.connect(made.data / file) as connection:
            assert connection.execute(statement.format(**_safe(made))).rowcount

    return Edit(what, act, table, page)


def engine(what: str, statement: str, table: str, page: str = "") -> Edit:
    """An edit of the evidence store by one statement."""

    def act(made: Organization) -> None:
        with store(made.data) as opened:
            opened._connection.execute(statement)

    return Edit(what, act, table, page)


def _file(folder: str, change: Callable[[bytes], bytes | None]) -> Callable[[Organization], None]:
    def act(made: Organization) -> None:
        file = max(
            (each for each in (made.data / folder).rglob("*") if each.is_file()), key=lambda each: each.name
        )
        content = change(file.read_bytes())
        if content is None:
            file.unlink()
        else:
            file.write_bytes(content)

    return act


def _forge_guard(made: Organization) -> None:
    """Let the guard remember another root, as if something else had been signed."""
    from plumbline.kernel.canonical import canonical

    file = made.data / "guard" / "g.json"
    record = json.loads(file.read_bytes())
    file.write_bytes(canonical({**record, "root": "ab" * 32}))


RECORD, RISK = "/records/{risk}/", "clauses.Risk"
_OF_RISK = "WHERE record_id = (SELECT id FROM records_record WHERE reference = '{risk}')"
_RISK = "WHERE record_ptr_id = (SELECT id FROM records_record WHERE reference = '{risk}')"
_OF_DOCUMENT = "WHERE record_id = (SELECT id FROM records_record WHERE reference = '{document}')"

EDITS = (
    # Records
    sql("a risk retitled", "UPDATE records_record SET title = 'Nothing' WHERE reference = '{risk}'", RISK, RECORD),
    sql("a draft set to approved", "UPDATE records_record SET state = 'accepted' WHERE reference = '{risk}'", RISK, RECORD),
    sql("another owner", "UPDATE records_record SET owner_id = (SELECT min(id) FROM identity_person) WHERE reference = '{risk}'", RISK, RECORD),
    sql("another author", "UPDATE records_record SET author = '{Sara}' WHERE reference = '{risk}'", RISK, RECORD),
    sql("a unit narrowed", "UPDATE records_record SET unit_id = (SELECT min(id) FROM identity_unit) WHERE reference = '{risk}'", RISK, RECORD),
    sql("another number of the revision", "UPDATE records_record SET revision = 1 WHERE reference = '{risk}'", RISK, RECORD),
    sql("an earlier day of recording", "UPDATE records_record SET created_at = '2020-01-01 00:00:00+00' WHERE reference = '{risk}'", RISK, RECORD),
    sql("a later change dated back", "UPDATE records_record SET updated_at = '2020-01-01 00:00:00+00' WHERE reference = '{risk}'", RISK, RECORD),
    sql("another key", "UPDATE records_record SET key = 'r-1' WHERE reference = '{risk}'", RISK, RECORD),
    sql("another retention class", "UPDATE records_record SET retention = 'short' WHERE reference = '{risk}'", RISK, RECORD),
    sql("another day of effect", "UPDATE records_record SET effective_from = '2020-01-01' WHERE reference = '{risk}'", RISK, RECORD),
    sql("a likelihood lowered", "UPDATE clauses_risk SET likelihood = 1 " + _RISK, RISK, RECORD),
    sql("a derived level lowered", "UPDATE clauses_risk SET level = 1 " + _RISK, RISK, RECORD),
    sql("a description replaced", "UPDATE clauses_risk SET description = 'Harmless.' " + _RISK, RISK, RECORD),
    sql("a many-valued reference removed", "DELETE FROM clauses_applicability_risks", "clauses.Applicability"),
    sql("a frozen posture emptied", "UPDATE clauses_postureversion SET content = '{{}}' WHERE version = 1", "clauses.PostureVersion", "/records/{posture}/"),
    sql("a requirement loosened", "UPDATE clauses_specification SET asked = 'R1: sorts | 1 of 100'", "clauses.Specification", "/records/{specification}/"),
    sql("limits set lower after the results", "UPDATE clauses_validation SET limits = 'R1 share as an expert would >= 0.1'", "clauses.Validation", "/records/{validation}/"),
    sql("a validation that passed by itself", "UPDATE clauses_validation SET verdict = 'passed'", "clauses.Validation", "/records/{validation}/"),
    sql("a release of other parts", "UPDATE clauses_release SET content = '{{\"model\": {{\"CMP-0001\": \"version:9\"}}}}'", "clauses.Release", "/records/{release}/"),
    sql("a release of another version", "UPDATE clauses_release SET version = '9.9'", "clauses.Release", "/records/{release}/"),
    sql("a deployment at another place", "UPDATE clauses_deployment SET place = 'Everywhere'", "clauses.Deployment", "/records/{deployment}/"),
    sql("a deployment called live", "UPDATE records_record SET state = 'live' WHERE reference = '{deployment}'", "clauses.Deployment", "/records/{deployment}/"),
    sql("a programme that covers more", "UPDATE clauses_auditprogramme SET requirements = 'iso42001:4.1,iso42001:6.1.2,iso42001:9.1'", "clauses.AuditProgramme", "/records/{audit-programme}/"),
    sql("an audit of another time", "UPDATE clauses_audit SET period_from = '2026-02-01'", "clauses.Audit", "/records/{audit}/"),
    sql("a line of a checklist that is met", "UPDATE clauses_audit SET checklist = '6.1.2/1: met: Everything'", "clauses.Audit", "/records/{audit}/"),
    sql("a finding called lighter", "UPDATE clauses_auditfinding SET grade = 'opportunity'", "clauses.AuditFinding", "/records/{audit-finding}/"),
    sql("a plan that measures less often", "UPDATE clauses_monitoringplan SET cadence = 'yearly'", "clauses.MonitoringPlan", "/records/{monitoring-plan}/"),
    sql("a request that asks for less", "UPDATE clauses_auditrequest SET how_many = 1", "clauses.AuditRequest", "/records/{audit-request}/"),
    sql("an action put off", "UPDATE clauses_action SET due = '2099-01-01'", "clauses.Action", "/records/{action}/"),
    sql("a certificate that runs longer", "UPDATE clauses_certificate SET valid_until = '2099-01-01'", "clauses.Certificate", "/records/{certificate}/"),
    sql("a retirement put off", "UPDATE clauses_retirement SET due = '2099-01-01'", "clauses.Retirement", "/records/{retirement}/"),
    sql("a nonconformity regraded", "UPDATE clauses_nonconformity SET grade = 'observation'", "clauses.Nonconformity", "/records/{nonconformity}/"),
    sql("a reference renamed", "UPDATE records_record SET reference = 'RSK-0099' WHERE reference = '{risk}'", "records.Record"),
    # Revisions
    sql("a revision dated back", "UPDATE records_revision SET at = '2020-01-01 00:00:00+00' " + _OF_RISK, "records.Revision", RECORD),
    sql("a revision by somebody else", "UPDATE records_revision SET actor = '{Sara}' " + _OF_RISK, "records.Revision", RECORD),
    sql("a revision of another person", "UPDATE records_revision SET person_id = (SELECT id FROM identity_person WHERE handle = '{Sara}') " + _OF_RISK, "records.Revision", RECORD),
    sql("a revision in the place of nobody who was away", "UPDATE records_revision SET deputy_for_id = (SELECT id FROM identity_person WHERE handle = '{Sara}') " + _OF_RISK, "records.Revision", RECORD),
    sql("a revision in another state", "UPDATE records_revision SET state = 'accepted' " + _OF_RISK, "records.Revision", RECORD),
    sql("a note rewritten", "UPDATE records_revision SET note = 'Agreed with the board.' " + _OF_RISK + " AND number = 2", "records.Revision", RECORD),
    sql("another verb", "UPDATE records_revision SET verb = 'moved' " + _OF_RISK + " AND number = 2", "records.Revision", RECORD),
    sql("a revision of another entry", "UPDATE records_revision SET leaf = 0 " + _OF_RISK + " AND number = 2", "records.Revision", RECORD),
    sql("a revision deleted", "DELETE FROM records_revision " + _OF_RISK + " AND number = 1", "records.Revision", RECORD),
    # Approvals and what hangs on a record
    sql("an approval by somebody else", "UPDATE records_approval SET person_id = (SELECT id FROM identity_person WHERE handle = '{Mina}') " + _OF_DOCUMENT, "records.Approval", "/records/{document}/"),
    sql("an approval of another revision", "UPDATE records_approval SET revision = 1 " + _OF_DOCUMENT, "records.Approval", "/records/{document}/"),
    sql("an approval of something else", "UPDATE records_approval SET digest = 'ab' " + _OF_DOCUMENT, "records.Approval", "/records/{document}/"),
    sql("an approval for another reason", "UPDATE records_approval SET reason = 'No doubt.' " + _OF_DOCUMENT, "records.Approval", "/records/{document}/"),
    sql("an approval dated back", "UPDATE records_approval SET at = '2020-01-01 00:00:00+00' " + _OF_DOCUMENT, "records.Approval", "/records/{document}/"),
    sql("an approval deleted", "DELETE FROM records_approval " + _OF_DOCUMENT, "records.Approval"),
    sql("a comment rewritten", "UPDATE records_comment SET text = 'All is well.'", "records.Comment", RECORD),
    sql("a comment by somebody else", "UPDATE records_comment SET actor = '{Sara}'", "records.Comment", RECORD),
    sql("a comment deleted", "DELETE FROM records_comment WHERE text LIKE '%2017%'", "records.Comment", RECORD),
    sql("a comment nobody edited like this", "UPDATE records_commentact SET text = 'All is well.' WHERE verb = 'edited'", "records.CommentAct", RECORD),
    sql("a comment opened again by nobody", "DELETE FROM records_commentact WHERE verb = 'resolved'", "records.CommentAct", RECORD),
    sql("a mention of somebody else", "UPDATE records_mention SET person_id = (SELECT id FROM identity_person WHERE handle = '{Olga}')", "records.Mention"),
    sql("a link with another meaning", "UPDATE records_link SET relation = 'excludes'", "records.Link", RECORD),
    sql("a merge into another record", "UPDATE records_merge SET revision = revision + 1", "records.Merge"),
    sql("a link ended by nobody", "UPDATE records_link SET ended_leaf = leaf, ended_at = at", "records.Link", RECORD),
    sql("a link deleted", "DELETE FROM records_link", "records.Link", RECORD),
    sql("a file renamed", "UPDATE records_attachment SET name = 'minutes.txt'", "records.Attachment", RECORD),
    sql("a file with another digest", "UPDATE records_attachment SET sha256 = 'ab'", "records.Attachment", RECORD),
    sql("a file taken off a record", "DELETE FROM records_attachment WHERE name = 'more.txt'", "records.Attachment", RECORD),
    sql("a file that is valid for longer", "UPDATE records_attachment SET valid_until = '2027-03-01'", "records.Attachment", RECORD),
    sql("a later end of a file", "UPDATE records_attachmentdates SET valid_until = '2027-03-01'", "records.AttachmentDates", RECORD),
    sql("an earlier end of a file forgotten", "DELETE FROM records_attachmentdates", "records.AttachmentDates", RECORD),
    Edit("the bytes of a file changed", _file("attachments", lambda content: content + b"!"), "attachments/*"),
    Edit("the bytes of a file gone", _file("attachments", lambda content: None), "attachments/*"),
    sql("a number set back", "UPDATE records_sequence SET last = 0 WHERE prefix = 'RSK'", "records.Sequence"),
    sql("a list that shows another state", "UPDATE records_recordindex SET state = 'accepted' " + _OF_RISK, "records.RecordIndex"),
    sql("a record hidden from lists", "DELETE FROM records_recordindex " + _OF_RISK, "records.RecordIndex"),
    sql("words that a search does not find", "UPDATE records_searchtext SET texts = '' " + _OF_RISK, "records.SearchText"),
    sql("a record hidden from searches", "DELETE FROM records_searchtext " + _OF_RISK, "records.SearchText"),
    # People, units, roles, tokens
    sql("somebody renamed", "UPDATE identity_person SET full_name = 'Olga Manager' WHERE handle = '{Olga}'", "identity.Person", "/people/{Olga}/"),
    sql("another address", "UPDATE identity_person SET email = 'x@evil.example' WHERE handle = '{Mina}'", "identity.Person", "/people/{Mina}/"),
    sql("an account switched off", "UPDATE identity_person SET is_active = false WHERE handle = '{Olga}'", "identity.Person", "/people/{Olga}/"),
    sql("somebody else's password", "UPDATE identity_person SET password = (SELECT password FROM identity_person WHERE handle = '{Mina}') WHERE handle = '{Sara}'", "identity.Person", "/people/{Sara}/"),
    sql("an account that counts as another person", "UPDATE identity_person SET name_key = 'nobody' WHERE handle = '{Sara}'", "identity.Person", "/people/{Sara}/"),
    sql("another address in every mail", "UPDATE identity_organizationsetting SET value = 'https://evil.example' WHERE name = 'address'", "identity.OrganizationSetting", "/settings/"),
    sql("a setting that nobody set", "INSERT INTO identity_organizationsetting (name, value, changed_at, changed_by) VALUES ('mail_language', 'de', '2026-01-01', '{Mina}')", "identity.OrganizationSetting", "/settings/"),
    sql("a setting taken away", "DELETE FROM identity_organizationsetting WHERE name = 'organization'", "identity.OrganizationSetting", "/settings/"),
    sql("a unit renamed", "UPDATE identity_unit SET name = 'Everything' WHERE slug = 'claims'", "identity.Unit"),
    sql("a unit moved", "UPDATE identity_unit SET parent_id = NULL WHERE slug = 'motor'", "identity.Unit"),
    sql("another deputy", "UPDATE identity_absence SET deputy_id = (SELECT id FROM identity_person WHERE handle = '{Sara}')", "identity.Absence", "/people/{Mina}/"),
    sql("an absence that never ends", "UPDATE identity_absence SET ends = '2099-01-01'", "identity.Absence", "/people/{Mina}/"),
    sql("an absence that nobody recorded", "DELETE FROM identity_absence", "identity.Absence"),
    sql("a greater role", "UPDATE identity_grant SET role = 'aims-manager' WHERE role = 'viewer'", "identity.Grant", "/people/{Olga}/"),
    sql("a role in the whole organization", "UPDATE identity_grant SET unit_id = NULL WHERE role = 'viewer'", "identity.Grant", "/people/{Olga}/"),
    sql("a role given back", "UPDATE identity_grant SET revoked_at = NULL, revoked_by = '' WHERE handle = '{revoked}'", "identity.Grant", "/people/{Olga}/"),
    sql("a role given to somebody else", "UPDATE identity_grant SET person_id = (SELECT id FROM identity_person WHERE handle = '{Olga}') WHERE person_id = (SELECT id FROM identity_person WHERE handle = '{Mina}')", "identity.Grant", "/people/{Olga}/"),
    sql("a role taken back by nobody", "DELETE FROM identity_grant WHERE role = 'viewer'", "identity.Grant"),
    sql("a token that reaches further", "UPDATE identity_token SET scopes = 'read write'", "identity.Token"),
    sql("a token with another secret", "UPDATE identity_token SET digest = 'ab'", "identity.Token"),
    sql("a token of somebody else", "UPDATE identity_token SET owner_id = (SELECT id FROM identity_person WHERE handle = '{Olga}')", "identity.Token"),
    sql("a link that somebody else opens", "UPDATE identity_onetimelink SET digest = 'ab'", "identity.OneTimeLink"),
    sql("a second factor that nobody set up", "INSERT INTO mfa_authenticator (user_id, type, data, created_at) SELECT id, 'totp', '{{}}', created_at FROM identity_person WHERE handle = '{Mina}'", "mfa.Authenticator"),
    sql("a passkey of somebody else", "UPDATE mfa_authenticator SET user_id = (SELECT id FROM identity_person WHERE handle = '{Mina}') WHERE type = 'webauthn'", "mfa.Authenticator"),
    sql("a passkey by another name", "UPDATE mfa_authenticator SET data = CAST(replace(CAST(data AS text), 'Laptop', 'Tablet') AS {json}) WHERE type = 'webauthn'", "mfa.Authenticator"),
    sql("a passkey removed by nobody", "DELETE FROM mfa_authenticator WHERE type = 'webauthn'", "mfa.Authenticator"),
    sql("an account that another identity comes into", "UPDATE identity_federatedidentity SET subject = 'u-2'", "identity.FederatedIdentity"),
    sql("an account that is connected without a word", "UPDATE identity_federatedidentity SET person_id = (SELECT id FROM identity_person WHERE handle = '{Mina}')", "identity.FederatedIdentity"),
    # Results
    sql("failing results set to Within", "UPDATE controls_result SET word = 'Within' WHERE id = {result}", "controls.Result", "/results/{result}/"),
    sql("a value lowered", "UPDATE controls_result SET value = 0.01 WHERE id = {result}", "controls.Result", "/results/{result}/"),
    sql("a limit raised", "UPDATE controls_result SET limit_value = 0.5 WHERE id = {result}", "controls.Result", "/results/{result}/"),
    sql("another salt", "UPDATE controls_result SET salt = sealed WHERE id = {result}", "controls.Result", "/results/{result}/"),
    sql("other sealed bytes", "UPDATE controls_result SET sealed = salt WHERE id = {result}", "controls.Result", "/results/{result}/"),
    sql("a run with another root", "UPDATE controls_run SET root = 'ab'", "controls.Run"),
    sql("a reading of another result", "UPDATE controls_reading SET result_id = {result}", "controls.Reading"),
    sql("an acceptance by somebody else", "UPDATE controls_restatementacceptance SET person_id = (SELECT id FROM identity_person WHERE handle = '{Mina}')", "controls.RestatementAcceptance"),
    sql("an acceptance deleted", "DELETE FROM controls_restatementacceptance", "controls.RestatementAcceptance"),
    sql("a suspicion that nobody raised", "INSERT INTO controls_raised (check_name, subject, window_start, reason_digest, reference) VALUES ('error-rate', 'x', '2026-01-01 00:00:00+00', 'ab', 'NCR-0009')", "controls.Raised"),
    sql("an escalation that nobody was told of", "INSERT INTO controls_escalation (reference, due, person, leaf) VALUES ('NCR-0009', '2026-01-01', '{Mina}', 3)", "controls.Escalation"),
    # Metrics, sightings, imports, packs, deliveries
    sql("points set to nothing", "UPDATE metrics_point SET count = 0, total = 0, numerator = 0", "metrics.Point"),
    sql("points deleted", "DELETE FROM metrics_point", "metrics.Point"),
    sql("a point of an hour without events", "INSERT INTO metrics_point (metric, system, \"group\", hour, count, total, numerator, denominator, bins) SELECT metric, system, \"group\", '2020-01-01 00:00:00+00', count, total, numerator, denominator, bins FROM metrics_point WHERE metric <> 'log-coverage' LIMIT 1", "metrics.Point"),
    sql("missing numbers that are not", "UPDATE metrics_counted SET missing = missing + 5", "metrics.Counted"),
    sql("a system seen less", "UPDATE discovery_sighting SET events = 1", "discovery.Sighting"),
    sql("a proposal that was taken back", "UPDATE discovery_sighting SET proposal = 3, proposed_until = '2099-01-01', proposed_reason = 'Nothing.', proposed_by = '{Sara}'", "discovery.Sighting"),
    sql("a dismissal for another reason", "UPDATE discovery_sighting SET dismissed_reason = 'Nothing.'", "discovery.Sighting"),
    sql("a dismissal that never ends", "UPDATE discovery_sighting SET dismissed_until = '2099-01-01'", "discovery.Sighting"),
    sql("an import of another file", "UPDATE imports_importjob SET file_sha256 = 'ab'", "imports.ImportJob"),
    sql("an import by somebody else", "UPDATE imports_importjob SET actor = '{Sara}'", "imports.ImportJob"),
    sql("a bulk change of something else", "UPDATE bulk_bulkjob SET request = '{{}}'", "bulk.BulkJob"),
    sql("a bulk change by somebody else", "UPDATE bulk_bulkjob SET actor = '{Sara}'", "bulk.BulkJob"),
    sql("a bulk change that goes further than its record", "UPDATE bulk_bulkrow SET revision_after = 900 WHERE done", "bulk.BulkRow"),
    sql("words that a source never said", "UPDATE imports_importrow SET stated = replace(stated, 'Board', 'Sara') WHERE stated <> ''", "imports.ImportJob"),
    sql("an imported row of another record", "UPDATE imports_importrow SET reference = '{risk}' WHERE written", "imports.ImportRow"),
    sql("a pack for somebody else", "UPDATE reports_pack SET recipient = 'Nobody'", "reports.Pack"),
    sql("a pack with another digest", "UPDATE reports_pack SET sha256 = 'ab'", "reports.Pack"),
    Edit("a pack's file changed", _file("packs", lambda content: content + b"!"), "packs/*"),
    sql("a delivery that nobody asked for", "INSERT INTO delivery_delivery (handle, channel, notice, recipient_id, actor, state, attempts, due_at, error, created_at) SELECT 'dlv_1', 'mail', 'invitation', id, handle, 'sent', 1, created_at, '', created_at FROM identity_person WHERE handle = '{Olga}'", "delivery.Delivery"),
    sql("a calendar that nobody made", "INSERT INTO delivery_calendarfeed (person_id, digest, credential, created_at) SELECT id, 'ab', 'ab', created_at FROM identity_person WHERE handle = '{Olga}'", "delivery.CalendarFeed"),
    sql("a webhook that nobody added", "INSERT INTO delivery_endpoint (handle, name, host, style, state, address, secret, created_by, created_at) SELECT 'whk_1', 'Team', 'evil.example', 'json', 'active', 'gAAAA', 'gAAAA', handle, created_at FROM identity_person WHERE handle = '{Olga}'", "delivery.Endpoint"),
    sql("a connection that nobody set up", "INSERT INTO connectors_connection (handle, connector, name, settings, person_id, position, due_at, error, created, amended) SELECT 'con_1', 'mlflow', 'x', '{{}}', id, '', created_at, '', 0, 0 FROM identity_person WHERE handle = '{Olga}'", "connectors.Connection"),
    # The trail's own tables
    sql("an opening deleted", "DELETE FROM trail_opening WHERE slot = 'comment'", "trail.Opening", RECORD),
    sql("an opening rewritten", "UPDATE trail_opening SET body = (SELECT min(body) FROM trail_opening WHERE slot = 'note') WHERE slot = 'comment'", "trail.Leaf", RECORD),
    sql("an opening called erased", "INSERT INTO trail_erasedopening (\"index\", slot, first, last, leaf) SELECT \"index\", slot, 0, 0, 0 FROM trail_opening WHERE slot = 'comment'", "trail.ErasedOpening"),
    sql("an entry rewritten", "UPDATE trail_leaf SET body = hash WHERE \"index\" = 3", "trail.Leaf", "/trail/3/"),
    sql("a column of an entry changed", "UPDATE trail_leaf SET actor = '{Sara}' WHERE \"index\" = 3", "trail.Leaf", "/trail/3/"),
    sql("a checkpoint of another size", "UPDATE trail_checkpoint SET size = size - 1", "trail.Leaf"),
    sql("the end of the log set back", "UPDATE trail_coordinator SET size = size - 1", "trail.Leaf"),
    Edit("another guard", _forge_guard, "trail.Leaf"),
    # Erasure
    sql("an erasure approved by nobody", "UPDATE erasure_erasurerequest SET state = 'approved', decided_by = '{Sara}'", "erasure.ErasureRequest"),
    sql("an erasure of something else", "UPDATE erasure_erasurerequest SET target = 'quokka-18'", "erasure.ErasureRequest"),
    sql("a request for erasure deleted", "DELETE FROM erasure_erasurerequest", "erasure.ErasureRequest"),
    sql("a legal hold lifted by nobody", "UPDATE erasure_legalhold SET released_at = placed_at", "erasure.LegalHold"),
    sql("a legal hold on something else", "UPDATE erasure_legalhold SET target = 'quokka-98'", "erasure.LegalHold"),
    sql("a legal hold deleted", "DELETE FROM erasure_legalhold", "erasure.LegalHold"),
    sql("a shorter retention period", "UPDATE erasure_retentionperiod SET months = 1", "erasure.RetentionPeriod"),
    sql("a retention period that nobody else approved", "UPDATE erasure_retentionperiod SET approved_by = actor", "erasure.RetentionPeriod"),
    # Events
    spool("the bytes of an event changed", "openings.db", "UPDATE opening SET body = event WHERE position = 0", "openings.db/opening", "/telemetry/events/{event_0}/"),
    spool("an event deleted", "openings.db", "DELETE FROM opening WHERE position = 1", "openings.db/opening"),
    spool("a segment with another root", "openings.db", "UPDATE segment SET root = digests WHERE leaf = {segment_0}", "openings.db/segment", "/telemetry/events/{event_0}/"),
    spool("a segment deleted", "openings.db", "DELETE FROM segment", "openings.db/segment"),
    spool("a spooled segment by somebody else", "spool.db", "UPDATE segment SET actor = 'x' WHERE moved IS NULL", "spool.db/segment"),
    spool("spooled events changed", "spool.db", "UPDATE body SET openings = digests", "spool.db/body"),
    spool("a gap of a source hidden", "spool.db", "UPDATE source SET next = 99", "spool.db/source"),
    spool("numbers that never came, hidden", "spool.db", "DELETE FROM gap", "spool.db/source"),
    engine("an outcome turned round", "UPDATE events SET outcome = 'pay'", "evidence.duckdb/events"),
    engine("a latency lowered", "UPDATE events SET latency_ms = 1", "evidence.duckdb/events"),
    engine("events deleted from the evidence store", "DELETE FROM events WHERE position = 0", "evidence.duckdb/events"),
    engine("an event of its own", "INSERT INTO events SELECT * REPLACE (99 AS position) FROM events LIMIT 1", "evidence.duckdb/events"),
    engine("a feature changed", "UPDATE features SET number = 7 WHERE number IS NOT NULL", "evidence.duckdb/features"),
    engine("features deleted", "DELETE FROM features", "evidence.duckdb/features"),
    engine("a segment of another source", "UPDATE segments SET source = 'x'", "evidence.duckdb/segments"),
    engine("a watermark ahead", "UPDATE mark SET leaf = 9999", "evidence.duckdb/mark"),
)  # fmt: skip
