# SPDX-License-Identifier: Apache-2.0
"""A desk's ledger puts back what a restored registry has forgotten of it."""

from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from registry import app, backup, fsck, lists, refeed, restore
from registry.admission import admit
from registry.log import Acknowledged
from skillseal.main import main
from tests.issuer.afterwards import Bureau, evaluated
from tests.registry.world import DAY, START, World


def test_the_ledger_alone_puts_back_what_its_body_did(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = World(tmp_path).found()
    world.clock.now = START + DAY
    lists.sign_lists(world.registry, world.list, world.status)
    with TestClient(app.build(world.registry)) as client:
        bureau = Bureau(tmp_path, world, client)
        one, two = bureau.issue([evaluated(n) for n in range(2)])
        backup.backup(world.registry, tmp_path / "copy")
        three, *_ = bureau.issue([evaluated(n) for n in range(2, 5)], "B10")
        bureau.change("suspend", [one, three], "inquiry 核查期间")
        bureau.change("revoke", [two])
    items = [bureau.item(number) for number in (one, two, three)]
    whole = fsck.fsck(world.registry)
    world.registry.engine.dispose()

    filing, out = tmp_path / "filing.json", tmp_path / "desk.feed"
    filing.write_bytes(bureau.filing.to_bytes())
    words = ["issuer", "feed", "--filing", filing, "--ledger", bureau.path, "--out", out]
    assert main([str(word) for word in words]) == 0
    assert capsys.readouterr().out == "10 lines\n"  # two batches, five certificates, three acts
    assert out.stat().st_mode & 0o777 == 0o600

    (tmp_path / "registry.db").rename(tmp_path / "lost.db")
    world.settings = replace(world.settings, database=f"sqlite:///{tmp_path}/registry.db")
    restored, _ = restore.restore(world.settings, tmp_path / "copy", clock=world.clock)
    outcome = refeed.refeed(restored, [out])
    assert (outcome.size, outcome.gaps) == (whole.leaves, [])
    world.registry = world.open()
    assert fsck.fsck(world.registry) == whole
    assert [bureau.status(number) for number in (one, two, three)] == [2, 1, 2]
    answers = admit(world.registry, [f"{item.token}~" for item in items], world.first.id)
    for item, answer in zip(items, answers, strict=True):
        assert isinstance(answer, Acknowledged)
        assert (answer.receipt, answer.salt) == (item.receipt, item.leaf_salt)
