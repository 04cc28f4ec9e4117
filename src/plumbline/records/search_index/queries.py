"""Which records have the words that somebody asks for. Nothing here writes, and nobody learns of a record
that they may not see: hits, counts and pieces of text are taken from what `policy.visible` lets through."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connection

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.records import kinds, read_log
from plumbline.records.kinds import Kind
from plumbline.records.list_index import queries as list_index
from plumbline.records.models import Attachment, Record, RecordIndex
from plumbline.records.search_index import commands, documents, folding, snippets
from plumbline.records.search_index.engines import engine
from plumbline.records.search_index.snippets import Snippet

COUNT_CAP = 1_000
"""Records counted and ranked at the most: those with the words in their title, and the newest others."""


@dataclass(frozen=True)
class Match:
    """A record that has the words: ``rank`` compares matches of one search, the largest is the best."""

    key: int
    kind: str
    rank: float


@dataclass(frozen=True)
class Matches:
    """All matches, best first; ``capped`` says that there are more than were looked at."""

    rows: tuple[Match, ...]
    capped: bool = False

    def of_kind(self, slug: str) -> Matches:
        """Those of one kind."""
        return Matches(tuple(row for row in self.rows if row.kind == slug), self.capped)


@dataclass(frozen=True)
class FoundRecord:
    """A record as a search shows it, with the piece of its text that has the words."""

    reference: str
    kind: Kind
    title: str
    marked: Snippet
    state: str
    owner: str
    snippet: Snippet | None


def match(actor: Actor, text: str, kind_slugs: Iterable[str] | None = None) -> Matches:
    """The records that ``actor`` may see and that have all words of ``text``, best first."""
    allowed = _readable(actor, kind_slugs)
    wanted = folding.terms(text)
    if not allowed or not text.strip():
        return Matches(())
    if not wanted:  # signs alone, such as "%": the titles have them as they are
        keys = list_index.search(actor, allowed, text.strip(), COUNT_CAP)
        known = dict(RecordIndex.objects.filter(pk__in=keys).values_list("pk", "kind"))
        return Matches(tuple(Match(key, known[key], 0.0) for key in keys))
    seen = policy.visible(actor, RecordIndex.objects.filter(kind__in=allowed))
    found: dict[int, Match] = {}
    for titles in (False, True):
        rows = engine(connection).matching(seen, wanted, titles=titles)
        part = list(rows.values_list("record_id", "kind", "rank")[: COUNT_CAP + 1])
        found |= {pk: Match(pk, slug, float(rank)) for pk, slug, rank in part}
        if len(part) <= COUNT_CAP:  # all were looked at, those with the words in the title among them
            break
    ranked = sorted(found.values(), key=lambda row: (-row.rank, -row.key))
    return Matches(tuple(ranked[:COUNT_CAP]), len(found) > COUNT_CAP)


def _readable(actor: Actor, kind_slugs: Iterable[str] | None) -> list[str]:
    wanted = kinds.all_kinds() if kind_slugs is None else [kinds.get(slug) for slug in kind_slugs]
    return [kind.slug for kind in wanted if policy.may(actor, "read", kind=kind.slug, anywhere=True)]


def search(actor: Actor, text: str, *, limit: int = 25) -> list[FoundRecord]:
    """The best of all records that have the words, as they are shown."""
    return shown(actor, match(actor, text).rows[:limit], text)


def shown(actor: Actor, matches: Iterable[Match], text: str) -> list[FoundRecord]:
    """Matches as they are shown, in their order; reading sensitive kinds is noted."""
    wanted, order = folding.terms(text), list(matches)
    by_kind: dict[str, list[int]] = defaultdict(list)
    for each in order:
        by_kind[each.kind].append(each.key)
    hung = _additions([each.key for each in order])
    found: dict[int, FoundRecord] = {}
    for slug, keys in by_kind.items():
        kind = kinds.get(slug)
        rows = policy.visible(actor, kind.model._default_manager.select_related("owner")).in_bulk(keys)
        read_log.of_list(actor, kind, len(rows))
        for key, row in rows.items():
            parts = [(str(kind.field(name).verbose_name), part) for name, part in documents.texts(row, kind)]
            found[key] = _found(row, kind, [*parts, *hung[key]], wanted)
    return [found[each.key] for each in order if each.key in found]


def _found(
    record: Record, kind: Kind, parts: list[tuple[str, str]], wanted: tuple[folding.Term, ...]
) -> FoundRecord:
    return FoundRecord(
        record.reference,
        kind,
        record.title,
        snippets.marked(record.title, wanted),
        record.state,
        record.owner.full_name if record.owner else "",
        snippets.best(parts, wanted),
    )


def _additions(keys: list[int]) -> Mapping[int, list[tuple[str, str]]]:
    """Where it stands and what it says, of comments and files, the newest first."""
    found = defaultdict[int, list[tuple[str, str]]](list)
    for comment in sorted(commands.newest_comments(keys), key=lambda row: -row.pk):
        found[comment.record_id].append(("comment", comment.text))
    for attachment in Attachment.objects.filter(record_id__in=keys).order_by("-pk"):
        found[attachment.record_id].append(("file name", attachment.name))
        found[attachment.record_id].append((attachment.name, documents.text_of_file(attachment)))
    for key, texts in commands.words_beside(keys).items():
        found[key].extend(texts)
    return found
