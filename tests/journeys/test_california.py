"""One real story from declaring a model to closing a nonconformity, over the network and through the door."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.journeys import story as steps
from tests.journeys.conftest import MANAGER
from tests.journeys.installation import PROJECT, Installation
from tests.journeys.story import ROW_IDS, SYSTEM, Story, windows
from tests.metrics import california

from plumbline.kernel.states import CheckState, MeasuredState

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def sent(new_installation: Callable[[str], Installation]) -> Iterator[Story]:
    """The system is declared and all its months were sent and judged."""
    house = new_installation("california")
    house.start()
    steps.hire(house)
    story = Story(house, house.ask("token", email=MANAGER, scopes=["ingest"]), {})
    steps.declare(story)
    steps.send(story)
    house.quiet()
    yield story
    house.close()


@pytest.fixture(scope="module")
def closed(sent: Story) -> Story:
    """The suspicion was confirmed, corrected, proved and closed; every shortcut on the way was refused."""
    steps.suspect(sent)
    steps.correct(sent)
    steps.unproved(sent)
    steps.recover(sent)
    steps.moved_goal(sent)
    steps.close(sent)
    sent.house.quiet()
    return sent


def test_every_row_is_stored_once_and_no_identifier_is_a_feature(sent: Story) -> None:
    assert sent.house.ask("systems") == {SYSTEM: 5_832 + 8_232 + 8_232, ROW_IDS: 5_832 + 8_232}
    (month,) = sent.house.ask("readings", metric="input-drift-psi", system=SYSTEM, windows=windows()[-1:])
    assert set(month) == set(california.FEATURES)


def test_the_nine_published_means_come_out_of_the_store_to_six_places(sent: Story) -> None:
    months = sent.house.ask("readings", metric="input-drift-ks", system=SYSTEM, windows=windows())
    numbers = sent.house.ask("readings", metric="input-drift-ks", system=ROW_IDS, windows=windows())
    found = {name: [month[name] for month in months] for name in california.FEATURES}
    found["id"] = [month["id"] for month in numbers]
    assert {len(values) for values in found.values()} == {20}
    means = {name: float(np.mean(values)) for name, values in found.items()}
    published = california.expected()["published_mean_ks_over_20_monthly_chunks"]
    assert len(published) == 9
    assert means == pytest.approx(published, abs=5e-7)


def test_the_monthly_roc_auc_comes_out_of_the_store_to_six_places(sent: Story) -> None:
    expected = california.expected()["recomputed_realized_roc_auc"]
    months = [window for window in windows() if window[0][:7] in expected]
    areas = sent.house.ask("readings", metric="roc-auc", system=SYSTEM, windows=months)
    found = {window[0][:7]: one[""] for window, one in zip(months, areas, strict=True)}
    assert found == pytest.approx(expected, abs=5e-7)


def test_the_drifting_features_are_named_by_a_failing_result(sent: Story) -> None:
    newest: dict[str, dict[str, object]] = {}
    for row in reversed(sent.house.ask("results", check="input-drift", subject=SYSTEM)):
        newest[str(row["window"][0])[:7]] = row
    assert sorted(newest) == [window[0][:7] for window in windows()]
    for month, row in newest.items():
        if month < "2021-06":
            assert row["word"] == CheckState.NO_SIGNAL, (
                "the reference months are not judged against themselves"
            )
        else:
            assert row["word"] == CheckState.OVER
            assert {"Latitude", "Longitude"} & set(row["named"])  # type: ignore[arg-type]
    assert any({"Latitude", "Longitude"} <= set(row["named"]) for row in newest.values())  # type: ignore[arg-type]
    rows = json.loads(sent.house.run("results", "--check", "input-drift", "--subject", SYSTEM, "--json"))
    assert [row["word"] for row in rows] == [CheckState.OVER]


def test_the_posture_tells_it_with_its_age(sent: Story) -> None:
    rows = {row["requirement"]: row for row in json.loads(sent.house.run("posture", "--json"))}
    row = rows["iso42001:A.6.2.6"]
    reasons = [one for one in row["reasons"] if one["target"] == "input-drift" and one["subject"] == SYSTEM]
    assert "differ from the reference" in reasons[0]["text"]
    assert " May 2022" in reasons[0]["text"].partition("Nothing since ")[2]
    assert reasons[0]["state"] == MeasuredState.NO_SIGNAL, "what is years old is not told as today's state"
    assert row["measured"] == MeasuredState.FAILING, (
        "nor does silence take back a finding that nobody answered"
    )
    (lump,) = [one for one in row["reasons"] if one["target"] == "input-drift" and not one["subject"]]
    assert lump["text"].endswith("2 of 2 systems beyond the limit: california-housing, california-row-ids.")


def test_the_story_ends_closed_with_results_over_the_period_that_was_set(closed: Story) -> None:
    (found,) = [
        row for row in closed.house.ask("facts", kind="nonconformity") if row["reference"] == closed.suspected
    ]
    assert (found["state"], found["grade"]) == ("closed", "major")
    held: dict[str, str] = {}
    for row in reversed(closed.house.ask("results", check="input-drift", subject=SYSTEM)):
        held[str(row["window"][0])[:7]] = str(row["word"])
    assert [held[month] for month in (f"{start:%Y-%m}" for start in steps.PROOF[:-1])] == [
        CheckState.WITHIN
    ] * 3


def test_the_trail_tells_it_and_is_whole(closed: Story) -> None:
    words = ("trail", "entries", "--about", closed.suspected, "--limit", "100", "--json")
    entries = json.loads(closed.house.run(*words))
    moves = [row for row in entries if row["type"] == "record.moved"]
    assert len(moves) == 5  # confirm, contain, correct, verify, close
    assert len({row["actor"] for row in moves}) == 3
    assert json.loads(closed.house.run("trail", "scrub", "--json"))["ok"] is True
    assert "Traceback" not in closed.house.said()


def oldest_python() -> list[str]:
    """The oldest Python from 3.9 on that is here, without site packages and without the environment."""
    roots = Path(os.environ.get("PYENV_ROOT", str(Path.home() / ".pyenv"))) / "versions"
    for minor in (9, 10):
        named = shutil.which(f"python3.{minor}")
        for path in filter(None, [named, *map(str, roots.glob(f"3.{minor}.*/bin/python"))]):
            if subprocess.run([path, "-c", ""], capture_output=True, check=False).returncode == 0:
                return [path, "-I", "-S"]
    return [sys.executable, "-I", "-S"]


def laptop(folder: Path, *words: str) -> tuple[int, str]:
    """The verifier on a computer that has nothing else: exit code, and what it said."""
    done = subprocess.run(
        [*oldest_python(), "verify.py", "verify", *words],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def pack(closed: Story, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The pack of the story and the verifier in a folder of their own, and the key from elsewhere."""
    folder = tmp_path_factory.mktemp("laptop")
    words = ("--recipient", "Nordic Certification", "--sample", "25", "--json")
    waits = json.loads(closed.house.run("pack", "create", *words))
    seed = ("--seed", "auditor's own", "--out", str(folder / "story.aipack"), "--json")
    told = json.loads(closed.house.run("pack", "draw", waits["id"], *seed))
    assert told["sample"]["drawn"] == 25
    shutil.copy(PROJECT / "src" / "plumbline_verify" / "verify.py", folder)
    key = json.loads(closed.house.run("trail", "key", "--json"))["log"]
    return folder, key


