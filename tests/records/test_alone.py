"""What somebody who runs the management system alone is told when a second person is needed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from plumbline.identity.actors import Actor
from plumbline.kernel.problems import NotAllowed
from plumbline.records import commands

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def test_whoever_is_alone_is_told_to_add_a_second_person(
    mina: Actor, system: commands.Saved, someone: Callable[..., Actor]
) -> None:
    asked = commands.move(mina, system.reference, "submit", revision=1)
    with pytest.raises(NotAllowed, match="add a second person under People and roles"):
        commands.move(mina, system.reference, "approve", revision=asked.revision)
    sara = someone("aims-manager", "Sara")
    with pytest.raises(NotAllowed) as refused:
        commands.move(mina, system.reference, "approve", revision=asked.revision)
    detail = str(refused.value.detail)
    assert "You wrote this revision. Somebody else has to take this step" in detail
    assert "Sara can take this one" in detail
    assert "second person" not in detail
    assert commands.move(sara, system.reference, "approve", revision=asked.revision).state == "approved"
