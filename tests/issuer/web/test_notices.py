# SPDX-License-Identifier: Apache-2.0
"""What runs out soon is said before it stops anybody."""

from typing import Any

from credential.key_record import KeyRecord
from issuer.web import notices
from issuer.web.settings import DAY
from tests.issuer import world


def said(
    at: int = world.AT, used: int = 0, *, catalogue: bool = False, **changes: Any
) -> list[tuple[str, bool]]:
    block = world.BLOCK
    spent = [(block.list, block.first + n) for n in range(used)]
    found = notices.of(world.filing(**changes), spent, at)
    return [(n.key, n.is_over) for n in found if (n.key == "catalogue") == catalogue]


def test_nothing_is_said_while_all_is_well() -> None:
    assert said() == []


def test_a_filing_that_ends() -> None:
    (filing,) = world.body().filings
    end = filing.end
    assert end is not None
    assert said(end - 10 * DAY)[0] == ("filing", False)
    assert said(end + 1)[0] == ("filing", True)
    longer = filing._replace(end=end + 400 * DAY)
    assert ("filing", True) not in said(end + 1, filings=(filing, longer))


def test_a_key_that_ends_and_one_that_is_missing() -> None:
    key = world.STATEMENT_KEY
    ends = KeyRecord(key.kid, key.public, key.role, 0, world.AT + DAY)
    others = tuple(map(world.record, (world.CERTIFICATE_KEY, world.SUBMIT_KEY)))
    assert said(keys=(*others, ends)) == [("key", False)]
    assert said(keys=others) == [("no_key", True)]
    assert said(keys=(*others, ends._replace(end=world.AT))) == [("no_key", True)]


def test_blocks_that_are_nearly_used_up() -> None:
    size = world.BLOCK.size
    assert said(used=size // 2) == []
    assert said(used=size - size // 20) == [("indexes", False)]
    assert said(used=size) == [("indexes", True)]


def test_a_suspended_body() -> None:
    (now,) = world.body().standing
    assert said(standing=(now._replace(state="suspended"),)) == [("standing", True)]


def test_a_catalogue_that_ends() -> None:
    (catalogue,) = world.filing().dictionaries()
    end = catalogue.exp
    assert said(end - 46 * DAY, catalogue=True) == []
    assert said(end - DAY, catalogue=True) == [("catalogue", False)]
    assert said(end, catalogue=True) == [("catalogue", True)]
