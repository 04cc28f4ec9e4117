"""Which document helps on which page: what the question mark at the top of a page leads to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.http import HttpRequest
from django.urls import reverse

from plumbline.kernel.problems import NotFound
from plumbline.records import kinds
from plumbline.records.kinds import Kind
from plumbline.web.help import documents

TOPICS: Final[Mapping[str, str]] = {
    "home": "tutorial/first-hour",
    "library": "howto/start-from-the-library",
    "my-work": "howto/see-what-waits",
    "search": "howto/search",
    "account": "howto/use-passkeys",
    "settings": "howto/operate#settings-of-the-organization",
    "document-look": "howto/hand-out-documents#in-your-own-look",
    "people": "reference/roles",
    "person": "reference/roles",
    "unowned": "explanation/life-of-a-record",
    "webhooks": "howto/use-webhooks",
    "notices": "howto/send-mail#what-newly-waits",
    "clauses": "explanation/states",
    "requirement": "explanation/states",
    "controls": "explanation/states",
    "control": "explanation/states",
    "checks": "howto/read-a-hub#the-grid-of-systems-and-checks",
    "check": "howto/read-a-hub#why-a-check-reads-what-it-reads",
    "result": "explanation/states#the-rules-with-an-example-each",
    "contradictions": "explanation/review-of-checks",
    "predicted-findings": "howto/see-what-an-auditor-would-find",
    "evidence": "explanation/measured-and-attested",
    "records": "reference/kinds",
    "record-list": "reference/kinds",
    "views": "howto/save-a-view",
    "record-new": "howto/fill-in-a-form",
    "record": "reference/kinds",
    "typed": "howto/fill-in-a-form",
    "record-edit": "howto/fill-in-a-form",
    "record-questionnaire": "howto/score-an-impact-assessment",
    "record-history": "explanation/life-of-a-record",
    "bulk": "howto/change-many",
    "bulk-new": "howto/change-many",
    "bulk-jobs": "howto/change-many",
    "responsibility-matrix": "howto/record-the-context#who-answers-for-what",
    "acknowledgements": "howto/have-versions-acknowledged",
    "acknowledgement": "howto/have-versions-acknowledged",
    "competence-matrix": "howto/show-competence#the-matrix",
    "competence-answer": "howto/show-competence#was-this-reviewer-trained-on-that-day",
    "statement": "howto/decide-the-statement",
    "statement-compare": "howto/freeze-the-statement",
    "posture-compare": "howto/freeze-the-statement#the-posture",
    "review-inputs": "howto/freeze-the-statement#the-management-review",
    "segments": "howto/send-telemetry",
    "segment": "howto/send-telemetry#the-proof-of-one-event",
    "event": "howto/send-telemetry#the-proof-of-one-event",
    "first-event": "howto/send-telemetry#the-first-event-in-five-minutes",
    "sightings": "howto/deal-with-unregistered-ai",
    "imports": "howto/import-a-register",
    "import": "howto/import-a-register",
    "lists": "howto/import-a-register",
    "record-merge": "howto/import-a-register#two-entries-that-are-one",
    "import-columns": "howto/import-a-register",
    "import-differences": "howto/import-a-register#what-is-not-as-in-the-file",
    "packs": "howto/make-a-pack",
    "pack": "howto/make-a-pack",
    "samples": "howto/audit-internally#draw-a-sample",
    "private-notes": "howto/keep-private-notes",
    "erasures": "howto/erase",
    "erasure": "howto/erase",
    "trail": "explanation/trail",
    "trail-entry": "explanation/trail",
    "verification": "howto/check-what-is-shown",
    "backups": "howto/backup-and-restore",
    "operations": "howto/operate",
    "pages": "howto/add-a-page",
    "components": "howto/add-a-page#2-the-template",
}
"""The document of every page that is read, by the page's name; an anchor leads to its part."""

WITHOUT: Final[Mapping[str, str]] = {
    "help": "is the help itself",
    "glossary": "is the help itself",
    "documents": "is the help itself",
    "document": "is the help itself",
}
"""Pages without one, with the reason."""


def help_href(request: HttpRequest) -> str:
    """The address of the document that helps on the page of ``request``; else of the page of help."""
    match = request.resolver_match
    topic = TOPICS.get(match.url_name or "", "") if match is not None else ""
    if not topic or topic.partition("#")[0] not in documents.names():
        return reverse("help")
    if topic == "reference/kinds" and match is not None and (kind := _kind(match.kwargs)) is not None:
        topic = f"{topic}#{kind_anchor(kind)}"
    return documents.href(topic)


def kind_anchor(kind: Kind) -> str:
    """The anchor of a kind in the reference of kinds."""
    return documents.anchor(f"{kind.name} ({kind.prefix})")


def _kind(values: Mapping[str, object]) -> Kind | None:
    reference, plural = values.get("reference"), values.get("plural")
    if isinstance(reference, str):
        try:
            return kinds.of_reference(reference)
        except NotFound:
            return None
    return next((kind for kind in kinds.all_kinds() if kind.plural == plural), None)
