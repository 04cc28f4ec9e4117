"""Commands that make and run an installation: init, serve."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plumbline.cli import output
from plumbline.cli.installation import (
    configure,
    is_initialised,
    is_served,
    opened,
    server_lock,
    shared_lock,
    start_django,
)
from plumbline.config import Config, keep
from plumbline.kernel.problems import Conflict

if TYPE_CHECKING:
    import uvicorn

EMAIL, NAME = "aims@localhost.example", "AIMS manager"
"""The first person, unless told otherwise."""
_PUMP_LOOK, _FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 0.5, 30.0
"""Seconds between two looks at the pump, and the bounds of the pause before it is started again."""

Data = Annotated[
    Path | None, typer.Option("--data", help="Data folder (PLUMBLINE_DATA).", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Port = Annotated[int | None, typer.Option(help="Port to listen on.", min=1, max=65_535, show_default=False)]


def make(config: Config, email: str | None = None, name: str = NAME) -> dict[str, str]:
    """Make folder, keys, guard, database and the first person; what it returns is shown once.

    Safe to run again: what exists is kept, and the person with that address, or else the first one, gets a
    new sign-in link.
    """
    start_django()
    from plumbline.identity import commands as people
    from plumbline.identity import queries as known
    from plumbline.identity.actors import Actor
    from plumbline.server import plugins
    from plumbline.trail import keys, log

    migrate(config)
    origin = f"plumbline/{secrets.token_hex(4)}/1"
    found = {"data": str(config.data)}
    if keys.initialised(config.data) and log.size():
        held = keys.load(config.data)
        found |= {"vkey": str(held.log.verifier), "pack_vkey": str(held.pack.verifier)}
    else:
        report = keys.init(config.data, config.guard_file, origin)
        found |= {"vkey": report.vkey, "pack_vkey": report.pack_vkey, "recovery": report.recovery}
        found["recovery_vkey"] = report.recovery_vkey
    plugins.record_changes()
    operator = Actor.installation()
    if known.is_empty():
        made = people.create_person(operator, email=email or EMAIL, full_name=name)
        people.give_grant(operator, made, "aims-manager")
    person = known.person(email) if email else min(known.people(active=True), key=lambda one: one.pk)
    found["sign_in"] = config.public_address + people.make_one_time_link(person)
    return found


def init(
    data: Data = None,
    organization: Annotated[str | None, typer.Option(help="Name of the organization.")] = None,
    email: Annotated[
        str | None,
        typer.Option(
            help=f"E-mail address of the first AIMS manager ({EMAIL}), or of whom a new link is for.",
            show_default=False,
        ),
    ] = None,
    name: Annotated[str, typer.Option(help="Name of the first AIMS manager.")] = NAME,
    json: Json = False,
) -> None:
    """Make a new installation: data folder, keys, guard, database and the first AIMS manager.

    Run again, it makes nothing and prints a new sign-in link for the person with that e-mail address, or
    for the first person.

    Example: plumbline init --data ./aims --email mina@example.org --name "Mina Okafor"
    """
    config = configure(data, organization=organization)
    fresh = not is_initialised(config)
    if organization is not None:
        keep(config.data, organization=organization)
    found = make(config, email, name)
    if json:
        output.as_json(found)
        return
    for line in told(found, fresh=fresh, served=is_served(config)):
        print(line)


def told(found: dict[str, str], *, fresh: bool, served: bool = False) -> list[str]:
    """What `make` found or made, in lines for the person at the keyboard."""
    lines = [
        f"{'Made' if fresh else 'Found'} the installation in {found['data']}",
        f"Log key, to be given to auditors by another way:  {found['vkey']}",
        f"Pack key:                                         {found['pack_vkey']}",
    ]
    if "recovery" in found:
        lines.append(f"Public half of the recovery key, for auditors:      {found['recovery_vkey']}")
        lines.append(f"Recovery key, shown only now; write it on paper:  {found['recovery']}")
    if served:
        return [*lines, f"Sign in within ten minutes: {found['sign_in']}"]
    return [
        *lines,
        f"Start it with: {output.line('serve', '--data', found['data'])}",
        f"Sign in within ten minutes, with the server running: {found['sign_in']}",
    ]


def start_pump(config: Config) -> subprocess.Popen[bytes]:
    """Start the pump as a child process; it ends when this process does."""
    command = [sys.executable, "-m", "plumbline.cli.main", "work", "--child", "--data", str(config.data)]
    # The C library otherwise keeps a heap for each thread, and in it what was freed.
    environment = {"MALLOC_ARENA_MAX": "2", **os.environ}
    return subprocess.Popen(command, stdin=subprocess.PIPE, env=environment, start_new_session=True)


def stop_pump(pump: subprocess.Popen[bytes]) -> None:
    """Ask the pump to end, wait, and end it if it does not."""
    pump.terminate()
    try:
        pump.wait(timeout=10)
    except subprocess.TimeoutExpired:
        pump.kill()
        pump.wait()


def keep_pump(config: Config, over: threading.Event) -> None:
    """Keep a pump running until ``over``: one that ends before is started again, after growing pauses."""
    pump, pause = start_pump(config), _FIRST_PAUSE
    begun = time.monotonic()
    while not over.wait(_PUMP_LOOK):
        if pump.poll() is None:
            continue
        if time.monotonic() - begun > _LONGEST_PAUSE:
            pause = _FIRST_PAUSE
        output.note(f"The pump ended with code {pump.returncode}; it is started again in {pause:g} s.")
        if over.wait(pause):
            break
        pump, pause, begun = start_pump(config), min(pause * 2, _LONGEST_PAUSE), time.monotonic()
    stop_pump(pump)


def free_port() -> int:
    """A port that nobody listens on at this moment, as the system chooses it."""
    with socket.socket() as probe:
        probe.bind(("", 0))
        return int(probe.getsockname()[1])


def check_port(config: Config) -> None:
    """Raise `Conflict` unless the address of the settings can be listened on."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.host, config.port))
        except (OSError, OverflowError) as error:
            where, why = f"Port {config.port} of {config.host}", getattr(error, "strerror", error)
            raise Conflict(f"{where} cannot be had: {why}. Choose another with --port.") from error


