# SPDX-License-Identifier: Apache-2.0
"""A SoftHSM of the tests' own: started once, in a temporary folder, with a few tokens.

A loud skip where none can be had, and a failure where CI has none.
"""

import atexit
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pkcs11
import pytest

from tools import softhsm

PIN = b"fictional-1234"
LABELS = ("desk", "second", "lost", "spare")


@dataclass(frozen=True)
class Hsm:
    """What a command needs to use it."""

    folder: Path
    module: str

    @property
    def options(self) -> list[str]:
        """The arguments of a command that uses it."""
        return ["--pkcs11-module", self.module, "--pin-file", str(self.folder / "pin")]

    @contextmanager
    def unplugged(self) -> Iterator[None]:
        """Take all tokens away, and bring them back."""
        tokens, away = self.folder / "tokens", self.folder / "away"
        tokens.rename(away)
        try:
            yield
        finally:
            away.rename(tokens)
            pkcs11.lib(self.module).reinitialize()  # it has given up those tokens


def started() -> Hsm:
    """Give the SoftHSM of this run; the first call starts it."""
    try:
        return _started()
    except softhsm.NoSoftHsmError as error:
        if os.environ.get("CI"):
            pytest.fail(str(error))
        pytest.skip(f"KEYS IN TOKENS ARE NOT TESTED: {error}")


@cache
def _started() -> Hsm:
    found = softhsm.find()
    holder = tempfile.TemporaryDirectory(prefix="skillseal-softhsm-")
    atexit.register(holder.cleanup)
    folder = Path(holder.name)
    (folder / "tokens").mkdir()
    (folder / "pin").write_bytes(PIN + b"\n")
    (folder / "conf").write_text(
        f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    os.environ["SOFTHSM2_CONF"] = str(folder / "conf")
    for label in LABELS:
        given = ["--init-token", "--free", "--label", label, "--so-pin", "fictional-5678"]
        subprocess.run(
            [str(found.tool), *given, "--pin", PIN.decode()],
            env=os.environ | found.environment,
            check=True,
            capture_output=True,
        )
    found.preload()
    return Hsm(folder, str(found.module))
