"""The names of django-allauth that are not part of its public interface, in one place.

allauth documents its adapters, settings, forms and templates. Leading somebody through password and code in
pages of our own, and keeping second factors, takes a few names beyond those. Decision 14 says why. They may
change with any release, so ``pyproject.toml`` bounds the version, and ``tests/identity/test_allauth.py`` says
which of them is gone.
"""

from __future__ import annotations

# Leads somebody in whom something else than a password has told, through the steps that are left.
from allauth.account.internal.flows.login import perform_login as perform_login

# Leads from a right password to the next step, and notes the password among the methods of the session.
from allauth.account.internal.flows.login import perform_password_login as perform_password_login

# Notes a method among those of the session.
from allauth.account.internal.flows.login import record_authentication as record_authentication

# One sign-in on its way, with the page it leads to.
from allauth.account.models import EmailAddress as EmailAddress
from allauth.account.models import Login as Login

# Finds the step at which the sign-in of a session waits.
from allauth.account.stages import LoginStageController as LoginStageController

# Checks a code against every authenticator of a person; the base of our own form.
from allauth.mfa.base.forms import AuthenticateForm as AuthenticateForm

# Notes a second factor among the methods of the session, and when it was used last.
from allauth.mfa.base.internal.flows import post_authentication as post_authentication

# Recovery codes: a seed from which the codes follow, and which of them were used.
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes as RecoveryCodes

# The step that asks for a code.
from allauth.mfa.stages import AuthenticateStage as AuthenticateStage

# Time-based codes (RFC 6238): the authenticator that keeps a secret, a new secret, the code of a time step.
from allauth.mfa.totp.internal.auth import TOTP as TOTP
from allauth.mfa.totp.internal.auth import format_hotp_value as format_hotp_value
from allauth.mfa.totp.internal.auth import generate_totp_secret as generate_totp_secret
from allauth.mfa.totp.internal.auth import hotp_value as hotp_value
