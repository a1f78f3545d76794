# SPDX-License-Identifier: Apache-2.0
"""The region that most tests of the registry begin with."""

from pathlib import Path

import pytest

from tests.registry.world import PEOPLE, World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A region with two bodies; the first has filed the batch B1 for all people."""
    world = World(tmp_path).found()
    world.first.file_batch("B1", PEOPLE)
    return world
