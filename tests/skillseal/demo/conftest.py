# SPDX-License-Identifier: Apache-2.0
"""One run of the demonstration, for all tests that look at what it left."""

from pathlib import Path

import pytest

from skillseal.demo.run import Result, run


@pytest.fixture(scope="session")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """Run it once, as `skillseal demo --no-serve` does."""
    folder: Path = tmp_path_factory.mktemp("demo")
    return run(folder, 400, lambda _: None, lambda _what, _done, _of: None)
