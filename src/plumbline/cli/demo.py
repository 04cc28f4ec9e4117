"""`plumbline demo`: a believable organization, from an empty folder to the browser."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plumbline.cli import install, output
from plumbline.cli.install import Data, Json, Port
from plumbline.cli.installation import configure, is_initialised, is_served, server_lock, start_django
from plumbline.config import Config, keep
from plumbline.demo import marks
from plumbline.demo.first_day import making
from plumbline.kernel.problems import Conflict, Problem, Unavailable

if TYPE_CHECKING:
    import uvicorn

_OTHER = {
    True: "{} holds the demonstration. For a blank organization name another folder: --data DIR",
    False: "{} holds an organization of its own, so nothing is loaded. For the demonstration name another "
    "folder: --data DIR",
}
_FORGERY = "Forge a record and restore an older database, on a copy."
_EMAIL, _NAME, _ORGANIZATION = "mina.okafor@halden.example", "Mina Okafor", "Halden Insurance"


def demo(
    data: Data = None,
    port: Port = None,
    empty: Annotated[
        bool, typer.Option("--empty", help="A blank organization with a first-steps list.")
    ] = False,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Load, then end.")] = False,
    forgery: Annotated[bool, typer.Option("--forgery", help=_FORGERY)] = False,
    json: Json = False,
    tell: Annotated[bool, typer.Option("--tell", hidden=True)] = False,
    past: Annotated[bool, typer.Option("--past", hidden=True)] = False,
) -> None:
    """Make and serve a demonstration: an invented insurer with people, records and six weeks of decisions.

    Its people live through the last days before it is served, on a clock of their own, so that later
    data can prove what they did. Running it again goes on where it stopped. Ctrl-C ends the server; the data
    stay, in the folder plumbline-demo, or plumbline-empty for a blank organization, unless --data names
    another.

    With --forgery nothing is loaded or served: on a copy of a demonstration that is there, a record is edited
    behind the product's back and an older database is put in place, and both are seen to be refused.

    Example: plumbline demo --port 8042 --data ./demo-data
    """
    if forgery:
        _show_forgery(configure(data or Path("plumbline-demo")))
        return
    if no_serve and not (tell or past):
        # The server that takes in the decisions ends with the command, so that any port will do.
        port = install.free_port()
    config = configure(data or Path("plumbline-empty" if empty else "plumbline-demo"), port=port)
    if tell or past:
        _tell(config, past=past)
        return
    _check_free(config)
    if not is_initialised(config):
        config = _made(config, empty, port)
    else:
        if marks.is_begun(config) is empty:
            output.note(_OTHER[empty].format(config.data))
        start_django()
        install.migrate(config)
    _serve(config, _Wishes(empty, no_serve, json))


def _serve(config: Config, wishes: _Wishes) -> None:
    with server_lock(config):
        if marks.is_begun(config) and not marks.is_whole(config):
            _have_told(config, "--past")
        failures: list[Problem] = []
        install.run_server(config, lambda server: _load(config, server, wishes, failures))
    if failures:
        raise failures[0]


def _show_forgery(config: Config) -> None:
    from plumbline.demo import forgery

    if not is_initialised(config) or is_served(config):
        raise Conflict("Load a demonstration and end its server first; then try again.")
    forgery.show(config, print)


def _check_free(config: Config) -> None:
    """Before anything is made: nobody serves the folder, and the port can be had."""
    if is_initialised(config) and is_served(config):
        raise Conflict(
            f"A server is running on {config.data} already. Stop it first, or ask for another sign-in link "
            f"beside it: {output.line('init', '--data', str(config.data))}"
        )
    install.check_port(config)


def _made(config: Config, empty: bool, port: int | None) -> Config:
    """Make the installation, and write down what it is for; the settings that hold from then on."""
    output.note(f"Making an installation in {config.data}")
    keep(config.data, organization="Your organization" if empty else _ORGANIZATION)
    if not empty:
        marks.note_begun(config)
    config = configure(config.data, port=port)
    if empty:
        install.make(config, install.EMAIL, install.NAME)
        return config
    with making():
        install.make(config, _EMAIL, _NAME)
    return config


@dataclass(frozen=True)
class _Wishes:
    empty: bool
    no_serve: bool
    json: bool


def _have_told(config: Config, part: str) -> None:
    """Load in a process of its own, so that the server keeps none of the memory that loading takes."""
    words = ["demo", part, "--data", str(config.data), "--port", str(config.port)]
    if subprocess.run([sys.executable, "-m", "plumbline.cli.main", *words], check=False).returncode:
        raise Unavailable("The demonstration was not loaded whole. Run it again to go on where it stopped.")


def _tell(config: Config, *, past: bool) -> None:
    start_django()
    from plumbline.demo import story

    if past:
        story.past(config, output.Progress)
        return
    if story.telemetry(config, f"http://{config.host}:{config.port}", output.Progress):
        output.note("Judging what was sent")
        story.settle()
    marks.note_whole(config)


def _load(config: Config, server: uvicorn.Server, wishes: _Wishes, failures: list[Problem]) -> None:
    """Beside the running server: load what is missing, then say where it is."""
    from django.db import connections

    from plumbline.demo import send, story

    address = f"http://{config.host}:{config.port}"
    try:
        send.wait_for(address)
        if marks.is_begun(config) and not marks.is_whole(config):
            _have_told(config, "--tell")
        _say(config, wishes, "" if wishes.no_serve else story.sign_in_link(config))
    except Problem as problem:
        failures.append(problem)
        server.should_exit = True
    finally:
        connections.close_all()
    if wishes.no_serve:
        server.should_exit = True


def _say(config: Config, wishes: _Wishes, link: str) -> None:
    if wishes.json:
        output.as_json({"data": str(config.data), **({"sign_in": link} if link else {})})
    elif link:
        print(f"Plumbline is ready at {link}", flush=True)
    else:
        begin = output.line("demo", *["--empty"] * wishes.empty, "--data", str(config.data))
        print(f"Everything is in {config.data}. Start it with: {begin}")
