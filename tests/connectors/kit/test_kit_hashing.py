"""Ids of people outside the company: a pseudonym takes their place before a byte is written.

Not here: fields that are never kept at all (test_kit_faults.py).
"""

from typing import Any

import pytest

from connectors.kit.contract.errors import DeclarationWrong
from connectors.kit.contract.redact import pseudonym, veil
from connectors.kit.contract.stream import Stream
from connectors.zendesk import Zendesk
from tests.connectors.changed import changed


def test_a_hashed_id_is_replaced_through_lists_and_objects_and_empty_ones_stay() -> None:
    body = {
        "rows": [
            {"buyer": {"id": 18}, "n": 1},
            {"buyer": {"id": ""}},
            {"buyer": {"id": None}},
            {"buyer": None},
            {},
        ]
    }

    veil(body, ["rows", "buyer", "id"])

    assert body["rows"][0] == {"buyer": {"id": pseudonym("18")}, "n": 1}
    assert body["rows"][1:] == [{"buyer": {"id": ""}}, {"buyer": {"id": None}}, {"buyer": None}, {}]


def test_the_same_person_has_the_same_pseudonym_and_nobody_reads_it_back() -> None:
    assert pseudonym("AAH-open-uid") == pseudonym("AAH-open-uid")
    assert "open" not in pseudonym("AAH-open-uid")
    assert pseudonym("1") != pseudonym("2")


def test_a_stream_cannot_promise_to_hash_what_it_does_not_keep() -> None:
    stream: Stream[Any] = Zendesk.streams[0]

    with pytest.raises(DeclarationWrong, match="does not keep the id requester_id"):
        changed(stream, hashed=("requester_id",))
