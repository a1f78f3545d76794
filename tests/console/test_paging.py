# SPDX-License-Identifier: Apache-2.0
"""Pages of a long list: every row once, in both directions; a made-up place is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Column, MetaData, String, Table, create_engine, insert, select

from console import paging
from credential import base64url
from keys.errors import SealError
from tests.console.test_accounts import code_of

THINGS = Table("things", MetaData(), Column("at", BigInteger), Column("id", String(9)))
KEY = (THINGS.c.at, THINGS.c.id)


@given(
    st.sets(st.tuples(st.integers(0, 3), st.text("abc", max_size=3)), max_size=12), st.booleans()
)
def test_every_row_stands_on_one_page(rows: set[tuple[int, str]], newest_first: bool) -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        THINGS.create(connection)
        for at, name in rows:
            connection.execute(insert(THINGS).values(at=at, id=name))
        found: list[tuple[object, ...]] = []
        after, pages = None, 0
        while pages == 0 or after:
            page = paging.paged(
                connection, select(THINGS), KEY, after=after, size=3, newest_first=newest_first
            )
            found += [tuple(row.values()) for row in page.rows]
            after, pages = page.after, pages + 1
    assert found == [*sorted(rows, reverse=newest_first)]
    assert pages == max(1, -(-len(rows) // 3))
    engine.dispose()


@pytest.mark.parametrize(
    "cursor",
    [
        *("x", "===", "é", paging.write([1]), paging.write([1, 2]), paging.write(["1", "a"])),
        *(paging.write([1 << 63, "a"]), paging.write([1, "\0"]), paging.write([True, "a"])),
        *(paging.write([1, "a", 2]), "A" * 5000, base64url.encode(b"[" * 900)),
    ],
)
def test_a_made_up_place_is_refused(cursor: str) -> None:
    assert code_of(lambda: paging.read(cursor, KEY)) == "page.cursor"


@given(st.text())
def test_any_text_is_a_place_or_refused(text: str) -> None:
    try:
        places = len(paging.read(text, KEY))
    except SealError as error:
        said = error.code
    else:
        said = f"{places} values"
    assert said in {"page.cursor", "2 values"}
