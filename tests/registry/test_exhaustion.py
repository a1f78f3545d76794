# SPDX-License-Identifier: Apache-2.0
"""A server that has run out of something, and comes back by itself."""

import json
import resource
import socket
import urllib.request
from contextlib import ExitStack, suppress

import pytest

from tests.registry.test_crash import DEADLINE, send, served, whole
from tests.registry.world import PEOPLE, World

SPARE = 12  # descriptors beyond those that the server holds


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="the kernel is not Linux")
def test_without_descriptors_it_waits_and_then_goes_on(world: World) -> None:
    texts = [world.first.issue(person) for person in PEOPLE[:2]]
    world.registry.engine.dispose()
    with served(world.folder) as (process, port):
        first = send(world, port, texts[:1])
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (32 + SPARE, 32 + SPARE))
        with ExitStack() as open_ones:
            for _ in range(100):
                with suppress(OSError):
                    line = socket.create_connection(("127.0.0.1", port), timeout=1)
                    open_ones.enter_context(line)
                    line.sendall(b"GET /healthz HTTP/1.1\r\nX: ")  # and no end of it
        assert process.returncode is None
        url = f"http://127.0.0.1:{port}/readyz"
        with urllib.request.urlopen(url, timeout=DEADLINE) as answer:
            assert json.load(answer)["status"] == "ready"
        assert send(world, port, texts[:1]) == first
        assert "receipt" in send(world, port, texts[1:])[0]
    assert whole(world).certificates == 2
