# SPDX-License-Identifier: Apache-2.0
"""Progress on a terminal, with rich where it is installed; elsewhere nothing is shown."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

Step = Callable[[str, int, int], None]
"""Told what is being done, how many are done, and of how many."""

WORDS: Final = {
    "tags": "computing holder tags",
    "draw": "drawing numbers and indexes",
    "sign": "signing",
    "submit": "registering",
    "statements": "sending statements",
    "codes": "writing codes",
    "print": "printing",
    "volumes": "binding volumes",
}


def quiet(what: str, done: int, of: int) -> None:
    """Show nothing."""


def unseen(done: int, of: int) -> None:
    """Show nothing of one thing."""


@contextmanager
def shown() -> Iterator[Step]:
    """Show a bar for each thing that is done, while standard error is a terminal."""
    if not sys.stderr.isatty():
        yield quiet
        return
    try:
        from rich.console import Console  # noqa: PLC0415  # only where there is a terminal
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415
    except ImportError:
        yield quiet
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks = {what: bars.add_task(words, visible=False) for what, words in WORDS.items()}

        def step(what: str, done: int, of: int) -> None:
            bars.update(tasks[what], completed=done, total=of, visible=True)

        yield step
