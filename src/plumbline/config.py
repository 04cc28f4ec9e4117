"""Every setting of an installation: its type, meaning and environment name.

Settings are read once, when the process starts: from the environment, and where that is silent from
``settings.toml`` in the data folder. Nothing else in Plumbline reads the environment.
"""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import MISSING, dataclass, field, fields
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, get_type_hints
from zoneinfo import available_timezones


class MailSecurity(StrEnum):
    """How the connection to the mail server is encrypted."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class LogFormat(StrEnum):
    """How the log is written."""

    TEXT = "text"
    JSON = "json"


class ProxyHeader(StrEnum):
    """The header in which trusted proxies name whom a request comes from."""

    X_FORWARDED_FOR = "x-forwarded-for"
    FORWARDED = "forwarded"


class SettingError(ValueError):
    """A setting has a value that cannot be used; the message names it and the remedy."""


def _setting(default: Any, text: str) -> Any:
    return field(default=default, metadata={"text": text})


@dataclass(frozen=True)
class Config:
    """The settings of one installation. Each has the environment name ``PLUMBLINE_`` + its name."""

    data: Path = _setting(
        Path("plumbline-data"),
        "Folder of the database, keys, spool and attachments. Only its owner may read it.",
    )
    database: str = _setting(
        "",
        "Address of a PostgreSQL database (postgresql://user:password@host/name). Empty: SQLite.",
    )
    guard: str = _setting(
        "",
        "File of the trail's guard, best on another volume. Empty: guard/guard.json in the data folder.",
    )
    key_store: str = _setting(
        "",
        "File of the keys under which openings are encrypted, best on another volume, or the address of a "
        "PostgreSQL database. Its backups have their own, short retention. Empty: key-store/keys.db in the "
        "data folder.",
    )
    backup_folder: str = _setting(
        "",
        "Folder, on another disk, in which backups are made that somebody asks for on the page Backups or by "
        "the API, each in a folder of its own. Empty: none can be asked for.",
    )
    host: str = _setting("127.0.0.1", "Address the server listens on.")
    port: int = _setting(8042, "Port the server listens on.")
    hosts: str = _setting(
        "127.0.0.1,localhost,[::1]",
        "Host names the server answers to, separated by commas. Any other is refused.",
    )
    address: str = _setting(
        "",
        "Public address of the installation (https://aims.example.org), used in links. Empty: what was set "
        "on the page Settings, else http://host:port.",
    )
    trusted_proxies: str = _setting(
        "",
        "Addresses or networks (10.0.0.0/8, ::1), separated by commas, of the reverse proxies in front of "
        "this server. What they say about the address, scheme and host of a visitor is believed, what "
        "anybody else says is not. Empty: no proxy is trusted.",
    )
    proxy_header: ProxyHeader = _setting(
        ProxyHeader.X_FORWARDED_FOR,
        "Header in which the trusted proxies name the visitor: x-forwarded-for (scheme and host in "
        "X-Forwarded-Proto and X-Forwarded-Host) or forwarded (RFC 7239). The other one is ignored, since a "
        "proxy passes on what it does not set itself.",
    )
    organization: str = _setting(
        "Your organization",
        "Name of the organization, as pages and documents show it. Left out, it can be set on a page.",
    )
    time_zone: str = _setting(
        "UTC",
        "Time zone of the organization (IANA name, such as Europe/Berlin). Days begin and end in it: those "
        "until which something is valid, and the days, weeks and months that checks judge. Set it before the "
        "first data.",
    )
    body_limit: int = _setting(8_388_608, "Largest request body in bytes, as sent.")
    decompressed_limit: int = _setting(33_554_432, "Largest request body in bytes after decompression.")
    body_timeout: float = _setting(
        30.0, "Seconds within which a request body must have arrived at the ingest doors."
    )
    upload_limit: int = _setting(26_214_400, "Largest attachment or import file in bytes.")
    import_alone_rows: int = _setting(
        0,
        "Rows that one person may import alone; a larger import is confirmed by a second one, and so is any "
        "import of people, units or records that set values (limits, authorities and the like). 0: none is.",
    )
    future_tolerance: int = _setting(300, "Seconds an event's own time may lie ahead of the server's clock.")
    api_rate: int = _setting(6_000, "Requests a minute one token may send to the API.")
    ingest_rate: int = _setting(6_000, "Requests a minute one token may send to the ingest doors.")
    sign_in_rate: int = _setting(10, "Sign-in attempts a minute from one address.")
    concern_channels: str = _setting(
        "",
        "Channels by which anybody who reaches the server raises a concern without signing in and without a "
        "name, separated by commas: inside (people who work here) and outside (everybody else). Empty: the "
        "page /raise-concern/ is not there.",
    )
    concern_rate: int = _setting(
        10, "Concerns and additions an hour from one address; twenty times as many from all together."
    )
    session_idle: int = _setting(3_600, "Seconds after which an unused session ends.")
    session_absolute: int = _setting(43_200, "Seconds after which every session ends.")
    publish_interval: float = _setting(0.5, "Seconds between two looks for something new to sign and judge.")
    mail_host: str = _setting("", "Mail server (SMTP). Empty: no mail is sent.")
    mail_port: int = _setting(587, "Port of the mail server.")
    mail_security: MailSecurity = _setting(
        MailSecurity.STARTTLS,
        "Encryption of the connection to the mail server: starttls, tls (from the first byte) or none.",
    )
    mail_user: str = _setting("", "Name to sign in to the mail server with. Empty: no sign-in.")
    mail_password: str = _setting("", "Password to sign in to the mail server with.")
    mail_from: str = _setting("", "Address that mails come from, such as aims@example.org.")
    mail_language: str = _setting("en", "Language of mails: en or de. Left out, it can be set on a page.")
    webhook_private: bool = _setting(
        False,
        "Let webhooks be at addresses of a private network, also without encryption: a chat of your own.",
    )
    anchor_folder: str = _setting(
        "", "Folder on another volume or host into which checkpoints are copied. Empty: none."
    )
    anchor_git: str = _setting(
        "", "Git remote (https or ssh) to which checkpoints are pushed, never by force. Empty: none."
    )
    anchor_mail: str = _setting(
        "", "Mail addresses outside of the organization that checkpoints are sent to, separated by commas."
    )
    anchor_timestamps: str = _setting(
        "", "Addresses of time-stamping authorities (RFC 3161), separated by commas."
    )
    anchor_timestamp_roots: str = _setting(
        "", "PEM file with the root certificates that time stamps must lead to."
    )
    anchor_witnesses: str = _setting(
        "", "File with the witness policy (C2SP tlog-policy): which witnesses there are, and the quorum."
    )
    anchor_interval: float = _setting(
        86_400.0,
        "Seconds between two checkpoints for the git remote, the mail addresses and the time stamps.",
    )
    anchor_often: float = _setting(
        3_600.0, "Seconds between two checkpoints for the folder and the witnesses."
    )
    anchor_private: bool = _setting(
        False,
        "Let anchors be at addresses of a private network, also without encryption: a witness next door.",
    )
    oidc_issuer: str = _setting(
        "",
        "Issuer of the organization's identity provider (OpenID Connect), exactly as it calls itself, such "
        "as https://login.example.org/realms/staff. Empty: no single sign-on.",
    )
    oidc_client_id: str = _setting("", "Name by which the identity provider knows this installation.")
    oidc_client_secret: str = _setting("", "Secret that the identity provider has given this installation.")
    oidc_name: str = _setting(
        "your organization", "What the sign-in page calls the identity provider: Sign in with …."
    )
    oidc_private: bool = _setting(
        False,
        "Let the identity provider be at an address of a private network, also without encryption.",
    )
    url: str = _setting("", "Server that commands speak to. Empty: the one of these settings.")
    token: str = _setting("", "Token with which commands speak to a server.")
    metrics_token: str = _setting(
        "",
        "Token with which /metrics is read, and /readyz with its details. Empty: only from this machine, and "
        "through no proxy.",
    )
    log_format: LogFormat = _setting(
        LogFormat.TEXT,
        "Format of the log: text, or json with a line for each request as well (its id, the actor's opaque "
        "id, door, status, duration, outcome).",
    )
    debug: bool = _setting(False, "Show tracebacks in the browser. Never on a reachable machine.")

    @property
    def guard_file(self) -> Path:
        """Where the trail's guard is kept."""
        return Path(self.guard) if self.guard else self.data / "guard" / "guard.json"

    @property
    def proxy_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The networks of the trusted proxies. Raises `SettingError` for what is no network."""
        networks = []
        for text in filter(None, map(str.strip, self.trusted_proxies.split(","))):
            try:
                networks.append(ip_network(text))
            except ValueError as error:
                raise SettingError(
                    f"PLUMBLINE_TRUSTED_PROXIES: {text} is not an address or network; "
                    "use one such as 10.0.0.5 or 10.0.0.0/8"
                ) from error
        return tuple(networks)

    @property
    def open_concern_channels(self) -> tuple[str, ...]:
        """The channels for anonymous concerns that are open. Raises `SettingError` for an unknown one."""
        named = tuple(filter(None, map(str.strip, self.concern_channels.split(","))))
        for channel in named:
            if channel not in ("inside", "outside"):
                raise SettingError(
                    f"PLUMBLINE_CONCERN_CHANNELS: {channel} is none; use inside, outside or both"
                )
        return tuple(dict.fromkeys(named))

    @property
    def public_address(self) -> str:
        """The address used in links, without a trailing slash."""
        return (self.address or f"http://{self.host}:{self.port}").rstrip("/")


def _convert(name: str, kind: Any, text: str) -> Any:
    if kind is bool:
        if text.lower() in {"1", "true", "yes", "on"}:
            return True
        if text.lower() in {"", "0", "false", "no", "off"}:
            return False
        raise SettingError(f"{name} must be true or false")
    try:
        return kind(text)
    except ValueError as error:
        if issubclass(kind, StrEnum):
            raise SettingError(f"{name} must be one of: {', '.join(kind)}") from error
        raise SettingError(f"{name} must be of type {kind.__name__}") from error


def _from_file(file: Path) -> dict[str, str]:
    """Settings in ``settings.toml``, by environment name; a missing file has none."""
    if not file.exists():
        return {}
    try:
        settings = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError(f"{file} is not valid TOML; correct or remove it") from error
    return {f"PLUMBLINE_{name.upper()}": str(value) for name, value in settings.items()}


def load(environ: dict[str, str] | None = None, file: Path | None = None) -> Config:
    """Read the settings from ``environ`` (default: the process environment).

    What is not set there is taken from ``settings.toml`` in the data folder, or from ``file``. Raises
    `SettingError` for a value of the wrong type and for an unknown ``PLUMBLINE_…`` name.
    """
    source = dict(os.environ) if environ is None else environ
    types = get_type_hints(Config)
    names = {f"PLUMBLINE_{entry.name.upper()}": entry.name for entry in fields(Config)}
    data = Path(source.get("PLUMBLINE_DATA", Config.data))
    given: dict[str, Any] = {}
    for name, value in {**_from_file(file or data / "settings.toml"), **source}.items():
        if name in names:
            given[names[name]] = _convert(name, types[names[name]], value)
        # A misspelled name would otherwise leave its default in force without a word.
        elif name.startswith("PLUMBLINE_") and not name.startswith("PLUMBLINE_TEST_"):
            raise SettingError(f"{name} is not a setting; see docs/reference/settings.md")
    loaded = Config(**given)
    if loaded.time_zone not in {"UTC", *available_timezones()}:
        raise SettingError(
            f"PLUMBLINE_TIME_ZONE: {loaded.time_zone} is not known; use an IANA name such as Europe/Berlin"
        )
    _ = loaded.open_concern_channels
    _ = loaded.proxy_networks  # a mistake in it is to be seen at the start, not at the first visitor
    return loaded


def keep(data: Path, **settings: str) -> None:
    """Write settings to ``settings.toml`` in the data folder; others that are there stay."""
    file = data / "settings.toml"
    current = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    lines = [
        f"{name} = {json.dumps(value, ensure_ascii=False)}\n"
        for name, value in {**current, **settings}.items()
    ]
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.write_text("".join(sorted(lines)), encoding="utf-8")
    file.chmod(0o600)


def is_in_environment(name: str) -> bool:
    """Whether the environment of this process fixes the setting called ``name``, whatever else says."""
    return f"PLUMBLINE_{name.upper()}" in os.environ


def reference() -> list[tuple[str, str, str, str]]:
    """Rows for the reference page: environment name, type, default, meaning."""
    types = get_type_hints(Config)
    return [
        (
            f"PLUMBLINE_{entry.name.upper()}",
            types[entry.name].__name__,
            "" if entry.default is MISSING else str(entry.default),
            entry.metadata["text"],
        )
        for entry in fields(Config)
    ]
