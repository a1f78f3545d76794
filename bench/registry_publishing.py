# SPDX-License-Identifier: Apache-2.0
"""What a publication costs as a region grows: time, bytes, and the status lists of 5,000 bodies."""

import gzip
import random
import tempfile
import time
from pathlib import Path
from typing import Final

from bench.report import Row
from credential import envelope, status_list
from credential.members import LIST_ENTRIES
from credential.status_list import StatusList
from keys.signing_key import SigningKey
from registry import lists, publish
from tests.registry.world import Desk, World

BODIES: Final = (20, 100)
MANY: Final = 5_000
BLOCK: Final = 1_024
USED: Final = 0.5  # of each body's block
REVOKED: Final = 0.005
GOAL: Final = 0.05  # bytes


def rows() -> list[Row]:
    """Measure."""
    return [*_growth(BODIES), _statuses()]


def _growth(sizes: tuple[int, ...]) -> list[Row]:
    made = []
    with tempfile.TemporaryDirectory() as name:
        world = World(Path(name)).found()
        entered, before = 2, ""
        for size in sizes:
            for number in range(entered, size):
                code = f"91310115MA1K{number:05d}X"
                prefix = f"Y0000{world.region[:2]}{number:06d}"
                world.enter(Desk(world, code, prefix, world.first.region, (number + 16) * 2_048))
            entered = size
            _publish(world)
            times = []
            for _ in range(3):
                world.clock.now += 10
                start = time.perf_counter()
                _publish(world)
                times.append(time.perf_counter() - start)
            data = (world.settings.published / "snapshot.json").read_bytes()
            figure = (
                f"{min(times):.2f} s, {len(data):,} bytes, {len(gzip.compress(data, 6)):,} in gzip"
            )
            made.append(Row(f"lists signed and published, {size} bodies", figure, before or "–"))
            before = f"{size} bodies: {min(times):.2f} s"
    return made


def _publish(world: World) -> None:
    lists.sign_lists(world.registry, world.list, world.status)
    publish.publish(world.registry, world.publish, world.log)


def _statuses() -> Row:
    """Lay 5,000 bodies' blocks over shared lists; each has used half of its own, at random."""
    source = random.Random(5)
    key = SigningKey.from_seed("status", b"bench status")
    served = certificates = 0
    per_list = LIST_ENTRIES // BLOCK
    for number in range(-(-MANY // per_list)):
        bodies = min(per_list, MANY - number * per_list)
        used = [
            body * BLOCK + index
            for body in range(bodies)
            for index in source.sample(range(BLOCK), int(BLOCK * USED))
        ]
        revoked = source.sample(used, int(len(used) * REVOKED))
        bits = bytes(status_list.put(status_list.blank(), dict.fromkeys(revoked, 1)))
        said = StatusList.of(f"https://registry.example/status/{number}", 1, 2, bits)
        token = envelope.sign(key, envelope.STATUS_LIST, said.to_bytes())
        served += len(gzip.compress(token.encode(), 9))
        certificates += len(used)
    each = served / certificates
    return Row(
        f"status lists of {MANY:,} bodies, half of their blocks used, {REVOKED:.1%} revoked",
        f"{served:,} bytes as served, {each:.3f} byte a certificate",
        f"{certificates:,} certificates",
        f"≤ {GOAL}",
        each <= GOAL,
    )
