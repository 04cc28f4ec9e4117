"""A git remote: each checkpoint is a file in a commit that is pushed and never forced.

The remote is the memory; the copy in the data folder is made again from it when it is lost. A remote that
accepts no forced push (a protected branch, ``receive.denyNonFastForwards``) cannot be rewritten from here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from plumbline.anchors.folder import file_name
from plumbline.anchors.port import Anchor, AnchorFailed, Contradiction, Received, Submission, Target
from plumbline.config import Config
from plumbline.kernel.messages import say
from plumbline.kernel.note import Note, TreeHead
from plumbline.trail.private_files import private_folder

BRANCH = "checkpoints"
TIMEOUT = 60
"""Seconds for one run of git."""
PROTOCOLS = "https:ssh"
"""What git may speak. Its helper protocols would run a command that stands in an address."""


def _targets(config: Config) -> list[Target]:
    return [Target("git", config.anchor_git)] if config.anchor_git else []


class _Repository:
    """The copy in the data folder, driven by the git binary."""

    def __init__(self, config: Config, remote: str) -> None:
        self.folder, self.remote = config.data / "anchors" / "git", remote
        protocols = f"{PROTOCOLS}:file:http" if config.anchor_private else PROTOCOLS
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
            "GIT_ALLOW_PROTOCOL": protocols,
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_SSH_COMMAND": "ssh -o BatchMode=yes",
            "GIT_AUTHOR_NAME": "Plumbline",
            "GIT_AUTHOR_EMAIL": "plumbline@localhost",
            "GIT_COMMITTER_NAME": "Plumbline",
            "GIT_COMMITTER_EMAIL": "plumbline@localhost",
        }

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run git in the copy. Raises `AnchorFailed`, without git's words: they may hold the address."""
        try:
            done = subprocess.run(
                ["git", "-C", str(self.folder), *arguments],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=TIMEOUT,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _failed(arguments[0], type(error).__name__) from error
        if check and done.returncode:
            raise _failed(arguments[0], str(done.returncode))
        return done

    def prepare(self) -> None:
        """Bring the copy to what the remote has."""
        private_folder(self.folder)
        if not (self.folder / ".git").is_dir():
            self.run("init", "--quiet", f"--initial-branch={BRANCH}")
        fetched = self.run("fetch", "--quiet", "--", self.remote, f"refs/heads/{BRANCH}", check=False)
        if fetched.returncode == 0:
            self.run("checkout", "--quiet", "--force", "-B", BRANCH, "FETCH_HEAD")
            return
        # No such branch yet, or no way to the remote: only the first may go on, with an empty branch.
        listed = self.run("ls-remote", "--heads", "--", self.remote, BRANCH)
        if listed.stdout.strip():
            raise _failed("fetch", str(fetched.returncode))
        self.run("checkout", "--quiet", "--force", "--orphan", BRANCH, check=False)
        self.run("rm", "-r", "--quiet", "--cached", "--ignore-unmatch", ".")
        for file in self.folder.glob("*.checkpoint"):
            file.unlink()


def _failed(command: str, code: str) -> AnchorFailed:
    return AnchorFailed(
        say("anchors.git-failed", "git {command} failed ({code}).", command=command, code=code)
    )


def _send(config: Config, target: Target, submission: Submission) -> Received:
    if shutil.which("git") is None:
        raise AnchorFailed(say("anchors.no-git", "The program git is not installed on the server."))
    if target.address.startswith("-"):
        raise AnchorFailed(say("anchors.git-address", "This is not the address of a git remote."))
    repository, checkpoint = _Repository(config, target.address), submission.checkpoint
    repository.prepare()
    head = TreeHead.parse(Note.parse(checkpoint.note).text)
    file = repository.folder / file_name(head.origin, head.size)
    prefix = file_name(head.origin, 0).removesuffix(f"{0:019d}.checkpoint")
    remembered = [
        known.read_text(encoding="utf-8") for known in sorted(repository.folder.glob(f"{prefix}*"))[-1:]
    ]
    if file.exists():
        _require_same(file, checkpoint.note)
    else:
        file.write_text(checkpoint.note, encoding="utf-8")
        repository.run("add", "--", file.name)
        repository.run(
            "-c", "commit.gpgSign=false", "commit", "--quiet", "-m", f"Checkpoint of {head.size} entries"
        )
    # Without force: a remote that has grown meanwhile refuses, and the next try starts from what it has.
    repository.run("push", "--quiet", "--", target.address, f"{BRANCH}:refs/heads/{BRANCH}")
    commit = repository.run("rev-parse", "HEAD").stdout.strip()
    return Received(evidence=commit.encode(), remembered=remembered)


def _require_same(file: Path, note: str) -> None:
    present = Note.parse(file.read_text(encoding="utf-8"))
    if present.text != Note.parse(note).text:
        head = TreeHead.parse(present.text)
        reason = say("anchors.git-differs", "The repository holds another checkpoint of this size.")
        raise Contradiction(reason, head.size, head.root)


ANCHOR = Anchor(
    slug="git",
    title="Git repository",
    shows=say(
        "anchors.git-shows",
        "Shows a rewritten history to whoever reads the repository, unless whoever rewrites it can also "
        "force a push there.",
    ),
    remedy=say(
        "anchors.git-remedy",
        "Set PLUMBLINE_ANCHOR_GIT to the address of a repository that somebody else owns and that takes no "
        "forced push.",
    ),
    targets=_targets,
    send=_send,
)
