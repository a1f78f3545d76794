# SPDX-License-Identifier: Apache-2.0
"""Status indexes: inside the blocks, at random, never twice."""

import random

import pytest

from credential.errors import ConflictError
from issuer.indexes import Block, Indexes

BLOCKS = (Block("1", 100, 30), Block("2", 0, 20))


def test_every_index_of_every_block_is_drawn_once() -> None:
    indexes = Indexes(BLOCKS, set(), random.Random(1).randrange)
    drawn = [indexes.draw() for _ in range(50)]
    assert set(drawn) == {("1", n) for n in range(100, 130)} | {("2", n) for n in range(20)}
    assert len(set(drawn)) == 50
    assert drawn != sorted(drawn)
    with pytest.raises(ConflictError) as caught:
        indexes.draw()
    assert caught.value.code == "indexes.exhausted"


def test_used_ones_are_left_out_and_foreign_ones_do_not_count() -> None:
    used = {("1", 100), ("2", 3), ("9", 9), ("1", 99), ("1", 130)}
    indexes = Indexes(BLOCKS, used, random.Random(1).randrange)
    assert indexes.left == 48
    assert not {indexes.draw() for _ in range(48)} & used


def test_a_demand_beyond_what_is_left_says_how_much_is() -> None:
    indexes = Indexes(BLOCKS, {("1", 100)}, random.Random(1).randrange)
    indexes.demand(49)
    with pytest.raises(ConflictError, match="50 status indexes are needed and 49 are left"):
        indexes.demand(50)


def test_drawing_is_uniform() -> None:
    first = [
        Indexes([Block("1", 0, 10)], set(), random.Random(seed).randrange).draw()[1]
        for seed in range(1000)
    ]
    assert {n for n in range(10) if 60 <= first.count(n) <= 140} == set(range(10))
