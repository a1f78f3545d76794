# SPDX-License-Identifier: Apache-2.0
"""`skillseal verify` of one text as a process, beside Python importing the same cryptography."""

import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench.clock import side_by_side
from bench.report import Row
from tests.credential import world
from tests.credential.world import World

_PEER = "from cryptography.hazmat.primitives.asymmetric import ec"
_RUNS = 5


def rows() -> list[Row]:
    """Measure."""
    made = World()
    at = datetime.fromtimestamp(world.AT, UTC)
    with tempfile.TemporaryDirectory() as folder:
        snapshot = Path(folder) / "snapshot.json"
        snapshot.write_bytes(made.data())
        command = [
            str(Path(sys.executable).parent / "skillseal"),
            *("verify", made.home.code(), "--snapshot", str(snapshot)),
            *("--anchor", made.anchor, "--at", f"{at:%Y-%m-%dT%H:%M:%SZ}", "--json"),
        ]

        # Both with compiled modules, as an installed program has them.
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(Path(folder) / "compiled")}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)

        def run(arguments: list[str]) -> None:
            for _ in range(_RUNS):
                subprocess.run(arguments, check=True, capture_output=True, env=environment)

        def verify() -> None:
            run(command)

        def peer() -> None:
            run([sys.executable, "-c", _PEER])

        pair = side_by_side(verify, peer, each=_RUNS, rounds=5)
    times = pair.subject / pair.limit
    return [
        Row(
            "`skillseal verify` of one text, as a process",
            f"{pair.subject * 1000:.0f} ms, {times:.2f} × the peer",
            f"`python -c` importing cryptography's EC: {pair.limit * 1000:.0f} ms",
            "≤ 3 ×",
            times <= 3,
        )
    ]