def test_the_pack_verifies_on_a_bare_python_with_the_key_alone(pack: tuple[Path, str]) -> None:
    folder, key = pack
    code, said = laptop(folder, "story.aipack", "--key", key)
    assert code == 0, said
    with zipfile.ZipFile(folder / "story.aipack") as held:
        assert held.read("verify.py") == (folder / "verify.py").read_bytes()
    code, said = laptop(folder, "story.aipack")
    assert code == 3, said
    stranger = "plumbline/0/1+deadbeef+" + key.rpartition("+")[2]
    assert laptop(folder, "story.aipack", "--key", stranger)[0] != 0


def test_the_pack_tells_the_story(closed: Story, pack: tuple[Path, str]) -> None:
    folder, _ = pack
    with zipfile.ZipFile(folder / "story.aipack") as held:
        names = [name for name in held.namelist() if name.startswith("openings/")]
        lines = [json.loads(line)["body"] for name in names for line in held.read(name).splitlines()]
        population = json.loads(held.read("documents/sample.json"))["population"]
    bodies = [base64.urlsafe_b64decode(line + "=" * (-len(line) % 4)).decode() for line in lines]
    told = [json.loads(body) for body in bodies if body.startswith("{")]
    states = [one["state"] for one in told if one.get("reference") == closed.suspected]
    assert states[0] == "suspected"
    assert states[-1] == "closed"
    drifts = [one for one in told if one.get("check") == "input-drift" and one["word"] == CheckState.OVER]
    assert len(drifts) >= 12
    assert any("Longitude" in body and closed.suspected in body for body in bodies)
    assert len([one for one in told if one.get("type") == "decision"]) == 25
    assert population["size"] == 2 * (5_832 + 8_232) + steps.GOOD_ROWS


def test_a_changed_byte_in_any_member_fails(pack: tuple[Path, str]) -> None:
    folder, key = pack
    whole = (folder / "story.aipack").read_bytes()
    with zipfile.ZipFile(folder / "story.aipack") as held:
        places = {info.filename: info.header_offset + 30 + len(info.filename) for info in held.infolist()}
        sizes = {info.filename: info.compress_size for info in held.infolist()}
    segments = [name for name in places if name.startswith("segments/")]
    for name in [name for name in places if name not in segments] + segments[:2] + segments[-2:]:
        start = places[name]
        changed = bytearray(whole)
        changed[start + sizes[name] // 2] ^= 1
        (folder / "changed.aipack").write_bytes(changed)
        code, said = laptop(folder, "changed.aipack", "--key", key)
        assert code == 1, f"{name}: {said}"
    (folder / "short.aipack").write_bytes(whole[:-1])
    assert laptop(folder, "short.aipack", "--key", key)[0] == 1


def test_ctrl_c_ends_server_and_pump_cleanly(closed: Story) -> None:
    house = closed.house
    pump = house.pump()
    assert house.stop() in (0, 130)
    assert not (house.data / "evidence.sock").exists()
    assert not Path(f"/proc/{pump}").exists()
    assert "Fatal" not in house.said()
    house.start()
    house.quiet()
