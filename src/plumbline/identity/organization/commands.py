"""The settings of the organization are changed here; every change leaves an entry in the trail."""

from __future__ import annotations

import math
import unicodedata
from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.http.request import validate_host

from plumbline.config import Config, is_in_environment
from plumbline.documents import logo
from plumbline.documents.look import LEAST_LINE, LEAST_TEXT, contrast_with_white, is_colour
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.identity.models import OrganizationSetting
from plumbline.identity.organization import queries
from plumbline.kernel import clock
from plumbline.kernel.messages import listing, say
from plumbline.kernel.problems import Conflict, Fault, Invalid, NotFound
from plumbline.trail import log
from plumbline.wording.languages import KNOWN

CHANGED = "organization.setting-changed"
LONGEST_NAME, LONGEST_LINE = 200, 160
LOGO = "document_logo"
_LEAST = {"document_accent": LEAST_TEXT, "document_second": LEAST_LINE}


def change(actor: Actor, values: Mapping[str, str]) -> list[str]:
    """Set some settings of the organization; the names of those that are otherwise now.

    An empty ``address`` goes back to what the installation began with. One person is enough: none of these
    makes a check easier to pass, and the address can only be one that the server answers to. Raises
    `NotAllowed`, `NotFound` for a name that is none, `Conflict` for one that the environment fixes, and
    `Invalid`.
    """
    policy.require(actor, "grant")
    if unknown := sorted(set(values) - set(queries.NAMES)):
        raise NotFound(
            say(
                "organization.no-setting",
                "{names} cannot be set here. Settings: {known}.",
                names=listing(unknown),
                known=listing(queries.NAMES),
            )
        )
    if LOGO in values:
        raise Invalid("The settings were not saved.", [Fault(LOGO, "is an image", "send the file by itself")])
    before = {row.name: row.value for row in queries.rows()}
    wanted = {name: _plain(name, value) for name, value in values.items()}
    wanted = {name: value for name, value in wanted.items() if value != before[name]}
    for name in wanted:
        if is_in_environment(name):
            raise Conflict(
                say(
                    "organization.fixed",
                    "This setting is fixed by {variable} in the environment of the server. Change it there.",
                    variable=f"PLUMBLINE_{name.upper()}",
                )
            )
    if faults := [fault for name, value in wanted.items() if (fault := _fault(name, value)) is not None]:
        raise Invalid("The settings were not saved.", faults)
    _write(actor, wanted)
    return sorted(wanted)


def change_logo(actor: Actor, content: bytes) -> bool:
    """Put a logo on the documents, or take it off with no bytes; whether it is another one now.

    It is drawn anew as a small PNG, and that is kept. Raises `NotAllowed`, and `Malformed` and `TooLarge` for
    what is no logo (`plumbline.documents.logo`).
    """
    policy.require(actor, "grant")
    value = b64encode(logo.png_of(content)).decode() if content else ""
    row = OrganizationSetting.objects.filter(name=LOGO).first()
    if value == (row.value if row else ""):
        return False
    _write(actor, {LOGO: value})
    return True


def _write(actor: Actor, wanted: Mapping[str, str]) -> None:
    with transaction.atomic():
        for name, value in wanted.items():
            OrganizationSetting.objects.update_or_create(
                name=name, defaults={"value": value, "changed_at": clock.now(), "changed_by": actor.id}
            )
            log.append(
                CHANGED,
                actor=actor.id,
                subject={"kind": "setting", "ref": name},
                openings={"value": value.encode()},
            )
        transaction.on_commit(queries.forget)


def _plain(name: str, value: str) -> str:
    plain = " ".join(unicodedata.normalize("NFC", value).split())
    return plain.lower() if name in _LEAST else plain


def _fault(name: str, value: str) -> Fault | None:
    """What is wrong with the value of a setting, if anything."""
    if name == "organization":
        if 0 < len(value) <= LONGEST_NAME and value.isprintable():
            return None
        return Fault(name, "A name has 1 to 200 characters.", "Write the name of your organization.")
    if name in ("document_name", "document_footer"):
        if len(value) <= LONGEST_LINE and (not value or value.isprintable()):
            return None
        return Fault(name, "A line has at most 160 characters.", "Shorten it.")
    if name in _LEAST:
        return _colour_fault(name, value)
    if name == "mail_language":
        known = say("organization.languages", "Use one of {names}.", names=listing(sorted(KNOWN)))
        return None if value in KNOWN else Fault(name, "This language is not known.", known)
    return _address_fault(name, value.rstrip("/"))


def _colour_fault(name: str, value: str) -> Fault | None:
    if not value:
        return None
    if not is_colour(value):
        return Fault(name, "This is not a colour.", "Write it as #1f3a5f.")
    least, found = _LEAST[name], contrast_with_white(value)
    if found >= least:
        return None
    # Rounded down: 4.46 shown as 4.5 would read like a rule that is not kept.
    shown = say(
        "organization.contrast",
        "Its contrast with white paper is {found}, and {least} is the least that can be read.",
        found=f"{math.floor(found * 10) / 10:.1f}",
        least=f"{least:.1f}",
    )
    return Fault(name, shown, "Take a darker one.")


def _address_fault(name: str, value: str) -> Fault | None:
    if not value:
        return None
    remedy = "Write it as https://aims.example.org, without a path."
    try:
        parts = urlsplit(value)
        has_port = parts.port is None or parts.port > 0
    except ValueError:
        return Fault(name, "This is not an address.", remedy)
    if parts.scheme not in ("http", "https") or not parts.hostname or not has_port or parts.username:
        return Fault(name, "This is not an address.", remedy)
    if parts.path or parts.query or parts.fragment:
        return Fault(name, "The address has a path.", remedy)
    config: Config = settings.PLUMBLINE
    hosts = [host.strip() for host in config.hosts.split(",") if host.strip()]
    domain = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    # Links of invitations and of new passwords lead there with their secret: whoever could name any host
    # could collect them, and sign in as the second person.
    if not validate_host(domain, hosts):
        return Fault(
            name,
            "The server does not answer to this host name.",
            "Use one that it answers to, or let the operator add it to PLUMBLINE_HOSTS.",
        )
    return None
