"""Registers made to hurt, changes cut off in the middle, and packs that hold nothing they should not."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings
from tests.security.conftest import PASSWORD, House
from tests.waiting import cpu_at_most

from plumbline.imports import commands as imports
from plumbline.imports import plan, stage
from plumbline.kernel.problems import NotAllowed, Problem
from plumbline.records import commands
from plumbline.records.models import Record, Revision, Sequence
from plumbline.reports import commands as packs
from plumbline.trail import log, publisher

pytestmark = pytest.mark.django_db(transaction=True)

MAP = "kind: ai-system\nkey: {columns: [Id]}\nfields:\n  title: Name\n  slug: {column: Name, slug: 40}\n"
STAGED = MAP + "  lifecycle: {constant: planned}\n"
"""What is approved says where the system stands; a register that does not say is not complete."""
LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
MAPS = [
    LAUGHS,
    "a: &a {b: *a}",
    "!!python/object/apply:os.system ['true']",
    "!!python/name:os.system",
    "[" * 50_000,
    "? [a]\n: b",
    "<<: {kind: ai-system}",
    "kind: ai-system\nkind: risk",
    MAP + "  owner: {constant: '" + "x" * 262_144 + "'}",
    "\x00",
    "%YAML 9.9\n---\n",
]

FILES = [
    b"Id,Name\n" + b"," * 1_000_000,
    b"x," * 1_000_000 + b"\n1\n",
    b'Id,Name\n1,"' + b"a\n" * 200_000,
    b"Id,Name\n" + b"\x00" * 10,
    b"",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"Id,Name\n" + b"1,A\n" * 100_001,
]


class TestRegisters:
    def test_a_hostile_map_is_refused_at_once(self, house: House) -> None:
        mina = house.actor("Mina", "aims-manager")
        with cpu_at_most(10):
            for text in MAPS:
                with pytest.raises(Problem):
                    plan.plan_file(mina, "ai-system", b"Id,Name\n1,A\n", text)

    def test_a_hostile_file_is_refused_or_read_in_time(self, house: House) -> None:
        mina = house.actor("Mina", "aims-manager")
        with cpu_at_most(20):
            for content in FILES:
                with suppress(Problem):
                    plan.plan_file(mina, "ai-system", content, MAP)
        assert not Record.objects.exists()

    def test_an_import_is_its_uploaders_alone_and_writes_as_they_may_now(self, house: House) -> None:
        mina, tom = house.actor("Mina", "aims-manager"), house.actor("Tom", "system-owner")
        kept = imports.keep(mina, plan.plan_file(mina, "ai-system", b"Id,Name\n1,A\n", MAP), "a.csv")
        with pytest.raises(Problem):
            imports.confirm(tom, kept.handle)
        imports.confirm(mina, kept.handle)
        from plumbline.identity import commands as people

        person = house.person("Mina")
        people.revoke_grant(house.operator, person.grants.get())
        while stage.advance(kept.handle):
            pass
        assert not Record.objects.exists()

    def test_a_preview_tells_nothing_of_a_record_that_has_left_ones_reach(self, house: House) -> None:
        mina, inside, outside = (
            house.actor("Mina", "aims-manager"),
            house.unit("Claims"),
            house.unit("Credit"),
        )
        tom = house.actor("Tom", "aims-manager", unit=inside)
        told = {"title": "A", "slug": "a", "unit": inside.slug, "purpose": "At first"}
        saved = commands.create(mina, "ai-system", told, key="1")
        text = MAP + "  purpose: Use\n"
        planned = plan.plan_file(tom, "ai-system", b"Id,Name,Use\n1,A,Another\n", text)
        kept = imports.keep(tom, planned, "a.csv")
        assert "At first" in str(imports.changes(tom, kept.handle, [2]))
        values = {"purpose": "Kept from Tom", "unit": outside.slug}
        moved = commands.amend(mina, saved.reference, values, revision=saved.revision)
        asked = commands.move(mina, saved.reference, "submit", revision=moved.revision)
        ingrid = house.actor("Ingrid", "top-management")
        commands.move(ingrid, saved.reference, "approve", revision=asked.revision)
        assert imports.changes(tom, kept.handle, [2]) == {}

    def test_what_one_imported_another_approves(self, house: House) -> None:
        mina, sara = house.actor("Mina", "aims-manager"), house.actor("Sara", "aims-manager")
        imports.run(mina, plan.plan_file(mina, "ai-system", b"Id,Name\n1,A\n", STAGED))
        saved = commands.move(mina, "SYS-0001", "submit", revision=1)
        with pytest.raises(NotAllowed):
            commands.move(mina, "SYS-0001", "approve", revision=saved.revision)
        assert commands.move(sara, "SYS-0001", "approve", revision=saved.revision).state == "approved"


def test_what_breaks_off_in_the_middle_has_not_happened(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The power of a change fails between its rows and its entry, and after its entry."""
    mina = house.actor("Mina", "aims-manager")
    commands.create(mina, "ai-system", {"title": "A", "slug": "a"})
    before = (log.size(), Record.objects.count(), Revision.objects.count(), Sequence.objects.get().last)
    appends = {"append": log.append, "append_many": log.append_many}

    def early(*_: object, **__: object) -> object:
        raise OSError("no space")

    def late_in(name: str) -> Callable[..., object]:
        def late(*values: object, **more: object) -> object:
            appends[name](*values, **more)  # type: ignore[operator]  # whatever the door hands on
            raise MemoryError

        return late

    for broken in (lambda _: early, late_in):
        for name in appends:
            monkeypatch.setattr(log, name, broken(name))
        for act in (
            lambda: commands.create(mina, "ai-system", {"title": "B", "slug": "b"}),
            lambda: commands.amend(mina, "SYS-0001", {"title": "C"}, revision=1),
            lambda: commands.move(mina, "SYS-0001", "submit", revision=1),
            lambda: commands.comment(mina, "SYS-0001", "x"),
            lambda: commands.attach(mina, "SYS-0001", "x.txt", b"x", "text/plain"),
        ):
            with pytest.raises((OSError, MemoryError)):
                act()
    after = (log.size(), Record.objects.count(), Revision.objects.count(), Sequence.objects.get().last)
    assert after == before
    assert Record.objects.get().title == "A"


