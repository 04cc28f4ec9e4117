"""Sign-in: how django-allauth's flows end in this installation."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an AIMS manager; nobody signs up by themself."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors."""
