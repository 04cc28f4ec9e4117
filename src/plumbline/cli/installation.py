"""Opening an installation for a command: its data folder, its settings, its database, its lock."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from plumbline.cli import output
from plumbline.config import Config, load
from plumbline.kernel.problems import Conflict, Unavailable


def configure(data: Path | None = None, **settings: object) -> Config:
    """Take settings from the command line into the environment and read all of them, before Django starts.

    From here on the process makes files for its owner alone, and closes a data folder that is open to others.
    """
    os.umask(0o077)
    if data is not None:
        os.environ["PLUMBLINE_DATA"] = str(data.expanduser().resolve())
    for name, value in settings.items():
        if value is not None:
            os.environ[f"PLUMBLINE_{name.upper()}"] = str(value)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plumbline.server.settings")
    config = load()
    folder = config.data.expanduser().resolve()
    os.environ["PLUMBLINE_DATA"] = str(folder)
    if folder.is_dir() and folder.stat().st_mode & 0o077 and folder.stat().st_uid == os.getuid():
        folder.chmod(0o700)
    return load()


def start_django() -> None:
    """Load the applications; once per process."""
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()


def is_initialised(config: Config) -> bool:
    """Whether `plumbline init` was run for this data folder."""
    return (config.data / "keys" / "log.key").exists()


def opened(data: Path | None = None, *, may_upgrade: bool = False, **settings: object) -> Config:
    """Configure, start Django and return the settings.

    Raises `Unavailable` without an installation and `Conflict` for one that another version has made, also an
    earlier one that has yet to be brought up to date, unless the command ``may_upgrade`` it.
    """
    config = configure(data, **settings)
    if not is_initialised(config):
        if (config.data / "keys" / "origin").exists():
            announce = output.line("trail", "announce-key", "--data", str(config.data))
            raise Unavailable(
                f"The log key of the installation in {config.data} is missing. Bring keys/log.key back from "
                f"a backup, or name a new key with the recovery key: {announce}"
            )
        make = output.line("init", "--data", str(config.data))
        raise Unavailable(
            f"There is no installation in {config.data}. Name another --data, or make one: {make}"
        )
    start_django()
    from plumbline.server.schema import refuse_other_version
    from plumbline.trail.key_store.opened import refuse_lost_keys

    refuse_other_version(config.data, may_upgrade=may_upgrade)
    refuse_lost_keys()
    return config


def opened_without_log_key(data: Path | None = None) -> Config:
    """As `opened`, for the command that names a lost log key's successor."""
    config = configure(data)
    if not (config.data / "keys").is_dir():
        return opened(data)
    start_django()
    from plumbline.server.schema import refuse_other_version

    refuse_other_version(config.data, may_upgrade=False)
    return config


def _lock_file(config: Config) -> Path:
    return config.data / "serve.lock"


@contextmanager
def server_lock(config: Config) -> Iterator[None]:
    """Hold the data folder for a server. Raises `Conflict` while another process holds it."""
    handle = os.open(_lock_file(config), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Conflict(
                f"Another process serves the data folder {config.data}. Stop it, or choose another --data."
            ) from error
        yield
    finally:
        os.close(handle)


_PATIENCE, _PAUSE = 60.0, 0.1
"""Seconds that others wait while the first brings the database up to date, and between two tries."""


@contextmanager
def shared_lock(config: Config, prepare: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold the data folder together with other servers and workers.

    Whoever comes first does ``prepare`` with the folder for itself; others wait for that. Raises `Conflict`
    while a command has the folder for itself.
    """
    handle = os.open(_lock_file(config), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        until = time.monotonic() + _PATIENCE
        while True:
            if prepare is not None and _flocked(handle, fcntl.LOCK_EX):
                prepare()
                fcntl.flock(handle, fcntl.LOCK_SH)
                break
            if _flocked(handle, fcntl.LOCK_SH):
                break
            if time.monotonic() > until:
                raise Conflict(
                    f"A command or a server has the data folder {config.data} for itself. "
                    "Wait until it ends, or stop it."
                )
            time.sleep(_PAUSE)
        yield
    finally:
        os.close(handle)


def _flocked(handle: int, kind: int) -> bool:
    """Whether the lock could be had without waiting."""
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_served(config: Config) -> bool:
    """Whether a server or a worker holds the data folder now."""
    if not _lock_file(config).exists():
        return False
    handle = os.open(_lock_file(config), os.O_RDWR)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False
