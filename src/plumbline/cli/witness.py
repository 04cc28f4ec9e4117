"""`plumbline witness`: stand witness for the trail of another installation (C2SP tlog-witness)."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import typer

from plumbline.cli import output
from plumbline.cli.install import Json
from plumbline.kernel.problems import Fault, Invalid
from plumbline.witness.memory import Memory

app = typer.Typer(
    no_args_is_help=True,
    help="Witness the trail of another installation: cosign its checkpoints while it only grows.",
    rich_markup_mode=None,
)
Folder = Annotated[
    Path, typer.Option("--folder", help="Folder of the witness: its key and what it remembers.")
]
FOLDER = Path("plumbline-witness")


@app.command("init")
def init(
    name: Annotated[str, typer.Argument(help="Name to cosign under, such as audit.example.org/witness.")],
    folder: Folder = FOLDER,
    json: Json = False,
) -> None:
    """Make a witness: a folder with its own key. Prints the key that the log's operator needs.

    Run it on a machine that the operator of the log does not control; on the same machine it proves little.

    Example: plumbline witness init audit.example.org/witness --folder ./witness
    """
    try:
        key = Memory(folder).create(name)
    except ValueError as error:
        fault = Fault("name", str(error), "a name without spaces and plus signs")
        raise Invalid("The witness was not made.", [fault]) from error
    output.as_json({"vkey": str(key)}) if json else print(key)


@app.command("log")
def log(
    vkey: Annotated[str, typer.Argument(help="Key of the log, as plumbline trail key --log prints it.")],
    folder: Folder = FOLDER,
    json: Json = False,
) -> None:
    """Witness this log from now on. Takes the new key of a known log as well.

    Example: plumbline witness log "$(cat plumbline.vkey)" --folder ./witness
    """
    from plumbline.kernel.note import NoteError, VerifierKey

    try:
        key = VerifierKey.parse(vkey)
    except NoteError as error:
        raise Invalid(
            "The log was not taken.", [Fault("vkey", str(error), "the key as it was printed")]
        ) from error
    Memory(folder).add_log(key)
    output.as_json({"log": key.name}) if json else print(f"This witness takes checkpoints of {key.name}.")


@app.command("serve")
def serve(
    folder: Folder = FOLDER,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65_535)] = 8043,
    json: Json = False,
) -> None:
    """Answer add-checkpoint requests until stopped.

    Example: plumbline witness serve --folder ./witness --port 8043
    """
    from plumbline.witness.server import WitnessServer

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    with WitnessServer((host, port), Memory(folder)) as server:
        if json:
            output.as_json({"vkey": server.vkey, "url": server.url})
        else:
            output.note(f"Witness {server.vkey} takes checkpoints at {server.url}/add-checkpoint")
        server.serve_forever()


@app.command("show")
def show(folder: Folder = FOLDER, json: Json = False) -> None:
    """Print the key, the logs with the newest checkpoint cosigned of each, and contradictions that were seen.

    Example: plumbline witness show --folder ./witness
    """
    memory = Memory(folder)
    heads = {origin: memory.last(origin) for origin in memory.logs()}
    conflicts = memory.conflicts()
    if json:
        logs = {
            origin: {"size": head.size, "root": head.root.hex()} if head else None
            for origin, head in heads.items()
        }
        output.as_json({"vkey": str(memory.key()), "logs": logs, "conflicts": conflicts})
        return
    print(memory.key())
    rows = [
        (origin, head.size if head else "", head.root.hex() if head else "") for origin, head in heads.items()
    ]
    output.table(("log", "entries", "root"), rows)
    for conflict in conflicts:
        print(f"\nNo proof led from the first of these checkpoints to the second:\n{conflict}", end="")
