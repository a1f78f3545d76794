# SPDX-License-Identifier: Apache-2.0
"""One run of the demonstration, for all tests that look at what it left."""

import fcntl
import os
import pickle
import shutil
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from keys import jwk, key_file, passphrase
from keys.signing_key import SigningKey
from keys.verifying_key import VerifyingKey
from skillseal.demo import leavings
from skillseal.demo.run import Result, run


@pytest.fixture(scope="session")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """Run it once, as `skillseal demo --no-serve` does on one core: the tests have the others.

    Where several processes run the tests, the first that needs it makes it and the others wait;
    each has a copy of its own.
    """
    folder: Path = tmp_path_factory.mktemp("demo") / "demo"
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return _made(folder)
    root = tmp_path_factory.getbasetemp().parent  # of this run's processes, and of no other run's
    with (root / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = root / "demo.pickle"
        if not kept.exists():
            shutil.rmtree(root / "demo", ignore_errors=True)  # of one that did not come to its end
            kept.write_bytes(_pickled(_made(root / "demo")))
    made: Result = pickle.loads(kept.read_bytes())
    shutil.copytree(root / "demo", folder)
    return replace(made, folder=folder, receipt_key=_receipt_key(folder))


def _made(folder: Path) -> Result:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("issuer.workers.os.cpu_count", lambda: 1)
        return run(folder, 400, lambda _: None, lambda _what, _done, _of: None)


def _receipt_key(folder: Path) -> SigningKey:
    (file,) = (folder / "receipt-keys").iterdir()
    return key_file.load(file, passphrase.read(folder / leavings.PASSPHRASE), "receipt")


class _Pickler(pickle.Pickler):
    """Public keys as they are written, and no private one: it is in a file."""

    def reducer_override(self, thing: Any) -> Any:
        if isinstance(thing, SigningKey):
            return type(None), ()
        if isinstance(thing, VerifyingKey):
            return jwk.from_members, (thing.members,)
        return NotImplemented


def _pickled(made: Result) -> bytes:
    written = BytesIO()
    _Pickler(written).dump(made)
    return written.getvalue()
