# SPDX-License-Identifier: Apache-2.0
"""One snapshot after another, with everything that a replacement must refuse."""

from collections.abc import Iterator
from random import Random

from credential import base64url
from tests.credential.world import Registry, World
from tests.web.edits import EDITS
from tests.web.questions import Question


def _step(registry: Registry, random: Random) -> None:
    """Let a region go on, or back, or publish something else under the same numbers."""
    match random.randrange(8):
        case 0 | 1 | 2:
            registry.next(random.choice((0, 1, 3_600)))
        case 3:
            registry.next(-3_600)
        case 4:
            checkpoint = registry.checkpoint
            size = max(0, checkpoint.size + random.choice((-1, 0, 1)))
            registry.checkpoint = checkpoint._replace(size=size, root=bytes((size % 256,)) * 32)
        case 5:
            registry.statuses["1"] = {70_031: random.randrange(4)}
        case 6:
            catalogue = registry.catalogues[0]
            version = max(1, catalogue.version + random.choice((-1, 0, 1)))
            registry.catalogues[0] = catalogue._replace(version=version)
        case _:
            _succeed(registry, random)
    if random.random() < 0.5:
        random.choice(EDITS)(registry, random)


def _succeed(registry: Registry, random: Random) -> None:
    """Begin another root version; now and then with all keys of a role replaced."""
    if random.random() < 0.5:
        registry.succeed()
        return
    role = random.choice(("list", "status", "publish", "log"))
    key = registry.key(role, f"/{registry.root.version}")
    keys = tuple(
        record._replace(kid=key.kid, key=key.public) if record.role == role else record
        for record in registry.root.keys
    )
    registry.succeed(keys=keys)
    registry.signers[role] = key


def successions(count: int, each: int, seed: int) -> Iterator[Question]:
    """Load a snapshot and try `each` others after it, which may or may not replace it."""
    random = Random(seed)
    for _ in range(count):
        world = World()
        anchor = world.anchor
        yield {"op": "load", "data": base64url.encode(world.data()), "anchor": anchor}
        for _ in range(each):
            registry = random.choice((world.home, world.peer))
            _step(registry, random)
            world.with_peer = random.random() < 0.9
            yield {"op": "follow", "data": base64url.encode(world.data()), "anchor": anchor}