def web_server(config: Config) -> uvicorn.Server:
    """The server of the pages, the API and the ingest doors, without the flow behind them."""
    import uvicorn

    from plumbline.server.asgi import application
    from plumbline.server.connections import IdleTimeoutProtocol

    return uvicorn.Server(
        uvicorn.Config(
            application,
            host=config.host,
            port=config.port,
            http=IdleTimeoutProtocol,
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            # Its default believes every peer on this machine; ours is a list (server.proxies).
            proxy_headers=False,
            timeout_keep_alive=15,
            limit_concurrency=256,
            h11_max_incomplete_event_size=65_536,
        )
    )


def run_server(
    config: Config, beside: Callable[[uvicorn.Server], None] | None = None, *, web_only: bool = False
) -> None:
    """Serve until interrupted: HTTP here, ``beside`` in a thread of its own.

    Unless it is ``web_only``, a worker runs as a child.
    """
    check_port(config)
    server = web_server(config)
    over = threading.Event()
    keeper = threading.Thread(target=keep_pump, args=(config, over), name="pump-keeper")
    if not web_only:
        keeper.start()
    try:
        if beside is not None:
            threading.Thread(target=beside, args=(server,), daemon=True).start()
        server.run()
    finally:
        over.set()
        if not web_only:
            keeper.join()


def serve(
    data: Data = None,
    port: Port = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.", show_default=False)] = None,
    first: Annotated[
        bool, typer.Option("--init", help="Make a blank installation first if there is none.")
    ] = False,
    web_only: Annotated[
        bool, typer.Option("--web-only", help="Without a worker of its own (PostgreSQL; see plumbline work).")
    ] = False,
    json: Json = False,
) -> None:
    """Run the server: pages, API, ingest and the flow behind them. Ctrl-C ends it.

    Once it answers it says where; with --json as one document. With PostgreSQL several servers may run on one
    data folder, each on a port of its own; one of their workers leads, the others stand by.

    Example: plumbline serve --port 8042
    """
    config = configure(data, port=port, host=host)
    if web_only and not config.database:
        raise Conflict(
            "On SQLite the server runs its only worker itself; --web-only needs PLUMBLINE_DATABASE."
        )
    if config.database or not is_served(config):
        check_port(config)  # before anything is made
    if first and not is_initialised(config):
        for line in told(make(config), fresh=True):
            output.note(line) if json else print(line)
    config = opened(data, may_upgrade=True, port=port, host=host)
    with _served(config):
        record_plugins()
        run_server(config, lambda server: _say_ready(config, json), web_only=web_only)


@contextmanager
def _served(config: Config) -> Iterator[None]:
    """Hold the data folder for a server, with a database of this version.

    Raises `Conflict` while another process serves it; on PostgreSQL only while a command has it alone, or
    when it has to be brought up to date and others work on it.
    """

    def bring_up_to_date() -> None:
        migrate(config, serving=True)  # nobody else works on the folder, and nobody can begin to

    if not config.database:
        with server_lock(config):
            bring_up_to_date()
            yield
        return
    from plumbline.server.schema import refuse_other_version

    with shared_lock(config, bring_up_to_date):
        refuse_other_version(config.data, may_upgrade=False)
        yield


def record_plugins() -> None:
    """Say in the trail, and here, which plugins came or went since the last start."""
    from plumbline.server import plugins

    if changed := plugins.record_changes():
        output.note(f"Plugins that came, changed or went: {', '.join(changed)}")


def _say_ready(config: Config, json: bool) -> None:
    from plumbline.demo import send

    send.wait_for(f"http://{config.host}:{config.port}")
    address = f"{config.public_address}/"
    if json:
        output.as_json({"data": str(config.data), "address": address})
    else:
        print(f"Plumbline is ready at {address}", flush=True)


def migrate(config: Config, *, serving: bool = False) -> None:
    """Bring the database to the version of the program, and the index that lists are read from.

    ``serving`` says that this process holds the folder. Raises `Conflict` for a database that this version
    cannot bring up to date, and while another process serves the folder.
    """
    from plumbline.server.upgrades import upgrade

    upgrade(config.data, is_used=lambda: not serving and is_served(config))
