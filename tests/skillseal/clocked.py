# SPDX-License-Identifier: Apache-2.0
"""The command `skillseal` on a machine whose clock a test sets.

`python -m tests.skillseal.clocked FILE …`: FILE holds the time, seconds since 1970, and is read
whenever somebody asks for the time.
"""

import sys
import time
from pathlib import Path

from skillseal.main import main


def set_by(file: Path) -> None:
    """Let this process's clock show what a file says."""
    time.time = lambda: float(file.read_text())


if __name__ == "__main__":
    set_by(Path(sys.argv[1]))
    sys.exit(main(sys.argv[2:]))
