# SPDX-License-Identifier: Apache-2.0
"""The region that most tests of the registry begin with: made once, copied for each test."""

import itertools
import shutil
from pathlib import Path

import pytest

from tests.registry.world import PEOPLE, World


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in which the region has been founded."""
    world = World(tmp_path_factory.mktemp("region")).found()
    world.first.file_batch("B1", PEOPLE)
    world.registry.engine.dispose()
    return world.folder / "registry.db"


@pytest.fixture
def world(tmp_path: Path, founded: Path) -> World:
    """A region with two bodies; the first has filed the batch B1 for all people."""
    shutil.copy(founded, tmp_path / "registry.db")
    return World(tmp_path, jtis=itertools.count(1_000))
