"""A pack of what was edited behind the trail's back: refused, or without a word of the forgery."""

from __future__ import annotations

import zipfile

import pytest
from django.test import TransactionTestCase
from tests import databases
from tests.trail.tampering.edits import EDITS, Edit
from tests.trail.tampering.organization import Organization

from plumbline.identity.actors import actor_of_person
from plumbline.identity.models import Person
from plumbline.kernel.problems import Problem
from plumbline.reports import commands
from plumbline.trail import keys, publisher
from plumbline_verify import verify

pytestmark = [pytest.mark.data_layer, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

REFUSED = {
    "a risk retitled": "title",
    "a draft set to approved": "state",
    "another owner": "owner",
    "another number of the revision": "newer than entry",
    "a reference renamed": "risks",
    "a role given to somebody else": "may not make evidence packs",
    "failing results set to Within": "segment",
    "a value lowered": "segment",
    "a limit raised": "segment",
    "an opening deleted": "no entry of erasure",
    "an entry rewritten": "do not fit",
    "the bytes of an event changed": "no entry of erasure",
    "an event deleted": "no entry of erasure",
    "spooled events changed": "altered",
    "an import of another file": "changed without an entry",
    "an import by somebody else": "changed without an entry",
    "words that a source never said": "changed without an entry",
    "an imported row of another record": "changed without an entry",
    "a checkpoint of another size": "not signed yet",
    "the end of the log set back": "damaged|The guard has seen",
    "another guard": "another root",
}
"""The edits of which no pack can be made, and a word of the reason. Of all others a pack says nothing else
than before, since it is made from the entries."""
NOT_CHECKED = {
    "a many-valued reference removed": "APP-0001 shows less risks than entry",
    "a revision of another entry": "risks.csv",
    "a reading of another result": "applicability.csv measured_at",
}
"""The edits that a document shows, in what the verifier does not vouch for, and how it says so."""


def _packed(installed: Organization) -> tuple[dict[str, list[str]], str]:
    """The lines of the documents of a pack that is made now, and what its verifier calls NOT CHECKED.

    Raises `Problem` when none can be made.
    """
    mina = actor_of_person(Person.objects.get(handle=installed.names["Mina"]))
    pack = commands.create_pack(mina, recipient="Auditor", purpose="Surveillance audit", claimed=True)
    built = commands.build_now(pack, sign=lambda size: publisher.publish())
    file = commands.pack_path(built.sha256)
    check = verify.Check(verify.contents(str(file)), keys.vkey())
    assert check.run() == 0
    with zipfile.ZipFile(file) as opened:
        names = [name for name in opened.namelist() if name.endswith(".csv")]
        documents = {name: opened.read(name).decode().splitlines() for name in names}
    word, text = check.results["derived"]
    return documents, text if word == "NOT CHECKED" else ""


@pytest.fixture(scope="module")
def kept() -> dict[str, list[str]]:
    """The documents of before any edit, once they are made."""
    return {}


@pytest.fixture
def clean(
    installed: Organization,
    made_once: dict[str, tuple[databases.Snapshot, Organization]],
    kept: dict[str, list[str]],
) -> dict[str, list[str]]:
    """What a pack says of the organization as it is; the organization is put back to where it was."""
    if not kept:
        kept |= _packed(installed)[0]
        # As after every test, and then as at the beginning of this one.
        TransactionTestCase._fixture_teardown(TransactionTestCase())
        made_once["organization"][0].restore(installed.data)
    return kept


@pytest.mark.parametrize("edit", EDITS, ids=[edit.what for edit in EDITS])
def test_a_pack_of_what_was_edited_is_refused_or_says_nothing_of_it(
    installed: Organization, clean: dict[str, list[str]], edit: Edit
) -> None:
    edit.act(installed)
    if edit.what in REFUSED:
        with pytest.raises(Problem, match=REFUSED[edit.what]):
            _packed(installed)
        return
    documents, loose = _packed(installed)
    assert documents.keys() == clean.keys()
    if edit.what in NOT_CHECKED:
        assert documents != clean
        assert NOT_CHECKED[edit.what] in loose
    else:
        assert documents == clean
