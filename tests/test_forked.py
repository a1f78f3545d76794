# SPDX-License-Identifier: Apache-2.0
"""A forked process is one of its own: its group, its environment, its output, its death."""

import os
import signal

from tests import forked

TELL = """
import os, sys
at_once = "registry.app" in sys.modules
print(os.getpid(), os.getpgrp(), os.environ["WORD"], len(os.environ), at_once, *sys.argv)
"""


def test_it_is_a_program_of_its_own() -> None:
    with forked.Process(["-c", TELL, "one", 2], env={"WORD": "said"}) as process:
        told = process.stdout.read().split()
        assert process.wait() == 0
    assert told == [str(process.pid), str(process.pid), "said", "1", "True", "-c", "one", "2"]
    assert process.pid != os.getpid()


def test_it_ends_as_programs_end() -> None:
    assert forked.run(["-c", "import sys; sys.exit(3)"]) == 3
    with forked.Process(["-c", "import time; print(flush=True); time.sleep(60)"]) as process:
        process.stdout.readline()
        assert process.returncode is None
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait(30) == -signal.SIGKILL
