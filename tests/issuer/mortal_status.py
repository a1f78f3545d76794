# SPDX-License-Identifier: Apache-2.0
"""A desk that is killed while it changes the status of many: a process that forks for every run.

Reads one JSON object a line: folder, url, type, numbers, and `event`, the number of the step at
which the child sends itself SIGKILL. Answers with the child's signal or exit code and the steps.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from issuer import act_post, given, status_change, submit
from issuer.ledger import Ledger
from issuer.submit import Registry
from tests.issuer import mortal
from tests.registry.world import CODES, START, key


def child(asked: dict[str, Any]) -> int:
    """Do one run; gives how many certificates are not done."""
    folder = Path(asked["folder"])
    mortal.instrument(asked.get("event"), folder / "steps")
    filing = given.read_filing(folder / "filing.json")
    registry = Registry(asked["url"], lambda _: None, submit.post)
    with Ledger.open(folder / "ledger.sqlite", filing.body.id, os.urandom) as ledger:
        decisions = status_change.decide(ledger, asked["type"], asked["numbers"])
        desk = act_post.Desk(
            ledger, filing, registry, key("statement", CODES[0]), START, os.urandom
        )
        desk.carry_out(asked["type"], decisions, "fraud 弄虚作假")
        left = [code for _, outcome, code, _ in desk.outcomes(decisions) if outcome != "done"]
    # What was revoked by the run before is done, not refused.
    return sum(code != "status.final" for code in left)


def main() -> None:
    """Answer requests until standard input ends."""
    for line in sys.stdin:
        asked = json.loads(line)
        steps = Path(asked["folder"]) / "steps"
        steps.write_text("")
        process = os.fork()
        if process == 0:
            os._exit(child(asked))
        _, status = os.waitpid(process, 0)
        ended = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
        print(json.dumps({"ended": ended, "steps": int(steps.read_text() or 0)}), flush=True)


if __name__ == "__main__":
    main()
