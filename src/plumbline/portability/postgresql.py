"""The database of an installation on PostgreSQL, by its own programs: pg_dump and pg_restore."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from plumbline.kernel.messages import say
from plumbline.kernel.problems import Unavailable

DUMP = "plumbline.pgdump"


def program(name: str) -> str:
    """Where ``pg_dump`` or ``pg_restore`` is. Raises `Unavailable`, with what to install, where it is not."""
    found = shutil.which(name)
    if found is None:
        raise Unavailable(
            say(
                "portability.no-program",
                "{name} is not installed, and nothing else copies a PostgreSQL database as of one moment. "
                "Install PostgreSQL's client programs of the server's version (Debian: postgresql-client), "
                "or run this where they are.",
                name=name,
            )
        )
    return found


def _address(address: str) -> tuple[str, dict[str, str]]:
    """The address without its password, and the environment that has it: arguments can be read by others."""
    parts = urlsplit(address)
    if parts.password is None:
        return address, dict(os.environ)
    host = parts.netloc.rpartition("@")[2]
    bare = parts._replace(netloc=f"{quote(unquote(parts.username or ''), safe='')}@{host}")
    return urlunsplit(bare), {**os.environ, "PGPASSWORD": unquote(parts.password)}


def _run(name: str, address: str, *words: str) -> None:
    bare, environment = _address(address)
    command = [program(name), "--no-password", f"--dbname={bare}", *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"code {done.returncode}"]
        raise Unavailable(
            say("portability.program-failed", "{name} failed: {error}", name=name, error=lines[-1][:300])
        )


def dump(address: str, target: Path, snapshot: str) -> None:
    """Write the database as of the exported ``snapshot`` to ``target``. Raises `Unavailable`."""
    _run(
        "pg_dump",
        address,
        "--format=custom",
        "--no-owner",
        "--no-acl",
        f"--snapshot={snapshot}",
        f"--file={target}",
    )


def restore(address: str, source: Path) -> None:
    """Fill an empty database from ``source``, all or nothing. Raises `Unavailable`."""
    _run(
        "pg_restore",
        address,
        "--single-transaction",
        "--exit-on-error",
        "--no-owner",
        "--no-acl",
        str(source),
    )
