# SPDX-License-Identifier: Apache-2.0
"""docs/format.md §5.6."""

from credential.snapshot import Snapshot
from tests.credential.world import World


def test_a_snapshot_comes_back_as_it_was() -> None:
    world = World()
    data = world.data()
    snapshot = Snapshot.from_bytes(data, world.anchor)
    assert snapshot.to_bytes() == data
    assert snapshot.anchored
    assert snapshot.region == "310000"
    assert list(snapshot.peers) == ["320000"]
    assert snapshot.rejected_peers == {}
    assert snapshot.bag_of_host("jy.js320.example") is snapshot.peers["320000"]
