# SPDX-License-Identifier: Apache-2.0
"""The region that most tests of the registry begin with: made once, copied for each test.

Every test that uses it runs twice, on SQLite and on PostgreSQL.
"""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.registry.backends import BACKENDS, Backend, Connections
from tests.registry.world import PEOPLE, World


@pytest.fixture(scope="session", params=sorted(BACKENDS))
def backend(request: pytest.FixtureRequest) -> Backend:
    """The kind of database that a test runs on."""
    made: Backend = BACKENDS[request.param]()
    return made


@pytest.fixture(scope="session")
def founded(backend: Backend, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a region that has been founded."""
    folder = tmp_path_factory.mktemp("region")
    backend.prepare(folder)
    world = World(folder).found()
    world.first.file_batch("B1", PEOPLE)
    world.registry.engine.dispose()
    return folder


@pytest.fixture(autouse=True)
def _connections() -> Iterator[None]:
    """Close what a test leaves open."""
    connections = Connections()
    yield
    connections.close()


@pytest.fixture
def empty(backend: Backend, tmp_path: Path) -> Iterator[Path]:
    """A folder whose database is empty."""
    backend.prepare(tmp_path)
    yield tmp_path
    backend.discard(tmp_path)


@pytest.fixture
def world(backend: Backend, tmp_path: Path, founded: Path) -> Iterator[World]:
    """A region with two bodies; the first has filed the batch B1 for all people."""
    backend.copy(founded, tmp_path)
    yield World(tmp_path, jtis=itertools.count(1_000))
    backend.discard(tmp_path)
