"""Packs: request one, build it, fetch it, try again. Building and fetching each leave a trail entry."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from plumbline.identity import policy
from plumbline.identity.actors import Actor, actor_of_person
from plumbline.kernel import clock, ids
from plumbline.kernel.canonical import JSON, canonical
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Conflict, NotFound, Problem, Unavailable
from plumbline.reports import pack_request, queries
from plumbline.reports.disclosure import Disclosure
from plumbline.reports.models import Pack
from plumbline.reports.pack_build import SEED, Build
from plumbline.reports.pack_request import PackRequest, RangeEnd
from plumbline.reports.population import DECISIONS
from plumbline.trail import log
from plumbline.trail.private_files import private_folder

LEFT_AFTER = timedelta(minutes=10)
"""A build that nobody has worked on for this long is resumed: its process has ended in the middle."""
TRIES = 3
"""Attempts before a pack is given up. A pack that crashes its builder must not be retried for ever."""
TRY_AGAIN_AFTER = timedelta(seconds=5)
SIGNED_AFTER = timedelta(seconds=2)
"""How long the entry that a pack rests on takes to be signed, at most, while a server runs."""
Progress = Callable[[int, int], None]


def create_pack(
    actor: Actor,
    *,
    start: RangeEnd = None,
    stop: RangeEnd = None,
    requirements: Sequence[str] = (),
    systems: Sequence[str] = (),
    recipient: str,
    purpose: str,
    expires: date | None = None,
    sample_size: int = 0,
    sample_of: str = DECISIONS,
    seed: str = "",
    claimed: bool = False,
) -> Pack:
    """Request an evidence pack; a stage builds it, or with ``claimed`` its caller by `build_now`.

    Arguments as in `pack_request.validate`. Raises `NotAllowed`, or `Invalid` naming every wrong field."""
    policy.require(actor, "pack")
    request = pack_request.validate(
        start=start,
        stop=stop,
        requirements=requirements,
        systems=systems,
        recipient=recipient,
        purpose=purpose,
        expires=expires,
        sample_size=sample_size,
        sample_of=sample_of,
        seed=seed,
    )
    now = clock.now()
    return Pack.objects.create(
        handle=ids.opaque("pck"),
        state=Pack.State.BUILDING if claimed else Pack.State.WAITING,
        created_at=now,
        touched_at=now,
        author=actor.id,
        person_id=actor.person_id,
        start=request.start,
        stop=request.stop,
        requirements="\n".join(request.requirements),
        systems="\n".join(request.systems),
        recipient=request.recipient,
        purpose=request.purpose,
        expires=request.expires,
        sample_size=request.sample_size,
        sample_of=request.sample_of,
        total=request.stop - request.start + 1,
    )


def request_of(pack: Pack) -> PackRequest:
    """The request that a stored pack was made from."""
    return PackRequest(
        pack.start,
        pack.stop,
        tuple(pack.requirements.splitlines()),
        tuple(pack.systems.splitlines()),
        pack.recipient,
        pack.purpose,
        pack.expires,
        pack.sample_size,
        pack.seed,
        pack.sample_of,
        pack.prepared,
        pack.drawn,
    )


class Job:
    """One pack being built, a piece at a time, with its progress in its row."""

    def __init__(self, pack: Pack) -> None:
        """Start on the pack. Whatever fails later is written into its row."""
        self.pack = pack
        folder = private_folder(Path(settings.PLUMBLINE.data) / "packs")
        self.file = folder / f".new-{pack.handle}"
        self._build: Build | None = None
        pack.state, pack.attempts = Pack.State.BUILDING, pack.attempts + 1
        pack.error, pack.done = "", 0
        self._touch()

    def advance(self) -> bool:
        """Do the next piece; ``False`` once the pack is ready, failed, or waits for another try."""
        try:
            if self._build is None:
                self._start()
            assert self._build is not None
            done = next(self._steps, None)
            if done is None:
                self._finish(self._build)
                return False
            self.pack.step, self.pack.done, self.pack.total = self._build.step, done, self._build.total
            self._touch()
            return True
        except Unavailable as problem:
            self._give_up(str(problem.detail), again=self.pack.attempts < TRIES)
        except Problem as problem:
            self._give_up(str(problem.detail), again=False)
        except OSError as error:
            self._give_up(f"The file could not be written: {error.strerror}.", again=False)
        return False

    def _start(self) -> None:
        if self.pack.attempts > TRIES:
            raise Conflict(f"The work broke off {TRIES} times. Look into the server's log, then try again.")
        actor = author_of(self.pack)
        policy.require(actor, "pack")
        checkpoint = log.latest_checkpoint()
        needed = max(
            self.pack.stop, *(entry + 1 for entry in (self.pack.prepared, self.pack.drawn) if entry), 0
        )
        if checkpoint is None or checkpoint.size < needed:
            raise Unavailable("The newest entries are not signed yet; a running server signs them.")
        self._build = Build(request_of(self.pack), actor, self.file, queries.checkpoint_before(self.pack))
        os.close(os.open(self.file, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
        self._steps = self._build.steps()

    def _touch(self) -> None:
        self.pack.touched_at = clock.now()
        self.pack.save()

    def _finish(self, build: Build) -> None:
        summary, disclosure, pack = build.summary, build.disclosure, self.pack
        assert disclosure is not None
        if summary is None:
            self._prepared(build, disclosure)
            return
        # The file has its final name before the row says READY, so a pack that can be fetched is always
        # whole. Entry and row commit together: a pack handed out without an entry could not be accounted for.
        self.file.replace(pack_path(summary.sha256))
        pack.state, pack.step = Pack.State.READY, ""
        pack.sha256, pack.size, pack.checkpoint = summary.sha256, summary.size, summary.checkpoint.size
        pack.revisions, pack.results, pack.files = (
            disclosure.revisions,
            disclosure.results,
            len(disclosure.attachments),
        )
        pack.sampled = min(pack.sample_size, pack.population)
        pack.finished_at = clock.now()
        with transaction.atomic():
            pack.leaf = _append_created_entry(pack, summary.members).index
            self._touch()

    def _prepared(self, build: Build, disclosure: Disclosure) -> None:
        """Let the trail commit to the documents and the population; a sample waits for its seed."""
        self.file.unlink(missing_ok=True)
        pack = self.pack
        pack.population, pack.step, pack.attempts = disclosure.population.size, "", 0
        pack.state = Pack.State.PREPARED if pack.sample_size else Pack.State.WAITING
        pack.retry_at = clock.now() + SIGNED_AFTER
        with transaction.atomic():
            pack.prepared = log.append(
                "pack.prepared",
                actor=pack.author,
                subject={"type": "pack", "ref": pack.handle},
                openings=build.openings,
                facts={
                    "range": [pack.start, pack.stop],
                    "wanted": pack.sample_size,
                    "of": pack.sample_of,
                    "population": pack.population,
                },
            ).index
            self._touch()

    def _give_up(self, text: str, *, again: bool) -> None:
        self.file.unlink(missing_ok=True)
        self.pack.error = text
        self.pack.state = Pack.State.WAITING if again else Pack.State.FAILED
        self.pack.retry_at = clock.now() + TRY_AGAIN_AFTER if again else None
        self._touch()


def _append_created_entry(pack: Pack, members: int) -> log.Appended:
    return log.append(
        "pack.created",
        actor=pack.author,
        subject={"type": "pack", "ref": pack.handle},
        openings={"recipient": pack.recipient.encode(), "purpose": pack.purpose.encode()},
        facts={
            "sha256": pack.sha256,
            "size": pack.size,
            "members": members,
            "range": [pack.start, pack.stop],
            "checkpoint": pack.checkpoint,
            "expires": pack.expires.isoformat(),
            "revisions": pack.revisions,
            "results": pack.results,
            "population": pack.population,
            "sampled": pack.sampled,
            "files": pack.files,
            "prepared": pack.prepared,
            "drawn": pack.drawn,
            "sample_of": pack.sample_of,
        },
    )


def author_of(pack: Pack) -> Actor:
    """The author of a pack, with the roles they have now: a role that was lost discloses nothing any more."""
    if pack.person is None:
        return Actor(pack.author, None, pack.author.removeprefix("stage:"))
    return actor_of_person(pack.person)


def pack_path(sha256: str) -> Path:
    """Where the file of a pack is."""
    return Path(settings.PLUMBLINE.data) / "packs" / f"{sha256}.aipack"


def build_now(
    pack: Pack, progress: Progress | None = None, *, sign: Callable[[int], None] = lambda size: None
) -> Pack:
    """Build a pack in this process, as far as it goes without a seed.

    ``sign`` waits until that many entries are signed, or signs them. Raises `Unavailable` with the reason
    when it cannot be built.
    """
    while True:
        job = Job(pack)
        while job.advance():
            if progress is not None:
                progress(pack.done, pack.total)
        if pack.state != Pack.State.WAITING or pack.error or pack.prepared is None:
            break
        sign(pack.prepared + 1)
    if pack.state not in (Pack.State.READY, Pack.State.PREPARED):
        raise Unavailable(pack.error)
    return pack


def draw(actor: Actor, handle: str, seed: str, *, claimed: bool = False) -> Pack:
    """Take the seed of a pack's sample, which the auditor names once the population is committed to.

    Raises `NotFound`, `NotAllowed`, `Invalid` for an unusable seed, `Conflict` unless the pack waits for one,
    `Unavailable` while the entry that commits to the population is not signed.
    """
    pack, text = queries.pack_for(actor, handle), pack_request.checked_seed(seed)
    if pack.state != Pack.State.PREPARED or pack.prepared is None:
        raise Conflict(
            say("pack.no-seed-wanted", "This pack waits for no seed; it is {state}.", state=pack.state)
        )
    checkpoint = log.latest_checkpoint()
    if checkpoint is None or checkpoint.size <= pack.prepared:
        raise Unavailable(
            "The entry that commits to the population is not signed yet. Ask again in a second."
        )
    pack.seed, pack.retry_at, pack.attempts = text, None, 0
    pack.state = Pack.State.BUILDING if claimed else Pack.State.WAITING
    pack.touched_at = clock.now()
    opening: dict[str, JSON] = {"frame": pack.prepared, "seed": text}
    with transaction.atomic():
        pack.drawn = log.append(
            "pack.drawn",
            actor=actor.id,
            subject={"type": "pack", "ref": pack.handle},
            openings={SEED: canonical(opening)},
            facts={"prepared": pack.prepared},
        ).index
        pack.save()
    return pack


def retry(actor: Actor, handle: str) -> Pack:
    """Try a failed pack again. Raises `NotFound`, `NotAllowed`, or `Conflict` when it has not failed."""
    pack = queries.pack_for(actor, handle)
    if pack.state != Pack.State.FAILED:
        raise Conflict(f"This pack is {pack.state}; only a failed one is tried again.")
    pack.state, pack.attempts, pack.error, pack.retry_at = Pack.State.WAITING, 0, "", None
    pack.save()
    return pack


def fetch(actor: Actor, handle: str) -> tuple[Pack, Path]:
    """The file of a pack, for its recipient; leaves a trail entry.

    Raises `NotFound`, `NotAllowed`, `Conflict` when it is not ready or has expired.
    """
    pack = queries.pack_for(actor, handle)
    if pack.state != Pack.State.READY:
        raise Conflict(f"This pack is {pack.state}. {pack.error or 'Ask again in a moment.'}")
    if clock.passed(pack.expires):
        raise Conflict(f"This pack could be fetched until {pack.expires.isoformat()}. Make a new one.")
    file = pack_path(pack.sha256)
    if not file.exists():
        raise NotFound("The file of this pack is no longer in the data folder. Make a new one.")
    with transaction.atomic():
        log.append(
            "pack.fetched",
            actor=actor.id,
            subject={"type": "pack", "ref": pack.handle},
            facts={"sha256": pack.sha256},
        )
    return pack, file
