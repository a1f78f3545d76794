# SPDX-License-Identifier: Apache-2.0
"""Which names the outermost layer answers to."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message

from console.edge import Edge

HERE = (b"host", b"127.0.0.1:8330")
ELSEWHERE = (b"host", b"evil.example")


def status_of(headers: list[tuple[bytes, bytes]]) -> int:
    said: list[int] = []
    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "query_string": b"",
        "headers": headers,
        "scheme": "http",
    }

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            said.append(message["status"])

    edge = Edge(PlainTextResponse("here"), ("127.0.0.1", "localhost"))
    # In a thread: a browser that other tests drive keeps a loop running in this one.
    with ThreadPoolExecutor(1) as aside:
        aside.submit(asyncio.run, edge(scope, receive, send)).result()
    return said[0]


def test_its_own_names_are_answered() -> None:
    for host in (b"127.0.0.1", b"127.0.0.1:8330", b"LOCALHOST:1"):
        assert status_of([(b"host", host)]) == 200


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [ELSEWHERE],
        [HERE, ELSEWHERE],
        [ELSEWHERE, HERE],
        [HERE, HERE],
        [(b"host", b"127.0.0.1.evil.example")],
        [(b"host", b"127.0.0.1@evil.example")],
        [(b"host", b"127.0.0.1:8330:1")],
        [(b"host", b"127.0.0.1,evil.example")],
        [(b"host", b"\xff")],
        [(b"host", b"")],
        [ELSEWHERE, (b"x-forwarded-host", b"127.0.0.1")],
    ],
)
def test_any_other_name_is_refused_and_two_are_none(headers: list[tuple[bytes, bytes]]) -> None:
    assert status_of(headers) == 421
