# SPDX-License-Identifier: Apache-2.0
"""The filing file: read strictly, written as it is read."""

import json

import pytest

from credential.errors import MalformedError
from credential.filing_file import MAX_BYTES, FilingFile
from tests.issuer import world

FILING = world.filing()
MEMBERS = json.loads(FILING.to_bytes())


def test_it_is_read_as_it_was_written_and_white_space_is_allowed() -> None:
    assert FilingFile.from_bytes(FILING.to_bytes()) == FILING
    assert FilingFile.from_bytes(json.dumps(MEMBERS, indent=2).encode()) == FILING
    assert FILING.host == world.HOST


def test_its_catalogues_and_grounds() -> None:
    (catalogue,) = FILING.dictionaries()
    assert (catalogue.scheme, len(catalogue.occupations)) == ("lyg2020", 181)
    grounds = FILING.grounds(world.AT, (catalogue,))
    assert (grounds.t, grounds.body, grounds.region) == (world.AT, FILING.body, "310000")
    assert grounds.dictionaries.occupations["lyg2020:39"].name == "砌筑工"


@pytest.mark.parametrize(
    "change",
    [
        {"environment": "real"},
        {"region": "31"},
        {"hosts": []},
        {"hosts": ["https://x"]},
        {"tags": "sometimes"},
        {"body": {}},
        {"receipts": [{}]},
        {"receipts": [{**MEMBERS["receipts"][0], "role": "list"}]},
        {"catalogues": [1]},
        {"more": 1},
    ],
)
def test_what_is_no_filing_file(change: dict[str, object]) -> None:
    with pytest.raises(MalformedError) as caught:
        FilingFile.from_bytes(json.dumps({**MEMBERS, **change}).encode())
    assert caught.value.code == "malformed.profile"


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b" " * (MAX_BYTES + 1)])
def test_what_is_no_json(data: bytes) -> None:
    with pytest.raises(MalformedError) as caught:
        FilingFile.from_bytes(data)
    assert caught.value.code == "malformed.token"


def test_cut_anywhere_it_is_refused() -> None:
    data = FILING.to_bytes().rstrip()
    for length in range(0, len(data), 211):
        with pytest.raises(MalformedError):
            FilingFile.from_bytes(data[:length])
