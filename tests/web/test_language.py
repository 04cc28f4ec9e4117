"""A second language: chosen in the account, shown on every page, and never by the browser's own wish."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse
from tests.web import reading

from plumbline.web import language

if TYPE_CHECKING:
    from tests.web.conftest import House

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def _german(house: House) -> Client:
    client = house.client("aims-manager")
    values = {"full_name": "Mina", "theme": "light", "language": "de"}
    answer = client.post(reverse("account-profile"), values)
    assert answer.status_code == 302
    assert answer.cookies[language.COOKIE].value == "de"
    return client


def test_the_account_changes_the_language_of_every_page(house: House) -> None:
    client = _german(house)
    account = client.get(reverse("account"))
    page = reading.read(account.content)
    assert account["Content-Language"] == "de"
    assert page.all("html")[0]["lang"] == "de"
    assert "Ihr Profil wurde gespeichert." in page.prose
    client.post(reverse("account-profile"), {"full_name": "Mina", "theme": "light", "language": "en"})
    assert "Your profile was saved." in reading.read(client.get(reverse("account")).content).prose


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/account/", ["Ihr Konto", "Passwort ändern", "Zweiten Faktor einschalten"]),
        ("/records/ai-systems/", ["KI-Systeme", "KI-System anlegen", "Letzte Änderung", "Filtern"]),
        ("/records/ai-systems/new/", ["Zum Speichern nötig:", "Ohne Speichern verlassen"]),
        ("/records/{document}/", ["Nächster Schritt", "Verlauf", "Kommentar hinzufügen", "Entwurf"]),
        ("/records/{document}/edit/", ["Zu dieser Änderung", "Speichern"]),
        ("/imports/", ["Register importieren", "Hochladen und prüfen"]),
    ],
)
def test_pages_read_in_german(house: House, address: str, words: list[str]) -> None:
    text = reading.read(_german(house).get(address.format(**house.names)).content).prose
    for word in [*words, "Zum Inhalt springen", "Meine Arbeit", "Abmelden"]:
        assert word in text


def test_signing_in_reads_in_german_and_names_no_unknown_language() -> None:
    client = Client()
    client.cookies[language.COOKIE] = "de"
    assert "E-Mail-Adresse" in reading.read(client.get("/sign-in/").content).prose
    client.cookies[language.COOKIE] = "xx"
    assert client.get("/sign-in/")["Content-Language"] == "en"


def test_the_wish_of_the_browser_is_not_asked() -> None:
    """German is there in part, so it is somebody's choice."""
    answer = Client(headers={"accept-language": "de"}).get("/sign-in/")
    assert "E-mail address" in reading.read(answer.content).prose
