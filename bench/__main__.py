# SPDX-License-Identifier: Apache-2.0
"""`python -m bench [--long]`: measure everything and write bench/results.md."""

import argparse
import time
from pathlib import Path

from bench import (
    admission,
    codes,
    issuing,
    page,
    pictures,
    report,
    startup,
    status_lists,
    tags,
    verdicts,
)

_EVERYDAY = (
    verdicts,
    issuing,
    codes,
    pictures,
    admission,
    status_lists,
    startup,
    tags,
    page,
)


def main() -> None:
    """Run the measurements one after another, the machine otherwise idle."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--long", action="store_true", help="more rounds: takes some minutes")
    parser.add_argument("--out", type=Path, default=Path("bench/results.md"))
    args = parser.parse_args()
    start = time.monotonic()
    rows = []
    for _ in range(3 if args.long else 1):
        rows = [row for measure in _EVERYDAY for row in measure.rows()]
    kind = "the last of three rounds" if args.long else "one round"
    taken = f"{kind}, {time.strftime('%Y-%m-%d', time.gmtime())}, {time.monotonic() - start:.0f} s"
    report.write(args.out, rows, taken)
    for row in rows:
        print(f"{row.what}: {row.figure} (beside: {row.beside}; goal: {row.goal})")


if __name__ == "__main__":
    main()
