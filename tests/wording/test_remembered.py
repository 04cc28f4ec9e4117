"""A sentence is looked up once in a language, and the answer is that of Django."""

from __future__ import annotations

import pytest
from django.utils import translation
from django.utils.translation import trans_real

from plumbline.wording import remembered

pytestmark = pytest.mark.pure
SENTENCES = ("Open nonconformities", "Approve", "No catalogue has this sentence.", "Approve")


class Language:
    """A language that counts how often it is asked."""

    def __init__(self, **known: str) -> None:
        self.known = known
        self.asked: list[str] = []

    def look_up(self, message: str) -> str:
        """The sentence; the text itself where there is none."""
        self.asked.append(message)
        return self.known.get(message, message)


def test_a_sentence_is_looked_up_once_in_each_language() -> None:
    german, english = Language(Approve="Freigeben"), Language()
    gettext = remembered.remembering(Language.look_up)
    for _ in range(3):
        assert [gettext(german, text) for text in ("Approve", "Reject")] == ["Freigeben", "Reject"]
        assert gettext(english, "Approve") == "Approve"
    assert (german.asked, english.asked) == (["Approve", "Reject"], ["Approve"])


def test_a_text_without_a_translation_is_the_very_text_that_was_asked_for() -> None:
    gettext, language = remembered.remembering(Language.look_up), Language()
    for _ in range(2):
        text = "".join(["Rej", "ect"])
        assert gettext(language, text) is text


def test_not_more_is_remembered_than_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "MOST", 3)
    gettext, language = remembered.remembering(Language.look_up), Language()
    for number in range(10):
        gettext(language, f"Sentence {number}")
        assert len(vars(language)["remembered"]) <= 3


@pytest.mark.parametrize("code", ["en", "de"])
def test_every_language_answers_as_django_does(code: str) -> None:
    with translation.override(code):
        language = trans_real.translation(code)
        for text in SENTENCES:
            assert translation.gettext(text) == super(trans_real.DjangoTranslation, language).gettext(text)


def test_installed_in_the_product() -> None:
    with translation.override("de"):
        translation.gettext("Approve")
        assert "Approve" in vars(trans_real.translation("de"))["remembered"]
