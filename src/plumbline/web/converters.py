"""What may stand in an address: references of records, entry numbers, control numbers, requirement ids."""

from __future__ import annotations

from plumbline.records.kinds import REFERENCE


class _Text:
    regex = "[^/]+"

    def to_python(self, value: str) -> str:
        """The text as it stands."""
        return value

    def to_url(self, value: str) -> str:
        """The text as it stands."""
        return str(value)


class Reference(_Text):
    """``RSK-0007``."""

    regex = REFERENCE


class Plural(_Text):
    """The plural of a kind: ``ai-systems``."""

    regex = "[a-z][a-z0-9-]{2,60}"


class Number(_Text):
    """The number of a control: ``A.6.2.6``."""

    regex = r"A(?:\.[0-9]{1,2}){2,3}"


class RequirementId(_Text):
    """``iso42001:6.1.4`` or ``nist-ai-rmf:MEASURE 2.4``; a statement has a slash: ``iso42001:6.1.4/1``."""

    regex = r"[a-z0-9-]{2,30}:[A-Za-z0-9 .()/-]{1,60}"
