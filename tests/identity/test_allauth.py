"""What we rely on in django-allauth beyond its public interface is still there, as we call it."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from plumbline.identity import allauth_private

ROOT = Path(__file__).parents[2]
SOURCE = Path(allauth_private.__file__)
CALLS: dict[str, tuple[str, ...]] = {
    "allauth.account.internal.flows.login.perform_login": ("request", "login"),
    "allauth.account.internal.flows.login.perform_password_login": ("request", "credentials", "login"),
    "allauth.account.internal.flows.login.record_authentication": ("request", "user", "method"),
    "allauth.account.models.EmailAddress": (),
    "allauth.account.models.Login": ("user", "email", "redirect_url"),
    "allauth.account.stages.LoginStageController": ("request", "login"),
    "allauth.account.stages.LoginStageController.enter": ("request", "stage_key"),
    "allauth.mfa.base.forms.AuthenticateForm": (),
    "allauth.mfa.base.forms.AuthenticateForm.clean_code": ("self",),
    "allauth.mfa.base.forms.AuthenticateForm.save": ("self",),
    "allauth.mfa.base.internal.flows.post_authentication": ("request", "authenticator", "passwordless"),
    "allauth.mfa.recovery_codes.internal.auth.RecoveryCodes": (),
    "allauth.mfa.recovery_codes.internal.auth.RecoveryCodes.activate": ("user",),
    "allauth.mfa.recovery_codes.internal.auth.RecoveryCodes.generate_codes": ("self",),
    "allauth.mfa.recovery_codes.internal.auth.RecoveryCodes.validate_code": ("self", "code"),
    "allauth.mfa.stages.AuthenticateStage": (),
    "allauth.mfa.stages.AuthenticateStage.exit": ("self",),
    "allauth.mfa.totp.internal.auth.TOTP": (),
    "allauth.mfa.totp.internal.auth.TOTP.activate": ("user", "secret"),
    "allauth.mfa.totp.internal.auth.format_hotp_value": ("value",),
    "allauth.mfa.totp.internal.auth.generate_totp_secret": (),
    "allauth.mfa.totp.internal.auth.hotp_value": ("secret", "counter"),
}
"""Each private name we use, with the parameters we give it."""


def imported() -> list[tuple[str, str]]:
    """Module and name of every import of allauth in `allauth_private`."""
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"))
    return [
        (node.module or "", alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("allauth")
        for alias in node.names
    ]


def resolve(path: str) -> Any:
    """The object at a dotted path. Fails the test with what to do when it is gone."""
    for cut in range(path.count("."), 0, -1):
        module, names = ".".join(path.split(".")[:cut]), path.split(".")[cut:]
        try:
            found: Any = importlib.import_module(module)
        except ModuleNotFoundError:
            continue
        for name in names:
            if not hasattr(found, name):
                break
            found = getattr(found, name)
        else:
            return found
    pytest.fail(
        f"django-allauth has no {path} any more. It is private and we rely on it: read its release notes, "
        "mend plumbline.identity.allauth_private and what uses it, then raise the bound in pyproject.toml."
    )


@pytest.mark.parametrize("path", CALLS)
def test_a_private_name_is_still_there_and_takes_what_we_give_it(path: str) -> None:
    found = resolve(path)
    if CALLS[path]:
        missing = set(CALLS[path]) - set(inspect.signature(found).parameters)
        assert not missing, f"{path} of django-allauth does not take {', '.join(sorted(missing))} any more."


def test_every_private_name_is_on_the_list() -> None:
    assert {f"{module}.{name}" for module, name in imported()} <= set(CALLS)


def test_private_names_are_imported_in_one_module_only() -> None:
    """What is private: modules called ``internal``, and those that the documentation does not name."""
    private = {module for module, _ in imported()}
    for file in (ROOT / "src").rglob("*.py"):
        if file == SOURCE:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                assert node.module not in private, f"{file.name} imports {node.module}"
                assert not (node.module.startswith("allauth") and "internal" in node.module), file.name


def test_a_release_that_may_change_them_is_not_installed_unasked() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    (allauth,) = (line for line in declared if line.startswith("django-allauth"))
    assert re.fullmatch(r"django-allauth\[mfa\]>=65\.\d+,<66", allauth)
