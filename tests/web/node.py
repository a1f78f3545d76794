# SPDX-License-Identifier: Apache-2.0
"""The core in TypeScript, asked from Python; its packages are made ready once a session."""

import json
from collections.abc import Iterable
from functools import cache
from typing import Final

from tools import web

_HOOKS: Final = ("--import", "./src/testing/hooks.ts")


@cache
def _install() -> None:
    web.install()


def script(name: str) -> str:
    """Run one of the scripts of package.json and return what it said.

    Raises:
        BuildError: It did not end well.
    """
    _install()
    return web.npm("run", "--silent", name)


def ask(questions: Iterable[object]) -> list[object]:
    """Put questions to the core in TypeScript, all in one process, and return its answers.

    Raises:
        BuildError: The process did not end well.
    """
    _install()
    text = "".join(f"{json.dumps(question)}\n" for question in questions)
    said = web.run(*_HOOKS, "src/testing/main.ts", text=text)
    # A text in an answer may hold other line ends than this one.
    return [json.loads(line) for line in said.split("\n")[:-1]]
