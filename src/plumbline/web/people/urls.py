"""Addresses of signing in, of one's account and of people.

``account_login`` and ``mfa_authenticate`` are the names under which django-allauth looks for its steps.
"""

from __future__ import annotations

from django.urls import path

from plumbline.web.people import account, sign_in
from plumbline.web.people import pages as people_pages

urlpatterns = [
    path("sign-in/", sign_in.enter, name="account_login"),
    path("sign-in/code/", sign_in.code, name="mfa_authenticate"),
    path("sign-in/link/<str:secret>/", sign_in.link, name="one-time-link"),
    path("sign-in/invitation/<str:handle>/<str:token>/", sign_in.invitation, name="invitation"),
    path("sign-out/", sign_in.leave, name="account_logout"),
    path("account/", account.show, name="account"),
    path("account/profile/", account.profile, name="account-profile"),
    path("account/password/", account.password, name="account-password"),
    path("account/factor/", account.factor, name="account-factor"),
    path("account/tokens/", account.issue_token, name="account-token-issue"),
    path("account/tokens/<str:handle>/revoke/", account.revoke_token, name="account-token-revoke"),
    path("people/", people_pages.show, name="people"),
    path("people/invite/", people_pages.invite, name="people-invite"),
    path("people/units/", people_pages.add_unit, name="people-unit"),
    path("people/<str:handle>/", people_pages.show_person, name="person"),
    path("people/<str:handle>/roles/", people_pages.give, name="person-role-give"),
    path("people/<str:handle>/roles/<str:grant>/revoke/", people_pages.take_back, name="person-role-revoke"),
    path("people/<str:handle>/invitation/", people_pages.make_invitation, name="person-invitation"),
    path("people/<str:handle>/invitation/mail/", people_pages.mail_invitation, name="person-invitation-mail"),
    path("people/<str:handle>/switch/", people_pages.switch, name="person-switch"),
    path(
        "people/<str:handle>/tokens/<str:token>/revoke/", people_pages.stop_token, name="person-token-revoke"
    ),
]
