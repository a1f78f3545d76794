# SPDX-License-Identifier: Apache-2.0
"""Somebody at the terminal of a signing agent, who says yes or no."""

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from keys.signing_key import SigningKey
from skillseal.agent import Agent


class Person:
    """Whoever sits at the agent's terminal."""

    def __init__(
        self, key: SigningKey, origins: Sequence[str] = (), *, says_yes: bool = True
    ) -> None:
        self.says_yes = says_yes
        self.seen: list[str] = []
        self.told: list[str] = []
        self.agent = Agent(key, self.ask, self.told.append, os.urandom, origins)
        self.agent.renew()

    def ask(self, text: str) -> bool:
        self.seen.append(text)
        return self.says_yes

    @property
    def secret(self) -> str:
        """The last one printed."""
        return self.told[-1].rpartition(" ")[2]

    @contextmanager
    def listening(self) -> Iterator[str]:
        with self.agent.serve() as server:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_port}"
            finally:
                server.shutdown()
                thread.join()
