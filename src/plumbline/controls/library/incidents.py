"""Checks on incidents and concerns: told, learned from, and answered (A.3.3, A.8.3, A.8.4, 10.2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from plumbline.controls.declare import check
from plumbline.controls.library.cases import bare
from plumbline.controls.library.cases import incidents as cases
from plumbline.controls.library.gaps import thin, unseen_since
from plumbline.controls.library.population import owned
from plumbline.controls.populations import Member, MemberCheck, Population, share
from plumbline.controls.verdicts import Evidence, day_of, limit
from plumbline.kernel.messages import Message, Word, say
from plumbline.kernel.states import Strength

_GRAVE = frozenset({"serious", "critical", ""})
"""How grave an incident is of which users have to be told, or of which nobody has said how grave it is."""


def _incidents(evidence: Evidence) -> list[Member]:
    rows = evidence.claims["incident"]
    return [owned(row, system=row["system"] or "") for row in rows if row["state"] != "dismissed"]


def _grave(evidence: Evidence) -> list[Member]:
    return [member for member in _incidents(evidence) if member.row["severity"] in _GRAVE]


_LOOKED_AT = frozenset({"verified", "closed"})


@check(
    "iso42001:A.8.4",
    slug="incidents-told",
    title="Users hear of grave incidents in time",
    finding="Grave incidents of which users were not told in time",
    over="organization",
    needs=(),
    population=Population(
        "grave-incidents", Word("incidents that are grave, or that nobody has judged"), ("claims:incident",),
        _grave, bare.INCIDENT,
    ),
    share=share("incident.told-share", "{have} of {total} grave incidents were told in time."),
    strength=Strength.OPERATING,
    severity="major",
    limits=(
        limit("incidents-told", 3, "days", why="three days are what laws commonly give at most"),
        limit("incidents-told.verified", 90, "days", why="a quarter is time for a second person to read it"),
    ),
    cases=cases.INCIDENTS_TOLD,
)  # fmt: skip
def incidents_told(member: Member, evidence: Evidence) -> Message | None:
    """Of every serious or critical incident users were told within the limit of its being noticed, or it is
    decided and said why nobody is told.

    What one person says of it counts for a time, until a second one has verified the incident.
    """
    row, given = member.row, evidence.limit("incidents-told").value
    noticed = day_of(row["noticed_on"]) or day_of(row["created"]) or evidence.today
    told = day_of(row["told_on"])
    if row["tell"] == "no" and thin(row["told"]):
        return say("incident.told-why", "says next to nothing of why nobody is told")
    if row["tell"] != "no" and told is not None and (late := (told - noticed).days) > given:
        return say("incident.told-late", "was told {days} days after it was noticed", days=late)
    if row["tell"] == "no" or told is not None:
        by = noticed + timedelta(days=evidence.limit("incidents-told.verified").value)
        return None if row["state"] in _LOOKED_AT else unseen_since(by, evidence)
    if (evidence.today - noticed).days <= given:
        return None
    return say("incident.untold", "was noticed on {day}, and nobody has told users", day=noticed)


@check(
    "iso42001:10.2",
    slug="incidents-learned",
    title="Incidents are explained and learned from in time",
    finding="Incidents without cause or lesson",
    over="organization",
    needs=(),
    population=Population("incidents", Word("incidents"), ("claims:incident",), _incidents, bare.INCIDENT),
    share=share("incident.learned-share", "{have} of {total} incidents are explained, or still in time."),
    strength=Strength.OPERATING,
    limits=(
        limit("incidents-learned", 30, "days", why="a month is enough to find the cause of an incident"),
    ),
    cases=cases.INCIDENTS_LEARNED,
)
def incidents_learned(member: Member, evidence: Evidence) -> Message | None:
    """Every incident has, within the limit of its being recorded, a cause and a lesson; a serious or critical
    one that is closed is taken on as a nonconformity."""
    row = member.row
    age = (evidence.today - (day_of(row["created"]) or evidence.today)).days
    if row["state"] == "closed" and row["severity"] in _GRAVE and not row["nonconformities"]:
        return say("incident.no-nonconformity", "was closed and taken on as no nonconformity")
    if age <= evidence.limit("incidents-learned").value or (row["cause"] and row["lessons"]):
        return None
    return say("incident.unexplained", "has no cause or no lesson after {days} days", days=age)


def _unanswered(*channels: str) -> Callable[[Evidence], list[Member]]:
    def members(evidence: Evidence) -> list[Member]:
        return [owned(row) for row in evidence.claims["concern"] if row["channel"] in channels]

    return members


def _answered(slug: str) -> MemberCheck:
    def judged(member: Member, evidence: Evidence) -> Message | None:
        """Every concern that came in by this way is answered within the limit.

        An answer is what one person says, and counts for a time until somebody else has read and closed it.
        """
        row, given = member.row, evidence.limit(slug).value
        came, answered = day_of(row["received_on"]) or evidence.today, day_of(row["answered_on"])
        if answered is not None and row["state"] in {"answered", "closed"}:
            if (late := (answered - came).days) > given:
                return say("concern.late", "was answered only after {days} days", days=late)
            by = answered + timedelta(days=evidence.limit(f"{slug}.closed").value)
            return None if row["state"] == "closed" else unseen_since(by, evidence)
        if (evidence.today - came).days <= given:
            return None
        return say("concern.unanswered", "came in on {day} and is not answered", day=came)

    return judged


for _slug, _number, _what, _channels, _bare in (
    ("concerns-answered", "A.3.3", "concerns of people inside", ("inside",), bare.INSIDE),
    ("reports-answered", "A.8.3", "reports from outside and contests", ("outside", "contest"), bare.OUTSIDE),
):
    check(
        f"iso42001:{_number}",
        slug=_slug,
        title=f"Answered in time: {_what}",
        finding=f"Not answered in time: {_what}",
        over="organization",
        needs=(),
        population=Population(_slug, Word(_what), ("claims:concern",), _unanswered(*_channels), _bare),
        share=share("concern.share", "{have} of {total} are answered, or still in time."),
        strength=Strength.OPERATING,
        limits=(
            limit(_slug, 30, "days", why="a month is enough to look into a concern and answer"),
            limit(f"{_slug}.closed", 90, "days", why="a quarter is time for a second person to read it"),
        ),
        cases=cases.answered(*_channels),
    )(_answered(_slug))
