"""The settings of the organization as they hold now: the environment, else what was set, else the file.

The environment is the operator's and comes first; ``settings.toml`` and the defaults are what an installation
begins with.
"""

from __future__ import annotations

import hashlib
import time
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError

from plumbline.config import Config, is_in_environment
from plumbline.documents.look import ACCENT, SECOND, Look
from plumbline.identity.models import OrganizationSetting

CONFIGURED = ("organization", "address", "mail_language")
LOOK = ("document_name", "document_footer", "document_accent", "document_second", "document_logo")
"""How documents look; nothing of it is in the environment."""
NAMES = (*CONFIGURED, *LOOK)
"""The settings that a person may change; what decides a judgement is not among them (decision 32)."""
AGE = 5.0
"""Seconds after which a process looks again for what another one has set. Every page shows the name of the
organization, so that asking each time would cost each page a query."""


@dataclass(frozen=True)
class SettingRow:
    """A setting as it holds: its value (of a logo the digest), and who set it when; as the installation began
    if nobody did.

    ``variable`` is the name in the environment where it is fixed there.
    """

    name: str
    value: str
    variable: str = ""
    changed_at: datetime | None = None
    changed_by: str = ""


_read: tuple[float, Mapping[str, str]] | None = None


def forget() -> None:
    """Look again at the next question."""
    global _read
    _read = None


def _stored() -> Mapping[str, str]:
    global _read
    if _read is None or time.monotonic() - _read[0] >= AGE:
        try:
            rows = dict(OrganizationSetting.objects.values_list("name", "value"))
        except DatabaseError:
            # The page that says so has the name of the organization on it, too.
            return _read[1] if _read is not None else {}
        _read = time.monotonic(), rows
    return _read[1]


def effective(config: Config) -> Config:
    """``config`` with what was set for the organization, except for what the environment fixes."""
    held = {name: value for name, value in _stored().items() if value and not is_in_environment(name)}
    return replace(
        config,
        organization=held.get("organization", config.organization),
        address=held.get("address", config.address),
        mail_language=held.get("mail_language", config.mail_language),
    )


def current() -> Config:
    """The settings of this installation as they hold now."""
    config: Config = settings.PLUMBLINE
    return effective(config)


def look() -> Look:
    """How the documents of this organization look as set; the defaults of what nobody has set."""
    held = _stored()
    return Look(
        held.get("document_name", ""),
        held.get("document_footer", ""),
        held.get("document_accent") or ACCENT,
        held.get("document_second") or held.get("document_accent") or SECOND,
        b64decode(held.get("document_logo", "")),
    )


def _shown(name: str, value: str) -> str:
    """A setting as it is listed: of a logo its digest."""
    if name != "document_logo" or not value:
        return value
    return f"sha256:{hashlib.sha256(b64decode(value)).hexdigest()}"


def rows() -> list[SettingRow]:
    """Every setting that a person may change, with who changed it last."""
    forget()
    held, stored = current(), {row.name: row for row in OrganizationSetting.objects.all()}
    found = []
    for name in NAMES:
        kept = stored[name].value if name in stored else ""
        value = str(getattr(held, name)) if name in CONFIGURED else _shown(name, kept)
        if is_in_environment(name):
            found.append(SettingRow(name, value, variable=f"PLUMBLINE_{name.upper()}"))
        elif name in stored:
            row = stored[name]
            found.append(SettingRow(name, value, changed_at=row.changed_at, changed_by=row.changed_by))
        else:
            found.append(SettingRow(name, value))
    return found
