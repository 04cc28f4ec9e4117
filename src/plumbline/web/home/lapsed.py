"""Acceptances that have lapsed: more is left of the risk today than was accepted, so its owner has to act."""

from __future__ import annotations

from dataclasses import dataclass

from plumbline.clauses import criteria
from plumbline.controls import residual
from plumbline.controls.residual import Residual
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Message, Word, say
from plumbline.records import kinds, queries
from plumbline.web import cells

KIND = "risk"


@dataclass(frozen=True)
class Lapsed:
    """An accepted risk of the reader's own that is graver than accepted, with why and what to do."""

    reference: str
    title: str
    reason: Message

    @property
    def href(self) -> str:
        """Its page."""
        return cells.record_href(self.reference)


def lapsed_rows(actor: Actor) -> tuple[Lapsed, ...]:
    """Those that ``actor`` owns, newest first.

    A row is derived whenever somebody looks: it is gone once the controls work again, or once the risk is
    assessed or treated anew.
    """
    if actor.person_id is None or not kinds.exists(KIND):
        return ()
    kind = kinds.get(KIND)
    if not policy.may(actor, "read", kind=kind.slug, anywhere=True):
        return ()
    own = queries.select(actor, kind).filter(owner_id=actor.person_id, state=residual.ACCEPTED)
    titles = dict(own.values_list("reference", "title"))
    # Most people own none, and what follows reads every check.
    levels = residual.today(titles.keys()) if titles else {}
    reasons = ((name, _reason(levels[name])) for name in titles if name in levels)
    return tuple(Lapsed(name, titles[name], reason) for name, reason in reasons if reason is not None)


def _reason(left: Residual) -> Message | None:
    now = Word(left.today.word.lower())
    if left.graver:
        return say(
            "home.acceptance-lapsed",
            "accepted as {planned}, {now} today: the acceptance has lapsed. Treat the risk, or assess it and"
            " have it accepted anew.",
            planned=Word(left.planned.word.lower()), now=now,
        )  # fmt: skip
    appetite = criteria.current().appetite
    if left.today > appetite:
        return say(
            "home.acceptance-over-appetite",
            "{now} today, and no more than {appetite} is accepted. Treat the risk further.",
            now=now, appetite=Word(appetite.word.lower()),
        )  # fmt: skip
    return None
