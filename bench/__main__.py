# SPDX-License-Identifier: Apache-2.0
"""`python -m bench [--long]`: measure everything and write bench/results.md."""

import argparse
import time
from dataclasses import replace
from pathlib import Path

from bench import (
    admission,
    codes,
    issuing,
    page,
    pages,
    pictures,
    registering,
    registry_publishing,
    registry_size,
    registry_workers,
    report,
    rosters,
    startup,
    status_lists,
    tags,
    usual_way,
    verdicts,
)
from bench.report import Row

_EVERYDAY = (
    verdicts,
    rosters,
    issuing,
    registering,
    pages,
    usual_way,
    codes,
    pictures,
    admission,
    registry_workers,
    registry_size,
    registry_publishing,
    status_lists,
    startup,
    tags,
    page,
)

LONG = 3  # runs
MANY = 100_000  # results in the long run's roster


def _long() -> list[Row]:
    """Measure once what takes minutes."""
    return [
        *rosters.rows(MANY),
        *registry_size.long_rows(),
        *registering.rows(MANY),
        *pages.rows(pages.MANY),
        *usual_way.rows(usual_way.ALL),
    ]


def _spread(same: tuple[Row, ...]) -> Row:
    """Join the same row of several runs; a goal is met only if every run met it."""
    met = None if same[0].met is None else all(row.met for row in same)
    figures = dict.fromkeys(row.figure for row in same)
    beside = dict.fromkeys(row.beside for row in same)
    return replace(same[0], figure=" · ".join(figures), beside=" · ".join(beside), met=met)


def main() -> None:
    """Run the measurements one after another, the machine otherwise idle."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument(
        "--long", action="store_true", help="more rounds, longer rosters: takes many minutes"
    )
    parser.add_argument("--out", type=Path, default=Path("bench/results.md"))
    args = parser.parse_args()
    start = time.monotonic()
    runs = [
        [row for measure in _EVERYDAY for row in measure.rows()]
        for _ in range(LONG if args.long else 1)
    ]
    rows = [_spread(same) for same in zip(*runs, strict=True)]
    rows += _long() if args.long else []
    kind = f"{LONG} runs, each figure of every run" if args.long else "one run"
    taken = f"{kind}, {time.strftime('%Y-%m-%d', time.gmtime())}, {time.monotonic() - start:.0f} s"
    report.write(args.out, rows, taken)
    for row in rows:
        print(f"{row.what}: {row.figure} (beside: {row.beside}; goal: {row.goal})")


if __name__ == "__main__":
    main()
