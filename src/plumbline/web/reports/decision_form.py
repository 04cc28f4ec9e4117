"""The fields of a row in the statement of applicability: what they show, what was typed, what it decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext

from plumbline import catalogs
from plumbline.kernel.problems import Fault, Invalid
from plumbline.records import kinds
from plumbline.reports.applicability import KIND
from plumbline.reports.decisions.commands import Decision
from plumbline.reports.decisions.proposals import Proposal
from plumbline.reports.decisions.queries import RowNow
from plumbline.web.view import parse_int
from plumbline.wording import render

RISK = "risk treatment"


@dataclass(frozen=True)
class Typed:
    """The fields of one row. ``seen`` is the revision that the page showed, 0 for a control without a row."""

    answer: str = ""
    because: tuple[str, ...] = ()
    reason: str = ""
    how: str = ""
    risks: tuple[str, ...] = ()
    seen: int = 0
    chosen: bool = False


def reasons() -> tuple[tuple[str, str], ...]:
    """The kinds of reasons why a control applies, with what each is called on the page."""
    field = kinds.get(KIND).field("reasons") if kinds.exists(KIND) else None
    return tuple((str(key), gettext(str(label))) for key, label in getattr(field, "options", ()))


def recorded(now: RowNow | None, proposal: Proposal | None) -> Typed:
    """What the fields of a row show before anybody typed: what is recorded, or what the records propose."""
    if now is not None:
        risks = tuple(now.values["risks"] or ())
        because = tuple(now.values["reasons"] or ())
        answer, how = str(now.values["applicable"] or ""), str(now.values["how"] or "")
        return Typed(answer, because, now.reason, how, risks, now.revision)
    if proposal is None:
        return Typed()
    text = " ".join(render(sentence) for sentence in proposal.sentences)
    return Typed("", proposal.reasons, text, "", proposal.risks)


def bar(request: HttpRequest) -> Typed:
    """What is to hold for all chosen rows."""
    return _typed(request, "all")


def typed(request: HttpRequest) -> dict[str, Typed]:
    """What was typed for each row of the page, by number; what holds for the chosen ones is in theirs."""
    chosen, for_all = set(request.POST.getlist("chosen")), bar(request)
    found = {}
    for number in dict.fromkeys(request.POST.getlist("row")):
        row = _typed(request, number)
        if number in chosen:
            row = replace(
                row,
                chosen=True,
                answer=for_all.answer or row.answer,
                because=for_all.because or row.because,
                reason=for_all.reason or row.reason,
            )
        found[number] = row
    return found


def _typed(request: HttpRequest, number: str) -> Typed:
    given = request.POST
    return Typed(
        answer=str(given.get(f"applies-{number}", "")),
        because=tuple(str(each) for each in given.getlist(f"because-{number}")),
        reason=_text(given.get(f"reason-{number}")),
        how=_text(given.get(f"how-{number}")),
        risks=tuple(str(each) for each in given.getlist(f"risks-{number}")),
        seen=parse_int(given.get(f"seen-{number}"), 0),
    )


def _text(value: object) -> str:
    # A browser sends line ends as CR LF whatever was shown; otherwise nothing would ever be unchanged.
    return str(value or "").replace("\r\n", "\n").strip()


def decisions(
    rows: Mapping[str, Typed], now: Mapping[str, RowNow], proposed: Mapping[str, Proposal], *, submit: bool
) -> list[Decision]:
    """What the typed rows decide, without those that nobody touched. Raises `Invalid` for half an answer.

    With ``submit`` drafts that nobody touched come along, to be sent for review.
    """
    ids = {control.number: control.id for control in catalogs.controls()}
    found, faults = [], []
    for number, row in rows.items():
        key = ids.get(number, number)
        present = now.get(key)
        shown = recorded(present, proposed.get(key) if present is None else None)
        touched = replace(row, seen=0, chosen=False) != replace(_stripped(shown), seen=0)
        if touched and not row.answer:
            faults.append(Fault(f"{number}.applicable", "is open", "choose whether it applies: Yes or No"))
        elif touched and row.answer:
            found.append(Decision(number, _values(row, shown), row.seen or None))
        elif submit and present is not None and present.state == "draft":
            found.append(Decision(number, {}, row.seen or None))
    if faults:
        raise Invalid("Nothing was saved.", faults)
    if not found:
        raise Invalid("Nothing was saved.", [Fault("", "No row was changed.", "Decide one, or choose rows.")])
    return found


def _stripped(shown: Typed) -> Typed:
    return replace(shown, reason=_text(shown.reason), how=_text(shown.how))


def _values(row: Typed, shown: Typed) -> dict[str, Any]:
    how = {"how": row.how} if row.how != _text(shown.how) else {}
    accepted = row.answer == "yes" and not shown.answer
    if row.answer != shown.answer and not accepted and row.reason == _text(shown.reason):
        # What speaks for a control is no reason to leave it out, and the other way round.
        row = replace(row, reason="")
    if row.answer == "no":
        return {"applicable": "no", "exclusion_reason": row.reason, **how}
    risks = {"risks": list(row.risks)} if row.risks != shown.risks or not row.seen else {}
    said = {"applicable": row.answer, "reasons": list(row.because), "justification": row.reason}
    return {**said, **risks, **how}
