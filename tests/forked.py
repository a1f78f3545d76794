# SPDX-License-Identifier: Apache-2.0
"""Processes of their own that need not import everything again: for servers that tests start.

What a Python takes 1.2 s of a core to import has been imported by one process, the fork server of
`multiprocessing`, which forks for each start. A child is what a started program is: it has a group
of its own, has the environment and the output that it is given, and dies of a real SIGKILL. What a
test says of how a command starts (what it imports, what the interpreter's options do) it says of
`subprocess` instead.
"""

import os
import runpy
import sys
import types
from collections.abc import Mapping, Sequence
from io import FileIO, TextIOWrapper
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, Any, Final, Self

ROOT: Final = Path(__file__).parents[1]
_CONTEXT: Final = get_context("forkserver")
# One that cannot be imported is imported by the child, which then says why it cannot.
_CONTEXT.set_forkserver_preload(
    [
        *("tests.registry.server", "tests.skillseal.clocked", "registry.move", "registry.refeed"),
        *("registry.backup", "registry.publish", "registry.fsck", "registry.serve"),
        *("skillseal.commands.registry_serve", "skillseal.commands.registry_console"),
        *("skillseal.commands.issuer_serve", "multiprocessing.spawn"),
    ]
)


class Process:
    """A running child: the part of `subprocess.Popen` that tests of servers need."""

    def __init__(
        self,
        words: Sequence[object],
        *,
        env: Mapping[str, str] | None = None,
        stderr: IO[Any] | None = None,
    ) -> None:
        """Start it in the project's folder.

        Args:
            words: As the interpreter takes them: `-m MODULE …` or `-c PROGRAM …`.
            env: Its environment; this process's if None.
            stderr: Where its errors go; this process's if None.
        """
        reading, writing = os.pipe()
        self.stdout = os.fdopen(reading, encoding="utf-8")
        """What it prints, to be read by the test."""
        out = Connection(writing, readable=False)
        err = Connection(os.dup(2 if stderr is None else stderr.fileno()), readable=False)
        given = ([str(word) for word in words], dict(os.environ if env is None else env))
        self._process = _CONTEXT.Process(target=_run, args=(*given, out, err))
        self._process.start()
        for end in (out, err):
            end.close()
        assert self._process.pid is not None
        self.pid = self._process.pid

    @property
    def returncode(self) -> int | None:
        """Its exit code, the signal that ended it below zero, or None as long as it lives."""
        return self._process.exitcode

    def wait(self, seconds: float | None = None) -> int:
        """Wait for its end, and give the exit code."""
        self._process.join(seconds)
        code = self._process.exitcode
        assert code is not None, "the process did not end"
        return code

    def terminate(self) -> None:
        """Send SIGTERM, if it lives."""
        self._process.terminate()

    def kill(self) -> None:
        """Send SIGKILL, if it lives."""
        self._process.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self.wait()
        self.stdout.close()


def _run(words: list[str], env: dict[str, str], out: Connection, err: Connection) -> None:
    """Become a program, as the interpreter would."""
    os.setsid()
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(env)
    for number, end in ((1, out), (2, err)):
        os.dup2(end.fileno(), number)
        end.close()
    sys.stdout, sys.stderr = (
        TextIOWrapper(FileIO(number, "w", closefd=False), "utf-8", write_through=True)
        for number in (1, 2)
    )
    how, what, *rest = words
    sys.argv = [how, *rest]
    if how == "-m":
        sys.modules.pop(what, None)  # it is imported, but is to run as the program
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        program = types.ModuleType("__main__")
        sys.modules["__main__"] = program
        exec(compile(what, "<string>", "exec"), vars(program))  # the test's own


def run(words: Sequence[object], *, env: Mapping[str, str] | None = None) -> int:
    """Run a program that prints little to its end, and give its exit code."""
    with Process(words, env=env) as process:
        return process.wait()
