"""A stored message is read once by a process, and as it was stored."""

from __future__ import annotations

import json

import pytest

from plumbline.kernel.messages import Message, Ref, say, to_json
from plumbline.wording import fields
from plumbline.wording.fields import MessageField, MessageTextField

STORED = json.dumps(to_json(say("seen", "{record} was seen.", record=Ref("RSK-0001"))))


@pytest.mark.parametrize("field", [MessageField(), MessageTextField()])
def test_the_same_text_is_read_once(field: MessageField) -> None:
    first = field.from_db_value(STORED, None, None)
    assert first == say("seen", "{record} was seen.", record=Ref("RSK-0001"))
    assert field.from_db_value(STORED, None, None) is first
    other = STORED.replace("RSK-0001", "RSK-0002")
    assert field.from_db_value(other, None, None) == say("seen", "{record} was seen.", record=Ref("RSK-0002"))


def test_what_is_long_is_read_each_time_so_that_a_process_stays_small() -> None:
    many = json.dumps(to_json(say("seen", "x" * fields.LONGEST_REMEMBERED)))
    first = MessageField().from_db_value(many, None, None)
    assert isinstance(first, Message)
    assert MessageField().from_db_value(many, None, None) == first
    assert MessageField().from_db_value(many, None, None) is not first


def test_nothing_and_what_is_no_message_are_as_before() -> None:
    assert MessageField().from_db_value(None, None, None) is None
    assert MessageField().from_db_value("null", None, None) is None
    with pytest.raises(ValueError, match="not a message"):
        MessageField().from_db_value('{"code": "x"}', None, None)
    assert MessageTextField().from_db_value("", None, None) == ""
    assert str(MessageTextField().from_db_value("It was so.", None, None)) == "It was so."