def test_a_pack_and_an_export_hold_no_secret(house: House, tmp_path: Path) -> None:
    """Neither keys nor tokens nor digests nor passwords, nor a comment, nor somebody's address."""
    from plumbline.identity.models import Token

    person = house.person("Mina", "aims-manager")
    mina, token = house.actor("Mina"), house.token(person, "read", "write")
    saved = commands.create(mina, "ai-system", {"title": "Claims", "slug": "claims"})
    commands.comment(mina, saved.reference, "Said in confidence")
    publisher.publish()
    asked = packs.create_pack(mina, recipient="Auditor", purpose="Audit", claimed=True)
    made = packs.build_now(asked, sign=lambda size: publisher.publish())
    content = packs.pack_path(made.sha256).read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        whole = b"\n".join(pack.read(name) for name in pack.namelist())
    listed = b"".join(house.api(token)("GET", "/ai-systems.csv").streaming_content)
    folder = Path(settings.PLUMBLINE.data) / "keys"
    kept = [path.read_bytes().strip() for path in folder.iterdir() if "vkey" not in path.name]
    kept = [value for value in kept if len(value) > 30]
    secrets = [*kept, token.encode(), token.rpartition("_")[2].encode(), PASSWORD.encode()]
    secrets += [Token.objects.get().digest.encode(), person.password.encode()]
    secrets += [b"Said in confidence", b"halden.example"]
    assert len(kept) >= 2
    for text in (whole, listed, content):
        assert not [value[:12] for value in secrets if value in text]
