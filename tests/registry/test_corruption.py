# SPDX-License-Identifier: Apache-2.0
"""A disk that changes bytes under the registry: it refuses, or answers exactly as before."""

import random

import pytest

from credential.errors import SealError
from registry.admission import Outcome
from tests.registry.world import PEOPLE, World

TRIALS = 60
RANDOM = random.Random(7)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_damaged_database_never_gives_another_receipt(world: World) -> None:
    texts = [world.first.issue(person) for person in PEOPLE[:4]]
    answers = world.first.submit_all(texts)
    world.registry.engine.dispose()
    file, marks = world.folder / "registry.db", world.settings.marks
    whole, mark = file.read_bytes(), marks.read_bytes()
    refused = 0
    for trial in range(TRIALS):
        damaged = bytearray(whole)
        length = (1, 64, 4_096)[trial % 3]
        at = RANDOM.randrange(len(damaged) - length)
        damaged[at : at + length] = RANDOM.randbytes(length)
        file.write_bytes(damaged)
        marks.write_bytes(mark)
        given = _answers(world, texts)
        refused += not given
        for one, known in zip(given, answers, strict=bool(given)):
            assert one == known or isinstance(one, SealError)
    assert refused
    file.write_bytes(whole)
    marks.write_bytes(mark)
    assert _answers(world, texts) == answers


def _answers(world: World, texts: list[str]) -> list[Outcome]:
    """Open what is there and repeat the submission; nothing where the registry refuses."""
    try:
        again = World(world.folder)
    except SealError:
        return []
    try:
        return again.first.submit_all(texts)
    except SealError:
        return []
    finally:
        again.registry.engine.dispose()
