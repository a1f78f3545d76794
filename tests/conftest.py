# SPDX-License-Identifier: Apache-2.0
"""What holds for every test: no network, no settings of this machine, repeatable examples."""

import ipaddress
import os
import socket
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# `make test` draws the same examples everywhere; `make test-long` looks for new ones.
settings.register_profile("everyday", derandomize=True, deadline=None, database=None)
settings.register_profile(
    "long",
    deadline=None,
    max_examples=5_000,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.load_profile("everyday")

_SETTINGS = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
_homes = count()


def _refuse_foreign(host: object) -> None:
    """Fail the test unless the host is this machine.

    `pytest.fail` raises what no `except Exception` can swallow, so code that turns a network error
    into a code of its own cannot hide the attempt.
    """
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name in {"localhost", "", "None"}:
        return
    try:
        is_loopback = ipaddress.ip_address(name).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        pytest.fail(f"a test reached for the network: {name}")


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Let sockets reach loopback and Unix paths only, and resolve no foreign name."""
    real = {name: getattr(socket.socket, name) for name in ("connect", "connect_ex", "sendto")}
    real_getaddrinfo = socket.getaddrinfo

    def guard(name: str) -> object:
        def guarded(self: socket.socket, *args: object) -> object:
            # The address is the last argument of all three.
            if self.family in (socket.AF_INET, socket.AF_INET6) and isinstance(args[-1], tuple):
                _refuse_foreign(args[-1][0])
            return real[name](self, *args)

        return guarded

    def getaddrinfo(host: object, *args: object, **named: object) -> object:
        _refuse_foreign(host)
        return real_getaddrinfo(host, *args, **named)  # type: ignore[arg-type] # passed on as it came

    with pytest.MonkeyPatch.context() as patch:
        for name in real:
            patch.setattr(socket.socket, name, guard(name))
        patch.setattr(socket, "getaddrinfo", getaddrinfo)
        yield


@pytest.fixture(scope="session")
def _homes_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Name the folder below which every test has a home of its own."""
    return tmp_path_factory.mktemp("homes")


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, _homes_folder: Path) -> None:
    """Hide this machine's settings: a test sees no SKILLSEAL_… and nobody's trust anchor."""
    for name in [name for name in os.environ if name.startswith("SKILLSEAL_")]:
        monkeypatch.delenv(name)
    home = _homes_folder / str(next(_homes))  # not made: most tests never look
    for name in _SETTINGS:
        monkeypatch.setenv(name, str(home / name))
