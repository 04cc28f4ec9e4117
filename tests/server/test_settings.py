"""What Django is told about cookies, hosts and headers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ASK = """
import json
from plumbline.server import settings as s
print(json.dumps({name: getattr(s, name) for name in dir(s) if name.isupper() and isinstance(
    getattr(s, name), (str, int, bool, list))}))
"""


def _settings(data: Path, **given: str) -> dict[str, object]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PLUMBLINE_")}
    environment |= {"PLUMBLINE_DATA": str(data), "PYTHONPATH": os.pathsep.join(sys.path), **given}
    done = subprocess.run(
        [sys.executable, "-c", ASK], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def test_two_installations_on_one_host_do_not_share_a_cookie(tmp_path: Path) -> None:
    """Browsers keep cookies by host, not by port."""
    one, two = _settings(tmp_path / "one"), _settings(tmp_path / "two")
    assert one["SESSION_COOKIE_NAME"] != two["SESSION_COOKIE_NAME"]
    assert one["CSRF_COOKIE_NAME"] != two["CSRF_COOKIE_NAME"]
    assert one["SECRET_KEY"] != two["SECRET_KEY"]


def test_cookies_are_closed_to_scripts_other_sites_and_plain_http(tmp_path: Path) -> None:
    found = _settings(
        tmp_path, PLUMBLINE_ADDRESS="https://aims.example.org", PLUMBLINE_HOSTS="aims.example.org"
    )
    assert found["SESSION_COOKIE_SECURE"] is True
    assert found["CSRF_COOKIE_SECURE"] is True
    assert found["SESSION_COOKIE_HTTPONLY"] is True
    assert found["SESSION_COOKIE_SAMESITE"] == "Lax"
    assert found["ALLOWED_HOSTS"] == ["aims.example.org"]
    assert found["CSRF_TRUSTED_ORIGINS"] == ["https://aims.example.org"]
    assert found["DEBUG"] is False


def test_the_session_secret_is_its_owners_alone_and_stays(tmp_path: Path) -> None:
    first, second = _settings(tmp_path), _settings(tmp_path)
    assert first["SECRET_KEY"] == second["SECRET_KEY"]
    file = tmp_path / "keys" / "session.secret"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "given", [{"PLUMBLINE_PROT": "80"}, {"PLUMBLINE_PORT": "eighty"}, {"PLUMBLINE_DEBUG": "si"}]
)
def test_a_wrong_setting_is_refused_by_its_name_without_its_value(
    tmp_path: Path, given: dict[str, str]
) -> None:
    with pytest.raises(subprocess.CalledProcessError) as caught:
        _settings(tmp_path, **given)
    (name, value), told = next(iter(given.items())), caught.value.stderr
    assert name in told
    assert value not in told.strip().splitlines()[-1]
