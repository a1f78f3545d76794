# SPDX-License-Identifier: Apache-2.0
"""A town that was settled once, copied for each test, on both databases."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.registry.backends import Backend
from tests.registry.console.town import Town
from tests.registry.examined import EXAMINED
from tests.web.conftest import browser, playwright

__all__ = ["browser", "playwright"]  # the browser that the tests of the phone's page have too


@pytest.fixture(scope="session")
def settled(backend: Backend, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a town with two tenants."""
    folder = tmp_path_factory.mktemp("town")
    backend.prepare(folder)
    town = Town(folder)
    town.found()
    town.settle()
    town.registry.engine.dispose()
    return folder


@pytest.fixture
def town(backend: Backend, tmp_path: Path, settled: Path) -> Iterator[Town]:
    """A town two days after it was founded."""
    backend.copy(settled, tmp_path)
    made = Town(tmp_path, jtis=itertools.count(5_000))
    made.clock.now = EXAMINED
    yield made
    made.registry.engine.dispose()
    backend.discard(tmp_path)
